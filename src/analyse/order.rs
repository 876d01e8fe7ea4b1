//! Which of two expressions comes to more, whatever the register says: read off their structure, for those that are
//! alike but for some values written out. What is true is more than what is false; of what is not plain nothing is said.

use super::extent::extent;
use crate::ast::CalendarPart;
use crate::ir::{Aggregate, Arith, CharterId, Compare, Constant, NodeId, Op, Plan};
use crate::value::Ratio;
use std::cmp::Ordering;

/// How one stands to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// They are the same.
    Same,
    /// The first is never less.
    NotLess,
    /// The first is never more.
    NotMore,
    /// Nothing is said.
    Unknown,
}

impl Order {
    /// The first is the other way round.
    fn turned(self) -> Self {
        match self {
            Self::NotLess => Self::NotMore,
            Self::NotMore => Self::NotLess,
            other => other,
        }
    }

    /// Of what grows with both.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Same, one) | (one, Self::Same) => one,
            (one, other) if one == other => one,
            _ => Self::Unknown,
        }
    }

    /// The first is the second, or more.
    pub(super) fn is_not_less(self) -> bool {
        matches!(self, Self::Same | Self::NotLess)
    }
}

/// How the first stands to the second, in clauses of that charter.
pub(super) fn order(plan: &Plan, charter: CharterId, first: NodeId, second: NodeId) -> Order {
    if first == second {
        return Order::Same;
    }
    let of = |one: NodeId, other: NodeId| order(plan, charter, one, other);
    let all = |pairs: &mut dyn Iterator<Item = (NodeId, NodeId)>| {
        pairs.fold(Order::Same, |all, (one, other)| all.and(of(one, other)))
    };
    match (&plan.node(first).op, &plan.node(second).op) {
        (Op::Constant(one), Op::Constant(other)) => constants(one, other),
        (Op::Outer(one, left), Op::Outer(other, right)) if one == other => of(*left, *right),
        (Op::Not(left), Op::Not(right)) => of(*left, *right).turned(),
        (Op::All(left), Op::All(right)) | (Op::Either(left), Op::Either(right))
            if left.len() == right.len() =>
        {
            all(&mut left.iter().copied().zip(right.iter().copied()))
        }
        (Op::Compare(one, left, right), Op::Compare(other, low, high)) if one == other => {
            let (left, right) = (of(*left, *low), of(*right, *high));
            match one {
                Compare::Lt | Compare::Le => left.turned().and(right),
                Compare::Gt | Compare::Ge => left.and(right.turned()),
                Compare::Eq if left.and(right) == Order::Same => Order::Same,
                Compare::Eq => Order::Unknown,
            }
        }
        (Op::Arith(one, left, right), Op::Arith(other, low, high)) if one == other => {
            let positive = |node: NodeId| is_not_negative(plan, charter, node);
            let sides = (of(*left, *low), of(*right, *high));
            arithmetic(*one, sides, (positive(*left), positive(*right)))
        }
        (Op::Round(left, way, to), Op::Round(right, other, unit)) if way == other && to == unit => {
            of(*left, *right)
        }
        (Op::Elapsed(unit, left, right), Op::Elapsed(other, low, high)) if unit == other => {
            of(*left, *low).turned().and(of(*right, *high))
        }
        (Op::Shift { date, count, unit }, Op::Shift { date: other, count: many, unit: one })
            if count == many && unit == one =>
        {
            of(*date, *other)
        }
        (Op::Month(one, left), Op::Month(other, right)) if one == other => of(*left, *right),
        (Op::Calendar(CalendarPart::Year, left), Op::Calendar(CalendarPart::Year, right)) => {
            of(*left, *right)
        }
        (Op::Choose { cases, otherwise }, Op::Choose { cases: others, otherwise: other }) => {
            choices(plan, charter, (cases, *otherwise), (others, *other))
        }
        (
            Op::Tiers { subject, arms, otherwise },
            Op::Tiers { subject: other, arms: others, otherwise: left },
        ) if subject == other
            && arms.len() == others.len()
            && otherwise.is_some() == left.is_some()
            && arms.iter().zip(others).all(|(arm, other)| arm.pattern == other.pattern) =>
        {
            let arms = arms.iter().zip(others).map(|(arm, other)| (arm.value, other.value));
            all(&mut arms.chain(otherwise.zip(*left)))
        }
        (Op::Table { subjects, rows }, Op::Table { subjects: other, rows: others })
            if subjects == other
                && rows.len() == others.len()
                && rows.iter().zip(others).all(|(row, other)| row.cells == other.cells) =>
        {
            all(&mut rows.iter().zip(others).map(|(row, other)| (row.value, other.value)))
        }
        (Op::Scale { subject, bands }, Op::Scale { subject: other, bands: others })
            if subject == other
                && is_not_negative(plan, charter, *subject)
                && bands.iter().map(|(from, _)| from).eq(others.iter().map(|(from, _)| from)) =>
        {
            all(&mut bands.iter().zip(others).map(|((_, rate), (_, other))| (*rate, *other)))
        }
        (
            Op::Aggregate { kind, record, filter, value },
            Op::Aggregate { kind: other, record: rows, filter: picked, value: valued },
        ) if kind == other && record == rows => {
            let picked = match (filter, picked) {
                (None, None) => Order::Same,
                (Some(one), Some(other)) => of(*one, *other),
                (None, Some(_)) => Order::NotLess,
                (Some(_), None) => Order::NotMore,
            };
            let (Some(one), Some(other)) = (value, valued) else { return counted(*kind, picked) };
            let positive = |node: NodeId| is_not_negative(plan, charter, node);
            totals(*kind, picked, (of(*one, *other), positive(*one) && positive(*other)))
        }
        _ => Order::Unknown,
    }
}

