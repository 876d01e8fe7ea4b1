//! Conditions that contradict each other by what is written: one and its opposite, or one value in two ranges that have
//! nothing in common. No household needs to be looked for.

use super::{Literal, Want};
use crate::ir::{Aggregate, Compare, Constant, NodeId, Op, Plan};
use crate::schema::RecordId;
use crate::value::Day;
use std::collections::BTreeMap;

/// What is said of an expression on a row: on which day, where that matters.
type Subject = (Said, (RecordId, usize), Option<Day>);

/// An expression, or that there is a row of which a comparison holds, however it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Said {
    Node(NodeId),
    Any(RecordId, Compare, NodeId, NodeId),
}

/// True where the literals cannot all hold at a moment.
pub(super) fn opposed(plan: &Plan, literals: &[Literal], moment: &[Day]) -> bool {
    let mut truths: BTreeMap<Subject, bool> = BTreeMap::new();
    let mut ranges: BTreeMap<Subject, (i64, i64)> = BTreeMap::new();
    for literal in literals.iter().filter(|literal| literal.given.is_none()) {
        let truth = match literal.want {
            Want::True => true,
            Want::False => false,
            _ => continue,
        };
        let mut waiting = vec![(literal.node, truth)];
        while let Some((id, truth)) = waiting.pop() {
            match &plan.node(id).op {
                Op::Not(inner) => waiting.push((*inner, !truth)),
                Op::All(parts) if truth => waiting.extend(parts.iter().map(|part| (*part, true))),
                Op::Either(parts) if !truth => waiting.extend(parts.iter().map(|part| (*part, false))),
                op => {
                    let day = || moment.get(literal.clock).copied().filter(|_| plan.depends_on_day(id));
                    let subject = (said(plan, id, op), literal.row, day());
                    if *truths.entry(subject).or_insert(truth) != truth {
                        return true;
                    }
                    let Some((left, (low, high))) = range(plan, op, truth) else { continue };
                    let day = moment.get(literal.clock).copied().filter(|_| plan.depends_on_day(left));
                    let known =
                        ranges.entry((Said::Node(left), literal.row, day)).or_insert((i64::MIN, i64::MAX));
                    *known = (known.0.max(low), known.1.min(high));
                    if known.0 > known.1 {
                        return true;
                    }
                }
            }
        }
    }
    false
}

/// `any (… where not x >= y)` and `any (… where x < y)` say the same where both are there.
fn said(plan: &Plan, id: NodeId, op: &Op) -> Said {
    let Op::Aggregate { kind: Aggregate::Any, record, filter: Some(filter), .. } = op else {
        return Said::Node(id);
    };
    let there = |id: NodeId| !plan.node(id).optional;
    match &plan.node(*filter).op {
        Op::Compare(compare, left, right) => Said::Any(*record, *compare, *left, *right),
        Op::Not(inner) => match &plan.node(*inner).op {
            Op::Compare(compare, left, right) if there(*left) && there(*right) => opposite(*compare)
                .map_or(Said::Node(id), |opposite| Said::Any(*record, opposite, *left, *right)),
            _ => Said::Node(id),
        },
        _ => Said::Node(id),
    }
}

fn opposite(compare: Compare) -> Option<Compare> {
    match compare {
        Compare::Lt => Some(Compare::Ge),
        Compare::Le => Some(Compare::Gt),
        Compare::Gt => Some(Compare::Le),
        Compare::Ge => Some(Compare::Lt),
        Compare::Eq => None,
    }
}

/// The values of an expression of which a comparison with a written one is true, or false.
fn range(plan: &Plan, op: &Op, truth: bool) -> Option<(NodeId, (i64, i64))> {
    let Op::Compare(compare, left, right) = op else { return None };
    let Op::Constant(constant) = &plan.node(*right).op else { return None };
    let value = match constant {
        Constant::Number(number) => *number,
        Constant::Money(fen) => fen.0,
        Constant::Date(day) => i64::from(day.number()),
        Constant::Code(code) => i64::from(*code),
        Constant::Rate(_) | Constant::Text(_) => return None,
    };
    let compare = match truth {
        true => *compare,
        // Of what is absent no comparison is true.
        false if plan.node(*left).optional => return None,
        false => opposite(*compare)?,
    };
    let range = match compare {
        Compare::Eq => (value, value),
        Compare::Lt => (i64::MIN, value.checked_sub(1)?),
        Compare::Le => (i64::MIN, value),
        Compare::Gt => (value.checked_add(1)?, i64::MAX),
        Compare::Ge => (value, i64::MAX),
    };
    Some((*left, range))
}
