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
    person: Option<FieldId>,
    event: Option<FieldId>,
}

impl Payments {
    pub(super) fn of(schema: &Schema) -> Option<Self> {
        let record = schema.find("payment")?;
        let fields = schema.record(record);
        Some(Self {
            record,
            clause: fields.find("clause")?,
            paid_on: fields.find("paid_on")?,
            approved_on: fields.find("approved_on"),
            person: fields.find("person"),
            event: fields.find("event"),
        })
    }
}

impl Reserved {
    /// Was the clause paid to a target before that day? Where that is not known, the days of payment that are
    /// missing. A payment approved on that day or later was not paid before it.
    pub(in crate::eval::traced) fn paid_before(
        &self,
        register: &Register,
        schema: &Schema,
        (target, own): (RecordId, usize),
        clause: [&str; 2],
        day: Day,
    ) -> (Truth, Vec<FactId>) {
        let nothing = (Truth::False, Vec::new());
        let Some(Payments { record, clause: clause_field, paid_on, approved_on, person, event }) =
            &self.payments
        else {
            return nothing;
        };
        let Some(parent) = schema.record(*record).parent else { return nothing };
        let Some(unit) = register.ancestor(schema, target, own, parent) else { return nothing };
        let key = |above: RecordId| {
            let row = register.ancestor(schema, target, own, above)?;
            register.table(above).keys.get(row)
        };
        // A payment that names a person or an event is for that one; one that names neither is for the household.
        let is_for = |row: usize| {
            let named = |field: &Option<FieldId>| match field.map(|field| register.fact(*record, field, row))
            {
                Some(Fact::Known(Datum::Text(text))) => Some(text),
                _ => None,
            };
            let is = |text: Box<str>, of: &mut dyn Iterator<Item = RecordId>| {
                of.filter_map(key).any(|key| *key == *text)
            };
            named(person).is_none_or(|text| is(text, &mut schema.chain(target)))
                && named(event).is_none_or(|text| is(text, &mut std::iter::once(target)))
        };
        let date = |field: FieldId, row: usize| register.fact(*record, field, row);
        let mut missing = Vec::new();
        for row in register.descendants(schema, *record, parent, unit) {
            let named = match register.fact(*record, *clause_field, row) {
                Fact::Known(Datum::Text(text)) => clause.contains(&text.as_ref()),
                _ => false,
            };
            let approved = approved_on.map(|field| date(field, row));
            let too_late = matches!(approved, Some(Fact::Known(Datum::Date(span))) if day <= span.first);
            if !named || too_late || !is_for(row) {
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
