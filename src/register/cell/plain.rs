//! Cells spelled as nearly all are, read without the work that every other spelling needs. What they say is what the
//! common reading says; the tests hold the two against each other.

use super::YEARS;
use crate::value::{Day, DaySpan};

/// Digits of the longest number read here: any such number of yuan is a number of fen.
const DIGITS: usize = 9;

/// `2005-03-01`
pub fn date(cell: &[u8]) -> Option<DaySpan> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = cell else { return None };
    let digits = [y1, y2, y3, y4, m1, m2, d1, d2];
    if !digits.iter().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let [y1, y2, y3, y4, m1, m2, d1, d2] = digits.map(|digit| i16::from(digit - b'0'));
    let year = 1000 * y1 + 100 * y2 + 10 * y3 + y4;
    let small = |ten: i16, one: i16| i8::try_from(10 * ten + one).ok();
    let day = Day::new(year, small(m1, m2)?, small(d1, d2)?)?;
    YEARS.contains(&year).then(|| DaySpan::day(day))
}

/// `12`
pub fn whole(cell: &[u8]) -> Option<i64> {
    if cell.is_empty() || cell.len() > DIGITS || !cell.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(cell.iter().fold(0, |number, digit| 10 * number + i64::from(digit - b'0')))
}

/// `1` or `0`
pub fn flag(cell: &[u8]) -> Option<bool> {
    match cell {
        b"1" => Some(true),
        b"0" => Some(false),
        _ => None,
    }
}

/// A key of letters, digits and hyphens that begins with a digit: it needs no folding and is no word for unknown.
pub fn is_key(text: &str) -> bool {
    text.bytes().next().is_some_and(|first| first.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::super as common;
    use super::*;
    use crate::value::Fen;

    proptest::proptest! {
        #[test]
        fn what_is_read_here_is_what_the_common_reading_says(text in "[0-9?-]{0,11}|[0-9]{4}-[01][0-9]-[0-3][0-9]") {
            let cell = text.as_bytes();
            if let Some(span) = date(cell) {
                proptest::prop_assert_eq!(Some(span), common::date(&text));
            }
            if let Some(number) = whole(cell) {
                proptest::prop_assert_eq!(Some(number), common::whole(&text));
                proptest::prop_assert_eq!(Some(Fen(100 * number)), common::money(&text));
            }
            if let Some(flag) = flag(cell) {
                proptest::prop_assert_eq!(Some(flag), common::flag(&text));
            }
            if is_key(&text) {
                let folded = common::fold(&text);
                proptest::prop_assert!(!common::is_unknown_word(&folded) && !common::is_none_word(&folded));
                proptest::prop_assert_eq!(folded, text.as_str());
            }
        }
    }
}
