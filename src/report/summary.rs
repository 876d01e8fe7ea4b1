//! The summary: entitlements counted and added up by village, clause, status and fund.

use super::clauses::Clauses;
use super::names::Status;
use super::tally::{Tally, Village};
use crate::register::Words;
use crate::value::Fen;
use std::collections::BTreeMap;
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

/// A row of a village, and the next of the same village.
#[derive(Clone, Copy, Debug)]
struct Link {
    about: Counted,
    next: u32,
    row: SummaryRow,
}

/// No row follows.
const LAST: u32 = u32::MAX;

/// All rows: by village, and in each in their order.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    clauses: Arc<Clauses>,
    villages: Words,
    /// The first row of each village.
    first: Vec<u32>,
    /// Of perhaps a hundred thousand villages each has few rows: all are in one list, in the order in which they came.
    rows: Vec<Link>,
    /// The villages by places among the texts of the pages that came last; most pages have the same.
    by_text: Option<(Arc<Words>, Vec<Option<u32>>)>,
}

impl Summary {
    /// An empty one.
    pub(super) fn new(clauses: Arc<Clauses>) -> Self {
        Self { clauses, ..Self::default() }
    }

    /// Adds what a page counted. `None` where a total does not fit.
    pub(super) fn append(&mut self, page: &Tally) -> Option<()> {
        let names: Vec<u32> = page.names.iter().map(|name| self.villages.place(name)).collect();
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
            let row = self.row(village, count.about)?;
            *row = row.and(count.row)?;
        }
        Some(())
    }

    /// The village whose name is the text of that place.
    fn village_of(&mut self, place: u32) -> Option<u32> {
        let (texts, places) = self.by_text.as_mut()?;
        let known = places.get_mut(place as usize)?;
        if known.is_none() {
            *known = Some(self.villages.place(texts.get(place)?));
        }
        *known
    }

    /// The row of a village that is about something.
    fn row(&mut self, village: u32, about: Counted) -> Option<&mut SummaryRow> {
        let village = village as usize;
        if self.first.len() <= village {
            self.first.resize(village + 1, LAST);
        }
        let next = u32::try_from(self.rows.len()).ok().filter(|next| *next != LAST)?;
        let (mut place, mut before) = (*self.first.get(village)?, None);
        while let Some(link) = self.rows.get(place as usize).filter(|link| link.about <= about) {
            if link.about == about {
                return self.rows.get_mut(place as usize).map(|link| &mut link.row);
            }
            (place, before) = (link.next, Some(place));
        }
        self.rows.push(Link { about, next: place, row: SummaryRow::default() });
        match before {
            None => *self.first.get_mut(village)? = next,
            Some(before) => self.rows.get_mut(before as usize)?.next = next,
        }
        self.rows.last_mut().map(|link| &mut link.row)
    }

    /// The rows of a village in their order.
    fn of_village(&self, village: u32) -> impl Iterator<Item = &Link> {
        let first = self.first.get(village as usize).and_then(|first| self.rows.get(*first as usize));
        std::iter::successors(first, |link| self.rows.get(link.next as usize))
    }

    /// The rows in the order they are printed in.
    pub fn rows(&self) -> impl Iterator<Item = (SummaryKey<'_>, SummaryRow)> {
        let mut villages: Vec<(&str, u32)> = self.villages.iter().zip(0..).collect();
        villages.sort_unstable();
        villages.into_iter().flat_map(move |(village, place)| {
            self.of_village(place).map(
                move |Link { about: Counted { clause, status, fund }, row, .. }| {
                    let (clause, kind) = self.clauses.clause(*clause);
                    (
                        SummaryKey { village, clause, kind, status: *status, fund: self.clauses.fund(*fund) },
                        *row,
                    )
                },
            )
        })
    }

    /// The same figures without villages.
    #[must_use]
    pub fn of_all_villages(&self) -> Self {
        let mut all = Self::new(Arc::clone(&self.clauses));
        let village = all.villages.place("");
        for Link { about, row, .. } in &self.rows {
            let Some(total) = all.row(village, *about) else { continue };
            total.targets += row.targets;
            total.entitlements += row.entitlements;
            total.amount = total.amount.checked_add(row.amount).unwrap_or(Fen(i64::MAX));
        }
        all
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
