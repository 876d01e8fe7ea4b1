//! The values at which a condition could turn: codes, the constants it is compared with and their neighbours, the
//! judged day moved by every number and duration, and the same around days that were chosen before.

use super::{Literal, Want};
use crate::ast::{ElapsedUnit, TimeUnit};
use crate::eval::FactId;
use crate::eval::FactPart;
use crate::ir::{Aggregate, Constant, NodeId, Op, ParameterId, ParameterKind, Pattern, Plan};
use crate::schema::{Blank, Datum, FieldType, RecordId};
use crate::types::Type;
use crate::value::{Day, DaySpan, Fact, Fen, Ratio};
use std::collections::{BTreeMap, BTreeSet};

/// No made-up day lies before this: year, month, day.
pub const EARLIEST: (i16, i8, i8) = (1900, 1, 1);
/// Nor later than so many months after the judged day.
pub const LATEST_MONTHS: i64 = 60;
/// Most days tried for one fact.
pub(super) const MAX_DAYS: usize = 160;

/// What the literals of a question are made of.
#[allow(clippy::struct_excessive_bools, reason = "things that are found, each for itself")]
#[derive(Debug, Default)]
pub(super) struct Turning {
    dates: BTreeSet<Day>,
    numbers: BTreeSet<i64>,
    money: BTreeSet<Fen>,
    texts: BTreeSet<String>,
    shifts: BTreeSet<(i64, TimeUnit)>,
    /// The units in which the time between two days is counted.
    elapsed: BTreeSet<TimeUnit>,
    /// Records whose rows are asked about.
    pub records: BTreeSet<RecordId>,
    /// The judged day is computed with and compared with what no fact is in: it may turn on a day that is not tried.
    pub computed_days: bool,
    /// Years, months or days of the calendar are read as numbers.
    calendar: bool,
    /// Records whose rows are counted or added up.
    pub counted: BTreeSet<RecordId>,
    /// Records whose rows are put in an order, or read by their keys: they are not alike.
    pub ordered: BTreeSet<RecordId>,
    /// By record, what of a row is seen from outside it.
    pub faces: BTreeMap<RecordId, BTreeSet<NodeId>>,
    /// Open parameters that are read.
    pub slots: BTreeSet<ParameterId>,
    /// There is arithmetic on facts: the values tried may not be all at which it could turn.
    pub approximate: bool,
}

impl Turning {
    pub(super) fn of(plan: &Plan, literals: &[Literal]) -> Self {
        let mut turning = Self::default();
        for literal in literals {
            let given = literal.given.map(|given| given.fact.record);
            turning
                .records
                .extend([literal.row.0].into_iter().chain(given).flat_map(|one| plan.schema.chain(one)));
            turning.face(literal.row.0, [literal.node]);
        }
        let mut waiting = Vec::new();
        for literal in literals {
            let op = &plan.node(literal.node).op;
            match (literal.want, op) {
                // Which one is hit does not depend on what the others come to.
                (Want::Arm(_), Op::Tiers { subject, .. }) => {
                    turning.read(plan, op);
                    waiting.push(*subject);
                }
                (Want::Arm(_), Op::Table { subjects, .. }) => {
                    turning.read(plan, op);
                    waiting.extend(subjects);
                }
                _ => waiting.push(literal.node),
            }
        }
        let mut seen = BTreeSet::new();
        while let Some(id) = waiting.pop() {
            if seen.insert(id) {
                let op = &plan.node(id).op;
                turning.read(plan, op);
                turning.seen_from_outside(plan, id);
                op.operands(&mut waiting);
            }
        }
        turning
    }

