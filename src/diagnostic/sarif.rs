//! Findings as SARIF 2.1.0, for code hosts and editors (OASIS, <https://docs.oasis-open.org/sarif/sarif/v2.1.0/>).

use super::{Code, Diagnostic, Fix, Lang, Place, Severity};
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
    let mut codes: Vec<Code> = findings.iter().map(|finding| finding.code).collect();
    codes.sort_by_key(|code| code.id);
    codes.dedup_by_key(|code| code.id);
    let results: Vec<Value> = findings.iter().map(|finding| result(finding, &codes, sources, lang)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "charter",
                "version": env!("CARGO_PKG_VERSION"),
                "language": lang.pick("zh-CN", "en-US"),
                "rules": codes.iter().map(|code| rule(code, lang)).collect::<Vec<_>>(),
            }},
            "language": lang.pick("zh-CN", "en-US"),
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

fn rule(code: Code, lang: Lang) -> Value {
    let (title, text) = page(code, lang);
    json!({
        "id": code.id,
        "shortDescription": { "text": title },
        "help": { "text": text, "markdown": text },
        "defaultConfiguration": { "level": level(code.severity) },
    })
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

fn result(finding: &Diagnostic, codes: &[Code], sources: &Sources, lang: Lang) -> Value {
    let help = finding.help.as_ref().map(|help| help.get(lang));
    let message = match help {
        Some(help) => format!("{}\n{}{help}", finding.message(lang), lang.pick("建议:", "Help: ")),
        None => finding.message(lang),
    };
    let mut result = json!({
        "ruleId": finding.code.id,
        "ruleIndex": codes.iter().position(|code| code.id == finding.code.id),
        "level": level(finding.severity),
        "message": { "text": message },
        "locations": location(&finding.place, sources).into_iter().collect::<Vec<_>>(),
    });
    let related: Vec<Value> = finding
        .related
        .iter()
        .filter_map(|(place, why)| {
            let mut location = location(place, sources)?;
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
    let physical = match place {
        Place::Source(span) => json!({
            "artifactLocation": { "uri": uri(&sources.get(span.source).name) },
            "region": region(*span, sources),
        }),
        Place::Cell(cell) => {
            let mut physical = json!({ "artifactLocation": { "uri": uri(&cell.file) } });
            if let Some(row) = cell.row {
                physical["region"] = json!({ "startLine": row });
            }
            physical
        }
        Place::None => return None,
    };
    Some(json!({ "physicalLocation": physical }))
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
