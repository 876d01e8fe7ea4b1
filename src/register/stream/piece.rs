//! One part read by the common intake: a register of some households.

use super::bins::{Number, number};
use super::dictionary::{Dictionary, Texts};
use super::feed::Cost;
use super::{Part, Reader, Unsound};
use crate::diagnostic::codes;
use crate::register::Reading;
use crate::register::draft::{Draft, Sheet};
use crate::register::drafts;
use crate::register::findings::DataFindings;
use crate::register::placing::{self, Placed};
use crate::register::table::{RecordCount, Register};
use std::cmp::Ordering;

/// Some households.
pub struct Piece {
    /// They alone, with all that lies in them.
    pub register: Register,
    /// What was wrong with their cells.
    pub findings: DataFindings,
    /// By source.
    pub(super) ascents: Vec<Ascent>,
    /// Those of their keys, where they are noted.
    pub(super) numbers: Vec<Vec<Number>>,
    pub(super) costs: Vec<Vec<Cost>>,
    pub(super) texts: Vec<Texts>,
}

/// Keys that ascend in the order of a file, so that none stands twice: as texts, or as numbers without leading zeros,
/// the shorter first. Those of households as texts, which is the order of results.
#[derive(Clone, Debug, Default)]
pub(super) struct Ascent {
    first: Option<Box<str>>,
    last: Option<Box<str>>,
    /// They do not ascend as texts; as numbers.
    not_text: bool,
    not_number: bool,
    /// They are those of households.
    of_households: bool,
}

impl Ascent {
    fn of<'k>(keys: impl Iterator<Item = &'k str>, of_households: bool) -> Self {
        let mut ascent = Self { of_households, ..Self::default() };
        let mut last: Option<&str> = None;
        for key in keys {
            if let Some(last) = last {
                ascent.step(last, key);
            } else {
                ascent.first = Some(key.into());
            }
            last = Some(key);
        }
        ascent.last = last.map(Into::into);
        ascent
    }

    fn step(&mut self, last: &str, next: &str) {
        let ascends = last < next;
        self.not_text |= !ascends;
        // The shorter number is the less; of those as long as each other, that which is the less as a text.
        self.not_number |= match last.len().cmp(&next.len()) {
            Ordering::Less => false,
            Ordering::Equal => !ascends,
            Ordering::Greater => true,
        };
    }

    /// Do they ascend?
    pub(super) fn is_sound(&self) -> bool {
        !self.not_text || !self.not_number && !self.of_households
    }

    /// The ascent of both, the later after this one.
    pub(super) fn then(&self, later: &Self) -> Self {
        let mut both = self.clone();
        if let (Some(last), Some(first)) = (&self.last, &later.first) {
            both.step(last, first);
        }
        both.not_text |= later.not_text;
        both.not_number |= later.not_number;
        both.of_households |= later.of_households;
        both.first = both.first.or_else(|| later.first.clone());
        both.last = later.last.clone().or(both.last);
        both
    }
}

pub(super) fn read(reader: &Reader<'_>, part: &Part) -> Result<Piece, Unsound> {
    let reading: &Reading<'_> = reader.reading;
    let schema = reading.schema;
    let mut findings = DataFindings::new();
    let mut drafts: Vec<Draft<'_>> = drafts(reading, &reader.codebooks);
    let (mut ascents, mut numbers, mut costs, mut texts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for ((source, chunks), dictionary) in reader.sources.iter().zip(&part.chunks).zip(&part.dictionaries) {
        let Some(draft) = drafts.get_mut(source.record.0) else { return Err(Unsound::Shape) };
        dictionary.begin(draft);
        draft.sheets.extend(source.files.iter().map(|file| file.sheet.clone()));
        costs.push(source.read(chunks, draft, &mut findings)?);
        if !draft.strays.is_empty() {
            return Err(Unsound::Shape);
        }
        let keys = || (0..draft.len()).map(|row| draft.keys.text(row));
        let of_households = source.record == reader.unit;
        // Rows that were put away are in the right part, in whatever order.
        let ascent = if reader.shelved { Ascent::default() } else { Ascent::of(keys(), of_households) };
        if of_households && !ascent.is_sound() {
            return Err(Unsound::Shape);
        }
        ascents.push(ascent);
        numbers.push(if source.is_noted { keys().map(number).collect() } else { Vec::new() });
        texts.push(Dictionary::of(draft));
    }
    let mut placed: Vec<Placed> = Vec::new();
    let mut sheets: Vec<Vec<Sheet>> = Vec::new();
    for draft in drafts {
        let record = draft.id;
        let missing = !reader.sources.iter().any(|source| source.record == record);
        let parent = draft.record.parent.and_then(|parent| placed.get(parent.0));
        let (mut one, files) = placing::place(draft, parent, missing, &mut findings);
        if one.lost_any() {
            return Err(Unsound::Shape);
        }
        if schema.chain(record).last() != Some(reader.unit) {
            one = Placed::default();
        }
        placed.push(one);
        sheets.push(files);
    }
    let (tables, counts): (Vec<_>, Vec<_>) = placed.into_iter().map(Placed::finish).unzip();
    // Where order says nothing, rows that stand twice are in one part, and settled there.
    let doubles = |count: &RecordCount| if reader.shelved { 0 } else { count.duplicates };
    // Of how many households rows may be missing is told once.
    let some_missing = findings.counts_by_code().contains_key(codes::D016.id);
    if some_missing || counts.iter().any(|count| doubles(count) + count.rejected > 0) {
        return Err(Unsound::Shape);
    }
    let mut register = Register { tables, files: reader.files.clone(), counts };
    if let Some(villages) = &reader.villages {
        villages.normalise(&mut register, &sheets, &mut findings);
    }
    Ok(Piece { register, findings, ascents, numbers, costs, texts })
}
