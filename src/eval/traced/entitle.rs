//! One clause, one target, one day: conditions and amount to an outcome.

use super::computed::{Certainty, Computed};
use super::duty::DutyCase;
use super::expr::Evaluator;
use super::missing::minimal;
use super::reserved::{Household, Reserved, Target};
use crate::eval::{DutyStatus, FactId, Fault, Note, Outcome};
use crate::ir::{Benefit, CharterId, Pay, Plan};
use crate::register::Register;
use crate::schema::RecordId;
use crate::value::{Bounds, Day, Fen, Period, Truth};
use std::collections::BTreeSet;

/// One target of one clause.
#[derive(Clone, Copy)]
pub(super) struct Case<'r> {
    pub plan: &'r Plan,
    pub register: &'r Register,
    pub reserved: &'r Reserved,
    pub root: RecordId,
    pub unit: usize,
    /// The charter versions of its village and those above, the nearest layer first.
    pub own: &'r [CharterId],
    pub benefit: &'r Benefit,
    pub target: usize,
}

/// An outcome, why it is not what the clause alone would give, and the first later day on which it may be another.
#[derive(Clone, Debug)]
pub(super) struct Judgement {
    pub outcome: Outcome,
    pub notes: Vec<Note>,
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
    /// What each rival that may hold would pay, by its place among the rivals.
    rivals: Vec<Rivalry<'r>>,
}

