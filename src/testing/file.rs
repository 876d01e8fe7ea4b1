//! A test file without its registers: charters, defaults and cases, checked as far as that goes without a vocabulary.

use super::tree::{Name, Tree, Value, parse};
use super::words::{At, Key, OF_CASE, OF_FILE};
use crate::diagnostic::{Diagnostic, Term, codes, sort};
use crate::register::fold;
use crate::value::{Day, Period};
use std::collections::{BTreeMap, BTreeSet};

/// What stands in a test file.
#[derive(Debug, Default)]
pub struct TestFile {
    /// The charters it names, each with its line, relative to the file; none where it leaves them to its own name.
    pub charters: Option<Vec<(String, u64)>>,
    /// A register beside the file for all its cases, and its line.
    pub data: Option<(String, u64)>,
    /// Its cases, in order, but for those that cannot be read.
    pub cases: Vec<Case>,
    /// What is wrong with it.
    pub findings: Vec<Diagnostic>,
}

/// One case.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its place among the cases of the file.
    pub index: usize,
    /// As it is written.
    pub name: String,
    /// The line it begins on.
    pub line: u64,
    /// The period judged.
    pub period: Period,
    /// Only what was recorded by this day counts.
    pub known_on: Option<Day>,
    /// A register beside the file, relative to it, and its line: the case's, or the file's.
    pub data: Option<(String, u64)>,
    /// True where the case itself names it.
    pub own_data: bool,
    /// The data errors its register has.
    pub data_errors: DataErrors,
    /// What must come out, read once the clauses are known.
    pub expect: Tree,
}

/// What a case says of the errors in its register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataErrors {
    /// There are none.
    None,
    /// So many.
    Count(u64, u64),
    /// These codes, each as often as it stands there; sorted; and the line.
    Codes(Vec<String>, u64),
}

/// Defaults for all cases of a file.
#[derive(Default)]
struct Defaults {
    period: Option<Period>,
    known_on: Option<Day>,
    data: Option<(String, u64)>,
}

impl TestFile {
    /// Reads a file: what is wrong with it is in its findings; an error where it is no YAML.
    pub fn parse(name: &str, text: &str) -> Result<Self, Box<Diagnostic>> {
        let tree = parse(name, text)?;
        let mut reader = Reader { file: name, findings: Vec::new(), names: BTreeSet::new() };
        let mut file = reader.file(&tree);
        sort(&mut reader.findings);
        file.findings = reader.findings;
        Ok(file)
    }
}

struct Reader<'a> {
    file: &'a str,
    findings: Vec<Diagnostic>,
    /// The names of the cases so far.
    names: BTreeSet<String>,
}

