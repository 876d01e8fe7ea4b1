//! Is there a household of which this is true? A search over what the language has: codes, numbers, money, days and
//! month arithmetic, counts over a few rows, three truth values.
//!
//! In: conditions on rows of one household, each on a day. Out: a household as small as can be, or that there is none within
//! stated bounds, or why that was not decided.
//!
//! Rows come first (none, then one, …), all their facts unknown. The evaluator itself says how far that settles the
//! conditions: false on unknown facts is false for all of them, so whole stretches are left out at once; true is a
//! witness, and the facts it never asked for stay out of it. Else one fact it wants is tried at every value at which
//! something could turn (`turning`).

mod counts;
mod document;
mod shape;
mod turning;

pub(super) use document::Witness;

use crate::eval::traced::{Probe, Probed};
use crate::eval::{FactId, FactPart};
use crate::ir::{CharterId, NodeId, Plan};
use crate::register::Register;
use crate::schema::{Datum, FieldId, FieldType, RecordId};
use crate::value::{Day, DaySpan, Fact, Fen, Truth};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use turning::Turning;

/// Most evaluations for one question.
pub(super) const MAX_STEPS: usize = 20_000;
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
    /// On which of the days of a moment.
    pub clock: usize,
    /// One fact that this literal is to have, whatever is found for it.
    pub given: Option<Given>,
}

/// A number, or an amount in fen, given for a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Given {
    /// The fact.
    pub fact: FactId,
    /// Its value.
    pub value: i64,
}

impl Given {
    /// The fact with its value.
    pub(super) fn known(self, plan: &Plan) -> (FactId, Fact<Datum>) {
        let is_money = match self.fact.part {
            FactPart::Field(field) => plan.schema.field(self.fact.record, field).ty == FieldType::Money,
            FactPart::Rows => false,
        };
        let value = if is_money { Datum::Money(Fen(self.value)) } else { Datum::Number(self.value) };
        (self.fact, Fact::Known(value))
    }
}

/// A date of a row is one of the days of a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Happened {
    /// The record of the row, and which of its rows.
    pub row: (RecordId, usize),
    /// Which date; none for that of the event that the row is.
    pub field: Option<FieldId>,
    /// On which of the days.
    pub clock: usize,
}

/// What is asked of one household.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Question {
    /// All must hold.
    pub literals: Vec<Literal>,
    /// Events that happened on the judged day.
    pub events: Vec<Happened>,
    /// The days of each moment it is asked at; one moment is enough.
    pub moments: Vec<Vec<Day>>,
    /// The day of each moment on which it is looked at: what may be absent and is later has not happened.
    pub standing: Option<usize>,
}

impl Question {
    /// The rows that something is asked or given of.
    fn rows(&self) -> impl Iterator<Item = (RecordId, usize)> {
        let given = self
            .literals
            .iter()
            .filter_map(|literal| Some((literal.given?.fact.record, literal.given?.fact.row)));
        let events = self.events.iter().map(|event| event.row);
        self.literals.iter().map(|literal| literal.row).chain(given).chain(events)
    }
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
    /// A date is there, on or after one of the days of a moment.
    Since(usize),
    /// A date is there, on or before one of the days.
    By(usize),
    /// There is no such date.
    NotBy(usize),
    /// A row of a table or an arm of tiers is the one that is hit.
    Arm(usize),
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
    /// Rows are counted, and more of them than were tried may matter.
    Rows,
    /// It may turn on a day that was not tried.
    Days,
    /// It is about households and villages at once.
    TwoRoots,
    /// What it depends on could not be computed.
    Fault,
}

/// One question under some charters, and how many evaluations it may take.
type Key = (Question, Vec<CharterId>, usize);

/// Answers questions about one plan; equal ones once.
pub(super) struct Solver<'p> {
    plan: &'p Plan,
    answered: RefCell<BTreeMap<Key, Answer>>,
}

