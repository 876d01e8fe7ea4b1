//! The rows of one file whose households come in any order, put into a temporary file by parts: the households of a part
//! come before those of the next, so that part after part can be read as if the file had been in order.

use super::Unsound;
use crate::register::cell;
use crate::register::folder::{Layout, next};
use crate::register::input::Fault;
use crate::register::rows::{Row, Rows};
use std::fs::File;
use std::hash::{DefaultHasher, Hasher};
use std::io::{BufRead, Read, Seek, SeekFrom, Write};

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

    /// Looks at the keys of a file behind its header.
    pub(super) fn look(&mut self, rows: &mut Rows<impl BufRead>, layout: &Layout) -> Result<(), Unsound> {
        let mut row = Row::default();
        while next(rows, &mut row).map_err(|_| Unsound)? {
            if self.seen.is_multiple_of(self.every) {
                self.keys.push(cell::key(row.cell(layout.key)).ok_or(Unsound)?.into());
            }
            self.seen += 1;
            if self.keys.len() > KEPT {
                // Every second one, the first among them, which the doubled step goes on with.
                let mut kept = 0..;
                self.keys.retain(|_| kept.next().is_some_and(|place: u64| place.is_multiple_of(2)));
                self.every *= 2;
            }
        }
        Ok(())
    }
}

/// Bytes in bins, so many of them in memory and the rest in a temporary file. It has no name: it is gone with the program,
/// however that ends.
#[derive(Debug)]
struct Bins {
    file: File,
    /// By bin: where in the file its bytes are, piece by piece.
    pieces: Vec<Vec<(u64, usize)>>,
    /// By bin: what is not in the file yet.
    waiting: Vec<Vec<u8>>,
    /// How many bytes wait, and how many may.
    waits: usize,
    room: usize,
    /// Where the file ends.
    end: u64,
}

impl Bins {
    fn new(bins: usize, room: usize) -> Result<Self, Unsound> {
        let file = tempfile::tempfile().map_err(|_| Unsound)?;
        let (pieces, waiting) = (vec![Vec::new(); bins], vec![Vec::new(); bins]);
        Ok(Self { file, pieces, waiting, waits: 0, room, end: 0 })
    }

    /// Adds to a bin what is written behind its bytes.
    fn add(&mut self, bin: usize, write: impl FnOnce(&mut Vec<u8>)) -> Result<(), Unsound> {
        let bytes = self.waiting.get_mut(bin).ok_or(Unsound)?;
        let before = bytes.len();
        write(bytes);
        self.waits += bytes.len() - before;
        if self.waits < self.room { Ok(()) } else { self.put() }
    }

    /// Writes what waits behind what is there.
    fn put(&mut self) -> Result<(), Unsound> {
        for (bytes, pieces) in
            self.waiting.iter_mut().zip(&mut self.pieces).filter(|(bin, _)| !bin.is_empty())
        {
            self.file.write_all(bytes).map_err(|_| Unsound)?;
            pieces.push((self.end, bytes.len()));
            self.end += bytes.len() as u64;
            // The next bin may need the room more.
            *bytes = Vec::new();
        }
        self.waits = 0;
        Ok(())
    }

    /// All bytes of a bin; nothing is added any more.
    fn take(&mut self, bin: usize) -> Result<Vec<u8>, Unsound> {
        let pieces = self.pieces.get(bin).map_or(&[][..], Vec::as_slice);
        let mut bytes = vec![0; pieces.iter().map(|(_, length)| *length).sum()];
        let mut rest = bytes.as_mut_slice();
        for (start, length) in pieces {
            let (piece, others) = rest.split_at_mut_checked(*length).ok_or(Unsound)?;
            self.file.seek(SeekFrom::Start(*start)).map_err(|_| Unsound)?;
            self.file.read_exact(piece).map_err(|_| Unsound)?;
            rest = others;
        }
        Ok(bytes)
    }
}

/// The rows of one file by parts.
#[derive(Debug)]
pub(super) struct Shelf {
    rows: Bins,
    sha256: String,
}

impl Shelf {
    /// Puts all rows of a file behind its header away; no more than so many bytes wait in memory. `keys` takes note of
    /// the keys of rows that lie in households. A row that cannot be placed is one to be read, and told of, with the whole.
    pub(super) fn fill<R: BufRead>(
        mut rows: Rows<R>,
        layout: &Layout,
        (borders, room): (&Borders, usize),
        mut keys: Option<&mut Keys>,
        sha256: impl FnOnce(R) -> String,
    ) -> Result<Self, Unsound> {
        let mut shelf = Bins::new(borders.parts(), room)?;
        let mut row = Row::default();
        while next(&mut rows, &mut row).map_err(|_| Unsound)? {
            let key = |column: usize| cell::key(row.cell(column)).ok_or(Unsound);
            let owner = key(layout.parent.unwrap_or(layout.key))?;
            if !layout.fits(row.len()) {
                return Err(Unsound);
            }
            if let Some(keys) = &mut keys {
                keys.note(&key(layout.key)?)?;
            }
            shelf.add(borders.part(&owner), |part| row.store(part))?;
        }
        shelf.put()?;
        Ok(Self { rows: shelf, sha256: sha256(rows.into_input()) })
    }

