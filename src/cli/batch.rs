//! A register judged: whole, or part after part where it is too large to be held.

use super::console::{Console, Stop};
use super::decisions::{idle, say_idle};
use super::eval::{Rules, fault_finding, show_data_findings};
use super::load::about;
use super::timings::Timings;
use crate::diagnostic::{CellPlace, Diagnostic, Place, Term, codes};
use crate::eval::columnar::{Columnar, Ready, Share, Store};
use crate::eval::traced::{self, Measured, Run};
use crate::eval::{Fault, IndicatorRow};
use crate::ir::Plan;
use crate::register::{DataFindings, Order, Part, Piece, Register, Stream, Unsound};
use crate::report::{Filled, Format, Layout, Report};
use crate::schema::RecordId;
use crate::source::{Sources, Span};
use indicatif::{ProgressBar, ProgressStyle};
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::Path;

/// Households judged at a time by one thread.
const CHUNK: usize = 8_192;
/// Chunks a thread is given before their results are written.
const CHUNKS_A_JOB: usize = 2;
/// From so many households on a progress bar is shown at a terminal.
const LONG_RUN: usize = 2_000;
/// Faults that are told one by one.
const MAX_SHOWN: usize = 20;
/// Bytes of memory that a byte of a file comes to when a register is read whole.
const SPREAD: u64 = 16;

/// What is to be evaluated.
pub struct Asked<'a> {
    pub rules: &'a Rules,
    pub data: &'a Path,
    /// Nothing is evaluated where the register has errors.
    pub strict: bool,
    /// Where the tables go; without it they are only added up.
    pub out: Option<(&'a Path, (Format, Layout))>,
    /// Bytes that the rows of the register may take.
    pub memory: u64,
    pub console: &'a Console,
}

/// What came out.
pub struct Outcome<'a> {
    pub report: Report<'a>,
    /// What could not be computed, by code.
    pub faults: BTreeMap<&'static str, u64>,
    /// Decisions that decide nothing.
    pub idle: usize,
    pub indicators: Vec<IndicatorRow>,
    /// The files of the register and their counts; its rows only where it was held whole.
    pub register: Register,
    pub findings: DataFindings,
}

/// Judges the register; none where it has errors and is to have none.
pub fn evaluate<'a>(asked: &Asked<'a>, timings: &mut Timings) -> Result<Option<Outcome<'a>>, Stop> {
    let least = asked.memory / SPREAD;
    for order in [Order::Given, Order::Any(CHUNKS_A_JOB * rayon::current_num_threads())] {
        let streamed = asked.rules.reading(|reading| {
            let mut findings = DataFindings::new();
            let stream =
                timings.reading(|| Stream::open(asked.data, reading, (least, order), &mut findings))?;
            match stream {
                Some(stream) => in_parts(asked, stream, findings, timings),
                None => Ok(Err(Unsound)),
            }
        })?;
        if let Ok(outcome) = streamed {
            return Ok(outcome);
        }
        timings.anew();
    }
    whole(asked, timings)
}

fn whole<'a>(asked: &Asked<'a>, timings: &mut Timings) -> Result<Option<Outcome<'a>>, Stop> {
    let mut findings = DataFindings::new();
    let register = timings.reading(|| asked.rules.register(asked.data, &mut findings))?;
    show_data_findings(&findings, asked.console);
    if asked.strict && findings.errors() > 0 {
        return Ok(None);
    }
    let run = traced::run(&asked.rules.plan, &register, &asked.rules.period).ok_or_else(no_unit)?;
    let found = idle(&run, |_| true);
    say_idle(&found, asked.console);
    let mut judging = Judging::begin(asked)?;
    judging.beside(&run)?;
    let store = Store::of(&register, &asked.rules.plan.schema);
    let columnar = Columnar::new(&run);
    let ready = columnar.over(&store, &run);
    let households = run.rows(run.unit());
    let bar = progress(households as u64, asked.console);
    let mut next = 0;
    while next < households {
        let batch = CHUNKS_A_JOB * rayon::current_num_threads();
        let starts: Vec<usize> = (next..households).step_by(CHUNK).take(batch).collect();
        let end = |start: usize| households.min(start + CHUNK);
        let judged = timings.evaluating(|| {
            let judge = |start: &usize| judging.page(&run, &ready, *start..end(*start));
            starts.par_iter().map(judge).collect::<io::Result<Vec<_>>>()
        })?;
        timings.writing(|| -> Result<(), Stop> {
            for written in judged {
                bar.inc(written.households);
                judging.append(&run, written)?;
            }
            Ok(())
        })?;
        next = starts.last().map_or(households, |start| end(*start));
    }
    bar.finish_and_clear();
    let (measured, asked_about) = timings.evaluating(|| ready.measured(&run));
    let (indicators, failed) = run.figures(measured);
    let Judging { report, faults, share, .. } = judging;
    timings.one_by_one(share.with(asked_about));
    let faults = faults.tell(&failed, asked.console);
    Ok(Some(Outcome { report, faults, idle: found.len(), indicators, register, findings }))
}

