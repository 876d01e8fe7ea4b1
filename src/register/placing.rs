//! From rows in input order to a table: each row under its parent, doubles merged, and what is missing told.
//!
//! In: a [`Draft`] and the placed parent. Out: a sorted [`Table`] and what its lost rows could have been. Nothing
//! here depends on the order of the input, but for the places that findings and rows name.

use super::doubles;
use super::draft::{Draft, Sheet, Stray, quoted};
use super::findings::DataFindings;
use super::reach::Reach;
use super::table::{RecordCount, RowPlace, Table};
use super::texts::Texts;
use crate::diagnostic::{CellPlace, Diagnostic, Place, Term, codes};
use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;

/// How many of the next rows of the parent are looked at before its table of keys is.
const NEAR: usize = 4;
/// How often all parents are passed in search of the next one that has a row.
const PASSES: usize = 2;

/// A record whose rows are in their places.
#[derive(Debug, Default)]
pub struct Placed {
    /// The rows; their keys may still carry the mark of [`made_up`].
    pub table: Table,
    /// What became of the rows read.
    pub count: RecordCount,
    /// For each row the row of the root it lies in.
    units: Vec<u32>,
    /// How many rows the root has.
    unit_count: usize,
    /// By key: which units a rejected row could belong to.
    lost: HashMap<Box<str>, Reach>,
}

/// What was decided about a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is in the table.
    Kept,
    /// Another row has its key and its parent.
    Double,
    /// It cannot be placed.
    Rejected,
}

/// Rows between intake and table.
pub struct Placing<'d, 'a> {
    /// The rows.
    pub draft: &'d mut Draft<'a>,
    /// Row of the parent's table for each; 0 for every root.
    pub parents: Vec<Option<u32>>,
    /// What was decided about each.
    pub fates: Vec<Fate>,
    /// Units with conflicting rows, by the parent's row.
    pub conflicts: Vec<u32>,
}

/// Places the rows of a record, and hands its files back. `missing` says that no file of it was given.
pub fn place(
    mut draft: Draft<'_>,
    parent: Option<&Placed>,
    missing: bool,
    findings: &mut DataFindings,
) -> (Placed, Vec<Sheet>) {
    let index = parent.map(|parent| Index::of(&parent.table.keys));
    let parents = resolve(&draft, index.as_ref());
    let fates = vec![Fate::Kept; draft.len()];
    let mut placing = Placing { draft: &mut draft, parents, fates, conflicts: Vec::new() };
    doubles::settle(&mut placing, findings);
    reject_orphans(&mut placing, findings);
    let Placing { parents, fates, conflicts, .. } = placing;
    let order = order(&draft, &parents, &fates);
    let mut placed = Placed { count: count(draft.count, &fates), ..Placed::default() };
    let (Some(parent), Some(index)) = (parent, index) else {
        placed.units = order.iter().zip(0..).map(|(_, unit)| unit).collect();
        placed.unit_count = order.len();
        placed.lost =
            draft.strays.iter().filter_map(|stray| Some((stray.key.clone()?, Reach::NONE))).collect();
        placed.table = table(&mut draft, &order);
        return (placed, draft.sheets);
    };
    placed.unit_count = parent.unit_count;
    let rows: Vec<u32> = order.iter().filter_map(|row| *parents.get(*row as usize)?).collect();
    placed.units = rows.iter().filter_map(|row| parent.units.get(*row as usize).copied()).collect();
    let mut reach =
        Reach::Units(conflicts.iter().filter_map(|row| parent.units.get(*row as usize).copied()).collect());
    for stray in &draft.strays {
        let could_be = reach_of(stray, parent, &index);
        reach.join(&could_be);
        if let Some(key) = &stray.key {
            placed.lost.entry(key.clone()).or_insert(Reach::NONE).join(&could_be);
        }
    }
    let open = open(&draft, parent, missing, &reach, findings);
    placed.table = table(&mut draft, &order);
    placed.table.offsets = offsets(&rows, parent.table.len());
    placed.table.parents = rows;
    placed.table.open = open;
    (placed, draft.sheets)
}

