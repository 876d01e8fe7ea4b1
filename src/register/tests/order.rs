//! The order of the input never chooses: neither facts nor findings depend on it.

use super::*;
use crate::register::RowPlace;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A register without the numbers of its rows and the hashes of its files.
fn without_rows(mut register: Register) -> Register {
    for table in &mut register.tables {
        table.places.fill(RowPlace { file: 0, row: 0 });
    }
    register.files.clear();
    register
}

/// What is said how often, without rows.
fn without_places(findings: &DataFindings) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    for finding in findings.iter() {
        let cell = match &finding.place {
            Place::Cell(cell) => cell.column.clone(),
            _ => None,
        };
        *all.entry(format!("{} {:?} {}", finding.code.id, cell, finding.message(Lang::En))).or_default() += 1;
    }
    all
}

fn read_rows(tables: &[(&str, &str, Vec<String>)]) -> (Register, BTreeMap<String, usize>) {
    let texts: Vec<(&str, String)> = tables
        .iter()
        .map(|(name, header, rows)| (*name, format!("{header}\n{}\n", rows.join("\n"))))
        .collect();
    let files: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let (register, findings) = folder(&files);
    (without_rows(register), without_places(&findings))
}

/// Rows and the same rows shuffled: few keys, so that doubles, conflicts, orphans and blanks are common.
fn rows(
    cells: [&'static [&'static str]; 3],
    extra: &'static str,
) -> impl Strategy<Value = (Vec<String>, Vec<String>)> {
    let cell = proptest::sample::select;
    let row = (cell(cells[0]), cell(cells[1]), cell(cells[2]))
        .prop_map(move |(a, b, c)| format!("{a},{b},{c}{extra}"));
    proptest::collection::vec(row, 0..8).prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn row_order_never_matters(
        households in rows([&["H1", "H2", "H3", "", "H1"], &["甲", "乙", "丙", ""], &["1", "2", "9"]], ","),
        persons in rows([&["P1", "P2", "P3", "", "P1"], &["H1", "H2", "H9", ""], &["甲", "乙", "无"]], ",2001,,"),
        admissions in rows([&["A1", "A2", ""], &["P1", "P2", "P9", ""], &["2005", "x"]], ""),
        villages in rows([&["1", "2"], &["甲", "乙"], &["丙", ""]], ""),
    ) {
        let read = |households, persons, admissions, villages| read_rows(&[
            ("household.csv", "household_no,village,hukou,agreement_signed", households),
            ("person.csv", "person_no,household_no,name,birth,death,registered_on", persons),
            ("admission.csv", "admission_no,person_no,admitted_on", admissions),
            ("village.csv", "code,name,aliases", villages),
        ]);
        let given = read(households.0, persons.0, admissions.0, villages.0);
        let shuffled = read(households.1, persons.1, admissions.1, villages.1);
        prop_assert_eq!(given.0, shuffled.0);
        prop_assert_eq!(given.1, shuffled.1);
    }
}
