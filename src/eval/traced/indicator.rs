//! Figures about the whole register and about each village, with what is not known counted beside them.

use super::expr::Evaluator;
use super::reserved::root_of;
use super::run::Run;
use crate::eval::{Fault, Figure, IndicatorRow};
use crate::ir::Measure;
use crate::value::{Fen, Truth};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// What one measure came to, for one village or all.
#[derive(Clone, Copy, Default)]
struct Sum {
    total: i64,
    unknown: u64,
}

/// Adds the figures of one part of a register to those of the parts before. None where a total does not fit.
pub fn add_up(total: &mut Vec<IndicatorRow>, part: Vec<IndicatorRow>) -> Option<()> {
    let sum = |a: Figure, b: Figure| match (a, b) {
        (Figure::Count(a), Figure::Count(b)) => a.checked_add(b).map(Figure::Count),
        (Figure::Money(a), Figure::Money(b)) => a.checked_add(b).map(Figure::Money),
        _ => None,
    };
    let place = |row: &IndicatorRow| (row.indicator, row.village.clone());
    let mut all: BTreeMap<(usize, Option<String>), IndicatorRow> =
        std::mem::take(total).into_iter().map(|row| (place(&row), row)).collect();
    for row in part {
        match all.get_mut(&place(&row)) {
            None => {
                all.insert(place(&row), row);
            }
            Some(known) => {
                known.numerator = sum(known.numerator, row.numerator)?;
                known.denominator = match (known.denominator, row.denominator) {
                    (Some(a), Some(b)) => Some(sum(a, b)?),
                    (known, other) => known.or(other),
                };
                known.unknown += row.unknown;
            }
        }
    }
    *total = all.into_values().collect();
    Some(())
}

impl Run<'_> {
    /// Every indicator: the whole register first, then each village in the order of names. A fault leaves the
    /// indicator out and is given beside.
    #[must_use]
    pub fn indicators(&self) -> (Vec<IndicatorRow>, Vec<(usize, Fault)>) {
        let (mut rows, mut faults) = (Vec::new(), Vec::new());
        let today = self.period.last;
        let standing =
            self.plan.indicators.iter().enumerate().filter(|(_, indicator)| indicator.days.contain(today));
        for (index, indicator) in standing {
            let numerator = self.measure(&indicator.numerator);
            let denominator = indicator.denominator.as_ref().map(|measure| self.measure(measure)).transpose();
            let (numerator, denominator) = match (numerator, denominator) {
                (Ok(numerator), Ok(denominator)) => (numerator, denominator),
                (Err(fault), _) | (_, Err(fault)) => {
                    faults.push((index, fault));
                    continue;
                }
            };
            let scopes: BTreeSet<Option<String>> =
                numerator.keys().chain(denominator.iter().flat_map(BTreeMap::keys)).cloned().collect();
            for scope in scopes {
                let top = numerator.get(&scope).copied().unwrap_or_default();
                let bottom = denominator.as_ref().map(|sums| sums.get(&scope).copied().unwrap_or_default());
                let figure = |measure: &Measure, sum: Sum| match measure.value {
                    Some(_) => Figure::Money(Fen(sum.total)),
                    None => Figure::Count(sum.total),
                };
                rows.push(IndicatorRow {
                    village: scope,
                    indicator: index,
                    numerator: figure(&indicator.numerator, top),
                    denominator: indicator
                        .denominator
                        .as_ref()
                        .zip(bottom)
                        .map(|(measure, sum)| figure(measure, sum)),
                    unknown: top.unknown.max(bottom.map_or(0, |sum| sum.unknown)),
                });
            }
        }
        (rows, faults)
    }

    /// Totals of the whole register (no name) and of each village.
    fn measure(&self, measure: &Measure) -> Result<BTreeMap<Option<String>, Sum>, Fault> {
        let schema = &self.plan.schema;
        let root = root_of(schema, measure.record);
        let mut sums: BTreeMap<Option<String>, Sum> = BTreeMap::from([(None, Sum::default())]);
        for row in 0..self.register.table(measure.record).len() {
            let unit = self.register.ancestor(schema, measure.record, row, root).unwrap_or(row);
            let evaluator = Evaluator::new((self.plan, self.register), self.period.last, (unit, &[]), &[]);
            let counts = match measure.filter {
                Some(filter) => evaluator.eval(filter, row)?.as_truth(),
                None => Truth::True,
            };
            let amount = match measure.value {
                Some(value) if !counts.is_false() => {
                    evaluator.eval(value, row)?.as_money().single().map(|fen| fen.0)
                }
                _ => Some(1),
            };
            let village = self.village_name(root, unit).known().map(Cow::into_owned);
            for scope in [None].into_iter().chain(village.map(Some)) {
                let sum = sums.entry(scope).or_default();
                match (counts, amount) {
                    (Truth::False, _) => {}
                    (Truth::True, Some(amount)) => {
                        let overflow = Fault::Overflow(crate::ir::NodeId(u32::MAX));
                        sum.total = sum.total.checked_add(amount).ok_or(overflow)?;
                    }
                    _ => sum.unknown += 1,
                }
            }
        }
        // Rows that may be missing: at least one is not known for each root that may lack some.
        for unit in
            (0..self.register.table(root).len()).filter(|unit| self.register.is_open(measure.record, *unit))
        {
            let village = self.village_name(root, unit).known().map(Cow::into_owned);
            for scope in [None].into_iter().chain(village.map(Some)) {
                sums.entry(scope).or_default().unknown += 1;
            }
        }
        Ok(sums)
    }
}
