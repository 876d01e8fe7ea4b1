//! `highest of A, B`: of several benefits only the one that pays most in the calendar year; a tie goes to the first
//! named.

use super::{Dated, line_of, pays_on_one_day};
use crate::ast::Relation;
use crate::eval::traced::run::Run;
use crate::eval::traced::timeline::Timeline;
use crate::eval::{FactId, Fault, Note, Outcome};
use crate::ir::Benefit;
use crate::schema::RecordId;
use crate::value::{Day, Fen, Period};
use std::collections::{BTreeMap, BTreeSet};

/// The names a clause chooses the highest of, itself among them; empty where it says nothing.
pub(super) fn group(benefit: &Benefit) -> Vec<String> {
    let chosen = benefit.related.iter().filter(|related| related.relation == Relation::HighestOf);
    let mut names: Vec<String> = chosen.map(|related| related.clause.clone()).collect();
    if !names.is_empty() && !names.contains(&benefit.label.name) {
        names.insert(0, benefit.label.name.clone());
    }
    names
}

/// What one benefit pays in one year for one common row.
#[derive(Clone, Default)]
struct Total {
    least: i128,
    /// None where there is no upper bound.
    most: Option<i128>,
    fault: Option<Fault>,
}

impl Total {
    /// Adds a judged day; of days that are alternatives, `before` is the most that those before it would pay.
    fn add(&mut self, outcome: &Outcome, before: Option<&mut i128>) {
        let (least, most) = match outcome {
            Outcome::NotApplicable | Outcome::NotGranted => (Fen::ZERO, Some(Fen::ZERO)),
            Outcome::Granted(amount) => (*amount, Some(*amount)),
            Outcome::Awaiting { least, most } => (*least, Some(*most)),
            Outcome::Undetermined { least, most, .. } => (*least, *most),
            Outcome::Faulted(fault) => {
                self.fault = Some(*fault);
                return;
            }
        };
        self.least += i128::from(least.0);
        let more = match (most, before) {
            (Some(most), Some(before)) => {
                let more = (i128::from(most.0) - *before).max(0);
                *before += more;
                Some(more)
            }
            (most, _) => most.map(|most| i128::from(most.0)),
        };
        self.most = self.most.zip(more).map(|(sum, more)| sum + more);
    }
}

/// A stretch of a calendar year with one text: a group of it, by names and lines in the order they are named.
struct Stretch {
    first: Day,
    /// The first day of the next version; none to the end of the year.
    next: Option<Day>,
    names: Vec<String>,
    members: Vec<usize>,
}

