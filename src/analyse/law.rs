//! The lints as data: `charters/law/*.yaml`, read once.
//!
//! In: the files of the lints and the names of the laws. Out: each lint with its texts, its word lists, and the law it
//! rests on, by date: an article keeps its meaning over the years, not its number.

use crate::diagnostic::{Diagnostic, Severity, Term, codes};
use crate::source::Span;
use crate::value::{Day, Period};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// One file a lint.
const FILES: &[&str] = &[
    include_str!("../../charters/law/L01.yaml"),
    include_str!("../../charters/law/L02.yaml"),
    include_str!("../../charters/law/L03.yaml"),
    include_str!("../../charters/law/L04.yaml"),
    include_str!("../../charters/law/L05.yaml"),
    include_str!("../../charters/law/L06.yaml"),
    include_str!("../../charters/law/L07.yaml"),
    include_str!("../../charters/law/L08.yaml"),
    include_str!("../../charters/law/L11.yaml"),
    include_str!("../../charters/law/L12.yaml"),
    include_str!("../../charters/law/L22.yaml"),
    include_str!("../../charters/law/L23.yaml"),
];

static LINTS: LazyLock<Vec<Lint>> =
    // A test reads every file: none is left out here.
    LazyLock::new(|| FILES.iter().filter_map(|text| serde_yaml::from_str(text).ok()).collect());

static LAWS: LazyLock<BTreeMap<String, Text>> =
    LazyLock::new(|| serde_yaml::from_str(include_str!("../../charters/law/laws.yaml")).unwrap_or_default());

/// What a village charter may not do.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lint {
    /// `L01`, the code of its findings.
    pub id: String,
    /// Its weight where the clause itself is unlawful.
    #[serde(deserialize_with = "severity")]
    pub severity: Severity,
    /// A few words.
    pub title: Text,
    /// What the clause does; the clause is the subject.
    pub message: Text,
    /// How to mend it.
    pub mend: Text,
    /// The law it rests on.
    pub bases: Vec<Basis>,
    /// Words that give a text or a title away.
    #[serde(default)]
    pub wording: Vec<Wording>,
    /// What a benefit may not ask for.
    #[serde(default)]
    pub benefit: Option<BenefitLint>,
    /// Fields that say when the agreement was signed, without which a duty binds nobody.
    #[serde(default)]
    pub signature: Vec<String>,
}

/// A text in both languages.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Text {
    zh: String,
    en: String,
}

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

/// A list of words, and what makes them harmless.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// Any of these; `…` stands for a few characters.
    pub words: Vec<String>,
    /// Only in a sentence with one of these; always where empty.
    #[serde(default)]
    pub near: Vec<String>,
    /// Not in a sentence with one of these.
    #[serde(default)]
    pub exceptions: Vec<String>,
}

/// What a benefit may not ask for without an answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BenefitLint {
    /// Its weight.
    #[serde(deserialize_with = "severity")]
    pub severity: Severity,
    /// What the benefit does.
    pub message: Text,
    /// How to answer for it.
    pub mend: Text,
    /// Words of its title.
    pub titles: Vec<String>,
    /// Words of the records, fields and codes that its conditions read.
    pub reads: Vec<String>,
}

impl From<&Text> for Term {
    fn from(text: &Text) -> Self {
        Self::new(&*text.zh, &*text.en)
    }
}

/// All lints.
#[must_use]
pub fn lints() -> &'static [Lint] {
    &LINTS
}

/// The lint of a code.
#[must_use]
pub fn lint(id: &str) -> Option<&'static Lint> {
    lints().iter().find(|lint| lint.id.eq_ignore_ascii_case(id))
}

impl Lint {
    /// A finding: what a clause does, and the law of the day. None where the registry does not know the lint.
    #[must_use]
    pub fn finding(&self, at: Span, clause: Term, on: Day) -> Option<Diagnostic> {
        let code = codes::find(&self.id)?;
        let finding = Diagnostic::at(code, at).weighing(self.severity).arg("clause", clause);
        Some(finding.arg("says", &self.message).arg("law", self.law_on(on)).help(&self.mend))
    }

