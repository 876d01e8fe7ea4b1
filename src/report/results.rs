//! The result tables, written household by household as they come.

use super::names::{duty_status, fact_name, facts, fault, key, kind, status};
use super::subject::{About, Subject, day};
use super::{Cell, Format, KeptTable, Sheet, Summary, SummaryKey, TableFile, WrittenTable};
use crate::eval::traced::{Results, Run};
use crate::eval::{DutyRow, DutyStatus, Entitlement, FactId, Figure, IndicatorRow, Outcome};
use crate::ir::{Benefit, FundShare, Pay, Plan};
use crate::register::Register;
use crate::schema::RecordId;
use crate::value::{Fen, Ratio, Rounding};
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

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
const OBLIGATIONS: &[&str] = &[
    "village",
    "household",
    "person",
    "clause",
    "article",
    "record_key",
    "period",
    "due",
    "status",
    "remedy_by",
    "appeal_by",
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
const INDICATORS: &[&str] = &["scope", "indicator", "numerator", "denominator", "unknown", "value"];

/// How the whole register is named in the scope of an indicator.
const EVERYWHERE: &str = "all";

/// The results of a run on their way out.
pub struct Report<'r> {
    plan: &'r Plan,
    period: String,
    tables: Option<Tables>,
    /// What was added up so far.
    pub summary: Summary,
}

/// The results of some households, ready to be appended to a report.
pub struct Page<'r> {
    plan: &'r Plan,
    period: &'r str,
    /// Benefits, duties, and what is undetermined.
    sheets: Option<[Sheet; 3]>,
    /// Undetermined rows of the household at hand, by clause, person and record.
    waiting: Vec<([String; 3], Vec<Cell>)>,
    summary: Summary,
}

/// The open tables: of a folder, or kept in memory.
struct Tables {
    folder: Option<(PathBuf, Format)>,
    benefits: TableFile,
    obligations: TableFile,
    undetermined: TableFile,
}

impl<'r> Report<'r> {
    /// Results that are only added up.
    #[must_use]
    pub fn totals_only(plan: &'r Plan, period: String) -> Self {
        Self { plan, period, tables: None, summary: Summary::default() }
    }

    /// Results written to a folder, which must exist.
    pub fn to_folder(plan: &'r Plan, period: String, folder: &Path, format: Format) -> io::Result<Self> {
        let tables = Tables {
            folder: Some((folder.to_owned(), format)),
            benefits: TableFile::create(folder, "benefits", BENEFITS, format)?,
            obligations: TableFile::create(folder, "obligations", OBLIGATIONS, format)?,
            undetermined: TableFile::create(folder, "undetermined", UNDETERMINED, format)?,
        };
        Ok(Self { tables: Some(tables), ..Self::totals_only(plan, period) })
    }

    /// Results whose long tables are kept in memory, to be taken by [`Report::kept`].
    #[must_use]
    pub fn in_memory(plan: &'r Plan, period: String) -> Self {
        let tables = Tables {
            folder: None,
            benefits: TableFile::keep("benefits", BENEFITS),
            obligations: TableFile::keep("obligations", OBLIGATIONS),
            undetermined: TableFile::keep("undetermined", UNDETERMINED),
        };
        Self { tables: Some(tables), ..Self::totals_only(plan, period) }
    }

    /// The tables of benefits, duties and what is undetermined, where they were kept in memory.
    #[must_use]
    pub fn kept(self) -> [KeptTable; 3] {
        let Some(Tables { benefits, obligations, undetermined, .. }) = self.tables else {
            return Default::default();
        };
        [benefits, obligations, undetermined].map(TableFile::kept)
    }

    /// An empty page, to be filled on any thread.
    #[must_use]
    pub fn page(&self) -> Page<'_> {
        let sheets = self
            .tables
            .as_ref()
            .map(|tables| [tables.benefits.sheet(), tables.obligations.sheet(), tables.undetermined.sheet()]);
        Page {
            plan: self.plan,
            period: &self.period,
            sheets,
            waiting: Vec::new(),
            summary: Summary::default(),
        }
    }

    /// Adds a page; pages are added in the order of households.
    pub fn append(&mut self, (sheets, summary): Filled) -> io::Result<()> {
        if let (Some(tables), Some([benefits, obligations, undetermined])) = (&mut self.tables, sheets) {
            tables.benefits.append(benefits)?;
            tables.obligations.append(obligations)?;
            tables.undetermined.append(undetermined)?;
        }
        self.summary.append(summary).ok_or_else(|| io::Error::other("the total does not fit"))
    }

    /// Writes and counts what came out for one household, or for all rows of another root record.
    pub fn results(&mut self, run: &Run<'_>, results: &Results) -> io::Result<()> {
        let mut page = self.page();
        page.results(run, results)?;
        let filled = page.filled();
        self.append(filled)
    }

    /// Ends the tables, indicators and the summary among them, and gives them their names.
    pub fn finish(self, indicators: &[IndicatorRow]) -> io::Result<(Summary, Vec<WrittenTable>)> {
        let mut written = Vec::new();
        if let Some(Tables { folder: Some((folder, format)), benefits, obligations, undetermined }) =
            self.tables
        {
            for table in [benefits, obligations, undetermined] {
                written.push(table.finish()?);
            }
            written.push(write_indicators(self.plan, indicators, &folder, format)?);
            written.push(write_summary(&self.summary, &self.period, &folder, format)?);
        }
        Ok((self.summary, written))
    }
}

