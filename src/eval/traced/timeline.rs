//! Rhythms: the judged days of a clause, each of which belongs to exactly one run.

use super::entitle::{Case, Judgement};
use super::prorate;
use super::reserved::Reserved;
use crate::ast::{JudgedOn, Rhythm};
use crate::eval::{FactId, FactPart, Note, Outcome};
use crate::ir::{Benefit, CharterId, Days, Plan};
use crate::register::{Cell, Register};
use crate::schema::RecordId;
use crate::value::{Day, DaySpan, Fact, Fen, Period, PeriodUnit};
use std::collections::BTreeSet;

/// All versions of one clause: the clauses of one name in the versions of one charter, in order of their days.
pub(super) struct Line {
    /// By place in [`Plan::benefits`].
    pub versions: Vec<usize>,
}

/// One judged day of a clause.
#[derive(Clone)]
pub(super) struct JudgedDay {
    pub benefit: usize,
    pub day: Day,
    pub period: String,
    pub outcome: Outcome,
    /// Why the outcome is not what the clause alone would give.
    pub notes: Vec<Note>,
}

/// One target of a clause, over time.
pub(super) struct Timeline<'r> {
    pub plan: &'r Plan,
    pub register: &'r Register,
    pub period: &'r Period,
    pub reserved: &'r Reserved,
    pub root: RecordId,
    pub unit: usize,
    pub own: &'r [CharterId],
    /// The text as it stood on that day: later versions have not been written. None for the text as it is.
    pub text_of: Option<Day>,
}

/// Groups the clauses of a plan by charter and name.
pub(super) fn lines(plan: &Plan) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for (index, benefit) in plan.benefits.iter().enumerate() {
        let key = |benefit: &Benefit| {
            (plan.charter(benefit.charter).label.name.clone(), benefit.label.name.clone())
        };
        let same = |line: &&mut Line| {
            line.versions
                .first()
                .and_then(|first| plan.benefits.get(*first))
                .is_some_and(|first| key(first) == key(benefit))
        };
        match lines.iter_mut().find(same) {
            Some(line) => line.versions.push(index),
            None => lines.push(Line { versions: vec![index] }),
        }
    }
    let from = |index: &usize| plan.benefits.get(*index).map(|benefit| benefit.days.from);
    for line in &mut lines {
        line.versions.sort_by_key(from);
    }
    lines
}

/// The judged days of a period, each with the last day of its calendar unit.
fn judged_days(period: &Period, unit: PeriodUnit, on: JudgedOn) -> impl Iterator<Item = (Day, Day)> + use<> {
    let period = period.clone();
    // A unit that ends later may have its judged day in the period.
    let ends = Period::of_days(period.first, unit.end(period.last)).unit_ends(unit);
    let day = move |end: Day| on.in_unit(unit.start(end), end);
    ends.map(move |end| (day(end), end)).filter(move |(day, _)| period.contains(*day))
}

impl<'r> Timeline<'r> {
    /// Every judged day of the period for one target, in order of days.
    pub(super) fn judge(&self, line: &Line, target: usize) -> Vec<JudgedDay> {
        let mut days = Vec::new();
        for index in &line.versions {
            let Some(benefit) = self.plan.benefits.get(*index) else { continue };
            if self.days(benefit).is_none() {
                continue;
            }
            match (benefit.rhythm.calendar_unit(), benefit.rhythm) {
                (Some(unit), _) => self.units(line, *index, unit, target, &mut days),
                (None, Rhythm::EachEvent) => self.event(*index, benefit, target, &mut days),
                (None, _) => {}
            }
        }
        days.extend(self.once(line, target));
        days.sort_by_key(|judged| judged.day);
        days
    }

    /// The days on which a version is in force, as the text stood.
    fn days(&self, benefit: &Benefit) -> Option<Days> {
        match self.text_of {
            Some(text_of) if text_of < benefit.days.from => None,
            Some(text_of) if benefit.days.contain(text_of) => Some(Days { until: None, ..benefit.days }),
            _ => Some(benefit.days),
        }
    }

