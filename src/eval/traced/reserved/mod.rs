//! Records that the engine itself reads, all optional: decisions of people, payments that a benefit paid once looks
//! back on, holidays that move a due day. They are known by their English names.

mod decision;
mod payment;

pub use decision::Idle;
pub(super) use decision::{Decisions, Household, Target};

use crate::ast::TimeUnit;
use crate::ir::Plan;
use crate::register::{Cell, Register};
use crate::schema::{RecordId, Schema};
use crate::value::{Day, Fact};
use payment::Payments;
use std::collections::BTreeSet;

/// Where the reserved records and their fields are.
#[derive(Debug, Default)]
pub(super) struct Reserved {
    pub(super) decisions: Option<Decisions>,
    payments: Option<Payments>,
    holidays: BTreeSet<Day>,
}

impl Reserved {
    pub(super) fn of(plan: &Plan, register: &Register) -> Self {
        let schema = &plan.schema;
        Self {
            decisions: Decisions::of(schema),
            payments: Payments::of(schema),
            holidays: holidays(schema, register),
        }
    }

    /// So long after a day, that day not counted; moved on to a working day (Civil Code 201–203).
    pub(super) fn due(&self, after: Day, length: (i64, TimeUnit)) -> Option<Day> {
        let mut day = later(after, length)?;
        while self.is_day_off(day) {
            day = day.add_days(1)?;
        }
        Some(day)
    }

    /// The first working day on or after a day.
    pub(super) fn working_day(&self, day: Day) -> Option<Day> {
        self.due(day, (0, TimeUnit::Days))
    }

    fn is_day_off(&self, day: Day) -> bool {
        // 1970-01-01 was a Thursday: days 2 and 3 of each week counted from it are Saturday and Sunday.
        matches!(day.number().rem_euclid(7), 2 | 3) || self.holidays.contains(&day)
    }
}

/// The corresponding day so long after another.
pub(super) fn later(after: Day, (count, unit): (i64, TimeUnit)) -> Option<Day> {
    match unit {
        TimeUnit::Days => after.add_days(count),
        TimeUnit::Months => after.add_months(count),
        TimeUnit::Years => after.add_months(count.checked_mul(12)?),
    }
}

/// Every known day of the record `holiday`.
fn holidays(schema: &Schema, register: &Register) -> BTreeSet<Day> {
    let Some(record) = schema.find("holiday") else { return BTreeSet::new() };
    let table = register.table(record);
    let Some(days) = table.columns.iter().find(|column| column.is_date()) else { return BTreeSet::new() };
    let exact = |row: usize| match days.cell(row) {
        Cell::Date(Fact::Known(span)) if span.is_exact() => Some(span.first),
        _ => None,
    };
    (0..days.len()).filter_map(exact).collect()
}

/// The root record that a fact's household or village is a row of.
pub(in crate::eval) fn root_of(schema: &Schema, record: RecordId) -> RecordId {
    schema.chain(record).last().unwrap_or(record)
}
