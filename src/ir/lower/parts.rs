//! The parts of a benefit as they were written: each once, save those that may be repeated.

use super::Lowering;
use crate::ast::{
    Amount, BenefitPart, Edge, Expr, JudgedOn, Limit, Located, Name, Prorating, Relation, Rhythm, Share, Text,
};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::plan::{Allowed, Place};
use crate::source::Span;
use crate::syntax::Keyword;

/// The parts of a benefit, each at most once except `allow` and `limit`.
#[derive(Default)]
pub(super) struct Parts<'a> {
    pub target: Option<(&'a Name, Option<&'a Expr>, Span)>,
    pub when: Vec<&'a Expr>,
    pub unless: Vec<&'a Expr>,
    pub pay: Option<(&'a Amount, Option<&'a Located<Rhythm>>, Span)>,
    pub prorating: Option<&'a Located<Prorating>>,
    pub judged_on: Option<(JudgedOn, Span)>,
    pub limits: Vec<(&'a Limit, Span)>,
    pub from: Option<(&'a Edge, Span)>,
    pub until: Option<(&'a Edge, Span)>,
    pub decider: Option<(&'a Text, Span)>,
    pub serves: Option<(&'a Name, Span)>,
    pub funds: Option<(&'a [Share], Span)>,
    pub basis: Option<&'a Text>,
    pub related: Vec<(Relation, &'a [Name])>,
    pub discretionary: Option<(&'a [Name], Span)>,
    pub allowed: Vec<Allowed>,
}

impl<'a> Lowering<'_, 'a> {
    pub(super) fn parts(&mut self, ast: &'a crate::ast::Benefit) -> Parts<'a> {
        let mut parts = Parts::default();
        let mut seen: Vec<(Keyword, Span)> = Vec::new();
        for Located { value, span } in &ast.parts {
            let kind = keyword(value);
            let first = seen.iter().find(|(taken, _)| *taken == kind).map(|(_, first)| *first);
            if let (Some(first), false) = (first, matches!(kind, Keyword::Allow | Keyword::Limit)) {
                self.part_twice(kind, *span, first);
                continue;
            }
            seen.push((kind, *span));
            match value {
                BenefitPart::For { record, filter } => parts.target = Some((record, filter.as_ref(), *span)),
                BenefitPart::When(expr) => parts.when.push(expr),
                BenefitPart::Unless(expr) => parts.unless.push(expr),
                BenefitPart::Pay { amount, rhythm, prorating } => {
                    parts.pay = Some((amount, rhythm.as_ref(), *span));
                    parts.prorating = prorating.as_ref();
                }
                BenefitPart::From(edge) => parts.from = Some((edge, *span)),
                BenefitPart::Until(edge) => parts.until = Some((edge, *span)),
                BenefitPart::DecidedBy(text) => parts.decider = Some((text, *span)),
                BenefitPart::Serves(name) => parts.serves = Some((name, *span)),
                BenefitPart::PaidFrom(shares) => parts.funds = Some((shares, *span)),
                BenefitPart::Basis(text) => parts.basis = Some(text),
                BenefitPart::Related(relation, names) => parts.related.push((*relation, names)),
                BenefitPart::JudgedOn(day) => parts.judged_on = Some((*day, *span)),
                BenefitPart::Limit(limit) => parts.limits.push((limit, *span)),
                BenefitPart::Discretionary(duties) => parts.discretionary = Some((duties, *span)),
                BenefitPart::Allow { code, reason } => {
                    let (code, reason) = (code.text.clone(), reason.text.clone());
                    parts.allowed.push(Allowed { code, reason, span: Place(*span) });
                }
            }
        }
        parts
    }

    pub(super) fn part_twice(&mut self, keyword: Keyword, span: Span, first: Span) {
        self.report(
            Diagnostic::at(codes::S007, span)
                .arg("part", keyword.words())
                .related(first, Term::new("先在这里", "first given here")),
        );
    }

    pub(super) fn missing(&mut self, keyword: Keyword, span: Span) {
        let words = keyword.words();
        let help = Term::new(format!("加一行“{} …”", words.zh), format!("add a line '{} …'", words.en));
        self.report(Diagnostic::at(codes::S008, span).arg("part", words).help(help));
    }
}

impl Parts<'_> {
    /// The last part, where the clause ends.
    pub(super) fn end(&self, pay: Span) -> Span {
        let spans = [
            self.funds.map(|(_, span)| span),
            self.serves.map(|(_, span)| span),
            self.basis.map(|text| text.span),
        ];
        spans.into_iter().flatten().fold(pay, |end, span| if span.end > end.end { span } else { end })
    }
}

/// The keyword a part begins with.
fn keyword(part: &BenefitPart) -> Keyword {
    match part {
        BenefitPart::For { .. } => Keyword::For,
        BenefitPart::When(_) => Keyword::When,
        BenefitPart::Unless(_) => Keyword::Unless,
        BenefitPart::Pay { .. } => Keyword::Pay,
        BenefitPart::From(_) => Keyword::From,
        BenefitPart::Until(_) => Keyword::Until,
        BenefitPart::DecidedBy(_) => Keyword::DecidedBy,
        BenefitPart::Serves(_) => Keyword::Serves,
        BenefitPart::PaidFrom(_) => Keyword::PaidFrom,
        BenefitPart::Basis(_) => Keyword::Basis,
        BenefitPart::Related(Relation::AddsTo, _) => Keyword::AddsTo,
        BenefitPart::Related(Relation::ExceptionTo, _) => Keyword::ExceptionTo,
        BenefitPart::Related(Relation::InsteadOf, _) => Keyword::InsteadOf,
        BenefitPart::Related(Relation::NotTogetherWith, _) => Keyword::NotTogetherWith,
        BenefitPart::Related(Relation::HighestOf, _) => Keyword::HighestOf,
        BenefitPart::JudgedOn(_) => Keyword::JudgedOn,
        BenefitPart::Limit(_) => Keyword::Limit,
        BenefitPart::Discretionary(_) => Keyword::Discretionary,
        BenefitPart::Allow { .. } => Keyword::Allow,
    }
}
