//! Invented registers. In: a number of households and a seed. Out: a folder of CSV files, or a workbook, in the standard
//! vocabulary.
//!
//! The town's published figures come out exact at the reference size and in proportion at any other; what the report
//! does not say is assumed, and the profile (`charters/town/synth.yaml`) tells the two apart. The same request gives the
//! same bytes everywhere: the only source of chance are two `ChaCha8` streams a village (who lives there; what happened to them), and no other
//! crate shapes a draw.
//! Villages are written one after the other, so memory is bounded by the largest village.

mod aid;
mod calendar;
mod committee;
mod csv_out;
mod deeds;
mod dice;
mod elders;
mod family;
mod person;
mod plan;
mod profile;
mod quota;
mod stories;
mod tables;
#[cfg(test)]
mod tests;
#[cfg(feature = "excel")]
mod xlsx_out;

use dice::Dice;
use family::Household;
use profile::Profile;
use std::io;
use std::path::Path;
use stories::Stories;
use tables::Tables;

/// The streams of what happened, one a village, begin here.
const EVENTS: u64 = 1_000;

/// What to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// How many households; the town of the report has 14,800.
    pub households: u32,
    /// Any number; the same seed gives the same register.
    pub seed: u64,
}

/// How it is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// A CSV file a record.
    #[default]
    Csv,
    /// One workbook, `register.xlsx`, with a sheet a record.
    Xlsx,
}

/// What was written, in rows unless said otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Villages and neighbourhood committees.
    pub villages: u64,
    /// Households.
    pub households: u64,
    /// Members, the deceased included.
    pub persons: u64,
    /// Members alive on 2005-12-31.
    pub living: u64,
    /// Certificates of both kinds, cancelled ones included.
    pub certificates: u64,
    /// Admissions to higher education.
    pub admissions: u64,
    /// Voluntary health check-ups.
    pub checkups: u64,
}

/// Writes the register into the folder `out`, which is made where it is missing. Files of the same names are replaced,
/// all of them after the last row was written.
///
/// Fails where a file cannot be written or this build has no such format, and with [`io::ErrorKind::InvalidInput`] where a village would hold more
/// households than an 18-digit number can count.
pub fn write(request: Request, format: Format, out: &Path) -> io::Result<Summary> {
    let profile = Profile::built_in()?;
    let shares = quota::shares(&profile, u64::from(request.households))?;
    let mut tables = Tables::create(out, format)?;
    let mut summary = Summary::default();
    let mut stories = Stories::new();
    for (stream, share) in (1..).zip(&shares) {
        let mut dice = Dice::new(request.seed, stream);
        let slots = plan::slots(share, &mut dice);
        let mut households: Vec<Household> =
            slots.into_iter().map(|slot| family::build(share, slot, &mut dice)).collect();
        // A stream of its own: a change in what happened leaves the families as they are.
        let mut dice = Dice::new(request.seed, EVENTS + stream);
        aid::mark(share, &mut households, &mut dice);
        deeds::add(share, &mut households, &mut dice);
        stories.tell(&mut households, &mut dice);
        tables.village(share, &committee::build(share, &profile.boards, &mut dice))?;
        summary.villages += 1;
        for (number, household) in households.iter().enumerate() {
            summary.count(household);
            tables.household(&share.household_number(number), share, household)?;
        }
    }
    tables.commit()?;
    Ok(summary)
}

impl Summary {
    fn count(&mut self, household: &family::Household) {
        self.households += 1;
        self.certificates += u64::from(household.certificate.is_some());
        for member in &household.members {
            self.persons += 1;
            self.living += u64::from(member.death.is_none());
            self.admissions += u64::from(member.admission.is_some());
            self.checkups += u64::from(member.checkup.is_some());
        }
    }
}
