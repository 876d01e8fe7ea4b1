//! Finding words in a text, unless the text says that it does not do what they name.
//!
//! In: a text and a list of words. Out: where the first one stands that no negation reaches.

use super::pattern::{Searched, begins_word, numeral};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    serde_yaml::from_str(include_str!("../../charters/law/wording.yaml")).unwrap_or_default()
});

/// How a text says that it does not do something (`wording.yaml`).
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    borders: String,
    negations: Vec<Negation>,
    trailing: Vec<String>,
    undone: Vec<String>,
    follows: Vec<String>,
    breaks: Vec<String>,
    rewards: Vec<String>,
    duties: Vec<String>,
    adjacent: Vec<String>,
    doubled: Vec<String>,
    carried: Vec<String>,
    intimate: Vec<String>,
    past: Vec<String>,
    deciders: Vec<String>,
    longer: Vec<String>,
    bounds: Vec<String>,
    unturned: Vec<String>,
    denials: Vec<String>,
    refusals: Vec<String>,
    joins: Vec<String>,
    cases: Vec<String>,
    groups: BTreeMap<String, Vec<String>>,
}

/// A clause ends there.
pub(super) fn is_border(c: char) -> bool {
    RULES.borders.contains(c)
}

/// Words for births, contraception and examinations.
pub(super) fn intimate() -> &'static [String] {
    &RULES.intimate
}

/// Puts the words of a shared list where a list says `@name`; false where there is no such list.
pub(super) fn expand(words: &mut Vec<String>) -> bool {
    let mut known = true;
    let expanded = std::mem::take(words).into_iter().flat_map(|word| match word.strip_prefix('@') {
        Some(name) => {
            let group = RULES.groups.get(name);
            known &= group.is_some();
            group.cloned().unwrap_or_default()
        }
        None => vec![word],
    });
    *words = expanded.collect();
    known
}

/// Words that negate what follows, and what ends their reach.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Negation {
    words: Vec<String>,
    breaks: Vec<String>,
}

/// Where the first of some words stands that no negation reaches, in bytes.
pub(super) fn find(text: &str, words: &[String]) -> Option<Range<usize>> {
    finds(text, words).into_iter().next()
}

/// Where some words stand that no negation reaches, in order.
pub(super) fn finds(text: &str, words: &[String]) -> Vec<Range<usize>> {
    let searched = Searched::new(text);
    let mut hits: Vec<Range<usize>> = words.iter().flat_map(|word| searched.occurrences(word)).collect();
    // Of several at one place the longest shows best what is meant: 罚50元, not 罚5.
    hits.sort_by_key(|hit| (hit.start, std::cmp::Reverse(hit.end)));
    hits.retain(|hit| !negated(searched.text(), hit) && !inside(text, hit, &RULES.longer));
    hits
}

/// Where words of the last list stand that no negation reaches, with a word of every other list in the same clause, or
/// in the same sentence, in any order.
pub(super) fn together(text: &str, lists: &[Vec<String>], in_sentence: bool) -> Vec<Range<usize>> {
    let Some((done, others)) = lists.split_last() else { return Vec::new() };
    let mut hits = finds(text, done);
    hits.retain(|hit| {
        let around = if in_sentence { sentence(text, hit) } else { told(text, hit) };
        others.iter().all(|words| mentions_whole(around, words))
    });
    hits
}

/// The clause around a place and the cases it is said of: `超生的,三年内不得享受福利`.
fn told<'t>(text: &'t str, at: &Range<usize>) -> &'t str {
    let mut start = text.get(..at.start).and_then(|before| before.rfind(is_border)).unwrap_or(0);
    while let Some(before) = text.get(..start) {
        let comma = text.get(start..).is_some_and(|rest| rest.starts_with([',', '\u{FF0C}']));
        let case = RULES.cases.iter().any(|word| before.ends_with(word.as_str()));
        if !comma || !case {
            break;
        }
        start = before.rfind(is_border).unwrap_or(0);
    }
    let stop =
        text.get(at.end..).and_then(|after| after.find(is_border)).map_or(text.len(), |end| at.end + end);
    text.get(start..stop).unwrap_or(text)
}

/// True where one of some words stands in a text, and not by chance across two others.
fn mentions_whole(text: &str, words: &[String]) -> bool {
    let searched = Searched::new(text);
    let whole = |range: &Range<usize>| !inside(text, range, &RULES.longer);
    words.iter().any(|word| searched.occurrences(word).iter().any(whole))
}

/// True where a word is only a part of a longer one.
pub(super) fn inside(text: &str, at: &Range<usize>, longer: &[String]) -> bool {
    let searched = Searched::new(text);
    let covers = |whole: &Range<usize>| whole.start <= at.start && at.end <= whole.end;
    longer.iter().any(|word| searched.occurrences(word).iter().any(covers))
}

/// True where a text says who decided something.
pub(super) fn names_a_decider(text: &str) -> bool {
    mentions(text, &RULES.deciders)
}

