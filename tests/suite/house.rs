//! The house: which part may use which, where the outside world is touched, and that every code has its page.

use crate::engine::root;
use charter::diagnostic::codes;
use charter::syntax::{Entry, Role, entries};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The top-level modules and what each may use. Dependencies run one way; nothing uses cli.
const MAY_USE: [(&str, &[&str]); 16] = [
    ("source", &[]),
    ("schema", &["value"]),
    ("value", &[]),
    ("diagnostic", &["source", "schema"]),
    ("ast", &["source", "value"]),
    ("syntax", &["ast", "diagnostic", "source", "value"]),
    ("types", &["ast", "diagnostic", "schema"]),
    ("resolve", &["ast", "diagnostic", "schema", "source", "value"]),
    ("ir", &["ast", "diagnostic", "resolve", "schema", "source", "syntax", "types", "value"]),
    (
        "analyse",
        &["ast", "diagnostic", "eval", "ir", "register", "resolve", "schema", "source", "types", "value"],
    ),
    ("register", &["diagnostic", "schema", "value"]),
    ("eval", &["ast", "ir", "register", "schema", "source", "types", "value"]),
    (
        "report",
        &["ast", "diagnostic", "eval", "ir", "register", "schema", "source", "syntax", "types", "value"],
    ),
    ("synth", &["value"]),
    ("testing", &["diagnostic", "eval", "ir", "register", "report", "schema", "source", "value"]),
    (
        "cli",
        &[
            "analyse",
            "ast",
            "diagnostic",
            "eval",
            "ir",
            "register",
            "report",
            "resolve",
            "schema",
            "source",
            "syntax",
            "synth",
            "testing",
            "value",
        ],
    ),
];

/// Words and the only modules that may say them.
const ONLY_IN: [(&[&str], &[&str]); 5] = [
    // pest's types stay where text becomes a tree.
    (&["pest::", "pest_derive"], &["syntax"]),
    // `ValueEnum` makes a format of the results an option of the command line.
    (&["clap::"], &["cli", "report"]),
    (
        &["std::fs", "std::io", "fs::", "io::", "File::open"],
        &["register", "report", "synth", "cli", "diagnostic"],
    ),
    (&["std::env", "env::var", "std::process"], &["cli", "main"]),
    // Nothing reads the clock.
    (&["SystemTime", "Instant"], &["cli"]),
];

/// Money and rates are exact.
const NOWHERE: [&str; 2] = ["f32", "f64"];
/// But a spreadsheet holds nothing else: its numbers become digits, and amounts its numbers, in one file.
const OF_SPREADSHEETS: &str = "value/spreadsheet.rs";
/// How a reader of YAML puts a float aside unseen, to take the text it was written as.
const PUT_ASIDE: &str = "(self, _: f64)";

/// Every source file with its top-level module.
fn sources() -> Vec<(String, PathBuf, String)> {
    let mut files = Vec::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let inner = path.strip_prefix(root().join("src")).unwrap();
                let first = inner.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
                let text = fs::read_to_string(&path).unwrap();
                files.push((first.trim_end_matches(".rs").to_owned(), inner.to_owned(), text));
            }
        }
    }
    files.sort();
    assert!(files.len() > 80, "{}", files.len());
    files
}

/// A file without its comments and its tests, which may use what they like.
fn code(text: &str) -> String {
    let before_tests = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    before_tests
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

fn is_test(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tests" || part.as_os_str() == "tests.rs")
}

/// The modules a file names by `crate::…`, grouped imports as well.
fn used(code: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let group = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        let names: Vec<&str> = group.map_or(vec![rest], |(inside, _)| inside.split(',').collect());
        for name in names {
            let word: String = name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            used.insert(word);
        }
    }
    used
}

