//! Pairs of the grammar to the tree. Values that the grammar admits and the calendar or `i64` do not are reported.
//!
//! A function returns `None` only where the grammar promises a child that is not there, or a value was reported.

mod benefit;
mod duty;
mod expr;
mod header;
mod literal;
mod record;
mod refused;
mod table;

use super::grammar::Rule;
use super::keyword::{Keyword, of_rule};
use crate::ast::{
    BenefitPart, Chapter, DatedValue, Declared, Define, Item, ItemKind, Located, Name, ObligationPart,
    OpenParameter, OpenPart, Parameter, Provision, SetParameter, Text, TypeName,
};
use crate::diagnostic::Diagnostic;
use crate::source::{SourceId, Span};
use crate::value::Each;
use pest::iterators::{Pair, Pairs};

/// A part of a clause by itself.
pub(super) enum ClausePart {
    Benefit(Located<BenefitPart>),
    Duty(Located<ObligationPart>),
}

pub(super) struct Lower {
    source: SourceId,
    base: usize,
    /// How many expressions the current one lies in.
    depth: usize,
    pub(super) findings: Vec<Diagnostic>,
}

impl Lower {
    pub(super) fn new(source: SourceId, base: usize) -> Self {
        Self { source, base, depth: 0, findings: Vec::new() }
    }

    /// The one item of a chunk. `faulty` says that a part of it was reported and left out.
    pub(super) fn item(&mut self, mut pairs: Pairs<'_, Rule>, faulty: bool) -> Option<Item> {
        let pair = pairs.next()?;
        let span = self.span(&pair);
        let before = self.findings.len();
        let kind = self.kind(pair)?;
        Some(Item { doc: Vec::new(), span, faulty: faulty || self.findings.len() > before, kind })
    }

    /// A part of a benefit, or else of a duty.
    pub(super) fn clause_part(&mut self, pair: Pair<'_, Rule>, span: Span) -> Option<ClausePart> {
        if let Some(value) = self.benefit_part(pair.clone()) {
            return Some(ClausePart::Benefit(Located { value, span }));
        }
        Some(ClausePart::Duty(Located { value: self.obligation_part(pair)?, span }))
    }

    fn kind(&mut self, pair: Pair<'_, Rule>) -> Option<ItemKind> {
        let rule = pair.as_rule();
        let mut parts = pair.into_inner().filter(|pair| !is_plain_keyword(pair.as_rule()));
        Some(match rule {
            Rule::vocabulary => ItemKind::Vocabulary(self.declared(parts.next()?)?),
            Rule::fund => ItemKind::Fund(self.declared(parts.next()?)?),
            Rule::purpose => ItemKind::Purpose(self.declared(parts.next()?)?),
            Rule::charter => ItemKind::Charter(self.charter(&mut parts)?),
            Rule::record => ItemKind::Record(self.record(&mut parts)?),
            Rule::define => ItemKind::Define(self.define(&mut parts)?),
            Rule::table => ItemKind::Table(self.table(&mut parts)?),
            Rule::scale => ItemKind::Scale(self.scale(&mut parts)?),
            Rule::parameter => ItemKind::Parameter(self.parameter(&mut parts)?),
            Rule::open_parameter => ItemKind::OpenParameter(self.open_parameter(&mut parts)?),
            Rule::set_parameter => ItemKind::Set(SetParameter {
                name: self.name(parts.next()?)?,
                value: self.expr(parts.next()?)?,
            }),
            Rule::chapter => ItemKind::Chapter(Chapter {
                number: self.ordinal(&parts.next()?)?,
                title: self.text(&parts.next()?),
            }),
            Rule::provision => ItemKind::Provision(Provision {
                article: self.article(parts.next()?)?,
                paragraphs: parts.map(|pair| self.text(&pair)).collect(),
            }),
            Rule::benefit => ItemKind::Benefit(self.benefit(&mut parts)?),
            Rule::obligation => ItemKind::Obligation(self.obligation(&mut parts)?),
            Rule::indicator => ItemKind::Indicator(self.indicator(&mut parts)?),
            Rule::refused => ItemKind::Refused(self.refused(&mut parts)?),
            _ => return None,
        })
    }

    fn span(&self, pair: &Pair<'_, Rule>) -> Span {
        let span = pair.as_span();
        // The span of a pair may take in the space after it.
        let length = span.as_str().trim_end().len();
        let byte = |at: usize| u32::try_from(self.base + at).unwrap_or(u32::MAX);
        Span { source: self.source, start: byte(span.start()), end: byte(span.start() + length) }
    }

