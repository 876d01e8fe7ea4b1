//! Numbers, amounts and the numbers of articles, in either script.

use crate::ast::{ArticleNumber, Literal, MoneyUnit, TimeUnit};
use crate::syntax::keyword::{Keyword, Script};
use crate::value::Day;

/// The largest number with Chinese numerals: 九千九百九十九.
const MAX_CHINESE: u32 = 9999;

/// A number with its unit: `14 years`, `14年`.
fn with_unit(number: &str, unit: Keyword, script: Script) -> String {
    let unit = unit.spelling(script);
    match script {
        Script::Latin => format!("{number} {unit}"),
        Script::Chinese | Script::Traditional => format!("{number}{unit}"),
    }
}

/// A literal that is not a text; a text is given back as `None`.
pub(super) fn literal(literal: &Literal, script: Script) -> Option<String> {
    Some(match literal {
        Literal::Number(number) => number.to_string(),
        Literal::Money { fen, unit } => money(*fen, *unit, script),
        Literal::Percent(millionths) => format!("{}%", decimal(*millionths, 4)),
        Literal::Duration(count, unit) => {
            let unit = match unit {
                TimeUnit::Years => Keyword::UnitYears,
                TimeUnit::Months => Keyword::UnitMonths,
                TimeUnit::Days => Keyword::UnitDays,
            };
            with_unit(&count.to_string(), unit, script)
        }
        Literal::Date(day) => date(*day),
        Literal::Text(_) => return None,
    })
}

fn money(fen: i64, unit: MoneyUnit, script: Script) -> String {
    let (decimals, keyword) = match (unit, script) {
        (MoneyUnit::Fen, _) => (0, Keyword::UnitFen),
        (MoneyUnit::Jiao, Script::Chinese | Script::Traditional) => (1, Keyword::UnitJiao),
        (MoneyUnit::Wan, Script::Chinese | Script::Traditional) => (6, Keyword::UnitWan),
        // English has no word for 角 and 万元.
        (MoneyUnit::Yuan | MoneyUnit::Jiao | MoneyUnit::Wan, _) => (2, Keyword::UnitYuan),
    };
    with_unit(&decimal(fen, decimals), keyword, script)
}

/// `value / 10^decimals`, without zeros at the end.
fn decimal(value: i64, decimals: usize) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = decimals + 1);
    let (whole, fraction) = digits.split_at_checked(digits.len() - decimals).unwrap_or((&digits, ""));
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    }
}

pub(super) fn date(day: Day) -> String {
    let civil = day.civil();
    format!("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day)
}

/// `article 8-1`, `第八条之一`.
pub(super) fn article(article: ArticleNumber, script: Script) -> String {
    let ArticleNumber { number, sub } = article;
    match (script, sub) {
        (Script::Latin, None) => format!("{} {number}", Keyword::Article.spelling(script)),
        (Script::Latin, Some(sub)) => format!("{} {number}-{sub}", Keyword::Article.spelling(script)),
        (Script::Chinese, None) => format!("第{}条", chinese(number)),
        (Script::Chinese, Some(sub)) => format!("第{}条之{}", chinese(number), chinese(sub)),
        (Script::Traditional, None) => format!("第{}條", chinese(number)),
        (Script::Traditional, Some(sub)) => format!("第{}條之{}", chinese(number), chinese(sub)),
    }
}

/// `chapter 1`, `第一章`.
pub(super) fn chapter(number: u32, script: Script) -> String {
    match script {
        Script::Latin => format!("{} {number}", Keyword::Chapter.spelling(script)),
        Script::Chinese | Script::Traditional => format!("第{}章", chinese(number)),
    }
}

/// 八、十二、一百零三、一千零一十; digits above 9,999.
fn chinese(number: u32) -> String {
    if number == 0 {
        return "零".to_owned();
    }
    if number > MAX_CHINESE {
        return number.to_string();
    }
    let mut text = String::new();
    let mut skipped = false;
    for (power, unit) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
        let digit = number / power % 10;
        if digit == 0 {
            skipped = true;
            continue;
        }
        if skipped && !text.is_empty() {
            text.push('零');
        }
        skipped = false;
        // 十二, but 一百一十二.
        if !(power == 10 && digit == 1 && text.is_empty()) {
            text.extend("零一二三四五六七八九".chars().nth(digit as usize));
        }
        text.push_str(unit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_chinese() {
        let cases = [
            (0, "零"),
            (8, "八"),
            (10, "十"),
            (12, "十二"),
            (20, "二十"),
            (103, "一百零三"),
            (110, "一百一十"),
            (1010, "一千零一十"),
            (1001, "一千零一"),
            (9999, "九千九百九十九"),
            (10_000, "10000"),
        ];
        for (number, text) in cases {
            assert_eq!(chinese(number), text);
        }
    }

    #[test]
    fn decimals_are_no_longer_than_they_must_be() {
        assert_eq!(decimal(50, 2), "0.5");
        assert_eq!(decimal(5, 2), "0.05");
        assert_eq!(decimal(1000, 2), "10");
        assert_eq!(decimal(12_500_000, 6), "12.5");
        assert_eq!(decimal(7, 0), "7");
    }
}