    /// The rows of a part, as [`Row::restore`] reads them.
    pub(super) fn take(&mut self, part: usize) -> Result<Vec<u8>, Unsound> {
        self.rows.take(part)
    }

    /// SHA-256 of the file that the rows are from.
    pub(super) fn sha256(self) -> String {
        self.sha256
    }
}

/// The keys of the rows of one record, as far as tells that none stands twice: in two households, and so perhaps in two
/// parts. Of each a number that hardly another has; where two are the same, the register is read whole.
#[derive(Debug)]
pub(super) struct Keys(Bins);

/// Bins of keys; a power of two.
const BINS: usize = 64;

impl Keys {
    pub(super) fn new(room: usize) -> Result<Self, Unsound> {
        Bins::new(BINS, room).map(Self)
    }

    fn note(&mut self, key: &str) -> Result<(), Unsound> {
        let mut hasher = DefaultHasher::new();
        hasher.write(key.as_bytes());
        let number = hasher.finish().to_le_bytes();
        let bin = usize::from(number[0]) % BINS;
        self.0.add(bin, |bytes| bytes.extend_from_slice(&number))
    }

    /// True where none stands twice.
    pub(super) fn differ(mut self) -> Result<bool, Unsound> {
        self.0.put()?;
        for bin in 0..BINS {
            let bytes = self.0.take(bin)?;
            let mut numbers: Vec<[u8; 8]> = bytes.as_chunks::<8>().0.to_vec();
            numbers.sort_unstable();
            if numbers.windows(2).any(|two| two[0] == two[1]) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// A file of text behind its header: what cannot be read is left to the reading of the whole.
pub(super) fn behind_header<R: BufRead>(input: R) -> Result<(Rows<R>, Row), Fault> {
    let mut rows = Rows::new(input)?;
    let mut row = Row::default();
    if next(&mut rows, &mut row)? { Ok((rows, row)) } else { Err(Fault::Empty) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::register::draft::Sheet;
    use crate::register::header::Header;
    use proptest::collection::vec;

    /// A file of one column of keys behind its header.
    fn opened(keys: &[String]) -> Rows<&'static [u8]> {
        let text = keys.join("\n");
        Rows::new(Box::leak(text.into_boxed_str()).as_bytes()).unwrap()
    }

    fn layout() -> Layout {
        let sheet = Sheet {
            file: 0,
            name: String::new(),
            tab: None,
            key: String::new(),
            parent: String::new(),
            fields: Vec::new(),
        };
        Layout::of(&Header { key: 0, parent: None, fields: Vec::new(), width: 1, extra: 0, sheet })
    }

    proptest::proptest! {
        #[test]
        fn rows_come_back_by_parts(keys in vec("[a-c]{1,3}", 1..60), parts in 1_usize..9, room in 1_usize..200) {
            let mut sample = Sample::default();
            sample.look(&mut opened(&keys), &layout()).unwrap();
            let borders = Borders::of(sample, parts);
            let sha256 = |_: &[u8]| String::new();
            let mut shelf = Shelf::fill(opened(&keys), &layout(), (&borders, room), None, sha256).unwrap();
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

    #[test]
    fn a_key_that_stands_twice_is_found() {
        for (last, differ) in [("p5000", true), ("p17", false)] {
            let mut keys = Keys::new(100).unwrap();
            (0..1_000).for_each(|key| keys.note(&format!("p{key}")).unwrap());
            keys.note(last).unwrap();
            assert_eq!(keys.differ().unwrap(), differ, "{last}");
        }
    }

    #[test]
    fn a_sample_stays_small() {
        let keys: Vec<String> = (0..100_000).map(|key| format!("k{key:06}")).collect();
        let mut sample = Sample::default();
        sample.look(&mut opened(&keys), &layout()).unwrap();
        assert!(sample.keys.len() <= KEPT && sample.keys.len() > KEPT / 4);
        let borders = Borders::of(sample, 10);
        let mut sizes = vec![0; borders.parts()];
        for key in &keys {
            sizes[borders.part(key)] += 1;
        }
        assert!(sizes.iter().all(|size| (9_000..11_000).contains(size)), "{sizes:?}");
    }
}
