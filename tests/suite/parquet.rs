//! The town in Parquet: the register as a program would write it gives the tables of its CSV files, and the tables in
//! Parquet say what those in CSV say, the same bytes for any number of threads.

use crate::engine::{charter, root};
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, Date32Array, Decimal128Array, DictionaryArray, Int64Array, LargeStringArray, NullArray,
    RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions};
use arrow_schema::DataType;
use charter::value::{Day, Fen};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

const TABLES: [&str; 5] = ["benefits", "obligations", "undetermined", "indicators", "summary"];

/// Rows of a CSV file, the header first.
fn csv(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path).unwrap();
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// Households, charters and where results go.
fn eval(data: &Path, out: &Path, arguments: &[&str]) -> String {
    let (town, data, out) = (root().join("charters/town"), data.to_str().unwrap(), out.to_str().unwrap());
    let fixed = ["eval", town.to_str().unwrap(), "--data", data, "--out", out, "--period", "2005"];
    let ran = charter(root(), &[&fixed[..], arguments].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    ran.err
}

fn synth(folder: &Path, households: &str) {
    let out = folder.to_str().unwrap();
    assert_eq!(charter(root(), &["synth", "--households", households, "--seed", "11", "--out", out]).code, 0);
}

fn day(text: &str) -> Option<i32> {
    let mut parts = text.split('-');
    let mut next = || parts.next()?.parse::<i16>().ok();
    let (year, month, day) = (next()?, next()?, next()?);
    let day = Day::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?)?;
    (day.to_string() == text).then(|| day.number())
}

/// The cells of a column by some reading, where it reads all of them that are not blank.
fn all<T>(cells: &[&str], read: impl Fn(&str) -> Option<T>) -> Option<Vec<Option<T>>> {
    let one = |cell: &&str| if cell.is_empty() { Some(None) } else { read(cell).map(Some) };
    cells.iter().map(one).collect()
}

/// A column of the narrowest type that holds its cells, in one of the ways there are to hold them.
fn typed(cells: &[&str], way: usize) -> ArrayRef {
    let number = |cell: &str| cell.parse::<i64>().ok().filter(|number| number.to_string() == cell);
    let money = |cell: &str| Fen::from_yuan(cell).filter(|_| cell.contains('.')).map(|fen| i128::from(fen.0));
    if cells.iter().all(|cell| cell.is_empty()) {
        return Arc::new(NullArray::new(cells.len()));
    }
    if let Some(days) = all(cells, day) {
        if way.is_multiple_of(2) {
            return Arc::new(Date32Array::from(days));
        }
        let times = days.into_iter().map(|day| day.map(|day| i64::from(day) * 86_400_000_000));
        return Arc::new(times.collect::<TimestampMicrosecondArray>());
    }
    if let Some(numbers) = all(cells, number) {
        return Arc::new(Int64Array::from(numbers));
    }
    if let Some(money) = all(cells, money) {
        return Arc::new(Decimal128Array::from(money).with_precision_and_scale(18, 2).unwrap());
    }
    let texts = cells.iter().map(|cell| (!cell.is_empty()).then_some(*cell));
    match way % 3 {
        0 => Arc::new(texts.collect::<StringArray>()),
        1 => Arc::new(texts.collect::<LargeStringArray>()),
        _ => Arc::new(texts.collect::<DictionaryArray<arrow_array::types::Int16Type>>()),
    }
}

/// Writes each file of a register again, as Parquet or Arrow; some records in many files.
pub fn convert(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    let mut files: Vec<_> = fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for (way, path) in files.iter().enumerate() {
        let rows = csv(path);
        let (header, rows) = rows.split_first().unwrap();
        let columns = header.iter().enumerate().map(|(column, name)| {
            let cells: Vec<&str> = rows.iter().map(|row| row[column].as_str()).collect();
            (name, typed(&cells, way + column), true)
        });
        let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let parquet = |name: &str, batch: &RecordBatch| {
            let file = File::create(to.join(name)).unwrap();
            let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
            writer.write(batch).unwrap();
            writer.close().unwrap();
        };
        match (stem, way % 2) {
            ("person" | "persons", _) => {
                fs::create_dir(to.join(stem)).unwrap();
                for part in 0..4 {
                    let quarter = batch.num_rows().div_ceil(4);
                    let start = (part * quarter).min(batch.num_rows());
                    let slice = batch.slice(start, quarter.min(batch.num_rows() - start));
                    parquet(&format!("{stem}/part-{part}.parquet"), &slice);
                }
            }
            (_, 0) => parquet(&format!("{stem}.parquet"), &batch),
            _ => {
                let options = IpcWriteOptions::default();
                let options = options.try_with_compression(Some(CompressionType::LZ4_FRAME)).unwrap();
                let file = File::create(to.join(format!("{stem}.feather"))).unwrap();
                let mut writer = FileWriter::try_new_with_options(file, &batch.schema(), options).unwrap();
                writer.write(&batch).unwrap();
                writer.finish().unwrap();
            }
        }
    }
}

