//! A whole register: villages and what lies in them, then household by household, in the order of their keys.

use super::duty::DutyCase;
use super::reserved::{Household, Idle, Reserved, root_of};
use super::settle::{Dated, Ties};
use super::timeline::{Line, Timeline, lines};
use crate::eval::{DutyRow, DutyStatus, Entitlement, FactId, FactPart, Fault, Outcome, VillageUnknown};
use crate::ir::{Benefit, CharterId, Plan};
use crate::register::{Cell, Cells, Register, Words};
use crate::schema::{FieldId, RecordId};
use crate::source::Span;
use crate::value::{Day, Fact, Period};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The field of the unit of evaluation that names its village, and the record of villages.
const VILLAGE: &str = "village";
/// The field of the record of villages that names it.
const NAME: &str = "name";

/// One run, ready to judge any household of a register.
pub struct Run<'r> {
    pub(super) plan: &'r Plan,
    pub(super) register: &'r Register,
    pub(super) period: &'r Period,
    pub(super) rules: Arc<Rules>,
}

/// What is the same for every part of a register.
pub(super) struct Rules {
    pub(super) lines: Vec<Line>,
    pub(super) reserved: Reserved,
    /// Which clauses are settled together.
    pub(super) ties: Ties,
    pub(super) unit: RecordId,
    /// The fields that name a village: of the unit of evaluation, and of the record of villages.
    names: Vec<(RecordId, FieldId)>,
    /// Charter versions by village, and what each village's households are judged by.
    villages: Vec<Village>,
    /// Where in `villages` those with charters stand, by name.
    places: BTreeMap<String, usize>,
    /// Where clauses stand in the order of results, by their places in the plan; duties likewise.
    ranks: Vec<u32>,
    duty_ranks: Vec<u32>,
}

/// What is left of a household to be judged beside another evaluator.
pub(in crate::eval) struct Beside<'a> {
    /// Household, line and target, in order.
    pub cases: &'a [(usize, usize, usize)],
    /// Its tied clauses.
    pub tied: bool,
    /// Household, duty and target, in order; without it all duties.
    pub duties: Option<&'a [(usize, usize, usize)]>,
}

/// What the households of one village are judged by.
struct Village {
    name: Option<String>,
    /// The versions of its charters, the nearest layer first.
    layers: Vec<CharterId>,
    lines: Vec<usize>,
    obligations: Vec<usize>,
}

/// What came out for one household, or for one village.
#[derive(Debug, Default)]
pub struct Results {
    /// Granted, awaiting a decision, undetermined or faulted, in the order of clauses' names, targets and days.
    pub entitlements: Vec<Entitlement>,
    /// Duties, in the same order.
    pub duties: Vec<DutyRow>,
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
    let villages: Vec<Village> = names.into_iter().map(|name| village(plan, &lines, name)).collect();
    let of = |(place, village): (usize, &Village)| Some((village.name.clone()?, place));
    let places = villages.iter().enumerate().filter_map(of).collect();
    let field_of = |record: RecordId, field: &str| Some((record, plan.schema.record(record).find(field)?));
    let of_villages = plan.schema.find(VILLAGE).and_then(|record| field_of(record, NAME));
    let names = field_of(unit, VILLAGE).into_iter().chain(of_villages).collect();
    let (reserved, ties) = (Reserved::of(plan, register), Ties::of(plan, &lines));
    let charter = |id: CharterId| plan.charter(id).label.name.as_str();
    let ranks = ranks_of(plan.benefits.iter().map(|one| (one.label.name.as_str(), charter(one.charter))));
    let duty_ranks =
        ranks_of(plan.obligations.iter().map(|one| (one.label.name.as_str(), charter(one.charter))));
    let rules = Rules { lines, reserved, ties, unit, names, villages, places, ranks, duty_ranks };
    Some(Run { plan, register, period, rules: Arc::new(rules) })
}

/// The place of each name among the different ones in their order.
fn ranks_of<'n>(names: impl Iterator<Item = (&'n str, &'n str)> + Clone) -> Vec<u32> {
    let all: BTreeSet<(&str, &str)> = names.clone().collect();
    let places: BTreeMap<(&str, &str), u32> = all.into_iter().zip(0..).collect();
    names.filter_map(|name| places.get(&name).copied()).collect()
}

