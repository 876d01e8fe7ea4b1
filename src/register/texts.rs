//! Many short texts in one allocation: the keys of a file.

use std::ops::Range;

/// A list of texts that only grows.
#[derive(Debug, Default)]
pub struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Texts {
    /// Adds a text at the end.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    /// The text of that number; empty where there is none.
    #[must_use]
    pub fn get(&self, place: usize) -> &str {
        self.text.get(self.range(place)).unwrap_or("")
    }

    fn range(&self, place: usize) -> Range<usize> {
        let end = |place: usize| self.ends.get(place).copied();
        let start = place.checked_sub(1).map_or(Some(0), end).unwrap_or(0);
        start..end(place).unwrap_or(start)
    }
}
