//! Expressions as they were written.

use super::Name;
use crate::source::Span;
use crate::value::{Day, Rounding};
use serde::Serialize;

/// An expression and its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where.
    #[serde(skip)]
    pub span: Span,
}

/// The forms of an expression.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum ExprKind {
    /// A value written out.
    Literal(Literal),
    /// A name, perhaps of another record: `household.hukou`.
    Path(Vec<Name>),
    /// The judged day.
    Today,
    /// Kleene negation.
    Not(Box<Expr>),
    /// Kleene conjunction of two or more.
    And(Vec<Expr>),
    /// Kleene disjunction of two or more.
    Or(Vec<Expr>),
    /// A comparison.
    Compare(CompareOp, Box<Expr>, Box<Expr>),
    /// Is it one of these?
    In {
        /// `not in`.
        negated: bool,
        /// What.
        value: Box<Expr>,
        /// Of these.
        options: Vec<Expr>,
    },
    /// Does it lie between these, both ends in?
    Between {
        /// `not between`.
        negated: bool,
        /// What.
        value: Box<Expr>,
        /// Lower end.
        lo: Box<Expr>,
        /// Upper end.
        hi: Box<Expr>,
    },
    /// Is it absent?
    IsAbsent {
        /// `is not absent`.
        negated: bool,
        /// What.
        value: Box<Expr>,
    },
    /// Arithmetic.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// The opposite number.
    Negate(Box<Expr>),
    /// Whole years, months or days from one date to another.
    Elapsed {
        /// Which.
        unit: ElapsedUnit,
        /// Earlier date.
        from: Box<Expr>,
        /// Later date.
        to: Box<Expr>,
    },
    /// Something about the rows of a set.
    Aggregate {
        /// What.
        kind: AggregateKind,
        /// Of which value, for sum, min and max.
        value: Option<Box<Expr>>,
        /// Which set.
        set: Box<Expr>,
        /// Which of its rows.
        filter: Option<Box<Expr>>,
    },
    /// The value of the first or last row of a set in the order of a key.
    Pick {
        /// The last one.
        last: bool,
        /// Which value.
        value: Box<Expr>,
        /// Which set.
        set: Box<Expr>,
        /// Which of its rows.
        filter: Option<Box<Expr>>,
        /// What orders them.
        key: Box<Expr>,
    },
    /// The place of the current row in a set in the order of a key.
    Rank {
        /// Which set.
        set: Box<Expr>,
        /// Which of its rows.
        filter: Option<Box<Expr>>,
        /// What orders them.
        key: Box<Expr>,
    },
    /// One value where a condition holds, another where it does not.
    If {
        /// The condition.
        condition: Box<Expr>,
        /// Where it holds.
        then: Box<Expr>,
        /// Where it does not.
        otherwise: Box<Expr>,
    },
    /// A part of a date by the calendar.
    Calendar(CalendarPart, Box<Expr>),
    /// A value that depends on another: exactly one arm is hit.
    Tiers {
        /// On what it depends.
        subject: Box<Expr>,
        /// The arms.
        arms: Vec<Arm>,
    },
    /// Rounded as named.
    Round {
        /// What.
        value: Box<Expr>,
        /// How.
        #[serde(serialize_with = "rounding_name")]
        mode: Rounding,
        /// To what.
        to: RoundTo,
    },
}

// serde calls it with a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn rounding_name<S: serde::Serializer>(mode: &Rounding, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match mode {
        Rounding::HalfUp => "half up",
        Rounding::HalfEven => "half even",
        Rounding::Up => "up",
        Rounding::Down => "down",
    })
}

/// A value written out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Literal {
    /// A whole number.
    Number(i64),
    /// An amount, with the unit it was written in.
    Money {
        /// The amount in fen.
        fen: i64,
        /// How it was written.
        unit: MoneyUnit,
    },
    /// A percentage in millionths of the whole (1 % = 10 000): at most four decimals.
    Percent(i64),
    /// So many days, months or years.
    Duration(i64, TimeUnit),
    /// A day.
    Date(Day),
    /// A text.
    Text(String),
}

/// The unit an amount was written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum MoneyUnit {
    /// 元
    Yuan,
    /// 角, a tenth.
    Jiao,
    /// 分, a hundredth.
    Fen,
    /// 万元, ten thousand.
    Wan,
}

/// Units of a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum TimeUnit {
    /// 年
    Years,
    /// 个月
    Months,
    /// 日
    Days,
}

/// What is counted between two dates; a whole number of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum ElapsedUnit {
    /// 周岁
    Years,
    /// 足月
    Months,
    /// 足日
    Days,
}

/// What is read off the calendar: a number, or the first or last day of what the date lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum CalendarPart {
    /// Number of the year.
    Year,
    /// Number of the month in its year.
    Month,
    /// Number of the day in its month.
    Day,
    /// First day of the month.
    MonthStart,
    /// Last day of the month.
    MonthEnd,
    /// First day of the quarter.
    QuarterStart,
    /// Last day of the quarter.
    QuarterEnd,
    /// First day of the year.
    YearStart,
    /// Last day of the year.
    YearEnd,
}

/// Comparisons. `Is` and `IsNot` mean `Eq` and `Ne` and are kept apart only to be printed as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum CompareOp {
    /// `is`
    Is,
    /// `is not`
    IsNot,
    /// `=`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

/// Arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `div`: how many times, whole.
    Whole,
    /// `mod`: what is left over.
    Rest,
}

/// What is asked of the rows of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum AggregateKind {
    /// Is there one? No over the empty set.
    Any,
    /// Is it every one? Yes over the empty set.
    Every,
    /// Is there none?
    No,
    /// How many?
    Count,
    /// Their total; zero over the empty set.
    Sum,
    /// The least; absent over the empty set.
    Min,
    /// The greatest; absent over the empty set.
    Max,
}

/// An arm of tiers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Arm {
    /// When it is hit; none for `otherwise`.
    pub pattern: Option<Pattern>,
    /// Its value.
    pub value: Expr,
}

/// One value, or a range of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Pattern {
    /// `A`
    One(Expr),
    /// `A to B`, both in.
    Through(Expr, Expr),
    /// `A to below B`
    UpTo(Expr, Expr),
    /// `below B`
    Below(Expr),
    /// `at least A`
    AtLeast(Expr),
}

impl Pattern {
    /// The values it is written with, in order.
    #[must_use]
    pub fn ends(&self) -> (&Expr, Option<&Expr>) {
        match self {
            Self::One(one) | Self::Below(one) | Self::AtLeast(one) => (one, None),
            Self::Through(lo, hi) | Self::UpTo(lo, hi) => (lo, Some(hi)),
        }
    }

    /// From its first value to its last.
    #[must_use]
    pub fn span(&self) -> Span {
        let (first, last) = self.ends();
        last.map_or(first.span, |last| first.span.to(last.span))
    }
}

/// What an amount is rounded to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum RoundTo {
    /// Whole fen.
    Fen,
    /// Whole yuan.
    Yuan,
}
