//! Is there a household of which this is true? A search over what the language has: codes, numbers, money, days and
//! month arithmetic, counts over a few rows, three truth values.
//!
//! In: conditions on rows of one household, each on a day. Out: a household as small as can be, or that there is none within
//! stated bounds, or why that was not decided.
//!
//! Rows come first (none, then one, …), all their facts unknown. The evaluator itself says how far that settles the
//! conditions: false on unknown facts is false for all of them, so whole stretches are left out at once; true is a
//! witness, and the facts it never asked for stay out of it. Else one fact it wants is tried at every value at which
//! something could turn (`tried`).

mod alike;
mod apart;
mod counting;
mod document;
mod gap;
mod held;
mod kinds;
mod linear;
mod links;
mod near;
mod opposites;
mod question;
mod shape;
mod tried;
mod turning;

pub use document::Witness;
pub use question::{Answer, Answered, Given, Happened, Literal, Question, Undecided, Want};
pub use shape::Shape;
pub(super) use turning::judged_days;

use crate::eval::traced::{Probe, Probed};
use crate::eval::{FactId, FactPart};
use crate::ir::{CharterId, ParameterId, Plan};
use crate::register::Register;
use crate::schema::{Datum, RecordId};
use crate::value::{Day, DaySpan, Fact, Truth};
use shape::Frame;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use tried::MAX_DAYS;
use turning::Turning;

/// Most evaluations for one question.
pub(super) const MAX_STEPS: usize = 40_000;
/// Evaluations for all questions of a run, and so many more for each clause, after which each question is given fewer:
/// time grows with the length of the charters, not with how hard their questions are.
const MAX_SPENT: usize = 60_000;
const MAX_SPENT_A_CLAUSE: usize = 300;
/// How many each is given then.
const FEW_STEPS: usize = 300;
/// Most rows beside the household itself.
pub const MAX_ROWS: usize = 4;
/// Most rows of one record, where rows are counted.
const MAX_COUNTED: usize = 6;
/// Most rows of other records beside so many.
const MAX_BESIDE: usize = 2;
/// Most rows of one record that is counted up to a number that is written.
const MAX_THRONG: usize = 30;
/// Evaluations before rows that are counted are told apart by kinds.
const QUICK_STEPS: usize = 1_500;
/// Evaluations for households with so many.
const THRONG_STEPS: usize = 4_000;
/// A search this short compares no states.
const SHORT: usize = 100;
/// On how many days a household with so many is looked for; that there is none is not concluded from it.
const CROWDED_DAYS: usize = 6;

/// A question with what it is made of.
struct Asked<'a> {
    question: &'a Question,
    layers: &'a [CharterId],
    /// How many evaluations it may take.
    steps: usize,
    turning: &'a Turning,
    frame: Frame<'a>,
}

/// One question under some charters, and how many evaluations it may take.
type Key = (Question, Vec<CharterId>, usize);

/// Answers questions about one plan; equal ones once.
pub(super) struct Solver<'p> {
    plan: &'p Plan,
    answered: RefCell<BTreeMap<Key, Answer>>,
    /// Evaluations so far.
    spent: Cell<usize>,
}