impl Reader<'_> {
    fn at(&self, line: u64) -> At<'_> {
        At { file: self.file, line }
    }

    fn file(&mut self, tree: &Tree) -> TestFile {
        let mut file = TestFile::default();
        let Value::Map(map) = &tree.value else {
            let finding = self.at(tree.line).missing(Key::Cases.term());
            self.findings.push(finding);
            return file;
        };
        let keys = self.keys(map, OF_FILE);
        let defaults = Defaults {
            period: keys.get("period").and_then(|tree| self.period(tree)),
            known_on: keys.get("known_on").and_then(|tree| self.day(tree)),
            data: keys.get("data").and_then(|tree| Some((self.text(Key::Data, tree)?, tree.line))),
        };
        if let Some(tree) = keys.get("register") {
            self.mapping(Key::Register, tree);
        }
        file.charters = keys.get("charters").map(|tree| self.paths(tree));
        let cases = match keys.get("cases").map(|tree| &tree.value) {
            Some(Value::List(cases)) => cases.as_slice(),
            _ => &[],
        };
        if cases.is_empty() {
            let line = keys.get("cases").map_or(tree.line, |tree| tree.line);
            let help = Term::new("至少写一个用例", "write at least one case");
            let finding = self.at(line).missing(Key::Cases.term()).help(help);
            self.findings.push(finding);
        }
        for (index, case) in cases.iter().enumerate() {
            file.cases.extend(self.case(index, case, &defaults));
        }
        file.data = defaults.data;
        file
    }

    fn case(&mut self, index: usize, tree: &Tree, defaults: &Defaults) -> Option<Case> {
        let Value::Map(map) = &tree.value else {
            let shape = Term::new("一组键和值", "a mapping");
            let finding = self.at(tree.line).expected(Key::Cases.term(), shape, &shown(tree));
            self.findings.push(finding);
            return None;
        };
        let keys = self.keys(map, OF_CASE);
        let line = map.first().map_or(tree.line, |(name, _)| name.line);
        for (key, id) in [("name", Key::Name), ("expect", Key::Expect)] {
            if !keys.contains_key(key) {
                let finding = self.at(line).missing(id.term());
                self.findings.push(finding);
            }
        }
        let period = match keys.get("period") {
            Some(tree) => self.period(tree),
            None if defaults.period.is_none() => {
                let finding = self.at(line).missing(Key::Period.term());
                self.findings.push(finding);
                None
            }
            None => defaults.period.clone(),
        };
        let known_on = keys.get("known_on").map_or(defaults.known_on, |tree| self.day(tree));
        let own = keys.get("data").and_then(|tree| Some((self.text(Key::Data, tree)?, tree.line)));
        let own_data = own.is_some();
        let data = own.or_else(|| defaults.data.clone());
        if let Some(tree) = keys.get("register") {
            self.mapping(Key::Register, tree);
        }
        let data_errors = keys.get("data_errors").map_or(DataErrors::None, |tree| self.data_errors(tree));
        let name = keys.get("name").and_then(|tree| self.text(Key::Name, tree));
        if let Some(name) = &name
            && !self.names.insert(name.clone())
        {
            let finding = self.at(line).finding(codes::U021).arg("name", &**name);
            self.findings.push(finding);
        }
        let expect = keys.get("expect").filter(|tree| self.mapping(Key::Expect, tree));
        Some(Case {
            index,
            name: name?,
            line,
            period: period?,
            known_on,
            data,
            own_data,
            data_errors,
            expect: (*expect?).clone(),
        })
    }

    /// The values by the English spelling of their keys. Names that are no key may be records: they are looked at
    /// with the vocabulary.
    fn keys<'t>(&mut self, map: &'t [(Name, Tree)], allowed: &[Key]) -> BTreeMap<String, &'t Tree> {
        let mut keys = BTreeMap::new();
        for (name, tree) in map {
            let Some(key) = Key::of(&name.text).filter(|key| allowed.contains(key)) else { continue };
            if keys.insert(key.term().en, tree).is_some() {
                let finding = self.at(name.line).finding(codes::U021).arg("name", &*name.text);
                self.findings.push(finding);
            }
        }
        keys
    }

    fn wrong(&mut self, key: Key, tree: &Tree, expected: Term) {
        let finding = self.at(tree.line).expected(key.term(), expected, &shown(tree));
        self.findings.push(finding);
    }

    fn text(&mut self, key: Key, tree: &Tree) -> Option<String> {
        match &tree.value {
            Value::Text(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            _ => {
                self.wrong(key, tree, Term::new("一段文字", "a text"));
                None
            }
        }
    }

    fn mapping(&mut self, key: Key, tree: &Tree) -> bool {
        let is = matches!(&tree.value, Value::Map(map) if !map.is_empty());
        if !is {
            self.wrong(key, tree, Term::new("一组键和值", "a mapping"));
        }
        is
    }

    fn period(&mut self, tree: &Tree) -> Option<Period> {
        let period = match &tree.value {
            Value::Text(text) => Period::parse(&fold(text)).ok(),
            Value::List(_) | Value::Map(_) => None,
        };
        if period.is_none() {
            let forms = Term::new(
                "2005、2005-03、2005-Q1、2005-03-01 或 2008-07..2009-06",
                "2005, 2005-03, 2005-Q1, 2005-03-01 or 2008-07..2009-06",
            );
            self.wrong(Key::Period, tree, forms);
        }
        period
    }

    fn day(&mut self, tree: &Tree) -> Option<Day> {
        let day = match &tree.value {
            Value::Text(text) => day(text),
            Value::List(_) | Value::Map(_) => None,
        };
        if day.is_none() {
            self.wrong(Key::KnownOn, tree, Term::new("日期,如 2005-03-01", "a date such as 2005-03-01"));
        }
        day
    }

    fn paths(&mut self, tree: &Tree) -> Vec<(String, u64)> {
        let one = std::slice::from_ref(tree);
        let all = match &tree.value {
            Value::List(list) if !list.is_empty() => list.as_slice(),
            _ => one,
        };
        all.iter().filter_map(|tree| Some((self.text(Key::Charters, tree)?, tree.line))).collect()
    }

    fn data_errors(&mut self, tree: &Tree) -> DataErrors {
        match &tree.value {
            Value::Text(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                if let Ok(count) = text.parse() {
                    return DataErrors::Count(count, tree.line);
                }
            }
            Value::Text(_) | Value::List(_) => {
                if let Some(codes) = codes_of(tree) {
                    return DataErrors::Codes(codes, tree.line);
                }
            }
            Value::Map(_) => {}
        }
        self.wrong(
            Key::DataErrors,
            tree,
            Term::new("个数或代码,如 [D001]", "a number or codes such as [D001]"),
        );
        DataErrors::None
    }
}

/// A day as it is written in full.
pub fn day(text: &str) -> Option<Day> {
    let period = Period::parse(&fold(text)).ok()?;
    (period.first == period.last).then_some(period.first)
}

/// Codes of the registry, sorted; one code may stand without a list.
pub fn codes_of(tree: &Tree) -> Option<Vec<String>> {
    let texts = texts(tree)?;
    let found = texts.iter().map(|(text, _)| Some(codes::find(text)?.id.to_owned()));
    let mut codes: Vec<String> = found.collect::<Option<_>>()?;
    codes.sort();
    Some(codes)
}

/// The texts of a list with their lines, or the one text that stands in place of a list.
pub fn texts(tree: &Tree) -> Option<Vec<(String, u64)>> {
    let text = |tree: &Tree| match &tree.value {
        Value::Text(text) => Some((text.trim().to_owned(), tree.line)),
        Value::List(_) | Value::Map(_) => None,
    };
    match &tree.value {
        Value::List(list) => list.iter().map(text).collect(),
        Value::Text(text) if text.is_empty() => Some(Vec::new()),
        _ => Some(vec![text(tree)?]),
    }
}

/// A value as messages show it.
pub fn shown(tree: &Tree) -> String {
    match &tree.value {
        Value::Text(text) => text.clone(),
        Value::List(_) => "[…]".to_owned(),
        Value::Map(_) => "{…}".to_owned(),
    }
}

/// The keys that may stand at a place, for the help of an unknown one.
pub fn known(keys: &[Key]) -> Vec<Term> {
    keys.iter().map(|key| key.term()).collect()
}