#[test]
fn the_town_in_parquet_is_the_town_in_csv() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    synth(&at("csv"), "300");
    convert(&at("csv"), &at("typed"));
    let said =
        [eval(&at("csv"), &at("of-csv"), &[]), eval(&at("typed"), &at("of-typed"), &["--memory", "1B"])];
    assert_eq!(said[0].replace("of-csv", ""), said[1].replace("of-typed", ""));
    for table in TABLES {
        let of = |folder: &str| fs::read_to_string(at(folder).join(format!("{table}.csv"))).unwrap();
        assert_eq!(of("of-typed"), of("of-csv"), "{table}");
    }
    let receipt = |folder: &str| -> serde_json::Value {
        serde_json::from_str(&fs::read_to_string(at(folder).join("receipt.json")).unwrap()).unwrap()
    };
    let (typed, plain) = (receipt("of-typed"), receipt("of-csv"));
    assert_eq!(typed["records"], plain["records"]);
    assert_eq!(typed["tables"], plain["tables"]);
    assert_eq!(typed["register"].as_array().unwrap().len(), plain["register"].as_array().unwrap().len() + 3);
}

/// A table of Parquet as the rows of CSV, the header first.
fn parquet(path: &Path) -> Vec<Vec<String>> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    let schema = Arc::clone(reader.schema());
    let mut rows = vec![schema.fields().iter().map(|field| field.name().clone()).collect()];
    for batch in reader.build().unwrap() {
        let batch = batch.unwrap();
        for row in 0..batch.num_rows() {
            let cell = |(column, field): (&ArrayRef, &arrow_schema::FieldRef)| {
                if column.is_null(row) {
                    return String::new();
                }
                match field.data_type() {
                    DataType::Utf8 => {
                        let text = column.as_string::<i32>().value(row);
                        assert!(!text.is_empty(), "a blank is null");
                        text.to_owned()
                    }
                    DataType::Date32 => {
                        Day::from_number(column.as_primitive::<Date32Type>().value(row)).unwrap().to_string()
                    }
                    DataType::Int64 => {
                        let number = column.as_primitive::<Int64Type>().value(row);
                        let is_fen = field.metadata().get("unit").is_some_and(|unit| unit == "fen");
                        if is_fen { Fen(number).to_string() } else { number.to_string() }
                    }
                    other => panic!("a column of {other}"),
                }
            };
            rows.push(batch.columns().iter().zip(schema.fields()).map(cell).collect());
        }
    }
    rows
}

#[test]
fn tables_in_parquet_are_those_in_csv() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    synth(&at("register"), "2100");
    for layout in ["long", "wide"] {
        let asked = ["--layout", layout];
        eval(&at("register"), &at("csv"), &asked);
        let mut before: Option<Vec<Vec<u8>>> = None;
        let all_jobs = if layout == "long" { &["1", "2", "7"][..] } else { &["7"] };
        for jobs in all_jobs {
            eval(
                &at("register"),
                &at("out"),
                &[&asked[..], &["--format", "parquet", "--jobs", jobs]].concat(),
            );
            let bytes = TABLES.map(|table| fs::read(at("out").join(format!("{table}.parquet"))).unwrap());
            let bytes = bytes.to_vec();
            assert!(before.as_ref().is_none_or(|before| *before == bytes), "{layout}, {jobs} jobs");
            before = Some(bytes);
        }
        for table in TABLES {
            let expected = csv(&at("csv").join(format!("{table}.csv")));
            assert_eq!(parquet(&at("out").join(format!("{table}.parquet"))), expected, "{layout} {table}");
        }
        let mut names: Vec<_> =
            fs::read_dir(at("out")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names.len(), TABLES.len() + 1, "{names:?}");
    }
    // In parts or whole, the groups of rows are the same.
    let bytes = |folder: &str| fs::read(at(folder).join("benefits.parquet")).unwrap();
    eval(&at("register"), &at("parts"), &["--layout", "wide", "--format", "parquet", "--memory", "1B"]);
    assert_eq!(bytes("parts"), bytes("out"));
}

#[test]
fn types_of_the_tables() {
    let folder = tempfile::tempdir().unwrap();
    synth(&folder.path().join("register"), "50");
    eval(&folder.path().join("register"), &folder.path().join("out"), &["--format", "parquet"]);
    let mut told = String::new();
    for table in TABLES {
        let file = File::open(folder.path().join(format!("out/{table}.parquet"))).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        writeln!(told, "{table}").unwrap();
        for field in reader.schema().fields() {
            writeln!(told, "  {}: {}", field.name(), field.data_type()).unwrap();
        }
        let maker = reader.metadata().file_metadata().created_by().unwrap().to_owned();
        assert_eq!(maker, concat!("charter ", env!("CARGO_PKG_VERSION")));
    }
    insta::assert_snapshot!(told);
}
