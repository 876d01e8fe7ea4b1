//! Why: the same evaluation, told step by step for one clause and one target.
//!
//! In: a run and a household. Out: for each clause and target the judged days with one outcome taken together, each
//! condition with its verdict and the facts that decided it, and how the amount came about.

use super::duty::DutyCase;
use super::entitle::Judgement;
use super::nearest::{self, Nearest};
use super::run::Run;
use super::timeline::{JudgedDay, Line, Timeline};
use crate::ast::Rhythm;
use crate::eval::{DutyRow, FactId, FactPart, Note, Outcome};
use crate::ir::{Condition, Must, ParameterId, Pay, Window};
use crate::schema::RecordId;
use crate::types::Type;
use crate::value::{Day, Fen, Truth};

/// Most facts told for one condition.
const MAX_FACTS: usize = 12;

/// One clause for one target of a household.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The clause, by its place in [`Plan::benefits`](crate::ir::Plan::benefits).
    pub benefit: usize,
    /// Row of the target record.
    pub target: usize,
    /// What was judged, in order of days; adjoining days with one outcome together.
    pub judged: Vec<Judged>,
    /// For a benefit paid once: the earlier day it was due on, so that this run does not repeat it.
    pub earlier: Option<Day>,
}

/// Judged days with one outcome.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The clause as it stood on those days, by its place in [`Plan::benefits`](crate::ir::Plan::benefits).
    pub benefit: usize,
    /// The periods, first and last, as results print them.
    pub periods: (String, String),
    /// How many judged days.
    pub count: usize,
    /// The day the conditions are told for: the first.
    pub day: Day,
    /// What came out, for each of them.
    pub outcome: Outcome,
    /// Why it is not what the clause alone would give.
    pub notes: Vec<Note>,
    /// What would change it.
    pub nearest: Vec<Nearest>,
    /// Every condition.
    pub conditions: Vec<Step>,
    /// The facts the amount was computed from; none for an amount written out.
    pub amount_facts: Vec<FactLine>,
    /// How the amount came about; empty for an amount written out.
    pub amount: Vec<Calculation>,
}

/// One condition and what decided it.
#[derive(Clone, Debug)]
pub struct Step {
    /// The condition.
    pub condition: Condition,
    /// Its verdict.
    pub truth: Truth,
    /// The facts that decided it, in the order they were read.
    pub facts: Vec<FactLine>,
}

/// A duty for one target of a household.
#[derive(Clone, Debug)]
pub struct DutyExplanation {
    /// How it stands.
    pub row: DutyRow,
    /// Whether it binds, and what excuses it, as told on the days they are judged on.
    pub conditions: Vec<Step>,
    /// The facts about what was to be done.
    pub act: Vec<FactLine>,
}

/// A fact that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactLine {
    /// A field, or rows that may be missing.
    Fact(FactId),
    /// A parameter and the day it was read for.
    Parameter(ParameterId, Day),
    /// More facts than are told.
    More(usize),
}

/// One operation on amounts or numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calculation {
    /// `+`, `-`, `×`, `÷`, or rounding.
    pub sign: &'static str,
    /// Operands and result, with their types.
    pub terms: Vec<(Type, Quantity)>,
}

/// A known amount or number, or none where it is not known.
pub type Quantity = Option<crate::value::Ratio>;

