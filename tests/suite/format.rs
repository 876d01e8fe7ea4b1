//! Formatting: the layout as snapshots, and what must hold of it on the whole corpus.

use charter::ast::{File, Name};
use charter::source::SourceId;
use charter::syntax::{Script, Style, format, parse};
use proptest::prelude::{Just, ProptestConfig, Strategy, prop_oneof, proptest};
use std::fs;
use std::path::Path;

const QUOTES: [(char, char); 5] =
    [('"', '"'), ('“', '”'), ('「', '」'), ('\u{FF02}', '\u{FF02}'), ('`', '`')];

/// The word a name is declared with and its alias, for references of the corpus.
const WORDS: [(&str, &str); 6] = [
    ("holds_only_child", "持有光荣证"),
    ("household", "户"),
    ("pension_top_up", "养老保险村级补助"),
    ("town_framework", "镇计划生育村民自治基本框架"),
    ("only_child_care", "独生子女优待"),
    ("village_collective", "村集体"),
];

fn corpus() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/format");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort();
    files
}

fn read(text: &str) -> File {
    let (file, findings) = parse(SourceId(0), text);
    let messages: Vec<_> = findings
        .iter()
        .map(|finding| (finding.message(charter::diagnostic::Lang::En), &finding.place))
        .collect();
    assert!(messages.is_empty(), "{messages:#?}\n{text}");
    file
}

fn keep(_: &Name) -> Option<String> {
    None
}

fn to_chinese(name: &Name) -> Option<String> {
    WORDS.iter().find(|(en, _)| *en == name.text).map(|(_, zh)| (*zh).to_owned())
}

fn to_latin(name: &Name) -> Option<String> {
    WORDS.iter().find(|(_, zh)| *zh == name.text).map(|(en, _)| (*en).to_owned())
}

fn print(text: &str, script: Option<Script>, rename: &dyn Fn(&Name) -> Option<String>) -> String {
    format(&read(text), text, &Style { script, rename })
}

fn tree(text: &str) -> serde_json::Value {
    serde_json::to_value(read(text)).unwrap()
}

/// Every comment, in the order of the alphabet.
fn comments(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines() {
        let mut closing = None;
        let mut last = ' ';
        for (at, c) in line.char_indices() {
            match closing {
                Some(quote) if quote == c => closing = None,
                Some(_) => {}
                None if c == '/' && last == '/' => {
                    found.push(line[at - 1..].trim_end().to_owned());
                    break;
                }
                None => closing = QUOTES.iter().find(|(open, _)| *open == c).map(|(_, close)| *close),
            }
            last = c;
        }
    }
    found.sort();
    found
}

/// All that must hold of a text without faults.
fn check(text: &str) {
    for script in [None, Some(Script::Chinese), Some(Script::Latin)] {
        let once = print(text, script, &keep);
        assert_eq!(print(&once, script, &keep), once, "a second run changes nothing\n{text}\n{once}");
        assert_eq!(comments(&once), comments(text), "every comment is kept\n{text}\n{once}");
        assert!(once.lines().all(|line| line == line.trim_end()), "no space ends a line\n{once}");
        assert!(once.is_empty() || once.ends_with('\n') && !once.ends_with("\n\n"), "{once:?}");
        // English has no word for 角 and 万元: such an amount becomes yuan, and nothing else changes.
        if script != Some(Script::Latin) || !text.contains(['角', '万', '萬']) {
            assert_eq!(tree(&once), tree(text), "the tree is the same\n{once}");
        }
    }
}

#[test]
fn layout() {
    for (name, text) in corpus() {
        insta::assert_snapshot!(name, print(&text, None, &keep));
    }
}

#[test]
fn layout_in_the_other_script() {
    for (name, text) in corpus() {
        let script =
            if charter::syntax::script_of(&text) == Script::Latin { Script::Chinese } else { Script::Latin };
        let rename: &dyn Fn(&Name) -> Option<String> =
            if script == Script::Latin { &to_latin } else { &to_chinese };
        insta::assert_snapshot!(format!("{name}_translated"), print(&text, Some(script), rename));
    }
}

#[test]
fn the_village_of_the_manual_is_the_same_in_both_languages() {
    let files = corpus();
    let text = |wanted: &str| files.iter().find(|(name, _)| name == wanted).unwrap().1.clone();
    let english = print(&text("village_zh"), Some(Script::Latin), &to_latin);
    let rename = |name: &Name| (name.text == "独生子女保健费").then(|| "health_fee".to_owned());
    assert_eq!(print(&english, None, &rename), text("village_en"));
}

