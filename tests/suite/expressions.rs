//! What expressions mean: choices, whole division, the calendar, the first of some rows, tables and scales, each over
//! facts that are known, unknown, absent or known in part.

use crate::engine::{build, outcomes};
use crate::semantics::{HEAD, WORDS};

/// The outcomes of a clause named bonus, after further items.
fn with(items: &str, parts: &str, fields: &str, period: &str) -> Vec<String> {
    let parts = parts.replace(" | ", "\n    ");
    let text = format!(
        "{HEAD}{items}article 1 subsidy bonus\n    {parts}\n    serves care\n    paid from a\n{WORDS}"
    );
    let lines: Vec<String> = fields.lines().map(|line| format!("    {line}\n")).collect();
    let yaml = format!("households:\n  - household_no: 1\n    village: 乙村\n{}", lines.concat());
    outcomes(&text, &yaml, period)
}

/// `yes`, `no`, or the facts that are missing.
fn when(condition: &str, fields: &str) -> String {
    let lines =
        with("", &format!("for household | when {condition} | pay 60 yuan each year"), fields, "2005");
    match lines.as_slice() {
        [] => "no".to_owned(),
        [line] if line == "1 bonus 2005: granted 60.00" => "yes".to_owned(),
        [line] => line.replace("1 bonus 2005: undetermined 0.00..60.00 ", ""),
        _ => panic!("{lines:?}"),
    }
}

/// What comes out after `1 bonus 2005: `.
fn pay(amount: &str, fields: &str) -> String {
    let lines = with("", &format!("for household | pay {amount} each year"), fields, "2005");
    lines.first().map_or_else(|| "nothing".to_owned(), |line| line.replace("1 bonus 2005: ", ""))
}

/// The codes of what is wrong with an amount.
fn codes(amount: &str) -> Vec<&'static str> {
    let text = format!(
        "{HEAD}article 1 subsidy bonus\n    for household\n    pay {amount} each year\n    serves care\n    paid from a\n{WORDS}"
    );
    build("case", &text).findings.iter().map(|finding| finding.code.id).collect()
}

// ---- values written out ----------------------------------------------------------------------------------------

#[test]
fn an_amount_written_out_that_is_whole_fen_needs_no_rounding() {
    assert_eq!(pay("100 yuan * 3.5%", ""), "granted 3.50");
    assert_eq!(pay("65 yuan * (4 + 1)", ""), "granted 325.00");
    assert_eq!(pay("1000 yuan / 4", ""), "granted 250.00");
    assert_eq!(pay("1000 yuan * 3.5% / 4 + 25 fen", ""), "granted 9.00");
    assert_eq!(codes("100 yuan / 3"), ["T004"]);
    assert_eq!(codes("1 fen * 3.5%"), ["T004"]);
    // A fact is never written out, whatever its value.
    assert_eq!(codes("income * 100%"), ["T004"]);
    assert_eq!(when("1 / 3 + 1 / 3 + 1 / 3 = 100%", ""), "yes");
}

#[test]
fn what_is_written_out_and_has_no_value_is_told_while_compiling() {
    assert_eq!(codes("(1 yuan / 0) rounded up to the fen"), ["R003"]);
    assert_eq!(codes("1 yuan * (1 div 0)"), ["R003"]);
    assert_eq!(codes("90000000000000000 yuan * 1000"), ["R002"]);
    assert_eq!(codes("90000000000000000 yuan + 90000000000000000 yuan"), ["R002"]);
    assert_eq!(codes("1 yuan * (9000000000000000000 + 9000000000000000000)"), ["R002"]);
}

// ---- choices ---------------------------------------------------------------------------------------------------

#[test]
fn a_choice_takes_one_branch() {
    let amount = "if hukou is rural then 60 yuan else if poor then 30 yuan else 10 yuan";
    assert_eq!(pay(amount, "hukou: rural"), "granted 60.00");
    assert_eq!(pay(amount, "hukou: urban\npoor: 是"), "granted 30.00");
    assert_eq!(pay(amount, "hukou: urban\npoor: 否"), "granted 10.00");
    // Money and fractions of it are one type.
    assert_eq!(
        pay("(if poor then 10 yuan else income / 3) rounded down to the fen", "poor: 否\nincome: 1"),
        "granted 0.33"
    );
    assert_eq!(when("(if poor then hukou else urban) is rural", "poor: 是\nhukou: rural"), "yes");
    assert_eq!(when("if poor then hukou is rural else members > 3", "poor: 否\nmembers: 4"), "yes");
}

