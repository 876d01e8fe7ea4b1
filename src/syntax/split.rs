//! Words run together. In: an unknown word and the known ones. Out: the known words it is made of, as a fix.
//!
//! Chinese is written without spaces, so `当持有光荣证且户口性质为农业` is the first mistake everybody makes.

use super::keyword::entries;
use crate::diagnostic::{Diagnostic, Place, Term, codes};
use crate::source::Span;
use std::collections::HashSet;
use std::ops::Range;
use unicode_ident::is_xid_continue;

/// Longest word that is taken apart, in characters.
const MAX_CHARS: usize = 200;

/// Comparisons in words, which the grammar reads beside its signs.
const COMPARISONS: [&str; 12] = [
    "等于",
    "等於",
    "不等于",
    "不等於",
    "不超过",
    "不超過",
    "不少于",
    "不少於",
    "小于",
    "小於",
    "大于",
    "大於",
];

/// What may follow a number without space.
const UNITS: [&str; 11] = ["万元", "萬元", "元", "角", "分", "个月", "個月", "年", "日", "天", "人"];

/// The known words, for taking unknown ones apart.
#[derive(Clone, Debug)]
pub struct Splitter {
    known: HashSet<String>,
    longest: usize,
}

/// A piece of a word: the characters it covers, and how it is written.
struct Piece {
    chars: usize,
    text: String,
}

impl Splitter {
    /// From the declared names and aliases; the keywords are known anyway.
    pub fn new<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Self {
        let keywords =
            entries().iter().flat_map(super::keyword::Entry::spellings).chain(COMPARISONS).map(str::to_owned);
        let names = names.into_iter().map(|name| name.as_ref().to_owned());
        let is_word = |word: &String| !word.is_empty() && word.chars().all(is_xid_continue);
        let known: HashSet<String> = keywords.chain(names).filter(is_word).collect();
        let longest = known.iter().map(|word| word.chars().count()).max().unwrap_or(0);
        Self { known, longest }
    }

    /// The known words that a word is made of, at least two: as few as can be, then the longest first.
    /// None for a known word, and for words of more than 200 characters.
    #[must_use]
    pub fn split(&self, word: &str) -> Option<Vec<String>> {
        let chars: Vec<char> = word.chars().take(MAX_CHARS + 1).collect();
        if chars.len() > MAX_CHARS || self.known.contains(word) {
            return None;
        }
        // From the end: the fewest pieces for what begins at each character, and the first of them.
        let mut best: Vec<Option<(usize, Piece)>> = (0..chars.len()).map(|_| None).collect();
        for start in (0..chars.len()).rev() {
            let mut found: Option<(usize, Piece)> = None;
            for piece in self.pieces(chars.get(start..)?) {
                let after = start + piece.chars;
                let rest = if after == chars.len() {
                    0
                } else {
                    match best.get(after).and_then(Option::as_ref) {
                        Some((count, _)) => *count,
                        None => continue,
                    }
                };
                // Pieces come longest first, so an equal count is no better.
                if found.as_ref().is_none_or(|(count, _)| rest + 1 < *count) {
                    found = Some((rest + 1, piece));
                }
            }
            if let Some(place) = best.get_mut(start) {
                *place = found;
            }
        }
        let mut words = Vec::new();
        let mut at = 0;
        while at < chars.len() {
            let (_, piece) = best.get(at)?.as_ref()?;
            words.push(piece.text.clone());
            at += piece.chars;
        }
        (words.len() > 1).then_some(words)
    }

    /// The known words and numbers at the start of a text, longest first.
    fn pieces(&self, chars: &[char]) -> Vec<Piece> {
        if let Some(number) = number(chars) {
            return vec![number];
        }
        (1..=self.longest.min(chars.len()))
            .rev()
            .filter_map(|length| {
                let text: String = chars.get(..length)?.iter().collect();
                self.known.contains(&text).then_some(Piece { chars: length, text })
            })
            .collect()
    }

