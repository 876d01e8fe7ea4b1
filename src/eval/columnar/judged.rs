//! What came out for some households: clause by clause as plain rows, and beside them what was explained one by one.

use crate::eval::traced::{Instance, Results, Run};
use crate::eval::{DutyRow, DutyStatus, Entitlement, FactId, Fault, Outcome, VillageUnknown};
use crate::source::Span;
use crate::value::{Day, Fen};
use std::ops::Range;
use std::sync::Arc;

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

/// A judged day of a clause that is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Row of the unit of evaluation.
    pub unit: u32,
    /// Row of the clause's target record.
    pub target: u32,
    /// The day it was judged on.
    pub day: Day,
    /// How much.
    pub amount: Fen,
}

/// A judged day of a clause that is undetermined for want of one fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// Row of the unit of evaluation.
    pub unit: u32,
    /// Row of the clause's target record.
    pub target: u32,
    /// The day it was judged on.
    pub day: Day,
    /// Least it could pay.
    pub least: Fen,
    /// Most it could pay; none where there is no bound.
    pub most: Option<Fen>,
    /// The fact.
    pub missing: FactId,
}

/// A time a duty falls due of which it is undetermined how it stands, for want of one fact.
#[derive(Clone, Copy, Debug)]
pub struct DutyDoubt {
    /// Row of the unit of evaluation.
    pub unit: u32,
    /// Row of the duty's target record.
    pub target: u32,
    /// When it falls due.
    pub time: Instance,
    /// The fact.
    pub missing: FactId,
}

/// How one duty stands for a target, without anything missing.
#[derive(Clone, Copy, Debug)]
pub struct Stand {
    /// Row of the unit of evaluation.
    pub unit: u32,
    /// Row of the duty's target record.
    pub target: u32,
    /// When it falls due, by its place among the times of the duty.
    pub time: u32,
    pub(super) status: Settled,
}

/// How one duty stands for many targets.
#[derive(Clone, Debug)]
pub struct Stands {
    /// Its place in the plan.
    pub duty: usize,
    /// The times it falls due.
    pub times: Arc<[Instance]>,
    /// By household, target and bound day.
    pub rows: Vec<Stand>,
}

/// The ways a duty can stand without anything missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settled {
    Met,
    Excused,
    Pending,
    InRemedy,
    Unmet,
}

impl Stand {
    /// How it stands on the last day of the period.
    #[must_use]
    pub fn status(&self) -> DutyStatus {
        match self.status {
            Settled::Met => DutyStatus::Met,
            Settled::Excused => DutyStatus::Excused,
            Settled::Pending => DutyStatus::Pending,
            Settled::InRemedy => DutyStatus::InRemedy,
            Settled::Unmet => DutyStatus::Unmet,
        }
    }
}

/// What came out for neighbouring households.
#[derive(Debug, Default)]
pub struct Judged {
    /// Rows of the unit of evaluation.
    pub units: Range<usize>,
    /// By clause in the order of results, its place in the plan with it: its grants by household, target and day.
    pub grants: Vec<(usize, Vec<Grant>)>,
    /// The same for duties.
    pub stands: Vec<Stands>,
    /// By household, target and day, with the place of the clause in the plan: what waits for one fact.
    pub doubts: Vec<(usize, Doubt)>,
    /// The same for duties.
    pub duty_doubts: Vec<(usize, DutyDoubt)>,
    /// By household: what was explained of it, its duties among them.
    pub explained: Vec<(usize, Results)>,
    /// Households whose village is not known.
    pub unknown: Vec<VillageUnknown>,
    /// How much was explained.
    pub share: Share,
}

/// A judged day of a clause.
#[derive(Clone, Copy, Debug)]
pub enum Entry<'j> {
    /// Found in columns: the place of the clause in the plan, and what is granted.
    Granted(usize, Grant),
    /// Undetermined for want of one fact.
    Doubted(usize, Doubt),
    /// Explained.
    Explained(&'j Entitlement),
}

