//! Parameters: dated values without overlap, open ones filled within their bounds.

use super::{Lowering, Scope};
use crate::ast::{self, Expr, OpenPart, TypeName};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::plan::{Constant, Op, Parameter, ParameterId, ParameterKind, Place, Setting};
use crate::resolve::{Owner, ParameterItem};
use crate::source::Span;
use crate::types::Type;
use crate::value::{Day, Each};

impl<'m> Lowering<'m, '_> {
    pub(super) fn parameters(&mut self) -> Vec<Parameter> {
        let mut built: Vec<Parameter> = Vec::new();
        for (index, declaration) in self.model.parameters.iter().enumerate() {
            let ty = self.parameter_type(ParameterId(index));
            let scope = Scope { layers: &[], record: None };
            let kind = match declaration.item {
                ParameterItem::Dated(parameter) => ParameterKind::Dated(self.dated(parameter, ty, scope)),
                ParameterItem::Open(parameter) => self.open(parameter, index, ty, scope),
            };
            built.push(Parameter { label: declaration.label.clone(), ty, kind });
        }
        self.stray_settings();
        built
    }

    fn type_name(&self, id: ParameterId) -> Option<TypeName> {
        self.model.parameters.get(id.0).map(|declaration| match declaration.item {
            ParameterItem::Dated(parameter) => parameter.ty,
            ParameterItem::Open(parameter) => parameter.ty,
        })
    }

    /// What its amounts are paid for.
    pub(super) fn parameter_each(&self, id: ParameterId) -> Option<Each> {
        match self.type_name(id) {
            Some(TypeName::MoneyEach(each)) => Some(each),
            _ => None,
        }
    }

    pub(super) fn parameter_type(&self, id: ParameterId) -> Type {
        match self.type_name(id) {
            Some(TypeName::Money | TypeName::MoneyEach(_)) => Type::Money,
            Some(TypeName::Percent) => Type::Rate,
            Some(TypeName::Date) => Type::Date,
            _ => Type::Number,
        }
    }

    /// A value written out.
    pub(super) fn written(&mut self, expr: &Expr, ty: Type, scope: Scope<'m>) -> Option<Constant> {
        let node = self.typed(expr, ty, scope)?;
        if let Some(Op::Constant(constant)) = self.builder.node(node).map(|node| node.op.clone()) {
            Some(constant)
        } else {
            self.mismatch(expr.span, Term::new("写明的数值", "a value written out"), node);
            None
        }
    }

    fn dated(
        &mut self,
        parameter: &ast::Parameter,
        ty: Type,
        scope: Scope<'m>,
    ) -> Vec<(Day, Option<Day>, Constant)> {
        let mut values: Vec<(Day, Option<Day>, Constant, Span)> = Vec::new();
        for value in &parameter.values {
            let until = value.until.as_ref().map(|day| day.value);
            if until.is_some_and(|until| until < value.from.value) {
                self.report(Diagnostic::at(codes::C012, value.span));
                continue;
            }
            if let Some(constant) = self.written(&value.value, ty, scope) {
                values.push((value.from.value, until.map(Day::next), constant, value.span));
            }
        }
        values.sort_by_key(|(from, ..)| *from);
        let starts: Vec<Day> = values.iter().map(|(from, ..)| *from).skip(1).collect();
        for (index, (_, until, _, span)) in values.iter_mut().enumerate() {
            let Some(next) = starts.get(index) else { break };
            // A value without an end holds until the next begins; one with an end may not reach into it.
            if until.is_some_and(|until| until > *next) {
                let name = crate::resolve::label(&parameter.declared);
                self.findings.push(Diagnostic::at(codes::C002, *span).arg("name", Term::from(&name)));
            }
            *until = Some(until.map_or(*next, |until| until.min(*next)));
        }
        values.dedup_by_key(|(from, ..)| *from);
        values.into_iter().map(|(from, until, constant, _)| (from, until, constant)).collect()
    }

    fn open(
        &mut self,
        parameter: &ast::OpenParameter,
        index: usize,
        ty: Type,
        scope: Scope<'m>,
    ) -> ParameterKind {
        let (mut bounds, mut default, mut mandatory) = (None, None, None);
        for part in &parameter.parts {
            match &part.value {
                OpenPart::Bounds(lo, hi) => {
                    let (lo, hi) = (self.written(lo, ty, scope), self.written(hi, ty, scope));
                    bounds = lo.zip(hi);
                    if let Some((lo, hi)) = bounds.as_ref().filter(|(lo, hi)| above(lo, hi)) {
                        let (lo, hi) = (show(lo), show(hi));
                        self.findings
                            .push(Diagnostic::at(codes::C011, part.span).arg("lo", lo).arg("hi", hi));
                    }
                }
                OpenPart::Default(value) => {
                    let constant = self.written(value, ty, scope);
                    default = constant.map(|constant| (constant, value.span));
                }
                OpenPart::Mandatory => mandatory = Some(part.span),
            }
        }
        if let Some((value, span)) = &default {
            self.within(parameter, value, bounds.as_ref(), *span);
        }
        let mut settings = Vec::new();
        let model = self.model;
        for (charter, set) in &model.settings {
            let meant = model.stacks_of(*charter).any(|stack| {
                let found = model.find(&model.parameters, &stack.layers, &set.name.text);
                found.map(|(found, _)| found) == Some(index)
            });
            if !meant {
                continue;
            }
            if let Some(value) = self.written(&set.value, ty, scope) {
                self.refer(set.name.span, &crate::resolve::label(&parameter.declared));
                self.within(parameter, &value, bounds.as_ref(), set.value.span);
                let span = Place(set.value.span);
                settings.push(Setting { charter: *charter, value, span });
            }
        }
        if mandatory.is_some() {
            self.unset(parameter, index, &settings);
        }
        ParameterKind::Open { default: default.map(|(value, _)| value), settings }
    }

    fn within(
        &mut self,
        parameter: &ast::OpenParameter,
        value: &Constant,
        bounds: Option<&(Constant, Constant)>,
        span: Span,
    ) {
        let Some((lo, hi)) = bounds else { return };
        if above(lo, value) || above(value, hi) {
            let name = crate::resolve::label(&parameter.declared);
            self.findings.push(
                Diagnostic::at(codes::C003, span)
                    .arg("value", show(value))
                    .arg("name", Term::from(&name))
                    .arg("lo", show(lo))
                    .arg("hi", show(hi))
                    .related(
                        parameter.declared.name.span,
                        Term::new("范围在这里", "the bounds are set here"),
                    ),
            );
        }
    }

    /// A mandatory parameter is set for every village charter that sees it: by itself or by a layer above it.
    fn unset(&mut self, parameter: &ast::OpenParameter, index: usize, settings: &[Setting]) {
        let Some(owner) = self.model.parameters.get(index).map(|declaration| declaration.owner) else {
            return;
        };
        for (id, charter) in self.model.charters.iter().enumerate() {
            let id = crate::resolve::CharterId(id);
            let above = |layer: &crate::resolve::CharterId| Owner::Charter(*layer) == owner;
            let sets = |layer: &crate::resolve::CharterId| settings.iter().any(|one| one.charter == *layer);
            let mut stacks = self.model.stacks_of(id).filter(|stack| stack.layers.iter().any(above));
            if charter.village.is_some() && stacks.any(|stack| !stack.layers.iter().any(sets)) {
                let name = crate::resolve::label(&parameter.declared);
                self.findings.push(Diagnostic::at(codes::C004, charter.span).arg("name", Term::from(&name)));
            }
        }
    }

    /// A setting of something that is no open parameter.
    fn stray_settings(&mut self) {
        let model = self.model;
        for (index, (charter, set)) in model.settings.iter().enumerate() {
            let same = |(other, earlier): &&(crate::resolve::CharterId, &ast::SetParameter)| {
                other == charter && earlier.name.text == set.name.text
            };
            if let Some((_, first)) = model.settings.iter().take(index).find(same) {
                let first_place = Term::new("先在这里", "first set here");
                let finding = Diagnostic::at(codes::N002, set.name.span).arg("name", &*set.name.text);
                self.findings.push(finding.related(first.name.span, first_place));
            }
            let found = model
                .stacks_of(*charter)
                .find_map(|stack| model.find(&model.parameters, &stack.layers, &set.name.text));
            match found.map(|(_, declaration)| declaration.item) {
                Some(ParameterItem::Open(_)) => {}
                Some(ParameterItem::Dated(_)) => self.findings.push(
                    Diagnostic::at(codes::N007, set.name.span)
                        .arg("name", &*set.name.text)
                        .arg("found", Term::new("已定的参数", "a fixed parameter"))
                        .arg("expected", Term::new("开放参数", "an open parameter")),
                ),
                None => self.unknown(&set.name, Term::new("开放参数", "open parameter")),
            }
        }
    }
}

/// Is one constant greater than another of its type?
fn above(a: &Constant, b: &Constant) -> bool {
    match (a, b) {
        (Constant::Number(a), Constant::Number(b)) => a > b,
        (Constant::Money(a), Constant::Money(b)) => a > b,
        (Constant::Rate(a), Constant::Rate(b)) => a > b,
        (Constant::Date(a), Constant::Date(b)) => a > b,
        _ => false,
    }
}

pub(super) fn show(constant: &Constant) -> Term {
    match constant {
        Constant::Money(fen) => Term::new(format!("{fen} 元"), format!("{fen} yuan")),
        Constant::Rate(ratio) => Term::same(format!("{}/{}", ratio.num(), ratio.den())),
        Constant::Number(number) => Term::same(number),
        Constant::Date(day) => Term::same(day),
        Constant::Text(text) => Term::same(text),
        Constant::Code(code) => Term::same(code),
    }
}
