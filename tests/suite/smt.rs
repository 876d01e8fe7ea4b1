//! The questions of the analyses, asked a second time: of an SMT solver, in an encoding that shares nothing with the
//! search or the evaluator but the plan. Where a solver is on the path, both must say the same.
//!
//! `CHARTER_SMT_CASES` and `CHARTER_SMT_SEED` ask for more charters made up or changed at random, or for others;
//! `CHARTER_SMT_SOLVER` for `z3` or `cvc5`.

#[path = "smt/amounts.rs"]
mod amounts;
#[path = "smt/ask.rs"]
mod ask;
#[path = "smt/encode.rs"]
mod encode;
#[path = "smt/home.rs"]
mod home;
#[path = "smt/own.rs"]
mod own;
#[path = "smt/rows.rs"]
mod rows;
#[path = "smt/terms.rs"]
mod terms;
#[path = "smt/truth.rs"]
mod truth;
#[path = "smt/values.rs"]
mod values;

use crate::engine::{build, build_files, charters};
use crate::good::{Base, bases};
use crate::homes::Dice;
use crate::mutants::mutant;
use crate::random;
use ask::{Compared, compare};
use charter::analyse::{Answer, answers};
use charter::diagnostic::Severity;
use charter::ir::Plan;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Mutex;
use terms::{Prover, Script};

/// Charters changed at random, and charters made up at random.
const CASES: usize = 6;
const SEED: usize = 2005;
/// Charters of the tests of which the search itself takes many seconds, and that are about just that.
const LONG: [&str; 2] = ["A014_too_many_possibilities", "units"];
/// Villages of the town that are asked about together.
const VILLAGES: usize = 3;

/// A plan, its name and its text.
struct Case {
    name: String,
    text: String,
    plan: Plan,
}

/// What was asked, and what came of it.
#[derive(Debug, Default)]
struct Tally {
    charters: usize,
    asked: usize,
    households: usize,
    households_agreed: usize,
    none: usize,
    none_agreed: usize,
    undecided: usize,
    undecided_there_is: usize,
    undecided_there_is_none: usize,
    no_answer_in_time: usize,
    not_translated: BTreeMap<&'static str, usize>,
    translated: BTreeMap<&'static str, usize>,
    differ: Vec<String>,
}

/// The first solver on the path, or the one that is asked for.
fn prover() -> Option<Prover> {
    let asked = std::env::var("CHARTER_SMT_SOLVER").ok();
    let is_asked = |program: &str| asked.as_deref().is_none_or(|asked| asked == program);
    let runs =
        |program: &str| Command::new(program).arg("--version").output().is_ok_and(|ran| ran.status.success());
    [("z3", Prover::Z3), ("cvc5", Prover::Cvc5)]
        .into_iter()
        .find(|(program, _)| is_asked(program) && runs(program))
        .map(|(_, prover)| prover)
}

/// The charters of the tests that have no error.
fn corpus() -> Vec<Case> {
    let mut cases = Vec::new();
    for folder in ["tests/suite/check/good", "tests/suite/check/bad"] {
        for (name, text) in charters(folder) {
            let built = build(&name, &text);
            let has_error = built.findings.iter().any(|finding| finding.severity == Severity::Error);
            if !has_error && !LONG.contains(&name.as_str()) {
                cases.push(Case { name, text, plan: built.compiled.plan });
            }
        }
    }
    cases
}

/// Conditions that few of them have.
fn own() -> Vec<Case> {
    let case = |(name, plan)| Case { name, text: String::new(), plan };
    own::plans().into_iter().map(case).collect()
}

/// The bundled charters.
fn bundled(bases: &[Base]) -> Vec<Case> {
    let is_bundled = |base: &&Base| base.name.ends_with(".charter") || base.name == "town 0";
    let case = |base: &Base| {
        let texts = base.fixed.iter().chain(base.villages.iter().take(VILLAGES)).cloned().collect();
        Case { name: base.name.clone(), text: String::new(), plan: build_files(texts).compiled.plan }
    };
    bases.iter().filter(is_bundled).map(case).collect()
}

/// Charters made up at random.
fn made_up(cases: usize, seed: usize) -> Vec<Case> {
    let config = Config { rng_seed: RngSeed::Fixed(seed as u64), ..Config::default() };
    let mut runner = TestRunner::new(config);
    let items = (random::clauses(2), random::duties(1));
    let mut made = Vec::new();
    for number in 0..cases {
        let (clauses, duties) = items.new_tree(&mut runner).unwrap().current();
        let text = random::charter(&format!("{clauses}{duties}"));
        let plan = crate::engine::plan(&text);
        made.push(Case { name: format!("made up {number}"), text, plan });
    }
    made
}

/// Good charters changed at random.
fn mutants(bases: &[Base], cases: usize, seed: usize) -> Vec<Case> {
    let case = |number: usize| {
        let mutant = mutant(bases, &mut Dice::new((seed * 1_000_000 + number) as u64));
        Case { name: format!("mutant of {}", mutant.base), text: mutant.text(), plan: mutant.plan }
    };
    (0..cases).map(case).collect()
}

fn asked(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable).ok().and_then(|asked| asked.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn a_solver_says_the_same() {
    let Some(prover) = prover() else {
        eprintln!("skipped: neither z3 nor cvc5 is on the path");
        return;
    };
    let (number, seed) = (asked("CHARTER_SMT_CASES", CASES), asked("CHARTER_SMT_SEED", SEED));
    let bases = bases();
    let mut cases = corpus();
    cases.extend(own());
    cases.extend(bundled(&bases));
    cases.extend(made_up(number, seed));
    cases.extend(mutants(&bases, number, seed));
    let (next, tally) = (Mutex::new(cases.iter()), Mutex::new(Tally::default()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let Some(case) = next.lock().unwrap().next() else { return };
                    ask_all(prover, case, &tally);
                }
            });
        }
    });
    let mut tally = tally.into_inner().unwrap();
    let differ = std::mem::take(&mut tally.differ);
    eprintln!("{prover:?} {tally:#?}");
    assert!(differ.is_empty(), "{} differ\n{}", differ.len(), differ.join("\n\n"));
}

fn ask_all(prover: Prover, Case { name, text, plan }: &Case, tally: &Mutex<Tally>) {
    tally.lock().unwrap().charters += 1;
    let mut script = Script::new(prover);
    for answered in answers(plan) {
        let mut kinds = BTreeMap::new();
        let compared = compare(&mut script, plan, &answered, &mut kinds);
        let mut tally = tally.lock().unwrap();
        tally.asked += 1;
        let agreed = usize::from(matches!(compared, Ok(Compared::Agreed)));
        match answered.answer {
            Answer::Witness(_) => {
                tally.households += 1;
                tally.households_agreed += agreed;
            }
            Answer::None => {
                tally.none += 1;
                tally.none_agreed += agreed;
            }
            Answer::Undecided(_) => tally.undecided += 1,
        }
        match compared {
            Ok(Compared::Agreed) => {}
            Ok(Compared::Unsaid) => tally.no_answer_in_time += 1,
            Ok(Compared::Decided(true)) => tally.undecided_there_is += 1,
            Ok(Compared::Decided(false)) => tally.undecided_there_is_none += 1,
            Ok(Compared::Differs(how)) => {
                tally.differ.push(format!("{name}\n{text}\n{:?}\n{how}", answered.question));
            }
            Err(why) => *tally.not_translated.entry(why).or_default() += 1,
        }
        for (kind, count) in kinds {
            *tally.translated.entry(kind).or_default() += count;
        }
    }
}
