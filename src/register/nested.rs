//! From a YAML document to the common intake: each row after its parent, with keys made up where none was given.

use super::cell;
use super::document::{Document, Entry, Node, Roots};
use super::draft::{Draft, Name, RawCell, RawRow, Sheet, quoted};
use super::findings::DataFindings;
use super::input::{Fault, open, shown_path};
use super::placing::made_up;
use super::table::{InputFile, RowPlace};
use crate::diagnostic::{CellPlace, Diagnostic, Place, Term, codes};
use crate::schema::{FieldId, RecordId, Schema};
use serde::de::DeserializeSeed;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::Read;
use std::path::Path;

/// Bytes of the largest document: these are cases written by hand.
const LARGEST: u64 = 64 * 1024 * 1024;

/// The one file of such a register.
const FILE: u32 = 0;

/// Reads a document; the root records that it gives.
pub fn read(
    path: &Path,
    schema: &Schema,
    drafts: &mut [Draft<'_>],
    findings: &mut DataFindings,
) -> Result<(InputFile, Vec<RecordId>), Box<Diagnostic>> {
    let (file, text) = text(path)?;
    let document = yaml(&file.name, &text, Roots(schema))?;
    take(&document, &file.name, schema, drafts, findings);
    Ok((file, document.given))
}

/// Takes the rows of a document that stands in the file of that name.
pub fn take(
    document: &Document,
    name: &str,
    schema: &Schema,
    drafts: &mut [Draft<'_>],
    findings: &mut DataFindings,
) {
    for draft in drafts.iter_mut() {
        draft.sheets.push(Sheet::plain(FILE, name, schema, draft.record));
    }
    Intake { schema, drafts, findings, name, extra: BTreeSet::new() }.document(document);
}

/// A YAML file and its text.
pub fn text(path: &Path) -> Result<(InputFile, String), Box<Diagnostic>> {
    let name = shown_path(path);
    match guarded(path) {
        Ok((text, sha256)) => Ok((InputFile::new(name, sha256), text)),
        Err(fault) => Err(fault.diagnostic(&name)),
    }
}

/// Reads YAML text of the file of that name; the library's limits on depth, aliases and size hold.
pub fn yaml<'t, S: DeserializeSeed<'t>>(
    name: &str,
    text: &'t str,
    seed: S,
) -> Result<S::Value, Box<Diagnostic>> {
    let options = serde_yaml::Options::default();
    serde_yaml::with_deserializer_from_str_with_options(text, options, |yaml| seed.deserialize(yaml))
        .map_err(|error| malformed(name, &error))
}

fn guarded(path: &Path) -> Result<(String, String), Fault> {
    let mut input = open(path)?;
    let mut bytes = Vec::new();
    let read = input.by_ref().take(LARGEST + 1).read_to_end(&mut bytes)?;
    if u64::try_from(read).map_or(true, |read| read > LARGEST) {
        return Err(Fault::TooLarge);
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let lines = good.split(|byte| *byte == b'\n').count();
        Fault::NotUtf8(u64::try_from(lines).unwrap_or(u64::MAX))
    })?;
    let content = |line: &str| !line.is_empty() && !line.starts_with('#');
    if !text.trim_start_matches('\u{feff}').lines().any(|line| content(line.trim())) {
        return Err(Fault::Empty);
    }
    Ok((text, input.sha256()))
}

fn malformed(name: &str, error: &serde_yaml::Error) -> Box<Diagnostic> {
    let error = error.without_snippet();
    let row = error.location().map(|location| location.line()).filter(|line| *line > 0);
    let place = CellPlace { file: name.to_owned(), row, ..CellPlace::default() };
    Box::new(Diagnostic::new(codes::U012, Place::Cell(place)).arg("reason", error.to_string()))
}

struct Intake<'i, 'a> {
    schema: &'i Schema,
    drafts: &'i mut [Draft<'a>],
    findings: &'i mut DataFindings,
    name: &'i str,
    /// Names that are nothing, each once a record.
    extra: BTreeSet<(RecordId, String)>,
}

impl Intake<'_, '_> {
    fn document(&mut self, document: &Document) {
        for entry in &document.unknown {
            self.unknown(entry, &Term::new("登记册", "the register"));
        }
        for (ordinal, node) in (1_u64..).zip(&document.roots) {
            // A root without key is rejected; its rows are still known to be of no other.
            let link = made_up(&format!("#{ordinal}"), "");
            self.node(node, None, &link, true);
        }
        for (record, _) in &self.extra {
            if let Some(draft) = self.drafts.get_mut(record.0) {
                draft.count.extra_columns += 1;
            }
        }
    }

    /// Takes a row and those below it. `link` stands for its key where it has none.
    fn node(&mut self, node: &Node, parent: Option<&str>, link: &str, key_needed: bool) {
        let place = RowPlace { file: FILE, row: node.line };
        let own = match node.keys.as_slice() {
            [] if !key_needed => Some(std::borrow::Cow::Borrowed(link)),
            [entry] => cell::key(&entry.text),
            _ => None,
        };
        let record = self.schema.record(node.record);
        if let [_, entry, ..] = node.keys.as_slice() {
            self.twice(entry, Term::from(&record.key));
        }
        for (given, field) in node.fields.iter().zip(&record.fields) {
            if let [_, entry, ..] = given.as_slice() {
                self.twice(entry, Term::from(&field.label));
            }
        }
        for entry in &node.unknown {
            self.unknown(entry, &Term::from(&record.label));
            self.extra.insert((node.record, entry.name.clone()));
        }
        let key = own.as_deref().map_or(Name::Unreadable(link), Name::Readable);
        let row = RawRow { place, key, parent: parent.map(Name::Readable) };
        let cell = |field: FieldId| match node.fields.get(field.0).map(Vec::as_slice) {
            Some([]) => RawCell::Given("", node.line),
            Some([entry]) => RawCell::Given(&entry.text, entry.line),
            _ => RawCell::NotGiven,
        };
        if let Some(draft) = self.drafts.get_mut(node.record.0) {
            draft.push(row, cell, self.findings);
        }
        self.children(node, own.as_deref().unwrap_or(link));
    }

    fn children(&mut self, node: &Node, parent: &str) {
        let given = |child: &Node| {
            child.keys.first().map(|entry| (child.record, cell::fold(&entry.text).into_owned()))
        };
        let taken: HashSet<(RecordId, String)> = node.children.iter().filter_map(given).collect();
        let mut ordinals: BTreeMap<RecordId, u64> = BTreeMap::new();
        for child in &node.children {
            let ordinal = ordinals.entry(child.record).or_default();
            *ordinal += 1;
            while child.keys.is_empty() && taken.contains(&(child.record, ordinal.to_string())) {
                *ordinal += 1;
            }
            let ordinal = ordinal.to_string();
            self.node(child, Some(parent), &made_up(&ordinal, parent), false);
        }
    }

    fn at(&self, entry: &Entry) -> Place {
        Place::Cell(CellPlace {
            file: self.name.to_owned(),
            sheet: None,
            row: Some(entry.line),
            column: Some(quoted(&entry.name)),
        })
    }

    fn twice(&mut self, entry: &Entry, column: Term) {
        let place = self.at(entry);
        self.findings.push(codes::D010, || Diagnostic::new(codes::D010, place).arg("column", column));
    }

    fn unknown(&mut self, entry: &Entry, record: &Term) {
        let place = self.at(entry);
        self.findings.push(codes::D018, || {
            Diagnostic::new(codes::D018, place).arg("record", record.clone()).arg("name", quoted(&entry.name))
        });
    }
}
