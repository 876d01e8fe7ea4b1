//! Whole registers, read from temporary folders: what stands in the files, and what is read and told.

#[cfg(feature = "parquet")]
mod arrow;
mod bulk;
mod columns;
mod document;
#[cfg(feature = "excel")]
mod excel;
mod folder;
mod hostile;
#[cfg(any(feature = "excel", feature = "parquet"))]
mod lone;
mod order;
mod placing;
mod village;

use super::{Cell, DataFindings, Reading, Register, read};
use crate::diagnostic::{Diagnostic, Lang, Place};
use crate::schema::{Blank, Code, Field, FieldId, FieldType, Label, Record, RecordId, Schema};
use crate::value::Fact;
use std::path::PathBuf;
use tempfile::TempDir;

const HOUSEHOLD: RecordId = RecordId(0);
const PERSON: RecordId = RecordId(1);
const CERTIFICATE: RecordId = RecordId(2);
const ADMISSION: RecordId = RecordId(3);
const VILLAGE: RecordId = RecordId(4);

fn field(name: &str, alias: &str, ty: FieldType, blank: Blank) -> Field {
    Field { label: Label::with_alias(name, alias), ty, each: None, blank, sensitive: name == "id_number" }
}

fn record(names: [(&str, &str); 3], parent: Option<RecordId>, complete: bool, fields: Vec<Field>) -> Record {
    let [label, plural, key] = names.map(|(name, alias)| Label::with_alias(name, alias));
    Record { label, plural, parent, key, complete, event: None, fields }
}

/// Households with persons and certificates (not complete), persons with admissions; a list of villages.
fn schema() -> Schema {
    use FieldType::{Date, Flag, Money, Number, Percent, Text};
    let code = |name, alias, number| Code { label: Label::with_alias(name, alias), numbers: vec![number] };
    let hukou = FieldType::Code(vec![code("rural", "农业", 2), code("urban", "非农业", 1)]);
    let household = vec![
        field("village", "村", Text, Blank::Unknown),
        field("hukou", "户口性质", hukou, Blank::Unknown),
        field("agreement_signed", "协议签订日期", Date, Blank::Absent),
    ];
    let person = vec![
        field("name", "姓名", Text, Blank::Unknown),
        field("birth", "出生日期", Date, Blank::Unknown),
        field("death", "死亡日期", Date, Blank::Absent),
        field("registered_on", "登记日期", Date, Blank::UnknownUnlessSaid),
        field("id_number", "身份证号", Text, Blank::Unknown),
    ];
    let certificate = vec![
        field("cost", "工本费", Money, Blank::Absent),
        field("copies", "份数", Number, Blank::Absent),
        field("discount", "折扣", Percent, Blank::Absent),
        field("valid", "有效", Flag, Blank::Absent),
    ];
    let admission = vec![field("admitted_on", "录取日期", Date, Blank::Unknown)];
    let village =
        vec![field("name", "村名", Text, Blank::Unknown), field("aliases", "别名", Text, Blank::Absent)];
    let records = vec![
        record(
            [("household", "户"), ("households", "各户"), ("household_no", "户编号")],
            None,
            true,
            household,
        ),
        record(
            [("person", "人"), ("persons", "成员"), ("person_no", "人员编号")],
            Some(HOUSEHOLD),
            true,
            person,
        ),
        record(
            [("certificate", "证件"), ("certificates", "各证件"), ("certificate_no", "证号")],
            Some(HOUSEHOLD),
            false,
            certificate,
        ),
        record(
            [("admission", "录取"), ("admissions", "各录取"), ("admission_no", "录取编号")],
            Some(PERSON),
            true,
            admission,
        ),
        record([("village", "村"), ("villages", "各村"), ("code", "村代码")], None, true, village),
    ];
    Schema { records }
}

/// Files in a folder of their own.
struct Files {
    folder: TempDir,
}

