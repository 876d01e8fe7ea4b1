//! Time asked for between one birth and another of a household (L23): over the rows, so that no name gives it away.
//!
//! In: what a benefit asks for, and which fields are dates of birth. Out: the place of the condition.

use super::law::BenefitLint;
use crate::ir::{Benefit, Compare, ConditionKind, NodeId, Op, Pay, Plan};
use crate::source::Span;

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
    plan.within([root]).into_iter().any(|id| match plan.node(id).op {
        Op::Elapsed(_, from, to) => of_rows(plan, from, rule) && of_rows(plan, to, rule),
        Op::Compare(kind, left, right) if kind != Compare::Eq => {
            of_rows(plan, left, rule)
                && of_rows(plan, right, rule)
                && (reckons(plan, left) || reckons(plan, right))
        }
        _ => false,
    })
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

/// It moves a date, or takes its year or month.
fn reckons(plan: &Plan, root: NodeId) -> bool {
    let reckons = |id: NodeId| {
        matches!(plan.node(id).op, Op::Shift { count, .. } if count != 0)
            || matches!(plan.node(id).op, Op::Calendar(..) | Op::Arith(..) | Op::Elapsed(..))
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
