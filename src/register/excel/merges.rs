//! Merged cells: the one that is shown stands for all of its area. Areas are met row by row and only in the columns that
//! are read, so that one over a million rows costs no more than one over two.

use super::book::Line;
use super::value::Value;
use calamine::Dimensions;

/// The areas of a sheet, on the way down.
pub(super) struct Merges<'b> {
    /// By first row; those before `next` were met.
    areas: Vec<Dimensions>,
    next: usize,
    /// The columns that are read.
    columns: Vec<u32>,
    /// By place in `columns`: the last row that an area covers, as Excel numbers it, and what it shows.
    held: Vec<(u64, Value<'b>)>,
}

/// A row as Excel numbers it.
fn number(row: u32) -> u64 {
    u64::from(row) + 1
}

/// Puts the areas in the order in which they are met.
pub(super) fn sorted(mut areas: Vec<Dimensions>) -> Vec<Dimensions> {
    areas.retain(|area| area.start != area.end);
    areas.sort_by_key(|area| (area.start, area.end));
    areas
}

/// The last row of the area that begins at a cell; its own row where there is none.
pub(super) fn last_row(areas: &[Dimensions], row: u64, column: u32) -> u64 {
    let begins = |area: &&Dimensions| number(area.start.0) == row && area.start.1 == column;
    areas.iter().find(begins).map_or(row, |area| number(area.end.0).max(row))
}

impl<'b> Merges<'b> {
    /// Of areas that are [`sorted`], in some columns.
    pub(super) fn new(areas: Vec<Dimensions>, columns: Vec<u32>) -> Self {
        let held = columns.iter().map(|_| (0, Value::Text("".into()))).collect();
        Self { areas, next: 0, columns, held }
    }

    /// Comes to a row; rows ascend.
    pub(super) fn enter(&mut self, line: &Line<'b>) {
        while let Some(area) = self.areas.get(self.next).filter(|area| number(area.start.0) <= line.number) {
            self.next += 1;
            let until = number(area.end.0);
            if until < line.number {
                continue;
            }
            // The row of its first cell has no cells at all where it was passed over.
            let here = number(area.start.0) == line.number;
            let shown = line.cell(area.start.1).filter(|_| here);
            let within = |column: u32| (area.start.1..=area.end.1).contains(&column);
            for (_, held) in self.columns.iter().zip(&mut self.held).filter(|(column, _)| within(**column)) {
                *held = (until, shown.cloned().unwrap_or(Value::Text("".into())));
            }
        }
    }

    /// What a column shows in the row that was come to last.
    pub(super) fn cell<'l>(&'l self, place: usize, line: &'l Line<'b>) -> Option<&'l Value<'b>> {
        let (until, shown) = self.held.get(place)?;
        if *until >= line.number { Some(shown) } else { line.cell(*self.columns.get(place)?) }
    }
}
