//! Expressions.

use super::{Lower, values};
use crate::ast::{
    AggregateKind, Arm, BinaryOp, CalendarPart, CompareOp, ElapsedUnit, Expr, ExprKind, Pattern, RoundTo,
};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::syntax::grammar::Rule;
use crate::syntax::keyword::{Keyword, of_rule};
use crate::value::Rounding;
use pest::iterators::Pair;

/// Most operands of one chain: what follows walks the tree by recursion.
const MAX_OPERANDS: usize = 200;
/// Deepest expression in expressions: brackets, and what nests without them (`full years from full years from …`).
const MAX_NESTING: usize = 64;

/// A set, which of its rows, and the key that orders them.
type Ordered = (Box<Expr>, Option<Box<Expr>>, Box<Expr>);

impl Lower {
    /// The expression of a part that may be left out; the outer `None` says that it was reported.
    #[allow(clippy::option_option)]
    pub(super) fn optional_expr(&mut self, pair: Option<Pair<'_, Rule>>) -> Option<Option<Expr>> {
        pair.map_or(Some(None), |pair| self.expr(pair).map(Some))
    }

    pub(in crate::syntax) fn expr(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        match pair.clone().into_inner().next() {
            Some(choice) if choice.as_rule() == Rule::choice => self.nested(choice, Self::choice),
            _ => self.chain(pair, super::Lower::all_of, ExprKind::Or),
        }
    }

    fn choice(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let span = self.span(&pair);
        let mut parts = values(pair);
        let mut part = || parts.next().map(|pair| self.expr(pair).map(Box::new));
        let (condition, then, otherwise) = (part()??, part()??, part()??);
        Some(Expr { kind: ExprKind::If { condition, then, otherwise }, span })
    }

    fn all_of(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        self.chain(pair, super::Lower::negation, ExprKind::And)
    }

    /// `a and b and c`: one operand alone stays itself.
    fn chain(
        &mut self,
        pair: Pair<'_, Rule>,
        operand: impl Fn(&mut Self, Pair<'_, Rule>) -> Option<Expr>,
        join: fn(Vec<Expr>) -> ExprKind,
    ) -> Option<Expr> {
        let span = self.span(&pair);
        let parts: Vec<Pair<'_, Rule>> = values(pair).collect();
        self.short_enough(parts.len(), span)?;
        let mut operands = Vec::with_capacity(parts.len());
        for part in parts {
            operands.push(operand(self, part)?);
        }
        if operands.len() == 1 { operands.pop() } else { Some(Expr { kind: join(operands), span }) }
    }

    fn short_enough(&mut self, operands: usize, span: crate::source::Span) -> Option<()> {
        if operands > MAX_OPERANDS {
            self.findings.push(Diagnostic::at(codes::S011, span).arg("limit", Term::same(MAX_OPERANDS)));
            return None;
        }
        Some(())
    }

    fn negation(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let span = self.span(&pair);
        let negations =
            pair.clone().into_inner().filter(|pair| of_rule(pair.as_rule()) == Some(Keyword::Not)).count();
        let inner = self.comparison(values(pair).next()?)?;
        // Kleene negation undoes itself, so an even number of them is none.
        Some(if negations % 2 == 1 { Expr { kind: ExprKind::Not(Box::new(inner)), span } } else { inner })
    }

    fn comparison(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let span = self.span(&pair);
        let mut inner = pair.into_inner();
        let value = self.sum(inner.next()?)?;
        let Some(test) = inner.next() else { return Some(value) };
        let value = Box::new(value);
        let has = |pair: &Pair<'_, Rule>, keyword| {
            pair.clone().into_inner().any(|p| of_rule(p.as_rule()) == Some(keyword))
        };
        let kind = match test.as_rule() {
            Rule::absent_test => ExprKind::IsAbsent { negated: has(&test, Keyword::IsNotAbsent), value },
            Rule::in_test => {
                let negated = has(&test, Keyword::NotIn);
                let options = values(test).map(|pair| self.sum(pair)).collect::<Option<Vec<_>>>()?;
                self.short_enough(options.len(), span)?;
                ExprKind::In { negated, value, options }
            }
            Rule::between_test => {
                let negated = has(&test, Keyword::NotBetween);
                let (lo, hi) = self.bounds(test)?;
                ExprKind::Between { negated, value, lo: Box::new(lo), hi: Box::new(hi) }
            }
            _ => {
                let mut inner = test.into_inner();
                let op = compare_op(inner.next()?)?;
                ExprKind::Compare(op, value, Box::new(self.sum(inner.next()?)?))
            }
        };
        Some(Expr { kind, span })
    }

    pub(super) fn sum(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        self.operations(pair, |this, pair| this.operations(pair, Self::unary))
    }

