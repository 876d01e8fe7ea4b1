//! The cells of one sheet of an old workbook, by rows.

use super::Workbook;
use super::records::{Bytes, Records};
use crate::register::broken::{Broken, damaged};
use crate::register::excel::format::Format;
use crate::register::excel::value::Value;
use crate::register::limits::Budget;
use crate::value::Decimal;
use calamine::Dimensions;
use std::borrow::Cow;

/// A cell: row and column from 0, and what it holds.
type Cell<'b> = (u32, u32, Value<'b>);

/// The cells of a sheet, by rows and columns, and its merged areas.
pub(in crate::register::excel) struct Cells<'b> {
    pub cells: Vec<Cell<'b>>,
    pub merges: Vec<Dimensions>,
}

fn word(data: &[u8], at: usize) -> Result<u16, Broken> {
    let word = data.get(at..at + 2).ok_or_else(damaged)?;
    Ok(u16::from_le_bytes([word[0], word[1]]))
}

fn eight(data: &[u8], at: usize) -> Result<[u8; 8], Broken> {
    data.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()).ok_or_else(damaged)
}

/// The cells of the sheet whose records begin at a place.
pub(in crate::register::excel) fn cells<'b>(
    book: &'b Workbook,
    place: usize,
    budget: &mut Budget,
) -> Result<Cells<'b>, Broken> {
    let mut found = Cells { cells: Vec::new(), merges: Vec::new() };
    let mut records = Records::at(&book.stream, place)?;
    // Charts within the sheet have a beginning and an end of their own, and cells that are none.
    let mut depth = 0_u32;
    // The cell of a formula whose result is a text, which comes in a record behind it.
    let mut waiting: Option<(u32, u32)> = None;
    while let Some(record) = records.next()? {
        let data = record.data;
        match record.kind {
            0x0809 => depth += 1,
            0x000a if depth <= 1 => break,
            0x000a => depth -= 1,
            _ if depth != 1 => {}
            0x0203 => found.number(book, data, Decimal::of_bytes(eight(data, 6)?))?,
            0x027e => found.number(book, data, short(data.get(6..10).ok_or_else(damaged)?)?)?,
            0x00bd => found.numbers(book, data)?,
            0x00fd => {
                let place = word(data, 6)?;
                let place = usize::from(place) | usize::from(word(data, 8)?) << 16;
                let text = book.strings.get(place).ok_or_else(damaged)?;
                found.add(data, Value::Text(Cow::Borrowed(text)))?;
            }
            0x0204 | 0x00d6 => {
                let mut bytes = Bytes::of(record, &mut records);
                bytes.skip(6)?;
                let text = book.writing.text(&mut bytes, true)?;
                found.add(data, Value::Text(Cow::Owned(text)))?;
            }
            0x0205 => found.add(data, flag_or_error(data, 6)?)?,
            0x0006 => waiting = found.formula(book, data)?,
            0x0207 => {
                let text = book.writing.text(&mut Bytes::of(record, &mut records), true)?;
                if let Some((row, column)) = waiting.take() {
                    found.cells.push((row, column, Value::Text(Cow::Owned(text))));
                }
            }
            0x00e5 => found.merge(data)?,
            _ => {}
        }
        budget.spend((size_of::<Cell<'_>>() + data.len()) as u64)?;
    }
    // Some programs write columns, or cells as they were entered. A cell that was written again holds the last.
    found.cells.reverse();
    found.cells.sort_by_key(|(row, column, _)| (*row, *column));
    found.cells.dedup_by_key(|(row, column, _)| (*row, *column));
    Ok(found)
}

/// A number in four bytes.
fn short(bytes: &[u8]) -> Result<Option<Decimal>, Broken> {
    bytes.try_into().map(u32::from_le_bytes).map(Decimal::of_short).map_err(|_| damaged())
}

/// A flag, or the number of an error behind it.
fn flag_or_error(data: &[u8], at: usize) -> Result<Value<'static>, Broken> {
    let (value, is_error) =
        data.get(at).zip(data.get(at + 1)).map(|(value, kind)| (*value, *kind)).ok_or_else(damaged)?;
    Ok(if is_error == 0 { Value::Flag(value != 0) } else { error(value) })
}

fn error(number: u8) -> Value<'static> {
    let words = match number {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    };
    Value::Error(words.to_owned())
}

impl<'b> Cells<'b> {
    /// Adds the cell of a record, which begins with its row and column.
    fn add(&mut self, data: &[u8], value: Value<'b>) -> Result<(), Broken> {
        self.cells.push((u32::from(word(data, 0)?), u32::from(word(data, 2)?), value));
        Ok(())
    }

    fn number(&mut self, book: &Workbook, data: &[u8], number: Option<Decimal>) -> Result<(), Broken> {
        self.add(data, Value::number(number, format(book, word(data, 4)?)))
    }

    /// Numbers of neighbours in one row.
    fn numbers(&mut self, book: &Workbook, data: &[u8]) -> Result<(), Broken> {
        let (row, first) = (word(data, 0)?, word(data, 2)?);
        let numbers = data.get(4..data.len().saturating_sub(2)).ok_or_else(damaged)?;
        for (column, one) in (u32::from(first)..).zip(numbers.as_chunks::<6>().0) {
            let number = Value::number(short(&one[2..])?, format(book, word(one, 0)?));
            self.cells.push((u32::from(row), column, number));
        }
        Ok(())
    }

    /// The result of a formula; its place where the result is a text.
    fn formula(&mut self, book: &Workbook, data: &[u8]) -> Result<Option<(u32, u32)>, Broken> {
        let result = eight(data, 6)?;
        if result[6..] != [0xff, 0xff] {
            self.number(book, data, Decimal::of_bytes(result))?;
            return Ok(None);
        }
        match result[0] {
            0 => return Ok(Some((u32::from(word(data, 0)?), u32::from(word(data, 2)?)))),
            1 => self.add(data, Value::Flag(result[2] != 0))?,
            2 => self.add(data, error(result[2]))?,
            _ => {}
        }
        Ok(None)
    }

    fn merge(&mut self, data: &[u8]) -> Result<(), Broken> {
        for area in
            data.get(2..).unwrap_or_default().as_chunks::<8>().0.iter().take(usize::from(word(data, 0)?))
        {
            let at = |place: usize| word(area, place).map(u32::from);
            let (start, end) = ((at(0)?, at(4)?), (at(2)?, at(6)?));
            self.merges.push(Dimensions { start, end });
        }
        Ok(())
    }
}

fn format(book: &Workbook, style: u16) -> Format {
    book.formats.get(usize::from(style)).copied().unwrap_or_default()
}
