//! Finding words in a text, unless the text says that it does not do what they name.
//!
//! In: a text and a list of words. Out: where the first one stands that no negation reaches.

use super::negation::negated;
use super::pattern::{Searched, numeral};
use super::wording::RULES;
use std::ops::Range;

/// A sentence ends there.
const STOPS: [char; 7] = ['。', '.', ';', '\u{FF1B}', '!', '\u{FF01}', '\n'];

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

/// Where some words stand that no negation reaches, in order.
pub(super) fn finds(text: &Searched, words: &[String]) -> Vec<Range<usize>> {
    let mut hits: Vec<Range<usize>> = text.all(words).collect();
    // Of several at one place the longest shows best what is meant: 罚50元, not 罚5.
    hits.sort_by_key(|hit| (hit.start, std::cmp::Reverse(hit.end)));
    hits.retain(|hit| !negated(text.text(), hit) && !inside(text, hit, &RULES.longer));
    hits
}

/// Where words of the last list stand that no negation reaches, with a word of every other list in the same clause, or
/// in the same sentence, in any order.
pub(super) fn together(text: &Searched, lists: &[Vec<String>], in_sentence: bool) -> Vec<Range<usize>> {
    let Some((done, others)) = lists.split_last() else { return Vec::new() };
    let mut hits = finds(text, done);
    hits.retain(|hit| {
        let around = if in_sentence { sentence(text.text(), hit) } else { told(text.text(), hit) };
        let around = Searched::new(around);
        others.iter().all(|words| mentions_whole(&around, words))
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
fn mentions_whole(text: &Searched, words: &[String]) -> bool {
    text.all(words).any(|range| !inside(text, &range, &RULES.longer))
}

/// True where a word is only a part of a longer one.
pub(super) fn inside(text: &Searched, at: &Range<usize>, longer: &[String]) -> bool {
    text.all(longer).any(|whole| whole.start <= at.start && at.end <= whole.end)
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
    !words.is_empty() && Searched::new(text).has_any(words)
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
    let end = text.get(at.end..).and_then(|after| after.find(STOPS)).map_or(text.len(), |end| at.end + end);
    text.get(sentence_start(text, at.start)..end).unwrap_or(text)
}

/// Where the sentence of a place begins, its full stop before it included.
pub(super) fn sentence_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind(STOPS)).unwrap_or(0)
}

/// The number that stands before a unit, first after one of some words in its clause: `男孩…#元` of 男孩奖五百元.
fn amount<'t>(text: &'t str, words: &[String], units: &[String]) -> Option<&'t str> {
    let searched = Searched::new(text);
    searched.all(words).find_map(|at| {
        let clause = text.get(at.end..)?.split(is_border).next()?;
        units.iter().find_map(|unit| {
            let before = clause.get(..clause.find(unit.as_str())?)?.trim_end();
            let start = before.trim_end_matches(numeral).len();
            before.get(start..).filter(|number| !number.is_empty())
        })
    })
}

/// Where a sentence gives one of two different amounts and another to the other: the words of the first.
pub(super) fn unequal(text: &Searched, pairs: &[Vec<String>]) -> Option<Range<usize>> {
    let [one, other, units] = pairs else { return None };
    finds(text, one).into_iter().find(|hit| {
        let around = sentence(text.text(), hit);
        match (amount(around, one, units), amount(around, other, units)) {
            (Some(one), Some(other)) => one != other,
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, words: &[&str]) -> Option<String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        finds(&Searched::new(text), &words).into_iter().next().map(|range| text[range].to_owned())
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
