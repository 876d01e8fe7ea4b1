//! A folder is opened to be read in parts.

use super::bins::Keys;
use super::dictionary::Dictionary;
use super::feed::{Feed, Feeds, FileOf, Source};
use super::lines::Lines;
use super::piece::Ascent;
use super::shelf::{Borders, Filling, Ledger, Sample};
use super::{Order, Reader, Stream, Supply, Unsound};
use crate::diagnostic::{Diagnostic, codes};
use crate::register::codebook::codebooks;
use crate::register::draft::Draft;
use crate::register::encoding::Text;
use crate::register::findings::DataFindings;
use crate::register::folder::{Kind, Layout, listing, next, read_rows};
use crate::register::header::Header;
use crate::register::input::shown_path;
use crate::register::placing::{self, Placed};
use crate::register::rows::{Row, Rows};
use crate::register::table::{InputFile, RecordCount, Register};
use crate::register::village::List;
use crate::register::{Reading, arrow, drafts, file_place};
use crate::schema::{RecordId, Schema};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes of a part below which parts are not worth their trouble.
const SMALL: u64 = 64 * 1024;

/// A file to be opened.
type Named<'f> = (u32, &'f str, &'f Path);

/// A file of a folder: its record, the name that is shown, and its path.
type Listed = (RecordId, String, PathBuf);

impl<'a> Stream<'a> {
    /// Begins to read a folder whose files of households are larger than `least` bytes; no more of them are in memory at a
    /// time.
    pub fn open(
        path: &Path,
        reading: &'a Reading<'a>,
        (least, order): (u64, &Order),
        findings: &mut DataFindings,
    ) -> Result<Result<Self, Unsound>, Box<Diagnostic>> {
        let Some(unit) = reading.schema.unit().filter(|_| path.is_dir()) else {
            return Ok(Err(Unsound::Held));
        };
        let listed = listing(path, reading.schema)?;
        Ok(Self::begun((path, unit), &listed, reading, (least, order), findings))
    }

    /// The same of the files that were found there. What is wrong with one is told in its turn, by the reading of the whole.
    fn begun(
        (path, unit): (&Path, RecordId),
        listed: &[Listed],
        reading: &'a Reading<'a>,
        (least, order): (u64, &Order),
        findings: &mut DataFindings,
    ) -> Result<Self, Unsound> {
        let schema = reading.schema;
        let within = Within::of(listed, schema, unit).filter(|within| within.bytes > least);
        let within = within.ok_or(Unsound::Held)?;
        let room = usize::try_from(least.max(SMALL)).unwrap_or(usize::MAX);
        let mut shelves = match order {
            Order::Given(_) => None,
            Order::Any(at_once) => {
                let parts = within.bytes / (least / *at_once as u64).max(SMALL) + 1;
                let parts = usize::try_from(parts).unwrap_or(usize::MAX);
                Some(Shelves::of(listed, &within, reading, (parts, room))?)
            }
        };
        let codebooks = codebooks(schema);
        let mut of_base = drafts(reading, &codebooks);
        let (mut files, mut sources) = (Vec::new(), Vec::<(Source, Feeds)>::new());
        let mut later = DataFindings::new();
        for (record, name, path) in listed {
            let number = u32::try_from(files.len()).unwrap_or(u32::MAX);
            let Some(draft) = of_base.get_mut(record.0) else { continue };
            if !within.has(*record) {
                let read = read_rows(path, schema, draft, (number, name), &mut later);
                files.push(InputFile::new(name.clone(), read.map_err(|_| Unsound::Shape)?));
                continue;
            }
            let named = (number, name.as_str(), path.as_path());
            let (file, feed) = match &mut shelves {
                None => in_order(named, schema, draft, &mut later)?,
                Some(shelves) => shelves.put(named, schema, draft, &mut later)?,
            };
            match sources.last_mut() {
                Some((source, feeds)) if source.record == *record => {
                    source.files.push(file);
                    feeds.push(feed);
                }
                _ => sources.push((Source::new(*record, file), Feeds::of(feed))),
            }
            files.push(InputFile::new(name.clone(), String::new()));
        }
        // Households first, whatever the order of the files; what lies in rows comes after them.
        sources.sort_by_key(|(source, _)| source.record != unit);
        let (mut sources, mut feeds): (Vec<Source>, Vec<Feeds>) = sources.into_iter().unzip();
        let places: Vec<RecordId> = sources.iter().map(|source| source.record).collect();
        for source in &mut sources {
            let parent = schema.record(source.record).parent.filter(|_| source.record != unit);
            source.above = parent.and_then(|parent| places.iter().position(|record| *record == parent));
            source.is_noted = matches!(order, Order::Given(noted) if noted.contains(&source.record));
        }
        let is_sound = match &mut shelves {
            Some(shelves) => shelves.keys_differ()?,
            // Without households, rows that lie in none are not read in parts.
            None => feeds.first_mut().map_or(Ok(false), |feeds| Ok(!feeds.is_at_end()?))?,
        };
        if !is_sound {
            return Err(Unsound::Shape);
        }
        let keys = |source: &Source| source.is_noted.then(|| Keys::new(room)).transpose();
        let keys = sources.iter().map(keys).collect::<Result<_, Unsound>>()?;
        let of_files: Vec<RecordCount> = of_base.iter().map(|draft| draft.count).collect();
        let base = base(path, of_base, &files, reading, &mut later);
        findings.in_order_of(files.iter().map(|file| file.name.as_str()));
        findings.append(later);
        let counts = of_files.iter().zip(&base.counts).enumerate();
        let count = |(record, (own, base))| if within.has(RecordId(record)) { own } else { base };
        let counts = counts.map(count).copied().collect();
        let villages = List::of(&base, schema);
        let sources: Arc<[Source]> = sources.into();
        let supply = Supply {
            feeds,
            reached: sources.iter().map(|_| None).collect(),
            ascents: sources.iter().map(|_| Ascent::default()).collect(),
            keys,
            dictionaries: sources.iter().map(|_| Dictionary::default()).collect(),
            counts,
            shelved: shelves.as_ref().map(|shelves| (0, shelves.borders.parts())),
            sources: Arc::clone(&sources),
        };
        let reader =
            Reader { reading, codebooks, unit, base, villages, files, sources, shelved: shelves.is_some() };
        Ok(Self { reader, supply })
    }
}

