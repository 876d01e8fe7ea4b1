//! Where a pattern of `charters/law` stands in a text.
//!
//! In: a text of small letters and a pattern: `…` is a few characters, `#` a number. Out: its places. That a negation
//! reaches them is not seen here.

use super::words::is_border;
use std::ops::Range;

/// Most characters that `…` of a pattern stands for.
const MAX_GAP: usize = 12;
/// The same of a Latin pattern: a word takes more letters than characters.
const MAX_LATIN_GAP: usize = 40;

/// A text of small letters in which many patterns are looked for: which characters it has at all, so that most patterns
/// are not looked for.
pub(super) struct Searched {
    text: String,
    /// A bit for each character, by its number modulo their count.
    characters: [u64; 16],
}

impl Searched {
    pub(super) fn new(text: &str) -> Self {
        let text = text.to_ascii_lowercase();
        let mut characters = [0; 16];
        for c in text.chars() {
            let (word, bit) = Self::bit(c);
            characters[word] |= bit;
        }
        Self { text, characters }
    }

    #[inline]
    fn bit(c: char) -> (usize, u64) {
        let place = c as usize % 1024;
        (place / 64, 1 << (place % 64))
    }

    /// In small letters.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// False where a character of a pattern is not in the text: then the pattern stands nowhere.
    pub(super) fn may_have(&self, pattern: &str) -> bool {
        let has = |c: char| {
            let (word, bit) = Self::bit(c);
            self.characters[word] & bit != 0
        };
        pattern.chars().all(|c| has(c) || matches!(c, '…' | '#') || c.is_whitespace())
    }

    /// Where a pattern stands.
    pub(super) fn occurrences(&self, pattern: &str) -> Vec<Range<usize>> {
        if self.may_have(pattern) { occurrences(&self.text, pattern) } else { Vec::new() }
    }

    /// Where some patterns stand. Most stand nowhere, which is quickly told.
    pub(super) fn all<'w>(&self, patterns: &'w [String]) -> impl Iterator<Item = Range<usize>> + use<'_, 'w> {
        patterns.iter().filter(|pattern| self.may_have(pattern)).flat_map(|pattern| self.occurrences(pattern))
    }

    /// True where one of some patterns stands.
    pub(super) fn has_any(&self, patterns: &[String]) -> bool {
        self.all(patterns).next().is_some()
    }
}

/// Where a pattern stands in a text of small letters: `…` is a few characters, `#` a number. A Latin word begins where
/// a word begins.
fn occurrences(text: &str, pattern: &str) -> Vec<Range<usize>> {
    let mut pieces = pattern.split('…').map(str::trim);
    let Some(first) = pieces.next().filter(|first| !first.is_empty()) else { return Vec::new() };
    let rest: Vec<&str> = pieces.collect();
    let gap = if first.is_ascii() { MAX_LATIN_GAP } else { MAX_GAP };
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(range) = text.get(from..).and_then(|after| piece(after, first)) {
        let start = from + range.start;
        from += range.end.max(range.start + 1);
        if begins_word(text, start, first)
            && let Some(end) = rest_of(text, start + range.len(), &rest, gap)
        {
            found.push(start..end);
        }
    }
    found
}

/// Where the pieces after the first end; each is at most a gap behind the one before.
fn rest_of(text: &str, mut end: usize, rest: &[&str], gap: usize) -> Option<usize> {
    for wanted in rest {
        let after = text.get(end..)?;
        let reach = after.char_indices().nth(gap + wanted.chars().count()).map_or(after.len(), |(at, _)| at);
        let within = after.get(..reach)?;
        // A gap does not leave the clause.
        let within = within.split(is_border).next()?;
        end += piece(within, wanted)?.end;
    }
    Some(end)
}

/// The first place of a piece of a pattern.
fn piece(text: &str, wanted: &str) -> Option<Range<usize>> {
    let Some((before, after)) = wanted.split_once('#') else {
        return text.find(wanted).map(|start| start..start + wanted.len());
    };
    let mut places = text.match_indices(before).map(|(start, _)| start);
    places.find_map(|start| {
        let number = text.get(start + before.len()..)?;
        // The longest number that what follows leaves room for: `罚#百` finds 罚五百.
        let digits = number.char_indices().take_while(|(_, c)| numeral(*c)).map(|(at, c)| at + c.len_utf8());
        let end =
            digits.filter(|end| number.get(*end..).is_some_and(|tail| tail.starts_with(after))).last()?;
        Some(start..start + before.len() + end + after.len())
    })
}

/// A digit of either width, or a Chinese one.
pub(super) fn numeral(c: char) -> bool {
    c.is_ascii_digit()
        || ('\u{FF10}'..='\u{FF19}').contains(&c)
        || "〇零一二三四五六七八九十百千万萬两兩半几数壹贰叁肆伍陆柒捌玖拾佰仟".contains(c)
}

/// A Latin word does not begin in the middle of another.
pub(super) fn begins_word(text: &str, at: usize, word: &str) -> bool {
    let before = text.get(..at).and_then(|before| before.chars().next_back());
    !word.starts_with(|c: char| c.is_ascii_alphabetic()) || !before.is_some_and(|c| c.is_ascii_alphanumeric())
}
