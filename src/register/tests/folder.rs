//! Columns and cells of CSV files.

use super::*;

#[test]
fn a_clean_folder() {
    let (register, findings) = folder(&[
        (
            "household.csv",
            "household_no,village,hukou,agreement_signed\nH2,新边村,农业,\nH1,新边村,1,2005.2.6\n",
        ),
        (
            "成员.csv",
            "人员编号,户编号,姓名,出生日期,死亡日期,登记日期\nP3,H2,丙,2005年3月,,无\nP1,H1,甲,20010203,,\nP2,H1,乙,不详,2004,?\n",
        ),
        ("证件.CSV", "证号,户编号,工本费,份数,折扣,有效\nC1,H1,¥5元,2,12.5%,是\n"),
        ("admission.csv", "admission_no,person_no,admitted_on\nA1,P2,2005-09\n"),
        ("notes.txt", "not read"),
    ]);
    assert_eq!(places(&findings), [""; 0]);
    assert_eq!(keys(&register, HOUSEHOLD), ["H1", "H2"]);
    assert_eq!(cells(&register, HOUSEHOLD, "hukou"), ["1", "0"]);
    assert_eq!(cells(&register, HOUSEHOLD, "agreement_signed"), ["2005-02-06", "-"]);
    assert_eq!(keys(&register, PERSON), ["P1", "P2", "P3"]);
    assert_eq!(register.table(PERSON).parents, [0, 0, 1]);
    assert_eq!(register.table(PERSON).offsets, [0, 2, 3]);
    assert_eq!(cells(&register, PERSON, "birth"), ["2001-02-03", "?", "2005-03-01..2005-03-31"]);
    assert_eq!(cells(&register, PERSON, "death"), ["-", "2004-01-01..2004-12-31", "-"]);
    assert_eq!(cells(&register, PERSON, "registered_on"), ["?", "?", "-"]);
    assert_eq!(cells(&register, CERTIFICATE, "cost"), ["5.00"]);
    assert_eq!(cells(&register, CERTIFICATE, "copies"), ["2"]);
    assert_eq!(cells(&register, CERTIFICATE, "discount"), ["1/8"]);
    assert_eq!(cells(&register, CERTIFICATE, "valid"), ["true"]);
    let schema = schema();
    assert_eq!(register.descendants(&schema, ADMISSION, HOUSEHOLD, 0), 0..1);
    assert_eq!(register.ancestor(&schema, ADMISSION, 0, HOUSEHOLD), Some(0));
    assert_eq!(
        [open(&register, PERSON), open(&register, CERTIFICATE), open(&register, ADMISSION)],
        [[false, false], [true, true], [false, false]]
    );
    let names: Vec<&str> = register.files.iter().map(|file| file.name.rsplit('/').next().unwrap()).collect();
    assert_eq!(names, ["household.csv", "成员.csv", "证件.CSV", "admission.csv"]);
    assert!(register.files.iter().all(|file| file.sha256.len() == 64));
}

#[test]
fn unreadable_cells_are_told_and_unknown() {
    let (register, findings) = folder(&[
        ("household.csv", "户编号,村,户口性质,协议签订日期\nH1,无,3,38412\n\nH2,甲,09,2005-02-30\n"),
        ("person.csv", "person_no,household_no,name,birth,death,registered_on\n"),
        ("certificate.csv", "证号,户编号,工本费,份数,折扣,有效\nC1,H1,1.234,2.0,6,有\n"),
        ("admission.csv", "admission_no,person_no,admitted_on\n"),
    ]);
    assert_eq!(
        places(&findings),
        [
            "D006 certificate.csv:2:份数",
            "D007 certificate.csv:2:工本费",
            "D015 certificate.csv:2:折扣",
            "D008 certificate.csv:2:有效",
            "D001 household.csv:2:协议签订日期",
            "D002 household.csv:2:户口性质",
            "D019 household.csv:2:村",
            "D001 household.csv:4:协议签订日期",
            "D002 household.csv:4:户口性质",
        ]
    );
    assert_eq!(
        findings.iter().find(|finding| finding.code.id == "D002").unwrap().message(Lang::Zh),
        "没有这个代码:“3”;可用:农业、非农业"
    );
    assert!(
        findings.iter().filter(|finding| finding.code.id != "D002").all(|finding| finding.help.is_some())
    );
    for name in ["village", "hukou", "agreement_signed"] {
        assert_eq!(cells(&register, HOUSEHOLD, name)[0], "?", "{name}");
    }
    // A cell that cannot be read is no lost row: nothing is open for it.
    assert_eq!(open(&register, PERSON), [false, false]);
}

