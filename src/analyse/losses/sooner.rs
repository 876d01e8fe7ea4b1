//! What a more lenient value grants sooner, and less of it, in place of what would be granted later: what is paid once,
//! or so many times.
//!
//! A household is asked for that has one clause on one day by the lower layer's value alone, and the other, which may be
//! the same, on a later day. What it comes to is paid out to see.

use super::{Losses, Try};
use crate::analyse::days;
use crate::analyse::extent::extent;
use crate::analyse::order::order;
use crate::analyse::questions::{Asked, amounts};
use crate::analyse::rewrite::Values;
use crate::analyse::solve::{Literal, Question, Want};
use crate::ast::Rhythm;
use crate::ir::{Benefit, CharterId, Most, NodeId, ParameterId, ParameterKind, Plan, value_on};
use crate::value::{Day, Fen, PeriodUnit};
use std::collections::{BTreeMap, BTreeSet};

/// Most pairs of days that are asked about.
const MAX_PAIRS: usize = 60;

/// A clause that takes something from another where it is granted before it.
pub(super) struct Earlier<'p> {
    clause: &'p Benefit,
    /// The open parameters that its conditions read.
    pub slots: BTreeSet<ParameterId>,
    /// Days of both, those on which something turns first, and of them those that lie nearest to each other.
    pairs: Vec<(Day, Day)>,
}

/// What the two share.
#[derive(Clone, Copy)]
enum Shared {
    /// They are versions of one clause that is paid once.
    Once,
    /// A limit in times, and in which unit; none for life.
    Times(Option<PeriodUnit>),
}

impl Shared {
    fn holds(self, sooner: Day, later: Day) -> bool {
        match self {
            Self::Once => sooner < later,
            Self::Times(window) => {
                sooner <= later && window.is_none_or(|unit| unit.start(sooner) == unit.start(later))
            }
        }
    }
}

/// The clauses that take something from one where they are granted before it.
pub(super) fn earlier<'p>(plan: &'p Plan, benefit: &Benefit) -> Vec<Earlier<'p>> {
    let family = |one: &Benefit| &plan.charter(one.charter).label.name;
    let own = &benefit.label.name;
    let beside = |names: &dyn Fn(&String) -> bool| -> Vec<&'p Benefit> {
        let named = plan.benefits.iter().filter(|one| names(&one.label.name));
        named.filter(|one| family(one) == family(benefit)).collect()
    };
    let mut found: Vec<(&Benefit, Shared)> = Vec::new();
    if benefit.rhythm == Rhythm::Once {
        let versions = beside(&|name| name == own).into_iter().filter(|one| one.rhythm == Rhythm::Once);
        found.extend(versions.map(|clause| (clause, Shared::Once)));
    }
    let limiting =
        plan.benefits.iter().filter(|one| !one.limits.is_empty() && family(one) == family(benefit));
    for limit in limiting.flat_map(|one| &one.limits).filter(|limit| limit.clauses.contains(own)) {
        if let Most::Times(_) = limit.most {
            let counted = beside(&|name| limit.clauses.contains(name));
            found.extend(counted.into_iter().map(|clause| (clause, Shared::Times(limit.window))));
        }
    }
    let of = |(clause, shared): (&'p Benefit, Shared)| {
        let conditions = clause.filter.iter().chain(&clause.conditions).map(|condition| condition.node);
        let slots = super::slots(plan, conditions);
        let pairs = if slots.is_empty() { Vec::new() } else { pairs(plan, (clause, benefit), shared) };
        Earlier { clause, slots, pairs }
    };
    found.into_iter().map(of).filter(|one| !one.pairs.is_empty()).collect()
}

/// The values above, and with the lower layer; none where one has no value.
type Both = Option<(Values, Values)>;

/// Pairs of days on which the same values hold: above and with the lower layer on the first, above on the second.
type Group = ((Values, Values, Values), Vec<Vec<Day>>);

/// The values above and with the lower layer on one day, and dated ones.
struct Held {
    high: Values,
    low: Values,
    dated: Values,
}

