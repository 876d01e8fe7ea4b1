//! The words of an explanation: conditions, facts and their places, sums.

use super::Why;
use crate::ast::Name;
use crate::eval::traced::{Calculation, FactLine};
use crate::eval::{FactId, FactPart, Fault};
use crate::ir::{Condition, ConditionKind, ParameterKind};
use crate::report::names::root;
use crate::report::terminal::in_lang;
use crate::schema::{Datum, FieldType, RecordId};
use crate::source::Span;
use crate::syntax::{Script, Style, phrase};
use crate::types::Type;
use crate::value::{Fact, Fen, Ratio};

impl Why<'_> {
    /// A condition that stands in the way, with the part it comes from where that turns its meaning round.
    pub(super) fn obstacle(&self, condition: &Condition) -> String {
        let text = self.condition_text(condition.span.0);
        match condition.kind {
            ConditionKind::Unless => self.lang.pick(format!("除非 {text}"), format!("unless {text}")),
            ConditionKind::Exception => self.lang.pick(
                format!("“{}”成立,由它代替", self.clause_at(condition.span.0)),
                format!("'{}' holds and takes its place", self.clause_at(condition.span.0)),
            ),
            ConditionKind::Replaced => self.lang.pick(
                format!("已发给“{}”,由它取代", self.clause_at(condition.span.0)),
                format!("replaced by '{}'", self.clause_at(condition.span.0)),
            ),
            _ => text,
        }
    }

    pub(super) fn part(&self, kind: ConditionKind) -> &'static str {
        match kind {
            ConditionKind::Target => self.lang.pick("对象:", "for: "),
            ConditionKind::When => self.lang.pick("当:", "when: "),
            ConditionKind::Unless => self.lang.pick("除非(须不成立):", "unless (must not hold): "),
            ConditionKind::Bound => self.lang.pick("约定(于起算日):", "bound, on the day it counts from: "),
            ConditionKind::Excuse => self.lang.pick("免除(若成立):", "excused if: "),
            ConditionKind::Exception => self.lang.pick("例外(须不成立):", "exception (must not hold): "),
            ConditionKind::Replaced => {
                self.lang.pick("取代(须未发给):", "replaced by (must not be granted): ")
            }
            ConditionKind::From | ConditionKind::Until => "",
        }
    }

    pub(super) fn fact_line(&self, line: &FactLine) -> String {
        match line {
            FactLine::Fact(fact) => {
                let value = self.value(*fact);
                let place = match fact.part {
                    FactPart::Field(_) => self.row_place(fact.record, fact.row),
                    FactPart::Rows => String::new(),
                };
                format!("{} = {value}{}", self.fact_title(*fact), self.bracketed(&place))
            }
            FactLine::Parameter(id, day) => {
                let Some(parameter) = self.plan.parameters.get(id.0) else { return String::new() };
                let how = match parameter.kind {
                    ParameterKind::Dated(_) => self.lang.pick("按日期取值", "by its date"),
                    ParameterKind::Open { .. } => self
                        .lang
                        .pick("村章程设定或缺省值", "as the village's charter sets it, or its default"),
                };
                format!("{} {day} {}", in_lang(&parameter.label, self.lang), self.bracketed(how))
            }
            FactLine::More(more) => self.lang.pick(format!("……还有 {more} 项"), format!("… and {more} more")),
        }
    }

    /// `出生日期 [人 …0103]`
    pub(super) fn fact_title(&self, fact: FactId) -> String {
        let record = self.plan.schema.record(fact.record);
        let owner = match fact.part {
            FactPart::Field(_) => fact.record,
            FactPart::Rows => root(self.plan, fact.record),
        };
        let key = self.register.table(owner).keys.text(fact.row);
        match fact.part {
            FactPart::Field(field) => {
                let field = &self.plan.schema.field(fact.record, field).label;
                format!("{} {key} {}", in_lang(&record.label, self.lang), in_lang(field, self.lang))
            }
            FactPart::Rows => {
                let label = in_lang(&record.label, self.lang);
                self.lang.pick(
                    format!("{key} 的{label}记录可能不全"),
                    format!("the {label} rows of {key} may be incomplete"),
                )
            }
        }
    }

    pub(super) fn value(&self, fact: FactId) -> String {
        match fact.part {
            FactPart::Field(field) => self.shown(fact, &self.register.fact(fact.record, field, fact.row)),
            FactPart::Rows => self.lang.pick("不详", "unknown").to_owned(),
        }
    }

    /// A value of that fact's field, whether the register has it or not.
    pub(super) fn shown(&self, fact: FactId, value: &Fact<Datum>) -> String {
        let FactPart::Field(field) = fact.part else { return String::new() };
        let declared = self.plan.schema.field(fact.record, field);
        let datum = match value {
            Fact::Known(datum) => datum,
            Fact::Absent => return self.lang.pick("无", "none").to_owned(),
            Fact::Unknown => return self.lang.pick("不详", "unknown").to_owned(),
        };
        if declared.sensitive {
            return "***".to_owned();
        }
        match (datum, &declared.ty) {
            (Datum::Code(place), FieldType::Code(list)) => list
                .get(usize::from(*place))
                .map_or_else(String::new, |code| in_lang(&code.label, self.lang).to_owned()),
            (Datum::Text(text), _) => text.to_string(),
            (Datum::Date(span), _) => span.to_string(),
            (Datum::Money(fen), _) => fen.to_string(),
            (Datum::Number(number), _) => number.to_string(),
            (Datum::Percent(ratio), _) => format!("{}/{}", ratio.num(), ratio.den()),
            (Datum::Flag(true), _) => self.lang.pick("是", "yes").to_owned(),
            (Datum::Flag(false), _) => self.lang.pick("否", "no").to_owned(),
            (Datum::Code(_), _) => String::new(),
        }
    }

    pub(super) fn fault(&self, fault: Fault) -> String {
        match fault {
            Fault::ParameterGap(id, day) => {
                let name = self
                    .plan
                    .parameters
                    .get(id.0)
                    .map_or("", |parameter| in_lang(&parameter.label, self.lang));
                self.lang.pick(format!("{day} 没有“{name}”的值"), format!("'{name}' has no value on {day}"))
            }
            Fault::Overflow(_) => self.lang.pick("数字溢出", "arithmetic overflow").to_owned(),
            Fault::DivisionByZero(_) => self.lang.pick("除以零", "division by zero").to_owned(),
            Fault::NegativeAmount(amount) => {
                self.lang.pick(format!("负金额 {amount}"), format!("a negative amount {amount}"))
            }
        }
    }

    /// The benefit that is declared at a place.
    fn clause_at(&self, title: Span) -> String {
        let found = self.plan.benefits.iter().find(|benefit| benefit.title.0 == title);
        found.map_or_else(String::new, |benefit| in_lang(&benefit.label, self.lang).to_owned())
    }

    /// The text of a condition: of one that another clause stands before, the name of that clause.
    pub(super) fn step_text(&self, condition: &Condition) -> String {
        match condition.kind {
            ConditionKind::Exception | ConditionKind::Replaced => self.clause_at(condition.span.0),
            _ => self.condition_text(condition.span.0),
        }
    }

    /// A condition in the reader's language; where it is no expression by itself, as it was written.
    pub(super) fn condition_text(&self, span: Span) -> String {
        let script = Script::of(self.lang);
        let rename = |name: &Name| {
            let label = self.references.get(&name.span)?;
            let word = in_lang(label, self.lang);
            (word != name.text).then(|| word.to_owned())
        };
        let text = &self.sources.get(span.source).text;
        phrase(span, text, &Style { script: Some(script), rename: &rename })
            .unwrap_or_else(|| self.sources.text(span).split_whitespace().collect::<Vec<_>>().join(" "))
    }

    pub(super) fn place(&self, span: Span) -> String {
        let position = self.sources.position(span);
        let name = &self.sources.get(span.source).name;
        self.lang.pick(
            format!("出处:{name} 第 {} 行", position.line),
            format!("source: {name}, line {}", position.line),
        )
    }

    pub(super) fn row_place(&self, record: RecordId, row: usize) -> String {
        self.register.place(record, row).map_or_else(String::new, |place| place.words(self.lang))
    }

    pub(super) fn bracketed(&self, text: &str) -> String {
        if text.is_empty() {
            String::new()
        } else {
            self.lang.pick(format!("〔{text}〕"), format!(" [{text}]"))
        }
    }
}

