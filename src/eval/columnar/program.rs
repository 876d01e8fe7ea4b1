//! What is computed of a plan for the households of one village, in which order: each expression once, children before
//! the counts over them.

use super::fold::{Folded, Range, Shared, fold};
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

/// How an expression gets its values.
#[derive(Clone, Debug)]
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
    how: Vec<Option<How>>,
    /// By expression: which of the columns of a batch is its own. The first is nobody's, and stays empty.
    places: Vec<u32>,
    /// How many columns a batch has.
    pub width: usize,
    /// Of which expressions columns know all that can be known.
    tight: Vec<bool>,
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
            how: vec![None; plan.nodes.len()],
            stages: vec![0; plan.nodes.len()],
            reads: reads(plan),
            order: Vec::new(),
        };
        for root in roots {
            compiler.need(root);
        }
        let steps = compiler.steps();
        let mut places = vec![0; plan.nodes.len()];
        for (id, place) in compiler.order.iter().zip(1..) {
            places[id.0 as usize] = place;
        }
        let width = compiler.order.len() + 1;
        let how = compiler.how;
        let full = W::first(slots.len());
        let tight = tight(plan, &how);
        Self { plan, slots, full, as_of, steps, how, places, width, tight }
    }

    /// Where the column of an expression stands in a batch.
    pub(super) fn place(&self, node: NodeId) -> usize {
        self.places.get(node.0 as usize).map_or(0, |place| *place as usize)
    }

    /// Do columns know of an expression all that can be known?
    pub(super) fn is_tight(&self, node: NodeId) -> bool {
        self.tight.get(node.0 as usize).copied().unwrap_or(false)
    }

    /// The lists of words that it asks for.
    pub(super) fn lists(&self) -> impl Iterator<Item = (NodeId, &Listed)> {
        (0..).zip(&self.how).filter_map(|(id, how)| match how {
            Some(How::Words(listed)) => Some((NodeId(id), listed)),
            _ => None,
        })
    }

    /// How an expression of the program gets its values.
    pub(super) fn how(&self, node: NodeId) -> &How {
        self.how.get(node.0 as usize).and_then(Option::as_ref).unwrap_or(&How::Rough)
    }
}

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

/// For each expression: is what its column leaves open left open by the explaining evaluator too? Operands come before
/// their users.
fn tight(plan: &Plan, how: &[Option<How>]) -> Vec<bool> {
    let mut tight: Vec<bool> = Vec::with_capacity(how.len());
    let mut operands = Vec::new();
    for (node, how) in plan.nodes.iter().zip(how) {
        operands.clear();
        node.op.operands(&mut operands);
        tight.push(match how {
            None | Some(How::Rough) => false,
            Some(How::Same(scalars)) => scalars.iter().all(|scalar| scalar.is_known(node.ty)),
            // A date that is not known may lie on either side of both ends.
            Some(How::Folded(folded)) => folded.within.iter().all(|within| {
                !within.fault
                    && within.sure == within.may
                    && !within.sure.is_empty()
                    && within.sure != Range::ALL
            }),
            Some(How::Code { .. } | How::Words(_)) => true,
            Some(How::Rows) => {
                steps_alike(&node.op)
                    && operands.iter().all(|id| tight.get(id.0 as usize).copied().unwrap_or(false))
            }
        });
    }
    tight
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
    how: Vec<Option<How>>,
    /// How many counts lie below an expression, one inside the other.
    stages: Vec<usize>,
    reads: Vec<(bool, bool)>,
    /// Every expression computed on rows, operands first.
    order: Vec<NodeId>,
}

impl Compiler<'_, '_> {
    fn is_fixed(&self, node: NodeId) -> bool {
        self.reads.get(node.0 as usize).is_some_and(|(rows, _)| !rows)
    }

    fn need(&mut self, id: NodeId) {
        let place = id.0 as usize;
        if self.how.get(place).is_none_or(Option::is_some) {
            return;
        }
        let how = self.plan_of(id);
        if !matches!(how, How::Same(_)) {
            self.order.push(id);
        }
        self.how[place] = Some(how);
    }

    fn plan_of(&mut self, id: NodeId) -> How {
        if self.is_fixed(id) {
            return How::Same(self.slots.iter().map(|slot| scalar(self.fixed, id, *slot)).collect());
        }
        let node = self.fixed.plan.node(id);
        if let Some((record, field, words)) = self.words(id) {
            return How::Words(Listed { record, field, words });
        }
        if let Op::Compare(compare, left, right) = node.op {
            if let Some(folded) = self.fold(id, (compare, left, right)) {
                return How::Folded(folded);
            }
            if let Some(how) = self.code(compare, left, right).or_else(|| self.code(compare, right, left)) {
                return how;
            }
            let ty = |id: NodeId| self.fixed.plan.node(id).ty;
            let plain = |ty: Type| {
                matches!(ty, Type::Number | Type::Money | Type::Date | Type::Code(..) | Type::ExactMoney)
            };
            if !plain(ty(left)) || !plain(ty(right)) {
                return How::Rough;
            }
        }
        if !in_columns(&node.op, node.ty) {
            return How::Rough;
        }
        let mut operands = Vec::new();
        node.op.operands(&mut operands);
        let mut stage = 0;
        for operand in operands {
            self.need(operand);
            stage = stage.max(self.stages[operand.0 as usize]);
        }
        let counts = usize::from(matches!(node.op, Op::Aggregate { .. }));
        self.stages[id.0 as usize] = stage + counts;
        How::Rows
    }

    fn fold(&mut self, id: NodeId, compare: (Compare, NodeId, NodeId)) -> Option<Folded> {
        // A parameter that each village sets makes it another comparison in each.
        let of_village = self.reads.get(id.0 as usize).is_some_and(|(_, open)| *open);
        let reads = &self.reads;
        let is_fixed = |id: NodeId| reads.get(id.0 as usize).is_some_and(|(rows, _)| !rows);
        let shared = (!of_village).then_some((&mut *self.shared, id));
        fold(self.fixed, &is_fixed, compare, self.slots, shared)
    }

    /// Is the text of a field equal to one of some words?
    fn words(&self, id: NodeId) -> Option<(RecordId, FieldId, Words)> {
        let plan = self.fixed.plan;
        match &plan.node(id).op {
            Op::Compare(Compare::Eq, left, right) => {
                let (field, word) = match (&plan.node(*left).op, &plan.node(*right).op) {
                    (Op::Field(record, field), Op::Constant(Constant::Text(word)))
                    | (Op::Constant(Constant::Text(word)), Op::Field(record, field)) => {
                        ((*record, *field), word)
                    }
                    _ => return None,
                };
                Some((field.0, field.1, Words::from_iter([word.clone()])))
            }
            Op::Either(parts) => {
                let mut parts = parts.iter().map(|part| self.words(*part));
                let (record, field, mut all) = parts.next()??;
                for part in parts {
                    let (of, other, words) = part?;
                    if (of, other) != (record, field) {
                        return None;
                    }
                    all.extend(words);
                }
                Some((record, field, all))
            }
            _ => None,
        }
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
                && matches!(self.how.get(id.0 as usize), Some(Some(How::Rows)))
        };
        let mut steps = Vec::new();
        let last = self.order.iter().map(|id| self.stages[id.0 as usize]).max().unwrap_or(0);
        for stage in 0..=last {
            let here = || self.order.iter().copied().filter(|id| self.stages[id.0 as usize] == stage);
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
