//! Values that depend on others. Where it is not known which one is taken, the result is what all that could be span.

use super::arith::{Shape, each, resize};
use super::compare::bounds;
use crate::eval::columnar::column::{Column, Values};
use crate::eval::columnar::column::{Numbers, Operand, Source, words};
use crate::eval::columnar::word::{Mask, Word};
use crate::ir::Pattern;
use crate::value::{Bounds, Truth};

/// A condition: of the rows, or the same on all.
#[derive(Clone, Copy)]
pub(in crate::eval::columnar) enum Test<'a, W> {
    Rows(&'a Mask<W>),
    Same(W, W),
}

impl<'a, W: Word> Test<'a, W> {
    /// The condition an operand is; none where it is a number.
    pub(in crate::eval::columnar) fn of(operand: Operand<'a, W>) -> Option<Self> {
        match operand {
            Operand::Rows(Column { values: Values::Truth(mask), .. }) => Some(Self::Rows(mask)),
            Operand::Rows(_) => None,
            Operand::Same(scalars) => {
                let (sure, may) = words(scalars);
                Some(Self::Same(sure, may))
            }
        }
    }

    pub(in crate::eval::columnar) fn at(&self, slot: usize, row: usize) -> Truth {
        match self {
            Self::Rows(mask) => mask.at(slot, row),
            Self::Same(sure, _) if sure.has(slot) => Truth::True,
            Self::Same(_, may) if may.has(slot) => Truth::Unknown,
            Self::Same(..) => Truth::False,
        }
    }
}

/// What one row on one slot came to.
#[derive(Clone, Copy)]
struct One {
    value: Bounds<i64>,
    there: Truth,
}

impl One {
    const NOTHING: Self = Self { value: Bounds { lo: None, hi: None }, there: Truth::False };

    fn of<W: Word>(source: Source<'_, W>, slot: usize, row: usize) -> Self {
        Self { value: bounds(source.at(slot, row)), there: source.there(slot, row) }
    }

    fn hull(self, other: Self) -> Self {
        let there = if self.there == other.there { self.there } else { Truth::Unknown };
        Self { value: self.value.hull(other.value), there }
    }
}

/// Fills the rows with what they come to, values and presence.
fn fill<W: Word>(shape: Shape<W>, slots: usize, into: &mut Numbers<W>, one: impl Fn(usize, usize) -> One) {
    resize(into, 1, slots, shape.rows);
    let mut there = Mask { sure: vec![W::NONE; shape.rows], may: Some(vec![W::NONE; shape.rows]) };
    each(into, slots, shape.rows, |slot, row| {
        let found = one(slot, row);
        let bit = if slots == 1 { shape.full } else { W::bit(slot, true) };
        if found.there.is_true() {
            there.sure[row] |= bit;
        }
        if let Some(may) = &mut there.may
            && !found.there.is_false()
        {
            may[row] |= bit;
        }
        found.value
    });
    let all_there = there.sure.iter().all(|word| *word == shape.full);
    if there.may.as_ref() == Some(&there.sure) {
        there.may = None;
    }
    into.there = (!all_there).then_some(there);
}

/// The value of the first case that holds.
pub(in crate::eval::columnar) fn choose<W: Word>(
    cases: &[(Test<'_, W>, Source<'_, W>)],
    otherwise: Source<'_, W>,
    shape: Shape<W>,
    into: &mut Numbers<W>,
) {
    fill(shape, shape.slots, into, |slot, row| {
        let mut all: Option<One> = None;
        let mut take = |source: Source<'_, W>| {
            let one = One::of(source, slot, row);
            all = Some(all.map_or(one, |all| all.hull(one)));
        };
        let mut settled = false;
        for (test, value) in cases {
            let truth = test.at(slot, row);
            if !truth.is_false() {
                take(*value);
            }
            if truth.is_true() {
                settled = true;
                break;
            }
        }
        if !settled {
            take(otherwise);
        }
        all.unwrap_or(One::NOTHING)
    });
}

/// The truth of the first case that holds.
pub(in crate::eval::columnar) fn choose_truth<W: Word>(
    cases: &[(Test<'_, W>, Test<'_, W>)],
    otherwise: Test<'_, W>,
    shape: Shape<W>,
    into: &mut Mask<W>,
) {
    into.sure.clear();
    into.sure.resize(shape.rows, W::NONE);
    let mut may = vec![W::NONE; shape.rows];
    for (row, (sure_word, may_word)) in into.sure.iter_mut().zip(&mut may).enumerate() {
        for slot in 0..shape.slots {
            let (mut sure, mut possible, mut settled) = (true, false, false);
            let mut take = |truth: Truth| {
                sure &= truth.is_true();
                possible |= !truth.is_false();
            };
            for (test, value) in cases {
                let truth = test.at(slot, row);
                if !truth.is_false() {
                    take(value.at(slot, row));
                }
                if truth.is_true() {
                    settled = true;
                    break;
                }
            }
            if !settled {
                take(otherwise.at(slot, row));
            }
            *sure_word |= W::bit(slot, sure);
            *may_word |= W::bit(slot, possible);
        }
    }
    into.may = (may != into.sure).then_some(may);
}

