//! What a case expects, read against the clauses that there are.

use super::file::{codes_of, day, known, shown, texts};
use super::tree::{Name, Tree, Value};
use super::words::{
    At, BENEFIT_STATUSES, Column, DUTY_STATUSES, Key, NONE, OF_BENEFIT, OF_DUTY, OF_EXPECT, OF_INDICATOR,
    list, status, status_term,
};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::Plan;
use crate::register::fold;
use crate::schema::Label;
use crate::value::{Fen, Period};
use std::collections::BTreeSet;

/// All that a case expects.
#[derive(Debug, Default)]
pub struct Expectation {
    /// By clause, in the order they are written.
    pub clauses: Vec<ClauseExpected>,
    /// Granted by all clauses together, and the line.
    pub total: Option<(Fen, u64)>,
    /// What cannot be computed: codes, sorted; and the line where it is written.
    pub faults: (Vec<String>, Option<u64>),
    /// Figures, each with its name and its line.
    pub indicators: Vec<(Label, RowExpected)>,
}

/// What is expected of one clause.
#[derive(Debug)]
pub struct ClauseExpected {
    /// Its name in the result tables.
    pub clause: Label,
    /// The line.
    pub line: u64,
    /// What.
    pub wanted: Wanted,
}

/// What can be expected of a clause.
#[derive(Debug)]
pub enum Wanted {
    /// No row.
    None,
    /// Granted rows alone, so much together.
    Total(Fen),
    /// One row or more, all with this status.
    Status(&'static str),
    /// Exactly these rows, in any order.
    Rows(Vec<RowExpected>),
}

/// The columns that are compared, as the tables hold them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowExpected {
    /// The line.
    pub line: u64,
    /// In the order they are written.
    pub cells: Vec<(Column, Cell)>,
}

/// What one column must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// This text.
    Text(String),
    /// These facts, in any order.
    Facts(BTreeSet<String>),
}

/// Reads what a case expects; what is wrong with it goes to `findings`.
pub fn read(tree: &Tree, plan: &Plan, file: &str, findings: &mut Vec<Diagnostic>) -> Expectation {
    let mut reader = Reader { plan, file, findings };
    let mut expectation = Expectation::default();
    if let Value::Map(map) = &tree.value {
        let mut seen = BTreeSet::new();
        for (name, tree) in map {
            let id = reader.entry(name, tree, &mut expectation);
            if id.is_some_and(|id| !seen.insert(id)) {
                reader.add(reader.at(name.line).finding(codes::U021).arg("name", &*name.text));
            }
        }
    }
    expectation
}

