//! Rows in the order of a key: the first, the last, and the place of one among them.

use super::{Lowering, Scope, Set};
use crate::ast::{AggregateKind, Expr};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::plan::{NodeId, Op};
use crate::types::Type;

/// A set, which of its rows, and the key that orders them.
type Ordered<'e> = (&'e Expr, Option<&'e Expr>, &'e Expr);

impl<'m> Lowering<'m, '_> {
    pub(super) fn pick(
        &mut self,
        last: bool,
        value: &Expr,
        ordered: Ordered<'_>,
        scope: Scope<'m>,
    ) -> Option<NodeId> {
        let (rows, key) = self.ordered(ordered, scope)?;
        let value = self.expr(value, Scope { record: Some(rows.record), ..scope }, None)?;
        let ty = self.builder.ty(value);
        let op = Op::Pick { last, record: rows.record, filter: rows.filter, key, value };
        // Over no rows there is no first.
        let node = self.builder.add(op, ty, true, Some(rows.owner));
        Some(self.outer(node, rows.owner, scope))
    }

    pub(super) fn rank(&mut self, ordered: Ordered<'_>, scope: Scope<'m>) -> Option<NodeId> {
        let (rows, key) = self.ordered(ordered, scope)?;
        let stands_in_one = scope
            .record
            .is_some_and(|record| self.model.schema.chain(record).any(|outer| outer == rows.record));
        if !stands_in_one {
            let label = |record| &self.model.schema.record(record).label;
            let row = |record| {
                let label = label(record);
                Term::new(format!("“{}”的一行", label.zh()), format!("a row of '{}'", label.en()))
            };
            let found = scope.record.map_or_else(|| Term::new("没有行", "no row"), row);
            let finding = Diagnostic::at(codes::T001, ordered.0.span)
                .arg("expected", row(rows.record))
                .arg("found", found)
                .help(Term::new(
                    "“排行”问的是当前这一行在各行中的位次",
                    "'rank' asks for the place of the current row among the others",
                ));
            self.report(finding);
            return None;
        }
        let optional = rows.filter.is_some();
        let op = Op::Rank { owner: rows.owner, filter: rows.filter, key };
        let node = self.builder.add(op, Type::Number, optional, Some(rows.record));
        Some(self.outer(node, rows.record, scope))
    }

    /// The rows and their key, which must always exist.
    fn ordered(&mut self, (set, filter, key): Ordered<'_>, scope: Scope<'m>) -> Option<(Set, NodeId)> {
        let domain = self.domain(set, scope)?;
        let rows = self.restrict(domain, filter, scope);
        let key = self.gathered_value(AggregateKind::Min, key, domain, scope);
        Some((rows?, key?))
    }
}
