//! Subsidies and rewards.

use super::{Lower, values};
use crate::ast::{Amount, Benefit, BenefitKind, BenefitPart, Edge, Expr, Located, Share};
use crate::syntax::grammar::Rule;
use crate::syntax::keyword::{Keyword, of_rule};
use pest::iterators::Pair;

impl Lower {
    pub(super) fn benefit(&mut self, parts: &mut dyn Iterator<Item = Pair<'_, Rule>>) -> Option<Benefit> {
        let article = self.article(parts.next()?)?;
        let kind = match Self::keyword_of(parts.next()?)? {
            Keyword::Reward => BenefitKind::Reward,
            _ => BenefitKind::Subsidy,
        };
        let declared = self.declared(parts.next()?)?;
        let parts = parts
            .filter_map(|pair| {
                let span = self.span(&pair);
                Some(Located { value: self.benefit_part(pair)?, span })
            })
            .collect();
        Some(Benefit { article, kind, declared, parts })
    }

    pub(super) fn benefit_part(&mut self, pair: Pair<'_, Rule>) -> Option<BenefitPart> {
        let rule = pair.as_rule();
        if rule == Rule::pay {
            return self.pay(pair);
        }
        let mut inner = values(pair);
        Some(match rule {
            Rule::for_part => BenefitPart::For {
                record: self.name(inner.next()?)?,
                filter: self.optional_expr(inner.next())?,
            },
            Rule::when => BenefitPart::When(self.expr(inner.next()?)?),
            Rule::unless => BenefitPart::Unless(self.expr(inner.next()?)?),
            Rule::from_part => BenefitPart::From(self.edge(inner.next()?)?),
            Rule::until_part => BenefitPart::Until(self.edge(inner.next()?)?),
            Rule::decided_by => BenefitPart::DecidedBy(self.text(&inner.next()?)),
            Rule::serves => BenefitPart::Serves(self.name(inner.next()?)?),
            Rule::paid_from => BenefitPart::PaidFrom(inner.filter_map(|pair| self.share(pair)).collect()),
            Rule::basis => BenefitPart::Basis(self.text(&inner.next()?)),
            Rule::adds_to => BenefitPart::AddsTo(inner.filter_map(|pair| self.name(pair)).collect()),
            Rule::allow => {
                BenefitPart::Allow { code: self.name(inner.next()?)?, reason: self.text(&inner.next()?) }
            }
            _ => return None,
        })
    }

    pub(super) fn pay(&mut self, pair: Pair<'_, Rule>) -> Option<BenefitPart> {
        let (mut amount, mut rhythm) = (None, None);
        for pair in values(pair) {
            match pair.as_rule() {
                Rule::rhythm => rhythm = self.rhythm(pair),
                _ => amount = Some(self.amount(pair)?),
            }
        }
        Some(BenefitPart::Pay { amount: amount?, rhythm })
    }

    fn amount(&mut self, pair: Pair<'_, Rule>) -> Option<Amount> {
        let inner = pair.into_inner().next()?;
        Some(match inner.as_rule() {
            Rule::bounds => {
                let (lo, hi) = self.bounds(inner)?;
                Amount::Range(lo, hi)
            }
            _ => Amount::Fixed(self.expr(inner)?),
        })
    }

    pub(super) fn bounds(&mut self, pair: Pair<'_, Rule>) -> Option<(Expr, Expr)> {
        let mut inner = values(pair);
        Some((self.sum(inner.next()?)?, self.sum(inner.next()?)?))
    }

    fn edge(&mut self, pair: Pair<'_, Rule>) -> Option<Edge> {
        let month =
            pair.clone().into_inner().any(|pair| of_rule(pair.as_rule()) == Some(Keyword::TheMonthOf));
        Some(Edge { month, date: self.expr(values(pair).next()?)? })
    }

    fn share(&mut self, pair: Pair<'_, Rule>) -> Option<Share> {
        let mut inner = pair.into_inner();
        let fund = self.name(inner.next()?)?;
        let part = match (inner.next(), inner.next()) {
            (Some(num), Some(den)) => {
                Some((self.whole(num.as_str(), self.span(&num))?, self.whole(den.as_str(), self.span(&den))?))
            }
            _ => None,
        };
        Some(Share { fund, part })
    }
}
