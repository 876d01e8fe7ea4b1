//! A register as one workbook with a sheet a table: days are days, amounts are numbers, all others are texts. It holds no
//! time, and takes its name when all rows are written.

use super::tables::TABLES;
use crate::value::{Day, Fen};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, IgnoreError, Workbook, XlsxError};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// What the workbook is called.
const NAME: &str = "register";
/// The column of amounts.
const AMOUNT: &str = "金额";
/// Rows of a sheet.
const ROWS: u32 = 1_048_576;
/// Width of the columns, in characters.
const WIDTH: u16 = 20;

/// The workbook being written.
pub(super) struct Book {
    workbook: Workbook,
    /// By table: the row that comes next.
    next: Vec<u32>,
    text: Format,
    day: Format,
    money: Format,
    name: PathBuf,
    temporary: PathBuf,
}

impl Book {
    /// Begins a workbook in a folder, each sheet with its header.
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        let mut workbook = Workbook::new();
        let created = ExcelDateTime::from_ymd(2000, 1, 1).map_err(failed)?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
        let header = Format::new().set_bold();
        for (name, columns) in TABLES {
            let sheet = workbook.add_worksheet_with_constant_memory().map_err(failed)?;
            sheet.set_name(name).and_then(|sheet| sheet.set_freeze_panes(1, 0)).map_err(failed)?;
            for (column, name) in (0_u16..).zip(columns) {
                sheet.write_string_with_format(0, column, *name, &header).map_err(failed)?;
                sheet.set_column_width(column, WIDTH).map_err(failed)?;
            }
            // Keys are texts of digits on purpose.
            let last = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
            let numbers = IgnoreError::NumberStoredAsText;
            sheet.ignore_error_range(0, 0, ROWS - 1, last, numbers).map_err(failed)?;
        }
        Ok(Self {
            workbook,
            next: vec![1; TABLES.len()],
            text: Format::new().set_num_format("@"),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            money: Format::new().set_num_format("#,##0.00"),
            name: folder.join(format!("{NAME}.xlsx")),
            temporary: folder.join(format!(".{NAME}.xlsx.part")),
        })
    }

    /// Writes a row of the table of that place.
    pub(super) fn row(&mut self, table: usize, cells: &[&str]) -> io::Result<()> {
        let Some((next, (_, columns))) = self.next.get_mut(table).zip(TABLES.get(table)) else {
            return Ok(());
        };
        let row = *next;
        if row >= ROWS {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("more than the {ROWS} rows of a sheet: use --format csv"),
            ));
        }
        *next += 1;
        let sheet = self.workbook.worksheet_from_index(table).map_err(failed)?;
        for ((column, cell), name) in (0_u16..).zip(cells).zip(*columns) {
            if cell.is_empty() {
                continue;
            }
            let amount = if *name == AMOUNT { Fen::from_yuan(cell).and_then(Fen::as_number) } else { None };
            let written = if let Some(amount) = amount {
                sheet.write_number_with_format(row, column, amount, &self.money)
            } else if let Some(serial) = serial(cell) {
                sheet.write_number_with_format(row, column, serial, &self.day)
            } else {
                sheet.write_string_with_format(row, column, *cell, &self.text)
            };
            written.map_err(failed)?;
        }
        Ok(())
    }

    /// Gives the workbook its name.
    pub(super) fn commit(mut self) -> io::Result<()> {
        let mut file = BufWriter::new(File::create(&self.temporary)?);
        self.workbook.save_to_writer(&mut file).map_err(failed)?;
        file.flush()?;
        fs::rename(&self.temporary, &self.name)
    }
}

impl Drop for Book {
    fn drop(&mut self) {
        // After a commit the temporary name is gone; before one there is nobody to tell that removing it failed.
        let _ = fs::remove_file(&self.temporary);
    }
}

/// The number of a day that is written as `2005-03-01`.
fn serial(text: &str) -> Option<i32> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let day = Day::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?;
    if day.to_string() == text { day.serial() } else { None }
}

/// A disk that is full is told as such.
fn failed(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        error => io::Error::other(error),
    }
}
