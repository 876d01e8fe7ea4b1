//! What a condition may not depend on: whether somebody is married, whether there is a man in the household (L09).

use super::equal::{even, own};
use super::law::{Lint, Status};
use super::sons::amounts;
use crate::ast::ElapsedUnit;
use crate::ir::{Benefit, Compare, Constant, NodeId, Op, Plan};
use crate::schema::{FieldType, Label};
use crate::source::Span;
use crate::types::Type;

/// Full years (Civil Code 17).
const ADULT: i64 = 18;

/// The place of the condition that depends on it.
pub(super) fn unlawful(plan: &Plan, benefit: &Benefit, lint: &Lint) -> Option<Span> {
    let status = lint.status.as_ref()?;
    // What `unless` says is negated already: each must hold.
    let stated = own(benefit).map(|condition| (condition.node, condition.span.0));
    let read: Vec<(NodeId, Span)> = stated.chain(amounts(benefit)).collect();
    let of_head = read.iter().any(|(node, _)| asks(plan, *node, &status.head));
    let sole = read.iter().any(|(node, _)| asks_for_children(plan, *node, status));
    let bad = |(node, _): &&(NodeId, Span)| {
        !helps(plan, *node, true, sole, status) || by_man(plan, *node, of_head, status)
    };
    let dependent = read.iter().find(bad).map(|(_, span)| *span);
    dependent
        .or_else(|| super::sons::preferred(plan, benefit, status))
        .or_else(|| super::newborn::left_out(plan, benefit, status))
}

/// It does not read the marital status, or only to help the bereaved, or those who raise children alone. What is asked
/// counts, not how it is written: not married is as good as divorced, widowed or never married.
fn helps(plan: &Plan, id: NodeId, wanted: bool, sole: bool, status: &Status) -> bool {
    let marital = |id: NodeId| is_field(plan, id, &status.fields);
    if !plan.within([id]).into_iter().any(marital) {
        return true;
    }
    match &plan.node(id).op {
        Op::Not(inner) => helps(plan, *inner, !wanted, sole, status),
        // Of several codes each is asked for, or none.
        Op::All(parts) | Op::Either(parts) => {
            if let Some(asked) = asked_for(plan, id, wanted, &marital) {
                return harmless(&asked, sole, status);
            }
            parts.iter().all(|part| helps(plan, *part, wanted, sole, status))
        }
        Op::Compare(Compare::Eq, ..) => match asked_for(plan, id, wanted, &marital) {
            Some(asked) => harmless(&asked, sole, status),
            None => wanted && operands_help(plan, id, sole, status),
        },
        _ if marital(id) => false,
        _ => wanted && operands_help(plan, id, sole, status),
    }
}

fn operands_help(plan: &Plan, id: NodeId, sole: bool, status: &Status) -> bool {
    let mut operands = Vec::new();
    plan.node(id).op.operands(&mut operands);
    operands.into_iter().all(|operand| helps(plan, operand, true, sole, status))
}

/// A field of one of some names.
pub(super) fn is_field(plan: &Plan, id: NodeId, names: &[String]) -> bool {
    match plan.node(id).op {
        Op::Field(record, field) => is(&plan.schema.field(record, field).label, names),
        _ => false,
    }
}

/// Codes of those who may be helped.
fn harmless(asked: &[&Label], sole: bool, status: &Status) -> bool {
    let one = |names: &[String]| asked.iter().all(|label| is(label, names));
    one(&status.harmless) || sole && one(&status.alone)
}

/// The codes of the field for which a condition on nothing else holds; none where it is on something else too.
pub(super) fn asked_for<'p>(
    plan: &'p Plan,
    id: NodeId,
    wanted: bool,
    marital: &dyn Fn(NodeId) -> bool,
) -> Option<Vec<&'p Label>> {
    let nodes = plan.within([id]);
    let field = nodes.iter().copied().find(|id| marital(*id))?;
    let Op::Field(record, field) = plan.node(field).op else { return None };
    let FieldType::Code(codes) = &plan.schema.field(record, field).ty else { return None };
    let mut asked = Vec::new();
    for (place, code) in codes.iter().enumerate() {
        if holds(plan, id, place, marital)? == wanted {
            asked.push(&code.label);
        }
    }
    Some(asked)
}

