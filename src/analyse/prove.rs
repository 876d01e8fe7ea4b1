//! What can be proved of a plan before anyone is paid by it. Only `check` asks: it takes longer than compiling.

use super::allow::answered_proofs;
use super::questions::Questions;
use super::solve::Undecided;
use super::{floor, gaps, overlap, satisfy};
use crate::diagnostic::{Diagnostic, Place, Term, codes};
use crate::ir::{Benefit, Plan};
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
    findings = answered(plan, findings);
    for (clause, why) in questions.undecided() {
        findings.push(Diagnostic::at(codes::A014, clause).arg("why", words(why)));
    }
    findings
}

/// The findings of each clause with its answers.
fn answered(plan: &Plan, findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut texts: BTreeMap<Span, (&Benefit, Vec<Diagnostic>)> =
        plan.benefits.iter().map(|benefit| (benefit.title.0, (benefit, Vec::new()))).collect();
    let mut others = Vec::new();
    for finding in findings {
        let within = |benefit: &Benefit| match finding.place {
            Place::Source(at) => {
                let own = benefit.span.0;
                own.source == at.source && own.start <= at.start && at.end <= own.end.max(benefit.title.0.end)
            }
            _ => false,
        };
        match texts.values_mut().find(|(benefit, _)| within(benefit)) {
            Some((_, own)) => own.push(finding),
            None => others.push(finding),
        }
    }
    let settled = texts.into_values().flat_map(|(benefit, own)| answered_proofs(&benefit.allowed, own));
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
        Undecided::Settled => Term::new(
            "两条的条件能同时成立,发不发还要看以前发过没有、限额或者就高的选择",
            "the conditions of both can hold, but what was paid before, a limit or the choice of the highest decides",
        ),
        Undecided::Fault => Term::new("有的日子算不出", "on some days it cannot be computed"),
    }
}