/// One time a duty falls due.
#[derive(Clone, Copy, Debug)]
pub enum DutyEntry<'j> {
    /// Found in columns: the place of the duty in the plan, when it falls due, and how it stands.
    Stands(usize, &'j Instance, Stand),
    /// Undetermined for want of one fact.
    Doubted(usize, DutyDoubt),
    /// Explained.
    Explained(&'j DutyRow),
}

/// What came out for one household, in the order of results.
#[derive(Debug)]
pub struct Household<'a, 'j> {
    /// Row of the unit of evaluation.
    pub unit: usize,
    /// By clause, target and day.
    pub entries: &'a [Entry<'j>],
    /// By clause, target and bound day.
    pub duties: &'a [DutyEntry<'j>],
    /// Its village is not known.
    pub village_unknown: Option<VillageUnknown>,
}

impl Judged {
    /// Household by household, in their order.
    pub fn each<E>(
        &self,
        run: &Run<'_>,
        mut take: impl FnMut(Household<'_, '_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut grants: Vec<(usize, &[Grant])> =
            self.grants.iter().map(|(benefit, rows)| (*benefit, rows.as_slice())).collect();
        let mut stands: Vec<(&Stands, &[Stand])> =
            self.stands.iter().map(|stands| (stands, stands.rows.as_slice())).collect();
        let (mut doubts, mut duty_doubts) = (self.doubts.as_slice(), self.duty_doubts.as_slice());
        let (mut explained, mut unknown) = (self.explained.as_slice(), self.unknown.as_slice());
        let (mut entries, mut duties) = (Vec::new(), Vec::new());
        // One clause after the other, where each has one version.
        let in_order = self.grants.is_sorted_by(|(one, _), (next, _)| run.rank(*one) < run.rank(*next));
        let duties_in_order =
            self.stands.is_sorted_by(|one, next| run.duty_rank(one.duty) < run.duty_rank(next.duty));
        for unit in self.units.clone() {
            entries.clear();
            duties.clear();
            for (benefit, rows) in &mut grants {
                while let Some(grant) = next(rows, |grant| grant.unit as usize == unit) {
                    entries.push(Entry::Granted(*benefit, *grant));
                }
            }
            for (of, rows) in &mut stands {
                while let Some(stand) = next(rows, |stand| stand.unit as usize == unit) {
                    let time = of.times.get(stand.time as usize);
                    duties.extend(time.map(|time| DutyEntry::Stands(of.duty, time, *stand)));
                }
            }
            let found = (entries.len(), duties.len());
            while let Some((benefit, doubt)) = next(&mut doubts, |(_, doubt)| doubt.unit as usize == unit) {
                entries.push(Entry::Doubted(*benefit, *doubt));
            }
            while let Some((duty, doubt)) = next(&mut duty_doubts, |(_, doubt)| doubt.unit as usize == unit) {
                duties.push(DutyEntry::Doubted(*duty, *doubt));
            }
            if let Some((_, results)) = next(&mut explained, |(of, _)| *of == unit) {
                entries.extend(results.entitlements.iter().map(Entry::Explained));
                duties.extend(results.duties.iter().map(DutyEntry::Explained));
            }
            // The versions of a clause, and what was explained, each stand in their order already.
            if !in_order || found.0 < entries.len() {
                entries.sort_by_key(|entry| entry.order(run));
            }
            if !duties_in_order || found.1 < duties.len() {
                duties.sort_by_key(|duty| duty.order(run));
            }
            let village_unknown = next(&mut unknown, |unknown| unknown.unit == unit).copied();
            take(Household { unit, entries: &entries, duties: &duties, village_unknown })?;
        }
        Ok(())
    }

    /// The same as values of their own, as the explaining evaluator gives them.
    #[must_use]
    pub fn results(&self, run: &Run<'_>) -> Vec<Results> {
        let mut all = Vec::with_capacity(self.units.len());
        let Ok(()) = self.each(run, |household| -> Result<(), std::convert::Infallible> {
            all.push(Results {
                entitlements: household.entries.iter().map(|entry| entry.entitlement(run)).collect(),
                duties: household.duties.iter().filter_map(|duty| duty.row(run)).collect(),
                village_unknown: household.village_unknown,
            });
            Ok(())
        });
        all
    }

    /// What could not be computed: the fault, the clause it belongs to, and of which household.
    pub fn faults<'a>(&'a self, run: &'a Run<'_>) -> impl Iterator<Item = (Fault, Span, usize)> + 'a {
        let of = |(unit, results): &'a (usize, Results)| {
            results.faults(run.plan()).map(move |(fault, clause)| (fault, clause, *unit))
        };
        self.explained.iter().flat_map(of)
    }
}

