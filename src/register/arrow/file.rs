//! A file as batches of rows, whatever its format.

use super::fence::{GaveUp, fenced};
use super::ipc::Ipc;
use super::limits::{Budget, damaged};
use super::parquet::Parquet;
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::register::draft::quoted;
use crate::register::file_place;
use crate::register::folder::Kind;
use crate::register::input::Fault;
use ::parquet::errors::ParquetError;
use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, DataType};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// Bytes hashed at a time.
const CHUNK: usize = 64 * 1024;

/// Why a file cannot be read.
#[derive(Debug)]
pub(super) enum Broken {
    /// The system's reason.
    Io(io::Error),
    /// Nothing in it.
    Empty,
    /// What is wrong with it.
    Unsound(Term),
    /// The words of the decoder.
    Decoder(String),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        // An end where there should be more is the file's fault, not the system's.
        if error.kind() == io::ErrorKind::UnexpectedEof { damaged() } else { Self::Io(error) }
    }
}

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

impl From<GaveUp> for Broken {
    fn from(_: GaveUp) -> Self {
        damaged()
    }
}

impl Broken {
    /// The finding that stops the run.
    pub(super) fn diagnostic(self, file: &str, kind: Kind) -> Box<Diagnostic> {
        let format = if kind == Kind::Parquet { "Parquet" } else { "Arrow" };
        let finding = |reason: Term| {
            let finding = Diagnostic::new(codes::U024, file_place(file)).arg("path", file);
            finding.arg("format", format).arg("reason", reason)
        };
        Box::new(match self {
            Self::Io(error) => return Fault::Io(error).diagnostic(file),
            Self::Empty => return Fault::Empty.diagnostic(file),
            Self::Unsound(reason) => finding(reason),
            Self::Decoder(words) => {
                let reason = Term::new(
                    "文件被截断或已损坏,或写法不支持",
                    "it is damaged, or written in an unsupported way",
                );
                finding(reason).help(Term::from(quoted(&words)))
            }
        })
    }
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
            Kind::Parquet | Kind::Csv => Parquet::open(&mut file, bytes).map(Format::Parquet),
        });
        Ok(Self { file, bytes, format: format?? })
    }

    /// What its rows may come to.
    pub(super) fn budget(&self) -> Budget {
        Budget::of(self.bytes)
    }

    /// The SHA-256 of its bytes, in hexadecimal.
    pub(super) fn sha256(&mut self) -> Result<String, Broken> {
        self.file.seek(SeekFrom::Start(0)).map_err(Broken::Io)?;
        let mut hash = Sha256::new();
        let mut chunk = vec![0; CHUNK];
        loop {
            let read = self.file.read(&mut chunk).map_err(Broken::Io)?;
            if read == 0 {
                break;
            }
            hash.update(chunk.get(..read).unwrap_or_default());
        }
        Ok(hash.finalize().iter().fold(String::new(), |mut hex, byte| {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        }))
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
