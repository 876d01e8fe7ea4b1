//! The cells of one field: filling, asking, comparing and reordering them.

use super::cell;
use super::codebook::Codebook;
use super::dense::{ANY_WORD, Cells, Holes, NO_WORD};
use super::words::Words;
use crate::diagnostic::{Code, codes};
use crate::schema::{Blank, Datum, Field, FieldType};
use crate::value::{DaySpan, Fact, Fen, Ratio};
use std::sync::Arc;

/// The cells of one field.
#[derive(Clone, Debug)]
pub struct Column {
    kind: Kind,
    /// As the kernels read them; shared with those that do.
    cells: Arc<Cells>,
    rest: Rest,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Skipped,
    Text,
    Date,
    Money,
    Number,
    Percent,
    Flag,
    Code,
}

/// What no kernel reads.
#[derive(Clone, Debug)]
enum Rest {
    None,
    Rates(Vec<Fact<Ratio>>),
    /// Codes of a list that has more of them than a byte can tell apart.
    Codes(Vec<Fact<u16>>),
}

/// What a register says in one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// The column was not read.
    Skipped,
    /// Free text.
    Text(Fact<&'a str>),
    /// A date, perhaps partial.
    Date(Fact<DaySpan>),
    /// Fen.
    Money(Fact<Fen>),
    /// A whole number.
    Number(Fact<i64>),
    /// An exact rate.
    Percent(Fact<Ratio>),
    /// Yes or no.
    Flag(Fact<bool>),
    /// A place in the field's list of codes.
    Code(Fact<u16>),
}

/// Codes that a byte tells apart, beside those that are not there or not known.
const NARROW: usize = super::dense::ANY_CODE as usize;

impl Column {
    /// A column that is not read.
    #[must_use]
    pub fn skipped() -> Self {
        Self { kind: Kind::Skipped, cells: Arc::new(Cells::Opaque), rest: Rest::None }
    }

    /// An empty column of a field.
    #[must_use]
    pub fn of(ty: &FieldType) -> Self {
        let holes = Holes::default();
        let number = || Cells::Number { values: Vec::new(), gaps: None, holes };
        let code = || Cells::Code { values: Vec::new(), holes };
        let (kind, cells) = match ty {
            FieldType::Text => (Kind::Text, Cells::Text { values: Vec::new(), words: Arc::default(), holes }),
            FieldType::Date => (Kind::Date, Cells::Date { first: Vec::new(), last: None, holes, far: false }),
            FieldType::Money => (Kind::Money, number()),
            FieldType::Number => (Kind::Number, number()),
            FieldType::Percent => (Kind::Percent, Cells::Opaque),
            FieldType::Flag => (Kind::Flag, code()),
            FieldType::Code(_) => (Kind::Code, code()),
        };
        let rest = match ty {
            FieldType::Percent => Rest::Rates(Vec::new()),
            FieldType::Code(codes) if codes.len() > NARROW => Rest::Codes(Vec::new()),
            _ => Rest::None,
        };
        Self { kind, cells: Arc::new(cells), rest }
    }

    /// A column of a field with those facts; unknown where one is of another type.
    #[must_use]
    pub fn of_facts(ty: &FieldType, facts: impl Iterator<Item = Fact<Datum>>) -> Self {
        let mut column = Self::of(ty);
        for (row, fact) in facts.enumerate() {
            column.grow();
            let cell = column.typed(&fact).unwrap_or_else(|| column.hole(Fact::Unknown));
            column.put(row, cell);
        }
        column
    }

    /// A column of a field in so many rows of which nothing is known.
    #[must_use]
    pub fn unknown(ty: &FieldType, rows: usize) -> Self {
        Self::of_facts(ty, std::iter::repeat_n(Fact::Unknown, rows))
    }

