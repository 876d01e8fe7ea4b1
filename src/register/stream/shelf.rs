//! The rows of one file whose households come in any order, put into a temporary file by parts: the households of a part
//! come before those of the next, so that part after part can be read as if the file had been in order.

use super::Unsound;
use crate::register::cell;
use crate::register::folder::{Layout, next};
use crate::register::input::Fault;
use crate::register::rows::{Row, Rows};
use std::fs::File;
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

/// The rows of one file by parts. The temporary file has no name: it is gone with the program, however that ends.
#[derive(Debug)]
pub(super) struct Shelf {
    file: File,
    /// By part: where in the file its rows are, piece by piece.
    pieces: Vec<Vec<(u64, usize)>>,
    sha256: String,
}

impl Shelf {
    /// Puts all rows of a file behind its header away; no more than so many bytes wait in memory. A row that cannot be
    /// placed is one to be read, and told of, with the whole.
    pub(super) fn fill<R: BufRead>(
        mut rows: Rows<R>,
        layout: &Layout,
        borders: &Borders,
        room: usize,
        sha256: impl FnOnce(R) -> String,
    ) -> Result<Self, Unsound> {
        let file = tempfile::tempfile().map_err(|_| Unsound)?;
        let mut shelf = Self { file, pieces: vec![Vec::new(); borders.parts()], sha256: String::new() };
        let mut waiting: Vec<Vec<u8>> = vec![Vec::new(); borders.parts()];
        let (mut bytes, mut end) = (0, 0);
        let mut row = Row::default();
        while next(&mut rows, &mut row).map_err(|_| Unsound)? {
            let owner = layout.parent.unwrap_or(layout.key);
            let key = cell::key(row.cell(owner)).filter(|_| layout.fits(row.len())).ok_or(Unsound)?;
            let part = waiting.get_mut(borders.part(&key)).ok_or(Unsound)?;
            let before = part.len();
            row.store(part);
            bytes += part.len() - before;
            if bytes >= room {
                end = shelf.put(&mut waiting, end)?;
                bytes = 0;
            }
        }
        shelf.put(&mut waiting, end)?;
        shelf.sha256 = sha256(rows.into_input());
        Ok(shelf)
    }

    /// Writes what waits behind what is there; where the file ends now.
    fn put(&mut self, waiting: &mut [Vec<u8>], mut end: u64) -> Result<u64, Unsound> {
        for (part, pieces) in waiting.iter_mut().zip(&mut self.pieces).filter(|(part, _)| !part.is_empty()) {
            self.file.write_all(part).map_err(|_| Unsound)?;
            pieces.push((end, part.len()));
            end += part.len() as u64;
            // The next part may need the room more.
            *part = Vec::new();
        }
        Ok(end)
    }

    /// The rows of a part, as [`Row::restore`] reads them.
    pub(super) fn take(&mut self, part: usize) -> Result<Vec<u8>, Unsound> {
        let pieces = self.pieces.get(part).map_or(&[][..], Vec::as_slice);
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

    /// SHA-256 of the file that the rows are from.
    pub(super) fn sha256(self) -> String {
        self.sha256
    }
}

/// A file of text behind its header: what cannot be read is left to the reading of the whole.
pub(super) fn behind_header<R: BufRead>(input: R) -> Result<(Rows<R>, Row), Fault> {
    let mut rows = Rows::new(input)?;
    let mut row = Row::default();
    if next(&mut rows, &mut row)? { Ok((rows, row)) } else { Err(Fault::Empty) }
}
