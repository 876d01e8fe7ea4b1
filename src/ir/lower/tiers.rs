//! Tiers: exactly one arm is hit, proved here.

use super::{Lowering, Scope};
use crate::ast::{Arm, Expr, Pattern as Written};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::plan::{Constant, NodeId, Op, Pattern, TierArm};
use crate::schema::{FieldType, Label};
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
        if !matches!(subject_ty, Type::Code(..) | Type::Number) {
            self.mismatch(subject.span, Term::new("选项或数目", "a code or a number"), subject_node);
            return None;
        }
        let (mut built, mut otherwise, mut values, mut sound) = (Vec::new(), None, Vec::new(), true);
        let mut places: Vec<(Pattern, Span)> = Vec::new();
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
                continue;
            };
            let Some(read) = self.pattern(pattern, subject_ty, scope) else {
                sound = false;
                continue;
            };
            if let Some((_, first)) = places.iter().find(|(taken, _)| overlap(taken, &read)) {
                let text = Term::new("这一档", "this tier");
                self.report(
                    Diagnostic::at(codes::T008, pattern.lo.span)
                        .arg("pattern", text)
                        .related(*first, Term::new("与此重叠", "overlaps this one")),
                );
                sound = false;
            }
            places.push((read.clone(), pattern.lo.span));
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
        Some(self.builder.over(
            Op::Tiers { subject: subject_node, arms: built, otherwise },
            ty,
            optional,
            &operands,
        ))
    }

    /// The one type of several values; amounts may be whole fen or exact fractions.
    pub(super) fn common_type(&mut self, values: &[(NodeId, Span)]) -> Option<Type> {
        let (first, _) = values.first()?;
        let mut ty = self.builder.ty(*first);
        for (node, span) in values {
            let other = self.builder.ty(*node);
            if !ty.comparable(other) {
                let expected = self.describe(ty);
                self.mismatch(*span, expected, *node);
                return None;
            }
            if other == Type::ExactMoney {
                ty = other;
            }
        }
        Some(ty)
    }

    fn pattern(&mut self, pattern: &Written, ty: Type, scope: Scope<'m>) -> Option<Pattern> {
        let lo = self.written(&pattern.lo, ty, scope)?;
        let hi = match &pattern.hi {
            Some(hi) => self.written(hi, ty, scope)?,
            None => lo.clone(),
        };
        match (lo, hi) {
            (Constant::Number(lo), Constant::Number(hi)) if lo <= hi => Some(Pattern::Number(lo, hi)),
            (Constant::Number(lo), Constant::Number(hi)) => {
                let span = pattern.lo.span;
                self.report(
                    Diagnostic::at(codes::C011, span).arg("lo", Term::same(lo)).arg("hi", Term::same(hi)),
                );
                None
            }
            (Constant::Code(code), _) if pattern.hi.is_none() => Some(Pattern::Code(code)),
            _ => {
                self.report(Diagnostic::at(codes::S010, pattern.lo.span).arg("part", Term::new("到", "to")));
                None
            }
        }
    }

    /// Codes must all have an arm; numbers never do without `otherwise`.
    fn covered(&mut self, subject: Type, arms: &[TierArm], span: Span) -> bool {
        let missing = match subject {
            Type::Code(record, field) => {
                let FieldType::Code(list) = &self.model.schema.field(record, field).ty else { return true };
                let left_out = |place: usize| {
                    !arms
                        .iter()
                        .any(|arm| matches!(arm.pattern, Pattern::Code(code) if usize::from(code) == place))
                };
                let labels: Vec<&Label> = list
                    .iter()
                    .enumerate()
                    .filter(|(place, _)| left_out(*place))
                    .map(|(_, code)| &code.label)
                    .collect();
                if labels.is_empty() {
                    return true;
                }
                let join = |pick: fn(&Label) -> &str, comma| {
                    labels.iter().map(|label| pick(label)).collect::<Vec<_>>().join(comma)
                };
                Term::new(join(Label::zh, "、"), join(Label::en, ", "))
            }
            _ => Term::new("其他数目", "other numbers"),
        };
        self.report(
            Diagnostic::at(codes::T007, span)
                .arg("missing", missing)
                .help(Term::new("补上这些档,或写“其余: …”", "add these tiers, or 'otherwise: …'")),
        );
        false
    }
}

fn overlap(a: &Pattern, b: &Pattern) -> bool {
    match (a, b) {
        (Pattern::Code(a), Pattern::Code(b)) => a == b,
        (Pattern::Number(lo, hi), Pattern::Number(from, to)) => lo <= to && from <= hi,
        _ => false,
    }
}
