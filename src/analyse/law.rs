//! The lints as data: `charters/law/L*.yaml`, read once.
//!
//! In: the files of the lints. Out: each lint with its texts, its word lists, what it looks for in conditions and
//! headers, and the law it rests on.

use super::citation::{Basis, law_on, not_yet, optional_day};
use crate::diagnostic::{Diagnostic, Severity, Term, codes};
use crate::source::Span;
use crate::value::Day;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// All lints, by name.
const ALL: &str = include_str!(concat!(env!("OUT_DIR"), "/lints.json"));

static LINTS: LazyLock<Vec<Lint>> = LazyLock::new(|| {
    // A test reads them all, and tells what is wrong with them.
    let lints: Vec<Lint> = serde_json::from_str(ALL).unwrap_or_default();
    lints.into_iter().map(|lint| lint.expanded().0).collect()
});

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
    /// It follows the day: before its basis stood it is only a note.
    #[serde(default)]
    pub dated: bool,
    /// The law it rests on.
    pub bases: Vec<Basis>,
    /// Other things that it finds, by name.
    #[serde(default)]
    pub variants: BTreeMap<String, Variant>,
    /// Words that give a text or a title away.
    #[serde(default)]
    pub wording: Vec<Wording>,
    /// What a benefit may not ask for.
    #[serde(default)]
    pub benefit: Option<BenefitLint>,
    /// What no duty may ask for.
    #[serde(default)]
    pub duty: Option<DutyLint>,
    /// Fields that say when the agreement was signed, without which a duty binds nobody.
    #[serde(default)]
    pub signature: Vec<String>,
    /// What no condition may depend on.
    #[serde(default)]
    pub status: Option<Status>,
    /// Rights that no number of children may cut.
    #[serde(default)]
    pub rights: Option<Rights>,
    /// True where it is about fields that the vocabulary marks as sensitive.
    #[serde(default)]
    pub sensitive: bool,
    /// What it looks for in the header of a village's charter.
    #[serde(default)]
    pub adoption: Option<Adoption>,
}

/// A thing that a lint finds beside its own; what is not said is the lint's.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// Its weight.
    #[serde(default, deserialize_with = "optional_severity")]
    pub severity: Option<Severity>,
    /// What the clause does.
    #[serde(default)]
    pub message: Option<Text>,
    /// How to mend it.
    #[serde(default)]
    pub mend: Option<Text>,
    /// The law it rests on.
    #[serde(default)]
    pub bases: Vec<Basis>,
}

/// A text in both languages.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Text {
    zh: String,
    en: String,
}

/// A list of words, and what makes them harmless.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// Any of these; `…` stands for a few characters, `#` for a number.
    #[serde(default)]
    pub words: Vec<String>,
    /// Or a word of each of these lists, in any order, within one clause and the cases before it. The last list is what
    /// is done: the finding stands there, and a negation is looked for there.
    #[serde(default)]
    pub together: Vec<Vec<String>>,
    /// The words of `together` may stand anywhere in one sentence.
    #[serde(default)]
    pub in_sentence: bool,
    /// Or those of the first list get another amount than those of the second, in units of the third, in one sentence.
    #[serde(default)]
    pub unequal: Vec<Vec<String>>,
    /// Only in a sentence with one of these; always where empty.
    #[serde(default)]
    pub near: Vec<String>,
    /// Only in a clause, between two commas, with one of these.
    #[serde(default)]
    pub within: Vec<String>,
    /// Not in a sentence with one of these.
    #[serde(default)]
    pub exceptions: Vec<String>,
    /// Not in a sentence with one of these that tells of no duty: a service is offered.
    #[serde(default)]
    pub offered: Vec<String>,
    /// Not where the word is a part of one of these.
    #[serde(default)]
    pub longer: Vec<String>,
    /// Not in a paragraph that has a word of each of these lists.
    #[serde(default)]
    pub safeguards: Vec<Vec<String>>,
    /// Only from this day on.
    #[serde(default, deserialize_with = "optional_day")]
    pub from: Option<Day>,
    /// Not in the names and texts of clauses that are computed.
    #[serde(default)]
    pub texts_only: bool,
    /// Only in the names and texts of clauses that are computed, and in headings.
    #[serde(default)]
    pub titles_only: bool,
    /// Which variant of the lint it is.
    #[serde(default)]
    pub variant: String,
    /// What should stand in the place of the word.
    #[serde(default)]
    pub replacement: Option<String>,
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
    /// Dates of birth that no condition may hold against each other over the rows of a household, by name or alias.
    #[serde(default)]
    pub spaced: Vec<String>,
}

