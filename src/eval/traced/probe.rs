//! One expression asked with some facts put in: what the search for a witness asks the evaluator.
//!
//! In: a skeleton register, a day, and values for some of its facts. Out: what the expression comes to as far as those
//! values settle it, and the facts it still wants. So a proof about a charter is one about its very evaluator.

use super::choose::arms_hit;
use super::computed::{Computed, Presence, Value};
use super::expr::Evaluator;
use super::nearest::computed;
use crate::eval::{FactId, FactPart, Fault};
use crate::ir::{CharterId, NodeId, Op, ParameterId, Plan};
use crate::register::Register;
use crate::schema::{Blank, Datum};
use crate::value::{Bounds, Day, Fact, Fen, Truth};
use std::collections::BTreeSet;

/// A household of a skeleton register on one day.
#[derive(Clone, Copy)]
pub struct Probe<'r> {
    /// The rules.
    pub plan: &'r Plan,
    /// Rows without facts.
    pub register: &'r Register,
    /// The judged day.
    pub day: Day,
    /// The charter versions that hold, the nearest layer first.
    pub layers: &'r [CharterId],
    /// A date that may be absent and is later than this day has not happened yet.
    pub standing: Option<Day>,
    /// Of parameters by the day, only of this one it matters that it has no value; others without one are anything.
    pub only_gap: Option<ParameterId>,
}

/// What an expression comes to.
#[derive(Clone, Debug)]
pub struct Probed<T> {
    /// The value as far as it is settled.
    pub value: T,
    /// Facts that were read and are not known yet.
    pub wanted: BTreeSet<FactId>,
}

