//! Results out: the tables and the receipt that scripts rely on, and the texts people read.
//!
//! In: what the evaluator found, household by household. Out: rows in the order of the contract, written as they come.

#[cfg(feature = "parquet")]
mod arrow;
mod atomic;
mod clauses;
#[cfg(feature = "excel")]
mod excel;
mod labels;
mod names;
mod page;
mod receipt;
mod results;
mod subject;
mod summary;
mod table;
mod tally;
mod terminal;
mod why;
mod wide;

pub use atomic::{AtomicFile, OutFolder};
pub use names::Status;
pub use page::{Filled, Page};
pub use receipt::{CharterFile, Receipt};
pub use results::{Form, Layout, Report, figure, value};
pub use summary::{Summary, SummaryKey, SummaryRow};
pub use table::{Cell, Format, KeptTable, Sheet, SheetForm, TableFile, WrittenTable};
pub use terminal::{in_lang, print_indicators, print_summary, table as print_table, word};
pub use why::Why;
