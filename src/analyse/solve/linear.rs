//! Where comparisons of numbers and amounts of the register turn, when what is compared is computed from them by sums,
//! differences and products with what is written: `500 yuan - wealth`, `wealth * 30% < income`.
//!
//! With one fact a comparison turns at one value, which can be worked out. Where it holds two facts against each other by
//! their difference (`wealth < income + 100 yuan`), all comparisons together can hold only where they hold with each fact
//! as far from what is written, or from another fact, as some of them say: so few values are enough, at a distance for
//! each step between whole numbers.

use super::{Literal, Want};
use crate::ast::RoundTo;
use crate::eval::FactPart;
use crate::ir::{Arith, Constant, NodeId, Op, ParameterKind, Pattern, Plan};
use crate::schema::{FieldId, FieldType, RecordId};
use crate::types::Type;
use crate::value::{Ratio, Rounding};
use std::collections::{BTreeMap, BTreeSet};

/// Most ways in which an expression may be computed, by its branches.
const MAX_FORMS: usize = 16;
/// Most facts that are held against each other, differences between them, and values that come of both.
const MAX_FACTS: usize = 3;
const MAX_OFFSETS: usize = 4;
const MAX_VALUES: usize = 80;

/// What is computed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fact {
    /// A number or an amount of the register.
    Field(RecordId, FieldId),
    /// Whole years, months or days from one date to another.
    Time(NodeId),
}

/// A sum of facts, each with its factor, and a constant, rounded to a unit, and another constant; money in fen.
#[derive(Clone, Debug)]
struct Form {
    facts: BTreeMap<Fact, Ratio>,
    constant: Ratio,
    unit: Option<i64>,
    beside: Ratio,
}

/// What is found of a question.
#[derive(Debug, Default)]
pub(super) struct Linear {
    /// Values of numbers and amounts at which something turns.
    pub numbers: BTreeSet<i64>,
    pub money: BTreeSet<i64>,
    /// By how much two facts differ where something turns.
    pub offsets: BTreeSet<i64>,
    /// How far values around these matter.
    pub radius: i64,
    /// Something is computed in another way.
    pub other: bool,
    /// Arithmetic that is understood.
    pub covered: BTreeSet<NodeId>,
    pairs: BTreeSet<(RecordId, FieldId)>,
}

impl Linear {
    /// Of the literals, and the expressions that they are made of.
    pub(super) fn of(plan: &Plan, literals: &[Literal], nodes: &BTreeSet<NodeId>) -> Self {
        let mut linear = Self { radius: 1, ..Self::default() };
        let whole = Ratio::whole;
        for literal in literals {
            if let Want::Above(than) | Want::Below(than) = literal.want {
                linear.held_against(plan, literal.node, [whole(than.0)]);
            }
        }
        let mut gathered: BTreeSet<RecordId> = BTreeSet::new();
        for id in nodes {
            match &plan.node(*id).op {
                Op::Compare(_, left, right) if is_numeric(plan, *left) => linear.compare(plan, *left, *right),
                Op::Tiers { subject, arms, .. } if is_numeric(plan, *subject) => {
                    let ends = ends(arms.iter().map(|arm| &arm.pattern));
                    linear.held_against(plan, *subject, ends);
                }
                Op::Table { subjects, rows } => {
                    for (column, subject) in subjects.iter().enumerate() {
                        if is_numeric(plan, *subject) {
                            let cells = rows.iter().filter_map(|row| row.cells.get(column)?.as_ref());
                            linear.held_against(plan, *subject, ends(cells));
                        }
                    }
                }
                Op::Aggregate { record, .. } | Op::Pick { record, .. } => {
                    gathered.insert(*record);
                }
                Op::Rank { .. } => gathered.extend(plan.node(*id).scope),
                _ => {}
            }
        }
        linear.widen(plan, literals, &gathered);
        linear
    }

