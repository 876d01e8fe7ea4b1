//! What charters say of how benefits stand to each other. Each rule as a small charter, a small register, and what comes out.

use crate::engine::outcomes;
use crate::semantics::HEAD;
use std::fmt::Write as _;

/// The vocabulary of the cases, with the records that the engine itself reads.
pub const WORDS: &str = r#"// --- words.charter
vocabulary words "小词汇"
record household "户" households "各户" key household_no "户编号" complete
    village  "村"       : text
    hukou    "户口性质" : rural "农业" | urban "非农业"
    members  "口数"     : number
    since    "始于"     : date?
    income   "收入"     : money
    signed   "签订日期" : date?
record person "人" persons "成员" in household key person_no "人员编号" complete
    relation "与户主关系" : head "户主" | son "子" | daughter "女"
    birth    "出生日期"   : date
record admission "录取" admissions "各录取" in person key admission_no "录取编号" complete
    admitted_on "录取日期" : date event
record training "讲座" trainings "各次讲座" in household key training_no "讲座编号" complete
    held_on "讲座日期" : date event
record payment "发放" payments "各笔发放" in household key payment_no "发放编号" complete
    clause  "条款"     : text
    person  "人员编号" : text?
    paid_on "发放日期" : date?
record decision "决定" decisions "各决定" in household key decision_no "决定编号" complete
    clause     "条款"     : text
    target     "对象编号" : text
    kind       "种类"     : award "核定" | choice "选择" | suspension "暂缓" | resumption "恢复"
    amount     "金额"     : money?
    decided_on "决定日期" : date
    decided_by "决定机构" : text
    reason     "理由"     : text
    duty       "所涉义务" : text?
    appeal_closed "申诉期满日" : date?
    for_period "所属时段"  : text?
define age "年龄" of person = full years from birth to today
"#;

/// A charter of clauses: each a name and its parts.
pub fn charter(clauses: &[(&str, &str)]) -> String {
    let mut text = HEAD.to_owned();
    for (index, (name, parts)) in clauses.iter().enumerate() {
        let kind = if parts.contains("discretionary on") { "reward" } else { "subsidy" };
        let paid = if parts.contains("paid from") { "" } else { " paid from a" };
        let parts = parts.replace(" | ", "\n    ");
        let number = index + 1;
        writeln!(text, "article {number} {kind} {name}\n    {parts}\n    serves care\n   {paid}").unwrap();
    }
    text + WORDS
}

/// One household, number 1, with these lines of fields and rows.
pub fn household(fields: &str) -> String {
    let lines: Vec<String> = fields.lines().map(|line| format!("    {line}\n")).collect();
    format!("households:\n  - household_no: 1\n    village: 乙村\n{}", lines.concat())
}

pub fn run(clauses: &[(&str, &str)], fields: &str, period: &str) -> Vec<String> {
    outcomes(&charter(clauses), &household(fields), period)
}

// ---- exception to, instead of ----------------------------------------------------------------------------------

pub const PLAIN: (&str, &str) = ("plain", "for household | pay 60 yuan each year");

#[test]
fn an_exception_replaces_what_it_is_an_exception_to() {
    let clauses = [
        PLAIN,
        ("special", "for household | when hukou is rural | exception to plain | pay 100 yuan each year"),
    ];
    assert_eq!(run(&clauses, "hukou: rural", "2005"), ["1 special 2005: granted 100.00"]);
    assert_eq!(run(&clauses, "hukou: urban", "2005"), ["1 plain 2005: granted 60.00"]);
    assert_eq!(
        run(&clauses, "hukou:", "2005"),
        [
            "1 plain 2005: undetermined 0.00..60.00 household.hukou[1]",
            "1 special 2005: undetermined 0.00..100.00 household.hukou[1]",
        ]
    );
}

#[test]
fn an_exception_that_pays_nothing_replaces_all_the_same_but_a_replacement_must_be_granted() {
    let pay = "pay 10 yuan * members each year";
    let exception = [PLAIN, ("special", &*format!("for household | exception to plain | {pay}"))];
    assert_eq!(run(&exception, "members: 0", "2005"), Vec::<String>::new());
    let instead = [PLAIN, ("special", &*format!("for household | instead of plain | {pay}"))];
    assert_eq!(run(&instead, "members: 0", "2005"), ["1 plain 2005: granted 60.00"]);
    assert_eq!(run(&instead, "members: 7", "2005"), ["1 special 2005: granted 70.00"]);
    // Whether the winner is granted is not known, so neither is the loser.
    assert_eq!(
        run(&instead, "members:", "2005"),
        [
            "1 plain 2005: undetermined 0.00..60.00 household.members[1]",
            "1 special 2005: undetermined 0.00..? household.members[1]",
        ]
    );
}

