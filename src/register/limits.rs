//! How much a file may come to in memory, by its size.

use super::broken::Broken;
use super::input::LONGEST_LINE;
use crate::diagnostic::Term;

/// Bytes that any file may come to.
const ANY: u64 = 256 << 20;
/// Bytes that a byte of a file may come to: dictionaries and compression spare much, but a register never so much.
const SPREAD: u64 = 64;
/// Bytes a row takes at least.
const ROW: u64 = 64;

/// What is left of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    left: u64,
}

impl Budget {
    /// For a file of so many bytes.
    pub(super) fn of(bytes: u64) -> Self {
        Self { left: bytes.saturating_mul(SPREAD).saturating_add(ANY) }
    }

    /// No more than so many bytes.
    #[cfg(feature = "excel")]
    pub(super) fn at_most(&mut self, bytes: u64) {
        self.left = self.left.min(bytes);
    }

    /// Takes so many bytes from it.
    pub(super) fn spend(&mut self, bytes: u64) -> Result<(), Broken> {
        self.left = self.left.checked_sub(bytes).ok_or_else(too_large)?;
        Ok(())
    }

    /// How many bytes less it is than another.
    pub(super) fn less_than(self, other: Self) -> u64 {
        other.left.saturating_sub(self.left)
    }

    /// Takes a text of a cell from it.
    pub(super) fn text(&mut self, text: &str) -> Result<(), Broken> {
        if text.len() > LONGEST_LINE {
            return Err(Broken::Unsound(Term::new(
                format!("有一格文字超过 {LONGEST_LINE} 字节"),
                format!("a text of more than {LONGEST_LINE} bytes"),
            )));
        }
        self.spend(text.len() as u64)
    }

    /// Takes so many rows from it.
    pub(super) fn rows(&mut self, rows: u64) -> Result<(), Broken> {
        self.spend(rows.saturating_mul(ROW))
    }
}

/// The file declares more than its bytes can hold.
pub(super) fn too_large() -> Broken {
    Broken::Unsound(Term::new(
        "展开后远远超过文件本身的大小",
        "it declares far more than a file of its size can hold",
    ))
}
