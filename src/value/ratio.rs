//! Exact rationals for rates and for money between a division and its rounding.

use super::Fen;
use std::cmp::Ordering;

/// Most decimals of a percentage that is written.
const MAX_DECIMALS: usize = 12;

/// A fraction in lowest terms with a positive denominator; `i128`, so that products of two `i64` are exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ratio {
    num: i128,
    den: i128,
}

/// How a fraction becomes a whole number; always named in the text of a charter, never implied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rounding {
    /// Halves away from zero (四舍五入).
    HalfUp,
    /// Halves to the even neighbour.
    HalfEven,
    /// Towards positive infinity.
    Up,
    /// Towards negative infinity.
    Down,
}

impl Ratio {
    /// `num / den` in lowest terms; `None` where `den` is zero or the fraction does not fit.
    #[must_use]
    pub fn new(num: i128, den: i128) -> Option<Self> {
        if den == 0 {
            return None;
        }
        let divisor = i128::try_from(gcd(num.unsigned_abs(), den.unsigned_abs())).ok()?;
        let (num, den) = (num / divisor, den / divisor);
        if den < 0 {
            Some(Self { num: num.checked_neg()?, den: den.checked_neg()? })
        } else {
            Some(Self { num, den })
        }
    }

    /// A whole number.
    #[must_use]
    pub fn whole(value: i64) -> Self {
        Self { num: i128::from(value), den: 1 }
    }

    /// Numerator, in lowest terms.
    #[must_use]
    pub fn num(self) -> i128 {
        self.num
    }

    /// Denominator, positive.
    #[must_use]
    pub fn den(self) -> i128 {
        self.den
    }

    /// Sum, or `None` on overflow.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let num = self.num.checked_mul(other.den)?.checked_add(other.num.checked_mul(self.den)?)?;
        Self::new(num, self.den.checked_mul(other.den)?)
    }

    /// Difference, or `None` on overflow.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(Self { num: other.num.checked_neg()?, den: other.den })
    }

    /// Product, or `None` on overflow.
    #[must_use]
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        Self::new(self.num.checked_mul(other.num)?, self.den.checked_mul(other.den)?)
    }

    /// Quotient, or `None` on overflow and on division by zero.
    #[must_use]
    pub fn checked_div(self, other: Self) -> Option<Self> {
        Self::new(self.num.checked_mul(other.den)?, self.den.checked_mul(other.num)?)
    }

    /// As a percentage in decimals, as a register writes it; `None` where it has no end.
    #[must_use]
    pub fn as_percent(self) -> Option<String> {
        let num = self.num.checked_mul(100)?;
        let (mut scale, mut decimals) = (1_i128, 0_usize);
        while num.checked_mul(scale)? % self.den != 0 {
            (scale, decimals) = (scale.checked_mul(10)?, decimals + 1);
            if decimals > MAX_DECIMALS {
                return None;
            }
        }
        let digits = (num.checked_mul(scale)? / self.den).unsigned_abs();
        let (sign, scale) = (if num < 0 { "-" } else { "" }, scale.unsigned_abs());
        Some(match decimals {
            0 => format!("{sign}{digits}%"),
            _ => format!("{sign}{}.{:0decimals$}%", digits / scale, digits % scale),
        })
    }

    /// A percentage that can be written, greater than this one and less than the other.
    #[must_use]
    pub fn percent_before(self, other: Self) -> Option<Self> {
        let half = self.checked_add(other)?.checked_div(Self::whole(2))?;
        if self < half && half < other && half.as_percent().is_some() {
            return Some(half);
        }
        // The one with the fewest decimals, just above this one.
        let scales = std::iter::successors(Some(100_i128), |scale| scale.checked_mul(10));
        scales.take(MAX_DECIMALS + 1).find_map(|scale| {
            let units = self.num.checked_mul(scale)?.div_euclid(self.den).checked_add(1)?;
            Self::new(units, scale).filter(|between| *between < other)
        })
    }

    /// The nearest whole multiple of `unit` by the named rounding, or `None` where it does not fit.
    #[must_use]
    pub fn round_to(self, unit: i64, rounding: Rounding) -> Option<i64> {
        let den = self.den.checked_mul(i128::from(unit))?;
        let floor = self.num.div_euclid(den);
        let rest = self.num.rem_euclid(den);
        let twice = rest.checked_mul(2)?;
        let up = match rounding {
            Rounding::Up => rest != 0,
            Rounding::Down => false,
            Rounding::HalfUp => twice > den || twice == den && self.num >= 0,
            Rounding::HalfEven => twice > den || twice == den && floor % 2 != 0,
        };
        let units = floor.checked_add(i128::from(up))?;
        i64::try_from(units.checked_mul(i128::from(unit))?).ok()
    }

    /// Whole fen, where the fraction is a whole number of them.
    #[must_use]
    pub fn to_fen(self) -> Option<Fen> {
        if self.den == 1 { i64::try_from(self.num).ok().map(Fen) } else { None }
    }
}

