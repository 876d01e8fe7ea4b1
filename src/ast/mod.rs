//! The language-neutral tree: what was written, in whichever language, with the place of every part.
//!
//! In: the pairs of the grammar (`syntax`). Out: what `resolve` declares and `syntax::format` prints again.

mod benefit;
mod duty;
mod expr;
mod header;
mod parameter;
mod record;
mod refused;
mod table;

pub use benefit::{
    Amount, Benefit, BenefitKind, BenefitPart, Edge, JudgedOn, Limit, Most, Prorating, ProratingPart,
    Relation, Rhythm, Share,
};
pub use duty::{Indicator, Must, Obligation, ObligationPart, Party};
pub use expr::{
    AggregateKind, Arm, BinaryOp, CalendarPart, CompareOp, ElapsedUnit, Expr, ExprKind, Literal, MoneyUnit,
    Pattern, RoundTo, TimeUnit,
};
pub use header::{Adopted, Charter, HeaderPart, Level};
pub use parameter::{DatedValue, OpenParameter, OpenPart, Parameter, SetParameter};
pub use record::{Code, Field, FieldMark, FieldType, Record, TypeName};
pub use refused::{Refused, RefusedKind, RefusedPart};
pub use table::{Band, Scale, Table, TableRow};

use crate::source::{SourceId, Span};
use serde::Serialize;

/// A word that names something, as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Name {
    /// The word, without backquotes.
    pub text: String,
    /// Its place, backquotes included.
    #[serde(skip)]
    pub span: Span,
}

/// A string, without its quotes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Text {
    /// What stands between the quotes.
    pub text: String,
    /// Its place, quotes included.
    #[serde(skip)]
    pub span: Span,
}

/// A value with the place it was written at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its place.
    #[serde(skip)]
    pub span: Span,
}

/// One file: its items in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct File {
    /// Which file.
    #[serde(skip)]
    pub source: SourceId,
    /// Items that could be read.
    pub items: Vec<Item>,
    /// Words of items that could not: a name among them is not reported again as unknown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<String>,
}

/// One item with the documentation that stands before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Lines of `///` before the item.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub doc: Vec<String>,
    /// From its keyword to its last part.
    #[serde(skip)]
    pub span: Span,
    /// A part of it was reported and left out: nothing further is said to be missing.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub faulty: bool,
    /// What it is.
    pub kind: ItemKind,
}

/// The items of the language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum ItemKind {
    /// Header of a vocabulary.
    Vocabulary(Declared),
    /// Header of a charter.
    Charter(Charter),
    /// A kind of row.
    Record(Record),
    /// A named step.
    Define(Define),
    /// A value by several others.
    Table(Table),
    /// Rates by the part of a value.
    Scale(Scale),
    /// Who pays.
    Fund(Declared),
    /// What a benefit is for.
    Purpose(Declared),
    /// Dated values.
    Parameter(Parameter),
    /// A slot for the village to fill.
    OpenParameter(OpenParameter),
    /// A slot filled.
    Set(SetParameter),
    /// A heading.
    Chapter(Chapter),
    /// A text that is not computed.
    Provision(Provision),
    /// A subsidy or a reward.
    Benefit(Benefit),
    /// A duty that was agreed to.
    Obligation(Obligation),
    /// A figure with its denominator.
    Indicator(Indicator),
    /// A clause that no village may have.
    Refused(Refused),
}

/// A name and its alias in the other language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Declared {
    /// The name.
    pub name: Name,
    /// The alias.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias: Option<Text>,
}

/// A named step over one record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Define {
    /// Its name.
    pub declared: Declared,
    /// The record it belongs to.
    pub of: Name,
    /// A value, or a set where `filter` is given.
    pub body: Expr,
    /// The condition of a set: `persons where …`.
    pub filter: Option<Expr>,
}

/// A heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chapter {
    /// Its number.
    pub number: u32,
    /// Its title.
    pub title: Text,
}

/// The number of an article: 第八条之一 is 8-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ArticleNumber {
    /// 第八条
    pub number: u32,
    /// 之一
    pub sub: Option<u32>,
}

/// A text that is not computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Provision {
    /// Its number.
    pub article: Located<ArticleNumber>,
    /// Its paragraphs.
    pub paragraphs: Vec<Text>,
}

impl Declared {
    /// From the name to the alias.
    #[must_use]
    pub fn span(&self) -> Span {
        self.alias.as_ref().map_or(self.name.span, |alias| self.name.span.to(alias.span))
    }
}

impl File {
    /// Everything the file gives a name to, fields and codes included.
    pub fn declared(&self) -> impl Iterator<Item = &Declared> {
        self.items.iter().flat_map(|item| match &item.kind {
            ItemKind::Vocabulary(declared) | ItemKind::Fund(declared) | ItemKind::Purpose(declared) => {
                vec![declared]
            }
            ItemKind::Charter(charter) => vec![&charter.declared],
            ItemKind::Define(define) => vec![&define.declared],
            ItemKind::Table(table) => vec![&table.declared],
            ItemKind::Scale(scale) => vec![&scale.declared],
            ItemKind::Parameter(parameter) => vec![&parameter.declared],
            ItemKind::OpenParameter(parameter) => vec![&parameter.declared],
            ItemKind::Benefit(benefit) => vec![&benefit.declared],
            ItemKind::Obligation(obligation) => vec![&obligation.declared],
            ItemKind::Indicator(indicator) => vec![&indicator.declared],
            ItemKind::Refused(refused) => vec![&refused.declared],
            ItemKind::Record(record) => record.all_declared(),
            ItemKind::Set(_) | ItemKind::Chapter(_) | ItemKind::Provision(_) => Vec::new(),
        })
    }
}
