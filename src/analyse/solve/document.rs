//! A witness as people read it: one line, and a register of one household that `charter why` takes.

use super::shape::{Shape, key};
use crate::diagnostic::{self, Lang, Term};
use crate::eval::traced::{Results, run};
use crate::eval::{FactId, FactPart, Outcome};
use crate::ir::Plan;
use crate::register::Register;
use crate::schema::{Datum, FieldId, FieldType, Label, RecordId};
use crate::value::{Day, Fact, Fen, Period};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The field of a household that names its village.
const VILLAGE: &str = "village";
/// The field of a village that names it.
const NAME: &str = "name";

/// A household of which a question holds.
#[derive(Clone, Debug)]
pub struct Witness {
    /// The root its rows lie in.
    pub root: RecordId,
    /// The judged day.
    pub day: Day,
    /// All days of the moment at which the question holds, the judged day last.
    pub moment: Vec<Day>,
    /// Its rows.
    pub shape: Shape,
    /// The facts that matter; all others are any.
    pub facts: Vec<(FactId, Fact<Datum>)>,
    /// Its village, where that matters.
    pub village: Option<String>,
}

impl Witness {
    /// Its rows, without facts.
    pub(in crate::analyse) fn register(&self, plan: &Plan) -> Register {
        self.shape.register(&plan.schema)
    }

    /// Its rows with their facts, as people would write them down.
    fn filled(&self, plan: &Plan, village: Option<&str>) -> Register {
        let mut register = self.register(plan);
        let root = plan.schema.record(self.root);
        let name = if plan.schema.unit() == Some(self.root) { VILLAGE } else { NAME };
        let text = |village: &str| Fact::Known(Datum::Text(village.into()));
        let own = root.find(name).zip(village).map(|(field, village)| {
            (FactId { record: self.root, part: FactPart::Field(field), row: 0 }, text(village))
        });
        for (fact, value) in own.into_iter().chain(self.facts.iter().cloned()) {
            let FactPart::Field(field) = fact.part else { continue };
            let column =
                register.tables.get_mut(fact.record.0).and_then(|table| table.columns.get_mut(field.0));
            if let Some(column) = column {
                column.set(fact.row, &value);
            }
        }
        register
    }

    /// What comes out for it in a period, everything settled.
    pub(in crate::analyse) fn judged(&self, plan: &Plan, village: Option<&str>, period: &Period) -> Results {
        let register = self.filled(plan, self.village.as_deref().or(village));
        run(plan, &register, period).map(|run| run.judge(self.root, 0)).unwrap_or_default()
    }

    /// The same with one, two, … and so many more rows alike to the first of a record that lies in the household.
    pub(in crate::analyse) fn with_alike(
        &self,
        plan: &Plan,
        record: RecordId,
        most: usize,
    ) -> impl Iterator<Item = Self> {
        let lies_in_one = plan.schema.record(record).parent == Some(self.root);
        let more = move |witness: &Self| {
            let row = witness.shape.rows.get(record.0).copied()?;
            let of_first = witness.facts.iter().filter(|(fact, _)| fact.record == record && fact.row == 0);
            let alike = of_first.map(|(fact, value)| (FactId { row, ..*fact }, value.clone()));
            let facts = witness.facts.iter().cloned().chain(alike).collect();
            Some(Self { shape: witness.shape.with_one_more(record), facts, ..witness.clone() })
        };
        std::iter::successors(Some(self.clone()), more).skip(1).take(if lies_in_one { most } else { 0 })
    }

    /// The year of its judged day.
    pub(in crate::analyse) fn year(&self) -> Period {
        Period::of_days(self.day.year_start(), self.day.year_end())
    }

    /// The years of its days.
    pub(in crate::analyse) fn years(&self) -> Period {
        let days = || self.moment.iter().chain([&self.day]).copied();
        let (first, last) = (days().min().unwrap_or(self.day), days().max().unwrap_or(self.day));
        Period::of_days(first.year_start(), last.year_end())
    }

    /// The benefits by their places in the plan that pay it something in the years of its days.
    pub(in crate::analyse) fn paid(&self, plan: &Plan, village: Option<&str>) -> BTreeSet<usize> {
        let pays = |outcome: &Outcome| match outcome {
            Outcome::Granted(_) | Outcome::Awaiting { .. } => true,
            Outcome::Undetermined { least, .. } => *least > Fen::ZERO,
            _ => false,
        };
        let entitlements = self.judged(plan, village, &self.years()).entitlements.into_iter();
        entitlements.filter(|one| pays(&one.outcome)).map(|one| one.benefit).collect()
    }

    /// For a finding about a charter of that village, or of none, in the year of its day.
    pub(in crate::analyse) fn told(&self, plan: &Plan, village: Option<&str>) -> diagnostic::Witness {
        self.told_in(plan, village, format!("{:04}", self.day.civil().year))
    }

    /// The same in the years of all its days.
    pub(in crate::analyse) fn told_over(&self, plan: &Plan, village: Option<&str>) -> diagnostic::Witness {
        let years = self.years();
        let (first, last) = (years.first.civil().year, years.last.civil().year);
        let one = format!("{last:04}");
        self.told_in(plan, village, if first == last { one } else { format!("{first:04}..{one}") })
    }

