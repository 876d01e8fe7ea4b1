//! Finding and reading charters: the files named, and the vocabulary and frameworks they refer to.

use crate::analyse::Sight;
use crate::ast::{File, ItemKind};
use crate::diagnostic::{Code, Diagnostic, Place, Term, codes};
use crate::resolve::{Header, header};
use crate::source::{SourceId, Sources};
use crate::syntax;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The vocabulary that is always there; a file of that name nearer to a charter comes first.
const BUILT_IN: &str = include_str!("../../charters/standard.charter");
/// How the built-in vocabulary is named in messages.
const BUILT_IN_NAME: &str = "<built-in>/standard.charter";
/// The ending of charter files.
const EXTENSION: &str = "charter";
/// How far up from a charter its vocabulary and framework are looked for.
const MAX_PARENTS: usize = 6;
/// Largest charter file that is read.
const MAX_BYTES: u64 = 1 << 20;
/// Deepest folders that are searched for charters.
const MAX_DEPTH: usize = 16;

/// The charters of a command, read.
#[derive(Default)]
pub struct Loaded {
    /// All files.
    pub sources: Sources,
    /// Their trees, in the order of [`Sources`].
    pub files: Vec<File>,
    /// Faults of syntax, and references that lead nowhere.
    pub findings: Vec<Diagnostic>,
    /// How many files were named, directly or by their folder.
    pub named: usize,
    paths: Vec<Option<PathBuf>>,
    /// The folders that were named.
    folders: Vec<PathBuf>,
    known: BTreeMap<PathBuf, usize>,
    /// The first file that declares a name or alias in its header, vocabularies apart from charters.
    declared: BTreeMap<(bool, String), usize>,
}

/// Files that belong together: one vocabulary and the charters that use it.
pub struct Bundle {
    /// By place in [`Loaded::files`], the vocabulary first.
    pub files: Vec<usize>,
}

/// Reads files and folders, and what they refer to.
pub fn load(paths: &[PathBuf]) -> Result<Loaded, Box<Diagnostic>> {
    let mut found = BTreeSet::new();
    for path in paths {
        let mut here = BTreeSet::new();
        collect(path, 0, &mut here)?;
        if here.is_empty() {
            return Err(Box::new(about(codes::U006, path)));
        }
        found.append(&mut here);
    }
    let folders = paths.iter().filter(|path| path.is_dir()).cloned().collect();
    let mut loaded = Loaded { folders, ..Loaded::default() };
    for path in &found {
        loaded.read(path)?;
    }
    loaded.named = loaded.files.len();
    loaded.follow();
    Ok(loaded)
}

/// A finding about a whole file or folder.
pub fn about(code: Code, path: &Path) -> Diagnostic {
    Diagnostic::new(code, Place::None).arg("path", shown(path))
}

/// A path as messages and receipts show it, with `/` between folders.
pub fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn unreadable(path: &Path, error: &std::io::Error) -> Box<Diagnostic> {
    let reason = match error.kind() {
        std::io::ErrorKind::NotFound => Term::new("没有这个文件", "no such file"),
        std::io::ErrorKind::PermissionDenied => Term::new("没有权限", "permission denied"),
        _ => Term::same(error),
    };
    Box::new(about(codes::U001, path).arg("reason", reason))
}

fn collect(path: &Path, depth: usize, found: &mut BTreeSet<PathBuf>) -> Result<(), Box<Diagnostic>> {
    let meta = fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    if !meta.is_dir() {
        found.insert(path.to_owned());
        return Ok(());
    }
    if depth >= MAX_DEPTH {
        return Ok(());
    }
    for entry in fs::read_dir(path).map_err(|error| unreadable(path, &error))? {
        let entry = entry.map_err(|error| unreadable(path, &error))?;
        let kind = entry.file_type().map_err(|error| unreadable(path, &error))?;
        let inner = entry.path();
        // A link to a folder could lead round in circles.
        if kind.is_dir() || is_charter(&inner) && inner.is_file() {
            collect(&inner, depth + 1, found)?;
        }
    }
    Ok(())
}

pub fn is_charter(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == EXTENSION)
}

/// The text of a charter file.
fn text(path: &Path) -> Result<String, Box<Diagnostic>> {
    let meta = fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    if meta.len() > MAX_BYTES {
        let finding = about(codes::U001, path);
        return Err(Box::new(
            finding.arg(
                "reason",
                Term::new("文件太大:章程最多 1 MiB", "too large: a charter has at most 1 MiB"),
            ),
        ));
    }
    let bytes = fs::read(path).map_err(|error| unreadable(path, &error))?;
    let help = Term::new("请另存为 UTF-8 编码的文本", "save it as UTF-8 text");
    let text = String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'));
    let text = text.ok_or_else(|| Box::new(about(codes::U003, path).help(help)))?;
    if text.trim().is_empty() {
        return Err(Box::new(about(codes::U002, path)));
    }
    Ok(text)
}

