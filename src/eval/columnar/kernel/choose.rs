//! Values that depend on others. Where it is not known which one is taken, the result is what all that could be span.

use super::arith::Shape;
use crate::eval::columnar::column::{Column, Numbers, One, Operand, Slice, Source, Values};
use crate::eval::columnar::column::{join, rows_where, unsettled, words};
use crate::eval::columnar::store::LOW;
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

/// The value of the first case that holds.
pub(in crate::eval::columnar) fn choose<W: Word>(
    cases: &[(Test<'_, W>, Source<'_, W>)],
    otherwise: Source<'_, W>,
    shape: Shape<W>,
    into: &mut Numbers<W>,
) {
    let sources: Vec<_> = cases.iter().map(|(_, value)| *value).chain([otherwise]).collect();
    let mut open = unsettled(&sources, shape.rows, shape.full);
    for (test, _) in cases {
        match test {
            Test::Rows(mask) => join(&mut open, &mask.doubtful()),
            Test::Same(sure, may) if sure == may => {}
            Test::Same(..) => open = (0..).take(shape.rows).collect(),
        }
    }
    into.room(1, shape.slots, shape.rows);
    for slot in 0..shape.slots {
        let out = &mut into.lo[slot * shape.rows..(slot + 1) * shape.rows];
        put_all(out, otherwise.slice(slot));
        // The first case that holds is put in last.
        for (test, value) in cases.iter().rev() {
            match test {
                Test::Rows(mask) => put(out, value.slice(slot), &mask.sure, |word| word.has(slot)),
                Test::Same(sure, _) if sure.has(slot) => put_all(out, value.slice(slot)),
                Test::Same(..) => {}
            }
        }
    }
    into.mend(open, shape.full, |slot, row| {
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

/// Puts values into the rows whose word says so.
fn put<T: Copy>(out: &mut [i64], values: Slice<'_>, words: &[T], wants: impl Fn(T) -> bool) {
    match values {
        Slice::Rows(values) => {
            for ((out, value), word) in out.iter_mut().zip(values).zip(words) {
                *out = if wants(*word) { *value } else { *out };
            }
        }
        Slice::Same(value) => {
            for (out, word) in out.iter_mut().zip(words) {
                *out = if wants(*word) { value } else { *out };
            }
        }
    }
}

/// Puts values into all rows.
fn put_all(out: &mut [i64], values: Slice<'_>) {
    match values {
        Slice::Rows(values) => out.copy_from_slice(values),
        Slice::Same(value) => out.fill(value),
    }
}

/// The truth of the first case that holds.
pub(in crate::eval::columnar) fn choose_truth<W: Word>(
    cases: &[(Test<'_, W>, Test<'_, W>)],
    otherwise: Test<'_, W>,
    shape: Shape<W>,
    into: &mut Mask<W>,
) {
    let words = |test: &Test<'_, W>, row: usize| match test {
        Test::Rows(mask) => (mask.sure[row], mask.may()[row]),
        Test::Same(sure, may) => (*sure, *may),
    };
    let mut may = Vec::with_capacity(shape.rows);
    into.sure.clear();
    for row in 0..shape.rows {
        let (mut sure, mut possible) = words(&otherwise, row);
        for (test, value) in cases.iter().rev() {
            let ((holds, may_hold), (value, may_be)) = (words(test, row), words(value, row));
            // Where it holds, its value; where it does not, what the later cases say; where it may, what both say.
            sure = holds & value | !may_hold & sure | may_hold & !holds & value & sure;
            possible = may_hold & may_be | !holds & possible;
        }
        into.sure.push(sure);
        may.push(possible);
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
    let rows: Vec<_> =
        arms.iter().map(|(pattern, value)| Arm { cells: vec![Some(pattern)], value: *value }).collect();
    let mut open = first_fit(&[subject], &rows, otherwise, shape, into);
    let alone = |(place, (pattern, _)): (usize, &(Pattern, Source<'_, W>))| {
        arms[..place].iter().all(|(other, _)| !could_hit(pattern, ends(other)))
    };
    if !arms.iter().enumerate().all(alone) {
        open = (0..).take(shape.rows).collect();
    }
    let spans: Vec<_> = arms
        .iter()
        .filter_map(|(pattern, _)| match pattern {
            Pattern::Span(lo, hi) => Some((*lo, *hi)),
            Pattern::Code(_) => None,
        })
        .collect();
    into.mend(open, shape.full, |slot, row| {
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
    let arms: Vec<_> = rows
        .iter()
        .map(|(cells, value)| Arm { cells: cells.iter().map(Option::as_ref).collect(), value: *value })
        .collect();
    let open = first_fit(subjects, &arms, None, shape, into);
    into.mend(open, shape.full, |slot, row| {
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

/// Patterns for each subject, and the value where all fit.
struct Arm<'a, W> {
    cells: Vec<Option<&'a Pattern>>,
    value: Source<'a, W>,
}

/// Puts the value of the first arm that fits into every row whose subjects are known. The rows to be looked at one by one:
/// those where something is not known, and those that no arm fits.
fn first_fit<W: Word>(
    subjects: &[Source<'_, W>],
    arms: &[Arm<'_, W>],
    otherwise: Option<Source<'_, W>>,
    shape: Shape<W>,
    into: &mut Numbers<W>,
) -> Vec<u32> {
    let sources: Vec<Source<'_, W>> =
        arms.iter().map(|arm| arm.value).chain(subjects.iter().copied()).chain(otherwise).collect();
    let slots = sources.iter().map(|source| source.slots(shape.slots)).max().unwrap_or(1);
    let mut open = unsettled(&sources, shape.rows, shape.full);
    into.room(1, slots, shape.rows);
    let mut missed = vec![false; shape.rows];
    for slot in 0..slots {
        let out = &mut into.lo[slot * shape.rows..(slot + 1) * shape.rows];
        if let Some(places) = by_code(subjects, arms, otherwise, slot)
            && places.look_up(out)
        {
            if places.known.contains(&false) {
                for (missed, code) in missed.iter_mut().zip(places.codes) {
                    *missed |= !places.known[usize::from(code.to_le_bytes()[0])];
                }
            }
            continue;
        }
        if let Some(otherwise) = otherwise {
            put_all(out, otherwise.slice(slot));
        }
        let mut hit = vec![false; shape.rows];
        let mut missed_here = vec![true; shape.rows];
        // The first arm that fits is put in last.
        for arm in arms.iter().rev() {
            hit.fill(true);
            for (subject, pattern) in subjects.iter().zip(&arm.cells) {
                let Some(pattern) = pattern else { continue };
                let Bounds { lo, hi } = ends(pattern);
                let (lo, hi) = (lo.unwrap_or(i64::MIN), hi.unwrap_or(i64::MAX));
                match subject.slice(slot) {
                    Slice::Rows(values) => {
                        for (hit, value) in hit.iter_mut().zip(values) {
                            *hit &= lo <= *value && *value <= hi;
                        }
                    }
                    Slice::Same(value) if lo <= value && value <= hi => {}
                    Slice::Same(_) => hit.fill(false),
                }
            }
            put(out, arm.value.slice(slot), &hit, |hit| hit);
            for (missed, hit) in missed_here.iter_mut().zip(&hit) {
                *missed &= !*hit;
            }
        }
        if otherwise.is_none() {
            for (missed, here) in missed.iter_mut().zip(&missed_here) {
                *missed |= *here;
            }
        }
    }
    join(&mut open, &rows_where(&missed, |missed| missed));
    open
}

/// Values looked up by the code of one subject.
struct ByCode<'a> {
    codes: &'a [i64],
    values: [i64; 256],
    known: [bool; 256],
}

impl ByCode<'_> {
    /// Looks up the values of all rows; false where one is not that of a code. What is not known ([`LOW`]) may have any: it is
    /// mended afterwards.
    fn look_up(&self, out: &mut [i64]) -> bool {
        let mut beyond = 0;
        for (out, code) in out.iter_mut().zip(self.codes) {
            beyond |= *code & !0xff & !LOW;
            *out = self.values[usize::from(code.to_le_bytes()[0])];
        }
        beyond == 0
    }
}

/// Where all arms are codes of one subject, and their values are the same on every row.
fn by_code<'a, W: Word>(
    subjects: &[Source<'a, W>],
    arms: &[Arm<'_, W>],
    otherwise: Option<Source<'_, W>>,
    slot: usize,
) -> Option<ByCode<'a>> {
    let [subject] = subjects else { return None };
    let same = |source: Source<'_, W>| match source.slice(slot) {
        Slice::Same(value) => Some(value),
        Slice::Rows(_) => None,
    };
    let Slice::Rows(codes) = subject.slice(slot) else { return None };
    let rest = otherwise.map(same);
    let (mut values, mut known) = match rest {
        Some(value) => ([value?; 256], [true; 256]),
        None => ([0; 256], [false; 256]),
    };
    for arm in arms.iter().rev() {
        let [Some(Pattern::Code(code))] = arm.cells.as_slice() else { return None };
        let code = usize::from(u8::try_from(*code).ok()?);
        (values[code], known[code]) = (same(arm.value)?, true);
    }
    Some(ByCode { codes, values, known })
}

fn ends(pattern: &Pattern) -> Bounds<i64> {
    match pattern {
        Pattern::Code(code) => Bounds::exact(i64::from(*code)),
        Pattern::Span(lo, hi) => Bounds { lo: *lo, hi: *hi },
    }
}

fn could_hit(pattern: &Pattern, value: Bounds<i64>) -> bool {
    let Bounds { lo, hi } = ends(pattern);
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
