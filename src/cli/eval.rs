//! `charter eval`: charters applied to a register, households in, tables out.

use super::Exit;
use super::check;
use super::console::{Console, Stop};
use super::decisions::tell_idle;
use super::load::{Loaded, about, load};
use super::timings::Timings;
use crate::diagnostic::{CellPlace, Diagnostic, Place, Term, codes};
use crate::eval::Fault;
use crate::eval::columnar::{Columnar, Share, Store};
use crate::eval::traced::{self, Run};
use crate::ir::{Plan, References};
use crate::register::{self, DataFindings, Reading, Register};
use crate::report::{CharterFile, Format, Receipt, Report, print_indicators, print_summary};
use crate::schema::RecordId;
use crate::source::{Sources, Span};
use crate::value::{Day, Period, PeriodError};
use indicatif::{ProgressBar, ProgressStyle};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;

/// Most data findings printed for one code; the receipt counts all.
const MAX_SHOWN: usize = 20;
/// Households judged at a time by one thread.
const CHUNK: usize = 2_048;
/// Chunks a thread is given before their results are written.
const CHUNKS_A_JOB: usize = 4;
/// From so many households on a progress bar is shown at a terminal.
const LONG_RUN: usize = 2_000;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub inputs: Inputs,
    /// Folder for the tables and the receipt; without it the summary is printed
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Format of the tables
    #[arg(long, value_enum, default_value = "csv")]
    format: Format,
    /// Stop where the register has errors
    #[arg(long)]
    strict: bool,
    /// Fail on `warnings` nobody answered, or on findings of this code
    #[arg(long, value_name = "warnings|CODE")]
    deny: Vec<String>,
    /// Threads; without it as many as there are processors. Results are the same for any number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    /// Tell how long reading, evaluating and writing took
    #[arg(long)]
    timings: bool,
}

/// What `eval` and `why` both need.
#[derive(Debug, clap::Args)]
pub struct Inputs {
    /// Charter files, or folders that hold them
    #[arg(required = true, value_name = "CHARTER")]
    charters: Vec<PathBuf>,
    /// The register: a folder of CSV files, or a YAML file
    #[arg(long, value_name = "REGISTER")]
    data: PathBuf,
    /// 2005, 2005-03, 2005-Q1, 2005-03-01, or a range such as 2008-07..2009-06
    #[arg(long, value_name = "PERIOD")]
    period: String,
    /// Only what was recorded by this day counts
    #[arg(long, value_name = "DATE")]
    known_on: Option<String>,
}

/// Rules, facts and period of a run.
pub struct Prepared {
    pub loaded: Loaded,
    pub plan: Plan,
    pub references: References,
    pub register: Register,
    pub period: Period,
    pub known_on: Option<Day>,
    pub findings: DataFindings,
    pub remarks: Vec<Diagnostic>,
}

/// Reads everything a run needs; `None` where the charters have errors, which were told.
pub fn prepare(inputs: &Inputs, console: &Console) -> Result<Option<Prepared>, Stop> {
    let period = Period::parse(&inputs.period).map_err(|error| {
        if matches!(error, PeriodError::Reversed(_)) {
            return Diagnostic::new(codes::C012, Place::None).help(Term::same(&inputs.period));
        }
        Diagnostic::new(codes::U005, Place::None).arg("text", &*inputs.period).help(Term::new(
            "写法:2005、2005-03、2005-Q1、2005-03-01 或 2008-07..2009-06",
            "write 2005, 2005-03, 2005-Q1, 2005-03-01 or 2008-07..2009-06",
        ))
    })?;
    let mut loaded = load(&inputs.charters)?;
    let Some(check::Runnable { plan, references, remarks }) = check::plan(&mut loaded, console)? else {
        return Ok(None);
    };
    let mut findings = DataFindings::new();
    let needed = plan.fields_read();
    let needs = |record, field| needed.contains(&(record, field));
    let records = plan.records_read();
    let uses = |record| records.contains(&record);
    let known_on = inputs.known_on.as_deref().map(day).transpose()?;
    let reading = Reading { schema: &plan.schema, needs: &needs, uses: &uses, known_on };
    let register = register::read(&inputs.data, &reading, &mut findings)?;
    Ok(Some(Prepared { loaded, plan, references, register, period, known_on, findings, remarks }))
}

/// A day of the command line.
pub fn day(text: &str) -> Result<Day, Stop> {
    let period = Period::parse(text).ok().filter(|period| period.first == period.last);
    period.map(|period| period.first).ok_or_else(|| {
        let help = Term::new("写法:2005-03-01", "write 2005-03-01");
        Diagnostic::new(codes::U014, Place::None).arg("text", text).help(help).into()
    })
}

