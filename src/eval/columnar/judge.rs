//! A run over columns: households in, what came out of them, in the order of households.

use super::clause::{Clause, Granted};
use super::column::{bounds, rows_where};
use super::doubt::Reach;
use super::duty::Duty;
use super::fold::Shared;
use super::judged::{Doubt, DutyDoubt, Grant, Judged, Share, Stand, Stands};
use super::lists::{Asked, Lists};
use super::measure::Measures;
use super::slots::Slot;
use super::standing::{Standing, Verdict};
use super::store::{Cells, Store};
use super::times::Calendar;
use super::village::{BATCH, Take, Village};
use super::word::Word;
use crate::eval::FactId;
use crate::eval::traced::{Beside, Fixed, Measured, Results, Run};
use crate::ir::Plan;
use crate::schema::RecordId;
use crate::value::{Bounds, Fen};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// Runs of neighbours shorter than this on average are brought together before they are judged.
const NEIGHBOURS: usize = 64;

/// The programs of a run, for any part of its register.
pub struct Columnar<'r> {
    plan: &'r Plan,
    unit: RecordId,
    /// By the places of the run's villages; none where columns cannot hold the period.
    villages: Vec<Option<Village<'r>>>,
    /// Clauses and duties in the order of results, by their places in the plan.
    benefits: Vec<usize>,
    obligations: Vec<usize>,
    measures: Measures<'r>,
    /// When each duty falls due.
    calendar: Calendar,
    /// What the programs ask of texts.
    asked: Asked,
}

/// A household, a line of the run or a duty, and a target: judged one by one.
type Case = (usize, usize, usize);

/// What columns found of some households.
struct Found {
    /// By clause, and by duty, at their places in the plan.
    grants: Vec<Vec<Grant>>,
    stands: Vec<Vec<Stand>>,
    doubts: Vec<(usize, Doubt)>,
    duty_doubts: Vec<(usize, DutyDoubt)>,
    /// Targets to be judged one by one: household, line of the run, target.
    open: Vec<Case>,
    /// Households whose tied clauses are to be settled.
    tied: Vec<usize>,
    /// Targets of duties to be judged one by one: household, duty, target.
    open_duties: Vec<Case>,
    /// Households all of whose duties are.
    no_duties: Vec<usize>,
    /// Households of which columns say nothing.
    whole: Vec<usize>,
    cases: u64,
    /// They were judged one village after the other, or one time after the other.
    mixed: bool,
}

impl<'r> Columnar<'r> {
    /// Prepares the programs of every village of a run.
    #[must_use]
    pub fn new(run: &'r Run<'r>) -> Self {
        let plan = run.plan();
        let (mut shared, mut calendar) = (Shared::new(), Calendar::new());
        let villages: Vec<Option<Village<'_>>> = (0..run.villages())
            .map(|village| {
                let (layers, lines) = run.village(village);
                let fixed = Fixed { plan, register: run.register(), layers };
                let lines: Vec<usize> =
                    lines.iter().copied().filter(|line| run.root_of(*line) == Some(run.unit())).collect();
                Village::new(run, village, &fixed, &lines, (&mut shared, &mut calendar))
            })
            .collect();
        let mut benefits: Vec<usize> = (0..plan.benefits.len()).collect();
        benefits.sort_by_key(|benefit| run.rank(*benefit));
        let mut obligations: Vec<usize> = (0..plan.obligations.len()).collect();
        obligations.sort_by_key(|duty| run.duty_rank(*duty));
        let measures = Measures::new(run);
        let asked = villages.iter().flatten().flat_map(Village::lists).chain(measures.lists());
        let asked = Asked::of(asked, run);
        Self { plan, unit: run.unit(), villages, benefits, obligations, measures, calendar, asked }
    }

    /// Makes the register of a run ready, which `store` holds as columns.
    #[must_use]
    pub fn over<'s>(&'s self, store: &'s Store, run: &Run<'_>) -> Ready<'s> {
        Ready { columnar: self, store, lists: self.asked.over(store, run) }
    }
}

/// The programs of a run and a register, ready to judge any of its households.
pub struct Ready<'s> {
    columnar: &'s Columnar<'s>,
    store: &'s Store,
    lists: Arc<Lists>,
}

