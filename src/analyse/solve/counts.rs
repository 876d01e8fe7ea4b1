//! Rows beyond those that are tried: what is counted may come to more than a household of a few rows shows.

use super::{Found, MAX_STEPS, Question, Search, Solver, Turning, shape};
use crate::eval::traced::Probe;
use crate::ir::{CharterId, NodeId};
use crate::schema::RecordId;
use crate::value::Bounds;

/// Most ways in which counts are told apart.
const MAX_CASES: usize = 200;

impl Solver<'_> {
    /// Where rows are counted, a few say nothing of many: is it false of the fewest with any more beside them, whatever
    /// the counts come to?
    pub(super) fn holds_for_none(
        &self,
        root: RecordId,
        question: &Question,
        layers: &[CharterId],
        turning: &Turning,
    ) -> bool {
        let fewest = shape::shapes(self.plan, root, question, &turning.records, 0);
        let Some(shape) = fewest.first() else { return false };
        let mut register = shape.register(&self.plan.schema);
        for table in &mut register.tables {
            table.open.fill(true);
        }
        // There is one row of the root: a count on it has one value wherever it stands.
        let of_root = |id: &NodeId| self.plan.node(*id).scope == Some(root);
        let counts: Vec<NodeId> = turning.counted.iter().copied().filter(of_root).collect();
        let (split, whole) = (cases(&counts, &turning.parts()), cases(&[], &[]));
        let mut steps = MAX_STEPS;
        question.moments.iter().all(|moment| {
            let Some(facts) = self.happened(&question.events, moment) else { return true };
            // On two days, or with two values given for one fact, it may come to two.
            let mut worlds = question.literals.iter().map(|one| (moment.get(one.clock), one.given));
            let first = worlds.next();
            let cases = if worlds.all(|world| Some(world) == first) { &split } else { &whole };
            cases.iter().all(|counted| {
                let probe = Probe { counted, ..self.probe(question, moment, (&register, layers)) };
                let facts = facts.clone();
                let mut search = Search::of(probe, question, (moment, turning), facts, &mut steps);
                matches!(search.go(), Found::No)
            })
        })
    }
}

/// Every way in which each of some counts lies in one of the parts; where there are too many, the counts are any.
fn cases(counts: &[NodeId], parts: &[Bounds<i64>]) -> Vec<Vec<(NodeId, Bounds<i64>)>> {
    let mut cases: Vec<Vec<(NodeId, Bounds<i64>)>> = vec![Vec::new()];
    for count in counts {
        if cases.len().saturating_mul(parts.len()) > MAX_CASES {
            break;
        }
        let with = |case: &Vec<_>, part: &Bounds<i64>| {
            case.iter().copied().chain([(*count, *part)]).collect::<Vec<_>>()
        };
        cases = cases.iter().flat_map(|case| parts.iter().map(move |part| with(case, part))).collect();
    }
    cases
}
