//! What `check` proves, tried out: a household that a finding shows is evaluated and shows it; where a finding says that
//! there is none, households made up at random find none.

use crate::engine::{build, charters, judge, plan, register};
use crate::random::{self, Row, charter, clauses, document, household};
use crate::witness::{entitlements, pays, reproduced};
use charter::analyse::prove;
use charter::diagnostic::{Diagnostic, Lang, Place, Witness};
use charter::eval::traced::run;
use charter::eval::{DutyRow, DutyStatus, Outcome};
use charter::ir::{Most, Plan};
use charter::value::Period;
use proptest::prelude::{ProptestConfig, proptest};
use proptest::sample::select;
use std::collections::BTreeSet;

/// Charters tried; `CHARTER_PROOF_CASES` asks for more.
const CASES: u32 = 80;
/// Limits that some clauses reach and some never do.
const LIMITS: [&str; 5] = [
    "limit 400 yuan per household each year",
    "limit 60 yuan per household each quarter",
    "limit 101 yuan per household for life",
    "limit 5 times per household each year",
    "limit 2 times per household each month",
];
/// Random households for each charter.
const HOUSEHOLDS: usize = 12;

/// Findings that carry a household, and whose showing is tried.
const WITH_HOUSEHOLD: [&str; 7] = ["A004", "A005", "A006", "A011", "A012", "A016", "L21"];

fn config() -> ProptestConfig {
    random::config("CHARTER_PROOF_CASES", CASES)
}

/// The clauses alone: what stands between them, and limits, is left out.
fn unrelated(items: &str) -> String {
    let relates = ["exception to", "instead of", "not together with", "highest of", "limit"];
    let kept = items.lines().filter(|line| !relates.iter().any(|word| line.trim_start().starts_with(word)));
    kept.collect::<Vec<_>>().join("\n") + "\n"
}

/// The clauses by name that pay something, or may, in a period.
fn paid(plan: &Plan, yaml: &str, period: &str) -> BTreeSet<String> {
    let (register, told) = register(plan, yaml);
    assert!(told.is_empty(), "{told:#?}\n{yaml}");
    let entitlements = entitlements(plan, &register, period).into_iter().filter(|one| pays(&one.outcome));
    entitlements.map(|one| plan.benefits[one.benefit].label.name.clone()).collect()
}

/// An outcome without the facts that it wants: a limit tells those of the days before it as well.
fn without_facts(line: &str) -> String {
    line.split(' ').filter(|word| !word.ends_with(']')).collect::<Vec<_>>().join(" ")
}

/// What a finding is about.
fn words(finding: &Diagnostic, names: &[&'static str]) -> Vec<String> {
    let arg = |name: &&str| finding.args.iter().find(|(arg, _)| arg == name).map(|(_, term)| term.en.clone());
    names.iter().filter_map(arg).collect()
}

#[test]
fn what_turns_on_a_computed_day_is_not_decided() {
    let items = "article 1 reward clause_0\n    for household\n    when calendar month of today = 2 and calendar day of today = 29\n    pay 1 yuan once\n    serves care\n    paid from a\n";
    let codes: Vec<&str> = prove(&plan(&charter(items))).iter().map(|finding| finding.code.id).collect();
    assert_eq!(codes, ["A014"]);
}

/// Values only in the months in which something is paid: on the days without one nobody needs it.
#[test]
fn a_value_that_is_missing_while_nothing_is_paid_is_no_hole() {
    let items = |months: &str| {
        format!(
            "parameter rate : money\n    from 2005-03-01 until 2005-05-31 : 80 yuan\n    from 2006-03-01 until 2006-05-31 : 80 yuan\n    \
             from 2007-03-01 : 80 yuan\narticle 1 reward clause_0\n    for household\n    when calendar month of today {months}\n    \
             pay rate each month\n    serves care\n    paid from a\n"
        )
    };
    for (months, expected) in [("between 3 and 5", "A014"), ("between 3 and 6", "A006"), ("= 1", "A006")] {
        let codes: Vec<&str> =
            prove(&plan(&charter(&items(months)))).iter().map(|finding| finding.code.id).collect();
        assert_eq!(codes, [expected], "{months}");
    }
}

/// The findings of that code about a file of the corpus, with the household each shows.
fn shown<'p>(findings: &'p [Diagnostic], code: &str) -> impl Iterator<Item = (&'p Diagnostic, &'p Witness)> {
    findings
        .iter()
        .filter(move |finding| finding.code.id == code)
        .filter_map(|finding| Some((finding, finding.witness.as_ref()?)))
}

