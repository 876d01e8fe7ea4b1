//! Duties that are none: one that binds nobody or is always excused (A015), one that nobody could fulfil, or that is
//! fulfilled whatever anybody does (A016).
//!
//! A duty is looked at as the evaluator judges it: what binds on the bound day, the excuse and the act on the last day of
//! a year, with what is later not happened yet.

use super::days;
use super::in_force;
use super::questions::{Questions, within_bounds};
use super::solve::{Answer, Happened, Literal, Question, Want, Witness};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::eval::DutyStatus;
use crate::eval::traced::Instance;
use crate::ir::{Condition, Must, NodeId, Obligation, Op, Plan};
use crate::schema::RecordId;
use crate::source::Span;
use crate::value::{Day, PeriodUnit};
use std::collections::BTreeMap;

/// The days of a moment: the bound day, the last day on which it can be done, the same with holidays on the way, some
/// days of the window, and the day on which it is looked at.
const BOUND: usize = 0;
const REMEDY: usize = 1;
const LATEST: usize = 2;
const WINDOW: usize = 3;
/// How many days of a window are looked at.
const SAMPLES: usize = 5;
const LOOKED_AT: usize = WINDOW + SAMPLES;
/// By how many days the holidays of a register may move the last day.
const HOLIDAYS: i64 = 31;

/// At most one finding a duty.
pub(super) fn clauses(plan: &Plan, questions: &Questions<'_>) -> Vec<Diagnostic> {
    // The versions of one text are one duty, as those of a benefit are.
    let mut texts: BTreeMap<Span, Vec<Case<'_>>> = BTreeMap::new();
    for duty in &plan.obligations {
        texts.entry(duty.span.0).or_default().push(Case::of(plan, questions, duty));
    }
    texts.values().filter_map(|versions| finding(plan, versions)).collect()
}

