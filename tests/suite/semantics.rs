//! What charters mean: every rule of evaluation as a small charter, a small register, and what comes out.

use crate::engine::{outcomes, plan, tables};
use charter::value::Fen;

/// The vocabulary of the cases. Deeds are not complete; a blank `said` is unknown until it says none.
pub const WORDS: &str = r#"// --- words.charter
vocabulary words "小词汇"
record household "户" households "各户" key household_no "户编号" complete
    village "村"       : text
    hukou   "户口性质" : rural "农业" | urban "非农业" | other "其他"
    insured "参保日期" : date?
    said    "声明日期" : date? blank unknown
    income  "收入"     : money
    members "口数"     : number
    share   "比例"     : percent
    poor    "困难"     : flag
record person "人" persons "成员" in household key person_no "人员编号" complete
    relation "与户主关系" : head "户主" | son "子" | daughter "女"
    birth    "出生日期"   : date
    death    "死亡日期"   : date?
    wage     "工资"       : money
record deed "证件" deeds "各证件" in household key deed_no "证号"
    issued "发证日期" : date
    fee    "工本费"   : money
record admission "录取" admissions "各录取" in person key admission_no "录取编号" complete
    admitted_on "录取日期" : date event
define age "年龄" of person = full years from birth to today
"#;

pub const HEAD: &str = r#"charter demo "示例"
    uses words
    in force from 2005-01-01
fund a "甲方"
fund b "乙方"
fund c "丙方"
purpose care "优待"
"#;

/// A charter of the given items over the vocabulary of the cases.
fn charter(items: &str) -> String {
    format!("{HEAD}{items}\n{WORDS}")
}

/// One clause, named bonus.
fn clause(parts: &str) -> String {
    charter(&one("bonus", parts))
}

fn one(name: &str, parts: &str) -> String {
    let paid = if parts.contains("paid from") { "" } else { " paid from a" };
    format!("article 1 subsidy {name}\n    {}\n    serves care\n   {paid}\n", parts.replace(" | ", "\n    "))
}

/// One household, number 1, with these fields.
fn household(fields: &str) -> String {
    let village = if fields.contains("village:") { "" } else { "    village: 乙村\n" };
    let lines: Vec<String> = fields.lines().map(|line| format!("    {line}\n")).collect();
    format!("households:\n  - household_no: 1\n{village}{}", lines.concat())
}

/// What a clause makes of one household in 2005.
fn in_2005(parts: &str, fields: &str) -> Vec<String> {
    outcomes(&clause(parts), &household(fields), "2005")
}

/// Granted or not, by a condition.
fn when(condition: &str, fields: &str) -> Vec<String> {
    in_2005(&format!("for household | when {condition} | pay 60 yuan each year"), fields)
}

/// The amount that comes out, without conditions.
fn pay(amount: &str, fields: &str) -> Vec<String> {
    in_2005(&format!("for household | pay {amount} each year"), fields)
}

const NO: [&str; 0] = [];
const YES: [&str; 1] = ["1 bonus 2005: granted 60.00"];

fn unknown(facts: &str) -> [String; 1] {
    [format!("1 bonus 2005: undetermined 0.00..60.00 {facts}")]
}

// ---- truth -----------------------------------------------------------------------------------------------------

#[test]
fn an_unknown_fact_is_neither_true_nor_false() {
    for unsaid in ["hukou:", "hukou: 不详", "hukou: '?'", "poor: true"] {
        assert_eq!(when("hukou is rural", unsaid), unknown("household.hukou[1]"), "{unsaid}");
        assert_eq!(when("hukou is not rural", unsaid), unknown("household.hukou[1]"), "{unsaid}");
        assert_eq!(when("not hukou in {rural, urban}", unsaid), unknown("household.hukou[1]"), "{unsaid}");
    }
    // Itself included: nothing settles what is not known.
    assert_eq!(when("hukou = hukou", "hukou:"), unknown("household.hukou[1]"));
    assert_eq!(when("hukou is rural or hukou is not rural", "hukou:"), unknown("household.hukou[1]"));
}

#[test]
fn what_is_settled_without_the_unknown_fact_is_settled() {
    assert_eq!(when("hukou is rural and members > 3", "hukou:\nmembers: 3"), NO);
    assert_eq!(when("members > 3 and hukou is rural", "hukou:\nmembers: 3"), NO);
    assert_eq!(when("hukou is rural or members = 3", "hukou:\nmembers: 3"), YES);
    assert_eq!(when("not (hukou is rural and members > 3)", "hukou:\nmembers: 3"), YES);
}

#[test]
fn an_absent_value_compares_false_and_its_negation_true() {
    let absent = "insured:";
    assert_eq!(when("insured <= today", absent), NO);
    assert_eq!(when("insured > today", absent), NO);
    assert_eq!(when("insured in {2005-01-01}", absent), NO);
    assert_eq!(when("insured between 2005-01-01 and 2005-12-31", absent), NO);
    assert_eq!(when("not insured <= today", absent), YES);
    assert_eq!(when("insured not between 2005-01-01 and 2005-12-31", absent), YES);
    assert_eq!(when("insured is absent", absent), YES);
    assert_eq!(when("insured is not absent", absent), NO);
    // Arithmetic with an absent value is absent.
    assert_eq!(when("insured + 3 days <= today", absent), NO);
    assert_eq!(when("full days from insured to today >= 0", absent), NO);
    assert_eq!(when("insured is absent", "insured: 2005-03-01"), NO);
    assert_eq!(when("insured is absent", "insured: 不详"), unknown("household.insured[1]"));
    assert_eq!(when("insured is absent", "insured: 无"), YES);
}

#[test]
fn a_blank_that_proves_nothing_is_unknown_until_it_says_none() {
    assert_eq!(when("said is absent", "said:"), unknown("household.said[1]"));
    assert_eq!(when("said <= today", "said:"), unknown("household.said[1]"));
    assert_eq!(when("said is absent", "said: 无"), YES);
    assert_eq!(when("said is absent", "said: none"), YES);
    assert_eq!(when("said <= today", "said: 2005-12-31"), YES);
}

