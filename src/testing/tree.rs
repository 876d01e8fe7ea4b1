//! A YAML document as a tree of texts with their lines: `720.00` stays the text it is, never a float.

use crate::diagnostic::Diagnostic;
use crate::register::yaml;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_yaml::Spanned;
use std::fmt;
use std::marker::PhantomData;

/// One value and the line it begins on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// From 1.
    pub line: u64,
    /// What stands there.
    pub value: Value,
}

/// What can stand in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A scalar as it is written; blank where nothing is.
    Text(String),
    /// A list.
    List(Vec<Tree>),
    /// Names and what follows them, in order.
    Map(Vec<(Name, Tree)>),
}

/// A name and its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// From 1.
    pub line: u64,
    /// As it is written.
    pub text: String,
}

/// Reads the text of the file of that name.
pub fn parse(name: &str, text: &str) -> Result<Tree, Box<Diagnostic>> {
    let raw = yaml(name, text, PhantomData::<Spanned<Raw>>)?;
    Ok(tree(raw, text))
}

/// As the library gives it: what it takes for a number or a flag has lost its text, but not its place.
enum Raw {
    Blank,
    Typed,
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

fn tree(raw: Spanned<Raw>, text: &str) -> Tree {
    let value = match raw.value {
        Raw::Blank => Value::Text(String::new()),
        Raw::Text(text) => Value::Text(text),
        // Where an alias stands for it, the text stands at the anchor.
        Raw::Typed => Value::Text(slice(text, raw.defined.span()).trim().to_owned()),
        Raw::List(list) => Value::List(list.into_iter().map(|item| tree(item, text)).collect()),
        Raw::Map(map) => Value::Map(
            map.into_iter()
                .map(|(name, value)| {
                    let line = name.referenced.line().max(1);
                    (Name { line, text: name.value }, tree(value, text))
                })
                .collect(),
        ),
    };
    Tree { line: raw.referenced.line().max(1), value }
}

fn slice(text: &str, span: serde_yaml::Span) -> &str {
    let number = |offset: Option<u64>| usize::try_from(offset?).ok();
    let (Some(start), Some(length)) = (number(span.byte_offset()), number(span.byte_len())) else {
        return "";
    };
    text.get(start..start.saturating_add(length)).unwrap_or_default()
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a list or a mapping")
    }

    fn visit_unit<E: Error>(self) -> Result<Raw, E> {
        Ok(Raw::Blank)
    }

    fn visit_none<E: Error>(self) -> Result<Raw, E> {
        Ok(Raw::Blank)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Raw, E> {
        Ok(Raw::Typed)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Raw, E> {
        Ok(Raw::Typed)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Raw, E> {
        Ok(Raw::Typed)
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<Raw, E> {
        Ok(Raw::Typed)
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<Raw, E> {
        Ok(Raw::Typed)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Raw, E> {
        Ok(Raw::Typed)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = seq.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<(String, u64)> {
        let Value::Map(map) = parse("case.yaml", text).unwrap().value else { panic!("no map") };
        let text = |tree: Tree| match tree.value {
            Value::Text(text) => (text, tree.line),
            other => panic!("{other:?}"),
        };
        map.into_iter().map(|(_, tree)| text(tree)).collect()
    }

    #[test]
    fn scalars_stay_the_text_they_are() {
        let lines = "一: 720.00\nb: 007\nc: true\nd: ~\ne: 'x: 1'\nf: 1e3 # much\ng: 2005-03-01\nh:\n";
        let found: Vec<String> = texts(lines).into_iter().map(|(text, _)| text).collect();
        assert_eq!(found, ["720.00", "007", "true", "", "x: 1", "1e3", "2005-03-01", ""]);
    }

    #[test]
    fn an_alias_has_the_text_of_its_anchor_and_its_own_line() {
        assert_eq!(texts("\u{feff}a: &a 1.10\nb: *a\n"), [("1.10".to_owned(), 1), ("1.10".to_owned(), 2)]);
    }
}
