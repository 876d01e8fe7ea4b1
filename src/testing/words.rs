//! The words of a test file, each in both languages: keys, columns, statuses.

use crate::diagnostic::{CellPlace, Code, Diagnostic, Lang, Place, Term, codes};
use crate::register::fold;
use crate::report::word;

/// A word of a test file with its two spellings.
pub struct Entry<T> {
    pub id: T,
    pub en: &'static str,
    pub zh: &'static str,
}

/// The keys of a file, of a case, and of what a case expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Charters,
    Cases,
    Name,
    Period,
    KnownOn,
    Register,
    Data,
    DataErrors,
    Expect,
    Total,
    Refused,
    Faults,
    Indicators,
}

/// The one table of keys.
const KEYS: &[Entry<Key>] = &[
    Entry { id: Key::Charters, en: "charters", zh: "章程" },
    Entry { id: Key::Cases, en: "cases", zh: "用例" },
    Entry { id: Key::Name, en: "name", zh: "名称" },
    Entry { id: Key::Period, en: "period", zh: "时段" },
    Entry { id: Key::KnownOn, en: "known_on", zh: "记录截至" },
    Entry { id: Key::Register, en: "register", zh: "登记册" },
    Entry { id: Key::Data, en: "data", zh: "数据" },
    Entry { id: Key::DataErrors, en: "data_errors", zh: "数据错误" },
    Entry { id: Key::Expect, en: "expect", zh: "期望" },
    Entry { id: Key::Total, en: "total", zh: "合计" },
    Entry { id: Key::Refused, en: "refused", zh: "违法" },
    Entry { id: Key::Faults, en: "faults", zh: "无法计算" },
    Entry { id: Key::Indicators, en: "indicators", zh: "指标" },
];

/// The keys of a file.
pub const OF_FILE: &[Key] = &[Key::Charters, Key::Period, Key::KnownOn, Key::Register, Key::Data, Key::Cases];
/// The keys of a case.
pub const OF_CASE: &[Key] =
    &[Key::Name, Key::Period, Key::KnownOn, Key::Register, Key::Data, Key::DataErrors, Key::Expect];
/// The keys of what is expected, beside the names of clauses.
pub const OF_EXPECT: &[Key] = &[Key::Total, Key::Refused, Key::Faults, Key::Indicators];

impl Key {
    /// The key of that spelling.
    pub fn of(word: &str) -> Option<Self> {
        find(KEYS, word)
    }

    /// Its word in both languages.
    pub fn term(self) -> Term {
        term(KEYS, self)
    }
}

/// A column of a row that is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    Village,
    Household,
    Person,
    Article,
    RecordKey,
    Period,
    Status,
    Amount,
    Least,
    Most,
    Due,
    RemedyBy,
    AppealBy,
    Fund,
    CharterVersion,
    Missing,
    Numerator,
    Denominator,
    Unknown,
    Value,
}

/// The columns of the result tables, in the order differences show them.
const COLUMNS: &[Entry<Column>] = &[
    Entry { id: Column::Village, en: "village", zh: "村" },
    Entry { id: Column::Household, en: "household", zh: "户" },
    Entry { id: Column::Person, en: "person", zh: "人" },
    Entry { id: Column::Article, en: "article", zh: "条" },
    Entry { id: Column::RecordKey, en: "record_key", zh: "记录编号" },
    Entry { id: Column::Period, en: "period", zh: "时段" },
    Entry { id: Column::Status, en: "status", zh: "状态" },
    Entry { id: Column::Amount, en: "amount", zh: "金额" },
    Entry { id: Column::Least, en: "least", zh: "最少" },
    Entry { id: Column::Least, en: "amount_min", zh: "最少金额" },
    Entry { id: Column::Most, en: "most", zh: "最多" },
    Entry { id: Column::Most, en: "amount_max", zh: "最多金额" },
    Entry { id: Column::Due, en: "due", zh: "到期" },
    Entry { id: Column::RemedyBy, en: "remedy_by", zh: "补正至" },
    Entry { id: Column::AppealBy, en: "appeal_by", zh: "申诉至" },
    Entry { id: Column::Fund, en: "fund", zh: "资金" },
    Entry { id: Column::CharterVersion, en: "charter_version", zh: "章程版本" },
    Entry { id: Column::Missing, en: "missing", zh: "缺少" },
    Entry { id: Column::Numerator, en: "numerator", zh: "分子" },
    Entry { id: Column::Denominator, en: "denominator", zh: "分母" },
    Entry { id: Column::Unknown, en: "unknown", zh: "不详" },
    Entry { id: Column::Value, en: "value", zh: "值" },
];

