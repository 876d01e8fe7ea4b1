//! What is asked of the different texts of a column, answered once for each of them: which of them a list of words holds,
//! and by what the households of a village are judged.

use super::store::{Cells, Store, Texts};
use crate::eval::traced::Run;
use crate::ir::NodeId;
use crate::schema::{FieldId, RecordId};
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex};

/// The words of a list. They are the charter's, and are looked up for every text of a register: a quick hash will do.
pub(super) type Words = HashSet<String, RandomState>;

/// A question whether the text of a field is one of some words.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub record: RecordId,
    pub field: FieldId,
    pub words: Arc<Words>,
}

/// The answers for a store.
#[derive(Debug, Default)]
pub(super) struct Lists {
    /// By the expression that asks: for each different text of the column, whether it is one of the words.
    answers: BTreeMap<NodeId, Vec<bool>>,
    /// For each different name of a village the place of the entry of the run that its households are judged by; empty
    /// where they are not named by texts, or there is only one entry.
    villages: Vec<usize>,
}

/// The different texts of a field that is asked about; none where it is no field of texts.
type Of = Option<Arc<Texts>>;

/// All that is asked, and what was answered last: the parts of a register mostly have the same texts.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// By the expression that asks.
    all: BTreeMap<NodeId, Listed>,
    /// The field that names the village of a household, where it matters which.
    village: Option<(RecordId, FieldId)>,
    last: Mutex<Option<(Vec<Of>, Arc<Lists>)>>,
}

impl Asked {
    /// Those lists, and the villages of a run.
    pub(super) fn of<'l>(lists: impl Iterator<Item = (NodeId, &'l Listed)>, run: &Run<'_>) -> Self {
        let village = run.village_field().filter(|_| run.villages() > 1);
        Self {
            all: lists.map(|(id, listed)| (id, listed.clone())).collect(),
            village: village.map(|field| (run.unit(), field)),
            last: Mutex::default(),
        }
    }

    /// The answers for a store.
    pub(super) fn over(&self, store: &Store, run: &Run<'_>) -> Arc<Lists> {
        let fields = self.all.values().map(|listed| (listed.record, listed.field)).chain(self.village);
        let texts: Vec<Of> = fields.map(|field| texts(store, field).map(Arc::clone)).collect();
        let same = |(of, texts): (&Of, &Of)| match (of, texts) {
            (Some(of), Some(texts)) => Arc::ptr_eq(of, texts),
            (of, texts) => of.is_none() && texts.is_none(),
        };
        // Nothing is written in its place but as a whole.
        let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((of, lists)) = &*last
            && of.iter().zip(&texts).all(same)
        {
            return Arc::clone(lists);
        }
        let lists = Arc::new(self.answered(store, run));
        *last = Some((texts, Arc::clone(&lists)));
        lists
    }

    fn answered(&self, store: &Store, run: &Run<'_>) -> Lists {
        let all = |field: (RecordId, FieldId)| texts(store, field).into_iter().flat_map(|texts| texts.iter());
        let answers = |Listed { record, field, words }: &Listed| {
            all((*record, *field)).map(|text| words.contains(text)).collect()
        };
        Lists {
            answers: self.all.iter().map(|(id, listed)| (*id, answers(listed))).collect(),
            villages: self.village.into_iter().flat_map(all).map(|name| run.place_named(name)).collect(),
        }
    }
}

/// The different texts of a column, where it is one of texts.
fn texts(store: &Store, (record, field): (RecordId, FieldId)) -> Option<&Arc<Texts>> {
    match store.table(record).columns.get(field.0) {
        Some(Cells::Text { words, .. }) => Some(words),
        _ => None,
    }
}

impl Lists {
    /// The answers to one question.
    pub(super) fn get(&self, id: NodeId) -> &[bool] {
        self.answers.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The places of the entries that households are judged by, by the name of their village; empty where that does not
    /// tell it.
    pub(super) fn villages(&self) -> &[usize] {
        &self.villages
    }
}