/// The records whose rows lie in households and have files, households among them.
struct Within {
    unit: RecordId,
    records: Vec<RecordId>,
    /// Bytes of their files.
    bytes: u64,
}

impl Within {
    /// None where there are no households, or where rows lie in rows that have no file.
    fn of(listed: &[Listed], schema: &Schema, unit: RecordId) -> Option<Self> {
        let in_unit = |record: RecordId| schema.chain(record).last() == Some(unit);
        let of_unit = || listed.iter().filter(|(record, ..)| in_unit(*record));
        let bytes = of_unit().filter_map(|(.., path)| Some(path.metadata().ok()?.len())).sum();
        let mut records: Vec<RecordId> = of_unit().map(|(record, ..)| *record).collect();
        records.dedup();
        let is_there = |record: &RecordId| {
            let above = schema.record(*record).parent.filter(|_| *record != unit);
            above.is_none_or(|above| records.contains(&above))
        };
        let sound = records.contains(&unit) && records.iter().all(is_there);
        sound.then_some(Self { unit, records, bytes })
    }

    fn has(&self, record: RecordId) -> bool {
        self.records.contains(&record)
    }
}

/// Rows that are put away by parts.
struct Shelves {
    borders: Borders,
    /// Bytes that wait in memory.
    room: usize,
    /// By record, those that others lie in before them.
    ledgers: Vec<(RecordId, Ledger)>,
}

impl Shelves {
    /// For so many parts of about as many households.
    fn of(
        listed: &[Listed],
        within: &Within,
        reading: &Reading<'_>,
        (parts, room): (usize, usize),
    ) -> Result<Self, Unsound> {
        let schema = reading.schema;
        let mut drafts = drafts(reading, &codebooks(schema));
        let draft = drafts.get_mut(within.unit.0).ok_or(Unsound::Shape)?;
        let mut sample = Sample::default();
        for (_, name, path) in listed.iter().filter(|(record, ..)| *record == within.unit) {
            let (rows, header) = AnyRows::open((0, name, path), schema, draft, &mut DataFindings::new())?;
            let layout = rows.layout(&header);
            rows.each(draft, |row| sample.look(row, &layout))?;
        }
        // Without households nothing is read in parts: what lies in none is told by the reading of the whole.
        if sample.is_empty() {
            return Err(Unsound::Shape);
        }
        let ledger = |record: &RecordId| {
            let has_rows = within.records.iter().any(|of| schema.record(*of).parent == Some(*record));
            Ok((*record, Ledger::new((*record == within.unit, has_rows), room)?))
        };
        let ledgers = within.records.iter().map(ledger).collect::<Result<_, Unsound>>()?;
        Ok(Self { borders: Borders::of(sample, parts), room, ledgers })
    }

    /// Puts the rows of a file away.
    fn put(
        &mut self,
        named: Named<'_>,
        schema: &Schema,
        draft: &mut Draft<'_>,
        findings: &mut DataFindings,
    ) -> Result<(FileOf, Feed), Unsound> {
        let (rows, header) = AnyRows::open(named, schema, draft, findings)?;
        let layout = rows.layout(&header);
        let place = self.ledgers.iter().position(|(record, _)| *record == draft.id).ok_or(Unsound::Shape)?;
        let (before, own) = self.ledgers.split_at_mut(place);
        let (_, ledger) = own.first_mut().ok_or(Unsound::Shape)?;
        let above = before.iter_mut().find(|(record, _)| draft.record.parent == Some(*record));
        let above = above.map(|(_, ledger)| ledger);
        let mut filling = Filling::new((&layout, &self.borders, self.room), ledger, above)?;
        let sha256 = rows.each(draft, |row| filling.add(row))?;
        let feed = Feed::Shelf(Box::new(filling.finish(sha256)?));
        let sheet = header.sheet.clone();
        draft.sheets.push(header.sheet);
        Ok((FileOf::new(sheet, layout), feed))
    }

