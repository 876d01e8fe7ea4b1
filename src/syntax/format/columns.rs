//! Aliases in a column, where lines of funds or of purposes stand together.

use unicode_width::UnicodeWidthStr;

/// A printed line whose alias may move to a column.
struct Line {
    /// Its first byte in the output, and one past its line break.
    start: usize,
    end: usize,
    /// What stands before the alias.
    head: String,
    /// What stands in one column with it begins so.
    keyword: &'static str,
}

/// The lines of a file that have such an alias, in order.
#[derive(Default)]
pub(super) struct Columns {
    lines: Vec<Line>,
}

impl Columns {
    /// Notes the line at the end of `out` that began at `start`: `HEAD "ALIAS"`, or `HEAD` alone.
    pub(super) fn note(&mut self, out: &str, start: usize, keyword: &'static str, head: String) {
        self.lines.push(Line { start, end: out.len(), head, keyword });
    }

    /// Lines up what stands together; from the last line on, so that places before stay as they were noted.
    pub(super) fn align(&self, out: &mut String) {
        let together = |a: &Line, b: &Line| a.end == b.start && a.keyword == b.keyword;
        for run in self.lines.chunk_by(together).rev() {
            let width = run.iter().map(|line| line.head.width()).max().unwrap_or(0);
            for line in run.iter().rev() {
                let at = line.start + line.head.len();
                if out.get(at..).is_some_and(|rest| rest.starts_with(' ') && !rest.starts_with("  ")) {
                    out.insert_str(at, &" ".repeat(width - line.head.width()));
                }
            }
        }
    }
}
