//! One cell: in, what the file holds; out, the text that the common reading takes, or why it cannot be trusted.

use super::format::{Format, Shown};
use crate::diagnostic::{Code, Diagnostic, Place, Term, codes};
use crate::register::draft::quoted;
use crate::schema::FieldType;
use crate::value::Decimal;
use std::borrow::Cow;

/// Bytes of a text that may be nothing but blanks: one text may stand in millions of cells, each of which is looked at.
const SHORT: usize = 1024;
/// Whole numbers that a date field takes for days as Excel counts them: no date is written in five digits.
const SERIALS: std::ops::RangeInclusive<i64> = 10_000..=99_999;

/// What a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'b> {
    /// Text, or nothing.
    Text(Cow<'b, str>),
    /// A number and how it is shown.
    Number(Decimal, Format),
    /// True or false.
    Flag(bool),
    /// `#N/A` and the like.
    Error(String),
}

/// What a cell is to be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Role<'f> {
    /// A key.
    Key,
    /// The cell of a field.
    Field(&'f FieldType),
}

/// What a cell says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said<'c> {
    /// The text that a cell of CSV would have.
    Text(Cow<'c, str>),
    /// Nothing that can be trusted.
    Doubt(Doubt),
}

/// Why the content of a cell cannot be trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// A number of more than 15 digits.
    Lost(String),
    /// An error of Excel.
    Error(String),
    /// A key that Excel made a date of.
    KeyAsDate(String),
    /// 2005.1, which may have been 2005.10.
    Tenth(String),
    /// A date that is shown without its year.
    NoYear(String),
}

impl Value<'_> {
    /// A number, or what stands for one that is none.
    pub(super) fn number(number: Option<Decimal>, format: Format) -> Self {
        number.map_or_else(|| Self::Error("#NUM!".to_owned()), |number| Self::Number(number, format))
    }

    /// True where there is nothing to see.
    pub(super) fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text) if text.len() <= SHORT && text.trim().is_empty())
    }

    /// What the cell says where it is to be a key or a field; `from_1904` is how the workbook counts days.
    pub(super) fn said(&self, role: Role<'_>, from_1904: bool) -> Said<'_> {
        match self {
            Self::Text(text) => Said::Text(Cow::Borrowed(text)),
            Self::Flag(flag) => Said::Text(Cow::Borrowed(if *flag { "true" } else { "false" })),
            Self::Error(words) => Said::Doubt(Doubt::Error(words.clone())),
            Self::Number(number, format) => of_number(number, *format, role, from_1904),
        }
    }

    /// As people see it, for messages and to look for words.
    pub(super) fn shown(&self) -> Cow<'_, str> {
        match self.said(Role::Field(&FieldType::Text), false) {
            Said::Text(Cow::Borrowed(text)) => Cow::Borrowed(text),
            Said::Text(Cow::Owned(text)) => Cow::Owned(text),
            Said::Doubt(doubt) => Cow::Owned(doubt.text().to_owned()),
        }
    }
}

fn of_number<'c>(decimal: &Decimal, format: Format, role: Role<'_>, from_1904: bool) -> Said<'c> {
    let text = |text: String| Said::Text(Cow::Owned(text));
    if let Format::Date(shown) = format {
        let words = date(decimal, shown, from_1904);
        return match (role, shown) {
            // A key such as 3-1, that Excel took for the first of March.
            (Role::Key, _) => Said::Doubt(Doubt::KeyAsDate(words)),
            (Role::Field(FieldType::Date), Shown::NoYear) => Said::Doubt(Doubt::NoYear(words)),
            (Role::Field(_), _) => text(words),
        };
    }
    if decimal.has_lost_digits() {
        return Said::Doubt(Doubt::Lost(decimal.text()));
    }
    match format {
        Format::Percent => return text(format!("{}%", decimal.clone().hundredfold().text())),
        Format::Duration => return text(format!("{} d", decimal.text())),
        Format::Padded(digits) => return text(decimal.padded(usize::from(digits))),
        Format::Plain | Format::Date(_) => {}
    }
    if matches!(role, Role::Field(FieldType::Date)) {
        if decimal.whole().is_some_and(|serial| SERIALS.contains(&serial)) {
            return text(date(decimal, Shown::Day, from_1904));
        }
        let words = decimal.text();
        return if words.ends_with(".1") { Said::Doubt(Doubt::Tenth(words)) } else { text(words) };
    }
    text(decimal.text())
}

