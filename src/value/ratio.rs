//! Exact rationals for rates and for money between a division and its rounding.

use super::Fen;
use std::cmp::Ordering;

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
    fn order_needs_no_products() {
        let huge = Ratio::new(i128::MAX, i128::MAX - 1).unwrap();
        let less = Ratio::new(i128::MAX - 1, i128::MAX - 2).unwrap();
        assert!(huge < less);
        assert!(Ratio::new(-1, 3) < Ratio::new(1, 4));
        assert_eq!(Ratio::new(2, 4), Ratio::new(1, 2));
    }
}
