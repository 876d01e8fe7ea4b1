//! One version of a benefit in columns: on which slots it is judged, what it grants there, and which targets are left
//! to the evaluator that explains itself.

use super::batch::Batch;
use super::column::{Slice, Source, join, rows_where, unsettled};
use super::doubt::Reach;
use super::slots::{Slot, Slots};
use super::store::{ANY_DAY, Cells, Store};
use super::word::{Mask, Word};
use crate::ast::Rhythm;
use crate::ir::{Benefit, NodeId, Pay, Plan};
use crate::schema::{FieldId, RecordId};
use crate::value::{Day, Period};
use std::ops::Range;

/// How much of a clause is settled in columns.
#[derive(Clone, Debug)]
pub(super) enum Mode {
    /// All of it: on these slots it is granted or not, and how much.
    Exact { amount: NodeId, in_kind: bool },
    /// Whether it could be anything but nothing: what could is judged by the other evaluator.
    Screened,
    /// Screened, and nothing where it was granted for certain on the slot before the period.
    Once { before: Option<usize> },
    /// Screened, for rows of events in these days.
    Event { field: FieldId, first: Day, last: Day },
}

/// One version of a clause.
#[derive(Clone, Debug)]
pub(super) struct Clause {
    /// The place of its line in the run.
    pub line: usize,
    /// The place of the version in the plan.
    pub benefit: usize,
    pub target: RecordId,
    pub conditions: Vec<NodeId>,
    pub mode: Mode,
    /// The slots it is judged on, and their days.
    pub slots: Vec<usize>,
    /// A recorded decision may withhold it.
    pub withheld: bool,
}

/// What a clause came to on the rows of a batch.
pub(super) struct Granted<'b, W> {
    /// Its targets, as rows of the store.
    pub rows: Range<usize>,
    /// Where it is granted.
    pub sure: Vec<W>,
    /// Where it may be granted: to be judged row by row. Without it, nowhere.
    pub open: Option<Vec<W>>,
    /// Where it holds for certain.
    pub holds: Vec<W>,
    /// What it reads, where an open row may be one that waits for a single fact.
    pub reach: Option<&'b Reach>,
    /// How much; none for a clause that is only screened.
    pub amount: Option<Source<'b, W>>,
}

impl Clause {
    /// The version at that place of the plan; none where it is not judged in the period.
    pub(super) fn of(
        plan: &Plan,
        (line, index): (usize, usize),
        tied: bool,
        period: &Period,
        slots: &mut Slots,
    ) -> Option<Self> {
        let benefit = plan.benefits.get(index)?;
        let conditions = benefit.filter.iter().chain(&benefit.conditions).map(|condition| condition.node);
        let clause = |mode: Mode, slots: Vec<usize>| Self {
            line,
            benefit: index,
            target: benefit.target,
            conditions: conditions.clone().collect(),
            mode,
            slots,
            withheld: !benefit.discretionary.is_empty(),
        };
        let first = benefit.days.from.max(period.first);
        let last = benefit.days.last().min(period.last);
        let alone = benefit.rivals.is_empty() && benefit.prorating.is_none() && !tied;
        let Some(unit) = benefit.rhythm.calendar_unit() else {
            if first > last {
                return None;
            }
            let place = slots.place(Slot { first, last });
            let mode = if benefit.rhythm == Rhythm::EachEvent {
                Mode::Event { field: plan.schema.record(benefit.target).event?, first, last }
            } else {
                let before = first.add_days(-1).filter(|day| benefit.days.contain(*day));
                let sure = alone && matches!(benefit.pay, Pay::Fixed(..)) && benefit.discretionary.is_empty();
                Mode::Once { before: before.filter(|_| sure).map(|day| slots.place(Slot::day(day))) }
            };
            return Some(clause(mode, vec![place]));
        };
        let judged: Vec<Day> = Period::of_days(period.first, unit.end(period.last))
            .unit_ends(unit)
            .map(|end| benefit.judged_on.in_unit(unit.start(end), end))
            .filter(|day| period.contains(*day) && benefit.days.contain(*day))
            .collect();
        let (Some(first), Some(last)) = (judged.first(), judged.last()) else { return None };
        if benefit.prorating.is_some() {
            // Parts are judged on days of their own, anywhere in the unit.
            let place = slots.place(Slot { first: unit.start(*first), last: unit.end(*last) });
            return Some(clause(Mode::Screened, vec![place]));
        }
        let mode = match benefit.pay {
            Pay::Fixed(amount, _) if alone => Mode::Exact { amount, in_kind: false },
            Pay::InKind { worth, .. } if alone => Mode::Exact { amount: worth, in_kind: true },
            _ => Mode::Screened,
        };
        Some(clause(mode, judged.into_iter().map(|day| slots.place(Slot::day(day))).collect()))
    }

