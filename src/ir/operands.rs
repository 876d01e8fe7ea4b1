//! Which expressions an expression is computed from, for analyses that walk the plan.

use super::plan::{Node, NodeId, Op, Plan};
use std::collections::BTreeSet;

impl Op {
    /// Adds the expressions it is computed from to a list.
    pub fn operands(&self, list: &mut Vec<NodeId>) {
        match self {
            Self::Constant(_) | Self::Today | Self::Field(..) | Self::Key(_) | Self::Parameter(_) => {}
            Self::Outer(_, node)
            | Self::Not(node)
            | Self::IsAbsent(node)
            | Self::Month(_, node)
            | Self::Calendar(_, node)
            | Self::Round(node, ..)
            | Self::Shift { date: node, .. } => list.push(*node),
            Self::All(nodes) | Self::Either(nodes) => list.extend(nodes),
            Self::Compare(_, left, right) | Self::Arith(_, left, right) | Self::Elapsed(_, left, right) => {
                list.extend([left, right]);
            }
            Self::Choose { cases, otherwise } => {
                list.extend(cases.iter().flat_map(|(test, value)| [*test, *value]).chain([*otherwise]));
            }
            Self::Pick { filter, key, value, .. } => list.extend(filter.iter().chain([key, value])),
            Self::Rank { filter, key, .. } => list.extend(filter.iter().chain([key])),
            Self::Aggregate { filter, value, .. } => list.extend(filter.iter().chain(value)),
            Self::Table { subjects, rows } => {
                list.extend(subjects.iter().copied().chain(rows.iter().map(|row| row.value)));
            }
            Self::Scale { subject, bands } => {
                list.extend([*subject].into_iter().chain(bands.iter().map(|(_, rate)| *rate)));
            }
            Self::Tiers { subject, arms, otherwise } => {
                list.push(*subject);
                list.extend(arms.iter().map(|arm| arm.value).chain(*otherwise));
            }
        }
    }

    /// The same with each expression it is computed from put through a function.
    #[must_use]
    pub fn with_operands(&self, change: &mut impl FnMut(NodeId) -> NodeId) -> Self {
        let mut op = self.clone();
        let mut put = |node: &mut NodeId| *node = change(*node);
        match &mut op {
            Self::Constant(_) | Self::Today | Self::Field(..) | Self::Key(_) | Self::Parameter(_) => {}
            Self::Outer(_, node)
            | Self::Not(node)
            | Self::IsAbsent(node)
            | Self::Month(_, node)
            | Self::Calendar(_, node)
            | Self::Round(node, ..)
            | Self::Shift { date: node, .. } => put(node),
            Self::All(nodes) | Self::Either(nodes) => nodes.iter_mut().for_each(put),
            Self::Compare(_, left, right) | Self::Arith(_, left, right) | Self::Elapsed(_, left, right) => {
                [left, right].into_iter().for_each(put);
            }
            Self::Choose { cases, otherwise } => {
                cases.iter_mut().flat_map(|(test, value)| [test, value]).for_each(&mut put);
                put(otherwise);
            }
            Self::Pick { filter, key, value, .. } => {
                filter.iter_mut().chain([key, value]).for_each(put);
            }
            Self::Rank { filter, key, .. } => filter.iter_mut().chain([key]).for_each(put),
            Self::Aggregate { filter, value, .. } => filter.iter_mut().chain(value).for_each(put),
            Self::Table { subjects, rows } => {
                subjects.iter_mut().chain(rows.iter_mut().map(|row| &mut row.value)).for_each(put);
            }
            Self::Scale { subject, bands } => {
                [subject].into_iter().chain(bands.iter_mut().map(|(_, rate)| rate)).for_each(put);
            }
            Self::Tiers { subject, arms, otherwise } => {
                put(subject);
                arms.iter_mut().map(|arm| &mut arm.value).chain(otherwise).for_each(put);
            }
        }
        op
    }
}

impl Plan {
    /// Some expressions and all that they are computed from.
    pub fn within(&self, roots: impl IntoIterator<Item = NodeId>) -> BTreeSet<NodeId> {
        let (mut waiting, mut seen): (Vec<NodeId>, _) = (roots.into_iter().collect(), BTreeSet::new());
        while let Some(id) = waiting.pop() {
            if seen.insert(id) {
                self.node(id).op.operands(&mut waiting);
            }
        }
        seen
    }

    /// True where an expression, or one of those it is computed from, is such.
    pub fn any_within(&self, root: NodeId, test: impl Fn(&Node) -> bool) -> bool {
        let (mut waiting, mut seen) = (vec![root], BTreeSet::new());
        while let Some(id) = waiting.pop() {
            if seen.insert(id) {
                let node = self.node(id);
                if test(node) {
                    return true;
                }
                node.op.operands(&mut waiting);
            }
        }
        false
    }

    /// Does an expression read a fact of the register?
    #[must_use]
    pub fn reads_facts(&self, root: NodeId) -> bool {
        let is_fact =
            |op: &Op| matches!(op, Op::Field(..) | Op::Aggregate { .. } | Op::Pick { .. } | Op::Rank { .. });
        self.any_within(root, |node| is_fact(&node.op))
    }

    /// May an expression come to something else on another day, while the register stays the same?
    #[must_use]
    pub fn depends_on_day(&self, root: NodeId) -> bool {
        self.any_within(root, |node| matches!(node.op, Op::Today | Op::Parameter(_)))
    }
}
