//! Questions about the rows that lie in a row: complete records close the world, open ones do not.

use super::computed::{Certainty, Computed, Presence, Value};
use super::expr::{Evaluator, Outcome, empty_value};
use crate::eval::{FactId, FactPart, Fault};
use crate::ir::{Aggregate, Arith, NodeId};
use crate::schema::RecordId;
use crate::types::Type;
use crate::value::{Bounds, Day, Truth};

/// The rows of a set, as far as they are known.
struct Gathered<'r> {
    /// Rows that certainly belong, with their values.
    sure: Vec<Option<Computed<'r>>>,
    /// Rows that may belong, with their values.
    maybe: Vec<Option<Computed<'r>>>,
    /// Further rows may exist.
    open: bool,
    certainty: Certainty,
    horizon: Day,
}

impl<'r> Evaluator<'r> {
    pub(super) fn aggregate(
        &self,
        (kind, ty): (Aggregate, Type),
        record: RecordId,
        owner: RecordId,
        row: usize,
        filter: Option<NodeId>,
        value: Option<NodeId>,
    ) -> Outcome<'r> {
        if kind == Aggregate::Any {
            return self.any(record, owner, row, filter);
        }
        let gathered = self.gather(record, owner, row, filter, value)?;
        let (sure, maybe) = (gathered.sure.len(), gathered.maybe.len());
        let done = |value, presence| Computed::result(value, presence, gathered.certainty, gathered.horizon);
        Ok(match kind {
            Aggregate::Any | Aggregate::Count => {
                let count = |rows: usize| i64::try_from(rows).ok();
                let hi = if gathered.open { None } else { count(sure + maybe) };
                done(Value::Number(Bounds { lo: count(sure), hi }), Presence::Present)
            }
            Aggregate::Sum => done(total(&gathered, ty)?, Presence::Present),
            Aggregate::Min | Aggregate::Max => {
                let presence = match (sure, maybe, gathered.open) {
                    (0, 0, false) => Presence::Absent,
                    (0, ..) => Presence::Maybe,
                    _ => Presence::Present,
                };
                done(extreme(&gathered, ty, kind), presence)
            }
        })
    }

    fn any(&self, record: RecordId, owner: RecordId, row: usize, filter: Option<NodeId>) -> Outcome<'r> {
        let (mut truth, mut certainty, mut horizon) = (Truth::False, Certainty::Known, Day::MAX);
        for member in self.register.descendants(&self.plan.schema, record, owner, row) {
            let Some(filter) = filter else {
                return Ok(Computed::truth(Truth::True, Certainty::Known, Day::MAX));
            };
            let belongs = self.eval(filter, member)?;
            match belongs.as_truth() {
                Truth::True => return Ok(Computed::truth(Truth::True, Certainty::Known, belongs.horizon)),
                Truth::Unknown => {
                    truth = Truth::Unknown;
                    certainty = certainty.max(belongs.certainty);
                }
                Truth::False => {}
            }
            horizon = horizon.min(belongs.horizon);
        }
        if let Some(open) = self.open(record) {
            truth = Truth::Unknown;
            certainty = certainty.max(open);
        }
        Ok(Computed::truth(truth, certainty, horizon))
    }

    /// How sure it is that there are no further rows; none where the rows given are all there are.
    pub(super) fn open(&self, record: RecordId) -> Option<Certainty> {
        let open = self.register.is_open(record, self.unit);
        open.then(|| self.certainty_of(FactId { record, part: FactPart::Rows, row: self.unit }))
    }

    fn gather(
        &self,
        record: RecordId,
        owner: RecordId,
        row: usize,
        filter: Option<NodeId>,
        value: Option<NodeId>,
    ) -> Result<Gathered<'r>, Fault> {
        let open = self.open(record);
        let mut gathered = Gathered {
            sure: Vec::new(),
            maybe: Vec::new(),
            open: open.is_some(),
            certainty: open.unwrap_or(Certainty::Known),
            horizon: Day::MAX,
        };
        for member in self.register.descendants(&self.plan.schema, record, owner, row) {
            let mut belongs = Truth::True;
            if let Some(filter) = filter {
                let found = self.eval(filter, member)?;
                belongs = found.as_truth();
                gathered.horizon = gathered.horizon.min(found.horizon);
                if belongs.is_unknown() {
                    gathered.certainty = gathered.certainty.max(found.certainty);
                }
            }
            if belongs.is_false() {
                continue;
            }
            let found = match value {
                Some(value) => Some(self.eval(value, member)?),
                None => None,
            };
            if let Some(found) = found {
                gathered.certainty = gathered.certainty.max(found.certainty);
                gathered.horizon = gathered.horizon.min(found.horizon);
            }
            if belongs.is_true() { gathered.sure.push(found) } else { gathered.maybe.push(found) }
        }
        Ok(gathered)
    }
}

