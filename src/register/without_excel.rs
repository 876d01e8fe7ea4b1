//! What stands for the reader of workbooks in a build without it.

use super::draft::Draft;
use super::file_place;
use super::findings::DataFindings;
use super::table::InputFile;
use super::{input::shown_path, outline::Columns};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::schema::{RecordId, Schema};
use std::path::Path;

fn refused(name: &str) -> Box<Diagnostic> {
    let finding = Diagnostic::new(codes::U023, file_place(name)).arg("what", name);
    Box::new(finding.arg("feature", Term::same("Excel")))
}

/// Refuses a workbook.
pub(super) fn read_workbook(
    path: &Path,
    _: &Schema,
    _: &mut [Draft<'_>],
    _: &mut DataFindings,
) -> Result<InputFile, Box<Diagnostic>> {
    Err(refused(&shown_path(path)))
}

/// Refuses a file.
pub(super) fn read_rows(
    _: &Path,
    _: &Schema,
    _: &mut Draft<'_>,
    (_, name): (u32, &str),
    _: &mut DataFindings,
) -> Result<String, Box<Diagnostic>> {
    Err(refused(name))
}

/// Nothing is known of its columns.
pub(super) fn names(_: &Path, _: RecordId, _: &Schema) -> Option<Vec<String>> {
    None
}

/// Nothing is known of its sheets.
pub(super) fn columns(_: &Path, _: &Schema) -> Option<Columns> {
    None
}
