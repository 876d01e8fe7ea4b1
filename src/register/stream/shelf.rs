//! The rows of one file whose households come in any order, put into a temporary file by parts: the households of a part
//! come before those of the next, so that part after part can be read as if the file had been in order.

use super::Unsound;
use super::bins::{BINS, Bins, Keys, Owners, bin, number};
use crate::register::cell;
use crate::register::folder::Layout;
use crate::register::rows::Row;
use std::borrow::Cow;

/// Keys kept to tell where parts begin.
const KEPT: usize = 8_192;
/// Most parts.
const PARTS: usize = 4_096;

/// Where parts begin: keys that ascend.
#[derive(Debug)]
pub(super) struct Borders(Vec<Box<str>>);

impl Borders {
    /// For so many parts of about as many households, from some of the keys.
    pub(super) fn of(sample: Sample, parts: usize) -> Self {
        let Sample { mut keys, .. } = sample;
        keys.sort_unstable();
        let parts = parts.clamp(1, PARTS);
        let border = |part: usize| keys.get(part * keys.len() / parts).cloned();
        let mut borders: Vec<Box<str>> = (1..parts).filter_map(border).collect();
        borders.dedup();
        Self(borders)
    }

    /// How many parts.
    pub(super) fn parts(&self) -> usize {
        self.0.len() + 1
    }

    /// The part of a household.
    fn part(&self, key: &str) -> usize {
        self.0.partition_point(|border| **border <= *key)
    }
}

/// Some keys of all, evenly spread over the rows: every n-th, whatever chance would say.
#[derive(Debug)]
pub(super) struct Sample {
    keys: Vec<Box<str>>,
    every: u64,
    seen: u64,
}

impl Default for Sample {
    fn default() -> Self {
        Self { keys: Vec::new(), every: 1, seen: 0 }
    }
}

impl Sample {
    /// True where there was none.
    pub(super) fn is_empty(&self) -> bool {
        self.seen == 0
    }

    /// Looks at the key of the next household.
    pub(super) fn look(&mut self, row: &Row, layout: &Layout) -> Result<(), Unsound> {
        if self.seen.is_multiple_of(self.every) {
            self.keys.push(cell::key(row.cell(layout.key)).ok_or(Unsound::Shape)?.into());
        }
        self.seen += 1;
        if self.keys.len() > KEPT {
            // Every second one, the first among them, which the doubled step goes on with.
            let mut kept = 0..;
            self.keys.retain(|_| kept.next().is_some_and(|place: u64| place.is_multiple_of(2)));
            self.every *= 2;
        }
        Ok(())
    }
}

/// What is known of the rows of a record while its files are put away.
#[derive(Debug)]
pub(super) struct Ledger {
    /// Their keys; none of households: rows of one household are in one part, and are settled there.
    keys: Option<Keys>,
    /// In which part each is; none where no other rows lie in them, or in households, whose keys tell it.
    owners: Option<Owners>,
}

impl Ledger {
    pub(super) fn new((of_unit, has_rows): (bool, bool), room: usize) -> Result<Self, Unsound> {
        let keys = (!of_unit).then(|| Keys::new(room)).transpose()?;
        let owners = (!of_unit && has_rows).then(|| Owners::new(room)).transpose()?;
        Ok(Self { keys, owners })
    }

    fn note(&mut self, key: &str, part: usize) -> Result<(), Unsound> {
        self.keys.iter_mut().try_for_each(|keys| keys.note(number(key)))?;
        self.owners.iter_mut().try_for_each(|owners| owners.note(key, part))
    }

    /// What waits in memory is put into its files.
    pub(super) fn rest(&mut self) -> Result<(), Unsound> {
        self.keys.iter_mut().try_for_each(Keys::rest)?;
        self.owners.iter_mut().try_for_each(Owners::rest)
    }

    /// True where no key stands twice.
    pub(super) fn keys_differ(self) -> Result<bool, Unsound> {
        self.keys.map_or(Ok(true), Keys::differ)
    }
}

/// The rows of one file by parts.
#[derive(Debug)]
pub(super) struct Shelf {
    rows: Bins,
    /// Those of a part are not in the order of the file.
    mixed: bool,
    sha256: String,
}

