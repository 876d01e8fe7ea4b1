//! The times a duty falls due in a run. They are the same in every village, so that a row of results need only name one.

use super::judged::Settled;
use crate::eval::traced::{Instance, Run};
use crate::ir::{Must, Window};
use crate::value::{Day, Truth};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Most days on which a duty that counts from a day may have begun to bind and still concern the period.
const MAX_DAYS: usize = 40_000;

/// The times of the duties of a run, by the places of these in the plan; none where there are too many.
pub(super) type Calendar = BTreeMap<usize, Option<Arc<Times>>>;

/// The times of one duty that concern the period: unit after unit, or by the days they count from, from the last back to the
/// first.
#[derive(Debug)]
pub(super) struct Times {
    pub all: Arc<[Instance]>,
    /// By time.
    terms: Vec<Term>,
    /// The last day of the period.
    today: Day,
    /// The last day that one counts from.
    last: i64,
}

/// How a time stands on the last day of the period: [`PENDING`], [`IN_REMEDY`] or [`UNMET`] if nothing was done, and whether it
/// is [`OVER`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Term(pub u8);

const PENDING: u8 = 0;
const IN_REMEDY: u8 = 1;
const UNMET: u8 = 2;
const OVER: u8 = 4;

impl Times {
    /// The times of a duty of a run; none where there are too many.
    pub(super) fn of(run: &Run<'_>, (village, index): (usize, usize)) -> Option<Self> {
        let case = run.duty(village, index, (0, 0))?;
        let duty = case.obligation;
        let mut last = run.period().last;
        let all = match &duty.must {
            Must::Throughout { window: Window::Each(unit), .. } | Must::Times { unit, .. } => {
                case.by_unit(*unit)
            }
            Must::Within { .. } | Must::Throughout { window: Window::After { .. }, .. } => {
                last = last.min(duty.days.last());
                back(last, |day| case.time_from(day))?
            }
        };
        let today = run.period().last;
        Some(Self {
            terms: all.iter().map(|time| Term::of(time, today)).collect(),
            all: all.into(),
            today,
            last: i64::from(last.number()),
        })
    }

    /// The days from which one counts.
    pub(super) fn starts(&self) -> RangeInclusive<i64> {
        self.last - i64::try_from(self.all.len()).unwrap_or(i64::MAX) + 1..=self.last
    }

    /// The place of the time that counts from a day.
    #[inline]
    pub(super) fn place(&self, start: i64) -> Option<usize> {
        usize::try_from(self.last.checked_sub(start)?).ok().filter(|place| *place < self.terms.len())
    }

    /// How the time of a place stands.
    #[inline]
    pub(super) fn term(&self, place: usize) -> Option<Term> {
        self.terms.get(place).copied()
    }

    /// The last day on which an act counts that was to be done in the time of a place.
    pub(super) fn act_by(&self, place: usize) -> Day {
        self.all.get(place).map_or(self.today, |time| time.remedy_by.min(self.today))
    }
}

impl Term {
    /// How many there are.
    pub(super) const COUNT: u8 = 8;

    fn of(time: &Instance, today: Day) -> Self {
        let not_done = if today <= time.due {
            PENDING
        } else if today <= time.remedy_by {
            IN_REMEDY
        } else {
            UNMET
        };
        Self(if time.window.1 <= today { not_done | OVER } else { not_done })
    }

    /// As if it were over: an act that was done is done, whatever is still to come of its time.
    pub(super) fn of_act(self) -> Self {
        Self(self.0 | OVER)
    }

    /// How it stands if nothing was done.
    pub(super) fn not_done(self) -> Settled {
        match self.0 & !OVER {
            PENDING => Settled::Pending,
            IN_REMEDY => Settled::InRemedy,
            _ => Settled::Unmet,
        }
    }

    /// Did something hold on every day of the time? What is still going on is not done yet.
    pub(super) fn held(self, holds: Truth) -> Truth {
        if holds.is_true() && self.0 & OVER == 0 { Truth::False } else { holds }
    }
}

/// Day by day back, as long as days concern the period: earlier starts are due earlier.
fn back(last: Day, from_day: impl Fn(Day) -> Option<Instance>) -> Option<Vec<Instance>> {
    let mut back = Vec::new();
    let mut next = Some(last);
    while let Some((day, instance)) = next.and_then(|day| Some((day, from_day(day)?))) {
        if back.len() >= MAX_DAYS {
            return None;
        }
        back.push(instance);
        next = day.add_days(-1);
    }
    Some(back)
}
