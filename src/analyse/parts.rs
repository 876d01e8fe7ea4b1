//! A017: a part of a condition that never changes anything: it never holds where it would matter, or always does, or
//! the rest says it already.
//!
//! A part joined by `and` matters where all others hold, one joined by `or` where none of them does. So each is asked
//! about together with the others, with the conditions of the clause, with what is joined by `and` around it, and on the
//! row on which it is computed. Of two parts that say the same the later one is told. That cases are written out, such
//! as `if age < 18 … else if age >= 18`, is no fault: what an earlier case or another part of an `or` leaves over is not
//! held against what lies within a later one.
//!
//! What is written in a define is asked about for itself, whatever the clauses that use it say beside it.

use super::days::{self, Judged};
use super::order::order;
use super::questions::{Asked, Questions, amounts, within_bounds};
use super::solve::{Answer, Literal, Want};
use super::ways::above;
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::{Benefit, Condition, ConditionKind, NodeId, Op, Pay, Plan};
use crate::schema::RecordId;
use crate::source::Span;
use std::collections::BTreeMap;

/// Most parts that are looked at in one version of a clause.
const MAX_PARTS: usize = 200;

/// Why a part changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    /// It never holds.
    Never,
    /// It always holds where the others do.
    Always,
    /// Whoever meets it meets one of the others.
    Said,
}

/// A place, and on which clause it was found.
type Told<'p> = BTreeMap<Span, (Option<Why>, &'p Benefit)>;

/// One finding a place.
pub(super) fn of_conditions(plan: &Plan, questions: &Questions<'_>) -> Vec<Diagnostic> {
    let texts = Texts::of(plan);
    // What changes something in one version of a text, or in one of the clauses that use a define, is told in none.
    let mut told: Told<'_> = BTreeMap::new();
    for benefit in &plan.benefits {
        let days = days::all(plan, benefit);
        let mut walk =
            Walk { plan, questions, texts: &texts, benefit, days, found: Vec::new(), looked_at: 0 };
        walk.clause();
        for (place, why) in walk.found {
            let entry = told.entry(place).or_insert((why, benefit));
            entry.0 = entry.0.and(why);
        }
    }
    told.into_iter().filter_map(|(place, (why, benefit))| Some(finding(place, why?, benefit))).collect()
}

fn finding(place: Span, why: Why, benefit: &Benefit) -> Diagnostic {
    let why = match why {
        Why::Never => Term::new("用到它的时候,它从不成立", "it never holds where it would matter"),
        Why::Always => Term::new("其余的成立时,它总是成立", "it always holds where the rest does"),
        Why::Said => Term::new("符合它的都已经符合其余的", "whoever meets it meets the rest already"),
    };
    let found = within_bounds(Diagnostic::at(codes::A017, place).arg("why", why));
    if whole(benefit).contains(place) {
        return found;
    }
    found.related(benefit.title.0, Term::new("用到它的条款", "the clause that uses it"))
}

/// All that a clause is written with.
fn whole(benefit: &Benefit) -> Span {
    let pay = match &benefit.pay {
        Pay::Fixed(_, span) | Pay::Range { span, .. } | Pay::InKind { span, .. } => span.0,
    };
    let conditions = own(benefit).map(|condition| condition.span.0);
    conditions.fold(benefit.span.0.to(pay), Span::to)
}

/// Conditions that are the clause's own, without those of clauses that come before it.
fn own(benefit: &Benefit) -> impl Iterator<Item = &Condition> {
    let yields = |kind| matches!(kind, ConditionKind::Exception | ConditionKind::Replaced);
    benefit.filter.iter().chain(&benefit.conditions).filter(move |condition| !yields(condition.kind))
}

/// Where conditions are written that have parts, by what they became.
struct Texts {
    of: BTreeMap<NodeId, Vec<Vec<Span>>>,
    /// What contains such a condition.
    above: Vec<bool>,
    /// The clauses, by source and first place.
    clauses: BTreeMap<Span, Span>,
}

impl Texts {
    fn of(plan: &Plan) -> Self {
        let mut of: BTreeMap<NodeId, Vec<Vec<Span>>> = BTreeMap::new();
        for written in &plan.parts {
            let parts: Vec<Span> = written.arms.iter().map(|place| place.0).collect();
            let known = of.entry(written.node).or_default();
            if !known.contains(&parts) {
                known.push(parts);
            }
        }
        let above = above(plan, |id, _| of.contains_key(&id));
        let duties = plan.obligations.iter().map(|duty| duty.span.0);
        let clauses = plan.benefits.iter().map(whole).chain(duties);
        let clauses = clauses.map(|span| (Span { end: span.start, ..span }, span)).collect();
        Self { of, above, clauses }
    }

    /// Does it stand in a define, and so in no clause?
    fn in_define(&self, place: Span) -> bool {
        let before = self.clauses.range(..=Span { end: place.start, ..place }).next_back();
        !before.is_some_and(|(_, clause)| clause.contains(place))
    }

