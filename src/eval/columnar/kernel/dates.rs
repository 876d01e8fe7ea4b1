//! Days moved, counted and cut by the calendar, row by row: only what no range of a field comes down to.

use super::arith::{Done, Shape, map};
use crate::ast::{CalendarPart, ElapsedUnit, TimeUnit};
use crate::eval::columnar::column::{Numbers, One, Slice, Source, loose, presence};
use crate::eval::columnar::store::LOW;
use crate::eval::columnar::word::Word;
use crate::value::{Bounds, Day};

fn day(number: i64) -> Option<Day> {
    Day::from_number(i32::try_from(number).ok()?)
}

/// A day of every row changed by a function that keeps order.
fn moved<W: Word>(
    dates: Source<'_, W>,
    shape: Shape<W>,
    into: &mut Numbers<W>,
    change: impl Fn(Day) -> Option<i64>,
) -> Done {
    map(dates, (dates.slots(shape.slots), 1), shape, into, |_, end| change(day(end)?))
}

pub(in crate::eval::columnar) fn shift<W: Word>(
    dates: Source<'_, W>,
    (count, unit): (i64, TimeUnit),
    shape: Shape<W>,
    into: &mut Numbers<W>,
) -> Done {
    if unit == TimeUnit::Days && days(dates, count, shape, into) {
        return Done::All;
    }
    moved(dates, shape, into, |day| {
        let later = match unit {
            TimeUnit::Days => day.add_days(count),
            TimeUnit::Months => day.add_months(count),
            TimeUnit::Years => day.add_months(count.checked_mul(12)?),
        };
        later.map(number)
    })
}

/// Days added, where no known day leaves the calendar; false where one might.
fn days<W: Word>(dates: Source<'_, W>, count: i64, shape: Shape<W>, into: &mut Numbers<W>) -> bool {
    let slots = dates.slots(shape.slots);
    into.room(1, slots, shape.rows);
    let calendar = number(Day::MIN)..=number(Day::MAX);
    let mut fits = true;
    for slot in 0..slots {
        let out = &mut into.lo[slot * shape.rows..(slot + 1) * shape.rows];
        match dates.slice(slot) {
            Slice::Rows(days) => {
                for (out, day) in out.iter_mut().zip(days) {
                    let moved = day.wrapping_add(count);
                    // A day without bound is mended below.
                    fits &= calendar.contains(&moved) || *day == LOW;
                    *out = moved;
                }
            }
            Slice::Same(_) => return false,
        }
    }
    let moved = |end: i64| day(end)?.add_days(count).map(number);
    into.there = presence(&[dates]);
    into.mend(loose(&[dates], shape.rows), shape.full, |slot, row| {
        let One { value, there } = One::of(dates, slot, row);
        One { value: value.map_monotone(moved), there }
    });
    fits
}

fn number(day: Day) -> i64 {
    i64::from(day.number())
}

/// First or last day of the month.
pub(in crate::eval::columnar) fn month<W: Word>(
    dates: Source<'_, W>,
    first: bool,
    shape: Shape<W>,
    into: &mut Numbers<W>,
) -> Done {
    moved(dates, shape, into, |day| Some(number(if first { day.month_start() } else { day.month_end() })))
}

/// A part of a date that keeps order; months and days of the month do not, and are left to the other evaluator.
pub(in crate::eval::columnar) fn calendar<W: Word>(
    dates: Source<'_, W>,
    part: CalendarPart,
    shape: Shape<W>,
    into: &mut Numbers<W>,
) -> Done {
    let edge: fn(Day) -> i64 = match part {
        CalendarPart::Year => |day| i64::from(day.civil().year),
        CalendarPart::MonthStart => |day| number(day.month_start()),
        CalendarPart::MonthEnd => |day| number(day.month_end()),
        CalendarPart::QuarterStart => |day| number(day.quarter_start()),
        CalendarPart::QuarterEnd => |day| number(day.quarter_end()),
        CalendarPart::YearStart => |day| number(day.year_start()),
        CalendarPart::YearEnd => |day| number(day.year_end()),
        CalendarPart::Month if dates.is_definite() => |day| i64::from(day.civil().month),
        CalendarPart::Day if dates.is_definite() => |day| i64::from(day.civil().day),
        CalendarPart::Month | CalendarPart::Day => return Done::Rough,
    };
    moved(dates, shape, into, |day| Some(edge(day)))
}

/// Whole units from one date to another.
pub(in crate::eval::columnar) fn elapsed<W: Word>(
    unit: ElapsedUnit,
    from: Source<'_, W>,
    to: Source<'_, W>,
    shape: Shape<W>,
    into: &mut Numbers<W>,
) -> Done {
    let slots = from.slots(shape.slots).max(to.slots(shape.slots));
    into.room(1, slots, shape.rows);
    let count = |from: Option<i64>, to: Option<i64>| {
        let (from, to) = (day(from?)?, day(to?)?);
        Some(match unit {
            ElapsedUnit::Years => from.full_years_to(to),
            ElapsedUnit::Months => from.full_months_to(to),
            ElapsedUnit::Days => number(to) - number(from),
        })
    };
    into.mend((0..).take(shape.rows), shape.full, |slot, row| {
        let (start, end) = (One::of(from, slot, row), One::of(to, slot, row));
        // The later the start, the fewer; the later the end, the more.
        let value =
            Bounds { lo: count(start.value.hi, end.value.lo), hi: count(start.value.lo, end.value.hi) };
        One { value, there: start.there.and(end.there) }
    });
    Done::All
}
