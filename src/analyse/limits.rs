//! Limits that nothing ever reaches: the most that the clauses they cut can come to in one unit is less.
//!
//! That holds for every household, whatever rows it has: only what is counted by the row that is paid is looked at, and
//! amounts are taken at the most they can be at all. Where there is no such most, nothing is said.

use super::extent::extent;
use super::{calendar, in_force};
use crate::ast::{Prorating, Rhythm, RoundTo};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::{Benefit, Limit, Most, Pay, Plan};
use crate::source::Span;
use crate::value::{Day, Fen, PeriodUnit, Ratio};
use std::collections::BTreeMap;

/// The versions of each clause, by the names of its charter and of itself.
type Lines<'p> = BTreeMap<(&'p str, &'p str), Vec<&'p Benefit>>;

/// One finding a limit.
pub(super) fn never_reached(plan: &Plan) -> Vec<Diagnostic> {
    // A limit is compiled once for each stack of its charter: it is idle only where it is in all of them.
    let mut texts: BTreeMap<Span, Vec<(&Benefit, &Limit)>> = BTreeMap::new();
    let mut lines: Lines<'_> = BTreeMap::new();
    for benefit in &plan.benefits {
        lines.entry((family(plan, benefit), &benefit.label.name)).or_default().push(benefit);
        for limit in &benefit.limits {
            texts.entry(limit.span.0).or_default().push((benefit, limit));
        }
    }
    let finding = |(span, versions): (&Span, &Vec<(&Benefit, &Limit)>)| {
        let (benefit, limit) = versions.last()?;
        let slack: Option<Vec<Ratio>> =
            versions.iter().map(|(benefit, limit)| below(plan, &lines, benefit, limit)).collect();
        let most = slack?.into_iter().max()?;
        Some(told(plan, benefit, limit, most, *span))
    };
    texts.iter().filter_map(finding).collect()
}

fn told(plan: &Plan, benefit: &Benefit, limit: &Limit, most: Ratio, span: Span) -> Diagnostic {
    let most = match limit.most {
        Most::Times(_) => {
            let times = most.num();
            Term::new(
                format!("{times} 次"),
                if times == 1 { "once".to_owned() } else { format!("{times} times") },
            )
        }
        Most::Amount(_) => {
            let fen = most.round_to(1, crate::value::Rounding::Up).map_or(Fen::ZERO, Fen);
            Term::new(format!("{fen} 元"), format!("{fen} yuan"))
        }
    };
    let window = match limit.window {
        Some(PeriodUnit::Month) => Term::new("每月", "each month"),
        Some(PeriodUnit::Quarter) => Term::new("每季", "each quarter"),
        Some(PeriodUnit::Year) => Term::new("每年", "each year"),
        None => Term::new("终身", "for life"),
    };
    Diagnostic::at(codes::A007, span)
        .arg("clause", Term::from(&benefit.label))
        .arg("record", Term::from(&plan.schema.record(limit.per).label))
        .arg("window", window)
        .arg("most", most)
        .help(Term::new(
            "改低限额,或删去它;有意留着的,用“许可 A007”写明谁在哪一天决定的",
            "lower it or drop it; where it is meant to stay, say who decided so and when with 'allow A007'",
        ))
}

/// The most that all its clauses come to in one unit for one row, where that is less than the limit.
fn below(plan: &Plan, lines: &Lines<'_>, benefit: &Benefit, limit: &Limit) -> Option<Ratio> {
    let least = match limit.most {
        Most::Times(times) => Ratio::whole(times),
        Most::Amount(node) => extent(plan, benefit.charter, node).lo?,
    };
    let mut most = Ratio::whole(0);
    for name in &limit.clauses {
        let versions = lines.get(&(family(plan, benefit), name)).map(Vec::as_slice).unwrap_or_default();
        most = most.checked_add(line(plan, limit, versions)?)?;
    }
    (most < least).then_some(most)
}

fn family<'p>(plan: &'p Plan, benefit: &Benefit) -> &'p str {
    &plan.charter(benefit.charter).label.name
}

/// The most that one clause comes to, over all its versions.
fn line(plan: &Plan, limit: &Limit, versions: &[&Benefit]) -> Option<Ratio> {
    // One that the law refuses pays nothing.
    if versions.is_empty() {
        return Some(Ratio::whole(0));
    }
    // Of rows that lie in the row there may be any number.
    if versions.iter().any(|version| version.target != limit.per) {
        return None;
    }
    let alike = |version: &&Benefit| {
        versions
            .first()
            .is_some_and(|first| (first.rhythm, first.judged_on) == (version.rhythm, version.judged_on))
    };
    if versions.iter().all(alike) {
        // One sequence of judged days, whichever version is in force on each.
        let stretches: Option<Vec<(Day, Day)>> =
            versions.iter().map(|version| in_force::stretch(plan, version)).collect();
        let stretches = stretches?;
        let first = stretches.iter().map(|(first, _)| *first).min()?;
        let last = stretches.iter().map(|(_, last)| *last).max()?;
        let grants = grants(limit.window, versions.first()?.rhythm, (first, last))?;
        let judged: Option<Vec<i64>> =
            versions.iter().map(|version| calendar::most_in(plan, version, limit.window?)).collect();
        // Of several versions each may be judged in a part of the unit.
        let judged = judged.map(|judged| Ratio::whole(judged.into_iter().fold(0, i64::saturating_add)));
        let grants = judged.map_or(grants, |judged| judged.min(grants));
        let amounts: Option<Vec<Ratio>> = versions.iter().map(|version| each(plan, version, limit)).collect();
        return amounts?.into_iter().max()?.checked_mul(grants);
    }
    versions.iter().try_fold(Ratio::whole(0), |total, version| {
        let grants = grants(limit.window, version.rhythm, in_force::stretch(plan, version)?)?;
        total.checked_add(each(plan, version, limit)?.checked_mul(grants)?)
    })
}

/// How often at the most it is granted to one row in one unit of the limit.
fn grants(window: Option<PeriodUnit>, rhythm: Rhythm, (first, last): (Day, Day)) -> Option<Ratio> {
    let Some(unit) = rhythm.calendar_unit() else { return Some(Ratio::whole(1)) };
    let in_window = window.map(|window| (months(window) / months(unit)).max(1));
    let in_all = (last != Day::MAX).then(|| {
        let (first, last) = (unit.start(first), unit.start(last));
        first.full_months_to(last) / months(unit) + 1
    });
    [in_window, in_all].into_iter().flatten().min().map(Ratio::whole)
}

fn months(unit: PeriodUnit) -> i64 {
    match unit {
        PeriodUnit::Month => 1,
        PeriodUnit::Quarter => 3,
        PeriodUnit::Year => 12,
    }
}

/// What one grant counts at the most.
fn each(plan: &Plan, benefit: &Benefit, limit: &Limit) -> Option<Ratio> {
    if let Most::Times(_) = limit.most {
        return Some(Ratio::whole(1));
    }
    let amount = match &benefit.pay {
        Pay::Fixed(amount, _) | Pay::InKind { worth: amount, .. } | Pay::Range { hi: amount, .. } => *amount,
    };
    let most = extent(plan, benefit.charter, amount).hi?.max(Ratio::whole(0));
    match benefit.prorating {
        // A part of it, rounded: to the yuan it may come to more than the whole.
        Some(Prorating { rounding: Some((_, RoundTo::Yuan)), .. }) => most.checked_add(Ratio::whole(100)),
        _ => Some(most),
    }
}
