//! Which declared names are used, and by what. The plan itself no longer knows: defines have dissolved into it.

use std::collections::{BTreeMap, BTreeSet};

/// Something declared, by its place in its list of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    /// Of `Model::defines`.
    Define(usize),
    /// Of `Model::funds`.
    Fund(usize),
    /// Of `Model::purposes`.
    Purpose(usize),
    /// Of `Model::parameters`.
    Parameter(usize),
}

/// Every use: what is used, and the defines it is used in (none for a clause or an indicator). Clauses that no village
/// may have use what they name as well.
#[derive(Clone, Debug, Default)]
pub struct Uses(BTreeMap<Named, BTreeSet<Option<usize>>>);

impl Uses {
    /// Notes one.
    pub(super) fn add(&mut self, by: Option<usize>, named: Named) {
        self.0.entry(named).or_default().insert(by);
    }

    /// True where something uses the name, itself left out.
    #[must_use]
    pub fn has(&self, named: Named) -> bool {
        let users = self.0.get(&named);
        users.is_some_and(|users| users.iter().any(|by| by.map(Named::Define) != Some(named)))
    }
}
