//! The results of some households as they will stand in the tables.

use super::clauses::{Clauses, Told};
use super::labels::Labels;
use super::names::{Status, fact_name, facts, fault, key};
use super::subject::{About, Namings, Subject};
use super::summary::Counted;
use super::tally::Tally;
use super::wide::{Figures, Wide};
use super::{Cell, Sheet};
use crate::eval::columnar::{DutyEntry, Entry, Grant, Household, Judged, Stand};
use crate::eval::traced::{Instance, Results, Run};
use crate::eval::{DutyRow, DutyStatus, Entitlement, FactId, Outcome};
use crate::ir::{Benefit, FundShare, Pay, Plan};
use crate::register::Register;
use crate::schema::RecordId;
use crate::value::{Day, Fen, Ratio, Rounding};
use std::borrow::Cow;
use std::io;

/// The results of some households, ready to be appended to a report.
pub struct Page<'p> {
    plan: &'p Plan,
    clauses: &'p Clauses,
    period: &'p str,
    /// Benefits, duties, and what is undetermined.
    sheets: Option<[Sheet; 3]>,
    tally: Tally,
    /// Benefits stand in one row a household.
    wide: Option<&'p Wide>,
    figures: Figures,
    labels: Labels,
    namings: Namings,
}

/// The kind of all benefits in the table of what is undetermined.
const BENEFIT: &str = "benefit";

/// The days of one time a duty falls due.
#[derive(Clone, Copy)]
struct Times {
    due: Option<Day>,
    remedy_by: Option<Day>,
    appeal_by: Option<Day>,
}

/// What a page came to.
pub type Filled = (Option<[Sheet; 3]>, Tally);

/// A row of what is undetermined, until all of its household are known.
struct Waiting<'a> {
    subject: Subject<'a>,
    kind: &'static str,
    missing: String,
    bounds: (Option<Fen>, Option<Fen>),
}

impl<'p> Page<'p> {
    /// An empty one, with sheets for the tables of benefits, duties and what is undetermined where they are written.
    pub(super) fn new(
        (plan, clauses): (&'p Plan, &'p Clauses),
        period: &'p str,
        sheets: Option<[Sheet; 3]>,
        wide: Option<&'p Wide>,
    ) -> Self {
        Self {
            plan,
            clauses,
            period,
            sheets,
            tally: Tally::default(),
            wide,
            figures: Figures::default(),
            labels: Labels::default(),
            namings: Namings::of(plan),
        }
    }

    /// What it came to, without the report it was made for.
    #[must_use]
    pub fn filled(self) -> Filled {
        (self.sheets, self.tally)
    }

    /// Writes and counts what was explained: of one household, or of all rows of another root record.
    pub fn results(&mut self, run: &Run<'_>, results: &Results) -> io::Result<()> {
        let register = run.register();
        let mut waiting = Vec::new();
        if let Some(unknown) = results.village_unknown {
            waiting.push(self.village_unknown(register, unknown.unit, unknown.fact));
        }
        let villages = Villages::of(run, results);
        self.tally.next_household();
        for entitlement in &results.entitlements {
            let village = villages.name(entitlement.root, entitlement.unit);
            self.tally.in_village(village);
            waiting.extend(self.entitlement(register, village, entitlement)?);
        }
        for duty in &results.duties {
            let village = villages.name(duty.root, duty.unit);
            self.tally.in_village(village);
            waiting.extend(self.duty(register, village, duty)?);
        }
        self.write_undetermined(waiting)
    }

    /// Writes and counts what came out for some households.
    pub fn judged(&mut self, run: &Run<'_>, judged: &Judged) -> io::Result<()> {
        let villages = run.village_texts();
        if let Some((_, texts)) = villages {
            self.tally.named_by(texts);
        }
        let named = |unit: usize| {
            let (places, texts) = villages?;
            let place = *places.get(unit)?;
            Some((place, texts.get(place)?))
        };
        judged.each(run, |household| self.household(run, &household, named(household.unit)))
    }

