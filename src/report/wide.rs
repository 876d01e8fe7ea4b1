//! The wide layout: one row a household, one column a clause, as people open it in a spreadsheet.

use super::Cell;
use super::table::{ColumnOf, Kind};
use crate::eval::traced::Results;
use crate::eval::{DutyStatus, Outcome};
use crate::ir::Plan;
use crate::schema::RecordId;
use crate::value::Fen;
use std::collections::BTreeSet;

/// The columns behind village and household.
#[derive(Debug)]
pub(super) struct Wide {
    /// Names of benefits: what was granted.
    benefits: Vec<String>,
    /// Names of duties: how many are unmet.
    duties: Vec<String>,
    /// Names of both: how many are undetermined.
    open: Vec<String>,
    headers: Vec<(String, Kind)>,
}

impl Wide {
    /// The clauses for households and what lies in them, by name.
    pub(super) fn of(plan: &Plan) -> Self {
        let within = |target: RecordId| plan.schema.chain(target).last() == plan.schema.unit();
        let names = |names: BTreeSet<&String>| names.into_iter().cloned().collect::<Vec<_>>();
        let benefits = plan.benefits.iter().filter(|benefit| within(benefit.target));
        let benefits = names(benefits.map(|benefit| &benefit.label.name).collect());
        let duties = plan.obligations.iter().filter(|duty| within(duty.target));
        let duties = names(duties.map(|duty| &duty.label.name).collect());
        let open = names(benefits.iter().chain(&duties).collect());
        let with = |names: &[String], ending: &'static str| {
            names.iter().map(move |name| format!("{name}{ending}")).collect::<Vec<_>>()
        };
        let text = ["village", "household"].map(|name| (name.to_owned(), Kind::Text)).into_iter();
        let counts = with(&duties, "_unmet").into_iter().chain(with(&open, "_undetermined"));
        let headers = text
            .chain(benefits.iter().map(|name| (name.clone(), Kind::Money)))
            .chain(counts.map(|name| (name, Kind::Count)))
            .collect();
        Self { benefits, duties, open, headers }
    }

    pub(super) fn columns(&self) -> Vec<ColumnOf<'_>> {
        self.headers.iter().map(|(name, kind)| (name.as_str(), *kind)).collect()
    }

    /// The row of a household. None where a total does not fit.
    pub(super) fn row(
        &self,
        plan: &Plan,
        village: &str,
        household: &str,
        results: &Results,
    ) -> Option<Vec<Cell>> {
        let place =
            |names: &[String], name: &str| names.binary_search_by(|other| other.as_str().cmp(name)).ok();
        let mut granted = vec![Fen::ZERO; self.benefits.len()];
        let mut unmet = vec![0_u64; self.duties.len()];
        let mut open = vec![0_u64; self.open.len()];
        for entitlement in &results.entitlements {
            let name = &plan.benefits.get(entitlement.benefit)?.label.name;
            match entitlement.outcome {
                Outcome::Granted(amount) => {
                    let total = granted.get_mut(place(&self.benefits, name)?)?;
                    *total = total.checked_add(amount)?;
                }
                Outcome::Undetermined { .. } | Outcome::Faulted(_) => {
                    *open.get_mut(place(&self.open, name)?)? += 1;
                }
                Outcome::NotApplicable | Outcome::NotGranted | Outcome::Awaiting { .. } => {}
            }
        }
        for duty in &results.duties {
            let name = &plan.obligations.get(duty.obligation)?.label.name;
            match duty.status {
                DutyStatus::Unmet => *unmet.get_mut(place(&self.duties, name)?)? += 1,
                DutyStatus::Undetermined { .. } | DutyStatus::Faulted(_) => {
                    *open.get_mut(place(&self.open, name)?)? += 1;
                }
                _ => {}
            }
        }
        let head = [village, household].map(Cell::text_of).into_iter();
        let counts = unmet.into_iter().chain(open).map(Cell::Count);
        Some(head.chain(granted.into_iter().map(|fen| Cell::Money(Some(fen)))).chain(counts).collect())
    }
}
