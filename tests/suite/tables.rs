//! Tables, scales, and amounts for a period.

use crate::engine::build;
use crate::expressions::with;
use crate::semantics::{HEAD, WORDS};

// ---- tables and scales -----------------------------------------------------------------------------------------

const TABLE: &str = "table standard \"标准\" of household by hukou, members
    case rural, below 3   : 10 yuan
    case rural, otherwise : 20 yuan
    case urban, at least 3 : 30 yuan
    case otherwise : 40 yuan
";

fn by_table(items: &str, amount: &str, fields: &str) -> String {
    let lines = with(items, &format!("for household | pay {amount} each year"), fields, "2005");
    lines.first().map_or_else(|| "nothing".to_owned(), |line| line.replace("1 bonus 2005: ", ""))
}

#[test]
fn a_table_has_one_row_for_each_combination() {
    for (hukou, members, paid) in [
        ("rural", "2", "10"),
        ("rural", "3", "20"),
        ("urban", "2", "40"),
        ("urban", "3", "30"),
        ("other", "9", "40"),
    ] {
        let fields = format!("hukou: {hukou}\nmembers: {members}");
        assert_eq!(by_table(TABLE, "standard", &fields), format!("granted {paid}.00"), "{fields}");
    }
    let missing = |least, most, facts| format!("undetermined {least}.00..{most}.00 {facts}");
    assert_eq!(by_table(TABLE, "标准", "hukou: rural"), missing(10, 20, "household.members[1]"));
    assert_eq!(by_table(TABLE, "standard", "hukou: urban"), missing(30, 40, "household.members[1]"));
    assert_eq!(by_table(TABLE, "standard", "members: 5"), missing(20, 40, "household.hukou[1]"));
    // A row that is certain leaves nothing to those below it.
    assert_eq!(by_table(TABLE, "standard", "hukou: other"), "granted 40.00");
}

#[test]
fn a_table_by_an_absent_value() {
    let covered = "table t of household by insured
    case below 2005-01-01    : 10 yuan
    case at least 2005-01-01 : 20 yuan
";
    let present = |items: &str, fields: &str| {
        let lines = with(items, "for household | when t is absent | pay 60 yuan each year", fields, "2005");
        lines.first().map_or_else(|| "no".to_owned(), |line| line.replace("1 bonus 2005: ", ""))
    };
    assert_eq!(present(covered, "insured:"), "granted 60.00");
    assert_eq!(present(covered, "insured: 2004-01-01"), "no");
    assert_eq!(present(covered, "insured: 不详"), "undetermined 0.00..60.00 household.insured[1]");
    let otherwise = "table t of household by insured
    case below 2005-01-01 : 10 yuan
    case otherwise        : 20 yuan
";
    assert_eq!(by_table(otherwise, "t", "insured:"), "granted 20.00");
    assert_eq!(by_table(otherwise, "t", "insured: '2004'"), "granted 10.00");
    assert_eq!(by_table(otherwise, "t", "insured: '2005'"), "granted 20.00");
    assert_eq!(by_table(otherwise, "t", "insured: 不详"), "undetermined 10.00..20.00 household.insured[1]");
}

#[test]
fn a_scale_adds_up_its_bands() {
    let scale = "scale help of household by income
    above 0 yuan    : 0%
    above 1000 yuan : 50%
    above 5000 yuan : 70%
";
    let help = |fields: &str| by_table(scale, "help rounded down to the fen", fields);
    for (income, paid) in [
        ("-5", "nothing"),
        ("1000", "nothing"),
        ("1000.02", "granted 0.01"),
        ("1001", "granted 0.50"),
        ("5000", "granted 2000.00"),
        ("6000", "granted 2700.00"),
    ] {
        assert_eq!(help(&format!("income: {income}")), paid, "{income}");
    }
    assert_eq!(help(""), "undetermined 0.00..? household.income[1]");
    let each = "scale each of household by members
    above 0 : 10 yuan
    above 2 : 5 yuan
";
    assert_eq!(by_table(each, "each", "members: 5"), "granted 35.00");
    assert_eq!(by_table(each, "each", "members: 1"), "granted 10.00");
    // Between two and three people.
    let persons =
        "persons: [{person_no: 1, birth: 2000-05-05}, {person_no: 2, birth: 1999-05-05}, {person_no: 3}]";
    let young = each.replace("by members", "by count (persons where age < 14)");
    assert_eq!(by_table(&young, "each", persons), "undetermined 20.00..25.00 person.birth[3]");
    // A rate below zero: safe, and wide.
    let falling = young.replace("5 yuan", "-5 yuan");
    assert_eq!(by_table(&falling, "each", persons), "undetermined 15.00..20.00 person.birth[3]");
    let unknown_rate = scale.replace("70%", "share");
    assert_eq!(by_table(&unknown_rate, "help rounded down to the fen", "income: 5000"), "granted 2000.00");
    assert_eq!(
        by_table(&unknown_rate, "help rounded down to the fen", "income: 5001\nshare: 10%"),
        "granted 2000.10"
    );
    let too_much = "income: 92233720368547758.07";
    assert_eq!(
        by_table(&scale.replace("70%", "700%"), "help rounded down to the fen", too_much),
        "fault overflow"
    );
}

