//! The cells of one field as a slice of plain numbers, which is what the kernels of the evaluator read.
//!
//! What is not there and what is not known are numbers too, outside of those that a value can have; or, where any
//! number can be a value, a mark beside it.

use super::cell::YEARS;
use super::words::Words;
use crate::value::{Day, DaySpan, Fact};
use std::sync::Arc;

/// A day that is not there, and one that is not known: both lie outside the calendar, so that no range holds them.
pub(crate) const NO_DAY: i32 = i32::MAX;
pub(crate) const ANY_DAY: i32 = i32::MIN;
/// A code that is not there, and one that is not known.
pub(crate) const NO_CODE: u8 = u8::MAX;
pub(crate) const ANY_CODE: u8 = u8::MAX - 1;
/// A text that is not there, and one that is not known.
pub(crate) const NO_WORD: u32 = u32::MAX;
pub(crate) const ANY_WORD: u32 = u32::MAX - 1;

/// The cells of one field, by row.
#[derive(Clone, Debug)]
pub(crate) enum Cells {
    /// Nothing a kernel reads: rates, and what was not read at all.
    Opaque,
    /// Texts by their places in a list of the different ones.
    Text { values: Vec<u32>, words: Arc<Words>, holes: Holes },
    /// Days; `last` where some are known only to a month or a year. `far` where some lie in no year that a register can
    /// speak of, so that calendars may end.
    Date { first: Vec<i32>, last: Option<Vec<i32>>, holes: Holes, far: bool },
    /// Whole numbers, or fen; `None` of `gaps` where all are known.
    Number { values: Vec<i64>, gaps: Option<Vec<Gap>>, holes: Holes },
    /// Places in a list of codes; yes is 1 and no is 0 where it is a flag.
    Code { values: Vec<u8>, holes: Holes },
}

/// Why a number is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gap {
    None,
    Absent,
    Unknown,
}

/// Which kinds of holes a column may have at all; where neither is set it has none.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Holes {
    pub absent: bool,
    pub unknown: bool,
}

impl Holes {
    pub(super) fn note<T>(&mut self, cell: &Fact<T>) {
        self.absent |= matches!(cell, Fact::Absent);
        self.unknown |= matches!(cell, Fact::Unknown);
    }
}

impl Gap {
    fn of<T>(cell: &Fact<T>) -> Self {
        match cell {
            Fact::Known(_) => Self::None,
            Fact::Absent => Self::Absent,
            Fact::Unknown => Self::Unknown,
        }
    }
}

