//! Questions about the rows of a set.

use super::{Lowering, Meaning, Scope, Set};
use crate::ast::{AggregateKind, Expr, ExprKind};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::plan::{Aggregate, NodeId, Op};
use crate::types::Type;

impl<'m> Lowering<'m, '_> {
    /// A set with a further condition on its rows.
    pub(super) fn restrict(&mut self, set: Set, filter: Option<&Expr>, scope: Scope<'m>) -> Option<Set> {
        let Some(filter) = filter else { return Some(set) };
        let inner = Scope { record: Some(set.record), ..scope };
        let node = self.condition(filter, inner)?;
        let filter = self.builder.all(set.filter.into_iter().chain([node]).collect());
        Some(Set { filter, ..set })
    }

    /// The rows that are asked about.
    pub(super) fn domain(&mut self, set: &Expr, scope: Scope<'m>) -> Option<Set> {
        let ExprKind::Path(path) = &set.kind else {
            let expected = Term::new("一组记录,如“成员”", "a set of rows such as 'persons'");
            let found = Term::new("一个数值", "a value");
            self.report(Diagnostic::at(codes::T001, set.span).arg("expected", expected).arg("found", found));
            return None;
        };
        match self.path(path, scope)? {
            Meaning::Set(set) => Some(set),
            Meaning::Value(node) => {
                self.mismatch(set.span, Term::new("一组记录", "a set of rows"), node);
                None
            }
        }
    }

    pub(super) fn aggregate(
        &mut self,
        kind: AggregateKind,
        value: Option<&Expr>,
        set: &Expr,
        filter: Option<&Expr>,
        scope: Scope<'m>,
    ) -> Option<NodeId> {
        let domain = self.domain(set, scope)?;
        let (node, owner) = if kind == AggregateKind::Every {
            let Some(test) = filter else {
                self.report(
                    Diagnostic::at(codes::S008, set.span).arg("part", Term::new("其中", "where")).help(
                        Term::new(
                            "“每个”要写出每一行须满足的条件:每个 (子女 其中 健在)",
                            "'every' names what each row must satisfy: every (children where living)",
                        ),
                    ),
                );
                return None;
            };
            // Every row passes exactly where no row of the set fails.
            let inner = Scope { record: Some(domain.record), ..scope };
            let test = self.condition(test, inner)?;
            let fails = self.builder.not(test);
            let failing = self.builder.all(domain.filter.into_iter().chain([fails]).collect());
            let any = self.gather(Aggregate::Any, Set { filter: failing, ..domain }, None);
            (self.builder.not(any), domain.owner)
        } else {
            let rows = self.restrict(domain, filter, scope)?;
            let value = match value {
                Some(value) => Some(self.gathered_value(kind, value, rows, scope)?),
                None => None,
            };
            (self.plain(kind, rows, value, set.span)?, rows.owner)
        };
        Some(self.outer(node, owner, scope))
    }

    fn plain(
        &mut self,
        kind: AggregateKind,
        set: Set,
        value: Option<NodeId>,
        span: crate::source::Span,
    ) -> Option<NodeId> {
        let asks_value = matches!(kind, AggregateKind::Sum | AggregateKind::Min | AggregateKind::Max);
        if asks_value != value.is_some() {
            let part = Term::new("取自", "of");
            self.report(if asks_value {
                Diagnostic::at(codes::S008, span).arg("part", part).help(Term::new(
                    "写明对什么求值:合计 (收入 取自 成员)",
                    "name the value: sum (income of persons)",
                ))
            } else {
                Diagnostic::at(codes::S010, span).arg("part", part)
            });
            return None;
        }
        Some(match kind {
            AggregateKind::Any | AggregateKind::Every => self.gather(Aggregate::Any, set, None),
            AggregateKind::No => {
                let any = self.gather(Aggregate::Any, set, None);
                self.builder.not(any)
            }
            AggregateKind::Count => self.gather(Aggregate::Count, set, None),
            AggregateKind::Sum => self.gather(Aggregate::Sum, set, value),
            AggregateKind::Min => self.gather(Aggregate::Min, set, value),
            AggregateKind::Max => self.gather(Aggregate::Max, set, value),
        })
    }

    /// The value asked of each row: it must always exist, and have a total or an order.
    pub(super) fn gathered_value(
        &mut self,
        kind: AggregateKind,
        value: &Expr,
        set: Set,
        scope: Scope<'m>,
    ) -> Option<NodeId> {
        let node = self.expr(value, Scope { record: Some(set.record), ..scope }, None)?;
        let ty = self.builder.ty(node);
        let fits = match kind {
            AggregateKind::Sum => matches!(ty, Type::Number | Type::Money),
            _ => matches!(ty, Type::Number | Type::Money | Type::Date),
        };
        if !fits || self.builder.optional(node) {
            let expected = if kind == AggregateKind::Sum {
                Term::new("总是存在的数目或金额", "a number or money that always exists")
            } else {
                Term::new("总是存在的数目、金额或日期", "a number, money or a date that always exists")
            };
            self.mismatch(value.span, expected, node);
            return None;
        }
        Some(node)
    }

    fn gather(&mut self, kind: Aggregate, set: Set, value: Option<NodeId>) -> NodeId {
        let (ty, optional) = match kind {
            Aggregate::Any => (Type::Truth, false),
            Aggregate::Count => (Type::Number, false),
            Aggregate::Sum => (value.map_or(Type::Number, |value| self.builder.ty(value)), false),
            // Over the empty set there is no least and no greatest.
            Aggregate::Min | Aggregate::Max => {
                (value.map_or(Type::Number, |value| self.builder.ty(value)), true)
            }
        };
        let op = Op::Aggregate { kind, record: set.record, filter: set.filter, value };
        self.builder.add(op, ty, optional, Some(set.owner))
    }
}
