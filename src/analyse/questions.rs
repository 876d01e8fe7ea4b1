//! Questions about clauses, and a list of those that were not decided.

use super::solve::{Answer, Literal, Solver, Undecided, Want};
use crate::ir::{Benefit, CharterId, Pay, Plan};
use crate::source::Span;
use crate::value::{Day, Fen};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Asks a solver, and remembers what it could not say.
pub(super) struct Questions<'p> {
    plan: &'p Plan,
    solver: Solver<'p>,
    undecided: RefCell<BTreeMap<Span, Undecided>>,
}

impl<'p> Questions<'p> {
    pub(super) fn of(plan: &'p Plan) -> Self {
        Self { plan, solver: Solver::new(plan), undecided: RefCell::default() }
    }

    /// A household under that charter of which all literals hold; `about` is the clause the question is for.
    pub(super) fn ask(&self, literals: &[Literal], days: &[Day], charter: CharterId, about: Span) -> Answer {
        let plan = self.plan;
        let layers: Vec<CharterId> =
            std::iter::successors(Some(charter), |id| plan.charter(*id).under).take(plan.charters.len()).collect();
        let answer = self.solver.ask(literals, days, &layers);
        if let Answer::Undecided(why) = &answer {
            self.undecided.borrow_mut().entry(about).or_insert(*why);
        }
        answer
    }

    /// The clauses of which something was not decided, and why.
    pub(super) fn undecided(&self) -> Vec<(Span, Undecided)> {
        self.undecided.borrow().iter().map(|(span, why)| (*span, *why)).collect()
    }
}

/// That all conditions of a clause hold on a row of its target; and that it pays something, where asked for.
pub(super) fn literals(benefit: &Benefit, row: usize, pays: bool) -> Vec<Literal> {
    let row = (benefit.target, row);
    let all = benefit.filter.iter().chain(&benefit.conditions);
    let mut literals: Vec<Literal> =
        all.map(|condition| Literal { node: condition.node, row, want: Want::True }).collect();
    let amount = match &benefit.pay {
        Pay::Fixed(amount, _) => Some(*amount),
        Pay::Range { hi, .. } => Some(*hi),
        Pay::InKind { .. } => None,
    };
    if pays {
        literals.extend(amount.map(|node| Literal { node, row, want: Want::Above(Fen::ZERO) }));
    }
    literals
}
