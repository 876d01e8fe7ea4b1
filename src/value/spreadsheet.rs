//! Days and numbers as spreadsheets hold them: days by number, numbers as binary fractions of which 15 digits are true. Here
//! alone in the program there are such fractions; on both sides of it are digits, put in their places, and nothing is
//! computed.

use super::{Day, Fen};
use std::fmt::Write as _;

/// 1970-01-01 where 1900-01-01 is the first day and 1900 has a 29 February, as in most workbooks.
const EPOCH: i32 = 25_569;
/// The day that never was: 1900-02-29.
const PHANTOM: i32 = 60;
/// The first day of workbooks that count from 1904, by the other count.
const OF_1904: i32 = 1_462;

impl Day {
    /// The day of a serial number; none where it has none: 1900-02-29, and what lies before the first day.
    #[must_use]
    pub fn from_serial(serial: i32, from_1904: bool) -> Option<Self> {
        if from_1904 {
            let later = serial.checked_add(OF_1904).filter(|_| serial >= 0)?;
            return Self::from_number(later - EPOCH);
        }
        match serial {
            ..=0 | PHANTOM => None,
            1..PHANTOM => Self::from_number(serial - EPOCH + 1),
            _ => Self::from_number(serial - EPOCH),
        }
    }

    /// The serial number of a day, counted from 1900; none before.
    #[must_use]
    pub fn serial(self) -> Option<i32> {
        let serial = self.number() + EPOCH;
        let serial = if serial <= PHANTOM { serial - 1 } else { serial };
        (serial > 0).then_some(serial)
    }
}

/// Seconds of a day.
const SECONDS: u128 = 86_400;
/// Amounts below have no more digits, two of them fen.
const LARGEST: u64 = 1_000_000_000_000_000;

impl Fen {
    /// The number of yuan that a spreadsheet shows as just this amount: the fraction nearest to it. None where it has more
    /// digits than are true.
    #[must_use]
    pub fn as_number(self) -> Option<f64> {
        if self.0.unsigned_abs() < LARGEST { self.to_string().parse().ok() } else { None }
    }
}

/// Digits that Excel keeps.
const DIGITS: i32 = 15;
/// Places behind the point that are written out; what is smaller is no fact of a register.
const PLACES: i32 = 40;

/// A number as its digits: `0.d₁d₂d₃… × 10^point`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    /// Without zeros at either end; none for zero.
    digits: String,
    /// How many digits stand before the point; less than none where zeros follow it.
    point: i32,
}

impl Decimal {
    /// The digits of a number of a cell; none where it is none.
    #[must_use]
    pub fn of(number: f64) -> Option<Self> {
        if !number.is_finite() {
            return None;
        }
        let text = format!("{:.*e}", 14, number.abs());
        let (mantissa, exponent) = text.split_once('e')?;
        let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
        let digits = digits.trim_end_matches('0').to_owned();
        let point = if digits.is_empty() { 0 } else { exponent.parse::<i32>().ok()? + 1 };
        Some(Self { negative: number < 0.0 && !digits.is_empty(), digits, point })
    }

    /// Of the bytes of a number.
    #[must_use]
    pub fn of_bytes(bytes: [u8; 8]) -> Option<Self> {
        Self::of(f64::from_le_bytes(bytes))
    }

    /// Of a number in 32 bits (MS-XLS, RkNumber): 30 of a fraction or a whole number, perhaps of hundredths.
    #[must_use]
    pub fn of_short(bits: u32) -> Option<Self> {
        let number = if bits & 2 == 0 {
            f64::from_bits(u64::from(bits & !3) << 32)
        } else {
            f64::from(bits.cast_signed() >> 2)
        };
        let decimal = Self::of(number)?;
        Some(if bits & 1 == 0 { decimal } else { decimal.shifted(-2) })
    }

