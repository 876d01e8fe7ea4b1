//! Makes the parser and the keyword list from `grammar/charter.pest` and `grammar/keywords.toml`.
//!
//! In: the grammar and the one keyword table. Out: `parser.rs` (the pest parser with a rule `kw_ID` for each
//! keyword) and `keywords.rs` (the table as Rust), both included by `src/syntax`.

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
    let quoted: Vec<String> = reserved.iter().map(|word| format!("{word:?}")).collect();
    writeln!(text, "reserved = @{{ ({}) ~ !XID_CONTINUE }}", quoted.join(" | "))?;
    Ok(text)
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
