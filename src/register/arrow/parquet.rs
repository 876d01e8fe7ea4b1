//! A Parquet file, group of rows by group of rows.

use super::pages::{check_footer, check_group, check_pages};
use crate::register::broken::{Broken, damaged};
use crate::register::limits::Budget;
use ::parquet::arrow::ProjectionMask;
use ::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, Schema};
use std::fs::File;
use std::sync::Arc;

/// Rows of a batch.
const ROWS: usize = 8 * 1024;

/// The file.
pub(super) struct Parquet {
    metadata: ArrowReaderMetadata,
    columns: Vec<(String, DataType)>,
    reader: Option<ParquetRecordBatchReader>,
}

impl Parquet {
    /// Reads the footer.
    pub(super) fn open(file: &mut File, bytes: u64) -> Result<Self, Broken> {
        check_footer(file, bytes)?;
        let found = ArrowReaderMetadata::load(&*file, ArrowReaderOptions::new())?;
        let columns: Vec<(String, DataType)> = found
            .schema()
            .fields()
            .iter()
            .map(|field| (field.name().clone(), field.data_type().clone()))
            .collect();
        if columns.len() != found.parquet_schema().root_schema().get_fields().len() {
            return Err(damaged());
        }
        let groups = found.metadata().row_groups();
        let rows = groups.iter().map(|group| u64::try_from(group.num_rows()).map_err(|_| damaged()));
        let mut all = 0_u64;
        for rows in rows {
            all = all.checked_add(rows?).ok_or_else(damaged)?;
        }
        Budget::of(bytes).rows(all)?;
        // Texts as views: a long text that stands in many rows is in memory once.
        let fields: Vec<Field> = found
            .schema()
            .fields()
            .iter()
            .map(|field| match field.data_type() {
                DataType::Utf8 | DataType::LargeUtf8 => {
                    field.as_ref().clone().with_data_type(DataType::Utf8View)
                }
                DataType::Dictionary(_, values)
                    if matches!(**values, DataType::Utf8 | DataType::LargeUtf8) =>
                {
                    field.as_ref().clone().with_data_type(DataType::Utf8View)
                }
                _ => field.as_ref().clone(),
            })
            .collect();
        let schema = Schema::new_with_metadata(fields, found.schema().metadata().clone());
        let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
        let metadata = ArrowReaderMetadata::try_new(Arc::clone(found.metadata()), options)?;
        Ok(Self { metadata, columns, reader: None })
    }

    /// As the file declares them.
    pub(super) fn columns(&self) -> &[(String, DataType)] {
        &self.columns
    }

    pub(super) fn choose(&mut self, file: &mut File, bytes: u64, columns: &[usize]) -> Result<(), Broken> {
        let schema = self.metadata.parquet_schema();
        let mask = ProjectionMask::roots(schema, columns.iter().copied());
        for group in self.metadata.metadata().row_groups() {
            let mut largest = Vec::new();
            for (leaf, column) in group.columns().iter().enumerate() {
                if mask.leaf_included(leaf) {
                    largest.push(check_pages(file, bytes, column, group.num_rows())?);
                }
            }
            check_group(largest.into_iter(), bytes)?;
        }
        let file = file.try_clone().map_err(Broken::Io)?;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone());
        self.reader = Some(builder.with_projection(mask).with_batch_size(ROWS).build()?);
        Ok(())
    }

    pub(super) fn next(&mut self) -> Result<Option<RecordBatch>, Broken> {
        let Some(reader) = &mut self.reader else { return Ok(None) };
        Ok(reader.next().transpose()?)
    }
}
