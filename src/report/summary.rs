//! The summary: entitlements counted and added up by village, clause, status and fund.

use super::clauses::Clauses;
use super::names::Status;
use crate::value::Fen;
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What one row of the summary is about; rows stand in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SummaryKey<'s> {
    /// The village, as the register names it; empty where it is not known.
    pub village: &'s str,
    /// The clause.
    pub clause: &'s str,
    /// `subsidy`, `reward` or `obligation`.
    pub kind: &'static str,
    /// As the tables say it.
    pub status: Status,
    /// The fund.
    pub fund: &'s str,
}

/// The same but for the village, by places among the [`Clauses`]: in the order of the names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Counted {
    pub clause: u32,
    pub status: Status,
    pub fund: u32,
}

/// The figures of one row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SummaryRow {
    /// Different targets.
    pub targets: u64,
    /// Judged days.
    pub entitlements: u64,
    /// Granted, in fen.
    pub amount: Fen,
}

/// The rows of a village, in their order.
type Rows = Vec<(Counted, SummaryRow)>;

/// All rows: by village, and in each in their order.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    clauses: Arc<Clauses>,
    villages: HashMap<Box<str>, Rows, RandomState>,
}

impl Summary {
    /// An empty one.
    pub(super) fn new(clauses: Arc<Clauses>) -> Self {
        Self { clauses, villages: HashMap::default() }
    }

    /// Adds rows of a village, in their order. `None` where a total does not fit.
    pub(super) fn add(
        &mut self,
        village: &str,
        more: impl ExactSizeIterator<Item = (Counted, SummaryRow)>,
    ) -> Option<()> {
        if more.len() == 0 {
            return Some(());
        }
        let Some(rows) = self.villages.get_mut(village) else {
            self.villages.insert(village.into(), more.collect());
            return Some(());
        };
        // Both stand in order: one pass along them is quicker than a search for each.
        let mut place = 0;
        for (about, row) in more {
            while rows.get(place).is_some_and(|(other, _)| *other < about) {
                place += 1;
            }
            if rows.get(place).is_none_or(|(other, _)| *other != about) {
                // Of perhaps a hundred thousand villages each has few rows: no room is kept for more.
                rows.reserve_exact(1);
                rows.insert(place, (about, SummaryRow::default()));
            }
            rows.get_mut(place)?.1.add(row)?;
        }
        Some(())
    }

    /// Adds the rows of another summary of the same clauses. `None` where a total does not fit.
    pub(super) fn append(&mut self, other: Self) -> Option<()> {
        other.villages.into_iter().try_for_each(|(village, rows)| self.add(&village, rows.into_iter()))
    }

    /// The rows in the order they are printed in.
    pub fn rows(&self) -> impl Iterator<Item = (SummaryKey<'_>, SummaryRow)> {
        let mut villages: Vec<_> = self.villages.iter().collect();
        villages.sort_unstable_by_key(|(village, _)| *village);
        villages.into_iter().flat_map(|(village, rows)| {
            rows.iter().map(|(Counted { clause, status, fund }, row)| {
                let (clause, kind) = self.clauses.clause(*clause);
                (SummaryKey { village, clause, kind, status: *status, fund: self.clauses.fund(*fund) }, *row)
            })
        })
    }

    /// The same figures without villages.
    #[must_use]
    pub fn of_all_villages(&self) -> Self {
        let mut all: BTreeMap<Counted, SummaryRow> = BTreeMap::new();
        for (about, row) in self.villages.values().flatten() {
            let total = all.entry(*about).or_default();
            total.targets += row.targets;
            total.entitlements += row.entitlements;
            total.amount = total.amount.checked_add(row.amount).unwrap_or(Fen(i64::MAX));
        }
        let villages = HashMap::from_iter([("".into(), all.into_iter().collect())]);
        Self { clauses: Arc::clone(&self.clauses), villages }
    }

    /// Granted amounts by fund.
    #[must_use]
    pub fn by_fund(&self) -> BTreeMap<&str, Fen> {
        let mut funds: BTreeMap<&str, Fen> = BTreeMap::new();
        for (key, row) in self.rows().filter(|(key, _)| key.status == Status::Granted) {
            let total = funds.entry(key.fund).or_default();
            *total = total.checked_add(row.amount).unwrap_or(Fen(i64::MAX));
        }
        funds
    }
}

/// Adds the figures of one row to those of a village.
pub(super) fn add_row(rows: &mut Vec<(Counted, SummaryRow)>, about: Counted, more: SummaryRow) -> Option<()> {
    let place = rows.binary_search_by(|(other, _)| other.cmp(&about)).unwrap_or_else(|place| {
        rows.insert(place, (about, SummaryRow::default()));
        place
    });
    rows.get_mut(place)?.1.add(more)
}

impl SummaryRow {
    /// `None` where a total does not fit.
    fn add(&mut self, more: Self) -> Option<()> {
        self.targets = self.targets.checked_add(more.targets)?;
        self.entitlements = self.entitlements.checked_add(more.entitlements)?;
        self.amount = self.amount.checked_add(more.amount)?;
        Some(())
    }
}
