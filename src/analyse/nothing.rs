//! A018: a clause that never pays anything: its amount is nothing, a limit leaves nothing of it, or another clause of
//! which only the highest is paid always comes to more.

use super::days::{self, Judged};
use super::extent::extent;
use super::in_force;
use super::order::order;
use super::questions::{Asked, Questions, amounts, within_bounds};
use super::solve::{Answer, Literal, Want};
use crate::ast::Relation;
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::{Benefit, Limit, Most, NodeId, Op, ParameterKind, Pay, Plan};
use crate::source::Span;
use crate::value::Ratio;
use std::collections::BTreeMap;

/// Why a version of a clause pays nothing.
enum Why<'p> {
    /// Its amount is nothing.
    Amount,
    /// A limit is nothing.
    Limit(&'p Limit),
    /// Another clause always comes to more.
    Beaten(&'p Benefit),
}

/// One finding a clause.
pub(super) fn clauses(plan: &Plan, questions: &Questions<'_>) -> Vec<Diagnostic> {
    let mut texts: BTreeMap<Span, Vec<&Benefit>> = BTreeMap::new();
    for benefit in &plan.benefits {
        texts.entry(benefit.title.0).or_default().push(benefit);
    }
    let mut findings = Vec::new();
    for versions in texts.values().filter(|versions| in_force::benefit(plan, versions).is_none()) {
        let why: Option<Vec<Why<'_>>> =
            versions.iter().map(|version| why(plan, questions, version)).collect();
        if let (Some(last), Some(why)) = (versions.last(), why.and_then(|why| why.into_iter().next_back())) {
            findings.push(finding(last, &why));
        }
    }
    findings
}

fn finding(benefit: &Benefit, why: &Why<'_>) -> Diagnostic {
    let (place, zh, en) = match why {
        Why::Amount => (pay_of(benefit), "金额总是零".to_owned(), "its amount is always nothing".to_owned()),
        Why::Limit(limit) => {
            (limit.span.0, "限额是零".to_owned(), "the limit leaves nothing of it".to_owned())
        }
        Why::Beaten(other) => {
            let other = Term::from(&other.label);
            let zh = format!("就高时总是“{}”更多", other.zh);
            (
                benefit.title.0,
                zh,
                format!("'{}' always comes to more, and only the highest is paid", other.en),
            )
        }
    };
    let clause = Term::from(&benefit.label);
    let found = Diagnostic::at(codes::A018, place).arg("clause", clause).arg("why", Term::new(zh, en));
    match why {
        Why::Beaten(other) => {
            let place = Term::new("总是更多的条款", "the clause that comes to more");
            within_bounds(found).related(other.title.0, place)
        }
        Why::Amount | Why::Limit(_) => found,
    }
}

fn pay_of(benefit: &Benefit) -> Span {
    match &benefit.pay {
        Pay::Fixed(_, span) | Pay::Range { span, .. } | Pay::InKind { span, .. } => span.0,
    }
}

fn why<'p>(plan: &'p Plan, questions: &Questions<'_>, benefit: &'p Benefit) -> Option<Why<'p>> {
    // What a slot is left at is for the layer that may fill it to say.
    let is_slot = |op: &Op| match op {
        Op::Parameter(id) => {
            matches!(plan.parameters.get(id.0).map(|one| &one.kind), Some(ParameterKind::Open { .. }))
        }
        _ => false,
    };
    let nothing = |node: NodeId| {
        extent(plan, benefit.charter, node).hi.is_some_and(|most| most <= Ratio::whole(0))
            && !plan.any_within(node, |node| is_slot(&node.op))
    };
    // Something in kind is given all the same.
    let in_kind = matches!(benefit.pay, Pay::InKind { .. });
    let most = amounts(benefit).last().copied();
    let asks = Asks { questions, benefit, judged: days::all(plan, benefit) };
    let by_slot = most.is_some_and(|most| plan.any_within(most, |node| is_slot(&node.op)));
    if !in_kind && most.is_some_and(nothing) || !by_slot && asks.pays_nobody(plan) {
        return Some(Why::Amount);
    }
    let limits =
        plan.benefits.iter().filter(|other| other.charter == benefit.charter && other.days == benefit.days);
    let mut limits = limits.flat_map(|other| &other.limits);
    let cuts_all = |limit: &&Limit| {
        limit.clauses.contains(&benefit.label.name)
            && match limit.most {
                Most::Times(times) => times <= 0,
                Most::Amount(amount) => !in_kind && nothing(amount),
            }
    };
    if let Some(limit) = limits.find(cuts_all) {
        return Some(Why::Limit(limit));
    }
    rivals(plan, benefit)
        .find(|(other, named_before)| asks.is_beaten(plan, other, *named_before))
        .map(|(other, _)| Why::Beaten(other))
}

