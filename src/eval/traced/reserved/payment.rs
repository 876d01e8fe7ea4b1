//! The record `payment`: what was paid already.

use super::Reserved;
use crate::eval::{FactId, FactPart};
use crate::register::Register;
use crate::schema::{Datum, FieldId, RecordId, Schema};
use crate::value::{Day, Fact, Truth};

#[derive(Debug)]
pub(super) struct Payments {
    record: RecordId,
    clause: FieldId,
    paid_on: FieldId,
    approved_on: Option<FieldId>,
}

impl Payments {
    pub(super) fn of(schema: &Schema) -> Option<Self> {
        let record = schema.find("payment")?;
        let fields = schema.record(record);
        let approved_on = fields.find("approved_on");
        Some(Self { record, clause: fields.find("clause")?, paid_on: fields.find("paid_on")?, approved_on })
    }
}

impl Reserved {
    /// Was the clause paid to the household before that day? Where that is not known, the days of payment that are
    /// missing. A payment approved on that day or later was not paid before it.
    pub(in crate::eval::traced) fn paid_before(
        &self,
        (register, schema): (&Register, &Schema),
        unit: usize,
        clause: [&str; 2],
        day: Day,
    ) -> (Truth, Vec<FactId>) {
        let nothing = (Truth::False, Vec::new());
        let Some(Payments { record, clause: clause_field, paid_on, approved_on }) = &self.payments else {
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
}
