//! A whole register, household by household, in the order of their keys.

use super::timeline::{Line, Timeline, lines};
use crate::eval::{Entitlement, FactId, FactPart, Fault, Outcome, VillageUnknown};
use crate::ir::{CharterId, Plan};
use crate::register::{Column, Register};
use crate::schema::{FieldId, RecordId};
use crate::value::{Fact, Period};

/// The field of the unit of evaluation that names its village.
const VILLAGE: &str = "village";

/// One run, ready to judge any household.
pub struct Run<'r> {
    pub(super) plan: &'r Plan,
    pub(super) register: &'r Register,
    pub(super) period: &'r Period,
    pub(super) lines: Vec<Line>,
    unit: RecordId,
    village: Option<FieldId>,
    /// Charter versions by village, and what each village's households are judged by.
    villages: Vec<Village>,
}

/// What the households of one village are judged by.
struct Village {
    name: Option<String>,
    own: Vec<CharterId>,
    lines: Vec<usize>,
}

/// What one household gets.
#[derive(Debug, Default)]
pub struct Household {
    /// Granted, awaiting a decision or undetermined, in the order of clauses' names, targets and days.
    pub entitlements: Vec<Entitlement>,
    /// Its village is not known.
    pub village_unknown: Option<VillageUnknown>,
}

/// Prepares a run. `None` where the plan's vocabulary has no record to evaluate.
#[must_use]
pub fn run<'r>(plan: &'r Plan, register: &'r Register, period: &'r Period) -> Option<Run<'r>> {
    let unit = plan.schema.unit()?;
    let lines = lines(plan);
    let mut names: Vec<Option<String>> =
        plan.charters.iter().filter_map(|charter| charter.village.clone()).map(Some).collect();
    names.sort();
    names.dedup();
    names.insert(0, None);
    let villages = names.into_iter().map(|name| village(plan, &lines, name)).collect();
    let village = plan.schema.record(unit).find(VILLAGE);
    Some(Run { plan, register, period, lines, unit, village, villages })
}

fn village(plan: &Plan, lines: &[Line], name: Option<String>) -> Village {
    let ids = || (0..plan.charters.len()).map(CharterId);
    let own: Vec<CharterId> = match &name {
        Some(_) => ids().filter(|id| plan.charter(*id).village == name).collect(),
        None => Vec::new(),
    };
    // Its own charter and those above it; without one, every charter that is of no village.
    let applies = |id: CharterId| {
        if own.is_empty() {
            return plan.charter(id).village.is_none();
        }
        let above = own.iter().flat_map(|own| {
            std::iter::successors(Some(*own), |id| plan.charter(*id).under).take(plan.charters.len())
        });
        let family = &plan.charter(id).label.name;
        above.into_iter().any(|above| plan.charter(above).label.name == *family)
    };
    let charter_of = |line: &Line| {
        line.versions.first().and_then(|index| plan.benefits.get(*index)).map(|benefit| benefit.charter)
    };
    let lines: Vec<usize> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| charter_of(line).is_some_and(applies))
        .map(|(index, _)| index)
        .collect();
    Village { name, own, lines }
}

impl Run<'_> {
    /// How many households there are.
    #[must_use]
    pub fn households(&self) -> usize {
        self.register.table(self.unit).len()
    }

    /// Judges one household, by its row.
    #[must_use]
    pub fn household(&self, unit: usize) -> Household {
        let mut household = Household::default();
        for (line, target) in self.cases(unit) {
            let timeline = self.timeline(unit);
            let Some(line) = self.lines.get(line) else { continue };
            for judged in timeline.judge(line, target) {
                if matches!(judged.outcome, Outcome::NotApplicable | Outcome::NotGranted) {
                    continue;
                }
                household.entitlements.push(Entitlement {
                    unit,
                    benefit: judged.benefit,
                    target,
                    day: judged.day,
                    period: judged.period,
                    outcome: judged.outcome,
                });
            }
        }
        household.entitlements.sort_by(|a, b| self.order(a).cmp(&self.order(b)));
        household.village_unknown = self.village_unknown(unit);
        household
    }

    fn order<'a>(&'a self, entitlement: &'a Entitlement) -> impl Ord + 'a {
        let benefit = self.plan.benefits.get(entitlement.benefit);
        let clause =
            benefit.map(|benefit| (&benefit.label.name, &self.plan.charter(benefit.charter).label.name));
        (clause, entitlement.target, entitlement.day)
    }

    /// The clauses that may concern a household, each with each of its targets.
    pub(super) fn cases(&self, unit: usize) -> Vec<(usize, usize)> {
        let village = self.village_of(unit);
        let mut cases = Vec::new();
        for line in &village.lines {
            let first = self.lines.get(*line).and_then(|line| line.versions.first());
            let Some(benefit) = first.and_then(|index| self.plan.benefits.get(*index)) else { continue };
            let targets = self.register.descendants(&self.plan.schema, benefit.target, self.unit, unit);
            cases.extend(targets.map(|target| (*line, target)));
        }
        cases
    }

    pub(super) fn timeline(&self, unit: usize) -> Timeline<'_> {
        let own = &self.village_of(unit).own;
        Timeline { plan: self.plan, register: self.register, period: self.period, unit, own }
    }

    /// The village's entry; the one without a name for every household whose village has no charter.
    fn village_of(&self, unit: usize) -> &Village {
        let name = self.village_name(unit).known();
        let found =
            self.villages.iter().find(|village| village.name.is_some() && village.name.as_deref() == name);
        found.unwrap_or(&self.villages[0])
    }

    /// The village a household lives in, as the register names it.
    #[must_use]
    pub fn village_name(&self, unit: usize) -> Fact<&str> {
        let column = self.village.and_then(|field| self.register.table(self.unit).columns.get(field.0));
        match column {
            Some(Column::Text(cells)) => {
                cells.get(unit).map_or(Fact::Unknown, |cell| cell.as_ref().map(AsRef::as_ref))
            }
            _ => Fact::Unknown,
        }
    }

    fn village_unknown(&self, unit: usize) -> Option<VillageUnknown> {
        let field = self.village?;
        let fact = FactId { record: self.unit, part: FactPart::Field(field), row: unit };
        matches!(self.village_name(unit), Fact::Unknown | Fact::Absent)
            .then_some(VillageUnknown { unit, fact })
    }

    /// Faults among entitlements, to be reported with their household and clause.
    pub fn faults<'a>(
        &self,
        household: &'a Household,
    ) -> impl Iterator<Item = (&'a Entitlement, Fault)> + 'a {
        household.entitlements.iter().filter_map(|entitlement| match entitlement.outcome {
            Outcome::Faulted(fault) => Some((entitlement, fault)),
            _ => None,
        })
    }
}