#[test]
fn a_flag_is_a_condition() {
    assert_eq!(when("poor", "poor: 是"), YES);
    assert_eq!(when("poor", "poor: 否"), NO);
    assert_eq!(when("not poor", "poor: 否"), YES);
    assert_eq!(when("not poor", "poor:"), unknown("household.poor[1]"));
}

#[test]
fn unless_must_be_known_not_to_hold() {
    let unless = |fields| in_2005("for household | unless hukou is urban | pay 60 yuan each year", fields);
    assert_eq!(unless("hukou: rural"), YES);
    assert_eq!(unless("hukou: urban"), NO);
    assert_eq!(unless("hukou:"), unknown("household.hukou[1]"));
}

// ---- rows ------------------------------------------------------------------------------------------------------

#[test]
fn a_complete_record_has_no_further_rows() {
    assert_eq!(when("any persons", ""), NO);
    assert_eq!(when("no persons", ""), YES);
    assert_eq!(when("every (persons where age < 14)", ""), YES);
    assert_eq!(when("count persons = 0 and sum (wage of persons) = 0 yuan", ""), YES);
    // Over no rows there is no least and no greatest.
    assert_eq!(when("max (age of persons) >= 0 or min (age of persons) >= 0", ""), NO);
    assert_eq!(when("max (age of persons) is absent", ""), YES);
}

#[test]
fn an_open_record_may_have_further_rows() {
    assert_eq!(when("any deeds", ""), unknown("deed.*[1]"));
    assert_eq!(when("no deeds", ""), unknown("deed.*[1]"));
    let one = "deeds: [{deed_no: A, issued: 2005-03-01, fee: 5}]";
    assert_eq!(when("any (deeds where issued <= today)", one), YES);
    assert_eq!(when("every (deeds where issued <= today)", one), unknown("deed.*[1]"));
    assert_eq!(when("every (deeds where issued > today)", one), NO);
    assert_eq!(when("count deeds >= 1", one), YES);
    assert_eq!(when("count deeds < 1", one), NO);
    assert_eq!(when("count deeds < 3", one), unknown("deed.*[1]"));
    assert_eq!(when("sum (fee of deeds) > 1000 yuan", one), unknown("deed.*[1]"));
    assert_eq!(pay("by count deeds { 0: 5 yuan, otherwise: 10 yuan }", one), ["1 bonus 2005: granted 10.00"]);
    // A product with an open end keeps the end that is known.
    assert_eq!(pay("10 yuan * count deeds", one), ["1 bonus 2005: undetermined 10.00..? deed.*[1]"]);
}

#[test]
fn rows_that_may_belong_are_counted_between() {
    let persons =
        "persons: [{person_no: 1, birth: 2000-05-05}, {person_no: 2}, {person_no: 3, birth: 1960-01-01}]";
    assert_eq!(when("any (persons where age < 14)", persons), YES);
    assert_eq!(when("count (persons where age < 14) >= 2", persons), unknown("person.birth[2]"));
    assert_eq!(when("count (persons where age < 14) >= 3", persons), NO);
    assert_eq!(
        pay("10 yuan * count (persons where age < 14)", persons),
        ["1 bonus 2005: undetermined 10.00..20.00 person.birth[2]"]
    );
}

#[test]
fn amounts_of_rows_that_may_belong_are_added_between() {
    let persons = "persons: [{person_no: 1, birth: 2000-05-05, wage: 1}, {person_no: 2, wage: 20}]";
    let doubt = |amount: &str| pay(amount, persons);
    assert_eq!(
        doubt("sum (wage of persons where age < 14)"),
        ["1 bonus 2005: undetermined 1.00..21.00 person.birth[2]"]
    );
    assert_eq!(when("max (wage of persons where age < 14) >= 1 yuan", persons), YES);
    assert_eq!(when("max (wage of persons where age < 14) > 1 yuan", persons), unknown("person.birth[2]"));
    assert_eq!(when("min (wage of persons where age < 14) > 1 yuan", persons), NO);
}

#[test]
fn totals_and_extremes() {
    let persons = "persons: [{wage: 100.50, birth: 1960-01-01}, {wage: 0.01, birth: 2000-06-01}]";
    assert_eq!(pay("sum (wage of persons)", persons), ["1 bonus 2005: granted 100.51"]);
    assert_eq!(when("max (wage of persons) = 100.50 yuan and min (age of persons) = 5", persons), YES);
    assert_eq!(when("max (age of persons where wage > 100 yuan) = 45", persons), YES);
}

#[test]
fn a_name_is_the_innermost_record_s() {
    let fields = "hukou: rural\npersons: [{person_no: 7, relation: daughter, birth: 2000-01-01}]";
    assert_eq!(
        in_2005(
            "for person where relation is daughter | when household.hukou is rural | pay 60 yuan each year",
            fields
        ),
        ["1 bonus 7 2005: granted 60.00"]
    );
    assert_eq!(
        in_2005(
            "for person | when any (persons where person.relation is head) | pay 60 yuan each year",
            fields
        ),
        NO
    );
}

#[test]
fn the_filter_says_who_is_concerned_at_all() {
    let parts = "for person where relation is daughter | when age < 14 | pay 60 yuan each year";
    let persons =
        "persons: [{person_no: 1, relation: son, birth: 2000-01-01}, {person_no: 2, birth: 2000-01-01},
      {person_no: 3, relation: daughter, birth: 2000-01-01}]";
    assert_eq!(
        in_2005(parts, persons),
        ["1 bonus 2 2005: undetermined 0.00..60.00 person.relation[2]", "1 bonus 3 2005: granted 60.00"]
    );
}

// ---- dates -----------------------------------------------------------------------------------------------------

