//! Truth of many rows on many days: one word a row, one bit a day.

use super::column::rows_where;
use crate::value::Truth;
use std::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, Not};

/// The bits of one row: as many days as it has bits.
pub(super) trait Word:
    Copy
    + Default
    + Eq
    + Send
    + Sync
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
    + Not<Output = Self>
    + BitAndAssign
    + BitOrAssign
{
    /// How many days fit.
    const DAYS: usize;
    /// No day.
    const NONE: Self;

    /// That day alone, where `set` is true.
    fn bit(day: usize, set: bool) -> Self;

    /// Is it true on that day?
    fn has(self, day: usize) -> bool;

    /// The first so many days.
    fn first(days: usize) -> Self {
        (0..days.min(Self::DAYS)).fold(Self::NONE, |all, day| all | Self::bit(day, true))
    }

    /// All days where `set` is true.
    fn all_if(set: bool, full: Self) -> Self;
}

macro_rules! word {
    ($($ty:ty),*) => {$(
        impl Word for $ty {
            const DAYS: usize = <$ty>::BITS as usize;
            const NONE: Self = 0;

            #[inline]
            fn bit(day: usize, set: bool) -> Self {
                // No shift of what differs from row to row: vectors of bytes have none.
                <$ty>::from(set).wrapping_neg() & 1 << (day % Self::DAYS)
            }

            #[inline]
            fn has(self, day: usize) -> bool {
                self & 1 << (day % Self::DAYS) != 0
            }

            #[inline]
            fn all_if(set: bool, full: Self) -> Self {
                <$ty>::from(set).wrapping_neg() & full
            }
        }
    )*};
}

word!(u8, u16, u32, u64);

/// What is true of each row, day by day. `sure` where it is true whatever the missing facts are, `may` where it could
/// be: without `may`, nothing is missing and the two are one.
#[derive(Debug, Default)]
pub(super) struct Mask<W> {
    pub sure: Vec<W>,
    pub may: Option<Vec<W>>,
}

impl<W: Clone> Clone for Mask<W> {
    fn clone(&self) -> Self {
        Self { sure: self.sure.clone(), may: self.may.clone() }
    }

    // In the room that is there.
    fn clone_from(&mut self, other: &Self) {
        self.sure.clone_from(&other.sure);
        self.may.clone_from(&other.may);
    }
}

impl<W: Word> Mask<W> {
    /// The same of every row.
    pub fn of(rows: usize, sure: W, may: W) -> Self {
        Self { sure: vec![sure; rows], may: (sure != may).then(|| vec![may; rows]) }
    }

    /// True of every row.
    pub fn everywhere(rows: usize, full: W) -> Self {
        Self { sure: vec![full; rows], may: None }
    }

    /// What is true of one row on some days.
    pub fn set(&mut self, row: usize, days: W, truth: Truth) {
        let put = |word: &mut W, set: bool| *word = if set { *word | days } else { *word & !days };
        if truth.is_unknown() && self.may.is_none() {
            self.may = Some(self.sure.clone());
        }
        put(&mut self.sure[row], truth.is_true());
        if let Some(may) = &mut self.may {
            put(&mut may[row], !truth.is_false());
        }
    }

    /// The rows of which it is not known on some day, in order.
    pub fn doubtful(&self) -> Vec<u32> {
        let Some(may) = &self.may else { return Vec::new() };
        let differing: Vec<W> = self.sure.iter().zip(may).map(|(sure, may)| *may & !*sure).collect();
        rows_where(&differing, |word| word != W::NONE)
    }

    /// Where it could be true.
    pub fn may(&self) -> &[W] {
        self.may.as_deref().unwrap_or(&self.sure)
    }

    /// Kleene conjunction, row by row.
    pub fn and(&mut self, other: &Self) {
        combine(self, other, |a, b| a & b);
    }

    /// Kleene disjunction, row by row.
    pub fn or(&mut self, other: &Self) {
        combine(self, other, |a, b| a | b);
    }

    /// With the same words on every row.
    pub fn and_all(&mut self, (sure, may): (W, W)) {
        if sure != may && self.may.is_none() {
            self.may = Some(self.sure.clone());
        }
        self.sure.iter_mut().for_each(|word| *word &= sure);
        self.may.iter_mut().flatten().for_each(|word| *word &= may);
    }

    /// With the same words on every row.
    pub fn or_all(&mut self, (sure, may): (W, W)) {
        if sure != may && self.may.is_none() {
            self.may = Some(self.sure.clone());
        }
        self.sure.iter_mut().for_each(|word| *word |= sure);
        self.may.iter_mut().flatten().for_each(|word| *word |= may);
    }

    /// Kleene negation on the days of `full`: what could be false could be true now.
    pub fn negate(&mut self, full: W) {
        match &mut self.may {
            None => self.sure.iter_mut().for_each(|word| *word = !*word & full),
            Some(may) => {
                for (sure, may) in self.sure.iter_mut().zip(may.iter_mut()) {
                    (*sure, *may) = (!*may & full, !*sure & full);
                }
            }
        }
    }
}

fn combine<W: Word>(left: &mut Mask<W>, right: &Mask<W>, op: impl Fn(W, W) -> W) {
    let each = |into: &mut [W], with: &[W]| {
        for (a, b) in into.iter_mut().zip(with) {
            *a = op(*a, *b);
        }
    };
    if right.may.is_some() && left.may.is_none() {
        left.may = Some(left.sure.clone());
    }
    if let Some(may) = &mut left.may {
        each(may, right.may());
    }
    each(&mut left.sure, &right.sure);
}
