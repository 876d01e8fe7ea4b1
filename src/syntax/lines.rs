//! A first look at a file, line by line: where its items begin, and where its comments are.
//!
//! Strings end on the line they begin on, so a line can be read without the one before it.

use super::keyword::{Role, begins};
use std::ops::Range;

/// A `//` comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Comment {
    /// From the slashes to the end of the line, in bytes of the file.
    pub range: Range<usize>,
    /// True for `///`.
    pub doc: bool,
    /// True where nothing but space stands before it on its line.
    pub own_line: bool,
}

/// The bytes of each line, its line break not in.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let range = start..start + line.trim_end_matches(['\n', '\r']).len();
        start += line.len();
        range
    })
}

/// All comments of a file, in order.
pub(crate) fn comments(text: &str) -> Vec<Comment> {
    let mut found = Vec::new();
    for range in lines(text) {
        let line = text.get(range.clone()).unwrap_or_default();
        if let Some(at) = comment_start(line) {
            let doc = line.get(at..).is_some_and(|rest| rest.starts_with("///"));
            let own_line = line.get(..at).is_some_and(|before| before.trim().is_empty());
            found.push(Comment { range: range.start + at..range.end, doc, own_line });
        }
    }
    found
}

/// Where the comment of a line begins; slashes inside a string are text.
fn comment_start(line: &str) -> Option<usize> {
    let mut closing = None;
    let mut previous = None;
    for (at, c) in line.char_indices() {
        match (closing, c) {
            (Some(end), c) if c == end => closing = None,
            (None, _) if closing_quote(c).is_some() => closing = closing_quote(c),
            (None, '/') if previous == Some('/') => return Some(at - 1),
            _ => {}
        }
        previous = closing.is_none().then_some(c);
    }
    None
}

/// The quote that ends a string begun by this one.
pub(super) fn closing_quote(open: char) -> Option<char> {
    match open {
        '"' => Some('"'),
        '\u{FF02}' => Some('\u{FF02}'),
        '“' => Some('”'),
        '「' => Some('」'),
        '`' => Some('`'),
        _ => None,
    }
}

/// The byte where the first string that does not end on its line begins.
pub(super) fn open_quote(text: &str) -> Option<usize> {
    for range in lines(text) {
        let mut closing: Option<(usize, char)> = None;
        let line = text.get(range.clone()).unwrap_or_default();
        let code = line.get(..comment_start(line).unwrap_or(line.len())).unwrap_or(line);
        for (at, c) in code.char_indices() {
            closing = match closing {
                Some((_, end)) if c == end => None,
                Some(open) => Some(open),
                None => closing_quote(c).map(|end| (range.start + at, end)),
            };
        }
        if let Some((at, _)) = closing {
            return Some(at);
        }
    }
    None
}

/// The stretches of a file that hold one item each; the first may hold text before any item.
pub(super) fn items(text: &str) -> Vec<Range<usize>> {
    cut(text, |line| begins(line, Role::Item))
}

/// The stretches of an item: its head, then one a part. In a record each line begins a field.
pub(super) fn segments(text: &str, is_record: bool) -> Vec<Range<usize>> {
    let continues =
        |line: &str| line.is_empty() || line.starts_with(['|', '"', '=', ':', '?', '/', '“', '「']);
    cut(text, |line| begins(line, Role::Part) || is_record && !continues(line))
}

fn cut(text: &str, starts: impl Fn(&str) -> bool) -> Vec<Range<usize>> {
    let is_space = |c: char| c.is_whitespace();
    let mut borders: Vec<usize> = lines(text)
        .filter(|range| starts(text.get(range.clone()).unwrap_or_default().trim_start_matches(is_space)))
        .map(|range| range.start)
        .collect();
    if borders.first() != Some(&0) {
        borders.insert(0, 0);
    }
    borders.push(text.len());
    borders.windows(2).map(|pair| pair[0]..pair[1]).filter(|range| !range.is_empty()).collect()
}
