//! What a plan makes of a register: one outcome for every target and judged day.
//!
//! In: a [`Plan`](crate::ir::Plan), a [`Register`](crate::register::Register) and a period. Out: [`Entitlement`]s in
//! the order results are printed in, and what could not be computed. Outcomes are never null.

pub mod columnar;
mod outcome;
pub mod traced;

pub use outcome::{
    DutyRow, DutyStatus, Entitlement, FactId, FactPart, Fault, Figure, IndicatorRow, Note, Outcome,
    VillageUnknown,
};
