//! One cell: in, the text as it stands in a file; out, what it says, or that it cannot be read.
//!
//! Pure: no places and no findings. Nothing is repaired, guessed or rounded, and no float is involved.

pub(super) mod plain;

use super::codebook::Codebook;
use crate::schema::{Blank, FieldType};
use crate::value::{Day, DaySpan, Fact, Fen, Ratio};
use std::borrow::Cow;

/// Years that a register can speak of; a year outside is a slip of the pen.
pub const YEARS: std::ops::RangeInclusive<i16> = 1800..=2200;

/// The text without space around it (the ideographic space too), full-width letters, digits and punctuation as
/// their half-width twins. What a charter compares with register text is folded the same way.
#[must_use]
pub fn fold(text: &str) -> Cow<'_, str> {
    // Most cells are plain ASCII or Chinese characters without anything to fold.
    let trimmed = text.trim();
    if trimmed.is_ascii() || !trimmed.chars().any(|c| half_width(c) != c) {
        return Cow::Borrowed(trimmed);
    }
    let folded: String = trimmed.chars().map(half_width).collect();
    Cow::Owned(folded.trim().to_owned())
}

fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ffe5}' => '¥',
        // The block repeats ASCII from `!` to `~` at a fixed distance (Unicode, Halfwidth and Fullwidth Forms).
        '\u{ff01}'..='\u{ff5e}' => u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c),
        _ => c,
    }
}

/// True for the words that say "not known" in any field.
#[must_use]
pub fn is_unknown_word(text: &str) -> bool {
    matches!(text, "?" | "不详" | "不詳" | "未知") || text.eq_ignore_ascii_case("unknown")
}

/// True for the words that say "there is none".
#[must_use]
pub fn is_none_word(text: &str) -> bool {
    matches!(text, "无" | "無") || text.eq_ignore_ascii_case("none")
}

/// A key, folded; `None` where the cell names no row: blank, a word for unknown or none, or control characters.
#[must_use]
pub fn key(text: &str) -> Option<Cow<'_, str>> {
    if plain::is_key(text.as_bytes()) {
        return Some(Cow::Borrowed(text));
    }
    let key = fold(text);
    let named =
        !key.is_empty() && !is_unknown_word(&key) && !is_none_word(&key) && !key.contains(char::is_control);
    named.then_some(key)
}

/// What a folded cell says; `None` where it cannot be read. `value` reads a cell that says something.
pub fn fact<'t, T>(text: &'t str, blank: Blank, value: impl FnOnce(&'t str) -> Option<T>) -> Option<Fact<T>> {
    if text.is_empty() {
        return Some(match blank {
            Blank::Absent => Fact::Absent,
            Blank::Unknown | Blank::UnknownUnlessSaid => Fact::Unknown,
        });
    }
    if is_unknown_word(text) {
        return Some(Fact::Unknown);
    }
    match value(text) {
        // A code may be labelled 无: the value comes before the word.
        Some(value) => Some(Fact::Known(value)),
        None if is_none_word(text) && blank != Blank::Unknown => Some(Fact::Absent),
        None => None,
    }
}

/// Free text; 无 and none are no text.
#[must_use]
pub fn text(text: &str) -> Option<&str> {
    (!is_none_word(text)).then_some(text)
}

/// A date to the day (2005-03-01, 20050301, 2005.3.1, 2005/3/1, 2005年3月1日), the month (2005-03, 200503, 2005.3,
/// 2005年3月) or the year (2005, 2005年).
#[must_use]
pub fn date(text: &str) -> Option<DaySpan> {
    let (year, rest) = number(text, 4, 4)?;
    let year = i16::try_from(year).ok().filter(|year| YEARS.contains(year))?;
    if rest.is_empty() || rest == "年" {
        return DaySpan::year(year);
    }
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        let (month, rest) = number(rest, 2, 2)?;
        if rest.is_empty() {
            return DaySpan::month(year, i8::try_from(month).ok()?);
        }
        let (day, rest) = number(rest, 2, 2)?;
        return if rest.is_empty() { exact(year, month, day) } else { None };
    }
    let (mark, between, end) = match rest.chars().next()? {
        '年' => ('年', '月', "日"),
        mark @ ('-' | '.' | '/') => (mark, mark, ""),
        _ => return None,
    };
    let (month, rest) = number(rest.strip_prefix(mark)?, 1, 2)?;
    if rest.is_empty() && mark != '年' || rest == "月" {
        return DaySpan::month(year, i8::try_from(month).ok()?);
    }
    let (day, rest) = number(rest.strip_prefix(between)?, 1, 2)?;
    if rest == end { exact(year, month, day) } else { None }
}

