//! How far dates and numbers lie apart at the most: `a < b`, `b < c` and `a + 1 days >= c` cannot hold together, however
//! many of them there are in a chain.
//!
//! Each comparison says that one is at most so much more than another. Where a round of them comes back to where it
//! began with less than nothing, they contradict each other (difference constraints, by Bellman and Ford). A month is 28
//! to 31 days, a year 365 or 366: what is concluded holds for any. So many months after one and the same day are one day:
//! who is 18 was born 18 years ago or more.

use super::held::Subject;
use crate::ast::{CalendarPart, ElapsedUnit, TimeUnit};
use crate::ir::{Arith, Compare, Constant, MonthEdge, NodeId, Op, Plan};
use crate::types::Type;
use std::collections::BTreeSet;

/// Most of what is compared at once.
const MAX_BOUNDS: usize = 40;

/// What is compared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Point {
    /// The beginning of counting.
    Zero,
    At(Subject),
    /// So many months after a date.
    After(Subject, i64),
}

/// The first is at most so much more than the second.
type Bound = (Point, Point, i64);

#[derive(Clone, Default)]
pub(super) struct Apart {
    bounds: BTreeSet<Bound>,
}

/// A date or number as another and something between two numbers more.
#[derive(Clone, Copy)]
struct Moved {
    from: Point,
    least: i64,
    most: i64,
}

impl Moved {
    fn exactly(from: Point, by: i64) -> Self {
        Self { from, least: by, most: by }
    }

    fn more(self, least: i64, most: i64) -> Self {
        Self { least: self.least.saturating_add(least), most: self.most.saturating_add(most), ..self }
    }

    /// So much time later, or earlier where it is less than nothing.
    fn later(self, count: i64, unit: TimeUnit) -> Self {
        let months = match unit {
            TimeUnit::Days => None,
            TimeUnit::Months => Some(count),
            TimeUnit::Years => count.checked_mul(12),
        };
        if let (Point::At(subject), 0, 0, Some(months)) = (self.from, self.least, self.most, months) {
            return Self::exactly(Point::After(subject, months), 0);
        }
        let (least, most) = days(count, unit);
        // The anniversary of a day that a month has not is the last one of it.
        self.more(least, most)
    }
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
        if lo > 0 {
            self.at_most(&from.later(lo, unit), &to, 0);
        }
        if (0..i64::MAX).contains(&hi) {
            // It has not come to one more.
            self.at_most(&to, &from.later(hi.saturating_add(1), unit), 1);
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
        let mut points: BTreeSet<Point> =
            self.bounds.iter().flat_map(|(less, greater, _)| [*less, *greater]).collect();
        let after = points.iter().filter_map(|point| match point {
            Point::After(subject, months) => Some((*subject, *months)),
            _ => None,
        });
        let after: Vec<(Subject, i64)> = after.collect();
        points.extend(after.iter().map(|(subject, _)| Point::At(*subject)));
        let months = after.iter().flat_map(|later| months_between(*later, &after));
        let points: Vec<Point> = points.into_iter().collect();
        let place = |point: &Point| points.binary_search(point).unwrap_or_default();
        let bounds: Vec<(usize, usize, i64)> = self
            .bounds
            .iter()
            .copied()
            .chain(months)
            .map(|(less, greater, most)| (place(&less), place(&greater), most))
            .collect();
        let mut most = vec![0_i64; points.len()];
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
        // Without a round that comes to less than nothing, no way is longer than there are points.
        (0..=points.len()).all(|_| shorten())
    }
}

/// How far a day some months after another lies from it, and from those after fewer months.
fn months_between((subject, months): (Subject, i64), others: &[(Subject, i64)]) -> Vec<Bound> {
    let here = Point::After(subject, months);
    let fewer = others.iter().filter(|(other, fewer)| *other == subject && *fewer < months);
    let fewer = fewer.map(|(_, fewer)| (Point::After(subject, *fewer), months.saturating_sub(*fewer)));
    let near = fewer.map(|(other, apart)| (other, (apart.saturating_mul(28), apart.saturating_mul(31))));
    let all = near.chain([(Point::At(subject), days(months, TimeUnit::Months))]);
    all.flat_map(|(other, (least, most))| [(here, other, most), (other, here, least.saturating_neg())])
        .collect()
}

/// What is moved by a written time, or a written number more than another.
fn moved(plan: &Plan, node: NodeId, at: &dyn Fn(NodeId) -> Subject) -> Option<Moved> {
    let op = &plan.node(node).op;
    let itself = || Some(Moved::exactly(Point::At(at(node)), 0));
    let written = |node: NodeId| match &plan.node(node).op {
        Op::Constant(Constant::Number(number)) => Some(*number),
        Op::Constant(Constant::Money(fen)) => Some(fen.0),
        _ => None,
    };
    match op {
        Op::Constant(Constant::Date(day)) => Some(Moved::exactly(Point::Zero, i64::from(day.number()))),
        Op::Constant(_) => written(node).map(|value| Moved::exactly(Point::Zero, value)),
        Op::Shift { date, count, unit } => Some(moved(plan, *date, at)?.later(*count, *unit)),
        Op::Month(MonthEdge::First, date) => Some(moved(plan, *date, at)?.more(-30, 0)),
        Op::Month(MonthEdge::Last, date) => Some(moved(plan, *date, at)?.more(0, 30)),
        Op::Calendar(part, date) => match part {
            CalendarPart::MonthStart => Some(moved(plan, *date, at)?.more(-30, 0)),
            CalendarPart::MonthEnd => Some(moved(plan, *date, at)?.more(0, 30)),
            CalendarPart::QuarterStart => Some(moved(plan, *date, at)?.more(-91, 0)),
            CalendarPart::QuarterEnd => Some(moved(plan, *date, at)?.more(0, 91)),
            CalendarPart::YearStart => Some(moved(plan, *date, at)?.more(-365, 0)),
            CalendarPart::YearEnd => Some(moved(plan, *date, at)?.more(0, 365)),
            CalendarPart::Year | CalendarPart::Month | CalendarPart::Day => itself(),
        },
        Op::Arith(Arith::Add, left, right) => match (written(*left), written(*right)) {
            (Some(by), _) => Some(moved(plan, *right, at)?.more(by, by)),
            (_, Some(by)) => Some(moved(plan, *left, at)?.more(by, by)),
            _ => itself(),
        },
        Op::Arith(Arith::Sub, left, right) => match written(*right) {
            Some(by) => Some(moved(plan, *left, at)?.more(-by, -by)),
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
