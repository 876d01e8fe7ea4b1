//! One result table as a Parquet file: in, rows of cells in order; out, typed columns in groups of rows.
//!
//! A group has a fixed number of rows, however the rows came, and the file holds no time: the same rows are the same
//! bytes. Only one group is in memory.

use super::table::{ColumnOf, Kind};
use super::{AtomicFile, Cell};
use crate::value::Day;
use arrow_array::builder::{Date32Builder, Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use arrow_select::coalesce::BatchCoalescer;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use std::collections::HashMap;
use std::error::Error;
use std::io;
use std::sync::Arc;

/// Rows of one group; memory holds as many.
const GROUP: usize = 64 * 1024;
/// How a column of amounts names its unit.
const UNIT: (&str, &str) = ("unit", "fen");

/// A table being written.
pub(super) struct TableWriter {
    schema: SchemaRef,
    kinds: Arc<[Kind]>,
    /// Joins and cuts what comes into groups.
    waiting: BatchCoalescer,
    writer: SerializedFileWriter<AtomicFile>,
    columns: ArrowRowGroupWriterFactory,
    groups: usize,
}

/// What rows of a table are made by.
pub(super) struct Form {
    schema: SchemaRef,
    kinds: Arc<[Kind]>,
}

impl Form {
    /// No rows yet, to be filled on any thread.
    pub(super) fn rows(&self) -> Rows {
        let columns = self.kinds.iter().map(|kind| Column::of(*kind)).collect();
        Rows { schema: Arc::clone(&self.schema), columns, len: 0 }
    }
}

/// Some rows of it.
pub(super) struct Rows {
    schema: SchemaRef,
    columns: Vec<Column>,
    len: usize,
}

enum Column {
    Text(StringBuilder),
    Whole(Int64Builder),
    Day(Date32Builder),
}

impl TableWriter {
    /// Begins a table.
    pub(super) fn new(file: AtomicFile, columns: &[ColumnOf<'_>]) -> io::Result<Self> {
        let kinds: Arc<[Kind]> = columns.iter().map(|(_, kind)| *kind).collect();
        let fields: Vec<Field> = columns.iter().map(|(name, kind)| field(name, *kind)).collect();
        let schema = Arc::new(Schema::new(fields));
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("charter ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_max_row_group_row_count(Some(GROUP))
            .build();
        let writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties)).map_err(of_parquet)?;
        let (writer, columns) = writer.into_serialized_writer().map_err(of_parquet)?;
        let waiting = BatchCoalescer::new(Arc::clone(&schema), GROUP);
        Ok(Self { schema, kinds, waiting, writer, columns, groups: 0 })
    }

    /// What rows of it are made by.
    pub(super) fn form(&self) -> Form {
        Form { schema: Arc::clone(&self.schema), kinds: Arc::clone(&self.kinds) }
    }

    /// Adds rows behind those it has.
    pub(super) fn append(&mut self, rows: Rows) -> io::Result<()> {
        self.waiting.push_batch(rows.batch().map_err(of_arrow)?).map_err(of_arrow)?;
        self.write_groups()
    }

    /// Ends the table; the file is whole and has no name yet.
    pub(super) fn finish(mut self) -> io::Result<AtomicFile> {
        self.waiting.finish_buffered_batch().map_err(of_arrow)?;
        self.write_groups()?;
        self.writer.into_inner().map_err(of_parquet)
    }

    fn write_groups(&mut self) -> io::Result<()> {
        while let Some(batch) = self.waiting.next_completed_batch() {
            self.write_group(&batch).map_err(of_parquet)?;
        }
        Ok(())
    }

    /// Its columns are compressed at once, on the threads there are, and written in order.
    fn write_group(&mut self, batch: &RecordBatch) -> Result<(), ParquetError> {
        let writers = self.columns.create_column_writers(self.groups)?;
        let mut leaves = Vec::with_capacity(writers.len());
        for (field, column) in self.schema.fields().iter().zip(batch.columns()) {
            leaves.extend(compute_leaves(field, column)?);
        }
        let columns: Vec<_> = writers.into_iter().zip(leaves).collect();
        let chunks = columns.into_par_iter().map(|(mut writer, leaf)| {
            writer.write(&leaf)?;
            writer.close()
        });
        let chunks = chunks.collect::<Result<Vec<_>, ParquetError>>()?;
        let mut group = self.writer.next_row_group()?;
        for chunk in chunks {
            chunk.append_to_row_group(&mut group)?;
        }
        group.close()?;
        self.groups += 1;
        Ok(())
    }
}

impl Rows {
    /// Adds a row; its cells stand in the order of the columns.
    pub(super) fn push(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        if cells.len() != self.columns.len() {
            return Err(io::Error::other("a row of another table"));
        }
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.push(*cell).ok_or_else(|| io::Error::other("a cell of another column"))?;
        }
        self.len += 1;
        Ok(())
    }

    fn batch(self) -> Result<RecordBatch, ArrowError> {
        let columns: Vec<ArrayRef> = self.columns.into_iter().map(Column::finish).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(self.len));
        RecordBatch::try_new_with_options(self.schema, columns, &options)
    }
}

impl Column {
    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text(StringBuilder::new()),
            Kind::Money | Kind::Count => Self::Whole(Int64Builder::new()),
            Kind::Day => Self::Day(Date32Builder::new()),
        }
    }

    /// Adds a cell, a blank one as null; none where it is of another type.
    fn push(&mut self, cell: Cell<'_>) -> Option<()> {
        match (self, cell) {
            (Self::Text(cells), Cell::Text("")) => cells.append_null(),
            (Self::Text(cells), Cell::Text(text)) => cells.append_value(text),
            (Self::Whole(cells), Cell::Money(fen)) => cells.append_option(fen.map(|fen| fen.0)),
            (Self::Whole(cells), Cell::Count(count)) => cells.append_value(i64::try_from(count).ok()?),
            (Self::Day(cells), Cell::Day(day)) => cells.append_option(day.map(Day::number)),
            _ => return None,
        }
        Some(())
    }

    fn finish(self) -> ArrayRef {
        match self {
            Self::Text(mut cells) => Arc::new(cells.finish()),
            Self::Whole(mut cells) => Arc::new(cells.finish()),
            Self::Day(mut cells) => Arc::new(cells.finish()),
        }
    }
}

fn field(name: &str, kind: Kind) -> Field {
    let ty = match kind {
        Kind::Text => DataType::Utf8,
        Kind::Money | Kind::Count => DataType::Int64,
        Kind::Day => DataType::Date32,
    };
    let field = Field::new(name, ty, true);
    let (unit, fen) = UNIT;
    let unit = HashMap::from([(unit.to_owned(), fen.to_owned())]);
    if kind == Kind::Money { field.with_metadata(unit) } else { field }
}

/// A disk that is full is told as such, whatever lies around its error.
fn of_parquet(error: ParquetError) -> io::Error {
    match error.source().and_then(|source| source.downcast_ref::<io::Error>()) {
        Some(inner) => io::Error::new(inner.kind(), inner.to_string()),
        None => io::Error::other(error),
    }
}

fn of_arrow(error: ArrowError) -> io::Error {
    io::Error::other(error)
}
