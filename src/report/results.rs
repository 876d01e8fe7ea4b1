//! The result tables, written household by household as they come.

use super::clauses::Clauses;
use super::page::{Filled, Page, too_large};
use super::table::{ColumnOf, Kind, SheetForm};
use super::wide::Wide;
use super::{Cell, Format, KeptTable, Summary, TableFile, WrittenTable};
use crate::eval::traced::{Results, Run};
use crate::eval::{Figure, IndicatorRow};
use crate::ir::Plan;
use crate::value::{Ratio, Rounding};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const BENEFITS: &[ColumnOf<'static>] = &[
    ("village", Kind::Text),
    ("household", Kind::Text),
    ("person", Kind::Text),
    ("clause", Kind::Text),
    ("article", Kind::Text),
    ("record_key", Kind::Text),
    ("period", Kind::Text),
    ("status", Kind::Text),
    ("amount", Kind::Money),
    ("amount_min", Kind::Money),
    ("amount_max", Kind::Money),
    ("fund", Kind::Text),
    ("charter_version", Kind::Text),
];
const OBLIGATIONS: &[ColumnOf<'static>] = &[
    ("village", Kind::Text),
    ("household", Kind::Text),
    ("person", Kind::Text),
    ("clause", Kind::Text),
    ("article", Kind::Text),
    ("record_key", Kind::Text),
    ("period", Kind::Text),
    ("due", Kind::Day),
    ("status", Kind::Text),
    ("remedy_by", Kind::Day),
    ("appeal_by", Kind::Day),
];
const UNDETERMINED: &[ColumnOf<'static>] = &[
    ("village", Kind::Text),
    ("household", Kind::Text),
    ("person", Kind::Text),
    ("kind", Kind::Text),
    ("clause", Kind::Text),
    ("article", Kind::Text),
    ("record_key", Kind::Text),
    ("period", Kind::Text),
    ("missing", Kind::Text),
    ("amount_min", Kind::Money),
    ("amount_max", Kind::Money),
];
const SUMMARY: &[ColumnOf<'static>] = &[
    ("village", Kind::Text),
    ("clause", Kind::Text),
    ("kind", Kind::Text),
    ("status", Kind::Text),
    ("fund", Kind::Text),
    ("period", Kind::Text),
    ("targets", Kind::Count),
    ("entitlements", Kind::Count),
    ("amount", Kind::Money),
];
const INDICATORS: &[ColumnOf<'static>] = &[
    ("scope", Kind::Text),
    ("indicator", Kind::Text),
    ("numerator", Kind::Text),
    ("denominator", Kind::Text),
    ("unknown", Kind::Count),
    ("value", Kind::Text),
];

/// How the table of benefits is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Layout {
    /// One row for each judged day of each target.
    #[default]
    Long,
    /// One row for each household, one column for each clause.
    Wide,
}

/// How the whole register is named in the scope of an indicator.
const EVERYWHERE: &str = "all";

/// The results of a run on their way out.
pub struct Report<'r> {
    form: Arc<Form<'r>>,
    tables: Option<Tables>,
    /// What was added up so far.
    pub summary: Summary,
}

/// What the pages of a report are made by, on any thread and while others are appended.
pub struct Form<'r> {
    plan: &'r Plan,
    period: String,
    clauses: Arc<Clauses>,
    /// The table of benefits has one row a household.
    wide: Option<Wide>,
    /// Of benefits, duties and what is undetermined, where they are written.
    sheets: Option<[SheetForm; 3]>,
}

