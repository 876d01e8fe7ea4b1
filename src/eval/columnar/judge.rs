//! A run over columns: households in, what came out of them, in the order of households.

use super::judged::{Judged, Share, Stands};
use super::lists::{Asked, Lists};
use super::measure::Measures;
use super::program::Shared;
use super::store::{Cells, Store};
use super::taking::{Case, Found, Taking};
use super::times::Calendar;
use super::village::{BATCH, Village};
use crate::eval::traced::{Beside, Fixed, Measured, Results, Run};
use crate::ir::Plan;
use crate::schema::RecordId;
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

impl<'r> Columnar<'r> {
    /// Prepares the programs of every village of a run.
    #[must_use]
    pub fn new(run: &'r Run<'r>) -> Self {
        let plan = run.plan();
        let (mut shared, mut calendar) = (Shared::new(plan), Calendar::new());
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
