//! A file of Arrow IPC, block by block.

use super::file::bytes_at;
use crate::diagnostic::Term;
use crate::register::broken::{Broken, damaged};
use crate::register::limits::{Budget, too_large};
use arrow_array::RecordBatch;
use arrow_buffer::{Buffer, MutableBuffer};
use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::reader::{FileDecoder, read_footer_length};
use arrow_ipc::{Block, MessageHeader, root_as_footer, root_as_message};
use arrow_schema::{DataType, SchemaRef};
use std::collections::VecDeque;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;

/// Magic number at both ends.
const MAGIC: &[u8] = b"ARROW1";
/// Of the format before this one, and how a stream begins.
const FEATHER_1: &[u8] = b"FEA1";
const STREAM: &[u8] = &[0xff; 4];
/// The magic number and its padding, and the length of the footer with the magic number behind it.
const HEAD: u64 = 8;
const TAIL: u64 = 10;
const LARGEST_FOOTER: u64 = 64 << 20;
/// How a buffer says that it is not compressed after all.
const AS_IS: i64 = -1;

/// The file.
pub(super) struct Ipc {
    columns: Vec<(String, DataType)>,
    schema: SchemaRef,
    version: arrow_ipc::MetadataVersion,
    /// The number of the dictionary of each column that has one.
    numbers: Vec<Option<i64>>,
    dictionaries: VecDeque<Block>,
    wanted: Vec<i64>,
    batches: VecDeque<Block>,
    decoder: Option<FileDecoder>,
}

impl Ipc {
    /// Reads the footer.
    pub(super) fn open(file: &mut File, bytes: u64) -> Result<Self, Broken> {
        let least = HEAD + TAIL;
        let start = bytes_at(file, 0, usize::try_from(bytes.min(MAGIC.len() as u64)).unwrap_or(0))?;
        if start.starts_with(STREAM) || start.starts_with(FEATHER_1) {
            return Err(Broken::Unsound(Term::new(
                "这是 Arrow 流或第一版 Feather;请写成 Arrow IPC 文件(Feather 第二版)",
                "it is an Arrow stream or Feather version 1; write it as an Arrow IPC file (Feather version 2)",
            )));
        }
        if start != MAGIC {
            return Err(Broken::Unsound(Term::new("开头不是 ARROW1", "it does not begin with ARROW1")));
        }
        if bytes < least {
            return Err(damaged());
        }
        let tail = bytes_at(file, bytes - TAIL, 10)?;
        let tail = <[u8; 10]>::try_from(tail).map_err(|_| damaged())?;
        let length = read_footer_length(tail).map_err(|_| damaged())?;
        if length as u64 > bytes - least {
            return Err(damaged());
        }
        if length as u64 > LARGEST_FOOTER {
            return Err(too_large());
        }
        let footer = bytes_at(file, bytes - TAIL - length as u64, length)?;
        let footer = root_as_footer(&footer).map_err(|_| damaged())?;
        let declared = footer.schema().ok_or_else(damaged)?;
        if !declared.endianness().equals_to_target_endianness() {
            return Err(Broken::Unsound(Term::new("字节序不同", "its byte order is another")));
        }
        let schema = Arc::new(try_fb_to_schema(declared)?);
        let columns = schema.fields().iter().map(|field| (field.name().clone(), field.data_type().clone()));
        let number = |field: arrow_ipc::Field<'_>| field.dictionary().map(|dictionary| dictionary.id());
        let numbers = declared.fields().into_iter().flatten().map(number).collect();
        let batches: VecDeque<Block> = footer.recordBatches().into_iter().flatten().copied().collect();
        let dictionaries: VecDeque<Block> = footer.dictionaries().into_iter().flatten().copied().collect();
        let mut left = bytes;
        for block in batches.iter().chain(&dictionaries) {
            // Blocks that lie on each other would make much of little.
            let length = length_of(block).ok_or_else(damaged)?;
            let end = u64::try_from(block.offset()).ok().and_then(|start| start.checked_add(length));
            if end.is_none_or(|end| end > bytes) {
                return Err(damaged());
            }
            left = left.checked_sub(length).ok_or_else(damaged)?;
        }
        Ok(Self {
            columns: columns.collect(),
            numbers,
            version: footer.version(),
            dictionaries,
            wanted: Vec::new(),
            batches,
            decoder: None,
            schema,
        })
    }

