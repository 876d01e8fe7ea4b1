//! Comma-separated text into rows of cells (RFC 4180), numbered as a spreadsheet numbers them.
//!
//! The csv crate skips blank lines without counting them and takes an unclosed quote for the end of the file; here
//! both matter, because a clerk looks the row up and a lost half of a file must be told. The tests hold this reader
//! against that crate.

use super::input::{Fault, LONGEST_LINE};
use super::scan::has_either;
use memchr::{memchr_iter, memchr2_iter, memchr3, memrchr};
use std::io::BufRead;

/// Bytes of the lines that are taken at once: with their cells they stay in a cache of the processor.
const BLOCK: usize = 64 * 1024;

/// One row; its memory is used again for the next.
#[derive(Debug, Default)]
pub struct Row {
    /// From 1, blank lines counted.
    pub number: u64,
    /// The cells with a comma after each: what is valid UTF-8 as a whole is so cell by cell.
    text: String,
    ends: Vec<usize>,
}

impl Row {
    /// How many cells.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The cell of that number from 0, as it stands in the file; empty where the row ends before.
    pub fn cell(&self, place: usize) -> &str {
        let start = match place.checked_sub(1) {
            None => 0,
            Some(before) => self.ends.get(before).map_or(self.text.len(), |end| end + 1),
        };
        self.ends.get(place).and_then(|end| self.text.get(start..*end)).unwrap_or("")
    }

    /// All cells.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|place| self.cell(place))
    }

    /// Becomes a row of that number without cells.
    #[cfg(any(feature = "parquet", test))]
    pub fn begin(&mut self, number: u64) {
        self.number = number;
        self.text.clear();
        self.ends.clear();
    }

    /// Adds a cell behind the others.
    #[cfg(any(feature = "parquet", test))]
    pub fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
        self.text.push(',');
    }

    /// Puts the row behind some bytes, to be read again by [`Self::restore`].
    pub fn store(&self, into: &mut Vec<u8>) {
        // A row is no longer than the longest line allows, so that its ends fit.
        let short = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes();
        into.extend_from_slice(&self.number.to_le_bytes());
        into.extend_from_slice(&short(self.ends.len()));
        into.extend_from_slice(&short(self.text.len()));
        self.ends.iter().for_each(|end| into.extend_from_slice(&short(*end)));
        into.extend_from_slice(self.text.as_bytes());
    }

    /// Takes a row off the beginning of some bytes; none where they are not those of a row.
    pub fn restore(&mut self, bytes: &mut &[u8]) -> Option<()> {
        fn short(bytes: &mut &[u8]) -> Option<usize> {
            bytes
                .split_off(..4)
                .and_then(|word| usize::try_from(u32::from_le_bytes(word.try_into().ok()?)).ok())
        }
        self.number = u64::from_le_bytes(bytes.split_off(..8)?.try_into().ok()?);
        let (cells, length) = (short(bytes)?, short(bytes)?);
        self.ends.clear();
        for _ in 0..cells {
            self.ends.push(short(bytes)?);
        }
        self.text.clear();
        self.text.push_str(str::from_utf8(bytes.split_off(..length)?).ok()?);
        Some(())
    }

    /// True for a blank line, also one of commas only: a spreadsheet shows an empty row.
    pub fn is_blank(&self) -> bool {
        self.cells().all(|cell| cell.trim().is_empty())
    }
}

/// Where in a cell the next byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Plain,
    Quoted,
    /// After a quote in a quoted cell: its end, or the first half of a doubled quote.
    QuoteInQuoted,
}

/// Reads row by row.
pub struct Rows<R> {
    input: R,
    row: u64,
    after_cr: bool,
}

