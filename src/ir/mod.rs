//! The compiled plan: what a charter means, with every name resolved and every type checked.
//!
//! In: a [`Model`](crate::resolve::Model). Out: a [`Plan`], or what was wrong. Evaluators and analyses read only this.

mod benefit;
mod builder;
mod duty;
mod expr;
mod lower;
mod operands;
mod plan;
mod text;
mod uses;

pub use lower::{Compiled, References, compile};
pub use plan::{
    Aggregate, Allowed, Arith, Benefit, Branches, CharterId, CharterVersion, Compare, Condition,
    ConditionKind, Constant, Days, FundId, FundShare, Indicator, Limit, Measure, MonthEdge, Most, Must, Node,
    NodeId, Obligation, Op, Paragraph, Parameter, ParameterId, ParameterKind, Pattern, Pay, Place, Plan,
    Provision, PurposeId, Refused, Related, Rival, Setting, TableRow, TierArm, Window, value_on,
};
pub use uses::{Named, Uses};
