//! Civil days. A day is a number, so that columns of days are plain integers; the calendar is jiff's, but for the two
//! conversions between numbers and dates, which a register of millions needs by the tens of millions.

use super::Bounds;
use jiff::ToSpan;
use jiff::civil::Date;
use std::fmt;

/// A civil day as days since 1970-01-01; years 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

/// Year, month and day of a [`Day`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// 1 to 9999.
    pub year: i16,
    /// 1 to 12.
    pub month: i8,
    /// 1 to 31.
    pub day: i8,
}

/// Days in 400 years, and from 0000-03-01 to 1970-01-01.
const DAYS_OF_ERA: i32 = 146_097;
const EPOCH_OF_ERA: i32 = 719_468;

impl Day {
    /// 0001-01-01.
    pub const MIN: Self = Self(-719_162);
    /// 9999-12-31.
    pub const MAX: Self = Self(2_932_896);

    /// The day, or `None` where the calendar has none.
    #[must_use]
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        if year < 1 {
            return None;
        }
        Date::new(year, month, day).ok().map(Self::from_date)
    }

    /// The day that many days after 1970-01-01, or `None` outside the years 1 to 9999.
    #[must_use]
    pub fn from_number(days: i32) -> Option<Self> {
        (Self::MIN.0..=Self::MAX.0).contains(&days).then_some(Self(days))
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0
    }

    /// Days from civil (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"): years that begin in March
    /// end with the leap day.
    fn from_date(date: Date) -> Self {
        let (year, month, day) = (i32::from(date.year()), i32::from(date.month()), i32::from(date.day()));
        let year = if month <= 2 { year - 1 } else { year };
        let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        Self(era * DAYS_OF_ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH_OF_ERA)
    }

    fn date(self) -> Date {
        let Civil { year, month, day } = self.civil();
        Date::new(year, month, day).unwrap_or(Date::ZERO)
    }

    /// Year, month and day: civil from days (Howard Hinnant, as above).
    #[must_use]
    pub fn civil(self) -> Civil {
        let days = self.0 + EPOCH_OF_ERA;
        let (era, of_era) = (days.div_euclid(DAYS_OF_ERA), days.rem_euclid(DAYS_OF_ERA));
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let from_march = (5 * of_year + 2) / 153;
        let month = (from_march + 2) % 12 + 1;
        let day = of_year - (153 * from_march + 2) / 5 + 1;
        let year = era * 400 + year + i32::from(month <= 2);
        // All three lie within their types: the number is that of a day of the years 1 to 9999.
        let small = |number: i32| i8::try_from(number).unwrap_or(1);
        Civil { year: i16::try_from(year).unwrap_or(1), month: small(month), day: small(day) }
    }

    /// That many days later (earlier when negative), or `None` outside the calendar.
    #[must_use]
    pub fn add_days(self, days: i64) -> Option<Self> {
        i32::try_from(i64::from(self.0).checked_add(days)?).ok().and_then(Self::from_number)
    }

    /// The corresponding day that many months later; the month's last day where it has none (Civil Code 202).
    #[must_use]
    pub fn add_months(self, months: i64) -> Option<Self> {
        let months = i32::try_from(months).ok().filter(|months| months.abs() < 120_000)?;
        let date = self.date().checked_add(months.months()).ok()?;
        (date.year() >= 1).then(|| Self::from_date(date))
    }

    /// The following day; the last day of the calendar is its own successor.
    #[must_use]
    pub fn next(self) -> Self {
        self.add_days(1).unwrap_or(Self::MAX)
    }

    /// First day of its month.
    #[must_use]
    pub fn month_start(self) -> Self {
        Self::from_date(self.date().first_of_month())
    }

    /// Last day of its month.
    #[must_use]
    pub fn month_end(self) -> Self {
        Self::from_date(self.date().last_of_month())
    }

    /// First day of its calendar quarter.
    #[must_use]
    pub fn quarter_start(self) -> Self {
        let Civil { year, month, .. } = self.civil();
        Day::new(year, (month - 1) / 3 * 3 + 1, 1).unwrap_or(Self::MIN)
    }

    /// Last day of its calendar quarter.
    #[must_use]
    pub fn quarter_end(self) -> Self {
        let last = (self.civil().month + 2) / 3 * 3;
        Day::new(self.civil().year, last, 1).map_or(Self::MAX, Day::month_end)
    }

    /// First day of its calendar year.
    #[must_use]
    pub fn year_start(self) -> Self {
        Self::from_date(self.date().first_of_year())
    }

    /// Last day of its calendar year.
    #[must_use]
    pub fn year_end(self) -> Self {
        Self::from_date(self.date().last_of_year())
    }

    /// Whole months from `self` to `later`: the greatest n with `self + n months <= later`; negative before.
    #[must_use]
    pub fn full_months_to(self, later: Self) -> i64 {
        let (from, to) = (self.civil(), later.civil());
        let months = (i64::from(to.year) - i64::from(from.year)) * 12 + i64::from(to.month - from.month);
        match self.add_months(months) {
            Some(day) if day <= later => months,
            _ => months - 1,
        }
    }

    /// Whole years from `self` to `later`. Age N is reached on the birthday; one born on 29 February reaches it
    /// on 28 February of a common year (Civil Code 202).
    #[must_use]
    pub fn full_years_to(self, later: Self) -> i64 {
        self.full_months_to(later).div_euclid(12)
    }
}