/// The rows of a parent's table by their keys. The table of keys, perhaps millions, is made when it is first needed.
struct Index<'k> {
    keys: &'k Texts,
    rows: OnceCell<HashMap<&'k str, u32>>,
}

impl<'k> Index<'k> {
    fn of(keys: &'k Texts) -> Self {
        Self { keys, rows: OnceCell::new() }
    }

    fn get(&self, key: &str) -> Option<u32> {
        self.rows.get_or_init(|| self.keys.iter().zip(0..).collect()).get(key).copied()
    }

    /// The first of some rows that has the key.
    fn among(&self, rows: Range<usize>, key: &str) -> Option<u32> {
        let end = rows.end.min(self.keys.len());
        let row = (rows.start..end).find(|row| self.keys.get(*row) == Some(key))?;
        u32::try_from(row).ok()
    }
}

/// The parent's row of each row.
fn resolve(draft: &Draft<'_>, index: Option<&Index<'_>>) -> Vec<Option<u32>> {
    let Some(index) = index else { return vec![Some(0); draft.len()] };
    let mut parents: Vec<Option<u32>> = Vec::with_capacity(draft.len());
    let mut expected: usize = 0;
    // Where only some parents have rows, they are still passed in their order: that is quicker than a table of keys.
    let mut passes = PASSES * index.keys.len();
    for row in 0..draft.len() {
        let key = draft.parents.text(row);
        // Files are mostly in the order of the parents: most rows lie in the same one as the row before, or in one
        // of the next.
        let near = index.among(expected..expected + NEAR, key);
        let ahead = expected + NEAR..(expected + NEAR).saturating_add(passes);
        let parent = near.or_else(|| {
            let found = index.among(ahead.clone(), key);
            let end = found.map_or(ahead.end.min(index.keys.len()), |found| found as usize);
            passes -= end.saturating_sub(ahead.start);
            found
        });
        let parent = parent.or_else(|| index.get(key));
        expected = parent.map_or(expected, |parent| parent as usize);
        parents.push(parent);
    }
    parents
}

fn reject_orphans(placing: &mut Placing<'_, '_>, findings: &mut DataFindings) {
    let draft = &mut *placing.draft;
    let Some(parent) = draft.parent else { return };
    let rows = placing.parents.iter().zip(&mut placing.fates).enumerate();
    for (row, (_, fate)) in rows.filter(|(_, (parent, fate))| parent.is_none() && **fate == Fate::Kept) {
        *fate = Fate::Rejected;
        let key: Box<str> = draft.parents.text(row).into();
        findings.push(codes::D004, || {
            let place = draft.places.get(row).copied().unwrap_or(RowPlace { file: 0, row: 0 });
            let header = draft.sheet(place).map(|sheet| sheet.parent.clone());
            Diagnostic::new(codes::D004, draft.place(place, place.row, header))
                .arg("parent", &parent.label)
                .arg("key", quoted(made_up_shown(&key)))
        });
        draft.strays.push(Stray { key: Some(draft.keys.text(row).into()), parent: Some(key) });
    }
}

/// The kept rows, by parent, then key.
fn order(draft: &Draft<'_>, parents: &[Option<u32>], fates: &[Fate]) -> Vec<u32> {
    let kept = fates.iter().zip(0..).filter(|(fate, _)| **fate == Fate::Kept);
    let mut order: Vec<u32> = kept.map(|(_, row)| row).collect();
    // Most files are in order; then nothing is sorted.
    if order.len() == draft.len() && draft.ascends && parents.is_sorted() {
        return order;
    }
    let parent = |row: u32| parents.get(row as usize).copied().flatten();
    let key = |row: u32| draft.keys.text(row as usize);
    // Files are mostly sorted already, which the stable sort makes use of.
    order.sort_by(|a, b| parent(*a).cmp(&parent(*b)).then_with(|| key(*a).cmp(key(*b))));
    order
}

