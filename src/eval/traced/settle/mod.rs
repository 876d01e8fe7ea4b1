//! What the judged days of one household make of each other: the highest of several benefits in a calendar year, and
//! limits that cut in the order of days.
//!
//! In: the judged days of each clause by itself, over as long as they matter to the period. Out: those of the period.

mod highest;
mod limit;

use super::run::Run;
use super::timeline::{JudgedDay, Line};
use crate::ast::Rhythm;
use crate::ir::{Benefit, Plan};
use crate::schema::RecordId;
use crate::value::{Day, Period, PeriodUnit};
use std::collections::BTreeSet;

/// A judged day of one clause for one target.
#[derive(Clone)]
pub(super) struct Dated {
    /// The clause, by its place in the run's lines.
    pub line: usize,
    pub target: usize,
    pub judged: JudgedDay,
}

/// Clauses that are not settled alone, by their place in the run's lines.
#[derive(Default)]
pub(super) struct Ties {
    pub(super) tied: BTreeSet<usize>,
    /// Some limit counts from the beginning; else the longest unit that a limit or a choice of the highest counts in.
    for_life: bool,
    unit: Option<PeriodUnit>,
    /// The shortest of them: what pays on one day is asked about in each.
    shortest: Option<PeriodUnit>,
    /// Some choice of the highest looks at the whole calendar year.
    yearly: bool,
    first: Option<Day>,
}

impl Ties {
    pub(super) fn of(plan: &Plan, lines: &[Line]) -> Self {
        let mut ties = Self { first: plan.benefits.iter().map(|one| one.days.from).min(), ..Self::default() };
        for (place, line) in lines.iter().enumerate() {
            for benefit in line.versions.iter().filter_map(|index| plan.benefits.get(*index)) {
                for limit in &benefit.limits {
                    ties.for_life |= limit.window.is_none();
                    ties.counts_in(limit.window);
                    ties.tie(plan, lines, benefit, &limit.clauses);
                }
                let highest = highest::group(benefit);
                if !highest.is_empty() {
                    ties.yearly = true;
                    ties.counts_in(Some(PeriodUnit::Year));
                    ties.tied.insert(place);
                    ties.tie(plan, lines, benefit, &highest);
                }
            }
        }
        ties
    }

    fn counts_in(&mut self, unit: Option<PeriodUnit>) {
        self.unit = self.unit.max(unit);
        self.shortest = [self.shortest, unit].into_iter().flatten().min();
    }

    fn tie(&mut self, plan: &Plan, lines: &[Line], benefit: &Benefit, names: &[String]) {
        self.tied.extend(names.iter().filter_map(|name| line_of(plan, lines, benefit, name)));
    }

    /// The stretches over which tied clauses are judged: before the period, the period, and after it.
    fn stretches(&self, period: &Period) -> Vec<Period> {
        let first = match (self.for_life, self.unit) {
            (true, _) => self.first.unwrap_or(period.first).min(period.first),
            (false, Some(unit)) => unit.start(period.first),
            (false, None) => period.first,
        };
        let last = if self.yearly { period.last.year_end() } else { period.last };
        let before = period.first.add_days(-1).filter(|day| first <= *day);
        let after = period.last.add_days(1).filter(|day| *day <= last);
        let before = before.map(|day| Period::of_days(first, day));
        let after = after.map(|day| Period::of_days(day, last));
        before.into_iter().chain([period.clone()]).chain(after).collect()
    }

    /// The same cut at the borders of the shortest unit.
    fn windows(&self, stretches: &[Period]) -> Vec<Period> {
        let Some(unit) = self.shortest else { return stretches.to_vec() };
        let mut windows = Vec::new();
        for stretch in stretches {
            let mut first = stretch.first;
            while first <= stretch.last {
                let last = unit.end(first).min(stretch.last);
                windows.push(Period::of_days(first, last));
                if last == Day::MAX {
                    break;
                }
                first = last.next();
            }
        }
        windows
    }
}

