//! Numbers, amounts, dates and article numbers.

use super::{Lower, keyword, values};
use crate::ast::{ArticleNumber, Expr, ExprKind, Literal, Located, MoneyUnit, TimeUnit};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::grammar::Rule;
use crate::syntax::keyword::{Keyword, of_rule};
use crate::value::Day;
use pest::iterators::Pair;

impl Lower {
    pub(super) fn literal(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let span = self.span(&pair);
        let inner = pair.into_inner().next()?;
        let literal = match inner.as_rule() {
            Rule::date => Literal::Date(self.date(&inner)?.value),
            Rule::money => self.money(inner)?,
            Rule::percent => {
                let number = inner.into_inner().next()?;
                // 1 % is 10 000 millionths: four decimals of a percentage are exact.
                Literal::Percent(self.scaled(number.as_str(), 4, 10_000, span)?)
            }
            Rule::duration => self.duration_literal(inner, span)?,
            Rule::whole => Literal::Number(self.whole(inner.as_str(), span)?),
            Rule::string => Literal::Text(self.text(&inner).text),
            _ => return None,
        };
        Some(Expr { kind: ExprKind::Literal(literal), span })
    }

    pub(super) fn duration_literal(&mut self, pair: Pair<'_, Rule>, span: Span) -> Option<Literal> {
        let mut inner = pair.into_inner();
        let count = self.whole(inner.next()?.as_str(), span)?;
        let unit = match of_rule(inner.next()?.as_rule())? {
            Keyword::UnitYears => TimeUnit::Years,
            Keyword::UnitMonths => TimeUnit::Months,
            _ => TimeUnit::Days,
        };
        Some(Literal::Duration(count, unit))
    }

    fn money(&mut self, pair: Pair<'_, Rule>) -> Option<Literal> {
        let span = self.span(&pair);
        let mut inner = pair.into_inner();
        let number = inner.next()?;
        let (unit, decimals, fen) = match of_rule(inner.next()?.as_rule())? {
            Keyword::UnitYuan => (MoneyUnit::Yuan, 2, 100),
            Keyword::UnitJiao => (MoneyUnit::Jiao, 1, 10),
            Keyword::UnitWan => (MoneyUnit::Wan, 6, 1_000_000),
            _ => (MoneyUnit::Fen, 0, 1),
        };
        Some(Literal::Money { fen: self.scaled(number.as_str(), decimals, fen, span)?, unit })
    }

    pub(super) fn date(&mut self, pair: &Pair<'_, Rule>) -> Option<Located<Day>> {
        let span = self.span(pair);
        let text = fold_digits(pair.as_str());
        let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok());
        let day = match (numbers.next(), numbers.next(), numbers.next()) {
            (Some(year), Some(month), Some(day)) => month_and_day(year, month, day),
            _ => None,
        };
        if day.is_none() {
            self.findings.push(Diagnostic::at(codes::S004, span).arg("text", text));
        }
        Some(Located { value: day?, span })
    }

    /// A whole number; reported where it does not fit.
    pub(super) fn whole(&mut self, text: &str, span: Span) -> Option<i64> {
        self.scaled(text, 0, 1, span)
    }

    /// `text × factor`, exact; reported where it has more decimals than `decimals` or does not fit.
    fn scaled(&mut self, text: &str, decimals: usize, factor: i64, span: Span) -> Option<i64> {
        let digits: String = fold_digits(text).chars().filter(|c| *c != ',').collect();
        let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
        let fraction = fraction.trim_end_matches('0');
        let scaled = (|| {
            let whole = whole.parse::<i64>().ok()?.checked_mul(factor)?;
            if fraction.is_empty() {
                return Some(whole);
            }
            let places = u32::try_from(fraction.len()).ok().filter(|_| fraction.len() <= decimals)?;
            let part = fraction.parse::<i64>().ok()?.checked_mul(factor / 10_i64.pow(places))?;
            whole.checked_add(part)
        })();
        if scaled.is_none() {
            self.findings.push(Diagnostic::at(codes::S005, span).arg("text", text));
        }
        scaled
    }

    pub(super) fn article(&mut self, pair: Pair<'_, Rule>) -> Option<Located<ArticleNumber>> {
        let span = self.span(&pair);
        let mut numbers = values(pair);
        let first = numbers.next()?;
        let (number, sub) = if first.as_rule() == Rule::zh_article {
            let (number, sub) = first.as_str().split_once('之').unwrap_or((first.as_str(), ""));
            (chinese_number(number), if sub.is_empty() { None } else { Some(chinese_number(sub)) })
        } else {
            let plain = |pair: &Pair<'_, Rule>| fold_digits(pair.as_str()).parse().ok();
            (plain(&first), numbers.next().map(|pair| plain(&pair)))
        };
        if number.is_none() || sub == Some(None) {
            self.findings.push(Diagnostic::at(codes::S005, span).arg("text", first.as_str()));
        }
        Some(Located { value: ArticleNumber { number: number?, sub: sub.flatten() }, span })
    }

    /// The number of a chapter.
    pub(super) fn ordinal(&mut self, pair: &Pair<'_, Rule>) -> Option<u32> {
        let number = chinese_number(pair.as_str());
        if number.is_none() {
            self.findings.push(Diagnostic::at(codes::S005, self.span(pair)).arg("text", pair.as_str()));
        }
        number
    }

    pub(super) fn counted(&mut self, pair: Pair<'_, Rule>) -> Option<i64> {
        let number = values(pair).next()?;
        self.whole(number.as_str(), self.span(&number))
    }

    pub(super) fn keyword_of(pair: Pair<'_, Rule>) -> Option<Keyword> {
        keyword(pair)
    }
}

fn month_and_day(year: i32, month: i32, day: i32) -> Option<Day> {
    Day::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
}

/// Full-width digits and marks as their half-width twins.
pub(super) fn fold_digits(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            _ => c,
        })
        .collect()
}

/// `八`, `二十一`, `一百零三`, `21` and the same with marks around; up to 9,999.
fn chinese_number(text: &str) -> Option<u32> {
    let folded = fold_digits(text);
    let arabic: String = folded.chars().filter(char::is_ascii_digit).collect();
    if !arabic.is_empty() {
        return arabic.parse().ok();
    }
    let (mut total, mut digit, mut seen) = (0_u32, None, false);
    for c in folded.chars() {
        let unit = match c {
            '十' => 10,
            '百' => 100,
            '千' => 1000,
            _ => {
                if let Some(value) =
                    "零一二三四五六七八九".chars().position(|d| d == c).or((c == '〇').then_some(0))
                {
                    digit = u32::try_from(value).ok();
                    seen = true;
                }
                continue;
            }
        };
        total = total.checked_add(digit.take().unwrap_or(1) * unit)?;
        seen = true;
    }
    seen.then(|| total + digit.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn article_numbers_are_read_in_chinese() {
        for (text, number) in
            [("第八条", 8), ("第十条", 10), ("第二十一条", 21), ("第一百零三条", 103), ("第8条", 8)]
        {
            assert_eq!(chinese_number(text), Some(number), "{text}");
        }
        assert_eq!(chinese_number("之"), None);
    }
}
