//! The days on which a clause is asked about: those on which it is judged and something dated begins or ends.

use crate::ast::Rhythm;
use crate::ir::{Benefit, Constant, Op, ParameterKind, Plan};
use crate::value::{Day, PeriodUnit};
use std::collections::BTreeSet;

/// Most days a question is asked on.
const MAX_DAYS: usize = 6;
/// How far an open end is looked at.
const YEARS: i64 = 3;

/// The days for one clause, in order.
pub(super) fn of(plan: &Plan, benefit: &Benefit) -> Vec<Day> {
    let mut borders = BTreeSet::from([benefit.days.from]);
    let mut waiting: Vec<_> =
        benefit.filter.iter().chain(&benefit.conditions).map(|condition| condition.node).collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        let op = &plan.node(id).op;
        match op {
            Op::Constant(Constant::Date(day)) => borders.extend([*day, day.next()]),
            Op::Parameter(id) => {
                if let Some(ParameterKind::Dated(values)) =
                    plan.parameters.get(id.0).map(|parameter| &parameter.kind)
                {
                    borders.extend(values.iter().map(|(from, ..)| *from));
                }
            }
            _ => {}
        }
        op.operands(&mut waiting);
    }
    let far = benefit.days.from.add_months(12 * YEARS).unwrap_or(Day::MAX);
    borders.insert(far.min(benefit.days.last()));
    let judged = |day: Day| match benefit.rhythm {
        Rhythm::EachMonth => PeriodUnit::Month.end(day),
        Rhythm::EachQuarter => PeriodUnit::Quarter.end(day),
        Rhythm::EachYear => PeriodUnit::Year.end(day),
        Rhythm::Once | Rhythm::EachEvent => day,
    };
    let days: BTreeSet<Day> =
        borders.into_iter().map(judged).filter(|day| benefit.days.contain(*day)).collect();
    days.into_iter().take(MAX_DAYS).collect()
}
