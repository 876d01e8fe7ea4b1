//! Tiers: exactly one arm is hit, proved here.

use super::pattern::{self, shared};
use super::{Lowering, Scope};
use crate::ast::{Arm, Expr};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::plan::{Branches, NodeId, Op, Pattern, Place, TierArm};
use crate::source::Span;
use crate::types::Type;

impl<'m> Lowering<'m, '_> {
    pub(super) fn tiers(
        &mut self,
        subject: &Expr,
        arms: &[Arm],
        span: Span,
        scope: Scope<'m>,
    ) -> Option<NodeId> {
        let subject_node = self.expr(subject, scope, None)?;
        let subject_ty = self.builder.ty(subject_node);
        self.has_patterns(subject_ty, subject_node, subject.span)?;
        let (mut built, mut otherwise, mut values, mut sound) = (Vec::new(), None, Vec::new(), true);
        let mut places: Vec<(Pattern, Span)> = Vec::new();
        let (mut written, mut rest): (Vec<Place>, Option<Place>) = (Vec::new(), None);
        for arm in arms {
            let value = self.expr(&arm.value, scope, None);
            sound &= value.is_some();
            values.extend(value.map(|node| (node, arm.value.span)));
            let Some(pattern) = &arm.pattern else {
                if otherwise.is_some() {
                    self.report(
                        Diagnostic::at(codes::S007, arm.value.span)
                            .arg("part", Term::new("其余", "otherwise")),
                    );
                }
                otherwise = value;
                rest = Some(Place(arm.value.span));
                continue;
            };
            let Some(read) = self.pattern(pattern, subject_ty, scope) else {
                sound = false;
                continue;
            };
            let clash = places.iter().find_map(|(taken, first)| Some((shared(taken, &read)?, *first)));
            if let Some((both, first)) = clash {
                let text = self.shown(&both, subject_ty);
                self.report(
                    Diagnostic::at(codes::T008, pattern.span())
                        .arg("pattern", text)
                        .related(first, Term::new("与此重叠", "overlaps this one")),
                );
                sound = false;
            }
            places.push((read.clone(), pattern.span()));
            written.push(Place(pattern.span().to(arm.value.span)));
            built.extend(value.map(|value| TierArm { pattern: read, value }));
        }
        let ty = self.common_type(&values)?;
        if otherwise.is_none() && sound {
            sound = self.covered(subject_ty, &built, span);
        }
        if !sound {
            return None;
        }
        let absent_arm = self.builder.optional(subject_node) && otherwise.is_none();
        let optional = absent_arm || values.iter().any(|(node, _)| self.builder.optional(*node));
        let operands: Vec<NodeId> =
            [subject_node].into_iter().chain(values.iter().map(|(node, _)| *node)).collect();
        let op = Op::Tiers { subject: subject_node, arms: built, otherwise };
        let node = self.builder.over(op, ty, optional, &operands);
        written.extend(rest);
        self.branches.push(Branches { node, arms: written });
        Some(node)
    }

    /// The one type of several values; amounts may be whole fen or exact fractions.
    pub(super) fn common_type(&mut self, values: &[(NodeId, Span)]) -> Option<Type> {
        let (first, _) = values.first()?;
        let mut ty = self.builder.ty(*first);
        // Nothing is of any period, so it says nothing of the others.
        let amount = values.iter().map(|(node, _)| *node).find(|node| !self.is_nothing(*node));
        for (node, span) in values {
            let other = self.builder.ty(*node);
            if !ty.comparable(other) {
                let expected = self.describe(ty);
                self.mismatch(*span, expected, *node);
                return None;
            }
            self.one_period(amount.unwrap_or(*first), *node, *span)?;
            if other == Type::ExactMoney {
                ty = other;
            }
        }
        Some(ty)
    }

    /// Every value of the subject must have an arm.
    fn covered(&mut self, subject: Type, arms: &[TierArm], span: Span) -> bool {
        let patterns: Vec<&Pattern> = arms.iter().map(|arm| &arm.pattern).collect();
        let left_out = self.left_out(subject, &patterns);
        if left_out.is_empty() {
            return true;
        }
        let labels: Vec<Term> = left_out.iter().map(|pattern| self.shown(pattern, subject)).collect();
        self.report(
            Diagnostic::at(codes::T007, span)
                .arg("missing", pattern::list(&labels))
                .help(Term::new("补上这些档,或写“其余: …”", "add these tiers, or 'otherwise: …'")),
        );
        false
    }
}
