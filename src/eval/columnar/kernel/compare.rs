//! Comparisons of numbers, day by day.

use crate::eval::columnar::column::{One, Slice, Source, loose};
use crate::eval::columnar::word::{Mask, Word};
use crate::ir::Compare;
use crate::value::Truth;
use std::cmp::Ordering;

/// Where a comparison holds; with an absent value it does not.
pub(in crate::eval::columnar) fn compare<W: Word>(
    op: Compare,
    left: Source<'_, W>,
    right: Source<'_, W>,
    (rows, slots, full): (usize, usize, W),
    into: &mut Mask<W>,
) {
    into.sure.clear();
    into.sure.resize(rows, W::NONE);
    into.may = None;
    let differing = left.slots(slots).max(right.slots(slots));
    for slot in 0..differing {
        let (left, right) = (left.slice(slot), right.slice(slot));
        let one_for_all = differing == 1;
        match op {
            Compare::Eq => mark(left, right, (slot, one_for_all, full), &mut into.sure, |a, b| a == b),
            Compare::Lt => mark(left, right, (slot, one_for_all, full), &mut into.sure, |a, b| a < b),
            Compare::Le => mark(left, right, (slot, one_for_all, full), &mut into.sure, |a, b| a <= b),
            Compare::Gt => mark(left, right, (slot, one_for_all, full), &mut into.sure, |a, b| a > b),
            Compare::Ge => mark(left, right, (slot, one_for_all, full), &mut into.sure, |a, b| a >= b),
        }
    }
    for there in [left, right].iter().filter_map(Source::presence) {
        for (word, there) in into.sure.iter_mut().zip(&there.sure) {
            *word &= *there;
        }
    }
    let accepts = |ordering: Ordering| match op {
        Compare::Eq => ordering.is_eq(),
        Compare::Lt => ordering.is_lt(),
        Compare::Le => ordering.is_le(),
        Compare::Gt => ordering.is_gt(),
        Compare::Ge => ordering.is_ge(),
    };
    for row in loose(&[left, right], rows) {
        let row = row as usize;
        for slot in 0..slots {
            let (a, b) = (One::of(left, slot, row), One::of(right, slot, row));
            let truth = match (a.there.and(b.there), a.value.compare(&b.value, accepts)) {
                (Truth::False, _) => Truth::False,
                (Truth::Unknown, Truth::True) => Truth::Unknown,
                (_, truth) => truth,
            };
            into.set(row, W::bit(slot, true), truth);
        }
    }
}

fn mark<W: Word>(
    left: Slice<'_>,
    right: Slice<'_>,
    (slot, one_for_all, full): (usize, bool, W),
    into: &mut [W],
    holds: impl Fn(i64, i64) -> bool,
) {
    let word = |set: bool| if one_for_all { W::all_if(set, full) } else { W::bit(slot, set) };
    match (left, right) {
        (Slice::Rows(left), Slice::Rows(right)) => {
            for ((word_of, a), b) in into.iter_mut().zip(left).zip(right) {
                *word_of |= word(holds(*a, *b));
            }
        }
        (Slice::Rows(left), Slice::Same(b)) => {
            for (word_of, a) in into.iter_mut().zip(left) {
                *word_of |= word(holds(*a, b));
            }
        }
        (Slice::Same(a), Slice::Rows(right)) => {
            for (word_of, b) in into.iter_mut().zip(right) {
                *word_of |= word(holds(a, *b));
            }
        }
        (Slice::Same(a), Slice::Same(b)) => {
            let all = word(holds(a, b));
            for word_of in into.iter_mut() {
                *word_of |= all;
            }
        }
    }
}
