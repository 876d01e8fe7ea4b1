//! Dated values with holes on days on which a clause that reads them is judged.

use super::days;
use super::questions::{Asked, Questions, amounts};
use super::solve::Answer;
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::{Benefit, NodeId, Op, ParameterId, ParameterKind, Plan};
use crate::value::Day;
use std::collections::BTreeSet;

/// One finding a clause and parameter, with the first such day.
pub(super) fn parameters(plan: &Plan, questions: &Questions<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    for benefit in &plan.benefits {
        let conditions = benefit.filter.iter().chain(&benefit.conditions).map(|condition| condition.node);
        for id in read(plan, conditions.chain(amounts(benefit)).collect()) {
            let Some(parameter) = plan.parameters.get(id.0) else { continue };
            let ParameterKind::Dated(values) = &parameter.kind else { continue };
            let has_value = |day: Day| {
                values.iter().any(|(from, until, _)| *from <= day && until.is_none_or(|until| day < until))
            };
            // Where a value ends, or where the clause begins.
            let ends = values.iter().filter_map(|(_, until, _)| *until);
            let borders = ends.chain(days::of(plan, benefit));
            let hole = borders.filter(|day| benefit.days.contain(*day) && !has_value(*day)).min();
            if let Some(day) = hole
                && may_hold(plan, questions, benefit, id, day)
                && seen.insert((benefit.title.0, id))
            {
                findings.push(
                    Diagnostic::at(codes::A006, benefit.title.0)
                        .arg("clause", Term::from(&benefit.label))
                        .arg("name", Term::from(&parameter.label))
                        .arg("day", Term::same(day)),
                );
            }
        }
    }
    findings
}

/// Can what does not read the parameter hold on that day? A clause may begin later than its charter.
fn may_hold(plan: &Plan, questions: &Questions<'_>, benefit: &Benefit, id: ParameterId, day: Day) -> bool {
    let asked = Asked { benefit, row: 0, clock: 0 };
    let literals = asked.holds().into_iter().filter(|literal| !read(plan, vec![literal.node]).contains(&id));
    let question = asked.on(literals.collect(), &[day]);
    !matches!(questions.ask(&question, benefit.charter, benefit.title.0), Answer::None)
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