    pub(super) fn columns(&self) -> &[(String, DataType)] {
        &self.columns
    }

    pub(super) fn choose(&mut self, columns: &[usize]) {
        let numbers = columns.iter().filter_map(|column| self.numbers.get(*column).copied().flatten());
        self.wanted = numbers.collect();
        let decoder = FileDecoder::new(Arc::clone(&self.schema), self.version);
        self.decoder = Some(decoder.with_projection(columns.to_vec()));
    }

    pub(super) fn next(&mut self, file: &mut File, bytes: u64) -> Result<Option<RecordBatch>, Broken> {
        let Some(decoder) = &mut self.decoder else { return Ok(None) };
        while let Some(block) = self.dictionaries.pop_front() {
            let buffer = read(file, &block)?;
            // A dictionary of a column that is not read may be of any type.
            if check(&buffer, &block, bytes)?.is_some_and(|number| self.wanted.contains(&number)) {
                decoder.read_dictionary(&block, &buffer)?;
            }
        }
        while let Some(block) = self.batches.pop_front() {
            let buffer = read(file, &block)?;
            check(&buffer, &block, bytes)?;
            if let Some(batch) = decoder.read_record_batch(&block, &buffer)? {
                return Ok(Some(batch));
            }
        }
        Ok(None)
    }
}

/// The bytes of a block, head and body.
fn length_of(block: &Block) -> Option<u64> {
    let head = u64::try_from(block.metaDataLength()).ok().filter(|head| *head >= 8)?;
    u64::try_from(block.bodyLength()).ok()?.checked_add(head)
}

fn read(file: &mut File, block: &Block) -> Result<Buffer, Broken> {
    let start = u64::try_from(block.offset()).map_err(|_| damaged())?;
    let length = length_of(block).and_then(|length| usize::try_from(length).ok()).ok_or_else(damaged)?;
    file.seek(SeekFrom::Start(start)).map_err(Broken::Io)?;
    let mut bytes = MutableBuffer::from_len_zeroed(length);
    file.read_exact(&mut bytes)?;
    Ok(bytes.into())
}

/// Checks what a block declares; the number of the dictionary that it holds, where it holds one.
fn check(buffer: &Buffer, block: &Block, bytes: u64) -> Result<Option<i64>, Broken> {
    let head = usize::try_from(block.metaDataLength()).map_err(|_| damaged())?;
    let (head, body) = buffer.split_at_checked(head).ok_or_else(damaged)?;
    let prefix = if head.starts_with(STREAM) { 8 } else { 4 };
    let message = root_as_message(head.get(prefix..).ok_or_else(damaged)?).map_err(|_| damaged())?;
    let (batch, dictionary) = match message.header_type() {
        MessageHeader::RecordBatch => (message.header_as_record_batch(), None),
        MessageHeader::DictionaryBatch => {
            let dictionary = message.header_as_dictionary_batch().ok_or_else(damaged)?;
            (dictionary.data(), Some(dictionary.id()))
        }
        _ => return Err(damaged()),
    };
    let batch = batch.ok_or_else(damaged)?;
    let mut budget = Budget::of(bytes);
    budget.rows(u64::try_from(batch.length()).map_err(|_| damaged())?)?;
    for node in batch.nodes().into_iter().flatten() {
        let (length, nulls) = (u64::try_from(node.length()), u64::try_from(node.null_count()));
        let (Ok(length), Ok(_)) = (length, nulls) else { return Err(damaged()) };
        Budget::of(bytes).spend(length)?;
    }
    for buffer in batch.buffers().into_iter().flatten() {
        let (start, length) = (usize::try_from(buffer.offset()), usize::try_from(buffer.length()));
        let (Ok(start), Ok(length)) = (start, length) else { return Err(damaged()) };
        let end = start.checked_add(length).ok_or_else(damaged)?;
        let bytes = body.get(start..end).ok_or_else(damaged)?;
        if batch.compression().is_none() || bytes.is_empty() {
            budget.spend(length as u64)?;
            continue;
        }
        // A buffer that is compressed begins with the bytes it comes to.
        let declared =
            bytes.first_chunk::<8>().map(|first| i64::from_le_bytes(*first)).ok_or_else(damaged)?;
        let whole = if declared == AS_IS { Ok(length as u64) } else { u64::try_from(declared) };
        budget.spend(whole.map_err(|_| damaged())?)?;
    }
    Ok(dictionary)
}
