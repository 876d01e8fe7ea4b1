//! What a page counts for the summary, in the order in which it is found.

use super::summary::{Counted, SummaryRow};
use crate::register::Words;
use crate::schema::RecordId;
use crate::value::Fen;
use std::sync::Arc;

/// A village of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Village {
    /// By the place of its name among the texts of the register.
    Text(u32),
    /// By the place of its name among those of the page.
    Name(u32),
}

/// Entitlements found one after the other, or times that a duty falls due.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count {
    pub village: Village,
    pub about: Counted,
    pub row: SummaryRow,
}

/// What a page counts, and how its villages are named.
#[derive(Clone, Debug)]
pub struct Tally {
    /// The texts that name the villages of households.
    pub(super) texts: Option<Arc<Words>>,
    /// Other names.
    pub(super) names: Vec<Box<str>>,
    pub(super) counts: Vec<Count>,
    /// The village at hand.
    village: Village,
    /// What the targets of the household at hand were counted for.
    seen: Vec<(Counted, RecordId, usize)>,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            texts: None,
            names: Vec::new(),
            counts: Vec::new(),
            village: Village::Name(0),
            seen: Vec::new(),
        }
    }
}

impl Tally {
    /// Villages of households will be named by places among these texts.
    pub(super) fn named_by(&mut self, texts: &Arc<Words>) {
        self.texts = Some(Arc::clone(texts));
    }

    /// Targets of another household follow.
    pub(super) fn next_household(&mut self) {
        self.seen.clear();
    }

    /// They lie in the village of that place among the texts.
    pub(super) fn in_text(&mut self, place: u32) {
        self.village = Village::Text(place);
    }

    /// They lie in the village of that name.
    pub(super) fn in_village(&mut self, name: &str) {
        let place = self.names.iter().rposition(|known| **known == *name).unwrap_or_else(|| {
            self.names.push(name.into());
            self.names.len() - 1
        });
        self.village = Village::Name(u32::try_from(place).unwrap_or(u32::MAX));
    }

    /// Counts one entitlement of a target.
    pub(super) fn add(&mut self, about: Counted, (record, row): (RecordId, usize), amount: Fen) {
        let target = (about, record, row);
        let first = !self.seen.contains(&target);
        if first {
            self.seen.push(target);
        }
        let row = SummaryRow { targets: u64::from(first), entitlements: 1, amount };
        let village = self.village;
        // Days of one clause follow each other.
        if let Some(last) =
            self.counts.last_mut().filter(|last| last.about == about && last.village == village)
            && let Some(sum) = last.row.and(row)
        {
            last.row = sum;
            return;
        }
        self.counts.push(Count { village, about, row });
    }
}