#[test]
fn a_date_known_in_part_is_the_days_it_could_be() {
    for (written, condition, expected) in [
        ("2005.3", "insured <= 2005-03-31", "yes"),
        ("2005.3", "insured < 2005-03-01", "no"),
        ("2005.3", "insured <= 2005-03-15", "unknown"),
        ("2005.3", "insured between 2005-03-01 and 2005-03-31", "yes"),
        ("2005.3", "insured = 2005-03-15", "unknown"),
        ("2005.3", "insured = 2005-04-15", "no"),
        ("2005.3", "insured is absent", "no"),
        ("2005", "full years from insured to today = 0", "yes"),
        ("2004", "full years from insured to today = 1", "yes"),
        ("2004", "full months from insured to today = 12", "unknown"),
        ("2004", "full years from insured to today >= 1", "yes"),
        ("2005", "insured + 6 months > today", "unknown"),
        ("2005", "insured + 2 years > today", "yes"),
    ] {
        let expected = match expected {
            "yes" => YES.map(str::to_owned).to_vec(),
            "no" => Vec::new(),
            _ => unknown("household.insured[1]").to_vec(),
        };
        assert_eq!(when(condition, &format!("insured: '{written}'")), expected, "{written} {condition}");
    }
}

#[test]
fn an_age_is_reached_on_the_birthday() {
    let parts = "for person | when age >= 5 | pay 10 yuan each month";
    let months = |birth: &str| {
        outcomes(&clause(parts), &household(&format!("persons: [{{birth: {birth}}}]")), "2005-01..2005-04")
            .len()
    };
    assert_eq!(months("2000-01-31"), 4);
    assert_eq!(months("2000-02-01"), 3);
    // Born on 29 February: reached on 28 February of a common year.
    assert_eq!(months("2000-02-29"), 3);
    assert_eq!(months("2000-03-01"), 2);
    assert_eq!(months("2000-04-30"), 1);
    assert_eq!(months("2000-05-01"), 0);
}

#[test]
fn months_added_end_with_the_month() {
    assert_eq!(when("insured + 1 months = 2005-02-28", "insured: 2005-01-31"), YES);
    assert_eq!(when("insured + 12 months = 2005-02-28", "insured: 2004-02-29"), YES);
    assert_eq!(when("insured + 1 years = 2005-02-28", "insured: 2004-02-29"), YES);
    assert_eq!(when("insured - 1 months = 2004-12-31", "insured: 2005-01-31"), YES);
    assert_eq!(when("insured + 31 days = 2005-03-03", "insured: 2005-01-31"), YES);
    assert_eq!(when("full months from insured to today = 10", "insured: 2005-02-28"), YES);
    assert_eq!(when("full days from insured to today = 365", "insured: 2004-12-31"), YES);
}

#[test]
fn from_and_until_hold_their_own_day_and_their_own_month() {
    let months = |parts: &str, fields: &str| {
        let lines = outcomes(
            &clause(&format!("for household | {parts} | pay 10 yuan each month")),
            &household(fields),
            "2005",
        );
        let month = |line: &String| line["1 bonus 2005-".len()..].split_once(':').unwrap().0.to_owned();
        let first_last = (lines.first().map(month), lines.last().map(month));
        format!(
            "{}..{} ({})",
            first_last.0.unwrap_or_default(),
            first_last.1.unwrap_or_default(),
            lines.len()
        )
    };
    assert_eq!(months("from insured", "insured: 2005-03-31"), "03..12 (10)");
    assert_eq!(months("from insured", "insured: 2005-04-01"), "04..12 (9)");
    assert_eq!(months("until insured", "insured: 2005-03-31"), "01..03 (3)");
    assert_eq!(months("until insured", "insured: 2005-03-30"), "01..02 (2)");
    assert_eq!(months("until the month of insured", "insured: 2005-03-01"), "01..03 (3)");
    assert_eq!(months("from the month of insured", "insured: 2005-03-31"), "03..12 (10)");
    assert_eq!(months("from the month of insured + 1 months", "insured: 2005-01-31"), "02..12 (11)");
    // No end where there is none; no beginning where there is none.
    assert_eq!(months("until insured", "insured:"), "01..12 (12)");
    assert_eq!(months("from insured", "insured:"), ".. (0)");
}

// ---- rhythms ---------------------------------------------------------------------------------------------------

#[test]
fn each_month_is_judged_on_its_last_day() {
    let text = clause("for household | when insured <= today | pay 10 yuan each month");
    let fields = household("insured: 2005-02-28");
    assert_eq!(
        outcomes(&text, &fields, "2005-01..2005-03"),
        ["1 bonus 2005-02: granted 10.00", "1 bonus 2005-03: granted 10.00"]
    );
    // A run has only the judged days that it contains.
    assert_eq!(outcomes(&text, &fields, "2005-02-01..2005-02-27"), NO);
    assert_eq!(outcomes(&text, &fields, "2005-02-28"), ["1 bonus 2005-02: granted 10.00"]);
    assert_eq!(outcomes(&text, &fields, "2005").len(), 11);
    assert_eq!(outcomes(&text, &fields, "2004"), NO);
}

#[test]
fn each_quarter_and_each_year_are_judged_on_their_last_day() {
    let quarter = clause("for household | pay 10 yuan each quarter");
    let fields = household("");
    assert_eq!(
        outcomes(&quarter, &fields, "2005-Q2..2005-Q3"),
        ["1 bonus 2005-Q2: granted 10.00", "1 bonus 2005-Q3: granted 10.00"]
    );
    assert_eq!(outcomes(&quarter, &fields, "2005-01..2005-02"), NO);
    assert_eq!(outcomes(&quarter, &fields, "2005-03-31"), ["1 bonus 2005-Q1: granted 10.00"]);
    let year = clause("for household | pay 10 yuan each year");
    assert_eq!(outcomes(&year, &fields, "2005-01-01"), NO);
    assert_eq!(outcomes(&year, &fields, "2005-12-31"), ["1 bonus 2005: granted 10.00"]);
    assert_eq!(outcomes(&year, &fields, "2005-01-01..2007-12-30").len(), 2);
}

