//! Tests of charters: cases written in `*.test.yaml`, each a small register, a period and what must come out.
//!
//! In: the text of a test file, the plan of its charters. Out: for each case the differences between what it expects
//! and the rows that `eval` would write; renderers for people, scripts and build servers. The format is described in
//! `docs/testing.md`.
//!
//! ```text
//! text → tree → file ───────────────→ run → compare → outcome → human, json, junit
//!      → registers (by the schema) ↗        expect ↗
//! ```

mod compare;
mod expect;
mod file;
mod human;
mod json;
mod junit;
mod matching;
mod outcome;
mod registers;
mod rows;
mod run;
mod shown;
mod tree;
mod words;

pub use file::{Case, DataErrors, TestFile};
pub use human::Human;
pub use json::json;
pub use junit::junit;
pub use outcome::{CaseOutcome, Difference, FileOutcome};
pub use run::{Rules, beside, run};
pub use words::{at, line_of};
