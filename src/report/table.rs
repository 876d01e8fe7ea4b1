//! One result table in one format. A new format is one more arm here.

use super::AtomicFile;
#[cfg(feature = "parquet")]
use super::arrow;
#[cfg(feature = "excel")]
use super::excel;
use crate::value::{Day, Fen};
use serde_json::Value;
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// The formats result tables are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// UTF-8 without byte order mark, LF, header first.
    Csv,
    /// One array of objects, one object a line.
    Json,
    /// The same objects without an array: each line stands for itself.
    Jsonl,
    /// Typed columns: amounts in whole fen, days as days.
    Parquet,
    /// Workbooks of Excel: amounts as numbers, days as days.
    Xlsx,
}

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Texts.
    Text,
    /// Amounts.
    Money,
    /// Counts.
    Count,
    /// Days.
    Day,
}

/// A column of a table: its name, and what its cells are.
pub type ColumnOf<'n> = (&'n str, Kind);

/// One value of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Text.
    Text(&'a str),
    /// Yuan with two decimals in text formats; blank where there is none.
    Money(Option<Fen>),
    /// A count.
    Count(u64),
    /// A day, ISO 8601 in text formats; blank where there is none.
    Day(Option<Day>),
}

/// The last cells of a row to which others are much alike.
#[derive(Clone, Debug)]
pub(super) struct BlankRow {
    cells: Vec<Cell<'static>>,
    /// As CSV has them, each behind its comma.
    text: Vec<u8>,
    /// Where each ends in the text.
    ends: Vec<usize>,
}

impl BlankRow {
    pub(super) fn new(cells: Vec<Cell<'static>>) -> Self {
        let (mut text, mut ends) = (Vec::new(), Vec::new());
        for cell in &cells {
            text.push(b',');
            cell.push_to(&mut text);
            ends.push(text.len());
        }
        Self { cells, text, ends }
    }

    /// The text of some neighbours.
    fn text(&self, cells: Range<usize>) -> &[u8] {
        let end = |cells: usize| cells.checked_sub(1).map_or(Some(0), |last| self.ends.get(last).copied());
        let range = end(cells.start).zip(end(cells.end.min(self.cells.len())));
        range.and_then(|(start, end)| self.text.get(start..end)).unwrap_or_default()
    }
}

/// A table being written.
pub struct TableFile {
    name: &'static str,
    columns: Arc<[String]>,
    body: Body,
    rows: u64,
}

enum Body {
    Csv(Box<AtomicFile>),
    Json(Box<AtomicFile>, Objects),
    #[cfg(feature = "parquet")]
    Parquet(Box<arrow::TableWriter>),
    #[cfg(feature = "excel")]
    Xlsx(Box<excel::TableWriter>),
    Kept(Vec<Vec<String>>),
}

/// How objects stand in a file of JSON.
#[derive(Clone, Copy)]
struct Objects {
    extension: &'static str,
    opening: &'static [u8],
    between: &'static [u8],
    closing: &'static [u8],
    /// The whole file where there are none.
    none: &'static [u8],
}

impl Objects {
    const ARRAY: Self =
        Self { extension: "json", opening: b"[\n", between: b",\n", closing: b"\n]\n", none: b"[]\n" };
    const LINES: Self = Self { extension: "jsonl", opening: b"", between: b"\n", closing: b"\n", none: b"" };
}

/// Some rows of a table, as its file will hold them. Sheets are written on any thread and appended in order.
pub struct Sheet {
    columns: Arc<[String]>,
    body: SheetBody,
    rows: u64,
}

enum SheetBody {
    Csv(Vec<u8>),
    Json(Vec<u8>, Objects),
    #[cfg(feature = "parquet")]
    Parquet(arrow::Rows),
    #[cfg(feature = "excel")]
    Xlsx(excel::Rows),
    Kept(Vec<Vec<String>>),
}

/// What the sheets of a table are made by, while the table is being written.
pub struct SheetForm {
    columns: Arc<[String]>,
    body: FormBody,
}

enum FormBody {
    Csv,
    Json(Objects),
    #[cfg(feature = "parquet")]
    Parquet(arrow::Form),
    #[cfg(feature = "excel")]
    Xlsx,
    Kept,
}

impl SheetForm {
    /// An empty sheet.
    #[must_use]
    pub fn sheet(&self) -> Sheet {
        let body = match &self.body {
            FormBody::Csv => SheetBody::Csv(Vec::new()),
            FormBody::Json(objects) => SheetBody::Json(Vec::new(), *objects),
            #[cfg(feature = "parquet")]
            FormBody::Parquet(form) => SheetBody::Parquet(form.rows()),
            #[cfg(feature = "excel")]
            FormBody::Xlsx => SheetBody::Xlsx(excel::Rows::default()),
            FormBody::Kept => SheetBody::Kept(Vec::new()),
        };
        Sheet { columns: Arc::clone(&self.columns), body, rows: 0 }
    }
}

