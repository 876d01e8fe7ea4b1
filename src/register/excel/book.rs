//! A workbook: its sheets, and the rows of one of them, one after the other. No sheet is ever held as a rectangle: one of
//! two cells may span all rows and columns there are.

use super::container::{self, Container};
use super::format::{Format, Shown};
use super::value::Value;
use super::xls::{self, Workbook};
use crate::diagnostic::Term;
use crate::register::broken::{Broken, damaged};
use crate::register::fence::fenced;
use crate::register::input;
use crate::register::limits::Budget;
use crate::value::Decimal;
use calamine::{DataRef, Dimensions, Reader, SheetType, Style, Xlsx, XlsxCellReader, XlsxError};
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

/// Bytes of the largest file of the old format; Excel makes none nearly so large.
const LARGEST_XLS: u64 = 256 << 20;

/// Rows and columns of a sheet.
const ROWS: u32 = 1 << 20;
const COLUMNS: u32 = 1 << 14;

/// A workbook that is open.
pub(super) struct Book {
    inner: Inner,
    /// Names of its sheets, in their order.
    pub sheets: Vec<String>,
    /// Days are counted from 1904.
    pub from_1904: bool,
    /// Of its bytes, in hexadecimal.
    pub sha256: String,
    /// How large it is.
    pub bytes: u64,
}

enum Inner {
    /// The reader, and whether some sheet may have merged cells.
    Xlsx(Box<Xlsx<BufReader<File>>>, bool),
    Xls(Box<Workbook>),
}

/// One row as far as it has cells.
#[derive(Clone, Debug, Default)]
pub(super) struct Line<'b> {
    /// From 1, as Excel numbers it.
    pub number: u64,
    /// By column from 0, ascending.
    cells: Vec<(u32, Value<'b>)>,
}

impl<'b> Line<'b> {
    /// The cell of a column.
    pub(super) fn cell(&self, column: u32) -> Option<&Value<'b>> {
        let place = self.cells.binary_search_by_key(&column, |(column, _)| *column).ok()?;
        self.cells.get(place).map(|(_, value)| value)
    }

    /// The cells that show something, with their columns.
    pub(super) fn shown(&self) -> impl Iterator<Item = (u32, &Value<'b>)> {
        self.cells.iter().filter(|(_, value)| !value.is_blank()).map(|(column, value)| (*column, value))
    }

    /// True where no cell of its own shows anything.
    pub(super) fn is_blank(&self) -> bool {
        self.shown().next().is_none()
    }
}

impl Book {
    /// Opens a workbook, after a look at what it would come to.
    pub(super) fn open(path: &Path) -> Result<Self, Broken> {
        if path.is_dir() {
            return Err(Broken::Io(io::ErrorKind::IsADirectory.into()));
        }
        let mut file = File::open(path).map_err(Broken::Io)?;
        let bytes = file.metadata().map_err(Broken::Io)?.len();
        let container = container::container(&mut file)?;
        let sha256 = input::sha256(&mut file).map_err(Broken::Io)?;
        file.rewind().map_err(Broken::Io)?;
        let (inner, sheets, from_1904) = match container {
            Container::Zip => {
                let checked = container::check_archive(&file, bytes)?;
                file.rewind().map_err(Broken::Io)?;
                let book = fenced(|| Xlsx::new(BufReader::new(file)))?.map_err(of_xlsx)?;
                let (sheets, from_1904) = (names(&book), book.has_1904_epoch());
                (Inner::Xlsx(Box::new(book), checked.merges), sheets, from_1904)
            }
            Container::Compound => {
                if bytes > LARGEST_XLS {
                    return Err(Broken::Unsound(Term::new("太大", "it is too large")));
                }
                let mut content = Vec::new();
                file.read_to_end(&mut content).map_err(Broken::Io)?;
                if container::is_encrypted(&content) {
                    return Err(container::password());
                }
                let book = Workbook::open(&content, &mut Budget::of(bytes))?;
                let sheets = book.sheets.iter().map(|(name, _)| name.clone()).collect();
                let from_1904 = book.from_1904;
                (Inner::Xls(Box::new(book)), sheets, from_1904)
            }
        };
        Ok(Self { inner, sheets, from_1904, sha256, bytes })
    }

    /// The merged areas of a sheet, and its rows.
    pub(super) fn sheet(&mut self, name: &str) -> Result<(Vec<Dimensions>, Lines<'_>), Broken> {
        match &mut self.inner {
            Inner::Xlsx(book, merges) => {
                let merges = if *merges {
                    fenced(|| book.merge_cells_by_sheet_name(name))?.map_err(of_xlsx)?
                } else {
                    Vec::new()
                };
                let cells = fenced(|| book.worksheet_cells_reader(name))?.map_err(of_xlsx)?;
                let formats = cells.styles().iter().map(format).collect();
                let cells = Cells::Xlsx(Box::new(cells), formats);
                Ok((merges, Lines { cells, next: None, ended: false }))
            }
            Inner::Xls(book) => {
                let found = book.sheets.iter().find(|(sheet, _)| sheet == name);
                let place = found.map(|(_, place)| *place).ok_or_else(damaged)?;
                let found = xls::cells(book, place, &mut Budget::of(self.bytes))?;
                let cells = Cells::Xls(found.cells.into_iter());
                Ok((found.merges, Lines { cells, next: None, ended: false }))
            }
        }
    }
}

