//! What columns found of some households, as it is taken from the programs: rows of results, what waits for one fact, and what
//! is left to be judged one by one.

use super::clause::{Clause, Granted};
use super::column::{bounds, rows_where};
use super::doubt::Reach;
use super::duty::Duty;
use super::judged::{Doubt, DutyDoubt, Grant, Stand};
use super::slots::Slot;
use super::standing::{Standing, Verdict};
use super::store::Store;
use super::village::Take;
use super::word::Word;
use crate::eval::FactId;
use crate::eval::traced::Run;
use crate::ir::Plan;
use crate::schema::RecordId;
use crate::value::{Bounds, Fen};
use std::ops::Range;

/// A household, a line of the run or a duty, and a target: judged one by one.
pub(super) type Case = (usize, usize, usize);

/// What columns found of some households.
pub(super) struct Found {
    /// By clause, and by duty, at their places in the plan.
    pub grants: Vec<Vec<Grant>>,
    pub stands: Vec<Vec<Stand>>,
    pub doubts: Vec<(usize, Doubt)>,
    pub duty_doubts: Vec<(usize, DutyDoubt)>,
    /// Targets to be judged one by one: household, line of the run, target.
    pub open: Vec<Case>,
    /// Households whose tied clauses are to be settled.
    pub tied: Vec<usize>,
    /// Targets of duties to be judged one by one: household, duty, target.
    pub open_duties: Vec<Case>,
    /// Households all of whose duties are.
    pub no_duties: Vec<usize>,
    /// Households of which columns say nothing.
    pub whole: Vec<usize>,
    pub cases: u64,
    /// They were judged one village after the other, or one time after the other.
    pub mixed: bool,
}

/// Takes what clauses came to, for a store that may be a part of the whole.
pub(super) struct Taking<'a> {
    pub run: &'a Run<'a>,
    pub plan: &'a Plan,
    pub store: &'a Store,
    /// The rows of the whole that the rows of the store are; none where they are the same.
    pub rows: Option<&'a [Vec<u32>]>,
    /// How many batches of households there are.
    pub batches: usize,
    pub found: &'a mut Found,
}

/// Where the rows of one record lie.
struct Home<'a> {
    /// For a record below the unit of evaluation, the parent of each row, from its own record upwards.
    parents: Vec<&'a [u32]>,
    /// The rows of the whole that the rows of the record, and those of the unit, are; none where they are the same.
    rows: Option<(&'a [u32], &'a [u32])>,
}

impl Home<'_> {
    /// The household a row of the store lies in, as a row of the store.
    #[inline]
    fn unit_here(&self, row: usize) -> usize {
        let above = |row: usize, parents: &&[u32]| parents.get(row).map_or(row, |parent| *parent as usize);
        self.parents.iter().fold(row, above)
    }

    /// The household a row of the store lies in, and the row itself, as rows of the whole.
    #[inline]
    fn unit_and_row(&self, row: usize) -> (u32, u32) {
        if self.rows.is_none() && self.parents.is_empty() {
            return (narrow(row), narrow(row));
        }
        let unit = self.unit_here(row);
        let of = |rows: &[u32], row: usize| rows.get(row).copied().unwrap_or_else(|| narrow(row));
        self.rows
            .map_or_else(|| (narrow(unit), narrow(row)), |(rows, units)| (of(units, unit), of(rows, row)))
    }
}

impl<'a> Taking<'a> {
    /// A row of the store as a row of the whole.
    fn row(&self, record: RecordId, row: usize) -> usize {
        let of = |rows: &[Vec<u32>]| rows.get(record.0)?.get(row).map(|row| *row as usize);
        self.rows.and_then(of).unwrap_or(row)
    }

    /// Makes room for so many rows, and at first for as many of every batch.
    fn reserve<T>(&self, rows: &mut Vec<T>, more: usize) {
        if rows.capacity() - rows.len() < more {
            rows.reserve(if rows.is_empty() { more.saturating_mul(self.batches) } else { more });
        }
    }

