//! Relations between the benefits of one charter, as conditions of the one that yields: `exception to` and
//! `instead of` become conditions, `not together with` becomes a rival. So whatever evaluates the plan needs no rule of
//! its own for them, and a missing fact of the winner is a missing fact of the loser.

use super::{Lowering, Scope};
use crate::ast::Relation;
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::plan::{
    Aggregate, Benefit, Compare, Condition, ConditionKind, Constant, NodeId, Op, Pay, Place, Related, Rival,
};
use crate::resolve::{CharterId, Owner};
use crate::schema::{Blank, RecordId};
use crate::types::Type;
use crate::value::Fen;
use std::collections::BTreeSet;

/// A benefit as seen from the row of another.
struct Seen {
    holds: NodeId,
    lo: NodeId,
    hi: NodeId,
}

impl<'m> Lowering<'m, '_> {
    /// What a clause says of others. Only `adds to` may name a clause of a layer above: no layer replaces what one
    /// above grants.
    pub(super) fn related(
        &mut self,
        written: &[(Relation, &[crate::ast::Name])],
        own: &str,
        owner: Owner,
        scope: Scope<'m>,
    ) -> Vec<Related> {
        let mut related: Vec<Related> = Vec::new();
        for (relation, names) in written {
            for name in *names {
                let clause = if *relation == Relation::AddsTo {
                    self.benefit_named(name, scope).map(|other| other.label.name.clone())
                } else {
                    self.own_benefit(name, owner, scope)
                };
                let Some(clause) = clause else { continue };
                let listed = *relation == Relation::HighestOf && clause == own;
                let known = related.iter().find(|other| other.clause == clause);
                if let Some(first) = known.filter(|_| !listed) {
                    let finding = Diagnostic::at(codes::C020, name.span).arg("name", &*name.text);
                    let place = Term::new("先在这里", "first named here");
                    self.findings.push(finding.related(first.span.0, place));
                    continue;
                }
                related.push(Related { relation: *relation, clause, span: Place(name.span) });
            }
        }
        related
    }

    /// Gives each benefit of one charter, as it stands for one stack, the conditions it yields under.
    pub(super) fn relate(&mut self, clauses: &mut [Benefit], layers: &'m [CharterId]) {
        self.named_twice(clauses);
        self.lists_apart(clauses);
        for place in winners_first(clauses) {
            let mut conditions = Vec::new();
            for winner in clauses.iter() {
                let Some(loser) = clauses.get(place) else { continue };
                for related in winner.related.iter().filter(|related| related.clause == loser.label.name) {
                    let kind = match related.relation {
                        Relation::ExceptionTo => ConditionKind::Exception,
                        Relation::InsteadOf => ConditionKind::Replaced,
                        _ => continue,
                    };
                    let Some(node) = self.stands(winner, loser.target, kind, layers) else {
                        self.nothing_in_common(&winner.label, loser.target, related.span.0);
                        continue;
                    };
                    let node = self.builder.not(node);
                    if self.small(node, related.span.0) {
                        conditions.push(Condition { kind, node, span: winner.title });
                    }
                }
            }
            if let Some(loser) = clauses.get_mut(place) {
                loser.conditions.extend(conditions);
            }
        }
        self.rivals(clauses, layers);
    }

    /// Lists of `highest of` are the same or have no clause in common: else the order in which they are compared would
    /// decide.
    fn lists_apart(&mut self, clauses: &[Benefit]) {
        let list = |clause: &Benefit| -> BTreeSet<String> {
            let listed = clause.related.iter().filter(|related| related.relation == Relation::HighestOf);
            let mut names: BTreeSet<String> = listed.map(|related| related.clause.clone()).collect();
            if !names.is_empty() {
                names.insert(clause.label.name.clone());
            }
            names
        };
        for (index, clause) in clauses.iter().enumerate() {
            for other in clauses.iter().take(index) {
                let (own, theirs) = (list(clause), list(other));
                let Some(shared) = own.intersection(&theirs).next().filter(|_| own != theirs) else {
                    continue;
                };
                let place = |one: &Benefit| {
                    one.related
                        .iter()
                        .find(|related| related.relation == Relation::HighestOf)
                        .map(|one| one.span.0)
                };
                if let Some((here, there)) = place(clause).zip(place(other)) {
                    let finding = Diagnostic::at(codes::C020, here).arg("name", shared.as_str());
                    self.findings
                        .push(finding.related(there, Term::new("另一个“就高”", "the other 'highest of'")));
                }
            }
        }
    }

    /// Two clauses are related once: in one of them, or in both by the same choice.
    fn named_twice(&mut self, clauses: &[Benefit]) {
        let mutual = |relation| matches!(relation, Relation::NotTogetherWith | Relation::HighestOf);
        for (index, clause) in clauses.iter().enumerate() {
            for other in clauses.iter().take(index) {
                let here = clause.related.iter().find(|related| related.clause == other.label.name);
                let there = other.related.iter().find(|related| related.clause == clause.label.name);
                let Some((here, there)) = here.zip(there) else { continue };
                // A circle of one-way relations is reported as such.
                if here.relation != there.relation && (mutual(here.relation) || mutual(there.relation)) {
                    let finding =
                        Diagnostic::at(codes::C020, here.span.0).arg("name", Term::from(&other.label));
                    let place = Term::new("先在这里", "first named here");
                    self.findings.push(finding.related(there.span.0, place));
                }
            }
        }
    }

    fn rivals(&mut self, clauses: &mut [Benefit], layers: &'m [CharterId]) {
        let mut found: Vec<Vec<Rival>> = Vec::new();
        for clause in clauses.iter() {
            let names = |one: &Benefit, other: &Benefit| {
                let apart = |related: &&Related| {
                    related.relation == Relation::NotTogetherWith && related.clause == other.label.name
                };
                one.related.iter().find(apart).map(|related| related.span.0)
            };
            let mut rivals = Vec::new();
            for other in clauses.iter() {
                let Some(span) = names(clause, other).or_else(|| names(other, clause)) else { continue };
                match self.seen(other, clause.target, layers) {
                    Some(Seen { holds, lo, hi }) if self.small(holds, span) => {
                        rivals.push(Rival { clause: other.label.name.clone(), holds, lo, hi });
                    }
                    Some(_) => {}
                    None => self.nothing_in_common(&other.label, clause.target, span),
                }
            }
            found.push(rivals);
        }
        for (clause, rivals) in clauses.iter_mut().zip(found) {
            clause.rivals = rivals;
        }
    }

    /// Does a clause stand before another: for an exception that it holds, for a replacement that it is granted?
    fn stands(
        &mut self,
        winner: &Benefit,
        from: RecordId,
        kind: ConditionKind,
        layers: &'m [CharterId],
    ) -> Option<NodeId> {
        let mut holds = self.holds(winner, from);
        let amount = match &winner.pay {
            Pay::Fixed(amount, _) => Some(*amount),
            Pay::Range { hi, .. } => Some(*hi),
            Pay::InKind { .. } => None,
        };
        if let (ConditionKind::Replaced, Some(amount)) = (kind, amount) {
            let zero = self.builder.add(Op::Constant(Constant::Money(Fen::ZERO)), Type::Money, false, None);
            let pays =
                self.builder.over(Op::Compare(Compare::Gt, amount, zero), Type::Truth, false, &[amount]);
            holds = self.builder.all(vec![holds, pays])?;
        }
        self.whether(holds, winner.target, from, layers)
    }

    /// The same clause with its amounts.
    fn seen(&mut self, other: &Benefit, from: RecordId, layers: &'m [CharterId]) -> Option<Seen> {
        let here = self.holds(other, from);
        let holds = self.whether(here, other.target, from, layers)?;
        let (lo, hi) = match &other.pay {
            Pay::Fixed(amount, _) => (*amount, *amount),
            Pay::Range { lo, hi, .. } => (*lo, *hi),
            Pay::InKind { worth, .. } => (*worth, *worth),
        };
        let mut amount = |node| self.amount(node, here, other.target, from, layers);
        Some(Seen { holds, lo: amount(lo)?, hi: amount(hi)? })
    }

    /// All conditions of a clause, on a row of its target; asked from another row, an event must have happened.
    fn holds(&mut self, clause: &Benefit, from: RecordId) -> NodeId {
        let mut nodes: Vec<NodeId> = Vec::new();
        if !self.model.schema.chain(from).any(|above| above == clause.target) {
            nodes.extend(self.happened(clause.target));
        }
        nodes.extend(clause.filter.iter().chain(&clause.conditions).map(|condition| condition.node));
        let always = Op::All(Vec::new());
        match self.builder.all(nodes) {
            Some(node) => node,
            None => self.builder.add(always, Type::Truth, false, None),
        }
    }

    /// Does the day of an event not lie after the judged day?
    fn happened(&mut self, record: RecordId) -> Option<NodeId> {
        let field = self.model.schema.record(record).event?;
        let optional = self.model.schema.field(record, field).blank != Blank::Unknown;
        let day = self.builder.add(Op::Field(record, field), Type::Date, optional, Some(record));
        let today = self.builder.add(Op::Today, Type::Date, false, None);
        Some(self.builder.over(Op::Compare(Compare::Le, day, today), Type::Truth, false, &[day]))
    }

    /// A condition on rows of `target`, asked from a row of `from`: of the same row, of the row it lies in, or of any
    /// row that lies in the nearest row both lie in. None where they have no such row.
    fn whether(
        &mut self,
        node: NodeId,
        target: RecordId,
        from: RecordId,
        layers: &'m [CharterId],
    ) -> Option<NodeId> {
        self.across(target, from, layers, node, |this, common| {
            let op = Op::Aggregate { kind: Aggregate::Any, record: target, filter: Some(node), value: None };
            this.builder.add(op, Type::Truth, false, Some(common))
        })
    }

    /// An amount of rows of `target`, asked from a row of `from`: of several rows their total.
    fn amount(
        &mut self,
        node: NodeId,
        holds: NodeId,
        target: RecordId,
        from: RecordId,
        layers: &'m [CharterId],
    ) -> Option<NodeId> {
        self.across(target, from, layers, node, |this, common| {
            let (filter, value) = (Some(holds), Some(node));
            let op = Op::Aggregate { kind: Aggregate::Sum, record: target, filter, value };
            this.builder.add(op, Type::Money, false, Some(common))
        })
    }

    fn across(
        &mut self,
        target: RecordId,
        from: RecordId,
        layers: &'m [CharterId],
        node: NodeId,
        gather: impl FnOnce(&mut Self, RecordId) -> NodeId,
    ) -> Option<NodeId> {
        let model = self.model;
        let common = model
            .schema
            .chain(from)
            .find(|record| model.schema.chain(target).any(|above| above == *record))?;
        let scope = Scope { layers, record: Some(from) };
        let node = if common == target { node } else { gather(self, common) };
        Some(self.outer(node, common, scope))
    }
}

/// The clauses in an order in which those that others yield to come first. A circle was reported; it is left as it is.
fn winners_first(clauses: &[Benefit]) -> Vec<usize> {
    fn visit(clauses: &[Benefit], place: usize, seen: &mut BTreeSet<usize>, order: &mut Vec<usize>) {
        if !seen.insert(place) {
            return;
        }
        let Some(loser) = clauses.get(place) else { return };
        let beats = |winner: &Benefit| {
            winner.related.iter().any(|related| {
                matches!(related.relation, Relation::ExceptionTo | Relation::InsteadOf)
                    && related.clause == loser.label.name
            })
        };
        for (winner, _) in clauses.iter().enumerate().filter(|(_, clause)| beats(clause)) {
            visit(clauses, winner, seen, order);
        }
        order.push(place);
    }
    let (mut seen, mut order) = (BTreeSet::new(), Vec::new());
    for place in 0..clauses.len() {
        visit(clauses, place, &mut seen, &mut order);
    }
    order
}
