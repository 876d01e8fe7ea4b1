//! What the calendar says of a date: its year, month and day as numbers, and the ends of what it lies in.

use super::computed::{Computed, Value};
use crate::ast::CalendarPart;
use crate::value::{Bounds, Day};

/// `is_today` says that the date is the judged day itself.
pub(super) fn part(part: CalendarPart, date: Computed<'_>, is_today: bool) -> Computed<'_> {
    let days = date.as_date();
    let value = match part {
        CalendarPart::Year => Value::Number(days.map_monotone(|day| Some(i64::from(day.civil().year)))),
        CalendarPart::Month => Value::Number(month(days)),
        CalendarPart::Day => Value::Number(day_of_month(days)),
        _ => Value::Date(days.map_monotone(|day| Some(edge(part, day)))),
    };
    let horizon = match days.single() {
        Some(day) if is_today => last_day_alike(part, day).next().max(date.horizon),
        _ => date.horizon,
    };
    Computed::result(value, date.presence, date.certainty, horizon)
}

fn edge(part: CalendarPart, day: Day) -> Day {
    match part {
        CalendarPart::MonthStart => day.month_start(),
        CalendarPart::MonthEnd => day.month_end(),
        CalendarPart::QuarterStart => day.quarter_start(),
        CalendarPart::QuarterEnd => day.quarter_end(),
        CalendarPart::YearStart => day.year_start(),
        CalendarPart::YearEnd => day.year_end(),
        CalendarPart::Year | CalendarPart::Month | CalendarPart::Day => day,
    }
}

/// The last day of which the calendar says the same.
fn last_day_alike(part: CalendarPart, day: Day) -> Day {
    match part {
        CalendarPart::Year | CalendarPart::YearStart | CalendarPart::YearEnd => day.year_end(),
        CalendarPart::QuarterStart | CalendarPart::QuarterEnd => day.quarter_end(),
        CalendarPart::Month | CalendarPart::MonthStart | CalendarPart::MonthEnd => day.month_end(),
        CalendarPart::Day => day,
    }
}

/// Months follow each other within a year; beyond it they begin again.
fn month(days: Bounds<Day>) -> Bounds<i64> {
    let (lo, hi) = (days.lo.map(Day::civil), days.hi.map(Day::civil));
    match lo.zip(hi) {
        Some((lo, hi)) if lo.year == hi.year => Bounds::between(i64::from(lo.month), i64::from(hi.month)),
        _ => Bounds::between(1, 12),
    }
}

/// Days follow each other within a month; beyond it they begin again.
fn day_of_month(days: Bounds<Day>) -> Bounds<i64> {
    let (lo, hi) = (days.lo.map(Day::civil), days.hi.map(Day::civil));
    match lo.zip(hi) {
        Some((lo, hi)) if (lo.year, lo.month) == (hi.year, hi.month) => {
            Bounds::between(i64::from(lo.day), i64::from(hi.day))
        }
        _ => Bounds::between(1, 31),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(first: (i16, i8, i8), last: (i16, i8, i8)) -> Bounds<Day> {
        let day = |(year, month, day)| Day::new(year, month, day).unwrap();
        Bounds::between(day(first), day(last))
    }

    #[test]
    fn an_interval_that_leaves_its_year_could_be_any_month() {
        assert_eq!(month(days((2005, 2, 1), (2005, 6, 30))), Bounds::between(2, 6));
        assert_eq!(month(days((2004, 12, 31), (2005, 1, 1))), Bounds::between(1, 12));
        assert_eq!(month(Bounds::any()), Bounds::between(1, 12));
    }

    #[test]
    fn an_interval_that_leaves_its_month_could_be_any_day() {
        assert_eq!(day_of_month(days((2004, 2, 1), (2004, 2, 29))), Bounds::between(1, 29));
        assert_eq!(day_of_month(days((2005, 2, 28), (2005, 3, 1))), Bounds::between(1, 31));
    }
}
