//! One clause, one target, one day: conditions and amount to an outcome.

use super::computed::{Certainty, Computed};
use super::expr::Evaluator;
use super::missing::minimal;
use super::reserved::Reserved;
use crate::eval::{FactId, Fault, Outcome};
use crate::ir::{Benefit, CharterId, NodeId, Op, Pay, Plan};
use crate::register::Register;
use crate::schema::RecordId;
use crate::value::{Bounds, Day, Fen, Truth};
use std::collections::BTreeSet;

/// One target of one clause.
#[derive(Clone, Copy)]
pub(super) struct Case<'r> {
    pub plan: &'r Plan,
    pub register: &'r Register,
    pub reserved: &'r Reserved,
    pub root: RecordId,
    pub unit: usize,
    /// The versions of the village's own charter.
    pub own: &'r [CharterId],
    pub benefit: &'r Benefit,
    pub target: usize,
}

/// An outcome and the first later day on which it may be another.
#[derive(Clone, Debug)]
pub(super) struct Judgement {
    pub outcome: Outcome,
    pub horizon: Day,
}

/// Conditions that are not known on a day.
pub(super) struct Doubt {
    /// By place among the filter and the conditions.
    pub conditions: BTreeSet<usize>,
    /// Some depend on the day: they could come true on any day of a stretch.
    pub drifts: bool,
}

/// What the conditions and the amount came to.
struct Findings<'r> {
    applies: Computed<'r>,
    holds: Computed<'r>,
    /// Least and greatest amount; equal for an amount that leaves nothing to decide.
    pay: Option<(Computed<'r>, Computed<'r>)>,
}

