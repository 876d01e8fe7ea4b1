//! Subsidies and rewards.

use super::doc::Doc;
use super::item::{Part, Row};
use super::number;
use super::words::{Printer, Segment, Separator, bytes, declared, quoted_name, string};
use crate::ast::{
    Amount, Benefit, BenefitKind, BenefitPart, Edge, Item, JudgedOn, Limit, Located, Most, Name, Prorating,
    ProratingPart, Relation, Rhythm, Share,
};
use crate::syntax::keyword::{Keyword, Script};

impl Printer<'_> {
    pub(super) fn benefit(&mut self, item: &Item, it: &Benefit) -> Vec<Row> {
        let number = number::article(it.article.value, self.script);
        let kind = self.word(match it.kind {
            BenefitKind::Subsidy => Keyword::Subsidy,
            BenefitKind::Reward => Keyword::Reward,
        });
        let head = Doc::text(format!("{number} {kind} {}", declared(&it.declared)));
        let parts = it.parts.iter().map(|part| self.benefit_part(part)).collect();
        self.with_parts(item, &it.declared, head, parts)
    }

    pub(super) fn benefit_part(&mut self, part: &Located<BenefitPart>) -> Part {
        let (keyword, doc) = match &part.value {
            BenefitPart::For { record, filter } => {
                let record = Segment { range: bytes(record.span), doc: Doc::Text(self.reference(record)) };
                (Keyword::For, self.filtered(record, filter.as_ref()))
            }
            BenefitPart::When(condition) => (Keyword::When, self.expr(condition)),
            BenefitPart::Unless(condition) => (Keyword::Unless, self.expr(condition)),
            BenefitPart::Pay { amount, rhythm, prorating } => {
                let doc = self.pay(amount, rhythm.as_ref());
                (Keyword::Pay, self.prorated(doc, prorating.as_ref().map(|prorating| prorating.value)))
            }
            BenefitPart::From(edge) => (Keyword::From, self.edge(edge)),
            BenefitPart::Until(edge) => (Keyword::Until, self.edge(edge)),
            BenefitPart::DecidedBy(body) => (Keyword::DecidedBy, Doc::Text(string(&body.text))),
            BenefitPart::Serves(purpose) => (Keyword::Serves, Doc::Text(self.reference(purpose))),
            BenefitPart::PaidFrom(shares) => (Keyword::PaidFrom, self.shares(shares)),
            BenefitPart::Basis(basis) => (Keyword::Basis, Doc::Text(string(&basis.text))),
            BenefitPart::Related(relation, names) => (relation_keyword(*relation), self.names(names)),
            BenefitPart::JudgedOn(day) => (Keyword::JudgedOn, Doc::Text(self.judged_on(*day))),
            BenefitPart::Limit(limit) => (Keyword::Limit, self.limit(limit)),
            BenefitPart::Discretionary(duties) => (Keyword::Discretionary, self.names(duties)),
            BenefitPart::Allow { code, reason } => {
                (Keyword::Allow, Doc::text(format!("{} {}", quoted_name(&code.text), string(&reason.text))))
            }
        };
        Part { keyword, span: part.span, doc }
    }

    pub(super) fn pay(&mut self, amount: &Amount, rhythm: Option<&Located<Rhythm>>) -> Doc {
        let amount = match amount {
            Amount::Fixed(amount) => self.expr(amount),
            Amount::Range(lo, hi) => {
                let bounds = self.bounds(lo, hi);
                Doc::Concat(vec![Doc::text(format!("{} ", self.word(Keyword::Between))), bounds])
            }
            Amount::InKind(what, worth) => {
                let what = Doc::text(format!("{} {}", self.word(Keyword::InKind), string(&what.text)));
                match worth {
                    Some(worth) => {
                        let worth = self.expr(worth);
                        Doc::Concat(vec![what, Doc::text(format!(" {} ", self.word(Keyword::Worth))), worth])
                    }
                    None => what,
                }
            }
        };
        let Some(rhythm) = rhythm else { return amount };
        amount.then(format!(" {}", self.rhythm(rhythm.value)))
    }

    fn prorated(&self, doc: Doc, prorating: Option<Prorating>) -> Doc {
        let Some(Prorating { part, rounding }) = prorating else { return doc };
        let part = self.word(match part {
            ProratingPart::Month => Keyword::ProratedByMonth,
            ProratingPart::Day => Keyword::ProratedByDay,
        });
        let doc = doc.then(format!(" {part}"));
        match rounding {
            Some((mode, to)) => doc.then(format!(" {}", self.rounding(mode, to))),
            None => doc,
        }
    }

    fn judged_on(&self, day: JudgedOn) -> String {
        match (day, self.script) {
            (JudgedOn::First, _) => self.word(Keyword::FirstDay).to_owned(),
            (JudgedOn::Last, _) => self.word(Keyword::LastDay).to_owned(),
            (JudgedOn::Day(day), Script::Latin) => format!("day {day}"),
            (JudgedOn::Day(day), _) => format!("{day}日"),
            (JudgedOn::MonthDay(month, day), Script::Latin) => format!("{month:02}-{day:02}"),
            (JudgedOn::MonthDay(month, day), _) => format!("{month}月{day}日"),
        }
    }

    fn limit(&mut self, limit: &Limit) -> Doc {
        let most = match &limit.most {
            Most::Amount(most) => self.sum(most),
            Most::Times(times) => {
                let space = if self.script == Script::Latin { " " } else { "" };
                Doc::text(format!("{times}{space}{}", self.word(Keyword::UnitTimes)))
            }
        };
        let per = format!(" {} {}", self.word(Keyword::Per), self.reference(&limit.per));
        let window =
            limit.window.as_ref().map_or(self.word(Keyword::ForLife), |rhythm| self.rhythm(rhythm.value));
        let doc = most.then(format!("{per} {window}"));
        if limit.with.is_empty() {
            return doc;
        }
        let with = self.names(&limit.with);
        Doc::Concat(vec![doc, Doc::text(format!(" {} ", self.word(Keyword::TogetherWith))), with])
    }

    pub(super) fn rhythm(&self, rhythm: Rhythm) -> &'static str {
        self.word(match rhythm {
            Rhythm::Once => Keyword::Once,
            Rhythm::EachMonth => Keyword::EachMonth,
            Rhythm::EachQuarter => Keyword::EachQuarter,
            Rhythm::EachYear => Keyword::EachYear,
            Rhythm::EachEvent => Keyword::EachEvent,
        })
    }

    fn edge(&mut self, edge: &Edge) -> Doc {
        let date = self.expr(&edge.date);
        if edge.month { self.after(Keyword::TheMonthOf, date) } else { date }
    }

    pub(super) fn shares(&mut self, shares: &[Share]) -> Doc {
        let segments = shares
            .iter()
            .map(|share| {
                let fund = self.reference(&share.fund);
                let text = match share.part {
                    Some((numerator, denominator)) => format!("{fund} {numerator}/{denominator}"),
                    None => fund,
                };
                Segment { range: bytes(share.fund.span), doc: Doc::Text(text) }
            })
            .collect();
        self.list(segments, Separator::Comma).grouped()
    }

    fn names(&mut self, names: &[Name]) -> Doc {
        let segments = names
            .iter()
            .map(|name| Segment { range: bytes(name.span), doc: Doc::Text(self.reference(name)) })
            .collect();
        self.list(segments, Separator::Comma).grouped()
    }
}

fn relation_keyword(relation: Relation) -> Keyword {
    match relation {
        Relation::AddsTo => Keyword::AddsTo,
        Relation::ExceptionTo => Keyword::ExceptionTo,
        Relation::InsteadOf => Keyword::InsteadOf,
        Relation::NotTogetherWith => Keyword::NotTogetherWith,
        Relation::HighestOf => Keyword::HighestOf,
    }
}
