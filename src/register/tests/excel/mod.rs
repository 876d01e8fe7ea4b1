//! Workbooks: the same cells are the same register, whatever holds them; and what clerks do to a sheet.

mod dirt;
mod hostile;
mod old;

use super::*;
use crate::register::{RecordCount, Table};
use proptest::prelude::*;
use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};
use sha2::Digest;

/// A cell as it is written.
#[derive(Clone, Debug)]
enum In {
    /// Text.
    T(String),
    /// A number.
    N(f64),
    /// A number in a format.
    F(f64, &'static str),
    /// True or false.
    B(bool),
    /// A formula with its result.
    Q(&'static str),
}

fn t(text: &str) -> In {
    In::T(text.to_owned())
}

/// Rows of texts.
fn texts(rows: &[&[&str]]) -> Vec<Vec<In>> {
    rows.iter().map(|row| row.iter().map(|cell| t(cell)).collect()).collect()
}

fn fill(sheet: &mut Worksheet, rows: &[Vec<In>]) {
    for (row, cells) in (0_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                In::T(text) if text.is_empty() => {}
                In::T(text) => {
                    sheet.write_string(row, column, text).unwrap();
                }
                In::N(number) => {
                    sheet.write_number(row, column, *number).unwrap();
                }
                In::F(number, format) => {
                    let format = Format::new().set_num_format(*format);
                    sheet.write_number_with_format(row, column, *number, &format).unwrap();
                }
                In::B(flag) => {
                    sheet.write_boolean(row, column, *flag).unwrap();
                }
                In::Q(result) => {
                    sheet.write_formula(row, column, Formula::new("=A1").set_result(*result)).unwrap();
                }
            }
        }
    }
}

/// A workbook of sheets by name.
fn book(sheets: &[(&str, Vec<Vec<In>>)]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(*name).unwrap();
        fill(sheet, rows);
    }
    workbook.save_to_buffer().unwrap()
}

/// A workbook of one sheet that is changed after it was filled.
fn sheet(rows: &[Vec<In>], change: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    fill(sheet, rows);
    change(sheet);
    workbook.save_to_buffer().unwrap()
}

/// One household, H1, as CSV and as rows.
const HOUSEHOLD_CSV: &str = "household_no,village,hukou,agreement_signed\nH1,甲,rural,2005-03-01\n";

fn household() -> Vec<Vec<In>> {
    texts(&[&["household_no", "village", "hukou", "agreement_signed"], &["H1", "甲", "rural", "2005-03-01"]])
}

/// A register of one household and a file of another record.
fn beside(name: &str, bytes: &[u8]) -> (Register, DataFindings) {
    Files::new(&[("household.csv", HOUSEHOLD_CSV.as_bytes()), (name, bytes)]).read("").unwrap()
}

/// What was found, without the ending of the file.
fn told(findings: &DataFindings) -> Vec<(String, String)> {
    let without = |place: String| place.replace(".xlsx", "").replace(".csv", "");
    findings.iter().map(|finding| (without(place(finding)), finding.message(Lang::Zh))).collect()
}

/// All tables and counts, and what was found.
fn content(read: &(Register, DataFindings)) -> (Vec<Table>, Vec<RecordCount>, Vec<(String, String)>) {
    (read.0.tables.clone(), read.0.counts.clone(), told(&read.1))
}

fn csv(rows: &[Vec<String>]) -> String {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// A cell as clerks write it, of whatever field.
fn cell() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "",
        " ",
        "?",
        "不详",
        "无",
        "是",
        "FALSE",
        "1",
        "-3",
        "007",
        "6%",
        "12.50",
        "¥1,234.5元",
        "2005-03-01",
        "20050301",
        "2005.3",
        "2005年3月1日",
        "１２",
        "H1",
        "9223372036854775808",
        "\"引,号\"",
        "=1+1",
        "a\nb",
        "<&>",
        "1e3",
        "2005-02-30",
    ];
    prop_oneof![
        6 => proptest::sample::select(WORDS).prop_map(str::to_owned),
        1 => "[ -~户年]{0,6}",
    ]
}

