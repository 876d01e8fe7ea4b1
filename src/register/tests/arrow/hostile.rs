//! Files that lie: no panic, no memory beyond what their size allows, and always a word on what is wrong.

use super::*;
use crate::register::tests::lone::Lone;
use arrow_array::types::Int32Type;
use arrow_array::{Decimal128Array, DictionaryArray, Int32Array, Int64Array, RecordBatchOptions};
use arrow_schema::{DataType, Field};

/// Reads a file of persons; a code where it is refused.
fn read(name: &str, bytes: &[u8]) -> Result<Register, &'static str> {
    let files = Files::new(&[("household.csv", HOUSEHOLD.as_bytes()), (name, bytes)]);
    files.read("").map(|(register, _)| register).map_err(|error| error.code.id)
}

/// Certificates of all kinds of columns, small enough that every byte can be changed.
fn small() -> Vec<(String, Vec<u8>)> {
    let names: DictionaryArray<Int32Type> = [Some("是"), None, Some("否"), Some("是")].into_iter().collect();
    let cost = Decimal128Array::from(vec![Some(1_250), None, Some(5), Some(0)]);
    let columns: Columns = vec![
        ("certificate_no", texts([Some("Z1"), Some("Z2"), Some("Z3"), Some("Z4 一个很长的编号")])),
        ("household_no", texts([Some("H1"), Some("H1"), Some("H1"), Some("H1")])),
        ("cost", Arc::new(cost.with_precision_and_scale(12, 2).unwrap())),
        ("copies", Arc::new(Int64Array::from(vec![Some(1), Some(2), None, Some(4)]))),
        ("valid", Arc::new(names)),
    ];
    written("certificate", &columns)
}

#[test]
fn a_file_cut_short_is_refused() {
    let lone = Lone::new();
    for (place, (name, bytes)) in small().into_iter().enumerate() {
        assert_eq!(lone.read(&name, &bytes), Ok(4), "{name}");
        // Every length of one file of each format, and some of the others.
        let step = if place == 0 || name.ends_with(".feather") { 1 } else { 13 };
        for length in (0..bytes.len()).step_by(step) {
            let refused = lone.read(&name, &bytes[..length]).unwrap_err();
            assert_eq!(refused, if length == 0 { "U002" } else { "U024" }, "{name} of {length} bytes");
        }
    }
}

#[test]
fn changed_bytes_are_read_or_refused() {
    let lone = Lone::new();
    let mut chance: u64 = 2_005;
    let mut next = |below: usize| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((chance >> 33) % below as u64).unwrap()
    };
    // Whole numbers of every width replaced by large ones.
    let large = [
        &[0xff; 8][..],
        &[0xff, 0xff, 0xff, 0x7f],
        &[0, 0, 0, 0, 0xff, 0, 0, 0],
        &[0xff],
        &[0xfe, 0xff, 0x7f],
    ];
    for (name, bytes) in small() {
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            let large = large[next(large.len())];
            let end = bytes.len().min(at + large.len());
            changed[at..end].copy_from_slice(&large[..end - at]);
            let _ = lone.read(&name, &changed);
        }
        for _ in 0..400 {
            let mut changed = bytes.clone();
            for _ in 0..=next(3) {
                changed[next(bytes.len())] = u8::try_from(next(256)).unwrap();
            }
            let _ = lone.read(&name, &changed);
        }
    }
}

#[test]
fn other_files_under_the_name_are_told() {
    let file = |name: &str, bytes: &[u8]| {
        let files = Files::new(&[("household.csv", HOUSEHOLD.as_bytes()), (name, bytes)]);
        let error = files.read("").unwrap_err();
        format!("{} {}", error.code.id, error.message(Lang::En).rsplit_once('/').unwrap().1)
    };
    assert_eq!(
        file("person.parquet", b"person_no,household_no\n"),
        "U024 person.parquet is no sound Parquet file: it does not begin with PAR1"
    );
    assert_eq!(
        file("person.arrow", b"PAR1"),
        "U024 person.arrow is no sound Arrow file: it does not begin with ARROW1"
    );
    let stream = "U024 person.feather is no sound Arrow file: it is an Arrow stream or Feather version 1; write it as an Arrow IPC file (Feather version 2)";
    assert_eq!(file("person.feather", b"FEA1...."), stream);
    assert_eq!(file("person.feather", &[0xff; 40]), stream);
    assert_eq!(
        file("person.parquet", b"PAR1\xff\xff\xff\x7fPARE"),
        "U024 person.parquet is no sound Parquet file: it is encrypted"
    );
    assert_eq!(
        file("person.parquet", b"PAR1\xff\xff\xff\x7fPAR1"),
        "U024 person.parquet is no sound Parquet file: it is cut short or damaged"
    );
}

