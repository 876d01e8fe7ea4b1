//! What the days that are tried may miss: months differ in length, so that a way over months and one over days from the
//! same date pass each other in some months and not in others; and a chain of dates may be longer than it is followed.

use super::links::{Leaf, Links, Step};
use crate::ast::TimeUnit;
use crate::value::{Day, PeriodUnit};
use std::collections::{BTreeMap, BTreeSet};

/// Most ways between two dates that are held against each other.
const MAX_COMPARED: usize = 60;
/// How far months may be off their mean length, in days.
const SLACK: i64 = 5;
/// Days in four hundred years, in which the calendar comes round, and their months.
const ROUND: (i64, i64) = (146_097, 4_800);
/// How many dates of rows hang together where a day is not followed from one end to the other.
const LONG: usize = 3;

/// A way in months and days, how far off it may be, and how many steps over months it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Length {
    months: i64,
    days: i64,
    edges: i64,
    leaps: usize,
    /// A month taken back from the later day is not always the month counted from the earlier one.
    back: bool,
}

impl Length {
    fn of(path: &[Step]) -> Self {
        let mut length = Self { months: 0, days: 0, edges: 0, leaps: 0, back: false };
        for step in path {
            let (months, days, edge) = match *step {
                Step::By(count, TimeUnit::Days) => (0, count, 0),
                Step::By(count, TimeUnit::Months) => (count, 0, 0),
                Step::By(count, TimeUnit::Years) => (count.saturating_mul(12), 0, 0),
                Step::Start(unit) | Step::End(unit) => (0, 0, most_days(unit)),
            };
            length.months = length.months.saturating_add(months);
            length.days = length.days.saturating_add(days);
            length.edges += edge;
            length.leaps += usize::from(months != 0);
        }
        length
    }

    /// May the one be the longer in some months, and the other in others?
    fn passes(self, other: Self) -> bool {
        let plain =
            |length: &Self| length.edges == 0 && (length.leaps == 0 || length.leaps == 1 && length.days == 0);
        let (months, days) = (self.months.saturating_sub(other.months), self.days.saturating_sub(other.days));
        // Of days alone, or of one step over months each, the longer one is longer everywhere.
        let same_kind = plain(&self) && plain(&other) && (self.leaps, self.back) == (other.leaps, other.back);
        let apart =
            months.saturating_mul(ROUND.0).saturating_add(days.saturating_mul(ROUND.1)).saturating_abs();
        let slack = (SLACK + self.edges + other.edges).saturating_mul(ROUND.1);
        !same_kind && apart <= slack
    }
}

fn most_days(unit: PeriodUnit) -> i64 {
    match unit {
        PeriodUnit::Month => 31,
        PeriodUnit::Quarter => 92,
        PeriodUnit::Year => 366,
    }
}

impl Links {
    /// Is there a date from which two ways lead to another, or back to itself, of which now the one is the longer and now
    /// the other?
    pub(super) fn passing(&self) -> bool {
        let is_field = |leaf: &Leaf| matches!(leaf, Leaf::Field(..));
        self.to.iter().any(|(to, ways)| {
            let mut lengths: BTreeMap<Leaf, BTreeSet<Length>> = BTreeMap::new();
            for (from, path) in ways.iter().filter(|(from, _)| is_field(from)) {
                let length = Length::of(path);
                let back = self.over_months.contains(&(*to, (*from, path.clone()), true));
                let forth = !back || self.over_months.contains(&(*to, (*from, path.clone()), false));
                let both = [(forth, false), (back, true)].into_iter().filter(|(is, _)| *is);
                lengths.entry(*from).or_default().extend(both.map(|(_, back)| Length { back, ..length }));
                // Over a third date.
                for (first, before) in self.to.get(from).into_iter().flatten() {
                    if is_field(first) && is_field(to) && first != to && first != from && from != to {
                        let path: Vec<Step> = before.iter().chain(path).copied().collect();
                        lengths.entry(*first).or_default().insert(Length::of(&path));
                    }
                }
            }
            lengths.into_iter().any(|(from, mut lengths)| {
                if from == *to {
                    lengths.insert(Length::of(&[]));
                }
                // The days that are judged are days at the ends of months, too.
                if *to == Leaf::Today {
                    lengths.retain(|length| length.edges == 0);
                }
                lengths.len() > MAX_COMPARED
                    || lengths.iter().any(|one| lengths.range(..one).any(|other| one.passes(*other)))
            })
        })
    }

    /// Do so many dates hang together, one moved before it is compared with the next, that a day is not followed over all
    /// of them?
    pub(super) fn long(&self) -> bool {
        let fields = self.to.keys().filter(|leaf| matches!(leaf, Leaf::Field(..)));
        fields.copied().any(|leaf| self.goes_on(leaf, false, &mut vec![leaf]))
    }

    fn goes_on(&self, leaf: Leaf, moved: bool, passed: &mut Vec<Leaf>) -> bool {
        if passed.len() >= LONG && moved {
            return true;
        }
        if passed.len() > LONG {
            return false;
        }
        self.to.get(&leaf).into_iter().flatten().any(|(next, path)| {
            if !matches!(next, Leaf::Field(..)) || passed.contains(next) {
                return false;
            }
            passed.push(*next);
            let long = self.goes_on(*next, moved || !path.is_empty(), passed);
            passed.pop();
            long
        })
    }
}

/// Days from which months of every length are counted: around their ends and within them, of a common and of a leap year
/// before a day.
pub(super) fn days_of_all_months(today: Day) -> impl Iterator<Item = Day> {
    let leap = |year: i16| Day::new(year, 2, 29).is_some();
    let past = (1..=9).map(move |back| today.civil().year - back);
    let years: BTreeSet<i16> = past
        .clone()
        .find(|year| leap(*year))
        .into_iter()
        .chain(past.clone().find(|year| !leap(*year)))
        .collect();
    let days = |month: i8| match month {
        1..=4 => vec![1, 10, 28, 29, 30, 31],
        _ => vec![10, 31],
    };
    years.into_iter().flat_map(move |year| {
        (1..=8)
            .flat_map(move |month| days(month).into_iter().filter_map(move |day| Day::new(year, month, day)))
    })
}
