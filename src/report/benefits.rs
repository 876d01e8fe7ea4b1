//! The tables of benefits and of what is undetermined, written household by household.

use super::{Cell, Format, Summary, SummaryKey, TableFile, WrittenTable};
use crate::ast::{ArticleNumber, BenefitKind};
use crate::eval::traced::{Household, Run};
use crate::eval::{Entitlement, FactId, FactPart, Fault, Outcome};
use crate::ir::{Benefit, FundShare, Plan};
use crate::register::Register;
use crate::schema::RecordId;
use crate::value::{Fen, Ratio, Rounding};
use std::collections::BTreeSet;
use std::io;
use std::path::Path;

const BENEFITS: &[&str] = &[
    "village",
    "household",
    "person",
    "clause",
    "article",
    "record_key",
    "period",
    "status",
    "amount",
    "amount_min",
    "amount_max",
    "fund",
    "charter_version",
];
const UNDETERMINED: &[&str] = &[
    "village",
    "household",
    "person",
    "kind",
    "clause",
    "article",
    "record_key",
    "period",
    "missing",
    "amount_min",
    "amount_max",
];
const SUMMARY: &[&str] =
    &["village", "clause", "kind", "status", "fund", "period", "targets", "entitlements", "amount"];

/// The record whose key the `person` column holds.
const PERSON: &str = "person";

/// The results of a run on their way out.
pub struct Report<'r> {
    plan: &'r Plan,
    register: &'r Register,
    period: String,
    files: Option<(TableFile, TableFile)>,
    /// What was added up so far.
    pub summary: Summary,
}

/// Who and what a row is about: the cells that both tables begin with.
struct Subject {
    village: String,
    household: String,
    person: String,
    clause: String,
    article: String,
    record_key: String,
    period: String,
}

impl<'r> Report<'r> {
    /// Results that are only added up.
    #[must_use]
    pub fn totals_only(plan: &'r Plan, register: &'r Register, period: String) -> Self {
        Self { plan, register, period, files: None, summary: Summary::default() }
    }

    /// Results written to a folder, which must exist.
    pub fn to_folder(
        plan: &'r Plan,
        register: &'r Register,
        period: String,
        folder: &Path,
        format: Format,
    ) -> io::Result<Self> {
        let benefits = TableFile::create(folder, "benefits", BENEFITS, format)?;
        let undetermined = TableFile::create(folder, "undetermined", UNDETERMINED, format)?;
        Ok(Self { files: Some((benefits, undetermined)), ..Self::totals_only(plan, register, period) })
    }

    /// Writes and counts what one household gets.
    pub fn household(&mut self, run: &Run<'_>, unit: usize, household: &Household) -> io::Result<()> {
        let village = run.village_name(unit).known().unwrap_or_default();
        if let Some(unknown) = household.village_unknown {
            self.village_unknown(unit, unknown.fact)?;
        }
        let mut seen: BTreeSet<(SummaryKey, RecordId, usize)> = BTreeSet::new();
        for entitlement in &household.entitlements {
            let Some(benefit) = self.plan.benefits.get(entitlement.benefit) else { continue };
            let subject = self.subject(village, entitlement, benefit);
            for (fund, amount) in shares(self.plan, benefit, &entitlement.outcome) {
                let key = SummaryKey {
                    village: village.to_owned(),
                    clause: benefit.label.name.clone(),
                    kind: kind(benefit.kind),
                    status: status(&entitlement.outcome),
                    fund,
                };
                if let Some((benefits, _)) = &mut self.files {
                    let version = self.plan.charter(benefit.charter).version();
                    benefits.write(&subject.benefit(&entitlement.outcome, amount, &key.fund, version))?;
                }
                let first = seen.insert((key.clone(), benefit.target, entitlement.target));
                let added = self.summary.add(key, first, amount.unwrap_or_default());
                added.ok_or_else(|| io::Error::other("the total does not fit"))?;
            }
            if let (Some((_, undetermined)), Outcome::Undetermined { .. } | Outcome::Faulted(_)) =
                (&mut self.files, &entitlement.outcome)
            {
                let missing = missing(self.plan, self.register, &entitlement.outcome);
                undetermined.write(&subject.undetermined("benefit", missing, &entitlement.outcome))?;
            }
        }
        Ok(())
    }

