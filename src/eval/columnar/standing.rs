//! How a duty stands on the last day of the period, for many rows at once.

use super::column::{Slice, Source, bounds, loose, rows_where};
use super::judged::Settled;
use super::kernel::choose::Test;
use super::times::{Term, Times};
use super::word::Word;
use crate::value::{Day, Truth};
use std::sync::LazyLock;

/// How a duty stands for one of its targets, a row, at one of its times.
pub(super) struct Standing {
    pub row: usize,
    pub time: u32,
    pub verdict: Verdict,
}

/// How it stands, or that it is judged one by one.
#[derive(Clone, Copy)]
pub(super) enum Verdict {
    Settled(Settled),
    /// Undetermined, where columns know all that can be known: it may be for want of one fact.
    Doubt,
    Open,
}

impl Standing {
    pub(super) fn new((row, time): (usize, usize), verdict: Verdict) -> Self {
        // There are not as many times.
        Self { row, time: u32::try_from(time).unwrap_or(u32::MAX), verdict }
    }

    pub(super) fn open(row: usize) -> Self {
        Self::new((row, 0), Verdict::Open)
    }

    /// With its row counted from the one that was `first`.
    pub(super) fn from(self, first: usize) -> Self {
        Self { row: first + self.row, ..self }
    }
}

/// What is known of each row, two bits a question: is it so, and could it be? They are gathered for all rows at once, which
/// is quicker than to ask for each.
pub(super) struct Marks(Vec<u8>);

/// The questions.
pub(super) const BOUND: u8 = 0;
pub(super) const DONE: u8 = 2;
pub(super) const EXCUSED: u8 = 4;

/// How many marks there can be.
const MARKS: usize = 64;

impl Marks {
    pub(super) fn of(rows: usize) -> Self {
        Self(vec![0; rows])
    }

    /// Answers a question anew, as a condition says on a slot; one that is not computed leaves it open.
    pub(super) fn note<W: Word>(&mut self, question: u8, slot: usize, test: Option<Test<'_, W>>) {
        let (sure, may) = (1_u8 << question, 2_u8 << question);
        let keep = !(sure | may);
        let bit = |set: bool, bit: u8| u8::from(set).wrapping_neg() & bit;
        match test {
            Some(Test::Rows(mask)) => {
                for ((marks, is), could) in self.0.iter_mut().zip(&mask.sure).zip(mask.may()) {
                    *marks = *marks & keep | bit(is.has(slot), sure) | bit(could.has(slot), may);
                }
            }
            Some(Test::Same(is, could)) => {
                let all = bit(is.has(slot), sure) | bit(could.has(slot), may);
                self.0.iter_mut().for_each(|marks| *marks = *marks & keep | all);
            }
            None => self.0.iter_mut().for_each(|marks| *marks = *marks & keep | may),
        }
    }

    #[inline]
    pub(super) fn at(&self, row: usize) -> u8 {
        // Of a row that is not there nothing is known.
        self.0.get(row).copied().unwrap_or(2 << BOUND | 2 << DONE | 2 << EXCUSED)
    }
}

/// The answer that some marks give to a question.
fn answer(marks: u8, question: u8) -> Truth {
    match marks >> question & 3 {
        0 => Truth::False,
        2 => Truth::Unknown,
        _ => Truth::True,
    }
}

/// The same marks with another answer.
fn answered(marks: u8, question: u8, truth: Truth) -> u8 {
    let bits = match truth {
        Truth::False => 0,
        Truth::Unknown => 2,
        Truth::True => 3,
    };
    marks & !(3 << question) | bits << question
}

/// How a duty stands, by how its time stands and by what is known of the row: each case worked out once.
pub(super) struct Verdicts(Box<[Verdict]>);

/// Where columns may know less than there is to know, and where they know all.
static VERDICTS: LazyLock<[Verdicts; 2]> = LazyLock::new(|| [false, true].map(Verdicts::new));

impl Verdicts {
    /// Columns that may know less than there is to know (not `tight`) leave open what depends on what they do not know.
    pub(super) fn where_known(tight: bool) -> &'static Self {
        let [loose, all] = &*VERDICTS;
        if tight { all } else { loose }
    }

    fn new(tight: bool) -> Self {
        let marks = || 0..u8::try_from(MARKS).unwrap_or(u8::MAX);
        let terms = (0..Term::COUNT).map(Term);
        Self(terms.flat_map(|term| marks().map(move |marks| verdict(term, marks, tight))).collect())
    }

    #[inline]
    pub(super) fn of(&self, term: Term, marks: u8) -> Verdict {
        self.0.get(usize::from(term.0) * MARKS + usize::from(marks)).copied().unwrap_or(Verdict::Open)
    }
}

