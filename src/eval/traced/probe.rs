//! One expression asked with some facts put in: what the search for a witness asks the evaluator.
//!
//! In: a skeleton register, a day, and values for some of its facts. Out: what the expression comes to as far as those
//! values settle it, and the facts it still wants. So a proof about a charter is one about its very evaluator.

use super::computed::{Presence, Value};
use super::expr::Evaluator;
use super::nearest::computed;
use crate::eval::{FactId, Fault};
use crate::ir::{CharterId, NodeId, Plan};
use crate::register::Register;
use crate::schema::Datum;
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
        read: impl FnOnce(&super::computed::Computed<'_>) -> T,
    ) -> Result<Probed<T>, Fault> {
        let changed: Vec<_> = facts.iter().map(|(fact, value)| (*fact, computed(value))).collect();
        let base = Evaluator::new((self.plan, self.register), self.day, (0, self.layers), &[]);
        let evaluator = Evaluator { changed: &changed, ..base };
        let value = read(&evaluator.eval(node, row)?);
        Ok(Probed { value, wanted: evaluator.read.into_inner() })
    }
}
