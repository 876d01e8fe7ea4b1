//! L21: no household gets less under its village's charter than under the layers above alone. A lower layer can only
//! add, save where it fills a slot: a value that makes a grant of a layer above smaller, or takes it away, is shown with
//! a household that loses (VCL 27, since 2026 art. 31).
//!
//! Both charters are asked at once: the clause with the values of the layers above, and the same with those of the
//! lower layer. Where a lower layer sets several values, the one that is told is one without which the household would
//! get more.

use super::losses::{Losses, Lost, Try};
use super::overlap::is_settled;
use super::questions::Questions;
use super::solve::{Answer, Undecided, Witness};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::eval::Outcome;
use crate::ir::{Benefit, CharterId, ParameterId, ParameterKind, Plan};
use crate::source::Span;
use crate::value::Fen;
use std::collections::BTreeSet;

/// Most households that are paid out for one question.
const MAX_PAID: usize = 8;
/// Most rows that are put in beside the one that is paid, alike to it.
const MAX_ALIKE: usize = 5;

/// One finding a value that was set.
pub(super) fn settings(plan: &Plan, questions: &Questions<'_>) -> Vec<Diagnostic> {
    let (both, losses) = Losses::of(plan);
    let asking = Asking { plan, both: Questions::of(&both) };
    let mut findings = Vec::new();
    let mut told: BTreeSet<Span> = BTreeSet::new();
    let mut doubts: Vec<(Span, Undecided)> = Vec::new();
    for lost in &losses {
        let mut blamed = false;
        for line in &lost.lines {
            let asked =
                if told.contains(&line.at) { Asked::Lost(None) } else { asking.any(lost, &line.tries) };
            match asked {
                Asked::Lost(witness) => {
                    blamed = true;
                    if let Some(witness) = witness {
                        told.insert(line.at);
                        findings.push(asking.finding(lost, line.at, line.parameter, &witness));
                    }
                }
                Asked::Open(why) => doubts.push((line.at, why)),
                Asked::None => {}
            }
        }
        // Of several values none may take anything by itself, but all of them together.
        let Some(first) = lost.lines.first().filter(|_| !blamed && lost.lines.len() > 1) else { continue };
        match asking.any(lost, &lost.together) {
            Asked::Lost(Some(witness)) => {
                told.insert(first.at);
                findings.push(asking.finding(lost, first.at, first.parameter, &witness));
            }
            Asked::Open(why) => doubts.push((first.at, why)),
            Asked::Lost(None) | Asked::None => {}
        }
    }
    for (at, why) in doubts.into_iter().filter(|(at, _)| !told.contains(at)) {
        questions.doubt(at, why);
    }
    findings
}

enum Asked {
    /// A household loses; none where that was told already.
    Lost(Option<Witness>),
    None,
    Open(Undecided),
}

struct Asking<'p> {
    plan: &'p Plan,
    both: Questions<'p>,
}

impl Asking<'_> {
    /// A household that loses in one of several ways.
    fn any(&self, lost: &Lost, tries: &[Try]) -> Asked {
        let mut open = None;
        for one in tries {
            match self.one(lost, one) {
                found @ Asked::Lost(_) => return found,
                Asked::Open(why) => open = open.or(Some(why)),
                Asked::None => {}
            }
        }
        open.map_or(Asked::None, Asked::Open)
    }

    fn one(&self, lost: &Lost, one: &Try) -> Asked {
        let Some(benefit) = self.plan.benefits.get(lost.benefit) else { return Asked::None };
        let mut question = one.question.clone();
        let mut above: Option<Plan> = None;
        for _ in 0..MAX_PAID {
            let witness = match self.both.ask(&question, lost.below, benefit.title.0) {
                Answer::Witness(witness) => witness,
                Answer::Undecided(why) => return Asked::Open(why),
                Answer::None if one.cut => return Asked::Open(Undecided::TooLong),
                Answer::None => return Asked::None,
            };
            if !one.yields && !is_settled(self.plan, benefit) {
                return Asked::Lost(Some(witness));
            }
            let above = above.get_or_insert_with(|| without(self.plan, lost.below));
            // What is settled over many days, or by another clause, is no part of the question: it is paid out to see.
            // A limit for a household may be reached only where several of its rows are paid.
            let shows = |witness: &Witness| {
                let (with, alone) = (paid(self.plan, lost, witness), paid(above, lost, witness));
                with.0 < alone.0 && with.1 < alone.1
            };
            let most = if limited_above(self.plan, benefit) { MAX_ALIKE } else { 0 };
            let alike = witness.with_alike(self.plan, benefit.target, most);
            if let Some(witness) = [witness.clone()].into_iter().chain(alike).find(shows) {
                return Asked::Lost(Some(witness));
            }
            let Some(seen) = question.moments.iter().position(|days| *days == witness.moment) else {
                break;
            };
            question.moments.drain(..=seen);
            if question.moments.is_empty() {
                break;
            }
        }
        Asked::Open(Undecided::Settled)
    }

    fn finding(&self, lost: &Lost, at: Span, parameter: ParameterId, witness: &Witness) -> Diagnostic {
        let plan = self.plan;
        let label = plan.parameters.get(parameter.0).map(|parameter| Term::from(&parameter.label));
        let mut finding = Diagnostic::at(codes::L21, at).arg("name", label.unwrap_or_default());
        if let Some(benefit) = plan.benefits.get(lost.benefit) {
            finding = finding
                .arg("clause", Term::from(&benefit.label))
                .related(benefit.title.0, Term::new("上级的条款在这里", "the clause above is here"));
        }
        finding.witness = Some(witness.told_over(plan, plan.charter(lost.below).village.as_deref()));
        finding
    }
}

/// Does a limit count several rows of the target together?
fn limited_above(plan: &Plan, benefit: &Benefit) -> bool {
    let same = plan.benefits.iter().filter(|other| other.charter == benefit.charter);
    let mut limits = same.flat_map(|other| &other.limits);
    limits.any(|limit| limit.per != benefit.target && limit.clauses.contains(&benefit.label.name))
}

/// What a household gets in the years of its days by the clause, and by all clauses of the layers above.
fn paid(plan: &Plan, lost: &Lost, witness: &Witness) -> (Fen, Fen) {
    let village = plan.charter(lost.below).village.as_deref();
    let judged = witness.judged(plan, village, &witness.years());
    let least = |outcome: &Outcome| match outcome {
        Outcome::Granted(amount) => *amount,
        Outcome::Awaiting { least, .. } | Outcome::Undetermined { least, .. } => *least,
        _ => Fen::ZERO,
    };
    let clause = plan.benefits.get(lost.benefit).map(|benefit| benefit.title.0);
    let (mut by_clause, mut by_all) = (0_i64, 0_i64);
    for one in judged.entitlements {
        let Some(benefit) = plan.benefits.get(one.benefit) else { continue };
        let amount = least(&one.outcome).0;
        if Some(benefit.title.0) == clause {
            by_clause = by_clause.saturating_add(amount);
        }
        if lost.above.contains(&benefit.charter) {
            by_all = by_all.saturating_add(amount);
        }
    }
    (Fen(by_clause), Fen(by_all))
}

/// The plan without what one charter version sets.
fn without(plan: &Plan, below: CharterId) -> Plan {
    let mut plan = plan.clone();
    for parameter in &mut plan.parameters {
        if let ParameterKind::Open { settings, .. } = &mut parameter.kind {
            settings.retain(|setting| setting.charter != below);
        }
    }
    plan
}
