//! Charters and registers made up at random: well-typed clauses over a small vocabulary, and households with holes in
//! their data. The days are near those on which calendars differ: month ends, 29 February, 1 January.

use crate::semantics::HEAD;
use proptest::prelude::{Just, ProptestConfig, Strategy, prop_oneof};
use proptest::sample::{Index, select};
use proptest::test_runner::RngSeed;
use std::fmt::Write as _;

pub use crate::benefits::WORDS;

/// The seed of every run that asks for no more cases: what passed here passes there.
const SEED: u64 = 2005;

/// As many cases as the variable of that name asks for, each run others; else these, always the same.
pub fn config(variable: &str, cases: u32) -> ProptestConfig {
    let asked = std::env::var(variable).ok().and_then(|cases| cases.parse().ok());
    let rng_seed = if asked.is_some() { RngSeed::Random } else { RngSeed::Fixed(SEED) };
    ProptestConfig {
        cases: asked.unwrap_or(cases),
        rng_seed,
        max_shrink_iters: 500,
        ..ProptestConfig::default()
    }
}

/// A year, a month or a day that matters.
const DAYS: [&str; 16] = [
    "2004-02-29",
    "2005-02-28",
    "2005-01-01",
    "2004-12-31",
    "2005-12-31",
    "2006-01-01",
    "2005-06-30",
    "2005-07-01",
    "2005-03-31",
    "2004-01-31",
    "1990-02-29x",
    "1991-12-31",
    "1987-06-15",
    "2000-02-29",
    "1945-01-01",
    "2003-08-30",
];

fn day() -> impl Strategy<Value = String> {
    select(DAYS.to_vec())
        .prop_map(|day| if day.ends_with('x') { "1992-02-29".to_owned() } else { day.to_owned() })
}

// ---- expressions -----------------------------------------------------------------------------------------------

/// The records a clause may be for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Household,
    Person,
    Admission,
}

impl Target {
    fn name(self) -> &'static str {
        match self {
            Self::Household => "household",
            Self::Person => "person",
            Self::Admission => "admission",
        }
    }
}

/// A date that is always there, on a row of the target.
fn date(target: Target) -> impl Strategy<Value = String> {
    let own = match target {
        Target::Household => vec!["today"],
        Target::Person => vec!["today", "birth"],
        Target::Admission => vec!["today", "admitted_on", "person.birth"],
    };
    let moved = (select(own.clone()), 0..30_i32, select(vec!["days", "months", "years"]))
        .prop_map(|(date, count, unit)| format!("{date} + {count} {unit}"));
    prop_oneof![3 => select(own).prop_map(str::to_owned), 2 => day(), 2 => moved]
}

/// A date that may be absent.
fn optional_date() -> impl Strategy<Value = String> {
    select(vec![
        "since",
        "signed",
        "since + 2 months",
        "max (birth of persons)",
        "min (birth of persons where age > 40)",
    ])
    .prop_map(str::to_owned)
}

fn number(target: Target) -> impl Strategy<Value = String> {
    let mut own = vec![
        "members",
        "count (persons where age < 14)",
        "count (trainings where held_on <= today)",
        "sum (age of persons where relation is daughter)",
        "(full months from 2004-01-31 to today)",
        "by hukou { rural: 2, urban: members }",
        "by members { 0 to 2: 1, otherwise: 4 }",
        "by income { below 0 yuan: 0, 0 yuan to below 900 yuan: 1, at least 900 yuan: 2 }",
        "by today { below 2005-03-01: 3, at least 2005-03-01: 5 }",
        "(members div 2)",
        "(members mod 3)",
        "(income div 300 yuan)",
        "calendar month of today",
        "calendar year of last day of the year of today",
        "(if hukou is rural then members else 4)",
        "(if since <= today then 1 else if members > 2 then 2 else 3)",
        "size",
    ];
    match target {
        Target::Household => {}
        Target::Person => {
            own.extend(["age", "(full years from birth to today)", "calendar day of birth", "elder"]);
        }
        Target::Admission => {
            own.extend(["person.age", "(full days from person.birth to today)", "person.elder"]);
        }
    }
    // Values written out are folded while compiling: a negative one would be told there.
    let own: Vec<String> = own.into_iter().map(str::to_owned).collect();
    let chain = select(own).prop_recursive(1, 3, 2, |inner| {
        (inner.clone(), select(vec!["+", "-", "*"]), inner).prop_map(|(a, op, b)| format!("({a} {op} {b})"))
    });
    prop_oneof![4 => chain, 1 => (0..20_i32).prop_map(|number| number.to_string())]
}

