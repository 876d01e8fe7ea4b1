//! A question in terms, put to a solver.

use super::encode::{Encoder, Place, Untold};
use super::home::Home;
use super::terms::{S, Script};
use super::values::{Date, Kind};
use charter::analyse::{Answer, Answered, Literal, Question, Undecided, Want, Witness};
use charter::ir::{Op, Plan};
use charter::register::YEARS;
use charter::value::{Day, Fen};
use easy_smt::Response;
use std::collections::BTreeMap;

/// What came of asking a solver the same.
pub enum Compared {
    /// Both say the same.
    Agreed,
    /// The solver does not say in time.
    Unsaid,
    /// Ours did not decide; the solver says whether there is one.
    Decided(bool),
    /// What is wrong, and the text.
    Differs(String),
}

/// Asks a solver a question that was answered.
pub fn compare(
    script: &mut Script,
    plan: &Plan,
    answered: &Answered,
    kinds: &mut BTreeMap<&'static str, usize>,
) -> Result<Compared, Untold> {
    script.begin();
    let compared = match &answered.answer {
        Answer::Witness(witness) => shown(script, plan, answered, witness, kinds),
        Answer::None => none(script, plan, answered, kinds, false),
        Answer::Undecided(Undecided::TwoRoots) => Err("question: of households and villages at once"),
        Answer::Undecided(_) => none(script, plan, answered, kinds, true),
    };
    script.end();
    compared
}

/// The household that was found has what is asked, whatever all its other facts are.
fn shown(
    script: &mut Script,
    plan: &Plan,
    answered: &Answered,
    witness: &Witness,
    kinds: &mut BTreeMap<&'static str, usize>,
) -> Result<Compared, Untold> {
    let question = &answered.question;
    let moments = [witness.moment.clone()];
    let home = Home::shaped(script, plan, witness.root, &witness.shape);
    let mut encoder = Encoder::new(script, home, (plan, question, &answered.layers), &moments);
    let holds = encoder.question(question)?;
    for (fact, is) in &witness.facts {
        encoder.home.pin(encoder.script, plan, *fact, is);
    }
    encoder.bound_dates();
    encoder.count(kinds);
    let script = &mut *encoder.script;
    let fails = script.not(holds);
    Ok(match (script.check(holds), script.check(fails)) {
        (Response::Sat, Response::Unsat) => Compared::Agreed,
        (Response::Unknown, _) | (_, Response::Unknown) => Compared::Unsaid,
        (is, is_not) => {
            let what =
                format!("the household {:?} on {:?}: {is:?}, not {is_not:?}", witness.facts, witness.moment);
            Compared::Differs(format!("{what}\n{}\n{}", encoder.script.model(fails), encoder.script.text()))
        }
    })
}

/// There is no household with what is asked, within the bounds of the search.
fn none(
    script: &mut Script,
    plan: &Plan,
    answered: &Answered,
    kinds: &mut BTreeMap<&'static str, usize>,
    open: bool,
) -> Result<Compared, Untold> {
    let question = &answered.question;
    if question.moments.is_empty() {
        return Err("question: on no day");
    }
    let home = Home::any(script, plan, question).ok_or("question: of two roots")?;
    let mut encoder = Encoder::new(script, home, (plan, question, &answered.layers), &question.moments);
    let holds = encoder.question(question)?;
    encoder.bound_dates();
    encoder.count(kinds);
    Ok(match (encoder.script.check(holds), open) {
        (Response::Unknown, _) => Compared::Unsaid,
        (found, true) => Compared::Decided(found == Response::Sat),
        (Response::Unsat, false) => {
            // That there is no household at all would prove nothing.
            let anybody = encoder.script.yes();
            match encoder.script.check(anybody) {
                Response::Sat => Compared::Agreed,
                Response::Unknown => Compared::Unsaid,
                Response::Unsat => {
                    Compared::Differs(format!("there are no households\n{}", encoder.script.text()))
                }
            }
        }
        (Response::Sat, false) => {
            let model = encoder.script.model(holds);
            Compared::Differs(format!("there is a household\n{model}\n{}", encoder.script.text()))
        }
    })
}

