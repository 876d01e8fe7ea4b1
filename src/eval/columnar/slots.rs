//! The judged days of a run, each a bit of a word.

use crate::value::Day;

/// A day, or a stretch of days of which it is only asked what could be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot {
    pub first: Day,
    pub last: Day,
}

impl Slot {
    pub(super) fn day(day: Day) -> Self {
        Self { first: day, last: day }
    }
}

/// Slots that are judged together, in order and without doubles.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots(pub Vec<Slot>);

impl Slots {
    /// The place of a slot; it is added where it is not there.
    pub(super) fn place(&mut self, slot: Slot) -> usize {
        self.0.iter().position(|known| *known == slot).unwrap_or_else(|| {
            self.0.push(slot);
            self.0.len() - 1
        })
    }
}