#[test]
fn each_event_belongs_to_its_day() {
    let text = clause("for admission | pay 500 yuan");
    let fields = |day: &str| {
        household(&format!(
            "persons: [{{person_no: 1, admissions: [{{admission_no: X, admitted_on: {day}}}]}}]"
        ))
    };
    assert_eq!(outcomes(&text, &fields("2005-09-01"), "2005"), ["1 bonus X 2005-09-01: granted 500.00"]);
    assert_eq!(
        outcomes(&text, &fields("2005-09-01"), "2005-09-01"),
        ["1 bonus X 2005-09-01: granted 500.00"]
    );
    assert_eq!(outcomes(&text, &fields("2005-09-01"), "2005-10"), NO);
    // Before the charter is in force it is not its event.
    assert_eq!(outcomes(&text, &fields("2004-12-31"), "2004"), NO);
    // An event known to the month shows in each run it could belong to.
    let missing = "undetermined 0.00..500.00 admission.admitted_on[X]";
    for period in ["2005-09", "2005-09-15", "2005"] {
        assert_eq!(
            outcomes(&text, &fields("2005.9"), period),
            [format!("1 bonus X 2005-09: {missing}")],
            "{period}"
        );
    }
    assert_eq!(outcomes(&text, &fields("2005.9"), "2005-10"), NO);
    assert_eq!(outcomes(&text, &fields("不详"), "2005-10").len(), 1);
    assert_eq!(outcomes(&text, &fields("不详"), "2004"), NO);
}

#[test]
fn once_is_the_first_day_on_which_it_holds() {
    let text = clause("for household | when insured <= today | pay 200 yuan once");
    let insured = |day: &str| household(&format!("insured: {day}"));
    assert_eq!(outcomes(&text, &insured("2005-07-15"), "2005"), ["1 bonus 2005-07-15: granted 200.00"]);
    // Adjoining runs: one of them has it, the later ones do not repeat it.
    let runs: Vec<usize> = (1..=12)
        .map(|month| outcomes(&text, &insured("2005-07-15"), &format!("2005-{month:02}")).len())
        .collect();
    assert_eq!(runs, [0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]);
    assert_eq!(outcomes(&text, &insured("2005-07-15"), "2006"), NO);
    // What held before is due on the clause's first day in force.
    assert_eq!(outcomes(&text, &insured("1999-01-01"), "2005-01-01"), ["1 bonus 2005-01-01: granted 200.00"]);
    assert_eq!(outcomes(&text, &insured("1999-01-01"), "2004"), NO);
    assert_eq!(outcomes(&text, &insured("1999-01-01"), "2005-01-02..2005-12-31"), NO);
}

#[test]
fn once_in_doubt_shows_in_every_run_that_may_have_the_first_day() {
    let text = clause("for household | when insured <= today | pay 200 yuan once");
    let month = household("insured: '2005.7'");
    let doubt = "undetermined 0.00..200.00 household.insured[1]";
    assert_eq!(outcomes(&text, &month, "2005-06"), NO);
    assert_eq!(outcomes(&text, &month, "2005-07"), [format!("1 bonus 2005-07-01: {doubt}")]);
    assert_eq!(outcomes(&text, &month, "2005-07-31"), [format!("1 bonus 2005-07-31: {doubt}")]);
    assert_eq!(outcomes(&text, &month, "2005-08"), NO);
    assert_eq!(outcomes(&text, &month, "2005"), [format!("1 bonus 2005-07-01: {doubt}")]);
    let never_said = household("insured: 不详");
    for period in ["2005-01", "2005-06", "2006"] {
        assert_eq!(outcomes(&text, &never_said, period).len(), 1, "{period}");
    }
    assert_eq!(outcomes(&text, &never_said, "2004"), NO);
}

/// The granted total of some lines.
fn total(lines: &[String]) -> i64 {
    lines.iter().filter_map(|line| Fen::from_yuan(line.split_once("granted ")?.1)).map(|fen| fen.0).sum()
}

#[test]
fn twelve_months_and_four_quarters_are_one_year() {
    let rhythms = ["each month", "each quarter", "each year", "once"];
    let mut items: String = rhythms
        .iter()
        .enumerate()
        .map(|(number, rhythm)| {
            let parts = format!(
                "for household | when insured <= today | from the month of insured | pay {} yuan {rhythm}",
                number + 7
            );
            one(&format!("bonus{number}"), &parts)
        })
        .collect();
    items += &one("scholarship", "for admission | when person.age >= 5 | pay 500.05 yuan");
    let text = charter(&items);
    let yaml = "
households:
  - {village: 乙村, household_no: 1, insured: 2005-02-28, persons: [{person_no: 1, birth: 2000-02-29, admissions: [{admitted_on: 2005-02-28}, {admitted_on: 2005-03-31}]}]}
  - {village: 乙村, household_no: 2, insured: 2005-12-31}
  - {village: 乙村, household_no: 3, insured: 2005-01-01, persons: [{person_no: 3, birth: 1990-01-01, admissions: [{admitted_on: 2005-01-01}]}]}
  - {village: 乙村, household_no: 4, insured: 2001-06-30}
  - {village: 乙村, household_no: 5, insured: '2005.6'}
";
    let mut year = outcomes(&text, yaml, "2005");
    let mut months: Vec<String> =
        (1..=12).flat_map(|month| outcomes(&text, yaml, &format!("2005-{month:02}"))).collect();
    let mut quarters: Vec<String> =
        (1..=4).flat_map(|quarter| outcomes(&text, yaml, &format!("2005-Q{quarter}"))).collect();
    for lines in [&mut year, &mut months, &mut quarters] {
        lines.sort();
    }
    assert_eq!(months, year);
    assert_eq!(quarters, year);
    // 11 + 1 + 12 + 12 + 7 months, 4 + 1 + 4 + 4 + 3 quarters, 5 years, 4 first days and 3 admissions.
    assert_eq!(total(&year), 43 * 700 + 16 * 800 + 5 * 900 + 4 * 1000 + 3 * 50_005);
}

// ---- versions and layers ---------------------------------------------------------------------------------------

fn version(from: &str, amount: &str) -> String {
    let head = HEAD.replace("2005-01-01", from);
    format!("{head}{}", one("bonus", &format!("for household | when insured <= today | pay {amount}")))
}

#[test]
fn a_later_version_never_changes_an_earlier_period() {
    let first = version("2005-01-01", "10 yuan each month");
    let both = format!("{first}// --- second.charter\n{}", version("2005-07-15", "15 yuan each month"));
    let fields = household("insured: 2004-01-01");
    let alone = outcomes(&format!("{first}{WORDS}"), &fields, "2005-01..2005-06");
    let amended = outcomes(&format!("{both}{WORDS}"), &fields, "2005-01..2005-06");
    assert_eq!(alone, amended);
    let year = outcomes(&format!("{both}{WORDS}"), &fields, "2005");
    assert_eq!(year.len(), 12);
    // July is judged on its last day, by the version in force on it.
    assert_eq!(year[5], "1 bonus 2005-06: granted 10.00");
    assert_eq!(year[6], "1 bonus 2005-07: granted 15.00");
}

