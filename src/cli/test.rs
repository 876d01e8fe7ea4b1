//! `charter test`: cases in `*.test.yaml`, each compared with what its charters give.

use super::Exit;
use super::check::{self, Runnable};
use super::console::{Console, Stop};
use super::load::{Loaded, about, load, shown};
use crate::diagnostic::{Diagnostic, Lang, Term, codes};
use crate::register::yaml_text;
use crate::source::Sources;
use crate::testing::{self, FileOutcome, Human, Rules, TestFile, json, junit, line_of};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// The ending of test files.
const ENDING: &str = ".test.yaml";
/// The ending of charters.
const CHARTER: &str = ".charter";
/// Deepest folders that are searched for test files.
const MAX_DEPTH: usize = 16;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Test files (*.test.yaml), or folders that hold them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How results are printed
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    /// A line a file, and a table of differences for each failing case
    Human,
    /// An array of cases
    Json,
    /// JUnit XML, for build servers
    Junit,
}

pub fn run(args: &Args, console: &Console) -> Result<Exit, Stop> {
    let mut paths = BTreeSet::new();
    for path in &args.paths {
        let mut here = BTreeSet::new();
        collect(path, 0, &mut here)?;
        if here.is_empty() {
            return Err(about(codes::U017, path).into());
        }
        paths.append(&mut here);
    }
    let mut tester = Tester { console, rules: BTreeMap::new() };
    let mut files = Vec::new();
    for path in &paths {
        files.push(tester.file(path)?);
    }
    let text = match args.format {
        Format::Human => Human { lang: console.lang }.render(&files),
        Format::Json => json(&files),
        Format::Junit => junit(&files, console.lang),
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(if files.iter().any(|file| !file.unusable.is_empty()) {
        Exit::Unusable
    } else if files.iter().any(|file| file.counts().1 > 0) {
        Exit::Findings
    } else {
        Exit::Done
    })
}

fn collect(path: &Path, depth: usize, found: &mut BTreeSet<PathBuf>) -> Result<(), Box<Diagnostic>> {
    let unreadable = |error: io::Error| {
        let reason = match error.kind() {
            io::ErrorKind::NotFound => Term::new("没有这个文件", "no such file"),
            _ => Term::same(error),
        };
        Box::new(about(codes::U001, path).arg("reason", reason))
    };
    if !fs::metadata(path).map_err(unreadable)?.is_dir() {
        found.insert(path.to_owned());
        return Ok(());
    }
    if depth >= MAX_DEPTH {
        return Ok(());
    }
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let inner = entry.path();
        let kind = entry.file_type().map_err(unreadable)?;
        // A link to a folder could lead round in circles.
        if kind.is_dir() || entry.file_name().to_string_lossy().ends_with(ENDING) && inner.is_file() {
            collect(&inner, depth + 1, found)?;
        }
    }
    Ok(())
}

/// Charters that were read, and what may be run of them.
type Ready = Rc<(Loaded, Runnable)>;

struct Tester<'a> {
    console: &'a Console,
    /// By the paths named: charters are compiled once for all files that name the same; none where they have errors.
    rules: BTreeMap<Vec<PathBuf>, Option<Ready>>,
}

impl Tester<'_> {
    fn file(&mut self, path: &Path) -> Result<FileOutcome, Stop> {
        let mut outcome = FileOutcome { file: shown(path), cases: Vec::new(), unusable: Vec::new() };
        match self.cases(path)? {
            Ok(cases) => outcome.cases = cases,
            Err(findings) => {
                for finding in &findings {
                    self.console.finding(finding, &Sources::default());
                    let message = Term::new(finding.message(Lang::Zh), finding.message(Lang::En));
                    outcome.unusable.push((line_of(finding), message));
                }
                if findings.is_empty() {
                    outcome.unusable.push((None, Term::new("章程有错误", "the charters have errors")));
                }
            }
        }
        Ok(outcome)
    }

    /// The cases of a file, run; or what is wrong with the file, nothing where the charters' errors were told.
    fn cases(&mut self, path: &Path) -> Result<Result<Vec<testing::CaseOutcome>, Vec<Diagnostic>>, Stop> {
        let (input, text) = match yaml_text(path) {
            Ok(read) => read,
            Err(finding) => return Ok(Err(vec![*finding])),
        };
        let file = match TestFile::parse(&input.name, &text) {
            Ok(file) => file,
            Err(finding) => return Ok(Err(vec![*finding])),
        };
        // Without its rules the file is still told what is wrong with it by itself.
        let and = |found: Vec<Diagnostic>| Ok(Err(file.findings.iter().cloned().chain(found).collect()));
        let charters = match charters(path, &file) {
            Ok(charters) => charters,
            Err(findings) => return and(findings),
        };
        let ready = match self.ready(charters) {
            Ok(Some(ready)) => ready,
            Ok(None) => return and(Vec::new()),
            Err(Stop::Finding(finding)) => return and(vec![*finding]),
            Err(stop) => return Err(stop),
        };
        let (loaded, Runnable { plan, references, .. }) = &*ready;
        let rules = Rules { plan, sources: &loaded.sources, references };
        Ok(testing::run(rules, &file, &input, &text))
    }

    fn ready(&mut self, charters: Vec<PathBuf>) -> Result<Option<Ready>, Stop> {
        if let Some(ready) = self.rules.get(&charters) {
            return Ok(ready.clone());
        }
        let mut loaded = load(&charters)?;
        let runnable = check::plan(&mut loaded, self.console)?;
        let ready = runnable.map(|runnable| Rc::new((loaded, runnable)));
        self.rules.insert(charters, ready.clone());
        Ok(ready)
    }
}

/// The charters of a test file: those it names, or those beside it that bear its name.
fn charters(path: &Path, file: &TestFile) -> Result<Vec<PathBuf>, Vec<Diagnostic>> {
    let folder = path.parent().unwrap_or(Path::new(""));
    if let Some(named) = &file.charters {
        let mut findings = Vec::new();
        for (name, line) in named {
            if !folder.join(name).exists() {
                findings.push(testing::at(&shown(path), *line, codes::U001).arg("path", name.as_str()).arg(
                    "reason",
                    Term::new(
                        format!("没有这个文件(写在 {} 第 {line} 行)", shown(path)),
                        format!("no such file (named by {}, line {line})", shown(path)),
                    ),
                ));
            }
        }
        let mut paths: Vec<PathBuf> = named.iter().map(|(name, _)| testing::beside(folder, name)).collect();
        paths.sort();
        return if findings.is_empty() { Ok(paths) } else { Err(findings) };
    }
    let own = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = own.strip_suffix(ENDING).or_else(|| own.split('.').next()).unwrap_or_default();
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = fs::read_dir(here).into_iter().flatten().flatten();
    let is_version = |name: &str| {
        let rest = name.strip_suffix(CHARTER).and_then(|name| name.strip_prefix(stem));
        // `zimu_2003` is a version of `zimu`, `zimulin` is not.
        rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    };
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut found: Vec<PathBuf> =
        names.filter(|name| is_version(name)).map(|name| folder.join(name)).collect();
    found.sort();
    if found.is_empty() {
        let help = Term::new(
            format!("写“章程: 文件或文件夹”,或在旁边放 {stem}{CHARTER}"),
            format!("write 'charters: FILE or FOLDER', or put {stem}{CHARTER} beside it"),
        );
        let name = Term::new("章程", "charters");
        return Err(vec![testing::at(&shown(path), 1, codes::U019).arg("key", name).help(help)]);
    }
    Ok(found)
}
