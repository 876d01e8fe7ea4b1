//! A013: a row of a table, an arm of tiers or a branch of a choice that no household of the clause comes to.
//!
//! A row is looked at under all that must hold before it is asked: the conditions of the clause, the branches it lies
//! in, the filter of the rows that are counted. Equal tables are one expression of the plan, so what counts is where a
//! row is written: in a clause it is that clause's, in a define it is of every clause that uses the define.

use super::calendar::computes;
use super::days::{self, Judged};
use super::questions::{Asked, Questions, amounts, within_bounds};
use super::solve::{Answer, Literal, Want};
use super::ways::{Walk, leads, used};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::{Benefit, Branches, ConditionKind, Most, Must, Node, NodeId, Op, Plan, Window};
use crate::schema::RecordId;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Most clauses that are named.
const MAX_NAMED: usize = 3;

/// One finding a row.
pub(super) fn rows(plan: &Plan, questions: &Questions<'_>) -> Vec<Diagnostic> {
    let leads = leads(plan);
    // What stands at one place is one text, compiled once for each stack.
    let mut texts: BTreeMap<Span, Vec<&Branches>> = BTreeMap::new();
    for branches in &plan.branches {
        if let Some(first) = branches.arms.first() {
            texts.entry(first.0).or_default().push(branches);
        }
    }
    let mut using: BTreeMap<NodeId, Vec<usize>> = BTreeMap::new();
    for (index, benefit) in plan.benefits.iter().enumerate() {
        for node in used(plan, &leads, of_benefit(benefit)) {
            using.entry(node).or_default().push(index);
        }
    }
    let elsewhere = used(plan, &leads, beside_benefits(plan));
    let mut findings = Vec::new();
    for (place, written) in texts {
        let nodes: BTreeSet<NodeId> = written.iter().map(|branches| branches.node).collect();
        let of = |benefit: &Benefit| {
            let own = benefit.span.0;
            own.source == place.source && own.start <= place.start && place.end <= own.end
        };
        let all: BTreeSet<usize> =
            nodes.iter().filter_map(|node| using.get(node)).flatten().copied().collect();
        let all: Vec<&Benefit> = all.into_iter().filter_map(|index| plan.benefits.get(index)).collect();
        let own: Vec<&Benefit> = all.iter().copied().filter(|benefit| of(benefit)).collect();
        let users = match own.is_empty() {
            false => own,
            // A duty, a figure or a limit may come to rows that no benefit comes to.
            true if !nodes.is_disjoint(&elsewhere) => continue,
            true => all,
        };
        let Some(arms) = written.first().map(|branches| &branches.arms) else { continue };
        let Some(ways) = ways(plan, questions, &leads, &nodes, &users) else { continue };
        let decided = |way: &Way<'_>| nodes.iter().all(|node| hangs_on_facts(plan, *node, way.days.all));
        if !ways.iter().all(decided) {
            continue;
        }
        let dead: Vec<Span> = arms
            .iter()
            .enumerate()
            .filter(|(arm, _)| ways.iter().all(|way| way.misses(questions, *arm)))
            .map(|(_, place)| place.0)
            .collect();
        // Where none is reached it is the whole of it that is not.
        let told = if dead.len() == arms.len() { 1 } else { dead.len() };
        findings.extend(dead.into_iter().take(told).map(|place| finding(place, &users, of)));
    }
    findings
}

fn finding(place: Span, users: &[&Benefit], of: impl Fn(&Benefit) -> bool) -> Diagnostic {
    let mut clauses: BTreeMap<Span, &Benefit> = BTreeMap::new();
    for user in users {
        clauses.entry(user.title.0).or_insert(user);
    }
    let named: Vec<Term> = clauses.values().take(MAX_NAMED).map(|user| Term::from(&user.label)).collect();
    let rest = clauses.len() > MAX_NAMED;
    let zh = named.iter().map(|term| format!("“{}”", term.zh)).collect::<Vec<_>>().join("、");
    let en = named.iter().map(|term| format!("'{}'", term.en)).collect::<Vec<_>>().join(" or ");
    let clause = Term::new(zh + if rest { "等" } else { "" }, en + if rest { " or others" } else { "" });
    let mut finding = within_bounds(Diagnostic::at(codes::A013, place).arg("clause", clause));
    for user in clauses.values().take(MAX_NAMED).filter(|user| !of(user)) {
        finding = finding.related(user.title.0, Term::new("用到它的条款", "the clause that uses it"));
    }
    finding
}

/// One way from a clause to a table: what must hold on it, and the row on which the table is asked.
struct Way<'p> {
    asked: Asked<'p>,
    days: Rc<Judged>,
    node: NodeId,
    row: (RecordId, usize),
    hold: Vec<Literal>,
}