#[test]
fn the_order_of_the_files_is_not_the_order_of_the_versions() {
    let (first, second) =
        (version("2005-01-01", "10 yuan each month"), version("2005-07-15", "15 yuan each month"));
    let fields = household("insured: 2004-01-01");
    let run = |a: &str, b: &str| outcomes(&format!("{a}// --- other.charter\n{b}{WORDS}"), &fields, "2005");
    assert_eq!(run(&first, &second), run(&second, &first));
}

#[test]
fn once_is_once_over_all_versions() {
    let both = format!(
        "{}// --- second.charter\n{}{WORDS}",
        version("2005-01-01", "100 yuan once"),
        version("2005-07-01", "150 yuan once")
    );
    let insured = |day: &str| household(&format!("insured: {day}"));
    assert_eq!(outcomes(&both, &insured("2005-06-30"), "2005"), ["1 bonus 2005-06-30: granted 100.00"]);
    assert_eq!(outcomes(&both, &insured("2005-07-01"), "2005"), ["1 bonus 2005-07-01: granted 150.00"]);
    assert_eq!(outcomes(&both, &insured("2005-06-30"), "2005-07..2006-12"), NO);
    // A version without the clause ends it.
    let ended = format!(
        "{}// --- second.charter\n{}{WORDS}",
        version("2005-01-01", "100 yuan each year"),
        HEAD.replace("2005-01-01", "2005-12-31")
    );
    assert_eq!(outcomes(&ended, &insured("2005-06-30"), "2005"), NO);
}

/// A framework with an open parameter, and a village charter from July on.
fn layered(open: &str, set: &str) -> String {
    let frame = HEAD.replace("demo", "frame").replace("    uses", "    level town\n    uses");
    let benefit = one("bonus", "for household | pay top_up each month");
    let village = format!(
        "charter demo\n    under frame\n    of village \"甲村\"\n    in force from 2005-07-01\n{set}\n{}",
        one("more", "for household | pay 5 yuan each quarter | adds to bonus")
    );
    format!(
        "{frame}open parameter top_up \"补助\" : money\n{open}\n{benefit}// --- village.charter\n{village}{WORDS}"
    )
}

#[test]
fn an_open_parameter_is_what_the_village_sets_while_its_charter_is_in_force() {
    let text = layered("    between 0 yuan and 500 yuan\n    default 2 yuan", "set top_up = 20 yuan");
    let lines = outcomes(&text, &household("village: 甲村"), "2005-05..2005-08");
    assert_eq!(
        lines,
        [
            "1 bonus 2005-05: granted 2.00",
            "1 bonus 2005-06: granted 2.00",
            "1 bonus 2005-07: granted 20.00",
            "1 bonus 2005-08: granted 20.00",
        ]
    );
    // Another village has the default; so has the village where its charter sets nothing.
    assert_eq!(outcomes(&text, &household("village: 乙村"), "2005-08"), ["1 bonus 2005-08: granted 2.00"]);
    let unset = layered("    default 2 yuan", "");
    assert_eq!(outcomes(&unset, &household("village: 甲村"), "2005-08"), ["1 bonus 2005-08: granted 2.00"]);
    // Without default and setting there is no value, never a zero.
    let none = layered("", "set top_up = 20 yuan");
    assert_eq!(
        outcomes(&none, &household("village: 甲村"), "2005-06..2005-07"),
        ["1 bonus 2005-06: fault parameter top_up on 2005-06-30", "1 bonus 2005-07: granted 20.00"]
    );
}

#[test]
fn a_default_of_zero_grants_nothing() {
    let text = layered("    default 0 yuan", "");
    assert_eq!(outcomes(&text, &household("village: 甲村"), "2005-08"), NO);
}

#[test]
fn a_village_adds_to_what_the_framework_grants() {
    let text = layered("    default 2 yuan", "");
    assert_eq!(
        outcomes(&text, &household("village: 甲村"), "2005-09"),
        ["1 bonus 2005-09: granted 2.00", "1 more 2005-Q3: granted 5.00"]
    );
    assert_eq!(outcomes(&text, &household("village: 乙村"), "2005-09"), ["1 bonus 2005-09: granted 2.00"]);
}

#[test]
fn a_village_that_is_not_known_has_the_framework_and_one_undetermined_row() {
    let text = layered("    default 2 yuan", "set top_up = 20 yuan");
    let yaml = household("village: 不详");
    assert_eq!(
        outcomes(&text, &yaml, "2005-09"),
        ["1 bonus 2005-09: granted 2.00", "1: village unknown household.village[1]"]
    );
    assert_eq!(
        tables(&text, &yaml, "2005-09")["undetermined"][1..],
        [",1,,village,,,,2005-09,household.village[1],,"]
    );
}

// ---- amounts ---------------------------------------------------------------------------------------------------

#[test]
fn amounts_are_exact_and_rounded_as_named() {
    let fields = "income: 1.05\nmembers: 3\nshare: 50%";
    for (mode, fen) in [
        ("rounded half up to the fen", "0.53"),
        ("rounded half even to the fen", "0.52"),
        ("rounded up to the fen", "0.53"),
        ("rounded down to the fen", "0.52"),
        ("rounded half up to the yuan", "1.00"),
        ("rounded up to the yuan", "1.00"),
    ] {
        assert_eq!(
            pay(&format!("(income * share) {mode}"), fields),
            [format!("1 bonus 2005: granted {fen}")],
            "{mode}"
        );
    }
    // Rounded down to nothing: not granted.
    assert_eq!(pay("(income * share) rounded down to the yuan", fields), NO);
    // 1.05 / 3 * 3 is 1.05: nothing is rounded on the way.
    assert_eq!(pay("(income / members * 3) rounded down to the fen", fields), ["1 bonus 2005: granted 1.05"]);
    assert_eq!(pay("income * members + 10 fen", fields), ["1 bonus 2005: granted 3.25"]);
    assert_eq!(pay("2 * income - 0.10 yuan", fields), ["1 bonus 2005: granted 2.00"]);
    assert_eq!(when("income / members = 0.35 yuan", fields), YES);
    assert_eq!(when("10 yuan / 3 > 3.33 yuan and 10 yuan / 3 < 3.34 yuan", fields), YES);
    assert_eq!(when("1 / 3 + 1 / 3 + 1 / 3 = 100%", fields), YES);
}

