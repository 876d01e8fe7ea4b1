//! Who married in and is left out (L09): the same household is imagined once with a person related so, and once with one
//! related in each other way, and asked what it meets and what it is paid.

use super::equal::own;
use super::law::Status;
use super::sons::amounts;
use super::status::is;
use super::worlds::{Kind, World, number, truth};
use crate::ir::{Benefit, NodeId, Op, Plan};
use crate::schema::FieldType;
use crate::source::Span;

/// The place where a son-in-law or a daughter-in-law counts for less than everybody else.
pub(super) fn left_out(plan: &Plan, benefit: &Benefit, status: &Status) -> Option<Span> {
    let conditions = own(benefit).map(|condition| (condition.node, condition.span.0));
    let read: Vec<(NodeId, Span)> = conditions.chain(amounts(benefit)).collect();
    let relation = read.iter().find_map(|(node, _)| related_by(plan, *node, status))?;
    let married_in = [
        (&status.male, &status.son_in_law, &status.son),
        (&status.female, &status.daughter_in_law, &status.daughter),
    ];
    let left_out = |node: NodeId| {
        married_in.iter().any(|(sex, in_law, child)| {
            let world = |relation| {
                let kind = Kind { sex, relation: Some(relation) };
                World::of(plan, status, vec![(kind, 1)])
            };
            let worth = |relation| worth(&world(relation), node);
            let Some(less) = worth(in_law) else { return false };
            // Who is not of the family, and the other who married in, may count for as little.
            let others = relation.iter().filter(|names| {
                !is_one(names, &status.son_in_law) && !is_one(names, &status.daughter_in_law)
            });
            let counted = others.map(|names| worth(names)).collect::<Option<Vec<_>>>();
            worth(child).is_some_and(|child| child > less)
                && counted.is_some_and(|counted| counted.iter().filter(|worth| **worth <= less).count() <= 1)
        })
    };
    read.into_iter().find(|(node, _)| left_out(*node)).map(|(_, span)| span)
}

/// What a condition or an amount comes to.
fn worth(world: &World<'_>, node: NodeId) -> Option<i128> {
    let value = world.value(node);
    number(value).or_else(|| truth(value).map(i128::from))
}

fn is_one(names: &[String], of: &[String]) -> bool {
    names.iter().any(|name| of.contains(name))
}

/// The names of the ways in which persons are related, where an expression reads how.
fn related_by(plan: &Plan, root: NodeId, status: &Status) -> Option<Vec<Vec<String>>> {
    plan.within([root]).into_iter().find_map(|id| {
        let Op::Field(record, field) = plan.node(id).op else { return None };
        let field = plan.schema.field(record, field);
        let FieldType::Code(codes) = &field.ty else { return None };
        is(&field.label, &status.relation)
            .then(|| codes.iter().map(|code| vec![code.label.name.clone()]).collect())
    })
}
