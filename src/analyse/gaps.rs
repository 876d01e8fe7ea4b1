//! A006: dated values with holes on days on which something that reads them is judged: a benefit with the limits that
//! cut it, a duty or an indicator.
//!
//! A hole that no judged day lies in does no harm, nor does one on days on which nothing that matters needs the value:
//! a branch that is not taken then, a condition beside another that is false then. So a household is looked for whose
//! outcome cannot be computed for want of the value; it is evaluated before it is shown.

mod benefits;
mod duties;
mod indicators;

use super::limited::Limited;
use super::questions::Questions;
use super::solve::{Answer, Question, Undecided, Witness};
use crate::diagnostic::{self, Diagnostic, Term, codes};
use crate::eval::Fault;
use crate::ir::{CharterId, Constant, NodeId, Op, ParameterId, ParameterKind, Plan, value_on};
use crate::schema::Label;
use crate::source::Span;
use crate::value::Day;
use std::collections::BTreeSet;

/// Values by the day, and the first day no longer.
type Dated = [(Day, Option<Day>, Constant)];

/// The first day that was found, and the household, where one can show it.
type Shown = (Day, Option<diagnostic::Witness>);

/// What came of looking for one; why that was not decided, where none was found and there may be one.
type Found = Result<Option<Shown>, Undecided>;

/// One finding a clause and parameter.
pub(super) fn parameters(plan: &Plan, questions: &Questions<'_>) -> Vec<Diagnostic> {
    let limited = Limited::of(plan);
    let mut found = Gaps { plan, questions, seen: BTreeSet::new(), findings: Vec::new(), doubts: Vec::new() };
    for benefit in &plan.benefits {
        let asked = benefits::Asking::of(plan, &limited, benefit);
        found.read_by((&benefit.label, benefit.title.0), asked.roots(), &|parameter| {
            asked.hole(questions, parameter)
        });
    }
    for duty in &plan.obligations {
        let asked = duties::Asking::of(plan, duty);
        found.read_by((&duty.label, duty.span.0), asked.roots(), &|parameter| {
            asked.hole(questions, parameter)
        });
    }
    for indicator in &plan.indicators {
        let roots = indicators::roots(indicator);
        found.read_by((&indicator.label, indicator.span.0), roots, &|parameter| {
            indicators::hole(plan, questions, indicator, parameter)
        });
    }
    found.told()
}

/// What was found of all clauses.
struct Gaps<'p> {
    plan: &'p Plan,
    questions: &'p Questions<'p>,
    seen: BTreeSet<(Span, ParameterId)>,
    findings: Vec<Diagnostic>,
    doubts: Vec<(Span, ParameterId, Undecided)>,
}

impl Gaps<'_> {
    /// Of each parameter that one clause reads.
    fn read_by(
        &mut self,
        (clause, place): (&Label, Span),
        roots: Vec<NodeId>,
        hole: &dyn Fn((ParameterId, &Dated)) -> Found,
    ) {
        for (id, label, values) in dated(self.plan, roots) {
            if self.seen.contains(&(place, id)) {
                continue;
            }
            match hole((id, values)) {
                Ok(Some((day, witness))) => {
                    self.seen.insert((place, id));
                    let mut finding = Diagnostic::at(codes::A006, place)
                        .arg("clause", Term::from(clause))
                        .arg("name", Term::from(label))
                        .arg("day", Term::same(day));
                    finding.witness = witness;
                    self.findings.push(finding);
                }
                Ok(None) => {}
                Err(why) => self.doubts.push((place, id, why)),
            }
        }
    }

    /// The findings; of versions of one text of which another shows it, nothing is in doubt.
    fn told(self) -> Vec<Diagnostic> {
        for (place, _, why) in self.doubts.iter().filter(|(place, id, _)| !self.seen.contains(&(*place, *id)))
        {
            self.questions.doubt(*place, *why);
        }
        self.findings
    }
}

/// The first household that shows it.
fn first_shown(
    questions: &Questions<'_>,
    charter: CharterId,
    asked: impl IntoIterator<Item = Question>,
    shows: &dyn Fn(&Witness) -> Option<Shown>,
) -> Found {
    let mut doubt = None;
    for mut question in asked {
        loop {
            match questions.try_anywhere(&question, charter) {
                Answer::None => break,
                Answer::Undecided(why) => {
                    doubt = doubt.or(Some(why));
                    break;
                }
                Answer::Witness(witness) => {
                    if let Some(shown) = shows(&witness) {
                        return Ok(Some(shown));
                    }
                    doubt = doubt.or(Some(Undecided::Settled));
                    // Another day may show it.
                    let Some(seen) = question.moments.iter().position(|days| *days == witness.moment) else {
                        break;
                    };
                    question.moments.drain(..=seen);
                    if question.moments.is_empty() {
                        break;
                    }
                }
            }
        }
    }
    doubt.map_or(Ok(None), Err)
}

/// The day on which that parameter has no value, or another that is read before it on the day that is judged.
fn gap(fault: Fault, parameter: ParameterId, judged: Day) -> Option<Day> {
    match fault {
        Fault::ParameterGap(id, on) if id == parameter || on == judged => Some(on),
        _ => None,
    }
}

fn has_value(values: &Dated, day: Day) -> bool {
    value_on(values, day).is_some()
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
    let read = plan.within(roots).into_iter().filter_map(|id| match plan.node(id).op {
        Op::Parameter(parameter) => Some(parameter),
        _ => None,
    });
    read.collect::<BTreeSet<_>>().into_iter().filter_map(of).collect()
}

/// Does an expression read a parameter?
fn reads(plan: &Plan, node: NodeId, parameter: ParameterId) -> bool {
    plan.any_within(node, |node| node.op == Op::Parameter(parameter))
}
