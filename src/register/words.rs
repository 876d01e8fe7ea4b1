//! The different texts of a column, each once and known by its place.

use super::texts::Texts;
use foldhash::fast::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

/// A slot that holds no place.
const FREE: u32 = u32::MAX;
/// Places that a table of slots begins with; a power of two, as all its sizes are.
const SLOTS: usize = 16;

/// Texts in the order in which they first came, and a table of their places by hash. The hash is seeded anew for each
/// list, so that no file can be written to make its texts collide; what is found does not depend on it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    list: Texts,
    /// Open addressing, at most half full.
    slots: Vec<u32>,
    hash: RandomState,
}

impl Words {
    /// The text of that place.
    pub(crate) fn get(&self, place: u32) -> Option<&str> {
        self.list.get(place as usize)
    }

    /// The place of a text that is in the list.
    pub(super) fn find(&self, text: &[u8]) -> Option<u32> {
        let slot = self.slot(text)?;
        self.slots.get(slot).copied().filter(|place| *place != FREE)
    }

    /// The place of a text, which is added where it is new.
    pub(crate) fn place(&mut self, text: &str) -> u32 {
        if let Some(place) = self.find(text.as_bytes()) {
            return place;
        }
        if 2 * (self.list.len() + 1) > self.slots.len() {
            self.widen();
        }
        // So many different texts, each with bytes of its own, are never in memory.
        let place = u32::try_from(self.list.len()).unwrap_or(FREE);
        if let Some(slot) = self.slot(text.as_bytes())
            && let Some(free) = self.slots.get_mut(slot)
        {
            *free = place;
        }
        self.list.push(text);
        place
    }

    /// The same of a list that others may hold as well: it is copied only where the text is new.
    pub(super) fn place_in(words: &mut Arc<Self>, text: &str) -> u32 {
        words.find(text.as_bytes()).unwrap_or_else(|| Arc::make_mut(words).place(text))
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// All of them, by their places.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.list.iter()
    }

    /// Other texts in the same places; two that are one keep places of their own.
    pub(super) fn renamed<'n>(&self, names: impl Iterator<Item = &'n str>) -> Self {
        let mut renamed = Self { list: names.collect(), slots: self.slots.clone(), hash: self.hash.clone() };
        renamed.fill();
        renamed
    }

    /// The slot that holds a text, or would; none where there are no slots yet.
    fn slot(&self, text: &[u8]) -> Option<usize> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut slot = usize::try_from(self.hash_of(text) & u64::from(u32::MAX)).unwrap_or(0) & mask;
        loop {
            match self.slots.get(slot) {
                Some(&FREE) | None => return Some(slot),
                Some(place) if self.get(*place).is_some_and(|word| word.as_bytes() == text) => {
                    return Some(slot);
                }
                Some(_) => slot = (slot + 1) & mask,
            }
        }
    }

    /// Of the bytes alone.
    fn hash_of(&self, text: &[u8]) -> u64 {
        let mut hasher = self.hash.build_hasher();
        hasher.write(text);
        hasher.finish()
    }

    fn widen(&mut self) {
        let size = SLOTS.max(2 * self.slots.len());
        self.slots = vec![FREE; size];
        self.fill();
    }

    fn fill(&mut self) {
        self.slots.fill(FREE);
        for place in 0..self.list.len() {
            let Some(slot) = self.list.get(place).and_then(|text| self.slot(text.as_bytes())) else {
                continue;
            };
            if let (Some(free), Ok(place)) = (self.slots.get_mut(slot), u32::try_from(place)) {
                *free = place;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_has_one_place() {
        let mut words = Words::default();
        assert_eq!(words.find("甲".as_bytes()), None);
        let texts: Vec<String> = (0..1_000).map(|number| format!("{}", number % 300)).collect();
        for text in &texts {
            let place = words.place(text);
            assert_eq!((words.get(place), words.find(text.as_bytes())), (Some(text.as_str()), Some(place)));
        }
        assert_eq!(words.len(), 300);
        let words = words.renamed(words.iter().map(|text| text.strip_prefix('2').unwrap_or(text)));
        assert_eq!((words.get(29), words.get(30)), (Some("9"), Some("30")));
        assert_eq!(words.find(b"9").map(|place| words.get(place)), Some(Some("9")));
        assert_eq!((words.find(b"229"), words.len()), (None, 300));
    }
}