fn gcd(a: u128, b: u128) -> u128 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        // Whole parts first, then the reciprocals of the remainders: no product, so no overflow.
        let (mut a, mut b) = (*self, *other);
        let mut flipped = false;
        loop {
            let (wa, wb) = (a.num.div_euclid(a.den), b.num.div_euclid(b.den));
            let (ra, rb) = (a.num.rem_euclid(a.den), b.num.rem_euclid(b.den));
            let decided = wa.cmp(&wb).then_with(|| match (ra, rb) {
                (0, 0) => Ordering::Equal,
                (0, _) => Ordering::Less,
                (_, 0) => Ordering::Greater,
                _ => Ordering::Equal,
            });
            if decided.is_ne() || ra == 0 || rb == 0 {
                return if flipped { decided.reverse() } else { decided };
            }
            (a, b) = (Self { num: a.den, den: ra }, Self { num: b.den, den: rb });
            flipped = !flipped;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_the_one_named() {
        let half = |n| Ratio::new(n, 2).unwrap();
        let rounded = |n, mode| half(n).round_to(1, mode).unwrap();
        assert_eq!([rounded(5, Rounding::HalfUp), rounded(-5, Rounding::HalfUp)], [3, -3]);
        assert_eq!([rounded(5, Rounding::HalfEven), rounded(7, Rounding::HalfEven)], [2, 4]);
        assert_eq!([rounded(5, Rounding::Up), rounded(5, Rounding::Down)], [3, 2]);
        assert_eq!([rounded(-5, Rounding::Up), rounded(-5, Rounding::Down)], [-2, -3]);
        assert_eq!(Ratio::whole(1250).round_to(100, Rounding::HalfUp), Some(1300));
    }

    #[test]
    fn a_percentage_has_the_decimals_it_needs() {
        let written = |num, den| Ratio::new(num, den).unwrap().as_percent();
        let expected = ["33.25%", "-0.05%", "100%", "0%"].map(|text| Some(text.to_owned()));
        assert_eq!([written(133, 400), written(-1, 2000), written(1, 1), written(0, 1)], expected);
        assert_eq!(written(1, 3), None);
        let third = Ratio::new(1, 3).unwrap();
        assert_eq!(third.percent_before(Ratio::new(1, 2).unwrap()).unwrap().as_percent().unwrap(), "34%");
    }

    #[test]
    fn order_needs_no_products() {
        let huge = Ratio::new(i128::MAX, i128::MAX - 1).unwrap();
        let less = Ratio::new(i128::MAX - 1, i128::MAX - 2).unwrap();
        assert!(huge < less);
        assert!(Ratio::new(-1, 3) < Ratio::new(1, 4));
        assert_eq!(Ratio::new(2, 4), Ratio::new(1, 2));
    }
}