fn village(plan: &Plan, lines: &[Line], name: Option<String>) -> Village {
    let ids = || (0..plan.charters.len()).map(CharterId);
    let own: Vec<CharterId> = match &name {
        Some(_) => ids().filter(|id| plan.charter(*id).village == name).collect(),
        None => Vec::new(),
    };
    // Its own charter and those above it; without one, every charter that is of no village.
    let above = |id: CharterId| {
        std::iter::successors(Some(id), |id| plan.charter(*id).under).take(plan.charters.len())
    };
    let applies = |id: CharterId| {
        if own.is_empty() {
            return plan.charter(id).village.is_none();
        }
        let family = &plan.charter(id).label.name;
        own.iter().any(|own| above(*own).any(|above| plan.charter(above).label.name == *family))
    };
    let mut layers: Vec<CharterId> = ids().filter(|id| applies(*id)).collect();
    // A charter that stands under more of them is nearer.
    layers.sort_by_key(|id| std::cmp::Reverse(above(*id).count()));
    let charter_of = |line: &Line| {
        line.versions.first().and_then(|index| plan.benefits.get(*index)).map(|benefit| benefit.charter)
    };
    let applying = lines.iter().enumerate().filter(|(_, line)| charter_of(line).is_some_and(applies));
    let lines: Vec<usize> = applying.map(|(index, _)| index).collect();
    let duties = plan.obligations.iter().enumerate().filter(|(_, obligation)| applies(obligation.charter));
    let obligations = duties.map(|(index, _)| index).collect();
    Village { name, layers, lines, obligations }
}