/// The clause around a place: up to the commas and stops on either side.
pub(super) fn part<'t>(text: &'t str, at: &Range<usize>) -> &'t str {
    let start = text.get(..at.start).and_then(|before| before.rfind(is_border)).unwrap_or(0);
    let end =
        text.get(at.end..).and_then(|after| after.find(is_border)).map_or(text.len(), |end| at.end + end);
    text.get(start..end).unwrap_or(text)
}

/// True where one of some words stands in a text, negated or not.
pub(super) fn mentions(text: &str, words: &[String]) -> bool {
    let searched = Searched::new(text);
    words.iter().any(|word| !searched.occurrences(word).is_empty())
}

/// True where a sentence tells of what is offered, in one of some words, and of no duty.
pub(super) fn offers(sentence: &str, words: &[String]) -> bool {
    mentions(sentence, words) && !mentions(sentence, &RULES.duties)
}

/// True where a sentence tells of a benefit and of no duty.
pub(super) fn rewards(sentence: &str) -> bool {
    mentions(sentence, &RULES.rewards) && !mentions(sentence, &RULES.duties)
}

/// The sentence around a place: up to the full stops on either side.
pub(super) fn sentence<'t>(text: &'t str, at: &Range<usize>) -> &'t str {
    let ends = ['。', '.', ';', '\u{FF1B}', '!', '\u{FF01}', '\n'];
    let start = text.get(..at.start).and_then(|before| before.rfind(ends)).unwrap_or(0);
    let end = text.get(at.end..).and_then(|after| after.find(ends)).map_or(text.len(), |end| at.end + end);
    text.get(start..end).unwrap_or(text)
}

/// The number that stands before a unit, first after one of some words in its clause: `男孩…#元` of 男孩奖五百元.
fn amount<'t>(text: &'t str, words: &[String], units: &[String]) -> Option<&'t str> {
    let searched = Searched::new(text);
    words.iter().flat_map(|word| searched.occurrences(word)).find_map(|at| {
        let clause = text.get(at.end..)?.split(is_border).next()?;
        units.iter().find_map(|unit| {
            let before = clause.get(..clause.find(unit.as_str())?)?.trim_end();
            let start = before.trim_end_matches(numeral).len();
            before.get(start..).filter(|number| !number.is_empty())
        })
    })
}

/// Where a sentence gives one of two different amounts and another to the other: the words of the first.
pub(super) fn unequal(text: &str, pairs: &[Vec<String>]) -> Option<Range<usize>> {
    let [one, other, units] = pairs else { return None };
    finds(text, one).into_iter().find(|hit| {
        let around = sentence(text, hit);
        match (amount(around, one, units), amount(around, other, units)) {
            (Some(one), Some(other)) => one != other,
            _ => false,
        }
    })
}

/// The last place where one of some words ends, whole words only.
fn last_end(text: &str, words: &[String]) -> Option<usize> {
    let whole = |end: usize, word: &str| {
        let after = text.get(end..).and_then(|after| after.chars().next());
        !word.ends_with(|c: char| c.is_ascii_alphabetic())
            || !after.is_some_and(|c| c.is_ascii_alphanumeric())
    };
    let ends = words.iter().flat_map(|word| {
        let found = text.match_indices(word.as_str());
        let found = found.filter(move |(at, _)| begins_word(text, *at, word) && !bounds(text, *at));
        found.map(move |(at, _)| at + word.len()).filter(move |end| whole(*end, word))
    });
    ends.max()
}

/// `不得少于四年` is a bound, not a negation.
fn bounds(text: &str, at: usize) -> bool {
    text.get(at..).is_some_and(|rest| RULES.bounds.iter().any(|bound| rest.starts_with(bound.as_str())))
}

/// `不得收回`: two refusals are none. The hit is the first of them; it reaches up to the next thought.
fn refuses_a_refusal(text: &str, hit: &Range<usize>) -> bool {
    let found = text.get(hit.clone()).unwrap_or_default();
    let denial = RULES.denials.iter().find(|denial| found.starts_with(denial.as_str()));
    let Some(denial) = denial.filter(|_| !bounds(found, 0)) else { return false };
    let clause = text.get(hit.start + denial.len()..).and_then(|rest| rest.split(is_border).next());
    let thought = |clause: &str| {
        let ends = RULES.joins.iter().filter_map(|word| clause.find(word.as_str())).min();
        clause.get(..ends.unwrap_or(clause.len())).is_some_and(|thought| mentions(thought, &RULES.refusals))
    };
    clause.is_some_and(thought)
}

