//! Clauses that read a field which the vocabulary marks as sensitive (L18): for what, with whose consent, for how long?

use super::law::{Lint, When, lints};
use super::{Clock, clause};
use crate::diagnostic::{Diagnostic, Term};
use crate::ir::{Benefit, Condition, Must, NodeId, Obligation, Op, Pay, Plan, Window};
use crate::schema::Label;
use crate::source::Span;

/// What a benefit reads.
pub(super) fn of_benefit(plan: &Plan, benefit: &Benefit, clock: Clock) -> Option<Diagnostic> {
    let mut read = conditions(benefit.filter.iter().chain(&benefit.conditions));
    match &benefit.pay {
        Pay::Fixed(amount, span) | Pay::InKind { worth: amount, span, .. } => read.push((*amount, span.0)),
        Pay::Range { lo, hi, span, .. } => read.extend([(*lo, span.0), (*hi, span.0)]),
    }
    let subject = clause(benefit.article, Some(&benefit.label));
    finding(plan, &read, subject, clock.of(plan, benefit.charter))
}

/// What a duty reads, whoever is bound.
pub(super) fn of_duty(plan: &Plan, duty: &Obligation, clock: Clock) -> Option<Diagnostic> {
    let mut read = conditions(duty.filter.iter().chain(&duty.bound).chain(&duty.excuse));
    match &duty.must {
        Must::Within { act, after, span, .. } => read.extend([(*act, span.0), (*after, span.0)]),
        Must::Times { filter, span, .. } => read.extend(filter.map(|filter| (filter, span.0))),
        Must::Throughout { window, condition, span } => {
            read.push((*condition, span.0));
            if let Window::After { after, .. } = window {
                read.push((*after, span.0));
            }
        }
    }
    let subject = clause(duty.article, Some(&duty.label));
    finding(plan, &read, subject, clock.of(plan, duty.charter))
}

fn conditions<'c>(list: impl Iterator<Item = &'c Condition>) -> Vec<(NodeId, Span)> {
    list.map(|condition| (condition.node, condition.span.0)).collect()
}

fn finding(plan: &Plan, read: &[(NodeId, Span)], subject: Term, when: When) -> Option<Diagnostic> {
    let lint: &Lint = lints().iter().find(|lint| lint.sensitive)?;
    let (field, span) =
        read.iter().find_map(|(node, span)| sensitive(plan, *node).map(|field| (field, *span)))?;
    let mut finding = lint.finding(span, subject, when)?;
    let says = lint.says("");
    finding.args.retain(|(name, _)| *name != "says");
    Some(finding.arg(
        "says",
        Term::new(says.zh.replace("{field}", field.zh()), says.en.replace("{field}", field.en())),
    ))
}

fn sensitive(plan: &Plan, root: NodeId) -> Option<&Label> {
    plan.within([root]).into_iter().find_map(|id| match plan.node(id).op {
        Op::Field(record, field) => {
            let field = plan.schema.field(record, field);
            field.sensitive.then_some(&field.label)
        }
        _ => None,
    })
}
