//! Duties in columns: what binds whom, and how it stands on the last day of the period.

use super::batch::Batch;
use super::column::{Slice, Source, join, loose, rows_where};
use super::doubt::Reach;
use super::fold::Shared;
use super::judged::Settled;
use super::kernel::choose::Test;
use super::lists::{Listed, Lists};
use super::program::Program;
use super::slots::{Slot, Slots};
use super::store::Store;
use super::village::{Take, batches};
use super::word::Word;
use crate::eval::traced::{Fixed, Instance, Run};
use crate::ir::{Compare, Must, NodeId, Obligation, Op, Plan, Window};
use crate::schema::RecordId;
use crate::value::{Day, Truth};
use std::ops::Range;

/// Most days on which a duty that counts from a day may have begun to bind and still concern the period.
const MAX_DAYS: usize = 40_000;

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
    /// Once a unit: the times, and the slot of each bound day. A condition that is the same on every day of the unit.
    Each { times: Vec<(Instance, usize)>, condition: NodeId },
    /// From a day of the row, by that day: the time it falls due, and what must be done then.
    After { after: NodeId, times: Times, done: Done },
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

/// How a duty stands for one target, or that it is judged one by one.
pub(super) enum Standing {
    Row(Instance, Settled),
    /// Undetermined, where columns know all that can be known: it may be for want of one fact.
    Doubt(Instance),
    Open,
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
    pub(super) fn new(run: &Run<'r>, place: usize, fixed: &Fixed<'r>, shared: &mut Shared) -> Option<Self> {
        let plan = fixed.plan;
        let mut slots = Slots::default();
        let last = slots.place(Slot::day(run.period().last));
        let moves = moves(plan);
        let mut duties: Vec<Duty> = run
            .duties_of(place)
            .into_iter()
            .filter_map(|index| Duty::of(run, place, index, &moves, &mut slots))
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
        self.all.iter().all(|duty| !matches!(&duty.shape, Kind::Each { times, .. } if times.len() > 1))
    }