/// What no duty may ask for, whatever it is called.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DutyLint {
    /// Words of the records, fields and codes that it reads.
    #[serde(default)]
    pub reads: Vec<String>,
    /// The same where it is for women alone.
    #[serde(default)]
    pub of_women: Vec<String>,
    /// A birth, or none, of so many children.
    #[serde(default)]
    pub births: Option<usize>,
    /// A marriage later than at this age, by the civil status of the lint that has one; zero at any age.
    #[serde(default)]
    pub marriage: Option<Marriage>,
}

/// Ages at marriage, in full years (Civil Code 1047).
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Marriage {
    /// Of men.
    pub men: i64,
    /// Of women.
    pub women: i64,
}

/// Fields and codes of the civil status of a person, by name or alias.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Status {
    /// The fields that hold it.
    pub fields: Vec<String>,
    /// Codes that may be asked for: help for those in need of it.
    pub harmless: Vec<String>,
    /// Codes that may be asked for together with children: help for those who raise them alone.
    pub alone: Vec<String>,
    /// Relations of a child.
    pub child: Vec<String>,
    /// The relation of a son.
    pub son: Vec<String>,
    /// The relation of a daughter.
    pub daughter: Vec<String>,
    /// The field that holds the relation to the head of the household.
    pub relation: Vec<String>,
    /// The relation of a son-in-law.
    pub son_in_law: Vec<String>,
    /// The relation of a daughter-in-law.
    pub daughter_in_law: Vec<String>,
    /// The code of a woman.
    pub female: Vec<String>,
    /// The code of a man.
    pub male: Vec<String>,
    /// The code of the head of a household.
    pub head: Vec<String>,
    /// The code of the spouse of the head.
    pub spouse: Vec<String>,
    /// Words of a share in what the collective has, by the title or purpose: a child has it from its birth.
    pub shares: Vec<String>,
    /// Words of a health service: given in kind it may be for what only men have.
    pub health: Vec<String>,
}

/// Rights that everybody has, whatever the births of the household.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rights {
    /// Words of the title of a benefit, or of its purpose.
    pub titles: Vec<String>,
    /// Words of a preference that the law itself gives to families with one child, in the title or in what is asked for.
    pub preferences: Vec<String>,
    /// So many children cut none.
    pub births: usize,
}

/// Words of what a header says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adoption {
    /// Who may adopt a charter.
    #[serde(default)]
    pub assemblies: Vec<String>,
    /// Who may only where the assembly gave the power.
    #[serde(default)]
    pub representatives: Vec<String>,
    /// Those who came stood for their households.
    #[serde(default)]
    pub households: Vec<String>,
    /// The power was given.
    #[serde(default)]
    pub empowered: Vec<String>,
    /// Funds that hold the village's own money.
    #[serde(default)]
    pub funds: Vec<String>,
    /// For how many days it is posted at the least.
    #[serde(default)]
    pub days: i64,
}

/// The day whose law is cited.
#[derive(Clone, Copy, Debug)]
pub struct When {
    /// The day.
    pub day: Day,
    /// True where it was asked for: then what is not required yet is told as well.
    pub asked: bool,
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
    /// With the words of the shared lists; false where one is not known.
    fn expanded(mut self) -> (Self, bool) {
        let lists = self.wording.iter_mut().flat_map(|wording| {
            let lists = [
                &mut wording.words,
                &mut wording.near,
                &mut wording.within,
                &mut wording.exceptions,
                &mut wording.offered,
                &mut wording.longer,
            ];
            lists.into_iter().chain(&mut wording.together)
        });
        // Every list, whether or not one before it was known.
        let unknown = lists.filter_map(|words| (!super::words::expand(words)).then_some(())).count();
        (self, unknown == 0)
    }

