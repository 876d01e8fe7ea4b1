//! The law a lint rests on, by date: an article keeps its meaning over the years, not its number.
//!
//! In: the bases of a lint and a day. Out: how a message cites them.

use super::law::{Text, When};
use crate::diagnostic::Term;
use crate::value::{Day, Period};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The names of the laws that are cited.
pub(super) static LAWS: LazyLock<BTreeMap<String, Text>> = LazyLock::new(|| {
    serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/laws.json"))).unwrap_or_default()
});

/// Articles of a law between two days.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// A name of `laws.yaml`.
    pub law: String,
    /// The articles; none where the whole is meant.
    pub article: Vec<u32>,
    /// The first day they had these numbers.
    #[serde(deserialize_with = "day")]
    pub from: Day,
    /// The last day; none in the newest edition.
    #[serde(default, deserialize_with = "optional_day")]
    pub until: Option<Day>,
}

impl Basis {
    /// True where these articles had these numbers on that day.
    #[must_use]
    pub fn holds_on(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

/// The law on a day, and that of the newest edition where it reads otherwise.
pub(super) fn law_on(bases: &[Basis], day: Day) -> Term {
    let then = citation(bases.iter().filter(|basis| basis.holds_on(day)));
    let now = newest(bases);
    match (then, now) {
        (Some(then), Some(now)) if then == now => {
            Term::new(format!("依据:{}", then.zh), format!("Law: {}", then.en))
        }
        (Some(then), Some(now)) => Term::new(
            format!("当日依据:{};现行:{}", then.zh, now.zh),
            format!("Law of the day: {}; today's: {}", then.en, now.en),
        ),
        (None, Some(now)) => Term::new(format!("现行依据:{}", now.zh), format!("Law today: {}", now.en)),
        (Some(then), None) => {
            Term::new(format!("当日依据:{}", then.zh), format!("Law of the day: {}", then.en))
        }
        (None, None) => Term::new("", ""),
    }
}

/// How the law is cited that does not ask for it yet.
pub(super) fn not_yet(bases: &[Basis], when: When) -> Term {
    let now = newest(bases).unwrap_or_default();
    Term::new(
        format!("{} 尚无此要求;现行依据:{}", when.day, now.zh),
        format!("Not yet required on {}; law today: {}", when.day, now.en),
    )
}

fn newest(bases: &[Basis]) -> Option<Term> {
    citation(bases.iter().filter(|basis| basis.until.is_none()))
}

/// `《行政处罚法》第十六条、第十七条,《村民委员会组织法》第三十一条`; none for no law.
fn citation<'b>(bases: impl Iterator<Item = &'b Basis>) -> Option<Term> {
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    for basis in bases {
        let Some(law) = LAWS.get(&basis.law).map(Term::from) else { continue };
        let articles: Vec<String> = basis.article.iter().map(|number| chinese_article(*number)).collect();
        zh.push(format!("《{}》{}", law.zh, articles.join("、")));
        let numbers: Vec<String> = basis.article.iter().map(u32::to_string).collect();
        en.push(match numbers.as_slice() {
            [] => law.en,
            [one] => format!("{} art. {one}", law.en),
            several => format!("{} arts. {}", law.en, several.join(", ")),
        });
    }
    (!zh.is_empty()).then(|| Term::new(zh.join(","), en.join("; ")))
}

/// 第二十七条; the numbers of articles lie below ten thousand.
pub(super) fn chinese_article(number: u32) -> String {
    format!("第{}条", chinese_number(number))
}

/// 二十七; below ten thousand.
pub(super) fn chinese_number(number: u32) -> String {
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let mut text = String::new();
    let mut gap = false;
    for (unit, mark) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
        let digit = (number / unit % 10) as usize;
        if digit == 0 {
            gap = !text.is_empty();
            continue;
        }
        if gap {
            text.push('零');
        }
        gap = false;
        // 十六, not 一十六, at the beginning.
        if !(unit == 10 && digit == 1 && text.is_empty()) {
            text.push_str(DIGITS.get(digit).copied().unwrap_or_default());
        }
        text.push_str(mark);
    }
    text
}

/// A day, as serde reads it.
pub(super) fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Day, D::Error> {
    let text = String::deserialize(deserializer)?;
    Period::parse(&text).map(|period| period.first).map_err(serde::de::Error::custom)
}

/// A day that need not be given.
pub(super) fn optional_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Day>, D::Error> {
    day(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::chinese_article;

    #[test]
    fn numbers_of_articles_in_characters() {
        let spelled: Vec<String> = [8, 10, 16, 20, 31, 105, 1047].map(chinese_article).into();
        assert_eq!(
            spelled.join(" "),
            "第八条 第十条 第十六条 第二十条 第三十一条 第一百零五条 第一千零四十七条"
        );
    }
}
