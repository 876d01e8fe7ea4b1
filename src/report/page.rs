//! The results of some households as they will stand in the tables.

use super::names::{duty_status, fact_name, facts, fault, key, kind, status};
use super::subject::{About, Subject};
use super::tally::{Counted, Tally};
use super::wide::Wide;
use super::{Cell, Sheet, Summary};
use crate::eval::traced::{Results, Run};
use crate::eval::{DutyRow, DutyStatus, Entitlement, FactId, Outcome};
use crate::ir::{Benefit, FundShare, Pay, Plan};
use crate::register::Register;
use crate::schema::RecordId;
use crate::value::{Fen, Ratio, Rounding};
use std::borrow::Cow;
use std::io;

/// The results of some households, ready to be appended to a report.
pub struct Page<'p> {
    plan: &'p Plan,
    period: &'p str,
    /// Benefits, duties, and what is undetermined.
    sheets: Option<[Sheet; 3]>,
    /// Undetermined rows of the household at hand, by clause, person and record.
    waiting: Vec<([String; 3], Vec<Cell>)>,
    tally: Tally<'p>,
    /// Benefits stand in one row a household.
    wide: Option<&'p Wide>,
}

/// What a page came to.
pub type Filled = (Option<[Sheet; 3]>, Summary);

impl<'p> Page<'p> {
    /// An empty one, with sheets for the tables of benefits, duties and what is undetermined where they are written.
    pub(super) fn new(
        plan: &'p Plan,
        period: &'p str,
        sheets: Option<[Sheet; 3]>,
        wide: Option<&'p Wide>,
    ) -> Self {
        Self { plan, period, sheets, waiting: Vec::new(), tally: Tally::default(), wide }
    }

    /// What it came to, without the report it was made for.
    #[must_use]
    pub fn filled(self) -> Filled {
        (self.sheets, self.tally.summary())
    }

    /// Writes and counts what came out for one household, a row of the unit of evaluation; or for all rows of another
    /// root record, without one.
    pub fn results(&mut self, run: &Run<'_>, unit: Option<usize>, results: &Results) -> io::Result<()> {
        let register = run.register();
        if let Some(unknown) = results.village_unknown {
            self.village_unknown(register, unknown.unit, unknown.fact);
        }
        let village = |root: RecordId, unit: usize| run.village_name(root, unit).known().unwrap_or_default();
        self.tally.next_household();
        for entitlement in &results.entitlements {
            self.entitlement(register, &village(entitlement.root, entitlement.unit), entitlement)?;
        }
        for duty in &results.duties {
            self.duty(register, &village(duty.root, duty.unit), duty)?;
        }
        if let (Some(wide), Some(unit), Some([benefits, ..])) = (self.wide, unit, &mut self.sheets) {
            let village = village(run.unit(), unit);
            let cells = wide.row(self.plan, &village, &key(register, run.unit(), unit), results);
            benefits.write(&cells.ok_or_else(too_large)?)?;
        }
        self.write_undetermined()
    }

    /// Benefits and duties of one household together, in the order of clauses; the sort keeps the order of days.
    fn write_undetermined(&mut self) -> io::Result<()> {
        self.waiting.sort_by(|(a, _), (b, _)| a.cmp(b));
        for (_, cells) in std::mem::take(&mut self.waiting) {
            if let Some([_, _, undetermined]) = &mut self.sheets {
                undetermined.write(&cells)?;
            }
        }
        Ok(())
    }

    fn entitlement(
        &mut self,
        register: &Register,
        village: &str,
        entitlement: &Entitlement,
    ) -> io::Result<()> {
        let Some(benefit) = self.plan.benefits.get(entitlement.benefit) else { return Ok(()) };
        let about = About {
            village,
            clause: &benefit.label.name,
            article: benefit.article,
            unit: entitlement.unit,
            target: (benefit.target, entitlement.target),
            period: &entitlement.period,
        };
        let subject = Subject::of(self.plan, register, &about);
        let (least, most) = bounds(benefit, &entitlement.outcome);
        for (fund, amount) in shares(self.plan, benefit, &entitlement.outcome) {
            let status = status(&entitlement.outcome);
            if let (None, Some([benefits, ..])) = (self.wide, &mut self.sheets) {
                let mut cells = subject.cells(None);
                cells.push(Cell::text_of(status));
                cells.extend([
                    Cell::Money(amount),
                    Cell::Money(amount.or(least)),
                    Cell::Money(amount.or(most)),
                ]);
                cells.push(Cell::text_of(fund.as_ref()));
                cells.push(Cell::Text(self.plan.charter(benefit.charter).version()));
                benefits.write(&cells)?;
            }
            let about = Counted { clause: &benefit.label.name, kind: kind(benefit.kind), status, fund };
            let target = (benefit.target, entitlement.target);
            self.tally.add(village, about, target, amount.unwrap_or_default()).ok_or_else(too_large)?;
        }
        let missing = match &entitlement.outcome {
            Outcome::Undetermined { missing, .. } => facts(self.plan, register, missing),
            Outcome::Faulted(found) => fault(self.plan, *found),
            _ => return Ok(()),
        };
        self.undetermined(&subject, "benefit", missing, (least, most));
        Ok(())
    }

