//! The integration tests, one module a feature.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "suite/engine.rs"]
mod engine;

#[path = "suite/benefits.rs"]
mod benefits;
#[path = "suite/check.rs"]
mod check;
#[path = "suite/cli.rs"]
mod cli;
#[path = "suite/columns.rs"]
mod columns;
#[path = "suite/decisions.rs"]
mod decisions;
#[path = "suite/disorder.rs"]
mod disorder;
#[cfg(feature = "excel")]
#[path = "suite/excel.rs"]
mod excel;
#[path = "suite/expressions.rs"]
mod expressions;
#[path = "suite/format.rs"]
mod format;
#[path = "suite/formats.rs"]
mod formats;
#[path = "suite/good.rs"]
mod good;
#[path = "suite/history.rs"]
mod history;
#[path = "suite/homes.rs"]
mod homes;
#[path = "suite/horizon.rs"]
mod horizon;
#[path = "suite/house.rs"]
mod house;
#[path = "suite/law.rs"]
mod law;
#[path = "suite/laws.rs"]
mod laws;
#[path = "suite/limits.rs"]
mod limits;
#[path = "suite/manual.rs"]
mod manual;
#[path = "suite/mutants.rs"]
mod mutants;
#[path = "suite/mutate.rs"]
mod mutate;
#[path = "suite/pages.rs"]
mod pages;
#[cfg(feature = "parquet")]
#[path = "suite/parquet.rs"]
mod parquet;
#[path = "suite/prove.rs"]
mod prove;
#[path = "suite/random.rs"]
mod random;
#[path = "suite/robust.rs"]
mod robust;
#[path = "suite/semantics.rs"]
mod semantics;
#[path = "suite/smt.rs"]
mod smt;
#[path = "suite/stream.rs"]
mod stream;
#[path = "suite/tables.rs"]
mod tables;
#[path = "suite/testing.rs"]
mod testing;
#[path = "suite/town.rs"]
mod town;
#[path = "suite/tutorial.rs"]
mod tutorial;
#[path = "suite/witness.rs"]
mod witness;