/// In the order of the rule for one that may bind: met, excused, pending, undetermined, in remedy, unmet.
fn verdict(term: Term, marks: u8, tight: bool) -> Verdict {
    let (binds, excuse) = (answer(marks, BOUND), answer(marks, EXCUSED));
    let done = term.held(answer(marks, DONE));
    let open = if tight { Verdict::Doubt } else { Verdict::Open };
    let settled = match (binds, done, excuse) {
        (Truth::Unknown | Truth::False, ..) => return open,
        (Truth::True, Truth::True, _) => Settled::Met,
        (Truth::True, Truth::Unknown, _) | (Truth::True, _, Truth::Unknown) if !tight => return open,
        (Truth::True, _, Truth::True) => Settled::Excused,
        (Truth::True, Truth::Unknown, _) | (Truth::True, _, Truth::Unknown)
            if term.not_done() != Settled::Pending =>
        {
            return open;
        }
        (Truth::True, ..) => term.not_done(),
    };
    Verdict::Settled(settled)
}

/// A duty that counts from a day of the row.
pub(super) struct Begun<'a, W> {
    pub times: &'a Times,
    /// The day it counts from.
    pub after: Source<'a, W>,
    /// The day of the act that was to be done; without it, the marks say what was.
    pub act: Option<Source<'a, W>>,
    /// The slot of the last day of the period.
    pub slot: usize,
}

impl<W: Word> Begun<'_, W> {
    /// Of the rows that may be bound and whose day the period concerns, or may concern, in order.
    pub(super) fn standings(&self, may: &[W], marks: &Marks, verdicts: &Verdicts) -> Vec<Standing> {
        let Self { times, after, slot, .. } = *self;
        let days = after.slice(slot);
        let mut words: Vec<W> = may.to_vec();
        if let Some(there) = after.presence() {
            words.iter_mut().zip(&there.sure).for_each(|(word, there)| *word &= *there);
        }
        if let Slice::Rows(days) = days {
            let starts = times.starts();
            let concerns = |day: &i64| *starts.start() <= *day && *day <= *starts.end();
            words.iter_mut().zip(days).for_each(|(word, day)| *word &= W::all_if(concerns(day), *word));
        }
        let mut loose = loose(&[after], may.len());
        for row in &loose {
            words[*row as usize] = W::NONE;
        }
        loose.retain(|row| may[*row as usize].has(slot));
        let rows = rows_where(&words, |word| word.has(slot));
        let mut standings = Vec::with_capacity(rows.len() + loose.len());
        let stands = |row: usize, start: i64| {
            let place = times.place(start)?;
            let (term, marks) = (times.term(place)?, marks.at(row));
            let verdict = match self.act {
                Some(act) => {
                    let done = acted(act, (slot, row), times.act_by(place));
                    verdicts.of(term.of_act(), answered(marks, DONE, done))
                }
                None => verdicts.of(term, marks),
            };
            Some(Standing::new((row, place), verdict))
        };
        for row in rows.into_iter().map(|row| row as usize) {
            if let Some(standing) = stands(row, days.at(row)) {
                standings.push(standing);
            }
        }
        if loose.is_empty() {
            return standings;
        }
        for row in loose.into_iter().map(|row| row as usize) {
            let (lo, hi) = after.at(slot, row);
            match after.there(slot, row) {
                Truth::False => {}
                Truth::True if lo == hi => standings.extend(stands(row, lo)),
                _ => standings.push(Standing::open(row)),
            }
        }
        standings.sort_by_key(|standing| standing.row);
        standings
    }
}

/// Was the act done by a day?
fn acted<W: Word>(act: Source<'_, W>, (slot, row): (usize, usize), until: Day) -> Truth {
    let bounds = bounds(act.at(slot, row));
    let until = i64::from(until.number());
    match (act.there(slot, row), bounds.lo, bounds.hi) {
        (Truth::False, ..) => Truth::False,
        (_, Some(lo), _) if until < lo => Truth::False,
        (Truth::True, _, Some(hi)) if hi <= until => Truth::True,
        _ => Truth::Unknown,
    }
}
