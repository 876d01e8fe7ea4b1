//! Files that are whole or not there: written under a temporary name beside their own, renamed when complete.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A file being written. Dropped without [`AtomicFile::commit`] it leaves nothing behind.
#[derive(Debug)]
pub struct AtomicFile {
    writer: Option<BufWriter<File>>,
    temporary: PathBuf,
    path: PathBuf,
    hash: Sha256,
}

impl AtomicFile {
    /// Begins a file; its folder must exist.
    pub fn create(path: &Path) -> io::Result<Self> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let temporary = path.with_file_name(format!(".{name}.partial"));
        let writer = Some(BufWriter::new(File::create(&temporary)?));
        Ok(Self { writer, temporary, path: path.to_owned(), hash: Sha256::new() })
    }

    /// Gives the file its name; the SHA-256 of its bytes, in hexadecimal.
    pub fn commit(mut self) -> io::Result<String> {
        if let Some(mut writer) = self.writer.take() {
            writer.flush()?;
            writer.get_ref().sync_all()?;
        }
        fs::rename(&self.temporary, &self.path)?;
        Ok(hexadecimal(&std::mem::take(&mut self.hash).finalize()))
    }
}

/// A folder for files. One that was made for them and holds none when this is dropped is taken away again.
#[derive(Debug)]
pub struct OutFolder {
    made: Option<PathBuf>,
}

impl OutFolder {
    /// Makes the folder where it is not there, and those above it.
    pub fn create(path: &Path) -> io::Result<Self> {
        let made = (!path.exists()).then(|| path.to_owned());
        fs::create_dir_all(path)?;
        Ok(Self { made })
    }
}

impl Drop for OutFolder {
    fn drop(&mut self) {
        if let Some(path) = &self.made {
            // A folder with files in it stays.
            let _ = fs::remove_dir(path);
        }
    }
}

/// Lower-case hexadecimal.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The SHA-256 of a text, in hexadecimal.
pub(super) fn sha256(text: &str) -> String {
    hexadecimal(&Sha256::digest(text.as_bytes()))
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(writer) = &mut self.writer else { return Ok(0) };
        let written = writer.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if self.writer.take().is_some() {
            // Nothing can be done here about a file that cannot be removed.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}
