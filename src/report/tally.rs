//! The summary of a page while it is filled: many small additions, so nothing is copied that is not new.

use super::{Summary, SummaryKey, SummaryRow};
use crate::schema::RecordId;
use crate::value::Fen;
use std::borrow::Cow;
use std::collections::HashMap;

/// What one row of the summary is about, but for the village.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Counted<'p> {
    pub clause: &'p str,
    pub kind: &'static str,
    pub status: &'static str,
    pub fund: Cow<'p, str>,
}

/// The rows of a summary, by village.
#[derive(Debug, Default)]
pub(super) struct Tally<'p> {
    villages: HashMap<String, HashMap<Counted<'p>, SummaryRow>>,
    /// What the targets of the household at hand were counted for.
    seen: Vec<(Counted<'p>, RecordId, usize)>,
}

impl<'p> Tally<'p> {
    /// Targets of another household follow.
    pub(super) fn next_household(&mut self) {
        self.seen.clear();
    }

    /// Counts one entitlement of a target. `None` where the total does not fit.
    pub(super) fn add(
        &mut self,
        village: &str,
        about: Counted<'p>,
        (record, row): (RecordId, usize),
        amount: Fen,
    ) -> Option<()> {
        let known = |(other, of, target): &(Counted<'p>, RecordId, usize)| {
            (*of, *target) == (record, row) && *other == about
        };
        let first = !self.seen.iter().any(known);
        if !self.villages.contains_key(village) {
            self.villages.insert(village.to_owned(), HashMap::new());
        }
        let total = self.villages.get_mut(village)?.entry(about.clone()).or_default();
        total.targets += u64::from(first);
        total.entitlements += 1;
        total.amount = total.amount.checked_add(amount)?;
        if first {
            self.seen.push((about, record, row));
        }
        Some(())
    }

    /// The rows in their order.
    pub(super) fn summary(self) -> Summary {
        let mut summary = Summary::default();
        for (village, rows) in self.villages {
            for (about, row) in rows {
                let Counted { clause, kind, status, fund } = about;
                let (clause, fund) = (clause.to_owned(), fund.into_owned());
                let key = SummaryKey { village: village.clone(), clause, kind, status, fund };
                summary.rows.insert(key, row);
            }
        }
        summary
    }
}
