//! `charter test`: it agrees with the tables of `eval`, sees one fen, and takes hostile files without a panic.

use crate::engine::{charter, plan, root, standard, tables};
use charter::ir::References;
use charter::register::InputFile;
use charter::testing::{Rules, TestFile, run};
use std::fmt::Write;
use std::fs;

/// A charter with months, funds, a range, a duty and an unknown fact.
const CHARTER: &str = r#"charter demo
    uses standard
    in force from 2004-01-01

fund a
fund b
purpose care

article 1 subsidy fee
    for household
    when holds_only_child
    pay 10 yuan each month
    serves care
    paid from a 1/3, b 2/3

article 2 reward grant
    for person where relation is daughter
    when age >= 3
    pay between 10 yuan and 20 yuan each year
    decided by "会"
    serves care
    paid from b

article 3 obligation register
    for person where relation is daughter
    bound when household.agreement_signed <= birth
    must registered_on within 60 days after birth
    remedy 30 days
    appeal 15 days to "会"
"#;

const ROWS: &str = "households:
  - household_no: 1
    village: 甲村
    agreement_signed: 1999-01-01
    persons:
      - {person_no: 1, relation: daughter, birth: 2000-02-29, registered_on: none}
      - {person_no: 2, relation: daughter, birth: 2005-02-11}
    certificates:
      - {certificate_no: C1, kind: only_child_honour, issued: \"2005-06\"}
  - household_no: 2
    village: 甲村
    agreement_signed: 1999-01-01
    persons:
      - {person_no: 3, relation: daughter, birth: \"?\", registered_on: 2005-03-01}
    certificates:
      - {certificate_no: C2, kind: only_child_honour, issued: 2001-05-01}
";

/// Every row of a table as a row that is expected, by clause.
fn expected(tables: &[(&str, &[String])]) -> String {
    let mut text = String::new();
    for clause in ["fee", "grant", "register"] {
        let _ = writeln!(text, "      {clause}:");
        for (_, lines) in tables {
            let columns: Vec<&str> = lines[0].split(',').collect();
            let at = |name: &str| columns.iter().position(|column| *column == name).unwrap();
            for line in lines[1..].iter().filter(|line| line.split(',').nth(at("clause")) == Some(clause)) {
                let cells = columns.iter().zip(line.split(',')).filter(|(column, _)| **column != "clause");
                let cells: Vec<String> =
                    cells.map(|(column, cell)| format!("{column}: \"{cell}\"")).collect();
                let _ = writeln!(text, "        - {{{}}}", cells.join(", "));
            }
        }
    }
    text
}

fn test_file(expect: &str) -> String {
    let rows = ROWS.lines().fold(String::new(), |rows, line| rows + "    " + line + "\n");
    format!("charters: demo.charter\ncases:\n  - name: all\n    period: 2005\n{rows}    expect:\n{expect}")
}

#[test]
fn what_eval_writes_is_what_a_case_expects() {
    let tables = tables(CHARTER, ROWS, "2005");
    let long = [("benefits", &tables["benefits"][..]), ("obligations", &tables["obligations"][..])];
    assert!(tables["benefits"].len() > 30 && tables["obligations"].len() > 1, "{tables:#?}");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("standard.charter"), standard()).unwrap();
    fs::write(folder.path().join("demo.charter"), CHARTER).unwrap();
    let write = |text: &str| fs::write(folder.path().join("demo.test.yaml"), text).unwrap();
    let text = test_file(&expected(&long));
    write(&text);
    let ran = charter(folder.path(), &["test", "."]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}\n{text}", ran.out);
    // One row less, and one fen more.
    for (from, to) in
        [("amount: \"3.34\"", "amount: \"3.35\""), ("amount_max: \"20.00\"", "amount_max: \"20.01\"")]
    {
        let position = text.rfind(from).unwrap();
        let changed = format!("{}{to}{}", &text[..position], &text[position + from.len()..]);
        write(&changed);
        assert_eq!(charter(folder.path(), &["test", "."]).code, 1, "{changed}");
    }
    let line = text.lines().find(|line| line.contains("2005-07")).unwrap();
    write(&text.replacen(&format!("{line}\n"), "", 1));
    assert_eq!(charter(folder.path(), &["test", "."]).code, 1);
}

#[test]
fn what_was_recorded_later_does_not_count() {
    let charter_text = "charter demo\n    uses standard\n    in force from 2004-01-01\n\nfund a\npurpose care\n\n\
        article 1 subsidy session\n    for training\n    pay 5 yuan\n    serves care\n    paid from a\n";
    let text = "period: 2005
households:
  - household_no: 1
    village: 甲村
    trainings:
      - {training_no: 1, attended_on: 2005-05-01, recorded_on: 2005-05-01}
      - {training_no: 2, attended_on: 2005-06-01, recorded_on: 2006-02-01}
cases:
  - {name: all that is known, expect: {session: 10.00}}
  - {name: known by the end of the year, known_on: 2005-12-31, expect: {session: {record_key: 1, amount: 5.00}}}
  - {name: 年底所知, 记录截至: 2005-12-31, 期望: {session: 5.00, 合计: 5.00}}
";
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("demo.charter"), charter_text).unwrap();
    fs::write(folder.path().join("demo.test.yaml"), text).unwrap();
    let ran = charter(folder.path(), &["test", "demo.test.yaml"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
}

#[test]
fn hostile_files_are_told_and_never_panic() {
    let plan = plan(CHARTER);
    let rules =
        Rules { plan: &plan, sources: &charter::source::Sources::default(), references: &References::new() };
    let text =
        test_file("      fee: 120.00\n      grant: [{least: 10.00, missing: [a, b]}]\n      register: met\n");
    let input = InputFile::new("a.test.yaml".to_owned(), String::new());
    let try_one = |text: &str| {
        if let Ok(file) = TestFile::parse(&input.name, text) {
            let _ = run(rules, &file, &input, text);
        }
    };
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    for at in &ends {
        try_one(&text[..*at]);
        for wrong in ["[", "{", "- ", ": ", "&a ", "*a", "\n", "~", "!!int ", "9e999"] {
            if at % 7 == wrong.len() % 7 {
                try_one(&format!("{}{wrong}{}", &text[..*at], &text[*at..]));
            }
        }
    }
    for text in
        ["", "~", "5", "[]", "[1, 2]", "{}", "cases: {}", "cases: [~, 5, [], {}]", "&a [*a]", "? [a]\n: b"]
    {
        try_one(text);
    }
}

#[test]
fn the_bundled_cases_pass() {
    let ran = charter(root(), &["test", "charters"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
}

#[test]
fn the_examples_of_the_manual_pass() {
    let folder = tempfile::tempdir().unwrap();
    for (from, to) in [
        ("charters/standard.charter", "standard.charter"),
        ("charters/town/framework.charter", "framework.charter"),
        ("charters/town/villages/xinbian.charter", "xinbian.charter"),
    ] {
        fs::copy(root().join(from), folder.path().join(to)).unwrap();
    }
    let manual = fs::read_to_string(root().join("docs/testing.md")).unwrap();
    let examples: Vec<&str> =
        manual.split("```yaml\n").skip(1).filter_map(|rest| Some(rest.split_once("```")?.0)).collect();
    assert_eq!(examples.len(), 2);
    for example in examples {
        fs::write(folder.path().join("xinbian.test.yaml"), example).unwrap();
        let ran = charter(folder.path(), &["test", "."]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    }
}
