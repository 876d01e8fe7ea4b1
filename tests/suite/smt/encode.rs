//! What the expressions of a plan mean, written down a second time: as terms over the facts of a household.

use super::home::Home;
use super::terms::{S, Script};
use super::values::{Date, Kind, Truth, Value};
use charter::analyse::{Given, Question};
use charter::ast::CalendarPart;
use charter::eval::FactPart;
use charter::ir::{Aggregate, CharterId, Constant, MonthEdge, NodeId, Op, ParameterId, ParameterKind, Plan};
use charter::schema::{Blank, FieldId, RecordId};
use charter::types::Type;
use charter::value::Day;
use std::collections::{BTreeMap, HashMap};

/// Why an expression is not translated.
pub type Untold = &'static str;

/// On which row, on which of the days of a moment, with which fact given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    pub row: usize,
    pub clock: usize,
    pub given: Option<(usize, usize, usize, i64)>,
}

pub struct Encoder<'a> {
    pub script: &'a mut Script,
    pub home: Home,
    pub plan: &'a Plan,
    pub layers: &'a [CharterId],
    pub moments: &'a [Vec<Day>],
    /// Which of the moments it is.
    pub moment: S,
    /// The days of the moment.
    pub days: Vec<Date>,
    /// The day on which it is looked at.
    pub standing: Option<usize>,
    /// How many expressions of each kind were translated.
    pub kinds: BTreeMap<&'static str, usize>,
    known: HashMap<(NodeId, Place), Value>,
}