impl Encoder<'_> {
    fn count(&self, kinds: &mut BTreeMap<&'static str, usize>) {
        for (kind, count) in &self.kinds {
            *kinds.entry(kind).or_default() += count;
        }
    }

    /// All literals, and the events where they happened.
    fn question(&mut self, question: &Question) -> Result<S, Untold> {
        for event in &question.events {
            let field = event.field.or(self.plan.schema.record(event.row.0).event);
            let field = field.ok_or("question: of an event without a date")?;
            let day = self.days[event.clock];
            self.home.happened(self.script, self.plan, event.row, (field, day));
        }
        let mut all = Vec::new();
        for literal in &question.literals {
            all.push(self.literal(literal)?);
        }
        Ok(self.script.all(all))
    }

    fn literal(&mut self, literal: &Literal) -> Result<S, Untold> {
        let at =
            Place { row: literal.row.1, clock: literal.clock, given: literal.given.and_then(Self::given) };
        let node = literal.node;
        Ok(match literal.want {
            Want::True => self.truth(node, at)?.is,
            Want::False => {
                let truth = self.truth(node, at)?;
                self.script.is_not(truth)
            }
            Want::Above(than) => self.amount(node, at, ">", than)?,
            Want::Below(than) => self.amount(node, at, "<", than)?,
            Want::Since(clock) => self.dated(node, at, ">=", self.days[clock])?,
            Want::By(clock) => self.dated(node, at, "<=", self.days[clock])?,
            Want::NotBy(clock) => {
                let by = self.dated(node, at, "<=", self.days[clock])?;
                self.script.not(by)
            }
            Want::Arm(arm) => match &self.plan.node(node).op {
                Op::Tiers { subject, arms, .. } => {
                    let hits = self.tiers_hit(*subject, arms, at)?;
                    match hits.get(arm) {
                        Some(hit) => *hit,
                        None => self.script.not(self.script.any(hits)),
                    }
                }
                Op::Table { subjects, rows } => {
                    let hits = self.rows_hit(subjects, rows, at)?;
                    hits.get(arm).copied().ok_or("question: of no row")?
                }
                Op::Choose { cases, .. } => {
                    let mut all = Vec::new();
                    for (place, (test, _)) in cases.iter().enumerate().take(arm + 1) {
                        let test = self.truth(*test, at)?;
                        all.push(if place == arm { test.is } else { self.script.is_not(test) });
                    }
                    self.script.all(all)
                }
                _ => return Err("question: of no table"),
            },
            Want::Gap(_) => return Err("question: of a parameter without a value"),
        })
    }

    fn amount(&mut self, node: charter::ir::NodeId, at: Place, op: &str, than: Fen) -> Result<S, Untold> {
        let value = self.eval(node, at)?;
        let Kind::Int(term) = value.kind else { return Err("question: of no whole amount") };
        let compared = self.script.app(op, &[term, self.script.int(than.0)]);
        Ok(self.script.all([self.script.is_there(&[&value]), compared]))
    }

    fn dated(&mut self, node: charter::ir::NodeId, at: Place, op: &str, day: Date) -> Result<S, Untold> {
        let value = self.eval(node, at)?;
        let Kind::Date(date) = value.kind else { return Err("question: of no date") };
        let compared = self.script.app(op, &[self.script.order(date), self.script.order(day)]);
        Ok(self.script.all([self.script.is_there(&[&value]), compared]))
    }

    /// No date of the register lies before or after those that it can speak of.
    fn bound_dates(&mut self) {
        let first = Day::new(*YEARS.start(), 1, 1).unwrap();
        let last = Day::new(*YEARS.end(), 12, 31).unwrap();
        let [earliest, latest] = [first, last].map(|day| self.script.order(self.script.day(day)));
        for date in self.home.dates() {
            let within = self.script.between(date, earliest, latest);
            self.script.assert(within);
        }
    }
}