    /// An amount or a number is held against written ones.
    fn held_against(&mut self, plan: &Plan, node: NodeId, ends: impl IntoIterator<Item = Ratio>) {
        let mut covered = BTreeSet::new();
        let Some(forms) = forms(plan, node, &mut covered) else { return };
        let ends: Vec<Form> = ends.into_iter().map(Form::constant).collect();
        self.turns(plan, &forms, &ends, covered);
    }

    fn compare(&mut self, plan: &Plan, left: NodeId, right: NodeId) {
        let mut covered = BTreeSet::new();
        let both = forms(plan, left, &mut covered).zip(forms(plan, right, &mut covered));
        if let Some((left, right)) = both {
            self.turns(plan, &left, &right, covered);
        } else if computes(plan, left) && computes(plan, right) {
            // A number compared with what is computed turns where the computation does.
            self.other = true;
        }
    }

    fn turns(&mut self, plan: &Plan, left: &[Form], right: &[Form], covered: BTreeSet<NodeId>) {
        let pairs = || left.iter().flat_map(|one| right.iter().map(move |other| (one, other)));
        let turns: Option<Vec<Turn>> = pairs().map(|(one, other)| turn(one, other)).collect();
        let Some(turns) = turns else {
            self.other = true;
            return;
        };
        self.covered.extend(covered);
        for turn in turns {
            match turn {
                Turn::Nowhere => {}
                Turn::At(fact, values) => self.at(plan, fact, values),
                Turn::Apart(Fact::Field(record, field), Fact::Field(beside, other), by) => {
                    self.pairs.extend([(record, field), (beside, other)]);
                    self.offsets.insert(by);
                }
                Turn::Apart(..) => self.other = true,
            }
        }
    }

    fn at(&mut self, plan: &Plan, fact: Fact, values: impl IntoIterator<Item = i64>) {
        let is_money = match fact {
            Fact::Field(record, field) => plan.schema.field(record, field).ty == FieldType::Money,
            // So many years lead from one date to the other.
            Fact::Time(_) => false,
        };
        if is_money { &mut self.money } else { &mut self.numbers }.extend(values);
    }

    /// The values to which those written lead over the differences between facts.
    fn widen(&mut self, plan: &Plan, literals: &[Literal], gathered: &BTreeSet<RecordId>) {
        if self.pairs.is_empty() {
            return;
        }
        // Of rows that are gathered, and where something is asked of several, there are more facts than fields.
        let rows = |record: RecordId| {
            let own = literals.iter().map(|literal| literal.row).filter(|row| row.0 == record);
            own.collect::<BTreeSet<_>>().len()
        };
        let many = self.pairs.iter().any(|(record, _)| gathered.contains(record) || rows(*record) > 1);
        if many || self.pairs.len() > MAX_FACTS || self.offsets.len() > MAX_OFFSETS {
            self.other = true;
            return;
        }
        // What is given of one fact is as good as written.
        for given in literals.iter().filter_map(|literal| literal.given) {
            let FactPart::Field(field) = given.fact.part else { continue };
            self.at(plan, Fact::Field(given.fact.record, field), [given.value]);
        }
        self.offsets.insert(0);
        self.radius = i64::try_from(self.pairs.len()).unwrap_or(1);
        for values in [&mut self.numbers, &mut self.money] {
            values.insert(0);
            for _ in 1..self.radius {
                let next: Vec<i64> = values
                    .iter()
                    .flat_map(|value| {
                        self.offsets.iter().flat_map(|by| [value.checked_add(*by), value.checked_sub(*by)])
                    })
                    .flatten()
                    .collect();
                values.extend(next);
            }
            self.other |= values.len() > MAX_VALUES;
        }
    }
}

/// Where two sums are equal.
enum Turn {
    Nowhere,
    /// One fact, just below or at some values.
    At(Fact, Vec<i64>),
    /// Two facts, that much apart or one less.
    Apart(Fact, Fact, i64),
}

