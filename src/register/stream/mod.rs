//! A register read in parts: some households after others with all that lies in them, so that memory holds a part and
//! never the whole.
//!
//! It needs files in which households ascend by key, and what lies in them stands in the same order; or the rows are brought
//! together by households in temporary files first. Nothing is guessed: a part that does not fit the
//! one before, a row without its household, a key that may stand twice, and the stream is [`Unsound`]; the caller then
//! reads the register in the other way or whole, which finds the rows and tells of them.
//!
//! ```text
//! feed (lines or batches of some rows, file by file) ┐
//! shelf (rows of any order, put away by parts) ──────┴→ Supply → Part → Reader (the common intake) → Piece, a register of its own
//! ```
//!
//! Parts come from the [`Supply`] one after the other, while those before are read by the [`Reader`] on any thread.

mod bins;
mod dictionary;
mod feed;
mod lines;
mod opening;
mod piece;
mod shelf;

pub use piece::Piece;

use super::Reading;
use super::codebook::Codebook;
use super::table::{InputFile, RecordCount, Register};
use super::village::List;
use crate::schema::RecordId;
use bins::Keys;
use dictionary::Dictionary;
use feed::{Chunk, Feeds, Source};
#[cfg(feature = "parquet")]
pub(super) use lines::ascends;
use piece::Ascent;
use std::sync::Arc;

/// Rows of the unit of evaluation in one part.
const ROWS: usize = 8_192;

/// The register does not stream: it is to be read in another way, or whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsound {
    /// It is to be held: small enough, no folder, without households, or with workbooks, of which one holds no more than a
    /// million rows.
    Held,
    /// Rows that do not stand as they should.
    Shape,
    /// Temporary files cannot be written.
    NoRoom,
}

/// A register on its way in.
pub struct Stream<'a> {
    /// How its parts are read.
    pub reader: Reader<'a>,
    /// Where they come from.
    pub supply: Supply,
}

/// How parts are read, on any thread.
pub struct Reader<'a> {
    reading: &'a Reading<'a>,
    /// By record.
    codebooks: Vec<Arc<[Codebook]>>,
    unit: RecordId,
    /// What lies in no household, whole.
    base: Register,
    villages: Option<List>,
    files: Vec<InputFile>,
    /// Those of households first.
    sources: Arc<[Source]>,
    /// Rows were put away by parts.
    shelved: bool,
}

/// Where parts come from, in their order, and what they came to.
pub struct Supply {
    sources: Arc<[Source]>,
    /// By source.
    feeds: Vec<Feeds>,
    /// The key of the last row that was taken.
    reached: Vec<Option<Vec<u8>>>,
    /// How far its keys have ascended.
    ascents: Vec<Ascent>,
    /// Its keys, where they are noted.
    keys: Vec<Option<Keys>>,
    dictionaries: Vec<Dictionary>,
    /// By record.
    counts: Vec<RecordCount>,
    /// The next part and how many there are, where rows were put away by parts.
    shelved: Option<(usize, usize)>,
}

/// How the rows of households are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// As they stand in the files, by key. The keys of these records are noted, because they do not ascend; those of all
    /// others do.
    Given(Vec<RecordId>),
    /// In any: they are put away in temporary files by parts, so many of which are in memory at a time.
    Any(usize),
}

/// The rows of some households as they stand in the files, by source.
pub struct Part {
    chunks: Vec<Vec<Chunk>>,
    /// The texts that it begins with.
    dictionaries: Vec<Dictionary>,
}

impl Reader<'_> {
    /// What lies in no household: villages, holidays.
    #[must_use]
    pub fn base(&self) -> &Register {
        &self.base
    }

    /// Reads a part.
    pub fn read(&self, part: &Part) -> Result<Piece, Unsound> {
        piece::read(self, part)
    }
}

impl Supply {
    /// The rows of the next households; none at the end.
    pub fn next_part(&mut self) -> Result<Option<Part>, Unsound> {
        let chunks = match &mut self.shelved {
            Some((next, parts)) if next == parts => return Ok(None),
            Some((next, _)) => {
                let take = |feeds: &mut Feeds| feeds.take_part(*next);
                let chunks = self.feeds.iter_mut().map(take).collect::<Result<_, Unsound>>()?;
                *next += 1;
                chunks
            }
            None => match self.next_rows()? {
                Some(chunks) => chunks,
                None => return Ok(None),
            },
        };
        Ok(Some(Part { chunks, dictionaries: self.dictionaries.clone() }))
    }

