//! The evaluator for many: whole columns of households at once, over the same plan.
//!
//! In: a run of the evaluator that explains itself, which says what concerns whom, and the register as dense columns
//! ([`Store`]). Out: the same results, clause by clause ([`Judged`]). What it cannot settle, because facts are missing or a clause
//! looks at other days than its own, it leaves to that evaluator, case by case, and counts.
//!
//! ```text
//! store (cells) → batch (columns of expressions, program by program) → clause (granted, open) → Judged
//! ```
//!
//! The pieces: `slots` and `word`, days as bits; `scalar` and `fold`, what is worked out once and not row by row;
//! `program`, in which order; `kernel`, the loops.

mod batch;
mod clause;
mod column;
mod doubt;
mod duty;
mod fold;
mod judge;
mod judged;
mod kernel;
mod lists;
mod measure;
mod program;
mod scalar;
mod slots;
mod standing;
mod store;
mod taking;
mod times;
mod village;
mod word;

pub use judge::{Columnar, Ready};
pub use judged::{Doubt, DutyDoubt, DutyEntry, Entry, Grant, Household, Judged, Share, Stand};
pub use store::Store;
