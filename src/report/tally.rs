//! The summary of a page while it is filled.

use super::clauses::Clauses;
use super::summary::{Counted, Summary, SummaryRow, add_row};
use crate::schema::RecordId;
use crate::value::Fen;
use std::sync::Arc;

/// The rows of a summary, and which targets of a household they count already.
#[derive(Debug)]
pub(super) struct Tally {
    summary: Summary,
    /// The village at hand, and its rows since it came: one look-up for many rows.
    village: String,
    rows: Vec<(Counted, SummaryRow)>,
    /// What the targets of the household at hand were counted for.
    seen: Vec<(Counted, RecordId, usize)>,
}

impl Tally {
    pub(super) fn new(clauses: Arc<Clauses>) -> Self {
        Self { summary: Summary::new(clauses), village: String::new(), rows: Vec::new(), seen: Vec::new() }
    }

    /// Targets of another household follow.
    pub(super) fn next_household(&mut self) {
        self.seen.clear();
    }

    /// Counts one entitlement of a target. `None` where the total does not fit.
    pub(super) fn add(
        &mut self,
        village: &str,
        about: Counted,
        (record, row): (RecordId, usize),
        amount: Fen,
    ) -> Option<()> {
        let target = (about, record, row);
        let first = !self.seen.contains(&target);
        if first {
            self.seen.push(target);
        }
        if self.village != village {
            self.hand_over()?;
            village.clone_into(&mut self.village);
        }
        let more = SummaryRow { targets: u64::from(first), entitlements: 1, amount };
        add_row(&mut self.rows, about, more)
    }

    /// Gives the rows of the village at hand to the summary.
    fn hand_over(&mut self) -> Option<()> {
        self.summary.add(&self.village, self.rows.drain(..))
    }

    /// The rows of all villages. `None` where a total does not fit.
    pub(super) fn summary(mut self) -> Option<Summary> {
        self.hand_over()?;
        Some(self.summary)
    }
}
