//! The evaluator that can explain itself: one household at a time, straight from the plan.
//!
//! In: a plan, a register, a day. Out: for each expression a value, how sure it is, and until when it stays as it is.

mod aggregate;
mod arith;
mod calendar;
mod choose;
mod computed;
mod duty;
mod entitle;
mod explain;
mod expr;
mod fixed;
mod indicator;
mod instance;
mod missing;
mod nearest;
mod order;
mod probe;
mod prorate;
mod reasons;
mod reserved;
mod run;
mod scale;
mod settle;
mod table;
mod timeline;

pub(in crate::eval) use choose::covers;
pub use explain::{Calculation, DutyExplanation, Explanation, FactLine, Judged, Quantity, Step};
pub(in crate::eval) use fixed::{Fixed, Found};
pub use indicator::{Figures, Measured};
pub(in crate::eval) use indicator::{Sum, Sums, Weight};
pub use instance::Instance;
pub use nearest::Nearest;
pub use probe::{Probe, Probed};
pub use reserved::Idle;
pub(in crate::eval) use reserved::root_of;
pub(in crate::eval) use run::Beside;
pub use run::{Results, Run, run};
