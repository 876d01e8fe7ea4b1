//! Workbooks of the old format (MS-XLS, in MS-CFB). In: bytes; out: sheets, and their rows as those of a new workbook.
//!
//! The decoder that new workbooks have reads old ones, too, but makes as much room as they say, whatever they hold; here
//! memory is bounded by the bytes that are there.

mod compound;
mod records;
mod sheet;

use super::container::password;
use super::format::Format;
use crate::diagnostic::Term;
use crate::register::broken::{Broken, damaged};
use crate::register::limits::Budget;
use records::{Bytes, Record, Records, Writing, encoding};
pub(super) use sheet::cells;
use std::collections::BTreeMap;

/// A workbook that was read but for its cells.
pub(super) struct Workbook {
    stream: Vec<u8>,
    /// The names of the sheets, and where their records begin.
    pub sheets: Vec<(String, usize)>,
    /// The texts that cells share.
    strings: Vec<String>,
    /// What each style makes of a number.
    formats: Vec<Format>,
    writing: Writing,
    /// Days are counted from 1904.
    pub from_1904: bool,
}

impl Workbook {
    /// Reads what the workbook in a file says of itself.
    pub(super) fn open(bytes: &[u8], budget: &mut Budget) -> Result<Self, Broken> {
        Self::of(compound::workbook(bytes).ok_or_else(damaged)?, budget)
    }

    /// The same of its records.
    fn of(stream: Vec<u8>, budget: &mut Budget) -> Result<Self, Broken> {
        let mut book = Self {
            stream: Vec::new(),
            sheets: Vec::new(),
            strings: Vec::new(),
            formats: Vec::new(),
            writing: Writing::Unicode,
            from_1904: false,
        };
        let (mut codes, mut styles) = (BTreeMap::new(), Vec::new());
        let mut records = Records::at(&stream, 0)?;
        let mut page = 1252;
        let mut first = true;
        while let Some(record) = records.next()? {
            let word =
                |at: usize| record.data.get(at..at + 2).map(|word| u16::from_le_bytes([word[0], word[1]]));
            if std::mem::take(&mut first) {
                // The beginning tells the version.
                match (record.kind, word(0)) {
                    (0x0809, Some(0x0600)) => {}
                    (0x0809, Some(0x0500)) => book.writing = Writing::Bytes(encoding(page)),
                    _ => return Err(too_old()),
                }
                continue;
            }
            match record.kind {
                0x002f => return Err(password()),
                0x0042 => {
                    page = word(0).unwrap_or(page);
                    if let Writing::Bytes(own) = &mut book.writing {
                        *own = encoding(page);
                    }
                }
                0x0022 => book.from_1904 = word(0) == Some(1),
                0x00e0 => styles.push(word(2).unwrap_or(0)),
                0x041e => {
                    let id = word(0).unwrap_or(0);
                    let wide = matches!(book.writing, Writing::Unicode);
                    let mut bytes = Bytes::of(record, &mut records);
                    bytes.skip(2)?;
                    codes.insert(id, book.writing.text(&mut bytes, wide)?);
                }
                0x0085 => book.sheets.extend(book.sheet(record, &mut records)?),
                0x00fc => book.strings = shared(Bytes::of(record, &mut records), budget)?,
                0x000a => break,
                _ => {}
            }
        }
        let format = |id: &u16| {
            let code = codes.get(id).map_or("General", String::as_str);
            Format::of(code, Some(u32::from(*id)))
        };
        book.formats = styles.iter().map(format).collect();
        book.stream = stream;
        Ok(book)
    }

    /// A sheet that has cells: where it begins, and its name.
    fn sheet<'s>(
        &self,
        record: Record<'s>,
        records: &mut Records<'s>,
    ) -> Result<Option<(String, usize)>, Broken> {
        let mut bytes = Bytes::of(record, records);
        let place = usize::try_from(bytes.long()?).map_err(|_| damaged())?;
        bytes.skip(1)?;
        let is_sheet = bytes.byte()? == 0;
        let name = self.writing.text(&mut bytes, false)?;
        Ok(is_sheet.then_some((name, place)))
    }
}

