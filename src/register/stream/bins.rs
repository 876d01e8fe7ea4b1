//! Bytes that wait in temporary files until they are asked for, and what is known of the keys of a record by way of them.

use super::Unsound;
use std::collections::HashMap;
use std::fs::File;
use std::hash::{DefaultHasher, Hasher};
use std::io::{Read, Seek, SeekFrom, Write};

/// Bytes in bins, so many of them in memory and the rest in a temporary file. It has no name: it is gone with the program,
/// however that ends.
#[derive(Debug)]
pub(super) struct Bins {
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
    pub(super) fn new(bins: usize, room: usize) -> Result<Self, Unsound> {
        let file = tempfile::tempfile().map_err(|_| Unsound::NoRoom)?;
        let (pieces, waiting) = (vec![Vec::new(); bins], vec![Vec::new(); bins]);
        Ok(Self { file, pieces, waiting, waits: 0, room, end: 0 })
    }

    /// Adds to a bin what is written behind its bytes.
    pub(super) fn add(&mut self, bin: usize, write: impl FnOnce(&mut Vec<u8>)) -> Result<(), Unsound> {
        let bytes = self.waiting.get_mut(bin).ok_or(Unsound::Shape)?;
        let before = bytes.len();
        write(bytes);
        self.waits += bytes.len() - before;
        if self.waits < self.room { Ok(()) } else { self.put() }
    }

    /// Writes what waits behind what is there.
    pub(super) fn put(&mut self) -> Result<(), Unsound> {
        for (bytes, pieces) in
            self.waiting.iter_mut().zip(&mut self.pieces).filter(|(bin, _)| !bin.is_empty())
        {
            self.file.write_all(bytes).map_err(|_| Unsound::NoRoom)?;
            pieces.push((self.end, bytes.len()));
            self.end += bytes.len() as u64;
            // The next bin may need the room more.
            *bytes = Vec::new();
        }
        self.waits = 0;
        Ok(())
    }

    /// All bytes of a bin; nothing is added any more.
    pub(super) fn take(&mut self, bin: usize) -> Result<Vec<u8>, Unsound> {
        let pieces = self.pieces.get(bin).map_or(&[][..], Vec::as_slice);
        let mut bytes = vec![0; pieces.iter().map(|(_, length)| *length).sum()];
        let mut rest = bytes.as_mut_slice();
        for (start, length) in pieces {
            let (piece, others) = rest.split_at_mut_checked(*length).ok_or(Unsound::Shape)?;
            self.file.seek(SeekFrom::Start(*start)).map_err(|_| Unsound::NoRoom)?;
            self.file.read_exact(piece).map_err(|_| Unsound::NoRoom)?;
            rest = others;
        }
        Ok(bytes)
    }
}

/// The keys of the rows of one record, as far as tells that none stands twice: in two households, and so perhaps in two
/// parts. Of each a number that hardly another has; where two are the same, the register is read whole.
#[derive(Debug)]
pub(super) struct Keys(Bins);

/// Bins of keys.
pub(super) const BINS: usize = 256;

/// A number that hardly another key has, and the bin of its key.
pub(super) type Number = [u8; 8];

pub(super) fn number(key: &str) -> Number {
    let mut hasher = DefaultHasher::new();
    hasher.write(key.as_bytes());
    hasher.finish().to_le_bytes()
}

/// The bin of a key.
pub(super) fn bin(key: &str) -> usize {
    usize::from(number(key)[0])
}

impl Keys {
    pub(super) fn new(room: usize) -> Result<Self, Unsound> {
        Bins::new(BINS, room).map(Self)
    }

    pub(super) fn note(&mut self, number: Number) -> Result<(), Unsound> {
        self.0.add(usize::from(number[0]), |bytes| bytes.extend_from_slice(&number))
    }

    /// What waits in memory is put into the file.
    pub(super) fn rest(&mut self) -> Result<(), Unsound> {
        self.0.put()
    }

    /// True where none stands twice.
    pub(super) fn differ(mut self) -> Result<bool, Unsound> {
        self.rest()?;
        for bin in 0..BINS {
            let bytes = self.0.take(bin)?;
            let mut numbers: Vec<Number> = bytes.as_chunks().0.to_vec();
            numbers.sort_unstable();
            if numbers.windows(2).any(|two| two[0] == two[1]) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// In which part each row of a record is, for the rows that lie in it: by the number of its key. Keys differ by it, or
/// the register is read whole.
#[derive(Debug)]
pub(super) struct Owners(Bins);

/// Of a number and a part.
const OWNER: usize = size_of::<Number>() + size_of::<u32>();

impl Owners {
    pub(super) fn new(room: usize) -> Result<Self, Unsound> {
        Bins::new(BINS, room).map(Self)
    }

    pub(super) fn note(&mut self, key: &str, part: usize) -> Result<(), Unsound> {
        let (number, part) = (number(key), u32::try_from(part).map_err(|_| Unsound::Shape)?);
        self.0.add(usize::from(number[0]), |bytes| {
            bytes.extend_from_slice(&number);
            bytes.extend_from_slice(&part.to_le_bytes());
        })
    }

    /// What waits in memory is put into the file.
    pub(super) fn rest(&mut self) -> Result<(), Unsound> {
        self.0.put()
    }

    /// Those of a bin; none is noted any more.
    pub(super) fn of_bin(&mut self, bin: usize) -> Result<Parts, Unsound> {
        self.rest()?;
        let bytes = self.0.take(bin)?;
        let owner = |owner: &[u8; OWNER]| {
            let (number, part) = owner.split_first_chunk()?;
            Some((*number, u32::from_le_bytes(part.try_into().ok()?)))
        };
        bytes.as_chunks().0.iter().map(owner).collect::<Option<_>>().map(Parts).ok_or(Unsound::Shape)
    }
}

/// The parts of some rows.
pub(super) struct Parts(HashMap<Number, u32>);

impl Parts {
    /// That of the row with a key.
    pub(super) fn of(&self, key: &str) -> Option<usize> {
        self.0.get(&number(key)).map(|part| *part as usize)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_key_that_stands_twice_is_found() {
        for (last, differ) in [("p5000", true), ("p17", false)] {
            let mut keys = Keys::new(100).unwrap();
            (0..1_000).for_each(|key| keys.note(number(&format!("p{key}"))).unwrap());
            keys.note(number(last)).unwrap();
            assert_eq!(keys.differ().unwrap(), differ, "{last}");
        }
    }

    #[test]
    fn owners_are_found_again() {
        let mut owners = Owners::new(100).unwrap();
        (0..1_000).for_each(|key| owners.note(&format!("p{key}"), key % 7).unwrap());
        let mut found = |key: &str| owners.of_bin(bin(key)).unwrap().of(key);
        assert!((0..1_000).all(|key| found(&format!("p{key}")) == Some(key % 7)));
        assert_eq!(found("p1000"), None);
    }
}
