//! Expressions, with no more brackets than they need.

use super::comments::Around;
use super::doc::Doc;
use super::number;
use super::words::{Printer, Segment, Separator, bytes, own_lines, string, through};
use crate::ast::{
    AggregateKind, Arm, BinaryOp, CalendarPart, CompareOp, ElapsedUnit, Expr, ExprKind, Literal, Name,
    Pattern, RoundTo,
};
use crate::source::Span;
use crate::syntax::keyword::Keyword;
use crate::value::Rounding;

/// How tightly a form binds, in the order of the grammar's rules.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// `if a then b else c` takes in all that may follow `c`.
    Choice,
    Or,
    And,
    Not,
    Comparison,
    /// `full years from a to b` takes in all that may follow `b` in a sum.
    Elapsed,
    Sum,
    Product,
    Unary,
    Rounded,
    Primary,
}

fn level(expr: &Expr) -> Level {
    match &expr.kind {
        ExprKind::If { .. } => Level::Choice,
        ExprKind::Or(_) => Level::Or,
        ExprKind::And(_) => Level::And,
        ExprKind::Not(_) => Level::Not,
        ExprKind::Compare(..)
        | ExprKind::In { .. }
        | ExprKind::Between { .. }
        | ExprKind::IsAbsent { .. } => Level::Comparison,
        ExprKind::Elapsed { .. } => Level::Elapsed,
        ExprKind::Binary(BinaryOp::Add | BinaryOp::Sub, ..) => Level::Sum,
        ExprKind::Binary(..) => Level::Product,
        ExprKind::Negate(_) => Level::Unary,
        ExprKind::Round { .. } => Level::Rounded,
        ExprKind::Literal(_)
        | ExprKind::Path(_)
        | ExprKind::Today
        | ExprKind::Calendar(..)
        | ExprKind::Pick { .. }
        | ExprKind::Rank { .. }
        | ExprKind::Aggregate { .. }
        | ExprKind::Tiers { .. } => Level::Primary,
    }
}

