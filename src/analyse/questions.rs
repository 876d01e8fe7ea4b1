//! Questions about clauses, and a list of those that were not decided.

use super::days::Judged;
use super::solve::{
    Answer, Answered, Happened, Literal, MAX_ROWS, MAX_STEPS, Question, Solver, Undecided, Want, Witness,
};
use super::stacks::Stacks;
use crate::ast::Rhythm;
use crate::diagnostic::{Diagnostic, Term};
use crate::ir::{Benefit, CharterId, NodeId, Pay, Plan};
use crate::source::Span;
use crate::value::{Day, Fen};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// Most evaluations for a question of which it is no matter that it is not decided.
const MAX_SOUGHT: usize = 2_000;

/// Asks a solver, and remembers what it could not say.
pub(super) struct Questions<'p> {
    plan: &'p Plan,
    solver: Solver<'p>,
    stacks: Stacks,
    about: Cell<Topic>,
    undecided: RefCell<BTreeMap<(Span, Topic), Doubt>>,
}

/// Something about a clause that was not decided.
#[derive(Clone, Debug)]
pub(super) struct Doubt {
    /// Why.
    pub why: Undecided,
    /// The other clauses it is about, in the order of their places; none where it is about the clause alone.
    pub others: BTreeMap<Span, (Term, Undecided)>,
}

/// What is asked of a clause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Topic {
    /// Whether anybody can have it, and whether a condition makes a difference (A001 to A003).
    #[default]
    Conditions,
    /// Whether one household can have another benefit with it (A004).
    Overlap,
    /// Whether anybody needs a value that is missing (A006).
    Holes,
    /// Whether a value that is set takes something from somebody (L21).
    Floor,
    /// Whether a day or a yuan more loses something (A011).
    Cliffs,
    /// Whether the amount can be below zero, and whether it has a bound (A005, A012).
    Amounts,
    /// Whether each row of a table and each branch can be reached (A013).
    Arms,
    /// Whether a duty binds anybody and can be met (A015, A016).
    Duties,
}

impl<'p> Questions<'p> {
    pub(super) fn of(plan: &'p Plan) -> Self {
        Self {
            plan,
            solver: Solver::new(plan),
            stacks: Stacks::of(plan),
            about: Cell::default(),
            undecided: RefCell::default(),
        }
    }

    /// What is asked from now on.
    pub(super) fn about(&self, topic: Topic) -> &Self {
        self.about.set(topic);
        self
    }

    /// A household under that charter of which the question holds; `about` is the clause it is for.
    pub(super) fn ask(&self, question: &Question, charter: CharterId, about: Span) -> Answer {
        let answer = self.solver.ask(question, &chain(self.plan, charter), MAX_STEPS);
        if let Answer::Undecided(why) = &answer {
            self.doubt(about, *why);
        }
        answer
    }

    /// The same of any village, for one of several questions: that it was not decided is not remembered yet.
    pub(super) fn try_anywhere(&self, question: &Question, charter: CharterId) -> Answer {
        self.anywhere(question, charter, MAX_STEPS)
    }

    /// The same with fewer evaluations, where that it was not decided is no matter and is not remembered.
    pub(super) fn seek(&self, question: &Question, charter: CharterId) -> Answer {
        self.solver.ask(question, &chain(self.plan, charter), MAX_SOUGHT)
    }

    /// A household of any village the charter reaches: the slots that are read may be set otherwise in each.
    pub(super) fn ask_anywhere(&self, question: &Question, charter: CharterId, about: Span) -> Answer {
        let answer = self.anywhere(question, charter, MAX_STEPS);
        if let Answer::Undecided(why) = &answer {
            self.doubt(about, *why);
        }
        answer
    }

    /// The same as [`Self::seek`], of any village.
    pub(super) fn seek_anywhere(&self, question: &Question, charter: CharterId) -> Answer {
        self.anywhere(question, charter, MAX_SOUGHT)
    }

