//! A register read in parts: some households after others with all that lies in them, so that memory holds a part and
//! never the whole.
//!
//! It needs files in which households ascend by key, and what lies in them stands in the same order; or, of files of text,
//! the rows are brought together by households in temporary files first. Nothing is guessed: a part that does not fit the
//! one before, a row without its household, a key that may stand twice, and the stream is [`Unsound`]; the caller then
//! reads the register in the other way or whole, which finds the rows and tells of them.
//!
//! ```text
//! feed (lines or batches of some rows, file by file) ┐
//! shelf (rows of any order, put away by parts) ──────┴→ Supply → Part → Reader (the common intake) → Piece, a register of its own
//! ```
//!
//! Parts come from the [`Supply`] one after the other, while those before are read by the [`Reader`] on any thread.

mod dictionary;
mod feed;
mod lines;
mod piece;
mod shelf;

pub use piece::Piece;

use super::arrow;
use super::codebook::{Codebook, codebooks};
use super::draft::Draft;
use super::encoding::Text;
use super::findings::DataFindings;
use super::folder::{Kind, Layout, listing, read_rows};
use super::header::Header;
use super::input::shown_path;
use super::placing::{self, Placed};
use super::rows::{Row, Rows};
use super::table::{InputFile, RecordCount, Register};
use super::village::List;
use super::{Reading, drafts, file_place};
use crate::diagnostic::{Diagnostic, codes};
use crate::schema::RecordId;
use dictionary::Dictionary;
use feed::{Chunk, Feed, Feeds, FileOf, Source};
use lines::Lines;
#[cfg(feature = "parquet")]
pub(super) use lines::ascends;
use piece::Ascent;
use shelf::{Borders, Keys, Sample, Shelf, behind_header};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows of the unit of evaluation in one part.
const ROWS: usize = 8_192;

/// Bytes of a part below which parts are not worth their trouble.
const SMALL: u64 = 64 * 1024;

/// The register does not stream: it is to be read whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsound;

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
    /// How far its keys have ascended.
    ascents: Vec<Ascent>,
    dictionaries: Vec<Dictionary>,
    /// By record.
    counts: Vec<RecordCount>,
    /// The next part and how many there are, where rows were put away by parts.
    shelved: Option<(usize, usize)>,
}

/// How the rows of households are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// As they stand in the files, by key.
    Given,
    /// In any, and of files of text alone: they are put away in temporary files by parts, so many of which are in memory
    /// at a time.
    Any(usize),
}

/// A file to be opened.
type Named<'f> = (u32, &'f str, &'f Path);

/// The rows of some households as they stand in the files, by source.
pub struct Part {
    chunks: Vec<Vec<Chunk>>,
    /// The texts that it begins with.
    dictionaries: Vec<Dictionary>,
}