fn count(mut count: RecordCount, fates: &[Fate]) -> RecordCount {
    for fate in fates {
        match fate {
            Fate::Kept => count.kept += 1,
            Fate::Double => count.duplicates += 1,
            Fate::Rejected => count.rejected += 1,
        }
    }
    count
}

fn table(draft: &mut Draft<'_>, order: &[u32]) -> Table {
    let mut columns = std::mem::take(&mut draft.columns);
    if order.len() == draft.len() && order.iter().zip(0..).all(|(row, place)| *row == place) {
        let (keys, places) = (std::mem::take(&mut draft.keys), std::mem::take(&mut draft.places));
        return Table { keys, columns, places, ..Table::default() };
    }
    for column in &mut columns {
        column.gather(order);
    }
    let place = |row: &u32| draft.places.get(*row as usize).copied();
    Table {
        keys: draft.keys.gather(order),
        places: order.iter().filter_map(place).collect(),
        columns,
        ..Table::default()
    }
}

/// Where the children of each parent begin, from the parents' rows in order; one more than there are parents.
fn offsets(rows: &[u32], parents: usize) -> Vec<u32> {
    let mut offsets = vec![0_u32; parents + 1];
    for row in rows {
        if let Some(next) = offsets.get_mut(*row as usize + 1) {
            *next += 1;
        }
    }
    let mut sum = 0;
    for offset in &mut offsets {
        sum += *offset;
        *offset = sum;
    }
    offsets
}

fn reach_of(stray: &Stray, parent: &Placed, index: &Index<'_>) -> Reach {
    let Some(key) = stray.parent.as_deref() else { return Reach::Any };
    if let Some(row) = index.get(key) {
        return parent.units.get(row as usize).map_or(Reach::Any, |unit| Reach::Units(vec![*unit]));
    }
    parent.lost.get(key).cloned().unwrap_or(Reach::Any)
}

/// For which units rows may be missing, with a finding where lost rows are the cause.
fn open(
    draft: &Draft<'_>,
    parent: &Placed,
    missing: bool,
    reach: &Reach,
    findings: &mut DataFindings,
) -> Vec<bool> {
    if missing || !draft.record.complete {
        return vec![true; parent.unit_count];
    }
    let mut open = reach.flags(parent.unit_count);
    let units = open.iter().filter(|open| **open).count();
    if units > 0 {
        findings.push(codes::D016, || {
            let sheet = draft.sheets.first();
            let file = sheet.map(|sheet| sheet.name.clone()).unwrap_or_default();
            let sheet = sheet.and_then(|sheet| sheet.tab.clone());
            Diagnostic::new(codes::D016, Place::Cell(CellPlace { file, sheet, ..CellPlace::default() }))
                .arg("count", units.to_string())
                .arg("record", &draft.record.label)
        });
    }
    // Where rows of the parent may be missing, so may theirs; a root's table has no such flags.
    for (open, above) in open.iter_mut().zip(&parent.table.open) {
        *open |= above;
    }
    open
}

/// Marks the end of a made-up key; no key of a file has a control character.
const MARK: char = '\u{1f}';

/// A key for a row that was given none, unlike any other: the ordinal, and the parent's key behind a mark.
#[must_use]
pub fn made_up(ordinal: &str, parent: &str) -> String {
    format!("{ordinal}{MARK}{parent}")
}

/// The part of a key that people see.
#[must_use]
pub fn made_up_shown(key: &str) -> &str {
    key.split_once(MARK).map_or(key, |(shown, _)| shown)
}

impl Placed {
    /// True where rows were lost, so that others may be missing.
    #[must_use]
    pub fn lost_any(&self) -> bool {
        !self.lost.is_empty()
    }

    /// The table as others see it: made-up keys without their mark.
    #[must_use]
    pub fn finish(mut self) -> (Table, RecordCount) {
        if self.table.keys.any_has(MARK) {
            self.table.keys = self.table.keys.iter().map(made_up_shown).collect();
        }
        (self.table, self.count)
    }
}

/// A word for the place of another row.
pub(super) fn other_row() -> Term {
    Term::new("另一行", "the other row")
}
