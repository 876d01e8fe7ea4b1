//! Expressions on one row and one day.

use super::computed::{Certainty, Computed, Presence, Value};
use crate::ast::ElapsedUnit;
use crate::eval::{FactId, FactPart, Fault};
use crate::ir::{
    CharterId, Compare, Constant, MonthEdge, NodeId, Op, ParameterId, ParameterKind, Plan, value_on,
};
use crate::register::{Cell, Register};
use crate::schema::{Blank, Field, FieldId, RecordId};
use crate::types::Type;
use crate::value::{Bounds, Day, Fact, Truth};
use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Evaluates expressions of a plan for one household on one day.
pub(super) struct Evaluator<'r> {
    pub plan: &'r Plan,
    pub register: &'r Register,
    pub day: Day,
    /// Row of the unit of evaluation.
    pub unit: usize,
    /// The charter versions of the village and those above, the nearest layer first: for open parameters.
    pub own: &'r [CharterId],
    /// Facts taken to be known, whatever their values.
    pub assumed: &'r [FactId],
    /// A date that may be absent and is later than this day has not happened yet.
    pub as_of: Option<Day>,
    /// Facts taken to be others than the register says.
    pub changed: &'r [(FactId, Computed<'r>)],
    /// Of those by the day, only that this parameter has no value is a fault; what another without one comes to is anything.
    pub only_gap: Option<ParameterId>,
    /// Missing facts that were read.
    pub read: RefCell<BTreeSet<FactId>>,
}

pub(super) type Outcome<'r> = Result<Computed<'r>, Fault>;

impl<'r> Evaluator<'r> {
    /// For one root row on one day; `own` are the charter versions that hold for it, the nearest layer first,
    /// `assumed` the facts taken to be known.
    pub(super) fn new(
        (plan, register): (&'r Plan, &'r Register),
        day: Day,
        (unit, own): (usize, &'r [CharterId]),
        assumed: &'r [FactId],
    ) -> Self {
        let read = RefCell::new(BTreeSet::new());
        Self { plan, register, day, unit, own, assumed, as_of: None, changed: &[], only_gap: None, read }
    }

    /// The same, as things stood at the end of a day.
    pub(super) fn standing_on(self, day: Day) -> Self {
        Self { as_of: Some(day), ..self }
    }

    pub(super) fn eval(&self, id: NodeId, row: usize) -> Outcome<'r> {
        let node = self.plan.node(id);
        Ok(match &node.op {
            Op::Constant(constant) => Computed::known(constant_value(constant)),
            Op::Today => {
                Computed { horizon: self.day.next(), ..Computed::known(Value::Date(Bounds::exact(self.day))) }
            }
            Op::Field(record, field) => self.field(*record, *field, row),
            Op::Key(record) => {
                let key = self.register.table(*record).keys.get(row);
                Computed::known(Value::Text(key))
            }
            Op::Outer(record, inner) => {
                let scope = node.scope.unwrap_or(*record);
                let outer = self.register.ancestor(&self.plan.schema, scope, row, *record).unwrap_or(row);
                return self.eval(*inner, outer);
            }
            Op::Parameter(parameter) => return self.parameter(*parameter),
            Op::Not(inner) => {
                let inner = self.eval(*inner, row)?;
                Computed::truth(!inner.as_truth(), inner.certainty, inner.horizon)
            }
            Op::All(parts) => return self.junction(parts, row, Truth::False),
            Op::Either(parts) => return self.junction(parts, row, Truth::True),
            Op::Compare(compare, left, right) => return self.compare(*compare, *left, *right, row),
            Op::IsAbsent(inner) => {
                let inner = self.eval(*inner, row)?;
                let truth = match inner.presence {
                    Presence::Absent => Truth::True,
                    Presence::Present => Truth::False,
                    Presence::Maybe => Truth::Unknown,
                };
                Computed::truth(truth, inner.certainty, inner.horizon)
            }
            Op::Arith(arith, left, right) => {
                let (left, right) = (self.eval(*left, row)?, self.eval(*right, row)?);
                return super::arith::arith(id, node.ty, *arith, left, right);
            }
            Op::Round(inner, mode, to) => {
                return super::arith::round(id, self.eval(*inner, row)?, *mode, *to);
            }
            Op::Shift { date, count, unit } => {
                return super::arith::shift(id, self.eval(*date, row)?, *count, *unit);
            }
            Op::Elapsed(unit, from, to) => return self.elapsed(*unit, *from, *to, row),
            Op::Month(edge, inner) => {
                let inner = self.eval(*inner, row)?;
                let end = |day: Day| {
                    Some(if *edge == MonthEdge::First { day.month_start() } else { day.month_end() })
                };
                let value = Value::Date(inner.as_date().map_monotone(end));
                Computed::result(value, inner.presence, inner.certainty, inner.horizon)
            }
            Op::Calendar(part, inner) => {
                let is_today = matches!(self.plan.node(*inner).op, Op::Today);
                super::calendar::part(*part, self.eval(*inner, row)?, is_today)
            }
            Op::Choose { cases, otherwise } => return self.choose(cases, *otherwise, row, node.ty),
            Op::Aggregate { kind, record, filter, value } => {
                let owner = node.scope.unwrap_or(*record);
                return self.aggregate((*kind, node.ty), *record, owner, row, *filter, *value);
            }
            Op::Pick { last, record, filter, key, value } => {
                let owner = node.scope.unwrap_or(*record);
                return self.pick(*last, (*record, owner, row), (*filter, *key), *value);
            }
            Op::Rank { owner, filter, key } => {
                let record = node.scope.unwrap_or(*owner);
                return self.rank((record, *owner, row), (*filter, *key));
            }
            Op::Table { subjects, rows } => return self.table(subjects, rows, row, node.ty),
            Op::Scale { subject, bands } => {
                let subject = self.eval(*subject, row)?;
                let bands = bands.iter().map(|(from, rate)| Ok((*from, self.eval(*rate, row)?)));
                return super::scale::scale(id, node.ty, subject, &bands.collect::<Result<Vec<_>, _>>()?);
            }
            Op::Tiers { subject, arms, otherwise } => {
                return self.tiers(*subject, arms, *otherwise, row, node.ty);
            }
        })
    }