#[test]
fn an_unknown_condition_leaves_what_the_branches_span() {
    let amount = "if hukou is rural then 60 yuan else if poor then 30 yuan else 10 yuan";
    assert_eq!(pay(amount, ""), "undetermined 10.00..60.00 household.hukou[1] household.poor[1]");
    assert_eq!(pay(amount, "poor: 是"), "undetermined 30.00..60.00 household.hukou[1]");
    assert_eq!(pay(amount, "hukou: urban"), "undetermined 10.00..30.00 household.poor[1]");
    // What both branches give is known, and a branch that cannot be taken does not matter.
    assert_eq!(pay("if poor then 60 yuan else 60 yuan", ""), "granted 60.00");
    assert_eq!(pay("if members > 3 then income else 5 yuan", "members: 1"), "granted 5.00");
    assert_eq!(codes("if poor then 60 yuan else 3"), ["T001"]);
    assert_eq!(codes("if members then 60 yuan else 3 yuan"), ["T001"]);
}

#[test]
fn a_branch_may_be_absent() {
    let condition = "(if poor then insured else said) is absent";
    assert_eq!(when(condition, "poor: 是\ninsured:"), "yes");
    assert_eq!(when(condition, "poor: 是\ninsured: 2005-01-01"), "no");
    assert_eq!(when(condition, "insured:\nsaid: 2005-01-01"), "household.poor[1]");
    assert_eq!(when(condition, "insured:\nsaid: 无"), "yes");
}

#[test]
fn a_choice_changes_with_its_condition() {
    let parts = "for household | pay if insured + 2 months <= today then 20 yuan else 10 yuan each month";
    let months = with("", parts, "insured: 2005-01-31", "2005-01..2005-04");
    let amounts: Vec<&str> = months.iter().filter_map(|line| line.split(": granted ").nth(1)).collect();
    assert_eq!(amounts, ["10.00", "10.00", "20.00", "20.00"]);
}

// ---- whole division --------------------------------------------------------------------------------------------

#[test]
fn division_into_whole_units() {
    for (members, times, rest) in [(7, 2, 1), (6, 2, 0), (2, 0, 2), (-7, -3, 2)] {
        let fields = format!("members: {members}");
        assert_eq!(when(&format!("members div 3 = {times} and members mod 3 = {rest}"), &fields), "yes");
    }
    assert_eq!(when("members div -3 = -3 and members mod -3 = -2", "members: 7"), "yes");
    assert_eq!(when("7 div 3 * 3 + 7 mod 3 = 7", ""), "yes");
    assert_eq!(when("income div 100 yuan = 3", "income: 399.99"), "yes");
    assert_eq!(pay("income mod 100 yuan", "income: 399.99"), "granted 99.99");
}

#[test]
fn division_of_what_is_known_between_bounds() {
    assert_eq!(pay("1 yuan * (members mod 4)", ""), "undetermined 0.00..3.00 household.members[1]");
    // The whole amount is unknown, its rest is not more than a divisor less one fen.
    assert_eq!(pay("income mod 1 yuan", ""), "undetermined 0.00..0.99 household.income[1]");
    let persons = "persons: [{person_no: 1, birth: 2000-05-05}, {person_no: 2}]";
    let young = "count (persons where age < 14)";
    assert_eq!(when(&format!("(10 + {young}) mod 10 >= 1"), persons), "yes");
    assert_eq!(when(&format!("(10 + {young}) div 10 = 1"), persons), "yes");
    assert_eq!(when(&format!("10 div ({young} - 1) >= 0"), persons), "person.birth[2]");
}

