//! Analyses of a plan: what a charter may not do, and what it should answer for.
//!
//! In: a compiled plan, and the model for what a plan does not keep: headers, headings, the places of texts. Out:
//! findings, and the clauses that are refused. One file a kind of lint; the lints themselves are data (`charters/law`).

mod adoption;
mod allow;
mod arms;
mod benefit;
mod births;
mod calendar;
mod citation;
mod cliffs;
mod dated;
mod days;
mod discretionary;
mod duties;
mod duty;
mod equal;
mod extent;
mod families;
mod floor;
mod gaps;
mod in_force;
mod in_laws;
pub mod law;
mod limited;
mod limits;
mod losses;
mod negation;
mod newborn;
mod nothing;
mod order;
mod overlap;
mod parts;
mod pattern;
mod prove;
mod quantities;
mod questions;
mod refused;
mod rewrite;
mod rights;
mod satisfy;
mod sensitive;
mod solve;
mod sons;
mod spacing;
mod stacks;
mod status;
mod tail;
mod text;
mod unbounded;
mod unrecorded;
mod unused;
mod ways;
mod wording;
mod words;
mod worlds;

pub use prove::{answers, prove, prove_beside};
pub use solve::{
    Answer, Answered, Given, Happened, Literal, MAX_ROWS, Question, Shape, Undecided, Want, Witness,
};
pub use unrecorded::Registers;
pub use unused::{Sight, unused};

use crate::ast::ArticleNumber;
use crate::diagnostic::{Diagnostic, Severity, Term};
use crate::ir::{Allowed, Benefit, CharterId, Condition, ConditionKind, Plan, Refused};
use crate::resolve::Model;
use crate::schema::Label;
use crate::value::Day;
use law::When;

/// What the law says of a plan.
#[derive(Debug, Default)]
pub struct Judged {
    /// What is to be reported.
    pub findings: Vec<Diagnostic>,
    /// Clauses that are unlawful themselves, and the lint.
    pub refused: Vec<(Clause, &'static str)>,
}

/// A clause, by its place in its list of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Clause {
    /// Of `Plan::benefits`.
    Benefit(usize),
    /// Of `Plan::obligations`.
    Obligation(usize),
}

/// The day whose law is cited: the one asked for, else the charter's first in force.
#[derive(Clone, Copy, Debug)]
struct Clock {
    on: Option<Day>,
}

impl Clock {
    fn of(self, plan: &Plan, charter: CharterId) -> When {
        When { day: self.on.unwrap_or_else(|| plan.charter(charter).from), asked: self.on.is_some() }
    }
}

/// Judges every clause; `on` is the day whose law is cited. Which clauses are refused does not depend on it.
#[must_use]
pub fn judge(plan: &Plan, model: &Model<'_>, on: Option<Day>) -> Judged {
    let clock = Clock { on };
    let mut judged = Judged::default();
    judged.findings.extend(adoption::charters(plan, model, clock));
    judged.findings.extend(refused::clauses(plan, clock));
    judged.findings.extend(text::provisions(plan, clock));
    judged.findings.extend(text::headings(plan, model, clock));
    for (index, benefit) in plan.benefits.iter().enumerate() {
        judged.findings.extend(discretionary::duties(plan, benefit));
        let mut found = text::title(plan, model, benefit, clock);
        found.extend(benefit::conditions(plan, benefit, clock));
        found.extend(sensitive::of_benefit(plan, benefit, clock));
        found.extend(adoption::answered(plan, model, benefit, clock));
        judged.settle(Clause::Benefit(index), found, &benefit.allowed);
    }
    for (index, duty) in plan.obligations.iter().enumerate() {
        let mut found = duty::binding(plan, duty, clock);
        found.extend(text::beside_duty(plan, model, duty, clock));
        found.extend(sensitive::of_duty(plan, duty, clock));
        judged.settle(Clause::Obligation(index), found, &duty.allowed);
    }
    judged
}

impl Judged {
    /// The findings of one clause: whether it is refused, and what its answers settle.
    fn settle(&mut self, clause: Clause, mut found: Vec<Diagnostic>, allowed: &[Allowed]) {
        // One answer a lint is enough, and so is one question.
        let mut seen: Vec<&str> = Vec::new();
        found.retain(|finding| {
            let first = !seen.contains(&finding.code.id);
            seen.push(finding.code.id);
            first
        });
        let worst = found.iter().find(|finding| finding.severity == Severity::Error);
        self.refused.extend(worst.map(|finding| (clause, finding.code.id)));
        self.findings.extend(allow::answered(allowed, found));
    }
}

/// Moves the refused clauses out of those that are evaluated.
pub fn strike(plan: &mut Plan, refused: &[(Clause, &'static str)]) {
    // From the end, so that the places before stay what they were.
    for (place, lint) in refused.iter().rev() {
        let struck = match place {
            Clause::Benefit(index) if *index < plan.benefits.len() => {
                let benefit = plan.benefits.remove(*index);
                release(plan, &benefit);
                Refused {
                    label: benefit.label,
                    article: benefit.article,
                    charter: benefit.charter,
                    lint,
                    span: benefit.title,
                }
            }
            Clause::Obligation(index) if *index < plan.obligations.len() => {
                let duty = plan.obligations.remove(*index);
                Refused {
                    label: duty.label,
                    article: duty.article,
                    charter: duty.charter,
                    lint,
                    span: duty.span,
                }
            }
            Clause::Benefit(_) | Clause::Obligation(_) => continue,
        };
        plan.refused.push(struck);
    }
    plan.refused.sort_by_key(|refused| (refused.charter, refused.article, refused.span.0));
}

/// What a struck benefit would have stood before, it stands before no longer.
fn release(plan: &mut Plan, struck: &Benefit) {
    let kept = |condition: &Condition| {
        !matches!(condition.kind, ConditionKind::Exception | ConditionKind::Replaced)
            || condition.span.0 != struck.title.0
    };
    for other in plan.benefits.iter_mut().filter(|other| other.charter == struck.charter) {
        other.conditions.retain(kept);
        other.rivals.retain(|rival| rival.clause != struck.label.name);
    }
}

/// A clause as the subject of a message: 第八条“独生子女保健费”.
fn clause(article: ArticleNumber, label: Option<&Label>) -> Term {
    let sub = article.sub.map(citation::chinese_number);
    let zh = format!(
        "{}{}",
        citation::chinese_article(article.number),
        sub.map_or_else(String::new, |sub| format!("之{sub}"))
    );
    let en = match article.sub {
        Some(sub) => format!("article {}-{sub}", article.number),
        None => format!("article {}", article.number),
    };
    match label {
        None => Term::new(zh, en),
        Some(label) => Term::new(format!("{zh}“{}”", label.zh()), format!("{en} '{}'", label.en())),
    }
}
