//! Duties that were agreed to, and figures about the whole register.

use super::{ArticleNumber, Declared, Expr, Located, Name, Rhythm, Text, TimeUnit};
use serde::Serialize;

/// A duty of a household that signed the agreement, or of the committee. It has no sanction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Obligation {
    /// Its number.
    pub article: Located<ArticleNumber>,
    /// Its name.
    pub declared: Declared,
    /// Its parts, in the order written.
    pub parts: Vec<Located<ObligationPart>>,
}

/// A part of a duty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum ObligationPart {
    /// For each row of a record.
    For {
        /// The record.
        record: Name,
        /// Which rows.
        filter: Option<Expr>,
    },
    /// Whose duty it is.
    Binds(Party),
    /// On what condition it binds.
    Bound(Expr),
    /// What is to be done.
    Must(Must),
    /// On what condition it need not be done.
    Excused(Expr),
    /// For how long it can still be done after the due day.
    Remedy(i64, TimeUnit),
    /// For how long after the remedy day, and to whom, one can object.
    Appeal(i64, TimeUnit, Text),
    /// What it rests on.
    Basis(Text),
    /// A finding answered.
    Allow {
        /// Its code.
        code: Name,
        /// Who decided, on what basis.
        reason: Text,
    },
}

/// Whose duty it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Party {
    /// The household that signed.
    Signer,
    /// The village committee.
    Committee,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Must {
    /// The date of the act lies within so long after another date.
    Within {
        /// The date of the act.
        act: Expr,
        /// How long.
        count: i64,
        /// In which unit.
        unit: TimeUnit,
        /// After which date; that day is not counted.
        after: Expr,
    },
    /// So many events in each period.
    Times {
        /// How many at the least.
        count: i64,
        /// Of which events.
        set: Expr,
        /// Which of them.
        filter: Option<Expr>,
        /// In each of which period.
        rhythm: Located<Rhythm>,
    },
    /// A condition holds on every day of each period.
    ThroughoutEach {
        /// Of which period.
        rhythm: Located<Rhythm>,
        /// The condition.
        condition: Expr,
    },
    /// A condition holds on every day for so long after a date.
    ThroughoutAfter {
        /// How long.
        count: i64,
        /// In which unit.
        unit: TimeUnit,
        /// After which date; that day is not counted.
        after: Expr,
        /// The condition.
        condition: Expr,
    },
}

/// A figure about the whole register, with its denominator where it has one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Indicator {
    /// Its name.
    pub declared: Declared,
    /// What is counted or added up.
    pub numerator: Expr,
    /// Out of what.
    pub denominator: Option<Expr>,
}
