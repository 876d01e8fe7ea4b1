//! What stands for the readers of Parquet and Arrow in a build without them.

use super::draft::Draft;
use super::file_place;
use super::findings::DataFindings;
use super::folder::Kind;
use crate::diagnostic::{Diagnostic, codes};
use crate::schema::Schema;
use std::path::Path;

/// Refuses a file.
pub(super) fn read_rows(
    _: &Path,
    _: Kind,
    _: &Schema,
    _: &mut Draft<'_>,
    (_, name): (u32, &str),
    _: &mut DataFindings,
) -> Result<String, Box<Diagnostic>> {
    Err(Box::new(Diagnostic::new(codes::U023, file_place(name)).arg("what", name)))
}

/// Nothing is known of its columns.
pub(super) fn names(_: &Path, _: Kind) -> Option<Vec<String>> {
    None
}
