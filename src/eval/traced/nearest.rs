//! The nearest change that would change an outcome: time that passes, or one fact that reads otherwise.
//!
//! Found by trying: later days one horizon after another, and for each fact that a failing condition read the values
//! at which the clause could turn: other codes, its own constants and days, and the day it was judged on moved by them.

use super::computed::{Computed, Presence, Value};
use super::entitle::Case;
use crate::ast::{Rhythm, TimeUnit};
use crate::eval::{FactId, FactPart, Outcome};
use crate::ir::{Constant, Op};
use crate::schema::{Blank, Datum, FieldType};
use crate::value::{Bounds, Day, DaySpan, Fact, Fen, Truth};
use std::collections::BTreeSet;

/// How far ahead is looked.
const YEARS: i64 = 40;
/// Most days tried ahead.
const MAX_DAYS: usize = 2_000;

/// A change that would change the outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nearest {
    /// From that day on it would be granted, were all else as it is.
    From(Day),
    /// Up to that day it is granted, if all else stays as it is.
    Until(Day),
    /// It would be granted if that fact were so.
    If(FactId, Fact<Datum>),
}

/// What would change the outcome of a case on a day; `read` are the facts its failing conditions rest on.
pub(super) fn nearest(case: &Case<'_>, day: Day, outcome: &Outcome, read: &[FactId]) -> Vec<Nearest> {
    let once = matches!(case.benefit.rhythm, Rhythm::Once | Rhythm::EachEvent);
    match outcome {
        Outcome::NotGranted => {
            let later = (!once || case.benefit.rhythm == Rhythm::Once)
                .then(|| first(case, day, |outcome| grants(&outcome)))
                .flatten()
                .map(Nearest::From);
            let fact = read.iter().find_map(|fact| other_value(case, day, *fact));
            later.into_iter().chain(fact).collect()
        }
        Outcome::Granted(_) if !once => {
            let ends =
                first(case, day, |outcome| matches!(outcome, Outcome::NotGranted | Outcome::NotApplicable));
            ends.and_then(|end| end.add_days(-1)).map(Nearest::Until).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn grants(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Granted(_) | Outcome::Awaiting { .. })
}

/// The first later day on which the clause as it stands comes to such an outcome.
fn first(case: &Case<'_>, day: Day, wanted: impl Fn(Outcome) -> bool) -> Option<Day> {
    let last = day.add_months(YEARS * 12).unwrap_or(Day::MAX).min(case.benefit.days.last());
    let mut next = case.judge(day).horizon;
    for _ in 0..MAX_DAYS {
        if next > last || next <= day {
            return None;
        }
        let judgement = case.judge(next);
        if wanted(judgement.outcome) {
            return Some(next);
        }
        if judgement.horizon <= next {
            return None;
        }
        next = judgement.horizon;
    }
    None
}

/// The value of a fact nearest to what it is at which the benefit would be granted.
fn other_value(case: &Case<'_>, day: Day, fact: FactId) -> Option<Nearest> {
    let FactPart::Field(field) = fact.part else { return None };
    let declared = case.plan.schema.field(fact.record, field);
    let now = case.register.fact(fact.record, field, fact.row);
    if declared.sensitive || matches!(now, Fact::Unknown) {
        return None;
    }
    let mut values: Vec<(i64, Fact<Datum>)> = candidates(case, day, &declared.ty)
        .into_iter()
        .map(|datum| (distance(&now, &datum, day), Fact::Known(datum)))
        .collect();
    if declared.blank != Blank::Unknown {
        values.push((i64::MAX, Fact::Absent));
    }
    values.sort_by_key(|(distance, _)| *distance);
    let turns = |value: &Fact<Datum>| *value != now && case.granted_with(day, fact, computed(value));
    let found = values.into_iter().map(|(_, value)| value).find(turns)?;
    Some(Nearest::If(fact, found))
}

/// How far a value is from what the register says; a day where it says nothing, from the judged day.
fn distance(now: &Fact<Datum>, other: &Datum, day: Day) -> i64 {
    let days = |a: Day, b: Day| (i64::from(a.number()) - i64::from(b.number())).abs();
    match (now, other) {
        (Fact::Absent, Datum::Date(other)) => days(day, other.first),
        (Fact::Known(Datum::Date(a)), Datum::Date(b)) => days(a.first, b.first),
        (Fact::Known(Datum::Money(a)), Datum::Money(b)) => a.0.abs_diff(b.0).try_into().unwrap_or(i64::MAX),
        (Fact::Known(Datum::Number(a)), Datum::Number(b)) => a.abs_diff(*b).try_into().unwrap_or(i64::MAX),
        _ => 0,
    }
}

/// The values at which the conditions of a clause could turn.
fn candidates(case: &Case<'_>, day: Day, ty: &FieldType) -> Vec<Datum> {
    match ty {
        FieldType::Code(codes) => {
            (0..codes.len()).filter_map(|code| u16::try_from(code).ok()).map(Datum::Code).collect()
        }
        FieldType::Flag => vec![Datum::Flag(true), Datum::Flag(false)],
        FieldType::Date => {
            let around = |day: Day| [day.add_days(-1), Some(day), day.add_days(1)];
            let days: BTreeSet<Day> =
                turning_days(case, day).into_iter().flat_map(around).flatten().collect();
            days.into_iter().map(|day| Datum::Date(DaySpan::day(day))).collect()
        }
        FieldType::Money => constants(case)
            .iter()
            .filter_map(|constant| match constant {
                Constant::Money(fen) => Some([fen.0 - 1, fen.0, fen.0 + 1]),
                _ => None,
            })
            .flatten()
            .map(|fen| Datum::Money(Fen(fen)))
            .collect(),
        FieldType::Number => constants(case)
            .iter()
            .filter_map(|constant| match constant {
                Constant::Number(number) => Some([number - 1, *number, number + 1]),
                _ => None,
            })
            .flatten()
            .map(Datum::Number)
            .collect(),
        FieldType::Text | FieldType::Percent => Vec::new(),
    }
}

/// Days written in the clause, the judged day, and the judged day moved back by every number and duration in it.
fn turning_days(case: &Case<'_>, day: Day) -> Vec<Day> {
    let mut days = vec![day];
    for constant in constants(case) {
        match constant {
            Constant::Date(day) => days.push(day),
            Constant::Number(number) => {
                days.extend(number.checked_mul(-12).and_then(|months| day.add_months(months)));
                days.extend(number.checked_neg().and_then(|months| day.add_months(months)));
                days.extend(number.checked_neg().and_then(|count| day.add_days(count)));
            }
            _ => {}
        }
    }
    for (count, unit) in shifts(case) {
        let back = count.checked_neg();
        days.extend(back.and_then(|count| match unit {
            TimeUnit::Days => day.add_days(count),
            TimeUnit::Months => day.add_months(count),
            TimeUnit::Years => day.add_months(count.checked_mul(12)?),
        }));
    }
    days
}

fn ops<'r>(case: &Case<'r>) -> impl Iterator<Item = &'r Op> {
    let plan = case.plan;
    let mut waiting: Vec<_> =
        case.benefit.filter.iter().chain(&case.benefit.conditions).map(|condition| condition.node).collect();
    let mut seen = BTreeSet::new();
    std::iter::from_fn(move || {
        while let Some(node) = waiting.pop() {
            if seen.insert(node) {
                let op = &plan.node(node).op;
                op.operands(&mut waiting);
                return Some(op);
            }
        }
        None
    })
}

