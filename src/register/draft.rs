//! The one intake of every format: in, rows with the text of their cells; out, typed columns in input order, and the
//! rows that could not be taken.

use super::cell;
use super::codebook::Codebook;
use super::column::{Column, unreadable};
use super::findings::DataFindings;
use super::table::{RecordCount, RowPlace};
use super::texts::Texts;
use crate::diagnostic::{CellPlace, Code, Diagnostic, Place, Term, codes};
use crate::schema::{Field, FieldId, Record, RecordId, Schema};
use crate::value::Day;
use std::sync::Arc;

/// Characters of a cell that a message quotes.
const QUOTED: usize = 60;
/// The field of any record that says when its row was recorded.
const RECORDED_ON: &str = "recorded_on";

/// A row's key or its parent's, folded.
#[derive(Clone, Copy, Debug)]
pub enum Name<'a> {
    /// It names a row.
    Readable(&'a str),
    /// It names no row that can be kept; the text, where there is one, by which rows below it are known (nested
    /// input).
    Unreadable(&'a str),
}

impl<'a> Name<'a> {
    fn text(self) -> &'a str {
        match self {
            Self::Readable(text) | Self::Unreadable(text) => text,
        }
    }
}

/// The text of a cell.
#[derive(Clone, Copy, Debug)]
pub enum RawCell<'a> {
    /// The file has no such column, or two of them.
    NotGiven,
    /// As it stands in the file, and the row or line where.
    Given(&'a str, u64),
}

/// The head of a row.
#[derive(Clone, Copy, Debug)]
pub struct RawRow<'a> {
    /// Where it stands.
    pub place: RowPlace,
    /// Its key.
    pub key: Name<'a>,
    /// Its parent's key; none for a root.
    pub parent: Option<Name<'a>>,
}

/// A row that was rejected: by what rows below it are known, and the parent it named.
#[derive(Debug)]
pub struct Stray {
    /// Its key, where one was readable.
    pub key: Option<Box<str>>,
    /// Its parent's key, where one was readable.
    pub parent: Option<Box<str>>,
}

/// One file that holds rows of a record: its name and how it heads its columns.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Place in [`super::Register::files`].
    pub file: u32,
    /// As [`super::InputFile::name`].
    pub name: String,
    /// The sheet of a workbook.
    pub tab: Option<String>,
    /// Header of the key column.
    pub key: String,
    /// Header of the parent's key column.
    pub parent: String,
    /// Header of each field's column.
    pub fields: Vec<String>,
}

impl Sheet {
    /// A file that heads its columns as the vocabulary does.
    pub fn plain(file: u32, name: &str, schema: &Schema, record: &Record) -> Self {
        Self {
            file,
            name: name.to_owned(),
            tab: None,
            key: record.key.zh().to_owned(),
            parent: record.parent.map(|id| schema.record(id).key.zh().to_owned()).unwrap_or_default(),
            fields: record.fields.iter().map(|field| field.label.zh().to_owned()).collect(),
        }
    }
}

/// The rows of one record as they came.
#[derive(Debug)]
pub struct Draft<'a> {
    /// The record.
    pub record: &'a Record,
    /// The record it lies in.
    pub parent: Option<&'a Record>,
    /// Its number.
    pub id: RecordId,
    /// Keys of the rows.
    pub keys: Texts,
    /// Each key is greater than the one before.
    pub ascends: bool,
    /// Parents' keys of the rows; blank for a root.
    pub parents: Texts,
    /// By field.
    pub columns: Vec<Column>,
    /// Where the rows stand.
    pub places: Vec<RowPlace>,
    /// The rows that were rejected.
    pub strays: Vec<Stray>,
    /// Rows so far; kept ones and duplicates are counted later.
    pub count: RecordCount,
    /// The files read.
    pub sheets: Vec<Sheet>,
    codebooks: Arc<[Codebook]>,
    /// Fields that some clause reads, by place.
    needed: Vec<bool>,
    /// The field that says when a row was recorded, and the last day that counts.
    recorded: Option<(FieldId, Day)>,
}