/// Takes the first row off a slice, where it is wanted.
fn next<'s, T>(rows: &mut &'s [T], wanted: impl Fn(&T) -> bool) -> Option<&'s T> {
    let (first, rest) = rows.split_first()?;
    wanted(first).then(|| {
        *rows = rest;
        first
    })
}

impl Entry<'_> {
    fn order(&self, run: &Run<'_>) -> (u32, usize, Day) {
        match self {
            Self::Granted(benefit, grant) => (run.rank(*benefit), grant.target as usize, grant.day),
            Self::Doubted(benefit, doubt) => (run.rank(*benefit), doubt.target as usize, doubt.day),
            Self::Explained(one) => (run.rank(one.benefit), one.target, one.day),
        }
    }

    /// The same as a value of its own.
    #[must_use]
    pub fn entitlement(&self, run: &Run<'_>) -> Entitlement {
        let found = |benefit: usize, (unit, target): (u32, u32), day: Day, outcome: Outcome| Entitlement {
            root: run.unit(),
            unit: unit as usize,
            benefit,
            target: target as usize,
            day,
            period: label(run, benefit, day),
            outcome,
        };
        match self {
            Self::Explained(one) => (*one).clone(),
            Self::Granted(benefit, Grant { unit, target, day, amount }) => {
                found(*benefit, (*unit, *target), *day, Outcome::Granted(*amount))
            }
            Self::Doubted(benefit, Doubt { unit, target, day, least, most, missing }) => {
                let outcome = Outcome::Undetermined { least: *least, most: *most, missing: vec![*missing] };
                found(*benefit, (*unit, *target), *day, outcome)
            }
        }
    }
}

impl DutyEntry<'_> {
    fn order(&self, run: &Run<'_>) -> (u32, usize, Option<Day>) {
        match self {
            Self::Stands(duty, time, stand) => {
                (run.duty_rank(*duty), stand.target as usize, Some(time.bound))
            }
            Self::Doubted(duty, doubt) => {
                (run.duty_rank(*duty), doubt.target as usize, Some(doubt.time.bound))
            }
            Self::Explained(row) => (run.duty_rank(row.obligation), row.target, row.bound),
        }
    }

    /// The same as a value of its own.
    #[must_use]
    pub fn row(&self, run: &Run<'_>) -> Option<DutyRow> {
        let found = |duty: usize, (unit, target): (u32, u32), time: Instance, status: DutyStatus| {
            let (unit, target) = (unit as usize, target as usize);
            let case = run.duty(run.village_place(unit), duty, (unit, target))?;
            Some(case.written(Some(time), status))
        };
        match self {
            Self::Explained(row) => Some((*row).clone()),
            Self::Stands(duty, time, stand) => {
                found(*duty, (stand.unit, stand.target), **time, stand.status())
            }
            Self::Doubted(duty, doubt) => {
                let status = DutyStatus::Undetermined { missing: vec![doubt.missing] };
                found(*duty, (doubt.unit, doubt.target), doubt.time, status)
            }
        }
    }
}

/// What the calendar unit is called that a clause counts in.
fn label(run: &Run<'_>, benefit: usize, day: Day) -> String {
    let unit = run.plan().benefits.get(benefit).and_then(|benefit| benefit.rhythm.calendar_unit());
    unit.map_or_else(|| day.to_string(), |unit| unit.label(day))
}
