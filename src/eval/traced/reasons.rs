//! Why an expression has its value: the facts that decide it, and the operations of an amount.

use super::choose::{arm_value, arms_hit};
use super::computed::Computed;
use super::explain::{Calculation, FactLine, Quantity, Step, shorten};
use super::expr::Evaluator;
use crate::eval::{FactId, FactPart};
use crate::ir::{Aggregate, Arith, Condition, NodeId, Op};
use crate::schema::RecordId;
use crate::value::Truth;

impl Evaluator<'_> {
    pub(super) fn step(&self, condition: &Condition, row: usize) -> Step {
        let truth = self.eval(condition.node, row).map_or(Truth::Unknown, |found| found.as_truth());
        let mut facts = Vec::new();
        self.facts(condition.node, row, &mut facts);
        shorten(&mut facts);
        Step { condition: condition.clone(), truth, facts }
    }

    pub(super) fn truth(&self, node: NodeId, row: usize) -> Truth {
        self.eval(node, row).map_or(Truth::Unknown, |found| found.as_truth())
    }

    /// The facts that decide a node: of a conjunction that fails only what makes it fail, and so on.
    pub(super) fn facts(&self, id: NodeId, row: usize, facts: &mut Vec<FactLine>) {
        let node = self.plan.node(id);
        let push = |facts: &mut Vec<FactLine>, line| {
            if !facts.contains(&line) {
                facts.push(line);
            }
        };
        match &node.op {
            Op::Constant(_) | Op::Today | Op::Key(_) => {}
            Op::Field(record, field) => {
                push(facts, FactLine::Fact(FactId { record: *record, part: FactPart::Field(*field), row }));
            }
            Op::Parameter(parameter) => push(facts, FactLine::Parameter(*parameter, self.day)),
            Op::Outer(record, inner) => {
                let scope = node.scope.unwrap_or(*record);
                if let Some(row) = self.register.ancestor(&self.plan.schema, scope, row, *record) {
                    self.facts(*inner, row, facts);
                }
            }
            Op::All(parts) | Op::Either(parts) => {
                let whole = self.truth(id, row);
                let deciding = parts.iter().filter(|part| self.truth(**part, row) == whole);
                deciding.for_each(|part| self.facts(*part, row, facts));
            }
            Op::Compare(..)
            | Op::Arith(..)
            | Op::Elapsed(..)
            | Op::Not(_)
            | Op::IsAbsent(_)
            | Op::Month(..)
            | Op::Calendar(..)
            | Op::Round(..)
            | Op::Shift { .. }
            | Op::Scale { .. } => {
                let mut operands = Vec::new();
                node.op.operands(&mut operands);
                for operand in operands {
                    self.facts(operand, row, facts);
                }
            }
            Op::Choose { cases, otherwise } => {
                for (test, value) in cases {
                    self.facts(*test, row, facts);
                    match self.truth(*test, row) {
                        Truth::True => return self.facts(*value, row, facts),
                        Truth::Unknown => self.facts(*value, row, facts),
                        Truth::False => {}
                    }
                }
                self.facts(*otherwise, row, facts);
            }
            Op::Table { subjects, rows } => {
                let hit = self.values_hit(subjects, rows, row).unwrap_or_default();
                for node in subjects.iter().copied().chain(hit) {
                    self.facts(node, row, facts);
                }
            }
            Op::Tiers { subject, arms, otherwise } => {
                self.facts(*subject, row, facts);
                arms.iter()
                    .map(|arm| arm.value)
                    .chain(*otherwise)
                    .for_each(|arm| self.facts(arm, row, facts));
            }
            Op::Pick { .. } | Op::Rank { .. } => self.ordered_facts(id, row, facts),
            Op::Aggregate { kind, record, filter, value } => {
                let owner = node.scope.unwrap_or(*record);
                let rows = self.register.descendants(&self.plan.schema, *record, owner, row);
                let belongs = |row: usize| filter.map_or(Truth::True, |filter| self.truth(filter, row));
                let witness = rows.clone().find(|row| belongs(*row).is_true());
                let shown: Vec<usize> = match (kind, witness) {
                    (Aggregate::Any, Some(row)) => vec![row],
                    _ => rows.collect(),
                };
                for row in shown {
                    filter.iter().chain(value).for_each(|node| self.facts(*node, row, facts));
                }
                let settled = *kind == Aggregate::Any && witness.is_some();
                if !settled {
                    self.rows_fact(*record, facts);
                }
            }
        }
    }

    /// Tells that rows may be missing, where they may.
    pub(super) fn rows_fact(&self, record: RecordId, facts: &mut Vec<FactLine>) {
        let line = FactLine::Fact(FactId { record, part: FactPart::Rows, row: self.unit });
        if self.register.is_open(record, self.unit) && !facts.contains(&line) {
            facts.push(line);
        }
    }

    /// The operations of an amount, innermost first.
    pub(super) fn calculate(&self, id: NodeId, row: usize, steps: &mut Vec<Calculation>) {
        let node = self.plan.node(id);
        let (sign, operands): (&'static str, Vec<NodeId>) = match &node.op {
            Op::Arith(Arith::Add, a, b) => ("+", vec![*a, *b]),
            Op::Arith(Arith::Sub, a, b) => ("-", vec![*a, *b]),
            Op::Arith(Arith::Mul, a, b) => ("×", vec![*a, *b]),
            Op::Arith(Arith::Div, a, b) => ("÷", vec![*a, *b]),
            Op::Arith(Arith::Whole, a, b) => ("div", vec![*a, *b]),
            Op::Arith(Arith::Rest, a, b) => ("mod", vec![*a, *b]),
            Op::Round(inner, ..) => ("≈", vec![*inner]),
            Op::Tiers { subject, arms, otherwise } => {
                let subject = self.eval(*subject, row);
                let hit = subject.map(|subject| arms_hit(&subject, arms, *otherwise));
                if let Ok([arm]) = hit.as_deref()
                    && let Some(value) = arm_value(arms, *otherwise, *arm)
                {
                    self.calculate(value, row, steps);
                }
                return;
            }
            Op::Table { subjects, rows } => {
                if let Ok([value]) = self.values_hit(subjects, rows, row).as_deref() {
                    self.calculate(*value, row, steps);
                }
                return;
            }
            Op::Scale { subject, bands } => {
                self.calculate(*subject, row, steps);
                steps.extend(self.parts(id, *subject, bands, row));
                return;
            }
            Op::Choose { cases, otherwise } => {
                // Only what is taken has a part in the amount.
                let taken = cases.iter().find(|(test, _)| self.truth(*test, row).is_true());
                return self.calculate(taken.map_or(*otherwise, |(_, value)| *value), row, steps);
            }
            _ => return,
        };
        for operand in &operands {
            self.calculate(*operand, row, steps);
        }
        let terms =
            operands.iter().chain([&id]).map(|node| (self.plan.node(*node).ty, self.quantity(*node, row)));
        let step = Calculation { sign, terms: terms.collect() };
        steps.push(step);
    }

    pub(super) fn quantity(&self, node: NodeId, row: usize) -> Quantity {
        let found: Computed<'_> = self.eval(node, row).ok()?;
        super::arith::ratio_bounds(found.value)?.single()
    }
}