    /// Ends the tables, the summary among them, and gives them their names.
    pub fn finish(self) -> io::Result<(Summary, Vec<WrittenTable>)> {
        let mut written = Vec::new();
        if let Some((benefits, undetermined)) = self.files {
            written.push(benefits.finish()?);
            written.push(undetermined.finish()?);
        }
        Ok((self.summary, written))
    }

    fn subject(&self, village: &str, entitlement: &Entitlement, benefit: &Benefit) -> Subject {
        let schema = &self.plan.schema;
        let key = |record, row| key(self.register, record, row);
        let person =
            schema.chain(benefit.target).find(|id| schema.record(*id).label.is(PERSON)).and_then(|id| {
                Some(key(id, self.register.ancestor(schema, benefit.target, entitlement.target, id)?))
            });
        let unit = schema.unit().unwrap_or(benefit.target);
        let own_column = benefit.target == unit || schema.record(benefit.target).label.is(PERSON);
        Subject {
            village: village.to_owned(),
            household: key(unit, entitlement.unit),
            person: person.unwrap_or_default(),
            clause: benefit.label.name.clone(),
            article: article(benefit.article),
            record_key: if own_column { String::new() } else { key(benefit.target, entitlement.target) },
            period: entitlement.period.clone(),
        }
    }

    /// The one row of a household that is judged by the framework only, because its village is not known.
    fn village_unknown(&mut self, unit: usize, fact: FactId) -> io::Result<()> {
        let Some((_, undetermined)) = &mut self.files else { return Ok(()) };
        let subject = Subject {
            village: String::new(),
            household: key(self.register, fact.record, unit),
            person: String::new(),
            clause: String::new(),
            article: String::new(),
            record_key: String::new(),
            period: self.period.clone(),
        };
        let missing = fact_name(self.plan, self.register, fact);
        undetermined.write(&subject.undetermined("village", missing, &Outcome::NotGranted))
    }
}

impl Subject {
    fn benefit(&self, outcome: &Outcome, amount: Option<Fen>, fund: &str, version: String) -> Vec<Cell> {
        let (least, most) = bounds(outcome);
        let text = |text: &str| Cell::text_of(text);
        vec![
            text(&self.village),
            text(&self.household),
            text(&self.person),
            text(&self.clause),
            text(&self.article),
            text(&self.record_key),
            text(&self.period),
            text(status(outcome)),
            Cell::Money(amount),
            Cell::Money(amount.or(least)),
            Cell::Money(amount.or(most)),
            text(fund),
            Cell::Text(version),
        ]
    }

    fn undetermined(&self, kind: &str, missing: String, outcome: &Outcome) -> Vec<Cell> {
        let (least, most) = bounds(outcome);
        let text = |text: &str| Cell::text_of(text);
        vec![
            text(&self.village),
            text(&self.household),
            text(&self.person),
            text(kind),
            text(&self.clause),
            text(&self.article),
            text(&self.record_key),
            text(&self.period),
            Cell::Text(missing),
            Cell::Money(least),
            Cell::Money(most),
        ]
    }
}

/// Writes the summary of a run to a folder.
pub(super) fn write_summary(
    summary: &Summary,
    period: &str,
    folder: &Path,
    format: Format,
) -> io::Result<WrittenTable> {
    let mut table = TableFile::create(folder, "summary", SUMMARY, format)?;
    for (key, row) in &summary.rows {
        table.write(&[
            Cell::text_of(&key.village),
            Cell::text_of(&key.clause),
            Cell::text_of(key.kind),
            Cell::text_of(key.status),
            Cell::text_of(&key.fund),
            Cell::text_of(period),
            Cell::Count(row.targets),
            Cell::Count(row.entitlements),
            Cell::Money(Some(row.amount)),
        ])?;
    }
    table.finish()
}

