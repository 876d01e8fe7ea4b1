//! Doubles, orphans, lost rows and what may be missing because of them.

use super::*;

const HOUSEHOLDS: &str = "household_no,village,hukou,agreement_signed\nH1,甲,2,\nH2,甲,2,\nH3,甲,2,\n";
const PERSON_HEADER: &str = "person_no,household_no,name,birth,death,registered_on\n";
const ADMISSION_HEADER: &str = "admission_no,person_no,admitted_on\n";

/// Three households with these persons and admissions.
fn town(persons: &str, admissions: &str) -> (Register, DataFindings) {
    folder(&[
        ("household.csv", HOUSEHOLDS),
        ("person.csv", &format!("{PERSON_HEADER}{persons}")),
        ("certificate.csv", "证号,户编号,工本费,份数,折扣,有效\n"),
        ("admission.csv", &format!("{ADMISSION_HEADER}{admissions}")),
    ])
}

/// For H1, H2, H3: are persons open, are admissions?
fn opened(register: &Register) -> [Vec<bool>; 2] {
    [open(register, PERSON), open(register, ADMISSION)]
}

const NONE: [bool; 3] = [false; 3];
const ALL: [bool; 3] = [true; 3];

fn counts(register: &Register, record: RecordId) -> [u64; 4] {
    let count = register.counts[record.0];
    [count.read, count.kept, count.duplicates, count.rejected]
}

#[test]
fn identical_rows_are_one() {
    let (register, findings) = town("P1,H1,甲,2001-02-03,,\nP1,H1, 甲,20010203,,\n", "");
    assert_eq!(places(&findings), [""; 0]);
    assert_eq!(counts(&register, PERSON), [2, 1, 1, 0]);
    assert_eq!(opened(&register), [NONE, NONE]);
}

#[test]
fn conflicting_rows_are_one_with_unknowns() {
    let (register, findings) =
        town("P1,H2,甲,2001,,\nP1,H2,甲,2002,2003,\nP1,H2,甲,2001,,\n", "A1,P1,2005\n");
    assert_eq!(places(&findings), ["D016 person.csv", "D003 person.csv:2"]);
    assert_eq!(messages(&findings)[1], "duplicate key with conflicting rows: P1 (birth, death)");
    let conflict = findings.iter().last().unwrap();
    let rows: Vec<Option<u64>> = conflict
        .related
        .iter()
        .map(|(place, _)| match place {
            Place::Cell(cell) => cell.row,
            _ => None,
        })
        .collect();
    assert_eq!(rows, [Some(3), Some(4)]);
    assert_eq!(
        [
            cells(&register, PERSON, "name"),
            cells(&register, PERSON, "birth"),
            cells(&register, PERSON, "death")
        ],
        [["甲"], ["?"], ["?"]]
    );
    assert_eq!(counts(&register, PERSON), [3, 1, 2, 0]);
    assert_eq!(opened(&register), [[false, true, false], [false, true, false]]);
}

#[test]
fn a_conflicting_household_keeps_its_children() {
    let (register, findings) = folder(&[
        ("household.csv", "household_no,village,hukou,agreement_signed\nH1,甲,2,\nH1,甲,1,\n"),
        ("person.csv", &format!("{PERSON_HEADER}P1,H1,,,,\n")),
        ("certificate.csv", "证号,户编号,工本费,份数,折扣,有效\n"),
        ("admission.csv", ADMISSION_HEADER),
    ]);
    assert_eq!(places(&findings), ["D003 household.csv:2"]);
    assert_eq!(cells(&register, HOUSEHOLD, "hukou"), ["?"]);
    assert_eq!((keys(&register, PERSON), open(&register, PERSON)), (vec!["P1"], vec![false]));
}

#[test]
fn one_person_in_two_households_is_in_neither() {
    let (register, findings) = town("P1,H1,甲,,,\nP1,H3,甲,,,\nP2,H2,,,,\n", "A1,P1,2005\nA2,P2,2005\n");
    assert_eq!(
        places(&findings),
        ["D016 admission.csv", "D004 admission.csv:2:person_no", "D016 person.csv", "D013 person.csv:2"]
    );
    assert_eq!(
        messages(&findings)[2..],
        ["so the person of 2 households may be incomplete", "one person in two places: P1"]
    );
    assert_eq!(counts(&register, PERSON), [3, 1, 0, 2]);
    assert_eq!(keys(&register, ADMISSION), ["A2"]);
    // The admission could be of either household, but of no third.
    assert_eq!(opened(&register), [[true, false, true], [true, false, true]]);
}