#[test]
fn the_corpus_keeps_its_meaning_and_its_comments() {
    for (_, text) in corpus() {
        check(&text);
    }
}

#[test]
fn there_and_back_is_the_same() {
    for (name, text) in corpus() {
        if text.contains('角') || text.contains('万') {
            continue;
        }
        let chinese = print(&text, Some(Script::Chinese), &to_chinese);
        let english = print(&chinese, Some(Script::Latin), &to_latin);
        assert_eq!(print(&english, Some(Script::Chinese), &to_chinese), chinese, "{name}");
    }
}

/// Expressions with brackets around every operand; which of them are needed is for the formatter to find out.
fn expressions() -> impl Strategy<Value = String> {
    let leaf = prop_oneof!["a", "x\\.y", "today", "3", "0\\.05元", "12%", "5天", "2020-01-31", "\"t\""];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let one = (0..13_usize, inner.clone()).prop_map(|(form, x)| match form {
            0 => format!("not ({x})"),
            1 => format!("-({x})"),
            2 => format!("({x}) rounded up to the fen"),
            3 => format!("({x}) is absent"),
            4 => format!("({x}) is not absent"),
            5 => format!("count (({x}))"),
            6 => format!("sum (({x}) of rows)"),
            7 => format!("any (rows where ({x}))"),
            8 => format!("calendar month of ({x})"),
            10 => format!("first (({x}) of rows by ({x}))"),
            11 => format!("rank (rows where ({x}) by ({x}))"),
            9 => format!("last day of the quarter of ({x})"),
            _ => format!("({x})"),
        });
        let two = (
            Just(["and", "or", "+", "-", "*", "/", "=", "is", "is not", "<", ">=", "div", "mod"]),
            0..13_usize,
        )
            .prop_map(|(words, index)| words[index]);
        let two = (two, inner.clone(), inner.clone()).prop_map(|(op, x, y)| format!("({x}) {op} ({y})"));
        let three =
            (0..6_usize, inner.clone(), inner.clone(), inner).prop_map(|(form, x, y, z)| match form {
                0 => format!("({x}) between ({y}) and ({z})"),
                1 => format!("({x}) not in {{({y}), ({z})}}"),
                2 => format!("by ({x}) {{ a: ({y}), b to c: ({z}) }}"),
                4 => format!("if ({x}) then ({y}) else ({z})"),
                3 => format!("by kind {{ ({x}): ({y}), otherwise: ({z}) }}"),
                _ => format!("full months from ({x}) to ({y})"),
            });
        prop_oneof![one, two, three]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// Line breaks and comments between any two words of a charter.
    #[test]
    fn comments_anywhere_are_kept(
        which in 0..usize::MAX,
        places in proptest::collection::vec((0..usize::MAX, 0..6_usize), 1..5),
    ) {
        let files: Vec<_> = corpus().into_iter().filter(|(_, text)| text.contains(' ')).collect();
        let (_, text) = &files[which % files.len()];
        let lines: Vec<&str> = text.lines().collect();
        let mut broken: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        for (number, (place, kind)) in places.into_iter().enumerate() {
            let index = place % broken.len();
            let line = broken[index].clone();
            if !comments(&line).is_empty() {
                continue;
            }
            // Spaces outside strings; never one inside a keyword of two words or a number.
            let spaces: Vec<usize> = line
                .char_indices()
                .filter(|(at, c)| *c == ' ' && line[..*at].chars().filter(|c| "\"“”「」`".contains(*c)).count() % 2 == 0)
                .map(|(at, _)| at)
                .collect();
            let at = if kind % 2 == 0 || spaces.is_empty() { line.len() } else { spaces[place / 7 % spaces.len()] };
            if line[..at].contains('\n') {
                continue;
            }
            let comment = ["// own", "/// own doc", "// trails", "// a, b", "/// trails", "//"][kind];
            let gap = if kind < 2 { "\n      " } else { " " };
            broken[index] = format!("{}{gap}{comment} {number}\n    {}", &line[..at], &line[at..]);
        }
        let broken = broken.join("\n");
        let (_, findings) = parse(SourceId(0), &broken);
        if findings.is_empty() {
            check(&broken);
        }
    }

    /// Brackets are left out only where they change nothing.
    #[test]
    fn expressions_are_read_again_as_they_were(expr in expressions()) {
        check(&format!("define d of person = {expr}\n"));
    }
}