    fn read(&mut self, plan: &Plan, op: &Op) {
        match op {
            Op::Constant(constant) => self.constant(constant),
            Op::Shift { count, unit, .. } => {
                self.shifts.insert((*count, *unit));
            }
            Op::Elapsed(unit, ..) => {
                self.elapsed.insert(match unit {
                    ElapsedUnit::Years => TimeUnit::Years,
                    ElapsedUnit::Months => TimeUnit::Months,
                    ElapsedUnit::Days => TimeUnit::Days,
                });
            }
            Op::Parameter(id) => match plan.parameters.get(id.0).map(|parameter| &parameter.kind) {
                Some(ParameterKind::Dated(values)) => {
                    for (_, _, value) in values {
                        self.constant(value);
                    }
                }
                Some(ParameterKind::Open { default, settings }) => {
                    self.slots.insert(*id);
                    let set = settings.iter().map(|setting| &setting.value);
                    set.chain(default).for_each(|value| self.constant(value));
                }
                None => {}
            },
            // The rows that are ranked are those of the row's own record.
            Op::Aggregate { record, kind, .. } => {
                if !matches!(kind, Aggregate::Any) {
                    self.counted.insert(*record);
                }
                self.records.extend(plan.schema.chain(*record));
            }
            Op::Pick { record, .. } => {
                self.records.extend(plan.schema.chain(*record));
            }
            Op::Tiers { arms, .. } => arms.iter().for_each(|arm| self.pattern(&arm.pattern)),
            Op::Table { rows, .. } => {
                rows.iter()
                    .flat_map(|row| row.cells.iter().flatten())
                    .for_each(|pattern| self.pattern(pattern));
            }
            Op::Scale { .. } => self.approximate = true,
            Op::Calendar(_, inner) => {
                self.calendar = true;
                // Of a day of the register: the days tried need not hold every month.
                self.approximate |= reads_facts(plan, *inner);
            }
            Op::Compare(_, left, right) => {
                self.computed_days |= computes_days(plan, *left) || computes_days(plan, *right);
                // A number compared with what is computed turns where the computation does.
                let computed = |id: &NodeId| {
                    let node = plan.node(*id);
                    let numeric =
                        matches!(node.ty, Type::Number | Type::Money | Type::Rate | Type::ExactMoney);
                    numeric && !matches!(node.op, Op::Constant(_) | Op::Parameter(_) | Op::Calendar(..))
                };
                self.approximate |= computed(left) && computed(right);
            }
            Op::Arith(_, left, right) => {
                let of_facts = |id: &NodeId| depends_on_numbers(plan, *id);
                self.approximate |= of_facts(left) || of_facts(right);
            }
            _ => {}
        }
    }

    /// Through which expressions other rows see a row.
    fn seen_from_outside(&mut self, plan: &Plan, id: NodeId) {
        let node = plan.node(id);
        match &node.op {
            Op::Aggregate { record, filter, value, .. } => {
                self.face(*record, filter.iter().chain(value).copied());
            }
            Op::Pick { record, filter, key, value, .. } => {
                self.face(*record, filter.iter().copied().chain([*key, *value]));
                self.ordered.insert(*record);
            }
            Op::Rank { filter, key, .. } => {
                if let Some(record) = node.scope {
                    self.face(record, filter.iter().copied().chain([*key]));
                    self.ordered.insert(record);
                }
            }
            Op::Outer(record, inner) => self.face(*record, [*inner]),
            Op::Key(record) => {
                self.ordered.insert(*record);
            }
            _ => {}
        }
    }

    fn face(&mut self, record: RecordId, nodes: impl IntoIterator<Item = NodeId>) {
        self.faces.entry(record).or_default().extend(nodes);
    }

    fn constant(&mut self, constant: &Constant) {
        match constant {
            Constant::Date(day) => {
                self.dates.insert(*day);
            }
            Constant::Number(number) => {
                self.numbers.insert(*number);
            }
            Constant::Money(fen) => {
                self.money.insert(*fen);
            }
            Constant::Text(text) => {
                self.texts.insert(text.clone());
            }
            Constant::Rate(_) | Constant::Code(_) => {}
        }
    }

    fn pattern(&mut self, pattern: &Pattern) {
        let Pattern::Span(lo, hi) = pattern else { return };
        // A number, an amount in fen or a day, by what the subject is: it is tried as each.
        for end in [lo, hi].into_iter().copied().flatten() {
            self.numbers.insert(end);
            self.money.insert(Fen(end));
            self.dates.extend(i32::try_from(end).ok().and_then(Day::from_number));
        }
    }

