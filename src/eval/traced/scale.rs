//! Scales: the part of a value inside each band, times the rate of the band.

use super::arith::{both, corners, ratio_bounds, typed};
use super::computed::{Certainty, Computed, Presence};
use super::explain::{Calculation, Quantity};
use super::expr::{Evaluator, Outcome};
use crate::eval::Fault;
use crate::ir::NodeId;
use crate::types::Type;
use crate::value::{Bounds, Ratio};

/// `bands` are where each begins, in the scale of the subject, and its rate.
pub(super) fn scale<'r>(
    id: NodeId,
    ty: Type,
    subject: Computed<'r>,
    bands: &[(i64, Computed<'r>)],
) -> Outcome<'r> {
    let whole = ratio_bounds(subject.value).unwrap_or_else(Bounds::any);
    let mut total = Bounds::exact(Ratio::whole(0));
    let (mut presence, mut certainty, mut horizon) = (subject.presence, subject.certainty, subject.horizon);
    for (index, (from, rate)) in bands.iter().enumerate() {
        let until = bands.get(index + 1).map(|(until, _)| *until);
        let part = inside(whole, *from, until);
        let rates = ratio_bounds(rate.value).unwrap_or_else(Bounds::any);
        let share = share(part, rates);
        total = Bounds {
            lo: both(total.lo, share.lo, Ratio::checked_add),
            hi: both(total.hi, share.hi, Ratio::checked_add),
        };
        presence = presence.with(rate.presence);
        certainty = certainty.max(rate.certainty);
        horizon = horizon.min(rate.horizon);
    }
    let value = typed(total, ty);
    if certainty == Certainty::Known && presence == Presence::Present && !value.is_single() {
        return Err(Fault::Overflow(id));
    }
    Ok(Computed::result(value, presence, certainty, horizon))
}

/// How much of a value lies inside a band. It grows with the value, so its ends come from the value's.
fn inside(whole: Bounds<Ratio>, from: i64, until: Option<i64>) -> Bounds<Ratio> {
    let (zero, from) = (Ratio::whole(0), Ratio::whole(from));
    let width = until.and_then(|until| Ratio::whole(until).checked_sub(from));
    let part = |value: Ratio| {
        let above = value.checked_sub(from)?.max(zero);
        Some(width.map_or(above, |width| above.min(width)))
    };
    Bounds { lo: whole.lo.map_or(Some(zero), part), hi: whole.hi.map_or(width, part) }
}

/// A part of no less than nothing times a rate: where the rate is no less either, each end comes from its own.
fn share(part: Bounds<Ratio>, rate: Bounds<Ratio>) -> Bounds<Ratio> {
    let zero = Ratio::whole(0);
    if part.single() == Some(zero) {
        return part;
    }
    if rate.lo.is_some_and(|lo| lo >= zero) {
        return Bounds {
            lo: both(part.lo, rate.lo, Ratio::checked_mul),
            hi: both(part.hi, rate.hi, Ratio::checked_mul),
        };
    }
    corners(part, rate, Ratio::checked_mul)
}

impl Evaluator<'_> {
    /// The parts of an amount that came from a scale, one a band, and their sum.
    pub(super) fn parts(
        &self,
        id: NodeId,
        subject: NodeId,
        bands: &[(i64, NodeId)],
        row: usize,
    ) -> Vec<Calculation> {
        let (ty, subject_ty) = (self.plan.node(id).ty, self.plan.node(subject).ty);
        let Some(whole) = self.quantity(subject, row) else { return Vec::new() };
        let mut steps = Vec::new();
        let mut shares: Vec<(Type, Quantity)> = Vec::new();
        for (index, (from, rate)) in bands.iter().enumerate() {
            let until = bands.get(index + 1).map(|(until, _)| *until);
            let part = inside(Bounds::exact(whole), *from, until).single();
            if part == Some(Ratio::whole(0)) {
                continue;
            }
            let rate_of = self.quantity(*rate, row);
            let share = (ty, both(part, rate_of, Ratio::checked_mul));
            let rate_ty = self.plan.node(*rate).ty;
            let terms = vec![(subject_ty, part), (rate_ty, rate_of), share];
            steps.push(Calculation { sign: "×", terms });
            shares.push(share);
        }
        if shares.len() > 1 {
            shares.push((ty, self.quantity(id, row)));
            steps.push(Calculation { sign: "+", terms: shares });
        }
        steps
    }
}
