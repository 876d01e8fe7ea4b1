//! What is asked, and what comes of it.

use super::document::Witness;
use crate::eval::{FactId, FactPart};
use crate::ir::{CharterId, NodeId, ParameterId, Plan};
use crate::schema::{Datum, FieldId, FieldType, RecordId};
use crate::value::{Day, Fact, Fen};

/// Something asked of one row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Literal {
    /// The expression.
    pub node: NodeId,
    /// The record of the row, and which of its rows.
    pub row: (RecordId, usize),
    /// What is wanted of it.
    pub want: Want,
    /// On which of the days of a moment.
    pub clock: usize,
    /// One fact that this literal is to have, whatever is found for it.
    pub given: Option<Given>,
}

/// A number, or an amount in fen, given for a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Given {
    /// The fact.
    pub fact: FactId,
    /// Its value.
    pub value: i64,
}

impl Given {
    /// The fact with its value.
    #[must_use]
    pub fn known(self, plan: &Plan) -> (FactId, Fact<Datum>) {
        let is_money = match self.fact.part {
            FactPart::Field(field) => plan.schema.field(self.fact.record, field).ty == FieldType::Money,
            FactPart::Rows => false,
        };
        let value = if is_money { Datum::Money(Fen(self.value)) } else { Datum::Number(self.value) };
        (self.fact, Fact::Known(value))
    }
}

/// A date of a row is one of the days of a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Happened {
    /// The record of the row, and which of its rows.
    pub row: (RecordId, usize),
    /// Which date; none for that of the event that the row is.
    pub field: Option<FieldId>,
    /// On which of the days.
    pub clock: usize,
}

/// What is asked of one household.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// All must hold.
    pub literals: Vec<Literal>,
    /// Events that happened on the judged day.
    pub events: Vec<Happened>,
    /// The days of each moment it is asked at; one moment is enough.
    pub moments: Vec<Vec<Day>>,
    /// The day of each moment on which it is looked at: what may be absent and is later has not happened.
    pub standing: Option<usize>,
    /// There is a moment for all that is computed from the judged day alone.
    pub all_days: bool,
}

impl Question {
    /// The parameter that is to be read without a value, where that is asked.
    pub(super) fn gap(&self) -> Option<ParameterId> {
        self.literals.iter().find_map(|literal| match literal.want {
            Want::Gap(id) => Some(id),
            _ => None,
        })
    }

    /// The rows that something is asked or given of.
    pub(super) fn rows(&self) -> impl Iterator<Item = (RecordId, usize)> {
        let given = self
            .literals
            .iter()
            .filter_map(|literal| Some((literal.given?.fact.record, literal.given?.fact.row)));
        let events = self.events.iter().map(|event| event.row);
        self.literals.iter().map(|literal| literal.row).chain(given).chain(events)
    }
}

/// What is wanted of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Want {
    /// A condition is true.
    True,
    /// A condition is false.
    False,
    /// An amount is more than this.
    Above(Fen),
    /// An amount is less than this.
    Below(Fen),
    /// A date is there, on or after one of the days of a moment.
    Since(usize),
    /// A date is there, on or before one of the days.
    By(usize),
    /// There is no such date.
    NotBy(usize),
    /// A row of a table or an arm of tiers is the one that is hit.
    Arm(usize),
    /// The parameter is read, on a day on which it has no value.
    Gap(ParameterId),
}

/// What came of a question.
#[derive(Clone, Debug)]
pub enum Answer {
    /// There is one.
    Witness(Witness),
    /// There is none: of so many rows, on these days.
    None,
    /// Not decided, for this reason.
    Undecided(Undecided),
}

/// Why a question was not decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undecided {
    /// The search took too long.
    TooLong,
    /// The values tried may not be all at which arithmetic on facts could turn.
    Arithmetic,
    /// Rows are counted, and more of them than were tried may matter.
    Rows,
    /// It may turn on a day that was not tried.
    Days,
    /// Months of every length, or all days of a long chain of dates, were not tried.
    Dates,
    /// It is about households and villages at once.
    TwoRoots,
    /// Rows may be missing, and would change it.
    Missing,
    /// What it depends on could not be computed.
    Fault,
    /// What was paid before, a limit, or the choice of the highest takes part.
    Settled,
}

/// A question, the charters it was asked under, and what came of it.
#[derive(Clone, Debug)]
pub struct Answered {
    /// What was asked.
    pub question: Question,
    /// The charter versions that hold, the nearest layer first; empty where none of them sets anything that is read.
    pub layers: Vec<CharterId>,
    /// What came of it.
    pub answer: Answer,
}
