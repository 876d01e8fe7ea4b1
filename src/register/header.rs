//! The names of the columns of a file: which column is which field.

use super::cell::fold;
use super::draft::{Draft, Sheet, quoted};
use super::findings::DataFindings;
use super::rows::Row;
use crate::diagnostic::{CellPlace, Code, Diagnostic, Place, codes};
use crate::schema::{Label, Record, Schema};

/// The columns of one file.
#[derive(Debug)]
pub struct Header {
    /// Column of the key.
    pub key: usize,
    /// Column of the parent's key; none for a root.
    pub parent: Option<usize>,
    /// Column of each field; none where there is no such column, or two.
    pub fields: Vec<Option<usize>>,
    /// How many columns there are.
    pub width: usize,
    /// Columns that are no field.
    pub extra: u64,
    /// The file, with its headers as they stand.
    pub sheet: Sheet,
}

/// The columns that have one name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Found {
    #[default]
    None,
    One(usize),
    Two(usize),
}

impl Found {
    fn add(&mut self, column: usize) {
        *self = match self {
            Self::None => Self::One(column),
            Self::One(_) | Self::Two(_) => Self::Two(column),
        };
    }
}

impl Header {
    /// Reads the header of a CSV file. An error where the key or the parent's key has no column, or two.
    pub fn read(
        row: &Row,
        schema: &Schema,
        draft: &Draft<'_>,
        file: (u32, &str),
        findings: &mut DataFindings,
    ) -> Result<Self, Box<Diagnostic>> {
        Self::of(row.cells(), row.number, schema, draft, file, findings)
    }

    /// The same of names of columns, which stand in that row.
    pub fn of<'n>(
        names: impl Iterator<Item = &'n str>,
        row: u64,
        schema: &Schema,
        draft: &Draft<'_>,
        (file, name): (u32, &str),
        findings: &mut DataFindings,
    ) -> Result<Self, Box<Diagnostic>> {
        let sheet = Sheet::plain(file, name, schema, draft.record);
        Self::of_sheet(names, row, sheet, draft, findings)
    }

    /// The same of a sheet, which is told where the names stand.
    pub fn of_sheet<'n>(
        names: impl Iterator<Item = &'n str>,
        row: u64,
        mut sheet: Sheet,
        draft: &Draft<'_>,
        findings: &mut DataFindings,
    ) -> Result<Self, Box<Diagnostic>> {
        let record = draft.record;
        let (mut key, mut parent) = (Found::None, Found::None);
        let mut fields = vec![Found::None; record.fields.len()];
        let (mut extra, mut width) = (0, 0);
        for (column, header) in names.enumerate() {
            width += 1;
            let word = fold(header.trim_start_matches('\u{feff}'));
            if named(&record.key, &word) {
                key.add(column);
                sheet.key = quoted(header);
            } else if draft.parent.is_some_and(|parent| named(&parent.key, &word)) {
                parent.add(column);
                sheet.parent = quoted(header);
            } else if let Some(place) = record.fields.iter().position(|field| named(&field.label, &word)) {
                fields.get_mut(place).into_iter().for_each(|found| found.add(column));
                sheet.fields.get_mut(place).into_iter().for_each(|name| *name = quoted(header));
            } else {
                extra += u64::from(!word.is_empty());
            }
        }
        let at = |code: Code, column: String| {
            let (file, sheet) = (sheet.name.clone(), sheet.tab.clone());
            let place = CellPlace { file, sheet, row: Some(row), column: Some(column) };
            Diagnostic::new(code, Place::Cell(place))
        };
        let needed = |found: Found, label: &Label, shown: &str| match found {
            Found::One(column) => Ok(column),
            Found::None => Err(Box::new(at(codes::D009, shown.to_owned()).arg("column", label))),
            Found::Two(_) => Err(Box::new(at(codes::D010, shown.to_owned()).arg("column", label))),
        };
        let key = needed(key, &record.key, &sheet.key)?;
        let parent = match draft.parent {
            Some(above) => Some(needed(parent, &above.key, &sheet.parent)?),
            None => None,
        };
        let columns = fields.iter().zip(&record.fields).enumerate().map(|(place, (found, field))| {
            match found {
                Found::One(column) => return Some(*column),
                _ if !draft.wants(place) || *found == Found::None && !draft.needs(place) => {}
                Found::None | Found::Two(_) => {
                    let code = if *found == Found::None { codes::D009 } else { codes::D010 };
                    let shown = sheet.fields.get(place).cloned().unwrap_or_default();
                    findings.push(code, || at(code, shown).arg("column", &field.label));
                }
            }
            None
        });
        let fields = columns.collect();
        Ok(Self { key, parent, fields, width, extra, sheet })
    }
}

/// True where a folded word is the name or the alias.
pub fn named(label: &Label, word: &str) -> bool {
    let is = |name: &str| name == word || fold(name) == word;
    is(&label.name) || label.alias.as_deref().is_some_and(is)
}

/// True where a folded word is the name of a record, or of many of its rows: so files and sheets are named.
pub fn is_named_after(record: &Record, word: &str) -> bool {
    named(&record.label, word) || named(&record.plural, word)
}