/// A table that was kept: its columns, and its rows as a file would hold them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptTable {
    /// Names of the columns.
    pub columns: Arc<[String]>,
    /// Texts of cells in the order of the columns.
    pub rows: Vec<Vec<String>>,
}

/// A table that was written, for the receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenTable {
    /// `benefits.csv`
    pub file: String,
    /// Rows, the header not counted.
    pub rows: u64,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
}

impl Format {
    /// The ending of the files.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => Objects::ARRAY.extension,
            Self::Jsonl => Objects::LINES.extension,
            Self::Parquet => "parquet",
            Self::Xlsx => "xlsx",
        }
    }

    /// False where this build was made without it.
    #[must_use]
    pub fn is_built(self) -> bool {
        match self {
            Self::Csv | Self::Json | Self::Jsonl => true,
            Self::Parquet => cfg!(feature = "parquet"),
            Self::Xlsx => cfg!(feature = "excel"),
        }
    }
}

impl TableFile {
    /// Begins a table in a folder.
    pub fn create(
        folder: &Path,
        name: &'static str,
        columns: &[ColumnOf<'_>],
        format: Format,
    ) -> io::Result<Self> {
        if !format.is_built() {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let file = AtomicFile::create(&folder.join(format!("{name}.{}", format.extension())))?;
        let body = match format {
            Format::Csv => {
                let mut file = Box::new(file);
                let mut header = csv::Writer::from_writer(Vec::new());
                header.write_record(columns.iter().map(|(column, _)| column))?;
                file.write_all(&header.into_inner().map_err(|error| io::Error::other(error.to_string()))?)?;
                Body::Csv(file)
            }
            Format::Json => Body::Json(Box::new(file), Objects::ARRAY),
            Format::Jsonl => Body::Json(Box::new(file), Objects::LINES),
            #[cfg(feature = "parquet")]
            Format::Parquet => Body::Parquet(Box::new(arrow::TableWriter::new(file, columns)?)),
            #[cfg(not(feature = "parquet"))]
            Format::Parquet => return Err(io::ErrorKind::Unsupported.into()),
            #[cfg(feature = "excel")]
            Format::Xlsx => Body::Xlsx(Box::new(excel::TableWriter::new(file, name, columns)?)),
            #[cfg(not(feature = "excel"))]
            Format::Xlsx => return Err(io::ErrorKind::Unsupported.into()),
        };
        Ok(Self { name, columns: named(columns), body, rows: 0 })
    }

    /// Begins a table that is kept in memory.
    #[must_use]
    pub fn keep(name: &'static str, columns: &[ColumnOf<'_>]) -> Self {
        Self { name, columns: named(columns), body: Body::Kept(Vec::new()), rows: 0 }
    }

    /// Ends a table that was kept; one that was written has no rows left.
    #[must_use]
    pub fn kept(self) -> KeptTable {
        let rows = match self.body {
            Body::Kept(rows) => rows,
            _ => Vec::new(),
        };
        KeptTable { columns: self.columns, rows }
    }

    /// An empty sheet for it.
    #[must_use]
    pub fn sheet(&self) -> Sheet {
        self.form().sheet()
    }

    /// What sheets for it are made by.
    #[must_use]
    pub fn form(&self) -> SheetForm {
        let body = match &self.body {
            Body::Csv(_) => FormBody::Csv,
            Body::Json(_, objects) => FormBody::Json(*objects),
            #[cfg(feature = "parquet")]
            Body::Parquet(table) => FormBody::Parquet(table.form()),
            #[cfg(feature = "excel")]
            Body::Xlsx(_) => FormBody::Xlsx,
            Body::Kept(_) => FormBody::Kept,
        };
        SheetForm { columns: Arc::clone(&self.columns), body }
    }

    /// Adds the rows of a sheet of its own.
    pub fn append(&mut self, sheet: Sheet) -> io::Result<()> {
        if sheet.rows == 0 {
            return Ok(());
        }
        match (&mut self.body, sheet.body) {
            (Body::Csv(file), SheetBody::Csv(text)) => file.write_all(&text)?,
            (Body::Json(file, objects), SheetBody::Json(bytes, _)) => {
                file.write_all(if self.rows == 0 { objects.opening } else { objects.between })?;
                file.write_all(&bytes)?;
            }
            #[cfg(feature = "parquet")]
            (Body::Parquet(table), SheetBody::Parquet(rows)) => table.append(rows)?,
            #[cfg(feature = "excel")]
            (Body::Xlsx(table), SheetBody::Xlsx(rows)) => table.append(&rows)?,
            (Body::Kept(rows), SheetBody::Kept(more)) => rows.extend(more),
            _ => return Err(io::Error::other("a sheet of another table")),
        }
        self.rows += sheet.rows;
        Ok(())
    }

    /// Ends the table and gives it its name.
    pub fn finish(self) -> io::Result<WrittenTable> {
        let (sha256, extension) = match self.body {
            Body::Csv(file) => (file.commit()?, Format::Csv.extension()),
            Body::Json(mut file, objects) => {
                file.write_all(if self.rows == 0 { objects.none } else { objects.closing })?;
                (file.commit()?, objects.extension)
            }
            #[cfg(feature = "parquet")]
            Body::Parquet(table) => (table.finish()?.commit()?, Format::Parquet.extension()),
            #[cfg(feature = "excel")]
            Body::Xlsx(table) => (table.finish()?.commit()?, Format::Xlsx.extension()),
            Body::Kept(_) => (String::new(), ""),
        };
        Ok(WrittenTable { file: format!("{}.{extension}", self.name), rows: self.rows, sha256 })
    }
}

fn named(columns: &[ColumnOf<'_>]) -> Arc<[String]> {
    columns.iter().map(|(column, _)| (*column).to_owned()).collect()
}

impl Sheet {
    /// Writes one row; its cells stand in the order of the columns.
    pub fn write(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        match &mut self.body {
            SheetBody::Csv(text) => {
                push_all(cells, text);
                text.push(b'\n');
            }
            SheetBody::Json(bytes, objects) => {
                if self.rows > 0 {
                    bytes.extend_from_slice(objects.between);
                }
                let object: serde_json::Map<String, Value> = self
                    .columns
                    .iter()
                    .zip(cells)
                    .map(|(column, cell)| (column.clone(), cell.json()))
                    .collect();
                serde_json::to_writer(bytes, &object)?;
            }
            #[cfg(feature = "parquet")]
            SheetBody::Parquet(rows) => rows.push(cells)?,
            #[cfg(feature = "excel")]
            SheetBody::Xlsx(rows) => rows.push(cells),
            SheetBody::Kept(rows) => rows.push(cells.iter().map(|cell| cell.text()).collect()),
        }
        self.rows += 1;
        Ok(())
    }

    /// Writes a row that ends like a blank one but for some cells, which are given in order with their places in it.
    pub(super) fn write_unlike<'c>(
        &mut self,
        first: &[Cell<'c>],
        blank: &BlankRow,
        others: impl Iterator<Item = (usize, Cell<'c>)>,
    ) -> io::Result<()> {
        let SheetBody::Csv(text) = &mut self.body else {
            let mut others = others.peekable();
            let last = blank.cells.iter().enumerate().map(|(place, cell)| {
                others.next_if(|(of, _)| *of == place).map_or(*cell, |(_, other)| other)
            });
            let cells: Vec<Cell<'_>> = first.iter().copied().chain(last).collect();
            return self.write(&cells);
        };
        push_all(first, text);
        let mut next = 0;
        for (place, cell) in others {
            text.extend_from_slice(blank.text(next..place));
            text.push(b',');
            cell.push_to(text);
            next = place + 1;
        }
        text.extend_from_slice(blank.text(next..blank.cells.len()));
        text.push(b'\n');
        self.rows += 1;
        Ok(())
    }
}

/// Cells with commas between them.
fn push_all(cells: &[Cell<'_>], line: &mut Vec<u8>) {
    let Some((last, others)) = cells.split_last() else { return };
    for cell in others {
        cell.push_to(line);
        line.push(b',');
    }
    last.push_to(line);
}

/// RFC 4180: a text with a comma, a quote or an end of line. All bytes are looked at, many at a time.
fn needs_quotes(text: &str) -> bool {
    text.bytes().fold(false, |found, byte| found | matches!(byte, b',' | b'"' | b'\n' | b'\r'))
}

impl Cell<'_> {
    /// The text of the cell, without the quotes that CSV may need.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Self::Text(text) => text.to_owned(),
            Self::Money(fen) => fen.map_or_else(String::new, |fen| fen.to_string()),
            Self::Count(count) => count.to_string(),
            Self::Day(day) => day.map_or_else(String::new, |day| day.to_string()),
        }
    }

    /// At the end of a line of CSV (RFC 4180): a text in quotes only where it has a character that needs them. Tables have
    /// several columns, so that no line is empty.
    fn push_to(self, line: &mut Vec<u8>) {
        match self {
            Self::Text(text) if needs_quotes(text) => {
                line.push(b'"');
                line.extend(
                    text.bytes().flat_map(|byte| std::iter::repeat_n(byte, if byte == b'"' { 2 } else { 1 })),
                );
                line.push(b'"');
            }
            Self::Text(text) => line.extend_from_slice(text.as_bytes()),
            Self::Money(None) | Self::Day(None) => {}
            Self::Money(Some(fen)) => fen.push_to(line),
            Self::Count(0) => line.push(b'0'),
            Self::Count(count) => line.extend_from_slice(itoa::Buffer::new().format(count).as_bytes()),
            Self::Day(Some(day)) => line.extend_from_slice(&day.iso()),
        }
    }

    fn json(self) -> Value {
        match self {
            Self::Text(text) => Value::from(text),
            // Yuan as text: a JSON number would be read as a float.
            Self::Money(fen) => fen.map_or(Value::Null, |fen| Value::from(fen.to_string())),
            Self::Count(count) => Value::from(count),
            // A blank day is a blank text, as in CSV: scripts rely on it.
            Self::Day(_) => Value::from(self.text()),
        }
    }
}
