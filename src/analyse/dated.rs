//! When something was decided, as an answer says it: `2005年3月1日`, `2005-03`, `二〇〇五年`.
//!
//! In: a text. Out: whether it names a day, a month or a year, and whether the calendar has it. There is no clock here:
//! a day that is still to come cannot be told from one that has been.

use crate::value::Day;

/// Years that a decision can be of; other numbers of four digits are amounts.
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2999;
/// What a number of four digits counts, where it is no year.
const UNITS: &[&str] = &["元", "块", "塊", "人", "户", "戶", "斤", "亩", "yuan"];

/// What a text says of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// None.
    Nothing,
    /// One that the calendar has not.
    Impossible,
    /// A day, a month or a year.
    Day,
}

/// What a text says of a day; one that does not exist outweighs the others.
pub(super) fn day_of(text: &str) -> Said {
    let mut said = Said::Nothing;
    let mut rest = text;
    while let Some(start) = rest.find(|c| digit(c).is_some()) {
        let from = rest.get(start..).unwrap_or_default();
        let (number, length, after) = leading(from);
        rest = after;
        let unit = UNITS.iter().any(|unit| after.trim_start().starts_with(unit));
        // 20050301
        if let Some(day) = number.filter(|day| length == 8 && YEARS.contains(&(day / 10_000))) {
            if !real(day / 10_000, day / 100 % 100, day % 100) {
                return Said::Impossible;
            }
            said = Said::Day;
        }
        let Some(year) = number.filter(|year| length == 4 && YEARS.contains(year) && !unit) else { continue };
        if !exists(year, after) {
            return Said::Impossible;
        }
        said = Said::Day;
    }
    said
}

/// Whether the month and the day behind a year are real; what is not written is not asked.
fn exists(year: u32, after: &str) -> bool {
    let after = after.trim_start();
    let Some(mark) = after.chars().next().filter(|mark| "年-/.\u{FF0D}\u{FF0E}\u{FF0F}".contains(*mark))
    else {
        return true;
    };
    let behind = after.get(mark.len_utf8()..).unwrap_or_default();
    let (month, length, after) = leading(behind.trim_start());
    let named = mark != '年' || after.trim_start().starts_with('月');
    let Some(month) = month.filter(|_| length <= 3 && named) else { return true };
    let after = after.trim_start();
    let between = after.chars().next().filter(|next| *next == mark || *next == '月');
    let day = between.and_then(|next| {
        let (day, length, after) = leading(after.get(next.len_utf8()..)?.trim_start());
        day.filter(|_| length <= 3 && (next != '月' || after.trim_start().starts_with(['日', '号', '號'])))
    });
    real(year, month, day.unwrap_or(1))
}

fn real(year: u32, month: u32, day: u32) -> bool {
    let part = |number: u32| i8::try_from(number).unwrap_or(-1);
    Day::new(i16::try_from(year).unwrap_or(-1), part(month), part(day)).is_some()
}

/// The number that a text begins with, how many characters it takes, and what follows.
fn leading(text: &str) -> (Option<u32>, usize, &str) {
    let end = text.find(|c| digit(c).is_none()).unwrap_or(text.len());
    let (run, after) = text.split_at(end);
    let (mut value, mut tens) = (0_u32, None);
    for c in run.chars().filter_map(digit) {
        if c == TEN {
            // 三十一: what stands before counts the tens, and none is one.
            tens = Some(value.max(1));
            value = 0;
        } else {
            value = value.saturating_mul(10).saturating_add(c);
        }
    }
    let value = tens.map_or(value, |tens| tens.saturating_mul(10).saturating_add(value));
    (Some(value).filter(|_| !run.is_empty()), run.chars().count(), after)
}

/// What `十` is read as.
const TEN: u32 = 10;

fn digit(c: char) -> Option<u32> {
    match c {
        '0'..='9' => c.to_digit(10),
        '\u{FF10}'..='\u{FF19}' => Some(u32::from(c) - 0xFF10),
        '〇' | '零' | '○' => Some(0),
        '十' => Some(TEN),
        _ => "一二三四五六七八九".chars().zip(1..).find(|(one, _)| *one == c).map(|(_, value)| value),
    }
}

#[cfg(test)]
mod tests {
    use super::{Said, day_of};

    #[test]
    fn a_day_a_month_or_a_year_is_enough() {
        for text in [
            "2005年3月1日村民会议决定",
            "2005-03-01 the assembly decided",
            "二〇〇五年十二月三十一日",
            "\u{FF12}\u{FF10}\u{FF10}\u{FF15}年3月",
            "2005年第13次村民会议",
            "the assembly of 2005",
            "2004年2月29日",
            "2005/3/1",
            "20050301",
            "2005-2006年度",
        ] {
            assert_eq!(day_of(text), Said::Day, "{text}");
        }
        for text in ["", "村民会议决定", "发1000元", "每户2000元", "三月一日"] {
            assert_eq!(day_of(text), Said::Nothing, "{text}");
        }
    }

    #[test]
    fn a_day_that_the_calendar_has_not_is_none() {
        for text in
            ["2005年13月40日", "2005-02-30", "2005年2月29日", "二〇〇五年十三月", "2005年0月1日", "2005.4.31"]
        {
            assert_eq!(day_of(text), Said::Impossible, "{text}");
        }
    }
}
