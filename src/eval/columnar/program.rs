//! What is computed of a plan for the households of one village, in which order: each expression once, children before
//! the counts over them.

use super::fold::{Folded, Range, Ranges, fold};
use super::lists::{Listed, Words};
use super::scalar::{Scalar, scalar};
use super::slots::Slot;
use super::word::Word;
use crate::eval::traced::Fixed;
use crate::ir::{Aggregate, Arith, Compare, Constant, NodeId, Op, Plan};
use crate::schema::{FieldId, RecordId};
use crate::types::Type;
use crate::value::Day;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How an expression gets its values.
#[derive(Debug)]
pub(super) enum How {
    /// The same on every row.
    Same(Vec<Scalar>),
    /// By the range a field lies in.
    Folded(Folded),
    /// Where a field has that code.
    Code { record: RecordId, field: FieldId, code: u8 },
    /// Where the text of a field is one of those.
    Words(Listed),
    /// From the values of its operands.
    Rows,
    /// Not in columns: it may be anything.
    Rough,
}

/// One step of a run over a batch.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// One expression.
    Node(NodeId),
    /// Counts over the rows of a record by the rows of another, together.
    Counts { owner: RecordId, record: RecordId, nodes: Vec<NodeId> },
}

/// The steps that give some expressions their values on some slots.
pub(super) struct Program<'r, W> {
    pub plan: &'r Plan,
    pub slots: Vec<Slot>,
    /// All slots.
    pub full: W,
    /// What is later than this day has not happened.
    pub as_of: Option<Day>,
    pub steps: Vec<Step>,
    /// By expression of the plan: its place here. The first place is nobody's.
    places: Vec<u32>,
    /// The expression of each place, operands first.
    order: Vec<NodeId>,
    /// By place: how it gets its values.
    how: Vec<How>,
    /// By place: do columns know all that can be known of it?
    tight: Vec<bool>,
}

/// What comes out the same for every program over one plan.
pub(super) struct Shared {
    ranges: Ranges,
    /// By expression: does it read a row, and does it read a parameter that each village sets?
    reads: Vec<(bool, bool)>,
}

impl Shared {
    pub(super) fn new(plan: &Plan) -> Self {
        Self { ranges: Ranges::new(), reads: reads(plan) }
    }
}

impl<'r, W: Word> Program<'r, W> {
    /// For these expressions; at most as many slots as the word has bits.
    pub(super) fn new(
        fixed: &Fixed<'r>,
        slots: Vec<Slot>,
        as_of: Option<Day>,
        roots: impl IntoIterator<Item = NodeId>,
        shared: &mut Shared,
    ) -> Self {
        let plan = fixed.plan;
        let mut compiler = Compiler {
            fixed,
            slots: &slots,
            shared,
            places: vec![NOBODY; plan.nodes.len()],
            order: vec![NodeId(0)],
            how: vec![How::Rough],
            stages: vec![0],
        };
        for root in roots {
            compiler.need(root);
        }
        let steps = compiler.steps();
        let Compiler { places, order, how, .. } = compiler;
        let full = W::first(slots.len());
        let mut program = Self { plan, slots, full, as_of, steps, places, order, how, tight: vec![false] };
        program.tell_tight();
        program
    }

    /// How many columns a batch has.
    pub(super) fn width(&self) -> usize {
        self.order.len()
    }

    /// Where the column of an expression stands in a batch; the first column is nobody's, and stays empty.
    pub(super) fn place(&self, node: NodeId) -> usize {
        self.places.get(node.0 as usize).map_or(0, |place| *place as usize)
    }

    /// Do columns know of an expression all that can be known?
    pub(super) fn is_tight(&self, node: NodeId) -> bool {
        self.tight.get(self.place(node)).copied().unwrap_or(false)
    }

    /// The lists of words that it asks for.
    pub(super) fn lists(&self) -> impl Iterator<Item = (NodeId, &Listed)> {
        self.order.iter().zip(&self.how).filter_map(|(id, how)| match how {
            How::Words(listed) => Some((*id, listed)),
            _ => None,
        })
    }

    /// How an expression of the program gets its values.
    pub(super) fn how(&self, node: NodeId) -> &How {
        self.how.get(self.place(node)).unwrap_or(&How::Rough)
    }

    /// For each expression: is what its column leaves open left open by the explaining evaluator too?
    fn tell_tight(&mut self) {
        let mut operands = Vec::new();
        for (id, how) in self.order.iter().zip(&self.how).skip(1) {
            let node = self.plan.node(*id);
            let tight = match how {
                How::Rough => false,
                How::Same(scalars) => scalars.iter().all(|scalar| scalar.is_known(node.ty)),
                // A date that is not known may lie on either side of both ends.
                How::Folded(folded) => folded.within.iter().all(|within| {
                    !within.fault
                        && within.sure == within.may
                        && !within.sure.is_empty()
                        && within.sure != Range::ALL
                }),
                How::Code { .. } | How::Words(_) => true,
                How::Rows => {
                    operands.clear();
                    node.op.operands(&mut operands);
                    steps_alike(&node.op) && operands.iter().all(|id| self.is_tight(*id))
                }
            };
            self.tight.push(tight);
        }
    }
}

