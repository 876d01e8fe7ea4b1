//! `charter fmt`: one layout for all charters, in either language.

use super::Exit;
use super::console::{Console, Stop};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Charter files, or folders that hold them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Change nothing; fail where something would change
    #[arg(long)]
    check: bool,
    /// Translate keywords and names
    #[arg(long, value_enum, value_name = "LANG")]
    to: Option<super::console::LangArg>,
}

pub fn run(_args: &Args, _console: &Console) -> Result<Exit, Stop> {
    Ok(Exit::Done)
}
