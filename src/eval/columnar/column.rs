//! What an expression comes to on the rows of a batch.

use super::scalar::Scalar;
use super::store::{HIGH, LOW};
use super::word::{Mask, Word};
use crate::value::{Bounds, Truth};

/// The values of one expression on the rows of its record, and on which slots they are no values.
#[derive(Clone, Debug, Default)]
pub(super) struct Column<W> {
    pub values: Values<W>,
    /// Slots on which some row could not be computed: what depends on them is judged row by row.
    pub fault: W,
}

#[derive(Clone, Debug)]
pub(super) enum Values<W> {
    Truth(Mask<W>),
    Numbers(Numbers<W>),
}

impl<W> Default for Values<W> {
    fn default() -> Self {
        Self::Truth(Mask { sure: Vec::new(), may: None })
    }
}

/// Numbers, fen, days or codes: from `lo` to `hi`, without `hi` exactly `lo`.
///
/// Few rows have facts missing. `loose` names them, so that a loop over plain numbers may pass over all rows, and a slower
/// one mends what it says of those few.
#[derive(Clone, Debug)]
pub(super) struct Numbers<W> {
    pub rows: usize,
    /// One, where they are the same on all slots.
    pub slots: usize,
    /// Slot by slot, row by row; [`LOW`] where there is no bound.
    pub lo: Vec<i64>,
    pub hi: Option<Vec<i64>>,
    /// Is there a value? Without it, always.
    pub there: Option<Mask<W>>,
    /// The rows that are not one known value on every slot, in order; all others are, whatever `hi` and `there` hold.
    pub loose: Vec<u32>,
    /// They are so many parts of a whole: amounts not yet rounded.
    pub parts: i64,
}

impl<W> Default for Numbers<W> {
    fn default() -> Self {
        Self { rows: 0, slots: 1, lo: Vec::new(), hi: None, there: None, loose: Vec::new(), parts: 1 }
    }
}

impl<W: Word> Numbers<W> {
    pub(super) fn at(&self, slot: usize, row: usize) -> (i64, i64) {
        let place = self.place(slot, row);
        let lo = self.lo[place];
        (lo, self.hi.as_ref().map_or(lo, |hi| hi[place]))
    }

    fn place(&self, slot: usize, row: usize) -> usize {
        if self.slots == 1 { row } else { slot * self.rows + row }
    }

    pub(super) fn is_definite(&self) -> bool {
        self.loose.is_empty()
    }

    /// Empty, of so many rows and slots.
    pub(super) fn resize(&mut self, parts: i64, slots: usize, rows: usize) {
        (self.rows, self.slots, self.parts) = (rows, slots, parts);
        (self.hi, self.there) = (None, None);
        self.loose.clear();
        self.lo.clear();
        self.lo.resize(rows * slots, 0);
    }

    /// Puts in what some rows come to; what is then one known value on every slot is loose no more.
    pub(super) fn mend(
        &mut self,
        rows: impl IntoIterator<Item = u32>,
        full: W,
        one: impl Fn(usize, usize) -> One,
    ) {
        let (count, slots) = (self.rows, self.slots);
        let (mut hi, mut there) = (self.hi.take(), self.there.take());
        self.loose.clear();
        for row in rows {
            let mut loose = false;
            for slot in 0..slots {
                let One { value, there: is_there } = one(slot, row as usize);
                let place = slot * count + row as usize;
                let (lo, top) = (value.lo.unwrap_or(LOW), value.hi.unwrap_or(HIGH));
                self.lo[place] = lo;
                if lo != top || hi.is_some() {
                    loose |= lo != top;
                    hi.get_or_insert_with(|| self.lo.clone())[place] = top;
                }
                if !is_there.is_true() || there.is_some() {
                    loose |= !is_there.is_true();
                    let bit = if slots == 1 { full } else { W::bit(slot, true) };
                    there.get_or_insert_with(|| Mask::everywhere(count, full)).set(
                        row as usize,
                        bit,
                        is_there,
                    );
                }
            }
            if loose {
                self.loose.push(row);
            }
        }
        (self.hi, self.there) = (hi, there);
    }

