//! What people decide and what was paid, and what else a clause gives across years, windows and people.

use crate::benefits::{PLAIN, WORDS, charter, household, run};
use crate::engine::outcomes;

// ---- suspensions -----------------------------------------------------------------------------------------------

const DUTY: &str = "article 9 obligation attend\n    for household\n    bound when signed <= today\n    must at least 1 trainings each year\n    remedy 30 days\n    appeal 15 days to \"村民代表会议\"\n";

fn discretionary(decision: &str) -> Vec<String> {
    let clauses = [("bonus", "for household | pay 60 yuan each year | discretionary on attend")];
    let text = charter(&clauses).replace("// --- words", &format!("{DUTY}// --- words"));
    let lines = outcomes(&text, &household(&format!("signed: 2005-01-01\n{decision}")), "2005..2008");
    lines.into_iter().filter(|line| line.contains("bonus")).collect()
}

#[test]
fn a_suspension_counts_after_the_time_to_appeal_and_until_it_is_lifted() {
    let years = |years: &[&str]| -> Vec<String> {
        years.iter().map(|year| format!("1 bonus {year}: granted 60.00")).collect()
    };
    assert_eq!(discretionary(""), years(&["2005", "2006", "2007", "2008"]));
    let whole = "{decision_no: D, clause: bonus, target: 1, kind: suspension, decided_on: 2006-03-01, decided_by: 村民代表会议, reason: 未参加, duty: attend, appeal_closed: 2007-01-05}";
    let rows = |rows: &[&str]| format!("decisions:\n  - {}", rows.join("\n  - "));
    // Not retroactive, and not before the time to appeal is over.
    assert_eq!(discretionary(&rows(&[whole])), years(&["2005", "2006"]));
    let lifted = "{decision_no: E, clause: bonus, target: 1, kind: resumption, decided_on: 2008-01-01, decided_by: 村民代表会议, reason: 已补}";
    assert_eq!(discretionary(&rows(&[whole, lifted])), years(&["2005", "2006", "2008"]));
    // One that lacks its reason, its duty or the end of the time to appeal changes nothing.
    for (what, with) in [
        ("reason: 未参加", "reason: 不详"),
        ("duty: attend", "duty:"),
        ("duty: attend", "duty: other"),
        ("appeal_closed: 2007-01-05", "appeal_closed:"),
    ] {
        assert_eq!(
            discretionary(&rows(&[&whole.replace(what, with)])),
            years(&["2005", "2006", "2007", "2008"]),
            "{with}"
        );
    }
}

#[test]
fn a_prorated_benefit_awaits_the_choice_like_any_other() {
    let clauses = [
        ("fee", "for household | pay 120 yuan each year prorated by month"),
        ("other", "for household | when hukou is rural | not together with fee | pay 12 yuan each month"),
    ];
    let lines = run(&clauses, "hukou: rural", "2005");
    assert_eq!(lines.first().map(String::as_str), Some("1 fee 2005: awaiting 12.00..120.00"), "{lines:?}");
}

#[test]
fn a_thing_without_a_worth_is_not_cut_by_a_limit_of_money() {
    let clauses = [
        (
            "help",
            "for household | pay 40 yuan each year | limit 40 yuan per household each year together with parcel",
        ),
        ("parcel", "for household | when hukou is rural | pay in kind \"米一袋\" each year"),
    ];
    assert_eq!(
        run(&clauses, "hukou: rural", "2005"),
        ["1 help 2005: granted 40.00", "1 parcel 2005: granted 0.00"]
    );
    assert_eq!(
        run(&clauses, "hukou:", "2005"),
        ["1 help 2005: granted 40.00", "1 parcel 2005: undetermined 0.00..0.00 household.hukou[1]"]
    );
}

#[test]
fn a_choice_is_the_households_for_all_its_members() {
    let clauses = [
        ("home", "for household | pay 60 yuan each year"),
        ("child", "for person where age < 18 | not together with home | pay 9 yuan each year"),
    ];
    let people = |target: &str| {
        format!(
            "persons:\n  - {{person_no: P1, relation: son, birth: 1995-01-01}}\n  - {{person_no: P2, relation: daughter, birth: 1996-01-01}}\ndecisions:\n  - {{decision_no: D, clause: child, target: {target}, kind: choice, decided_on: 2005-05-01, decided_by: 本户, reason: 自愿}}"
        )
    };
    assert_eq!(
        run(&clauses, &people("1"), "2005"),
        ["1 child P1 2005: granted 9.00", "1 child P2 2005: granted 9.00"]
    );
    // Of one member it is no choice of the household.
    let lines = run(&clauses, &people("P1"), "2005");
    assert!(lines.iter().all(|line| line.contains("awaiting")) && lines.len() == 3, "{lines:?}");
}

