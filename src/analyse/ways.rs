//! The ways from a clause to the tables that it is computed from: what must hold on each, and the row on which the table
//! is asked.

use super::solve::{Literal, Want};
use crate::ir::{NodeId, Op, Plan};
use crate::schema::RecordId;
use std::collections::BTreeSet;

/// Most ways to some tables that are followed in one clause.
const MAX_PATHS: usize = 32;

/// A way found: the table, the row, what must hold.
pub(super) type Found = (NodeId, (RecordId, usize), Vec<Literal>);

/// Follows expressions from a clause to some tables.
pub(super) struct Walk<'a> {
    pub plan: &'a Plan,
    pub leads: &'a [bool],
    pub nodes: &'a BTreeSet<NodeId>,
    pub target: RecordId,
    pub found: Vec<Found>,
    /// There are too many ways, or one over rows that the search does not place.
    pub lost: bool,
}

impl Walk<'_> {
    pub(super) fn go(&mut self, id: NodeId, row: (RecordId, usize), hold: &[Literal]) {
        if self.lost || !self.leads.get(id.0 as usize).copied().unwrap_or(false) {
            return;
        }
        let node = self.plan.node(id);
        if self.nodes.contains(&id) {
            self.found.push((id, row, hold.to_vec()));
            self.lost = self.found.len() > MAX_PATHS;
        }
        let literal = |node: NodeId, want: Want, row| Literal { node, row, want, clock: 0, given: None };
        match &node.op {
            Op::Choose { cases, otherwise } => {
                let mut hold = hold.to_vec();
                for (test, value) in cases {
                    self.go(*test, row, &hold);
                    let taken: Vec<Literal> =
                        hold.iter().cloned().chain([literal(*test, Want::True, row)]).collect();
                    self.go(*value, row, &taken);
                    hold.push(literal(*test, Want::False, row));
                }
                self.go(*otherwise, row, &hold);
            }
            Op::Tiers { subject, arms, otherwise } => {
                self.go(*subject, row, hold);
                let values = arms.iter().map(|arm| arm.value).chain(*otherwise);
                self.arms(id, row, hold, values);
            }
            Op::Table { subjects, rows } => {
                for subject in subjects {
                    self.go(*subject, row, hold);
                }
                self.arms(id, row, hold, rows.iter().map(|row| row.value));
            }
            Op::Outer(record, inner) => self.go(*inner, (*record, 0), hold),
            Op::Aggregate { record, filter, value, .. } => {
                self.within(*record, row, hold, (*filter, value.as_slice()));
            }
            Op::Pick { record, filter, key, value, .. } => {
                self.within(*record, row, hold, (*filter, &[*key, *value]));
            }
            Op::Rank { filter, key, .. } => self.within(row.0, row, hold, (*filter, &[*key])),
            op => {
                let mut operands = Vec::new();
                op.operands(&mut operands);
                for operand in operands {
                    self.go(operand, row, hold);
                }
            }
        }
    }

    /// The values of a table's rows, each where that row is hit.
    fn arms(
        &mut self,
        table: NodeId,
        row: (RecordId, usize),
        hold: &[Literal],
        values: impl Iterator<Item = NodeId>,
    ) {
        for (arm, value) in values.enumerate() {
            let hit = Literal { node: table, row, want: Want::Arm(arm), clock: 0, given: None };
            self.go(value, row, &hold.iter().cloned().chain([hit]).collect::<Vec<_>>());
        }
    }

    /// What is computed on rows of a record, and for those that a filter lets through.
    fn within(
        &mut self,
        record: RecordId,
        row: (RecordId, usize),
        hold: &[Literal],
        (filter, values): (Option<NodeId>, &[NodeId]),
    ) {
        let chain: Vec<RecordId> = self.plan.schema.chain(record).collect();
        let around = record == self.target || row.0 != self.target && chain.contains(&self.target);
        // Rows that lie in another row than the target's are not among those that the search makes up.
        if around && record != self.target {
            self.lost = true;
            return;
        }
        let places: &[usize] = if around { &[0, 1] } else { &[0] };
        for place in places {
            let here = (record, *place);
            if let Some(filter) = filter {
                self.go(filter, here, hold);
            }
            let belongs =
                filter.map(|node| Literal { node, row: here, want: Want::True, clock: 0, given: None });
            let hold: Vec<Literal> = hold.iter().cloned().chain(belongs).collect();
            for value in values {
                self.go(*value, here, &hold);
            }
        }
    }
}

/// The expressions that are a table, tiers or a choice, or are computed from one.
pub(super) fn leads(plan: &Plan) -> Vec<bool> {
    above(plan, |_, op| matches!(op, Op::Tiers { .. } | Op::Table { .. } | Op::Choose { .. }))
}

/// The expressions that are such, or are computed from one that is.
pub(super) fn above(plan: &Plan, is: impl Fn(NodeId, &Op) -> bool) -> Vec<bool> {
    let mut above: Vec<bool> = Vec::with_capacity(plan.nodes.len());
    for (number, node) in plan.nodes.iter().enumerate() {
        let mut operands = Vec::new();
        node.op.operands(&mut operands);
        // Operands stand before what uses them.
        let below = operands.iter().any(|id| above.get(id.0 as usize).copied().unwrap_or(false));
        above.push(below || is(NodeId(u32::try_from(number).unwrap_or(u32::MAX)), &node.op));
    }
    above
}

/// The tables that some expressions are computed from.
pub(super) fn used(plan: &Plan, leads: &[bool], mut waiting: Vec<NodeId>) -> BTreeSet<NodeId> {
    let mut seen = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if leads.get(id.0 as usize).copied().unwrap_or(false) && seen.insert(id) {
            plan.node(id).op.operands(&mut waiting);
        }
    }
    seen
}