/// The names of the sheets that have cells; charts have none.
fn names<R: Reader<S>, S: Read + Seek>(book: &R) -> Vec<String> {
    let sheets = book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    sheets.map(|sheet| sheet.name.clone()).collect()
}

/// The rows of a sheet, in their order.
pub(super) struct Lines<'b> {
    cells: Cells<'b>,
    /// The cell that the next row begins with.
    next: Option<(u32, u32, Value<'b>)>,
    ended: bool,
}

enum Cells<'b> {
    /// The reader, and what each style makes of a number.
    Xlsx(Box<XlsxCellReader<'b, BufReader<File>>>, Vec<Format>),
    /// All cells that are left.
    Xls(std::vec::IntoIter<(u32, u32, Value<'b>)>),
}

impl<'b> Lines<'b> {
    /// The next row that has cells; false at the end.
    pub(super) fn next(&mut self, line: &mut Line<'b>) -> Result<bool, Broken> {
        line.cells.clear();
        let state = (&mut self.next, &mut self.ended);
        match &mut self.cells {
            Cells::Xls(cells) => of_cells(|| Ok(cells.next()), state, line),
            Cells::Xlsx(cells, formats) => fenced(|| of_cells(|| next_cell(cells, formats), state, line))?,
        }
    }
}

/// The next cell of a sheet in XML.
fn next_cell<'b>(
    cells: &mut XlsxCellReader<'b, BufReader<File>>,
    formats: &[Format],
) -> Result<Option<(u32, u32, Value<'b>)>, Broken> {
    let Some((cell, style)) = cells.next_cell_with_style_id().map_err(of_xlsx)? else { return Ok(None) };
    let (row, column) = cell.get_position();
    let format = formats.get(style).copied().unwrap_or_default();
    Ok(Some((row, column, of_data(cell.get_value().clone(), format))))
}

/// The next row. Rows ascend, and cells in them; where they do not, somebody tampered with the file.
fn of_cells<'b>(
    mut cell: impl FnMut() -> Result<Option<(u32, u32, Value<'b>)>, Broken>,
    (next, ended): (&mut Option<(u32, u32, Value<'b>)>, &mut bool),
    line: &mut Line<'b>,
) -> Result<bool, Broken> {
    let mut row = None;
    if let Some((first, column, value)) = next.take() {
        row = Some(first);
        line.cells.push((column, value));
    }
    while !*ended {
        let Some((at, column, value)) = cell()? else {
            *ended = true;
            break;
        };
        if at >= ROWS || column >= COLUMNS || row.is_some_and(|row| at < row) {
            return Err(damaged());
        }
        if row.is_some_and(|row| at > row) {
            *next = Some((at, column, value));
            break;
        }
        if line.cells.last().is_some_and(|(before, _)| *before >= column) {
            return Err(damaged());
        }
        row = Some(at);
        line.cells.push((column, value));
    }
    line.number = row.map_or(0, |row| u64::from(row) + 1);
    Ok(row.is_some())
}

fn of_data(data: DataRef<'_>, format: Format) -> Value<'_> {
    match data {
        DataRef::Empty => Value::Text(Cow::Borrowed("")),
        DataRef::SharedString(text) => Value::Text(Cow::Borrowed(text)),
        DataRef::String(text) | DataRef::DurationIso(text) => Value::Text(Cow::Owned(text)),
        DataRef::DateTimeIso(text) => Value::Text(Cow::Owned(midnight(&text).to_owned())),
        DataRef::Bool(flag) => Value::Flag(flag),
        DataRef::Error(error) => Value::Error(error.to_string()),
        DataRef::Float(number) => Value::number(Decimal::of(number), format),
        DataRef::Int(number) => Value::Text(Cow::Owned(number.to_string())),
        DataRef::DateTime(moment) => {
            let format = match format {
                Format::Date(_) | Format::Duration => format,
                _ if moment.is_duration() => Format::Duration,
                _ => Format::Date(Shown::Day),
            };
            Value::number(Decimal::of(moment.as_f64()), format)
        }
    }
}

/// A date without the time of its beginning.
fn midnight(text: &str) -> &str {
    match text.split_once('T') {
        Some((day, time)) if time.chars().all(|c| matches!(c, '0' | ':' | '.' | 'Z')) => day,
        _ => text,
    }
}

fn format(style: &Style) -> Format {
    let format = style.number_format.as_ref();
    format.map_or(Format::Plain, |format| Format::of(&format.format_code, format.format_id))
}

fn of_xlsx(error: XlsxError) -> Broken {
    match error {
        XlsxError::Password => container::password(),
        XlsxError::CellError(text) => Broken::Unsound(Term::new(
            format!("有一格是不认识的错误值 {text}"),
            format!("a cell holds an unknown error, {text}"),
        )),
        error => Broken::Decoder(error.to_string()),
    }
}
