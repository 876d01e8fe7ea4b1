//! Lines read many at a time say what they say row by row.

use super::*;
use crate::register::codebook::codebooks;
use crate::register::draft::Draft;
use crate::register::drafts;
use crate::register::folder::{Layout, next, take_all};
use crate::register::header::Header;
use crate::register::input::Fault;
use crate::register::rows::{Row, Rows};
use crate::value::Day;
use proptest::prelude::*;
use std::io::BufReader;

/// Rows of certificates and of persons, one cell of each type and then some.
const HEADERS: [(RecordId, &str); 3] = [
    (HOUSEHOLD, "household_no,village,hukou,agreement_signed"),
    (PERSON, "person_no,other,household_no,name,birth,death,registered_on,recorded_on"),
    (CERTIFICATE, "certificate_no,household_no,cost,copies,discount,valid"),
];

/// Reads rows; by rows where `slowly`, else as files are read, some bytes at a time.
fn read(
    (record, text): (RecordId, &[u8]),
    slowly: bool,
    window: usize,
) -> Result<(String, Vec<String>), String> {
    let mut schema = schema();
    schema.records[PERSON.0].fields.push(super::field(
        "recorded_on",
        "记录日期",
        FieldType::Date,
        Blank::Absent,
    ));
    let known_on = Day::new(2005, 6, 30);
    let reading = Reading { schema: &schema, needs: &|_, _| true, uses: &|_| true, known_on };
    let mut drafts = drafts(&reading, &codebooks(&schema));
    let draft: &mut Draft<'_> = &mut drafts[record.0];
    let mut findings = DataFindings::with_limit(3);
    let told = |fault: Fault| fault.to_string();
    let mut rows = Rows::new(BufReader::with_capacity(window, text)).map_err(told)?;
    let mut row = Row::default();
    if !next(&mut rows, &mut row).map_err(told)? {
        return Err("empty".to_owned());
    }
    let header = Header::read(&row, &schema, draft, (0, "x.csv"), &mut findings)
        .map_err(|finding| finding.message(Lang::En))?;
    let layout = Layout::of(&header);
    draft.sheets.push(header.sheet);
    let outcome = if slowly {
        let mut by_rows = || {
            while next(&mut rows, &mut row)? {
                layout.take(&row, 0, draft, &mut findings);
            }
            Ok(())
        };
        by_rows()
    } else {
        take_all(&mut rows, (&layout, 0), draft, &mut findings).map(|all| all.unwrap())
    };
    outcome.map_err(told)?;
    let columns: Vec<Vec<_>> =
        draft.columns.iter().map(|column| (0..column.len()).map(|row| column.fact(row)).collect()).collect();
    let Draft { keys, parents, places, strays, count, .. } = draft;
    let taken = format!("{} {keys:?} {parents:?} {places:?} {strays:?} {count:?} {columns:?}", rows.row());
    findings.finish();
    let findings = findings.iter().map(|finding| format!("{} {}", place(finding), finding.message(Lang::En)));
    Ok((taken, findings.collect()))
}

fn cell() -> impl Strategy<Value = String> {
    let plain = ["2005-03-01", "2004-02-29", "2005-02-29", "2005-07-01", "2005-03", "2005年3月1日", "12"];
    let numbers = ["12.5", "12.50", "-3", "007", "999999999999999", "9999999999999999", "1,5", "6%", "¥5"];
    let words = ["", " ", "无", "none", "unknown", "?", "不详", "是", "否", "yes", "No", "true", "1", "0"];
    let texts = ["rural", "农业", "urban", "2", "02", "H1", "H2", "h-3", "青山村", " 青山村", "a b", "青"];
    let all = [&plain[..], &numbers, &words, &texts].concat();
    prop_oneof![
        8 => proptest::sample::select(all).prop_map(str::to_owned),
        1 => "\\PC{0,5}".prop_map(|text| text.replace(['"', ','], "")),
        1 => "[0-9H.\u{3000}\u{ff11}a-c-]{0,6}",
    ]
}

/// A line with its end; now and then something that no line should be.
fn line(cells: usize) -> impl Strategy<Value = Vec<u8>> {
    let key = prop_oneof![6 => "[HP]?[0-9]{1,3}", 1 => cell()];
    let row = (key, proptest::collection::vec(cell(), cells - 2..cells + 1), "|[0-9]")
        .prop_map(|(key, cells, behind)| format!("{key},{}{behind}", cells.join(",")).into_bytes());
    let odd = proptest::sample::select(vec![
        "",
        ",,,",
        " ,",
        "\"a\nb\",c",
        "\"x\",1,\"2\"\"\",",
        "a\"b,c",
        "\u{feff},",
    ])
    .prop_map(|text| text.as_bytes().to_vec());
    let torn = Just(b"1,\xe7\x94,2,3".to_vec());
    let end = prop_oneof![20 => Just("\n"), 2 => Just("\r\n"), 1 => Just("\r"), 1 => Just("\n\n")];
    (prop_oneof![40 => row, 3 => odd, 1 => torn], end).prop_map(|(mut line, end)| {
        line.extend(end.as_bytes());
        line
    })
}

fn file() -> impl Strategy<Value = (RecordId, Vec<u8>)> {
    (0..HEADERS.len()).prop_flat_map(|which| {
        let (record, header) = HEADERS[which];
        let cells = header.split(',').count();
        proptest::collection::vec(line(cells), 0..30)
            .prop_map(move |lines| (record, [header.as_bytes(), b"\n", &lines.concat()].concat()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn many_lines_at_once_say_what_rows_say((record, text) in file(), window in 8_usize..4_096) {
        let by_rows = read((record, &text), true, text.len());
        prop_assert_eq!(&read((record, &text), false, text.len() + 1), &by_rows);
        prop_assert_eq!(&read((record, &text), false, window), &by_rows);
    }
}
