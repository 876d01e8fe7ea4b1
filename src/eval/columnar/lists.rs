//! Which of the different texts of a column a list of words holds, asked once for a whole store.

use super::store::{Cells, Store};
use crate::ir::NodeId;
use crate::schema::{FieldId, RecordId};
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, HashSet};

/// The words of a list. They are the charter's, and are looked up for every text of a register: a quick hash will do.
pub(super) type Words = HashSet<String, RandomState>;

/// A question whether the text of a field is one of some words.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub record: RecordId,
    pub field: FieldId,
    pub words: Words,
}

/// By the expression that asks: for each different text of the column, whether it is one of the words.
#[derive(Debug, Default)]
pub(super) struct Lists(BTreeMap<NodeId, Vec<bool>>);

impl Lists {
    /// The answers for a store.
    pub(super) fn of(store: &Store, asked: &BTreeMap<NodeId, Listed>) -> Self {
        let answers =
            |Listed { record, field, words }: &Listed| match store.table(*record).columns.get(field.0) {
                Some(Cells::Text { words: texts, .. }) => {
                    texts.iter().map(|text| words.contains(text.as_ref())).collect()
                }
                _ => Vec::new(),
            };
        Self(asked.iter().map(|(id, listed)| (*id, answers(listed))).collect())
    }

    /// The answers to one question.
    pub(super) fn get(&self, id: NodeId) -> &[bool] {
        self.0.get(&id).map_or(&[], Vec::as_slice)
    }
}
