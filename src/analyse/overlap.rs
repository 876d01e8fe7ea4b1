//! Two benefits of one purpose that a household can have in one calendar year must say how they stand to each other.
//! Precedence is declared, never guessed.

use super::days;
use super::questions::{Questions, literals};
use super::solve::{Answer, Literal};
use crate::ast::Relation;
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::{Benefit, Plan};
use crate::source::Span;
use crate::value::Day;
use std::collections::BTreeSet;

/// One finding a pair.
pub(super) fn pairs(plan: &Plan, questions: &Questions<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut seen: BTreeSet<(Span, Span)> = BTreeSet::new();
    for (place, first) in plan.benefits.iter().enumerate() {
        for second in plan.benefits.iter().skip(place + 1) {
            if first.purpose.is_none()
                || first.purpose != second.purpose
                || !stand_together(plan, first, second)
                || related(plan, first, second)
            {
                continue;
            }
            let (lower, upper) = if depth(plan, first) > depth(plan, second) { (first, second) } else { (second, first) };
            if seen.contains(&(lower.title.0, upper.title.0)) {
                continue;
            }
            if let Some(finding) = conflict(plan, questions, lower, upper) {
                seen.insert((lower.title.0, upper.title.0));
                findings.push(finding);
            }
        }
    }
    findings
}

fn conflict(plan: &Plan, questions: &Questions<'_>, lower: &Benefit, upper: &Benefit) -> Option<Diagnostic> {
    let days: BTreeSet<Day> = days::of(plan, lower)
        .into_iter()
        .chain(days::of(plan, upper))
        .filter(|day| lower.days.contain(*day) && upper.days.contain(*day))
        .collect();
    let days: Vec<Day> = days.into_iter().collect();
    let rows: &[usize] = if lower.target == upper.target { &[0, 1] } else { &[0] };
    for row in rows {
        let both: Vec<Literal> =
            literals(lower, 0, true).into_iter().chain(literals(upper, *row, true)).collect();
        if let Answer::Witness(witness) = questions.ask(&both, &days, lower.charter, lower.title.0) {
            let village = plan.charter(lower.charter).village.as_deref();
            let purpose = plan.purposes.get(lower.purpose?.0).map(Term::from).unwrap_or_default();
            let mut finding = Diagnostic::at(codes::A004, lower.title.0)
                .arg("one", Term::from(&lower.label))
                .arg("other", Term::from(&upper.label))
                .arg("purpose", purpose)
                .related(upper.title.0, Term::new("另一条在这里", "the other one is here"));
            finding.witness = witness.told(plan, village);
            return Some(finding);
        }
    }
    None
}

/// Could both apply to one household on one day: of one charter, or of one above the other?
fn stand_together(plan: &Plan, first: &Benefit, second: &Benefit) -> bool {
    let overlap = first.days.from <= second.days.last() && second.days.from <= first.days.last();
    let family = |benefit: &Benefit| &plan.charter(benefit.charter).label.name;
    let above = |low: &Benefit, high: &Benefit| {
        let chain = std::iter::successors(Some(low.charter), |id| plan.charter(*id).under);
        chain.take(plan.charters.len()).any(|id| plan.charter(id).label.name == *family(high))
    };
    let same_clause = family(first) == family(second) && first.label.name == second.label.name;
    overlap && !same_clause && (above(first, second) || above(second, first))
}

fn depth(plan: &Plan, benefit: &Benefit) -> usize {
    std::iter::successors(Some(benefit.charter), |id| plan.charter(*id).under)
        .take(plan.charters.len())
        .count()
}

/// Is some relation declared between them, in either, or in a third that chooses among them?
fn related(plan: &Plan, first: &Benefit, second: &Benefit) -> bool {
    let names = |one: &Benefit, other: &Benefit| {
        one.related.iter().any(|related| related.clause == other.label.name)
    };
    let chosen_among = |third: &Benefit| {
        let among = |name: &String| {
            third.label.name == *name
                || third
                    .related
                    .iter()
                    .any(|related| related.relation == Relation::HighestOf && related.clause == *name)
        };
        third.charter == first.charter
            && third.related.iter().any(|related| related.relation == Relation::HighestOf)
            && among(&first.label.name)
            && among(&second.label.name)
    };
    names(first, second) || names(second, first) || plan.benefits.iter().any(chosen_among)
}
