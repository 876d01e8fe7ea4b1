//! Cells of the register as numbers or truth.

use crate::eval::columnar::column::{Numbers, One, rows_where};
use crate::eval::columnar::store::{ANY_CODE, ANY_DAY, ANY_WORD, Cells, Gap, NO_CODE, NO_DAY};
use crate::eval::columnar::word::{Mask, Word};
use crate::value::{Bounds, Truth};
use std::ops::Range;

/// A flag: an absent one is not a yes.
pub(in crate::eval::columnar) fn flags<W: Word>(values: &[u8], unknown: bool, full: W, into: &mut Mask<W>) {
    is_code(values, 1, unknown, full, into);
}

/// The rows that have a code.
pub(in crate::eval::columnar) fn is_code<W: Word>(
    values: &[u8],
    code: u8,
    unknown: bool,
    full: W,
    into: &mut Mask<W>,
) {
    into.sure.clear();
    into.sure.extend(values.iter().map(|value| W::all_if(*value == code, full)));
    into.may = unknown.then(|| {
        let could = |value: &u8| W::all_if(*value == code || *value == ANY_CODE, full);
        values.iter().map(could).collect()
    });
}

/// The rows whose text is one of some words: `wanted` says of each different text of the column whether it is.
pub(in crate::eval::columnar) fn is_word<W: Word>(
    values: &[u32],
    wanted: &[bool],
    unknown: bool,
    full: W,
    into: &mut Mask<W>,
) {
    let is_wanted = |place: u32| wanted.get(place as usize).copied().unwrap_or(false);
    into.sure.clear();
    into.sure.extend(values.iter().map(|value| W::all_if(is_wanted(*value), full)));
    into.may = unknown.then(|| {
        let could = |(value, sure): (&u32, &W)| *sure | W::all_if(*value == ANY_WORD, full);
        values.iter().zip(&into.sure).map(could).collect()
    });
}

/// Numbers, fen, days or codes. Unknown cells are without bounds; `may_be_absent` says whether one could be absent.
pub(in crate::eval::columnar) fn numbers<W: Word>(
    cells: &Cells,
    rows: Range<usize>,
    (may_be_absent, as_of): (bool, Option<i32>),
    full: W,
    into: &mut Numbers<W>,
) -> bool {
    (into.rows, into.slots, into.parts) = (rows.len(), 1, 1);
    (into.hi, into.there) = (None, None);
    into.lo.clear();
    into.loose.clear();
    match cells {
        Cells::Opaque | Cells::Text { .. } => return false,
        Cells::Number { values, gaps, .. } => {
            into.lo.extend_from_slice(&values[rows.clone()]);
            if let Some(gaps) = gaps {
                let gaps = &gaps[rows];
                let holes = rows_where(gaps.len(), |row| gaps[row] != Gap::None);
                into.mend(holes, full, |_, row| hole(gaps[row] == Gap::Absent, may_be_absent));
            }
        }
        Cells::Code { values, holes: some, .. } => {
            let values = &values[rows];
            into.lo.extend(values.iter().map(|value| i64::from(*value)));
            if some.absent || some.unknown {
                let holes = rows_where(values.len(), |row| ANY_CODE <= values[row]);
                into.mend(holes, full, |_, row| hole(values[row] == NO_CODE, may_be_absent));
            }
        }
        Cells::Date { first, last, holes: some, .. } => {
            let first = &first[rows.clone()];
            into.lo.extend(first.iter().map(|day| i64::from(*day)));
            let ends = last.as_ref().map_or(first, |last| &last[rows]);
            if last.is_some() || some.absent || some.unknown || as_of.is_some() {
                let today = as_of.unwrap_or(i32::MAX);
                let plain = |first: i32, last: i32| {
                    first == last && first != ANY_DAY && first < NO_DAY && last <= today
                };
                let days = (0..).zip(first.iter().zip(ends));
                let rows = days.filter(|(_, (first, last))| !plain(**first, **last)).map(|(row, _)| row);
                into.mend(rows, full, |_, row| match (first[row], ends[row]) {
                    (NO_DAY, _) => hole(true, may_be_absent),
                    (ANY_DAY, _) => hole(false, may_be_absent),
                    // It has not happened.
                    (from, _) if today < from => hole(true, may_be_absent),
                    // Some of the days it could be may be later.
                    (from, to) => One {
                        value: Bounds { lo: Some(i64::from(from)), hi: Some(i64::from(to)) },
                        there: if today < to { Truth::Unknown } else { Truth::True },
                    },
                });
            }
        }
    }
    true
}

/// What a cell without a value comes to: nothing, or anything that could be there.
fn hole(absent: bool, may_be_absent: bool) -> One {
    let there = match (absent, may_be_absent) {
        (true, _) => Truth::False,
        (false, true) => Truth::Unknown,
        (false, false) => Truth::True,
    };
    One { value: Bounds::any(), there }
}
