//! Cells spelled as nearly all are, read without the work that every other spelling needs. What they say is what the
//! common reading says; the tests hold the two against each other.

use super::{YEARS, is_none_word, is_unknown_word};
use crate::value::Day;

/// Digits of the longest number read here: any such number fits, also with two decimals more.
const DIGITS: usize = 15;
/// Bytes of the longest word for unknown or none.
const LONGEST_WORD: usize = 7;
/// The first of the years that a register can speak of, how many there are, and the number of the first day.
const FIRST_YEAR: i32 = *YEARS.start() as i32;
const YEAR_COUNT: usize = (*YEARS.end() - *YEARS.start()).unsigned_abs() as usize + 1;
const FIRST_DAY: i32 = -62_091;
const MONTHS: usize = 12;
const LENGTHS: [i32; MONTHS] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// The number of the first day of each month of those years, and of the one behind them.
static MONTH_STARTS: [i32; YEAR_COUNT * MONTHS + 1] = {
    let mut starts = [FIRST_DAY; YEAR_COUNT * MONTHS + 1];
    let (mut month, mut year) = (0, FIRST_YEAR);
    while month < YEAR_COUNT * MONTHS {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let length = LENGTHS[month % MONTHS] + if leap && month % MONTHS == 1 { 1 } else { 0 };
        starts[month + 1] = starts[month] + length;
        month += 1;
        if month % MONTHS == 0 {
            year += 1;
        }
    }
    starts
};

/// `2005-03-01`, as [`Day::number`].
#[inline]
pub fn date(cell: &[u8]) -> Option<i32> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = cell else { return None };
    let mut all_digits = true;
    let mut digit = |byte: &u8| {
        let digit = byte ^ b'0';
        all_digits &= digit <= 9;
        i32::from(digit)
    };
    let year = 1000 * digit(y1) + 100 * digit(y2) + 10 * digit(y3) + digit(y4);
    let (month, day) = (10 * digit(m1) + digit(m2), 10 * digit(d1) + digit(d2));
    if !all_digits {
        return None;
    }
    let (year, month) = (usize::try_from(year - FIRST_YEAR).ok()?, usize::try_from(month).ok()?);
    if !(1..=MONTHS).contains(&month) || year >= YEAR_COUNT || day == 0 {
        return None;
    }
    let place = MONTHS * year + month - 1;
    let number = MONTH_STARTS[place] + day - 1;
    (number < MONTH_STARTS[place + 1]).then_some(number)
}

/// `12`
#[inline]
pub fn whole(cell: &[u8]) -> Option<i64> {
    if cell.is_empty() || cell.len() > DIGITS {
        return None;
    }
    let mut number = 0;
    for byte in cell {
        let digit = byte ^ b'0';
        if digit > 9 {
            return None;
        }
        number = 10 * number + i64::from(digit);
    }
    Some(number)
}

/// `12`, `12.5` or `12.50` yuan, in fen.
#[inline]
pub fn fen(cell: &[u8]) -> Option<i64> {
    let decimals = |digits: &[u8]| match digits {
        [one] => whole(&[*one]).map(|ten| 10 * ten),
        [_, _] => whole(digits),
        _ => None,
    };
    match cell {
        [yuan @ .., b'.', _] | [yuan @ .., b'.', _, _] => {
            let fen = decimals(cell.get(yuan.len() + 1..)?)?;
            whole(yuan).map(|yuan| 100 * yuan + fen)
        }
        _ => whole(cell).map(|yuan| 100 * yuan),
    }
}

/// Yes or no in small letters, or 1 and 0.
#[inline]
pub fn flag(cell: &[u8]) -> Option<bool> {
    match cell {
        b"1" | b"yes" | b"true" => Some(true),
        b"0" | b"no" | b"false" => Some(false),
        _ if cell == "是".as_bytes() => Some(true),
        _ if cell == "否".as_bytes() => Some(false),
        _ => None,
    }
}

/// The bytes of letters, digits and hyphens.
const IN_KEYS: [bool; 256] = {
    let mut all = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        all[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'-';
        byte += 1;
    }
    all
};

/// A key of letters, digits and hyphens that begins like no word for unknown or none: it needs no folding.
#[inline]
pub fn is_key(cell: &[u8]) -> bool {
    let (words, rest) = cell.as_chunks::<8>();
    // Most keys are numbers, and no number begins like a word.
    let number = !words.is_empty() && words.iter().all(|word| are_digits(*word));
    let begins_well = || cell.first().is_some_and(|first| !matches!(first, b'n' | b'N' | b'u' | b'U'));
    let unread = if number { rest } else { cell };
    (number || begins_well()) && unread.iter().all(|byte| IN_KEYS[usize::from(*byte)])
}

