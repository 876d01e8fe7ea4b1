//! What came out against what is expected, clause by clause.

use super::expect::{Cell, Expectation, RowExpected, Wanted, decimal};
use super::file::DataErrors;
use super::outcome::Difference;
use super::words::{Column, Key, NONE, list, status_term};
use crate::diagnostic::{Lang, Severity, Term, codes};
use crate::eval::IndicatorRow;
use crate::ir::Plan;
use crate::register::DataFindings;
use crate::report::{KeptTable, figure, in_lang, value};
use crate::value::Fen;
use std::collections::{BTreeMap, BTreeSet};

/// Most rows of one clause that a difference lists.
const MAX_ROWS: usize = 12;
/// The one status with an amount that is paid.
const GRANTED: &str = "granted";

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

    fn is(&self, status: &str) -> bool {
        self.cell(Column::Status) == status
    }

    fn cell(&self, column: Column) -> &str {
        self.cells.get(&column).map_or("", String::as_str)
    }

    fn amount(&self) -> Fen {
        Fen::from_yuan(self.cell(Column::Amount)).filter(|_| self.is(GRANTED)).unwrap_or_default()
    }

    /// How many of the columns agree, and whether all do.
    fn agrees(&self, expected: &RowExpected) -> (usize, bool) {
        let agrees = |(column, cell): &&(Column, Cell)| match cell {
            Cell::Text(text) => self.cell(*column) == text,
            Cell::Facts(facts) => self.facts == *facts,
        };
        let count = expected.cells.iter().filter(agrees).count();
        (count, count == expected.cells.len())
    }

    /// The row as differences show it: who, when, what; and the columns that are compared.
    fn shown(&self, compared: &BTreeSet<Column>) -> Term {
        let granted = self.is(GRANTED);
        let always = |column: &Column| match column {
            Column::Household
            | Column::Person
            | Column::RecordKey
            | Column::Period
            | Column::Status
            | Column::Amount
            | Column::Fund
            | Column::Due => true,
            Column::Least | Column::Most => !granted,
            _ => compared.contains(column),
        };
        let cells = self.cells.iter().filter(|(column, text)| always(column) && !text.is_empty());
        let mut words: Vec<Term> = cells.map(|(column, text)| cell_shown(*column, text)).collect();
        if !self.facts.is_empty() {
            words.push(facts_shown(&self.facts));
        }
        list(&words)
    }
}

type Named = BTreeMap<&'static str, String>;

