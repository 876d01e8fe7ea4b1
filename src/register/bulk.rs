//! Whole lines of a CSV file at once: cut at their commas, row by row to the intake, then field by field into columns.
//! What is told, and in what order, is what a reading row by row tells.

use super::cell::{self, plain};
use super::draft::{Draft, RawCell, RawRow};
use super::findings::DataFindings;
use super::folder::{Layout, name};
use super::table::RowPlace;
use std::borrow::Cow;
use std::ops::Range;

/// The cells of some lines; the memory is used again for the next.
#[derive(Debug, Default)]
pub(super) struct Bulk {
    lines: Vec<Line>,
    /// Where the cells end, line after line.
    ends: Vec<usize>,
    /// Lines whose rows were admitted.
    admitted: Vec<usize>,
    /// Cells that need a closer look: the row among those admitted, and the field.
    unread: Vec<(usize, usize)>,
}

/// One line.
#[derive(Clone, Copy, Debug)]
struct Line {
    /// Where it begins in the text.
    start: usize,
    /// Its cells in [`Bulk::ends`].
    first: usize,
    count: usize,
}

impl Bulk {
    /// Takes the lines of a text, all of them ended with LF and without quotes; how many there are. `before` is the
    /// number of the row before them.
    pub(super) fn take(
        &mut self,
        (text, before): (&str, u64),
        (layout, file): (&Layout, u32),
        draft: &mut Draft<'_>,
        findings: &mut DataFindings,
    ) -> u64 {
        self.cut(text.as_bytes());
        draft.reserve(self.lines.len());
        let known = draft.len();
        let even = self.width();
        let mut admitted = std::mem::take(&mut self.admitted);
        self.admit_all((text, before), (layout, file), (draft, &mut admitted), findings);
        self.admitted = admitted;
        self.unread.clear();
        for (field, column) in layout.fields().iter().enumerate() {
            let Self { lines, ends, admitted, unread, .. } = self;
            let Some(column) = column else {
                draft.fill(field, |column, _, _| column.add_unknown(admitted.len()));
                continue;
            };
            let unread = |row| unread.push((row, field));
            if let Some(width) = even.filter(|_| admitted.len() == lines.len()) {
                let cells = straight(text.as_bytes(), (lines, ends), (*column, width));
                draft.fill(field, |column, of_field, codes| {
                    column.add_texts((of_field, codes), cells, unread);
                });
                continue;
            }
            let cell = |place: &usize| {
                let range = lines.get(*place).map_or(0..0, |line| line.cell(ends, *column));
                text.as_bytes().get(range).unwrap_or_default()
            };
            let cells = admitted.iter().map(cell);
            draft.fill(field, |column, of_field, codes| {
                column.add_texts((of_field, codes), cells, unread);
            });
        }
        // Findings in the order of rows: of many, the first are kept.
        self.unread.sort_unstable();
        for (row, field) in &self.unread {
            let column = layout.fields().get(*field).copied().flatten();
            let line = self.admitted.get(*row).and_then(|place| self.lines.get(*place));
            let (Some(column), Some(line)) = (column, line) else { continue };
            let cell = text.get(line.cell(&self.ends, column)).unwrap_or_default();
            draft.write_cell(*field, known + row, cell, findings);
        }
        self.lines.len() as u64
    }

