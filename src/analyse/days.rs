//! The days on which a clause is asked about: those on which it is judged and something dated begins or ends.

use crate::ast::ProratingPart;
use crate::ir::{Benefit, Constant, Op, ParameterKind, Pay, Plan};
use crate::value::{Day, PeriodUnit};
use std::collections::BTreeSet;

/// Most days a question is asked on.
const MAX_DAYS: usize = 60;
/// Months that are looked at one by one, whatever is dated: for what depends on the month or its ends.
const MONTHS: i64 = 14;
/// Days on which a slot is filled that are looked at, the latest ones.
const MAX_FILLED: usize = 12;
/// How far an open end is looked at.
const YEARS: i64 = 3;

/// The judged days for one clause: those at which something begins or ends first, then those of a year of months.
pub(super) fn of(plan: &Plan, benefit: &Benefit) -> Vec<Day> {
    let mut days = judged(benefit, &borders(plan, benefit));
    for day in judged(benefit, &months(benefit)) {
        if !days.contains(&day) {
            days.push(day);
        }
    }
    days.truncate(MAX_DAYS);
    days
}

/// The first, a middle and the last day of each month of more than a year.
fn months(benefit: &Benefit) -> BTreeSet<Day> {
    let start = benefit.days.from.month_start();
    let of = |month: i64| {
        let first = start.add_months(month);
        [first, first.and_then(|day| day.add_days(14)), first.map(Day::month_end)]
    };
    let days = (0..MONTHS).flat_map(of).flatten();
    // A year later also the years after, for what is paid each year.
    let years = (2..=4).filter_map(|year| start.add_months(12 * year));
    days.chain(years).filter(|day| benefit.days.contain(*day)).collect()
}

/// The days on which something dated that a clause reads begins or ends, within the days it is in force.
pub(super) fn borders(plan: &Plan, benefit: &Benefit) -> BTreeSet<Day> {
    let mut borders = BTreeSet::from([benefit.days.from]);
    let amounts = match &benefit.pay {
        Pay::Fixed(amount, _) | Pay::InKind { worth: amount, .. } => vec![*amount],
        Pay::Range { lo, hi, .. } => vec![*lo, *hi],
    };
    let conditions = benefit.filter.iter().chain(&benefit.conditions).map(|condition| condition.node);
    let mut waiting: Vec<_> = conditions.chain(amounts).collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        let op = &plan.node(id).op;
        match op {
            Op::Constant(Constant::Date(day)) => borders.extend([*day, day.next()]),
            Op::Parameter(id) => match plan.parameters.get(id.0).map(|parameter| &parameter.kind) {
                Some(ParameterKind::Dated(values)) => borders.extend(values.iter().map(|(from, ..)| *from)),
                // A slot is filled from the day on which the charter that fills it begins.
                Some(ParameterKind::Open { settings, .. }) => {
                    let begins = settings.iter().map(|setting| plan.charter(setting.charter).from);
                    let begins: BTreeSet<Day> = begins.filter(|day| benefit.days.contain(*day)).collect();
                    borders.extend(begins.iter().rev().take(MAX_FILLED));
                }
                None => {}
            },
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
    let unit = benefit.rhythm.calendar_unit();
    // What is prorated is judged on the last day of each part.
    let unit = match benefit.prorating.map(|prorating| prorating.part) {
        Some(ProratingPart::Month) => Some(PeriodUnit::Month),
        Some(ProratingPart::Day) => None,
        None => unit,
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
    days.into_iter().collect()
}