impl<R: BufRead> Rows<R> {
    /// Starts at the beginning of a file; a byte order mark is dropped.
    pub fn new(mut input: R) -> Result<Self, Fault> {
        if input.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            input.consume(3);
        }
        Ok(Self { input, row: 0, after_cr: false })
    }

    /// Goes on behind so many rows of a file.
    pub fn behind(input: R, row: u64) -> Self {
        Self { input, row, after_cr: false }
    }

    /// The number of the row before the next.
    pub fn row(&self) -> u64 {
        self.row
    }

    /// Whole lines that come next and need no closer look: all ended with LF or CR LF, and without quotes. Blank where
    /// the next row needs one, or there is none.
    pub fn lines(&mut self) -> Result<&str, Fault> {
        if self.after_cr {
            return Ok("");
        }
        let chunk = self.input.fill_buf()?;
        let chunk = chunk.get(..BLOCK).unwrap_or(chunk);
        let ends_line = |place: &usize| chunk.get(*place..place + 2) == Some(b"\r\n");
        let special = if has_either(chunk, [b'"', b'\r']) {
            memchr2_iter(b'"', b'\r', chunk).find(|place| !ends_line(place)).unwrap_or(chunk.len())
        } else {
            chunk.len()
        };
        let whole = |bytes: usize| memrchr(b'\n', chunk.get(..bytes)?).map(|end| end + 1);
        let lines = whole(special).and_then(|end| chunk.get(..end)).unwrap_or_default();
        Ok(match str::from_utf8(lines) {
            Ok(text) => text,
            // The line that is none is told of when it is read.
            Err(error) => {
                let good = whole(error.valid_up_to()).and_then(|end| chunk.get(..end));
                str::from_utf8(good.unwrap_or_default()).unwrap_or_default()
            }
        })
    }

    /// Passes over so many lines that [`Self::lines`] gave, and their bytes.
    pub fn skip(&mut self, lines: u64, bytes: usize) {
        self.row += lines;
        self.input.consume(bytes);
    }

    /// The next row, blank ones included; false at the end. Lines end with LF, CR LF or CR.
    pub fn next(&mut self, row: &mut Row) -> Result<bool, Fault> {
        Ok(self.plain(row)? || self.any(row)?)
    }

    /// The next row, where it is a whole line in the buffer without a quote; false where it is not.
    fn plain(&mut self, row: &mut Row) -> Result<bool, Fault> {
        if self.after_cr {
            return Ok(false);
        }
        let chunk = self.input.fill_buf()?;
        let Some(end) = memchr3(b'\n', b'\r', b'"', chunk) else { return Ok(false) };
        let used = match chunk.get(end..) {
            Some([b'\n', ..]) => end + 1,
            Some([b'\r', b'\n', ..]) => end + 2,
            _ => return Ok(false),
        };
        let Some(line) = chunk.get(..end).filter(|line| line.len() <= LONGEST_LINE) else { return Ok(false) };
        self.row += 1;
        row.number = self.row;
        row.text.clear();
        row.ends.clear();
        row.text.push_str(str::from_utf8(line).map_err(|_| Fault::NotUtf8(self.row))?);
        row.ends.extend(memchr_iter(b',', line));
        row.ends.push(end);
        row.text.push(',');
        self.input.consume(used);
        Ok(true)
    }

    fn any(&mut self, row: &mut Row) -> Result<bool, Fault> {
        let mut bytes = std::mem::take(&mut row.text).into_bytes();
        bytes.clear();
        row.ends.clear();
        let mut state = State::Start;
        let mut begun = false;
        let mut ended = false;
        while !ended {
            let chunk = self.input.fill_buf()?;
            if chunk.is_empty() {
                if state == State::Quoted {
                    return Err(Fault::OpenQuote(self.row + 1));
                }
                if !begun {
                    return Ok(false);
                }
                break;
            }
            let mut used = 0;
            for byte in chunk {
                used += 1;
                if std::mem::take(&mut self.after_cr) && *byte == b'\n' {
                    continue;
                }
                begun = true;
                state = match (state, *byte) {
                    (State::Start, b'"') => State::Quoted,
                    (State::Quoted, b'"') => State::QuoteInQuoted,
                    (State::Quoted, byte) | (State::QuoteInQuoted, byte @ b'"') => {
                        bytes.push(byte);
                        State::Quoted
                    }
                    (_, b',') => {
                        row.ends.push(bytes.len());
                        bytes.push(b',');
                        State::Start
                    }
                    (_, byte @ (b'\r' | b'\n')) => {
                        self.after_cr = byte == b'\r';
                        ended = true;
                        break;
                    }
                    (_, byte) => {
                        bytes.push(byte);
                        State::Plain
                    }
                };
            }
            self.input.consume(used);
            // A single line is never so long: quotes have joined lines.
            if bytes.len() > LONGEST_LINE {
                return Err(Fault::OpenQuote(self.row + 1));
            }
        }
        self.row += 1;
        row.number = self.row;
        row.ends.push(bytes.len());
        bytes.push(b',');
        row.text = String::from_utf8(bytes).map_err(|_| Fault::NotUtf8(self.row))?;
        Ok(true)
    }

    /// The source, to ask for its hash.
    pub fn into_input(self) -> R {
        self.input
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &[u8]) -> Result<Vec<(u64, Vec<String>)>, Fault> {
        let mut rows = Rows::new(text)?;
        let mut row = Row::default();
        let mut all = Vec::new();
        while rows.next(&mut row)? {
            if !row.is_blank() {
                all.push((row.number, row.cells().map(str::to_owned).collect()));
            }
        }
        Ok(all)
    }

    fn row(number: u64, cells: &[&str]) -> (u64, Vec<String>) {
        (number, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn every_line_ending_is_read_and_blank_lines_count() {
        let expected = [row(1, &["a", "b"]), row(3, &["1", ""]), row(4, &["2", "x\ny"]), row(6, &["3", "z"])];
        for text in ["a,b\n\n1,\n2,\"x\ny\"\n,\n3,z", "a,b\r\n\r\n1,\r\n2,\"x\ny\"\r\n , \r\n3,z\r\n"] {
            assert_eq!(rows(text.as_bytes()).unwrap(), expected);
        }
        let cr_only = rows("a,b\r\r1,\r2,\"x\ny\"\r,\r3,z\r".as_bytes()).unwrap();
        assert_eq!(cr_only, expected);
    }

    #[test]
    fn quotes_and_the_byte_order_mark() {
        let text = "\u{feff}\"户,编号\",\"a\"\"b\",c\"d,\"e\"f\n";
        assert_eq!(rows(text.as_bytes()).unwrap(), [row(1, &["户,编号", "a\"b", "c\"d", "ef"])]);
    }

    #[test]
    fn faults_name_the_row() {
        assert!(matches!(rows(b"a\n\"b\nc\n"), Err(Fault::OpenQuote(2))));
        assert!(matches!(rows(b"a\n\xbb\xa7\n"), Err(Fault::NotUtf8(2))));
        // A character torn apart by a comma is not put together again.
        assert!(matches!(rows(b"\xe6\x88,\xb7\n"), Err(Fault::NotUtf8(1))));
    }

    proptest::proptest! {
        #[test]
        fn the_csv_crate_reads_the_same(text in "[ab,\"\r\n \u{6237}]{0,40}") {
            let mut theirs = Vec::new();
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            for record in reader.records() {
                let cells: Vec<String> = record.unwrap().iter().map(str::to_owned).collect();
                if cells.iter().any(|cell| !cell.trim().is_empty()) {
                    theirs.push(cells);
                }
            }
            match rows(text.as_bytes()) {
                Ok(ours) => {
                    let ours: Vec<Vec<String>> = ours.into_iter().map(|(_, cells)| cells).collect();
                    proptest::prop_assert_eq!(ours, theirs);
                }
                Err(Fault::OpenQuote(_)) => {}
                Err(fault) => proptest::prop_assert!(false, "{fault}"),
            }
        }
    }
}