impl<'p> Losses<'p> {
    /// By the slot without which it would not be so; none for all of them together.
    pub(super) fn sooner(
        &mut self,
        benefit: &Benefit,
        below: CharterId,
        earlier: &Earlier<'p>,
        held: &dyn Fn(&Self, Day) -> Both,
    ) -> Vec<(Option<ParameterId>, Try)> {
        let plan = self.plan;
        let on = |own: &Self, day: Day| {
            let (high, low) = held(own, day)?;
            Some(Held { high, low, dated: dated(plan, day) })
        };
        // What holds on the days of a pair, with the pairs of which that is so.
        let mut groups: Vec<Group> = Vec::new();
        let mut holds: BTreeMap<Day, Option<Held>> = BTreeMap::new();
        let (mut asked, mut cut) = (0, false);
        for (first, second) in earlier.pairs.iter().copied() {
            for day in [first, second] {
                let found = || on(self, day).filter(|_| plan.charter(below).holds_on(day));
                holds.entry(day).or_insert_with(found);
            }
            let held = |day: &Day| holds.get(day).and_then(Option::as_ref);
            let (Some(one), Some(other)) = (held(&first), held(&second)) else { continue };
            if one.high == one.low {
                continue;
            }
            let (least, most) = (amounts(earlier.clause), amounts(benefit));
            let (Some(least), Some(most)) = (least.first(), most.last()) else { continue };
            let least = self.put_all(*least, &one.low, &one.dated);
            let most = self.put_all(*most, &other.high, &other.dated);
            let ends = |node: NodeId| extent(&self.both.plan, below, node);
            if ends(least).lo.zip(ends(most).hi).is_some_and(|(least, most)| least >= most) {
                continue;
            }
            if asked >= MAX_PAIRS {
                cut = true;
                break;
            }
            asked += 1;
            let key = (one.high.clone(), one.low.clone(), other.high.clone());
            match groups.iter_mut().find(|(known, _)| *known == key) {
                Some((_, moments)) => moments.push(vec![first, second]),
                None => groups.push((key, vec![vec![first, second]])),
            }
        }
        let mut tries = Vec::new();
        for ((high, low, later), moments) in groups {
            let changed: Vec<ParameterId> = high
                .iter()
                .filter(|(slot, value)| low.get(slot) != Some(value))
                .map(|(slot, _)| *slot)
                .collect();
            let all = (changed.len() > 1).then_some(None);
            for slot in changed.iter().copied().map(Some).chain(all) {
                let rest = match slot.and_then(|slot| Some((slot, high.get(&slot)?.clone()))) {
                    Some((slot, value)) => {
                        low.iter().map(|(id, own)| (*id, own.clone())).chain([(slot, value)]).collect()
                    }
                    None => high.clone(),
                };
                let question =
                    self.granted_sooner((earlier.clause, benefit), (&low, &rest, &later), &moments);
                tries.extend(question.map(|question| (slot, Try { question, yields: true, cut })));
            }
        }
        tries
    }

    /// Somebody who has one clause on the first day by the lower values alone, and the other on the second by the higher
    /// ones; none where the lower ones are plainly no more lenient.
    fn granted_sooner(
        &mut self,
        (sooner, later): (&Benefit, &Benefit),
        (low, rest, high): (&Values, &Values, &Values),
        moments: &[Vec<Day>],
    ) -> Option<Question> {
        let asked = [Asked { benefit: sooner, row: 0, clock: 0 }, Asked { benefit: later, row: 0, clock: 1 }];
        let (with, without) = (self.clause(sooner, low), self.clause(sooner, rest));
        let differs =
            with.conditions.iter().zip(&without.conditions).filter(|((_, one), (_, other))| one != other);
        let differing: Vec<(NodeId, NodeId)> = differs.map(|((_, one), (_, other))| (*one, *other)).collect();
        let plan = &self.both.plan;
        let harder =
            |(one, other): &(NodeId, NodeId)| order(plan, sooner.charter, *other, *one).is_not_less();
        if differing.iter().all(harder) {
            return None;
        }
        let without = differing.into_iter().map(|(_, node)| node).collect();
        let without = self.both.all(without, Some(sooner.target));
        let then = self.clause(later, high);
        let holds = |asked: &Asked<'_>, clause: &super::Clause| -> Vec<Literal> {
            let conditions = clause.conditions.iter().map(|(_, node)| asked.literal(*node, Want::True));
            let most = clause.amounts.last().filter(|_| asked.pays().is_some());
            conditions.chain(most.map(|most| asked.literal(*most, Want::Above(Fen::ZERO)))).collect()
        };
        let [first, second] = &asked;
        let mut literals = holds(first, &with);
        literals.push(first.literal(without, Want::False));
        literals.extend(holds(second, &then));
        let events = asked.iter().filter_map(Asked::event).collect();
        Some(Question { literals, events, moments: moments.to_vec(), standing: None, all_days: false })
    }

    fn put_all(&mut self, node: NodeId, slots: &Values, dated: &Values) -> NodeId {
        let values = slots.iter().chain(dated).map(|(id, value)| (*id, value.clone())).collect();
        self.both.put(node, &values)
    }
}

/// The values of parameters by the day.
fn dated(plan: &Plan, day: Day) -> Values {
    let parameters = plan.parameters.iter().enumerate();
    let value = parameters.filter_map(|(id, parameter)| match &parameter.kind {
        ParameterKind::Dated(values) => value_on(values, day).map(|value| (ParameterId(id), value.clone())),
        ParameterKind::Open { .. } => None,
    });
    value.collect()
}

/// The days of one and, of those that lie after them, of the other.
fn pairs(plan: &Plan, (sooner, later): (&Benefit, &Benefit), shared: Shared) -> Vec<(Day, Day)> {
    let (first, second) = (days::of(plan, sooner), days::of(plan, later));
    let mut pairs: Vec<(usize, i32, (Day, Day))> = Vec::new();
    for (place, one) in first.iter().enumerate() {
        let after = second.iter().enumerate().filter(|(_, other)| shared.holds(*one, **other));
        let apart = |other: &Day| other.number() - one.number();
        pairs.extend(after.map(|(beside, other)| (place.min(beside), apart(other), (*one, *other))));
    }
    pairs.sort();
    pairs.into_iter().map(|(.., days)| days).collect()
}
