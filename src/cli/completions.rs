//! `charter completions`: what a shell needs to complete the command line.

use super::console::{Console, Stop};
use super::{Cli, Exit, help};
use clap_complete::{Shell, generate};
use std::io::{self, Write};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// bash, zsh, fish, elvish or powershell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

pub fn run(args: &Args, console: &Console) -> Result<Exit, Stop> {
    let mut script = Vec::new();
    generate(args.shell, &mut help::command::<Cli>(console.lang), "charter", &mut script);
    io::stdout().write_all(&script)?;
    Ok(Exit::Done)
}
