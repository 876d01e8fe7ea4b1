//! Clauses beside each other: names that a layer above has taken, article numbers used twice, relations that go in a circle.

use super::{CharterId, Declaration, Model, Owner, schema::clash, schema::shared, twice};
use crate::ast::{ArticleNumber, BenefitPart, Relation};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::schema::Label;
use crate::source::Span;

/// A clause by its names.
struct Clause<'m> {
    label: &'m Label,
    span: Span,
    charter: CharterId,
}

pub(super) fn check(model: &Model<'_>, findings: &mut Vec<Diagnostic>) {
    taken_above(model, findings);
    numbers(model, findings);
    circles(model, findings);
}

/// Results name clauses by their names: one that a layer above has cannot be used again.
fn taken_above(model: &Model<'_>, findings: &mut Vec<Diagnostic>) {
    fn clauses<T>(list: &[Declaration<T>]) -> impl Iterator<Item = Clause<'_>> {
        list.iter().filter_map(|one| match one.owner {
            Owner::Charter(charter) => Some(Clause { label: &one.label, span: one.span, charter }),
            Owner::Vocabulary => None,
        })
    }
    let all: Vec<Clause<'_>> = clauses(&model.benefits).chain(clauses(&model.obligations)).collect();
    for clause in &all {
        let above: Vec<CharterId> =
            model.stacks_of(clause.charter).flat_map(|stack| stack.layers.iter().skip(1).copied()).collect();
        let taken =
            all.iter().find(|other| above.contains(&other.charter) && clash(other.label, clause.label));
        if let Some(other) = taken {
            let word = shared(other.label, clause.label).unwrap_or(&clause.label.name);
            findings.push(twice(word, clause.span, other.span));
        }
    }
}

/// Each article of a charter has a number of its own.
fn numbers(model: &Model<'_>, findings: &mut Vec<Diagnostic>) {
    let benefits = model.benefits.iter().map(|one| (one.owner, one.item.ast.article.clone()));
    let duties = model.obligations.iter().map(|one| (one.owner, one.item.ast.article.clone()));
    let texts =
        model.provisions.iter().map(|(charter, text)| (Owner::Charter(*charter), text.article.clone()));
    let mut all: Vec<_> = benefits.chain(duties).chain(texts).collect();
    all.sort_by_key(|(_, article)| article.span);
    for (index, (owner, article)) in all.iter().enumerate() {
        let same = |(other, earlier): &&(Owner, crate::ast::Located<ArticleNumber>)| {
            other == owner && earlier.value == article.value
        };
        if let Some((_, first)) = all.iter().take(index).find(same) {
            let number = article.value.sub.map_or_else(
                || (format!("第 {} 条", article.value.number), article.value.number.to_string()),
                |sub| {
                    let number = article.value.number;
                    (format!("第 {number} 条之 {sub}"), format!("{number}-{sub}"))
                },
            );
            findings.push(
                Diagnostic::at(codes::C017, article.span)
                    .arg("article", Term::new(number.0, number.1))
                    .related(first.span, Term::new("先在这里", "first used here")),
            );
        }
    }
}

/// `adds to`, `exception to` and `instead of` lead from benefit to benefit and never back.
fn circles(model: &Model<'_>, findings: &mut Vec<Diagnostic>) {
    let next = |index: usize| -> Vec<usize> {
        let Some(declaration) = model.benefits.get(index) else { return Vec::new() };
        let Owner::Charter(charter) = declaration.owner else { return Vec::new() };
        let names = declaration.item.ast.parts.iter().filter_map(|part| match &part.value {
            BenefitPart::Related(Relation::AddsTo | Relation::ExceptionTo | Relation::InsteadOf, names) => {
                Some(names)
            }
            _ => None,
        });
        let layers = model.stacks_of(charter).last().map_or(&[][..], |stack| stack.layers.as_slice());
        let found = names.flatten().filter_map(|name| model.find(&model.benefits, layers, &name.text));
        found.map(|(index, _)| index).collect()
    };
    for (start, declaration) in model.benefits.iter().enumerate() {
        let mut seen = vec![start];
        let mut waiting = next(start);
        while let Some(index) = waiting.pop() {
            if index == start {
                let names = |pick: fn(&Label) -> &str| {
                    let around = seen.iter().chain([&start]).filter_map(|index| model.benefits.get(*index));
                    around.map(|one| pick(&one.label)).collect::<Vec<_>>().join(" → ")
                };
                let cycle = Term::new(names(Label::zh), names(Label::en));
                findings.push(Diagnostic::at(codes::C016, declaration.span).arg("cycle", cycle));
                break;
            }
            if !seen.contains(&index) {
                seen.push(index);
                waiting.extend(next(index));
            }
        }
    }
}
