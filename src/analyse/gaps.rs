//! Dated values with holes on days on which a clause that reads them is judged.

use super::days;
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::{NodeId, Op, ParameterId, ParameterKind, Pay, Plan};
use crate::value::Day;
use std::collections::BTreeSet;

/// One finding a clause and parameter, with the first such day.
pub(super) fn parameters(plan: &Plan) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    for benefit in &plan.benefits {
        let amounts: Vec<NodeId> = match &benefit.pay {
            Pay::Fixed(amount, _) => vec![*amount],
            Pay::Range { lo, hi, .. } => vec![*lo, *hi],
            Pay::InKind { worth, .. } => vec![*worth],
        };
        let conditions = benefit.filter.iter().chain(&benefit.conditions).map(|condition| condition.node);
        for id in read(plan, conditions.chain(amounts).collect()) {
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