    /// Writes and counts what came out for one household, of whose village the name is that text, at that place.
    fn household(
        &mut self,
        run: &Run<'_>,
        household: &Household<'_, '_>,
        named: Option<(u32, &str)>,
    ) -> io::Result<()> {
        let register = run.register();
        let doubts = household.entries.iter().filter(|entry| matches!(entry, Entry::Doubted(..)));
        let doubts: Vec<Entitlement> = doubts.map(|entry| entry.entitlement(run)).collect();
        let duty_doubts = household.duties.iter().filter(|duty| matches!(duty, DutyEntry::Doubted(..)));
        let duty_doubts: Vec<DutyRow> = duty_doubts.filter_map(|duty| duty.row(run)).collect();
        let (mut doubts, mut duty_doubts) = (doubts.iter(), duty_doubts.iter());
        let mut waiting = Vec::new();
        if let Some(unknown) = household.village_unknown {
            waiting.push(self.village_unknown(register, unknown.unit, unknown.fact));
        }
        let nothing = household.entries.is_empty() && household.duties.is_empty();
        if nothing && waiting.is_empty() && self.wide.is_none() {
            return Ok(());
        }
        let village = match named {
            Some((_, name)) => Cow::Borrowed(name),
            None => run.village_name(run.unit(), household.unit).known().unwrap_or_default(),
        };
        self.tally.next_household();
        match named {
            Some((place, _)) => self.tally.in_text(place),
            None => self.tally.in_village(&village),
        }
        self.figures.clear();
        for entry in household.entries {
            match entry {
                Entry::Granted(benefit, grant) => self.grant(run, &village, *benefit, *grant)?,
                Entry::Doubted(..) => {
                    let Some(one) = doubts.next() else { continue };
                    waiting.extend(self.entitlement(register, &village, one)?);
                }
                Entry::Explained(one) => waiting.extend(self.entitlement(register, &village, one)?),
            }
        }
        for duty in household.duties {
            match duty {
                DutyEntry::Stands(duty, time, stand) => self.stand(run, &village, (*duty, time), stand)?,
                DutyEntry::Doubted(..) => {
                    let Some(row) = duty_doubts.next() else { continue };
                    waiting.extend(self.duty(register, &village, row)?);
                }
                DutyEntry::Explained(row) => waiting.extend(self.duty(register, &village, row)?),
            }
        }
        if let (Some(wide), Some([benefits, ..])) = (self.wide, &mut self.sheets) {
            let whose = (&*village, key(register, run.unit(), household.unit));
            wide.write(whose, &mut self.figures, benefits)?;
        }
        self.write_undetermined(waiting)
    }

    /// Benefits and duties of one household together, in the order of clauses; the sort keeps the order of days.
    fn write_undetermined(&mut self, mut waiting: Vec<Waiting<'_>>) -> io::Result<()> {
        let Some([_, _, undetermined]) = &mut self.sheets else { return Ok(()) };
        waiting.sort_by(|a, b| a.subject.order().cmp(&b.subject.order()));
        for Waiting { subject, kind, missing, bounds: (least, most) } in waiting {
            let [village, household, person, clause, article, record_key, period] = subject.cells();
            let (kind, missing) = (Cell::Text(kind), Cell::Text(&missing));
            let (least, most) = (Cell::Money(least), Cell::Money(most));
            undetermined.write(&[
                village, household, person, kind, clause, article, record_key, period, missing, least, most,
            ])?;
        }
        Ok(())
    }

    /// What was found in columns is granted.
    fn grant(&mut self, run: &Run<'_>, village: &str, benefit: usize, grant: Grant) -> io::Result<()> {
        let mut labels = std::mem::take(&mut self.labels);
        let unit = self.plan.benefits.get(benefit).and_then(|benefit| benefit.rhythm.calendar_unit());
        let whose = (grant.unit as usize, grant.target as usize);
        // The wide layout has no column for it.
        let period = if self.wide.is_none() { labels.of(unit, grant.day) } else { "" };
        self.entitled(run.register(), village, (benefit, whose, period), &Outcome::Granted(grant.amount))?;
        self.labels = labels;
        Ok(())
    }

