//! The values at which a condition could turn: codes, the constants it is compared with and their neighbours, and the
//! days that the judged day, days written in the charter and those chosen before lead to (`links`).

use super::near::days_of_all_months;
use super::turning::Turning;
use crate::ast::TimeUnit;
use crate::eval::{FactId, FactPart};
use crate::ir::Plan;
use crate::register::YEARS;
use crate::schema::{Blank, Datum, FieldType};
use crate::value::{Day, DaySpan, Fact, Fen, Ratio};
use std::collections::BTreeSet;

/// Some text.
const OTHER_TEXT: &str = "某";
/// Most days tried for one fact.
pub(super) const MAX_DAYS: usize = 240;

impl Turning {
    /// About how many values there are to try for a fact.
    pub(super) fn choices(plan: &Plan, fact: FactId) -> usize {
        let FactPart::Field(field) = fact.part else { return 0 };
        match &plan.schema.field(fact.record, field).ty {
            FieldType::Code(codes) => codes.len(),
            FieldType::Flag => 2,
            FieldType::Text | FieldType::Percent => 3,
            FieldType::Number | FieldType::Money => 20,
            FieldType::Date => MAX_DAYS,
        }
    }

    /// The values to try for a fact, the more plausible ones first.
    pub(super) fn values(
        &self,
        plan: &Plan,
        moment: &[Day],
        fact: FactId,
        chosen: &[(FactId, Fact<Datum>)],
    ) -> Vec<Fact<Datum>> {
        let FactPart::Field(field) = fact.part else { return Vec::new() };
        let declared = plan.schema.field(fact.record, field);
        let radius = self.linear.radius.max(1);
        let around = |number: i64| (-radius..=radius).map(move |by| number.saturating_add(by));
        // Where two facts are held against each other, also those that are so much more or less than one chosen.
        let apart = |number: i64| {
            let offsets = self.linear.offsets.iter();
            let both = offsets.flat_map(move |by| [number.saturating_add(*by), number.saturating_sub(*by)]);
            both.chain([number])
        };
        let known: Vec<Datum> = match &declared.ty {
            FieldType::Code(codes) => {
                (0..codes.len()).filter_map(|code| u16::try_from(code).ok()).map(Datum::Code).collect()
            }
            FieldType::Flag => vec![Datum::Flag(true), Datum::Flag(false)],
            FieldType::Date => self
                .days(moment, fact, chosen)
                .into_iter()
                .map(|day| Datum::Date(DaySpan::day(day)))
                .collect(),
            FieldType::Number => {
                let mut numbers: BTreeSet<i64> = self.numbers.iter().copied().flat_map(around).collect();
                numbers.extend([0, 1, 2, 1000]);
                numbers.extend(
                    chosen.iter().filter_map(|(_, value)| number(value)).flat_map(apart).flat_map(around),
                );
                if self.calendar {
                    let days =
                        moment.iter().copied().chain(chosen.iter().filter_map(|(_, value)| day(value)));
                    let parts = days.map(Day::civil).flat_map(|civil| {
                        [i64::from(civil.year), i64::from(civil.month), i64::from(civil.day)]
                    });
                    numbers.extend(parts.flat_map(around));
                }
                plain_first(numbers).map(Datum::Number).collect()
            }
            FieldType::Money => {
                let mut fen: BTreeSet<i64> = self.money.iter().flat_map(|fen| around(fen.0)).collect();
                fen.extend([0, 100, 10_000_000]);
                fen.extend(
                    chosen.iter().filter_map(|(_, value)| money(value)).flat_map(apart).flat_map(around),
                );
                plain_first(fen).map(|fen| Datum::Money(Fen(fen))).collect()
            }
            FieldType::Percent => self.percentages(chosen).into_iter().map(Datum::Percent).collect(),
            FieldType::Text => self.words(chosen).into_iter().map(|text| Datum::Text(text.into())).collect(),
        };
        let absent = (declared.blank != Blank::Unknown).then_some(Fact::Absent);
        // That something never happened is plainer than any day on which it did.
        let all = absent.into_iter().chain(known.into_iter().map(Fact::Known));
        all.filter(|value| !(self.from_zero && is_below_zero(value))).collect()
    }