pub fn truth(target: Target) -> impl Strategy<Value = String> {
    let compare = || select(vec!["<", "<=", ">", ">=", "=", "!="]);
    let mut plain = vec![
        "hukou is rural",
        "hukou in {urban}",
        "village = \"乙村\"",
        "village in {\"甲村\", \"丙村\"}",
        "income > 1000 yuan",
        "income between 0 yuan and 900 yuan",
        "any persons",
        "no (persons where relation is son)",
        "every (persons where age >= 18)",
        "any (persons where relation is daughter and any (admissions where admitted_on <= today))",
        "since is absent",
        "signed is not absent",
        "first (relation of persons by birth) is daughter",
        "last (birth of persons where age > 0 by birth) + 20 years > today",
        "calendar month of since = 2",
        "first day of the quarter of today > since",
    ];
    if target == Target::Person {
        plain.extend([
            "is_eldest",
            "rank (persons where relation is daughter by birth) <= 2",
            "relation is daughter",
            "relation in {son, daughter}",
            "no (admissions where admitted_on > today)",
        ]);
    }
    let leaf = prop_oneof![
        4 => select(plain).prop_map(str::to_owned),
        2 => (number(target), compare(), number(target)).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        2 => (date(target), compare(), date(target)).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        2 => (optional_date(), compare(), date(target)).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|a| format!("not ({a})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) and ({b})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("({a}) or ({b})")),
        ]
    })
}

pub fn money(target: Target) -> impl Strategy<Value = String> {
    prop_oneof![
        3 => (0..500_i32).prop_map(|yuan| format!("{yuan} yuan")),
        1 => Just("income".to_owned()),
        1 => Just("(income * 10% + 1 yuan) rounded half even to the fen".to_owned()),
        1 => Just("(income / 3) rounded down to the yuan".to_owned()),
        1 => Just("by hukou { rural: 60 yuan, urban: 0 yuan }".to_owned()),
        1 => Just("relief rounded half up to the fen".to_owned()),
        1 => Just("if since <= today then 20 yuan else income".to_owned()),
        1 => Just("(income mod 100 yuan)".to_owned()),
        2 => number(target).prop_map(|number| format!("10 yuan * ({number})")),
    ]
}

// ---- clauses ---------------------------------------------------------------------------------------------------

