//! Answers: `allow L23 "who decided, on what basis"`. A warning that is answered is accepted, and told as such.

use super::dated::{Said, day_of};
use super::law;
use super::words::names_a_decider;
use crate::diagnostic::{Code, Diagnostic, Severity, Term, codes};
use crate::ir::Allowed;

/// Accepts the findings of a clause that its answers answer, and notes each answer to nothing. An unlawful clause
/// cannot be allowed.
pub(super) fn answered(allowed: &[Allowed], found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    // Codes of other stages are not judged here.
    settled(allowed, found, &[], &|code| law::lint(code).is_some() || codes::find(code).is_none())
}

/// The same for what is proved of a clause; one code may not have been asked about. `errors` are told of the clause
/// elsewhere.
pub(super) fn answered_proofs(
    allowed: &[Allowed],
    found: Vec<Diagnostic>,
    errors: &[&str],
    unasked: Option<Code>,
) -> Vec<Diagnostic> {
    let asked = |code: Code| code.id.starts_with('A') && unasked.is_none_or(|unasked| unasked.id != code.id);
    settled(allowed, found, errors, &|code| codes::find(code).is_some_and(asked))
}

fn settled(
    allowed: &[Allowed],
    found: Vec<Diagnostic>,
    errors: &[&str],
    judged_here: &dyn Fn(&str) -> bool,
) -> Vec<Diagnostic> {
    let answers = |finding: &Diagnostic, code: &str| {
        finding.severity != Severity::Error && finding.code.id.eq_ignore_ascii_case(code)
    };
    let idle = |(place, answer): (usize, &Allowed)| {
        if !judged_here(&answer.code) {
            return None;
        }
        let same = |code: &str| code.eq_ignore_ascii_case(&answer.code);
        let wrong = |finding: &Diagnostic| finding.severity == Severity::Error && same(finding.code.id);
        let what = if found.iter().any(|finding| answers(finding, &answer.code)) {
            // The first answer is the one that counts.
            if !allowed.iter().take(place).any(|other| same(&other.code)) {
                return None;
            }
            Term::new("写了不止一次,前面的一次已经回答", "is written more than once: the first one answers")
        } else if found.iter().any(wrong) || errors.iter().any(|code| same(code)) {
            Term::new(
                "不起作用:这是错误,错误不能许可",
                "has no effect: this is an error, and errors cannot be answered",
            )
        } else {
            Term::new("没有回答任何问题", "answers no finding")
        };
        Some(Diagnostic::at(codes::L00, answer.span.0).arg("code", &*answer.code).arg("what", what))
    };
    let notes: Vec<Diagnostic> = allowed.iter().enumerate().filter_map(idle).collect();
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
    let decider = names_a_decider(reason);
    match (decider, day_of(reason)) {
        (true, Said::Day) => None,
        (_, Said::Impossible) => {
            Some(Term::new("许可的理由写的日子不存在", "the answer names a day that does not exist"))
        }
        (true, Said::Nothing) => {
            Some(Term::new("许可的理由还要写明哪一天决定的", "the answer must also say when it was decided"))
        }
        (false, Said::Day) => {
            Some(Term::new("许可的理由还要写明谁决定的", "the answer must also say who decided"))
        }
        (false, Said::Nothing) => Some(Term::new(
            "许可的理由要写明谁、哪一天、依据什么决定的",
            "the answer must say who decided, when, and on what basis",
        )),
    }
}