#[test]
fn a_resumption_known_only_to_its_month_counts_from_the_first_day() {
    let clauses =
        [("bonus", "for household | pay 5 yuan each month | judged on day 15 | discretionary on attend")];
    let text = charter(&clauses).replace("// --- words", &format!("{DUTY}// --- words"));
    let fields = "signed: 2005-01-01\ndecisions:\n  - {decision_no: D, clause: bonus, target: 1, kind: suspension, decided_on: 2006-02-05, decided_by: 村民代表会议, reason: 未参加, duty: attend, appeal_closed: 2006-02-10}\n  - {decision_no: E, clause: bonus, target: 1, kind: resumption, decided_on: 2006-04, decided_by: 村民代表会议, reason: 已补}";
    let lines = outcomes(&text, &household(fields), "2006-02..2006-04");
    let bonus: Vec<&String> = lines.iter().filter(|line| line.contains("bonus")).collect();
    assert_eq!(bonus, ["1 bonus 2006-02: granted 5.00", "1 bonus 2006-04: granted 5.00"]);
}

#[test]
fn an_event_takes_the_place_of_nothing_before_it_happened() {
    let admission = |day: &str| {
        format!(
            "persons:\n  - {{person_no: P1, relation: son, birth: 1987-01-01, admissions: [{{admission_no: A, admitted_on: {day}}}]}}"
        )
    };
    let clauses = [PLAIN, ("award", "for admission | exception to plain | pay 500 yuan")];
    let text = admission("2006-07-01");
    assert_eq!(run(&clauses, &text, "2005"), ["1 plain 2005: granted 60.00"]);
    assert_eq!(run(&clauses, &text, "2006"), ["1 award A 2006-07-01: granted 500.00"]);
    // It holds from then on.
    assert_eq!(run(&clauses, &text, "2007"), Vec::<String>::new());
    // By the end of 2005 it has happened for certain; where its day is not known at all, neither is what yields.
    let some_day = "1 award A 2005: undetermined 0.00..500.00 admission.admitted_on[A]";
    assert_eq!(run(&clauses, &admission("2005"), "2005"), [some_day]);
    assert_eq!(
        run(&clauses, &admission("不详"), "2005"),
        [some_day, "1 plain 2005: undetermined 0.00..60.00 admission.admitted_on[A]",]
    );
    // The same of a choice.
    let apart = [PLAIN, ("award", "for admission | not together with plain | pay 500 yuan")];
    assert_eq!(run(&apart, &text, "2005"), ["1 plain 2005: granted 60.00"]);
    assert_eq!(run(&apart, &text, "2006").len(), 2);
}

#[test]
fn the_nearest_layer_that_sets_a_parameter_wins() {
    let head = |name: &str, level: &str, more: &str| {
        format!(
            "charter {name}\n    level {level}\n    uses words\n    {more}\n    in force from 2005-01-01\n"
        )
    };
    let clause = "article 1 subsidy bonus\n    for household\n    pay (top_up + 10 yuan * days) each year\n    serves care\n    paid from a\n";
    let province = head("province", "province", "");
    let open = "fund a\npurpose care\nopen parameter top_up : money\n    mandatory\nopen parameter days : number\n    between 0 and 30\n    default 5\n";
    let town = head("town", "town", "under province") + "set top_up = 100 yuan\nset days = 10\n";
    let jia = head("jia", "village", "under town\n    of village \"甲村\"") + "set top_up = 120 yuan\n";
    let yi = head("yi", "village", "under town\n    of village \"乙村\"");
    let text = format!(
        "{province}{open}{clause}// --- town.charter\n{town}// --- jia.charter\n{jia}// --- yi.charter\n{yi}{WORDS}"
    );
    let of = |village: &str| {
        outcomes(&text, &format!("households:\n  - household_no: 1\n    village: {village}\n"), "2005")
    };
    assert_eq!(of("甲村"), ["1 bonus 2005: granted 220.00"]);
    assert_eq!(of("乙村"), ["1 bonus 2005: granted 200.00"]);
    // A village without a charter has what the charters of no village say.
    assert_eq!(of("丙村"), ["1 bonus 2005: granted 200.00"]);
}

