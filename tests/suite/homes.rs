//! Registers of households made up at random for any plan: the values lie where its clauses could turn.

use charter::ast::TimeUnit;
use charter::ir::{Constant, Op, ParameterKind, Pattern, Plan};
use charter::register::{Column, Register, RowPlace, Table};
use charter::schema::{Blank, Datum, Field, FieldType, RESERVED, RecordId};
use charter::value::{Day, DaySpan, Fact, Fen, Ratio};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::collections::BTreeSet;

/// Most rows of one record in one row of its parent.
const MOST_ROWS: usize = 6;

/// Chance by a seed.
pub struct Dice(ChaCha8Rng);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// From nothing to one less than the bound.
    pub fn below(&mut self, bound: usize) -> usize {
        let product = u128::from(self.0.next_u64()) * bound as u128;
        usize::try_from(product >> 64).unwrap()
    }

    /// So many times in a hundred.
    pub fn percent(&mut self, times: usize) -> bool {
        self.below(100) < times
    }

    fn of<T: Clone>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())].clone()
    }
}

/// The values at which the clauses of a plan could turn, and some others.
pub struct Pool {
    days: Vec<Day>,
    numbers: Vec<i64>,
    fen: Vec<i64>,
    texts: Vec<String>,
    villages: Vec<String>,
    /// The years in which a charter begins, or something dated in it.
    pub years: Vec<i16>,
}

#[derive(Default)]
struct Constants {
    days: BTreeSet<Day>,
    numbers: BTreeSet<i64>,
    fen: BTreeSet<i64>,
    texts: BTreeSet<String>,
    moves: BTreeSet<(i64, TimeUnit)>,
}

impl Constants {
    fn add(&mut self, constant: &Constant) {
        match constant {
            Constant::Date(day) => drop(self.days.insert(*day)),
            Constant::Number(number) => drop(self.numbers.insert(*number)),
            Constant::Money(fen) => drop(self.fen.insert(fen.0)),
            Constant::Text(text) => drop(self.texts.insert(text.clone())),
            Constant::Rate(_) | Constant::Code(_) => {}
        }
    }

    fn pattern(&mut self, pattern: &Pattern) {
        let Pattern::Span(lo, hi) = pattern else { return };
        for end in [lo, hi].into_iter().copied().flatten() {
            self.numbers.insert(end);
            self.fen.insert(end);
            self.days.extend(i32::try_from(end).ok().and_then(Day::from_number));
        }
    }

    fn of(plan: &Plan) -> Self {
        let mut all = Self::default();
        for node in &plan.nodes {
            match &node.op {
                Op::Constant(constant) => all.add(constant),
                Op::Shift { count, unit, .. } => drop(all.moves.insert((*count, *unit))),
                Op::Tiers { arms, .. } => arms.iter().for_each(|arm| all.pattern(&arm.pattern)),
                Op::Table { rows, .. } => {
                    rows.iter().flat_map(|row| row.cells.iter().flatten()).for_each(|cell| all.pattern(cell));
                }
                _ => {}
            }
        }
        for parameter in &plan.parameters {
            match &parameter.kind {
                ParameterKind::Dated(values) => values.iter().for_each(|(_, _, value)| all.add(value)),
                ParameterKind::Open { default, settings } => {
                    let set = settings.iter().map(|setting| &setting.value);
                    set.chain(default).for_each(|value| all.add(value));
                }
            }
        }
        all
    }
}

impl Pool {
    pub fn of(plan: &Plan) -> Self {
        let mut all = Constants::of(plan);
        let begins = plan.charters.iter().map(|charter| charter.from);
        all.days.extend(begins.chain(plan.benefits.iter().map(|benefit| benefit.days.from)));
        let years: BTreeSet<i16> =
            all.days.iter().map(|day| day.civil().year).filter(|year| *year > 1980).collect();
        let ends: Vec<Day> = years
            .iter()
            .flat_map(|year| [Day::new(*year, 1, 1), Day::new(*year, 12, 31)])
            .flatten()
            .collect();
        all.days.extend(ends);
        let mut days: BTreeSet<Day> = all.days.clone();
        for day in &all.days {
            let moved = |count: i64, unit| match unit {
                TimeUnit::Days => day.add_days(count),
                TimeUnit::Months => day.add_months(count),
                TimeUnit::Years => day.add_months(count.checked_mul(12)?),
            };
            days.extend(all.moves.iter().filter_map(|(count, unit)| moved(-count, *unit)));
            days.extend(
                all.numbers
                    .iter()
                    .filter(|number| **number < 120)
                    .filter_map(|number| moved(-number, TimeUnit::Years)),
            );
        }
        let near: BTreeSet<Day> =
            days.iter().flat_map(|day| [day.add_days(-1), Some(*day), day.add_days(1)]).flatten().collect();
        let around = |values: &BTreeSet<i64>| -> Vec<i64> {
            let near: BTreeSet<i64> =
                values.iter().flat_map(|value| [value - 1, *value, value + 1]).collect();
            near.into_iter().filter(|value| *value >= 0).collect()
        };
        let mut numbers = around(&all.numbers);
        numbers.extend([0, 1, 2, 3, 40]);
        let mut fen = around(&all.fen);
        fen.extend([0, 5, 12_345, 10_000_000]);
        let mut texts: Vec<String> = all.texts.into_iter().collect();
        texts.push("other".to_owned());
        let villages: BTreeSet<String> = plan
            .charters
            .iter()
            .filter_map(|charter| charter.village.clone())
            .chain(["某村".to_owned()])
            .collect();
        Self {
            days: near.into_iter().filter(|day| day.civil().year >= 1900).collect(),
            numbers,
            fen,
            texts,
            villages: villages.into_iter().collect(),
            years: years.into_iter().collect(),
        }
    }

