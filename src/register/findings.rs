//! What was wrong with the input: bounded, so that a file with millions of bad cells costs little memory.

use crate::diagnostic::{Code, Diagnostic, Place, Severity, codes};
use std::collections::BTreeMap;

/// Findings kept of each code unless told otherwise.
const KEPT: usize = 1_000;

/// Keeps the first findings of each code and counts them all.
#[derive(Debug)]
pub struct DataFindings {
    limit: usize,
    counts: BTreeMap<&'static str, u64>,
    kept: Vec<Diagnostic>,
    /// The names of the files in the order in which they are read, where parts of them are read in turn.
    files: Vec<String>,
}

impl Default for DataFindings {
    fn default() -> Self {
        Self::with_limit(KEPT)
    }
}

impl DataFindings {
    /// An empty collection that keeps 1,000 findings a code.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty collection that keeps so many findings a code.
    #[must_use]
    pub fn with_limit(limit: usize) -> Self {
        Self { limit, counts: BTreeMap::new(), kept: Vec::new(), files: Vec::new() }
    }

    /// Adds a finding; it is only built where it is kept.
    pub fn push(&mut self, code: Code, finding: impl FnOnce() -> Diagnostic) {
        let count = self.counts.entry(code.id).or_default();
        if usize::try_from(*count).is_ok_and(|count| count < self.limit) {
            self.kept.push(finding());
        }
        *count += 1;
    }

    /// What is appended is from files that would be read whole in this order: the first in it are kept.
    pub fn in_order_of<'f>(&mut self, files: impl Iterator<Item = &'f str>) {
        self.files = files.map(str::to_owned).collect();
    }

    /// Adds what was found elsewhere, in another part of the same files perhaps: the first of both are kept, by their places.
    pub fn append(&mut self, other: Self) {
        for (id, count) in other.counts {
            *self.counts.entry(id).or_default() += count;
        }
        self.kept.extend(other.kept);
        let mut kept: BTreeMap<&'static str, usize> = BTreeMap::new();
        for finding in &self.kept {
            *kept.entry(finding.code.id).or_default() += 1;
        }
        if kept.values().all(|count| *count <= self.limit) {
            return;
        }
        let files = &self.files;
        let file = |finding: &Diagnostic| match &finding.place {
            Place::Cell(place) => files.iter().position(|file| *file == place.file),
            _ => None,
        };
        self.kept.sort_by_cached_key(|finding| (file(finding), finding.place.clone()));
        kept.clear();
        self.kept.retain(|finding| {
            let count = kept.entry(finding.code.id).or_default();
            *count += 1;
            *count <= self.limit
        });
    }

    /// Puts the findings in the order of files, rows and columns, and says at the end how many of each code are
    /// not listed. Reading ends with it.
    pub fn finish(&mut self) {
        self.kept.retain(|finding| finding.code.id != codes::D014.id);
        self.kept.sort_by(|a, b| (&a.place, a.code.id).cmp(&(&b.place, b.code.id)));
        for (id, count) in &self.counts {
            let more = count.saturating_sub(u64::try_from(self.limit).unwrap_or(u64::MAX));
            if more > 0 {
                let note =
                    Diagnostic::new(codes::D014, Place::None).arg("count", more.to_string()).arg("code", *id);
                self.kept.push(note);
            }
        }
    }

    /// The findings kept, in order, and the notes on those that were not.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.kept.iter()
    }

    /// How many findings there were, kept or not.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.values().sum()
    }

    /// How many of them are errors; warnings and notes are not.
    #[must_use]
    pub fn errors(&self) -> u64 {
        let is_error = |id: &str| codes::find(id).is_some_and(|code| code.severity == Severity::Error);
        self.counts.iter().filter(|(id, _)| is_error(id)).map(|(_, count)| count).sum()
    }

    /// How many findings of each code there were, kept or not, by the code's id.
    #[must_use]
    pub fn counts_by_code(&self) -> &BTreeMap<&'static str, u64> {
        &self.counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{CellPlace, Lang};

    #[test]
    fn the_first_are_kept_and_all_are_counted() {
        let mut findings = DataFindings::with_limit(2);
        for row in [2, 3, 4, 5, 6] {
            findings.push(codes::D005, || {
                Diagnostic::new(
                    codes::D005,
                    Place::Cell(CellPlace { row: Some(row), ..CellPlace::default() }),
                )
            });
        }
        // Of another part, in any order: rows 1 and 7.
        let mut others = DataFindings::with_limit(2);
        for row in [7, 1] {
            let place = Place::Cell(CellPlace { row: Some(row), ..CellPlace::default() });
            others.push(codes::D005, || Diagnostic::new(codes::D005, place));
        }
        findings.append(others);
        findings.finish();
        findings.finish();
        let row = |finding: &Diagnostic| match &finding.place {
            Place::Cell(cell) => cell.row,
            _ => None,
        };
        assert_eq!(findings.iter().filter_map(row).collect::<Vec<u64>>(), [1, 2]);
        let messages: Vec<String> = findings.iter().map(|finding| finding.message(Lang::En)).collect();
        assert_eq!(
            messages,
            ["the key is blank", "the key is blank", "5 more findings of D005 are not listed"]
        );
        assert_eq!((findings.count(), findings.counts_by_code().get("D005")), (7, Some(&7)));
    }
}