fn turn(one: &Form, other: &Form) -> Option<Turn> {
    let (one, other) = if other.unit.is_some() { (other, one) } else { (one, other) };
    if one.unit.is_some() && (other.unit.is_some() || !other.facts.is_empty()) {
        return None;
    }
    // What is rounded is compared with `level`; else both sides are taken together.
    let level = other.constant.checked_add(other.beside)?.checked_sub(one.beside)?;
    let levels = match one.unit {
        None => vec![level],
        Some(unit) => {
            // It turns at a whole unit or a half, next to the level.
            let below = level.checked_div(Ratio::whole(unit))?.round_to(1, Rounding::Down)?;
            let halves = (2 * below.checked_sub(1)?..=2 * below.checked_add(2)?)
                .map(|halves| Ratio::new(i128::from(halves) * i128::from(unit), 2));
            halves.collect::<Option<Vec<Ratio>>>()?
        }
    };
    let mut facts = one.facts.clone();
    for (fact, factor) in &other.facts {
        let known = facts.entry(*fact).or_insert(Ratio::whole(0));
        *known = known.checked_sub(*factor)?;
    }
    facts.retain(|_, factor| *factor != Ratio::whole(0));
    let down = |value: Ratio| value.round_to(1, Rounding::Down);
    let mut facts = facts.into_iter();
    Some(match (facts.next(), facts.next(), facts.next()) {
        (None, ..) => Turn::Nowhere,
        (Some((fact, factor)), None, _) => {
            let at = |level: &Ratio| down(level.checked_sub(one.constant)?.checked_div(factor)?);
            Turn::At(fact, levels.iter().map(at).collect::<Option<Vec<i64>>>()?)
        }
        (Some((first, factor)), Some((second, against)), None)
            if one.unit.is_none() && factor.checked_add(against)? == Ratio::whole(0) =>
        {
            let by = down(level.checked_sub(one.constant)?.checked_div(factor)?)?;
            Turn::Apart(first, second, by)
        }
        _ => return None,
    })
}

impl Form {
    fn constant(value: Ratio) -> Self {
        Self { facts: BTreeMap::new(), constant: value, unit: None, beside: Ratio::whole(0) }
    }

    fn fact(fact: Fact) -> Self {
        let facts = BTreeMap::from([(fact, Ratio::whole(1))]);
        Self { facts, ..Self::constant(Ratio::whole(0)) }
    }

    /// The constant that it is.
    fn as_constant(&self) -> Option<Ratio> {
        let plain = self.facts.is_empty() && self.unit.is_none();
        if plain { self.constant.checked_add(self.beside) } else { None }
    }

    fn times(&self, factor: Ratio) -> Option<Self> {
        if self.unit.is_some() {
            return None;
        }
        let facts = self.facts.iter().map(|(fact, own)| Some((*fact, own.checked_mul(factor)?)));
        let constant = self.constant.checked_add(self.beside)?.checked_mul(factor)?;
        Some(Self { facts: facts.collect::<Option<_>>()?, ..Self::constant(constant) })
    }

    fn plus(&self, other: &Self) -> Option<Self> {
        let (one, other) = if other.unit.is_some() { (other, self) } else { (self, other) };
        if one.unit.is_some() {
            let beside = one.beside.checked_add(other.as_constant()?)?;
            return Some(Self { beside, ..one.clone() });
        }
        let mut facts = one.facts.clone();
        for (fact, factor) in &other.facts {
            let known = facts.entry(*fact).or_insert(Ratio::whole(0));
            *known = known.checked_add(*factor)?;
        }
        let beside = one.beside.checked_add(other.beside)?;
        Some(Self { facts, constant: one.constant.checked_add(other.constant)?, unit: None, beside })
    }

    fn rounded(&self, unit: i64) -> Option<Self> {
        if self.unit.is_some() {
            return None;
        }
        let constant = self.constant.checked_add(self.beside)?;
        Some(Self { constant, unit: Some(unit), beside: Ratio::whole(0), ..self.clone() })
    }
}

