//! Duties in columns: what binds whom, and how it stands on the last day of the period.

use super::batch::Batch;
use super::column::rows_where;
use super::doubt::Reach;
use super::kernel::choose::Test;
use super::lists::{Listed, Lists};
use super::program::{Program, Shared};
use super::slots::{Slot, Slots};
use super::standing::{BOUND, Begun, DONE, EXCUSED, Marks, Standing, Verdicts};
use super::store::Store;
use super::times::{Calendar, Times};
use super::village::{Pass, Take};
use super::word::Word;
use crate::eval::traced::{Fixed, Instance, Run};
use crate::ir::{Compare, Must, NodeId, Obligation, Op, Plan, Window};
use crate::schema::RecordId;
use std::sync::Arc;

/// How a duty of one village is judged.
pub(super) struct Duty {
    /// By its place in the plan.
    pub index: usize,
    pub target: RecordId,
    /// All must hold on the bound day.
    bound: Vec<NodeId>,
    excuse: Option<NodeId>,
    shape: Kind,
    /// What it reads, where columns know all of it that can be known.
    pub reach: Option<Reach>,
}

/// When it falls due, and what must be done.
enum Kind {
    /// Once a unit: by time, the slot of its bound day. A condition that is the same on every day of the unit.
    Each { times: Arc<Times>, slots: Vec<usize>, condition: NodeId },
    /// From a day of the row: what must be done then.
    After { after: NodeId, times: Arc<Times>, done: Done },
    /// One by one, where it may bind at all on one of these slots.
    Screened(Vec<usize>),
    /// One by one for every target: its bound day is the row's own, and so is what binds on it.
    Everywhere,
}

/// What must be done in a time that counts from a day of the row.
enum Done {
    /// An act of that date.
    Act(NodeId),
    /// This holds, which is the same on every day of the time.
    Held(NodeId),
}

/// The duties of one village and the program behind them.
pub(super) struct Duties<'r, W> {
    all: Vec<Duty>,
    program: Program<'r, W>,
    /// The slot of the last day of the period.
    last: usize,
}

impl<'r, W: Word> Duties<'r, W> {
    /// Of the entry of the run; none where there are too many days for a word.
    pub(super) fn new(
        run: &Run<'r>,
        place: usize,
        fixed: &Fixed<'r>,
        (shared, calendar): (&mut Shared, &mut Calendar),
    ) -> Option<Self> {
        let plan = fixed.plan;
        let mut slots = Slots::default();
        let last = slots.place(Slot::day(run.period().last));
        let moves = moves(plan);
        let mut duties: Vec<Duty> = run
            .duties_of(place)
            .into_iter()
            .filter_map(|index| {
                let mut times = || {
                    let times = calendar.entry(index);
                    times.or_insert_with(|| Times::of(run, (place, index)).map(Arc::new)).clone()
                };
                Duty::of(run, (place, index), &moves, (&mut slots, &mut times))
            })
            .collect();
        if slots.0.len() > W::DAYS {
            return None;
        }
        let roots: Vec<NodeId> = duties.iter().flat_map(Duty::roots).collect();
        let program = Program::new(fixed, slots.0, Some(run.period().last), roots, shared);
        for duty in &mut duties {
            let bound = plan.obligations.get(duty.index).into_iter().flat_map(|duty| &duty.bound);
            let bound: Vec<NodeId> = bound.map(|condition| condition.node).collect();
            duty.reach = Reach::of(&program, &duty.roots(), &bound);
        }
        Some(Self { all: duties, program, last })
    }

    /// The lists of words that its program asks for.
    pub(super) fn lists(&self) -> Vec<(NodeId, &Listed)> {
        self.program.lists().collect()
    }

    /// True where no duty is judged for one time after the other.
    pub(super) fn are_in_order(&self) -> bool {
        self.all.iter().all(|duty| !matches!(&duty.shape, Kind::Each { slots, .. } if slots.len() > 1))
    }

    /// Judges rows of the unit of evaluation.
    pub(super) fn begin<'a, T: Take>(
        &'a self,
        (store, lists): (&'a Store, &'a Lists),
        unit: RecordId,
    ) -> Pass<'a, T> {
        if self.all.is_empty() {
            return Box::new(|_, _| {});
        }
        let mut batch = Batch::new(&self.program, lists);
        Box::new(move |rows, take| {
            batch.run(store, unit, rows);
            for duty in &self.all {
                duty.judge(&batch, self.last, take);
            }
        })
    }
}

/// For each expression: may it change from one day to the next while the register stays as it is?
fn moves(plan: &Plan) -> Vec<bool> {
    let mut moves: Vec<bool> = Vec::with_capacity(plan.nodes.len());
    let mut operands = Vec::new();
    for node in &plan.nodes {
        operands.clear();
        node.op.operands(&mut operands);
        let own = matches!(node.op, Op::Today | Op::Parameter(_));
        let of_operands = operands.iter().any(|id| moves.get(id.0 as usize).copied().unwrap_or(true));
        moves.push(own || of_operands);
    }
    moves
}