impl<'a> Draft<'a> {
    /// An empty intake with the codebooks of its fields. `wanted` tells the fields to read; the cells of others are never
    /// looked at.
    pub fn new(
        schema: &'a Schema,
        id: RecordId,
        codebooks: Arc<[Codebook]>,
        wanted: impl Fn(FieldId) -> bool,
    ) -> Self {
        let record = schema.record(id);
        let column = |(place, field): (usize, &crate::schema::Field)| {
            if wanted(FieldId(place)) { Column::of(&field.ty) } else { Column::skipped() }
        };
        Self {
            record,
            parent: record.parent.map(|parent| schema.record(parent)),
            id,
            keys: Texts::default(),
            ascends: true,
            parents: Texts::default(),
            columns: record.fields.iter().enumerate().map(column).collect(),
            places: Vec::new(),
            strays: Vec::new(),
            count: RecordCount::default(),
            sheets: Vec::new(),
            codebooks,
            needed: vec![true; record.fields.len()],
            recorded: None,
        }
    }

    /// The same, where only the fields of which `needs` is true must have a column.
    pub fn needing(self, needs: impl Fn(FieldId) -> bool) -> Self {
        let needed = (0..self.record.fields.len()).map(|place| needs(FieldId(place))).collect();
        Self { needed, ..self }
    }

    /// True where a clause reads the field, so that its column may not be missing without a word.
    pub fn needs(&self, field: usize) -> bool {
        self.needed.get(field).copied().unwrap_or(true)
    }

    /// The same, where rows recorded after a day do not count.
    pub fn known_on(self, day: Option<Day>) -> Self {
        let field = self.record.find(RECORDED_ON);
        Self { recorded: field.zip(day), ..self }
    }

    /// True where a cell says that its row was recorded later than counts.
    fn recorded_later(cell: RawCell<'_>, last: Day) -> bool {
        let RawCell::Given(text, _) = cell else { return false };
        if let Some(day) = cell::plain::day(text.as_bytes()) {
            return last < day;
        }
        matches!(cell::date(&cell::fold(text)), Some(span) if last < span.first)
    }

    /// How many rows were taken.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Makes room for so many rows more.
    pub fn reserve(&mut self, rows: usize) {
        self.keys.reserve(rows);
        self.parents.reserve(rows);
        self.places.reserve(rows);
    }

    /// True where the field is to be read.
    pub fn wants(&self, field: usize) -> bool {
        self.columns.get(field).is_some_and(|column| !column.is_skipped())
    }

