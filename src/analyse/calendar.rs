//! What a clause makes of the judged day alone, such as `calendar month of today = 6`. The judged days of a rhythm are
//! few, so each is looked at: those on which all that comes to the same are of one kind, and one day of a kind stands for
//! the others as long as no dated value begins or ends between them.

use super::days::{YEARS_AHEAD, judged_unit, next_judged};
use super::solve::Shape;
use crate::eval::traced::Probe;
use crate::ir::{Benefit, NodeId, Op, ParameterKind, Plan};
use crate::types::Type;
use crate::value::{Day, PeriodUnit, Truth};
use std::collections::{BTreeMap, BTreeSet};

/// Most kinds of days that are told apart.
const MAX_KINDS: usize = 300;

/// What is read of a judged day.
enum Read {
    /// What an expression comes to.
    Value(NodeId),
    /// Where it lies in its year, for ends of months, quarters and years that are held against facts.
    Month,
}

/// The first and the last judged day of each kind between two of some days; none where they were not all looked at.
pub(super) fn kinds(
    plan: &Plan,
    benefit: &Benefit,
    roots: Vec<NodeId>,
    borders: &BTreeSet<Day>,
) -> Option<BTreeSet<Day>> {
    let read = read(plan, roots)?;
    if read.is_empty() {
        return Some(BTreeSet::new());
    }
    let unit = judged_unit(benefit)?;
    let (shape, month) = (shape(plan, benefit), |day: Day| day.civil().month.to_string());
    let register = shape.register(&plan.schema);
    let mut kinds: BTreeMap<(usize, Vec<String>), (Day, Day)> = BTreeMap::new();
    let mut borders = borders.iter().peekable();
    let mut passed = 0;
    for day in judged_days(benefit, unit) {
        while borders.next_if(|border| **border <= day).is_some() {
            passed += 1;
        }
        let probe = Probe { plan, register: &register, day, layers: &[], standing: None, only_gap: None };
        let value = |one: &Read| match one {
            Read::Value(node) => probe.settled(*node, 0, &[]).unwrap_or_default(),
            Read::Month => month(day),
        };
        let kind = (passed, read.iter().map(value).collect());
        kinds.entry(kind).or_insert((day, day)).1 = day;
        if kinds.len() > MAX_KINDS {
            return None;
        }
    }
    Some(kinds.into_values().flat_map(|(first, last)| [first, last]).collect())
}

/// On how many judged days of one unit, at the most, what a clause asks of the judged day alone does not fail; none where
/// it asks nothing of it but dates.
pub(super) fn most_in(plan: &Plan, benefit: &Benefit, window: PeriodUnit) -> Option<i64> {
    let alone = |id: NodeId| {
        computes(plan, id) && !plan.reads_facts(id) && !plan.any_within(id, |node| is_slot(plan, &node.op))
    };
    let asked: Vec<NodeId> =
        benefit.filter.iter().chain(&benefit.conditions).map(|condition| condition.node).collect();
    let asked: Vec<NodeId> =
        asked.into_iter().flat_map(|id| conjuncts(plan, id)).filter(|id| alone(*id)).collect();
    if asked.is_empty() {
        return None;
    }
    let unit = judged_unit(benefit)?;
    let register = shape(plan, benefit).register(&plan.schema);
    let mut judged: BTreeMap<Day, i64> = BTreeMap::new();
    for day in judged_days(benefit, unit) {
        let probe = Probe { plan, register: &register, day, layers: &[], standing: None, only_gap: None };
        let fails =
            |id: &NodeId| matches!(probe.truth(*id, 0, &[]), Ok(found) if found.value == Truth::False);
        if !asked.iter().any(fails) {
            *judged.entry(window.start(day)).or_default() += 1;
        }
    }
    Some(judged.into_values().max().unwrap_or(0))
}

/// The judged days of a clause as long as somebody may live who was there at the beginning.
fn judged_days(benefit: &Benefit, unit: PeriodUnit) -> impl Iterator<Item = Day> {
    let far = benefit.days.from.add_months(12 * YEARS_AHEAD).unwrap_or(Day::MAX);
    let next = move |day: Day| next_judged(unit, benefit.judged_on, day);
    let following = move |day: &Day| unit.end(*day).add_days(1).and_then(next);
    std::iter::successors(next(benefit.days.from), following)
        .take_while(move |day| benefit.days.contain(*day) && *day <= far)
}

/// What all must hold for a condition to hold.
fn conjuncts(plan: &Plan, id: NodeId) -> Vec<NodeId> {
    match &plan.node(id).op {
        Op::All(parts) => parts.iter().flat_map(|part| conjuncts(plan, *part)).collect(),
        _ => vec![id],
    }
}

/// All that is computed from the judged day and no fact; none where a village has its part in it.
fn read(plan: &Plan, roots: Vec<NodeId>) -> Option<Vec<Read>> {
    let (mut facts, mut today) = (BTreeSet::new(), BTreeSet::new());
    for id in plan.within(roots.clone()) {
        // Operands stand before what uses them.
        let mut operands = Vec::new();
        let op = &plan.node(id).op;
        op.operands(&mut operands);
        let is_fact = matches!(
            op,
            Op::Field(..) | Op::Key(_) | Op::Aggregate { .. } | Op::Pick { .. } | Op::Rank { .. }
        );
        if is_fact || operands.iter().any(|id| facts.contains(id)) {
            facts.insert(id);
        }
        if *op == Op::Today || operands.iter().any(|id| today.contains(id)) {
            today.insert(id);
        }
    }
    let (mut read, mut waiting, mut seen) = (Vec::new(), roots, BTreeSet::new());
    while let Some(id) = waiting.pop() {
        if !seen.insert(id) || !today.contains(&id) {
            continue;
        }
        let node = plan.node(id);
        if facts.contains(&id) {
            node.op.operands(&mut waiting);
        } else if computes(plan, id) {
            if plan.any_within(id, |node| is_slot(plan, &node.op)) {
                return None;
            }
            read.push(if node.ty == Type::Date { Read::Month } else { Read::Value(id) });
        }
    }
    Some(read)
}

/// Is more done with the judged day than that it is moved, or held against dates?
pub(super) fn computes(plan: &Plan, root: NodeId) -> bool {
    plan.any_within(root, |node| matches!(node.op, Op::Calendar(..) | Op::Month(..) | Op::Elapsed(..)))
}

fn is_slot(plan: &Plan, op: &Op) -> bool {
    let Op::Parameter(id) = op else { return false };
    matches!(plan.parameters.get(id.0).map(|one| &one.kind), Some(ParameterKind::Open { .. }))
}

/// One row of the target and of each record it lies in.
fn shape(plan: &Plan, benefit: &Benefit) -> Shape {
    let chain: BTreeSet<_> = plan.schema.chain(benefit.target).collect();
    let rows: Vec<usize> = plan.schema.iter().map(|(id, _)| usize::from(chain.contains(&id))).collect();
    let lies = |record: &crate::schema::Record, rows: &usize| {
        if record.parent.is_some() { vec![0; *rows] } else { Vec::new() }
    };
    let parents = plan.schema.iter().zip(&rows).map(|((_, record), rows)| lies(record, rows)).collect();
    Shape { rows, parents }
}
