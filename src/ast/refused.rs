//! Clauses that no village may have. The language reads them only to refuse them by name.

use super::{Amount, ArticleNumber, Declared, Expr, Located, Name, Rhythm, Share, Text};
use serde::Serialize;

/// A clause that is reported with the law it breaks, and never evaluated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Its number.
    pub article: Located<ArticleNumber>,
    /// What it would do.
    pub kind: RefusedKind,
    /// Its name.
    pub declared: Declared,
    /// What was written, in order; in any number.
    pub parts: Vec<Located<RefusedPart>>,
}

/// What a refused clause would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum RefusedKind {
    /// 罚款、违约金
    Fine,
    /// 押金、保证金
    Deposit,
    /// 社会抚养费
    MaintenanceFee,
    /// 终止妊娠、补救措施
    Termination,
    /// 节育措施、结扎
    Contraception,
    /// 孕检
    PregnancyCheck,
    /// 停发、限制
    Withholding,
    /// 生育限制
    BirthLimit,
    /// 举报奖励
    InformerReward,
    /// 连带责任
    JointLiability,
}

/// A part of a refused clause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum RefusedPart {
    /// Text.
    Paragraph(Text),
    /// Whom it would be for.
    For {
        /// The record.
        record: Name,
        /// Which rows.
        filter: Option<Expr>,
    },
    /// Under which condition.
    When(Expr),
    /// Under which condition not.
    Unless(Expr),
    /// What it would take, how often.
    Charge {
        /// How much.
        amount: Amount,
        /// How often.
        rhythm: Option<Located<Rhythm>>,
    },
    /// The fund it would be paid from.
    PaidFrom(Vec<Share>),
    /// What it claims to rest on.
    Basis(Text),
}

impl RefusedKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Fine,
        Self::Deposit,
        Self::MaintenanceFee,
        Self::Termination,
        Self::Contraception,
        Self::PregnancyCheck,
        Self::Withholding,
        Self::BirthLimit,
        Self::InformerReward,
        Self::JointLiability,
    ];

    /// The code of the lint that refuses it.
    #[must_use]
    pub fn lint(self) -> &'static str {
        match self {
            Self::Fine => "L01",
            Self::Deposit => "L02",
            Self::MaintenanceFee => "L03",
            Self::Termination => "L04",
            Self::Contraception => "L05",
            Self::PregnancyCheck => "L06",
            Self::Withholding => "L07",
            Self::BirthLimit => "L08",
            Self::InformerReward => "L11",
            Self::JointLiability => "L12",
        }
    }
}
