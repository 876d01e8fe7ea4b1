//! Parameters: dated, open, set.

use super::{Declared, Expr, Located, Name, TypeName};
use crate::source::Span;
use crate::value::Day;
use serde::Serialize;

/// A parameter whose value depends on the day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Parameter {
    /// Its name.
    pub declared: Declared,
    /// Its type.
    pub ty: TypeName,
    /// Its values.
    pub values: Vec<DatedValue>,
}

/// A value from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DatedValue {
    /// First day.
    pub from: Located<Day>,
    /// Last day; until the next value where not given.
    pub until: Option<Located<Day>>,
    /// The value.
    pub value: Expr,
    /// The whole line.
    #[serde(skip)]
    pub span: Span,
}

/// A parameter that a lower layer sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OpenParameter {
    /// Its name.
    pub declared: Declared,
    /// Its type.
    pub ty: TypeName,
    /// Bounds, default, mandatory, in the order written.
    pub parts: Vec<Located<OpenPart>>,
}

/// A part of an open parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum OpenPart {
    /// What may be set, both ends in.
    Bounds(Expr, Expr),
    /// What holds where nothing is set.
    Default(Expr),
    /// It must be set.
    Mandatory,
}

/// A slot filled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SetParameter {
    /// Which parameter.
    pub name: Name,
    /// Its value.
    pub value: Expr,
}