fn constants(case: &Case<'_>) -> Vec<Constant> {
    let of = |op: &Op| match op {
        Op::Constant(constant) => Some(constant.clone()),
        _ => None,
    };
    ops(case).filter_map(of).collect()
}

fn shifts(case: &Case<'_>) -> Vec<(i64, TimeUnit)> {
    let of = |op: &Op| match op {
        Op::Shift { count, unit, .. } => Some((*count, *unit)),
        _ => None,
    };
    ops(case).filter_map(of).collect()
}

/// A value put in the place of a fact.
pub(super) fn computed(value: &Fact<Datum>) -> Computed<'_> {
    let known = |value| Computed::known(value);
    match value {
        Fact::Known(Datum::Code(code)) => known(Value::Code(Some(*code))),
        Fact::Known(Datum::Flag(flag)) => known(Value::Truth((*flag).into())),
        Fact::Known(Datum::Date(span)) => known(Value::Date(span.bounds())),
        Fact::Known(Datum::Money(fen)) => known(Value::Money(Bounds::exact(*fen))),
        Fact::Known(Datum::Number(number)) => known(Value::Number(Bounds::exact(*number))),
        Fact::Known(Datum::Percent(ratio)) => known(Value::Ratio(Bounds::exact(*ratio))),
        Fact::Known(Datum::Text(text)) => known(Value::Text(Some(text))),
        Fact::Absent | Fact::Unknown => {
            Computed { presence: Presence::Absent, ..known(Value::Truth(Truth::False)) }
        }
    }
}
