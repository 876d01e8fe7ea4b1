//! The tables of a register.

use super::column::Column;
use super::texts::Texts;
use crate::diagnostic::CellPlace;
use crate::schema::{Datum, FieldId, RecordId, Schema};
use crate::value::Fact;
use std::ops::Range;

/// All rows that could be read, one table a record in the order of [`Schema::records`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Register {
    /// By [`RecordId`].
    pub tables: Vec<Table>,
    /// The files that were read, in the order of the records, then of their names.
    pub files: Vec<InputFile>,
    /// By [`RecordId`].
    pub counts: Vec<RecordCount>,
}

/// The rows of one record. Roots are sorted by key; children by parent row, then key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Key of each row, as text.
    pub keys: Texts,
    /// Row of the parent in the parent's table; empty for a root.
    pub parents: Vec<u32>,
    /// Children of parent row `p` are the rows `offsets[p]..offsets[p + 1]`; empty for a root.
    pub offsets: Vec<u32>,
    /// By [`FieldId`]; `len()` cells each, or none where the column was not read.
    pub columns: Vec<Column>,
    /// Where each row stands in the input.
    pub places: Vec<RowPlace>,
    /// For each row of the unit of evaluation (the root this record lies in): may rows be missing here?
    /// Always true for a record that is not declared `complete`. Empty for a root.
    pub open: Vec<bool>,
}

/// One file of the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFile {
    /// Path as it was given, with `/` between folders.
    pub name: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// The sheets that were read, where it is a workbook, by the record whose rows they hold.
    pub sheets: Vec<(RecordId, String)>,
}

impl InputFile {
    /// A file that is no workbook.
    #[must_use]
    pub fn new(name: String, sha256: String) -> Self {
        Self { name, sha256, sheets: Vec::new() }
    }
}

/// Where a row stands: a file of [`Register::files`], and a row as a spreadsheet numbers it (the header is 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowPlace {
    /// Place in [`Register::files`].
    pub file: u32,
    /// From 1.
    pub row: u64,
}

/// Rows of one record: `read = kept + duplicates + rejected + later`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordCount {
    /// Rows in the files, blank lines and the header not counted.
    pub read: u64,
    /// Rows in the table.
    pub kept: u64,
    /// Further rows with a key that is in the table.
    pub duplicates: u64,
    /// Rows that could not be placed.
    pub rejected: u64,
    /// Rows recorded after the day of what is known.
    pub later: u64,
    /// Columns of the files that are no field.
    pub extra_columns: u64,
}

impl Register {
    /// The table of a record.
    ///
    /// # Panics
    /// Where the record is of another schema.
    #[must_use]
    pub fn table(&self, record: RecordId) -> &Table {
        &self.tables[record.0]
    }

    /// Where a row stands, for people.
    #[must_use]
    pub fn place(&self, record: RecordId, row: usize) -> Option<CellPlace> {
        let place = self.table(record).places.get(row)?;
        let file = self.files.get(place.file as usize);
        let sheet = file.and_then(|file| file.sheets.iter().find(|(of, _)| *of == record));
        Some(CellPlace {
            file: file.map(|file| file.name.clone()).unwrap_or_default(),
            sheet: sheet.map(|(_, name)| name.clone()),
            row: Some(place.row),
            column: None,
        })
    }

    /// What the register says of one field of one row.
    #[must_use]
    pub fn fact(&self, record: RecordId, field: FieldId, row: usize) -> Fact<Datum> {
        self.table(record).columns.get(field.0).map_or(Fact::Unknown, |column| column.fact(row))
    }

    /// The row of `ancestor` that a row of `record` lies in; the row itself where they are one.
    #[must_use]
    pub fn ancestor(
        &self,
        schema: &Schema,
        record: RecordId,
        row: usize,
        ancestor: RecordId,
    ) -> Option<usize> {
        let mut row = row;
        for id in schema.chain(record) {
            if id == ancestor {
                return Some(row);
            }
            row = *self.table(id).parents.get(row)? as usize;
        }
        None
    }

    /// The rows of `record` that lie in one row of `ancestor`, however many records lie between. They are
    /// contiguous because children are sorted by parent.
    #[must_use]
    pub fn descendants(
        &self,
        schema: &Schema,
        record: RecordId,
        ancestor: RecordId,
        row: usize,
    ) -> Range<usize> {
        if record == ancestor {
            return row..row + 1;
        }
        let Some(parent) = schema.record(record).parent else { return 0..0 };
        let parents = self.descendants(schema, parent, ancestor, row);
        let offsets = &self.table(record).offsets;
        let at = |row: usize| offsets.get(row).map_or(0, |offset| *offset as usize);
        if parents.is_empty() { 0..0 } else { at(parents.start)..at(parents.end) }
    }

    /// May rows of `record` be missing for that row of the unit of evaluation?
    #[must_use]
    pub fn is_open(&self, record: RecordId, unit_row: usize) -> bool {
        self.table(record).open.get(unit_row).copied().unwrap_or(false)
    }
}

impl Table {
    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// True where there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}
