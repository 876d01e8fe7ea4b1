//! Who and what a row is about: the cells that the long tables begin with.

use super::Cell;
use super::names::{article, key, root};
use crate::ast::ArticleNumber;
use crate::ir::Plan;
use crate::register::Register;
use crate::schema::RecordId;

/// The record whose key the `person` column holds.
const PERSON: &str = "person";

/// The cells of a row that say whom it is about.
pub(super) struct Subject {
    pub village: String,
    pub household: String,
    pub person: String,
    pub clause: String,
    pub article: String,
    pub record_key: String,
    pub period: String,
}

/// A clause and the row it is for.
pub(super) struct About<'a> {
    pub village: &'a str,
    pub clause: &'a str,
    pub article: ArticleNumber,
    /// Row of the root record.
    pub unit: usize,
    pub target: (RecordId, usize),
    pub period: &'a str,
}

impl Subject {
    pub(super) fn of(plan: &Plan, register: &Register, about: &About<'_>) -> Self {
        let schema = &plan.schema;
        let (record, row) = about.target;
        let person = schema
            .chain(record)
            .find(|id| schema.record(*id).label.is(PERSON))
            .and_then(|id| Some(key(register, id, register.ancestor(schema, record, row, id)?)));
        let household = schema.unit().filter(|unit| root(plan, record) == *unit);
        let own_column = household == Some(record) || schema.record(record).label.is(PERSON);
        Self {
            village: about.village.to_owned(),
            household: household.map(|unit| key(register, unit, about.unit)).unwrap_or_default(),
            person: person.unwrap_or_default(),
            clause: about.clause.to_owned(),
            article: article(about.article),
            record_key: if own_column { String::new() } else { key(register, record, row) },
            period: about.period.to_owned(),
        }
    }

    /// Village, household, person; then what the table has in between; clause, article, record key, period.
    pub(super) fn cells(&self, between: Option<&str>) -> Vec<Cell> {
        let head = [&self.village, &self.household, &self.person].map(Cell::text_of);
        let tail = [&self.clause, &self.article, &self.record_key, &self.period].map(Cell::text_of);
        head.into_iter().chain(between.map(Cell::text_of)).chain(tail).collect()
    }
}
