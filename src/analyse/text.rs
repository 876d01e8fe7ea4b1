//! Words of text articles and of titles that give an unlawful clause away.

use super::benefit::as_condition;
use super::law::{Lint, Wording, lints};
use super::words::{find, mentions, rewards, sentence};
use super::{Clock, clause};
use crate::diagnostic::{Diagnostic, Term};
use crate::ir::{Benefit, Paragraph, Pay, Plan};
use crate::schema::Label;
use crate::source::Span;
use std::ops::Range;

/// Reads every paragraph; each lint is reported once a paragraph, at its first word.
pub(super) fn provisions(plan: &Plan, clock: Clock) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for provision in &plan.provisions {
        let day = clock.of(plan, provision.charter);
        for paragraph in &provision.paragraphs {
            for lint in lints() {
                let hit = lint.wording.iter().find_map(|wording| hit(&paragraph.text, wording));
                let Some(range) = hit else { continue };
                let subject = clause(provision.article, None);
                let Some(finding) = lint.finding(place(paragraph, &range), subject, day) else { continue };
                let rewarded = rewards(sentence(&paragraph.text, &range));
                findings.push(match &lint.benefit {
                    // A text cannot be answered for: only a benefit has an `allow`.
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

/// Reads name and alias of a benefit, and what it gives in kind.
pub(super) fn title(plan: &Plan, benefit: &Benefit, clock: Clock) -> Vec<Diagnostic> {
    let day = clock.of(plan, benefit.charter);
    let subject = || clause(benefit.article, Some(&benefit.label));
    let mut names = names(&benefit.label);
    if let Pay::InKind { what, .. } = &benefit.pay {
        names.push(what.clone());
    }
    let finding = |lint: &'static Lint| {
        if let Some(rule) = &lint.benefit {
            names.iter().find_map(|name| find(name, &rule.titles))?;
            let finding = lint.finding(benefit.title.0, subject(), day)?;
            return Some(as_condition(finding, rule));
        }
        let mut hits = names.iter().flat_map(|name| lint.wording.iter().map(|wording| hit(name, wording)));
        hits.find_map(|hit| hit)?;
        lint.finding(benefit.title.0, subject(), day)
    };
    lints().iter().filter_map(finding).collect()
}

/// A name and its alias, to be searched for words.
pub(super) fn names(label: &Label) -> Vec<String> {
    // A name joins its words by a line: gave_up_birth.
    std::iter::once(&label.name).chain(&label.alias).map(|name| name.replace('_', " ")).collect()
}

/// The first word of a list that no negation reaches and no exception excuses.
pub(super) fn hit(text: &str, wording: &Wording) -> Option<Range<usize>> {
    let range = find(text, &wording.words)?;
    let around = sentence(text, &range);
    let near = wording.near.is_empty() || mentions(around, &wording.near);
    (near && !mentions(around, &wording.exceptions)).then_some(range)
}

/// The place of a word: the text stands between quotes of equal length.
fn place(paragraph: &Paragraph, range: &Range<usize>) -> Span {
    let Span { source, start, end } = paragraph.span.0;
    let byte = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let quote = end.saturating_sub(start).saturating_sub(byte(paragraph.text.len())) / 2;
    let at = |offset: usize| start.saturating_add(quote).saturating_add(byte(offset));
    Span { source, start: at(range.start), end: at(range.end) }
}
