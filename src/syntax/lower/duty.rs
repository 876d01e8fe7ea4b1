//! Duties and indicators.

use super::{Lower, values};
use crate::ast::{
    Expr, Indicator, Literal, Located, Must, Obligation, ObligationPart, Party, Rhythm, TimeUnit,
};
use crate::syntax::grammar::Rule;
use crate::syntax::keyword::{Keyword, of_rule};
use pest::iterators::Pair;

impl Lower {
    pub(super) fn obligation(
        &mut self,
        parts: &mut dyn Iterator<Item = Pair<'_, Rule>>,
    ) -> Option<Obligation> {
        let article = self.article(parts.next()?)?;
        let declared = self.declared(parts.next()?)?;
        let parts = parts
            .filter_map(|pair| {
                let span = self.span(&pair);
                Some(Located { value: self.obligation_part(pair)?, span })
            })
            .collect();
        Some(Obligation { article, declared, parts })
    }

    pub(super) fn indicator(&mut self, parts: &mut dyn Iterator<Item = Pair<'_, Rule>>) -> Option<Indicator> {
        let declared = self.declared(parts.next()?)?;
        let numerator = self.measure(parts.next()?)?;
        let denominator = match parts.next() {
            Some(pair) => Some(self.measure(pair)?),
            None => None,
        };
        Some(Indicator { declared, numerator, denominator })
    }

    fn measure(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let span = self.span(&pair);
        Some(Expr { kind: self.aggregate(pair)?, span })
    }

    pub(super) fn obligation_part(&mut self, pair: Pair<'_, Rule>) -> Option<ObligationPart> {
        let rule = pair.as_rule();
        if rule == Rule::binds {
            let party = pair.into_inner().nth(1)?;
            return Some(ObligationPart::Binds(match of_rule(party.as_rule())? {
                Keyword::Committee => Party::Committee,
                _ => Party::Signer,
            }));
        }
        let mut inner = values(pair);
        Some(match rule {
            Rule::for_part => ObligationPart::For {
                record: self.name(inner.next()?)?,
                filter: self.optional_expr(inner.next())?,
            },
            Rule::bound => ObligationPart::Bound(self.expr(inner.next()?)?),
            Rule::excused => ObligationPart::Excused(self.expr(inner.next()?)?),
            Rule::must => ObligationPart::Must(self.must(inner.next()?)?),
            Rule::remedy => {
                let (count, unit) = self.duration(inner.next()?)?;
                ObligationPart::Remedy(count, unit)
            }
            Rule::appeal => {
                let (count, unit) = self.duration(inner.next()?)?;
                ObligationPart::Appeal(count, unit, self.text(&inner.next()?))
            }
            Rule::basis => ObligationPart::Basis(self.text(&inner.next()?)),
            Rule::allow => {
                ObligationPart::Allow { code: self.name(inner.next()?)?, reason: self.text(&inner.next()?) }
            }
            _ => return None,
        })
    }

    fn must(&mut self, pair: Pair<'_, Rule>) -> Option<Must> {
        let rule = pair.as_rule();
        let mut inner = values(pair);
        let first = inner.next()?;
        Some(match rule {
            Rule::within => {
                let act = self.path(first)?;
                let (count, unit) = self.duration(inner.next()?)?;
                Must::Within { act, count, unit, after: self.sum(inner.next()?)? }
            }
            Rule::times => {
                let count = self.whole(first.as_str(), self.span(&first))?;
                let set = self.path(inner.next()?)?;
                let next = inner.next()?;
                let (filter, rhythm) = match next.as_rule() {
                    Rule::rhythm => (None, next),
                    _ => (Some(self.expr(next)?), inner.next()?),
                };
                Must::Times { count, set, filter, rhythm: self.rhythm(rhythm)? }
            }
            _ if first.as_rule() == Rule::rhythm => {
                let rhythm = self.rhythm(first)?;
                Must::ThroughoutEach { rhythm, condition: self.expr(inner.next()?)? }
            }
            _ => {
                let (count, unit) = self.duration(first)?;
                let after = self.sum(inner.next()?)?;
                Must::ThroughoutAfter { count, unit, after, condition: self.expr(inner.next()?)? }
            }
        })
    }

    fn duration(&mut self, pair: Pair<'_, Rule>) -> Option<(i64, TimeUnit)> {
        let span = self.span(&pair);
        match self.duration_literal(pair, span)? {
            Literal::Duration(count, unit) => Some((count, unit)),
            _ => None,
        }
    }

    pub(super) fn rhythm(&mut self, pair: Pair<'_, Rule>) -> Option<Located<Rhythm>> {
        let span = self.span(&pair);
        let value = match Self::keyword_of(pair)? {
            Keyword::Once => Rhythm::Once,
            Keyword::EachMonth => Rhythm::EachMonth,
            Keyword::EachQuarter => Rhythm::EachQuarter,
            Keyword::EachYear => Rhythm::EachYear,
            _ => Rhythm::EachEvent,
        };
        Some(Located { value, span })
    }
}
