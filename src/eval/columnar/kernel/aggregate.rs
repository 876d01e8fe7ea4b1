//! Sums, least and greatest values of children by household.

use crate::eval::columnar::column::{Numbers, One, Slice, Source, join, rows_where, unsettled};
use crate::eval::columnar::word::{Mask, Word};
use crate::value::{Bounds, Truth};

/// The rows of each owner, and which of them belong.
pub(in crate::eval::columnar) struct Members<'a, W> {
    pub offsets: &'a [u32],
    /// Which rows; none for all.
    pub belongs: Option<&'a Mask<W>>,
    /// Of which owners rows may be missing; none where of none.
    pub open: Option<&'a [bool]>,
    pub slots: usize,
    pub full: W,
}

impl<W: Word> Members<'_, W> {
    fn owners(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    fn is_open(&self, owner: usize) -> bool {
        self.open.is_some_and(|open| open.get(owner).copied().unwrap_or(false))
    }

    fn belongs(&self, slot: usize, row: usize) -> Truth {
        self.belongs.map_or(Truth::True, |mask| mask.at(slot, row))
    }

    /// On how many slots the result differs.
    fn differing(&self, values: Source<'_, W>) -> usize {
        if self.slots == 1 {
            return 1;
        }
        let steady = |word: &W| *word == W::NONE || *word == self.full;
        let same = |mask: &Mask<W>| mask.sure.iter().all(steady) && mask.may.iter().flatten().all(steady);
        if values.slots(self.slots) == 1 && self.belongs.is_none_or(same) { 1 } else { self.slots }
    }

    fn begin(&self, values: Source<'_, W>, into: &mut Numbers<W>) -> usize {
        let slots = self.differing(values);
        into.zeros(values.parts(), slots, self.owners());
        slots
    }

    /// The owners of which rows may be missing, or one of whose rows is not one known value or may belong, in order.
    fn loose_owners(&self, values: Source<'_, W>) -> Vec<u32> {
        let rows = self.offsets.last().copied().unwrap_or(0) as usize;
        let mut members = unsettled(&[values], rows, self.full);
        if let Some(mask) = self.belongs {
            join(&mut members, &mask.doubtful());
            // What certainly does not belong does not matter.
            members.retain(|row| mask.may()[*row as usize] != W::NONE);
        }
        let owner = |row: u32| self.offsets.partition_point(|first| *first <= row) - 1;
        let mut owners: Vec<u32> =
            members.into_iter().filter_map(|row| u32::try_from(owner(row)).ok()).collect();
        owners.dedup();
        let open =
            (0..).zip(self.open.unwrap_or_default()).filter(|(_, open)| **open).map(|(owner, _)| owner);
        join(&mut owners, &open.collect::<Vec<u32>>());
        owners
    }
}

/// Totals of numbers or fen. False where one does not fit.
pub(in crate::eval::columnar) fn sum<W: Word>(
    members: &Members<'_, W>,
    values: Source<'_, W>,
    into: &mut Numbers<W>,
) -> bool {
    let slots = members.begin(values, into);
    if !(0..slots).all(|slot| known_sum(members, values, slot, into)) {
        return false;
    }
    let owners = members.loose_owners(values);
    let fits = std::cell::Cell::new(true);
    into.mend(owners, members.full, |slot, owner| {
        let (mut least, mut most) = (Some(0_i64), Some(0_i64));
        for row in members.offsets[owner] as usize..members.offsets[owner + 1] as usize {
            let belongs = members.belongs(slot, row);
            if belongs.is_false() {
                continue;
            }
            let One { mut value, there } = One::of(values, slot, row);
            if belongs.is_unknown() {
                value = value.hull(Bounds::exact(0));
            }
            least = least.zip(value.lo).and_then(|(a, b)| a.checked_add(b));
            most = most.zip(value.hi).and_then(|(a, b)| a.checked_add(b));
            // The sum is absent where a value is.
            fits.set(fits.get() && there.is_true());
        }
        let open = members.is_open(owner);
        One { value: Bounds { lo: least.filter(|_| !open), hi: most.filter(|_| !open) }, there: Truth::True }
    });
    fits.get()
}

/// Totals of known values, of which mostly few belong and are not zero. False where one does not fit.
fn known_sum<W: Word>(
    members: &Members<'_, W>,
    values: Source<'_, W>,
    slot: usize,
    into: &mut Numbers<W>,
) -> bool {
    let count = members.offsets.last().copied().unwrap_or(0) as usize;
    let counts = |value: i64, word: &W| W::all_if(value != 0, *word);
    let rows = match (values.slice(slot), members.belongs) {
        (Slice::Rows(values), Some(mask)) => {
            let words = values.iter().zip(&mask.sure).map(|(value, word)| counts(*value, word));
            rows_where(&words.collect::<Vec<W>>(), |word| word.has(slot))
        }
        (Slice::Rows(values), None) => rows_where(values, |value| value != 0),
        (Slice::Same(0), _) => Vec::new(),
        (Slice::Same(_), Some(mask)) => rows_where(&mask.sure, |word| word.has(slot)),
        (Slice::Same(_), None) => (0..).take(count).collect(),
    };
    let from = slot * into.rows;
    let mut totals = into.lo[from..].iter_mut().zip(members.offsets.get(1..).unwrap_or_default());
    let mut owner = totals.next();
    for row in rows {
        while owner.as_ref().is_some_and(|(_, end)| **end <= row) {
            owner = totals.next();
        }
        let Some((total, _)) = &mut owner else { return false };
        let Some(sum) = total.checked_add(values.at(slot, row as usize).0) else { return false };
        **total = sum;
    }
    true
}

/// Least or greatest values: rows that may belong only push it outwards, and unseen rows could push it any far.
pub(in crate::eval::columnar) fn extreme<W: Word>(
    members: &Members<'_, W>,
    values: Source<'_, W>,
    least: bool,
    into: &mut Numbers<W>,
) {
    members.begin(values, into);
    into.mend((0..).take(members.owners()), members.full, |slot, owner| {
        let open = members.is_open(owner);
        let (mut sure, mut maybe) = (Vec::new(), Vec::new());
        for row in members.offsets[owner] as usize..members.offsets[owner + 1] as usize {
            match members.belongs(slot, row) {
                Truth::True => sure.push(One::of(values, slot, row).value),
                Truth::Unknown => maybe.push(One::of(values, slot, row).value),
                Truth::False => {}
            }
        }
        let pick = |ends: Option<Vec<i64>>, least: bool| {
            ends.and_then(|ends| if least { ends.into_iter().min() } else { ends.into_iter().max() })
        };
        let far = |bounds: &Bounds<i64>| if least { bounds.lo } else { bounds.hi };
        let near = |bounds: &Bounds<i64>| if least { bounds.hi } else { bounds.lo };
        let outward = if open { None } else { pick(sure.iter().chain(&maybe).map(far).collect(), least) };
        let inward = match (sure.is_empty(), open) {
            (true, true) => None,
            // None of them need belong: any of their values could be the one.
            (true, false) => pick(maybe.iter().map(near).collect(), !least),
            (false, _) => pick(sure.iter().map(near).collect(), least),
        };
        let (lo, hi) = if least { (outward, inward) } else { (inward, outward) };
        let there = match (sure.is_empty(), open || !maybe.is_empty()) {
            (false, _) => Truth::True,
            (true, true) => Truth::Unknown,
            (true, false) => Truth::False,
        };
        One { value: Bounds { lo, hi }, there }
    });
}
