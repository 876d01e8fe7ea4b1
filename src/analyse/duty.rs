//! What a household that signed is bound to: money (L01–L03), an operation (L04, L05), an examination (L06)… A duty has
//! no sanction, but these are unlawful as duties too. What the committee owes is not judged.

use super::benefit::{labels, mentioned};
use super::text::{first, searched};
use super::{Clock, births, clause, law};
use crate::ast::Party;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{Compare, Constant, Must, NodeId, Obligation, Op, Plan, Window};

/// One finding a lint.
pub(super) fn binding(plan: &Plan, duty: &Obligation, clock: Clock) -> Vec<Diagnostic> {
    if duty.party != Party::Signer {
        return Vec::new();
    }
    let names = searched(&duty.label);
    let asked: Vec<NodeId> = asked(&duty.must);
    let mut read = vec![&plan.schema.record(duty.target).label];
    if let Must::Times { record, .. } = &duty.must {
        read.push(&plan.schema.record(*record).label);
    }
    read.extend(asked.into_iter().flat_map(|node| labels(plan, node)));
    let when = clock.of(plan, duty.charter);
    let finding = |lint: &'static law::Lint| {
        let subject = clause(duty.article, Some(&duty.label));
        if !lint.signature.is_empty() {
            let variant = unsigned(plan, duty, &lint.signature)?;
            return lint.finding_of(variant, duty.span.0, subject, when);
        }
        let titled = names.iter().find_map(|name| first(lint, name, when, false));
        // A field or record is named for what it holds: no negation to look for.
        let words = lint.benefit.as_ref().map(|rule| rule.titles.as_slice()).unwrap_or_default();
        let asks = read.iter().any(|label| mentioned(label, words));
        let forbids = |rule| births::forbidden(plan, duty, rule, &read);
        if titled.is_none() && !asks && !lint.duty.as_ref().is_some_and(forbids) {
            return None;
        }
        lint.finding(duty.span.0, subject, when)
    };
    // A lint that is only a warning is about benefits.
    law::lints().iter().filter(|lint| lint.severity == Severity::Error).filter_map(finding).collect()
}

/// Why it binds people who signed nothing: it never looks at the signature, or it looks at a day that is not the one
/// it counts from, and so reaches back before the signature.
fn unsigned(plan: &Plan, duty: &Obligation, fields: &[String]) -> Option<&'static str> {
    let mut all = plan.schema.iter().flat_map(|(_, record)| &record.fields);
    if !all.any(|field| fields.iter().any(|name| field.label.is(name))) {
        return Some("no_field");
    }
    let mut looks = false;
    // Which rows it is for is judged on the bound day as well.
    for condition in duty.filter.iter().chain(&duty.bound) {
        let Some((earlier, later)) = in_order(plan, condition.node) else { continue };
        if is_signature(plan, earlier, fields) {
            if is_bound_day(plan, duty, later) {
                return None;
            }
            looks = true;
        }
    }
    Some(if looks { "reaches_back" } else { "" })
}

/// The two days of a condition that one is not later than the other, compared or counted: `full days from A to B >= 0`.
fn in_order(plan: &Plan, condition: NodeId) -> Option<(NodeId, NodeId)> {
    let Op::Compare(compare, left, right) = plan.node(condition).op else { return None };
    let (lesser, greater, strict) = match compare {
        Compare::Le | Compare::Lt => (left, right, compare == Compare::Lt),
        Compare::Ge | Compare::Gt => (right, left, compare == Compare::Gt),
        Compare::Eq => return None,
    };
    match (&plan.node(lesser).op, &plan.node(greater).op) {
        (Op::Constant(Constant::Number(least)), Op::Elapsed(_, from, to)) => {
            (*least >= if strict { -1 } else { 0 }).then_some((*from, *to))
        }
        (Op::Elapsed(_, from, to), Op::Constant(Constant::Number(most))) => {
            (*most <= i64::from(strict)).then_some((*to, *from))
        }
        _ => Some((lesser, greater)),
    }
}

/// Conditions are judged on the bound day, so that it is `today`; and it is the date that the time is counted from.
fn is_bound_day(plan: &Plan, duty: &Obligation, node: NodeId) -> bool {
    let counted_from = match &duty.must {
        Must::Within { after, .. } | Must::Throughout { window: Window::After { after, .. }, .. } => {
            Some(*after)
        }
        Must::Times { .. } | Must::Throughout { .. } => None,
    };
    // So long before that day is no later.
    let node = match plan.node(node).op {
        Op::Shift { date, count, .. } if count <= 0 => date,
        _ => node,
    };
    matches!(plan.node(node).op, Op::Today) || counted_from == Some(node)
}

fn is_signature(plan: &Plan, node: NodeId, fields: &[String]) -> bool {
    match plan.node(node).op {
        Op::Outer(_, inner) => is_signature(plan, inner, fields),
        // So long after the signature.
        Op::Shift { date, count, .. } if count >= 0 => is_signature(plan, date, fields),
        Op::Field(record, field) => {
            let label = &plan.schema.field(record, field).label;
            fields.iter().any(|name| label.is(name))
        }
        _ => false,
    }
}

/// The expressions of what is to be done.
fn asked(must: &Must) -> Vec<NodeId> {
    match must {
        Must::Within { act, after, .. } => vec![*act, *after],
        Must::Times { filter, .. } => filter.iter().copied().collect(),
        Must::Throughout { window: Window::Each(_), condition, .. } => vec![*condition],
        Must::Throughout { window: Window::After { after, .. }, condition, .. } => vec![*condition, *after],
    }
}
