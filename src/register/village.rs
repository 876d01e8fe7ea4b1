//! Villages by one name: in, the unit's village cells by name, code or alias; out, the name in the list.

use super::cell::fold;
use super::column::{Cell, Column};
use super::draft::{Sheet, quoted};
use super::findings::DataFindings;
use super::table::{Register, Table};
use crate::diagnostic::{CellPlace, Diagnostic, Place, Term, codes};
use crate::schema::{FieldId, FieldType, RecordId, Schema};
use crate::value::Fact;
use std::collections::HashMap;

/// The record and the field that the engine knows by this name.
const VILLAGE: &str = "village";

/// Names listed in a finding.
const LISTED: usize = 10;

/// Gives every village of the unit its name in the register's list of villages. A cell that fits no village, or
/// several, is a finding, and the fact is unknown. Without a list nothing changes.
pub fn normalise(
    register: &mut Register,
    schema: &Schema,
    sheets: &[Vec<Sheet>],
    findings: &mut DataFindings,
) {
    if let Some(list) = List::of(register, schema) {
        list.normalise(register, sheets, findings);
    }
}

/// The villages of a register, and the field that names one.
#[derive(Debug)]
pub struct List {
    unit: RecordId,
    field: FieldId,
    names: Names,
}

impl List {
    /// The list of a register; none where it has none, or no household names a village by its words.
    pub fn of(register: &Register, schema: &Schema) -> Option<Self> {
        let (list, unit) = (schema.find(VILLAGE)?, schema.unit()?);
        let field = schema.record(unit).find(VILLAGE)?;
        if schema.field(unit, field).ty != FieldType::Text {
            return None;
        }
        let villages = register.tables.get(list.0).filter(|villages| !villages.is_empty())?;
        let column =
            |name: &str| schema.record(list).find(name).and_then(|field| villages.columns.get(field.0));
        Some(Self { unit, field, names: Names::of(villages, column("name"), column("aliases")) })
    }

    /// As [`normalise`], for a register that may lack the list itself.
    pub fn normalise(&self, register: &mut Register, sheets: &[Vec<Sheet>], findings: &mut DataFindings) {
        let Self { unit, field, names } = self;
        let files = &register.files;
        let Some(table) = register.tables.get_mut(unit.0) else { return };
        let mut misses = rename(table, *field, names);
        // In the order of the files, so that the first ones are kept whatever their keys.
        misses.sort_by_key(|(row, _)| table.places.get(*row).copied());
        for (row, text) in misses {
            findings.push(codes::D017, || {
                let place = table.places.get(row).copied();
                let sheet = sheets
                    .get(unit.0)
                    .into_iter()
                    .flatten()
                    .find(|sheet| Some(sheet.file) == place.map(|p| p.file));
                let file =
                    place.and_then(|place| files.get(place.file as usize)).map(|file| file.name.clone());
                let cell = CellPlace {
                    file: file.unwrap_or_default(),
                    sheet: sheet.and_then(|sheet| sheet.tab.clone()),
                    row: place.map(|place| place.row),
                    column: sheet.and_then(|sheet| sheet.fields.get(field.0)).cloned(),
                };
                let finding = Diagnostic::new(codes::D017, Place::Cell(cell)).arg("text", quoted(&text));
                finding.help(names.expected())
            });
        }
    }
}

/// Renames what fits; the rows that fit nothing, with their texts.
fn rename(table: &mut Table, field: FieldId, names: &Names) -> Vec<(usize, Box<str>)> {
    let Some(column) = table.columns.get_mut(field.0) else { return Vec::new() };
    column.rename(|text| names.get(text))
}

/// Every word for a village, with the village's name; none where the word is of two villages.
#[derive(Debug)]
struct Names {
    by_word: HashMap<String, Option<Box<str>>>,
    listed: Vec<Box<str>>,
}

impl Names {
    fn of(villages: &Table, names: Option<&Column>, aliases: Option<&Column>) -> Self {
        let mut all = Self { by_word: HashMap::new(), listed: Vec::new() };
        for (row, key) in villages.keys.iter().enumerate() {
            // A village whose name is not known cannot lend it to a household.
            let Some(name) = text(names, row) else { continue };
            if all.listed.len() < LISTED {
                all.listed.push(name.into());
            }
            let aliases = text(aliases, row).unwrap_or("");
            for word in [name, key].into_iter().chain(aliases.split(['、', ','])) {
                all.add(&fold(word), name);
            }
        }
        all
    }

    fn add(&mut self, word: &str, name: &str) {
        if word.is_empty() {
            return;
        }
        match self.by_word.get_mut(word) {
            None => {
                self.by_word.insert(word.to_owned(), Some(name.into()));
            }
            Some(known) if known.as_deref() == Some(name) => {}
            Some(known) => *known = None,
        }
    }

    fn get(&self, word: &str) -> Option<&str> {
        self.by_word.get(word)?.as_deref()
    }

    fn expected(&self) -> Term {
        let names = self.listed.join("、");
        Term::new(format!("名单里的村名:{names}"), format!("villages in the list: {names}"))
    }
}

fn text(column: Option<&Column>, row: usize) -> Option<&str> {
    match column?.cell(row) {
        Cell::Text(Fact::Known(text)) => Some(text),
        _ => None,
    }
}
