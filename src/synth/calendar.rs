//! The public holidays of 2004 to 2006, as the State Council's notices gave them, and working days.

use super::person::{days, ymd};
use crate::value::Day;

/// First day and number of days of each holiday.
const HOLIDAYS: [((i16, i8, i8), i64); 12] = [
    ((2004, 1, 1), 1),
    ((2004, 1, 22), 7),
    ((2004, 5, 1), 7),
    ((2004, 10, 1), 7),
    ((2005, 1, 1), 3),
    ((2005, 2, 9), 7),
    ((2005, 5, 1), 7),
    ((2005, 10, 1), 7),
    ((2006, 1, 1), 3),
    ((2006, 1, 29), 7),
    ((2006, 5, 1), 7),
    ((2006, 10, 1), 7),
];

/// Every day of every holiday.
pub(super) fn holidays() -> impl Iterator<Item = Day> {
    HOLIDAYS.iter().flat_map(|((year, month, day), count)| {
        let first = ymd(*year, *month, *day);
        (0..*count).map(move |later| days(first, later))
    })
}

/// True for a Saturday or a Sunday.
pub(super) fn is_weekend(day: Day) -> bool {
    // 1970-01-01, day 0, was a Thursday.
    matches!((day.number() + 4).rem_euclid(7), 0 | 6)
}

/// That day where it is a working day, else the next one.
pub(super) fn working_day(day: Day) -> Day {
    let free = |day: &Day| is_weekend(*day) || holidays().any(|holiday| holiday == *day);
    std::iter::successors(Some(day), |day| Some(day.next())).find(|day| !free(day)).unwrap_or(day)
}
