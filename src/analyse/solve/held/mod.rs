//! What is held to be so of one household, all of it at once, and whether that contradicts itself.
//!
//! Whoever has a child has at least one row of those that are children; who has no daughter has none of those that are
//! daughters. Of two sets of rows the one lies within the other where its condition and the opposite of the other's
//! contradict each other.

mod range;
mod rows;

use self::range::Range;
use super::apart::Apart;
use super::opposites::{Fact, Prover};
use crate::analyse::extent::Extents;
use crate::ir::{Aggregate, Arith, Compare, Constant, NodeId, Op, Plan};
use crate::schema::{FieldType, RecordId};
use crate::types::Type;
use crate::value::{Bounds, Ratio};
use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Where an expression is computed: on which row, and on which of the days that differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub row: (RecordId, usize),
    pub day: usize,
}

/// The day of an expression that is the same on all days.
const ANY_DAY: usize = usize::MAX;
/// A row of which only the set it is in is known.
const SOME_ROW: usize = usize::MAX;

/// An expression where it is computed.
pub(super) type Subject = (NodeId, Place);

/// Rows of a record that meet a condition; all of them where there is none.
type Rows = (RecordId, Option<NodeId>, Place);

#[derive(Clone)]
pub(super) struct Held<'p> {
    plan: &'p Plan,
    truths: BTreeMap<Subject, bool>,
    ranges: BTreeMap<Subject, Range>,
    /// Which of less, equal and greater one expression can be to another.
    relations: BTreeMap<(NodeId, NodeId, Place), u8>,
    /// What may be absent and is there.
    there: BTreeSet<Subject>,
    /// Comparisons that are not true: what they compare may be absent.
    unsure: Vec<(Compare, NodeId, NodeId, Place)>,
    /// How far dates and numbers lie apart.
    apart: Apart,
    /// How many rows there are of a set: at the least, at the most.
    counts: BTreeMap<Rows, (i64, i64)>,
    /// A value of every row of a set lies within a stretch.
    each: Vec<(Rows, NodeId, (i64, i64))>,
    /// An amount is above the one end, or below the other.
    needs: Vec<(NodeId, Place, Bounds<Ratio>)>,
    /// How many sets of rows it lies within.
    depth: usize,
    /// Of each of these one part is so.
    pub choices: Vec<Vec<Fact>>,
}

/// How deep rows of rows are looked at.
const MAX_DEPTH: usize = 3;

const LESS: u8 = 1;
const EQUAL: u8 = 2;
const GREATER: u8 = 4;

