//! Is the day of a cell inside a range? A wrapping difference makes one comparison of two.

use crate::eval::columnar::fold::Within;
use crate::eval::columnar::store::{ANY_DAY, Holes};
use crate::eval::columnar::word::{Mask, Word};

/// The cells of a date field.
#[derive(Clone, Copy)]
pub(in crate::eval::columnar) struct Days<'a> {
    pub first: &'a [i32],
    pub last: Option<&'a [i32]>,
    pub holes: Holes,
    /// A later day has not happened: nothing is there.
    pub as_of: Option<i32>,
}

/// Where each cell lies inside the ranges of the slots.
pub(in crate::eval::columnar) fn within<W: Word>(
    days: Days<'_>,
    ranges: &[Within],
    full: W,
    into: &mut Mask<W>,
) {
    into.sure.clear();
    into.sure.resize(days.first.len(), W::NONE);
    let certain = ranges.iter().all(|within| within.sure == within.may);
    if certain && !days.holes.unknown && days.last.is_none() {
        into.may = None;
        for (slot, within) in ranges.iter().enumerate() {
            mark(days.first, clip(within.sure, days.as_of), slot, &mut into.sure);
        }
        return;
    }
    let may = into.may.get_or_insert_default();
    may.clear();
    may.resize(days.first.len(), W::NONE);
    for (slot, within) in ranges.iter().enumerate() {
        let (sure, possible) = (clip(within.sure, days.as_of), clip(within.may, days.as_of));
        let unclipped = clip(within.may, None);
        match days.last {
            None => {
                mark(days.first, sure, slot, &mut into.sure);
                mark(days.first, possible, slot, may);
            }
            Some(last) => {
                let ends = days.first.iter().zip(last);
                for ((sure_word, may_word), (first, last)) in
                    into.sure.iter_mut().zip(may.iter_mut()).zip(ends)
                {
                    let (first, last) = (i64::from(*first), i64::from(*last));
                    *sure_word |= W::bit(slot, sure.0 <= first && last <= sure.1);
                    // A span that began may end later than today: its days are compared all the same.
                    let begun = days.as_of.is_none_or(|today| first <= i64::from(today));
                    *may_word |= W::bit(slot, begun && unclipped.0 <= last && first <= unclipped.1);
                }
            }
        }
    }
    if days.holes.unknown {
        for (word, first) in may.iter_mut().zip(days.first) {
            *word |= W::all_if(*first == ANY_DAY, full);
        }
    }
}

/// A range without the days that have not happened; the marks for holes lie outside of any.
fn clip(range: crate::eval::columnar::fold::Range, as_of: Option<i32>) -> (i64, i64) {
    let last = as_of.map_or(range.last, |day| range.last.min(i64::from(day)));
    (range.first.max(i64::from(ANY_DAY) + 1), last.min(i64::from(i32::MAX) - 1))
}

fn mark<W: Word>(cells: &[i32], (first, last): (i64, i64), slot: usize, into: &mut [W]) {
    if first > last {
        return;
    }
    let (Ok(from), Ok(width)) = (i32::try_from(first), u32::try_from(last - first)) else { return };
    for (word, cell) in into.iter_mut().zip(cells) {
        #[allow(clippy::cast_sign_loss)]
        let offset = cell.wrapping_sub(from) as u32;
        *word |= W::bit(slot, offset <= width);
    }
}
