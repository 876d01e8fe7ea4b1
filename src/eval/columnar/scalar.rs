//! What an expression comes to that is the same on every row, slot by slot: constants, parameters, the judged day.

use super::slots::Slot;
use super::store::{HIGH, LOW};
use crate::eval::traced::{Fixed, Found};
use crate::ir::{NodeId, Op};
use crate::types::Type;
use crate::value::{Day, Ratio, Truth};

/// Most stretches of days on which a scalar is looked up inside one slot.
const MAX_STRETCHES: usize = 64;

/// A value on one slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scalar {
    pub truth: Truth,
    /// Least and greatest number, fen, day or code.
    pub lo: i64,
    pub hi: i64,
    pub rate: Option<Ratio>,
    pub there: Truth,
    /// It could not be computed.
    pub fault: bool,
}

impl Scalar {
    const FAULT: Self =
        Self { truth: Truth::Unknown, lo: LOW, hi: HIGH, rate: None, there: Truth::Unknown, fault: true };

    fn of(found: Found) -> Self {
        Self {
            truth: found.truth,
            lo: found.bounds.lo.unwrap_or(LOW),
            hi: found.bounds.hi.unwrap_or(HIGH),
            rate: found.rate,
            there: found.there,
            fault: false,
        }
    }

    fn hull(self, other: Self) -> Self {
        let either = |a: Truth, b: Truth| if a == b { a } else { Truth::Unknown };
        Self {
            truth: either(self.truth, other.truth),
            lo: self.lo.min(other.lo),
            hi: self.hi.max(other.hi),
            rate: self.rate.filter(|rate| other.rate == Some(*rate)),
            there: either(self.there, other.there),
            fault: self.fault || other.fault,
        }
    }

    /// Is it one value, of a type?
    pub(super) fn is_known(&self, ty: Type) -> bool {
        match ty {
            _ if self.fault => false,
            Type::Truth => !self.truth.is_unknown(),
            Type::Rate => self.rate.is_some() && self.there.is_true(),
            _ => self.single().is_some(),
        }
    }

    pub(super) fn single(&self) -> Option<i64> {
        (self.lo == self.hi && self.there.is_true()).then_some(self.lo)
    }
}

/// The value of an expression that reads no row, on one slot.
pub(super) fn scalar(fixed: &Fixed<'_>, node: NodeId, slot: Slot) -> Scalar {
    let on = |day: Day| fixed.find(node, day, None).ok();
    let Some(found) = on(slot.first) else { return Scalar::FAULT };
    let mut whole = Scalar::of(found);
    if slot.first == slot.last || found.horizon > slot.last {
        return whole;
    }
    if follows_today(fixed, node) {
        let Some(last) = on(slot.last) else { return Scalar::FAULT };
        return whole.hull(Scalar::of(last));
    }
    let mut next = found.horizon;
    for _ in 0..MAX_STRETCHES {
        let Some(found) = on(next) else { return Scalar::FAULT };
        whole = whole.hull(Scalar::of(found));
        if found.horizon > slot.last || found.horizon <= next {
            return whole;
        }
        next = found.horizon;
    }
    Scalar { truth: Truth::Unknown, lo: LOW, hi: HIGH, rate: None, there: Truth::Unknown, fault: false }
}

/// Is it the judged day, or a day that never falls back while the judged day moves on?
fn follows_today(fixed: &Fixed<'_>, node: NodeId) -> bool {
    let mut node = node;
    loop {
        match &fixed.plan.node(node).op {
            Op::Today => return true,
            Op::Shift { date, .. } | Op::Month(_, date) => node = *date,
            _ => return false,
        }
    }
}
