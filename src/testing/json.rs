//! Results for scripts: one array of cases, one object a case.

use super::outcome::{CaseOutcome, Difference, FileOutcome};
use crate::diagnostic::Term;
use serde_json::{Value, json};

/// All cases, texts in both languages; a file that was not run is one object with the status `error`.
#[must_use]
pub fn json(files: &[FileOutcome]) -> String {
    let list: Vec<Value> = files.iter().flat_map(of_file).collect();
    format!("{:#}\n", Value::Array(list))
}

fn of_file(file: &FileOutcome) -> Vec<Value> {
    if !file.unusable.is_empty() {
        let reasons = file.unusable.iter();
        let errors: Vec<Value> =
            reasons.map(|(line, reason)| json!({ "line": line, "message": term(reason) })).collect();
        return vec![
            json!({ "file": file.file, "line": null, "name": null, "status": "error", "errors": errors }),
        ];
    }
    file.cases.iter().map(|case| of_case(&file.file, case)).collect()
}

fn of_case(file: &str, case: &CaseOutcome) -> Value {
    json!({
        "file": file,
        "line": case.line,
        "name": case.name,
        "period": case.period,
        "status": if case.passed() { "passed" } else { "failed" },
        "differences": case.differences.iter().map(difference).collect::<Vec<_>>(),
    })
}

fn difference(difference: &Difference) -> Value {
    let terms = |terms: &[Term]| terms.iter().map(term).collect::<Vec<_>>();
    json!({
        "about": term(&difference.about),
        "line": difference.line,
        "expected": terms(&difference.expected),
        "got": terms(&difference.got),
        "why": terms(&difference.why),
    })
}

fn term(term: &Term) -> Value {
    json!({ "zh": term.zh, "en": term.en })
}