/// The arm that a subject hits.
pub(in crate::eval::columnar) fn tiers<W: Word>(
    subject: Source<'_, W>,
    arms: &[(Pattern, Source<'_, W>)],
    otherwise: Option<Source<'_, W>>,
    shape: Shape<W>,
    into: &mut Numbers<W>,
) {
    let sources = arms.iter().map(|(_, value)| *value).chain([subject]).chain(otherwise);
    let slots = sources.map(|source| source.slots(shape.slots)).max().unwrap_or(1);
    let spans: Vec<_> = arms
        .iter()
        .filter_map(|(pattern, _)| match pattern {
            Pattern::Span(lo, hi) => Some((*lo, *hi)),
            Pattern::Code(_) => None,
        })
        .collect();
    fill(shape, slots, into, |slot, row| {
        let subject = One::of(subject, slot, row);
        let mut all: Option<One> = None;
        let mut take = |source: Source<'_, W>| {
            let one = One::of(source, slot, row);
            all = Some(all.map_or(one, |all| all.hull(one)));
        };
        let mut hit = false;
        if !subject.there.is_false() {
            for (pattern, value) in arms {
                if could_hit(pattern, subject.value) {
                    take(*value);
                    hit = true;
                }
            }
        }
        let settled = subject.there.is_true()
            && (subject.value.single().is_some() || crate::eval::traced::covers(&spans, subject.value));
        if let Some(otherwise) = otherwise
            && (!hit || !settled)
        {
            take(otherwise);
        }
        let Some(found) = all else { return One::NOTHING };
        let may_miss = subject.there.is_unknown() && otherwise.is_none();
        One { there: if may_miss { Truth::Unknown } else { found.there }, ..found }
    });
}

/// The row of a table that the subjects hit.
pub(in crate::eval::columnar) fn table<W: Word>(
    subjects: &[Source<'_, W>],
    rows: &[(&[Option<Pattern>], Source<'_, W>)],
    shape: Shape<W>,
    into: &mut Numbers<W>,
) {
    let sources = rows.iter().map(|(_, value)| value).chain(subjects);
    let slots = sources.map(|source| source.slots(shape.slots)).max().unwrap_or(1);
    fill(shape, slots, into, |slot, row| {
        let subjects: Vec<One> = subjects.iter().map(|subject| One::of(*subject, slot, row)).collect();
        let mut all: Option<One> = None;
        let mut sure = false;
        for (cells, value) in rows {
            let every = |fits: &dyn Fn(&Pattern, &One) -> bool| {
                let mut cells = cells.iter().zip(&subjects);
                cells.all(|(cell, subject)| cell.as_ref().is_none_or(|cell| fits(cell, subject)))
            };
            if every(&|pattern, subject| !subject.there.is_false() && could_hit(pattern, subject.value)) {
                let one = One::of(*value, slot, row);
                all = Some(all.map_or(one, |all| all.hull(one)));
            }
            if every(&fits) {
                sure = true;
                break;
            }
        }
        let Some(found) = all else { return One::NOTHING };
        let may_miss = !sure && subjects.iter().any(|subject| !subject.there.is_true());
        One { there: if may_miss { Truth::Unknown } else { found.there }, ..found }
    });
}

fn could_hit(pattern: &Pattern, value: Bounds<i64>) -> bool {
    let (lo, hi) = match pattern {
        Pattern::Code(code) => (Some(i64::from(*code)), Some(i64::from(*code))),
        Pattern::Span(lo, hi) => (*lo, *hi),
    };
    let reaches = |a: Option<i64>, b: Option<i64>| a.zip(b).is_none_or(|(a, b)| a <= b);
    reaches(value.lo, hi) && reaches(lo, value.hi)
}

/// All values that the subject could have are the pattern's.
fn fits(pattern: &Pattern, subject: &One) -> bool {
    subject.there.is_true()
        && match pattern {
            Pattern::Code(code) => subject.value.single() == Some(i64::from(*code)),
            Pattern::Span(lo, hi) => crate::eval::traced::covers(&[(*lo, *hi)], subject.value),
        }
}