#[test]
fn percentages_are_exact() {
    assert_eq!(when("share = 0.5% and share * 200 = 100%", "share: 0.5%"), YES);
    assert_eq!(
        pay("(100000 yuan * share) rounded down to the fen", "share: 33.33%"),
        ["1 bonus 2005: granted 33330.00"]
    );
}

#[test]
fn tiers_hit_one_arm() {
    let amount = "by members { 0: 0 yuan, 1 to 2: 60 yuan, 3 to 5: 90 yuan, otherwise: 120 yuan }";
    for (members, granted) in [(1, "60.00"), (2, "60.00"), (3, "90.00"), (5, "90.00"), (6, "120.00")] {
        assert_eq!(pay(amount, &format!("members: {members}")), [format!("1 bonus 2005: granted {granted}")]);
    }
    assert_eq!(pay(amount, "members: 0"), NO);
    let amount = "by hukou { rural: 60 yuan, urban: 30 yuan, otherwise: 0 yuan }";
    assert_eq!(pay(amount, "hukou: urban"), ["1 bonus 2005: granted 30.00"]);
    assert_eq!(pay(amount, "hukou: other"), NO);
}

#[test]
fn a_zero_amount_is_not_granted() {
    assert_eq!(pay("0 yuan", ""), NO);
    assert_eq!(pay("income", "income: 0"), NO);
    assert_eq!(pay("income", "income: 0.01"), ["1 bonus 2005: granted 0.01"]);
}

#[test]
fn what_cannot_be_computed_is_a_fault_and_never_a_number() {
    let most = "92233720368547758.07";
    assert_eq!(
        pay("income * members", &format!("income: {most}\nmembers: 2")),
        ["1 bonus 2005: fault overflow"]
    );
    assert_eq!(pay("income + 1 fen", &format!("income: {most}")), ["1 bonus 2005: fault overflow"]);
    assert_eq!(pay("income * 1", &format!("income: {most}")), [format!("1 bonus 2005: granted {most}")]);
    assert_eq!(
        pay("(income / members) rounded up to the fen", "income: 5\nmembers: 0"),
        ["1 bonus 2005: fault division by zero"]
    );
    assert_eq!(pay("income - 10 yuan", "income: 4"), ["1 bonus 2005: fault negative -6.00"]);
    // A condition that fails first never asks for the amount.
    assert_eq!(
        in_2005("for household | when poor | pay income - 10 yuan each year", "poor: 否\nincome: 4"),
        NO
    );
}

#[test]
fn a_gap_in_a_parameter_is_a_fault_row() {
    let items = "parameter rate : money\n    from 2003-01-01 until 2003-12-31 : 6 yuan\n    from 2005-03-01 : 10 yuan\n";
    let text = charter(&format!("{items}{}", one("bonus", "for household | pay rate each month")));
    let yaml = household("");
    assert_eq!(
        outcomes(&text, &yaml, "2005-02..2005-03"),
        ["1 bonus 2005-02: fault parameter rate on 2005-02-28", "1 bonus 2005-03: granted 10.00"]
    );
    let tables = tables(&text, &yaml, "2005-02");
    assert_eq!(tables["benefits"][1..], ["乙村,1,,bonus,1,,2005-02,undetermined,,,,a,demo@2005-01-01"]);
    assert_eq!(
        tables["undetermined"][1..],
        ["乙村,1,,benefit,bonus,1,,2005-02,parameter.rate[2005-02-28],,"]
    );
}

#[test]
fn a_parameter_has_the_value_of_the_judged_day() {
    let items = "parameter rate : money\n    from 2005-01-01 until 2005-03-30 : 6 yuan\n    from 2005-03-31 : 10 yuan\n";
    let text = charter(&format!("{items}{}", one("bonus", "for household | pay rate each month")));
    assert_eq!(
        outcomes(&text, &household(""), "2005-02..2005-03"),
        ["1 bonus 2005-02: granted 6.00", "1 bonus 2005-03: granted 10.00"]
    );
}

#[test]
fn a_range_awaits_its_decision() {
    let parts = "for household | when hukou is rural | pay between 1000 yuan and 5000 yuan each year | decided by \"镇财政\"";
    assert_eq!(in_2005(parts, "hukou: rural"), ["1 bonus 2005: awaiting 1000.00..5000.00"]);
    assert_eq!(in_2005(parts, "hukou: urban"), NO);
    assert_eq!(in_2005(parts, "hukou:"), ["1 bonus 2005: undetermined 0.00..5000.00 household.hukou[1]"]);
    let tables = tables(&clause(parts), &household("village: 甲\nhukou: rural"), "2005");
    assert_eq!(
        tables["benefits"][1..],
        ["甲,1,,bonus,1,,2005,awaiting_decision,,1000.00,5000.00,a,demo@2005-01-01"]
    );
    assert_eq!(tables["undetermined"].len(), 1);
}

#[test]
fn funds_share_an_amount_and_the_odd_fen_goes_to_the_first() {
    let amounts = |amount: &str, shares: &str| -> Vec<String> {
        let text = clause(&format!("for household | pay {amount} each year | paid from {shares}"));
        let rows = tables(&text, &household("village: 甲"), "2005").remove("benefits").unwrap();
        let cells = |row: &String| {
            let cells: Vec<&str> = row.split(',').collect();
            format!("{} {}", cells[11], cells[8])
        };
        rows[1..].iter().map(cells).collect()
    };
    assert_eq!(amounts("10 yuan", "a 1/3, b 1/3, c 1/3"), ["a 3.34", "b 3.33", "c 3.33"]);
    assert_eq!(amounts("10.01 yuan", "b 1/2, a 1/2"), ["b 5.01", "a 5.00"]);
    assert_eq!(amounts("1 fen", "a 1/2, b 1/2"), ["a 0.01", "b 0.00"]);
    assert_eq!(amounts("100 yuan", "a 3/4, b 1/4"), ["a 75.00", "b 25.00"]);
}

