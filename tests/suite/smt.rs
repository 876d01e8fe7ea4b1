//! The questions of the analyses, asked a second time: of an SMT solver, in an encoding that shares nothing with the
//! search or the evaluator but the plan. Where a solver is on the path, both must say the same.
//!
//! `CHARTER_SMT_MUTANTS` asks for more charters changed at random.

#[path = "smt/amounts.rs"]
mod amounts;
#[path = "smt/ask.rs"]
mod ask;
#[path = "smt/encode.rs"]
mod encode;
#[path = "smt/home.rs"]
mod home;
#[path = "smt/rows.rs"]
mod rows;
#[path = "smt/terms.rs"]
mod terms;
#[path = "smt/values.rs"]
mod values;

use crate::engine::{build, charters};
use ask::{Compared, compare};
use charter::analyse::{Answer, answers};
use charter::diagnostic::Severity;
use charter::ir::Plan;
use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Mutex;
use terms::Prover;

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

/// The solver on the path.
fn prover() -> Option<Prover> {
    let runs =
        |program: &str| Command::new(program).arg("--version").output().is_ok_and(|ran| ran.status.success());
    [("z3", Prover::Z3), ("cvc5", Prover::Cvc5)]
        .into_iter()
        .find(|(program, _)| runs(program))
        .map(|(_, prover)| prover)
}

/// The plans of the corpus without errors, by name.
fn plans() -> Vec<(String, Plan)> {
    let mut plans = Vec::new();
    for folder in ["tests/suite/check/good", "tests/suite/check/bad"] {
        for (name, text) in charters(folder) {
            let built = build(&name, &text);
            if built.findings.iter().all(|finding| finding.severity != Severity::Error) {
                plans.push((name, built.compiled.plan));
            }
        }
    }
    plans
}

#[test]
fn a_solver_says_the_same() {
    let Some(prover) = prover() else {
        eprintln!("skipped: neither z3 nor cvc5 is on the path");
        return;
    };
    let plans = plans();
    let (next, tally) = (Mutex::new(plans.iter()), Mutex::new(Tally::default()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let Some((name, plan)) = next.lock().unwrap().next() else { return };
                    ask_all(prover, name, plan, &tally);
                }
            });
        }
    });
    let mut tally = tally.into_inner().unwrap();
    let differ = std::mem::take(&mut tally.differ);
    eprintln!("{prover:?} {tally:#?}");
    assert!(differ.is_empty(), "{} differ\n{}", differ.len(), differ.join("\n\n"));
}

fn ask_all(prover: Prover, name: &str, plan: &Plan, tally: &Mutex<Tally>) {
    tally.lock().unwrap().charters += 1;
    for answered in answers(plan) {
        let mut kinds = BTreeMap::new();
        let compared = compare(prover, plan, &answered, &mut kinds);
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
                tally.differ.push(format!("{name}: {:#?}\n{how}", answered.question))
            }
            Err(why) => *tally.not_translated.entry(why).or_default() += 1,
        }
        for (kind, count) in kinds {
            *tally.translated.entry(kind).or_default() += count;
        }
    }
}