impl Files {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            std::fs::write(folder.path().join(name), bytes).unwrap();
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What was read, and the findings as `D001 person.csv:2:出生日期`.
    fn read(&self, name: &str) -> Result<(Register, DataFindings), Box<Diagnostic>> {
        let mut findings = DataFindings::new();
        let schema = schema();
        let path = if name.is_empty() { self.folder.path().to_owned() } else { self.path(name) };
        let needs = |record, field| !schema.field(record, field).sensitive;
        let reading = Reading { schema: &schema, needs: &needs, uses: &|_| true, known_on: None };
        let register = read(&path, &reading, &mut findings)?;
        for (table, count) in register.tables.iter().zip(&register.counts) {
            assert_eq!(count.read, count.kept + count.duplicates + count.rejected, "{count:?}");
            assert_eq!(u64::try_from(table.len()).unwrap(), count.kept);
        }
        Ok((register, findings))
    }
}

/// A folder of CSV files, read.
fn folder(files: &[(&str, &str)]) -> (Register, DataFindings) {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    Files::new(&files).read("").unwrap()
}

/// A YAML document, read.
fn document(text: &str) -> (Register, DataFindings) {
    Files::new(&[("case.yaml", text.as_bytes())]).read("case.yaml").unwrap()
}

/// Why files cannot be read.
fn refused(files: &[(&str, &[u8])], name: &str) -> Box<Diagnostic> {
    Files::new(files).read(name).unwrap_err()
}

/// `D001 person.csv:2:出生日期` for each finding.
fn places(findings: &DataFindings) -> Vec<String> {
    findings.iter().map(place).collect()
}

fn place(finding: &Diagnostic) -> String {
    let Place::Cell(cell) = &finding.place else { return finding.code.id.to_owned() };
    // A finding about the whole register names a temporary folder.
    let file = cell.file.rsplit('/').next().filter(|file| file.contains('.') && !file.starts_with('.'));
    let row = cell.row.map(|row| format!(":{row}")).unwrap_or_default();
    let column = cell.column.as_ref().map(|column| format!(":{column}")).unwrap_or_default();
    format!("{} {}{row}{column}", finding.code.id, file.unwrap_or_default()).trim_end().to_owned()
}

fn messages(findings: &DataFindings) -> Vec<String> {
    findings.iter().map(|finding| finding.message(Lang::En)).collect()
}

fn keys(register: &Register, record: RecordId) -> Vec<&str> {
    register.table(record).keys.iter().collect()
}

fn open(register: &Register, record: RecordId) -> Vec<bool> {
    register.table(record).open.clone()
}

/// The cells of a column: a value, `-` where absent, `?` where unknown, `skipped` where not read.
fn cells(register: &Register, record: RecordId, name: &str) -> Vec<String> {
    let FieldId(field) = schema().record(record).find(name).unwrap();
    let column = &register.table(record).columns[field];
    if column.is_skipped() {
        return vec!["skipped".to_owned()];
    }
    let rows = 0..column.len();
    rows.map(|row| match column.cell(row) {
        Cell::Skipped => unreachable!(),
        Cell::Text(fact) => show(fact, str::to_owned),
        Cell::Date(fact) => show(fact, |span| {
            if span.is_exact() { span.first.to_string() } else { format!("{}..{}", span.first, span.last) }
        }),
        Cell::Money(fact) => show(fact, |fen| fen.to_string()),
        Cell::Number(fact) => show(fact, |number| number.to_string()),
        Cell::Percent(fact) => show(fact, |ratio| format!("{}/{}", ratio.num(), ratio.den())),
        Cell::Flag(fact) => show(fact, |flag| flag.to_string()),
        Cell::Code(fact) => show(fact, |code| code.to_string()),
    })
    .collect()
}

fn show<T>(fact: Fact<T>, value: impl Fn(T) -> String) -> String {
    match fact {
        Fact::Known(known) => value(known),
        Fact::Absent => "-".to_owned(),
        Fact::Unknown => "?".to_owned(),
    }
}
