//! Workbooks that lie: no panic, no memory beyond what their size allows, and always a word on what is wrong.

use super::*;
use crate::register::tests::lone::Lone;
use std::fmt::Write as _;
use std::io::Write;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn small() -> Vec<u8> {
    let rows = vec![
        texts(&[&CERTIFICATES]).remove(0),
        vec![t("Z1"), t("H1"), In::N(12.5), In::N(1.0), In::F(0.06, "0%"), In::B(true)],
        vec![t("Z2"), t("H1"), In::Q("12"), t(""), t("6%"), In::Q("#N/A")],
        vec![t("Z3"), t("H1"), In::F(38_412.0, "yyyy-mm-dd"), In::N(4.0), t(""), t("是")],
    ];
    sheet(&rows, |sheet| {
        sheet.merge_range(3, 1, 4, 1, "H1", &Format::new()).unwrap();
        sheet.write_string(4, 0, "Z4").unwrap();
    })
}

/// An archive of the parts of a workbook with one sheet, and others.
fn raw(sheet: &str, others: &[(&str, &str)]) -> Vec<u8> {
    let part = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let mut parts = vec![
        part(
            "_rels/.rels",
            r#"<Relationships><Relationship Type="http://x/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
        ),
        part(
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships><Relationship Id="r1" Type="http://x/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
        ),
        part(
            "xl/workbook.xml",
            r#"<workbook><sheets><sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets></workbook>"#,
        ),
        part("xl/worksheets/sheet1.xml", sheet),
    ];
    parts.extend(others.iter().map(|(name, text)| part(name, text)));
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer
            .start_file(
                name,
                SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated),
            )
            .unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn inline(place: &str, text: &str) -> String {
    format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

/// A sheet of certificates with more XML behind the header, and behind the cells.
fn xml(cells: &str, behind: &str) -> String {
    let header = inline("A1", "certificate_no") + &inline("B1", "household_no");
    format!("<worksheet><sheetData><row r=\"1\">{header}</row>{cells}</sheetData>{behind}</worksheet>")
}

#[test]
fn a_workbook_cut_short_is_refused() {
    let (lone, bytes) = (Lone::new(), small());
    assert_eq!(lone.read("certificate.xlsx", &bytes), Ok(4));
    for length in (0..bytes.len()).step_by(7) {
        let refused = lone.read("certificate.xlsx", &bytes[..length]).unwrap_err();
        assert_eq!(refused, if length == 0 { "U002" } else { "U024" }, "{length} bytes");
    }
}

#[test]
fn looks_are_no_more_than_excel_knows() {
    let sheet = xml("", "");
    let looks = |format: &str, many: usize| {
        let all = r#"<xf numFmtId="200"/>"#.repeat(many);
        format!(
            r#"<styleSheet><numFmts><numFmt numFmtId="200" formatCode="{format}"/></numFmts><cellXfs>{all}</cellXfs></styleSheet>"#
        )
    };
    let read =
        |styles: &str| Lone::new().read("certificate.xlsx", &raw(&sheet, &[("xl/styles.xml", styles)]));
    assert_eq!(read(&looks(&"0".repeat(255), 1_000)), Ok(0));
    assert_eq!(read(&looks(&"0".repeat(100_000), 5)), Err("U024"));
    assert_eq!(read(&looks("0", 300_000)), Err("U024"));
}

#[test]
fn a_formula_without_a_result_is_no_blank_cell() {
    let row = |result: &str| {
        let (key, above) = (inline("A2", "Z1"), inline("B2", "H1"));
        format!(r#"<row r="2">{key}{above}<c r="C2"><f>1+1</f>{result}</c></row>"#)
    };
    let read = |result: &str| Lone::new().read("certificate.xlsx", &raw(&xml(&row(result), ""), &[]));
    assert_eq!((read("<v>2</v>"), read("")), (Ok(1), Err("U024")));
}

#[test]
fn changed_bytes_are_read_or_refused() {
    let (lone, bytes) = (Lone::new(), small());
    let mut chance: u64 = 2_005;
    let mut next = |below: usize| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((chance >> 33) % below as u64).unwrap()
    };
    let large = [&[0xff; 8][..], &[0xff, 0xff, 0xff, 0x7f], &[0], &[0xff], b"<", b"\">"];
    for at in (0..bytes.len()).step_by(3) {
        let mut changed = bytes.clone();
        let large = large[next(large.len())];
        let end = bytes.len().min(at + large.len());
        changed[at..end].copy_from_slice(&large[..end - at]);
        let _ = lone.read("certificate.xlsx", &changed);
    }
}

/// What is within the archive, changed: sums of parts are right, and the decoder sees it.
#[test]
fn changed_parts_are_read_or_refused() {
    let lone = Lone::new();
    let sheet = xml(
        r#"<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="str"><f>A1</f><v>H1</v></c><c r="C2" s="1"><v>1.5</v></c></row>"#,
        r#"<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>"#,
    );
    let shared = r#"<sst uniqueCount="1"><si><t>Z1</t></si></sst>"#;
    let styles = r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="0%"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>"#;
    let others = [("xl/sharedStrings.xml", shared), ("xl/styles.xml", styles)];
    assert_eq!(lone.read("certificate.xlsx", &raw(&sheet, &others)), Ok(1));
    for at in (0..sheet.len()).step_by(2) {
        for with in ["", "9999999999999999999", "<", "\"", "&#x0;"] {
            if sheet.is_char_boundary(at) && sheet.is_char_boundary(at + 1) {
                let changed = format!("{}{with}{}", &sheet[..at], &sheet[at + 1..]);
                let _ = lone.read("certificate.xlsx", &raw(&changed, &others));
            }
        }
    }
    for at in 0..shared.len() {
        for with in ["", "99999999999", "<"] {
            let changed = format!("{}{with}{}", &shared[..at], &shared[at..]);
            let _ =
                lone.read("certificate.xlsx", &raw(&sheet, &[("xl/sharedStrings.xml", &changed), others[1]]));
        }
    }
}

#[test]
fn bombs_are_refused() {
    let lone = Lone::new();
    // 300 MiB of blanks.
    let bomb = raw(&xml("", &" ".repeat(300 << 20)), &[]);
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    assert_eq!(lone.read("certificate.xlsx", &bomb), Err("U024"));
    // More shared texts than there is room for.
    for count in ["99999999999", "1000000", "99999999999999999999999999", " 9 9"] {
        let shared = format!("<sst uniqueCount=\"{count}\"><si><t>Z1</t></si></sst>");
        let bytes = raw(&xml("", ""), &[("xl/sharedStrings.xml", &shared)]);
        assert_eq!(lone.read("certificate.xlsx", &bytes), Err("U024"), "{count}");
    }
}

#[test]
fn one_long_text_in_many_cells_is_refused() {
    let lone = Lone::new();
    let rows = |count: u32| {
        let header = inline("A1", "certificate_no") + &inline("B1", "household_no") + &inline("C1", "valid");
        let rows = (2..2 + count).fold(String::new(), |mut rows, row| {
            write!(
                rows,
                "<row r=\"{row}\">{}<c r=\"C{row}\" t=\"s\"><v>0</v></c></row>",
                inline(&format!("A{row}"), &row.to_string())
            )
            .unwrap();
            rows
        });
        format!("<worksheet><sheetData><row r=\"1\">{header}</row>{rows}</sheetData></worksheet>")
    };
    let read = |count: u32, length: usize| {
        let shared = format!("<sst uniqueCount=\"1\"><si><t>{}</t></si></sst>", "x".repeat(length));
        lone.read("certificate.xlsx", &raw(&rows(count), &[("xl/sharedStrings.xml", &shared)]))
    };
    assert_eq!(read(400, 1 << 20), Err("U024"));
    assert_eq!(read(2, (1 << 20) + 1), Err("U024"));
    // Rows without the key of a household are rejected, and nothing else.
    assert_eq!(read(400, 1_000), Ok(0));
}

#[test]
fn a_sheet_may_be_as_wide_and_long_as_there_are_cells() {
    let lone = Lone::new();
    let row = |row: u32| {
        format!(
            "<row r=\"{row}\">{}{}</row>",
            inline(&format!("A{row}"), "Z1"),
            inline(&format!("B{row}"), "H1")
        )
    };
    let corner = format!("<row r=\"1048576\">{}</row>", inline("XFD1048576", "x"));
    let declared =
        xml(&(row(2) + &corner), "").replace("<sheetData>", "<dimension ref=\"A1:XFD1048576\"/><sheetData>");
    // The last row has no key: it is rejected, and nothing is made room for.
    assert_eq!(lone.read("certificate.xlsx", &raw(&declared, &[])), Ok(1));
    for place in ["A1048577", "XFE2", "A4294967295", "ZZZZZZZ2", "A99999999999", "A0", "2", "A"] {
        let beyond = format!("<row r=\"2\">{}</row>", inline(place, "Z1"));
        assert_eq!(lone.read("certificate.xlsx", &raw(&xml(&beyond, ""), &[])), Err("U024"), "{place}");
    }
    // Rows and cells that go back.
    assert_eq!(lone.read("certificate.xlsx", &raw(&xml(&(row(3) + &row(2)), ""), &[])), Err("U024"));
    let twice = format!("<row r=\"2\">{}{}</row>", inline("A2", "Z1"), inline("A2", "Z2"));
    assert_eq!(lone.read("certificate.xlsx", &raw(&xml(&twice, ""), &[])), Err("U024"));
}

#[test]
fn merged_areas_cost_no_more_than_they_say() {
    let lone = Lone::new();
    let rows: String = (2..2_002).fold(String::new(), |mut rows, row| {
        write!(
            rows,
            "<row r=\"{row}\">{}{}</row>",
            inline(&format!("A{row}"), &format!("Z{row}")),
            inline(&format!("B{row}"), "H1")
        )
        .unwrap();
        rows
    });
    let areas = |all: &[String]| {
        let cells = all.iter().fold(String::new(), |mut cells, area| {
            write!(cells, "<mergeCell ref=\"{area}\"/>").unwrap();
            cells
        });
        format!("<mergeCells>{cells}</mergeCells>")
    };
    let whole = vec!["A2:XFD1048576".to_owned(); 1_000];
    assert!(lone.read("certificate.xlsx", &raw(&xml(&rows, &areas(&whole)), &[])).is_ok());
    let many: Vec<String> = (0..100_000).map(|place| format!("C{}:XFD1048576", place + 2)).collect();
    assert_eq!(lone.read("certificate.xlsx", &raw(&xml(&rows, &areas(&many)), &[])), Ok(2_000));
    for area in ["B3:A2", "A1:A1", "", "A", "A1:B2:C3", "A4294967296:A4294967297"] {
        let _ = lone.read("certificate.xlsx", &raw(&xml(&rows, &areas(&[area.to_owned()])), &[]));
    }
}

#[test]
fn other_files_under_the_name_are_told() {
    let file = |name: &str, bytes: &[u8]| {
        let files = Files::new(&[("household.csv", HOUSEHOLD_CSV.as_bytes()), (name, bytes)]);
        let error = files.read("").unwrap_err();
        assert_eq!(error.code.id, "U024");
        let help = error.help.clone().map(|help| format!("; {}", help.en)).unwrap_or_default();
        format!("{}{help}", error.message(Lang::En).split_once(": ").unwrap().1)
    };
    let mut encrypted = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    encrypted.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    let ods = {
        let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
        writer.start_file("mimetype", SimpleFileOptions::default()).unwrap();
        writer.write_all(b"application/vnd.oasis.opendocument.spreadsheet").unwrap();
        writer.finish().unwrap().into_inner()
    };
    let told = [
        file("person.xlsx", b"person_no,household_no\nP1,H1\n"),
        file("person.xls", "\u{feff}<html><body><table><tr><td>人员编号</td></tr></table>".as_bytes()),
        file("person.xls", b"<?xml version=\"1.0\"?><Workbook/>"),
        file("person.xls", b"\xff\xfea\0b\0"),
        file("person.xls", b"\x09\x00\x04\x00\x00\x00\x10\x00"),
        file("person.xlsx", b"\x89PNG\0\0"),
        file("person.xlsx", &encrypted),
        file("person.xlsx", &ods),
        file("person.xlsx", b"PK\x03\x04"),
        file("person.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ];
    insta::assert_snapshot!(told.join("\n"));
}