    /// About how many values there are to try for a fact.
    pub(super) fn choices(plan: &Plan, fact: FactId) -> usize {
        let FactPart::Field(field) = fact.part else { return 0 };
        match &plan.schema.field(fact.record, field).ty {
            FieldType::Code(codes) => codes.len(),
            FieldType::Flag => 2,
            FieldType::Text | FieldType::Percent => 3,
            FieldType::Number | FieldType::Money => 20,
            FieldType::Date => MAX_DAYS,
        }
    }

    /// The values to try for a fact, the more plausible ones first.
    pub(super) fn values(
        &self,
        plan: &Plan,
        moment: &[Day],
        fact: FactId,
        chosen: &[(FactId, Fact<Datum>)],
    ) -> Vec<Fact<Datum>> {
        let FactPart::Field(field) = fact.part else { return Vec::new() };
        let declared = plan.schema.field(fact.record, field);
        let around = |number: i64| [number.saturating_sub(1), number, number.saturating_add(1)];
        let known: Vec<Datum> = match &declared.ty {
            FieldType::Code(codes) => {
                (0..codes.len()).filter_map(|code| u16::try_from(code).ok()).map(Datum::Code).collect()
            }
            FieldType::Flag => vec![Datum::Flag(true), Datum::Flag(false)],
            FieldType::Date => {
                self.days(moment, chosen).into_iter().map(|day| Datum::Date(DaySpan::day(day))).collect()
            }
            FieldType::Number => {
                let mut numbers: BTreeSet<i64> = self.numbers.iter().copied().flat_map(around).collect();
                numbers.extend([0, 1, 2, 1000]);
                numbers.extend(chosen.iter().filter_map(|(_, value)| number(value)).flat_map(around));
                if self.calendar {
                    let days =
                        moment.iter().copied().chain(chosen.iter().filter_map(|(_, value)| day(value)));
                    let parts = days.map(Day::civil).flat_map(|civil| {
                        [i64::from(civil.year), i64::from(civil.month), i64::from(civil.day)]
                    });
                    numbers.extend(parts.flat_map(around));
                }
                numbers.into_iter().filter(|number| *number >= 0).map(Datum::Number).collect()
            }
            FieldType::Money => {
                let mut fen: BTreeSet<i64> = self.money.iter().flat_map(|fen| around(fen.0)).collect();
                fen.extend([0, 100, 10_000_000]);
                fen.extend(chosen.iter().filter_map(|(_, value)| money(value)).flat_map(around));
                fen.into_iter().filter(|fen| *fen >= 0).map(|fen| Datum::Money(Fen(fen))).collect()
            }
            FieldType::Percent => [(0, 1), (1, 2), (1, 1)]
                .into_iter()
                .filter_map(|(n, d)| Ratio::new(n, d))
                .map(Datum::Percent)
                .collect(),
            FieldType::Text => self
                .texts
                .iter()
                .map(String::as_str)
                .chain(["某"])
                .map(|text| Datum::Text(text.into()))
                .collect(),
        };
        let absent = (declared.blank != Blank::Unknown).then_some(Fact::Absent);
        // That something never happened is plainer than any day on which it did.
        absent.into_iter().chain(known.into_iter().map(Fact::Known)).collect()
    }

