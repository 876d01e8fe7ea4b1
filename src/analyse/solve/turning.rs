//! What the conditions of a question are made of: the values that are written in them, and what they ask of the register.

use super::linear::Linear;
use super::links::Links;
use super::{Literal, Undecided, Want};
use crate::analyse::calendar::computes;
use crate::ir::{Aggregate, Constant, NodeId, Op, ParameterId, ParameterKind, Pattern, Plan};
use crate::schema::RecordId;
use crate::types::Type;
use crate::value::{Day, Fen, Ratio};
use std::collections::{BTreeMap, BTreeSet};

/// What the literals of a question are made of.
#[allow(clippy::struct_excessive_bools, reason = "things that are found, each for itself")]
#[derive(Debug, Default)]
pub(super) struct Turning {
    pub links: Links,
    pub numbers: BTreeSet<i64>,
    pub money: BTreeSet<Fen>,
    pub texts: BTreeSet<String>,
    pub rates: BTreeSet<Ratio>,
    /// Numbers and amounts below zero are not tried: that a register may hold them by mistake is no fault of a charter.
    pub from_zero: bool,
    /// Records whose rows are asked about.
    pub records: BTreeSet<RecordId>,
    /// The judged day is computed with and compared with what no fact is in: it may turn on a day that is not tried.
    pub computed_days: bool,
    /// Years, months or days of the calendar are read as numbers.
    pub calendar: bool,
    /// Records whose rows are counted or added up.
    pub counted: BTreeSet<RecordId>,
    /// How many sets of rows are asked whether there is one: each may need a row of its own.
    pub anys: usize,
    /// The calendar is read off a date of the register.
    pub calendar_of_facts: bool,
    /// Records whose rows are put in an order, or read by their keys: they are not alike.
    pub ordered: BTreeSet<RecordId>,
    /// By record, what of a row is seen from outside it.
    pub faces: BTreeMap<RecordId, BTreeSet<NodeId>>,
    /// Open parameters that are read.
    pub slots: BTreeSet<ParameterId>,
    /// There is arithmetic on facts that is not understood: the values tried may not be all at which it could turn.
    pub approximate: bool,
    /// That which is.
    pub linear: Linear,
    /// Ways over months and over days pass each other: the days tried need not hold months of every length.
    pub passing: bool,
    /// Days hang together over more dates than they are followed.
    pub long: bool,
}

impl Turning {
    pub(super) fn of(plan: &Plan, literals: &[Literal]) -> Self {
        let mut turning = Self::default();
        for literal in literals {
            let given = literal.given.map(|given| given.fact.record);
            turning
                .records
                .extend([literal.row.0].into_iter().chain(given).flat_map(|one| plan.schema.chain(one)));
            turning.face(literal.row.0, [literal.node]);
        }
        let mut waiting = Vec::new();
        for literal in literals {
            let op = &plan.node(literal.node).op;
            match (literal.want, op) {
                // Which one is hit does not depend on what the others come to.
                (Want::Arm(_), Op::Tiers { subject, .. }) => {
                    turning.read(plan, op);
                    waiting.push(*subject);
                }
                (Want::Arm(_), Op::Table { subjects, .. }) => {
                    turning.read(plan, op);
                    waiting.extend(subjects);
                }
                (Want::Arm(_), Op::Choose { cases, .. }) => {
                    waiting.extend(cases.iter().map(|(test, _)| *test));
                }
                _ => waiting.push(literal.node),
            }
        }
        let dates = literals
            .iter()
            .filter(|literal| matches!(literal.want, Want::Since(_) | Want::By(_) | Want::NotBy(_)));
        turning.from_zero = literals.iter().any(|literal| matches!(literal.want, Want::Below(_)));
        // Which arm is hit says where the subject turns.
        let arms = literals.iter().filter(|literal| matches!(literal.want, Want::Arm(_)));
        let beside = arms.map(|literal| literal.node).collect();
        turning.read_all(plan, literals, (waiting, beside), dates.map(|literal| literal.node));
        turning
    }

