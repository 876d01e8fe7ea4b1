//! Text to tree, and tree to text.
//!
//! In: the text of a file. Out: an [`ast::File`](crate::ast::File) and what was wrong, all of it; and back again in
//! either language, comments kept.

mod expected;
mod format;
mod keyword;
mod lines;
mod lower;
mod parse;
mod split;

pub use format::{Style, format, phrase, script_of};
pub use keyword::{Entry, Keyword, Role, Script, entries};
pub use parse::parse;
pub use split::Splitter;

/// The generated pest parser; its types stay in this module.
#[allow(missing_docs, clippy::pedantic)]
mod grammar {
    include!(concat!(env!("OUT_DIR"), "/parser.rs"));
}
