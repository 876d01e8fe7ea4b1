//! Duties, each with its way out: a remedy period and an appeal; and indicators.

use super::{Lowering, Meaning, Scope};
use crate::ast::{
    AggregateKind, Expr, ExprKind, Located, Must as Written, Name, ObligationPart, Party, Rhythm, Text,
    TimeUnit,
};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::plan::{
    Allowed, Condition, ConditionKind, Days, Indicator, Measure, Must, NodeId, Obligation, Op, Place, Window,
};
use crate::resolve::{CharterId, Declaration, ObligationItem, Owner, Stack};
use crate::schema::Blank;
use crate::source::Span;
use crate::syntax::Keyword;
use crate::types::Type;
use crate::value::PeriodUnit;

/// The parts of a duty, each at most once except `allow`.
#[derive(Default)]
struct Parts<'a> {
    target: Option<(&'a Name, Option<&'a Expr>)>,
    party: Option<Party>,
    bound: Option<&'a Expr>,
    must: Option<(&'a Written, Span)>,
    excuse: Option<&'a Expr>,
    remedy: Option<(i64, TimeUnit)>,
    appeal: Option<(i64, TimeUnit, &'a Text)>,
    basis: Option<&'a Text>,
    allowed: Vec<Allowed>,
    end: Option<Span>,
}

impl<'m, 'a> Lowering<'m, 'a> {
    pub(super) fn obligations(&mut self) -> Vec<Obligation> {
        let model = self.model;
        let mut built: Vec<Obligation> = Vec::new();
        for declaration in &model.obligations {
            let Owner::Charter(charter) = declaration.owner else { continue };
            for stack in model.stacks_of(charter) {
                let Some(duty) = self.obligation(declaration, charter, stack) else { continue };
                match built
                    .last_mut()
                    .filter(|last| Obligation { days: duty.days, ..(*last).clone() } == duty)
                {
                    Some(last) if last.days.until == Some(duty.days.from) => {
                        last.days.until = duty.days.until;
                    }
                    _ => built.push(duty),
                }
            }
        }
        built
    }

    fn obligation(
        &mut self,
        declaration: &'m Declaration<ObligationItem<'a>>,
        charter: CharterId,
        stack: &'m Stack,
    ) -> Option<Obligation> {
        let ObligationItem { ast, faulty } = declaration.item;
        let parts = self.duty_parts(&ast.parts);
        if !faulty {
            let given = [
                (parts.target.is_some(), Keyword::For),
                (parts.must.is_some(), Keyword::Must),
                (parts.remedy.is_some(), Keyword::Remedy),
                (parts.appeal.is_some(), Keyword::Appeal),
            ];
            for (_, keyword) in given.into_iter().filter(|(given, _)| !given) {
                self.missing(keyword, declaration.span);
            }
        }
        let (record, filter) = parts.target?;
        let target = self.target(record)?;
        let scope = Scope { layers: &stack.layers, record: Some(target) };
        let filter =
            filter.map_or_else(Vec::new, |filter| self.conjuncts(filter, ConditionKind::Target, scope));
        let bound =
            parts.bound.map_or_else(Vec::new, |bound| self.conjuncts(bound, ConditionKind::Bound, scope));
        let excuse = parts.excuse.and_then(|excuse| {
            let node = self.condition(excuse, scope)?;
            Some(Condition { kind: ConditionKind::Excuse, node, span: Place(excuse.span) })
        });
        let (must, must_span) = parts.must?;
        let must = self.must(must, must_span, scope);
        let (count, unit, to) = parts.appeal?;
        Some(Obligation {
            label: declaration.label.clone(),
            article: ast.article.value,
            charter,
            days: Days { from: stack.from, until: stack.until },
            span: Place(ast.article.span.to(parts.end.unwrap_or(must_span))),
            target,
            filter,
            party: parts.party.unwrap_or(Party::Signer),
            bound,
            must: must?,
            excuse,
            remedy: parts.remedy?,
            appeal: (count, unit, to.text.clone()),
            basis: parts.basis.map(|text| text.text.clone()),
            allowed: parts.allowed,
        })
    }

    fn duty_parts(&mut self, written: &'a [Located<ObligationPart>]) -> Parts<'a> {
        let mut parts = Parts::default();
        let mut seen: Vec<(std::mem::Discriminant<ObligationPart>, Span)> = Vec::new();
        for Located { value, span } in written {
            let kind = std::mem::discriminant(value);
            let first = seen.iter().find(|(taken, _)| *taken == kind).map(|(_, first)| *first);
            if let (Some(first), false) = (first, matches!(value, ObligationPart::Allow { .. })) {
                self.part_twice(keyword(value), *span, first);
                continue;
            }
            seen.push((kind, *span));
            parts.end = Some(*span);
            match value {
                ObligationPart::For { record, filter } => parts.target = Some((record, filter.as_ref())),
                ObligationPart::Binds(whom) => parts.party = Some(*whom),
                ObligationPart::Bound(expr) => parts.bound = Some(expr),
                ObligationPart::Must(must) => parts.must = Some((must, *span)),
                ObligationPart::Excused(expr) => parts.excuse = Some(expr),
                ObligationPart::Remedy(count, unit) => parts.remedy = Some((*count, *unit)),
                ObligationPart::Appeal(count, unit, to) => parts.appeal = Some((*count, *unit, to)),
                ObligationPart::Basis(text) => parts.basis = Some(text),
                ObligationPart::Allow { code, reason } => {
                    let (code, reason) = (code.text.clone(), reason.text.clone());
                    parts.allowed.push(Allowed { code, reason, span: Place(*span) });
                }
            }
        }
        parts
    }

    fn must(&mut self, must: &Written, span: Span, scope: Scope<'m>) -> Option<Must> {
        let span = Place(span);
        Some(match must {
            Written::Within { act, count, unit, after } => {
                let (act, after) = (self.typed(act, Type::Date, scope), self.typed(after, Type::Date, scope));
                Must::Within { act: act?, length: (*count, *unit), after: after?, span }
            }
            Written::Times { count, set, filter, rhythm } => {
                let unit = self.calendar_unit(rhythm);
                let ExprKind::Path(path) = &set.kind else { return None };
                let Meaning::Set(set) = self.path(path, scope)? else {
                    self.not_events(set.span);
                    return None;
                };
                let event = self.model.schema.record(set.record).event;
                let Some(event) = event.filter(|_| Some(set.owner) == scope.record) else {
                    self.not_events(path.last()?.span);
                    return None;
                };
                let set = self.restrict(set, filter.as_ref(), scope)?;
                let optional = self.model.schema.field(set.record, event).blank != Blank::Unknown;
                let when = Op::Field(set.record, event);
                let when = self.builder.add(when, Type::Date, optional, Some(set.record));
                Must::Times { count: *count, record: set.record, when, filter: set.filter, unit: unit?, span }
            }
            Written::ThroughoutEach { rhythm, condition } => {
                let (unit, condition) = (self.calendar_unit(rhythm), self.condition(condition, scope));
                Must::Throughout { window: Window::Each(unit?), condition: condition?, span }
            }
            Written::ThroughoutAfter { count, unit, after, condition } => {
                let after = self.typed(after, Type::Date, scope);
                let condition = self.condition(condition, scope);
                let window = Window::After { length: (*count, *unit), after: after? };
                Must::Throughout { window, condition: condition?, span }
            }
        })
    }

    fn not_events(&mut self, span: Span) {
        self.report(
            Diagnostic::at(codes::T001, span)
                .arg(
                    "expected",
                    Term::new("直接属于对象的一组事件记录", "events that lie right in the target"),
                )
                .arg("found", Term::new("别的", "something else")),
        );
    }

    fn calendar_unit(&mut self, rhythm: &Located<Rhythm>) -> Option<PeriodUnit> {
        let unit = rhythm.value.calendar_unit();
        if unit.is_none() {
            let part = Term::new("一次、每次", "once, each event");
            self.report(Diagnostic::at(codes::S010, rhythm.span).arg("part", part).help(Term::new(
                "义务的周期是每月、每季或每年",
                "the rhythm of a duty is each month, each quarter or each year",
            )));
        }
        unit
    }

    pub(super) fn indicators(&mut self) -> Vec<Indicator> {
        let model = self.model;
        let mut built: Vec<Indicator> = Vec::new();
        for declaration in &model.indicators {
            let Owner::Charter(charter) = declaration.owner else { continue };
            for stack in model.stacks_of(charter) {
                let scope = Scope { layers: &stack.layers, record: None };
                let numerator = self.measure(&declaration.item.numerator, scope);
                let denominator =
                    declaration.item.denominator.as_ref().map(|measure| self.measure(measure, scope));
                let (Some(numerator), None | Some(Some(_))) = (numerator, denominator) else { continue };
                built.push(Indicator {
                    label: declaration.label.clone(),
                    charter,
                    days: Days { from: stack.from, until: stack.until },
                    span: Place(declaration.span),
                    numerator,
                    denominator: denominator.flatten(),
                });
            }
        }
        built
    }

    /// `count (households where …)`: rows of the whole register.
    fn measure(&mut self, measure: &Expr, scope: Scope<'m>) -> Option<Measure> {
        let ExprKind::Aggregate { kind, value, set, filter } = &measure.kind else { return None };
        let wrong = |this: &mut Self, span| {
            this.report(
                Diagnostic::at(codes::T001, span)
                    .arg(
                        "expected",
                        Term::new(
                            "人数(各户 ……)或合计(…… 取自 各户)",
                            "count (households …) or sum (… of households)",
                        ),
                    )
                    .arg("found", Term::new("别的", "something else")),
            );
        };
        let ExprKind::Path(path) = &set.kind else {
            wrong(self, set.span);
            return None;
        };
        let [name] = path.as_slice() else {
            wrong(self, set.span);
            return None;
        };
        let found = self.model.schema.iter().find(|(_, record)| record.plural.is(&name.text));
        let Some((record, label)) = found.map(|(id, record)| (id, record.plural.clone())) else {
            self.unknown(name, Term::new("一组记录", "set of rows"));
            return None;
        };
        self.references.insert(name.span, label);
        let inner = Scope { record: Some(record), ..scope };
        let filter: Option<NodeId> = match filter {
            Some(filter) => Some(self.condition(filter, inner)?),
            None => None,
        };
        let value = match (kind, value) {
            (AggregateKind::Count, None) => None,
            (AggregateKind::Sum, Some(value)) => Some(self.typed(value, Type::Money, inner)?),
            _ => {
                wrong(self, measure.span);
                return None;
            }
        };
        Some(Measure { record, filter, value })
    }
}

/// The keyword a part begins with.
fn keyword(part: &ObligationPart) -> Keyword {
    match part {
        ObligationPart::For { .. } => Keyword::For,
        ObligationPart::Binds(_) => Keyword::Binds,
        ObligationPart::Bound(_) => Keyword::Bound,
        ObligationPart::Must(_) => Keyword::Must,
        ObligationPart::Excused(_) => Keyword::Excused,
        ObligationPart::Remedy(..) => Keyword::Remedy,
        ObligationPart::Appeal(..) => Keyword::Appeal,
        ObligationPart::Basis(_) => Keyword::Basis,
        ObligationPart::Allow { .. } => Keyword::Allow,
    }
}