impl Cells {
    /// How many rows; none are counted where there is nothing to read.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Opaque => 0,
            Self::Text { values, .. } => values.len(),
            Self::Date { first, .. } => first.len(),
            Self::Number { values, .. } => values.len(),
            Self::Code { values, .. } => values.len(),
        }
    }

    /// Adds a row that is still to be written.
    pub(super) fn grow(&mut self) {
        match self {
            Self::Opaque => {}
            Self::Text { values, .. } => values.push(ANY_WORD),
            Self::Date { first, last, .. } => {
                first.push(ANY_DAY);
                if let Some(last) = last {
                    last.push(ANY_DAY);
                }
            }
            Self::Number { values, gaps, .. } => {
                values.push(0);
                if let Some(gaps) = gaps {
                    gaps.push(Gap::Unknown);
                }
            }
            Self::Code { values, .. } => values.push(ANY_CODE),
        }
    }

    /// The text of a row, in the list of a column of texts.
    pub(super) fn text(&self, row: usize) -> Fact<&str> {
        let Self::Text { values, words, .. } = self else { return Fact::Unknown };
        match values.get(row) {
            Some(&NO_WORD) => Fact::Absent,
            Some(word) => words.get(*word).map_or(Fact::Unknown, Fact::Known),
            None => Fact::Unknown,
        }
    }

    /// Writes the text of a row; nothing happens where there is no such row.
    pub(super) fn put_text(&mut self, row: usize, cell: Fact<&str>) {
        let Self::Text { values, words, holes } = self else { return };
        let Some(value) = values.get_mut(row) else { return };
        holes.note(&cell);
        *value = match cell {
            Fact::Known(text) => Words::place_in(words, text),
            Fact::Absent => NO_WORD,
            Fact::Unknown => ANY_WORD,
        };
    }

    /// The days of a row.
    pub(super) fn date(&self, row: usize) -> Fact<DaySpan> {
        let Self::Date { first, last, .. } = self else { return Fact::Unknown };
        let Some(from) = first.get(row) else { return Fact::Unknown };
        if *from == NO_DAY {
            return Fact::Absent;
        }
        let until = last.as_ref().and_then(|last| last.get(row)).unwrap_or(from);
        match (Day::from_number(*from), Day::from_number(*until)) {
            (Some(first), Some(last)) => Fact::Known(DaySpan { first, last }),
            _ => Fact::Unknown,
        }
    }

    /// Writes the days of a row.
    pub(super) fn put_date(&mut self, row: usize, cell: Fact<DaySpan>) {
        let Self::Date { first, last, holes, far } = self else { return };
        let Some(from) = first.get_mut(row) else { return };
        holes.note(&cell);
        let until = match cell {
            Fact::Known(span) => {
                *from = span.first.number();
                *far |= is_far(span);
                span.last.number()
            }
            Fact::Absent => {
                *from = NO_DAY;
                NO_DAY
            }
            Fact::Unknown => {
                *from = ANY_DAY;
                ANY_DAY
            }
        };
        if last.is_none() && until != *from {
            *last = Some(first.clone());
        }
        if let Some(last) = last.as_mut().and_then(|last| last.get_mut(row)) {
            *last = until;
        }
    }

    /// The number of a row.
    pub(super) fn number(&self, row: usize) -> Fact<i64> {
        let Self::Number { values, gaps, .. } = self else { return Fact::Unknown };
        let gap = gaps.as_ref().map_or(Gap::None, |gaps| gaps.get(row).copied().unwrap_or(Gap::Unknown));
        match (gap, values.get(row)) {
            (Gap::None, Some(value)) => Fact::Known(*value),
            (Gap::Absent, _) => Fact::Absent,
            (Gap::None | Gap::Unknown, _) => Fact::Unknown,
        }
    }

    /// Writes the number of a row.
    pub(super) fn put_number(&mut self, row: usize, cell: Fact<i64>) {
        let Self::Number { values, gaps, holes } = self else { return };
        let count = values.len();
        let Some(value) = values.get_mut(row) else { return };
        holes.note(&cell);
        let gap = Gap::of(&cell);
        *value = cell.known().unwrap_or_default();
        if gap != Gap::None && gaps.is_none() {
            *gaps = Some(vec![Gap::None; count]);
        }
        if let Some(place) = gaps.as_mut().and_then(|gaps| gaps.get_mut(row)) {
            *place = gap;
        }
    }

    /// The code of a row.
    pub(super) fn code(&self, row: usize) -> Fact<u8> {
        let Self::Code { values, .. } = self else { return Fact::Unknown };
        match values.get(row) {
            Some(&NO_CODE) => Fact::Absent,
            Some(&ANY_CODE) | None => Fact::Unknown,
            Some(code) => Fact::Known(*code),
        }
    }

    /// Writes the code of a row. One that a byte does not hold is none that a kernel asks for.
    pub(super) fn put_code(&mut self, row: usize, cell: Fact<u16>) {
        let Self::Code { values, holes } = self else { return };
        let Some(value) = values.get_mut(row) else { return };
        holes.note(&cell);
        *value = match cell {
            Fact::Known(code) => u8::try_from(code).ok().filter(|code| *code < ANY_CODE).unwrap_or(ANY_CODE),
            Fact::Absent => NO_CODE,
            Fact::Unknown => ANY_CODE,
        };
    }

    /// The cells of those rows, in that order.
    pub(crate) fn gather(&self, rows: &[u32]) -> Self {
        fn take<T: Copy>(of: &[T], rows: &[u32]) -> Vec<T> {
            rows.iter().map(|row| of[*row as usize]).collect()
        }
        match self {
            Self::Opaque => Self::Opaque,
            Self::Text { values, words, holes } => {
                Self::Text { values: take(values, rows), words: Arc::clone(words), holes: *holes }
            }
            Self::Date { first, last, holes, far } => Self::Date {
                first: take(first, rows),
                last: last.as_ref().map(|last| take(last, rows)),
                holes: *holes,
                far: *far,
            },
            Self::Number { values, gaps, holes } => Self::Number {
                values: take(values, rows),
                gaps: gaps.as_ref().map(|gaps| take(gaps, rows)),
                holes: *holes,
            },
            Self::Code { values, holes } => Self::Code { values: take(values, rows), holes: *holes },
        }
    }
}

/// True for days outside the years that a register can speak of.
fn is_far(span: DaySpan) -> bool {
    !YEARS.contains(&span.first.civil().year) || !YEARS.contains(&span.last.civil().year)
}