/// The place of an expression that a program does not need.
const NOBODY: u32 = 0;

/// For each expression: does it read a row, and does it read a parameter that each village sets?
fn reads(plan: &Plan) -> Vec<(bool, bool)> {
    let mut reads: Vec<(bool, bool)> = Vec::with_capacity(plan.nodes.len());
    let mut operands = Vec::new();
    for node in &plan.nodes {
        let rows = matches!(
            node.op,
            Op::Field(..) | Op::Key(_) | Op::Aggregate { .. } | Op::Pick { .. } | Op::Rank { .. }
        );
        let open = matches!(node.op, Op::Parameter(id) if plan
            .parameters
            .get(id.0)
            .is_some_and(|parameter| matches!(parameter.kind, crate::ir::ParameterKind::Open { .. })));
        operands.clear();
        node.op.operands(&mut operands);
        let of_operands = operands.iter().filter_map(|id| reads.get(id.0 as usize));
        let all = of_operands.fold((rows, open), |(rows, open), other| (rows || other.0, open || other.1));
        reads.push(all);
    }
    reads
}

/// Do both evaluators compute an operation from the ends of its operands in the same way?
fn steps_alike(op: &Op) -> bool {
    match op {
        Op::Field(..)
        | Op::Outer(..)
        | Op::Not(_)
        | Op::All(_)
        | Op::Either(_)
        | Op::Compare(..)
        | Op::IsAbsent(_)
        | Op::Choose { .. }
        | Op::Tiers { .. } => true,
        Op::Arith(op, ..) => matches!(op, Arith::Add | Arith::Sub | Arith::Mul),
        Op::Aggregate { kind, .. } => matches!(kind, Aggregate::Any | Aggregate::Count | Aggregate::Sum),
        _ => false,
    }
}

struct Compiler<'a, 'r> {
    fixed: &'a Fixed<'r>,
    slots: &'a [Slot],
    shared: &'a mut Shared,
    places: Vec<u32>,
    order: Vec<NodeId>,
    how: Vec<How>,
    /// By place: how many counts lie below an expression, one inside the other.
    stages: Vec<usize>,
}

impl Compiler<'_, '_> {
    fn is_fixed(&self, node: NodeId) -> bool {
        self.shared.reads.get(node.0 as usize).is_some_and(|(rows, _)| !rows)
    }

    /// The place of an expression, which is found one if it has none.
    fn need(&mut self, id: NodeId) -> usize {
        let place = self.places.get(id.0 as usize).copied();
        if let Some(place) = place.filter(|place| *place != NOBODY) {
            return place as usize;
        }
        let (how, stage) = self.plan_of(id);
        let place = self.order.len();
        self.order.push(id);
        self.how.push(how);
        self.stages.push(stage);
        if let Some(of) = self.places.get_mut(id.0 as usize) {
            *of = u32::try_from(place).unwrap_or(NOBODY);
        }
        place
    }

    /// How an expression gets its values, and how many counts lie below it.
    fn plan_of(&mut self, id: NodeId) -> (How, usize) {
        if self.is_fixed(id) {
            return (How::Same(self.slots.iter().map(|slot| scalar(self.fixed, id, *slot)).collect()), 0);
        }
        let node = self.fixed.plan.node(id);
        if let Some((record, field, words)) = self.words(id) {
            return (How::Words(Listed { record, field, words }), 0);
        }
        if let Op::Compare(compare, left, right) = node.op {
            if let Some(folded) = self.fold(id, (compare, left, right)) {
                return (How::Folded(folded), 0);
            }
            if let Some(how) = self.code(compare, left, right).or_else(|| self.code(compare, right, left)) {
                return (how, 0);
            }
            let ty = |id: NodeId| self.fixed.plan.node(id).ty;
            let plain = |ty: Type| {
                matches!(ty, Type::Number | Type::Money | Type::Date | Type::Code(..) | Type::ExactMoney)
            };
            if !plain(ty(left)) || !plain(ty(right)) {
                return (How::Rough, 0);
            }
        }
        if !in_columns(&node.op, node.ty) {
            return (How::Rough, 0);
        }
        let mut operands = Vec::new();
        node.op.operands(&mut operands);
        let mut stage = 0;
        for operand in operands {
            let place = self.need(operand);
            stage = stage.max(self.stages[place]);
        }
        (How::Rows, stage + usize::from(matches!(node.op, Op::Aggregate { .. })))
    }

