//! Clauses that no village may have: listed, never compiled.

use super::{Lowering, Scope};
use crate::ast::{Amount, RefusedPart};
use crate::ir::plan::{ConditionKind, Place, Refused};
use crate::resolve::{CharterId, Declaration, Owner};

impl<'m, 'a> Lowering<'m, 'a> {
    pub(super) fn refused(&mut self) -> Vec<Refused> {
        let model = self.model;
        let mut refused = Vec::new();
        for declaration in &model.refused {
            let Owner::Charter(charter) = declaration.owner else { continue };
            if let Some(stack) = model.stacks_of(charter).last() {
                self.note_references(declaration, &stack.layers);
            }
            let ast = declaration.item;
            refused.push(Refused {
                label: declaration.label.clone(),
                article: ast.article.value,
                charter,
                lint: ast.kind.lint(),
                span: Place(ast.article.span.to(ast.declared.span())),
            });
        }
        refused
    }

    /// Reads the parts only for what their names mean, so that the formatter can translate them. Nothing of them gets
    /// into the plan, and nothing is said about them: the clause is to go, not to be mended.
    fn note_references(
        &mut self,
        declaration: &Declaration<&'a crate::ast::Refused>,
        layers: &'m [CharterId],
    ) {
        let (builder, findings) = (self.builder.clone(), self.findings.len());
        let mut scope = Scope { layers, record: self.model.schema.unit() };
        for part in &declaration.item.parts {
            match &part.value {
                RefusedPart::For { record, filter } => {
                    if let Some(target) = self.target(record) {
                        scope.record = Some(target);
                    }
                    if let Some(filter) = filter {
                        self.conjuncts(filter, ConditionKind::Target, scope);
                    }
                }
                RefusedPart::When(condition) | RefusedPart::Unless(condition) => {
                    self.condition(condition, scope);
                }
                RefusedPart::Charge { amount: Amount::Fixed(amount), .. } => {
                    self.expr(amount, scope, None);
                }
                RefusedPart::Charge { amount: Amount::Range(lo, hi), .. } => {
                    self.expr(lo, scope, None);
                    self.expr(hi, scope, None);
                }
                RefusedPart::Charge { amount: Amount::InKind(_, worth), .. } => {
                    if let Some(worth) = worth {
                        self.expr(worth, scope, None);
                    }
                }
                RefusedPart::PaidFrom(shares) => {
                    self.funds(shares, part.span, scope);
                }
                RefusedPart::Paragraph(_) | RefusedPart::Basis(_) => {}
            }
        }
        self.builder = builder;
        self.findings.truncate(findings);
    }
}