#[test]
fn headers_are_found_in_any_order_and_width() {
    let text = "\u{feff} 备注 ,hukou,户编号,\u{3000}\u{ff56}\u{ff49}\u{ff4c}\u{ff4c}\u{ff41}\u{ff47}\u{ff45} ,协议签订日期,,x\r\na,2,H1,甲村,,,\r\n";
    let (register, findings) = folder(&[("各户.csv", text)]);
    assert_eq!(keys(&register, HOUSEHOLD), ["H1"]);
    assert_eq!(cells(&register, HOUSEHOLD, "village"), ["甲村"]);
    assert_eq!(register.counts[HOUSEHOLD.0].extra_columns, 2);
    assert_eq!(places(&findings), ["D012"; 3]);
}

#[test]
fn a_missing_column_is_unknown_whatever_a_blank_means() {
    let (register, findings) = folder(&[
        ("household.csv", "户编号,村,户口性质\nH1,甲,2\nH2,甲,2\n"),
        ("person.csv", "person_no,household_no,name,birth,death,registered_on\n"),
        ("admission.csv", "admission_no,person_no,admitted_on\n"),
        ("certificate.csv", "证号,户编号,工本费,份数,折扣,有效\n"),
    ]);
    assert_eq!(places(&findings), ["D009 household.csv:1:协议签订日期"]);
    assert_eq!(cells(&register, HOUSEHOLD, "agreement_signed"), ["?", "?"]);
}

#[test]
fn two_columns_for_one_field_are_neither() {
    let (register, findings) =
        folder(&[("household.csv", "户编号,村,village,户口性质,协议签订日期\nH1,甲,甲,2,\n")]);
    assert!(places(&findings).contains(&"D010 household.csv:1:village".to_owned()));
    assert_eq!(cells(&register, HOUSEHOLD, "village"), ["?"]);
}

#[test]
fn key_columns_must_be_there_once() {
    let household = ("household.csv", &b"household_no,village\n"[..]);
    let refused = |file: (&str, &str)| {
        let error = refused(&[household, (file.0, file.1.as_bytes())], "");
        place(&error)
    };
    assert_eq!(refused(("household.csv", "village\n甲\n")), "D009 household.csv:1:户编号");
    assert_eq!(refused(("person.csv", "person_no,name\n")), "D009 person.csv:1:户编号");
    assert_eq!(refused(("person.csv", "person_no,household_no,户编号\n")), "D010 person.csv:1:户编号");
}

#[test]
fn a_sensitive_field_is_read_only_where_it_is_needed() {
    let files = Files::new(&[
        ("household.csv", b"household_no,village,hukou,agreement_signed\nH1,,,\n"),
        (
            "person.csv",
            "person_no,household_no,name,birth,death,registered_on,身份证号\nP1,H1,,,,,无\n".as_bytes(),
        ),
    ]);
    let schema = schema();
    let read = |needed: bool| {
        let mut findings = DataFindings::new();
        let reading = Reading {
            schema: &schema,
            needs: &|record, field| needed && (record, field) == (PERSON, FieldId(4)),
            uses: &|_| true,
            known_on: None,
        };
        let register = read(files.folder.path(), &reading, &mut findings).unwrap();
        (
            cells(&register, PERSON, "id_number"),
            messages(&findings).into_iter().find(|text| text.contains('\'')),
        )
    };
    assert_eq!(read(false), (vec!["skipped".to_owned()], None));
    // Not even a wrong one is printed.
    assert_eq!(read(true), (vec!["?".to_owned()], Some("'***': this field always has a value".to_owned())));
}

#[test]
fn several_files_of_one_record_are_one_table() {
    let (register, _) = folder(&[
        ("household.csv", "household_no,village,hukou,agreement_signed\nH2,乙,2,\n"),
        ("户.csv", "户编号,村\nH1,甲\n"),
    ]);
    assert_eq!(keys(&register, HOUSEHOLD), ["H1", "H2"]);
    assert_eq!(cells(&register, HOUSEHOLD, "hukou"), ["?", "0"]);
    assert_eq!(register.table(HOUSEHOLD).places.iter().map(|place| place.file).collect::<Vec<_>>(), [1, 0]);
}

#[test]
fn a_file_of_gb18030_says_what_it_says_in_utf_8() {
    let text = "户编号,村,户口性质\nH1,甲村,农业\nH2,\u{20000}村,\n";
    let bytes = encoding_rs::GB18030.encode(text).0;
    let (register, findings) = Files::new(&[("household.csv", bytes.as_ref())]).read("").unwrap();
    let (wanted, told) = folder(&[("household.csv", text)]);
    assert_eq!((&register.tables, &register.counts), (&wanted.tables, &wanted.counts));
    // The same is told, and that.
    let new: Vec<String> = places(&findings).into_iter().filter(|one| !places(&told).contains(one)).collect();
    assert_eq!(new, ["D022 household.csv"]);
}