    /// None, half and all; those written and chosen, one between each two, and one above and below all.
    fn percentages(&self, chosen: &[(FactId, Fact<Datum>)]) -> Vec<Ratio> {
        let (zero, one) = (Ratio::whole(0), Ratio::whole(1));
        let plain: Vec<Ratio> = [Some(zero), Ratio::new(1, 2), Some(one)].into_iter().flatten().collect();
        let mut turns = self.rates.clone();
        turns.extend(plain.iter().copied().chain(chosen.iter().filter_map(|(_, value)| percentage(value))));
        turns.extend(turns.last().and_then(|most| most.checked_add(one)));
        turns.extend(turns.first().and_then(|least| least.checked_sub(one)));
        let next = turns.iter().skip(1);
        let between: Vec<Ratio> =
            turns.iter().zip(next).filter_map(|(low, high)| low.percent_before(*high)).collect();
        turns.extend(between);
        // A third is no percentage that a register can hold.
        turns.retain(|turn| turn.as_percent().is_some());
        let others = turns.into_iter().filter(|turn| !plain.contains(turn));
        let (below, above): (Vec<Ratio>, Vec<Ratio>) = others.partition(|turn| *turn < zero);
        plain.iter().copied().chain(above).chain(below).collect()
    }

    /// The texts written and chosen, and one that is none of them.
    fn words(&self, chosen: &[(FactId, Fact<Datum>)]) -> Vec<String> {
        let mut words: Vec<String> = self.texts.iter().cloned().collect();
        for (_, value) in chosen {
            if let Fact::Known(Datum::Text(text)) = value
                && !words.iter().any(|word| **word == **text)
            {
                words.push(text.to_string());
            }
        }
        let mut other = OTHER_TEXT.to_owned();
        while words.contains(&other) {
            other.push_str(OTHER_TEXT);
        }
        words.push(other);
        words
    }

    /// Days at which something could turn, and some that are plain, the nearest past first.
    fn days(&self, moment: &[Day], fact: FactId, chosen: &[(FactId, Fact<Datum>)]) -> Vec<Day> {
        let today = moment.last().copied().unwrap_or(Day::MIN);
        let mut days = self.links.days(moment, fact, chosen);
        days.extend(moment);
        days.extend(chosen.iter().filter_map(|(_, value)| day(value)));
        let around = |day: Day| [day.add_days(-1), Some(day), day.add_days(1)];
        let mut days: BTreeSet<Day> = days.into_iter().flat_map(around).flatten().collect();
        let plain: &[i64] =
            if self.approximate { &[-100, -70, -30, -10, -1, 1, 10, 30] } else { &[-70, -30, -1] };
        days.extend(plain.iter().filter_map(|years| today.add_months(12 * years)));
        if self.passing {
            days.extend(days_of_all_months(today));
        }
        // From the first day that a register can speak of leads the longest way to another, and from the last one back.
        let ends = [Day::new(*YEARS.start(), 1, 1), Day::new(*YEARS.end(), 12, 31)];
        days.extend(ends.iter().flatten());
        let mut days: Vec<Day> = days.into_iter().filter(|day| YEARS.contains(&day.civil().year)).collect();
        let distance = |day: &Day| (i64::from(today.number()) - i64::from(day.number())).abs();
        days.sort_by_key(|day| (ends.contains(&Some(*day)), *day > today, distance(day)));
        days.truncate(MAX_DAYS);
        days
    }
}

/// Is it a number, an amount or a percentage below nothing?
pub(super) fn is_below_zero(value: &Fact<Datum>) -> bool {
    match value {
        Fact::Known(Datum::Number(number)) => *number < 0,
        Fact::Known(Datum::Money(fen)) => *fen < Fen::ZERO,
        Fact::Known(Datum::Percent(ratio)) => *ratio < Ratio::whole(0),
        _ => false,
    }
}

/// Numbers from nothing upwards, and those below it last: a register may hold them.
fn plain_first(numbers: BTreeSet<i64>) -> impl Iterator<Item = i64> {
    let (below, plain): (Vec<i64>, Vec<i64>) = numbers.into_iter().partition(|number| *number < 0);
    plain.into_iter().chain(below.into_iter().rev())
}

pub(super) fn moved(day: Day, count: i64, unit: TimeUnit) -> Option<Day> {
    match unit {
        TimeUnit::Days => day.add_days(count),
        TimeUnit::Months => day.add_months(count),
        TimeUnit::Years => day.add_months(count.checked_mul(12)?),
    }
}

pub(super) fn day(value: &Fact<Datum>) -> Option<Day> {
    match value {
        Fact::Known(Datum::Date(span)) => Some(span.first),
        _ => None,
    }
}

fn number(value: &Fact<Datum>) -> Option<i64> {
    match value {
        Fact::Known(Datum::Number(number)) => Some(*number),
        _ => None,
    }
}

fn percentage(value: &Fact<Datum>) -> Option<Ratio> {
    match value {
        Fact::Known(Datum::Percent(ratio)) => Some(*ratio),
        _ => None,
    }
}

fn money(value: &Fact<Datum>) -> Option<i64> {
    match value {
        Fact::Known(Datum::Money(fen)) => Some(fen.0),
        _ => None,
    }
}
