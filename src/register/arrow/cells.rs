//! One batch of rows into the intake: a value as a CSV cell of the same text would be taken.

use super::HEADER;
use super::file::Broken;
use super::limits::{Budget, damaged};
use super::types::{expected, fits, is_key, key, mend};
use super::values::{Value, Values, fen, rescaled};
use crate::diagnostic::{CellPlace, Diagnostic, Place, Term, codes};
use crate::register::cell;
use crate::register::draft::{Draft, RawCell, RawRow, quoted};
use crate::register::findings::DataFindings;
use crate::register::folder::name;
use crate::register::header::Header;
use crate::register::table::RowPlace;
use crate::schema::{Datum, FieldType};
use crate::value::{Day, DaySpan};
use arrow_array::RecordBatch;
use arrow_schema::DataType;
use std::ops::RangeInclusive;

/// Which column is what, in the batches of one file, and how many rows were taken.
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
        let keys = values(self.key)?;
        let parents = self.parent.map(values).transpose()?;
        let fields = self.fields.iter().map(|column| column.map(values).transpose());
        let fields = fields.collect::<Result<Vec<Option<Values<'_>>>, Broken>>()?;
        // Rows that are kept, and their cells field by field.
        let mut kept: Vec<(usize, RowPlace)> = Vec::with_capacity(rows);
        let mut texts = [String::new(), String::new(), String::new()];
        let [of_key, of_parent, of_cell] = &mut texts;
        for row in 0..rows {
            self.row += 1;
            let place = RowPlace { file: self.file, row: self.row };
            let own = keys.text(row, of_key);
            budget.text(own)?;
            let own = cell::key(own);
            let above = match &parents {
                Some(parents) => {
                    let above = parents.text(row, of_parent);
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
            let scratch = &mut *of_cell;
            let admitted = draft.admit(
                head,
                |field| match fields.get(field.0) {
                    Some(Some(values)) => RawCell::Given(values.text(row, scratch), place.row),
                    _ => RawCell::NotGiven,
                },
                findings,
            );
            if admitted {
                kept.push((row, place));
            }
        }
        for (field, values) in fields.iter().enumerate() {
            fill(draft, field, values.as_ref(), &kept, (budget, findings))?;
        }
        Ok(())
    }
}

/// The cells of a field, of rows that were admitted.
fn fill(
    draft: &mut Draft<'_>,
    field: usize,
    values: Option<&Values<'_>>,
    rows: &[(usize, RowPlace)],
    (budget, findings): (&mut Budget, &mut DataFindings),
) -> Result<(), Broken> {
    let Some(values) = values else {
        for (_, place) in rows {
            draft.push_cell(field, *place, RawCell::NotGiven, findings);
        }
        return Ok(());
    };
    let record = draft.record;
    let Some(ty) = record.fields.get(field).map(|field| &field.ty) else { return Ok(()) };
    let is_text = *ty == FieldType::Text;
    let days = days();
    let mut text = String::new();
    for (row, place) in rows {
        let value = values.get(*row);
        if let Some(known) = known(ty, value, &days)
            && draft.columns.get_mut(field).is_some_and(|column| column.push_known(known))
        {
            continue;
        }
        let shown = value.text(&mut text);
        if is_text {
            budget.text(shown)?;
        }
        draft.push_cell(field, *place, RawCell::Given(shown, place.row), findings);
    }
    Ok(())
}

/// The days that a register can speak of.
fn days() -> RangeInclusive<i64> {
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
