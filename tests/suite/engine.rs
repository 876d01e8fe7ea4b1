//! The engine as the tests use it. In: the text of charters, a register in YAML, a period. Out: a plan, outcomes as
//! lines, result tables, or what the program printed.

use charter::ast::File;
use charter::diagnostic::{Diagnostic, Lang, Severity};
use charter::eval::traced::run;
use charter::eval::{DutyRow, DutyStatus, Entitlement, FactId, FactPart, Fault, Outcome};
use charter::ir::{Compiled, Plan, compile};
use charter::register::{DataFindings, Reading, Register, read};
use charter::report::{Format, Layout, Report};
use charter::resolve::resolve;
use charter::schema::{FieldId, RecordId};
use charter::source::{SourceId, Sources};
use charter::syntax::parse;
use charter::value::{Day, Period};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The line that begins a further file of a case: `// --- second.charter`.
const NEXT_FILE: &str = "// --- ";

/// The folder of the project.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The charter files right in a folder, by name, in order: stem and text.
pub fn charters(folder: &str) -> Vec<(String, String)> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "charter"));
    paths.sort();
    let stem = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
    paths.iter().map(|path| (stem(path), fs::read_to_string(path).unwrap())).collect()
}

/// The files of a case: the first has the name of the case.
pub fn files_of(name: &str, text: &str) -> Vec<(String, String)> {
    let mut files = vec![(format!("{name}.charter"), String::new())];
    for line in text.split_inclusive('\n') {
        match line.strip_prefix(NEXT_FILE) {
            Some(next) => files.push((next.trim().to_owned(), String::new())),
            None => files.last_mut().unwrap().1.push_str(line),
        }
    }
    files
}

/// The standard vocabulary.
pub fn standard() -> String {
    fs::read_to_string(root().join("charters/standard.charter")).unwrap()
}

/// All stages up to the plan over some files, the standard vocabulary among them where none has its own.
pub struct Built {
    pub files: Vec<File>,
    pub findings: Vec<Diagnostic>,
    pub compiled: Compiled,
}

/// The files of a case, its vocabulary first: its own, or the standard one.
pub fn with_vocabulary(name: &str, text: &str) -> Vec<(String, String)> {
    let mut texts = files_of(name, text);
    // What lies beside a charter is no charter.
    texts.retain(|(file, _)| file.ends_with(".charter"));
    let is_vocabulary = |(_, text): &(String, String)| {
        text.lines().any(|line| ["vocabulary ", "词汇 ", "詞彙 "].iter().any(|word| line.starts_with(word)))
    };
    match texts.iter().position(is_vocabulary) {
        Some(own) => texts[..=own].rotate_right(1),
        None => texts.insert(0, ("standard.charter".to_owned(), standard())),
    }
    texts
}

/// Reads, resolves and compiles the files of a case.
pub fn build(name: &str, text: &str) -> Built {
    build_files(with_vocabulary(name, text))
}

/// Reads, resolves and compiles files.
pub fn build_files(texts: Vec<(String, String)>) -> Built {
    let mut sources = Sources::default();
    let (mut files, mut findings) = (Vec::new(), Vec::new());
    for (name, text) in texts {
        let id: SourceId = sources.add(name, text);
        let (file, found) = parse(id, &sources.get(id).text);
        files.push(file);
        findings.extend(found);
    }
    let compiled = {
        let references: Vec<&File> = files.iter().collect();
        let (model, found) = resolve(&references);
        findings.extend(found);
        compile(&model)
    };
    findings.extend(compiled.findings.iter().cloned());
    Built { files, findings, compiled }
}

/// The plan of a text without errors.
pub fn plan(text: &str) -> Plan {
    let built = build("case", text);
    let errors: Vec<String> = built
        .findings
        .iter()
        .filter(|finding| finding.code.severity == Severity::Error)
        .map(|finding| format!("{} {} {:?}", finding.code.id, finding.message(Lang::En), finding.place))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{text}");
    built.compiled.plan
}

/// A register in YAML. What was wrong with it comes as `D001 column`.
pub fn register(plan: &Plan, yaml: &str) -> (Register, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("register.yaml");
    fs::write(&path, yaml).unwrap();
    let needed = plan.fields_read();
    let needs = |record: RecordId, field: FieldId| needed.contains(&(record, field));
    let records = plan.records_read();
    let uses = |record: RecordId| records.contains(&record);
    let reading = Reading { schema: &plan.schema, needs: &needs, uses: &uses, known_on: None };
    let mut findings = DataFindings::new();
    let register = read(&path, &reading, &mut findings).unwrap();
    let told =
        findings.iter().map(|finding| format!("{} {}", finding.code.id, finding.message(Lang::En))).collect();
    (register, told)
}

/// What comes out of a register without faults: one line for each entitlement that is not plainly refused.
///
/// ```text
/// 1 bonus 2005: granted 60.00
/// 1 grant X 2005-09-01: awaiting 1000.00..5000.00
/// 1 bonus 2005: undetermined 0.00..60.00 household.hukou[1]
/// 1 bonus 2005: fault parameter rate on 2005-12-31
/// 1: village unknown household.village[1]
/// ```
pub fn outcomes(text: &str, yaml: &str, period: &str) -> Vec<String> {
    let plan = plan(text);
    let (register, told) = register(&plan, yaml);
    assert!(told.is_empty(), "{told:#?}");
    judge(&plan, &register, period)
}