fn negated(text: &str, hit: &Range<usize>) -> bool {
    let before = text.get(..hit.start).unwrap_or_default();
    let (earlier, clause) = match before.rfind(is_border) {
        Some(at) => {
            let border = before.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
            (before.get(..at).unwrap_or_default(), before.get(at + border..).unwrap_or_default())
        }
        None => ("", before),
    };
    let after = text.get(hit.end..).unwrap_or_default();
    // A stem stands for the whole word: sterilis|ation.
    let stem = text.get(..hit.end).is_some_and(|text| text.ends_with(|c: char| c.is_ascii_alphabetic()));
    let after = if stem { after.trim_start_matches(|c: char| c.is_ascii_alphabetic()) } else { after };
    let after = after.split(is_border).next().unwrap_or_default();
    // Who cannot show a permit ends the pregnancy: what is found may itself begin the new thought.
    let verb = text.get(hit.clone()).and_then(|found| found.split(' ').next()).unwrap_or_default();
    let reached = |negation: &Negation| {
        !negation.breaks.iter().any(|word| word == verb) && reaches(clause, &negation.words, &negation.breaks)
    };
    let ends = |words: &[String]| words.iter().any(|word| clause.trim_end().ends_with(word.as_str()));
    RULES.negations.iter().any(reached)
        || ends(&RULES.adjacent) && !ends(&RULES.doubled)
        || RULES.trailing.iter().any(|word| after.trim_end().strip_suffix(word.as_str()).is_some_and(turned))
        || undone(after)
        || !bounds(after.trim_start(), 0)
            && RULES.follows.iter().any(|word| after.trim_start().starts_with(word.as_str()))
        || refuses_a_refusal(text, hit)
        || carried(earlier, clause)
        || given_back(text, hit)
}

/// What was taken is given back, or nothing was.
fn undone(after: &str) -> bool {
    let after = Searched::new(after);
    let places = RULES.undone.iter().flat_map(|words| after.occurrences(words));
    places.into_iter().any(|at| after.text().get(..at.start).is_some_and(turned))
}

/// `不予退还` gives nothing back: what stands before is no negation.
fn turned(before: &str) -> bool {
    !RULES.unturned.iter().any(|word| before.trim_end().ends_with(word.as_str()))
}

/// `过去收取的押金,年内一律退还`: what was taken before, and is given back in the same sentence.
fn given_back(text: &str, hit: &Range<usize>) -> bool {
    let around = sentence(text, hit);
    mentions(around, &RULES.past) && mentions(around, &RULES.undone)
}

/// A negation in the clause, with nothing after it that begins a new thought.
fn reaches(clause: &str, negations: &[String], breaks: &[String]) -> bool {
    last_end(clause, negations).and_then(|end| clause.get(end..)).is_some_and(|between| {
        last_end(between, breaks).is_none() && last_end(between, &RULES.breaks).is_none()
    })
}

/// `不得以…为由,收取押金`: a negation in the clause before that reaches over one comma.
fn carried(earlier: &str, clause: &str) -> bool {
    let before = earlier.rsplit(is_border).next().unwrap_or_default();
    last_end(clause, &RULES.breaks).is_none() && reaches(before, &RULES.carried, &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, words: &[&str]) -> Option<String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        find(text, &words).map(|range| text[range].to_owned())
    }

    #[test]
    fn the_rules_are_read() {
        assert!(
            RULES.borders.contains('。') && RULES.borders.contains('\u{FF0C}') && RULES.negations.len() == 3
        );
    }

    #[test]
    fn a_word_is_found() {
        for text in [
            "违者罚款五百元。",
            "不得超生,罚款五百元",
            "不按期参加的罚款五百元",
            "不得违反,否则罚款",
            "取消资格并罚款",
            "没有参加的罚款五百元",
        ] {
            assert_eq!(found(text, &["罚款", "违约金"]).as_deref(), Some("罚款"), "{text}");
        }
        let text = "Who does not report is fined";
        assert_eq!(found(text, &["fined"]).as_deref(), Some("fined"));
        assert_eq!(found("Whoever is late is fined", &["fined"]).as_deref(), Some("fined"));
        assert_eq!(
            found("The committee gives notice and takes a deposit", &["a deposit"]).as_deref(),
            Some("a deposit")
        );
    }

    #[test]
    fn a_negated_word_is_not() {
        let texts = [
            "不得收取押金、保证金。",
            "村里不收取任何形式的押金",
            "严禁向村民收押金",
            "取消原有的押金",
            "押金一律退还",
            "不得以未签协议为由,收取押金",
            "没有收取押金的权力",
            "押金不得收取",
        ];
        for text in texts {
            assert_eq!(found(text, &["押金", "保证金"]), None, "{text}");
        }
        assert_eq!(found("No household pays a deposit or a bond.", &["a deposit"]), None);
        assert_eq!(
            found("A deposit is never taken; deposits are refunded.", &["a deposit", "deposits"]),
            None
        );
    }

    #[test]
    fn a_gap_spans_a_few_characters() {
        assert_eq!(found("自愿放弃再生育奖励", &["放弃…生育"]).as_deref(), Some("放弃再生育"));
        assert_eq!(found("放弃,不影响生育", &["放弃…生育"]), None);
        assert_eq!(found("gave up birth", &["gave up … birth"]).as_deref(), Some("gave up birth"));
    }
}
