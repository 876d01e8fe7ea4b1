//! Runs the cases of a file: each register through the evaluator and the tables of `eval`, then the comparison.

use super::compare::{compare, register_errors};
use super::expect::{self, Expectation};
use super::file::{Case, DataErrors, TestFile};
use super::outcome::{CaseOutcome, Difference};
use super::registers::Registers;
use super::rows::{Came, Row};
use super::words::{At, Key};
use crate::diagnostic::{Diagnostic, Lang, Severity, Term, codes, sort};
use crate::eval::traced::{self, Run};
use crate::eval::{Fault, Outcome};
use crate::ir::{Plan, References};
use crate::register::{DataFindings, InputFile, Reading, Register, read, read_document};
use crate::report::{Report, Why, in_lang};
use crate::schema::{FieldId, RecordId};
use crate::source::Sources;
use crate::value::Day;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

/// Most reasons told for one clause that gives nothing.
const MAX_REASONS: usize = 3;

/// The rules that the cases of a file are run against.
#[derive(Clone, Copy)]
pub struct Rules<'r> {
    /// Compiled, without what is refused.
    pub plan: &'r Plan,
    /// The files of the rules.
    pub sources: &'r Sources,
    /// What each name of the rules means.
    pub references: &'r References,
}

/// Runs every case; or tells all that is wrong with the file, its own findings among it, and runs none.
pub fn run(
    rules: Rules<'_>,
    file: &TestFile,
    input: &InputFile,
    text: &str,
) -> Result<Vec<CaseOutcome>, Vec<Diagnostic>> {
    let plan = rules.plan;
    let registers = Registers::parse(&input.name, text, &plan.schema).map_err(|finding| {
        let mut findings = file.findings.clone();
        // What has a wrong shape is told once.
        if !findings.iter().any(|other| other.place == finding.place) {
            findings.push(*finding);
        }
        findings
    })?;
    let mut findings = file.findings.clone();
    findings.extend(registers.findings(&input.name, &plan.schema));
    let mut runner = Runner {
        rules,
        input,
        folder: Path::new(&input.name).parent().unwrap_or(Path::new("")),
        needed: plan.fields_read(),
        records: plan.records_read(),
        beside: BTreeMap::new(),
    };
    findings.extend(runner.twice(&registers, file));
    let mut ready = Vec::new();
    for case in &file.cases {
        let expectation = expect::read(&case.expect, plan, &input.name, &mut findings);
        match runner.register(&registers, case) {
            Ok(register) => {
                findings.extend(case.unexpected(&register.1));
                ready.push((case, expectation, register));
            }
            Err(finding) => findings.push(*finding),
        }
    }
    if !findings.is_empty() {
        sort(&mut findings);
        return Err(findings);
    }
    let judged = ready.iter().map(|(case, expectation, register)| runner.case(case, expectation, register));
    judged.collect()
}

/// A register, and what is wrong with it.
type Input = Rc<(Register, DataFindings)>;

struct Runner<'a> {
    rules: Rules<'a>,
    input: &'a InputFile,
    folder: &'a Path,
    needed: BTreeSet<(RecordId, FieldId)>,
    records: BTreeSet<RecordId>,
    /// Registers in files of their own, read once.
    beside: BTreeMap<(PathBuf, Option<Day>), Input>,
}

impl Case {
    /// Errors of the register that the case says nothing about.
    fn unexpected(&self, findings: &DataFindings) -> Vec<Diagnostic> {
        let is_error = |finding: &&Diagnostic| finding.severity == Severity::Error;
        match self.data_errors {
            DataErrors::None => findings.iter().filter(is_error).cloned().collect(),
            DataErrors::Count(..) | DataErrors::Codes(..) => Vec::new(),
        }
    }
}

