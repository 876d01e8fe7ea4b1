//! What can be proved of a plan before anyone is paid by it. Only `check` asks: it takes longer than compiling.

use super::questions::Questions;
use super::solve::Undecided;
use super::{gaps, overlap, satisfy};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::Plan;

/// Every analysis, and what was not decided.
#[must_use]
pub fn prove(plan: &Plan) -> Vec<Diagnostic> {
    let questions = Questions::of(plan);
    let mut findings = satisfy::clauses(plan, &questions);
    findings.extend(overlap::pairs(plan, &questions));
    findings.extend(gaps::parameters(plan));
    for (clause, why) in questions.undecided() {
        findings.push(Diagnostic::at(codes::A014, clause).arg("why", words(why)));
    }
    findings
}

fn words(why: Undecided) -> Term {
    match why {
        Undecided::TooLong => Term::new("可能的情况太多", "there are too many possibilities"),
        Undecided::Arithmetic => {
            Term::new("对登记册里的数目或金额作了运算", "there is arithmetic on numbers of the register")
        }
        Undecided::TwoRoots => Term::new("同时涉及户和村", "it is about households and villages at once"),
        Undecided::Fault => Term::new("有的日子算不出", "on some days it cannot be computed"),
    }
}
