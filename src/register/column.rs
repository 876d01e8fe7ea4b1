//! Filling, comparing and reordering the cells of one field.

use super::cell;
use super::codebook::Codebook;
use super::table::Column;
use crate::diagnostic::{Code, codes};
use crate::schema::{Blank, Field, FieldType};
use crate::value::{Fact, Fen};

/// Runs one expression over the cells of whatever type, with a value for a column that was not read.
macro_rules! cells {
    ($column:expr, $cells:ident => $run:expr, skipped => $skipped:expr) => {
        match $column {
            Column::Skipped => $skipped,
            Column::Text($cells) => $run,
            Column::Date($cells) => $run,
            Column::Money($cells) => $run,
            Column::Number($cells) => $run,
            Column::Percent($cells) => $run,
            Column::Flag($cells) => $run,
            Column::Code($cells) => $run,
        }
    };
}

impl Column {
    /// An empty column of a field.
    pub(super) fn of(ty: &FieldType) -> Self {
        match ty {
            FieldType::Text => Self::Text(Vec::new()),
            FieldType::Date => Self::Date(Vec::new()),
            FieldType::Money => Self::Money(Vec::new()),
            FieldType::Number => Self::Number(Vec::new()),
            FieldType::Percent => Self::Percent(Vec::new()),
            FieldType::Flag => Self::Flag(Vec::new()),
            FieldType::Code(_) => Self::Code(Vec::new()),
        }
    }

    /// Adds what a cell says; unknown and false where it cannot be read.
    pub(super) fn push(&mut self, text: &str, field: &Field, codes: &Codebook) -> bool {
        if self.push_plain(text.as_bytes(), codes) {
            return true;
        }
        let text = cell::fold(text);
        let (text, blank) = (text.as_ref(), field.blank);
        match self {
            Self::Skipped => true,
            Self::Text(cells) => add(cells, text, blank, cell::text),
            Self::Date(cells) => add(cells, text, blank, cell::date),
            Self::Money(cells) => add(cells, text, blank, cell::money),
            Self::Number(cells) => add(cells, text, blank, cell::whole),
            Self::Percent(cells) => add(cells, text, blank, cell::percent),
            Self::Flag(cells) => add(cells, text, blank, cell::flag),
            Self::Code(cells) => add(cells, text, blank, |text| codes.read(text)),
        }
    }

    /// Adds what a cell says where it is spelled as nearly all are; false where it has to be looked at closely.
    fn push_plain(&mut self, cell: &[u8], codes: &Codebook) -> bool {
        fn add<T>(cells: &mut Vec<Fact<T>>, value: Option<T>) -> bool {
            let plain = value.is_some();
            cells.extend(value.map(Fact::Known));
            plain
        }
        match self {
            Self::Skipped => true,
            Self::Date(cells) => add(cells, cell::plain::date(cell)),
            Self::Money(cells) => add(cells, cell::plain::whole(cell).map(|yuan| Fen(100 * yuan))),
            Self::Number(cells) => add(cells, cell::plain::whole(cell)),
            Self::Flag(cells) => add(cells, cell::plain::flag(cell)),
            Self::Code(cells) => add(cells, codes.read_short(cell)),
            Self::Text(_) | Self::Percent(_) => false,
        }
    }

    /// Adds a cell that the file does not have.
    pub(super) fn push_unknown(&mut self) {
        cells!(self, cells => cells.push(Fact::Unknown), skipped => ());
    }

    /// True where two rows say the same.
    pub(super) fn same(&self, a: usize, b: usize) -> bool {
        cells!(self, cells => cells.get(a) == cells.get(b), skipped => true)
    }

    /// Makes the cell of a row unknown.
    pub(super) fn forget(&mut self, row: usize) {
        cells!(self, cells => forget(cells, row), skipped => ());
    }

    /// Keeps the cells of those rows, in that order.
    pub(super) fn gather(&mut self, rows: &[u32]) {
        cells!(self, cells => gather(cells, rows), skipped => ());
    }
}

fn add<T>(cells: &mut Vec<Fact<T>>, text: &str, blank: Blank, value: impl FnOnce(&str) -> Option<T>) -> bool {
    let fact = cell::fact(text, blank, value);
    let readable = fact.is_some();
    cells.push(fact.unwrap_or(Fact::Unknown));
    readable
}

fn forget<T>(cells: &mut [Fact<T>], row: usize) {
    if let Some(cell) = cells.get_mut(row) {
        *cell = Fact::Unknown;
    }
}

fn gather<T>(cells: &mut Vec<Fact<T>>, rows: &[u32]) {
    let take = |row: &u32| {
        cells.get_mut(*row as usize).map_or(Fact::Unknown, |cell| std::mem::replace(cell, Fact::Unknown))
    };
    *cells = rows.iter().map(take).collect();
}

/// The code of a cell that cannot be read.
pub(super) fn unreadable(ty: &FieldType) -> Code {
    match ty {
        FieldType::Text => codes::D019,
        FieldType::Date => codes::D001,
        FieldType::Money => codes::D007,
        FieldType::Number => codes::D006,
        FieldType::Percent => codes::D015,
        FieldType::Flag => codes::D008,
        FieldType::Code(_) => codes::D002,
    }
}