    /// Judges some rows of the unit of evaluation, batch by batch.
    pub(super) fn judge(
        &self,
        run: &Run<'_>,
        (store, lists): (&Store, &Lists),
        (unit, units): (RecordId, Range<usize>),
        take: &mut impl Take,
    ) {
        if self.all.is_empty() {
            return;
        }
        let mut batch = Batch::new(&self.program, lists);
        for rows in batches(units) {
            batch.run(store, unit, rows);
            for duty in &self.all {
                duty.judge(&batch, self.last, run.period().last, take);
            }
        }
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
    fn of(run: &Run<'_>, place: usize, index: usize, moves: &[bool], slots: &mut Slots) -> Option<Self> {
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
            Must::Throughout { window: Window::Each(unit), condition, .. } => {
                let times = case.by_unit(*unit);
                let mut place = |instance: Instance| (instance, slots.place(Slot::day(instance.bound)));
                let times: Vec<(Instance, usize)> = times.into_iter().map(&mut place).collect();
                if moves(*condition) {
                    Kind::Screened(times.into_iter().map(|(_, slot)| slot).collect())
                } else {
                    Kind::Each { times, condition: *condition }
                }
            }
            Must::Times { unit, .. } => {
                let times = case.by_unit(*unit);
                Kind::Screened(times.iter().map(|one| slots.place(Slot::day(one.bound))).collect())
            }
            must if steady => {
                let done = match must {
                    Must::Within { act, .. } => Some(Done::Act(*act)),
                    Must::Throughout { condition, .. } if !moves(*condition) => Some(Done::Held(*condition)),
                    _ => None,
                };
                let last = run.period().last.min(obligation.days.last());
                let times = Times::of(last, |day| case.time_from(day));
                match (must.after(), times, done) {
                    (Some(after), Some(times), Some(done)) => Kind::After { after, times, done },
                    _ => Kind::Screened(vec![0]),
                }
            }
            _ => Kind::Everywhere,
        };
        let excuse = obligation.excuse.as_ref().map(|condition| condition.node);
        Some(Self { index, target: obligation.target, bound, excuse, shape, reach: None })
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

    fn judge<W: Word>(&self, batch: &Batch<'_, '_, W>, last: usize, today: Day, take: &mut impl Take) {
        let rows = batch.rows(self.target);
        let fault = batch.faults(&self.roots()) != W::NONE;
        if matches!(self.shape, Kind::Everywhere) {
            rows.for_each(|row| take.duty(self, row, Standing::Open));
            return;
        }
        let Some(binds) = batch.all_of(&self.bound, rows.len()).filter(|_| !fault) else {
            rows.for_each(|row| take.duty(self, row, Standing::Open));
            return;
        };
        let mut marks = Marks::of(rows.len());
        marks.note(
            EXCUSED,
            last,
            self.excuse.map_or(Some(Test::Same(W::NONE, W::NONE)), |id| Test::of(batch.operand(id))),
        );
        let possible = |slot: usize| {
            binds.may().iter().enumerate().filter(move |(_, word)| word.has(slot)).map(|(row, _)| row)
        };
        match &self.shape {
            Kind::Each { times, condition } => {
                marks.note(DONE, last, Test::of(batch.operand(*condition)));
                for (time, slot) in times {
                    for row in possible(*slot) {
                        let done = held(marks.at(DONE, row), time, today);
                        let truths = (binds.at(*slot, row), done, marks.at(EXCUSED, row));
                        let standing = stand(time, truths, today, self.reach.is_some());
                        take.duty(self, rows.start + row, standing);
                    }
                }
            }
            Kind::After { after, times, done } => {
                let after = batch.operand(*after).numbers();
                let act = match done {
                    Done::Act(act) => {
                        // Should its day not be computed, it is not known; otherwise nothing asks for it.
                        marks.note::<W>(DONE, last, None);
                        batch.operand(*act).numbers()
                    }
                    Done::Held(condition) => {
                        marks.note(DONE, last, Test::of(batch.operand(*condition)));
                        None
                    }
                };
                marks.note(BOUND, last, Some(Test::Rows(&binds)));
                let Some(after) = after else {
                    possible(last).for_each(|row| take.duty(self, rows.start + row, Standing::Open));
                    return;
                };
                for row in times.concerned(after, last, binds.may()) {
                    let start = after.at(last, row);
                    match after.there(last, row) {
                        Truth::False => {}
                        Truth::True if start.0 == start.1 => {
                            let Some(time) = times.at(start.0) else { continue };
                            let done = match act {
                                Some(act) => acted(act, (last, row), time.remedy_by.min(today)),
                                None => held(marks.at(DONE, row), time, today),
                            };
                            let truths = (marks.at(BOUND, row), done, marks.at(EXCUSED, row));
                            let standing = stand(time, truths, today, self.reach.is_some());
                            take.duty(self, rows.start + row, standing);
                        }
                        _ => take.duty(self, rows.start + row, Standing::Open),
                    }
                }
            }
            Kind::Everywhere => {}
            Kind::Screened(slots) => {
                for (row, word) in binds.may().iter().enumerate() {
                    if slots.iter().any(|slot| word.has(*slot)) {
                        take.duty(self, rows.start + row, Standing::Open);
                    }
                }
            }
        }
    }
}

/// The times by the days they count from, from the last back to the first that still concerns the period.
struct Times {
    last: i64,
    back: Vec<Instance>,
}

impl Times {
    fn of(last: Day, from_day: impl Fn(Day) -> Option<Instance>) -> Option<Self> {
        let mut back = Vec::new();
        let mut next = Some(last);
        // Earlier starts are due earlier: before the first that does not concern the period none does.
        while let Some((day, instance)) = next.and_then(|day| Some((day, from_day(day)?))) {
            if back.len() >= MAX_DAYS {
                return None;
            }
            back.push(instance);
            next = day.add_days(-1);
        }
        Some(Self { last: i64::from(last.number()), back })
    }

