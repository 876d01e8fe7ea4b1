//! `charter`: village autonomy charters as code.
pub mod analyse;
pub mod ast;
pub mod cli;
pub mod diagnostic;
pub mod eval;
pub mod ir;
pub mod register;
pub mod report;
pub mod resolve;
pub mod schema;
pub mod source;
pub mod syntax;
pub mod synth;
pub mod testing;
pub mod types;
pub mod value;
