//! Records, their fields and codes.

use super::{Declared, Located, Name};
use crate::source::Span;
use crate::value::Each;
use serde::Serialize;

/// A kind of row of the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Record {
    /// One row.
    pub declared: Declared,
    /// The rows of one parent.
    pub plural: Declared,
    /// The record it lies in.
    pub parent: Option<Name>,
    /// The column that tells rows apart.
    pub key: Declared,
    /// True where the rows given are all there are.
    pub complete: bool,
    /// Its columns.
    pub fields: Vec<Field>,
}

/// A column of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Header of the column.
    pub declared: Declared,
    /// What its cells hold.
    pub ty: FieldType,
    /// Marks after the type, in the order written.
    pub marks: Vec<Located<FieldMark>>,
    /// The whole field.
    #[serde(skip)]
    pub span: Span,
}

/// What the cells of a column hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum FieldType {
    /// A type with a keyword.
    Plain(TypeName),
    /// A list of codes.
    Codes(Vec<Code>),
}

/// The types that have a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum TypeName {
    /// Free text.
    Text,
    /// A civil date.
    Date,
    /// Yuan and fen.
    Money,
    /// Yuan and fen for each of a period.
    MoneyEach(Each),
    /// A whole number.
    Number,
    /// A percentage.
    Percent,
    /// Yes or no.
    Flag,
}

/// Marks of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum FieldMark {
    /// `?`: may truly be absent; a blank cell means none.
    Optional,
    /// Only 无 / none says that it is absent.
    BlankUnknown,
    /// Never printed unmasked.
    Sensitive,
    /// The day the row happened.
    Event,
}

/// A code of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Code {
    /// Its label.
    pub declared: Declared,
    /// The numbers that stand for it.
    pub numbers: Vec<Located<i64>>,
}

impl Record {
    pub(super) fn all_declared(&self) -> Vec<&Declared> {
        let mut all = vec![&self.declared, &self.plural, &self.key];
        for field in &self.fields {
            all.push(&field.declared);
            if let FieldType::Codes(codes) = &field.ty {
                all.extend(codes.iter().map(|code| &code.declared));
            }
        }
        all
    }
}
