//! What `check` proves, tried out: a household that a finding shows is evaluated and shows it; where a finding says that
//! there is none, households made up at random find none.

use crate::engine::{plan, register};
use crate::random::{self, Row, charter, clauses, document, household};
use crate::witness::{entitlements, pays, reproduced};
use charter::analyse::prove;
use charter::diagnostic::{Diagnostic, Lang};
use charter::ir::Plan;
use proptest::prelude::{ProptestConfig, proptest};
use std::collections::BTreeSet;

/// Charters tried; `CHARTER_PROOF_CASES` asks for more.
const CASES: u32 = 80;
/// Random households for each charter.
const HOUSEHOLDS: usize = 12;

/// Findings that carry a household, and whose showing is tried.
const WITH_HOUSEHOLD: [&str; 3] = ["A004", "A005", "L21"];

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

/// What a finding is about.
fn words(finding: &Diagnostic, names: &[&'static str]) -> Vec<String> {
    let arg = |name: &&str| finding.args.iter().find(|(arg, _)| arg == name).map(|(_, term)| term.en.clone());
    names.iter().filter_map(arg).collect()
}

#[test]
fn what_turns_on_a_computed_day_is_not_decided() {
    let items = "article 1 reward clause_0\n    for household\n    when not (2005-12-31 != today + 1 days)\n    pay 1 yuan once\n    serves care\n    paid from a\n";
    let codes: Vec<&str> = prove(&plan(&charter(items))).iter().map(|finding| finding.code.id).collect();
    assert_eq!(codes, ["A014"]);
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
    for clauses in [chosen.concat(), cut.concat()] {
        let codes: Vec<&str> =
            prove(&plan(&format!("{head}{clauses}"))).iter().map(|finding| finding.code.id).collect();
        assert_eq!(codes, ["A014"], "{clauses}");
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
    fn where_there_is_none_random_households_find_none(items in clauses(4), homes in proptest::collection::vec(household(), HOUSEHOLDS)) {
        let plan = plan(&charter(&unrelated(&items)));
        let findings = prove(&plan);
        let homes: Vec<(usize, &Row)> = homes.iter().enumerate().map(|(index, row)| (index + 1, row)).collect();
        let ever = paid(&plan, &document(&homes, false), "2005..2007");
        for finding in findings.iter().filter(|finding| finding.code.id == "A001") {
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
