//! Where each comment of a file goes.
//!
//! The printed text has places where a line may break; the stretches between them are segments. A comment between
//! two segments, or inside one, is attached to one of them: it stands on lines of its own before the segment, or
//! at the end of the segment's last line. Inner segments take theirs first, so that a comment is as near to its
//! word as the layout allows. Attached so, a second run finds every comment where the first one put it.

use crate::syntax::lines::{Comment, comments};
use std::ops::Range;

/// The comments of a file and which of them are still to be printed.
pub(super) struct Pool<'a> {
    text: &'a str,
    comments: Vec<(Comment, bool)>,
}

/// The comments of one segment.
#[derive(Default)]
pub(super) struct Attached {
    /// On their own lines before it.
    pub before: Vec<String>,
    /// At the end of its last line.
    pub suffix: Option<String>,
}

/// What surrounds a list of segments.
#[derive(Clone, Copy)]
pub(super) enum Around {
    /// The rows of an item; the next item begins at this byte.
    Item(usize),
    /// Braces that break after the opening one (ends at the first byte) and before the closing one (at the second).
    Braces(usize, usize),
    /// Another segment: it takes what belongs before the first or after the last of these.
    Segment,
}

impl<'a> Pool<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, comments: comments(text).into_iter().map(|comment| (comment, false)).collect() }
    }

    /// Numbers of the comments in a stretch that are still to be printed.
    fn waiting(&self, range: Range<usize>) -> Vec<usize> {
        let until = |at| self.comments.partition_point(|(comment, _)| comment.range.start < at);
        let (first, end) = (until(range.start), until(range.end));
        let untaken = |index: &usize| self.comments.get(*index).is_some_and(|(_, taken)| !taken);
        (first..end).filter(untaken).collect()
    }

    fn trails(&self, index: usize) -> bool {
        self.comments.get(index).is_some_and(|(comment, _)| !comment.own_line)
    }

    fn take(&mut self, index: usize) -> String {
        let Some((comment, taken)) = self.comments.get_mut(index) else { return String::new() };
        *taken = true;
        self.text.get(comment.range.clone()).unwrap_or_default().trim_end().to_owned()
    }

    /// All comments of a stretch that are still to be printed, with their places.
    pub(super) fn rest(&mut self, range: Range<usize>) -> Vec<(Range<usize>, String)> {
        let waiting = self.waiting(range);
        waiting
            .into_iter()
            .map(|index| {
                let place = self.comments.get(index).map(|(comment, _)| comment.range.clone());
                (place.unwrap_or_default(), self.take(index))
            })
            .collect()
    }

    /// Attaches what is in and around segments to them; with braces, also says what stands before the closing one.
    pub(super) fn attach(
        &mut self,
        segments: &[Range<usize>],
        around: Around,
    ) -> (Vec<Attached>, Vec<String>) {
        let Some(first) = segments.first() else { return (Vec::new(), Vec::new()) };
        let mut carried = match around {
            Around::Braces(from, _) => self.waiting(from..first.start),
            Around::Item(_) | Around::Segment => Vec::new(),
        };
        let mut attached = Vec::with_capacity(segments.len());
        for (index, segment) in segments.iter().enumerate() {
            let next = segments.get(index + 1).map(|next| next.start);
            let end = match (next, around) {
                (Some(start), _) => Some(start),
                (None, Around::Item(end) | Around::Braces(_, end)) => Some(end),
                (None, Around::Segment) => None,
            };
            let mut inside = self.waiting(segment.clone());
            let mut after = end.map_or_else(Vec::new, |end| self.waiting(segment.end..end));
            let last_inside = inside.iter().rposition(|comment| self.trails(*comment));
            let suffix = if after.first().is_some_and(|comment| self.trails(*comment)) {
                Some(after.remove(0))
            } else {
                // The last one inside is put at the end of the line: here, or by whatever is around.
                last_inside.map(|at| inside.remove(at)).filter(|_| end.is_some())
            };
            if index == 0 && matches!(around, Around::Segment) {
                inside.clear();
            }
            if next.is_none() && matches!(around, Around::Item(_)) {
                // On lines of their own after an item: not the business of its rows.
                after.clear();
            }
            let before = carried.drain(..).chain(inside).collect::<Vec<_>>();
            attached.push(Attached {
                before: before.into_iter().map(|comment| self.take(comment)).collect(),
                suffix: suffix.map(|comment| self.take(comment)),
            });
            carried = after;
        }
        (attached, carried.into_iter().map(|comment| self.take(comment)).collect())
    }

    /// The column a byte stands at, in characters from 0.
    pub(super) fn column(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or_default();
        before.chars().rev().take_while(|c| *c != '\n').count()
    }

    /// True where a stretch without words holds an empty line.
    pub(super) fn empty_line(&self, range: Range<usize>) -> bool {
        self.text.get(range).unwrap_or_default().matches('\n').count() > 1
    }
}