/// `50.00 × 2 = 100.00`
pub(super) fn calculation_text(calculation: &Calculation) -> String {
    let mut texts: Vec<String> = calculation
        .terms
        .iter()
        .map(|(ty, quantity)| match (ty, quantity) {
            (_, None) => "?".to_owned(),
            (Type::Money, Some(ratio)) => ratio.to_fen().unwrap_or(Fen::ZERO).to_string(),
            (Type::ExactMoney, Some(ratio)) => {
                Ratio::new(ratio.num(), ratio.den().saturating_mul(100)).map_or_else(|| "?".to_owned(), exact)
            }
            (_, Some(ratio)) => exact(*ratio),
        })
        .collect();
    let result = texts.pop().unwrap_or_default();
    if texts.len() == 1 {
        return format!("{} {} {result}", texts.join(""), calculation.sign);
    }
    format!("{} = {result}", texts.join(&format!(" {} ", calculation.sign)))
}

/// A fraction as a decimal where it ends within ten places, else as a fraction.
fn exact(ratio: Ratio) -> String {
    let (sign, num, den) =
        (if ratio.num() < 0 { "-" } else { "" }, ratio.num().unsigned_abs(), ratio.den().unsigned_abs());
    let mut rest = num % den;
    let mut decimals = String::new();
    while rest != 0 && decimals.len() < 10 {
        let Some(ten) = rest.checked_mul(10) else { break };
        decimals += &(ten / den).to_string();
        rest = ten % den;
    }
    match (rest, decimals.is_empty()) {
        (0, true) => format!("{sign}{}", num / den),
        (0, false) => format!("{sign}{}.{decimals}", num / den),
        _ => format!("{sign}{num}/{den}"),
    }
}