/// Whether a condition holds where the field has the code of that place.
fn holds(plan: &Plan, id: NodeId, code: usize, marital: &dyn Fn(NodeId) -> bool) -> Option<bool> {
    let all = |parts: &[NodeId]| -> Option<Vec<bool>> {
        parts.iter().map(|part| holds(plan, *part, code, marital)).collect()
    };
    match &plan.node(id).op {
        Op::Not(inner) => holds(plan, *inner, code, marital).map(|holds| !holds),
        Op::All(parts) => all(parts).map(|parts| !parts.contains(&false)),
        Op::Either(parts) => all(parts).map(|parts| parts.contains(&true)),
        Op::Compare(Compare::Eq, left, right) => {
            let other = match (marital(*left), marital(*right)) {
                (true, false) => right,
                (false, true) => left,
                _ => return None,
            };
            let Op::Constant(Constant::Code(place)) = plan.node(*other).op else { return None };
            Some(usize::from(place) == code)
        }
        _ => None,
    }
}

/// It asks for children: some row of them, or of the persons who are related so.
fn asks_for_children(plan: &Plan, root: NodeId, status: &Status) -> bool {
    let any = |id: &NodeId| match plan.node(*id).op {
        Op::Aggregate { .. } | Op::Pick { .. } => {
            asks(plan, *id, &status.child) || plan.within([*id]).into_iter().any(|id| is_minor(plan, id))
        }
        _ => false,
    };
    let turned = |id: &NodeId| matches!(plan.node(*id).op, Op::Not(_));
    let nodes = plan.within([root]);
    nodes.iter().any(any)
        && !nodes.iter().filter(|id| turned(id)).any(|id| plan.within([*id]).iter().any(any))
}

/// Somebody younger than an adult.
fn is_minor(plan: &Plan, id: NodeId) -> bool {
    let Op::Compare(kind, left, right) = plan.node(id).op else { return false };
    let number = |id: NodeId| match plan.node(id).op {
        Op::Constant(Constant::Number(number)) => Some(number),
        _ => None,
    };
    let years = |id: NodeId| matches!(plan.node(id).op, Op::Elapsed(ElapsedUnit::Years, ..));
    match (kind, number(left), number(right)) {
        (Compare::Lt | Compare::Le, None, Some(most)) if years(left) => most <= ADULT,
        (Compare::Gt | Compare::Ge, Some(most), None) if years(right) => most <= ADULT,
        _ => false,
    }
}

/// It asks for a man: some man in the household, or that the head is one.
fn by_man(plan: &Plan, root: NodeId, of_head: bool, status: &Status) -> bool {
    if even(plan, root, status) {
        return false;
    }
    if let Op::All(parts) | Op::Either(parts) = &plan.node(root).op
        && !of_head
    {
        return parts.iter().any(|part| by_man(plan, *part, of_head, status));
    }
    let nodes = plan.within([root]);
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
    let codes = plan
        .within([root])
        .into_iter()
        .filter(|id| matches!(plan.node(*id).op, Op::Constant(Constant::Code(_))));
    codes.into_iter().any(|id| !is_code(plan, id, names))
}

/// True where a code of that name is asked for.
fn asks(plan: &Plan, root: NodeId, names: &[String]) -> bool {
    plan.within([root]).into_iter().any(|id| is_code(plan, id, names))
}

fn is_code(plan: &Plan, id: NodeId, names: &[String]) -> bool {
    code_of(plan, id).is_some_and(|(_, label)| is(label, names))
}

/// The field of a code that is written out, and the code.
pub(super) fn code_of(plan: &Plan, id: NodeId) -> Option<(&Label, &Label)> {
    let node = plan.node(id);
    let (Op::Constant(Constant::Code(place)), Type::Code(record, field)) = (&node.op, node.ty) else {
        return None;
    };
    let field = plan.schema.field(record, field);
    let FieldType::Code(codes) = &field.ty else { return None };
    codes.get(usize::from(*place)).map(|code| (&field.label, &code.label))
}

/// One of some names.
pub(super) fn is(label: &Label, names: &[String]) -> bool {
    names.iter().any(|name| label.is(name))
}
