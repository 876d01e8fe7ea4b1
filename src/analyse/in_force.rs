//! Clauses that are never in force: of the days of their charter's version, and of their own dates, none is one on which
//! they are judged. No household is asked: the dates alone say so.

use super::days::next_judged;
use crate::ast::JudgedOn;
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::{
    Benefit, Compare, Condition, ConditionKind, Constant, Days, MonthEdge, Must, NodeId, Obligation, Op,
    Plan, Window,
};
use crate::schema::Label;
use crate::source::Span;
use crate::value::{Day, PeriodUnit};
use std::collections::BTreeMap;

/// First and last day.
type Stretch = (Day, Day);

/// What is asked about one compiled version of a clause.
struct Dated<'p> {
    days: Days,
    /// All must hold on a judged day.
    conditions: Vec<&'p Condition>,
    /// The calendar unit it is judged in, and on which day of it; none for any day.
    unit: Option<(PeriodUnit, JudgedOn)>,
    /// Its conditions are judged on other days of the unit as well.
    prorated: bool,
    /// What such a day is called.
    day: Term,
}

/// Why no day is left.
enum Never<'p> {
    /// Its own dates lie outside the days of its version: the first that does.
    Dates(&'p Condition),
    /// Its own dates leave no day, in force or not: the first that leaves none.
    Crossed(&'p Condition),
    /// No judged day lies in this stretch; the next one after it.
    Unjudged(Stretch, Option<Day>),
}

/// A finding where none of the versions of one text is ever in force.
pub(super) fn benefit(plan: &Plan, versions: &[&Benefit]) -> Option<Diagnostic> {
    let last = versions.last()?;
    let dated: Vec<Dated<'_>> = versions.iter().map(|version| of_benefit(version)).collect();
    finding(plan, &dated, &last.label, last.title.0)
}

/// One finding a duty whose bound day never comes.
pub(super) fn duties(plan: &Plan) -> Vec<Diagnostic> {
    let mut texts: BTreeMap<Span, Vec<&Obligation>> = BTreeMap::new();
    for duty in &plan.obligations {
        texts.entry(written_at(&duty.must)).or_default().push(duty);
    }
    texts.values().filter_map(|versions| duty(plan, versions)).collect()
}

/// A finding where the bound day of none of the versions of one text ever comes.
pub(super) fn duty(plan: &Plan, versions: &[&Obligation]) -> Option<Diagnostic> {
    let last = versions.last()?;
    let dated: Vec<Dated<'_>> = versions.iter().map(|version| of_duty(version)).collect();
    finding(plan, &dated, &last.label, written_at(&last.must))
}

/// The days on which a version could be judged at all: in force, and within its own dates.
pub(super) fn stretch(plan: &Plan, benefit: &Benefit) -> Option<Stretch> {
    let dated = of_benefit(benefit);
    let within = (dated.days.from, dated.days.last());
    if dated.prorated {
        // A unit of which only a part lies within its dates is paid all the same.
        return Some(within);
    }
    dated.conditions.iter().try_fold(within, |within, condition| narrow(plan, condition.node, within))
}

fn of_benefit(benefit: &Benefit) -> Dated<'_> {
    // Where another clause holds is that clause's own.
    let own = |condition: &&Condition| {
        !matches!(condition.kind, ConditionKind::Exception | ConditionKind::Replaced)
    };
    Dated {
        days: benefit.days,
        conditions: benefit.filter.iter().chain(&benefit.conditions).filter(own).collect(),
        unit: benefit.rhythm.calendar_unit().map(|unit| (unit, benefit.judged_on)),
        prorated: benefit.prorating.is_some(),
        day: Term::new("判定日", "a day on which it is judged"),
    }
}

fn of_duty(duty: &Obligation) -> Dated<'_> {
    let unit = match duty.must {
        Must::Times { unit, .. } | Must::Throughout { window: Window::Each(unit), .. } => Some(unit),
        Must::Within { .. } | Must::Throughout { window: Window::After { .. }, .. } => None,
    };
    Dated {
        days: duty.days,
        conditions: duty.filter.iter().chain(&duty.bound).collect(),
        unit: unit.map(|unit| (unit, JudgedOn::First)),
        prorated: false,
        day: Term::new("义务开始的日子", "a day from which it binds"),
    }
}

fn written_at(must: &Must) -> Span {
    match must {
        Must::Within { span, .. } | Must::Times { span, .. } | Must::Throughout { span, .. } => span.0,
    }
}

