//! The summary: entitlements counted and added up by village, clause, status and fund.

use super::clauses::Clauses;
use super::names::Status;
use super::tally::{Tally, Village};
use crate::register::Words;
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
    /// Of which village which rows are.
    villages: HashMap<Box<str>, usize, RandomState>,
    rows: Vec<Rows>,
    /// The same by places among the texts of the pages that came last; most pages have the same.
    by_text: Option<(Arc<Words>, Vec<Option<usize>>)>,
}

impl Summary {
    /// An empty one.
    pub(super) fn new(clauses: Arc<Clauses>) -> Self {
        Self { clauses, ..Self::default() }
    }

    /// Adds what a page counted. `None` where a total does not fit.
    pub(super) fn append(&mut self, page: &Tally) -> Option<()> {
        let names: Vec<usize> = page.names.iter().map(|name| self.village(name)).collect();
        if let Some(texts) = &page.texts
            && self.by_text.as_ref().is_none_or(|(of, _)| !Arc::ptr_eq(of, texts))
        {
            self.by_text = Some((Arc::clone(texts), vec![None; texts.len()]));
        }
        for count in &page.counts {
            let village = match count.village {
                Village::Name(place) => names.get(place as usize).copied()?,
                Village::Text(place) => self.village_of(place)?,
            };
            add_row(self.rows.get_mut(village)?, count.about, count.row)?;
        }
        Some(())
    }

    /// The rows of the village whose name is the text of that place.
    fn village_of(&mut self, place: u32) -> Option<usize> {
        let (texts, places) = self.by_text.as_ref()?;
        if let Some(village) = places.get(place as usize)? {
            return Some(*village);
        }
        let texts = Arc::clone(texts);
        let village = self.village(texts.get(place)?);
        *self.by_text.as_mut()?.1.get_mut(place as usize)? = Some(village);
        Some(village)
    }

    /// The rows of the village of that name.
    fn village(&mut self, name: &str) -> usize {
        if let Some(village) = self.villages.get(name) {
            return *village;
        }
        self.rows.push(Rows::new());
        self.villages.insert(name.into(), self.rows.len() - 1);
        self.rows.len() - 1
    }

    /// The rows in the order they are printed in.
    pub fn rows(&self) -> impl Iterator<Item = (SummaryKey<'_>, SummaryRow)> {
        let mut villages: Vec<_> = self.villages.iter().collect();
        villages.sort_unstable_by_key(|(village, _)| *village);
        let of = |village: usize| self.rows.get(village).into_iter().flatten();
        villages.into_iter().flat_map(move |(village, place)| {
            of(*place).map(move |(Counted { clause, status, fund }, row)| {
                let (clause, kind) = self.clauses.clause(*clause);
                (SummaryKey { village, clause, kind, status: *status, fund: self.clauses.fund(*fund) }, *row)
            })
        })
    }

    /// The same figures without villages.
    #[must_use]
    pub fn of_all_villages(&self) -> Self {
        let mut all: BTreeMap<Counted, SummaryRow> = BTreeMap::new();
        for (about, row) in self.rows.iter().flatten() {
            let total = all.entry(*about).or_default();
            total.targets += row.targets;
            total.entitlements += row.entitlements;
            total.amount = total.amount.checked_add(row.amount).unwrap_or(Fen(i64::MAX));
        }
        let villages = HashMap::from_iter([("".into(), 0)]);
        let rows = vec![all.into_iter().collect()];
        Self { clauses: Arc::clone(&self.clauses), villages, rows, by_text: None }
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
fn add_row(rows: &mut Vec<(Counted, SummaryRow)>, about: Counted, more: SummaryRow) -> Option<()> {
    let place = rows.binary_search_by(|(other, _)| other.cmp(&about)).unwrap_or_else(|place| {
        // Of perhaps a hundred thousand villages each has few rows: no room is kept for more.
        rows.reserve_exact(1);
        rows.insert(place, (about, SummaryRow::default()));
        place
    });
    let (_, row) = rows.get_mut(place)?;
    *row = row.and(more)?;
    Some(())
}

impl SummaryRow {
    /// Both together; `None` where a total does not fit.
    pub(super) fn and(self, more: Self) -> Option<Self> {
        Some(Self {
            targets: self.targets.checked_add(more.targets)?,
            entitlements: self.entitlements.checked_add(more.entitlements)?,
            amount: self.amount.checked_add(more.amount)?,
        })
    }
}
