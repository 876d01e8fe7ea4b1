//! What came out of a case: the rows of the result tables, joined with the facts that are missing.

use super::expect::{Cell, RowExpected, decimal};
use super::words::Column;
use crate::eval::IndicatorRow;
use crate::ir::Plan;
use crate::report::{KeptTable, figure, value};
use crate::value::Fen;
use std::collections::{BTreeMap, BTreeSet};

/// The one status with an amount that is paid.
pub const GRANTED: &str = "granted";

/// What came out of a case.
#[derive(Debug, Default)]
pub struct Came {
    /// Rows of benefits and duties.
    pub rows: Vec<Row>,
    /// Codes of what could not be computed.
    pub faults: BTreeSet<&'static str>,
    /// Figures.
    pub indicators: Vec<IndicatorRow>,
}

/// One row of the result tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The clause.
    pub clause: String,
    /// What the tables hold, blank cells as well.
    pub cells: BTreeMap<Column, String>,
    /// The missing facts.
    pub facts: BTreeSet<String>,
}

impl Row {
    /// The rows of benefits and duties, those that are undetermined with their missing facts.
    pub fn of_tables([benefits, obligations, undetermined]: &[KeptTable; 3]) -> Vec<Self> {
        let mut missing: BTreeMap<[String; 5], BTreeSet<String>> = BTreeMap::new();
        for (cells, named) in named(undetermined) {
            let facts = named.get("missing").map(String::as_str).unwrap_or_default();
            missing.entry(identity(&cells, &named)).or_default().extend(facts.split("; ").map(str::to_owned));
        }
        named(benefits)
            .chain(named(obligations))
            .map(|(cells, named)| {
                let facts = match cells.get(&Column::Status).map(String::as_str) {
                    Some("undetermined") => missing.get(&identity(&cells, &named)).cloned(),
                    _ => None,
                };
                let clause = named.get("clause").cloned().unwrap_or_default();
                Self { clause, cells, facts: facts.unwrap_or_default() }
            })
            .collect()
    }

    /// True where it has that status.
    pub fn is(&self, status: &str) -> bool {
        self.cell(Column::Status) == status
    }

    /// True where it could not be computed: the tables name the fault in place of missing facts.
    pub fn is_faulted(&self) -> bool {
        self.facts.iter().any(|fact| fact.starts_with("parameter.") || fact.starts_with("fault."))
    }

    /// What a column holds.
    pub fn cell(&self, column: Column) -> &str {
        self.cells.get(&column).map_or("", String::as_str)
    }

    /// What is paid by it.
    pub fn amount(&self) -> Fen {
        Fen::from_yuan(self.cell(Column::Amount)).filter(|_| self.is(GRANTED)).unwrap_or_default()
    }

    /// How many of the columns agree, and whether all do.
    pub fn agrees(&self, expected: &RowExpected) -> (usize, bool) {
        let agrees = |(column, cell): &&(Column, Cell)| match cell {
            Cell::Text(text) => self.cell(*column) == text,
            Cell::Facts(facts) => self.facts == *facts,
        };
        let count = expected.cells.iter().filter(agrees).count();
        (count, count == expected.cells.len())
    }
}

type Named = BTreeMap<String, String>;

/// The rows of a table by columns; those that tests know, and all by their names.
fn named(table: &KeptTable) -> impl Iterator<Item = (BTreeMap<Column, String>, Named)> + '_ {
    table.rows.iter().map(|row| {
        let texts = || table.columns.iter().map(String::as_str).zip(row.iter().cloned());
        let known = texts().filter_map(|(name, text)| Some((Column::of(name)?, text)));
        (known.collect(), texts().map(|(name, text)| (name.to_owned(), text)).collect())
    })
}

/// What tells rows of the tables apart.
fn identity(cells: &BTreeMap<Column, String>, named: &Named) -> [String; 5] {
    let cell = |column| cells.get(&column).cloned().unwrap_or_default();
    [
        cell(Column::Household),
        cell(Column::Person),
        named.get("clause").cloned().unwrap_or_default(),
        cell(Column::RecordKey),
        cell(Column::Period),
    ]
}

/// A figure as a row; none where it is of another indicator.
pub fn indicator(row: &IndicatorRow, name: &str, plan: &Plan) -> Option<Row> {
    let label = plan.indicators.get(row.indicator).map(|indicator| &indicator.label)?;
    let number = |text: String| decimal(&text).unwrap_or(text);
    let cells = [
        (Column::Village, row.village.clone().unwrap_or_default()),
        (Column::Numerator, number(figure(row.numerator))),
        (Column::Denominator, row.denominator.map(figure).map(number).unwrap_or_default()),
        (Column::Unknown, row.unknown.to_string()),
        (Column::Value, number(value(row))),
    ];
    (label.name == name).then(|| Row { clause: name.to_owned(), cells: cells.into(), facts: BTreeSet::new() })
}