impl Run<'_> {
    /// Tells every benefit that may concern a household, or only the one of that name.
    #[must_use]
    pub fn explain(&self, root: RecordId, unit: usize, clause: Option<&str>) -> Vec<Explanation> {
        let timeline = self.timeline(root, unit, self.period);
        let mut settled = self.settled(root, unit);
        let mut told = Vec::new();
        for (place, target) in self.cases(root, unit) {
            let Some(line) = self.rules.lines.get(place) else { continue };
            let newest = line.versions.last().and_then(|index| self.plan.benefits.get(*index));
            if newest.is_some_and(|benefit| clause.is_none_or(|clause| benefit.label.is(clause))) {
                let own = settled.extract_if(.., |one| one.line == place && one.target == target);
                let days = own.map(|one| one.judged).collect();
                told.extend(self.explain_line(&timeline, line, target, days));
            }
        }
        told
    }

    /// Tells every duty that may concern a household in this period, or only the one of that name.
    #[must_use]
    pub fn explain_duties(&self, root: RecordId, unit: usize, clause: Option<&str>) -> Vec<DutyExplanation> {
        let mut told = Vec::new();
        for case in self.duties(root, unit) {
            if clause.is_none_or(|clause| case.obligation.label.is(clause)) {
                told.extend(case.judge().into_iter().map(|row| case.explain(row)));
            }
        }
        told
    }

    fn explain_line(
        &self,
        timeline: &Timeline<'_>,
        line: &Line,
        target: usize,
        mut days: Vec<JudgedDay>,
    ) -> Option<Explanation> {
        let last = *line.versions.last()?;
        let once = self.plan.benefits.get(last)?.rhythm == Rhythm::Once;
        let mut earlier = None;
        if days.is_empty() && once {
            let before = self.period.from_the_beginning();
            let whole = self.timeline(timeline.root, timeline.unit, &before);
            match whole.judge(line, target).into_iter().next() {
                Some(judged) if judged.day < self.period.first => {
                    earlier = Some(judged.day);
                    days.push(judged);
                }
                _ => days.extend(self.on_the_last_day(timeline, line, target)),
            }
        }
        let mut groups: Vec<Judged> = Vec::new();
        let mut previous: Option<JudgedDay> = None;
        for judged in days {
            let joins =
                previous.as_ref().is_some_and(|last| last.benefit == judged.benefit && last.same_as(&judged));
            match groups.last_mut().filter(|_| joins) {
                Some(group) => {
                    group.periods.1.clone_from(&judged.period);
                    group.count += 1;
                }
                None => groups.extend(self.judged(timeline, &judged, target)),
            }
            previous = Some(judged);
        }
        let benefit = previous.as_ref().map_or(last, |judged| judged.benefit);
        if groups.iter().all(|group| group.outcome == Outcome::NotApplicable) && !groups.is_empty() {
            return None;
        }
        Some(Explanation { benefit, target, judged: groups, earlier })
    }

    /// A benefit paid once that never held: told as it stands on the period's last day.
    fn on_the_last_day(&self, timeline: &Timeline<'_>, line: &Line, target: usize) -> Option<JudgedDay> {
        let day = self.period.last;
        let index = *line
            .versions
            .iter()
            .find(|index| self.plan.benefits.get(**index).is_some_and(|benefit| benefit.days.contain(day)))?;
        let Judgement { outcome, notes, .. } =
            timeline.case(self.plan.benefits.get(index)?, target).judge(day);
        Some(JudgedDay { benefit: index, day, period: day.to_string(), outcome, notes })
    }

    fn judged(&self, timeline: &Timeline<'_>, judged: &JudgedDay, target: usize) -> Option<Judged> {
        let benefit = self.plan.benefits.get(judged.benefit)?;
        let case = timeline.case(benefit, target);
        let evaluator = case.evaluator(judged.day, &[]);
        let all = benefit.filter.iter().chain(&benefit.conditions);
        let conditions: Vec<Step> = all.map(|condition| evaluator.step(condition, target)).collect();
        let failing = conditions.iter().filter(|step| step.truth.is_false());
        let read: Vec<FactId> = failing
            .flat_map(|step| &step.facts)
            .filter_map(|line| match line {
                FactLine::Fact(fact) => Some(*fact),
                _ => None,
            })
            .collect();
        // What another benefit, a limit or a decision took away is told by the notes.
        let nearest = if judged.notes.is_empty() {
            nearest::nearest(&case, judged.day, &judged.outcome, &read)
        } else {
            Vec::new()
        };
        let mut amount = Vec::new();
        let mut amount_facts = Vec::new();
        // Where a condition fails, no amount was computed.
        let computed = !matches!(judged.outcome, Outcome::NotApplicable | Outcome::Faulted(_));
        if let (Pay::Fixed(node, _) | Pay::InKind { worth: node, .. }, true) = (&benefit.pay, computed) {
            evaluator.facts(*node, target, &mut amount_facts);
            evaluator.calculate(*node, target, &mut amount);
        }
        shorten(&mut amount_facts);
        Some(Judged {
            benefit: judged.benefit,
            periods: (judged.period.clone(), judged.period.clone()),
            count: 1,
            day: judged.day,
            outcome: judged.outcome.clone(),
            notes: judged.notes.clone(),
            nearest,
            conditions,
            amount_facts,
            amount,
        })
    }
}

impl DutyCase<'_> {
    fn explain(&self, row: DutyRow) -> DutyExplanation {
        let bound_day = row.bound.unwrap_or(self.period.last);
        let at_bound = self.evaluator(bound_day, &[]);
        let all = self.obligation.filter.iter().chain(&self.obligation.bound);
        let mut conditions: Vec<Step> = all.map(|condition| at_bound.step(condition, self.target)).collect();
        let now = self.evaluator(self.period.last, &[]);
        conditions.extend(self.obligation.excuse.iter().map(|excuse| now.step(excuse, self.target)));
        let mut act = Vec::new();
        match &self.obligation.must {
            Must::Within { act: node, after, .. } => {
                now.facts(*after, self.target, &mut act);
                now.facts(*node, self.target, &mut act);
            }
            Must::Throughout { window, condition, .. } => {
                if let Window::After { after, .. } = window {
                    now.facts(*after, self.target, &mut act);
                }
                now.facts(*condition, self.target, &mut act);
            }
            Must::Times { record, filter, .. } => {
                let event = self.plan.schema.record(*record).event;
                let rows = self.register.descendants(
                    &self.plan.schema,
                    *record,
                    self.obligation.target,
                    self.target,
                );
                for row in rows {
                    act.extend(event.map(|field| {
                        FactLine::Fact(FactId { record: *record, part: FactPart::Field(field), row })
                    }));
                    if let Some(filter) = filter {
                        now.facts(*filter, row, &mut act);
                    }
                }
            }
        }
        shorten(&mut act);
        DutyExplanation { row, conditions, act }
    }
}

/// Keeps the first facts and says how many more there are.
pub(super) fn shorten(facts: &mut Vec<FactLine>) {
    if facts.len() > MAX_FACTS {
        let more = facts.len() - MAX_FACTS;
        facts.truncate(MAX_FACTS);
        facts.push(FactLine::More(more));
    }
}

impl Judged {
    /// What all its judged days pay together, where that is known.
    #[must_use]
    pub fn total(&self) -> Option<Fen> {
        match self.outcome {
            Outcome::Granted(amount) => amount.checked_mul(i64::try_from(self.count).ok()?),
            _ => None,
        }
    }

    /// The conditions that stand in the way: false ones, or unknown ones where none is false.
    #[must_use]
    pub fn obstacles(&self) -> Vec<&Condition> {
        let of = |truth: Truth| {
            self.conditions.iter().filter(move |step| step.truth == truth).map(|step| &step.condition)
        };
        let failed: Vec<&Condition> = of(Truth::False).collect();
        if failed.is_empty() { of(Truth::Unknown).collect() } else { failed }
    }
}