    /// The expressions it needs.
    pub(super) fn roots(&self, benefit: &Benefit) -> Vec<NodeId> {
        let amount = match (&self.mode, &benefit.pay) {
            (Mode::Exact { amount, .. }, _) | (Mode::Once { before: Some(_) }, Pay::Fixed(amount, _)) => {
                Some(*amount)
            }
            _ => None,
        };
        self.conditions.iter().copied().chain(amount).collect()
    }

    /// What it came to on a batch.
    pub(super) fn judge<'b, W: Word>(
        &self,
        batch: &'b Batch<'_, '_, W>,
        store: &Store,
        benefit: &Benefit,
        (decided, reach): (Option<&[bool]>, Option<&'b Reach>),
    ) -> Granted<'b, W> {
        let rows = batch.rows(self.target);
        let on = self.slots.iter().fold(W::NONE, |all, slot| all | W::bit(*slot, true));
        let fault = batch.faults(&self.conditions);
        let all = batch.all_of(&self.conditions, rows.len());
        let mut holds = all.unwrap_or_else(|| Mask::of(rows.len(), W::NONE, batch.full()));
        match &self.mode {
            Mode::Exact { amount, in_kind } => {
                let operand = batch.operand(*amount);
                let fault = (fault | operand.fault()) & on;
                let Some(source) = operand.numbers().filter(|source| source.parts() == 1) else {
                    return Granted::screened(rows, &holds, on, on);
                };
                let (mut granted, mut open) = settle(&holds, source, on, *in_kind);
                if fault != W::NONE {
                    let open = open.get_or_insert_with(|| vec![W::NONE; granted.len()]);
                    for word in open.iter_mut() {
                        *word |= fault;
                    }
                }
                if let Some(decided) = decided.filter(|_| self.withheld) {
                    let open = open.get_or_insert_with(|| vec![W::NONE; granted.len()]);
                    let rows = granted.iter_mut().zip(open).zip(holds.may()).zip(decided);
                    for (((granted, open), may), _) in rows.filter(|(_, decided)| **decided) {
                        (*granted, *open) = (W::NONE, *may & on);
                    }
                }
                let reach = reach.filter(|_| fault == W::NONE && decided.is_none());
                Granted { rows, sure: granted, open, holds: holds.sure, reach, amount: Some(source) }
            }
            Mode::Screened => Granted::screened(rows, &holds, on, fault & on),
            Mode::Once { before } => {
                if let (Some(before), Pay::Fixed(amount, _)) = (before, &benefit.pay) {
                    let operand = batch.operand(*amount);
                    let steady = !fault.has(*before) && !operand.fault().has(*before);
                    if let Some(source) = operand.numbers().filter(|_| steady) {
                        paid_before(&mut holds, source, *before);
                    }
                }
                Granted::screened(rows, &holds, on, fault & on)
            }
            Mode::Event { field, first, last } => {
                let mut granted = Granted::screened(rows.clone(), &holds, on, fault & on);
                let Some(Cells::Date { first: from, last: until, .. }) =
                    store.table(self.target).columns.get(field.0)
                else {
                    return granted;
                };
                let until = until.as_ref().unwrap_or(from);
                for (place, row) in rows.enumerate() {
                    let could =
                        from[row] == ANY_DAY || from[row] <= last.number() && first.number() <= until[row];
                    if let Some(open) = granted.open.as_mut().filter(|_| !could) {
                        open[place] = W::NONE;
                    }
                }
                granted
            }
        }
    }
}

