//! Findings for people: miette draws the source, the words around it are ours, in the reader's language.

use super::{Diagnostic, Lang, Place, Severity, Term, Witness};
use crate::source::{Source, Sources, Span};
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents,
};
use std::fmt;

/// Draws findings for people. Colour only where asked for.
pub struct Human<'a> {
    /// Where the source lines come from.
    pub sources: &'a Sources,
    /// The reader's language.
    pub lang: Lang,
    /// True at a terminal that shows colour.
    pub colour: bool,
}

impl Human<'_> {
    /// One finding with its source lines, its related places and its mend; ends with a line break.
    #[must_use]
    pub fn render(&self, finding: &Diagnostic) -> String {
        if let Some(reason) = &finding.accepted {
            return self.accepted(finding, reason);
        }
        let head = self.head(finding);
        let message = finding.message(self.lang);
        let drawn = self.placed(finding, &head, message);
        format!(
            "{drawn}{}",
            finding.witness.as_ref().map_or_else(String::new, |witness| self.witness(witness))
        )
    }

    /// One finding in one line, place first: for what is told without its source lines.
    #[must_use]
    pub fn line(&self, finding: &Diagnostic) -> String {
        if let Some(reason) = &finding.accepted {
            return self.accepted(finding, reason);
        }
        let place = match &finding.place {
            Place::Source(span) => format!("{}: ", self.position(*span)),
            Place::Cell(cell) => format!("{}: ", cell.words(self.lang)),
            Place::None => String::new(),
        };
        // A message may quote a text of several lines.
        let message = finding.message(self.lang).split_whitespace().collect::<Vec<_>>().join(" ");
        format!("{place}{} {message}\n", self.head(finding))
    }

    /// `警告[C013]`: the weight in the reader's language, and the code.
    fn head(&self, finding: &Diagnostic) -> String {
        let severity = match finding.severity {
            Severity::Error => self.lang.pick("错误", "error"),
            Severity::Warning => self.lang.pick("警告", "warning"),
            Severity::Note => self.lang.pick("提示", "note"),
        };
        format!("{severity}[{}]", finding.code.id)
    }

    /// The household that shows it: in one line, and as a register to be saved.
    fn witness(&self, witness: &Witness) -> String {
        let Witness { summary, yaml, key, period } = witness;
        let lines: Vec<&str> = yaml.get(self.lang).lines().collect();
        let indented = format!("      {}\n", lines.join("\n      "));
        let summary = summary.get(self.lang);
        self.lang.pick(
            format!("  例如:{summary}\n    存为样例.yaml,以 charter why … --data 样例.yaml --period {period} --household {key} 复核:\n{indented}"),
            format!("  for example: {summary}\n    saved as witness.yaml, charter why … --data witness.yaml --period {period} --household {key} shows it:\n{indented}"),
        )
    }

    fn placed(&self, finding: &Diagnostic, head: &str, message: String) -> String {
        match &finding.place {
            Place::Source(span) => self.render_source(finding, *span, head, message),
            Place::Cell(cell) => {
                // A message that names the file itself needs it no second time.
                let names_file = finding.code.en.contains("{path}");
                let place = if names_file { String::new() } else { format!("{}: ", cell.words(self.lang)) };
                let elsewhere = self.related_cells(finding);
                format!("{head} {place}{message}\n{elsewhere}{}", self.footer_lines(finding))
            }
            Place::None => format!("{head} {message}\n{}", self.footer_lines(finding)),
        }
    }

    /// What the charter answers for is one line.
    fn accepted(&self, finding: &Diagnostic, reason: &str) -> String {
        let place = match &finding.place {
            Place::Source(span) => format!(" {}", self.position(*span)),
            Place::Cell(_) | Place::None => String::new(),
        };
        let (word, colon) = self.lang.pick(("已许可", ":"), ("accepted", ": "));
        format!("{word}[{}]{place}{colon}{reason}\n", finding.code.id)
    }

    /// `file:line:column` of a stretch.
    fn position(&self, span: Span) -> String {
        let position = self.sources.position(span);
        format!("{}:{}:{}", self.sources.get(span.source).name, position.line, position.column)
    }

    fn footer_lines(&self, finding: &Diagnostic) -> String {
        self.footer(finding).map(|line| format!("  {line}\n")).collect::<Vec<_>>().concat()
    }

    /// How to mend it, and how far it was looked at.
    fn footer<'f>(&self, finding: &'f Diagnostic) -> impl Iterator<Item = String> + use<'f> {
        let lang = self.lang;
        let said = [(("建议:", "help: "), &finding.help), (("查证:", "looked at: "), &finding.proof)];
        said.into_iter().filter_map(move |((zh, en), text)| {
            Some(format!("{}{}", lang.pick(zh, en), text.as_ref()?.get(lang)))
        })
    }

    /// Related places in registers, one a line; a finding on rows has no source to draw.
    fn related_cells(&self, finding: &Diagnostic) -> String {
        let line = |(place, why): &(Place, Term)| match place {
            Place::Cell(cell) => Some(format!("  {}: {}\n", why.get(self.lang), cell.words(self.lang))),
            Place::Source(_) | Place::None => None,
        };
        finding.related.iter().filter_map(line).collect()
    }

    fn render_source(&self, finding: &Diagnostic, span: Span, head: &str, message: String) -> String {
        let mut theme =
            if self.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        head.clone_into(&mut theme.characters.error);
        head.clone_into(&mut theme.characters.warning);
        head.clone_into(&mut theme.characters.advice);
        let mut handler = GraphicalReportHandler::new_themed(theme).with_width(100).with_links(false);
        let footer: Vec<String> = self.footer(finding).collect();
        if !footer.is_empty() {
            handler = handler.with_footer(footer.join("\n"));
        }
        let mut labels = vec![LabeledSpan::new_primary_with_span(None, source_span(span))];
        let mut elsewhere: Vec<String> = Vec::new();
        for (place, why) in &finding.related {
            match place {
                Place::Source(at) if at.source == span.source => {
                    labels.push(LabeledSpan::new_with_span(
                        Some(why.get(self.lang).to_owned()),
                        source_span(*at),
                    ));
                }
                Place::Source(at) => {
                    elsewhere.push(format!("  {}: {}\n", why.get(self.lang), self.position(*at)));
                }
                Place::Cell(cell) => {
                    elsewhere.push(format!("  {}: {}\n", why.get(self.lang), cell.words(self.lang)));
                }
                Place::None => {}
            }
        }
        let report = Report {
            message,
            severity: finding.severity,
            labels,
            source: CharacterColumns(self.sources.get(span.source)),
        };
        let mut drawn = String::new();
        // Writing to a string cannot fail, and a span outside its file only loses the drawing.
        let _ = handler.render_report(&mut drawn, &report);
        let mut drawn =
            drawn.trim_start_matches('\n').lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
        drawn.push('\n');
        format!("{}{}", drawn.strip_prefix("  ").unwrap_or(&drawn), elsewhere.concat())
    }
}

fn source_span(span: Span) -> SourceSpan {
    let length = span.end.saturating_sub(span.start) as usize;
    SourceSpan::from((span.start as usize, length))
}

/// What miette is asked to draw: our message and labels over one file.
struct Report<'a> {
    message: String,
    severity: Severity,
    labels: Vec<LabeledSpan>,
    source: CharacterColumns<'a>,
}

impl fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// A file whose columns count characters, where miette's own count bytes.
struct CharacterColumns<'a>(&'a Source);

impl SourceCode for CharacterColumns<'_> {
    fn read_span<'b>(
        &'b self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'b> + 'b>, MietteError> {
        let contents = self.0.text.read_span(span, before, after)?;
        let start = contents.span().offset();
        // The drawing starts at the beginning of a line unless no context was asked for.
        let column = if contents.column() == 0 { 0 } else { self.0.position(start).column - 1 };
        Ok(Box::new(MietteSpanContents::new_named(
            self.0.name.clone(),
            contents.data(),
            *contents.span(),
            contents.line(),
            column,
            contents.line_count(),
        )))
    }
}
