//! `tests/history`: clauses in the manner of real charters of 2000 to 2015. Each line says at its end which findings it
//! must raise; every other line raises nothing.

use crate::engine::{charter, root};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// File and line, and the codes there.
type Told = BTreeMap<(String, usize), BTreeSet<String>>;

/// What the comments at the ends of the lines say.
fn expected() -> Told {
    let mut told = Told::new();
    for entry in fs::read_dir(root().join("tests/history")).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("tests/history/{}", path.file_name().unwrap().to_string_lossy());
        for (index, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            let Some((code, comment)) = line.rsplit_once("// ") else { continue };
            if !code.trim().is_empty() {
                told.insert((name.clone(), index + 1), comment.split(' ').map(str::to_owned).collect());
            }
        }
    }
    told
}

/// What `check` says, by the line; the place of a vote is that of its header.
fn found(options: &[&str]) -> (i32, Told) {
    let ran = charter(root(), &[&["check", "tests/history", "--format", "json"], options].concat());
    let findings: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let mut told = Told::new();
    for finding in findings.as_array().unwrap() {
        let code = finding["code"].as_str().unwrap();
        let place = if code == "L14" { &finding["related"][0]["place"] } else { &finding["place"] };
        let line = usize::try_from(place["line"].as_u64().unwrap()).unwrap();
        let file = place["file"].as_str().unwrap().to_owned();
        told.entry((file, line)).or_default().insert(code.to_owned());
    }
    (ran.code, told)
}

#[test]
fn every_clause_of_the_past_raises_what_it_must_and_its_neighbours_nothing() {
    let (code, told) = found(&[]);
    assert_eq!(code, 1);
    let expected = expected();
    for place in told.keys().chain(expected.keys()).collect::<BTreeSet<_>>() {
        assert_eq!(told.get(place), expected.get(place), "{place:?}");
    }
    let clauses: usize = expected.values().map(BTreeSet::len).sum();
    assert!(clauses >= 15, "{clauses} findings");
}

#[test]
fn the_law_of_a_later_day_finds_the_same_and_more() {
    let (code, told) = found(&["--on", "2026-06-01"]);
    assert_eq!(code, 1);
    for (place, codes) in expected() {
        assert!(told.get(&place).is_some_and(|told| told.is_superset(&codes)), "{place:?}");
    }
}