    fn fold(&mut self, id: NodeId, compare: (Compare, NodeId, NodeId)) -> Option<Folded> {
        // A parameter that each village sets makes it another comparison in each.
        let Shared { ranges, reads } = &mut *self.shared;
        let of_village = reads.get(id.0 as usize).is_some_and(|(_, open)| *open);
        let is_fixed = |id: NodeId| reads.get(id.0 as usize).is_some_and(|(rows, _)| !rows);
        let shared = (!of_village).then_some((ranges, id));
        fold(self.fixed, &is_fixed, compare, self.slots, shared)
    }

    /// Is the text of a field equal to one of some words?
    fn words(&self, id: NodeId) -> Option<(RecordId, FieldId, Arc<Words>)> {
        let mut words = Words::default();
        let field = gather(self.fixed.plan, id, &mut words)?;
        Some((field.0, field.1, Arc::new(words)))
    }

    /// Is a code field equal to one code on all slots?
    fn code(&self, compare: Compare, field: NodeId, code: NodeId) -> Option<How> {
        let Op::Field(record, of) = self.fixed.plan.node(field).op else { return None };
        let is_code = matches!(self.fixed.plan.node(field).ty, Type::Code(..));
        if compare != Compare::Eq || !is_code {
            return None;
        }
        let Op::Constant(Constant::Code(code)) = self.fixed.plan.node(code).op else {
            return None;
        };
        let code = u8::try_from(code).ok().filter(|code| *code < super::store::ANY_CODE)?;
        Some(How::Code { record, field: of, code })
    }

    /// The order of the steps: stage by stage, counts over the same rows together at the head of theirs.
    fn steps(&self) -> Vec<Step> {
        let plan = self.fixed.plan;
        let is_count = |id: NodeId| {
            matches!(plan.node(id).op, Op::Aggregate { kind: Aggregate::Any | Aggregate::Count, .. })
                && matches!(self.how[self.places[id.0 as usize] as usize], How::Rows)
        };
        let mut steps = Vec::new();
        let last = self.stages.iter().copied().max().unwrap_or(0);
        for stage in 0..=last {
            let at = || self.order.iter().zip(&self.how).zip(&self.stages).skip(1);
            let on_rows = at().filter(|((_, how), of)| **of == stage && !matches!(how, How::Same(_)));
            let here = || on_rows.clone().map(|((id, _), _)| *id);
            let mut together: BTreeMap<(RecordId, RecordId), Vec<NodeId>> = BTreeMap::new();
            for id in here().filter(|id| is_count(*id)) {
                let node = plan.node(id);
                if let (Op::Aggregate { record, .. }, Some(owner)) = (&node.op, node.scope) {
                    together.entry((owner, *record)).or_default().push(id);
                }
            }
            steps.extend(together.into_iter().map(|((owner, record), nodes)| Step::Counts {
                owner,
                record,
                nodes,
            }));
            steps.extend(here().filter(|id| !is_count(*id)).map(Step::Node));
        }
        steps
    }
}

/// The field of an expression that asks whether its text is one of some words, which are put to the others.
fn gather(plan: &Plan, id: NodeId, words: &mut Words) -> Option<(RecordId, FieldId)> {
    match &plan.node(id).op {
        Op::Compare(Compare::Eq, left, right) => match (&plan.node(*left).op, &plan.node(*right).op) {
            (Op::Field(record, field), Op::Constant(Constant::Text(word)))
            | (Op::Constant(Constant::Text(word)), Op::Field(record, field)) => {
                words.insert(word.clone());
                Some((*record, *field))
            }
            _ => None,
        },
        Op::Either(parts) => {
            let (first, others) = parts.split_first()?;
            let field = gather(plan, *first, words)?;
            let same = |part: &NodeId| gather(plan, *part, words) == Some(field);
            others.iter().all(same).then_some(field)
        }
        _ => None,
    }
}

/// Is an operation one that columns know?
fn in_columns(op: &Op, ty: Type) -> bool {
    match op {
        Op::Field(..) => !matches!(ty, Type::Text | Type::Rate),
        Op::Arith(..) | Op::Round(..) => matches!(ty, Type::Number | Type::Money | Type::ExactMoney),
        Op::Choose { .. } => !matches!(ty, Type::Text | Type::Rate | Type::ExactMoney),
        Op::Tiers { .. } | Op::Table { .. } => {
            matches!(ty, Type::Number | Type::Money | Type::Date | Type::Code(..))
        }
        Op::Key(_) | Op::Pick { .. } | Op::Rank { .. } | Op::Scale { .. } => false,
        _ => true,
    }
}
