//! How far dates and numbers lie apart at the most: `a < b`, `b < c` and `a + 1 days >= c` cannot hold together, however
//! many of them there are in a chain.
//!
//! Each comparison says that one is at most so much more than another. Where a round of them comes back to where it
//! began with less than nothing, they contradict each other (difference constraints, by Bellman and Ford). A month is 28
//! to 31 days, a year 365 or 366: what is concluded holds for any.

use super::held::Subject;
use crate::ast::{CalendarPart, ElapsedUnit, TimeUnit};
use crate::ir::{Arith, Compare, Constant, MonthEdge, NodeId, Op, Plan};
use crate::types::Type;
use std::collections::BTreeSet;

/// Most of what is compared at once.
const MAX_BOUNDS: usize = 40;

/// The first is at most so much more than the second; none is the beginning of counting.
type Bound = (Option<Subject>, Option<Subject>, i64);

#[derive(Clone, Default)]
pub(super) struct Apart {
    bounds: BTreeSet<Bound>,
}

/// A date or number as another and something between two numbers more.
struct Moved {
    from: Option<Subject>,
    least: i64,
    most: i64,
}

impl Apart {
    /// One compared with another; `at` says where an expression is computed.
    pub(super) fn compare(
        &mut self,
        plan: &Plan,
        (compare, left, right): (Compare, NodeId, NodeId),
        at: &dyn Fn(NodeId) -> Subject,
    ) {
        let both = moved(plan, left, at).zip(moved(plan, right, at));
        if let Some((left, right)) = both {
            let (less, greater) = match compare {
                Compare::Lt => (Some(1), None),
                Compare::Le => (Some(0), None),
                Compare::Gt => (None, Some(1)),
                Compare::Ge => (None, Some(0)),
                Compare::Eq => (Some(0), Some(0)),
            };
            if let Some(by) = less {
                self.at_most(&left, &right, by);
            }
            if let Some(by) = greater {
                self.at_most(&right, &left, by);
            }
        }
    }

    /// Time from one date to another lies within a stretch.
    pub(super) fn elapsed(
        &mut self,
        plan: &Plan,
        (unit, from, to): (ElapsedUnit, NodeId, NodeId),
        (lo, hi): (i64, i64),
        at: &dyn Fn(NodeId) -> Subject,
    ) {
        let Some((from, to)) = moved(plan, from, at).zip(moved(plan, to, at)) else { return };
        let unit = match unit {
            ElapsedUnit::Years => TimeUnit::Years,
            ElapsedUnit::Months => TimeUnit::Months,
            ElapsedUnit::Days => TimeUnit::Days,
        };
        // The anniversary of a day that a month has not may be a day away.
        let slack = i64::from(!matches!(unit, TimeUnit::Days));
        if lo > 0 {
            let (least, _) = days(lo, unit);
            self.at_most(&from, &to, least.saturating_sub(slack));
        }
        if (0..i64::MAX).contains(&hi) {
            // It has not come to one more.
            let (_, most) = days(hi.saturating_add(1), unit);
            self.at_most(&to, &from, most.saturating_add(slack).saturating_sub(1).saturating_neg());
        }
    }

    /// One and that much more is at most the other.
    fn at_most(&mut self, less: &Moved, greater: &Moved, by: i64) {
        let most = greater.most.saturating_sub(less.least).saturating_sub(by);
        self.bounds.insert((less.from, greater.from, most));
    }

    /// They contradict each other.
    pub(super) fn contradicts(&self) -> bool {
        if self.bounds.len() > MAX_BOUNDS {
            return false;
        }
        let mut subjects: Vec<Option<Subject>> =
            self.bounds.iter().flat_map(|(less, greater, _)| [*less, *greater]).collect();
        subjects.sort_unstable();
        subjects.dedup();
        let place = |subject: &Option<Subject>| subjects.binary_search(subject).unwrap_or_default();
        let bounds: Vec<(usize, usize, i64)> =
            self.bounds.iter().map(|(less, greater, most)| (place(less), place(greater), *most)).collect();
        let mut most = vec![0_i64; subjects.len()];
        let mut shorten = || {
            let mut shorter = false;
            for (less, greater, by) in &bounds {
                let through = most[*greater].saturating_add(*by);
                if through < most[*less] {
                    most[*less] = through;
                    shorter = true;
                }
            }
            shorter
        };
        // Without a round that comes to less than nothing, no way is longer than there are subjects.
        (0..=subjects.len()).all(|_| shorten())
    }
}

