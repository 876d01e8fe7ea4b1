//! Whatever the input: the program ends, never panics, and every finding lies inside its file.
//!
//! `CHARTER_FUZZ_CASES` sets how many inputs are tried; the full run of CI tries a hundred thousand.

use crate::engine::{Built, build_files, charters, root, standard, with_vocabulary};
use charter::ast::File;
use charter::diagnostic::{Diagnostic, Human, Lang, Place, Severity};
use charter::eval::traced::run;
use charter::ir::{Plan, compile};
use charter::register::{DataFindings, Reading, read};
use charter::resolve::resolve;
use charter::source::{SourceId, Sources, Span};
use charter::syntax::{Entry, Script, Style, entries, format, parse};
use charter::value::Period;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest};
use proptest::sample::Index;
use std::fs;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Inputs tried where nothing is asked for.
const CASES: u32 = 2_000;

/// No input may take longer: a guard against hangs, generous to slow machines.
const LONGEST: Duration = Duration::from_secs(20);

/// Text that readers stumble over.
const PIECES: [&str; 28] = [
    "(",
    ")",
    "{",
    "}",
    "（",
    "\"",
    "“",
    "`",
    "//",
    "///",
    "\n",
    "\r\n",
    "\u{feff}",
    "\u{3000}",
    "\0",
    "𠮷",
    "é",
    "-",
    "%",
    "元",
    "99999999999999999999",
    "0.001元",
    "2005-02-30",
    "第",
    "条",
    "与",
    "自 至 自",
    "by by ",
];

fn config(share: u32) -> ProptestConfig {
    let cases =
        std::env::var("CHARTER_FUZZ_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(CASES);
    ProptestConfig { cases: (cases / share).max(1), failure_persistence: None, ..ProptestConfig::default() }
}

/// Every charter of the project and of the tests.
fn corpus() -> &'static [(String, String)] {
    static CORPUS: OnceLock<Vec<(String, String)>> = OnceLock::new();
    CORPUS.get_or_init(|| {
        let folders = [
            "charters",
            "charters/examples",
            "charters/town",
            "charters/town/villages",
            "tests/suite/check/good",
            "tests/suite/check/bad",
            "tests/suite/format",
        ];
        folders.iter().flat_map(|folder| charters(folder)).collect()
    })
}

