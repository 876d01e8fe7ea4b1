//! Answers: `allow L23 "who decided, on what basis"`. A warning that is answered is accepted, and told as such.

use super::law;
use super::words::{names_a_day, names_a_decider};
use crate::diagnostic::{Code, Diagnostic, Severity, Term, codes};
use crate::ir::Allowed;

/// Accepts the findings of a clause that its answers answer, and notes each answer to nothing. An unlawful clause
/// cannot be allowed.
pub(super) fn answered(allowed: &[Allowed], found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    // Codes of other stages are not judged here.
    settled(allowed, found, &|code| law::lint(code).is_some() || codes::find(code).is_none())
}

/// The same for what is proved of a clause; one code may not have been asked about.
pub(super) fn answered_proofs(
    allowed: &[Allowed],
    found: Vec<Diagnostic>,
    unasked: Option<Code>,
) -> Vec<Diagnostic> {
    let asked = |code: Code| code.id.starts_with('A') && unasked.is_none_or(|unasked| unasked.id != code.id);
    settled(allowed, found, &|code| codes::find(code).is_some_and(asked))
}

fn settled(
    allowed: &[Allowed],
    found: Vec<Diagnostic>,
    judged_here: &dyn Fn(&str) -> bool,
) -> Vec<Diagnostic> {
    let answers = |finding: &Diagnostic, code: &str| {
        finding.severity != Severity::Error && finding.code.id.eq_ignore_ascii_case(code)
    };
    let idle = allowed.iter().filter(|allowed| {
        judged_here(&allowed.code) && !found.iter().any(|finding| answers(finding, &allowed.code))
    });
    let notes: Vec<Diagnostic> =
        idle.map(|allowed| Diagnostic::at(codes::L00, allowed.span.0).arg("code", &*allowed.code)).collect();
    let settle = |finding: Diagnostic| {
        let Some(allowed) = allowed.iter().find(|allowed| answers(&finding, &allowed.code)) else {
            return finding;
        };
        match lacking(&allowed.reason) {
            None => finding.accept(allowed.reason.trim()),
            // The warning stays; its help is what the answer still has to say.
            Some(lacking) => {
                let place = Term::new("许可在这里", "the answer is here");
                finding.help(lacking).related(allowed.span.0, place)
            }
        }
    };
    found.into_iter().map(settle).chain(notes).collect()
}

/// What an answer does not say: who decided, and when.
fn lacking(reason: &str) -> Option<Term> {
    match (names_a_decider(reason), names_a_day(reason)) {
        (true, true) => None,
        (true, false) => {
            Some(Term::new("许可的理由还要写明哪一天决定的", "the answer must also say when it was decided"))
        }
        (false, true) => {
            Some(Term::new("许可的理由还要写明谁决定的", "the answer must also say who decided"))
        }
        (false, false) => Some(Term::new(
            "许可的理由要写明谁、哪一天、依据什么决定的",
            "the answer must say who decided, when, and on what basis",
        )),
    }
}
