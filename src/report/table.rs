//! One result table in one format. A new format is one more arm here.

use super::AtomicFile;
use crate::value::Fen;
use serde_json::Value;
use std::io::{self, Write};
use std::path::Path;

/// The formats result tables are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// UTF-8 without byte order mark, LF, header first.
    Csv,
    /// One array of objects, one object a line.
    Json,
}

/// One value of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Text.
    Text(String),
    /// Yuan with two decimals in text formats; blank where there is none.
    Money(Option<Fen>),
    /// A count.
    Count(u64),
}

/// A table being written.
pub struct TableFile {
    name: &'static str,
    columns: &'static [&'static str],
    body: Body,
    rows: u64,
}

enum Body {
    Csv(Box<csv::Writer<AtomicFile>>),
    Json(Box<AtomicFile>),
    Kept(Vec<Vec<Cell>>),
}

/// A table that was kept: its columns, and its rows as a file would hold them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptTable {
    /// Names of the columns.
    pub columns: &'static [&'static str],
    /// Cells in the order of the columns.
    pub rows: Vec<Vec<Cell>>,
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
            Self::Json => "json",
        }
    }
}

impl TableFile {
    /// Begins a table in a folder.
    pub fn create(
        folder: &Path,
        name: &'static str,
        columns: &'static [&'static str],
        format: Format,
    ) -> io::Result<Self> {
        let file = AtomicFile::create(&folder.join(format!("{name}.{}", format.extension())))?;
        let body = match format {
            Format::Csv => {
                let mut writer = csv::Writer::from_writer(file);
                writer.write_record(columns)?;
                Body::Csv(Box::new(writer))
            }
            Format::Json => Body::Json(Box::new(file)),
        };
        Ok(Self { name, columns, body, rows: 0 })
    }

    /// Begins a table that is kept in memory.
    #[must_use]
    pub fn keep(name: &'static str, columns: &'static [&'static str]) -> Self {
        Self { name, columns, body: Body::Kept(Vec::new()), rows: 0 }
    }

    /// Ends a table that was kept; one that was written has no rows left.
    #[must_use]
    pub fn kept(self) -> KeptTable {
        let rows = match self.body {
            Body::Kept(rows) => rows,
            Body::Csv(_) | Body::Json(_) => Vec::new(),
        };
        KeptTable { columns: self.columns, rows }
    }

    /// Writes one row; its cells stand in the order of the columns.
    pub fn write(&mut self, cells: &[Cell]) -> io::Result<()> {
        match &mut self.body {
            Body::Csv(writer) => writer.write_record(cells.iter().map(Cell::text))?,
            Body::Json(file) => {
                file.write_all(if self.rows == 0 { b"[\n" } else { b",\n" })?;
                let object: serde_json::Map<String, Value> = self
                    .columns
                    .iter()
                    .zip(cells)
                    .map(|(column, cell)| ((*column).to_owned(), cell.json()))
                    .collect();
                serde_json::to_writer(&mut **file, &object)?;
            }
            Body::Kept(rows) => rows.push(cells.to_vec()),
        }
        self.rows += 1;
        Ok(())
    }

    /// Ends the table and gives it its name.
    pub fn finish(self) -> io::Result<WrittenTable> {
        let (sha256, extension) = match self.body {
            Body::Csv(writer) => {
                let file = writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
                (file.commit()?, Format::Csv.extension())
            }
            Body::Json(mut file) => {
                file.write_all(if self.rows == 0 { b"[]\n" } else { b"\n]\n" })?;
                (file.commit()?, Format::Json.extension())
            }
            Body::Kept(_) => (String::new(), ""),
        };
        Ok(WrittenTable { file: format!("{}.{extension}", self.name), rows: self.rows, sha256 })
    }
}

impl Cell {
    /// A text cell.
    pub fn text_of(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The text of the cell, as CSV has it.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Money(fen) => fen.map(|fen| fen.to_string()).unwrap_or_default(),
            Self::Count(count) => count.to_string(),
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Text(text) => Value::from(text.as_str()),
            // Yuan as text: a JSON number would be read as a float.
            Self::Money(fen) => fen.map_or(Value::Null, |fen| Value::from(fen.to_string())),
            Self::Count(count) => Value::from(*count),
        }
    }
}