/// A shelf on which rows are being put; no more than so many bytes of them wait in memory. A row that cannot be placed is one
/// to be read, and told of, with the whole.
pub(super) struct Filling<'a> {
    layout: &'a Layout,
    borders: &'a Borders,
    rows: Bins,
    ledger: &'a mut Ledger,
    /// The record that the rows lie in, where that is not the household, and the rows by the bins of its keys: where each
    /// belongs is told when all are there.
    above: Option<(&'a mut Owners, Bins)>,
}

impl<'a> Filling<'a> {
    pub(super) fn new(
        (layout, borders, room): (&'a Layout, &'a Borders, usize),
        ledger: &'a mut Ledger,
        above: Option<&'a mut Ledger>,
    ) -> Result<Self, Unsound> {
        let owners = above.and_then(|ledger| ledger.owners.as_mut());
        let above = owners.map(|owners| Ok((owners, Bins::new(BINS, room)?))).transpose()?;
        Ok(Self { layout, borders, rows: Bins::new(borders.parts(), room)?, ledger, above })
    }

    /// The key of the row it lies in; of a household its own.
    fn owner<'r>(&self, row: &'r Row) -> Result<Cow<'r, str>, Unsound> {
        cell::key(row.cell(self.layout.parent.unwrap_or(self.layout.key))).ok_or(Unsound::Shape)
    }

    pub(super) fn add(&mut self, row: &Row) -> Result<(), Unsound> {
        if !self.layout.fits(row.len()) {
            return Err(Unsound::Shape);
        }
        let owner = self.owner(row)?;
        match &mut self.above {
            Some((_, waiting)) => waiting.add(bin(&owner), |bin| row.store(bin)),
            None => self.put(row, self.borders.part(&owner)),
        }
    }

    fn put(&mut self, row: &Row, part: usize) -> Result<(), Unsound> {
        let key = cell::key(row.cell(self.layout.key)).ok_or(Unsound::Shape)?;
        self.ledger.note(&key, part)?;
        self.rows.add(part, |part| row.store(part))
    }

    /// All rows are there, of a file with that SHA-256.
    pub(super) fn finish(mut self, sha256: String) -> Result<Shelf, Unsound> {
        let above = self.above.take();
        let mixed = above.is_some();
        if let Some((owners, mut waiting)) = above {
            waiting.put()?;
            let mut row = Row::default();
            for bin in 0..BINS {
                let (parts, bytes) = (owners.of_bin(bin)?, waiting.take(bin)?);
                let mut rest = bytes.as_slice();
                while !rest.is_empty() {
                    row.restore(&mut rest).ok_or(Unsound::Shape)?;
                    let part = parts.of(&self.owner(&row)?).ok_or(Unsound::Shape)?;
                    self.put(&row, part)?;
                }
            }
        }
        self.rows.put()?;
        self.ledger.rest()?;
        Ok(Shelf { rows: self.rows, mixed, sha256 })
    }
}

impl Shelf {
    /// The rows of a part, as [`Row::restore`] reads them.
    pub(super) fn take(&mut self, part: usize) -> Result<Vec<u8>, Unsound> {
        let bytes = self.rows.take(part)?;
        if self.mixed { by_number(&bytes) } else { Ok(bytes) }
    }

    /// SHA-256 of the file that the rows are from.
    pub(super) fn sha256(self) -> String {
        self.sha256
    }
}

