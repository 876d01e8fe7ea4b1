//! Time asked for between one birth and another of a household (L23): over the rows, so that no name gives it away.
//!
//! In: what a benefit asks for, and which fields are dates of birth. Out: the place of the condition.

use super::law::BenefitLint;
use crate::ast::{CalendarPart, ElapsedUnit, TimeUnit};
use crate::ir::{Arith, Benefit, Compare, ConditionKind, Constant, NodeId, Op, Pay, Plan};
use crate::source::Span;

/// Children born within fewer months are twins: no rule about spacing asks for less.
const LEAST_MONTHS: i64 = 9;
/// So many times as long lies a generation between two births.
const GENERATION: i64 = 20;
/// The same in days.
const LEAST_DAYS: i64 = 250;

/// The place of the condition or amount that compares births.
pub(super) fn asked(plan: &Plan, benefit: &Benefit, rule: &BenefitLint) -> Option<Span> {
    if rule.spaced.is_empty() {
        return None;
    }
    let own = benefit.filter.iter().chain(&benefit.conditions);
    let own =
        own.filter(|condition| !matches!(condition.kind, ConditionKind::Exception | ConditionKind::Replaced));
    let mut read: Vec<(NodeId, Span)> = own.map(|condition| (condition.node, condition.span.0)).collect();
    match &benefit.pay {
        Pay::Fixed(amount, span) | Pay::InKind { worth: amount, span, .. } => read.push((*amount, span.0)),
        Pay::Range { lo, hi, span, .. } => read.extend([(*lo, span.0), (*hi, span.0)]),
    }
    read.iter().find(|(node, _)| spaces(plan, *node, rule)).map(|(_, span)| *span)
}

/// A birth of the rows is moved by years and compared with another, or the time between two is counted.
fn spaces(plan: &Plan, root: NodeId, rule: &BenefitLint) -> bool {
    let nodes = plan.within([root]);
    let twins: Vec<NodeId> = nodes.iter().filter_map(|id| of_twins(plan, *id)).collect();
    nodes.into_iter().any(|id| match plan.node(id).op {
        Op::Elapsed(_, from, to) => !twins.contains(&id) && apart(plan, from, to, rule),
        // The year of one birth less the year of another.
        Op::Arith(Arith::Sub, left, right) => !twins.contains(&id) && apart(plan, left, right, rule),
        Op::Compare(kind, left, right) if kind != Compare::Eq => {
            apart(plan, left, right, rule) && (reckons(plan, left) || reckons(plan, right))
        }
        _ => false,
    })
}

/// Two dates of birth: not one of them and the end of its own quarter.
fn apart(plan: &Plan, left: NodeId, right: NodeId, rule: &BenefitLint) -> bool {
    of_rows(plan, left, rule) && of_rows(plan, right, rule) && read_off(plan, left) != read_off(plan, right)
}

/// The date that an edge of its month, quarter or year is read off, or that is moved.
fn read_off(plan: &Plan, id: NodeId) -> NodeId {
    match plan.node(id).op {
        Op::Month(_, date) | Op::Shift { date, .. } => read_off(plan, date),
        Op::Calendar(part, date) if !numbers(part) => read_off(plan, date),
        _ => id,
    }
}

/// It reads a number off the calendar, not a day.
const fn numbers(part: CalendarPart) -> bool {
    matches!(part, CalendarPart::Year | CalendarPart::Month | CalendarPart::Day)
}

/// The time between two births that is held against less than a pregnancy.
fn of_twins(plan: &Plan, id: NodeId) -> Option<NodeId> {
    let Op::Compare(_, left, right) = plan.node(id).op else { return None };
    let bound = |id: NodeId| match plan.node(id).op {
        Op::Constant(Constant::Number(bound)) => Some(bound),
        _ => None,
    };
    let (time, bound) = match (bound(left), bound(right)) {
        (None, Some(bound)) => (left, bound),
        (Some(bound), None) => (right, bound),
        _ => return None,
    };
    let least = match plan.node(time).op {
        Op::Elapsed(ElapsedUnit::Years, ..) | Op::Arith(Arith::Sub, ..) => 1,
        Op::Elapsed(ElapsedUnit::Months, ..) => LEAST_MONTHS,
        Op::Elapsed(ElapsedUnit::Days, ..) => LEAST_DAYS,
        _ => return None,
    };
    (bound < least).then_some(time)
}

/// A date of birth: of one of several rows, or of the row itself.
fn of_rows(plan: &Plan, root: NodeId, rule: &BenefitLint) -> bool {
    let birth = |id: NodeId| match plan.node(id).op {
        Op::Field(record, field) => {
            let label = &plan.schema.field(record, field).label;
            rule.spaced.iter().any(|name| label.is(name))
        }
        _ => false,
    };
    let today = |id: NodeId| matches!(plan.node(id).op, Op::Today);
    let nodes = value_of(plan, root);
    nodes.iter().any(|id| birth(*id)) && !nodes.into_iter().any(today)
}

/// It moves a date by more than a pregnancy, or reckons with its year or month.
fn reckons(plan: &Plan, root: NodeId) -> bool {
    let reckons = |id: NodeId| match plan.node(id).op {
        Op::Shift { count, unit, .. } => {
            let least = match unit {
                TimeUnit::Years => 1,
                TimeUnit::Months => LEAST_MONTHS,
                TimeUnit::Days => LEAST_DAYS,
            };
            (least..=GENERATION * least).contains(&count.saturating_abs())
        }
        Op::Arith(..) | Op::Elapsed(..) => true,
        _ => false,
    };
    value_of(plan, root).into_iter().any(reckons)
}

/// What a value is computed from, without the conditions that choose its rows.
fn value_of(plan: &Plan, root: NodeId) -> Vec<NodeId> {
    let (mut found, mut waiting) = (Vec::new(), vec![root]);
    while let Some(id) = waiting.pop() {
        if found.contains(&id) {
            continue;
        }
        found.push(id);
        match &plan.node(id).op {
            Op::Aggregate { value, .. } => waiting.extend(value),
            Op::Pick { value, .. } => waiting.push(*value),
            other => other.operands(&mut waiting),
        }
    }
    found
}