impl Ready<'_> {
    /// Judges some households; the run is over the register that was made ready.
    #[must_use]
    pub fn judge(&self, run: &Run<'_>, units: Range<usize>) -> Judged {
        let plan = self.columnar.plan;
        let mut found = Found {
            grants: vec![Vec::new(); plan.benefits.len()],
            stands: vec![Vec::new(); plan.obligations.len()],
            doubts: Vec::new(),
            duty_doubts: Vec::new(),
            open: Vec::new(),
            tied: Vec::new(),
            open_duties: Vec::new(),
            no_duties: Vec::new(),
            whole: Vec::new(),
            cases: 0,
            mixed: false,
        };
        let villages = self.by_village(run, units.clone());
        found.mixed = villages.len() > 1;
        for (village, rows) in villages {
            let Some(village) = self.columnar.villages.get(village).and_then(Option::as_ref) else {
                found.whole.extend(rows.into_iter().flatten());
                continue;
            };
            found.mixed |= !village.is_in_order();
            self.columns(run, village, &rows, &mut found);
        }
        self.judged(run, units, found)
    }

    /// What the run measures in the register, as the explaining evaluator says it, and how many rows it was asked about.
    #[must_use]
    pub fn measured(&self, run: &Run<'_>) -> (Measured, Share) {
        let mut share = Share::default();
        let sums = self.columnar.measures.sums(run, (self.store, &self.lists), &mut share);
        (Measured(sums), share)
    }

    /// Households by the entry of the run that they are judged by, neighbours together.
    fn by_village(&self, run: &Run<'_>, units: Range<usize>) -> BTreeMap<usize, Vec<Range<usize>>> {
        if run.villages() == 1 {
            return BTreeMap::from([(0, vec![units])]);
        }
        let names =
            match run.village_field().and_then(|field| self.store.table(run.unit()).columns.get(field.0)) {
                Some(Cells::Text { values, .. }) => values.as_slice(),
                _ => &[],
            };
        let by_name = |unit: usize| self.lists.villages().get(*names.get(unit)? as usize).copied();
        let mut ranges: BTreeMap<usize, Vec<Range<usize>>> = BTreeMap::new();
        for unit in units {
            let place = by_name(unit).unwrap_or_else(|| run.village_place(unit));
            let of = ranges.entry(place).or_default();
            match of.last_mut() {
                Some(range) if range.end == unit => range.end += 1,
                _ => of.push(unit..unit + 1),
            }
        }
        ranges
    }

    /// Households of one village: in place where they are neighbours, brought together where they are not.
    fn columns(&self, run: &Run<'_>, village: &Village<'_>, ranges: &[Range<usize>], found: &mut Found) {
        let Columnar { plan, unit, .. } = *self.columnar;
        let store = self.store;
        let households: usize = ranges.iter().map(ExactSizeIterator::len).sum();
        if households >= NEIGHBOURS * ranges.len() || ranges.len() == 1 {
            for range in ranges {
                let batches = range.len().div_ceil(BATCH);
                let mut take = Taking { run, plan, store, rows: None, batches, found };
                village.judge(run, (store, &self.lists), (unit, range.clone()), &mut take);
            }
            return;
        }
        let units: Vec<usize> = ranges.iter().cloned().flatten().collect();
        let (store, rows) = store.gather(&plan.schema, unit, &units);
        let batches = units.len().div_ceil(BATCH);
        let mut take = Taking { run, plan, store: &store, rows: Some(&rows), batches, found };
        village.judge(run, (&store, &self.lists), (unit, 0..units.len()), &mut take);
    }

    /// What columns found, in the order of results, and what they left open, explained.
    fn judged(&self, run: &Run<'_>, units: Range<usize>, mut found: Found) -> Judged {
        for list in [&mut found.open, &mut found.open_duties] {
            list.sort_unstable();
            list.dedup();
        }
        for list in [&mut found.tied, &mut found.no_duties] {
            list.sort_unstable();
        }
        let mut judged = Judged { units: units.clone(), ..Judged::default() };
        judged.share =
            Share { cases: found.cases, one_by_one: (found.open.len() + found.open_duties.len()) as u64 };
        judged.explained = explained(run, &found, &mut judged.share);
        let lines = lines(run, &found.open);
        let mixed = found.mixed;
        for benefit in &self.columnar.benefits {
            let Some(rows) = found.grants.get_mut(*benefit).map(std::mem::take) else { continue };
            let open = lines.get(benefit).map(|line| (*line, found.open.as_slice()));
            let rows = in_order(rows, mixed, open, |row| (row.unit, row.target, row.day));
            if !rows.is_empty() {
                judged.grants.push((*benefit, rows));
            }
        }
        for duty in &self.columnar.obligations {
            let Some(rows) = found.stands.get_mut(*duty).map(std::mem::take) else { continue };
            let open = (!found.open_duties.is_empty()).then_some((*duty, found.open_duties.as_slice()));
            let Some(times) = self.columnar.calendar.get(duty).and_then(Option::as_ref) else { continue };
            let bound = |time: u32| times.all.get(time as usize).map(|time| time.bound);
            let rows = in_order(rows, mixed, open, |row| (row.unit, row.target, bound(row.time)));
            if !rows.is_empty() {
                judged.stands.push(Stands { duty: *duty, times: Arc::clone(&times.all), rows });
            }
        }
        judged.doubts = std::mem::take(&mut found.doubts);
        let not_open = |line: Option<&usize>, (unit, target): (u32, u32)| {
            line.is_none_or(|line| {
                found.open.binary_search(&(unit as usize, *line, target as usize)).is_err()
            })
        };
        judged.doubts.retain(|(benefit, doubt)| not_open(lines.get(benefit), (doubt.unit, doubt.target)));
        judged.doubts.sort_by_key(|(_, doubt)| doubt.unit);
        judged.duty_doubts = std::mem::take(&mut found.duty_doubts);
        judged.duty_doubts.retain(|(duty, doubt)| {
            let case = (doubt.unit as usize, *duty, doubt.target as usize);
            found.open_duties.binary_search(&case).is_err()
        });
        judged.duty_doubts.sort_by_key(|(_, doubt)| doubt.unit);
        if !villages_are_known(run, self.store) {
            judged.unknown = units.filter_map(|unit| run.village_unknown(run.unit(), unit)).collect();
        }
        judged
    }
}