/// What a page came to.
pub type Filled = (Option<[Sheet; 3]>, Summary);

impl Page<'_> {
    /// What it came to, without the report it was made for.
    #[must_use]
    pub fn filled(self) -> Filled {
        (self.sheets, self.summary)
    }

    /// Writes and counts what came out for one household, or for all rows of another root record.
    pub fn results(&mut self, run: &Run<'_>, results: &Results) -> io::Result<()> {
        let register = run.register();
        if let Some(unknown) = results.village_unknown {
            self.village_unknown(register, unknown.unit, unknown.fact);
        }
        let village = |root: RecordId, unit: usize| run.village_name(root, unit).known().unwrap_or_default();
        let mut seen: BTreeSet<(SummaryKey, RecordId, usize)> = BTreeSet::new();
        for entitlement in &results.entitlements {
            self.entitlement(register, &village(entitlement.root, entitlement.unit), entitlement, &mut seen)?;
        }
        for duty in &results.duties {
            self.duty(register, &village(duty.root, duty.unit), duty, &mut seen)?;
        }
        self.write_undetermined()
    }

    /// Benefits and duties of one household together, in the order of clauses; the sort keeps the order of days.
    fn write_undetermined(&mut self) -> io::Result<()> {
        self.waiting.sort_by(|(a, _), (b, _)| a.cmp(b));
        for (_, cells) in std::mem::take(&mut self.waiting) {
            if let Some([_, _, undetermined]) = &mut self.sheets {
                undetermined.write(&cells)?;
            }
        }
        Ok(())
    }

    fn entitlement(
        &mut self,
        register: &Register,
        village: &str,
        entitlement: &Entitlement,
        seen: &mut BTreeSet<(SummaryKey, RecordId, usize)>,
    ) -> io::Result<()> {
        let Some(benefit) = self.plan.benefits.get(entitlement.benefit) else { return Ok(()) };
        let about = About {
            village,
            clause: &benefit.label.name,
            article: benefit.article,
            unit: entitlement.unit,
            target: (benefit.target, entitlement.target),
            period: &entitlement.period,
        };
        let subject = Subject::of(self.plan, register, &about);
        let (least, most) = bounds(benefit, &entitlement.outcome);
        for (fund, amount) in shares(self.plan, benefit, &entitlement.outcome) {
            let status = status(&entitlement.outcome);
            if let Some([benefits, ..]) = &mut self.sheets {
                let mut cells = subject.cells(None);
                cells.push(Cell::text_of(status));
                cells.extend([
                    Cell::Money(amount),
                    Cell::Money(amount.or(least)),
                    Cell::Money(amount.or(most)),
                ]);
                cells.push(Cell::text_of(&fund));
                cells.push(Cell::Text(self.plan.charter(benefit.charter).version()));
                benefits.write(&cells)?;
            }
            let (village, clause) = (village.to_owned(), benefit.label.name.clone());
            let key = SummaryKey { village, clause, kind: kind(benefit.kind), status, fund };
            let first = seen.insert((key.clone(), benefit.target, entitlement.target));
            let added = self.summary.add(key, first, amount.unwrap_or_default());
            added.ok_or_else(|| io::Error::other("the total does not fit"))?;
        }
        let missing = match &entitlement.outcome {
            Outcome::Undetermined { missing, .. } => facts(self.plan, register, missing),
            Outcome::Faulted(found) => fault(self.plan, *found),
            _ => return Ok(()),
        };
        self.undetermined(&subject, "benefit", missing, (least, most));
        Ok(())
    }

    fn duty(
        &mut self,
        register: &Register,
        village: &str,
        duty: &DutyRow,
        seen: &mut BTreeSet<(SummaryKey, RecordId, usize)>,
    ) -> io::Result<()> {
        let Some(obligation) = self.plan.obligations.get(duty.obligation) else { return Ok(()) };
        let about = About {
            village,
            clause: &obligation.label.name,
            article: obligation.article,
            unit: duty.unit,
            target: (obligation.target, duty.target),
            period: &duty.period,
        };
        let subject = Subject::of(self.plan, register, &about);
        let status = duty_status(&duty.status);
        if let Some([_, obligations, _]) = &mut self.sheets {
            let mut cells = subject.cells(None);
            cells.extend([day(duty.due), Cell::text_of(status), day(duty.remedy_by), day(duty.appeal_by)]);
            obligations.write(&cells)?;
        }
        let (village, clause) = (village.to_owned(), obligation.label.name.clone());
        let key = SummaryKey { village, clause, kind: "obligation", status, fund: String::new() };
        let first = seen.insert((key.clone(), obligation.target, duty.target));
        self.summary.add(key, first, Fen::ZERO).ok_or_else(|| io::Error::other("the total does not fit"))?;
        let missing = match &duty.status {
            DutyStatus::Undetermined { missing } => facts(self.plan, register, missing),
            DutyStatus::Faulted(found) => fault(self.plan, *found),
            _ => return Ok(()),
        };
        self.undetermined(&subject, "obligation", missing, (None, None));
        Ok(())
    }

    fn undetermined(
        &mut self,
        subject: &Subject,
        kind: &str,
        missing: String,
        (least, most): (Option<Fen>, Option<Fen>),
    ) {
        if self.sheets.is_none() {
            return;
        }
        let mut cells = subject.cells(Some(kind));
        cells.extend([Cell::Text(missing), Cell::Money(least), Cell::Money(most)]);
        let order = [&subject.clause, &subject.person, &subject.record_key].map(Clone::clone);
        self.waiting.push((order, cells));
    }

    /// The one row of a household that is judged by the framework only, because its village is not known.
    fn village_unknown(&mut self, register: &Register, unit: usize, fact: FactId) {
        let blank = String::new;
        let subject = Subject {
            village: blank(),
            household: key(register, fact.record, unit),
            person: blank(),
            clause: blank(),
            article: blank(),
            record_key: blank(),
            period: self.period.to_owned(),
        };
        let missing = fact_name(self.plan, register, fact);
        self.undetermined(&subject, "village", missing, (None, None));
    }
}

