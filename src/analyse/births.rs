//! Duties about births, marriage and examinations (L06, L08): over what is asked, so that no name gives it away.
//!
//! In: a duty, and what a lint forbids it to ask. Out: whether it asks for that.

use super::benefit::mentioned;
use super::equal::{men_alone, women_alone};
use super::families::{Family, Made, Step};
use super::law::{DutyLint, Marriage, Status, lint};
use super::status::{asked_for, code_of, is, is_field};
use super::wording::RULES;
use crate::ir::{Compare, Constant, Must, NodeId, Obligation, Op, Plan};
use crate::schema::{FieldType, Label};
use crate::value::Truth;
use std::collections::BTreeSet;

/// True where a duty asks for what none may ask for. `read` are the labels of all that it reads.
pub(super) fn forbidden(plan: &Plan, duty: &Obligation, rule: &DutyLint, read: &[&Label]) -> bool {
    let mentions = |words: &[String]| read.iter().any(|label| mentioned(label, words));
    let Some(status) = lint("L09").and_then(|lint| lint.status.as_ref()) else { return false };
    mentions(&rule.reads)
        || mentions(&rule.of_women) && for_women(plan, duty, status)
        || rule.births.is_some_and(|most| of_births(plan, duty, most, status))
        || rule.marriage.is_some_and(|marriage| of_marriage(plan, duty, marriage, status))
}

/// Women alone are bound, or count, or are not excused, or have something to do.
fn for_women(plan: &Plan, duty: &Obligation, status: &Status) -> bool {
    let bound = duty.filter.iter().chain(&duty.bound).map(|condition| condition.node);
    let (counted, kept) = match &duty.must {
        Must::Times { filter, .. } => (*filter, None),
        Must::Throughout { condition, .. } => (None, Some(*condition)),
        Must::Within { .. } => (None, None),
    };
    let excused = duty.excuse.as_ref().map(|condition| condition.node);
    let alone = |node: NodeId| women_alone(plan, node, status) || of_wives(plan, node, status);
    // Who is married is asked for the same purpose.
    let married = |node: NodeId| plan.within([node]).into_iter().any(|id| is_field(plan, id, &status.fields));
    bound.chain(counted).any(|node| alone(node) || married(node))
        || excused.into_iter().chain(kept).any(|node| men_alone(plan, node, status))
}

/// By the relation to the head: daughters, daughters-in-law and wives, and nobody else.
fn of_wives(plan: &Plan, node: NodeId, status: &Status) -> bool {
    let Status { relation, daughter, daughter_in_law, spouse, .. } = status;
    let is_relation = |id: NodeId| is_field(plan, id, relation);
    let parts = match &plan.node(node).op {
        Op::All(parts) => parts.clone(),
        _ => vec![node],
    };
    let asked = parts.into_iter().filter(|part| plan.within([*part]).into_iter().any(is_relation));
    let mut asked = asked.filter_map(|part| asked_for(plan, part, true, &is_relation));
    asked.any(|asked| {
        let of = |words: &[String]| asked.iter().any(|label| is(label, words));
        let women = |label: &&Label| is(label, daughter) || is(label, daughter_in_law) || is(label, spouse);
        asked.iter().all(women) && (of(daughter) || of(daughter_in_law))
    })
}

/// It is kept with so many children and broken with others, or asks for a birth itself.
fn of_births(plan: &Plan, duty: &Obligation, most: usize, status: &Status) -> bool {
    match &duty.must {
        Must::Within { act, .. } => is_field(plan, *act, &RULES.births.date),
        Must::Throughout { condition, .. } => {
            let made = Made::of(plan, status, duty.charter, duty.days);
            let steps = made.steps(most);
            let met = |family: &Family<'_>| family.truths(*condition, duty.target);
            // A birth breaks it or is asked for, and a further adult does not do the same.
            let turns = |step: &Step<'_>| {
                let [before, birth, adult] = [&step.before, &step.birth, &step.adult].map(met);
                (0..2).any(|place| {
                    let turned = [before[place], birth[place]];
                    (turned == [Some(Truth::True), Some(Truth::False)]
                        || turned == [Some(Truth::False), Some(Truth::True)])
                        && adult[place] != birth[place]
                })
            };
            // A child breaks it by being born.
            let of_child = |step: &Step<'_>, truth| met(&step.birth)[1] == Some(truth);
            steps.iter().any(turns)
                || steps.iter().any(|step| step.age == 0 && of_child(step, Truth::False))
                    && steps.iter().any(|step| step.age > 0 && of_child(step, Truth::True))
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
