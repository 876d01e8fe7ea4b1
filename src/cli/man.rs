//! `charter man`: the manual page, in the reader's language.

use super::console::{Console, Stop};
use super::{Cli, Exit, help};
use clap_mangen::Man;
use std::io::{self, Write};

pub fn run(console: &Console) -> Result<Exit, Stop> {
    let mut page = Vec::new();
    Man::new(help::command::<Cli>(console.lang)).render(&mut page)?;
    io::stdout().write_all(&page)?;
    Ok(Exit::Done)
}
