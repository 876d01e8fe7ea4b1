//! A file of Parquet or Arrow in parts: some rows after others, for a register that is larger than memory.

use super::cells::{Intake, possible_days, spelling};
use super::file::Batches;
use super::values::Values;
use super::{HEADER, opened};
use crate::diagnostic::Diagnostic;
use crate::register::draft::Draft;
use crate::register::findings::DataFindings;
use crate::register::folder::{Kind, Layout};
use crate::register::header::Header;
use crate::register::limits::Budget;
use crate::register::rows::Row;
use crate::register::stream::{Unsound, ascends};
use crate::schema::{Record, Schema};
use arrow_array::RecordBatch;
use std::path::Path;

/// A file, and what was decoded of it but not taken yet.
pub(in crate::register) struct Feed {
    batches: Batches,
    sha256: String,
    /// How rows are taken; the number of its row is that before the next.
    intake: Intake,
    /// What the rows that are left may come to.
    budget: Budget,
    /// Rows that were decoded; what was taken of them is cut off.
    ready: Option<RecordBatch>,
    ended: bool,
}

/// Rows of a file.
pub(in crate::register) struct Taken {
    batches: Vec<RecordBatch>,
    intake: Intake,
    budget: Budget,
}

impl Feed {
    /// Opens a file and reads what it says of itself; its columns as well. Findings and errors are those of a file that
    /// is read whole.
    pub(in crate::register) fn open(
        path: &Path,
        kind: Kind,
        schema: &Schema,
        draft: &mut Draft<'_>,
        file: (u32, &str),
        findings: &mut DataFindings,
    ) -> Result<(Self, Header), Box<Diagnostic>> {
        let (batches, sha256, intake, header) = opened(path, kind, schema, draft, file, findings)?;
        let budget = batches.budget();
        Ok((Self { batches, sha256, intake, budget, ready: None, ended: false }, header))
    }

    /// True where no row is left.
    pub(in crate::register) fn is_at_end(&mut self) -> Result<bool, Unsound> {
        while !self.ended && self.ready.as_ref().is_none_or(|batch| batch.num_rows() == 0) {
            self.ready = self.batches.next().map_err(|_| Unsound::Shape)?;
            self.ended = self.ready.is_none();
        }
        Ok(self.ended)
    }

    /// SHA-256 of the file.
    pub(in crate::register) fn sha256(self) -> String {
        self.sha256
    }

    /// Takes so many bytes from what the file may come to.
    pub(in crate::register) fn spend(&mut self, bytes: u64) -> Result<(), Unsound> {
        self.budget.spend(bytes).map_err(|_| Unsound::Shape)
    }

    /// Where the cells of a row stand as [`Self::each_row`] gives it.
    pub(in crate::register) fn layout(&self) -> Layout {
        self.intake.layout()
    }

    /// Gives every row as the common reading takes it from text; the SHA-256 of the file.
    pub(in crate::register) fn each_row(
        mut self,
        record: &Record,
        mut take: impl FnMut(&Row) -> Result<(), Unsound>,
    ) -> Result<String, Unsound> {
        let (mut row, mut number, mut text) = (Row::default(), HEADER, String::new());
        let days = possible_days();
        while !self.is_at_end()? {
            let Some(batch) = self.ready.take() else { break };
            self.budget.rows(batch.num_rows() as u64).map_err(|_| Unsound::Shape)?;
            let columns = self.intake.spelled(&batch, record).ok_or(Unsound::Shape)?;
            for place in 0..batch.num_rows() {
                number += 1;
                row.begin(number);
                for (values, field) in &columns {
                    let cell = spelling(*field, values.get(place), &days, &mut text);
                    self.budget.text(cell).map_err(|_| Unsound::Shape)?;
                    row.push(cell);
                }
                take(&row)?;
            }
        }
        Ok(self.sha256)
    }

    /// Takes as many rows of each batch as `wanted` says, up to the first of which it does not want all.
    fn take(
        &mut self,
        mut wanted: impl FnMut(&RecordBatch, &Intake) -> Result<usize, Unsound>,
    ) -> Result<Taken, Unsound> {
        let mut taken =
            Taken { batches: Vec::new(), intake: self.intake.clone(), budget: self.batches.budget() };
        while !self.is_at_end()? {
            let Some(batch) = &self.ready else { break };
            let rows = batch.num_rows();
            let wanted = wanted(batch, &self.intake)?.min(rows);
            if wanted > 0 {
                taken.batches.push(batch.slice(0, wanted));
                self.intake.pass(wanted);
                self.ready = Some(batch.slice(wanted, rows - wanted));
            }
            if wanted < rows {
                break;
            }
        }
        Ok(taken)
    }

    /// Up to so many rows.
    pub(in crate::register) fn take_rows(&mut self, rows: usize) -> Result<Taken, Unsound> {
        let mut left = rows;
        self.take(|batch, _| {
            let wanted = left.min(batch.num_rows());
            left -= wanted;
            Ok(wanted)
        })
    }

    /// All rows that are left.
    pub(in crate::register) fn take_rest(&mut self) -> Result<Taken, Unsound> {
        self.take(|batch, _| Ok(batch.num_rows()))
    }

    /// The rows whose parent's key is not greater than a key; they ascend.
    pub(in crate::register) fn take_until(&mut self, key: &[u8]) -> Result<Taken, Unsound> {
        self.take(|batch, intake| {
            let parents = intake.parents(batch).ok_or(Unsound::Shape)?;
            let mut text = String::new();
            let mut beyond = |row: usize| ascends(key, parents.text(row, &mut text).as_bytes());
            let (mut low, mut high) = (0, batch.num_rows());
            if high > 0 && !beyond(high - 1) {
                return Ok(high);
            }
            while low < high {
                let middle = low + (high - low) / 2;
                if beyond(middle) { high = middle } else { low = middle + 1 }
            }
            Ok(low)
        })
    }
}

impl Taken {
    /// How many rows.
    pub(in crate::register) fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// The key of the last row that has one.
    pub(in crate::register) fn last_key(&self) -> Option<Vec<u8>> {
        let mut text = String::new();
        self.batches.iter().rev().find_map(|batch| {
            let keys: Values<'_> = self.intake.keys(batch)?;
            (0..batch.num_rows()).rev().find_map(|row| {
                let key = keys.text(row, &mut text).as_bytes();
                (!key.is_empty()).then(|| key.to_vec())
            })
        })
    }

    /// Gives the rows to the intake; the bytes that they come to.
    pub(in crate::register) fn read(
        &self,
        draft: &mut Draft<'_>,
        findings: &mut DataFindings,
    ) -> Result<u64, Unsound> {
        let (mut intake, mut budget) = (self.intake.clone(), self.budget);
        for batch in &self.batches {
            intake.take(batch, draft, &mut budget, findings).map_err(|_| Unsound::Shape)?;
        }
        Ok(budget.less_than(self.budget))
    }
}