    /// The next rows of households, and all that lies in them.
    fn next_rows(&mut self) -> Result<Option<Vec<Vec<Chunk>>>, Unsound> {
        let mut chunks: Vec<Vec<Chunk>> = Vec::with_capacity(self.feeds.len());
        for (place, source) in self.sources.iter().enumerate() {
            let (above, rest) = self.feeds.split_at_mut(place);
            let Some(feeds) = rest.first_mut() else { break };
            let rows = match source.above {
                None if feeds.is_at_end()? => return Ok(None),
                None => feeds.take_rows(ROWS)?,
                Some(place) if above.get_mut(place).ok_or(Unsound::Shape)?.is_at_end()? => {
                    feeds.take_rest()?
                }
                Some(place) => match self.reached.get(place).and_then(Option::as_ref) {
                    Some(last) => feeds.take_until(source, last)?,
                    // Of those that it lies in there was none yet.
                    None => Vec::new(),
                },
            };
            match (source.last_key(&rows), source.above) {
                (Some(last), _) => self.reached[place] = Some(last),
                (None, None) => return Err(Unsound::Shape),
                (None, Some(_)) => {}
            }
            chunks.push(rows);
        }
        Ok(Some(chunks))
    }

    /// Takes note of a piece, in the order of parts: does it follow the one before?
    pub fn follow(&mut self, piece: &Piece) -> Result<(), Unsound> {
        for (ascent, next) in self.ascents.iter_mut().zip(&piece.ascents) {
            *ascent = ascent.then(next);
        }
        if !self.households_ascend() || !self.unordered().is_empty() {
            return Err(Unsound::Shape);
        }
        for (keys, numbers) in self.keys.iter_mut().zip(&piece.numbers) {
            keys.iter_mut().try_for_each(|keys| numbers.iter().try_for_each(|number| keys.note(*number)))?;
        }
        for (feeds, costs) in self.feeds.iter_mut().zip(&piece.costs) {
            feeds.bear(costs)?;
        }
        for (dictionary, texts) in self.dictionaries.iter_mut().zip(&piece.texts) {
            dictionary.take(texts);
        }
        for (all, of_piece) in self.counts.iter_mut().zip(&piece.register.counts) {
            all.read += of_piece.read;
            all.kept += of_piece.kept;
            all.duplicates += of_piece.duplicates;
            all.rejected += of_piece.rejected;
            all.later += of_piece.later;
        }
        Ok(())
    }

    fn households_ascend(&self) -> bool {
        self.ascents.first().is_none_or(Ascent::is_sound)
    }

    /// The records whose keys would have to be noted, because they do not ascend; none where those of households do not, and
    /// noting is no help.
    #[must_use]
    pub fn unordered(&self) -> Vec<RecordId> {
        let sources = self.sources.iter().zip(&self.ascents).filter(|_| self.households_ascend());
        let unordered = sources.filter(|(source, ascent)| !source.is_noted && !ascent.is_sound());
        unordered.map(|(source, _)| source.record).collect()
    }

    /// At the end: did no key stand twice, as far as it was noted?
    pub fn check_keys(&mut self) -> Result<(), Unsound> {
        let mut keys = self.keys.iter_mut().filter_map(Option::take);
        let differ = keys.try_fold(true, |differ, keys| Ok(differ && keys.differ()?))?;
        if differ { Ok(()) } else { Err(Unsound::Shape) }
    }

    /// The files and counts of the whole, without rows in households.
    #[must_use]
    pub fn finish(self, reader: Reader<'_>) -> Register {
        let Reader { base, mut files, .. } = reader;
        for (source, feeds) in self.sources.iter().zip(self.feeds) {
            for (of_source, sha256) in source.files.iter().zip(feeds.sha256()) {
                if let Some(file) = files.get_mut(of_source.sheet.file as usize) {
                    file.sha256 = sha256;
                }
            }
        }
        Register { files, counts: self.counts, ..base }
    }
}
