//! What an amount is paid for: so much each month, quarter or year.

use serde::Serialize;

/// The period of an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Each {
    /// 每月
    Month,
    /// 每季
    Quarter,
    /// 每年
    Year,
}