impl<'r> Case<'r> {
    pub(super) fn evaluator<'a>(&self, day: Day, assumed: &'a [FactId]) -> Evaluator<'a>
    where
        'r: 'a,
    {
        Evaluator::new((self.plan, self.register), day, (self.unit, self.own), assumed)
    }

    /// Judges the case on a day, including which missing facts would settle it.
    pub(super) fn judge(&self, day: Day) -> Judgement {
        let evaluator = self.evaluator(day, &[]);
        match self.find(&evaluator) {
            Ok(findings) => {
                let horizon = findings.horizon();
                let outcome = self.outcome(day, &findings, &evaluator.read.borrow());
                Judgement { outcome, horizon }
            }
            // A fault stands for this day only: the next may have a value.
            Err(fault) => Judgement { outcome: Outcome::Faulted(fault), horizon: day.next() },
        }
    }

    fn find<'a>(&self, evaluator: &Evaluator<'a>) -> Result<Findings<'a>, Fault>
    where
        'r: 'a,
    {
        let conjunction = |conditions: &[crate::ir::Condition]| -> Result<Computed<'a>, Fault> {
            let (mut truth, mut certainty, mut horizon) = (Truth::True, Certainty::Known, Day::MAX);
            for condition in conditions {
                let found = evaluator.eval(condition.node, self.target)?;
                match found.as_truth() {
                    Truth::False => {
                        return Ok(Computed::truth(Truth::False, Certainty::Known, found.horizon));
                    }
                    Truth::Unknown => {
                        truth = Truth::Unknown;
                        certainty = certainty.max(found.certainty);
                    }
                    Truth::True => {}
                }
                horizon = horizon.min(found.horizon);
            }
            Ok(Computed::truth(truth, certainty, horizon))
        };
        let applies = conjunction(&self.benefit.filter)?;
        if applies.as_truth().is_false() {
            return Ok(Findings { holds: applies, applies, pay: None });
        }
        let holds = conjunction(&self.benefit.conditions)?;
        if holds.as_truth().is_false() {
            return Ok(Findings { applies, holds, pay: None });
        }
        let pay = match &self.benefit.pay {
            Pay::Fixed(node, _) => {
                let amount = evaluator.eval(*node, self.target)?;
                (amount, amount)
            }
            Pay::Range { lo, hi, .. } => {
                (evaluator.eval(*lo, self.target)?, evaluator.eval(*hi, self.target)?)
            }
        };
        Ok(Findings { applies, holds, pay: Some(pay) })
    }

    fn outcome(&self, day: Day, findings: &Findings<'_>, read: &BTreeSet<FactId>) -> Outcome {
        if findings.applies.as_truth().is_false() {
            return Outcome::NotApplicable;
        }
        let Some((lo, hi)) = &findings.pay else { return Outcome::NotGranted };
        let (lo, hi) = (lo.as_money(), hi.as_money());
        let (least, most) = (lo.lo.unwrap_or(Fen::ZERO), hi.hi);
        if let Some(negative) = most.filter(|most| *most < Fen::ZERO) {
            return Outcome::Faulted(Fault::NegativeAmount(negative));
        }
        if most == Some(Fen::ZERO) && lo.lo == Some(Fen::ZERO) {
            // Nothing would be paid whatever the conditions are.
            return Outcome::NotGranted;
        }
        if findings.settled() && findings.holds().is_true() {
            return match (lo.single(), hi.single()) {
                (Some(least), Some(most)) if self.is_range() => match self.awarded() {
                    // A decision outside the range decides nothing.
                    Some(amount) if least <= amount && amount <= most => Outcome::Granted(amount),
                    _ => Outcome::Awaiting { least, most },
                },
                (Some(amount), _) if amount < Fen::ZERO => Outcome::Faulted(Fault::NegativeAmount(amount)),
                (Some(amount), _) => Outcome::Granted(amount),
                _ => Outcome::Undetermined { least, most, missing: self.missing(day, read) },
            };
        }
        let least = if findings.holds().is_true() { least.max(Fen::ZERO) } else { Fen::ZERO };
        Outcome::Undetermined { least, most, missing: self.missing(day, read) }
    }

    /// The names a decision or payment may call the clause by.
    fn names(&self) -> [&'r str; 2] {
        let label = &self.benefit.label;
        [&label.name, label.alias.as_deref().unwrap_or(&label.name)]
    }

    /// The amount a recorded decision awards to this target.
    fn awarded(&self) -> Option<Fen> {
        if self.plan.schema.unit() != Some(self.root) {
            return None;
        }
        let key = self.register.table(self.benefit.target).keys.get(self.target)?;
        self.reserved.awarded(self.register, &self.plan.schema, self.unit, self.names(), key)
    }

    /// Is a payment of the clause dated before that day? Else the days of payment that are missing.
    pub(super) fn paid_before(&self, day: Day) -> (Truth, Vec<FactId>) {
        if self.plan.schema.unit() != Some(self.root) {
            return (Truth::False, Vec::new());
        }
        self.reserved.paid_before((self.register, &self.plan.schema), self.unit, self.names(), day)
    }

    /// Which conditions are not known on a day, and whether their truth could change on a day that is not known.
    pub(super) fn doubt(&self, day: Day) -> Doubt {
        let evaluator = self.evaluator(day, &[]);
        let mut doubt = Doubt { conditions: BTreeSet::new(), drifts: false };
        for (place, condition) in self.benefit.filter.iter().chain(&self.benefit.conditions).enumerate() {
            let known =
                evaluator.eval(condition.node, self.target).is_ok_and(|found| !found.as_truth().is_unknown());
            if !known {
                doubt.conditions.insert(place);
                doubt.drifts |= self.depends_on_day(condition.node);
            }
        }
        doubt
    }

    fn depends_on_day(&self, node: NodeId) -> bool {
        let mut waiting = vec![node];
        while let Some(node) = waiting.pop() {
            let op = &self.plan.node(node).op;
            if matches!(op, Op::Today | Op::Parameter(_)) {
                return true;
            }
            op.operands(&mut waiting);
        }
        false
    }

    fn is_range(&self) -> bool {
        matches!(self.benefit.pay, Pay::Range { .. })
    }

    fn missing(&self, day: Day, read: &BTreeSet<FactId>) -> Vec<FactId> {
        minimal(read, &|assumed| {
            let evaluator = self.evaluator(day, assumed);
            self.find(&evaluator).is_ok_and(|findings| findings.settled())
        })
    }

    /// The least and the most it could pay on a day, for a case that may not be judged on that day at all.
    pub(super) fn most_on(&self, day: Day) -> (Option<Fen>, Day) {
        let evaluator = self.evaluator(day, &[]);
        match self.find(&evaluator) {
            Ok(findings) => {
                let most = findings.pay.as_ref().map_or(Some(Fen::ZERO), |(_, hi)| hi.as_money().hi);
                (most, findings.horizon())
            }
            Err(_) => (None, day.next()),
        }
    }
}

impl Findings<'_> {
    fn holds(&self) -> Truth {
        self.applies.as_truth().and(self.holds.as_truth())
    }

    fn horizon(&self) -> Day {
        let conditions = match (self.applies.as_truth(), self.holds.as_truth()) {
            (Truth::False, _) => self.applies.horizon,
            (_, Truth::False) => self.holds.horizon,
            _ => self.applies.horizon.min(self.holds.horizon),
        };
        self.pay.as_ref().map_or(conditions, |(lo, hi)| conditions.min(lo.horizon).min(hi.horizon))
    }

    /// No missing fact can change the outcome.
    fn settled(&self) -> bool {
        if self.holds().is_false() {
            return true;
        }
        let conditions = self.applies.certainty.max(self.holds.certainty);
        let pays_nothing = |amount: Bounds<Fen>| amount.single() == Some(Fen::ZERO);
        let Some((lo, hi)) = &self.pay else { return conditions != Certainty::Open };
        if pays_nothing(lo.as_money()) && pays_nothing(hi.as_money()) {
            return true;
        }
        conditions.max(lo.certainty).max(hi.certainty) != Certainty::Open
    }
}
