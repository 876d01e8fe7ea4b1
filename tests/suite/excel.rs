//! The town in Excel: its register as a workbook gives the tables of its CSV files, and the tables as workbooks say what
//! those in CSV say, the same bytes for any number of threads.

use crate::engine::{charter, root};
use calamine::{Data, DataRef, Reader, Xlsx, open_workbook};
use charter::value::Day;
use std::fs;
use std::path::Path;

const TABLES: [&str; 5] = ["benefits", "obligations", "undetermined", "indicators", "summary"];

fn eval(data: &Path, out: &Path, arguments: &[&str]) -> String {
    let (town, data, out) = (root().join("charters/town"), data.to_str().unwrap(), out.to_str().unwrap());
    let fixed = ["eval", town.to_str().unwrap(), "--data", data, "--out", out, "--period", "2005"];
    let ran = charter(root(), &[&fixed[..], arguments].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    ran.err
}

fn synth(folder: &Path, arguments: &[&str]) {
    let fixed = ["synth", "--seed", "11", "--out", folder.to_str().unwrap()];
    assert_eq!(charter(root(), &[&fixed[..], arguments].concat()).code, 0);
}

/// Rows of a CSV file, the header first.
fn csv(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path).unwrap();
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn the_town_in_a_workbook_is_the_town_in_csv() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    synth(&at("csv"), &["--households", "300"]);
    synth(&at("xlsx"), &["--households", "300", "--format", "xlsx"]);
    synth(&at("again"), &["--households", "300", "--format", "xlsx"]);
    let bytes = |folder: &str| fs::read(at(folder).join("register.xlsx")).unwrap();
    assert!(bytes("xlsx") == bytes("again"));
    assert_eq!(fs::read_dir(at("xlsx")).unwrap().count(), 1);
    let said = [
        eval(&at("csv"), &at("of-csv"), &[]),
        eval(&at("xlsx/register.xlsx"), &at("of-xlsx"), &["--memory", "1B"]),
    ];
    assert_eq!(said[0].replace("of-csv", ""), said[1].replace("of-xlsx", ""));
    for table in TABLES {
        let of = |folder: &str| fs::read_to_string(at(folder).join(format!("{table}.csv"))).unwrap();
        assert_eq!(of("of-xlsx"), of("of-csv"), "{table}");
    }
    let receipt = |folder: &str| -> serde_json::Value {
        serde_json::from_str(&fs::read_to_string(at(folder).join("receipt.json")).unwrap()).unwrap()
    };
    let (of_book, plain) = (receipt("of-xlsx"), receipt("of-csv"));
    assert_eq!((&of_book["records"], &of_book["tables"]), (&plain["records"], &plain["tables"]));
    assert_eq!(of_book["register"].as_array().unwrap().len(), 1);
    // A record as a workbook beside others as CSV, one of them in parts.
    fs::copy(at("xlsx/register.xlsx"), at("csv/person.xlsx")).unwrap();
    fs::remove_file(at("csv/person.csv")).unwrap();
    for memory in ["1B", "1GB"] {
        eval(&at("csv"), &at("of-both"), &["--memory", memory]);
        for table in TABLES {
            let of = |folder: &str| fs::read_to_string(at(folder).join(format!("{table}.csv"))).unwrap();
            assert_eq!(of("of-both"), of("of-csv"), "{table}");
        }
    }
}

/// A table of a workbook as the rows of CSV, the header first. Amounts are numbers, and days are days.
fn xlsx(path: &Path) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let names = book.sheet_names();
    assert_eq!(names, [path.file_stem().unwrap().to_str().unwrap()]);
    let mut cells = book.worksheet_cells_reader(&names[0]).unwrap();
    let mut formats = Vec::new();
    while let Some((cell, style)) = cells.next_cell_with_style_id().unwrap() {
        let code = cells.styles()[style].number_format.as_ref().map(|format| format.format_code.clone());
        let text = matches!(cell.get_value(), DataRef::String(_) | DataRef::SharedString(_));
        let code = code.unwrap_or_default();
        assert!(cell.get_position().0 == 0 || text == (code == "@"), "{code}");
        formats.push((cell.get_position(), code));
    }
    drop(cells);
    let range = book.worksheet_range(&names[0]).unwrap();
    let shown = |row: usize, column: usize| match range.get((row, column)).unwrap() {
        Data::Empty => String::new(),
        Data::String(text) => text.clone(),
        Data::DateTime(moment) =>
        {
            #[allow(clippy::cast_possible_truncation, reason = "a day of this century")]
            Day::from_serial(moment.as_f64() as i32, false).unwrap().to_string()
        }
        Data::Float(number) => {
            let at = (u32::try_from(row).unwrap(), u32::try_from(column).unwrap());
            let money = formats.iter().any(|(place, code)| *place == at && code == "#,##0.00");
            if money { format!("{number:.2}") } else { number.to_string() }
        }
        other => panic!("{other}"),
    };
    (0..range.height()).map(|row| (0..range.width()).map(|column| shown(row, column)).collect()).collect()
}

#[test]
fn tables_in_workbooks_are_those_in_csv() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    synth(&at("register"), &["--households", "120"]);
    for layout in ["long", "wide"] {
        let asked = ["--layout", layout];
        eval(&at("register"), &at("csv"), &asked);
        let mut before: Option<Vec<Vec<u8>>> = None;
        for jobs in ["1", "2", "7"] {
            eval(&at("register"), &at("out"), &[&asked[..], &["--format", "xlsx", "--jobs", jobs]].concat());
            let bytes =
                TABLES.map(|table| fs::read(at("out").join(format!("{table}.xlsx"))).unwrap()).to_vec();
            assert!(before.as_ref().is_none_or(|before| *before == bytes), "{layout}, {jobs} jobs");
            before = Some(bytes);
        }
        for table in TABLES {
            let expected = csv(&at("csv").join(format!("{table}.csv")));
            assert_eq!(xlsx(&at("out").join(format!("{table}.xlsx"))), expected, "{layout} {table}");
        }
        assert_eq!(fs::read_dir(at("out")).unwrap().count(), TABLES.len() + 1);
    }
    // In parts or whole, the same.
    let bytes = |folder: &str| fs::read(at(folder).join("benefits.xlsx")).unwrap();
    eval(&at("register"), &at("parts"), &["--layout", "wide", "--format", "xlsx", "--memory", "1B"]);
    assert!(bytes("parts") == bytes("out"));
}
