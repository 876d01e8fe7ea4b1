//! Rows that share a key: the same row twice, two versions of one row, or one row in two places.

use super::draft::{Stray, listed, quoted};
use super::findings::DataFindings;
use super::placing::{Fate, Placing, made_up_shown, other_row};
use super::table::RowPlace;
use crate::diagnostic::{Code, Diagnostic, codes};
use std::collections::{BTreeMap, HashMap};

/// Other rows that a finding names.
const NAMED: usize = 10;

/// Decides about all rows whose key is not theirs alone.
pub fn settle(placing: &mut Placing<'_, '_>, findings: &mut DataFindings) {
    for rows in groups(placing) {
        if placing.draft.parent.is_some() && in_two_places(placing, &rows) {
            reject(placing, &rows, findings);
        } else {
            merge(placing, &rows, findings);
        }
    }
}

/// The rows of each key that more than one row has, in the order of the input.
fn groups(placing: &Placing<'_, '_>) -> Vec<Vec<u32>> {
    let keys = || placing.draft.keys.iter();
    // Most files are sorted by key, and then need no table of keys.
    if placing.draft.ascends {
        return Vec::new();
    }
    let mut first: HashMap<&str, u32> = HashMap::with_capacity(placing.draft.len());
    let mut groups: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (key, row) in keys().zip(0..) {
        let before = *first.entry(key).or_insert(row);
        if before != row {
            groups.entry(before).or_insert_with(|| vec![before]).push(row);
        }
    }
    groups.into_values().collect()
}

fn in_two_places(placing: &Placing<'_, '_>, rows: &[u32]) -> bool {
    let parent = |row: u32| placing.draft.parents.text(row as usize);
    rows.windows(2).any(|pair| matches!(pair, [a, b] if parent(*a) != parent(*b)))
}

/// Which of two households a person belongs to is not ours to choose: neither.
fn reject(placing: &mut Placing<'_, '_>, rows: &[u32], findings: &mut DataFindings) {
    for row in rows {
        let at = *row as usize;
        set(placing, at, Fate::Rejected);
        let (key, parent) = (placing.draft.keys.text(at).into(), placing.draft.parents.text(at).into());
        placing.draft.strays.push(Stray { key: Some(key), parent: Some(parent) });
    }
    let finding = |finding: Diagnostic| finding.arg("record", &placing.draft.record.label);
    findings.push(codes::D013, || finding(about(placing, codes::D013, rows)));
}

/// One row of all: what they agree on is known, what they differ in is not.
fn merge(placing: &mut Placing<'_, '_>, rows: &[u32], findings: &mut DataFindings) {
    let Some((kept, others)) = rows.split_first() else { return };
    let kept = *kept as usize;
    if placing.parents.get(kept).copied().flatten().is_none() {
        // Orphans all: each is told by itself.
        return;
    }
    let mut differing = Vec::new();
    for (place, column) in placing.draft.columns.iter_mut().enumerate() {
        if others.iter().any(|other| !column.same(kept, *other as usize)) {
            column.forget(kept);
            differing.push(place);
        }
    }
    for other in others {
        set(placing, *other as usize, Fate::Double);
    }
    if differing.is_empty() {
        return;
    }
    placing.conflicts.extend(placing.parents.get(kept).copied().flatten());
    let labels = differing.iter().filter_map(|place| placing.draft.record.fields.get(*place));
    let fields = || listed(labels.map(|field| &field.label));
    findings.push(codes::D003, || about(placing, codes::D003, rows).arg("fields", fields()));
}

fn set(placing: &mut Placing<'_, '_>, row: usize, fate: Fate) {
    if let Some(place) = placing.fates.get_mut(row) {
        *place = fate;
    }
}

/// A finding at the first of the rows that names the others.
fn about(placing: &Placing<'_, '_>, code: Code, rows: &[u32]) -> Diagnostic {
    let draft = &placing.draft;
    let place = |row: &u32| {
        let place = draft.places.get(*row as usize).copied().unwrap_or(RowPlace { file: 0, row: 0 });
        draft.place(place, place.row, None)
    };
    let first = rows.first().copied().unwrap_or_default();
    let key = draft.keys.text(first as usize);
    let mut finding = Diagnostic::new(code, place(&first)).arg("key", quoted(made_up_shown(key)));
    finding.related = rows.iter().skip(1).take(NAMED).map(|row| (place(row), other_row())).collect();
    finding
}
