//! What an expression comes to on the rows of a batch.

use super::scalar::Scalar;
use super::store::{HIGH, LOW};
use super::word::{Mask, Word};
use crate::value::{Bounds, Truth};

/// The values of one expression on the rows of its record, and on which slots they are no values.
#[derive(Clone, Debug, Default)]
pub(super) struct Column<W> {
    pub values: Values<W>,
    /// Slots on which some row could not be computed: what depends on them is judged row by row.
    pub fault: W,
}

#[derive(Clone, Debug)]
pub(super) enum Values<W> {
    Truth(Mask<W>),
    Numbers(Numbers<W>),
}

impl<W> Default for Values<W> {
    fn default() -> Self {
        Self::Truth(Mask { sure: Vec::new(), may: None })
    }
}

/// Numbers, fen, days or codes: from `lo` to `hi`, without `hi` exactly `lo`.
///
/// Few rows have facts missing. `loose` names them, so that a loop over plain numbers may pass over all rows, and a slower
/// one mends what it says of those few. Of every other row it is known whether there is a value, and if so which; where
/// there is none, the number that stands there means nothing.
#[derive(Clone, Debug)]
pub(super) struct Numbers<W> {
    pub rows: usize,
    /// One, where they are the same on all slots.
    pub slots: usize,
    /// Slot by slot, row by row; [`LOW`] where there is no bound.
    pub lo: Vec<i64>,
    pub hi: Option<Vec<i64>>,
    /// Is there a value? Without it, always. Where the numbers are the same on all slots, so is this.
    pub there: Option<Mask<W>>,
    /// The rows of which on some slot it is not known whether there is a value, or which, in order.
    pub loose: Vec<u32>,
    /// They are so many parts of a whole: amounts not yet rounded.
    pub parts: i64,
}

impl<W> Default for Numbers<W> {
    fn default() -> Self {
        Self { rows: 0, slots: 1, lo: Vec::new(), hi: None, there: None, loose: Vec::new(), parts: 1 }
    }
}

impl<W: Word> Numbers<W> {
    #[inline]
    pub(super) fn at(&self, slot: usize, row: usize) -> (i64, i64) {
        let place = self.place(slot, row);
        let lo = self.lo[place];
        (lo, self.hi.as_ref().map_or(lo, |hi| hi[place]))
    }

    fn place(&self, slot: usize, row: usize) -> usize {
        if self.slots == 1 { row } else { slot * self.rows + row }
    }

    /// Is every one of them one known value?
    pub(super) fn is_definite(&self) -> bool {
        self.loose.is_empty() && self.there.is_none()
    }

    /// Zeros, of so many rows and slots.
    pub(super) fn zeros(&mut self, parts: i64, slots: usize, rows: usize) {
        self.lo.clear();
        self.room(parts, slots, rows);
    }

    /// Room for so many rows and slots, every one of which is to be written.
    pub(super) fn room(&mut self, parts: i64, slots: usize, rows: usize) {
        (self.rows, self.slots, self.parts) = (rows, slots, parts);
        (self.hi, self.there) = (None, None);
        self.loose.clear();
        self.lo.resize(rows * slots, 0);
    }

    /// Puts in what some rows come to; what is known on every slot is loose no more.
    pub(super) fn mend(
        &mut self,
        rows: impl IntoIterator<Item = u32>,
        full: W,
        one: impl Fn(usize, usize) -> One,
    ) {
        let (count, slots) = (self.rows, self.slots);
        let (mut hi, mut there) = (self.hi.take(), self.there.take());
        self.loose.clear();
        for row in rows {
            let mut loose = false;
            for slot in 0..slots {
                let One { value, there: is_there } = one(slot, row as usize);
                let place = slot * count + row as usize;
                let (lo, top) = if is_there.is_false() {
                    (NOTHING, NOTHING)
                } else {
                    (value.lo.unwrap_or(LOW), value.hi.unwrap_or(HIGH))
                };
                self.lo[place] = lo;
                loose |= lo != top || is_there.is_unknown();
                if lo != top || hi.is_some() {
                    hi.get_or_insert_with(|| self.lo.clone())[place] = top;
                }
                if !is_there.is_true() || there.is_some() {
                    let bit = if slots == 1 { full } else { W::bit(slot, true) };
                    there.get_or_insert_with(|| Mask::everywhere(count, full)).set(
                        row as usize,
                        bit,
                        is_there,
                    );
                }
            }
            if loose {
                self.loose.push(row);
            }
        }
        (self.hi, self.there) = (hi, there);
    }

    pub(super) fn there_at(&self, slot: usize, row: usize) -> Truth {
        self.there.as_ref().map_or(Truth::True, |there| there.at(slot, row))
    }

    /// Anything at all, or nothing.
    pub(super) fn anything(rows: usize, full: W) -> Self {
        Self {
            rows,
            slots: 1,
            lo: vec![LOW; rows],
            hi: Some(vec![HIGH; rows]),
            there: Some(Mask::of(rows, W::NONE, full)),
            loose: (0..).take(rows).collect(),
            parts: 1,
        }
    }
}

