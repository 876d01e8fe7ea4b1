//! Expressions of the plan.

use super::plan::{NodeId, ParameterId};
use crate::ast::{CalendarPart, ElapsedUnit, RoundTo, TimeUnit};
use crate::schema::{FieldId, RecordId};
use crate::types::Type;
use crate::value::{Day, Fen, Ratio, Rounding};

/// One expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What is computed.
    pub op: Op,
    /// The type of the result.
    pub ty: Type,
    /// May the result be absent?
    pub optional: bool,
    /// The record on whose rows it is computed; none where it depends on no row.
    pub scope: Option<RecordId>,
}

/// What an expression computes. Operands are computed on the same row unless said otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// A value written out.
    Constant(Constant),
    /// The judged day.
    Today,
    /// A field of the row.
    Field(RecordId, FieldId),
    /// The key of the row, as text.
    Key(RecordId),
    /// An expression on the row's ancestor of that record.
    Outer(RecordId, NodeId),
    /// The value of a parameter on the judged day.
    Parameter(ParameterId),
    /// Kleene negation.
    Not(NodeId),
    /// Kleene conjunction.
    All(Vec<NodeId>),
    /// Kleene disjunction.
    Either(Vec<NodeId>),
    /// A comparison.
    Compare(Compare, NodeId, NodeId),
    /// Is it absent?
    IsAbsent(NodeId),
    /// Arithmetic on numbers, rates and money, by the types of the operands.
    Arith(Arith, NodeId, NodeId),
    /// A date moved by a duration; `true` moves it back.
    Shift {
        /// The date.
        date: NodeId,
        /// How many units; negative moves back.
        count: i64,
        /// Which units.
        unit: TimeUnit,
    },
    /// Whole units from one date to another.
    Elapsed(ElapsedUnit, NodeId, NodeId),
    /// First or last day of a date's month.
    Month(MonthEdge, NodeId),
    /// A part of a date by the calendar.
    Calendar(CalendarPart, NodeId),
    /// One value where a condition holds, another where it does not.
    Choose {
        /// Conditions and their values; the first that holds decides.
        cases: Vec<(NodeId, NodeId)>,
        /// Where none holds.
        otherwise: NodeId,
    },
    /// Something about the rows of `record` that lie in this row; `filter` and `value` are computed on those rows.
    Aggregate {
        /// What.
        kind: Aggregate,
        /// Whose rows.
        record: RecordId,
        /// Which of them.
        filter: Option<NodeId>,
        /// Of which value.
        value: Option<NodeId>,
    },
    /// The value of the first or last row that lies in this row, in the order of a key; of equal keys the row with
    /// the lesser row key. All three are computed on those rows.
    Pick {
        /// The last one.
        last: bool,
        /// Whose rows.
        record: RecordId,
        /// Which of them.
        filter: Option<NodeId>,
        /// What orders them.
        key: NodeId,
        /// Which value.
        value: NodeId,
    },
    /// One more than the rows that stand before this one in the order of a key.
    Rank {
        /// Among the rows that lie in its ancestor of that record.
        owner: RecordId,
        /// Which of them; the row itself must be one.
        filter: Option<NodeId>,
        /// What orders them.
        key: NodeId,
    },
    /// The arm that the subject hits.
    Tiers {
        /// On what it depends.
        subject: NodeId,
        /// The arms; their patterns do not overlap.
        arms: Vec<TierArm>,
        /// Where none is hit.
        otherwise: Option<NodeId>,
    },
    /// The row that the subjects hit: the first whose cells all fit and whose combination no row before it has.
    Table {
        /// On what it depends.
        subjects: Vec<NodeId>,
        /// The rows, those with fewer free cells first.
        rows: Vec<TableRow>,
    },
    /// The sum of each rate times the part of the subject inside its band.
    Scale {
        /// Of what.
        subject: NodeId,
        /// Where each band begins, as a number or in fen, and its rate; rising.
        bands: Vec<(i64, NodeId)>,
    },
    /// Rounded as named.
    Round(NodeId, Rounding, RoundTo),
}

/// A value written out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Constant {
    /// A whole number.
    Number(i64),
    /// An exact rate.
    Rate(Ratio),
    /// Whole fen.
    Money(Fen),
    /// A day.
    Date(Day),
    /// A text.
    Text(String),
    /// The place of a code in its field's list.
    Code(u16),
}

/// Comparisons; the others are negations of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Compare {
    /// Equal.
    Eq,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
}

impl Compare {
    /// The same with its sides exchanged.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        match self {
            Self::Eq => Self::Eq,
            Self::Lt => Self::Gt,
            Self::Le => Self::Ge,
            Self::Gt => Self::Lt,
            Self::Ge => Self::Le,
        }
    }
}

/// Arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arith {
    /// Sum.
    Add,
    /// Difference.
    Sub,
    /// Product.
    Mul,
    /// Quotient.
    Div,
    /// Quotient rounded down.
    Whole,
    /// What that leaves over: it has the divisor's sign.
    Rest,
}

/// An end of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MonthEdge {
    /// Its first day.
    First,
    /// Its last day.
    Last,
}

/// What is asked of a set of rows. `every` and `no` are negations of `Any`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aggregate {
    /// Is there one?
    Any,
    /// How many?
    Count,
    /// Their total.
    Sum,
    /// The least value.
    Min,
    /// The greatest value.
    Max,
}

/// An arm of tiers: hit by any of its patterns.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TierArm {
    /// When it is hit.
    pub pattern: Pattern,
    /// Its value.
    pub value: NodeId,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableRow {
    /// One a subject; none fits any value, and no value.
    pub cells: Vec<Option<Pattern>>,
    /// Its value.
    pub value: NodeId,
}

/// When an arm is hit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// That code.
    Code(u16),
    /// From one number, amount in fen or day to another, both in; without an end on a side where there is none.
    Span(Option<i64>, Option<i64>),
}
