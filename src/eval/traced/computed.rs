//! A value as far as it is known.

use crate::value::{Bounds, Day, Fen, Ratio, Truth};

/// The possible values of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'r> {
    Truth(Truth),
    Number(Bounds<i64>),
    Ratio(Bounds<Ratio>),
    Money(Bounds<Fen>),
    Date(Bounds<Day>),
    /// A code, or any of the list.
    Code(Option<u16>),
    /// A text, or any text.
    Text(Option<&'r str>),
}

/// May the value be absent?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    Present,
    Absent,
    Maybe,
}

/// How sure a value is. Ordered: the least sure operand decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Certainty {
    /// It is known.
    Known,
    /// It would be known if the facts assumed known were known, whatever their values.
    Assumed,
    /// Facts are missing.
    Open,
}

/// A value, how sure it is, and the first later day on which it may be another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Computed<'r> {
    pub value: Value<'r>,
    pub presence: Presence,
    pub certainty: Certainty,
    /// [`Day::MAX`] where it never changes.
    pub horizon: Day,
}

impl<'r> Computed<'r> {
    /// A known value that never changes.
    pub(super) fn known(value: Value<'r>) -> Self {
        Self { value, presence: Presence::Present, certainty: Certainty::Known, horizon: Day::MAX }
    }

    /// A result; it is known where only one value is possible, whatever the operands.
    pub(super) fn result(value: Value<'r>, presence: Presence, certainty: Certainty, horizon: Day) -> Self {
        let definite = presence == Presence::Absent || presence == Presence::Present && value.is_single();
        Self { value, presence, certainty: if definite { Certainty::Known } else { certainty }, horizon }
    }

    /// A truth value with its certainty.
    pub(super) fn truth(truth: Truth, certainty: Certainty, horizon: Day) -> Self {
        Self::result(Value::Truth(truth), Presence::Present, certainty, horizon)
    }

    pub(super) fn as_truth(&self) -> Truth {
        match self.value {
            // An absent flag is not a yes.
            Value::Truth(_) if self.presence == Presence::Absent => Truth::False,
            Value::Truth(Truth::True) if self.presence == Presence::Maybe => Truth::Unknown,
            Value::Truth(truth) => truth,
            _ => Truth::Unknown,
        }
    }

    pub(super) fn as_money(&self) -> Bounds<Fen> {
        match self.value {
            Value::Money(bounds) => bounds,
            _ => Bounds::any(),
        }
    }

    pub(super) fn as_date(&self) -> Bounds<Day> {
        match self.value {
            Value::Date(bounds) => bounds,
            _ => Bounds::any(),
        }
    }
}

impl Value<'_> {
    /// True where only one value is possible.
    pub(super) fn is_single(&self) -> bool {
        match self {
            Self::Truth(truth) => !truth.is_unknown(),
            Self::Number(bounds) => bounds.single().is_some(),
            Self::Ratio(bounds) => bounds.single().is_some(),
            Self::Money(bounds) => bounds.single().is_some(),
            Self::Date(bounds) => bounds.single().is_some(),
            Self::Code(code) => code.is_some(),
            Self::Text(text) => text.is_some(),
        }
    }

    /// The smallest interval that holds both; they are of one type.
    pub(super) fn hull(self, other: Self) -> Self {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => Self::Number(a.hull(b)),
            (Self::Ratio(a), Self::Ratio(b)) => Self::Ratio(a.hull(b)),
            (Self::Money(a), Self::Money(b)) => Self::Money(a.hull(b)),
            (Self::Date(a), Self::Date(b)) => Self::Date(a.hull(b)),
            (Self::Truth(a), Self::Truth(b)) if a != b => Self::Truth(Truth::Unknown),
            (Self::Code(a), Self::Code(b)) if a != b => Self::Code(None),
            (Self::Text(a), Self::Text(b)) if a != b => Self::Text(None),
            (same, _) => same,
        }
    }
}

impl Presence {
    /// Arithmetic with an absent value is absent.
    pub(super) fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Absent, _) | (_, Self::Absent) => Self::Absent,
            (Self::Present, Self::Present) => Self::Present,
            _ => Self::Maybe,
        }
    }
}
