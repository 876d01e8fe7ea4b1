//! Tree to text. In: a file without faults, and its text for the comments. Out: the same charter in the one canonical
//! layout, in either language.
//!
//! What was written is the tree and the comments; everything else (spelling of keywords, punctuation, brackets,
//! breaks) is made anew.

mod benefit;
mod columns;
mod comments;
mod doc;
mod duty;
mod expr;
mod item;
mod number;
mod record;
mod refused;
mod table;
mod words;

use super::keyword::{Keyword, Role, Script, entries, is_numbered};
use super::lines::{self, closing_quote};
use super::lower::ClausePart;
use crate::ast::{File, Item, ItemKind, Name};
use crate::source::Span;
use columns::Columns;
use comments::{Around, Pool};
use doc::{Doc, STEP};
use std::ops::Range;
use unicode_ident::is_xid_continue;
use words::{Printer, bytes, own_lines, quoted_name};

/// How to print.
pub struct Style<'a> {
    /// Which spelling of the keywords; none for the one most of the file's keywords are in.
    pub script: Option<Script>,
    /// The other language's word for a name that is referred to; none to keep it as it was written. Declared names
    /// and their aliases are always kept.
    pub rename: &'a dyn Fn(&Name) -> Option<String>,
}

/// Prints a file that was read without findings; `text` is what it was read from.
#[must_use]
pub fn format(file: &File, text: &str, style: &Style<'_>) -> String {
    let script = style.script.unwrap_or_else(|| script_of(text));
    let mut layout = Layout {
        printer: Printer { script, style, pool: Pool::new(text) },
        out: String::new(),
        columns: Columns::default(),
        end: 0,
    };
    let mut before: Option<&Item> = None;
    for (index, item) in file.items.iter().enumerate() {
        let next = file.items.get(index + 1).map_or(text.len(), |next| next.span.start as usize);
        layout.item(before, item, next);
        before = Some(item);
    }
    layout.tail(before, text.len());
    layout.columns.align(&mut layout.out);
    layout.out
}

