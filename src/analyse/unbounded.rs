//! A012: an amount that grows with a number or an amount of the register, and nothing holds it: no limit, least of
//! several, band or tier, no condition.
//!
//! It is tried, not read off the text: a household far above all others, and one ten times as far, of which the second
//! gets more. So whatever holds the amount, however it is written, is seen by the evaluator that pays.

use super::days;
use super::quantities::{Quantity, paid, yuan};
use super::questions::{Asked, Questions, amounts};
use super::solve::Answer;
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::{Benefit, Most, Pay, Plan};
use crate::source::Span;
use crate::value::Fen;
use std::collections::BTreeSet;

/// An amount of a million yuan, in fen; a number of a thousand. A charter that goes on paying beyond them has no bound
/// that anybody had in mind.
const FAR_MONEY: i64 = 100_000_000;
const FAR_NUMBER: i64 = 1_000;
/// How much farther the second household is.
const FARTHER: i64 = 10;
/// Most other ways of being paid that are looked past.
const MAX_WAYS: usize = 6;

/// One finding a clause and field.
pub(super) fn amounts_of(plan: &Plan, questions: &Questions<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut seen: BTreeSet<(Span, Quantity)> = BTreeSet::new();
    for benefit in &plan.benefits {
        let quantities = Quantity::read(plan, amounts(benefit));
        if quantities.is_empty() || is_limited(plan, benefit) {
            continue;
        }
        for quantity in quantities {
            if seen.contains(&(benefit.title.0, quantity)) {
                continue;
            }
            if let Some(finding) = grows(plan, questions, benefit, quantity) {
                seen.insert((benefit.title.0, quantity));
                findings.push(finding);
            }
        }
    }
    findings
}

/// A limit in money cuts it.
fn is_limited(plan: &Plan, benefit: &Benefit) -> bool {
    let same = plan.benefits.iter().filter(|other| other.charter == benefit.charter);
    same.flat_map(|other| &other.limits)
        .any(|limit| matches!(limit.most, Most::Amount(_)) && limit.clauses.contains(&benefit.label.name))
}

fn grows(
    plan: &Plan,
    questions: &Questions<'_>,
    benefit: &Benefit,
    quantity: Quantity,
) -> Option<Diagnostic> {
    let asked = Asked { benefit, row: 0, clock: 0 };
    let far = if quantity.is_money(plan) { FAR_MONEY } else { FAR_NUMBER };
    let (near, beyond) = (quantity.given(far), quantity.given(far * FARTHER));
    let days = days::of(plan, benefit);
    let mut more_than = Fen::ZERO;
    for _ in 0..MAX_WAYS {
        let mut literals = asked.holds_given(near);
        literals.extend(asked.holds_given(beyond));
        literals.extend(asked.pays_given(near, Fen::ZERO));
        literals.extend(asked.pays_given(beyond, more_than));
        let Answer::Witness(mut witness) = questions.seek(&asked.on(literals, &days), benefit.charter) else {
            return None;
        };
        let (less, more) = (paid(plan, benefit, &witness, near), paid(plan, benefit, &witness, beyond));
        if let (Some(amount), Some(more)) = (less.single(), more.lo)
            && amount < more
        {
            witness.facts.push(near.known(plan));
            let mut finding = Diagnostic::at(codes::A012, place(&benefit.pay))
                .arg("clause", Term::from(&benefit.label))
                .arg("fact", Term::from(quantity.label(plan)))
                .arg("value", quantity.shown(plan, far))
                .arg("amount", yuan(amount))
                .help(Term::new(
                    "写明封顶:最小值、限额、分档或累进的最后一段",
                    "say how far it goes: the least of several, a limit, tiers, or a last band",
                ));
            finding.witness = Some(witness.told(plan, plan.charter(benefit.charter).village.as_deref()));
            return Some(finding);
        }
        // It was paid another way, as a fixed amount: is there one that pays more?
        more_than = more.lo.filter(|paid| *paid > more_than)?;
    }
    None
}

fn place(pay: &Pay) -> Span {
    match pay {
        Pay::Fixed(_, span) | Pay::Range { span, .. } | Pay::InKind { span, .. } => span.0,
    }
}
