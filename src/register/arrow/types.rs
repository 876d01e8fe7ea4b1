//! Which column may hold the cells of which field. No float is read as a number, an amount, a code or a key: it may have
//! lost what it stood for.

use crate::diagnostic::Term;
use crate::schema::FieldType;
use arrow_schema::DataType;

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Texts, also by dictionary.
    Text,
    /// Whole numbers.
    Whole,
    /// Decimals, exact.
    Decimal,
    Flag,
    /// Days, and times without a zone.
    Day,
    /// All blank.
    Blank,
    /// Anything else.
    Other,
}

fn kind(ty: &DataType) -> Kind {
    match ty {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Kind::Text,
        DataType::Dictionary(keys, values) if keys.is_integer() && kind(values) == Kind::Text => Kind::Text,
        ty if ty.is_integer() => Kind::Whole,
        DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..) => Kind::Decimal,
        DataType::Boolean => Kind::Flag,
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(_, None) => Kind::Day,
        DataType::Null => Kind::Blank,
        _ => Kind::Other,
    }
}

/// True where a column of that type may hold a field.
pub(super) fn fits(field: &FieldType, column: &DataType) -> bool {
    match kind(column) {
        Kind::Text | Kind::Blank => true,
        // A percentage without its sign could as well be a fraction.
        Kind::Whole => *field != FieldType::Percent,
        Kind::Decimal => matches!(field, FieldType::Money | FieldType::Number),
        Kind::Flag => *field == FieldType::Flag,
        Kind::Day => *field == FieldType::Date,
        Kind::Other => false,
    }
}

/// True where a column of that type may hold keys; a table without rows often has no types either.
pub(super) fn is_key(column: &DataType) -> bool {
    matches!(kind(column), Kind::Text | Kind::Whole | Kind::Blank)
}

/// What a column of keys is, for people.
pub(super) fn key() -> Term {
    Term::new("文本或整数", "text or whole numbers")
}

/// What a column of a field is, for people.
pub(super) fn expected(field: &FieldType) -> Term {
    match field {
        FieldType::Text | FieldType::Code(_) => key(),
        FieldType::Number => Term::new("整数或文本", "whole numbers or text"),
        FieldType::Date => Term::new(
            "日期、不带时区的零点时刻、整数(20050301)或文本",
            "dates, times at midnight without a zone, whole numbers (20050301) or text",
        ),
        FieldType::Money => {
            Term::new("decimal(元)、整数(元)或文本", "decimals (yuan), whole numbers (yuan) or text")
        }
        FieldType::Percent => Term::new("带百分号的文本", "text with the sign %"),
        FieldType::Flag => Term::new("布尔、整数 0 和 1 或文本", "booleans, whole numbers 0 and 1, or text"),
    }
}

/// How to mend a column of a type that does not fit; `money` where it should hold amounts.
pub(super) fn mend(column: &DataType, money: bool) -> Option<Term> {
    match column {
        ty if ty.is_floating() && money => Some(Term::new(
            "浮点数存不准金额:导出前转成 decimal(18,2) 或文本",
            "a float does not hold an amount exactly: cast it to decimal(18,2) or text before it is written",
        )),
        ty if ty.is_floating() => Some(Term::new(
            "有空格的整数列常被存成浮点数:导出前转回整数(pandas 用 Int64)或文本",
            "whole numbers with blanks are often written as floats: cast them back (Int64 in pandas), or to text",
        )),
        DataType::Timestamp(_, Some(_)) => Some(Term::new(
            "带时区的时刻换个地方就是另一天:转成日期再导出",
            "a time with a zone is another day elsewhere: cast it to a date",
        )),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => {
            Some(Term::new("把它存成字符串(UTF8)", "write it as a string (UTF8)"))
        }
        _ => None,
    }
}