    fn anywhere(&self, question: &Question, charter: CharterId, steps: usize) -> Answer {
        let slots = self.solver.slots(question);
        if slots.is_empty() {
            return self.solver.ask(question, &chain(self.plan, charter), steps);
        }
        let mut doubt = None;
        for stack in self.stacks.differing(self.plan, charter, &slots) {
            match self.solver.ask(question, &stack.layers, steps) {
                Answer::Witness(witness) => {
                    return Answer::Witness(Witness { village: stack.village.clone(), ..witness });
                }
                Answer::None => {}
                Answer::Undecided(why) => doubt = doubt.or(Some(why)),
            }
        }
        doubt.map_or(Answer::None, Answer::Undecided)
    }

    /// Does a question read open parameters?
    pub(super) fn reads_slots(&self, question: &Question) -> bool {
        !self.solver.slots(question).is_empty()
    }

    /// All that was asked, and what came of it.
    pub(super) fn answered(&self) -> Vec<Answered> {
        self.solver.answered()
    }

    /// Remembers that something about a clause was not decided.
    pub(super) fn doubt(&self, about: Span, why: Undecided) {
        let doubt = Doubt { why, others: BTreeMap::new() };
        self.undecided.borrow_mut().entry((about, self.about.get())).or_insert(doubt);
    }

    /// The same of a clause together with another.
    pub(super) fn doubt_beside(&self, about: Span, (other, label): (Span, Term), why: Undecided) {
        let mut undecided = self.undecided.borrow_mut();
        let doubt = undecided
            .entry((about, self.about.get()))
            .or_insert_with(|| Doubt { why, others: BTreeMap::new() });
        doubt.others.entry(other).or_insert((label, why));
    }

    /// The clauses of which something was not decided, and what.
    pub(super) fn undecided(&self) -> Vec<((Span, Topic), Doubt)> {
        self.undecided.borrow().iter().map(|(about, doubt)| (*about, doubt.clone())).collect()
    }
}

/// A charter version and those above it, the nearest layer first.
pub(super) fn chain(plan: &Plan, charter: CharterId) -> Vec<CharterId> {
    std::iter::successors(Some(charter), |id| plan.charter(*id).under).take(plan.charters.len()).collect()
}

/// The amounts that a benefit names: one, or the ends of a range.
pub(super) fn amounts(benefit: &Benefit) -> Vec<NodeId> {
    match &benefit.pay {
        Pay::Fixed(amount, _) | Pay::InKind { worth: amount, .. } => vec![*amount],
        Pay::Range { lo, hi, .. } => vec![*lo, *hi],
    }
}

/// With the bounds within which it was proved.
pub(super) fn within_bounds(finding: Diagnostic) -> Diagnostic {
    finding.proof(Term::new(
        format!("在最多 {MAX_ROWS} 行记录的户里、在凡有变化的判定日上逐一查过"),
        format!("all households of at most {MAX_ROWS} rows, on the judged days on which it may turn"),
    ))
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
    pub(super) fn literal(&self, node: NodeId, want: Want) -> Literal {
        Literal { node, row: (self.benefit.target, self.row), want, clock: self.clock, given: None }
    }

    /// That the literals hold on one of some days, each a moment of its own.
    pub(super) fn on(&self, literals: Vec<Literal>, days: &[Day]) -> Question {
        let moments = days.iter().map(|day| vec![*day]).collect();
        let events = self.event().into_iter().collect();
        Question { literals, events, moments, standing: None, all_days: false }
    }

    /// The same where that there is none is concluded from it.
    pub(super) fn on_all(&self, literals: Vec<Literal>, judged: &Judged) -> Question {
        Question { all_days: judged.all, ..self.on(literals, &judged.days) }
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
        (self.benefit.rhythm == Rhythm::EachEvent).then_some(Happened {
            row: (self.benefit.target, self.row),
            field: None,
            clock: self.clock,
        })
    }
}