    /// Gives the heads of all rows to the intake; `admitted` are the lines that have cells to take.
    fn admit_all(
        &self,
        (text, before): (&str, u64),
        (layout, file): (&Layout, u32),
        (draft, admitted): (&mut Draft<'_>, &mut Vec<usize>),
        findings: &mut DataFindings,
    ) {
        admitted.clear();
        let even = self.width().filter(|width| layout.fits(*width) && draft.counts_all());
        let mut heads = even.map(|width| {
            let column =
                |column: usize| straight(text.as_bytes(), (&self.lines, &self.ends), (column, width));
            (column(layout.key), layout.parent.map(column))
        });
        // Most keys are plain, and most rows lie in the same household as the one before.
        let mut last: &[u8] = &[];
        for (line, row) in (0..self.lines.len()).zip(before + 1..) {
            let place = RowPlace { file, row };
            if let Some((keys, parents)) = &mut heads {
                let key = keys.next().unwrap_or_default();
                let parent = parents.as_mut().map(|parents| parents.next().unwrap_or_default());
                let plain = |parent: &[u8]| !last.is_empty() && parent == last || plain::is_key(parent);
                if plain::is_key(key) && parent.is_none_or(plain) {
                    last = parent.unwrap_or_default();
                    draft.take_head((ascii(key), ascii(last)), place);
                    admitted.push(line);
                    continue;
                }
            }
            if self.admit(text, (line, place), layout, draft, findings) {
                admitted.push(line);
            }
        }
    }

    /// How many cells every line has; none where they differ.
    fn width(&self) -> Option<usize> {
        let first = self.lines.first()?.count;
        self.lines.iter().all(|line| line.count == first).then_some(first)
    }

    /// Finds lines and cells. A carriage return before the end of a line is no part of it.
    fn cut(&mut self, bytes: &[u8]) {
        self.lines.clear();
        self.ends.clear();
        let Self { lines, ends, .. } = self;
        let (mut start, mut first) = (0, 0);
        separators(bytes, |place| {
            if bytes.get(place) == Some(&b',') {
                ends.push(place);
                return;
            }
            let is_cr = place > start && bytes.get(place - 1) == Some(&b'\r');
            ends.push(place - usize::from(is_cr));
            lines.push(Line { start, first, count: ends.len() - first });
            (start, first) = (place + 1, ends.len());
        });
    }

    /// Gives the head of a row to the intake; false where the row has no cells to take, or is blank.
    fn admit(
        &self,
        text: &str,
        (line, place): (usize, RowPlace),
        layout: &Layout,
        draft: &mut Draft<'_>,
        findings: &mut DataFindings,
    ) -> bool {
        let Some(line) = self.lines.get(line) else { return false };
        let cell = |column: usize| line.cell(&self.ends, column);
        let is_blank =
            || (0..line.count).all(|column| text.get(cell(column)).unwrap_or_default().trim().is_empty());
        if !layout.fits(line.count) {
            if !is_blank() {
                layout.reject(line.count, place, draft, findings);
            }
            return false;
        }
        let key = |column: usize| {
            let range = cell(column);
            let bytes = text.as_bytes().get(range.clone()).unwrap_or_default();
            let text = text.get(range).unwrap_or_default();
            if plain::is_key(bytes) { Some(Cow::Borrowed(text)) } else { cell::key(text) }
        };
        let own = key(layout.key);
        let parent = layout.parent.map(key);
        if (own.is_none() || parent == Some(None)) && is_blank() {
            return false;
        }
        let row = RawRow {
            place,
            key: name(own.as_deref()),
            parent: parent.as_ref().map(|key| name(key.as_deref())),
        };
        let of_field = |field: crate::schema::FieldId| match layout.fields().get(field.0) {
            Some(Some(column)) => RawCell::Given(text.get(cell(*column)).unwrap_or_default(), place.row),
            _ => RawCell::NotGiven,
        };
        draft.admit(row, of_field, findings)
    }
}

/// The text of a key that is plain.
fn ascii(key: &[u8]) -> &str {
    str::from_utf8(key).unwrap_or_default()
}

/// The cells of one column of lines that have so many cells each: nearly all files, and a loop without questions.
fn straight<'t>(
    bytes: &'t [u8],
    (lines, ends): (&'t [Line], &'t [usize]),
    (column, width): (usize, usize),
) -> impl Iterator<Item = &'t [u8]> {
    lines.iter().zip(ends.chunks_exact(width)).map(move |(line, ends)| {
        let start = match column.checked_sub(1) {
            Some(before) => ends.get(before).map(|end| end + 1),
            None => Some(line.start),
        };
        let range = start.zip(ends.get(column)).map(|(start, end)| start..*end);
        range.and_then(|range| bytes.get(range)).unwrap_or_default()
    })
}

impl Line {
    /// Where the cell of that column stands; nowhere where the line ends before.
    fn cell(self, ends: &[usize], column: usize) -> Range<usize> {
        if column >= self.count {
            return 0..0;
        }
        let end = |column: usize| ends.get(self.first + column).copied().unwrap_or(0);
        let start = if column == 0 { self.start } else { end(column - 1) + 1 };
        start..end(column)
    }
}

/// Bytes compared at a time.
const WORD: usize = 8;

/// Tells the places of all commas and line feeds, eight bytes at a time.
fn separators(bytes: &[u8], mut found: impl FnMut(usize)) {
    let every = |byte: u8| u64::from_le_bytes([byte; WORD]);
    let (low, commas, feeds) = (every(0x7f), every(b','), every(b'\n'));
    // The high bit of each byte that is zero.
    let zeros = |word: u64| !(((word & low) + low) | word | low);
    let (words, rest) = bytes.as_chunks::<WORD>();
    let mut at = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let mut marks = zeros(word ^ commas) | zeros(word ^ feeds);
        while marks != 0 {
            found(at + marks.trailing_zeros() as usize / WORD);
            marks &= marks - 1;
        }
        at += WORD;
    }
    for (place, byte) in rest.iter().enumerate() {
        if matches!(byte, b',' | b'\n') {
            found(at + place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn separators_are_all_found(bytes in proptest::collection::vec(proptest::sample::select(b",\n-+\x8a\xac\xff\x0ba".to_vec()), 0..40)) {
            let mut found = Vec::new();
            separators(&bytes, |place| found.push(place));
            let all: Vec<usize> = memchr::memchr2_iter(b',', b'\n', &bytes).collect();
            proptest::prop_assert_eq!(found, all);
        }
    }
}
