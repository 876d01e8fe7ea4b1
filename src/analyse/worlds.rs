//! What a condition or an amount comes to in a household that is imagined: so many rows of one kind and of another, and
//! nothing else that is known.
//!
//! In: an expression, and how many sons and daughters, or men and women, there are. Out: its value, or none where it
//! depends on more.

use super::law::Status;
use super::status::{code_of, is};
use crate::ir::{Aggregate, Arith, Compare, Constant, NodeId, Op, Pattern, Plan};
use crate::schema::{FieldId, FieldType, RecordId};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// What is known of a row: its sex, and how it is related to the head of its household.
#[derive(Clone, Copy)]
pub(super) struct Kind<'s> {
    pub(super) sex: &'s [String],
    pub(super) relation: Option<&'s [String]>,
}

/// A value that is known; money is in fen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Truth(bool),
    Number(i128),
    Code(u16),
}

/// Values of expressions by the row they are computed on.
type Known = BTreeMap<(NodeId, Option<usize>), Option<Value>>;

/// A household that is imagined.
pub(super) struct World<'w> {
    plan: &'w Plan,
    status: &'w Status,
    /// How many rows of which kind; the row that is asked about is of the first.
    rows: Vec<(Kind<'w>, i128)>,
    /// By the kind of the row that an expression is computed on.
    known: RefCell<Known>,
}