/// A clause but for its number, name, purpose and fund.
#[derive(Clone, Debug)]
pub struct Clause {
    target: Target,
    parts: String,
    relation: Option<(&'static str, Index)>,
}

fn clause() -> impl Strategy<Value = Clause> {
    select(vec![Target::Household, Target::Household, Target::Person, Target::Admission]).prop_flat_map(|target| {
        let condition = (select(vec!["when", "unless"]), truth(target)).prop_map(|(part, truth)| format!("{part} {truth}"));
        let filter = proptest::option::weighted(0.3, truth(target));
        let edge = proptest::option::weighted(0.2, (select(vec!["from", "until"]), select(vec!["", "the month of "]), prop_oneof![date(target), optional_date()]));
        let pay = prop_oneof![
            6 => (money(target), rhythm(target)).prop_map(|(money, rhythm)| format!("pay {money} {rhythm}")),
            1 => rhythm(target).prop_map(|rhythm| format!("pay between 10 yuan and 90 yuan {rhythm}\n    decided by \"会议\"")),
            1 => rhythm(target).prop_map(|rhythm| format!("pay in kind \"体检\" {rhythm}")),
            1 => Just("pay 120 yuan each year prorated by month".to_owned()),
            1 => Just("pay 100 yuan each quarter prorated by day rounded half up to the fen".to_owned()),
            1 => Just("pay 30 yuan each year\n    judged on 02-29".to_owned()),
            1 => Just("pay 3 yuan each month\n    judged on the first day".to_owned()),
        ];
        let limit = proptest::option::weighted(0.25, select(vec![
            "limit 100 yuan per household each year", "limit 3 times per household for life", "limit 45 yuan per household each quarter",
            "limit income per household each year",
        ]));
        let relation = proptest::option::weighted(
            0.4,
            (select(vec!["exception to", "instead of", "not together with", "highest of"]), proptest::prelude::any::<Index>()),
        );
        (proptest::collection::vec(condition, 1..3), filter, edge, pay, limit, relation).prop_map(
            move |(conditions, filter, edge, pay, limit, relation)| {
                let mut parts = format!("for {}", target.name());
                if let Some(filter) = filter {
                    let _ = write!(parts, " where {filter}");
                }
                let mut seen = Vec::new();
                for condition in conditions {
                    let word = condition.split(' ').next().unwrap_or_default().to_owned();
                    if !seen.contains(&word) {
                        let _ = write!(parts, "\n    {condition}");
                        seen.push(word);
                    }
                }
                if let Some((part, month, date)) = edge {
                    let _ = write!(parts, "\n    {part} {month}{date}");
                }
                let _ = write!(parts, "\n    {pay}");
                if let Some(limit) = limit {
                    let _ = write!(parts, "\n    {limit}");
                }
                Clause { target, parts, relation }
            },
        )
    })
}

fn rhythm(target: Target) -> impl Strategy<Value = &'static str> {
    let mut all = vec!["once", "each month", "each quarter", "each year"];
    if target == Target::Admission {
        all.extend(["each event"; 4]);
    }
    select(all)
}

/// The items of a charter: clauses that are each related to at most one before it.
pub fn clauses(most: usize) -> impl Strategy<Value = String> {
    proptest::collection::vec(clause(), 1..=most).prop_map(|clauses| {
        let mut text = String::new();
        // Lists of `highest of` have no clause in common.
        let mut chosen = false;
        for (index, clause) in clauses.iter().enumerate() {
            let relation = match &clause.relation {
                Some(("highest of", _)) if std::mem::replace(&mut chosen, true) => String::new(),
                Some((relation, earlier)) if index > 0 => {
                    let earlier = earlier.index(index);
                    // Clauses for one another's rows in a household are related too; `highest of` adds up over them.
                    format!("    {relation} clause_{earlier}\n")
                }
                _ => String::new(),
            };
            let _ = write!(
                text,
                "article {} reward clause_{index}\n    {}\n{relation}    serves care\n    paid from a 1/3, b 2/3\n",
                index + 1,
                clause.parts
            );
            let _ = clause.target;
        }
        text
    })
}

