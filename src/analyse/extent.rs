//! The least and the most a number or an amount can come to, whatever a register says and on whatever day. Wide, but
//! never too narrow: what is not known has no bound.

use crate::ast::{CalendarPart, RoundTo};
use crate::ir::{Aggregate, Arith, CharterId, Constant, NodeId, Op, ParameterId, ParameterKind, Plan};
use crate::value::{Bounds, Ratio, Rounding};

/// Of an expression in a clause of that charter; money in fen.
pub(super) fn extent(plan: &Plan, charter: CharterId, node: NodeId) -> Bounds<Ratio> {
    Extents { plan, charter: Some(charter), known: &|_| Bounds::any() }.of(node)
}

/// The same, where more is known.
pub(super) struct Extents<'a> {
    pub plan: &'a Plan,
    /// Whose clause it is; none where it is not known.
    pub charter: Option<CharterId>,
    /// What is known of an expression on the row that is asked about.
    pub known: &'a dyn Fn(NodeId) -> Bounds<Ratio>,
}

impl Extents<'_> {
    pub(super) fn of(&self, node: NodeId) -> Bounds<Ratio> {
        let (worked, known) = (self.worked_out(node), (self.known)(node));
        Bounds {
            lo: worked.lo.into_iter().chain(known.lo).max(),
            hi: worked.hi.into_iter().chain(known.hi).min(),
        }
    }

    fn worked_out(&self, node: NodeId) -> Bounds<Ratio> {
        let of = |node: NodeId| self.of(node);
        // On other rows nothing more is known.
        let elsewhere = |node: NodeId| Extents { known: &|_| Bounds::any(), ..*self }.of(node);
        let any_of = |nodes: &mut dyn Iterator<Item = NodeId>| {
            nodes.map(of).reduce(Bounds::hull).unwrap_or_else(Bounds::any)
        };
        let whole =
            |lo: i64, hi: Option<i64>| Bounds { lo: Some(Ratio::whole(lo)), hi: hi.map(Ratio::whole) };
        match &self.plan.node(node).op {
            Op::Constant(constant) => written(constant),
            Op::Parameter(id) => parameter(self.plan, self.charter, *id),
            Op::Outer(_, inner) => elsewhere(*inner),
            Op::Arith(Arith::Add, left, right) => sum(of(*left), of(*right)),
            Op::Arith(Arith::Sub, left, right) => {
                let right = of(*right);
                let minus = |end: Option<Ratio>| Ratio::whole(0).checked_sub(end?);
                sum(of(*left), Bounds { lo: minus(right.hi), hi: minus(right.lo) })
            }
            Op::Arith(Arith::Mul, left, right) => product(of(*left), of(*right)),
            Op::Arith(kind @ (Arith::Div | Arith::Whole | Arith::Rest), left, right) => {
                let divisor = of(*right);
                // By what may be nothing, or of either sign, the quotient is anything.
                if divisor.lo.is_none_or(|lo| lo <= Ratio::whole(0)) {
                    return Bounds::any();
                }
                let quotient = || quotient(of(*left), divisor);
                let down = |end: Option<Ratio>| end?.round_to(1, Rounding::Down).map(Ratio::whole);
                match kind {
                    Arith::Whole => Bounds { lo: down(quotient().lo), hi: down(quotient().hi) },
                    // What is left over has the sign of the divisor.
                    Arith::Rest => Bounds { lo: Some(Ratio::whole(0)), hi: divisor.hi },
                    _ => quotient(),
                }
            }
            Op::Choose { cases, otherwise } => {
                any_of(&mut cases.iter().map(|(_, value)| *value).chain([*otherwise]))
            }
            Op::Tiers { arms, otherwise, .. } => {
                any_of(&mut arms.iter().map(|arm| arm.value).chain(*otherwise))
            }
            Op::Table { rows, .. } => any_of(&mut rows.iter().map(|row| row.value)),
            Op::Round(inner, _, to) => {
                let unit = match to {
                    RoundTo::Fen => 1,
                    RoundTo::Yuan => 100,
                };
                let to = |end: Option<Ratio>, way: Rounding| end?.round_to(unit, way).map(Ratio::whole);
                let inner = of(*inner);
                Bounds { lo: to(inner.lo, Rounding::Down), hi: to(inner.hi, Rounding::Up) }
            }
            Op::Aggregate { kind: Aggregate::Count, .. } => whole(0, None),
            Op::Aggregate { kind: Aggregate::Min | Aggregate::Max, value: Some(value), .. }
            | Op::Pick { value, .. } => elsewhere(*value),
            Op::Rank { .. } => whole(1, None),
            Op::Calendar(CalendarPart::Month, _) => whole(1, Some(12)),
            Op::Calendar(CalendarPart::Day, _) => whole(1, Some(31)),
            _ => Bounds::any(),
        }
    }
}

