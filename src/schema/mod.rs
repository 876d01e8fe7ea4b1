//! The shape of a register: records, their fields and codes, as a vocabulary declares them.
//!
//! In: what `resolve` read from a vocabulary. Out: what the plan, the register readers and the reports share.
//! Nothing about families is built in here.

use crate::value::DaySpan;

/// A name and, where one was given, its alias in the other language. Both may be used anywhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Label {
    /// The declared name.
    pub name: String,
    /// The other language's word.
    pub alias: Option<String>,
}

impl Label {
    /// A name without alias.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), alias: None }
    }

    /// A name with its alias.
    pub fn with_alias(name: impl Into<String>, alias: impl Into<String>) -> Self {
        Self { name: name.into(), alias: Some(alias.into()) }
    }

    /// True where `word` is the name or the alias.
    #[must_use]
    pub fn is(&self, word: &str) -> bool {
        self.name == word || self.alias.as_deref() == Some(word)
    }

    /// The Chinese word where there is one (a name may be either), else the name.
    #[must_use]
    pub fn zh(&self) -> &str {
        match &self.alias {
            Some(alias) if self.name.is_ascii() => alias,
            _ => &self.name,
        }
    }

    /// The Latin word where there is one, else the name.
    #[must_use]
    pub fn en(&self) -> &str {
        match &self.alias {
            Some(alias) if !self.name.is_ascii() && alias.is_ascii() => alias,
            _ => &self.name,
        }
    }
}

/// A record, by its place in [`Schema::records`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(pub usize);

/// A field, by its place in [`Record::fields`]. The key and the link to the parent are not fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldId(pub usize);

/// All records of a vocabulary, in the order of their declaration; parents before children.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// The records.
    pub records: Vec<Record>,
}

/// One kind of row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Name of one row; also the stem of the file that holds the rows.
    pub label: Label,
    /// Name of the rows of one parent.
    pub plural: Label,
    /// The record it belongs to (`in`), none for a root.
    pub parent: Option<RecordId>,
    /// The column that tells rows apart. A child names its parent by the parent's key column.
    pub key: Label,
    /// True where the rows given are all there are.
    pub complete: bool,
    /// The date field that says when the row happened, for records of events.
    pub event: Option<FieldId>,
    /// The fields, in the order of their declaration.
    pub fields: Vec<Field>,
}

/// One column of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Column header, in either language.
    pub label: Label,
    /// What its cells hold.
    pub ty: FieldType,
    /// What its amounts are paid for; none for plain money and for everything else.
    pub each: Option<crate::value::Each>,
    /// What an empty cell means.
    pub blank: Blank,
    /// Never printed unmasked, never read unless a clause needs it (PIPL 28–29).
    pub sensitive: bool,
}

/// What the cells of a field hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// Free text.
    Text,
    /// A civil date, perhaps known only to the month or the year.
    Date,
    /// Yuan with at most two decimals.
    Money,
    /// A whole number.
    Number,
    /// A percentage, exact.
    Percent,
    /// Yes or no (是 / 否).
    Flag,
    /// One of a list of codes.
    Code(Vec<Code>),
}

/// What an empty cell of a field means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blank {
    /// `date`: there is a value, nobody wrote it down.
    Unknown,
    /// `date?`: there is none.
    Absent,
    /// `date? blank unknown`: there may be none, but only 无 / none says so.
    UnknownUnlessSaid,
}

/// One code of a list: its label and the numbers that stand for it in registers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Label in both languages.
    pub label: Label,
    /// Numbers that mean it, often of a national standard.
    pub numbers: Vec<u32>,
}

/// A known value of a cell, as registers hold it and charters compare it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Datum {
    /// Free text.
    Text(Box<str>),
    /// The days a date could be.
    Date(DaySpan),
    /// Fen.
    Money(crate::value::Fen),
    /// A whole number.
    Number(i64),
    /// An exact rate.
    Percent(crate::value::Ratio),
    /// Yes or no.
    Flag(bool),
    /// The place of a code in its field's list.
    Code(u16),
}

impl Schema {
    /// The record of that number.
    ///
    /// # Panics
    /// Where the number is of another schema.
    #[must_use]
    pub fn record(&self, id: RecordId) -> &Record {
        &self.records[id.0]
    }

    /// The field of that number.
    ///
    /// # Panics
    /// Where a number is of another schema.
    #[must_use]
    pub fn field(&self, record: RecordId, field: FieldId) -> &Field {
        &self.records[record.0].fields[field.0]
    }

    /// All records with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (RecordId, &Record)> {
        self.records.iter().enumerate().map(|(id, record)| (RecordId(id), record))
    }

    /// The record whose singular has that name or alias.
    #[must_use]
    pub fn find(&self, word: &str) -> Option<RecordId> {
        self.iter().find(|(_, record)| record.label.is(word)).map(|(id, _)| id)
    }

    /// The record and all it lies in, innermost first.
    pub fn chain(&self, id: RecordId) -> impl Iterator<Item = RecordId> + '_ {
        std::iter::successors(Some(id), |id| self.record(*id).parent)
    }

    /// The unit of evaluation: the first record that lies in no other and is not one the engine reserves.
    #[must_use]
    pub fn unit(&self) -> Option<RecordId> {
        self.iter()
            .find(|(_, record)| record.parent.is_none() && !RESERVED.contains(&record.label.name.as_str()))
            .map(|(id, _)| id)
    }
}

impl Record {
    /// The field of that name or alias.
    #[must_use]
    pub fn find(&self, word: &str) -> Option<FieldId> {
        self.fields.iter().position(|field| field.label.is(word)).map(FieldId)
    }
}

/// Records that the engine itself reads, all optional.
pub const RESERVED: [&str; 5] = ["village", "payment", "decision", "officer", "holiday"];