    /// The same in some period.
    pub(in crate::analyse) fn told_in(
        &self,
        plan: &Plan,
        village: Option<&str>,
        period: String,
    ) -> diagnostic::Witness {
        let unit = self.root;
        let village = self.village.as_deref().or(village);
        let yaml = |lang| Told { witness: self, plan, village, lang }.yaml(unit);
        let line = |lang| Told { witness: self, plan, village, lang }.line(unit);
        diagnostic::Witness {
            summary: Term::new(line(Lang::Zh), line(Lang::En)),
            yaml: Term::new(yaml(Lang::Zh), yaml(Lang::En)),
            key: key(&plan.schema, unit, 0),
            period,
        }
    }
}

/// A witness in one language.
struct Told<'a> {
    witness: &'a Witness,
    plan: &'a Plan,
    village: Option<&'a str>,
    lang: Lang,
}

impl Told<'_> {
    fn name<'l>(&self, label: &'l Label) -> &'l str {
        self.lang.pick(label.zh(), label.en())
    }

    fn rows(&self, record: RecordId) -> usize {
        self.witness.shape.rows.get(record.0).copied().unwrap_or(0)
    }

    /// The facts of one row, by field.
    fn facts(&self, record: RecordId, row: usize) -> Vec<(FieldId, String)> {
        let mut facts: Vec<(FieldId, String)> = self
            .witness
            .facts
            .iter()
            .filter(|(fact, _)| fact.record == record && fact.row == row)
            .filter_map(|(fact, value)| match fact.part {
                FactPart::Field(field) => Some((field, self.value(record, field, value))),
                FactPart::Rows => None,
            })
            .collect();
        facts.sort();
        facts
    }

    fn value(&self, record: RecordId, field: FieldId, value: &Fact<Datum>) -> String {
        let datum = match value {
            Fact::Known(datum) => datum,
            Fact::Absent => return self.lang.pick("无", "none").to_owned(),
            Fact::Unknown => return "?".to_owned(),
        };
        match (datum, &self.plan.schema.field(record, field).ty) {
            (Datum::Code(place), FieldType::Code(codes)) => codes
                .get(usize::from(*place))
                .map_or_else(String::new, |code| self.name(&code.label).to_owned()),
            (Datum::Date(span), _) => span.to_string(),
            (Datum::Money(fen), _) => fen.to_string(),
            (Datum::Number(number), _) => number.to_string(),
            // Only what a register can hold is tried.
            (Datum::Percent(ratio), _) => ratio.as_percent().unwrap_or_default(),
            (Datum::Flag(flag), _) => {
                let (zh, en) = if *flag { ("是", "yes") } else { ("否", "no") };
                self.lang.pick(zh, en).to_owned()
            }
            (Datum::Text(text), _) => text.to_string(),
            (Datum::Code(_), _) => String::new(),
        }
    }

    fn yaml(&self, unit: RecordId) -> String {
        let schema = &self.plan.schema;
        let mut text = format!("{}:\n", self.name(&schema.record(unit).plural));
        self.row(&mut text, unit, 0, 2);
        // A register says that there are no households, too.
        if let Some(households) = schema.unit().filter(|households| *households != unit) {
            let _ = writeln!(text, "{}: []", self.name(&schema.record(households).plural));
        }
        text
    }

    fn row(&self, text: &mut String, record: RecordId, row: usize, indent: usize) {
        let schema = &self.plan.schema;
        let space = " ".repeat(indent);
        let declared = schema.record(record);
        let _ = writeln!(text, "{space}- {}: {}", self.name(&declared.key), key(schema, record, row));
        let facts = self.facts(record, row);
        // A household names its village, a village itself.
        let village = if schema.unit() == Some(record) { VILLAGE } else { NAME };
        if record == self.witness.root
            && let (Some(field), Some(village)) = (declared.find(village), self.village)
            && facts.iter().all(|(known, _)| *known != field)
        {
            let _ = writeln!(text, "{space}  {}: {village}", self.name(&schema.field(record, field).label));
        }
        for (field, value) in facts {
            let _ = writeln!(text, "{space}  {}: {value}", self.name(&schema.field(record, field).label));
        }
        for (id, inner) in schema.iter().filter(|(_, inner)| inner.parent == Some(record)) {
            let rows: Vec<usize> = self.witness.shape.rows_in(id, row).collect();
            if !rows.is_empty() {
                let _ = writeln!(text, "{space}  {}:", self.name(&inner.plural));
            }
            for row in rows {
                self.row(text, id, row, indent + 4);
            }
        }
    }

    /// `户口性质 农业;人 W1-1:出生日期 1990-01-01`
    fn line(&self, unit: RecordId) -> String {
        let schema = &self.plan.schema;
        let mut parts = Vec::new();
        for (id, record) in schema.iter() {
            for row in 0..self.rows(id) {
                let facts = self
                    .facts(id, row)
                    .into_iter()
                    .map(|(field, value)| format!("{} {value}", self.name(&schema.field(id, field).label)));
                let facts: Vec<String> = facts.collect();
                let joined = facts.join(self.lang.pick("、", ", "));
                let name = self.name(&record.label);
                match (id == unit, facts.is_empty()) {
                    (true, true) => {}
                    (_, true) => parts.push(name.to_owned()),
                    (_, false) => parts.push(format!("{name}({joined})")),
                }
            }
        }
        let day = self.witness.day;
        let household = self.name(&schema.record(unit).label);
        if parts.is_empty() {
            return self.lang.pick(format!("任何一{household},{day}"), format!("any {household}, on {day}"));
        }
        let parts = parts.join(self.lang.pick(",", "; "));
        self.lang.pick(format!("{parts};{day}"), format!("{parts}; on {day}"))
    }
}