/// What came out for some households.
struct Written {
    filled: Filled,
    households: u64,
    share: Share,
    /// What could not be computed, and of which row.
    faults: Vec<(Fault, Span, usize)>,
}

/// One part: its register, what came out, and what was wrong with it.
struct Judged {
    piece: Piece,
    written: Written,
    idle: Vec<Diagnostic>,
    measured: Measured,
}

type InParts<'a> = Result<Result<Option<Outcome<'a>>, Unsound>, Stop>;

fn in_parts<'a>(
    asked: &Asked<'a>,
    mut stream: Stream<'_>,
    mut findings: DataFindings,
    timings: &mut Timings,
) -> InParts<'a> {
    let plan = &asked.rules.plan;
    let base = stream.base().clone();
    let run = traced::run(plan, &base, &asked.rules.period).ok_or_else(no_unit)?;
    let columnar = Columnar::new(&run);
    let mut judging = Judging::begin(asked)?;
    judging.beside(&run)?;
    let bar = progress(u64::MAX, asked.console);
    let mut measured = run.measured();
    let mut idle: Vec<Diagnostic> = Vec::new();
    loop {
        let batch = CHUNKS_A_JOB * rayon::current_num_threads();
        let parts = timings.reading(|| -> Result<Vec<Part>, Unsound> {
            (0..batch).filter_map(|_| stream.next_part().transpose()).collect()
        });
        let Ok(parts) = parts else { return Ok(Err(Unsound)) };
        if parts.is_empty() {
            break;
        }
        timings.in_parts(parts.len());
        let judged = timings.evaluating(|| {
            let judge = |part| judge(&stream, (&run, &columnar), &judging, &part);
            parts.into_par_iter().map(judge).collect::<io::Result<Vec<Result<Judged, Unsound>>>>()
        })?;
        let Ok(judged) = judged.into_iter().collect::<Result<Vec<Judged>, Unsound>>() else {
            return Ok(Err(Unsound));
        };
        let written = timings.writing(|| -> Result<Result<(), Unsound>, Stop> {
            for one in judged {
                if stream.follow(&one.piece).is_err() {
                    return Ok(Err(Unsound));
                }
                let run = run.over(&one.piece.register);
                bar.inc(one.written.households);
                judging.append(&run, one.written)?;
                measured.add(one.measured);
                idle.extend(one.idle);
                findings.append(one.piece.findings);
            }
            Ok(Ok(()))
        })?;
        if written.is_err() {
            return Ok(Err(Unsound));
        }
    }
    bar.finish_and_clear();
    findings.finish();
    show_data_findings(&findings, asked.console);
    if asked.strict && findings.errors() > 0 {
        return Ok(Ok(None));
    }
    say_idle(&idle, asked.console);
    let Judging { report, faults, share, .. } = judging;
    timings.one_by_one(share);
    let (indicators, failed) = run.figures(measured);
    let faults = faults.tell(&failed, asked.console);
    let register = stream.finish();
    Ok(Ok(Some(Outcome { report, faults, idle: idle.len(), indicators, register, findings })))
}

fn judge(
    stream: &Stream<'_>,
    (run, columnar): (&Run<'_>, &Columnar<'_>),
    judging: &Judging<'_>,
    part: &Part,
) -> io::Result<Result<Judged, Unsound>> {
    let Ok(piece) = stream.read(part) else { return Ok(Err(Unsound)) };
    let run = run.over(&piece.register);
    let store = Store::of(&piece.register, &run.plan().schema);
    let ready = columnar.over(&store, &run);
    let mut written = judging.page(&run, &ready, 0..run.rows(run.unit()))?;
    let idle = idle(&run, |_| true);
    let (measured, asked_about) = ready.measured(&run);
    written.share = written.share.with(asked_about);
    Ok(Ok(Judged { piece, written, idle, measured }))
}

/// What comes out, as it comes.
struct Judging<'a> {
    report: Report<'a>,
    faults: Faults<'a>,
    share: Share,
}

