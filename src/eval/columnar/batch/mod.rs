//! A batch of households: the rows of every record that lie in them, and the values of expressions on those rows.

mod across;
mod cells;
mod row;

use super::column::{Column, Numbers, Operand, Values};
use super::kernel::arith::{Done, Shape};
use super::kernel::choose::Test;
use super::kernel::count::Scratch;
use super::lists::Lists;
use super::program::{How, Program, Step};
use super::store::Store;
use super::word::{Mask, Word};
use crate::ir::{NodeId, Op};
use crate::schema::RecordId;
use crate::types::Type;
use std::collections::BTreeMap;
use std::ops::Range;

/// The values of a program on a batch. Room is kept from batch to batch.
pub(super) struct Batch<'p, 'r, W> {
    program: &'p Program<'r, W>,
    lists: &'p Lists,
    /// Rows of each record, by [`RecordId`].
    rows: Vec<Range<usize>>,
    /// Where the rows of each owner begin, counted from the first of the batch.
    offsets: BTreeMap<(RecordId, RecordId), Vec<u32>>,
    /// Of the expressions that are computed on rows, by [`Program::place`].
    columns: Vec<Column<W>>,
    scratch: Scratch,
    /// Counts that are used no more.
    rooms: Vec<Vec<i64>>,
}

impl<'p, 'r, W: Word> Batch<'p, 'r, W> {
    pub(super) fn new(program: &'p Program<'r, W>, lists: &'p Lists) -> Self {
        Self {
            program,
            lists,
            rows: Vec::new(),
            offsets: BTreeMap::new(),
            columns: (0..program.width()).map(|_| Column::default()).collect(),
            scratch: Scratch::default(),
            rooms: Vec::new(),
        }
    }

    /// All slots.
    pub(super) fn full(&self) -> W {
        self.program.full
    }

    /// The rows of a record in the batch.
    pub(super) fn rows(&self, record: RecordId) -> Range<usize> {
        self.rows.get(record.0).cloned().unwrap_or(0..0)
    }

    /// Computes every expression for some rows of the unit of evaluation.
    pub(super) fn run(&mut self, store: &Store, unit: RecordId, units: Range<usize>) {
        self.place(store, unit, units);
        let program = self.program;
        for step in &program.steps {
            match step {
                Step::Node(id) => {
                    let place = program.place(*id);
                    let mut column = std::mem::take(&mut self.columns[place]);
                    self.compute(store, *id, &mut column);
                    self.columns[place] = column;
                }
                Step::Counts { owner, record, nodes } => self.counts(store, (*owner, *record), nodes),
            }
        }
    }

    fn place(&mut self, store: &Store, unit: RecordId, units: Range<usize>) {
        self.offsets.clear();
        self.rows.clear();
        for (id, record) in self.program.plan.schema.iter() {
            let rows = match record.parent {
                None if id == unit => units.clone(),
                None => 0..0,
                Some(parent) => {
                    let offsets = &store.table(id).offsets;
                    let at = |row: usize| offsets.get(row).map_or(0, |offset| *offset as usize);
                    let parents = &self.rows[parent.0];
                    at(parents.start)..at(parents.end)
                }
            };
            self.rows.push(rows);
        }
    }

    /// Where the rows of `record` in each row of `owner` begin, and where the last end.
    fn offsets(&mut self, store: &Store, owner: RecordId, record: RecordId) {
        if self.offsets.contains_key(&(owner, record)) {
            return;
        }
        let schema = &self.program.plan.schema;
        let mut path: Vec<RecordId> = schema.chain(record).take_while(|id| *id != owner).collect();
        let rows = self.rows(owner);
        let mut ends: Vec<u32> = match path.pop() {
            Some(id) => store.table(id).offsets.get(rows.start..=rows.end).unwrap_or_default().to_vec(),
            // Each lies in itself.
            None => (0..).take(rows.len() + 1).collect(),
        };
        for id in path.into_iter().rev() {
            let offsets = &store.table(id).offsets;
            for end in &mut ends {
                *end = offsets.get(*end as usize).copied().unwrap_or(0);
            }
        }
        let first = ends.first().copied().unwrap_or(0);
        for end in &mut ends {
            *end -= first;
        }
        self.offsets.insert((owner, record), ends);
    }

    /// Where the rows of `record` in each row of `owner` begin, and where the last end, counted from the first of the batch.
    pub(super) fn members(&mut self, store: &Store, owner: RecordId, record: RecordId) -> Vec<u32> {
        self.offsets(store, owner, record);
        self.offsets.get(&(owner, record)).cloned().unwrap_or_default()
    }

    /// Of which rows of `owner` rows of `record` may be missing; none where of none.
    fn open(&self, store: &Store, owner: RecordId, record: RecordId) -> Option<Vec<bool>> {
        let open = &store.table(record).open;
        let rows = self.rows(owner);
        if open.is_empty() {
            return None;
        }
        let schema = &self.program.plan.schema;
        let unit_of = |row: usize| {
            let mut row = row;
            for id in schema.chain(owner) {
                let table = store.table(id);
                if table.parents.is_empty() {
                    break;
                }
                row = table.parents.get(row).map_or(row, |parent| *parent as usize);
            }
            row
        };
        let flags: Vec<bool> = rows.map(|row| open.get(unit_of(row)).copied().unwrap_or(false)).collect();
        flags.contains(&true).then_some(flags)
    }

