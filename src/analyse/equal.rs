//! Men and women, sons and daughters held against each other (L09): the same household is imagined once with the one
//! and once with the other, and asked what it meets and what it is paid.

use super::law::Status;
use super::sons::amounts;
use super::worlds::{Kind, Value, World, number, truth};
use crate::ast::Relation;
use crate::ir::{Arith, Benefit, Condition, ConditionKind, NodeId, Op, Pattern, Pay, Plan, TableRow};
use crate::source::Span;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// So many rows of a kind are imagined, at the most.
const MOST: i128 = 3;

/// Two kinds, with as many rows of each.
struct Pair<'p> {
    men: Vec<World<'p>>,
    women: Vec<World<'p>>,
}

/// Men and women, and sons and daughters.
fn kinds(status: &Status) -> [(Kind<'_>, Kind<'_>); 2] {
    let kind = |sex, relation| Kind { sex, relation };
    [
        (kind(&status.male, None), kind(&status.female, None)),
        (kind(&status.male, Some(&status.son)), kind(&status.female, Some(&status.daughter))),
    ]
}

fn pairs<'p>(plan: &'p Plan, status: &'p Status) -> Vec<Pair<'p>> {
    let worlds = |kind| (1..=MOST).map(|many| World::of(plan, status, vec![(kind, many)])).collect();
    kinds(status).into_iter().map(|(man, woman)| Pair { men: worlds(man), women: worlds(woman) }).collect()
}

/// Conditions of the benefit itself: not those of another that takes its place.
pub(super) fn own(benefit: &Benefit) -> impl Iterator<Item = &Condition> {
    let foreign = [ConditionKind::Exception, ConditionKind::Replaced];
    benefit.filter.iter().chain(&benefit.conditions).filter(move |one| !foreign.contains(&one.kind))
}