/// The line of the clause of that name in the same charter as another.
fn line_of(plan: &Plan, lines: &[Line], beside: &Benefit, name: &str) -> Option<usize> {
    let family = &plan.charter(beside.charter).label.name;
    lines.iter().position(|line| {
        let first = line.versions.first().and_then(|index| plan.benefits.get(*index));
        first.is_some_and(|one| one.label.name == name && plan.charter(one.charter).label.name == *family)
    })
}

/// True where a clause pays a target on one day only, though several days may be possible ones: what it pays once, or
/// for an event. Its judged days are alternatives, not parts of a sum.
fn pays_on_one_day(benefit: &Benefit) -> bool {
    matches!(benefit.rhythm, Rhythm::Once | Rhythm::EachEvent)
}

impl Run<'_> {
    /// The judged days of the period for one household, in order of clauses, targets and days.
    pub(super) fn settled(&self, root: RecordId, unit: usize) -> Vec<Dated> {
        self.settled_among(root, unit, &|_, _| true)
    }

    /// The same for some clauses and targets. Clauses that are tied to each other are wanted together or not at all.
    pub(super) fn settled_among(
        &self,
        root: RecordId,
        unit: usize,
        wanted: &dyn Fn(usize, usize) -> bool,
    ) -> Vec<Dated> {
        let mut dated = Vec::new();
        let mut tied = Vec::new();
        let stretches = self.rules.ties.stretches(self.period);
        let windows = self.rules.ties.windows(&stretches);
        for (place, target) in self.cases(root, unit) {
            let Some(line) = self.rules.lines.get(place).filter(|_| wanted(place, target)) else { continue };
            let judge = |period: &Period| {
                let judged = self.timeline(root, unit, period).judge(line, target);
                judged.into_iter().map(move |judged| Dated { line: place, target, judged })
            };
            if self.rules.ties.tied.contains(&place) {
                let one_day = line
                    .versions
                    .iter()
                    .filter_map(|index| self.plan.benefits.get(*index))
                    .any(pays_on_one_day);
                let parts = if one_day { &windows } else { &stretches };
                tied.extend(parts.iter().flat_map(judge));
            } else {
                dated.extend(judge(self.period));
            }
        }
        if !tied.is_empty() {
            self.choose_highest((root, unit), &mut tied);
            self.cut_by_limits((root, unit), &mut tied);
            tied.retain(|one| self.period.contains(one.judged.day));
            self.one_row_each(&mut tied, &windows);
            dated.append(&mut tied);
            dated.sort_by_key(|one| (one.line, one.target, one.judged.day));
        }
        dated
    }

    /// Of what pays on one day, though it is not known on which, a run has one row: the first, with what any may pay.
    fn one_row_each(&self, tied: &mut Vec<Dated>, windows: &[Period]) {
        tied.sort_by_key(|one| (one.line, one.target, one.judged.day));
        let mut kept: Vec<Dated> = Vec::new();
        for mut one in std::mem::take(tied) {
            let single = self.plan.benefits.get(one.judged.benefit).is_some_and(pays_on_one_day);
            let first = kept
                .last_mut()
                .filter(|first| single && (first.line, first.target) == (one.line, one.target));
            match (first, one.judged.outcome) {
                (None, outcome) => {
                    one.judged.outcome = outcome;
                    if windows.iter().any(|window| window.to_string() == one.judged.period) {
                        one.judged.period = self.period.to_string();
                    }
                    kept.push(one);
                }
                (Some(first), outcome) => first.judged.or(outcome),
            }
        }
        *tied = kept;
    }

    /// The row of a record that a row lies in, or is.
    fn row_above(&self, target: RecordId, row: usize, above: RecordId) -> Option<usize> {
        if target == above {
            return Some(row);
        }
        self.register.ancestor(&self.plan.schema, target, row, above)
    }
}
