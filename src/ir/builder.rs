//! Builds the nodes of a plan; equal expressions become one node.

use super::plan::{Node, NodeId, Op};
use crate::schema::RecordId;
use crate::types::Type;
use crate::value::Each;
use foldhash::quality::FixedState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use std::hash::BuildHasher;

/// The nodes so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Builder {
    pub(super) nodes: Vec<Node>,
    /// Only looked up, never walked: the order of nodes is the order they were asked for.
    known: HashTable<NodeId>,
    sizes: Vec<Size>,
    /// What the amount of each node is paid for.
    each: Vec<Option<Each>>,
}

/// How large an expression is, written out with all that it is made of.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Size {
    /// Levels of operands.
    pub(super) depth: usize,
    /// Operations; one that is used twice counts twice, for an evaluator computes it twice.
    pub(super) operations: u64,
}

impl Builder {
    pub(super) fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.0 as usize)
    }

    pub(super) fn ty(&self, id: NodeId) -> Type {
        self.node(id).map_or(Type::Truth, |node| node.ty)
    }

    pub(super) fn optional(&self, id: NodeId) -> bool {
        self.node(id).is_some_and(|node| node.optional)
    }

    /// The node of an operation; `scope` is the record of the row it is computed on, where it depends on one.
    pub(super) fn add(&mut self, op: Op, ty: Type, optional: bool, scope: Option<RecordId>) -> NodeId {
        let each = self.each_of(&op, ty);
        self.add_each(op, ty, optional, scope, each)
    }

    /// The same, with what its amount is paid for; two nodes that differ in this alone stay two.
    pub(super) fn add_each(
        &mut self,
        op: Op,
        ty: Type,
        optional: bool,
        scope: Option<RecordId>,
        each: Option<Each>,
    ) -> NodeId {
        let hash = |op: &Op, ty, scope, each| FixedState::default().hash_one((op, ty, scope, each));
        let (nodes, every) = (&self.nodes, &self.each);
        let at = |id: &NodeId| nodes.get(id.0 as usize).zip(every.get(id.0 as usize).copied());
        let same = |id: &NodeId| {
            at(id).is_some_and(|(node, paid_for)| {
                node.op == op && (node.ty, node.scope, paid_for) == (ty, scope, each)
            })
        };
        let again =
            |id: &NodeId| at(id).map_or(0, |(node, paid_for)| hash(&node.op, node.ty, node.scope, paid_for));
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        match self.known.entry(hash(&op, ty, scope, each), same, again) {
            Entry::Occupied(known) => return *known.get(),
            Entry::Vacant(free) => free.insert(id),
        };
        self.sizes.push(self.size_of(&op));
        self.each.push(each);
        self.nodes.push(Node { op, ty, optional, scope });
        id
    }

    /// What an amount is paid for; none for plain money and for everything else.
    pub(super) fn each(&self, id: NodeId) -> Option<Each> {
        self.each.get(id.0 as usize).copied().flatten()
    }

    /// What the amount of an operation is paid for: what its operands are, which agree.
    fn each_of(&self, op: &Op, ty: Type) -> Option<Each> {
        if !matches!(ty, Type::Money | Type::ExactMoney) {
            return None;
        }
        let amounts: Vec<NodeId> = match op {
            Op::Choose { cases, otherwise } => {
                cases.iter().map(|(_, value)| *value).chain([*otherwise]).collect()
            }
            Op::Tiers { arms, otherwise, .. } => arms.iter().map(|arm| arm.value).chain(*otherwise).collect(),
            Op::Table { rows, .. } => rows.iter().map(|row| row.value).collect(),
            Op::Pick { value, .. } => vec![*value],
            Op::Aggregate { value, .. } => value.iter().copied().collect(),
            Op::Outer(..) | Op::Round(..) | Op::Arith(..) | Op::Scale { .. } => {
                let mut operands = Vec::new();
                op.operands(&mut operands);
                operands
            }
            _ => Vec::new(),
        };
        amounts.into_iter().find_map(|amount| self.each(amount))
    }

    /// How large an expression is.
    pub(super) fn size(&self, id: NodeId) -> Size {
        self.sizes.get(id.0 as usize).copied().unwrap_or_default()
    }

    fn size_of(&self, op: &Op) -> Size {
        let whole = |parts: &mut dyn Iterator<Item = NodeId>| {
            parts.map(|id| self.size(id)).fold(Size { depth: 1, operations: 1 }, |whole, part| Size {
                depth: whole.depth.max(part.depth + 1),
                operations: whole.operations.saturating_add(part.operations),
            })
        };
        match op {
            Op::Constant(_) | Op::Today | Op::Field(..) | Op::Key(_) | Op::Parameter(_) => {
                whole(&mut std::iter::empty())
            }
            Op::Outer(_, inner)
            | Op::Not(inner)
            | Op::IsAbsent(inner)
            | Op::Shift { date: inner, .. }
            | Op::Month(_, inner)
            | Op::Calendar(_, inner)
            | Op::Round(inner, ..) => whole(&mut [*inner].into_iter()),
            Op::All(parts) | Op::Either(parts) => whole(&mut parts.iter().copied()),
            Op::Compare(_, left, right) | Op::Arith(_, left, right) | Op::Elapsed(_, left, right) => {
                whole(&mut [*left, *right].into_iter())
            }
            Op::Choose { cases, otherwise } => {
                whole(&mut cases.iter().flat_map(|(test, value)| [*test, *value]).chain([*otherwise]))
            }
            Op::Pick { filter, key, value, .. } => whole(&mut filter.iter().copied().chain([*key, *value])),
            Op::Rank { filter, key, .. } => whole(&mut filter.iter().copied().chain([*key])),
            Op::Aggregate { filter, value, .. } => whole(&mut [*filter, *value].into_iter().flatten()),
            Op::Table { subjects, rows } => {
                whole(&mut subjects.iter().copied().chain(rows.iter().map(|row| row.value)))
            }
            Op::Scale { subject, bands } => {
                whole(&mut [*subject].into_iter().chain(bands.iter().map(|(_, rate)| *rate)))
            }
            Op::Tiers { subject, arms, otherwise } => {
                whole(&mut [*subject].into_iter().chain(arms.iter().map(|arm| arm.value)).chain(*otherwise))
            }
        }
    }

    /// The same, with the scope its operands have.
    pub(super) fn over(&mut self, op: Op, ty: Type, optional: bool, operands: &[NodeId]) -> NodeId {
        let scope = operands.iter().find_map(|id| self.node(*id)?.scope);
        self.add(op, ty, optional, scope)
    }

    /// Kleene conjunction; one operand alone stays itself.
    pub(super) fn all(&mut self, mut operands: Vec<NodeId>) -> Option<NodeId> {
        if operands.len() <= 1 {
            return operands.pop();
        }
        let copy = operands.clone();
        Some(self.over(Op::All(operands), Type::Truth, false, &copy))
    }

    /// Kleene negation; a double one undoes itself.
    pub(super) fn not(&mut self, operand: NodeId) -> NodeId {
        match self.node(operand).map(|node| &node.op) {
            Some(Op::Not(inner)) => *inner,
            _ => self.over(Op::Not(operand), Type::Truth, false, &[operand]),
        }
    }
}
