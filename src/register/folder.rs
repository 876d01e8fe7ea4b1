//! A folder with one file a record, or a folder of files: CSV, Parquet, Arrow or Excel.

use super::bulk::Bulk;
use super::draft::{Draft, Name, RawCell, RawRow};
use super::encoding::Text;
use super::findings::DataFindings;
use super::header::{Header, is_named_after};
use super::input::{Fault, shown_path, unreadable};
use super::rows::{Row, Rows};
use super::table::{InputFile, RowPlace};
use super::{arrow, cell, excel, file_place};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::schema::{RecordId, Schema};
use std::fs;
use std::io::BufRead;
use std::path::{Path, PathBuf};

/// How the rows of a file are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Comma-separated text.
    Csv,
    /// Parquet.
    Parquet,
    /// The file format of Arrow IPC, also known as Feather 2.
    Arrow,
    /// A workbook of Excel.
    Excel,
}

impl Kind {
    /// By the ending of the name.
    pub fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?;
        let all = [
            (Self::Csv, &["csv"][..]),
            (Self::Parquet, &["parquet", "pq"]),
            (Self::Arrow, &["arrow", "feather", "ipc"]),
            (Self::Excel, &["xlsx", "xlsm", "xls"]),
        ];
        let is = |endings: &[&str]| endings.iter().any(|one| ending.eq_ignore_ascii_case(one));
        all.into_iter().find(|(_, endings)| is(endings)).map(|(kind, _)| kind)
    }
}

