//! Beyond which value of a number of the register nothing written in a clause turns any more.
//!
//! A comparison of what is computed from the number by sums, differences, products and quotients with what is written
//! turns at values that are no larger than all its numbers multiplied with each other; the edges of tiers, tables and
//! bands in the same way. Beyond the largest of these the amount is one straight line.

use super::quantities::Quantity;
use crate::ir::{Arith, Constant, NodeId, Op, ParameterKind, Pattern, Plan};
use std::collections::BTreeSet;

/// How much farther than where something turns.
const FARTHER: i64 = 10;
/// Farther than this amounts are too large to be computed.
const MAX: i64 = 1_000_000_000_000;

/// Such a value; none where there may be none, or it is too large to be tried.
pub(super) fn tail(plan: &Plan, quantity: Quantity, mut waiting: Vec<NodeId>) -> Option<i64> {
    let reads = |node: NodeId| Quantity::read(plan, vec![node]).contains(&quantity);
    let (mut largest, mut seen) = (1_i64, BTreeSet::new());
    while let Some(id) = waiting.pop() {
        if !seen.insert(id) || !reads(id) {
            continue;
        }
        let op = &plan.node(id).op;
        let turn = match op {
            Op::Compare(_, left, right) => {
                // Against another fact of the household it turns wherever that is.
                let others = [*left, *right].into_iter().any(|side| has_others(plan, quantity, side));
                if others {
                    return None;
                }
                written(plan, *left).checked_mul(written(plan, *right))?
            }
            Op::Tiers { subject, arms, .. } if reads(*subject) => {
                edge(plan, quantity, *subject, arms.iter().map(|arm| &arm.pattern))?
            }
            Op::Table { subjects, rows } => {
                let mut edges = 1;
                for (column, subject) in subjects.iter().enumerate().filter(|(_, subject)| reads(**subject)) {
                    let cells = rows.iter().filter_map(|row| row.cells.get(column)?.as_ref());
                    edges = edges.max(edge(plan, quantity, *subject, cells)?);
                }
                edges
            }
            Op::Scale { subject, bands } if reads(*subject) => {
                let last = bands.iter().map(|(from, _)| from.saturating_abs()).max().unwrap_or(1);
                last.max(1).checked_mul(written(plan, *subject))?
            }
            // No line: it may level off, or come again and again.
            Op::Arith(Arith::Rest, ..) => return None,
            Op::Arith(Arith::Div | Arith::Whole, _, divisor) if reads(*divisor) => return None,
            Op::Arith(Arith::Mul, left, right) if reads(*left) && reads(*right) => return None,
            _ => 1,
        };
        largest = largest.max(turn);
        op.operands(&mut waiting);
    }
    largest.checked_mul(FARTHER).filter(|tail| *tail <= MAX)
}

/// The farthest edge of patterns of a subject.
fn edge<'p>(
    plan: &Plan,
    quantity: Quantity,
    subject: NodeId,
    patterns: impl Iterator<Item = &'p Pattern>,
) -> Option<i64> {
    if has_others(plan, quantity, subject) {
        return None;
    }
    let ends = patterns.filter_map(|pattern| match pattern {
        Pattern::Span(lo, hi) => {
            Some([*lo, *hi].into_iter().flatten().map(i64::saturating_abs).max().unwrap_or(1))
        }
        Pattern::Code(_) => None,
    });
    ends.max().unwrap_or(1).max(1).checked_mul(written(plan, subject))
}

/// Is it computed from other numbers or amounts of the register as well? Further rows of the same are added to it and
/// move nothing farther away.
fn has_others(plan: &Plan, quantity: Quantity, node: NodeId) -> bool {
    Quantity::read(plan, vec![node]).iter().any(|other| *other != quantity)
}

/// All numbers that an expression is written with, multiplied, each as often as it is used.
fn written(plan: &Plan, root: NodeId) -> i64 {
    let (mut waiting, mut product) = (vec![root], 1_i64);
    // What multiplies up to more than can be tried need not be walked to its end.
    while let Some(id) = waiting.pop().filter(|_| product <= MAX) {
        let op = &plan.node(id).op;
        let size = match op {
            Op::Constant(constant) => size(constant),
            Op::Parameter(id) => match plan.parameters.get(id.0).map(|one| &one.kind) {
                Some(ParameterKind::Dated(values)) => {
                    values.iter().map(|(.., value)| size(value)).max().unwrap_or(1)
                }
                Some(ParameterKind::Open { default, settings }) => {
                    let set = settings.iter().map(|setting| &setting.value);
                    set.chain(default).map(size).max().unwrap_or(1)
                }
                None => 1,
            },
            _ => 1,
        };
        product = product.saturating_mul(size.max(1));
        op.operands(&mut waiting);
    }
    product
}

fn size(constant: &Constant) -> i64 {
    let whole = |number: i128| i64::try_from(number.saturating_abs()).unwrap_or(i64::MAX);
    match constant {
        Constant::Number(number) => number.saturating_abs(),
        Constant::Money(fen) => fen.0.saturating_abs(),
        Constant::Rate(rate) => whole(rate.num()).max(1).saturating_mul(whole(rate.den())),
        Constant::Date(_) | Constant::Text(_) | Constant::Code(_) => 1,
    }
}
