//! `charter eval`: charters applied to a register, households in, tables out.

use super::Exit;
use super::batch::{self, Asked, Outcome};
use super::check;
use super::console::{Console, Stop};
use super::load::{Loaded, about, load};
use super::timings::Timings;
use crate::diagnostic::{Diagnostic, Place, Term, codes};
use crate::eval::Fault;
use crate::ir::{Plan, References};
use crate::register::{self, DataFindings, Reading, Register};
use crate::report::{CharterFile, Format, Layout, Receipt, print_indicators, print_summary};
use crate::source::Sources;
use crate::value::{Day, Period, PeriodError};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// Most data findings printed for one code; the receipt counts all.
const MAX_SHOWN: usize = 20;

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
    /// The table of benefits: `long`, a row for each judged day; `wide`, a row for each household and a column for each clause
    #[arg(long, value_enum, default_value = "long")]
    layout: Layout,
    /// Stop where the register has errors
    #[arg(long)]
    strict: bool,
    /// Fail on `warnings` nobody answered, or on findings of this code
    #[arg(long, value_name = "warnings|CODE")]
    deny: Vec<String>,
    /// Threads; without it as many as there are processors. Results are the same for any number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    /// Tell how long reading, evaluating and writing took, all threads added up
    #[arg(long)]
    timings: bool,
    /// Memory for the rows of the register: a larger one is read in parts
    #[arg(long, value_name = "SIZE", value_parser = size, default_value = "256MB")]
    memory: u64,
}

/// What `eval` and `why` both need.
#[derive(Debug, clap::Args)]
pub struct Inputs {
    /// Charter files, or folders that hold them
    #[arg(required = true, value_name = "CHARTER")]
    charters: Vec<PathBuf>,
    /// The register: a folder of CSV, Parquet, Arrow or Excel files, a workbook of Excel, or a YAML file
    #[arg(long, value_name = "REGISTER")]
    pub data: PathBuf,
    /// 2005, 2005-03, 2005-Q1, 2005-03-01, or a range such as 2008-07..2009-06
    #[arg(long, value_name = "PERIOD")]
    period: String,
    /// Only what was recorded by this day counts
    #[arg(long, value_name = "DATE")]
    known_on: Option<String>,
}

/// Rules and period of a run.
pub struct Rules {
    pub loaded: Loaded,
    pub plan: Plan,
    pub references: References,
    pub period: Period,
    pub known_on: Option<Day>,
    pub remarks: Vec<Diagnostic>,
}

/// A size in bytes, such as 256MB.
fn size(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = match text[digits.len()..].to_ascii_uppercase().as_str() {
        "" | "B" => 1,
        "K" | "KB" => 1 << 10,
        "M" | "MB" => 1 << 20,
        "G" | "GB" => 1 << 30,
        _ => return Err("256MB, 1GB".to_owned()),
    };
    let number = digits.parse::<u64>().ok().filter(|number| *number > 0);
    number.and_then(|number| number.checked_mul(unit)).ok_or_else(|| "256MB, 1GB".to_owned())
}

/// Reads the rules of a run; `None` where the charters have errors, which were told.
pub fn rules(inputs: &Inputs, console: &Console) -> Result<Option<Rules>, Stop> {
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
    let known_on = inputs.known_on.as_deref().map(day).transpose()?;
    Ok(Some(Rules { loaded, plan, references, period, known_on, remarks }))
}

impl Rules {
    /// Runs something with what is to be read of a register.
    pub fn reading<T>(&self, then: impl FnOnce(&Reading<'_>) -> T) -> T {
        let needed = self.plan.fields_read();
        let needs = |record, field| needed.contains(&(record, field));
        let records = self.plan.records_read();
        let uses = |record| records.contains(&record);
        then(&Reading { schema: &self.plan.schema, needs: &needs, uses: &uses, known_on: self.known_on })
    }

    /// Reads a register whole.
    pub fn register(&self, path: &Path, findings: &mut DataFindings) -> Result<Register, Stop> {
        Ok(self.reading(|reading| register::read(path, reading, findings))?)
    }
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
    if !args.format.is_built() {
        let what = format!("--format {}", args.format.extension());
        let feature = Term::same(if args.format == Format::Xlsx { "Excel" } else { "Parquet" });
        return Err(Diagnostic::new(codes::U023, Place::None)
            .arg("what", what)
            .arg("feature", feature)
            .into());
    }
    let mut timings = Timings::default();
    let Some(rules) = timings.reading(|| rules(&args.inputs, console))? else { return Ok(Exit::Findings) };
    let Rules { loaded, plan, period, known_on, remarks, .. } = &rules;
    check::say_refused(plan, console);
    check::say_unanswered(remarks, console);
    let asked = Asked {
        rules: &rules,
        data: &args.inputs.data,
        strict: args.strict,
        out: args.out.as_deref().map(|folder| (folder, (args.format, args.layout))),
        memory: args.memory,
        console,
    };
    let pool = threads(args.jobs)?;
    let Some(outcome) = pool.install(|| batch::evaluate(&asked, &mut timings))? else {
        console.say(&Term::new(
            "登记册有数据错误,按 --strict 停止。",
            "The register has data errors; stopped by --strict.",
        ));
        return Ok(Exit::Unusable);
    };
    let Outcome { report, faults, idle, indicators, register, findings } = outcome;
    say_faults(&faults, console);
    let (summary, tables) = timings.writing(|| report.finish(&indicators))?;
    let counted = count_line(plan, &register);
    if let Some(folder) = &args.out {
        let charters: Vec<CharterFile> = loaded
            .sources
            .iter()
            .map(|(_, source)| CharterFile { file: source.name.clone(), text: source.text.clone() })
            .collect();
        let receipt = Receipt {
            plan,
            charters: &charters,
            register: &register,
            period,
            known_on: *known_on,
            data_errors: findings.counts_by_code(),
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
pub fn fault_finding(plan: &Plan, fault: Fault, place: Place) -> Diagnostic {
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
