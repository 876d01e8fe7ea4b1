//! What a discretionary reward may not depend on: a duty about births, contraception or examinations.

use super::benefit::{labels, mentioned};
use super::text::names;
use super::words;
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::{Benefit, Must, Obligation, Plan};

/// One finding a duty.
pub(super) fn duties(plan: &Plan, benefit: &Benefit) -> Vec<Diagnostic> {
    let family = &plan.charter(benefit.charter).label.name;
    let of_charter = |duty: &&Obligation| plan.charter(duty.charter).label.name == *family;
    let named = plan.obligations.iter().filter(of_charter);
    let mut seen: Vec<&str> = Vec::new();
    named
        .filter(|duty| benefit.discretionary.contains(&duty.label.name) && intimate(plan, duty))
        .filter(|duty| {
            let first = !seen.contains(&duty.label.name.as_str());
            seen.push(&duty.label.name);
            first
        })
        .map(|duty| {
            let why = Term::new(
                "与生育、避孕或检查有关的义务,绝不影响待遇",
                "a duty about births, contraception or examinations never touches a benefit",
            );
            let finding = Diagnostic::at(codes::C021, benefit.title.0);
            let place = Term::new("义务在这里", "the duty is here");
            finding.arg("duty", Term::from(&duty.label)).arg("why", why).related(duty.span.0, place)
        })
        .collect()
}

/// By its name, or by what it reads. The signature that binds it is no act.
fn intimate(plan: &Plan, duty: &Obligation) -> bool {
    let words = words::intimate();
    let mut read = vec![&plan.schema.record(duty.target).label];
    match &duty.must {
        Must::Within { act, after, .. } => {
            read.extend(labels(plan, *act));
            read.extend(labels(plan, *after));
        }
        Must::Times { record, filter, .. } => {
            read.push(&plan.schema.record(*record).label);
            read.extend(filter.iter().flat_map(|filter| labels(plan, *filter)));
        }
        Must::Throughout { condition, .. } => read.extend(labels(plan, *condition)),
    }
    names(&duty.label).iter().any(|name| words::mentions(name, words))
        || read.iter().any(|label| mentioned(label, words))
}
