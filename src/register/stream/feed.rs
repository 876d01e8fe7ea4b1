//! The rows of one record in the order in which its files have them, so many at a time.

use super::Unsound;
use super::lines::{self, Lines};
use super::shelf::Shelf;
use crate::register::arrow;
use crate::register::draft::{Draft, Sheet};
use crate::register::findings::DataFindings;
use crate::register::folder::{Layout, take_all};
use crate::register::rows::{Row, Rows};
use crate::schema::RecordId;

/// The files of households, or of rows in them.
pub(super) struct Source {
    pub record: RecordId,
    /// The source of the rows that its rows lie in, which comes before it; none of households.
    pub above: Option<usize>,
    /// Its keys do not ascend: what tells that none stands twice is noted of each.
    pub is_noted: bool,
    /// In the order of their names.
    pub files: Vec<FileOf>,
}

/// What is to be known of a file to read its rows.
pub(super) struct FileOf {
    pub sheet: Sheet,
    layout: Layout,
}

/// The rows of a source: those of one file after the other, as if they were one file.
pub(super) struct Feeds {
    /// By file.
    all: Vec<Feed>,
    /// The file that the next rows are in.
    next: usize,
}

/// How its rows come.
pub(super) enum Feed {
    Lines(Box<Lines>),
    Batches(Box<arrow::Feed>),
    /// By parts, whatever their order in the file.
    Shelf(Box<Shelf>),
}

/// Some rows of one file as they stand in it.
pub(super) struct Chunk {
    /// Which of the source's files.
    file: usize,
    rows: Taken,
}

enum Taken {
    /// Bytes, the number of the first row, and how often they have a line feed.
    Lines(Vec<u8>, u64, u64),
    Batches(arrow::Taken),
    /// Rows as [`Row::store`] puts them.
    Rows(Vec<u8>),
}

impl Taken {
    fn of(
        lines: &mut Lines,
        take: impl FnOnce(&mut Lines) -> Result<Vec<u8>, Unsound>,
    ) -> Result<Self, Unsound> {
        let first = lines.row();
        let bytes = take(lines)?;
        Ok(Self::Lines(bytes, first, lines.row() - first))
    }
}

impl FileOf {
    pub(super) fn new(sheet: Sheet, layout: Layout) -> Self {
        Self { sheet, layout }
    }
}

impl Feeds {
    pub(super) fn of(first: Feed) -> Self {
        Self { all: vec![first], next: 0 }
    }

    /// Adds the next file.
    pub(super) fn push(&mut self, feed: Feed) {
        self.all.push(feed);
    }

    /// SHA-256 of each file, all of it read.
    pub(super) fn sha256(self) -> impl Iterator<Item = String> {
        self.all.into_iter().map(|feed| match feed {
            Feed::Lines(lines) => lines.sha256(),
            Feed::Batches(batches) => batches.sha256(),
            Feed::Shelf(rows) => rows.sha256(),
        })
    }

    /// True where no row is left.
    pub(super) fn is_at_end(&mut self) -> Result<bool, Unsound> {
        while let Some(feed) = self.all.get_mut(self.next) {
            let at_end = match feed {
                Feed::Lines(lines) => lines.is_at_end()?,
                Feed::Batches(batches) => batches.is_at_end()?,
                Feed::Shelf(_) => true,
            };
            if !at_end {
                return Ok(false);
            }
            self.next += 1;
        }
        Ok(true)
    }

    /// Takes rows of one file after the other, as long as `take` says that there may be more.
    fn take(
        &mut self,
        mut take: impl FnMut(&mut Feed, usize) -> Result<(Taken, bool), Unsound>,
    ) -> Result<Vec<Chunk>, Unsound> {
        let mut chunks = Vec::new();
        while !self.is_at_end()? {
            let file = self.next;
            let Some(feed) = self.all.get_mut(file) else { break };
            let (rows, more) = take(feed, file)?;
            chunks.push(Chunk { file, rows });
            if !more || !self.is_past(file)? {
                break;
            }
        }
        Ok(chunks)
    }

    /// True where all rows of a file were taken.
    fn is_past(&mut self, file: usize) -> Result<bool, Unsound> {
        Ok(self.is_at_end()? || self.next > file)
    }

    /// Up to so many rows.
    pub(super) fn take_rows(&mut self, rows: usize) -> Result<Vec<Chunk>, Unsound> {
        let mut left = rows;
        self.take(|feed, _| {
            let (taken, count) = match feed {
                Feed::Lines(lines) => {
                    let first = lines.row();
                    let taken = Taken::of(lines, |lines| lines.take_rows(left))?;
                    let count = lines.row() - first;
                    (taken, usize::try_from(count).unwrap_or(usize::MAX))
                }
                Feed::Batches(batches) => {
                    let taken = batches.take_rows(left)?;
                    let count = taken.rows();
                    (Taken::Batches(taken), count)
                }
                Feed::Shelf(_) => return Err(Unsound::Shape),
            };
            left = left.saturating_sub(count);
            Ok((taken, left > 0))
        })
    }

