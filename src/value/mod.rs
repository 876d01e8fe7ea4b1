//! The values of the language: truth, whole fen, exact ratios, civil days and the intervals between them.
//!
//! In: literals and cells that were already read. Out: checked results; no operation here can round, wrap or panic.

mod bounds;
mod day;
mod each;
mod fact;
mod money;
mod period;
mod ratio;
mod spreadsheet;
mod truth;

pub use bounds::Bounds;
pub use day::{Civil, Day, DaySpan};
pub use each::Each;
pub use fact::Fact;
pub use money::Fen;
pub use period::{Period, PeriodError, Unit as PeriodUnit};
pub use ratio::{Ratio, Rounding};
pub use spreadsheet::Decimal;
pub use truth::Truth;
