//! Tables and scales: rows in columns, the values under each other.

use super::doc::{Doc, STEP};
use super::item::Row;
use super::words::{Printer, Segment, Separator, bytes, declared};
use crate::ast::{Declared, Expr, Item, Located, Name, Pattern, Scale, Table};
use crate::source::Span;
use crate::syntax::keyword::Keyword;
use unicode_width::UnicodeWidthStr;

impl Printer<'_> {
    pub(super) fn table(&mut self, item: &Item, it: &Table) -> Vec<Row> {
        let segments = it
            .subjects
            .iter()
            .map(|subject| Segment { range: bytes(subject.span), doc: self.sum(subject) })
            .collect();
        let subjects = self.list(segments, Separator::Comma);
        let last = it.subjects.last().map_or(it.of.span, |subject| subject.span);
        let head = self.tabled(item, (Keyword::Table, &it.declared, &it.of), subjects, last);
        let lines = it.rows.iter().map(|row| {
            let cells: Vec<Doc> = row.cells.iter().map(|cell| self.cell(cell)).collect();
            (cells, &row.value, row.span)
        });
        let lines = lines.collect();
        self.aligned(head, Keyword::Case, lines)
    }

    pub(super) fn scale(&mut self, item: &Item, it: &Scale) -> Vec<Row> {
        let subject = self.sum(&it.subject);
        let head = self.tabled(item, (Keyword::Scale, &it.declared, &it.of), subject, it.subject.span);
        let lines = it.bands.iter().map(|band| (vec![self.sum(&band.above)], &band.rate, band.span));
        let lines = lines.collect();
        self.aligned(head, Keyword::Above, lines)
    }

    fn tabled(
        &mut self,
        item: &Item,
        (keyword, name, of): (Keyword, &Declared, &Name),
        subjects: Doc,
        last: Span,
    ) -> Row {
        let words = [
            self.word(keyword).to_owned(),
            declared(name),
            self.word(Keyword::Of).to_owned(),
            self.reference(of),
            self.word(Keyword::Tier).to_owned(),
        ];
        let doc = Doc::Concat(vec![Doc::Text(format!("{} ", words.join(" "))), subjects.nested()]);
        Row { indent: 0, range: item.span.start as usize..last.end as usize, doc: doc.grouped() }
    }

    fn cell(&mut self, cell: &Located<Option<Pattern>>) -> Doc {
        match &cell.value {
            Some(pattern) => self.pattern(pattern),
            None => Doc::text(self.word(Keyword::Otherwise)),
        }
    }

    /// Each cell as wide as the widest of its column; the last one before the colon as well. A cell that stands alone
    /// in a table of several columns has no column of its own.
    fn aligned(&mut self, head: Row, keyword: Keyword, lines: Vec<(Vec<Doc>, &Expr, Span)>) -> Vec<Row> {
        let columns = lines.iter().map(|(cells, ..)| cells.len()).max().unwrap_or(0);
        let mut widths = vec![0; columns];
        for (cells, ..) in lines.iter().filter(|(cells, ..)| cells.len() == columns) {
            for (column, (width, cell)) in widths.iter_mut().zip(cells).enumerate() {
                *width = width_of(cell, column + 1 < columns).max(*width);
            }
        }
        let full = widths.iter().sum::<usize>() + columns.saturating_sub(1);
        let mut rows = vec![head];
        for (cells, value, span) in lines {
            let several = cells.len() == columns;
            let last = cells.len().saturating_sub(1);
            let mut docs = vec![Doc::text(format!("{} ", self.word(keyword)))];
            for (column, cell) in cells.into_iter().enumerate() {
                let comma = column < last;
                let room = if several { widths.get(column).copied().unwrap_or(0) } else { full };
                let pad = room.saturating_sub(width_of(&cell, comma));
                docs.push(cell);
                docs.push(Doc::Text(format!("{}{}", if comma { "," } else { "" }, " ".repeat(pad + 1))));
            }
            docs.extend([Doc::text(": "), self.expr(value).aligned()]);
            rows.push(Row { indent: STEP, range: bytes(span), doc: Doc::Concat(docs) });
        }
        rows
    }
}

/// The columns a cell takes with the comma after it; of one that breaks, none.
fn width_of(cell: &Doc, comma: bool) -> usize {
    let text = cell.render(0);
    if text.contains('\n') { 0 } else { text.width() + usize::from(comma) }
}
