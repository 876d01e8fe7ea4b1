//! A register in memory: one table a record, columns typed by the schema, children beside their parents.
//!
//! In: a folder of CSV, Parquet, Arrow or Excel files, one workbook or one YAML document, and the schema. Out: a [`Register`], what was wrong
//! with the input (every cell with its place), and how many rows were read and rejected. It knows fields, never clauses.
//!
//! ```text
//! input → encoding → rows → header → folder ┐
//!                  arrow  → header → folder ┤
//!                  excel  → header → folder ┤
//!                       document  → nested  ┴→ draft (cells, one intake) → doubles, placing, reach → village → Register
//! ```

#[cfg(feature = "parquet")]
mod arrow;
#[cfg(not(feature = "parquet"))]
#[path = "without_arrow.rs"]
mod arrow;
#[cfg(any(feature = "excel", feature = "parquet"))]
mod broken;
mod bulk;
mod cell;
mod codebook;
mod column;
mod dense;
mod document;
mod doubles;
mod draft;
mod encoding;
#[cfg(feature = "excel")]
mod excel;
#[cfg(not(feature = "excel"))]
#[path = "without_excel.rs"]
mod excel;
#[cfg(any(feature = "excel", feature = "parquet"))]
mod fence;
mod fill;
mod findings;
mod folder;
mod header;
mod input;
#[cfg(any(feature = "excel", feature = "parquet"))]
mod limits;
mod nested;
mod outline;
mod placing;
mod reach;
mod rows;
mod scan;
mod stream;
mod table;
#[cfg(test)]
mod tests;
mod texts;
mod village;
mod words;

pub use cell::{YEARS, fold};
pub use column::{Cell, Column};
pub(crate) use dense::{ANY_CODE, ANY_DAY, ANY_WORD, Cells, Gap, Holes, NO_CODE};
pub use document::{Document, Roots};
pub use findings::DataFindings;
pub use nested::{text as yaml_text, yaml};
pub use outline::{Outline, outline};
pub use stream::{Order, Part, Piece, Reader, Stream, Supply, Unsound};
pub use table::{InputFile, RecordCount, Register, RowPlace, Table};
pub use texts::Texts;
pub(crate) use words::Words;

use crate::diagnostic::{CellPlace, Diagnostic, Place, Term, codes};
use crate::schema::{FieldId, RecordId, Schema};
use crate::value::Day;
use codebook::{Codebook, codebooks};
use draft::{Draft, Sheet};
use folder::Kind;
use input::{shown_path, unreadable};
use placing::Placed;
use std::path::Path;
use std::sync::Arc;

/// What to read.
pub struct Reading<'a> {
    /// The records and their fields.
    pub schema: &'a Schema,
    /// Does a clause read this field? A sensitive one that is not needed is never read (PIPL 6, 28); all others are
    /// read and checked, but only those that are needed must have a column.
    pub needs: &'a (dyn Fn(RecordId, FieldId) -> bool + Sync),
    /// Does a clause use this record? One that no clause uses may be missing without a word.
    pub uses: &'a (dyn Fn(RecordId) -> bool + Sync),
    /// A row whose `recorded_on` is later than this day does not count.
    pub known_on: Option<Day>,
}

/// Reads a register: a folder of CSV, Parquet, Arrow or Excel files named after the records, a workbook with a sheet a
/// record, or a YAML document.
///
/// Cells and rows that cannot be read go to `findings`, which is left in order and finished; the facts are unknown
/// and the counts of the register say how many rows were rejected. An error where the input cannot be read at all.
pub fn read(
    path: &Path,
    reading: &Reading<'_>,
    findings: &mut DataFindings,
) -> Result<Register, Box<Diagnostic>> {
    let mut drafts = drafts(reading, &codebooks(reading.schema));
    let (files, given) = read_files(path, reading.schema, &mut drafts, findings)?;
    assemble(&shown_path(path), drafts, (files, given), reading, findings)
}

/// Reads a register that stands in a document of the given file, as [`read`] reads a file of its own.
pub fn read_document(
    document: &Document,
    file: InputFile,
    reading: &Reading<'_>,
    findings: &mut DataFindings,
) -> Result<Register, Box<Diagnostic>> {
    let mut drafts = drafts(reading, &codebooks(reading.schema));
    nested::take(document, &file.name, reading.schema, &mut drafts, findings);
    let given = with_unwritten(document.given.clone(), reading.schema);
    assemble(&file.name.clone(), drafts, (vec![file], given), reading, findings)
}

