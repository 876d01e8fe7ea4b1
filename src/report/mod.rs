//! Results out: the tables and the receipt that scripts rely on, and the texts people read.
//!
//! In: what the evaluator found, household by household. Out: rows in the order of the contract, written as they come.

mod atomic;
mod names;
mod receipt;
mod results;
mod subject;
mod summary;
mod table;
mod terminal;
mod why;

pub use atomic::AtomicFile;
pub use receipt::{CharterFile, Receipt};
pub use results::{Filled, Page, Report, figure, value};
pub use summary::{Summary, SummaryKey, SummaryRow};
pub use table::{Cell, Format, KeptTable, Sheet, TableFile, WrittenTable};
pub use terminal::{in_lang, print_indicators, print_summary, table as print_table, word};
pub use why::Why;
