//! Where a parameter is read on a day on which it has no value: what is asked of the places at which it may be read, and
//! of what is computed before them.

use super::{Literal, Search, Want};
use crate::eval::traced::Probe;
use crate::eval::{FactId, FactPart};
use crate::schema::Datum;
use crate::value::{Fact, Truth};
use std::collections::BTreeSet;

impl Search<'_> {
    /// How far the facts settle a literal of such a question, and the facts it still wants.
    pub(super) fn beside_gap(
        &self,
        probe: &Probe<'_>,
        literal: &Literal,
        facts: &[(FactId, Fact<Datum>)],
    ) -> Result<(Truth, BTreeSet<FactId>), ()> {
        let gap = probe.gap(literal.node, literal.row.1, facts).map_err(|_| ())?;
        let any_row = |fact: &FactId| matches!(fact.part, FactPart::Rows);
        // Rows that may be missing are none of this household; in a proof they stand for any.
        let open = gap.wanted.iter().any(|fact| self.proving || !any_row(fact));
        let sure = |truth: Truth| if open { Truth::Unknown } else { truth };
        if let Want::Gap(_) = literal.want {
            let further = self.proving && gap.wanted.iter().any(any_row);
            let truth = match gap.value {
                true => sure(Truth::True),
                false if further => Truth::Unknown,
                false => Truth::False,
            };
            return Ok((truth, gap.wanted));
        }
        if gap.value {
            // It is read here already, which is another question.
            return Ok((sure(Truth::False), gap.wanted));
        }
        let day = |clock: usize| self.moment.get(clock).copied().unwrap_or(crate::value::Day::MIN);
        let (truth, wanted) = Self::settled(probe, literal, facts, day)?;
        // What no fact decides depends on other parameters without a value, which may be anything.
        Ok((if truth.is_unknown() && wanted.is_empty() { Truth::True } else { truth }, wanted))
    }
}
