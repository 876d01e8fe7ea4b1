//! The villages a charter reaches: which charters a household is judged by together, so far as it matters to a question.

use super::questions::chain;
use crate::ir::{CharterId, Constant, ParameterId, ParameterKind, Plan};
use crate::value::Day;
use std::collections::{BTreeMap, BTreeSet};

/// All versions of a charter and of those above it, the nearest layer first, and the village they are for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stack {
    /// None for households whose village has no charter of its own.
    pub village: Option<String>,
    /// As an evaluator takes them.
    pub layers: Vec<CharterId>,
}

/// The stacks of a plan, by the name of each charter in them.
pub(super) struct Stacks {
    below: BTreeMap<String, Vec<Stack>>,
}

/// The versions of each charter, by its name.
pub(super) struct Families<'p> {
    plan: &'p Plan,
    by_name: BTreeMap<&'p str, Vec<CharterId>>,
}

impl<'p> Families<'p> {
    pub(super) fn of(plan: &'p Plan) -> Self {
        let mut by_name: BTreeMap<&str, Vec<CharterId>> = BTreeMap::new();
        for (id, version) in plan.charters.iter().enumerate() {
            by_name.entry(&version.label.name).or_default().push(CharterId(id));
        }
        Self { plan, by_name }
    }

    /// All versions of a charter and of those above it, the nearest layer first.
    pub(super) fn layers(&self, charter: CharterId) -> Vec<CharterId> {
        self.names(charter).filter_map(|name| self.by_name.get(name)).flatten().copied().collect()
    }

    /// The names of a charter and of those above it.
    fn names(&self, charter: CharterId) -> impl Iterator<Item = &'p str> {
        let plan = self.plan;
        chain(plan, charter).into_iter().map(|id| plan.charter(id).label.name.as_str())
    }
}

/// What a stack sets a slot to, and from when until when.
type Set<'p> = (ParameterId, Day, Option<Day>, &'p Constant);

impl Stacks {
    pub(super) fn of(plan: &Plan) -> Self {
        let families = Families::of(plan);
        let mut below: BTreeMap<String, Vec<Stack>> = BTreeMap::new();
        for versions in families.by_name.values() {
            let Some(last) = versions.last() else { continue };
            let layers = families.layers(*last);
            let stack = Stack { village: plan.charter(*last).village.clone(), layers };
            for name in families.names(*last) {
                below.entry(name.to_owned()).or_default().push(stack.clone());
            }
        }
        Self { below }
    }

    /// The stacks a charter is part of, one for each way in which the slots are set.
    pub(super) fn differing(
        &self,
        plan: &Plan,
        charter: CharterId,
        slots: &BTreeSet<ParameterId>,
    ) -> Vec<&Stack> {
        let mut set: BTreeMap<CharterId, Vec<Set<'_>>> = BTreeMap::new();
        for id in slots {
            let Some(ParameterKind::Open { settings, .. }) = plan.parameters.get(id.0).map(|slot| &slot.kind)
            else {
                continue;
            };
            for setting in settings {
                let version = plan.charter(setting.charter);
                let one = (*id, version.from, version.until, &setting.value);
                set.entry(setting.charter).or_default().push(one);
            }
        }
        let mut seen: Vec<Vec<Set<'_>>> = Vec::new();
        let below = self.below.get(&plan.charter(charter).label.name);
        let mut stacks: Vec<&Stack> = below.into_iter().flatten().collect();
        // That of the charter itself first: what holds without any village is plainer.
        stacks.sort_by_key(|stack| stack.layers.len());
        stacks.retain(|stack| {
            let values: Vec<Set<'_>> =
                stack.layers.iter().filter_map(|id| set.get(id)).flatten().copied().collect();
            let new = !seen.contains(&values);
            if new {
                seen.push(values);
            }
            new
        });
        stacks
    }
}
