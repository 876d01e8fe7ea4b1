//! Words of texts, headings and titles that give an unlawful clause away.
//!
//! In: the paragraphs of a plan, and from the model the headings and the texts beside a clause. Out: findings, each at
//! its word.

use super::benefit::as_condition;
use super::citation::chinese_number;
use super::law::{Lint, When, Wording, lints};
use super::pattern::Searched;
use super::words::{finds, mentions, offers, part, rewards, sentence, together, unequal};
use super::{Clock, clause};
use crate::ast::{Amount, BenefitPart, ObligationPart, Text};
use crate::diagnostic::{Diagnostic, Term};
use crate::ir::{Benefit, Obligation, Plan};
use crate::resolve::{Model, Owner};
use crate::schema::Label;
use crate::source::Span;
use std::ops::Range;

/// Reads every paragraph; each lint is reported once a paragraph, at its first word.
pub(super) fn provisions(plan: &Plan, clock: Clock) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for provision in &plan.provisions {
        let when = clock.of(plan, provision.charter);
        for paragraph in &provision.paragraphs {
            let text = Searched::new(&paragraph.text);
            for lint in lints() {
                let Some((wording, range)) = first(lint, &text, when, true) else { continue };
                let at = place(paragraph.span.0, &paragraph.text, &range);
                let subject = clause(provision.article, None);
                let Some(finding) = raised(lint, wording, at, subject, when) else { continue };
                let rewarded = rewards(sentence(&paragraph.text, &range));
                findings.push(match &lint.benefit {
                    // A text cannot be answered for: only a clause has an `allow`.
                    Some(rule) if rewarded => as_condition(finding, rule).help(Term::new(
                        "写成补贴或奖励,再用“许可”写明谁决定、依据什么、怎样保证自愿",
                        "write it as a subsidy or a reward, with an 'allow' that says who decided and how it stays voluntary",
                    )),
                    _ => finding,
                });
            }
        }
    }
    findings
}

/// Reads the titles of chapters, funds and purposes.
pub(super) fn headings(plan: &Plan, model: &Model<'_>, clock: Clock) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (charter, chapter) in &model.chapters {
        let subject = Term::new(
            format!("第{}章的标题", chinese_number(chapter.number)),
            format!("the title of chapter {}", chapter.number),
        );
        let when = clock.of(plan, *charter);
        let title = Searched::new(&chapter.title.text);
        findings.extend(lints().iter().filter_map(|lint| {
            let (wording, range) = first(lint, &title, when, false)?;
            raised(
                lint,
                wording,
                place(chapter.title.span, &chapter.title.text, &range),
                subject.clone(),
                when,
            )
        }));
    }
    let funds = model.funds.iter().map(|fund| (fund, Term::new("资金", "fund")));
    let purposes = model.purposes.iter().map(|purpose| (purpose, Term::new("用途", "purpose")));
    for (declared, what) in funds.chain(purposes) {
        let Owner::Charter(charter) = declared.owner else { continue };
        let when = clock.of(plan, charter);
        let subject = Term::new(
            format!("{}“{}”", what.zh, declared.label.zh()),
            format!("{} '{}'", what.en, declared.label.en()),
        );
        let names = searched(&declared.label);
        findings.extend(lints().iter().filter_map(|lint| {
            let wording =
                names.iter().find_map(|name| first(lint, name, when, false).map(|(wording, _)| wording))?;
            raised(lint, wording, declared.span, subject.clone(), when)
        }));
    }
    findings
}

/// Reads name and alias of a benefit, what it gives in kind, who decides, and what it rests on.
pub(super) fn title(plan: &Plan, model: &Model<'_>, benefit: &Benefit, clock: Clock) -> Vec<Diagnostic> {
    let when = clock.of(plan, benefit.charter);
    let subject = || clause(benefit.article, Some(&benefit.label));
    let names = searched(&benefit.label);
    let beside = beside_benefit(model, benefit.title.0);
    let beside: Vec<(&Text, Searched, bool)> =
        beside.into_iter().map(|(text, given)| (text, Searched::new(&text.text), given)).collect();
    let finding = |lint: &'static Lint| {
        if let Some(rule) = &lint.benefit {
            let given = beside.iter().filter(|(.., given)| *given).map(|(_, text, _)| text);
            names.iter().chain(given).find(|name| !finds(name, &rule.titles).is_empty())?;
            let finding = lint.finding(benefit.title.0, subject(), when)?;
            return Some(as_condition(finding, rule));
        }
        let titled = names.iter().find_map(|name| first(lint, name, when, false).map(|(wording, _)| wording));
        if let Some(wording) = titled {
            return raised(lint, wording, benefit.title.0, subject(), when);
        }
        beside.iter().find_map(|(text, searched, _)| {
            let (wording, range) = first(lint, searched, when, false)?;
            raised(lint, wording, place(text.span, &text.text, &range), subject(), when)
        })
    };
    lints().iter().filter_map(finding).collect()
}

