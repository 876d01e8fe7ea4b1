//! Subsidies and rewards of the plan.

use super::plan::{Allowed, CharterId, FundId, NodeId, Place, PurposeId};
use crate::ast::{ArticleNumber, BenefitKind, Rhythm};
use crate::schema::{Label, RecordId};
use crate::value::{Day, Ratio};

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
    /// `bound when`, judged on the bound day.
    Bound,
    /// `excused when`: need not hold.
    Excuse,
}