impl<'a> Encoder<'a> {
    pub fn new(
        script: &'a mut Script,
        home: Home,
        (plan, question, layers): (&'a Plan, &'a Question, &'a [CharterId]),
        moments: &'a [Vec<Day>],
    ) -> Self {
        let clocks = moments.first().map_or(0, Vec::len);
        let (mut moment, mut days) = (script.int(0), Vec::new());
        if let [only] = moments {
            days.extend(only.iter().map(|day| script.day(*day)));
        } else {
            moment = script.declare("moment", "Int");
            let names = ["month", "day", "y", "m", "length"];
            let terms: Vec<Vec<S>> = (0..clocks)
                .map(|clock| {
                    names.iter().map(|part| script.declare(&format!("day{clock}.{part}"), "Int")).collect()
                })
                .collect();
            let mut ways = Vec::new();
            for (place, on) in moments.iter().enumerate() {
                let mut is = vec![script.app("=", &[moment, script.int(place as i128)])];
                for (terms, day) in terms.iter().zip(on) {
                    let date = script.day(*day);
                    let (year, month) = script.year_and_month(date);
                    let parts = [date.month, date.day, year, month, script.length(date)];
                    is.extend(terms.iter().zip(parts).map(|(term, part)| script.app("=", &[*term, part])));
                }
                ways.push(script.all(is));
            }
            let one = script.any(ways);
            script.assert(one);
            days.extend(terms.into_iter().map(|terms| Date {
                month: terms[0],
                day: terms[1],
                parts: Some((terms[2], terms[3])),
                length: Some(terms[4]),
            }));
        }
        let (kinds, known) = (BTreeMap::new(), HashMap::new());
        let standing = question.standing;
        Self { script, home, plan, layers, moments, moment, days, standing, kinds, known }
    }

    pub fn given(given: Given) -> Option<(usize, usize, usize, i64)> {
        match given.fact.part {
            FactPart::Field(field) => Some((given.fact.record.0, given.fact.row, field.0, given.value)),
            FactPart::Rows => None,
        }
    }

    /// The value of an expression.
    pub fn eval(&mut self, id: NodeId, at: Place) -> Result<Value, Untold> {
        if let Some(known) = self.known.get(&(id, at)) {
            return Ok(*known);
        }
        let value = self.compute(id, at)?;
        let value = self.script.named(value);
        *self.kinds.entry(kind(&self.plan.node(id).op)).or_default() += 1;
        self.known.insert((id, at), value);
        Ok(value)
    }

    fn compute(&mut self, id: NodeId, at: Place) -> Result<Value, Untold> {
        let node = self.plan.node(id);
        Ok(match &node.op {
            Op::Constant(constant) => self.constant(constant),
            Op::Today => Value::there(Kind::Date(self.days[at.clock])),
            Op::Field(record, field) => self.field((*record, at.row), *field, at),
            Op::Key(_) => return Err("key: keys of rows have no order or text here"),
            Op::Outer(record, inner) => {
                return self.outer(node.scope.unwrap_or(*record), *record, *inner, at);
            }
            Op::Parameter(parameter) => return self.parameter(*parameter, at.clock),
            Op::Not(inner) => {
                let inner = self.truth(*inner, at)?;
                let turned = Truth { is: self.script.is_not(inner), is_not: inner.is_not.map(|_| inner.is) };
                Value::there(Kind::Truth(turned))
            }
            Op::All(parts) => {
                let parts = self.truths(parts, at)?;
                let is = self.script.all(parts.iter().map(|part| part.is));
                let open = parts.iter().any(|part| part.is_not.is_some());
                let is_not =
                    open.then(|| self.script.any(parts.iter().map(|part| self.script.is_not(*part))));
                Value::there(Kind::Truth(Truth { is, is_not }))
            }
            Op::Either(parts) => {
                let parts = self.truths(parts, at)?;
                let is = self.script.any(parts.iter().map(|part| part.is));
                let open = parts.iter().any(|part| part.is_not.is_some());
                let is_not =
                    open.then(|| self.script.all(parts.iter().map(|part| self.script.is_not(*part))));
                Value::there(Kind::Truth(Truth { is, is_not }))
            }
            Op::Compare(compare, left, right) => {
                let (left, right) = (self.eval(*left, at)?, self.eval(*right, at)?);
                let truth = self.compare(*compare, left.kind, right.kind)?;
                // What is absent compares with nothing.
                let there = self.script.is_there(&[&left, &right]);
                let is = self.script.all([there, truth.is]);
                let absent = self.script.not(there);
                let is_not = truth.is_not.map(|is_not| self.script.any([absent, is_not]));
                Value::there(Kind::Truth(Truth { is, is_not }))
            }
            Op::IsAbsent(inner) => {
                let inner = self.eval(*inner, at)?;
                Value::there(Kind::Truth(Script::known(self.script.is_absent(&inner))))
            }
            Op::Arith(arith, left, right) => return self.arith(*arith, *left, *right, node.ty, at),
            Op::Round(inner, mode, to) => return self.round(*inner, *mode, *to, at),
            Op::Shift { date, count, unit } => return self.shift(*date, *count, *unit, at),
            Op::Elapsed(unit, from, to) => return self.elapsed(*unit, *from, *to, at),
            Op::Month(edge, inner) => {
                let part = match edge {
                    MonthEdge::First => CalendarPart::MonthStart,
                    MonthEdge::Last => CalendarPart::MonthEnd,
                };
                return self.calendar(part, *inner, at);
            }
            Op::Calendar(part, inner) => return self.calendar(*part, *inner, at),
            Op::Choose { cases, otherwise } => {
                let mut chosen = self.typed(*otherwise, node.ty, at)?;
                for (test, value) in cases.iter().rev() {
                    let test = self.exact(*test, at)?;
                    let value = self.typed(*value, node.ty, at)?;
                    chosen = self.script.choose(test, value, chosen).ok_or("choose: values of two kinds")?;
                }
                chosen
            }
            Op::Aggregate { kind, record, filter, value } => {
                let owner = node.scope.unwrap_or(*record);
                return self.aggregate((*kind, node.ty), (*record, owner), *filter, *value, at);
            }
            Op::Pick { last, record, filter, key, value } => {
                let owner = node.scope.unwrap_or(*record);
                return self.pick(*last, (*record, owner), (*filter, *key), *value, at);
            }
            Op::Rank { owner, filter, key } => {
                let record = node.scope.unwrap_or(*owner);
                return self.rank((record, *owner), (*filter, *key), at);
            }
            Op::Tiers { subject, arms, otherwise } => {
                let hits = self.tiers_hit(*subject, arms, at)?;
                let rest = otherwise.map(|value| self.typed(value, node.ty, at)).transpose()?;
                let values: Vec<NodeId> = arms.iter().map(|arm| arm.value).collect();
                return self.hit(&hits, &values, rest, node.ty, at);
            }
            Op::Table { subjects, rows } => {
                let hits = self.rows_hit(subjects, rows, at)?;
                let values: Vec<NodeId> = rows.iter().map(|row| row.value).collect();
                return self.hit(&hits, &values, None, node.ty, at);
            }
            Op::Scale { subject, bands } => return self.scale(*subject, bands, node.ty, at),
        })
    }

    // ---- leaves -------------------------------------------------------------------------------------------------

    fn constant(&mut self, constant: &Constant) -> Value {
        let script = &*self.script;
        Value::there(match constant {
            Constant::Number(number) => Kind::Int(script.int(*number)),
            Constant::Rate(ratio) => Kind::Real(script.ratio(*ratio)),
            Constant::Money(fen) => Kind::Int(script.int(fen.0)),
            Constant::Date(day) => Kind::Date(script.day(*day)),
            Constant::Text(text) => Kind::Int(self.home.text(script, text)),
            Constant::Code(code) => Kind::Int(script.int(*code)),
        })
    }

    fn field(&mut self, (record, row): (RecordId, usize), field: FieldId, at: Place) -> Value {
        if let Some((_, _, _, value)) =
            at.given.filter(|given| (given.0, given.1, given.2) == (record.0, row, field.0))
        {
            return Value::there(Kind::Int(self.script.int(value)));
        }
        let fact = self.home.fact(self.script, self.plan, (record, row), field);
        let (Kind::Date(date), Some(standing)) = (fact.kind, self.standing) else { return fact };
        if self.plan.schema.field(record, field).blank == Blank::Unknown {
            return fact;
        }
        // What may be absent and is later has not happened.
        let orders = [self.script.order(date), self.script.order(self.days[standing])];
        let later = self.script.app(">", &orders);
        Value { absent: Some(self.script.any([self.script.is_absent(&fact), later])), ..fact }
    }

    fn outer(
        &mut self,
        scope: RecordId,
        record: RecordId,
        inner: NodeId,
        at: Place,
    ) -> Result<Value, Untold> {
        let rows = if record == scope { vec![at.row] } else { (0..self.home.rows(record)).collect() };
        let mut rows = rows.into_iter();
        let first = rows.next().ok_or("outer: no row above")?;
        let mut value = self.eval(inner, Place { row: first, ..at })?;
        for row in rows {
            let here = self.home.lies_in(self.script, self.plan, (scope, at.row), (record, row));
            let other = self.eval(inner, Place { row, ..at })?;
            value = self.script.choose(here, other, value).ok_or("outer: values of two kinds")?;
        }
        Ok(value)
    }

    /// On days without a value it is any: what is said of such a day must hold whatever it were.
    fn parameter(&mut self, id: ParameterId, clock: usize) -> Result<Value, Untold> {
        let mut values: Vec<(Option<&Constant>, Vec<usize>)> = Vec::new();
        for (place, moment) in self.moments.iter().enumerate() {
            let value = self.set_on(id, moment[clock]);
            match values.iter_mut().find(|(known, _)| *known == value) {
                Some((_, places)) => places.push(place),
                None => values.push((value, vec![place])),
            }
        }
        let mut all: Option<Value> = None;
        for (constant, places) in values {
            let value = match constant {
                Some(constant) => self.constant(constant),
                None => self.any(self.plan.parameters[id.0].ty)?,
            };
            let at = |place: usize| self.script.app("=", &[self.moment, self.script.int(place as i128)]);
            let here = self.script.any(places.into_iter().map(at).collect::<Vec<_>>());
            all = Some(match all {
                None => value,
                Some(others) => {
                    self.script.choose(here, value, others).ok_or("parameter: values of two kinds")?
                }
            });
        }
        all.ok_or("parameter: no day")
    }

    /// Any value of a type.
    fn any(&mut self, ty: Type) -> Result<Value, Untold> {
        let name = self.script.new_name();
        Ok(Value::there(match ty {
            Type::Number | Type::Money => Kind::Int(self.script.declare(&name, "Int")),
            Type::Rate | Type::ExactMoney => Kind::Real(self.script.declare(&name, "Real")),
            Type::Date => Kind::Date(self.script.any_day(&name)),
            _ => return Err("parameter: it has no value on one of the days"),
        }))
    }

    /// What a parameter is on a day: its dated value, or what the nearest charter in force sets.
    fn set_on(&self, id: ParameterId, day: Day) -> Option<&'a Constant> {
        match &self.plan.parameters[id.0].kind {
            ParameterKind::Dated(values) => values
                .iter()
                .find(|(from, until, _)| *from <= day && until.is_none_or(|until| day < until))
                .map(|(.., value)| value),
            ParameterKind::Open { default, settings } => {
                let in_force = self.layers.iter().filter(|layer| {
                    let version = &self.plan.charters[layer.0];
                    version.from <= day && version.until.is_none_or(|until| day < until)
                });
                let mut set = in_force
                    .filter_map(|layer| settings.iter().find(|setting| setting.charter == *layer))
                    .map(|setting| &setting.value);
                set.next().or(default.as_ref())
            }
        }
    }
}