    /// True where no key stands twice.
    fn keys_differ(&mut self) -> Result<bool, Unsound> {
        let mut ledgers = std::mem::take(&mut self.ledgers).into_iter();
        ledgers.try_fold(true, |differ, (_, ledger)| Ok(differ && ledger.keys_differ()?))
    }
}

/// The rows of a file of any kind behind its header.
enum AnyRows {
    Text(Rows<Text>),
    Typed(Box<arrow::Feed>),
}

impl AnyRows {
    /// What cannot be read is left to the reading of the whole.
    fn open(
        (number, name, path): Named<'_>,
        schema: &Schema,
        draft: &mut Draft<'_>,
        findings: &mut DataFindings,
    ) -> Result<(Self, Header), Unsound> {
        let file = (number, name);
        if let Some(kind @ (Kind::Parquet | Kind::Arrow)) = Kind::of(path) {
            let (feed, header) =
                arrow::Feed::open(path, kind, schema, draft, file, findings).map_err(|_| Unsound::Shape)?;
            return Ok((Self::Typed(Box::new(feed)), header));
        }
        if Kind::of(path) == Some(Kind::Excel) {
            return Err(Unsound::Held);
        }
        let input = Text::open(path).map_err(|_| Unsound::Shape)?;
        if matches!(input, Text::Gb18030(_)) {
            findings.push(codes::D022, || Diagnostic::new(codes::D022, file_place(name)));
        }
        let (mut rows, mut row) = (Rows::new(input).map_err(|_| Unsound::Shape)?, Row::default());
        if !next(&mut rows, &mut row).map_err(|_| Unsound::Shape)? {
            return Err(Unsound::Shape);
        }
        let header = Header::read(&row, schema, draft, file, findings).map_err(|_| Unsound::Shape)?;
        draft.count.extra_columns += header.extra;
        Ok((Self::Text(rows), header))
    }

    fn layout(&self, header: &Header) -> Layout {
        match self {
            Self::Text(_) => Layout::of(header),
            Self::Typed(feed) => feed.layout(),
        }
    }

    /// Gives each row that is not blank; the SHA-256 of the file.
    fn each(
        self,
        draft: &Draft<'_>,
        mut take: impl FnMut(&Row) -> Result<(), Unsound>,
    ) -> Result<String, Unsound> {
        match self {
            Self::Text(mut rows) => {
                let mut row = Row::default();
                while next(&mut rows, &mut row).map_err(|_| Unsound::Shape)? {
                    take(&row)?;
                }
                Ok(rows.into_input().sha256())
            }
            Self::Typed(feed) => feed.each_row(draft.record, take),
        }
    }
}

/// Opens a file whose rows stand in order. One that is to be read whole, as text with a header that is not a plain first line,
/// or because something is wrong with it, is told of in its turn.
fn in_order(
    (number, name, path): Named<'_>,
    schema: &Schema,
    draft: &mut Draft<'_>,
    findings: &mut DataFindings,
) -> Result<(FileOf, Feed), Unsound> {
    if let Some(kind @ (Kind::Parquet | Kind::Arrow)) = Kind::of(path) {
        let file = (number, name);
        let (feed, header) =
            arrow::Feed::open(path, kind, schema, draft, file, findings).map_err(|_| Unsound::Shape)?;
        let layout = Layout::of(&header);
        let sheet = header.sheet.clone();
        draft.sheets.push(header.sheet);
        return Ok((FileOf::new(sheet, layout), Feed::Batches(Box::new(feed))));
    }
    if Kind::of(path) == Some(Kind::Excel) {
        return Err(Unsound::Held);
    }
    let mut lines = Lines::open(path).map_err(|_| Unsound::Shape)?;
    let header = lines.take_rows(1)?;
    // One line and no more: a carriage return within it would be the end of another.
    let line = header.strip_suffix(b"\n").map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    if line.ok_or(Unsound::Shape)?.iter().any(|byte| matches!(byte, b'"' | b'\r')) {
        return Err(Unsound::Shape);
    }
    let mut rows = Rows::new(header.as_slice()).map_err(|_| Unsound::Shape)?;
    let mut row = Row::default();
    // A header that cannot be read as it stands is read, or refused, with the whole file.
    if !rows.next(&mut row).unwrap_or(false) || row.is_blank() {
        return Err(Unsound::Shape);
    }
    let header = Header::read(&row, schema, draft, (number, name), findings).map_err(|_| Unsound::Shape)?;
    draft.count.extra_columns += header.extra;
    let sheet = header.sheet.clone();
    let layout = Layout::of(&header);
    draft.sheets.push(header.sheet);
    Ok((FileOf::new(sheet, layout), Feed::Lines(Box::new(lines))))
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