impl Run<'_> {
    /// Leaves of each group and calendar year what pays most. A later version never changes what an earlier day gives:
    /// each stretch of a year compares the year as the text stood at its beginning.
    pub(super) fn choose_highest(&self, at: (RecordId, usize), dated: &mut [Dated]) {
        let before: Vec<Dated> = dated.to_vec();
        let lines: BTreeSet<usize> = self.cases(at.0, at.1).into_iter().map(|(line, _)| line).collect();
        let lines: BTreeSet<usize> = lines.intersection(&self.rules.ties.tied).copied().collect();
        for Stretch { first, next, names, members } in self.comparisons(&before, &lines) {
            let Some(common) = self.common(&members) else { continue };
            let mut year = self.year_as_of(at, &before, (first, next), &members);
            self.cut_alone(at, &mut year);
            let mut rows: BTreeMap<usize, (Vec<usize>, Vec<Dated>)> = BTreeMap::new();
            let row_of = |one: &Dated| {
                let benefit = self.plan.benefits.get(one.judged.benefit)?;
                members.contains(&one.line).then(|| self.row_above(benefit.target, one.target, common))?
            };
            for (place, one) in dated.iter().enumerate() {
                let in_stretch = first <= one.judged.day
                    && next.is_none_or(|next| one.judged.day < next)
                    && one.judged.day.civil().year == first.civil().year;
                if let Some(row) = row_of(one).filter(|_| in_stretch) {
                    rows.entry(row).or_default().0.push(place);
                }
            }
            for one in year {
                if let Some(row) = row_of(&one) {
                    rows.entry(row).or_default().1.push(one);
                }
            }
            for (places, year) in rows.values() {
                self.choose(at, dated, (places, year), &members, &names);
            }
        }
    }

    /// The groups by year, and by the versions that hold in it.
    fn comparisons(&self, dated: &[Dated], lines: &BTreeSet<usize>) -> Vec<Stretch> {
        let years: BTreeSet<i16> = dated.iter().map(|one| one.judged.day.civil().year).collect();
        let versions = |line: &usize| {
            let versions =
                self.rules.lines.get(*line).map(|line| line.versions.as_slice()).unwrap_or_default();
            versions.iter().filter_map(|index| self.plan.benefits.get(*index))
        };
        let mut found: Vec<Stretch> = Vec::new();
        for year in years {
            let Some(new_year) = Day::new(year, 1, 1) else { continue };
            let begins = lines.iter().flat_map(versions).map(|benefit| benefit.days.from);
            let mut starts: BTreeSet<Day> = begins.filter(|day| day.civil().year == year).collect();
            starts.insert(new_year);
            for first in &starts {
                let next = starts.iter().find(|next| *next > first).copied();
                for benefit in lines.iter().flat_map(versions).filter(|one| one.days.contain(*first)) {
                    let names = group(benefit);
                    let member = |name: &String| line_of(self.plan, &self.rules.lines, benefit, name);
                    let members: Vec<usize> = names.iter().filter_map(member).collect();
                    let same = |other: &Stretch| {
                        other.first == *first && members.iter().all(|member| other.members.contains(member))
                    };
                    if members.len() > 1 && !found.iter().any(same) {
                        found.push(Stretch { first: *first, next, names, members });
                    }
                }
            }
        }
        found
    }

    /// A calendar year as the text stood on a day: what was judged before the next version, and after it what would
    /// have been judged had there been none.
    fn year_as_of(
        &self,
        (root, unit): (RecordId, usize),
        dated: &[Dated],
        (first, next): (Day, Option<Day>),
        members: &[usize],
    ) -> Vec<Dated> {
        let year = first.civil().year;
        let mut all: Vec<Dated> = dated
            .iter()
            .filter(|one| members.contains(&one.line) && one.judged.day.civil().year == year)
            .filter(|one| next.is_none_or(|next| one.judged.day < next))
            .cloned()
            .collect();
        let Some(next) = next else { return all };
        let rest = Period::of_days(next, first.year_end());
        let timeline = Timeline { text_of: Some(first), ..self.timeline(root, unit, &rest) };
        for (place, target) in self.cases(root, unit) {
            let Some(line) = self.rules.lines.get(place).filter(|_| members.contains(&place)) else {
                continue;
            };
            let judged = timeline.judge(line, target).into_iter();
            all.extend(judged.map(|judged| Dated { line: place, target, judged }));
        }
        all
    }

    /// The nearest record that all targets lie in.
    fn common(&self, members: &[usize]) -> Option<RecordId> {
        let targets = members.iter().filter_map(|line| {
            let first = self.rules.lines.get(*line)?.versions.first()?;
            Some(self.plan.benefits.get(*first)?.target)
        });
        let chains: Vec<Vec<RecordId>> =
            targets.map(|target| self.plan.schema.chain(target).collect()).collect();
        chains.first()?.iter().copied().find(|record| chains.iter().all(|chain| chain.contains(record)))
    }

    fn choose(
        &self,
        at: (RecordId, usize),
        dated: &mut [Dated],
        (places, year): (&[usize], &[Dated]),
        members: &[usize],
        names: &[String],
    ) {
        let mut totals = vec![Total { most: Some(0), ..Total::default() }; members.len()];
        let mut undecided: Vec<usize> = Vec::new();
        let mut alternatives: BTreeMap<(usize, usize), i128> = BTreeMap::new();
        for (place, one) in year.iter().enumerate() {
            let member = members.iter().position(|line| *line == one.line).and_then(|at| totals.get_mut(at));
            if let Some(total) = member {
                let benefit = self.plan.benefits.get(one.judged.benefit);
                let before = benefit
                    .filter(|benefit| pays_on_one_day(benefit))
                    .map(|_| alternatives.entry((one.line, one.target)).or_default());
                total.add(&one.judged.outcome, before);
            }
            if matches!(one.judged.outcome, Outcome::Undetermined { .. }) {
                undecided.push(place);
            }
        }
        let fault = totals.iter().find_map(|total| total.fault);
        let missing = self.missing_together(at, year, &undecided);
        for place in places {
            let Some(one) = dated.get_mut(*place) else { continue };
            if matches!(one.judged.outcome, Outcome::NotApplicable | Outcome::NotGranted) {
                continue;
            }
            let Some(own) = members.iter().position(|line| *line == one.line) else { continue };
            if let Some(fault) = fault {
                one.judged.outcome = Outcome::Faulted(fault);
                continue;
            }
            let (beaten_by, may_lose) = standing(&totals, own);
            if let Some(winner) = beaten_by {
                one.judged.outcome = Outcome::NotGranted;
                one.judged.notes =
                    names.get(winner).map(|name| Note::Lower(name.clone())).into_iter().collect();
            } else if may_lose {
                one.judged.outcome = doubted(&one.judged.outcome, &missing);
                one.judged.notes.push(Note::Undecided(names.to_vec()));
            }
        }
    }

    /// The facts that settle each of these judged days, with none to spare.
    pub(super) fn missing_together(
        &self,
        (root, unit): (RecordId, usize),
        dated: &[Dated],
        undecided: &[usize],
    ) -> Vec<FactId> {
        let timeline = self.timeline(root, unit, self.period);
        let cases: Vec<_> = undecided
            .iter()
            .filter_map(|place| {
                let one = dated.get(*place)?;
                let benefit = self.plan.benefits.get(one.judged.benefit)?;
                Some((timeline.case(benefit, one.target), one.judged.day))
            })
            .collect();
        let wanted = |place: &usize| match dated.get(*place).map(|one| &one.judged.outcome) {
            Some(Outcome::Undetermined { missing, .. }) => missing.clone(),
            _ => Vec::new(),
        };
        let all: BTreeSet<FactId> = undecided.iter().flat_map(wanted).collect();
        let settles = |facts: &[FactId]| cases.iter().all(|(case, day)| case.settled_on(*day, facts));
        let everything: Vec<FactId> = all.iter().copied().collect();
        // The days of an event or a payment that is not known are no facts of a condition: all are told.
        if settles(&everything) { super::super::missing::minimal(&all, &settles) } else { everything }
    }
}

