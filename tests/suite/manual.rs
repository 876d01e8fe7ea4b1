//! The manual: every example in it is a charter that can be used as it stands.

use crate::engine::{Ran, charter, root};
use std::fs;
use std::path::Path;

/// The code blocks of a page that are marked as a language, in order.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(page)).unwrap();
    let begins = format!("```{language}");
    let mut blocks: Vec<String> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        if inside && line == "```" {
            inside = false;
        } else if inside {
            let block = blocks.last_mut().unwrap();
            block.push_str(line);
            block.push('\n');
        } else if line == begins {
            inside = true;
            blocks.push(String::new());
        }
    }
    blocks
}

fn passes(folder: &Path, args: &[&str], what: &str) {
    let Ran { code, out, err } = charter(folder, args);
    assert_eq!(code, 0, "{what}\n{out}{err}");
    // What was not decided may be told after it; an example of expressions declares more than it uses.
    let notes: Vec<&str> = out.lines().filter(|line| line.starts_with("note[")).collect();
    let only_unused = notes.iter().all(|line| line.starts_with("note[A009]"));
    let clean =
        [" checked, nothing found.", " 0 errors, 0 warnings, "].iter().any(|summary| out.contains(summary));
    assert!(args[0] != "check" || only_unused && clean, "{what}\n{out}");
}

/// Each block marked `charter` is a whole file without findings, laid out as the formatter would.
#[test]
fn every_example_is_a_charter() {
    let examples = blocks("docs/language.md", "charter");
    assert!(examples.len() > 20, "{}", examples.len());
    for text in examples {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("example.charter"), &text).unwrap();
        passes(folder.path(), &["check", "example.charter", "--lang", "en"], &text);
        passes(folder.path(), &["fmt", "--check", "example.charter"], &text);
    }
}

/// Blocks that begin with the name of a file, `// town.charter`, are the files of one example: those up to the next
/// block of a name that was taken are checked together.
#[test]
fn examples_of_several_files_go_together() {
    let mut examples: Vec<Vec<(String, String)>> = Vec::new();
    for text in blocks("docs/language.md", "text") {
        let Some(name) = text.lines().next().and_then(|line| line.strip_prefix("// ")) else { continue };
        if !name.ends_with(".charter") {
            continue;
        }
        let name = name.to_owned();
        match examples.last_mut().filter(|files| files.iter().all(|(taken, _)| *taken != name)) {
            Some(files) => files.push((name, text)),
            None => examples.push(vec![(name, text)]),
        }
    }
    assert!(!examples.is_empty());
    for files in examples {
        let folder = tempfile::tempdir().unwrap();
        let what = files.iter().map(|(_, text)| text.as_str()).collect::<String>();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        passes(folder.path(), &["check", ".", "--lang", "en"], &what);
        passes(folder.path(), &["fmt", "--check", "."], &what);
    }
}

/// An example in English and the one in Chinese after it are the same.
#[test]
fn the_chinese_example_is_the_translation_of_the_english_one() {
    let examples = blocks("docs/language.md", "charter");
    let mut english: Option<&String> = None;
    for text in &examples {
        let chinese = text.lines().any(|line| line.starts_with("章程 ") || line.starts_with("词汇 "));
        let Some(before) = english.replace(text).filter(|_| chinese) else { continue };
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("example.charter"), before).unwrap();
        let Ran { code, out, .. } = charter(folder.path(), &["fmt", "--to", "zh", "example.charter"]);
        assert_eq!((code, out.as_str()), (0, text.as_str()), "{before}");
    }
}

/// The policy of the benchmark is a charter like any other.
#[test]
fn the_policy_of_the_benchmark_passes() {
    let folder = root().join("benches/peers/policy");
    for args in [&["check", ".", "--lang", "en"][..], &["fmt", "--check", "."], &["test", "."]] {
        passes(&folder, args, "benches/peers/policy");
    }
}
