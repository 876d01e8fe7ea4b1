//! Records that the engine itself reads, all optional: decisions that settle a range, payments that a benefit paid
//! once looks back on, holidays that move a due day. They are known by their English names.

use crate::ast::TimeUnit;
use crate::eval::{FactId, FactPart};
use crate::ir::Plan;
use crate::register::{Column, Register};
use crate::schema::{Datum, FieldId, FieldType, RecordId, Schema};
use crate::value::{Day, Fact, Fen, Truth};
use std::collections::BTreeSet;

/// Where the reserved records and their fields are.
#[derive(Debug, Default)]
pub(super) struct Reserved {
    decision: Option<Decisions>,
    payment: Option<Payments>,
    holidays: BTreeSet<Day>,
}

#[derive(Debug)]
struct Decisions {
    record: RecordId,
    clause: FieldId,
    target: FieldId,
    /// The field and the place of the code `award`.
    kind: (FieldId, u16),
    amount: FieldId,
}

#[derive(Debug)]
struct Payments {
    record: RecordId,
    clause: FieldId,
    paid_on: FieldId,
    approved_on: Option<FieldId>,
}

impl Reserved {
    pub(super) fn of(plan: &Plan, register: &Register) -> Self {
        let schema = &plan.schema;
        Self { decision: decisions(schema), payment: payments(schema), holidays: holidays(schema, register) }
    }

    /// The amount decided for one target of a clause in a household, where exactly one was.
    pub(super) fn awarded(
        &self,
        register: &Register,
        schema: &Schema,
        unit: usize,
        clause: [&str; 2],
        target: &str,
    ) -> Option<Fen> {
        let Decisions { record, clause: clause_field, target: target_field, kind, amount } =
            self.decision.as_ref()?;
        let text = |field: FieldId, row: usize| match register.fact(*record, field, row) {
            Fact::Known(Datum::Text(text)) => Some(text),
            _ => None,
        };
        let parent = schema.record(*record).parent?;
        let mut amounts = register.descendants(schema, *record, parent, unit).filter_map(|row| {
            let named = text(*clause_field, row).is_some_and(|name| clause.contains(&name.as_ref()));
            let award = register.fact(*record, kind.0, row) == Fact::Known(Datum::Code(kind.1));
            if !named || !award || text(*target_field, row).as_deref() != Some(target) {
                return None;
            }
            match register.fact(*record, *amount, row) {
                Fact::Known(Datum::Money(fen)) => Some(fen),
                _ => None,
            }
        });
        let first = amounts.next()?;
        amounts.all(|other| other == first).then_some(first)
    }

    /// Was the clause paid to the household before that day? Where that is not known, the days of payment that are
    /// missing. A payment approved on that day or later was not paid before it.
    pub(super) fn paid_before(
        &self,
        (register, schema): (&Register, &Schema),
        unit: usize,
        clause: [&str; 2],
        day: Day,
    ) -> (Truth, Vec<FactId>) {
        let nothing = (Truth::False, Vec::new());
        let Some(Payments { record, clause: clause_field, paid_on, approved_on }) = &self.payment else {
            return nothing;
        };
        let Some(parent) = schema.record(*record).parent else { return nothing };
        let date = |field: FieldId, row: usize| register.fact(*record, field, row);
        let mut missing = Vec::new();
        for row in register.descendants(schema, *record, parent, unit) {
            let named = match register.fact(*record, *clause_field, row) {
                Fact::Known(Datum::Text(text)) => clause.contains(&text.as_ref()),
                _ => false,
            };
            let approved = approved_on.map(|field| date(field, row));
            let too_late = matches!(approved, Some(Fact::Known(Datum::Date(span))) if day <= span.first);
            if !named || too_late {
                continue;
            }
            match date(*paid_on, row) {
                Fact::Known(Datum::Date(span)) if span.last < day => return (Truth::True, Vec::new()),
                Fact::Known(Datum::Date(span)) if day <= span.first => {}
                Fact::Absent => {}
                _ => missing.push(FactId { record: *record, part: FactPart::Field(*paid_on), row }),
            }
        }
        if missing.is_empty() { nothing } else { (Truth::Unknown, missing) }
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

fn decisions(schema: &Schema) -> Option<Decisions> {
    let record = schema.find("decision")?;
    let fields = schema.record(record);
    let kind = fields.find("kind")?;
    let FieldType::Code(codes) = &schema.field(record, kind).ty else { return None };
    let award = codes.iter().position(|code| code.label.is("award"))?;
    Some(Decisions {
        record,
        clause: fields.find("clause")?,
        target: fields.find("target")?,
        kind: (kind, u16::try_from(award).ok()?),
        amount: fields.find("amount")?,
    })
}

fn payments(schema: &Schema) -> Option<Payments> {
    let record = schema.find("payment")?;
    let fields = schema.record(record);
    let approved_on = fields.find("approved_on");
    Some(Payments { record, clause: fields.find("clause")?, paid_on: fields.find("paid_on")?, approved_on })
}

/// Every known day of the record `holiday`.
fn holidays(schema: &Schema, register: &Register) -> BTreeSet<Day> {
    let Some(record) = schema.find("holiday") else { return BTreeSet::new() };
    let days = register.table(record).columns.iter().find_map(|column| match column {
        Column::Date(cells) => Some(cells),
        _ => None,
    });
    let exact = |fact: &Fact<crate::value::DaySpan>| match fact {
        Fact::Known(span) if span.is_exact() => Some(span.first),
        _ => None,
    };
    days.map(|cells| cells.iter().filter_map(exact).collect()).unwrap_or_default()
}

/// The root record that a fact's household or village is a row of.
pub(super) fn root_of(schema: &Schema, record: RecordId) -> RecordId {
    schema.chain(record).last().unwrap_or(record)
}
