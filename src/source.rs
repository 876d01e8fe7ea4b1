//! Source files and places in them. In: names and texts. Out: spans, and lines and columns that count characters.

/// A file of a run, by its number in the [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// A stretch of one file, in bytes, end not in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The smallest span that holds both; they lie in one file.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { source: self.source, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// True where `other` lies inside.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.source == other.source && self.start <= other.start && other.end <= self.end
    }
}

/// One file: the name people know it by, and its text.
#[derive(Clone, Debug)]
pub struct Source {
    /// Path as it was given, or the name of a built-in file.
    pub name: String,
    /// The whole text, UTF-8 without a byte order mark.
    pub text: String,
    /// True where the file begins with a byte order mark, which is kept when it is written again.
    pub marked: bool,
    lines: Vec<usize>,
}

/// A line and a column, both from 1; the column counts characters, not bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

/// All files of a run.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// Adds a file; a byte order mark at its start is dropped.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        let mut text: String = text.into();
        let marked = text.starts_with('\u{feff}');
        if marked {
            text.drain(..'\u{feff}'.len_utf8());
        }
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(newlines).collect();
        self.files.push(Source { name: name.into(), text, marked, lines });
        SourceId(u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX))
    }

    /// The file of that number.
    ///
    /// # Panics
    /// Where the number was not given out by [`Sources::add`] of this value.
    #[must_use]
    pub fn get(&self, id: SourceId) -> &Source {
        &self.files[id.0 as usize]
    }

    /// All files with their numbers, in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        (0..).map(SourceId).zip(&self.files)
    }

    /// The text of a span; empty where the span does not lie on character borders of its file.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.get(span.source).text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// Line and column of the first character of a span.
    #[must_use]
    pub fn position(&self, span: Span) -> Position {
        self.get(span.source).position(span.start as usize)
    }
}

impl Source {
    /// A new text as the file is to hold it: with the mark that it began with.
    #[must_use]
    pub fn written(&self, text: &str) -> String {
        if self.marked { format!("\u{feff}{text}") } else { text.to_owned() }
    }

    /// Line and column of a byte offset; an offset inside a character counts as that character.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let line = self.lines.partition_point(|start| *start <= offset).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or(0);
        let before = self.text.bytes().enumerate().skip(start).take(offset.saturating_sub(start));
        // A character is counted by its first byte (UTF-8 continuation bytes are 10xxxxxx).
        let column = 1 + before.filter(|(_, byte)| byte & 0xC0 != 0x80).count();
        Position { line, column }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let mut sources = Sources::default();
        let id = sources.add("a", "\u{feff}当 持有\n对 户");
        let source = sources.get(id);
        assert_eq!(source.written("b"), "\u{feff}b");
        assert_eq!(source.position(0), Position { line: 1, column: 1 });
        assert_eq!(source.position("当 ".len()), Position { line: 1, column: 3 });
        assert_eq!(source.position("当 持有\n对 ".len()), Position { line: 2, column: 3 });
        assert_eq!(source.position(source.text.len()), Position { line: 2, column: 4 });
    }
}
