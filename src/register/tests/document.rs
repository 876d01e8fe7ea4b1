//! YAML documents of nested rows.

use super::*;

#[test]
fn rows_are_nested_and_keys_made_up() {
    let (register, findings) = document(
        "
households:
  - household_no: 02
    村: 新边村
    hukou: 农业
    persons:
      - birth: 2001-02-03
        admissions:
          - admitted_on: 2005.9
          - {admission_no: X, admitted_on: 未知}
      - 人员编号: 1
        出生日期: 20050301
        death:
  - household_no: H1
    hukou: 1
    成员:
      - name: 丙
        registered_on: 无
        录取: [{录取日期: 2005}]
",
    );
    assert_eq!(places(&findings), [""; 0]);
    assert_eq!(keys(&register, HOUSEHOLD), ["02", "H1"]);
    assert_eq!(cells(&register, HOUSEHOLD, "village"), ["新边村", "?"]);
    assert_eq!(cells(&register, HOUSEHOLD, "agreement_signed"), ["-", "-"]);
    // Two persons "1" in two households are two persons.
    assert_eq!(keys(&register, PERSON), ["1", "2", "1"]);
    assert_eq!(register.table(PERSON).parents, [0, 0, 1]);
    assert_eq!(cells(&register, PERSON, "birth"), ["2005-03-01", "2001-02-03", "?"]);
    assert_eq!(keys(&register, ADMISSION), ["1", "X", "1"]);
    assert_eq!(register.table(ADMISSION).parents, [1, 1, 2]);
    assert_eq!(
        cells(&register, ADMISSION, "admitted_on"),
        ["2005-09-01..2005-09-30", "?", "2005-01-01..2005-12-31"]
    );
    // A list that is not written is empty and complete.
    assert_eq!([open(&register, PERSON), open(&register, ADMISSION)], [[false, false], [false, false]]);
    assert_eq!(register.table(PERSON).places.iter().map(|place| place.row).collect::<Vec<_>>(), [11, 7, 17]);
}

#[test]
fn scalars_stay_text() {
    let (register, findings) = document(
        "
household:
  - household_no: H1
    certificates:
      - {cost: 1.10, copies: 3, discount: 0.5%, valid: true}
      - {cost: 1e3, copies: 0x10, discount: 0.5, valid: on}
",
    );
    assert_eq!(cells(&register, CERTIFICATE, "cost"), ["1.10", "?"]);
    assert_eq!(cells(&register, CERTIFICATE, "valid"), ["true", "?"]);
    assert_eq!(
        places(&findings),
        [
            "D006 case.yaml:6:份数",
            "D007 case.yaml:6:工本费",
            "D015 case.yaml:6:折扣",
            "D008 case.yaml:6:有效"
        ]
    );
}

#[test]
fn unknown_names_and_doubled_ones_are_told() {
    let (register, findings) = document(
        "
housholds: []
households:
  - household_no: H1
    colour: red
    village: 甲
    村: 乙
    persons:
      - {person_no: P1, pets: [a, {b: c}]}
      - {person_no: P1, pets: 2}
  - household_no: H1
    hukou: 2
",
    );
    assert_eq!(
        places(&findings),
        [
            "D018 case.yaml:2:housholds",
            "D003 case.yaml:4",
            "D018 case.yaml:5:colour",
            "D010 case.yaml:7:村",
            "D018 case.yaml:9:pets",
            "D018 case.yaml:10:pets",
        ]
    );
    assert_eq!([register.counts[0].extra_columns, register.counts[1].extra_columns], [1, 1]);
    assert_eq!(register.counts[PERSON.0].duplicates, 1);
    assert_eq!(cells(&register, HOUSEHOLD, "village"), ["?"]);
}

#[test]
fn a_household_without_key_is_lost_with_its_rows_and_no_others() {
    let (register, findings) = document(
        "
households:
  - village: 甲
    persons: [{name: 乙, admissions: [{admitted_on: 2005}]}]
  - household_no: H2
    persons:
      - {person_no: '', admissions: [{admission_no: A1}]}
",
    );
    assert_eq!(
        places(&findings),
        [
            "D016 case.yaml",
            "D016 case.yaml",
            "D005 case.yaml:3:户编号",
            "D004 case.yaml:4:人员编号",
            "D004 case.yaml:4:户编号",
            "D004 case.yaml:7:人员编号",
            "D005 case.yaml:7:人员编号",
        ]
    );
    assert_eq!(keys(&register, HOUSEHOLD), ["H2"]);
    assert_eq!([open(&register, PERSON), open(&register, ADMISSION)], [[true], [true]]);
    let (register, _) = document(
        "households:\n  - {village: 甲, persons: [{name: 乙, admissions: [{admitted_on: 2005}]}]}\n  - household_no: H2\n",
    );
    assert_eq!([open(&register, PERSON), open(&register, ADMISSION)], [[false], [false]]);
}

#[test]
fn malformed_documents_are_refused_with_a_line() {
    let refused = |text: &str| place(&refused(&[("case.yml", text.as_bytes())], "case.yml"));
    assert_eq!(refused("households:\n  - household_no: [1\n"), "U012 case.yml:2");
    assert_eq!(refused("households:\n  - {household_no: 1, household_no: 2}\n"), "U012 case.yml:2");
    assert_eq!(refused("households:\n  - household_no: H1\n    village: {a: b}\n"), "U012 case.yml:3");
    assert_eq!(refused("households:\n  - H1\n"), "U012 case.yml:2");
    assert_eq!(refused("[1, 2]\n"), "U012 case.yml:1");
    assert_eq!(refused("# nothing\n---\n"), "U012 case.yml:2");
    assert_eq!(refused("# nothing\n"), "U002 case.yml");
    assert_eq!(refused("villages: []\n"), "U013 case.yml");
}

#[test]
fn aliases_and_depth_are_bounded() {
    let level =
        |(name, of): (&str, &str)| format!("{name}: &{name} [{}]\n", vec![format!("*{of}"); 9].join(", "));
    let levels: Vec<String> = ["b", "c", "d", "e", "f", "g", "h"]
        .into_iter()
        .zip(["a", "b", "c", "d", "e", "f", "g"])
        .map(level)
        .collect();
    let bomb = format!("a: &a [x, x, x]\n{}households: [{{household_no: H1}}]\n", levels.concat());
    let deep = format!("a: {}{}\nhouseholds: []\n", "[".repeat(10_000), "]".repeat(10_000));
    for text in [bomb, deep] {
        assert!(place(&refused(&[("case.yml", text.as_bytes())], "case.yml")).starts_with("U012"));
    }
}