#[test]
fn a_known_divisor_of_zero_is_a_fault() {
    for sign in ["div", "mod"] {
        let amount = format!("1 yuan * (7 {sign} members)");
        assert_eq!(pay(&amount, "members: 0"), "fault division by zero");
        assert_eq!(pay(&amount, ""), "undetermined 0.00..? household.members[1]");
    }
    assert_eq!(codes("income div members"), ["T003"]);
    assert_eq!(codes("share mod 3 * 1 yuan"), ["T003"]);
}

// ---- the calendar ----------------------------------------------------------------------------------------------

#[test]
fn the_calendar_is_read_off_a_date() {
    for (day, year, month, of_month) in
        [("2004-02-29", 2004, 2, 29), ("2005-01-01", 2005, 1, 1), ("2004-12-31", 2004, 12, 31)]
    {
        let condition = format!(
            "calendar year of insured = {year} and calendar month of insured = {month} and calendar day of insured = {of_month}"
        );
        assert_eq!(when(&condition, &format!("insured: {day}")), "yes", "{day}");
    }
    for (edge, day) in [
        ("first day of the month of", "2004-02-01"),
        ("last day of the month of", "2004-02-29"),
        ("first day of the quarter of", "2004-01-01"),
        ("last day of the quarter of", "2004-03-31"),
        ("first day of the year of", "2004-01-01"),
        ("last day of the year of", "2004-12-31"),
    ] {
        assert_eq!(when(&format!("{edge} insured = {day}"), "insured: 2004-02-29"), "yes", "{edge}");
    }
    // It binds to the operand right after it.
    assert_eq!(when("calendar year of insured + 1 = 2005", "insured: 2004-12-31"), "yes");
    assert_eq!(when("calendar year of (insured + 1 days) = 2005", "insured: 2004-12-31"), "yes");
    assert_eq!(when("last day of the year of insured - 1 years = 2003-12-31", "insured: 2004-12-31"), "yes");
}

#[test]
fn the_calendar_of_a_date_known_in_part() {
    let missing = "household.insured[1]";
    for (condition, written, expected) in [
        ("calendar year of insured = 2005", "2005.3", "yes"),
        ("calendar month of insured = 3", "2005.3", "yes"),
        ("calendar day of insured <= 31", "2005.3", "yes"),
        ("calendar day of insured <= 30", "2005.3", missing),
        ("calendar day of insured <= 28", "2005.2", "yes"),
        ("calendar month of insured = 3", "2005", missing),
        ("calendar month of insured <= 12", "2005", "yes"),
        ("last day of the month of insured = 2005-03-31", "2005.3", "yes"),
        ("last day of the quarter of insured = 2005-03-31", "2005.3", "yes"),
        ("last day of the quarter of insured = 2005-03-31", "2005", missing),
        ("first day of the year of insured = 2005-01-01", "2005", "yes"),
        ("calendar year of insured > 1", "不详", missing),
        ("calendar year of insured = 2005", "无", "no"),
        ("calendar month of insured is absent", "无", "yes"),
    ] {
        assert_eq!(when(condition, &format!("insured: '{written}'")), expected, "{written} {condition}");
    }
}

#[test]
fn the_calendar_turns_with_the_days() {
    let once = |condition: &str| {
        with("", &format!("for household | when {condition} | pay 1 yuan once"), "", "2005..2008")
    };
    assert_eq!(once("calendar month of today = 3"), ["1 bonus 2005-03-01: granted 1.00"]);
    assert_eq!(
        once("calendar day of today = 29 and calendar month of today = 2"),
        ["1 bonus 2008-02-29: granted 1.00"]
    );
    assert_eq!(once("calendar year of today = 2007"), ["1 bonus 2007-01-01: granted 1.00"]);
    assert_eq!(once("first day of the quarter of today >= 2005-04-01"), ["1 bonus 2005-04-01: granted 1.00"]);
    assert_eq!(once("last day of the month of today = today"), ["1 bonus 2005-01-31: granted 1.00"]);
    assert_eq!(
        once("last day of the year of today > 2006-12-30 and calendar day of today = 2"),
        ["1 bonus 2006-01-02: granted 1.00"]
    );
}