/// Bytes of a text moved to the character they lie in.
fn border(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// How a text is spoilt.
#[derive(Clone, Debug)]
enum Mutation {
    Truncate(Index),
    Delete(Index, usize),
    Insert(Index, &'static str),
    SwapLines(Index, Index),
    SwapWords(Index, Index),
    Repeat(Index, usize),
    Splice(Index, Index, Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let keywords = entries().iter().flat_map(Entry::spellings).collect::<Vec<_>>();
    let piece = prop_oneof![proptest::sample::select(PIECES.to_vec()), proptest::sample::select(keywords)];
    prop_oneof![
        any::<Index>().prop_map(Mutation::Truncate),
        (any::<Index>(), 1..40_usize).prop_map(|(at, length)| Mutation::Delete(at, length)),
        (any::<Index>(), piece).prop_map(|(at, piece)| Mutation::Insert(at, piece)),
        (any::<Index>(), any::<Index>()).prop_map(|(a, b)| Mutation::SwapLines(a, b)),
        (any::<Index>(), any::<Index>()).prop_map(|(a, b)| Mutation::SwapWords(a, b)),
        (any::<Index>(), 2..60_usize).prop_map(|(line, times)| Mutation::Repeat(line, times)),
        (any::<Index>(), any::<Index>(), any::<Index>()).prop_map(|(a, b, c)| Mutation::Splice(a, b, c)),
    ]
}

fn swap(text: &str, separator: char, a: Index, b: Index) -> String {
    let mut parts: Vec<&str> = text.split(separator).collect();
    let (a, b) = (a.index(parts.len()), b.index(parts.len()));
    parts.swap(a, b);
    parts.join(&separator.to_string())
}

fn mutate(text: &str, mutation: &Mutation) -> String {
    let place = |at: &Index| border(text, at.index(text.len() + 1));
    match mutation {
        Mutation::Truncate(at) => text[..place(at)].to_owned(),
        Mutation::Delete(at, length) => {
            let start = place(at);
            format!("{}{}", &text[..start], &text[border(text, start + length).max(start)..])
        }
        Mutation::Insert(at, piece) => {
            let at = place(at);
            format!("{}{piece}{}", &text[..at], &text[at..])
        }
        Mutation::SwapLines(a, b) => swap(text, '\n', *a, *b),
        Mutation::SwapWords(a, b) => swap(text, ' ', *a, *b),
        Mutation::Repeat(line, times) => {
            let lines: Vec<&str> = text.split('\n').collect();
            let line = line.index(lines.len());
            let repeated = std::iter::repeat_n(lines[line], *times);
            let all: Vec<&str> =
                lines[..line].iter().copied().chain(repeated).chain(lines[line..].iter().copied()).collect();
            all.join("\n")
        }
        Mutation::Splice(at, which, from) => {
            let other = &corpus()[which.index(corpus().len())].1;
            let start = border(other, from.index(other.len() + 1));
            format!("{}{}", &text[..place(at)], &other[start..])
        }
    }
}

/// The standard vocabulary, read once.
fn vocabulary() -> &'static (String, File) {
    static VOCABULARY: OnceLock<(String, File)> = OnceLock::new();
    VOCABULARY.get_or_init(|| {
        let text = standard();
        let file = parse(SourceId(0), &text).0;
        (text, file)
    })
}

/// Everything up to the plan; what must hold of every text.
fn swallow(text: &str) {
    let start = Instant::now();
    let mut sources = Sources::default();
    sources.add("standard.charter", vocabulary().0.as_str());
    let id = sources.add("case.charter", text);
    let (file, mut findings) = parse(id, &sources.get(id).text);
    assert!(file.items.iter().all(|item| inside(&sources, item.span)), "an item outside the file");
    let files = [&vocabulary().1, &file];
    let (model, found) = resolve(&files);
    findings.extend(found);
    findings.extend(compile(&model).findings);
    for finding in &findings {
        let related = finding.related.iter().map(|(place, _)| place);
        for place in related.chain([&finding.place]) {
            if let Place::Source(span) = place {
                assert!(inside(&sources, *span), "{} at {span:?}", finding.code.id);
            }
        }
        assert!(finding.fix.as_ref().is_none_or(|fix| inside(&sources, fix.span)), "{}", finding.code.id);
        // An argument that the message asks for and nobody gave shows as an ellipsis between words.
        let unfilled = arguments(finding);
        assert!(unfilled.is_empty(), "{} without {unfilled:?}", finding.code.id);
    }
    if let Some(finding) = findings.first() {
        for lang in [Lang::Zh, Lang::En] {
            let drawn = Human { sources: &sources, lang, colour: false }.render(finding);
            assert!(drawn.contains(finding.code.id) && drawn.ends_with('\n'), "{drawn}");
        }
    }
    if !findings.iter().any(|finding| finding.code.id.starts_with('S')) {
        layout_keeps_the_tree(&sources.get(id).text, &file);
    }
    assert!(start.elapsed() < LONGEST, "{:?}", start.elapsed());
}

/// The arguments of a message that have no value.
fn arguments(finding: &Diagnostic) -> Vec<&'static str> {
    let asked = finding.code.en.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
    asked.filter(|name| !finding.args.iter().any(|(given, _)| given == name)).collect()
}

fn inside(sources: &Sources, span: Span) -> bool {
    let text = &sources.get(span.source).text;
    text.get(span.start as usize..span.end as usize).is_some()
}

fn layout_keeps_the_tree(text: &str, file: &File) {
    let style = Style { script: None, rename: &|_| None };
    let once = format(file, text, &style);
    let (again, findings) = parse(file.source, &once);
    assert!(findings.is_empty(), "{once}");
    let tree = |file: &File| serde_json::to_value(file).unwrap();
    // English has no word for 角 and 万元: such an amount becomes yuan.
    if !text.contains(['角', '万', '萬']) {
        assert_eq!(tree(&again), tree(file), "{once}");
    }
    assert_eq!(format(&again, &once, &style), once);
}

proptest! {
    #![proptest_config(config(1))]

    #[test]
    fn spoilt_charters_end_with_findings(
        which in any::<Index>(),
        mutations in proptest::collection::vec(mutation(), 1..4),
    ) {
        let mut text = corpus()[which.index(corpus().len())].1.clone();
        for mutation in &mutations {
            text = mutate(&text, mutation);
        }
        swallow(&text);
    }
}

proptest! {
    #![proptest_config(config(4))]

    #[test]
    fn any_text_ends_with_findings(text in "\\PC{0,200}") {
        swallow(&text);
    }

    #[test]
    fn any_words_end_with_findings(words in words()) {
        swallow(&words);
        swallow(&format!("charter demo\n    uses standard\n    in force from 2005-01-01\n{words}"));
    }

    #[test]
    fn any_bytes_are_a_register_or_none(spoilt in spoilt_register()) {
        swallow_register(&spoilt);
    }
}

/// Words of the language in any order, lines broken anywhere.
fn words() -> impl Strategy<Value = String> {
    let keywords: Vec<String> = entries().iter().flat_map(Entry::spellings).map(str::to_owned).collect();
    let names = [
        "household",
        "户",
        "persons",
        "hukou",
        "rural",
        "birth",
        "1",
        "60元",
        "14 years",
        "2005-03-01",
        "\"x\"",
        "x",
    ];
    let symbols =
        ["(", ")", "{", "}", ",", ":", "|", "=", ".", "/", "+", "-", "*", "<", "<=", "?", "\n", "\n", "\n"];
    let word = prop_oneof![
        3 => proptest::sample::select(keywords),
        2 => proptest::sample::select(names.map(str::to_owned).to_vec()),
        2 => proptest::sample::select(symbols.map(str::to_owned).to_vec()),
    ];
    proptest::collection::vec(word, 0..60).prop_map(|words| words.join(" "))
}

const REGISTER: &str = "tests/cli/fixtures/register";

/// A file of the register and its bytes, spoilt.
fn spoilt_register() -> impl Strategy<Value = (String, Vec<u8>)> {
    let names = ["household", "person", "certificate", "admission", "village"];
    let edit = prop_oneof![
        (any::<Index>(), any::<Vec<u8>>()).prop_map(|(at, bytes)| (at, 0, bytes)),
        (any::<Index>(), 1..30_usize, Just(Vec::new())),
        (
            any::<Index>(),
            0..3_usize,
            proptest::sample::select(vec![",", "\"", "\r", "\n", "不详", "2005.3", "\u{feff}"])
        )
            .prop_map(|(at, length, text)| (at, length, text.as_bytes().to_vec())),
    ];
    (0..names.len(), proptest::collection::vec(edit, 1..5)).prop_map(move |(which, edits)| {
        let mut bytes = fs::read(root().join(REGISTER).join(format!("{}.csv", names[which]))).unwrap();
        for (at, length, inserted) in edits {
            let start = at.index(bytes.len() + 1);
            let end = (start + length).min(bytes.len());
            bytes.splice(start..end, inserted);
        }
        (names[which].to_owned(), bytes)
    })
}

/// The plan of the small town of the transcripts.
fn small_town() -> &'static Plan {
    static PLAN: OnceLock<Plan> = OnceLock::new();
    PLAN.get_or_init(|| {
        let mut texts = charters("tests/cli/fixtures/town");
        // The vocabulary stands first.
        texts.rotate_right(1);
        texts.extend(charters("tests/cli/fixtures/town/villages"));
        plan_of(build_files(texts))
    })
}

