//! The numbers and amounts of the register that a clause depends on, and what it pays when one of them is given.

use super::questions::{Asked, amounts, chain};
use super::solve::{Given, Literal, Want, Witness};
use crate::diagnostic::Term;
use crate::eval::traced::Probe;
use crate::eval::{FactId, FactPart};
use crate::ir::{Benefit, Compare, Constant, NodeId, Op, ParameterId, ParameterKind, Pattern, Plan};
use crate::schema::{FieldId, FieldType, Label, RecordId};
use crate::value::{Bounds, Fen, Truth};
use std::collections::BTreeSet;

/// A field that holds a number or an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Quantity {
    record: RecordId,
    field: FieldId,
}

impl Quantity {
    /// Those that some expressions are computed from.
    pub(super) fn read(plan: &Plan, roots: Vec<NodeId>) -> BTreeSet<Self> {
        let nodes = plan.within(roots);
        let field = |id: &NodeId| match plan.node(*id).op {
            Op::Field(record, field) => Some(Self { record, field }),
            _ => None,
        };
        let numeric = |one: &Self| {
            matches!(plan.schema.field(one.record, one.field).ty, FieldType::Number | FieldType::Money)
        };
        nodes.iter().filter_map(field).filter(numeric).collect()
    }

    pub(super) fn label(self, plan: &Plan) -> &Label {
        &plan.schema.field(self.record, self.field).label
    }

    pub(super) fn is_money(self, plan: &Plan) -> bool {
        plan.schema.field(self.record, self.field).ty == FieldType::Money
    }

    /// The fact of the first row, with a value.
    pub(super) fn given(self, value: i64) -> Given {
        let fact = FactId { record: self.record, part: FactPart::Field(self.field), row: 0 };
        Given { fact, value }
    }

    /// A value as people read it.
    pub(super) fn shown(self, plan: &Plan, value: i64) -> Term {
        if self.is_money(plan) { yuan(Fen(value)) } else { Term::same(value) }
    }

    /// The values that are written where something about it turns, each the first on its side. What it must equal is
    /// a kind of it, and a number by which rows are picked out says which they are, as a code does.
    pub(super) fn turns(self, plan: &Plan, roots: Vec<NodeId>) -> BTreeSet<i64> {
        let mut turns = BTreeSet::new();
        let about = |id: NodeId| Self::read(plan, vec![id]).contains(&self);
        let nodes = if self.is_money(plan) { plan.within(roots) } else { beside_filters(plan, roots) };
        for id in nodes {
            match &plan.node(id).op {
                Op::Compare(compare, left, right) if *compare != Compare::Eq => {
                    for (one, other) in [(*left, *right), (*right, *left)] {
                        if about(one) {
                            turns.extend(written(plan, other));
                        }
                    }
                }
                Op::Tiers { subject, arms, .. } if about(*subject) => {
                    turns.extend(ends(arms.iter().map(|arm| &arm.pattern)));
                }
                Op::Table { subjects, rows } => {
                    for (column, _) in subjects.iter().enumerate().filter(|(_, subject)| about(**subject)) {
                        turns.extend(ends(rows.iter().filter_map(|row| row.cells.get(column)?.as_ref())));
                    }
                }
                _ => {}
            }
        }
        turns
    }
}

impl Asked<'_> {
    /// That all its conditions hold where a fact is given.
    pub(super) fn holds_given(&self, given: Given) -> Vec<Literal> {
        self.holds().into_iter().map(|literal| Literal { given: Some(given), ..literal }).collect()
    }

    /// That the most it pays, where a fact is given, is more than so much.
    pub(super) fn pays_given(&self, given: Given, than: Fen) -> Option<Literal> {
        let most = *amounts(self.benefit).last()?;
        Some(Literal { given: Some(given), ..self.literal(most, Want::Above(than)) })
    }
}

/// What a clause pays the household of a witness, as far as that is known, where a fact is given.
pub(super) fn paid(plan: &Plan, benefit: &Benefit, witness: &Witness, given: Given) -> Bounds<Fen> {
    let Some(most) = amounts(benefit).last().copied() else { return Bounds::exact(Fen::ZERO) };
    let (register, layers) = (witness.register(plan), chain(plan, benefit.charter));
    let probe = Probe {
        plan,
        register: &register,
        day: witness.day,
        layers: &layers,
        standing: None,
        only_gap: None,
    };
    let facts: Vec<_> = [given.known(plan)].into_iter().chain(witness.facts.iter().cloned()).collect();
    let mut conditions = benefit.filter.iter().chain(&benefit.conditions);
    let holds = conditions.try_fold(Truth::True, |all, condition| {
        probe.truth(condition.node, 0, &facts).map(|found| all.and(found.value))
    });
    match (holds, probe.money(most, 0, &facts)) {
        (Ok(Truth::False), _) => Bounds::exact(Fen::ZERO),
        (Ok(Truth::True), Ok(found)) => found.value,
        (Ok(Truth::Unknown), Ok(found)) => Bounds { lo: Some(Fen::ZERO), hi: found.value.hi },
        _ => Bounds::any(),
    }
}

/// An amount with its unit.
pub(super) fn yuan(amount: Fen) -> Term {
    Term::new(format!("{amount} 元"), format!("{amount} yuan"))
}

/// The same, without what picks out rows.
fn beside_filters(plan: &Plan, mut waiting: Vec<NodeId>) -> BTreeSet<NodeId> {
    let mut seen = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if seen.insert(id) {
            match &plan.node(id).op {
                Op::Aggregate { value, .. } => waiting.extend(value),
                Op::Pick { value, .. } => waiting.push(*value),
                Op::Rank { .. } => {}
                op => op.operands(&mut waiting),
            }
        }
    }
    seen
}

/// The numbers and amounts that an expression without arithmetic can be.
fn written(plan: &Plan, node: NodeId) -> Vec<i64> {
    let number = |constant: &Constant| match constant {
        Constant::Number(number) => Some(*number),
        Constant::Money(fen) => Some(fen.0),
        _ => None,
    };
    match &plan.node(node).op {
        Op::Constant(constant) => number(constant).into_iter().collect(),
        Op::Parameter(ParameterId(index)) => match plan.parameters.get(*index).map(|one| &one.kind) {
            Some(ParameterKind::Dated(values)) => {
                values.iter().filter_map(|(.., value)| number(value)).collect()
            }
            Some(ParameterKind::Open { default, settings }) => {
                let set = settings.iter().map(|setting| &setting.value);
                set.chain(default).filter_map(number).collect()
            }
            None => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The first values of some spans, and the first after them; none where single values are listed, as codes are.
fn ends<'p>(patterns: impl Iterator<Item = &'p Pattern>) -> Vec<i64> {
    let mut turns = Vec::new();
    for pattern in patterns {
        match pattern {
            Pattern::Span(lo, hi) if lo != hi => {
                turns.extend(lo.iter().copied().chain(hi.and_then(|hi| hi.checked_add(1))));
            }
            Pattern::Span(..) | Pattern::Code(_) => return Vec::new(),
        }
    }
    turns
}
