//! The villages a charter reaches: which charters a household is judged by together, so far as it matters to a question.

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

/// What a stack sets a slot to, and from when until when.
type Set<'p> = (ParameterId, Day, Option<Day>, &'p Constant);

impl Stacks {
    pub(super) fn of(plan: &Plan) -> Self {
        let mut families: BTreeMap<&str, Vec<CharterId>> = BTreeMap::new();
        for (id, version) in plan.charters.iter().enumerate() {
            families.entry(&version.label.name).or_default().push(CharterId(id));
        }
        let mut below: BTreeMap<String, Vec<Stack>> = BTreeMap::new();
        for versions in families.values() {
            let Some(last) = versions.last() else { continue };
            let above =
                std::iter::successors(Some(*last), |id| plan.charter(*id).under).take(plan.charters.len());
            let mut names: Vec<&str> = Vec::new();
            names.extend(above.map(|id| plan.charter(id).label.name.as_str()));
            let layers = names.iter().filter_map(|name| families.get(name)).flatten().copied().collect();
            let stack = Stack { village: plan.charter(*last).village.clone(), layers };
            for name in names {
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
