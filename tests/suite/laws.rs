//! The laws of the semantics, over charters and registers made up at random.

use crate::engine::{plan, register};
use crate::random::{self, Row, charter, clauses, document, fits, holes, household, known};
use charter::eval::traced::run;
use charter::eval::{FactId, FactPart, Outcome};
use charter::ir::Plan;
use charter::register::Register;
use charter::schema::Schema;
use charter::value::{Fen, Period};
use proptest::prelude::{ProptestConfig, any, proptest};
use proptest::sample::Index;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use std::collections::BTreeMap;

/// Cases where nothing is asked for; `CHARTER_LAW_CASES` asks for more.
const CASES: u32 = 120;

fn config() -> ProptestConfig {
    random::config("CHARTER_LAW_CASES", CASES)
}

/// Household, clause, target and period, and what came out.
type Rows = BTreeMap<(String, String, String, String), Vec<Told>>;

/// An outcome, and the missing facts that would settle it.
type Told = (Outcome, Vec<String>);

fn judge(plan: &Plan, yaml: &str, period: &str) -> Rows {
    let (register, told) = register(plan, yaml);
    assert!(told.is_empty(), "{told:#?}\n{yaml}");
    let period = Period::parse(period).unwrap();
    let run = run(plan, &register, &period).unwrap();
    let mut rows = Rows::new();
    for unit in 0..run.rows(run.unit()) {
        for one in run.judge(run.unit(), unit).entitlements {
            let benefit = &plan.benefits[one.benefit];
            let key = |record, row: usize| register.table(record).keys.text(row).to_owned();
            let place = (
                key(one.root, one.unit),
                benefit.label.name.clone(),
                key(benefit.target, one.target),
                one.period.clone(),
            );
            rows.entry(place).or_default().push(without_rows(&plan.schema, &register, one.outcome));
        }
    }
    rows
}

/// The same, with missing facts told by keys: the places of rows depend on who else is in the register.
fn without_rows(schema: &Schema, register: &Register, outcome: Outcome) -> Told {
    match outcome {
        Outcome::Undetermined { least, most, missing } => {
            let fact = |fact: &FactId| {
                let owner = match fact.part {
                    FactPart::Field(_) => fact.record,
                    FactPart::Rows => schema.unit().unwrap(),
                };
                format!("{:?} {:?} {}", fact.record, fact.part, register.table(owner).keys.text(fact.row))
            };
            let facts = missing.iter().map(fact).collect();
            (Outcome::Undetermined { least, most, missing: Vec::new() }, facts)
        }
        other => (other, Vec::new()),
    }
}

fn all(households: &[Row]) -> Vec<(usize, &Row)> {
    households.iter().enumerate().map(|(index, row)| (index + 1, row)).collect()
}

