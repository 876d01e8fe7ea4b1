//! The inner loops: one file a family of operations, each over the slices of a batch.
//!
//! A loop runs over all rows as plain numbers, and the compiler makes vectors of it. Rows that are not one known value are
//! mended by a slower loop, which does with both ends what the explaining evaluator does with its intervals.

pub(super) mod aggregate;
pub(super) mod arith;
pub(super) mod choose;
pub(super) mod compare;
pub(super) mod count;
pub(super) mod dates;
pub(super) mod load;
pub(super) mod range;
