//! Input that cannot be read at all is refused with its reason; nothing panics.

use super::*;
use std::fs;

fn household(bytes: &[u8]) -> String {
    place(&refused(&[("household.csv", bytes)], ""))
}

#[test]
fn files_that_are_no_text() {
    assert_eq!(household(b""), "U002 household.csv");
    assert_eq!(household(b"\xef\xbb\xbf\r\n \r\n"), "U002 household.csv");
    assert_eq!(household(b"PK\x03\x04\x00\x00"), "U003 household.csv:1");
    // Half a character of GBK.
    let error = refused(&[("household.csv", b"\xbb\xa7\xb1\xe0\xba\xc5\nH1,\xbb")], "");
    assert_eq!(place(&error), "U003 household.csv:2");
    assert!(error.help.as_ref().unwrap().zh.contains("UTF-8"));
    assert_eq!(household(b"household_no,village\nH1,\xff\n"), "U003 household.csv:2");
    assert_eq!(household(b"household_no,village\nH1,\"a\nH2,b\n"), "U016 household.csv:2");
    assert_eq!(
        place(&refused(&[("case.yaml", b"households:\n- household_no: \xff\n")], "case.yaml")),
        "U003 case.yaml:2"
    );
    assert_eq!(place(&refused(&[("case.yaml", b"")], "case.yaml")), "U002 case.yaml");
}

#[test]
fn a_line_too_long_is_never_held() {
    let mut bytes = b"household_no,village\nH1,".to_vec();
    bytes.resize(3 << 20, b'x');
    assert_eq!(household(&bytes), "U004 household.csv:2");
    assert_eq!(place(&refused(&[("case.yaml", &bytes)], "case.yaml")), "U004 case.yaml:2");
    let mut quoted = b"household_no,village\nH1,\"".to_vec();
    quoted.extend(b"x\n".repeat(1 << 20));
    quoted.push(b'"');
    assert_eq!(household(&quoted), "U016 household.csv:2");
}

#[test]
fn paths_that_are_no_register() {
    assert_eq!(place(&refused(&[], "nowhere.yaml")), "U001 nowhere.yaml");
    assert_eq!(refused(&[], "nowhere").code.id, "U001");
    assert_eq!(place(&refused(&[("register.csv", b"a\n")], "register.csv")), "U011 register.csv");
    assert_eq!(refused(&[("person.csv", b"person_no,household_no\n")], "").code.id, "U013");
    let files = Files::new(&[]);
    fs::create_dir(files.path("household.csv")).unwrap();
    assert_eq!(place(&files.read("").unwrap_err()), "U001 household.csv");
}

#[cfg(not(feature = "parquet"))]
#[test]
fn a_format_that_was_left_out_is_told() {
    for name in ["household.parquet", "household.feather"] {
        let error = refused(&[(name, b"PAR1")], "");
        assert_eq!(place(&error), format!("U023 {name}"));
        assert!(error.message(Lang::En).ends_with(name));
    }
}

#[test]
fn findings_are_bounded_and_counted() {
    let rows: Vec<String> = (0..3000).map(|row| format!("H{row},甲,x,\n")).collect();
    let (_, findings) = folder(&[(
        "household.csv",
        &format!("household_no,village,hukou,agreement_signed\n{}", rows.concat()),
    )]);
    assert_eq!(findings.counts_by_code().get("D002"), Some(&3000));
    assert_eq!(findings.iter().filter(|finding| finding.code.id == "D002").count(), 1000);
    assert_eq!(messages(&findings).last().unwrap(), "2000 more findings of D002 are not listed");
    let long = format!("household_no,hukou\nH1,{}\n", "长".repeat(10_000));
    let (_, findings) = folder(&[("household.csv", &long)]);
    assert!(messages(&findings).iter().all(|message| message.len() < 400));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(proptest::sample::select(&b"H1,\"\n\r2\xe6\x88\xb7 ?"[..]), 0..200)) {
        let mut text = b"household_no,village,hukou\n".to_vec();
        text.extend(&bytes);
        let _ = Files::new(&[("household.csv", &text)]).read("");
        let mut yaml = b"households:\n - household_no: ".to_vec();
        yaml.extend(&bytes);
        let _ = Files::new(&[("case.yaml", &yaml)]).read("case.yaml");
    }
}
