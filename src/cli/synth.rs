//! `charter synth`: a synthetic register, the same for the same seed.

use super::Exit;
use super::console::{Console, Stop};
use super::load::{about, shown};
use crate::diagnostic::{Term, codes};
use crate::synth::{self, Request};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many households
    #[arg(long, value_name = "N")]
    households: u32,
    /// The same seed gives the same register
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Folder to write to
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

pub fn run(args: &Args, console: &Console) -> Result<Exit, Stop> {
    let request = Request { households: args.households, seed: args.seed };
    let summary = synth::write(request, &args.out)
        .map_err(|error| about(codes::U010, &args.out).arg("reason", Term::same(&error)))?;
    console.say(&Term::new(
        format!("{} 户、{} 人写入 {}", summary.households, summary.living, shown(&args.out)),
        format!(
            "{} households, {} people written to {}",
            summary.households,
            summary.living,
            shown(&args.out)
        ),
    ));
    Ok(Exit::Done)
}
