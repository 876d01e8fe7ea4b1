//! What the households of one village are judged by, in columns.

use super::batch::Batch;
use super::clause::{Clause, Granted, Mode};
use super::doubt::Reach;
use super::duty::{Duties, Duty};
use super::lists::{Listed, Lists};
use super::program::{Program, Shared};
use super::slots::{Slot, Slots};
use super::standing::Standing;
use super::store::Store;
use super::times::Calendar;
use super::word::Word;
use crate::eval::traced::{Fixed, Run};
use crate::ir::{NodeId, Plan};
use crate::schema::RecordId;
use crate::value::Period;
use std::ops::Range;

/// Households of one batch: their columns stay near the processor.
pub(super) const BATCH: usize = 1024;
/// Most slots of one program: the bits of the largest word.
const MAX_SLOTS: usize = 64;
/// Months of a period that are judged together: their ends, and room for other days.
const MONTHS: i64 = 36;
/// Most parts that a long period is cut into.
const MAX_PARTS: usize = 100;

/// Takes in what clauses came to.
pub(super) trait Take {
    /// One version of a clause on the rows of a batch; `days` are the days of the slots.
    fn clause<W: Word>(&mut self, clause: &Clause, slots: &[Slot], granted: &Granted<'_, W>);

    /// How a duty stands for some of its targets, in their order.
    fn duty(&mut self, duty: &Duty, standings: impl Iterator<Item = Standing>);

    /// Households whose duties are all judged one by one.
    fn no_duties(&mut self, units: Range<usize>);
}

/// The programs of one village, each over as many slots as fit a word.
pub(super) struct Village<'r> {
    parts: Vec<Part<'r>>,
    duties: DutyPart<'r>,
}

