//! A plan with further expressions: those of its clauses with values put in for parameters, and what is asked about two
//! of them at once.

use super::order::order;
use crate::ir::{Arith, CharterId, Compare, Constant, Node, NodeId, Op, ParameterId, Plan};
use crate::schema::RecordId;
use crate::types::Type;
use crate::value::Fen;
use std::collections::{BTreeMap, HashMap};

/// What is put in for each parameter.
pub(super) type Values = BTreeMap<ParameterId, Constant>;

/// Most pairs of branches of two amounts that are compared one by one.
const MAX_PAIRS: usize = 256;

/// The plan, and what was added.
pub(super) struct Rewriting {
    pub(super) plan: Plan,
    known: HashMap<(Op, Type, Option<RecordId>), NodeId>,
    put: HashMap<(NodeId, Values), NodeId>,
}

impl Rewriting {
    pub(super) fn of(plan: &Plan) -> Self {
        Self { plan: plan.clone(), known: HashMap::new(), put: HashMap::new() }
    }

    fn add(&mut self, node: Node) -> NodeId {
        let key = (node.op.clone(), node.ty, node.scope);
        let next = NodeId(u32::try_from(self.plan.nodes.len()).unwrap_or(u32::MAX));
        let id = *self.known.entry(key).or_insert(next);
        if id == next {
            self.plan.nodes.push(node);
        }
        id
    }

    fn truth(&mut self, op: Op, scope: Option<RecordId>) -> NodeId {
        self.add(Node { op, ty: Type::Truth, optional: false, scope })
    }

    /// That all hold.
    pub(super) fn all(&mut self, nodes: Vec<NodeId>, scope: Option<RecordId>) -> NodeId {
        self.truth(Op::All(nodes), scope)
    }

    /// That one of them holds.
    pub(super) fn either(&mut self, nodes: Vec<NodeId>, scope: Option<RecordId>) -> NodeId {
        self.truth(Op::Either(nodes), scope)
    }

    /// That it does not hold.
    pub(super) fn not(&mut self, node: NodeId) -> NodeId {
        let scope = self.plan.node(node).scope;
        self.truth(Op::Not(node), scope)
    }

    /// An expression with values for the parameters it reads.
    pub(super) fn put(&mut self, node: NodeId, values: &Values) -> NodeId {
        if let Some(known) = self.put.get(&(node, values.clone())) {
            return *known;
        }
        let old = self.plan.node(node).clone();
        let op = match &old.op {
            Op::Parameter(id) => {
                values.get(id).map_or_else(|| old.op.clone(), |value| Op::Constant(value.clone()))
            }
            op => op.with_operands(&mut |operand| self.put(operand, values)),
        };
        let id = if op == old.op { node } else { self.add(Node { op, ..old }) };
        self.put.insert((node, values.clone()), id);
        id
    }

    /// That one amount is less than another; none where it is plain that it never is. What is the same in both, and
    /// what is written out, is left out of the comparison: the fewer numbers of the register are computed with, the
    /// more is decided.
    pub(super) fn less(&mut self, charter: CharterId, low: NodeId, high: NodeId) -> Option<NodeId> {
        if order(&self.plan, charter, low, high).is_not_less() {
            return None;
        }
        let (one, other) = (self.plan.node(low).clone(), self.plan.node(high).clone());
        let scope = one.scope.or(other.scope);
        match (&one.op, &other.op) {
            (Op::Constant(Constant::Money(_) | Constant::Number(_)), Op::Constant(_)) => {
                Some(self.all(Vec::new(), scope))
            }
            (Op::Round(low_in, way, to), Op::Round(high_in, same, unit)) if way == same && to == unit => {
                let inner = self.less(charter, *low_in, *high_in)?;
                let itself = self.truth(Op::Compare(Compare::Lt, low, high), scope);
                Some(self.all(vec![inner, itself], scope))
            }
            (Op::Arith(Arith::Add, left, right), Op::Arith(Arith::Add, first, second)) if right == second => {
                self.less(charter, *left, *first)
            }
            (Op::Arith(Arith::Add, left, right), Op::Arith(Arith::Add, first, second)) if left == first => {
                self.less(charter, *right, *second)
            }
            _ if branches(&one.op).saturating_mul(branches(&other.op)) > MAX_PAIRS => {
                Some(self.truth(Op::Compare(Compare::Lt, low, high), scope))
            }
            (Op::Choose { .. } | Op::Tiers { .. } | Op::Table { .. }, _) if alike(&one.op, &other.op) => {
                let others = values(&other.op);
                self.by_branches(&one, &mut |own, (place, value)| {
                    own.less(charter, value, others.get(place).copied().unwrap_or(high))
                })
            }
            (Op::Choose { .. } | Op::Tiers { .. } | Op::Table { .. }, _) => {
                self.by_branches(&one, &mut |own, (_, value)| own.less(charter, value, high))
            }
            (_, Op::Choose { .. } | Op::Tiers { .. } | Op::Table { .. }) => {
                self.by_branches(&other, &mut |own, (_, value)| own.less(charter, low, value))
            }
            _ => Some(self.truth(Op::Compare(Compare::Lt, low, high), scope)),
        }
    }

