//! The register as dense columns: what a kernel reads, a slice of plain numbers for each field.

use super::fold::{FIRST, LAST};
use crate::register::{Column, Register};
use crate::schema::{RecordId, Schema};
use crate::value::{DaySpan, Fact};
use std::collections::HashMap;
use std::sync::Arc;

/// A day that is not there, and one that is not known: both lie outside the calendar, so that no range holds them.
pub(super) const NO_DAY: i32 = i32::MAX;
pub(super) const ANY_DAY: i32 = i32::MIN;
/// A code that is not there, and one that is not known.
pub(super) const NO_CODE: u8 = u8::MAX;
pub(super) const ANY_CODE: u8 = u8::MAX - 1;
/// A text that is not there, and one that is not known.
pub(super) const NO_WORD: u32 = u32::MAX;
pub(super) const ANY_WORD: u32 = u32::MAX - 1;
/// No bound below, and none above. A number of the register that is one of them is taken for no bound, which is safe.
pub(super) const LOW: i64 = i64::MIN;
pub(super) const HIGH: i64 = i64::MAX;

/// All records of a register.
#[derive(Debug, Default)]
pub struct Store {
    /// By [`RecordId`].
    pub(super) tables: Vec<Rows>,
}

/// The rows of one record.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// Children of parent row `p` are the rows `offsets[p]..offsets[p + 1]`; empty for a root.
    pub offsets: Vec<u32>,
    /// Row of the parent; empty for a root.
    pub parents: Vec<u32>,
    /// For each row of the root: may rows be missing? Empty where none may.
    pub open: Vec<bool>,
    /// By field.
    pub columns: Vec<Cells>,
}

/// The cells of one field.
#[derive(Debug)]
pub(super) enum Cells {
    /// Nothing a kernel reads: rates, and what was not read at all.
    Opaque,
    /// Texts by their places in a list of the different ones.
    Text { values: Vec<u32>, words: Arc<[Box<str>]>, holes: Holes },
    /// Days; `last` where some are known only to a month or a year. `far` where some lie so far off that calendars end.
    Date { first: Vec<i32>, last: Option<Vec<i32>>, holes: Holes, far: bool },
    /// Whole numbers, or fen; `None` of `gaps` where all are known.
    Number { values: Vec<i64>, gaps: Option<Vec<Gap>>, holes: Holes },
    /// Places in a list of codes; yes is 1 and no is 0 where it is a flag.
    Code { values: Vec<u8>, holes: Holes },
}

/// Why a number is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    None,
    Absent,
    Unknown,
}

/// Which kinds of holes a column has at all.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Holes {
    pub absent: bool,
    pub unknown: bool,
}

impl Store {
    /// The same facts as a register, in the same order of rows.
    #[must_use]
    pub fn of(register: &Register, schema: &Schema) -> Self {
        let tables = schema.iter().map(|(id, _)| rows(register, id)).collect();
        Self { tables }
    }

    pub(super) fn table(&self, record: RecordId) -> &Rows {
        &self.tables[record.0]
    }
}

fn rows(register: &Register, record: RecordId) -> Rows {
    let table = register.table(record);
    Rows {
        offsets: table.offsets.clone(),
        parents: table.parents.clone(),
        open: if table.open.iter().any(|open| *open) { table.open.clone() } else { Vec::new() },
        columns: table.columns.iter().map(Cells::of).collect(),
    }
}

impl Cells {
    fn of(column: &Column) -> Self {
        match column {
            Column::Skipped | Column::Percent(_) => Self::Opaque,
            Column::Text(cells) => texts(cells),
            Column::Date(cells) => dates(cells),
            Column::Money(cells) => numbers(cells.iter().map(|cell| cell.map(|fen| fen.0))),
            Column::Number(cells) => numbers(cells.iter().copied()),
            Column::Flag(cells) => codes(cells.iter().map(|cell| cell.map(u8::from))),
            Column::Code(cells) => {
                codes(cells.iter().map(|cell| cell.map(|code| u8::try_from(code).unwrap_or(ANY_CODE))))
            }
        }
    }
}

impl Holes {
    fn note<T>(&mut self, cell: &Fact<T>) {
        self.absent |= matches!(cell, Fact::Absent);
        self.unknown |= matches!(cell, Fact::Unknown);
    }
}

fn texts(cells: &[Fact<Box<str>>]) -> Cells {
    let mut holes = Holes::default();
    let mut places: HashMap<&str, u32> = HashMap::new();
    let mut words: Vec<Box<str>> = Vec::new();
    let mut values = Vec::with_capacity(cells.len());
    for cell in cells {
        holes.note(cell);
        values.push(match cell {
            Fact::Known(text) => *places.entry(text).or_insert_with(|| {
                words.push(text.clone());
                u32::try_from(words.len() - 1).unwrap_or(ANY_WORD)
            }),
            Fact::Absent => NO_WORD,
            Fact::Unknown => ANY_WORD,
        });
    }
    Cells::Text { values, words: words.into(), holes }
}