impl<'p> Solver<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        Self { plan, answered: RefCell::default(), spent: Cell::new(0) }
    }

    /// All that was asked, and what came of it.
    pub(super) fn answered(&self) -> Vec<Answered> {
        let answered = self.answered.borrow();
        let all = answered.iter().map(|((question, layers, _), answer)| Answered {
            question: question.clone(),
            layers: layers.clone(),
            answer: answer.clone(),
        });
        all.collect()
    }

    /// The open parameters that a question reads.
    pub(super) fn slots(&self, question: &Question) -> BTreeSet<ParameterId> {
        Turning::of(self.plan, &question.literals).slots
    }

    /// A household of which all literals hold at one of the moments.
    pub(super) fn ask(&self, question: &Question, layers: &[CharterId], steps: usize) -> Answer {
        let turning = Turning::of(self.plan, &question.literals);
        // Villages that ask the same of the same framework get one answer, unless a slot is read.
        let layers = if turning.slots.is_empty() { Vec::new() } else { layers.to_vec() };
        let key: Key = (question.clone(), layers, steps);
        if let Some(known) = self.answered.borrow().get(&key) {
            return known.clone();
        }
        let answer = self.search(&key, &turning);
        self.answered.borrow_mut().insert(key, answer.clone());
        answer
    }

    fn spend(&self, steps: usize) {
        self.spent.set(self.spent.get().saturating_add(steps));
    }

    fn search(&self, (question, layers, most): &Key, turning: &Turning) -> Answer {
        let clauses = self.plan.benefits.len() + self.plan.obligations.len();
        let much = self.spent.get() > MAX_SPENT + MAX_SPENT_A_CLAUSE * clauses;
        let most = if much { FEW_STEPS.min(*most) } else { *most };
        let mut steps = most;
        let mut answer = self.search_within((question, layers, most), turning, &mut steps);
        // A register may hold numbers below nothing, but a household without any is shown where there is one.
        if let Answer::Witness(witness) = &answer
            && witness.facts.iter().any(|(_, value)| tried::is_below_zero(value))
        {
            let plain = Turning { from_zero: true, ..Turning::of(self.plan, &question.literals) };
            let found = self.search_within((question, layers, most), &plain, &mut steps);
            if let Answer::Witness(_) = found {
                answer = found;
            }
        }
        self.spend(most - steps);
        answer
    }

    fn search_within(
        &self,
        (question, layers, most): (&Question, &[CharterId], usize),
        turning: &Turning,
        steps: &mut usize,
    ) -> Answer {
        let schema = &self.plan.schema;
        let moments = opposites::possible(self.plan, question);
        let question = &Question { moments, ..question.clone() };
        let roots: BTreeSet<RecordId> =
            question.rows().filter_map(|(record, _)| schema.chain(record).last()).collect();
        // A clause without conditions is for anybody.
        let root = roots.first().copied().or_else(|| schema.unit()).filter(|_| roots.len() <= 1);
        let Some(root) = root else { return Answer::Undecided(Undecided::TwoRoots) };
        let asked = Asked {
            question,
            layers,
            steps: most,
            turning,
            frame: Frame::of(self.plan, root, question, &turning.records),
        };
        let answer = self.by_shapes(&asked, steps);
        // There may be one with more rows than can be looked at one by one.
        let many = matches!(answer, Answer::Undecided(Undecided::Rows));
        many.then(|| self.by_kinds(&asked)).flatten().unwrap_or(answer)
    }

    /// Where it would take long to try the rows that are counted one by one, some of each kind are tried first.
    fn try_kinds(&self, asked: &Asked<'_>, steps: &mut usize) -> Option<Answer> {
        let most = QUICK_STEPS.min(*steps);
        let mut left = most;
        let shapes = asked.frame.shapes(MAX_ROWS);
        let answer = self.try_shapes(asked, (shapes, usize::MAX), &mut left, &mut None)?;
        *steps -= most - left;
        match answer {
            Answer::Undecided(Undecided::TooLong) => self.by_kinds(asked),
            answer => Some(answer).filter(|answer| matches!(answer, Answer::Witness(_))),
        }
    }

    /// Household by household, those with few rows first.
    fn by_shapes(&self, asked: &Asked<'_>, steps: &mut usize) -> Answer {
        let Asked { question, turning, .. } = asked;
        // A date that is the judged day itself has the days of the calendar on which it is asked, and no others.
        let calendar = turning.calendar_of_facts && !question.events.is_empty();
        let mut doubt = (turning.computed_days && !question.all_days || calendar).then_some(Undecided::Days);
        if doubt.is_none() && self.never(asked) {
            return Answer::None;
        }
        if !turning.counted.is_empty()
            && doubt.is_none()
            && let Some(answer) = self.try_kinds(asked, steps)
        {
            return answer;
        }
        if let Some(answer) =
            self.try_shapes(asked, (asked.frame.shapes(MAX_ROWS), usize::MAX), steps, &mut doubt)
        {
            return answer;
        }
        // Where rows are counted, a few say nothing of many.
        if !turning.counted.is_empty() && doubt.is_none() {
            if self.never_by_counting(asked) {
                return Answer::None;
            }
            let crowds = asked.frame.crowds(&turning.counted, (MAX_ROWS, MAX_COUNTED, MAX_BESIDE));
            if let Some(answer) = self.try_shapes(asked, (crowds, CROWDED_DAYS), steps, &mut doubt) {
                return answer;
            }
            if let Some(answer) = self.try_throngs(asked, steps) {
                return answer;
            }
            doubt = doubt.or(Some(Undecided::Rows));
        }
        // Each of several rows that are asked for may be another.
        if turning.counted.is_empty() && doubt.is_none() && asked.frame.fixed() + turning.anys > MAX_ROWS {
            doubt = (!self.never_by_counting(asked)).then_some(Undecided::Rows);
        }
        doubt.map_or(Answer::None, Answer::Undecided)
    }

    /// Looks for a household with as many rows as are counted up to: all may be alike, so that it is soon found or not.
    fn try_throngs(&self, asked: &Asked<'_>, steps: &mut usize) -> Option<Answer> {
        let sizes = asked.turning.numbers.iter().filter_map(|number| usize::try_from(*number).ok());
        let sizes = sizes.filter(|size| (MAX_COUNTED..=MAX_THRONG).contains(size));
        let throngs = asked.frame.throngs(&asked.turning.counted, sizes);
        let most = THRONG_STEPS.min(*steps);
        let mut left = most;
        let found = self.try_shapes(asked, (throngs, CROWDED_DAYS), &mut left, &mut None);
        *steps -= most - left;
        found.filter(|answer| matches!(answer, Answer::Witness(_)))
    }

    /// Looks for a household of one of the shapes; none where there is none, or it is doubtful.
    fn try_shapes(
        &self,
        asked: &Asked<'_>,
        (shapes, days): (Vec<Shape>, usize),
        steps: &mut usize,
        doubt: &mut Option<Undecided>,
    ) -> Option<Answer> {
        for shape in shapes {
            let register = shape.register(&self.plan.schema);
            for moment in asked.question.moments.iter().take(days) {
                // One event cannot have happened on two days.
                let Some(facts) = self.happened(&asked.question.events, moment) else { continue };
                let probe = self.probe(asked, moment, &register);
                let mut search = Search::of(probe, asked, (&shape, moment), facts, steps);
                let found = search.go();
                // What is false whatever the numbers are is no matter of which were tried.
                if search.branched {
                    *doubt = doubt.or(asked.turning.doubt());
                }
                if search.cut {
                    *doubt = doubt.or(Some(Undecided::TooLong));
                }
                match found {
                    Found::Yes => {
                        let (facts, day) = (search.facts, moment.last().copied().unwrap_or(Day::MIN));
                        let (root, moment) = (asked.frame.unit, moment.clone());
                        return Some(Answer::Witness(Witness {
                            root,
                            day,
                            moment,
                            shape,
                            facts,
                            village: None,
                        }));
                    }
                    Found::No => {}
                    Found::Fault => *doubt = doubt.or(Some(Undecided::Fault)),
                    Found::Rows(_) => *doubt = doubt.or(Some(Undecided::Missing)),
                    Found::TooLong => return Some(Answer::Undecided(Undecided::TooLong)),
                }
            }
        }
        None
    }

    fn probe<'a>(&'a self, asked: &'a Asked<'_>, moment: &[Day], register: &'a Register) -> Probe<'a> {
        let standing = asked.question.standing.and_then(|clock| moment.get(clock)).copied();
        let only_gap = asked.question.gap();
        Probe { plan: self.plan, register, day: Day::MIN, layers: asked.layers, standing, only_gap }
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
    /// It depends on whether there are further rows of that record.
    Rows(RecordId),
    TooLong,
}

