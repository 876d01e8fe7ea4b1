//! Duties: whom they bind is computed on the bound day, the rest on the days on which they are looked at.

use super::{Dated, Found, Shown, first_shown, gap, has_value, reads};
use crate::analyse::days;
use crate::analyse::duties::date;
use crate::analyse::questions::Questions;
use crate::analyse::solve::{Happened, Literal, Question, Want, Witness};
use crate::eval::DutyStatus;
use crate::ir::{Must, NodeId, Obligation, ParameterId, Plan};
use crate::schema::RecordId;
use crate::value::{Day, Period};
use std::collections::BTreeSet;

/// The days of a moment: the bound day, and the day without a value.
const BOUND: usize = 0;
const LOOKED_AT: usize = 1;

/// One version of a duty, and what of it is computed on which days.
pub(super) struct Asking<'p> {
    plan: &'p Plan,
    duty: &'p Obligation,
    /// On the bound day, each where those before it hold.
    bound: Vec<NodeId>,
    /// On every day of its window.
    each_day: Vec<NodeId>,
    /// On the last day of a period that is looked at, on rows of that record.
    looked_at: Vec<(RecordId, NodeId)>,
    /// The date that is the bound day.
    counts_from: Option<Happened>,
}

impl<'p> Asking<'p> {
    pub(super) fn of(plan: &'p Plan, duty: &'p Obligation) -> Self {
        let bound = duty.filter.iter().chain(&duty.bound).map(|condition| condition.node);
        let own = |node: NodeId| (duty.target, node);
        let mut asking = Self {
            plan,
            duty,
            bound: bound.collect(),
            each_day: Vec::new(),
            looked_at: duty.must.after().into_iter().map(own).collect(),
            counts_from: duty.must.after().and_then(|after| date(plan, after, duty.target)),
        };
        asking.looked_at.extend(duty.excuse.iter().map(|condition| own(condition.node)));
        match &duty.must {
            Must::Within { act, .. } => asking.looked_at.push(own(*act)),
            Must::Times { record, filter, .. } => {
                asking.looked_at.extend(filter.map(|filter| (*record, filter)));
            }
            Must::Throughout { condition, .. } => asking.each_day.push(*condition),
        }
        asking
    }

    pub(super) fn roots(&self) -> Vec<NodeId> {
        let looked_at = self.looked_at.iter().map(|(_, node)| node);
        self.bound.iter().chain(&self.each_day).chain(looked_at).copied().collect()
    }

    /// Somebody it binds who is judged on a day without a value, and needs it.
    pub(super) fn hole(&self, questions: &Questions<'_>, (id, values): (ParameterId, &Dated)) -> Found {
        let shows = |witness: &Witness| self.shows(witness, id);
        first_shown(questions, self.duty.charter, self.asked(id, values), &shows)
    }

    fn asked(&self, id: ParameterId, values: &Dated) -> Vec<Question> {
        let literal = |(record, node): (RecordId, NodeId), want: Want, clock: usize| Literal {
            node,
            row: (record, 0),
            want,
            clock,
            given: None,
        };
        let target = self.duty.target;
        let reading = |node: &NodeId| reads(self.plan, *node, id);
        let mut questions = Vec::new();
        let mut ask =
            |before: &[NodeId], gap: Literal, more: Vec<Literal>, moments: &BTreeSet<(Day, Day)>| {
                let binds = before.iter().map(|node| literal((target, *node), Want::True, BOUND));
                let question = Question {
                    literals: binds.chain(more).chain([gap]).collect(),
                    events: self.counts_from.into_iter().collect(),
                    moments: moments.iter().map(|(bound, day)| vec![*bound, *day]).collect(),
                    standing: Some(LOOKED_AT),
                    all_days: false,
                };
                questions.extend(Some(question).filter(|question| !question.moments.is_empty()));
            };
        let [bound, each_day, looked_at] = self.holes(values);
        for (place, node) in self.bound.iter().enumerate().filter(|(_, node)| reading(node)) {
            let before = self.bound.get(..place).unwrap_or_default();
            ask(before, literal((target, *node), Want::Gap(id), BOUND), Vec::new(), &bound);
        }
        for node in self.each_day.iter().filter(|node| reading(node)) {
            ask(&self.bound, literal((target, *node), Want::Gap(id), LOOKED_AT), Vec::new(), &each_day);
        }
        for (record, node) in self.looked_at.iter().filter(|(_, node)| reading(node)) {
            // Of events those of the unit are looked at.
            let within = match &self.duty.must {
                Must::Times { when, .. } if record != &target => [Want::Since(BOUND), Want::By(LOOKED_AT)]
                    .map(|want| literal((*record, *when), want, LOOKED_AT))
                    .to_vec(),
                _ => Vec::new(),
            };
            ask(&self.bound, literal((*record, *node), Want::Gap(id), LOOKED_AT), within, &looked_at);
        }
        questions
    }

    /// The days without a value, each after the bound day of the duty that is judged on it: of what is computed on the
    /// bound day, on each day, and on days that are looked at.
    fn holes(&self, values: &Dated) -> [BTreeSet<(Day, Day)>; 3] {
        let Self { plan, duty, .. } = *self;
        let unit = duty.must.unit();
        let ends = values.iter().filter_map(|(_, until, _)| *until);
        let begins = ends.chain([duty.days.from]).chain(days::bound(plan, duty));
        let start = |day: Day| unit.map_or(day, |unit| unit.start(day));
        let mut holes: [BTreeSet<(Day, Day)>; 3] = Default::default();
        let [at_bound, each_day, looked_at] = &mut holes;
        for day in begins {
            let next = unit.and_then(|unit| unit.end(day).add_days(1)).filter(|_| start(day) < day);
            let bound = next.unwrap_or(day);
            at_bound.insert((bound, bound));
            let within = duty.days.from.max(day);
            // A unit that began before the duty was in force does not bind: the next one may.
            let late = unit.filter(|unit| unit.start(within) < duty.days.from);
            let within = late.and_then(|unit| unit.end(within).add_days(1)).unwrap_or(within);
            each_day.insert((start(within), within));
            looked_at.insert((start(day), day.month_end()));
        }
        for holes in &mut holes {
            holes.retain(|(bound, day)| !has_value(values, *day) && duty.days.contain(*bound));
        }
        holes
    }

    /// The day on which it cannot be computed how the duty stands.
    fn shows(&self, witness: &Witness, id: ParameterId) -> Option<Shown> {
        let Self { plan, duty, .. } = *self;
        let village = plan.charter(duty.charter).village.as_deref();
        let month = Period::of_days(witness.day.month_start(), witness.day.month_end());
        let own = witness.judged(plan, village, &month).duties.into_iter().filter(|row| {
            plan.obligations.get(row.obligation).is_some_and(|other| other.span.0 == duty.span.0)
        });
        let mut faulted = own.filter_map(|row| match row.status {
            DutyStatus::Faulted(fault) => gap(fault, id, witness.day),
            _ => None,
        });
        let civil = witness.day.civil();
        let period = format!("{:04}-{:02}", civil.year, civil.month);
        Some((faulted.next()?, Some(witness.told_in(plan, village, period))))
    }
}
