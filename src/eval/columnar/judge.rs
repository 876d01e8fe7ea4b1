//! A run over columns: households in, results out, in the order of households.

use super::clause::{Clause, Granted};
use super::duty::{Duty, Standing};
use super::fold::Shared;
use super::slots::Slot;
use super::store::Store;
use super::village::{Take, Village};
use super::word::Word;
use crate::eval::traced::{Fixed, Results, Run};
use crate::eval::{DutyRow, Entitlement, Outcome};
use crate::ir::Plan;
use crate::schema::RecordId;
use crate::value::Fen;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Runs of neighbours shorter than this on average are brought together before they are judged.
const NEIGHBOURS: usize = 64;

/// The programs of a run, for any part of its register.
pub struct Columnar<'r> {
    plan: &'r Plan,
    unit: RecordId,
    /// By the places of the run's villages; none where columns cannot hold the period.
    villages: Vec<Option<Village<'r>>>,
}

/// How much was judged by the other evaluator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Targets of clauses.
    pub cases: u64,
    /// Of those, the ones judged one by one.
    pub one_by_one: u64,
}

impl Share {
    /// Both together.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self { cases: self.cases + other.cases, one_by_one: self.one_by_one + other.one_by_one }
    }
}

/// What columns found of some households.
#[derive(Default)]
struct Found {
    granted: Vec<Grant>,
    /// Lines and targets to be judged one by one, by household.
    open: BTreeSet<(usize, usize, usize)>,
    /// Households whose tied clauses are to be settled.
    tied: BTreeSet<usize>,
    duties: Vec<(usize, DutyRow)>,
    /// Duties and targets to be judged one by one, by household.
    open_duties: BTreeSet<(usize, usize, usize)>,
    /// Households all of whose duties are.
    no_duties: BTreeSet<usize>,
    cases: u64,
}

struct Grant {
    unit: usize,
    line: usize,
    entitlement: Entitlement,
}

impl<'r> Columnar<'r> {
    /// Prepares the programs of every village of a run.
    #[must_use]
    pub fn new(run: &'r Run<'r>) -> Self {
        let plan = run.plan();
        let mut shared = Shared::new();
        let villages = (0..run.villages())
            .map(|village| {
                let (layers, lines) = run.village(village);
                let fixed = Fixed { plan, register: run.register(), layers };
                let lines: Vec<usize> =
                    lines.iter().copied().filter(|line| run.root_of(*line) == Some(run.unit())).collect();
                Village::new(run, village, &fixed, &lines, &mut shared)
            })
            .collect();
        Self { plan, unit: run.unit(), villages }
    }

    /// Judges some households of a register, which `store` holds as columns; the run is over that register.
    #[must_use]
    pub fn judge(&self, run: &Run<'_>, store: &Store, units: Range<usize>) -> (Vec<Results>, Share) {
        let mut by_village: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for unit in units.clone() {
            by_village.entry(run.village_place(unit)).or_default().push(unit);
        }
        let mut found = Found::default();
        let mut whole: BTreeSet<usize> = BTreeSet::new();
        for (village, units) in by_village {
            match self.villages.get(village).and_then(Option::as_ref) {
                Some(village) => self.columns((run, store), village, &units, &mut found),
                None => whole.extend(units),
            }
        }
        results(run, units, found, &whole)
    }