#[test]
fn a_table_stands_wherever_a_define_does() {
    let items = "define twice of household = standard * 2\n".to_owned() + TABLE;
    assert_eq!(by_table(&items, "twice", "hukou: rural\nmembers: 1"), "granted 20.00");
    let circle = "table t of household by hukou\n    case rural : u\n    case otherwise : 1 yuan\ndefine u of household = t\n";
    let built = build("case", &format!("{HEAD}{circle}{WORDS}"));
    assert_eq!(built.findings.iter().map(|finding| finding.code.id).collect::<Vec<_>>(), ["N006"]);
    let twice = build("case", &format!("{HEAD}{TABLE}define standard of household = 3\n{WORDS}"));
    assert!(twice.findings.iter().any(|finding| finding.code.id == "N002"));
    let parts = "for person | pay household.standard each year";
    assert_eq!(
        with(TABLE, parts, "hukou: rural\nmembers: 1\npersons: [{person_no: 7}]", "2005"),
        ["1 bonus 7 2005: granted 10.00"]
    );
}

// ---- amounts for a period --------------------------------------------------------------------------------------

const RATES: &str = "parameter monthly : money each month
    from 2005-01-01 : 10 yuan
parameter yearly : money each year
    from 2005-01-01 : 120 yuan
parameter quarterly : money each quarter
    from 2005-01-01 : 30 yuan
";

#[test]
fn an_amount_for_a_period_is_paid_for_that_period_or_over_time() {
    let paid = |amount: &str| by_table(RATES, amount, "poor: 是\nmembers: 2");
    assert_eq!(paid("yearly"), "granted 120.00");
    assert_eq!(paid("monthly * 12 months"), "granted 120.00");
    assert_eq!(paid("12 months * monthly + 1 yuan"), "granted 121.00");
    assert_eq!(paid("quarterly * 6 months"), "granted 60.00");
    assert_eq!(paid("yearly * 2 years"), "granted 240.00");
    // Multiplied by a number it stays what it is, beside the same product over time.
    assert_eq!(paid("yearly * 2"), "granted 240.00");
    assert_eq!(paid("monthly * 2 * 2 months + monthly * 2 months"), "granted 60.00");
    assert_eq!(paid("if poor then yearly else 0 yuan"), "granted 120.00");
    assert_eq!(paid("(yearly / 3) rounded up to the fen + yearly mod (yearly * 2)"), "granted 160.00");
    assert_eq!(by_table(RATES, "yearly * members", ""), "undetermined 0.00..? household.members[1]");
}

#[test]
fn amounts_of_two_periods_are_kept_apart() {
    let told = |items: &str, pay: &str| {
        let text = format!(
            "{HEAD}{RATES}{items}article 1 subsidy bonus\n    for household\n    pay {pay}\n    serves care\n    paid from a\n{WORDS}"
        );
        let found = build("case", &text).findings;
        found.iter().map(|finding| finding.code.id).collect::<Vec<_>>()
    };
    let none: [&str; 0] = [];
    assert_eq!(told("", "monthly each month"), none);
    for pay in [
        "monthly each year",
        "monthly once",
        "monthly + yearly each month",
        "yearly + 1 yuan each year",
        "yearly - monthly * 12 months each year",
        "(monthly * 50%) rounded up to the fen each quarter",
        "by members { 0: 0 yuan, 1: monthly, otherwise: yearly } each month",
        "yearly * 12 months each year",
        "quarterly * 4 months each year",
        "1 yuan * (yearly div monthly) each year",
    ] {
        assert_eq!(told("", pay), ["T009"], "{pay}");
    }
    assert_eq!(told("", "1 yuan * (monthly div monthly) each year"), none);
    assert_eq!(told("", "income * 12 months each year"), ["T003"]);
    let through = "define twice of household = monthly * 2\ntable t of household by hukou\n    case otherwise : twice\n";
    assert_eq!(told(through, "t each month"), none);
    assert_eq!(told(through, "t each year"), ["T009"]);
    assert_eq!(told("define longer of household = monthly > 5 yuan\n", "1 yuan each year"), ["T009"]);
    assert_eq!(told("define some of household = monthly > 0 yuan\n", "1 yuan each year"), none);
}