struct Reader<'a> {
    plan: &'a Plan,
    file: &'a str,
    findings: &'a mut Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    fn at(&self, line: u64) -> At<'a> {
        At { file: self.file, line }
    }

    fn add(&mut self, finding: Diagnostic) {
        self.findings.push(finding);
    }

    fn wrong(&mut self, key: Term, tree: &Tree, expected: Term) {
        self.add(self.at(tree.line).expected(key, expected, &shown(tree)));
    }

    /// Takes one entry; what it is about, so that nothing is written twice.
    fn entry(&mut self, name: &Name, tree: &Tree, expectation: &mut Expectation) -> Option<String> {
        let key = Key::of(&name.text).filter(|key| OF_EXPECT.contains(key));
        match key {
            Some(Key::Total) => {
                expectation.total = self.money(Key::Total.term(), tree).map(|fen| (fen, tree.line));
            }
            Some(Key::Refused) => self.refused(tree),
            Some(Key::Faults) => match codes_of(tree) {
                Some(codes) => expectation.faults = (codes, Some(tree.line)),
                None => {
                    self.wrong(Key::Faults.term(), tree, Term::new("代码,如 [R001]", "codes such as [R001]"));
                }
            },
            Some(Key::Indicators) => self.indicators(tree, expectation),
            _ => {
                let (clause, duty) = self.clause(name)?;
                if let Some(wanted) = self.wanted(tree, Term::from(&clause), duty) {
                    expectation.clauses.push(ClauseExpected {
                        clause: clause.clone(),
                        line: name.line,
                        wanted,
                    });
                }
                return Some(format!("clause {}", clause.name));
            }
        }
        key.map(|key| key.term().en)
    }

    /// The clause of that name or alias, and whether it is a duty.
    fn clause(&mut self, name: &Name) -> Option<(Label, bool)> {
        let word = fold(&name.text);
        let benefits = || self.plan.benefits.iter().map(|benefit| &benefit.label);
        let duties = || self.plan.obligations.iter().map(|duty| &duty.label);
        if let Some(label) = benefits().find(|label| label.is(&word)) {
            return Some((label.clone(), false));
        }
        if let Some(label) = duties().find(|label| label.is(&word)) {
            return Some((label.clone(), true));
        }
        let refused = self.plan.refused.iter().find(|refused| refused.label.is(&word));
        let finding = if let Some(refused) = refused {
            let help = Term::new(
                format!("这一条违法,不评估;写“违法: [{word}]”;见 charter explain {}", refused.lint),
                format!(
                    "it is unlawful and left out: write 'refused: [{word}]'; see charter explain {}",
                    refused.lint
                ),
            );
            let what = Term::new("可评估的条款", "clause that is evaluated");
            self.at(name.line).unknown(what, &name.text, &[]).help(help)
        } else {
            let mut words: Vec<Term> = benefits().chain(duties()).map(Term::from).collect();
            words.extend(known(OF_EXPECT));
            words.dedup();
            self.at(name.line).unknown(Term::new("条款", "clause"), &name.text, &words)
        };
        self.add(finding);
        None
    }

    fn wanted(&mut self, tree: &Tree, clause: Term, duty: bool) -> Option<Wanted> {
        let columns = if duty { OF_DUTY } else { OF_BENEFIT };
        let text = match &tree.value {
            Value::Map(_) => return Some(Wanted::Rows(vec![self.row(tree, columns, duty)?])),
            Value::List(rows) => {
                let rows = rows.iter().map(|row| self.row(row, columns, duty)).collect::<Vec<_>>();
                return rows.into_iter().collect::<Option<Vec<_>>>().map(Wanted::Rows);
            }
            Value::Text(text) => fold(text),
        };
        if text == NONE.en || text == NONE.zh {
            return Some(Wanted::None);
        }
        let statuses = if duty { DUTY_STATUSES } else { BENEFIT_STATUSES };
        if let Some(status) = status(statuses, &text) {
            return Some(Wanted::Status(status));
        }
        if let Some(amount) = Fen::from_yuan(&text).filter(|_| !duty) {
            return Some(Wanted::Total(amount));
        }
        let states = list(&statuses.iter().map(|status| status_term(status)).collect::<Vec<_>>());
        self.wrong(
            clause,
            tree,
            if duty {
                Term::new(
                    format!("状态({})、无,或逐行", states.zh),
                    format!("a status ({}), none, or rows", states.en),
                )
            } else {
                Term::new(
                    format!("金额(元,最多两位小数)、状态({})、无,或逐行", states.zh),
                    format!(
                        "an amount (yuan, at most two decimals), a status ({}), none, or rows",
                        states.en
                    ),
                )
            },
        );
        None
    }

    fn row(&mut self, tree: &Tree, columns: &[Column], duty: bool) -> Option<RowExpected> {
        let Value::Map(map) = &tree.value else {
            let columns: Vec<Term> = columns.iter().map(|column| column.term()).collect();
            let columns = list(&columns);
            let shape = Term::new(format!("一行({})", columns.zh), format!("a row ({})", columns.en));
            self.wrong(Term::new("行", "row"), tree, shape);
            return None;
        };
        let mut row = RowExpected { line: tree.line, cells: Vec::new() };
        let before = self.findings.len();
        for (name, tree) in map {
            let Some(column) = Column::of(&name.text).filter(|column| columns.contains(column)) else {
                let known: Vec<Term> = columns.iter().map(|column| column.term()).collect();
                self.add(self.at(name.line).unknown(Term::new("列", "column"), &name.text, &known));
                continue;
            };
            if row.cells.iter().any(|(other, _)| *other == column) {
                self.add(self.at(name.line).finding(codes::U021).arg("name", &*name.text));
            }
            if let Some(cell) = self.cell(column, tree, duty) {
                row.cells.push((column, cell));
            }
        }
        (self.findings.len() == before).then_some(row)
    }

    fn cell(&mut self, column: Column, tree: &Tree, duty: bool) -> Option<Cell> {
        if column == Column::Missing {
            let Some(facts) = texts(tree) else {
                self.wrong(column.term(), tree, Term::new("事实的名称", "names of facts"));
                return None;
            };
            let parts = facts.iter().flat_map(|(text, _)| text.split(';'));
            let names = parts.map(|part| part.trim().to_owned()).filter(|part| !part.is_empty());
            return Some(Cell::Facts(names.collect()));
        }
        let Value::Text(text) = &tree.value else {
            self.wrong(column.term(), tree, Term::new("一个值", "one value"));
            return None;
        };
        let text = fold(text).into_owned();
        if text.is_empty() {
            return Some(Cell::Text(text));
        }
        let (value, expected) = match column {
            Column::Status => {
                let statuses = if duty { DUTY_STATUSES } else { BENEFIT_STATUSES };
                let words: Vec<Term> = statuses.iter().map(|status| status_term(status)).collect();
                (status(statuses, &text).map(str::to_owned), list(&words))
            }
            Column::Amount | Column::Least | Column::Most => {
                (Fen::from_yuan(&text).map(|fen| fen.to_string()), amount())
            }
            Column::Due | Column::RemedyBy | Column::AppealBy => (
                day(&text).map(|day| day.to_string()),
                Term::new("日期,如 2005-03-01", "a date such as 2005-03-01"),
            ),
            Column::Period => {
                (Period::parse(&text).ok().map(|period| period.to_string()), Term::new("时段", "a period"))
            }
            Column::Fund => (self.funds(&text), Term::new("资金的名称", "the name of a fund")),
            Column::Numerator | Column::Denominator | Column::Unknown | Column::Value => {
                (decimal(&text), Term::new("数", "a number"))
            }
            _ => (Some(text), Term::default()),
        };
        if value.is_none() {
            self.wrong(column.term(), tree, expected);
        }
        value.map(Cell::Text)
    }

    fn money(&mut self, key: Term, tree: &Tree) -> Option<Fen> {
        let fen = match &tree.value {
            Value::Text(text) => Fen::from_yuan(&fold(text)),
            Value::List(_) | Value::Map(_) => None,
        };
        if fen.is_none() {
            self.wrong(key, tree, amount());
        }
        fen
    }

    /// One fund or several joined by `+`, by the names of the tables.
    fn funds(&self, text: &str) -> Option<String> {
        let fund = |word: &str| {
            let fund = self.plan.funds.iter().find(|fund| fund.is(word.trim()))?;
            Some(fund.name.clone())
        };
        text.split('+').map(fund).collect::<Option<Vec<_>>>().map(|names| names.join("+"))
    }

    fn refused(&mut self, tree: &Tree) {
        let Some(names) = texts(tree) else {
            self.wrong(Key::Refused.term(), tree, Term::new("条款的名称", "names of clauses"));
            return;
        };
        for (name, line) in names {
            let word = fold(&name).into_owned();
            if self.plan.refused.iter().any(|refused| refused.label.is(&word)) {
                continue;
            }
            let all: Vec<Term> = self.plan.refused.iter().map(|refused| Term::from(&refused.label)).collect();
            let what = Term::new("因违法而不评估的条款", "clause that is refused");
            self.add(self.at(line).unknown(what, &name, &all));
        }
    }

    fn indicators(&mut self, tree: &Tree, expectation: &mut Expectation) {
        let Value::Map(map) = &tree.value else {
            self.wrong(Key::Indicators.term(), tree, Term::new("指标和值", "indicators and their values"));
            return;
        };
        for (name, tree) in map {
            let word = fold(&name.text).into_owned();
            let label = self.plan.indicators.iter().map(|indicator| &indicator.label);
            let Some(label) = label.clone().find(|label| label.is(&word)).cloned() else {
                let mut all: Vec<Term> = label.map(Term::from).collect();
                all.dedup();
                self.add(self.at(name.line).unknown(Term::new("指标", "indicator"), &name.text, &all));
                continue;
            };
            let rows = match &tree.value {
                Value::List(rows) => rows.as_slice(),
                Value::Map(_) => std::slice::from_ref(tree),
                Value::Text(_) => {
                    let cell = self.cell(Column::Value, tree, false);
                    let cells = cell.map(|cell| (Column::Value, cell)).into_iter().collect();
                    expectation.indicators.push((label, RowExpected { line: name.line, cells }));
                    continue;
                }
            };
            for row in rows {
                if let Some(row) = self.row(row, OF_INDICATOR, false) {
                    expectation.indicators.push((label.clone(), row));
                }
            }
        }
    }
}

fn amount() -> Term {
    Term::new("金额(元,最多两位小数)", "an amount (yuan, at most two decimals)")
}

/// A number without zeros that say nothing: `0.750000` and `0.75` are one.
pub fn decimal(text: &str) -> Option<String> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(decimals) || digits.ends_with('.') {
        return None;
    }
    let decimals = decimals.trim_end_matches('0');
    let sign = if text.starts_with('-') { "-" } else { "" };
    let point = if decimals.is_empty() { "" } else { "." };
    Some(format!("{sign}{whole}{point}{decimals}"))
}
