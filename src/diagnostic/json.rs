//! Findings as JSON, one object a finding, in one array.

use super::{CellPlace, Diagnostic, Lang, Place, Term};
use crate::source::{Sources, Span};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Writes findings as a JSON array; messages in both languages, places with line and column in characters.
pub fn write_json(out: &mut dyn Write, findings: &[Diagnostic], sources: &Sources) -> io::Result<()> {
    let list: Vec<Value> = findings.iter().map(|finding| object(finding, sources)).collect();
    serde_json::to_writer_pretty(&mut *out, &list)?;
    writeln!(out)
}

fn object(finding: &Diagnostic, sources: &Sources) -> Value {
    json!({
        "code": finding.code.id,
        "severity": finding.severity.id(),
        "message": { "zh": finding.message(Lang::Zh), "en": finding.message(Lang::En) },
        "place": place(&finding.place, sources),
        "related": finding.related.iter().map(|(at, why)| json!({
            "place": place(at, sources),
            "message": term(why),
        })).collect::<Vec<_>>(),
        "help": finding.help.as_ref().map(term),
        "proof": finding.proof.as_ref().map(term),
        "fix": finding.fix.as_ref().map(|fix| json!({
            "place": span(fix.span, sources),
            "replacement": fix.replacement,
        })),
        "accepted": finding.accepted,
        "witness": finding.witness.as_ref().map(|witness| json!({
            "summary": term(&witness.summary),
            "yaml": term(&witness.yaml),
            "household": witness.key,
            "period": witness.period,
        })),
    })
}

fn term(term: &Term) -> Value {
    json!({ "zh": term.zh, "en": term.en })
}

fn place(place: &Place, sources: &Sources) -> Value {
    match place {
        Place::Source(at) => span(*at, sources),
        Place::Cell(CellPlace { file, sheet, row, column }) => {
            json!({ "file": file, "sheet": sheet, "row": row, "column": column })
        }
        Place::None => Value::Null,
    }
}

fn span(span: Span, sources: &Sources) -> Value {
    let source = sources.get(span.source);
    let (start, end) = (source.position(span.start as usize), source.position(span.end as usize));
    json!({
        "file": source.name,
        "line": start.line, "column": start.column,
        "end_line": end.line, "end_column": end.column,
    })
}
