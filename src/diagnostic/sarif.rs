//! Findings as SARIF 2.1.0, for code hosts and editors (OASIS, <https://docs.oasis-open.org/sarif/sarif/v2.1.0/>).

use super::{Code, Diagnostic, Fix, Lang, Place, Severity, codes};
use crate::source::{Sources, Span};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io;

/// Writes one run: the codes found as its rules, the findings as its results. Columns count code points.
pub fn write_sarif(
    out: &mut dyn io::Write,
    findings: &[Diagnostic],
    sources: &Sources,
    lang: Lang,
) -> io::Result<()> {
    let mut rules: Vec<Code> = findings.iter().map(|finding| finding.code).collect();
    rules.sort_by_key(|code| code.id);
    rules.dedup_by_key(|code| code.id);
    let results: Vec<Value> = findings.iter().map(|finding| result(finding, &rules, sources, lang)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "charter",
                "version": env!("CARGO_PKG_VERSION"),
                "language": lang.pick("zh-CN", "en-US"),
                "shortDescription": { "text": lang.pick("检查村章程", "checks village charters") },
                "rules": rules.iter().map(|code| rule(code, lang)).collect::<Vec<_>>(),
            }},
            // Whatever was found, the check itself ran to its end.
            "invocations": [{ "executionSuccessful": true }],
            "language": lang.pick("zh-CN", "en-US"),
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

/// A code as a rule: its title, the first paragraph of its page, and the page itself, which is Markdown.
fn rule(code: Code, lang: Lang) -> Value {
    let (title, text) = page(code, lang);
    let first = text.split("\n\n").next().unwrap_or(text);
    json!({
        "id": code.id,
        "shortDescription": { "text": title },
        "fullDescription": { "text": first },
        "help": { "text": text, "markdown": text },
        "defaultConfiguration": { "level": level(code.severity) },
        "properties": { "tags": [stage(code)] },
    })
}

/// What a code is about, by its letter; viewers filter by it.
fn stage(code: Code) -> &'static str {
    match code.id.get(..1) {
        Some("S") => "syntax",
        Some("N") => "names",
        Some("T") => "types",
        Some("C") => "charter",
        Some("A") => "analysis",
        Some("L") => "law",
        Some("D") => "data",
        Some("R") => "running",
        _ => "use",
    }
}

/// Title and text of a code's page in a language: `# CODE · 中文 / English`, `## 中文`, `## English`.
fn page(code: Code, lang: Lang) -> (&'static str, &'static str) {
    let (heading, body) = code.page.split_once("\n## 中文\n").unwrap_or((code.page, ""));
    let (zh, en) = body.split_once("\n## English\n").unwrap_or((body, body));
    let title =
        heading.lines().next().unwrap_or_default().split_once(" · ").map_or(code.id, |(_, title)| title);
    let (zh_title, en_title) = title.split_once(" / ").unwrap_or((title, title));
    let text = lang.pick(zh, en).trim();
    let title = lang.pick(zh_title, en_title).trim();
    (title, if text.is_empty() { title } else { text })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn result(finding: &Diagnostic, rules: &[Code], sources: &Sources, lang: Lang) -> Value {
    let help = finding.help.as_ref().map(|help| help.get(lang));
    let mut message = finding.message(lang);
    // Viewers show the message and little else: what helps most stands in it.
    if let Some(help) = help {
        message.extend(["\n", lang.pick("建议:", "Help: "), help]);
    }
    if let Some(proof) = &finding.proof {
        message.extend(["\n", lang.pick("查证:", "Looked at: "), proof.get(lang)]);
    }
    if let Some(witness) = &finding.witness {
        message.extend(["\n", lang.pick("例如:", "For example: "), witness.summary.get(lang)]);
    }
    // Section 3.27.9: "open" is what could not be decided, and what does not fail has no level.
    let open = finding.code.id == codes::A014.id;
    let mut result = json!({
        "ruleId": finding.code.id,
        "ruleIndex": rules.iter().position(|code| code.id == finding.code.id),
        "kind": if open { "open" } else { "fail" },
        "level": if open { "none" } else { level(finding.severity) },
        "message": { "text": message },
        "locations": location(&finding.place, sources).into_iter().collect::<Vec<_>>(),
    });
    let related: Vec<Value> = finding
        .related
        .iter()
        .enumerate()
        .filter_map(|(id, (place, why))| {
            let mut location = location(place, sources)?;
            location["id"] = json!(id);
            location["message"] = json!({ "text": why.get(lang) });
            Some(location)
        })
        .collect();
    if !related.is_empty() {
        result["relatedLocations"] = Value::Array(related);
    }
    if let Some(reason) = &finding.accepted {
        result["suppressions"] =
            json!([{ "kind": "inSource", "status": "accepted", "justification": reason }]);
    }
    if let Some(witness) = &finding.witness {
        result["properties"] = json!({
            "witness": witness.yaml.get(lang),
            "household": witness.key,
            "period": witness.period,
        });
    }
    if let Some(fix) = &finding.fix {
        let description = help.map_or_else(|| finding.message(lang), str::to_owned);
        result["fixes"] = json!([replacement(fix, &description, sources)]);
    }
    result
}

fn location(place: &Place, sources: &Sources) -> Option<Value> {
    let mut logical = None;
    let physical = match place {
        Place::Source(span) => json!({
            "artifactLocation": { "uri": uri(&sources.get(span.source).name) },
            "region": region(*span, sources),
        }),
        Place::Cell(cell) => {
            let mut physical = json!({ "artifactLocation": { "uri": uri(&cell.file) } });
            logical = cell.sheet.as_ref();
            if let Some(row) = cell.row {
                physical["region"] = json!({ "startLine": row });
            }
            physical
        }
        Place::None => return None,
    };
    let mut location = json!({ "physicalLocation": physical });
    if let Some(sheet) = logical {
        // A sheet of a workbook has rows of its own.
        location["logicalLocations"] = json!([{ "name": sheet }]);
    }
    Some(location)
}

fn region(span: Span, sources: &Sources) -> Value {
    let source = sources.get(span.source);
    let (start, end) = (source.position(span.start as usize), source.position(span.end as usize));
    json!({
        "startLine": start.line, "startColumn": start.column,
        "endLine": end.line, "endColumn": end.column,
    })
}

fn replacement(fix: &Fix, description: &str, sources: &Sources) -> Value {
    json!({
        "description": { "text": description },
        "artifactChanges": [{
            "artifactLocation": { "uri": uri(&sources.get(fix.span.source).name) },
            "replacements": [{
                "deletedRegion": region(fix.span, sources),
                "insertedContent": { "text": fix.replacement },
            }],
        }],
    })
}

/// A path as a reference of RFC 3986: what is not plain is percent-encoded.
fn uri(path: &str) -> String {
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}
