//! Duties: what was to be done, by when, and how it stands on the last day of the period. Facts later than that day
//! have not happened. An unmet duty has no consequence here: a person decides the rest.

use super::computed::{Certainty, Computed, Presence};
use super::expr::Evaluator;
use super::instance::Instance;
use super::missing::minimal;
use super::reserved::{Reserved, later};
use crate::eval::{DutyRow, DutyStatus, FactId, Fault};
use crate::ir::{CharterId, Condition, Must, Obligation, Plan, Window};
use crate::register::{Cell, Register};
use crate::schema::RecordId;
use crate::value::{Day, Fact, Period, PeriodUnit, Truth};

/// One target of one duty.
pub(in crate::eval) struct DutyCase<'r> {
    pub plan: &'r Plan,
    pub register: &'r Register,
    pub period: &'r Period,
    pub(super) reserved: &'r Reserved,
    pub root: (RecordId, usize),
    pub own: &'r [CharterId],
    pub index: usize,
    pub obligation: &'r Obligation,
    pub target: usize,
}

/// A condition as far as it is known.
#[derive(Clone, Copy)]
struct Found {
    truth: Truth,
    certainty: Certainty,
}

/// How a duty stands, and whether missing facts could still change it.
struct Standing {
    status: Option<DutyStatus>,
    settled: bool,
}

impl<'r> DutyCase<'r> {
    /// The rows of this run.
    pub(super) fn judge(&self) -> Vec<DutyRow> {
        let mut rows = Vec::new();
        match self.instances() {
            Ok(Some(instances)) => {
                for instance in instances.into_iter().filter(|instance| self.concerns(instance)) {
                    rows.extend(self.row(Some(instance)));
                }
            }
            // The bound day itself is not known.
            Err(Some(fault)) => rows.push(self.written(None, DutyStatus::Faulted(fault))),
            Err(None) if self.may_concern() => rows.extend(self.row(None)),
            Ok(None) | Err(None) => {}
        }
        rows
    }

