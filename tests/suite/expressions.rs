//! What expressions mean: choices, whole division, the calendar, the first of some rows, tables and scales, each over
//! facts that are known, unknown, absent or known in part.

use crate::engine::{build, outcomes};
use crate::semantics::{HEAD, WORDS};

/// The outcomes of a clause named bonus, after further items.
pub fn with(items: &str, parts: &str, fields: &str, period: &str) -> Vec<String> {
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

// ---- rows in order ---------------------------------------------------------------------------------------------

const CHILDREN: &str = "define children \"子女\" of household = persons where relation in {son, daughter}\n";

/// The persons of a household, as `relation birth wage` each.
fn persons(list: &[&str]) -> String {
    let rows: Vec<String> = list
        .iter()
        .enumerate()
        .map(|(index, person)| {
            let mut words = person.split(' ');
            let mut field =
                |name: &str| words.next().map(|word| format!(", {name}: {word}")).unwrap_or_default();
            let (relation, birth, wage) = (field("relation"), field("birth"), field("wage"));
            format!("{{person_no: {}{relation}{birth}{wage}}}", index + 1)
        })
        .collect();
    format!("persons: [{}]", rows.join(", "))
}

fn of_children(condition: &str, list: &[&str]) -> String {
    let parts = format!("for household | when {condition} | pay 60 yuan each year");
    let lines = with(CHILDREN, &parts, &persons(list), "2005");
    match lines.as_slice() {
        [] => "no".to_owned(),
        [line] => line
            .replace("1 bonus 2005: undetermined 0.00..60.00 ", "")
            .replace("1 bonus 2005: granted 60.00", "yes"),
        _ => panic!("{lines:?}"),
    }
}

#[test]
fn the_first_and_the_last_of_some_rows() {
    let rows = ["head 1960-01-01 9", "daughter 1990-03-01 2", "son 1985-01-01 5", "son 1995-01-01 1"];
    for (condition, expected) in [
        ("first (relation of children by birth) is son", "yes"),
        ("first (wage of children by birth) = 5 yuan", "yes"),
        ("last (wage of children by birth) = 1 yuan", "yes"),
        ("first (birth of children where sex_known by wage) = 1995-01-01", "yes"),
        ("first (birth of persons by age) = 1995-01-01", "yes"),
        ("last (relation of persons by age) is head", "yes"),
        ("first (death of children by birth) is absent", "yes"),
        ("first (birth of persons where age > 100 by birth) is absent", "yes"),
        ("first (birth of persons where age > 100 by birth) <= today", "no"),
    ] {
        let condition = condition.replace("where sex_known", "where relation is son");
        assert_eq!(of_children(&condition, &rows), expected, "{condition}");
    }
}

#[test]
fn of_equal_keys_the_lesser_row_key_is_first() {
    let twins = ["son 1990-01-01 1", "son 1990-01-01 2"];
    assert_eq!(of_children("first (wage of children by birth) = 1 yuan", &twins), "yes");
    assert_eq!(of_children("last (wage of children by birth) = 1 yuan", &twins), "yes");
    // The order of the input is not looked at.
    let turned = "persons: [{person_no: 2, relation: son, birth: 1990-01-01, wage: 2}, {person_no: 1, relation: son, birth: 1990-01-01, wage: 1}]";
    assert_eq!(when("first (wage of persons by birth) = 1 yuan", turned), "yes");
}

#[test]
fn what_could_be_the_first_counts() {
    let first = "first (wage of children by birth)";
    // The second is known to the year: it may be before or after.
    let rows = ["son 1990-06-01 1", "son 1990 2", "son 1991-01-01 9"];
    assert_eq!(of_children(&format!("{first} = 1 yuan"), &rows), "person.birth[2]");
    assert_eq!(of_children(&format!("{first} <= 2 yuan"), &rows), "yes");
    assert_eq!(of_children(&format!("{first} = 9 yuan"), &rows), "no");
    assert_eq!(of_children("first (relation of children by birth) is son", &rows), "yes");
    // A filter that is not known: the row may be passed over.
    let rows = ["son 1990-06-01 1", "不详 1980-01-01 3"];
    assert_eq!(of_children(&format!("{first} = 3 yuan"), &rows), "person.relation[2]");
    assert_eq!(of_children(&format!("{first} is absent"), &rows), "no");
    assert_eq!(of_children(&format!("{first} is absent"), &["不详 1980-01-01 3"]), "person.relation[1]");
    // The value of the first row that is not known.
    assert_eq!(of_children(&format!("{first} = 3 yuan"), &["son 1990-01-01"]), "person.wage[1]");
    assert_eq!(of_children(&format!("{first} is absent"), &["son 1990-01-01"]), "no");
}

#[test]
fn an_open_record_may_have_another_first_row() {
    let deeds = "deeds: [{deed_no: A, issued: 2005-03-01, fee: 5}]";
    assert_eq!(when("first (fee of deeds by issued) = 5 yuan", deeds), "deed.*[1]");
    assert_eq!(when("first (fee of deeds by issued) is absent", deeds), "no");
    assert_eq!(when("first (fee of deeds by issued) is absent", ""), "deed.*[1]");
}

#[test]
fn a_rank_counts_the_rows_before() {
    let ranks = |condition: &str, list: &[&str]| {
        let parts = format!("for person | when {condition} | pay 60 yuan each year");
        let lines = with(CHILDREN, &parts, &persons(list), "2005");
        lines.iter().map(|line| line["1 bonus ".len()..].replace(" 2005:", "")).collect::<Vec<_>>()
    };
    let granted =
        |rows: &[usize]| -> Vec<String> { rows.iter().map(|row| format!("{row} granted 60.00")).collect() };
    let rank = "rank (children by birth)";
    let rows =
        ["head 1960-01-01", "daughter 1990-03-01", "son 1985-01-01", "son 1990-03-01", "son 1995-01-01"];
    assert_eq!(ranks(&format!("{rank} = 1"), &rows), granted(&[3]));
    // Twins share a place, and the place after them is left out.
    assert_eq!(ranks(&format!("{rank} = 2"), &rows), granted(&[2, 4]));
    assert_eq!(ranks(&format!("{rank} = 4"), &rows), granted(&[5]));
    assert_eq!(ranks(&format!("{rank} is absent"), &rows), granted(&[1]));
    assert_eq!(ranks("rank (persons by age) = 5", &rows), granted(&[1]));
    assert_eq!(ranks("rank (children where relation is son by birth) = 2", &rows), granted(&[4]));
    // A birth known to the year.
    let rows = ["son 1990-06-01", "son 1990", "son 1991-01-01"];
    assert_eq!(ranks(&format!("{rank} = 3"), &rows), granted(&[3]));
    assert_eq!(ranks(&format!("{rank} <= 2"), &rows), granted(&[1, 2]));
    assert_eq!(
        ranks(&format!("{rank} = 1"), &rows),
        ["1 undetermined 0.00..60.00 person.birth[2]", "2 undetermined 0.00..60.00 person.birth[2]"]
    );
    // A row that may not be in the set, for itself and for another.
    let rows = ["son 1990-06-01", "不详 1980-01-01"];
    assert_eq!(
        ranks(&format!("{rank} = 1"), &rows),
        ["1 undetermined 0.00..60.00 person.relation[2]", "2 undetermined 0.00..60.00 person.relation[2]"]
    );
    assert_eq!(ranks(&format!("{rank} <= 2 or {rank} is absent"), &rows)[..1], granted(&[1]));
}

#[test]
fn a_rank_is_asked_on_a_row_within_the_set_s() {
    let parts = "for admission where rank (person.household.children by birth) = 1 | pay 60 yuan";
    let parts = parts.replace("person.household.", "");
    let fields = "persons: [{person_no: 1, relation: son, birth: 1985-01-01, admissions: [{admission_no: A, admitted_on: 2005-09-01}]},
      {person_no: 2, relation: son, birth: 1986-01-01, admissions: [{admission_no: B, admitted_on: 2005-09-01}]}]";
    assert_eq!(with(CHILDREN, &parts, fields, "2005"), ["1 bonus A 2005-09-01: granted 60.00"]);
    assert_eq!(codes("1 yuan * rank (persons by birth)"), ["T001"]);
    assert_eq!(codes("1 yuan * first (age of persons by relation)"), ["T001"]);
    assert_eq!(codes("1 yuan * first (age of persons by death)"), ["T001"]);
    assert_eq!(codes("first (wage of persons by age)"), ["T005"]);
    let open = "deeds: [{deed_no: A, issued: 2005-03-01, fee: 5}, {deed_no: B, issued: 2005-04-01, fee: 5}]";
    let ranked = |condition: &str| {
        let parts = format!("for deed | when {condition} | pay 60 yuan each year");
        with("", &parts, open, "2005").len()
    };
    assert_eq!(ranked("rank (deeds by issued) >= 1"), 2);
    assert_eq!(ranked("rank (deeds by issued) = 1"), 1);
}