#[test]
fn an_orphan_could_belong_to_any_household() {
    let (register, findings) = town("P1,H9,甲,,,\nP2,H1,,,,\n", "");
    assert_eq!(places(&findings), ["D016 person.csv", "D004 person.csv:2:household_no"]);
    assert_eq!(
        messages(&findings),
        ["so the person of 3 households may be incomplete", "orphan row: no household has the key 'H9'"]
    );
    assert_eq!(counts(&register, PERSON), [2, 1, 0, 1]);
    assert_eq!(opened(&register), [ALL, ALL]);
}

#[test]
fn a_blank_key_is_lost_from_the_household_it_names() {
    let (register, findings) = town(" ,H2,甲,,,\n?,H2,乙,,,\n", "");
    assert_eq!(
        places(&findings),
        ["D016 person.csv", "D005 person.csv:2:person_no", "D005 person.csv:3:person_no"]
    );
    assert_eq!(opened(&register), [[false, true, false], [false, true, false]]);
    assert_eq!(counts(&register, PERSON), [2, 0, 0, 2]);
}

#[test]
fn a_blank_parent_could_be_any() {
    let (register, findings) = town("P1,,甲,,,\n", "");
    assert_eq!(places(&findings), ["D016 person.csv", "D005 person.csv:2:household_no"]);
    assert_eq!(opened(&register), [ALL, ALL]);
}

#[test]
fn a_lost_admission_does_not_open_persons() {
    let (register, findings) = town("P1,H1,,,,\nP2,H2,,,,\n", "A1,P9,2005\n");
    assert_eq!(places(&findings), ["D016 admission.csv", "D004 admission.csv:2:person_no"]);
    assert_eq!(opened(&register), [NONE, ALL]);
    let (register, _) = town("P1,H1,,,,\nP2,H2,,,,\n", ",P2,2005\n");
    assert_eq!(opened(&register), [NONE, [false, true, false]]);
}

#[test]
fn rows_of_the_wrong_length() {
    let (register, findings) = town("P1,H1,甲,2001\nP2,H1,甲,2001,,,\nP3\n", "");
    assert_eq!(places(&findings), ["D016 person.csv", "D011 person.csv:3", "D011 person.csv:4"]);
    assert_eq!(messages(&findings)[1], "the row has 7 cells, the header 6");
    assert_eq!(
        (keys(&register, PERSON), cells(&register, PERSON, "death")),
        (vec!["P1"], vec!["-".to_owned()])
    );
    assert_eq!(opened(&register), [ALL, ALL]);
}

#[test]
fn a_missing_file_opens_what_it_would_hold() {
    let (register, findings) = folder(&[
        ("household.csv", HOUSEHOLDS),
        ("person.csv", PERSON_HEADER),
        ("certificate.csv", "证号,户编号,工本费,份数,折扣,有效\n"),
    ]);
    assert_eq!(
        messages(&findings),
        ["there is no file of admission: whatever depends on admission is unknown"]
    );
    assert_eq!(opened(&register), [NONE, ALL]);
    let (register, findings) = folder(&[("household.csv", HOUSEHOLDS), ("admission.csv", ADMISSION_HEADER)]);
    assert_eq!(places(&findings), ["D012", "D012"]);
    assert_eq!(opened(&register), [ALL, ALL]);
}

#[test]
fn a_household_without_key_takes_its_children_along() {
    let (register, findings) = folder(&[
        ("household.csv", "household_no,village,hukou,agreement_signed\n,甲,2,\nH2,甲,2,\n"),
        ("person.csv", &format!("{PERSON_HEADER}P1,H1,,,,\nP2,H2,,,,\n")),
        ("certificate.csv", "证号,户编号,工本费,份数,折扣,有效\n"),
        ("admission.csv", ADMISSION_HEADER),
    ]);
    assert_eq!(
        places(&findings),
        ["D005 household.csv:2:household_no", "D016 person.csv", "D004 person.csv:2:household_no"]
    );
    assert_eq!(counts(&register, HOUSEHOLD), [2, 1, 0, 1]);
    assert_eq!(open(&register, PERSON), [true]);
}

#[test]
fn keys_are_compared_folded() {
    let (register, findings) = town("\u{ff30}\u{ff11}, \u{ff28}\u{ff11} ,,,,\n", "");
    assert_eq!((keys(&register, PERSON), places(&findings).len()), (vec!["P1"], 0));
}