    /// Takes a row, or rejects it where its key or its parent's is blank or unreadable.
    pub fn push<'c>(
        &mut self,
        row: RawRow<'_>,
        cell: impl Fn(FieldId) -> RawCell<'c>,
        findings: &mut DataFindings,
    ) {
        if !self.admit(row, &cell, findings) {
            return;
        }
        for place in 0..self.columns.len() {
            self.push_cell(place, row.place, cell(FieldId(place)), findings);
        }
    }

    /// Takes the head of a row; its cells are then pushed, one for each field. False where the row is rejected or
    /// does not count, and has no cells.
    pub fn admit<'c>(
        &mut self,
        row: RawRow<'_>,
        cell: impl FnOnce(FieldId) -> RawCell<'c>,
        findings: &mut DataFindings,
    ) -> bool {
        let unnamed = |name: Name<'_>| matches!(name, Name::Unreadable(_));
        let blank_key = unnamed(row.key);
        if blank_key || row.parent.is_some_and(unnamed) {
            let parent = row.parent.map_or("", Name::text);
            self.count.read += 1;
            self.count.rejected += 1;
            self.strays.push(Stray { key: some(row.key.text()), parent: some(parent) });
            let header =
                self.sheet(row.place).map(|sheet| if blank_key { &sheet.key } else { &sheet.parent });
            let place = self.place(row.place, row.place.row, header.cloned());
            findings.push(codes::D005, || Diagnostic::new(codes::D005, place));
            return false;
        }
        if let Some((field, last)) = self.recorded
            && Self::recorded_later(cell(field), last)
        {
            self.count.read += 1;
            self.count.later += 1;
            return false;
        }
        self.take_head((row.key.text(), row.parent.map_or("", Name::text)), row.place);
        true
    }

    /// True where every row counts, whatever its cells say.
    pub fn counts_all(&self) -> bool {
        self.recorded.is_none()
    }

    /// Takes the head of a row that is known to count: its key, and its parent's or nothing.
    pub fn take_head(&mut self, (key, parent): (&str, &str), place: RowPlace) {
        self.count.read += 1;
        self.ascends &= self.keys.last().is_none_or(|before| before < key);
        self.keys.push(key);
        self.parents.push(parent);
        self.places.push(place);
    }

    /// Takes a cell of the row that was admitted.
    pub fn push_cell(&mut self, place: usize, row: RowPlace, cell: RawCell<'_>, findings: &mut DataFindings) {
        let (Some(column), Some(field), Some(codes)) =
            (self.columns.get_mut(place), self.record.fields.get(place), self.codebooks.get(place))
        else {
            return;
        };
        let RawCell::Given(text, line) = cell else {
            column.push_unknown();
            return;
        };
        if !column.push(text, field, codes) {
            self.unreadable(place, (row, line), text, findings);
        }
    }

    /// Takes a cell of each row that was admitted and has none yet, all of one field, by adding them to its column.
    pub fn fill(&mut self, place: usize, add: impl FnOnce(&mut Column, &Field, &Codebook)) {
        let (Some(column), Some(field), Some(codes)) =
            (self.columns.get_mut(place), self.record.fields.get(place), self.codebooks.get(place))
        else {
            return;
        };
        add(column, field, codes);
    }

    /// Writes a cell of a row by its number.
    pub fn write_cell(&mut self, place: usize, row: usize, text: &str, findings: &mut DataFindings) {
        let (Some(column), Some(field), Some(codes), Some(at)) = (
            self.columns.get_mut(place),
            self.record.fields.get(place),
            self.codebooks.get(place),
            self.places.get(row).copied(),
        ) else {
            return;
        };
        if !column.write(row, text, field, codes) {
            self.unreadable(place, (at, at.row), text, findings);
        }
    }

    /// Tells of a cell that cannot be read.
    fn unreadable(
        &self,
        place: usize,
        (row, line): (RowPlace, u64),
        text: &str,
        findings: &mut DataFindings,
    ) {
        let (Some(field), Some(codes)) = (self.record.fields.get(place), self.codebooks.get(place)) else {
            return;
        };
        let code = unreadable(&field.ty);
        findings.push(code, || {
            // A sensitive cell is never printed, not even where it is wrong.
            let shown = if field.sensitive { "***".to_owned() } else { quoted(text) };
            let expected = cell::expected(&field.ty, codes);
            let header = self.sheet(row).and_then(|sheet| sheet.fields.get(place)).cloned();
            let finding = Diagnostic::new(code, self.place(row, line, header)).arg("text", shown);
            match field.ty {
                crate::schema::FieldType::Code(_) => finding.arg("expected", expected),
                _ => finding.help(expected),
            }
        });
    }

    /// Rejects a row of which a key cannot be read, for a reason of its own. Where its parent's key can be, the row is known
    /// to be of no other.
    #[cfg(feature = "excel")]
    pub fn reject_key(&mut self, row: RawRow<'_>, finding: Diagnostic, findings: &mut DataFindings) {
        self.count.read += 1;
        self.count.rejected += 1;
        let parent = row.parent.map_or("", Name::text);
        self.strays.push(Stray { key: some(row.key.text()), parent: some(parent) });
        findings.push(finding.code, || finding);
    }

    /// Rejects a row that cannot be told apart: it could belong anywhere.
    pub fn reject(
        &mut self,
        row: RowPlace,
        code: Code,
        findings: &mut DataFindings,
        fill: impl FnOnce(Diagnostic) -> Diagnostic,
    ) {
        self.count.read += 1;
        self.count.rejected += 1;
        self.strays.push(Stray { key: None, parent: None });
        findings.push(code, || fill(Diagnostic::new(code, self.place(row, row.row, None))));
    }

    /// The place of a cell or a row, for people.
    pub fn place(&self, row: RowPlace, line: u64, column: Option<String>) -> Place {
        let sheet = self.sheet(row);
        let file = sheet.map_or_else(String::new, |sheet| sheet.name.clone());
        Place::Cell(CellPlace {
            file,
            sheet: sheet.and_then(|sheet| sheet.tab.clone()),
            row: Some(line),
            column,
        })
    }

    /// The file a row stands in.
    pub fn sheet(&self, row: RowPlace) -> Option<&Sheet> {
        self.sheets.iter().find(|sheet| sheet.file == row.file)
    }
}

fn some(text: &str) -> Option<Box<str>> {
    (!text.is_empty()).then(|| text.into())
}

/// A cell's text as messages quote it: cut where it is long.
pub fn quoted(text: &str) -> String {
    let text = text.trim();
    let mut shown: String = text.chars().take(QUOTED).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// Names of fields, for a message in either language.
pub fn listed<'a>(labels: impl Iterator<Item = &'a crate::schema::Label>) -> Term {
    let terms: Vec<Term> = labels.map(Term::from).collect();
    let join =
        |word: fn(&Term) -> &str, between: &str| terms.iter().map(word).collect::<Vec<_>>().join(between);
    Term::new(join(|term| &term.zh, "、"), join(|term| &term.en, ", "))
}