/// The number that stands where there is no value.
pub(super) const NOTHING: i64 = 0;

/// What one row comes to on one slot.
#[derive(Clone, Copy)]
pub(super) struct One {
    pub value: Bounds<i64>,
    pub there: Truth,
}

impl One {
    pub(super) const NOTHING: Self = Self { value: Bounds { lo: None, hi: None }, there: Truth::False };

    pub(super) fn of<W: Word>(source: Source<'_, W>, slot: usize, row: usize) -> Self {
        match source.there(slot, row) {
            Truth::False => Self::NOTHING,
            there => Self { value: bounds(source.at(slot, row)), there },
        }
    }

    pub(super) fn hull(self, other: Self) -> Self {
        let there = if self.there == other.there { self.there } else { Truth::Unknown };
        Self { value: self.value.hull(other.value), there }
    }
}

/// The ends of an interval, where it has them.
pub(super) fn bounds((lo, hi): (i64, i64)) -> Bounds<i64> {
    Bounds { lo: (lo != LOW).then_some(lo), hi: (hi != HIGH).then_some(hi) }
}

/// The rows on which something is not known of one of some operands, in order.
pub(super) fn loose<W: Word>(sources: &[Source<'_, W>], rows: usize) -> Vec<u32> {
    let mut all: Vec<u32> = Vec::new();
    for source in sources {
        match source {
            Source::Rows(numbers) => join(&mut all, &numbers.loose),
            Source::Same(_) if source.is_definite() => {}
            Source::Same(_) => return (0..).take(rows).collect(),
        }
    }
    all
}

/// The rows on which one of some operands is not one known value on some slot of `on`, in order.
pub(super) fn unsettled<W: Word>(sources: &[Source<'_, W>], rows: usize, on: W) -> Vec<u32> {
    let mut all = loose(sources, rows);
    for there in sources.iter().filter_map(Source::presence) {
        join(&mut all, &rows_where(&there.sure, |word| word & on != on));
    }
    all
}

/// Where all of some operands have values, if not everywhere; of loose rows it says nothing.
pub(super) fn presence<W: Word>(sources: &[Source<'_, W>]) -> Option<Mask<W>> {
    let mut masks = sources.iter().filter_map(Source::presence);
    let mut all = masks.next()?.clone();
    masks.for_each(|mask| all.and(mask));
    Some(all)
}

/// Rows whose marks fit one word.
const STEP: usize = u64::BITS as usize;

/// The rows whose word passes a test, in order. Most tests pass few rows, and it cannot be guessed where they are: each gets a
/// bit, and the bits are counted off.
pub(super) fn rows_where<T: Copy>(words: &[T], test: impl Fn(T) -> bool) -> Vec<u32> {
    let mut rows = Vec::new();
    let (steps, rest) = words.as_chunks::<STEP>();
    let mut first = 0;
    for steps in steps.chunks(STEP) {
        let mut marks = [0_u64; STEP];
        let mut count = 0;
        for (marks, step) in marks.iter_mut().zip(steps) {
            let mut passes = [0_u8; STEP];
            for (pass, word) in passes.iter_mut().zip(step) {
                *pass = u8::from(test(*word));
            }
            *marks = bits_of(&passes);
            count += marks.count_ones() as usize;
        }
        rows.reserve_exact(count);
        for mut marks in marks.into_iter().take(steps.len()) {
            while marks != 0 {
                rows.push(first + marks.trailing_zeros());
                marks &= marks - 1;
            }
            first += u64::BITS;
        }
    }
    rows.extend((first..).zip(rest).filter(|(_, word)| test(**word)).map(|(row, _)| row));
    rows
}

/// The lowest bit of each of 64 bytes. A product brings those of eight together in its highest byte.
fn bits_of(bytes: &[u8; STEP]) -> u64 {
    const TOGETHER: u64 = 0x0102_0408_1020_4080;
    let (words, _) = bytes.as_chunks::<8>();
    let mut bits = [0; STEP / 8];
    for (bits, word) in bits.iter_mut().zip(words) {
        *bits = u64::from_le_bytes(*word).wrapping_mul(TOGETHER).to_be_bytes()[0];
    }
    u64::from_le_bytes(bits)
}

/// Adds rows to others, both in order.
pub(super) fn join(all: &mut Vec<u32>, more: &[u32]) {
    if all.last().is_none_or(|last| more.first().is_none_or(|first| last < first)) {
        all.extend_from_slice(more);
        return;
    }
    let mut merged = Vec::with_capacity(all.len() + more.len());
    let (mut left, mut right) = (all.as_slice(), more);
    while let (Some(a), Some(b)) = (left.first(), right.first()) {
        merged.push(*a.min(b));
        left = &left[usize::from(a <= b)..];
        right = &right[usize::from(b <= a)..];
    }
    merged.extend_from_slice(left);
    merged.extend_from_slice(right);
    *all = merged;
}

impl<W: Word> Mask<W> {
    pub(super) fn at(&self, slot: usize, row: usize) -> Truth {
        match (self.sure[row].has(slot), self.may()[row].has(slot)) {
            (true, _) => Truth::True,
            (false, true) => Truth::Unknown,
            (false, false) => Truth::False,
        }
    }
}

/// An operand: a column, or the same on every row.
#[derive(Clone, Copy)]
pub(super) enum Operand<'a, W> {
    Rows(&'a Column<W>),
    Same(&'a [Scalar]),
}

impl<'a, W: Word> Operand<'a, W> {
    pub(super) fn fault(&self) -> W {
        match self {
            Self::Rows(column) => column.fault,
            Self::Same(scalars) => bits(scalars, |scalar| scalar.fault),
        }
    }

    /// As numbers; none where it is a condition.
    pub(super) fn numbers(&self) -> Option<Source<'a, W>> {
        match self {
            Self::Rows(Column { values: Values::Numbers(numbers), .. }) => Some(Source::Rows(numbers)),
            Self::Rows(_) => None,
            Self::Same(scalars) => Some(Source::Same(scalars)),
        }
    }
}

/// Numbers of an operand.
#[derive(Clone, Copy)]
pub(super) enum Source<'a, W> {
    Rows(&'a Numbers<W>),
    Same(&'a [Scalar]),
}

impl<W: Word> Source<'_, W> {
    pub(super) fn at(&self, slot: usize, row: usize) -> (i64, i64) {
        match self {
            Self::Rows(numbers) => numbers.at(slot, row),
            Self::Same(scalars) => scalars.get(slot).map_or((LOW, HIGH), |scalar| (scalar.lo, scalar.hi)),
        }
    }

    pub(super) fn there(&self, slot: usize, row: usize) -> Truth {
        match self {
            Self::Rows(numbers) => numbers.there_at(slot, row),
            Self::Same(scalars) => scalars.get(slot).map_or(Truth::Unknown, |scalar| scalar.there),
        }
    }

    /// Where there are values, if not everywhere.
    pub(super) fn presence(&self) -> Option<&Mask<W>> {
        match self {
            Self::Rows(numbers) => numbers.there.as_ref(),
            Self::Same(_) => None,
        }
    }

    /// On how many slots of so many it differs: one where it never does.
    pub(super) fn slots(&self, slots: usize) -> usize {
        let differs = match self {
            Self::Rows(numbers) => numbers.slots > 1,
            Self::Same(scalars) => scalars.windows(2).any(|two| two[0] != two[1]),
        };
        if differs { slots } else { 1 }
    }

    /// Is every one of them one known value?
    pub(super) fn is_definite(&self) -> bool {
        match self {
            Self::Rows(numbers) => numbers.is_definite(),
            Self::Same(scalars) => scalars.iter().all(|scalar| scalar.single().is_some()),
        }
    }

    pub(super) fn parts(&self) -> i64 {
        match self {
            Self::Rows(numbers) => numbers.parts,
            Self::Same(_) => 1,
        }
    }
}

impl<'a, W: Word> Source<'a, W> {
    /// The values of one slot; of a loose row, its lower end.
    pub(super) fn slice(self, slot: usize) -> Slice<'a> {
        match self {
            Self::Rows(numbers) => {
                let from = if numbers.slots == 1 { 0 } else { slot * numbers.rows };
                Slice::Rows(&numbers.lo[from..from + numbers.rows])
            }
            Self::Same(scalars) => Slice::Same(scalars.get(slot).map_or(0, |scalar| scalar.lo)),
        }
    }
}

/// The known values of one slot.
#[derive(Clone, Copy)]
pub(super) enum Slice<'a> {
    Rows(&'a [i64]),
    Same(i64),
}

impl Slice<'_> {
    /// The value of a row.
    #[inline]
    pub(super) fn at(&self, row: usize) -> i64 {
        match self {
            Self::Rows(values) => values[row],
            Self::Same(value) => *value,
        }
    }

    /// The largest magnitude of an end; what has no bound has none.
    pub(super) fn magnitude(&self) -> u64 {
        let bound = |value: i64| if value == LOW || value == HIGH { 0 } else { value };
        match self {
            Self::Rows(values) => {
                let (mut least, mut most) = (0_i64, 0_i64);
                for value in *values {
                    least = least.min(bound(*value));
                    most = most.max(bound(*value));
                }
                least.unsigned_abs().max(most.unsigned_abs())
            }
            Self::Same(value) => bound(*value).unsigned_abs(),
        }
    }
}

/// The slots of which something is true.
pub(super) fn bits<W: Word>(scalars: &[Scalar], test: impl Fn(&Scalar) -> bool) -> W {
    scalars
        .iter()
        .enumerate()
        .take(W::DAYS)
        .fold(W::NONE, |all, (slot, scalar)| all | W::bit(slot, test(scalar)))
}

/// For certain, and perhaps, as words.
pub(super) fn words<W: Word>(scalars: &[Scalar]) -> (W, W) {
    (bits(scalars, |scalar| scalar.truth.is_true()), bits(scalars, |scalar| !scalar.truth.is_false()))
}
