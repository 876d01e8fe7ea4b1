//! Many cells of one field at once, straight into its column where what they say is plain.

use super::cell::plain;
use super::codebook::Codebook;
use super::column::Column;
use super::dense::{ANY_CODE, ANY_DAY, ANY_WORD, Cells, Gap, Holes, NO_CODE, NO_DAY, NO_WORD};
use super::words::Words;
use crate::schema::{Blank, Field};
use std::sync::Arc;

/// What a cell says.
#[derive(Clone, Copy, Debug)]
pub(super) enum Said<T> {
    /// A value of the column.
    Value(T),
    /// Nothing.
    Blank,
    /// That is for a closer look to tell.
    Unread,
}

impl<T> Said<T> {
    /// What a blank cell or one with perhaps a value says.
    #[inline]
    fn of(cell: &[u8], value: Option<T>) -> Self {
        match value {
            Some(value) => Self::Value(value),
            None if cell.is_empty() => Self::Blank,
            None => Self::Unread,
        }
    }
}

/// Where cells go that are no value: holes, and those that are left to be written.
pub(super) struct Others<F> {
    blank: Blank,
    unread: F,
}

impl<F: FnMut(usize)> Others<F> {
    pub(super) fn new(field: &Field, unread: F) -> Self {
        Self { blank: field.blank, unread }
    }

    /// A cell as a number: its value, or what stands for none, or for one that is not known.
    #[inline]
    fn number<T>(&mut self, (place, said): (usize, Said<T>), [none, any]: [T; 2], holes: &mut Holes) -> T {
        match said {
            Said::Value(value) => value,
            Said::Blank if self.blank == Blank::Absent => {
                holes.absent = true;
                none
            }
            Said::Blank => {
                holes.unknown = true;
                any
            }
            Said::Unread => {
                (self.unread)(place);
                any
            }
        }
    }
}

