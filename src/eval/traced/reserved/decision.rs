//! The record `decision`: what people decided about one household. An award settles a range; a choice says which of
//! two benefits it wants; a suspension withholds a discretionary reward until it is lifted.
//!
//! A decision that lacks what it needs, or names what it cannot be about, decides nothing; [`Decisions::idle`] says so.

use crate::ir::{Benefit, Pay, Plan};
use crate::register::Register;
use crate::schema::{Datum, FieldId, FieldType, RecordId, Schema};
use crate::value::{Day, DaySpan, Fact, Fen, Period};

/// Where the decisions are, and their fields.
#[derive(Debug)]
pub(in crate::eval::traced) struct Decisions {
    record: RecordId,
    clause: FieldId,
    target: FieldId,
    kind: FieldId,
    amount: FieldId,
    decided_on: Option<FieldId>,
    decided_by: Option<FieldId>,
    reason: Option<FieldId>,
    duty: Option<FieldId>,
    appeal_closed: Option<FieldId>,
    for_period: Option<FieldId>,
    award: Option<u16>,
    choice: Option<u16>,
    suspension: Option<u16>,
    resumption: Option<u16>,
}

/// One household whose decisions are asked for.
#[derive(Clone, Copy)]
pub(in crate::eval::traced) struct Household<'r> {
    pub plan: &'r Plan,
    pub register: &'r Register,
    pub unit: usize,
}

/// A target of a clause, by its own key and the household's.
#[derive(Clone, Copy)]
pub(in crate::eval::traced) struct Target<'r> {
    pub benefit: &'r Benefit,
    pub key: &'r str,
    pub household: &'r str,
}

/// Why a decision decides nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idle {
    /// No benefit has that name, or a decision of that kind has nothing to decide there.
    NotForThisClause,
    /// No row of that key, of the record the clause is for, lies in the household.
    NoSuchTarget,
    /// A choice is the household's: its target is the household's own key.
    NotTheHousehold,
    /// The amount is not known.
    NoAmount,
    /// Its period cannot be read.
    NoSuchPeriod,
    /// Another award for the same target says another amount.
    TwoAmounts,
    /// Another choice of the same day chooses another benefit.
    TwoChoices,
    /// The amount lies outside the range.
    OutOfRange(Fen, Fen),
    /// A suspension needs who, when, why, the duty, and the end of the time to appeal.
    Incomplete,
    /// The reward does not depend on that duty.
    WrongDuty,
    /// The household was not bound by the duty, or had not left it unmet, on the day it was decided.
    NotUnmet,
}

impl Decisions {
    pub(super) fn of(schema: &Schema) -> Option<Self> {
        let record = schema.find("decision")?;
        let fields = schema.record(record);
        let kind = fields.find("kind")?;
        let FieldType::Code(codes) = &schema.field(record, kind).ty else { return None };
        let code = |name: &str| {
            codes.iter().position(|code| code.label.is(name)).and_then(|place| u16::try_from(place).ok())
        };
        Some(Self {
            record,
            clause: fields.find("clause")?,
            target: fields.find("target")?,
            kind,
            amount: fields.find("amount")?,
            decided_on: fields.find("decided_on"),
            decided_by: fields.find("decided_by"),
            reason: fields.find("reason"),
            duty: fields.find("duty"),
            appeal_closed: fields.find("appeal_closed"),
            for_period: fields.find("for_period"),
            award: code("award"),
            choice: code("choice"),
            suspension: code("suspension"),
            resumption: code("resumption"),
        })
    }

    /// The record they stand in.
    pub(in crate::eval::traced) fn record(&self) -> RecordId {
        self.record
    }

    /// The amount awarded to a target for a day, where exactly one was. An award that names no period is for all days.
    pub(in crate::eval::traced) fn awarded(
        &self,
        household: Household<'_>,
        target: Target<'_>,
        day: Option<Day>,
    ) -> Option<Fen> {
        let is_for = |row: &usize| match (day, self.period(household, *row)) {
            (Some(day), Some(Ok(period))) => period.contains(day),
            (_, Some(Err(()))) => false,
            _ => true,
        };
        let mut amounts = self
            .rows(household, target, self.award)
            .filter(|row| self.text(household, self.target, *row).as_deref() == Some(target.key))
            .filter(is_for)
            .filter_map(|row| self.award_of(household, row));
        let first = amounts.next()?;
        amounts.all(|other| other == first).then_some(first)
    }

