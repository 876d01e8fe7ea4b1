//! The outcomes of an evaluation.

use crate::ir::{NodeId, ParameterId};
use crate::schema::{FieldId, RecordId};
use crate::value::{Day, Fen};

/// One judged day of one clause for one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entitlement {
    /// The root record the target lies in: households, or villages.
    pub root: RecordId,
    /// Row of the root.
    pub unit: usize,
    /// The clause, by its place in [`Plan::benefits`](crate::ir::Plan::benefits).
    pub benefit: usize,
    /// Row of the clause's target record.
    pub target: usize,
    /// The day it was judged on.
    pub day: Day,
    /// The calendar unit it belongs to, as results print it: `2005-03`, `2005`, or the day.
    pub period: String,
    /// What came out.
    pub outcome: Outcome,
}

/// What came out for one target on one judged day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The target filter fails.
    NotApplicable,
    /// A condition fails, or the amount is zero.
    NotGranted,
    /// The amount.
    Granted(Fen),
    /// The conditions hold; somebody decides within the range.
    Awaiting {
        /// Least.
        least: Fen,
        /// Most.
        most: Fen,
    },
    /// Facts are missing that matter.
    Undetermined {
        /// Least it could pay.
        least: Fen,
        /// Most it could pay; none where there is no bound.
        most: Option<Fen>,
        /// An inclusion-minimal set of missing facts that would settle it whatever their values.
        missing: Vec<FactId>,
    },
    /// It could not be computed.
    Faulted(Fault),
}

/// Why an outcome is not what the clause alone would give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// Both hold: the household chooses between this benefit and these.
    Choice(Vec<String>),
    /// The household chose that one.
    Chosen(String),
    /// Withheld by a recorded decision: its record and row.
    Withheld(RecordId, usize),
    /// That one pays more in the calendar year.
    Lower(String),
    /// Which of these pays more in the calendar year is not known.
    Undecided(Vec<String>),
    /// Cut by a limit, by the places of the clause and of the limit in it; before it, so much would have been paid.
    Cut {
        /// The clause the limit stands in.
        benefit: usize,
        /// Which of its limits.
        limit: usize,
        /// What would have been paid, where that was known.
        from: Option<Fen>,
    },
}

/// A fact of the register, in the order records and fields are declared and rows are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactId {
    /// The record.
    pub record: RecordId,
    /// A field, or whether there are further rows.
    pub part: FactPart,
    /// Row of the record; of the root it lies in for [`FactPart::Rows`].
    pub row: usize,
}

/// What of a record a fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactPart {
    /// One field.
    Field(FieldId),
    /// Rows that may be missing.
    Rows,
}

/// Why something could not be computed. Never a number, never a zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// The parameter has no value on that day.
    ParameterGap(ParameterId, Day),
    /// A result does not fit.
    Overflow(NodeId),
    /// A divisor is zero.
    DivisionByZero(NodeId),
    /// An amount came out below zero.
    NegativeAmount(Fen),
}

/// A household whose village is not known: judged by the framework only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VillageUnknown {
    /// Row of the unit of evaluation.
    pub unit: usize,
    /// The village field.
    pub fact: FactId,
}

/// How one duty of one target stands in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyRow {
    /// The root record the target lies in: households, or villages.
    pub root: RecordId,
    /// Row of the root.
    pub unit: usize,
    /// The duty, by its place in [`Plan::obligations`](crate::ir::Plan::obligations).
    pub obligation: usize,
    /// Row of the duty's target record.
    pub target: usize,
    /// The calendar unit it belongs to, or the period of the run.
    pub period: String,
    /// The day it binds from; none where that day is not known.
    pub bound: Option<Day>,
    /// The day it is due.
    pub due: Option<Day>,
    /// Until when it can still be done.
    pub remedy_by: Option<Day>,
    /// Until when one can object.
    pub appeal_by: Option<Day>,
    /// How it stands.
    pub status: DutyStatus,
}

/// How a duty stands on the last day of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DutyStatus {
    /// Done by the due day, or by the remedy day.
    Met,
    /// It need not be done.
    Excused,
    /// Not due yet.
    Pending,
    /// Facts are missing that matter: an inclusion-minimal set that would settle it.
    Undetermined {
        /// The facts.
        missing: Vec<FactId>,
    },
    /// Due, and can still be done.
    InRemedy,
    /// Not done by the remedy day. No consequence follows here.
    Unmet,
    /// It could not be computed.
    Faulted(Fault),
}

/// A figure about the whole register, or about one village.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndicatorRow {
    /// The village; none for the whole register.
    pub village: Option<String>,
    /// By its place in [`Plan::indicators`](crate::ir::Plan::indicators).
    pub indicator: usize,
    /// Counted, or added up in fen.
    pub numerator: Figure,
    /// Out of what.
    pub denominator: Option<Figure>,
    /// Rows of which it is not known whether they count.
    pub unknown: u64,
}

/// A count, or an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Rows.
    Count(i64),
    /// Fen.
    Money(Fen),
}
