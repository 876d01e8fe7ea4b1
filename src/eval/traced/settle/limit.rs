//! Limits: at most so much, or so often, for each row of a record in each calendar unit or for life. They cut in the
//! order of judged days, then in the order the limit names its clauses.

use super::{Dated, line_of, pays_on_one_day};
use crate::eval::traced::run::Run;
use crate::eval::{FactId, Fault, Note, Outcome};
use crate::ir::{Limit, Most, NodeId};
use crate::schema::RecordId;
use crate::value::{Bounds, Day, Fen};
use std::collections::{BTreeMap, BTreeSet};

/// The limits of one place in the text, over all versions of their clause: the line they stand in, and which of them.
type Place = (usize, usize);

/// A row of the limit's record, and the first day of the unit; none for life.
type Bucket = (usize, Option<Day>);

/// What is used up of a limit.
#[derive(Clone, Default)]
struct Used {
    least: i128,
    /// None where there is no upper bound.
    most: Option<i128>,
    /// The judged days it depends on that are not known.
    undecided: Vec<usize>,
    /// The facts that the amount of the limit itself wants.
    facts: BTreeSet<FactId>,
    fault: Option<Fault>,
}

impl Run<'_> {
    /// Applies every limit to the judged days of the clauses it names.
    pub(super) fn cut_by_limits(&self, at: (RecordId, usize), dated: &mut [Dated]) {
        let mut places: BTreeSet<Place> = BTreeSet::new();
        for (line, versions) in self.rules.lines.iter().enumerate() {
            for benefit in versions.versions.iter().filter_map(|index| self.plan.benefits.get(*index)) {
                places.extend((0..benefit.limits.len()).map(|limit| (line, limit)));
            }
        }
        for place in self.in_order(places) {
            self.cut_by(at, dated, place);
        }
    }

    /// Only the limits that name one clause: what a benefit would pay by itself.
    pub(super) fn cut_alone(&self, at: (RecordId, usize), dated: &mut [Dated]) {
        let mut places: BTreeSet<Place> = BTreeSet::new();
        for line in dated.iter().map(|one| one.line).collect::<BTreeSet<usize>>() {
            let versions =
                self.rules.lines.get(line).map(|line| line.versions.as_slice()).unwrap_or_default();
            for benefit in versions.iter().filter_map(|index| self.plan.benefits.get(*index)) {
                let alone = benefit.limits.iter().enumerate().filter(|(_, limit)| limit.clauses.len() == 1);
                places.extend(alone.map(|(which, _)| (line, which)));
            }
        }
        for place in places {
            self.cut_by(at, dated, place);
        }
    }

    /// By the names of the clauses they stand in, never by their place in a file.
    fn in_order(&self, places: BTreeSet<Place>) -> Vec<Place> {
        let name = |(line, which): &Place| {
            let first = self.rules.lines.get(*line).and_then(|line| line.versions.first());
            let benefit = first.and_then(|index| self.plan.benefits.get(*index));
            (benefit.map(|benefit| benefit.label.name.clone()), *which)
        };
        let mut places: Vec<Place> = places.into_iter().collect();
        places.sort_by_key(name);
        places
    }

    fn cut_by(&self, at: (RecordId, usize), dated: &mut [Dated], (line, which): Place) {
        let mut order: Vec<(Day, usize, usize, usize)> = Vec::new();
        for (place, one) in dated.iter().enumerate() {
            let Some((index, limit)) = self.limit_on(line, which, one.judged.day) else { continue };
            let Some(benefit) = self.plan.benefits.get(index) else { continue };
            let mut lines =
                limit.clauses.iter().map(|name| line_of(self.plan, &self.rules.lines, benefit, name));
            let rank = lines.position(|member| member == Some(one.line));
            order.extend(rank.map(|rank| (one.judged.day, rank, one.target, place)));
        }
        order.sort_unstable();
        let mut buckets: BTreeMap<Bucket, Used> = BTreeMap::new();
        let mut alternatives: BTreeMap<(Bucket, usize, usize), i128> = BTreeMap::new();
        for (day, _, _, place) in order {
            let Some((stands_in, limit)) = self.limit_on(line, which, day) else { continue };
            let Some(one) = dated.get(place) else { continue };
            let Some(benefit) = self.plan.benefits.get(one.judged.benefit) else { continue };
            let Some(row) = self.row_above(benefit.target, one.target, limit.per) else { continue };
            let bucket = (row, limit.window.map(|unit| unit.start(day)));
            let used = buckets.entry(bucket).or_insert_with(|| Used { most: Some(0), ..Used::default() });
            let before = one.judged.outcome.clone();
            match before {
                Outcome::NotApplicable | Outcome::NotGranted => continue,
                Outcome::Faulted(fault) => {
                    used.fault = used.fault.or(Some(fault));
                    continue;
                }
                Outcome::Undetermined { .. } => used.undecided.push(place),
                Outcome::Granted(_) | Outcome::Awaiting { .. } => {}
            }
            let cap = match limit.most {
                Most::Times(times) => Ok(Bounds::exact(i128::from(times))),
                Most::Amount(node) => self.cap(at, stands_in, day, (node, row), used),
            };
            let after = match (cap, used.fault) {
                (Err(fault), _) | (_, Some(fault)) => Outcome::Faulted(fault),
                (Ok(cap), None) => {
                    let earlier = pays_on_one_day(benefit)
                        .then(|| alternatives.entry((bucket, one.line, one.target)).or_default());
                    let (after, doubted) = used.cut(limit.most, cap, &before, earlier);
                    if doubted {
                        let mut facts = self.missing_together(at, dated, &used.undecided);
                        facts.extend(
                            used.facts
                                .iter()
                                .filter(|fact| !facts.contains(fact))
                                .copied()
                                .collect::<Vec<_>>(),
                        );
                        facts.sort_unstable();
                        with_facts(after, facts)
                    } else {
                        after
                    }
                }
            };
            if after == before {
                continue;
            }
            let from = match before {
                Outcome::Granted(amount) => Some(amount),
                _ => None,
            };
            if let Some(one) = dated.get_mut(place) {
                one.judged.outcome = after;
                one.judged.notes.push(Note::Cut { benefit: stands_in, limit: which, from });
            }
        }
    }

    /// The limit as the version of its clause says that is in force on a day, and that version.
    fn limit_on(&self, line: usize, which: usize, day: Day) -> Option<(usize, &Limit)> {
        let versions = self.rules.lines.get(line)?.versions.iter();
        versions
            .filter_map(|index| Some((*index, self.plan.benefits.get(*index)?)))
            .find(|(_, benefit)| benefit.days.contain(day))
            .and_then(|(index, benefit)| Some((index, benefit.limits.get(which)?)))
    }

    /// The amount of a limit on a day, and the facts it wants.
    fn cap(
        &self,
        (root, unit): (RecordId, usize),
        stands_in: usize,
        day: Day,
        (node, row): (NodeId, usize),
        used: &mut Used,
    ) -> Result<Bounds<i128>, Fault> {
        let timeline = self.timeline(root, unit, self.period);
        let Some(benefit) = self.plan.benefits.get(stands_in) else { return Ok(Bounds::any()) };
        let case = timeline.case(benefit, 0);
        let evaluator = case.evaluator(day, &[]);
        let amount = evaluator.eval(node, row)?.as_money();
        if amount.single().is_none() {
            used.facts.extend(evaluator.read.borrow().iter());
        }
        Ok(Bounds { lo: amount.lo.map(|fen| i128::from(fen.0)), hi: amount.hi.map(|fen| i128::from(fen.0)) })
    }
}