    /// True where the fact is one of those taken to be known; otherwise it is noted as missing.
    pub(super) fn certainty_of(&self, fact: FactId) -> Certainty {
        if self.assumed.contains(&fact) {
            return Certainty::Assumed;
        }
        self.read.borrow_mut().insert(fact);
        Certainty::Open
    }

    fn field(&self, record: RecordId, field: FieldId, row: usize) -> Computed<'r> {
        let this = FactId { record, part: FactPart::Field(field), row };
        if let Some((_, other)) = self.changed.iter().find(|(fact, _)| *fact == this) {
            return *other;
        }
        let declared = self.plan.schema.field(record, field);
        let unknown = |value| {
            let presence = if declared.blank == Blank::Unknown { Presence::Present } else { Presence::Maybe };
            let certainty = self.certainty_of(FactId { record, part: FactPart::Field(field), row });
            Computed { value, presence, certainty, horizon: Day::MAX }
        };
        let absent = |value| Computed { presence: Presence::Absent, ..Computed::known(value) };
        let column = self.register.table(record).columns.get(field.0);
        match column.map_or(Cell::Skipped, |column| column.cell(row)) {
            Cell::Text(Fact::Known(text)) => Computed::known(Value::Text(Some(text))),
            Cell::Text(Fact::Absent) => absent(Value::Text(None)),
            Cell::Text(Fact::Unknown) => unknown(Value::Text(None)),
            Cell::Date(Fact::Known(span)) => match span {
                span if self.has_not_happened(declared, span.first) => absent(Value::Date(Bounds::any())),
                // Some of the days it could be are later: it may not have happened.
                span if self.has_not_happened(declared, span.last) => {
                    Computed { presence: Presence::Maybe, ..unknown(Value::Date(span.bounds())) }
                }
                span if span.is_exact() => Computed::known(Value::Date(span.bounds())),
                span => Computed { presence: Presence::Present, ..unknown(Value::Date(span.bounds())) },
            },
            Cell::Date(Fact::Absent) => absent(Value::Date(Bounds::any())),
            Cell::Date(Fact::Unknown) => unknown(Value::Date(Bounds::any())),
            Cell::Money(Fact::Known(fen)) => Computed::known(Value::Money(Bounds::exact(fen))),
            Cell::Money(Fact::Absent) => absent(Value::Money(Bounds::any())),
            Cell::Money(Fact::Unknown) => unknown(Value::Money(Bounds::any())),
            Cell::Number(Fact::Known(number)) => Computed::known(Value::Number(Bounds::exact(number))),
            Cell::Number(Fact::Absent) => absent(Value::Number(Bounds::any())),
            Cell::Number(Fact::Unknown) => unknown(Value::Number(Bounds::any())),
            Cell::Percent(Fact::Known(ratio)) => Computed::known(Value::Ratio(Bounds::exact(ratio))),
            Cell::Percent(Fact::Absent) => absent(Value::Ratio(Bounds::any())),
            Cell::Percent(Fact::Unknown) => unknown(Value::Ratio(Bounds::any())),
            Cell::Flag(Fact::Known(flag)) => Computed::known(Value::Truth(flag.into())),
            Cell::Flag(Fact::Absent) => absent(Value::Truth(Truth::False)),
            Cell::Flag(Fact::Unknown) => unknown(Value::Truth(Truth::Unknown)),
            Cell::Code(Fact::Known(code)) => Computed::known(Value::Code(Some(code))),
            Cell::Code(Fact::Absent) => absent(Value::Code(None)),
            Cell::Code(Fact::Unknown) => unknown(Value::Code(None)),
            Cell::Skipped => unknown(empty_value(Type::of_field(record, field, &declared.ty))),
        }
    }

    fn has_not_happened(&self, field: &Field, day: Day) -> bool {
        field.blank != Blank::Unknown && self.as_of.is_some_and(|today| today < day)
    }

    fn parameter(&self, id: ParameterId) -> Outcome<'r> {
        let Some(parameter) = self.plan.parameters.get(id.0) else {
            return Err(Fault::ParameterGap(id, self.day));
        };
        let later = |day: Day| day > self.day;
        match &parameter.kind {
            ParameterKind::Dated(values) => {
                let borders = values.iter().flat_map(|(from, until, _)| [Some(*from), *until]).flatten();
                let horizon = borders.filter(|day| later(*day)).min().unwrap_or(Day::MAX);
                let value = match value_on(values, self.day) {
                    Some(constant) => constant_value(constant),
                    None if self.only_gap.is_some_and(|only| only != id) => empty_value(parameter.ty),
                    None => return Err(Fault::ParameterGap(id, self.day)),
                };
                Ok(Computed { horizon, ..Computed::known(value) })
            }
            ParameterKind::Open { default, settings } => {
                let versions = self.own.iter().map(|id| self.plan.charter(*id));
                let borders = versions.flat_map(|version| [Some(version.from), version.until]).flatten();
                let horizon = borders.filter(|day| later(*day)).min().unwrap_or(Day::MAX);
                let mut in_force = self.own.iter().filter(|id| self.plan.charter(**id).holds_on(self.day));
                let set = in_force.find_map(|id| settings.iter().find(|setting| setting.charter == *id));
                let constant = set.map(|setting| &setting.value).or(default.as_ref());
                let constant = constant.ok_or(Fault::ParameterGap(id, self.day))?;
                Ok(Computed { horizon, ..Computed::known(constant_value(constant)) })
            }
        }
    }

    /// `All` is decided by one false operand, `Either` by one true one; the deciding one's horizon is enough.
    fn junction(&self, parts: &[NodeId], row: usize, decisive: Truth) -> Outcome<'r> {
        let (mut truth, mut certainty, mut horizon) = (!decisive, Certainty::Known, Day::MAX);
        for part in parts {
            let part = self.eval(*part, row)?;
            let found = part.as_truth();
            if found == decisive {
                return Ok(Computed::truth(decisive, Certainty::Known, part.horizon));
            }
            if found.is_unknown() {
                truth = Truth::Unknown;
                certainty = certainty.max(part.certainty);
            }
            horizon = horizon.min(part.horizon);
        }
        Ok(Computed::truth(truth, certainty, horizon))
    }

    fn compare(&self, compare: Compare, left_id: NodeId, right_id: NodeId, row: usize) -> Outcome<'r> {
        let (left, right) = (self.eval(left_id, row)?, self.eval(right_id, row)?);
        let accepts = |ordering: Ordering| match compare {
            Compare::Eq => ordering.is_eq(),
            Compare::Lt => ordering.is_lt(),
            Compare::Le => ordering.is_le(),
            Compare::Gt => ordering.is_gt(),
            Compare::Ge => ordering.is_ge(),
        };
        let presence = left.presence.with(right.presence);
        let truth = match (presence, compare_values(left.value, right.value, &accepts)) {
            // A comparison with an absent value is false.
            (Presence::Absent, _) => Truth::False,
            (Presence::Maybe, Truth::True) => Truth::Unknown,
            (_, truth) => truth,
        };
        let horizon = self.comparison_horizon((left_id, &left), (right_id, &right));
        Ok(Computed::truth(truth, left.certainty.max(right.certainty), horizon))
    }

    /// Against the judged day a fixed date changes its answer only at its own ends.
    fn comparison_horizon(&self, left: (NodeId, &Computed<'r>), right: (NodeId, &Computed<'r>)) -> Day {
        let is_today = |id: NodeId| matches!(self.plan.node(id).op, Op::Today);
        let fixed = match (is_today(left.0), is_today(right.0)) {
            (true, false) => right.1,
            (false, true) => left.1,
            _ => return left.1.horizon.min(right.1.horizon),
        };
        if fixed.presence == Presence::Absent {
            return fixed.horizon;
        }
        let bounds = fixed.as_date();
        let ends = [bounds.lo, bounds.hi].into_iter().flatten();
        let borders = ends.flat_map(|end| [end, end.next()]);
        borders.filter(|day| *day > self.day).min().unwrap_or(Day::MAX).min(fixed.horizon)
    }

    fn elapsed(&self, unit: ElapsedUnit, from_id: NodeId, to_id: NodeId, row: usize) -> Outcome<'r> {
        let (from, to) = (self.eval(from_id, row)?, self.eval(to_id, row)?);
        let count = |from: Option<Day>, to: Option<Day>| {
            let (from, to) = from.zip(to)?;
            Some(match unit {
                ElapsedUnit::Years => from.full_years_to(to),
                ElapsedUnit::Months => from.full_months_to(to),
                ElapsedUnit::Days => i64::from(to.number()) - i64::from(from.number()),
            })
        };
        let (start, end) = (from.as_date(), to.as_date());
        // The later the start, the fewer; the later the end, the more.
        let bounds = Bounds { lo: count(start.hi, end.lo), hi: count(start.lo, end.hi) };
        let mut horizon = from.horizon.min(to.horizon);
        if matches!(self.plan.node(to_id).op, Op::Today)
            && from.horizon == Day::MAX
            && unit != ElapsedUnit::Days
        {
            let months = if unit == ElapsedUnit::Years { 12 } else { 1 };
            let next = |start: Option<Day>, whole: Option<i64>| {
                let (start, whole) = start.zip(whole)?;
                start.add_months((whole + 1).checked_mul(months)?).filter(|day| *day > self.day)
            };
            let ends = [next(start.hi, bounds.lo), next(start.lo, bounds.hi)];
            horizon = ends.into_iter().flatten().min().unwrap_or(if from.presence == Presence::Absent {
                Day::MAX
            } else {
                horizon
            });
        }
        let presence = from.presence.with(to.presence);
        Ok(Computed::result(Value::Number(bounds), presence, from.certainty.max(to.certainty), horizon))
    }
}