    /// The choice that counts on a day: the last one decided by the end of its calendar year, and when it may be
    /// another. Names of the clause it chose; none where nothing was chosen.
    pub(in crate::eval::traced) fn chosen<'b>(
        &self,
        household: Household<'_>,
        options: impl Iterator<Item = Target<'b>>,
        day: Day,
    ) -> Option<String> {
        let end = day.year_end();
        let of = |target: Target<'b>| {
            let rows = self.rows(household, target, self.choice);
            let days = rows.filter_map(|row| self.date(household, self.decided_on, row));
            let last = days.filter(|decided| *decided <= end).max()?;
            Some((last, target.benefit.label.name.clone()))
        };
        let mut chosen: Vec<(Day, String)> = options.filter_map(of).collect();
        chosen.sort();
        let (last, name) = chosen.pop()?;
        // Two choices of one day choose nothing.
        chosen.last().is_none_or(|(other, _)| *other < last).then_some(name)
    }

    /// The suspension under which a reward is withheld on a day, and the first later day on which that may change.
    ///
    /// It counts from the day after it was decided and the time to appeal is over, until a resumption.
    pub(in crate::eval::traced) fn suspended(
        &self,
        household: Household<'_>,
        target: Target<'_>,
        day: Day,
        unmet: &dyn Fn(&str, Day) -> Option<Day>,
    ) -> (Option<usize>, Day) {
        let begins = self
            .rows(household, target, self.suspension)
            .filter_map(|row| Some((self.takes_effect(household, target, row, unmet).ok()?, row)));
        let ends = self
            .rows(household, target, self.resumption)
            .filter_map(|row| self.span(household, self.decided_on, row));
        let ends: Vec<DaySpan> = ends.collect();
        let (mut found, mut horizon) = (None, Day::MAX);
        for (from, row) in begins {
            // One known only to its month counts from the first day that it can.
            let until = ends.iter().filter(|end| end.last >= from).map(|end| end.first.max(from)).min();
            if day < from {
                horizon = horizon.min(from);
            } else if until.is_none_or(|until| day < until) {
                found = Some(row);
                horizon = horizon.min(until.unwrap_or(Day::MAX));
            }
        }
        (found, horizon)
    }

    /// The first day from which a suspension counts; none where it lacks what makes it lawful.
    ///
    /// `unmet` gives, for a duty by name as it stood on a day, the last day to object to its being unmet; none where the
    /// household is not bound by it, or it was not unmet.
    fn takes_effect(
        &self,
        household: Household<'_>,
        target: Target<'_>,
        row: usize,
        unmet: &dyn Fn(&str, Day) -> Option<Day>,
    ) -> Result<Day, Idle> {
        let text = |field: Option<FieldId>| {
            field.and_then(|field| self.text(household, field, row)).ok_or(Idle::Incomplete)
        };
        text(self.decided_by)?;
        text(self.reason)?;
        let duty = text(self.duty)?;
        if !Self::depends_on(household.plan, target.benefit, &duty) {
            return Err(Idle::WrongDuty);
        }
        let date = |field| self.date(household, field, row).ok_or(Idle::Incomplete);
        let (decided, closed) = (date(self.decided_on)?, date(self.appeal_closed)?);
        if closed < decided {
            return Err(Idle::Incomplete);
        }
        let objected = unmet(&duty, decided).ok_or(Idle::NotUnmet)?;
        Ok(closed.max(objected).next())
    }

    /// Is the duty, by name or alias, one that the reward depends on?
    fn depends_on(plan: &Plan, benefit: &Benefit, duty: &str) -> bool {
        let named = plan.obligations.iter().filter(|obligation| obligation.label.is(duty));
        let of_charter = |charter| plan.charter(charter).label.name.as_str();
        named.into_iter().any(|obligation| {
            benefit.discretionary.contains(&obligation.label.name)
                && of_charter(obligation.charter) == of_charter(benefit.charter)
        })
    }

    /// The decisions of a kind about a clause and a target, or about the whole household.
    fn rows<'a>(
        &'a self,
        household: Household<'a>,
        target: Target<'a>,
        kind: Option<u16>,
    ) -> impl Iterator<Item = usize> + 'a {
        let schema = &household.plan.schema;
        let parent = schema.record(self.record).parent;
        let rows = parent
            .map(|parent| household.register.descendants(schema, self.record, parent, household.unit))
            .into_iter()
            .flatten();
        rows.filter(move |row| {
            let about = self.text(household, self.target, *row);
            let named = self
                .text(household, self.clause, *row)
                .is_some_and(|clause| target.benefit.label.is(&clause));
            let about = about.is_some_and(|key| key == target.key || key == target.household);
            kind.is_some_and(|kind| self.is_kind(household, kind, *row)) && named && about
        })
    }

    /// Does some award for a target name a period?
    pub(in crate::eval::traced) fn awards_by_period(
        &self,
        household: Household<'_>,
        target: Target<'_>,
    ) -> bool {
        self.rows(household, target, self.award).any(|row| self.period(household, row).is_some())
    }

    /// The period an award is for; none where it names none, an error where it cannot be read.
    fn period(&self, household: Household<'_>, row: usize) -> Option<Result<Period, ()>> {
        let text = self.text(household, self.for_period?, row)?;
        Some(Period::parse(&text).map_err(|_| ()))
    }

    fn is_kind(&self, household: Household<'_>, kind: u16, row: usize) -> bool {
        household.register.fact(self.record, self.kind, row) == Fact::Known(Datum::Code(kind))
    }

    fn award_of(&self, household: Household<'_>, row: usize) -> Option<Fen> {
        match household.register.fact(self.record, self.amount, row) {
            Fact::Known(Datum::Money(fen)) => Some(fen),
            _ => None,
        }
    }

    fn text(&self, household: Household<'_>, field: FieldId, row: usize) -> Option<String> {
        match household.register.fact(self.record, field, row) {
            Fact::Known(Datum::Text(text)) => Some(text.to_string()),
            _ => None,
        }
    }

    fn date(&self, household: Household<'_>, field: Option<FieldId>, row: usize) -> Option<Day> {
        // A day known only to its month is its last day: a doubt never counts against a family.
        self.span(household, field, row).map(|span| span.last)
    }

    fn span(&self, household: Household<'_>, field: Option<FieldId>, row: usize) -> Option<DaySpan> {
        match household.register.fact(self.record, field?, row) {
            Fact::Known(Datum::Date(span)) => Some(span),
            _ => None,
        }
    }

    /// Why the decision of a row decides nothing; `range` gives the ends of a range for a target of the household.
    pub(in crate::eval::traced) fn idle(
        &self,
        household: Household<'_>,
        row: usize,
        range: impl Fn(&Benefit, &str, Option<Day>) -> Option<(Fen, Fen)>,
        unmet: &dyn Fn(&str, Day) -> Option<Day>,
    ) -> Option<Idle> {
        let (plan, schema) = (household.plan, &household.plan.schema);
        let clause = self.text(household, self.clause, row).unwrap_or_default();
        let key = self.text(household, self.target, row).unwrap_or_default();
        let named: Vec<&Benefit> = plan.benefits.iter().filter(|benefit| benefit.label.is(&clause)).collect();
        let is = |kind: Option<u16>| kind.is_some_and(|kind| self.is_kind(household, kind, row));
        let fits = |benefit: &&&Benefit| {
            is(self.award) && matches!(benefit.pay, Pay::Range { .. })
                || is(self.choice) && !benefit.rivals.is_empty()
                || (is(self.suspension) || is(self.resumption)) && !benefit.discretionary.is_empty()
        };
        let Some(benefit) = named.iter().find(fits) else { return Some(Idle::NotForThisClause) };
        let unit = schema.unit()?;
        let home = household.register.table(unit).keys.text(household.unit);
        let keys = &household.register.table(benefit.target).keys;
        let mut targets = household.register.descendants(schema, benefit.target, unit, household.unit);
        let is_target = targets.any(|target| keys.get(target) == Some(&*key));
        if is(self.choice) && key != home {
            return Some(Idle::NotTheHousehold);
        }
        if !is_target && (is(self.award) || key != home) {
            return Some(Idle::NoSuchTarget);
        }
        let target = Target { benefit, key: &key, household: home };
        if is(self.award) {
            let Some(amount) = self.award_of(household, row) else { return Some(Idle::NoAmount) };
            let period = self.period(household, row);
            if let Some(Err(())) = period {
                return Some(Idle::NoSuchPeriod);
            }
            let last = period.and_then(Result::ok).map(|period| period.last);
            if self.awarded(household, target, last).is_none() {
                return Some(Idle::TwoAmounts);
            }
            let (lo, hi) = range(benefit, &key, last)?;
            return (amount < lo || hi < amount).then_some(Idle::OutOfRange(lo, hi));
        }
        if is(self.choice) || is(self.resumption) {
            let Some(day) = self.date(household, self.decided_on, row) else { return Some(Idle::Incomplete) };
            let rivals = plan.benefits.iter().filter(|other| {
                other.charter == benefit.charter
                    && benefit.rivals.iter().any(|rival| rival.clause == other.label.name)
            });
            let mut others = rivals.flat_map(|benefit| {
                self.rows(household, Target { benefit, key: &key, household: home }, self.choice)
            });
            let contradicts = is(self.choice)
                && others.any(|other| self.date(household, self.decided_on, other) == Some(day));
            return contradicts.then_some(Idle::TwoChoices);
        }
        self.takes_effect(household, target, row, unmet).err()
    }
}