impl<'a> Judging<'a> {
    fn begin(asked: &Asked<'a>) -> Result<Self, Stop> {
        let (plan, period) = (&asked.rules.plan, asked.rules.period.to_string());
        let report = match asked.out {
            None => Report::totals_only(plan, period),
            Some((folder, format)) => {
                let unwritable =
                    |error: io::Error| about(codes::U010, folder).arg("reason", Term::same(&error));
                fs::create_dir_all(folder).map_err(unwritable)?;
                Report::to_folder(plan, period, folder, format).map_err(unwritable)?
            }
        };
        let sources = &asked.rules.loaded.sources;
        let faults = Faults { plan, sources, counts: BTreeMap::new(), shown: Vec::new() };
        Ok(Self { report, faults, share: Share::default() })
    }

    /// Villages and what lies in them.
    fn beside(&mut self, run: &Run<'_>) -> Result<(), Stop> {
        for root in run.roots().into_iter().filter(|root| *root != run.unit()) {
            let results = run.judge_all(root);
            for (fault, clause) in results.faults(self.faults.plan) {
                self.faults.note(fault, clause, None);
            }
            self.report.results(run, &results)?;
        }
        Ok(())
    }

    /// Judges some households and writes their page, on whatever thread.
    fn page(&self, run: &Run<'_>, ready: &Ready<'_>, rows: Range<usize>) -> io::Result<Written> {
        let judged = ready.judge(run, rows.clone());
        let mut page = self.report.page();
        page.judged(run, &judged)?;
        let faults = judged.faults(run).collect();
        let share = judged.share;
        Ok(Written { filled: page.filled(), households: rows.len() as u64, share, faults })
    }

    /// Adds a page, in the order of households.
    fn append(&mut self, run: &Run<'_>, written: Written) -> Result<(), Stop> {
        self.share = self.share.with(written.share);
        for (fault, clause, row) in written.faults {
            self.faults.note(fault, clause, Some((run.register(), run.unit(), row)));
        }
        Ok(self.report.append(written.filled)?)
    }
}

/// What could not be computed: the first few are told, all are counted.
struct Faults<'a> {
    plan: &'a Plan,
    sources: &'a Sources,
    counts: BTreeMap<&'static str, u64>,
    shown: Vec<Diagnostic>,
}

impl Faults<'_> {
    fn note(&mut self, fault: Fault, clause: Span, whose: Option<(&Register, RecordId, usize)>) {
        let mut finding = fault_finding(self.plan, fault, Place::Source(clause));
        let count = self.counts.entry(finding.code.id).or_default();
        *count += 1;
        if *count > MAX_SHOWN as u64 {
            return;
        }
        let row = whose.and_then(|(register, root, row)| {
            let table = register.table(root);
            Some((register, root, table.places.get(row)?, table.keys.get(row)?))
        });
        if let Some((register, root, place, key)) = row {
            let file = register.files.get(place.file as usize).map(|file| file.name.clone());
            let file = file.unwrap_or_default();
            let cell = CellPlace { file, row: Some(place.row), ..CellPlace::default() };
            let label = &self.plan.schema.record(root).label;
            let whose = Term::new(format!("{} {key}", label.zh()), format!("{} {key}", label.en()));
            finding.related.push((Place::Cell(cell), whose));
        }
        self.shown.push(finding);
    }

    /// Tells them, those of indicators with them; how many there were of each code.
    fn tell(mut self, indicators: &[(usize, Fault)], console: &Console) -> BTreeMap<&'static str, u64> {
        for (index, fault) in indicators {
            let indicator = self.plan.indicators.get(*index);
            let place = indicator.map_or(Place::None, |indicator| Place::Source(indicator.span.0));
            let finding = fault_finding(self.plan, *fault, place);
            *self.counts.entry(finding.code.id).or_default() += 1;
            self.shown.push(finding);
        }
        self.shown.iter().for_each(|finding| console.finding(finding, self.sources));
        self.counts
    }
}

fn no_unit() -> Stop {
    Diagnostic::new(codes::U013, Place::None)
        .arg("path", Term::new("词汇", "the vocabulary"))
        .arg("record", Term::new("可评估的记录", "record to evaluate"))
        .into()
}

/// A bar for a terminal; `u64::MAX` households where it is not known how many there are.
fn progress(households: u64, console: &Console) -> ProgressBar {
    if !Console::is_terminal() || households < LONG_RUN as u64 {
        return ProgressBar::hidden();
    }
    let words = console.lang.pick("户", "households");
    if households == u64::MAX {
        let bar = ProgressBar::no_length();
        let template = format!("{{spinner}} {{human_pos}} {words} {{per_sec}}");
        bar.set_style(
            ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_spinner()),
        );
        return bar;
    }
    let template = format!("{{bar:40}} {{human_pos}}/{{human_len}} {words} {{per_sec}} {{eta}}");
    let bar = ProgressBar::new(households);
    bar.set_style(ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}