impl Form<'_> {
    /// An empty page.
    #[must_use]
    pub fn page(&self) -> Page<'_> {
        let sheets = self.sheets.as_ref().map(|forms| forms.each_ref().map(SheetForm::sheet));
        Page::new((self.plan, &self.clauses), &self.period, sheets, self.wide.as_ref())
    }
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
        Self::new(plan, period, None, None)
    }

    fn new(plan: &'r Plan, period: String, wide: Option<Wide>, tables: Option<Tables>) -> Self {
        let clauses = Arc::new(Clauses::of(plan));
        let summary = Summary::new(Arc::clone(&clauses));
        let sheets = tables.as_ref().map(Tables::sheets);
        Self { form: Arc::new(Form { plan, period, clauses, wide, sheets }), tables, summary }
    }

    /// Results written to a folder, which must exist.
    pub fn to_folder(
        plan: &'r Plan,
        period: String,
        folder: &Path,
        (format, layout): (Format, Layout),
    ) -> io::Result<Self> {
        let wide = (layout == Layout::Wide).then(|| Wide::of(plan));
        let long = BENEFITS.to_vec();
        let of_benefits = wide.as_ref().map_or(long, Wide::columns);
        let benefits = TableFile::create(folder, "benefits", &of_benefits, format)?;
        let tables = Tables {
            folder: Some((folder.to_owned(), format)),
            benefits,
            obligations: TableFile::create(folder, "obligations", OBLIGATIONS, format)?,
            undetermined: TableFile::create(folder, "undetermined", UNDETERMINED, format)?,
        };
        Ok(Self::new(plan, period, wide, Some(tables)))
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
        Self::new(plan, period, None, Some(tables))
    }

    /// The tables of benefits, duties and what is undetermined, where they were kept in memory.
    #[must_use]
    pub fn kept(self) -> [KeptTable; 3] {
        let Some(Tables { benefits, obligations, undetermined, .. }) = self.tables else {
            return Default::default();
        };
        [benefits, obligations, undetermined].map(TableFile::kept)
    }

    /// What its pages are made by.
    #[must_use]
    pub fn form(&self) -> Arc<Form<'r>> {
        Arc::clone(&self.form)
    }

    /// Adds a page; pages are added in the order of households.
    pub fn append(&mut self, (sheets, tally): Filled) -> io::Result<()> {
        if let (Some(tables), Some([benefits, obligations, undetermined])) = (&mut self.tables, sheets) {
            tables.benefits.append(benefits)?;
            tables.obligations.append(obligations)?;
            tables.undetermined.append(undetermined)?;
        }
        self.summary.append(&tally).ok_or_else(too_large)
    }

    /// Writes and counts what was explained: of one household, or of all rows of another root record.
    pub fn results(&mut self, run: &Run<'_>, results: &Results) -> io::Result<()> {
        let form = self.form();
        let mut page = form.page();
        page.results(run, results)?;
        self.append(page.filled())
    }

    /// Ends the tables, indicators and the summary among them, and gives them their names.
    pub fn finish(self, indicators: &[IndicatorRow]) -> io::Result<(Summary, Vec<WrittenTable>)> {
        let mut written = Vec::new();
        if let Some(Tables { folder: Some((folder, format)), benefits, obligations, undetermined, .. }) =
            self.tables
        {
            for table in [benefits, obligations, undetermined] {
                written.push(table.finish()?);
            }
            written.push(write_indicators(self.form.plan, indicators, &folder, format)?);
            written.push(write_summary(&self.summary, &self.form.period, &folder, format)?);
        }
        Ok((self.summary, written))
    }
}

impl Tables {
    fn sheets(&self) -> [SheetForm; 3] {
        [self.benefits.form(), self.obligations.form(), self.undetermined.form()]
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
        let denominator = row.denominator.map(figure).unwrap_or_default();
        sheet.write(&[
            Cell::Text(row.village.as_deref().unwrap_or(EVERYWHERE)),
            Cell::Text(name),
            Cell::Text(&figure(row.numerator)),
            Cell::Text(&denominator),
            Cell::Count(row.unknown),
            Cell::Text(&value(row)),
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
    for (key, row) in summary.rows() {
        sheet.write(&[
            Cell::Text(key.village),
            Cell::Text(key.clause),
            Cell::Text(key.kind),
            Cell::Text(key.status.word()),
            Cell::Text(key.fund),
            Cell::Text(period),
            Cell::Count(row.targets),
            Cell::Count(row.entitlements),
            Cell::Money(Some(row.amount)),
        ])?;
    }
    table.append(sheet)?;
    table.finish()
}