/// The rows of a table by columns; those that tests know, and all by their names.
fn named(table: &KeptTable) -> impl Iterator<Item = (BTreeMap<Column, String>, Named)> + '_ {
    table.rows.iter().map(|row| {
        let texts = || table.columns.iter().copied().zip(row.iter().map(crate::report::Cell::text));
        let known = texts().filter_map(|(name, text)| Some((Column::of(name)?, text)));
        (known.collect(), texts().collect())
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

/// Everything that came out otherwise.
pub fn compare(expectation: &Expectation, came: &Came, plan: &Plan) -> Vec<Difference> {
    let mut differences = Vec::new();
    for expected in &expectation.clauses {
        let rows: Vec<&Row> = came.rows.iter().filter(|row| row.clause == expected.clause.name).collect();
        if let Some((wanted, got)) = clause(&expected.wanted, &rows) {
            let silent = rows.is_empty().then(|| expected.clause.name.clone());
            differences.push(Difference {
                about: Term::from(&expected.clause),
                line: Some(expected.line),
                expected: wanted,
                got,
                silent,
                ..Difference::default()
            });
        }
    }
    if let Some((total, line)) = expectation.total {
        let granted = sum(came.rows.iter());
        if granted != Some(total) {
            differences.push(Difference {
                about: Key::Total.term(),
                line: Some(line),
                expected: vec![Term::same(total)],
                got: vec![granted.map_or_else(|| Term::new("数字溢出", "overflow"), Term::same)],
                ..Difference::default()
            });
        }
    }
    let (faults, line) = &expectation.faults;
    let wanted: BTreeSet<&str> = faults.iter().map(String::as_str).collect();
    if wanted != came.faults {
        differences.push(Difference {
            about: Key::Faults.term(),
            line: *line,
            expected: words(wanted),
            got: words(came.faults.iter().copied()),
            ..Difference::default()
        });
    }
    differences.extend(expectation.indicators.iter().filter_map(|(label, expected)| {
        let got: Vec<Row> =
            came.indicators.iter().filter_map(|row| indicator(row, &label.name, plan)).collect();
        let village = expected.cells.iter().find(|(column, _)| *column == Column::Village);
        let place = village.map_or("", |(_, cell)| match cell {
            Cell::Text(text) => text.as_str(),
            Cell::Facts(_) => "",
        });
        let row = got.iter().find(|row| row.cell(Column::Village) == place);
        (!row.is_some_and(|row| row.agrees(expected).1)).then(|| Difference {
            about: Term::from(label),
            line: Some(expected.line),
            expected: vec![expected.shown()],
            got: vec![row.map_or_else(none, |row| {
                let cells = row.cells.iter().filter(|(_, text)| !text.is_empty());
                list(&cells.map(|(column, text)| cell_shown(*column, text)).collect::<Vec<_>>())
            })],
            ..Difference::default()
        })
    }));
    differences
}

/// The errors of a register against those a case expects.
pub fn register_errors(expected: &DataErrors, findings: &DataFindings) -> Option<Difference> {
    let found = || {
        let errors = findings
            .counts_by_code()
            .iter()
            .filter(|(id, _)| codes::find(id).is_some_and(|code| code.severity == Severity::Error));
        errors.flat_map(|(id, count)| (0..*count).map(|_| *id)).collect::<Vec<&str>>()
    };
    let (wanted, line) = match expected {
        DataErrors::None => return None,
        DataErrors::Count(count, _) if *count == findings.errors() => return None,
        DataErrors::Codes(codes, _) if *codes == found() => return None,
        DataErrors::Count(count, line) => (vec![Term::same(count)], *line),
        DataErrors::Codes(codes, line) => (words(codes.iter().map(String::as_str)), *line),
    };
    let about = Key::DataErrors.term();
    Some(Difference {
        about,
        line: Some(line),
        expected: wanted,
        got: words(found()),
        ..Difference::default()
    })
}

/// Expected and got, where one clause came out otherwise.
fn clause(wanted: &Wanted, rows: &[&Row]) -> Option<(Vec<Term>, Vec<Term>)> {
    let compared = BTreeSet::new();
    match wanted {
        Wanted::None if rows.is_empty() => None,
        Wanted::None => Some((vec![none()], summary(rows, &compared))),
        Wanted::Total(total) => {
            let only_granted = rows.iter().all(|row| row.is(GRANTED));
            let as_expected = only_granted && sum(rows.iter().copied()) == Some(*total);
            (!as_expected).then(|| (vec![granted(*total, 1)], summary(rows, &compared)))
        }
        Wanted::Status(status) => {
            let as_expected = !rows.is_empty() && rows.iter().all(|row| row.is(status));
            (!as_expected).then(|| (vec![status_term(status)], summary(rows, &compared)))
        }
        Wanted::Rows(expected) => {
            let (lacking, left) = unmatched(expected, rows);
            if lacking.is_empty() && left.is_empty() {
                return None;
            }
            let compared: BTreeSet<Column> =
                expected.iter().flat_map(|row| row.cells.iter().map(|(column, _)| *column)).collect();
            Some(side_by_side(&lacking, left, &compared))
        }
    }
}

/// The rows expected that have no row of their own, and the rows left over: a largest matching, so that a row with
/// few columns never takes the only row of one with many.
fn unmatched<'e, 'r>(expected: &'e [RowExpected], rows: &[&'r Row]) -> (Vec<&'e RowExpected>, Vec<&'r Row>) {
    let mut owner: Vec<Option<usize>> = vec![None; rows.len()];
    let mut lacking = Vec::new();
    for (index, row) in expected.iter().enumerate() {
        if !place(index, expected, rows, &mut owner, &mut vec![false; rows.len()]) {
            lacking.push(row);
        }
    }
    let left = rows.iter().zip(&owner).filter(|(_, owner)| owner.is_none()).map(|(row, _)| *row);
    (lacking, left.collect())
}

/// Finds a row for an expected one, moving others where they have another choice.
fn place(
    index: usize,
    expected: &[RowExpected],
    rows: &[&Row],
    owner: &mut Vec<Option<usize>>,
    tried: &mut Vec<bool>,
) -> bool {
    for (at, row) in rows.iter().enumerate() {
        let fits = expected.get(index).is_some_and(|expected| row.agrees(expected).1);
        let Some(tried_here) = tried.get_mut(at) else { continue };
        if !fits || std::mem::replace(tried_here, true) {
            continue;
        }
        let free = match owner.get(at).copied().flatten() {
            None => true,
            Some(other) => place(other, expected, rows, owner, tried),
        };
        if let (true, Some(slot)) = (free, owner.get_mut(at)) {
            *slot = Some(index);
            return true;
        }
    }
    false
}

/// Each expected row beside the row left over that is most like it.
fn side_by_side(
    lacking: &[&RowExpected],
    mut left: Vec<&Row>,
    compared: &BTreeSet<Column>,
) -> (Vec<Term>, Vec<Term>) {
    let (mut wanted, mut got) = (Vec::new(), Vec::new());
    for expected in lacking.iter().take(MAX_ROWS) {
        wanted.push(expected.shown());
        let likeness = |row: &&Row| row.agrees(expected).0;
        // Of equals the first.
        let likest = left.iter().enumerate().rev().max_by_key(|(_, row)| likeness(row)).map(|(at, _)| at);
        got.push(likest.map_or_else(none, |at| left.remove(at).shown(compared)));
    }
    wanted.extend(more(lacking.len()));
    for row in left.iter().take(MAX_ROWS) {
        wanted.push(none());
        got.push(row.shown(compared));
    }
    got.extend(more(left.len()));
    (wanted, got)
}

/// The rows of a clause in short: what is granted together, then the others.
fn summary(rows: &[&Row], compared: &BTreeSet<Column>) -> Vec<Term> {
    if rows.is_empty() {
        return vec![none()];
    }
    let (paid, others): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.is(GRANTED));
    let mut terms = Vec::new();
    if !paid.is_empty() {
        terms.push(match sum(paid.iter().copied()) {
            Some(total) => granted(total, paid.len()),
            None => Term::new("数字溢出", "overflow"),
        });
    }
    terms.extend(others.iter().take(MAX_ROWS).map(|row| row.shown(compared)));
    terms.extend(more(others.len()));
    terms
}

