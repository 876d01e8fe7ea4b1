//! Dates and numbers in terms.

use super::encode::{Encoder, Place, Untold};
use super::terms::S;
use super::values::{Date, Kind, Value};
use charter::ast::{CalendarPart, ElapsedUnit, RoundTo, TimeUnit};
use charter::ir::{Arith, Constant, NodeId, Op, ParameterKind};
use charter::types::Type;
use charter::value::Rounding;

impl Encoder<'_> {
    // ---- dates --------------------------------------------------------------------------------------------------

    fn date(&mut self, id: NodeId, at: Place) -> Result<(Value, Date), Untold> {
        let value = self.eval(id, at)?;
        match value.kind {
            Kind::Date(date) => Ok((value, date)),
            _ => Err("date: it is none"),
        }
    }

    pub fn shift(&mut self, id: NodeId, count: i64, unit: TimeUnit, at: Place) -> Result<Value, Untold> {
        let (value, date) = self.date(id, at)?;
        let months = match unit {
            TimeUnit::Days => {
                // The day whose number is so much more.
                let moved = self.script.new_day();
                let number = self.script.app("+", &[self.script.number(date), self.script.int(count)]);
                let is = self.script.app("=", &[self.script.number(moved), number]);
                self.script.assert(is);
                return Ok(Value { kind: Kind::Date(moved), ..value });
            }
            TimeUnit::Months => count,
            TimeUnit::Years => count * 12,
        };
        let month = self.script.app("+", &[date.month, self.script.int(months)]);
        let month = self.script.name(month, "Int");
        let length = self.script.app("length_of", &[month]);
        let length = self.script.name(length, "Int");
        // Without a corresponding day it is the last of the month.
        let day = self.least(date.day, length);
        Ok(Value { kind: Kind::Date(Date { month, day, parts: None, length: Some(length) }), ..value })
    }

    fn least(&self, one: S, other: S) -> S {
        self.script.ite(self.script.app("<=", &[one, other]), one, other)
    }

    pub fn elapsed(
        &mut self,
        unit: ElapsedUnit,
        from: NodeId,
        to: NodeId,
        at: Place,
    ) -> Result<Value, Untold> {
        let ((from, start), (to, end)) = (self.date(from, at)?, self.date(to, at)?);
        let script = &*self.script;
        let count = if unit == ElapsedUnit::Days {
            script.app("-", &[script.number(end), script.number(start)])
        } else {
            // A month is full on the corresponding day, or on the last one of a month that has none.
            let day = self.least(start.day, script.length(end));
            let not_yet = script.app(">", &[day, end.day]);
            let not_yet = script.ite(not_yet, script.int(1), script.int(0));
            let months = script.app("-", &[end.month, start.month, not_yet]);
            if unit == ElapsedUnit::Years { script.app("div", &[months, script.int(12)]) } else { months }
        };
        Ok(Value { kind: Kind::Int(count), absent: script.absent_with(&[&from, &to]) })
    }

    pub fn calendar(&mut self, part: CalendarPart, id: NodeId, at: Place) -> Result<Value, Untold> {
        let (value, date) = self.date(id, at)?;
        let script = &*self.script;
        let (year, month) = script.year_and_month(date);
        let first = |month: S| Kind::Date(Date { month, day: script.int(1), parts: None, length: None });
        let last = |month: S| {
            let length = script.app("length_of", &[month]);
            Kind::Date(Date { month, day: length, parts: None, length: Some(length) })
        };
        let quarter = script.app("-", &[date.month, script.app("mod", &[date.month, script.int(3)])]);
        let january = script.app("-", &[date.month, month]);
        let later = |month: S, by: i64| script.app("+", &[month, script.int(by)]);
        let kind = match part {
            CalendarPart::Year => Kind::Int(year),
            CalendarPart::Month => Kind::Int(later(month, 1)),
            CalendarPart::Day => Kind::Int(date.day),
            CalendarPart::MonthStart => first(date.month),
            CalendarPart::MonthEnd => last(date.month),
            CalendarPart::QuarterStart => first(quarter),
            CalendarPart::QuarterEnd => last(later(quarter, 2)),
            CalendarPart::YearStart => first(january),
            CalendarPart::YearEnd => last(later(january, 11)),
        };
        Ok(Value { kind, ..value })
    }

    // ---- numbers ------------------------------------------------------------------------------------------------

    pub fn arith(
        &mut self,
        arith: Arith,
        left: NodeId,
        right: NodeId,
        ty: Type,
        at: Place,
    ) -> Result<Value, Untold> {
        if matches!(arith, Arith::Div | Arith::Whole | Arith::Rest) && !self.is_above_zero(right) {
            return Err("arithmetic: it divides by what may be zero or less");
        }
        let (left, right) = (self.eval(left, at)?, self.eval(right, at)?);
        let absent = self.script.absent_with(&[&left, &right]);
        let op = match arith {
            Arith::Add => "+",
            Arith::Sub => "-",
            Arith::Mul => "*",
            Arith::Div => "/",
            Arith::Whole => "div",
            Arith::Rest => "mod",
        };
        let kind = match (ty, left.kind, right.kind) {
            (Type::Number | Type::Money, Kind::Int(a), Kind::Int(b)) => {
                Kind::Int(self.script.app(op, &[a, b]))
            }
            (Type::Number | Type::Money, ..) => return Err("arithmetic: a whole result of fractions"),
            (_, a, b) => Kind::Real(self.script.app(op, &[self.real(a)?, self.real(b)?])),
        };
        Ok(Value { kind, absent })
    }

    /// Is it a constant above zero, or a parameter that always is?
    fn is_above_zero(&self, id: NodeId) -> bool {
        let above = |constant: &Constant| match constant {
            Constant::Number(number) => *number > 0,
            Constant::Money(fen) => fen.0 > 0,
            Constant::Rate(ratio) => ratio.num() > 0,
            _ => false,
        };
        match &self.plan.node(id).op {
            Op::Constant(constant) => above(constant),
            Op::Parameter(id) => match &self.plan.parameters[id.0].kind {
                ParameterKind::Dated(values) => values.iter().all(|(.., value)| above(value)),
                ParameterKind::Open { default, settings } => {
                    settings.iter().map(|setting| &setting.value).chain(default).all(above)
                }
            },
            _ => false,
        }
    }

    pub fn round(&mut self, inner: NodeId, mode: Rounding, to: RoundTo, at: Place) -> Result<Value, Untold> {
        let inner = self.eval(inner, at)?;
        let unit = match to {
            RoundTo::Fen => 1,
            RoundTo::Yuan => 100,
        };
        let real = self.real(inner.kind)?;
        let script = &mut *self.script;
        let scale = script.app("to_real", &[script.int(unit)]);
        let parts = script.app("/", &[real, scale]);
        let parts = script.name(parts, "Real");
        let (zero, one) = (script.app("to_real", &[script.int(0)]), script.app("to_real", &[script.int(1)]));
        let half = script.app("/", &[one, script.app("to_real", &[script.int(2)])]);
        let down = |term: S| script.app("to_int", &[term]);
        let minus = |term: S| script.app("-", &[term]);
        let whole = match mode {
            Rounding::Down => down(parts),
            Rounding::Up => minus(down(minus(parts))),
            Rounding::HalfUp => {
                let above = down(script.app("+", &[parts, half]));
                let below = minus(down(script.app("+", &[minus(parts), half])));
                script.ite(script.app(">=", &[parts, zero]), above, below)
            }
            Rounding::HalfEven => {
                let floor = down(parts);
                let rest = script.app("-", &[parts, script.app("to_real", &[floor])]);
                let next = script.app("+", &[floor, script.int(1)]);
                let even = script.app("=", &[script.app("mod", &[floor, script.int(2)]), script.int(0)]);
                let middle = script.ite(even, floor, next);
                let upper = script.ite(script.app(">", &[rest, half]), next, middle);
                script.ite(script.app("<", &[rest, half]), floor, upper)
            }
        };
        let rounded = script.app("*", &[whole, script.int(unit)]);
        Ok(Value { kind: Kind::Int(rounded), ..inner })
    }

    /// The part of a value inside each band times the rate of the band, added up.
    pub fn scale(
        &mut self,
        subject: NodeId,
        bands: &[(i64, NodeId)],
        ty: Type,
        at: Place,
    ) -> Result<Value, Untold> {
        let subject = self.eval(subject, at)?;
        let whole = matches!(ty, Type::Number | Type::Money);
        let term = self.as_typed(subject.kind, whole)?;
        let (mut shares, mut values) = (Vec::new(), vec![subject]);
        for (place, (from, rate)) in bands.iter().enumerate() {
            let rate = self.eval(*rate, at)?;
            let rate_term = self.as_typed(rate.kind, whole)?;
            let script = &*self.script;
            let number = |number: i64| {
                let number = script.int(number);
                if whole { number } else { script.app("to_real", &[number]) }
            };
            let above = script.app("-", &[term, number(*from)]);
            let inside = match bands.get(place + 1) {
                Some((until, _)) => self.least(above, number(until - from)),
                None => above,
            };
            let part = script.ite(script.app("<=", &[above, number(0)]), number(0), inside);
            shares.push(script.app("*", &[part, rate_term]));
            values.push(rate);
        }
        let sum = self.script.sum(&shares);
        let absent = self.script.absent_with(&values.iter().collect::<Vec<_>>());
        Ok(Value { kind: if whole { Kind::Int(sum) } else { Kind::Real(sum) }, absent })
    }

    fn as_typed(&self, kind: Kind, whole: bool) -> Result<S, Untold> {
        match kind {
            Kind::Int(term) if whole => Ok(term),
            _ if whole => Err("scale: a whole result of fractions"),
            kind => self.real(kind),
        }
    }
}