/// The clauses of which some target is judged one by one, with their lines.
fn lines(run: &Run<'_>, open: &[Case]) -> BTreeMap<usize, usize> {
    let mut lines: Vec<usize> = open.iter().map(|(_, line, _)| *line).collect();
    lines.sort_unstable();
    lines.dedup();
    lines
        .into_iter()
        .flat_map(|line| run.versions(line).iter().map(move |version| (*version, line)))
        .collect()
}

/// Rows in their order, which they come in but where they are `mixed`, without those of targets that are judged one by one.
fn in_order<T, K: Ord>(
    mut rows: Vec<T>,
    mixed: bool,
    open: Option<(usize, &[Case])>,
    key: impl Fn(&T) -> (u32, u32, K),
) -> Vec<T> {
    if let Some((about, open)) = open {
        rows.retain(|row| {
            let (unit, target, _) = key(row);
            open.binary_search(&(unit as usize, about, target as usize)).is_err()
        });
    }
    if mixed && !rows.is_sorted_by_key(&key) {
        rows.sort_by_key(key);
    }
    rows
}

/// What the other evaluator says of what columns left open, household by household.
fn explained(run: &Run<'_>, found: &Found, share: &mut Share) -> Vec<(usize, Results)> {
    let of_cases = found.open.iter().chain(&found.open_duties).map(|(unit, ..)| *unit);
    let mut units: Vec<usize> =
        of_cases.chain(found.tied.iter().chain(&found.no_duties).chain(&found.whole).copied()).collect();
    units.sort_unstable();
    units.dedup();
    let mut all = Vec::with_capacity(units.len());
    for unit in units {
        let results = if found.whole.binary_search(&unit).is_ok() {
            let results = Results { village_unknown: None, ..run.judge(run.unit(), unit) };
            share.one_by_one += results.entitlements.len() as u64;
            results
        } else {
            let every = found.no_duties.binary_search(&unit).is_ok();
            run.judge_beside(
                unit,
                &Beside {
                    cases: of_unit(&found.open, unit),
                    tied: found.tied.binary_search(&unit).is_ok(),
                    duties: (!every).then(|| of_unit(&found.open_duties, unit)),
                },
            )
        };
        all.push((unit, results));
    }
    all
}

fn of_unit(cases: &[Case], unit: usize) -> &[Case] {
    let first = cases.partition_point(|(of, ..)| *of < unit);
    let last = cases.partition_point(|(of, ..)| *of <= unit);
    &cases[first..last]
}

/// Does the register say of every household in which village it lives?
fn villages_are_known(run: &Run<'_>, store: &Store) -> bool {
    let Some(field) = run.village_field() else { return true };
    match store.table(run.unit()).columns.get(field.0) {
        Some(Cells::Text { holes, .. } | Cells::Number { holes, .. }) => !holes.absent && !holes.unknown,
        _ => false,
    }
}

/// Takes what clauses came to, for a store that may be a part of the whole.
struct Taking<'a> {
    run: &'a Run<'a>,
    plan: &'a Plan,
    store: &'a Store,
    /// The rows of the whole that the rows of the store are; none where they are the same.
    rows: Option<&'a [Vec<u32>]>,
    /// How many batches of households there are.
    batches: usize,
    found: &'a mut Found,
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