    fn entitlement<'a>(
        &mut self,
        register: &'a Register,
        village: &'a str,
        entitlement: &'a Entitlement,
    ) -> io::Result<Option<Waiting<'a>>>
    where
        'p: 'a,
    {
        let whose = (entitlement.unit, entitlement.target);
        let entry = (entitlement.benefit, whose, entitlement.period.as_str());
        let about = self.entitled(register, village, entry, &entitlement.outcome)?;
        let missing = match &entitlement.outcome {
            Outcome::Undetermined { missing, .. } => facts(self.plan, register, missing),
            Outcome::Faulted(found) => fault(self.plan, *found),
            _ => return Ok(None),
        };
        let benefit = self.plan.benefits.get(entitlement.benefit);
        let (Some(about), Some(benefit)) = (about, benefit) else { return Ok(None) };
        let bounds = bounds(benefit, &entitlement.outcome);
        let subject = Subject::of((self.plan, &self.namings), register, about);
        Ok(Some(Waiting { subject, kind: BENEFIT, missing, bounds }))
    }

    /// Writes and counts one judged day: the place of the clause, the rows of household and target, and the period.
    fn entitled<'a>(
        &mut self,
        register: &'a Register,
        village: &'a str,
        (place, (unit, target), period): (usize, (usize, usize), &'a str),
        outcome: &Outcome,
    ) -> io::Result<Option<About<'a>>>
    where
        'p: 'a,
    {
        let (plan, clauses) = (self.plan, self.clauses);
        let (Some(benefit), Some(told)) = (plan.benefits.get(place), clauses.benefit(place)) else {
            return Ok(None);
        };
        let (clause, _) = clauses.clause(told.clause);
        let target = (benefit.target, target);
        let about = About { village, clause, article: told.article.as_str(), unit, target, period };
        let (least, most) = bounds(benefit, outcome);
        let status = Status::of(outcome);
        if let Some(wide) = self.wide {
            wide.benefit(place, outcome, &mut self.figures).ok_or_else(too_large)?;
        }
        for (fund, amount) in shares(told, benefit, outcome) {
            if let (None, Some([benefits, ..])) = (self.wide, &mut self.sheets) {
                let subject = Subject::of((plan, &self.namings), register, about);
                let [village, household, person, clause, article, record_key, period] = subject.cells();
                benefits.write(&[
                    village,
                    household,
                    person,
                    clause,
                    article,
                    record_key,
                    period,
                    Cell::Text(status.word()),
                    Cell::Money(amount),
                    Cell::Money(amount.or(least)),
                    Cell::Money(amount.or(most)),
                    Cell::Text(clauses.fund(fund)),
                    Cell::Text(&told.version),
                ])?;
            }
            let about = Counted { clause: told.clause, status, fund };
            self.tally.add(about, target, amount.unwrap_or_default());
        }
        Ok(Some(about))
    }

    /// How a duty stands, as it was found in columns.
    fn stand(
        &mut self,
        run: &Run<'_>,
        village: &str,
        (duty, time): (usize, &Instance),
        stand: &Stand,
    ) -> io::Result<()> {
        let mut labels = std::mem::take(&mut self.labels);
        let run_period = self.period;
        let period = match time.unit() {
            Some(unit) => labels.of(Some(unit), time.bound),
            None => run_period,
        };
        let times =
            Times { due: Some(time.due), remedy_by: Some(time.remedy_by), appeal_by: Some(time.appeal_by()) };
        let whose = (stand.unit as usize, stand.target as usize);
        self.bound(run.register(), village, (duty, whose, period), times, &stand.status())?;
        self.labels = labels;
        Ok(())
    }

    fn duty<'a>(
        &mut self,
        register: &'a Register,
        village: &'a str,
        duty: &'a DutyRow,
    ) -> io::Result<Option<Waiting<'a>>>
    where
        'p: 'a,
    {
        let times = Times { due: duty.due, remedy_by: duty.remedy_by, appeal_by: duty.appeal_by };
        let entry = (duty.obligation, (duty.unit, duty.target), duty.period.as_str());
        let Some((about, kind)) = self.bound(register, village, entry, times, &duty.status)? else {
            return Ok(None);
        };
        let missing = match &duty.status {
            DutyStatus::Undetermined { missing } => facts(self.plan, register, missing),
            DutyStatus::Faulted(found) => fault(self.plan, *found),
            _ => return Ok(None),
        };
        let subject = Subject::of((self.plan, &self.namings), register, about);
        Ok(Some(Waiting { subject, kind, missing, bounds: (None, None) }))
    }

    /// Writes and counts one time a duty falls due.
    fn bound<'a>(
        &mut self,
        register: &'a Register,
        village: &'a str,
        (place, (unit, target), period): (usize, (usize, usize), &'a str),
        times: Times,
        status: &DutyStatus,
    ) -> io::Result<Option<(About<'a>, &'static str)>>
    where
        'p: 'a,
    {
        let (plan, clauses) = (self.plan, self.clauses);
        let (Some(obligation), Some(told)) = (plan.obligations.get(place), clauses.duty(place)) else {
            return Ok(None);
        };
        let (clause, kind) = clauses.clause(told.clause);
        let target = (obligation.target, target);
        let about = About { village, clause, article: told.article.as_str(), unit, target, period };
        if let Some(wide) = self.wide {
            wide.duty(place, status, &mut self.figures).ok_or_else(too_large)?;
        }
        let status = Status::of_duty(status);
        if let Some([_, obligations, _]) = &mut self.sheets {
            let subject = Subject::of((plan, &self.namings), register, about);
            let [village, household, person, clause, article, record_key, period] = subject.cells();
            obligations.write(&[
                village,
                household,
                person,
                clause,
                article,
                record_key,
                period,
                Cell::Day(times.due),
                Cell::Text(status.word()),
                Cell::Day(times.remedy_by),
                Cell::Day(times.appeal_by),
            ])?;
        }
        let counted = Counted { clause: told.clause, status, fund: told.all_funds };
        self.tally.add(counted, target, Fen::ZERO);
        Ok(Some((about, kind)))
    }

    /// The one row of a household that is judged by the framework only, because its village is not known.
    fn village_unknown<'a>(&self, register: &'a Register, unit: usize, fact: FactId) -> Waiting<'a>
    where
        'p: 'a,
    {
        let household = key(register, fact.record, unit);
        let subject = Subject { household, period: self.period, ..Subject::default() };
        let missing = fact_name(self.plan, register, fact);
        Waiting { subject, kind: "village", missing, bounds: (None, None) }
    }
}