fn plan_of(built: Built) -> Plan {
    let errors: Vec<String> = built
        .findings
        .iter()
        .filter(|finding| finding.code.severity == Severity::Error)
        .map(|finding| format!("{} {}", finding.code.id, finding.message(Lang::En)))
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    built.compiled.plan
}

/// Reads a register with one spoilt file and judges it: rows are kept, doubled or rejected, and nothing panics.
fn swallow_register((name, bytes): &(String, Vec<u8>)) {
    let start = Instant::now();
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(root().join(REGISTER)).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    fs::write(folder.path().join(format!("{name}.csv")), bytes).unwrap();
    let plan = small_town();
    let mut findings = DataFindings::new();
    let reading = Reading { schema: &plan.schema, needs: &|_, _| false, uses: &|_| true, known_on: None };
    if let Ok(register) = read(folder.path(), &reading, &mut findings) {
        for (table, count) in register.tables.iter().zip(&register.counts) {
            assert_eq!(count.read, count.kept + count.duplicates + count.rejected, "{count:?}");
            assert_eq!(u64::try_from(table.keys.len()).unwrap(), count.kept);
        }
        let period = Period::parse("2005").unwrap();
        let run = run(plan, &register, &period).unwrap();
        for root in run.roots() {
            for unit in 0..run.rows(root) {
                let _ = run.judge(root, unit);
            }
        }
        let _ = run.indicators();
    }
    let complete = |finding: &Diagnostic| arguments(finding).is_empty();
    assert!(findings.iter().all(complete), "a message without its arguments");
    assert!(start.elapsed() < LONGEST, "{:?}", start.elapsed());
}