/// A word for a kind of expression.
pub fn kind(op: &Op) -> &'static str {
    match op {
        Op::Constant(_) => "constant",
        Op::Today => "today",
        Op::Field(..) => "field",
        Op::Key(_) => "key",
        Op::Outer(..) => "outer",
        Op::Parameter(_) => "parameter",
        Op::Not(_) => "not",
        Op::All(_) => "all",
        Op::Either(_) => "either",
        Op::Compare(..) => "compare",
        Op::IsAbsent(_) => "is absent",
        Op::Arith(..) => "arithmetic",
        Op::Shift { .. } => "shift",
        Op::Elapsed(..) => "elapsed",
        Op::Month(..) => "month",
        Op::Calendar(..) => "calendar",
        Op::Choose { .. } => "choose",
        Op::Aggregate { kind: Aggregate::Any, .. } => "any",
        Op::Aggregate { kind: Aggregate::Count, .. } => "count",
        Op::Aggregate { kind: Aggregate::Sum, .. } => "sum",
        Op::Aggregate { kind: Aggregate::Min | Aggregate::Max, .. } => "least or greatest",
        Op::Pick { .. } => "first or last",
        Op::Rank { .. } => "rank",
        Op::Tiers { .. } => "tiers",
        Op::Table { .. } => "table",
        Op::Scale { .. } => "scale",
        Op::Round(..) => "round",
    }
}
