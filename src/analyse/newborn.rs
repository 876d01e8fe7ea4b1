//! Shares of the collective's income that a child has from its birth (L09): over whom a benefit of that name leaves out for
//! being young, and takes in some years later.
//!
//! In: a benefit. Out: the place of the condition or amount that does so.

use super::equal::own;
use super::families::{Made, Step};
use super::law::Status;
use super::sons::amounts;
use super::text::names;
use super::words::mentions;
use crate::ir::{Benefit, NodeId, Plan};
use crate::source::Span;
use crate::value::Truth;
use std::cmp::Ordering;

/// So many children are imagined.
const MOST: usize = 6;

/// The place where a new-born child is not counted, and an older one is.
pub(super) fn left_out(plan: &Plan, benefit: &Benefit, status: &Status) -> Option<Span> {
    let purpose = benefit.purpose.and_then(|purpose| plan.purposes.get(purpose.0));
    let mut labels = purpose.into_iter().chain([&benefit.label]);
    if !labels.any(|label| names(label).iter().any(|name| mentions(name, &status.shares))) {
        return None;
    }
    let made = Made::of(plan, status, benefit.charter, benefit.days);
    let steps = made.steps(MOST);
    let (born, older): (Vec<&Step<'_>>, Vec<&Step<'_>>) = steps.iter().partition(|step| step.age == 0);
    let met = |step: &&Step<'_>, node: NodeId| step.birth.truths(node, benefit.target)[1];
    let is_left_out = |node: NodeId| {
        born.iter().any(|step| met(step, node) == Some(Truth::False))
            && older.iter().any(|step| met(step, node).is_some_and(|met| !met.is_false()))
    };
    // What a household gets by a child more.
    let grows = |step: &&Step<'_>, node: NodeId, by: Ordering| {
        let [before, birth] =
            [&step.before, &step.birth].map(|family| family.amounts(node, benefit.target)[0]);
        before.zip(birth).is_some_and(|(before, birth)| birth.compare(&before, |order| order == by).is_true())
    };
    let is_not_counted = |node: NodeId| {
        born.iter().any(|step| grows(step, node, Ordering::Equal))
            && older.iter().any(|step| grows(step, node, Ordering::Greater))
    };
    let asked = own(benefit).find(|condition| is_left_out(condition.node)).map(|condition| condition.span.0);
    asked.or_else(|| {
        amounts(benefit).into_iter().find(|(node, _)| is_not_counted(*node)).map(|(_, span)| span)
    })
}
