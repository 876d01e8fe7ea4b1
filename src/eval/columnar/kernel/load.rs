//! Cells of the register as numbers or truth.

use crate::eval::columnar::column::Numbers;
use crate::eval::columnar::store::{ANY_CODE, ANY_DAY, ANY_WORD, Cells, Gap, HIGH, LOW, NO_CODE, NO_DAY};
use crate::eval::columnar::word::{Mask, Word};
use std::collections::HashSet;
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

/// The rows whose text is one of some words.
pub(in crate::eval::columnar) fn is_word<W: Word>(
    values: &[u32],
    (words, wanted): (&[Box<str>], &HashSet<String>),
    unknown: bool,
    full: W,
    into: &mut Mask<W>,
) {
    // Each word is looked up once, where it first occurs.
    let mut known: Vec<Option<bool>> = vec![None; words.len()];
    let mut is_wanted = |place: u32| {
        let Some(word) = words.get(place as usize) else { return false };
        *known[place as usize].get_or_insert_with(|| wanted.contains(word.as_ref()))
    };
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
    let count = rows.len();
    into.rows = count;
    into.slots = 1;
    into.parts = 1;
    into.lo.clear();
    into.hi = None;
    into.there = None;
    match cells {
        Cells::Opaque | Cells::Text { .. } => return false,
        Cells::Number { values, gaps, .. } => {
            into.lo.extend_from_slice(&values[rows.clone()]);
            if let Some(gaps) = gaps {
                let kinds = gaps[rows].iter().map(|gap| match gap {
                    Gap::None => Kind::Known,
                    Gap::Absent => Kind::Absent,
                    Gap::Unknown => Kind::Unknown,
                });
                holes(into, kinds, may_be_absent, full);
            }
        }
        Cells::Code { values, holes: some, .. } => {
            let values = &values[rows];
            into.lo.extend(values.iter().map(|value| i64::from(*value)));
            if some.absent || some.unknown {
                let kinds = values.iter().map(|value| match *value {
                    NO_CODE => Kind::Absent,
                    ANY_CODE => Kind::Unknown,
                    _ => Kind::Known,
                });
                holes(into, kinds, may_be_absent, full);
            }
        }
        Cells::Date { first, last, holes: some, .. } => {
            let first = &first[rows.clone()];
            into.lo.extend(first.iter().map(|day| i64::from(*day)));
            let ends = last.as_ref().map(|last| &last[rows]);
            if let Some(ends) = ends {
                into.hi = Some(ends.iter().map(|day| i64::from(*day)).collect());
            }
            if some.absent || some.unknown || as_of.is_some() {
                let kinds = first.iter().enumerate().map(|(row, day)| match *day {
                    NO_DAY => Kind::Absent,
                    ANY_DAY => Kind::Unknown,
                    day if as_of.is_some_and(|today| today < day) => Kind::Absent,
                    // Some of the days it could be are later.
                    _ if as_of.is_some_and(|today| ends.is_some_and(|ends| today < ends[row])) => Kind::Maybe,
                    _ => Kind::Known,
                });
                holes(into, kinds, may_be_absent, full);
            }
        }
    }
    true
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Known,
    Absent,
    Unknown,
    Maybe,
}

fn holes<W: Word>(
    into: &mut Numbers<W>,
    kinds: impl Iterator<Item = Kind> + Clone,
    may_be_absent: bool,
    full: W,
) {
    if kinds.clone().all(|kind| kind == Kind::Known) {
        return;
    }
    let mut hi = into.hi.take().unwrap_or_else(|| into.lo.clone());
    let mut there = Mask { sure: vec![full; into.rows], may: Some(vec![full; into.rows]) };
    for (row, kind) in kinds.enumerate() {
        if matches!(kind, Kind::Absent | Kind::Unknown) {
            (into.lo[row], hi[row]) = (LOW, HIGH);
        }
        let (sure, may) = match kind {
            Kind::Known => (true, true),
            Kind::Unknown => (!may_be_absent, true),
            Kind::Maybe => (false, true),
            Kind::Absent => (false, false),
        };
        there.sure[row] = W::all_if(sure, full);
        if let Some(words) = &mut there.may {
            words[row] = W::all_if(may, full);
        }
    }
    if there.may.as_ref() == Some(&there.sure) {
        there.may = None;
    }
    let all_there = there.may.is_none() && there.sure.iter().all(|word| *word == full);
    into.there = (!all_there).then_some(there);
    into.hi = Some(hi);
}