impl Used {
    /// What is left of the limit, least and most; none where there is no bound.
    fn left(&self, cap: Bounds<i128>) -> (i128, Option<i128>) {
        let least = match (cap.lo, self.most) {
            (Some(cap), Some(used)) => (cap - used).max(0),
            _ => 0,
        };
        (least, cap.hi.map(|cap| (cap - self.least).max(0)))
    }

    /// After so much more was asked for: never more than the limit.
    fn take(&mut self, cap: Bounds<i128>, least: i128, most: Option<i128>) {
        let within = |sum: i128, cap: Option<i128>| cap.map_or(sum, |cap| sum.min(cap.max(0)));
        self.least = within(self.least + least, cap.lo).max(self.least.min(cap.lo.unwrap_or(0)));
        self.most = match (self.most.zip(most), cap.hi) {
            (Some((used, most)), cap) => Some(within(used + most, cap)),
            (None, cap) => cap,
        };
    }

    /// Cuts an outcome to what is left. Also: does the result depend on something that is not known?
    ///
    /// Of days that are alternatives, `before` is the most that those before it asked for.
    fn cut(
        &mut self,
        counts: Most,
        cap: Bounds<i128>,
        outcome: &Outcome,
        before: Option<&mut i128>,
    ) -> (Outcome, bool) {
        let (sure, least, most) = match outcome {
            Outcome::Granted(amount) => (true, *amount, Some(*amount)),
            Outcome::Awaiting { least, most } => (true, *least, Some(*most)),
            Outcome::Undetermined { least, most, .. } => (*least > Fen::ZERO, *least, *most),
            same => return (same.clone(), false),
        };
        let (left_least, left_most) = self.left(cap);
        if let Most::Times(_) = counts {
            self.take(cap, i128::from(sure), Some(beyond(1, before)));
            return match (left_least > 0, left_most.is_none_or(|left| left > 0)) {
                (true, _) => (outcome.clone(), false),
                (false, false) => (Outcome::NotGranted, false),
                (false, true) => settle(outcome, Fen::ZERO, most),
            };
        }
        if most == Some(Fen::ZERO) {
            // Something in kind that is worth nothing in money uses nothing up.
            return (outcome.clone(), false);
        }
        self.take(cap, least.0.into(), most.map(|most| beyond(most.0.into(), before)));
        let cut = |amount: Fen, left: i128| i64::try_from(i128::from(amount.0).min(left)).map_or(amount, Fen);
        let most = match (most, left_most) {
            (Some(most), Some(left)) => Some(cut(most, left)),
            (None, Some(left)) => i64::try_from(left).ok().map(Fen),
            (most, None) => most,
        };
        settle(outcome, cut(least, left_least), most)
    }
}

