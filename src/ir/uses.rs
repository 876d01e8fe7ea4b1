//! Which declared names are used, and by what. The plan itself no longer knows: defines have dissolved into it.

use std::collections::BTreeSet;

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

/// Every use: the define it stands in (none for a clause or an indicator), and what is used. Clauses that no village
/// may have use what they name as well.
#[derive(Clone, Debug, Default)]
pub struct Uses(BTreeSet<(Option<usize>, Named)>);

impl Uses {
    /// Notes one.
    pub(super) fn add(&mut self, by: Option<usize>, named: Named) {
        self.0.insert((by, named));
    }

    /// True where something uses the name, itself left out.
    #[must_use]
    pub fn has(&self, named: Named) -> bool {
        self.0.iter().any(|(by, used)| *used == named && by.map(Named::Define) != Some(named))
    }
}
