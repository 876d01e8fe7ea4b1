//! The data of the plan.

use crate::ast::{ArticleNumber, BenefitKind, ElapsedUnit, Level, Rhythm, RoundTo, TimeUnit};
use crate::schema::{FieldId, Label, RecordId, Schema};
use crate::source::Span;
use crate::types::Type;
use crate::value::{Day, Fen, Ratio, Rounding};
use std::collections::BTreeSet;

pub use super::duty::{Indicator, Measure, Must, Obligation, Window};
pub use super::text::{Allowed, Paragraph, Provision, Refused};
pub use crate::resolve::CharterId;

/// An expression of the plan, by its place in [`Plan::nodes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// A parameter, by its place in [`Plan::parameters`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParameterId(pub usize);

/// A fund, by its place in [`Plan::funds`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FundId(pub usize);

/// A purpose, by its place in [`Plan::purposes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PurposeId(pub usize);

/// Everything an evaluator needs. Equal charters in different languages compile to equal plans.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The vocabulary's name.
    pub vocabulary: Option<Label>,
    /// The shape of the register.
    pub schema: Schema,
    /// Expressions; operands stand before what uses them, and equal expressions are one node.
    pub nodes: Vec<Node>,
    /// Parameters.
    pub parameters: Vec<Parameter>,
    /// Funds.
    pub funds: Vec<Label>,
    /// Purposes.
    pub purposes: Vec<Label>,
    /// Charter versions, by [`CharterId`].
    pub charters: Vec<CharterVersion>,
    /// Benefits, in the order of their charters and articles.
    pub benefits: Vec<Benefit>,
    /// Duties, in the order of their charters and articles.
    pub obligations: Vec<Obligation>,
    /// Figures about the whole register.
    pub indicators: Vec<Indicator>,
    /// Clauses that no village may have: reported, never evaluated.
    pub refused: Vec<Refused>,
    /// Texts that are not computed.
    pub provisions: Vec<Provision>,
}

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
    /// The arm that the subject hits.
    Tiers {
        /// On what it depends.
        subject: NodeId,
        /// The arms; their patterns do not overlap.
        arms: Vec<TierArm>,
        /// Where none is hit.
        otherwise: Option<NodeId>,
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

/// When an arm is hit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// That code.
    Code(u16),
    /// From one number to another, both in.
    Number(i64, i64),
}

/// A parameter and its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Name and alias.
    pub label: Label,
    /// The type of its values.
    pub ty: Type,
    /// How its value is found.
    pub kind: ParameterKind,
}

/// How the value of a parameter is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// By the day: from, first day no longer (none: open end), value; in order of days, without overlap. A gap is an
    /// error when it is hit.
    Dated(Vec<(Day, Option<Day>, Constant)>),
    /// As the village's charter in force on the day sets it, else the default.
    Open {
        /// Where nothing is set.
        default: Option<Constant>,
        /// What was set, by charter version.
        settings: Vec<Setting>,
    },
}

/// An open parameter set by a charter version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// By which.
    pub charter: CharterId,
    /// To what.
    pub value: Constant,
}

/// One version of a charter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CharterVersion {
    /// Name and title.
    pub label: Label,
    /// Its layer.
    pub level: Level,
    /// The charter above.
    pub under: Option<CharterId>,
    /// The village it holds for.
    pub village: Option<String>,
    /// First day in force.
    pub from: Day,
    /// First day no longer in force.
    pub until: Option<Day>,
}

/// A subsidy or a reward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Benefit {
    /// Name and alias.
    pub label: Label,
    /// Its article.
    pub article: ArticleNumber,
    /// Subsidy or reward.
    pub kind: BenefitKind,
    /// The charter version it stands in.
    pub charter: CharterId,
    /// The days on which it means this: its version and those above it are in force.
    pub days: Days,
    /// Its place in the source.
    pub span: Place,
    /// The place of its name and alias.
    pub title: Place,
    /// For each row of this record.
    pub target: RecordId,
    /// Which rows are targets at all.
    pub filter: Vec<Condition>,
    /// All must hold.
    pub conditions: Vec<Condition>,
    /// How much.
    pub pay: Pay,
    /// How often.
    pub rhythm: Rhythm,
    /// Who pays which part; empty where the text names nobody.
    pub funds: Vec<FundShare>,
    /// What it is for.
    pub purpose: Option<PurposeId>,
    /// Benefits of the same purpose that it is paid on top of.
    pub adds_to: Vec<String>,
    /// What it rests on.
    pub basis: Option<String>,
    /// Findings answered.
    pub allowed: Vec<Allowed>,
}

