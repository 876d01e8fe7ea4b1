//! Subsidies and rewards.

use super::{ArticleNumber, Declared, Expr, Located, Name, Text};
use serde::Serialize;

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