    /// Households of one village: in place where they are neighbours, brought together where they are not.
    fn columns(
        &self,
        (run, store): (&Run<'_>, &Store),
        village: &Village<'r>,
        units: &[usize],
        found: &mut Found,
    ) {
        let ranges = neighbours(units);
        if units.len() >= NEIGHBOURS * ranges.len() || ranges.len() == 1 {
            for range in ranges {
                let mut take = Taking { run, plan: self.plan, store, rows: None, found };
                village.judge(run, store, (self.unit, range), &mut take);
            }
            return;
        }
        let (store, rows) = store.gather(&self.plan.schema, self.unit, units);
        let mut take = Taking { run, plan: self.plan, store: &store, rows: Some(&rows), found };
        village.judge(run, &store, (self.unit, 0..units.len()), &mut take);
    }
}

/// What columns found, and what they left open, household by household.
fn results(
    run: &Run<'_>,
    units: Range<usize>,
    found: Found,
    whole: &BTreeSet<usize>,
) -> (Vec<Results>, Share) {
    let mut share = Share { cases: found.cases, one_by_one: found.open.len() as u64 };
    let mut results: Vec<Results> = units.clone().map(|_| Results::default()).collect();
    for grant in found.granted {
        if !found.open.contains(&(grant.unit, grant.line, grant.entitlement.target))
            && let Some(results) = results.get_mut(grant.unit - units.start)
        {
            results.entitlements.push(grant.entitlement);
        }
    }
    share.one_by_one += found.open_duties.len() as u64;
    for (unit, duty) in found.duties {
        if !found.open_duties.contains(&(unit, duty.obligation, duty.target))
            && let Some(results) = results.get_mut(unit - units.start)
        {
            results.duties.push(duty);
        }
    }
    for (unit, results) in units.clone().zip(&mut results) {
        if whole.contains(&unit) {
            *results = run.judge(run.unit(), unit);
            share.one_by_one += results.entitlements.len() as u64;
            continue;
        }
        let cases: BTreeSet<(usize, usize)> = found
            .open
            .range((unit, 0, 0)..(unit + 1, 0, 0))
            .map(|(_, line, target)| (*line, *target))
            .collect();
        let all = found.no_duties.contains(&unit);
        let duties = |index, target| all || found.open_duties.contains(&(unit, index, target));
        run.judge_beside(run.unit(), unit, &cases, found.tied.contains(&unit), &duties, results);
    }
    (results, share)
}

/// Neighbours as ranges.
fn neighbours(units: &[usize]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for unit in units {
        match ranges.last_mut() {
            Some(range) if range.end == *unit => range.end += 1,
            _ => ranges.push(*unit..*unit + 1),
        }
    }
    ranges
}

/// Takes what clauses came to, for a store that may be a part of the whole.
struct Taking<'a> {
    run: &'a Run<'a>,
    plan: &'a Plan,
    store: &'a Store,
    /// The rows of the whole that the rows of the store are; none where they are the same.
    rows: Option<&'a [Vec<u32>]>,
    found: &'a mut Found,
}

impl Taking<'_> {
    /// A row of the store as a row of the whole.
    fn row(&self, record: RecordId, row: usize) -> usize {
        let of = |rows: &[Vec<u32>]| rows.get(record.0)?.get(row).map(|row| *row as usize);
        self.rows.and_then(of).unwrap_or(row)
    }

    /// The household a row lies in, as a row of the whole.
    fn unit(&self, record: RecordId, row: usize) -> usize {
        let schema = &self.plan.schema;
        let mut row = row;
        for id in schema.chain(record).take_while(|id| *id != self.run.unit()) {
            row = self.store.table(id).parents.get(row).map_or(row, |parent| *parent as usize);
        }
        self.row(self.run.unit(), row)
    }
}

impl Take for Taking<'_> {
    fn clause<W: Word>(&mut self, clause: &Clause, slots: &[Slot], granted: &Granted<'_, W>) {
        self.found.cases += granted.rows.len() as u64;
        let tied = self.run.is_tied(clause.line);
        let open = granted.open.as_ref().map(|open| open.iter().enumerate()).into_iter().flatten();
        for (place, _) in open.filter(|(_, word)| **word != W::NONE) {
            let row = granted.rows.start + place;
            let unit = self.unit(clause.target, row);
            if tied {
                self.found.tied.insert(unit);
            } else {
                self.found.open.insert((unit, clause.line, self.row(clause.target, row)));
            }
        }
        let (Some(amount), Some(benefit)) = (granted.amount, self.plan.benefits.get(clause.benefit)) else {
            return;
        };
        let Some(calendar) = benefit.rhythm.calendar_unit() else { return };
        for (place, word) in granted.sure.iter().enumerate().filter(|(_, word)| **word != W::NONE) {
            let row = granted.rows.start + place;
            let (unit, target) = (self.unit(clause.target, row), self.row(clause.target, row));
            for slot in clause.slots.iter().copied().filter(|slot| word.has(*slot)) {
                let Some(day) = slots.get(slot).map(|slot| slot.first) else { continue };
                self.found.granted.push(Grant {
                    unit,
                    line: clause.line,
                    entitlement: Entitlement {
                        root: self.run.unit(),
                        unit,
                        benefit: clause.benefit,
                        target,
                        day,
                        period: calendar.label(day),
                        outcome: Outcome::Granted(Fen(amount.at(slot, place).0)),
                    },
                });
            }
        }
    }

    fn duty(&mut self, duty: &Duty, target: usize, standing: Standing) {
        self.found.cases += 1;
        let unit = self.unit(duty.target, target);
        let row = self.row(duty.target, target);
        match standing {
            Standing::Open => {
                self.found.open_duties.insert((unit, duty.index, row));
            }
            Standing::Row(time, status) => {
                let case = self.run.duty(self.run.village_place(unit), duty.index, (unit, row));
                self.found.duties.extend(case.map(|case| (unit, case.written(Some(time), status))));
            }
        }
    }

    fn no_duties(&mut self, units: Range<usize>) {
        let units: Vec<usize> = units.map(|unit| self.row(self.run.unit(), unit)).collect();
        self.found.no_duties.extend(units);
    }
}
