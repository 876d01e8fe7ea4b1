//! How the days of a question hang together: which dates are compared with which, and by what they are moved before
//! they are. From a day that is fixed, a link leads to the days of another date at which a comparison turns.

use super::tried::{day, moved};
use super::turning::numbers_of;
use crate::ast::{CalendarPart, ElapsedUnit, TimeUnit};
use crate::eval::{FactId, FactPart};
use crate::ir::{Constant, MonthEdge, NodeId, Op, ParameterKind, Pattern, Plan};
use crate::schema::{Datum, FieldId, RecordId};
use crate::types::Type;
use crate::value::{Day, Fact, PeriodUnit};
use std::collections::{BTreeMap, BTreeSet};

/// Most ways from an expression to the dates it is made of.
const MAX_WAYS: usize = 12;
/// Over how many comparisons a day is followed: from a date written in the charter to a fact, to another, to the judged
/// day.
const HOPS: usize = 3;
/// Most days followed.
const MAX_REACHED: usize = 4_000;

/// Where a comparison of days gets one from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Leaf {
    /// The judged day.
    Today,
    /// Written in the charter.
    Written(Day),
    /// A date of a row.
    Field(RecordId, FieldId),
}

/// One step from a day to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    By(i64, TimeUnit),
    Start(PeriodUnit),
    End(PeriodUnit),
}

/// A date that an expression is made of, and the steps from it to the expression.
pub(super) type Way = (Leaf, Vec<Step>);

/// All links of some expressions.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// By the date a link leads to: where it comes from, and the steps.
    pub to: BTreeMap<Leaf, BTreeSet<Way>>,
    /// Of the ways over months: from where to where, and whether the months are taken back.
    pub over_months: BTreeSet<(Leaf, Way, bool)>,
    written: BTreeSet<Day>,
    /// Some were left out.
    pub cut: bool,
}

impl Links {
    /// Of the expressions, with those numbers; `dates` are held against days of the moment.
    pub(super) fn of(
        plan: &Plan,
        nodes: &BTreeSet<NodeId>,
        dates: impl Iterator<Item = NodeId>,
        numbers: &BTreeSet<i64>,
    ) -> Self {
        let mut links = Self::default();
        let compared = Compared::of(plan, nodes);
        for id in nodes {
            match &plan.node(*id).op {
                Op::Compare(_, left, right) if plan.node(*left).ty == Type::Date => {
                    links.compare(plan, *left, *right, &[]);
                }
                Op::Elapsed(unit, from, to) => {
                    let numbers = compared.with(*id).unwrap_or(numbers);
                    let spans: Vec<Step> = numbers
                        .iter()
                        .flat_map(|number| [Some(*number), number.checked_add(1)])
                        .flatten()
                        .map(|number| Step::By(number, time_unit(*unit)))
                        .collect();
                    links.compare(plan, *from, *to, &spans);
                }
                Op::Tiers { subject, arms, .. } if plan.node(*subject).ty == Type::Date => {
                    let days = days_of(arms.iter().map(|arm| &arm.pattern));
                    links.fixed(plan, *subject, &days);
                }
                Op::Table { subjects, rows } => {
                    for (column, subject) in subjects.iter().enumerate() {
                        if plan.node(*subject).ty == Type::Date {
                            let cells = rows.iter().filter_map(|row| row.cells.get(column)?.as_ref());
                            let days = days_of(cells);
                            links.fixed(plan, *subject, &days);
                        }
                    }
                }
                _ => {}
            }
        }
        for date in dates {
            let ways = links.ways(plan, date);
            links.join(&ways, &[(Leaf::Today, Vec::new())], &[]);
        }
        links
    }

    /// Two dates are compared, the first moved by one of some spans, or by none where there are none.
    fn compare(&mut self, plan: &Plan, left: NodeId, right: NodeId, spans: &[Step]) {
        let (left, right) = (self.ways(plan, left), self.ways(plan, right));
        self.join(&left, &right, spans);
    }

    /// A date is held against written days.
    fn fixed(&mut self, plan: &Plan, subject: NodeId, days: &BTreeSet<Day>) {
        let written: Vec<Way> = days.iter().map(|day| (Leaf::Written(*day), Vec::new())).collect();
        let ways = self.ways(plan, subject);
        self.join(&ways, &written, &[]);
    }

    fn join(&mut self, left: &[Way], right: &[Way], spans: &[Step]) {
        let moves: Vec<Option<Step>> =
            if spans.is_empty() { vec![None] } else { spans.iter().copied().map(Some).collect() };
        for (one, there) in left {
            for (other, here) in right {
                for step in &moves {
                    let forth: Vec<Step> = there.iter().chain(step).copied().collect();
                    self.link(*other, here, *one, &forth);
                    self.link(*one, &forth, *other, here);
                }
            }
        }
    }

