//! Columns of types: each value as its text would be read, and what no field can hold.

use super::*;
use arrow_array::types::Int8Type;
use arrow_array::types::Int64Type;
use arrow_array::{
    BinaryArray, BooleanArray, Date32Array, Date64Array, Decimal128Array, DictionaryArray, Float64Array,
    Int8Array, Int32Array, Int64Array, LargeStringArray, ListArray, NullArray, StringViewArray,
    TimestampMillisecondArray, TimestampNanosecondArray, TimestampSecondArray, UInt16Array, UInt64Array,
};
use std::fmt::Write as _;

/// Certificates of H1 with one column more.
fn with(name: &'static str, column: ArrayRef) -> Columns {
    let rows = column.len();
    let keys: Vec<String> = (0..rows).map(|row| format!("Z{row}")).collect();
    vec![
        ("certificate_no", texts(keys.iter().map(|key| Some(key.as_str())))),
        ("household_no", texts(keys.iter().map(|_| Some("H1")))),
        (name, column),
    ]
}

/// The cells that a column comes to, and what was found, the same for every format.
fn read(
    record: RecordId,
    name: &'static str,
    columns: &[(&'static str, ArrayRef)],
) -> (Vec<String>, Vec<String>) {
    let file = if record == CERTIFICATE { "certificate" } else { "person" };
    let mut all = written(file, columns).into_iter().map(|(file, bytes)| {
        let (register, findings) = beside(&file, &bytes);
        let about = |finding: &&Diagnostic| matches!(&finding.place, Place::Cell(cell) if cell.column.as_deref() == Some(name));
        let messages = findings.iter().filter(about).map(|finding| finding.message(Lang::En)).collect();
        (cells(&register, record, name), messages)
    });
    let first = all.next().unwrap();
    all.for_each(|other| assert_eq!(other, first));
    first
}

fn money(column: impl arrow_array::Array + 'static) -> (Vec<String>, Vec<String>) {
    read(CERTIFICATE, "cost", &with("cost", Arc::new(column)))
}

#[test]
fn amounts_are_yuan_and_exact() {
    let decimals = |units: Vec<Option<i128>>, scale| {
        Decimal128Array::from(units).with_precision_and_scale(20, scale).unwrap()
    };
    assert_eq!(money(decimals(vec![Some(1_250), None, Some(-5)], 2)).0, ["12.50", "-", "-0.05"]);
    assert_eq!(money(decimals(vec![Some(12)], 0)).0, ["12.00"]);
    assert_eq!(
        money(decimals(vec![Some(12_340), Some(12_345)], 3)),
        (vec!["12.34".to_owned(), "?".to_owned()], vec!["cannot read the amount '12.345'".to_owned()])
    );
    assert_eq!(money(Int64Array::from(vec![Some(3), None])).0, ["3.00", "-"]);
    let (cells, messages) = money(UInt64Array::from(vec![u64::MAX]));
    assert_eq!((cells, messages.len()), (vec!["?".to_owned()], 1));
    assert_eq!(money(NullArray::new(1)).0, ["-"]);
}

#[test]
fn numbers_flags_and_texts() {
    let number = |column| read(CERTIFICATE, "copies", &with("copies", column)).0;
    assert_eq!(number(Arc::new(Int8Array::from(vec![Some(-3), None]))), ["-3", "-"]);
    assert_eq!(number(Arc::new(UInt16Array::from(vec![3]))), ["3"]);
    assert_eq!(number(Arc::new(UInt64Array::from(vec![u64::MAX]))), ["?"]);
    let flag = |column| read(CERTIFICATE, "valid", &with("valid", column)).0;
    assert_eq!(
        flag(Arc::new(BooleanArray::from(vec![Some(true), Some(false), None]))),
        ["true", "false", "-"]
    );
    assert_eq!(flag(Arc::new(Int32Array::from(vec![0, 1, 2]))), ["false", "true", "?"]);
    let percent = |column| read(CERTIFICATE, "discount", &with("discount", column)).0;
    assert_eq!(percent(Arc::new(LargeStringArray::from(vec!["6%"]))), ["3/50"]);
    assert_eq!(percent(Arc::new(StringViewArray::from(vec!["6%", "none"]))), ["3/50", "-"]);
    let dictionary: DictionaryArray<Int8Type> = [Some("12.5"), None, Some("12.5")].into_iter().collect();
    assert_eq!(money(dictionary).0, ["12.50", "-", "12.50"]);
    let blank: DictionaryArray<Int8Type> = [None::<&str>, None].into_iter().collect();
    assert_eq!(money(blank).0, ["-", "-"]);
}

fn births(column: ArrayRef) -> (Vec<String>, Vec<String>) {
    let keys: Vec<i64> = (1..).take(column.len()).collect();
    let homes = texts(keys.iter().map(|_| Some("H1")));
    let columns = vec![
        ("person_no", Arc::new(Int64Array::from(keys)) as ArrayRef),
        ("household_no", homes),
        ("birth", column),
    ];
    read(PERSON, "birth", &columns)
}

#[test]
fn dates_are_days() {
    const DAY: i64 = 12_843;
    let day = ["2005-03-01".to_owned(), "?".to_owned()];
    let dates: Vec<ArrayRef> = vec![
        Arc::new(Date32Array::from(vec![Some(12_843), None])),
        Arc::new(Date64Array::from(vec![Some(DAY * 86_400_000), None])),
        Arc::new(TimestampMillisecondArray::from(vec![Some(DAY * 86_400_000), None])),
        Arc::new(TimestampNanosecondArray::from(vec![Some(DAY * 86_400_000_000_000), None])),
        Arc::new(Int32Array::from(vec![Some(20_050_301), None])),
        texts([Some("2005年3月1日"), Some("?")]),
    ];
    for column in dates {
        let ty = column.data_type().clone();
        assert_eq!(births(column), (day.to_vec(), Vec::new()), "{ty}");
    }
    assert_eq!(
        births(Arc::new(Int32Array::from(vec![2005, 200_503]))).0,
        ["2005-01-01..2005-12-31", "2005-03-01..2005-03-31"]
    );
    let wrong: ArrayRef = Arc::new(TimestampMillisecondArray::from(vec![DAY * 86_400_000 + 1, -1]));
    assert_eq!(
        births(wrong).1,
        ["cannot read the date '2005-03-01T00:00:00'", "cannot read the date '1969-12-31T23:59:59'"]
    );
    let wrong: ArrayRef = Arc::new(Date32Array::from(vec![-62_092, 84_372, i32::MAX, i32::MIN, -62_091]));
    let (cells, messages) = births(wrong);
    assert_eq!((cells.last().unwrap().as_str(), messages.len()), ("1800-01-01", 4));
    assert_eq!(messages[0], "cannot read the date '1799-12-31'");
    assert_eq!(births(Arc::new(TimestampSecondArray::from(vec![i64::MAX]))).0, ["?"]);
}

#[test]
fn a_column_that_cannot_hold_its_field_is_one_finding() {
    let unfit: Vec<(&'static str, ArrayRef)> = vec![
        ("cost", Arc::new(Float64Array::from(vec![12.5, 13.5]))),
        ("copies", Arc::new(Float64Array::from(vec![1.0, 2.0]))),
        ("discount", Arc::new(Int32Array::from(vec![6, 7]))),
        ("valid", Arc::new(Date32Array::from(vec![1, 2]))),
        ("cost", Arc::new(BinaryArray::from(vec![&b"1"[..], b"2"]))),
        ("cost", Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>([Some([Some(1)]), None]))),
    ];
    let mut told = String::new();
    for (name, column) in unfit {
        let columns = with(name, column);
        for (file, bytes) in written("certificate", &columns) {
            let (register, findings) = beside(&file, &bytes);
            assert_eq!(cells(&register, CERTIFICATE, name), ["?", "?"]);
            let found: Vec<&Diagnostic> =
                findings.iter().filter(|finding| finding.code.id == "D021").collect();
            assert_eq!(found.len(), 1, "{file} {name}");
            assert_eq!(place(found[0]), format!("D021 {file}:1:{name}"));
            if file.ends_with(".feather") {
                for lang in [Lang::Zh, Lang::En] {
                    let help = found[0]
                        .help
                        .as_ref()
                        .map_or("", |help| if lang == Lang::Zh { &help.zh } else { &help.en });
                    writeln!(told, "{}\n  {help}", found[0].message(lang)).unwrap();
                }
            }
        }
    }
    insta::assert_snapshot!(told);
}

#[test]
fn times_with_a_zone_are_refused() {
    let zoned = TimestampMillisecondArray::from(vec![0]).with_timezone("+08:00");
    let columns = vec![
        ("person_no", texts([Some("P1")])),
        ("household_no", texts([Some("H1")])),
        ("birth", Arc::new(zoned) as ArrayRef),
    ];
    let (_, findings) = beside("person.parquet", &parquet(&columns));
    let found = findings.iter().find(|finding| finding.code.id == "D021").unwrap();
    assert!(found.help.as_ref().unwrap().en.contains("zone"));
}

#[test]
fn keys_are_texts_or_whole_numbers() {
    let columns = |key: ArrayRef| vec![("person_no", key), ("household_no", texts([Some("H1"), Some("H1")]))];
    let (register, _) = beside("person.parquet", &parquet(&columns(Arc::new(Int64Array::from(vec![12, 7])))));
    assert_eq!(keys(&register, PERSON), ["12", "7"]);
    // A table without rows often has no types either.
    let (register, findings) = beside("person.parquet", &parquet(&columns(Arc::new(NullArray::new(2)))));
    assert_eq!((register.counts[PERSON.0].rejected, findings.counts_by_code().get("D005")), (2, Some(&2)));
    let bytes = parquet(&columns(Arc::new(Float64Array::from(vec![1.0, 2.0]))));
    let files = [("household.csv", HOUSEHOLD.as_bytes()), ("person.parquet", &bytes)];
    assert_eq!(place(&refused(&files, "")), "D021 person.parquet:1:person_no");
    let twice = vec![
        ("person_no", texts([Some("P")])),
        ("人员编号", texts([Some("P")])),
        ("household_no", texts([Some("H1")])),
    ];
    let bytes = parquet(&twice);
    let files = [("household.csv", HOUSEHOLD.as_bytes()), ("person.parquet", &bytes)];
    assert_eq!(place(&refused(&files, "")).split(' ').next(), Some("D010"));
}

#[test]
fn what_is_recorded_later_does_not_count() {
    // Nothing of the standard vocabulary: a record with the reserved field.
    let mut schema = schema();
    schema.records[CERTIFICATE.0].fields.push(field("recorded_on", "登记日", FieldType::Date, Blank::Absent));
    let columns = vec![
        ("certificate_no", texts([Some("Z1"), Some("Z2"), Some("Z3")])),
        ("household_no", texts([Some("H1"), Some("H1"), Some("H1")])),
        ("recorded_on", Arc::new(Date32Array::from(vec![Some(12_843), Some(12_844), None])) as ArrayRef),
    ];
    let files = Files::new(&[
        ("household.csv", HOUSEHOLD.as_bytes()),
        ("certificate.arrow", &ipc(&columns, Some(CompressionType::ZSTD))),
    ]);
    let mut findings = DataFindings::new();
    let known_on = crate::value::Day::new(2005, 3, 1);
    let reading = Reading { schema: &schema, needs: &|_, _| true, uses: &|_| true, known_on };
    let register = super::super::super::read(&files.path(""), &reading, &mut findings).unwrap();
    assert_eq!(keys(&register, CERTIFICATE), ["Z1", "Z3"]);
    assert_eq!(register.counts[CERTIFICATE.0].later, 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Whole numbers, decimals and days give the same as their texts.
    #[test]
    fn typed_values_are_their_texts(rows in proptest::collection::vec((proptest::option::of(any::<i32>()), proptest::option::of(-3_000_000_i64..3_000_000), proptest::option::of(-70_000_i32..90_000)), 1..20)) {
        let whole = Int32Array::from(rows.iter().map(|row| row.0).collect::<Vec<_>>());
        let fen = rows.iter().map(|row| row.1.map(i128::from)).collect::<Vec<_>>();
        let fen = Decimal128Array::from(fen).with_precision_and_scale(12, 2).unwrap();
        let text = |number: Option<String>| number;
        let of_whole: Vec<_> = rows.iter().map(|row| text(row.0.map(|number| number.to_string()))).collect();
        let of_fen: Vec<_> = rows.iter().map(|row| text(row.1.map(|fen| crate::value::Fen(fen).to_string()))).collect();
        for (name, column, texts_of) in [
            ("copies", Arc::new(whole.clone()) as ArrayRef, &of_whole),
            ("cost", Arc::new(whole.clone()), &of_whole),
            ("valid", Arc::new(whole.clone()), &of_whole),
            ("cost", Arc::new(fen), &of_fen),
        ] {
            let typed = with(name, column);
            let plain = with(name, texts(texts_of.iter().map(Option::as_deref)));
            let expected = beside("certificate.parquet", &parquet(&plain));
            prop_assert_eq!(content(&beside("certificate.parquet", &parquet(&typed))), content(&expected));
            prop_assert_eq!(content(&beside("certificate.arrow", &ipc(&typed, None))), content(&expected));
        }
        let days = Date32Array::from(rows.iter().map(|row| row.2).collect::<Vec<_>>());
        let of_days: Vec<_> = rows.iter().map(|row| row.2.and_then(crate::value::Day::from_number).map(|day| day.to_string())).collect();
        let person = |birth: ArrayRef| {
            let keys: Vec<String> = (0..rows.len()).map(|row| row.to_string()).collect();
            vec![("person_no", texts(keys.iter().map(|key| Some(key.as_str())))), ("household_no", texts(rows.iter().map(|_| Some("H1")))), ("birth", birth)]
        };
        let expected = beside("person.parquet", &parquet(&person(texts(of_days.iter().map(Option::as_deref)))));
        prop_assert_eq!(content(&beside("person.parquet", &parquet(&person(Arc::new(days))))), content(&expected));
    }
}
