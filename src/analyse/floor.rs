//! L21: no household gets less under its village's charter than under the layers above alone. A lower layer can only
//! add, save where it fills a slot: a value that makes a grant of a layer above smaller, or takes it away, is shown with
//! a household that loses (VCL 27, since 2026 art. 31).

use super::days;
use super::questions::{Asked, Questions, amounts, chain};
use super::solve::{Answer, Want, Witness};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::eval::traced::Probe;
use crate::ir::{Benefit, CharterId, NodeId, Op, ParameterId, ParameterKind, Plan};
use crate::value::{Day, Fen, Truth};
use std::collections::BTreeSet;

/// One finding a value that was set.
pub(super) fn settings(plan: &Plan, questions: &Questions<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (index, parameter) in plan.parameters.iter().enumerate() {
        let ParameterKind::Open { settings, default } = &parameter.kind else { continue };
        for setting in settings {
            let Some(under) = plan.charter(setting.charter).under else { continue };
            let above = chain(plan, under);
            // A slot that nothing above fills grants nothing above.
            if default.is_none() && !settings.iter().any(|other| above.contains(&other.charter)) {
                continue;
            }
            let mut readers = plan.benefits.iter().filter(|benefit| {
                above.contains(&benefit.charter) && reads(plan, benefit, ParameterId(index))
            });
            let found = readers.find_map(|benefit| {
                Some((benefit, loser(plan, questions, benefit, (setting.charter, under), setting.span.0)?))
            });
            let Some((benefit, witness)) = found else { continue };
            let mut finding = Diagnostic::at(codes::L21, setting.span.0)
                .arg("name", Term::from(&parameter.label))
                .arg("clause", Term::from(&benefit.label))
                .related(benefit.title.0, Term::new("上级的条款在这里", "the clause above is here"));
            finding.witness = Some(witness.told(plan, plan.charter(setting.charter).village.as_deref()));
            findings.push(finding);
        }
    }
    findings
}

/// A household that the layers above grant something, and that loses by the layer below.
fn loser(
    plan: &Plan,
    questions: &Questions<'_>,
    benefit: &Benefit,
    (below, under): (CharterId, CharterId),
    about: crate::source::Span,
) -> Option<Witness> {
    let asked = Asked { benefit, row: 0, clock: 0 };
    let moments: Vec<Day> =
        days::of(plan, benefit).into_iter().filter(|day| plan.charter(below).holds_on(*day)).collect();
    let question = asked.on(asked.holds().into_iter().chain(asked.pays()).collect(), &moments);
    let Answer::Witness(witness) = questions.ask(&question, under, about) else { return None };
    let register = witness.register(plan);
    let granted = |layers: &[CharterId]| {
        let probe =
            Probe { plan, register: &register, day: witness.day, layers, standing: None, counted: &[] };
        let holds = question.literals.iter().filter(|literal| literal.want == Want::True).all(|literal| {
            let found = probe.truth(literal.node, literal.row.1, &witness.facts);
            found.is_ok_and(|found| found.value == Truth::True)
        });
        let amount = amounts(benefit).last().map(|node| probe.money(*node, 0, &witness.facts));
        let least = amount.and_then(Result::ok).and_then(|found| found.value.lo);
        if holds { least.unwrap_or(Fen::ZERO) } else { Fen::ZERO }
    };
    (granted(&chain(plan, below)) < granted(&chain(plan, under))).then_some(witness)
}

fn reads(plan: &Plan, benefit: &Benefit, parameter: ParameterId) -> bool {
    let conditions = benefit.filter.iter().chain(&benefit.conditions).map(|condition| condition.node);
    let mut waiting: Vec<NodeId> = conditions.chain(amounts(benefit)).collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if seen.insert(id) {
            let op = &plan.node(id).op;
            if *op == Op::Parameter(parameter) {
                return true;
            }
            op.operands(&mut waiting);
        }
    }
    false
}
