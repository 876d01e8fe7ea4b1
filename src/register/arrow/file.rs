//! A file as batches of rows, whatever its format.

use super::ipc::Ipc;
use super::parquet::Parquet;
use crate::register::broken::Broken;
use crate::register::fence::fenced;
use crate::register::folder::Kind;
use crate::register::input;
use crate::register::limits::Budget;
use ::parquet::errors::ParquetError;
use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, DataType};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

impl From<ParquetError> for Broken {
    fn from(error: ParquetError) -> Self {
        Self::Decoder(error.to_string())
    }
}

impl From<ArrowError> for Broken {
    fn from(error: ArrowError) -> Self {
        Self::Decoder(error.to_string())
    }
}

/// How messages name a format.
pub(super) fn format(kind: Kind) -> &'static str {
    if kind == Kind::Parquet { "Parquet" } else { "Arrow" }
}

/// A file and its rows.
pub(super) struct Batches {
    file: File,
    bytes: u64,
    format: Format,
}

enum Format {
    Parquet(Parquet),
    Ipc(Ipc),
}

impl Batches {
    /// Opens a file and reads what it says of its columns.
    pub(super) fn open(path: &Path, kind: Kind) -> Result<Self, Broken> {
        if path.is_dir() {
            return Err(Broken::Io(io::ErrorKind::IsADirectory.into()));
        }
        let mut file = File::open(path).map_err(Broken::Io)?;
        let bytes = file.metadata().map_err(Broken::Io)?.len();
        if bytes == 0 {
            return Err(Broken::Empty);
        }
        let format = fenced(|| match kind {
            Kind::Arrow => Ipc::open(&mut file, bytes).map(Format::Ipc),
            Kind::Parquet | Kind::Csv | Kind::Excel => Parquet::open(&mut file, bytes).map(Format::Parquet),
        });
        Ok(Self { file, bytes, format: format?? })
    }

    /// What its rows may come to.
    pub(super) fn budget(&self) -> Budget {
        Budget::of(self.bytes)
    }

    /// The SHA-256 of its bytes, in hexadecimal.
    pub(super) fn sha256(&mut self) -> Result<String, Broken> {
        input::sha256(&mut self.file).map_err(Broken::Io)
    }

    /// Its columns, by place.
    pub(super) fn columns(&self) -> &[(String, DataType)] {
        match &self.format {
            Format::Parquet(file) => file.columns(),
            Format::Ipc(file) => file.columns(),
        }
    }

    /// Only those columns are decoded, in that order; ascending places.
    pub(super) fn choose(&mut self, columns: &[usize]) -> Result<(), Broken> {
        let (file, bytes) = (&mut self.file, self.bytes);
        fenced(|| match &mut self.format {
            Format::Parquet(parquet) => parquet.choose(file, bytes, columns),
            Format::Ipc(ipc) => {
                ipc.choose(columns);
                Ok(())
            }
        })?
    }

    /// The next rows; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<RecordBatch>, Broken> {
        let (file, bytes) = (&mut self.file, self.bytes);
        fenced(|| match &mut self.format {
            Format::Parquet(parquet) => parquet.next(),
            Format::Ipc(ipc) => ipc.next(file, bytes),
        })?
    }
}

/// Some bytes of a file; its end is known, and they lie before it.
pub(super) fn bytes_at(file: &mut File, start: u64, length: usize) -> Result<Vec<u8>, Broken> {
    file.seek(SeekFrom::Start(start)).map_err(Broken::Io)?;
    let mut bytes = vec![0; length];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}
