//! Subsidies and rewards.

use super::{ArticleNumber, Declared, Expr, Located, Name, RoundTo, Text};
use crate::value::{Day, PeriodUnit, Rounding};
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
        /// Only for the part of the unit in which it held.
        prorating: Option<Located<Prorating>>,
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
    /// How it stands to other benefits.
    Related(Relation, Vec<Name>),
    /// On which day of its unit it is judged.
    JudgedOn(JudgedOn),
    /// At most so much, or so often; may be repeated.
    Limit(Limit),
    /// A reward that a recorded decision may withhold while one of these duties is unmet.
    Discretionary(Vec<Name>),
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
    /// Something given, and what it is worth.
    InKind(Text, Option<Expr>),
}

/// How a benefit stands to those it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Relation {
    /// It is paid on top of them.
    AddsTo,
    /// Where it holds, it replaces them.
    ExceptionTo,
    /// Where it is granted, they are not.
    InsteadOf,
    /// The household chooses.
    NotTogetherWith,
    /// Of these only the one that pays most in the calendar year.
    HighestOf,
}

/// A rhythm's amount by the parts of its unit in which the conditions hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Prorating {
    /// Counted in months, or in days.
    pub part: ProratingPart,
    /// How the sum becomes whole fen.
    #[serde(skip)]
    pub rounding: Option<(Rounding, RoundTo)>,
}

/// The parts that are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum ProratingPart {
    /// Calendar months, each by its last day.
    Month,
    /// Days.
    Day,
}

/// The day of a month, quarter or year on which it is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum JudgedOn {
    /// Its first day.
    First,
    /// Its last day.
    #[default]
    Last,
    /// That day of the month, or its last where it is shorter.
    Day(i8),
    /// That month and day of the year.
    MonthDay(i8, i8),
}

impl JudgedOn {
    /// That day of the unit from `first` to `last`; where a month is shorter, its last day.
    #[must_use]
    pub fn in_unit(self, first: Day, last: Day) -> Day {
        let civil = last.civil();
        let of = |month: i8, day: i8| {
            Day::new(civil.year, month, day).or_else(|| Day::new(civil.year, month, 1).map(Day::month_end))
        };
        match self {
            Self::First => first,
            Self::Last => last,
            Self::Day(day) => of(civil.month, day).unwrap_or(last),
            Self::MonthDay(month, day) => of(month, day).unwrap_or(last),
        }
    }
}

/// At most so much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Limit {
    /// How much, or how often.
    pub most: Most,
    /// For each row of this record.
    pub per: Name,
    /// In each month, quarter or year; none for life.
    pub window: Option<Located<Rhythm>>,
    /// Further benefits that it cuts together with this one.
    pub with: Vec<Name>,
}

/// What a limit counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Most {
    /// Money.
    Amount(Expr),
    /// Grants.
    Times(i64),
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

impl Rhythm {
    /// The calendar unit it counts in; none for what happens once or at an event.
    #[must_use]
    pub fn calendar_unit(self) -> Option<PeriodUnit> {
        match self {
            Self::EachMonth => Some(PeriodUnit::Month),
            Self::EachQuarter => Some(PeriodUnit::Quarter),
            Self::EachYear => Some(PeriodUnit::Year),
            Self::Once | Self::EachEvent => None,
        }
    }
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
