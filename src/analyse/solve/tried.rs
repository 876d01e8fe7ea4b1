//! The values at which a condition could turn: codes, the constants it is compared with and their neighbours, the
//! judged day moved by every number and duration, and the same around days that were chosen before.

use super::turning::Turning;
use crate::ast::TimeUnit;
use crate::eval::{FactId, FactPart};
use crate::ir::Plan;
use crate::schema::{Blank, Datum, FieldType};
use crate::value::{Day, DaySpan, Fact, Fen, Ratio};
use std::collections::BTreeSet;

/// No made-up day lies before this: year, month, day.
pub const EARLIEST: (i16, i8, i8) = (1900, 1, 1);
/// Nor later than so many months after the judged day.
pub const LATEST_MONTHS: i64 = 60;
/// Some text.
const OTHER_TEXT: &str = "某";
/// Most days tried for one fact.
pub(super) const MAX_DAYS: usize = 160;

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
        let around = |number: i64| [number.saturating_sub(1), number, number.saturating_add(1)];
        let known: Vec<Datum> = match &declared.ty {
            FieldType::Code(codes) => {
                (0..codes.len()).filter_map(|code| u16::try_from(code).ok()).map(Datum::Code).collect()
            }
            FieldType::Flag => vec![Datum::Flag(true), Datum::Flag(false)],
            FieldType::Date => {
                self.days(moment, chosen).into_iter().map(|day| Datum::Date(DaySpan::day(day))).collect()
            }
            FieldType::Number => {
                let mut numbers: BTreeSet<i64> = self.numbers.iter().copied().flat_map(around).collect();
                numbers.extend([0, 1, 2, 1000]);
                numbers.extend(chosen.iter().filter_map(|(_, value)| number(value)).flat_map(around));
                if self.calendar {
                    let days =
                        moment.iter().copied().chain(chosen.iter().filter_map(|(_, value)| day(value)));
                    let parts = days.map(Day::civil).flat_map(|civil| {
                        [i64::from(civil.year), i64::from(civil.month), i64::from(civil.day)]
                    });
                    numbers.extend(parts.flat_map(around));
                }
                numbers.into_iter().filter(|number| *number >= 0).map(Datum::Number).collect()
            }
            FieldType::Money => {
                let mut fen: BTreeSet<i64> = self.money.iter().flat_map(|fen| around(fen.0)).collect();
                fen.extend([0, 100, 10_000_000]);
                fen.extend(chosen.iter().filter_map(|(_, value)| money(value)).flat_map(around));
                fen.into_iter().filter(|fen| *fen >= 0).map(|fen| Datum::Money(Fen(fen))).collect()
            }
            FieldType::Percent => self.percentages(chosen).into_iter().map(Datum::Percent).collect(),
            FieldType::Text => self.words(chosen).into_iter().map(|text| Datum::Text(text.into())).collect(),
        };
        let absent = (declared.blank != Blank::Unknown).then_some(Fact::Absent);
        // That something never happened is plainer than any day on which it did.
        absent.into_iter().chain(known.into_iter().map(Fact::Known)).collect()
    }

    /// None, half and all; those written and chosen, one between each two, and one above all.
    fn percentages(&self, chosen: &[(FactId, Fact<Datum>)]) -> Vec<Ratio> {
        let (zero, one) = (Ratio::whole(0), Ratio::whole(1));
        let plain: Vec<Ratio> = [Some(zero), Ratio::new(1, 2), Some(one)].into_iter().flatten().collect();
        let mut turns = self.rates.clone();
        turns.extend(plain.iter().copied().chain(chosen.iter().filter_map(|(_, value)| percentage(value))));
        turns.extend(turns.last().and_then(|most| most.checked_add(one)));
        let next = turns.iter().skip(1);
        let half = |(low, high): (&Ratio, &Ratio)| low.checked_add(*high)?.checked_div(Ratio::whole(2));
        let between: Vec<Ratio> = turns.iter().zip(next).filter_map(half).collect();
        turns.extend(between);
        let others = turns.into_iter().filter(|turn| *turn >= zero && !plain.contains(turn));
        plain.iter().copied().chain(others).collect()
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

    /// Days around the judged day and those that were chosen, the nearest past first.
    fn days(&self, moment: &[Day], chosen: &[(FactId, Fact<Datum>)]) -> Vec<Day> {
        let mut anchors: BTreeSet<Day> = self.dates.clone();
        anchors.extend(moment);
        let today = moment.last().copied().unwrap_or(Day::MIN);
        anchors.extend(chosen.iter().filter_map(|(_, value)| day(value)));
        let mut days: BTreeSet<Day> = BTreeSet::new();
        for anchor in &anchors {
            days.insert(*anchor);
            for (count, unit) in &self.shifts {
                days.extend(moved(*anchor, *count, *unit));
                days.extend(count.checked_neg().and_then(|count| moved(*anchor, count, *unit)));
            }
            // At least so many years turns where they are full, more than so many a year later.
            let turns =
                self.numbers.iter().flat_map(|number| [Some(*number), number.checked_add(1)]).flatten();
            for number in turns.collect::<BTreeSet<i64>>() {
                for unit in &self.elapsed {
                    days.extend(number.checked_neg().and_then(|number| moved(*anchor, number, *unit)));
                }
            }
        }
        let around = |day: Day| [day.add_days(-1), Some(day), day.add_days(1)];
        let mut days: BTreeSet<Day> = days.into_iter().flat_map(around).flatten().collect();
        days.extend(
            [today.add_months(-12 * 30), today.add_months(-12 * 70), today.add_months(-12)]
                .into_iter()
                .flatten(),
        );
        let (year, month, first) = EARLIEST;
        let earliest = Day::new(year, month, first).unwrap_or(Day::MIN);
        let latest = today.add_months(LATEST_MONTHS).unwrap_or(Day::MAX);
        let mut days: Vec<Day> = days.into_iter().filter(|day| earliest <= *day && *day <= latest).collect();
        let distance = |day: &Day| (i64::from(today.number()) - i64::from(day.number())).abs();
        days.sort_by_key(|day| (*day > today, distance(day)));
        days.truncate(MAX_DAYS);
        days
    }
}

fn moved(day: Day, count: i64, unit: TimeUnit) -> Option<Day> {
    match unit {
        TimeUnit::Days => day.add_days(count),
        TimeUnit::Months => day.add_months(count),
        TimeUnit::Years => day.add_months(count.checked_mul(12)?),
    }
}

fn day(value: &Fact<Datum>) -> Option<Day> {
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