/// The least and the most an outcome allows; none for what could not be computed.
fn bounds(outcomes: Option<&Vec<Told>>) -> Option<(Fen, Option<Fen>)> {
    let Some(outcomes) = outcomes else { return Some((Fen::ZERO, Some(Fen::ZERO))) };
    let mut total = (Fen::ZERO, Some(Fen::ZERO));
    for (outcome, _) in outcomes {
        let (least, most) = match outcome {
            Outcome::Granted(amount) => (*amount, Some(*amount)),
            Outcome::Awaiting { least, most } => (*least, Some(*most)),
            Outcome::Undetermined { least, most, .. } => (*least, *most),
            Outcome::NotApplicable | Outcome::NotGranted => (Fen::ZERO, Some(Fen::ZERO)),
            Outcome::Faulted(_) => return None,
        };
        total.0 = total.0.checked_add(least)?;
        total.1 = match (total.1, most) {
            (Some(sum), Some(most)) => Some(sum.checked_add(most)?),
            _ => None,
        };
    }
    Some(total)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_order_of_rows_and_households_is_irrelevant(items in clauses(5), homes in proptest::collection::vec(household(), 1..4)) {
        let plan = plan(&charter(&items));
        let forwards = judge(&plan, &document(&all(&homes), false), "2005");
        let backwards = judge(&plan, &document(&all(&homes), true), "2005");
        assert_eq!(forwards, backwards, "{items}");
    }

    #[test]
    fn a_household_is_judged_for_itself(items in clauses(5), homes in proptest::collection::vec(household(), 2..4)) {
        let plan = plan(&charter(&items));
        let together = judge(&plan, &document(&all(&homes), false), "2005");
        let mut alone = Rows::new();
        for one in all(&homes) {
            alone.extend(judge(&plan, &document(&[one], false), "2005"));
        }
        assert_eq!(together, alone, "{items}");
    }

    #[test]
    fn a_missing_fact_that_is_found_stays_within_the_bounds(items in clauses(5), home in household(), which in any::<Index>(), pick in any::<Index>()) {
        let plan = plan(&charter(&items));
        let mut filled = home.clone();
        let mut found = holes(&mut filled);
        if found.is_empty() {
            return Ok(());
        }
        let place = which.index(found.len());
        let (field, hole) = &mut found[place];
        let mut runner = TestRunner::deterministic();
        let values = (0..40).map(|_| known(field).new_tree(&mut runner).unwrap().current());
        let fitting: Vec<String> = values.filter(|value| fits(hole, value)).collect();
        let value = fitting.get(pick.index(fitting.len().max(1))).cloned();
        let Some(value) = value else { return Ok(()) };
        hole.replace_range(.., &value);
        let (before, after) = (document(&[(1, &home)], false), document(&[(1, &filled)], false));
        let (less, more) = (judge(&plan, &before, "2004..2006"), judge(&plan, &after, "2004..2006"));
        // What is paid once, or for an event, may fall on another day: it is compared over the whole run.
        let whole = |rows: &Rows| {
            let mut by_target: Rows = Rows::new();
            for ((household, clause, target, period), outcomes) in rows {
                let benefit = plan.benefits.iter().find(|benefit| benefit.label.name == *clause).unwrap();
                let fixed = !matches!(benefit.rhythm, charter::ast::Rhythm::Once | charter::ast::Rhythm::EachEvent);
                let period = if fixed { period.clone() } else { String::new() };
                by_target.entry((household.clone(), clause.clone(), target.clone(), period)).or_default().extend(outcomes.iter().cloned());
            }
            by_target
        };
        let (less, more) = (whole(&less), whole(&more));
        for place in less.keys().chain(more.keys()) {
            let Some(((least, most), (after_least, after_most))) = bounds(less.get(place)).zip(bounds(more.get(place))) else { continue };
            let context = format!("{place:?}: {:?} then {:?}\n{items}\n{before}\n{after}", less.get(place), more.get(place));
            assert!(least <= after_least, "less than the least, {context}");
            let within = match (most, after_most) {
                (None, _) => true,
                (Some(most), Some(after)) => after <= most,
                (Some(_), None) => false,
            };
            assert!(within, "more than the most, {context}");
            // What was known stays what it was.
            if let Some([(Outcome::Granted(amount), _)]) = less.get(place).map(Vec::as_slice) {
                assert_eq!(more.get(place), Some(&vec![(Outcome::Granted(*amount), Vec::new())]), "{context}");
            }
        }
    }

    #[test]
    fn a_year_is_its_twelve_months(items in clauses(5), home in household()) {
        let plan = plan(&charter(&items));
        let yaml = document(&[(1, &home)], false);
        let year = judge(&plan, &yaml, "2005");
        let mut months = Rows::new();
        for month in 1..=12 {
            for (place, outcomes) in judge(&plan, &yaml, &format!("2005-{month:02}")) {
                months.entry(place).or_default().extend(outcomes);
            }
        }
        // Doubts about the day of what is paid once, or for an event, are told in every run that holds such a day.
        let settled = |rows: Rows| -> Rows {
            let doubtful = |(outcome, _): &Told| matches!(outcome, Outcome::Undetermined { .. } | Outcome::Faulted(_));
            let day_matters = |clause: &str| {
                let benefit = plan.benefits.iter().find(|benefit| benefit.label.name == clause).unwrap();
                matches!(benefit.rhythm, charter::ast::Rhythm::Once | charter::ast::Rhythm::EachEvent)
            };
            rows.into_iter().filter(|((_, clause, ..), outcomes)| !(day_matters(clause) && outcomes.iter().any(doubtful))).collect()
        };
        assert_eq!(settled(year), settled(months), "{items}\n{yaml}");
    }

    #[test]
    fn a_later_version_never_changes_an_earlier_period(old in clauses(4), new in clauses(4), home in household(), from in proptest::sample::select(vec![("2005-05-17", "2005-01-01..2005-05-16"), ("2005-11-01", "2005-01..2005-10"), ("2006-01-01", "2005")])) {
        let first = charter(&old);
        let later = format!("// --- later.charter\n{}{new}", crate::semantics::HEAD.replace("2005-01-01", from.0) + crate::random::STEPS);
        let both = format!("{first}{later}");
        let yaml = document(&[(1, &home)], false);
        assert_eq!(judge(&plan(&first), &yaml, from.1), judge(&plan(&both), &yaml, from.1), "{old}\nthen\n{new}\n{yaml}");
    }
}
