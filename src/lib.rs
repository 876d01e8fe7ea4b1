//! `charter`: village autonomy charters as code.
pub mod diagnostic;
pub mod register;
pub mod schema;
pub mod source;
pub mod synth;
pub mod value;