pub fn run(args: &Args, console: &Console) -> Result<Exit, Stop> {
    check::known(&args.deny)?;
    let mut timings = Timings::default();
    let Some(prepared) = timings.reading(|| prepare(&args.inputs, console))? else {
        return Ok(Exit::Findings);
    };
    let pool = threads(args.jobs)?;
    let jobs = pool.current_num_threads();
    let Prepared { loaded, plan, register, period, known_on, findings, remarks, .. } = &prepared;
    check::say_refused(plan, console);
    check::say_unanswered(remarks, console);
    show_data_findings(findings, console);
    if args.strict && findings.errors() > 0 {
        console.say(&Term::new(
            "登记册有数据错误,按 --strict 停止。",
            "The register has data errors; stopped by --strict.",
        ));
        return Ok(Exit::Unusable);
    }
    let Some(run) = traced::run(plan, register, period) else {
        return Err(Diagnostic::new(codes::U013, Place::None)
            .arg("path", Term::new("词汇", "the vocabulary"))
            .arg("record", Term::new("可评估的记录", "record to evaluate"))
            .into());
    };
    let idle = tell_idle(&run, register, console, |_| true);
    let mut report = match &args.out {
        None => Report::totals_only(plan, register, period.to_string()),
        Some(folder) => {
            let unwritable = |error: io::Error| about(codes::U010, folder).arg("reason", Term::same(&error));
            fs::create_dir_all(folder).map_err(unwritable)?;
            Report::to_folder(plan, register, period.to_string(), folder, args.format).map_err(unwritable)?
        }
    };
    let mut faults =
        pool.install(|| evaluate(&prepared, &run, &mut report, (console, jobs), &mut timings))?;
    let (indicators, failed) = run.indicators();
    for (index, fault) in failed {
        let place =
            plan.indicators.get(index).map_or(Place::None, |indicator| Place::Source(indicator.span.0));
        let finding = fault_finding(plan, fault, place);
        *faults.entry(finding.code.id).or_default() += 1;
        console.finding(&finding, &loaded.sources);
    }
    say_faults(&faults, console);
    let (summary, tables) = timings.writing(|| report.finish(&indicators))?;
    let counted = count_line(plan, register);
    if let Some(folder) = &args.out {
        let charters: Vec<CharterFile> = loaded
            .sources
            .iter()
            .map(|(_, source)| CharterFile { file: source.name.clone(), text: source.text.clone() })
            .collect();
        let data_errors = findings.counts_by_code();
        let receipt = Receipt {
            plan,
            charters: &charters,
            register,
            period,
            known_on: *known_on,
            data_errors,
            faults: faults.values().sum(),
        };
        receipt
            .write(&summary, &tables, folder)
            .map_err(|error| about(codes::U010, folder).arg("reason", Term::same(&error)))?;
        console.say(&counted);
        console.say(&Term::new(
            format!("结果写入 {}", super::load::shown(folder)),
            format!("Results written to {}", super::load::shown(folder)),
        ));
    } else {
        let mut out = io::stdout().lock();
        print_summary(&mut out, &summary, plan, &period.to_string(), console.lang)?;
        print_indicators(&mut out, &indicators, plan, console.lang)?;
        console.say(&counted);
    }
    if args.timings {
        timings.tell(console);
    }
    let mut found = findings
        .counts_by_code()
        .keys()
        .copied()
        .chain((idle > 0).then_some(codes::D020.id))
        .chain(faults.keys().copied());
    let denied = found.any(|found| args.deny.iter().any(|code| found.eq_ignore_ascii_case(code)))
        || check::denied(remarks, &args.deny);
    Ok(if denied { Exit::Findings } else { Exit::Done })
}

/// The threads of a run.
fn threads(jobs: Option<u16>) -> Result<ThreadPool, Stop> {
    let jobs = jobs.map_or(0, usize::from);
    ThreadPoolBuilder::new().num_threads(jobs).build().map_err(|error| Stop::Output(io::Error::other(error)))
}

/// Judges villages and what lies in them, then every household in the order of keys; how much could not be computed.
fn evaluate(
    prepared: &Prepared,
    run: &Run<'_>,
    report: &mut Report<'_>,
    (console, jobs): (&Console, usize),
    timings: &mut Timings,
) -> Result<BTreeMap<&'static str, u64>, Stop> {
    let plan = &prepared.plan;
    let bar = progress(run.rows(run.unit()), console);
    let mut faults = Faults {
        plan,
        register: &prepared.register,
        sources: &prepared.loaded.sources,
        console,
        counts: BTreeMap::new(),
    };
    let unit = run.unit();
    for root in run.roots().into_iter().filter(|root| *root != unit) {
        let results = run.judge_all(root);
        for (fault, clause) in results.faults(plan) {
            faults.tell(fault, clause, None);
        }
        report.results(run, &results)?;
    }
    let store = Store::of(&prepared.register, &plan.schema);
    let columnar = Columnar::new(run, &store);
    let households = run.rows(unit);
    let mut share = Share::default();
    // Several chunks at a time, each on a thread of its own; their results are taken in order.
    let mut next = 0;
    while next < households {
        let starts: Vec<usize> = (next..households).step_by(CHUNK).take(jobs * CHUNKS_A_JOB).collect();
        let ends = |start: usize| households.min(start + CHUNK);
        let judged = timings.evaluating(|| {
            starts.par_iter().map(|start| columnar.judge(*start..ends(*start))).collect::<Vec<_>>()
        });
        timings.writing(|| {
            for (start, (results, of_chunk)) in starts.iter().zip(judged) {
                share = share.with(of_chunk);
                for (row, results) in (*start..).zip(results) {
                    for (fault, clause) in results.faults(plan) {
                        faults.tell(fault, clause, Some((unit, row)));
                    }
                    report.results(run, &results)?;
                }
                bar.inc((ends(*start) - start) as u64);
            }
            Ok::<(), Stop>(())
        })?;
        next = starts.last().map_or(households, |start| ends(*start));
    }
    timings.one_by_one(share);
    bar.finish_and_clear();
    Ok(faults.counts)
}

