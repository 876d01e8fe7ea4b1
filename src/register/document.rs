//! One YAML document of nested rows, as text with lines: for tests and cases written by hand.
//!
//! The schema leads the reading, so that a scalar stays the text it is in the file: `02` is no number and `1.10` no
//! float.

use super::cell::fold;
use super::header::named;
use crate::schema::{FieldId, RecordId, Schema};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_yaml::Spanned;
use std::fmt;

/// One row and the rows nested in it.
#[derive(Clone, Debug)]
pub struct Node {
    /// Of which record.
    pub record: RecordId,
    /// Line of its first entry.
    pub line: u64,
    /// The key with its line; several where it was given under several names.
    pub keys: Vec<Entry>,
    /// By field: what was given for it.
    pub fields: Vec<Vec<Entry>>,
    /// Rows of the records that lie in this one.
    pub children: Vec<Node>,
    /// Names that are nothing of this record.
    pub unknown: Vec<Entry>,
}

/// Something given: the name it was given under, its text and its line.
#[derive(Clone, Debug)]
pub struct Entry {
    /// As it stands in the document.
    pub name: String,
    /// Blank where nothing follows the name.
    pub text: String,
    /// From 1.
    pub line: u64,
}

/// A whole document.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// Rows of root records.
    pub roots: Vec<Node>,
    /// The root records that were given, perhaps without rows.
    pub given: Vec<RecordId>,
    /// Names that are no root record.
    pub unknown: Vec<Entry>,
}

impl Document {
    /// Takes what follows a name that is a root record; false, and nothing taken, where it is none.
    pub fn take<'de, A: MapAccess<'de>>(
        &mut self,
        name: &str,
        map: &mut A,
        schema: &Schema,
    ) -> Result<bool, A::Error> {
        let Some(id) = record(schema, None, name) else { return Ok(false) };
        self.given.push(id);
        self.roots.extend(map.next_value_seed(Rows { schema, record: id })?);
        Ok(true)
    }

    /// Adds the rows of another document whose records this one does not give.
    pub fn complete_from(&mut self, other: &Self) {
        let own = self.given.clone();
        self.roots.extend(other.roots.iter().filter(|node| !own.contains(&node.record)).cloned());
        self.given.extend(other.given.iter().filter(|id| !own.contains(id)));
        self.unknown.extend(other.unknown.iter().cloned());
    }
}

/// The record among the children of `parent` (roots where none) that is named so, in singular or plural.
fn record(schema: &Schema, parent: Option<RecordId>, name: &str) -> Option<RecordId> {
    let word = fold(name);
    let is = |record: &crate::schema::Record| {
        record.parent == parent && (named(&record.plural, &word) || named(&record.label, &word))
    };
    schema.iter().find(|(_, record)| is(record)).map(|(id, _)| id)
}

/// A whole document by the schema.
pub struct Roots<'s>(pub &'s Schema);

impl<'de> DeserializeSeed<'de> for Roots<'_> {
    type Value = Document;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Document, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Roots<'_> {
    type Value = Document;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping of records to their rows")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Document, A::Error> {
        let mut document = Document::default();
        while let Some(name) = map.next_key::<Spanned<String>>()? {
            if !document.take(&name.value, &mut map, self.0)? {
                map.next_value::<IgnoredAny>()?;
                document.unknown.push(entry(name, String::new()));
            }
        }
        Ok(document)
    }
}

fn entry(name: Spanned<String>, text: String) -> Entry {
    Entry { line: name.referenced.line().max(1), name: name.value, text }
}

/// A list of rows; nothing is an empty list.
#[derive(Clone, Copy)]
struct Rows<'s> {
    schema: &'s Schema,
    record: RecordId,
}

impl<'de> DeserializeSeed<'de> for Rows<'_> {
    type Value = Vec<Node>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<Node>, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_> {
    type Value = Vec<Node>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of {}", self.schema.record(self.record).label.name)
    }

    fn visit_none<E>(self) -> Result<Vec<Node>, E> {
        Ok(Vec::new())
    }

    fn visit_unit<E>(self) -> Result<Vec<Node>, E> {
        Ok(Vec::new())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<Node>, D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Vec<Node>, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = rows.next_element_seed(RowSeed(self))? {
            nodes.push(node);
        }
        Ok(nodes)
    }
}

struct RowSeed<'s>(Rows<'s>);

impl<'de> DeserializeSeed<'de> for RowSeed<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RowSeed<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a row of {}", self.0.schema.record(self.0.record).label.name)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let Rows { schema, record: id } = self.0;
        let kind = schema.record(id);
        let mut node = Node {
            record: id,
            line: 1,
            keys: Vec::new(),
            fields: vec![Vec::new(); kind.fields.len()],
            children: Vec::new(),
            unknown: Vec::new(),
        };
        let mut first = true;
        while let Some(name) = map.next_key::<Spanned<String>>()? {
            if std::mem::take(&mut first) {
                node.line = name.referenced.line().max(1);
            }
            let word = fold(&name.value).into_owned();
            let field = kind.fields.iter().position(|field| named(&field.label, &word)).map(FieldId);
            if named(&kind.key, &word) {
                node.keys.push(entry(name, scalar(&mut map)?));
            } else if let Some(field) = field {
                let given = entry(name, scalar(&mut map)?);
                node.fields.get_mut(field.0).ok_or_else(|| A::Error::custom("no such field"))?.push(given);
            } else if let Some(child) = record(schema, Some(id), &word) {
                node.children.extend(map.next_value_seed(Rows { schema, record: child })?);
            } else {
                map.next_value::<IgnoredAny>()?;
                node.unknown.push(entry(name, String::new()));
            }
        }
        Ok(node)
    }
}

/// The text of a scalar as it stands; blank for null.
fn scalar<'de, A: MapAccess<'de>>(map: &mut A) -> Result<String, A::Error> {
    Ok(map.next_value::<Option<String>>()?.unwrap_or_default())
}