    /// The rows whose parent's key is not greater than a key; they ascend.
    pub(super) fn take_until(&mut self, source: &Source, key: &[u8]) -> Result<Vec<Chunk>, Unsound> {
        self.take(|feed, file| {
            let taken = match feed {
                Feed::Lines(lines) => {
                    let column =
                        source.files.get(file).and_then(|file| file.layout.parent).ok_or(Unsound::Shape)?;
                    Taken::of(lines, |lines| lines.take_until(column, key))?
                }
                Feed::Batches(batches) => Taken::Batches(batches.take_until(key)?),
                Feed::Shelf(_) => return Err(Unsound::Shape),
            };
            Ok((taken, true))
        })
    }

    /// All rows that are left.
    pub(super) fn take_rest(&mut self) -> Result<Vec<Chunk>, Unsound> {
        self.take(|feed, _| {
            let taken = match feed {
                Feed::Lines(lines) => Taken::of(lines, Lines::take_rest)?,
                Feed::Batches(batches) => Taken::Batches(batches.take_rest()?),
                Feed::Shelf(_) => return Err(Unsound::Shape),
            };
            Ok((taken, true))
        })
    }

    /// The rows of a part, of files that were put away by parts.
    pub(super) fn take_part(&mut self, part: usize) -> Result<Vec<Chunk>, Unsound> {
        let take = |(file, feed): (usize, &mut Feed)| match feed {
            Feed::Shelf(rows) => Ok(Chunk { file, rows: Taken::Rows(rows.take(part)?) }),
            Feed::Lines(_) | Feed::Batches(_) => Err(Unsound::Shape),
        };
        self.all.iter_mut().enumerate().map(take).collect()
    }

    /// Takes what rows came to from what their files may come to.
    pub(super) fn bear(&mut self, costs: &[Cost]) -> Result<(), Unsound> {
        for cost in costs {
            match self.all.get_mut(cost.file).ok_or(Unsound::Shape)? {
                Feed::Lines(_) | Feed::Shelf(_) => {}
                Feed::Batches(batches) => batches.spend(cost.bytes)?,
            }
        }
        Ok(())
    }
}

impl Source {
    /// Its first file; where its rows lie is told when all sources are known.
    pub(super) fn new(record: RecordId, first: FileOf) -> Self {
        Self { record, above: None, is_noted: false, files: vec![first] }
    }

    /// The key of the last row that is not blank.
    pub(super) fn last_key(&self, chunks: &[Chunk]) -> Option<Vec<u8>> {
        for chunk in chunks.iter().rev() {
            let Some(file) = self.files.get(chunk.file) else { continue };
            let key = match &chunk.rows {
                Taken::Lines(bytes, ..) => lines::last_cell(bytes, file.layout.key).map(<[u8]>::to_vec),
                Taken::Batches(taken) => taken.last_key(),
                Taken::Rows(_) => None,
            };
            if key.is_some() {
                return key;
            }
        }
        None
    }

    /// Reads some rows by the common intake; for each chunk what its file has to bear.
    pub(super) fn read(
        &self,
        chunks: &[Chunk],
        draft: &mut Draft<'_>,
        findings: &mut DataFindings,
    ) -> Result<Vec<Cost>, Unsound> {
        let mut costs = Vec::new();
        for chunk in chunks {
            let Some(file) = self.files.get(chunk.file) else { return Err(Unsound::Shape) };
            let bytes = match &chunk.rows {
                Taken::Lines(bytes, first, feeds) => {
                    read_lines((bytes, *first, *feeds), (&file.layout, file.sheet.file), draft, findings)?;
                    0
                }
                Taken::Batches(taken) => taken.read(draft, findings)?,
                Taken::Rows(bytes) => {
                    read_shelved(bytes, (&file.layout, file.sheet.file), draft, findings)?;
                    0
                }
            };
            costs.push(Cost { file: chunk.file, bytes });
        }
        Ok(costs)
    }
}

/// What the rows of one chunk came to in memory, of what their file may come to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cost {
    file: usize,
    bytes: u64,
}

fn read_shelved(
    mut bytes: &[u8],
    (layout, file): (&Layout, u32),
    draft: &mut Draft<'_>,
    findings: &mut DataFindings,
) -> Result<(), Unsound> {
    let mut row = Row::default();
    while !bytes.is_empty() {
        row.restore(&mut bytes).ok_or(Unsound::Shape)?;
        layout.take(&row, file, draft, findings);
    }
    Ok(())
}

fn read_lines(
    (bytes, first, feeds): (&[u8], u64, u64),
    file: (&Layout, u32),
    draft: &mut Draft<'_>,
    findings: &mut DataFindings,
) -> Result<(), Unsound> {
    let mut rows = Rows::behind(bytes, first - 1);
    take_all(&mut rows, file, draft, findings).map_err(|_| Unsound::Shape)?.map_err(|_| Unsound::Shape)?;
    // A row that is not a line: a quote or a lone carriage return has moved the numbers of those behind it.
    let unended = u64::from(bytes.last().is_some_and(|byte| *byte != b'\n'));
    if rows.row() + 1 - first == feeds + unended { Ok(()) } else { Err(Unsound::Shape) }
}
