//! `charter`: village autonomy charters as code.
pub mod ast;
pub mod diagnostic;
pub mod register;
pub mod schema;
pub mod source;
pub mod syntax;
pub mod value;
