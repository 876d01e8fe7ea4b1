//! Findings against the evaluator: does the household that a finding shows really show it?

use crate::engine::register;
use charter::diagnostic::{Diagnostic, Lang, Place};
use charter::eval::traced::{Results, run};
use charter::eval::{DutyRow, DutyStatus, Entitlement, Fault, Outcome};
use charter::ir::{ParameterKind, Plan};
use charter::register::Register;
use charter::source::Span;
use charter::value::{Fen, Period};

/// True where something is paid, or may be decided, or is paid whatever the missing facts are.
pub fn pays(outcome: &Outcome) -> bool {
    least(outcome) > Fen::ZERO || matches!(outcome, Outcome::Granted(_) | Outcome::Awaiting { .. })
}

fn least(outcome: &Outcome) -> Fen {
    match outcome {
        Outcome::Granted(amount) => *amount,
        Outcome::Awaiting { least, .. } | Outcome::Undetermined { least, .. } => *least,
        _ => Fen::ZERO,
    }
}

/// Everything that is not plainly refused in a register, of every root record.
pub fn entitlements(plan: &Plan, register: &Register, period: &str) -> Vec<Entitlement> {
    judged(plan, register, period).into_iter().flat_map(|results| results.entitlements).collect()
}

/// How all duties stand, of every root record.
fn duties(plan: &Plan, register: &Register, period: &str) -> Vec<DutyRow> {
    judged(plan, register, period).into_iter().flat_map(|results| results.duties).collect()
}

fn judged(plan: &Plan, register: &Register, period: &str) -> Vec<Results> {
    let period = Period::parse(period).unwrap();
    let run = run(plan, register, &period).unwrap();
    let units = run.roots().into_iter().flat_map(|root| (0..run.rows(root)).map(move |unit| (root, unit)));
    units.collect::<Vec<_>>().into_iter().map(|(root, unit)| run.judge(root, unit)).collect()
}

/// What a household that a finding shows comes to, in both languages; an error tells what it fails to show.
pub fn reproduced(plan: &Plan, finding: &Diagnostic) -> Result<(), String> {
    let Some(witness) = &finding.witness else { return Ok(()) };
    for yaml in [&witness.yaml.zh, &witness.yaml.en] {
        let (register, told) = register(plan, yaml);
        let wrong =
            |what: String| Err(format!("{} {}: {what}\n{yaml}", finding.code.id, finding.message(Lang::En)));
        if !told.is_empty() {
            return wrong(format!("{told:?}"));
        }
        let found = entitlements(plan, &register, &witness.period);
        let paid = |title: Option<Span>| {
            let of = |one: &&Entitlement| Some(plan.benefits[one.benefit].title.0) == title;
            found.iter().filter(of).map(|one| one.outcome.clone()).collect::<Vec<_>>()
        };
        let (here, there) =
            (source(Some(&finding.place)), source(finding.related.first().map(|(place, _)| place)));
        match finding.code.id {
            "A004" => {
                for title in [here, there] {
                    if !paid(title).iter().any(pays) {
                        return wrong(format!("one of them is not paid: {found:?}"));
                    }
                }
            }
            "A005" if !found.iter().any(|one| matches!(one.outcome, Outcome::Faulted(_))) => {
                return wrong(format!("nothing is negative: {found:?}"));
            }
            "A006" => {
                let gap = |one: &Entitlement| {
                    Some(plan.benefits[one.benefit].title.0) == here
                        && matches!(one.outcome, Outcome::Faulted(Fault::ParameterGap(..)))
                };
                let duty = |row: &DutyRow| {
                    Some(plan.obligations[row.obligation].span.0) == here
                        && matches!(row.status, DutyStatus::Faulted(Fault::ParameterGap(..)))
                };
                if !found.iter().any(gap) && !duties(plan, &register, &witness.period).iter().any(duty) {
                    return wrong(format!("everything has a value: {found:?}"));
                }
            }
            "A011" | "A012" if !found.iter().any(|one| pays(&one.outcome)) => {
                return wrong(format!("nothing is paid: {found:?}"));
            }
            "L21" => {
                let total = |outcomes: &[Outcome]| outcomes.iter().map(|one| least(one).0).sum::<i64>();
                let above = entitlements(&without(plan, here), &register, &witness.period);
                let above = above.iter().filter(|one| Some(plan.benefits[one.benefit].title.0) == there);
                let above: Vec<Outcome> = above.map(|one| one.outcome.clone()).collect();
                if total(&paid(there)) >= total(&above) {
                    return wrong(format!("nobody loses: {found:?} against {above:?}"));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The same plan but for the values that the charter of one of them sets: the layers above alone.
fn without(plan: &Plan, setting: Option<Span>) -> Plan {
    let mut plan = plan.clone();
    let of = |one: &ParameterKind| match one {
        ParameterKind::Open { settings, .. } => {
            settings.iter().find(|set| Some(set.span.0) == setting).map(|set| set.charter)
        }
        ParameterKind::Dated(_) => None,
    };
    let charter = plan.parameters.iter().find_map(|parameter| of(&parameter.kind));
    for parameter in &mut plan.parameters {
        if let ParameterKind::Open { settings, .. } = &mut parameter.kind {
            settings.retain(|set| Some(set.charter) != charter);
        }
    }
    plan
}

/// The stretch of a charter a place is.
pub fn source(place: Option<&Place>) -> Option<Span> {
    match place {
        Some(Place::Source(span)) => Some(*span),
        _ => None,
    }
}
