//! What the law says of a charter: each lint raises exactly its code, whatever the language; negations raise none.

use charter::analyse::{Clause, judge, strike};
use charter::ast::{File, Name};
use charter::diagnostic::{Diagnostic, Lang, Place, Severity, Term, codes, write_sarif, write_short};
use charter::ir::{Plan, compile};
use charter::resolve::resolve;
use charter::source::{Sources, Span};
use charter::syntax::{Script, Style, format, parse};
use charter::value::{Day, Period};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// All stages up to what the law says.
struct Judged {
    sources: Sources,
    plan: Plan,
    law: Vec<Diagnostic>,
    refused: Vec<(Clause, &'static str)>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn cases(folder: &str) -> Vec<(String, String)> {
    let mut paths: Vec<PathBuf> = fs::read_dir(root().join("tests/suite/law").join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let stem = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
    paths.iter().map(|path| (stem(path), fs::read_to_string(path).unwrap())).collect()
}

/// Judges one charter over the standard vocabulary; nothing else may be wrong with it.
fn law(name: &str, text: &str, on: Option<&str>) -> Judged {
    let mut sources = Sources::default();
    let standard = fs::read_to_string(root().join("charters/standard.charter")).unwrap();
    let mut files: Vec<File> = Vec::new();
    for (name, text) in [("standard.charter", standard.as_str()), (&format!("{name}.charter"), text)] {
        let (file, findings) = parse(sources.add(name, text), text);
        assert_clean(name, &findings);
        files.push(file);
    }
    let files: Vec<&File> = files.iter().collect();
    let (model, findings) = resolve(&files);
    assert_clean(name, &findings);
    let compiled = compile(&model);
    assert_clean(name, &compiled.findings);
    let on: Option<Day> = on.map(|day| Period::parse(day).unwrap().first);
    let judged = judge(&compiled.plan, &model, on);
    Judged { sources, plan: compiled.plan, law: judged.findings, refused: judged.refused }
}

fn assert_clean(name: &str, findings: &[Diagnostic]) {
    let messages: Vec<String> = findings.iter().map(|finding| finding.message(Lang::En)).collect();
    assert!(messages.is_empty(), "{name}: {messages:#?}");
}

fn found(judged: &Judged) -> Vec<&'static str> {
    judged.law.iter().filter(|finding| finding.is_open()).map(|finding| finding.code.id).collect()
}

fn short(judged: &Judged, lang: Lang) -> String {
    let mut out = Vec::new();
    write_short(&mut out, &judged.law, &judged.sources, lang).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn each_lint_raises_its_code_and_no_other() {
    for (name, text) in cases("bad") {
        let judged = law(&name, &text, None);
        let code = name.split('_').next().unwrap();
        assert_eq!(found(&judged), [code], "{name}");
        let help = judged.law[0].help.as_ref().map(|help| format!("{}\n{}\n", help.zh, help.en));
        let said =
            format!("{}{}{}", short(&judged, Lang::Zh), short(&judged, Lang::En), help.unwrap_or_default());
        insta::assert_snapshot!(format!("law_{name}"), said);
    }
}

#[test]
fn the_language_of_the_keywords_changes_nothing() {
    let keep = |_: &Name| None;
    for (name, text) in cases("bad") {
        let (file, _) = parse(Sources::default().add("", &*text), &text);
        for script in [Script::Chinese, Script::Traditional, Script::Latin] {
            let other = format(&file, &text, &Style { script: Some(script), rename: &keep });
            let judged = law(&name, &other, None);
            assert_eq!(found(&judged), found(&law(&name, &text, None)), "{other}");
            assert_eq!(judged.plan, law(&name, &text, None).plan, "{other}");
            let (again, _) = parse(Sources::default().add("", &*other), &other);
            assert_eq!(format(&again, &other, &Style { script: Some(script), rename: &keep }), other);
        }
    }
}

#[test]
fn negations_and_voluntary_services_raise_nothing() {
    for (name, text) in cases("good") {
        let judged = law(&name, &text, None);
        assert!(found(&judged).is_empty(), "{name}: {}", short(&judged, Lang::Zh));
    }
}

#[test]
fn unlawful_clauses_are_never_evaluated_whatever_the_day() {
    for (name, text) in cases("bad") {
        for day in ["1990-01-01", "2005-06-01", "2026-06-01"] {
            let Judged { mut plan, law, refused, .. } = law(&name, &text, Some(day));
            strike(&mut plan, &refused);
            let unlawful = law.iter().any(|finding| finding.severity == Severity::Error);
            assert_eq!(law.len(), 1, "{name}");
            assert!(!unlawful || plan.benefits.is_empty() && plan.obligations.is_empty(), "{name}");
            if !name.contains("text") {
                assert_eq!(plan.refused.len(), usize::from(unlawful), "{name}");
            }
        }
    }
}

#[test]
fn the_article_follows_the_day() {
    let (_, text) = cases("bad").into_iter().find(|(name, _)| name == "L02").unwrap();
    let said = |on| short(&law("L02", &text, on), Lang::Zh);
    assert!(said(None).contains("第二十条"), "the charter is of 2005");
    assert!(
        said(Some("2025-12-31"))
            .contains("当日依据:《村民委员会组织法》第二十七条;现行:《村民委员会组织法》第三十一条")
    );
    assert!(said(Some("2026-01-01")).contains("。依据:《村民委员会组织法》第三十一条"));
}

#[test]
fn sarif() {
    let text = "章程 laocun \"老村章程\"\n    采用   standard\n    适用村 \"老村\"\n    公示   2026-02-01 起 15 日\n    施行   自 2026-03-01\n\n第一条 条文 \"😀 违者罚款五百元。\"\n";
    let judged = law("老村", text, None);
    let Place::Source(span) = judged.law[0].place else { panic!("a place in the charter") };
    // As the splitter of words run together would: a related place and a fix.
    let split = Diagnostic::at(codes::N001, span)
        .arg("name", "罚款五百元")
        .arg("what", Term::new("字段", "field"))
        .related(Span { start: 0, end: 6, ..span }, Term::new("章程", "the charter"))
        .help(Term::new("词与词之间要有空格", "put spaces between words"))
        .fix(span, "罚款 五百元");
    let findings = [judged.law[0].clone(), split];
    let mut out = Vec::new();
    write_sarif(&mut out, &findings, &judged.sources, Lang::En).unwrap();
    let mut log: serde_json::Value = serde_json::from_slice(&out).unwrap();
    // The page of the code is tested where it is written.
    for rule in log["runs"][0]["tool"]["driver"]["rules"].as_array_mut().unwrap() {
        rule["help"] = serde_json::Value::Null;
        rule["shortDescription"] = serde_json::Value::Null;
    }
    log["runs"][0]["tool"]["driver"]["version"] = serde_json::Value::Null;
    insta::assert_snapshot!("law_sarif", serde_json::to_string_pretty(&log).unwrap());
}

/// An article as a whole charter; a whole charter as it is.
fn whole(text: &str) -> String {
    if text.starts_with("charter") || text.starts_with("章程") {
        return text.to_owned();
    }
    format!("{HEAD}{text}")
}

const HEAD: &str = "charter laocun \"老村章程\"
    uses       standard
    of village \"老村\"
    adopted    2026-02-01 by \"村民会议\" eligible 600 present 400 in favour 380
    filed      2026-02-10
    posted     from 2026-02-01 for 15 days
    in force   from 2026-03-01
fund village_collective \"村集体\"
purpose family_support \"家庭扶助\"
purpose health_service \"健康服务\"
";

#[test]
fn each_lint_has_bad_cases_and_close_good_ones_in_both_languages() {
    let mut wrong = Vec::new();
    for (code, text) in cases("cases") {
        let mut counts = [0, 0];
        let mut languages = [false, false];
        for case in text.split("// --- ").skip(1) {
            let (kind, body) = case.split_once('\n').unwrap();
            let wanted: &[&str] = if kind == "bad" { &[&code] } else { &[] };
            let judged = law(&code, &whole(body), None);
            if found(&judged) != wanted {
                wrong.push(format!("{code} {kind}: {body}{}", short(&judged, Lang::En)));
            }
            counts[usize::from(kind == "bad")] += 1;
            let english = ["article", "charter", "fund"].iter().any(|word| body.starts_with(word));
            languages[usize::from(english)] = true;
        }
        assert!(counts.iter().all(|count| *count >= 3), "{code}: {counts:?}");
        assert!(languages.iter().all(|seen| *seen), "{code} in both languages");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let told: Vec<String> = cases("cases").into_iter().map(|(code, _)| code).collect();
    for code in codes::ALL.iter().filter(|code| code.is_law() && !["L00", "L21"].contains(&code.id)) {
        assert!(told.iter().any(|told| told == code.id), "{} has cases", code.id);
    }
}

#[test]
fn the_pages_show_what_raises_the_code_and_what_does_not() {
    // Its construct has a page of its own in the manual.
    // L21 is proved over several layers: tests/suite/check has its cases.
    for code in codes::ALL.iter().filter(|code| code.is_law() && code.id != "L21") {
        let examples: Vec<&str> =
            code.page.split("```text\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
        assert_eq!(examples.len(), 4, "{}", code.id);
        for (index, example) in examples.iter().enumerate() {
            let judged = law(code.id, &whole(example), None);
            let wanted: &[&str] = if index % 2 == 0 { &[code.id] } else { &[] };
            assert_eq!(found(&judged), wanted, "{example}");
        }
    }
}

#[test]
fn an_answer_says_who_decided_and_when_or_the_warning_stays() {
    let article = |reason: &str| {
        whole(&format!(
            "article 6 reward by_choice \"自愿声明奖励\"\n    for household\n    when gave_up_birth <= today\n    pay 100 yuan once\n    serves family_support\n    paid from village_collective\n    allow L23 \"{reason}\"\n"
        ))
    };
    let judged = |reason: &str| law("answer", &article(reason), None);
    for (reason, lacks) in [("", "who"), ("自愿", "who"), ("2026年2月1日", "who"), ("村民会议决定", "when")]
    {
        let judged = judged(reason);
        assert_eq!(found(&judged), ["L23"], "{reason}");
        assert!(judged.law[0].help.as_ref().unwrap().en.contains(lacks), "{reason}");
        assert_eq!(judged.law[0].related.len(), 1, "the answer is shown");
    }
    for reason in ["2005年13月40日村民会议决定", "The assembly decided on 2026-02-30."] {
        let judged = judged(reason);
        assert_eq!(found(&judged), ["L23"], "{reason}");
        assert!(judged.law[0].help.as_ref().unwrap().en.contains("does not exist"), "{reason}");
    }
    for reason in ["2026年2月1日村民会议决定:自愿", "二〇二六年二月村民会议决定", "The assembly, 2026-02-01."]
    {
        let judged = judged(reason);
        assert_eq!(judged.law[0].accepted.as_deref(), Some(reason));
        assert!(found(&judged).is_empty() && short(&judged, Lang::En).contains("accepted[L23]"));
    }
}

#[test]
fn an_answer_to_an_error_and_a_second_answer_are_noted() {
    let answer = "    allow L23 \"2026年2月1日村民会议决定\"\n";
    let said = |title: &str, answers: &str| {
        let text = format!(
            "article 6 reward aid \"{title}\"\n    for household\n    when gave_up_birth <= today\n    pay 100 yuan once\n    serves family_support\n    paid from village_collective\n{answers}"
        );
        short(&law("answer", &whole(&text), None), Lang::En)
    };
    assert!(!said("奖励", answer).contains("L00"));
    assert_eq!(said("奖励", &answer.repeat(2)).matches("allow L23 is written more than once").count(), 1);
    let error = said("奖励押金", &answer.replace("L23", "L02"));
    assert!(error.contains("allow L02 has no effect: this is an error"), "{error}");
}

#[test]
fn a_mend_keeps_the_byte_order_mark() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("marked.charter");
    let text = whole("article 6 provision \"依照《村民委员会组织法》第二十七条,章程报乡镇备案。\"\n");
    fs::write(&path, format!("\u{feff}{text}")).unwrap();
    let (_, said, noted) = program(&["check", "--fix", "--on", "2026-06-01", &path.to_string_lossy()]);
    let mended = fs::read_to_string(&path).unwrap();
    assert!(mended.starts_with("\u{feff}charter") && mended.contains("第三十一条"), "{said}{noted}{mended}");
}

#[test]
fn what_is_not_required_yet_is_a_note_and_only_where_the_day_is_asked_for() {
    let text = whole("article 6 provision \"名单公布户主姓名和身份证号。\"").replace("2026-", "2012-");
    assert!(law("early", &text, None).law.is_empty());
    let asked = law("early", &text, Some("2012-06-01"));
    let all: Vec<_> = asked.law.iter().map(|finding| (finding.code.id, finding.severity)).collect();
    assert_eq!(all, [("L16", Severity::Note)]);
    assert!(short(&asked, Lang::En).contains("Not yet required on 2012-06-01"));
    let today = law("early", &text, Some("2026-06-01"));
    assert_eq!((found(&today), today.law[0].severity), (vec!["L16"], Severity::Error));
}

/// Runs the program in English; its exit code, stdout and stderr.
fn program(args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_charter"))
        .args(["--lang", "en"])
        .args(args)
        .current_dir(root())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_run_leaves_unlawful_clauses_out_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (charter, register, out) = (path("old.charter"), path("register.yaml"), path("out"));
    let benefit = "\n第二条 补贴 living \"生活补贴\"\n    对 户\n    发给 10元 每年\n    用于 family\n    支自 collective\n";
    let bad = cases("bad");
    let text = |wanted: &str| &bad.iter().find(|(name, _)| name == wanted).unwrap().1;
    let title = text("L02_title").split_once("第七条").unwrap().1;
    fs::write(&charter, format!("{}{benefit}\n第七条{title}", text("L01"))).unwrap();
    fs::write(
        &register,
        "households:\n  - household_no: 1\n    村: 老村\n    hukou: 农业\n    persons: []\n",
    )
    .unwrap();
    let run = ["eval", &charter, "--data", &register, "--period", "2005", "--out", &out];

    let (code, _, said) = program(&run);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("2 unlawful clauses are left out: late_birth (L01), pledge (L02)"), "{said}");
    let receipt: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(path("out/receipt.json")).unwrap()).unwrap();
    let clause = |clause: &str, article: &str, lint: &str| serde_json::json!({ "charter_version": "laocun@2005-03-01", "clause": clause, "article": article, "lint": lint });
    let refused = [clause("late_birth", "6", "L01"), clause("pledge", "7", "L02")];
    assert_eq!(receipt["refused_clauses"], serde_json::Value::from(refused.to_vec()));
    let benefits = fs::read_to_string(path("out/benefits.csv")).unwrap();
    assert!(benefits.contains("living") && !benefits.contains("pledge"), "{benefits}");

    assert_eq!(program(&[&run[..], &["--deny", "L01"]].concat()).0, 1);
    assert_eq!(program(&[&run[..], &["--deny", "L03"]].concat()).0, 0);
    assert_eq!(program(&["check", &charter]).0, 1);
    assert_eq!(program(&["check", &charter, "--on", "yesterday"]).0, 2);
    let (code, _, said) = program(&[
        "why",
        &charter,
        "--data",
        &register,
        "--period",
        "2005",
        "--household",
        "1",
        "--clause",
        "pledge",
    ]);
    assert!(code == 2 && said.contains("charter explain L02"), "{said}");
}

#[test]
fn a_run_counts_the_warnings_that_nobody_answered() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (charter, register) = (path("new.charter"), path("register.yaml"));
    fs::write(&charter, &cases("bad").into_iter().find(|(name, _)| name == "L23").unwrap().1).unwrap();
    fs::write(
        &register,
        "households:\n  - household_no: 1\n    村: 老村\n    hukou: 农业\n    gave_up_birth: none\n    persons: []\n",
    )
    .unwrap();
    let run = ["eval", &charter, "--data", &register, "--period", "2005"];
    let (code, _, said) = program(&run);
    assert_eq!((code, said.matches("1 unanswered warning:").count()), (0, 1), "{said}");
    assert_eq!(program(&[&run[..], &["--deny", "warnings"]].concat()).0, 1);
    assert_eq!(program(&[&run[..], &["--deny", "L23"]].concat()).0, 1);
    assert_eq!(program(&[&run[..], &["--deny", "L06"]].concat()).0, 0);
}