/// What is moved by a written time, or a written number more than another.
fn moved(plan: &Plan, node: NodeId, at: &dyn Fn(NodeId) -> Subject) -> Option<Moved> {
    let op = &plan.node(node).op;
    let itself = || Some(Moved { from: Some(at(node)), least: 0, most: 0 });
    let more = |inner: Moved, least: i64, most: i64| Moved {
        least: inner.least.saturating_add(least),
        most: inner.most.saturating_add(most),
        ..inner
    };
    let written = |node: NodeId| match &plan.node(node).op {
        Op::Constant(Constant::Number(number)) => Some(*number),
        Op::Constant(Constant::Money(fen)) => Some(fen.0),
        _ => None,
    };
    match op {
        Op::Constant(Constant::Date(day)) => {
            let day = i64::from(day.number());
            Some(Moved { from: None, least: day, most: day })
        }
        Op::Constant(_) => written(node).map(|value| Moved { from: None, least: value, most: value }),
        Op::Shift { date, count, unit } => {
            let (least, most) = days(*count, *unit);
            Some(more(moved(plan, *date, at)?, least, most))
        }
        Op::Month(MonthEdge::First, date) => Some(more(moved(plan, *date, at)?, -30, 0)),
        Op::Month(MonthEdge::Last, date) => Some(more(moved(plan, *date, at)?, 0, 30)),
        Op::Calendar(part, date) => match part {
            CalendarPart::MonthStart => Some(more(moved(plan, *date, at)?, -30, 0)),
            CalendarPart::MonthEnd => Some(more(moved(plan, *date, at)?, 0, 30)),
            CalendarPart::QuarterStart => Some(more(moved(plan, *date, at)?, -91, 0)),
            CalendarPart::QuarterEnd => Some(more(moved(plan, *date, at)?, 0, 91)),
            CalendarPart::YearStart => Some(more(moved(plan, *date, at)?, -365, 0)),
            CalendarPart::YearEnd => Some(more(moved(plan, *date, at)?, 0, 365)),
            CalendarPart::Year | CalendarPart::Month | CalendarPart::Day => itself(),
        },
        Op::Arith(Arith::Add, left, right) => match (written(*left), written(*right)) {
            (Some(by), _) => Some(more(moved(plan, *right, at)?, by, by)),
            (_, Some(by)) => Some(more(moved(plan, *left, at)?, by, by)),
            _ => itself(),
        },
        Op::Arith(Arith::Sub, left, right) => match written(*right) {
            Some(by) => Some(more(moved(plan, *left, at)?, -by, -by)),
            None => itself(),
        },
        _ => match plan.node(node).ty {
            Type::Date | Type::Number | Type::Money => itself(),
            _ => None,
        },
    }
}

/// How many days so many units are, at the least and at the most.
fn days(count: i64, unit: TimeUnit) -> (i64, i64) {
    let times = |count: i64, days: i64| count.saturating_mul(days);
    if count < 0 {
        let (least, most) = days(count.saturating_neg(), unit);
        return (most.saturating_neg(), least.saturating_neg());
    }
    match unit {
        TimeUnit::Days => (count, count),
        TimeUnit::Years => (times(count, 365), times(count, 366)),
        TimeUnit::Months => {
            let (years, months) = (count / 12, count % 12);
            (
                times(years, 365).saturating_add(times(months, 28)),
                times(years, 366).saturating_add(times(months, 31)),
            )
        }
    }
}
