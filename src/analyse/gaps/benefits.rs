//! Benefits, and the limits that cut them: in the order in which a clause is evaluated.

use super::{Dated, Found, Shown, first_shown, gap, has_value, reads};
use crate::analyse::days;
use crate::analyse::extent::extent;
use crate::analyse::in_force;
use crate::analyse::limited::Limited;
use crate::analyse::questions::{Asked, Questions, amounts};
use crate::analyse::solve::{Literal, Question, Want, Witness};
use crate::ast::Rhythm;
use crate::eval::Outcome;
use crate::ir::{Benefit, NodeId, ParameterId, Pay, Plan};
use crate::schema::RecordId;
use crate::value::{Day, Fen, Period, Ratio};
use std::collections::BTreeSet;

/// How many months after the end of a value are looked at one by one.
const MONTHS: i64 = 12;

/// One version of a clause.
pub(super) struct Asking<'p> {
    plan: &'p Plan,
    benefit: &'p Benefit,
    /// What they come to matters where none of the others is false.
    conditions: Vec<NodeId>,
    /// Computed where all conditions hold.
    amounts: Vec<NodeId>,
    /// The same on rows of that record.
    limits: Vec<(RecordId, NodeId)>,
}

impl<'p> Asking<'p> {
    pub(super) fn of(plan: &'p Plan, limited: &Limited<'p>, benefit: &'p Benefit) -> Self {
        let conditions = benefit.filter.iter().chain(&benefit.conditions).map(|condition| condition.node);
        Self {
            plan,
            benefit,
            conditions: conditions.collect(),
            amounts: amounts(benefit),
            limits: limited.cutting(benefit),
        }
    }

    pub(super) fn roots(&self) -> Vec<NodeId> {
        let limits = self.limits.iter().map(|(_, amount)| amount);
        self.conditions.iter().chain(&self.amounts).chain(limits).copied().collect()
    }

    /// A household that is judged on a day without a value, and needs it.
    pub(super) fn hole(&self, questions: &Questions<'_>, (id, values): (ParameterId, &Dated)) -> Found {
        let holes = self.holes(id, values);
        if holes.is_empty() {
            return Ok(None);
        }
        let shows = |witness: &Witness| self.shows(witness, id);
        first_shown(questions, self.benefit.charter, self.asked(id, &holes), &shows)
    }

    /// The judged days without a value.
    fn holes(&self, id: ParameterId, values: &Dated) -> Vec<Day> {
        let Self { plan, benefit, .. } = *self;
        // A hole begins where a value ends, or where the clause does.
        let begins = in_force::stretch(plan, benefit).map(|(first, _)| first);
        let ends: Vec<Day> = values.iter().filter_map(|(_, until, _)| *until).collect();
        // What is paid in some months only is judged in them.
        let months = ends.iter().flat_map(|end| (1..=MONTHS).filter_map(|month| end.add_months(month)));
        let borders: BTreeSet<Day> =
            months.chain(ends.iter().copied()).chain(begins).chain([benefit.days.from]).collect();
        let judged = days::judged(benefit, &borders).into_iter().chain(days::of(plan, benefit));
        let holes: BTreeSet<Day> = judged.filter(|day| !has_value(values, *day)).collect();
        // What is paid once to whom no day makes a difference is paid on the first, or never.
        let drifts = self.conditions.iter().any(|node| !reads(plan, *node, id) && plan.depends_on_day(*node));
        let first = (benefit.rhythm == Rhythm::Once && !drifts && self.pays()).then_some(benefit.days.from);
        holes.into_iter().filter(|day| first.is_none_or(|first| *day == first)).collect()
    }

    /// Whoever meets the conditions is paid something: nothing is no payment, and is not paid once.
    fn pays(&self) -> bool {
        let pays = |node: &NodeId| {
            extent(self.plan, self.benefit.charter, *node).lo.is_some_and(|least| least > Ratio::whole(0))
        };
        matches!(self.benefit.pay, Pay::InKind { .. }) || self.amounts.iter().all(pays)
    }

    /// At each place at which the parameter is read: is there somebody of whom everything before it holds?
    fn asked(&self, id: ParameterId, holes: &[Day]) -> Vec<Question> {
        let once = self.benefit.rhythm == Rhythm::Once;
        // What is paid once is paid in the hole only to those who could not have it the day before.
        let (clock, asked) =
            (usize::from(once), Asked { benefit: self.benefit, row: 0, clock: usize::from(once) });
        let mut questions = Vec::new();
        let mut ask = |before: &[NodeId], gap: Literal| {
            let mut literals: Vec<Literal> =
                before.iter().map(|node| asked.literal(*node, Want::True)).collect();
            literals.push(gap);
            let question = |literals: Vec<Literal>, moments: Vec<Vec<Day>>| Question {
                literals,
                events: asked.event().into_iter().collect(),
                moments,
                standing: None,
                all_days: false,
            };
            if !once {
                questions.push(question(literals, holes.iter().map(|day| vec![*day]).collect()));
                return;
            }
            let (first, later): (Vec<Day>, Vec<Day>) =
                holes.iter().copied().partition(|day| *day == self.benefit.days.from);
            questions.push(question(literals.clone(), first.into_iter().map(|day| vec![day, day]).collect()));
            let beside: Vec<Vec<Day>> =
                later.into_iter().filter_map(|day| Some(vec![day.add_days(-1)?, day])).collect();
            let failed = before.iter().filter(|node| self.plan.depends_on_day(**node));
            let failed = failed.map(|node| (*node, Want::False));
            // Or was paid nothing.
            let unpaid =
                self.amounts.first().filter(|_| !self.pays()).map(|amount| (*amount, Want::Below(Fen(1))));
            for (node, want) in failed.chain(unpaid) {
                let yesterday = Literal { clock: 0, ..asked.literal(node, want) };
                let literals = literals.iter().cloned().chain([yesterday]).collect();
                questions.push(question(literals, beside.clone()));
            }
        };
        let gap = |node: NodeId| asked.literal(node, Want::Gap(id));
        for (place, node) in
            self.conditions.iter().enumerate().filter(|(_, node)| reads(self.plan, **node, id))
        {
            // What is false of the others is false all the same.
            let others =
                self.conditions.iter().enumerate().filter(|(other, node)| {
                    *other < place || *other > place && !reads(self.plan, **node, id)
                });
            let others: Vec<NodeId> = others.map(|(_, node)| *node).collect();
            ask(&others, gap(*node));
        }
        for node in self.amounts.iter().filter(|node| reads(self.plan, **node, id)) {
            ask(&self.conditions, gap(*node));
        }
        for (record, node) in self.limits.iter().filter(|(_, node)| reads(self.plan, *node, id)) {
            ask(&self.conditions, Literal { row: (*record, 0), clock, ..gap(*node) });
        }
        questions.retain(|question| !question.moments.is_empty());
        questions
    }

    /// The day on which the household's outcome cannot be computed.
    fn shows(&self, witness: &Witness, id: ParameterId) -> Option<Shown> {
        let Self { plan, benefit, .. } = *self;
        let village = plan.charter(benefit.charter).village.as_deref();
        let year = Period::of_days(witness.day.year_start(), witness.day.year_end());
        let judged = witness.judged(plan, village, &year).entitlements.into_iter();
        let own = judged.filter(|one| {
            plan.benefits.get(one.benefit).is_some_and(|other| other.title.0 == benefit.title.0)
        });
        let mut faulted = own.filter_map(|one| match one.outcome {
            Outcome::Faulted(fault) => gap(fault, id, one.day),
            _ => None,
        });
        Some((faulted.next()?, Some(witness.told(plan, village))))
    }
}