impl Probe<'_> {
    /// A condition on a row.
    pub fn truth(
        &self,
        node: NodeId,
        row: usize,
        facts: &[(FactId, Fact<Datum>)],
    ) -> Result<Probed<Truth>, Fault> {
        // Not the method itself: it is of one lifetime, the closure of any.
        #[allow(clippy::redundant_closure_for_method_calls)]
        self.ask(node, row, facts, |found| found.as_truth())
    }

    /// An amount on a row.
    pub fn money(
        &self,
        node: NodeId,
        row: usize,
        facts: &[(FactId, Fact<Datum>)],
    ) -> Result<Probed<Bounds<Fen>>, Fault> {
        self.ask(node, row, facts, |found| match found.value {
            Value::Money(bounds) => bounds,
            _ => Bounds::any(),
        })
    }

    /// Is a date there, and on or before a day?
    pub fn by(
        &self,
        node: NodeId,
        row: usize,
        facts: &[(FactId, Fact<Datum>)],
        day: Day,
    ) -> Result<Probed<Truth>, Fault> {
        let later = |bounds: Bounds<Day>| bounds.lo.is_some_and(|lo| day < lo);
        self.dated(node, row, facts, (|bounds| bounds.hi.is_some_and(|hi| hi <= day), later))
    }

    /// Is a date there, and on or after a day?
    pub fn since(
        &self,
        node: NodeId,
        row: usize,
        facts: &[(FactId, Fact<Datum>)],
        day: Day,
    ) -> Result<Probed<Truth>, Fault> {
        let earlier = |bounds: Bounds<Day>| bounds.hi.is_some_and(|hi| hi < day);
        self.dated(node, row, facts, (|bounds| bounds.lo.is_some_and(|lo| day <= lo), earlier))
    }

    /// Is a row of a table, an arm of tiers or a branch of a choice the one that is hit? `arm` counts as the plan lists
    /// them, what is left over by tiers and choices after all of them.
    pub fn arm(
        &self,
        node: NodeId,
        row: usize,
        facts: &[(FactId, Fact<Datum>)],
        arm: usize,
    ) -> Result<Probed<Truth>, Fault> {
        self.with(facts, |evaluator| {
            let (hit, sure) = match &self.plan.node(node).op {
                Op::Table { subjects, rows } => evaluator.rows_hit(subjects, rows, row)?,
                Op::Tiers { subject, arms, otherwise } => {
                    let subject = evaluator.eval(*subject, row)?;
                    let sure = subject.presence == Presence::Present || arm == arms.len();
                    (arms_hit(&subject, arms, *otherwise), sure)
                }
                Op::Choose { cases, .. } => (evaluator.branches_taken(cases, row)?, true),
                _ => (Vec::new(), false),
            };
            Ok(match hit.as_slice() {
                [only] if *only == arm && sure => Truth::True,
                hit if hit.contains(&arm) => Truth::Unknown,
                _ => Truth::False,
            })
        })
    }

    /// Is the parameter `only_gap` read though it has no value on the day? What is not read while facts are unknown is not
    /// read whatever they are; that it is read is sure where nothing unknown was read before.
    pub fn gap(
        &self,
        node: NodeId,
        row: usize,
        facts: &[(FactId, Fact<Datum>)],
    ) -> Result<Probed<bool>, Fault> {
        self.with(facts, |evaluator| match evaluator.eval(node, row) {
            Err(Fault::ParameterGap(id, _)) if self.only_gap == Some(id) => Ok(true),
            Err(fault) => Err(fault),
            Ok(_) => Ok(false),
        })
    }

    fn dated(
        &self,
        node: NodeId,
        row: usize,
        facts: &[(FactId, Fact<Datum>)],
        (is, is_not): (impl Fn(Bounds<Day>) -> bool, impl Fn(Bounds<Day>) -> bool),
    ) -> Result<Probed<Truth>, Fault> {
        self.ask(node, row, facts, |found| match (found.presence, found.as_date()) {
            (Presence::Absent, _) => Truth::False,
            (_, bounds) if is_not(bounds) => Truth::False,
            (Presence::Present, bounds) if is(bounds) => Truth::True,
            _ => Truth::Unknown,
        })
    }

    /// The value of anything as a word, where the facts settle it.
    #[must_use]
    pub fn settled(&self, node: NodeId, row: usize, facts: &[(FactId, Fact<Datum>)]) -> Option<String> {
        let word = |found: &super::computed::Computed<'_>| match found.presence {
            Presence::Absent => Some("-".to_owned()),
            Presence::Present if found.value.is_single() => Some(format!("{:?}", found.value)),
            _ => None,
        };
        self.ask(node, row, facts, word).ok()?.value
    }

    fn ask<T>(
        &self,
        node: NodeId,
        row: usize,
        facts: &[(FactId, Fact<Datum>)],
        read: impl FnOnce(&Computed<'_>) -> T,
    ) -> Result<Probed<T>, Fault> {
        self.with(facts, |evaluator| Ok(read(&evaluator.eval(node, row)?)))
    }

    /// What an evaluator that is given the facts finds, and which others it read.
    fn with<T>(
        &self,
        facts: &[(FactId, Fact<Datum>)],
        find: impl FnOnce(&Evaluator<'_>) -> Result<T, Fault>,
    ) -> Result<Probed<T>, Fault> {
        let changed: Vec<_> = facts.iter().map(|(fact, value)| (*fact, self.known(*fact, value))).collect();
        let base = Evaluator::new((self.plan, self.register), self.day, (0, self.layers), &[]);
        let evaluator =
            Evaluator { changed: &changed, as_of: self.standing, only_gap: self.only_gap, ..base };
        let value = find(&evaluator)?;
        Ok(Probed { value, wanted: evaluator.read.into_inner() })
    }

    /// What is given of a fact, as things stand.
    fn known<'f>(&self, fact: FactId, value: &'f Fact<Datum>) -> Computed<'f> {
        let later = |day: Day| self.standing.is_some_and(|standing| standing < day);
        match (value, fact.part) {
            (Fact::Known(Datum::Date(span)), FactPart::Field(field))
                if later(span.first)
                    && self.plan.schema.field(fact.record, field).blank != Blank::Unknown =>
            {
                computed(&Fact::Absent)
            }
            _ => computed(value),
        }
    }
}