/// A rival that holds, or may.
struct Rivalry<'r> {
    place: usize,
    holds: Computed<'r>,
    lo: Computed<'r>,
    hi: Computed<'r>,
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
        let judgement = match self.find(&evaluator) {
            Ok(findings) => {
                let horizon = findings.horizon(day);
                // An award for one period says nothing of the next day.
                let horizon = if self.has_periodic_award() { day.next() } else { horizon };
                let outcome = self.outcome(day, &findings, &evaluator.read.borrow());
                let (outcome, notes) = self.beside_rivals(day, &findings, outcome);
                Judgement { outcome, notes, horizon }
            }
            // A fault stands for this day only: the next may have a value.
            Err(fault) => {
                Judgement { outcome: Outcome::Faulted(fault), notes: Vec::new(), horizon: day.next() }
            }
        };
        self.unless_withheld(day, judgement)
    }

    /// Where a benefit that cannot be had together with this one holds too, the household chooses.
    fn beside_rivals(&self, day: Day, findings: &Findings<'_>, outcome: Outcome) -> (Outcome, Vec<Note>) {
        let (own_least, own_most) = match outcome {
            Outcome::Granted(amount) => (amount, Some(amount)),
            Outcome::Awaiting { least, most } => (least, Some(most)),
            Outcome::Undetermined { least, most, .. } => (least, most),
            Outcome::NotApplicable | Outcome::NotGranted | Outcome::Faulted(_) => {
                return (outcome, Vec::new());
            }
        };
        let possible = |rivalry: &&Rivalry<'_>| !rivalry.holds.as_truth().is_false();
        let mut against: Vec<&Rivalry<'_>> = findings.rivals.iter().filter(possible).collect();
        let name = |rivalry: &Rivalry<'_>| self.benefit.rivals.get(rivalry.place).map(|rival| &rival.clause);
        if let Some(chosen) = self.chosen(day) {
            if chosen == self.benefit.label.name {
                return (outcome, Vec::new());
            }
            match against.iter().find(|rivalry| name(rivalry) == Some(&chosen)) {
                Some(rivalry) if rivalry.holds.as_truth().is_true() => {
                    return (Outcome::NotGranted, vec![Note::Chosen(chosen)]);
                }
                // It was chosen where it can be had; whether it can is not known.
                Some(rivalry) => against = vec![*rivalry],
                None => {}
            }
        }
        if against.is_empty() {
            return (outcome, Vec::new());
        }
        let names = against.iter().filter_map(|rivalry| name(rivalry).cloned()).collect();
        let most = against
            .iter()
            .fold(own_most, |most, rivalry| most.zip(rivalry.hi.as_money().hi).map(|(a, b)| a.max(b)));
        let sure = against.iter().any(|rivalry| rivalry.holds.as_truth().is_true());
        let outcome = match (outcome, most) {
            (Outcome::Undetermined { missing, .. }, most) => {
                Outcome::Undetermined { least: Fen::ZERO, most, missing }
            }
            (_, Some(most)) if sure && findings.settled(self.in_kind()) => {
                let least = |rivalry: &&Rivalry<'_>| rivalry.lo.as_money().lo.unwrap_or(Fen::ZERO);
                let least = against.iter().map(least).fold(own_least, Fen::min);
                Outcome::Awaiting { least, most }
            }
            (_, most) => {
                let evaluator = self.evaluator(day, &[]);
                let _ = self.find(&evaluator);
                let missing = self.missing(day, &evaluator.read.borrow());
                Outcome::Undetermined { least: Fen::ZERO, most, missing }
            }
        };
        (outcome, vec![Note::Choice(names)])
    }

    fn chosen(&self, day: Day) -> Option<String> {
        let decisions = self.reserved.decisions.as_ref().filter(|_| !self.benefit.rivals.is_empty())?;
        let (household, own) = (self.household()?, self.named()?);
        let same_charter = |benefit: &&Benefit| benefit.charter == self.benefit.charter;
        let rivals = self
            .plan
            .benefits
            .iter()
            .filter(same_charter)
            .filter(|benefit| self.benefit.rivals.iter().any(|rival| rival.clause == benefit.label.name));
        let options = rivals.map(|benefit| Target { benefit, key: own.household, ..own });
        let itself = Target { key: own.household, ..own };
        decisions.chosen(household, options.chain([itself]), day)
    }

    /// A reward that is discretionary is not granted while a recorded decision withholds it.
    fn unless_withheld(&self, day: Day, judgement: Judgement) -> Judgement {
        let asked = !self.benefit.discretionary.is_empty()
            && !matches!(judgement.outcome, Outcome::NotApplicable | Outcome::NotGranted);
        let Some(decisions) = self.reserved.decisions.as_ref().filter(|_| asked) else { return judgement };
        let Some((household, target)) = self.household().zip(self.named()) else { return judgement };
        let (withheld, horizon) =
            decisions.suspended(household, target, day, &|duty, day| self.unmet(duty, day));
        let horizon = judgement.horizon.min(horizon);
        match withheld {
            Some(row) => Judgement {
                outcome: Outcome::NotGranted,
                notes: vec![Note::Withheld(decisions.record(), row)],
                horizon,
            },
            None => Judgement { horizon, ..judgement },
        }
    }

    /// The last day to object to a duty of the charter that the household had left unmet by a day; none where it is not
    /// bound, or had not.
    pub(super) fn unmet(&self, duty: &str, decided: Day) -> Option<Day> {
        let family = &self.plan.charter(self.benefit.charter).label.name;
        let named = self.plan.obligations.iter().enumerate().filter(|(_, obligation)| {
            obligation.label.is(duty) && self.plan.charter(obligation.charter).label.name == *family
        });
        let mut latest = None;
        for (index, obligation) in named.filter(|(_, obligation)| obligation.days.from <= decided) {
            let period = Period::of_days(obligation.days.from, decided);
            let Self { plan, register, reserved, own, .. } = *self;
            let targets = register.descendants(&plan.schema, obligation.target, self.root, self.unit);
            for target in targets {
                let root = (self.root, self.unit);
                let case = DutyCase {
                    plan,
                    register,
                    period: &period,
                    reserved,
                    root,
                    own,
                    index,
                    obligation,
                    target,
                };
                let unmet = case.judge().into_iter().filter(|row| row.status == DutyStatus::Unmet);
                latest = latest.max(unmet.filter_map(|row| row.appeal_by).max());
            }
        }
        latest
    }

    fn household(&self) -> Option<Household<'r>> {
        let Self { plan, register, unit, .. } = *self;
        (plan.schema.unit() == Some(self.root)).then_some(Household { plan, register, unit })
    }

    /// The target by its key, where it lies in a household.
    fn named(&self) -> Option<Target<'r>> {
        let key = self.register.table(self.benefit.target).keys.get(self.target)?;
        let household = self.register.table(self.plan.schema.unit()?).keys.get(self.unit)?;
        Some(Target { benefit: self.benefit, key, household })
    }

    fn find<'a>(&self, evaluator: &Evaluator<'a>) -> Result<Findings<'a>, Fault>
    where
        'r: 'a,
    {
        let conjunction = |conditions: &[crate::ir::Condition]| -> Result<Computed<'a>, Fault> {
            let (mut truth, mut certainty, mut horizon) = (Truth::True, Certainty::Known, Day::MAX);
            let mut faulted = None;
            for condition in conditions {
                let found = match evaluator.eval(condition.node, self.target) {
                    Ok(found) => found,
                    // What is false beside it is false all the same.
                    Err(fault) => {
                        faulted = faulted.or(Some(fault));
                        continue;
                    }
                };
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
            faulted.map_or_else(|| Ok(Computed::truth(truth, certainty, horizon)), Err)
        };
        let applies = match conjunction(&self.benefit.filter) {
            Ok(applies) => applies,
            Err(fault) => {
                let holds = conjunction(&self.benefit.conditions)?;
                let applies = Computed::truth(Truth::True, Certainty::Known, holds.horizon);
                let never = holds.as_truth().is_false();
                return if never {
                    Ok(Findings { applies, holds, pay: None, rivals: Vec::new() })
                } else {
                    Err(fault)
                };
            }
        };
        if applies.as_truth().is_false() {
            return Ok(Findings { holds: applies, applies, pay: None, rivals: Vec::new() });
        }
        let holds = conjunction(&self.benefit.conditions)?;
        if holds.as_truth().is_false() {
            return Ok(Findings { applies, holds, pay: None, rivals: Vec::new() });
        }
        let pay = match &self.benefit.pay {
            Pay::Fixed(node, _) => {
                let amount = evaluator.eval(*node, self.target)?;
                (amount, amount)
            }
            Pay::Range { lo, hi, .. } => {
                (evaluator.eval(*lo, self.target)?, evaluator.eval(*hi, self.target)?)
            }
            Pay::InKind { worth, .. } => {
                let worth = evaluator.eval(*worth, self.target)?;
                (worth, worth)
            }
        };
        let mut rivals = Vec::new();
        for (place, rival) in self.benefit.rivals.iter().enumerate() {
            let holds = evaluator.eval(rival.holds, self.target)?;
            let (lo, hi) = (evaluator.eval(rival.lo, self.target)?, evaluator.eval(rival.hi, self.target)?);
            rivals.push(Rivalry { place, holds, lo, hi });
        }
        Ok(Findings { applies, holds, pay: Some(pay), rivals })
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
        if most == Some(Fen::ZERO) && lo.lo == Some(Fen::ZERO) && !self.in_kind() {
            // Nothing would be paid whatever the conditions are.
            return Outcome::NotGranted;
        }
        if findings.settled_alone(self.in_kind()) && findings.holds().is_true() {
            return match (lo.single(), hi.single()) {
                (Some(least), Some(most)) if self.is_range() => match self.awarded(day) {
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

    /// The names a payment may call the clause by.
    fn names(&self) -> [&'r str; 2] {
        let label = &self.benefit.label;
        [&label.name, label.alias.as_deref().unwrap_or(&label.name)]
    }

    /// The amount a recorded decision awards to this target.
    fn has_periodic_award(&self) -> bool {
        let decisions = self.reserved.decisions.as_ref().filter(|_| self.is_range());
        let asked = decisions.and_then(|decisions| Some((decisions, self.household()?, self.named()?)));
        asked.is_some_and(|(decisions, household, target)| decisions.awards_by_period(household, target))
    }

    fn awarded(&self, day: Day) -> Option<Fen> {
        self.reserved.decisions.as_ref()?.awarded(self.household()?, self.named()?, Some(day))
    }

    /// The ends of a range on a day, where they are known.
    pub(super) fn range(&self, day: Day) -> Option<(Fen, Fen)> {
        let Pay::Range { lo, hi, .. } = &self.benefit.pay else { return None };
        let evaluator = self.evaluator(day, &[]);
        let end = |node| evaluator.eval(node, self.target).ok()?.as_money().single();
        end(*lo).zip(end(*hi))
    }

    /// Is a payment of the clause dated before that day? Else the days of payment that are missing.
    pub(super) fn paid_before(&self, day: Day) -> (Truth, Vec<FactId>) {
        if self.plan.schema.unit() != Some(self.root) {
            return (Truth::False, Vec::new());
        }
        self.reserved.paid_before(
            self.register,
            &self.plan.schema,
            (self.benefit.target, self.target),
            self.names(),
            day,
        )
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
                doubt.drifts |= self.plan.depends_on_day(condition.node);
            }
        }
        doubt
    }

    fn is_range(&self) -> bool {
        matches!(self.benefit.pay, Pay::Range { .. })
    }

    fn in_kind(&self) -> bool {
        matches!(self.benefit.pay, Pay::InKind { .. })
    }

    fn missing(&self, day: Day, read: &BTreeSet<FactId>) -> Vec<FactId> {
        minimal(read, &|assumed| self.settled_on(day, assumed))
    }

    /// True where, with these facts known whatever their values, no other can change the outcome of that day.
    pub(super) fn settled_on(&self, day: Day, assumed: &[FactId]) -> bool {
        let evaluator = self.evaluator(day, assumed);
        self.find(&evaluator).is_ok_and(|findings| findings.settled(self.in_kind()))
    }

    /// Would it be granted on a day, or await a decision, if one fact were another?
    pub(super) fn granted_with(&self, day: Day, fact: FactId, other: Computed<'r>) -> bool {
        let changed = [(fact, other)];
        let evaluator = Evaluator { changed: &changed, ..self.evaluator(day, &[]) };
        self.find(&evaluator).is_ok_and(|findings| {
            let pays = findings.pay.as_ref().is_some_and(|(_, hi)| hi.as_money().single() != Some(Fen::ZERO));
            findings.holds().is_true() && findings.settled_alone(self.in_kind()) && (pays || self.in_kind())
        })
    }

    /// The least and the most it could pay on a day, for a case that may not be judged on that day at all.
    pub(super) fn most_on(&self, day: Day) -> (Option<Fen>, Day) {
        let evaluator = self.evaluator(day, &[]);
        match self.find(&evaluator) {
            Ok(findings) => {
                let most = findings.pay.as_ref().map_or(Some(Fen::ZERO), |(_, hi)| hi.as_money().hi);
                (most, findings.horizon(day))
            }
            Err(_) => (None, day.next()),
        }
    }
}

impl Findings<'_> {
    fn holds(&self) -> Truth {
        self.applies.as_truth().and(self.holds.as_truth())
    }

    fn horizon(&self, day: Day) -> Day {
        let conditions = match (self.applies.as_truth(), self.holds.as_truth()) {
            (Truth::False, _) => self.applies.horizon,
            (_, Truth::False) => self.holds.horizon,
            _ => self.applies.horizon.min(self.holds.horizon),
        };
        let alone =
            self.pay.as_ref().map_or(conditions, |(lo, hi)| conditions.min(lo.horizon).min(hi.horizon));
        let rivals = self.rivals.iter().flat_map(|rivalry| [&rivalry.holds, &rivalry.lo, &rivalry.hi]);
        let beside = rivals.map(|computed| computed.horizon).fold(alone, Day::min);
        // A choice of the household may be another in the next calendar year.
        if self.rivals.is_empty() { beside } else { beside.min(day.year_end().next()) }
    }

    /// No missing fact can change the outcome of the clause alone.
    fn settled_alone(&self, in_kind: bool) -> bool {
        if self.holds().is_false() {
            return true;
        }
        let conditions = self.applies.certainty.max(self.holds.certainty);
        let pays_nothing = |amount: Bounds<Fen>| amount.single() == Some(Fen::ZERO) && !in_kind;
        let Some((lo, hi)) = &self.pay else { return conditions != Certainty::Open };
        if pays_nothing(lo.as_money()) && pays_nothing(hi.as_money()) {
            return true;
        }
        conditions.max(lo.certainty).max(hi.certainty) != Certainty::Open
    }

    /// No missing fact can change the outcome, that of its rivals included.
    fn settled(&self, in_kind: bool) -> bool {
        let settles = |rivalry: &Rivalry<'_>| {
            let amounts = rivalry.lo.certainty.max(rivalry.hi.certainty);
            match rivalry.holds.as_truth() {
                Truth::False => true,
                _ => rivalry.holds.certainty.max(amounts) != Certainty::Open,
            }
        };
        self.settled_alone(in_kind) && (self.holds().is_false() || self.rivals.iter().all(settles))
    }
}
