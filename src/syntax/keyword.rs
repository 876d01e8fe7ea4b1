//! The keyword table of `grammar/keywords.toml`, as the grammar, the formatter and the messages see it.

use super::grammar::Rule;
use crate::diagnostic::{Lang, Term};
use unicode_ident::is_xid_continue;

include!(concat!(env!("OUT_DIR"), "/keywords.rs"));

/// What a keyword does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Begins an item, as the first word of a line.
    Item,
    /// Says what an article is.
    Kind,
    /// Begins a part of an item.
    Part,
    /// Any other reserved word.
    Word,
    /// Read only where the grammar expects it.
    Free,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Which keyword.
    pub keyword: Keyword,
    /// What it does.
    pub role: Role,
    /// English spellings, the formatter's first.
    pub en: &'static [&'static str],
    /// Simplified Chinese spellings, the formatter's first.
    pub zh: &'static [&'static str],
    /// Traditional Chinese spellings.
    pub hant: &'static [&'static str],
}

/// Which spelling of the keywords a text uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    /// Chinese, simplified characters.
    Chinese,
    /// Chinese, traditional characters.
    Traditional,
    /// English.
    Latin,
}

/// The whole table.
#[must_use]
pub fn entries() -> &'static [Entry] {
    TABLE
}

impl Entry {
    /// All spellings of all languages.
    pub fn spellings(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.en.iter().chain(self.zh).chain(self.hant).copied()
    }
}

impl Keyword {
    /// Its row of the table.
    fn entry(self) -> &'static Entry {
        // The table has one row for each variant; build.rs writes both from the same list.
        TABLE.iter().find(|entry| entry.keyword == self).unwrap_or(&TABLE[0])
    }

    /// The spelling the formatter writes.
    #[must_use]
    pub fn spelling(self, script: Script) -> &'static str {
        let Entry { en, zh, hant, .. } = self.entry();
        let order = match script {
            Script::Chinese => [zh, en, hant],
            Script::Traditional => [hant, zh, en],
            Script::Latin => [en, zh, hant],
        };
        order.into_iter().find_map(|spellings| spellings.first()).copied().unwrap_or_default()
    }

    /// The spelling in a reader's language.
    #[must_use]
    pub fn words(self) -> Term {
        Term::new(self.spelling(Script::Chinese), self.spelling(Script::Latin))
    }

    /// The spelling in a reader's language, in quotes.
    #[must_use]
    pub fn quoted(self) -> Term {
        Term::new(
            format!("“{}”", self.spelling(Script::Chinese)),
            format!("'{}'", self.spelling(Script::Latin)),
        )
    }

    /// What the keyword does.
    #[must_use]
    pub fn role(self) -> Role {
        self.entry().role
    }
}

impl Script {
    /// True for both kinds of characters.
    #[must_use]
    pub fn is_chinese(self) -> bool {
        self != Self::Latin
    }

    /// The script of a reader's language.
    #[must_use]
    pub fn of(lang: Lang) -> Self {
        lang.pick(Self::Chinese, Self::Latin)
    }
}

/// True where `word` may not be a name without backquotes.
#[must_use]
pub fn is_reserved(word: &str) -> bool {
    TABLE.iter().any(|entry| entry.role != Role::Free && entry.spellings().any(|spelling| spelling == word))
        || is_numbered(word)
}

/// True where a word begins as the number of an article or a chapter does.
pub(super) fn is_numbered(word: &str) -> bool {
    numbered(word, &['条', '條', '章']).is_some()
}

/// True where a line, without its leading space, begins with a keyword of that role.
pub(super) fn begins(line: &str, role: Role) -> bool {
    role == Role::Item && is_numbered(line)
        || TABLE
            .iter()
            .filter(|entry| entry.role == role)
            .flat_map(Entry::spellings)
            .any(|words| begins_with(line, words))
}

fn begins_with(line: &str, words: &str) -> bool {
    let mut rest = line;
    for word in words.split(' ') {
        let Some(after) = rest.trim_start().strip_prefix(word) else { return false };
        if after.starts_with(is_xid_continue) {
            return false;
        }
        rest = after;
    }
    true
}

/// `第…条` at the start of a text: the length of the number and its mark.
fn numbered(text: &str, marks: &[char]) -> Option<usize> {
    let rest = text.strip_prefix('第')?;
    let digits: usize = rest.chars().take_while(|c| is_numeral(*c)).map(char::len_utf8).sum();
    let after = rest.get(digits..)?;
    (digits > 0 && after.starts_with(marks)).then_some(digits)
}

/// A character of a Chinese or Arabic number.
fn is_numeral(c: char) -> bool {
    "零〇一二三四五六七八九十百千".contains(c) || c.is_ascii_digit() || ('\u{FF10}'..='\u{FF19}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_word_is_both_an_item_and_a_part() {
        let of = |role| -> BTreeSet<&str> {
            TABLE.iter().filter(|entry| entry.role == role).flat_map(Entry::spellings).collect()
        };
        assert!(of(Role::Item).is_disjoint(&of(Role::Part)));
    }

    #[test]
    fn an_item_keyword_is_a_whole_word() {
        assert!(begins("第八条 补贴", Role::Item));
        assert!(begins("open  parameter x", Role::Item));
        assert!(!begins("open door", Role::Item));
        assert!(!begins("设定值", Role::Item));
        assert!(begins("當 持有光榮證", Role::Part));
    }
}
