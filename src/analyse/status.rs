//! What a condition may not depend on: whether somebody is married, whether there is a man in the household (L09).

use super::law::{Lint, Status};
use crate::ir::{Benefit, Compare, Condition, ConditionKind, Constant, NodeId, Op, Pay, Plan};
use crate::schema::{FieldType, Label};
use crate::source::Span;
use crate::types::Type;
use std::collections::BTreeSet;

/// The place of the condition that depends on it.
pub(super) fn unlawful(plan: &Plan, benefit: &Benefit, lint: &Lint) -> Option<Span> {
    let status = lint.status.as_ref()?;
    let own = |condition: &&Condition| {
        !matches!(condition.kind, ConditionKind::Exception | ConditionKind::Replaced)
    };
    let mut read: Vec<(NodeId, Span, bool)> = Vec::new();
    for condition in benefit.filter.iter().chain(&benefit.conditions).filter(own) {
        read.push((condition.node, condition.span.0, condition.kind == ConditionKind::Unless));
    }
    match &benefit.pay {
        Pay::Fixed(amount, span) | Pay::InKind { worth: amount, span, .. } => {
            read.push((*amount, span.0, false));
        }
        Pay::Range { lo, hi, span, .. } => read.extend([(*lo, span.0, false), (*hi, span.0, false)]),
    }
    let of_head = read.iter().any(|(node, ..)| asks(plan, *node, &status.head));
    let bad = |(node, _, unless): &&(NodeId, Span, bool)| {
        by_marriage(plan, *node, *unless, status) || !unless && by_man(plan, *node, of_head, status)
    };
    read.iter().find(bad).map(|(_, span, _)| *span)
}

/// It reads the marital status for more than to help the bereaved.
fn by_marriage(plan: &Plan, root: NodeId, unless: bool, status: &Status) -> bool {
    let nodes = below(plan, root);
    let marital = |id: NodeId| match plan.node(id).op {
        Op::Field(record, field) => is(&plan.schema.field(record, field).label, &status.fields),
        _ => false,
    };
    if !nodes.iter().any(|id| marital(*id)) {
        return false;
    }
    let turned = unless || nodes.iter().any(|id| matches!(plan.node(*id).op, Op::Not(_)));
    let mut users = nodes.iter().filter(|id| {
        let mut operands = Vec::new();
        plan.node(**id).op.operands(&mut operands);
        operands.into_iter().any(marital)
    });
    turned
        || !users.all(|id| match plan.node(*id).op {
            Op::Compare(Compare::Eq, left, right) => {
                [left, right].into_iter().any(|side| is_code(plan, side, &status.harmless))
            }
            _ => false,
        })
}

/// It asks for a man: some man in the household, or that the head is one.
fn by_man(plan: &Plan, root: NodeId, of_head: bool, status: &Status) -> bool {
    let nodes = below(plan, root);
    let turned = |id: &NodeId| match plan.node(*id).op {
        Op::Not(_) => true,
        // A count of none.
        Op::Compare(Compare::Eq, left, right) => [left, right]
            .into_iter()
            .any(|side| matches!(plan.node(side).op, Op::Constant(Constant::Number(0)))),
        _ => false,
    };
    if nodes.iter().any(turned) {
        return false;
    }
    let counts = |id: &NodeId| {
        matches!(plan.node(*id).op, Op::Aggregate { .. } | Op::Pick { .. })
            && asks(plan, *id, &status.male)
            && !asks_more(plan, *id, &status.male)
    };
    nodes.iter().any(counts) || of_head && asks(plan, root, &status.male)
}

/// What somebody does is asked as well: a father who has an employer is more than a man in the household.
fn asks_more(plan: &Plan, root: NodeId, names: &[String]) -> bool {
    let codes = below(plan, root)
        .into_iter()
        .filter(|id| matches!(plan.node(*id).op, Op::Constant(Constant::Code(_))));
    codes.into_iter().any(|id| !is_code(plan, id, names))
}

/// True where a code of that name is asked for.
fn asks(plan: &Plan, root: NodeId, names: &[String]) -> bool {
    below(plan, root).into_iter().any(|id| is_code(plan, id, names))
}

fn is_code(plan: &Plan, id: NodeId, names: &[String]) -> bool {
    let node = plan.node(id);
    match (&node.op, node.ty) {
        (Op::Constant(Constant::Code(place)), Type::Code(record, field)) => {
            match &plan.schema.field(record, field).ty {
                FieldType::Code(codes) => {
                    codes.get(usize::from(*place)).is_some_and(|code| is(&code.label, names))
                }
                _ => false,
            }
        }
        _ => false,
    }
}

fn is(label: &Label, names: &[String]) -> bool {
    names.iter().any(|name| label.is(name))
}

/// An expression and all it is computed from.
pub(super) fn below(plan: &Plan, root: NodeId) -> BTreeSet<NodeId> {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![root];
    while let Some(id) = waiting.pop() {
        if seen.insert(id) {
            plan.node(id).op.operands(&mut waiting);
        }
    }
    seen
}
