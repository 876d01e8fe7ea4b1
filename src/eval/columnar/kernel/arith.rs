//! Arithmetic on numbers and fen. Amounts that are not rounded yet are kept as whole numbers of equal parts of a fen.

use crate::ast::RoundTo;
use crate::eval::columnar::column::{Numbers, One, Slice, Source, loose, presence};
use crate::eval::columnar::store::LOW;
use crate::eval::columnar::word::Word;
use crate::ir::Arith;
use crate::types::Type;
use crate::value::{Bounds, Ratio, Rounding};
use std::cell::Cell;

/// How an operation on a batch went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::eval::columnar) enum Done {
    /// Every row has its value.
    All,
    /// Not an operation of columns: anything may have come out.
    Rough,
    /// Some row does not fit, or divides by zero.
    Fault,
}

/// The rows and slots of a batch.
#[derive(Clone, Copy)]
pub(in crate::eval::columnar) struct Shape<W> {
    pub rows: usize,
    pub slots: usize,
    pub full: W,
}

/// `left op right`, of the type of the result.
pub(in crate::eval::columnar) fn arith<W: Word>(
    (op, ty): (Arith, Type),
    left: Source<'_, W>,
    right: Source<'_, W>,
    shape: Shape<W>,
    into: &mut Numbers<W>,
) -> Done {
    match ty {
        Type::Number | Type::Money => whole(op, left, right, shape, into),
        Type::ExactMoney => exact(op, left, right, shape, into),
        _ => Done::Rough,
    }
}

fn whole<W: Word>(
    op: Arith,
    left: Source<'_, W>,
    right: Source<'_, W>,
    shape: Shape<W>,
    into: &mut Numbers<W>,
) -> Done {
    let slots = begin(&[left, right], 1, shape, into);
    let one = |slot: usize, row: usize| {
        let (a, b) = (One::of(left, slot, row), One::of(right, slot, row));
        let value = match op {
            Arith::Add => Bounds { lo: add(a.value.lo, b.value.lo), hi: add(a.value.hi, b.value.hi) },
            Arith::Sub => Bounds { lo: sub(a.value.lo, b.value.hi), hi: sub(a.value.hi, b.value.lo) },
            Arith::Mul => product(a.value, b.value),
            // By something that may be zero: where it is known to be, it is a fault, told by name.
            _ if has_zero(b.value) => Bounds::any(),
            Arith::Whole => floor(a.value, b.value),
            Arith::Rest => rest(a.value, b.value),
            Arith::Div => Bounds::any(),
        };
        One { value, there: a.there.and(b.there) }
    };
    let divides = matches!(op, Arith::Whole | Arith::Rest | Arith::Div);
    for slot in 0..slots {
        let (a, b) = (left.slice(slot), right.slice(slot));
        let into = &mut into.lo[slot * shape.rows..(slot + 1) * shape.rows];
        let (x, y) = (u128::from(a.magnitude()), u128::from(b.magnitude()));
        match op {
            Arith::Add | Arith::Sub if x + y >= i64::MAX as u128 => return Done::Fault,
            Arith::Mul if x * y >= i64::MAX as u128 => return Done::Fault,
            Arith::Add => zip(a, b, into, i64::wrapping_add),
            Arith::Sub => zip(a, b, into, i64::wrapping_sub),
            Arith::Mul => zip(a, b, into, i64::wrapping_mul),
            Arith::Whole | Arith::Rest | Arith::Div => {}
        }
    }
    if !divides {
        into.there = presence(&[left, right]);
        into.mend(loose(&[left, right], shape.rows), shape.full, one);
        return Done::All;
    }
    let faulty = Cell::new(false);
    into.mend((0..).take(shape.rows), shape.full, |slot, row| {
        let (a, b) = (One::of(left, slot, row), One::of(right, slot, row));
        let found = one(slot, row);
        let known = a.value.single().is_some() && b.value.single().is_some() && found.there.is_true();
        let fails = b.value.single() == Some(0) || known && found.value.single().is_none();
        faulty.set(faulty.get() || fails);
        found
    });
    if faulty.get() { Done::Fault } else { Done::All }
}

fn has_zero(bounds: Bounds<i64>) -> bool {
    bounds.lo.is_none_or(|lo| lo <= 0) && bounds.hi.is_none_or(|hi| 0 <= hi)
}

fn add(a: Option<i64>, b: Option<i64>) -> Option<i64> {
    a.zip(b).and_then(|(a, b)| a.checked_add(b))
}

