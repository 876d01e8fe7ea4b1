//! Figures about the whole register: computed for each row on the last day of a period, which is the last of a month.

use super::{Dated, Found, has_value, reads};
use crate::analyse::questions::Questions;
use crate::analyse::solve::{Answer, Literal, Question, Want};
use crate::ir::{Indicator, Measure, NodeId, ParameterId, Plan};
use crate::value::Day;
use std::collections::BTreeSet;

/// How many months after the end of a value are looked at one by one.
const MONTHS: i64 = 12;

pub(super) fn roots(indicator: &Indicator) -> Vec<NodeId> {
    measures(indicator).flat_map(|measure| measure.filter.into_iter().chain(measure.value)).collect()
}

fn measures(indicator: &Indicator) -> impl Iterator<Item = Measure> {
    [Some(indicator.numerator), indicator.denominator].into_iter().flatten()
}

/// A row of which the value is needed on a day without one. No household is shown: `why` tells of no figures.
pub(super) fn hole(
    plan: &Plan,
    questions: &Questions<'_>,
    indicator: &Indicator,
    (id, values): (ParameterId, &Dated),
) -> Found {
    let ends = values.iter().filter_map(|(_, until, _)| *until);
    let months = ends.flat_map(|end| (0..=MONTHS).filter_map(move |month| end.add_months(month)));
    let days: BTreeSet<Day> = months.chain([indicator.days.from]).map(Day::month_end).collect();
    let holes = days.into_iter().filter(|day| indicator.days.contain(*day) && !has_value(values, *day));
    let moments: Vec<Vec<Day>> = holes.map(|day| vec![day]).collect();
    let mut doubt = None;
    for measure in measures(indicator) {
        let literal = |node: NodeId, want: Want| Literal {
            node,
            row: (measure.record, 0),
            want,
            clock: 0,
            given: None,
        };
        let filter = measure.filter.filter(|filter| reads(plan, *filter, id));
        let value = measure.value.filter(|value| reads(plan, *value, id));
        let counted = measure.filter.map(|filter| literal(filter, Want::True));
        let asked = [
            filter.map(|filter| vec![literal(filter, Want::Gap(id))]),
            value.map(|value| counted.into_iter().chain([literal(value, Want::Gap(id))]).collect()),
        ];
        for literals in asked.into_iter().flatten().filter(|_| !moments.is_empty()) {
            let moments = moments.clone();
            let question = Question { literals, moments, ..Question::default() };
            match questions.try_anywhere(&question, indicator.charter) {
                Answer::Witness(witness) => return Ok(Some((witness.day, None))),
                Answer::Undecided(why) => doubt = doubt.or(Some(why)),
                Answer::None => {}
            }
        }
    }
    doubt.map_or(Ok(None), Err)
}
