//! The integration tests, one module a feature.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "suite/engine.rs"]
mod engine;

#[path = "suite/check.rs"]
mod check;
#[path = "suite/cli.rs"]
mod cli;
#[path = "suite/format.rs"]
mod format;
#[path = "suite/semantics.rs"]
mod semantics;
