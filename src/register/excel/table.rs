//! The rows of one sheet into the intake of its record.

use super::book::{Book, Line};
use super::head::{self, Head};
use super::merges::{Merges, sorted};
use super::value::{Doubt, Role, Said, Value};
use crate::diagnostic::{CellPlace, Diagnostic, Place, Term, codes};
use crate::register::broken::Broken;
use crate::register::cell;
use crate::register::draft::{Draft, RawCell, RawRow, Sheet, quoted};
use crate::register::findings::DataFindings;
use crate::register::folder::name;
use crate::register::header::Header;
use crate::register::limits::Budget;
use crate::register::table::RowPlace;
use crate::schema::{FieldId, Record, Schema};

/// How messages name the format.
pub(super) const FORMAT: &str = "Excel";

/// Takes all rows of a sheet of the file of that number and name.
pub(super) fn take(
    book: &mut Book,
    tab: &str,
    schema: &Schema,
    draft: &mut Draft<'_>,
    (file, name): (u32, &str),
    findings: &mut DataFindings,
) -> Result<(), Box<Diagnostic>> {
    let failed = |broken: Broken| broken.diagnostic(name, FORMAT);
    let at = |row: Option<u64>| {
        let (file, sheet) = (name.to_owned(), Some(tab.to_owned()));
        Place::Cell(CellPlace { file, sheet, row, column: None })
    };
    let (from_1904, budget) = (book.from_1904, Budget::of(book.bytes));
    let (areas, mut lines) = book.sheet(tab).map_err(failed)?;
    let areas = sorted(areas);
    let Some(head) = head::find(&mut lines, &areas, (draft.record, draft.parent)).map_err(failed)? else {
        let path = Term::new(format!("{name} 的工作表“{tab}”"), format!("sheet \"{tab}\" of {name}"));
        return Err(Box::new(Diagnostic::new(codes::U002, at(None)).arg("path", path)));
    };
    let Head { row, names, titles, below, above } = head;
    let sheet = Sheet { tab: Some(tab.to_owned()), ..Sheet::plain(file, name, schema, draft.record) };
    let header = Header::of_sheet(names.iter().map(String::as_str), row, sheet, draft, findings)?;
    if titles > 0 {
        findings.push(codes::D026, || {
            Diagnostic::new(codes::D026, at(Some(row))).arg("count", titles.to_string())
        });
    }
    draft.count.extra_columns += header.extra;
    let mut intake = Intake::of(&header, draft, file, from_1904, budget);
    draft.sheets.push(header.sheet);
    let mut merges = Merges::new(areas, intake.columns.clone());
    for line in &above {
        merges.enter(line);
    }
    for line in &below {
        merges.enter(line);
        intake.line(line, &merges, draft, findings).map_err(failed)?;
    }
    let mut line = Line::default();
    while lines.next(&mut line).map_err(failed)? {
        merges.enter(&line);
        intake.line(&line, &merges, draft, findings).map_err(failed)?;
    }
    Ok(())
}

/// The names of the columns of a sheet; none where nothing is shown.
pub(super) fn names(
    book: &mut Book,
    tab: &str,
    record: (&Record, Option<&Record>),
) -> Result<Option<Vec<String>>, Broken> {
    let (areas, mut lines) = book.sheet(tab)?;
    Ok(head::find(&mut lines, &sorted(areas), record)?.map(|head| head.names))
}

/// Which column is what.
struct Intake {
    file: u32,
    from_1904: bool,
    budget: Budget,
    /// The columns that are read: that of the key, then that of the parent's, then those of fields.
    columns: Vec<u32>,
    has_parent: bool,
    /// By field: the place in `columns`.
    fields: Vec<Option<usize>>,
}

