//! How results name things: keys, articles, statuses, facts.

use crate::ast::{ArticleNumber, BenefitKind};
use crate::eval::{DutyStatus, FactId, FactPart, Fault, Outcome};
use crate::ir::Plan;
use crate::register::Register;
use crate::schema::RecordId;

/// The key of a row.
pub(super) fn key(register: &Register, record: RecordId, row: usize) -> &str {
    register.table(record).keys.text(row)
}

/// How a benefit or a duty stands, in the order of the words of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Somebody decides within a range.
    AwaitingDecision,
    /// A duty that need not be done.
    Excused,
    /// An amount.
    Granted,
    /// A duty that is due, and can still be done.
    InRemedy,
    /// A duty that was done.
    Met,
    /// A condition fails.
    NotGranted,
    /// A duty that is not due yet.
    Pending,
    /// Facts are missing that matter.
    Undetermined,
    /// A duty that was not done.
    Unmet,
}

impl Status {
    /// The word of the contract.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::AwaitingDecision => "awaiting_decision",
            Self::Excused => "excused",
            Self::Granted => "granted",
            Self::InRemedy => "in_remedy",
            Self::Met => "met",
            Self::NotGranted => "not_granted",
            Self::Pending => "pending",
            Self::Undetermined => "undetermined",
            Self::Unmet => "unmet",
        }
    }

    /// Of an outcome. A fault is undetermined: never a number, never a zero.
    pub(super) fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Granted(_) => Self::Granted,
            Outcome::Awaiting { .. } => Self::AwaitingDecision,
            Outcome::Undetermined { .. } | Outcome::Faulted(_) => Self::Undetermined,
            Outcome::NotApplicable | Outcome::NotGranted => Self::NotGranted,
        }
    }

    /// Of how a duty stands.
    pub(super) fn of_duty(status: &DutyStatus) -> Self {
        match status {
            DutyStatus::Met => Self::Met,
            DutyStatus::Excused => Self::Excused,
            DutyStatus::Pending => Self::Pending,
            DutyStatus::Undetermined { .. } | DutyStatus::Faulted(_) => Self::Undetermined,
            DutyStatus::InRemedy => Self::InRemedy,
            DutyStatus::Unmet => Self::Unmet,
        }
    }
}

/// What a benefit is called in results.
pub(super) fn kind(kind: BenefitKind) -> &'static str {
    match kind {
        BenefitKind::Subsidy => "subsidy",
        BenefitKind::Reward => "reward",
    }
}

/// `8`, `8-1`.
pub(super) fn article(number: ArticleNumber) -> String {
    number.sub.map_or_else(|| number.number.to_string(), |sub| format!("{}-{sub}", number.number))
}

/// `record.field[key]; …`
pub(super) fn facts(plan: &Plan, register: &Register, missing: &[FactId]) -> String {
    missing.iter().map(|fact| fact_name(plan, register, *fact)).collect::<Vec<_>>().join("; ")
}

/// What could not be computed, in place of missing facts.
pub(super) fn fault(plan: &Plan, fault: Fault) -> String {
    match fault {
        Fault::ParameterGap(id, day) => {
            let name = plan.parameters.get(id.0).map_or("", |parameter| parameter.label.name.as_str());
            format!("parameter.{name}[{day}]")
        }
        Fault::Overflow(_) => "fault.overflow[R002]".to_owned(),
        Fault::DivisionByZero(_) => "fault.division_by_zero[R003]".to_owned(),
        Fault::NegativeAmount(_) => "fault.negative_amount[R004]".to_owned(),
    }
}

/// `record.field[key]`; `record.*[household]` where rows may be missing.
pub(super) fn fact_name(plan: &Plan, register: &Register, fact: FactId) -> String {
    let record = plan.schema.record(fact.record);
    let (part, owner) = match fact.part {
        FactPart::Field(field) => (plan.schema.field(fact.record, field).label.name.as_str(), fact.record),
        FactPart::Rows => ("*", root(plan, fact.record)),
    };
    format!("{}.{part}[{}]", record.label.name, key(register, owner, fact.row))
}

/// The root record that a record lies in.
pub(super) fn root(plan: &Plan, record: RecordId) -> RecordId {
    plan.schema.chain(record).last().unwrap_or(record)
}
