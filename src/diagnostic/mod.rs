//! One value for everything that can be wrong, one registry of codes, one renderer a format.
//!
//! In: a code, a place and the words that fill its message. Out: text in the reader's language, or JSON.

pub mod codes;
mod human;
mod json;
mod lang;
mod sarif;
mod short;

pub use human::Human;
pub use json::write_json;
pub use lang::{Lang, Term};
pub use sarif::write_sarif;
pub use short::write_short;

use crate::source::Span;

/// How much a finding weighs. Errors stop a charter; warnings ask for an answer; notes inform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Information.
    Note,
    /// Wants an answer.
    Warning,
    /// Must be mended.
    Error,
}

impl Severity {
    /// The word for it in `json`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// An entry of the registry in [`codes`].
#[derive(Debug)]
pub struct Entry {
    /// `S001`: a letter for the stage, three digits.
    pub id: &'static str,
    /// Its weight.
    pub severity: Severity,
    /// Message in Chinese; `{name}` stands for an argument.
    pub zh: &'static str,
    /// Message in English; the same arguments.
    pub en: &'static str,
    /// The page `charter explain` prints, Markdown in both languages.
    pub page: &'static str,
}

impl Entry {
    /// True for the lints of the law: they refuse a clause, they do not stop a run.
    #[must_use]
    pub fn is_law(&self) -> bool {
        self.id.starts_with('L')
    }
}

/// A code of the registry.
pub type Code = &'static Entry;

/// Where a finding is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A stretch of a charter.
    Source(Span),
    /// A cell, a row or a whole file of a register.
    Cell(CellPlace),
    /// Nowhere in particular: the command line.
    None,
}

/// A place in a register, named as a clerk would find it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellPlace {
    /// Path as it was given.
    pub file: String,
    /// Sheet of a workbook.
    pub sheet: Option<String>,
    /// Row as a spreadsheet numbers it: the header is row 1.
    pub row: Option<u64>,
    /// Header of the column, as it stands in the file.
    pub column: Option<String>,
}

impl CellPlace {
    /// File, sheet, row and column as a clerk would say them.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        let mut text = self.file.clone();
        if let Some(sheet) = &self.sheet {
            text += &lang.pick(format!(" 工作表“{sheet}”"), format!(", sheet \"{sheet}\""));
        }
        if let Some(row) = self.row {
            text += &lang.pick(format!(" 第 {row} 行"), format!(", row {row}"));
        }
        if let Some(column) = &self.column {
            text += &lang.pick(format!("“{column}”列"), format!(", column \"{column}\""));
        }
        text
    }
}

/// A mechanical mend: replace the span by the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What to replace; empty to insert.
    pub span: Span,
    /// By what.
    pub replacement: String,
}

/// One finding: what is wrong, where, and how to mend it.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// Which message.
    pub code: Code,
    /// Its weight: the code's, unless the case weighs differently.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// What fills the message.
    pub args: Vec<(&'static str, Term)>,
    /// Other places that matter, each with a word on why.
    pub related: Vec<(Place, Term)>,
    /// How to mend it.
    pub help: Option<Term>,
    /// How far it was looked at before it was said.
    pub proof: Option<Term>,
    /// A mechanical mend.
    pub fix: Option<Fix>,
    /// Why it is accepted: the answer the charter gives. None where it is open.
    pub accepted: Option<String>,
    /// A household that shows it.
    pub witness: Option<Witness>,
}

/// A made-up household of which a finding holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// In one line.
    pub summary: Term,
    /// As a register that `charter why` reads.
    pub yaml: Term,
    /// Its key in that register.
    pub key: String,
    /// The period in which it shows.
    pub period: String,
}

impl Diagnostic {
    /// A finding at a place in a charter.
    #[must_use]
    pub fn at(code: Code, span: Span) -> Self {
        Self::new(code, Place::Source(span))
    }

    /// A finding anywhere.
    #[must_use]
    pub fn new(code: Code, place: Place) -> Self {
        Self {
            code,
            severity: code.severity,
            place,
            args: Vec::new(),
            related: Vec::new(),
            help: None,
            proof: None,
            fix: None,
            accepted: None,
            witness: None,
        }
    }

    /// Fills `{name}` of the message.
    #[must_use]
    pub fn arg(mut self, name: &'static str, value: impl Into<Term>) -> Self {
        self.args.push((name, value.into()));
        self
    }

    /// Weighs it differently from its code.
    #[must_use]
    pub fn weighing(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Adds how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<Term>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds how far it was looked at.
    #[must_use]
    pub fn proof(mut self, proof: impl Into<Term>) -> Self {
        self.proof = Some(proof.into());
        self
    }

    /// Adds another place that matters.
    #[must_use]
    pub fn related(mut self, span: Span, why: impl Into<Term>) -> Self {
        self.related.push((Place::Source(span), why.into()));
        self
    }

    /// Adds a mechanical mend.
    #[must_use]
    pub fn fix(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix { span, replacement: replacement.into() });
        self
    }

    /// Accepts it for a reason. It is told, and counts no more.
    #[must_use]
    pub fn accept(mut self, reason: impl Into<String>) -> Self {
        self.accepted = Some(reason.into());
        self
    }

    /// True where somebody still has to do something about it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.accepted.is_none()
    }

    /// The message in a language, arguments filled in.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        let template = match lang {
            Lang::Zh => self.code.zh,
            Lang::En => self.code.en,
        };
        let mut message = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            message.push_str(before);
            let Some((name, after)) = after.split_once('}') else { break };
            match self.args.iter().find(|(given, _)| *given == name) {
                Some((_, value)) => message.push_str(value.get(lang)),
                None => message.push('…'),
            }
            rest = after;
        }
        message.push_str(rest);
        message
    }
}

/// Errors, warnings and notes of a list, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Findings that stop a charter.
    pub errors: usize,
    /// Findings that ask for an answer.
    pub warnings: usize,
    /// Information.
    pub notes: usize,
}

impl Tally {
    /// Counts a list; what is accepted is not counted.
    #[must_use]
    pub fn of(findings: &[Diagnostic]) -> Self {
        let mut tally = Self::default();
        for finding in findings.iter().filter(|finding| finding.is_open()) {
            match finding.severity {
                Severity::Error => tally.errors += 1,
                Severity::Warning => tally.warnings += 1,
                Severity::Note => tally.notes += 1,
            }
        }
        tally
    }
}

/// Puts findings in the order people read them: by place, then code; identical ones once.
pub fn sort(findings: &mut Vec<Diagnostic>) {
    findings.sort_by(|a, b| (&a.place, a.code.id).cmp(&(&b.place, b.code.id)));
    findings.dedup_by(|a, b| a.place == b.place && a.code.id == b.code.id && a.args == b.args);
}