/// Which member certainly pays more than this one, and whether some may.
fn standing(totals: &[Total], own: usize) -> (Option<usize>, bool) {
    let Some(mine) = totals.get(own) else { return (None, false) };
    let (mut beaten_by, mut may_lose) = (None, false);
    for (place, other) in totals.iter().enumerate().filter(|(place, _)| *place != own) {
        // A tie goes to the first named.
        let wins = |theirs: i128, mine: i128| if place < own { theirs >= mine } else { theirs > mine };
        if mine.most.is_some_and(|most| wins(other.least, most)) {
            beaten_by = beaten_by.or(Some(place));
        }
        may_lose |= other.most.is_none_or(|most| wins(most, mine.least));
    }
    (beaten_by, may_lose)
}

/// An outcome that another may take the place of.
fn doubted(outcome: &Outcome, missing: &[FactId]) -> Outcome {
    let (most, own) = match outcome {
        Outcome::Granted(amount) => (Some(*amount), &[][..]),
        Outcome::Awaiting { most, .. } => (Some(*most), &[][..]),
        Outcome::Undetermined { most, missing, .. } => (*most, missing.as_slice()),
        same => return same.clone(),
    };
    let facts: BTreeSet<FactId> = missing.iter().chain(own).copied().collect();
    match (most, facts.is_empty()) {
        // No fact is missing, but a decision.
        (Some(most), true) => Outcome::Awaiting { least: Fen::ZERO, most },
        _ => Outcome::Undetermined { least: Fen::ZERO, most, missing: facts.into_iter().collect() },
    }
}
