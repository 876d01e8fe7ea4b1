//! Duties and figures of the plan.

use super::plan::{Allowed, CharterId, Condition, Days, NodeId, Place};
use crate::ast::{ArticleNumber, Party, TimeUnit};
use crate::schema::{Label, RecordId};
use crate::value::PeriodUnit;

/// A duty of a household that signed, or of the committee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obligation {
    /// Name and alias.
    pub label: Label,
    /// Its article.
    pub article: ArticleNumber,
    /// The charter version it stands in.
    pub charter: CharterId,
    /// The days on which it means this: its version and those above it are in force.
    pub days: Days,
    /// Its place in the source.
    pub span: Place,
    /// For each row of this record.
    pub target: RecordId,
    /// Which rows are targets at all.
    pub filter: Vec<Condition>,
    /// Whose duty it is.
    pub party: Party,
    /// All must hold on the bound day for it to bind.
    pub bound: Vec<Condition>,
    /// What is to be done.
    pub must: Must,
    /// Where it holds, it need not be done.
    pub excuse: Option<Condition>,
    /// For how long it can still be done after the due day.
    pub remedy: (i64, TimeUnit),
    /// For how long after the remedy day one can object, and to whom.
    pub appeal: (i64, TimeUnit, String),
    /// What it rests on.
    pub basis: Option<String>,
    /// Findings answered.
    pub allowed: Vec<Allowed>,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Must {
    /// The date of the act lies within so long after another date; the bound day is that date.
    Within {
        /// The date of the act.
        act: NodeId,
        /// How long, in which unit.
        length: (i64, TimeUnit),
        /// After which date.
        after: NodeId,
        /// Its text.
        span: Place,
    },
    /// So many events in each calendar unit; the bound day is its first.
    Times {
        /// How many at the least.
        count: i64,
        /// Of which record of events.
        record: RecordId,
        /// When each happened.
        when: NodeId,
        /// Which of its rows.
        filter: Option<NodeId>,
        /// In each of which unit.
        unit: PeriodUnit,
        /// Its text.
        span: Place,
    },
    /// A condition holds on every day of a window.
    Throughout {
        /// Of which window.
        window: Window,
        /// The condition.
        condition: NodeId,
        /// Its text.
        span: Place,
    },
}

impl Must {
    /// In each of which unit; none where it counts from a date.
    #[must_use]
    pub fn unit(&self) -> Option<PeriodUnit> {
        match self {
            Self::Times { unit, .. } | Self::Throughout { window: Window::Each(unit), .. } => Some(*unit),
            Self::Within { .. } | Self::Throughout { window: Window::After { .. }, .. } => None,
        }
    }

    /// The date it counts from; none where it is for each calendar unit.
    #[must_use]
    pub fn after(&self) -> Option<NodeId> {
        match self {
            Self::Within { after, .. } | Self::Throughout { window: Window::After { after, .. }, .. } => {
                Some(*after)
            }
            Self::Times { .. } | Self::Throughout { window: Window::Each(_), .. } => None,
        }
    }
}

/// The days of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// Each calendar unit; the bound day is its first.
    Each(PeriodUnit),
    /// So long after a date, that day not counted; the bound day is that date.
    After {
        /// How long, in which unit.
        length: (i64, TimeUnit),
        /// After which date.
        after: NodeId,
    },
}

/// A figure about the whole register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indicator {
    /// Name and alias.
    pub label: Label,
    /// The charter version it stands in.
    pub charter: CharterId,
    /// The days on which it means this.
    pub days: Days,
    /// Its place in the source.
    pub span: Place,
    /// What is counted or added up.
    pub numerator: Measure,
    /// Out of what.
    pub denominator: Option<Measure>,
}

/// Rows of the whole register, counted or added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Whose rows.
    pub record: RecordId,
    /// Which of them.
    pub filter: Option<NodeId>,
    /// What is added up of each; none to count them.
    pub value: Option<NodeId>,
}