impl<W: Word> Granted<'_, W> {
    fn screened(rows: Range<usize>, holds: &Mask<W>, on: W, fault: W) -> Self {
        let open = holds.may().iter().map(|word| *word & on | fault).collect();
        let nowhere = vec![W::NONE; rows.len()];
        Self { holds: nowhere.clone(), sure: nowhere, rows, open: Some(open), reach: None, amount: None }
    }
}

/// Where an amount is granted, and where it is not known whether it is, or how much.
fn settle<W: Word>(holds: &Mask<W>, amount: Source<'_, W>, on: W, in_kind: bool) -> (Vec<W>, Option<Vec<W>>) {
    let mut granted: Vec<W> = holds.sure.iter().map(|word| *word & on).collect();
    // What is positive whatever the row needs no look at the row.
    if let Source::Same(scalars) = amount
        && scalars
            .iter()
            .all(|scalar| scalar.single().is_some_and(|amount| amount > 0 || in_kind && amount == 0))
    {
        let open = holds
            .may
            .as_ref()
            .map(|may| may.iter().zip(&granted).map(|(may, granted)| *may & on & !*granted).collect());
        return (granted, open);
    }
    // What is given in kind is given also where its worth is not said.
    let nothing = if in_kind { -1 } else { 0 };
    let slots: Vec<usize> = (0..W::DAYS).filter(|slot| on.has(*slot)).collect();
    let mut rows = unsettled(&[amount], granted.len(), on);
    let mut open: Vec<W> =
        holds.may().iter().zip(&granted).map(|(may, granted)| *may & on & !*granted).collect();
    for slot in slots.iter().copied() {
        let bit = W::bit(slot, true);
        match amount.slice(slot) {
            Slice::Rows(amounts) => {
                for ((granted, open), amount) in granted.iter_mut().zip(&mut open).zip(amounts) {
                    let keep = !bit | W::bit(slot, *amount > nothing);
                    *granted &= keep;
                    *open &= keep;
                }
                join(&mut rows, &rows_where(amounts, |amount| amount < 0));
            }
            Slice::Same(amount) if amount > 0 || in_kind && amount == 0 => {}
            // What pays nothing is nothing, and what could be below zero is looked at row by row.
            Slice::Same(0) => granted.iter_mut().chain(&mut open).for_each(|word| *word &= !bit),
            Slice::Same(_) => rows = (0..).take(granted.len()).collect(),
        }
    }
    for row in rows.into_iter().map(|row| row as usize) {
        (granted[row], open[row]) = (W::NONE, W::NONE);
        for slot in slots.iter().copied().filter(|slot| holds.may()[row].has(*slot)) {
            let (lo, hi) = amount.at(slot, row);
            let bit = W::bit(slot, true);
            if lo == 0 && hi == 0 && !in_kind {
                continue;
            }
            if holds.sure[row].has(slot) && lo == hi && lo >= 0 && amount.there(slot, row).is_true() {
                granted[row] |= bit;
            } else {
                open[row] |= bit;
            }
        }
    }
    let open = open.iter().any(|word| *word != W::NONE).then_some(open);
    (granted, open)
}

/// What was granted for certain before the period is not granted in it for the first time.
fn paid_before<W: Word>(holds: &mut Mask<W>, amount: Source<'_, W>, before: usize) {
    let sure: Vec<bool> = holds
        .sure
        .iter()
        .enumerate()
        .map(|(row, word)| {
            let (lo, hi) = amount.at(before, row);
            word.has(before) && lo == hi && lo > 0 && amount.there(before, row).is_true()
        })
        .collect();
    for (row, _) in sure.into_iter().enumerate().filter(|(_, sure)| *sure) {
        holds.sure[row] = W::NONE;
        if let Some(may) = &mut holds.may {
            may[row] = W::NONE;
        }
    }
}