/// A stretch of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// First day.
    pub from: Day,
    /// First day no longer; none for an open end.
    pub until: Option<Day>,
}

impl Days {
    /// True where the day is one of them.
    #[must_use]
    pub fn contain(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }

    /// The last day.
    #[must_use]
    pub fn last(&self) -> Day {
        self.until.and_then(|until| until.add_days(-1)).unwrap_or(Day::MAX)
    }
}

/// One condition of a benefit, as `why` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Where it comes from.
    pub kind: ConditionKind,
    /// What must be true.
    pub node: NodeId,
    /// Its text.
    pub span: Place,
}

/// A place in the source. Plans are compared without regard to places.
#[derive(Clone, Copy, Debug)]
pub struct Place(pub Span);

impl PartialEq for Place {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Place {}

/// The part of a benefit a condition comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConditionKind {
    /// `for … where`
    Target,
    /// `when`
    When,
    /// `unless`, already negated.
    Unless,
    /// `from`
    From,
    /// `until`
    Until,
    /// `excused when`: need not hold.
    Excuse,
}

/// How much is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pay {
    /// An amount that can be computed.
    Fixed(NodeId, Place),
    /// A range somebody decides within: least, greatest, who.
    Range {
        /// Least.
        lo: NodeId,
        /// Greatest.
        hi: NodeId,
        /// Who decides.
        decider: String,
        /// Its text.
        span: Place,
    },
}

/// A fund and its part of the cost; the parts of a benefit add up to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FundShare {
    /// Who pays.
    pub fund: FundId,
    /// Which part.
    pub part: Ratio,
}

impl Plan {
    /// The expression of that number.
    ///
    /// # Panics
    /// Where the number is of another plan.
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The fields some expression reads.
    #[must_use]
    pub fn fields_read(&self) -> BTreeSet<(RecordId, FieldId)> {
        let field = |node: &Node| match node.op {
            Op::Field(record, field) => Some((record, field)),
            _ => None,
        };
        self.nodes.iter().filter_map(field).collect()
    }

    /// The records some clause reads or is for.
    #[must_use]
    pub fn records_read(&self) -> BTreeSet<RecordId> {
        let of_node = self.nodes.iter().filter_map(|node| match node.op {
            Op::Field(record, _) | Op::Key(record) | Op::Aggregate { record, .. } => Some(record),
            _ => None,
        });
        let targets = self.benefits.iter().map(|benefit| benefit.target);
        let duties = self.obligations.iter().map(|obligation| obligation.target);
        let events = self.obligations.iter().filter_map(|obligation| match obligation.must {
            Must::Times { record, .. } => Some(record),
            _ => None,
        });
        let measures =
            self.indicators.iter().flat_map(|indicator| [Some(indicator.numerator), indicator.denominator]);
        of_node
            .chain(targets)
            .chain(duties)
            .chain(events)
            .chain(measures.flatten().map(|measure| measure.record))
            .collect()
    }

    /// The charter version of that number.
    ///
    /// # Panics
    /// Where the number is of another plan.
    #[must_use]
    pub fn charter(&self, id: CharterId) -> &CharterVersion {
        &self.charters[id.0]
    }
}

impl CharterVersion {
    /// True where it is in force on that day.
    #[must_use]
    pub fn holds_on(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }

    /// `name@YYYY-MM-DD`, as results and receipts print it.
    #[must_use]
    pub fn version(&self) -> String {
        format!("{}@{}", self.label.name, self.from)
    }
}
