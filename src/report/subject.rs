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

/// How the rows of a record are named: told of each record once, not of each row.
#[derive(Clone, Copy, Debug)]
struct Naming {
    /// The person they are of, or lie in.
    person: Option<RecordId>,
    /// The household they are of, or lie in.
    household: Option<RecordId>,
    /// No other column holds their key.
    own_key: bool,
}

/// The same of all records.
#[derive(Clone, Debug)]
pub(super) struct Namings(Vec<Naming>);

impl Namings {
    pub(super) fn of(plan: &Plan) -> Self {
        let schema = &plan.schema;
        let naming = |record: RecordId| {
            let household = schema.unit().filter(|unit| root(plan, record) == *unit);
            let is_person = |id: RecordId| schema.record(id).label.is(PERSON);
            Naming {
                person: schema.chain(record).find(|id| is_person(*id)),
                household,
                own_key: household != Some(record) && !is_person(record),
            }
        };
        Self(schema.iter().map(|(id, _)| naming(id)).collect())
    }
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
    pub(super) fn of((plan, namings): (&Plan, &Namings), register: &'a Register, about: About<'a>) -> Self {
        let (record, row) = about.target;
        let nameless = Naming { person: None, household: None, own_key: true };
        let naming = namings.0.get(record.0).copied().unwrap_or(nameless);
        let of_person = |id| Some(key(register, id, register.ancestor(&plan.schema, record, row, id)?));
        let person = naming.person.and_then(of_person);
        Self {
            village: about.village,
            household: naming.household.map_or("", |unit| key(register, unit, about.unit)),
            person: person.unwrap_or(""),
            clause: about.clause,
            article: about.article,
            record_key: if naming.own_key { key(register, record, row) } else { "" },
            period: about.period,
        }
    }

    /// In what order the rows of one household stand.
    pub(super) fn order(&self) -> [&'a str; 3] {
        [self.clause, self.person, self.record_key]
    }

    /// Village, household, person, clause, article, record key, period.
    pub(super) fn cells(self) -> [Cell<'a>; 7] {
        [
            Cell::Text(self.village),
            Cell::Text(self.household),
            Cell::Text(self.person),
            Cell::Text(self.clause),
            Cell::Text(self.article),
            Cell::Text(self.record_key),
            Cell::Text(self.period),
        ]
    }
}