/// A day as its number in a workbook says it, as far as it is shown; what is no day is no date to read either.
fn date(decimal: &Decimal, shown: Shown, from_1904: bool) -> String {
    let Some((day, seconds)) = decimal.moment(from_1904) else { return format!("#{}", decimal.text()) };
    let text = day.to_string();
    if seconds > 0 {
        return format!("{text}T{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    }
    let length = match shown {
        Shown::Day | Shown::NoYear => text.len(),
        Shown::Month => "2005-03".len(),
        Shown::Year => "2005".len(),
    };
    text.get(..length).unwrap_or(&text).to_owned()
}

impl Doubt {
    fn text(&self) -> &str {
        let (Self::Lost(text)
        | Self::Error(text)
        | Self::KeyAsDate(text)
        | Self::Tenth(text)
        | Self::NoYear(text)) = self;
        text
    }

    fn code(&self) -> Code {
        match self {
            Self::Lost(_) => codes::D023,
            Self::Error(_) => codes::D024,
            Self::KeyAsDate(_) | Self::Tenth(_) | Self::NoYear(_) => codes::D025,
        }
    }

    /// The finding about it; a sensitive cell is never printed.
    pub(super) fn finding(&self, place: Place, sensitive: bool) -> Diagnostic {
        let shown = if sensitive { "***".to_owned() } else { quoted(self.text()) };
        let finding = Diagnostic::new(self.code(), place).arg("text", shown);
        let as_text = Term::new(
            "把这一列设成“文本”格式,再按原件重新录入",
            "format the column as text and enter the cell again from the original",
        );
        match self {
            Self::Lost(_) => finding.help(as_text),
            Self::Error(_) => finding.help(Term::new(
                "改好公式,或直接写内容;不知道写“不详”",
                "mend the formula or write the content itself; else unknown",
            )),
            Self::KeyAsDate(_) => {
                let why = Term::new("Excel 把编号当成了日期", "Excel took the key for a date");
                finding.arg("why", why).help(as_text)
            }
            Self::Tenth(_) => {
                let why = Term::new("可能是 1 月,也可能是 10 月", "it may be January or October");
                let help = Term::new("写成 2005-10 或 2005-01", "write 2005-10 or 2005-01");
                finding.arg("why", why).help(help)
            }
            Self::NoYear(_) => {
                let why = Term::new(
                    "这一格不显示年份,可能是 Excel 自己补的",
                    "the cell shows no year, and Excel may have made it up",
                );
                let help = Term::new("写出年份:2005-03-01", "write the year: 2005-03-01");
                finding.arg("why", why).help(help)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(number: f64, format: Format, role: Role<'_>) -> String {
        match Value::number(Decimal::of(number), format).said(role, false) {
            Said::Text(text) => text.into_owned(),
            Said::Doubt(doubt) => format!("{} {}", doubt.code().id, doubt.text()),
        }
    }

    fn in_date(number: f64, format: Format) -> String {
        said(number, format, Role::Field(&FieldType::Date))
    }

    #[test]
    fn dates_are_what_the_cell_shows() {
        let day = Format::Date(Shown::Day);
        assert_eq!(in_date(38_412.0, day), "2005-03-01");
        assert_eq!(in_date(38_412.0, Format::Date(Shown::Month)), "2005-03");
        assert_eq!(in_date(38_412.0, Format::Date(Shown::Year)), "2005");
        assert_eq!(in_date(38_412.0, Format::Date(Shown::NoYear)), "D025 2005-03-01");
        assert_eq!(in_date(38_412.5, day), "2005-03-01T12:00:00");
        assert_eq!(in_date(38_412.999_999_999, day), "2005-03-01T24:00:00");
        assert_eq!(in_date(38_412.000_000_000_1, day), "2005-03-01");
        assert_eq!(in_date(60.0, day), "#60");
        assert_eq!(in_date(0.5, day), "#0.5");
        assert_eq!(in_date(-1.0, day), "#-1");
        assert_eq!(in_date(1e300, day), "#1.E+300");
        assert_eq!(in_date(1.5, Format::Duration), "1.5 d");
        let with_1904 = Value::number(Decimal::of(36_950.0), day);
        assert_eq!(
            with_1904.said(Role::Field(&FieldType::Date), true),
            Said::Text(Cow::Borrowed("2005-03-01"))
        );
    }

    #[test]
    fn numbers_in_date_fields_are_dates_as_written_or_serials() {
        for (number, text) in [
            (20_050_301.0, "20050301"),
            (200_503.0, "200503"),
            (2005.0, "2005"),
            (2005.3, "2005.3"),
            (2005.11, "2005.11"),
            (2005.1, "D025 2005.1"),
            (38_412.0, "2005-03-01"),
            (9_999.0, "9999"),
        ] {
            assert_eq!(in_date(number, Format::Plain), text);
        }
    }

    #[test]
    fn keys_are_neither_dates_nor_numbers_that_lost_digits() {
        let key = |number, format| said(number, format, Role::Key);
        assert_eq!(key(440_524_188_001.0, Format::Plain), "440524188001");
        assert_eq!(key(12.0, Format::Padded(4)), "0012");
        assert_eq!(key(440_524_188_001_010_014.0, Format::Plain), "D023 440524188001010000");
        assert_eq!(key(440_524_188_001_010_014.0, Format::Padded(18)), "D023 440524188001010000");
        assert_eq!(key(38_412.0, Format::Date(Shown::Day)), "D025 2005-03-01");
        assert_eq!(key(f64::NAN, Format::Plain), "D024 #NUM!");
    }

    #[test]
    fn percentages_have_their_sign() {
        let percent = Role::Field(&FieldType::Percent);
        assert_eq!(said(0.06, Format::Percent, percent), "6%");
        assert_eq!(said(0.07, Format::Percent, percent), "7%");
        assert_eq!(said(0.06, Format::Plain, percent), "0.06");
    }
}