    /// Left to right: `a - b + c` is `(a - b) + c`.
    fn operations(
        &mut self,
        pair: Pair<'_, Rule>,
        operand: impl Fn(&mut Self, Pair<'_, Rule>) -> Option<Expr>,
    ) -> Option<Expr> {
        let span = self.span(&pair);
        let inner: Vec<Pair<'_, Rule>> = pair.into_inner().collect();
        // Between two operands stands one operator.
        self.short_enough(inner.len().div_ceil(2), span)?;
        let mut inner = inner.into_iter();
        let mut left = operand(self, inner.next()?)?;
        while let Some(op) = inner.next() {
            let op = match op.as_str().trim_end() {
                "+" | "\u{FF0B}" => BinaryOp::Add,
                "-" | "\u{FF0D}" => BinaryOp::Sub,
                "*" | "×" | "\u{FF0A}" => BinaryOp::Mul,
                _ => match op.into_inner().next().and_then(|word| of_rule(word.as_rule())) {
                    Some(Keyword::Div) => BinaryOp::Whole,
                    Some(Keyword::Mod) => BinaryOp::Rest,
                    _ => BinaryOp::Div,
                },
            };
            let right = operand(self, inner.next()?)?;
            let span = left.span.to(right.span);
            left = Expr { kind: ExprKind::Binary(op, Box::new(left), Box::new(right)), span };
        }
        Some(left)
    }

    fn unary(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let span = self.span(&pair);
        let mut negative = false;
        let mut value = None;
        for pair in pair.into_inner() {
            match pair.as_rule() {
                Rule::minus => negative = !negative,
                Rule::rounding => {
                    let (mode, to) = rounding(pair)?;
                    value = Some(Expr { kind: ExprKind::Round { value: Box::new(value?), mode, to }, span });
                }
                _ => value = Some(self.primary(pair)?),
            }
        }
        let value = value?;
        Some(if negative { Expr { kind: ExprKind::Negate(Box::new(value)), span } } else { value })
    }

    fn primary(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        self.nested(pair, Self::shallow_primary)
    }

    /// What may nest in itself, reported where it does so too deeply.
    fn nested(
        &mut self,
        pair: Pair<'_, Rule>,
        read: fn(&mut Self, Pair<'_, Rule>) -> Option<Expr>,
    ) -> Option<Expr> {
        if self.depth >= MAX_NESTING {
            let finding = Diagnostic::at(codes::S002, self.span(&pair));
            self.findings.push(finding.arg("limit", Term::same(MAX_NESTING)));
            return None;
        }
        self.depth += 1;
        let expr = read(self, pair);
        self.depth -= 1;
        expr
    }

    fn shallow_primary(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let span = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::kw_today => ExprKind::Today,
            Rule::literal => return self.literal(pair),
            Rule::path => return self.path(pair),
            Rule::group => return self.expr(pair.into_inner().next()?),
            Rule::elapsed => {
                let unit = match of_rule(pair.clone().into_inner().next()?.as_rule())? {
                    Keyword::FullYears => ElapsedUnit::Years,
                    Keyword::FullMonths => ElapsedUnit::Months,
                    _ => ElapsedUnit::Days,
                };
                let (from, to) = self.bounds(pair)?;
                ExprKind::Elapsed { unit, from: Box::new(from), to: Box::new(to) }
            }
            Rule::calendar => {
                let mut inner = pair.into_inner();
                let part = calendar_part(Self::keyword_of(inner.next()?)?);
                ExprKind::Calendar(part, Box::new(self.primary(inner.next()?)?))
            }
            Rule::pick => {
                let last = of_rule(pair.clone().into_inner().next()?.as_rule()) == Some(Keyword::Last);
                let mut inner = values(pair);
                let value = Box::new(self.sum(inner.next()?)?);
                let (set, filter, key) = self.ordered(inner)?;
                ExprKind::Pick { last, value, set, filter, key }
            }
            Rule::rank => {
                let (set, filter, key) = self.ordered(values(pair))?;
                ExprKind::Rank { set, filter, key }
            }
            Rule::aggregate => self.aggregate(pair)?,
            Rule::tiers => {
                let mut inner = values(pair);
                let subject = Box::new(self.sum(inner.next()?)?);
                let arms = inner.map(|pair| self.tier(pair)).collect::<Option<Vec<_>>>()?;
                self.short_enough(arms.len(), span)?;
                ExprKind::Tiers { subject, arms }
            }
            _ => return None,
        };
        Some(Expr { kind, span })
    }

    pub(super) fn path(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let span = self.span(&pair);
        let names = pair.into_inner().map(|pair| self.name(pair)).collect::<Option<Vec<_>>>()?;
        Some(Expr { kind: ExprKind::Path(names), span })
    }

    /// `SET where C by KEY`.
    fn ordered<'p>(&mut self, mut parts: impl Iterator<Item = Pair<'p, Rule>>) -> Option<Ordered> {
        let set = Box::new(self.path(parts.next()?)?);
        let next = parts.next()?;
        if next.as_rule() != Rule::expr {
            return Some((set, None, Box::new(self.sum(next)?)));
        }
        let filter = Box::new(self.expr(next)?);
        Some((set, Some(filter), Box::new(self.sum(parts.next()?)?)))
    }

