//! Questions about clauses, and a list of those that were not decided.

use super::solve::{Answer, Happened, Literal, Question, Solver, Undecided, Want, Witness};
use super::stacks::Stacks;
use crate::ast::Rhythm;
use crate::ir::{Benefit, CharterId, Pay, Plan};
use crate::source::Span;
use crate::value::Fen;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Asks a solver, and remembers what it could not say.
pub(super) struct Questions<'p> {
    plan: &'p Plan,
    solver: Solver<'p>,
    stacks: Stacks,
    undecided: RefCell<BTreeMap<Span, Undecided>>,
}

impl<'p> Questions<'p> {
    pub(super) fn of(plan: &'p Plan) -> Self {
        Self { plan, solver: Solver::new(plan), stacks: Stacks::of(plan), undecided: RefCell::default() }
    }

    /// A household under that charter of which the question holds; `about` is the clause it is for.
    pub(super) fn ask(&self, question: &Question, charter: CharterId, about: Span) -> Answer {
        let plan = self.plan;
        let layers: Vec<CharterId> = std::iter::successors(Some(charter), |id| plan.charter(*id).under)
            .take(plan.charters.len())
            .collect();
        let answer = self.solver.ask(question, &layers);
        if let Answer::Undecided(why) = &answer {
            self.undecided.borrow_mut().entry(about).or_insert(*why);
        }
        answer
    }

    /// A household of any village the charter reaches: the slots that are read may be set otherwise in each.
    pub(super) fn ask_anywhere(&self, question: &Question, charter: CharterId, about: Span) -> Answer {
        let slots = self.solver.slots(question);
        if slots.is_empty() {
            return self.ask(question, charter, about);
        }
        let mut doubt = None;
        for stack in self.stacks.differing(self.plan, charter, &slots) {
            match self.solver.ask(question, &stack.layers) {
                Answer::Witness(witness) => {
                    return Answer::Witness(Witness { village: stack.village.clone(), ..witness });
                }
                Answer::None => {}
                Answer::Undecided(why) => doubt = doubt.or(Some(why)),
            }
        }
        let Some(why) = doubt else { return Answer::None };
        self.doubt(about, why);
        Answer::Undecided(why)
    }

    /// Remembers that something about a clause was not decided.
    pub(super) fn doubt(&self, about: Span, why: Undecided) {
        self.undecided.borrow_mut().entry(about).or_insert(why);
    }

    /// The clauses of which something was not decided, and why.
    pub(super) fn undecided(&self) -> Vec<(Span, Undecided)> {
        self.undecided.borrow().iter().map(|(span, why)| (*span, *why)).collect()
    }
}

/// A clause on one row of its target, on one of the days of a moment.
#[derive(Clone, Copy)]
pub(super) struct Asked<'p> {
    pub benefit: &'p Benefit,
    pub row: usize,
    pub clock: usize,
}

impl Asked<'_> {
    /// An expression of the clause.
    pub(super) fn literal(&self, node: crate::ir::NodeId, want: Want) -> Literal {
        Literal { node, row: (self.benefit.target, self.row), want, clock: self.clock }
    }

    /// That all its conditions hold.
    pub(super) fn holds(&self) -> Vec<Literal> {
        let all = self.benefit.filter.iter().chain(&self.benefit.conditions);
        all.map(|condition| self.literal(condition.node, Want::True)).collect()
    }

    /// That it pays something, where that is not plain.
    pub(super) fn pays(&self) -> Option<Literal> {
        match &self.benefit.pay {
            Pay::Fixed(amount, _) => Some(self.literal(*amount, Want::Above(Fen::ZERO))),
            Pay::Range { hi, .. } => Some(self.literal(*hi, Want::Above(Fen::ZERO))),
            Pay::InKind { .. } => None,
        }
    }

    /// The row is an event that happened on the judged day.
    pub(super) fn event(&self) -> Option<Happened> {
        (self.benefit.rhythm == Rhythm::EachEvent)
            .then_some(Happened { row: (self.benefit.target, self.row), clock: self.clock })
    }
}
