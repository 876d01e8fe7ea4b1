//! Conditions that contradict each other by what is written: one and its opposite, one value in two ranges that have
//! nothing in common, rows that are counted to more than those among which they are. No household needs to be looked for.
//!
//! What is joined by `and` is taken apart; of what is joined by `or` each part is looked at in turn, a few times. Where
//! every one of these cases contradicts itself, no household of any size meets the conditions.

use super::held::{Held, Place};
use super::{Literal, Question, Want};
use crate::ir::{NodeId, Op, Pattern, Plan};
use crate::value::{Bounds, Day, Fen, Ratio};
use std::collections::BTreeMap;

/// Most cases that are looked at for one question.
const MAX_CASES: usize = 200;

/// An expression and whether it is true, where it is computed.
pub(super) type Fact = (NodeId, bool, Place);

/// The moments of a question at which its literals do not contradict each other.
pub(super) fn possible(plan: &Plan, question: &Question) -> Vec<Vec<Day>> {
    // It matters which days are the same, not which they are.
    let mut known: BTreeMap<Vec<usize>, bool> = BTreeMap::new();
    let mut opposed = |moment: &[Day]| {
        let days: Vec<usize> =
            moment.iter().map(|day| moment.iter().take_while(|other| *other != day).count()).collect();
        *known.entry(days).or_insert_with_key(|days| opposed(plan, &question.literals, days))
    };
    question.moments.iter().filter(|moment| !opposed(moment)).cloned().collect()
}

/// True where the literals cannot all hold on some days.
fn opposed(plan: &Plan, literals: &[Literal], days: &[usize]) -> bool {
    let mut prover = Prover { plan, cases: MAX_CASES };
    let mut held = Held::new(plan);
    let mut waiting: Vec<Fact> = Vec::new();
    for literal in literals.iter().filter(|literal| literal.given.is_none()) {
        let day = days.get(literal.clock).copied().unwrap_or(literal.clock);
        let place = Place { row: literal.row, day };
        let end = |money: Fen| Some(Ratio::whole(money.0));
        match literal.want {
            Want::True => waiting.push((literal.node, true, place)),
            Want::False => waiting.push((literal.node, false, place)),
            // More than, or less than.
            Want::Above(than) => held.needs(literal.node, place, Bounds { lo: end(than), hi: None }),
            Want::Below(than) => held.needs(literal.node, place, Bounds { lo: None, hi: end(than) }),
            Want::Arm(arm) => {
                if hits(plan, &mut held, &mut waiting, literal.node, arm, place) {
                    return true;
                }
            }
            Want::Since(_) | Want::By(_) | Want::NotBy(_) | Want::Gap(_) => {}
        }
    }
    prover.closes(waiting, held)
}

/// What must hold for an arm to be hit; true where that contradicts what holds.
fn hits(
    plan: &Plan,
    held: &mut Held<'_>,
    waiting: &mut Vec<Fact>,
    node: NodeId,
    arm: usize,
    place: Place,
) -> bool {
    let mut fits = |subject: NodeId, pattern: &Pattern, is_it: bool| match pattern {
        Pattern::Code(code) => held.lies(subject, place, (i64::from(*code), i64::from(*code)), is_it),
        Pattern::Span(lo, hi) => {
            held.lies(subject, place, (lo.unwrap_or(i64::MIN), hi.unwrap_or(i64::MAX)), is_it)
        }
    };
    match &plan.node(node).op {
        Op::Choose { cases, .. } => {
            let before = cases.iter().take(arm).map(|(test, _)| (*test, false, place));
            waiting.extend(before.chain(cases.get(arm).map(|(test, _)| (*test, true, place))));
            false
        }
        Op::Tiers { subject, arms, .. } => match arms.get(arm) {
            Some(arm) => fits(*subject, &arm.pattern, true),
            None if plan.node(*subject).optional => false,
            None => arms.iter().any(|arm| fits(*subject, &arm.pattern, false)),
        },
        Op::Table { subjects, rows } => rows.get(arm).is_some_and(|row| {
            let cells = subjects.iter().zip(&row.cells);
            let mut cells = cells.filter_map(|(subject, cell)| Some((subject, cell.as_ref()?)));
            cells.any(|(subject, pattern)| fits(*subject, pattern, true))
        }),
        _ => false,
    }
}

/// Looks at cases until it has looked at too many.
pub(super) struct Prover<'p> {
    pub plan: &'p Plan,
    cases: usize,
}

impl<'p> Prover<'p> {
    /// Every case of some facts contradicts itself.
    pub(super) fn closes(&mut self, mut waiting: Vec<Fact>, mut held: Held<'p>) -> bool {
        while let Some((id, truth, place)) = waiting.pop() {
            match &self.plan.node(id).op {
                Op::Not(inner) => waiting.push((*inner, !truth, place)),
                Op::All(parts) if truth => waiting.extend(parts.iter().map(|part| (*part, true, place))),
                Op::Either(parts) if !truth => waiting.extend(parts.iter().map(|part| (*part, false, place))),
                Op::All(parts) | Op::Either(parts) => {
                    held.choices.push(parts.iter().map(|part| (*part, truth, place)).collect());
                }
                // The one household there is.
                Op::Outer(record, inner) if self.plan.schema.record(*record).parent.is_none() => {
                    waiting.push((*inner, truth, Place { row: (*record, 0), ..place }));
                }
                _ => {
                    if held.contradicts(id, truth, place) {
                        return true;
                    }
                }
            }
        }
        if held.settles_unsure() || held.is_contradicted(self) {
            return true;
        }
        let Some(choice) = held.choices.pop() else { return false };
        choice.into_iter().all(|part| {
            let Some(left) = self.cases.checked_sub(1) else { return false };
            self.cases = left;
            self.closes(vec![part], held.clone())
        })
    }
}
