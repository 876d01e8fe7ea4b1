//! Builds the nodes of a plan; equal expressions become one node.

use super::plan::{Node, NodeId, Op};
use crate::schema::RecordId;
use crate::types::Type;
use std::collections::HashMap;

/// The nodes so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Builder {
    pub(super) nodes: Vec<Node>,
    /// Only looked up, never walked: the order of nodes is the order they were asked for.
    known: HashMap<(Op, Type, Option<RecordId>), NodeId>,
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
        let key = (op, ty, scope);
        if let Some(id) = self.known.get(&key) {
            return *id;
        }
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Node { op: key.0.clone(), ty, optional, scope });
        self.known.insert(key, id);
        id
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
