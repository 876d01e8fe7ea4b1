//! A register as CSV files: UTF-8 without byte order mark, LF. Rows go to temporary names; the files take their own names
//! when all rows are written.

use super::tables::TABLES;
use csv::Writer;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// The open files.
pub(super) struct Files(Vec<Table>);

/// One file under its temporary name, which is removed unless the table was committed.
struct Table {
    rows: Writer<File>,
    temporary: PathBuf,
    name: PathBuf,
}

impl Files {
    /// Makes the temporary files, each with its header.
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        let tables: io::Result<Vec<Table>> =
            TABLES.into_iter().map(|file| Table::create(folder, file)).collect();
        Ok(Self(tables?))
    }

    /// Writes a row of the table of that place.
    pub(super) fn row(&mut self, table: usize, cells: &[&str]) -> io::Result<()> {
        self.0.get_mut(table).map_or(Ok(()), |table| table.row(cells))
    }

    /// Gives all files their own names; until then those of an earlier run stand.
    pub(super) fn commit(mut self) -> io::Result<()> {
        for table in &mut self.0 {
            table.rows.flush()?;
        }
        self.0.iter().try_for_each(|table| fs::rename(&table.temporary, &table.name))
    }
}

impl Table {
    fn create(folder: &Path, (stem, header): (&str, &[&str])) -> io::Result<Self> {
        let name = folder.join(format!("{stem}.csv"));
        let temporary = folder.join(format!(".{stem}.csv.part"));
        let rows = Writer::from_writer(File::create(&temporary)?);
        let mut table = Self { rows, temporary, name };
        table.row(header)?;
        Ok(table)
    }

    fn row(&mut self, cells: &[&str]) -> io::Result<()> {
        Ok(self.rows.write_record(cells)?)
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        // After a commit the temporary name is gone; before one there is nobody to tell that removing it failed.
        let _ = fs::remove_file(&self.temporary);
    }
}
