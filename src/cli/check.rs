//! `charter check`: mistakes in charters, all at once.

use super::Exit;
use super::beside::Beside;
use super::console::{Console, Stop};
use super::eval::day;
use super::fix;
use super::load::{Loaded, load};
use crate::analyse;
use crate::diagnostic::{
    self, Diagnostic, Place, Severity, Tally, Term, codes, write_json, write_sarif, write_short,
};
use crate::ir::{Plan, References, compile};
use crate::resolve::resolve;
use crate::source::Span;
use crate::syntax::Splitter;
use crate::value::Day;
use std::cell::LazyCell;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;

/// The word of `--deny` for all warnings.
const WARNINGS: &str = "warnings";
/// The word of `--deny` for what was not decided.
const UNDECIDED: &str = "undecided";
/// How often a charter is mended and read again.
const MAX_ROUNDS: usize = 8;
/// Names longer than this may be two slips away from what was meant.
const LONG_NAME: usize = 6;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Charter files, or folders that hold them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The day whose law is cited; otherwise the day the charter came into force
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    /// How findings are printed
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
    /// Fail on `warnings`, on what is `undecided`, or on a code
    #[arg(long, value_name = "warnings|undecided|CODE")]
    deny: Vec<String>,
    /// Rewrite what can be mended mechanically
    #[arg(long)]
    fix: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    /// With source lines, for people
    Human,
    /// One line a finding, for editors
    Short,
    /// An array of objects
    Json,
    /// SARIF 2.1.0, for code hosts
    Sarif,
}

pub fn run(args: &Args, console: &Console) -> Result<Exit, Stop> {
    let on = args.on.as_deref().map(day).transpose()?;
    known(&args.deny)?;
    let mut loaded = load(&args.paths)?;
    let mut checked = check(&mut loaded, on);
    let mut findings = std::mem::take(&mut checked.findings);
    if args.fix {
        let mut total = 0;
        // One mend may uncover another: a word split from its neighbour is then seen to be misspelt.
        for _ in 0..MAX_ROUNDS {
            let fixed = fix::apply(&loaded, &findings, console)?;
            if fixed == 0 {
                break;
            }
            total += fixed;
            loaded = load(&args.paths)?;
            checked = check(&mut loaded, on);
            findings = std::mem::take(&mut checked.findings);
        }
        console.say(&Term::new(
            format!("改写了 {total} 处"),
            format!("{} made", counted(total, "mend", "mends")),
        ));
    }
    // What is wrong in itself is mended first: of a plan with holes nothing can be proved.
    if !findings.iter().any(|finding| finding.severity == Severity::Error && !finding.code.is_law()) {
        let beside = Beside::of(&loaded, &args.paths);
        for (plan, refused) in checked.plans.iter_mut().zip(&checked.refused) {
            // What the law refuses stands before nothing and is beside nothing.
            analyse::strike(plan, refused);
            findings.extend(analyse::prove_beside(plan, &beside.registers(&plan.schema)));
        }
        findings.append(&mut checked.unused);
        diagnostic::sort(&mut findings);
    }
    let mut out = io::stdout().lock();
    match args.format {
        Format::Json => write_json(&mut out, &findings, &loaded.sources)?,
        Format::Short => write_short(&mut out, &findings, &loaded.sources, console.lang)?,
        Format::Sarif => write_sarif(&mut out, &findings, &loaded.sources, console.lang)?,
        Format::Human => {
            drop(out);
            let (open, told): (Vec<_>, Vec<_>) =
                findings.iter().cloned().partition(|finding| finding.code.id == codes::A014.id);
            let (cliffs, drawn): (Vec<_>, Vec<_>) = told
                .iter()
                .cloned()
                .partition(|finding| finding.code.id == codes::A011.id && finding.is_open());
            for finding in &drawn {
                console.result(finding, &loaded.sources)?;
            }
            // One line each: where something falls, and what was not decided, which is no finding.
            for finding in cliffs.iter().chain(&open) {
                console.line(finding, &loaded.sources)?;
            }
            writeln!(io::stdout(), "{}", summary(&told, open.len(), loaded.named).get(console.lang))?;
        }
    }
    let failed = Tally::of(&findings).errors > 0 || denied(&findings, &args.deny);
    Ok(if failed { Exit::Findings } else { Exit::Done })
}

/// The last line: how much is open, and how much the charters answer for.
fn summary(findings: &[Diagnostic], undecided: usize, files: usize) -> Term {
    let Term { zh, en } = counts(findings, files);
    match undecided {
        0 => Term::new(zh, en),
        _ => Term::new(format!("{zh}没有查明的 {undecided} 处。"), format!("{en} {undecided} not decided.")),
    }
}