    fn duty(&mut self, register: &Register, village: &str, duty: &DutyRow) -> io::Result<()> {
        let Some(obligation) = self.plan.obligations.get(duty.obligation) else { return Ok(()) };
        let about = About {
            village,
            clause: &obligation.label.name,
            article: obligation.article,
            unit: duty.unit,
            target: (obligation.target, duty.target),
            period: &duty.period,
        };
        let subject = Subject::of(self.plan, register, &about);
        let status = duty_status(&duty.status);
        if let Some([_, obligations, _]) = &mut self.sheets {
            let mut cells = subject.cells(None);
            cells.extend([
                Cell::Day(duty.due),
                Cell::text_of(status),
                Cell::Day(duty.remedy_by),
                Cell::Day(duty.appeal_by),
            ]);
            obligations.write(&cells)?;
        }
        let clause = obligation.label.name.as_str();
        let about = Counted { clause, kind: "obligation", status, fund: Cow::Borrowed("") };
        self.tally.add(village, about, (obligation.target, duty.target), Fen::ZERO).ok_or_else(too_large)?;
        let missing = match &duty.status {
            DutyStatus::Undetermined { missing } => facts(self.plan, register, missing),
            DutyStatus::Faulted(found) => fault(self.plan, *found),
            _ => return Ok(()),
        };
        self.undetermined(&subject, "obligation", missing, (None, None));
        Ok(())
    }

    fn undetermined(
        &mut self,
        subject: &Subject,
        kind: &str,
        missing: String,
        (least, most): (Option<Fen>, Option<Fen>),
    ) {
        if self.sheets.is_none() {
            return;
        }
        let mut cells = subject.cells(Some(kind));
        cells.extend([Cell::Text(missing), Cell::Money(least), Cell::Money(most)]);
        let order = [&subject.clause, &subject.person, &subject.record_key].map(Clone::clone);
        self.waiting.push((order, cells));
    }

    /// The one row of a household that is judged by the framework only, because its village is not known.
    fn village_unknown(&mut self, register: &Register, unit: usize, fact: FactId) {
        let blank = String::new;
        let subject = Subject {
            village: blank(),
            household: key(register, fact.record, unit),
            person: blank(),
            clause: blank(),
            article: blank(),
            record_key: blank(),
            period: self.period.to_owned(),
        };
        let missing = fact_name(self.plan, register, fact);
        self.undetermined(&subject, "village", missing, (None, None));
    }
}

/// A total that does not fit.
pub(super) fn too_large() -> io::Error {
    io::Error::other("the total does not fit")
}

/// A granted amount by fund, the odd fen to the first; other outcomes once, with the funds they concern.
fn shares<'p>(plan: &'p Plan, benefit: &Benefit, outcome: &Outcome) -> Vec<(Cow<'p, str>, Option<Fen>)> {
    let name = |share: &FundShare| plan.funds.get(share.fund.0).map_or("", |fund| fund.name.as_str());
    let amount = match (outcome, &benefit.pay) {
        // Something given whose worth is not said is no amount.
        (Outcome::Granted(Fen::ZERO), Pay::InKind { .. }) => None,
        (Outcome::Granted(amount), _) => Some(amount),
        _ => None,
    };
    let Some(amount) = amount else {
        let names: Vec<&str> = benefit.funds.iter().map(name).collect();
        return vec![(if let [one] = names[..] { one.into() } else { names.join("+").into() }, None)];
    };
    let [first, rest @ ..] = benefit.funds.as_slice() else { return vec![("".into(), Some(*amount))] };
    let part = |share: &FundShare| {
        let exact = share.part.checked_mul(Ratio::whole(amount.0))?;
        exact.round_to(1, Rounding::Down).map(Fen)
    };
    let rest: Vec<(&str, Fen)> =
        rest.iter().map(|share| (name(share), part(share).unwrap_or_default())).collect();
    let others: i64 = rest.iter().map(|(_, fen)| fen.0).sum();
    let mut split = vec![(name(first).into(), Some(Fen(amount.0 - others)))];
    split.extend(rest.into_iter().map(|(fund, fen)| (fund.into(), Some(fen))));
    split
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
