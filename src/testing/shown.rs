//! How differences show rows, in both languages.

use super::expect::{Cell, RowExpected};
use super::rows::{GRANTED, Row};
use super::words::{Column, NONE, list, status_term};
use crate::diagnostic::Term;
use crate::ir::Plan;
use crate::value::Fen;
use std::collections::BTreeSet;

/// Most rows of one clause that a difference lists.
const MAX_ROWS: usize = 12;

/// Shows rows of the clauses of a plan.
#[derive(Clone, Copy)]
pub struct Shown<'p> {
    pub plan: &'p Plan,
}

impl Shown<'_> {
    /// An expected row.
    pub fn expected(self, row: &RowExpected) -> Term {
        let word = |(column, cell): &(Column, Cell)| match cell {
            Cell::Text(text) => self.cell(*column, text),
            Cell::Facts(facts) => facts_shown(facts),
        };
        list(&row.cells.iter().map(word).collect::<Vec<_>>())
    }

    /// A row that came out: who, when, what; and the columns that are compared.
    pub fn row(self, row: &Row, compared: &BTreeSet<Column>) -> Term {
        let granted = row.is(GRANTED);
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
        let cells = row.cells.iter().filter(|(column, text)| always(column) && !text.is_empty());
        let mut words: Vec<Term> = cells.map(|(column, text)| self.cell(*column, text)).collect();
        if !row.facts.is_empty() {
            words.push(facts_shown(&row.facts));
        }
        list(&words)
    }

    /// A row that could not be computed, with its clause.
    pub fn faulted(self, row: &Row) -> Term {
        let benefits = self.plan.benefits.iter().map(|benefit| &benefit.label);
        let mut clauses = benefits.chain(self.plan.obligations.iter().map(|duty| &duty.label));
        let clause = clauses.find(|label| label.name == row.clause).map(Term::from).unwrap_or_default();
        let row = self.row(row, &BTreeSet::new());
        Term::new(format!("{}:{}", clause.zh, row.zh), format!("{}: {}", clause.en, row.en))
    }

    /// A figure that came out.
    pub fn figure(self, row: &Row) -> Term {
        let cells = row.cells.iter().filter(|(_, text)| !text.is_empty());
        list(&cells.map(|(column, text)| self.cell(*column, text)).collect::<Vec<_>>())
    }

    /// The rows of a clause in short: what is granted together, then the others.
    pub fn summary(self, rows: &[&Row]) -> Vec<Term> {
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
        terms.extend(self.in_short(&others, &BTreeSet::new()));
        terms
    }

    /// Each expected row beside the row left over that is most like it.
    pub fn side_by_side(
        self,
        lacking: &[&RowExpected],
        mut left: Vec<&Row>,
        compared: &BTreeSet<Column>,
    ) -> (Vec<Term>, Vec<Term>) {
        let (mut wanted, mut got) = (Vec::new(), Vec::new());
        for expected in lacking.iter().take(MAX_ROWS) {
            wanted.push(self.expected(expected));
            let likeness = |row: &&Row| row.agrees(expected).0;
            // Of equals the first.
            let likest = left.iter().enumerate().rev().max_by_key(|(_, row)| likeness(row)).map(|(at, _)| at);
            got.push(likest.map_or_else(none, |at| self.row(left.remove(at), compared)));
        }
        if let Some(more) = more(lacking.len()) {
            wanted.push(more);
            got.push(Term::default());
        }
        let rest = self.in_short(&left, compared);
        wanted.extend(rest.iter().map(|_| none()));
        got.extend(rest);
        (wanted, got)
    }

    /// Rows one by one, but those that differ in nothing but their periods together.
    fn in_short(self, rows: &[&Row], compared: &BTreeSet<Column>) -> Vec<Term> {
        let mut groups: Vec<(Row, usize)> = Vec::new();
        for row in rows {
            let alike = |(group, _): &&mut (Row, usize)| {
                let mut group = group.clone();
                group.cells.insert(Column::Period, row.cell(Column::Period).to_owned());
                group == **row
            };
            match groups.last_mut().filter(alike) {
                Some((group, count)) => {
                    let period = group.cells.entry(Column::Period).or_default();
                    let first = period.split("..").next().unwrap_or_default();
                    *period = format!("{first}..{}", row.cell(Column::Period));
                    *count += 1;
                }
                None => groups.push(((*row).clone(), 1)),
            }
        }
        let shown = |(row, count): &(Row, usize)| {
            let Term { zh, en } = self.row(row, compared);
            if *count == 1 {
                return Term { zh, en };
            }
            Term::new(format!("{zh} × {count}"), format!("{en} × {count}"))
        };
        let mut terms: Vec<Term> = groups.iter().take(MAX_ROWS).map(shown).collect();
        terms.extend(more(groups.len()));
        terms
    }

    fn cell(self, column: Column, text: &str) -> Term {
        let name = column.term();
        let value = match column {
            _ if text.is_empty() => Term::new("空白", "blank"),
            Column::Status => return status_term(text),
            Column::Fund => self.funds(text),
            _ => Term::from(text),
        };
        Term::new(format!("{} {}", name.zh, value.zh), format!("{} {}", name.en, value.en))
    }

    /// Funds by the names their readers know.
    fn funds(self, names: &str) -> Term {
        let fund = |name: &str| {
            let label = self.plan.funds.iter().find(|fund| fund.name == name);
            label.map_or_else(|| Term::from(name), Term::from)
        };
        let terms: Vec<Term> = names.split('+').map(fund).collect();
        let join = |pick: fn(&Term) -> &str| terms.iter().map(pick).collect::<Vec<_>>().join(" + ");
        Term::new(join(|term| &term.zh), join(|term| &term.en))
    }
}

/// What rows pay together; none where that does not fit.
pub fn sum<'r>(rows: impl Iterator<Item = &'r Row>) -> Option<Fen> {
    rows.map(Row::amount).try_fold(Fen::ZERO, Fen::checked_add)
}

/// An amount that is granted, by so many rows.
pub fn granted(total: Fen, rows: usize) -> Term {
    let status = status_term(GRANTED);
    let (zh, en) = match rows {
        1 => (String::new(), String::new()),
        rows => (format!("({rows} 行)"), format!(" ({rows} rows)")),
    };
    Term::new(format!("{} {total}{zh}", status.zh), format!("{} {total}{en}", status.en))
}

/// Nothing.
pub fn none() -> Term {
    Term::new(NONE.zh, NONE.en)
}

/// Words in one line; nothing where there are none.
pub fn words<'w>(words: impl IntoIterator<Item = &'w str>) -> Vec<Term> {
    let words: Vec<Term> = words.into_iter().map(Term::from).collect();
    vec![if words.is_empty() { none() } else { list(&words) }]
}

fn more(count: usize) -> Option<Term> {
    let more = count.saturating_sub(MAX_ROWS);
    (more > 0).then(|| Term::new(format!("……还有 {more} 行"), format!("… and {more} more")))
}

fn facts_shown(facts: &BTreeSet<String>) -> Term {
    let name = Column::Missing.term();
    let facts = facts.iter().map(String::as_str).collect::<Vec<_>>().join("; ");
    Term::new(format!("{} {facts}", name.zh), format!("{} {facts}", name.en))
}
