//! The texts that parts of a register have had so far: the next part begins with them, so that what was worked out about
//! them once holds for all.

use crate::register::column::Column;
use crate::register::draft::Draft;
use crate::register::words::Words;
use std::sync::Arc;

/// Texts of one field that are kept from part to part. Fields with more, such as names, begin anew with each part.
const MOST: usize = 65_536;

/// The texts of each field of one record; none where there are too many.
#[derive(Clone, Debug, Default)]
pub(super) struct Dictionary(Vec<Option<Arc<Words>>>);

/// The texts of each field in one part; none where it is no field of texts.
pub(super) type Texts = Vec<Option<Arc<Words>>>;

impl Dictionary {
    /// Begins the columns of a part.
    pub(super) fn begin(&self, draft: &mut Draft<'_>) {
        for (column, words) in draft.columns.iter_mut().zip(&self.0) {
            if let Some(words) = words {
                column.begin_with(words);
            }
        }
    }

    /// The texts of a part that was read.
    pub(super) fn of(draft: &Draft<'_>) -> Texts {
        draft.columns.iter().map(|column| Column::words(column).map(Arc::clone)).collect()
    }

    /// Keeps the texts of a part, where it has more. A part that was read beside another may have others: then those of
    /// one of them are kept, and the others come again.
    pub(super) fn take(&mut self, texts: &Texts) {
        self.0.resize_with(texts.len().max(self.0.len()), || Some(Arc::default()));
        for (kept, words) in self.0.iter_mut().zip(texts) {
            match (&mut *kept, words) {
                (Some(_), Some(words)) if words.len() > MOST => *kept = None,
                (Some(before), Some(words)) if words.len() > before.len() => *before = Arc::clone(words),
                _ => {}
            }
        }
    }
}
