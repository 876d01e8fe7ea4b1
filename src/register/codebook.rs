//! The codes of one field by every word and number that stands for them.

use super::cell::{fold, is_unknown_word};
use super::dense::ANY_CODE;
use crate::diagnostic::Term;
use crate::schema::{FieldType, Record, Schema};
use std::collections::HashMap;
use std::sync::Arc;

/// Labels listed in the mend of a finding; a national standard has hundreds.
const LISTED: usize = 20;

/// Words that are compared one after the other.
const FEW: usize = 16;

/// A code that a byte tells apart.
fn narrow(code: u16) -> Option<u8> {
    u8::try_from(code).ok().filter(|code| *code < ANY_CODE)
}

/// Labels, aliases and numbers of a field's codes, each with the code's place in the list.
#[derive(Debug, Default)]
pub struct Codebook {
    words: HashMap<String, u16>,
    numbers: HashMap<u32, u16>,
    labels: Vec<Term>,
    /// What cells of one and of two digits say, the most common spelling by far.
    short: Vec<Option<u8>>,
    /// The words, where they are few; not those that say that the code is unknown.
    few: Vec<(Box<[u8]>, u8)>,
}

/// The codebooks of the fields of each record. They do not change while a register is read.
#[must_use]
pub fn codebooks(schema: &Schema) -> Vec<Arc<[Codebook]>> {
    let of = |record: &Record| record.fields.iter().map(|field| Codebook::of(&field.ty)).collect();
    schema.iter().map(|(_, record)| of(record)).collect()
}

impl Codebook {
    /// The codes of a field; empty where it holds none.
    #[must_use]
    pub fn of(ty: &FieldType) -> Self {
        let mut book = Self::default();
        let FieldType::Code(codes) = ty else { return book };
        for (place, code) in (0_u16..).zip(codes) {
            book.labels.push(Term::from(&code.label));
            for word in std::iter::once(&code.label.name).chain(&code.label.alias) {
                book.words.entry(fold(word).into_owned()).or_insert(place);
            }
            for number in &code.numbers {
                book.numbers.entry(*number).or_insert(place);
            }
        }
        let texts = (0..10).map(|one| one.to_string()).chain((0..100).map(|two| format!("{two:02}")));
        book.short = texts.map(|text| book.read(&text).and_then(narrow)).collect();
        if book.words.len() <= FEW {
            let words = book.words.iter().filter(|(word, _)| !word.is_empty() && !is_unknown_word(word));
            let mut few: Vec<(Box<[u8]>, u8)> =
                words.filter_map(|(word, code)| Some((word.as_bytes().into(), narrow(*code)?))).collect();
            few.sort();
            book.few = few;
        }
        book
    }

    /// The code of a cell of one or two digits, or of a word where words are few. None is left to [`Self::read`].
    #[must_use]
    #[inline]
    pub fn read_plain(&self, cell: &[u8]) -> Option<u8> {
        let place = match *cell {
            [one @ b'0'..=b'9'] => one - b'0',
            [ten @ b'0'..=b'9', one @ b'0'..=b'9'] => 10 + 10 * (ten - b'0') + one - b'0',
            _ => {
                return self.few.iter().find(|(word, _)| **word == *cell).map(|(_, code)| *code);
            }
        };
        self.short.get(usize::from(place)).copied().flatten()
    }

    /// The code of a cell that is such a number. None is left to [`Self::read`].
    #[cfg(feature = "parquet")]
    #[must_use]
    pub fn read_number(&self, number: i64) -> Option<u8> {
        // The numbers of one digit come before those of two.
        let place = usize::try_from(number).ok().filter(|number| *number < 100)?;
        self.short.get(if place < 10 { place } else { 10 + place }).copied().flatten()
    }

    /// The code of a folded cell: its label, its alias or a number, leading zeros allowed.
    #[must_use]
    pub fn read(&self, text: &str) -> Option<u16> {
        if let Some(place) = self.words.get(text) {
            return Some(*place);
        }
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let number: u32 = text.parse().ok()?;
        self.numbers.get(&number).copied()
    }

    /// The labels, for people.
    #[must_use]
    pub fn expected(&self) -> Term {
        let list = |word: fn(&Term) -> &str, between: &str| {
            let words: Vec<&str> = self.labels.iter().take(LISTED).map(word).collect();
            let more = if self.labels.len() > LISTED { "…" } else { "" };
            words.join(between) + more
        };
        Term::new(list(|term| &term.zh, "、"), list(|term| &term.en, ", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Code, Label};

    #[test]
    fn a_code_has_a_label_an_alias_and_numbers() {
        let code = |name, alias, numbers: &[u32]| Code {
            label: Label::with_alias(name, alias),
            numbers: numbers.to_vec(),
        };
        let ty = FieldType::Code(vec![code("head", "户主", &[2]), code("son", "子(男)", &[20, 21])]);
        let book = Codebook::of(&ty);
        for text in ["head", "户主", "2", "02", "0002"] {
            assert_eq!(book.read(text), Some(0), "{text}");
        }
        for text in ["子(男)", "20", "21"] {
            assert_eq!(book.read(text), Some(1), "{text}");
        }
        for text in ["", "3", "-2", "2.0", "Head", "99999999999"] {
            assert_eq!(book.read(text), None, "{text}");
        }
        assert_eq!(book.expected(), Term::new("户主、子(男)", "head, son"));
    }
}