    /// Reads expressions and what they are computed from; of those beside them only how they hold days together.
    fn read_all(
        &mut self,
        plan: &Plan,
        literals: &[Literal],
        (waiting, beside): (Vec<NodeId>, Vec<NodeId>),
        dates: impl Iterator<Item = NodeId>,
    ) {
        let mut seen = plan.within(waiting);
        self.linear = Linear::of(plan, literals, &seen);
        self.approximate |= self.linear.other;
        self.numbers.extend(&self.linear.numbers);
        self.money.extend(self.linear.money.iter().map(|fen| Fen(*fen)));
        for id in &seen {
            let computed = matches!(plan.node(*id).op, Op::Arith(..)) && self.linear.covered.contains(id);
            if !computed {
                self.read(plan, &plan.node(*id).op);
            }
            self.seen_from_outside(plan, *id);
        }
        seen.extend(beside);
        self.links = Links::of(plan, &seen, dates, &self.numbers);
        self.approximate |= self.links.cut;
        self.passing = self.links.passing();
        self.long = self.links.long();
    }

    /// Why the values tried may not be all that matter.
    pub(super) fn doubt(&self) -> Option<Undecided> {
        let dates = (self.passing || self.long).then_some(Undecided::Dates);
        if self.approximate { Some(Undecided::Arithmetic) } else { dates }
    }

    fn read(&mut self, plan: &Plan, op: &Op) {
        match op {
            Op::Constant(constant) => self.constant(constant),
            Op::Parameter(id) => match plan.parameters.get(id.0).map(|parameter| &parameter.kind) {
                Some(ParameterKind::Dated(values)) => {
                    for (_, _, value) in values {
                        self.constant(value);
                    }
                }
                Some(ParameterKind::Open { default, settings }) => {
                    self.slots.insert(*id);
                    let set = settings.iter().map(|setting| &setting.value);
                    set.chain(default).for_each(|value| self.constant(value));
                }
                None => {}
            },
            // The rows that are ranked are those of the row's own record.
            Op::Aggregate { record, kind, value, .. } => {
                if matches!(kind, Aggregate::Any) {
                    self.anys += 1;
                } else {
                    self.counted.insert(*record);
                }
                // A total turns at other values of its parts than those it is compared with.
                let adds = matches!(kind, Aggregate::Sum);
                self.approximate |= value.is_some_and(|value| {
                    adds && depends_on_numbers(plan, value) || computes_numbers(plan, value)
                });
                self.records.extend(plan.schema.chain(*record));
            }
            Op::Pick { record, key, value, .. } => {
                self.approximate |= [*key, *value].into_iter().any(|node| computes_numbers(plan, node));
                self.records.extend(plan.schema.chain(*record));
            }
            Op::Rank { key, .. } => self.approximate |= computes_numbers(plan, *key),
            Op::Tiers { arms, .. } => arms.iter().for_each(|arm| self.pattern(&arm.pattern)),
            Op::Table { rows, .. } => {
                rows.iter()
                    .flat_map(|row| row.cells.iter().flatten())
                    .for_each(|pattern| self.pattern(pattern));
            }
            Op::Scale { .. } => self.approximate = true,
            Op::Calendar(_, inner) => {
                self.calendar = true;
                // Of a day of the register: the days tried need not hold every month.
                self.calendar_of_facts |= plan.reads_facts(*inner);
                self.approximate |= self.calendar_of_facts;
            }
            Op::Compare(_, left, right) => {
                // A day that is only moved and then held against a fact is followed, as the fact is.
                let moved = |one: NodeId, other: NodeId| !computes(plan, one) && plan.reads_facts(other);
                let days = |one, other| computes_days(plan, one) && !moved(one, other);
                self.computed_days |= days(*left, *right) || days(*right, *left);
            }
            Op::Arith(_, left, right) => {
                let of_facts = |id: &NodeId| depends_on_numbers(plan, *id);
                self.approximate |= of_facts(left) || of_facts(right);
            }
            _ => {}
        }
    }