impl<'p> Held<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        Self {
            plan,
            truths: BTreeMap::new(),
            ranges: BTreeMap::new(),
            relations: BTreeMap::new(),
            there: BTreeSet::new(),
            unsure: Vec::new(),
            apart: Apart::default(),
            counts: BTreeMap::new(),
            each: Vec::new(),
            needs: Vec::new(),
            depth: 0,
            choices: Vec::new(),
        }
    }

    /// An amount must lie above the lower end, or below the upper one.
    pub(super) fn needs(&mut self, node: NodeId, place: Place, beyond: Bounds<Ratio>) {
        self.needs.push((node, place, beyond));
    }

    /// The day matters only to what looks at it.
    fn subject(&self, node: NodeId, place: Place) -> Subject {
        match &self.plan.node(node).op {
            Op::Outer(record, inner) if self.plan.schema.record(*record).parent.is_none() => {
                self.subject(*inner, Place { row: (*record, 0), ..place })
            }
            _ if self.plan.depends_on_day(node) => (node, place),
            _ => (node, Place { day: ANY_DAY, ..place }),
        }
    }

    /// Holds one more thing; true where it contradicts another of the same expression.
    pub(super) fn contradicts(&mut self, id: NodeId, truth: bool, place: Place) -> bool {
        let subject = self.subject(id, place);
        if *self.truths.entry(subject).or_insert(truth) != truth {
            return true;
        }
        match &self.plan.node(id).op {
            Op::Aggregate { kind: Aggregate::Any, record, filter, .. } => {
                let bounds = if truth { (1, i64::MAX) } else { (0, 0) };
                self.counted((*record, *filter), place, bounds)
            }
            Op::Compare(compare, left, right) => self.compared(*compare, *left, *right, truth, place),
            _ => false,
        }
    }

    fn compared(&mut self, compare: Compare, left: NodeId, right: NodeId, truth: bool, place: Place) -> bool {
        if truth {
            self.is_there(left, place);
            self.is_there(right, place);
        } else if !self.is_known_there(left, place) || !self.is_known_there(right, place) {
            // Of what is absent no comparison is true.
            self.unsure.push((compare, left, right, place));
            return false;
        }
        self.hold_apart(compare, left, right, truth, place);
        if let Some(value) = self.written(right) {
            let (within, is_it) = match (compare, truth) {
                (Compare::Eq, _) => ((value, value), truth),
                (Compare::Lt, true) | (Compare::Ge, false) => ((i64::MIN, value.saturating_sub(1)), true),
                (Compare::Le, true) | (Compare::Gt, false) => ((i64::MIN, value), true),
                (Compare::Gt, true) | (Compare::Le, false) => ((value.saturating_add(1), i64::MAX), true),
                (Compare::Ge, true) | (Compare::Lt, false) => ((value, i64::MAX), true),
            };
            return self.lies(left, place, within, is_it);
        }
        if self.written(left).is_some() {
            return self.compared(compare.mirrored(), right, left, truth, place);
        }
        let (compare, left, right) =
            if left <= right { (compare, left, right) } else { (compare.mirrored(), right, left) };
        let allowed = match compare {
            Compare::Eq => EQUAL,
            Compare::Lt => LESS,
            Compare::Le => LESS | EQUAL,
            Compare::Gt => GREATER,
            Compare::Ge => GREATER | EQUAL,
        };
        let allowed = if truth { allowed } else { (LESS | EQUAL | GREATER) & !allowed };
        let known = self.relations.entry((left, right, place)).or_insert(LESS | EQUAL | GREATER);
        *known &= allowed;
        *known == 0
    }

    /// Comparisons that are not true though both sides are there after all; true where one contradicts the rest.
    pub(super) fn settles_unsure(&mut self) -> bool {
        let unsure = std::mem::take(&mut self.unsure);
        unsure
            .into_iter()
            .any(|(compare, left, right, place)| self.compared(compare, left, right, false, place))
    }

    /// Something is there, and all that it is computed from.
    fn is_there(&mut self, node: NodeId, place: Place) {
        if !self.plan.node(node).optional {
            return;
        }
        let subject = self.subject(node, place);
        self.there.insert(subject);
        for operand in computed_from(self.plan, node) {
            self.is_there(operand, place);
        }
    }

    fn is_known_there(&self, node: NodeId, place: Place) -> bool {
        if !self.plan.node(node).optional || self.there.contains(&self.subject(node, place)) {
            return true;
        }
        let operands = computed_from(self.plan, node);
        !operands.is_empty() && operands.into_iter().all(|operand| self.is_known_there(operand, place))
    }

    /// How far the sides of a comparison lie apart. That they are not equal says nothing of it.
    fn hold_apart(&mut self, compare: Compare, left: NodeId, right: NodeId, truth: bool, place: Place) {
        let compare = match (compare, truth) {
            (compare, true) => compare,
            (Compare::Eq, false) => return,
            (Compare::Lt, false) => Compare::Ge,
            (Compare::Le, false) => Compare::Gt,
            (Compare::Gt, false) => Compare::Le,
            (Compare::Ge, false) => Compare::Lt,
        };
        let mut apart = std::mem::take(&mut self.apart);
        apart.compare(self.plan, (compare, left, right), &|node| self.subject(node, place));
        self.apart = apart;
    }

    /// A value that is written out, in whole units.
    fn written(&self, node: NodeId) -> Option<i64> {
        match &self.plan.node(node).op {
            Op::Constant(constant) => match constant {
                Constant::Number(number) => Some(*number),
                Constant::Money(fen) => Some(fen.0),
                Constant::Date(day) => Some(i64::from(day.number())),
                Constant::Code(code) => Some(i64::from(*code)),
                Constant::Rate(_) | Constant::Text(_) => None,
            },
            _ => None,
        }
    }

    /// An expression has a value within a stretch, or none of it; true where none is left.
    pub(super) fn lies(&mut self, node: NodeId, place: Place, within: (i64, i64), is_it: bool) -> bool {
        let subject = self.subject(node, place);
        // Amounts that are not whole fen lie between the values that are written.
        let whole = !matches!(self.plan.node(node).ty, Type::Rate | Type::ExactMoney);
        if !whole {
            return false;
        }
        let (lo, hi) = match self.plan.node(node).ty {
            Type::Code(record, field) => match &self.plan.schema.field(record, field).ty {
                FieldType::Code(codes) => {
                    (0, i64::try_from(codes.len()).unwrap_or(i64::MAX).saturating_sub(1))
                }
                _ => (i64::MIN, i64::MAX),
            },
            _ => (i64::MIN, i64::MAX),
        };
        let known = self.ranges.entry(subject).or_insert(Range { lo, hi, holes: Vec::new() });
        if is_it {
            known.lo = known.lo.max(within.0);
            known.hi = known.hi.min(within.1);
        } else {
            known.holes.push(within);
        }
        known.narrow();
        let (lo, hi) = (known.lo, known.hi);
        if lo > hi {
            return true;
        }
        match &self.plan.node(node).op {
            Op::Aggregate { kind: Aggregate::Count, record, filter, .. } => {
                self.counted((*record, *filter), place, (lo, hi))
            }
            Op::Aggregate { kind, record, filter, value: Some(value), .. } => {
                let within = match kind {
                    Aggregate::Max => (i64::MIN, hi),
                    Aggregate::Min => (lo, i64::MAX),
                    _ => return false,
                };
                self.each.push(((*record, *filter, place), *value, within));
                false
            }
            Op::Elapsed(unit, from, to) => {
                let mut apart = std::mem::take(&mut self.apart);
                apart.elapsed(self.plan, (*unit, *from, *to), (lo, hi), &|node| self.subject(node, place));
                self.apart = apart;
                false
            }
            _ => false,
        }
    }

    fn counted(
        &mut self,
        (record, filter): (RecordId, Option<NodeId>),
        place: Place,
        (lo, hi): (i64, i64),
    ) -> bool {
        let day = filter.is_some_and(|filter| self.plan.depends_on_day(filter));
        let place = if day { place } else { Place { day: ANY_DAY, ..place } };
        let known = self.counts.entry((record, filter, place)).or_insert((0, i64::MAX));
        *known = (known.0.max(lo), known.1.min(hi));
        known.0 > known.1
    }

    /// What is held of several expressions contradicts itself.
    pub(super) fn is_contradicted(&self, prover: &mut Prover<'p>) -> bool {
        if self.apart.contradicts() {
            return true;
        }
        if self.depth >= MAX_DEPTH {
            return false;
        }
        self.counts.iter().any(|(rows, (least, _))| *least > 0 && self.are_none(rows, *least, prover))
            // What is compared in the household is not asked again beside each of its rows.
            || self.depth == 0
                && self.relations.iter().any(|(relation, allowed)| self.cannot_be(relation, *allowed, prover))
            || self.needs.iter().any(|(node, place, beyond)| {
                let bounds = self.bounds(*node, *place, prover);
                beyond.lo.is_some_and(|least| bounds.hi.is_some_and(|most| most <= least))
                    || beyond.hi.is_some_and(|most| bounds.lo.is_some_and(|least| least >= most))
            })
    }

    /// One expression is to another as it cannot be.
    fn cannot_be(
        &self,
        (left, right, place): &(NodeId, NodeId, Place),
        allowed: u8,
        prover: &mut Prover<'p>,
    ) -> bool {
        let (one, other) = (self.bounds(*left, *place, prover), self.bounds(*right, *place, prover));
        let mut possible = LESS | EQUAL | GREATER;
        let beside = |a: Option<Ratio>, b: Option<Ratio>| a.zip(b).map(|(a, b)| a.cmp(&b));
        match beside(one.hi, other.lo) {
            Some(Ordering::Less) => possible &= LESS,
            Some(Ordering::Equal) => possible &= LESS | EQUAL,
            _ => {}
        }
        match beside(one.lo, other.hi) {
            Some(Ordering::Greater) => possible &= GREATER,
            Some(Ordering::Equal) => possible &= GREATER | EQUAL,
            _ => {}
        }
        if self.lies_within(*left, *right, *place, prover) {
            possible &= LESS | EQUAL;
        }
        if self.lies_within(*right, *left, *place, prover) {
            possible &= GREATER | EQUAL;
        }
        possible & allowed == 0
    }

    /// The least and the most of an expression.
    fn bounds(&self, node: NodeId, place: Place, prover: &mut Prover<'p>) -> Bounds<Ratio> {
        let prover = RefCell::new(prover);
        let known = |node: NodeId| {
            let mut found = self.ranges.get(&self.subject(node, place)).map_or_else(Bounds::any, |range| {
                let end = |end: i64, none: i64| (end != none).then(|| Ratio::whole(end));
                Bounds { lo: end(range.lo, i64::MIN), hi: end(range.hi, i64::MAX) }
            });
            if let Op::Arith(Arith::Sub, left, right) = self.plan.node(node).op
                && self.lies_within(right, left, place, &mut prover.borrow_mut())
            {
                found.lo = found.lo.max(Some(Ratio::whole(0)));
            }
            if let Some(rows) = self.rows_of(node, place) {
                let (lo, hi) = self.counted_within(&rows, &mut prover.borrow_mut());
                found.lo = found.lo.max(Some(Ratio::whole(lo)));
                found.hi = found.hi.into_iter().chain((hi < i64::MAX).then(|| Ratio::whole(hi))).min();
            }
            found
        };
        Extents { plan: self.plan, charter: None, known: &known }.of(node)
    }
}

/// What a value is there with: on the same row.
fn computed_from(plan: &Plan, node: NodeId) -> Vec<NodeId> {
    let mut operands = Vec::new();
    let op = &plan.node(node).op;
    let computes =
        matches!(op, Op::Shift { .. } | Op::Month(..) | Op::Calendar(..) | Op::Elapsed(..) | Op::Arith(..));
    if computes {
        op.operands(&mut operands);
    }
    operands
}
