//! The period a run judges: a year, a month, a quarter, a day, or a range of days or months.

use super::{Day, DaySpan};
use std::fmt;
use thiserror::Error;

/// From `first` to `last`, both days in. Printed as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// First day of the period.
    pub first: Day,
    /// Last day of the period.
    pub last: Day,
    text: String,
}

/// The calendar units an entitlement may belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// A calendar month.
    Month,
    /// A calendar quarter.
    Quarter,
    /// A calendar year.
    Year,
}

/// A period that cannot be read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PeriodError {
    /// Not one of the written forms.
    #[error("not a period: {0}")]
    Malformed(String),
    /// The range ends before it begins.
    #[error("the period ends before it begins: {0}")]
    Reversed(String),
}

impl Period {
    /// Reads `2005`, `2005-03`, `2005-Q1`, `2005-03-01`, or two days or months joined by `..`.
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        let malformed = || PeriodError::Malformed(text.to_owned());
        let (first, last) = match text.split_once("..") {
            None => {
                let span = read_unit(text).ok_or_else(malformed)?;
                (span.first, span.last)
            }
            Some((from, to)) => {
                let (from, to) = (read_unit(from), read_unit(to));
                let (from, to) = from.zip(to).ok_or_else(malformed)?;
                (from.first, to.last)
            }
        };
        if last < first {
            return Err(PeriodError::Reversed(text.to_owned()));
        }
        Ok(Self { first, last, text: text.to_owned() })
    }

    /// From one day to another.
    #[must_use]
    pub fn of_days(first: Day, last: Day) -> Self {
        Self { first, last, text: format!("{first}..{last}") }
    }

    /// The same last day, but from the beginning of the calendar.
    #[must_use]
    pub fn from_the_beginning(&self) -> Self {
        Self { first: Day::MIN, ..self.clone() }
    }

    /// True where the day lies in the period.
    #[must_use]
    pub fn contains(&self, day: Day) -> bool {
        self.first <= day && day <= self.last
    }

    /// The last days of the calendar units that end in this period, in order.
    pub fn unit_ends(&self, unit: Unit) -> impl Iterator<Item = Day> + use<> {
        let (first, last) = (self.first, self.last);
        let mut next = Some(unit.end(first));
        std::iter::from_fn(move || {
            let end = next.filter(|end| *end <= last)?;
            next = (end < Day::MAX).then(|| unit.end(end.next()));
            Some(end)
        })
    }
}

impl Unit {
    /// Last day of the unit that holds `day`.
    #[must_use]
    pub fn end(self, day: Day) -> Day {
        match self {
            Self::Month => day.month_end(),
            Self::Quarter => day.quarter_end(),
            Self::Year => day.year_end(),
        }
    }

    /// First day of the unit that holds `day`.
    #[must_use]
    pub fn start(self, day: Day) -> Day {
        let civil = day.civil();
        let month = match self {
            Self::Month => civil.month,
            Self::Quarter => (civil.month - 1) / 3 * 3 + 1,
            Self::Year => 1,
        };
        Day::new(civil.year, month, 1).unwrap_or(Day::MIN)
    }

    /// The unit that holds `day`, as results print it: `2005-03`, `2005-Q1`, `2005`.
    #[must_use]
    pub fn label(self, day: Day) -> String {
        let civil = day.civil();
        match self {
            Self::Month => format!("{:04}-{:02}", civil.year, civil.month),
            Self::Quarter => format!("{:04}-Q{}", civil.year, (civil.month + 2) / 3),
            Self::Year => format!("{:04}", civil.year),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn read_unit(text: &str) -> Option<DaySpan> {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |text: &str, len: usize| -> Option<i16> {
        (text.len() == len && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
    };
    match *parts.as_slice() {
        [year] => DaySpan::year(number(year, 4)?),
        [year, quarter] if quarter.starts_with('Q') => {
            let quarter = number(quarter.get(1..)?, 1).filter(|q| (1..=4).contains(q))?;
            let first = Day::new(number(year, 4)?, i8::try_from(quarter * 3 - 2).ok()?, 1)?;
            Some(DaySpan { first, last: first.quarter_end() })
        }
        [year, month] => DaySpan::month(number(year, 4)?, i8::try_from(number(month, 2)?).ok()?),
        [year, month, day] => {
            let (month, day) = (number(month, 2)?, number(day, 2)?);
            let day = Day::new(number(year, 4)?, i8::try_from(month).ok()?, i8::try_from(day).ok()?)?;
            Some(DaySpan::day(day))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_in_all_their_forms() {
        for (text, first, last) in [
            ("2005", "2005-01-01", "2005-12-31"),
            ("2004-02", "2004-02-01", "2004-02-29"),
            ("2005-Q3", "2005-07-01", "2005-09-30"),
            ("2005-03-01", "2005-03-01", "2005-03-01"),
            ("2008-07..2009-06", "2008-07-01", "2009-06-30"),
        ] {
            let period = Period::parse(text).unwrap();
            assert_eq!((period.first.to_string(), period.last.to_string()), (first.into(), last.into()));
        }
        for text in ["", "05", "2005-13", "2005-Q5", "2005-02-30", "2005..", "2005-1", "二〇〇五"] {
            assert!(Period::parse(text).is_err(), "{text}");
        }
        assert!(matches!(Period::parse("2006..2005"), Err(PeriodError::Reversed(_))));
    }

    #[test]
    fn a_unit_belongs_to_the_period_that_holds_its_last_day() {
        let ends = |text: &str, unit| Period::parse(text).unwrap().unit_ends(unit).count();
        assert_eq!(ends("2005", Unit::Month), 12);
        assert_eq!(ends("2005-01-01..2005-12-30", Unit::Year), 0);
        assert_eq!(ends("2005-03", Unit::Quarter), 1);
        assert_eq!(ends("9999", Unit::Month), 12);
    }
}