const CERTIFICATES: [&str; 6] = ["certificate_no", "household_no", "cost", "copies", "discount", "valid"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn texts_are_read_as_the_cells_of_csv(cells in proptest::collection::vec(proptest::collection::vec(cell(), 4), 1..12)) {
        let mut rows = vec![CERTIFICATES.map(str::to_owned).to_vec()];
        for (row, cells) in cells.into_iter().enumerate() {
            rows.push([format!("Z{row}"), "H1".to_owned()].into_iter().chain(cells).collect());
        }
        let expected = beside("certificate.csv", csv(&rows).as_bytes());
        let rows: Vec<Vec<In>> = rows.iter().map(|row| row.iter().map(|cell| t(cell)).collect()).collect();
        let alone = book(&[("Sheet1", Vec::new()), ("甲村", rows.clone())]);
        prop_assert_eq!(content(&beside("certificate.xlsx", &alone)), content(&expected));
        let files = Files::new(&[("all.xlsx", &book(&[("各证件", rows), ("户", household()), ("说明", texts(&[&["x"]]))]))]);
        let (register, _) = files.read("all.xlsx").unwrap();
        prop_assert_eq!(&register.tables[CERTIFICATE.0].keys, &expected.0.tables[CERTIFICATE.0].keys);
        prop_assert_eq!(&register.tables[CERTIFICATE.0].columns, &expected.0.tables[CERTIFICATE.0].columns);
        prop_assert_eq!(register.counts, expected.0.counts);
    }

    /// Keys and their parents, too: doubles, orphans, blank and folded ones.
    #[test]
    fn keys_are_read_as_the_cells_of_csv(cells in proptest::collection::vec((cell(), cell()), 1..12)) {
        let mut rows = vec![["person_no", "household_no", "name"].map(str::to_owned).to_vec()];
        rows.extend(cells.into_iter().map(|(key, parent)| vec![key, parent, "某".to_owned()]));
        let expected = beside("person.csv", csv(&rows).as_bytes());
        let rows: Vec<Vec<In>> = rows.iter().map(|row| row.iter().map(|cell| t(cell)).collect()).collect();
        prop_assert_eq!(content(&beside("person.xlsx", &book(&[("Sheet1", rows)]))).0, content(&expected).0);
    }

    /// Whole numbers, amounts and days give the same as their texts.
    #[test]
    fn typed_cells_are_their_texts(cells in proptest::collection::vec((any::<i32>(), -999_999_999_999_999_i64..=999_999_999_999_999, -25_508_i32..120_000), 1..20)) {
        let header = |name: &str| texts(&[&["certificate_no", "household_no", name]]);
        let row = |place: usize, cell: In| vec![t(&format!("Z{place}")), t("H1"), cell];
        let fen = |fen: i64| crate::value::Fen(fen).to_string();
        for name in ["copies", "cost", "valid"] {
            let (mut typed, mut plain) = (header(name), header(name));
            typed.extend(cells.iter().enumerate().map(|(place, cell)| row(place, In::N(f64::from(cell.0)))));
            plain.extend(cells.iter().enumerate().map(|(place, cell)| row(place, t(&cell.0.to_string()))));
            prop_assert_eq!(content(&beside("certificate.xlsx", &book(&[("a", typed)]))), content(&beside("certificate.xlsx", &book(&[("a", plain)]))));
        }
        let (mut typed, mut plain) = (header("cost"), header("cost"));
        typed.extend(cells.iter().enumerate().map(|(place, cell)| row(place, In::F(fen(cell.1).parse().unwrap(), "#,##0.00"))));
        plain.extend(cells.iter().enumerate().map(|(place, cell)| row(place, t(&fen(cell.1)))));
        prop_assert_eq!(content(&beside("certificate.xlsx", &book(&[("a", typed)]))), content(&beside("certificate.xlsx", &book(&[("a", plain)]))));
        let header = || texts(&[&["person_no", "household_no", "birth"]]);
        let (mut typed, mut plain) = (header(), header());
        for (place, cell) in cells.iter().enumerate() {
            let day = crate::value::Day::from_number(cell.2).unwrap();
            typed.push(row(place, In::F(f64::from(day.serial().unwrap()), "yyyy/m/d")));
            plain.push(row(place, t(&day.to_string())));
        }
        prop_assert_eq!(content(&beside("person.xlsx", &book(&[("a", typed)]))), content(&beside("person.xlsx", &book(&[("a", plain)]))));
    }
}

