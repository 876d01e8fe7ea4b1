//! A012: an amount that grows with a number or an amount of the register, and nothing holds it: no limit, least of
//! several, band or tier, no condition.
//!
//! It is tried beyond every place at which something written in the clause could turn (`tail`): a household that far,
//! and one ten times as far, of which the second gets more. So whatever holds the amount, however it is written, is
//! seen by the evaluator that pays; and as nothing turns beyond, what grows there goes on growing.

use super::days;
use super::quantities::{Quantity, paid, yuan};
use super::questions::{Asked, Questions, amounts};
use super::solve::{Answer, Undecided};
use super::tail::tail;
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::{Benefit, Most, Pay, Plan};
use crate::source::Span;
use crate::value::Fen;
use std::collections::BTreeSet;

/// An amount of a million yuan, in fen; a number of a thousand: tried where nothing that is written is nearly as large.
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
    let least = if quantity.is_money(plan) { FAR_MONEY } else { FAR_NUMBER };
    let conditions = benefit.filter.iter().chain(&benefit.conditions).map(|condition| condition.node);
    let tail = tail(plan, quantity, conditions.chain(amounts(benefit)).collect());
    let far = tail.map_or(least, |tail| tail.max(least));
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
            if tail.is_none() {
                // It grows as far as it was tried; where that ends is not known.
                questions.doubt(benefit.title.0, Undecided::Arithmetic);
                return None;
            }
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
