//! Results out: the tables and the receipt that scripts rely on, and the texts people read.
//!
//! In: what the evaluator found, household by household. Out: rows in the order of the contract, written as they come.

mod atomic;
mod benefits;
mod receipt;
mod summary;
mod table;
mod terminal;
mod why;

pub use atomic::AtomicFile;
pub use benefits::Report;
pub use receipt::{CharterFile, Receipt};
pub use summary::{Summary, SummaryKey, SummaryRow};
pub use table::{Cell, Format, TableFile, WrittenTable};
pub use terminal::print_summary;
pub use why::Why;