/// Duties of households and persons, numbered from 100.
pub fn duties(most: usize) -> impl Strategy<Value = String> {
    let target = select(vec![Target::Household, Target::Person]);
    let duty = target.prop_flat_map(|target| {
        let from = match target {
            Target::Person => vec!["birth", "signed", "since"],
            _ => vec!["since", "signed", "latest_birth"],
        };
        let act = match target {
            Target::Person => vec!["since", "latest_admission"],
            _ => vec!["since", "signed", "latest_birth"],
        };
        let length = select(vec!["60 days", "2 months", "1 years", "3 years"]);
        let within = (select(act), length.clone(), select(from.clone()))
            .prop_map(|(act, length, from)| format!("{act} within {length} after {from}"));
        let unit = select(vec!["month", "quarter", "year"]);
        let each = (unit.clone(), truth(target))
            .prop_map(|(unit, truth)| format!("throughout each {unit}: {truth}"));
        let after = (length, select(from.clone()), truth(target))
            .prop_map(|(length, from, truth)| format!("throughout {length} after {from}: {truth}"));
        let times =
            (1..3_i32, unit).prop_map(|(count, unit)| format!("at least {count} trainings each {unit}"));
        let act_or_state = match target {
            Target::Household => prop_oneof![3 => within, 3 => each, 2 => after, 1 => times].boxed(),
            _ => prop_oneof![3 => within, 2 => each, 2 => after].boxed(),
        };
        let filter = proptest::option::weighted(0.3, truth(target));
        let has_come = select(from.clone()).prop_map(|day| format!("{day} <= today"));
        let bound =
            proptest::option::weighted(0.7, prop_oneof![3 => truth(target).boxed(), 1 => has_come.boxed()]);
        let excused = proptest::option::weighted(0.4, truth(target));
        let remedy = select(vec!["30 days", "2 months", "1 years"]);
        (filter, bound, act_or_state, excused, remedy).prop_map(
            move |(filter, bound, must, excused, remedy)| {
                let mut parts = format!("for {}", target.name());
                if let Some(filter) = filter {
                    let _ = write!(parts, " where {filter}");
                }
                parts.push_str("\n    binds household");
                if let Some(bound) = bound {
                    let _ = write!(parts, "\n    bound when {bound}");
                }
                let _ = write!(parts, "\n    must {must}");
                if let Some(excused) = excused {
                    let _ = write!(parts, "\n    excused when {excused}");
                }
                let _ = write!(parts, "\n    remedy {remedy}\n    appeal 15 days to \"会议\"");
                parts
            },
        )
    });
    proptest::collection::vec(duty, 0..=most).prop_map(|duties| {
        let number = |(index, parts): (usize, &String)| {
            format!("article {} obligation duty_{index}\n    {parts}\n", index + 100)
        };
        duties.iter().enumerate().map(number).collect()
    })
}

/// Named values that the clauses use.
pub const STEPS: &str = "table size of household by hukou, members
    case rural, 0 to 2 : 1
    case rural, otherwise : 2
    case otherwise : 3
scale relief of household by income
    above 0 yuan : 0%
    above 500 yuan : 50%
    above 1000 yuan : 80%
define elder of person = if birth <= 1990-01-01 then 1 else 0
define latest_birth of household = max (birth of persons)
define latest_admission of person = max (admitted_on of admissions)
define is_eldest of person = rank (persons by birth) = 1
";

/// A whole charter over the vocabulary of the cases.
pub fn charter(items: &str) -> String {
    format!("{HEAD}{STEPS}{items}{WORDS}")
}

// ---- registers -------------------------------------------------------------------------------------------------

/// A row: its cells by field, and the rows that lie in it.
#[derive(Clone, Debug)]
pub struct Row {
    pub cells: Vec<(&'static str, String)>,
    pub children: Vec<(&'static str, Vec<Row>)>,
}

/// A date as a register may have it: known, known to its month or year, blank, or not known.
fn cell_date() -> impl Strategy<Value = String> {
    prop_oneof![8 => day(), 1 => select(vec!["2005-02", "2004-12", "1991"]).prop_map(str::to_owned), 1 => Just(String::new()), 2 => Just("?".to_owned())]
}

fn one_of(values: &[&'static str]) -> impl Strategy<Value = String> + use<> {
    select(values.to_vec()).prop_map(str::to_owned)
}

/// A known value of a field.
pub fn known(field: &'static str) -> impl Strategy<Value = String> {
    match field {
        "hukou" => one_of(&["rural", "urban"]).boxed(),
        "members" => one_of(&["0", "1", "2", "3", "7"]).boxed(),
        "income" => one_of(&["0", "0.05", "899.99", "1000", "1234.56"]).boxed(),
        "relation" => one_of(&["head", "son", "daughter"]).boxed(),
        _ => day().boxed(),
    }
}

fn cell(field: &'static str) -> impl Strategy<Value = String> {
    match field {
        "since" | "signed" | "birth" | "admitted_on" | "held_on" => cell_date().boxed(),
        _ => prop_oneof![6 => known(field), 1 => Just("?".to_owned())].boxed(),
    }
}

fn row(fields: &'static [&'static str]) -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let cells: Vec<_> =
        fields.iter().map(|field| cell(field).prop_map(move |value| (*field, value))).collect();
    cells
}

fn rows(fields: &'static [&'static str], most: usize) -> impl Strategy<Value = Vec<Row>> {
    let one = row(fields).prop_map(|cells| Row { cells, children: Vec::new() });
    proptest::collection::vec(one, 0..=most)
}