/// Reads what a duty rests on: an act that is no longer in force, an article that has another number.
pub(super) fn beside_duty(
    plan: &Plan,
    model: &Model<'_>,
    duty: &Obligation,
    clock: Clock,
) -> Vec<Diagnostic> {
    let when = clock.of(plan, duty.charter);
    let declared = model
        .obligations
        .iter()
        .find(|other| other.label.name == duty.label.name && other.owner == Owner::Charter(duty.charter));
    let parts = declared.iter().flat_map(|declared| &declared.item.ast.parts);
    let texts: Vec<(&Text, Searched)> = parts
        .filter_map(|part| match &part.value {
            ObligationPart::Basis(text) => Some((text, Searched::new(&text.text))),
            _ => None,
        })
        .collect();
    let finding = |lint: &'static Lint| {
        texts.iter().find_map(|(text, searched)| {
            let (wording, range) = first(lint, searched, when, false)?;
            let subject = clause(duty.article, Some(&duty.label));
            raised(lint, wording, place(text.span, &text.text, &range), subject, when)
        })
    };
    lints().iter().filter_map(finding).collect()
}

/// The texts of a benefit's parts; true for what it gives in kind.
fn beside_benefit<'m>(model: &'m Model<'_>, title: Span) -> Vec<(&'m Text, bool)> {
    let declared = model.benefits.iter().find(|benefit| benefit.item.ast.declared.span() == title);
    let parts = declared.iter().flat_map(|declared| &declared.item.ast.parts);
    parts
        .filter_map(|part| match &part.value {
            BenefitPart::Basis(text) | BenefitPart::DecidedBy(text) => Some((text, false)),
            BenefitPart::Pay { amount: Amount::InKind(text, _), .. } => Some((text, true)),
            _ => None,
        })
        .collect()
}

/// A name and its alias, to be searched for words.
pub(super) fn names(label: &Label) -> Vec<String> {
    // A name joins its words by a line: gave_up_birth.
    std::iter::once(&label.name).chain(&label.alias).map(|name| name.replace('_', " ")).collect()
}

/// The same, to be searched many times.
pub(super) fn searched(label: &Label) -> Vec<Searched> {
    names(label).iter().map(|name| Searched::new(name)).collect()
}

/// The first word of a lint in a text. `prose` is text that is not computed.
pub(super) fn first<'l>(
    lint: &'l Lint,
    text: &Searched,
    when: When,
    prose: bool,
) -> Option<(&'l Wording, Range<usize>)> {
    let meant = |wording: &&Wording| {
        (if prose { !wording.titles_only } else { !wording.texts_only })
            && wording.from.is_none_or(|from| from <= when.day)
    };
    lint.wording.iter().filter(meant).find_map(|wording| hit(text, wording).map(|range| (wording, range)))
}

/// The finding of a word, with the mend where it is mechanical.
fn raised(lint: &Lint, wording: &Wording, at: Span, subject: Term, when: When) -> Option<Diagnostic> {
    let finding = lint.finding_of(&wording.variant, at, subject, when)?;
    Some(match &wording.replacement {
        Some(replacement) => finding.fix(at, replacement.as_str()),
        None => finding,
    })
}

/// The first word of a list that no negation reaches and nothing excuses.
fn hit(searched: &Searched, wording: &Wording) -> Option<Range<usize>> {
    let safe =
        !wording.safeguards.is_empty() && wording.safeguards.iter().all(|words| searched.has_any(words));
    if safe {
        return None;
    }
    let text = searched.text();
    let counts = |range: &Range<usize>| {
        let around = sentence(text, range);
        (wording.near.is_empty() || mentions(around, &wording.near))
            && (wording.within.is_empty() || mentions(part(text, range), &wording.within))
            && !mentions(around, &wording.exceptions)
            && !offers(around, &wording.offered)
            && !super::words::inside(searched, range, &wording.longer)
    };
    let mut hits = finds(searched, &wording.words);
    hits.extend(together(searched, &wording.together, wording.in_sentence));
    hits.extend(unequal(searched, &wording.unequal));
    hits.into_iter().find(counts)
}

/// The place of a word: the text stands between quotes of equal length.
fn place(span: Span, text: &str, range: &Range<usize>) -> Span {
    let Span { source, start, end } = span;
    let byte = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let quote = end.saturating_sub(start).saturating_sub(byte(text.len())) / 2;
    let at = |offset: usize| start.saturating_add(quote).saturating_add(byte(offset));
    Span { source, start: at(range.start), end: at(range.end) }
}
