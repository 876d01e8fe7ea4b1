//! Numbers of cells as the decimals that Excel shows: a cell holds a binary fraction, of which 15 digits are true.
//! No amount is computed here; digits are written out and put in their places.

use std::fmt::Write as _;

/// Digits that Excel keeps.
const DIGITS: i32 = 15;
/// Places behind the point that are written out; what is smaller is no fact of a register.
const PLACES: i32 = 40;

/// A number as its digits: `0.d₁d₂d₃… × 10^point`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    negative: bool,
    /// Without zeros at either end; none for zero.
    digits: String,
    /// How many digits stand before the point; less than none where zeros follow it.
    point: i32,
}

impl Decimal {
    /// The digits of a number; none where it is none.
    pub(super) fn of(number: f64) -> Option<Self> {
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

    /// True where it is a whole number.
    pub(super) fn is_whole(&self) -> bool {
        i32::try_from(self.digits.len()).is_ok_and(|digits| digits <= self.point) || self.digits.is_empty()
    }

    /// True where it has more digits before the point than Excel keeps: those behind the 15th were lost.
    pub(super) fn has_lost_digits(&self) -> bool {
        self.point > DIGITS
    }

    /// A hundred times as much.
    pub(super) fn hundredfold(mut self) -> Self {
        self.point += if self.digits.is_empty() { 0 } else { 2 };
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

    /// The whole number, where it is one that fits.
    pub(super) fn whole(&self) -> Option<i64> {
        if !self.is_whole() || self.has_lost_digits() {
            return None;
        }
        let number: i64 = self.sides().0.parse().ok()?;
        Some(if self.negative { -number } else { number })
    }

    /// As a cell of text would have it: `1234.5`, `-0.05`, `20050301`.
    pub(super) fn text(&self) -> String {
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
    pub(super) fn padded(&self, digits: usize) -> String {
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
    use crate::value::Fen;

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
            let number: f64 = Fen(fen).to_string().parse().unwrap();
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