/// Nesting without brackets, chains of definitions and sums of sums, on the small stack of a test.
#[test]
fn no_nesting_overflows_the_stack_or_the_clock() {
    let define = "charter demo\n    uses standard\n    in force from 2005-01-01\n    level town\ndefine d of household = ";
    for count in [10, 62, 64, 100, 400, 2_000] {
        swallow(&format!(
            "{define}{}today{} > 3\n",
            "full days from ".repeat(count),
            " to today".repeat(count)
        ));
        swallow(&format!(
            "{define}{}1{} > 3\n",
            "by ".repeat(count),
            " { 1: 1, otherwise: 2 }".repeat(count)
        ));
        swallow(&format!("{define}{}1{} > 3\n", "if insured then ".repeat(count), " else 2".repeat(count)));
        swallow(&format!("{define}{}2 > 3\n", "if insured then 1 else ".repeat(count)));
        swallow(&format!("{define}{}today > 3\n", "last day of the month of ".repeat(count)));
        swallow(&format!("{define}{}today{}\n", "(".repeat(count), ")".repeat(count)));
        for word in
            ["- ", "not ", "any ", "count (", "every (persons where ", "a + ", "a and ", "a.", "{ a: "]
        {
            swallow(&format!("{define}{}\n", word.repeat(count)));
        }
    }
    for count in [40, 400] {
        let head = "charter demo\n    uses standard\n    in force from 2005-01-01\n";
        let last =
            format!("define d{count} of household = insured\ndefine n{count} of household = count persons\n");
        let steps: Vec<String> = (0..count)
            .map(|step| {
                let next = step + 1;
                format!(
                    "define d{step} of household = not (d{next} and insured)\n\
                     define n{step} of household = n{next} + n{next}\n"
                )
            })
            .collect();
        swallow(&format!("{head}{}{last}", steps.concat()));
        let backwards: String = steps.iter().rev().map(String::as_str).collect();
        swallow(&format!("{head}{last}{backwards}"));
    }
}

/// Every charter without faults, in both languages and back: the same plan.
#[test]
fn a_charter_in_the_other_language_is_the_same_plan() {
    let bundles: Vec<(String, Vec<(String, String)>)> = cases();
    assert!(bundles.len() > 12);
    for (name, texts) in bundles {
        let built = build_files(texts.clone());
        let references = &built.compiled.references;
        for script in [Script::Chinese, Script::Latin] {
            let translated: Vec<(String, String)> = texts
                .iter()
                .zip(&built.files)
                .map(|((name, text), file)| {
                    let rename = |name: &charter::ast::Name| {
                        let label = references.get(&name.span)?;
                        let word = if script == Script::Chinese { label.zh() } else { label.en() };
                        (word != name.text).then(|| word.to_owned())
                    };
                    (name.clone(), format(file, text, &Style { script: Some(script), rename: &rename }))
                })
                .collect();
            let other = plan_of(build_files(translated));
            assert!(other == built.compiled.plan, "{name} in {script:?} is another plan");
        }
    }
}

/// The bundled town, and each good file of the corpus, with their vocabularies.
fn cases() -> Vec<(String, Vec<(String, String)>)> {
    let mut town = vec![("standard".to_owned(), standard())];
    town.extend(charters("charters/town"));
    town.extend(charters("charters/town/villages"));
    let mut cases = vec![("town".to_owned(), town)];
    for (name, text) in charters("tests/suite/check/good") {
        let texts = with_vocabulary(&name, &text);
        cases.push((name, texts));
    }
    cases
}

/// `fmt` has nothing left to do on its own output, and never changes the tree.
#[test]
fn the_layout_of_every_charter_is_stable() {
    for (name, text) in corpus() {
        let (file, findings) = parse(SourceId(0), text);
        if findings.is_empty() {
            layout_keeps_the_tree(text, &file);
        } else {
            assert!(!name.starts_with("xinbian"), "{name} has faults");
        }
    }
}
