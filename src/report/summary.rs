//! The summary: entitlements counted and added up by village, clause, status and fund.

use crate::value::Fen;
use std::collections::BTreeMap;

/// What one row of the summary is about; rows stand in this order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SummaryKey {
    /// The village, as the register names it; empty where it is not known.
    pub village: String,
    /// The clause.
    pub clause: String,
    /// `subsidy` or `reward`.
    pub kind: &'static str,
    /// `granted`, `awaiting_decision` or `undetermined`.
    pub status: &'static str,
    /// The fund.
    pub fund: String,
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

/// All rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// In the order they are printed in.
    pub rows: BTreeMap<SummaryKey, SummaryRow>,
}

impl Summary {
    /// Counts one entitlement; `first` where it is its target's first with that key. `None` on overflow.
    pub fn add(&mut self, key: SummaryKey, first: bool, amount: Fen) -> Option<()> {
        let row = self.rows.entry(key).or_default();
        row.targets += u64::from(first);
        row.entitlements += 1;
        row.amount = row.amount.checked_add(amount)?;
        Some(())
    }

    /// Adds the figures of other targets. `None` on overflow.
    pub fn append(&mut self, other: Self) -> Option<()> {
        for (key, more) in other.rows {
            let row = self.rows.entry(key).or_default();
            row.targets += more.targets;
            row.entitlements += more.entitlements;
            row.amount = row.amount.checked_add(more.amount)?;
        }
        Some(())
    }

    /// The same figures without villages.
    #[must_use]
    pub fn of_all_villages(&self) -> Self {
        let mut all = Self::default();
        for (key, row) in &self.rows {
            let total = all.rows.entry(SummaryKey { village: String::new(), ..key.clone() }).or_default();
            total.targets += row.targets;
            total.entitlements += row.entitlements;
            total.amount = total.amount.checked_add(row.amount).unwrap_or(Fen(i64::MAX));
        }
        all
    }

    /// Granted amounts by fund.
    #[must_use]
    pub fn by_fund(&self) -> BTreeMap<String, Fen> {
        let mut funds: BTreeMap<String, Fen> = BTreeMap::new();
        for (key, row) in self.rows.iter().filter(|(key, _)| key.status == "granted") {
            let total = funds.entry(key.fund.clone()).or_default();
            *total = total.checked_add(row.amount).unwrap_or(Fen(i64::MAX));
        }
        funds
    }
}
