//! Rights that no number of children may cut (L07): over what a benefit of that name or purpose asks for and pays, and
//! over what takes its place, so that no word gives it away.
//!
//! In: a benefit, and which rights there are. Out: the place of the condition or amount that a further child takes away.

use super::benefit::{labels, mentioned};
use super::equal::{for_daughters, own};
use super::families::{Made, Step};
use super::law::{Lint, Rights, Status, lint};
use super::sons::amounts;
use super::text::names;
use super::words::mentions;
use crate::ast::Relation;
use crate::ir::{Benefit, NodeId, Op, Plan};
use crate::schema::RecordId;
use crate::source::Span;
use crate::value::{Bounds, Fen, Truth};
use std::cmp::Ordering;

/// The place where more children are worth less.
pub(super) fn withheld(plan: &Plan, benefit: &Benefit, rule: &Lint) -> Option<Span> {
    let rights = rule.rights.as_ref()?;
    let status = lint("L09")?.status.as_ref()?;
    let is_right = |benefit: &Benefit| is_right(plan, benefit, rights, status);
    let taken = taken_from(plan, benefit).filter(|(right, _)| is_right(right));
    let taken: Vec<(&Benefit, Span)> = taken.collect();
    let right = is_right(benefit);
    if !right && taken.is_empty() {
        return None;
    }
    let made = Made::of(plan, status, benefit.charter, benefit.days);
    let steps = made.steps(rights.births);
    let target = benefit.target;
    let asked = || own(benefit).filter(|_| right).find(|one| is_lost(&steps, one.node, target));
    let less = |amount: NodeId| {
        plan.within([amount]).into_iter().any(|id| {
            (id == amount || matches!(plan.node(id).op, Op::Choose { .. } | Op::Tiers { .. }))
                && falls(&steps, id, target)
        })
    };
    let paid = || amounts(benefit).into_iter().filter(|_| right).find(|(amount, _)| less(*amount));
    let replaced = || taken.iter().find(|(right, _)| replaces(&steps, benefit, right));
    asked()
        .map(|condition| condition.span.0)
        .or_else(|| paid().map(|(_, span)| span))
        .or_else(|| replaced().map(|(_, span)| *span))
}

/// A right by its name or purpose, and no preference that the law itself gives.
fn is_right(plan: &Plan, benefit: &Benefit, rights: &Rights, status: &Status) -> bool {
    let purpose = benefit.purpose.and_then(|purpose| plan.purposes.get(purpose.0));
    let named = |label| names(label).iter().any(|name| mentions(name, &rights.titles));
    let preferred =
        |node: NodeId| labels(plan, node).into_iter().any(|label| mentioned(label, &rights.preferences));
    (named(&benefit.label) || purpose.is_some_and(named))
        && !names(&benefit.label).iter().any(|name| mentions(name, &rights.preferences))
        && !own(benefit).any(|condition| preferred(condition.node))
        && !for_daughters(plan, benefit, status)
}

/// Benefits whose place it takes, and where it says so.
fn taken_from<'p>(plan: &'p Plan, benefit: &'p Benefit) -> impl Iterator<Item = (&'p Benefit, Span)> {
    let takes = [Relation::ExceptionTo, Relation::InsteadOf];
    benefit.related.iter().filter(move |related| takes.contains(&related.relation)).flat_map(|related| {
        let named = |other: &&Benefit| other.label.name == related.clause;
        plan.benefits.iter().filter(named).map(|other| (other, related.span.0))
    })
}

/// With one child more it is surely not met, before it may be; nor is it so with one adult more.
fn is_lost(steps: &[Step<'_>], node: NodeId, target: RecordId) -> bool {
    steps.iter().any(|step| {
        let [before, birth, adult] =
            [&step.before, &step.birth, &step.adult].map(|family| family.truths(node, target));
        (0..2).any(|place| {
            birth[place] == Some(Truth::False)
                && before[place].is_some_and(|met| !met.is_false())
                && adult[place] != Some(Truth::False)
        })
    })
}

/// With one child more it is less, and not with one adult more.
fn falls(steps: &[Step<'_>], node: NodeId, target: RecordId) -> bool {
    steps.iter().any(|step| {
        let [before, birth, adult] =
            [&step.before, &step.birth, &step.adult].map(|family| family.amounts(node, target));
        (0..2).any(|place| is_less(birth[place], before[place]) && !is_less(adult[place], before[place]))
    })
}

/// It is for those with one child more, and they get less by it than by the other.
fn replaces(steps: &[Step<'_>], benefit: &Benefit, right: &Benefit) -> bool {
    let paid = |benefit: &Benefit| amounts(benefit).last().map(|(amount, _)| *amount);
    let Some((paid, due)) = paid(benefit).zip(paid(right)) else { return false };
    steps.iter().any(|step| {
        let gained = |node: NodeId| {
            let [before, birth, adult] =
                [&step.before, &step.birth, &step.adult].map(|family| family.truths(node, benefit.target));
            (0..2).any(|place| {
                before[place] == Some(Truth::False)
                    && birth[place].is_some_and(|met| !met.is_false())
                    && adult[place] != birth[place]
            })
        };
        let (paid, due) = (step.birth.amounts(paid, benefit.target), step.birth.amounts(due, right.target));
        own(benefit).any(|condition| gained(condition.node))
            && (0..2).any(|place| is_less(paid[place], due[place]))
    })
}

/// One is surely less than the other.
fn is_less(one: Option<Bounds<Fen>>, other: Option<Bounds<Fen>>) -> bool {
    one.zip(other).is_some_and(|(one, other)| one.compare(&other, Ordering::is_lt).is_true())
}