/// The total of what belongs; what may belong widens it; unseen rows leave it without bounds.
fn total<'r>(gathered: &Gathered<'r>, ty: Type) -> Result<Value<'r>, Fault> {
    let zero = match ty {
        Type::Money => Value::Money(Bounds::exact(crate::value::Fen::ZERO)),
        _ => Value::Number(Bounds::exact(0)),
    };
    let id = NodeId(u32::MAX);
    let mut total = Computed::known(zero);
    for value in gathered.sure.iter().flatten() {
        total = super::arith::arith(id, ty, Arith::Add, total, *value)?;
    }
    for value in gathered.maybe.iter().flatten() {
        // A row that may not belong adds its value or nothing.
        let widened = Computed { value: value.value.hull(zero), certainty: Certainty::Open, ..*value };
        total = super::arith::arith(id, ty, Arith::Add, total, widened)?;
    }
    Ok(if gathered.open { empty_value(ty) } else { total.value })
}

/// Least or greatest value. Rows that may belong can only push it outwards; an unseen row could push it any far.
fn extreme<'r>(gathered: &Gathered<'r>, ty: Type, kind: Aggregate) -> Value<'r> {
    fn pick<T: Copy + Ord>(sure: &[Bounds<T>], maybe: &[Bounds<T>], open: bool, least: bool) -> Bounds<T> {
        let all = || sure.iter().chain(maybe);
        let outer = |ends: Option<Vec<T>>| {
            ends.and_then(|ends| if least { ends.into_iter().min() } else { ends.into_iter().max() })
        };
        let far = |bounds: &Bounds<T>| if least { bounds.lo } else { bounds.hi };
        let near = |bounds: &Bounds<T>| if least { bounds.hi } else { bounds.lo };
        let outward = if open { None } else { outer(all().map(far).collect()) };
        let inward = if sure.is_empty() {
            // None of them need belong: any of their values could be the one.
            let ends: Option<Vec<T>> = maybe.iter().map(near).collect();
            if open {
                None
            } else {
                ends.and_then(|ends| if least { ends.into_iter().max() } else { ends.into_iter().min() })
            }
        } else {
            outer(sure.iter().map(near).collect())
        };
        if least { Bounds { lo: outward, hi: inward } } else { Bounds { lo: inward, hi: outward } }
    }
    let least = kind == Aggregate::Min;
    macro_rules! collect {
        ($variant:path) => {{
            let of = |rows: &[Option<Computed<'r>>]| {
                rows.iter()
                    .filter_map(|row| match row.as_ref()?.value {
                        $variant(bounds) => Some(bounds),
                        _ => None,
                    })
                    .collect::<Vec<_>>()
            };
            $variant(pick(&of(&gathered.sure), &of(&gathered.maybe), gathered.open, least))
        }};
    }
    match ty {
        Type::Money => collect!(Value::Money),
        Type::Date => collect!(Value::Date),
        _ => collect!(Value::Number),
    }
}