impl Pair<'_> {
    /// Who meets a condition more easily: the first kind where it is greater. None where it is now the one, now the
    /// other.
    fn met(&self, id: NodeId) -> Option<Ordering> {
        // It is surely met, it may be, it is surely not.
        let ease = |world: &World<'_>| match truth(world.value(id)) {
            Some(true) => 2,
            None => 1,
            Some(false) => 0,
        };
        one_way(self.men.iter().zip(&self.women).map(|(men, women)| ease(men).cmp(&ease(women))))
    }

    /// Who is paid more; none where it is not known.
    fn paid(&self, id: NodeId) -> Option<Vec<Ordering>> {
        self.amounts(id).map(|both| both.into_iter().map(|(man, woman)| man.cmp(&woman)).collect())
    }

    fn amounts(&self, id: NodeId) -> Option<Vec<(i128, i128)>> {
        let both = self.men.iter().zip(&self.women);
        both.map(|(men, women)| Some((number(men.value(id))?, number(women.value(id))?))).collect()
    }

    /// An amount, or a part of it, is higher for the first kind and never lower.
    fn dearer(&self, plan: &Plan, id: NodeId, seen: &mut BTreeSet<NodeId>) -> bool {
        if !seen.insert(id) {
            return false;
        }
        if let Some(found) = self.paid(id) {
            return one_way(found.into_iter()) == Some(Ordering::Greater);
        }
        let parts = match &plan.node(id).op {
            Op::Arith(Arith::Add, ..) => return self.sum_is_dearer(plan, id, seen),
            Op::Arith(Arith::Sub | Arith::Div | Arith::Whole, left, _) => vec![*left],
            Op::Arith(Arith::Mul, left, right) => vec![*left, *right],
            Op::Round(inner, ..) | Op::Outer(_, inner) => vec![*inner],
            Op::Choose { cases, otherwise } => {
                cases.iter().map(|(_, value)| *value).chain([*otherwise]).collect()
            }
            Op::Tiers { arms, otherwise, .. } => arms.iter().map(|arm| arm.value).chain(*otherwise).collect(),
            Op::Table { subjects, rows } => {
                if self.rows_are_dearer(subjects, rows) {
                    return true;
                }
                rows.iter().map(|row| row.value).collect()
            }
            _ => Vec::new(),
        };
        parts.into_iter().any(|part| self.dearer(plan, part, seen))
    }

    /// What is known of a sum is added up: as much for a daughter as for a son is no difference.
    fn sum_is_dearer(&self, plan: &Plan, id: NodeId, seen: &mut BTreeSet<NodeId>) -> bool {
        let (mut terms, mut waiting) = (Vec::new(), vec![id]);
        while let Some(term) = waiting.pop() {
            match plan.node(term).op {
                Op::Arith(Arith::Add, left, right)
                    if self.paid(term).is_none() && (term == id || seen.insert(term)) =>
                {
                    waiting.extend([left, right]);
                }
                _ => terms.push(term),
            }
        }
        let mut known = vec![(0_i128, 0_i128); self.men.len()];
        let mut others = Vec::new();
        for term in terms {
            let Some(amounts) = self.amounts(term) else {
                others.push(term);
                continue;
            };
            for (total, (man, woman)) in known.iter_mut().zip(amounts) {
                *total = (total.0.saturating_add(man), total.1.saturating_add(woman));
            }
        }
        one_way(known.into_iter().map(|(man, woman)| man.cmp(&woman))) == Some(Ordering::Greater)
            || others.into_iter().any(|term| self.dearer(plan, term, seen))
    }

    /// Two rows that differ in the kind alone.
    fn rows_are_dearer(&self, subjects: &[NodeId], rows: &[TableRow]) -> bool {
        let (Some(men), Some(women)) = (self.men.first(), self.women.first()) else { return false };
        let code = |world: &World<'_>, subject: NodeId| match world.value(subject) {
            Some(Value::Code(code)) => Some(Pattern::Code(code)),
            _ => None,
        };
        subjects.iter().enumerate().any(|(place, subject)| {
            let (Some(his), Some(hers)) = (code(men, *subject), code(women, *subject)) else { return false };
            let rest = |row: &TableRow| {
                let cells = row.cells.iter().enumerate().filter(|(at, _)| *at != place);
                cells.map(|(_, cell)| cell.clone()).collect::<Vec<_>>()
            };
            let paid = |kind: &Pattern, beside: &[Option<Pattern>]| {
                let fits = |row: &&TableRow| {
                    row.cells.get(place).is_some_and(|cell| cell.as_ref().is_none_or(|cell| cell == kind))
                        && rest(row) == beside
                };
                number(men.value(rows.iter().find(fits)?.value))
            };
            his != hers && rows.iter().any(|row| {
                let beside = rest(row);
                matches!((paid(&his, &beside), paid(&hers, &beside)), (Some(more), Some(less)) if more > less)
            })
        })
    }
}

/// Greater once and never less, or less once and never greater.
fn one_way(mut found: impl Iterator<Item = Ordering> + Clone) -> Option<Ordering> {
    let has = |wanted: Ordering| found.clone().any(|one| one == wanted);
    match (has(Ordering::Greater), has(Ordering::Less)) {
        (true, true) => None,
        (true, false) => Some(Ordering::Greater),
        (false, true) => Some(Ordering::Less),
        (false, false) => found.next(),
    }
}

/// Men and women count alike in a condition or an amount: exchanged for each other, they change nothing.
pub(super) fn even(plan: &Plan, id: NodeId, status: &Status) -> bool {
    let [(man, woman), _] = kinds(status);
    let value = |men, women| World::of(plan, status, vec![(man, men), (woman, women)]).value(id);
    (0..=MOST).all(|men| {
        (0..=MOST).all(|women| matches!(value(men, women), one @ Some(_) if one == value(women, men)))
    })
}

