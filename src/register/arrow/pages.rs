//! What a Parquet file declares of itself, checked against its size before it is decoded: the footer, and the head of
//! every page that will be read.

use super::file::bytes_at;
use super::thrift::{self, Fault, Type};
use crate::diagnostic::Term;
use crate::register::broken::{Broken, damaged};
use crate::register::limits::{Budget, too_large};
use ::parquet::basic::Compression;
use ::parquet::file::metadata::ColumnChunkMetaData;
use std::fs::File;

/// Magic number and length of the footer.
const TAIL: u64 = 8;
const MAGIC: &[u8] = b"PAR1";
/// Bytes of the largest footer that is read.
const LARGEST_FOOTER: u64 = 64 << 20;
/// Groups of columns in each other.
const DEEPEST_SCHEMA: usize = 32;
/// Bytes of a page that any may come to.
const ANY_PAGE: i64 = 16 << 20;
/// Bytes of a page that a byte of it in the file may come to, and at most.
const PAGE_SPREAD: i64 = 64;
const LARGEST_PAGE: i64 = 256 << 20;
/// Bytes of the head of a page: a window first, and the most.
const HEAD: u64 = 4 * 1024;
const LARGEST_HEAD: u64 = 16 << 20;

/// Checks the footer.
pub(super) fn check_footer(file: &mut File, bytes: u64) -> Result<(), Broken> {
    let least = TAIL + MAGIC.len() as u64;
    if bytes < least || bytes_at(file, 0, MAGIC.len())? != MAGIC {
        return Err(no_parquet());
    }
    let tail = bytes_at(file, bytes - TAIL, 8)?;
    let (length, magic) = tail.split_first_chunk::<4>().ok_or_else(damaged)?;
    if magic == b"PARE" {
        return Err(Broken::Unsound(Term::new("已加密", "it is encrypted")));
    }
    if magic != MAGIC {
        return Err(damaged());
    }
    let length = u64::from(u32::from_le_bytes(*length));
    if length > bytes - least {
        return Err(damaged());
    }
    if length > LARGEST_FOOTER {
        return Err(too_large());
    }
    let footer = bytes_at(file, bytes - TAIL - length, usize::try_from(length).map_err(|_| too_large())?)?;
    let mut elements = Vec::new();
    let walked = thrift::walk(&footer, &mut |path, ty, number| {
        match path {
            // An element of the schema has a name, and before or behind it how many of the next are its children.
            [2, 0] => elements.push(0),
            [2, 0, 5] => elements.last_mut().into_iter().for_each(|children| *children = number),
            _ => {}
        }
        is_schema(path, ty)
    });
    walked.map_err(|_| damaged())?;
    let count = i64::try_from(elements.len()).map_err(|_| damaged())?;
    if elements.iter().any(|children| !(0..count).contains(children)) || depth(&elements) > DEEPEST_SCHEMA {
        return Err(damaged());
    }
    Ok(())
}

/// The types of the fields of a schema (parquet.thrift): the parquet crate does not look at them, and lost in the bytes
/// it would read other numbers than were checked.
fn is_schema(path: &[i16], ty: Type) -> bool {
    // Of the logical types: decimals have scale and precision (5), times a unit and whether they are UTC (7, 8), whole
    // numbers a width and whether there is a sign (10).
    ty == match path {
        [1] | [2, 0, 1..=3 | 5..=9] | [2, 0, 10, 5, 1 | 2] | [2, 0, 10, 18, 2] => Type::Whole32,
        [2] => Type::List,
        [2, 0] | [2, 0, 10] | [2, 0, 10, ..=18] | [2, 0, 10, 7 | 8, 2] | [2, 0, 10, 7 | 8, 2, _] => {
            Type::Structure
        }
        [2, 0, 4] | [2, 0, 10, 17 | 18, 1] => Type::Bytes,
        [2, 0, 10, 7 | 8, 1] | [2, 0, 10, 10, 2] => Type::Truth,
        [2, 0, 10, 10 | 16, 1] => Type::Byte,
        _ => return true,
    }
}

/// How deep the elements of a schema lie, each before its children.
fn depth(elements: &[i64]) -> usize {
    let mut open: Vec<i64> = Vec::new();
    let mut deepest = 0;
    for children in elements {
        while open.last().is_some_and(|left| *left == 0) {
            open.pop();
        }
        open.last_mut().into_iter().for_each(|left| *left -= 1);
        open.push(*children);
        deepest = deepest.max(open.len());
    }
    deepest
}

