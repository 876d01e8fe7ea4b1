//! The days on which a clause is asked about: those on which it is judged and something dated begins or ends.

use crate::ast::Rhythm;
use crate::ir::{Benefit, Constant, Op, ParameterKind, Plan};
use crate::value::{Day, PeriodUnit};
use std::collections::BTreeSet;

/// Most days a question is asked on.
const MAX_DAYS: usize = 6;
/// How far an open end is looked at.
const YEARS: i64 = 3;

/// The judged days for one clause, in order.
pub(super) fn of(plan: &Plan, benefit: &Benefit) -> Vec<Day> {
    judged(benefit, &borders(plan, benefit))
}

/// The days on which something dated that a clause reads begins or ends, within the days it is in force.
pub(super) fn borders(plan: &Plan, benefit: &Benefit) -> BTreeSet<Day> {
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
    borders.retain(|day| benefit.days.contain(*day));
    borders
}

/// The first judged day of a clause on or after each of some days.
pub(super) fn judged(benefit: &Benefit, borders: &BTreeSet<Day>) -> Vec<Day> {
    let unit = match benefit.rhythm {
        Rhythm::EachMonth => Some(PeriodUnit::Month),
        Rhythm::EachQuarter => Some(PeriodUnit::Quarter),
        Rhythm::EachYear => Some(PeriodUnit::Year),
        Rhythm::Once | Rhythm::EachEvent => None,
    };
    let next = |day: Day| {
        let Some(unit) = unit else { return Some(day) };
        let end = unit.end(day);
        let here = benefit.judged_on.in_unit(unit.start(day), end);
        if day <= here {
            return Some(here);
        }
        let day = end.add_days(1)?;
        Some(benefit.judged_on.in_unit(unit.start(day), unit.end(day)))
    };
    let days: BTreeSet<Day> =
        borders.iter().filter_map(|day| next(*day)).filter(|day| benefit.days.contain(*day)).collect();
    days.into_iter().take(MAX_DAYS).collect()
}