impl Intake {
    fn of(header: &Header, draft: &Draft<'_>, file: u32, from_1904: bool, budget: Budget) -> Self {
        let number = |column: usize| u32::try_from(column).unwrap_or(u32::MAX);
        let mut columns = vec![number(header.key)];
        columns.extend(header.parent.map(number));
        let fields = header.fields.iter().enumerate().map(|(place, column)| {
            let column = column.filter(|_| draft.wants(place))?;
            columns.push(number(column));
            Some(columns.len() - 1)
        });
        let fields = fields.collect();
        Self { file, from_1904, budget, columns, has_parent: header.parent.is_some(), fields }
    }

    /// Takes a row, unless it holds none.
    fn line(
        &mut self,
        line: &Line<'_>,
        merges: &Merges<'_>,
        draft: &mut Draft<'_>,
        findings: &mut DataFindings,
    ) -> Result<(), Broken> {
        if line.is_blank() {
            return Ok(());
        }
        let place = RowPlace { file: self.file, row: line.number };
        if let Some(words) = head::left_out(line, self.columns.first().copied().unwrap_or(0), draft.record) {
            let place = draft.place(place, place.row, None);
            findings.push(codes::D027, || Diagnostic::new(codes::D027, place).arg("text", quoted(&words)));
            return Ok(());
        }
        self.budget.rows(1)?;
        let said = |place: usize, role: Role<'_>| {
            merges
                .cell(place, line)
                .map_or(Said::Text("".into()), |value: &Value<'_>| value.said(role, self.from_1904))
        };
        let key = said(0, Role::Key);
        let parent = self.has_parent.then(|| said(1, Role::Key));
        let types = draft.record.fields.iter().map(|field| &field.ty);
        let cells: Vec<Option<Said<'_>>> = self
            .fields
            .iter()
            .zip(types)
            .map(|(place, ty)| place.map(|place| said(place, Role::Field(ty))))
            .collect();
        // A text that stands in many cells is once in the file, and read as often as it stands there.
        for said in
            [Some(&key), parent.as_ref()].into_iter().chain(cells.iter().map(Option::as_ref)).flatten()
        {
            if let Said::Text(text) = said {
                self.budget.text(text)?;
            }
        }
        let (own, above) = (key_of(&key), parent.as_ref().map(key_of));
        let head = RawRow {
            place,
            key: name(own.as_deref()),
            parent: above.as_ref().map(|above| name(above.as_deref())),
        };
        if let Some((doubt, of_key)) = doubt_of(&key, parent.as_ref()) {
            let header = draft.sheet(place).map(|sheet| if of_key { &sheet.key } else { &sheet.parent });
            let finding = doubt.finding(draft.place(place, place.row, header.cloned()), false);
            draft.reject_key(head, finding, findings);
            return Ok(());
        }
        let raw = |field: FieldId| match cells.get(field.0) {
            Some(Some(Said::Text(text))) => RawCell::Given(text, place.row),
            _ => RawCell::NotGiven,
        };
        if !draft.admit(head, raw, findings) {
            return Ok(());
        }
        for (field, cell) in cells.iter().enumerate() {
            draft.push_cell(field, place, raw(FieldId(field)), findings);
            if let Some(Said::Doubt(doubt)) = cell {
                let header = draft.sheet(place).and_then(|sheet| sheet.fields.get(field)).cloned();
                let sensitive = draft.record.fields.get(field).is_some_and(|field| field.sensitive);
                let finding = doubt.finding(draft.place(place, place.row, header), sensitive);
                findings.push(finding.code, || finding);
            }
        }
        Ok(())
    }
}

/// A key, where it can be read.
fn key_of<'s>(said: &'s Said<'_>) -> Option<std::borrow::Cow<'s, str>> {
    match said {
        Said::Text(text) => cell::key(text),
        Said::Doubt(_) => None,
    }
}

/// Why a row cannot be told apart by its key, or by that of its parent.
fn doubt_of<'s>(key: &'s Said<'_>, parent: Option<&'s Said<'_>>) -> Option<(&'s Doubt, bool)> {
    match (key, parent) {
        (Said::Doubt(doubt), _) => Some((doubt, true)),
        (_, Some(Said::Doubt(doubt))) => Some((doubt, false)),
        _ => None,
    }
}