impl Column {
    /// Adds cells of a file of text to the column of a field. Those that are not spelled plainly are left to be written;
    /// `unread` is told which of the cells they are, from 0.
    pub(super) fn add_texts<'c>(
        &mut self,
        (field, codes): (&Field, &Codebook),
        cells: impl Iterator<Item = &'c [u8]>,
        unread: impl FnMut(usize),
    ) {
        let (is_money, is_flag) = (self.is_money(), self.is_flag());
        let others = Others::new(field, unread);
        match self.plain_cells() {
            Some(Cells::Date { .. }) => {
                self.add_days(cells.map(|cell| Said::of(cell, plain::date(cell))), others);
            }
            Some(Cells::Number { .. }) if is_money => {
                self.add_numbers(cells.map(|cell| Said::of(cell, plain::fen(cell))), others);
            }
            Some(Cells::Number { .. }) => {
                self.add_numbers(cells.map(|cell| Said::of(cell, plain::whole(cell))), others);
            }
            Some(Cells::Code { .. }) if is_flag => {
                let flag = |cell| plain::flag(cell).map(u8::from);
                self.add_codes(cells.map(|cell| Said::of(cell, flag(cell))), others);
            }
            Some(Cells::Code { .. }) => {
                self.add_codes(cells.map(|cell| Said::of(cell, codes.read_plain(cell))), others);
            }
            Some(Cells::Text { .. }) => self.add_words(cells.map(|cell| Said::of(cell, Some(cell))), others),
            None | Some(Cells::Opaque) => self.add_unread(cells.count(), others),
        }
    }

    /// Adds so many cells that are all left to be written.
    pub(super) fn add_unread<F: FnMut(usize)>(&mut self, count: usize, mut others: Others<F>) {
        if self.is_skipped() {
            return;
        }
        for place in 0..count {
            self.grow();
            (others.unread)(place);
        }
    }

    /// Adds days to a column of dates; the numbers are those of [`crate::value::Day::number`].
    pub(super) fn add_days<F: FnMut(usize)>(
        &mut self,
        cells: impl Iterator<Item = Said<i32>>,
        mut others: Others<F>,
    ) {
        let Some(Cells::Date { first, last, holes, .. }) = self.plain_cells() else { return };
        let before = first.len();
        first.extend(cells.enumerate().map(|cell| others.number(cell, [NO_DAY, ANY_DAY], holes)));
        if let Some(last) = last {
            last.extend(first.get(before..).unwrap_or_default());
        }
    }

    /// Adds numbers, or fen.
    pub(super) fn add_numbers<F: FnMut(usize)>(
        &mut self,
        cells: impl Iterator<Item = Said<i64>>,
        mut others: Others<F>,
    ) {
        let Some(Cells::Number { values, gaps, holes }) = self.plain_cells() else { return };
        for (place, said) in cells.enumerate() {
            let value = if let Said::Value(value) = said { value } else { 0 };
            if matches!(said, Said::Blank) && gaps.is_none() {
                *gaps = Some(vec![Gap::None; values.len()]);
            }
            let gap = match said {
                Said::Value(_) => Said::Value(Gap::None),
                Said::Blank => Said::Blank,
                Said::Unread => Said::Unread,
            };
            let gap = others.number((place, gap), [Gap::Absent, Gap::Unknown], holes);
            values.push(value);
            if let Some(gaps) = gaps {
                gaps.push(gap);
            }
        }
    }

    /// Adds codes, or flags.
    pub(super) fn add_codes<F: FnMut(usize)>(
        &mut self,
        cells: impl Iterator<Item = Said<u8>>,
        mut others: Others<F>,
    ) {
        let Some(Cells::Code { values, holes }) = self.plain_cells() else { return };
        values.extend(cells.enumerate().map(|cell| others.number(cell, [NO_CODE, ANY_CODE], holes)));
    }

    /// Adds texts.
    pub(super) fn add_words<'c, F: FnMut(usize)>(
        &mut self,
        cells: impl Iterator<Item = Said<&'c [u8]>>,
        mut others: Others<F>,
    ) {
        let Some(Cells::Text { values, words, holes }) = self.plain_cells() else { return };
        let mut before = None;
        for (place, said) in cells.enumerate() {
            let said = match said {
                Said::Value(text) => word(words, text, before).map_or(Said::Unread, Said::Value),
                Said::Blank => Said::Blank,
                Said::Unread => Said::Unread,
            };
            if let Said::Value(word) = said {
                before = Some(word);
            }
            values.push(others.number((place, said), [NO_WORD, ANY_WORD], holes));
        }
    }
}

#[cfg(feature = "parquet")]
impl Column {
    /// True where all that the column holds is what kernels read.
    pub(super) fn is_narrow(&mut self) -> bool {
        self.plain_cells().is_some()
    }

    /// Adds whole numbers as texts.
    pub(super) fn add_whole<F: FnMut(usize)>(
        &mut self,
        cells: impl Iterator<Item = Said<i64>>,
        mut others: Others<F>,
    ) {
        let Some(Cells::Text { values, words, holes }) = self.plain_cells() else { return };
        let mut buffer = itoa::Buffer::new();
        let mut before: Option<(i64, u32)> = None;
        for (place, said) in cells.enumerate() {
            let said = match (said, before) {
                (Said::Value(number), Some((same, word))) if number == same => Said::Value(word),
                (Said::Value(number), _) => {
                    let word = Words::place_in(words, buffer.format(number));
                    before = Some((number, word));
                    Said::Value(word)
                }
                (Said::Blank, _) => Said::Blank,
                (Said::Unread, _) => Said::Unread,
            };
            values.push(others.number((place, said), [NO_WORD, ANY_WORD], holes));
        }
    }
}

/// The place of a text that is plain. Neighbours often have the same; and one that is in the list already was folded and
/// says what it said there.
fn word(words: &mut Arc<Words>, text: &[u8], before: Option<u32>) -> Option<u32> {
    let same = before.filter(|place| words.get(*place).is_some_and(|before| before.as_bytes() == text));
    same.or_else(|| words.find(text)).or_else(|| {
        let text = str::from_utf8(text).ok()?;
        plain::is_text(text).then(|| Arc::make_mut(words).place(text))
    })
}
