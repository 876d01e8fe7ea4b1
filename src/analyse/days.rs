//! The days on which a clause is asked about: those on which it is judged and something dated begins or ends.

use super::calendar::kinds;
use super::questions::amounts;
use super::solve::judged_days;
use crate::ast::{JudgedOn, ProratingPart};
use crate::ir::{Benefit, Constant, Days, Must, Node, NodeId, Obligation, Op, ParameterKind, Plan};
use crate::value::{Day, PeriodUnit};
use std::collections::BTreeSet;

/// Most days a question is asked on, but for those at which something turns: they are all looked at.
const MAX_DAYS: usize = 60;
/// How many others are looked at however many turn.
const MIN_OTHERS: usize = 20;
/// Months that are looked at one by one, whatever is dated: for what depends on the month or its ends.
const MONTHS: i64 = 14;
/// Days on which a slot is filled that are looked at, the latest ones.
const MAX_FILLED: usize = 12;
/// How many years are looked at one by one where an amount grows or falls with time; after them each tenth.
const EACH_YEAR: i64 = 30;
/// No judged day lies further ahead: nobody lives to be older who was there at the beginning.
pub(super) const YEARS_AHEAD: i64 = 130;
/// How far an open end is looked at.
const YEARS: i64 = 3;

/// Judged days of a clause.
pub(super) struct Judged {
    /// The days.
    pub days: Vec<Day>,
    /// There is one for all that is computed from a judged day alone: on no other it comes to something else.
    pub all: bool,
}

/// The judged days for one clause: those at which something begins or ends first, then those of a year of months.
pub(super) fn of(plan: &Plan, benefit: &Benefit) -> Vec<Day> {
    all(plan, benefit).days
}

/// The same, and whether they are all that are told apart by what is computed from the day alone.
pub(super) fn all(plan: &Plan, benefit: &Benefit) -> Judged {
    let borders = borders(plan, benefit);
    let kinds = kinds(plan, benefit, read(benefit), &borders);
    let all = kinds.is_some();
    let turning = judged(benefit, &borders).into_iter().chain(kinds.into_iter().flatten()).collect();
    Judged { days: first(turning, judged(benefit, &months(benefit.days))), all }
}

/// The same, with the days on which something dated in some expressions begins or ends.
pub(super) fn reading(plan: &Plan, benefit: &Benefit, nodes: Vec<NodeId>) -> Judged {
    let Judged { days, all } = all(plan, benefit);
    Judged { days: first(judged(benefit, &dated(plan, benefit.days, nodes)), days), all }
}

/// The judged days of many years, for an amount that is computed from the time that has passed: whatever it turns at need
/// not be written.
pub(super) fn far(plan: &Plan, benefit: &Benefit, amount: NodeId) -> Vec<Day> {
    let drifts = |node: &Node| matches!(node.op, Op::Elapsed(..) | Op::Calendar(..));
    if !plan.depends_on_day(amount) || !plan.any_within(amount, drifts) {
        return Vec::new();
    }
    let years = (1..=EACH_YEAR).chain((EACH_YEAR..=YEARS_AHEAD).step_by(10));
    let later = years.filter_map(|years| benefit.days.from.add_months(12 * years));
    judged(benefit, &later.filter(|day| benefit.days.contain(*day)).collect())
}

/// The days on which a duty may bind: the first days of its units, or days from which it may count.
pub(super) fn bound(plan: &Plan, duty: &Obligation) -> Vec<Day> {
    let read = duty.filter.iter().chain(&duty.bound).chain(&duty.excuse).map(|condition| condition.node);
    let done = match &duty.must {
        Must::Within { act, .. } => Some(*act),
        Must::Times { filter, .. } => *filter,
        Must::Throughout { condition, .. } => Some(*condition),
    };
    let near = dated(plan, duty.days, read.chain(duty.must.after()).chain(done).collect());
    let next = |day: Day| match duty.must.unit() {
        // A unit that began before the duty was in force does not bind.
        Some(unit) if unit.start(day) != day => unit.end(day).add_days(1),
        _ => Some(day),
    };
    let binding = |days: BTreeSet<Day>| -> Vec<Day> {
        days.into_iter().filter_map(next).filter(|day| duty.days.contain(*day)).collect()
    };
    first(binding(near), binding(months(duty.days)))
}

/// Each day once: all at which something turns, and so many others.
fn first(turning: Vec<Day>, others: Vec<Day>) -> Vec<Day> {
    let mut kept: BTreeSet<Day> = BTreeSet::new();
    let (turns, months) = (turning.len(), MAX_DAYS.saturating_sub(turning.len()).max(MIN_OTHERS));
    let all = turning.into_iter().chain(others);
    all.filter(|day| kept.insert(*day)).take(turns + months).collect()
}

