//! What is not known for want of one fact needs no search: the one missing fact that a clause can read is the one that
//! would settle it. Everything else that is not known is left to the evaluator that explains itself.

use super::program::Program;
use super::store::{ANY_CODE, ANY_DAY, ANY_WORD, Cells, Gap, Store};
use super::word::Word;
use crate::eval::{FactId, FactPart};
use crate::ir::{NodeId, Op, Plan};
use crate::schema::{FieldId, RecordId, Schema};
use std::ops::Range;

/// What some expressions read, none of which columns know less of than the other evaluator does.
#[derive(Debug)]
pub(super) struct Reach {
    fields: Vec<(RecordId, FieldId)>,
    /// Records whose rows are counted or added up.
    counted: Vec<RecordId>,
}

impl Reach {
    /// Of some expressions of a program, and of some that it does not need; none where columns may know less.
    pub(super) fn of<W: Word>(program: &Program<'_, W>, roots: &[NodeId], beside: &[NodeId]) -> Option<Self> {
        if !roots.iter().all(|root| program.is_tight(*root)) {
            return None;
        }
        let mut reach = Self { fields: Vec::new(), counted: Vec::new() };
        let mut waiting: Vec<NodeId> = roots.iter().chain(beside).copied().collect();
        let mut seen = vec![false; program.plan.nodes.len()];
        while let Some(id) = waiting.pop() {
            if std::mem::replace(seen.get_mut(id.0 as usize)?, true) {
                continue;
            }
            let op = &program.plan.node(id).op;
            match op {
                Op::Field(record, field) => reach.fields.push((*record, *field)),
                Op::Aggregate { record, .. } => reach.counted.push(*record),
                _ => {}
            }
            op.operands(&mut waiting);
        }
        Some(reach)
    }

    /// The one cell of a household that is missing; none where several are, or where it is not known how many.
    pub(super) fn only(&self, plan: &Plan, store: &Store, (unit, row): (RecordId, usize)) -> Option<FactId> {
        let open = |record: &RecordId| store.table(*record).open.get(row).copied().unwrap_or(false);
        if self.counted.iter().any(open) {
            return None;
        }
        let mut only = None;
        for (record, field) in &self.fields {
            let cells = store.table(*record).columns.get(field.0)?;
            for row in rows(&plan.schema, store, (unit, row), *record)? {
                match cells.hole(row) {
                    Hole::None => {}
                    Hole::Partial => return None,
                    Hole::Unknown => {
                        let fact = FactId { record: *record, part: FactPart::Field(*field), row };
                        if only.replace(fact).is_some() {
                            return None;
                        }
                    }
                }
            }
        }
        only
    }
}

/// The rows of a record in one household; none where it does not lie in households.
fn rows(
    schema: &Schema,
    store: &Store,
    (unit, row): (RecordId, usize),
    record: RecordId,
) -> Option<Range<usize>> {
    if record == unit {
        return Some(row..row + 1);
    }
    let above = rows(schema, store, (unit, row), schema.record(record).parent?)?;
    let at = |row: usize| store.table(record).offsets.get(row).map(|offset| *offset as usize);
    Some(at(above.start)?..at(above.end)?)
}

/// What is not known of a cell.
enum Hole {
    None,
    /// Some of a day.
    Partial,
    Unknown,
}

impl Cells {
    fn hole(&self, row: usize) -> Hole {
        let unknown = match self {
            Self::Opaque => return Hole::Partial,
            Self::Text { values, .. } => values.get(row) == Some(&ANY_WORD),
            Self::Code { values, .. } => values.get(row) == Some(&ANY_CODE),
            Self::Number { gaps, .. } => gaps.as_ref().and_then(|gaps| gaps.get(row)) == Some(&Gap::Unknown),
            Self::Date { first, last, .. } => {
                let (first, last) = (first.get(row), last.as_ref().map_or(first, |last| last).get(row));
                if first != last {
                    return Hole::Partial;
                }
                first == Some(&ANY_DAY)
            }
        };
        if unknown { Hole::Unknown } else { Hole::None }
    }
}
