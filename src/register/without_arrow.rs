//! What stands for the readers of Parquet and Arrow in a build without them.

use super::draft::Draft;
use super::file_place;
use super::findings::DataFindings;
use super::folder::{Kind, Layout};
use super::header::Header;
use super::rows::Row;
use super::stream::Unsound;
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::schema::{Record, Schema};
use std::path::Path;

fn refused(name: &str) -> Box<Diagnostic> {
    let feature = Term::new("Parquet 和 Arrow", "Parquet and Arrow");
    let finding = Diagnostic::new(codes::U023, file_place(name)).arg("what", name);
    Box::new(finding.arg("feature", feature))
}

/// Refuses a file.
pub(super) fn read_rows(
    _: &Path,
    _: Kind,
    _: &Schema,
    _: &mut Draft<'_>,
    (_, name): (u32, &str),
    _: &mut DataFindings,
) -> Result<String, Box<Diagnostic>> {
    Err(refused(name))
}

/// Nothing is known of its columns.
pub(super) fn names(_: &Path, _: Kind) -> Option<Vec<String>> {
    None
}

/// A file in parts, which there is none of.
pub(super) enum Feed {}

/// Rows of such a file.
pub(super) enum Taken {}

impl Feed {
    /// Refuses a file.
    pub(super) fn open(
        _: &Path,
        _: Kind,
        _: &Schema,
        _: &mut Draft<'_>,
        (_, name): (u32, &str),
        _: &mut DataFindings,
    ) -> Result<(Self, Header), Box<Diagnostic>> {
        Err(refused(name))
    }

    pub(super) fn layout(&self) -> Layout {
        match *self {}
    }

    pub(super) fn each_row(
        self,
        _: &Record,
        _: impl FnMut(&Row) -> Result<(), Unsound>,
    ) -> Result<String, Unsound> {
        match self {}
    }

    pub(super) fn is_at_end(&mut self) -> Result<bool, Unsound> {
        match *self {}
    }

    pub(super) fn sha256(self) -> String {
        match self {}
    }

    pub(super) fn spend(&mut self, _: u64) -> Result<(), Unsound> {
        match *self {}
    }

    pub(super) fn take_rows(&mut self, _: usize) -> Result<Taken, Unsound> {
        match *self {}
    }

    pub(super) fn take_rest(&mut self) -> Result<Taken, Unsound> {
        match *self {}
    }

    pub(super) fn take_until(&mut self, _: &[u8]) -> Result<Taken, Unsound> {
        match *self {}
    }
}

impl Taken {
    pub(super) fn rows(&self) -> usize {
        match *self {}
    }

    pub(super) fn last_key(&self) -> Option<Vec<u8>> {
        match *self {}
    }

    pub(super) fn read(&self, _: &mut Draft<'_>, _: &mut DataFindings) -> Result<u64, Unsound> {
        match *self {}
    }
}
