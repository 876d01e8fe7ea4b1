//! Rows of Parquet and Arrow files for the common intake.
//!
//! In: a file, the schema, and the intake of its record. Out: rows and findings as a CSV file of the same cells would
//! give them, and the SHA-256 of the bytes. What a file declares is checked before anything is decoded by it, so that a
//! hostile one costs no more than its own size allows.
//!
//! ```text
//! thrift │ parquet ┐
//!        │ ipc     ┴→ file (batches) → types (which column may hold what) → cells (a batch into the intake)
//! ```

mod cells;
mod feed;
mod file;
mod ipc;
mod pages;
mod parquet;
mod thrift;
mod types;
mod values;

use super::broken::Broken;
use super::draft::Draft;
use super::findings::DataFindings;
use super::folder::Kind;
use super::header::Header;
use crate::diagnostic::Diagnostic;
use crate::schema::Schema;
use cells::Intake;
pub(super) use feed::{Feed, Taken};
use file::{Batches, format};
use std::path::Path;

/// The row of the names of the columns; the first row of facts is the next.
const HEADER: u64 = 1;

/// A file that is open, its SHA-256, how its rows are taken, and its columns.
type Opened = (Batches, String, Intake, Header);

/// Opens a file and reads what it says of itself.
fn opened(
    path: &Path,
    kind: Kind,
    schema: &Schema,
    draft: &mut Draft<'_>,
    file: (u32, &str),
    findings: &mut DataFindings,
) -> Result<Opened, Box<Diagnostic>> {
    let failed = |broken: Broken| broken.diagnostic(file.1, format(kind));
    let mut batches = Batches::open(path, kind).map_err(failed)?;
    let sha256 = batches.sha256().map_err(failed)?;
    let columns = batches.columns();
    let names = columns.iter().map(|(name, _)| name.as_str());
    let header = Header::of(names, HEADER, schema, draft, file, findings)?;
    draft.count.extra_columns += header.extra;
    let (intake, used) = Intake::of(&header, columns, draft, file, findings)?;
    batches.choose(&used).map_err(failed)?;
    Ok((batches, sha256, intake, header))
}

/// Takes all rows of one file; its SHA-256.
pub(super) fn read_rows(
    path: &Path,
    kind: Kind,
    schema: &Schema,
    draft: &mut Draft<'_>,
    file: (u32, &str),
    findings: &mut DataFindings,
) -> Result<String, Box<Diagnostic>> {
    let failed = |broken: Broken| broken.diagnostic(file.1, format(kind));
    let (mut batches, sha256, mut intake, header) = opened(path, kind, schema, draft, file, findings)?;
    draft.sheets.push(header.sheet);
    let mut budget = batches.budget();
    while let Some(batch) = batches.next().map_err(failed)? {
        intake.take(&batch, draft, &mut budget, findings).map_err(failed)?;
    }
    Ok(sha256)
}

/// The names of the columns; none where the file cannot be read.
pub(super) fn names(path: &Path, kind: Kind) -> Option<Vec<String>> {
    let batches = Batches::open(path, kind).ok()?;
    Some(batches.columns().iter().map(|(name, _)| name.clone()).collect())
}
