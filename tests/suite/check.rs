//! `charter check` on a corpus: `bad` has a file for every code, named after it, `good` one for every construct.
//!
//! A line `// --- NAME` in a file begins a further file of the same case: another charter, which is checked as well, or
//! a file of a register that lies beside it.

use crate::engine::{Ran, build, charter, charters, files_of, root};
use charter::diagnostic::codes;
use std::collections::BTreeSet;
use std::fs;

/// Codes of charters that no file of the corpus can raise, and what raises them.
const ELSEWHERE: [(&str, &str); 2] = [
    ("S009", "a file of more than a mebibyte: tested below"),
    ("C010", "only eval and why take charters of one vocabulary: tests/cli"),
];

/// Codes that nothing raises yet. A code that the program learns to raise leaves this list and gets its file.
const NOT_RAISED: [&str; 1] = ["N003"];

/// Good files of which something is not decided: amounts computed from those of the register, counts that are added up,
/// one whose slot the province leaves open, one where another clause pays instead of the one that pays less.
const UNDECIDED: [&str; 5] =
    ["A012_levels_off", "A013_of_counted_rows", "L21_another_pays_more", "layers_mandatory", "units"];

/// Good files that show how things are written, and so declare more names than they use.
const UNUSED: [&str; 7] =
    ["choice", "expressions", "order", "parameters", "parameters_mandatory", "table", "units"];

/// Writes a case to a folder of its own and checks it.
fn check(name: &str, text: &str, options: &[&str]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let files = files_of(name, text);
    for (file, text) in &files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let mut args = vec!["check"];
    args.extend(files.iter().map(|(file, _)| file.as_str()).filter(|file| file.ends_with(".charter")));
    args.extend(options);
    let ran = charter(folder.path(), &args);
    assert_eq!(ran.err, "", "{name}");
    ran
}

/// `[CODE]` of every finding of the human rendering, in order. Cliffs and what was not decided have one line, place first.
fn codes_of(rendering: &str) -> Vec<&str> {
    let head = |line: &str| {
        ["error[", "warning[", "note["].iter().any(|head| line.starts_with(head))
            || [": note[A011]", ": note[A014]"].iter().any(|head| line.contains(head))
    };
    rendering
        .lines()
        .filter(|line| head(line))
        .filter_map(|line| Some(line.split_once('[')?.1.split_once(']')?.0))
        .collect()
}

/// A snapshot that tells only the text, not the expression it came from.
fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn every_bad_file_is_told_in_both_languages() {
    for (name, text) in charters("tests/suite/check/bad") {
        let [zh, en] = ["zh", "en"].map(|lang| check(&name, &text, &["--lang", lang]));
        assert_eq!(zh.code, en.code, "{name}");
        let codes = codes_of(&en.out);
        let told: usize = ["错误[", "警告[", "提示["].iter().map(|head| zh.out.matches(head).count()).sum();
        assert_eq!(told, codes.len(), "{name}");
        if let Some((code, _)) = name.split_once('_').filter(|(code, _)| codes::find(code).is_some()) {
            assert!(codes.contains(&code), "{name} raises {codes:?}");
            // Whatever else is told follows from the same mistake.
            let severity = codes::find(code).unwrap().severity;
            assert_eq!(en.code, i32::from(severity == charter::diagnostic::Severity::Error), "{name}");
        }
        snapshot(&name, &format!("{}\n{}", zh.out, en.out));
    }
}

#[test]
fn every_code_has_a_file() {
    let files: BTreeSet<String> = charters("tests/suite/check/bad")
        .into_iter()
        .filter_map(|(name, _)| Some(name.split_once('_')?.0.to_owned()))
        .collect();
    let excused =
        |code: &str| ELSEWHERE.iter().any(|(elsewhere, _)| *elsewhere == code) || NOT_RAISED.contains(&code);
    for code in codes::ALL.iter().filter(|code| code.id.starts_with(['S', 'N', 'T', 'C', 'A'])) {
        assert_eq!(files.contains(code.id), !excused(code.id), "{}", code.id);
    }
}

