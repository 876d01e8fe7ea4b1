//! Rows of which the same is seen from outside are alike, whatever their facts, and so are rows in another order: of
//! two states of a search that differ only in that, one is enough.

use super::Search;
use super::shape::Shape;
use crate::eval::FactPart;
use crate::eval::traced::Probe;
use crate::schema::RecordId;
use std::collections::BTreeSet;
use std::fmt::Write as _;

impl Search<'_> {
    /// The state of the search as far as it matters to the question.
    pub(super) fn state(&self, shape: &Shape, root: RecordId) -> String {
        self.row_state(shape, root, 0)
    }

    fn row_state(&self, shape: &Shape, record: RecordId, row: usize) -> String {
        let schema = &self.probe.plan.schema;
        let mut state = format!("{}", record.0);
        let asked = self.literals.iter().any(|literal| literal.row == (record, row));
        if asked || self.turning.ordered.contains(&record) {
            let _ = write!(state, "#{row}");
        }
        if let Some(seen) = self.seen(record, row) {
            state.push_str(&seen);
        } else {
            let own = self.facts.iter().filter(|(fact, _)| fact.record == record && fact.row == row);
            let mut own: Vec<String> = own
                .map(|(fact, value)| match fact.part {
                    FactPart::Field(field) => format!("{}={value:?};", field.0),
                    FactPart::Rows => String::new(),
                })
                .collect();
            own.sort();
            state.push_str(&own.concat());
        }
        state.push('(');
        for (id, _) in schema.iter().filter(|(_, inner)| inner.parent == Some(record)) {
            let mut inner: Vec<String> =
                shape.rows_in(id, row).map(|row| self.row_state(shape, id, row)).collect();
            inner.sort();
            state.push_str(&inner.concat());
        }
        state.push(')');
        state
    }

    /// What is seen of a row from outside on all days of the moment; none where it is not settled yet.
    fn seen(&self, record: RecordId, row: usize) -> Option<String> {
        let mut seen = "!".to_owned();
        let days: BTreeSet<_> = self.moment.iter().copied().collect();
        for node in self.turning.faces.get(&record).into_iter().flatten() {
            for day in &days {
                let probe = Probe { day: *day, ..self.probe };
                let _ = write!(seen, "{};", probe.settled(*node, row, &self.facts)?);
            }
        }
        Some(seen)
    }
}