    /// Through which expressions other rows see a row.
    fn seen_from_outside(&mut self, plan: &Plan, id: NodeId) {
        let node = plan.node(id);
        match &node.op {
            Op::Aggregate { record, filter, value, .. } => {
                self.face(*record, filter.iter().chain(value).copied());
            }
            Op::Pick { record, filter, key, value, .. } => {
                self.face(*record, filter.iter().copied().chain([*key, *value]));
                self.ordered.insert(*record);
            }
            Op::Rank { filter, key, .. } => {
                if let Some(record) = node.scope {
                    self.face(record, filter.iter().copied().chain([*key]));
                    self.ordered.insert(record);
                    // A rank is one more than a count.
                    self.counted.insert(record);
                }
            }
            Op::Outer(record, inner) => self.face(*record, [*inner]),
            Op::Key(record) => {
                self.ordered.insert(*record);
            }
            _ => {}
        }
    }

    fn face(&mut self, record: RecordId, nodes: impl IntoIterator<Item = NodeId>) {
        self.faces.entry(record).or_default().extend(nodes);
    }

    fn constant(&mut self, constant: &Constant) {
        match constant {
            Constant::Number(number) => {
                self.numbers.insert(*number);
            }
            Constant::Money(fen) => {
                self.money.insert(*fen);
            }
            Constant::Text(text) => {
                self.texts.insert(text.clone());
            }
            Constant::Rate(rate) => {
                self.rates.insert(*rate);
            }
            Constant::Date(_) | Constant::Code(_) => {}
        }
    }

    fn pattern(&mut self, pattern: &Pattern) {
        let Pattern::Span(lo, hi) = pattern else { return };
        // A number or an amount in fen, by what the subject is: it is tried as each.
        for end in [lo, hi].into_iter().copied().flatten() {
            self.numbers.insert(end);
            self.money.insert(Fen(end));
        }
    }
}

/// The numbers that an expression is; none where it is computed.
pub(super) fn numbers_of(plan: &Plan, id: NodeId) -> Option<BTreeSet<i64>> {
    let mut turning = Turning::default();
    match &plan.node(id).op {
        Op::Constant(_) | Op::Parameter(_) => turning.read(plan, &plan.node(id).op),
        Op::Outer(_, inner) => return numbers_of(plan, *inner),
        _ => return None,
    }
    Some(turning.numbers)
}

/// The days on which the judged day may turn something in some expressions, by the dates that are written in them; what is
/// a date among them is one that the judged day is.
pub(in crate::analyse) fn judged_days(plan: &Plan, nodes: &[NodeId]) -> BTreeSet<Day> {
    let mut turning = Turning::default();
    let dates = nodes.iter().copied().filter(|id| plan.node(*id).ty == Type::Date);
    turning.read_all(plan, &[], (nodes.to_vec(), Vec::new()), dates);
    turning.links.judged_days()
}

/// Something is made of the judged day, and of no fact.
fn computes_days(plan: &Plan, root: NodeId) -> bool {
    let is_today = |op: &Op| matches!(op, Op::Today);
    !is_today(&plan.node(root).op)
        && plan.any_within(root, |node| is_today(&node.op))
        && !plan.reads_facts(root)
}

/// Is there arithmetic on numbers of the register in it?
fn computes_numbers(plan: &Plan, root: NodeId) -> bool {
    plan.any_within(root, |node| matches!(node.op, Op::Arith(..))) && depends_on_numbers(plan, root)
}

/// Does arithmetic on it depend on a number or an amount of the register?
fn depends_on_numbers(plan: &Plan, root: NodeId) -> bool {
    plan.any_within(root, |node| {
        matches!(node.ty, Type::Number | Type::Money | Type::Rate | Type::ExactMoney)
            && matches!(node.op, Op::Field(..) | Op::Elapsed(..) | Op::Aggregate { .. } | Op::Calendar(..))
    })
}
