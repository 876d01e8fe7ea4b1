//! Dated values with holes on days on which something that reads them is judged: a benefit with the limits that cut it,
//! or a duty.
//!
//! A hole that no judged day lies in does no harm, and is not told: what is paid each year is computed on one day of it.

use super::days;
use super::in_force;
use super::losses::Limited;
use super::questions::{Asked, Questions, amounts};
use super::solve::{Answer, Literal, Question, Want};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::{Benefit, Constant, Must, NodeId, Obligation, Op, ParameterId, ParameterKind, Plan, Window};
use crate::schema::Label;
use crate::source::Span;
use crate::value::Day;
use std::collections::BTreeSet;

/// Values by the day, and the first day no longer.
type Dated = [(Day, Option<Day>, Constant)];

/// One finding a clause and parameter, with the first such day.
pub(super) fn parameters(plan: &Plan, questions: &Questions<'_>) -> Vec<Diagnostic> {
    let limited = Limited::of(plan);
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    for benefit in &plan.benefits {
        let conditions = benefit.filter.iter().chain(&benefit.conditions).map(|condition| condition.node);
        let capped = limited.cutting(benefit).into_iter().map(|(_, amount)| amount);
        let roots: Vec<NodeId> = conditions.chain(amounts(benefit)).chain(capped).collect();
        for (id, label, values) in dated(plan, roots) {
            if seen.contains(&(benefit.title.0, id)) {
                continue;
            }
            if let Some(day) = hole(plan, questions, benefit, (id, values)) {
                seen.insert((benefit.title.0, id));
                findings.push(finding((&benefit.label, benefit.title.0), label, day));
            }
        }
    }
    for duty in &plan.obligations {
        let judged = Judged::of(duty);
        for (id, label, values) in dated(plan, judged.roots()) {
            if seen.contains(&(duty.span.0, id)) {
                continue;
            }
            if let Some(day) = judged.hole(plan, questions, duty, (id, values)) {
                seen.insert((duty.span.0, id));
                findings.push(finding((&duty.label, duty.span.0), label, day));
            }
        }
    }
    findings
}

fn finding((clause, place): (&Label, Span), parameter: &Label, day: Day) -> Diagnostic {
    Diagnostic::at(codes::A006, place)
        .arg("clause", Term::from(clause))
        .arg("name", Term::from(parameter))
        .arg("day", Term::same(day))
}

fn has_value(values: &Dated, day: Day) -> bool {
    values.iter().any(|(from, until, _)| *from <= day && until.is_none_or(|until| day < until))
}

/// The first judged day without a value on which the rest of the clause can hold.
fn hole(
    plan: &Plan,
    questions: &Questions<'_>,
    benefit: &Benefit,
    (id, values): (ParameterId, &Dated),
) -> Option<Day> {
    // A hole begins where a value ends, or where the clause does.
    let begins = in_force::stretch(plan, benefit).map(|(first, _)| first);
    let ends = values.iter().filter_map(|(_, until, _)| *until);
    let borders: BTreeSet<Day> = ends.chain(begins).chain([benefit.days.from]).collect();
    let judged = days::judged(benefit, &borders).into_iter().chain(days::of(plan, benefit));
    let holes: BTreeSet<Day> = judged.filter(|day| !has_value(values, *day)).collect();
    let holes: Vec<Day> = holes.into_iter().collect();
    let first = *holes.first()?;
    let asked = Asked { benefit, row: 0, clock: 0 };
    let literals = asked.holds().into_iter().filter(|literal| !read(plan, vec![literal.node]).contains(&id));
    let question = asked.on(literals.collect(), &holes);
    match questions.ask_anywhere(&question, benefit.charter, benefit.title.0) {
        Answer::Witness(witness) => Some(witness.day),
        Answer::Undecided(_) => Some(first),
        Answer::None => None,
    }
}

/// What of a duty is computed on which days.
struct Judged {
    /// On the bound day.
    bound: Vec<NodeId>,
    /// On every day of its window.
    each_day: Vec<NodeId>,
    /// On the last day of a period that is looked at.
    looked_at: Vec<NodeId>,
}

