//! One result table as a workbook: in, rows of cells in order; out, a sheet as people open it, and others where it is full.
//!
//! Rows go to temporary files as they come, so that memory holds none, and the workbook holds no time: the same rows are
//! the same bytes.

use super::table::{ColumnOf, Kind};
use super::{AtomicFile, Cell};
use crate::value::{Day, Fen};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, IgnoreError, Workbook, Worksheet, XlsxError,
};
use std::io::{self, BufWriter, Seek, Write};
use unicode_width::UnicodeWidthStr;

/// Rows of a sheet, the names of the columns among them.
const ROWS: u32 = 1_048_576;
/// Characters of a cell.
const CHARACTERS: usize = 32_767;
/// Formats of days and of amounts.
const DATE: &str = "yyyy-mm-dd";
const MONEY: &str = "#,##0.00";
/// Widths of columns, in characters.
const NARROW: usize = 8;
const WIDE: usize = 48;
/// Rows that tell how wide the columns are.
const MEASURED: u64 = 2_000;

/// A table being written.
pub(super) struct TableWriter {
    file: AtomicFile,
    workbook: Workbook,
    name: &'static str,
    columns: Vec<(String, Kind)>,
    formats: Formats,
    /// Rows that a sheet holds.
    rows: u32,
    /// The sheet that is written, and the row of it that comes next.
    sheet: usize,
    next: u32,
    /// By column.
    widths: Vec<usize>,
    measured: u64,
}

struct Formats {
    header: Format,
    text: Format,
    money: Format,
    count: Format,
    day: Format,
}

/// Some rows of a table.
#[derive(Default)]
pub(super) struct Rows {
    /// The texts of all cells.
    text: String,
    cells: Vec<Held>,
    width: usize,
}

/// A cell; a text is the next in the texts, up to that place.
enum Held {
    Text(usize),
    Money(Option<Fen>),
    Count(u64),
    Day(Option<Day>),
}

impl Rows {
    /// Adds a row; its cells stand in the order of the columns.
    pub(super) fn push(&mut self, cells: &[Cell<'_>]) {
        self.width = cells.len();
        for cell in cells {
            self.cells.push(match cell {
                Cell::Text(text) => {
                    self.text.push_str(text);
                    Held::Text(self.text.len())
                }
                Cell::Money(fen) => Held::Money(*fen),
                Cell::Count(count) => Held::Count(*count),
                Cell::Day(day) => Held::Day(*day),
            });
        }
    }
}

impl TableWriter {
    /// Begins a table.
    pub(super) fn new(file: AtomicFile, name: &'static str, columns: &[ColumnOf<'_>]) -> io::Result<Self> {
        Self::of_sheets(file, (name, columns), ROWS)
    }

    /// The same with so many rows a sheet.
    fn of_sheets(
        file: AtomicFile,
        (name, columns): (&'static str, &[ColumnOf<'_>]),
        rows: u32,
    ) -> io::Result<Self> {
        let mut workbook = Workbook::new();
        workbook.set_properties(&properties().map_err(failed)?);
        let columns: Vec<(String, Kind)> =
            columns.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect();
        let widths = columns.iter().map(|(name, _)| name.width()).collect();
        let formats = Formats::new();
        let mut table =
            Self { file, workbook, name, columns, formats, rows, sheet: 0, next: 0, widths, measured: 0 };
        table.begin()?;
        Ok(table)
    }

    /// Begins a sheet with the names of the columns.
    fn begin(&mut self) -> io::Result<()> {
        let name = if self.sheet == 0 {
            self.name.to_owned()
        } else {
            format!("{} ({})", self.name, self.sheet + 1)
        };
        let sheet = self.workbook.add_worksheet_with_constant_memory().map_err(failed)?;
        sheet.set_name(name).and_then(|sheet| sheet.set_freeze_panes(1, 0)).map_err(failed)?;
        for (place, (name, _)) in (0_u16..).zip(&self.columns) {
            sheet.write_string_with_format(0, place, name, &self.formats.header).map_err(failed)?;
        }
        self.next = 1;
        Ok(())
    }

    /// Adds rows behind those it has.
    pub(super) fn append(&mut self, rows: &Rows) -> io::Result<()> {
        let mut start = 0;
        for row in rows.cells.chunks(rows.width.max(1)) {
            if self.next >= self.rows {
                self.sheet += 1;
                self.begin()?;
            }
            let at = self.next;
            self.next += 1;
            self.measured += 1;
            let measured = self.measured <= MEASURED;
            let sheet = self.workbook.worksheet_from_index(self.sheet).map_err(failed)?;
            for ((column, cell), width) in (0_u16..).zip(row).zip(&mut self.widths) {
                let text = match cell {
                    Held::Text(end) => {
                        let text = rows.text.get(start..*end).unwrap_or_default();
                        start = *end;
                        text
                    }
                    _ => "",
                };
                if measured {
                    *width = (*width).max(cell.width(text));
                }
                self.formats.write(sheet, (at, column), cell, text).map_err(|error| match error {
                    XlsxError::MaxStringLengthExceeded => too_long(self.name),
                    error => failed(error),
                })?;
            }
        }
        Ok(())
    }

    /// Ends the table; the file is whole and has no name yet.
    pub(super) fn finish(mut self) -> io::Result<AtomicFile> {
        let last = u16::try_from(self.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
        for place in 0..=self.sheet {
            let end = if place == self.sheet { self.next } else { self.rows }.saturating_sub(1);
            let sheet = self.workbook.worksheet_from_index(place).map_err(failed)?;
            for (column, width) in (0_u16..).zip(&self.widths) {
                let width = u16::try_from((*width).clamp(NARROW, WIDE) + 2).unwrap_or(u16::MAX);
                sheet.set_column_width(column, width).map_err(failed)?;
            }
            sheet.autofilter(0, 0, end, last).map_err(failed)?;
            // Keys are texts of digits on purpose.
            let numbers = IgnoreError::NumberStoredAsText;
            sheet.ignore_error_range(0, 0, end, last, numbers).map_err(failed)?;
        }
        // The archive is packed to a file without a name first, since its bytes are not written in their order.
        let mut packed = tempfile::tempfile()?;
        let mut buffered = BufWriter::new(&mut packed);
        self.workbook.save_to_writer(&mut buffered).map_err(failed)?;
        buffered.flush()?;
        drop(buffered);
        packed.rewind()?;
        io::copy(&mut packed, &mut self.file)?;
        Ok(self.file)
    }
}