/// Rows that were stored, in the order of their numbers: which findings are kept depends on it.
fn by_number(bytes: &[u8]) -> Result<Vec<u8>, Unsound> {
    let (mut rest, mut row, mut rows) = (bytes, Row::default(), Vec::new());
    while !rest.is_empty() {
        let before = rest;
        row.restore(&mut rest).ok_or(Unsound::Shape)?;
        let own = before.split_at_checked(before.len() - rest.len()).ok_or(Unsound::Shape)?;
        rows.push((row.number, own.0));
    }
    rows.sort_unstable_by_key(|(number, _)| *number);
    Ok(rows.into_iter().flat_map(|(_, own)| own.iter().copied()).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::collection::vec;

    /// Rows of one column of keys.
    fn rows(keys: &[String]) -> impl Iterator<Item = Row> {
        keys.iter().zip(1..).map(|(key, number)| {
            let mut row = Row::default();
            row.begin(number);
            row.push(key);
            row
        })
    }

    fn layout() -> Layout {
        Layout::new(0, None, Vec::new(), 1)
    }

    fn sampled(keys: &[String]) -> Sample {
        let mut sample = Sample::default();
        rows(keys).for_each(|row| sample.look(&row, &layout()).unwrap());
        sample
    }

    proptest::proptest! {
        #[test]
        fn rows_come_back_by_parts(keys in vec("[a-c]{1,3}", 1..60), parts in 1_usize..9, room in 1_usize..200) {
            let (borders, layout) = (Borders::of(sampled(&keys), parts), layout());
            let mut ledger = Ledger::new((true, false), room).unwrap();
            let mut filling = Filling::new((&layout, &borders, room), &mut ledger, None).unwrap();
            rows(&keys).for_each(|row| filling.add(&row).unwrap());
            let mut shelf = filling.finish(String::new()).unwrap();
            let (mut found, mut row) = (Vec::new(), Row::default());
            for part in 0..borders.parts() {
                let bytes = shelf.take(part).unwrap();
                let (mut rest, mut of_part) = (bytes.as_slice(), Vec::new());
                while !rest.is_empty() {
                    row.restore(&mut rest).unwrap();
                    of_part.push((row.cell(0).to_owned(), row.number));
                }
                // In the order of the file, and each part behind the one before.
                proptest::prop_assert!(of_part.is_sorted_by_key(|(_, number)| *number));
                let last: Option<String> = found.iter().map(|(key, _): &(String, u64)| key.clone()).max();
                proptest::prop_assert!(of_part.iter().all(|(key, _)| last.as_ref().is_none_or(|last| last < key)));
                found.extend(of_part);
            }
            found.sort_by_key(|(_, number)| *number);
            let given: Vec<(String, u64)> = keys.iter().cloned().zip(1..).collect();
            proptest::prop_assert_eq!(found, given);
        }
    }

    /// The numbers of the rows of a part.
    fn numbers(shelf: &mut Shelf, part: usize) -> Vec<u64> {
        let bytes = shelf.take(part).unwrap();
        let (mut rest, mut row, mut numbers) = (bytes.as_slice(), Row::default(), Vec::new());
        while !rest.is_empty() {
            row.restore(&mut rest).unwrap();
            numbers.push(row.number);
        }
        numbers
    }

    proptest::proptest! {
        #[test]
        fn rows_of_rows_come_back_with_them(households in vec("[a-c]{1,3}", 1..60), parts in 1_usize..9, room in 1_usize..200) {
            let borders = Borders::of(sampled(&households), parts);
            let child = Layout::new(0, Some(1), Vec::new(), 2);
            let mut persons = Ledger::new((false, true), room).unwrap();
            let mut deeds = Ledger::new((false, false), room).unwrap();
            // One person a household row, and one row in each, the other way round.
            let pairs = |own: &str, above: &dyn Fn(usize) -> String| -> Vec<Row> {
                let pair = |number: usize| {
                    let mut row = Row::default();
                    row.begin(number as u64 + 1);
                    row.push(&format!("{own}{number}"));
                    row.push(&above(number));
                    row
                };
                (0..households.len()).map(pair).collect()
            };
            let mut filling = Filling::new((&child, &borders, room), &mut persons, None).unwrap();
            for row in pairs("p", &|number| households[number].clone()) {
                filling.add(&row).unwrap();
            }
            let mut of_persons = filling.finish(String::new()).unwrap();
            let last = households.len() - 1;
            let mut filling = Filling::new((&child, &borders, room), &mut deeds, Some(&mut persons)).unwrap();
            for row in pairs("d", &|number| format!("p{}", last - number)) {
                filling.add(&row).unwrap();
            }
            let mut of_deeds = filling.finish(String::new()).unwrap();
            for part in 0..borders.parts() {
                let found = numbers(&mut of_deeds, part);
                proptest::prop_assert!(found.is_sorted());
                let mut above: Vec<u64> = numbers(&mut of_persons, part).iter().map(|number| last as u64 + 2 - number).collect();
                above.sort_unstable();
                proptest::prop_assert_eq!(found, above);
            }
        }
    }

    #[test]
    fn a_sample_stays_small() {
        let keys: Vec<String> = (0..100_000).map(|key| format!("k{key:06}")).collect();
        let sample = sampled(&keys);
        assert!(sample.keys.len() <= KEPT && sample.keys.len() > KEPT / 4);
        let borders = Borders::of(sample, 10);
        let mut sizes = vec![0; borders.parts()];
        for key in &keys {
            sizes[borders.part(key)] += 1;
        }
        assert!(sizes.iter().all(|size| (9_000..11_000).contains(size)), "{sizes:?}");
    }
}