/// Reads every file of the folder that is named after a record, in the order of the records, then of the names.
pub fn read(
    path: &Path,
    schema: &Schema,
    drafts: &mut [Draft<'_>],
    findings: &mut DataFindings,
) -> Result<Vec<InputFile>, Box<Diagnostic>> {
    let mut files = Vec::new();
    for (id, name, path) in listing(path, schema)? {
        let Some(draft) = drafts.get_mut(id.0) else { continue };
        let number = u32::try_from(files.len()).unwrap_or(u32::MAX);
        let sha256 = read_rows(&path, schema, draft, (number, &name), findings)?;
        files.push(InputFile::new(name, sha256));
    }
    Ok(files)
}

/// The record, the shown name and the path of each file to read. A record may be a folder of files, as programs write
/// them that share the work.
pub fn listing(folder: &Path, schema: &Schema) -> Result<Vec<(RecordId, String, PathBuf)>, Box<Diagnostic>> {
    let mut files = Vec::new();
    for path in entries(folder)? {
        let Some(id) = record_of(&path, schema) else { continue };
        if Kind::of(&path) == Some(Kind::Csv) || !path.is_dir() {
            files.push((id, shown_path(&path), path));
            continue;
        }
        // Programs leave marks such as _SUCCESS, locks such as ~$person.xlsx, and copies that are not whole, beside their
        // files.
        let hidden = |path: &Path| {
            path.file_name().is_none_or(|name| name.to_string_lossy().starts_with(['.', '_', '~']))
        };
        let parts = entries(&path)?.into_iter().filter(|part| Kind::of(part).is_some() && !hidden(part));
        files.extend(parts.map(|part| (id, shown_path(&part), part)));
    }
    files.sort();
    Ok(files)
}

/// The first workbook of a folder by name, as it is shown; clerks name them as they like, and a program its own.
pub(super) fn workbook(folder: &Path) -> Option<String> {
    let books = entries(folder).ok()?.into_iter().filter(|path| Kind::of(path) == Some(Kind::Excel));
    books.map(|path| shown_path(&path)).min()
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Box<Diagnostic>> {
    let shown = shown_path(folder);
    let failed = |error| Fault::Io(error).diagnostic(&shown);
    let entries = fs::read_dir(folder).map_err(failed)?;
    entries.map(|entry| Ok(entry.map_err(failed)?.path())).collect()
}

/// The record that a file or a folder is named after.
fn record_of(path: &Path, schema: &Schema) -> Option<RecordId> {
    if Kind::of(path).is_none() && (path.extension().is_some() || !path.is_dir()) {
        return None;
    }
    let stem = cell::fold(path.file_stem()?.to_str()?);
    schema.iter().find(|(_, record)| is_named_after(record, &stem)).map(|(id, _)| id)
}

/// Takes all rows of one file; its SHA-256.
pub(super) fn read_rows(
    path: &Path,
    schema: &Schema,
    draft: &mut Draft<'_>,
    file: (u32, &str),
    findings: &mut DataFindings,
) -> Result<String, Box<Diagnostic>> {
    match Kind::of(path) {
        Some(kind @ (Kind::Parquet | Kind::Arrow)) => {
            arrow::read_rows(path, kind, schema, draft, file, findings)
        }
        Some(Kind::Excel) => excel::read_rows(path, schema, draft, file, findings),
        Some(Kind::Csv) | None => read_csv(path, schema, draft, file, findings),
    }
}

fn read_csv(
    path: &Path,
    schema: &Schema,
    draft: &mut Draft<'_>,
    file: (u32, &str),
    findings: &mut DataFindings,
) -> Result<String, Box<Diagnostic>> {
    let failed = |fault: Fault| fault.diagnostic(file.1);
    let input = Text::open(path).map_err(failed)?;
    if matches!(input, Text::Gb18030(_)) {
        findings.push(codes::D022, || Diagnostic::new(codes::D022, file_place(file.1)));
    }
    let mut rows = Rows::new(input).map_err(failed)?;
    let mut row = Row::default();
    if !next(&mut rows, &mut row).map_err(failed)? {
        return Err(failed(Fault::Empty));
    }
    let header = Header::read(&row, schema, draft, file, findings)?;
    draft.count.extra_columns += header.extra;
    let layout = Layout::of(&header);
    draft.sheets.push(header.sheet);
    let many = |_| Box::new(unreadable(file.1, Term::new("行数太多", "too many rows")));
    take_all(&mut rows, (&layout, file.0), draft, findings).map_err(failed)?.map_err(many)?;
    Ok(rows.into_input().sha256())
}

/// More rows than can be told apart.
#[derive(Debug)]
pub(super) struct TooMany;

/// Takes all rows that are left: many lines at once where they are plain, row by row where they are not.
pub(super) fn take_all(
    rows: &mut Rows<impl BufRead>,
    (layout, file): (&Layout, u32),
    draft: &mut Draft<'_>,
    findings: &mut DataFindings,
) -> Result<Result<(), TooMany>, Fault> {
    let (mut bulk, mut row) = (Bulk::default(), Row::default());
    loop {
        let before = rows.row();
        let text = rows.lines()?;
        if u32::try_from(draft.len().saturating_add(text.len())).is_ok_and(|most| most < u32::MAX)
            && !text.is_empty()
        {
            let bytes = text.len();
            let lines = bulk.take((text, before), (layout, file), draft, findings);
            rows.skip(lines, bytes);
            continue;
        }
        if !next(rows, &mut row)? {
            return Ok(Ok(()));
        }
        if u32::try_from(draft.len()).map_or(true, |rows| rows == u32::MAX) {
            return Ok(Err(TooMany));
        }
        layout.take(&row, file, draft, findings);
    }
}

/// The next row that is not blank.
pub fn next(rows: &mut Rows<impl BufRead>, row: &mut Row) -> Result<bool, Fault> {
    while rows.next(row)? {
        if !row.is_blank() {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) fn name(key: Option<&str>) -> Name<'_> {
    key.map_or(Name::Unreadable(""), Name::Readable)
}

/// Where the cells of a row stand.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub key: usize,
    pub parent: Option<usize>,
    fields: Vec<Option<usize>>,
    width: usize,
}

impl Layout {
    pub(super) fn of(header: &Header) -> Self {
        Self::new(header.key, header.parent, header.fields.clone(), header.width)
    }

    /// By the columns of the key, of the parent's key and of each field, of so many.
    pub(super) fn new(key: usize, parent: Option<usize>, fields: Vec<Option<usize>>, width: usize) -> Self {
        Self { key, parent, fields, width }
    }

    /// Column of each field.
    pub(super) fn fields(&self) -> &[Option<usize>] {
        &self.fields
    }

    /// True where the cells of a row of so many can be told apart. Spreadsheets leave out blank cells at the end of a
    /// row, but a key is never blank. A longer row has a comma too many somewhere.
    pub(super) fn fits(&self, cells: usize) -> bool {
        let needed = self.parent.map_or(self.key, |parent| parent.max(self.key));
        cells <= self.width && cells > needed
    }

    /// Rejects a row that does not fit.
    pub(super) fn reject(
        &self,
        cells: usize,
        place: RowPlace,
        draft: &mut Draft<'_>,
        findings: &mut DataFindings,
    ) {
        draft.reject(place, codes::D011, findings, |finding| {
            finding.arg("found", cells.to_string()).arg("expected", self.width.to_string())
        });
    }

    /// Takes a row of a file.
    pub(super) fn take(&self, row: &Row, file: u32, draft: &mut Draft<'_>, findings: &mut DataFindings) {
        let place = RowPlace { file, row: row.number };
        if !self.fits(row.len()) {
            self.reject(row.len(), place, draft, findings);
            return;
        }
        let key = cell::key(row.cell(self.key));
        let parent = self.parent.map(|column| cell::key(row.cell(column)));
        let raw = RawRow {
            place,
            key: name(key.as_deref()),
            parent: parent.as_ref().map(|key| name(key.as_deref())),
        };
        let cell = |field: crate::schema::FieldId| match self.fields.get(field.0) {
            Some(Some(column)) => RawCell::Given(row.cell(*column), row.number),
            _ => RawCell::NotGiven,
        };
        draft.push(raw, cell, findings);
    }
}
