//! Items, as rows: the head, then one row a part.

use super::doc::{Doc, STEP};
use super::number;
use super::words::{Printer, Segment, Separator, bytes, declared, quoted_name, string, through};
use crate::ast::{
    Adopted, Declared, Define, Expr, HeaderPart, Item, ItemKind, Level, Located, OpenParameter, OpenPart,
    Parameter, Provision, SetParameter, TypeName,
};
use crate::source::Span;
use crate::syntax::keyword::{Keyword, Script};
use crate::value::Each;
use std::ops::Range;
use unicode_width::UnicodeWidthStr;

/// A line of an item, or several where it breaks.
pub(super) struct Row {
    /// Columns before it.
    pub indent: usize,
    /// Where it was written.
    pub range: Range<usize>,
    /// What is printed.
    pub doc: Doc,
}

/// A part: its keyword, and what follows that.
pub(super) struct Part {
    pub keyword: Keyword,
    pub span: Span,
    pub doc: Doc,
}

impl Printer<'_> {
    /// The rows of an item; the first is its head.
    pub(super) fn rows(&mut self, item: &Item) -> Vec<Row> {
        match &item.kind {
            ItemKind::Vocabulary(it) => one(item, self.named(Keyword::Vocabulary, it)),
            ItemKind::Fund(it) => one(item, self.named(Keyword::Fund, it)),
            ItemKind::Purpose(it) => one(item, self.named(Keyword::Purpose, it)),
            ItemKind::Charter(it) => {
                let head = self.named(Keyword::Charter, &it.declared);
                let parts = it.parts.iter().map(|part| self.header_part(part)).collect();
                self.with_parts(item, &it.declared, head, parts)
            }
            ItemKind::Record(it) => self.record(item, it),
            ItemKind::Define(it) => one(item, self.define(item, it)),
            ItemKind::Table(it) => self.table(item, it),
            ItemKind::Scale(it) => self.scale(item, it),
            ItemKind::Parameter(it) => self.parameter(item, it),
            ItemKind::OpenParameter(it) => self.open_parameter(item, it),
            ItemKind::Set(it) => one(item, self.set(item, it)),
            ItemKind::Chapter(it) => {
                let number = number::chapter(it.number, self.script);
                one(item, Doc::text(format!("{number} {}", string(&it.title.text))))
            }
            ItemKind::Provision(it) => self.provision(item, it),
            ItemKind::Benefit(it) => self.benefit(item, it),
            ItemKind::Obligation(it) => self.obligation(item, it),
            ItemKind::Indicator(it) => self.indicator(item, it),
            ItemKind::Refused(it) => self.refused(item, it),
        }
    }

    fn named(&self, keyword: Keyword, it: &Declared) -> Doc {
        Doc::text(format!("{} {}", self.word(keyword), declared(it)))
    }

    /// The column that what follows a part's keyword stands at. It is fixed, so that a new part does not move the
    /// others, unless a keyword is longer.
    pub(super) fn with_parts(&self, item: &Item, it: &Declared, head: Doc, parts: Vec<Part>) -> Vec<Row> {
        // Among the longest of either script.
        let usual = self.word(Keyword::DecidedBy);
        let widths = parts.iter().map(|part| self.word(part.keyword).width());
        let width = widths.fold(usual.width(), usize::max);
        let mut rows = vec![Row { indent: 0, range: head_range(item, it), doc: head }];
        rows.extend(parts.into_iter().map(|part| {
            let word = self.word(part.keyword);
            let pad = " ".repeat(width + 1 - word.width());
            let doc = Doc::Concat(vec![Doc::text(format!("{word}{pad}")), part.doc.aligned()]);
            Row { indent: STEP, range: bytes(part.span), doc }
        }));
        rows
    }

    fn header_part(&mut self, part: &Located<HeaderPart>) -> Part {
        let (keyword, text) = match &part.value {
            HeaderPart::Level(level) => (
                Keyword::Level,
                self.word(match level {
                    Level::Village => Keyword::VillageLevel,
                    Level::Town => Keyword::TownLevel,
                    Level::County => Keyword::CountyLevel,
                    Level::City => Keyword::CityLevel,
                    Level::Province => Keyword::ProvinceLevel,
                })
                .to_owned(),
            ),
            HeaderPart::Uses(name) => (Keyword::Uses, self.reference(name)),
            HeaderPart::Under(name) => (Keyword::Under, self.reference(name)),
            HeaderPart::OfVillage(village) => (Keyword::OfVillage, string(&village.text)),
            HeaderPart::Adopted(adopted) => (Keyword::Adopted, self.adopted(adopted)),
            HeaderPart::Filed(day) => (Keyword::Filed, number::date(day.value)),
            HeaderPart::Posted { from, days } => (Keyword::Posted, self.posted(from, *days)),
            HeaderPart::InForce(day) => {
                (Keyword::InForce, format!("{} {}", self.word(Keyword::From), number::date(day.value)))
            }
        };
        Part { keyword, span: part.span, doc: Doc::Text(text) }
    }

    fn adopted(&self, adopted: &Adopted) -> String {
        let mut words = vec![number::date(adopted.on.value)];
        if let Some(by) = &adopted.by {
            words.extend([self.word(Keyword::By).to_owned(), string(&by.text)]);
        }
        let votes = [
            (Keyword::Eligible, adopted.eligible),
            (Keyword::Present, adopted.present),
            (Keyword::InFavour, adopted.in_favour),
        ];
        for (keyword, count) in votes {
            let Some(count) = count else { continue };
            words.extend([self.word(keyword).to_owned(), count.to_string()]);
            if self.script.is_chinese() {
                words.push(self.word(Keyword::UnitPeople).to_owned());
            }
        }
        words.join(" ")
    }

    /// `from 2005-02-06 for 15 days`, `2005-02-06 起 15 日`.
    fn posted(&self, from: &Located<crate::value::Day>, days: Option<i64>) -> String {
        let day = number::date(from.value);
        let unit = self.word(Keyword::UnitDays);
        match (self.script, days) {
            (Script::Latin, None) => format!("{} {day}", self.word(Keyword::From)),
            (Script::Latin, Some(days)) => {
                format!("{} {day} {} {days} {unit}", self.word(Keyword::From), self.word(Keyword::For))
            }
            (Script::Chinese | Script::Traditional, None) => format!("{day} {}", self.word(Keyword::Onward)),
            (Script::Chinese | Script::Traditional, Some(days)) => {
                format!("{day} {} {days} {unit}", self.word(Keyword::Onward))
            }
        }
    }

    fn define(&mut self, item: &Item, it: &Define) -> Doc {
        let of = format!("{} {}", self.word(Keyword::Of), self.reference(&it.of));
        let head = format!("{} {} {of} =", self.word(Keyword::Define), declared(&it.declared));
        let body = Segment { range: bytes(it.body.span), doc: self.expr(&it.body) };
        let range = it.filter.as_ref().map_or(it.body.span, |filter| it.body.span.to(filter.span));
        let body = self.filtered(body, it.filter.as_ref());
        self.equation(through(item.span, it.of.span).start..it.of.span.end as usize, head, range, body)
    }

    fn set(&mut self, item: &Item, it: &SetParameter) -> Doc {
        let head = format!("{} {} =", self.word(Keyword::Set), self.reference(&it.name));
        let value = self.expr(&it.value);
        self.equation(item.span.start as usize..it.name.span.end as usize, head, it.value.span, value)
    }

    /// `HEAD = BODY`, the body on the next line where it does not fit.
    fn equation(&mut self, range: Range<usize>, head: String, body_span: Span, body: Doc) -> Doc {
        let head = Segment { range, doc: Doc::Text(head) };
        let body = Segment { range: bytes(body_span), doc: body.grouped() };
        self.list(vec![head, body], Separator::Before("")).nested().grouped()
    }

    pub(super) fn type_name(&self, ty: TypeName) -> String {
        let word = self.word(match ty {
            TypeName::Text => Keyword::TypeText,
            TypeName::Date => Keyword::TypeDate,
            TypeName::Money | TypeName::MoneyEach(_) => Keyword::TypeMoney,
            TypeName::Number => Keyword::TypeNumber,
            TypeName::Percent => Keyword::TypePercent,
            TypeName::Flag => Keyword::TypeFlag,
        });
        let each = match ty {
            TypeName::MoneyEach(Each::Month) => Keyword::EachMonth,
            TypeName::MoneyEach(Each::Quarter) => Keyword::EachQuarter,
            TypeName::MoneyEach(Each::Year) => Keyword::EachYear,
            _ => return word.to_owned(),
        };
        format!("{word} {}", self.word(each))
    }

    fn parameter(&mut self, item: &Item, it: &Parameter) -> Vec<Row> {
        let head = self.named(Keyword::Parameter, &it.declared).then(format!(" : {}", self.type_name(it.ty)));
        let mut rows = vec![Row { indent: 0, range: head_range(item, &it.declared), doc: head }];
        for value in &it.values {
            let mut head = vec![self.word(Keyword::From).to_owned(), number::date(value.from.value)];
            if let Some(until) = &value.until {
                head.extend([self.word(Keyword::Until).to_owned(), number::date(until.value)]);
            }
            let head = Doc::text(format!("{} : ", head.join(" ")));
            let doc = Doc::Concat(vec![head, self.expr(&value.value).aligned()]);
            rows.push(Row { indent: STEP, range: bytes(value.span), doc });
        }
        rows
    }

    fn open_parameter(&mut self, item: &Item, it: &OpenParameter) -> Vec<Row> {
        let head =
            self.named(Keyword::OpenParameter, &it.declared).then(format!(" : {}", self.type_name(it.ty)));
        let mut rows = vec![Row { indent: 0, range: head_range(item, &it.declared), doc: head }];
        for part in &it.parts {
            let doc = match &part.value {
                OpenPart::Bounds(lo, hi) => {
                    let bounds = self.bounds(lo, hi);
                    self.after(Keyword::Between, bounds)
                }
                OpenPart::Default(value) => {
                    let value: &Expr = value;
                    let value = self.expr(value);
                    self.after(Keyword::Default, value)
                }
                OpenPart::Mandatory => Doc::text(self.word(Keyword::Mandatory)),
            };
            rows.push(Row { indent: STEP, range: bytes(part.span), doc });
        }
        rows
    }

    pub(super) fn after(&self, keyword: Keyword, doc: Doc) -> Doc {
        Doc::Concat(vec![Doc::text(format!("{} ", self.word(keyword))), doc.aligned()])
    }

    /// One paragraph stands beside the number, several each on its line.
    fn provision(&mut self, item: &Item, it: &Provision) -> Vec<Row> {
        let number = number::article(it.article.value, self.script);
        let head = format!("{number} {}", self.word(Keyword::Provision));
        if let [paragraph] = it.paragraphs.as_slice() {
            return one(item, Doc::text(format!("{head} {}", string(&paragraph.text))));
        }
        let range = item.span.start as usize..it.article.span.end as usize;
        let head = Row { indent: 0, range, doc: Doc::Text(head) };
        let paragraphs = it.paragraphs.iter().map(|paragraph| Row {
            indent: STEP,
            range: bytes(paragraph.span),
            doc: Doc::Text(string(&paragraph.text)),
        });
        std::iter::once(head).chain(paragraphs).collect()
    }
}

/// An item of one row.
fn one(item: &Item, doc: Doc) -> Vec<Row> {
    vec![Row { indent: 0, range: bytes(item.span), doc }]
}

/// An item's head: up to its name and alias.
pub(super) fn head_range(item: &Item, it: &Declared) -> Range<usize> {
    let last = it.alias.as_ref().map_or(it.name.span, |alias| alias.span);
    item.span.start as usize..last.end as usize
}

/// A code's name. The first of a list must not be read as a type.
pub(super) fn code_name(word: &str, first: bool) -> String {
    let types = [
        Keyword::TypeText,
        Keyword::TypeDate,
        Keyword::TypeMoney,
        Keyword::TypeNumber,
        Keyword::TypePercent,
        Keyword::TypeFlag,
    ];
    let is_type = |entry: &&crate::syntax::keyword::Entry| {
        types.contains(&entry.keyword) && entry.spellings().any(|spelling| spelling == word)
    };
    if first && crate::syntax::keyword::entries().iter().any(|entry| is_type(&entry)) {
        return format!("`{word}`");
    }
    quoted_name(word)
}
