//! Tables and scales.

use super::{Lower, values};
use crate::ast::{Band, Located, Scale, Table, TableRow};
use crate::syntax::grammar::Rule;
use crate::syntax::keyword::{Keyword, of_rule};
use pest::iterators::Pair;

impl Lower {
    pub(super) fn table(&mut self, parts: &mut dyn Iterator<Item = Pair<'_, Rule>>) -> Option<Table> {
        let declared = self.declared(parts.next()?)?;
        let of = self.name(parts.next()?)?;
        let (mut subjects, mut rows) = (Vec::new(), Vec::new());
        for pair in parts {
            match pair.as_rule() {
                Rule::table_row => rows.extend(self.table_row(pair)),
                _ => subjects.push(self.sum(pair)?),
            }
        }
        Some(Table { declared, of, subjects, rows })
    }

    fn table_row(&mut self, pair: Pair<'_, Rule>) -> Option<TableRow> {
        let span = self.span(&pair);
        let (mut cells, mut value) = (Vec::new(), None);
        for pair in values(pair) {
            if pair.as_rule() != Rule::cell {
                value = Some(self.expr(pair)?);
                continue;
            }
            let place = self.span(&pair);
            let inner = pair.into_inner().next()?;
            let pattern = match of_rule(inner.as_rule()) {
                Some(Keyword::Otherwise) => None,
                _ => Some(self.pattern(inner)?),
            };
            cells.push(Located { value: pattern, span: place });
        }
        Some(TableRow { cells, value: value?, span })
    }

    pub(super) fn scale(&mut self, parts: &mut dyn Iterator<Item = Pair<'_, Rule>>) -> Option<Scale> {
        let declared = self.declared(parts.next()?)?;
        let of = self.name(parts.next()?)?;
        let subject = self.sum(parts.next()?)?;
        let bands = parts.filter_map(|pair| self.band(pair)).collect();
        Some(Scale { declared, of, subject, bands })
    }

    fn band(&mut self, pair: Pair<'_, Rule>) -> Option<Band> {
        let span = self.span(&pair);
        let mut inner = values(pair);
        Some(Band { above: self.sum(inner.next()?)?, rate: self.expr(inner.next()?)?, span })
    }
}