impl Loaded {
    fn read(&mut self, path: &Path) -> Result<usize, Box<Diagnostic>> {
        let identity = fs::canonicalize(path).map_err(|error| unreadable(path, &error))?;
        if let Some(index) = self.known.get(&identity) {
            return Ok(*index);
        }
        let text = text(path)?;
        let index = self.add(&shown(path), &text, Some(path.to_owned()));
        self.known.insert(identity, index);
        Ok(index)
    }

    fn add(&mut self, name: &str, text: &str, path: Option<PathBuf>) -> usize {
        let id: SourceId = self.sources.add(name, text);
        let (file, findings) = syntax::parse(id, &self.sources.get(id).text);
        let index = self.files.len();
        if let Some(header) = header(&file) {
            let vocabulary = matches!(header, Header::Vocabulary(_));
            let label = crate::resolve::label(header.declared());
            for name in [Some(label.name), label.alias].into_iter().flatten() {
                self.declared.entry((vocabulary, name)).or_insert(index);
            }
        }
        self.files.push(file);
        self.findings.extend(findings);
        self.paths.push(path);
        index
    }

    /// Reads what the headers refer to, and what those refer to in turn.
    fn follow(&mut self) {
        let mut index = 0;
        while let Some(file) = self.files.get(index) {
            let wanted = match header(file) {
                Some(Header::Charter { uses, under, .. }) => [(uses, true), (under, false)]
                    .into_iter()
                    .filter_map(|(name, vocabulary)| Some((name?.clone(), vocabulary)))
                    .collect(),
                _ => Vec::new(),
            };
            for (name, vocabulary) in wanted {
                if self.find(&name.text, vocabulary).is_some()
                    || self.look_around(index, &name.text, vocabulary)
                {
                    continue;
                }
                if !vocabulary && self.vocabulary_of(index, 0).is_none() {
                    // With a vocabulary `resolve` reports it; without one nothing else would.
                    self.findings.push(Diagnostic::at(codes::N005, name.span).arg("name", &*name.text));
                }
                if vocabulary && !self.built_in(&name.text) {
                    self.findings.push(Diagnostic::at(codes::N004, name.span).arg("name", name.text).help(Term::new(
                        "词汇在章程所在的文件夹、其上级文件夹和内置词汇里查找",
                        "a vocabulary is looked for in the charter's folder, the folders above it, and among the built-in ones",
                    )));
                }
            }
            index += 1;
        }
    }

    /// The file whose header declares that name.
    fn find(&self, name: &str, vocabulary: bool) -> Option<usize> {
        self.declared.get(&(vocabulary, name.to_owned())).copied()
    }

    /// Looks for a header in the file's folder and in those above it.
    fn look_around(&mut self, index: usize, name: &str, vocabulary: bool) -> bool {
        let Some(Some(path)) = self.paths.get(index) else { return false };
        let mut folder = path.parent().map(Path::to_owned).unwrap_or_default();
        for _ in 0..=MAX_PARENTS {
            for candidate in charters_in(&folder) {
                let Ok(text) = text(&candidate) else { continue };
                let mut scratch = Sources::default();
                let id = scratch.add("", &*text);
                let (file, _) = syntax::parse(id, &text);
                if declares(&file, name, vocabulary) {
                    return self.read(&candidate).is_ok();
                }
            }
            let above = if folder.as_os_str().is_empty() { PathBuf::from("..") } else { folder.join("..") };
            folder = fs::canonicalize(&folder)
                .ok()
                .and_then(|whole| whole.parent().map(Path::to_owned))
                .map_or(above, |whole| relative(&folder, whole));
        }
        false
    }

    fn built_in(&mut self, name: &str) -> bool {
        let mut scratch = Sources::default();
        let id = scratch.add("", BUILT_IN);
        let (file, _) = syntax::parse(id, BUILT_IN);
        let found = declares(&file, name, true);
        if found {
            self.add(BUILT_IN_NAME, BUILT_IN, None);
        }
        found
    }

    /// True where one of the files is the charter of that name.
    pub fn declares_charter(&self, name: &str) -> bool {
        self.find(name.trim_matches('`'), false).is_some()
    }

    /// The charters that were named, directly or by their folder, and their paths.
    pub fn named_paths(&self) -> impl Iterator<Item = (SourceId, &Path)> {
        let named = self.files.iter().zip(&self.paths).take(self.named);
        named.filter_map(|(file, path)| Some((file.source, path.as_deref()?)))
    }