impl<'a> Stream<'a> {
    /// Begins to read a folder whose files of households are larger than `least` bytes; no more of them are in memory at a
    /// time. None where it is not of a shape that streams.
    pub fn open(
        path: &Path,
        reading: &'a Reading<'a>,
        (least, order): (u64, Order),
        findings: &mut DataFindings,
    ) -> Result<Option<Self>, Box<Diagnostic>> {
        let schema = reading.schema;
        let Some(unit) = schema.unit().filter(|_| path.is_dir()) else { return Ok(None) };
        let listed = listing(path, schema)?;
        let in_unit = |record: RecordId| schema.chain(record).last() == Some(unit);
        let within: Vec<_> = listed.iter().filter(|(record, ..)| in_unit(*record)).collect();
        let bytes: u64 = within.iter().filter_map(|(.., path)| Some(path.metadata().ok()?.len())).sum();
        let shallow = |record: RecordId| record == unit || schema.record(record).parent == Some(unit);
        let mut records: Vec<RecordId> = within.iter().map(|(record, ..)| *record).collect();
        records.dedup();
        if bytes <= least || !records.contains(&unit) || !records.iter().all(|one| shallow(*one)) {
            return Ok(None);
        }
        let codebooks = codebooks(schema);
        let mut of_base = drafts(reading, &codebooks);
        let room = usize::try_from(least.max(SMALL)).unwrap_or(usize::MAX);
        let borders = match order {
            Order::Given => None,
            Order::Any(at_once) => {
                let parts = bytes / (least / at_once as u64).max(SMALL) + 1;
                let parts = usize::try_from(parts).unwrap_or(usize::MAX);
                let files = within.iter().filter(|(record, ..)| *record == unit);
                let Some(borders) = borders(files.map(|(_, name, path)| (name, path)), reading, parts) else {
                    return Ok(None);
                };
                Some(borders)
            }
        };
        let (mut files, mut sources) = (Vec::new(), Vec::<(Source, Feeds)>::new());
        let mut later = DataFindings::new();
        let below = records.iter().filter(|record| **record != unit && borders.is_some());
        let keys: Result<BTreeMap<RecordId, Keys>, Unsound> =
            below.map(|record| Ok((*record, Keys::new(room)?))).collect();
        let Ok(mut keys) = keys else { return Ok(None) };
        for (record, name, path) in &listed {
            let number = u32::try_from(files.len()).unwrap_or(u32::MAX);
            let Some(draft) = of_base.get_mut(record.0) else { continue };
            let sha256 = if in_unit(*record) {
                let named = (number, name.as_str(), path.as_path());
                let opened = match &borders {
                    None => open(named, reading, draft, &mut later),
                    Some(borders) => {
                        // None of households: rows of one household are in one part.
                        let keys = keys.get_mut(record);
                        shelve(named, reading, (borders, room, keys), draft, &mut later)
                    }
                };
                let Some((file, feed)) = opened else { return Ok(None) };
                match sources.last_mut() {
                    Some((source, feeds)) if source.record == *record => {
                        source.files.push(file);
                        feeds.push(feed);
                    }
                    _ => sources.push((Source { record: *record, files: vec![file] }, Feeds::of(feed))),
                }
                String::new()
            } else {
                // What is wrong with it is told in its turn, by the reading of the whole.
                let Ok(sha256) = read_rows(path, schema, draft, (number, name), &mut later) else {
                    return Ok(None);
                };
                sha256
            };
            files.push(InputFile::new(name.clone(), sha256));
        }
        if !keys.into_values().all(|keys| keys.differ() == Ok(true)) {
            return Ok(None);
        }
        // Households first, whatever the order of the files.
        sources.sort_by_key(|(source, _)| source.record != unit);
        let (sources, mut feeds): (Vec<Source>, Vec<Feeds>) = sources.into_iter().unzip();
        // Without any, rows that lie in none are not read in parts.
        let households = feeds.first_mut().map(Feeds::is_at_end);
        if borders.is_none() && households != Some(Ok(false)) {
            return Ok(None);
        }
        let counts: Vec<RecordCount> = of_base.iter().map(|draft| draft.count).collect();
        let base = base(path, of_base, &files, reading, &mut later);
        findings.append(later);
        let villages = List::of(&base, schema);
        let ascents = sources.iter().map(|_| Ascent::default()).collect();
        let dictionaries = sources.iter().map(|_| Dictionary::default()).collect();
        let shelved = borders.map(|borders| (0, borders.parts()));
        let counts = counts
            .iter()
            .zip(&base.counts)
            .enumerate()
            .map(|(record, (own, base))| if in_unit(RecordId(record)) { *own } else { *base })
            .collect();
        let sources: Arc<[Source]> = sources.into();
        let is_shelved = shelved.is_some();
        let supply = Supply { sources: Arc::clone(&sources), feeds, ascents, dictionaries, counts, shelved };
        let reader = Reader { reading, codebooks, unit, base, villages, files, sources, shelved: is_shelved };
        Ok(Some(Self { reader, supply }))
    }
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
        let (Some((households, others)), Some((source, sources))) =
            (self.feeds.split_first_mut(), self.sources.split_first())
        else {
            return Ok(None);
        };
        if households.is_at_end()? {
            return Ok(None);
        }
        let rows = households.take_rows(ROWS)?;
        let at_end = households.is_at_end()?;
        let last = source.last_key(&rows).ok_or(Unsound)?;
        let mut chunks = vec![rows];
        for (feeds, source) in others.iter_mut().zip(sources) {
            chunks.push(if at_end { feeds.take_rest()? } else { feeds.take_until(source, &last)? });
        }
        Ok(Some(chunks))
    }

    /// Takes note of a piece, in the order of parts: does it follow the one before?
    pub fn follow(&mut self, piece: &Piece) -> Result<(), Unsound> {
        for (ascent, next) in self.ascents.iter_mut().zip(&piece.ascents) {
            *ascent = ascent.then(next)?;
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

/// Where parts of about as many households begin, by the keys in some files; none where one of them is no text, or is
/// better read with the whole.
fn borders<'f>(
    files: impl Iterator<Item = (&'f String, &'f PathBuf)>,
    reading: &Reading<'_>,
    parts: usize,
) -> Option<Borders> {
    let mut drafts = drafts(reading, &codebooks(reading.schema));
    let draft = drafts.get_mut(reading.schema.unit()?.0)?;
    let mut sample = Sample::default();
    for (name, path) in files {
        let input = text(path)?;
        let (mut rows, header) = behind_header(input).ok()?;
        let header =
            Header::read(&header, reading.schema, draft, (0, name), &mut DataFindings::new()).ok()?;
        sample.look(&mut rows, &Layout::of(&header)).ok()?;
    }
    // Without households nothing is read in parts: what lies in none is told by the reading of the whole.
    (!sample.is_empty()).then(|| Borders::of(sample, parts))
}

/// Opens a file of text; none where it is of another kind or cannot be read, which the reading of the whole tells.
fn text(path: &Path) -> Option<Text> {
    if matches!(Kind::of(path), Some(Kind::Csv) | None) { Text::open(path).ok() } else { None }
}

/// Puts the rows of a file away by parts; none where it is better read with the whole.
fn shelve(
    (number, name, path): Named<'_>,
    reading: &Reading<'_>,
    (borders, room, keys): (&Borders, usize, Option<&mut Keys>),
    draft: &mut Draft<'_>,
    findings: &mut DataFindings,
) -> Option<(FileOf, Feed)> {
    let input = text(path)?;
    if matches!(input, Text::Gb18030(_)) {
        findings.push(codes::D022, || Diagnostic::new(codes::D022, file_place(name)));
    }
    let (rows, header) = behind_header(input).ok()?;
    let header = Header::read(&header, reading.schema, draft, (number, name), findings).ok()?;
    draft.count.extra_columns += header.extra;
    let (sheet, layout) = (header.sheet.clone(), Layout::of(&header));
    draft.sheets.push(header.sheet);
    let shelf = Shelf::fill(rows, &layout, (borders, room), keys, Text::sha256).ok()?;
    Some((FileOf::new(sheet, layout), Feed::Shelf(Box::new(shelf))))
}

/// Opens a file of households or of rows in them; none where it is to be read whole: as a workbook, as text with a header
/// that is not a plain first line, or where something is wrong with it, which is then told in its turn.
fn open(
    (number, name, path): Named<'_>,
    reading: &Reading<'_>,
    draft: &mut Draft<'_>,
    findings: &mut DataFindings,
) -> Option<(FileOf, Feed)> {
    if let Some(kind @ (Kind::Parquet | Kind::Arrow)) = Kind::of(path) {
        let (feed, header) =
            arrow::Feed::open(path, kind, reading.schema, draft, (number, name), findings).ok()?;
        let layout = Layout::of(&header);
        let sheet = header.sheet.clone();
        draft.sheets.push(header.sheet);
        return Some((FileOf::new(sheet, layout), Feed::Batches(Box::new(feed))));
    }
    if Kind::of(path) == Some(Kind::Excel) {
        return None;
    }
    let mut lines = Lines::open(path).ok()?;
    let header = lines.take_rows(1).ok()?;
    // One line and no more: a carriage return within it would be the end of another.
    let line = header.strip_suffix(b"\n").map(|line| line.strip_suffix(b"\r").unwrap_or(line))?;
    if line.iter().any(|byte| matches!(byte, b'"' | b'\r')) {
        return None;
    }
    let mut rows = Rows::new(header.as_slice()).ok()?;
    let mut row = Row::default();
    // A header that cannot be read as it stands is read, or refused, with the whole file.
    if !rows.next(&mut row).unwrap_or(false) || row.is_blank() {
        return None;
    }
    let header = Header::read(&row, reading.schema, draft, (number, name), findings).ok()?;
    draft.count.extra_columns += header.extra;
    let sheet = header.sheet.clone();
    let layout = Layout::of(&header);
    draft.sheets.push(header.sheet);
    Some((FileOf::new(sheet, layout), Feed::Lines(Box::new(lines))))
}

/// What lies in no household, and a table without rows for each record that does.
fn base(
    path: &Path,
    drafts: Vec<Draft<'_>>,
    files: &[InputFile],
    reading: &Reading<'_>,
    findings: &mut DataFindings,
) -> Register {
    let schema = reading.schema;
    let mut placed: Vec<Placed> = Vec::new();
    for draft in drafts {
        let missing = draft.sheets.is_empty();
        let in_unit = schema.chain(draft.id).last() == schema.unit();
        if missing && (reading.uses)(draft.id) && draft.parent.is_some() && in_unit {
            let path = shown_path(path);
            findings.push(codes::D012, || {
                Diagnostic::new(codes::D012, file_place(&path)).arg("record", &draft.record.label)
            });
        }
        let parent = draft.record.parent.and_then(|parent| placed.get(parent.0));
        placed.push(placing::place(draft, parent, missing, findings).0);
    }
    let (tables, counts) = placed.into_iter().map(Placed::finish).unzip();
    Register { tables, files: files.to_vec(), counts }
}