/// What is computed of two operands, by how each stands to the other's, and which are none or more.
fn arithmetic(arith: Arith, (whole, rest): (Order, Order), positive: (bool, bool)) -> Order {
    match arith {
        Arith::Add => whole.and(rest),
        Arith::Sub => whole.and(rest.turned()),
        Arith::Mul if whole == Order::Same && positive.0 => rest,
        Arith::Mul | Arith::Div | Arith::Whole if rest == Order::Same && positive.1 => whole,
        _ if whole.and(rest) == Order::Same => Order::Same,
        _ => Order::Unknown,
    }
}

/// The more rows there are, the more is counted.
fn counted(kind: Aggregate, picked: Order) -> Order {
    if matches!(kind, Aggregate::Any | Aggregate::Count) { picked } else { Order::Unknown }
}

/// What is made of a value of the rows, by how rows and values stand, and whether all values are none or more.
fn totals(kind: Aggregate, picked: Order, (values, positive): (Order, bool)) -> Order {
    match kind {
        Aggregate::Sum if picked == Order::Same || positive => picked.and(values),
        Aggregate::Min | Aggregate::Max if picked == Order::Same => values,
        _ => Order::Unknown,
    }
}

fn constants(one: &Constant, other: &Constant) -> Order {
    let found = match (one, other) {
        (Constant::Number(one), Constant::Number(other)) => one.cmp(other),
        (Constant::Money(one), Constant::Money(other)) => one.cmp(other),
        (Constant::Rate(one), Constant::Rate(other)) => one.cmp(other),
        (Constant::Date(one), Constant::Date(other)) => one.cmp(other),
        _ if one == other => Ordering::Equal,
        _ => return Order::Unknown,
    };
    match found {
        Ordering::Less => Order::NotMore,
        Ordering::Equal => Order::Same,
        Ordering::Greater => Order::NotLess,
    }
}

/// Cases and what is left over.
type Cases<'p> = (&'p [(NodeId, NodeId)], NodeId);

fn choices(
    plan: &Plan,
    charter: CharterId,
    (cases, otherwise): Cases<'_>,
    (others, left): Cases<'_>,
) -> Order {
    let of = |one: NodeId, other: NodeId| order(plan, charter, one, other);
    if cases.len() != others.len() {
        return Order::Unknown;
    }
    let tests =
        cases.iter().zip(others).fold(Order::Same, |all, ((one, _), (other, _))| all.and(of(*one, *other)));
    let pairs = cases.iter().map(|(_, value)| *value).zip(others.iter().map(|(_, value)| *value));
    let values = pairs.fold(of(otherwise, left), |all, (one, other)| all.and(of(one, other)));
    match (tests, cases) {
        (Order::Same, _) => values,
        // The better of two values, where the test for it is easier to meet.
        (tests, [(_, value)]) => match of(*value, otherwise) {
            Order::NotLess => tests.and(values),
            Order::NotMore => tests.turned().and(values),
            Order::Same => values,
            Order::Unknown => Order::Unknown,
        },
        _ => Order::Unknown,
    }
}

/// Numbers and amounts of a register are none or more.
fn is_not_negative(plan: &Plan, charter: CharterId, node: NodeId) -> bool {
    match &plan.node(node).op {
        Op::Field(..) => true,
        Op::Outer(_, inner) | Op::Round(inner, ..) => is_not_negative(plan, charter, *inner),
        Op::Arith(Arith::Add | Arith::Mul, left, right) => {
            is_not_negative(plan, charter, *left) && is_not_negative(plan, charter, *right)
        }
        Op::Aggregate { value: Some(value), .. } => is_not_negative(plan, charter, *value),
        _ => extent(plan, charter, node).lo.is_some_and(|lo| lo >= Ratio::whole(0)),
    }
}