fn counts(findings: &[Diagnostic], files: usize) -> Term {
    let Tally { errors, warnings, notes } = Tally::of(findings);
    let files_en = counted(files, "file checked", "files checked");
    if errors + warnings + notes == 0 {
        return Term::new(format!("检查了 {files} 个文件,没有问题。"), format!("{files_en}, nothing found."));
    }
    Term::new(
        format!("检查了 {files} 个文件:{errors} 个错误,{warnings} 个警告,{notes} 个提示。"),
        format!(
            "{files_en}: {}, {}, {}.",
            counted(errors, "error", "errors"),
            counted(warnings, "warning", "warnings"),
            counted(notes, "note", "notes")
        ),
    )
}

/// Refuses a `--deny` that nothing could ever meet.
pub fn known(deny: &[String]) -> Result<(), Stop> {
    let words = [WARNINGS, UNDECIDED];
    match deny.iter().find(|word| !words.contains(&word.as_str()) && codes::find(word).is_none()) {
        Some(unknown) => Err(Diagnostic::new(codes::U009, Place::None).arg("code", unknown.as_str()).into()),
        None => Ok(()),
    }
}

/// True where an open finding is denied.
pub fn denied(findings: &[Diagnostic], deny: &[String]) -> bool {
    findings.iter().filter(|finding| finding.is_open()).any(|finding| {
        deny.iter().any(|word| {
            finding.code.id.eq_ignore_ascii_case(word)
                || word == WARNINGS && finding.severity == Severity::Warning
                || word == UNDECIDED && finding.code.id == codes::A014.id
        })
    })
}