    pub(super) fn evaluator<'a>(&self, day: Day, assumed: &'a [FactId]) -> Evaluator<'a>
    where
        'r: 'a,
    {
        Evaluator::new((self.plan, self.register), day, (self.root.1, self.own), assumed)
            .standing_on(self.period.last)
    }

    /// The times it falls due around the period; `Err(None)` where the day it depends on is not known.
    fn instances(&self) -> Result<Option<Vec<Instance>>, Option<Fault>> {
        if let Some(unit) = self.obligation.must.unit() {
            return Ok(Some(self.each(unit)));
        }
        let Some(after) = self.obligation.must.after() else { return Ok(None) };
        let Some(start) = self.start(after)? else { return Ok(None) };
        Ok(Instance::of(self.obligation, start, self.reserved).map(|one| vec![one]))
    }

    /// The date a duty counts from; `Ok(None)` where there is none, `Err(None)` where it is not known to the day.
    fn start(&self, node: crate::ir::NodeId) -> Result<Option<Day>, Option<Fault>> {
        let found = self.evaluator(self.period.last, &[]).eval(node, self.target).map_err(Some)?;
        match (found.presence, found.as_date().single()) {
            (Presence::Absent, _) => Ok(None),
            (Presence::Present, Some(day)) => Ok(Some(day)),
            _ => Err(None),
        }
    }

    /// Where the day it counts from is not known: could the period meet the time from there to the last remedy day?
    fn may_concern(&self) -> bool {
        let (after, length) = match &self.obligation.must {
            Must::Within { after, length, .. }
            | Must::Throughout { window: Window::After { after, length }, .. } => (*after, *length),
            _ => return true,
        };
        let Ok(found) = self.evaluator(self.period.last, &[]).eval(after, self.target) else { return true };
        let days = self.obligation.days;
        let first = found.as_date().lo.unwrap_or(Day::MIN).max(days.from);
        let last = found.as_date().hi.unwrap_or(Day::MAX).min(days.last());
        let remedied =
            self.reserved.due(last, length).and_then(|due| self.reserved.due(due, self.obligation.remedy));
        first <= last && first <= self.period.last && self.period.first <= remedied.unwrap_or(Day::MAX)
    }

    /// Where it falls due once a unit: the times that concern the period.
    pub(in crate::eval) fn by_unit(&self, unit: PeriodUnit) -> Vec<Instance> {
        self.each(unit).into_iter().filter(|instance| self.concerns(instance)).collect()
    }

    /// Where it counts from a day: the time it falls due, if that concerns the period.
    pub(in crate::eval) fn time_from(&self, start: Day) -> Option<Instance> {
        Instance::of(self.obligation, start, self.reserved).filter(|instance| self.concerns(instance))
    }

    fn each(&self, unit: PeriodUnit) -> Vec<Instance> {
        let mut instances = Vec::new();
        // A unit that ended before the period may still be in remedy in it.
        let mut first = unit.start(self.obligation.days.from.max(self.earliest()));
        while first <= self.period.last {
            instances.extend(Instance::of(self.obligation, first, self.reserved));
            let last = unit.end(first);
            if last == Day::MAX {
                break;
            }
            first = last.next();
        }
        instances
    }

    /// Far enough before the period for every remedy that reaches into it.
    fn earliest(&self) -> Day {
        let (count, unit) = self.obligation.remedy;
        let back = later(self.period.first, (-count, unit)).and_then(|day| day.add_days(-31));
        back.and_then(|day| day.add_months(-12)).unwrap_or(Day::MIN)
    }

    /// The version of the bound day governs; the run's period must meet the time from there to the last remedy day.
    fn concerns(&self, instance: &Instance) -> bool {
        let in_force = self.obligation.days.contain(instance.bound);
        in_force
            && instance.bound <= self.period.last
            && self.period.first <= instance.due.max(instance.remedy_by)
    }

    fn row(&self, instance: Option<Instance>) -> Option<DutyRow> {
        let evaluator = self.evaluator(self.period.last, &[]);
        let standing = match self.stands(instance.as_ref(), &[], &evaluator) {
            Ok(standing) => standing,
            Err(fault) => return Some(self.written(instance, DutyStatus::Faulted(fault))),
        };
        let status = match standing.status {
            Some(DutyStatus::Undetermined { .. }) => {
                let read = evaluator.read.into_inner();
                let missing = minimal(&read, &|assumed| {
                    let evaluator = self.evaluator(self.period.last, assumed);
                    self.stands(instance.as_ref(), assumed, &evaluator).is_ok_and(|standing| standing.settled)
                });
                DutyStatus::Undetermined { missing }
            }
            status => status?,
        };
        Some(self.written(instance, status))
    }

    pub(in crate::eval) fn written(&self, instance: Option<Instance>, status: DutyStatus) -> DutyRow {
        let period = match instance.and_then(|instance| Some((instance.unit?, instance.bound))) {
            Some((unit, bound)) => unit.label(bound),
            None => self.period.to_string(),
        };
        DutyRow {
            root: self.root.0,
            unit: self.root.1,
            obligation: self.index,
            target: self.target,
            period,
            bound: instance.map(|instance| instance.bound),
            due: instance.map(|instance| instance.due),
            remedy_by: instance.map(|instance| instance.remedy_by),
            appeal_by: instance.map(|instance| instance.appeal_by),
            status,
        }
    }

    /// In the order of the rule: not bound, met, excused, pending, undetermined, in remedy, unmet.
    fn stands<'a>(
        &self,
        instance: Option<&Instance>,
        assumed: &'a [FactId],
        evaluator: &Evaluator<'a>,
    ) -> Result<Standing, Fault>
    where
        'r: 'a,
    {
        let undetermined = || Some(DutyStatus::Undetermined { missing: Vec::new() });
        let bound_day = instance.map_or(self.period.last, |instance| instance.bound);
        let at_bound = self.evaluator(bound_day, assumed);
        let binds = self.all(&at_bound, self.obligation.filter.iter().chain(&self.obligation.bound));
        evaluator.read.borrow_mut().append(&mut at_bound.read.borrow_mut());
        let binds = binds?;
        if binds.truth.is_false() {
            return Ok(Standing { status: None, settled: true });
        }
        let Some(instance) = instance else {
            // The day it counts from is not known: settled when that day is assumed known.
            let start = self.start_certainty(evaluator)?;
            let settled = binds.certainty.max(start) != Certainty::Open;
            return Ok(Standing { status: undetermined(), settled });
        };
        let done = self.done(instance, evaluator)?;
        let excuse = match &self.obligation.excuse {
            Some(condition) => found(&evaluator.eval(condition.node, self.target)?),
            None => Found { truth: Truth::False, certainty: Certainty::Known },
        };
        let today = self.period.last;
        // As far as the facts go that are known, or assumed to be.
        let status = if binds.truth.is_unknown() {
            undetermined()
        } else if done.truth.is_true() {
            Some(DutyStatus::Met)
        } else if excuse.truth.is_true() {
            Some(DutyStatus::Excused)
        } else if today <= instance.due {
            Some(DutyStatus::Pending)
        } else if done.truth.is_unknown() || excuse.truth.is_unknown() {
            undetermined()
        } else if today <= instance.remedy_by {
            Some(DutyStatus::InRemedy)
        } else {
            Some(DutyStatus::Unmet)
        };
        let rest = if done.truth.is_true() || excuse.truth.is_true() || today <= instance.due {
            Certainty::Known
        } else {
            done.certainty.max(excuse.certainty)
        };
        Ok(Standing { status, settled: binds.certainty.max(rest) != Certainty::Open })
    }

    fn start_certainty(&self, evaluator: &Evaluator<'_>) -> Result<Certainty, Fault> {
        let Some(node) = self.obligation.must.after() else { return Ok(Certainty::Known) };
        Ok(evaluator.eval(node, self.target)?.certainty)
    }

    fn all<'c>(
        &self,
        evaluator: &Evaluator<'_>,
        conditions: impl Iterator<Item = &'c Condition>,
    ) -> Result<Found, Fault> {
        let mut all = Found { truth: Truth::True, certainty: Certainty::Known };
        for condition in conditions {
            let one = found(&evaluator.eval(condition.node, self.target)?);
            if one.truth.is_false() {
                return Ok(one);
            }
            all = Found { truth: all.truth.and(one.truth), certainty: all.certainty.max(one.certainty) };
        }
        Ok(all)
    }

    /// Was it done by the remedy day, as far as the last day of the period knows?
    fn done(&self, instance: &Instance, evaluator: &Evaluator<'_>) -> Result<Found, Fault> {
        let until = instance.remedy_by.min(self.period.last);
        match &self.obligation.must {
            Must::Within { act, .. } => {
                let act = evaluator.eval(*act, self.target)?;
                let bounds = act.as_date();
                let truth = match (act.presence, bounds.lo, bounds.hi) {
                    (Presence::Absent, ..) => Truth::False,
                    (_, Some(lo), _) if until < lo => Truth::False,
                    (Presence::Present, _, Some(hi)) if hi <= until => Truth::True,
                    _ => Truth::Unknown,
                };
                Ok(Found {
                    truth,
                    certainty: if truth.is_unknown() { act.certainty } else { Certainty::Known },
                })
            }
            Must::Times { count, record, filter, .. } => {
                self.times(*count, *record, *filter, (instance.window.0, until), evaluator)
            }
            Must::Throughout { condition, .. } => self.throughout(*condition, instance.window, evaluator),
        }
    }

    fn times(
        &self,
        wanted: i64,
        record: RecordId,
        filter: Option<crate::ir::NodeId>,
        window: (Day, Day),
        evaluator: &Evaluator<'_>,
    ) -> Result<Found, Fault> {
        use crate::eval::FactPart;
        let Some(event) = self.plan.schema.record(record).event else {
            return Ok(Found { truth: Truth::Unknown, certainty: Certainty::Open });
        };
        let dates = self.register.table(record).columns.get(event.0).filter(|column| column.is_date());
        let Some(dates) = dates else {
            return Ok(Found { truth: Truth::Unknown, certainty: Certainty::Open });
        };
        let (mut sure, mut maybe, mut certainty) = (0_i64, 0_i64, Certainty::Known);
        let rows = self.register.descendants(&self.plan.schema, record, self.obligation.target, self.target);
        for row in rows {
            let when = match dates.cell(row) {
                Cell::Date(Fact::Known(span)) if window.0 <= span.first && span.last <= window.1 => {
                    Truth::True
                }
                Cell::Date(Fact::Known(span)) if span.last < window.0 || window.1 < span.first => {
                    Truth::False
                }
                Cell::Date(Fact::Absent) => Truth::False,
                _ => Truth::Unknown,
            };
            if when.is_false() {
                continue;
            }
            let belongs = match filter {
                Some(filter) => found(&evaluator.eval(filter, row)?),
                None => Found { truth: Truth::True, certainty: Certainty::Known },
            };
            match when.and(belongs.truth) {
                Truth::True => sure += 1,
                Truth::False => {}
                Truth::Unknown => {
                    maybe += 1;
                    certainty = certainty.max(belongs.certainty);
                    if when.is_unknown() {
                        let fact = FactId { record, part: FactPart::Field(event), row };
                        certainty = certainty.max(evaluator.certainty_of(fact));
                    }
                }
            }
        }
        let open = self.register.is_open(record, self.root.1);
        if open && sure < wanted {
            certainty = certainty.max(evaluator.certainty_of(FactId {
                record,
                part: FactPart::Rows,
                row: self.root.1,
            }));
        }
        let truth = if sure >= wanted {
            Truth::True
        } else if !open && sure + maybe < wanted {
            Truth::False
        } else {
            Truth::Unknown
        };
        Ok(Found { truth, certainty: if truth.is_unknown() { certainty } else { Certainty::Known } })
    }

    /// Did it hold on every day of the window so far? True only once the window has passed.
    fn throughout(
        &self,
        condition: crate::ir::NodeId,
        window: (Day, Day),
        evaluator: &Evaluator<'_>,
    ) -> Result<Found, Fault> {
        let last = window.1.min(self.period.last);
        let mut all = Found { truth: Truth::True, certainty: Certainty::Known };
        let mut day = window.0;
        while day <= last {
            let that_day = self.evaluator(day, evaluator.assumed);
            let here = that_day.eval(condition, self.target);
            evaluator.read.borrow_mut().append(&mut that_day.read.borrow_mut());
            let here = here?;
            let one = found(&here);
            if one.truth.is_false() {
                return Ok(one);
            }
            all = Found { truth: all.truth.and(one.truth), certainty: all.certainty.max(one.certainty) };
            if here.horizon <= day || here.horizon == Day::MAX {
                break;
            }
            day = here.horizon;
        }
        if window.1 > self.period.last && all.truth.is_true() {
            // The window is still open: not done yet, and nothing is missing.
            return Ok(Found { truth: Truth::False, certainty: Certainty::Known });
        }
        Ok(all)
    }
}

fn found(computed: &Computed<'_>) -> Found {
    let truth = computed.as_truth();
    Found { truth, certainty: if truth.is_unknown() { computed.certainty } else { Certainty::Known } }
}
