//! Rights that no number of children may cut (L07): over what a benefit of that name or purpose asks for and pays, so
//! that no word gives it away.
//!
//! In: a benefit, and which rights there are. Out: the place of the condition or amount that a further child takes away.

use super::benefit::{labels, mentioned};
use super::equal::{for_daughters, own};
use super::law::{Births, Lint, Status, lint};
use super::sons::amounts;
use super::status::{code_of, is};
use super::text::names;
use super::words::mentions;
use super::worlds::{Kind, World, number, truth};
use crate::ir::{Aggregate, Benefit, NodeId, Op, Plan};
use crate::source::Span;

/// The place where more children are worth less.
pub(super) fn withheld(plan: &Plan, benefit: &Benefit, rule: &Lint) -> Option<Span> {
    let rights = rule.rights.as_ref()?;
    let status = lint("L09")?.status.as_ref()?;
    let purpose = benefit.purpose.and_then(|purpose| plan.purposes.get(purpose.0));
    let named = |label| names(label).iter().any(|name| mentions(name, &rights.titles));
    let preferred =
        |node: NodeId| labels(plan, node).into_iter().any(|label| mentioned(label, &rights.preferences));
    if !named(&benefit.label) && !purpose.is_some_and(named)
        || names(&benefit.label).iter().any(|name| mentions(name, &rights.preferences))
        || own(benefit).any(|condition| preferred(condition.node))
        || for_daughters(plan, benefit, status)
    {
        return None;
    }
    let counts = |id: NodeId| counts_children(plan, id, &rights.births, status);
    let families = families(plan, status, rights.births.most, &counts);
    let asked = own(benefit)
        .find(|condition| families.iter().any(|family| is_lost(family, condition.node)))
        .map(|condition| condition.span.0);
    let less = |amount: NodeId| {
        plan.within([amount]).into_iter().any(|id| {
            (id == amount || matches!(plan.node(id).op, Op::Choose { .. } | Op::Tiers { .. }))
                && families.iter().any(|family| falls(family, id))
        })
    };
    asked.or_else(|| amounts(benefit).into_iter().find(|(amount, _)| less(*amount)).map(|(_, span)| span))
}

/// Households with no child and more, up to so many: sons, and daughters.
pub(super) fn families<'w>(
    plan: &'w Plan,
    status: &'w Status,
    most: i128,
    counts: &'w dyn Fn(NodeId) -> bool,
) -> Vec<Vec<World<'w>>> {
    let kinds = [(&status.male, &status.son), (&status.female, &status.daughter)];
    kinds
        .into_iter()
        .map(|(sex, relation)| {
            let kind = Kind { sex, relation: Some(relation) };
            (0..=most).map(|many| World::of(plan, status, vec![(kind, many)], counts)).collect()
        })
        .collect()
}

/// With more children it is surely not met, with fewer it may be.
fn is_lost(family: &[World<'_>], id: NodeId) -> bool {
    let met = family.iter().map(|world| truth(world.value(id)) != Some(false));
    met.clone().zip(met.skip(1)).any(|(fewer, more)| fewer && !more)
}

/// With more children it is less.
fn falls(family: &[World<'_>], id: NodeId) -> bool {
    let paid: Vec<Option<i128>> = family.iter().map(|world| number(world.value(id))).collect();
    paid.windows(2).any(|two| matches!(two, [Some(fewer), Some(more)] if fewer > more))
}

/// Rows are counted, or put in an order, that are children, by when they were born and who they are and by nothing else: a child that does
/// not go to school is no birth.
pub(super) fn counts_children(plan: &Plan, id: NodeId, births: &Births, status: &Status) -> bool {
    let node = plan.node(id);
    let (record, nodes) = match node.op {
        Op::Aggregate { kind: Aggregate::Any | Aggregate::Count, record, filter, .. } => {
            (Some(record), plan.within(filter))
        }
        Op::Rank { filter, key, .. } => (node.scope, plan.within(filter.into_iter().chain([key]))),
        _ => return false,
    };
    let other = |id: NodeId| match plan.node(id).op {
        Op::Field(record, field) => !is(&plan.schema.field(record, field).label, &births.reads),
        _ => false,
    };
    let child = |id: NodeId| code_of(plan, id).is_some_and(|(_, code)| is(code, &status.child));
    (record.is_some_and(|record| is(&plan.schema.record(record).label, &births.records))
        || nodes.iter().any(|id| child(*id)))
        && !nodes.into_iter().any(other)
}
