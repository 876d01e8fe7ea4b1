//! Keywords, names and texts as they are printed, and lists of segments with their comments.

use super::Style;
use super::comments::{Around, Pool};
use super::doc::Doc;
use crate::ast::{Declared, Name};
use crate::source::Span;
use crate::syntax::keyword::{Keyword, Script, is_reserved};
use std::ops::Range;
use unicode_ident::{is_xid_continue, is_xid_start};

/// What the printing of every construct needs.
pub(super) struct Printer<'a> {
    pub script: Script,
    pub style: &'a Style<'a>,
    pub pool: Pool<'a>,
}

/// A segment of a list: what is printed, and where it was written.
pub(super) struct Segment {
    pub range: Range<usize>,
    pub doc: Doc,
}

/// How the segments of a list are told apart, and where their lines break.
#[derive(Clone, Copy)]
pub(super) enum Separator {
    /// Before each but the first: `and`, `|`, `where`; all breaks or none.
    Before(&'static str),
    /// As before, but each break only where it must be.
    BeforeWrapped(&'static str),
    /// A comma after each but the last, each break only where it must be.
    Comma,
}

impl Printer<'_> {
    pub(super) fn word(&self, keyword: Keyword) -> &'static str {
        keyword.spelling(self.script)
    }

    /// A name where it is referred to.
    pub(super) fn reference(&self, name: &Name) -> String {
        match (self.style.rename)(name) {
            // A word that not even backquotes can hold stays as it was written.
            Some(word) if !word.is_empty() && !word.contains(['`', '\n', '\r']) => quoted_name(&word),
            _ => quoted_name(&name.text),
        }
    }

    /// A list of segments with the comments in and between them. The first line is begun by the caller.
    pub(super) fn list(&mut self, segments: Vec<Segment>, separator: Separator) -> Doc {
        let ranges: Vec<_> = segments.iter().map(|segment| segment.range.clone()).collect();
        let (attached, _) = self.pool.attach(&ranges, Around::Segment);
        let last = segments.len().saturating_sub(1);
        let mut docs = Vec::new();
        for (index, (segment, attached)) in segments.into_iter().zip(attached).enumerate() {
            if index > 0 {
                match separator {
                    _ if !attached.before.is_empty() => docs.push(Doc::Hard),
                    Separator::Before(_) => docs.push(Doc::Line),
                    Separator::BeforeWrapped(_) | Separator::Comma => docs.push(Doc::Wrap),
                }
            }
            docs.extend(own_lines(attached.before));
            if let Separator::Before(word) | Separator::BeforeWrapped(word) = separator
                && index > 0
                && !word.is_empty()
            {
                docs.push(Doc::text(format!("{word} ")));
            }
            docs.push(segment.doc);
            if matches!(separator, Separator::Comma) && index < last {
                docs.push(Doc::text(","));
            }
            docs.extend(attached.suffix.map(Doc::Suffix));
        }
        Doc::Concat(docs)
    }
}

/// Comments on their own lines; what follows begins a new one.
pub(super) fn own_lines(comments: Vec<String>) -> impl Iterator<Item = Doc> {
    comments.into_iter().flat_map(|comment| [Doc::Text(comment), Doc::Hard])
}

/// A name with its alias.
pub(super) fn declared(declared: &Declared) -> String {
    match &declared.alias {
        Some(alias) => format!("{} {}", quoted_name(&declared.name.text), string(&alias.text)),
        None => quoted_name(&declared.name.text),
    }
}

/// A name, in backquotes where it would be read as something else.
pub(super) fn quoted_name(word: &str) -> String {
    let mut letters = word.chars();
    let plain = letters.next().is_some_and(is_xid_start) && letters.all(is_xid_continue);
    if plain && !is_reserved(word) { word.to_owned() } else { format!("`{word}`") }
}

/// A text in the first quotes that it does not close itself.
pub(super) fn string(text: &str) -> String {
    let pairs = [('"', '"'), ('“', '”'), ('「', '」'), ('\u{FF02}', '\u{FF02}')];
    let (open, close) = pairs.into_iter().find(|(_, close)| !text.contains(*close)).unwrap_or(('"', '"'));
    format!("{open}{text}{close}")
}

/// The bytes of a span.
pub(super) fn bytes(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}

/// The bytes from the start of one span to the end of another.
pub(super) fn through(first: Span, last: Span) -> Range<usize> {
    bytes(first.to(last))
}
