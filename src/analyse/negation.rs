//! Whether a text says of a word that it does not do what the word names.
//!
//! In: a text and the place of a word. Out: whether a negation reaches it.

use super::pattern::{Searched, begins_word};
use super::wording::{Negation, RULES};
use super::words::{is_border, mentions, sentence, sentence_start};
use std::ops::Range;

/// The last place where one of some words ends, whole words only.
fn last_end(text: &str, words: &[String]) -> Option<usize> {
    let found = words.iter().flat_map(|word| whole_words(text, word));
    found.filter(|at| !bounds(text, at.start)).map(|at| at.end).max()
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

/// A negation reaches a word, or what it names is done away with.
pub(super) fn negated(text: &str, hit: &Range<usize>) -> bool {
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
    let (after, next) = after.split_at(after.find(is_border).unwrap_or(after.len()));
    // Who cannot show a permit ends the pregnancy: what is found may itself begin the new thought.
    let verb = text.get(hit.clone()).and_then(|found| found.split(' ').next()).unwrap_or_default();
    let reached = |negation: &Negation| {
        !negation.breaks.iter().any(|word| word == verb) && reaches(clause, &negation.words, &negation.breaks)
    };
    let ends = |words: &[String]| words.iter().any(|word| clause.trim_end().ends_with(word.as_str()));
    // 签约时不交押金; but 不交押金,不给上户.
    let unpaid =
        ends(&RULES.unpaid) && after.trim().is_empty() && !mentions(sentence(text, hit), &RULES.sanctions);
    let forbidden =
        RULES.negations.iter().any(reached) || ends(&RULES.adjacent) && !ends(&RULES.doubled) || unpaid;
    forbidden && !is_demanded(text, hit, clause, after)
        || RULES.trailing.iter().any(|word| after.trim_end().strip_suffix(word.as_str()).is_some_and(turned))
        || undone(after)
        || !bounds(after.trim_start(), 0) && begins(after, &RULES.follows)
        || refuses_a_refusal(text, hit)
        || carried(earlier, clause) && !is_demanded(text, hit, joined(before, earlier), after)
        || given_back(text, hit)
        || spares(clause, next)
}

fn begins(text: &str, words: &[String]) -> bool {
    words.iter().any(|word| text.trim_start().starts_with(word.as_str()))
}

/// What was taken is given back, or nothing was.
fn undone(after: &str) -> bool {
    let after = Searched::new(after);
    after.all(&RULES.undone).any(|at| after.text().get(..at.start).is_some_and(turned))
}

/// `不予退还` gives nothing back: what stands before is no negation.
fn turned(before: &str) -> bool {
    !RULES.unturned.iter().any(|word| before.trim_end().ends_with(word.as_str()))
}

/// `过去收取的押金,年内一律退还`: what was taken before, and is given back in the same sentence.
fn given_back(text: &str, hit: &Range<usize>) -> bool {
    let around = sentence(text, hit);
    mentions(around, &RULES.past) && (mentions(around, &RULES.undone) || mentions(around, &RULES.repaid))
}

/// `拒绝缴纳保证金,不影响享受待遇`: who refuses it loses nothing.
fn spares(clause: &str, next: &str) -> bool {
    let next = next.strip_prefix([',', '\u{FF0C}', '、']);
    has(clause, &RULES.demands.evasions) && next.is_some_and(|next| begins(next, &RULES.spared))
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

/// The clause before and what stands of the clause itself, read as one.
fn joined<'t>(before: &'t str, earlier: &str) -> &'t str {
    let start = earlier.rfind(is_border).map_or(0, |at| {
        at + earlier.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
    });
    before.get(start..).unwrap_or(before)
}

/// `不得拒绝缴纳押金`: who may not refuse a thing has to do it. `clause` is what stands before the word, `after` what
/// follows it.
fn is_demanded(text: &str, hit: &Range<usize>, clause: &str, after: &str) -> bool {
    let rules = &RULES.demands;
    let Some(stop) = last_end(clause, &rules.prohibitions) else { return false };
    let between = clause.get(stop..).unwrap_or_default();
    let evasions = || rules.evasions.iter().flat_map(|word| whole_words(between, word));
    let (Some(start), Some(end)) = (evasions().map(|at| at.start).min(), evasions().map(|at| at.end).max())
    else {
        return false;
    };
    let reason = between.get(..start).unwrap_or_default();
    let rest = between.get(end..).unwrap_or_default();
    // 不得因拒绝孕检而停发: what is forbidden is the consequence, not the refusal.
    let of_a_consequence = has(reason, &rules.grounds) && !has(reason, &rules.pretexts);
    // 不得歧视拒交押金的户: of whom it is said.
    let of_somebody = begins(after, &rules.described) && !begins(after, &rules.conduct);
    let taken_back =
        RULES.negations.iter().any(|negation| has(rest, &negation.words)) || has(rest, &RULES.adjacent);
    !of_a_consequence && !of_somebody && !taken_back && !is_of_the_committee(text, hit, clause.len() - stop)
}

/// What the committee or a clinic may not refuse it has to give: the last who is named before the prohibition.
fn is_of_the_committee(text: &str, hit: &Range<usize>, since: usize) -> bool {
    let start = sentence_start(text, hit.start);
    let before = text.get(start..hit.start.saturating_sub(since)).unwrap_or_default();
    let last =
        |words: &[String]| words.iter().flat_map(|word| whole_words(before, word)).map(|at| at.end).max();
    last(&RULES.demands.servants) > last(&RULES.demands.bound)
}

/// Where a word stands; a Latin one whole.
fn whole_words<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
    let ends = |end: usize| {
        let after = text.get(end..).and_then(|after| after.chars().next());
        !word.ends_with(|c: char| c.is_ascii_alphabetic())
            || !after.is_some_and(|c| c.is_ascii_alphanumeric())
    };
    let found = text.match_indices(word).map(|(at, _)| at..at + word.len());
    found.filter(move |at| begins_word(text, at.start, word) && ends(at.end))
}

fn has(text: &str, words: &[String]) -> bool {
    words.iter().any(|word| whole_words(text, word).next().is_some())
}