fn exact(year: i16, month: u32, day: u32) -> Option<DaySpan> {
    Day::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).map(DaySpan::day)
}

/// A number of `least` to `most` ASCII digits at the start, and the rest of the text.
fn number(text: &str, least: usize, most: usize) -> Option<(u32, &str)> {
    let digits = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(digits)?;
    if digits < least { None } else { Some((number.parse().ok()?, rest)) }
}

/// Yuan with at most two decimals, perhaps with ¥ before or 元 or yuan behind.
#[must_use]
pub fn money(text: &str) -> Option<Fen> {
    let text = text.strip_prefix('¥').unwrap_or(text);
    let text = text.strip_suffix('元').or_else(|| text.strip_suffix("yuan")).unwrap_or(text);
    Fen::from_yuan(text.trim())
}

/// A whole number.
#[must_use]
pub fn whole(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

/// A percentage with its sign, exact: `6%`, `0.5%`. Without the sign it could as well be a fraction.
#[must_use]
pub fn percent(text: &str) -> Option<Ratio> {
    let number = text.strip_suffix('%')?.trim_end();
    let (negative, digits) = match number.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, number),
    };
    let (units, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit());
    if units.is_empty() || digits.ends_with('.') || !plain(units) || !plain(decimals) {
        return None;
    }
    let num: i128 = format!("{units}{decimals}").parse().ok()?;
    let scale = 10_i128.checked_pow(u32::try_from(decimals.len()).ok()?)?;
    Ratio::new(if negative { -num } else { num }, scale.checked_mul(100)?)
}

/// Yes or no: only 是 and 否, yes and no, true and false, 1 and 0.
#[must_use]
pub fn flag(text: &str) -> Option<bool> {
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    if text == "是" || text == "1" || is("yes") || is("true") {
        Some(true)
    } else if text == "否" || text == "0" || is("no") || is("false") {
        Some(false)
    } else {
        None
    }
}

