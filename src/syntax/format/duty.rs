//! Duties and indicators.

use super::doc::Doc;
use super::item::{Part, Row};
use super::number;
use super::words::{Printer, Segment, bytes, declared, quoted_name, string};
use crate::ast::{
    Expr, Indicator, Item, Literal, Located, Must, Obligation, ObligationPart, Party, TimeUnit,
};
use crate::syntax::keyword::Keyword;

impl Printer<'_> {
    pub(super) fn obligation(&mut self, item: &Item, it: &Obligation) -> Vec<Row> {
        let number = number::article(it.article.value, self.script);
        let kind = self.word(Keyword::Obligation);
        let head = Doc::text(format!("{number} {kind} {}", declared(&it.declared)));
        let parts = it.parts.iter().map(|part| self.obligation_part(part)).collect();
        self.with_parts(item, &it.declared, head, parts)
    }

    pub(super) fn obligation_part(&mut self, part: &Located<ObligationPart>) -> Part {
        let (keyword, doc) = match &part.value {
            ObligationPart::For { record, filter } => {
                let record = Segment { range: bytes(record.span), doc: Doc::Text(self.reference(record)) };
                (Keyword::For, self.filtered(record, filter.as_ref()))
            }
            ObligationPart::Binds(party) => {
                let word = self.word(match party {
                    Party::Committee => Keyword::Committee,
                    Party::Signer => Keyword::Signer,
                });
                (Keyword::Binds, Doc::text(word))
            }
            ObligationPart::Bound(condition) => (Keyword::Bound, self.when(condition)),
            ObligationPart::Excused(condition) => (Keyword::Excused, self.when(condition)),
            ObligationPart::Must(must) => (Keyword::Must, self.must(must)),
            ObligationPart::Remedy(count, unit) => (Keyword::Remedy, Doc::Text(self.length(*count, *unit))),
            ObligationPart::Appeal(count, unit, to) => {
                let length = self.length(*count, *unit);
                let toward = self.word(Keyword::Toward);
                (Keyword::Appeal, Doc::text(format!("{length} {toward} {}", string(&to.text))))
            }
            ObligationPart::Basis(basis) => (Keyword::Basis, Doc::Text(string(&basis.text))),
            ObligationPart::Allow { code, reason } => {
                (Keyword::Allow, Doc::text(format!("{} {}", quoted_name(&code.text), string(&reason.text))))
            }
        };
        Part { keyword, span: part.span, doc }
    }

    fn when(&mut self, condition: &Expr) -> Doc {
        let condition = self.expr(condition);
        self.after(Keyword::When, condition)
    }

    fn must(&mut self, must: &Must) -> Doc {
        match must {
            Must::Within { act, count, unit, after } => {
                let act = self.sum(act);
                let window = self.window(*count, *unit, after);
                let within = self.word(Keyword::Within);
                Doc::Concat(vec![act, Doc::text(format!(" {within} ")), window])
            }
            Must::Times { count, set, filter, rhythm } => {
                let times = if self.script.is_chinese() { self.word(Keyword::UnitTimes) } else { "" };
                let head = format!("{} {count}{times} ", self.word(Keyword::AtLeast));
                let segment = Segment { range: bytes(set.span), doc: self.sum(set) };
                let set = self.filtered(segment, filter.as_ref());
                let rhythm = self.rhythm(rhythm.value);
                Doc::Concat(vec![Doc::text(head), set]).then(format!(" {rhythm}"))
            }
            Must::ThroughoutEach { rhythm, condition } => {
                let head = format!("{} {}: ", self.word(Keyword::Throughout), self.rhythm(rhythm.value));
                Doc::Concat(vec![Doc::text(head), self.expr(condition)])
            }
            Must::ThroughoutAfter { count, unit, after, condition } => {
                let head = Doc::text(format!("{} ", self.word(Keyword::Throughout)));
                let window = self.window(*count, *unit, after);
                Doc::Concat(vec![head, window, Doc::text(": "), self.expr(condition)])
            }
        }
    }

    /// `60 days after birth`, `60日 自 出生日期 起`.
    fn window(&mut self, count: i64, unit: TimeUnit, after: &Expr) -> Doc {
        let head = format!("{} {} ", self.length(count, unit), self.word(Keyword::After));
        let window = Doc::Concat(vec![Doc::text(head), self.sum(after)]);
        if self.script.is_chinese() {
            window.then(format!(" {}", self.word(Keyword::Onward)))
        } else {
            window
        }
    }

    fn length(&self, count: i64, unit: TimeUnit) -> String {
        number::literal(&Literal::Duration(count, unit), self.script).unwrap_or_default()
    }

    pub(super) fn indicator(&mut self, item: &Item, it: &Indicator) -> Vec<Row> {
        let head = format!("{} {} = ", self.word(Keyword::Indicator), declared(&it.declared));
        let mut doc = vec![Doc::text(head), self.expr(&it.numerator)];
        if let Some(denominator) = &it.denominator {
            doc.push(Doc::text(" / "));
            doc.push(self.expr(denominator));
        }
        vec![Row { indent: 0, range: bytes(item.span), doc: Doc::Concat(doc) }]
    }
}
