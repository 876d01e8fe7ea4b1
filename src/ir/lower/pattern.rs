//! Patterns of tiers and tables: what they are hit by, what two of them share, what some leave out.

use super::parameter::show;
use super::{Lowering, Scope};
use crate::ast::Pattern as Written;
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::plan::{Constant, NodeId, Pattern};
use crate::schema::FieldType;
use crate::source::Span;
use crate::types::Type;
use crate::value::{Day, Fen};

impl<'m> Lowering<'m, '_> {
    /// Reports a subject whose type has no patterns.
    pub(super) fn has_patterns(&mut self, ty: Type, subject: NodeId, span: Span) -> Option<()> {
        if matches!(ty, Type::Code(..) | Type::Number | Type::Money | Type::Date) {
            return Some(());
        }
        let expected = Term::new("选项、数目、金额或日期", "a code, a number, money or a date");
        self.mismatch(span, expected, subject);
        None
    }

    /// What a pattern is hit by.
    pub(super) fn pattern(&mut self, pattern: &Written, ty: Type, scope: Scope<'m>) -> Option<Pattern> {
        let (first, last) = pattern.ends();
        let first = self.written(first, ty, scope)?;
        let last = match last {
            Some(last) => Some(self.written(last, ty, scope)?),
            None => None,
        };
        if let Constant::Code(code) = first {
            let part = match pattern {
                Written::One(_) => return Some(Pattern::Code(code)),
                Written::Through(..) | Written::UpTo(..) => Term::new("到", "to"),
                Written::Below(_) => Term::new("低于", "below"),
                Written::AtLeast(_) => Term::new("至少", "at least"),
            };
            self.report(Diagnostic::at(codes::S010, pattern.span()).arg("part", part));
            return None;
        }
        let (lo, hi) = (place(&first)?, last.as_ref().and_then(place));
        // Between two whole numbers, fen or days nothing lies: what is below one ends with the one before it.
        let (lo, hi) = match pattern {
            Written::One(_) => (Some(lo), Some(lo)),
            Written::Through(..) => (Some(lo), hi),
            Written::UpTo(..) => (Some(lo), hi.map(|hi| hi.saturating_sub(1))),
            Written::Below(_) => (None, Some(lo.saturating_sub(1))),
            Written::AtLeast(_) => (Some(lo), None),
        };
        if let Some((lo, hi)) = lo.zip(hi).filter(|(lo, hi)| lo > hi) {
            let finding = Diagnostic::at(codes::C011, pattern.span());
            self.report(finding.arg("lo", value(lo, ty)).arg("hi", value(hi, ty)));
            return None;
        }
        Some(Pattern::Span(lo, hi))
    }

    /// The values of a type that some patterns leave out.
    pub(super) fn left_out(&self, ty: Type, patterns: &[&Pattern]) -> Vec<Pattern> {
        if let Type::Code(record, field) = ty {
            let FieldType::Code(list) = &self.model.schema.field(record, field).ty else { return Vec::new() };
            let codes = (0..list.len()).filter_map(|place| u16::try_from(place).ok()).map(Pattern::Code);
            return codes.filter(|code| !patterns.contains(&code)).collect();
        }
        let mut spans: Vec<(Option<i64>, Option<i64>)> = patterns
            .iter()
            .filter_map(|pattern| match pattern {
                Pattern::Span(lo, hi) => Some((*lo, *hi)),
                Pattern::Code(_) => None,
            })
            .collect();
        // A span without a beginning comes first, as none is less than any.
        spans.sort_unstable();
        let mut gaps = Vec::new();
        let mut next: Option<i64> = None;
        for (lo, hi) in spans {
            let before = lo.and_then(|lo| lo.checked_sub(1));
            match (next, before) {
                (None, Some(before)) => gaps.push(Pattern::Span(None, Some(before))),
                (Some(next), Some(before)) if next <= before => {
                    gaps.push(Pattern::Span(Some(next), Some(before)));
                }
                _ => {}
            }
            let Some(after) = hi.and_then(|hi| hi.checked_add(1)) else { return gaps };
            next = Some(next.map_or(after, |next| next.max(after)));
        }
        gaps.push(Pattern::Span(next, None));
        gaps
    }

    /// A pattern as it would be written.
    pub(super) fn shown(&self, pattern: &Pattern, ty: Type) -> Term {
        match (pattern, ty) {
            (Pattern::Code(code), Type::Code(record, field)) => {
                let FieldType::Code(list) = &self.model.schema.field(record, field).ty else {
                    return Term::same(code);
                };
                list.get(usize::from(*code)).map_or_else(|| Term::same(code), |code| Term::from(&code.label))
            }
            (Pattern::Code(code), _) => Term::same(code),
            (Pattern::Span(None, None), _) => Term::new("任何值", "any value"),
            (Pattern::Span(Some(lo), Some(hi)), _) if lo == hi => value(*lo, ty),
            (Pattern::Span(Some(lo), None), _) => joined("至少 {}", "at least {}", &[value(*lo, ty)]),
            (Pattern::Span(None, Some(hi)), _) => {
                joined("低于 {}", "below {}", &[value(hi.saturating_add(1), ty)])
            }
            (Pattern::Span(Some(lo), Some(hi)), Type::Money) => {
                let ends = [value(*lo, ty), value(hi.saturating_add(1), ty)];
                joined("{} 到 低于 {}", "{} to below {}", &ends)
            }
            (Pattern::Span(Some(lo), Some(hi)), _) => {
                joined("{} 到 {}", "{} to {}", &[value(*lo, ty), value(*hi, ty)])
            }
        }
    }
}

/// What hits both of two patterns.
pub(super) fn shared(a: &Pattern, b: &Pattern) -> Option<Pattern> {
    match (a, b) {
        (Pattern::Code(a), Pattern::Code(b)) => (a == b).then_some(Pattern::Code(*a)),
        (Pattern::Span(lo, hi), Pattern::Span(from, to)) => {
            let lo = (*lo).max(*from);
            let hi = [*hi, *to].into_iter().flatten().min();
            let empty = lo.zip(hi).is_some_and(|(lo, hi)| lo > hi);
            (!empty).then_some(Pattern::Span(lo, hi))
        }
        _ => None,
    }
}

/// Several things, one after the other.
pub(super) fn list(terms: &[Term]) -> Term {
    let join = |pick: fn(&Term) -> &str, comma| terms.iter().map(pick).collect::<Vec<_>>().join(comma);
    Term::new(join(|term| &term.zh, "、"), join(|term| &term.en, ", "))
}

/// Words with values in their places.
fn joined(zh: &str, en: &str, values: &[Term]) -> Term {
    let fill = |text: &str, pick: fn(&Term) -> &str| {
        values.iter().fold(text.to_owned(), |text, value| text.replacen("{}", pick(value), 1))
    };
    Term::new(fill(zh, |term| &term.zh), fill(en, |term| &term.en))
}

/// The place of a constant among the whole numbers.
pub(super) fn place(constant: &Constant) -> Option<i64> {
    match constant {
        Constant::Number(number) => Some(*number),
        Constant::Money(fen) => Some(fen.0),
        Constant::Date(day) => Some(i64::from(day.number())),
        Constant::Rate(_) | Constant::Text(_) | Constant::Code(_) => None,
    }
}

/// The value at a place, as it is written.
fn value(place: i64, ty: Type) -> Term {
    let day = || i32::try_from(place).ok().and_then(Day::from_number);
    match ty {
        Type::Money => show(&Constant::Money(Fen(place))),
        Type::Date => day().map_or_else(|| Term::same(place), |day| show(&Constant::Date(day))),
        _ => Term::same(place),
    }
}
