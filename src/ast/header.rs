//! The header of a charter.

use super::{Declared, Located, Name, Text};
use crate::value::Day;
use serde::Serialize;

/// The header of a charter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Charter {
    /// Name and title.
    pub declared: Declared,
    /// Its parts, in the order written.
    pub parts: Vec<Located<HeaderPart>>,
}

/// A part of a charter's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum HeaderPart {
    /// Village, town, county…
    Level(Level),
    /// The vocabulary.
    Uses(Name),
    /// The charter of the layer above.
    Under(Name),
    /// The village it holds for.
    OfVillage(Text),
    /// The vote.
    Adopted(Adopted),
    /// Filed with the township.
    Filed(Located<Day>),
    /// Posted in the village.
    Posted {
        /// First day.
        from: Located<Day>,
        /// For how long.
        days: Option<i64>,
    },
    /// From when it holds.
    InForce(Located<Day>),
}

/// The layers of government a charter may belong to, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Level {
    /// 村
    Village,
    /// 镇
    Town,
    /// 县
    County,
    /// 市
    City,
    /// 省
    Province,
}

/// Who adopted a charter and with which votes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Adopted {
    /// The day of the vote.
    pub on: Located<Day>,
    /// The assembly.
    pub by: Option<Text>,
    /// Members entitled to vote.
    pub eligible: Option<i64>,
    /// Members present.
    pub present: Option<i64>,
    /// Votes in favour.
    pub in_favour: Option<i64>,
}
