//! Types, units, and what operations make of them. Pure rules; `ir` applies them while it compiles.
//!
//! In: the types of operands. Out: the type of the result, or nothing where the text makes no sense: 14 years is not
//! 14, money times money is not money, a date minus a date names its unit.

use crate::ast::BinaryOp;
use crate::diagnostic::Term;
use crate::schema::{FieldId, FieldType, RecordId, Schema};

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// True, false or unknown.
    Truth,
    /// A whole number without unit.
    Number,
    /// An exact rate.
    Rate,
    /// Whole fen.
    Money,
    /// An exact fraction of a fen that must be rounded before it is paid.
    ExactMoney,
    /// A civil day.
    Date,
    /// So many days, months or years.
    Duration,
    /// Text.
    Text,
    /// A code of that field's list.
    Code(RecordId, FieldId),
}

impl Type {
    /// The type of a field's values.
    #[must_use]
    pub fn of_field(record: RecordId, field: FieldId, ty: &FieldType) -> Self {
        match ty {
            FieldType::Text => Self::Text,
            FieldType::Date => Self::Date,
            FieldType::Money => Self::Money,
            FieldType::Number => Self::Number,
            FieldType::Percent => Self::Rate,
            FieldType::Flag => Self::Truth,
            FieldType::Code(_) => Self::Code(record, field),
        }
    }

    /// The word for it in messages.
    #[must_use]
    pub fn describe(self, schema: &Schema) -> Term {
        let (zh, en) = match self {
            Self::Truth => ("条件", "a condition"),
            Self::Number => ("数目", "a number"),
            Self::Rate => ("比率", "a rate"),
            Self::Money => ("金额", "money"),
            Self::ExactMoney => ("未舍入的金额", "money not yet rounded"),
            Self::Date => ("日期", "a date"),
            Self::Duration => ("时长", "a duration"),
            Self::Text => ("文字", "text"),
            Self::Code(record, field) => {
                let label = &schema.field(record, field).label;
                return Term::new(format!("“{}”的选项", label.zh()), format!("a code of '{}'", label.en()));
            }
        };
        Term::new(zh, en)
    }

    /// Can values of the two types be compared for equality?
    #[must_use]
    pub fn comparable(self, other: Self) -> bool {
        self == other
            || matches!((self, other), (Self::Money, Self::ExactMoney) | (Self::ExactMoney, Self::Money))
    }

    /// Do values of the type have an order?
    #[must_use]
    pub fn ordered(self) -> bool {
        matches!(self, Self::Number | Self::Rate | Self::Money | Self::ExactMoney | Self::Date)
    }
}

/// The type of `left op right`, or `None` where it means nothing.
#[must_use]
// One line a rule of the manual: rules that give the same type stay apart.
#[allow(clippy::match_same_arms)]
pub fn arithmetic(op: BinaryOp, left: Type, right: Type) -> Option<Type> {
    use Type::{Date, Duration, ExactMoney, Money, Number, Rate};
    Some(match (op, left, right) {
        (BinaryOp::Add | BinaryOp::Sub, Number, Number) => Number,
        (BinaryOp::Add | BinaryOp::Sub, Rate, Rate) => Rate,
        (BinaryOp::Add | BinaryOp::Sub, Money, Money) => Money,
        (BinaryOp::Add | BinaryOp::Sub, Money | ExactMoney, Money | ExactMoney) => ExactMoney,
        (BinaryOp::Add | BinaryOp::Sub, Date, Duration) | (BinaryOp::Add, Duration, Date) => Date,
        (BinaryOp::Mul, Number, Number) => Number,
        (BinaryOp::Mul, Money, Number) | (BinaryOp::Mul, Number, Money) => Money,
        (BinaryOp::Mul, Rate, Rate | Number) | (BinaryOp::Mul, Number, Rate) => Rate,
        (BinaryOp::Mul, Money | ExactMoney, Rate) | (BinaryOp::Mul, Rate, Money | ExactMoney) => ExactMoney,
        (BinaryOp::Mul, ExactMoney, Number) | (BinaryOp::Mul, Number, ExactMoney) => ExactMoney,
        (BinaryOp::Div, Money | ExactMoney, Number | Rate) => ExactMoney,
        (BinaryOp::Div, Money | ExactMoney, Money | ExactMoney) => Rate,
        (BinaryOp::Div, Number | Rate, Number | Rate) => Rate,
        (BinaryOp::Whole | BinaryOp::Rest, Number, Number) => Number,
        (BinaryOp::Whole, Money, Money) => Number,
        (BinaryOp::Rest, Money, Money) => Money,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_kept_apart() {
        assert_eq!(arithmetic(BinaryOp::Mul, Type::Money, Type::Money), None);
        assert_eq!(arithmetic(BinaryOp::Add, Type::Money, Type::Number), None);
        assert_eq!(arithmetic(BinaryOp::Sub, Type::Date, Type::Date), None);
        assert_eq!(arithmetic(BinaryOp::Mul, Type::Rate, Type::Money), Some(Type::ExactMoney));
        assert_eq!(arithmetic(BinaryOp::Add, Type::Date, Type::Duration), Some(Type::Date));
        assert!(!Type::Number.comparable(Type::Duration));
    }
}