impl Way<'_> {
    fn misses(&self, questions: &Questions<'_>, arm: usize) -> bool {
        let hit = Literal { row: self.row, ..self.asked.literal(self.node, Want::Arm(arm)) };
        self.none(questions, Some(hit))
    }

    fn none(&self, questions: &Questions<'_>, more: Option<Literal>) -> bool {
        let literals = self.hold.iter().cloned().chain(more).collect();
        let question = self.asked.on_all(literals, &self.days);
        matches!(questions.seek_anywhere(&question, self.asked.benefit.charter), Answer::None)
    }
}

/// Every way to some tables that a household can go; none where there are too many, or no household goes any.
fn ways<'p>(
    plan: &'p Plan,
    questions: &Questions<'_>,
    leads: &[bool],
    nodes: &BTreeSet<NodeId>,
    users: &[&'p Benefit],
) -> Option<Vec<Way<'p>>> {
    let mut ways = Vec::new();
    for benefit in users {
        let asked = Asked { benefit, row: 0, clock: 0 };
        let days = Rc::new(days::reading(plan, benefit, nodes.iter().copied().collect()));
        let mut walk = Walk { plan, leads, nodes, target: benefit.target, found: Vec::new(), lost: false };
        let target = (benefit.target, 0);
        let filter: Vec<Literal> =
            benefit.filter.iter().map(|condition| asked.literal(condition.node, Want::True)).collect();
        for condition in &benefit.filter {
            walk.go(condition.node, target, &[]);
        }
        for condition in own_conditions(benefit) {
            walk.go(condition, target, &filter);
        }
        for amount in amounts(benefit) {
            walk.go(amount, target, &asked.holds());
        }
        if walk.lost {
            return None;
        }
        let found = walk.found.into_iter();
        ways.extend(found.map(|(node, row, hold)| Way { asked, days: Rc::clone(&days), node, row, hold }));
    }
    // What nobody gets at all is told as that.
    ways.retain(|way| !way.none(questions, None));
    (!ways.is_empty()).then_some(ways)
}

/// Conditions that are the clause's own, without those of clauses that come before it.
fn own_conditions(benefit: &Benefit) -> impl Iterator<Item = NodeId> {
    let yields = |kind| matches!(kind, ConditionKind::Exception | ConditionKind::Replaced);
    benefit.conditions.iter().filter(move |condition| !yields(condition.kind)).map(|condition| condition.node)
}

fn of_benefit(benefit: &Benefit) -> Vec<NodeId> {
    let filter = benefit.filter.iter().map(|condition| condition.node);
    filter.chain(own_conditions(benefit)).chain(amounts(benefit)).collect()
}

/// What is computed for duties, figures and limits.
fn beside_benefits(plan: &Plan) -> Vec<NodeId> {
    let limits = plan.benefits.iter().flat_map(|benefit| &benefit.limits);
    let limits = limits.filter_map(|limit| match limit.most {
        Most::Amount(node) => Some(node),
        Most::Times(_) => None,
    });
    let duties = plan.obligations.iter().flat_map(|duty| {
        let conditions = duty.filter.iter().chain(&duty.bound).chain(&duty.excuse);
        let must = match &duty.must {
            Must::Within { act, after, .. } => vec![*act, *after],
            Must::Times { filter, .. } => filter.iter().copied().collect(),
            Must::Throughout { condition, window, .. } => match window {
                Window::Each(_) => vec![*condition],
                Window::After { after, .. } => vec![*condition, *after],
            },
        };
        conditions.map(|condition| condition.node).chain(must)
    });
    let measures = plan.indicators.iter().flat_map(|one| [Some(one.numerator), one.denominator]).flatten();
    let figures = measures.flat_map(|measure| measure.filter.into_iter().chain(measure.value));
    limits.chain(duties).chain(figures).collect()
}

/// Is what a table depends on read off the register, or from the day that is judged? Of anything else that is computed
/// from the day all days must be known; and a parameter has another value one day.
fn hangs_on_facts(plan: &Plan, table: NodeId, all_days: bool) -> bool {
    let is_parameter = |node: &Node| matches!(node.op, Op::Parameter(_));
    let settled = |node: NodeId| {
        plan.reads_facts(node) || (all_days || !computes(plan, node)) && !plan.any_within(node, is_parameter)
    };
    match &plan.node(table).op {
        Op::Tiers { subject, .. } => settled(*subject),
        Op::Table { subjects, .. } => subjects.iter().all(|subject| settled(*subject)),
        Op::Choose { cases, .. } => cases.iter().all(|(test, _)| settled(*test)),
        _ => true,
    }
}
