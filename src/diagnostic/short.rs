//! Findings for editors and scripts: one line each.

use super::{Diagnostic, Lang, Place};
use crate::source::Sources;
use std::io::{self, Write};

/// Writes `file:line:column: severity[code] message`, columns in characters. The severity is the same word in every
/// language, for tools to read; `accepted` where the charter answers.
pub fn write_short(
    out: &mut dyn Write,
    findings: &[Diagnostic],
    sources: &Sources,
    lang: Lang,
) -> io::Result<()> {
    for finding in findings {
        let place = match &finding.place {
            Place::Source(span) => {
                let position = sources.position(*span);
                format!("{}:{}:{}: ", sources.get(span.source).name, position.line, position.column)
            }
            Place::Cell(cell) => {
                let row = cell.row.map_or_else(String::new, |row| format!(":{row}"));
                let sheet = cell.sheet.as_ref().map_or_else(String::new, |sheet| format!("[{sheet}]"));
                format!("{}{sheet}{row}: ", cell.file)
            }
            Place::None => String::new(),
        };
        // A message may quote a text of several lines.
        let message = finding.message(lang).split_whitespace().collect::<Vec<_>>().join(" ");
        let severity = if finding.is_open() { finding.severity.id() } else { "accepted" };
        writeln!(out, "{place}{severity}[{}] {message}", finding.code.id)?;
    }
    Ok(())
}