/// The place of what a man has, or a household with a son, and a woman has not.
pub(super) fn unequal(plan: &Plan, benefit: &Benefit, status: &Status) -> Option<Span> {
    let pairs = pairs(plan, status);
    let favours = |node: NodeId, whom: Ordering| pairs.iter().any(|pair| pair.met(node) == Some(whom));
    let excludes = |one: &Benefit, whom: Ordering| {
        own(one).find(|condition| favours(condition.node, whom)).map(|condition| condition.span.0)
    };
    let for_men = excludes(benefit, Ordering::Greater);
    if let Some(span) = for_men
        && !is_health_service(plan, benefit, status)
        && !plan.benefits.iter().any(|other| {
            beside(other, benefit)
                && excludes(other, Ordering::Less).is_some()
                && cheaper(plan, status, other, benefit) != Some(true)
        })
    {
        return Some(span);
    }
    let paid = amounts(benefit);
    let dearer = |id: NodeId| pairs.iter().any(|pair| pair.dearer(plan, id, &mut BTreeSet::new()));
    if let Some((_, span)) = paid.into_iter().find(|(id, _)| dearer(*id)) {
        return Some(span);
    }
    // Women have less than everybody by an exception.
    let related = benefit
        .related
        .iter()
        .filter(|related| matches!(related.relation, Relation::ExceptionTo | Relation::InsteadOf));
    let mut less = related.filter(|related| {
        plan.benefits.iter().any(|other| {
            other.label.name == related.clause
                && other.charter == benefit.charter
                && excludes(other, Ordering::Less).is_none()
                && cheaper(plan, status, benefit, other) == Some(true)
        })
    });
    excludes(benefit, Ordering::Less).and_then(|_| less.next()).map(|related| related.span.0)
}

/// Some condition is met by daughters more easily than by sons: what is for them alone, or for two of them.
pub(super) fn for_daughters(plan: &Plan, benefit: &Benefit, status: &Status) -> bool {
    let pairs = pairs(plan, status);
    own(benefit).any(|one| pairs.iter().any(|pair| pair.met(one.node) == Some(Ordering::Less)))
}

/// Women meet a condition and men do not.
pub(super) fn women_alone(plan: &Plan, id: NodeId, status: &Status) -> bool {
    pairs(plan, status).first().is_some_and(|pair| pair.met(id) == Some(Ordering::Less))
}

/// Men meet a condition and women do not, or not as surely.
pub(super) fn men_alone(plan: &Plan, id: NodeId, status: &Status) -> bool {
    pairs(plan, status).first().is_some_and(|pair| pair.met(id) == Some(Ordering::Greater))
}

/// What stands beside it for the others.
fn beside(other: &Benefit, benefit: &Benefit) -> bool {
    other.charter == benefit.charter
        && other.target == benefit.target
        && other.purpose == benefit.purpose
        && other.rhythm == benefit.rhythm
        && other.label.name != benefit.label.name
}

/// It pays two women less than another does.
fn cheaper(plan: &Plan, status: &Status, one: &Benefit, other: &Benefit) -> Option<bool> {
    let [(_, woman), _] = kinds(status);
    let world = World::of(plan, status, vec![(woman, 2)]);
    let paid = |benefit: &Benefit| amounts(benefit).first().and_then(|(id, _)| number(world.value(*id)));
    (one.rhythm == other.rhythm).then_some(paid(one)? < paid(other)?)
}

/// An examination of what only men have is no preference.
fn is_health_service(plan: &Plan, benefit: &Benefit, status: &Status) -> bool {
    let Pay::InKind { what, .. } = &benefit.pay else { return false };
    let purpose = benefit.purpose.and_then(|purpose| plan.purposes.get(purpose.0));
    let names = super::text::names(&benefit.label).into_iter();
    let names = names.chain(purpose.into_iter().flat_map(super::text::names)).chain([what.clone()]);
    names.into_iter().any(|name| super::words::mentions(&name, &status.health))
}