impl Formats {
    fn new() -> Self {
        Self {
            header: Format::new().set_bold().set_align(FormatAlign::Center),
            text: Format::new().set_num_format("@"),
            money: Format::new().set_num_format(MONEY),
            count: Format::new().set_num_format("0"),
            day: Format::new().set_num_format(DATE),
        }
    }

    /// Writes a cell. A text is a text, also where it looks like a number or a formula; an amount that a number does not
    /// hold to the fen is one, and so are days before the first that Excel counts.
    fn write(
        &self,
        sheet: &mut Worksheet,
        (row, column): (u32, u16),
        cell: &Held,
        text: &str,
    ) -> Result<(), XlsxError> {
        match cell {
            Held::Text(_) if text.is_empty() => {}
            Held::Text(_) => {
                sheet.write_string_with_format(row, column, text, &self.text)?;
            }
            Held::Money(None) | Held::Day(None) => {}
            Held::Money(Some(fen)) => match fen.as_number() {
                Some(yuan) => {
                    sheet.write_number_with_format(row, column, yuan, &self.money)?;
                }
                None => {
                    sheet.write_string_with_format(row, column, fen.to_string(), &self.text)?;
                }
            },
            Held::Count(count) => match u32::try_from(*count) {
                Ok(count) => {
                    sheet.write_number_with_format(row, column, count, &self.count)?;
                }
                Err(_) => {
                    sheet.write_string_with_format(row, column, count.to_string(), &self.text)?;
                }
            },
            Held::Day(Some(day)) => match day.serial() {
                Some(serial) => {
                    sheet.write_number_with_format(row, column, serial, &self.day)?;
                }
                None => {
                    sheet.write_string_with_format(row, column, day.to_string(), &self.text)?;
                }
            },
        }
        Ok(())
    }
}

impl Held {
    /// Characters of a line that it takes, those of Chinese twice; `text` is its text, where it has one.
    fn width(&self, text: &str) -> usize {
        match self {
            Self::Text(_) => text.width(),
            Self::Money(fen) => fen.map_or(0, |fen| {
                let digits = fen.to_string().len();
                digits + digits.saturating_sub("-0.00".len()) / 3
            }),
            Self::Count(count) => count.to_string().len(),
            Self::Day(_) => DATE.len(),
        }
    }
}

/// Properties of a workbook, with a time that is always the same.
fn properties() -> Result<DocProperties, XlsxError> {
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    Ok(DocProperties::new()
        .set_author(concat!("charter ", env!("CARGO_PKG_VERSION")))
        .set_creation_datetime(&created))
}

/// A text that no cell holds. Half of it would be another text.
fn too_long(table: &str) -> io::Error {
    io::Error::other(format!(
        "{table}: 一格超过 Excel 的 {CHARACTERS} 字,请用 --format csv / a cell has more than the {CHARACTERS} characters of Excel: use --format csv"
    ))
}