    /// Which rows of a record lie in a household with recorded decisions; none where none does.
    pub(super) fn decided(&self, store: &Store, unit: RecordId, target: RecordId) -> Option<Vec<bool>> {
        let schema = &self.program.plan.schema;
        let decision = schema.find("decision").filter(|id| schema.record(*id).parent == Some(unit))?;
        let offsets = &store.table(decision).offsets;
        let has = |row: usize| offsets.get(row).zip(offsets.get(row + 1)).is_some_and(|(from, to)| from < to);
        let mut row_of_unit: Vec<bool> = self.rows(unit).map(has).collect();
        if !row_of_unit.contains(&true) {
            return None;
        }
        let mut path: Vec<RecordId> = schema.chain(target).take_while(|id| *id != unit).collect();
        path.reverse();
        for id in path {
            let first = self.rows(id).start;
            let parents = schema.record(id).parent.map_or(0, |parent| self.rows(parent).start);
            let flags = (first..self.rows(id).end).map(|row| {
                let parent = store.table(id).parents.get(row).map_or(0, |parent| *parent as usize);
                row_of_unit.get(parent.wrapping_sub(parents)).copied().unwrap_or(false)
            });
            row_of_unit = flags.collect();
        }
        Some(row_of_unit)
    }

    /// The values of an expression of the program.
    pub(super) fn operand(&self, id: NodeId) -> Operand<'_, W> {
        match self.program.how(id) {
            How::Same(scalars) => Operand::Same(scalars),
            _ => Operand::Rows(&self.columns[self.program.place(id)]),
        }
    }

    /// Where all of some conditions hold on the rows of one record; none where one is no condition.
    pub(super) fn all_of(&self, conditions: &[NodeId], rows: usize) -> Option<Mask<W>> {
        let full = self.program.full;
        let mut all: Option<Mask<W>> = None;
        let mut same = (full, full);
        for condition in conditions {
            match Test::of(self.operand(*condition))? {
                Test::Rows(mask) => match &mut all {
                    None => all = Some(mask.clone()),
                    Some(all) => all.and(mask),
                },
                Test::Same(sure, may) => same = (same.0 & sure, same.1 & may),
            }
        }
        let mut all = all.unwrap_or_else(|| Mask::of(rows, full, full));
        if same != (full, full) {
            all.and_all(same);
        }
        Some(all)
    }

    /// The slots on which one of some expressions could not be computed.
    pub(super) fn faults(&self, nodes: &[NodeId]) -> W {
        nodes.iter().fold(W::NONE, |all, id| all | self.operand(*id).fault())
    }

    fn shape(&self, id: NodeId) -> Shape<W> {
        let scope = self.program.plan.node(id).scope;
        let rows = scope.map_or(0, |record| self.rows(record).len());
        Shape { rows, slots: self.program.slots.len(), full: self.program.full }
    }

    fn compute(&mut self, store: &Store, id: NodeId, column: &mut Column<W>) {
        column.fault = W::NONE;
        let program = self.program;
        let node = program.plan.node(id);
        let shape = self.shape(id);
        match program.how(id) {
            How::Folded(folded) => return self.folded(store, folded, shape, column),
            How::Code { record, field, code } => {
                return self.code(store, (*record, *field), *code, shape, column);
            }
            How::Words(listed) => return self.words(store, (id, listed), shape, column),
            How::Same(_) => return,
            How::Rough => return rough(node.ty, shape, column),
            How::Rows => {}
        }
        let mut operands = Vec::new();
        node.op.operands(&mut operands);
        for operand in operands {
            column.fault |= self.operand(operand).fault();
        }
        let done = match &node.op {
            Op::Aggregate { .. } | Op::Outer(..) => self.over_records(store, id, shape, column),
            Op::Field(record, field) => self.field(store, (*record, *field), node.ty, shape, column),
            _ if node.ty == Type::Truth => self.truth(&node.op, shape, column),
            _ => self.numbers(&node.op, node.ty, shape, column),
        };
        match done {
            Done::All => {}
            Done::Rough => rough(node.ty, shape, column),
            Done::Fault => {
                rough(node.ty, shape, column);
                column.fault = shape.full;
            }
        }
    }
}

fn rough<W: Word>(ty: Type, shape: Shape<W>, column: &mut Column<W>) {
    if ty == Type::Truth {
        *mask(column) = Mask::of(shape.rows, W::NONE, shape.full);
    } else {
        *numbers(column) = Numbers::anything(shape.rows, shape.full);
    }
}

/// The room of a column for a condition.
fn mask<W: Word>(column: &mut Column<W>) -> &mut Mask<W> {
    if !matches!(column.values, Values::Truth(_)) {
        column.values = Values::Truth(Mask::default());
    }
    match &mut column.values {
        Values::Truth(mask) => mask,
        Values::Numbers(_) => unreachable!("just made a condition"),
    }
}

/// The room of a column for numbers.
fn numbers<W: Word>(column: &mut Column<W>) -> &mut Numbers<W> {
    if !matches!(column.values, Values::Numbers(_)) {
        column.values = Values::Numbers(Numbers::default());
    }
    match &mut column.values {
        Values::Numbers(numbers) => numbers,
        Values::Truth(_) => unreachable!("just made numbers"),
    }
}