    pub(super) fn there_at(&self, slot: usize, row: usize) -> Truth {
        self.there.as_ref().map_or(Truth::True, |there| there.at(slot, row))
    }

    /// Anything at all, or nothing.
    pub(super) fn anything(rows: usize, full: W) -> Self {
        Self {
            rows,
            slots: 1,
            lo: vec![LOW; rows],
            hi: Some(vec![HIGH; rows]),
            there: Some(Mask::of(rows, W::NONE, full)),
            loose: (0..).take(rows).collect(),
            parts: 1,
        }
    }
}

/// What one row comes to on one slot.
#[derive(Clone, Copy)]
pub(super) struct One {
    pub value: Bounds<i64>,
    pub there: Truth,
}

impl One {
    pub(super) const NOTHING: Self = Self { value: Bounds { lo: None, hi: None }, there: Truth::False };

    pub(super) fn of<W: Word>(source: Source<'_, W>, slot: usize, row: usize) -> Self {
        Self { value: bounds(source.at(slot, row)), there: source.there(slot, row) }
    }

    pub(super) fn hull(self, other: Self) -> Self {
        let there = if self.there == other.there { self.there } else { Truth::Unknown };
        Self { value: self.value.hull(other.value), there }
    }
}

/// The ends of an interval, where it has them.
pub(super) fn bounds((lo, hi): (i64, i64)) -> Bounds<i64> {
    Bounds { lo: (lo != LOW).then_some(lo), hi: (hi != HIGH).then_some(hi) }
}