// ---- tiers -----------------------------------------------------------------------------------------------------

#[test]
fn tiers_of_amounts_and_of_dates() {
    let amount = "by income { below 100 yuan: 60 yuan, 100 yuan to below 500 yuan: 30 yuan, at least 500 yuan: 10 yuan }";
    for (income, paid) in [
        ("0", "60.00"),
        ("-3", "60.00"),
        ("99.99", "60.00"),
        ("100", "30.00"),
        ("499.99", "30.00"),
        ("500", "10.00"),
    ] {
        assert_eq!(pay(amount, &format!("income: {income}")), format!("granted {paid}"), "{income}");
    }
    assert_eq!(pay(amount, ""), "undetermined 10.00..60.00 household.income[1]");
    let by_day =
        "by insured { below 2004-01-01: 60 yuan, 2004-01-01 to 2004-12-31: 30 yuan, otherwise: 10 yuan }";
    for (insured, paid) in [
        ("2003-12-31", "granted 60.00"),
        ("2004-01-01", "granted 30.00"),
        ("2004.12", "granted 30.00"),
        ("2005-01-01", "granted 10.00"),
        ("2003", "granted 60.00"),
        ("无", "granted 10.00"),
        ("不详", "undetermined 10.00..60.00 household.insured[1]"),
    ] {
        assert_eq!(pay(by_day, &format!("insured: '{insured}'")), paid, "{insured}");
    }
    assert_eq!(
        pay("by members { below 1: 0 yuan, 1 to 2: 60 yuan, at least 3: 90 yuan }", "members: 7"),
        "granted 90.00"
    );
}

