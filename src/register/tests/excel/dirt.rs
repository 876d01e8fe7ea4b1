//! What clerks and Excel do to a register.

use super::*;

fn certificates(column: &'static str, cells: &[In]) -> (Vec<String>, Vec<String>) {
    let mut rows = vec![vec![t("certificate_no"), t("household_no"), t(column)]];
    for (place, cell) in cells.iter().enumerate() {
        rows.push(vec![t(&format!("Z{place}")), t("H1"), cell.clone()]);
    }
    let (register, findings) = beside("certificate.xlsx", &book(&[("Sheet1", rows)]));
    (self::cells(&register, CERTIFICATE, column), of_cells(&findings))
}

fn births(cells: &[In]) -> (Vec<String>, Vec<String>) {
    let mut rows = vec![vec![t("person_no"), t("household_no"), t("birth")]];
    for (place, cell) in cells.iter().enumerate() {
        rows.push(vec![In::N(f64::from(10 + u32::try_from(place).unwrap())), t("H1"), cell.clone()]);
    }
    let (register, findings) = beside("person.xlsx", &book(&[("Sheet1", rows)]));
    (self::cells(&register, PERSON, "birth"), of_cells(&findings))
}

/// What was said of cells.
fn of_cells(findings: &DataFindings) -> Vec<String> {
    messages(findings)
        .into_iter()
        .filter(|text| !text.contains("no file") && !text.contains("missing"))
        .collect()
}

#[test]
fn amounts_percentages_and_flags() {
    let (cells, messages) = certificates(
        "cost",
        &[In::N(1234.5), In::N(0.1 + 0.2), In::N(12.345), In::F(0.06, "0%"), t("¥12"), In::Q("8.5"), t("")],
    );
    assert_eq!(cells, ["1234.50", "0.30", "?", "?", "12.00", "8.50", "-"]);
    assert_eq!(messages[..2], ["cannot read the amount '12.345'", "cannot read the amount '6%'"]);
    let (cells, messages) =
        certificates("discount", &[In::F(0.06, "0%"), In::F(0.005, "0.0%"), In::N(0.06), In::F(1.0, "0%")]);
    assert_eq!(cells, ["3/50", "1/200", "?", "1/1"]);
    assert_eq!(messages[0], "cannot read the percentage '0.06'");
    let (cells, _) = certificates("valid", &[In::B(true), In::B(false), In::N(1.0), In::N(2.0), t("是")]);
    assert_eq!(cells, ["true", "false", "true", "?", "true"]);
    let (cells, _) = certificates("copies", &[In::N(3.0), In::N(3.5), In::N(-0.0), In::F(7.0, "000")]);
    assert_eq!(cells, ["3", "?", "0", "7"]);
}

#[test]
fn dates_are_what_is_seen() {
    let (cells, messages) = births(&[
        In::F(38_412.0, "yyyy-mm-dd"),
        In::F(38_412.0, "yyyy\"年\"m\"月\""),
        In::N(38_412.0),
        In::N(20_050_301.0),
        In::N(200_503.0),
        In::N(2005.0),
        t("2005.3.1"),
        In::F(60.0, "yyyy-mm-dd"),
        In::F(38_412.5, "yyyy-mm-dd hh:mm"),
        In::N(2005.1),
        In::F(38_412.0, "m\"月\"d\"日\""),
        t("38412"),
    ]);
    assert_eq!(
        cells,
        [
            "2005-03-01",
            "2005-03-01..2005-03-31",
            "2005-03-01",
            "2005-03-01",
            "2005-03-01..2005-03-31",
            "2005-01-01..2005-12-31",
            "2005-03-01",
            "?",
            "?",
            "?",
            "?",
            "?"
        ]
    );
    assert_eq!(
        messages,
        [
            "cannot read the date '#60'",
            "cannot read the date '2005-03-01T12:00:00'",
            "'2005.1' may not be what was written: it may be January or October",
            "'2005-03-01' may not be what was written: the cell shows no year, and Excel may have made it up",
            "cannot read the date '38412'",
        ]
    );
}