/// Eight digits at once: their high halves are 3, and stay so when six is added.
#[inline]
fn are_digits(bytes: [u8; 8]) -> bool {
    const HIGH: u64 = u64::from_le_bytes([0xf0; 8]);
    const THREE: u64 = u64::from_le_bytes([0x30; 8]);
    const SIX: u64 = u64::from_le_bytes([0x06; 8]);
    let word = u64::from_le_bytes(bytes);
    word & HIGH == THREE && word.wrapping_add(SIX) & HIGH == THREE
}

/// A text of printed ASCII and of the common Chinese characters (U+4000 to U+9FFF), without space at its ends, that is
/// no word for unknown or none: it needs no folding.
pub fn is_text(text: &str) -> bool {
    let cell = text.as_bytes();
    let is_space = |byte: Option<&u8>| byte.is_none_or(|byte| *byte == b' ');
    // Bytes that go on (0x80 to 0xbf) do so after one that begins, which must be one of those characters'.
    let all = cell.iter().all(|byte| matches!(byte, b' '..=b'~' | 0x80..=0xbf | 0xe4..=0xe9));
    if !all || is_space(cell.first()) || is_space(cell.last()) {
        return false;
    }
    cell.len() > LONGEST_WORD || !is_unknown_word(text) && !is_none_word(text)
}

/// The day of [`date`].
pub fn day(cell: &[u8]) -> Option<Day> {
    date(cell).and_then(Day::from_number)
}

#[cfg(test)]
mod tests {
    use super::super as common;
    use super::*;
    use crate::value::{DaySpan, Fen};

    fn check(text: &str) {
        let cell = text.as_bytes();
        let folded = common::fold(text);
        if let Some(day) = date(cell) {
            let day = Day::from_number(day).unwrap();
            assert_eq!(Some(DaySpan::day(day)), common::date(&folded), "{text}");
        }
        if let Some(number) = whole(cell) {
            assert_eq!(Some(number), common::whole(&folded), "{text}");
        }
        if let Some(amount) = fen(cell) {
            assert_eq!(Some(Fen(amount)), common::money(&folded), "{text}");
        }
        if let Some(value) = flag(cell) {
            assert_eq!(Some(value), common::flag(&folded), "{text}");
        }
        if is_key(cell) {
            assert_eq!(common::key(text).as_deref(), Some(text));
        }
        if is_text(text) {
            assert_eq!(folded, text);
            let fact = common::fact(text, crate::schema::Blank::Absent, common::text);
            assert_eq!(fact, Some(crate::value::Fact::Known(text)));
        }
    }

    #[test]
    fn what_is_spelled_plainly_is_read_here() {
        for (text, number) in [("2005-03-01", 12_843), ("1970-01-01", 0), ("1800-01-01", -62_091)] {
            assert_eq!(date(text.as_bytes()), Some(number), "{text}");
        }
        for text in ["2005-02-29", "1900-02-29", "2005-00-01", "2005-01-00", "2005-13-01", "2201-01-01"] {
            assert_eq!(date(text.as_bytes()), None, "{text}");
        }
        assert!(date(b"2004-02-29").is_some() && date(b"2000-02-29").is_some());
        assert_eq!((fen(b"12"), fen(b"12.5"), fen(b"0.05")), (Some(1_200), Some(1_250), Some(5)));
        assert_eq!((fen(b".5"), fen(b"1."), fen(b"1.234"), fen(b"1.2.3")), (None, None, None, None));
        assert!(
            is_text("青山村") && is_text("a b") && !is_text(" a") && !is_text("无") && !is_text("Unknown")
        );
        assert!(is_key(b"H1-2") && !is_key(b"none") && !is_key(b"Unknown") && !is_key(b""));
    }

    #[test]
    fn every_day_is_read_as_the_calendar_has_it() {
        let mut day = Day::new(*YEARS.start(), 1, 1);
        while let Some(next) = day.filter(|day| YEARS.contains(&day.civil().year)) {
            assert_eq!(date(next.to_string().as_bytes()), Some(next.number()), "{next}");
            day = next.add_days(1);
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_read_here_is_what_the_common_reading_says(
            text in "[0-9?.-]{0,11}|[0-9]{4}-[01][0-9]-[0-3][0-9]|[nuNU]?[a-zA-Z0-9 -]{0,7}|\\PC{0,4}|[\u{3000}-\u{a000}\u{ff00}-\u{ffe5} 无不详]{0,4}|yes|no|true|false|是|否|none|unknown|Unknown|NONE"
        ) {
            check(&text);
        }
    }
}