    /// How many rows; none where the column was not read.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.rest {
            Rest::Rates(rates) => rates.len(),
            Rest::None | Rest::Codes(_) => self.cells.len(),
        }
    }

    /// True where there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// True where the column was not read.
    #[must_use]
    pub fn is_skipped(&self) -> bool {
        self.kind == Kind::Skipped
    }

    /// True for dates.
    #[must_use]
    pub fn is_date(&self) -> bool {
        self.kind == Kind::Date
    }

    /// The cells as kernels read them.
    pub(crate) fn cells(&self) -> &Arc<Cells> {
        &self.cells
    }

    /// The cell of one row; unknown where there is no such row.
    #[must_use]
    pub fn cell(&self, row: usize) -> Cell<'_> {
        match self.kind {
            Kind::Skipped => Cell::Skipped,
            Kind::Text => Cell::Text(self.cells.text(row)),
            Kind::Date => Cell::Date(self.cells.date(row)),
            Kind::Money => Cell::Money(self.cells.number(row).map(Fen)),
            Kind::Number => Cell::Number(self.cells.number(row)),
            Kind::Flag => Cell::Flag(self.cells.code(row).map(|code| code == 1)),
            Kind::Percent => Cell::Percent(match &self.rest {
                Rest::Rates(rates) => rates.get(row).copied().unwrap_or(Fact::Unknown),
                _ => Fact::Unknown,
            }),
            Kind::Code => Cell::Code(match &self.rest {
                Rest::Codes(codes) => codes.get(row).copied().unwrap_or(Fact::Unknown),
                _ => self.cells.code(row).map(u16::from),
            }),
        }
    }

    /// The fact of one row; unknown where the column was not read.
    #[must_use]
    pub fn fact(&self, row: usize) -> Fact<Datum> {
        match self.cell(row) {
            Cell::Skipped => Fact::Unknown,
            Cell::Text(cell) => cell.map(|text| Datum::Text(text.into())),
            Cell::Date(cell) => cell.map(Datum::Date),
            Cell::Money(cell) => cell.map(Datum::Money),
            Cell::Number(cell) => cell.map(Datum::Number),
            Cell::Percent(cell) => cell.map(Datum::Percent),
            Cell::Flag(cell) => cell.map(Datum::Flag),
            Cell::Code(cell) => cell.map(Datum::Code),
        }
    }

    /// Writes the fact of one row; nothing happens where it is of another type or there is no such row.
    pub fn set(&mut self, row: usize, fact: &Fact<Datum>) {
        if let Some(cell) = self.typed(fact) {
            self.put(row, cell);
        }
    }

    /// A fact as a cell of this column; none where it is of another type.
    fn typed<'f>(&self, fact: &'f Fact<Datum>) -> Option<Cell<'f>> {
        Some(match (self.kind, fact) {
            (Kind::Text, Fact::Known(Datum::Text(text))) => Cell::Text(Fact::Known(text)),
            (Kind::Date, Fact::Known(Datum::Date(span))) => Cell::Date(Fact::Known(*span)),
            (Kind::Money, Fact::Known(Datum::Money(fen))) => Cell::Money(Fact::Known(*fen)),
            (Kind::Number, Fact::Known(Datum::Number(number))) => Cell::Number(Fact::Known(*number)),
            (Kind::Percent, Fact::Known(Datum::Percent(rate))) => Cell::Percent(Fact::Known(*rate)),
            (Kind::Flag, Fact::Known(Datum::Flag(flag))) => Cell::Flag(Fact::Known(*flag)),
            (Kind::Code, Fact::Known(Datum::Code(code))) => Cell::Code(Fact::Known(*code)),
            (_, Fact::Known(_)) => return None,
            (_, Fact::Absent) => self.hole(Fact::Absent),
            (_, Fact::Unknown) => self.hole(Fact::Unknown),
        })
    }

    /// A hole as a cell of this column.
    fn hole(&self, hole: Fact<std::convert::Infallible>) -> Cell<'static> {
        match self.kind {
            Kind::Skipped => Cell::Skipped,
            Kind::Text => Cell::Text(hole.map(|none| match none {})),
            Kind::Date => Cell::Date(hole.map(|none| match none {})),
            Kind::Money => Cell::Money(hole.map(|none| match none {})),
            Kind::Number => Cell::Number(hole.map(|none| match none {})),
            Kind::Percent => Cell::Percent(hole.map(|none| match none {})),
            Kind::Flag => Cell::Flag(hole.map(|none| match none {})),
            Kind::Code => Cell::Code(hole.map(|none| match none {})),
        }
    }

    /// Writes a cell of the column's own type.
    fn put(&mut self, row: usize, cell: Cell<'_>) {
        match (cell, &mut self.rest) {
            (Cell::Percent(rate), Rest::Rates(rates)) => {
                rates.get_mut(row).into_iter().for_each(|place| *place = rate);
            }
            (Cell::Code(code), Rest::Codes(codes)) => {
                codes.get_mut(row).into_iter().for_each(|place| *place = code);
            }
            _ => {}
        }
        let cells = Arc::make_mut(&mut self.cells);
        match cell {
            Cell::Skipped | Cell::Percent(_) => {}
            Cell::Text(text) => cells.put_text(row, text),
            Cell::Date(span) => cells.put_date(row, span),
            Cell::Money(fen) => cells.put_number(row, fen.map(|fen| fen.0)),
            Cell::Number(number) => cells.put_number(row, number),
            Cell::Flag(flag) => cells.put_code(row, flag.map(u16::from)),
            Cell::Code(code) => cells.put_code(row, code),
        }
    }

    /// Adds a row that is still to be written.
    pub(super) fn grow(&mut self) {
        match &mut self.rest {
            Rest::None => {}
            Rest::Rates(rates) => rates.push(Fact::Unknown),
            Rest::Codes(codes) => codes.push(Fact::Unknown),
        }
        Arc::make_mut(&mut self.cells).grow();
    }

    /// The cells, for one who adds rows to them and to nothing else; none where the column keeps something beside them.
    pub(super) fn plain_cells(&mut self) -> Option<&mut Cells> {
        matches!(self.rest, Rest::None).then(|| Arc::make_mut(&mut self.cells))
    }

    /// True for amounts of money.
    pub(super) fn is_money(&self) -> bool {
        self.kind == Kind::Money
    }

    /// True for yes or no.
    pub(super) fn is_flag(&self) -> bool {
        self.kind == Kind::Flag
    }

    /// Adds what a cell says; unknown and false where it cannot be read.
    pub(super) fn push(&mut self, text: &str, field: &Field, codes: &Codebook) -> bool {
        self.grow();
        self.write(self.len().saturating_sub(1), text, field, codes)
    }

    /// Writes what the text of a cell says into a row; unknown and false where it cannot be read.
    pub(super) fn write(&mut self, row: usize, text: &str, field: &Field, codes: &Codebook) -> bool {
        fn read<'t, T>(
            text: &'t str,
            blank: Blank,
            value: impl FnOnce(&'t str) -> Option<T>,
        ) -> (Fact<T>, bool) {
            let fact = cell::fact(text, blank, value);
            let readable = fact.is_some();
            (fact.unwrap_or(Fact::Unknown), readable)
        }
        let text = cell::fold(text);
        let (text, blank) = (text.as_ref(), field.blank);
        macro_rules! write {
            ($variant:path, $value:expr) => {{
                let (fact, readable) = read(text, blank, $value);
                self.put(row, $variant(fact));
                readable
            }};
        }
        match self.kind {
            Kind::Skipped => true,
            Kind::Text => write!(Cell::Text, cell::text),
            Kind::Date => write!(Cell::Date, cell::date),
            Kind::Money => write!(Cell::Money, cell::money),
            Kind::Number => write!(Cell::Number, cell::whole),
            Kind::Percent => write!(Cell::Percent, cell::percent),
            Kind::Flag => write!(Cell::Flag, cell::flag),
            Kind::Code => write!(Cell::Code, |text| codes.read(text)),
        }
    }

    /// Adds a cell that the file does not have.
    pub(super) fn push_unknown(&mut self) {
        self.grow();
        self.forget(self.len().saturating_sub(1));
    }

    /// The same in so many rows.
    pub(super) fn add_unknown(&mut self, rows: usize) {
        (0..rows).for_each(|_| self.push_unknown());
    }

    /// True where two rows say the same.
    pub(super) fn same(&self, a: usize, b: usize) -> bool {
        self.cell(a) == self.cell(b)
    }

    /// Makes the cell of a row unknown.
    pub(super) fn forget(&mut self, row: usize) {
        self.put(row, self.hole(Fact::Unknown));
    }

    /// Keeps the cells of those rows, in that order.
    pub(super) fn gather(&mut self, rows: &[u32]) {
        fn take<T: Copy>(cells: &mut Vec<Fact<T>>, rows: &[u32]) {
            *cells =
                rows.iter().map(|row| cells.get(*row as usize).copied().unwrap_or(Fact::Unknown)).collect();
        }
        match &mut self.rest {
            Rest::None => {}
            Rest::Rates(rates) => take(rates, rows),
            Rest::Codes(codes) => take(codes, rows),
        }
        self.cells = Arc::new(self.cells.gather(rows));
    }

    /// Gives every text another. A text that has none is forgotten where it stands; those rows, with the text.
    pub(super) fn rename<'n>(&mut self, name: impl Fn(&str) -> Option<&'n str>) -> Vec<(usize, Box<str>)> {
        let Cells::Text { words, .. } = &*self.cells else { return Vec::new() };
        let words = Arc::clone(words);
        let names: Vec<Option<&str>> = words.iter().map(name).collect();
        // Where all are called so already, the list stays the one that others hold too.
        if names.iter().zip(words.iter()).all(|(name, word)| *name == Some(word)) {
            return Vec::new();
        }
        let Cells::Text { values, words: renamed, holes } = Arc::make_mut(&mut self.cells) else {
            return Vec::new();
        };
        let mut misses = Vec::new();
        for (row, value) in values.iter_mut().enumerate().filter(|(_, value)| **value != NO_WORD) {
            if let Some(None) = names.get(*value as usize) {
                misses.push((row, words.get(*value).unwrap_or_default().into()));
                *value = ANY_WORD;
                holes.unknown = true;
            }
        }
        *renamed =
            Arc::new(words.renamed(names.iter().zip(words.iter()).map(|(name, word)| name.unwrap_or(word))));
        misses
    }

    /// The list of the different texts, where it is a column of texts.
    pub(super) fn words(&self) -> Option<&Arc<Words>> {
        match &*self.cells {
            Cells::Text { words, .. } => Some(words),
            _ => None,
        }
    }

    /// Begins an empty column of texts with a list of texts that are likely to come.
    pub(super) fn begin_with(&mut self, list: &Arc<Words>) {
        if let Cells::Text { words, .. } = Arc::make_mut(&mut self.cells) {
            *words = Arc::clone(list);
        }
    }
}

impl PartialEq for Column {
    /// The same cells; how they are kept does not matter.
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.len() == other.len()
            && (0..self.len()).all(|row| self.cell(row) == other.cell(row))
    }
}

impl Eq for Column {}

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