/// The texts that cells share.
fn shared(mut bytes: Bytes<'_, '_>, budget: &mut Budget) -> Result<Vec<String>, Broken> {
    bytes.skip(8)?;
    let mut strings = Vec::new();
    while !bytes.at_end() {
        let length = usize::from(bytes.short()?);
        let text = bytes.text(length)?;
        budget.spend((size_of::<String>() + text.len()) as u64)?;
        strings.push(text);
    }
    Ok(strings)
}

fn too_old() -> Broken {
    Broken::Mendable(
        Term::new("它是 Excel 5 以前的旧格式", "it is of a format older than Excel 5"),
        Term::new("用 Excel 或 WPS 打开,另存为 .xlsx", "open it in Excel or WPS and save it as .xlsx"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).unwrap();
        [&kind.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
    }

    /// A workbook of one sheet, `户`, of the version and in the code page; the cells of the sheet.
    fn book(version: u16, page: u16, cells: &[Vec<u8>]) -> Vec<u8> {
        let name = [0xbb, 0xa7];
        let begin = record(0x0809, &version.to_le_bytes());
        let sheet = |place: u32| record(0x0085, &[&place.to_le_bytes()[..], &[0, 0, 2], &name].concat());
        let globals = |place: u32| {
            [begin.clone(), record(0x0042, &page.to_le_bytes()), sheet(place), record(0x000a, &[])].concat()
        };
        let place = u32::try_from(globals(0).len()).unwrap();
        [globals(place), begin.clone(), cells.concat(), record(0x000a, &[])].concat()
    }

    fn read(stream: Vec<u8>) -> Result<Vec<(u32, u32, String)>, Broken> {
        let budget = &mut Budget::of(1_000);
        let book = Workbook::of(stream, budget)?;
        assert_eq!(book.sheets.first().unwrap().0, "户");
        let found = cells(&book, book.sheets.first().unwrap().1, budget)?;
        Ok(found
            .cells
            .into_iter()
            .map(|(row, column, value)| (row, column, value.shown().into_owned()))
            .collect())
    }

    /// Excel 95: texts are bytes of a code page.
    #[test]
    fn texts_of_a_code_page_are_read() {
        let label = |row: u8, text: &[u8]| {
            let length = u8::try_from(text.len()).unwrap();
            record(0x0204, &[&[row, 0, 1, 0, 0, 0, length, 0][..], text].concat())
        };
        let cells = [
            label(1, &[0xbc, 0xd7, 0xb4, 0xe5]),
            label(0, b"H1"),
            // A chart in the sheet has cells of its own.
            record(0x0809, &[0, 5, 0x20, 0]),
            label(7, b"no"),
            record(0x000a, &[]),
            // A whole number of hundredths, and one written again.
            record(0x027e, &[2, 0, 0, 0, 0, 0, 0xe7, 0x12, 0, 0]),
            record(0x027e, &[2, 0, 0, 0, 0, 0, 0x0f, 0, 0, 0]),
            record(0x0205, &[3, 0, 0, 0, 0, 0, 0x2a, 1]),
            record(0x0006, &[4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0]),
            record(0x0207, &[2, 0, b'o', b'k']),
        ];
        let expected = [(0, 1, "H1"), (1, 1, "甲村"), (2, 0, "0.03"), (3, 0, "#N/A"), (4, 0, "ok")];
        let expected = expected.map(|(row, column, text)| (row, column, text.to_owned()));
        assert_eq!(read(book(0x0500, 936, &cells)).unwrap(), expected);
        assert!(read(book(0x0400, 936, &cells)).is_err());
    }

    #[test]
    fn records_that_lie_are_refused() {
        let cut = |data: &[u8], kind: u16| read(book(0x0500, 936, &[record(kind, data)]));
        for kind in [0x0203, 0x027e, 0x00bd, 0x00fd, 0x0204, 0x0205, 0x0006, 0x0207, 0x00e5] {
            for length in 0..10 {
                // Nothing but an answer.
                let _ = cut(&vec![0xff; length], kind);
            }
        }
        assert!(cut(&[0; 9], 0x00fd).is_err());
        assert!(Workbook::of(Vec::new(), &mut Budget::of(0)).unwrap().sheets.is_empty());
    }
}
