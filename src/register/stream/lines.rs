//! Bytes of a file, so many lines at a time.

use super::Unsound;
use crate::register::cell;
use crate::register::input::{Fault, Guard, LONGEST_LINE, open};
use crate::register::scan::count;
use memchr::{memchr_iter, memrchr};
use std::cmp::Ordering;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Bytes read at a time.
const BLOCK: usize = 256 * 1024;

/// A file, and what was read of it but not taken yet.
pub(super) struct Lines {
    input: Guard<File>,
    buffer: Vec<u8>,
    /// Where in the buffer the next line begins.
    next: usize,
    /// The number of the next row, from 1.
    row: u64,
    ended: bool,
}

impl Lines {
    pub(super) fn open(path: &Path) -> Result<Self, Fault> {
        let mut lines = Self { input: open(path)?, buffer: Vec::new(), next: 0, row: 1, ended: false };
        lines.fill().map_err(|_| Fault::Empty)?;
        if lines.buffer.starts_with(b"\xef\xbb\xbf") {
            lines.next = 3;
        }
        Ok(lines)
    }

    /// The number of the next row.
    pub(super) fn row(&self) -> u64 {
        self.row
    }

    /// True where no line is left.
    pub(super) fn is_at_end(&mut self) -> Result<bool, Unsound> {
        while !self.ended && self.next == self.buffer.len() {
            self.fill()?;
        }
        Ok(self.ended && self.next == self.buffer.len())
    }

    /// SHA-256 of all that was read.
    pub(super) fn sha256(self) -> String {
        self.input.sha256()
    }

    /// Reads more behind what is there.
    fn fill(&mut self) -> Result<(), Unsound> {
        if self.next > 0 {
            self.buffer.drain(..self.next);
            self.next = 0;
        }
        let from = self.buffer.len();
        // Parts keep the buffer: no more room than it needs, where there is not enough.
        self.buffer.reserve_exact(BLOCK);
        self.buffer.resize(from + BLOCK, 0);
        let mut at = from;
        while at < self.buffer.len() {
            let read = self.input.read(&mut self.buffer[at..]).map_err(|_| Unsound::Shape)?;
            if read == 0 {
                self.ended = true;
                break;
            }
            at += read;
        }
        self.buffer.truncate(at);
        Ok(())
    }

    /// Hands out the buffer up to a place; the little behind it is copied, not the much before it.
    fn take(&mut self, end: usize) -> Vec<u8> {
        // The next part is about as long: room of the same few sizes is found again where parts before had theirs.
        let mut rest = Vec::with_capacity((end + BLOCK).next_multiple_of(2 * BLOCK));
        rest.extend_from_slice(&self.buffer[end..]);
        let mut taken = std::mem::replace(&mut self.buffer, rest);
        taken.truncate(end);
        taken.drain(..self.next);
        self.next = 0;
        self.row += count(&taken, b'\n');
        taken
    }

    /// Up to so many lines.
    pub(super) fn take_rows(&mut self, rows: usize) -> Result<Vec<u8>, Unsound> {
        loop {
            let mut seen = 0;
            let mut end = None;
            for place in memchr_iter(b'\n', &self.buffer[self.next..]).take(rows) {
                seen += 1;
                end = Some(self.next + place + 1);
            }
            if seen == rows {
                return Ok(self.take(end.unwrap_or(self.next)));
            }
            if self.ended {
                return Ok(self.take(self.buffer.len()));
            }
            self.fill()?;
        }
    }

    /// Everything that is left.
    pub(super) fn take_rest(&mut self) -> Result<Vec<u8>, Unsound> {
        while !self.ended {
            self.fill()?;
        }
        Ok(self.take(self.buffer.len()))
    }

    /// The lines whose cell in that column is not greater than a key; they ascend.
    pub(super) fn take_until(&mut self, column: usize, key: &[u8]) -> Result<Vec<u8>, Unsound> {
        // Whole blocks as long as their last line still belongs.
        while !self.ended {
            let whole = self.whole();
            let beyond = match last_cell(&self.buffer[self.next..whole], column) {
                Some(cell) => ascends(key, cell),
                None => false,
            };
            if beyond {
                break;
            }
            if self.buffer.len() - whole > LONGEST_LINE {
                return Err(Unsound::Shape);
            }
            self.fill()?;
        }
        let end = if self.ended { self.buffer.len() } else { self.whole() };
        // The first line beyond the key, by bisection over bytes.
        let (mut low, mut high) = (self.next, end);
        while low < high {
            let middle = low + (high - low) / 2;
            let line = self.buffer[low..middle].iter().rposition(|byte| *byte == b'\n');
            let start = line.map_or(low, |place| low + place + 1);
            let stop = self.buffer[start..end].iter().position(|byte| *byte == b'\n');
            let stop = stop.map_or(end, |place| start + place + 1);
            match cell_of(&self.buffer[start..stop], column) {
                Some(cell) if ascends(key, cell) => high = start,
                _ => low = stop,
            }
        }
        Ok(self.take(low))
    }

    /// Where the last whole line of the buffer ends.
    fn whole(&self) -> usize {
        let last = memrchr(b'\n', &self.buffer[self.next..]);
        last.map_or(self.next, |place| self.next + place + 1)
    }
}

/// Is `later` greater than `key`?
pub(in crate::register) fn ascends(key: &[u8], later: &[u8]) -> bool {
    compare(key, later) == Ordering::Less
}

/// The order of keys: that of their folded texts.
fn compare(a: &[u8], b: &[u8]) -> Ordering {
    let plain = |bytes: &[u8]| bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    if plain(a) && plain(b) {
        return a.cmp(b);
    }
    let text = |bytes: &[u8]| cell::fold(&String::from_utf8_lossy(bytes)).into_owned();
    text(a).cmp(&text(b))
}

/// The cell of the last line that is not blank.
pub(super) fn last_cell(bytes: &[u8], column: usize) -> Option<&[u8]> {
    let mut end = bytes.len();
    while end > 0 {
        let body = bytes[..end].strip_suffix(b"\n").unwrap_or(&bytes[..end]);
        let start = body.iter().rposition(|byte| *byte == b'\n').map_or(0, |place| place + 1);
        if let Some(cell) = cell_of(&bytes[start..end], column) {
            return Some(cell);
        }
        end = start;
    }
    None
}

/// A cell of a line; none where the line is blank or too short.
fn cell_of(line: &[u8], column: usize) -> Option<&[u8]> {
    let line = line.trim_ascii_end();
    let cell = line.split(|byte| *byte == b',').nth(column)?;
    (!cell.is_empty()).then_some(cell)
}
