//! Intervals of possible values: how a fact that is only partly known goes through arithmetic.
//!
//! Every operation is safe (it never leaves out a possible value) and may be wide.

use super::Truth;
use std::cmp::Ordering;

/// The values something could have: from `lo` to `hi`, both ends in; `None` is no bound on that side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bounds<T> {
    /// Least possible value.
    pub lo: Option<T>,
    /// Greatest possible value.
    pub hi: Option<T>,
}

impl<T: Copy + Ord> Bounds<T> {
    /// Anything at all.
    #[must_use]
    pub fn any() -> Self {
        Self { lo: None, hi: None }
    }

    /// Exactly this value.
    pub fn exact(value: T) -> Self {
        Self { lo: Some(value), hi: Some(value) }
    }

    /// From `lo` to `hi`, both ends in.
    pub fn between(lo: T, hi: T) -> Self {
        Self { lo: Some(lo), hi: Some(hi) }
    }

    /// The value, when only one is possible.
    pub fn single(&self) -> Option<T> {
        match (self.lo, self.hi) {
            (Some(lo), Some(hi)) if lo == hi => Some(lo),
            _ => None,
        }
    }

    /// The smallest interval that holds both.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self {
            lo: self.lo.zip(other.lo).map(|(a, b)| a.min(b)),
            hi: self.hi.zip(other.hi).map(|(a, b)| a.max(b)),
        }
    }

    /// Ends converted by a function that keeps order.
    pub fn map_monotone<U>(self, f: impl Fn(T) -> Option<U>) -> Bounds<U> {
        Bounds { lo: self.lo.and_then(&f), hi: self.hi.and_then(&f) }
    }

    /// Could `self` be below `other`, equal to it, above it? Settled only where the intervals settle it.
    /// The test is given as the orderings that satisfy it.
    pub fn compare(&self, other: &Self, accepts: impl Fn(Ordering) -> bool) -> Truth {
        let below = less(self.lo, other.hi, false);
        let above = less(other.lo, self.hi, false);
        let equal = less(self.lo, other.hi, true) && less(other.lo, self.hi, true);
        let mut outcomes = [(below, Ordering::Less), (equal, Ordering::Equal), (above, Ordering::Greater)]
            .into_iter()
            .filter(|(possible, _)| *possible)
            .map(|(_, ordering)| accepts(ordering));
        let Some(first) = outcomes.next() else { return Truth::Unknown };
        if outcomes.all(|accepted| accepted == first) { first.into() } else { Truth::Unknown }
    }
}

/// `lo < hi` (or `<=`), where a missing end never stands in the way.
fn less<T: Ord>(lo: Option<T>, hi: Option<T>, or_equal: bool) -> bool {
    match (lo, hi) {
        (Some(lo), Some(hi)) => lo < hi || or_equal && lo == hi,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_settles_what_it_can() {
        let march = Bounds::between(10, 20);
        assert_eq!(march.compare(&Bounds::exact(21), Ordering::is_lt), Truth::True);
        assert_eq!(march.compare(&Bounds::exact(9), Ordering::is_le), Truth::False);
        assert_eq!(march.compare(&Bounds::exact(15), Ordering::is_le), Truth::Unknown);
        assert_eq!(march.compare(&march, Ordering::is_eq), Truth::Unknown);
        assert_eq!(Bounds::exact(5).compare(&Bounds::exact(5), Ordering::is_eq), Truth::True);
        assert_eq!(Bounds::any().compare(&Bounds::exact(5), Ordering::is_ne), Truth::Unknown);
    }
}
