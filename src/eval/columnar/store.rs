//! The register as dense columns: what a kernel reads, a slice of plain numbers for each field. The cells are those of
//! the register, which keeps them so ([`Cells`]); those of some rows alone are brought together.

use crate::register::Register;
pub(super) use crate::register::Words as Texts;
pub(super) use crate::register::{ANY_CODE, ANY_DAY, ANY_WORD, Cells, Gap, Holes, NO_CODE};
use crate::schema::{RecordId, Schema};
use std::sync::Arc;

/// No bound below, and none above. A number of the register that is one of them is taken for no bound, which is safe.
pub(super) const LOW: i64 = i64::MIN;
pub(super) const HIGH: i64 = i64::MAX;

/// All records of a register.
#[derive(Debug, Default)]
pub struct Store {
    /// By [`RecordId`].
    pub(super) tables: Vec<Rows>,
}

/// The rows of one record.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// Children of parent row `p` are the rows `offsets[p]..offsets[p + 1]`; empty for a root.
    pub offsets: Vec<u32>,
    /// Row of the parent; empty for a root.
    pub parents: Vec<u32>,
    /// For each row of the root: may rows be missing? Empty where none may.
    pub open: Vec<bool>,
    /// By field.
    pub columns: Columns,
}

/// The cells of each field, those of the register itself.
#[derive(Debug, Default)]
pub(super) struct Columns(Vec<Arc<Cells>>);

impl Columns {
    /// The cells of a field.
    pub(super) fn get(&self, field: usize) -> Option<&Cells> {
        self.0.get(field).map(AsRef::as_ref)
    }
}

impl Store {
    /// The same facts as a register, in the same order of rows.
    #[must_use]
    pub fn of(register: &Register, schema: &Schema) -> Self {
        let tables = schema.iter().map(|(id, _)| rows(register, id)).collect();
        Self { tables }
    }

    pub(super) fn table(&self, record: RecordId) -> &Rows {
        &self.tables[record.0]
    }
}

fn rows(register: &Register, record: RecordId) -> Rows {
    let table = register.table(record);
    Rows {
        offsets: table.offsets.clone(),
        parents: table.parents.clone(),
        open: if table.open.iter().any(|open| *open) { table.open.clone() } else { Vec::new() },
        columns: Columns(table.columns.iter().map(|column| Arc::clone(column.cells())).collect()),
    }
}

impl Store {
    /// Some rows of the unit of evaluation with all that lies in them, as a store of its own, and by record the rows
    /// that its rows are.
    pub(super) fn gather(&self, schema: &Schema, unit: RecordId, units: &[usize]) -> (Self, Vec<Vec<u32>>) {
        let mut rows: Vec<Vec<u32>> = Vec::new();
        let mut tables = Vec::new();
        for (id, record) in schema.iter() {
            let table = self.table(id);
            let (kept, offsets) = match record.parent {
                None if id == unit => {
                    (units.iter().filter_map(|unit| u32::try_from(*unit).ok()).collect(), Vec::new())
                }
                None => (Vec::new(), Vec::new()),
                Some(parent) => children(&table.offsets, &rows[parent.0]),
            };
            let within = schema.chain(id).last() == Some(unit);
            let open = |row: &usize| table.open.get(*row).copied().unwrap_or(false);
            tables.push(Rows {
                parents: Rows::parents_of(&offsets),
                offsets,
                open: if within && !table.open.is_empty() {
                    units.iter().map(open).collect()
                } else {
                    Vec::new()
                },
                columns: Columns(table.columns.0.iter().map(|cells| Arc::new(cells.gather(&kept))).collect()),
            });
            rows.push(kept);
        }
        (Self { tables }, rows)
    }
}

/// The rows that lie in some parents, and where those of each begin.
fn children(offsets: &[u32], parents: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let (mut rows, mut ends) = (Vec::new(), vec![0]);
    for parent in parents {
        let at = |row: usize| offsets.get(row).copied().unwrap_or(0);
        rows.extend(at(*parent as usize)..at(*parent as usize + 1));
        ends.push(u32::try_from(rows.len()).unwrap_or(u32::MAX));
    }
    (rows, ends)
}

impl Rows {
    /// The parents of rows that lie in a parent table of which some rows were kept.
    pub(super) fn parents_of(offsets: &[u32]) -> Vec<u32> {
        let mut parents = Vec::with_capacity(offsets.last().copied().unwrap_or(0) as usize);
        for (parent, ends) in offsets.windows(2).enumerate() {
            let parent = u32::try_from(parent).unwrap_or(u32::MAX);
            parents.extend(std::iter::repeat_n(parent, (ends[1] - ends[0]) as usize));
        }
        parents
    }
}
