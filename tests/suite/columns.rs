//! The evaluator for many says what the one that explains itself says, of every household.

use crate::engine::{plan, register};
use crate::good::bases;
use crate::homes::{self, Dice, Pool};
use crate::mutants::{asked, compiled};
use crate::random::{self, Row, Target, charter, clauses, document, duties, household, money, truth};
use charter::eval::columnar::{Columnar, Store};
use charter::eval::traced::run;
use charter::ir::Plan;
use charter::register::Register;
use charter::value::Period;
use proptest::prelude::{ProptestConfig, Strategy, prop_oneof, proptest};
use proptest::sample::select;

/// Cases where nothing is asked for; `CHARTER_COLUMN_CASES` asks for more.
const CASES: u32 = 120;
/// Households made up for each charter of the corpus; `CHARTER_COLUMN_HOUSEHOLDS` asks for more, `CHARTER_COLUMN_SEED` for
/// others.
const HOUSEHOLDS: usize = 40;
const PERIODS: [&str; 8] = [
    "2005",
    "2005-06-30",
    "2005-03",
    "2004..2006",
    "2004-02..2005-12",
    "2005-Q1",
    "1999-06-15..2012-03-03",
    "2005-02-28..2005-03-01",
];

fn config() -> ProptestConfig {
    random::config("CHARTER_COLUMN_CASES", CASES)
}

/// Compares both on every household of a register.
pub fn agree(plan: &Plan, register: &Register, period: &str, about: &dyn Fn() -> String) {
    let period = Period::parse(period).unwrap();
    let run = run(plan, register, &period).unwrap();
    let store = Store::of(register, &plan.schema);
    let columnar = Columnar::new(&run);
    let households = run.rows(run.unit());
    let ready = columnar.over(&store, &run);
    assert_eq!(run.figures(ready.measured(&run).0), run.indicators(), "{period}\n{}", about());
    let found = ready.judge(&run, 0..households).results(&run);
    assert_eq!(found.len(), households);
    for (unit, found) in found.iter().enumerate() {
        let wanted = run.judge(run.unit(), unit);
        assert_eq!(found.entitlements, wanted.entitlements, "household {unit}, {period}\n{}", about());
        assert_eq!(found.duties, wanted.duties, "household {unit}, {period}\n{}", about());
        assert_eq!(found.village_unknown, wanted.village_unknown, "household {unit}, {period}\n{}", about());
    }
}

#[test]
fn columns_say_the_same_on_every_charter_of_the_corpus() {
    let (households, seed) =
        (asked("CHARTER_COLUMN_HOUSEHOLDS", HOUSEHOLDS), asked("CHARTER_COLUMN_SEED", 1));
    let mut tried = 0;
    for base in bases() {
        let texts = base.fixed.iter().chain(&base.villages).cloned().collect();
        let plan = compiled(&texts).unwrap_or_else(|| panic!("{} compiles", base.name));
        if plan.schema.unit().is_none() {
            continue;
        }
        let (pool, mut dice) = (Pool::of(&plan), Dice::new(seed as u64));
        // In parts, so that many households need little memory.
        for part in (0..households).step_by(1_000) {
            let register = homes::register(&plan, &pool, 1_000.min(households - part), &mut dice);
            let year = pool.years[dice.below(pool.years.len())];
            let period = ["", "-06", "-Q4"][dice.below(3)];
            agree(&plan, &register, &format!("{year}{period}"), &|| base.name.clone());
        }
        tried += 1;
    }
    assert!(tried > 80, "{tried}");
}

/// No day is one month before the last of a year: the last day of the period says nothing of the days before it.
#[test]
fn a_day_that_no_month_leads_to_hides_no_other_day() {
    let items = "article 1 reward clause_0
    for admission
    when today = admitted_on + 1 months
    pay 1 yuan once
    serves care
    paid from a
";
    let plan = plan(&charter(items));
    let yaml = r#"households:
  - household_no: "1"
    village: "乙村"
    persons:
      - person_no: "1P0"
        relation: "daughter"
        birth: "1987-06-30"
        admissions:
          - admitted_on: "2005-02-15"
          - admitted_on: "2005-02"
"#;
    let (register, told) = register(&plan, yaml);
    assert!(told.is_empty(), "{told:#?}");
    for period in PERIODS.iter().chain(&["2004..2006"]) {
        agree(&plan, &register, period, &|| yaml.to_owned());
    }
    let (period, households) = (Period::parse("2004..2006").unwrap(), 1);
    let run = run(&plan, &register, &period).unwrap();
    let store = Store::of(&register, &plan.schema);
    let found = Columnar::new(&run).over(&store, &run).judge(&run, 0..households).results(&run);
    assert_eq!(found[0].entitlements.len(), 2, "{found:#?}");
}

/// Figures about the whole register: rows counted, or an amount of each added up.
fn indicators(most: usize) -> impl Strategy<Value = String> {
    let measure = select(vec![("households", Target::Household), ("persons", Target::Person)]).prop_flat_map(
        |(rows, target)| {
            let counted = truth(target).prop_map(move |truth| format!("count ({rows} where {truth})"));
            let added = (money(target), truth(target))
                .prop_map(move |(money, truth)| format!("sum (({money}) of {rows} where {truth})"));
            prop_oneof![3 => counted, 1 => added]
        },
    );
    let indicator = (measure.clone(), proptest::option::of(measure)).prop_map(|(one, other)| match other {
        Some(other) if one.starts_with("count") == other.starts_with("count") => format!("{one} / {other}"),
        _ => one,
    });
    proptest::collection::vec(indicator, 0..=most).prop_map(|all| {
        let numbered = all.iter().enumerate();
        numbered
            .fold(String::new(), |text, (place, one)| text + &format!("indicator figure_{place} = {one}\n"))
    })
}

fn numbered(households: &[Row]) -> Vec<(usize, &Row)> {
    households.iter().enumerate().map(|(index, row)| (index + 1, row)).collect()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn columns_say_what_the_explanation_says(items in clauses(6), duties in duties(3), figures in indicators(3), homes in proptest::collection::vec(household(), 1..12), period in select(PERIODS.to_vec())) {
        let items = items + &duties + &figures;
        let plan = plan(&charter(&items));
        let yaml = document(&numbered(&homes), false);
        let (register, told) = register(&plan, &yaml);
        assert!(told.is_empty(), "{told:#?}\n{yaml}");
        agree(&plan, &register, period, &|| format!("{items}\n{yaml}"));
    }
}
