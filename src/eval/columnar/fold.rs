//! A comparison of one date field with something that is the same on every row comes down to days between which the
//! field must lie: `age >= 60` on a day is a birth no later than another day. They are looked for once a slot, by
//! bisection over the evaluator that explains itself, so that both say the same.

use super::slots::Slot;
use super::store::{HIGH, LOW};
use crate::eval::traced::{Fixed, Found};
use crate::eval::{FactId, FactPart};
use crate::ir::{Compare, NodeId, Op, Plan};
use crate::schema::{FieldId, RecordId};
use crate::value::{Day, Truth};
use std::collections::BTreeMap;

/// The days within which every step from a field to its comparison can be computed. A cell outside them is not folded.
pub(super) const FIRST: i32 = Day::MIN.number() + 366_000;
pub(super) const LAST: i32 = Day::MAX.number() - 366_000;

/// Days, both ends in; none where the first is later than the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub first: i64,
    pub last: i64,
}

impl Range {
    pub(super) const EMPTY: Self = Self { first: 1, last: 0 };
    pub(super) const ALL: Self = Self { first: LOW, last: HIGH };

    fn and(self, other: Self) -> Self {
        Self { first: self.first.max(other.first), last: self.last.min(other.last) }
    }

    /// From the earlier first to the later last. A range that crossed itself, because no field leads to that day (no day is
    /// one month before 31 March), still says where its ends are on their way.
    fn hull(self, other: Self) -> Self {
        if self == Self::EMPTY {
            return other;
        }
        if other == Self::EMPTY {
            return self;
        }
        Self { first: self.first.min(other.first), last: self.last.max(other.last) }
    }

    pub(super) fn is_empty(self) -> bool {
        self.first > self.last
    }
}

/// Where a comparison is true on one slot: for certain, and perhaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Within {
    pub sure: Range,
    pub may: Range,
    pub fault: bool,
}

/// A comparison as ranges of a field.
#[derive(Clone, Debug)]
pub(super) struct Folded {
    pub record: RecordId,
    pub field: FieldId,
    /// By slot.
    pub within: Vec<Within>,
}

/// A step from a field to what is compared.
#[derive(Clone, Copy)]
struct Chain {
    record: RecordId,
    field: FieldId,
    /// The later the field, the more.
    rising: bool,
}

/// Ranges found before, by comparison and slot: those that come out the same for every village.
pub(super) type Ranges = BTreeMap<(NodeId, Slot), Within>;

/// The comparison `left op right` as ranges, where one side is a chain from a date field and the other is fixed.
pub(super) fn fold(
    fixed: &Fixed<'_>,
    is_fixed: &dyn Fn(NodeId) -> bool,
    (compare, left, right): (Compare, NodeId, NodeId),
    slots: &[Slot],
    mut shared: Option<(&mut Ranges, NodeId)>,
) -> Option<Folded> {
    let (compare, value, against) = match (is_fixed(left), is_fixed(right)) {
        (false, true) => (compare, left, right),
        (true, false) => (compare.mirrored(), right, left),
        _ => return None,
    };
    let chain = chain(fixed.plan, is_fixed, value)?;
    let asked = Asked { fixed, chain, compare, value, against };
    let mut on = |slot: &Slot| match &mut shared {
        Some((shared, id)) => *shared.entry((*id, *slot)).or_insert_with(|| asked.on_slot(*slot)),
        None => asked.on_slot(*slot),
    };
    let within = slots.iter().map(&mut on).collect();
    Some(Folded { record: chain.record, field: chain.field, within })
}

fn chain(plan: &Plan, is_fixed: &dyn Fn(NodeId) -> bool, node: NodeId) -> Option<Chain> {
    match &plan.node(node).op {
        Op::Field(record, field) => {
            let is_date = matches!(plan.schema.field(*record, *field).ty, crate::schema::FieldType::Date);
            is_date.then_some(Chain { record: *record, field: *field, rising: true })
        }
        Op::Shift { date, .. } | Op::Month(_, date) => chain(plan, is_fixed, *date),
        Op::Elapsed(_, from, to) if is_fixed(*to) => {
            let inner = chain(plan, is_fixed, *from)?;
            Some(Chain { rising: !inner.rising, ..inner })
        }
        Op::Elapsed(_, from, to) if is_fixed(*from) => chain(plan, is_fixed, *to),
        _ => None,
    }
}

/// A comparison, with the side of the field first.
struct Asked<'a> {
    fixed: &'a Fixed<'a>,
    chain: Chain,
    compare: Compare,
    value: NodeId,
    against: NodeId,
}

const NEVER: Within = Within { sure: Range::EMPTY, may: Range::EMPTY, fault: false };
const ROUGH: Within = Within { sure: Range::EMPTY, may: Range::ALL, fault: false };