/// The expression, or the part of a clause, at a span: on one line, in the script of the style; `None` where neither
/// stands there.
#[must_use]
pub fn phrase(span: Span, text: &str, style: &Style<'_>) -> Option<String> {
    let script = style.script.unwrap_or_else(|| script_of(text));
    let mut printer = Printer { script, style, pool: Pool::new("") };
    let words = if let Some(expr) = super::parse::expression(span, text) {
        printer.expr(&expr).render(0)
    } else {
        let part = match super::parse::clause_part(span, text)? {
            ClausePart::Benefit(part) => printer.benefit_part(&part),
            ClausePart::Duty(part) => printer.obligation_part(&part),
        };
        format!("{} {}", printer.word(part.keyword), part.doc.render(0))
    };
    Some(words.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The script most keywords of a text are in; Chinese where neither is.
#[must_use]
pub fn script_of(text: &str) -> Script {
    let is = |word: &str, spellings: &[&str]| {
        spellings.iter().any(|spelling| spelling.split(' ').any(|part| part == word))
    };
    let (mut chinese, mut latin, mut simplified, mut traditional) = (0, 0, 0, 0);
    for word in plain_words(text) {
        let keyword = entries()
            .iter()
            .filter(|entry| entry.role != Role::Free)
            .find(|entry| is(word, entry.en) || is(word, entry.zh) || is(word, entry.hant));
        match keyword {
            Some(entry) if is(word, entry.en) => latin += 1,
            Some(entry) => {
                chinese += 1;
                simplified += usize::from(!entry.hant.is_empty() && !is(word, entry.hant));
                traditional += usize::from(!is(word, entry.zh));
            }
            None if is_numbered(word) => chinese += 1,
            None => {}
        }
    }
    if latin > chinese {
        Script::Latin
    } else if traditional > simplified {
        Script::Traditional
    } else {
        Script::Chinese
    }
}

/// The words of a text that stand in no string, name in backquotes or comment.
fn plain_words(text: &str) -> impl Iterator<Item = &str> {
    let comments = lines::comments(text);
    let mut stretches = Vec::new();
    for range in lines::lines(text) {
        let index = comments.partition_point(|comment| comment.range.start < range.start);
        let end = comments.get(index).map_or(range.end, |comment| comment.range.start.min(range.end));
        let (mut start, mut closing) = (range.start, None);
        for (at, c) in text.get(range.start..end).unwrap_or_default().char_indices() {
            let at = range.start + at;
            if closing == Some(c) {
                (start, closing) = (at + c.len_utf8(), None);
            } else if closing.is_none() && closing_quote(c).is_some() {
                stretches.push(start..at);
                closing = closing_quote(c);
            }
        }
        if closing.is_none() {
            stretches.push(start..end);
        }
    }
    stretches.into_iter().flat_map(move |range| {
        text.get(range)
            .unwrap_or_default()
            .split(|c: char| !is_xid_continue(c))
            .filter(|word| !word.is_empty())
    })
}

/// The items of a file one under the other, and the comments between them.
struct Layout<'a> {
    printer: Printer<'a>,
    out: String,
    columns: Columns,
    /// Where what was printed last ends in the text.
    end: usize,
}

/// Comments with their places.
type Placed = Vec<(Range<usize>, String)>;

impl Layout<'_> {
    fn item(&mut self, before: Option<&Item>, item: &Item, next: usize) {
        let start = item.span.start as usize;
        let waiting = self.printer.pool.rest(self.end..start);
        let mut leading = self.dangling(before, waiting, item.doc.len());
        let docs = leading.split_off(leading.len().saturating_sub(item.doc.len()));

        let rows = self.printer.rows(item);
        let mut ranges: Vec<_> = rows.iter().map(|row| row.range.clone()).collect();
        if let Some(last) = ranges.last_mut() {
            // Words without a place of their own (`complete`, a type) may follow.
            last.end = last.end.max(bytes(item.span).end);
        }
        let (attached, _) = self.printer.pool.attach(&ranges, Around::Item(next));
        let mut lines = rows.into_iter().zip(attached);
        let Some((head, mut attached)) = lines.next() else { return };
        let inside_head = std::mem::take(&mut attached.before);

        let first = leading.first().or(docs.first()).map_or(start, |(range, _)| range.start);
        self.separate(before, item, first);
        self.comments(&leading, docs.first().map_or(start, |(range, _)| range.start));
        self.inside_head(inside_head);
        self.comments(&docs, start);

        let suffix = attached.suffix.map(Doc::Suffix);
        let line_start = self.out.len();
        self.line(&Doc::Concat(std::iter::once(head.doc).chain(suffix).collect()), head.indent);
        let with_alias = match &item.kind {
            ItemKind::Fund(it) => Some((Keyword::Fund, it)),
            ItemKind::Purpose(it) => Some((Keyword::Purpose, it)),
            _ => None,
        };
        if let Some((keyword, it)) = with_alias {
            let keyword = self.printer.word(keyword);
            let head = format!("{keyword} {}", quoted_name(&it.name.text));
            self.columns.note(&self.out, line_start, keyword, head);
        }
        for (row, attached) in lines {
            let mut docs: Vec<Doc> = own_lines(attached.before).collect();
            docs.push(row.doc);
            docs.extend(attached.suffix.map(Doc::Suffix));
            self.line(&Doc::Concat(docs), row.indent);
        }
        self.end = bytes(item.span).end;
    }

    /// Prints the comments after an item that stand further in than its keyword; gives back the others. The last
    /// `docs` document the next item.
    fn dangling(&mut self, before: Option<&Item>, mut waiting: Placed, docs: usize) -> Placed {
        let Some(before) = before else { return waiting };
        let margin = self.printer.pool.column(before.span.start as usize);
        let candidates = waiting.len().saturating_sub(docs);
        let further_in = waiting
            .iter()
            .take(candidates)
            .take_while(|(range, _)| self.printer.pool.column(range.start) > margin)
            .count();
        let others = waiting.split_off(further_in);
        for (range, comment) in waiting {
            self.line(&Doc::Text(comment), STEP);
            self.end = range.end;
        }
        others
    }

    /// The empty line between two items. One-line items may stand together where they were written so.
    fn separate(&mut self, before: Option<&Item>, item: &Item, first: usize) {
        let Some(before) = before else { return };
        let may_touch = |item: &Item| {
            matches!(
                item.kind,
                ItemKind::Fund(_) | ItemKind::Purpose(_) | ItemKind::Define(_) | ItemKind::Set(_)
            )
        };
        if !may_touch(before) || !may_touch(item) || self.printer.pool.empty_line(self.end..first) {
            self.out.push('\n');
        }
    }

    /// Comments on their own lines; an empty line stays between two of them, and after the last.
    fn comments(&mut self, comments: &Placed, next: usize) {
        for (index, (range, comment)) in comments.iter().enumerate() {
            self.line(&Doc::text(comment), 0);
            let following = comments.get(index + 1).map_or(next, |(range, _)| range.start);
            if self.printer.pool.empty_line(range.end..following) {
                self.out.push('\n');
            }
        }
    }

    /// Comments from inside a head go above the item's documentation, and do not become part of it.
    fn inside_head(&mut self, comments: Vec<String>) {
        let becomes_doc = comments.last().is_some_and(|comment| comment.starts_with("///"));
        for comment in comments {
            self.line(&Doc::Text(comment), 0);
        }
        if becomes_doc {
            self.out.push('\n');
        }
    }

    /// Comments after the last item.
    fn tail(&mut self, before: Option<&Item>, end: usize) {
        let waiting = self.printer.pool.rest(self.end..end);
        let rest = self.dangling(before, waiting, 0);
        if before.is_some() && !rest.is_empty() {
            self.out.push('\n');
        }
        let next = rest.last().map_or(end, |(range, _)| range.end);
        self.comments(&rest, next);
    }

    fn line(&mut self, doc: &Doc, indent: usize) {
        self.out.push_str(&doc.render(indent));
        self.out.push('\n');
    }
}