/// The first, a middle and the last day of each month of more than a year.
fn months(days: Days) -> BTreeSet<Day> {
    let start = days.from.month_start();
    let of = |month: i64| {
        let first = start.add_months(month);
        [first, first.and_then(|day| day.add_days(14)), first.map(Day::month_end)]
    };
    let each = (0..MONTHS).flat_map(of).flatten();
    // A year later also the years after, for what is paid each year.
    let years = (2..=4).filter_map(|year| start.add_months(12 * year));
    each.chain(years).filter(|day| days.contain(*day)).collect()
}

/// The days on which something dated that a clause reads begins or ends, within the days it is in force.
pub(super) fn borders(plan: &Plan, benefit: &Benefit) -> BTreeSet<Day> {
    dated(plan, benefit.days, read(benefit))
}

/// The days on which something turns in two clauses together, in force or not.
pub(super) fn shared(plan: &Plan, one: &Benefit, other: &Benefit) -> BTreeSet<Day> {
    let nodes: Vec<NodeId> = [one, other].into_iter().flat_map(read).collect();
    turns(plan, one.days.from.max(other.days.from), &nodes)
}

/// The days on which the judged day turns something, as long as somebody may live who was there at the beginning.
fn turns(plan: &Plan, from: Day, nodes: &[NodeId]) -> BTreeSet<Day> {
    let end = from.add_months(12 * YEARS_AHEAD).unwrap_or(Day::MAX);
    judged_days(plan, nodes).into_iter().filter(|day| *day <= end).collect()
}

/// What a clause is computed from.
pub(super) fn read(benefit: &Benefit) -> Vec<NodeId> {
    let conditions = benefit.filter.iter().chain(&benefit.conditions).map(|condition| condition.node);
    conditions.chain(amounts(benefit)).collect()
}

/// The same for some expressions within some days.
fn dated(plan: &Plan, days: Days, mut waiting: Vec<NodeId>) -> BTreeSet<Day> {
    let mut borders = turns(plan, days.from, &waiting);
    borders.insert(days.from);
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
                    let begins: BTreeSet<Day> = begins.filter(|day| days.contain(*day)).collect();
                    borders.extend(begins.iter().rev().take(MAX_FILLED));
                }
                None => {}
            },
            _ => {}
        }
        op.operands(&mut waiting);
    }
    let far = days.from.add_months(12 * YEARS).unwrap_or(Day::MAX);
    borders.insert(far.min(days.last()));
    borders.retain(|day| days.contain(*day));
    borders
}

/// The first judged day of a clause on or after each of some days.
pub(super) fn judged(benefit: &Benefit, borders: &BTreeSet<Day>) -> Vec<Day> {
    let next = |day: Day| match judged_unit(benefit) {
        Some(unit) => next_judged(unit, benefit.judged_on, day),
        None => Some(day),
    };
    let days: BTreeSet<Day> =
        borders.iter().filter_map(|day| next(*day)).filter(|day| benefit.days.contain(*day)).collect();
    days.into_iter().collect()
}

/// The same, with the last judged day before each of them: what holds until then may meet what holds from then on.
pub(super) fn beside(benefit: &Benefit, borders: &BTreeSet<Day>) -> Vec<Day> {
    let before = |day: &Day| {
        let Some(unit) = judged_unit(benefit) else { return day.add_days(-1) };
        let on = |day: Day| benefit.judged_on.in_unit(unit.start(day), unit.end(day));
        let here = on(*day);
        if here < *day { Some(here) } else { unit.start(*day).add_days(-1).map(on) }
    };
    let last = borders.iter().filter_map(before).filter(|day| benefit.days.contain(*day));
    judged(benefit, borders).into_iter().chain(last).collect::<BTreeSet<Day>>().into_iter().collect()
}

/// The unit on a day of which a clause is judged.
pub(super) fn judged_unit(benefit: &Benefit) -> Option<PeriodUnit> {
    // What is prorated is judged on the last day of each part.
    match benefit.prorating.map(|prorating| prorating.part) {
        Some(ProratingPart::Month) => Some(PeriodUnit::Month),
        Some(ProratingPart::Day) => None,
        None => benefit.rhythm.calendar_unit(),
    }
}

/// The first judged day of its unit on or after a day; none at the end of the calendar.
pub(super) fn next_judged(unit: PeriodUnit, on: JudgedOn, day: Day) -> Option<Day> {
    let end = unit.end(day);
    let here = on.in_unit(unit.start(day), end);
    if day <= here {
        return Some(here);
    }
    let day = end.add_days(1)?;
    Some(on.in_unit(unit.start(day), unit.end(day)))
}