/// Checks the pages of a column in a group of so many rows; the bytes of the largest page and of the dictionary.
pub(super) fn check_pages(
    file: &mut File,
    bytes: u64,
    column: &ColumnChunkMetaData,
    rows: i64,
) -> Result<u64, Broken> {
    if !matches!(
        column.compression(),
        Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::ZSTD(_) | Compression::LZ4_RAW
    ) {
        let found = format!("{:?}", column.compression());
        let found = found.split('(').next().unwrap_or_default().to_owned();
        return Err(Broken::Unsound(Term::new(
            format!("用 {found} 压缩;可读的是 SNAPPY、ZSTD、LZ4_RAW 和不压缩"),
            format!("it is compressed with {found}; SNAPPY, ZSTD, LZ4_RAW and none can be read"),
        )));
    }
    let start = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
    let (start, length) = (u64::try_from(start), u64::try_from(column.compressed_size()));
    let (Ok(start), Ok(length)) = (start, length) else { return Err(damaged()) };
    let end = start.checked_add(length).filter(|end| *end <= bytes).ok_or_else(damaged)?;
    let mut at = start;
    let (mut values, mut largest, mut dictionary) = (0_i64, 0, 0);
    while at < end {
        let (head, length) = head(file, at, end)?;
        at = head.check(end - at - length).map(|body| at + length + body)?;
        if head.page == DICTIONARY {
            dictionary = head.whole;
        } else {
            values = values.checked_add(head.values).ok_or_else(damaged)?;
            largest = largest.max(head.whole);
        }
    }
    if values > rows {
        return Err(damaged());
    }
    u64::try_from(largest + dictionary).map_err(|_| damaged())
}

/// The pages of all columns of a group are in memory at once, one of each.
pub(super) fn check_group(pages: impl Iterator<Item = u64>, bytes: u64) -> Result<(), Broken> {
    Budget::of(bytes).spend(pages.sum())
}

/// Types of pages.
const DATA: i64 = 0;
const DICTIONARY: i64 = 2;
const DATA_2: i64 = 3;

/// What the head of a page says (parquet.thrift).
#[derive(Debug, Default)]
struct Head {
    page: i64,
    /// Bytes when decompressed, and in the file.
    whole: i64,
    packed: i64,
    values: i64,
    encoding: i64,
}

impl Head {
    /// The bytes of the page in the file, where so many are left.
    fn check(&self, left: u64) -> Result<u64, Broken> {
        let packed = u64::try_from(self.packed).ok().filter(|packed| *packed <= left).ok_or_else(damaged)?;
        if !matches!(self.page, DATA | DICTIONARY | DATA_2) || self.whole < 0 || self.values < 0 {
            return Err(damaged());
        }
        if self.whole > LARGEST_PAGE || self.whole > self.packed.saturating_mul(PAGE_SPREAD).max(ANY_PAGE) {
            return Err(too_large());
        }
        // Each value of a dictionary takes a byte at least.
        if self.page == DICTIONARY && self.values > self.whole {
            return Err(damaged());
        }
        // PLAIN, PLAIN_DICTIONARY, RLE, DELTA_BINARY_PACKED, RLE_DICTIONARY, BYTE_STREAM_SPLIT. Texts by their
        // difference from the text before (6, 7) can come to anything, and few programs write them.
        if !matches!(self.encoding, 0 | 2 | 3 | 5 | 8 | 9) {
            return Err(Broken::Unsound(Term::new(
                "有一列文字按差分编码(DELTA_BYTE_ARRAY 或 DELTA_LENGTH_BYTE_ARRAY);请用 Parquet 1.0 版的写法导出",
                "a column of texts is encoded by differences (DELTA_BYTE_ARRAY or DELTA_LENGTH_BYTE_ARRAY); write the file as Parquet version 1.0",
            )));
        }
        Ok(packed)
    }
}

/// The head of the page at a place, and its bytes.
fn head(file: &mut File, at: u64, end: u64) -> Result<(Head, u64), Broken> {
    let mut window = HEAD;
    loop {
        let length = window.min(end - at);
        let bytes = bytes_at(file, at, usize::try_from(length).map_err(|_| too_large())?)?;
        let mut head = Head::default();
        let walked = thrift::walk(&bytes, &mut |path, ty, number| {
            match path {
                [1] => head.page = number,
                [2] => head.whole = number,
                [3] => head.packed = number,
                [5 | 7 | 8, 1] => head.values = number,
                [5 | 7, 2] | [8, 4] => head.encoding = number,
                _ => {}
            }
            is_head(path, ty)
        });
        match walked {
            Ok(used) => return Ok((head, used as u64)),
            Err(Fault::Short) if length == window && window < LARGEST_HEAD => window *= 8,
            Err(Fault::Short | Fault::Malformed) => return Err(damaged()),
        }
    }
}

/// The types of the fields of the head of a page (parquet.thrift).
fn is_head(path: &[i16], ty: Type) -> bool {
    ty == match path {
        [1..=4] | [5, 1..=4] | [7, 1 | 2] | [8, 1..=6] => Type::Whole32,
        [5..=8] => Type::Structure,
        [7, 3] | [8, 7] => Type::Truth,
        _ => return true,
    }
}

fn no_parquet() -> Broken {
    Broken::Unsound(Term::new("开头不是 PAR1", "it does not begin with PAR1"))
}