/// A Parquet file with that footer and nothing else.
fn with_footer(footer: &[u8]) -> Vec<u8> {
    let length = u32::try_from(footer.len()).unwrap().to_le_bytes();
    [b"PAR1", footer, &length, b"PAR1"].concat()
}

#[test]
fn hostile_footers_are_refused() {
    // Version 1, and a schema whose root says it has 2^31 - 1 children.
    let children = [0x15, 2, 0x19, 0x1c, 0x48, 1, b'a', 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0, 0];
    // A schema of 2^31 elements.
    let elements = [0x15, 2, 0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 7];
    // A thousand groups, each in the one before.
    let mut deep = vec![0x15, 2, 0x19, 0xfc, 0xe8, 7];
    deep.extend([0x48, 1, b'a', 0x15, 2, 0].repeat(1_000));
    deep.push(0);
    // Bytes where the number of children should be: the decoder would read on behind them.
    let lost = [0x15, 2, 0x19, 0x1c, 0x48, 1, b'a', 0x18, 1, 0xff, 0, 0];
    for footer in [&children[..], &elements, &deep, &lost, &[0x1c; 5_000], &[]] {
        assert_eq!(read("person.parquet", &with_footer(footer)), Err("U024"));
    }
}

#[test]
fn rows_out_of_nothing_are_refused() {
    // Five million rows of one number take some hundred bytes in Parquet.
    let rows = 5_000_000;
    let columns: Columns = vec![("person_no", Arc::new(Int32Array::from(vec![7; rows])))];
    let bytes = parquet(&columns);
    assert!(bytes.len() < 100_000, "{}", bytes.len());
    assert_eq!(read("person.parquet", &bytes), Err("U024"));
    // And none at all in Arrow where there is nothing but rows.
    let fields = ["person_no", "household_no"].map(|name| Field::new(name, DataType::Null, true));
    let schema = Arc::new(arrow_schema::Schema::new(fields.to_vec()));
    let options = RecordBatchOptions::new().with_row_count(Some(1 << 40));
    let nulls = || Arc::new(arrow_array::NullArray::new(1 << 40)) as ArrayRef;
    let batch = RecordBatch::try_new_with_options(schema, vec![nulls(), nulls()], &options).unwrap();
    let mut bytes = Vec::new();
    let mut writer = FileWriter::try_new(&mut bytes, &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    drop(writer);
    assert_eq!(read("person.arrow", &bytes), Err("U024"));
}

#[test]
fn texts_out_of_nothing_are_refused() {
    let columns = |text: &str, rows: i32| -> Columns {
        let keys: Vec<String> = (0..rows).map(|row| row.to_string()).collect();
        let first = Int32Array::from_iter_values((0..rows).map(|_| 0));
        let name = DictionaryArray::<Int32Type>::new(first, texts([Some(text)]));
        vec![
            ("person_no", texts(keys.iter().map(|key| Some(key.as_str())))),
            ("household_no", texts(keys.iter().map(|_| Some("H1")))),
            ("name", Arc::new(name)),
        ]
    };
    // A text of a megabyte in 320 rows is once in the file.
    let long = "a".repeat(1 << 20);
    for (name, bytes) in [
        ("person.parquet", parquet(&columns(&long, 320))),
        ("person.arrow", ipc(&columns(&long, 320), Some(CompressionType::ZSTD))),
    ] {
        assert!(bytes.len() < 100_000, "{}", bytes.len());
        assert_eq!(read(name, &bytes), Err("U024"));
    }
    let (fine, too_long) = ("a".repeat(1_000), "a".repeat((1 << 20) + 1));
    assert!(read("person.parquet", &parquet(&columns(&fine, 100))).is_ok());
    assert_eq!(read("person.parquet", &parquet(&columns(&too_long, 2))), Err("U024"));
}

#[test]
fn texts_encoded_by_differences_are_refused() {
    use parquet::basic::Encoding;
    let columns =
        [("person_no", texts([Some("P1"), Some("P2")])), ("household_no", texts([Some("H1"), Some("H1")]))];
    for encoding in [Encoding::DELTA_BYTE_ARRAY, Encoding::DELTA_LENGTH_BYTE_ARRAY] {
        let properties =
            WriterProperties::builder().set_dictionary_enabled(false).set_encoding(encoding).build();
        assert_eq!(read("person.parquet", &parquet_as(&columns, properties)), Err("U024"));
    }
}
