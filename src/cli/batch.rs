//! A register judged: whole, or part after part where it is too large to be held.

use super::console::{Console, Stop};
use super::decisions::{idle, say_idle};
use super::eval::{Rules, fault_finding, show_data_findings};
use super::load::about;
use super::timings::Timings;
use crate::diagnostic::{Diagnostic, Place, Term, codes};
use crate::eval::columnar::{Columnar, Ready, Store};
use crate::eval::traced::{self, Measured, Run};
use crate::eval::{Fault, IndicatorRow};
use crate::ir::Plan;
use crate::register::{DataFindings, Order, Part, Piece, Reader, Register, Stream, Unsound};
use crate::report::{Filled, Form, Format, Layout, OutFolder, Report};
use crate::schema::RecordId;
use crate::source::{Sources, Span};
use indicatif::{ProgressBar, ProgressStyle};
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::Path;

/// Households judged at a time by one thread.
const CHUNK: usize = 8_192;
/// Chunks each of several threads is given in one round.
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
    // Beside those that are judged, those of the next round are read.
    let any = Order::Any(2 * a_round());
    let mut order = Order::Given(Vec::new());
    loop {
        let streamed = asked.rules.reading(|reading| {
            let mut findings = DataFindings::new();
            let stream =
                timings.reading(|| Stream::open(asked.data, reading, (least, &order), &mut findings))?;
            match stream {
                Ok(stream) => in_parts(asked, stream, findings, timings),
                Err(why) => Ok(Err(NotInParts { why, unordered: Vec::new() })),
            }
        })?;
        let NotInParts { why, unordered } = match streamed {
            Ok(outcome) => return Ok(outcome),
            Err(not) => not,
        };
        timings.anew();
        order = match order {
            _ if why == Unsound::Held => return whole(asked, timings),
            Order::Given(mut noted) if !unordered.is_empty() => {
                noted.extend(unordered);
                Order::Given(noted)
            }
            Order::Given(_) => any.clone(),
            Order::Any(_) => {
                let outcome = whole(asked, timings)?;
                asked.console.say(&held_whole(why));
                return Ok(outcome);
            }
        };
    }
}

/// Why a register that is larger than `--memory` allows is held nevertheless.
fn held_whole(why: Unsound) -> Term {
    let (zh, en) = match why {
        Unsound::NoRoom => {
            ("临时文件夹不能写,或已写满", "temporary files cannot be written, or their disk is full")
        }
        Unsound::Held | Unsound::Shape => (
            "有的行不知属于哪一户、编号重复,或文件读不通",
            "rows belong to no household, a key stands twice, or a file cannot be read",
        ),
    };
    Term::new(
        format!("登记册大于 --memory,仍整个放进了内存:{zh}。"),
        format!("The register is larger than --memory, yet it is held whole: {en}."),
    )
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
    let form = judging.report.form();
    let mut starts = (0..households).step_by(CHUNK).peekable();
    let mut waiting: Vec<Written> = Vec::new();
    while starts.peek().is_some() || !waiting.is_empty() {
        let round: Vec<usize> = starts.by_ref().take(a_round()).collect();
        let judge = |start: &usize| page(&form, &run, &ready, *start..households.min(start + CHUNK));
        let before = std::mem::take(&mut waiting);
        let append =
            || before.into_iter().try_for_each(|written| judging.append(&run, written, (&bar, timings)));
        let (appended, judged) =
            rayon::join(append, || round.par_iter().map(judge).collect::<io::Result<Vec<_>>>());
        appended?;
        waiting = judged?;
    }
    bar.finish_and_clear();
    let (measured, asked_about) = timings.evaluating(|| ready.measured(&run));
    let (indicators, failed) = run.figures(measured);
    let Judging { report, faults, folder: _folder } = judging;
    timings.one_by_one(asked_about);
    let faults = faults.tell(&failed, asked.console);
    Ok(Some(Outcome { report, faults, idle: found.len(), indicators, register, findings }))
}