#[test]
fn a_workbook_has_a_sheet_a_record() {
    let persons = texts(&[&["人员编号", "户编号", "姓名"], &["P1", "H1", "某"], &["P2", "H2", "某"]]);
    let bytes = book(&[("说明", texts(&[&["登记册"]])), ("成员", persons), ("户", household())]);
    let files = Files::new(&[("登记册.xlsx", &bytes)]);
    let (register, findings) = files.read("登记册.xlsx").unwrap();
    assert_eq!((keys(&register, HOUSEHOLD), keys(&register, PERSON)), (vec!["H1"], vec!["P1"]));
    assert_eq!(register.files.len(), 1);
    let expected =
        sha2::Sha256::digest(&bytes).iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    assert_eq!(register.files[0].sha256, expected);
    let orphan = findings.iter().find(|finding| finding.code.id == "D004").unwrap();
    let Place::Cell(cell) = &orphan.place else { panic!() };
    let words = |lang| cell.words(lang).rsplit_once('/').unwrap().1.to_owned();
    assert_eq!(words(Lang::Zh), "登记册.xlsx 工作表“成员” 第 3 行“户编号”列");
    assert_eq!(words(Lang::En), "登记册.xlsx, sheet \"成员\", row 3, column \"户编号\"");
    let place = register.place(PERSON, 0).unwrap();
    assert_eq!((place.sheet.as_deref(), place.row), (Some("成员"), Some(2)));
}

#[test]
fn sheets_that_are_no_records_are_told() {
    let refused = |bytes: &[u8]| {
        let error = refused(&[("a.xlsx", bytes)], "a.xlsx");
        (error.code.id, error.help.clone().unwrap_or_else(|| crate::diagnostic::Term::same("")).zh)
    };
    let (code, help) = refused(&book(&[("Sheet1", household()), ("Sheet2", Vec::new())]));
    assert_eq!(code, "U013");
    assert!(help.contains("Sheet1、Sheet2") && help.contains("户、人、证件"), "{help}");
    let (code, help) = refused(&book(&[("户", household()), ("household", household())]));
    assert_eq!(code, "U021");
    assert!(help.contains("户、household"), "{help}");
    assert_eq!(refused(&book(&[("户", Vec::new())])).0, "U002");
    // A folder with a workbook that is named after no record.
    let error = super::refused(&[("登记册.xlsx", &book(&[("户", household())]))], "");
    assert_eq!(error.code.id, "U013");
    assert!(error.help.unwrap().zh.contains("--data"), "{:?}", error.place);
    assert_eq!(refused(&book(&[("户", texts(&[&["村"], &["甲"]]))])).0, "D009");
}

#[test]
fn a_record_may_have_a_workbook_of_its_own_or_many() {
    let persons = |key: &str| texts(&[&["person_no", "household_no"], &[key, "H1"]]);
    let files = Files::new(&[
        ("household.XLSX", &book(&[("Sheet1", Vec::new()), ("2005年", household()), ("旧", household())])),
        ("~$household.xlsx", b"lock"),
    ]);
    std::fs::create_dir(files.path("person")).unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(files.path(name), bytes).unwrap();
    write("person/甲村.xlsx", &book(&[("other", persons("P9")), ("person", persons("P1"))]));
    write("person/乙村.xlsm", &book(&[("Sheet1", persons("P2"))]));
    write("person/~$乙村.xlsx", b"lock");
    write("person/丙村.csv", b"person_no,household_no\nP3,H1\n");
    let (register, _) = files.read("").unwrap();
    assert_eq!((keys(&register, HOUSEHOLD), keys(&register, PERSON)), (vec!["H1"], vec!["P1", "P2", "P3"]));
    write("person/丁村.xlsx", &book(&[("Sheet1", Vec::new())]));
    assert_eq!(files.read("").unwrap_err().code.id, "U002");
}

#[test]
fn an_outline_has_the_columns() {
    let rows = || texts(&[&["某村登记册"], &["户编号", "村", "其他"], &["H1", "甲"]]);
    for (name, bytes, path) in [
        ("household.xlsx", book(&[("Sheet1", rows())]), ""),
        ("a.xlsx", book(&[("各户", rows()), ("人", texts(&[&["人员编号", "户编号"]]))]), "a.xlsx"),
    ] {
        let files = Files::new(&[(name, &bytes)]);
        let outline = super::super::outline(&files.path(path), &schema()).unwrap();
        assert!(outline.has_field(HOUSEHOLD, FieldId(0)) && !outline.has_field(HOUSEHOLD, FieldId(1)));
        assert_eq!(outline.has_record(PERSON), path == "a.xlsx");
    }
    let files = Files::new(&[("a.xlsx", &book(&[("x", rows())])), ("b.xlsx", b"PK")]);
    assert!(super::super::outline(&files.path("a.xlsx"), &schema()).is_none());
    assert!(super::super::outline(&files.path("b.xlsx"), &schema()).is_none());
}