    pub(super) fn aggregate(&mut self, pair: Pair<'_, Rule>) -> Option<ExprKind> {
        let mut inner = pair.into_inner();
        let kind = match Self::keyword_of(inner.next()?)? {
            Keyword::Any => AggregateKind::Any,
            Keyword::Every => AggregateKind::Every,
            Keyword::No => AggregateKind::No,
            Keyword::Count => AggregateKind::Count,
            Keyword::Sum => AggregateKind::Sum,
            Keyword::Min => AggregateKind::Min,
            _ => AggregateKind::Max,
        };
        let body = inner.next()?;
        if body.as_rule() == Rule::path {
            let set = Box::new(self.path(body)?);
            return Some(ExprKind::Aggregate { kind, value: None, set, filter: None });
        }
        let first = self.sum(body.clone().into_inner().next()?)?;
        let (mut value, mut set, mut filter) = (None, first, None);
        for pair in values(body).skip(1) {
            match pair.as_rule() {
                Rule::path => value = Some(Box::new(std::mem::replace(&mut set, self.path(pair)?))),
                _ => filter = Some(Box::new(self.expr(pair)?)),
            }
        }
        Some(ExprKind::Aggregate { kind, value, set: Box::new(set), filter })
    }

    fn tier(&mut self, pair: Pair<'_, Rule>) -> Option<Arm> {
        let mut inner = values(pair);
        let first = inner.next()?;
        if first.as_rule() != Rule::tier_pattern {
            return Some(Arm { pattern: None, value: self.expr(first)? });
        }
        Some(Arm { pattern: Some(self.pattern(first)?), value: self.expr(inner.next()?)? })
    }

    pub(super) fn pattern(&mut self, pair: Pair<'_, Rule>) -> Option<Pattern> {
        let mut ends = values(pair);
        let first = ends.next()?;
        match first.as_rule() {
            Rule::below => return Some(Pattern::Below(self.sum(values(first).next()?)?)),
            Rule::at_least => return Some(Pattern::AtLeast(self.sum(values(first).next()?)?)),
            _ => {}
        }
        let lo = self.sum(first)?;
        Some(match ends.next() {
            None => Pattern::One(lo),
            Some(end) if end.as_rule() == Rule::below => Pattern::UpTo(lo, self.sum(values(end).next()?)?),
            Some(end) => Pattern::Through(lo, self.sum(end)?),
        })
    }
}

fn compare_op(pair: Pair<'_, Rule>) -> Option<CompareOp> {
    let inner = pair.into_inner().next()?;
    Some(match inner.as_rule() {
        Rule::op_eq => CompareOp::Eq,
        Rule::op_ne => CompareOp::Ne,
        Rule::op_lt => CompareOp::Lt,
        Rule::op_le => CompareOp::Le,
        Rule::op_gt => CompareOp::Gt,
        Rule::op_ge => CompareOp::Ge,
        rule => match of_rule(rule)? {
            Keyword::IsNot => CompareOp::IsNot,
            _ => CompareOp::Is,
        },
    })
}

fn calendar_part(keyword: Keyword) -> CalendarPart {
    match keyword {
        Keyword::CalendarYear => CalendarPart::Year,
        Keyword::CalendarMonth => CalendarPart::Month,
        Keyword::CalendarDay => CalendarPart::Day,
        Keyword::MonthStart => CalendarPart::MonthStart,
        Keyword::MonthEnd => CalendarPart::MonthEnd,
        Keyword::QuarterStart => CalendarPart::QuarterStart,
        Keyword::QuarterEnd => CalendarPart::QuarterEnd,
        Keyword::YearStart => CalendarPart::YearStart,
        _ => CalendarPart::YearEnd,
    }
}

pub(super) fn rounding(pair: Pair<'_, Rule>) -> Option<(Rounding, RoundTo)> {
    let mut inner = pair.into_inner();
    let mode = match of_rule(inner.next()?.into_inner().next()?.as_rule())? {
        Keyword::RoundedHalfUp => Rounding::HalfUp,
        Keyword::RoundedHalfEven => Rounding::HalfEven,
        Keyword::RoundedUp => Rounding::Up,
        _ => Rounding::Down,
    };
    let to = match of_rule(inner.next()?.as_rule())? {
        Keyword::ToTheYuan => RoundTo::Yuan,
        _ => RoundTo::Fen,
    };
    Some((mode, to))
}
