//! Figures about the whole register and about each village, with what is not known counted beside them.

use super::expr::Evaluator;
use super::reserved::root_of;
use super::run::Run;
use crate::eval::{Fault, Figure, IndicatorRow};
use crate::ir::{Indicator, Measure};
use crate::schema::RecordId;
use crate::value::{Fen, Truth};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// What one measure came to, for one village or all.
#[derive(Clone, Copy, Default)]
pub(in crate::eval) struct Sum {
    total: i64,
    /// Rows of which it is not known, and roots that may lack some.
    pub(in crate::eval) unknown: u64,
}

/// What all that a run measures came to, measure by measure, for some households or for all.
#[derive(Default)]
pub struct Measured(pub(in crate::eval) Vec<Result<Sums, Fault>>);

impl Measured {
    /// Adds what it came to for the next households. What cannot be computed for some cannot for all.
    pub fn add(&mut self, next: Self) {
        if self.0.is_empty() {
            self.0 = next.0;
            return;
        }
        for (all, more) in self.0.iter_mut().zip(next.0) {
            let sum = match (&mut *all, more) {
                (Err(_), _) => continue,
                (Ok(_), Err(fault)) => Err(fault),
                (Ok(sums), Ok(more)) => more.into_iter().try_for_each(|(scope, sum)| {
                    let known = sums.entry(scope).or_default();
                    known.unknown += sum.unknown;
                    known.add((Truth::True, Some(sum.total)))
                }),
            };
            if let Err(fault) = sum {
                *all = Err(fault);
            }
        }
    }
}

/// Indicators, and what kept others, by their places in the plan, from being computed.
pub type Figures = (Vec<IndicatorRow>, Vec<(usize, Fault)>);

/// Totals of the whole register (no name) and of each village.
pub(in crate::eval) type Sums = BTreeMap<Option<String>, Sum>;

/// Does a row count, and how much does it come to? Without a value each row is one.
pub(in crate::eval) type Weight = (Truth, Option<i64>);

impl Sum {
    /// Adds what a row comes to.
    pub(in crate::eval) fn add(&mut self, weight: Weight) -> Result<(), Fault> {
        match weight {
            (Truth::False, _) => {}
            (Truth::True, Some(amount)) => {
                let overflow = Fault::Overflow(crate::ir::NodeId(u32::MAX));
                self.total = self.total.checked_add(amount).ok_or(overflow)?;
            }
            _ => self.unknown += 1,
        }
        Ok(())
    }
}

impl Run<'_> {
    /// Every indicator: the whole register first, then each village in the order of names. A fault leaves the
    /// indicator out and is given beside.
    #[must_use]
    pub fn indicators(&self) -> Figures {
        self.figures(self.measured())
    }

    /// What all that it measures comes to.
    #[must_use]
    pub fn measured(&self) -> Measured {
        Measured(self.measures().map(|measure| self.measure(measure)).collect())
    }

    /// The indicators that stand on the last day of the period, by their places in the plan.
    fn standing(&self) -> impl Iterator<Item = (usize, &Indicator)> {
        let today = self.period.last;
        self.plan.indicators.iter().enumerate().filter(move |(_, indicator)| indicator.days.contain(today))
    }

    /// What they measure: the numerator and, where there is one, the denominator of each.
    pub(in crate::eval) fn measures(&self) -> impl Iterator<Item = &Measure> {
        self.standing().flat_map(|(_, one)| [Some(&one.numerator), one.denominator.as_ref()]).flatten()
    }

    /// The indicators of what was measured.
    #[must_use]
    pub fn figures(&self, measured: Measured) -> Figures {
        let (mut rows, mut faults) = (Vec::new(), Vec::new());
        let mut measured = measured.0.into_iter();
        for (index, indicator) in self.standing() {
            let numerator = measured.next().unwrap_or_else(|| Ok(Sums::new()));
            let denominator = indicator.denominator.as_ref().and_then(|_| measured.next()).transpose();
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

    /// What one measure comes to.
    pub(in crate::eval) fn measure(&self, measure: &Measure) -> Result<Sums, Fault> {
        let schema = &self.plan.schema;
        let root = root_of(schema, measure.record);
        let mut sums: Sums = BTreeMap::from([(None, Sum::default())]);
        for row in 0..self.register.table(measure.record).len() {
            let unit = self.register.ancestor(schema, measure.record, row, root).unwrap_or(row);
            let weight = self.weight(measure, unit, row)?;
            for scope in self.scopes(root, unit) {
                sums.entry(scope).or_default().add(weight)?;
            }
        }
        // Rows that may be missing: at least one is not known for each root that may lack some.
        for unit in
            (0..self.register.table(root).len()).filter(|unit| self.register.is_open(measure.record, *unit))
        {
            for scope in self.scopes(root, unit) {
                sums.entry(scope).or_default().unknown += 1;
            }
        }
        Ok(sums)
    }

    /// Does a row that lies in a row of a root count, and how much does it come to?
    pub(in crate::eval) fn weight(
        &self,
        measure: &Measure,
        unit: usize,
        row: usize,
    ) -> Result<Weight, Fault> {
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
        Ok((counts, amount))
    }

    /// The whole register, and the village where it is known.
    fn scopes(&self, root: RecordId, unit: usize) -> impl Iterator<Item = Option<String>> {
        let village = self.village_name(root, unit).known().map(Cow::into_owned);
        [None].into_iter().chain(village.map(Some))
    }
}