    /// True where it is a whole number.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        i32::try_from(self.digits.len()).is_ok_and(|digits| digits <= self.point) || self.digits.is_empty()
    }

    /// True where it has more digits before the point than Excel keeps: those behind the 15th were lost.
    #[must_use]
    pub fn has_lost_digits(&self) -> bool {
        self.point > DIGITS
    }

    /// A hundred times as much.
    #[must_use]
    pub fn hundredfold(self) -> Self {
        self.shifted(2)
    }

    fn shifted(mut self, places: i32) -> Self {
        self.point += if self.digits.is_empty() { 0 } else { places };
        self
    }

    /// The digits before the point and those behind it; both sides of a number that is too large or too small are not
    /// written out.
    fn sides(&self) -> (String, &str) {
        let length = i32::try_from(self.digits.len()).unwrap_or(0);
        let places = |count: i32| usize::try_from(count).unwrap_or(0);
        if self.point <= 0 {
            return ("0".to_owned(), &self.digits);
        }
        let (whole, rest) = self.digits.split_at_checked(places(self.point.min(length))).unwrap_or_default();
        (format!("{whole}{}", "0".repeat(places(self.point - length))), rest)
    }

    /// The day of the number, where it is one, and the seconds that have passed of it, to the next.
    #[must_use]
    pub fn moment(&self, from_1904: bool) -> Option<(Day, u32)> {
        if self.negative || self.point > 7 {
            return None;
        }
        let (whole, rest) = self.sides();
        let day = Day::from_serial(whole.parse().ok()?, from_1904)?;
        let zeros = u32::try_from(-self.point).unwrap_or(0);
        let digits = u32::try_from(rest.len()).ok()?.checked_add(zeros)?;
        let (Ok(rest), Some(scale)) = (rest.parse::<u128>(), 10_u128.checked_pow(digits)) else {
            // Nothing behind the point, or next to nothing.
            return Some((day, 0));
        };
        let seconds = (rest * SECONDS + scale / 2) / scale;
        Some((day, u32::try_from(seconds).ok()?))
    }

    /// The whole number, where it is one that fits.
    #[must_use]
    pub fn whole(&self) -> Option<i64> {
        if !self.is_whole() || self.has_lost_digits() {
            return None;
        }
        let number: i64 = self.sides().0.parse().ok()?;
        Some(if self.negative { -number } else { number })
    }

    /// As a cell of text would have it: `1234.5`, `-0.05`, `20050301`.
    #[must_use]
    pub fn text(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        if self.point > PLACES || self.point < -PLACES {
            let (first, rest) = self.digits.split_at_checked(1).unwrap_or(("0", ""));
            return format!("{sign}{first}.{rest}E{:+}", self.point - 1);
        }
        let (whole, rest) = self.sides();
        let mut text = format!("{sign}{whole}");
        if !rest.is_empty() {
            let zeros = usize::try_from(-self.point).unwrap_or(0);
            // Writing to a string cannot fail.
            let _ = write!(text, ".{}{rest}", "0".repeat(zeros));
        }
        text
    }

    /// The same in at least so many digits, where it is a whole number.
    #[must_use]
    pub fn padded(&self, digits: usize) -> String {
        if !self.is_whole() {
            return self.text();
        }
        let sign = if self.negative { "-" } else { "" };
        format!("{sign}{:0>digits$}", self.sides().0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(serial: i32, from_1904: bool) -> Option<String> {
        Day::from_serial(serial, from_1904).map(|day| day.to_string())
    }

    #[test]
    fn serials_are_those_of_excel() {
        for (serial, day) in [
            (1, "1900-01-01"),
            (59, "1900-02-28"),
            (61, "1900-03-01"),
            (38_412, "2005-03-01"),
            (2_958_465, "9999-12-31"),
        ] {
            assert_eq!(shown(serial, false).as_deref(), Some(day));
            assert_eq!(Day::from_serial(serial, false).and_then(Day::serial), Some(serial));
        }
        for (serial, day) in [(0, "1904-01-01"), (36_950, "2005-03-01")] {
            assert_eq!(shown(serial, true).as_deref(), Some(day));
        }
        for serial in [i32::MIN, -1, 0, 60, 2_958_466, i32::MAX] {
            assert_eq!(shown(serial, false), None, "{serial}");
        }
        for serial in [i32::MIN, -1, 2_957_004, i32::MAX] {
            assert_eq!(shown(serial, true), None, "{serial}");
        }
        assert_eq!(Day::new(1899, 12, 31).and_then(Day::serial), None);
    }

    fn text(number: f64) -> String {
        Decimal::of(number).unwrap().text()
    }

    #[test]
    fn numbers_are_shown_in_15_digits() {
        for (number, shown) in [
            (0.0, "0"),
            (-0.0, "0"),
            (20.0, "20"),
            (440_524_188_001.0, "440524188001"),
            (1234.5, "1234.5"),
            (-0.05, "-0.05"),
            (0.1 + 0.2, "0.3"),
            (1.1 * 1.1, "1.21"),
            (68_800.5, "68800.5"),
            (999_999_999_999_999.0, "999999999999999"),
            (38_412.25, "38412.25"),
            (1e-7, "0.0000001"),
            (1.0 / 3.0, "0.333333333333333"),
            (2.0 / 3.0, "0.666666666666667"),
            (1e300, "1.E+300"),
            (-2.5e-300, "-2.5E-300"),
        ] {
            assert_eq!(text(number), shown, "{number:e}");
        }
        assert_eq!((Decimal::of(f64::NAN), Decimal::of(f64::INFINITY)), (None, None));
    }

    #[test]
    fn numbers_of_more_than_15_digits_have_lost_some() {
        let decimal = |number| Decimal::of(number).unwrap();
        assert!(!decimal(999_999_999_999_999.0).has_lost_digits());
        for (number, shown) in [
            (1e15, "1000000000000000"),
            (110_105_194_912_310_020.0, "110105194912310000"),
            (-1e18, "-1000000000000000000"),
        ] {
            assert!(decimal(number).has_lost_digits());
            assert_eq!(text(number), shown);
        }
    }

    #[test]
    fn whole_numbers_percentages_and_zeros_before() {
        let decimal = |number| Decimal::of(number).unwrap();
        assert_eq!(
            (decimal(-7.0).whole(), decimal(0.0).whole(), decimal(7.5).whole()),
            (Some(-7), Some(0), None)
        );
        assert_eq!(decimal(0.06).hundredfold().text(), "6");
        assert_eq!(decimal(0.005).hundredfold().text(), "0.5");
        assert_eq!(decimal(1.0).hundredfold().text(), "100");
        assert_eq!(decimal(0.0).hundredfold().text(), "0");
        assert_eq!(
            (decimal(123.0).padded(6), decimal(0.0).padded(3)),
            ("000123".to_owned(), "000".to_owned())
        );
        assert_eq!(
            (decimal(1.5).padded(6), decimal(1_234.0).padded(2)),
            ("1.5".to_owned(), "1234".to_owned())
        );
    }

    proptest::proptest! {
        /// Every amount that Excel can hold to the fen comes back as it was.
        #[test]
        fn amounts_come_back(fen in -999_999_999_999_999_i64..=999_999_999_999_999) {
            let number = Fen(fen).as_number().unwrap();
            proptest::prop_assert_eq!(Fen::from_yuan(&text(number)), Some(Fen(fen)));
        }

        #[test]
        fn no_number_panics(bits: u64) {
            if let Some(decimal) = Decimal::of(f64::from_bits(bits)) {
                let _ = (decimal.text(), decimal.padded(18), decimal.whole(), decimal.hundredfold().text());
            }
        }
    }
}