/// What came out for some households.
struct Written {
    filled: Filled,
    households: u64,
    timings: Timings,
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

/// A register that is not sound in parts.
struct NotInParts {
    why: Unsound,
    /// The records whose keys would have to be noted; none where that is no help.
    unordered: Vec<RecordId>,
}

type InParts<'a> = Result<Result<Option<Outcome<'a>>, NotInParts>, Stop>;

/// A total that does not fit may be one of rows that do not count, of a household that stands twice: the reading of the whole
/// tells. What the system says of files is told at once.
fn in_doubt(stop: Stop) -> Result<NotInParts, Stop> {
    match stop {
        Stop::Output(error) if error.raw_os_error().is_none() => {
            Ok(NotInParts { why: Unsound::Shape, unordered: Vec::new() })
        }
        stop => Err(stop),
    }
}

fn in_parts<'a>(
    asked: &Asked<'a>,
    stream: Stream<'_>,
    mut findings: DataFindings,
    timings: &mut Timings,
) -> InParts<'a> {
    let plan = &asked.rules.plan;
    let Stream { reader, mut supply } = stream;
    let run = traced::run(plan, reader.base(), &asked.rules.period).ok_or_else(no_unit)?;
    let columnar = Columnar::new(&run);
    let mut judging = Judging::begin(asked)?;
    judging.beside(&run)?;
    let form = judging.report.form();
    let bar = progress(u64::MAX, asked.console);
    let mut measured = run.measured();
    let mut idle: Vec<Diagnostic> = Vec::new();
    let (mut parts, mut waiting): (Vec<Part>, Vec<Judged>) = (Vec::new(), Vec::new());
    let mut ended = false;
    while !ended || !parts.is_empty() || !waiting.is_empty() {
        let (round, before) = (std::mem::take(&mut parts), std::mem::take(&mut waiting));
        let beside = || -> Result<Result<Vec<Part>, Unsound>, Stop> {
            for one in before {
                if let Err(unsound) = supply.follow(&one.piece) {
                    return Ok(Err(unsound));
                }
                let run = run.over(&one.piece.register);
                judging.append(&run, one.written, (&bar, timings))?;
                measured.add(one.measured);
                idle.extend(one.idle);
                findings.append(one.piece.findings);
            }
            let next = || (0..a_round()).map_while(|_| supply.next_part().transpose()).collect();
            let next: Result<Vec<Part>, Unsound> = timings.reading(next);
            timings.in_parts(next.as_ref().map_or(0, Vec::len));
            Ok(next)
        };
        let judge = |part| judge(&reader, (&run, &columnar), &form, &part);
        let (next, judged) = rayon::join(beside, || {
            round.into_par_iter().map(judge).collect::<io::Result<Vec<Result<Judged, Unsound>>>>()
        });
        let judged = judged.map_err(Stop::Output);
        let (next, judged) = match next.and_then(|next| Ok((next, judged?))) {
            Ok(both) => both,
            Err(stop) => return in_doubt(stop).map(Err),
        };
        let judged = judged.into_iter().collect::<Result<Vec<Judged>, Unsound>>();
        let (next, judged) = match (next, judged) {
            (Ok(next), Ok(judged)) => (next, judged),
            (Err(why), _) | (_, Err(why)) => {
                return Ok(Err(NotInParts { why, unordered: supply.unordered() }));
            }
        };
        ended = next.is_empty();
        (parts, waiting) = (next, judged);
    }
    if let Err(why) = supply.check_keys() {
        return Ok(Err(NotInParts { why, unordered: Vec::new() }));
    }
    bar.finish_and_clear();
    findings.finish();
    show_data_findings(&findings, asked.console);
    if asked.strict && findings.errors() > 0 {
        return Ok(Ok(None));
    }
    say_idle(&idle, asked.console);
    let (indicators, failed) = run.figures(measured);
    let Judging { report, faults, folder: _folder } = judging;
    let faults = faults.tell(&failed, asked.console);
    let register = supply.finish(reader);
    Ok(Ok(Some(Outcome { report, faults, idle: idle.len(), indicators, register, findings })))
}

fn judge(
    reader: &Reader<'_>,
    (run, columnar): (&Run<'_>, &Columnar<'_>),
    form: &Form<'_>,
    part: &Part,
) -> io::Result<Result<Judged, Unsound>> {
    let mut timings = Timings::default();
    let piece = match timings.reading(|| reader.read(part)) {
        Ok(piece) => piece,
        Err(unsound) => return Ok(Err(unsound)),
    };
    let run = run.over(&piece.register);
    let store = Store::of(&piece.register, &run.plan().schema);
    let ready = columnar.over(&store, &run);
    let mut written = page(form, &run, &ready, 0..run.rows(run.unit()))?;
    let (measured, asked_about) = timings.evaluating(|| ready.measured(&run));
    let idle = idle(&run, |_| true);
    timings.one_by_one(asked_about);
    written.timings.add(&timings);
    Ok(Ok(Judged { piece, written, idle, measured }))
}

/// Judges some households and writes their page, on whatever thread.
fn page(form: &Form<'_>, run: &Run<'_>, ready: &Ready<'_>, rows: Range<usize>) -> io::Result<Written> {
    let mut timings = Timings::default();
    let judged = timings.evaluating(|| ready.judge(run, rows.clone()));
    let filled = timings.writing(|| {
        let mut page = form.page();
        page.judged(run, &judged).map(|()| page.filled())
    })?;
    timings.one_by_one(judged.share);
    let faults = judged.faults(run).collect();
    Ok(Written { filled, households: rows.len() as u64, timings, faults })
}

/// Chunks judged at once, while those of the round before are written and those of the next are read. One thread has nothing
/// to wait for.
fn a_round() -> usize {
    match rayon::current_num_threads() {
        1 => 1,
        threads => CHUNKS_A_JOB * threads,
    }
}

/// What comes out, as it comes.
struct Judging<'a> {
    report: Report<'a>,
    faults: Faults<'a>,
    /// Where it goes; dropped after the report, whose files are gone then if nothing came of them.
    folder: Option<OutFolder>,
}

impl<'a> Judging<'a> {
    fn begin(asked: &Asked<'a>) -> Result<Self, Stop> {
        let (plan, period) = (&asked.rules.plan, asked.rules.period.to_string());
        let (folder, report) = match asked.out {
            None => (None, Report::totals_only(plan, period)),
            Some((folder, format)) => {
                let unwritable =
                    |error: io::Error| about(codes::U010, folder).arg("reason", Term::same(&error));
                let made = OutFolder::create(folder).map_err(unwritable)?;
                (Some(made), Report::to_folder(plan, period, folder, format).map_err(unwritable)?)
            }
        };
        let sources = &asked.rules.loaded.sources;
        let faults = Faults { plan, sources, counts: BTreeMap::new(), shown: Vec::new() };
        Ok(Self { report, faults, folder })
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

    /// Adds a page, in the order of households.
    fn append(
        &mut self,
        run: &Run<'_>,
        written: Written,
        (bar, timings): (&ProgressBar, &mut Timings),
    ) -> Result<(), Stop> {
        timings.add(&written.timings);
        bar.inc(written.households);
        for (fault, clause, row) in written.faults {
            self.faults.note(fault, clause, Some((run.register(), run.unit(), row)));
        }
        Ok(timings.writing(|| self.report.append(written.filled))?)
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
            Some((root, register.place(root, row)?, table.keys.get(row)?))
        });
        if let Some((root, cell, key)) = row {
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