/// A disk that is full is told as such.
fn failed(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        error => io::Error::other(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Data, Reader, Xlsx, open_workbook};
    use std::path::{Path, PathBuf};

    const COLUMNS: [ColumnOf<'static>; 4] =
        [("key", Kind::Text), ("amount", Kind::Money), ("count", Kind::Count), ("day", Kind::Day)];

    /// A workbook of some rows in a folder, so many a sheet.
    fn written(folder: &Path, rows: &[[Cell<'_>; 4]], limit: u32) -> io::Result<PathBuf> {
        let path = folder.join("table.xlsx");
        let file = AtomicFile::create(&path)?;
        let mut table = TableWriter::of_sheets(file, ("table", &COLUMNS), limit)?;
        // As pages come, some rows at a time.
        for some in rows.chunks(3) {
            let mut page = Rows::default();
            for row in some {
                page.push(row);
            }
            table.append(&page)?;
        }
        table.finish()?.commit()?;
        Ok(path)
    }

    /// The XML of the first sheet.
    fn xml(path: &Path) -> String {
        let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
        io::read_to_string(archive.by_name("xl/worksheets/sheet1.xml").unwrap()).unwrap()
    }

    fn row(text: &str, fen: i64) -> [Cell<'_>; 4] {
        [Cell::Text(text), Cell::Money(Some(Fen(fen))), Cell::Count(3), Cell::Day(Day::new(2005, 3, 1))]
    }

    #[test]
    fn a_table_goes_on_in_another_sheet() {
        let folder = tempfile::tempdir().unwrap();
        let keys: Vec<String> = (0..10).map(|key| format!("{key:03}")).collect();
        let rows: Vec<[Cell<'_>; 4]> = keys.iter().map(|key| row(key, 1_250)).collect();
        let path = written(folder.path(), &rows, 5).unwrap();
        let mut book: Xlsx<_> = open_workbook(&path).unwrap();
        assert_eq!(book.sheet_names(), ["table", "table (2)", "table (3)"]);
        let mut read = Vec::new();
        for name in book.sheet_names() {
            let range = book.worksheet_range(&name).unwrap();
            let mut rows = range.rows();
            assert_eq!(rows.next().unwrap()[0], Data::String("key".to_owned()));
            read.extend(rows.map(|row| row[0].to_string()));
        }
        assert_eq!(read, keys);
        // A sheet that is just full has no other behind it.
        let path = written(folder.path(), &rows[..4], 5).unwrap();
        assert_eq!(open_workbook::<Xlsx<_>, _>(&path).unwrap().sheet_names(), ["table"]);
    }

    #[test]
    fn texts_are_texts() {
        let folder = tempfile::tempdir().unwrap();
        let texts = ["=1+1", "110105194912310020", "<&>\"", "", " a\nb ", "+1", "@x"];
        let rows: Vec<[Cell<'_>; 4]> = texts.iter().map(|text| row(text, 0)).collect();
        let path = written(folder.path(), &rows, ROWS).unwrap();
        let range = open_workbook::<Xlsx<_>, _>(&path).unwrap().worksheet_range("table").unwrap();
        let read: Vec<String> = range.rows().skip(1).map(|row| row[0].to_string()).collect();
        assert_eq!(read, texts);
        let xml = xml(&path);
        assert!(!xml.contains("<f>") && xml.contains("numberStoredAsText=\"1\""));
        assert!(xml.contains("<autoFilter ref=\"A1:D8\"/>") && xml.contains("state=\"frozen\""));
    }

    #[test]
    fn what_a_number_cannot_hold_is_a_text() {
        let folder = tempfile::tempdir().unwrap();
        let early = Day::new(1899, 12, 31);
        let rows = [
            [Cell::Text("a"), Cell::Money(Some(Fen(i64::MIN))), Cell::Count(u64::MAX), Cell::Day(early)],
            [Cell::Text("b"), Cell::Money(None), Cell::Count(0), Cell::Day(None)],
        ];
        let path = written(folder.path(), &rows, ROWS).unwrap();
        let range = open_workbook::<Xlsx<_>, _>(&path).unwrap().worksheet_range("table").unwrap();
        let read: Vec<String> = range.rows().skip(1).flatten().map(ToString::to_string).collect();
        let expected = ["a", "-92233720368547758.08", "18446744073709551615", "1899-12-31", "b", "", "0", ""];
        assert_eq!(read, expected);
        let long = "字".repeat(CHARACTERS + 1);
        let error = written(folder.path(), &[row(&long, 0)], ROWS).unwrap_err().to_string();
        assert!(error.contains("--format csv"), "{error}");
        assert!(written(folder.path(), &[row(&long[3..], 0)], ROWS).is_ok());
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(32))]
        /// The decimal in the file is the amount, to the fen.
        #[test]
        fn amounts_are_written_exactly(amounts in proptest::collection::vec(-999_999_999_999_999_i64..=999_999_999_999_999, 1..40)) {
            let folder = tempfile::tempdir().unwrap();
            let rows: Vec<[Cell<'_>; 4]> = amounts.iter().map(|fen| row("a", *fen)).collect();
            let path = written(folder.path(), &rows, ROWS).unwrap();
            let xml = xml(&path);
            let cells = xml.split("<c r=\"B").skip(2);
            let read: Vec<i64> = cells
                .map(|cell| cell.split_once("<v>").unwrap().1.split_once("</v>").unwrap().0)
                .map(|text| Fen::from_yuan(text).unwrap().0)
                .collect();
            proptest::prop_assert_eq!(read, amounts);
        }
    }
}
