//! Is there a household of which this is true? A search over what the language has: codes, numbers, money, days and
//! month arithmetic, counts over a few rows, three truth values.
//!
//! In: conditions on rows of one household on a day. Out: a household as small as can be, or that there is none within
//! stated bounds, or why that was not decided.
//!
//! Rows come first (none, then one, …), all their facts unknown. The evaluator itself says how far that settles the
//! conditions: false on unknown facts is false for all of them, so whole stretches are left out at once; true is a
//! witness, and the facts it never asked for stay out of it. Else one fact it wants is tried at every value at which
//! something could turn (`turning`).

mod document;
mod shape;
mod turning;

pub(super) use document::Witness;

use crate::eval::FactId;
use crate::eval::traced::Probe;
use crate::ir::{CharterId, NodeId, Plan};
use crate::schema::{Datum, RecordId};
use crate::value::{Day, Fact, Fen, Truth};
use std::cell::RefCell;
use std::collections::BTreeMap;
use turning::Turning;

/// Most evaluations for one question.
const MAX_STEPS: usize = 4_000;
/// Most rows beside the household itself.
pub(super) const MAX_ROWS: usize = 4;

/// Something asked of one row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Literal {
    /// The expression.
    pub node: NodeId,
    /// The record of the row, and which of its rows.
    pub row: (RecordId, usize),
    /// What is wanted of it.
    pub want: Want,
}

/// What is wanted of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Want {
    /// A condition is true.
    True,
    /// A condition is false.
    False,
    /// An amount is more than this.
    Above(Fen),
    /// An amount is less than this.
    Below(Fen),
}

/// What came of a question.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    /// There is one.
    Witness(Witness),
    /// There is none: of so many rows, on these days.
    None,
    /// Not decided, for this reason.
    Undecided(Undecided),
}

/// Why a question was not decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Undecided {
    /// The search took too long.
    TooLong,
    /// The values tried may not be all at which arithmetic on facts could turn.
    Arithmetic,
    /// It is not about households.
    NoHousehold,
    /// What it depends on could not be computed.
    Fault,
}

/// One question: do all of these hold of one household on one of the days?
pub(super) type Key = (Vec<Literal>, Vec<Day>, Vec<CharterId>);

/// Answers questions about one plan; equal ones once.
pub(super) struct Solver<'p> {
    plan: &'p Plan,
    answered: RefCell<BTreeMap<Key, Answer>>,
}

impl<'p> Solver<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        Self { plan, answered: RefCell::default() }
    }

    /// A household of which all literals hold on one of the days.
    pub(super) fn ask(&self, literals: &[Literal], days: &[Day], layers: &[CharterId]) -> Answer {
        let turning = Turning::of(self.plan, literals);
        // Villages that ask the same of the same framework get one answer, unless a slot is read.
        let layers = if turning.reads_slots { layers.to_vec() } else { Vec::new() };
        let key: Key = (literals.to_vec(), days.to_vec(), layers);
        if let Some(known) = self.answered.borrow().get(&key) {
            return known.clone();
        }
        let answer = self.search(&key, &turning);
        self.answered.borrow_mut().insert(key, answer.clone());
        answer
    }

    fn search(&self, (literals, days, layers): &Key, turning: &Turning) -> Answer {
        let Some(unit) = self.plan.schema.unit() else { return Answer::Undecided(Undecided::NoHousehold) };
        let lies_in = |literal: &Literal| self.plan.schema.chain(literal.row.0).any(|record| record == unit);
        if !literals.iter().all(lies_in) {
            return Answer::Undecided(Undecided::NoHousehold);
        }
        let mut doubt = turning.approximate.then_some(Undecided::Arithmetic);
        let mut steps = 0;
        for shape in shape::shapes(self.plan, literals, &turning.records, MAX_ROWS) {
            let register = shape.register(&self.plan.schema);
            for day in days {
                let mut search = Search {
                    probe: Probe { plan: self.plan, register: &register, day: *day, layers },
                    literals,
                    turning,
                    facts: Vec::new(),
                    steps: &mut steps,
                };
                match search.go() {
                    Found::Yes => {
                        let facts = search.facts;
                        return Answer::Witness(Witness { day: *day, shape, facts });
                    }
                    Found::No => {}
                    Found::Fault => doubt = doubt.or(Some(Undecided::Fault)),
                    Found::TooLong => return Answer::Undecided(Undecided::TooLong),
                }
            }
        }
        doubt.map_or(Answer::None, Answer::Undecided)
    }
}

enum Found {
    Yes,
    No,
    Fault,
    TooLong,
}

struct Search<'a> {
    probe: Probe<'a>,
    literals: &'a [Literal],
    turning: &'a Turning,
    facts: Vec<(FactId, Fact<Datum>)>,
    steps: &'a mut usize,
}

impl Search<'_> {
    fn go(&mut self) -> Found {
        *self.steps += 1;
        if *self.steps > MAX_STEPS {
            return Found::TooLong;
        }
        let mut wanted = None;
        for literal in self.literals {
            match self.status(literal) {
                Err(()) => return Found::Fault,
                Ok((Truth::False, _)) => return Found::No,
                Ok((Truth::True, _)) => {}
                Ok((Truth::Unknown, fact)) => wanted = wanted.or(Some(fact)),
            }
        }
        let Some(wanted) = wanted else { return Found::Yes };
        // Nothing more can be known of it: rows are all there are, and texts are any.
        let Some(fact) = wanted else { return Found::Fault };
        let mut fault = false;
        for value in self.turning.values(&self.probe, fact, &self.facts) {
            self.facts.push((fact, value));
            match self.go() {
                Found::No => {}
                Found::Fault => fault = true,
                found @ (Found::Yes | Found::TooLong) => return found,
            }
            self.facts.pop();
        }
        if fault { Found::Fault } else { Found::No }
    }

    /// How far the facts settle a literal, and a fact it still wants.
    fn status(&self, literal: &Literal) -> Result<(Truth, Option<FactId>), ()> {
        let (node, (_, row)) = (literal.node, literal.row);
        if let Want::True | Want::False = literal.want {
            let found = self.probe.truth(node, row, &self.facts).map_err(|_| ())?;
            let value = if literal.want == Want::True { found.value } else { !found.value };
            return Ok((value, found.wanted.first().copied()));
        }
        let found = self.probe.money(node, row, &self.facts).map_err(|_| ())?;
        let (lo, hi) = (found.value.lo, found.value.hi);
        let value = match literal.want {
            Want::Above(than) if hi.is_some_and(|hi| hi <= than) => Truth::False,
            Want::Above(than) if lo.is_some_and(|lo| lo > than) => Truth::True,
            Want::Below(than) if lo.is_some_and(|lo| lo >= than) => Truth::False,
            Want::Below(than) if hi.is_some_and(|hi| hi < than) => Truth::True,
            _ => Truth::Unknown,
        };
        Ok((value, found.wanted.first().copied()))
    }
}