    /// Where the rows of a record lie.
    fn home(&self, record: RecordId) -> Home<'a> {
        let (unit, store) = (self.run.unit(), self.store);
        let below = self.plan.schema.chain(record).take_while(|id| *id != unit);
        let parents =
            below.map(|id| store.table(id).parents.as_slice()).filter(|parents| !parents.is_empty());
        let of = |rows: &'a [Vec<u32>]| Some((rows.get(record.0)?.as_slice(), rows.get(unit.0)?.as_slice()));
        Home { parents: parents.collect(), rows: self.rows.and_then(of) }
    }

    /// The one missing fact, as a fact of the whole, that a row of a record waits for.
    fn only(&self, reach: Option<&Reach>, unit_here: usize) -> Option<FactId> {
        let unit = (self.run.unit(), unit_here);
        let fact = reach?.only(self.plan, self.store, unit)?;
        Some(FactId { row: self.row(fact.record, fact.row), ..fact })
    }

    /// Notes an open target of a clause as undetermined for want of one fact; false where it is not that simple.
    fn doubts<W: Word>(
        &mut self,
        clause: &Clause,
        slots: &[Slot],
        granted: &Granted<'_, W>,
        (place, home): (usize, &Home<'_>),
    ) -> bool {
        let row = granted.rows.start + place;
        let (Some(amount), Some(open)) =
            (granted.amount, granted.open.as_ref().and_then(|open| open.get(place)))
        else {
            return false;
        };
        let open = clause.slots.iter().copied().filter(|slot| open.has(*slot));
        let is_plain = |slot: usize| amount.there(slot, place).is_true() && 0 <= amount.at(slot, place).1;
        if !open.clone().all(is_plain) {
            return false;
        }
        let Some(missing) = self.only(granted.reach, home.unit_here(row)) else { return false };
        let (unit, target) = home.unit_and_row(row);
        for slot in open {
            let Some(day) = slots.get(slot).map(|slot| slot.first) else { continue };
            let Bounds { lo, hi } = bounds(amount.at(slot, place));
            let holds = granted.holds.get(place).is_some_and(|word| word.has(slot));
            let least = if holds { lo.unwrap_or(0).max(0) } else { 0 };
            let doubt = Doubt { unit, target, day, least: Fen(least), most: hi.map(Fen), missing };
            self.found.doubts.push((clause.benefit, doubt));
        }
        true
    }
}

impl Take for Taking<'_> {
    fn clause<W: Word>(&mut self, clause: &Clause, slots: &[Slot], granted: &Granted<'_, W>) {
        self.found.cases += granted.rows.len() as u64;
        let tied = self.run.is_tied(clause.line);
        let home = self.home(clause.target);
        let open = granted.open.as_ref().map(|open| rows_where(open, |word| word != W::NONE));
        for place in open.into_iter().flatten().map(|place| place as usize) {
            let (unit, target) = home.unit_and_row(granted.rows.start + place);
            if tied {
                self.found.tied.push(unit as usize);
            } else if !self.doubts(clause, slots, granted, (place, &home)) {
                self.found.open.push((unit as usize, clause.line, target as usize));
            }
        }
        let Some(amount) = granted.amount else { return };
        let mut rows = self.found.grants.get_mut(clause.benefit).map(std::mem::take).unwrap_or_default();
        let places = rows_where(&granted.sure, |word| word != W::NONE);
        self.reserve(&mut rows, places.len() * clause.slots.len());
        let first = granted.rows.start;
        let days = clause.slots.iter().filter_map(|slot| Some((*slot, slots.get(*slot)?.first)));
        if let [(slot, day)] = days.clone().collect::<Vec<_>>().as_slice() {
            let amounts = amount.slice(*slot);
            rows.extend(places.into_iter().map(|place| {
                let (unit, target) = home.unit_and_row(first + place as usize);
                Grant { unit, target, day: *day, amount: Fen(amounts.at(place as usize)) }
            }));
        } else {
            let amounts: Vec<_> = days.map(|(slot, day)| (slot, day, amount.slice(slot))).collect();
            for place in places.into_iter().map(|place| place as usize) {
                let (unit, target) = home.unit_and_row(first + place);
                let word = granted.sure[place];
                for (_, day, amounts) in amounts.iter().filter(|(slot, ..)| word.has(*slot)) {
                    rows.push(Grant { unit, target, day: *day, amount: Fen(amounts.at(place)) });
                }
            }
        }
        if let Some(of) = self.found.grants.get_mut(clause.benefit) {
            *of = rows;
        }
    }

    fn duty(&mut self, duty: &Duty, standings: impl Iterator<Item = Standing>) {
        let home = self.home(duty.target);
        let mut rows = self.found.stands.get_mut(duty.index).map(std::mem::take).unwrap_or_default();
        self.reserve(&mut rows, standings.size_hint().1.unwrap_or(0));
        let mut cases = 0;
        for Standing { row, time, verdict } in standings {
            cases += 1;
            let (unit, target) = home.unit_and_row(row);
            let open = (unit as usize, duty.index, target as usize);
            match verdict {
                Verdict::Settled(status) => rows.push(Stand { unit, target, time, status }),
                Verdict::Open => self.found.open_duties.push(open),
                Verdict::Doubt => {
                    let missing = self.only(duty.reach.as_ref(), home.unit_here(row));
                    match duty.time(time).zip(missing) {
                        Some((time, missing)) => {
                            let doubt = DutyDoubt { unit, target, time, missing };
                            self.found.duty_doubts.push((duty.index, doubt));
                        }
                        None => self.found.open_duties.push(open),
                    }
                }
            }
        }
        self.found.cases += cases;
        if let Some(of) = self.found.stands.get_mut(duty.index) {
            *of = rows;
        }
    }

    fn no_duties(&mut self, units: Range<usize>) {
        let units: Vec<usize> = units.map(|unit| self.row(self.run.unit(), unit)).collect();
        self.found.no_duties.extend(units);
    }
}

/// A row as a register counts them: its offsets have no more bits.
fn narrow(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}