    fn located<T>(&self, pair: &Pair<'_, Rule>, value: T) -> Located<T> {
        Located { value, span: self.span(pair) }
    }

    fn name(&mut self, pair: Pair<'_, Rule>) -> Option<Name> {
        let span = self.span(&pair);
        let inner = pair.into_inner().next()?;
        Some(Name { text: inner.as_str().trim_matches('`').to_owned(), span })
    }

    fn text(&self, pair: &Pair<'_, Rule>) -> Text {
        let mut inner = pair.as_str().chars();
        inner.next();
        inner.next_back();
        Text { text: inner.as_str().to_owned(), span: self.span(pair) }
    }

    fn declared(&mut self, pair: Pair<'_, Rule>) -> Option<Declared> {
        let mut inner = pair.into_inner();
        let name = self.name(inner.next()?)?;
        Some(Declared { name, alias: inner.next().map(|pair| self.text(&pair)) })
    }

    fn define(&mut self, parts: &mut dyn Iterator<Item = Pair<'_, Rule>>) -> Option<Define> {
        let declared = self.declared(parts.next()?)?;
        let of = self.name(parts.next()?)?;
        let mut body = values(parts.next()?);
        Some(Define {
            declared,
            of,
            body: self.expr(body.next()?)?,
            filter: self.optional_expr(body.next())?,
        })
    }

    fn parameter(&mut self, parts: &mut dyn Iterator<Item = Pair<'_, Rule>>) -> Option<Parameter> {
        let declared = self.declared(parts.next()?)?;
        let ty = type_name(parts.next()?)?;
        let values = parts.filter_map(|pair| self.dated_value(pair)).collect();
        Some(Parameter { declared, ty, values })
    }

    fn dated_value(&mut self, pair: Pair<'_, Rule>) -> Option<DatedValue> {
        let span = self.span(&pair);
        let mut inner = values(pair);
        let from = self.date(&inner.next()?)?;
        let next = inner.next()?;
        let (until, value) = match next.as_rule() {
            Rule::date => (Some(self.date(&next)?), inner.next()?),
            _ => (None, next),
        };
        Some(DatedValue { from, until, value: self.expr(value)?, span })
    }

    fn open_parameter(&mut self, parts: &mut dyn Iterator<Item = Pair<'_, Rule>>) -> Option<OpenParameter> {
        let declared = self.declared(parts.next()?)?;
        let ty = type_name(parts.next()?)?;
        let parts = parts.filter_map(|pair| self.open_part(pair)).collect();
        Some(OpenParameter { declared, ty, parts })
    }

    fn open_part(&mut self, pair: Pair<'_, Rule>) -> Option<Located<OpenPart>> {
        let span = self.span(&pair);
        let value = match pair.as_rule() {
            Rule::bounds => {
                let (lo, hi) = self.bounds(pair)?;
                OpenPart::Bounds(lo, hi)
            }
            Rule::default_value => OpenPart::Default(self.expr(values(pair).next()?)?),
            Rule::mandatory => OpenPart::Mandatory,
            _ => return None,
        };
        Some(Located { value, span })
    }
}

/// The children that are not plain keywords.
fn values(pair: Pair<'_, Rule>) -> impl Iterator<Item = Pair<'_, Rule>> {
    pair.into_inner().filter(|pair| !is_plain_keyword(pair.as_rule()))
}

fn is_plain_keyword(rule: Rule) -> bool {
    rule == Rule::EOI || of_rule(rule).is_some()
}

/// The keyword of a rule that wraps one: `rhythm`, `level_word`, `benefit_kind`…
fn keyword(pair: Pair<'_, Rule>) -> Option<Keyword> {
    of_rule(pair.into_inner().next()?.as_rule())
}

fn type_name(pair: Pair<'_, Rule>) -> Option<TypeName> {
    let mut words = pair.into_inner();
    let word = of_rule(words.next()?.as_rule())?;
    let each = words.next().and_then(keyword);
    Some(match word {
        Keyword::TypeMoney if each == Some(Keyword::EachMonth) => TypeName::MoneyEach(Each::Month),
        Keyword::TypeMoney if each == Some(Keyword::EachQuarter) => TypeName::MoneyEach(Each::Quarter),
        Keyword::TypeMoney if each == Some(Keyword::EachYear) => TypeName::MoneyEach(Each::Year),
        Keyword::TypeText => TypeName::Text,
        Keyword::TypeDate => TypeName::Date,
        Keyword::TypeMoney => TypeName::Money,
        Keyword::TypeNumber => TypeName::Number,
        Keyword::TypePercent => TypeName::Percent,
        Keyword::TypeFlag => TypeName::Flag,
        _ => return None,
    })
}
