//! The registers that lie beside the charters of `check`, or under the folders it was given.
//!
//! A folder's registers are those of the charters in it and in the folders below: the files of records, workbooks or YAML
//! documents right in it, and those in folders of data, which hold no charter. So a town's register is not one of another town.

use super::load::{Loaded, is_charter};
use crate::analyse::Registers;
use crate::register::outline;
use crate::schema::Schema;
use crate::source::SourceId;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Deepest folders of data below one of charters.
const MAX_DEPTH: usize = 2;

/// What may be a register, beside each charter.
pub struct Beside {
    /// Folders of charters that were looked at, and what may be a register in them.
    found: BTreeMap<PathBuf, Vec<PathBuf>>,
    /// The folders that each charter lies in.
    folders: BTreeMap<SourceId, BTreeSet<PathBuf>>,
}

impl Beside {
    /// Looks around the charters that were named.
    pub fn of(loaded: &Loaded, paths: &[PathBuf]) -> Self {
        let (named, files): (Vec<&PathBuf>, Vec<&PathBuf>) = paths.iter().partition(|path| path.is_dir());
        let files: BTreeSet<&Path> = files.into_iter().map(PathBuf::as_path).collect();
        // What lies beside a folder of villages is that of their town.
        let above: Vec<Option<&Path>> = named
            .iter()
            .map(|path| path.file_name().and(path.parent()).filter(|it| has_charters(it)))
            .collect();
        let mut beside = Self { found: BTreeMap::new(), folders: BTreeMap::new() };
        for (source, charter) in loaded.named_paths() {
            let own = charter.parent().filter(|_| files.contains(charter));
            let mut folders: BTreeSet<PathBuf> = own.into_iter().map(Path::to_owned).collect();
            for (path, above) in named.iter().zip(&above).filter(|(path, _)| charter.starts_with(path)) {
                let inner = charter.ancestors().skip(1).take_while(|folder| folder.starts_with(path));
                folders.extend(inner.chain(*above).map(Path::to_owned));
            }
            for folder in &folders {
                if !beside.found.contains_key(folder) {
                    beside.found.insert(folder.clone(), candidates(folder));
                }
            }
            beside.folders.insert(source, folders);
        }
        beside
    }

    /// Those that are registers of a schema, by charter.
    pub fn registers(&self, schema: &Schema) -> Registers {
        let outlines: BTreeMap<&PathBuf, Vec<_>> = self
            .found
            .iter()
            .map(|(folder, found)| {
                (folder, found.iter().filter_map(|path| outline(path, schema)).map(Rc::new).collect())
            })
            .collect();
        let around = |folders: &BTreeSet<PathBuf>| {
            folders.iter().filter_map(|folder| outlines.get(folder)).flatten().cloned().collect()
        };
        self.folders.iter().map(|(source, folders)| (*source, around(folders))).collect()
    }
}

/// The folder itself, the documents in it, and the same of the folders of data below it.
fn candidates(folder: &Path) -> Vec<PathBuf> {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut found = vec![here.to_owned()];
    look(folder, 0, &mut found);
    found
}

fn look(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    for (path, is_dir) in entries(folder) {
        if is_dir && depth < MAX_DEPTH && !has_charters(&path) {
            found.push(path.clone());
            look(&path, depth + 1, found);
        } else if !is_dir && (is_document(&path) || is_workbook(&path)) {
            found.push(path);
        }
    }
}

/// The names under which a finding says to save its household: that is nobody's register.
const SAVED: [&str; 2] = ["样例", "witness"];

fn ends(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().unwrap_or_default();
    endings.iter().any(|one| ending.eq_ignore_ascii_case(one))
}

/// A workbook, and not the mark that Excel leaves while it is open.
fn is_workbook(path: &Path) -> bool {
    let is_mark = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("~$"));
    ends(path, &["xlsx", "xlsm", "xls"]) && !is_mark
}

/// A YAML file that is no file of cases.
fn is_document(path: &Path) -> bool {
    let of_cases = path.file_stem().is_some_and(|stem| ends(Path::new(stem), &["test"]));
    let saved = path.file_stem().is_some_and(|stem| SAVED.iter().any(|name| stem == *name));
    ends(path, &["yaml", "yml"]) && !of_cases && !saved
}

fn has_charters(folder: &Path) -> bool {
    entries(folder).iter().any(|(path, is_dir)| !is_dir && is_charter(path))
}

/// What lies in a folder, in order of names, and whether it is a folder itself; nothing hidden, no links to folders.
fn entries(folder: &Path) -> Vec<(PathBuf, bool)> {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let Ok(read) = fs::read_dir(here) else { return Vec::new() };
    let mut entries: Vec<(PathBuf, bool)> = read
        .flatten()
        .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
        .filter_map(|entry| Some((folder.join(entry.file_name()), entry.file_type().ok()?.is_dir())))
        .collect();
    entries.sort();
    entries
}
