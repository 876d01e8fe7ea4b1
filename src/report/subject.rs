//! Who and what a row is about: the cells that the long tables begin with.

use super::Cell;
use super::names::{key, root};
use crate::ir::Plan;
use crate::register::Register;
use crate::schema::RecordId;

/// The record whose key the `person` column holds.
const PERSON: &str = "person";

/// The cells of a row that say whom it is about.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Subject<'a> {
    pub village: &'a str,
    pub household: &'a str,
    pub person: &'a str,
    pub clause: &'a str,
    pub article: &'a str,
    pub record_key: &'a str,
    pub period: &'a str,
}

/// A clause and the row it is for.
#[derive(Clone, Copy)]
pub(super) struct About<'a> {
    pub village: &'a str,
    pub clause: &'a str,
    pub article: &'a str,
    /// Row of the root record.
    pub unit: usize,
    pub target: (RecordId, usize),
    pub period: &'a str,
}

impl<'a> Subject<'a> {
    pub(super) fn of(plan: &Plan, register: &'a Register, about: About<'a>) -> Self {
        let schema = &plan.schema;
        let (record, row) = about.target;
        let person = schema
            .chain(record)
            .find(|id| schema.record(*id).label.is(PERSON))
            .and_then(|id| Some(key(register, id, register.ancestor(schema, record, row, id)?)));
        let household = schema.unit().filter(|unit| root(plan, record) == *unit);
        let own_column = household == Some(record) || schema.record(record).label.is(PERSON);
        Self {
            village: about.village,
            household: household.map_or("", |unit| key(register, unit, about.unit)),
            person: person.unwrap_or(""),
            clause: about.clause,
            article: about.article,
            record_key: if own_column { "" } else { key(register, record, row) },
            period: about.period,
        }
    }

    /// In what order the rows of one household stand.
    pub(super) fn order(&self) -> [&'a str; 3] {
        [self.clause, self.person, self.record_key]
    }

    /// Village, household, person.
    pub(super) fn head(self) -> [Cell<'a>; 3] {
        [self.village, self.household, self.person].map(Cell::Text)
    }

    /// Clause, article, record key, period: behind the head, or what a table has in between.
    pub(super) fn tail(self) -> [Cell<'a>; 4] {
        [self.clause, self.article, self.record_key, self.period].map(Cell::Text)
    }
}
