//! Workbooks of Excel for the common intake.
//!
//! In: a workbook, or a sheet of one, the schema, and the intake. Out: rows and findings as a CSV file of what the cells
//! show would give them, and the SHA-256 of the bytes. What a file comes to is checked before the decoder sees it, the
//! decoder runs behind a fence, and a sheet goes through row by row.
//!
//! ```text
//! container → book (rows of a sheet) → head (titles, names, totals) ┐
//!                     format → value (a cell as text)        ┴→ table (a row into the intake) ← merges
//! ```

mod book;
mod container;
mod format;
mod head;
mod merges;
mod table;
mod tags;
mod value;
mod xls;

use super::broken::Broken;
use super::cell::fold;
use super::draft::Draft;
use super::file_place;
use super::findings::DataFindings;
use super::header::is_named_after;
use super::input::{Fault, shown_path};
use super::outline::Columns;
use super::table::InputFile;
use crate::diagnostic::{CellPlace, Diagnostic, Place, Term, codes};
use crate::schema::{Label, RecordId, Schema};
use book::{Book, Line};
use std::path::Path;
use table::FORMAT;

/// The one file of such a register.
const FILE: u32 = 0;
/// Sheets, and names for them, that a message lists.
const LISTED: usize = 20;
/// Sheets of which the first that shows something is taken.
const LOOKED_AT: usize = 64;

/// Reads a workbook with a sheet a record, named as files of records are.
pub(super) fn read_workbook(
    path: &Path,
    schema: &Schema,
    drafts: &mut [Draft<'_>],
    findings: &mut DataFindings,
) -> Result<InputFile, Box<Diagnostic>> {
    let name = shown_path(path);
    let mut book = Book::open(path).map_err(|broken| broken.diagnostic(&name, FORMAT))?;
    let tabs = tabs(&book, schema)
        .map_err(|Twice(record, tabs)| twice(&name, &schema.record(record).label, tabs))?;
    if let Some(unit) = schema.unit()
        && !tabs.iter().any(|(record, _)| *record == unit)
    {
        return Err(without(&name, &schema.record(unit).label, &book.sheets, schema));
    }
    for (record, tab) in &tabs {
        if let Some(draft) = drafts.get_mut(record.0) {
            table::take(&mut book, tab, schema, draft, (FILE, &name), findings)?;
        }
    }
    Ok(InputFile::new(name, book.sha256))
}

/// Takes the rows of a record from a workbook of its own: of the sheet named after it, else of the first that shows
/// something; the SHA-256 of the file.
pub(super) fn read_rows(
    path: &Path,
    schema: &Schema,
    draft: &mut Draft<'_>,
    file: (u32, &str),
    findings: &mut DataFindings,
) -> Result<String, Box<Diagnostic>> {
    let failed = |broken: Broken| broken.diagnostic(file.1, FORMAT);
    let mut book = Book::open(path).map_err(failed)?;
    let Some(tab) = tab_of(&mut book, draft.id, schema).map_err(failed)? else {
        return Err(Fault::Empty.diagnostic(file.1));
    };
    table::take(&mut book, &tab, schema, draft, file, findings)?;
    Ok(book.sha256)
}

/// The names of the columns of a record in a workbook of its own; none where it cannot be read.
pub(super) fn names(path: &Path, record: RecordId, schema: &Schema) -> Option<Vec<String>> {
    let mut book = Book::open(path).ok()?;
    let tab = tab_of(&mut book, record, schema).ok()??;
    names_of(&mut book, &tab, record, schema)
}

/// The names of the columns of each record in a workbook; none where it cannot be read.
pub(super) fn columns(path: &Path, schema: &Schema) -> Option<Columns> {
    let mut book = Book::open(path).ok()?;
    let tabs = tabs(&book, schema).ok()?;
    tabs.into_iter().map(|(record, tab)| Some((record, names_of(&mut book, &tab, record, schema)?))).collect()
}

fn names_of(book: &mut Book, tab: &str, record: RecordId, schema: &Schema) -> Option<Vec<String>> {
    let kind = schema.record(record);
    table::names(book, tab, (kind, kind.parent.map(|parent| schema.record(parent)))).ok()?
}

/// A record that several sheets are named after.
struct Twice(RecordId, Vec<String>);

/// The sheets of records, in the order of the records.
fn tabs(book: &Book, schema: &Schema) -> Result<Vec<(RecordId, String)>, Twice> {
    let mut tabs = Vec::new();
    for (id, record) in schema.iter() {
        let is = |tab: &&String| is_named_after(record, &fold(tab));
        let mut own: Vec<String> = book.sheets.iter().filter(is).cloned().collect();
        if own.len() > 1 {
            return Err(Twice(id, own));
        }
        tabs.extend(own.pop().map(|tab| (id, tab)));
    }
    Ok(tabs)
}

/// The sheet of a workbook that holds one record.
fn tab_of(book: &mut Book, record: RecordId, schema: &Schema) -> Result<Option<String>, Broken> {
    let record = schema.record(record);
    if let Some(tab) = book.sheets.iter().find(|tab| is_named_after(record, &fold(tab))) {
        return Ok(Some(tab.clone()));
    }
    for tab in book.sheets.iter().take(LOOKED_AT).cloned().collect::<Vec<_>>() {
        let ((_, mut lines), mut line) = (book.sheet(&tab)?, Line::default());
        while lines.next(&mut line)? {
            if !line.is_blank() {
                return Ok(Some(tab));
            }
        }
    }
    Ok(None)
}

/// Two sheets hold rows of one record.
fn twice(name: &str, record: &Label, tabs: Vec<String>) -> Box<Diagnostic> {
    let place = CellPlace { file: name.to_owned(), sheet: tabs.last().cloned(), ..CellPlace::default() };
    let tabs = listed(tabs.into_iter());
    let help = Term::new(
        format!("这些工作表是同一种记录:{tabs};合成一张,或把不用的改名"),
        format!("these sheets are of one record: {tabs}; make them one, or rename those not meant"),
    );
    Box::new(Diagnostic::new(codes::U021, Place::Cell(place)).arg("name", record).help(help))
}

/// No sheet holds the records that are evaluated.
fn without(name: &str, record: &Label, sheets: &[String], schema: &Schema) -> Box<Diagnostic> {
    let sheets = listed(sheets.iter().cloned());
    let wanted =
        |word: fn(&Label) -> &str| listed(schema.iter().map(|(_, record)| word(&record.label).to_owned()));
    let help = Term::new(
        format!("工作表有:{sheets};一种记录一张工作表,以记录命名:{}", wanted(Label::zh)),
        format!("its sheets are {sheets}; name one after each record: {}", wanted(Label::en)),
    );
    let finding = Diagnostic::new(codes::U013, file_place(name)).arg("path", name).arg("record", record);
    Box::new(finding.help(help))
}

fn listed(names: impl Iterator<Item = String>) -> String {
    let mut names: Vec<String> = names.take(LISTED + 1).collect();
    if names.len() > LISTED {
        names.pop();
        names.push("…".to_owned());
    }
    names.join("、")
}
