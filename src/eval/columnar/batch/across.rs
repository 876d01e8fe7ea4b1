//! Expressions about rows of other records: the row this one lies in, and those that lie in it.

use super::{Batch, mask, numbers};
use crate::eval::columnar::column::{Column, Numbers, Operand, Values, join};
use crate::eval::columnar::kernel::arith::{Done, Shape};
use crate::eval::columnar::kernel::choose::Test;
use crate::eval::columnar::kernel::count::Lane;
use crate::eval::columnar::kernel::{aggregate, count};
use crate::eval::columnar::store::{HIGH, Store};
use crate::eval::columnar::word::{Mask, Word};
use crate::ir::{Aggregate, NodeId, Op};
use crate::schema::RecordId;
use std::borrow::Cow;

impl<W: Word> Batch<'_, '_, W> {
    /// Values of other records' rows: of the row this one lies in, or of those that lie in it.
    pub(super) fn over_records(
        &mut self,
        store: &Store,
        id: NodeId,
        shape: Shape<W>,
        column: &mut Column<W>,
    ) -> Done {
        let node = self.program.plan.node(id);
        match &node.op {
            Op::Outer(ancestor, inner) => {
                let Some(record) = node.scope else { return Done::Rough };
                self.offsets(store, *ancestor, record);
                let Some(offsets) = self.offsets.get(&(*ancestor, record)) else { return Done::Rough };
                match self.operand(*inner) {
                    Operand::Same(_) => Done::Rough,
                    Operand::Rows(outer) => {
                        spread(outer, offsets, shape.rows, column);
                        Done::All
                    }
                }
            }
            Op::Aggregate { kind, record, filter, value } => {
                let (Some(owner), Some(value)) = (node.scope, value) else { return Done::Rough };
                self.offsets(store, owner, *record);
                let open = self.open(store, owner, *record);
                let filter = filter.map(|filter| self.filter(filter, *record));
                let Some(offsets) = self.offsets.get(&(owner, *record)) else { return Done::Rough };
                let belongs = match &filter {
                    Some(Some(mask)) => Some(mask.as_ref()),
                    Some(None) => return Done::Rough,
                    None => None,
                };
                let members = aggregate::Members {
                    offsets,
                    belongs,
                    open: open.as_deref(),
                    slots: shape.slots,
                    full: shape.full,
                };
                let Some(values) = self.operand(*value).numbers().filter(|values| values.parts() == 1) else {
                    return Done::Rough;
                };
                let into = numbers(column);
                match kind {
                    Aggregate::Sum if aggregate::sum(&members, values, into) => Done::All,
                    Aggregate::Sum => Done::Fault,
                    Aggregate::Min | Aggregate::Max => {
                        aggregate::extreme(&members, values, *kind == Aggregate::Min, into);
                        Done::All
                    }
                    Aggregate::Any | Aggregate::Count => Done::Rough,
                }
            }
            _ => Done::Rough,
        }
    }

