//! What bounds a benefit: limits, pro-rating, judged days; things in kind.

use crate::benefits::{charter, household, run};
use crate::engine::outcomes;

// ---- limits ----------------------------------------------------------------------------------------------------

#[test]
fn a_limit_cuts_in_the_order_of_days() {
    let clauses =
        [("help", "for household | pay 40 yuan each month | limit 100 yuan per household each year")];
    assert_eq!(
        run(&clauses, "", "2005"),
        ["1 help 2005-01: granted 40.00", "1 help 2005-02: granted 40.00", "1 help 2005-03: granted 20.00"]
    );
    // A run of a month knows what the months before have used up, and each year begins anew.
    assert_eq!(run(&clauses, "", "2005-03"), ["1 help 2005-03: granted 20.00"]);
    assert_eq!(run(&clauses, "", "2006-02"), ["1 help 2006-02: granted 40.00"]);
}

#[test]
fn a_limit_of_several_clauses_cuts_in_the_order_it_names_them() {
    let limit = "limit 100 yuan per household each year together with second";
    let clauses = [
        ("first", &*format!("for household | pay 70 yuan each year | {limit}")),
        ("second", "for household | pay 60 yuan each year"),
    ];
    assert_eq!(run(&clauses, "", "2005"), ["1 first 2005: granted 70.00", "1 second 2005: granted 30.00"]);
}

#[test]
fn a_number_of_times_for_life() {
    let clauses =
        [("once_more", "for household | pay 5 yuan each month | limit 3 times per household for life")];
    assert_eq!(run(&clauses, "", "2005").len(), 3);
    assert_eq!(run(&clauses, "", "2006"), Vec::<String>::new());
    assert_eq!(run(&clauses, "", "2005-03"), ["1 once_more 2005-03: granted 5.00"]);
    assert_eq!(run(&clauses, "", "2005-04"), Vec::<String>::new());
}

#[test]
fn a_limit_per_person_counts_each_person() {
    let clauses = [("award", "for admission | pay 500 yuan | limit 800 yuan per person for life")];
    let rows = "persons:\n  - person_no: P1\n    relation: son\n    birth: 1985-01-01\n    admissions:\n      - {admission_no: A, admitted_on: 2005-07-01}\n      - {admission_no: B, admitted_on: 2006-07-01}\n  - person_no: P2\n    relation: son\n    birth: 1986-01-01\n    admissions: [{admission_no: C, admitted_on: 2006-08-01}]";
    assert_eq!(
        run(&clauses, rows, "2006"),
        ["1 award B 2006-07-01: granted 300.00", "1 award C 2006-08-01: granted 500.00"]
    );
}

#[test]
fn an_earlier_doubt_makes_what_is_left_of_a_limit_doubtful() {
    let clauses = [
        (
            "first",
            "for household | when hukou is rural | pay 70 yuan each year | limit 100 yuan per household each year together with second",
        ),
        ("second", "for household | pay 60 yuan each year"),
    ];
    assert_eq!(
        run(&clauses, "hukou:", "2005"),
        [
            "1 first 2005: undetermined 0.00..70.00 household.hukou[1]",
            "1 second 2005: undetermined 30.00..60.00 household.hukou[1]",
        ]
    );
}

// ---- pro-rating, judged on -------------------------------------------------------------------------------------

#[test]
fn a_year_is_prorated_by_the_months_in_which_it_held() {
    let clauses = [("fee", "for household | when since <= today | pay 120 yuan each year prorated by month")];
    assert_eq!(run(&clauses, "since: 2005-03-15", "2005"), ["1 fee 2005: granted 100.00"]);
    assert_eq!(run(&clauses, "since: 2004-03-15", "2005"), ["1 fee 2005: granted 120.00"]);
    assert_eq!(run(&clauses, "since: 2006-03-15", "2005"), Vec::<String>::new());
}

#[test]
fn doubtful_parts_leave_bounds() {
    let clauses = [("fee", "for household | when since <= today | pay 120 yuan each year prorated by month")];
    assert_eq!(
        run(&clauses, "since: 2005", "2005"),
        ["1 fee 2005: undetermined 10.00..120.00 household.since[1]"]
    );
}

#[test]
fn by_day_the_sum_is_rounded_as_named() {
    let clauses = [(
        "fee",
        "for household | when since <= today | pay 100 yuan each year prorated by day rounded half up to the fen",
    )];
    // 365 days less 31 + 28: 306 of 365.
    assert_eq!(run(&clauses, "since: 2005-03-01", "2005"), ["1 fee 2005: granted 83.84"]);
    // 366 days, of which 29 February is one.
    assert_eq!(run(&clauses, "since: 2008-02-29", "2008"), ["1 fee 2008: granted 83.88"]);
}

#[test]
fn a_clause_counts_its_parts_from_its_first_day_in_force() {
    let clauses = [("fee", "for household | pay 120 yuan each year prorated by month")];
    let text = charter(&clauses).replace("in force from 2005-01-01", "in force from 2005-10-10");
    assert_eq!(outcomes(&text, &household(""), "2005"), ["1 fee 2005: granted 30.00"]);
}

#[test]
fn judged_on_another_day() {
    let when = "for household | when since <= today";
    let first = [("fee", &*format!("{when} | pay 10 yuan each month | judged on the first day"))];
    assert_eq!(run(&first, "since: 2005-03-02", "2005-02..2005-04"), ["1 fee 2005-04: granted 10.00"]);
    let july = [("fee", &*format!("{when} | pay 10 yuan each year | judged on 07-01"))];
    assert_eq!(run(&july, "since: 2005-07-01", "2005"), ["1 fee 2005: granted 10.00"]);
    assert_eq!(run(&july, "since: 2005-07-02", "2005"), Vec::<String>::new());
    // It belongs to the run that contains the day.
    assert_eq!(run(&july, "since: 2004-01-01", "2005-07"), ["1 fee 2005: granted 10.00"]);
    assert_eq!(run(&july, "since: 2004-01-01", "2005-12"), Vec::<String>::new());
    // 31 where there is none, 29 February in a common year.
    let last = [("fee", &*format!("{when} | pay 10 yuan each month | judged on day 31"))];
    assert_eq!(run(&last, "since: 2005-02-28", "2005-02"), ["1 fee 2005-02: granted 10.00"]);
    let leap = [("fee", &*format!("{when} | pay 10 yuan each year | judged on 02-29"))];
    assert_eq!(run(&leap, "since: 2005-02-28", "2005"), ["1 fee 2005: granted 10.00"]);
}

// ---- in kind ---------------------------------------------------------------------------------------------------

#[test]
fn something_in_kind_is_granted_without_an_amount() {
    let free = [("check", "for household | when hukou is rural | pay in kind \"免费体检一次\" each year")];
    assert_eq!(run(&free, "hukou: rural", "2005"), ["1 check 2005: granted 0.00"]);
    assert_eq!(run(&free, "hukou: urban", "2005"), Vec::<String>::new());
    assert_eq!(run(&free, "hukou:", "2005"), ["1 check 2005: undetermined 0.00..0.00 household.hukou[1]"]);
    let worth = [("check", "for household | pay in kind \"保险一份\" worth 50 yuan each year")];
    assert_eq!(run(&worth, "", "2005"), ["1 check 2005: granted 50.00"]);
}