/// The clauses of which only the highest is paid beside this one, and whether each wins where both come to the same.
fn rivals<'p>(plan: &'p Plan, benefit: &'p Benefit) -> impl Iterator<Item = (&'p Benefit, bool)> {
    let same = |other: &&Benefit| other.charter == benefit.charter && other.days == benefit.days;
    let groups = plan.benefits.iter().filter(same).filter_map(|one| {
        let mut names: Vec<&String> =
            one.related.iter().filter(|to| to.relation == Relation::HighestOf).map(|to| &to.clause).collect();
        if names.is_empty() {
            return None;
        }
        // The one that says it comes first, unless it names itself elsewhere.
        if !names.contains(&&one.label.name) {
            names.insert(0, &one.label.name);
        }
        Some(names)
    });
    groups.flat_map(move |names| {
        let own = names.iter().position(|name| **name == benefit.label.name);
        let others = names.into_iter().enumerate().filter_map(move |(place, name)| {
            let own = own.filter(|own| *own != place)?;
            let other = plan.benefits.iter().filter(same).find(|other| other.label.name == *name)?;
            Some((other, place < own))
        });
        others.collect::<Vec<_>>()
    })
}

struct Asks<'a, 'p> {
    questions: &'a Questions<'p>,
    benefit: &'a Benefit,
    judged: Judged,
}

impl Asks<'_, '_> {
    fn asked(&self) -> Asked<'_> {
        Asked { benefit: self.benefit, row: 0, clock: 0 }
    }

    /// All its conditions hold, and more; that there is none is proved.
    fn none(&self, more: Vec<Literal>) -> bool {
        let literals = self.asked().holds().into_iter().chain(more).collect();
        let question = self.asked().on_all(literals, &self.judged);
        matches!(self.questions.seek_anywhere(&question, self.benefit.charter), Answer::None)
    }

    /// Somebody meets its conditions, and nobody who does is paid.
    fn pays_nobody(&self, plan: &Plan) -> bool {
        let Some(pays) = self.asked().pays() else { return false };
        // What is plainly paid need not be asked about.
        let least =
            amounts(self.benefit).last().and_then(|most| extent(plan, self.benefit.charter, *most).lo);
        let is_plain = least.is_some_and(|least| least > Ratio::whole(0));
        !is_plain && self.none(vec![pays]) && !self.none(Vec::new())
    }

    /// Whoever has it has the other as well, on the same days, and that is more. What else decides about the other must
    /// be nothing.
    fn is_beaten(&self, plan: &Plan, other: &Benefit, named_before: bool) -> bool {
        let (benefit, asked) = (self.benefit, self.asked());
        let alike = (other.target, other.rhythm, other.judged_on)
            == (benefit.target, benefit.rhythm, benefit.judged_on)
            && other.rhythm.calendar_unit().is_some()
            && [benefit, other].iter().all(|one| one.prorating.is_none());
        let limited = plan.benefits.iter().any(|one| {
            one.charter == other.charter
                && one.limits.iter().any(|limit| limit.clauses.contains(&other.label.name))
        });
        if !alike || limited || !other.rivals.is_empty() || !other.discretionary.is_empty() {
            return false;
        }
        let (Some(least), Some(most)) = (amounts(other).first().copied(), amounts(benefit).last().copied())
        else {
            return false;
        };
        let extents = [least, most].map(|node| extent(plan, benefit.charter, node));
        let [least_of_it, most_of_own] = [extents[0].lo, extents[1].hi];
        let more = least_of_it
            .zip(most_of_own)
            .is_some_and(|(least, most)| if named_before { least >= most } else { least > most });
        let never_less = named_before && order(plan, benefit.charter, least, most).is_not_less();
        (more || never_less)
            && other
                .filter
                .iter()
                .chain(&other.conditions)
                .all(|condition| self.none(vec![asked.literal(condition.node, Want::False)]))
            && !self.none(Vec::new())
    }
}
