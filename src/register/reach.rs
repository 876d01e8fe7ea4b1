//! Which units of evaluation a lost row could belong to, and so for which ones a record is open.

/// The units (households) that a rejected row could belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Any of them: nothing tells which.
    Any,
    /// Only these rows of the unit's table; none where the unit itself was rejected.
    Units(Vec<u32>),
}

impl Reach {
    /// No unit.
    pub const NONE: Self = Self::Units(Vec::new());

    /// Adds what another row could belong to.
    pub fn join(&mut self, other: &Self) {
        match (&mut *self, other) {
            (Self::Any, _) => {}
            (_, Self::Any) => *self = Self::Any,
            (Self::Units(units), Self::Units(more)) => units.extend(more),
        }
    }

    /// Says for each of `count` units whether it is reached.
    #[must_use]
    pub fn flags(&self, count: usize) -> Vec<bool> {
        match self {
            Self::Any => vec![true; count],
            Self::Units(units) => {
                let mut flags = vec![false; count];
                for unit in units {
                    if let Some(flag) = flags.get_mut(*unit as usize) {
                        *flag = true;
                    }
                }
                flags
            }
        }
    }
}
