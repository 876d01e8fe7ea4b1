//! Amounts for a period: money each month is not money each year, nor plain money. A plan holds plain amounts; the
//! periods are kept beside the nodes while they are built.

use super::{Lowering, Scope};
use crate::ast::{BinaryOp, Expr, ExprKind, Literal, Rhythm, TimeUnit};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::plan::{Arith, Constant, NodeId, Op, Pay};
use crate::source::Span;
use crate::syntax::Keyword;
use crate::types::Type;
use crate::value::{Each, Fen};

impl<'m> Lowering<'m, '_> {
    /// Reports two amounts of different periods. Nothing is of any period.
    pub(super) fn one_period(&mut self, left: NodeId, right: NodeId, span: Span) -> Option<()> {
        let money = |id| matches!(self.builder.ty(id), Type::Money | Type::ExactMoney);
        if !money(left) || !money(right) || self.is_nothing(left) || self.is_nothing(right) {
            return Some(());
        }
        let (a, b) = (self.builder.each(left), self.builder.each(right));
        if a == b {
            return Some(());
        }
        self.periods_differ(money_each(a), money_each(b), span);
        None
    }

    /// The operands of a sum, a difference or a quotient of amounts.
    pub(super) fn operands_agree(
        &mut self,
        op: BinaryOp,
        left: NodeId,
        right: NodeId,
        span: Span,
    ) -> Option<()> {
        if op == BinaryOp::Mul { Some(()) } else { self.one_period(left, right, span) }
    }

    /// Reports an amount of a period that is paid for another. A plain amount is paid in any rhythm.
    pub(super) fn pay_unit_check(&mut self, pay: &Pay, rhythm: Rhythm, span: Span) {
        let nodes = match pay {
            Pay::Fixed(node, _) | Pay::InKind { worth: node, .. } => vec![*node],
            Pay::Range { lo, hi, .. } => vec![*lo, *hi],
        };
        let (paid, word) = match rhythm {
            Rhythm::EachMonth => (Some(Each::Month), Keyword::EachMonth),
            Rhythm::EachQuarter => (Some(Each::Quarter), Keyword::EachQuarter),
            Rhythm::EachYear => (Some(Each::Year), Keyword::EachYear),
            Rhythm::Once => (None, Keyword::Once),
            Rhythm::EachEvent => (None, Keyword::EachEvent),
        };
        let differs = |each: &Option<Each>| each.is_some() && *each != paid;
        if let Some(each) = nodes.into_iter().map(|node| self.builder.each(node)).find(differs) {
            self.periods_differ(money_each(each), word.quoted(), span);
        }
    }

    /// An amount of a period times so many of these: a plain amount. None where neither operand is a duration.
    #[allow(clippy::option_option)]
    pub(super) fn over_time(
        &mut self,
        (left, right): (&Expr, &Expr),
        span: Span,
        scope: Scope<'m>,
    ) -> Option<Option<NodeId>> {
        let (amount, count, unit) = match (duration(left), duration(right)) {
            (_, Some((count, unit))) => (left, count, unit),
            (Some((count, unit)), _) => (right, count, unit),
            (None, None) => return None,
        };
        Some(self.times(amount, (count, unit), span, scope))
    }

    fn times(
        &mut self,
        amount: &Expr,
        (count, unit): (i64, TimeUnit),
        span: Span,
        scope: Scope<'m>,
    ) -> Option<NodeId> {
        let node = self.expr(amount, scope, None)?;
        let ty = self.builder.ty(node);
        let Some(each) = self.builder.each(node) else {
            let finding = Diagnostic::at(codes::T003, span)
                .arg("left", self.describe(ty))
                .arg("right", self.describe(Type::Duration))
                .arg("operation", super::expr::operation(BinaryOp::Mul));
            self.report(finding.help(Term::new(
                "只有写明周期的金额(如“金额 每月”)才能乘时长",
                "only money of a period ('money each month') is multiplied by a duration",
            )));
            return None;
        };
        let times = match (each, unit) {
            (Each::Month, TimeUnit::Months) | (Each::Year, TimeUnit::Years) => Some(count),
            (Each::Quarter, TimeUnit::Months) if count % 3 == 0 => Some(count / 3),
            _ => None,
        };
        let Some(times) = times else {
            let unit = match unit {
                TimeUnit::Years => Keyword::UnitYears,
                TimeUnit::Months => Keyword::UnitMonths,
                TimeUnit::Days => Keyword::UnitDays,
            };
            self.periods_differ(money_each(Some(each)), unit.quoted(), span);
            return None;
        };
        let times = self.builder.add(Op::Constant(Constant::Number(times)), Type::Number, false, None);
        let (optional, row) =
            (self.builder.optional(node), self.builder.node(node).and_then(|node| node.scope));
        Some(self.builder.add_each(Op::Arith(Arith::Mul, node, times), ty, optional, row, None))
    }

    fn periods_differ(&mut self, left: Term, right: Term, span: Span) {
        let finding = Diagnostic::at(codes::T009, span).arg("left", left).arg("right", right);
        self.report(finding.help(Term::new(
            "乘以时长换成不分周期的金额,如“标准 * 12个月”",
            "multiply by a duration to make it plain money, as in 'rate * 12 months'",
        )));
    }

    /// No money at all, written out.
    pub(super) fn is_nothing(&self, node: NodeId) -> bool {
        matches!(self.builder.node(node).map(|node| &node.op), Some(Op::Constant(Constant::Money(Fen::ZERO))))
    }
}

/// A duration written out.
pub(super) fn duration(expr: &Expr) -> Option<(i64, TimeUnit)> {
    match &expr.kind {
        ExprKind::Literal(Literal::Duration(count, unit)) => Some((*count, *unit)),
        _ => None,
    }
}

fn money_each(each: Option<Each>) -> Term {
    let (zh, en) = match each {
        Some(Each::Month) => ("每月的金额", "money each month"),
        Some(Each::Quarter) => ("每季的金额", "money each quarter"),
        Some(Each::Year) => ("每年的金额", "money each year"),
        None => ("不分周期的金额", "plain money"),
    };
    Term::new(zh, en)
}
