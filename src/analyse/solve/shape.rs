//! How many rows of each record a household has, and which lie in which; all facts of them unknown.

use super::Question;
use crate::ir::Plan;
use crate::register::{Column, Register, RowPlace, Table};
use crate::schema::{RecordId, Schema};
use std::collections::BTreeSet;

/// Rows by record, and in which row of its parent each lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// By [`RecordId`].
    pub rows: Vec<usize>,
    /// By [`RecordId`]: the parent's row of each row, in order; of a root, nothing.
    pub parents: Vec<Vec<usize>>,
}

/// What shapes are made for.
pub(super) struct Frame<'a> {
    pub schema: &'a Schema,
    pub unit: RecordId,
    /// The rows of which something is asked: they are told apart.
    pub pinned: BTreeSet<(RecordId, usize)>,
    /// Records whose rows are asked about.
    pub free: Vec<RecordId>,
    /// The fewest rows, by record.
    least: Vec<usize>,
}

impl<'a> Frame<'a> {
    pub(super) fn of(
        plan: &'a Plan,
        unit: RecordId,
        question: &Question,
        records: &BTreeSet<RecordId>,
    ) -> Self {
        let schema = &plan.schema;
        let pinned: BTreeSet<(RecordId, usize)> = question.rows().collect();
        let mut least = vec![0_usize; schema.iter().count()];
        for (record, row) in &pinned {
            // A row lies in rows of the records above.
            for above in schema.chain(*record) {
                let wanted = if above == *record { row + 1 } else { 1 };
                if let Some(rows) = least.get_mut(above.0) {
                    *rows = (*rows).max(wanted);
                }
            }
        }
        if let Some(rows) = least.get_mut(unit.0) {
            *rows = 1;
        }
        let below = |record: &RecordId| *record != unit && schema.chain(*record).last() == Some(unit);
        let free = records.iter().copied().filter(below).collect();
        Self { schema, unit, pinned, free, least }
    }

    pub(super) fn fixed(&self) -> usize {
        self.least.iter().sum::<usize>().saturating_sub(1)
    }

    /// Shapes of which every household has one within it: the rows that are asked about, and those they lie in.
    pub(super) fn fewest(&self) -> Vec<Shape> {
        let above = |record: RecordId| self.schema.chain(record).skip(1).filter(|id| *id != self.unit);
        let deep: BTreeSet<RecordId> = self.pinned.iter().flat_map(|(record, _)| above(*record)).collect();
        let related =
            self.pinned.iter().filter(|(record, _)| deep.contains(record) || above(*record).next().is_some());
        // Each may lie in a row of its own.
        let more = if deep.is_empty() { 0 } else { related.count().saturating_sub(1) };
        let deep: Vec<RecordId> = deep.into_iter().collect();
        let mut counts = Vec::new();
        for more in 0..=more * deep.len() {
            spread(&deep, more, &self.least, &mut counts);
        }
        self.placed(counts)
    }

    /// The shapes of at most so many rows beside the root, those with fewer rows first.
    pub(super) fn shapes(&self, most: usize) -> Vec<Shape> {
        let mut counts = Vec::new();
        for more in 0..=most.saturating_sub(self.fixed()) {
            spread(&self.free, more, &self.least, &mut counts);
        }
        self.placed(counts)
    }

    /// Further shapes: more than `few` rows, up to `most` of them of one record, and up to `beside` others.
    pub(super) fn crowds(
        &self,
        crowded: &BTreeSet<RecordId>,
        (few, most, beside): (usize, usize, usize),
    ) -> Vec<Shape> {
        let mut counts: Vec<Vec<usize>> = Vec::new();
        for record in self.free.iter().filter(|record| crowded.contains(record)) {
            let others: Vec<RecordId> = self.free.iter().copied().filter(|other| other != record).collect();
            for more in 0..=beside {
                let mut around = Vec::new();
                spread(&others, more, &self.least, &mut around);
                for rows in around {
                    let own = rows.get(record.0).copied().unwrap_or(0);
                    for crowd in own..=most {
                        let mut next = rows.clone();
                        if let Some(count) = next.get_mut(record.0) {
                            *count = crowd;
                        }
                        let total = next.iter().sum::<usize>().saturating_sub(1);
                        if total > few && !counts.contains(&next) {
                            counts.push(next);
                        }
                    }
                }
            }
        }
        counts.sort_by_key(|rows| rows.iter().sum::<usize>());
        self.placed(counts)
    }

    /// Further shapes: as many rows of one record as one of the numbers says, and one more, with the fewest of all others.
    pub(super) fn throngs(
        &self,
        crowded: &BTreeSet<RecordId>,
        numbers: impl Iterator<Item = usize>,
    ) -> Vec<Shape> {
        let sizes: BTreeSet<usize> = numbers.flat_map(|number| [number, number + 1]).collect();
        let mut counts: Vec<Vec<usize>> = Vec::new();
        for size in sizes {
            for record in self.free.iter().filter(|record| crowded.contains(record)) {
                let mut rows = self.least.clone();
                // What lies in no row of its own lies in the household: elsewhere there are too many ways.
                let inside = self.schema.record(*record).parent == Some(self.unit);
                if let Some(count) = rows.get_mut(record.0).filter(|count| inside && **count < size) {
                    *count = size;
                    counts.push(rows);
                }
            }
        }
        self.placed(counts)
    }

