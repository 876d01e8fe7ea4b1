//! Makes the parser and the keyword list from `grammar/charter.pest` and `grammar/keywords.toml`, and what the program
//! reads of `charters/law` at every start.
//!
//! In: the grammar and the one keyword table; the lints. Out: `parser.rs` (the pest parser with a rule `kw_ID` for each
//! keyword) and `keywords.rs` (the table as Rust), both included by `src/syntax`; `lints.json`, `laws.json` and
//! `wording.json`, included by `src/analyse`: the same data in a notation that is read sooner.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::{env, error::Error, fs, path::Path};

#[derive(serde::Deserialize)]
struct Spellings {
    en: Vec<String>,
    zh: Vec<String>,
    #[serde(default)]
    hant: Vec<String>,
}

type Table = BTreeMap<String, BTreeMap<String, Spellings>>;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=grammar");
    println!("cargo::rerun-if-changed=build.rs");
    let grammar = fs::read_to_string("grammar/charter.pest")?;
    let table: Table = toml::from_str(&fs::read_to_string("grammar/keywords.toml")?)?;
    let out = env::var("OUT_DIR")?;
    let out = Path::new(&out);
    let parser = format!(
        "/// The pest parser of one item.\n#[derive(pest_derive::Parser)]\n#[grammar_inline = {:?}]\npub struct CharterParser;\n",
        format!("{grammar}\n{}", rules(&table)?)
    );
    fs::write(out.join("parser.rs"), parser)?;
    fs::write(out.join("keywords.rs"), keywords(&table)?)?;
    law(Path::new("charters/law"), out)
}

/// The files of the law: those of the lints together, by name; the others each for itself.
fn law(from: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", from.display());
    let read = |name: &str| -> Result<serde_json::Value, Box<dyn Error>> {
        let text = fs::read_to_string(from.join(name))?;
        serde_yaml::from_str(&text).map_err(|error| format!("{name}: {error}").into())
    };
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(from)? {
        names.extend(entry?.file_name().into_string());
    }
    names.sort_unstable();
    let is_lint = |name: &str| name.strip_suffix(".yaml").is_some_and(|stem| stem.starts_with('L'));
    let lints = names.iter().filter(|name| is_lint(name));
    let lints: Vec<serde_json::Value> = lints.map(|name| read(name)).collect::<Result<_, _>>()?;
    fs::write(out.join("lints.json"), serde_json::to_vec(&lints)?)?;
    for name in ["laws", "wording"] {
        let text = serde_json::to_vec(&read(&format!("{name}.yaml"))?)?;
        fs::write(out.join(format!("{name}.json")), text)?;
    }
    Ok(())
}

/// One rule a keyword, and one for all words that no name may be.
fn rules(table: &Table) -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    let mut reserved = Vec::new();
    for (role, entries) in table {
        for (id, spellings) in entries {
            let mut all: Vec<&String> =
                spellings.en.iter().chain(&spellings.zh).chain(&spellings.hant).collect();
            // The first alternative that matches is taken for good: 或者 is tried before 或.
            all.sort_by(|a, b| b.cmp(a));
            if role != "free" {
                reserved.extend(all.iter().filter(|word| !word.contains(' ')).map(|word| word.as_str()));
            }
            let alternatives: Vec<String> = all.iter().map(|words| sequence(words)).collect();
            writeln!(text, "kw_{id} = @{{ ({}) ~ !XID_CONTINUE }}", alternatives.join(" | "))?;
        }
    }
    reserved.sort_unstable_by(|a, b| b.cmp(a));
    reserved.dedup();
    writeln!(text, "reserved = @{{ ({}) ~ !XID_CONTINUE }}", by_first_letter(&reserved))?;
    Ok(text)
}

/// Words in descending order as alternatives. Most names begin like none of them, and every name is held against them:
/// their first letters are tried first, each once.
fn by_first_letter(words: &[&str]) -> String {
    let mut groups: Vec<(char, Vec<&str>)> = Vec::new();
    for word in words {
        let mut letters = word.chars();
        let Some(first) = letters.next() else { continue };
        match groups.last_mut().filter(|(letter, _)| *letter == first) {
            Some((_, rests)) => rests.push(letters.as_str()),
            None => groups.push((first, vec![letters.as_str()])),
        }
    }
    let alternatives = groups.iter().map(|(first, rests)| {
        let first = first.to_string();
        // What is a word already with its first letter comes last.
        let (all, is_word) = rests
            .split_last()
            .filter(|(last, _)| last.is_empty())
            .map_or((&rests[..], false), |(_, all)| (all, true));
        let all: Vec<String> = all.iter().map(|rest| format!("{rest:?}")).collect();
        match (all.is_empty(), is_word) {
            (true, _) => format!("{first:?}"),
            (false, true) => format!("{first:?} ~ ({})?", all.join(" | ")),
            (false, false) => format!("{first:?} ~ ({})", all.join(" | ")),
        }
    });
    alternatives.map(|one| format!("({one})")).collect::<Vec<_>>().join(" | ")
}

/// The words of one spelling; between them any space, also a line break.
fn sequence(words: &str) -> String {
    let quoted: Vec<String> = words.split(' ').map(|word| format!("{word:?}")).collect();
    format!("({})", quoted.join(" ~ WHITESPACE+ ~ "))
}

/// The table as a Rust enum with its spellings.
fn keywords(table: &Table) -> Result<String, Box<dyn Error>> {
    let mut variants = String::new();
    let mut entries = String::new();
    let mut rules = String::new();
    for (role, words) in table {
        let role = camel(role);
        for (id, Spellings { en, zh, hant }) in words {
            let variant = camel(id);
            writeln!(
                variants,
                "    /// {}\n    {variant},",
                en.iter().chain(zh).cloned().collect::<Vec<_>>().join(" / ")
            )?;
            writeln!(
                entries,
                "    Entry {{ keyword: Keyword::{variant}, role: Role::{role}, en: &{en:?}, zh: &{zh:?}, hant: &{hant:?} }},"
            )?;
            writeln!(rules, "        Rule::kw_{id} => Keyword::{variant},")?;
        }
    }
    Ok(format!(
        "/// A keyword of the language, whatever its spelling.\n\
         #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]\npub enum Keyword {{\n{variants}}}\n\n\
         const TABLE: &[Entry] = &[\n{entries}];\n\n\
         /// The keyword a grammar rule reads.\n#[must_use]\n#[allow(clippy::too_many_lines)]\npub fn of_rule(rule: Rule) -> Option<Keyword> {{\n    Some(match rule {{\n{rules}        _ => return None,\n    }})\n}}\n"
    ))
}

fn camel(id: &str) -> String {
    id.split('_')
        .map(|part| {
            let mut letters = part.chars();
            letters
                .next()
                .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect::<String>())
        })
        .collect()
}
