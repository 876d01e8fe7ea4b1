//! The integration tests, one module a feature.

#[path = "suite/format.rs"]
mod format;
