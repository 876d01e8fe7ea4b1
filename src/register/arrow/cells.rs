//! One batch of rows into the intake: a value as a CSV cell of the same text would be taken.

use super::HEADER;
use super::types::{expected, fits, is_key, key, mend};
use super::values::{Numbers, Value, Values, fen, rescaled};
use crate::diagnostic::{CellPlace, Diagnostic, Place, Term, codes};
use crate::register::broken::{Broken, damaged};
use crate::register::cell;
use crate::register::codebook::Codebook;
use crate::register::column::Column;
use crate::register::draft::{Draft, RawCell, RawRow, quoted};
use crate::register::fill::{Others, Said};
use crate::register::findings::DataFindings;
use crate::register::folder::{Layout, name};
use crate::register::header::Header;
use crate::register::limits::Budget;
use crate::register::table::RowPlace;
use crate::schema::{Datum, Field, FieldType, Record};
use crate::value::{Day, DaySpan, Fact};
use arrow_array::RecordBatch;
use arrow_schema::DataType;
use std::fmt::Write as _;
use std::ops::RangeInclusive;

/// Which column is what, in the batches of one file, and how many rows were taken.
#[derive(Clone)]
pub(super) struct Intake {
    file: u32,
    key: usize,
    parent: Option<usize>,
    /// By field.
    fields: Vec<Option<usize>>,
    row: u64,
}

impl Intake {
    /// From the columns of a file; and which of them are to be decoded, ascending. A column that cannot hold its field
    /// is one finding, and the facts are unknown; one that cannot hold keys is an error.
    pub(super) fn of(
        header: &Header,
        columns: &[(String, DataType)],
        draft: &Draft<'_>,
        (file, name): (u32, &str),
        findings: &mut DataFindings,
    ) -> Result<(Self, Vec<usize>), Box<Diagnostic>> {
        let finding = |column: usize, expected: Term, money: bool| {
            let (header, ty) = columns.get(column).map_or(("", &DataType::Null), |(name, ty)| (name, ty));
            let place = CellPlace {
                file: name.to_owned(),
                sheet: None,
                row: Some(HEADER),
                column: Some(quoted(header)),
            };
            let finding = Diagnostic::new(codes::D021, Place::Cell(place)).arg("column", quoted(header));
            let finding = finding.arg("found", quoted(&ty.to_string())).arg("expected", expected);
            match mend(ty, money) {
                Some(mend) => finding.help(mend),
                None => finding,
            }
        };
        let ty = |column: usize| columns.get(column).map_or(&DataType::Null, |(_, ty)| ty);
        for column in [Some(header.key), header.parent].into_iter().flatten() {
            if !is_key(ty(column)) {
                return Err(Box::new(finding(column, key(), false)));
            }
        }
        let place = |(place, field): (usize, &crate::schema::Field)| {
            let column = header.fields.get(place).copied().flatten().filter(|_| draft.wants(place))?;
            if fits(&field.ty, ty(column)) {
                return Some(column);
            }
            findings.push(codes::D021, || finding(column, expected(&field.ty), field.ty == FieldType::Money));
            None
        };
        let fields: Vec<Option<usize>> = draft.record.fields.iter().enumerate().map(place).collect();
        let mut used: Vec<usize> = [Some(header.key), header.parent].into_iter().flatten().collect();
        used.extend(fields.iter().flatten());
        used.sort_unstable();
        used.dedup();
        let chosen = |column: usize| used.binary_search(&column).unwrap_or(usize::MAX);
        let intake = Self {
            file,
            key: chosen(header.key),
            parent: header.parent.map(chosen),
            fields: fields.iter().map(|column| column.map(chosen)).collect(),
            row: HEADER,
        };
        Ok((intake, used))
    }

    /// Passes over so many rows.
    pub(super) fn pass(&mut self, rows: usize) {
        self.row += rows as u64;
    }

    /// Where the cells of its rows stand, as [`Self::spelled`] has them.
    pub(super) fn layout(&self) -> Layout {
        let columns = [Some(self.key), self.parent].into_iter().chain(self.fields.iter().copied());
        let width = columns.flatten().max().map_or(0, |last| last + 1);
        Layout::new(self.key, self.parent, self.fields.clone(), width)
    }

