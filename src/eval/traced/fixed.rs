//! Expressions that read no row, or one field put in: what another evaluator works out once instead of row by row.

use super::computed::{Computed, Presence, Value};
use super::expr::Evaluator;
use super::order::scale;
use crate::eval::{FactId, Fault};
use crate::ir::{CharterId, NodeId, Plan};
use crate::register::Register;
use crate::value::{Bounds, Day, Ratio, Truth};

/// A plan with the layers that hold for a household, and no register.
#[derive(Clone, Copy)]
pub(in crate::eval) struct Fixed<'r> {
    pub plan: &'r Plan,
    /// One without rows.
    pub register: &'r Register,
    /// The charter versions that hold, the nearest layer first.
    pub layers: &'r [CharterId],
}

/// What an expression comes to on a day.
#[derive(Clone, Copy, Debug)]
pub(in crate::eval) struct Found {
    /// Of a condition.
    pub truth: Truth,
    /// Of a number, fen, a day or a code; no bounds for anything else.
    pub bounds: Bounds<i64>,
    /// Of a rate, where it is known.
    pub rate: Option<Ratio>,
    /// Is it there?
    pub there: Truth,
    /// The first later day on which it may be another.
    pub horizon: Day,
}

impl Fixed<'_> {
    /// The value of an expression on a day, with a date put into one field.
    pub(in crate::eval) fn find(
        &self,
        node: NodeId,
        day: Day,
        field: Option<(FactId, Day)>,
    ) -> Result<Found, Fault> {
        let changed: Vec<_> = field
            .into_iter()
            .map(|(fact, day)| (fact, Computed::known(Value::Date(Bounds::exact(day)))))
            .collect();
        let base: Evaluator<'_> = Evaluator::new((self.plan, self.register), day, (0, self.layers), &[]);
        let evaluator = Evaluator { changed: &changed, ..base };
        let found = evaluator.eval(node, 0)?;
        let bounds = match found.value {
            Value::Code(code) => code.map_or(Bounds::any(), |code| Bounds::exact(i64::from(code))),
            other => scale(other),
        };
        let rate = match found.value {
            Value::Ratio(ratio) => ratio.single(),
            _ => None,
        };
        let there = match found.presence {
            Presence::Present => Truth::True,
            Presence::Maybe => Truth::Unknown,
            Presence::Absent => Truth::False,
        };
        Ok(Found { truth: found.as_truth(), bounds, rate, there, horizon: found.horizon })
    }
}
