//! How many rows of each record a household has; all facts of them unknown.

use super::Question;
use crate::ir::Plan;
use crate::register::{Column, Register, RowPlace, Table};
use crate::schema::{FieldType, RecordId, Schema};
use crate::value::Fact;
use std::collections::BTreeSet;

/// Rows by record; rows that lie in rows of the household lie in the first of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::analyse) struct Shape {
    /// By [`RecordId`].
    pub rows: Vec<usize>,
}

/// The shapes that have the rows a question is about, those with fewer rows first.
pub(super) fn shapes(
    plan: &Plan,
    unit: RecordId,
    question: &Question,
    records: &BTreeSet<RecordId>,
    most: usize,
) -> Vec<Shape> {
    let schema = &plan.schema;
    let mut least = vec![0_usize; schema.iter().count()];
    for (record, row) in question.rows() {
        // A row lies in rows of the records above.
        for above in schema.chain(record) {
            let wanted = if above == record { row + 1 } else { 1 };
            if let Some(rows) = least.get_mut(above.0) {
                *rows = (*rows).max(wanted);
            }
        }
    }
    if let Some(rows) = least.get_mut(unit.0) {
        *rows = 1;
    }
    let free: Vec<RecordId> = records
        .iter()
        .copied()
        .filter(|record| *record != unit && schema.chain(*record).last() == Some(unit))
        .collect();
    let fixed: usize = least.iter().sum::<usize>().saturating_sub(1);
    let mut shapes = Vec::new();
    for more in 0..=most.saturating_sub(fixed) {
        spread(&free, more, &least, &mut shapes);
    }
    // A row of a record needs a row of its parent to lie in.
    shapes.retain(|shape: &Vec<usize>| {
        free.iter().all(|record| {
            let parent = schema.record(*record).parent;
            let own = shape.get(record.0).copied().unwrap_or(0);
            own == 0 || parent.is_none_or(|parent| shape.get(parent.0).is_some_and(|rows| *rows > 0))
        })
    });
    shapes.into_iter().map(|rows| Shape { rows }).collect()
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
    /// A register of one household of this shape.
    pub(super) fn register(&self, schema: &Schema) -> Register {
        let mut tables: Vec<Table> = Vec::new();
        for (id, record) in schema.iter() {
            let rows = self.rows.get(id.0).copied().unwrap_or(0);
            let parents = record.parent.and_then(|parent| self.rows.get(parent.0)).copied().unwrap_or(0);
            let offsets = match record.parent {
                // All lie in the first parent row.
                Some(_) => (0..=parents).map(|parent| if parent == 0 { 0 } else { count(rows) }).collect(),
                None => Vec::new(),
            };
            tables.push(Table {
                keys: (0..rows).map(|row| key(schema, id, row).into_boxed_str()).collect(),
                parents: if record.parent.is_some() { vec![0; rows] } else { Vec::new() },
                offsets,
                columns: record.fields.iter().map(|field| unknown(&field.ty, rows)).collect(),
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

fn unknown(ty: &FieldType, rows: usize) -> Column {
    match ty {
        FieldType::Text => Column::Text(vec![Fact::Unknown; rows]),
        FieldType::Date => Column::Date(vec![Fact::Unknown; rows]),
        FieldType::Money => Column::Money(vec![Fact::Unknown; rows]),
        FieldType::Number => Column::Number(vec![Fact::Unknown; rows]),
        FieldType::Percent => Column::Percent(vec![Fact::Unknown; rows]),
        FieldType::Flag => Column::Flag(vec![Fact::Unknown; rows]),
        FieldType::Code(_) => Column::Code(vec![Fact::Unknown; rows]),
    }
}