impl Judged {
    fn of(duty: &Obligation) -> Self {
        let bound = duty.filter.iter().chain(&duty.bound).map(|condition| condition.node);
        let mut judged = Self {
            bound: bound.collect(),
            each_day: Vec::new(),
            looked_at: duty.must.after().into_iter().collect(),
        };
        judged.looked_at.extend(duty.excuse.iter().map(|condition| condition.node));
        match &duty.must {
            Must::Within { act, .. } => judged.looked_at.push(*act),
            Must::Times { filter, when, .. } => judged.looked_at.extend(filter.iter().chain([when])),
            Must::Throughout { condition, .. } => judged.each_day.push(*condition),
        }
        judged
    }

    fn roots(&self) -> Vec<NodeId> {
        self.bound.iter().chain(&self.each_day).chain(&self.looked_at).copied().collect()
    }

    /// The first day without a value on which the duty is judged.
    fn hole(
        &self,
        plan: &Plan,
        questions: &Questions<'_>,
        duty: &Obligation,
        (id, values): (ParameterId, &Dated),
    ) -> Option<Day> {
        let reads = |nodes: &[NodeId]| read(plan, nodes.to_vec()).contains(&id);
        let unit = match &duty.must {
            Must::Times { unit, .. } | Must::Throughout { window: Window::Each(unit), .. } => Some(*unit),
            Must::Within { .. } | Must::Throughout { window: Window::After { .. }, .. } => None,
        };
        let ends = values.iter().filter_map(|(_, until, _)| *until);
        let begins: Vec<Day> = ends.chain([duty.days.from]).collect();
        // The day without a value, and the bound day of the duty that is judged on it.
        let mut holes: BTreeSet<(Day, Day)> = BTreeSet::new();
        for day in begins.into_iter().chain(days::bound(plan, duty)) {
            let start = |day: Day| unit.map_or(day, |unit| unit.start(day));
            if reads(&self.bound) {
                let next = unit.and_then(|unit| unit.end(day).add_days(1)).filter(|_| start(day) < day);
                let bound = next.unwrap_or(day);
                holes.insert((bound, bound));
            }
            if reads(&self.each_day) {
                let day = duty.days.from.max(day);
                // A unit that began before the duty was in force does not bind: the next one may.
                let late = unit.filter(|unit| unit.start(day) < duty.days.from);
                let day = late.and_then(|unit| unit.end(day).add_days(1)).unwrap_or(day);
                holes.insert((day, start(day)));
            }
            if reads(&self.looked_at) {
                holes.insert((day.month_end(), start(day)));
            }
        }
        holes.retain(|(day, bound)| !has_value(values, *day) && duty.days.contain(*bound));
        let row = (duty.target, 0);
        let conditions = self.bound.iter().filter(|node| !reads(&[**node]));
        let literals =
            conditions.map(|node| Literal { node: *node, row, want: Want::True, clock: 0, given: None });
        let moments: Vec<Vec<Day>> = holes.iter().map(|(day, bound)| vec![*bound, *day]).collect();
        let first = holes.first().map(|(day, _)| *day)?;
        let question = Question { literals: literals.collect(), events: Vec::new(), moments, standing: None };
        match questions.ask_anywhere(&question, duty.charter, duty.span.0) {
            Answer::Witness(witness) => Some(witness.day),
            Answer::Undecided(_) => Some(first),
            Answer::None => None,
        }
    }
}

/// The parameters by the day that some expressions read.
fn dated(plan: &Plan, roots: Vec<NodeId>) -> Vec<(ParameterId, &Label, &Dated)> {
    let of = |id: ParameterId| match plan.parameters.get(id.0) {
        Some(parameter) => match &parameter.kind {
            ParameterKind::Dated(values) => Some((id, &parameter.label, values.as_slice())),
            ParameterKind::Open { .. } => None,
        },
        None => None,
    };
    read(plan, roots).into_iter().filter_map(of).collect()
}

fn read(plan: &Plan, mut waiting: Vec<NodeId>) -> BTreeSet<ParameterId> {
    let (mut seen, mut found) = (BTreeSet::new(), BTreeSet::new());
    while let Some(id) = waiting.pop() {
        if seen.insert(id) {
            let op = &plan.node(id).op;
            if let Op::Parameter(parameter) = op {
                found.insert(*parameter);
            }
            op.operands(&mut waiting);
        }
    }
    found
}