    /// A finding: what a clause does, and the law of the day. None where the registry does not know the lint, and
    /// where it is not required yet and nobody asked for the day.
    #[must_use]
    pub fn finding(&self, at: Span, clause: Term, when: When) -> Option<Diagnostic> {
        self.finding_of("", at, clause, when)
    }

    /// A finding of a variant.
    #[must_use]
    pub fn finding_of(&self, variant: &str, at: Span, clause: Term, when: When) -> Option<Diagnostic> {
        let code = codes::find(&self.id)?;
        let variant = self.variants.get(variant);
        let bases = variant.map(|variant| variant.bases.as_slice()).filter(|bases| !bases.is_empty());
        let bases = bases.unwrap_or(&self.bases);
        let stands = !self.dated || bases.iter().any(|basis| basis.holds_on(when.day));
        if !stands && !when.asked {
            return None;
        }
        let severity = if stands {
            variant.and_then(|variant| variant.severity).unwrap_or(self.severity)
        } else {
            Severity::Note
        };
        let law = if stands { law_on(bases, when.day) } else { not_yet(bases, when) };
        let message = variant.and_then(|variant| variant.message.as_ref()).unwrap_or(&self.message);
        let mend = variant.and_then(|variant| variant.mend.as_ref()).unwrap_or(&self.mend);
        let finding = Diagnostic::at(code, at).weighing(severity).arg("clause", clause);
        Some(finding.arg("says", message).arg("law", law).help(mend))
    }

    /// What a variant says.
    #[must_use]
    pub fn says(&self, variant: &str) -> Term {
        let variant = self.variants.get(variant).and_then(|variant| variant.message.as_ref());
        variant.unwrap_or(&self.message).into()
    }
}

fn severity<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Severity, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "error" => Ok(Severity::Error),
        "warning" => Ok(Severity::Warning),
        "note" => Ok(Severity::Note),
        other => Err(serde::de::Error::custom(format!("no severity: {other}"))),
    }
}

fn optional_severity<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Severity>, D::Error> {
    severity(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::citation::{self, LAWS};
    use super::*;
    use crate::value::Period;

    fn on(text: &str) -> Day {
        Period::parse(text).unwrap().first
    }

    #[test]
    fn every_file_is_a_lint_of_the_registry() {
        for lint in serde_json::from_str::<Vec<Lint>>(ALL).unwrap() {
            let (lint, known) = lint.expanded();
            assert!(known, "{}: a list that several lints share", lint.id);
            assert_eq!(codes::find(&lint.id).unwrap().severity, lint.severity, "{}", lint.id);
            let variants = lint.variants.values().flat_map(|variant| &variant.bases);
            for basis in lint.bases.iter().chain(variants) {
                assert!(LAWS.contains_key(&basis.law), "{} cites {}", lint.id, basis.law);
                assert!(basis.until.is_none_or(|until| basis.from <= until), "{}", lint.id);
            }
            assert!(lint.bases.iter().any(|basis| basis.until.is_none()), "{} has a newest edition", lint.id);
        }
        for lint in lints() {
            for wording in lint.wording.iter().filter(|wording| !wording.variant.is_empty()) {
                assert!(lint.variants.contains_key(&wording.variant), "{}: {}", lint.id, wording.variant);
            }
        }
        for code in codes::ALL.iter().filter(|code| code.is_law() && !["L00", "L21"].contains(&code.id)) {
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
            citation::law_on(&lint.bases, on("2025-12-31")).zh,
            "当日依据:《村民委员会组织法》第二十七条;现行:《村民委员会组织法》第三十一条"
        );
        assert_eq!(
            citation::law_on(&lint.bases, on("2026-01-01")),
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
            citation::law_on(&lint.bases, on("2005-03-01")).zh,
            "当日依据:《行政处罚法》第十四条、第十五条,《村民委员会组织法》第二十条;现行:《行政处罚法》第十六条、第十七条,《村民委员会组织法》第三十一条"
        );
        assert_eq!(
            citation::law_on(&lint.bases, on("1990-01-01")).en,
            "Law today: Administrative Penalty Law arts. 16, 17; Organic Law of Villagers' Committees art. 31"
        );
    }
}
