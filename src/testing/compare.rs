//! What came out against what is expected, clause by clause.

use super::expect::{Cell, Expectation, RowExpected, Wanted};
use super::file::DataErrors;
use super::matching::unmatched;
use super::outcome::Difference;
use super::rows::{Came, GRANTED, Row, indicator};
use super::shown::{Shown, granted, none, sum, words};
use super::words::{Column, Key, status_term};
use crate::diagnostic::{Severity, Term, codes};
use crate::ir::Plan;
use crate::register::DataFindings;
use crate::schema::Label;
use std::collections::BTreeSet;

/// Most rows told that could not be computed.
const MAX_REASONS: usize = 3;

/// Everything that came out otherwise.
pub fn compare(expectation: &Expectation, came: &Came, plan: &Plan) -> Vec<Difference> {
    let shown = Shown { plan };
    let mut differences = Vec::new();
    for expected in &expectation.clauses {
        let rows: Vec<&Row> = came.rows.iter().filter(|row| row.clause == expected.clause.name).collect();
        if let Some((wanted, got)) = clause(&expected.wanted, &rows, shown) {
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
            why: came
                .rows
                .iter()
                .filter(|row| row.is_faulted())
                .take(MAX_REASONS)
                .map(|row| shown.faulted(row))
                .collect(),
            ..Difference::default()
        });
    }
    let figures = expectation.indicators.iter();
    differences.extend(figures.filter_map(|(label, expected)| figure(label, expected, came, shown)));
    differences
}

/// An indicator that came out otherwise.
fn figure(label: &Label, expected: &RowExpected, came: &Came, shown: Shown<'_>) -> Option<Difference> {
    let place = expected.cells.iter().find_map(|(column, cell)| match cell {
        Cell::Text(text) if *column == Column::Village => Some(text.as_str()),
        _ => None,
    });
    let rows = came.indicators.iter().filter_map(|row| indicator(row, &label.name, shown.plan));
    let row = rows.into_iter().find(|row| row.cell(Column::Village) == place.unwrap_or_default());
    if row.as_ref().is_some_and(|row| row.agrees(expected).1) {
        return None;
    }
    Some(Difference {
        about: Term::from(label),
        line: Some(expected.line),
        expected: vec![shown.expected(expected)],
        got: vec![row.map_or_else(none, |row| shown.figure(&row))],
        ..Difference::default()
    })
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
fn clause(wanted: &Wanted, rows: &[&Row], shown: Shown<'_>) -> Option<(Vec<Term>, Vec<Term>)> {
    let (as_expected, expected) = match wanted {
        Wanted::None => (rows.is_empty(), none()),
        Wanted::Total(total) => {
            let only_granted = rows.iter().all(|row| row.is(GRANTED));
            (only_granted && sum(rows.iter().copied()) == Some(*total), granted(*total, 1))
        }
        Wanted::Status(status) => {
            (!rows.is_empty() && rows.iter().all(|row| row.is(status)), status_term(status))
        }
        Wanted::Rows(expected) => {
            let (lacking, left) = unmatched(expected, rows);
            if lacking.is_empty() && left.is_empty() {
                return None;
            }
            let columns = expected.iter().flat_map(|row| row.cells.iter().map(|(column, _)| *column));
            return Some(shown.side_by_side(&lacking, left, &columns.collect()));
        }
    };
    (!as_expected).then(|| (vec![expected], shown.summary(rows)))
}