    /// Adds the fix to a finding about a word that is several run together: a syntax error at it (S001), or an
    /// unknown name (N001). Other findings come back as they are. `text` is the text of the finding's file.
    #[must_use]
    pub fn suggest(&self, text: &str, finding: Diagnostic) -> Diagnostic {
        let concerned = [codes::S001.id, codes::N001.id].contains(&finding.code.id);
        let Place::Source(span) = finding.place else { return finding };
        if !concerned || finding.fix.is_some() {
            return finding;
        }
        let range = word_at(text, span.start as usize);
        let Some(words) = text.get(range.clone()).and_then(|word| self.split(word)) else { return finding };
        let byte = |at| u32::try_from(at).unwrap_or(u32::MAX);
        let place = Span { source: span.source, start: byte(range.start), end: byte(range.end) };
        let spaced = words.join(" ");
        finding
            .help(Term::new(
                format!("词与词之间要有空格:{spaced}"),
                format!("put spaces between words: {spaced}"),
            ))
            .fix(place, spaced)
    }
}

/// A number at the start of a text, with its unit.
fn number(chars: &[char]) -> Option<Piece> {
    let is_digit = |c: &char| c.is_ascii_digit() || ('\u{FF10}'..='\u{FF19}').contains(c);
    let digits = chars.iter().take_while(|c| is_digit(c)).count();
    if digits == 0 {
        return None;
    }
    let rest: String = chars.iter().skip(digits).take(2).collect();
    let unit = UNITS.into_iter().find(|unit| rest.starts_with(unit)).map_or(0, |unit| unit.chars().count());
    let text = chars.iter().take(digits + unit).collect();
    // An age is a number of years in the language, without a unit.
    let years_old = usize::from(unit == 0 && rest.starts_with(['岁', '歲']));
    Some(Piece { chars: digits + unit + years_old, text })
}

/// The whole word around a byte.
fn word_at(text: &str, at: usize) -> Range<usize> {
    let length = |chars: &mut dyn Iterator<Item = char>| -> usize {
        chars.take_while(|c| is_xid_continue(*c)).map(char::len_utf8).sum()
    };
    let before = text.get(..at).map_or(0, |text| length(&mut text.chars().rev()));
    let after = text.get(at..).map_or(0, |text| length(&mut text.chars()));
    at.saturating_sub(before)..at + after
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Lang;
    use crate::source::SourceId;

    fn splitter() -> Splitter {
        Splitter::new(["持有光荣证", "户口性质", "农业", "年龄", "农", "业", "户"])
    }

    fn split(word: &str) -> Option<String> {
        splitter().split(word).map(|words| words.join(" "))
    }

    #[test]
    fn words_run_together_are_told_apart() {
        assert_eq!(
            split("当持有光荣证且户口性质为农业").as_deref(),
            Some("当 持有光荣证 且 户口性质 为 农业")
        );
        assert_eq!(split("年龄小于14岁").as_deref(), Some("年龄 小于 14"));
        assert_eq!(split("发给60元每年").as_deref(), Some("发给 60元 每年"));
        assert_eq!(split("當年龄大於3").as_deref(), Some("當 年龄 大於 3"));
    }

    #[test]
    fn a_word_is_split_only_where_all_of_it_is_known() {
        assert_eq!(split("当持有光荣"), None);
        assert_eq!(split("农业"), None);
        assert_eq!(split(""), None);
        assert_eq!(split(&"农".repeat(201)), None);
        assert_eq!(splitter().split(&"农".repeat(200)).map(|words| words.len()), Some(200));
    }

    #[test]
    fn a_syntax_error_gets_the_split_as_its_fix() {
        let text = "第八条 补贴 甲\n    当持有光荣证且户口性质为农业\n    发给 60元每年\n";
        let (_, findings) = crate::syntax::parse(SourceId(0), text);
        let fixes: Vec<String> = findings
            .into_iter()
            .map(|finding| splitter().suggest(text, finding))
            .map(|finding| finding.help.map_or_else(String::new, |help| help.get(Lang::Zh).to_owned()))
            .collect();
        assert_eq!(
            fixes,
            ["词与词之间要有空格:当 持有光荣证 且 户口性质 为 农业", "词与词之间要有空格:60元 每年"]
        );
    }
}