    /// Every way in which so many rows can lie in each other; households that differ only in the order of rows once.
    fn placed(&self, counts: Vec<Vec<usize>>) -> Vec<Shape> {
        let mut shapes = Vec::new();
        for rows in counts {
            let mut ways: Vec<Vec<Vec<usize>>> = vec![Vec::new()];
            for (id, record) in self.schema.iter() {
                let own = rows.get(id.0).copied().unwrap_or(0);
                let places = match record.parent {
                    None => vec![Vec::new()],
                    // A row needs a row of its parent to lie in.
                    Some(parent) => placings(own, rows.get(parent.0).copied().unwrap_or(0)),
                };
                ways = ways
                    .iter()
                    .flat_map(|way| {
                        places.iter().map(|place| [way.as_slice(), std::slice::from_ref(place)].concat())
                    })
                    .collect();
            }
            let mut seen = BTreeSet::new();
            for parents in ways {
                let shape = Shape { rows: rows.clone(), parents };
                if seen.insert(self.outline(&shape, self.unit, 0)) {
                    shapes.push(shape);
                }
            }
        }
        shapes
    }

    /// A row and those that lie in it, whatever their order; rows that are asked about by their places.
    fn outline(&self, shape: &Shape, record: RecordId, row: usize) -> String {
        let mut inner: Vec<String> = Vec::new();
        for (id, _) in self.schema.iter().filter(|(_, child)| child.parent == Some(record)) {
            inner.extend(shape.rows_in(id, row).map(|row| self.outline(shape, id, row)));
        }
        inner.sort();
        let place = if self.pinned.contains(&(record, row)) { format!("#{row}") } else { String::new() };
        format!("{}{place}({})", record.0, inner.concat())
    }
}

/// The ways in which so many rows can lie in so many parents, in order of the parents.
fn placings(rows: usize, parents: usize) -> Vec<Vec<usize>> {
    let mut ways = vec![Vec::new()];
    for _ in 0..rows {
        ways = ways
            .into_iter()
            .flat_map(|way: Vec<usize>| {
                (way.last().copied().unwrap_or(0)..parents)
                    .map(move |parent| [way.as_slice(), &[parent]].concat())
            })
            .collect();
    }
    ways
}

/// Every way to spread so many further rows over some records.
fn spread(records: &[RecordId], more: usize, rows: &[usize], shapes: &mut Vec<Vec<usize>>) {
    let Some((first, rest)) = records.split_first() else {
        if more == 0 {
            shapes.push(rows.to_vec());
        }
        return;
    };
    for here in (0..=more).rev() {
        let mut next = rows.to_vec();
        if let Some(count) = next.get_mut(first.0) {
            *count += here;
        }
        spread(rest, more - here, &next, shapes);
    }
}

impl Shape {
    /// The rows of a record that lie in that row of its parent.
    pub(super) fn rows_in(&self, record: RecordId, parent: usize) -> impl Iterator<Item = usize> + '_ {
        let own = self.parents.get(record.0).map(Vec::as_slice).unwrap_or_default();
        own.iter().enumerate().filter(move |(_, lies_in)| **lies_in == parent).map(|(row, _)| row)
    }

    /// The same with one more row of a record that lies in the root.
    pub(super) fn with_one_more(&self, record: RecordId) -> Self {
        let mut shape = self.clone();
        if let (Some(rows), Some(parents)) = (shape.rows.get_mut(record.0), shape.parents.get_mut(record.0)) {
            *rows += 1;
            parents.push(0);
        }
        shape
    }

    /// A register of one household of this shape.
    pub(in crate::analyse) fn register(&self, schema: &Schema) -> Register {
        let mut tables: Vec<Table> = Vec::new();
        for (id, record) in schema.iter() {
            let rows = self.rows.get(id.0).copied().unwrap_or(0);
            let parents = record.parent.and_then(|parent| self.rows.get(parent.0)).copied().unwrap_or(0);
            let lie_in = self.parents.get(id.0).map(Vec::as_slice).unwrap_or_default();
            let before = |parent: usize| count(lie_in.iter().filter(|own| **own < parent).count());
            let offsets = match record.parent {
                Some(_) => (0..=parents).map(before).collect(),
                None => Vec::new(),
            };
            tables.push(Table {
                keys: (0..rows).map(|row| key(schema, id, row).into_boxed_str()).collect(),
                parents: lie_in.iter().map(|parent| count(*parent)).collect(),
                offsets,
                columns: record.fields.iter().map(|field| Column::unknown(&field.ty, rows)).collect(),
                places: vec![RowPlace { file: 0, row: 1 }; rows],
                // Of a record that is not complete there may be more rows.
                open: if record.parent.is_some() { vec![!record.complete] } else { Vec::new() },
            });
        }
        Register { tables, files: Vec::new(), counts: Vec::new() }
    }
}

/// The key of a made-up row.
pub(super) fn key(schema: &Schema, record: RecordId, row: usize) -> String {
    match schema.record(record).parent {
        None => format!("W{}", row + 1),
        Some(_) => format!("W1-{}", row + 1),
    }
}

fn count(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}