fn finding(plan: &Plan, versions: &[Dated<'_>], label: &Label, title: Span) -> Option<Diagnostic> {
    let never: Option<Vec<Never<'_>>> = versions.iter().map(|version| never(plan, version)).collect();
    let why = never?.into_iter().next_back()?;
    let from = versions.iter().map(|version| version.days.from).min()?;
    let last = versions.iter().map(|version| version.days.last()).max()?;
    let day = versions.last().map(|version| version.day.clone()).unwrap_or_default();
    let finding = |at| Diagnostic::at(codes::A008, at).arg("clause", Term::from(label));
    Some(match why {
        Never::Dates(condition) => {
            let Term { zh, en } = shown((from, last));
            finding(condition.span.0)
                .arg(
                    "why",
                    Term::new(
                        format!("章程的这一版只在{zh}施行,这里写的日子不在其中"),
                        format!("this version of the charter is in force {en}, and these dates lie outside"),
                    ),
                )
                .help(Term::new(
                    "改这里的日子;若这一条已由后来的版本代替,把它删去",
                    "mend the dates; where a later version has taken its place, drop the clause",
                ))
        }
        Never::Crossed(condition) => finding(condition.span.0)
            .arg(
                "why",
                Term::new(
                    "它的日子里没有哪一天全都符合,例如到期的日子在开始的日子之前",
                    "no day meets all of its dates, as where it ends before it begins",
                ),
            )
            .help(Term::new(
                "改这里的日子,使开始在到期之前",
                "mend the dates, so that it begins before it ends",
            )),
        Never::Unjudged(stretch, next) => {
            let Term { zh, en } = shown(stretch);
            let after = next.map_or_else(Term::default, |next| {
                Term::new(format!(",下一个是 {next}"), format!("; the next would be {next}"))
            });
            finding(title)
                .arg(
                    "why",
                    Term::new(
                        format!("它只在{zh}施行,其中没有{}{}", day.zh, after.zh),
                        format!("its days are those {en}, and none of them is {}{}", day.en, after.en),
                    ),
                )
                .help(Term::new(
                    "改施行的日子、周期或判定日,使其中有一个判定日",
                    "change the days in force, the rhythm or the judged day, so that one falls among them",
                ))
        }
    })
}

/// Why a version is never judged; none where it is, or where that depends on more than dates.
fn never<'p>(plan: &Plan, version: &Dated<'p>) -> Option<Never<'p>> {
    let mut within = (version.days.from, version.days.last());
    for condition in &version.conditions {
        match narrow(plan, condition.node, within) {
            Some(narrower) if !version.prorated => within = narrower,
            Some(_) => {}
            None => {
                let mut own = version.conditions.iter();
                let any = own.try_fold((Day::MIN, Day::MAX), |any, own| narrow(plan, own.node, any));
                return Some(if any.is_some() { Never::Dates(condition) } else { Never::Crossed(condition) });
            }
        }
    }
    let (unit, on) = version.unit?;
    let next = next_judged(unit, on, within.0);
    if next.is_some_and(|day| day <= within.1) {
        return None;
    }
    Some(Never::Unjudged(within, next))
}

/// The days of a stretch on which a condition about the day alone can hold: those from the first such day to the last.
/// What it says of facts leaves the stretch as it is. None where no day is left.
fn narrow(plan: &Plan, node: NodeId, within: Stretch) -> Option<Stretch> {
    match &plan.node(node).op {
        Op::All(parts) => parts.iter().try_fold(within, |within, part| narrow(plan, *part, within)),
        Op::Compare(compare, left, right) => compared(plan, (*compare, *left, *right), false, within),
        Op::Not(inner) => match plan.node(*inner).op {
            Op::Compare(compare, left, right) => compared(plan, (compare, left, right), true, within),
            _ => Some(within),
        },
        _ => Some(within),
    }
}

/// The same of a comparison with the judged day, or of its opposite.
fn compared(
    plan: &Plan,
    (compare, left, right): (Compare, NodeId, NodeId),
    negated: bool,
    (first, last): Stretch,
) -> Option<Stretch> {
    let is_today = |id: NodeId| plan.node(id).op == Op::Today;
    let (compare, day) = match (is_today(left), is_today(right)) {
        (true, false) => (compare, written(plan, right)),
        (false, true) => (compare.mirrored(), written(plan, left)),
        _ => return Some((first, last)),
    };
    let Some(day) = day else { return Some((first, last)) };
    let (from, until) = match (compare, negated) {
        (Compare::Eq, false) => (Some(day), Some(day)),
        (Compare::Eq, true) => (Some(Day::MIN), Some(Day::MAX)),
        (Compare::Lt, false) | (Compare::Ge, true) => (Some(Day::MIN), day.add_days(-1)),
        (Compare::Le, false) | (Compare::Gt, true) => (Some(Day::MIN), Some(day)),
        (Compare::Gt, false) | (Compare::Le, true) => (day.add_days(1), Some(Day::MAX)),
        (Compare::Ge, false) | (Compare::Lt, true) => (Some(day), Some(Day::MAX)),
    };
    let (from, until) = (first.max(from?), last.min(until?));
    (from <= until).then_some((from, until))
}

/// A day written out, or an end of its month.
fn written(plan: &Plan, node: NodeId) -> Option<Day> {
    match &plan.node(node).op {
        Op::Constant(Constant::Date(day)) => Some(*day),
        Op::Month(MonthEdge::First, inner) => written(plan, *inner).map(Day::month_start),
        Op::Month(MonthEdge::Last, inner) => written(plan, *inner).map(Day::month_end),
        _ => None,
    }
}

fn shown((first, last): Stretch) -> Term {
    if last == Day::MAX {
        Term::new(format!(" {first} 起"), format!("from {first} on"))
    } else {
        Term::new(format!(" {first} 至 {last} "), format!("from {first} to {last}"))
    }
}