fn compare_values(left: Value<'_>, right: Value<'_>, accepts: &dyn Fn(Ordering) -> bool) -> Truth {
    let equal = |same: Option<bool>| {
        same.map_or(Truth::Unknown, |same| {
            accepts(if same { Ordering::Equal } else { Ordering::Less }).into()
        })
    };
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => a.compare(&b, accepts),
        (Value::Date(a), Value::Date(b)) => a.compare(&b, accepts),
        (Value::Money(a), Value::Money(b)) => a.compare(&b, accepts),
        (Value::Truth(a), Value::Truth(b)) => equal((!a.is_unknown() && !b.is_unknown()).then_some(a == b)),
        (Value::Code(a), Value::Code(b)) => equal(a.zip(b).map(|(a, b)| a == b)),
        (Value::Text(a), Value::Text(b)) => equal(a.zip(b).map(|(a, b)| a == b)),
        _ => match (super::arith::ratio_bounds(left), super::arith::ratio_bounds(right)) {
            (Some(a), Some(b)) => a.compare(&b, accepts),
            _ => Truth::Unknown,
        },
    }
}

/// Any value of a type.
pub(super) fn empty_value<'r>(ty: Type) -> Value<'r> {
    match ty {
        Type::Truth => Value::Truth(Truth::Unknown),
        Type::Number | Type::Duration => Value::Number(Bounds::any()),
        Type::Rate | Type::ExactMoney => Value::Ratio(Bounds::any()),
        Type::Money => Value::Money(Bounds::any()),
        Type::Date => Value::Date(Bounds::any()),
        Type::Text => Value::Text(None),
        Type::Code(..) => Value::Code(None),
    }
}

fn constant_value(constant: &Constant) -> Value<'_> {
    match constant {
        Constant::Number(number) => Value::Number(Bounds::exact(*number)),
        Constant::Rate(ratio) => Value::Ratio(Bounds::exact(*ratio)),
        Constant::Money(fen) => Value::Money(Bounds::exact(*fen)),
        Constant::Date(day) => Value::Date(Bounds::exact(*day)),
        Constant::Text(text) => Value::Text(Some(text)),
        Constant::Code(code) => Value::Code(Some(*code)),
    }
}