    /// The law on a day, and that of the newest edition where it reads otherwise.
    #[must_use]
    pub fn law_on(&self, day: Day) -> Term {
        let then = citation(self.bases.iter().filter(|basis| basis.holds_on(day)));
        let now = citation(self.bases.iter().filter(|basis| basis.until.is_none()));
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
}

impl Basis {
    fn holds_on(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

/// `《行政处罚法》第十六条、第十七条,《村民委员会组织法》第三十一条`; none for no law.
fn citation<'b>(bases: impl Iterator<Item = &'b Basis>) -> Option<Term> {
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    for basis in bases {
        let Some(law) = LAWS.get(&basis.law) else { continue };
        let articles: Vec<String> = basis.article.iter().map(|number| chinese_article(*number)).collect();
        zh.push(format!("《{}》{}", law.zh, articles.join("、")));
        let numbers: Vec<String> = basis.article.iter().map(u32::to_string).collect();
        en.push(match numbers.as_slice() {
            [] => law.en.clone(),
            [one] => format!("{} art. {one}", law.en),
            several => format!("{} arts. {}", law.en, several.join(", ")),
        });
    }
    (!zh.is_empty()).then(|| Term::new(zh.join(","), en.join("; ")))
}

/// 第二十七条; the numbers of articles lie below ten thousand.
pub(super) fn chinese_article(number: u32) -> String {
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
    format!("第{text}条")
}

fn severity<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Severity, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "error" => Ok(Severity::Error),
        "warning" => Ok(Severity::Warning),
        "note" => Ok(Severity::Note),
        other => Err(serde::de::Error::custom(format!("no severity: {other}"))),
    }
}

fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Day, D::Error> {
    let text = String::deserialize(deserializer)?;
    Period::parse(&text).map(|period| period.first).map_err(serde::de::Error::custom)
}

fn optional_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Day>, D::Error> {
    day(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn on(text: &str) -> Day {
        Period::parse(text).unwrap().first
    }

    #[test]
    fn every_file_is_a_lint_of_the_registry() {
        for text in FILES {
            let lint: Lint = serde_yaml::from_str(text).unwrap();
            assert_eq!(codes::find(&lint.id).unwrap().severity, lint.severity, "{}", lint.id);
            for basis in &lint.bases {
                assert!(LAWS.contains_key(&basis.law), "{} cites {}", lint.id, basis.law);
                assert!(basis.until.is_none_or(|until| basis.from <= until), "{}", lint.id);
            }
            assert!(lint.bases.iter().any(|basis| basis.until.is_none()), "{} has a newest edition", lint.id);
        }
        for code in codes::ALL.iter().filter(|code| code.is_law() && code.id != "L00") {
            assert!(lint(code.id).is_some(), "{}", code.id);
        }
        for kind in crate::ast::RefusedKind::ALL {
            assert_eq!(lint(kind.lint()).unwrap().severity, Severity::Error, "{kind:?}");
        }
    }

    #[test]
    fn the_organic_law_was_renumbered_in_2026() {
        let lint = lint("L02").unwrap();
        assert_eq!(
            lint.law_on(on("2025-12-31")).zh,
            "当日依据:《村民委员会组织法》第二十七条;现行:《村民委员会组织法》第三十一条"
        );
        assert_eq!(
            lint.law_on(on("2026-01-01")),
            Term::new(
                "依据:《村民委员会组织法》第三十一条",
                "Law: Organic Law of Villagers' Committees art. 31"
            )
        );
    }

    #[test]
    fn a_charter_older_than_a_law_is_told_the_one_before_it() {
        let lint = lint("L01").unwrap();
        assert_eq!(
            lint.law_on(on("2005-03-01")).zh,
            "当日依据:《行政处罚法》第十四条、第十五条,《村民委员会组织法》第二十条;现行:《行政处罚法》第十六条、第十七条,《村民委员会组织法》第三十一条"
        );
        assert_eq!(
            lint.law_on(on("1990-01-01")).en,
            "Law today: Administrative Penalty Law arts. 16, 17; Organic Law of Villagers' Committees art. 31"
        );
    }

    #[test]
    fn numbers_of_articles_in_characters() {
        let spelled: Vec<String> = [8, 10, 16, 20, 31, 105, 1047].map(chinese_article).into();
        assert_eq!(
            spelled.join(" "),
            "第八条 第十条 第十六条 第二十条 第三十一条 第一百零五条 第一千零四十七条"
        );
    }
}