// ---- what is missing -------------------------------------------------------------------------------------------

#[test]
fn the_missing_facts_are_those_that_would_settle_it() {
    // In the order of the fields, not of the reading.
    assert_eq!(
        when("poor and hukou is rural", "poor:\nhukou:"),
        unknown("household.hukou[1] household.poor[1]")
    );
    // A fact that cannot change anything is not missing.
    let persons = "hukou:\npersons: [{person_no: 1}, {person_no: 2, birth: 2000-01-01}]";
    assert_eq!(
        when("any (persons where age < 14) and hukou is rural", persons),
        unknown("household.hukou[1]")
    );
    assert_eq!(
        when("(poor or members = 3) and hukou is rural", "poor:\nmembers: 3\nhukou:"),
        unknown("household.hukou[1]")
    );
    // A partly known date is missing only where what is known does not do.
    assert_eq!(when("insured <= today and poor", "insured: '2005.7'\npoor:"), unknown("household.poor[1]"));
    // Facts of one record stand before those of records in it.
    assert_eq!(
        when("any (persons where age < 14) and poor", "poor:\npersons: [{person_no: 1}]"),
        unknown("household.poor[1] person.birth[1]")
    );
    // An amount of zero whatever the fact is no doubt.
    assert_eq!(in_2005("for household | when poor | pay income each year", "poor:\nincome: 0"), NO);
}

#[test]
fn the_smallest_set_comes_first() {
    // Two persons of unknown birth and a household flag: `any` needs both births, and the flag settles nothing alone.
    let persons = "poor:\npersons: [{person_no: 1}, {person_no: 2}]";
    assert_eq!(
        when("poor and any (persons where age < 14)", persons),
        unknown("household.poor[1] person.birth[1] person.birth[2]")
    );
    assert_eq!(
        when("count persons = 2 and any (persons where age < 14)", persons),
        unknown("person.birth[1] person.birth[2]")
    );
}

#[test]
fn least_and_most_are_the_bounds_of_what_it_could_pay() {
    let by_hukou = "by hukou { rural: 60 yuan, urban: 30 yuan, other: 40 yuan }";
    assert_eq!(pay(by_hukou, "hukou:"), ["1 bonus 2005: undetermined 30.00..60.00 household.hukou[1]"]);
    // Where the condition is in doubt as well, the least is nothing.
    assert_eq!(
        in_2005(&format!("for household | when poor | pay {by_hukou} each year"), "hukou:\npoor:"),
        ["1 bonus 2005: undetermined 0.00..60.00 household.hukou[1] household.poor[1]"]
    );
    assert_eq!(
        pay("10 yuan * members", "members:"),
        ["1 bonus 2005: undetermined 0.00..? household.members[1]"]
    );
    let persons = "persons: [{person_no: 1, birth: 2000-01-01}, {person_no: 2, birth: '1991'}]";
    assert_eq!(
        pay(
            "100 yuan - 10 yuan * count (persons where age < 14)",
            "persons: [{person_no: 1, birth: 2000-01-01}, {person_no: 2}]"
        ),
        ["1 bonus 2005: undetermined 80.00..90.00 person.birth[2]"]
    );
    // Born in 1991: 14 by the end of 2005 whatever the day.
    assert_eq!(pay("10 yuan * count (persons where age < 14)", persons), ["1 bonus 2005: granted 10.00"]);
}

#[test]
fn one_amount_whatever_the_fact_is_granted() {
    assert_eq!(pay("by hukou { rural: 60 yuan, urban: 60 yuan, otherwise: 60 yuan }", "hukou:"), YES);
}

// ---- the same in both languages --------------------------------------------------------------------------------

#[test]
fn a_charter_in_chinese_is_the_same_plan() {
    let english = clause("for household | when hukou is rural and members >= 3 | pay 60 yuan each year");
    let chinese = format!(
        "章程 demo \"示例\"\n    采用 小词汇\n    施行 自 2005年1月1日\n资金 a \"甲方\"\n资金 b \"乙方\"\n资金 c \"丙方\"\n用途 care \"优待\"\n\
         第一条 补贴 bonus\n    对 户\n    当 户口性质 为 农业 且 口数 不少于 3\n    发给 每年 60元\n    用于 优待\n    支自 甲方\n{WORDS}"
    );
    assert_eq!(plan(&english), plan(&chinese));
}

// ---- duties ----------------------------------------------------------------------------------------------------

/// A duty to register a child within 60 days, with 30 days of remedy.
fn duty(person: &str, period: &str) -> Vec<String> {
    let text = charter(
        "article 2 obligation registration
    for     person where relation in {son, daughter}
    bound   when household.insured <= birth
    must    registered within 60 days after birth
    excused when death is not absent
    remedy  30 days
    appeal  15 days to \"村民代表会议\"",
    )
    .replace("    wage     ", "    registered \"登记日期\" : date? blank unknown\n    wage     ");
    outcomes(
        &text,
        &household(&format!("insured: 2004-06-01\npersons: [{{person_no: 7, relation: son, {person}}}]")),
        period,
    )
}

