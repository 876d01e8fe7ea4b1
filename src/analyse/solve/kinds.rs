//! Households of several kinds of rows: three adults and two children. Where rows are counted by several conditions, a row
//! of each kind meets some of them and not the others, and a household is looked for that has so many of each.
//!
//! In: a question that was not decided. Out: a household; that there is none is not concluded.

use super::shape::Shape;
use super::{Answer, Asked, Found, Literal, Search, Solver, Want, Witness};
use crate::eval::FactId;
use crate::ir::{NodeId, Op};
use crate::schema::{Datum, RecordId};
use crate::value::{Day, Fact};
use std::collections::BTreeSet;

/// Most conditions by which rows are told apart.
const MAX_CONDITIONS: usize = 5;
/// Most kinds of rows.
const MAX_KINDS: usize = 6;
/// Most rows, and most of one kind.
const MAX_ROWS: usize = 8;
const MAX_ALIKE: usize = 4;
/// On how many days.
const DAYS: usize = 2;
/// Most households that are put together, and evaluations for each; and for a row of a kind.
const MAX_HOUSEHOLDS: usize = 400;
const HOUSEHOLD_STEPS: usize = 40;
const KIND_STEPS: usize = 200;

/// What is known of a row of a kind.
type Kind = Vec<(FactId, Fact<Datum>)>;

impl Solver<'_> {
    /// A household of some rows of some kinds.
    pub(super) fn by_kinds(&self, asked: &Asked<'_>) -> Option<Answer> {
        let unit = asked.frame.unit;
        let schema = &self.plan.schema;
        // Rows that are asked about themselves are no matter of kinds.
        if !asked.question.events.is_empty() || asked.question.rows().any(|(record, _)| record != unit) {
            return None;
        }
        let counted = asked.turning.counted.iter().filter(|id| schema.record(**id).parent == Some(unit));
        let days = || asked.question.moments.iter().take(DAYS);
        counted.flat_map(|record| days().map(|moment| (*record, moment))).find_map(|(record, moment)| {
            let kinds = self.kinds(asked, record, moment);
            let mut households = MAX_HOUSEHOLDS;
            (1..=MAX_ROWS).find_map(|rows| {
                let mut many = Vec::new();
                spread(kinds.len(), rows, &mut many, &mut |many| {
                    households = households.checked_sub(1)?;
                    self.household(asked, (record, moment), &kinds, many)
                })
            })
        })
    }

    /// A row for each way in which conditions on the rows of a record can be met, those that meet few of them first.
    fn kinds(&self, asked: &Asked<'_>, record: RecordId, moment: &[Day]) -> Vec<Kind> {
        let filters = asked.question.literals.iter().flat_map(|literal| {
            let within = self.plan.within([literal.node]).into_iter();
            within.filter_map(|id| match self.plan.node(id).op {
                Op::Aggregate { record: of, filter: Some(filter), .. } if of == record => {
                    Some((filter, literal.clock))
                }
                _ => None,
            })
        });
        let filters: BTreeSet<(NodeId, usize)> = filters.collect();
        let filters: Vec<(NodeId, usize)> = filters.into_iter().take(MAX_CONDITIONS).collect();
        let mut ways: Vec<u32> = (0..1_u32 << filters.len()).collect();
        ways.sort_by_key(|way| (way.count_ones() == 0, way.count_ones()));
        let kinds = ways.into_iter().filter_map(|way| {
            let literals = filters.iter().enumerate().map(|(place, (node, clock))| Literal {
                node: *node,
                row: (record, 0),
                want: if way & 1 << place == 0 { Want::False } else { Want::True },
                clock: *clock,
                given: None,
            });
            self.kind(asked, (record, moment), &literals.collect::<Vec<_>>())
        });
        kinds.take(MAX_KINDS).collect()
    }

    fn kind(
        &self,
        asked: &Asked<'_>,
        (record, moment): (RecordId, &[Day]),
        literals: &[Literal],
    ) -> Option<Kind> {
        let shape = shape(asked, record, 1);
        let register = shape.register(&self.plan.schema);
        let probe = self.probe(asked, moment, &register);
        let mut steps = KIND_STEPS;
        let mut search = Search::of(probe, asked, (&shape, moment), Vec::new(), &mut steps);
        search.literals = literals;
        let found = matches!(search.go(), Found::Yes);
        let facts = search.facts;
        self.spend(KIND_STEPS - steps);
        found.then(|| facts.into_iter().filter(|(fact, _)| fact.record == record).collect())
    }

    /// A household of so many rows of each kind, where that settles what is asked.
    fn household(
        &self,
        asked: &Asked<'_>,
        (record, moment): (RecordId, &[Day]),
        kinds: &[Kind],
        many: &[usize],
    ) -> Option<Answer> {
        let rows = kinds.iter().zip(many).flat_map(|(kind, many)| std::iter::repeat_n(kind, *many));
        let facts = rows.enumerate().flat_map(|(row, kind)| {
            kind.iter().map(move |(fact, value)| (FactId { row, ..*fact }, value.clone()))
        });
        let facts: Vec<(FactId, Fact<Datum>)> = facts.collect();
        let shape = shape(asked, record, many.iter().sum());
        let register = shape.register(&self.plan.schema);
        let probe = self.probe(asked, moment, &register);
        let mut steps = HOUSEHOLD_STEPS;
        let mut search = Search::of(probe, asked, (&shape, moment), facts, &mut steps);
        let found = matches!(search.go(), Found::Yes);
        let facts = search.facts;
        self.spend(HOUSEHOLD_STEPS - steps);
        let (root, day) = (asked.frame.unit, moment.last().copied()?);
        let moment = moment.to_vec();
        found.then_some(Answer::Witness(Witness { root, day, moment, shape, facts, village: None }))
    }
}

/// A household with so many rows of one record and none of others.
fn shape(asked: &Asked<'_>, record: RecordId, rows: usize) -> Shape {
    let schema = asked.frame.schema;
    let of = |id: RecordId| match id {
        id if id == asked.frame.unit => 1,
        id if id == record => rows,
        _ => 0,
    };
    let parents = schema.iter().map(|(id, _)| if id == record { vec![0; rows] } else { Vec::new() });
    Shape { rows: schema.iter().map(|(id, _)| of(id)).collect(), parents: parents.collect() }
}

/// Every way to have so many rows of so many kinds, until one is taken.
fn spread<T>(
    kinds: usize,
    rows: usize,
    many: &mut Vec<usize>,
    take: &mut impl FnMut(&[usize]) -> Option<T>,
) -> Option<T> {
    if kinds == 0 {
        return if rows == 0 { take(many) } else { None };
    }
    (0..=rows.min(MAX_ALIKE)).find_map(|here| {
        many.push(here);
        let found = spread(kinds - 1, rows - here, many, take);
        many.pop();
        found
    })
}
