//! Many cells of one field at once, straight into its column where they are spelled plainly.

use super::cell::plain;
use super::codebook::Codebook;
use super::column::Column;
use super::dense::{ANY_CODE, ANY_DAY, ANY_WORD, Cells, Gap, Holes, NO_CODE, NO_DAY, NO_WORD};
use crate::schema::{Blank, Field};
use std::ops::Range;
use std::sync::Arc;

impl Holes {
    /// A blank cell: true where that says that there is none.
    fn blank(&mut self, blank: Blank) -> bool {
        let absent = blank == Blank::Absent;
        self.absent |= absent;
        self.unknown |= !absent;
        absent
    }
}

/// Adds cells, which are pieces of `text`, to the column of a field. Those that are not spelled plainly are left to be
/// written; `unread` is told which of the cells they are, from 0.
pub(super) fn fill(
    column: &mut Column,
    (field, codes): (&Field, &Codebook),
    text: &str,
    cells: impl Iterator<Item = Range<usize>>,
    mut unread: impl FnMut(usize),
) {
    if column.is_skipped() {
        return;
    }
    let (is_money, is_flag, blank) = (column.is_money(), column.is_flag(), field.blank);
    let bytes = |cell: Range<usize>| text.as_bytes().get(cell).unwrap_or_default();
    match column.plain_cells() {
        None | Some(Cells::Opaque) => {
            for (place, _) in cells.enumerate() {
                column.grow();
                unread(place);
            }
        }
        Some(Cells::Date { first, last, holes, .. }) => {
            let before = first.len();
            first.extend(cells.map(bytes).enumerate().map(|(place, cell)| match plain::date(cell) {
                Some(day) => day,
                None if cell.is_empty() => {
                    if holes.blank(blank) {
                        NO_DAY
                    } else {
                        ANY_DAY
                    }
                }
                None => {
                    unread(place);
                    ANY_DAY
                }
            }));
            if let Some(last) = last {
                last.extend(first.get(before..).unwrap_or_default());
            }
        }
        Some(Cells::Number { values, gaps, holes }) => {
            let read = if is_money { plain::fen } else { plain::whole };
            for (place, cell) in cells.map(bytes).enumerate() {
                let value = read(cell);
                let gap = match value {
                    Some(_) => Gap::None,
                    None if cell.is_empty() => {
                        if gaps.is_none() {
                            *gaps = Some(vec![Gap::None; values.len()]);
                        }
                        if holes.blank(blank) { Gap::Absent } else { Gap::Unknown }
                    }
                    None => {
                        unread(place);
                        Gap::Unknown
                    }
                };
                values.push(value.unwrap_or_default());
                if let Some(gaps) = gaps {
                    gaps.push(gap);
                }
            }
        }
        Some(Cells::Code { values, holes }) => {
            values.extend(cells.map(bytes).enumerate().map(|(place, cell)| {
                let code = if is_flag { plain::flag(cell).map(u8::from) } else { codes.read_plain(cell) };
                match code {
                    Some(code) => code,
                    None if cell.is_empty() => {
                        if holes.blank(blank) {
                            NO_CODE
                        } else {
                            ANY_CODE
                        }
                    }
                    None => {
                        unread(place);
                        ANY_CODE
                    }
                }
            }));
        }
        Some(Cells::Text { values, words, holes }) => {
            let words = Arc::make_mut(words);
            for (place, cell) in cells.enumerate() {
                let cell = text.get(cell).unwrap_or_default();
                // Neighbours often live in one village. A text that is in the list already was folded, and says what
                // it said there.
                let before = values.last().copied().filter(|place| words.get(*place) == Some(cell));
                values.push(match before.or_else(|| words.find(cell)) {
                    Some(word) => word,
                    None if cell.is_empty() => {
                        if holes.blank(blank) {
                            NO_WORD
                        } else {
                            ANY_WORD
                        }
                    }
                    None if plain::is_text(cell) => words.place(cell),
                    None => {
                        unread(place);
                        ANY_WORD
                    }
                });
            }
        }
    }
}
