//! Indicators: how many rows count, or what they come to, in the whole register and village by village.
//!
//! In: what a run measures, and the register as dense columns. Out: the sums of the explaining evaluator, which is asked
//! about those rows of which columns do not know enough.

use super::batch::Batch;
use super::judged::Share;
use super::kernel::choose::Test;
use super::lists::{Listed, Lists};
use super::program::{Program, Shared};
use super::slots::Slot;
use super::store::{LOW, Store};
use super::village::batches;
use crate::eval::Fault;
use crate::eval::traced::{Fixed, Run, Sum, Sums, Weight, root_of};
use crate::ir::{Measure, NodeId};
use crate::value::Truth;
use std::collections::BTreeMap;
use std::ops::Range;

/// What a run measures of the unit of evaluation and of what lies in it.
pub(super) struct Measures<'r> {
    program: Program<'r, u8>,
    /// By their places among all that the run measures.
    all: Vec<(usize, Measure)>,
}

/// What one measure has come to so far.
#[derive(Default)]
struct Tally {
    register: Sum,
    /// By the place of the village; none where no row of it was looked at.
    villages: Vec<Option<Sum>>,
    /// It cannot be computed.
    fault: Option<Fault>,
}

/// The villages of households, by places in the order in which they come.
#[derive(Default)]
struct Villages {
    places: BTreeMap<String, usize>,
    last: Option<(String, usize)>,
}

impl<'r> Measures<'r> {
    /// Prepares their program.
    pub(super) fn new(run: &'r Run<'r>) -> Self {
        let plan = run.plan();
        let lies_in = |measure: &Measure| root_of(&plan.schema, measure.record) == run.unit();
        let all: Vec<(usize, Measure)> =
            run.measures().copied().enumerate().filter(|(_, measure)| lies_in(measure)).collect();
        let fixed = Fixed { plan, register: run.register(), layers: &[] };
        let roots = all.iter().flat_map(|(_, measure)| nodes(measure));
        let slots = vec![Slot::day(run.period().last)];
        let program = Program::new(&fixed, slots, None, roots, &mut Shared::new(plan));
        Self { program, all }
    }

    /// The lists of words that the program asks for.
    pub(super) fn lists(&self) -> Vec<(NodeId, &Listed)> {
        self.program.lists().collect()
    }

    /// The sums of all that the run measures, in its order.
    pub(super) fn sums(
        &self,
        run: &Run<'_>,
        (store, lists): (&Store, &Lists),
        share: &mut Share,
    ) -> Vec<Result<Sums, Fault>> {
        let mut villages = Villages::default();
        let mut tallies: Vec<Tally> = self.all.iter().map(|_| Tally::default()).collect();
        let units = if self.all.is_empty() { 0 } else { run.rows(run.unit()) };
        let mut batch = Batch::new(&self.program, lists);
        for units in batches(0..units) {
            batch.run(store, run.unit(), units.clone());
            let places: Vec<Option<usize>> = units.clone().map(|unit| villages.place(run, unit)).collect();
            for ((_, measure), tally) in self.all.iter().zip(&mut tallies) {
                if tally.fault.is_none() {
                    let part = Part { run, measure, units: units.clone(), villages: &places };
                    tally.fault = self.add(&part, store, &mut batch, tally, share).err();
                }
            }
        }
        let mut tallies = self.all.iter().zip(tallies).map(|((place, _), tally)| (*place, tally)).peekable();
        let in_turn = run.measures().enumerate().map(|(place, measure)| {
            let tally = tallies.next_if(|(of, _)| *of == place);
            tally.map_or_else(|| run.measure(measure), |(_, tally)| tally.sums(&villages))
        });
        in_turn.collect()
    }

    /// Adds what the rows of a batch come to.
    fn add(
        &self,
        part: &Part<'_>,
        store: &Store,
        batch: &mut Batch<'_, '_, u8>,
        tally: &mut Tally,
        share: &mut Share,
    ) -> Result<(), Fault> {
        let Part { run, measure, .. } = part;
        let members = batch.members(store, run.unit(), measure.record);
        let first = batch.rows(measure.record).start;
        let faults = batch.faults(&nodes(measure).collect::<Vec<_>>()) != 0;
        let counts = measure.filter.map(|filter| Test::of(batch.operand(filter)));
        let is_tight = measure.filter.is_none_or(|filter| self.program.is_tight(filter));
        let amounts =
            measure.value.map(|value| batch.operand(value).numbers().filter(|amounts| amounts.parts() == 1));
        let weight = |row: usize| -> Option<Weight> {
            let counts = match counts {
                _ if faults => return None,
                None => Truth::True,
                Some(counts) => counts?.at(0, row),
            };
            match (counts, amounts) {
                (Truth::True, Some(amounts)) => {
                    let (amounts, at) = (amounts?, amounts?.at(0, row));
                    let known = at.0 == at.1 && at.0 != LOW && amounts.there(0, row).is_true();
                    known.then_some((counts, Some(at.0)))
                }
                (Truth::Unknown, _) if !is_tight => None,
                _ => Some((counts, Some(1))),
            }
        };
        for ((unit, village), ends) in part.units.clone().zip(part.villages).zip(members.windows(2)) {
            let rows = ends[0] as usize..ends[1] as usize;
            share.cases += rows.len() as u64;
            for row in rows {
                let weight = weight(row).map_or_else(
                    || {
                        share.one_by_one += 1;
                        run.weight(measure, unit, first + row)
                    },
                    Ok,
                )?;
                tally.of(*village).try_for_each(|sum| sum.add(weight))?;
            }
            if run.register().is_open(measure.record, unit) {
                tally.of(*village).for_each(|sum| sum.unknown += 1);
            }
        }
        Ok(())
    }
}

/// One measure on the households of a batch, with their villages.
struct Part<'a> {
    run: &'a Run<'a>,
    measure: &'a Measure,
    units: Range<usize>,
    villages: &'a [Option<usize>],
}

/// The expressions of a measure.
fn nodes(measure: &Measure) -> impl Iterator<Item = NodeId> + use<> {
    measure.filter.into_iter().chain(measure.value)
}

impl Tally {
    /// The sums that a row of a village is added to.
    fn of(&mut self, village: Option<usize>) -> impl Iterator<Item = &mut Sum> {
        if let Some(place) = village.filter(|place| *place >= self.villages.len()) {
            self.villages.resize_with(place + 1, || None);
        }
        let of_village = village.and_then(|place| self.villages.get_mut(place));
        [&mut self.register].into_iter().chain(of_village.map(Option::get_or_insert_default))
    }

    fn sums(self, villages: &Villages) -> Result<Sums, Fault> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let of =
            |(name, place): (&String, &usize)| Some((Some(name.clone()), (*self.villages.get(*place)?)?));
        Ok(villages.places.iter().filter_map(of).chain([(None, self.register)]).collect())
    }
}

impl Villages {
    /// The place of the village a household lives in; none where it is not known.
    fn place(&mut self, run: &Run<'_>, unit: usize) -> Option<usize> {
        let name = run.village_name(run.unit(), unit).known()?;
        // Neighbours mostly live in one village.
        if let Some((last, place)) = &self.last
            && **last == *name
        {
            return Some(*place);
        }
        let next = self.places.len();
        let place = *self.places.entry(name.clone().into_owned()).or_insert(next);
        self.last = Some((name.into_owned(), place));
        Some(place)
    }
}
