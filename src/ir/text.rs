//! What a plan keeps of a charter beside what it computes: texts, answers, and clauses that the law refuses.

use super::plan::{CharterId, Place};
use crate::ast::ArticleNumber;
use crate::schema::Label;

/// A finding that a charter answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// Its code.
    pub code: String,
    /// Who decided, on what basis.
    pub reason: String,
    /// Its place in the source.
    pub span: Place,
}

/// A text that is not computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provision {
    /// Its article.
    pub article: ArticleNumber,
    /// The charter version it stands in.
    pub charter: CharterId,
    /// Its paragraphs.
    pub paragraphs: Vec<Paragraph>,
}

/// A paragraph of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph {
    /// What it says.
    pub text: String,
    /// Its place, quotes included.
    pub span: Place,
}

/// A clause that no village may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Name and alias.
    pub label: Label,
    /// Its article.
    pub article: ArticleNumber,
    /// The charter version it stands in.
    pub charter: CharterId,
    /// The code of the lint that refuses it.
    pub lint: &'static str,
    /// Its place in the source, up to its name.
    pub span: Place,
}