#[test]
fn numbers_that_lost_their_last_digits_are_told() {
    let rows = vec![
        vec![t("person_no"), t("household_no"), t("name"), t("id_number")],
        vec![In::N(110_105_194_912_310_020.0), t("H1"), t("某"), t("")],
        vec![In::N(440_524_188_001.0), t("H1"), In::N(1e17), t("")],
        vec![t("P3"), In::N(123_456_789_012_345_680.0), t("某"), t("")],
        vec![In::F(38_412.0, "m-d"), t("H1"), t("某"), t("")],
    ];
    let (register, findings) = beside("person.xlsx", &book(&[("Sheet1", rows)]));
    assert_eq!(keys(&register, PERSON), ["440524188001"]);
    assert_eq!(cells(&register, PERSON, "name"), ["?"]);
    let places: Vec<String> =
        places(&findings).into_iter().filter(|place| place > &"D02".to_owned()).collect();
    assert_eq!(
        places[..4],
        [
            "D023 person.xlsx:2:person_no",
            "D023 person.xlsx:3:name",
            "D023 person.xlsx:4:household_no",
            "D025 person.xlsx:5:person_no"
        ]
    );
    assert_eq!(register.counts[PERSON.0].rejected, 3);
    // The row whose household could not be read may be of any.
    assert_eq!(open(&register, PERSON), [true]);
}

#[test]
fn a_sensitive_number_is_never_printed() {
    let rows = vec![
        vec![t("person_no"), t("household_no"), t("id_number")],
        vec![t("P1"), t("H1"), In::N(110_105_194_912_310_020.0)],
    ];
    let files = Files::new(&[
        ("household.csv", HOUSEHOLD_CSV.as_bytes()),
        ("person.xlsx", &book(&[("Sheet1", rows)])),
    ]);
    let schema = schema();
    let mut findings = DataFindings::new();
    let reading = Reading { schema: &schema, needs: &|_, _| true, uses: &|_| true, known_on: None };
    read(&files.path(""), &reading, &mut findings).unwrap();
    let lost = findings.iter().find(|finding| finding.code.id == "D023").unwrap();
    assert!(lost.message(Lang::Zh).contains("***") && !lost.message(Lang::Zh).contains("110105"));
}

#[test]
fn errors_are_unknown_and_told() {
    let (cells, messages) = certificates("cost", &[In::Q("#N/A"), In::Q("#REF!"), In::Q("12"), In::Q("无")]);
    assert_eq!(cells, ["?", "?", "12.00", "-"]);
    assert_eq!(
        messages[..2],
        ["the cell holds the error #N/A of Excel", "the cell holds the error #REF! of Excel"]
    );
}

#[test]
fn titles_totals_and_remarks_are_left_out_and_told() {
    let rows = texts(&[
        &["某某村计划生育家庭登记册"],
        &["填报单位:某某村", "", "填报日期:2005-12-31"],
        &[],
        &["序号", "户\n编号", "村", "户口性质"],
        &["1", "H1", "甲", "农业"],
        &["2", "H2", "甲", "2"],
        &["", "", "小 计", "2"],
        &["3", "H3", "乙", "1"],
        &["合计", "", "", "3"],
        &["总计", "合计", "", "3"],
        &[],
        &["填表人:", "张三", "审核人:李四"],
        &["注:本表一式两份"],
        &["4", "", "丙", "1"],
    ]);
    let bytes = sheet(&rows, |sheet| {
        sheet.merge_range(0, 0, 0, 3, "某某村计划生育家庭登记册", &Format::new()).unwrap();
        sheet.set_row_hidden(5).unwrap();
        sheet.set_column_hidden(2).unwrap();
    });
    let (register, findings) = Files::new(&[("household.xlsx", &bytes)]).read("").unwrap();
    assert_eq!(keys(&register, HOUSEHOLD), ["H1", "H2", "H3"]);
    assert_eq!(cells(&register, HOUSEHOLD, "hukou"), ["0", "0", "1"]);
    let told: Vec<String> =
        findings.iter().map(|finding| format!("{} {}", place(finding), finding.message(Lang::En))).collect();
    let told: Vec<&str> = told.iter().map(String::as_str).filter(|told| told.contains(".xlsx:")).collect();
    assert_eq!(
        told[..8],
        [
            "D026 household.xlsx:4 2 rows above the names of the columns were left out",
            "D009 household.xlsx:4:协议签订日期 the column 'agreement_signed' is missing",
            "D027 household.xlsx:7 the row is no record and was left out: '小 计'",
            "D027 household.xlsx:9 the row is no record and was left out: '合计'",
            "D027 household.xlsx:10 the row is no record and was left out: '总计'",
            "D027 household.xlsx:12 the row is no record and was left out: '填表人:'",
            "D027 household.xlsx:13 the row is no record and was left out: '注:本表一式两份'",
            "D005 household.xlsx:14:户编号 the key is blank",
        ]
    );
    let count = register.counts[HOUSEHOLD.0];
    assert_eq!((count.read, count.kept, count.rejected, count.extra_columns), (4, 3, 1, 1));
}

