//! A batch of households: the rows of every record that lie in them, and the values of expressions on those rows.

use super::column::{Column, Numbers, Operand, Values};
use super::fold::Folded;
use super::kernel::arith::{Done, Shape};
use super::kernel::choose::Test;
use super::kernel::count::{Lane, Scratch};
use super::kernel::{aggregate, arith, choose, compare, count, dates, load, range};
use super::program::{How, Program, Step};
use super::store::{Cells, Store};
use super::word::{Mask, Word};
use crate::ast::{CalendarPart, ElapsedUnit};
use crate::ir::{Aggregate, MonthEdge, NodeId, Op, Pattern};
use crate::schema::{Blank, FieldId, RecordId};
use crate::types::Type;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The values of a program on a batch. Room is kept from batch to batch.
pub(super) struct Batch<'p, 'r, W> {
    program: &'p Program<'r, W>,
    /// Rows of each record, by [`RecordId`].
    rows: Vec<Range<usize>>,
    /// Where the rows of each owner begin, counted from the first of the batch.
    offsets: BTreeMap<(RecordId, RecordId), Vec<u32>>,
    columns: Vec<Column<W>>,
    scratch: Scratch,
}

impl<'p, 'r, W: Word> Batch<'p, 'r, W> {
    pub(super) fn new(program: &'p Program<'r, W>) -> Self {
        Self {
            program,
            rows: Vec::new(),
            offsets: BTreeMap::new(),
            columns: (0..program.plan.nodes.len()).map(|_| Column::default()).collect(),
            scratch: Scratch::default(),
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
                    let mut column = std::mem::take(&mut self.columns[id.0 as usize]);
                    self.compute(store, *id, &mut column);
                    self.columns[id.0 as usize] = column;
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
        path.reverse();
        let rows = self.rows(owner);
        let mut ends: Vec<u32> = (rows.start..=rows.end).filter_map(|row| u32::try_from(row).ok()).collect();
        for id in path {
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
            _ => Operand::Rows(&self.columns[id.0 as usize]),
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
            How::Words { record, field, words } => {
                return self.words(store, (*record, *field), words, shape, column);
            }
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

    fn folded(&self, store: &Store, folded: &Folded, shape: Shape<W>, column: &mut Column<W>) {
        let table = store.table(folded.record);
        let Some(Cells::Date { first, last, holes, far }) = table.columns.get(folded.field.0) else {
            return rough(Type::Truth, shape, column);
        };
        let rows = self.rows(folded.record);
        let optional = self.program.plan.schema.field(folded.record, folded.field).blank != Blank::Unknown;
        let days = range::Days {
            first: &first[rows.clone()],
            last: last.as_ref().map(|last| &last[rows]),
            holes: *holes,
            as_of: self.program.as_of.filter(|_| optional).map(crate::value::Day::number),
        };
        range::within(days, &folded.within, shape.full, mask(column));
        for (slot, within) in folded.within.iter().enumerate() {
            column.fault |= W::bit(slot, within.fault || *far);
        }
    }

    fn code(
        &self,
        store: &Store,
        (record, field): (RecordId, FieldId),
        code: u8,
        shape: Shape<W>,
        column: &mut Column<W>,
    ) {
        let Some(Cells::Code { values, holes }) = store.table(record).columns.get(field.0) else {
            return rough(Type::Truth, shape, column);
        };
        load::is_code(&values[self.rows(record)], code, holes.unknown, shape.full, mask(column));
    }

    fn words(
        &self,
        store: &Store,
        (record, field): (RecordId, FieldId),
        wanted: &BTreeSet<String>,
        shape: Shape<W>,
        column: &mut Column<W>,
    ) {
        let Some(Cells::Text { values, words, holes }) = store.table(record).columns.get(field.0) else {
            return rough(Type::Truth, shape, column);
        };
        let values = &values[self.rows(record)];
        load::is_word(values, (words, wanted), holes.unknown, shape.full, mask(column));
    }

    fn field(
        &self,
        store: &Store,
        (record, field): (RecordId, FieldId),
        ty: Type,
        shape: Shape<W>,
        column: &mut Column<W>,
    ) -> Done {
        let Some(cells) = store.table(record).columns.get(field.0) else { return Done::Rough };
        let rows = self.rows(record);
        if ty == Type::Truth {
            let Cells::Code { values, holes } = cells else { return Done::Rough };
            load::flags(&values[rows], holes.unknown, shape.full, mask(column));
            return Done::All;
        }
        let optional = self.program.plan.schema.field(record, field).blank != Blank::Unknown;
        let as_of = self.program.as_of.filter(|_| optional).map(crate::value::Day::number);
        if load::numbers(cells, rows, (optional, as_of), shape.full, numbers(column)) {
            Done::All
        } else {
            Done::Rough
        }
    }

    /// Conditions.
    fn truth(&self, op: &Op, shape: Shape<W>, column: &mut Column<W>) -> Done {
        let test = |id: NodeId| Test::of(self.operand(id));
        match op {
            Op::Not(inner) => {
                let Some(Test::Rows(inner)) = test(*inner) else { return Done::Rough };
                let into = mask(column);
                into.sure.clone_from(&inner.sure);
                into.may.clone_from(&inner.may);
                into.negate(shape.full);
            }
            Op::All(parts) | Op::Either(parts) => {
                let all = matches!(op, Op::All(_));
                let into = mask(column);
                into.sure.clear();
                into.sure.resize(shape.rows, if all { shape.full } else { W::NONE });
                into.may = None;
                for part in parts {
                    match (test(*part), all) {
                        (Some(Test::Rows(other)), true) => into.and(other),
                        (Some(Test::Rows(other)), false) => into.or(other),
                        (Some(Test::Same(sure, may)), true) => into.and_all((sure, may)),
                        (Some(Test::Same(sure, may)), false) => into.or_all((sure, may)),
                        (None, _) => return Done::Rough,
                    }
                }
            }
            Op::Compare(compare, left, right) => {
                let (Some(left), Some(right)) =
                    (self.operand(*left).numbers(), self.operand(*right).numbers())
                else {
                    return Done::Rough;
                };
                if left.parts() != right.parts() {
                    return Done::Rough;
                }
                compare::compare(*compare, left, right, (shape.rows, shape.slots, shape.full), mask(column));
            }
            Op::IsAbsent(inner) => {
                let Operand::Rows(Column { values: Values::Numbers(inner), .. }) = self.operand(*inner)
                else {
                    return Done::Rough;
                };
                let into = mask(column);
                match &inner.there {
                    None => *into = Mask::of(shape.rows, W::NONE, W::NONE),
                    Some(there) => {
                        into.clone_from(there);
                        into.negate(shape.full);
                    }
                }
            }
            Op::Choose { cases, otherwise } => {
                let cases = cases.iter().map(|(when, value)| Some((test(*when)?, test(*value)?)));
                let (Some(cases), Some(otherwise)) = (cases.collect::<Option<Vec<_>>>(), test(*otherwise))
                else {
                    return Done::Rough;
                };
                choose::choose_truth(&cases, otherwise, shape, mask(column));
            }
            _ => return Done::Rough,
        }
        Done::All
    }

    /// Numbers, fen, days and codes.
    fn numbers(&self, op: &Op, ty: Type, shape: Shape<W>, column: &mut Column<W>) -> Done {
        let source = |id: NodeId| self.operand(id).numbers();
        let test = |id: NodeId| Test::of(self.operand(id));
        let into = numbers(column);
        let plain = |id: NodeId| source(id).filter(|source| source.parts() == 1);
        let mut run = || {
            Some(match op {
                Op::Arith(op, left, right) => {
                    arith::arith((*op, ty), source(*left)?, source(*right)?, shape, into)
                }
                Op::Round(inner, mode, to) => arith::round(source(*inner)?, (*mode, *to), shape, into),
                Op::Shift { date, count, unit } => dates::shift(source(*date)?, (*count, *unit), shape, into),
                Op::Elapsed(unit, from, to) => self.elapsed(*unit, (*from, *to), shape, into)?,
                Op::Month(edge, inner) => {
                    dates::month(source(*inner)?, *edge == MonthEdge::First, shape, into)
                }
                Op::Calendar(part, inner) => self.calendar(*part, *inner, shape, into)?,
                Op::Choose { cases, otherwise } => {
                    let cases = cases.iter().map(|(when, value)| Some((test(*when)?, plain(*value)?)));
                    let cases = cases.collect::<Option<Vec<_>>>()?;
                    choose::choose(&cases, plain(*otherwise)?, shape, into);
                    Done::All
                }
                Op::Tiers { subject, arms, otherwise } => {
                    let arms = arms.iter().map(|arm| Some((arm.pattern.clone(), plain(arm.value)?)));
                    let arms: Vec<(Pattern, _)> = arms.collect::<Option<_>>()?;
                    let otherwise = match otherwise {
                        Some(otherwise) => Some(plain(*otherwise)?),
                        None => None,
                    };
                    choose::tiers(plain(*subject)?, &arms, otherwise, shape, into);
                    Done::All
                }
                Op::Table { subjects, rows } => {
                    let subjects =
                        subjects.iter().map(|subject| plain(*subject)).collect::<Option<Vec<_>>>()?;
                    let rows = rows.iter().map(|row| Some((row.cells.as_slice(), plain(row.value)?)));
                    choose::table(&subjects, &rows.collect::<Option<Vec<_>>>()?, shape, into);
                    Done::All
                }
                _ => return None,
            })
        };
        run().unwrap_or(Done::Rough)
    }

    fn elapsed(
        &self,
        unit: ElapsedUnit,
        (from, to): (NodeId, NodeId),
        shape: Shape<W>,
        into: &mut Numbers<W>,
    ) -> Option<Done> {
        Some(dates::elapsed(unit, self.operand(from).numbers()?, self.operand(to).numbers()?, shape, into))
    }

    fn calendar(
        &self,
        part: CalendarPart,
        inner: NodeId,
        shape: Shape<W>,
        into: &mut Numbers<W>,
    ) -> Option<Done> {
        Some(dates::calendar(self.operand(inner).numbers()?, part, shape, into))
    }

    /// Values of other records' rows: of the row this one lies in, or of those that lie in it.
    fn over_records(&mut self, store: &Store, id: NodeId, shape: Shape<W>, column: &mut Column<W>) -> Done {
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
    fn filter(&self, id: NodeId, record: RecordId) -> Option<std::borrow::Cow<'_, Mask<W>>> {
        use std::borrow::Cow;
        match Test::of(self.operand(id))? {
            Test::Rows(mask) => Some(Cow::Borrowed(mask)),
            Test::Same(sure, may) => Some(Cow::Owned(Mask::of(self.rows(record).len(), sure, may))),
        }
    }

    /// How many rows there are, and whether there is one: for certain, and at the most.
    fn counts(&mut self, store: &Store, (owner, record): (RecordId, RecordId), nodes: &[NodeId]) {
        self.offsets(store, owner, record);
        let open = self.open(store, owner, record);
        let slots = self.program.slots.len();
        let plan = self.program.plan;
        let mut found: Vec<(NodeId, Vec<i64>, Option<Vec<i64>>)> = Vec::new();
        let mut scratch = std::mem::take(&mut self.scratch);
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
                found.push((*id, Vec::new(), doubtful.then(Vec::new)));
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
        for (id, lo, hi) in found {
            let mut column = std::mem::take(&mut self.columns[id.0 as usize]);
            column.fault = W::NONE;
            let Op::Aggregate { kind, filter, .. } = &plan.node(id).op else { continue };
            if let Some(filter) = filter {
                column.fault = self.operand(*filter).fault();
            }
            let owners = self.rows(owner).len();
            let hi = match &open {
                Some(open) => Some(open_counts(hi.unwrap_or_else(|| lo.clone()), open, slots)),
                None => hi,
            };
            if *kind == Aggregate::Any {
                let into = mask(&mut column);
                into.sure = present(&lo, owners, slots);
                into.may = hi.map(|hi| present(&hi, owners, slots));
            } else {
                *numbers(&mut column) = Numbers { rows: owners, slots, lo, hi, there: None, parts: 1 };
            }
            self.columns[id.0 as usize] = column;
        }
    }
}

/// Counts of which further rows may be missing have no end above.
fn open_counts(mut hi: Vec<i64>, open: &[bool], slots: usize) -> Vec<i64> {
    for slot in 0..slots {
        for (count, open) in hi[slot * open.len()..].iter_mut().zip(open) {
            if *open {
                *count = super::store::HIGH;
            }
        }
    }
    hi
}

/// Where a count is not zero.
fn present<W: Word>(counts: &[i64], owners: usize, slots: usize) -> Vec<W> {
    let mut words = vec![W::NONE; owners];
    for slot in 0..slots {
        for (word, count) in words.iter_mut().zip(&counts[slot * owners..]) {
            *word |= W::bit(slot, *count > 0);
        }
    }
    words
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
                parts: numbers.parts,
            })
        }
    };
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
