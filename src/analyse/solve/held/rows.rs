//! Sets of rows: how many there are of one, and which lies within which.

use super::{ANY_DAY, Held, Place, Rows, SOME_ROW};
use crate::analyse::solve::opposites::{Fact, Prover};
use crate::ir::{Aggregate, Arith, NodeId, Op};
use std::collections::BTreeMap;

/// Most sets of rows that are added up.
const MAX_PARTS: usize = 6;

impl<'p> Held<'p> {
    /// So many rows there must be, and there cannot.
    pub(super) fn are_none(&self, rows: &Rows, least: i64, prover: &mut Prover<'p>) -> bool {
        let without: Vec<&Rows> =
            self.counts.iter().filter(|(_, (_, most))| *most == 0).map(|(other, _)| other).collect();
        if self.is_empty(&[rows], &without, prover) {
            return true;
        }
        self.counts.iter().any(|(other, (_, most))| {
            let fewer = *most < least && *most > 0 && self.is_empty(&[rows], &[other], prover);
            fewer || *most < i64::MAX && self.together_are_more(rows, least, (other, *most), prover)
        })
    }

    /// Two sets without a common row, both among others of which there are fewer.
    fn together_are_more(
        &self,
        rows: &Rows,
        least: i64,
        (among, most): (&Rows, i64),
        prover: &mut Prover<'p>,
    ) -> bool {
        self.counts.range(rows..).skip(1).any(|(other, (also, _))| {
            *also > 0
                && least.saturating_add(*also) > most
                && self.is_empty(&[rows, other], &[], prover)
                && self.is_empty(&[rows], &[among], prover)
                && self.is_empty(&[other], &[among], prover)
        })
    }

    /// No row is in all of some sets and in none of others. Sets of other records, or of another household or day, say
    /// nothing.
    fn is_empty(&self, within: &[&Rows], without: &[&Rows], prover: &mut Prover<'p>) -> bool {
        let Some((record, _, place)) = within.first() else { return false };
        let alike = |(other, _, at): &Rows| {
            other == record
                && at.row == place.row
                && (at.day == place.day || at.day == ANY_DAY || place.day == ANY_DAY)
        };
        if !within.iter().all(|rows| alike(rows)) {
            return false;
        }
        let without = without.iter().filter(|rows| alike(rows));
        let day =
            within.iter().map(|(_, _, at)| at.day).chain(without.clone().map(|(_, _, at)| at.day)).min();
        let row = Place { row: (*record, SOME_ROW), day: day.unwrap_or(ANY_DAY) };
        let mut facts: Vec<Fact> =
            within.iter().filter_map(|(_, filter, _)| Some(((*filter)?, true, row))).collect();
        for (_, filter, _) in without {
            match filter {
                Some(filter) => facts.push((*filter, false, row)),
                // There is no row at all.
                None => return true,
            }
        }
        // A row of a set of which the greatest is known is no greater.
        let each = self.each.iter().filter(|(rows, _, _)| {
            alike(rows) && (rows.1.is_none() || within.iter().any(|(_, filter, _)| *filter == rows.1))
        });
        let each: Vec<_> = each.collect();
        if facts.is_empty() && each.is_empty() {
            return false;
        }
        // What holds of the household holds beside each of its rows.
        let (counts, needs, choices) = (BTreeMap::new(), Vec::new(), Vec::new());
        let mut beside = Self { counts, needs, choices, depth: self.depth + 1, ..self.clone() };
        each.into_iter().any(|(_, value, stretch)| beside.lies(*value, row, *stretch, true))
            || prover.closes(facts, beside)
    }

    /// Both are counts of rows, and each of the one is one of the other; the one may add up sets that have no row in common.
    pub(super) fn lies_within(
        &self,
        one: NodeId,
        other: NodeId,
        place: Place,
        prover: &mut Prover<'p>,
    ) -> bool {
        let (Some(parts), Some(whole)) = (self.parts_of(one, place), self.rows_of(other, place)) else {
            return false;
        };
        parts.iter().all(|part| self.is_empty(&[part], &[&whole], prover))
            && parts.iter().enumerate().all(|(place, part)| {
                parts.iter().take(place).all(|other| self.is_empty(&[part, other], &[], prover))
            })
    }

    /// The sets of rows of which an expression adds up how many there are.
    fn parts_of(&self, node: NodeId, place: Place) -> Option<Vec<Rows>> {
        if let Op::Arith(Arith::Add, left, right) = self.plan.node(node).op {
            let (mut parts, more) = (self.parts_of(left, place)?, self.parts_of(right, place)?);
            parts.extend(more);
            return (parts.len() <= MAX_PARTS).then_some(parts);
        }
        Some(vec![self.rows_of(node, place)?])
    }

    pub(super) fn rows_of(&self, node: NodeId, place: Place) -> Option<Rows> {
        let (node, place) = self.subject(node, place);
        match &self.plan.node(node).op {
            Op::Aggregate { kind: Aggregate::Count, record, filter, .. } => Some((*record, *filter, place)),
            _ => None,
        }
    }

    /// How many rows there are of a set, by those it has among its own and those it is among.
    pub(super) fn counted_within(&self, rows: &Rows, prover: &mut Prover<'p>) -> (i64, i64) {
        let (mut lo, mut hi) = (0, i64::MAX);
        for (other, (least, most)) in &self.counts {
            if *least > lo && self.is_empty(&[other], &[rows], prover) {
                lo = *least;
            }
            if *most < hi && self.is_empty(&[rows], &[other], prover) {
                hi = *most;
            }
        }
        (lo, hi)
    }
}