#[test]
fn an_amount_that_a_finding_names_is_paid() {
    let mut tried = 0;
    for (name, text) in charters("tests/suite/check/bad") {
        let Some(code) = ["A011", "A012"].into_iter().find(|code| name.starts_with(code)) else { continue };
        let plan = build(&name, &text).compiled.plan;
        let findings = prove(&plan);
        for (finding, witness) in shown(&findings, code) {
            for yaml in [&witness.yaml.zh, &witness.yaml.en] {
                let (register, told) = register(&plan, yaml);
                assert!(told.is_empty(), "{told:#?}\n{yaml}");
                let period = Period::parse(&witness.period).unwrap();
                let run = run(&plan, &register, &period).unwrap();
                let granted =
                    run.judge(run.unit(), 0).entitlements.into_iter().find_map(|one| match one.outcome {
                        Outcome::Granted(amount) => Some(format!("{amount} yuan")),
                        _ => None,
                    });
                assert_eq!(granted, words(finding, &["amount"]).pop(), "{name}\n{yaml}");
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 22);
}

/// Of every file of the corpus whose findings show one.
#[test]
fn each_household_that_is_shown_shows_it() {
    let mut tried = 0;
    for (name, text) in charters("tests/suite/check/bad") {
        if !["A004", "A005", "A006", "L21"].iter().any(|code| name.starts_with(code)) {
            continue;
        }
        let plan = build(&name, &text).compiled.plan;
        let mut shown = 0;
        for finding in prove(&plan) {
            reproduced(&plan, &finding).unwrap_or_else(|why| panic!("{name}: {why}"));
            shown += usize::from(finding.witness.is_some());
        }
        assert!(shown > 0, "{name}");
        tried += shown;
    }
    assert!(tried >= 25, "{tried}");
}

#[test]
fn a_duty_that_nobody_can_meet_is_unmet() {
    let mut tried = 0;
    for (name, text) in
        charters("tests/suite/check/bad").into_iter().filter(|(name, _)| name.starts_with("A016"))
    {
        let plan = build(&name, &text).compiled.plan;
        let findings = prove(&plan);
        for (_, witness) in shown(&findings, "A016") {
            let (register, told) = register(&plan, &witness.yaml.en);
            assert!(told.is_empty(), "{told:#?}\n{}", witness.yaml.en);
            let period = Period::parse(&witness.period).unwrap();
            let run = run(&plan, &register, &period).unwrap();
            let duties = run.judge(run.unit(), 0).duties;
            let unmet = |row: &DutyRow| row.status == DutyStatus::Unmet;
            assert!(
                !duties.is_empty() && duties.iter().any(unmet),
                "{name}: {duties:?}\n{}",
                witness.yaml.en
            );
            let met = duties.iter().any(|row| matches!(row.status, DutyStatus::Met | DutyStatus::Excused));
            assert!(!met, "{name}: {duties:?}\n{}", witness.yaml.en);
            tried += 1;
        }
    }
    assert_eq!(tried, 4);
}

/// Counts are told apart only where each has one value: not on two days.
#[test]
fn a_count_may_be_another_on_another_day() {
    let items = "article 1 subsidy clause_0\n    for household\n    when count (persons where age < 14) >= 6\n    pay 1 yuan once\n    serves care\n    paid from a\n\
        article 2 subsidy clause_1\n    for household\n    when count (persons where age < 14) < 1\n    pay 1 yuan once\n    serves care\n    paid from a\n";
    let codes: Vec<&str> = prove(&plan(&charter(items))).iter().map(|finding| finding.code.id).collect();
    // Six children who all turn fourteen in one year.
    assert!(codes.contains(&"A004"), "{codes:?}");
}

/// More than eighty years begin a year after eighty.
#[test]
fn more_than_a_number_of_years_can_be_reached() {
    for condition in [
        "age > 80",
        "not (age <= 80)",
        "full months from birth to today > 960",
        "age = 81",
        "age != 80 and age > 79",
    ] {
        let items = format!(
            "article 1 reward clause_0\n    for person where {condition}\n    pay 1 yuan once\n    serves care\n    paid from a\n"
        );
        let found = prove(&plan(&charter(&items)));
        assert!(
            found.is_empty(),
            "{condition}: {:?}",
            found.iter().map(|one| one.code.id).collect::<Vec<_>>()
        );
    }
}

/// Between two percentages lies another, and two texts may differ that are written nowhere.
#[test]
fn percentages_and_texts_that_are_not_written_can_be_reached() {
    let cases: [(&str, &[&str]); 7] = [
        ("share between 60% and 70%", &[]),
        ("share > 1% and share < 3%", &[]),
        ("share > 100%", &[]),
        ("share > 3% and share < 3%", &["A001"]),
        ("village != origin", &[]),
        ("village = origin", &[]),
        ("village = origin and village = \"甲\" and origin != \"甲\"", &["A001"]),
    ];
    let vocabulary = "vocabulary own \"自有\"\nrecord household \"户\" households \"各户\" key household_no \"户编号\" complete\n    \
        village \"村\" : text\n    origin \"原籍\" : text\n    share \"比例\" : percent\n";
    for (condition, expected) in cases {
        let text = format!(
            "charter demo\n    uses own\n    in force from 2005-01-01\nfund a\npurpose care\narticle 1 reward clause_0\n    for household\n    \
             when {condition}\n    pay 1 yuan each year\n    serves care\n    paid from a\n// --- own.charter\n{vocabulary}"
        );
        let codes: Vec<&str> = prove(&plan(&text)).iter().map(|finding| finding.code.id).collect();
        assert_eq!(codes, expected, "{condition}");
    }
}

/// A register without households is none: one that shows a village says that there are none.
#[test]
fn a_village_that_is_shown_can_be_evaluated() {
    let clause = |number: u32| {
        format!(
            "article {number} subsidy clause_{number}\n    for officer\n    pay {number}0 yuan each month\n    serves care\n"
        )
    };
    let text = format!(
        "charter demo \"示例\"\n    uses standard\n    in force from 2005-01-01\npurpose care \"优待\"\n{}{}",
        clause(1),
        clause(2)
    );
    let plan = plan(&text);
    let findings = prove(&plan);
    assert_eq!(findings.iter().map(|finding| finding.code.id).collect::<Vec<_>>(), ["A004"]);
    reproduced(&plan, &findings[0]).unwrap();
}

/// The conditions of both hold in one household, but what is chosen or cut over a year is never paid to it.
#[test]
fn what_a_limit_or_a_choice_takes_away_is_no_conflict() {
    let head = "charter demo \"示例\"\n    uses standard\n    in force from 2005-01-01\npurpose care \"优待\"\npurpose other \"其他\"\n";
    let clause = |number: u32, pay: &str, serves: &str| {
        format!(
            "article {number} subsidy clause_{number}\n    for household\n    {pay}\n    serves {serves}\n"
        )
    };
    let chosen = [
        clause(1, "pay 20 yuan each month", "care"),
        clause(2, "pay 100 yuan each year", "care"),
        clause(3, "highest of clause_3, clause_2\n    pay 30 yuan each quarter", "other"),
    ];
    let cut = [
        clause(
            1,
            "pay 20 yuan each month\n    limit 20 yuan per household each year together with clause_2",
            "care",
        ),
        clause(2, "pay 100 yuan each year", "care"),
    ];
    // It was paid once, and to everybody, before the other one began.
    let before = [
        clause(1, "pay 100 yuan once", "care"),
        clause(2, "from 2006-01-01\n    pay 10 yuan each year", "care"),
    ];
    for clauses in [chosen.concat(), cut.concat(), before.concat()] {
        let codes: Vec<&str> =
            prove(&plan(&format!("{head}{clauses}"))).iter().map(|finding| finding.code.id).collect();
        assert_eq!(codes, ["A014"], "{clauses}");
    }
}

/// Rows up to six are counted, in whichever rows they lie, and up to thirty that may be alike; what is false of any number
/// of rows is proved.
#[test]
fn counts_up_to_thirty_are_decided() {
    let of_person = "relation is daughter and any (admissions where admitted_on <= today)";
    let cases: [(&str, &[&str]); 14] = [
        ("count persons >= 6", &[]),
        ("count persons >= 9", &[]),
        ("count (persons where age >= 60) <= 12", &[]),
        ("count persons >= 40", &["A014"]),
        ("count (persons where age >= 60) >= 6", &[]),
        ("count (persons where age >= 60) >= 3 and count (persons where age < 18) >= 3", &[]),
        ("count (persons where age >= 60) >= 5 and any (trainings where held_on <= today)", &[]),
        ("count persons >= 2 and count persons <= 1", &["A001"]),
        ("count (persons where age >= 60) >= 3 and count persons < 3", &["A001"]),
        (
            "count (persons where age >= 60) >= 2 and count (persons where age >= 70) >= 2 and count persons = 3 and no (persons where age > 65)",
            &["A001"],
        ),
        ("count (persons where age >= 60) + count (persons where age < 60) != count persons", &["A014"]),
        ("count (persons where any admissions) >= 2", &[]),
        (
            &format!("count (persons where {of_person}) >= 2 and count (persons where relation is son) >= 1"),
            &[],
        ),
        ("count (persons where age >= 60) >= 0", &["A002"]),
    ];
    for (condition, expected) in cases {
        let items = format!(
            "article 1 reward clause_0\n    for household\n    when {condition}\n    pay 1 yuan once\n    serves care\n    paid from a\n"
        );
        let found = prove(&plan(&charter(&items)));
        let codes: Vec<&str> = found.iter().map(|finding| finding.code.id).collect();
        assert_eq!(codes, expected, "{condition}");
    }
}

/// Two benefits of rows in rows may meet in rows of two parents alone.
#[test]
fn what_lies_in_rows_may_lie_in_any_of_them() {
    let clause = |number: u32, parts: &str| {
        format!("article {number} reward clause_{number}\n    {parts}\n    serves care\n    paid from a\n")
    };
    let daughter = clause(1, "for admission where person.relation is daughter\n    pay 1 yuan each event");
    let son = clause(2, "for admission where person.relation is son\n    pay 2 yuan each event");
    let student = clause(3, "for person where relation is son and any admissions\n    pay 3 yuan each year");
    for pair in [[&daughter, &son], [&daughter, &student]] {
        let plan = plan(&charter(&format!("{}{}", pair[0], pair[1])));
        let findings = prove(&plan);
        assert_eq!(findings.iter().map(|finding| finding.code.id).collect::<Vec<_>>(), ["A004"]);
        reproduced(&plan, &findings[0]).unwrap();
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_witness_shows_what_the_finding_says(items in clauses(4)) {
        let plan = plan(&charter(&unrelated(&items)));
        for finding in prove(&plan) {
            assert!(finding.witness.is_none() || WITH_HOUSEHOLD.contains(&finding.code.id), "{}", finding.code.id);
            if let Err(why) = reproduced(&plan, &finding) {
                panic!("{why}\n{items}");
            }
        }
    }

    #[test]
    fn a_limit_that_is_never_reached_cuts_nobody(items in clauses(2), limit in select(LIMITS.to_vec()), homes in proptest::collection::vec(household(), HOUSEHOLDS)) {
        let items = items.replace("    serves", &format!("    {limit}\n    serves"));
        let limited = plan(&charter(&items));
        let idle: BTreeSet<Place> = prove(&limited)
            .into_iter()
            .filter(|finding| finding.code.id == "A007")
            .map(|finding| finding.place)
            .collect();
        if idle.is_empty() {
            return Ok(());
        }
        let mut free = limited.clone();
        for limit in free.benefits.iter_mut().flat_map(|benefit| &mut benefit.limits) {
            if idle.contains(&Place::Source(limit.span.0)) {
                limit.most = Most::Times(i64::MAX);
            }
        }
        let homes: Vec<(usize, &Row)> = homes.iter().enumerate().map(|(index, row)| (index + 1, row)).collect();
        let (register, _) = register(&limited, &document(&homes, false));
        for period in ["2005", "2006", "2007-03"] {
            let paid = |plan| -> Vec<String> {
                judge(plan, &register, period).iter().map(|line| without_facts(line)).collect()
            };
            assert_eq!(paid(&limited), paid(&free), "{items}");
        }
    }

    #[test]
    fn where_there_is_none_random_households_find_none(items in clauses(4), homes in proptest::collection::vec(household(), HOUSEHOLDS)) {
        let plan = plan(&charter(&unrelated(&items)));
        let findings = prove(&plan);
        let homes: Vec<(usize, &Row)> = homes.iter().enumerate().map(|(index, row)| (index + 1, row)).collect();
        let ever = paid(&plan, &document(&homes, false), "2005..2007");
        for finding in findings.iter().filter(|finding| matches!(finding.code.id, "A001" | "A008")) {
            for name in words(finding, &["clause"]) {
                assert!(!ever.contains(&name), "{}\n{items}", finding.message(Lang::En));
            }
        }
        // Pairs of clauses of one purpose that were found free of conflict and were decided.
        let undecided = findings.iter().any(|finding| finding.code.id == "A014");
        let told: BTreeSet<Vec<String>> = findings
            .iter()
            .filter(|finding| finding.code.id == "A004")
            .map(|finding| {
                let mut pair = words(finding, &["one", "other"]);
                pair.sort();
                pair
            })
            .collect();
        if undecided {
            return Ok(());
        }
        for (index, home) in &homes {
            for year in ["2005", "2006", "2007"] {
                let together = paid(&plan, &document(&[(*index, *home)], false), year);
                for (place, one) in together.iter().enumerate() {
                    for other in together.iter().skip(place + 1) {
                        let pair = vec![one.clone(), other.clone()];
                        assert!(told.contains(&pair), "{pair:?} together in {year}\n{}\n{items}", document(&[(*index, *home)], false));
                    }
                }
            }
        }
    }
}