    /// A condition on the rows of a record; none where it is none.
    fn filter(&self, id: NodeId, record: RecordId) -> Option<Cow<'_, Mask<W>>> {
        match Test::of(self.operand(id))? {
            Test::Rows(mask) => Some(Cow::Borrowed(mask)),
            Test::Same(sure, may) => Some(Cow::Owned(Mask::of(self.rows(record).len(), sure, may))),
        }
    }

    /// How many rows there are, and whether there is one: for certain, and at the most.
    pub(super) fn counts(&mut self, store: &Store, (owner, record): (RecordId, RecordId), nodes: &[NodeId]) {
        self.offsets(store, owner, record);
        let open = self.open(store, owner, record);
        let slots = self.program.slots.len();
        let plan = self.program.plan;
        let mut found: Vec<(NodeId, Vec<i64>, Option<Vec<i64>>)> = Vec::new();
        let mut scratch = std::mem::take(&mut self.scratch);
        let mut rooms = std::mem::take(&mut self.rooms);
        {
            let filter_of = |id: NodeId| match plan.node(id).op {
                Op::Aggregate { filter: Some(filter), .. } => Some(self.filter(filter, record)),
                _ => None,
            };
            let filters: Vec<_> = nodes.iter().map(|id| (*id, filter_of(*id))).collect();
            let Some(offsets) = self.offsets.get(&(owner, record)) else { return };
            for (id, filter) in &filters {
                let doubtful =
                    filter.as_ref().is_some_and(|mask| mask.as_ref().is_some_and(|mask| mask.may.is_some()));
                found.push((*id, rooms.pop().unwrap_or_default(), doubtful.then(Vec::new)));
            }
            let mut lanes: Vec<Lane<'_, W>> = Vec::new();
            for ((_, filter), (_, lo, hi)) in filters.iter().zip(&mut found) {
                let mask = filter.as_ref().and_then(|mask| mask.as_deref());
                lanes.push(Lane { mask: mask.map(|mask| mask.sure.as_slice()), into: lo });
                if let Some(hi) = hi {
                    lanes.push(Lane { mask: mask.map(Mask::may), into: hi });
                }
            }
            count::count(&mut lanes, offsets, slots, &mut scratch);
        }
        self.scratch = scratch;
        self.rooms = rooms;
        for (id, lo, hi) in found {
            let mut column = std::mem::take(&mut self.columns[self.program.place(id)]);
            let owners = self.rows(owner).len();
            column.fault = W::NONE;
            let Op::Aggregate { kind, filter, .. } = &plan.node(id).op else { continue };
            if let Some(filter) = filter {
                column.fault = self.operand(*filter).fault();
            }
            let hi = match &open {
                Some(open) => Some(open_counts(hi.unwrap_or_else(|| lo.clone()), open, slots)),
                None => hi,
            };
            let loose = hi.as_ref().map_or_else(Vec::new, |hi| differing(&lo, hi, owners));
            if *kind == Aggregate::Any {
                let into = mask(&mut column);
                present(&lo, owners, slots, &mut into.sure);
                into.may = hi.map(|hi| {
                    let mut may = Vec::new();
                    present(&hi, owners, slots, &mut may);
                    may
                });
                self.rooms.push(lo);
            } else {
                let into = numbers(&mut column);
                self.rooms.push(std::mem::take(&mut into.lo));
                *into = Numbers { rows: owners, slots, lo, hi, there: None, loose, parts: 1 };
            }
            self.columns[self.program.place(id)] = column;
        }
    }
}

/// Counts of which further rows may be missing have no end above.
fn open_counts(mut hi: Vec<i64>, open: &[bool], slots: usize) -> Vec<i64> {
    for slot in 0..slots {
        for (count, open) in hi[slot * open.len()..].iter_mut().zip(open) {
            if *open {
                *count = HIGH;
            }
        }
    }
    hi
}

/// The owners of which two counts are not the same on every slot, in order.
fn differing(lo: &[i64], hi: &[i64], owners: usize) -> Vec<u32> {
    let mut rows = Vec::new();
    for (lo, hi) in lo.chunks(owners.max(1)).zip(hi.chunks(owners.max(1))) {
        let here = (0..).zip(lo.iter().zip(hi)).filter(|(_, (lo, hi))| lo != hi).map(|(row, _)| row);
        join(&mut rows, &here.collect::<Vec<u32>>());
    }
    rows
}

/// Where a count is not zero.
fn present<W: Word>(counts: &[i64], owners: usize, slots: usize, words: &mut Vec<W>) {
    words.clear();
    words.resize(owners, W::NONE);
    for slot in 0..slots {
        for (word, count) in words.iter_mut().zip(&counts[slot * owners..]) {
            *word |= W::bit(slot, *count > 0);
        }
    }
}

/// The values of an owner for each row that lies in it.
fn spread<W: Word>(outer: &Column<W>, offsets: &[u32], rows: usize, column: &mut Column<W>) {
    fn each<T: Copy>(of: &[T], offsets: &[u32], rows: usize) -> Vec<T> {
        let mut all = Vec::with_capacity(rows);
        for (value, ends) in of.iter().zip(offsets.windows(2)) {
            all.extend(std::iter::repeat_n(*value, (ends[1] - ends[0]) as usize));
        }
        all
    }
    let of_mask = |mask: &Mask<W>| Mask {
        sure: each(&mask.sure, offsets, rows),
        may: mask.may.as_ref().map(|may| each(may, offsets, rows)),
    };
    column.values = match &outer.values {
        Values::Truth(mask) => Values::Truth(of_mask(mask)),
        Values::Numbers(numbers) => {
            let by_slot = |values: &Vec<i64>| -> Vec<i64> {
                let slots = values.chunks(numbers.rows.max(1));
                slots.flat_map(|slot| each(slot, offsets, rows)).collect()
            };
            Values::Numbers(Numbers {
                rows,
                slots: numbers.slots,
                lo: by_slot(&numbers.lo),
                hi: numbers.hi.as_ref().map(by_slot),
                there: numbers.there.as_ref().map(of_mask),
                loose: numbers
                    .loose
                    .iter()
                    .filter_map(|owner| {
                        Some(*offsets.get(*owner as usize)?..*offsets.get(*owner as usize + 1)?)
                    })
                    .flatten()
                    .collect(),
                parts: numbers.parts,
            })
        }
    };
}