    /// The columns of a batch and the fields that they are; none of keys.
    pub(super) fn spelled<'b>(
        &self,
        batch: &'b RecordBatch,
        record: &'b Record,
    ) -> Option<Vec<(Values<'b>, Option<&'b Field>)>> {
        let field_of = |column: usize| {
            let place = self.fields.iter().position(|of| *of == Some(column))?;
            record.fields.get(place)
        };
        let columns = batch.columns().iter().enumerate();
        columns.map(|(place, column)| Some((Values::of(column.as_ref())?, field_of(place)))).collect()
    }

    /// The keys of the rows of a batch.
    pub(super) fn keys<'b>(&self, batch: &'b RecordBatch) -> Option<Values<'b>> {
        Values::of(batch.columns().get(self.key)?.as_ref())
    }

    /// The keys of their parents.
    pub(super) fn parents<'b>(&self, batch: &'b RecordBatch) -> Option<Values<'b>> {
        Values::of(batch.columns().get(self.parent?)?.as_ref())
    }

    /// Takes the rows of a batch, which follow those taken before.
    pub(super) fn take(
        &mut self,
        batch: &RecordBatch,
        draft: &mut Draft<'_>,
        budget: &mut Budget,
        findings: &mut DataFindings,
    ) -> Result<(), Broken> {
        let rows = batch.num_rows();
        budget.rows(rows as u64)?;
        if u32::try_from(draft.len().saturating_add(rows)).is_err() {
            return Err(Broken::Unsound(Term::new("行数太多", "too many rows")));
        }
        let values = |column: usize| -> Result<Values<'_>, Broken> {
            let column = batch.columns().get(column).ok_or_else(damaged)?;
            Values::of(column.as_ref()).ok_or_else(damaged)
        };
        let mut keys = Keys::of(values(self.key)?);
        let mut parents = self.parent.map(values).transpose()?.map(Keys::of);
        let fields = self.fields.iter().map(|column| column.map(values).transpose());
        let fields = fields.collect::<Result<Vec<Option<Values<'_>>>, Broken>>()?;
        // Rows that are kept, and their cells field by field.
        let (mut kept, before) = (Vec::with_capacity(rows), draft.len());
        let mut of_cell = String::new();
        for row in 0..rows {
            self.row += 1;
            let place = RowPlace { file: self.file, row: self.row };
            let own = keys.text(row);
            budget.text(own)?;
            let own = cell::key(own);
            let above = match &mut parents {
                Some(parents) => {
                    let above = parents.text(row);
                    budget.text(above)?;
                    Some(cell::key(above))
                }
                None => None,
            };
            let head = RawRow {
                place,
                key: name(own.as_deref()),
                parent: above.as_ref().map(|key| name(key.as_deref())),
            };
            let scratch = &mut of_cell;
            let admitted = draft.admit(
                head,
                |field| match fields.get(field.0) {
                    Some(Some(values)) => RawCell::Given(values.text(row, scratch), place.row),
                    _ => RawCell::NotGiven,
                },
                findings,
            );
            if admitted {
                kept.push(row);
            }
        }
        let mut unread: Vec<(usize, usize)> = Vec::new();
        for (field, values) in fields.iter().enumerate() {
            let Some(values) = values else {
                draft.fill(field, |column, _, _| column.add_unknown(kept.len()));
                continue;
            };
            fill(draft, field, values, &kept, |place| unread.push((place, field)), budget)?;
        }
        // Row by row, so that the findings that are kept are those of a reading cell by cell.
        unread.sort_unstable();
        let days = possible_days();
        for (place, field) in unread {
            let Some(Some(values)) = fields.get(field) else { continue };
            let Some(ty) = draft.record.fields.get(field).map(|field| &field.ty) else { continue };
            let value = kept.get(place).map_or(Value::Blank, |row| values.get(*row));
            if let Some(known) = known(ty, value, &days) {
                draft.fill(field, |column, _, _| column.set(before + place, &Fact::Known(known)));
            } else {
                draft.write_cell(field, before + place, value.text(&mut of_cell), findings);
            }
        }
        Ok(())
    }
}

/// The keys of a batch as texts; those that are numbers are not made twice where neighbours have the same.
struct Keys<'a> {
    values: Values<'a>,
    numbers: Option<Vec<Option<i64>>>,
    last: Option<i64>,
    text: String,
}

impl<'a> Keys<'a> {
    fn of(values: Values<'a>) -> Self {
        let numbers = match values.numbers() {
            Numbers::Whole(numbers) => Some(numbers),
            Numbers::Days(_) | Numbers::Other => None,
        };
        Self { values, numbers, last: None, text: String::new() }
    }

    /// The key of a row; blank where there is none.
    fn text(&mut self, row: usize) -> &str {
        let Some(numbers) = &self.numbers else { return self.values.text(row, &mut self.text) };
        let Some(number) = numbers.get(row).copied().flatten() else { return "" };
        if self.last != Some(number) {
            self.last = Some(number);
            self.text.clear();
            self.text.push_str(itoa::Buffer::new().format(number));
        }
        &self.text
    }
}

