//! Subsidies and rewards.

use super::expr::rounding;
use super::literal::fold_digits;
use super::{Lower, values};
use crate::ast::{
    Amount, Benefit, BenefitKind, BenefitPart, Edge, Expr, JudgedOn, Limit, Located, Most, Name, Prorating,
    ProratingPart, Relation, Share,
};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::grammar::Rule;
use crate::syntax::keyword::{Keyword, of_rule};
use crate::value::Day;
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
        match rule {
            Rule::pay => return self.pay(pair),
            Rule::relation => return self.relation(pair),
            Rule::limit => return self.limit(pair).map(BenefitPart::Limit),
            Rule::judged_on => return self.judged_on(pair).map(BenefitPart::JudgedOn),
            _ => {}
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
            Rule::discretionary => BenefitPart::Discretionary(self.names(inner)),
            Rule::allow => {
                BenefitPart::Allow { code: self.name(inner.next()?)?, reason: self.text(&inner.next()?) }
            }
            _ => return None,
        })
    }

    pub(super) fn pay(&mut self, pair: Pair<'_, Rule>) -> Option<BenefitPart> {
        let (mut amount, mut rhythm, mut prorating) = (None, None, None);
        for pair in values(pair) {
            match pair.as_rule() {
                Rule::rhythm => rhythm = self.rhythm(pair),
                Rule::prorated => prorating = self.prorating(pair),
                _ => amount = Some(self.amount(pair)?),
            }
        }
        Some(BenefitPart::Pay { amount: amount?, rhythm, prorating })
    }

    fn prorating(&mut self, pair: Pair<'_, Rule>) -> Option<Located<Prorating>> {
        let span = self.span(&pair);
        let mut inner = pair.into_inner();
        let part = match of_rule(inner.next()?.as_rule())? {
            Keyword::ProratedByDay => ProratingPart::Day,
            _ => ProratingPart::Month,
        };
        Some(Located { value: Prorating { part, rounding: inner.next().and_then(rounding) }, span })
    }

    fn relation(&mut self, pair: Pair<'_, Rule>) -> Option<BenefitPart> {
        let mut inner = pair.into_inner();
        let relation = match Self::keyword_of(inner.next()?)? {
            Keyword::ExceptionTo => Relation::ExceptionTo,
            Keyword::InsteadOf => Relation::InsteadOf,
            Keyword::NotTogetherWith => Relation::NotTogetherWith,
            Keyword::HighestOf => Relation::HighestOf,
            _ => Relation::AddsTo,
        };
        Some(BenefitPart::Related(relation, self.names(inner)))
    }

    fn names<'i>(&mut self, pairs: impl Iterator<Item = Pair<'i, Rule>>) -> Vec<Name> {
        pairs.filter_map(|pair| self.name(pair)).collect()
    }

    fn limit(&mut self, pair: Pair<'_, Rule>) -> Option<Limit> {
        let mut inner = values(pair);
        let most = inner.next()?;
        let most = match most.as_rule() {
            Rule::so_often => Most::Times(self.counted(most)?),
            _ => Most::Amount(self.sum(most)?),
        };
        let per = self.name(inner.next()?)?;
        let mut next = inner.next();
        let window = match next.take_if(|pair| pair.as_rule() == Rule::rhythm) {
            Some(pair) => {
                next = inner.next();
                Some(self.rhythm(pair)?)
            }
            None => None,
        };
        Some(Limit { most, per, window, with: next.map_or_else(Vec::new, |pair| self.names(values(pair))) })
    }

    fn judged_on(&mut self, pair: Pair<'_, Rule>) -> Option<JudgedOn> {
        let day = pair.into_inner().nth(1)?;
        let span = self.span(&day);
        if let Some(keyword) = of_rule(day.as_rule()) {
            return Some(if keyword == Keyword::FirstDay { JudgedOn::First } else { JudgedOn::Last });
        }
        let text = fold_digits(day.as_str());
        let mut numbers =
            text.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse::<i8>().ok());
        // 2004 is a leap year: 29 February is a day to be judged on, moved where there is none.
        let judged = match (numbers.next(), numbers.next()) {
            (Some(month), Some(day)) => Day::new(2004, month, day).map(|_| JudgedOn::MonthDay(month, day)),
            (Some(day), None) => (1..=31).contains(&day).then_some(JudgedOn::Day(day)),
            _ => None,
        };
        if judged.is_none() {
            self.findings.push(Diagnostic::at(codes::S004, span).arg("text", text));
        }
        judged
    }

    fn amount(&mut self, pair: Pair<'_, Rule>) -> Option<Amount> {
        let inner = pair.into_inner().next()?;
        Some(match inner.as_rule() {
            Rule::in_kind => {
                let mut inner = values(inner);
                Amount::InKind(self.text(&inner.next()?), self.optional_expr(inner.next())?)
            }
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