    fn day(&self, dice: &mut Dice) -> Day {
        let day = dice.of(&self.days);
        // Most lie where something turns, others anywhere near.
        if dice.percent(70) {
            day
        } else {
            day.add_days(i64::try_from(dice.below(4000)).unwrap() - 2000).unwrap_or(day)
        }
    }
}

/// A register of that many households.
pub fn register(plan: &Plan, pool: &Pool, households: usize, dice: &mut Dice) -> Register {
    let schema = &plan.schema;
    let mut tables: Vec<Table> = Vec::new();
    for (id, record) in schema.iter() {
        let root = schema.chain(id).last().unwrap();
        let units = if Some(root) == schema.unit() { households } else { pool.villages.len() };
        // What people decided and what was paid before are no facts of a family.
        let reserved = record.label.name.as_str();
        let empty = RESERVED.contains(&reserved) && !["village", "officer"].contains(&reserved);
        let mut parents: Vec<u32> = Vec::new();
        let mut offsets: Vec<u32> = Vec::new();
        let rows = match record.parent {
            None if empty => 0,
            None => units,
            Some(parent) => {
                offsets.push(0);
                for row in 0..tables[parent.0].keys.len() {
                    let deep = schema.record(parent).parent.is_some();
                    let most = if deep { 2 } else { MOST_ROWS };
                    let children = if empty { 0 } else { dice.below(most + 1).min(dice.below(most + 1)) };
                    parents.extend(vec![u32::try_from(row).unwrap(); children]);
                    offsets.push(u32::try_from(parents.len()).unwrap());
                }
                parents.len()
            }
        };
        let columns = record
            .fields
            .iter()
            .map(|field| match (field.label.name.as_str(), root == id) {
                ("village" | "name", true) => villages(pool, rows, Some(id) != schema.unit(), dice),
                _ => column(field, pool, rows, dice),
            })
            .collect();
        tables.push(Table {
            keys: (0..rows).map(|row| format!("{row:07}").into_boxed_str()).collect(),
            parents,
            offsets,
            columns,
            places: vec![RowPlace { file: 0, row: 1 }; rows],
            open: if record.parent.is_some() { vec![!record.complete; units] } else { Vec::new() },
        });
    }
    Register { tables, files: Vec::new(), counts: Vec::new() }
}

/// The village of each household, or each village's own name.
fn villages(pool: &Pool, rows: usize, own: bool, dice: &mut Dice) -> Column {
    let name = |row: usize, dice: &mut Dice| {
        let name =
            if own { pool.villages[row % pool.villages.len()].clone() } else { dice.of(&pool.villages) };
        Fact::Known(Datum::Text(name.into_boxed_str()))
    };
    Column::of_facts(&FieldType::Text, (0..rows).map(|row| name(row, dice)))
}

fn column(field: &Field, pool: &Pool, rows: usize, dice: &mut Dice) -> Column {
    let value = |dice: &mut Dice| match &field.ty {
        FieldType::Text => Datum::Text(dice.of(&pool.texts).into_boxed_str()),
        FieldType::Date => Datum::Date(DaySpan::day(pool.day(dice))),
        FieldType::Money => Datum::Money(Fen(dice.of(&pool.fen))),
        FieldType::Number => Datum::Number(dice.of(&pool.numbers)),
        FieldType::Percent => {
            Datum::Percent(Ratio::new(i64::try_from(dice.below(101)).unwrap().into(), 100).unwrap())
        }
        FieldType::Flag => Datum::Flag(dice.percent(50)),
        FieldType::Code(codes) => Datum::Code(u16::try_from(dice.below(codes.len())).unwrap()),
    };
    let cell = |_| {
        if dice.percent(2) {
            Fact::Unknown
        } else if field.blank != Blank::Unknown && dice.percent(40) {
            Fact::Absent
        } else {
            Fact::Known(value(dice))
        }
    };
    Column::of_facts(&field.ty, (0..rows).map(cell))
}

/// The rows of a record that lie in one row of the unit of evaluation.
pub fn rows_of(plan: &Plan, register: &Register, record: RecordId, unit: usize) -> Vec<usize> {
    let root = plan.schema.chain(record).last().unwrap();
    register.descendants(&plan.schema, record, root, unit).collect()
}
