//! What sons get and daughters do not (L09): over conditions and amounts, so that no word gives it away.
//!
//! In: what a benefit asks for and pays. Out: the place of the condition or amount. A benefit for daughters alone makes
//! good what they lack and is none; nor is one that asks for no son.

use super::equal::{own, unequal};
use super::in_laws::left_out;
use super::law::Status;
use super::status::{asked_for, code_of, is, is_field};
use crate::ir::{Aggregate, Benefit, Compare, Constant, NodeId, Op, Pattern, Pay, Plan, TierArm};
use crate::schema::{FieldType, Label};
use crate::source::Span;

/// The place where a son is worth more than a daughter, or one who married in is left out.
pub(super) fn preferred(plan: &Plan, benefit: &Benefit, status: &Status) -> Option<Span> {
    for condition in own(benefit) {
        if asks(plan, condition.node, true, status) {
            return Some(condition.span.0);
        }
    }
    let more = |amount: NodeId| plan.within([amount]).into_iter().any(|id| pays_more(plan, id, status));
    let paid = amounts(benefit).into_iter().find(|(amount, _)| more(*amount)).map(|(_, span)| span);
    paid.or_else(|| left_out(plan, benefit, status)).or_else(|| unequal(plan, benefit, status))
}

/// What is paid, and where it is written.
pub(super) fn amounts(benefit: &Benefit) -> Vec<(NodeId, Span)> {
    match &benefit.pay {
        Pay::Fixed(amount, span) | Pay::InKind { worth: amount, span, .. } => vec![(*amount, span.0)],
        Pay::Range { lo, hi, span, .. } => vec![(*lo, span.0), (*hi, span.0)],
    }
}

/// A condition that a household or person without a son, with a daughter, or married in does not meet.
fn asks(plan: &Plan, id: NodeId, wanted: bool, status: &Status) -> bool {
    match &plan.node(id).op {
        Op::Not(inner) => asks(plan, *inner, !wanted, status),
        Op::All(parts) if wanted => parts.iter().any(|part| asks(plan, *part, true, status)),
        Op::Outer(_, inner) => asks(plan, *inner, wanted, status),
        _ => {
            let sex = rows(plan, id).map(|(sex, some)| (sex_of(plan, sex, status), some == wanted));
            matches!(sex, Some((Some(Child::Son), true) | (Some(Child::Daughter), false)))
                || related(plan, id, wanted, status)
        }
    }
}

/// Which children are asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Child {
    Son,
    Daughter,
}

/// Rows that are asked to exist, or, where it is false, not to exist.
fn rows(plan: &Plan, id: NodeId) -> Option<(NodeId, bool)> {
    let number = |id: NodeId| match plan.node(id).op {
        Op::Constant(Constant::Number(number)) => Some(number),
        _ => None,
    };
    let counted = |id: NodeId| matches!(plan.node(id).op, Op::Aggregate { kind: Aggregate::Count, .. });
    match plan.node(id).op {
        Op::Aggregate { kind: Aggregate::Any, .. } => Some((id, true)),
        Op::Compare(kind, left, right) => {
            let (rows, kind, bound) = match (number(left), number(right)) {
                (None, Some(bound)) => (left, kind, bound),
                (Some(bound), None) => (right, kind.mirrored(), bound),
                _ => return None,
            };
            let some = match kind {
                Compare::Ge | Compare::Eq if bound > 0 => true,
                Compare::Gt if bound >= 0 => true,
                Compare::Eq | Compare::Le if bound == 0 => false,
                Compare::Lt if bound == 1 => false,
                _ => return None,
            };
            counted(rows).then_some((rows, some))
        }
        _ => None,
    }
}

