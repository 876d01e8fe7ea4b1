//! The values that an expression can have, as far as they are known.

/// Values that something can have, but for some stretches.
#[derive(Clone, Debug)]
pub(super) struct Range {
    pub lo: i64,
    pub hi: i64,
    pub holes: Vec<(i64, i64)>,
}

impl Range {
    /// Without what no value is left of at the ends.
    pub(super) fn narrow(&mut self) {
        loop {
            let low = self.holes.iter().find(|hole| hole.0 <= self.lo && self.lo <= hole.1);
            if let Some(hole) = low {
                let Some(next) = hole.1.checked_add(1) else {
                    self.hi = i64::MIN;
                    return;
                };
                self.lo = next;
            } else if let Some(hole) = self.holes.iter().find(|hole| hole.0 <= self.hi && self.hi <= hole.1) {
                let Some(next) = hole.0.checked_sub(1) else {
                    self.lo = i64::MAX;
                    return;
                };
                self.hi = next;
            } else {
                return;
            }
            if self.lo > self.hi {
                return;
            }
        }
    }
}