impl Runner<'_> {
    /// Rows and a register beside the file, both at one place.
    fn twice(&self, registers: &Registers, file: &TestFile) -> Vec<Diagnostic> {
        let at = |line| At { file: &self.input.name, line };
        let finding = |line| {
            let help = Term::new(
                "写各记录的行,或写“数据”,不要都写",
                "write the rows of records or 'data', not both",
            );
            at(line).finding(codes::U021).arg("name", Key::Register.term()).help(help)
        };
        let shared = !registers.shared.given.is_empty();
        let of_file = file.data.iter().filter(|_| shared).map(|(_, line)| finding(*line));
        let of_cases = file.cases.iter().filter(|case| case.own_data && registers.writes(case.index));
        let of_cases = of_cases.filter_map(|case| Some(finding(case.data.as_ref()?.1)));
        of_file.chain(of_cases).collect()
    }

    /// The register of a case: its own rows, its own file, the rows of the test file, the register it names.
    fn register(&mut self, registers: &Registers, case: &Case) -> Result<Input, Box<Diagnostic>> {
        let document = registers.of(case.index).filter(|_| registers.writes(case.index) || !case.own_data);
        let needs = |record, field| self.needed.contains(&(record, field));
        let uses = |record| self.records.contains(&record);
        let reading =
            Reading { schema: &self.rules.plan.schema, needs: &needs, uses: &uses, known_on: case.known_on };
        let mut findings = DataFindings::new();
        let at = At { file: &self.input.name, line: case.line };
        if let Some(document) = document {
            let unit = reading.schema.unit();
            if let Some(unit) = unit.filter(|unit| !document.given.contains(unit)) {
                return Err(Box::new(at.missing(Term::from(&reading.schema.record(unit).plural))));
            }
            let register = read_document(&document, self.input.clone(), &reading, &mut findings)?;
            return Ok(Rc::new((register, findings)));
        }
        let Some((path, line)) = &case.data else {
            return Err(Box::new(at.missing(Key::Register.term())));
        };
        let key = (beside(self.folder, path), case.known_on);
        if let Some(read) = self.beside.get(&key) {
            return Ok(Rc::clone(read));
        }
        let register = read(&key.0, &reading, &mut findings).map_err(|mut finding| {
            let named_by = At { file: &self.input.name, line: *line }.finding(codes::U019).place;
            finding.related.push((named_by, Term::new("写在", "named by")));
            finding
        })?;
        let input = Rc::new((register, findings));
        self.beside.insert(key, Rc::clone(&input));
        Ok(input)
    }

    fn case(
        &self,
        case: &Case,
        expectation: &Expectation,
        input: &Input,
    ) -> Result<CaseOutcome, Vec<Diagnostic>> {
        let plan = self.rules.plan;
        let (register, findings) = &**input;
        let at = At { file: &self.input.name, line: case.line };
        let failed =
            |reason: Term| vec![at.finding(codes::U022).arg("name", &*case.name).arg("reason", reason)];
        let run = traced::run(plan, register, &case.period).ok_or_else(|| {
            failed(Term::new("词汇里没有可评估的记录", "the vocabulary has no record to evaluate"))
        })?;
        let mut report = Report::in_memory(plan, case.period.to_string());
        let mut outcome = Came::default();
        let unit = run.unit();
        for root in run.roots() {
            let all = (root != unit).then(|| run.judge_all(root));
            let each = (0..if root == unit { run.rows(root) } else { 0 }).map(|row| run.judge(root, row));
            for results in all.into_iter().chain(each) {
                outcome.faults.extend(results.faults(plan).map(|(fault, _)| code(fault)));
                report.results(&run, &results).map_err(|error| failed(Term::same(error)))?;
            }
        }
        if !expectation.indicators.is_empty() {
            let (rows, faults) = run.indicators();
            outcome.indicators = rows;
            outcome.faults.extend(faults.into_iter().map(|(_, fault)| code(fault)));
        }
        outcome.rows = Row::of_tables(&report.kept());
        let mut differences: Vec<Difference> =
            register_errors(&case.data_errors, findings).into_iter().collect();
        differences.extend(compare(expectation, &outcome, plan));
        for difference in &mut differences {
            if let Some(clause) = difference.silent.take() {
                difference.why = self.reasons(case, &run, register, &clause);
            }
        }
        Ok(CaseOutcome {
            name: case.name.clone(),
            line: case.line,
            period: case.period.to_string(),
            differences,
        })
    }

    /// Why a clause gives nothing: for its targets the conditions that stand in the way.
    fn reasons(&self, case: &Case, run: &Run<'_>, register: &Register, clause: &str) -> Vec<Term> {
        let Rules { plan, sources, references } = self.rules;
        let why = |lang| Why { plan, register, sources, references, period: &case.period, lang };
        let (zh, en) = (why(Lang::Zh), why(Lang::En));
        let mut reasons: Vec<Term> = Vec::new();
        for root in run.roots() {
            for row in 0..run.rows(root) {
                for told in run.explain(root, row, Some(clause)) {
                    let Some(benefit) = plan.benefits.get(told.benefit) else { continue };
                    let key = register.table(benefit.target).keys.text(told.target);
                    let label = &plan.schema.record(benefit.target).label;
                    let reason = match (told.judged.first(), told.earlier) {
                        (_, Some(day)) => Some(Term::new(
                            format!("一次性,已归 {day}"),
                            format!("paid once, and due on {day} already"),
                        )),
                        (None, None) => Some(Term::new("本时段没有判定日", "no judged day in this period")),
                        (Some(judged), None) if judged.outcome == Outcome::NotGranted => {
                            let lines = zh.not_met(judged).zip(en.not_met(judged));
                            lines.map(|(zh, en)| Term::new(zh, en))
                        }
                        (Some(_), None) => None,
                    };
                    reasons.extend(reason.map(|reason| {
                        Term::new(
                            format!("{} {key}:{}", in_lang(label, Lang::Zh), reason.zh),
                            format!("{} {key}: {}", in_lang(label, Lang::En), reason.en),
                        )
                    }));
                    if reasons.len() >= MAX_REASONS {
                        return reasons;
                    }
                }
            }
        }
        reasons
    }
}

/// A path that is written relative to a folder; `..` takes a folder away where there is one to take.
#[must_use]
pub fn beside(folder: &Path, path: &str) -> PathBuf {
    let mut joined = folder.to_owned();
    for part in Path::new(path).components() {
        let above = matches!(part, Component::ParentDir)
            && matches!(joined.components().next_back(), Some(Component::Normal(_)));
        match part {
            Component::CurDir => {}
            _ if above => drop(joined.pop()),
            part => joined.push(part),
        }
    }
    if joined.as_os_str().is_empty() { PathBuf::from(".") } else { joined }
}

/// The code that a fault is reported under.
fn code(fault: Fault) -> &'static str {
    match fault {
        Fault::ParameterGap(..) => codes::R001.id,
        Fault::Overflow(_) => codes::R002.id,
        Fault::DivisionByZero(_) => codes::R003.id,
        Fault::NegativeAmount(_) => codes::R004.id,
    }
}