impl<'p> Solver<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        Self { plan, answered: RefCell::default() }
    }

    /// A household of which all literals hold at one of the moments.
    pub(super) fn ask(&self, question: &Question, layers: &[CharterId], steps: usize) -> Answer {
        let turning = Turning::of(self.plan, &question.literals);
        // Villages that ask the same of the same framework get one answer, unless a slot is read.
        let layers = if turning.reads_slots { layers.to_vec() } else { Vec::new() };
        let key: Key = (question.clone(), layers, steps);
        if let Some(known) = self.answered.borrow().get(&key) {
            return known.clone();
        }
        let answer = self.search(&key, &turning);
        self.answered.borrow_mut().insert(key, answer.clone());
        answer
    }

    fn search(&self, (question, layers, most): &Key, turning: &Turning) -> Answer {
        let schema = &self.plan.schema;
        let roots: BTreeSet<RecordId> =
            question.rows().filter_map(|(record, _)| schema.chain(record).last()).collect();
        // A clause without conditions is for anybody.
        let root = roots.first().copied().or_else(|| schema.unit()).filter(|_| roots.len() <= 1);
        let Some(root) = root else { return Answer::Undecided(Undecided::TwoRoots) };
        let (mut doubt, mut steps) = (turning.computed_days.then_some(Undecided::Days), *most);
        for shape in shape::shapes(self.plan, root, question, &turning.records, MAX_ROWS) {
            let register = shape.register(schema);
            for moment in &question.moments {
                // One event cannot have happened on two days.
                let Some(facts) = self.happened(&question.events, moment) else { continue };
                let probe = self.probe(question, moment, (&register, layers));
                let mut search = Search::of(probe, question, (moment, turning), facts, &mut steps);
                let found = search.go();
                // What is false whatever the numbers are is no matter of which were tried.
                if turning.approximate && search.branched {
                    doubt = doubt.or(Some(Undecided::Arithmetic));
                }
                match found {
                    Found::Yes => {
                        let (facts, day) = (search.facts, moment.last().copied().unwrap_or(Day::MIN));
                        return Answer::Witness(Witness { root, day, shape, facts });
                    }
                    Found::No => {}
                    Found::Fault => doubt = doubt.or(Some(Undecided::Fault)),
                    Found::TooLong => return Answer::Undecided(Undecided::TooLong),
                }
            }
        }
        if doubt.is_none() && turning.counts && !self.holds_for_none(root, question, layers, turning) {
            doubt = Some(Undecided::Rows);
        }
        doubt.map_or(Answer::None, Answer::Undecided)
    }

    fn probe<'a>(
        &'a self,
        question: &Question,
        moment: &[Day],
        (register, layers): (&'a Register, &'a [CharterId]),
    ) -> Probe<'a> {
        let standing = question.standing.and_then(|clock| moment.get(clock)).copied();
        Probe { plan: self.plan, register, day: Day::MIN, layers, standing, counted: &[] }
    }

    /// The dates of the events of a moment; none where they contradict each other.
    fn happened(&self, events: &[Happened], moment: &[Day]) -> Option<Vec<(FactId, Fact<Datum>)>> {
        let mut facts: Vec<(FactId, Fact<Datum>)> = Vec::new();
        for event in events {
            let (record, row) = event.row;
            let field = event.field.or(self.plan.schema.record(record).event)?;
            let fact = FactId { record, part: FactPart::Field(field), row };
            let date = Fact::Known(Datum::Date(DaySpan::day(*moment.get(event.clock)?)));
            match facts.iter().find(|(known, _)| *known == fact) {
                Some((_, other)) if *other != date => return None,
                Some(_) => {}
                None => facts.push((fact, date)),
            }
        }
        Some(facts)
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
    moment: &'a [Day],
    turning: &'a Turning,
    facts: Vec<(FactId, Fact<Datum>)>,
    /// How many evaluations are left.
    steps: &'a mut usize,
    /// A number, an amount or a day was tried.
    branched: bool,
}

impl<'a> Search<'a> {
    fn of(
        probe: Probe<'a>,
        question: &'a Question,
        (moment, turning): (&'a [Day], &'a Turning),
        facts: Vec<(FactId, Fact<Datum>)>,
        steps: &'a mut usize,
    ) -> Self {
        Self { probe, literals: &question.literals, moment, turning, facts, steps, branched: false }
    }

    fn go(&mut self) -> Found {
        let Some(left) = self.steps.checked_sub(1) else { return Found::TooLong };
        *self.steps = left;
        let (mut settled, mut wanted) = (true, BTreeSet::new());
        for literal in self.literals {
            match self.status(literal) {
                Err(()) => return Found::Fault,
                Ok((Truth::False, _)) => return Found::No,
                Ok((Truth::True, _)) => {}
                Ok((Truth::Unknown, facts)) => {
                    settled = false;
                    wanted.extend(facts);
                }
            }
        }
        if settled {
            return Found::Yes;
        }
        // Rows that may be missing cannot be put in.
        wanted.retain(|fact| matches!(fact.part, FactPart::Field(_)));
        // The fact with the fewest values first: it fails soonest.
        let choices = |fact: &FactId| Turning::choices(self.probe.plan, *fact);
        let Some(fact) = wanted.into_iter().min_by_key(choices) else { return Found::Fault };
        let mut fault = false;
        self.branched = true;
        for value in self.turning.values(self.probe.plan, self.moment, fact, &self.facts) {
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

    /// How far the facts settle a literal, and the facts it still wants.
    fn status(&self, literal: &Literal) -> Result<(Truth, BTreeSet<FactId>), ()> {
        let (node, (_, row)) = (literal.node, literal.row);
        let day = |clock: usize| self.moment.get(clock).copied().unwrap_or(Day::MIN);
        let probe = Probe { day: day(literal.clock), ..self.probe };
        let given: Vec<_>;
        let facts = match literal.given {
            None => &self.facts,
            Some(one) => {
                // The first of several values for one fact is the one that counts.
                given = [one.known(self.probe.plan)].into_iter().chain(self.facts.iter().cloned()).collect();
                &given
            }
        };
        let found = match literal.want {
            Want::True | Want::False => probe.truth(node, row, facts),
            Want::Since(clock) => probe.since(node, row, facts, day(clock)),
            Want::By(clock) | Want::NotBy(clock) => probe.by(node, row, facts, day(clock)),
            Want::Arm(arm) => probe.arm(node, row, facts, arm),
            Want::Above(_) | Want::Below(_) => probe.money(node, row, facts).map(|found| {
                let (lo, hi) = (found.value.lo, found.value.hi);
                let value = match literal.want {
                    Want::Above(than) if hi.is_some_and(|hi| hi <= than) => Truth::False,
                    Want::Above(than) if lo.is_some_and(|lo| lo > than) => Truth::True,
                    Want::Below(than) if lo.is_some_and(|lo| lo >= than) => Truth::False,
                    Want::Below(than) if hi.is_some_and(|hi| hi < than) => Truth::True,
                    _ => Truth::Unknown,
                };
                Probed { value, wanted: found.wanted }
            }),
        };
        let found = found.map_err(|_| ())?;
        let negated = matches!(literal.want, Want::False | Want::NotBy(_));
        Ok((if negated { !found.value } else { found.value }, found.wanted))
    }
}
