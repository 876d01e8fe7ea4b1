//! Clauses that the language has words for only to refuse them (L01–L08, L11, L12).

use super::{Clock, clause, law};
use crate::diagnostic::Diagnostic;
use crate::ir::Plan;

/// A finding for each, whatever the day.
pub(super) fn clauses(plan: &Plan, clock: Clock) -> Vec<Diagnostic> {
    let finding = |refused: &crate::ir::Refused| {
        let subject = clause(refused.article, Some(&refused.label));
        law::lint(refused.lint)?.finding(refused.span.0, subject, clock.of(plan, refused.charter))
    };
    plan.refused.iter().filter_map(finding).collect()
}