#[test]
fn what_is_merged_stands_for_every_cell() {
    let rows = texts(&[
        &["户编号", "人员编号", "姓名", "出生日期", "备注"],
        &["", "P1", "甲", "2005", "x"],
        &["", "P2", "乙", "2005", "x"],
        &["", "", "", "", ""],
        &["", "P3", "丙", "", "x"],
        &["H1", "P4", "丁", "2004", "x"],
    ]);
    let bytes = sheet(&rows, |sheet| {
        let plain = Format::new();
        sheet.merge_range(1, 0, 3, 0, "H1", &plain).unwrap();
        sheet.merge_range(4, 2, 4, 3, "2003", &plain).unwrap();
        sheet.write_string(4, 0, "H1").unwrap();
        // Below the table and beside it.
        sheet.merge_range(5, 4, 9, 7, "x", &plain).unwrap();
    });
    let (register, _) = beside("person.xlsx", &bytes);
    assert_eq!(keys(&register, PERSON), ["P1", "P2", "P3", "P4"]);
    let year = |year: &str| format!("{year}-01-01..{year}-12-31");
    assert_eq!(cells(&register, PERSON, "birth"), [year("2005"), year("2005"), year("2003"), year("2004")]);
    assert_eq!(cells(&register, PERSON, "name"), ["甲", "乙", "2003", "丁"]);
}

#[test]
fn names_of_two_rows_are_read_where_the_key_is_merged() {
    let rows = texts(&[
        &["某村"],
        &["", "基本情况", "", "备注"],
        &["", "村", "户口性质", ""],
        &["H1", "甲", "1", ""],
    ]);
    let bytes = sheet(&rows, |sheet| {
        let plain = Format::new();
        sheet.merge_range(1, 0, 2, 0, "户编号", &plain).unwrap();
        sheet.merge_range(1, 1, 1, 2, "基本情况", &plain).unwrap();
    });
    let (register, _) = Files::new(&[("household.xlsx", &bytes)]).read("").unwrap();
    assert_eq!(cells(&register, HOUSEHOLD, "village"), ["甲"]);
    assert_eq!(cells(&register, HOUSEHOLD, "hukou"), ["1"]);
}

#[test]
fn a_row_recorded_later_does_not_count() {
    let mut schema = schema();
    schema.records[CERTIFICATE.0].fields.push(field("recorded_on", "登记日", FieldType::Date, Blank::Absent));
    let day = |serial| In::F(serial, "yyyy-mm-dd");
    let rows = vec![
        vec![t("certificate_no"), t("household_no"), t("recorded_on")],
        vec![t("Z1"), t("H1"), day(38_412.0)],
        vec![t("Z2"), t("H1"), day(38_413.0)],
        vec![t("Z3"), t("H1"), t("")],
    ];
    let files = Files::new(&[
        ("household.csv", HOUSEHOLD_CSV.as_bytes()),
        ("certificate.xlsx", &book(&[("Sheet1", rows)])),
    ]);
    let known_on = crate::value::Day::new(2005, 3, 1);
    let reading = Reading { schema: &schema, needs: &|_, _| true, uses: &|_| true, known_on };
    let register = read(&files.path(""), &reading, &mut DataFindings::new()).unwrap();
    assert_eq!(keys(&register, CERTIFICATE), ["Z1", "Z3"]);
    assert_eq!(register.counts[CERTIFICATE.0].later, 1);
}