    /// The rows that may be bound, and whose day the period concerns or may concern.
    fn concerned<W: Word>(&self, after: Source<'_, W>, slot: usize, may: &[W]) -> Vec<usize> {
        let first = self.last - i64::try_from(self.back.len()).unwrap_or(i64::MAX) + 1;
        let mut rows = match after.slice(slot) {
            Slice::Rows(days) => {
                let concerns = |day: i64| (first..=self.last).contains(&day);
                let words = may.iter().zip(days).map(|(word, day)| *word & W::all_if(concerns(*day), *word));
                rows_where(&words.collect::<Vec<W>>(), |word| word.has(slot))
            }
            Slice::Same(_) => rows_where(may, |word| word.has(slot)),
        };
        let mut loose = loose(&[after], may.len());
        loose.retain(|row| may[*row as usize].has(slot));
        join(&mut rows, &loose);
        rows.into_iter().map(|row| row as usize).collect()
    }

    fn at(&self, day: i64) -> Option<&Instance> {
        self.back.get(usize::try_from(self.last.checked_sub(day)?).ok()?)
    }
}

/// What is known of each row, two bits a question: is it so, and could it be? They are gathered for all rows at once, which
/// is quicker than to ask for each.
struct Marks(Vec<u8>);

/// The questions.
const BOUND: u8 = 0;
const DONE: u8 = 2;
const EXCUSED: u8 = 4;

impl Marks {
    fn of(rows: usize) -> Self {
        Self(vec![0; rows])
    }

    /// Answers a question, as a condition says on a slot; one that is not computed leaves it open.
    fn note<W: Word>(&mut self, question: u8, slot: usize, test: Option<Test<'_, W>>) {
        let (sure, may) = (1 << question, 2 << question);
        let bit = |set: bool, bit: u8| u8::from(set).wrapping_neg() & bit;
        match test {
            Some(Test::Rows(mask)) => {
                for ((marks, is), could) in self.0.iter_mut().zip(&mask.sure).zip(mask.may()) {
                    *marks |= bit(is.has(slot), sure) | bit(could.has(slot), may);
                }
            }
            Some(Test::Same(is, could)) => {
                let all = bit(is.has(slot), sure) | bit(could.has(slot), may);
                self.0.iter_mut().for_each(|marks| *marks |= all);
            }
            None => self.0.iter_mut().for_each(|marks| *marks |= may),
        }
    }

    #[inline]
    fn at(&self, question: u8, row: usize) -> Truth {
        match self.0.get(row).map_or(2, |marks| marks >> question & 3) {
            0 => Truth::False,
            2 => Truth::Unknown,
            _ => Truth::True,
        }
    }
}

/// Did it hold on every day of a time? What is still going on is not done yet.
fn held(holds: Truth, time: &Instance, today: Day) -> Truth {
    if holds.is_true() && time.window.1 > today { Truth::False } else { holds }
}

/// Was the act done by a day?
fn acted<W: Word>(act: Source<'_, W>, (slot, row): (usize, usize), until: Day) -> Truth {
    let bounds = super::column::bounds(act.at(slot, row));
    let until = i64::from(until.number());
    match (act.there(slot, row), bounds.lo, bounds.hi) {
        (Truth::False, ..) => Truth::False,
        (_, Some(lo), _) if until < lo => Truth::False,
        (Truth::True, _, Some(hi)) if hi <= until => Truth::True,
        _ => Truth::Unknown,
    }
}

/// In the order of the rule for one that may bind: met, excused, pending, undetermined, in remedy, unmet. Columns that may
/// know less than there is to know (not `tight`) leave open what depends on what they do not know.
fn stand(time: &Instance, (binds, done, excuse): (Truth, Truth, Truth), today: Day, tight: bool) -> Standing {
    let status = match (binds, done, excuse) {
        (Truth::Unknown | Truth::False, ..) if tight => return Standing::Doubt(*time),
        (Truth::Unknown | Truth::False, ..) => return Standing::Open,
        (Truth::True, Truth::True, _) => Settled::Met,
        (Truth::True, Truth::Unknown, _) | (Truth::True, _, Truth::Unknown) if !tight => {
            return Standing::Open;
        }
        (Truth::True, _, Truth::True) => Settled::Excused,
        (Truth::True, ..) if today <= time.due => Settled::Pending,
        (Truth::True, Truth::Unknown, _) | (Truth::True, _, Truth::Unknown) => return Standing::Doubt(*time),
        (Truth::True, Truth::False, Truth::False) if today <= time.remedy_by => Settled::InRemedy,
        (Truth::True, Truth::False, Truth::False) => Settled::Unmet,
    };
    Standing::Row(*time, status)
}
