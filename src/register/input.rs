//! Bytes of one file: hashed as they pass, and guarded, so that a hostile file never gets into memory.

use super::scan::{count, has_either};
use crate::diagnostic::{CellPlace, Diagnostic, Place, Term, codes};
use memchr::{memchr, memrchr};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::File;
#[cfg(any(feature = "excel", feature = "parquet"))]
use std::io::Seek;
use std::io::{self, Read};
use std::path::Path;
use thiserror::Error;

/// Bytes of the longest line, and of the longest row where quotes join lines.
pub const LONGEST_LINE: usize = 1024 * 1024;
/// Bytes of a file hashed at a time.
#[cfg(any(feature = "excel", feature = "parquet"))]
const CHUNK: usize = 64 * 1024;

/// Why a file cannot be read at all.
#[derive(Debug, Error)]
pub enum Fault {
    /// The system's reason.
    #[error(transparent)]
    Io(io::Error),
    /// Nothing in it.
    #[error("empty")]
    Empty,
    /// Not text, or text of another encoding; the row or line where it shows.
    #[error("not UTF-8 in row {0}")]
    NotUtf8(u64),
    /// A line of more than [`LONGEST_LINE`] bytes.
    #[error("line {0} is too long")]
    LongLine(u64),
    /// A quote that opens in that row and is never closed.
    #[error("open quote in row {0}")]
    OpenQuote(u64),
    /// More bytes or rows than can be held.
    #[error("too large")]
    TooLarge,
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        error.downcast::<Self>().unwrap_or_else(Self::Io)
    }
}

impl Fault {
    /// The finding that stops the run.
    #[must_use]
    pub fn diagnostic(self, file: &str) -> Box<Diagnostic> {
        let at = |row| Place::Cell(CellPlace { file: file.to_owned(), row, ..CellPlace::default() });
        let path = Term::from(file);
        Box::new(match self {
            Self::Io(error) => unreadable(file, reason(&error)),
            Self::TooLarge => unreadable(file, Term::new("太大", "too large")),
            Self::Empty => Diagnostic::new(codes::U002, at(None)).arg("path", path),
            Self::NotUtf8(row) => {
                Diagnostic::new(codes::U003, at(Some(row))).arg("path", path).help(Term::new(
                    "文件可能损坏,或混有别的编码:在 Excel 里打开检查,另存为“CSV UTF-8”",
                    "it may be damaged, or of mixed encodings: look at it in Excel and save it as CSV UTF-8",
                ))
            }
            Self::LongLine(line) => Diagnostic::new(codes::U004, at(Some(line)))
                .arg("path", path)
                .arg("line", line.to_string())
                .arg("limit", LONGEST_LINE.to_string()),
            Self::OpenQuote(row) => {
                Diagnostic::new(codes::U016, at(Some(row))).arg("path", path).arg("row", row.to_string())
            }
        })
    }
}

/// A path that cannot be read, and why.
#[must_use]
pub fn unreadable(file: &str, reason: Term) -> Diagnostic {
    let place = Place::Cell(CellPlace { file: file.to_owned(), ..CellPlace::default() });
    Diagnostic::new(codes::U001, place).arg("path", file).arg("reason", reason)
}

/// The system's reason in the reader's language, where it is a common one.
fn reason(error: &io::Error) -> Term {
    match error.kind() {
        io::ErrorKind::NotFound => Term::new("找不到", "not found"),
        io::ErrorKind::PermissionDenied => Term::new("没有权限", "permission denied"),
        io::ErrorKind::IsADirectory => Term::new("是文件夹", "it is a folder"),
        _ => Term::from(error.to_string()),
    }
}

/// A path as results name it: `/` between folders on every system.
#[must_use]
pub fn shown_path(path: &Path) -> String {
    path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

/// Opens a file; a folder is no file, also where the system would open it.
pub fn open(path: &Path) -> Result<Guard<File>, Fault> {
    if path.is_dir() {
        return Err(Fault::Io(io::ErrorKind::IsADirectory.into()));
    }
    Ok(Guard::new(File::open(path).map_err(Fault::Io)?))
}

/// The SHA-256 of a whole file, in hexadecimal.
#[cfg(any(feature = "excel", feature = "parquet"))]
pub fn sha256(file: &mut File) -> io::Result<String> {
    file.rewind()?;
    let (mut hash, mut chunk) = (Sha256::new(), vec![0; CHUNK]);
    loop {
        let read = file.read(&mut chunk)?;
        if read == 0 {
            return Ok(hexadecimal(&hash.finalize()));
        }
        hash.update(chunk.get(..read).unwrap_or_default());
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Passes bytes on, hashing them; stops at NUL (no text) and at a line that is too long.
pub struct Guard<R> {
    inner: R,
    hash: Sha256,
    line: u64,
    line_bytes: usize,
    after_cr: bool,
}

impl<R> Guard<R> {
    /// Guards a source from its beginning.
    pub fn new(inner: R) -> Self {
        Self { inner, hash: Sha256::new(), line: 1, line_bytes: 0, after_cr: false }
    }

    /// SHA-256 of all that was read, in hexadecimal.
    pub fn sha256(self) -> String {
        hexadecimal(&self.hash.finalize())
    }

    fn check(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        // Nearly all blocks: lines that end with LF, none of them long enough to be the whole block.
        let plain = bytes.len() <= LONGEST_LINE && !self.after_cr && !has_either(bytes, [0, b'\r']);
        if plain && let Some(first) = memchr(b'\n', bytes) {
            if self.line_bytes + first > LONGEST_LINE {
                return Err(Fault::LongLine(self.line));
            }
            self.line += count(bytes, b'\n');
            self.line_bytes = bytes.len() - 1 - memrchr(b'\n', bytes).unwrap_or(first);
            return Ok(());
        }
        for byte in bytes {
            match byte {
                0 => return Err(Fault::NotUtf8(self.line)),
                b'\n' if self.after_cr => self.after_cr = false,
                b'\n' | b'\r' => {
                    self.after_cr = *byte == b'\r';
                    self.line += 1;
                    self.line_bytes = 0;
                }
                _ => {
                    self.after_cr = false;
                    self.line_bytes += 1;
                    if self.line_bytes > LONGEST_LINE {
                        return Err(Fault::LongLine(self.line));
                    }
                }
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let bytes = buffer.get(..count).unwrap_or_default();
        self.hash.update(bytes);
        self.check(bytes).map_err(|fault| io::Error::new(io::ErrorKind::InvalidData, fault))?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: impl Read) -> Result<String, Fault> {
        let mut guard = Guard::new(source);
        io::copy(&mut guard, &mut io::sink())?;
        Ok(guard.sha256())
    }

    #[test]
    fn bytes_are_hashed() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(read(&b"abc"[..]).unwrap(), expected);
    }

    #[test]
    fn an_endless_line_stops_early() {
        let lines = &b"a\r\nb\rc\n"[..];
        assert!(matches!(read(lines.chain(io::repeat(b'x'))), Err(Fault::LongLine(4))));
    }

    #[test]
    fn binary_stops_at_the_first_nul() {
        assert!(matches!(read(&b"PK\n\x00\x01"[..]), Err(Fault::NotUtf8(2))));
    }
}