fn sub(a: Option<i64>, b: Option<i64>) -> Option<i64> {
    a.zip(b).and_then(|(a, b)| a.checked_sub(b))
}

/// By a known factor that is not negative, an end without bound leaves the other as it is.
fn product(a: Bounds<i64>, b: Bounds<i64>) -> Bounds<i64> {
    let factor = |bounds: Bounds<i64>| bounds.single().filter(|factor| *factor >= 0);
    let (other, factor) = match (factor(a), factor(b)) {
        (Some(factor), _) => (b, factor),
        (None, Some(factor)) => (a, factor),
        (None, None) => return corners(a, b, i64::checked_mul),
    };
    Bounds {
        lo: other.lo.and_then(|end| end.checked_mul(factor)),
        hi: other.hi.and_then(|end| end.checked_mul(factor)),
    }
}

fn corners(a: Bounds<i64>, b: Bounds<i64>, op: impl Fn(i64, i64) -> Option<i64>) -> Bounds<i64> {
    let mut corners = Vec::with_capacity(4);
    for x in [a.lo, a.hi] {
        for y in [b.lo, b.hi] {
            match x.zip(y).and_then(|(x, y)| op(x, y)) {
                Some(corner) => corners.push(corner),
                None => return Bounds::any(),
            }
        }
    }
    Bounds { lo: corners.iter().min().copied(), hi: corners.iter().max().copied() }
}

/// Quotients rounded down; the divisor is not zero.
fn floor(a: Bounds<i64>, b: Bounds<i64>) -> Bounds<i64> {
    corners(a, b, floored)
}

fn floored(a: i64, b: i64) -> Option<i64> {
    let quotient = a.checked_div(b)?;
    let below = a % b != 0 && (a < 0) != (b < 0);
    if below { quotient.checked_sub(1) } else { Some(quotient) }
}

/// What a division leaves over: between zero and the divisor, and nearer where it divides in one way only.
fn rest(a: Bounds<i64>, b: Bounds<i64>) -> Bounds<i64> {
    let outer = if b.lo.is_some_and(|lo| lo > 0) {
        Bounds { lo: Some(0), hi: b.hi.and_then(|hi| hi.checked_sub(1)) }
    } else {
        Bounds { lo: b.lo.and_then(|lo| lo.checked_add(1)), hi: Some(0) }
    };
    let Some(times) = floor(a, b).single() else { return outer };
    let taken = corners(Bounds::exact(times), b, i64::checked_mul);
    let lo = sub(a.lo, taken.hi);
    let hi = sub(a.hi, taken.lo);
    Bounds { lo: lo.max(outer.lo), hi: [hi, outer.hi].into_iter().flatten().min() }
}

/// Amounts in parts of a fen: by a rate or a number that is the same on every row, and sums of such amounts.
fn exact<W: Word>(
    op: Arith,
    left: Source<'_, W>,
    right: Source<'_, W>,
    shape: Shape<W>,
    into: &mut Numbers<W>,
) -> Done {
    match op {
        Arith::Mul | Arith::Div => {
            let (amount, factor) = match (left, right) {
                (Source::Rows(_), Source::Same(_)) => (left, right),
                (Source::Same(_), Source::Rows(_)) if op == Arith::Mul => (right, left),
                _ => return Done::Rough,
            };
            let Some(factors) = factors(factor, op == Arith::Div) else { return Done::Rough };
            scaled(amount, &factors, shape, into)
        }
        Arith::Add | Arith::Sub => {
            let (Source::Rows(_), Source::Rows(_)) = (left, right) else { return Done::Rough };
            if left.parts() != right.parts() {
                return Done::Rough;
            }
            let done = whole(op, left, right, shape, into);
            into.parts = left.parts();
            done
        }
        Arith::Whole | Arith::Rest => Done::Rough,
    }
}

