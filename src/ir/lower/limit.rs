//! What a benefit pays at most, and for which duties a reward may be withheld.

use super::{Lowering, Scope};
use crate::ast::{self, BenefitKind, Located, Name, Party, Rhythm};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::plan::{Benefit, Limit, Most, Place};
use crate::resolve::{Declaration, Owner};
use crate::schema::Label;
use crate::source::Span;
use crate::syntax::Keyword;
use crate::value::PeriodUnit;

impl<'m> Lowering<'m, '_> {
    /// The limits of a clause. The benefits they cut stand in the same charter: no layer cuts what one above grants.
    pub(super) fn limits(
        &mut self,
        written: &[(&ast::Limit, Span)],
        own: &Label,
        owner: Owner,
        scope: Scope<'m>,
    ) -> Vec<Limit> {
        let mut limits = Vec::new();
        for (limit, span) in written {
            let Some(per) = self.target(&limit.per) else { continue };
            let most = match &limit.most {
                ast::Most::Times(times) => Some(Most::Times(*times)),
                ast::Most::Amount(most) => {
                    self.money(most, Scope { record: Some(per), ..scope }).map(Most::Amount)
                }
            };
            let window = match &limit.window {
                None => Some(None),
                Some(rhythm) => self.limit_window(rhythm).map(Some),
            };
            let mut clauses = vec![own.name.clone()];
            clauses.extend(limit.with.iter().filter_map(|name| self.own_benefit(name, owner, scope)));
            if let Some((most, window)) = most.zip(window) {
                limits.push(Limit { most, per, window, clauses, span: Place(*span) });
            }
        }
        limits
    }

    fn limit_window(&mut self, rhythm: &Located<Rhythm>) -> Option<PeriodUnit> {
        let unit = rhythm.value.calendar_unit();
        if unit.is_none() {
            let help = Term::new(
                "限额按每月、每季、每年或终身计算",
                "a limit counts each month, each quarter, each year or for life",
            );
            self.misplaced(Keyword::Limit, rhythm.span, help);
        }
        unit
    }

    /// The benefit of that name, which must stand in the charter itself.
    pub(super) fn own_benefit(&mut self, name: &Name, owner: Owner, scope: Scope<'m>) -> Option<String> {
        let other = self.benefit_named(name, scope)?;
        if other.owner == owner {
            return Some(other.label.name.clone());
        }
        let finding = Diagnostic::at(codes::C018, name.span).arg("clause", Term::from(&other.label));
        self.report(finding.related(other.span, Term::new("上级的条款在这里", "the clause above is here")));
        None
    }

    /// The benefit of that name, of the charter or of one above it.
    pub(super) fn benefit_named(
        &mut self,
        name: &Name,
        scope: Scope<'m>,
    ) -> Option<&'m Declaration<crate::resolve::BenefitItem<'m>>> {
        let model = self.model;
        if let Some((_, other)) = model.find(&model.benefits, scope.layers, &name.text) {
            self.refer(name.span, &other.label);
            return Some(other);
        }
        self.unknown(name, Term::new("本章程或上级的补贴、奖励", "benefit of this charter or one above it"));
        None
    }

    /// Each limit counts by a record that every benefit it cuts lies in.
    pub(super) fn limits_fit(&mut self, clauses: &[Benefit]) {
        for limit in clauses.iter().flat_map(|clause| &clause.limits) {
            for name in &limit.clauses {
                let Some(clause) = clauses.iter().find(|clause| clause.label.name == *name) else { continue };
                if !self.model.schema.chain(clause.target).any(|record| record == limit.per) {
                    self.nothing_in_common(&clause.label, limit.per, limit.span.0);
                }
            }
        }
    }

    pub(super) fn nothing_in_common(&mut self, clause: &Label, record: crate::schema::RecordId, span: Span) {
        let record = Term::from(&self.model.schema.record(record).label);
        let finding =
            Diagnostic::at(codes::C019, span).arg("clause", Term::from(clause)).arg("record", record);
        // A clause is compiled once for each stack: it is told once.
        let same = |told: &Diagnostic| told.code.id == finding.code.id && told.place == finding.place;
        if !self.findings.iter().any(same) {
            self.report(finding);
        }
    }

    /// The duties for which a recorded decision may withhold a reward: of the household that signed, in the same
    /// charter.
    pub(super) fn discretionary(
        &mut self,
        duties: Option<(&[Name], Span)>,
        kind: BenefitKind,
        owner: Owner,
        scope: Scope<'m>,
    ) -> Vec<String> {
        let Some((names, span)) = duties else { return Vec::new() };
        if kind == BenefitKind::Subsidy {
            self.misplaced(
                Keyword::Discretionary,
                span,
                Term::new(
                    "补贴不能酌定停发,只有奖励可以",
                    "a subsidy is never withheld; only a reward can be discretionary",
                ),
            );
            return Vec::new();
        }
        let mut found = Vec::new();
        for name in names {
            let Some((_, duty)) = self.model.find(&self.model.obligations, scope.layers, &name.text) else {
                self.unknown(name, Term::new("本章程的义务", "duty of this charter"));
                continue;
            };
            self.refer(name.span, &duty.label);
            let committee = duty
                .item
                .ast
                .parts
                .iter()
                .any(|part| matches!(part.value, ast::ObligationPart::Binds(Party::Committee)));
            if duty.owner == owner && !committee {
                found.push(duty.label.name.clone());
            } else {
                let finding =
                    Diagnostic::at(codes::C021, name.span).arg("duty", Term::from(&duty.label)).arg(
                        "why",
                        Term::new(
                            "须是本章程中约束户的义务",
                            "it must be a duty of the household in the same charter",
                        ),
                    );
                self.report(finding.related(duty.span, Term::new("义务在这里", "the duty is here")));
            }
        }
        found
    }
}