    /// From a date over its steps, and back over the steps of another to it.
    fn link(&mut self, from: Leaf, steps: &[Step], to: Leaf, back: &[Step]) {
        if let Leaf::Written(day) = from {
            self.written.insert(day);
        }
        if matches!(to, Leaf::Written(_)) {
            return;
        }
        let mut paths = vec![steps.to_vec()];
        for step in back.iter().rev() {
            let options = match *step {
                Step::By(count, unit) => vec![Step::By(count.saturating_neg(), unit)],
                // Any day of the unit has that first or last day.
                Step::Start(unit) | Step::End(unit) => vec![Step::Start(unit), Step::End(unit)],
            };
            paths = paths
                .iter()
                .flat_map(|path| options.iter().map(move |option| [path.as_slice(), &[*option]].concat()))
                .collect();
        }
        for (steps, back) in [(steps, false), (back, true)] {
            let months = |step: &Step| matches!(step, Step::By(_, TimeUnit::Months | TimeUnit::Years));
            if steps.iter().any(months) {
                self.over_months.extend(paths.iter().map(|path| (to, (from, path.clone()), back)));
            }
        }
        self.to.entry(to).or_default().extend(paths.into_iter().map(|path| (from, path)));
    }

    /// The dates an expression is made of.
    fn ways(&mut self, plan: &Plan, root: NodeId) -> Vec<Way> {
        let mut ways = BTreeSet::new();
        let mut waiting: Vec<(NodeId, Vec<Step>)> = vec![(root, Vec::new())];
        let mut looks = 0;
        while let Some((id, steps)) = waiting.pop() {
            looks += 1;
            if ways.len() >= MAX_WAYS || looks > 20 * MAX_WAYS {
                self.cut = true;
                break;
            }
            // Steps are found from the expression inwards, and taken from the date outwards.
            let inwards = |step: Step| [&[step], steps.as_slice()].concat();
            match &plan.node(id).op {
                Op::Today => {
                    ways.insert((Leaf::Today, steps));
                }
                Op::Field(record, field) => {
                    let leaf = Leaf::Field(*record, *field);
                    // What is paid at an event is judged on its day.
                    if plan.schema.record(*record).event == Some(*field) {
                        self.link(Leaf::Today, &[], leaf, &[]);
                        self.link(leaf, &[], Leaf::Today, &[]);
                    }
                    ways.insert((leaf, steps));
                }
                Op::Constant(Constant::Date(day)) => {
                    ways.insert((Leaf::Written(*day), steps));
                }
                Op::Parameter(parameter) => {
                    let kind = plan.parameters.get(parameter.0).map(|parameter| &parameter.kind);
                    let values: Vec<&Constant> = match kind {
                        Some(ParameterKind::Dated(values)) => {
                            values.iter().map(|(.., value)| value).collect()
                        }
                        Some(ParameterKind::Open { default, settings }) => {
                            settings.iter().map(|setting| &setting.value).chain(default).collect()
                        }
                        None => Vec::new(),
                    };
                    ways.extend(values.into_iter().filter_map(|value| match value {
                        Constant::Date(day) => Some((Leaf::Written(*day), steps.clone())),
                        _ => None,
                    }));
                }
                Op::Shift { date, count, unit } => waiting.push((*date, inwards(Step::By(*count, *unit)))),
                Op::Month(MonthEdge::First, date) => {
                    waiting.push((*date, inwards(Step::Start(PeriodUnit::Month))));
                }
                Op::Month(MonthEdge::Last, date) => {
                    waiting.push((*date, inwards(Step::End(PeriodUnit::Month))));
                }
                Op::Calendar(part, date) => {
                    waiting.extend(edge(*part).map(|step| (*date, inwards(step))));
                }
                op => {
                    let mut operands = Vec::new();
                    op.operands(&mut operands);
                    let dates = operands.into_iter().filter(|id| plan.node(*id).ty == Type::Date);
                    waiting.extend(dates.map(|id| (id, steps.clone())));
                }
            }
        }
        ways.into_iter().collect()
    }

    /// The days of a fact at which something turns, where the judged day and some facts are fixed.
    pub(super) fn days(
        &self,
        moment: &[Day],
        fact: FactId,
        chosen: &[(FactId, Fact<Datum>)],
    ) -> BTreeSet<Day> {
        let FactPart::Field(field) = fact.part else { return BTreeSet::new() };
        let mut fixed: BTreeMap<Leaf, BTreeSet<Day>> = BTreeMap::new();
        fixed.insert(Leaf::Today, moment.iter().copied().collect());
        for (of, value) in chosen {
            if let (FactPart::Field(field), Some(day)) = (of.part, day(value)) {
                fixed.entry(Leaf::Field(of.record, field)).or_default().insert(day);
            }
        }
        self.reached(fixed, Leaf::Field(fact.record, field), 2)
    }

    /// The days on which the judged day may turn something, by the dates written in the charter.
    pub(super) fn judged_days(&self) -> BTreeSet<Day> {
        self.reached(BTreeMap::new(), Leaf::Today, HOPS)
    }