#[test]
fn the_bundled_charters_are_lawful() {
    let (code, said, _) = program(&["check", "charters"]);
    assert!(code == 0 && said.contains("nothing found"), "{said}");
}

#[test]
fn completions_and_the_manual_page() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (code, script, _) = program(&["completions", shell]);
        assert!(code == 0 && script.contains("charter"), "{shell}");
    }
    let (code, page, _) = program(&["man"]);
    assert!(code == 0 && page.contains(".TH charter 1"), "{page}");
}

/// A sentence and the lints of which it must raise one, or to which it is near.
fn sentences(file: &str) -> Vec<(Vec<String>, String)> {
    let text = fs::read_to_string(root().join("tests/suite/law/sentences").join(file)).unwrap();
    let line = |line: &str| {
        let (codes, sentence) = line.split_once('\t').unwrap();
        (codes.split(',').map(str::to_owned).collect(), sentence.to_owned())
    };
    text.lines().map(line).collect()
}

#[test]
fn sentences_as_committees_write_them_are_told_apart() {
    let raised = |sentence: &str| -> Vec<String> {
        let article = format!("article 6 provision \"{sentence}\"");
        found(&law("sentence", &whole(&article), None)).into_iter().map(str::to_owned).collect()
    };
    let (bad, good) = (sentences("bad.tsv"), sentences("good.tsv"));
    assert!(bad.len() > 150 && good.len() > 150);
    for (codes, sentence) in bad {
        let raised = raised(&sentence);
        assert!(raised.iter().any(|code| codes.contains(code)), "{codes:?} {sentence}: {raised:?}");
    }
    for (codes, sentence) in good {
        assert!(raised(&sentence).is_empty(), "near {codes:?} {sentence}: {:?}", raised(&sentence));
    }
}