#[test]
fn a_replacement_in_kind_is_granted_without_an_amount() {
    let clauses = [
        PLAIN,
        (
            "parcel",
            "for household | when hukou is rural | instead of plain | pay in kind \"米一袋\" each year",
        ),
    ];
    assert_eq!(run(&clauses, "hukou: rural", "2005"), ["1 parcel 2005: granted 0.00"]);
    assert_eq!(run(&clauses, "hukou: urban", "2005"), ["1 plain 2005: granted 60.00"]);
}

#[test]
fn what_the_winner_is_cut_to_or_when_it_was_paid_plays_no_part() {
    // A `once` takes the place on every day on which its conditions hold.
    let once =
        [PLAIN, ("single", "for household | when since <= today | exception to plain | pay 5 yuan once")];
    assert_eq!(run(&once, "since: 2005-03-01", "2005"), ["1 single 2005-03-01: granted 5.00"]);
    assert_eq!(run(&once, "since: 2005-03-01", "2006"), Vec::<String>::new());
    let cut = [
        PLAIN,
        (
            "other",
            "for household | instead of plain | pay 5 yuan each year | limit 1 times per household for life",
        ),
    ];
    assert_eq!(run(&cut, "", "2006"), Vec::<String>::new());
}

#[test]
fn of_several_rows_of_the_other_the_choice_is_between_their_total_and_this() {
    let clauses =
        [PLAIN, ("child", "for person where age < 18 | not together with plain | pay 50 yuan each year")];
    let people = "persons:\n  - {person_no: P1, relation: son, birth: 1995-01-01}\n  - {person_no: P2, relation: daughter, birth: 1996-01-01}";
    assert_eq!(
        run(&clauses, people, "2005"),
        [
            "1 child P1 2005: awaiting 50.00..60.00",
            "1 child P2 2005: awaiting 50.00..60.00",
            "1 plain 2005: awaiting 60.00..100.00",
        ]
    );
}

#[test]
fn a_choice_of_one_of_three_settles_all() {
    let clauses = [
        PLAIN,
        ("second", "for household | not together with plain, third | pay 70 yuan each year"),
        ("third", "for household | not together with plain | pay 80 yuan each year"),
    ];
    let chosen = "decisions:\n  - {decision_no: D, clause: third, target: 1, kind: choice, decided_on: 2005-05-01, decided_by: 本户, reason: 自愿}";
    assert_eq!(run(&clauses, "", "2005").len(), 3);
    assert_eq!(run(&clauses, chosen, "2005"), ["1 third 2005: granted 80.00"]);
    // Two different ones of one day choose nothing.
    let two = format!(
        "{chosen}\n  - {{decision_no: E, clause: plain, target: 1, kind: choice, decided_on: 2005-05-01, decided_by: 本户, reason: 自愿}}"
    );
    assert!(run(&clauses, &two, "2005").iter().all(|line| line.contains("awaiting")));
}

#[test]
fn the_parts_of_a_unit_have_the_version_of_its_judged_day() {
    let first =
        charter(&[("fee", "for household | when since <= today | pay 120 yuan each year prorated by month")]);
    let (first, words) = first.split_once("// --- ").unwrap();
    let second = first.replace("from 2005-01-01", "from 2005-07-10").replace("120 yuan", "240 yuan");
    let text = format!("{first}// --- second.charter\n{second}// --- {words}");
    // March to December, each by the amount of the version in force on 31 December.
    assert_eq!(outcomes(&text, &household("since: 2005-03-15"), "2005"), ["1 fee 2005: granted 200.00"]);
}

#[test]
fn a_limit_holds_over_an_amendment() {
    let first = charter(&[(
        "help",
        "for household | pay 40 yuan each month | limit 100 yuan per household each year",
    )]);
    let (first, words) = first.split_once("// --- ").unwrap();
    let second = first.replace("from 2005-01-01", "from 2005-03-10").replace("100 yuan", "130 yuan");
    let text = format!("{first}// --- second.charter\n{second}// --- {words}");
    assert_eq!(
        outcomes(&text, &household(""), "2005"),
        [
            "1 help 2005-01: granted 40.00",
            "1 help 2005-02: granted 40.00",
            "1 help 2005-03: granted 40.00",
            "1 help 2005-04: granted 10.00",
        ]
    );
}

