//! An evaluator may skip the days on which nothing can change. Here nothing is skipped, and the outcome is the same:
//! a year is judged at once and day by day, over conditions and facts made up at random.

use crate::engine::{judge, plan, register};
use crate::semantics::{HEAD, WORDS};
use charter::value::Day;
use proptest::prelude::{ProptestConfig, Strategy, prop_oneof, proptest};

/// Conditions of a household, each of which changes with the days in its own way.
const CONDITIONS: [&str; 33] = [
    "insured <= today",
    "insured > today",
    "insured + 3 months <= today",
    "insured - 40 days < today",
    "insured + 1 years >= today",
    "insured = today",
    "insured is absent",
    "full years from insured to today >= 1",
    "full months from insured to today > 4",
    "full days from insured to today = 100",
    "full months from today to insured > 1",
    "full days from today to insured < 60",
    "today between 2005-03-10 and 2005-08-20",
    "any (persons where age < 14)",
    "count (persons where age >= 14) >= 2",
    "every (persons where birth <= today)",
    "max (age of persons) > 30",
    "min (birth of persons) + 14 years > today",
    "line > 3",
    "if insured <= today then line > 3 else any (persons where age < 14)",
    "calendar month of today = 5",
    "calendar day of today > 20",
    "calendar month of insured = calendar month of today",
    "last day of the quarter of today > insured",
    "last day of the month of (today + 10 days) = 2005-05-31",
    "first (age of persons where birth + 14 years <= today by birth) > 14",
    "last (birth of persons where age < 14 by birth) is absent",
    "any (persons where rank (persons where age < 14 by age) = 2)",
    "by today { below 2005-04-20: 1, 2005-04-20 to below 2005-09-01: 2, at least 2005-09-01: 3 } = 2",
    "by_days = 3",
    "steps > 14",
    "(full months from insured to today) mod 3 = 1",
    "any deeds",
];

fn condition() -> impl Strategy<Value = String> {
    let leaf = proptest::sample::select(CONDITIONS.to_vec()).prop_map(str::to_owned);
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|a| format!("not ({a})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) and ({b})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("({a}) or ({b})")),
        ]
    })
}

/// A date near 2005: known to the day, the month or the year, absent or unknown.
fn date(years: std::ops::Range<i16>) -> impl Strategy<Value = String> {
    let day = (years.clone(), 1..=12_i8, 1..=31_i8).prop_map(|(year, month, day)| {
        let days = [day, 30, 29, 28];
        let day = days.into_iter().filter(|other| *other <= day).find_map(|day| Day::new(year, month, day));
        day.map_or_else(|| "2005-01-01".to_owned(), |day| day.to_string())
    });
    let month = (years, 1..=12_i8).prop_map(|(year, month)| format!("{year}.{month}"));
    prop_oneof![8 => day, 1 => month, 1 => "2005|2004|不详"]
}

const PARAMETER: &str = "parameter line : number
    from 2003-01-01 until 2005-04-17 : 2
    from 2005-04-18 until 2005-10-31 : 5
    from 2005-11-01 : 3
table by_days of household by today, insured
    case below 2005-04-20, below 2004-12-01 : 1
    case otherwise, at least 2005-03-01 : 2
    case otherwise : 3
scale steps of household by line
    above 1 : 3
    above 3 : line * 2
";

fn text(condition: &str, rhythm: &str) -> String {
    format!(
        "{HEAD}{PARAMETER}article 1 subsidy bonus\n    for household\n    when {condition}\n    pay 10 yuan {rhythm}\n    \
         serves care\n    paid from a\n{WORDS}"
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_skipped_changes_nothing(
        condition in condition(),
        insured in date(2004..2006),
        births in proptest::collection::vec(date(1988..1994), 0..3),
    ) {
        let persons: Vec<String> = births.iter().map(|birth| format!("{{birth: '{birth}'}}")).collect();
        let yaml = format!(
            "households:\n  - household_no: 1\n    village: 甲\n    insured: '{insured}'\n    persons: [{}]\n",
            persons.join(", ")
        );
        // A year at once has the outcomes of its months, each judged by itself.
        let monthly = plan(&text(&condition, "each month"));
        let (facts, _) = register(&monthly, &yaml);
        let months: Vec<String> =
            (1..=12).flat_map(|month| judge(&monthly, &facts, &format!("2005-{month:02}"))).collect();
        assert_eq!(judge(&monthly, &facts, "2005"), months, "{condition}\n{yaml}");

        // What is due once is due on the first day on which a clause of that day alone grants it.
        let mut once = plan(&text(&condition, "once"));
        let at_once = judge(&once, &facts, "2005");
        let mut day = Day::new(2005, 1, 1).unwrap();
        let mut first = None;
        while day <= Day::new(2005, 12, 31).unwrap() {
            once.charters[0].from = day;
            let found = judge(&once, &facts, &day.to_string());
            if let Some(line) = found.into_iter().next() {
                first = Some((day, line));
                break;
            }
            day = day.next();
        }
        match first {
            None => assert!(at_once.is_empty(), "{condition}\n{yaml}{at_once:?}"),
            Some((day, line)) => {
                assert_eq!(at_once.len(), 1, "{condition}\n{yaml}{line}");
                assert!(at_once[0].contains(&format!(" {day}: ")), "{condition}\n{yaml}{at_once:?}\n{line}");
                // Where the first day is certain, so is the outcome.
                if line.contains("granted") {
                    assert_eq!(at_once[0], line, "{condition}\n{yaml}");
                }
            }
        }
    }
}
