//! Clauses that no village may have.

use super::doc::{Doc, STEP};
use super::item::{Part, Row};
use super::number;
use super::words::{Printer, Segment, bytes, declared, string};
use crate::ast::{Item, Located, Refused, RefusedKind, RefusedPart};
use crate::syntax::keyword::Keyword;

impl Printer<'_> {
    /// The head, then the parts with a keyword in their column and the paragraphs on lines of their own.
    pub(super) fn refused(&mut self, item: &Item, it: &Refused) -> Vec<Row> {
        let number = number::article(it.article.value, self.script);
        let head = Doc::text(format!("{number} {} {}", self.word(keyword(it.kind)), declared(&it.declared)));
        let parts: Vec<Part> = it.parts.iter().filter_map(|part| self.refused_part(part)).collect();
        let mut keyed = self.with_parts(item, &it.declared, head, parts).into_iter();
        let head = keyed.next();
        let mut rows = Vec::from_iter(head);
        for part in &it.parts {
            match &part.value {
                RefusedPart::Paragraph(text) => rows.push(Row {
                    indent: STEP,
                    range: bytes(part.span),
                    doc: Doc::Text(string(&text.text)),
                }),
                _ => rows.extend(keyed.next()),
            }
        }
        rows
    }

    /// None for a paragraph, which has no keyword.
    fn refused_part(&mut self, part: &Located<RefusedPart>) -> Option<Part> {
        let (keyword, doc) = match &part.value {
            RefusedPart::Paragraph(_) => return None,
            RefusedPart::For { record, filter } => {
                let record = Segment { range: bytes(record.span), doc: Doc::Text(self.reference(record)) };
                (Keyword::For, self.filtered(record, filter.as_ref()))
            }
            RefusedPart::When(condition) => (Keyword::When, self.expr(condition)),
            RefusedPart::Unless(condition) => (Keyword::Unless, self.expr(condition)),
            RefusedPart::Charge { amount, rhythm } => (Keyword::Charge, self.pay(amount, rhythm.as_ref())),
            RefusedPart::PaidFrom(shares) => (Keyword::PaidFrom, self.shares(shares)),
            RefusedPart::Basis(basis) => (Keyword::Basis, Doc::Text(string(&basis.text))),
        };
        Some(Part { keyword, span: part.span, doc })
    }
}

fn keyword(kind: RefusedKind) -> Keyword {
    match kind {
        RefusedKind::Fine => Keyword::Fine,
        RefusedKind::Deposit => Keyword::Deposit,
        RefusedKind::MaintenanceFee => Keyword::MaintenanceFee,
        RefusedKind::Termination => Keyword::Termination,
        RefusedKind::Contraception => Keyword::Contraception,
        RefusedKind::PregnancyCheck => Keyword::PregnancyCheck,
        RefusedKind::Withholding => Keyword::Withholding,
        RefusedKind::BirthLimit => Keyword::BirthLimit,
        RefusedKind::InformerReward => Keyword::InformerReward,
        RefusedKind::JointLiability => Keyword::JointLiability,
    }
}
