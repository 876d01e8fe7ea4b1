//! Cells of the register as numbers or truth.

use crate::eval::columnar::column::{NOTHING, Numbers, One, join, rows_where};
use crate::eval::columnar::store::{ANY_CODE, ANY_DAY, ANY_WORD, Cells, Gap, NO_CODE};
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
    into.hi = None;
    into.lo.clear();
    into.loose.clear();
    let there = if may_be_absent { Truth::Unknown } else { Truth::True };
    let anything = One { value: Bounds::any(), there };
    match cells {
        Cells::Opaque | Cells::Text { .. } => return false,
        Cells::Number { values, gaps, .. } => {
            let values = &values[rows.clone()];
            let Some(gaps) = gaps else {
                into.lo.extend_from_slice(values);
                into.there = None;
                return true;
            };
            let gaps = &gaps[rows];
            present(into, gaps, full, |gap| gap != Gap::Absent);
            into.lo.extend(values.iter().zip(gaps).map(|(value, gap)| only(*gap != Gap::Absent, *value)));
            into.mend(rows_where(gaps, |gap| gap == Gap::Unknown), full, |_, _| anything);
        }
        Cells::Code { values, holes: some, .. } => {
            let values = &values[rows];
            into.lo.extend(values.iter().map(|value| only(*value != NO_CODE, i64::from(*value))));
            into.there = None;
            if some.absent {
                present(into, values, full, |value| value != NO_CODE);
            }
            if some.unknown {
                into.mend(rows_where(values, |value| value == ANY_CODE), full, |_, _| anything);
            }
        }
        Cells::Date { first, last, holes: some, .. } => {
            let first = &first[rows.clone()];
            // What lies later has not happened.
            let today = as_of.unwrap_or(i32::MAX - 1);
            into.lo.extend(first.iter().map(|day| only(*day <= today, i64::from(*day))));
            into.there = None;
            if some.absent || as_of.is_some() {
                present(into, first, full, |day| day <= today);
            }
            if let Some(last) = last {
                let last = &last[rows];
                let spans = (0..).zip(first.iter().zip(last));
                let spans = spans.filter(|(_, (first, last))| first != last && **first <= today);
                let mut open: Vec<u32> = spans.map(|(row, _)| row).collect();
                join(&mut open, &rows_where(first, |day| day == ANY_DAY));
                into.mend(open, full, |_, row| match (first[row], last[row]) {
                    (ANY_DAY, _) => anything,
                    // Some of the days it could be may be later.
                    (from, to) => One {
                        value: Bounds { lo: Some(i64::from(from)), hi: Some(i64::from(to)) },
                        there: if today < to { Truth::Unknown } else { Truth::True },
                    },
                });
            } else if some.unknown {
                into.mend(rows_where(first, |day| day == ANY_DAY), full, |_, _| anything);
            }
        }
    }
    true
}

/// A number, or what stands where there is none.
fn only(is_there: bool, value: i64) -> i64 {
    if is_there { value } else { NOTHING }
}

/// Where cells have values; it is not kept where all have.
fn present<W: Word, T: Copy>(into: &mut Numbers<W>, cells: &[T], full: W, test: impl Fn(T) -> bool) {
    into.there = None;
    if cells.iter().fold(true, |all, cell| all & test(*cell)) {
        return;
    }
    let there = into.there.get_or_insert_default();
    there.sure.extend(cells.iter().map(|cell| W::all_if(test(*cell), full)));
}