#[test]
fn five_mistakes_are_five_findings_at_their_places() {
    let files = charters("tests/suite/check/bad");
    let (name, text) = files.iter().find(|(name, _)| name == "five_mistakes").unwrap();
    let ran = check(name, text, &["--format", "json"]);
    assert_eq!(ran.code, 1);
    let findings: Vec<serde_json::Value> = serde_json::from_str(&ran.out).unwrap();
    let places: Vec<String> = findings
        .iter()
        .map(|finding| {
            let place = &finding["place"];
            format!("{} {}:{}", finding["code"].as_str().unwrap(), place["line"], place["column"])
        })
        .collect();
    assert_eq!(places, ["S004 4:10", "N001 11:9", "T006 18:16", "T004 26:8", "S001 33:5"]);
}

#[test]
fn a_file_of_more_than_a_mebibyte_is_not_read() {
    let text = format!("{}\n// {}\n", "章程 甲", "长".repeat(1 << 19));
    let (file, findings) = charter::syntax::parse(charter::source::SourceId(0), &text);
    assert_eq!(findings.iter().map(|finding| finding.code.id).collect::<Vec<_>>(), ["S009"]);
    assert!(file.items.is_empty());
}

#[test]
fn every_good_file_has_no_findings() {
    for (name, text) in charters("tests/suite/check/good") {
        let ran = check(&name, &text, &["--lang", "en"]);
        // What a clause answers for is told, and is no finding; nor is what was not decided.
        let open = ran.out.matches(": note[A014]").count();
        assert_eq!(open > 0, UNDECIDED.contains(&name.as_str()), "{name}\n{}", ran.out);
        assert_eq!(ran.code, 0, "{name}\n{}", ran.out);
        if UNUSED.contains(&name.as_str()) {
            let told = codes_of(&ran.out).into_iter().filter(|code| *code != "A014").collect::<BTreeSet<_>>();
            assert_eq!(told, BTreeSet::from(["A009"]), "{name}\n{}", ran.out);
            continue;
        }
        let told = ran.out.lines().filter(|line| !line.starts_with("accepted[")).count() - open;
        assert_eq!(told, 1, "{name}\n{}", ran.out);
        let last = ran.out.trim_end().rsplit('\n').next().unwrap();
        assert!(last.contains(" checked, nothing found."), "{name}\n{}", ran.out);
    }
}

/// What a grammar rule stands for must occur in the good files: one that no file uses is not tested at all.
#[test]
fn the_good_files_use_every_keyword() {
    let texts: String = charters("tests/suite/check/good").into_iter().map(|(_, text)| text).collect();
    let words: BTreeSet<&str> = texts
        .split(|c: char| !unicode_ident::is_xid_continue(c))
        .flat_map(|word| [word, word.trim_start_matches(|c: char| c.is_ascii_digit())])
        .collect();
    let folded = texts.split_whitespace().collect::<Vec<_>>().join(" ");
    // Words of clauses that no village may have stand in no good file; `suite/law/bad` has them.
    let refused = [
        "fine",
        "deposit",
        "maintenance fee",
        "termination",
        "contraception",
        "pregnancy check",
        "withholding",
    ];
    let refused = refused.iter().chain(&["birth limit", "informer reward", "joint liability", "charge"]);
    let refused: BTreeSet<&str> = refused.copied().collect();
    let lawful =
        charter::syntax::entries().iter().filter(|entry| !entry.en.iter().any(|word| refused.contains(word)));
    for entry in lawful {
        let used = entry.spellings().any(|spelling| {
            if spelling.contains(' ') { folded.contains(spelling) } else { words.contains(spelling) }
        });
        assert!(used, "no good file uses {:?}", entry.spellings().collect::<Vec<_>>());
    }
}

#[test]
fn trees() {
    for (name, text) in charters("tests/suite/check/good") {
        if ["header", "benefit"].contains(&name.as_str()) {
            let built = build(&name, &text);
            // The vocabulary stands before it.
            let file = &built.files[1];
            insta::with_settings!({ omit_expression => true }, {
                insta::assert_yaml_snapshot!(format!("tree_{name}"), file);
            });
        }
    }
}