/// How much an alternative asks for beyond those before it.
fn beyond(most: i128, before: Option<&mut i128>) -> i128 {
    let Some(before) = before else { return most };
    let more = (most - *before).max(0);
    *before += more;
    more
}

/// The outcome within new bounds.
fn settle(outcome: &Outcome, least: Fen, most: Option<Fen>) -> (Outcome, bool) {
    match (outcome, most) {
        (_, Some(Fen::ZERO)) => (Outcome::NotGranted, false),
        (Outcome::Granted(_), Some(most)) if least == most => (Outcome::Granted(most), false),
        (Outcome::Awaiting { .. }, Some(most)) => (Outcome::Awaiting { least, most }, false),
        (Outcome::Undetermined { missing, .. }, most) => {
            (Outcome::Undetermined { least, most, missing: missing.clone() }, true)
        }
        (_, most) => (Outcome::Undetermined { least, most, missing: Vec::new() }, true),
    }
}

/// The same with the facts it depends on; where there are none, it is a decision that is missing.
fn with_facts(outcome: Outcome, facts: Vec<FactId>) -> Outcome {
    match outcome {
        Outcome::Undetermined { least, most: Some(most), .. } if facts.is_empty() => {
            Outcome::Awaiting { least, most }
        }
        Outcome::Undetermined { least, most, .. } => Outcome::Undetermined { least, most, missing: facts },
        same => same,
    }
}
