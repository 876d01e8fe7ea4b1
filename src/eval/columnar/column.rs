//! What an expression comes to on the rows of a batch.

use super::scalar::Scalar;
use super::store::{HIGH, LOW};
use super::word::{Mask, Word};
use crate::value::Truth;

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
    /// They are so many parts of a whole: amounts not yet rounded.
    pub parts: i64,
}

impl<W> Default for Numbers<W> {
    fn default() -> Self {
        Self { rows: 0, slots: 1, lo: Vec::new(), hi: None, there: None, parts: 1 }
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
        self.hi.is_none() && self.there.is_none()
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
            parts: 1,
        }
    }
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

    /// Is each of them one known value?
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

    /// The values of one slot, where they are definite.
    pub(super) fn slice(&self, slot: usize) -> Slice<'_> {
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
    /// The largest magnitude.
    pub(super) fn magnitude(&self) -> u64 {
        match self {
            Self::Rows(values) => {
                let (mut least, mut most) = (0_i64, 0_i64);
                for value in *values {
                    least = least.min(*value);
                    most = most.max(*value);
                }
                least.unsigned_abs().max(most.unsigned_abs())
            }
            Self::Same(value) => value.unsigned_abs(),
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