/// What could not be computed: the first few are told, all are counted.
struct Faults<'a> {
    plan: &'a Plan,
    register: &'a Register,
    sources: &'a Sources,
    console: &'a Console,
    counts: BTreeMap<&'static str, u64>,
}

impl Faults<'_> {
    fn tell(&mut self, fault: Fault, clause: Span, whose: Option<(RecordId, usize)>) {
        let mut finding = fault_finding(self.plan, fault, Place::Source(clause));
        let count = self.counts.entry(finding.code.id).or_default();
        *count += 1;
        if *count > MAX_SHOWN as u64 {
            return;
        }
        let row = whose.and_then(|(root, row)| {
            let table = self.register.table(root);
            Some((root, table.places.get(row)?, table.keys.get(row)?))
        });
        if let Some((root, place, key)) = row {
            let file = self
                .register
                .files
                .get(place.file as usize)
                .map(|file| file.name.clone())
                .unwrap_or_default();
            let cell = CellPlace { file, row: Some(place.row), ..CellPlace::default() };
            let label = &self.plan.schema.record(root).label;
            let whose = Term::new(format!("{} {key}", label.zh()), format!("{} {key}", label.en()));
            finding.related.push((Place::Cell(cell), whose));
        }
        self.console.finding(&finding, self.sources);
    }
}

fn progress(households: usize, console: &Console) -> ProgressBar {
    if !Console::is_terminal() || households < LONG_RUN {
        return ProgressBar::hidden();
    }
    let words = console.lang.pick("户", "households");
    let template = format!("{{bar:40}} {{human_pos}}/{{human_len}} {words} {{per_sec}} {{eta}}");
    let bar = ProgressBar::new(households as u64);
    bar.set_style(ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

/// How much could not be computed, by code.
fn say_faults(faults: &BTreeMap<&'static str, u64>, console: &Console) {
    let total: u64 = faults.values().sum();
    if total > 0 {
        let list = faults.iter().map(|(code, count)| format!("{code} × {count}")).collect::<Vec<_>>();
        console.say(&Term::new(
            format!("{total} 笔无法计算,列为待查明:{}", list.join("、")),
            format!("{total} could not be computed and are undetermined: {}", list.join(", ")),
        ));
    }
}

/// A fault as a finding at the clause it belongs to.
fn fault_finding(plan: &Plan, fault: Fault, place: Place) -> Diagnostic {
    match fault {
        Fault::ParameterGap(id, day) => {
            let label =
                plan.parameters.get(id.0).map(|parameter| parameter.label.clone()).unwrap_or_default();
            Diagnostic::new(codes::R001, place).arg("name", Term::from(&label)).arg("day", Term::same(day))
        }
        Fault::Overflow(_) => Diagnostic::new(codes::R002, place),
        Fault::DivisionByZero(_) => Diagnostic::new(codes::R003, place),
        Fault::NegativeAmount(amount) => {
            Diagnostic::new(codes::R004, place).arg("amount", Term::same(amount))
        }
    }
}

/// Data findings on stderr: the first of each code, and how many there are.
pub fn show_data_findings(findings: &DataFindings, console: &Console) {
    let mut shown = BTreeMap::new();
    for finding in findings.iter() {
        let count = shown.entry(finding.code.id).or_insert(0_usize);
        *count += 1;
        if *count <= MAX_SHOWN {
            console.finding(finding, &Sources::default());
        }
    }
    if findings.count() > 0 {
        let list = findings
            .counts_by_code()
            .iter()
            .map(|(code, count)| format!("{code} × {count}"))
            .collect::<Vec<_>>();
        console.say(&Term::new(
            format!("登记册有 {} 处问题:{}", findings.count(), list.join("、")),
            format!(
                "{} in the register: {}",
                check::counted(findings.count(), "finding", "findings"),
                list.join(", ")
            ),
        ));
    }
}

/// `read = evaluated + rejected`, of the unit of evaluation.
fn count_line(plan: &Plan, register: &Register) -> Term {
    let unit = plan.schema.unit();
    let count = unit.and_then(|unit| register.counts.get(unit.0)).copied().unwrap_or_default();
    let read = count.read.saturating_sub(count.duplicates + count.later);
    let (kept, rejected) = (count.kept, count.rejected);
    Term::new(
        format!("读入 {read} 户 = 评估 {kept} 户 + 剔除 {rejected} 户"),
        format!(
            "{read} household{} read = {kept} evaluated + {rejected} rejected",
            if read == 1 { "" } else { "s" }
        ),
    )
}
