//! Which fields a register has room for: its headers, and no row of it.
//!
//! A YAML document has no headers. A small one is gone through for the names in it; a large one is taken to have them
//! all.

use super::document::{Node, Roots};
use super::encoding::Text;
use super::folder::{Kind, listing, next};
use super::header::named;
use super::input::{Fault, shown_path};
use super::rows::{Row, Rows};
use super::{arrow, cell::fold, excel, nested, with_unwritten};
use crate::schema::{Blank, FieldId, RecordId, Schema};
use std::collections::BTreeSet;
use std::path::Path;

/// Bytes of a document that is gone through.
const SMALL: u64 = 1024 * 1024;

/// What a register has room for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// Its path, as messages name it.
    pub name: String,
    records: BTreeSet<RecordId>,
    fields: BTreeSet<(RecordId, FieldId)>,
    /// It was not gone through: it may have anything.
    large: bool,
}

impl Outline {
    /// True where it has rows of that record, or may have.
    #[must_use]
    pub fn has_record(&self, record: RecordId) -> bool {
        self.large || self.records.contains(&record)
    }

    /// True where it has that field, or may have.
    #[must_use]
    pub fn has_field(&self, record: RecordId, field: FieldId) -> bool {
        self.large || self.fields.contains(&(record, field))
    }
}

/// The names of the columns of some records.
pub(super) type Columns = Vec<(RecordId, Vec<String>)>;

/// The outline of a folder of files, a workbook or a YAML document; none where it is no register of that schema, or cannot
/// be read.
#[must_use]
pub fn outline(path: &Path, schema: &Schema) -> Option<Outline> {
    let unit = schema.unit()?;
    let outline = if path.is_dir() {
        of_columns(path, columns(path, schema, unit)?, schema)
    } else if Kind::of(path) == Some(Kind::Excel) {
        of_columns(path, excel::columns(path, schema)?, schema)
    } else {
        of_document(path, schema)?
    };
    outline.has_record(unit).then_some(outline)
}

/// Those of the files of a folder. A file without a header is none: what it would have is not known.
fn columns(path: &Path, schema: &Schema, unit: RecordId) -> Option<Columns> {
    let files = listing(path, schema).ok()?;
    if !files.iter().any(|(id, ..)| *id == unit) {
        return None;
    }
    files.into_iter().map(|(id, _, file)| Some((id, header(&file, id, schema)?))).collect()
}

fn of_columns(path: &Path, columns: Columns, schema: &Schema) -> Outline {
    let mut outline =
        Outline { name: shown_path(path), records: BTreeSet::new(), fields: BTreeSet::new(), large: false };
    for (id, columns) in columns {
        outline.records.insert(id);
        let fields = &schema.record(id).fields;
        for column in &columns {
            let word = fold(column.trim_start_matches('\u{feff}'));
            let place = fields.iter().position(|field| named(&field.label, &word));
            outline.fields.extend(place.map(|place| (id, FieldId(place))));
        }
    }
    outline
}

/// The names of the columns.
fn header(path: &Path, record: RecordId, schema: &Schema) -> Option<Vec<String>> {
    match Kind::of(path) {
        Some(kind @ (Kind::Parquet | Kind::Arrow)) => arrow::names(path, kind),
        Some(Kind::Excel) => excel::names(path, record, schema),
        Some(Kind::Csv) | None => Some(first_row(path).ok()??.cells().map(str::to_owned).collect()),
    }
}

/// The first row that is not blank.
fn first_row(path: &Path) -> Result<Option<Row>, Fault> {
    let mut rows = Rows::new(Text::open(path)?)?;
    let mut row = Row::default();
    Ok(next(&mut rows, &mut row)?.then_some(row))
}

fn of_document(path: &Path, schema: &Schema) -> Option<Outline> {
    let large = std::fs::metadata(path).ok()?.len() > SMALL;
    let mut outline =
        Outline { name: shown_path(path), records: BTreeSet::new(), fields: BTreeSet::new(), large };
    if large {
        return Some(outline);
    }
    let (file, text) = nested::text(path).ok()?;
    let document = nested::yaml(&file.name, &text, Roots(schema)).ok()?;
    if !document.given.contains(&schema.unit()?) {
        return None;
    }
    let mut rows: BTreeSet<RecordId> = BTreeSet::new();
    let mut waiting: Vec<&Node> = document.roots.iter().collect();
    while let Some(node) = waiting.pop() {
        rows.insert(node.record);
        let given = node.fields.iter().enumerate().filter(|(_, given)| !given.is_empty());
        outline.fields.extend(given.map(|(place, _)| (node.record, FieldId(place))));
        waiting.extend(&node.children);
    }
    outline.records.extend(with_unwritten(document.given.clone(), schema));
    for (id, record) in schema.iter() {
        // A list that is not written is empty, and a field that may be absent is: that is recorded, too.
        let said = |blank: Blank| !rows.contains(&id) || blank == Blank::Absent;
        let fields = record.fields.iter().enumerate().filter(|(_, field)| said(field.blank));
        outline.fields.extend(fields.map(|(place, _)| (id, FieldId(place))));
    }
    Some(outline)
}
