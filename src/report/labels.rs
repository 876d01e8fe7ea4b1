//! What calendar units are called, each made once a page: many rows in turn are about the same few.

use crate::value::{Day, PeriodUnit};

/// Labels of the units of some days, in the order of units and days.
#[derive(Debug, Default)]
pub(super) struct Labels {
    known: Vec<((Option<PeriodUnit>, Day), String)>,
    /// Where the last one asked for stands.
    last: usize,
}

impl Labels {
    /// The label of the unit a day lies in: `2005-03`, `2005`, or the day.
    pub(super) fn of(&mut self, unit: Option<PeriodUnit>, day: Day) -> &str {
        let about = (unit, day);
        if self.known.get(self.last).is_none_or(|(known, _)| *known != about) {
            self.last = self.known.binary_search_by(|(known, _)| known.cmp(&about)).unwrap_or_else(|place| {
                let label = unit.map_or_else(|| day.to_string(), |unit| unit.label(day));
                self.known.insert(place, (about, label));
                place
            });
        }
        self.known.get(self.last).map_or("", |(_, label)| label)
    }
}