/// The key of a row.
fn key(register: &Register, record: RecordId, row: usize) -> String {
    register.table(record).keys.get(row).map_or_else(String::new, ToString::to_string)
}

/// A granted amount by fund, the odd fen to the first; other outcomes once, with the funds they concern.
fn shares(plan: &Plan, benefit: &Benefit, outcome: &Outcome) -> Vec<(String, Option<Fen>)> {
    let name =
        |share: &FundShare| plan.funds.get(share.fund.0).map_or_else(String::new, |fund| fund.name.clone());
    let Outcome::Granted(amount) = outcome else {
        return vec![(benefit.funds.iter().map(name).collect::<Vec<_>>().join("+"), None)];
    };
    let [first, rest @ ..] = benefit.funds.as_slice() else { return vec![(String::new(), Some(*amount))] };
    let part = |share: &FundShare| {
        let exact = share.part.checked_mul(Ratio::whole(amount.0))?;
        exact.round_to(1, Rounding::Down).map(Fen)
    };
    let rest: Vec<(String, Fen)> =
        rest.iter().map(|share| (name(share), part(share).unwrap_or_default())).collect();
    let others: i64 = rest.iter().map(|(_, fen)| fen.0).sum();
    let mut split = vec![(name(first), Some(Fen(amount.0 - others)))];
    split.extend(rest.into_iter().map(|(fund, fen)| (fund, Some(fen))));
    split
}

fn bounds(outcome: &Outcome) -> (Option<Fen>, Option<Fen>) {
    match outcome {
        Outcome::Granted(amount) => (Some(*amount), Some(*amount)),
        Outcome::Awaiting { least, most } => (Some(*least), Some(*most)),
        Outcome::Undetermined { least, most, .. } => (Some(*least), *most),
        Outcome::Faulted(_) | Outcome::NotApplicable | Outcome::NotGranted => (None, None),
    }
}

/// The word of the contract for an outcome. A fault is undetermined: never a number, never a zero.
pub(super) fn status(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Granted(_) => "granted",
        Outcome::Awaiting { .. } => "awaiting_decision",
        Outcome::Undetermined { .. } | Outcome::Faulted(_) => "undetermined",
        Outcome::NotApplicable | Outcome::NotGranted => "not_granted",
    }
}

fn kind(kind: BenefitKind) -> &'static str {
    match kind {
        BenefitKind::Subsidy => "subsidy",
        BenefitKind::Reward => "reward",
    }
}

/// `8`, `8-1`.
pub(super) fn article(number: ArticleNumber) -> String {
    number.sub.map_or_else(|| number.number.to_string(), |sub| format!("{}-{sub}", number.number))
}

/// `record.field[key]; …` of an undetermined outcome; what could not be computed of a fault.
fn missing(plan: &Plan, register: &Register, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Undetermined { missing, .. } => {
            missing.iter().map(|fact| fact_name(plan, register, *fact)).collect::<Vec<_>>().join("; ")
        }
        Outcome::Faulted(Fault::ParameterGap(id, day)) => {
            let name = plan.parameters.get(id.0).map_or("", |parameter| parameter.label.name.as_str());
            format!("parameter.{name}[{day}]")
        }
        Outcome::Faulted(Fault::Overflow(_)) => "overflow".to_owned(),
        Outcome::Faulted(Fault::DivisionByZero(_)) => "division_by_zero".to_owned(),
        Outcome::Faulted(Fault::NegativeAmount(_)) => "negative_amount".to_owned(),
        _ => String::new(),
    }
}

/// `record.field[key]`; `record.*[household]` where rows may be missing.
pub(super) fn fact_name(plan: &Plan, register: &Register, fact: FactId) -> String {
    let record = plan.schema.record(fact.record);
    let (part, owner) = match fact.part {
        FactPart::Field(field) => (plan.schema.field(fact.record, field).label.name.as_str(), fact.record),
        FactPart::Rows => ("*", plan.schema.unit().unwrap_or(fact.record)),
    };
    format!("{}.{part}[{}]", record.label.name, key(register, owner, fact.row))
}
