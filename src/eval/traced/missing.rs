//! Which missing facts would settle an outcome: an inclusion-minimal set, smallest first, then in field order.
//!
//! A set settles an outcome when, with its facts taken to be known whatever their values, no other missing fact can
//! change the outcome. More facts never unsettle it, so the search may stop at the first size that has one.

use crate::eval::FactId;
use std::collections::BTreeSet;

/// Most trials of sets of one size; beyond it facts are dropped one by one, which is minimal too, if not smallest.
const MAX_TRIALS: usize = 400;

/// The set, in field order. `settles` must hold for all candidates together.
pub(super) fn minimal(candidates: &BTreeSet<FactId>, settles: &dyn Fn(&[FactId]) -> bool) -> Vec<FactId> {
    let all: Vec<FactId> = candidates.iter().copied().collect();
    for size in 1..=all.len().min(3) {
        if combinations(all.len(), size) > MAX_TRIALS {
            break;
        }
        let mut chosen: Vec<usize> = (0..size).collect();
        loop {
            let set: Vec<FactId> = chosen.iter().filter_map(|index| all.get(*index).copied()).collect();
            if settles(&set) {
                return set;
            }
            if !advance(&mut chosen, all.len()) {
                break;
            }
        }
    }
    drop_one_by_one(&all, settles)
}

fn drop_one_by_one(all: &[FactId], settles: &dyn Fn(&[FactId]) -> bool) -> Vec<FactId> {
    let mut kept = all.to_vec();
    // From the back, so that facts that come first in field order are kept.
    for fact in all.iter().rev() {
        let without: Vec<FactId> = kept.iter().copied().filter(|kept| kept != fact).collect();
        if settles(&without) {
            kept = without;
        }
    }
    kept
}

fn combinations(n: usize, k: usize) -> usize {
    (0..k).fold(1_usize, |product, i| product.saturating_mul(n - i) / (i + 1))
}

/// The next combination in lexicographic order.
fn advance(chosen: &mut [usize], n: usize) -> bool {
    let size = chosen.len();
    for place in (0..size).rev() {
        let Some(value) = chosen.get(place).copied() else { return false };
        if value + (size - place) < n {
            for (offset, slot) in chosen.iter_mut().skip(place).enumerate() {
                *slot = value + 1 + offset;
            }
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::FactPart;
    use crate::schema::{FieldId, RecordId};

    fn fact(row: usize) -> FactId {
        FactId { record: RecordId(0), part: FactPart::Field(FieldId(0)), row }
    }

    #[test]
    fn the_smallest_set_comes_first() {
        let candidates: BTreeSet<FactId> = (0..6).map(fact).collect();
        let needs = |sets: &'static [&'static [usize]]| {
            move |given: &[FactId]| sets.iter().any(|set| set.iter().all(|row| given.contains(&fact(*row))))
        };
        assert_eq!(minimal(&candidates, &needs(&[&[0, 1, 2], &[4]])), vec![fact(4)]);
        assert_eq!(minimal(&candidates, &needs(&[&[3, 5], &[1, 4]])), vec![fact(1), fact(4)]);
        assert_eq!(minimal(&candidates, &needs(&[&[1, 2, 3, 4, 5]])), (1..6).map(fact).collect::<Vec<_>>());
    }
}
