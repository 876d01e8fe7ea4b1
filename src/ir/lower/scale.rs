//! Scales: each rate applies to the part of a value inside its band.

use super::parameter::show;
use super::pattern::place;
use super::{Lowering, Scope};
use crate::ast::{BinaryOp, Scale};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::plan::{Constant, NodeId, Op};
use crate::syntax::Keyword;
use crate::types::{self, Type};

impl<'m> Lowering<'m, '_> {
    pub(super) fn scale(&mut self, scale: &Scale, faulty: bool, scope: Scope<'m>) -> Option<NodeId> {
        let subject = self.expr(&scale.subject, scope, None)?;
        let subject_ty = self.builder.ty(subject);
        if !matches!(subject_ty, Type::Number | Type::Money) {
            self.mismatch(scale.subject.span, Term::new("数目或金额", "a number or money"), subject);
            return None;
        }
        if scale.bands.is_empty() && !faulty {
            let part = Keyword::Above.words();
            self.report(Diagnostic::at(codes::S008, scale.declared.span()).arg("part", part));
        }
        let (mut bands, mut rates, mut sound) = (Vec::new(), Vec::new(), !faulty);
        let mut before: Option<Constant> = None;
        for band in &scale.bands {
            let above = self.written(&band.above, subject_ty, scope);
            let rate = self.expr(&band.rate, scope, None);
            sound &= above.is_some() && rate.is_some();
            rates.extend(rate.map(|rate| (rate, band.rate.span)));
            let Some(above) = above else { continue };
            if let Some(before) = before.as_ref().filter(|before| place(before) >= place(&above)) {
                let finding = Diagnostic::at(codes::T010, band.above.span).arg("above", show(&above));
                self.report(finding.arg("before", show(before)));
                sound = false;
            }
            bands.extend(place(&above).zip(rate));
            before = Some(above);
        }
        let rate_ty = self.common_type(&rates)?;
        let span = rates.first().map_or(scale.subject.span, |(_, span)| *span);
        let Some(ty) = types::arithmetic(BinaryOp::Mul, subject_ty, rate_ty) else {
            let finding = Diagnostic::at(codes::T003, span)
                .arg("left", self.describe(subject_ty))
                .arg("right", self.describe(rate_ty));
            self.report(finding.arg("operation", super::expr::operation(BinaryOp::Mul)));
            return None;
        };
        if !sound {
            return None;
        }
        let optional = [subject]
            .into_iter()
            .chain(rates.iter().map(|(rate, _)| *rate))
            .any(|node| self.builder.optional(node));
        let operands: Vec<NodeId> =
            [subject].into_iter().chain(rates.iter().map(|(rate, _)| *rate)).collect();
        Some(self.builder.over(Op::Scale { subject, bands }, ty, optional, &operands))
    }
}
