//! Tables: the row that the subjects hit, or all that they could.

use super::choose::{could_hit, covers, together};
use super::computed::{Computed, Presence, Value};
use super::expr::{Evaluator, Outcome};
use super::order::scale;
use crate::eval::Fault;
use crate::ir::{NodeId, Pattern, TableRow};
use crate::types::Type;

impl<'r> Evaluator<'r> {
    pub(super) fn table(&self, subjects: &[NodeId], rows: &[TableRow], row: usize, ty: Type) -> Outcome<'r> {
        let subjects = self.subjects(subjects, row)?;
        let (hit, sure) = rows_hit(&subjects, rows);
        let none_hit = hit.is_empty();
        let values = values(rows, &hit).map(|id| self.eval(id, row)).collect::<Result<Vec<_>, _>>()?;
        let all = together(values, ty);
        // Every value hits a row: none is hit only where a subject is absent.
        let may_miss = !sure && subjects.iter().any(|subject| subject.presence != Presence::Present);
        let presence = if may_miss && !none_hit { Presence::Maybe } else { all.presence };
        let certainty = subjects.iter().fold(all.certainty, |least, one| least.max(one.certainty));
        let horizon = subjects.iter().fold(all.horizon, |first, one| first.min(one.horizon));
        Ok(Computed::result(all.value, presence, certainty, horizon))
    }

    /// The rows that could be hit, and whether one certainly is.
    pub(super) fn rows_hit(
        &self,
        subjects: &[NodeId],
        rows: &[TableRow],
        row: usize,
    ) -> Result<(Vec<usize>, bool), Fault> {
        Ok(rows_hit(&self.subjects(subjects, row)?, rows))
    }

    /// The values of the rows that could be hit.
    pub(super) fn values_hit(
        &self,
        subjects: &[NodeId],
        rows: &[TableRow],
        row: usize,
    ) -> Result<Vec<NodeId>, Fault> {
        let (hit, _) = self.rows_hit(subjects, rows, row)?;
        Ok(values(rows, &hit).collect())
    }

    fn subjects(&self, subjects: &[NodeId], row: usize) -> Result<Vec<Computed<'r>>, Fault> {
        subjects.iter().map(|subject| self.eval(*subject, row)).collect()
    }
}

fn values(rows: &[TableRow], hit: &[usize]) -> impl Iterator<Item = NodeId> {
    hit.iter().filter_map(|place| rows.get(*place)).map(|row| row.value)
}

/// The rows that could be hit, and whether one certainly is. A row that is certainly hit leaves nothing to those with
/// more free cells, which stand after it.
fn rows_hit(subjects: &[Computed<'_>], rows: &[TableRow]) -> (Vec<usize>, bool) {
    let mut hit = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        let every = |fits: fn(&Pattern, &Computed<'_>) -> bool| {
            let mut cells = row.cells.iter().zip(subjects);
            cells.all(|(cell, subject)| cell.as_ref().is_none_or(|cell| fits(cell, subject)))
        };
        if every(could_fit) {
            hit.push(place);
        }
        if every(fits) {
            return (hit, true);
        }
    }
    (hit, false)
}

fn could_fit(pattern: &Pattern, subject: &Computed<'_>) -> bool {
    subject.presence != Presence::Absent && could_hit(pattern, subject.value)
}

/// All values that the subject could have are the pattern's.
fn fits(pattern: &Pattern, subject: &Computed<'_>) -> bool {
    subject.presence == Presence::Present
        && match (pattern, subject.value) {
            (Pattern::Code(code), Value::Code(found)) => found == Some(*code),
            (Pattern::Code(_), _) => false,
            (Pattern::Span(lo, hi), value) => covers(&[(*lo, *hi)], scale(value)),
        }
}