impl Printer<'_> {
    /// An expression where any is read.
    pub(super) fn expr(&mut self, expr: &Expr) -> Doc {
        self.at_least(expr, Level::Choice)
    }

    /// An expression where a value without `and`, `or` or comparison is read.
    pub(super) fn sum(&mut self, expr: &Expr) -> Doc {
        self.at_least(expr, Level::Elapsed)
    }

    /// In brackets where it binds less tightly than its place asks for.
    fn at_least(&mut self, expr: &Expr, place: Level) -> Doc {
        let doc = self.bare(expr);
        if level(expr) >= place {
            return doc;
        }
        Doc::Concat(vec![Doc::text("("), doc.nested(), Doc::text(")")])
    }

    fn bare(&mut self, expr: &Expr) -> Doc {
        match &expr.kind {
            ExprKind::Literal(Literal::Text(text)) => Doc::Text(string(text)),
            ExprKind::Literal(literal) => {
                Doc::Text(number::literal(literal, self.script).unwrap_or_default())
            }
            ExprKind::Path(names) => Doc::Text(self.path(names)),
            ExprKind::Today => Doc::text(self.word(Keyword::Today)),
            ExprKind::Not(inner) => {
                let inner = self.at_least(inner, Level::Comparison);
                Doc::Concat(vec![Doc::text(format!("{} ", self.word(Keyword::Not))), inner])
            }
            ExprKind::If { condition, then, otherwise } => self.choice(condition, then, otherwise),
            ExprKind::And(operands) => self.chain(operands, Keyword::And, Level::Not),
            ExprKind::Or(operands) => self.chain(operands, Keyword::Or, Level::And),
            ExprKind::Compare(op, left, right) => {
                let op = match op {
                    CompareOp::Is => self.word(Keyword::Is),
                    CompareOp::IsNot => self.word(Keyword::IsNot),
                    CompareOp::Eq => "=",
                    CompareOp::Ne => "!=",
                    CompareOp::Lt => "<",
                    CompareOp::Le => "<=",
                    CompareOp::Gt => ">",
                    CompareOp::Ge => ">=",
                };
                Doc::Concat(vec![self.sum(left), Doc::text(format!(" {op} ")), self.sum(right)])
            }
            ExprKind::In { negated, value, options } => {
                let value = self.sum(value);
                let word = self.word(if *negated { Keyword::NotIn } else { Keyword::In });
                let options = self.sums(options);
                let options = self.list(options, Separator::Comma).nested();
                Doc::Concat(vec![value, Doc::text(format!(" {word} {{")), options, Doc::text("}")])
            }
            ExprKind::Between { negated, value, lo, hi } => {
                let value = self.sum(value);
                let word = self.word(if *negated { Keyword::NotBetween } else { Keyword::Between });
                Doc::Concat(vec![value, Doc::text(format!(" {word} ")), self.bounds(lo, hi)])
            }
            ExprKind::IsAbsent { negated, value } => {
                let word = if *negated { Keyword::IsNotAbsent } else { Keyword::IsAbsent };
                let word = self.word(word);
                self.sum(value).then(format!(" {word}"))
            }
            ExprKind::Binary(op, left, right) => self.binary(*op, left, right),
            ExprKind::Negate(inner) => {
                Doc::Concat(vec![Doc::text("-"), self.at_least(inner, Level::Rounded)])
            }
            ExprKind::Elapsed { unit, from, to } => {
                let unit = self.word(match unit {
                    ElapsedUnit::Years => Keyword::FullYears,
                    ElapsedUnit::Months => Keyword::FullMonths,
                    ElapsedUnit::Days => Keyword::FullDays,
                });
                let head = format!("{unit} {} ", self.word(Keyword::From));
                let to_word = format!(" {} ", self.word(Keyword::To));
                Doc::Concat(vec![Doc::Text(head), self.sum(from), Doc::Text(to_word), self.sum(to)])
            }
            ExprKind::Calendar(part, date) => {
                let word = self.word(calendar_word(*part));
                Doc::Concat(vec![Doc::text(format!("{word} ")), self.at_least(date, Level::Primary)])
            }
            ExprKind::Pick { last, value, set, filter, key } => {
                let word = if *last { Keyword::Last } else { Keyword::First };
                self.ordered(word, Some(value), set, filter.as_deref(), key)
            }
            ExprKind::Rank { set, filter, key } => {
                self.ordered(Keyword::Rank, None, set, filter.as_deref(), key)
            }
            ExprKind::Aggregate { kind, value, set, filter } => {
                self.aggregate(*kind, value.as_deref(), set, filter.as_deref())
            }
            ExprKind::Tiers { subject, arms } => self.tiers(expr.span, subject, arms),
            ExprKind::Round { value, mode, to } => {
                let rounding = self.rounding(*mode, *to);
                self.at_least(value, Level::Primary).then(format!(" {rounding}"))
            }
        }
    }

    pub(super) fn rounding(&self, mode: Rounding, to: RoundTo) -> String {
        let mode = self.word(match mode {
            Rounding::HalfUp => Keyword::RoundedHalfUp,
            Rounding::HalfEven => Keyword::RoundedHalfEven,
            Rounding::Up => Keyword::RoundedUp,
            Rounding::Down => Keyword::RoundedDown,
        });
        let to = self.word(match to {
            RoundTo::Fen => Keyword::ToTheFen,
            RoundTo::Yuan => Keyword::ToTheYuan,
        });
        format!("{mode} {to}")
    }

    fn path(&self, names: &[Name]) -> String {
        names.iter().map(|name| self.reference(name)).collect::<Vec<_>>().join(".")
    }

    fn sums(&mut self, exprs: &[Expr]) -> Vec<Segment> {
        exprs.iter().map(|expr| Segment { range: bytes(expr.span), doc: self.sum(expr) }).collect()
    }

    fn chain(&mut self, operands: &[Expr], word: Keyword, place: Level) -> Doc {
        let segments = operands
            .iter()
            .map(|operand| Segment { range: bytes(operand.span), doc: self.at_least(operand, place) })
            .collect();
        self.list(segments, Separator::Before(self.word(word))).grouped()
    }

    fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr) -> Doc {
        let (word, first, second) = match op {
            BinaryOp::Add => ("+", Level::Sum, Level::Product),
            BinaryOp::Sub => ("-", Level::Sum, Level::Product),
            BinaryOp::Mul => ("*", Level::Product, Level::Unary),
            BinaryOp::Div => ("/", Level::Product, Level::Unary),
            BinaryOp::Whole => (self.word(Keyword::Div), Level::Product, Level::Unary),
            BinaryOp::Rest => (self.word(Keyword::Mod), Level::Product, Level::Unary),
        };
        let left = Segment { range: bytes(left.span), doc: self.at_least(left, first) };
        let right = Segment { range: bytes(right.span), doc: self.at_least(right, second) };
        self.list(vec![left, right], Separator::Before(word)).grouped()
    }

    /// `if C then V else W`, in a chain one line a branch.
    fn choice(&mut self, condition: &Expr, then: &Expr, otherwise: &Expr) -> Doc {
        let mut segments = vec![self.branch(&[Keyword::If], condition, then)];
        let mut last = otherwise;
        while let ExprKind::If { condition, then, otherwise } = &last.kind {
            segments.push(self.branch(&[Keyword::Else, Keyword::If], condition, then));
            last = otherwise;
        }
        let word = Doc::text(format!("{} ", self.word(Keyword::Else)));
        let doc = Doc::Concat(vec![word, self.expr(last).nested()]);
        segments.push(Segment { range: bytes(last.span), doc });
        self.list(segments, Separator::Before("")).grouped()
    }

    fn branch(&mut self, words: &[Keyword], condition: &Expr, then: &Expr) -> Segment {
        let mut docs: Vec<Doc> =
            words.iter().map(|word| Doc::text(format!("{} ", self.word(*word)))).collect();
        docs.push(self.expr(condition).nested());
        docs.push(Doc::text(format!(" {} ", self.word(Keyword::Then))));
        docs.push(self.expr(then).nested());
        Segment { range: through(condition.span, then.span), doc: Doc::Concat(docs) }
    }

    /// `LO and HI` after `between`.
    pub(super) fn bounds(&mut self, lo: &Expr, hi: &Expr) -> Doc {
        let through = format!(" {} ", self.word(Keyword::Through));
        Doc::Concat(vec![self.sum(lo), Doc::Text(through), self.sum(hi)])
    }

    /// `SET where CONDITION`.
    pub(super) fn filtered(&mut self, set: Segment, filter: Option<&Expr>) -> Doc {
        let Some(filter) = filter else { return set.doc };
        let filter = Segment { range: bytes(filter.span), doc: self.expr(filter) };
        self.list(vec![set, filter], Separator::Before(self.word(Keyword::Where))).grouped()
    }

    fn aggregate(
        &mut self,
        kind: AggregateKind,
        value: Option<&Expr>,
        set: &Expr,
        filter: Option<&Expr>,
    ) -> Doc {
        let word = self.word(match kind {
            AggregateKind::Any => Keyword::Any,
            AggregateKind::Every => Keyword::Every,
            AggregateKind::No => Keyword::No,
            AggregateKind::Count => Keyword::Count,
            AggregateKind::Sum => Keyword::Sum,
            AggregateKind::Min => Keyword::Min,
            AggregateKind::Max => Keyword::Max,
        });
        if let (ExprKind::Path(names), None, None) = (&set.kind, value, filter) {
            return Doc::Text(format!("{word} {}", self.path(names)));
        }
        let gathered = self.gathered(value, set);
        let inner = self.filtered(gathered, filter).nested();
        Doc::Concat(vec![Doc::text(format!("{word} (")), inner, Doc::text(")")])
    }

    pub(super) fn pattern(&mut self, pattern: &Pattern) -> Doc {
        let (to, below) = (self.word(Keyword::To), self.word(Keyword::Below));
        let (before, between) = match pattern {
            Pattern::One(_) => (String::new(), String::new()),
            Pattern::Through(..) => (String::new(), format!(" {to} ")),
            Pattern::UpTo(..) => (String::new(), format!(" {to} {below} ")),
            Pattern::Below(_) => (format!("{below} "), String::new()),
            Pattern::AtLeast(_) => (format!("{} ", self.word(Keyword::AtLeast)), String::new()),
        };
        let (first, last) = pattern.ends();
        let mut docs = vec![Doc::Text(before), self.sum(first)];
        if let Some(last) = last {
            docs.extend([Doc::Text(between), self.sum(last)]);
        }
        Doc::Concat(docs)
    }

    /// `SET`, or `VALUE of SET`.
    fn gathered(&mut self, value: Option<&Expr>, set: &Expr) -> Segment {
        let Some(value) = value else { return Segment { range: bytes(set.span), doc: self.sum(set) } };
        let over = format!(" {} ", self.word(Keyword::Over));
        let doc = Doc::Concat(vec![self.sum(value), Doc::Text(over), self.sum(set)]);
        Segment { range: through(value.span, set.span), doc }
    }

    /// `first (VALUE of SET where C by KEY)`, `rank (SET where C by KEY)`.
    fn ordered(
        &mut self,
        word: Keyword,
        value: Option<&Expr>,
        set: &Expr,
        filter: Option<&Expr>,
        key: &Expr,
    ) -> Doc {
        let gathered = self.gathered(value, set);
        let range = gathered.range.start..filter.unwrap_or(set).span.end as usize;
        let rows = Segment { range, doc: self.filtered(gathered, filter) };
        let key = Segment { range: bytes(key.span), doc: self.sum(key) };
        let inner = self.list(vec![rows, key], Separator::Before(self.word(Keyword::Tier)));
        let head = Doc::text(format!("{} (", self.word(word)));
        Doc::Concat(vec![head, inner.nested(), Doc::text(")")]).grouped()
    }

    fn tiers(&mut self, whole: Span, subject: &Expr, arms: &[Arm]) -> Doc {
        let mut docs =
            vec![Doc::text(format!("{} ", self.word(Keyword::Tier))), self.sum(subject), Doc::text(" {")];
        let mut printed = Vec::with_capacity(arms.len());
        let mut ranges = Vec::with_capacity(arms.len());
        for arm in arms {
            let first = arm.pattern.as_ref().map_or(arm.value.span, Pattern::span);
            ranges.push(through(first, arm.value.span));
            let mut doc = match &arm.pattern {
                None => vec![Doc::text(self.word(Keyword::Otherwise))],
                Some(pattern) => vec![self.pattern(pattern)],
            };
            doc.extend([Doc::text(": "), self.expr(&arm.value).nested()]);
            printed.push(Doc::Concat(doc));
        }
        let around = Around::Braces(subject.span.end as usize, whole.end as usize);
        let (attached, closing) = self.pool.attach(&ranges, around);
        let mut inner = Vec::new();
        let last = printed.len().saturating_sub(1);
        for (index, (doc, attached)) in printed.into_iter().zip(attached).enumerate() {
            inner.push(if attached.before.is_empty() { Doc::Line } else { Doc::Hard });
            inner.extend(own_lines(attached.before));
            inner.push(doc);
            if index < last {
                inner.push(Doc::text(","));
            }
            inner.extend(attached.suffix.map(Doc::Suffix));
        }
        for comment in closing {
            // A hard break, so the one before the closing brace is taken as well.
            inner.extend([Doc::Hard, Doc::Text(comment)]);
        }
        docs.extend([Doc::Concat(inner).nested(), Doc::Line, Doc::text("}")]);
        Doc::Concat(docs).grouped()
    }
}

fn calendar_word(part: CalendarPart) -> Keyword {
    match part {
        CalendarPart::Year => Keyword::CalendarYear,
        CalendarPart::Month => Keyword::CalendarMonth,
        CalendarPart::Day => Keyword::CalendarDay,
        CalendarPart::MonthStart => Keyword::MonthStart,
        CalendarPart::MonthEnd => Keyword::MonthEnd,
        CalendarPart::QuarterStart => Keyword::QuarterStart,
        CalendarPart::QuarterEnd => Keyword::QuarterEnd,
        CalendarPart::YearStart => Keyword::YearStart,
        CalendarPart::YearEnd => Keyword::YearEnd,
    }
}