fn drafts<'a>(reading: &Reading<'a>, codebooks: &[Arc<[Codebook]>]) -> Vec<Draft<'a>> {
    let (schema, needs) = (reading.schema, reading.needs);
    schema
        .iter()
        .zip(codebooks)
        .map(|((id, record), codebooks)| {
            let sensitive = |field: FieldId| record.fields.get(field.0).is_some_and(|field| field.sensitive);
            Draft::new(schema, id, Arc::clone(codebooks), |field| !sensitive(field) || needs(id, field))
                .needing(|field| needs(id, field))
                .known_on(reading.known_on)
        })
        .collect()
}

/// A register from what was taken in; `path` is how messages name the input as a whole.
fn assemble(
    path: &str,
    drafts: Vec<Draft<'_>>,
    (mut files, given): (Vec<InputFile>, Vec<RecordId>),
    reading: &Reading<'_>,
    findings: &mut DataFindings,
) -> Result<Register, Box<Diagnostic>> {
    let schema = reading.schema;
    if let Some(unit) = schema.unit()
        && !given.contains(&unit)
    {
        let finding = Diagnostic::new(codes::U013, file_place(path)).arg("path", path);
        let finding = finding.arg("record", &schema.record(unit).label);
        return Err(Box::new(match folder::workbook(Path::new(path)) {
            Some(book) => finding.help(Term::new(
                format!("文件夹里有工作簿;要读它,写 --data {book}"),
                format!("the folder holds a workbook: to read it, write --data {book}"),
            )),
            None => finding,
        }));
    }
    let mut sheets: Vec<Vec<Sheet>> = Vec::new();
    let mut placed: Vec<Placed> = Vec::new();
    for draft in drafts {
        let missing = !given.contains(&draft.id);
        if missing
            && (reading.uses)(draft.id)
            && draft.parent.is_some()
            && schema.chain(draft.id).last() == schema.unit()
        {
            findings.push(codes::D012, || {
                Diagnostic::new(codes::D012, file_place(path)).arg("record", &draft.record.label)
            });
        }
        let parent = draft.record.parent.and_then(|parent| placed.get(parent.0));
        let (record, files) = placing::place(draft, parent, missing, findings);
        placed.push(record);
        sheets.push(files);
    }
    for (record, sheets) in sheets.iter().enumerate() {
        for sheet in sheets {
            if let (Some(tab), Some(file)) = (&sheet.tab, files.get_mut(sheet.file as usize)) {
                file.sheets.push((RecordId(record), tab.clone()));
            }
        }
    }
    let (tables, counts) = placed.into_iter().map(Placed::finish).unzip();
    let mut register = Register { tables, files, counts };
    village::normalise(&mut register, schema, &sheets, findings);
    findings.finish();
    Ok(register)
}

fn file_place(file: &str) -> Place {
    Place::Cell(CellPlace { file: file.to_owned(), ..CellPlace::default() })
}

/// The files read, and the records that they hold rows of.
fn read_files(
    path: &Path,
    schema: &Schema,
    drafts: &mut [Draft<'_>],
    findings: &mut DataFindings,
) -> Result<(Vec<InputFile>, Vec<RecordId>), Box<Diagnostic>> {
    let yaml = path
        .extension()
        .is_some_and(|ext| ext.eq_ignore_ascii_case("yaml") || ext.eq_ignore_ascii_case("yml"));
    if path.is_dir() {
        let files = folder::read(path, schema, drafts, findings)?;
        let given = drafts.iter().filter(|draft| !draft.sheets.is_empty()).map(|draft| draft.id).collect();
        Ok((files, given))
    } else if !path.exists() {
        Err(Box::new(unreadable(&shown_path(path), Term::new("找不到", "not found"))))
    } else if yaml {
        let (file, given) = nested::read(path, schema, drafts, findings)?;
        Ok((vec![file], with_unwritten(given, schema)))
    } else if Kind::of(path) == Some(Kind::Excel) {
        let file = excel::read_workbook(path, schema, drafts, findings)?;
        let given = drafts.iter().filter(|draft| !draft.sheets.is_empty()).map(|draft| draft.id).collect();
        Ok((vec![file], given))
    } else {
        let path = shown_path(path);
        Err(Box::new(Diagnostic::new(codes::U011, file_place(&path)).arg("path", path)))
    }
}

/// The records that a document gives, those below a root with them: a list that is not written is empty, no rows and
/// none missing.
fn with_unwritten(mut given: Vec<RecordId>, schema: &Schema) -> Vec<RecordId> {
    given.extend(schema.iter().filter(|(_, record)| record.parent.is_some()).map(|(id, _)| id));
    given
}