#[test]
fn relations_reach_across_targets_of_one_household() {
    let people = "persons:\n  - {person_no: P1, relation: head, birth: 1950-01-01}\n  - {person_no: P2, relation: daughter, birth: 1990-01-01}";
    // The exception is for one person; what yields is for the household.
    let any = [
        PLAIN,
        ("girl", "for person where relation is daughter | exception to plain | pay 9 yuan each year"),
    ];
    assert_eq!(run(&any, people, "2005"), ["1 girl P2 2005: granted 9.00"]);
    // What yields is for each person; the exception is for the household.
    let each = [
        ("child", "for person where age < 18 | pay 9 yuan each year"),
        ("home", "for household | when hukou is rural | instead of child | pay 20 yuan each year"),
    ];
    assert_eq!(run(&each, &format!("hukou: rural\n{people}"), "2005"), ["1 home 2005: granted 20.00"]);
    assert_eq!(run(&each, &format!("hukou: urban\n{people}"), "2005"), ["1 child P2 2005: granted 9.00"]);
    // Of the same record it is the same row.
    let same = [
        ("child", "for person where age < 18 | pay 9 yuan each year"),
        ("old", "for person where age >= 50 | instead of child | pay 5 yuan each year"),
    ];
    assert_eq!(run(&same, people, "2005"), ["1 child P2 2005: granted 9.00", "1 old P1 2005: granted 5.00"]);
}

#[test]
fn an_exception_to_an_exception_gives_way_to_it() {
    let clauses = [
        PLAIN,
        ("second", "for household | when members > 2 | exception to plain | pay 70 yuan each year"),
        ("third", "for household | when hukou is rural | exception to second | pay 80 yuan each year"),
    ];
    // The third stands before the second, which therefore does not hold, and does not stand before the first.
    assert_eq!(
        run(&clauses, "members: 3\nhukou: rural", "2005"),
        ["1 plain 2005: granted 60.00", "1 third 2005: granted 80.00"]
    );
    assert_eq!(run(&clauses, "members: 3\nhukou: urban", "2005"), ["1 second 2005: granted 70.00"]);
}

// ---- not together with -----------------------------------------------------------------------------------------

pub const APART: [(&str, &str); 2] = [
    ("first", "for household | when members > 2 | pay 60 yuan each year"),
    ("second", "for household | when hukou is rural | not together with first | pay 100 yuan each year"),
];

#[test]
fn where_both_hold_both_await_the_choice() {
    assert_eq!(
        run(&APART, "members: 3\nhukou: rural", "2005"),
        ["1 first 2005: awaiting 60.00..100.00", "1 second 2005: awaiting 60.00..100.00"]
    );
    assert_eq!(run(&APART, "members: 1\nhukou: rural", "2005"), ["1 second 2005: granted 100.00"]);
    assert_eq!(run(&APART, "members: 3\nhukou: urban", "2005"), ["1 first 2005: granted 60.00"]);
    assert_eq!(
        run(&APART, "members: 3\nhukou:", "2005"),
        [
            "1 first 2005: undetermined 0.00..100.00 household.hukou[1]",
            "1 second 2005: undetermined 0.00..100.00 household.hukou[1]",
        ]
    );
}

#[test]
fn a_recorded_choice_settles_it_from_the_calendar_year_on() {
    let chosen = "members: 3\nhukou: rural\ndecisions:\n  - {decision_no: D, clause: second, target: 1, kind: choice, decided_on: 2006-05-01, decided_by: 本户, reason: 自愿}";
    assert_eq!(
        run(&APART, chosen, "2005..2007"),
        [
            "1 first 2005: awaiting 60.00..100.00",
            "1 second 2005: awaiting 60.00..100.00",
            "1 second 2006: granted 100.00",
            "1 second 2007: granted 100.00",
        ]
    );
    let again = format!(
        "{chosen}\n  - {{decision_no: E, clause: first, target: 1, kind: choice, decided_on: 2007-02-01, decided_by: 本户, reason: 自愿}}"
    );
    assert_eq!(
        run(&APART, &again, "2006..2007"),
        ["1 first 2007: granted 60.00", "1 second 2006: granted 100.00"]
    );
}

// ---- highest of ------------------------------------------------------------------------------------------------

pub const HIGHEST: [(&str, &str); 2] = [
    ("monthly", "for household | when since <= today | pay 10 yuan each month"),
    ("yearly", "for household | highest of monthly, yearly | pay 60 yuan each year"),
];

#[test]
fn only_the_higher_total_of_the_calendar_year_is_granted() {
    let twelve = run(&HIGHEST, "since: 2004-01-01", "2005");
    assert_eq!(twelve.len(), 12);
    assert!(
        twelve.iter().all(|line| line.contains("monthly") && line.ends_with("granted 10.00")),
        "{twelve:?}"
    );
    // From August on it is 50 yuan: the yearly amount is higher.
    assert_eq!(run(&HIGHEST, "since: 2005-08-01", "2005"), ["1 yearly 2005: granted 60.00"]);
    // Equal: the first named.
    assert_eq!(run(&HIGHEST, "since: 2005-07-01", "2005").len(), 6);
    // A run of one month asks for the year it lies in all the same.
    assert_eq!(run(&HIGHEST, "since: 2005-08-01", "2005-09"), Vec::<String>::new());
    assert_eq!(run(&HIGHEST, "since: 2005-07-01", "2005-09"), ["1 monthly 2005-09: granted 10.00"]);
}

#[test]
fn where_the_higher_is_not_known_neither_is_granted() {
    let lines = run(&HIGHEST, "since: 2005", "2005-11..2005-12");
    assert_eq!(
        lines,
        [
            "1 monthly 2005-11: undetermined 0.00..10.00 household.since[1]",
            "1 monthly 2005-12: undetermined 0.00..10.00 household.since[1]",
            "1 yearly 2005: undetermined 0.00..60.00 household.since[1]",
        ]
    );
}
