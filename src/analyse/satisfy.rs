//! Conditions that can never hold, that always hold, and exceptions that leave nothing of their rule.

use super::calendar::computes;
use super::days::{self, Judged};
use super::extent::extent;
use super::in_force;
use super::questions::{Asked, Questions, Topic, within_bounds};
use super::solve::{Answer, Literal, Want};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::{Benefit, Condition, ConditionKind, Pay, Plan};
use crate::source::Span;
use crate::value::{Fen, Ratio};
use std::collections::BTreeMap;

/// At most one finding a clause for what never holds; one a condition for what always does.
pub(super) fn clauses(plan: &Plan, questions: &Questions<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    // The versions of one text are one clause: it is dead only where it is in all of them.
    let mut texts: BTreeMap<Span, Vec<&Benefit>> = BTreeMap::new();
    for benefit in &plan.benefits {
        texts.entry(benefit.title.0).or_default().push(benefit);
    }
    for versions in texts.values() {
        let Some(benefit) = versions.last() else { continue };
        if let Some(finding) = in_force::benefit(plan, versions) {
            // Of days on which it is never judged nothing else is said.
            findings.push(finding);
            continue;
        }
        let never = versions.iter().all(|version| {
            let days = days::all(plan, version);
            matches!(ask(questions, version, one(version).holds(), &days), Answer::None)
        });
        if never {
            findings.push(why_never(plan, questions, benefit));
            continue;
        }
        for condition in &benefit.conditions {
            let always = versions.iter().all(|version| {
                let days = days::all(plan, version);
                version
                    .conditions
                    .iter()
                    .filter(|other| other.span.0 == condition.span.0)
                    .all(|own| is_stated(plan, own) && always(questions, version, own, &days))
            });
            if always {
                let finding = Diagnostic::at(codes::A002, condition.span.0);
                findings.push(within_bounds(finding.arg("clause", Term::from(&benefit.label))));
            }
        }
        findings.extend(negative(plan, questions.about(Topic::Amounts), benefit));
        questions.about(Topic::Conditions);
    }
    findings
}

fn one(benefit: &Benefit) -> Asked<'_> {
    Asked { benefit, row: 0, clock: 0 }
}

fn ask(questions: &Questions<'_>, benefit: &Benefit, literals: Vec<Literal>, days: &Judged) -> Answer {
    questions.ask_anywhere(&one(benefit).on_all(literals, days), benefit.charter, benefit.title.0)
}

/// A condition of `when` or `unless` that reads the register or the calendar: one that holds the day against a date says
/// from or until when.
fn is_stated(plan: &Plan, condition: &Condition) -> bool {
    let stated = matches!(condition.kind, ConditionKind::When | ConditionKind::Unless);
    stated && (plan.reads_facts(condition.node) || computes(plan, condition.node))
}

/// True where no target of the clause fails the condition.
fn always(questions: &Questions<'_>, benefit: &Benefit, condition: &Condition, days: &Judged) -> bool {
    let one = one(benefit);
    let filter = benefit.filter.iter().map(|filter| one.literal(filter.node, Want::True));
    let failing = filter.chain([one.literal(condition.node, Want::False)]).collect();
    matches!(ask(questions, benefit, failing, days), Answer::None)
}

/// The one condition that is never true, an exception that takes all, or the clause as a whole.
fn why_never(plan: &Plan, questions: &Questions<'_>, benefit: &Benefit) -> Diagnostic {
    let days = days::all(plan, benefit);
    let one = one(benefit);
    let clause = Term::from(&benefit.label);
    let yields =
        |condition: &&Condition| matches!(condition.kind, ConditionKind::Exception | ConditionKind::Replaced);
    let stated =
        || benefit.filter.iter().chain(benefit.conditions.iter().filter(|condition| !yields(condition)));
    let own: Vec<Literal> = stated().map(|condition| one.literal(condition.node, Want::True)).collect();
    if let Some(winner) = benefit.conditions.iter().find(yields)
        && matches!(ask(questions, benefit, own, &days), Answer::Witness(_))
    {
        let place = Term::new("被它全部代替的条款", "the clause that it takes the place of");
        let finding = Diagnostic::at(codes::A003, winner.span.0).arg("clause", clause);
        return within_bounds(finding.related(benefit.title.0, place));
    }
    let alone = stated().find(|condition| {
        let alone = vec![one.literal(condition.node, Want::True)];
        matches!(ask(questions, benefit, alone, &days), Answer::None)
    });
    let place = alone.map_or(benefit.title.0, |condition| condition.span.0);
    within_bounds(Diagnostic::at(codes::A001, place).arg("clause", clause))
}

/// An amount that some household turns negative.
fn negative(plan: &Plan, questions: &Questions<'_>, benefit: &Benefit) -> Option<Diagnostic> {
    let (amount, place) = match &benefit.pay {
        Pay::Fixed(amount, place) => (*amount, place.0),
        Pay::Range { lo, span, .. } => (*lo, span.0),
        Pay::InKind { worth, span, .. } => (*worth, span.0),
    };
    if extent(plan, benefit.charter, amount).lo.is_some_and(|least| least >= Ratio::whole(0)) {
        return None;
    }
    let mut below = one(benefit).holds();
    below.push(one(benefit).literal(amount, Want::Below(Fen::ZERO)));
    let mut judged = days::all(plan, benefit);
    judged.days.extend(days::far(plan, benefit, amount));
    let Answer::Witness(witness) = ask(questions, benefit, below, &judged) else {
        return None;
    };
    let mut finding = Diagnostic::at(codes::A005, place).arg("clause", Term::from(&benefit.label));
    finding.witness = Some(witness.told(plan, plan.charter(benefit.charter).village.as_deref()));
    Some(finding)
}