    /// How much of what stands under a charter was read. One above is looked for in the folders above a file: whoever
    /// finds this one lies in its folder.
    pub fn sight(&self, source: SourceId) -> Sight {
        let index = usize::try_from(source.0).unwrap_or(usize::MAX);
        let path = self.paths.get(index).and_then(Option::as_ref);
        let within = |path: &PathBuf| self.folders.iter().any(|folder| path.starts_with(folder));
        match path {
            Some(path) if within(path) => Sight::Whole,
            _ if index < self.named => Sight::Alone,
            _ => Sight::LookedUp,
        }
    }

    /// Every name and alias that the files declare.
    pub fn names(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for file in &self.files {
            for declared in file.declared() {
                names.insert(declared.name.text.clone());
                names.extend(declared.alias.iter().map(|alias| alias.text.clone()));
            }
        }
        names
    }

    /// Groups the files by vocabulary; files without a header or vocabulary are on their own.
    pub fn bundles(&self) -> Vec<Bundle> {
        let mut bundles: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for index in 0..self.files.len() {
            let vocabulary = self.vocabulary_of(index, 0);
            let bundle = bundles.entry(vocabulary.unwrap_or(index)).or_default();
            if vocabulary == Some(index) { bundle.insert(0, index) } else { bundle.push(index) }
        }
        bundles.into_values().map(|files| Bundle { files }).collect()
    }

    /// True for a charter whose vocabulary is not there.
    pub fn lacks_vocabulary(&self, bundle: &Bundle) -> bool {
        let files: Vec<Option<Header<'_>>> =
            bundle.files.iter().map(|index| self.files.get(*index).and_then(header)).collect();
        matches!(files.as_slice(), [Some(Header::Charter { .. })])
    }

    /// Name and alias of the charters of a bundle.
    pub fn charter_names(&self, bundle: &Bundle) -> Vec<String> {
        let headers = bundle.files.iter().filter_map(|index| self.files.get(*index).and_then(header));
        let names = headers.flat_map(|header| {
            let declared = header.declared();
            let alias = declared.alias.as_ref().map(|alias| alias.text.clone());
            std::iter::once(declared.name.text.clone()).chain(alias)
        });
        names.collect()
    }

    /// What to report of a charter that names no vocabulary. One that is not found was reported where it is named.
    pub fn names_no_vocabulary(&self, bundle: &Bundle) -> Option<Diagnostic> {
        let file = self.files.get(*bundle.files.first()?)?;
        let Some(Header::Charter { declared, uses: None, under: None }) = header(file) else { return None };
        if file.items.iter().any(|item| item.faulty && matches!(item.kind, ItemKind::Charter(_))) {
            return None;
        }
        let finding = Diagnostic::at(codes::S008, declared.name.span).arg("part", Term::new("采用", "uses"));
        Some(finding.help(Term::new("在抬头写“采用 standard”", "add 'uses standard' to the header")))
    }

    fn vocabulary_of(&self, index: usize, depth: usize) -> Option<usize> {
        if depth > MAX_PARENTS {
            return None;
        }
        match header(self.files.get(index)?)? {
            Header::Vocabulary(_) => Some(index),
            Header::Charter { uses: Some(name), .. } => self.find(&name.text, true),
            Header::Charter { under: Some(name), .. } => {
                self.vocabulary_of(self.find(&name.text, false)?, depth + 1)
            }
            Header::Charter { .. } => None,
        }
    }
}

/// The parent folder, written the way the folder was: relative where that was relative.
fn relative(folder: &Path, parent: PathBuf) -> PathBuf {
    if folder.is_absolute() {
        return parent;
    }
    let mut parts: Vec<_> = folder.components().collect();
    match parts.pop() {
        Some(std::path::Component::Normal(_)) => parts.into_iter().collect(),
        _ => folder.join(".."),
    }
}

fn declares(file: &File, name: &str, vocabulary: bool) -> bool {
    header(file).is_some_and(|header| {
        matches!(header, Header::Vocabulary(_)) == vocabulary
            && crate::resolve::label(header.declared()).is(name)
    })
}

/// The charter files right in a folder, in order of their names.
fn charters_in(folder: &Path) -> Vec<PathBuf> {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let Ok(entries) = fs::read_dir(here) else { return Vec::new() };
    let names = entries.filter_map(|entry| Some(folder.join(entry.ok()?.file_name())));
    let mut found: Vec<PathBuf> = names.filter(|path| is_charter(path) && path.is_file()).collect();
    found.sort();
    found
}