/// What a benefit's row may be asked for.
pub const OF_BENEFIT: &[Column] = &[
    Column::Village,
    Column::Household,
    Column::Person,
    Column::Article,
    Column::RecordKey,
    Column::Period,
    Column::Status,
    Column::Amount,
    Column::Least,
    Column::Most,
    Column::Fund,
    Column::CharterVersion,
    Column::Missing,
];
/// What a duty's row may be asked for.
pub const OF_DUTY: &[Column] = &[
    Column::Village,
    Column::Household,
    Column::Person,
    Column::Article,
    Column::RecordKey,
    Column::Period,
    Column::Due,
    Column::Status,
    Column::RemedyBy,
    Column::AppealBy,
    Column::Missing,
];
/// What an indicator may be asked for.
pub const OF_INDICATOR: &[Column] =
    &[Column::Village, Column::Numerator, Column::Denominator, Column::Unknown, Column::Value];

impl Column {
    /// The column of that spelling.
    pub fn of(word: &str) -> Option<Self> {
        find(COLUMNS, word)
    }

    /// Its word in both languages.
    pub fn term(self) -> Term {
        term(COLUMNS, self)
    }
}

/// Statuses of benefits that leave a row.
pub const BENEFIT_STATUSES: &[&str] = &["granted", "awaiting_decision", "undetermined"];
/// Statuses of duties.
pub const DUTY_STATUSES: &[&str] = &["met", "excused", "pending", "undetermined", "in_remedy", "unmet"];
/// How a case says that no row comes out.
pub const NONE: Entry<()> = Entry { id: (), en: "none", zh: "无" };

/// The status of that spelling: the word of the tables, or a reader's word.
pub fn status(all: &[&'static str], text: &str) -> Option<&'static str> {
    let text = fold(text);
    let is = |status: &&&'static str| {
        text == **status || text == word(status, Lang::Zh) || text == word(status, Lang::En)
    };
    all.iter().find(is).copied()
}

/// A status in both languages.
pub fn status_term(status: &str) -> Term {
    Term::new(word(status, Lang::Zh), word(status, Lang::En))
}

fn find<T: Copy>(table: &[Entry<T>], text: &str) -> Option<T> {
    let text = fold(text);
    table.iter().find(|entry| text == entry.en || text == entry.zh).map(|entry| entry.id)
}

fn term<T: Copy + PartialEq>(table: &[Entry<T>], id: T) -> Term {
    let entry = table.iter().find(|entry| entry.id == id);
    entry.map_or_else(|| Term::from(""), |entry| Term::new(entry.zh, entry.en))
}

/// Words joined as each language joins them.
pub fn list(terms: &[Term]) -> Term {
    let join = |pick: fn(&Term) -> &str, comma| terms.iter().map(pick).collect::<Vec<_>>().join(comma);
    Term::new(join(|term| &term.zh, "、"), join(|term| &term.en, ", "))
}

/// Where findings about a test file stand: the file and a line.
#[derive(Clone, Copy)]
pub struct At<'a> {
    pub file: &'a str,
    pub line: u64,
}

impl At<'_> {
    /// A finding here.
    pub fn finding(self, code: Code) -> Diagnostic {
        let place = CellPlace { file: self.file.to_owned(), row: Some(self.line), ..CellPlace::default() };
        Diagnostic::new(code, Place::Cell(place))
    }

    /// Something should be otherwise.
    pub fn expected(self, key: Term, expected: Term, found: &str) -> Diagnostic {
        let found = if found.is_empty() { Term::new("空白", "blank") } else { Term::from(found) };
        self.finding(codes::U020).arg("key", key).arg("expected", expected).arg("found", found)
    }

    /// Something is not there.
    pub fn missing(self, key: Term) -> Diagnostic {
        self.finding(codes::U019).arg("key", key)
    }

    /// A name that is nothing, with the one that was perhaps meant.
    pub fn unknown(self, what: Term, name: &str, known: &[Term]) -> Diagnostic {
        let finding = self.finding(codes::U018).arg("what", what).arg("name", name);
        let words = known.iter().flat_map(|term| [term.zh.as_str(), term.en.as_str()]);
        match closest(name, words) {
            Some(word) => {
                finding.help(Term::new(format!("是不是“{word}”?"), format!("did you mean '{word}'?")))
            }
            None if known.is_empty() || known.len() > MOST_LISTED => finding,
            None => {
                let list = list(known);
                finding.help(Term::new(format!("可用:{}", list.zh), format!("one of: {}", list.en)))
            }
        }
    }
}

/// A finding on a line of a test file.
#[must_use]
pub fn at(file: &str, line: u64, code: Code) -> Diagnostic {
    At { file, line }.finding(code)
}

/// The line a finding stands on.
#[must_use]
pub fn line_of(finding: &Diagnostic) -> Option<u64> {
    match &finding.place {
        Place::Cell(cell) => cell.row,
        Place::Source(_) | Place::None => None,
    }
}

/// As many names as a help line lists.
const MOST_LISTED: usize = 16;
/// Names longer than this may be two slips away from what was meant.
const LONG_NAME: usize = 6;

/// The word that is a slip or two away.
fn closest<'w>(name: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let slips = if name.chars().count() > LONG_NAME { 2 } else { 1 };
    let distances = words.filter(|word| word.chars().count() > 1 && *word != name);
    distances
        .map(|word| (strsim::damerau_levenshtein(name, word), word))
        .filter(|(distance, _)| *distance <= slips)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}
