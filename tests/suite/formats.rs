//! The formats that other programs read, of everything that is checked in these tests: `json` against its schema in
//! `docs`, `sarif` against the schema of SARIF 2.1.0 and what that leaves to the words of the standard.

use crate::engine::{charter, charters, files_of, root};
use jsonschema::Validator;
use serde_json::{Value, json};
use std::fs;

/// Folders of charters that belong together.
const TOGETHER: [&str; 2] = ["tests/history", "charters"];
/// Folders of which each file is a case of its own.
const ALONE: [&str; 4] =
    ["tests/suite/check/bad", "tests/suite/check/good", "tests/suite/law/bad", "tests/suite/law/good"];

/// What `check` prints of each case in a format, in one language and the other by turns.
fn printed(format: &str) -> Vec<(String, Value)> {
    let parsed = |name: &str, folder: &std::path::Path, path: &str, lang: &str| {
        let ran = charter(folder, &["check", path, "--format", format, "--lang", lang]);
        assert_eq!(ran.err, "", "{name}");
        (name.to_owned(), serde_json::from_str(&ran.out).unwrap())
    };
    let mut all = Vec::new();
    for folder in TOGETHER {
        all.extend(["zh", "en"].map(|lang| parsed(folder, root(), folder, lang)));
    }
    let cases = ALONE.iter().flat_map(|folder| charters(folder));
    for ((name, text), lang) in cases.zip(["zh", "en"].into_iter().cycle()) {
        let folder = tempfile::tempdir().unwrap();
        for (file, text) in files_of(&name, &text) {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        all.push(parsed(&name, folder.path(), ".", lang));
    }
    all
}

/// How the schema of SARIF writes the pattern of a language, with a bracket too many, and how it is meant (3.14.7).
const LANGUAGE: [&str; 2] = ["^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$", "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$"];

/// A schema in the project, formats such as `uri` asked for as well.
fn schema(path: &str) -> Validator {
    let text = fs::read_to_string(root().join(path)).unwrap().replace(LANGUAGE[0], LANGUAGE[1]);
    let schema: Value = serde_json::from_str(&text).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

fn valid(schema: &Validator, name: &str, value: &Value) {
    let wrong: Vec<String> =
        schema.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{name}: {wrong:#?}");
}

#[test]
fn json_is_what_its_schema_says() {
    let schema = schema("docs/findings.schema.json");
    let mut found = 0;
    for (name, findings) in printed("json") {
        valid(&schema, &name, &findings);
        found += findings.as_array().unwrap().len();
    }
    assert!(found > 200, "{found} findings");
    for wrong in [json!({}), json!([{}]), json!([{ "code": "X1" }])] {
        assert!(!schema.is_valid(&wrong), "{wrong}");
    }
}

/// The items of a list that may be left out.
fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value.get(key).map_or(&[], |list| list.as_array().unwrap())
}

/// A stretch ends where it begins or later.
fn region(value: &Value) {
    let number = |key: &str| value[key].as_u64().unwrap();
    let (start, end) =
        ((number("startLine"), number("startColumn")), (number("endLine"), number("endColumn")));
    assert!(end >= start, "{value}");
}

/// What one result says, and the standard has only words for; true where it is suppressed.
fn result(result: &Value, rules: &[Value]) -> bool {
    let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(rules[index]["id"], result["ruleId"]);
    // What could not be decided is no failure, and has no level (3.27.9, 3.27.10).
    let open = result["ruleId"] == "A014";
    assert_eq!(result["kind"] == "open", open);
    assert_eq!(result["level"] == "none", open);
    // Code hosts show a result at its first location, and leave out one without any.
    assert_eq!(list(result, "locations").len(), 1, "{result}");
    for place in list(result, "locations").iter().chain(list(result, "relatedLocations")) {
        region(&place["physicalLocation"]["region"]);
        let uri = place["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.ends_with(".charter") && uri.is_ascii(), "{uri}");
    }
    for fix in list(result, "fixes") {
        for replaced in list(fix, "artifactChanges").iter().flat_map(|change| list(change, "replacements")) {
            region(&replaced["deletedRegion"]);
        }
    }
    for suppression in list(result, "suppressions") {
        assert!(!suppression["justification"].as_str().unwrap().is_empty());
    }
    if let Some(witness) = result.get("properties") {
        assert!(result["message"]["text"].as_str().unwrap().lines().count() > 1, "{witness}");
    }
    !list(result, "suppressions").is_empty()
}

#[test]
fn sarif_is_what_its_schema_says() {
    let schema = schema("tests/schemas/sarif-2.1.0.json");
    let (mut found, mut suppressed, mut related) = (0, 0, 0);
    for (name, log) in printed("sarif") {
        valid(&schema, &name, &log);
        let run = &log["runs"][0];
        assert_eq!(run["columnKind"], "unicodeCodePoints");
        let rules = list(&run["tool"]["driver"], "rules");
        for rule in rules {
            for key in ["shortDescription", "fullDescription", "help"] {
                assert!(!rule[key]["text"].as_str().unwrap().is_empty(), "{rule}");
            }
        }
        let results = list(run, "results");
        found += results.len();
        suppressed += results.iter().filter(|one| result(one, rules)).count();
        related += results.iter().filter(|one| !list(one, "relatedLocations").is_empty()).count();
    }
    assert!(found > 200 && suppressed > 0 && related > 10, "{found} results, {suppressed}, {related}");
    assert!(!schema.is_valid(&json!({ "version": "2.1.0" })));
}