fn more(count: usize) -> Option<Term> {
    let more = count.saturating_sub(MAX_ROWS);
    (more > 0).then(|| Term::new(format!("……还有 {more} 行"), format!("… and {more} more")))
}

fn sum<'r>(rows: impl Iterator<Item = &'r Row>) -> Option<Fen> {
    rows.map(Row::amount).try_fold(Fen::ZERO, Fen::checked_add)
}

fn granted(total: Fen, rows: usize) -> Term {
    let status = status_term(GRANTED);
    let (zh, en) = match rows {
        1 => (String::new(), String::new()),
        rows => (format!("({rows} 行)"), format!(" ({rows} rows)")),
    };
    Term::new(format!("{} {total}{zh}", status.zh), format!("{} {total}{en}", status.en))
}

fn none() -> Term {
    Term::new(NONE.zh, NONE.en)
}

fn words<'w>(words: impl IntoIterator<Item = &'w str>) -> Vec<Term> {
    let words: Vec<Term> = words.into_iter().map(Term::from).collect();
    vec![if words.is_empty() { none() } else { list(&words) }]
}

fn cell_shown(column: Column, text: &str) -> Term {
    let name = column.term();
    let text = if column == Column::Status { status_term(text) } else { Term::from(text) };
    let text = if text.zh.is_empty() { Term::new("空白", "blank") } else { text };
    if column == Column::Status {
        return text;
    }
    Term::new(format!("{} {}", name.zh, text.zh), format!("{} {}", name.en, text.en))
}

fn facts_shown(facts: &BTreeSet<String>) -> Term {
    let name = Column::Missing.term();
    let facts = facts.iter().map(String::as_str).collect::<Vec<_>>().join("; ");
    Term::new(format!("{} {facts}", name.zh), format!("{} {facts}", name.en))
}

impl RowExpected {
    fn shown(&self) -> Term {
        let word = |(column, cell): &(Column, Cell)| match cell {
            Cell::Text(text) => cell_shown(*column, text),
            Cell::Facts(facts) => facts_shown(facts),
        };
        list(&self.cells.iter().map(word).collect::<Vec<_>>())
    }
}

/// A figure as a row; none where it is of another indicator.
fn indicator(row: &IndicatorRow, name: &str, plan: &Plan) -> Option<Row> {
    let label = plan.indicators.get(row.indicator).map(|indicator| &indicator.label)?;
    let number = |text: String| decimal(&text).unwrap_or(text);
    let cells = [
        (Column::Village, row.village.clone().unwrap_or_default()),
        (Column::Numerator, number(figure(row.numerator))),
        (Column::Denominator, row.denominator.map(figure).map(number).unwrap_or_default()),
        (Column::Unknown, row.unknown.to_string()),
        (Column::Value, number(value(row))),
    ];
    let clause = in_lang(label, Lang::En).to_owned();
    (label.name == name).then(|| Row { clause, cells: cells.into(), facts: BTreeSet::new() })
}