/// The cells of a field, of rows of the batch that were admitted; those that are left to be written are told.
fn fill(
    draft: &mut Draft<'_>,
    field: usize,
    values: &Values<'_>,
    rows: &[usize],
    unread: impl FnMut(usize),
    budget: &mut Budget,
) -> Result<(), Broken> {
    let Some(ty) = draft.record.fields.get(field).map(|field| &field.ty) else { return Ok(()) };
    if *ty == FieldType::Text {
        let mut text = String::new();
        for row in rows {
            budget.text(values.text(*row, &mut text))?;
        }
    }
    draft.fill(field, |column, of_field, codes| {
        add(column, (of_field, codes), values, rows, unread);
    });
    Ok(())
}

/// Adds the cells of some rows to a column; those that are left to be written are told.
fn add(
    column: &mut Column,
    (field, codes): (&Field, &Codebook),
    values: &Values<'_>,
    rows: &[usize],
    unread: impl FnMut(usize),
) {
    if values.is_text() {
        let cells = rows.iter().map(|row| match values.get(*row) {
            Value::Text(text) => text.as_bytes(),
            _ => &[],
        });
        return column.add_texts((field, codes), cells, unread);
    }
    let others = Others::new(field, unread);
    match (&field.ty, values.numbers()) {
        (FieldType::Date, Numbers::Days(days)) => {
            let possible = possible_days();
            let day = |day: i64| i32::try_from(day).ok().filter(|_| possible.contains(&day));
            column.add_days(said(rows, &days, day), others);
        }
        (FieldType::Number, Numbers::Whole(numbers)) => {
            column.add_numbers(said(rows, &numbers, Some), others);
        }
        (FieldType::Money, Numbers::Whole(numbers)) => {
            column.add_numbers(said(rows, &numbers, |yuan| yuan.checked_mul(100)), others);
        }
        (FieldType::Flag, Numbers::Whole(numbers)) => {
            let flag = |number| u8::try_from(number).ok().filter(|flag| *flag <= 1);
            column.add_codes(said(rows, &numbers, flag), others);
        }
        (FieldType::Code(_), Numbers::Whole(numbers)) if column.is_narrow() => {
            column.add_codes(said(rows, &numbers, |number| codes.read_number(number)), others);
        }
        (FieldType::Text, Numbers::Whole(numbers)) => {
            column.add_whole(said(rows, &numbers, Some), others);
        }
        _ => column.add_unread(rows.len(), others),
    }
}

/// What the numbers of some rows say, where `read` makes a value of them.
fn said<T>(
    rows: &[usize],
    numbers: &[Option<i64>],
    read: impl Fn(i64) -> Option<T>,
) -> impl Iterator<Item = Said<T>> {
    rows.iter().map(move |row| match numbers.get(*row).copied().flatten() {
        None => Said::Blank,
        Some(number) => read(number).map_or(Said::Unread, Said::Value),
    })
}

/// The text from which the common reading takes what a value is; `scratch` holds it where it is made.
pub(super) fn spelling<'t>(
    field: Option<&Field>,
    value: Value<'t>,
    days: &RangeInclusive<i64>,
    scratch: &'t mut String,
) -> &'t str {
    // Writing to a string cannot fail.
    match field.and_then(|field| known(&field.ty, value, days)) {
        Some(Datum::Money(amount)) => {
            scratch.clear();
            let _ = write!(scratch, "{amount}");
            scratch
        }
        Some(Datum::Number(number)) => {
            scratch.clear();
            let _ = write!(scratch, "{number}");
            scratch
        }
        _ => value.text(scratch),
    }
}

/// The days that a register can speak of.
pub(super) fn possible_days() -> RangeInclusive<i64> {
    let day = |day: Option<Day>, other: Day| i64::from(day.unwrap_or(other).number());
    let (first, last) = (*cell::YEARS.start(), *cell::YEARS.end());
    day(Day::new(first, 1, 1), Day::MIN)..=day(Day::new(last, 12, 31), Day::MAX)
}

/// What a value is without being read as text; none where that is for the text to say.
fn known(ty: &FieldType, value: Value<'_>, days: &RangeInclusive<i64>) -> Option<Datum> {
    match (ty, value) {
        (FieldType::Date, Value::Day(day)) if days.contains(&day) => {
            let day = i32::try_from(day).ok().and_then(Day::from_number)?;
            Some(Datum::Date(DaySpan::day(day)))
        }
        (FieldType::Money, Value::Whole(yuan)) => fen(yuan, 0).map(Datum::Money),
        (FieldType::Money, Value::Decimal(units, scale)) => fen(units, scale).map(Datum::Money),
        (FieldType::Number, Value::Whole(number)) => i64::try_from(number).ok().map(Datum::Number),
        (FieldType::Number, Value::Decimal(units, scale)) => {
            i64::try_from(rescaled(units, scale, 0)?).ok().map(Datum::Number)
        }
        (FieldType::Flag, Value::Flag(flag)) => Some(Datum::Flag(flag)),
        _ => None,
    }
}