/// `1 file`, `2 files`.
pub fn counted(count: impl TryInto<u64>, one: &str, many: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Charters checked: the plan of each vocabulary, all findings in order, and what each name means.
pub struct Checked {
    pub plans: Vec<Plan>,
    pub findings: Vec<Diagnostic>,
    pub references: References,
    /// Clauses that the law refuses, by plan, and the lint.
    refused: Vec<Vec<(analyse::Clause, &'static str)>>,
    /// Names that nothing uses: told only where nothing else is wrong.
    unused: Vec<Diagnostic>,
}

/// A plan that may be evaluated.
pub struct Runnable {
    pub plan: Plan,
    pub references: References,
    /// What is said of it without stopping it: clauses the law refuses, and warnings of every stage.
    pub remarks: Vec<Diagnostic>,
}

/// Resolves, compiles and judges every bundle; `on` is the day whose law is cited.
pub fn check(loaded: &mut Loaded, on: Option<Day>) -> Checked {
    let mut findings = std::mem::take(&mut loaded.findings);
    let (mut plans, mut references, mut refused) = (Vec::new(), References::new(), Vec::new());
    let mut unused = Vec::new();
    let mut without_vocabulary = BTreeSet::new();
    for bundle in loaded.bundles() {
        if loaded.lacks_vocabulary(&bundle) {
            // Without its vocabulary no name of a charter means anything: that is the one thing to mend.
            findings.extend(loaded.names_no_vocabulary(&bundle));
            without_vocabulary.extend(loaded.charter_names(&bundle));
            continue;
        }
        let files: Vec<_> = bundle.files.iter().filter_map(|index| loaded.files.get(*index)).collect();
        let (model, found) = resolve(&files);
        findings.extend(found);
        let compiled = compile(&model);
        findings.extend(compiled.findings);
        let judged = analyse::judge(&compiled.plan, &model, on);
        findings.extend(judged.findings);
        refused.push(judged.refused);
        unused.extend(analyse::unused(&model, &compiled.uses, &|source| loaded.sight(source)));
        plans.push(compiled.plan);
        references.extend(compiled.references);
    }
    // A framework that lacks its vocabulary was reported itself: it is there all the same.
    let parent = |finding: &Diagnostic| match finding.place {
        Place::Source(span) => loaded.sources.text(span).trim_matches('`').to_owned(),
        _ => String::new(),
    };
    findings.retain(|finding| {
        finding.code.id != codes::N005.id || !without_vocabulary.contains(&parent(finding))
    });
    for finding in &mut findings {
        if finding.code.id == codes::N005.id && loaded.declares_charter(&parent(finding)) {
            *finding = finding.clone().help(Term::new(
                "它采用另一份词汇:上下级章程要采用同一份",
                "it uses another vocabulary: a charter and those above it use the same",
            ));
        }
    }
    let names = loaded.names();
    let splitter = LazyCell::new(|| Splitter::new(&names));
    for finding in &mut findings {
        if let Place::Source(span) = finding.place {
            let source = loaded.sources.get(span.source);
            *finding = splitter.suggest(&source.text, finding.clone());
            if finding.code.id == codes::N001.id && finding.help.is_none() {
                let word = loaded.sources.text(span);
                *finding = match habit(word) {
                    Some(help) => finding.clone().help(help),
                    None => near(finding.clone(), span, word, &names),
                };
            }
        }
    }
    diagnostic::sort(&mut findings);
    Checked { plans, findings, references, refused, unused }
}

/// What to write for a word that is no name but a habit of writing: 是 for a flag, 一百元 for an amount.
fn habit(word: &str) -> Option<Term> {
    let numeral = |c: char| "一二两三四五六七八九十百千".contains(c);
    let unit = ["元", "角", "年", "个月", "日", "天", "次", "周岁", "岁"]
        .iter()
        .find_map(|unit| word.strip_suffix(unit));
    if ["是", "否", "yes", "no", "true", "false"].contains(&word) {
        Some(Term::new(
            "“是否”类的栏目直接写名称:计划内;相反的写:非 计划内",
            "a flag is written by its name alone: in_programme; the opposite: not in_programme",
        ))
    } else if unit.is_some_and(|digits| !digits.is_empty() && digits.chars().all(numeral)) {
        Some(Term::new("数字用 0 到 9 写:100元", "write numbers in digits: 100 yuan"))
    } else {
        None
    }
}

/// Suggests the declared name that is one slip away from an unknown one.
fn near(finding: Diagnostic, span: Span, word: &str, names: &BTreeSet<String>) -> Diagnostic {
    let slips = if word.chars().count() > LONG_NAME { 2 } else { 1 };
    let distance = |name: &&String| strsim::damerau_levenshtein(word, name);
    // The word itself may be declared where it cannot be used from.
    let other = |name: &&String| name.chars().count() > 1 && *name != word;
    let closest = names.iter().filter(other).min_by_key(distance);
    match closest.filter(|name| distance(name) <= slips) {
        Some(name) => finding
            .help(Term::new(format!("是不是“{name}”?"), format!("did you mean '{name}'?")))
            .fix(span, name.as_str()),
        None => finding,
    }
}

/// The one plan of a run, without the clauses that the law refuses. Errors of meaning are told and stop it; what the
/// law says does not.
pub fn plan(loaded: &mut Loaded, console: &Console) -> Result<Option<Runnable>, Stop> {
    let Checked { plans, findings, references, refused, .. } = check(loaded, None);
    let stops = |finding: &Diagnostic| finding.severity == Severity::Error && !finding.code.is_law();
    let (findings, remarks): (Vec<_>, Vec<_>) = findings.into_iter().partition(stops);
    for finding in &findings {
        console.finding(finding, &loaded.sources);
    }
    let Tally { errors, .. } = Tally::of(&findings);
    if errors > 0 {
        console.say(&Term::new(
            format!("章程有 {errors} 个错误,改正后再评估。"),
            format!("The charters have {}: mend them first.", counted(errors, "error", "errors")),
        ));
        return Ok(None);
    }
    let mut plans = plans.into_iter().zip(refused);
    match (plans.next(), plans.next()) {
        (Some((mut plan, refused)), None) => {
            analyse::strike(&mut plan, &refused);
            Ok(Some(Runnable { plan, references, remarks }))
        }
        (first, second) => {
            let all = [first, second].into_iter().flatten().chain(plans);
            let names: Vec<Term> =
                all.filter_map(|(plan, _)| plan.vocabulary.as_ref().map(Term::from)).collect();
            let join =
                |pick: fn(&Term) -> &str, comma| names.iter().map(pick).collect::<Vec<_>>().join(comma);
            let names = Term::new(join(|term| &term.zh, "、"), join(|term| &term.en, ", "));
            Err(Diagnostic::new(codes::C010, Place::None).arg("names", names).into())
        }
    }
}

/// Says once how many warnings nobody answered.
pub fn say_unanswered(remarks: &[Diagnostic], console: &Console) {
    let Tally { warnings, .. } = Tally::of(remarks);
    if warnings > 0 {
        console.say(&Term::new(
            format!("章程有 {warnings} 个没有回答的警告:charter check 会列出"),
            format!(
                "The charters have {}: charter check lists them",
                counted(warnings, "unanswered warning", "unanswered warnings")
            ),
        ));
    }
}

/// Says which clauses are left out, and for which lint.
pub fn say_refused(plan: &Plan, console: &Console) {
    if plan.refused.is_empty() {
        return;
    }
    let list = |name: fn(&crate::schema::Label) -> &str| {
        let each = plan.refused.iter().map(|refused| format!("{} ({})", name(&refused.label), refused.lint));
        each.collect::<Vec<_>>()
    };
    let count = plan.refused.len();
    console.say(&Term::new(
        format!("有 {count} 条违法条款不评估:{}", list(crate::schema::Label::zh).join("、")),
        format!(
            "{} left out: {}",
            counted(count, "unlawful clause is", "unlawful clauses are"),
            list(crate::schema::Label::en).join(", ")
        ),
    ));
}
