//! What a household that signed is bound to: money (L01–L03), an operation (L04, L05), an examination (L06)… A duty has
//! no sanction, but these are unlawful as duties too. What the committee owes is not judged.

use super::benefit::{labels, mentioned};
use super::text::{hit, names};
use super::{Clock, clause, law};
use crate::ast::Party;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{Compare, Must, NodeId, Obligation, Op, Plan, Window};

/// One finding a lint.
pub(super) fn binding(plan: &Plan, duty: &Obligation, clock: Clock) -> Vec<Diagnostic> {
    if duty.party != Party::Signer {
        return Vec::new();
    }
    let names = names(&duty.label);
    let asked: Vec<NodeId> = asked(&duty.must);
    let mut read = vec![&plan.schema.record(duty.target).label];
    if let Must::Times { record, .. } = &duty.must {
        read.push(&plan.schema.record(*record).label);
    }
    read.extend(asked.into_iter().flat_map(|node| labels(plan, node)));
    let finding = |lint: &'static law::Lint| {
        let unsigned = !lint.signature.is_empty() && !signed(plan, duty, &lint.signature);
        let titled = names.iter().any(|name| lint.wording.iter().any(|wording| hit(name, wording).is_some()));
        // A field or record is named for what it holds: no negation to look for.
        let words = lint.benefit.as_ref().map(|rule| rule.titles.as_slice()).unwrap_or_default();
        let asks = read.iter().any(|label| mentioned(label, words));
        if !titled && !asks && !unsigned {
            return None;
        }
        let subject = clause(duty.article, Some(&duty.label));
        lint.finding(duty.span.0, subject, clock.of(plan, duty.charter))
    };
    // A lint that is only a warning is about benefits.
    law::lints().iter().filter(|lint| lint.severity == Severity::Error).filter_map(finding).collect()
}

/// True where it binds only once the agreement was signed: one of the conditions it binds under is that the day of the
/// signature is not later than another.
fn signed(plan: &Plan, duty: &Obligation, fields: &[String]) -> bool {
    duty.bound.iter().any(|condition| match plan.node(condition.node).op {
        Op::Compare(Compare::Le | Compare::Lt, earlier, _)
        | Op::Compare(Compare::Ge | Compare::Gt, _, earlier) => is_signature(plan, earlier, fields),
        _ => false,
    })
}

fn is_signature(plan: &Plan, node: NodeId, fields: &[String]) -> bool {
    match plan.node(node).op {
        Op::Outer(_, inner) => is_signature(plan, inner, fields),
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
