//! Many short texts in one allocation: the keys of a table.

/// A list of texts that only grows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    text: String,
    /// Where each text ends in `text`.
    ends: Vec<usize>,
}

impl Texts {
    /// Adds a text at the end.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    /// Makes room for so many texts more.
    pub(super) fn reserve(&mut self, texts: usize) {
        self.ends.reserve(texts);
    }

    /// The text of that number.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<&str> {
        let end = *self.ends.get(place)?;
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.text.get(start..end)
    }

    /// The text that was added last.
    #[must_use]
    pub fn last(&self) -> Option<&str> {
        let place = self.ends.len().checked_sub(1)?;
        self.get(place)
    }

    /// The text of that number; empty where there is none.
    #[must_use]
    pub fn text(&self, place: usize) -> &str {
        self.get(place).unwrap_or("")
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True where there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All of them, in their order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len()).map(|place| self.text(place))
    }

    /// True where any of them has that character.
    pub(super) fn any_has(&self, c: char) -> bool {
        self.text.contains(c)
    }

    /// The texts of those numbers, in that order.
    pub(super) fn gather(&self, places: &[u32]) -> Self {
        places.iter().map(|place| self.text(*place as usize)).collect()
    }
}

impl<T: AsRef<str>> FromIterator<T> for Texts {
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> Self {
        let mut all = Self::default();
        for text in texts {
            all.push(text.as_ref());
        }
        all
    }
}
