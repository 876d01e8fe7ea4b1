//! What a benefit asks for: named contraception (L05), a check-up (L06), a birth given up or put off (L23). Not
//! unlawful in itself, but the charter must say who decided it and how it stays voluntary. Civil status (L09) is.

use super::law::{BenefitLint, lints};
use super::text::names;
use super::words::mentions;
use super::{Clock, clause};
use crate::diagnostic::Diagnostic;
use crate::ir::{Benefit, Condition, ConditionKind, Constant, NodeId, Op, Pay, Plan};
use crate::schema::{FieldType, Label};
use crate::source::Span;
use crate::types::Type;

/// Reads the target, the conditions and the amount of a benefit.
pub(super) fn conditions(plan: &Plan, benefit: &Benefit, clock: Clock) -> Vec<Diagnostic> {
    let target = plan.schema.record(benefit.target);
    let mut read: Vec<(Span, Vec<&Label>)> = vec![(benefit.title.0, vec![&target.label])];
    // What another clause asks for is that clause's own.
    let own = |condition: &&Condition| {
        !matches!(condition.kind, ConditionKind::Exception | ConditionKind::Replaced)
    };
    for condition in benefit.filter.iter().chain(&benefit.conditions).filter(own) {
        read.push((condition.span.0, asked_for(plan, condition.node)));
    }
    match &benefit.pay {
        Pay::Fixed(amount, span) | Pay::InKind { worth: amount, span, .. } => {
            read.push((span.0, labels(plan, *amount)));
        }
        Pay::Range { lo, hi, span, .. } => {
            read.push((span.0, labels(plan, *lo)));
            read.push((span.0, labels(plan, *hi)));
        }
    }
    let finding = |lint: &'static super::law::Lint| {
        if let Some(span) = super::status::unlawful(plan, benefit, lint) {
            let subject = clause(benefit.article, Some(&benefit.label));
            return lint.finding(span, subject, clock.of(plan, benefit.charter));
        }
        if let Some(span) = super::rights::withheld(plan, benefit, lint) {
            let subject = clause(benefit.article, Some(&benefit.label));
            return lint.finding(span, subject, clock.of(plan, benefit.charter));
        }
        let rule = lint.benefit.as_ref()?;
        let asks = |labels: &[&Label]| labels.iter().any(|label| mentioned(label, &rule.reads));
        let named = read.iter().find(|(_, labels)| asks(labels)).map(|(span, _)| *span);
        let span = named.or_else(|| super::spacing::asked(plan, benefit, rule))?;
        let subject = clause(benefit.article, Some(&benefit.label));
        let finding = lint.finding(span, subject, clock.of(plan, benefit.charter))?;
        Some(as_condition(finding, rule))
    };
    lints().iter().filter_map(finding).collect()
}

/// The finding about a benefit, where the lint's own is about a duty.
pub(super) fn as_condition(mut finding: Diagnostic, rule: &BenefitLint) -> Diagnostic {
    finding.args.retain(|(name, _)| *name != "says");
    finding.weighing(rule.severity).arg("says", &rule.message).help(&rule.mend)
}

/// True where a name or its alias has one of some words.
pub(super) fn mentioned(label: &Label, words: &[String]) -> bool {
    names(label).iter().any(|name| mentions(name, words))
}

/// What a condition reads, without what must be absent: who did not give up a birth is not asked to.
fn asked_for(plan: &Plan, id: NodeId) -> Vec<&Label> {
    match &plan.node(id).op {
        Op::All(parts) | Op::Either(parts) => parts.iter().flat_map(|part| asked_for(plan, *part)).collect(),
        Op::Outer(_, inner) => asked_for(plan, *inner),
        Op::IsAbsent(_) => Vec::new(),
        _ => labels(plan, id),
    }
}

/// The records, fields and codes that an expression reads.
pub(super) fn labels(plan: &Plan, root: NodeId) -> Vec<&Label> {
    let mut found = Vec::new();
    let mut waiting = vec![root];
    let mut seen = std::collections::BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        let node = plan.node(id);
        match &node.op {
            Op::Field(record, field) => found.push(&plan.schema.field(*record, *field).label),
            Op::Aggregate { record, .. } | Op::Pick { record, .. } => {
                found.push(&plan.schema.record(*record).label);
            }
            Op::Rank { .. } => found.extend(node.scope.map(|record| &plan.schema.record(record).label)),
            Op::Constant(Constant::Code(place)) => {
                if let Type::Code(record, field) = node.ty
                    && let FieldType::Code(codes) = &plan.schema.field(record, field).ty
                {
                    found.extend(codes.get(usize::from(*place)).map(|code| &code.label));
                }
            }
            _ => {}
        }
        node.op.operands(&mut waiting);
    }
    found
}