fn finding(plan: &Plan, versions: &[Case<'_>]) -> Option<Diagnostic> {
    let last = versions.last()?;
    let duty = last.duty;
    // A version that is not in force on the first day of any unit says nothing of the duty.
    if versions.iter().any(|case| case.judged.is_empty()) {
        return None;
    }
    // What is never in force is told as that, and nothing else is asked of it.
    let texts: Vec<&Obligation> = versions.iter().map(|case| case.duty).collect();
    if in_force::duty(plan, &texts).is_some() {
        return None;
    }
    let none =
        |asks: &dyn Fn(&Case<'_>) -> Answer| versions.iter().all(|case| matches!(asks(case), Answer::None));
    let says = |code, place: Span, what: Term| {
        Diagnostic::at(code, place).arg("duty", Term::from(&duty.label)).arg("what", what)
    };
    let must = must_place(&duty.must);
    if none(&|case| case.ask(Vec::new())) {
        let impossible = duty.filter.iter().chain(&duty.bound).find(|condition| {
            none(&|case| case.ask_only(vec![case.on_target(condition.node, Want::True, BOUND)]))
        });
        let stated = impossible.or(duty.bound.first()).or(duty.filter.first());
        let what = Term::new("永远约束不了任何人", "never binds anybody");
        let place = stated.map_or(must, |condition| condition.span.0);
        return Some(within_bounds(says(codes::A015, place, what)));
    }
    if let Some(excuse) = &duty.excuse
        && none(&|case| case.unexcused())
    {
        let what = Term::new("总是免除", "is always excused");
        return Some(within_bounds(says(codes::A015, excuse.span.0, what)));
    }
    if none(&|case| case.ask(case.done())) {
        let what = Term::new("没有谁能做到", "can be met by nobody");
        let mut finding = within_bounds(says(codes::A016, must, what));
        let village = plan.charter(duty.charter).village.as_deref();
        finding.witness = last.unmet_one(plan).map(|witness| witness.told(plan, village));
        return Some(finding);
    }
    if versions.iter().all(Case::always_done) {
        let what = Term::new("不做也总是算做到", "is met whatever anybody does");
        return Some(within_bounds(says(codes::A016, must, what)));
    }
    None
}

/// One version of a duty, and the moments at which it is asked about.
struct Case<'p> {
    questions: &'p Questions<'p>,
    duty: &'p Obligation,
    /// The date of the register that it counts from, where it is not computed.
    counts_from: Option<Happened>,
    /// Looked at when nothing can be done any more, whatever the holidays are.
    judged: Vec<Vec<Day>>,
    /// Looked at at the end of the year in which nothing can be done any more.
    shown: Vec<Vec<Day>>,
    /// Looked at on any day.
    looked_at: Vec<Vec<Day>>,
}

impl<'p> Case<'p> {
    fn of(plan: &Plan, questions: &'p Questions<'p>, duty: &'p Obligation) -> Self {
        let (mut judged, mut shown, mut looked_at) = (Vec::new(), Vec::new(), Vec::new());
        for bound in days::bound(plan, duty) {
            let Some(instance) = Instance::without_holidays(duty, bound) else { continue };
            let end = |day| PeriodUnit::Year.end(day);
            let Some(latest) = instance.remedy_by.add_days(HOLIDAYS) else { continue };
            judged.push(moment(&instance, latest, end(latest)));
            shown.push(moment(&instance, latest, end(instance.remedy_by)));
            let on = [bound, end(bound), instance.remedy_by, end(instance.remedy_by)];
            looked_at.extend(on.map(|day| moment(&instance, latest, day)));
        }
        looked_at.dedup();
        let counts_from = duty.must.after().and_then(|after| date(plan, after, duty.target));
        Self { questions, duty, counts_from, judged, shown, looked_at }
    }

    fn literal(row: (RecordId, usize), node: NodeId, want: Want, clock: usize) -> Literal {
        Literal { node, row, want, clock, given: None }
    }

    fn on_target(&self, node: NodeId, want: Want, clock: usize) -> Literal {
        Self::literal((self.duty.target, 0), node, want, clock)
    }

    /// That it binds: its conditions on the bound day, and the date that it counts from, where that is computed, is that
    /// day.
    fn binds(&self) -> Vec<Literal> {
        let conditions = self.duty.filter.iter().chain(&self.duty.bound);
        let hold = conditions.map(|condition| self.on_target(condition.node, Want::True, BOUND));
        let computed = self.duty.must.after().filter(|_| self.counts_from.is_none());
        let after = computed.into_iter().flat_map(|after| {
            [Want::Since(BOUND), Want::By(BOUND)].map(|want| self.on_target(after, want, LOOKED_AT))
        });
        after.chain(hold).collect()
    }

    fn excuse(&self, want: Want) -> Option<Literal> {
        let excuse: &Condition = self.duty.excuse.as_ref()?;
        Some(self.on_target(excuse.node, want, LOOKED_AT))
    }

    /// That it was done, as far as a household can show it: one event of several, some days of a window.
    fn done(&self) -> Vec<Literal> {
        match &self.duty.must {
            Must::Within { act, .. } => vec![self.on_target(*act, Want::By(LATEST), LOOKED_AT)],
            Must::Times { record, when, filter, .. } => {
                let row = (*record, 0);
                let within = [Want::Since(BOUND), Want::By(LATEST)];
                let happened = within.map(|want| Self::literal(row, *when, want, LOOKED_AT));
                let belongs = filter.map(|filter| Self::literal(row, filter, Want::True, LOOKED_AT));
                happened.into_iter().chain(belongs).collect()
            }
            Must::Throughout { condition, .. } => {
                let days = WINDOW..LOOKED_AT;
                days.map(|clock| self.on_target(*condition, Want::True, clock)).collect()
            }
        }
    }

    /// True where no target that it binds fails to do it.
    fn always_done(&self) -> bool {
        match &self.duty.must {
            Must::Within { act, .. } => {
                let failing = self.on_target(*act, Want::NotBy(REMEDY), LOOKED_AT);
                matches!(self.ask(vec![failing]), Answer::None)
            }
            // Without a row nothing was done.
            Must::Times { count, .. } => *count <= 0,
            Must::Throughout { condition, .. } => (WINDOW..LOOKED_AT).all(|clock| {
                let failing = self.on_target(*condition, Want::False, clock);
                matches!(self.ask(vec![failing]), Answer::None)
            }),
        }
    }

    /// A target that it binds, of which more is true once nothing can be done any more.
    fn ask(&self, more: Vec<Literal>) -> Answer {
        self.ask_only(self.binds().into_iter().chain(more).collect())
    }

    /// A target of which only that is true.
    fn ask_only(&self, literals: Vec<Literal>) -> Answer {
        self.question(literals, &self.judged)
    }

    /// A target that it binds and that is not excused, on any day.
    fn unexcused(&self) -> Answer {
        let literals = self.binds().into_iter().chain(self.excuse(Want::False));
        self.question(literals.collect(), &self.looked_at)
    }

    /// A target that it binds, that is not excused and has not done it, to be shown: with all facts that say so. What it
    /// comes to is evaluated before it is shown, for of rows that may be missing no household can say that there are none.
    fn unmet_one(&self, plan: &Plan) -> Option<Witness> {
        let failing = match &self.duty.must {
            Must::Within { act, .. } => Some(self.on_target(*act, Want::NotBy(LATEST), LOOKED_AT)),
            Must::Throughout { condition, .. } => Some(self.on_target(*condition, Want::False, WINDOW)),
            Must::Times { .. } => None,
        };
        let unmet = |witness: &Witness| {
            let village = plan.charter(self.duty.charter).village.as_deref();
            let rows = witness.judged(plan, village, &witness.year()).duties;
            rows.iter().any(|row| {
                let own = plan.obligations.get(row.obligation);
                own.is_some_and(|own| own.span.0 == self.duty.span.0) && row.status == DutyStatus::Unmet
            })
        };
        let literals: Vec<Literal> =
            self.binds().into_iter().chain(self.excuse(Want::False)).chain(failing).collect();
        let mut moments = self.shown.as_slice();
        while !moments.is_empty() {
            let question = self.asked(literals.clone(), moments);
            let answer = self.questions.try_anywhere(&question, self.duty.charter);
            let Answer::Witness(witness) = answer else { return None };
            if unmet(&witness) {
                return Some(witness);
            }
            let seen = moments.iter().position(|moment| *moment == witness.moment)?;
            moments = moments.get(seen + 1..)?;
        }
        None
    }

    fn question(&self, literals: Vec<Literal>, moments: &[Vec<Day>]) -> Answer {
        let question = self.asked(literals, moments);
        self.questions.ask_anywhere(&question, self.duty.charter, self.duty.span.0)
    }

    fn asked(&self, literals: Vec<Literal>, moments: &[Vec<Day>]) -> Question {
        let events = self.counts_from.into_iter().collect();
        let moments = moments.to_vec();
        Question { literals, events, moments, standing: Some(LOOKED_AT), all_days: false }
    }
}

/// The days of one time it falls due, looked at on a day.
fn moment(instance: &Instance, latest: Day, looked_at: Day) -> Vec<Day> {
    let (first, last) = instance.window;
    let length = i64::from(last.number()) - i64::from(first.number());
    let parts = i64::try_from(SAMPLES - 1).unwrap_or(1);
    let sample = |part: i64| first.add_days(length * part / parts).unwrap_or(last);
    [instance.bound, instance.remedy_by, latest]
        .into_iter()
        .chain((0..=parts).map(sample))
        .chain([looked_at])
        .collect()
}

/// The field of the target, or of a row it lies in, that a date is.
pub(super) fn date(plan: &Plan, node: NodeId, target: RecordId) -> Option<Happened> {
    match &plan.node(node).op {
        Op::Outer(record, inner) => date(plan, *inner, *record),
        Op::Field(record, field) if *record == target => {
            Some(Happened { row: (*record, 0), field: Some(*field), clock: BOUND })
        }
        _ => None,
    }
}

fn must_place(must: &Must) -> Span {
    match must {
        Must::Within { span, .. } | Must::Times { span, .. } | Must::Throughout { span, .. } => span.0,
    }
}