    /// What is asked of each branch, where it is the one that is taken; none where none of them can hold.
    fn by_branches(
        &mut self,
        node: &Node,
        ask: &mut impl FnMut(&mut Self, (usize, NodeId)) -> Option<NodeId>,
    ) -> Option<NodeId> {
        let asked: Vec<Option<NodeId>> =
            values(&node.op).into_iter().enumerate().map(|branch| ask(self, branch)).collect();
        if asked.iter().all(Option::is_none) {
            return None;
        }
        let never = self.either(Vec::new(), None);
        let mut asked = asked.into_iter().map(|one| one.unwrap_or(never));
        let mut next = || asked.next().unwrap_or(never);
        let mut op = node.op.clone();
        match &mut op {
            Op::Choose { cases, otherwise } => {
                for (_, value) in cases {
                    *value = next();
                }
                *otherwise = next();
            }
            Op::Tiers { arms, otherwise, .. } => {
                for arm in arms {
                    arm.value = next();
                }
                if let Some(value) = otherwise {
                    *value = next();
                }
            }
            Op::Table { rows, .. } => {
                for row in rows {
                    row.value = next();
                }
            }
            _ => {}
        }
        Some(self.truth(op, node.scope))
    }

    /// That an amount is more than nothing.
    pub(super) fn is_paid(&mut self, amount: NodeId) -> NodeId {
        let node = self.plan.node(amount);
        let (scope, ty) = (node.scope, node.ty);
        let nothing =
            self.add(Node { op: Op::Constant(Constant::Money(Fen::ZERO)), ty, optional: false, scope: None });
        self.truth(Op::Compare(Compare::Gt, amount, nothing), scope)
    }
}

/// The values of the branches, in their order.
fn values(op: &Op) -> Vec<NodeId> {
    match op {
        Op::Choose { cases, otherwise } => {
            cases.iter().map(|(_, value)| *value).chain([*otherwise]).collect()
        }
        Op::Tiers { arms, otherwise, .. } => arms.iter().map(|arm| arm.value).chain(*otherwise).collect(),
        Op::Table { rows, .. } => rows.iter().map(|row| row.value).collect(),
        _ => Vec::new(),
    }
}

/// How many there are.
fn branches(op: &Op) -> usize {
    values(op).len().max(1)
}

/// Is the same branch taken in both, whatever the register says?
fn alike(one: &Op, other: &Op) -> bool {
    match (one, other) {
        (Op::Choose { cases, .. }, Op::Choose { cases: others, .. }) => {
            cases.iter().map(|(test, _)| test).eq(others.iter().map(|(test, _)| test))
        }
        (
            Op::Tiers { subject, arms, otherwise },
            Op::Tiers { subject: other, arms: others, otherwise: left },
        ) => {
            subject == other
                && otherwise.is_some() == left.is_some()
                && arms.iter().map(|arm| &arm.pattern).eq(others.iter().map(|arm| &arm.pattern))
        }
        (Op::Table { subjects, rows }, Op::Table { subjects: other, rows: others }) => {
            subjects == other && rows.iter().map(|row| &row.cells).eq(others.iter().map(|row| &row.cells))
        }
        _ => false,
    }
}
