//! The charters that the benchmarks run by.

use charter::ast::File;
use charter::ir::{Plan, compile};
use charter::resolve::resolve;
use charter::source::Sources;
use charter::syntax::parse;
use std::fs;
use std::path::PathBuf;

/// The charters right in some folders, compiled.
pub fn plan(folders: &[PathBuf]) -> Plan {
    let mut paths: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).expect("a folder of charters"))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "charter"))
        .collect();
    paths.sort();
    let mut sources = Sources::default();
    let mut files: Vec<File> = Vec::new();
    for path in paths {
        let id = sources.add(path.display().to_string(), fs::read_to_string(&path).unwrap());
        files.push(parse(id, &sources.get(id).text).0);
    }
    let references: Vec<&File> = files.iter().collect();
    let (model, _) = resolve(&references);
    compile(&model).plan
}