/// ISO 8601: `2005-03-01`.
impl Day {
    /// The ten letters: large tables are full of days.
    #[must_use]
    pub fn iso(self) -> [u8; 10] {
        let Civil { year, month, day } = self.civil();
        let digit = |number: u16| b'0' + (number % 10).to_le_bytes()[0];
        let (year, month, day) = (year.unsigned_abs(), month.unsigned_abs(), day.unsigned_abs());
        let mut iso = *b"0000-00-00";
        for (place, two) in [(0, year / 100), (2, year % 100), (5, month.into()), (8, day.into())] {
            (iso[place], iso[place + 1]) = (digit(two / 10), digit(two));
        }
        iso
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.iso()).unwrap_or_default())
    }
}

impl serde::Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A date known to the day, the month or the year: the days it could be, both ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DaySpan {
    /// First possible day.
    pub first: Day,
    /// Last possible day.
    pub last: Day,
}

impl DaySpan {
    /// A date known to the day.
    #[must_use]
    pub fn day(day: Day) -> Self {
        Self { first: day, last: day }
    }

    /// A date known to the month.
    #[must_use]
    pub fn month(year: i16, month: i8) -> Option<Self> {
        let first = Day::new(year, month, 1)?;
        Some(Self { first, last: first.month_end() })
    }

    /// A date known to the year.
    #[must_use]
    pub fn year(year: i16) -> Option<Self> {
        let first = Day::new(year, 1, 1)?;
        Some(Self { first, last: first.year_end() })
    }

    /// As an interval of days.
    #[must_use]
    pub fn bounds(self) -> Bounds<Day> {
        Bounds::between(self.first, self.last)
    }

    /// True where it is known to the day.
    #[must_use]
    pub fn is_exact(self) -> bool {
        self.first == self.last
    }
}

/// `2005-03-01`, `2005-03`, `2005`, or `first..last`.
impl fmt::Display for DaySpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Civil { year, month, .. } = self.first.civil();
        if self.is_exact() {
            write!(f, "{}", self.first)
        } else if Self::month(year, month) == Some(*self) {
            write!(f, "{year:04}-{month:02}")
        } else if Self::year(year) == Some(*self) {
            write!(f, "{year:04}")
        } else {
            write!(f, "{}..{}", self.first, self.last)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i16, month: i8, day: i8) -> Day {
        Day::new(year, month, day).unwrap()
    }

    #[test]
    fn the_ends_of_the_calendar() {
        assert_eq!(day(1, 1, 1), Day::MIN);
        assert_eq!(day(9999, 12, 31), Day::MAX);
        assert_eq!(Day::MAX.add_days(1), None);
        assert_eq!(Day::MIN.add_months(-1), None);
        assert_eq!(Day::new(2005, 2, 29), None);
    }

    #[test]
    fn numbers_and_dates_are_those_of_the_calendar() {
        let epoch = Date::constant(1970, 1, 1);
        for number in (Day::MIN.0..=Day::MAX.0).step_by(37).chain([Day::MAX.0]) {
            let date = epoch.saturating_add(jiff::Span::new().days(number));
            assert_eq!(Day(number).date(), date);
            assert_eq!(Day::from_date(date), Day(number));
        }
    }

    #[test]
    fn months_follow_the_civil_code() {
        assert_eq!(day(2004, 1, 31).add_months(1), Some(day(2004, 2, 29)));
        assert_eq!(day(2004, 2, 29).add_months(12), Some(day(2005, 2, 28)));
        assert_eq!(day(2004, 2, 29).full_years_to(day(2005, 2, 28)), 1);
        assert_eq!(day(2004, 2, 29).full_years_to(day(2008, 2, 28)), 3);
        assert_eq!(day(1991, 12, 31).full_years_to(day(2005, 12, 30)), 13);
        assert_eq!(day(1991, 12, 31).full_years_to(day(2005, 12, 31)), 14);
        assert_eq!(day(2006, 1, 1).full_years_to(day(2005, 12, 31)), -1);
        assert_eq!(day(2005, 5, 1).quarter_end(), day(2005, 6, 30));
        assert_eq!(day(2005, 6, 30).quarter_start(), day(2005, 4, 1));
        assert_eq!(day(2005, 12, 31).quarter_start(), day(2005, 10, 1));
        assert_eq!(day(2005, 12, 31).year_start(), day(2005, 1, 1));
    }
}
