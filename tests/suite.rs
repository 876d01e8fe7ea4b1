//! The integration tests, one module a feature.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "suite/format.rs"]
mod format;
#[path = "suite/law.rs"]
mod law;
