//! A011: a cliff, where a yuan or a unit more or less of one fact loses all of a benefit or the better part of it.
//!
//! What is told is what an official would want to soften: borders written for amounts and numbers of the register, in
//! conditions, and in tiers where the benefit falls as the fact grows. Ages, dates, counts of people and codes are who
//! a benefit is for, not how it falls; nor is a border told at which another benefit of the same purpose takes over.
//! One a clause and fact, the deepest.

use super::days;
use super::overlap::is_settled;
use super::quantities::{Quantity, paid, yuan};
use super::questions::{Asked, Questions, amounts};
use super::solve::{Answer, Given, Literal, Want, Witness};
use crate::ast::Rhythm;
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::eval::Outcome;
use crate::ir::{Benefit, Condition, ConditionKind, NodeId, Plan};
use crate::source::Span;
use crate::value::{Day, Fen, PeriodUnit};
use std::collections::BTreeSet;

/// A yuan in fen: the step of an amount.
const YUAN: i64 = 100;

/// Two neighbouring values, the household that has the first, what it is paid with each.
struct Cliff {
    here: i64,
    there: i64,
    witness: Witness,
    amount: Fen,
    less: Fen,
}

/// One finding a clause and fact.
pub(super) fn clauses(plan: &Plan, questions: &Questions<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut seen: BTreeSet<(Span, Quantity)> = BTreeSet::new();
    for benefit in &plan.benefits {
        let roots: Vec<NodeId> =
            stated(benefit).map(|condition| condition.node).chain(amounts(benefit)).collect();
        for quantity in Quantity::read(plan, roots.clone()) {
            if seen.contains(&(benefit.title.0, quantity)) {
                continue;
            }
            let case = Case { plan, questions, benefit, quantity, days: days::of(plan, benefit) };
            let cliffs = case.pairs(&roots).into_iter().filter_map(|(here, there)| case.cliff(here, there));
            // Of equally deep ones the first.
            let deepest = cliffs.reduce(|deepest, next| {
                if next.amount.0 - next.less.0 > deepest.amount.0 - deepest.less.0 { next } else { deepest }
            });
            if let Some(cliff) = deepest {
                seen.insert((benefit.title.0, quantity));
                findings.push(case.finding(cliff));
            }
        }
    }
    findings
}

/// Conditions of the clause itself: not those by which another comes before it.
fn stated(benefit: &Benefit) -> impl Iterator<Item = &Condition> {
    let own = |condition: &&Condition| {
        matches!(condition.kind, ConditionKind::Target | ConditionKind::When | ConditionKind::Unless)
    };
    benefit.filter.iter().chain(&benefit.conditions).filter(own)
}

/// How often a year at the most; what is paid once or for an event counts as it is.
fn times_a_year(rhythm: Rhythm) -> i64 {
    match rhythm.calendar_unit() {
        Some(PeriodUnit::Month) => 12,
        Some(PeriodUnit::Quarter) => 4,
        Some(PeriodUnit::Year) | None => 1,
    }
}

struct Case<'p> {
    plan: &'p Plan,
    questions: &'p Questions<'p>,
    benefit: &'p Benefit,
    quantity: Quantity,
    days: Vec<Day>,
}

