//! `if C then V else W`, and what the calendar says of a date.

use super::{Lowering, Scope};
use crate::ast::{CalendarPart, Expr, ExprKind};
use crate::ir::plan::{Branches, NodeId, Op, Place};
use crate::types::Type;

impl<'m> Lowering<'m, '_> {
    /// A choice with all that follow its `else`, as one.
    pub(super) fn choose(&mut self, expr: &Expr, scope: Scope<'m>, hint: Option<Type>) -> Option<NodeId> {
        let (mut cases, mut values, mut sound) = (Vec::new(), Vec::new(), true);
        let mut hint = hint;
        let mut last = expr;
        while let ExprKind::If { condition, then, otherwise } = &last.kind {
            let (test, value) = (self.condition(condition, scope), self.expr(then, scope, hint));
            sound &= test.is_some() && value.is_some();
            // The name of a code in a later branch is read by the first.
            hint = hint.or(value.map(|value| self.builder.ty(value)));
            cases.extend(test.zip(value));
            values.extend(value.map(|value| (value, then.span)));
            last = otherwise;
        }
        let otherwise = self.expr(last, scope, hint)?;
        values.push((otherwise, last.span));
        let ty = self.common_type(&values)?;
        if !sound {
            return None;
        }
        let optional = values.iter().any(|(value, _)| self.builder.optional(*value));
        let mut operands: Vec<NodeId> = cases.iter().flat_map(|(test, value)| [*test, *value]).collect();
        operands.push(otherwise);
        let node = self.builder.over(Op::Choose { cases, otherwise }, ty, optional, &operands);
        self.branches.push(Branches { node, arms: values.iter().map(|(_, span)| Place(*span)).collect() });
        Some(node)
    }

    pub(super) fn calendar(&mut self, part: CalendarPart, date: &Expr, scope: Scope<'m>) -> Option<NodeId> {
        let date = self.typed(date, Type::Date, scope)?;
        let ty = match part {
            CalendarPart::Year | CalendarPart::Month | CalendarPart::Day => Type::Number,
            _ => Type::Date,
        };
        let optional = self.builder.optional(date);
        Some(self.builder.over(Op::Calendar(part, date), ty, optional, &[date]))
    }
}