impl Asked<'_> {
    /// On a stretch of days: true for certain where it is on all of them, perhaps where it is on one. Ends move one way
    /// as days pass, as long as no parameter changes; where one does, nothing is certain.
    fn on_slot(&self, slot: Slot) -> Within {
        let first = self.on_day(slot.first);
        if slot.first == slot.last {
            return first;
        }
        if !self.moves_with_today_only(slot) {
            return Within { fault: first.fault, ..ROUGH };
        }
        let last = self.on_day(slot.last);
        Within {
            sure: first.sure.and(last.sure),
            may: first.may.hull(last.may),
            fault: first.fault || last.fault,
        }
    }

    fn moves_with_today_only(&self, slot: Slot) -> bool {
        let plan = self.fixed.plan;
        let mut waiting = vec![self.value, self.against];
        while let Some(id) = waiting.pop() {
            match &plan.node(id).op {
                Op::Today | Op::Field(..) | Op::Constant(_) => {}
                op @ (Op::Shift { .. } | Op::Month(..) | Op::Elapsed(..)) => op.operands(&mut waiting),
                _ => {
                    let found = self.fixed.find(id, slot.first, None);
                    if !found.is_ok_and(|found| found.horizon > slot.last) {
                        return false;
                    }
                }
            }
        }
        true
    }

    fn on_day(&self, day: Day) -> Within {
        let Ok(against) = self.fixed.find(self.against, day, None) else {
            return Within { fault: true, ..ROUGH };
        };
        if against.there.is_false() {
            return NEVER;
        }
        let Some((sure, may)) = self.ranges(day, &against) else { return Within { fault: true, ..ROUGH } };
        let sure = if against.there.is_true() { sure } else { Range::EMPTY };
        Within { sure, may, fault: false }
    }

    /// Where the comparison is certain, and where it is possible, given the ends of what is compared with.
    fn ranges(&self, day: Day, against: &Found) -> Option<(Range, Range)> {
        let (lo, hi) = (against.bounds.lo, against.bounds.hi);
        let at_most = |end: Option<i64>, or_equal: bool| match end {
            Some(end) => self.below(day, end, or_equal),
            None => Some(Range::EMPTY),
        };
        let at_least = |end: Option<i64>, or_equal: bool| match end {
            Some(end) => self.above(day, end, or_equal),
            None => Some(Range::EMPTY),
        };
        // Possible against an end that is not known: anything.
        let or_all =
            |end: Option<i64>, range: Option<Range>| if end.is_none() { Some(Range::ALL) } else { range };
        Some(match self.compare {
            Compare::Lt => (at_most(lo, false)?, or_all(hi, at_most(hi, false))?),
            Compare::Le => (at_most(lo, true)?, or_all(hi, at_most(hi, true))?),
            Compare::Gt => (at_least(hi, false)?, or_all(lo, at_least(lo, false))?),
            Compare::Ge => (at_least(hi, true)?, or_all(lo, at_least(lo, true))?),
            Compare::Eq => {
                let may = or_all(lo, at_least(lo, true))?.and(or_all(hi, at_most(hi, true))?);
                let sure = if lo.is_some() && lo == hi { may } else { Range::EMPTY };
                (sure, may)
            }
        })
    }

    /// Where the side of the field is less than a value.
    fn below(&self, day: Day, end: i64, or_equal: bool) -> Option<Range> {
        let holds = |value: i64| value < end || or_equal && value == end;
        if self.chain.rising { self.until(day, holds) } else { self.since(day, holds) }
    }

    /// Where the side of the field is greater than a value.
    fn above(&self, day: Day, end: i64, or_equal: bool) -> Option<Range> {
        let holds = |value: i64| value > end || or_equal && value == end;
        if self.chain.rising { self.since(day, holds) } else { self.until(day, holds) }
    }

    /// The fields up to the last for which it holds.
    fn until(&self, day: Day, holds: impl Fn(i64) -> bool) -> Option<Range> {
        let turn = self.turn(day, |value| !holds(value))?;
        Some(Range { first: i64::from(FIRST), last: i64::from(turn) - 1 })
    }

    /// The fields from the first for which it holds.
    fn since(&self, day: Day, holds: impl Fn(i64) -> bool) -> Option<Range> {
        let turn = self.turn(day, holds)?;
        Some(Range { first: i64::from(turn), last: i64::from(LAST) })
    }

    /// The first day of the field on which something holds that holds on all later ones; one past the last where it
    /// holds on none.
    fn turn(&self, day: Day, holds: impl Fn(i64) -> bool) -> Option<i32> {
        let (mut low, mut high) = (FIRST, LAST + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            if holds(self.value_at(day, middle)?) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        Some(low)
    }

    fn value_at(&self, day: Day, field: i32) -> Option<i64> {
        let fact = FactId { record: self.chain.record, part: FactPart::Field(self.chain.field), row: 0 };
        let found = self.fixed.find(self.value, day, Some((fact, Day::from_number(field)?))).ok()?;
        let single = found.bounds.lo.filter(|lo| found.bounds.hi == Some(*lo));
        // A step that is itself only known to an interval is not folded.
        single.filter(|_| found.there == Truth::True)
    }
}
