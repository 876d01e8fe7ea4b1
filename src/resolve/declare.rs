//! Funds, purposes, parameters, defines and articles of one file.

use super::{
    BenefitItem, Declaration, DefineItem, Model, ObligationItem, Owner, ParameterItem, label,
    schema::{clash, shared},
    twice,
};
use crate::ast::{Declared, File, ItemKind};
use crate::diagnostic::{Diagnostic, Term, codes};

/// Declares everything of a file. What only a charter may hold is reported in a vocabulary, and the reverse.
pub(super) fn file<'a>(model: &mut Model<'a>, file: &'a File, owner: Owner, findings: &mut Vec<Diagnostic>) {
    for item in &file.items {
        let misplaced = match (&item.kind, owner) {
            (ItemKind::Record(_), Owner::Charter(_)) => Some(Term::new("记录", "record")),
            (
                ItemKind::Benefit(_)
                | ItemKind::Obligation(_)
                | ItemKind::Indicator(_)
                | ItemKind::Provision(_)
                | ItemKind::Chapter(_)
                | ItemKind::Refused(_),
                Owner::Vocabulary,
            ) => Some(Term::new("条款", "article")),
            (ItemKind::Set(_), Owner::Vocabulary) => Some(Term::new("设定", "set")),
            _ => None,
        };
        if let Some(part) = misplaced {
            findings.push(Diagnostic::at(codes::S010, item.span).arg("part", part).help(Term::new(
                "记录写在词汇里,条款写在章程里",
                "records belong in a vocabulary, articles in a charter",
            )));
            continue;
        }
        match &item.kind {
            ItemKind::Define(define) => {
                step(model, &define.declared, owner, DefineItem::Define(define), findings);
            }
            ItemKind::Table(table) => {
                step(model, &table.declared, owner, DefineItem::Table(table, item.faulty), findings);
            }
            ItemKind::Scale(scale) => {
                step(model, &scale.declared, owner, DefineItem::Scale(scale, item.faulty), findings);
            }
            ItemKind::Fund(declared) => declare(&mut model.funds, declared, owner, (), findings, |_| true),
            ItemKind::Purpose(declared) => {
                declare(&mut model.purposes, declared, owner, (), findings, |_| true);
            }
            ItemKind::Parameter(parameter) => {
                let item = ParameterItem::Dated(parameter);
                declare(&mut model.parameters, &parameter.declared, owner, item, findings, |_| true);
            }
            ItemKind::OpenParameter(parameter) => {
                let item = ParameterItem::Open(parameter);
                declare(&mut model.parameters, &parameter.declared, owner, item, findings, |_| true);
            }
            ItemKind::Set(set) => {
                if let Owner::Charter(charter) = owner {
                    model.settings.push((charter, set));
                }
            }
            ItemKind::Benefit(benefit) => {
                let item = BenefitItem { ast: benefit, faulty: item.faulty };
                declare(&mut model.benefits, &benefit.declared, owner, item, findings, |_| true);
            }
            ItemKind::Obligation(obligation) => {
                let item = ObligationItem { ast: obligation, faulty: item.faulty };
                declare(&mut model.obligations, &obligation.declared, owner, item, findings, |_| true);
            }
            ItemKind::Indicator(indicator) => {
                declare(&mut model.indicators, &indicator.declared, owner, indicator, findings, |_| true);
            }
            ItemKind::Provision(provision) => {
                if let Owner::Charter(charter) = owner {
                    model.provisions.push((charter, provision));
                }
            }
            ItemKind::Chapter(chapter) => {
                if let Owner::Charter(charter) = owner {
                    model.chapters.push((charter, chapter));
                }
            }
            ItemKind::Refused(refused) => {
                declare(&mut model.refused, &refused.declared, owner, refused, findings, |_| true);
            }
            ItemKind::Vocabulary(_) | ItemKind::Charter(_) | ItemKind::Record(_) => {}
        }
    }
}

/// A named step: its name is taken among those of its record.
fn step<'a>(
    model: &mut Model<'a>,
    declared: &Declared,
    owner: Owner,
    item: DefineItem<'a>,
    findings: &mut Vec<Diagnostic>,
) {
    declare(&mut model.defines, declared, owner, item, findings, |other| {
        other.item.of().text == item.of().text
    });
}

fn declare<T>(
    list: &mut Vec<Declaration<T>>,
    declared: &Declared,
    owner: Owner,
    item: T,
    findings: &mut Vec<Diagnostic>,
    same_space: impl Fn(&Declaration<T>) -> bool,
) {
    let label = label(declared);
    let taken =
        list.iter().find(|other| other.owner == owner && same_space(other) && clash(&other.label, &label));
    if let Some(first) = taken {
        let word = shared(&first.label, &label).unwrap_or(&label.name);
        findings.push(twice(word, declared.name.span, first.span));
    }
    list.push(Declaration { label, span: declared.name.span, owner, item });
}
