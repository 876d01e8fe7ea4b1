//! The results of some households as they will stand in the tables.

use super::clauses::{Clauses, Told};
use super::names::{Status, fact_name, facts, fault, key};
use super::subject::{About, Subject};
use super::summary::Counted;
use super::tally::Tally;
use super::wide::{Figures, Wide};
use super::{Cell, Sheet, Summary};
use crate::eval::traced::{Results, Run};
use crate::eval::{DutyRow, DutyStatus, Entitlement, FactId, Outcome};
use crate::ir::{Benefit, FundShare, Pay, Plan};
use crate::register::Register;
use crate::schema::RecordId;
use crate::value::{Fen, Ratio, Rounding};
use std::borrow::Cow;
use std::io;
use std::sync::Arc;

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
}

/// The kind of all benefits in the table of what is undetermined.
const BENEFIT: &str = "benefit";

/// What a page came to.
pub type Filled = (Option<[Sheet; 3]>, Summary);

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
        (plan, clauses): (&'p Plan, &'p Arc<Clauses>),
        period: &'p str,
        sheets: Option<[Sheet; 3]>,
        wide: Option<&'p Wide>,
    ) -> Self {
        let tally = Tally::new(Arc::clone(clauses));
        Self { plan, clauses, period, sheets, tally, wide, figures: Figures::default() }
    }

    /// What it came to, without the report it was made for.
    pub fn filled(self) -> io::Result<Filled> {
        Ok((self.sheets, self.tally.summary().ok_or_else(too_large)?))
    }

    /// Writes and counts what came out for one household, a row of the unit of evaluation; or for all rows of another
    /// root record, without one.
    pub fn results(&mut self, run: &Run<'_>, unit: Option<usize>, results: &Results) -> io::Result<()> {
        let register = run.register();
        let mut waiting = Vec::new();
        if let Some(unknown) = results.village_unknown {
            waiting.push(self.village_unknown(register, unknown.unit, unknown.fact));
        }
        let villages = Villages::of(run, results);
        self.tally.next_household();
        for entitlement in &results.entitlements {
            let village = villages.name(entitlement.root, entitlement.unit);
            waiting.extend(self.entitlement(register, village, entitlement)?);
        }
        for duty in &results.duties {
            waiting.extend(self.duty(register, villages.name(duty.root, duty.unit), duty)?);
        }
        if let (Some(wide), Some(unit), Some([benefits, ..])) = (self.wide, unit, &mut self.sheets) {
            wide.add_up(results, &mut self.figures).ok_or_else(too_large)?;
            let village = run.village_name(run.unit(), unit).known().unwrap_or_default();
            benefits.write(wide.row(&village, key(register, run.unit(), unit), &self.figures))?;
        }
        self.write_undetermined(waiting)
    }

    /// Benefits and duties of one household together, in the order of clauses; the sort keeps the order of days.
    fn write_undetermined(&mut self, mut waiting: Vec<Waiting<'_>>) -> io::Result<()> {
        let Some([_, _, undetermined]) = &mut self.sheets else { return Ok(()) };
        waiting.sort_by(|a, b| a.subject.order().cmp(&b.subject.order()));
        for Waiting { subject, kind, missing, bounds: (least, most) } in waiting {
            let cells = subject.head().into_iter().chain([Cell::Text(kind)]).chain(subject.tail());
            undetermined.write(cells.chain([Cell::Text(&missing), Cell::Money(least), Cell::Money(most)]))?;
        }
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
        let (plan, clauses) = (self.plan, self.clauses);
        let benefit = plan.benefits.get(entitlement.benefit);
        let (Some(benefit), Some(told)) = (benefit, clauses.benefit(entitlement.benefit)) else {
            return Ok(None);
        };
        let (clause, _) = clauses.clause(told.clause);
        let target = (benefit.target, entitlement.target);
        let (article, period) = (told.article.as_str(), entitlement.period.as_str());
        let about = About { village, clause, article, unit: entitlement.unit, target, period };
        let (least, most) = bounds(benefit, &entitlement.outcome);
        let status = Status::of(&entitlement.outcome);
        for (fund, amount) in shares(told, benefit, &entitlement.outcome) {
            if let (None, Some([benefits, ..])) = (self.wide, &mut self.sheets) {
                let subject = Subject::of(plan, register, about);
                let behind = [
                    Cell::Text(status.word()),
                    Cell::Money(amount),
                    Cell::Money(amount.or(least)),
                    Cell::Money(amount.or(most)),
                    Cell::Text(clauses.fund(fund)),
                    Cell::Text(&told.version),
                ];
                benefits.write(subject.head().into_iter().chain(subject.tail()).chain(behind))?;
            }
            let about = Counted { clause: told.clause, status, fund };
            self.tally.add(village, about, target, amount.unwrap_or_default()).ok_or_else(too_large)?;
        }
        let missing = match &entitlement.outcome {
            Outcome::Undetermined { missing, .. } => facts(plan, register, missing),
            Outcome::Faulted(found) => fault(plan, *found),
            _ => return Ok(None),
        };
        let subject = Subject::of(plan, register, about);
        Ok(Some(Waiting { subject, kind: BENEFIT, missing, bounds: (least, most) }))
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
        let (plan, clauses) = (self.plan, self.clauses);
        let obligation = plan.obligations.get(duty.obligation);
        let (Some(obligation), Some(told)) = (obligation, clauses.duty(duty.obligation)) else {
            return Ok(None);
        };
        let (clause, kind) = clauses.clause(told.clause);
        let target = (obligation.target, duty.target);
        let (article, period) = (told.article.as_str(), duty.period.as_str());
        let about = About { village, clause, article, unit: duty.unit, target, period };
        let status = Status::of_duty(&duty.status);
        if let Some([_, obligations, _]) = &mut self.sheets {
            let subject = Subject::of(plan, register, about);
            let behind = [
                Cell::Day(duty.due),
                Cell::Text(status.word()),
                Cell::Day(duty.remedy_by),
                Cell::Day(duty.appeal_by),
            ];
            obligations.write(subject.head().into_iter().chain(subject.tail()).chain(behind))?;
        }
        let counted = Counted { clause: told.clause, status, fund: told.all_funds };
        self.tally.add(village, counted, target, Fen::ZERO).ok_or_else(too_large)?;
        let missing = match &duty.status {
            DutyStatus::Undetermined { missing } => facts(plan, register, missing),
            DutyStatus::Faulted(found) => fault(plan, *found),
            _ => return Ok(None),
        };
        Ok(Some(Waiting { subject: Subject::of(plan, register, about), kind, missing, bounds: (None, None) }))
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

/// The names of the villages that results are about: one for a household, or as many as there are rows of another root.
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