/// What a field expects, for the mend of a finding.
#[must_use]
pub fn expected(ty: &FieldType, codes: &Codebook) -> crate::diagnostic::Term {
    use crate::diagnostic::Term;
    match ty {
        FieldType::Text => Term::new("写明内容,或写“不详”", "say what it is, or write unknown"),
        FieldType::Date => Term::new(
            "写成 2005-03-01;只知道年月写 2005-03,只知道年份写 2005,不知道写“不详”",
            "write 2005-03-01; 2005-03 or 2005 where only the month or the year is known; else unknown",
        ),
        FieldType::Money => {
            Term::new("写元数,最多两位小数:68800.50", "write yuan with at most two decimals: 68800.50")
        }
        FieldType::Number => Term::new("写整数:3", "write a whole number: 3"),
        FieldType::Percent => Term::new("连百分号写:6%", "write it with its sign: 6%"),
        FieldType::Flag => Term::new("写“是”或“否”", "write yes or no"),
        FieldType::Code(_) => codes.expected(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(text: &str) -> Option<String> {
        date(&fold(text)).map(|span| format!("{}..{}", span.first, span.last))
    }

    #[test]
    fn full_width_is_folded_and_space_trimmed() {
        assert_eq!(fold("\u{3000}\u{ff12}\u{ff10}\u{ff10}\u{ff15}年 "), "2005年");
        assert_eq!(fold("\u{ff08}东\u{ff09}组\u{3000}\u{ff21}"), "(东)组 A");
        assert_eq!(fold("张三"), "张三");
        assert_eq!(fold("\u{ffe5}\u{ff15}"), "¥5");
    }

    #[test]
    fn dates_are_read_to_the_day_the_month_and_the_year() {
        for text in
            ["2005-03-01", "20050301", "2005.3.1", "2005/3/1", "2005-3-1", "2005年3月1日", "2005年03月01日"]
        {
            assert_eq!(days(text).as_deref(), Some("2005-03-01..2005-03-01"), "{text}");
        }
        for text in ["2005.3", "2005-03", "2005年3月", "200503", "2005/3"] {
            assert_eq!(days(text).as_deref(), Some("2005-03-01..2005-03-31"), "{text}");
        }
        for text in ["2005", "2005年"] {
            assert_eq!(days(text).as_deref(), Some("2005-01-01..2005-12-31"), "{text}");
        }
    }

    #[test]
    fn other_dates_are_not_guessed_at() {
        for text in [
            "38412",
            "2005-02-30",
            "2005-13",
            "2005-3.1",
            "05-03-01",
            "1799",
            "2201-01-01",
            "2005-",
            "2005-03-",
            "2005-03-01 ",
            "2005年3月1",
            "2005年3",
            "2005-03-001",
            "2005031",
            "200503011",
            "1/3/2005",
            "二〇〇五年",
            "2005-03-01T00:00",
            "-2005",
            "2005年3月1日日",
            "0000",
            "20050229",
            "2005月",
            "٢٠٠٥",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn a_blank_means_what_the_field_says() {
        let read = |text: &str, blank| fact(text, blank, date);
        assert_eq!(read("", Blank::Absent), Some(Fact::Absent));
        assert_eq!(read("", Blank::Unknown), Some(Fact::Unknown));
        assert_eq!(read("", Blank::UnknownUnlessSaid), Some(Fact::Unknown));
        for word in ["?", "不详", "未知", "unknown", "Unknown"] {
            assert_eq!(read(word, Blank::Absent), Some(Fact::Unknown), "{word}");
        }
        for word in ["无", "none", "NONE"] {
            assert_eq!(read(word, Blank::Absent), Some(Fact::Absent), "{word}");
            assert_eq!(read(word, Blank::UnknownUnlessSaid), Some(Fact::Absent), "{word}");
            assert_eq!(read(word, Blank::Unknown), None, "{word}");
            assert_eq!(fact(word, Blank::Unknown, super::text), None, "{word}");
        }
        assert_eq!(fact("?", Blank::Unknown, super::text), Some(Fact::Unknown));
        assert_eq!(fact(&fold("\u{ff1f}"), Blank::Unknown, super::text), Some(Fact::Unknown));
    }

    #[test]
    fn money_percentages_numbers_and_flags_are_exact() {
        for text in ["¥1,234.50元", "1234.5", "1234.50 yuan", "¥1234.50"] {
            assert_eq!(money(&fold(text)), Some(Fen(123_450)), "{text}");
        }
        for text in ["1.234", "一百元", "1e3", "元", "¥"] {
            assert_eq!(money(text), None, "{text}");
        }
        assert_eq!(percent("6%"), Ratio::new(6, 100));
        assert_eq!(percent(&fold("\u{ff10}\u{ff0e}\u{ff15}\u{ff05}")), Ratio::new(5, 1000));
        assert_eq!(percent("-12.50 %"), Ratio::new(-125, 1000));
        for text in
            ["6", "0.06", "%", ".5%", "6.%", "1-2%", "--6%", "0.00000000000000000000000000000000000000001%"]
        {
            assert_eq!(percent(text), None, "{text}");
        }
        assert_eq!(
            (whole("007"), whole("-3"), whole("3.0"), whole("+3"), whole("-")),
            (Some(7), Some(-3), None, None, None)
        );
        assert_eq!(whole("9223372036854775808"), None);
        for text in ["是", "yes", "TRUE", "1"] {
            assert_eq!(flag(text), Some(true), "{text}");
        }
        for text in ["否", "No", "false", "0"] {
            assert_eq!(flag(text), Some(false), "{text}");
        }
        assert_eq!((flag("有"), flag("无"), flag("y")), (None, None, None));
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "\\PC*") {
            let folded = fold(&text);
            let _ = (date(&folded), money(&folded), percent(&folded), whole(&folded), flag(&folded));
        }
    }
}