    /// The days of a date at which something turns, over so many comparisons from what is fixed.
    fn reached(&self, fixed: BTreeMap<Leaf, BTreeSet<Day>>, of: Leaf, hops: usize) -> BTreeSet<Day> {
        let mut known = fixed;
        for day in &self.written {
            known.entry(Leaf::Written(*day)).or_default().insert(*day);
        }
        let mut found = BTreeSet::new();
        for hop in 1..=hops {
            let mut next: BTreeMap<Leaf, BTreeSet<Day>> = known.clone();
            for (to, links) in &self.to {
                // On the last way only what is asked for matters.
                if hop == hops && *to != of {
                    continue;
                }
                let days = links.iter().flat_map(|(from, path)| {
                    known.get(from).into_iter().flatten().flat_map(move |day| turns(*day, path))
                });
                let days: BTreeSet<Day> = days.take(MAX_REACHED).collect();
                if *to == of {
                    found.extend(days.iter().copied());
                }
                next.entry(*to).or_default().extend(days);
            }
            known = next;
        }
        found
    }
}

/// A day and the next one, moved: months differ in length, so that the two may part.
fn turns(day: Day, path: &[Step]) -> impl Iterator<Item = Day> {
    let walk = move |day: Day| {
        path.iter().try_fold(day, |day, step| match *step {
            Step::By(count, unit) => moved(day, count, unit),
            Step::Start(unit) => Some(unit.start(day)),
            Step::End(unit) => Some(unit.end(day)),
        })
    };
    [Some(day), day.add_days(1)].into_iter().flatten().filter_map(walk).collect::<Vec<_>>().into_iter()
}

fn edge(part: CalendarPart) -> Option<Step> {
    Some(match part {
        CalendarPart::MonthStart => Step::Start(PeriodUnit::Month),
        CalendarPart::MonthEnd => Step::End(PeriodUnit::Month),
        CalendarPart::QuarterStart => Step::Start(PeriodUnit::Quarter),
        CalendarPart::QuarterEnd => Step::End(PeriodUnit::Quarter),
        CalendarPart::YearStart => Step::Start(PeriodUnit::Year),
        CalendarPart::YearEnd => Step::End(PeriodUnit::Year),
        CalendarPart::Year | CalendarPart::Month | CalendarPart::Day => return None,
    })
}

fn time_unit(unit: ElapsedUnit) -> TimeUnit {
    match unit {
        ElapsedUnit::Years => TimeUnit::Years,
        ElapsedUnit::Months => TimeUnit::Months,
        ElapsedUnit::Days => TimeUnit::Days,
    }
}

fn days_of<'p>(patterns: impl Iterator<Item = &'p Pattern>) -> BTreeSet<Day> {
    let ends = patterns.flat_map(|pattern| match pattern {
        Pattern::Span(lo, hi) => [*lo, *hi],
        Pattern::Code(_) => [None, None],
    });
    ends.flatten().filter_map(|end| Day::from_number(i32::try_from(end).ok()?)).collect()
}

/// The numbers that the time between two days is held against, where it is held against nothing else.
struct Compared(BTreeMap<NodeId, Option<BTreeSet<i64>>>);

impl Compared {
    fn of(plan: &Plan, nodes: &BTreeSet<NodeId>) -> Self {
        let mut compared = Self(BTreeMap::new());
        for id in nodes {
            match &plan.node(*id).op {
                Op::Compare(_, left, right) => {
                    compared.add(plan, *left, numbers_of(plan, *right));
                    compared.add(plan, *right, numbers_of(plan, *left));
                }
                Op::Tiers { subject, arms, .. } => {
                    let ends = arms.iter().flat_map(|arm| match &arm.pattern {
                        Pattern::Span(lo, hi) => [*lo, *hi],
                        Pattern::Code(_) => [None, None],
                    });
                    compared.add(plan, *subject, Some(ends.flatten().collect()));
                }
                // What lies in a row is the same there.
                Op::Outer(..) => {}
                op => {
                    let mut operands = Vec::new();
                    op.operands(&mut operands);
                    for operand in operands {
                        compared.add(plan, operand, None);
                    }
                }
            }
        }
        compared
    }

    fn add(&mut self, plan: &Plan, mut id: NodeId, numbers: Option<BTreeSet<i64>>) {
        while let Op::Outer(_, inner) = plan.node(id).op {
            id = inner;
        }
        if !matches!(plan.node(id).op, Op::Elapsed(..)) {
            return;
        }
        let all = self.0.entry(id).or_insert_with(|| Some(BTreeSet::new()));
        match (all.as_mut(), numbers) {
            (Some(all), Some(numbers)) => all.extend(numbers),
            _ => *all = None,
        }
    }

    fn with(&self, id: NodeId) -> Option<&BTreeSet<i64>> {
        self.0.get(&id)?.as_ref()
    }
}