    /// The places of the parts within a text; else within a define.
    fn parts(&self, node: NodeId, text: Span) -> Option<(&[Span], bool)> {
        let known = self.of.get(&node)?;
        let first = |parts: &&Vec<Span>| parts.first().copied();
        let own = known.iter().find(|parts| first(parts).is_some_and(|place| text.contains(place)));
        if let Some(parts) = own {
            return Some((parts, true));
        }
        let other = known.iter().find(|parts| first(parts).is_some_and(|place| self.in_define(place)));
        other.map(|parts| (parts.as_slice(), false))
    }
}

/// A row on which something is computed.
type Row = (RecordId, usize);

/// What must hold for an expression to matter, where it is computed, and the text it is written in.
#[derive(Clone)]
struct Around {
    row: Row,
    hold: Vec<Literal>,
    text: Span,
}

impl Around {
    fn and(&self, more: impl IntoIterator<Item = Literal>) -> Self {
        Self { hold: self.hold.iter().cloned().chain(more).collect(), ..self.clone() }
    }

    fn literal(&self, node: NodeId, want: Want) -> Literal {
        Literal { node, row: self.row, want, clock: 0, given: None }
    }
}

/// One version of a clause.
struct Walk<'a, 'p> {
    plan: &'p Plan,
    questions: &'a Questions<'p>,
    texts: &'a Texts,
    benefit: &'p Benefit,
    days: Judged,
    found: Vec<(Span, Option<Why>)>,
    looked_at: usize,
}

impl Walk<'_, '_> {
    /// Is there no household of which that is true? What a village that was not read may set is anything.
    fn none(&mut self, literals: Vec<Literal>) -> bool {
        self.looked_at += 1;
        let asked = Asked { benefit: self.benefit, row: 0, clock: 0 };
        let (question, charter) = (asked.on_all(literals, &self.days), self.benefit.charter);
        let open = self.plan.charter(charter).village.is_none() && self.questions.reads_slots(&question);
        self.looked_at <= MAX_PARTS
            && !open
            && matches!(self.questions.seek_anywhere(&question, charter), Answer::None)
    }

    /// The same of what was asked for A001 and A002, and is known.
    fn is_known_none(&self, literals: Vec<Literal>) -> bool {
        let asked = Asked { benefit: self.benefit, row: 0, clock: 0 };
        let question = asked.on_all(literals, &self.days);
        matches!(self.questions.try_anywhere(&question, self.benefit.charter), Answer::None)
    }

    /// Is it told where it changes nothing? One about the day alone says when; one that asks whether something is there
    /// guards what is asked of it, and is the better style.
    fn is_asked(&self, node: NodeId) -> bool {
        let op = &self.plan.node(node).op;
        let guards = match op {
            Op::Not(inner) => matches!(self.plan.node(*inner).op, Op::IsAbsent(_)),
            op => matches!(op, Op::IsAbsent(_)),
        };
        self.plan.reads_facts(node) && !guards
    }

    fn clause(&mut self) {
        let target = (self.benefit.target, 0);
        let around = Around { row: target, hold: Vec::new(), text: whole(self.benefit) };
        let asked = Asked { benefit: self.benefit, row: 0, clock: 0 };
        // What nobody gets at all is told as that.
        if self.is_known_none(asked.holds()) {
            return;
        }
        let benefit = self.benefit;
        let is_filter = |condition: &Condition| condition.kind == ConditionKind::Target;
        let all: Vec<&Condition> = own(benefit).collect();
        let mut live: Vec<&Condition> = all.clone();
        for condition in all.iter().rev() {
            let stated =
                matches!(condition.kind, ConditionKind::Target | ConditionKind::When | ConditionKind::Unless);
            if !stated || !self.is_asked(condition.node) {
                continue;
            }
            // Whom a clause is for is not held against what it asks of them.
            let beside = live
                .iter()
                .filter(|other| other.span.0 != condition.span.0)
                .filter(|other| !is_filter(condition) || is_filter(other));
            let beside: Vec<Literal> = beside.map(|other| around.literal(other.node, Want::True)).collect();
            let filter = live.iter().filter(|other| is_filter(other));
            let filter: Vec<Literal> = filter.map(|other| around.literal(other.node, Want::True)).collect();
            let fails = around.literal(condition.node, Want::False);
            let only = beside == filter;
            let alone = !is_filter(condition)
                && self.is_known_none(filter.into_iter().chain([fails.clone()]).collect());
            let dead = alone
                || (is_filter(condition) || !only) && self.none(beside.into_iter().chain([fails]).collect());
            if dead {
                live.retain(|other| other.span.0 != condition.span.0);
            }
            // What holds of all whom the clause is for is told as that (A002).
            if !alone {
                self.found.push((condition.span.0, dead.then_some(Why::Always)));
            }
        }
        for condition in &live {
            let beside = live.iter().filter(|other| other.span.0 != condition.span.0);
            let beside = beside.filter(|other| !is_filter(condition) || is_filter(other));
            let around = around.and(beside.map(|other| around.literal(other.node, Want::True)));
            self.go(condition.node, &around);
        }
        let around = around.and(asked.holds());
        for amount in amounts(benefit) {
            self.go(amount, &around);
        }
    }