/// One household with up to three persons.
pub fn household() -> impl Strategy<Value = Row> {
    let person = (row(&["relation", "birth"]), rows(&["admitted_on"], 2))
        .prop_map(|(cells, admissions)| Row { cells, children: vec![("admissions", admissions)] });
    let persons = proptest::collection::vec(person, 0..=3);
    (row(&["hukou", "members", "since", "income", "signed"]), persons, rows(&["held_on"], 2)).prop_map(
        |(cells, persons, trainings)| Row {
            cells,
            children: vec![("persons", persons), ("trainings", trainings)],
        },
    )
}

/// The register of some households, with keys by their numbers; `order` says in which order rows are written.
pub fn document(households: &[(usize, &Row)], backwards: bool) -> String {
    let mut text = "households:\n".to_owned();
    let mut all = households.to_vec();
    if backwards {
        all.reverse();
    }
    for (number, household) in all {
        let village = ["丙村", "乙村", "甲村", "?"][number % 4];
        let _ = write!(text, "  - household_no: \"{number}\"\n    village: \"{village}\"\n");
        write_row(&mut text, household, &number.to_string(), 4, backwards);
    }
    text
}

fn write_row(text: &mut String, row: &Row, key: &str, indent: usize, backwards: bool) {
    let space = " ".repeat(indent);
    for (field, value) in &row.cells {
        let _ = writeln!(text, "{space}{field}: \"{value}\"");
    }
    for (plural, rows) in row.children.iter().filter(|(_, rows)| !rows.is_empty()) {
        let _ = writeln!(text, "{space}{plural}:");
        let singular = plural.trim_end_matches('s');
        let mut numbered: Vec<(usize, &Row)> = rows.iter().enumerate().collect();
        if backwards {
            numbered.reverse();
        }
        for (number, row) in numbered {
            let key = format!("{key}{}{number}", singular.chars().next().unwrap_or('r').to_ascii_uppercase());
            let _ = writeln!(text, "{space}  - {singular}_no: \"{key}\"");
            write_row(text, row, &key, indent + 4, backwards);
        }
    }
}

/// Every cell of a household that is not known, as a path of its rows and fields.
pub fn holes(row: &mut Row) -> Vec<(&'static str, &mut String)> {
    let mut found: Vec<(&'static str, &mut String)> = Vec::new();
    for (field, value) in &mut row.cells {
        let absent = value.is_empty() && matches!(*field, "since" | "signed");
        let partial = value.len() < "2005-01-01".len()
            && value.starts_with(['1', '2'])
            && !matches!(*field, "members" | "income");
        if !absent && (value.is_empty() || value == "?" || partial) {
            found.push((*field, value));
        }
    }
    for (_, rows) in &mut row.children {
        for row in rows {
            found.extend(holes(row));
        }
    }
    found
}

/// Could a cell be that day? A hole that is known to its month or year is filled by a day of it.
pub fn fits(hole: &str, day: &str) -> bool {
    hole.is_empty() || hole == "?" || day.starts_with(hole)
}
