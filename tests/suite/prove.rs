//! What `check` proves, tried out: a household that a finding shows is evaluated and shows it; where a finding says that
//! there is none, households made up at random find none.

use crate::engine::{build, charters, judge, plan, register};
use crate::random::{self, Row, charter, clauses, document, household};
use charter::analyse::prove;
use charter::diagnostic::{Diagnostic, Lang, Place, Witness};
use charter::eval::traced::run;
use charter::eval::{DutyRow, DutyStatus, Outcome};
use charter::ir::{Most, Plan};
use charter::value::{Fen, Period};
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
    let period = Period::parse(period).unwrap();
    let run = run(plan, &register, &period).unwrap();
    let mut names = BTreeSet::new();
    for unit in 0..run.rows(run.unit()) {
        for one in run.judge(run.unit(), unit).entitlements {
            let certain = match one.outcome {
                Outcome::Granted(_) | Outcome::Awaiting { .. } => true,
                Outcome::Undetermined { least, .. } => least > Fen::ZERO,
                _ => false,
            };
            if certain {
                names.insert(plan.benefits[one.benefit].label.name.clone());
            }
        }
    }
    names
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
    let items = "article 1 reward clause_0\n    for household\n    when not (2005-12-31 != today + 1 days)\n    pay 1 yuan once\n    serves care\n    paid from a\n";
    let codes: Vec<&str> = prove(&plan(&charter(items))).iter().map(|finding| finding.code.id).collect();
    assert_eq!(codes, ["A014"]);
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
    assert_eq!(tried, 16);
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
            let unmet =
                |row: &DutyRow| matches!(row.status, DutyStatus::Unmet | DutyStatus::Undetermined { .. });
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
    assert_eq!(tried, 3);
}

/// Counts are told apart only where each has one value: not on two days.
#[test]
fn a_count_may_be_another_on_another_day() {
    let items = "article 1 subsidy clause_0\n    for household\n    when count (persons where age < 14) >= 6\n    pay 1 yuan once\n    serves care\n    paid from a\n\
        article 2 subsidy clause_1\n    for household\n    when count (persons where age < 14) < 1\n    pay 1 yuan once\n    serves care\n    paid from a\n";
    let codes: Vec<&str> = prove(&plan(&charter(items))).iter().map(|finding| finding.code.id).collect();
    assert!(codes.contains(&"A014"), "{codes:?}");
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_witness_shows_what_the_finding_says(items in clauses(4)) {
        let plan = plan(&charter(&unrelated(&items)));
        for finding in prove(&plan) {
            let Some(witness) = &finding.witness else { continue };
            let message = finding.message(Lang::En);
            for yaml in [&witness.yaml.zh, &witness.yaml.en] {
                match finding.code.id {
                    "A004" => {
                        let shown = paid(&plan, yaml, &witness.period);
                        for name in words(&finding, &["one", "other"]) {
                            assert!(shown.contains(&name), "{message}: {name} not among {shown:?}\n{yaml}\n{items}");
                        }
                    }
                    "A005" => {
                        let (register, _) = register(&plan, yaml);
                        let period = Period::parse(&witness.period).unwrap();
                        let run = run(&plan, &register, &period).unwrap();
                        let outcomes = run.judge(run.unit(), 0).entitlements;
                        let negative = |outcome: &Outcome| matches!(outcome, Outcome::Faulted(_));
                        assert!(outcomes.iter().any(|one| negative(&one.outcome)), "{message}\n{yaml}\n{items}");
                    }
                    "A011" | "A012" => {
                        let shown = paid(&plan, yaml, &witness.period);
                        for name in words(&finding, &["clause"]) {
                            assert!(shown.contains(&name), "{message}: {name} not among {shown:?}\n{yaml}\n{items}");
                        }
                    }
                    code => panic!("{code} carries a household"),
                }
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