    pub(super) fn case(&self, benefit: &'r Benefit, target: usize) -> Case<'r> {
        Case {
            plan: self.plan,
            register: self.register,
            reserved: self.reserved,
            root: self.root,
            unit: self.unit,
            own: self.own,
            benefit,
            target,
        }
    }

    /// The judged day of each calendar unit on which this version is in force. While nothing changes, nothing is computed.
    fn units(&self, line: &Line, index: usize, unit: PeriodUnit, target: usize, days: &mut Vec<JudgedDay>) {
        let Some(benefit) = self.plan.benefits.get(index) else { return };
        let case = self.case(benefit, target);
        let in_force = |day: Day| {
            let mut versions = line.versions.iter().filter_map(|index| self.plan.benefits.get(*index));
            versions.any(|version| self.days(version).is_some_and(|days| days.contain(day)))
        };
        let mut last: Option<Judgement> = None;
        for (day, end) in judged_days(self.period, unit, benefit.judged_on) {
            if !self.days(benefit).is_some_and(|days| days.contain(day)) {
                continue;
            }
            let judgement = match (last.take(), benefit.prorating) {
                (_, Some(prorating)) => {
                    let (outcome, notes) = prorate::judge(&case, prorating, unit, end, &in_force);
                    Judgement { outcome, notes, horizon: day }
                }
                (Some(judgement), None) if day < judgement.horizon => judgement,
                _ => case.judge(day),
            };
            let Judgement { outcome, notes, .. } = judgement.clone();
            days.push(JudgedDay { benefit: index, day, period: unit.label(day), outcome, notes });
            last = Some(judgement);
        }
    }

    /// The day an event happened. Where it is not known to the day, every run it could belong to shows it undetermined.
    fn event(&self, index: usize, benefit: &'r Benefit, target: usize, days: &mut Vec<JudgedDay>) {
        let Some(field) = self.plan.schema.record(benefit.target).event else { return };
        let column = self.register.table(benefit.target).columns.get(field.0);
        let fact = match column.map(|column| column.cell(target)) {
            Some(Cell::Date(fact)) => fact,
            _ => Fact::Unknown,
        };
        let span = match fact {
            Fact::Known(span) => span,
            Fact::Absent => return,
            Fact::Unknown => DaySpan { first: Day::MIN, last: Day::MAX },
        };
        let Some(in_force) = self.days(benefit) else { return };
        let first = span.first.max(in_force.from).max(self.period.first);
        let last = span.last.min(in_force.last()).min(self.period.last);
        if last < first {
            return;
        }
        let case = self.case(benefit, target);
        if span.is_exact() {
            let Judgement { outcome, notes, .. } = case.judge(first);
            days.push(JudgedDay { benefit: index, day: first, period: first.to_string(), outcome, notes });
            return;
        }
        let (mut most, mut possible) = (Some(Fen::ZERO), false);
        let mut missing =
            BTreeSet::from([FactId { record: benefit.target, part: FactPart::Field(field), row: target }]);
        let mut day = first;
        while day <= last {
            let (here, horizon) = case.most_on(day);
            most = most.zip(here).map(|(a, b)| a.max(b));
            let judged = case.judge(day);
            let horizon = horizon.min(judged.horizon);
            // Were it this day, this would come out, and these facts would be wanted too.
            possible |= !matches!(judged.outcome, Outcome::NotApplicable | Outcome::NotGranted);
            match judged.outcome {
                Outcome::Undetermined { missing: wanted, most: here, .. } => {
                    missing.extend(wanted);
                    most = most.zip(here).map(|(a, b)| a.max(b));
                }
                Outcome::Awaiting { most: here, .. } => most = most.map(|most| most.max(here)),
                _ => {}
            }
            if horizon == Day::MAX || horizon <= day {
                break;
            }
            day = horizon;
        }
        if possible || most != Some(Fen::ZERO) {
            let missing = missing.into_iter().collect();
            let outcome = Outcome::Undetermined { least: Fen::ZERO, most, missing };
            let period = self.event_period(span);
            days.push(JudgedDay { benefit: index, day: first, period, outcome, notes: Vec::new() });
        }
    }

    /// The days an event could have happened on; the run's period where nothing is known of them.
    fn event_period(&self, span: DaySpan) -> String {
        if span.first == Day::MIN && span.last == Day::MAX {
            self.period.to_string()
        } else {
            span.to_string()
        }
    }

    /// The first day on which it holds, counted from the clause's first day in force over all its versions. Where
    /// unknown facts leave several possible first days, each run that contains one shows it undetermined.
    fn once(&self, line: &Line, target: usize) -> Option<JudgedDay> {
        let versions: Vec<(usize, &Benefit)> = line
            .versions
            .iter()
            .filter_map(|index| Some((*index, self.plan.benefits.get(*index)?)))
            .filter(|(_, benefit)| benefit.rhythm == Rhythm::Once)
            .collect();
        let mut doubtful: Option<JudgedDay> = None;
        let mut doubted = false;
        // Conditions that were unknown before, where they do not depend on the day: had they held, it had held then.
        let mut earlier: Vec<BTreeSet<usize>> = Vec::new();
        for (index, benefit) in versions {
            let case = self.case(benefit, target);
            let Some(in_force) = self.days(benefit) else { continue };
            let end = in_force.until.unwrap_or(Day::MAX).min(self.period.last.next());
            let mut day = in_force.from;
            while day < end {
                let Judgement { outcome, notes, horizon } = case.judge(day);
                let next = horizon.min(end);
                match outcome {
                    Outcome::NotApplicable | Outcome::NotGranted => {}
                    Outcome::Undetermined { least, most, .. } if least == Fen::ZERO => {
                        // It may hold here for the first time, or may not.
                        let doubt = case.doubt(day);
                        let known_sooner = earlier.iter().any(|before| before.is_subset(&doubt.conditions));
                        // A doubt that does not depend on the day is one about its first day.
                        let last = if doubt.drifts { next } else { day.next() };
                        let possible = self.period.first < last && day <= self.period.last && !known_sooner;
                        if !doubt.drifts {
                            earlier.push(doubt.conditions);
                        }
                        doubted = true;
                        if possible && doubtful.is_some() {
                            // It may pay what this day would.
                            doubtful = doubtful.map(|judged| judged.at_least_zero(most));
                        } else if possible {
                            let shown = day.max(self.period.first);
                            doubtful = Some(JudgedDay {
                                benefit: index,
                                day: shown,
                                period: shown.to_string(),
                                outcome,
                                notes,
                            });
                        }
                    }
                    Outcome::Granted(most) | Outcome::Awaiting { most, .. }
                        if doubted && !case.paid_before(day).0.is_true() =>
                    {
                        // It holds here at the latest, if it has not held before.
                        return doubtful
                            .map(|judged| judged.at_least_zero(Some(most)))
                            .or_else(|| self.earlier_doubt(&case, index, day, most));
                    }
                    outcome => {
                        let (paid, missing) = case.paid_before(day);
                        if paid.is_true() {
                            // It was paid already, before it was due by this charter.
                            return doubtful;
                        }
                        let outcome = match outcome {
                            Outcome::Granted(most) | Outcome::Awaiting { most, .. } if paid.is_unknown() => {
                                Outcome::Undetermined { least: Fen::ZERO, most: Some(most), missing }
                            }
                            outcome => outcome,
                        };
                        let in_period = self.period.contains(day);
                        return match doubtful {
                            Some(doubtful) => Some(doubtful),
                            None if in_period && !doubted => Some(JudgedDay {
                                benefit: index,
                                day,
                                period: day.to_string(),
                                outcome,
                                notes,
                            }),
                            None => None,
                        };
                    }
                }
                if next <= day {
                    break;
                }
                day = next;
            }
        }
        doubtful
    }

    /// It holds for certain from a day in the period, and may have held before the period: undetermined, for want of
    /// the facts that were missing then.
    fn earlier_doubt(&self, case: &Case<'r>, index: usize, day: Day, most: Fen) -> Option<JudgedDay> {
        if !self.period.contains(day) {
            return None;
        }
        let mut before = case.benefit.days.from;
        while before < day {
            let Judgement { outcome, notes, horizon } = case.judge(before);
            if let Outcome::Undetermined { missing, .. } = outcome {
                let outcome = Outcome::Undetermined { least: Fen::ZERO, most: Some(most), missing };
                return Some(JudgedDay { benefit: index, day, period: day.to_string(), outcome, notes });
            }
            before = horizon;
        }
        None
    }
}

impl JudgedDay {
    /// Nothing but the day is another.
    pub(super) fn same_as(&self, other: &Self) -> bool {
        self.outcome == other.outcome && self.notes == other.notes
    }

    /// It may be this day's outcome instead.
    pub(super) fn or(&mut self, other: Outcome) {
        match (&mut self.outcome, other) {
            (Outcome::Undetermined { least, most, .. }, Outcome::Undetermined { most: other, .. }) => {
                *least = Fen::ZERO;
                *most = most.zip(other).map(|(a, b)| a.max(b));
            }
            (own @ (Outcome::NotApplicable | Outcome::NotGranted), other) => *own = other,
            _ => {}
        }
    }

    /// The same doubt, with room for what the certain day would pay.
    fn at_least_zero(self, other: Option<Fen>) -> Self {
        let outcome = match self.outcome {
            Outcome::Undetermined { most, missing, .. } => Outcome::Undetermined {
                least: Fen::ZERO,
                most: most.zip(other).map(|(a, b)| a.max(b)),
                missing,
            },
            same => same,
        };
        Self { outcome, ..self }
    }
}