#[test]
fn tiers_are_proved_to_cover_and_not_to_overlap() {
    let told = |amount: &str| {
        let text = format!(
            "{HEAD}article 1 subsidy bonus\n    for household\n    pay {amount} each year\n    serves care\n    paid from a\n{WORDS}"
        );
        let built = build("case", &text);
        let lines = built
            .findings
            .iter()
            .map(|finding| format!("{} {}", finding.code.id, finding.message(charter::diagnostic::Lang::En)));
        lines.collect::<Vec<_>>().join("; ")
    };
    let none = "";
    assert_eq!(told("by members { below 3: 1 yuan, at least 3: 2 yuan }"), none);
    assert_eq!(told("by members { at least 3: 1 yuan, 1: 2 yuan, 2: 3 yuan, below 1: 4 yuan }"), none);
    assert_eq!(
        told("by members { below 3: 1 yuan, 5: 2 yuan, at least 8: 2 yuan }"),
        "T007 the tiers leave out: 3 to 4, 6 to 7"
    );
    assert_eq!(
        told("by income { 0 yuan to below 5 yuan: 1 yuan, at least 7 yuan: 2 yuan }"),
        "T007 the tiers leave out: below 0.00 yuan, 5.00 yuan to below 7.00 yuan"
    );
    assert_eq!(
        told("by income { below 5 yuan: 1 yuan, 5.01 yuan to 9 yuan: 2 yuan }"),
        "T007 the tiers leave out: 5.00 yuan, at least 9.01 yuan"
    );
    assert_eq!(
        told("by today { below 2004-01-01: 1 yuan, at least 2004-01-02: 2 yuan }"),
        "T007 the tiers leave out: 2004-01-01"
    );
    assert_eq!(
        told("by members { below 3: 1 yuan, 2 to 5: 2 yuan, at least 6: 2 yuan }"),
        "T008 the tiers overlap: 2"
    );
    assert_eq!(
        told("by members { at least 3: 1 yuan, at least 7: 2 yuan, below 3: 2 yuan }"),
        "T008 the tiers overlap: at least 7"
    );
    assert!(told("by members { 5 to below 5: 1 yuan, otherwise: 2 yuan }").starts_with("C011"));
    assert!(told("by hukou { below rural: 1 yuan, otherwise: 2 yuan }").starts_with("S010"));
    assert!(told("by share { below 5: 1 yuan, otherwise: 2 yuan }").starts_with("T001"));
}
