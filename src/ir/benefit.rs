//! Subsidies and rewards of the plan.

use super::plan::{Allowed, CharterId, FundId, NodeId, Place, PurposeId};
use crate::ast::{ArticleNumber, BenefitKind, JudgedOn, Prorating, Relation, Rhythm};
use crate::schema::{Label, RecordId};
use crate::value::{Day, PeriodUnit, Ratio};

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
    /// Only for the parts of the unit in which its conditions hold.
    pub prorating: Option<Prorating>,
    /// On which day of its month, quarter or year it is judged.
    pub judged_on: JudgedOn,
    /// How it stands to other benefits, as its charter says. Exceptions and replacements are among the conditions of
    /// the benefit that yields.
    pub related: Vec<Related>,
    /// Benefits that the household cannot have together with this one.
    pub rivals: Vec<Rival>,
    /// What it pays at most.
    pub limits: Vec<Limit>,
    /// The duties of the household for which a recorded decision may withhold it; empty where it cannot be withheld.
    pub discretionary: Vec<String>,
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
    /// Something given.
    InKind {
        /// What.
        what: String,
        /// What it is worth; zero where nothing is said.
        worth: NodeId,
        /// Its text.
        span: Place,
    },
}

/// A relation to another benefit, by the name of its declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Which.
    pub relation: Relation,
    /// To which benefit.
    pub clause: String,
    /// Where it is named.
    pub span: Place,
}

/// A benefit that the household cannot have together with another, computed on the row of the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rival {
    /// Its name.
    pub clause: String,
    /// Do its conditions hold?
    pub holds: NodeId,
    /// The least it would pay.
    pub lo: NodeId,
    /// The most it would pay.
    pub hi: NodeId,
}

/// At most so much, in the order of judged days, then in the order of the clauses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How much, or how often.
    pub most: Most,
    /// For each row of this record.
    pub per: RecordId,
    /// In each calendar unit; none for life.
    pub window: Option<PeriodUnit>,
    /// The names of the benefits it cuts, the one it stands in first.
    pub clauses: Vec<String>,
    /// Its text.
    pub span: Place,
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Most {
    /// Money, computed on a row of the limit's record.
    Amount(NodeId),
    /// Grants.
    Times(i64),
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
    /// Another clause that says `exception to` holds, already negated.
    Exception,
    /// Another clause that says `instead of` is granted, already negated.
    Replaced,
    /// `bound when`, judged on the bound day.
    Bound,
    /// `excused when`: need not hold.
    Excuse,
}