/// The factors of the slots as numerators over one denominator; none where one is not a known positive rate.
fn factors<W: Word>(factor: Source<'_, W>, inverse: bool) -> Option<(Vec<i64>, i64)> {
    let Source::Same(scalars) = factor else { return None };
    let rates = scalars.iter().map(|scalar| {
        let rate =
            scalar.rate.or_else(|| scalar.single().map(Ratio::whole)).filter(|_| scalar.there.is_true())?;
        let zero = Ratio::whole(0);
        let rate = if inverse { Ratio::whole(1).checked_div(rate)? } else { rate };
        (rate >= zero).then_some(rate)
    });
    let rates: Vec<Ratio> = rates.collect::<Option<_>>()?;
    let mut whole = 1_i128;
    for rate in &rates {
        whole = whole.checked_mul(rate.den() / gcd(whole, rate.den()))?;
    }
    let numerators = rates.iter().map(|rate| i64::try_from(rate.num().checked_mul(whole / rate.den())?).ok());
    Some((numerators.collect::<Option<_>>()?, i64::try_from(whole).ok()?))
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a.max(1) } else { gcd(b, a % b) }
}

fn scaled<W: Word>(
    amount: Source<'_, W>,
    (factors, parts): &(Vec<i64>, i64),
    shape: Shape<W>,
    into: &mut Numbers<W>,
) -> Done {
    let Some(parts) = amount.parts().checked_mul(*parts) else { return Done::Rough };
    let steady = factors.windows(2).all(|two| two[0] == two[1]);
    let slots = if steady { amount.slots(shape.slots) } else { shape.slots };
    map(amount, (slots, parts), shape, into, |slot, end| {
        end.checked_mul(factors.get(slot).copied().unwrap_or(1))
    })
}

/// Rounded to whole fen or yuan; rounding keeps order.
pub(in crate::eval::columnar) fn round<W: Word>(
    amount: Source<'_, W>,
    (mode, to): (Rounding, RoundTo),
    shape: Shape<W>,
    into: &mut Numbers<W>,
) -> Done {
    let unit = match to {
        RoundTo::Fen => 1,
        RoundTo::Yuan => 100,
    };
    let parts = i128::from(amount.parts());
    map(amount, (amount.slots(shape.slots), 1), shape, into, |_, end| {
        Ratio::new(i128::from(end), parts)?.round_to(unit, mode)
    })
}

/// Both ends of every value changed by a function that keeps order; a known value for which there is none is a fault.
pub(in crate::eval::columnar) fn map<W: Word>(
    values: Source<'_, W>,
    (slots, parts): (usize, i64),
    shape: Shape<W>,
    into: &mut Numbers<W>,
    change: impl Fn(usize, i64) -> Option<i64>,
) -> Done {
    into.zeros(parts, slots, shape.rows);
    let loose = loose(&[values], shape.rows);
    let faults = Cell::new(false);
    let there = presence(&[values]);
    for slot in 0..slots {
        let mut waiting = loose.iter().map(|row| *row as usize).peekable();
        let place = slot * shape.rows;
        let is_there = |row: &usize| there.as_ref().is_none_or(|there| there.sure[*row].has(slot));
        for row in (0..shape.rows).filter(|row| waiting.next_if_eq(row).is_none()).filter(is_there) {
            let changed = change(slot, values.at(slot, row).0);
            faults.set(faults.get() || changed.is_none());
            into.lo[place + row] = changed.unwrap_or(LOW);
        }
    }
    into.there = there;
    into.mend(loose, shape.full, |slot, row| {
        let One { value, there } = One::of(values, slot, row);
        let changed = value.map_monotone(|end| change(slot, end));
        faults.set(faults.get() || value.single().is_some() && changed.single().is_none());
        One { value: changed, there }
    });
    if faults.get() { Done::Fault } else { Done::All }
}

fn begin<W: Word>(sources: &[Source<'_, W>], parts: i64, shape: Shape<W>, into: &mut Numbers<W>) -> usize {
    let slots = sources.iter().map(|source| source.slots(shape.slots)).max().unwrap_or(1);
    into.room(parts, slots, shape.rows);
    slots
}

fn zip(a: Slice<'_>, b: Slice<'_>, into: &mut [i64], op: impl Fn(i64, i64) -> i64) {
    match (a, b) {
        (Slice::Rows(a), Slice::Rows(b)) => {
            for ((into, a), b) in into.iter_mut().zip(a).zip(b) {
                *into = op(*a, *b);
            }
        }
        (Slice::Rows(a), Slice::Same(b)) => {
            for (into, a) in into.iter_mut().zip(a) {
                *into = op(*a, b);
            }
        }
        (Slice::Same(a), Slice::Rows(b)) => {
            for (into, b) in into.iter_mut().zip(b) {
                *into = op(a, *b);
            }
        }
        (Slice::Same(a), Slice::Same(b)) => into.fill(op(a, b)),
    }
}
