//! The values of the language in terms: each with when it is absent, a truth value with when it is true and when false.

use super::terms::{S, Script};
use charter::value::Day;

/// A date: its month since the year 0, its day of the month.
#[derive(Clone, Copy, Debug)]
pub struct Date {
    pub month: S,
    pub day: S,
    /// Year, and month from 0 in the year, where they have terms of their own.
    pub parts: Option<(S, S)>,
    /// The length of its month, where that has one.
    pub length: Option<S>,
}

/// True, or false; neither where it is not known.
#[derive(Clone, Copy, Debug)]
pub struct Truth {
    pub is: S,
    /// None where it is always known: then it is false where it is not true.
    pub is_not: Option<S>,
}

/// What is there where a value is.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Truth(Truth),
    /// A number, fen, the place of a code, the number of a text.
    Int(S),
    /// A number of rows of which some may be missing: that many or more.
    AtLeast(S),
    /// An exact fraction.
    Real(S),
    Date(Date),
}

/// A value.
#[derive(Clone, Copy, Debug)]
pub struct Value {
    pub kind: Kind,
    /// When it is absent; none where it never is.
    pub absent: Option<S>,
}

impl Value {
    pub fn there(kind: Kind) -> Self {
        Self { kind, absent: None }
    }
}

impl Script {
    /// A truth value that is always known.
    pub fn known(term: S) -> Truth {
        Truth { is: term, is_not: None }
    }

    pub fn is_not(&self, truth: Truth) -> S {
        truth.is_not.unwrap_or_else(|| self.not(truth.is))
    }

    pub fn is_absent(&self, value: &Value) -> S {
        value.absent.unwrap_or_else(|| self.no())
    }

    pub fn is_there(&self, values: &[&Value]) -> S {
        self.all(values.iter().filter_map(|value| value.absent).map(|absent| self.not(absent)))
    }

    /// What is absent where one of some values is.
    pub fn absent_with(&self, values: &[&Value]) -> Option<S> {
        let absent: Vec<S> = values.iter().filter_map(|value| value.absent).collect();
        (!absent.is_empty()).then(|| self.any(absent))
    }

    /// A day that is known.
    pub fn day(&self, day: Day) -> Date {
        let civil = day.civil();
        let (year, month) = (i128::from(civil.year), i128::from(civil.month) - 1);
        Date {
            month: self.int(year * 12 + month),
            day: self.int(civil.day),
            parts: Some((self.int(year), self.int(month))),
            length: Some(self.int(day.month_end().civil().day)),
        }
    }

    /// Any day of the calendar.
    pub fn any_day(&mut self, name: &str) -> Date {
        let [year, month, day] = ["y", "m", "d"].map(|part| self.declare(&format!("|{name}.{part}|"), "Int"));
        let length = self.app("length", &[year, month]);
        let length = self.name(length, "Int");
        let bounds = [
            self.app("<=", &[self.int(0), month, self.int(11)]),
            self.app("<=", &[self.int(1), day, length]),
        ];
        let bounds = self.all(bounds);
        self.assert(bounds);
        let months = self.app("+", &[self.app("*", &[self.int(12), year]), month]);
        let months = self.name(months, "Int");
        Date { month: months, day, parts: Some((year, month)), length: Some(length) }
    }

    /// A day that is to be said more of.
    pub fn new_day(&mut self) -> Date {
        let name = self.new_name();
        self.any_day(&name)
    }

    /// Days in their order, as numbers with gaps.
    pub fn order(&self, date: Date) -> S {
        self.app("+", &[self.app("*", &[self.int(32), date.month]), date.day])
    }

    pub fn length(&self, date: Date) -> S {
        date.length.unwrap_or_else(|| self.app("length_of", &[date.month]))
    }

    pub fn year_and_month(&self, date: Date) -> (S, S) {
        let part = |op| self.app(op, &[date.month, self.int(12)]);
        date.parts.unwrap_or_else(|| (part("div"), part("mod")))
    }

    /// Days counted one by one.
    pub fn number(&self, date: Date) -> S {
        let (year, month) = self.year_and_month(date);
        self.app("number", &[year, month, date.day])
    }

    pub fn named_date(&mut self, date: Date) -> Date {
        let month = self.name(date.month, "Int");
        let day = self.name(date.day, "Int");
        let length = date.length.map(|length| self.name(length, "Int"));
        Date { month, day, length, ..date }
    }

    /// A value with names for its terms.
    pub fn named(&mut self, value: Value) -> Value {
        let kind = match value.kind {
            Kind::Truth(truth) => Kind::Truth(Truth {
                is: self.name(truth.is, "Bool"),
                is_not: truth.is_not.map(|term| self.name(term, "Bool")),
            }),
            Kind::Int(term) => Kind::Int(self.name(term, "Int")),
            Kind::AtLeast(term) => Kind::AtLeast(self.name(term, "Int")),
            Kind::Real(term) => Kind::Real(self.name(term, "Real")),
            Kind::Date(date) => Kind::Date(self.named_date(date)),
        };
        Value { kind, absent: value.absent.map(|term| self.name(term, "Bool")) }
    }

    /// One value where a test holds, another where it does not; none where they are of different kinds.
    pub fn choose(&self, test: S, yes: Value, no: Value) -> Option<Value> {
        let absent = match (yes.absent, no.absent) {
            (None, None) => None,
            _ => Some(self.ite(test, self.is_absent(&yes), self.is_absent(&no))),
        };
        let kind = match (yes.kind, no.kind) {
            (Kind::Truth(a), Kind::Truth(b)) => {
                let is_not = (a.is_not.is_some() || b.is_not.is_some())
                    .then(|| self.ite(test, self.is_not(a), self.is_not(b)));
                Kind::Truth(Truth { is: self.ite(test, a.is, b.is), is_not })
            }
            (Kind::Int(a), Kind::Int(b)) => Kind::Int(self.ite(test, a, b)),
            (Kind::Real(a), Kind::Real(b)) => Kind::Real(self.ite(test, a, b)),
            (Kind::Date(a), Kind::Date(b)) => Kind::Date(Date {
                month: self.ite(test, a.month, b.month),
                day: self.ite(test, a.day, b.day),
                parts: None,
                length: None,
            }),
            _ => return None,
        };
        Some(Value { kind, absent })
    }

    /// That two values that are there are the same.
    pub fn same(&self, one: Kind, other: Kind) -> S {
        match (one, other) {
            (Kind::Truth(a), Kind::Truth(b)) => self.app("=", &[a.is, b.is]),
            (Kind::Date(a), Kind::Date(b)) => {
                self.all([self.app("=", &[a.month, b.month]), self.app("=", &[a.day, b.day])])
            }
            (Kind::Int(a), Kind::Int(b)) | (Kind::Real(a), Kind::Real(b)) => self.app("=", &[a, b]),
            _ => self.no(),
        }
    }

    /// The days of the calendar that are tried for a fact.
    pub fn between(&self, date: Date, first: S, last: S) -> S {
        self.app("<=", &[first, self.order(date), last])
    }
}
