//! What the tables say of each clause, worked out once a run: names as numbers that stand in the order of the names.

use super::names::{article, kind};
use crate::ir::Plan;
use std::collections::BTreeSet;

/// What the kind of a duty is called.
const OBLIGATION: &str = "obligation";

/// The clauses of a plan and the funds they draw on.
#[derive(Debug, Default)]
pub struct Clauses {
    /// By place in [`Plan::benefits`].
    benefits: Vec<Told>,
    /// By place in [`Plan::obligations`].
    duties: Vec<Told>,
    /// Names and kinds of clauses, in their order; versions of one clause are one.
    names: Vec<(String, &'static str)>,
    /// Names of funds, in their order, those among them that are named together.
    funds: Vec<String>,
}

/// What the tables say of one version of a clause.
#[derive(Debug)]
pub(super) struct Told {
    /// Its place among the names.
    pub clause: u32,
    /// `8`, `8-1`.
    pub article: String,
    /// The version of the charter it stands in.
    pub version: String,
    /// The place of each of its funds, in its order.
    pub funds: Vec<u32>,
    /// The place of all of them together.
    pub all_funds: u32,
}

impl Clauses {
    /// Those of a plan.
    pub(super) fn of(plan: &Plan) -> Self {
        let fund_names = |benefit: &crate::ir::Benefit| -> Vec<String> {
            let name =
                |share: &crate::ir::FundShare| plan.funds.get(share.fund.0).map(|fund| fund.name.clone());
            benefit.funds.iter().map(|share| name(share).unwrap_or_default()).collect()
        };
        let names: BTreeSet<(String, &'static str)> = plan
            .benefits
            .iter()
            .map(|benefit| (benefit.label.name.clone(), kind(benefit.kind)))
            .chain(plan.obligations.iter().map(|duty| (duty.label.name.clone(), OBLIGATION)))
            .collect();
        let names: Vec<_> = names.into_iter().collect();
        let mut funds: BTreeSet<String> = BTreeSet::from([String::new()]);
        for benefit in &plan.benefits {
            let own = fund_names(benefit);
            funds.insert(own.join("+"));
            funds.extend(own);
        }
        let funds: Vec<String> = funds.into_iter().collect();
        let told = |name: &str, kind: &'static str, number, version: String, own: &[String]| Told {
            clause: place(&names, |(other, of)| (other.as_str(), *of).cmp(&(name, kind))),
            article: article(number),
            version,
            funds: own.iter().map(|fund| place(&funds, |other| other.cmp(fund))).collect(),
            all_funds: place(&funds, |other| other.cmp(&own.join("+"))),
        };
        let benefits = plan.benefits.iter().map(|benefit| {
            let version = plan.charter(benefit.charter).version();
            told(&benefit.label.name, kind(benefit.kind), benefit.article, version, &fund_names(benefit))
        });
        let duties = plan
            .obligations
            .iter()
            .map(|duty| told(&duty.label.name, OBLIGATION, duty.article, String::new(), &[]));
        Self {
            benefits: benefits.collect(),
            duties: duties.collect(),
            names: names.clone(),
            funds: funds.clone(),
        }
    }

    pub(super) fn benefit(&self, place: usize) -> Option<&Told> {
        self.benefits.get(place)
    }

    pub(super) fn duty(&self, place: usize) -> Option<&Told> {
        self.duties.get(place)
    }

    /// The name and kind of a clause.
    pub(super) fn clause(&self, place: u32) -> (&str, &'static str) {
        self.names.get(place as usize).map_or(("", ""), |(name, kind)| (name, kind))
    }

    /// The name of a fund, or of several together.
    pub(super) fn fund(&self, place: u32) -> &str {
        self.funds.get(place as usize).map_or("", String::as_str)
    }
}

/// Where something stands in a sorted list that holds it.
fn place<T>(sorted: &[T], order: impl Fn(&T) -> std::cmp::Ordering) -> u32 {
    sorted.binary_search_by(order).ok().and_then(|place| u32::try_from(place).ok()).unwrap_or(0)
}
