//! Two benefits of one purpose that a household can have in one calendar year must say how they stand to each other.
//! Precedence is declared, never guessed.

use super::days;
use super::questions::{Asked, Questions};
use super::solve::{Answer, Question};
use crate::ast::Relation;
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::{Benefit, Plan};
use crate::source::Span;
use crate::value::Day;
use std::collections::BTreeSet;

/// Most pairs of judged days that are asked about.
const MAX_MOMENTS: usize = 60;

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
            let (lower, upper) =
                if depth(plan, first) > depth(plan, second) { (first, second) } else { (second, first) };
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
    let moments = moments(plan, lower, upper);
    // There is one household; of its members, and whatever else it has, there may be two.
    let several = lower.target == upper.target && plan.schema.record(lower.target).parent.is_some();
    let rows: &[usize] = if several { &[0, 1] } else { &[0] };
    for row in rows {
        let asked =
            [Asked { benefit: lower, row: 0, clock: 0 }, Asked { benefit: upper, row: *row, clock: 1 }];
        let question = Question {
            literals: asked.iter().flat_map(|one| one.holds().into_iter().chain(one.pays())).collect(),
            events: asked.iter().filter_map(Asked::event).collect(),
            moments: moments.clone(),
            standing: None,
        };
        if let Answer::Witness(witness) = questions.ask(&question, lower.charter, lower.title.0) {
            let village = plan.charter(lower.charter).village.as_deref();
            let purpose = plan.purposes.get(lower.purpose?.0).map(Term::from).unwrap_or_default();
            let mut finding = Diagnostic::at(codes::A004, lower.title.0)
                .arg("one", Term::from(&lower.label))
                .arg("other", Term::from(&upper.label))
                .arg("purpose", purpose)
                .related(upper.title.0, Term::new("另一条在这里", "the other one is here"));
            finding.witness = Some(witness.told(plan, village));
            return Some(finding);
        }
    }
    None
}

/// Judged days of both in one calendar year, those at which something begins or ends first.
fn moments(plan: &Plan, lower: &Benefit, upper: &Benefit) -> Vec<Vec<Day>> {
    let borders: BTreeSet<Day> =
        days::borders(plan, lower).into_iter().chain(days::borders(plan, upper)).collect();
    let all = |benefit: &Benefit| -> Vec<Day> {
        let mut days = days::judged(benefit, &borders);
        days.extend(days::of(plan, benefit));
        days
    };
    let (first, second) = (all(lower), all(upper));
    let pairs = first.iter().flat_map(|one| second.iter().map(move |other| (*one, *other)));
    let mut moments: Vec<Vec<Day>> = Vec::new();
    for (one, other) in pairs.filter(|(one, other)| one.civil().year == other.civil().year) {
        if moments.len() < MAX_MOMENTS && !moments.iter().any(|known| *known == [one, other]) {
            moments.push(vec![one, other]);
        }
    }
    moments
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
    // What is for a village and what is for a household never meet in one household.
    let root = |benefit: &Benefit| plan.schema.chain(benefit.target).last();
    overlap && root(first) == root(second) && !same_clause && (above(first, second) || above(second, first))
}

fn depth(plan: &Plan, benefit: &Benefit) -> usize {
    std::iter::successors(Some(benefit.charter), |id| plan.charter(*id).under)
        .take(plan.charters.len())
        .count()
}

/// Is some relation declared between them, in either, or in a third that chooses among them?
fn related(plan: &Plan, first: &Benefit, second: &Benefit) -> bool {
    let names =
        |one: &Benefit, other: &Benefit| one.related.iter().any(|related| related.clause == other.label.name);
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
