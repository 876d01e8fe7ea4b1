//! Rows in the order of a key. Where keys or rows are unknown, every row that could be the first counts.

use super::choose::together;
use super::computed::{Certainty, Computed, Presence, Value};
use super::explain::FactLine;
use super::expr::{Evaluator, Outcome, empty_value};
use crate::eval::Fault;
use crate::ir::{NodeId, Op};
use crate::schema::RecordId;
use crate::value::{Bounds, Day};
use std::ops::Range;

/// The rows of a record that lie in one row of another.
type Rows = (RecordId, RecordId, usize);

/// A row that belongs or may belong.
struct Member {
    row: usize,
    /// It certainly belongs.
    sure: bool,
    key: Bounds<i64>,
    /// Of its belonging and its key.
    certainty: Certainty,
}

struct Order {
    members: Vec<Member>,
    /// How sure it is that there are no further rows; none where there are none.
    open: Option<Certainty>,
    horizon: Day,
}

impl<'r> Evaluator<'r> {
    pub(super) fn pick(
        &self,
        last: bool,
        (record, owner, row): Rows,
        by: (Option<NodeId>, NodeId),
        value: NodeId,
    ) -> Outcome<'r> {
        let rows = self.register.descendants(&self.plan.schema, record, owner, row);
        let order = self.order(record, rows, by)?;
        let candidates = self.candidates(record, &order, last);
        let values = candidates.iter().map(|one| self.eval(value, one.row)).collect::<Result<Vec<_>, _>>()?;
        let node = self.plan.node(value);
        let all = together(values, node.ty);
        let settled = matches!(candidates.as_slice(), [one] if one.sure);
        let of_rows = candidates.iter().map(|one| one.certainty).filter(|_| !settled);
        let certainty = of_rows.chain(order.open).fold(all.certainty, Certainty::max);
        let some_row = candidates.iter().any(|one| one.sure) || order.members.iter().any(|one| one.sure);
        let presence = match order.open {
            Some(_) if some_row && !node.optional => Presence::Present,
            None if some_row || all.presence == Presence::Absent => all.presence,
            _ => Presence::Maybe,
        };
        // A row that is not known could have any value.
        let value = if order.open.is_some() { empty_value(node.ty) } else { all.value };
        Ok(Computed::result(value, presence, certainty, all.horizon.min(order.horizon)))
    }

    pub(super) fn rank(&self, (record, owner, row): Rows, by: (Option<NodeId>, NodeId)) -> Outcome<'r> {
        let outer = self.register.ancestor(&self.plan.schema, record, row, owner).unwrap_or(row);
        let rows = self.register.descendants(&self.plan.schema, record, owner, outer);
        let order = self.order(record, rows, by)?;
        let Some(own) = order.members.iter().find(|member| member.row == row) else {
            let number = Value::Number(Bounds::any());
            return Ok(Computed {
                presence: Presence::Absent,
                horizon: order.horizon,
                ..Computed::known(number)
            });
        };
        let before = |other: &&Member| certainly_less(other.key.hi, own.key.lo);
        let may_be_before = |other: &&Member| !certainly_not_less(other.key.lo, own.key.hi);
        let others = || order.members.iter().filter(|member| member.row != row);
        let place = |count: usize| i64::try_from(count).ok()?.checked_add(1);
        let least = others().filter(|other| other.sure).filter(before).count();
        let most = others().filter(may_be_before).count();
        let doubtful = others().filter(may_be_before).filter(|other| !(other.sure && before(other)));
        let certainty =
            doubtful.map(|other| other.certainty).chain(order.open).fold(own.certainty, Certainty::max);
        let hi = if order.open.is_some() { None } else { place(most) };
        let presence = if own.sure { Presence::Present } else { Presence::Maybe };
        let value = Value::Number(Bounds { lo: place(least), hi });
        Ok(Computed::result(value, presence, certainty, order.horizon))
    }

    /// The facts of an explanation: what orders the rows, then the values of those that could be the one.
    pub(super) fn ordered_facts(&self, id: NodeId, row: usize, facts: &mut Vec<FactLine>) {
        let node = self.plan.node(id);
        let Some(scope) = node.scope else { return };
        let (record, owner, by, picked) = match node.op {
            Op::Pick { last, record, filter, key, value } => {
                (record, scope, (filter, key), Some((last, value)))
            }
            Op::Rank { owner, filter, key } => (scope, owner, (filter, key), None),
            _ => return,
        };
        let outer = self.register.ancestor(&self.plan.schema, scope, row, owner).unwrap_or(row);
        let rows = self.register.descendants(&self.plan.schema, record, owner, outer);
        for member in rows.clone() {
            by.0.iter().chain([&by.1]).for_each(|node| self.facts(*node, member, facts));
        }
        if let (Some((last, value)), Ok(order)) = (picked, self.order(record, rows, by)) {
            for member in self.candidates(record, &order, last) {
                self.facts(value, member.row, facts);
            }
        }
        self.rows_fact(record, facts);
    }

    fn order(
        &self,
        record: RecordId,
        rows: Range<usize>,
        (filter, key): (Option<NodeId>, NodeId),
    ) -> Result<Order, Fault> {
        let mut order = Order { members: Vec::new(), open: self.open(record), horizon: Day::MAX };
        for row in rows {
            let (mut sure, mut certainty) = (true, Certainty::Known);
            if let Some(filter) = filter {
                let belongs = self.eval(filter, row)?;
                order.horizon = order.horizon.min(belongs.horizon);
                let truth = belongs.as_truth();
                if truth.is_false() {
                    continue;
                }
                if truth.is_unknown() {
                    (sure, certainty) = (false, belongs.certainty);
                }
            }
            let key = self.eval(key, row)?;
            order.horizon = order.horizon.min(key.horizon);
            certainty = certainty.max(key.certainty);
            order.members.push(Member { row, sure, key: scale(key.value), certainty });
        }
        Ok(order)
    }

    /// The rows before which none certainly stands.
    fn candidates<'o>(&self, record: RecordId, order: &'o Order, last: bool) -> Vec<&'o Member> {
        let keys = &self.register.table(record).keys;
        let precedes = |other: &Member, one: &Member| {
            let (near, far) = if last { (one.key.hi, other.key.lo) } else { (other.key.hi, one.key.lo) };
            // Of equal keys the lesser row key, never the order of the input.
            let lesser = (keys.get(other.row), other.row) < (keys.get(one.row), one.row);
            certainly_less(near, far) || lesser && certainly_not_less(far, near)
        };
        let beaten = |one: &Member| {
            order.members.iter().any(|other| other.row != one.row && other.sure && precedes(other, one))
        };
        order.members.iter().filter(|member| !beaten(member)).collect()
    }
}

/// Keys of every type on one scale: numbers, fen, days.
pub(super) fn scale(value: Value<'_>) -> Bounds<i64> {
    match value {
        Value::Number(bounds) => bounds,
        Value::Money(bounds) => bounds.map_monotone(|fen| Some(fen.0)),
        Value::Date(bounds) => bounds.map_monotone(|day| Some(i64::from(day.number()))),
        _ => Bounds::any(),
    }
}

fn certainly_less(a: Option<i64>, b: Option<i64>) -> bool {
    a.zip(b).is_some_and(|(a, b)| a < b)
}

fn certainly_not_less(a: Option<i64>, b: Option<i64>) -> bool {
    a.zip(b).is_some_and(|(a, b)| a >= b)
}
