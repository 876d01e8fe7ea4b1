//! The wide layout: one row a household, one column a clause, as people open it in a spreadsheet.

use super::table::{BlankRow, ColumnOf, Kind};
use super::{Cell, Sheet};
use crate::eval::{DutyStatus, Outcome};
use crate::ir::Plan;
use crate::schema::RecordId;
use crate::value::Fen;
use std::collections::BTreeSet;
use std::io;

/// The columns behind village and household, and where each clause has its own.
#[derive(Debug)]
pub(super) struct Wide {
    headers: Vec<(String, Kind)>,
    /// Of a household of which nothing came out.
    blank: BlankRow,
    /// By place in [`Plan::benefits`], where it is for households: the column of what was granted, and that of how many
    /// are undetermined.
    benefits: Vec<Option<(usize, usize)>>,
    /// By place in [`Plan::obligations`]: the column of how many are unmet, and that of how many are undetermined.
    duties: Vec<Option<(usize, usize)>>,
}

/// The figures of one household that are not zero, each with its column; its room is used again for the next.
#[derive(Debug, Default)]
pub(super) struct Figures(Vec<(usize, i64)>);

impl Figures {
    fn add(&mut self, column: usize, more: i64) -> Option<()> {
        if let Some((_, total)) = self.0.iter_mut().find(|(of, _)| *of == column) {
            *total = total.checked_add(more)?;
        } else {
            self.0.push((column, more));
        }
        Some(())
    }

    /// Another household follows.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

impl Wide {
    /// The clauses for households and what lies in them, by name.
    pub(super) fn of(plan: &Plan) -> Self {
        let within = |target: RecordId| plan.schema.chain(target).last() == plan.schema.unit();
        let names = |names: BTreeSet<&str>| names.into_iter().map(str::to_owned).collect::<Vec<_>>();
        let of_benefits = || {
            plan.benefits.iter().map(|benefit| within(benefit.target).then_some(benefit.label.name.as_str()))
        };
        let of_duties =
            || plan.obligations.iter().map(|duty| within(duty.target).then_some(duty.label.name.as_str()));
        let benefits = names(of_benefits().flatten().collect());
        let duties = names(of_duties().flatten().collect());
        let open = names(benefits.iter().chain(&duties).map(String::as_str).collect());
        let place =
            |names: &[String], name: &str| names.binary_search_by(|other| other.as_str().cmp(name)).ok();
        let columns = |name: &str, own: &[String], before: usize| {
            let open = benefits.len() + duties.len() + place(&open, name)?;
            Some((before + place(own, name)?, open))
        };
        let with = |names: &[String], kind: Kind, ending: &'static str| {
            names.iter().map(move |name| (format!("{name}{ending}"), kind)).collect::<Vec<_>>()
        };
        let figures: Vec<(String, Kind)> = with(&benefits, Kind::Money, "")
            .into_iter()
            .chain(with(&duties, Kind::Count, "_unmet"))
            .chain(with(&open, Kind::Count, "_undetermined"))
            .collect();
        Self {
            blank: BlankRow::new(figures.iter().map(|(_, kind)| cell(*kind, 0)).collect()),
            headers: [("village".to_owned(), Kind::Text), ("household".to_owned(), Kind::Text)]
                .into_iter()
                .chain(figures)
                .collect(),
            benefits: of_benefits().map(|name| columns(name?, &benefits, 0)).collect(),
            duties: of_duties().map(|name| columns(name?, &duties, benefits.len())).collect(),
        }
    }

    pub(super) fn columns(&self) -> Vec<ColumnOf<'_>> {
        self.headers.iter().map(|(name, kind)| (name.as_str(), *kind)).collect()
    }

    /// Adds what came out of a clause. None where a total does not fit.
    pub(super) fn benefit(&self, place: usize, outcome: &Outcome, figures: &mut Figures) -> Option<()> {
        let Some((granted, open)) = self.benefits.get(place).copied().flatten() else { return Some(()) };
        match outcome {
            Outcome::Granted(amount) => figures.add(granted, amount.0),
            Outcome::Undetermined { .. } | Outcome::Faulted(_) => figures.add(open, 1),
            Outcome::NotApplicable | Outcome::NotGranted | Outcome::Awaiting { .. } => Some(()),
        }
    }

    /// Adds how a duty stands. None where a total does not fit.
    pub(super) fn duty(&self, place: usize, status: &DutyStatus, figures: &mut Figures) -> Option<()> {
        let Some((unmet, open)) = self.duties.get(place).copied().flatten() else { return Some(()) };
        match status {
            DutyStatus::Unmet => figures.add(unmet, 1),
            DutyStatus::Undetermined { .. } | DutyStatus::Faulted(_) => figures.add(open, 1),
            _ => Some(()),
        }
    }

    /// Writes the row of a household.
    pub(super) fn write(
        &self,
        (village, household): (&str, &str),
        Figures(figures): &mut Figures,
        sheet: &mut Sheet,
    ) -> io::Result<()> {
        figures.sort_unstable();
        let kind = |column: usize| self.headers.get(column + 2).map_or(Kind::Count, |(_, kind)| *kind);
        let others = figures.iter().map(|(column, figure)| (*column, cell(kind(*column), *figure)));
        sheet.write_unlike(&[Cell::Text(village), Cell::Text(household)], &self.blank, others)
    }
}

fn cell(kind: Kind, figure: i64) -> Cell<'static> {
    match kind {
        Kind::Money => Cell::Money(Some(Fen(figure))),
        _ => Cell::Count(figure.unsigned_abs()),
    }
}
