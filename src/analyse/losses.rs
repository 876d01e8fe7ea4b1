//! In which ways a household could get less by a clause of a layer above, with what a lower layer sets than without it.
//!
//! In: a plan. Out: for each lower layer and clause the questions, and the plan in which they can be asked: each clause
//! stands there with the values of the layers above, and again with those of the lower layer.

mod sooner;

use super::days;
use super::limited::Limited;
use super::order::order;
use super::questions::{Asked, amounts};
use super::rewrite::{Rewriting, Values};
use super::solve::{Literal, Question, Want};
use super::stacks::Families;
use sooner::Earlier;

use crate::ir::{
    Benefit, CharterId, ConditionKind, Constant, NodeId, Op, ParameterId, ParameterKind, Pay, Plan,
};
use crate::schema::RecordId;
use crate::source::Span;
use crate::value::{Day, Fen};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a lower layer may take from a clause.
pub(super) struct Lost {
    /// The version of the lower charter.
    pub below: CharterId,
    /// All versions of the charters above it.
    pub above: BTreeSet<CharterId>,
    /// The clause, by its place in the plan.
    pub benefit: usize,
    /// The values that it sets otherwise, each with how it takes something itself.
    pub lines: Vec<Line>,
    /// How all of them take something together.
    pub together: Vec<Try>,
}

/// A value that was set.
pub(super) struct Line {
    /// Of what.
    pub parameter: ParameterId,
    /// Its place.
    pub at: Span,
    /// The ways in which it takes something.
    pub tries: Vec<Try>,
}

/// One way in which a household could lose.
#[derive(Clone)]
pub(super) struct Try {
    /// Is there one?
    pub question: Question,
    /// Another clause takes over: what both pay decides.
    pub yields: bool,
    /// There are days on which it was not asked.
    pub cut: bool,
}

/// A clause that reads slots.
struct Reading<'p> {
    /// Its place.
    index: usize,
    /// Those that it reads, or a clause that takes something from it.
    slots: BTreeSet<ParameterId>,
    /// The days on which it is asked about.
    days: Vec<Day>,
    /// The clauses that take something from it where they are granted sooner.
    earlier: Vec<Earlier<'p>>,
}

/// Finds them.
pub(super) struct Losses<'p> {
    plan: &'p Plan,
    both: Rewriting,
    limited: Limited<'p>,
    set: HashMap<(ParameterId, CharterId), (&'p Constant, Span)>,
    families: Families<'p>,
}

impl<'p> Losses<'p> {
    /// The plan in which the questions can be asked, and the questions.
    pub(super) fn of(plan: &'p Plan) -> (Plan, Vec<Lost>) {
        let mut set = HashMap::new();
        let mut lower: BTreeMap<CharterId, BTreeSet<ParameterId>> = BTreeMap::new();
        for (index, parameter) in plan.parameters.iter().enumerate() {
            let ParameterKind::Open { settings, .. } = &parameter.kind else { continue };
            for setting in settings {
                set.insert((ParameterId(index), setting.charter), (&setting.value, setting.span.0));
                if plan.charter(setting.charter).under.is_some() {
                    lower.entry(setting.charter).or_default().insert(ParameterId(index));
                }
            }
        }
        let families = Families::of(plan);
        let mut own = Self { plan, both: Rewriting::of(plan), limited: Limited::of(plan), set, families };
        let above: BTreeSet<CharterId> = {
            let under: BTreeSet<CharterId> = lower.keys().filter_map(|id| plan.charter(*id).under).collect();
            under.into_iter().flat_map(|under| own.families.layers(under)).collect()
        };
        let mut reading: BTreeMap<CharterId, Vec<Reading<'p>>> = BTreeMap::new();
        let benefits = plan.benefits.iter().enumerate();
        for (index, benefit) in benefits.filter(|(_, benefit)| above.contains(&benefit.charter)) {
            let earlier = sooner::earlier(plan, benefit);
            let mut slots = slots(plan, own.roots(benefit));
            slots.extend(earlier.iter().flat_map(|one| &one.slots));
            if !slots.is_empty() {
                let days = days::of(plan, benefit);
                reading.entry(benefit.charter).or_default().push(Reading { index, slots, days, earlier });
            }
        }
        let mut losses = Vec::new();
        for (below, sets) in &lower {
            let Some(under) = plan.charter(*below).under else { continue };
            let above = own.families.layers(under);
            let benefits = above.iter().filter_map(|id| reading.get(id)).flatten();
            for one in benefits.filter(|one| !one.slots.is_disjoint(sets)) {
                losses.extend(own.lost((*below, under), one));
            }
        }
        (own.both.plan, losses)
    }

