//! Limits in money, and the clauses that they cut.

use crate::ir::{Benefit, CharterId, Most, NodeId, Plan};
use crate::schema::RecordId;
use std::collections::BTreeMap;

/// The clauses with limits in money, by their charters.
pub(super) struct Limited<'p> {
    clauses: BTreeMap<CharterId, Vec<&'p Benefit>>,
}

impl<'p> Limited<'p> {
    pub(super) fn of(plan: &'p Plan) -> Self {
        let mut clauses: BTreeMap<CharterId, Vec<&Benefit>> = BTreeMap::new();
        for benefit in plan.benefits.iter().filter(|benefit| !benefit.limits.is_empty()) {
            clauses.entry(benefit.charter).or_default().push(benefit);
        }
        Self { clauses }
    }

    /// The limits in money that cut a clause, and for each row of what.
    pub(super) fn cutting(&self, benefit: &Benefit) -> Vec<(RecordId, NodeId)> {
        let together = |other: &&&Benefit| {
            other.days.from <= benefit.days.last() && benefit.days.from <= other.days.last()
        };
        let same = self.clauses.get(&benefit.charter).into_iter().flatten().filter(together);
        let cuts = same.flat_map(|other| &other.limits).filter_map(|limit| match limit.most {
            Most::Amount(amount) if limit.clauses.contains(&benefit.label.name) => Some((limit.per, amount)),
            _ => None,
        });
        cuts.collect()
    }
}