    /// Days around the judged day and those that were chosen, the nearest past first.
    fn days(&self, moment: &[Day], chosen: &[(FactId, Fact<Datum>)]) -> Vec<Day> {
        let mut anchors: BTreeSet<Day> = self.dates.clone();
        anchors.extend(moment);
        let today = moment.last().copied().unwrap_or(Day::MIN);
        anchors.extend(chosen.iter().filter_map(|(_, value)| day(value)));
        let mut days: BTreeSet<Day> = BTreeSet::new();
        for anchor in &anchors {
            days.insert(*anchor);
            for (count, unit) in &self.shifts {
                days.extend(moved(*anchor, *count, *unit));
                days.extend(count.checked_neg().and_then(|count| moved(*anchor, count, *unit)));
            }
            // At least so many years turns where they are full, more than so many a year later.
            let turns =
                self.numbers.iter().flat_map(|number| [Some(*number), number.checked_add(1)]).flatten();
            for number in turns.collect::<BTreeSet<i64>>() {
                for unit in &self.elapsed {
                    days.extend(number.checked_neg().and_then(|number| moved(*anchor, number, *unit)));
                }
            }
        }
        let around = |day: Day| [day.add_days(-1), Some(day), day.add_days(1)];
        let mut days: BTreeSet<Day> = days.into_iter().flat_map(around).flatten().collect();
        days.extend(
            [today.add_months(-12 * 30), today.add_months(-12 * 70), today.add_months(-12)]
                .into_iter()
                .flatten(),
        );
        let (year, month, first) = EARLIEST;
        let earliest = Day::new(year, month, first).unwrap_or(Day::MIN);
        let latest = today.add_months(LATEST_MONTHS).unwrap_or(Day::MAX);
        let mut days: Vec<Day> = days.into_iter().filter(|day| earliest <= *day && *day <= latest).collect();
        let distance = |day: &Day| (i64::from(today.number()) - i64::from(day.number())).abs();
        days.sort_by_key(|day| (*day > today, distance(day)));
        days.truncate(MAX_DAYS);
        days
    }
}

/// Does an expression read a fact of the register?
pub(in crate::analyse) fn reads_facts(plan: &Plan, root: NodeId) -> bool {
    let mut waiting = vec![root];
    while let Some(id) = waiting.pop() {
        let op = &plan.node(id).op;
        if matches!(op, Op::Field(..) | Op::Aggregate { .. } | Op::Pick { .. } | Op::Rank { .. }) {
            return true;
        }
        op.operands(&mut waiting);
    }
    false
}

/// Something is made of the judged day, and of no fact.
fn computes_days(plan: &Plan, root: NodeId) -> bool {
    let (mut waiting, mut today, mut facts) = (vec![root], false, false);
    while let Some(id) = waiting.pop() {
        let op = &plan.node(id).op;
        today |= matches!(op, Op::Today);
        facts |= matches!(op, Op::Field(..) | Op::Aggregate { .. } | Op::Pick { .. } | Op::Rank { .. });
        op.operands(&mut waiting);
    }
    today && !facts && !matches!(plan.node(root).op, Op::Today)
}

/// Does arithmetic on it depend on a number or an amount of the register?
fn depends_on_numbers(plan: &Plan, root: NodeId) -> bool {
    let mut waiting = vec![root];
    while let Some(id) = waiting.pop() {
        let node = plan.node(id);
        let numeric = matches!(node.ty, Type::Number | Type::Money | Type::Rate | Type::ExactMoney);
        if numeric
            && matches!(node.op, Op::Field(..) | Op::Elapsed(..) | Op::Aggregate { .. } | Op::Calendar(..))
        {
            return true;
        }
        node.op.operands(&mut waiting);
    }
    false
}

fn moved(day: Day, count: i64, unit: TimeUnit) -> Option<Day> {
    match unit {
        TimeUnit::Days => day.add_days(count),
        TimeUnit::Months => day.add_months(count),
        TimeUnit::Years => day.add_months(count.checked_mul(12)?),
    }
}

fn day(value: &Fact<Datum>) -> Option<Day> {
    match value {
        Fact::Known(Datum::Date(span)) => Some(span.first),
        _ => None,
    }
}

fn number(value: &Fact<Datum>) -> Option<i64> {
    match value {
        Fact::Known(Datum::Number(number)) => Some(*number),
        _ => None,
    }
}

fn money(value: &Fact<Datum>) -> Option<i64> {
    match value {
        Fact::Known(Datum::Money(fen)) => Some(fen.0),
        _ => None,
    }
}
