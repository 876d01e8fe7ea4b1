//! What can be proved of a plan before anyone is paid by it. Only `check` asks: it takes longer than compiling.

use super::allow::answered_proofs;
use super::questions::Questions;
use super::solve::Undecided;
use super::{arms, cliffs, duties, floor, gaps, overlap, satisfy, unbounded};
use crate::diagnostic::{Diagnostic, Place, Term, codes};
use crate::ir::{Allowed, Plan};
use crate::source::Span;
use std::collections::BTreeMap;

/// Every analysis, and what was not decided.
#[must_use]
pub fn prove(plan: &Plan) -> Vec<Diagnostic> {
    let questions = Questions::of(plan);
    let mut findings = satisfy::clauses(plan, &questions);
    findings.extend(overlap::pairs(plan, &questions));
    findings.extend(gaps::parameters(plan, &questions));
    findings.extend(floor::settings(plan, &questions));
    findings.extend(cliffs::clauses(plan, &questions));
    findings.extend(unbounded::amounts_of(plan, &questions));
    findings.extend(arms::rows(plan, &questions));
    findings.extend(duties::clauses(plan, &questions));
    findings = answered(plan, findings);
    for (clause, why) in questions.undecided() {
        findings.push(Diagnostic::at(codes::A014, clause).arg("why", words(why)));
    }
    findings
}

/// The findings of each clause with its answers.
fn answered(plan: &Plan, findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let benefits = plan.benefits.iter().map(|benefit| {
        let own = benefit.span.0;
        (Span { end: own.end.max(benefit.title.0.end), ..own }, &benefit.allowed)
    });
    let duties = plan.obligations.iter().map(|duty| (duty.span.0, &duty.allowed));
    let mut texts: BTreeMap<Span, (&Vec<Allowed>, Vec<Diagnostic>)> =
        benefits.chain(duties).map(|(span, allowed)| (span, (allowed, Vec::new()))).collect();
    let mut others = Vec::new();
    for finding in findings {
        let within = |own: &Span, place: &Place| match place {
            Place::Source(at) => own.source == at.source && own.start <= at.start && at.end <= own.end,
            _ => false,
        };
        // What stands in a define is the clause's that it is told of.
        let places = [&finding.place].into_iter().chain(finding.related.iter().map(|(place, _)| place));
        let own = places.into_iter().find_map(|place| texts.keys().find(|own| within(own, place)).copied());
        match own.and_then(|own| texts.get_mut(&own)) {
            Some((_, own)) => own.push(finding),
            None => others.push(finding),
        }
    }
    let settled = texts.into_values().flat_map(|(allowed, own)| answered_proofs(allowed, own));
    settled.chain(others).collect()
}

fn words(why: Undecided) -> Term {
    match why {
        Undecided::TooLong => Term::new("可能的情况太多", "there are too many possibilities"),
        Undecided::Arithmetic => {
            Term::new("对登记册里的数目或金额作了运算", "there is arithmetic on numbers of the register")
        }
        Undecided::Rows => Term::new("要数的行可能比试过的多", "more rows than were tried may be counted"),
        Undecided::Days => {
            Term::new("取决于由判定日推算的日子", "it depends on days computed from the judged day")
        }
        Undecided::TwoRoots => Term::new("同时涉及户和村", "it is about households and villages at once"),
        Undecided::Fault => Term::new("有的日子算不出", "on some days it cannot be computed"),
    }
}