fn write_indicators(
    plan: &Plan,
    rows: &[IndicatorRow],
    folder: &Path,
    format: Format,
) -> io::Result<WrittenTable> {
    let mut table = TableFile::create(folder, "indicators", INDICATORS, format)?;
    let mut sheet = table.sheet();
    for row in rows {
        let name = plan.indicators.get(row.indicator).map_or("", |indicator| indicator.label.name.as_str());
        sheet.write(&[
            Cell::text_of(row.village.as_deref().unwrap_or(EVERYWHERE)),
            Cell::text_of(name),
            Cell::Text(figure(row.numerator)),
            Cell::Text(row.denominator.map(figure).unwrap_or_default()),
            Cell::Count(row.unknown),
            Cell::Text(value(row)),
        ])?;
    }
    table.append(sheet)?;
    table.finish()
}

/// A count, or an amount in yuan.
#[must_use]
pub fn figure(figure: Figure) -> String {
    match figure {
        Figure::Count(count) => count.to_string(),
        Figure::Money(fen) => fen.to_string(),
    }
}

/// The exact ratio to six decimals, half up; the figure itself where it has no denominator; blank out of nothing.
#[must_use]
pub fn value(row: &IndicatorRow) -> String {
    let Some(denominator) = row.denominator else { return figure(row.numerator) };
    let whole = |figure: Figure| match figure {
        Figure::Count(count) => count,
        Figure::Money(fen) => fen.0,
    };
    let millionths = Ratio::new(i128::from(whole(row.numerator)) * 1_000_000, i128::from(whole(denominator)))
        .and_then(|ratio| ratio.round_to(1, Rounding::HalfUp));
    millionths.map_or_else(String::new, |millionths| {
        let sign = if millionths < 0 { "-" } else { "" };
        format!("{sign}{}.{:06}", millionths.abs() / 1_000_000, millionths.abs() % 1_000_000)
    })
}

/// Writes the summary of a run to a folder.
fn write_summary(summary: &Summary, period: &str, folder: &Path, format: Format) -> io::Result<WrittenTable> {
    let mut table = TableFile::create(folder, "summary", SUMMARY, format)?;
    let mut sheet = table.sheet();
    for (key, row) in &summary.rows {
        sheet.write(&[
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
    table.append(sheet)?;
    table.finish()
}

/// A granted amount by fund, the odd fen to the first; other outcomes once, with the funds they concern.
fn shares(plan: &Plan, benefit: &Benefit, outcome: &Outcome) -> Vec<(String, Option<Fen>)> {
    let name =
        |share: &FundShare| plan.funds.get(share.fund.0).map_or_else(String::new, |fund| fund.name.clone());
    let amount = match (outcome, &benefit.pay) {
        // Something given whose worth is not said is no amount.
        (Outcome::Granted(Fen::ZERO), Pay::InKind { .. }) => None,
        (Outcome::Granted(amount), _) => Some(amount),
        _ => None,
    };
    let Some(amount) = amount else {
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

fn bounds(benefit: &Benefit, outcome: &Outcome) -> (Option<Fen>, Option<Fen>) {
    match outcome {
        Outcome::Granted(Fen::ZERO) if matches!(benefit.pay, Pay::InKind { .. }) => (None, None),
        Outcome::Granted(amount) => (Some(*amount), Some(*amount)),
        Outcome::Awaiting { least, most } => (Some(*least), Some(*most)),
        Outcome::Undetermined { least, most, .. } => (Some(*least), *most),
        Outcome::Faulted(_) | Outcome::NotApplicable | Outcome::NotGranted => (None, None),
    }
}
