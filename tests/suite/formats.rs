//! The formats that other programs read: `json` against its schema in `docs`, `sarif` against what SARIF 2.1.0 asks for.

use crate::engine::{charter, root};
use serde_json::Value;
use std::fs;

/// What `check` prints of everything that can be found in a charter.
fn printed(format: &str) -> Vec<Value> {
    ["tests/history", "charters/town", "tests/suite/check/bad"]
        .iter()
        .map(|folder| {
            let ran = charter(root(), &["check", folder, "--format", format]);
            serde_json::from_str(&ran.out).unwrap()
        })
        .collect()
}

/// The part of JSON Schema that the schema uses; a keyword that is not known here fails.
fn validate(schema: &Value, whole: &Value, value: &Value, at: &str) -> Result<(), String> {
    let fail = |why: &str| Err(format!("{at}: {why}: {value}"));
    for (keyword, rule) in schema.as_object().unwrap() {
        match keyword.as_str() {
            "$schema" | "title" | "description" | "$defs" => {}
            "$ref" => {
                let name = rule.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                validate(&whole["$defs"][name], whole, value, at)?;
            }
            "type" => {
                let fits = match rule.as_str().unwrap() {
                    "array" => value.is_array(),
                    "object" => value.is_object(),
                    "string" => value.is_string(),
                    "integer" => value.is_u64(),
                    "null" => value.is_null(),
                    other => panic!("no type {other}"),
                };
                if !fits {
                    return fail(&format!("not {rule}"));
                }
            }
            "minimum" => {
                if value.as_u64() < rule.as_u64() {
                    return fail("too small");
                }
            }
            "enum" => {
                if !rule.as_array().unwrap().contains(value) {
                    return fail("not in the list");
                }
            }
            "pattern" => {
                let text = value.as_str().unwrap();
                let (letter, digits) = text.split_at(1);
                let known = "SNTCALDRU".contains(letter) && digits.chars().all(|c| c.is_ascii_digit());
                assert_eq!(rule, "^[SNTCALDRU][0-9]{2,3}$");
                if !known || !(2..=3).contains(&digits.len()) {
                    return fail("not a code");
                }
            }
            "required" => {
                for key in rule.as_array().unwrap() {
                    if value.get(key.as_str().unwrap()).is_none() {
                        return fail(&format!("lacks {key}"));
                    }
                }
            }
            "properties" => {
                for (key, rule) in rule.as_object().unwrap() {
                    if let Some(value) = value.get(key) {
                        validate(rule, whole, value, &format!("{at}/{key}"))?;
                    }
                }
            }
            "additionalProperties" => {
                let named = schema["properties"].as_object().unwrap();
                if let Some(key) = value.as_object().unwrap().keys().find(|key| !named.contains_key(*key)) {
                    return fail(&format!("has {key}"));
                }
            }
            "items" => {
                for (index, value) in value.as_array().unwrap().iter().enumerate() {
                    validate(rule, whole, value, &format!("{at}/{index}"))?;
                }
            }
            "anyOf" => {
                let tried: Vec<_> =
                    rule.as_array().unwrap().iter().map(|rule| validate(rule, whole, value, at)).collect();
                if tried.iter().all(Result::is_err) {
                    return fail(&format!("fits none: {tried:?}"));
                }
            }
            other => panic!("the schema says {other}"),
        }
    }
    Ok(())
}

#[test]
fn json_is_what_its_schema_says() {
    let schema: Value =
        serde_json::from_str(&fs::read_to_string(root().join("docs/findings.schema.json")).unwrap()).unwrap();
    for findings in printed("json") {
        assert!(!findings.as_array().unwrap().is_empty());
        validate(&schema, &schema, &findings, "").unwrap();
    }
    for wrong in ["{}", "[{}]", r#"[{"code":"X1"}]"#] {
        assert!(validate_text(&schema, wrong).is_err(), "{wrong}");
    }
}

fn validate_text(schema: &Value, text: &str) -> Result<(), String> {
    validate(schema, schema, &serde_json::from_str(text).unwrap(), "")
}