/// Sons alone or daughters alone, with nothing else about them that is a code.
fn sex_of(plan: &Plan, root: NodeId, status: &Status) -> Option<Child> {
    // 女 is a relation, and a sex.
    let codes = plan.within([root]).into_iter().filter_map(|id| code_of(plan, id));
    let (related, sexes): (Vec<_>, Vec<_>) = codes.partition(|(field, _)| is(field, &status.relation));
    let among = |codes: &[(&Label, &Label)], names: &[String]| codes.iter().any(|(_, code)| is(code, names));
    let only = |codes: &[(&Label, &Label)], one: &[String], other: &[String]| {
        codes.iter().all(|(_, code)| is(code, one) || is(code, other))
    };
    if !only(&related, &status.son, &status.daughter) || !only(&sexes, &status.male, &status.female) {
        return None;
    }
    let (son, daughter) = (among(&related, &status.son), among(&related, &status.daughter));
    match (among(&sexes, &status.male), among(&sexes, &status.female)) {
        (true, false) if son => Some(Child::Son),
        (false, true) if daughter => Some(Child::Daughter),
        (false, false) if son && !daughter => Some(Child::Son),
        (false, false) if daughter && !son => Some(Child::Daughter),
        _ => None,
    }
}

/// A person counts by the relation to the head: a son and no daughter, one who married in and no other, or those
/// related in any other way and none who married in.
fn related(plan: &Plan, id: NodeId, wanted: bool, status: &Status) -> bool {
    let relation = |id: NodeId| is_field(plan, id, &status.relation);
    if !plan.within([id]).into_iter().any(relation) {
        return false;
    }
    let Some(counted) = asked_for(plan, id, wanted, &relation) else { return false };
    let has = |names: &[String]| counted.iter().any(|label| is(label, names));
    let (son, daughter) = (has(&status.son), has(&status.daughter));
    let (son_in_law, daughter_in_law) = (has(&status.son_in_law), has(&status.daughter_in_law));
    let one_in_law = son_in_law != daughter_in_law;
    match (son, daughter) {
        (true, false) => true,
        (false, false) => false,
        (_, true) => one_in_law,
    }
}

/// An amount that is higher where there is a son.
fn pays_more(plan: &Plan, id: NodeId, status: &Status) -> bool {
    match &plan.node(id).op {
        Op::Choose { cases, otherwise } => match cases.as_slice() {
            [(condition, value)] => {
                let (more, less) = (amount(plan, *value), amount(plan, *otherwise));
                match (more, less) {
                    (Some(more), Some(less)) if more > less => asks(plan, *condition, true, status),
                    (Some(less), Some(more)) if more > less => asks(plan, *condition, false, status),
                    _ => false,
                }
            }
            _ => false,
        },
        Op::Tiers { subject, arms, otherwise } => tiers_favour(plan, *subject, arms, *otherwise, status),
        _ => false,
    }
}

fn amount(plan: &Plan, id: NodeId) -> Option<i128> {
    match plan.node(id).op {
        Op::Constant(Constant::Money(fen)) => Some(i128::from(fen.0)),
        Op::Constant(Constant::Number(number)) => Some(i128::from(number)),
        _ => None,
    }
}

/// By relation: a son gets more than a son-in-law.
fn tiers_favour(
    plan: &Plan,
    subject: NodeId,
    arms: &[TierArm],
    otherwise: Option<NodeId>,
    status: &Status,
) -> bool {
    let Op::Field(record, field) = plan.node(subject).op else { return false };
    let field = plan.schema.field(record, field);
    let FieldType::Code(codes) = &field.ty else { return false };
    let paid = |names: &[String]| {
        let place = codes.iter().position(|code| is(&code.label, names))?;
        let hit =
            arms.iter().find(|arm| matches!(arm.pattern, Pattern::Code(code) if usize::from(code) == place));
        amount(plan, hit.map(|arm| arm.value).or(otherwise)?)
    };
    let more = |one: &[String], other: &[String]| matches!((paid(one), paid(other)), (Some(one), Some(other)) if one > other);
    is(&field.label, &status.relation) && more(&status.son, &status.son_in_law)
}
