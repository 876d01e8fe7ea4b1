//! Which rows are as expected: each expected row gets a row of its own, if there is a way to give all theirs.

use super::expect::RowExpected;
use super::rows::Row;
use std::collections::VecDeque;

/// The rows expected that have no row of their own, and the rows left over: a largest matching, so that a row with
/// few columns never takes the only row of one with many.
pub fn unmatched<'e, 'r>(
    expected: &'e [RowExpected],
    rows: &[&'r Row],
) -> (Vec<&'e RowExpected>, Vec<&'r Row>) {
    let fits = |wanted: usize, row: usize| {
        expected.get(wanted).zip(rows.get(row)).is_some_and(|(wanted, row)| row.agrees(wanted).1)
    };
    let mut matching = Matching { owner: vec![None; rows.len()], row: vec![None; expected.len()] };
    for wanted in 0..expected.len() {
        matching.augment(wanted, &fits);
    }
    let lacking =
        expected.iter().zip(&matching.row).filter(|(_, row)| row.is_none()).map(|(wanted, _)| wanted);
    let left = rows.iter().zip(&matching.owner).filter(|(_, owner)| owner.is_none()).map(|(row, _)| *row);
    (lacking.collect(), left.collect())
}

/// Who has which row, from both sides.
struct Matching {
    owner: Vec<Option<usize>>,
    row: Vec<Option<usize>>,
}

impl Matching {
    /// Gives an expected row one of its own, moving others to their other choices where that is needed.
    fn augment(&mut self, wanted: usize, fits: &impl Fn(usize, usize) -> bool) {
        let mut reached_from: Vec<Option<usize>> = vec![None; self.owner.len()];
        let mut queue = VecDeque::from([wanted]);
        while let Some(from) = queue.pop_front() {
            for (at, reached) in reached_from.iter_mut().enumerate() {
                if reached.is_some() || !fits(from, at) {
                    continue;
                }
                *reached = Some(from);
                match self.owner.get(at).copied().flatten() {
                    Some(owner) => queue.push_back(owner),
                    None => return self.move_along(at, &reached_from),
                }
            }
        }
    }

    /// Each on the way to the free row takes the row it reached, and leaves its own to the one before it.
    fn move_along(&mut self, free: usize, reached_from: &[Option<usize>]) {
        let mut next = Some(free);
        while let Some(at) = next {
            let Some(from) = reached_from.get(at).copied().flatten() else { return };
            next = self.row.get_mut(from).and_then(|row| row.replace(at));
            if let Some(owner) = self.owner.get_mut(at) {
                *owner = Some(from);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::expect::Cell;
    use crate::testing::words::Column;

    fn row(person: &str, period: &str) -> Row {
        let cells = [(Column::Person, person.to_owned()), (Column::Period, period.to_owned())];
        Row { cells: cells.into(), ..Row::default() }
    }

    fn wanted(cells: &[(Column, &str)]) -> RowExpected {
        let cells = cells.iter().map(|(column, text)| (*column, Cell::Text((*text).to_owned()))).collect();
        RowExpected { line: 1, cells }
    }

    #[test]
    fn a_vague_row_leaves_the_exact_one_its_row() {
        let (a, b) = (row("1", "2005"), row("2", "2005"));
        let expected = [wanted(&[]), wanted(&[(Column::Person, "1")])];
        assert_eq!(unmatched(&expected, &[&a, &b]), (vec![], vec![]));
    }

    #[test]
    fn what_is_too_many_on_either_side_is_left() {
        let (a, b) = (row("1", "2005"), row("1", "2006"));
        let expected = [wanted(&[(Column::Person, "1")]), wanted(&[(Column::Person, "3")])];
        assert_eq!(unmatched(&expected, &[&a, &b]), (vec![&expected[1]], vec![&b]));
    }

    #[test]
    fn many_alike_rows_are_matched_without_depth() {
        let rows: Vec<Row> = (0..2_000).map(|_| row("1", "2005")).collect();
        let rows: Vec<&Row> = rows.iter().collect();
        let expected = vec![wanted(&[]); 2_000];
        assert_eq!(unmatched(&expected, &rows), (vec![], vec![]));
    }
}