    /// What a clause, and the limits on it, are computed from.
    fn roots(&self, benefit: &Benefit) -> Vec<NodeId> {
        let conditions = benefit.filter.iter().chain(&benefit.conditions).map(|condition| condition.node);
        let capped = self.limited.cutting(benefit).into_iter().map(|(_, amount)| amount);
        conditions.chain(amounts(benefit)).chain(capped).collect()
    }

    /// The values of slots on a day; none where one of them has no value.
    fn values(&self, slots: &BTreeSet<ParameterId>, layers: &[CharterId], day: Day) -> Option<Values> {
        let value = |slot: &ParameterId| {
            let mut holding = layers.iter().filter(|id| self.plan.charter(**id).holds_on(day));
            let set = holding.find_map(|id| self.set.get(&(*slot, *id)));
            let default = match self.plan.parameters.get(slot.0).map(|slot| &slot.kind) {
                Some(ParameterKind::Open { default, .. }) => default.as_ref(),
                _ => None,
            };
            Some((*slot, set.map(|(value, _)| *value).or(default)?.clone()))
        };
        slots.iter().map(value).collect()
    }

    fn lost(&mut self, (below, under): (CharterId, CharterId), reading: &Reading<'p>) -> Option<Lost> {
        let (plan, slots) = (self.plan, &reading.slots);
        let benefit = plan.benefits.get(reading.index)?;
        let above = self.families.layers(under);
        let all: Vec<CharterId> = [below].into_iter().chain(above.iter().copied()).collect();
        // Each day on which another value may hold: where the clause or one of the charters begins.
        let lower = plan.charter(below).from.max(benefit.days.from);
        let begins: BTreeSet<Day> = all.iter().map(|id| plan.charter(*id).from.max(lower)).collect();
        let mut moments = days::judged(benefit, &begins);
        moments.extend(&reading.days);
        // The days on which the same values hold are asked about together.
        let mut groups: Vec<((Values, Values), Vec<Day>)> = Vec::new();
        for day in moments.into_iter().filter(|day| plan.charter(below).holds_on(*day)) {
            // What nothing above fills grants nothing above.
            let Some(pair) = self.values(slots, &above, day).zip(self.values(slots, &all, day)) else {
                continue;
            };
            match groups.iter_mut().find(|(known, _)| *known == pair) {
                Some((_, days)) if days.contains(&day) => {}
                Some((_, days)) => days.push(day),
                None => groups.push((pair, vec![day])),
            }
        }
        let mut lines: BTreeMap<ParameterId, Line> = BTreeMap::new();
        let mut together = Vec::new();
        for ((high, low), days) in groups {
            let changed: Vec<(&ParameterId, &Constant)> =
                high.iter().filter(|(slot, value)| low.get(slot) != Some(value)).collect();
            for (slot, value) in &changed {
                let Some(at) = self.set.get(&(**slot, below)).map(|(_, at)| *at) else { continue };
                let mut rest = low.clone();
                rest.insert(**slot, (*value).clone());
                let found = self.ways(
                    benefit,
                    (below, &days),
                    (&high, &low),
                    Some(&rest).filter(|rest| **rest != high),
                );
                let line = Line { parameter: **slot, at, tries: Vec::new() };
                lines.entry(**slot).or_insert(line).tries.extend(found);
            }
            if changed.len() > 1 {
                together.extend(self.ways(benefit, (below, &days), (&high, &low), None));
            }
        }
        let held = |own: &Self, day: Day| own.values(slots, &above, day).zip(own.values(slots, &all, day));
        for earlier in &reading.earlier {
            for (slot, one) in self.sooner(benefit, below, earlier, &held) {
                let at = slot.and_then(|slot| Some((slot, self.set.get(&(slot, below))?.1)));
                match at {
                    Some((slot, at)) => {
                        let line = Line { parameter: slot, at, tries: Vec::new() };
                        lines.entry(slot).or_insert(line).tries.push(one);
                    }
                    None => together.push(one),
                }
            }
        }
        let lines: Vec<Line> = lines.into_values().collect();
        let above = above.into_iter().collect();
        (!lines.is_empty()).then_some(Lost { below, above, benefit: reading.index, lines, together })
    }