/// The outcomes of a plan over a register.
pub fn judge(plan: &Plan, register: &Register, period: &str) -> Vec<String> {
    let period = Period::parse(period).unwrap();
    let run = run(plan, register, &period).unwrap();
    let mut lines = Vec::new();
    for root in run.roots() {
        for unit in 0..run.rows(root) {
            let results = run.judge(root, unit);
            lines.extend(results.entitlements.iter().map(|entitlement| line(plan, register, entitlement)));
            lines.extend(results.duties.iter().map(|duty| duty_line(plan, register, duty)));
            if let Some(unknown) = results.village_unknown {
                let key = key(register, root, unit);
                lines.push(format!("{key}: village unknown {}", fact(plan, register, unknown.fact)));
            }
        }
    }
    lines
}

fn line(plan: &Plan, register: &Register, entitlement: &Entitlement) -> String {
    let benefit = &plan.benefits[entitlement.benefit];
    let who = who(register, (entitlement.root, entitlement.unit), (benefit.target, entitlement.target));
    let outcome = outcome(plan, register, &entitlement.outcome);
    format!("{} {}: {outcome}", who(&benefit.label.name), entitlement.period)
}

/// `1 register 2005: unmet, due 2005-03-02, remedy by 2005-04-01, appeal by 2005-04-16`
fn duty_line(plan: &Plan, register: &Register, duty: &DutyRow) -> String {
    let obligation = &plan.obligations[duty.obligation];
    let who = who(register, (duty.root, duty.unit), (obligation.target, duty.target));
    let status = match &duty.status {
        DutyStatus::Met => "met".to_owned(),
        DutyStatus::Excused => "excused".to_owned(),
        DutyStatus::Pending => "pending".to_owned(),
        DutyStatus::InRemedy => "in remedy".to_owned(),
        DutyStatus::Unmet => "unmet".to_owned(),
        DutyStatus::Undetermined { missing } => {
            let facts: Vec<String> = missing.iter().map(|missing| fact(plan, register, *missing)).collect();
            format!("undetermined {}", facts.join(" "))
        }
        DutyStatus::Faulted(fault) => faulted(plan, *fault),
    };
    let day = |word: &str, day: Option<Day>| day.map_or_else(String::new, |day| format!(", {word} {day}"));
    format!(
        "{} {}: {status}{}{}{}",
        who(&obligation.label.name),
        duty.period,
        day("due", duty.due),
        day("remedy by", duty.remedy_by),
        day("appeal by", duty.appeal_by)
    )
}

/// The root row, the clause, and the target where it is another row.
fn who(
    register: &Register,
    (root, unit): (RecordId, usize),
    (target, row): (RecordId, usize),
) -> impl Fn(&str) -> String {
    let household = key(register, root, unit);
    let target = if target == root { String::new() } else { format!(" {}", key(register, target, row)) };
    move |clause| format!("{household} {clause}{target}")
}

fn outcome(plan: &Plan, register: &Register, outcome: &Outcome) -> String {
    match outcome {
        Outcome::NotApplicable => "not applicable".to_owned(),
        Outcome::NotGranted => "not granted".to_owned(),
        Outcome::Granted(amount) => format!("granted {amount}"),
        Outcome::Awaiting { least, most } => format!("awaiting {least}..{most}"),
        Outcome::Undetermined { least, most, missing } => {
            let most = most.map_or_else(|| "?".to_owned(), |most| most.to_string());
            let facts: Vec<String> = missing.iter().map(|missing| fact(plan, register, *missing)).collect();
            format!("undetermined {least}..{most} {}", facts.join(" "))
        }
        Outcome::Faulted(fault) => faulted(plan, *fault),
    }
}

fn faulted(plan: &Plan, fault: Fault) -> String {
    match fault {
        Fault::ParameterGap(id, day) => {
            format!("fault parameter {} on {day}", plan.parameters[id.0].label.name)
        }
        Fault::Overflow(_) => "fault overflow".to_owned(),
        Fault::DivisionByZero(_) => "fault division by zero".to_owned(),
        Fault::NegativeAmount(amount) => format!("fault negative {amount}"),
    }
}

fn key(register: &Register, record: RecordId, row: usize) -> String {
    register.table(record).keys.text(row).to_owned()
}

fn fact(plan: &Plan, register: &Register, fact: FactId) -> String {
    let record = plan.schema.record(fact.record);
    let (part, owner) = match fact.part {
        FactPart::Field(field) => (plan.schema.field(fact.record, field).label.name.as_str(), fact.record),
        FactPart::Rows => ("*", plan.schema.unit().unwrap()),
    };
    format!("{}.{part}[{}]", record.label.name, key(register, owner, fact.row))
}

/// The result tables of a run, by name, as lines of CSV.
pub fn tables(text: &str, yaml: &str, period: &str) -> BTreeMap<&'static str, Vec<String>> {
    let plan = plan(text);
    let (register, _) = register(&plan, yaml);
    let period = Period::parse(period).unwrap();
    let run = run(&plan, &register, &period).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut report =
        Report::to_folder(&plan, period.to_string(), folder.path(), (Format::Csv, Layout::Long)).unwrap();
    for root in run.roots() {
        for unit in 0..run.rows(root) {
            report.results(&run, &run.judge(root, unit)).unwrap();
        }
    }
    report.finish(&run.indicators().0).unwrap();
    let read = |name| {
        let text = fs::read_to_string(folder.path().join(format!("{name}.csv"))).unwrap();
        (name, text.lines().map(str::to_owned).collect())
    };
    ["benefits", "obligations", "undetermined", "indicators", "summary"].map(read).into()
}

/// What the program printed and how it ended.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// Runs the program in a folder.
pub fn charter(folder: &Path, args: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_charter"))
        .args(args)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .env("LC_ALL", "zh_CN.UTF-8")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}