/// The names of the villages that results are about.
struct Villages<'r>(Vec<((RecordId, usize), Cow<'r, str>)>);

impl<'r> Villages<'r> {
    fn of(run: &Run<'r>, results: &Results) -> Self {
        let rows = results.entitlements.iter().map(|row| (row.root, row.unit));
        let mut names: Vec<((RecordId, usize), Cow<'r, str>)> = Vec::new();
        for (root, unit) in rows.chain(results.duties.iter().map(|row| (row.root, row.unit))) {
            if names.last().is_none_or(|(last, _)| *last != (root, unit)) {
                names.push(((root, unit), run.village_name(root, unit).known().unwrap_or_default()));
            }
        }
        names.sort_by_key(|(row, _)| *row);
        Self(names)
    }

    fn name(&self, root: RecordId, unit: usize) -> &str {
        let place = self.0.binary_search_by_key(&(root, unit), |(row, _)| *row);
        place.ok().and_then(|place| self.0.get(place)).map_or("", |(_, name)| name)
    }
}

/// A total that does not fit.
pub(super) fn too_large() -> io::Error {
    io::Error::other("the total does not fit")
}

/// A granted amount by fund, the odd fen to the first; other outcomes once, with the funds they concern.
fn shares(told: &Told, benefit: &Benefit, outcome: &Outcome) -> impl Iterator<Item = (u32, Option<Fen>)> {
    let amount = match (outcome, &benefit.pay) {
        // Something given whose worth is not said is no amount.
        (Outcome::Granted(Fen::ZERO), Pay::InKind { .. }) => None,
        (Outcome::Granted(amount), _) => Some(*amount),
        _ => None,
    };
    let rest = match benefit.funds.as_slice() {
        [_, rest @ ..] if amount.is_some() => rest,
        _ => &[],
    };
    let part = move |share: &FundShare| {
        let exact = share.part.checked_mul(Ratio::whole(amount.unwrap_or_default().0))?;
        exact.round_to(1, Rounding::Down).map(Fen)
    };
    let part = move |share: &FundShare| part(share).unwrap_or_default();
    let others: i64 = rest.iter().map(|share| part(share).0).sum();
    let first = match (amount, told.funds.first()) {
        (Some(amount), Some(fund)) => (*fund, Some(Fen(amount.0 - others))),
        _ => (told.all_funds, amount),
    };
    let rest = told.funds.iter().skip(1).zip(rest).map(move |(fund, share)| (*fund, Some(part(share))));
    std::iter::once(first).chain(rest)
}

fn bounds(benefit: &Benefit, outcome: &Outcome) -> (Option<Fen>, Option<Fen>) {
    match outcome {
        Outcome::Granted(Fen::ZERO) if matches!(benefit.pay, Pay::InKind { .. }) => (None, None),
        Outcome::Granted(amount) => (Some(*amount), Some(*amount)),
        Outcome::Awaiting { least, most } => (Some(*least), Some(*most)),
        Outcome::Undetermined { least, most, .. } => (Some(*least), *most),
        Outcome::Faulted(_) | Outcome::NotApplicable | Outcome::NotGranted => (None, None),
    }
}
