//! The receipt of a run: what went in, what came out, and by which rules. It holds no clock time.

use super::atomic::sha256;
use super::{AtomicFile, Summary, WrittenTable};
use crate::ir::Plan;
use crate::register::Register;
use crate::value::{Day, Period};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

/// A charter or vocabulary that went into a run.
#[derive(Clone, Debug)]
pub struct CharterFile {
    /// Path as it was given.
    pub file: String,
    /// Its text.
    pub text: String,
}

/// What a receipt is made of.
pub struct Receipt<'r> {
    /// The rules.
    pub plan: &'r Plan,
    /// The files of the rules.
    pub charters: &'r [CharterFile],
    /// The facts.
    pub register: &'r Register,
    /// The period.
    pub period: &'r Period,
    /// Facts recorded after this day do not count.
    pub known_on: Option<Day>,
    /// Findings in the data, by code.
    pub data_errors: &'r BTreeMap<&'static str, u64>,
    /// Entitlements that could not be computed.
    pub faults: u64,
}

impl Receipt<'_> {
    /// Writes the receipt: last, so that it is there only where all tables are.
    pub fn write(&self, summary: &Summary, tables: &[WrittenTable], folder: &Path) -> io::Result<()> {
        let mut file = AtomicFile::create(&folder.join("receipt.json"))?;
        serde_json::to_writer_pretty(&mut file, &self.value(summary, tables))?;
        file.write_all(b"\n")?;
        file.commit()?;
        Ok(())
    }

    fn value(&self, summary: &Summary, tables: &[WrittenTable]) -> Value {
        let charters = self
            .charters
            .iter()
            .map(|charter| json!({ "file": charter.file, "sha256": sha256(&charter.text) }));
        let versions = self.plan.charters.iter().map(|version| {
            let village = version.village.as_deref();
            json!({ "charter": version.version(), "village": village, "until": version.until.and_then(|day| day.add_days(-1)).map(|day| day.to_string()) })
        });
        let register =
            self.register.files.iter().map(|file| json!({ "file": file.name, "sha256": file.sha256 }));
        let tables = tables
            .iter()
            .map(|table| json!({ "file": table.file, "rows": table.rows, "sha256": table.sha256 }));
        let funds: Map<String, Value> = summary
            .by_fund()
            .into_iter()
            .map(|(fund, amount)| (fund.to_owned(), Value::from(amount.to_string())))
            .collect();
        json!({
            "engine": concat!("charter ", env!("CARGO_PKG_VERSION")),
            "period": self.period.to_string(),
            "first_day": self.period.first.to_string(),
            "last_day": self.period.last.to_string(),
            "known_on": self.known_on.map(|day| day.to_string()),
            "charters": charters.collect::<Vec<_>>(),
            "versions": versions.collect::<Vec<_>>(),
            "refused_clauses": self.refused_clauses(),
            "register": register.collect::<Vec<_>>(),
            "records": self.records(),
            "data_errors": self.data_errors,
            "faults": self.faults,
            "granted_by_fund": funds,
            "tables": tables.collect::<Vec<_>>(),
        })
    }

    /// Clauses that the law refuses: they were left out of the run.
    fn refused_clauses(&self) -> Vec<Value> {
        let refused = self.plan.refused.iter().map(|refused| {
            json!({
                "charter_version": self.plan.charter(refused.charter).version(),
                "clause": refused.label.name,
                "article": super::names::article(refused.article),
                "lint": refused.lint,
            })
        });
        refused.collect()
    }

    /// Rows by record: `read = evaluated + rejected`; a further row with a key that was read already is one with it.
    fn records(&self) -> Vec<Value> {
        let records = self.plan.schema.records.iter().zip(&self.register.counts);
        records
            .map(|(record, count)| {
                json!({
                    "record": record.label.name,
                    "rows": count.read,
                    "duplicates": count.duplicates,
                    "read": count.read.saturating_sub(count.duplicates + count.later),
                    "evaluated": count.kept,
                    "rejected": count.rejected,
                    "recorded_later": count.later,
                    "extra_columns": count.extra_columns,
                })
            })
            .collect()
    }
}
