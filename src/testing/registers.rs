//! The registers of a test file, read by the schema exactly as `eval --data FILE.yaml` reads one.

use super::file::known;
use super::words::{At, Key, OF_CASE, OF_FILE};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::register::{Document, Roots, yaml};
use crate::schema::Schema;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_yaml::Spanned;
use std::fmt;

/// The rows that a file and its cases write.
#[derive(Debug, Default)]
pub struct Registers {
    /// For all cases.
    pub shared: Document,
    /// By case: its own.
    pub cases: Vec<Document>,
    /// Names that cannot stand where they are.
    odd: Vec<Odd>,
}

/// A name that cannot stand where it is.
#[derive(Debug)]
struct Odd {
    line: u64,
    name: String,
    /// True where a case holds it.
    in_case: bool,
    /// True for a record whose rows were given before; else it is neither a key nor a record.
    twice: bool,
}

impl Registers {
    /// Reads all rows of a file; an error where they are not shaped like rows.
    pub fn parse(name: &str, text: &str, schema: &Schema) -> Result<Self, Box<Diagnostic>> {
        yaml(name, text, File(schema))
    }

    /// The register of a case: what it does not write is the file's. None where nobody writes rows.
    pub fn of(&self, case: usize) -> Option<Document> {
        let mut document = self.cases.get(case).cloned().unwrap_or_default();
        document.complete_from(&self.shared);
        (!document.given.is_empty() || !document.unknown.is_empty()).then_some(document)
    }

    /// True where the case itself writes rows.
    pub fn writes(&self, case: usize) -> bool {
        let has = |document: &Document| !document.given.is_empty() || !document.unknown.is_empty();
        self.cases.get(case).is_some_and(has)
    }

    /// What is neither a key nor a record, and records that are written twice.
    pub fn findings(&self, name: &str, schema: &Schema) -> Vec<Diagnostic> {
        let roots = schema.records.iter().filter(|record| record.parent.is_none());
        let records: Vec<Term> = roots.map(|record| Term::from(&record.plural)).collect();
        let finding = |odd: &Odd| {
            let at = At { file: name, line: odd.line };
            if odd.twice {
                return at.finding(codes::U021).arg("name", &*odd.name);
            }
            let mut words = known(if odd.in_case { OF_CASE } else { OF_FILE });
            words.extend(records.iter().cloned());
            at.unknown(Term::new("键或记录", "key or record"), &odd.name, &words)
        };
        self.odd.iter().map(finding).collect()
    }
}

/// A file by the schema: only rows are taken.
struct File<'s>(&'s Schema);

impl<'de> DeserializeSeed<'de> for File<'_> {
    type Value = Registers;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Registers, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for File<'_> {
    type Value = Registers;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a test file")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Registers, A::Error> {
        let mut registers = Registers::default();
        while let Some(name) = map.next_key::<Spanned<String>>()? {
            match Key::of(&name.value).filter(|key| OF_FILE.contains(key)) {
                Some(Key::Cases) => {
                    for (document, odd) in map.next_value_seed(Cases(self.0))? {
                        registers.cases.push(document);
                        registers.odd.extend(odd);
                    }
                }
                key => {
                    let place = Place { key, name: &name, in_case: false };
                    rows(&mut map, self.0, place, &mut registers.shared, &mut registers.odd)?;
                }
            }
        }
        Ok(registers)
    }
}

/// A name in a mapping, and the key it is.
struct Place<'n> {
    key: Option<Key>,
    name: &'n Spanned<String>,
    in_case: bool,
}

/// Takes what follows a name, where that is rows.
fn rows<'de, A: MapAccess<'de>>(
    map: &mut A,
    schema: &Schema,
    Place { key, name, in_case }: Place<'_>,
    document: &mut Document,
    odd: &mut Vec<Odd>,
) -> Result<(), A::Error> {
    let note = |twice| Odd { line: name.referenced.line().max(1), name: name.value.clone(), in_case, twice };
    match key {
        Some(Key::Register) => {
            let mut inner = map.next_value_seed(Roots(schema))?;
            if inner.given.iter().any(|id| document.given.contains(id)) {
                odd.push(note(true));
            }
            document.roots.append(&mut inner.roots);
            document.given.append(&mut inner.given);
            document.unknown.append(&mut inner.unknown);
        }
        Some(_) => drop(map.next_value::<IgnoredAny>()?),
        None if document.take(&name.value, map, schema)? => {
            if let Some((last, before)) = document.given.split_last()
                && before.contains(last)
            {
                odd.push(note(true));
            }
        }
        None => {
            map.next_value::<IgnoredAny>()?;
            odd.push(note(false));
        }
    }
    Ok(())
}

type CaseRows = (Document, Vec<Odd>);

/// The list of cases.
struct Cases<'s>(&'s Schema);

impl<'de> DeserializeSeed<'de> for Cases<'_> {
    type Value = Vec<CaseRows>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Cases<'_> {
    type Value = Vec<CaseRows>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of cases")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut cases = Vec::new();
        while let Some(case) = list.next_element_seed(CaseSeed(self.0))? {
            cases.push(case);
        }
        Ok(cases)
    }
}

struct CaseSeed<'s>(&'s Schema);

impl<'de> DeserializeSeed<'de> for CaseSeed<'_> {
    type Value = CaseRows;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<CaseRows, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for CaseSeed<'_> {
    type Value = CaseRows;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a case")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<CaseRows, A::Error> {
        let (mut document, mut odd) = (Document::default(), Vec::new());
        while let Some(name) = map.next_key::<Spanned<String>>()? {
            let key = Key::of(&name.value).filter(|key| OF_CASE.contains(key));
            rows(&mut map, self.0, Place { key, name: &name, in_case: true }, &mut document, &mut odd)?;
        }
        Ok((document, odd))
    }
}