#[test]
fn a_duty_stands_as_the_last_day_of_the_period_finds_it() {
    let born = "birth: 2005-01-01";
    // The day of birth is not counted: due on 2 March, to be mended until 1 April.
    let days = ", due 2005-03-02, remedy by 2005-04-01";
    let line =
        |period: &str, status: &str, days: &str| vec![format!("1 registration 7 {period}: {status}{days}")];
    let told = |person: &str, period: &str| -> Vec<String> {
        let lines = duty(person, period);
        lines.iter().map(|line| line.split(", appeal by").next().unwrap_or_default().to_owned()).collect()
    };
    let never = format!("{born}, registered: 无");
    assert_eq!(told(&never, "2004"), NO);
    assert_eq!(told(&never, "2005-02"), line("2005-02", "pending", days));
    assert_eq!(told(&never, "2005-01-01..2005-03-02"), line("2005-01-01..2005-03-02", "pending", days));
    assert_eq!(told(&never, "2005-03"), line("2005-03", "in remedy", days));
    assert_eq!(told(&never, "2005-04"), line("2005-04", "unmet", days));
    // Later runs do not meet it.
    assert_eq!(told(&never, "2005-05"), NO);
    assert_eq!(told(&format!("{born}, registered: 2005-03-02"), "2005-03"), line("2005-03", "met", days));
    assert_eq!(told(&format!("{born}, registered: 2005-03-20"), "2005-04"), line("2005-04", "met", days));
    assert_eq!(told(&format!("{born}, registered: 2005-04-02"), "2005"), line("2005", "unmet", days));
    // What happens after the period has not happened.
    assert_eq!(
        told(&format!("{born}, registered: 2005-03-20"), "2005-01-01..2005-03-19"),
        line("2005-01-01..2005-03-19", "in remedy", days)
    );
    // An empty cell proves nothing; nor does it once the duty is excused.
    assert_eq!(
        told(&format!("{born}, registered: "), "2005-03"),
        line("2005-03", "undetermined person.registered[7]", days)
    );
    assert_eq!(told(&format!("{never}, death: 2005-01-05"), "2005-03"), line("2005-03", "excused", days));
    // A death after the period has not happened either, nor can one that may be later be counted on.
    assert_eq!(told(&format!("{never}, death: 2005-12-05"), "2005-03"), line("2005-03", "in remedy", days));
    assert_eq!(told(&format!("{never}, death: 2005-12-05"), "2005-04"), line("2005-04", "unmet", days));
    assert_eq!(
        told(&format!("{never}, death: 2005"), "2005-04"),
        line("2005-04", "undetermined person.death[7]", days)
    );
    // Not bound: no row at all.
    assert_eq!(told("birth: 2004-05-31, registered: 无", "2004-06-01..2005-12-31"), NO);
}

#[test]
fn a_due_day_on_a_weekend_moves_to_the_next_working_day() {
    // 60 days after 4 January 2005 is Saturday 5 March; 30 days after Monday 7 March is Wednesday 6 April.
    let lines = duty("birth: 2005-01-04, registered: 无", "2005-03");
    assert_eq!(lines.len(), 1);
    assert!(
        lines[0].starts_with("1 registration 7 2005-03: in remedy, due 2005-03-07, remedy by 2005-04-06"),
        "{lines:?}"
    );
}

#[test]
fn once_in_doubt_for_a_fact_that_has_no_day_is_in_doubt_on_the_first_day_only() {
    let text = clause("for household | when poor | pay 10 yuan once");
    let told = |period: &str| outcomes(&text, &household("poor: 不详"), period);
    let doubt = ["1 bonus 2005-01-01: undetermined 0.00..10.00 household.poor[1]"];
    assert_eq!(told("2005"), doubt);
    assert_eq!(told("2005-01-01"), doubt);
    for period in ["2004", "2005-02", "2005-01-02", "2006"] {
        assert_eq!(told(period), NO, "{period}");
    }
    // A birthday later on brings no new first day: were the household poor, it had been paid before.
    let text = clause("for household | when poor and any (persons where age < 14) | pay 10 yuan once");
    let people = "poor: 不详\npersons: [{person_no: 1, relation: son, birth: 1995-06-01}]";
    assert_eq!(outcomes(&text, &household(people), "2005-02..2009-12"), NO);
}

#[test]
fn an_event_without_its_day_wants_whatever_else_would_matter() {
    let text = clause("for admission | when person.wage > 5 yuan | pay 10 yuan");
    let people = |date: &str, wage: &str| {
        let admission = format!("admissions: [{{admission_no: 1, admitted_on: {date}}}]");
        household(&format!(
            "persons: [{{person_no: 7, relation: son, birth: 1990-01-01, wage: {wage}, {admission}}}]"
        ))
    };
    let told = |date, wage| outcomes(&text, &people(date, wage), "2005");
    let line =
        |missing: &str, period: &str| vec![format!("1 bonus 1 {period}: undetermined 0.00..10.00 {missing}")];
    assert_eq!(told("2005-03", "100"), line("admission.admitted_on[1]", "2005-03"));
    assert_eq!(told("2005-03", "?"), line("person.wage[7] admission.admitted_on[1]", "2005-03"));
    assert_eq!(told("2005-03", "1"), NO);
}

#[test]
fn a_duty_that_counts_from_an_unknown_day_shows_only_where_it_could_belong() {
    let told = |birth: &str, period: &str| duty(&format!("birth: {birth}, registered: 无"), period).len();
    // Born in February 2005: bound at the earliest on the 1st, in remedy until the end of May at the latest.
    for (period, rows) in
        [("2004", 0), ("2005-01", 0), ("2005-02", 1), ("2005-05", 1), ("2005-06", 0), ("2030", 0)]
    {
        assert_eq!(told("2005-02", period), rows, "{period}");
    }
    // Nothing is known of the day: wherever the charter is in force, and nowhere before.
    for (period, rows) in [("1850", 0), ("2004", 0), ("2005", 1), ("2030", 1)] {
        assert_eq!(told("?", period), rows, "{period}");
    }
}

#[test]
fn once_is_in_doubt_where_the_day_of_a_payment_is_not_known() {
    let text = charter(&one("bonus", "for household | when insured <= today | pay 10 yuan once")).replace(
        "record person ",
        "record payment \"发放\" payments \"各笔发放\" in household key payment_no \"发放编号\" complete
    clause  \"条款\"     : text
    paid_on \"发放日期\" : date? blank unknown
record person ",
    );
    let told = |paid_on: &str| {
        let payments = format!("payments: [{{payment_no: 1, clause: bonus, paid_on: {paid_on}}}]");
        outcomes(&text, &household(&format!("insured: 2005-06-01\n{payments}")), "2005")
    };
    let granted = ["1 bonus 2005-06-01: granted 10.00"];
    assert_eq!(told("2005-05-31"), NO);
    assert_eq!(told("2005-06-01"), granted);
    assert_eq!(told("无"), granted);
    let doubt = ["1 bonus 2005-06-01: undetermined 0.00..10.00 payment.paid_on[1]"];
    assert_eq!(told("不详"), doubt);
    assert_eq!(told("2005"), doubt);
}
