//! Why a file that a foreign decoder reads cannot be read.

use super::draft::quoted;
use super::fence::GaveUp;
use super::file_place;
use super::input::Fault;
use crate::diagnostic::{Diagnostic, Term, codes};
use std::io;

/// What is wrong with a file as a whole.
#[derive(Debug)]
pub(super) enum Broken {
    /// The system's reason.
    Io(io::Error),
    /// Nothing in it.
    Empty,
    /// What is wrong with it.
    Unsound(Term),
    /// The same, and how to mend it.
    #[cfg(feature = "excel")]
    Mendable(Term, Term),
    /// The words of the decoder.
    Decoder(String),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        // An end where there should be more is the file's fault, not the system's.
        if error.kind() == io::ErrorKind::UnexpectedEof { damaged() } else { Self::Io(error) }
    }
}

impl From<GaveUp> for Broken {
    fn from(_: GaveUp) -> Self {
        damaged()
    }
}

impl Broken {
    /// The finding that stops the run, of a file that should be of that format.
    pub(super) fn diagnostic(self, file: &str, format: &str) -> Box<Diagnostic> {
        let finding = |reason: Term| {
            let finding = Diagnostic::new(codes::U024, file_place(file)).arg("path", file);
            finding.arg("format", format).arg("reason", reason)
        };
        Box::new(match self {
            Self::Io(error) => return Fault::Io(error).diagnostic(file),
            Self::Empty => return Fault::Empty.diagnostic(file),
            Self::Unsound(reason) => finding(reason),
            #[cfg(feature = "excel")]
            Self::Mendable(reason, help) => finding(reason).help(help),
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

/// Lengths or places that contradict each other.
pub(super) fn damaged() -> Broken {
    Broken::Unsound(Term::new("文件被截断或已损坏", "it is cut short or damaged"))
}
