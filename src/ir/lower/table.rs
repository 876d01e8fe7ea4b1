//! Tables: every combination of the subjects' values hits one row, proved by splitting them into cells.

use super::pattern::{list, shared};
use super::{Lowering, Scope};
use crate::ast::{Table, TableRow as Written};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::plan::{Branches, NodeId, Op, Pattern, Place, TableRow};
use crate::source::Span;
use crate::syntax::Keyword;
use crate::types::Type;

/// Most combinations that are looked at.
const MAX_COMBINATIONS: usize = 20_000;
/// Most combinations that are named as left out.
const MAX_NAMED: usize = 5;

/// A row that could be read.
struct Read {
    cells: Vec<Option<Pattern>>,
    span: Span,
}

impl Read {
    /// How many cells fit any value.
    fn free(&self) -> usize {
        self.cells.iter().filter(|cell| cell.is_none()).count()
    }

    fn fits(&self, combination: &[&Pattern]) -> bool {
        let fits = |(cell, part): (&Option<Pattern>, &&Pattern)| {
            cell.as_ref().is_none_or(|cell| shared(cell, part).is_some())
        };
        self.cells.iter().zip(combination).all(fits)
    }
}

impl<'m> Lowering<'m, '_> {
    /// A table; a faulty one has lost rows, so that nothing is said to be left out.
    pub(super) fn table(&mut self, table: &Table, faulty: bool, scope: Scope<'m>) -> Option<NodeId> {
        let mut subjects: Vec<(NodeId, Type)> = Vec::new();
        for subject in &table.subjects {
            let node = self.expr(subject, scope, None)?;
            let ty = self.builder.ty(node);
            self.has_patterns(ty, node, subject.span)?;
            subjects.push((node, ty));
        }
        if table.rows.is_empty() && !faulty {
            let part = Keyword::Case.words();
            self.report(Diagnostic::at(codes::S008, table.declared.span()).arg("part", part));
        }
        let (mut read, mut values, mut sound) = (Vec::new(), Vec::new(), !faulty);
        for row in &table.rows {
            let cells = self.cells(row, &subjects, scope);
            let value = self.expr(&row.value, scope, None);
            sound &= cells.is_some() && value.is_some();
            values.extend(value.map(|value| (value, row.value.span)));
            if let Some((cells, value)) = cells.zip(value) {
                read.push((Read { cells, span: row.span }, value));
            }
        }
        let ty = self.common_type(&values)?;
        // The sort is stable: rows of one weight stay as they were written.
        read.sort_by_key(|(row, _)| row.free());
        let types: Vec<Type> = subjects.iter().map(|(_, ty)| *ty).collect();
        let rows: Vec<&Read> = read.iter().map(|(row, _)| row).collect();
        if !sound || !self.proved(&rows, &types, table.declared.span()) {
            return None;
        }
        let subjects: Vec<NodeId> = subjects.iter().map(|(node, _)| *node).collect();
        let any_row = rows.iter().any(|row| row.free() == subjects.len());
        let may_miss = !any_row && subjects.iter().any(|subject| self.builder.optional(*subject));
        let optional = may_miss || values.iter().any(|(node, _)| self.builder.optional(*node));
        let operands: Vec<NodeId> =
            subjects.iter().copied().chain(values.iter().map(|(node, _)| *node)).collect();
        let arms = read.iter().map(|(row, _)| Place(row.span)).collect();
        let rows = read.into_iter().map(|(row, value)| TableRow { cells: row.cells, value }).collect();
        let node = self.builder.over(Op::Table { subjects, rows }, ty, optional, &operands);
        self.branches.push(Branches { node, arms });
        Some(node)
    }

    /// The cells of a row, one a column; a single `otherwise` stands for all of them.
    fn cells(
        &mut self,
        row: &Written,
        subjects: &[(NodeId, Type)],
        scope: Scope<'m>,
    ) -> Option<Vec<Option<Pattern>>> {
        if let [only] = row.cells.as_slice()
            && only.value.is_none()
        {
            return Some(vec![None; subjects.len()]);
        }
        if let Some(surplus) = row.cells.get(subjects.len()) {
            let part =
                Term::new(format!("第 {} 格", subjects.len() + 1), format!("cell {}", subjects.len() + 1));
            self.report(Diagnostic::at(codes::S010, surplus.span).arg("part", part));
            return None;
        }
        if row.cells.len() < subjects.len() {
            let place = row.cells.len() + 1;
            let part = Term::new(format!("第 {place} 格"), format!("cell {place}"));
            self.report(Diagnostic::at(codes::S008, row.span).arg("part", part));
            return None;
        }
        let cells = row.cells.iter().zip(subjects).map(|(cell, (_, ty))| match &cell.value {
            Some(pattern) => self.pattern(pattern, *ty, scope).map(Some),
            None => Some(None),
        });
        // Every cell is read, so that each fault is told.
        cells.collect::<Vec<_>>().into_iter().collect()
    }

    /// True where every combination hits one row: of the rows that fit, one alone has the fewest free cells.
    fn proved(&mut self, rows: &[&Read], types: &[Type], span: Span) -> bool {
        let columns: Vec<Vec<Pattern>> =
            types.iter().enumerate().map(|(column, ty)| self.split(rows, column, *ty)).collect();
        let count = columns.iter().fold(1_usize, |count, parts| count.saturating_mul(parts.len()));
        if count > MAX_COMBINATIONS {
            let finding = Diagnostic::at(codes::T011, span).arg("found", Term::same(count));
            self.report(finding.arg("limit", Term::same(MAX_COMBINATIONS)));
            return false;
        }
        let (mut left_out, mut clashes) = (Vec::new(), Vec::new());
        for number in 0..count {
            let combination = combination(&columns, number);
            let mut fitting = rows.iter().enumerate().filter(|(_, row)| row.fits(&combination));
            let Some((first, row)) = fitting.next() else {
                left_out.push(combination);
                continue;
            };
            let rival = fitting.next().filter(|(_, rival)| rival.free() == row.free());
            if let Some((second, rival)) = rival
                && !clashes.contains(&(first, second))
            {
                clashes.push((first, second));
                let pattern = self.shown_together(&combination, types);
                let finding = Diagnostic::at(codes::T008, rival.span).arg("pattern", pattern);
                self.report(finding.related(row.span, Term::new("与此重叠", "overlaps this one")));
            }
        }
        if !left_out.is_empty() {
            let named = left_out.iter().take(MAX_NAMED);
            let mut named: Vec<Term> = named.map(|parts| self.shown_together(parts, types)).collect();
            if left_out.len() > MAX_NAMED {
                named.push(Term::new("……", "…"));
            }
            let missing = Term::new(
                named.iter().map(|term| term.zh.as_str()).collect::<Vec<_>>().join(";"),
                named.iter().map(|term| term.en.as_str()).collect::<Vec<_>>().join("; "),
            );
            self.report(
                Diagnostic::at(codes::T007, span)
                    .arg("missing", missing)
                    .help(Term::new("补上这些档,或写“档 其余: …”", "add these rows, or 'case otherwise: …'")),
            );
        }
        left_out.is_empty() && clashes.is_empty()
    }

    /// The values of a column, in parts that each pattern of it holds whole or not at all.
    fn split(&self, rows: &[&Read], column: usize, ty: Type) -> Vec<Pattern> {
        let patterns: Vec<&Pattern> = rows.iter().filter_map(|row| row.cells.get(column)?.as_ref()).collect();
        if matches!(ty, Type::Code(..)) {
            // All codes of the field.
            return self.left_out(ty, &[]);
        }
        // A part begins where a pattern begins, and right after one ends.
        let mut starts: Vec<i64> = Vec::new();
        for pattern in patterns {
            if let Pattern::Span(lo, hi) = pattern {
                starts.extend(lo.iter().copied().chain(hi.and_then(|hi| hi.checked_add(1))));
            }
        }
        starts.sort_unstable();
        starts.dedup();
        let ends = starts.iter().map(|start| start.checked_sub(1)).chain([None]);
        let begins = [None].into_iter().chain(starts.iter().copied().map(Some));
        begins.zip(ends).map(|(lo, hi)| Pattern::Span(lo, hi)).collect()
    }

    fn shown_together(&self, combination: &[&Pattern], types: &[Type]) -> Term {
        let shown: Vec<Term> =
            combination.iter().zip(types).map(|(part, ty)| self.shown(part, *ty)).collect();
        list(&shown)
    }
}

/// The combination of a number: one part of each column, the last column turning fastest.
fn combination(columns: &[Vec<Pattern>], number: usize) -> Vec<&Pattern> {
    let mut rest = number;
    let mut parts: Vec<&Pattern> = columns
        .iter()
        .rev()
        .filter_map(|parts| {
            let part = parts.get(rest % parts.len().max(1));
            rest /= parts.len().max(1);
            part
        })
        .collect();
    parts.reverse();
    parts
}
