//! Chance. In: a seed and a stream. Out: draws that depend on nothing else, not even on a version of `rand`: every draw
//! is one 64-bit word of the stream, scaled by a product.

use crate::value::Day;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of draws.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream of that number under that seed; streams do not overlap.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self(rng)
    }

    /// 0 to `n - 1`; 0 where `n` is 0. The bias is below n / 2^64.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        let product = u128::from(self.0.next_u64()) * u128::from(n);
        u64::try_from(product >> 64).unwrap_or(0)
    }

    /// A place in a list of that length.
    pub(super) fn place(&mut self, len: usize) -> usize {
        let drawn = self.below(u64::try_from(len).unwrap_or(u64::MAX));
        usize::try_from(drawn).unwrap_or(0)
    }

    /// `low` to `high`, both in; `low` where they are reversed.
    pub(super) fn between(&mut self, low: i32, high: i32) -> i32 {
        let width = u64::from(high.saturating_sub(low).max(0).unsigned_abs()) + 1;
        low.saturating_add(i32::try_from(self.below(width)).unwrap_or(0))
    }

    /// True that many times in a hundred.
    pub(super) fn percent(&mut self, n: u64) -> bool {
        self.below(100) < n
    }

    /// A day from `first` to `last`, both in; `first` where they are reversed.
    pub(super) fn day(&mut self, first: Day, last: Day) -> Day {
        Day::from_number(self.between(first.number(), last.number())).unwrap_or(first)
    }

    /// One of the values, by their weights; `default` where all weights are 0.
    pub(super) fn weighted<T: Copy>(&mut self, values: &[(T, u64)], default: T) -> T {
        let mut drawn = self.below(values.iter().map(|(_, weight)| weight).sum());
        for (value, weight) in values {
            if drawn < *weight {
                return *value;
            }
            drawn -= weight;
        }
        default
    }

    /// Puts the list into a random order (Fisher and Yates).
    pub(super) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let place = self.place(last + 1);
            list.swap(last, place);
        }
    }
}