#[test]
fn twelve_months_are_the_year() {
    let limit = "limit 150 yuan per household each year together with fee";
    let clauses = [
        ("monthly", &*format!("for household | when since <= today | pay 10 yuan each month | {limit}")),
        ("yearly", "for household | highest of monthly, yearly | pay 45 yuan each year"),
        ("fee", "for household | pay 90 yuan each quarter prorated by month"),
        (
            "first",
            "for household | when hukou is rural | instead of fee | pay 3 yuan each month | judged on the first day",
        ),
        ("single", "for household | when since <= today | not together with yearly | pay 7 yuan once"),
        (
            "given",
            "for person where age < 18 | pay in kind \"米\" worth 5 yuan each quarter | judged on the first day | limit 3 times per household each year",
        ),
    ];
    let people = "persons:\n  - {person_no: P1, relation: son, birth: 1987-06-01}\n  - {person_no: P2, relation: daughter, birth: 1996-01-01}";
    for since in ["2004-01-01", "2005-03-15", "2005-09-01", "2006-01-01", "2005"] {
        for hukou in ["rural", "urban", "?"] {
            let fields = format!("since: {since}\nhukou: '{hukou}'\n{people}");
            let year = run(&clauses, &fields, "2005");
            let mut months: Vec<String> =
                (1..=12).flat_map(|month| run(&clauses, &fields, &format!("2005-{month:02}"))).collect();
            let mut sorted = year.clone();
            // A doubt about the day of a `once` shows in each run that it could belong to.
            sorted.retain(|line| !(line.contains("single") && line.contains("undetermined")));
            months.retain(|line| !(line.contains("single") && line.contains("undetermined")));
            sorted.sort();
            months.sort();
            assert_eq!(months, sorted, "{since} {hukou}");
        }
    }
}

#[test]
fn an_award_may_be_for_one_period() {
    let clauses =
        [("grant", "for household | pay between 10 yuan and 90 yuan each year | decided by \"会议\"")];
    let award = |number: &str, amount: &str, period: &str| {
        format!(
            "  - {{decision_no: {number}, clause: grant, target: 1, kind: award, amount: {amount}, decided_on: 2007-01-05, decided_by: 会议, reason: 评议, for_period: '{period}'}}\n"
        )
    };
    let rows = format!("decisions:\n{}{}", award("A", "20", "2005"), award("B", "30", "2006"));
    assert_eq!(
        run(&clauses, &rows, "2005..2007"),
        ["1 grant 2005: granted 20.00", "1 grant 2006: granted 30.00", "1 grant 2007: awaiting 10.00..90.00"]
    );
    // One that names no period is for all of them; two for one period that differ decide nothing.
    let all = format!("decisions:\n{}", award("A", "20", ""));
    assert_eq!(run(&clauses, &all, "2006"), ["1 grant 2006: granted 20.00"]);
    let twice = format!("decisions:\n{}{}", award("A", "20", "2005"), award("B", "30", "2005-12"));
    assert_eq!(run(&clauses, &twice, "2005"), ["1 grant 2005: awaiting 10.00..90.00"]);
}

// ---- across years, windows and people --------------------------------------------------------------------------