impl<'r> Run<'r> {
    /// The same run over another part of the register. What lies in no household is the same in all parts.
    #[must_use]
    pub fn over<'p>(&self, part: &'p Register) -> Run<'p>
    where
        'r: 'p,
    {
        Run { plan: self.plan, register: part, period: self.period, rules: Arc::clone(&self.rules) }
    }

    /// The unit of evaluation: households.
    #[must_use]
    pub fn unit(&self) -> RecordId {
        self.rules.unit
    }

    /// The rules it judges by.
    #[must_use]
    pub fn plan(&self) -> &'r Plan {
        self.plan
    }

    /// The facts it judges.
    #[must_use]
    pub fn register(&self) -> &'r Register {
        self.register
    }

    pub(in crate::eval) fn period(&self) -> &'r Period {
        self.period
    }

    /// How many entries there are: the villages with charters, and all others as one.
    pub(in crate::eval) fn villages(&self) -> usize {
        self.rules.villages.len()
    }

    /// The layers and the clauses of an entry.
    pub(in crate::eval) fn village(&self, place: usize) -> (&[CharterId], &[usize]) {
        self.rules.villages.get(place).map_or((&[], &[]), |village| (&village.layers, &village.lines))
    }

    /// The entry a household is judged by.
    pub(in crate::eval) fn village_place(&self, unit: usize) -> usize {
        self.place_of(self.rules.unit, unit)
    }

    /// The one without a name for every household whose village has no charter.
    fn place_of(&self, root: RecordId, unit: usize) -> usize {
        self.village_name(root, unit).known().map_or(0, |name| self.place_named(&name))
    }

    /// The entry of a village of that name.
    pub(in crate::eval) fn place_named(&self, name: &str) -> usize {
        self.rules.places.get(name).copied().unwrap_or(0)
    }

    /// The versions of a clause, by their places in the plan.
    pub(in crate::eval) fn versions(&self, line: usize) -> &[usize] {
        self.rules.lines.get(line).map_or(&[], |line| &line.versions)
    }

    /// The duties of an entry that lie in the unit of evaluation.
    pub(in crate::eval) fn duties_of(&self, place: usize) -> Vec<usize> {
        let all = self.rules.villages.get(place).map_or(&[][..], |village| &village.obligations);
        let lies = |index: &&usize| {
            let duty = self.plan.obligations.get(**index);
            duty.is_some_and(|duty| root_of(&self.plan.schema, duty.target) == self.rules.unit)
        };
        all.iter().filter(lies).copied().collect()
    }

    /// A duty of an entry for a target: what of it is the same for every target may be asked with any.
    pub(in crate::eval) fn duty(
        &self,
        place: usize,
        index: usize,
        (unit, target): (usize, usize),
    ) -> Option<DutyCase<'_>> {
        Some(DutyCase {
            plan: self.plan,
            register: self.register,
            period: self.period,
            reserved: &self.rules.reserved,
            root: (self.rules.unit, unit),
            own: &self.rules.villages.get(place)?.layers,
            index,
            obligation: self.plan.obligations.get(index)?,
            target,
        })
    }

    /// Is a clause settled together with others?
    pub(in crate::eval) fn is_tied(&self, line: usize) -> bool {
        self.rules.ties.tied.contains(&line)
    }

    /// The root record that the targets of a clause lie in.
    pub(in crate::eval) fn root_of(&self, line: usize) -> Option<RecordId> {
        let benefit = self.versions(line).first().and_then(|index| self.plan.benefits.get(*index))?;
        Some(root_of(&self.plan.schema, benefit.target))
    }

    /// The root records that some clause is for: those beside the unit of evaluation first.
    #[must_use]
    pub fn roots(&self) -> Vec<RecordId> {
        let benefits = self.plan.benefits.iter().map(|benefit| benefit.target);
        let targets = benefits.chain(self.plan.obligations.iter().map(|obligation| obligation.target));
        let mut roots: Vec<RecordId> = targets
            .map(|target| root_of(&self.plan.schema, target))
            .filter(|root| *root != self.rules.unit)
            .collect();
        roots.sort();
        roots.dedup();
        roots.push(self.rules.unit);
        roots
    }

    /// How many rows a root record has.
    #[must_use]
    pub fn rows(&self, root: RecordId) -> usize {
        self.register.table(root).len()
    }

    /// Judges one household, or one row of another root record.
    #[must_use]
    pub fn judge(&self, root: RecordId, unit: usize) -> Results {
        Results {
            entitlements: self.entitlements(root, unit, self.settled(root, unit)),
            duties: self.duty_rows(self.duties(root, unit)),
            village_unknown: self.village_unknown(root, unit),
        }
    }

    /// Judges of a household what another evaluator left open of it.
    pub(in crate::eval) fn judge_beside(&self, unit: usize, beside: &Beside<'_>) -> Results {
        let root = self.rules.unit;
        let mut results = Results::default();
        if beside.tied || !beside.cases.is_empty() {
            let wanted = |line: usize, target: usize| {
                if self.is_tied(line) {
                    beside.tied
                } else {
                    beside.cases.binary_search(&(unit, line, target)).is_ok()
                }
            };
            results.entitlements = self.entitlements(root, unit, self.settled_among(root, unit, &wanted));
        }
        match beside.duties {
            None => results.duties = self.duty_rows(self.duties(root, unit)),
            Some(cases) => {
                let place = self.place_of(root, unit);
                let case =
                    |(_, duty, target): &(usize, usize, usize)| self.duty(place, *duty, (unit, *target));
                results.duties = self.duty_rows(cases.iter().filter_map(case));
            }
        }
        results
    }

    fn entitlements(&self, root: RecordId, unit: usize, dated: Vec<Dated>) -> Vec<Entitlement> {
        let some = |one: &Dated| !matches!(one.judged.outcome, Outcome::NotApplicable | Outcome::NotGranted);
        let entitlement = |Dated { target, judged, .. }: Dated| Entitlement {
            root,
            unit,
            benefit: judged.benefit,
            target,
            day: judged.day,
            period: judged.period,
            outcome: judged.outcome,
        };
        let mut all: Vec<Entitlement> = dated.into_iter().filter(some).map(entitlement).collect();
        all.sort_by_key(|one| (self.rank(one.benefit), one.target, one.day));
        all
    }

    fn duty_rows<'c>(&self, cases: impl IntoIterator<Item = DutyCase<'c>>) -> Vec<DutyRow> {
        let mut all: Vec<DutyRow> = cases.into_iter().flat_map(|case| case.judge()).collect();
        all.sort_by_key(|row| (self.duty_rank(row.obligation), row.target, row.bound));
        all
    }

    /// Where a clause stands among all in the order of results, which is that of names; versions of one are one.
    #[must_use]
    pub fn rank(&self, benefit: usize) -> u32 {
        self.rules.ranks.get(benefit).copied().unwrap_or(u32::MAX)
    }

    /// The same for a duty among duties.
    #[must_use]
    pub fn duty_rank(&self, duty: usize) -> u32 {
        self.rules.duty_ranks.get(duty).copied().unwrap_or(u32::MAX)
    }

    /// Judges every row of a root record beside the unit of evaluation: villages, of which there are few. Their rows
    /// have no household to be ordered by, so they stand in the order of clauses, then of the targets' keys.
    #[must_use]
    pub fn judge_all(&self, root: RecordId) -> Results {
        let mut all = Results::default();
        for unit in 0..self.rows(root) {
            let Results { mut entitlements, mut duties, .. } = self.judge(root, unit);
            all.entitlements.append(&mut entitlements);
            all.duties.append(&mut duties);
        }
        let plan = self.plan;
        let key = |record: RecordId, row: usize| self.register.table(record).keys.get(row);
        all.entitlements.sort_by(|a, b| {
            let order = |one: &Entitlement| {
                let benefit = plan.benefits.get(one.benefit);
                let place =
                    benefit.map(|benefit| (benefit.label.name.as_str(), key(benefit.target, one.target)));
                (place, one.day)
            };
            order(a).cmp(&order(b))
        });
        all.duties.sort_by(|a, b| {
            let order = |one: &DutyRow| {
                let duty = plan.obligations.get(one.obligation);
                let place = duty.map(|duty| (duty.label.name.as_str(), key(duty.target, one.target)));
                (place, one.bound)
            };
            order(a).cmp(&order(b))
        });
        all
    }

    /// Recorded decisions about some households that decide nothing: their record, row, and why.
    pub fn idle_decisions(&self, about: impl Fn(usize) -> bool) -> Vec<(RecordId, usize, Idle)> {
        let Some(decisions) = &self.rules.reserved.decisions else { return Vec::new() };
        let (plan, register, record) = (self.plan, self.register, decisions.record());
        let rows = 0..register.table(record).len();
        let idle = |row: usize| {
            let unit =
                register.ancestor(&plan.schema, record, row, self.rules.unit).filter(|unit| about(*unit))?;
            let range = |benefit: &Benefit, key: &str, day: Option<Day>| {
                let keys = &register.table(benefit.target).keys;
                let targets = register.descendants(&plan.schema, benefit.target, self.rules.unit, unit);
                let target = targets.into_iter().find(|target| keys.get(*target) == Some(key))?;
                let benefit = plan.benefits.iter().find(|other| std::ptr::eq(*other, benefit))?;
                let timeline = self.timeline(self.rules.unit, unit, self.period);
                timeline.case(benefit, target).range(day.unwrap_or(self.period.last))
            };
            let unmet = |duty: &str, day: Day| {
                let named = plan.benefits.iter().filter(|benefit| !benefit.discretionary.is_empty());
                let timeline = self.timeline(self.rules.unit, unit, self.period);
                named.filter_map(|benefit| timeline.case(benefit, 0).unmet(duty, day)).max()
            };
            let why = decisions.idle(Household { plan, register, unit }, row, range, &unmet)?;
            Some((record, row, why))
        };
        rows.filter_map(idle).collect()
    }

    /// The clauses that may concern a root row, each with each of its targets.
    pub(super) fn cases(&self, root: RecordId, unit: usize) -> Vec<(usize, usize)> {
        let village = self.village_of(root, unit);
        let mut cases = Vec::new();
        for line in &village.lines {
            let first = self.rules.lines.get(*line).and_then(|line| line.versions.first());
            let Some(benefit) = first.and_then(|index| self.plan.benefits.get(*index)) else { continue };
            if root_of(&self.plan.schema, benefit.target) == root {
                let targets = self.register.descendants(&self.plan.schema, benefit.target, root, unit);
                cases.extend(targets.map(|target| (*line, target)));
            }
        }
        cases
    }

    /// The duties that may concern a root row, each with each of its targets.
    pub(super) fn duties(&self, root: RecordId, unit: usize) -> Vec<DutyCase<'_>> {
        let village = self.village_of(root, unit);
        let mut cases = Vec::new();
        for index in &village.obligations {
            let Some(obligation) = self.plan.obligations.get(*index) else { continue };
            if root_of(&self.plan.schema, obligation.target) != root {
                continue;
            }
            let targets = self.register.descendants(&self.plan.schema, obligation.target, root, unit);
            cases.extend(targets.map(|target| DutyCase {
                plan: self.plan,
                register: self.register,
                period: self.period,
                reserved: &self.rules.reserved,
                root: (root, unit),
                own: &village.layers,
                index: *index,
                obligation,
                target,
            }));
        }
        cases
    }

    pub(super) fn timeline<'a>(&'a self, root: RecordId, unit: usize, period: &'a Period) -> Timeline<'a> {
        Timeline {
            plan: self.plan,
            register: self.register,
            period,
            reserved: &self.rules.reserved,
            root,
            unit,
            own: &self.village_of(root, unit).layers,
            text_of: None,
        }
    }

    /// The village's entry; the one without a name for every household whose village has no charter.
    fn village_of(&self, root: RecordId, unit: usize) -> &Village {
        &self.rules.villages[self.place_of(root, unit)]
    }

    /// The village a household lives in, or the village's own name, as the register has it; a number as it is written.
    #[must_use]
    pub fn village_name(&self, root: RecordId, unit: usize) -> Fact<Cow<'r, str>> {
        let field = self.rules.names.iter().find(|(record, _)| *record == root).map(|(_, field)| field);
        let column = field.and_then(|field| self.register.table(root).columns.get(field.0));
        match column.map(|column| column.cell(unit)) {
            Some(Cell::Text(cell)) => cell.map(Cow::Borrowed),
            Some(Cell::Number(cell)) => cell.map(|number| Cow::Owned(number.to_string())),
            _ => Fact::Unknown,
        }
    }

    /// Where texts name the villages of households: for each household the place of the text, and the texts.
    pub(crate) fn village_texts(&self) -> Option<(&'r [u32], &'r Arc<Words>)> {
        let column = self.register.table(self.unit()).columns.get(self.village_field()?.0)?;
        match &**column.cells() {
            Cells::Text { values, words, .. } => Some((values, words)),
            _ => None,
        }
    }

    /// The field of the unit of evaluation that names its village.
    pub(in crate::eval) fn village_field(&self) -> Option<FieldId> {
        let (_, field) = self.rules.names.iter().find(|(record, _)| *record == self.rules.unit)?;
        Some(*field)
    }

    pub(in crate::eval) fn village_unknown(&self, root: RecordId, unit: usize) -> Option<VillageUnknown> {
        let (record, field) =
            *self.rules.names.iter().find(|(record, _)| *record == root && root == self.rules.unit)?;
        let fact = FactId { record, part: FactPart::Field(field), row: unit };
        matches!(self.village_name(root, unit), Fact::Unknown | Fact::Absent)
            .then_some(VillageUnknown { unit, fact })
    }
}

impl Results {
    /// What could not be computed, and the clause it belongs to.
    pub fn faults<'a>(&'a self, plan: &'a Plan) -> impl Iterator<Item = (Fault, Span)> + 'a {
        let entitlements = self.entitlements.iter().filter_map(|entitlement| match entitlement.outcome {
            Outcome::Faulted(fault) => Some((fault, plan.benefits.get(entitlement.benefit)?.span.0)),
            _ => None,
        });
        let duties = self.duties.iter().filter_map(|duty| match duty.status {
            DutyStatus::Faulted(fault) => Some((fault, plan.obligations.get(duty.obligation)?.span.0)),
            _ => None,
        });
        entitlements.chain(duties)
    }
}