/// The keys of an object: those it must have, and those it may have beside them (SARIF 2.1.0, section 3).
fn keys<'v>(value: &'v Value, must: &[&str], may: &[&str]) -> &'v Value {
    let object = value.as_object().unwrap_or_else(|| panic!("an object: {value}"));
    for key in must {
        assert!(object.contains_key(*key), "{key} in {value}");
    }
    for key in object.keys() {
        assert!(must.contains(&key.as_str()) || may.contains(&key.as_str()), "{key} in {value}");
    }
    value
}

fn level(value: &Value) {
    assert!(["none", "note", "warning", "error"].contains(&value.as_str().unwrap()), "{value}");
}

fn region(value: &Value) {
    keys(value, &["startLine"], &["startColumn", "endLine", "endColumn"]);
    let number = |key: &str| value[key].as_u64().unwrap();
    let (line, end) = (number("startLine"), number("endLine"));
    assert!(line >= 1 && end >= line && number("startColumn") >= 1 && number("endColumn") >= 1);
    assert!(end > line || number("endColumn") >= number("startColumn"), "{value}");
}

fn artifact(value: &Value) {
    let uri = keys(value, &["uri"], &[])["uri"].as_str().unwrap();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~%:".contains(c);
    assert!(!uri.is_empty() && uri.chars().all(plain), "{uri}");
}

fn location(value: &Value) {
    let physical = &keys(value, &["physicalLocation"], &["message"])["physicalLocation"];
    artifact(&keys(physical, &["artifactLocation"], &["region"])["artifactLocation"]);
    if let Some(place) = physical.get("region") {
        region(place);
    }
}

fn text(value: &Value) {
    assert!(!keys(value, &["text"], &["markdown"])["text"].as_str().unwrap().is_empty());
}

#[test]
fn sarif_is_what_its_standard_asks_for() {
    let mut suppressed = 0;
    for log in printed("sarif") {
        keys(&log, &["$schema", "version", "runs"], &[]);
        assert_eq!(log["version"], "2.1.0");
        let [run] = log["runs"].as_array().unwrap().as_slice() else { panic!("one run") };
        keys(run, &["tool", "results"], &["language", "columnKind"]);
        assert_eq!(run["columnKind"], "unicodeCodePoints");
        let driver = keys(&run["tool"], &["driver"], &[])["driver"].clone();
        keys(&driver, &["name"], &["version", "language", "rules"]);
        let rules = driver["rules"].as_array().unwrap();
        for rule in rules {
            keys(rule, &["id"], &["shortDescription", "help", "defaultConfiguration"]);
            text(&rule["shortDescription"]);
            text(&rule["help"]);
            level(&keys(&rule["defaultConfiguration"], &["level"], &[])["level"]);
        }
        for result in run["results"].as_array().unwrap() {
            let must = ["ruleId", "ruleIndex", "level", "message", "locations"];
            keys(result, &must, &["relatedLocations", "suppressions", "fixes", "properties"]);
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
            level(&result["level"]);
            text(&result["message"]);
            result["locations"].as_array().unwrap().iter().for_each(location);
            for related in
                result.get("relatedLocations").into_iter().flat_map(|list| list.as_array().unwrap())
            {
                location(related);
                text(&related["message"]);
            }
            for suppression in
                result.get("suppressions").into_iter().flat_map(|list| list.as_array().unwrap())
            {
                keys(suppression, &["kind"], &["status", "justification"]);
                assert_eq!(
                    (&suppression["kind"], &suppression["status"]),
                    (&"inSource".into(), &"accepted".into())
                );
                assert!(!suppression["justification"].as_str().unwrap().is_empty());
                suppressed += 1;
            }
            for fix in result.get("fixes").into_iter().flat_map(|list| list.as_array().unwrap()) {
                text(&keys(fix, &["artifactChanges"], &["description"])["description"]);
                for change in fix["artifactChanges"].as_array().unwrap() {
                    artifact(&keys(change, &["artifactLocation", "replacements"], &[])["artifactLocation"]);
                    for replacement in change["replacements"].as_array().unwrap() {
                        region(&keys(replacement, &["deletedRegion"], &["insertedContent"])["deletedRegion"]);
                        assert!(replacement["insertedContent"]["text"].is_string());
                    }
                }
            }
        }
    }
    assert!(suppressed > 0, "an accepted finding is suppressed");
}