/// The duties, over as few bits as hold their days.
enum DutyPart<'r> {
    Few(Duties<'r, u8>),
    Many(Duties<'r, u64>),
    /// Too many days: they are judged one by one.
    None,
}

/// Some clauses, and the program that gives them their values.
enum Part<'r> {
    U8(Compiled<'r, u8>),
    U16(Compiled<'r, u16>),
    U32(Compiled<'r, u32>),
    U64(Compiled<'r, u64>),
}

struct Compiled<'r, W> {
    /// Each with what it reads, where columns know all of it that can be known.
    clauses: Vec<(Clause, Option<Reach>)>,
    program: Program<'r, W>,
}

impl<'r> Village<'r> {
    /// For the lines of the run that may concern its households; none where the period is too long for it.
    pub(super) fn new(
        run: &Run<'r>,
        place: usize,
        fixed: &Fixed<'r>,
        lines: &[usize],
        (shared, calendar): (&mut Shared, &mut Calendar),
    ) -> Option<Self> {
        let mut parts = Vec::new();
        for period in stretches(run.period())? {
            let mut slots = Slots::default();
            let mut clauses: Vec<Clause> = Vec::new();
            for line in lines {
                for version in run.versions(*line) {
                    let clause_at = (*line, *version);
                    let tied = run.is_tied(*line);
                    let before = slots.clone();
                    let Some(clause) = Clause::of(fixed.plan, clause_at, tied, &period, &mut slots) else {
                        continue;
                    };
                    if slots.0.len() <= MAX_SLOTS || clauses.is_empty() {
                        clauses.push(clause);
                        continue;
                    }
                    parts.push(Part::new(fixed, std::mem::take(&mut clauses), before, shared));
                    slots = Slots::default();
                    clauses.extend(Clause::of(fixed.plan, clause_at, tied, &period, &mut slots));
                }
            }
            if !clauses.is_empty() {
                parts.push(Part::new(fixed, clauses, slots, shared));
            }
        }
        let few = Duties::new(run, place, fixed, (shared, calendar)).map(DutyPart::Few);
        let duties = few.or_else(|| Duties::new(run, place, fixed, (shared, calendar)).map(DutyPart::Many));
        Some(Self { parts, duties: duties.unwrap_or(DutyPart::None) })
    }

    /// The lists of words that its programs ask for.
    pub(super) fn lists(&self) -> Vec<(NodeId, &Listed)> {
        let of_parts = self.parts.iter().flat_map(|part| match part {
            Part::U8(part) => part.program.lists().collect::<Vec<_>>(),
            Part::U16(part) => part.program.lists().collect(),
            Part::U32(part) => part.program.lists().collect(),
            Part::U64(part) => part.program.lists().collect(),
        });
        let of_duties = match &self.duties {
            DutyPart::Few(duties) => duties.lists(),
            DutyPart::Many(duties) => duties.lists(),
            DutyPart::None => Vec::new(),
        };
        of_parts.chain(of_duties).collect()
    }

    /// True where results come in the order of targets.
    pub(super) fn is_in_order(&self) -> bool {
        let duties = match &self.duties {
            DutyPart::Few(duties) => duties.are_in_order(),
            DutyPart::Many(duties) => duties.are_in_order(),
            DutyPart::None => true,
        };
        duties && self.parts.len() <= 1
    }

    /// Judges some rows of the unit of evaluation: all programs over one batch, then over the next, so that its cells
    /// stay near the processor.
    pub(super) fn judge<T: Take>(
        &self,
        run: &Run<'_>,
        (store, lists): (&Store, &Lists),
        (unit, units): (RecordId, Range<usize>),
        take: &mut T,
    ) {
        let over = (run.plan(), store, lists, unit);
        let duties: Pass<'_, T> = match &self.duties {
            DutyPart::Few(duties) => duties.begin((store, lists), unit),
            DutyPart::Many(duties) => duties.begin((store, lists), unit),
            DutyPart::None => Box::new(|units, take: &mut T| take.no_duties(units)),
        };
        let parts = self.parts.iter().map(|part| match part {
            Part::U8(part) => part.begin(over),
            Part::U16(part) => part.begin(over),
            Part::U32(part) => part.begin(over),
            Part::U64(part) => part.begin(over),
        });
        let mut passes: Vec<Pass<'_, T>> = std::iter::once(duties).chain(parts).collect();
        for rows in batches(units) {
            for pass in &mut passes {
                pass(rows.clone(), take);
            }
        }
    }
}

/// Judges the households of one batch by one program, in columns of its own.
pub(super) type Pass<'a, T> = Box<dyn FnMut(Range<usize>, &mut T) + 'a>;

/// Some rows of the unit of evaluation, batch by batch.
pub(super) fn batches(units: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let end = units.end;
    units.step_by(BATCH).map(move |first| first..end.min(first + BATCH))
}

/// A period cut so that the ends of its months fit a word.
fn stretches(period: &Period) -> Option<Vec<Period>> {
    let mut stretches = Vec::new();
    let mut first = period.first;
    while stretches.len() < MAX_PARTS {
        let next = first.month_start().add_months(MONTHS);
        let Some(next) = next.filter(|next| *next <= period.last) else {
            stretches.push(Period::of_days(first, period.last));
            return Some(stretches);
        };
        stretches.push(Period::of_days(first, next.add_days(-1)?));
        first = next;
    }
    None
}

impl<'r> Part<'r> {
    fn new(fixed: &Fixed<'r>, clauses: Vec<Clause>, slots: Slots, shared: &mut Shared) -> Self {
        match slots.0.len() {
            0..=8 => Self::U8(Compiled::new(fixed, clauses, slots, shared)),
            9..=16 => Self::U16(Compiled::new(fixed, clauses, slots, shared)),
            17..=32 => Self::U32(Compiled::new(fixed, clauses, slots, shared)),
            _ => Self::U64(Compiled::new(fixed, clauses, slots, shared)),
        }
    }
}

impl<'r, W: Word> Compiled<'r, W> {
    fn new(fixed: &Fixed<'r>, clauses: Vec<Clause>, slots: Slots, shared: &mut Shared) -> Self {
        let benefits = &fixed.plan.benefits;
        let roots: Vec<_> = clauses
            .iter()
            .filter_map(|clause| Some(clause.roots(benefits.get(clause.benefit)?)))
            .flatten()
            .collect();
        let program = Program::new(fixed, slots.0, None, roots, shared);
        let with_reach = |clause: Clause| {
            let exact = matches!(clause.mode, Mode::Exact { .. });
            let roots = benefits.get(clause.benefit).filter(|_| exact).map(|benefit| clause.roots(benefit));
            let reach = roots.and_then(|roots| Reach::of(&program, &roots, &[]));
            (clause, reach)
        };
        let clauses = clauses.into_iter().map(with_reach).collect();
        Self { clauses, program }
    }

    fn begin<'a, T: Take>(
        &'a self,
        (plan, store, lists, unit): (&'a Plan, &'a Store, &'a Lists, RecordId),
    ) -> Pass<'a, T> {
        let mut batch = Batch::new(&self.program, lists);
        Box::new(move |rows, take| {
            batch.run(store, unit, rows);
            for (clause, reach) in &self.clauses {
                let Some(benefit) = plan.benefits.get(clause.benefit) else { continue };
                let decided = clause.withheld.then(|| batch.decided(store, unit, clause.target)).flatten();
                let granted = clause.judge(&batch, store, benefit, (decided.as_deref(), reach.as_ref()));
                take.clause(clause, &self.program.slots, &granted);
            }
        })
    }
}
