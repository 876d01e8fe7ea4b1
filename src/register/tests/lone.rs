//! Files that are read alone, many after each other, as a test of hostile ones does.

use super::{CERTIFICATE, DataFindings, schema};
use crate::register::codebook::codebooks;
use crate::register::draft::Draft;
use crate::register::folder::read_rows;
use crate::schema::Schema;
use tempfile::TempDir;

/// Files of certificates that are read alone, many after each other.
pub(super) struct Lone {
    folder: TempDir,
    schema: Schema,
}

impl Lone {
    pub(super) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), schema: schema() }
    }

    /// How many rows there are; a code where it is refused.
    pub(super) fn read(&self, name: &str, bytes: &[u8]) -> Result<usize, &'static str> {
        let path = self.folder.path().join(name);
        // A new file: some file systems wait for the disk where one is written over.
        let _ = std::fs::remove_file(&path);
        std::fs::write(&path, bytes).unwrap();
        let mut draft =
            Draft::new(&self.schema, CERTIFICATE, codebooks(&self.schema)[CERTIFICATE.0].clone(), |_| true);
        let mut findings = DataFindings::new();
        let read = read_rows(&path, &self.schema, &mut draft, (0, name), &mut findings);
        read.map(|_| draft.len()).map_err(|error| error.code.id)
    }
}