#[test]
fn plans() {
    for (name, text) in charters("tests/suite/check/good") {
        if !["tiers", "layers"].contains(&name.as_str()) {
            continue;
        }
        let plan = build(&name, &text).compiled.plan;
        let mut lines = Vec::new();
        for (number, node) in plan.nodes.iter().enumerate() {
            let mark = if node.optional { "?" } else { "" };
            let scope = node.scope.map_or("-", |scope| plan.schema.record(scope).label.name.as_str());
            lines.push(format!("{number:>3} {scope:<10} {:?}{mark} = {:?}", node.ty, node.op));
        }
        lines.extend(plan.parameters.iter().map(|parameter| format!("{parameter:?}")));
        lines.extend(plan.charters.iter().map(|charter| format!("{charter:?}")));
        for benefit in &plan.benefits {
            let node =
                |condition: &charter::ir::Condition| format!("{:?} {}", condition.kind, condition.node.0);
            let filter: Vec<String> = benefit.filter.iter().map(node).collect();
            let conditions: Vec<String> = benefit.conditions.iter().map(node).collect();
            let related: Vec<String> = benefit
                .related
                .iter()
                .map(|related| format!("{:?} {}", related.relation, related.clause))
                .collect();
            lines.push(format!(
                "{} of charter {} for {}: filter {filter:?}, conditions {conditions:?}, {:?}, {:?}, related {related:?}",
                benefit.label.name,
                benefit.charter.0,
                plan.schema.record(benefit.target).label.name,
                benefit.rhythm,
                benefit.funds,
            ));
        }
        snapshot(&format!("plan_{name}"), &lines.join("\n"));
    }
}

#[test]
fn the_corpus_lies_where_the_tests_look_for_it() {
    assert!(root().join("tests/suite/check/bad").is_dir());
    assert!(charters("tests/suite/check/bad").len() > 50);
    assert!(charters("tests/suite/check/good").len() > 8);
}

/// A town of which a village uses one of two funds, and a register without the village's column, beside another town.
fn towns() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |file: &str, text: &str| {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let clause = "article 1 subsidy help\n for household\n when hukou is rural\n pay 1 yuan once\n serves care\n paid from used\n basis \"2004年11月6日村民会议决定\"\n";
    for town in ["east", "west"] {
        write(
            &format!("{town}/framework.charter"),
            &format!(
                "charter {town}_frame\n level town\n uses standard\n in force from 2005-01-01\nfund used\nfund spare\npurpose care\n"
            ),
        );
        write(
            &format!("{town}/villages/one.charter"),
            &format!(
                "charter {town}_one\n under {town}_frame\n of village \"{town}\"\n in force from 2005-01-01\n{clause}"
            ),
        );
    }
    write("east/register/household.csv", "household_no,village\nW1,east\n");
    folder
}

fn told(folder: &std::path::Path, paths: &[&str]) -> Vec<String> {
    let ran = charter(folder, &[&["check", "--lang", "en", "--format", "short"], paths].concat());
    let finding = |line: &str| {
        let (place, rest) = line.split_once(": ").unwrap();
        let (file, code) = (place.split(':').next().unwrap(), rest.split_once(']').unwrap().0);
        (code.contains("A009") || code.contains("A010")).then(|| format!("{file} {code}"))
    };
    ran.out.lines().filter_map(finding).collect()
}

/// What nothing uses is a warning where all was read that can use it, a note where villages may be missing, and
/// nothing where the framework was only looked up.
#[test]
fn what_is_not_used_depends_on_what_was_read() {
    let folder = towns();
    let west = folder.path().join("west");
    assert_eq!(told(&west, &["."]), ["./framework.charter warning[A009"]);
    assert_eq!(told(&west, &["framework.charter", "villages"]), ["framework.charter note[A009"]);
    assert_eq!(told(&west, &["villages"]), Vec::<String>::new());
}

/// The register of a town is one for its own villages, from wherever it is checked.
#[test]
fn a_register_is_one_for_the_charters_around_it() {
    let folder = towns();
    let of_register = |folder: &std::path::Path, paths: &[&str]| {
        told(folder, paths).into_iter().filter(|line| line.ends_with("A010")).collect::<Vec<_>>()
    };
    assert_eq!(of_register(folder.path(), &["."]), ["./east/villages/one.charter warning[A010"]);
    assert_eq!(of_register(folder.path(), &["east/villages"]), ["east/villages/one.charter warning[A010"]);
    // A village's own folder has no register.
    assert_eq!(of_register(folder.path(), &["east/villages/one.charter"]), Vec::<String>::new());
    assert_eq!(of_register(folder.path(), &["west"]), Vec::<String>::new());
}
