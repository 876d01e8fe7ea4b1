//! Tables and scales: values by several subjects, and rates by the part of a value.

use super::{Declared, Expr, Located, Name, Pattern};
use crate::source::Span;
use serde::Serialize;

/// A value that depends on several others: every combination hits one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Table {
    /// Its name.
    pub declared: Declared,
    /// The record it belongs to.
    pub of: Name,
    /// On what it depends, one a column.
    pub subjects: Vec<Expr>,
    /// Its rows.
    pub rows: Vec<TableRow>,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableRow {
    /// One a column, or a single `otherwise` for all; none is `otherwise`.
    pub cells: Vec<Located<Option<Pattern>>>,
    /// Its value.
    pub value: Expr,
    /// The whole row.
    #[serde(skip)]
    pub span: Span,
}

/// A marginal scale: each rate applies to the part of the value inside its band.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Scale {
    /// Its name.
    pub declared: Declared,
    /// The record it belongs to.
    pub of: Name,
    /// Of what.
    pub subject: Expr,
    /// Its bands, from the lowest.
    pub bands: Vec<Band>,
}

/// A band of a scale, up to the next one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Band {
    /// Where it begins.
    pub above: Expr,
    /// What applies to the part inside it.
    pub rate: Expr,
    /// The whole band.
    #[serde(skip)]
    pub span: Span,
}
