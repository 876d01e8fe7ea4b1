//! `charter synth`: a synthetic register, the same for the same seed.

use super::Exit;
use super::console::{Console, Stop};
use super::load::{about, shown};
use crate::diagnostic::{Diagnostic, Place, Term, codes};
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
    /// Format of the register
    #[arg(long, value_enum, default_value = "csv")]
    format: Format,
    /// Folder to write to
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// The formats registers are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A CSV file a record
    Csv,
    /// One workbook of Excel, register.xlsx, with a sheet a record
    Xlsx,
}

impl From<Format> for synth::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Csv => Self::Csv,
            Format::Xlsx => Self::Xlsx,
        }
    }
}

pub fn run(args: &Args, console: &Console) -> Result<Exit, Stop> {
    let request = Request { households: args.households, seed: args.seed };
    if args.format == Format::Xlsx && !cfg!(feature = "excel") {
        let finding = Diagnostic::new(codes::U023, Place::None).arg("what", "--format xlsx");
        return Err(finding.arg("feature", Term::same("Excel")).into());
    }
    let summary = synth::write(request, args.format.into(), &args.out)
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