impl Duty {
    fn of(
        run: &Run<'_>,
        (place, index): (usize, usize),
        moves: &[bool],
        (slots, times): (&mut Slots, &mut dyn FnMut() -> Option<Arc<Times>>),
    ) -> Option<Self> {
        let case = run.duty(place, index, (0, 0))?;
        let obligation: &Obligation = case.obligation;
        // On the day it counts from, that day has come: `signed_on <= today` says nothing there.
        let has_come = |id: NodeId| match run.plan().node(id).op {
            Op::Compare(Compare::Le, day, today) | Op::Compare(Compare::Ge, today, day) => {
                obligation.must.after() == Some(day) && run.plan().node(today).op == Op::Today
            }
            _ => false,
        };
        let conditions = obligation.filter.iter().chain(&obligation.bound).map(|condition| condition.node);
        let bound: Vec<NodeId> = conditions.filter(|id| !has_come(*id)).collect();
        let moves = |id: NodeId| moves.get(id.0 as usize).copied().unwrap_or(true);
        let steady = !bound.iter().any(|id| moves(*id));
        let shape = match &obligation.must {
            Must::Throughout { window: Window::Each(_), condition, .. } => {
                let times = times()?;
                let slots = times.all.iter().map(|time| slots.place(Slot::day(time.bound))).collect();
                if moves(*condition) {
                    Kind::Screened(slots)
                } else {
                    Kind::Each { times, slots, condition: *condition }
                }
            }
            Must::Times { .. } => {
                let times = times()?;
                Kind::Screened(times.all.iter().map(|time| slots.place(Slot::day(time.bound))).collect())
            }
            must if steady => {
                let done = match must {
                    Must::Within { act, .. } => Some(Done::Act(*act)),
                    Must::Throughout { condition, .. } if !moves(*condition) => Some(Done::Held(*condition)),
                    _ => None,
                };
                let from_day = done.zip(must.after()).and_then(|(done, after)| Some((done, after, times()?)));
                match from_day {
                    Some((done, after, times)) => Kind::After { after, times, done },
                    None => Kind::Screened(vec![0]),
                }
            }
            _ => Kind::Everywhere,
        };
        let excuse = obligation.excuse.as_ref().map(|condition| condition.node);
        Some(Self { index, target: obligation.target, bound, excuse, shape, reach: None })
    }

    /// The time of a place.
    pub(super) fn time(&self, place: u32) -> Option<Instance> {
        match &self.shape {
            Kind::Each { times, .. } | Kind::After { times, .. } => times.all.get(place as usize).copied(),
            Kind::Screened(_) | Kind::Everywhere => None,
        }
    }

    fn roots(&self) -> Vec<NodeId> {
        let more: Vec<NodeId> = match &self.shape {
            Kind::Each { condition, .. } => vec![*condition],
            Kind::After { after, done: Done::Act(done) | Done::Held(done), .. } => vec![*after, *done],
            Kind::Screened(_) => return self.bound.clone(),
            Kind::Everywhere => return Vec::new(),
        };
        self.bound.iter().copied().chain(self.excuse).chain(more).collect()
    }

    fn judge<W: Word>(&self, batch: &Batch<'_, '_, W>, last: usize, take: &mut impl Take) {
        let rows = batch.rows(self.target);
        let first = rows.start;
        let fault = batch.faults(&self.roots()) != W::NONE;
        let binds = batch.all_of(&self.bound, rows.len()).filter(|_| !fault);
        let (Some(binds), false) = (binds, matches!(self.shape, Kind::Everywhere)) else {
            take.duty(self, rows.map(Standing::open));
            return;
        };
        let possible = |slots: &[usize]| {
            let on = slots.iter().fold(W::NONE, |all, slot| all | W::bit(*slot, true));
            rows_where(binds.may(), |word| word & on != W::NONE).into_iter().map(|row| row as usize)
        };
        let open = |row: usize| Standing::open(first + row);
        let verdicts = Verdicts::where_known(self.reach.is_some());
        let mut marks = Marks::of(rows.len());
        let never = Some(Test::Same(W::NONE, W::NONE));
        marks.note(EXCUSED, last, self.excuse.map_or(never, |id| Test::of(batch.operand(id))));
        match &self.shape {
            Kind::Each { times, slots, condition } => {
                marks.note(DONE, last, Test::of(batch.operand(*condition)));
                for (place, slot) in slots.iter().enumerate() {
                    let Some(term) = times.term(place) else { continue };
                    marks.note(BOUND, *slot, Some(Test::Rows(&binds)));
                    let verdict = |row: usize| verdicts.of(term, marks.at(row));
                    take.duty(
                        self,
                        possible(&[*slot]).map(|row| Standing::new((first + row, place), verdict(row))),
                    );
                }
            }
            Kind::After { after, times, done } => {
                marks.note(BOUND, last, Some(Test::Rows(&binds)));
                let act = match done {
                    Done::Act(act) => batch.operand(*act).numbers(),
                    Done::Held(condition) => {
                        marks.note(DONE, last, Test::of(batch.operand(*condition)));
                        None
                    }
                };
                match (batch.operand(*after).numbers(), done, act) {
                    (None, ..) | (_, Done::Act(_), None) => take.duty(self, possible(&[last]).map(open)),
                    (Some(after), ..) => {
                        let begun = Begun { times, after, act, slot: last };
                        let standings = begun.standings(binds.may(), &marks, verdicts);
                        take.duty(self, standings.into_iter().map(|one| one.from(first)));
                    }
                }
            }
            Kind::Screened(slots) => take.duty(self, possible(slots).map(open)),
            Kind::Everywhere => {}
        }
    }
}
