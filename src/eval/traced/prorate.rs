//! Pro-rating: of a unit's amount only the parts in which the conditions hold, each judged on its own last day.

use super::entitle::{Case, Judgement};
use super::missing::minimal;
use crate::ast::{Prorating, ProratingPart, RoundTo};
use crate::eval::{FactId, Fault, Note, Outcome};
use crate::ir::NodeId;
use crate::value::{Day, Fen, PeriodUnit, Ratio, Rounding};
use std::collections::BTreeSet;

/// The parts of one unit that are counted so far.
#[derive(Default)]
struct Total {
    least: i128,
    /// None where some part has no upper bound.
    most: Option<i128>,
    applies: bool,
    /// In some part somebody has yet to decide.
    awaiting: bool,
    notes: Vec<Note>,
    missing: BTreeSet<FactId>,
    /// The first day of each stretch whose outcome is not known.
    doubtful: Vec<Day>,
}

/// The outcome for the unit that ends on a day. Parts on whose last day the clause was not in force count as not held.
pub(super) fn judge(
    case: &Case<'_>,
    prorating: Prorating,
    unit: PeriodUnit,
    end: Day,
    in_force: &dyn Fn(Day) -> bool,
) -> (Outcome, Vec<Note>) {
    let mut total = Total { most: Some(0), ..Total::default() };
    let mut last: Option<Judgement> = None;
    let mut parts: i128 = 0;
    let mut day = part_end(prorating.part, unit.start(end));
    loop {
        parts += 1;
        if in_force(day) {
            let known = last.take().filter(|judgement| day < judgement.horizon);
            let (judgement, fresh) = match known {
                Some(judgement) => (judgement, false),
                None => (case.judge(day), true),
            };
            if let Some(fault) = total.add(&judgement, day, fresh) {
                return (Outcome::Faulted(fault), Vec::new());
            }
            last = Some(judgement);
        }
        if day >= end {
            break;
        }
        day = part_end(prorating.part, day.next());
    }
    let notes = std::mem::take(&mut total.notes);
    (total.outcome(case, parts, prorating.rounding.unwrap_or((Rounding::Down, RoundTo::Fen))), notes)
}

fn part_end(part: ProratingPart, day: Day) -> Day {
    match part {
        ProratingPart::Month => day.month_end(),
        ProratingPart::Day => day,
    }
}

impl Total {
    fn add(&mut self, Judgement { outcome, notes, .. }: &Judgement, day: Day, fresh: bool) -> Option<Fault> {
        self.applies |= !matches!(outcome, Outcome::NotApplicable);
        self.awaiting |= matches!(outcome, Outcome::Awaiting { .. });
        for note in notes {
            if !self.notes.contains(note) {
                self.notes.push(note.clone());
            }
        }
        let (least, most) = match outcome {
            Outcome::NotApplicable | Outcome::NotGranted => (0, Some(0)),
            Outcome::Granted(amount) => (amount.0, Some(amount.0)),
            Outcome::Awaiting { least, most } => (least.0, Some(most.0)),
            Outcome::Undetermined { least, most, missing } => {
                self.missing.extend(missing);
                if fresh {
                    self.doubtful.push(day);
                }
                (least.0, most.map(|most| most.0))
            }
            Outcome::Faulted(fault) => return Some(*fault),
        };
        self.least += i128::from(least);
        self.most = self.most.zip(most).map(|(sum, most)| sum + i128::from(most));
        None
    }

    fn outcome(self, case: &Case<'_>, parts: i128, (mode, to): (Rounding, RoundTo)) -> Outcome {
        let unit = if to == RoundTo::Yuan { 100 } else { 1 };
        let share = |sum: i128| Ratio::new(sum, parts)?.round_to(unit, mode).map(Fen);
        let Some(least) = share(self.least) else {
            return Outcome::Faulted(Fault::Overflow(NodeId(u32::MAX)));
        };
        let most = self.most.and_then(share);
        if self.doubtful.is_empty() {
            return match (self.applies, most) {
                (false, _) => Outcome::NotApplicable,
                (true, Some(most)) if self.awaiting => Outcome::Awaiting { least, most },
                (true, _) if least == Fen::ZERO => Outcome::NotGranted,
                (true, _) => Outcome::Granted(least),
            };
        }
        // Each stretch found its own facts: together they settle all, perhaps with some to spare.
        let all = |assumed: &[FactId]| self.doubtful.iter().all(|day| case.settled_on(*day, assumed));
        Outcome::Undetermined { least, most, missing: minimal(&self.missing, &all) }
    }
}
