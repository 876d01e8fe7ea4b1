//! Clauses that no village may have.

use super::{Lower, values};
use crate::ast::{BenefitPart, Located, Refused, RefusedKind, RefusedPart};
use crate::syntax::grammar::Rule;
use crate::syntax::keyword::Keyword;
use pest::iterators::Pair;

impl Lower {
    pub(super) fn refused(&mut self, parts: &mut dyn Iterator<Item = Pair<'_, Rule>>) -> Option<Refused> {
        let article = self.article(parts.next()?)?;
        let kind = kind(Self::keyword_of(parts.next()?)?)?;
        let declared = self.declared(parts.next()?)?;
        let parts = parts
            .filter_map(|pair| {
                let span = self.span(&pair);
                Some(Located { value: self.refused_part(pair)?, span })
            })
            .collect();
        Some(Refused { article, kind, declared, parts })
    }

    fn refused_part(&mut self, pair: Pair<'_, Rule>) -> Option<RefusedPart> {
        match pair.as_rule() {
            Rule::paragraph => Some(RefusedPart::Paragraph(self.text(&values(pair).next()?))),
            Rule::charge => match self.pay(pair)? {
                BenefitPart::Pay { amount, rhythm, .. } => Some(RefusedPart::Charge { amount, rhythm }),
                _ => None,
            },
            // The other parts are read as those of a benefit.
            _ => Some(match self.benefit_part(pair)? {
                BenefitPart::For { record, filter } => RefusedPart::For { record, filter },
                BenefitPart::When(condition) => RefusedPart::When(condition),
                BenefitPart::Unless(condition) => RefusedPart::Unless(condition),
                BenefitPart::PaidFrom(shares) => RefusedPart::PaidFrom(shares),
                BenefitPart::Basis(text) => RefusedPart::Basis(text),
                _ => return None,
            }),
        }
    }
}

fn kind(keyword: Keyword) -> Option<RefusedKind> {
    Some(match keyword {
        Keyword::Fine => RefusedKind::Fine,
        Keyword::Deposit => RefusedKind::Deposit,
        Keyword::MaintenanceFee => RefusedKind::MaintenanceFee,
        Keyword::Termination => RefusedKind::Termination,
        Keyword::Contraception => RefusedKind::Contraception,
        Keyword::PregnancyCheck => RefusedKind::PregnancyCheck,
        Keyword::Withholding => RefusedKind::Withholding,
        Keyword::BirthLimit => RefusedKind::BirthLimit,
        Keyword::InformerReward => RefusedKind::InformerReward,
        Keyword::JointLiability => RefusedKind::JointLiability,
        _ => return None,
    })
}