impl<'w> World<'w> {
    pub(super) const fn of(plan: &'w Plan, status: &'w Status, rows: Vec<(Kind<'w>, i128)>) -> Self {
        Self { plan, status, rows, known: RefCell::new(BTreeMap::new()) }
    }

    /// On the row that is asked about.
    pub(super) fn value(&self, id: NodeId) -> Option<Value> {
        self.on(id, None)
    }

    /// On one of the rows, or else on the row that is asked about.
    fn on(&self, id: NodeId, row: Option<usize>) -> Option<Value> {
        // A list may hold ten thousand comparisons with a word: what is found at once is not kept.
        if matches!(self.plan.node(id).op, Op::Constant(_) | Op::Field(..) | Op::Compare(..)) {
            return self.computed(id, row);
        }
        let known = self.known.borrow().get(&(id, row)).copied();
        known.unwrap_or_else(|| {
            let value = self.computed(id, row);
            self.known.borrow_mut().insert((id, row), value);
            value
        })
    }

    fn computed(&self, id: NodeId, row: Option<usize>) -> Option<Value> {
        let of = |id: NodeId| self.on(id, row);
        match &self.plan.node(id).op {
            Op::Constant(constant) => written(constant),
            Op::Field(record, field) => {
                let (kind, _) = self.rows.get(row.unwrap_or(0))?;
                self.code(*record, *field, *kind).map(Value::Code)
            }
            // Beside one of the rows stands the row that is asked about.
            Op::Outer(_, inner) if row.is_none() => of(*inner),
            Op::Not(inner) => truth(of(*inner)).map(|holds| Value::Truth(!holds)),
            Op::All(parts) => self.settled(parts, row, false),
            Op::Either(parts) => self.settled(parts, row, true),
            Op::Compare(kind, left, right) => compared(*kind, of(*left)?, of(*right)?),
            Op::Arith(kind, left, right) => {
                let (left, right) = (number(of(*left))?, number(of(*right))?);
                let result = match kind {
                    Arith::Add => left.checked_add(right),
                    Arith::Sub => left.checked_sub(right),
                    Arith::Mul => left.checked_mul(right),
                    // What is less than a fen, or than one, is left out: enough to see which of two is more.
                    Arith::Div | Arith::Whole => left.checked_div_euclid(right),
                    Arith::Rest => None,
                };
                result.map(Value::Number)
            }
            Op::Choose { cases, otherwise } => {
                for (test, value) in cases {
                    if truth(of(*test))? {
                        return of(*value);
                    }
                }
                of(*otherwise)
            }
            Op::Tiers { subject, arms, otherwise } => {
                let subject = of(*subject)?;
                let hit = arms.iter().find(|arm| fits(&arm.pattern, subject));
                of(hit.map(|arm| arm.value).or(*otherwise)?)
            }
            Op::Table { subjects, rows } => {
                let subjects: Option<Vec<Value>> = subjects.iter().map(|subject| of(*subject)).collect();
                let subjects = subjects?;
                let fit = |cells: &[Option<Pattern>]| {
                    cells
                        .iter()
                        .zip(&subjects)
                        .all(|(cell, value)| cell.as_ref().is_none_or(|cell| fits(cell, *value)))
                };
                of(rows.iter().find(|row| fit(&row.cells))?.value)
            }
            Op::Aggregate { kind, filter, value, .. } if row.is_none() => {
                self.aggregated(*kind, *filter, *value)
            }
            Op::Pick { filter, value, .. } if row.is_none() => self.picked(*filter, *value),
            Op::Rank { filter, .. } if row.is_none() => self.last_of(*filter),
            Op::Round(inner, ..) => of(*inner),
            _ => None,
        }
    }

    /// All of several hold, or one of them: `word` settles it.
    fn settled(&self, parts: &[NodeId], row: Option<usize>, word: bool) -> Option<Value> {
        let parts: Vec<Option<bool>> = parts.iter().map(|part| truth(self.on(*part, row))).collect();
        if parts.contains(&Some(word)) {
            return Some(Value::Truth(word));
        }
        (!parts.contains(&None)).then_some(Value::Truth(!word))
    }

    /// Of the rows that may be meant: how old they are, and what else is no code, is the same for all of them.
    fn aggregated(&self, kind: Aggregate, filter: Option<NodeId>, value: Option<NodeId>) -> Option<Value> {
        if !self.is_counted(filter) {
            return None;
        }
        let mut total = 0_i128;
        for (place, (_, many)) in self.rows.iter().enumerate() {
            let meant = filter.is_none_or(|filter| truth(self.on(filter, Some(place))) != Some(false));
            let each = match (kind, value) {
                (Aggregate::Sum, Some(value)) => number(self.on(value, Some(place)))?,
                (Aggregate::Any | Aggregate::Count, _) => 1,
                _ => return None,
            };
            if meant {
                total = total.checked_add(many.checked_mul(each)?)?;
            }
        }
        Some(if kind == Aggregate::Any { Value::Truth(total > 0) } else { Value::Number(total) })
    }

    /// Are all rows that may be meant known? Where more is asked than who they are, they are those that it does not depend on.
    fn is_counted(&self, filter: Option<NodeId>) -> bool {
        let all_are_meant =
            |filter: NodeId| (0..self.rows.len()).all(|row| truth(self.on(filter, Some(row))) == Some(true));
        filter.is_none_or(|filter| !self.asks_more(filter) || all_are_meant(filter))
    }

    /// A value of one of the rows, whichever it is, where they are all of one kind.
    fn picked(&self, filter: Option<NodeId>, value: NodeId) -> Option<Value> {
        let all = self.aggregated(Aggregate::Count, filter, None)?;
        let mut kinds = self.rows.iter().enumerate().filter(|(_, (_, many))| *many > 0);
        let (row, _) = kinds.next().filter(|_| kinds.next().is_none() && all != Value::Number(0))?;
        self.on(value, Some(row))
    }

    /// The place of the last of the rows that may be meant, where there are some.
    fn last_of(&self, filter: Option<NodeId>) -> Option<Value> {
        let all = self.aggregated(Aggregate::Count, filter, None)?;
        Some(all).filter(|all| *all != Value::Number(0))
    }

    /// What somebody does is asked as well: a father who has an employer is more than a man in the household.
    fn asks_more(&self, filter: NodeId) -> bool {
        let Status { male, female, head, child, .. } = self.status;
        let related = self.rows.iter().all(|(kind, _)| kind.relation.is_some());
        let known = |field, code| {
            related && is(field, &self.status.relation)
                || [male, female, head, child].into_iter().any(|names| is(code, names))
        };
        let mut nodes = self.plan.within([filter]).into_iter();
        nodes.any(|id| code_of(self.plan, id).is_some_and(|(field, code)| !known(field, code)))
    }

    /// The code that rows of a kind have in a field.
    fn code(&self, record: RecordId, field: FieldId, kind: Kind<'_>) -> Option<u16> {
        let field = self.plan.schema.field(record, field);
        let FieldType::Code(codes) = &field.ty else { return None };
        let place = |names: &[String]| codes.iter().position(|code| is(&code.label, names));
        let names = if is(&field.label, &self.status.relation) {
            kind.relation?
        } else {
            place(&self.status.male).and(place(&self.status.female))?;
            kind.sex
        };
        u16::try_from(place(names)?).ok()
    }
}

fn written(constant: &Constant) -> Option<Value> {
    match constant {
        Constant::Number(number) => Some(Value::Number(i128::from(*number))),
        Constant::Money(fen) => Some(Value::Number(i128::from(fen.0))),
        Constant::Code(code) => Some(Value::Code(*code)),
        Constant::Rate(_) | Constant::Date(_) | Constant::Text(_) => None,
    }
}

fn fits(pattern: &Pattern, value: Value) -> bool {
    match (pattern, value) {
        (Pattern::Code(code), Value::Code(value)) => *code == value,
        (Pattern::Span(from, to), Value::Number(value)) => {
            from.is_none_or(|from| i128::from(from) <= value) && to.is_none_or(|to| value <= i128::from(to))
        }
        _ => false,
    }
}

fn compared(kind: Compare, left: Value, right: Value) -> Option<Value> {
    let holds = match (left, right) {
        (Value::Number(left), Value::Number(right)) => match kind {
            Compare::Eq => left == right,
            Compare::Lt => left < right,
            Compare::Le => left <= right,
            Compare::Gt => left > right,
            Compare::Ge => left >= right,
        },
        _ if kind == Compare::Eq => left == right,
        _ => return None,
    };
    Some(Value::Truth(holds))
}

/// A condition that is decided.
pub(super) const fn truth(value: Option<Value>) -> Option<bool> {
    match value {
        Some(Value::Truth(holds)) => Some(holds),
        _ => None,
    }
}

/// A number or an amount that is known.
pub(super) const fn number(value: Option<Value>) -> Option<i128> {
    match value {
        Some(Value::Number(number)) => Some(number),
        _ => None,
    }
}