    /// The ways to get less with the lower values than with the higher ones, and than with those of the rest.
    fn ways(
        &mut self,
        benefit: &Benefit,
        (below, days): (CharterId, &[Day]),
        (high, low): (&Values, &Values),
        rest: Option<&Values>,
    ) -> Vec<Try> {
        let asked = Asked { benefit, row: 0, clock: 0 };
        let with = self.clause(benefit, high);
        let without = self.clause(benefit, low);
        let mut granted: Vec<Literal> =
            with.conditions.iter().map(|(_, node)| asked.literal(*node, Want::True)).collect();
        if asked.pays().is_some() {
            granted.extend(with.amounts.last().map(|most| asked.literal(*most, Want::Above(Fen::ZERO))));
        }
        if let Some(rest) = rest {
            let rest = self.clause(benefit, rest);
            let Some(loses) = self.loses(benefit, below, &rest, &without) else { return Vec::new() };
            granted.push(asked.literal(loses, Want::True));
        }
        let mut ways: Vec<(Vec<Literal>, bool)> = Vec::new();
        for ((kind, node), (_, higher)) in without.conditions.iter().zip(&with.conditions) {
            if !order(&self.both.plan, below, *node, *higher).is_not_less() {
                let yields = matches!(kind, ConditionKind::Exception | ConditionKind::Replaced);
                ways.push((vec![asked.literal(*node, Want::False)], yields));
            }
        }
        let still: Vec<Literal> =
            without.conditions.iter().map(|(_, node)| asked.literal(*node, Want::True)).collect();
        for (amount, higher) in without.amounts.iter().zip(&with.amounts) {
            if let Some(less) = self.both.less(below, *amount, *higher) {
                let literals = still.iter().cloned().chain([asked.literal(less, Want::True)]);
                ways.push((literals.collect(), false));
            }
        }
        for ((record, amount), (_, higher)) in without.limits.iter().zip(&with.limits) {
            if let Some(less) = self.both.less(below, *amount, *higher) {
                let less = Literal { row: (*record, 0), ..asked.literal(less, Want::True) };
                ways.push((still.iter().cloned().chain([less]).collect(), false));
            }
        }
        let yields_to = !benefit.rivals.is_empty();
        let question =
            |literals: Vec<Literal>| asked.on(granted.iter().cloned().chain(literals).collect(), days);
        ways.into_iter()
            .map(|(literals, yields)| Try {
                question: question(literals),
                yields: yields || yields_to,
                cut: false,
            })
            .collect()
    }

    /// That one clause pays and the other does not, or less; none where it is plain that it never is so.
    fn loses(
        &mut self,
        benefit: &Benefit,
        below: CharterId,
        with: &Clause,
        without: &Clause,
    ) -> Option<NodeId> {
        let scope = Some(benefit.target);
        let mut ways = Vec::new();
        for ((_, node), (_, higher)) in without.conditions.iter().zip(&with.conditions) {
            if !order(&self.both.plan, below, *node, *higher).is_not_less() {
                ways.push(self.both.not(*node));
            }
        }
        for (amount, higher) in without.amounts.iter().zip(&with.amounts) {
            ways.extend(self.both.less(below, *amount, *higher));
        }
        for ((_, amount), (_, higher)) in without.limits.iter().zip(&with.limits) {
            // A limit is computed on another row: that it is lower at all is enough here.
            if self.both.less(below, *amount, *higher).is_some() {
                ways.push(self.both.all(Vec::new(), scope));
            }
        }
        if ways.is_empty() {
            return None;
        }
        let one = self.both.either(ways, scope);
        let mut all: Vec<NodeId> = with.conditions.iter().map(|(_, node)| *node).collect();
        if let Some(most) = with.amounts.last().filter(|_| !matches!(benefit.pay, Pay::InKind { .. })) {
            all.push(self.both.is_paid(*most));
        }
        all.push(one);
        Some(self.both.all(all, scope))
    }

    /// A clause with values put in.
    fn clause(&mut self, benefit: &Benefit, values: &Values) -> Clause {
        let conditions = benefit.filter.iter().chain(&benefit.conditions);
        let conditions =
            conditions.map(|condition| (condition.kind, self.both.put(condition.node, values))).collect();
        let amounts = amounts(benefit).into_iter().map(|amount| self.both.put(amount, values)).collect();
        let limits = self.limited.cutting(benefit).into_iter();
        let limits = limits.map(|(record, amount)| (record, self.both.put(amount, values))).collect();
        Clause { conditions, amounts, limits }
    }
}

struct Clause {
    conditions: Vec<(ConditionKind, NodeId)>,
    amounts: Vec<NodeId>,
    limits: Vec<(RecordId, NodeId)>,
}

/// The open parameters that some expressions are computed from.
fn slots(plan: &Plan, roots: impl IntoIterator<Item = NodeId>) -> BTreeSet<ParameterId> {
    let is_open = |id: &ParameterId| {
        matches!(plan.parameters.get(id.0).map(|one| &one.kind), Some(ParameterKind::Open { .. }))
    };
    let read = plan.within(roots).into_iter().filter_map(|id| match plan.node(id).op {
        Op::Parameter(id) => Some(id),
        _ => None,
    });
    read.filter(is_open).collect()
}
