//! One column of a batch, value by value, whatever its type.

use crate::value::{Day, Fen};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrowPrimitiveType, BooleanArray, PrimitiveArray};
use arrow_array::{LargeStringArray, StringArray, StringViewArray};
use arrow_schema::{DataType, TimeUnit};
use std::fmt::Write as _;

/// Seconds of a day.
const DAY: i64 = 86_400;
/// Fen have two decimals of a yuan.
const FEN: i8 = 2;

/// One value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// None is given: a blank cell.
    Blank,
    Text(&'a str),
    Whole(i128),
    /// So many units, and how many decimals a unit has.
    Decimal(i128, i8),
    Flag(bool),
    /// Days since 1970-01-01.
    Day(i64),
    /// Seconds since then, where it is not midnight.
    Moment(i64),
}

/// The values of a column by row; none where blank.
pub(super) enum Numbers {
    /// Whole numbers.
    Whole(Vec<Option<i64>>),
    /// Days since 1970-01-01.
    Days(Vec<Option<i64>>),
    /// Something else, or numbers that may be larger.
    Other,
}

/// A column.
pub(super) struct Values<'a> {
    /// Of a dictionary: the place of each row's value.
    places: Option<Vec<usize>>,
    /// Rows that are blank.
    rows: &'a dyn Array,
    cells: Cells<'a>,
}

