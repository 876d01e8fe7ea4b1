//! The compiled plan: what a charter means, with every name resolved and every type checked.
//!
//! In: a [`Model`](crate::resolve::Model). Out: a [`Plan`], or what was wrong. Evaluators and analyses read only this.

mod builder;
mod lower;
mod operands;
mod plan;
mod text;

pub use lower::{Compiled, References, compile};
pub use plan::{
    Aggregate, Allowed, Arith, Benefit, CharterId, CharterVersion, Compare, Condition, ConditionKind,
    Constant, FundId, FundShare, MonthEdge, Node, NodeId, Op, Paragraph, Parameter, ParameterId,
    ParameterKind, Pattern, Pay, Place, Plan, Provision, PurposeId, Refused, Setting, TierArm,
};
