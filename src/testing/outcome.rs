//! How a case or a file ended.

use crate::diagnostic::Term;

/// A file and its cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileOutcome {
    /// The file as it was given.
    pub file: String,
    /// Its cases, in order; none where the file cannot be used.
    pub cases: Vec<CaseOutcome>,
    /// Why the file cannot be used: line and reason.
    pub unusable: Vec<(Option<u64>, Term)>,
}

/// A case and what is different from what it expects; it passes where nothing is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseOutcome {
    /// Its name.
    pub name: String,
    /// The line it begins on.
    pub line: u64,
    /// The period judged.
    pub period: String,
    /// In the order of what is expected.
    pub differences: Vec<Difference>,
}

/// One thing that came out otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// The clause or the figure it is about.
    pub about: Term,
    /// The line that expects it; none where nothing does.
    pub line: Option<u64>,
    /// What was expected, one entry a row.
    pub expected: Vec<Term>,
    /// What came out, one entry a row.
    pub got: Vec<Term>,
    /// Why, where that can be told.
    pub why: Vec<Term>,
    /// The clause that gave no row at all, until its reasons are told.
    pub(super) silent: Option<String>,
}

impl CaseOutcome {
    /// True where all is as expected.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.differences.is_empty()
    }
}

impl FileOutcome {
    /// How many cases pass and fail.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let passed = self.cases.iter().filter(|case| case.passed()).count();
        (passed, self.cases.len() - passed)
    }
}
