//! Money: whole fen (1 yuan = 100 fen) in an `i64`, checked.

use std::fmt;

/// An amount in fen. Never a float; every operation that could leave `i64` returns `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fen(pub i64);

impl Fen {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// Sum, or `None` on overflow.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// Difference, or `None` on overflow.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// A whole multiple, or `None` on overflow.
    #[must_use]
    pub fn checked_mul(self, times: i64) -> Option<Self> {
        self.0.checked_mul(times).map(Self)
    }

    /// Reads an amount in yuan with at most two decimals: `10`, `-0.5`, `1,234.50`. Exact, no float.
    ///
    /// `None` where the text is not such an amount or does not fit.
    #[must_use]
    pub fn from_yuan(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() || decimals.len() > 2 || digits.ends_with('.') {
            return None;
        }
        let whole = read_grouped(whole)?;
        if !decimals.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let fen = match decimals.len() {
            0 => 0,
            1 => decimals.parse::<i64>().ok()? * 10,
            _ => decimals.parse::<i64>().ok()?,
        };
        let total = whole.checked_mul(100)?.checked_add(fen)?;
        Some(Self(if negative { -total } else { total }))
    }
}

/// Digits, with commas only as thousands separators.
fn read_grouped(text: &str) -> Option<i64> {
    let mut groups = text.split(',');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let grouped_right = rest.is_empty() || first.len() <= 3 && rest.iter().all(|group| group.len() == 3);
    let joined: String = std::iter::once(first).chain(rest).collect();
    let digits = !joined.is_empty() && joined.bytes().all(|b| b.is_ascii_digit());
    if grouped_right && digits { joined.parse().ok() } else { None }
}

/// Yuan with two decimals, as the text formats of the results have it.
impl Fen {
    /// Yuan with two decimals, at the end of some bytes: what large tables are written with.
    pub fn push_to(self, text: &mut Vec<u8>) {
        if self == Self::ZERO {
            return text.extend_from_slice(b"0.00");
        }
        let magnitude = self.0.unsigned_abs();
        if self.0 < 0 {
            text.push(b'-');
        }
        text.extend_from_slice(itoa::Buffer::new().format(magnitude / 100).as_bytes());
        let fen = (magnitude % 100).to_le_bytes()[0];
        text.extend_from_slice(&[b'.', b'0' + fen / 10, b'0' + fen % 10]);
    }
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::new();
        self.push_to(&mut text);
        f.pad(std::str::from_utf8(&text).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_are_read_and_written_exactly() {
        for (text, fen) in [("10", 1000), ("0.5", 50), ("-1,234.56", -123_456), ("68,800.00", 6_880_000)] {
            assert_eq!(Fen::from_yuan(text), Some(Fen(fen)), "{text}");
        }
        for text in ["", ".", "1.", ".5", "1.234", "1e3", "12,34", "99999999999999999999", "٣"] {
            assert_eq!(Fen::from_yuan(text), None, "{text}");
        }
        assert_eq!(Fen(-5).to_string(), "-0.05");
        assert_eq!(Fen(i64::MIN).to_string(), "-92233720368547758.08");
    }
}
