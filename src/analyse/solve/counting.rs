//! Proofs that hold for any number of rows: what is false of some rows with any further ones beside them is false of all
//! households that have those rows.

use super::shape::Shape;
use super::{Asked, Found, MAX_COUNTED, Search, Solver};
use crate::schema::RecordId;
use crate::value::Day;

/// A proof without cases is given this part of the evaluations of a question: it is short, or there is none.
const PROOF: usize = 4;
/// Most shapes looked at for one proof.
const MAX_CASES: usize = 200;

impl Solver<'_> {
    /// Is it false of the fewest rows on all days, with any further ones beside them?
    pub(super) fn never(&self, asked: &Asked<'_>) -> bool {
        let (fewest, most) = (asked.frame.fewest(), asked.steps / PROOF);
        let mut steps = most;
        let never = |shape: &Shape, moment: &[Day], steps: &mut usize| {
            matches!(self.with_more(asked, moment, (shape, &asked.frame.free), steps), Found::No)
        };
        let moments = &asked.question.moments;
        let never = moments.iter().all(|moment| fewest.iter().all(|shape| never(shape, moment, &mut steps)));
        self.spend(most - steps);
        never
    }

    /// By cases: none of a record, just one, …, or more than can be counted; so with every record that matters.
    pub(super) fn never_by_counting(&self, asked: &Asked<'_>) -> bool {
        let (fewest, most) = (asked.frame.fewest(), asked.steps);
        let mut steps = most;
        let never = asked.question.moments.iter().all(|moment| {
            let mut cases = 0;
            let mut waiting: Vec<_> =
                fewest.iter().map(|shape| (shape.clone(), asked.frame.free.clone())).collect();
            while let Some((shape, open)) = waiting.pop() {
                cases += 1;
                if cases > MAX_CASES {
                    return false;
                }
                match self.with_more(asked, moment, (&shape, &open), &mut steps) {
                    Found::No => {}
                    Found::Rows(record) if self.can_be_added(asked, &shape, &open, record) => {
                        waiting.push((shape.with_one_more(record), open.clone()));
                        waiting.push((shape, open.into_iter().filter(|other| *other != record).collect()));
                    }
                    _ => return false,
                }
            }
            true
        });
        self.spend(most - steps);
        never
    }

    /// A record is open and lies in the household itself: a further row of it has but one place.
    fn can_be_added(&self, asked: &Asked<'_>, shape: &Shape, open: &[RecordId], record: RecordId) -> bool {
        let declared = self.plan.schema.record(record);
        let few = shape.rows.get(record.0).is_some_and(|rows| *rows <= MAX_COUNTED);
        declared.parent == Some(asked.frame.unit) && declared.complete && few && open.contains(&record)
    }

    fn with_more(
        &self,
        asked: &Asked<'_>,
        moment: &[Day],
        (shape, open): (&Shape, &[RecordId]),
        steps: &mut usize,
    ) -> Found {
        let Some(facts) = self.happened(&asked.question.events, moment) else { return Found::No };
        let mut register = shape.register(&self.plan.schema);
        for record in open {
            if let Some(table) = register.tables.get_mut(record.0) {
                table.open.fill(true);
            }
        }
        let probe = self.probe(asked, moment, &register);
        let mut search = Search::of(probe, asked, (shape, moment), facts, steps);
        search.proving = true;
        let found = search.go();
        // Of numbers that are computed with, those that were tried may not be all that matter.
        if search.cut || asked.turning.doubt().is_some() && search.branched { Found::Fault } else { found }
    }
}
