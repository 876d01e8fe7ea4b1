//! The profile of the town. In: `charters/town/synth.yaml`, built in. Out: its figures and villages.

use crate::value::Day;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::io;

/// The profile; the comments in the file say which figure is a fact and which an assumption.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Profile {
    /// Households that the figures are for.
    pub(super) reference: u64,
    /// The nine digits of county and town that village codes begin with.
    pub(super) area: String,
    pub(super) figures: Figures,
    /// Share of the households that signed, in villages with agreements.
    pub(super) signed_percent: u64,
    pub(super) boards: Boards,
    pub(super) villages: Vec<Village>,
}

/// The figures of the whole town at the reference size.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Figures {
    pub(super) living: Figure,
    pub(super) married_women: Figure,
    pub(super) preferential: Figure,
    pub(super) uninsured: Figure,
    pub(super) scholarships: Figure,
    pub(super) honour_new: Figure,
    pub(super) honour_earlier: Figure,
    pub(super) honour_cancelled: Figure,
    pub(super) admissions: Figure,
    pub(super) gave_up_birth: Figure,
    pub(super) checkups: Figure,
    pub(super) deceased: Figure,
    pub(super) hukou_blank_certified: Figure,
    pub(super) hukou_blank_plain: Figure,
    pub(super) birth_year_certified: Figure,
    pub(super) birth_month: Figure,
    pub(super) birth_blank_deceased: Figure,
    pub(super) helped: Figure,
    pub(super) helped_in_programme: Figure,
    pub(super) donations: Figure,
    pub(super) reward_confirmed: Figure,
    pub(super) vice_chairs: Figure,
    pub(super) council_members: Figure,
    pub(super) gave_up_earlier: Figure,
    pub(super) moves: Figure,
}

/// Committees of which there is something to tell.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Boards {
    /// Posted a list for 12 days only.
    pub(super) posted_12_days: String,
    /// Took a list down on a day that nobody wrote down.
    pub(super) taken_down_unknown: String,
    /// Did not report to the assembly in 2005.
    pub(super) no_report: Vec<String>,
    /// Reported on a day that nobody wrote down.
    pub(super) report_day_unknown: String,
    /// Has a new vice-chair since 2005-06-01.
    pub(super) new_vice_chair: String,
}

/// One figure and where it may lie.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Figure {
    /// For the whole town.
    pub(super) town: u64,
    /// The villages it lies in; all where empty.
    #[serde(default)]
    pub(super) only: Vec<String>,
    /// So many of it lie in that village.
    #[serde(default)]
    pub(super) at_least: BTreeMap<String, u64>,
    /// True where none of it lies in a neighbourhood committee.
    #[serde(default)]
    pub(super) rural: bool,
    /// True where it lies in villages with agreements alone.
    #[serde(default)]
    pub(super) agreements: bool,
    /// So many of it lie in each village it may lie in.
    #[serde(default)]
    pub(super) each: u64,
}

/// One village or neighbourhood committee.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Village {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// At the reference size.
    pub(super) households: u64,
    /// The day its first charter was adopted; none where it has no charter.
    #[serde(default, deserialize_with = "day")]
    pub(super) charter: Option<Day>,
    /// The day from which households could sign agreements; none where they could not.
    #[serde(default, deserialize_with = "day")]
    pub(super) agreements: Option<Day>,
}

fn day<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Day>, D::Error> {
    let text = String::deserialize(from)?;
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        return Err(D::Error::custom(format!("{text} is no date")));
    };
    let day = year.parse().ok().zip(month.parse().ok()).zip(day.parse().ok());
    let day = day.and_then(|((year, month), day)| Day::new(year, month, day));
    day.map(Some).ok_or_else(|| D::Error::custom(format!("{text} is no date")))
}

/// What a village is to the administration.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Administrative,
    Neighbourhood,
}

impl Kind {
    /// The label of the standard vocabulary.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Administrative => "行政村",
            Self::Neighbourhood => "居委会",
        }
    }
}

impl Profile {
    /// The profile of the example town.
    pub(super) fn built_in() -> io::Result<Self> {
        let text = include_str!("../../charters/town/synth.yaml");
        serde_yaml::from_str(text)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))
    }
}