struct Search<'a> {
    probe: Probe<'a>,
    literals: &'a [Literal],
    moment: &'a [Day],
    turning: &'a Turning,
    shape: &'a Shape,
    root: RecordId,
    facts: Vec<(FactId, Fact<Datum>)>,
    /// How many evaluations are left.
    steps: &'a mut usize,
    looks: usize,
    /// Only that there is none matters: further rows may be put in later.
    proving: bool,
    /// A number, an amount or a day was tried.
    branched: bool,
    /// Not all days that could matter were tried.
    cut: bool,
    /// States of which it was found that nothing comes.
    failed: BTreeSet<String>,
}

impl<'a> Search<'a> {
    fn of(
        probe: Probe<'a>,
        asked: &'a Asked<'_>,
        (shape, moment): (&'a Shape, &'a [Day]),
        facts: Vec<(FactId, Fact<Datum>)>,
        steps: &'a mut usize,
    ) -> Self {
        Self {
            probe,
            literals: &asked.question.literals,
            moment,
            turning: asked.turning,
            shape,
            root: asked.frame.unit,
            facts,
            steps,
            looks: 0,
            proving: false,
            branched: false,
            cut: false,
            failed: BTreeSet::new(),
        }
    }

    /// Rows of which there are several, and facts were chosen: states may be alike.
    fn may_repeat(&self) -> bool {
        // With a fact given for one literal, or asked for the arm that is hit, more matters than what is seen.
        let plain = |literal: &Literal| literal.given.is_none() && !matches!(literal.want, Want::Arm(_));
        !self.facts.is_empty()
            && self.literals.iter().all(plain)
            && self.turning.counted.iter().any(|record| self.shape.rows.get(record.0) > Some(&1))
    }