#[test]
fn the_highest_of_a_year_is_that_of_its_own_text() {
    let text = |yearly: &str| {
        [
            ("monthly", "for household | pay 100 yuan each month".to_owned()),
            ("other", format!("for household | highest of other, monthly | pay {yearly} each month")),
        ]
    };
    let clauses =
        |list: &[(&'static str, String); 2]| charter(&[(list[0].0, &list[0].1), (list[1].0, &list[1].1)]);
    let first = clauses(&text("90 yuan"));
    let later = clauses(&text("900 yuan")).replace("in force from 2005-01-01", "in force from 2005-11-01");
    let later = later.split("// --- words").next().unwrap().to_owned();
    let both = format!("{first}// --- later.charter\n{later}");
    let home = household("");
    assert_eq!(outcomes(&first, &home, "2005-01..2005-10"), outcomes(&both, &home, "2005-01..2005-10"));
    assert_eq!(outcomes(&both, &home, "2005-12"), ["1 other 2005-12: granted 900.00"]);
}

#[test]
fn a_payment_of_an_unknown_day_is_doubted_in_every_year_it_may_fall_in() {
    let clauses = [
        ("yearly", "for household | pay 60 yuan each year"),
        ("single", "for household | when since <= today | pay 100 yuan once | highest of single, yearly"),
    ];
    let lines = run(&clauses, "since: '?'", "2005..2006");
    assert_eq!(
        lines,
        [
            "1 single 2005-01-01: undetermined 0.00..100.00 household.since[1]",
            "1 yearly 2005: undetermined 0.00..60.00 household.since[1]",
            "1 yearly 2006: undetermined 0.00..60.00 household.since[1]",
        ]
    );
    let limited = [("award", "for admission | pay 100 yuan | limit 100 yuan per household each quarter")];
    let rows = "persons:\n  - person_no: P\n    relation: son\n    birth: 1985-01-01\n    admissions:\n      - {admission_no: A, admitted_on: 2005-09-30}\n      - {admission_no: B, admitted_on: '?'}";
    let whole = run(&limited, rows, "2005");
    assert_eq!(
        whole.first().map(String::as_str),
        Some("1 award A 2005-09-30: undetermined 0.00..100.00 admission.admitted_on[B]")
    );
    assert_eq!(whole.first(), run(&limited, rows, "2005-Q3").first());
}

#[test]
fn what_is_paid_once_may_be_what_any_of_its_days_would_pay() {
    let clauses = [(
        "single",
        "for household | when since <= today | pay if signed <= today then 500 yuan else 20 yuan once",
    )];
    assert_eq!(
        run(&clauses, "since: '?'\nsigned: 2005-06-15", "2005"),
        ["1 single 2005-01-01: undetermined 0.00..500.00 household.since[1]"]
    );
}

#[test]
fn the_highest_is_that_of_what_is_left_by_its_own_limit() {
    let clauses = [
        ("yearly", "for household | pay 60 yuan each year"),
        (
            "monthly",
            "for household | pay 7 yuan each month | highest of monthly, yearly | limit 50 yuan per household each year",
        ),
    ];
    assert_eq!(run(&clauses, "", "2005"), ["1 yearly 2005: granted 60.00"]);
}

#[test]
fn a_suspension_reaches_only_the_signer_who_left_the_duty_unmet() {
    let clauses = [("bonus", "for household | pay 60 yuan each year | discretionary on attend")];
    let text = charter(&clauses).replace("// --- words", &format!("{DUTY}// --- words"));
    let decision = |closed: &str| {
        format!(
            "decisions:\n  - {{decision_no: D, clause: bonus, target: 1, kind: suspension, decided_on: 2006-03-01, decided_by: 村民代表会议, reason: 未参加, duty: attend, appeal_closed: {closed}}}"
        )
    };
    let paid = |signed: &str, more: &str, closed: &str| {
        let home = household(&format!("signed: {signed}\n{more}{}", decision(closed)));
        outcomes(&text, &home, "2007").iter().filter(|line| line.contains("bonus")).count()
    };
    assert_eq!(paid("2005-01-01", "", "2006-03-20"), 0);
    // Never signed, signed after the decision, took part, or the appeal closed before it was decided.
    assert_eq!(paid("''", "", "2006-03-20"), 1);
    assert_eq!(paid("2006-08-01", "", "2006-03-20"), 1);
    assert_eq!(paid("2005-01-01", "trainings: [{training_no: T, held_on: 2005-05-05}]\n", "2006-03-20"), 1);
    assert_eq!(paid("2005-01-01", "", "2006-02-20"), 1);
}

#[test]
fn a_payment_to_one_person_is_no_payment_to_another() {
    let clauses = [("gift", "for person where relation is head or relation is son | pay 60 yuan once")];
    let people = "persons:\n  - {person_no: P1, relation: head, birth: 1950-01-01}\n  - {person_no: P2, relation: son, birth: 1980-01-01}\n";
    let paid = |person: &str| {
        format!("{people}payments: [{{payment_no: Z, clause: gift, person: {person}, paid_on: 2004-12-01}}]")
    };
    assert_eq!(run(&clauses, &paid("P1"), "2005"), ["1 gift P2 2005-01-01: granted 60.00"]);
    assert_eq!(run(&clauses, &paid("''"), "2005"), Vec::<String>::new());
}

#[test]
fn something_in_kind_for_an_event_of_an_unknown_day_is_not_passed_over() {
    let clauses = [("check", "for admission | pay in kind \"体检\"")];
    let rows = "persons:\n  - person_no: P\n    relation: son\n    birth: 1985-01-01\n    admissions: [{admission_no: A, admitted_on: '?'}]";
    assert_eq!(
        run(&clauses, rows, "2005"),
        ["1 check A 2005: undetermined 0.00..0.00 admission.admitted_on[A]"]
    );
}
