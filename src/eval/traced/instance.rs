//! One time a duty falls due: its days, counted from the day on which it binds.

use super::reserved::{Reserved, later};
use crate::ir::{Must, Obligation, Window};
use crate::value::{Day, PeriodUnit};

/// One time a duty falls due.
#[derive(Clone, Copy, Debug)]
pub struct Instance {
    /// The day on which it binds.
    pub bound: Day,
    /// First and last day on which it is to be done, or to hold.
    pub window: (Day, Day),
    /// The last day for it.
    pub due: Day,
    /// The last day on which it can still be done.
    pub remedy_by: Day,
    pub(super) appeal_by: Day,
    pub(super) unit: Option<PeriodUnit>,
}

impl Instance {
    /// The last day on which one can object.
    #[must_use]
    pub fn appeal_by(&self) -> Day {
        self.appeal_by
    }

    /// The calendar unit it belongs to, where it falls due once a unit.
    #[must_use]
    pub fn unit(&self) -> Option<PeriodUnit> {
        self.unit
    }

    /// The one that binds on a day, where there are no holidays; none where its days leave the calendar.
    #[must_use]
    pub fn without_holidays(duty: &Obligation, bound: Day) -> Option<Self> {
        Self::of(duty, bound, &Reserved::default())
    }

    /// The one that binds on a day: the date a duty counts from, or the first day of its unit.
    pub(super) fn of(duty: &Obligation, bound: Day, reserved: &Reserved) -> Option<Self> {
        let (window, due, unit) = match &duty.must {
            Must::Within { length, .. } => {
                let due = reserved.due(bound, *length)?;
                ((bound, due), due, None)
            }
            Must::Times { unit, .. } => {
                let last = unit.end(bound);
                ((bound, last), reserved.working_day(last)?, Some(*unit))
            }
            Must::Throughout { window: Window::Each(unit), .. } => {
                let last = unit.end(bound);
                ((bound, last), last, Some(*unit))
            }
            Must::Throughout { window: Window::After { length, .. }, .. } => {
                let last = later(bound, *length)?;
                ((bound.next(), last), last, None)
            }
        };
        let remedy_by = reserved.due(due, duty.remedy)?;
        let (count, length, _) = &duty.appeal;
        let appeal_by = reserved.due(remedy_by, (*count, *length))?;
        Some(Self { bound, window, due, remedy_by, appeal_by, unit })
    }
}
