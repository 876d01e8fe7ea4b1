//! Duties about births, marriage and examinations (L06, L08): over what is asked, so that no name gives it away.
//!
//! In: a duty, and what a lint forbids it to ask. Out: whether it asks for that.

use super::benefit::mentioned;
use super::equal::women_alone;
use super::law::{Births, DutyLint, Marriage, Status, lint};
use super::rights::{counts_children, families};
use super::status::{code_of, is};
use super::worlds::truth;
use crate::ir::{Compare, Constant, Must, NodeId, Obligation, Op, Plan};
use crate::schema::{FieldType, Label};
use std::collections::BTreeSet;

/// True where a duty asks for what none may ask for. `read` are the labels of all that it reads.
pub(super) fn forbidden(plan: &Plan, duty: &Obligation, rule: &DutyLint, read: &[&Label]) -> bool {
    let mentions = |words: &[String]| read.iter().any(|label| mentioned(label, words));
    let Some(status) = lint("L09").and_then(|lint| lint.status.as_ref()) else { return false };
    mentions(&rule.reads)
        || mentions(&rule.of_women) && for_women(plan, duty, status)
        || rule.births.as_ref().is_some_and(|births| of_births(plan, duty, births, status))
        || rule.marriage.is_some_and(|marriage| of_marriage(plan, duty, marriage, status))
}

/// Women alone are bound, or count.
fn for_women(plan: &Plan, duty: &Obligation, status: &Status) -> bool {
    let bound = duty.filter.iter().chain(&duty.bound).map(|condition| condition.node);
    let counted = match &duty.must {
        Must::Times { filter, .. } => *filter,
        _ => None,
    };
    bound.chain(counted).any(|node| women_alone(plan, node, status))
}

/// It is kept with so many children and broken with others, or asks for a birth itself.
fn of_births(plan: &Plan, duty: &Obligation, births: &Births, status: &Status) -> bool {
    match &duty.must {
        Must::Within { act, .. } => match plan.node(*act).op {
            Op::Field(record, field) => is(&plan.schema.field(record, field).label, &births.date),
            _ => false,
        },
        Must::Throughout { condition, .. } => {
            let counts = |id: NodeId| counts_children(plan, id, births, status);
            let families = families(plan, status, births.most, &counts);
            families.iter().any(|family| {
                let kept = family.iter().map(|world| truth(world.value(*condition)));
                kept.clone().any(|kept| kept == Some(true)) && kept.clone().any(|kept| kept == Some(false))
            })
        }
        Must::Times { .. } => false,
    }
}

/// It looks at who is married, and at nothing but age and sex beside; and not at a marriage before the age that the law
/// sets.
fn of_marriage(plan: &Plan, duty: &Obligation, lawful: Marriage, status: &Status) -> bool {
    let Must::Throughout { condition, .. } = duty.must else { return false };
    let nodes = plan.within([condition]);
    let fields = nodes.iter().filter_map(|id| match plan.node(*id).op {
        Op::Field(record, field) => Some(plan.schema.field(record, field)),
        _ => None,
    });
    let coded = |name: &Label| is(name, &status.fields) || is(name, &status.relation);
    let mut marital = false;
    for field in fields {
        marital |= is(&field.label, &status.fields);
        let civil = coded(&field.label)
            || matches!(field.ty, FieldType::Date)
            || is_sex(plan, &nodes, &field.label, status);
        if !civil {
            return false;
        }
    }
    let ages: Vec<i64> = nodes.iter().filter_map(|id| age_below(plan, *id)).collect();
    let women = nodes.iter().any(|id| code_of(plan, *id).is_some_and(|(_, code)| is(code, &status.female)));
    let least = if women { lawful.women } else { lawful.men };
    marital && (ages.is_empty() || ages.iter().any(|age| *age > least))
}

/// A field that a code of a man or a woman is held against.
fn is_sex(plan: &Plan, nodes: &BTreeSet<NodeId>, field: &Label, status: &Status) -> bool {
    nodes.iter().any(|id| {
        code_of(plan, *id).is_some_and(|(of, code)| {
            of.name == field.name && (is(code, &status.female) || is(code, &status.male))
        })
    })
}

/// The age, in full years, from which a comparison is otherwise: 23 of `age < 23` and of `age <= 22`.
fn age_below(plan: &Plan, id: NodeId) -> Option<i64> {
    let Op::Compare(kind, left, right) = plan.node(id).op else { return None };
    let number = |id: NodeId| match plan.node(id).op {
        Op::Constant(Constant::Number(number)) => Some(number),
        _ => None,
    };
    let elapsed = |id: NodeId| matches!(plan.node(id).op, Op::Elapsed(..));
    let (kind, bound) = match (number(left), number(right)) {
        (None, Some(bound)) if elapsed(left) => (kind, bound),
        (Some(bound), None) if elapsed(right) => (kind.mirrored(), bound),
        _ => return None,
    };
    Some(match kind {
        Compare::Lt | Compare::Ge | Compare::Eq => bound,
        Compare::Le | Compare::Gt => bound.saturating_add(1),
    })
}