    fn go(&mut self) -> Found {
        if !self.may_repeat() {
            return self.go_on();
        }
        self.looks += 1;
        // Most searches are over before it is worth telling their states apart.
        if self.looks < SHORT {
            return self.go_on();
        }
        // Telling a state apart takes about as long as asking what comes of it.
        let Some(left) = self.steps.checked_sub(1) else { return Found::TooLong };
        *self.steps = left;
        let state = self.state(self.shape, self.root);
        if self.failed.contains(&state) {
            return Found::No;
        }
        let found = self.go_on();
        if let Found::No = found {
            self.failed.insert(state);
        }
        found
    }

    fn go_on(&mut self) -> Found {
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
        let rows = wanted.iter().find(|fact| matches!(fact.part, FactPart::Rows)).map(|fact| fact.record);
        // Rows that may be missing cannot be put in.
        wanted.retain(|fact| matches!(fact.part, FactPart::Field(_)));
        // The fact with the fewest values first: it fails soonest.
        let choices = |fact: &FactId| Turning::choices(self.probe.plan, *fact);
        let Some(fact) = wanted.into_iter().min_by_key(choices) else {
            return rows.map_or(Found::Fault, Found::Rows);
        };
        let mut open = None;
        self.branched = true;
        let values = self.turning.values(self.probe.plan, self.moment, fact, &self.facts);
        self.cut |= values.len() >= MAX_DAYS;
        for value in values {
            self.facts.push((fact, value));
            match self.go() {
                Found::No => {}
                found @ (Found::Yes | Found::TooLong) => return found,
                // A proof has failed where one case of it has.
                found @ Found::Rows(_) if self.proving => return found,
                found @ (Found::Fault | Found::Rows(_)) => open = Some(found),
            }
            self.facts.pop();
        }
        open.unwrap_or(Found::No)
    }

    /// How far the facts settle a literal, and the facts it still wants.
    fn status(&self, literal: &Literal) -> Result<(Truth, BTreeSet<FactId>), ()> {
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
        if probe.only_gap.is_some() {
            return self.beside_gap(&probe, literal, facts);
        }
        Self::settled(&probe, literal, facts, day)
    }

    /// The same of a literal, with all facts that are chosen or given.
    fn settled(
        probe: &Probe<'_>,
        literal: &Literal,
        facts: &[(FactId, Fact<Datum>)],
        day: impl Fn(usize) -> Day,
    ) -> Result<(Truth, BTreeSet<FactId>), ()> {
        let (node, (_, row)) = (literal.node, literal.row);
        let found = match literal.want {
            Want::True | Want::False => probe.truth(node, row, facts),
            Want::Since(clock) => probe.since(node, row, facts, day(clock)),
            Want::By(clock) | Want::NotBy(clock) => probe.by(node, row, facts, day(clock)),
            Want::Arm(arm) => probe.arm(node, row, facts, arm),
            Want::Gap(_) => probe.gap(node, row, facts).map(|found| {
                let value = if found.value { Truth::True } else { Truth::False };
                Probed { value, wanted: found.wanted }
            }),
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
