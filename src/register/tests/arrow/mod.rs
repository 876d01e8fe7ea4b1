//! Parquet and Arrow files: the same cells are the same register, whatever holds them.

mod hostile;
mod types;

use super::*;
use crate::register::{RecordCount, Table};
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterVersion};
use proptest::prelude::*;
use sha2::Digest;
use std::sync::Arc;

/// Columns by name.
type Columns = Vec<(&'static str, ArrayRef)>;

fn batch(columns: &[(&'static str, ArrayRef)]) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(
        columns.iter().map(|(name, column)| (*name, Arc::clone(column), true)),
    )
    .unwrap()
}

fn parquet_as(columns: &[(&'static str, ArrayRef)], properties: WriterProperties) -> Vec<u8> {
    let batch = batch(columns);
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn parquet(columns: &[(&'static str, ArrayRef)]) -> Vec<u8> {
    parquet_as(columns, WriterProperties::builder().set_compression(Compression::SNAPPY).build())
}

fn ipc(columns: &[(&'static str, ArrayRef)], compression: Option<CompressionType>) -> Vec<u8> {
    let batch = batch(columns);
    let options = IpcWriteOptions::default().try_with_compression(compression).unwrap();
    let mut bytes = Vec::new();
    let mut writer = FileWriter::try_new_with_options(&mut bytes, &batch.schema(), options).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    drop(writer);
    bytes
}

/// The same columns as files of every format and compression there is.
fn written(record: &str, columns: &[(&'static str, ArrayRef)]) -> Vec<(String, Vec<u8>)> {
    let properties = |compression, version| {
        let builder = WriterProperties::builder().set_compression(compression).set_writer_version(version);
        builder.set_max_row_group_row_count(Some(3)).set_data_page_row_count_limit(2).build()
    };
    let zstd = Compression::ZSTD(ZstdLevel::default());
    let plain = WriterProperties::builder().set_dictionary_enabled(false).build();
    vec![
        (format!("{record}.parquet"), parquet(columns)),
        (format!("{record}.pq"), parquet_as(columns, properties(zstd, WriterVersion::PARQUET_1_0))),
        (
            format!("{record}.PARQUET"),
            parquet_as(columns, properties(Compression::LZ4_RAW, WriterVersion::PARQUET_2_0)),
        ),
        (format!("{record}.parquet"), parquet_as(columns, plain)),
        (format!("{record}.arrow"), ipc(columns, None)),
        (format!("{record}.feather"), ipc(columns, Some(CompressionType::LZ4_FRAME))),
        (format!("{record}.ipc"), ipc(columns, Some(CompressionType::ZSTD))),
    ]
}

fn texts<'a>(cells: impl IntoIterator<Item = Option<&'a str>>) -> ArrayRef {
    Arc::new(cells.into_iter().collect::<StringArray>())
}

/// One household, H1, as CSV.
const HOUSEHOLD: &str = "household_no,village,hukou,agreement_signed\nH1,甲,rural,2005-03-01\n";

/// A register of one household and a file of another record.
fn beside(name: &str, bytes: &[u8]) -> (Register, DataFindings) {
    Files::new(&[("household.csv", HOUSEHOLD.as_bytes()), (name, bytes)]).read("").unwrap()
}

/// What was found, without the ending of the file.
fn told(findings: &DataFindings) -> Vec<(String, String)> {
    let without = |place: String| {
        [".parquet", ".pq", ".PARQUET", ".arrow", ".feather", ".ipc", ".csv"]
            .iter()
            .fold(place, |place, ending| place.replace(ending, ""))
    };
    findings.iter().map(|finding| (without(place(finding)), finding.message(Lang::Zh))).collect()
}

/// All tables and counts, and what was found.
fn content(read: &(Register, DataFindings)) -> (Vec<Table>, Vec<RecordCount>, Vec<(String, String)>) {
    (read.0.tables.clone(), read.0.counts.clone(), told(&read.1))
}

fn csv(columns: &[(&'static str, Vec<Option<String>>)]) -> String {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    writer.write_record(columns.iter().map(|(name, _)| name)).unwrap();
    for row in 0..columns[0].1.len() {
        writer.write_record(columns.iter().map(|(_, cells)| cells[row].as_deref().unwrap_or(""))).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

fn as_texts(columns: &[(&'static str, Vec<Option<String>>)]) -> Columns {
    columns.iter().map(|(name, cells)| (*name, texts(cells.iter().map(Option::as_deref)))).collect()
}

/// A cell as clerks write it, of whatever field.
fn cell() -> impl Strategy<Value = Option<String>> {
    const WORDS: &[&str] = &[
        "",
        " ",
        "?",
        "不详",
        "无",
        "none",
        "是",
        "否",
        "TRUE",
        "0",
        "1",
        "3",
        "-3",
        "007",
        "6%",
        "12.50",
        "¥1,234.5元",
        "2005-03-01",
        "20050301",
        "2005.3",
        "2005年3月1日",
        "2005",
        "１２",
        "H1",
        "甲",
        "9223372036854775808",
        "\"引,号\"",
        "1e3",
        "2005-02-30",
    ];
    prop_oneof![
        1 => Just(None),
        6 => proptest::sample::select(WORDS).prop_map(|word| Some(word.to_owned())),
        1 => "[ -~户年]{0,6}".prop_map(Some),
    ]
}

fn certificates() -> impl Strategy<Value = Vec<(&'static str, Vec<Option<String>>)>> {
    proptest::collection::vec(proptest::collection::vec(cell(), 4), 1..12).prop_map(|rows| {
        let key = (0..rows.len()).map(|row| Some(format!("Z{row}"))).collect();
        let parent = rows.iter().map(|_| Some("H1".to_owned())).collect();
        let mut columns = vec![("certificate_no", key), ("household_no", parent)];
        for (place, name) in ["cost", "copies", "discount", "valid"].into_iter().enumerate() {
            columns.push((name, rows.iter().map(|row| row[place].clone()).collect()));
        }
        columns
    })
}

/// Key, parent and name.
type Person = (Option<String>, Option<String>, Option<String>);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn texts_are_read_as_the_cells_of_csv(columns in certificates()) {
        let expected = beside("certificate.csv", csv(&columns).as_bytes());
        for (name, bytes) in written("certificate", &as_texts(&columns)) {
            let read = beside(&name, &bytes);
            prop_assert_eq!(content(&read), content(&expected), "{}", name);
        }
    }

    /// Keys and their parents, too: doubles, orphans, blank and folded ones.
    #[test]
    fn keys_are_read_as_the_cells_of_csv(rows in proptest::collection::vec((cell(), cell(), cell()), 1..12)) {
        // A spreadsheet shows blank rows that are none; a table has no row by accident.
        let column = |cell: fn(&Person) -> &Option<String>| {
            rows.iter().map(|row| cell(row).clone()).collect::<Vec<_>>()
        };
        let name = rows.iter().map(|row| Some(row.2.clone().filter(|name| !name.trim().is_empty()).unwrap_or("某".to_owned()))).collect();
        let columns = vec![("person_no", column(|row| &row.0)), ("household_no", column(|row| &row.1)), ("name", name)];
        let expected = beside("person.csv", csv(&columns).as_bytes());
        for (name, bytes) in written("person", &as_texts(&columns)) {
            let read = beside(&name, &bytes);
            prop_assert_eq!(content(&read), content(&expected), "{}", name);
        }
    }
}

#[test]
fn a_record_may_come_in_many_files() {
    let files = Files::new(&[("household.csv", HOUSEHOLD.as_bytes())]);
    std::fs::create_dir(files.path("person")).unwrap();
    let person = |key: &'static str| {
        vec![("person_no", texts([Some(key)])), ("户编号", texts([Some("H1")])), ("备注", texts([None]))]
    };
    let write = |name: &str, bytes: &[u8]| std::fs::write(files.path(name), bytes).unwrap();
    write("person/part-2.parquet", &parquet(&person("P2")));
    write("person/part-1.arrow", &ipc(&person("P1"), None));
    write("person/part-3.csv", b"person_no,household_no\nP3,H1\n,H1\n");
    write("person/_SUCCESS", b"");
    write("person/.part-4.parquet", b"half");
    let (register, findings) = files.read("").unwrap();
    assert_eq!(keys(&register, PERSON), ["P1", "P2", "P3"]);
    let names: Vec<_> = register.files.iter().map(|file| file.name.rsplit_once('/').unwrap().1).collect();
    assert_eq!(names, ["household.csv", "part-1.arrow", "part-2.parquet", "part-3.csv"]);
    assert!(places(&findings).contains(&"D005 part-3.csv:3:person_no".to_owned()), "{:?}", places(&findings));
    assert_eq!(register.counts[PERSON.0].extra_columns, 2);
    // As programs that share the work name their folders.
    std::fs::rename(files.path("person"), files.path("person.parquet")).unwrap();
    assert_eq!(keys(&files.read("").unwrap().0, PERSON), ["P1", "P2", "P3"]);
}

#[test]
fn the_bytes_are_those_of_the_receipt() {
    let bytes = parquet(&[("person_no", texts([Some("P1")])), ("household_no", texts([Some("H1")]))]);
    let (register, _) = beside("person.parquet", &bytes);
    let expected =
        sha2::Sha256::digest(&bytes).iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    assert_eq!(register.files[1].sha256, expected);
}

#[test]
fn an_outline_has_the_columns() {
    let household = [("户编号", texts([Some("H1")])), ("村", texts([Some("甲")])), ("其他", texts([None]))];
    for (name, bytes) in written("household", &household) {
        let files = Files::new(&[(&name, &bytes)]);
        let outline = super::super::outline(&files.path(""), &schema()).unwrap();
        assert!(
            outline.has_field(HOUSEHOLD_RECORD, FieldId(0))
                && !outline.has_field(HOUSEHOLD_RECORD, FieldId(1))
        );
    }
}

const HOUSEHOLD_RECORD: RecordId = super::HOUSEHOLD;