enum Cells<'a> {
    Text(&'a StringArray),
    LargeText(&'a LargeStringArray),
    TextView(&'a StringViewArray),
    Flag(&'a BooleanArray),
    /// Whole numbers by place; none where blank.
    Whole(Box<dyn Fn(usize) -> i128 + 'a>),
    Decimal(Box<dyn Fn(usize) -> i128 + 'a>, i8),
    /// Times by place, and how many make a day.
    Time(Box<dyn Fn(usize) -> i128 + 'a>, i128),
    Blank,
}

impl<'a> Values<'a> {
    /// A column; none where it is of a type that was not asked for.
    pub(super) fn of(column: &'a dyn Array) -> Option<Self> {
        if let Some(dictionary) = column.as_any_dictionary_opt() {
            let values = dictionary.values().as_ref();
            // Without values every row is blank.
            let places = if values.is_empty() { Vec::new() } else { dictionary.normalized_keys() };
            return Some(Self { places: Some(places), rows: column, cells: texts(values)? });
        }
        let cells = match column.data_type() {
            DataType::Null => Cells::Blank,
            DataType::Boolean => Cells::Flag(column.as_boolean_opt()?),
            DataType::Int8 => Cells::Whole(numbers::<Int8Type>(column)?),
            DataType::Int16 => Cells::Whole(numbers::<Int16Type>(column)?),
            DataType::Int32 => Cells::Whole(numbers::<Int32Type>(column)?),
            DataType::Int64 => Cells::Whole(numbers::<Int64Type>(column)?),
            DataType::UInt8 => Cells::Whole(numbers::<UInt8Type>(column)?),
            DataType::UInt16 => Cells::Whole(numbers::<UInt16Type>(column)?),
            DataType::UInt32 => Cells::Whole(numbers::<UInt32Type>(column)?),
            DataType::UInt64 => Cells::Whole(numbers::<UInt64Type>(column)?),
            DataType::Decimal32(_, scale) => Cells::Decimal(numbers::<Decimal32Type>(column)?, *scale),
            DataType::Decimal64(_, scale) => Cells::Decimal(numbers::<Decimal64Type>(column)?, *scale),
            DataType::Decimal128(_, scale) => Cells::Decimal(numbers::<Decimal128Type>(column)?, *scale),
            DataType::Date32 => Cells::Time(numbers::<Date32Type>(column)?, 1),
            DataType::Date64 => Cells::Time(numbers::<Date64Type>(column)?, a_day(1_000)),
            DataType::Timestamp(unit, None) => match unit {
                TimeUnit::Second => Cells::Time(numbers::<TimestampSecondType>(column)?, a_day(1)),
                TimeUnit::Millisecond => {
                    Cells::Time(numbers::<TimestampMillisecondType>(column)?, a_day(1_000))
                }
                TimeUnit::Microsecond => {
                    Cells::Time(numbers::<TimestampMicrosecondType>(column)?, a_day(1_000_000))
                }
                TimeUnit::Nanosecond => {
                    Cells::Time(numbers::<TimestampNanosecondType>(column)?, a_day(1_000_000_000))
                }
            },
            _ => texts(column)?,
        };
        Some(Self { places: None, rows: column, cells })
    }

    /// The value of a row.
    pub(super) fn get(&self, row: usize) -> Value<'a> {
        if row >= self.rows.len() || self.rows.is_null(row) {
            return Value::Blank;
        }
        let place = match &self.places {
            None => row,
            Some(places) => match places.get(row) {
                Some(place) => *place,
                None => return Value::Blank,
            },
        };
        match &self.cells {
            Cells::Text(cells) => text(*cells, place, |place| cells.value(place)),
            Cells::LargeText(cells) => text(*cells, place, |place| cells.value(place)),
            Cells::TextView(cells) => text(*cells, place, |place| cells.value(place)),
            Cells::Flag(cells) => Value::Flag(cells.value(place)),
            Cells::Whole(at) => Value::Whole(at(place)),
            Cells::Decimal(at, scale) => Value::Decimal(at(place), *scale),
            Cells::Time(at, day) => {
                let time = at(place);
                let whole = i64::try_from(time.div_euclid(*day)).unwrap_or(i64::MAX);
                let rest = time.rem_euclid(*day);
                // What is less than a second is not shown, and not midnight either.
                let seconds = i64::try_from(rest * i128::from(DAY) / *day).unwrap_or(0);
                if rest == 0 {
                    Value::Day(whole)
                } else {
                    Value::Moment(whole.saturating_mul(DAY).saturating_add(seconds))
                }
            }
            Cells::Blank => Value::Blank,
        }
    }

    /// True where the values are texts.
    pub(super) fn is_text(&self) -> bool {
        matches!(self.cells, Cells::Text(_) | Cells::LargeText(_) | Cells::TextView(_))
    }

    /// All of them as numbers, where they are of the common types of numbers and of days.
    pub(super) fn numbers(&self) -> Numbers {
        fn all<T: ArrowPrimitiveType>(column: &dyn Array) -> Option<Vec<Option<i64>>>
        where
            T::Native: Into<i64>,
        {
            Some(column.as_primitive_opt::<T>()?.iter().map(|value| value.map(Into::into)).collect())
        }
        let column = self.rows;
        if self.places.is_some() {
            return Numbers::Other;
        }
        let whole = match column.data_type() {
            DataType::Int8 => all::<Int8Type>(column),
            DataType::Int16 => all::<Int16Type>(column),
            DataType::Int32 => all::<Int32Type>(column),
            DataType::Int64 => all::<Int64Type>(column),
            DataType::UInt8 => all::<UInt8Type>(column),
            DataType::UInt16 => all::<UInt16Type>(column),
            DataType::UInt32 => all::<UInt32Type>(column),
            DataType::Date32 => return all::<Date32Type>(column).map_or(Numbers::Other, Numbers::Days),
            _ => None,
        };
        whole.map_or(Numbers::Other, Numbers::Whole)
    }

    /// The text of a row, as a CSV cell would have it; `scratch` holds it where it is made.
    pub(super) fn text<'t>(&self, row: usize, scratch: &'t mut String) -> &'t str
    where
        'a: 't,
    {
        self.get(row).text(scratch)
    }
}

/// Texts; none where they are something else.
fn texts(column: &dyn Array) -> Option<Cells<'_>> {
    match column.data_type() {
        DataType::Utf8 => column.as_string_opt().map(Cells::Text),
        DataType::LargeUtf8 => column.as_string_opt().map(Cells::LargeText),
        DataType::Utf8View => column.as_string_view_opt().map(Cells::TextView),
        _ => None,
    }
}

fn text<'a>(cells: &'a dyn Array, place: usize, value: impl FnOnce(usize) -> &'a str) -> Value<'a> {
    if place >= cells.len() || cells.is_null(place) { Value::Blank } else { Value::Text(value(place)) }
}

fn numbers<'a, T: ArrowPrimitiveType>(column: &'a dyn Array) -> Option<Box<dyn Fn(usize) -> i128 + 'a>>
where
    T::Native: Into<i128>,
{
    let cells: &'a PrimitiveArray<T> = column.as_primitive_opt()?;
    Some(Box::new(|place| cells.value(place).into()))
}

/// How many of a unit make a day, where so many make a second.
fn a_day(second: i128) -> i128 {
    second * i128::from(DAY)
}

impl<'a> Value<'a> {
    /// As a CSV cell would have it.
    pub(super) fn text<'t>(self, scratch: &'t mut String) -> &'t str
    where
        'a: 't,
    {
        scratch.clear();
        if let Self::Whole(number) = self {
            let mut buffer = itoa::Buffer::new();
            match i64::try_from(number) {
                Ok(number) => scratch.push_str(buffer.format(number)),
                Err(_) => scratch.push_str(buffer.format(number)),
            }
            return scratch;
        }
        // Writing to a string cannot fail.
        let _ = match self {
            Self::Blank => return "",
            Self::Text(text) => return text,
            Self::Flag(flag) => return if flag { "true" } else { "false" },
            Self::Whole(number) => write!(scratch, "{number}"),
            Self::Decimal(units, scale) => decimal(units, scale, scratch),
            Self::Day(day) => date(day, scratch),
            Self::Moment(seconds) => {
                let rest = seconds.rem_euclid(DAY);
                date(seconds.div_euclid(DAY), scratch).and_then(|()| {
                    write!(scratch, "T{:02}:{:02}:{:02}", rest / 3_600, rest / 60 % 60, rest % 60)
                })
            }
        };
        scratch
    }
}

/// A day, or where the calendar has none, something that is read as none.
fn date(days: i64, text: &mut String) -> std::fmt::Result {
    match i32::try_from(days).ok().and_then(Day::from_number) {
        Some(day) => write!(text, "{day}"),
        None => write!(text, "1970-01-01{days:+}"),
    }
}

fn decimal(units: i128, scale: i8, text: &mut String) -> std::fmt::Result {
    let digits = units.unsigned_abs().to_string();
    let decimals = usize::from(scale.max(0).unsigned_abs());
    let sign = if units < 0 { "-" } else { "" };
    let zeros = "0".repeat(usize::from(scale.min(0).unsigned_abs()));
    if decimals == 0 {
        return write!(text, "{sign}{digits}{zeros}");
    }
    let digits = format!("{digits:0>width$}", width = decimals + 1);
    match digits.split_at_checked(digits.len() - decimals) {
        Some((whole, rest)) => write!(text, "{sign}{whole}.{rest}"),
        None => write!(text, "{sign}{digits}"),
    }
}

/// The units of a decimal with another number of decimals; none where it has none exactly, or none that fits.
pub(super) fn rescaled(units: i128, scale: i8, to: i8) -> Option<i128> {
    let more = i32::from(to) - i32::from(scale);
    let factor = 10_i128.checked_pow(more.unsigned_abs());
    if more >= 0 {
        if units == 0 { Some(0) } else { units.checked_mul(factor?) }
    } else {
        match factor {
            Some(factor) => (units % factor == 0).then(|| units / factor),
            None => (units == 0).then_some(0),
        }
    }
}

/// An amount of yuan, to the fen.
pub(super) fn fen(units: i128, scale: i8) -> Option<Fen> {
    rescaled(units, scale, FEN).and_then(|fen| i64::try_from(fen).ok()).map(Fen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: Value<'_>) -> String {
        value.text(&mut String::new()).to_owned()
    }

    #[test]
    fn values_have_the_text_of_a_cell() {
        assert_eq!(shown(Value::Decimal(-5, 2)), "-0.05");
        assert_eq!(shown(Value::Decimal(123_456, 3)), "123.456");
        assert_eq!(shown(Value::Decimal(12, -2)), "1200");
        assert_eq!(shown(Value::Day(12_843)), "2005-03-01");
        assert_eq!(shown(Value::Moment(12_843 * DAY + 3_661)), "2005-03-01T01:01:01");
        assert_eq!(shown(Value::Day(i64::MAX)), "1970-01-01+9223372036854775807");
    }

    #[test]
    fn amounts_are_exact_or_none() {
        assert_eq!(fen(12, 0), Some(Fen(1_200)));
        assert_eq!(fen(12_340, 3), Some(Fen(1_234)));
        assert_eq!(fen(12_345, 3), None);
        assert_eq!(fen(12, -3), Some(Fen(1_200_000)));
        assert_eq!(fen(i128::MAX, 0), None);
        assert_eq!(
            (fen(0, -128), fen(0, 127), fen(1, -128), fen(1, 127)),
            (Some(Fen(0)), Some(Fen(0)), None, None)
        );
    }
}
