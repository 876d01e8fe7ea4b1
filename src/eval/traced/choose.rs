//! Values that depend on others: tiers and choices. Where it is not known which one is taken, the result is what
//! all that could be taken span.

use super::computed::{Certainty, Computed, Presence, Value};
use super::expr::{Evaluator, Outcome, empty_value};
use super::order::scale;
use crate::eval::Fault;
use crate::ir::{NodeId, Pattern, TierArm};
use crate::types::Type;
use crate::value::{Bounds, Day, Truth};

impl<'r> Evaluator<'r> {
    pub(super) fn choose(
        &self,
        cases: &[(NodeId, NodeId)],
        otherwise: NodeId,
        row: usize,
        ty: Type,
    ) -> Outcome<'r> {
        let (mut taken, mut certainty, mut horizon) = (Vec::new(), Certainty::Known, Day::MAX);
        let mut settled = false;
        for (test, value) in cases {
            let test = self.eval(*test, row)?;
            horizon = horizon.min(test.horizon);
            let truth = test.as_truth();
            if truth.is_unknown() {
                certainty = certainty.max(test.certainty);
            }
            if !truth.is_false() {
                taken.push(self.eval(*value, row)?);
            }
            if truth == Truth::True {
                settled = true;
                break;
            }
        }
        if !settled {
            taken.push(self.eval(otherwise, row)?);
        }
        let all = together(taken, ty);
        Ok(Computed::result(all.value, all.presence, all.certainty.max(certainty), all.horizon.min(horizon)))
    }

    /// The branches that could be taken, by their places; the one where no test holds counts as one after the last.
    pub(super) fn branches_taken(&self, cases: &[(NodeId, NodeId)], row: usize) -> Result<Vec<usize>, Fault> {
        let mut taken = Vec::new();
        for (place, (test, _)) in cases.iter().enumerate() {
            let truth = self.eval(*test, row)?.as_truth();
            if !truth.is_false() {
                taken.push(place);
            }
            if truth == Truth::True {
                return Ok(taken);
            }
        }
        taken.push(cases.len());
        Ok(taken)
    }

    pub(super) fn tiers(
        &self,
        subject: NodeId,
        arms: &[TierArm],
        otherwise: Option<NodeId>,
        row: usize,
        ty: Type,
    ) -> Outcome<'r> {
        let subject = self.eval(subject, row)?;
        let hit = arms_hit(&subject, arms, otherwise);
        if hit.is_empty() {
            return Ok(Computed {
                presence: Presence::Absent,
                horizon: subject.horizon,
                ..Computed::known(empty_value(ty))
            });
        }
        let hit = hit.into_iter().filter_map(|arm| arm_value(arms, otherwise, arm));
        let values = hit.map(|id| self.eval(id, row)).collect::<Result<Vec<_>, _>>()?;
        let all = together(values, ty);
        let may_miss = subject.presence == Presence::Maybe && otherwise.is_none();
        Ok(Computed::result(
            all.value,
            if may_miss { Presence::Maybe } else { all.presence },
            all.certainty.max(subject.certainty),
            all.horizon.min(subject.horizon),
        ))
    }
}

/// The arms that a subject could hit; what is left over counts as one after the last.
pub(super) fn arms_hit(subject: &Computed<'_>, arms: &[TierArm], otherwise: Option<NodeId>) -> Vec<usize> {
    let absent = subject.presence == Presence::Absent;
    let mut hit: Vec<usize> = Vec::new();
    if !absent {
        let could = arms.iter().enumerate().filter(|(_, arm)| could_hit(&arm.pattern, subject.value));
        hit.extend(could.map(|(place, _)| place));
    }
    let spans: Vec<_> = arms.iter().filter_map(|arm| span(&arm.pattern)).collect();
    let settled = subject.presence == Presence::Present
        && (subject.value.is_single() || covers(&spans, scale(subject.value)));
    if hit.is_empty() || !settled {
        hit.extend(otherwise.map(|_| arms.len()));
    }
    hit
}

/// The value of an arm, counted as [`arms_hit`] does.
pub(super) fn arm_value(arms: &[TierArm], otherwise: Option<NodeId>, arm: usize) -> Option<NodeId> {
    arms.get(arm).map(|arm| arm.value).or(otherwise)
}

/// What several values that could each be the one span; absent where there are none.
pub(super) fn together(values: Vec<Computed<'_>>, ty: Type) -> Computed<'_> {
    let widened = values.into_iter().map(|one| Computed { value: widen(one.value, ty), ..one });
    let all = widened.reduce(|all, one| Computed {
        value: all.value.hull(one.value),
        presence: if all.presence == one.presence { one.presence } else { Presence::Maybe },
        certainty: all.certainty.max(one.certainty),
        horizon: all.horizon.min(one.horizon),
    });
    all.unwrap_or(Computed { presence: Presence::Absent, ..Computed::known(empty_value(ty)) })
}

pub(in crate::eval) type Ends = (Option<i64>, Option<i64>);

fn span(pattern: &Pattern) -> Option<Ends> {
    match pattern {
        Pattern::Span(lo, hi) => Some((*lo, *hi)),
        Pattern::Code(_) => None,
    }
}

/// Does every value between some bounds lie in one of the spans?
pub(in crate::eval) fn covers(spans: &[Ends], found: Bounds<i64>) -> bool {
    let mut next = found.lo;
    loop {
        let holds = |(lo, hi): &&Ends| match next {
            None => lo.is_none(),
            Some(next) => lo.is_none_or(|lo| lo <= next) && hi.is_none_or(|hi| next <= hi),
        };
        let Some((_, Some(hi))) = spans.iter().find(holds) else {
            return spans.iter().any(|span| holds(&span));
        };
        if found.hi.is_some_and(|last| last <= *hi) {
            return true;
        }
        next = hi.checked_add(1);
        if next.is_none() {
            return true;
        }
    }
}

/// Could a value be one that the pattern is hit by?
pub(super) fn could_hit(pattern: &Pattern, value: Value<'_>) -> bool {
    match (pattern, value) {
        (Pattern::Code(code), Value::Code(found)) => found.is_none_or(|found| found == *code),
        (Pattern::Code(_), _) => false,
        (Pattern::Span(lo, hi), found) => {
            let found = scale(found);
            let reaches = |a: Option<i64>, b: Option<i64>| a.zip(b).is_none_or(|(a, b)| a <= b);
            reaches(found.lo, *hi) && reaches(*lo, found.hi)
        }
    }
}

/// Whole money where the surroundings hold exact fractions of it.
fn widen(value: Value<'_>, ty: Type) -> Value<'_> {
    match (value, ty) {
        (Value::Money(bounds), Type::ExactMoney) => {
            Value::Ratio(bounds.map_monotone(|fen| Some(crate::value::Ratio::whole(fen.0))))
        }
        (same, _) => same,
    }
}