#[test]
fn dependencies_run_one_way() {
    let table: BTreeMap<&str, &[&str]> = MAY_USE.into();
    let mut wrong = Vec::new();
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (module, path, text) in sources() {
        if ["lib", "main"].contains(&module.as_str()) || is_test(&path) {
            continue;
        }
        let allowed = table.get(module.as_str()).unwrap_or_else(|| panic!("{module} is not in the table"));
        for name in used(&code(&text)) {
            if !table.contains_key(name.as_str()) || name == module {
                continue;
            }
            if !allowed.contains(&name.as_str()) {
                wrong.push(format!("{} uses {name}", path.display()));
            }
            seen.entry(module.clone()).or_default().insert(name);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // The table says no more than what is: a use that is given up leaves it.
    for (module, allowed) in MAY_USE {
        let unused: Vec<&&str> = allowed
            .iter()
            .filter(|name| !seen.get(module).is_some_and(|seen| seen.contains(**name)))
            .collect();
        assert!(unused.is_empty(), "{module} no longer uses {unused:?}");
    }
}

#[test]
fn the_table_has_no_circle() {
    // Modules whose uses are all settled are settled; in a circle nobody ever is.
    let mut settled: BTreeSet<&str> = BTreeSet::new();
    while settled.len() < MAY_USE.len() {
        let next: Vec<&str> = MAY_USE
            .iter()
            .filter(|(module, uses)| {
                !settled.contains(module) && uses.iter().all(|used| settled.contains(used))
            })
            .map(|(module, _)| *module)
            .collect();
        let rest: Vec<&str> =
            MAY_USE.iter().map(|(module, _)| *module).filter(|module| !settled.contains(module)).collect();
        assert!(!next.is_empty(), "a circle among {rest:?}");
        settled.extend(next);
    }
}

#[test]
fn the_outside_world_is_touched_in_few_places() {
    let mut wrong = Vec::new();
    for (module, path, text) in sources() {
        if is_test(&path) {
            continue;
        }
        let code = code(&text);
        let says = |code: &str, word: &str| {
            let begins = |at: usize| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            let ends = |at: usize| {
                word.ends_with(':')
                    || !code[at + word.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
            };
            code.match_indices(word).any(|(at, _)| begins(at) && ends(at))
        };
        for (words, modules) in ONLY_IN {
            let found: Vec<&&str> = words.iter().filter(|word| says(&code, word)).collect();
            if !found.is_empty() && !modules.contains(&module.as_str()) {
                wrong.push(format!("{} says {found:?}", path.display()));
            }
        }
        let kept =
            if path == Path::new(OF_SPREADSHEETS) { String::new() } else { code.replace(PUT_ASIDE, "") };
        for word in NOWHERE {
            if says(&kept, word) {
                wrong.push(format!("{} says {word}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let known: BTreeSet<String> = codes::ALL.iter().map(|code| format!("{}.md", code.id)).collect();
    assert_eq!(known.len(), codes::ALL.len(), "a code stands twice in the registry");
    let pages: BTreeSet<String> = fs::read_dir(root().join("docs/codes"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| {
            Path::new(name).extension().is_some_and(|ending| ending == "md") && name != "README.md"
        })
        .collect();
    assert_eq!(pages, known);
    for code in codes::ALL {
        assert!(code.page.starts_with(&format!("# {}", code.id)), "{}", code.id);
        assert!(!code.page.contains("TODO"), "{}", code.id);
    }
}

/// Both messages of a code ask for the same arguments.
#[test]
fn messages_have_the_same_arguments_in_both_languages() {
    let arguments = |text: &str| -> BTreeSet<String> {
        text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect()
    };
    for code in codes::ALL {
        assert_eq!(arguments(code.zh), arguments(code.en), "{}", code.id);
    }
}

/// An item keyword ends the item before it, a part keyword the part: no word may do both.
#[test]
fn no_spelling_is_both_item_and_part() {
    let of = |role: Role| -> BTreeSet<&str> {
        entries().iter().filter(|entry| entry.role == role).flat_map(Entry::spellings).collect()
    };
    let shared: Vec<&str> = of(Role::Item).intersection(&of(Role::Part)).copied().collect();
    assert!(shared.is_empty(), "{shared:?}");
    assert!(of(Role::Item).len() > 20 && of(Role::Part).len() > 40);
}