/// All sums that an expression may be; none where it is something else.
fn forms(plan: &Plan, node: NodeId, covered: &mut BTreeSet<NodeId>) -> Option<Vec<Form>> {
    let node_of = plan.node(node);
    let found = match &node_of.op {
        Op::Constant(constant) => vec![Form::constant(written(constant)?)],
        Op::Parameter(id) => {
            let values: Vec<&Constant> = match &plan.parameters.get(id.0)?.kind {
                ParameterKind::Dated(values) => values.iter().map(|(.., value)| value).collect(),
                ParameterKind::Open { default, settings } => {
                    settings.iter().map(|setting| &setting.value).chain(default).collect()
                }
            };
            let values: BTreeSet<Ratio> = values.into_iter().map(written).collect::<Option<_>>()?;
            values.into_iter().map(Form::constant).collect()
        }
        Op::Field(record, field) if matches!(node_of.ty, Type::Number | Type::Money) => {
            vec![Form::fact(Fact::Field(*record, *field))]
        }
        Op::Elapsed(..) => vec![Form::fact(Fact::Time(node))],
        Op::Outer(_, inner) => forms(plan, *inner, covered)?,
        Op::Arith(arith, left, right) => {
            let (left, right) = (forms(plan, *left, covered)?, forms(plan, *right, covered)?);
            covered.insert(node);
            let pairs = left.iter().flat_map(|one| right.iter().map(move |other| (one, other)));
            pairs.map(|(one, other)| computed(*arith, one, other)).collect::<Option<_>>()?
        }
        Op::Round(inner, _, to) => {
            let unit = match to {
                RoundTo::Fen => 1,
                RoundTo::Yuan => 100,
            };
            forms(plan, *inner, covered)?.iter().map(|form| form.rounded(unit)).collect::<Option<_>>()?
        }
        Op::Choose { cases, otherwise } => {
            all(plan, cases.iter().map(|(_, value)| *value).chain([*otherwise]), covered)?
        }
        Op::Tiers { arms, otherwise, .. } => {
            all(plan, arms.iter().map(|arm| arm.value).chain(*otherwise), covered)?
        }
        Op::Table { rows, .. } => all(plan, rows.iter().map(|row| row.value), covered)?,
        _ => return None,
    };
    (found.len() <= MAX_FORMS).then_some(found)
}

fn all(
    plan: &Plan,
    nodes: impl Iterator<Item = NodeId>,
    covered: &mut BTreeSet<NodeId>,
) -> Option<Vec<Form>> {
    let mut found = Vec::new();
    for node in nodes {
        found.extend(forms(plan, node, covered)?);
    }
    Some(found)
}

fn computed(arith: Arith, one: &Form, other: &Form) -> Option<Form> {
    match arith {
        Arith::Add => one.plus(other),
        Arith::Sub => one.plus(&other.times(Ratio::whole(-1))?),
        Arith::Mul => match (one.as_constant(), other.as_constant()) {
            (_, Some(factor)) => one.times(factor),
            (Some(factor), None) => other.times(factor),
            (None, None) => None,
        },
        Arith::Div => one.times(Ratio::whole(1).checked_div(other.as_constant()?)?),
        Arith::Whole | Arith::Rest => None,
    }
}

fn written(constant: &Constant) -> Option<Ratio> {
    match constant {
        Constant::Number(number) => Some(Ratio::whole(*number)),
        Constant::Money(fen) => Some(Ratio::whole(fen.0)),
        Constant::Rate(rate) => Some(*rate),
        Constant::Date(_) | Constant::Text(_) | Constant::Code(_) => None,
    }
}

fn is_numeric(plan: &Plan, node: NodeId) -> bool {
    matches!(plan.node(node).ty, Type::Number | Type::Money | Type::Rate | Type::ExactMoney)
}

fn computes(plan: &Plan, node: NodeId) -> bool {
    is_numeric(plan, node)
        && !matches!(plan.node(node).op, Op::Constant(_) | Op::Parameter(_) | Op::Calendar(..))
}

fn ends<'p>(patterns: impl Iterator<Item = &'p Pattern>) -> Vec<Ratio> {
    let ends = patterns.flat_map(|pattern| match pattern {
        Pattern::Span(lo, hi) => [*lo, *hi],
        Pattern::Code(_) => [None, None],
    });
    ends.flatten().map(Ratio::whole).collect()
}