    fn go(&mut self, id: NodeId, around: &Around) {
        if !self.texts.above.get(id.0 as usize).copied().unwrap_or(false) {
            return;
        }
        let plan = self.plan;
        match &plan.node(id).op {
            Op::All(parts) => self.joined(id, parts, around, true),
            Op::Either(parts) => self.joined(id, parts, around, false),
            Op::Choose { cases, otherwise } => {
                let mut before = around.clone();
                for (test, value) in cases {
                    self.go(*test, around);
                    self.go(*value, &before.and([around.literal(*test, Want::True)]));
                    before = before.and([around.literal(*test, Want::False)]);
                }
                self.go(*otherwise, &before);
            }
            Op::Tiers { subject, arms, otherwise } => {
                self.go(*subject, around);
                self.arms(id, arms.iter().map(|arm| arm.value).chain(*otherwise), around);
            }
            Op::Table { subjects, rows } => {
                for subject in subjects {
                    self.go(*subject, around);
                }
                self.arms(id, rows.iter().map(|row| row.value), around);
            }
            Op::Outer(record, inner) => self.go(*inner, &Around { row: (*record, 0), ..around.clone() }),
            Op::Aggregate { record, filter, value, .. } => {
                self.rows(*record, *filter, value.as_slice(), around);
            }
            Op::Pick { record, filter, key, value, .. } => {
                self.rows(*record, *filter, &[*key, *value], around);
            }
            Op::Rank { filter, key, .. } => self.rows(around.row.0, *filter, &[*key], around),
            op => {
                let mut operands = Vec::new();
                op.operands(&mut operands);
                for operand in operands {
                    self.go(operand, around);
                }
            }
        }
    }

    fn arms(&mut self, table: NodeId, values: impl Iterator<Item = NodeId>, around: &Around) {
        for (arm, value) in values.enumerate() {
            self.go(value, &around.and([around.literal(table, Want::Arm(arm))]));
        }
    }

    /// What is computed on rows of a record. They may be any of them, also those of which something is asked already, so
    /// nothing is held against them but what picks them out.
    fn rows(&mut self, record: RecordId, filter: Option<NodeId>, values: &[NodeId], around: &Around) {
        let inner = Around { row: (record, 0), hold: Vec::new(), text: around.text };
        if let Some(filter) = filter {
            self.go(filter, &inner);
        }
        let inner = inner.and(filter.map(|filter| inner.literal(filter, Want::True)));
        for value in values {
            self.go(*value, &inner);
        }
    }

    /// Parts joined by `and` (or `or`).
    fn joined(&mut self, id: NodeId, parts: &[NodeId], around: &Around, by_and: bool) {
        let texts = self.texts;
        let (places, around) = match texts.parts(id, around.text) {
            Some((places, true)) => (places, around.clone()),
            Some((places, false)) => {
                let text = places.iter().copied().reduce(Span::to).unwrap_or(around.text);
                (places, Around { hold: Vec::new(), text, row: around.row })
            }
            None => (&[][..], around.clone()),
        };
        let around = &around;
        let (rest, dead) = if by_and { (Want::True, Want::False) } else { (Want::False, Want::True) };
        // As a whole it is told where it is written as a part itself.
        if self.none(around.and([around.literal(id, rest)]).hold) {
            return;
        }
        let mut live: Vec<bool> = vec![true; parts.len()];
        let beside = |live: &[bool], place: usize| -> Vec<Literal> {
            let others = parts.iter().zip(live).enumerate();
            let others = others.filter(|(other, (_, live))| **live && *other != place);
            others.map(|(_, (part, _))| around.literal(*part, rest)).collect()
        };
        for (place, part) in parts.iter().enumerate().rev() {
            let Some(at) = places.get(place).copied() else { continue };
            if !self.is_asked(*part) {
                continue;
            }
            let turns = around.literal(*part, dead);
            let others = parts.iter().zip(&live).enumerate();
            let others =
                others.filter(|(other, (_, live))| **live && *other != place).map(|(_, (part, _))| *part);
            let plain = others.into_iter().any(|other| {
                let (more, less) = if by_and { (*part, other) } else { (other, *part) };
                order(self.plan, self.benefit.charter, more, less).is_not_less()
            });
            let beside: Vec<Literal> = beside(&live, place).into_iter().chain([turns.clone()]).collect();
            // What is around them may be what is not decided.
            let idle = plain || self.none(around.and(beside.clone()).hold) || self.none(beside);
            let why = match (idle, by_and) {
                (false, _) => None,
                (true, true) => Some(Why::Always),
                (true, false) if self.none(around.and([turns]).hold) => Some(Why::Never),
                (true, false) => Some(Why::Said),
            };
            self.found.push((at, why));
            if let Some(live) = live.get_mut(place) {
                *live = !idle;
            }
        }
        for (place, part) in parts.iter().enumerate() {
            if !live.get(place).copied().unwrap_or(true) {
                continue;
            }
            let around = if by_and { around.and(beside(&live, place)) } else { around.clone() };
            let text = places.get(place).copied().unwrap_or(around.text);
            // What the text of a part does not hold is written in a define.
            self.go(*part, &Around { text, ..around });
        }
    }
}
