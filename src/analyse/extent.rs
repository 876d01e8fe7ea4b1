//! The least and the most a number or an amount can come to, whatever a register says and on whatever day. Wide, but
//! never too narrow: what is not known has no bound.

use crate::ast::{CalendarPart, RoundTo};
use crate::ir::{Aggregate, Arith, CharterId, Constant, NodeId, Op, ParameterId, ParameterKind, Plan};
use crate::value::{Bounds, Ratio, Rounding};

/// Of an expression in a clause of that charter; money in fen.
pub(super) fn extent(plan: &Plan, charter: CharterId, node: NodeId) -> Bounds<Ratio> {
    let of = |node: NodeId| extent(plan, charter, node);
    let any_of = |nodes: &mut dyn Iterator<Item = NodeId>| {
        nodes.map(of).reduce(Bounds::hull).unwrap_or_else(Bounds::any)
    };
    let whole = |lo: i64, hi: Option<i64>| Bounds { lo: Some(Ratio::whole(lo)), hi: hi.map(Ratio::whole) };
    match &plan.node(node).op {
        Op::Constant(constant) => written(constant),
        Op::Parameter(id) => parameter(plan, charter, *id),
        Op::Outer(_, inner) => of(*inner),
        Op::Arith(Arith::Add, left, right) => sum(of(*left), of(*right)),
        Op::Arith(Arith::Sub, left, right) => {
            let right = of(*right);
            let minus = |end: Option<Ratio>| Ratio::whole(0).checked_sub(end?);
            sum(of(*left), Bounds { lo: minus(right.hi), hi: minus(right.lo) })
        }
        Op::Arith(Arith::Mul, left, right) => corners(of(*left), of(*right), Ratio::checked_mul),
        Op::Arith(Arith::Div, left, right) => {
            let divisor = of(*right);
            // By what may be nothing, or of either sign, the quotient is anything.
            let above = divisor.lo.is_some_and(|lo| lo > Ratio::whole(0));
            if above { corners(of(*left), divisor, Ratio::checked_div) } else { Bounds::any() }
        }
        Op::Choose { cases, otherwise } => {
            any_of(&mut cases.iter().map(|(_, value)| *value).chain([*otherwise]))
        }
        Op::Tiers { arms, otherwise, .. } => any_of(&mut arms.iter().map(|arm| arm.value).chain(*otherwise)),
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
        | Op::Pick { value, .. } => of(*value),
        Op::Rank { .. } => whole(1, None),
        Op::Calendar(CalendarPart::Month, _) => whole(1, Some(12)),
        Op::Calendar(CalendarPart::Day, _) => whole(1, Some(31)),
        _ => Bounds::any(),
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
fn parameter(plan: &Plan, charter: CharterId, id: ParameterId) -> Bounds<Ratio> {
    let Some(parameter) = plan.parameters.get(id.0) else { return Bounds::any() };
    let values: Vec<&Constant> = match &parameter.kind {
        ParameterKind::Dated(values) => values.iter().map(|(_, _, value)| value).collect(),
        ParameterKind::Open { .. } if plan.charter(charter).village.is_none() => return Bounds::any(),
        ParameterKind::Open { default, settings } => {
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