/// The rows on which one of some operands is not one known value, in order.
pub(super) fn loose<W: Word>(sources: &[Source<'_, W>], rows: usize) -> Vec<u32> {
    let mut all: Vec<u32> = Vec::new();
    for source in sources {
        match source {
            Source::Rows(numbers) => join(&mut all, &numbers.loose),
            Source::Same(_) if source.is_definite() => {}
            Source::Same(_) => return (0..).take(rows).collect(),
        }
    }
    all
}

/// The rows of which something is true, in order. First it is asked whether there is one at all, which is quicker.
pub(super) fn rows_where(count: usize, test: impl Fn(usize) -> bool) -> Vec<u32> {
    if !(0..count).fold(false, |any, row| any | test(row)) {
        return Vec::new();
    }
    let mut rows = vec![0; count];
    let mut found = 0;
    for (row, place) in (0..count).zip(0_u32..) {
        rows[found] = place;
        found += usize::from(test(row));
    }
    rows.truncate(found);
    rows
}

/// Adds rows to others, both in order.
pub(super) fn join(all: &mut Vec<u32>, more: &[u32]) {
    if all.last().is_none_or(|last| more.first().is_none_or(|first| last < first)) {
        all.extend_from_slice(more);
        return;
    }
    let mut merged = Vec::with_capacity(all.len() + more.len());
    let (mut left, mut right) = (all.as_slice(), more);
    while let (Some(a), Some(b)) = (left.first(), right.first()) {
        merged.push(*a.min(b));
        left = &left[usize::from(a <= b)..];
        right = &right[usize::from(b <= a)..];
    }
    merged.extend_from_slice(left);
    merged.extend_from_slice(right);
    *all = merged;
}

impl<W: Word> Mask<W> {
    pub(super) fn at(&self, slot: usize, row: usize) -> Truth {
        match (self.sure[row].has(slot), self.may()[row].has(slot)) {
            (true, _) => Truth::True,
            (false, true) => Truth::Unknown,
            (false, false) => Truth::False,
        }
    }
}

/// An operand: a column, or the same on every row.
#[derive(Clone, Copy)]
pub(super) enum Operand<'a, W> {
    Rows(&'a Column<W>),
    Same(&'a [Scalar]),
}

impl<'a, W: Word> Operand<'a, W> {
    pub(super) fn fault(&self) -> W {
        match self {
            Self::Rows(column) => column.fault,
            Self::Same(scalars) => bits(scalars, |scalar| scalar.fault),
        }
    }

    /// As numbers; none where it is a condition.
    pub(super) fn numbers(&self) -> Option<Source<'a, W>> {
        match self {
            Self::Rows(Column { values: Values::Numbers(numbers), .. }) => Some(Source::Rows(numbers)),
            Self::Rows(_) => None,
            Self::Same(scalars) => Some(Source::Same(scalars)),
        }
    }
}

/// Numbers of an operand.
#[derive(Clone, Copy)]
pub(super) enum Source<'a, W> {
    Rows(&'a Numbers<W>),
    Same(&'a [Scalar]),
}

impl<W: Word> Source<'_, W> {
    pub(super) fn at(&self, slot: usize, row: usize) -> (i64, i64) {
        match self {
            Self::Rows(numbers) => numbers.at(slot, row),
            Self::Same(scalars) => scalars.get(slot).map_or((LOW, HIGH), |scalar| (scalar.lo, scalar.hi)),
        }
    }

    pub(super) fn there(&self, slot: usize, row: usize) -> Truth {
        match self {
            Self::Rows(numbers) => numbers.there_at(slot, row),
            Self::Same(scalars) => scalars.get(slot).map_or(Truth::Unknown, |scalar| scalar.there),
        }
    }

    /// On how many slots of so many it differs: one where it never does.
    pub(super) fn slots(&self, slots: usize) -> usize {
        let differs = match self {
            Self::Rows(numbers) => numbers.slots > 1 || numbers.there.is_some(),
            Self::Same(scalars) => scalars.windows(2).any(|two| two[0] != two[1]),
        };
        if differs { slots } else { 1 }
    }

    /// Is every one of them one known value?
    pub(super) fn is_definite(&self) -> bool {
        match self {
            Self::Rows(numbers) => numbers.is_definite(),
            Self::Same(scalars) => scalars.iter().all(|scalar| scalar.single().is_some()),
        }
    }

    pub(super) fn parts(&self) -> i64 {
        match self {
            Self::Rows(numbers) => numbers.parts,
            Self::Same(_) => 1,
        }
    }
}

impl<'a, W: Word> Source<'a, W> {
    /// The values of one slot; of a loose row, its lower end.
    pub(super) fn slice(self, slot: usize) -> Slice<'a> {
        match self {
            Self::Rows(numbers) => {
                let from = if numbers.slots == 1 { 0 } else { slot * numbers.rows };
                Slice::Rows(&numbers.lo[from..from + numbers.rows])
            }
            Self::Same(scalars) => Slice::Same(scalars.get(slot).map_or(0, |scalar| scalar.lo)),
        }
    }
}

/// The known values of one slot.
#[derive(Clone, Copy)]
pub(super) enum Slice<'a> {
    Rows(&'a [i64]),
    Same(i64),
}

impl Slice<'_> {
    /// The largest magnitude of an end; what has no bound has none.
    pub(super) fn magnitude(&self) -> u64 {
        let bound = |value: i64| if value == LOW || value == HIGH { 0 } else { value };
        match self {
            Self::Rows(values) => {
                let (mut least, mut most) = (0_i64, 0_i64);
                for value in *values {
                    least = least.min(bound(*value));
                    most = most.max(bound(*value));
                }
                least.unsigned_abs().max(most.unsigned_abs())
            }
            Self::Same(value) => bound(*value).unsigned_abs(),
        }
    }
}

/// The slots of which something is true.
pub(super) fn bits<W: Word>(scalars: &[Scalar], test: impl Fn(&Scalar) -> bool) -> W {
    scalars
        .iter()
        .enumerate()
        .take(W::DAYS)
        .fold(W::NONE, |all, (slot, scalar)| all | W::bit(slot, test(scalar)))
}

/// For certain, and perhaps, as words.
pub(super) fn words<W: Word>(scalars: &[Scalar]) -> (W, W) {
    (bits(scalars, |scalar| scalar.truth.is_true()), bits(scalars, |scalar| !scalar.truth.is_false()))
}
