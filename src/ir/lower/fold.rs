//! Arithmetic on values written out: worked out here, where it can be reported.

use super::Lowering;
use crate::ast::BinaryOp;
use crate::diagnostic::{Diagnostic, codes};
use crate::ir::plan::{Arith, Constant, NodeId, Op};
use crate::source::Span;
use crate::types::Type;
use crate::value::{Ratio, Rounding};

/// What becomes of an operation.
pub(super) enum Folded {
    /// It is computed for each row and day.
    Computed,
    /// One value.
    Constant(NodeId),
    /// It has no value, which was reported.
    Faulty,
}

impl Lowering<'_, '_> {
    /// The value of an operation on two constants. A part of an amount that is whole fen is money and needs no rounding.
    pub(super) fn fold(
        &mut self,
        op: Arith,
        (left, right): (NodeId, NodeId),
        ty: Type,
        span: Span,
    ) -> Folded {
        let (Some(left), Some(right)) = (self.quantity(left), self.quantity(right)) else {
            return Folded::Computed;
        };
        if right == Ratio::whole(0) && matches!(op, Arith::Div | Arith::Whole | Arith::Rest) {
            self.report(Diagnostic::at(codes::R003, span));
            return Folded::Faulty;
        }
        let ratio = apply(op, left, right);
        if ty == Type::ExactMoney && ratio.is_some_and(|ratio| ratio.den() != 1) {
            // It will be rounded: how it came about is told in the reasons.
            return Folded::Computed;
        }
        let Some((constant, ty)) = ratio.and_then(|ratio| constant(ratio, ty)) else {
            self.report(Diagnostic::at(codes::R002, span));
            return Folded::Faulty;
        };
        Folded::Constant(self.builder.add(Op::Constant(constant), ty, false, None))
    }

    /// A number, a rate or an amount in fen that is written out.
    fn quantity(&self, node: NodeId) -> Option<Ratio> {
        match self.builder.node(node)?.op {
            Op::Constant(Constant::Number(number)) => Some(Ratio::whole(number)),
            Op::Constant(Constant::Rate(rate)) => Some(rate),
            Op::Constant(Constant::Money(fen)) => Some(Ratio::whole(fen.0)),
            _ => None,
        }
    }
}

fn apply(op: Arith, left: Ratio, right: Ratio) -> Option<Ratio> {
    let times = || left.checked_div(right)?.round_to(1, Rounding::Down).map(Ratio::whole);
    match op {
        Arith::Add => left.checked_add(right),
        Arith::Sub => left.checked_sub(right),
        Arith::Mul => left.checked_mul(right),
        Arith::Div => left.checked_div(right),
        Arith::Whole => times(),
        Arith::Rest => left.checked_sub(times()?.checked_mul(right)?),
    }
}

/// A result as it is written out; a part of an amount that is whole fen is money.
fn constant(ratio: Ratio, ty: Type) -> Option<(Constant, Type)> {
    Some(match ty {
        Type::Number => (Constant::Number(ratio.to_fen()?.0), ty),
        Type::Money | Type::ExactMoney => (Constant::Money(ratio.to_fen()?), Type::Money),
        _ => (Constant::Rate(ratio), ty),
    })
}

/// The operation of a sign.
pub(super) fn arith(op: BinaryOp) -> Arith {
    match op {
        BinaryOp::Add => Arith::Add,
        BinaryOp::Sub => Arith::Sub,
        BinaryOp::Mul => Arith::Mul,
        BinaryOp::Div => Arith::Div,
        BinaryOp::Whole => Arith::Whole,
        BinaryOp::Rest => Arith::Rest,
    }
}
