//! Arithmetic on what is known: exact on known values, safe intervals on the rest.
//!
//! A known result that does not fit is a fault; an end of an interval that does not fit is no bound.

use super::computed::{Certainty, Computed, Presence, Value};
use super::expr::Outcome;
use crate::ast::{RoundTo, TimeUnit};
use crate::eval::Fault;
use crate::ir::{Arith, NodeId};
use crate::types::Type;
use crate::value::{Bounds, Fen, Ratio, Rounding};

/// Both ends as exact fractions; money in fen.
pub(super) fn ratio_bounds(value: Value<'_>) -> Option<Bounds<Ratio>> {
    Some(match value {
        Value::Number(bounds) => bounds.map_monotone(|number| Some(Ratio::whole(number))),
        Value::Money(bounds) => bounds.map_monotone(|fen| Some(Ratio::whole(fen.0))),
        Value::Ratio(bounds) => bounds,
        _ => return None,
    })
}

pub(super) fn arith<'r>(
    id: NodeId,
    ty: Type,
    op: Arith,
    left: Computed<'r>,
    right: Computed<'r>,
) -> Outcome<'r> {
    let presence = left.presence.with(right.presence);
    let certainty = left.certainty.max(right.certainty);
    let horizon = left.horizon.min(right.horizon);
    let (Some(a), Some(b)) = (ratio_bounds(left.value), ratio_bounds(right.value)) else {
        return Err(Fault::Overflow(id));
    };
    let known = certainty == Certainty::Known && presence == Presence::Present;
    let divides = matches!(op, Arith::Div | Arith::Whole | Arith::Rest);
    if divides && known && b.single() == Some(Ratio::whole(0)) {
        return Err(Fault::DivisionByZero(id));
    }
    let bounds = match op {
        Arith::Add => {
            Bounds { lo: both(a.lo, b.lo, Ratio::checked_add), hi: both(a.hi, b.hi, Ratio::checked_add) }
        }
        Arith::Sub => {
            Bounds { lo: both(a.lo, b.hi, Ratio::checked_sub), hi: both(a.hi, b.lo, Ratio::checked_sub) }
        }
        Arith::Mul => product(a, b),
        Arith::Div | Arith::Whole | Arith::Rest if spans_zero(b) => Bounds::any(),
        Arith::Div => corners(a, b, Ratio::checked_div),
        Arith::Whole => times(a, b),
        Arith::Rest => rest(a, b),
    };
    let value = typed(bounds, ty);
    if known && !value.is_single() {
        return Err(Fault::Overflow(id));
    }
    Ok(Computed::result(value, presence, certainty, horizon))
}

/// A result as a value of its type.
pub(super) fn typed<'r>(bounds: Bounds<Ratio>, ty: Type) -> Value<'r> {
    match ty {
        Type::Number => Value::Number(bounds.map_monotone(|ratio| ratio.to_fen().map(|fen| fen.0))),
        Type::Money => Value::Money(bounds.map_monotone(Ratio::to_fen)),
        _ => Value::Ratio(bounds),
    }
}

/// Quotients rounded down; rounding keeps order.
fn times(a: Bounds<Ratio>, b: Bounds<Ratio>) -> Bounds<Ratio> {
    let down = |ratio: Ratio| ratio.round_to(1, Rounding::Down).map(Ratio::whole);
    corners(a, b, Ratio::checked_div).map_monotone(down)
}

/// What a division by whole units leaves over: between zero and the divisor, and nearer where it divides in one way only.
fn rest(a: Bounds<Ratio>, b: Bounds<Ratio>) -> Bounds<Ratio> {
    let (zero, one) = (Ratio::whole(0), Ratio::whole(1));
    let outer = if b.lo.is_some_and(|lo| lo > zero) {
        Bounds { lo: Some(zero), hi: b.hi.and_then(|hi| hi.checked_sub(one)) }
    } else {
        Bounds { lo: b.lo.and_then(|lo| lo.checked_add(one)), hi: Some(zero) }
    };
    let Some(times) = times(a, b).single() else { return outer };
    let taken = corners(Bounds::exact(times), b, Ratio::checked_mul);
    let lo = both(a.lo, taken.hi, Ratio::checked_sub);
    let hi = both(a.hi, taken.lo, Ratio::checked_sub);
    // A missing end of one is no bound; of two bounds the nearer holds.
    Bounds { lo: lo.max(outer.lo), hi: [hi, outer.hi].into_iter().flatten().min() }
}

pub(super) fn both(
    a: Option<Ratio>,
    b: Option<Ratio>,
    op: impl Fn(Ratio, Ratio) -> Option<Ratio>,
) -> Option<Ratio> {
    a.zip(b).and_then(|(a, b)| op(a, b))
}

/// A product; by a known factor that is not negative, an end without bound leaves the other as it is.
fn product(a: Bounds<Ratio>, b: Bounds<Ratio>) -> Bounds<Ratio> {
    let factor = |bounds: Bounds<Ratio>| bounds.single().filter(|factor| *factor >= Ratio::whole(0));
    let (other, factor) = match (factor(a), factor(b)) {
        (Some(factor), _) => (b, factor),
        (None, Some(factor)) => (a, factor),
        (None, None) => return corners(a, b, Ratio::checked_mul),
    };
    let end = |end: Option<Ratio>| end.and_then(|end| end.checked_mul(factor));
    Bounds { lo: end(other.lo), hi: end(other.hi) }
}

/// Products and quotients are extreme at the corners.
pub(super) fn corners(
    a: Bounds<Ratio>,
    b: Bounds<Ratio>,
    op: impl Fn(Ratio, Ratio) -> Option<Ratio>,
) -> Bounds<Ratio> {
    let mut corners = Vec::with_capacity(4);
    for x in [a.lo, a.hi] {
        for y in [b.lo, b.hi] {
            match both(x, y, &op) {
                Some(corner) => corners.push(corner),
                None => return Bounds::any(),
            }
        }
    }
    Bounds { lo: corners.iter().min().copied(), hi: corners.iter().max().copied() }
}

fn spans_zero(bounds: Bounds<Ratio>) -> bool {
    let zero = Ratio::whole(0);
    bounds.lo.is_none_or(|lo| lo <= zero) && bounds.hi.is_none_or(|hi| zero <= hi)
}

pub(super) fn round(id: NodeId, inner: Computed<'_>, mode: Rounding, to: RoundTo) -> Outcome<'_> {
    let unit = match to {
        RoundTo::Fen => 1,
        RoundTo::Yuan => 100,
    };
    let bounds = ratio_bounds(inner.value).unwrap_or_else(Bounds::any);
    let rounded = bounds.map_monotone(|ratio| ratio.round_to(unit, mode).map(Fen));
    if inner.certainty == Certainty::Known
        && inner.presence == Presence::Present
        && rounded.single().is_none()
    {
        return Err(Fault::Overflow(id));
    }
    Ok(Computed::result(Value::Money(rounded), inner.presence, inner.certainty, inner.horizon))
}

pub(super) fn shift(id: NodeId, date: Computed<'_>, count: i64, unit: TimeUnit) -> Outcome<'_> {
    let moved = date.as_date().map_monotone(|day| match unit {
        TimeUnit::Days => day.add_days(count),
        TimeUnit::Months => day.add_months(count),
        TimeUnit::Years => count.checked_mul(12).and_then(|months| day.add_months(months)),
    });
    if date.certainty == Certainty::Known && date.presence == Presence::Present && moved.single().is_none() {
        return Err(Fault::Overflow(id));
    }
    Ok(Computed::result(Value::Date(moved), date.presence, date.certainty, date.horizon))
}
