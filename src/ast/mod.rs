//! The language-neutral tree: what was written, in whichever language, with the place of every part.
//!
//! In: the pairs of the grammar (`syntax`). Out: what `resolve` declares and `syntax::format` prints again.

mod duty;
mod expr;
mod refused;

pub use duty::{Indicator, Must, Obligation, ObligationPart, Party};
pub use expr::{
    AggregateKind, Arm, BinaryOp, CompareOp, ElapsedUnit, Expr, ExprKind, Literal, MoneyUnit, Pattern,
    RoundTo, TimeUnit,
};
pub use refused::{Refused, RefusedKind, RefusedPart};

use crate::source::{SourceId, Span};
use crate::value::Day;
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

/// The header of a charter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Charter {
    /// Name and title.
    pub declared: Declared,
    /// Its parts, in the order written.
    pub parts: Vec<Located<HeaderPart>>,
}

/// A part of a charter's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum HeaderPart {
    /// Village, town, county…
    Level(Level),
    /// The vocabulary.
    Uses(Name),
    /// The charter of the layer above.
    Under(Name),
    /// The village it holds for.
    OfVillage(Text),
    /// The vote.
    Adopted(Adopted),
    /// Filed with the township.
    Filed(Located<Day>),
    /// Posted in the village.
    Posted {
        /// First day.
        from: Located<Day>,
        /// For how long.
        days: Option<i64>,
    },
    /// From when it holds.
    InForce(Located<Day>),
}

/// The layers of government a charter may belong to, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Level {
    /// 村
    Village,
    /// 镇
    Town,
    /// 县
    County,
    /// 市
    City,
    /// 省
    Province,
}

/// Who adopted a charter and with which votes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Adopted {
    /// The day of the vote.
    pub on: Located<Day>,
    /// The assembly.
    pub by: Option<Text>,
    /// Members entitled to vote.
    pub eligible: Option<i64>,
    /// Members present.
    pub present: Option<i64>,
    /// Votes in favour.
    pub in_favour: Option<i64>,
}

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

/// A subsidy or a reward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Benefit {
    /// Its number.
    pub article: Located<ArticleNumber>,
    /// Which of the two.
    pub kind: BenefitKind,
    /// Its name.
    pub declared: Declared,
    /// Its parts, in the order written.
    pub parts: Vec<Located<BenefitPart>>,
}

/// What a benefit is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum BenefitKind {
    /// 补贴
    Subsidy,
    /// 奖励
    Reward,
}

/// A part of a benefit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum BenefitPart {
    /// For each row of a record.
    For {
        /// The record.
        record: Name,
        /// Which rows.
        filter: Option<Expr>,
    },
    /// Under which condition.
    When(Expr),
    /// Under which condition not.
    Unless(Expr),
    /// How much, how often.
    Pay {
        /// How much.
        amount: Amount,
        /// How often.
        rhythm: Option<Located<Rhythm>>,
    },
    /// From a day or a month on.
    From(Edge),
    /// Until a day or a month, that one included.
    Until(Edge),
    /// Who settles a range.
    DecidedBy(Text),
    /// Its purpose.
    Serves(Name),
    /// The fund, or funds with their shares.
    PaidFrom(Vec<Share>),
    /// What it rests on.
    Basis(Text),
    /// Benefits of the same purpose that it is paid on top of.
    AddsTo(Vec<Name>),
    /// A finding answered.
    Allow {
        /// Its code.
        code: Name,
        /// Who decided, on what basis.
        reason: Text,
    },
}

/// How much is paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Amount {
    /// An amount that can be computed.
    Fixed(Expr),
    /// A range somebody decides within.
    Range(Expr, Expr),
}

/// How often a benefit is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Rhythm {
    /// On the first day the condition holds.
    Once,
    /// For each calendar month.
    EachMonth,
    /// For each calendar quarter.
    EachQuarter,
    /// For each calendar year.
    EachYear,
    /// For each row of an event record.
    EachEvent,
}

/// A limit in time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edge {
    /// The whole month of that date counts.
    pub month: bool,
    /// The date.
    pub date: Expr,
}

/// A fund and its part of the cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Share {
    /// The fund.
    pub fund: Name,
    /// Numerator and denominator; the whole where not given.
    pub part: Option<(i64, i64)>,
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

impl Record {
    fn all_declared(&self) -> Vec<&Declared> {
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