impl Case<'_> {
    /// Neighbouring values around what is written, both ways: paid with the first.
    fn pairs(&self, roots: &[NodeId]) -> Vec<(i64, i64)> {
        let step = if self.quantity.is_money(self.plan) { YUAN } else { 1 };
        let turns = self.quantity.turns(self.plan, roots.to_vec());
        let around = turns.into_iter().flat_map(|turn| {
            // What is written in fen only, as the first value after a span, is looked at from the yuan before.
            let turn = turn - turn.rem_euclid(step);
            [(turn.saturating_sub(step), turn), (turn, turn.saturating_add(step))]
        });
        let known: BTreeSet<(i64, i64)> = around.filter(|(low, _)| *low >= 0).collect();
        known.into_iter().flat_map(|(low, high)| [(low, high), (high, low)]).collect()
    }

    fn cliff(&self, here: i64, there: i64) -> Option<Cliff> {
        let (given, other) = (self.quantity.given(here), self.quantity.given(there));
        let asked = Asked { benefit: self.benefit, row: 0, clock: 0 };
        let mut holds = asked.holds_given(given);
        holds.extend(asked.pays_given(given, Fen::ZERO));
        // The next value fails a condition.
        let reading = stated(self.benefit)
            .filter(|condition| Quantity::read(self.plan, vec![condition.node]).contains(&self.quantity));
        for condition in reading {
            let fails = Literal { given: Some(other), ..asked.literal(condition.node, Want::False) };
            let literals = holds.iter().cloned().chain([fails]).collect();
            if let Some(cliff) = self.told(&asked, literals, (given, other)) {
                return Some(cliff);
            }
        }
        // The next value still meets them, and it grew.
        if there < here || !Quantity::read(self.plan, amounts(self.benefit)).contains(&self.quantity) {
            return None;
        }
        self.told(&asked, holds.into_iter().chain(asked.holds_given(other)).collect(), (given, other))
    }

    /// A household of which some literals hold, where it loses the better part of what it gets.
    fn told(
        &self,
        asked: &Asked<'_>,
        literals: Vec<Literal>,
        (given, other): (Given, Given),
    ) -> Option<Cliff> {
        let question = asked.on(literals, &self.days);
        let Answer::Witness(witness) = self.questions.seek(&question, self.benefit.charter) else {
            return None;
        };
        let amount = self.paid_out(&witness, given)?;
        let less = self.paid_out(&witness, other)?;
        // What is paid each month is held against what is paid each year as twelve of it.
        let instead: i64 = self
            .beside()
            .map(|beside| {
                self.gain(beside, &witness, (given, other)).saturating_mul(times_a_year(beside.rhythm))
            })
            .sum();
        let times = times_a_year(self.benefit.rhythm);
        let fall = amount.0.saturating_sub(less.0);
        let lost = fall.saturating_mul(times).saturating_sub(instead);
        let is_step = self.quantity.is_money(self.plan) && lost <= YUAN.saturating_mul(times);
        let is_deep = lost.saturating_mul(2) > amount.0.saturating_mul(times);
        (is_deep && !is_step).then_some(Cliff {
            here: given.value,
            there: other.value,
            witness,
            amount,
            less,
        })
    }

    /// What the household of a witness is paid on its day where a fact is given: after limits and the choice of the
    /// highest, as far as its facts settle them.
    fn paid_out(&self, witness: &Witness, given: Given) -> Option<Fen> {
        let Self { plan, benefit, .. } = *self;
        let amount = paid(plan, benefit, witness, given).single()?;
        if !is_settled(plan, benefit) {
            return Some(amount);
        }
        let mut filled = witness.clone();
        filled.facts.push(given.known(plan));
        let village = plan.charter(benefit.charter).village.as_deref();
        let judged = filled.judged(plan, village, &filled.year()).entitlements;
        let own = judged.iter().filter(|one| {
            let other = plan.benefits.get(one.benefit);
            let on_day = one.day == witness.day || benefit.rhythm == Rhythm::Once;
            on_day && one.target == 0 && other.is_some_and(|other| other.title.0 == benefit.title.0)
        });
        Some(match own.map(|one| &one.outcome).next() {
            Some(Outcome::Granted(left)) => *left,
            Some(Outcome::NotGranted | Outcome::NotApplicable) | None => Fen::ZERO,
            Some(_) => amount,
        })
    }

    /// Other benefits of the purpose for the same targets.
    fn beside(&self) -> impl Iterator<Item = &Benefit> {
        self.plan.benefits.iter().filter(|other| {
            other.purpose.is_some()
                && other.purpose == self.benefit.purpose
                && other.target == self.benefit.target
                && other.charter == self.benefit.charter
                && other.label.name != self.benefit.label.name
        })
    }

    /// What another benefit pays more at the next value.
    fn gain(&self, other: &Benefit, witness: &Witness, (given, next): (Given, Given)) -> i64 {
        if !other.days.contain(witness.day) {
            return 0;
        }
        let least = |given| paid(self.plan, other, witness, given).lo.unwrap_or(Fen::ZERO).0;
        least(next).saturating_sub(least(given)).max(0)
    }

    fn finding(&self, cliff: Cliff) -> Diagnostic {
        let Cliff { here, there, mut witness, amount, less } = cliff;
        witness.facts.push(self.quantity.given(here).known(self.plan));
        let village = self.plan.charter(self.benefit.charter).village.as_deref();
        let witness = witness.told(self.plan, village);
        let mut finding = Diagnostic::at(codes::A011, self.benefit.title.0)
            .arg("clause", Term::from(&self.benefit.label))
            .arg("fact", Term::from(self.quantity.label(self.plan)))
            .arg("here", self.quantity.shown(self.plan, here))
            .arg("there", self.quantity.shown(self.plan, there))
            .arg("amount", yuan(amount))
            .arg("less", yuan(less))
            .arg("example", witness.summary.clone());
        finding.witness = Some(witness);
        finding
    }
}
