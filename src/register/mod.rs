//! A register in memory: one table a record, columns typed by the schema, children beside their parents.
//!
//! In: a folder of CSV files or one YAML document, and the schema. Out: a [`Register`], what was wrong with the
//! input (every cell with its place), and how many rows were read and rejected. It knows fields, never clauses.

mod table;

pub use table::{Column, InputFile, RecordCount, Register, RowPlace, Table};
