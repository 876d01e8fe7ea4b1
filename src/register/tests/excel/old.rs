//! Workbooks of the old format: as spreadsheets and libraries write them (`excel97.xls` by LibreOffice,
//! `small.xls` by xlwt), cut short, and with every byte changed.

use super::*;
use crate::register::tests::lone::Lone;

const OF_97: &[u8] = include_bytes!("excel97.xls");
const SMALL: &[u8] = include_bytes!("small.xls");

#[test]
fn old_workbooks_are_read_as_new_ones() {
    for (name, bytes) in [("97.xls", OF_97), ("97.xlsx", OF_97)] {
        let (register, findings) = Files::new(&[(name, bytes)]).read(name).unwrap();
        assert_eq!(keys(&register, HOUSEHOLD), ["0012", "H1"], "{name}");
        let signed = cells(&register, HOUSEHOLD, "agreement_signed");
        assert_eq!(signed, ["2005-03-01..2005-03-31", "2005-03-01"], "{name}");
        assert_eq!(keys(&register, PERSON), ["P3", "P1", "P2"], "{name}");
        assert_eq!(
            cells(&register, PERSON, "birth"),
            ["2005-01-01..2005-12-31", "2005-03-01", "2005-03-01"],
            "{name}"
        );
        let names = cells(&register, PERSON, "name");
        assert_eq!((names[0].as_str(), names[2].as_str()), ("0012x", "乙"), "{name}");
        assert_eq!(names[1], "很长".repeat(4_200), "{name}");
        assert_eq!(cells(&register, CERTIFICATE, "cost"), ["1234.50", "?", "0.07"], "{name}");
        assert_eq!(cells(&register, CERTIFICATE, "copies"), ["3", "100000000", "-2"], "{name}");
        assert_eq!(cells(&register, CERTIFICATE, "discount"), ["3/50", "3/50", "-"], "{name}");
        assert_eq!(cells(&register, CERTIFICATE, "valid"), ["true", "false", "true"], "{name}");
        let told: Vec<String> =
            places(&findings).into_iter().filter(|told| told > &"D02".to_owned()).collect();
        let expected = ["D023", "D026", "D027", "D024"].map(|code| {
            let place = match code {
                "D023" => "5:人员编号",
                "D024" => "3:工本费",
                "D026" => "2",
                _ => "5",
            };
            format!("{code} {name}:{place}")
        });
        assert!(expected.iter().all(|one| told.contains(one)), "{told:?}");
    }
}

#[test]
fn an_old_workbook_cut_short_is_refused_or_says_the_same() {
    let lone = Lone::new();
    assert_eq!(lone.read("certificate.xls", SMALL), Ok(4));
    for length in (0..SMALL.len()).step_by(13) {
        match lone.read("certificate.xls", &SMALL[..length]) {
            // What is behind the workbook is not needed to read it.
            Ok(rows) => assert_eq!(rows, 4, "{length} bytes"),
            Err(code) => assert_eq!(code, if length == 0 { "U002" } else { "U024" }, "{length} bytes"),
        }
    }
}

#[test]
fn changed_bytes_are_read_or_refused() {
    let lone = Lone::new();
    let large = [&[0xff; 4][..], &[0xff], &[0], &[0xff, 0x7f], &[0xfe, 0xff, 0xff, 0xff]];
    for (at, byte) in SMALL.iter().enumerate() {
        // Most of the file is padding.
        if *byte == 0 && at % 5 > 0 {
            continue;
        }
        let mut changed = SMALL.to_vec();
        let large = large[at % large.len()];
        let end = SMALL.len().min(at + large.len());
        changed[at..end].copy_from_slice(&large[..end - at]);
        let _ = lone.read("certificate.xls", &changed);
    }
}
