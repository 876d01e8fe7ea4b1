//! Text that may break over lines. In: pieces and the places between them. Out: lines no wider than they must be.
//!
//! The algorithm is Wadler's ("A prettier printer", 1998): a group stays on one line where it fits, else all its own
//! breaks are taken. Widths are those of a terminal, where a Chinese character takes two columns.

use unicode_width::UnicodeWidthStr;

/// Widest line, where there is a choice.
const WIDTH: usize = 110;
/// One step of indentation.
pub(super) const STEP: usize = 4;

/// A text with its possible line breaks.
#[derive(Clone, Debug)]
pub(super) enum Doc {
    /// Printed as it is.
    Text(String),
    /// A space, or a line break where its group breaks.
    Line,
    /// A space, or a line break where what follows up to the next one does not fit.
    Wrap,
    /// A line break in any case.
    Hard,
    /// One after the other.
    Concat(Vec<Doc>),
    /// Breaks inside are one step further in.
    Nest(Box<Doc>),
    /// Breaks inside come back to the column it begins at.
    Align(Box<Doc>),
    /// On one line where it fits.
    Group(Box<Doc>),
    /// A comment, put off to the end of the line.
    Suffix(String),
}

impl Doc {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn nested(self) -> Self {
        Self::Nest(Box::new(self))
    }

    pub(super) fn aligned(self) -> Self {
        Self::Align(Box::new(self))
    }

    pub(super) fn grouped(self) -> Self {
        Self::Group(Box::new(self))
    }

    pub(super) fn then(self, next: impl Into<String>) -> Self {
        Self::Concat(vec![self, Self::text(next)])
    }

    /// Printed from a column on; line breaks indent to that column.
    pub(super) fn render(&self, indent: usize) -> String {
        let mut out = Out { text: " ".repeat(indent), column: indent, suffix: None };
        let mut stack = vec![(indent, Mode::Broken, self)];
        while let Some((indent, mode, doc)) = stack.pop() {
            match doc {
                Self::Text(text) => out.push(text),
                Self::Suffix(text) => out.suffix = Some(text.clone()),
                Self::Line if mode == Mode::Flat => out.push(" "),
                Self::Hard | Self::Line => out.newline(indent),
                Self::Wrap => {
                    let room = WIDTH.saturating_sub(out.column + 1);
                    if mode == Mode::Flat || out.suffix.is_none() && fits(room, &stack, None) {
                        out.push(" ");
                    } else {
                        out.newline(indent);
                    }
                }
                Self::Concat(docs) => stack.extend(docs.iter().rev().map(|doc| (indent, mode, doc))),
                Self::Nest(doc) => stack.push((indent + STEP, mode, doc)),
                Self::Align(doc) => stack.push((out.column, mode, doc)),
                Self::Group(doc) => {
                    let room = WIDTH.saturating_sub(out.column);
                    let flat =
                        mode == Mode::Flat || !forced(doc, &mut false) && fits(room, &stack, Some(doc));
                    stack.push((indent, if flat { Mode::Flat } else { Mode::Broken }, doc));
                }
            }
        }
        out.flush();
        out.text
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Flat,
    Broken,
}

struct Out {
    text: String,
    column: usize,
    suffix: Option<String>,
}

impl Out {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.column += text.width();
    }

    fn flush(&mut self) {
        if let Some(comment) = self.suffix.take() {
            self.text.push_str("  ");
            self.text.push_str(&comment);
        }
    }

    fn newline(&mut self, indent: usize) {
        self.flush();
        self.text.push('\n');
        self.text.push_str(&" ".repeat(indent));
        self.column = indent;
    }
}

/// True where a doc cannot be on one line: it has a hard break, or a comment with a break after it.
fn forced(doc: &Doc, after_comment: &mut bool) -> bool {
    match doc {
        Doc::Text(_) => false,
        Doc::Hard => true,
        Doc::Suffix(_) => {
            *after_comment = true;
            false
        }
        Doc::Line | Doc::Wrap => *after_comment,
        Doc::Concat(docs) => docs.iter().any(|doc| forced(doc, after_comment)),
        Doc::Nest(doc) | Doc::Align(doc) | Doc::Group(doc) => forced(doc, after_comment),
    }
}

/// True where `first` on one line, and what follows it up to the next break, is no wider than `room`.
fn fits(room: usize, rest: &[(usize, Mode, &Doc)], first: Option<&Doc>) -> bool {
    let mut room = room;
    let mut below = rest.iter().rev();
    let mut stack: Vec<(Mode, &Doc)> = first.map(|doc| (Mode::Flat, doc)).into_iter().collect();
    loop {
        let Some((mode, doc)) = stack.pop().or_else(|| below.next().map(|(_, mode, doc)| (*mode, *doc)))
        else {
            return true;
        };
        let width = match doc {
            Doc::Text(text) => text.width(),
            Doc::Hard => return true,
            Doc::Line | Doc::Wrap if mode == Mode::Broken => return true,
            Doc::Line | Doc::Wrap => 1,
            Doc::Suffix(_) => 0,
            Doc::Concat(docs) => {
                stack.extend(docs.iter().rev().map(|doc| (mode, doc)));
                0
            }
            Doc::Nest(doc) | Doc::Align(doc) | Doc::Group(doc) => {
                stack.push((mode, doc));
                0
            }
        };
        let Some(left) = room.checked_sub(width) else { return false };
        room = left;
    }
}
