//! Answers: `allow L23 "who decided, on what basis"`. A warning that is answered is settled.

use super::law;
use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::ir::Benefit;

/// The findings that stay, and a note for each answer to nothing. An unlawful clause cannot be allowed.
pub(super) fn answered(benefit: &Benefit, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let answers = |finding: &Diagnostic, code: &str| {
        finding.severity != Severity::Error && finding.code.id.eq_ignore_ascii_case(code)
    };
    let idle = benefit.allowed.iter().filter(|allowed| {
        // Codes of other stages are not judged here.
        let judged_here = law::lint(&allowed.code).is_some() || codes::find(&allowed.code).is_none();
        judged_here && !found.iter().any(|finding| answers(finding, &allowed.code))
    });
    let notes: Vec<Diagnostic> =
        idle.map(|allowed| Diagnostic::at(codes::L00, allowed.span.0).arg("code", &*allowed.code)).collect();
    let open = found
        .into_iter()
        .filter(|finding| !benefit.allowed.iter().any(|allowed| answers(finding, &allowed.code)));
    open.chain(notes).collect()
}