fn product(a: Bounds<Ratio>, b: Bounds<Ratio>) -> Bounds<Ratio> {
    let end = |a: Option<Ratio>, b: Option<Ratio>| a?.checked_mul(b?);
    let zero = Some(Ratio::whole(0));
    if a.lo >= zero && b.lo >= zero {
        return Bounds { lo: end(a.lo, b.lo), hi: end(a.hi, b.hi) };
    }
    corners(a, b, Ratio::checked_mul)
}

/// By what is above nothing: what is not bounded on one side is not on that side either.
fn quotient(a: Bounds<Ratio>, divisor: Bounds<Ratio>) -> Bounds<Ratio> {
    if divisor.hi.is_some() && a.lo.is_some() && a.hi.is_some() {
        return corners(a, divisor, Ratio::checked_div);
    }
    let zero = Ratio::whole(0);
    let (lo, hi) = (divisor.lo, a.hi.filter(|hi| *hi >= zero));
    Bounds {
        // The more it is divided by, the nearer it comes to nothing.
        lo: match a.lo {
            Some(least) if least >= zero => Some(zero),
            Some(least) => lo.and_then(|lo| least.checked_div(lo)),
            None => None,
        },
        hi: match a.hi {
            Some(most) if most <= zero => Some(zero),
            _ => hi.zip(lo).and_then(|(hi, lo)| hi.checked_div(lo)),
        },
    }
}

fn written(constant: &Constant) -> Bounds<Ratio> {
    match constant {
        Constant::Number(number) => Bounds::exact(Ratio::whole(*number)),
        Constant::Money(fen) => Bounds::exact(Ratio::whole(fen.0)),
        Constant::Rate(rate) => Bounds::exact(*rate),
        Constant::Date(_) | Constant::Text(_) | Constant::Code(_) => Bounds::any(),
    }
}

/// All its values; of a slot, all that the layers of the charter give it. What a village not read may set is anything.
fn parameter(plan: &Plan, charter: Option<CharterId>, id: ParameterId) -> Bounds<Ratio> {
    let Some(parameter) = plan.parameters.get(id.0) else { return Bounds::any() };
    let values: Vec<&Constant> = match &parameter.kind {
        ParameterKind::Dated(values) => values.iter().map(|(_, _, value)| value).collect(),
        ParameterKind::Open { default, settings } => {
            let Some(charter) = charter.filter(|charter| plan.charter(*charter).village.is_some()) else {
                return Bounds::any();
            };
            let name = |id: CharterId| &plan.charter(id).label.name;
            let layers = std::iter::successors(Some(charter), |id| plan.charter(*id).under);
            let names: Vec<&String> = layers.take(plan.charters.len()).map(name).collect();
            let set = settings.iter().filter(|setting| names.contains(&name(setting.charter)));
            set.map(|setting| &setting.value).chain(default).collect()
        }
    };
    values.into_iter().map(written).reduce(Bounds::hull).unwrap_or_else(Bounds::any)
}

fn sum(a: Bounds<Ratio>, b: Bounds<Ratio>) -> Bounds<Ratio> {
    let end = |a: Option<Ratio>, b: Option<Ratio>| a?.checked_add(b?);
    Bounds { lo: end(a.lo, b.lo), hi: end(a.hi, b.hi) }
}

/// Products and quotients are extreme at the corners; without one of them nothing bounds the others.
fn corners(a: Bounds<Ratio>, b: Bounds<Ratio>, op: impl Fn(Ratio, Ratio) -> Option<Ratio>) -> Bounds<Ratio> {
    let ends = [(a.lo, b.lo), (a.lo, b.hi), (a.hi, b.lo), (a.hi, b.hi)];
    let found: Option<Vec<Ratio>> = ends.into_iter().map(|(a, b)| op(a?, b?)).collect();
    let Some(found) = found else { return Bounds::any() };
    Bounds { lo: found.iter().min().copied(), hi: found.iter().max().copied() }
}
