//! The tutorial in `docs`, followed as a reader would: its charter is written, changed as it says, and each command
//! answers what the page shows.
//!
//! Blocks: `charter NAME` and `yaml NAME` are files; `text 原来` stands once in the charter and becomes the block `text
//! 改成` after it, or nothing; `console` holds commands after `$ ` and what is seen at a terminal. With
//! `TRYCMD=overwrite` the page is written anew with what the program answers.

use crate::engine::{charter, root};
use std::fs;
use std::path::Path;

const PAGE: &str = "docs/tutorial.zh.md";
/// The charter of the past that the tutorial mends.
const PAST: &str = "tests/history/upper_2003.charter";
const FENCE: &str = "```";
const OLD: &str = "text 原来";
const NEW: &str = "text 改成";

/// The page as stretches of prose and blocks, in order: for a block what follows its fence, and its lines.
fn stretches(page: &str) -> Vec<(Option<String>, String)> {
    let mut all = vec![(None, String::new())];
    for line in page.split_inclusive('\n') {
        let inside = all.last().is_some_and(|(mark, _)| mark.is_some());
        match line.trim_end().strip_prefix(FENCE) {
            Some(_) if inside => all.push((None, String::new())),
            Some(mark) => all.push((Some(mark.to_owned()), String::new())),
            None => all.last_mut().unwrap().1.push_str(line),
        }
    }
    all
}

/// A reader at a terminal.
struct Reader<'a> {
    folder: &'a Path,
    charter: String,
    /// What the last command left in `$?`.
    code: i32,
}

impl Reader<'_> {
    /// Types the commands of a block; the block as the terminal shows it.
    fn types(&mut self, block: &str) -> String {
        let mut shown = String::new();
        for command in block.lines().filter_map(|line| line.strip_prefix("$ ")) {
            let answer = match command.split(' ').collect::<Vec<_>>().as_slice() {
                ["echo", "$?"] => format!("{}\n", self.code),
                ["charter", args @ ..] => {
                    let args: Vec<&str> = args.iter().copied().chain(["--lang", "zh"]).collect();
                    let ran = charter(self.folder, &args);
                    self.code = ran.code;
                    // `check --fix` rewrites the file.
                    self.charter = fs::read_to_string(self.path()).unwrap();
                    format!("{}{}", ran.err, ran.out)
                }
                _ => panic!("{command}"),
            };
            shown.extend(["$ ", command, "\n", answer.trim_end_matches('\n'), "\n"]);
        }
        shown
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.join("上河村.charter")
    }

    /// Replaces what stands in the charter exactly once.
    fn changes(&mut self, old: &str, new: &str) {
        assert_eq!(self.charter.matches(old).count(), 1, "{old}\n{}", self.charter);
        self.charter = self.charter.replace(old, new);
        fs::write(self.path(), &self.charter).unwrap();
    }
}

/// The charter of the past without its comments, which name what each line must raise.
fn past() -> String {
    let text = fs::read_to_string(root().join(PAST)).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with("//"));
    lines.flat_map(|line| [line.split(" // ").next().unwrap_or_default(), "\n"]).collect()
}

#[test]
fn the_tutorial_shows_what_the_program_answers() {
    let page = fs::read_to_string(root().join(PAGE)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut reader = Reader { folder: folder.path(), charter: String::new(), code: 0 };
    let mut shown = String::new();
    let (mut commands, mut changes) = (0, 0);
    let stretches = stretches(&page);
    for (index, (mark, text)) in stretches.iter().enumerate() {
        let Some(mark) = mark else {
            shown.push_str(text);
            continue;
        };
        let mut answered = text.clone();
        match mark.split_once(' ').unwrap_or((mark.as_str(), "")) {
            ("charter", name) => {
                assert_eq!(*text, past(), "{name} is {PAST}");
                reader.charter.clone_from(text);
                fs::write(reader.path(), text).unwrap();
            }
            ("yaml", name) => fs::write(folder.path().join(name), text).unwrap(),
            ("console", _) => {
                commands += 1;
                answered = reader.types(text);
            }
            _ if mark == OLD => {
                changes += 1;
                // Between the two stands a word of prose.
                match stretches.get(index + 2).filter(|(mark, _)| mark.as_deref() == Some(NEW)) {
                    Some((_, new)) => reader.changes(text, new),
                    // What goes leaves no second empty line behind.
                    None => reader.changes(&format!("{text}\n"), ""),
                }
            }
            _ => assert_eq!(mark, NEW),
        }
        shown.extend([FENCE, mark, "\n", &answered, FENCE, "\n"]);
    }
    if std::env::var("TRYCMD").is_ok_and(|mode| mode == "overwrite") {
        fs::write(root().join(PAGE), &shown).unwrap();
    } else {
        assert_eq!(shown, page, "TRYCMD=overwrite writes the page anew");
    }
    assert!(commands > 8 && changes > 12, "{commands} commands, {changes} changes");
    // At the end the charter is lawful, and whatever day's law is asked.
    for options in [&[][..], &["--on", "2026-06-01", "--deny", "warnings", "--deny", "undecided"][..]] {
        let ran = charter(folder.path(), &[&["check", "上河村.charter", "--lang", "en"], options].concat());
        assert_eq!((ran.code, ran.out.as_str()), (0, "1 file checked, nothing found.\n"), "{}", ran.out);
    }
}