fn dates(cells: &[Fact<DaySpan>]) -> Cells {
    let mut holes = Holes::default();
    let (mut partial, mut far) = (false, false);
    let mut first = Vec::with_capacity(cells.len());
    for cell in cells {
        holes.note(cell);
        first.push(match cell {
            Fact::Known(span) => {
                partial |= !span.is_exact();
                far |= span.first.number() < FIRST || LAST < span.last.number();
                span.first.number()
            }
            Fact::Absent => NO_DAY,
            Fact::Unknown => ANY_DAY,
        });
    }
    let end = |(cell, first): (&Fact<DaySpan>, &i32)| match cell {
        Fact::Known(span) => span.last.number(),
        _ => *first,
    };
    let last = partial.then(|| cells.iter().zip(&first).map(end).collect());
    Cells::Date { first, last, holes, far }
}

fn numbers(cells: impl ExactSizeIterator<Item = Fact<i64>> + Clone) -> Cells {
    let mut holes = Holes::default();
    let mut values = Vec::with_capacity(cells.len());
    for cell in cells.clone() {
        holes.note(&cell);
        values.push(cell.known().unwrap_or_default());
    }
    let gap = |cell: Fact<i64>| match cell {
        Fact::Known(_) => Gap::None,
        Fact::Absent => Gap::Absent,
        Fact::Unknown => Gap::Unknown,
    };
    let gaps = (holes.absent || holes.unknown).then(|| cells.map(gap).collect());
    Cells::Number { values, gaps, holes }
}

fn codes(cells: impl Iterator<Item = Fact<u8>>) -> Cells {
    let mut holes = Holes::default();
    let values = cells
        .map(|cell| {
            holes.note(&cell);
            match cell {
                Fact::Known(code) => code,
                Fact::Absent => NO_CODE,
                Fact::Unknown => ANY_CODE,
            }
        })
        .collect();
    Cells::Code { values, holes }
}

impl Store {
    /// Some rows of the unit of evaluation with all that lies in them, as a store of its own, and by record the rows
    /// that its rows are.
    pub(super) fn gather(&self, schema: &Schema, unit: RecordId, units: &[usize]) -> (Self, Vec<Vec<u32>>) {
        let mut rows: Vec<Vec<u32>> = Vec::new();
        let mut tables = Vec::new();
        for (id, record) in schema.iter() {
            let table = self.table(id);
            let (kept, offsets) = match record.parent {
                None if id == unit => {
                    (units.iter().filter_map(|unit| u32::try_from(*unit).ok()).collect(), Vec::new())
                }
                None => (Vec::new(), Vec::new()),
                Some(parent) => children(&table.offsets, &rows[parent.0]),
            };
            let within = schema.chain(id).last() == Some(unit);
            let open = |row: &usize| table.open.get(*row).copied().unwrap_or(false);
            tables.push(Rows {
                parents: Rows::parents_of(&offsets),
                offsets,
                open: if within && !table.open.is_empty() {
                    units.iter().map(open).collect()
                } else {
                    Vec::new()
                },
                columns: table.columns.iter().map(|column| column.gather(&kept)).collect(),
            });
            rows.push(kept);
        }
        (Self { tables }, rows)
    }
}

/// The rows that lie in some parents, and where those of each begin.
fn children(offsets: &[u32], parents: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let (mut rows, mut ends) = (Vec::new(), vec![0]);
    for parent in parents {
        let at = |row: usize| offsets.get(row).copied().unwrap_or(0);
        rows.extend(at(*parent as usize)..at(*parent as usize + 1));
        ends.push(u32::try_from(rows.len()).unwrap_or(u32::MAX));
    }
    (rows, ends)
}

impl Cells {
    fn gather(&self, rows: &[u32]) -> Self {
        fn take<T: Copy>(of: &[T], rows: &[u32]) -> Vec<T> {
            rows.iter().map(|row| of[*row as usize]).collect()
        }
        match self {
            Self::Opaque => Self::Opaque,
            Self::Text { values, words, holes } => {
                Self::Text { values: take(values, rows), words: Arc::clone(words), holes: *holes }
            }
            Self::Date { first, last, holes, far } => Self::Date {
                first: take(first, rows),
                last: last.as_ref().map(|last| take(last, rows)),
                holes: *holes,
                far: *far,
            },
            Self::Number { values, gaps, holes } => Self::Number {
                values: take(values, rows),
                gaps: gaps.as_ref().map(|gaps| take(gaps, rows)),
                holes: *holes,
            },
            Self::Code { values, holes } => Self::Code { values: take(values, rows), holes: *holes },
        }
    }
}

impl Rows {
    /// The parents of rows that lie in a parent table of which some rows were kept.
    pub(super) fn parents_of(offsets: &[u32]) -> Vec<u32> {
        let mut parents = Vec::with_capacity(offsets.last().copied().unwrap_or(0) as usize);
        for (parent, ends) in offsets.windows(2).enumerate() {
            let parent = u32::try_from(parent).unwrap_or(u32::MAX);
            parents.extend(std::iter::repeat_n(parent, (ends[1] - ends[0]) as usize));
        }
        parents
    }
}
