//! The data of the plan.

use crate::ast::Level;
use crate::schema::{FieldId, Label, RecordId, Schema};
use crate::source::Span;
use crate::types::Type;
use crate::value::Day;
use std::collections::BTreeSet;

pub use super::benefit::{
    Benefit, Condition, ConditionKind, Days, FundShare, Limit, Most, Pay, Related, Rival,
};
pub use super::duty::{Indicator, Measure, Must, Obligation, Window};
pub use super::expr::{Aggregate, Arith, Compare, Constant, MonthEdge, Node, Op, Pattern, TableRow, TierArm};
pub use super::text::{Allowed, Paragraph, Provision, Refused};
pub use crate::resolve::CharterId;

/// An expression of the plan, by its place in [`Plan::nodes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// A parameter, by its place in [`Plan::parameters`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParameterId(pub usize);

/// A fund, by its place in [`Plan::funds`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FundId(pub usize);

/// A purpose, by its place in [`Plan::purposes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PurposeId(pub usize);

/// Everything an evaluator needs. Equal charters in different languages compile to equal plans.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The vocabulary's name.
    pub vocabulary: Option<Label>,
    /// The shape of the register.
    pub schema: Schema,
    /// Expressions; operands stand before what uses them, and equal expressions are one node.
    pub nodes: Vec<Node>,
    /// Parameters.
    pub parameters: Vec<Parameter>,
    /// Funds.
    pub funds: Vec<Label>,
    /// Purposes.
    pub purposes: Vec<Label>,
    /// Charter versions, by [`CharterId`].
    pub charters: Vec<CharterVersion>,
    /// Benefits, in the order of their charters and articles.
    pub benefits: Vec<Benefit>,
    /// Duties, in the order of their charters and articles.
    pub obligations: Vec<Obligation>,
    /// Figures about the whole register.
    pub indicators: Vec<Indicator>,
    /// Clauses that no village may have: reported, never evaluated.
    pub refused: Vec<Refused>,
    /// Texts that are not computed.
    pub provisions: Vec<Provision>,
    /// Where the rows of tables, the arms of tiers and the branches of choices are written.
    pub branches: Vec<Branches>,
    /// Where the parts of conditions joined by `and`, `or` or `in` are written.
    pub parts: Vec<Branches>,
}

/// A parameter and its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Name and alias.
    pub label: Label,
    /// The type of its values.
    pub ty: Type,
    /// How its value is found.
    pub kind: ParameterKind,
}

/// The value on a day, of values as [`ParameterKind::Dated`] holds them; none in a gap.
#[must_use]
pub fn value_on(values: &[(Day, Option<Day>, Constant)], day: Day) -> Option<&Constant> {
    let holds =
        |(from, until, _): &&(Day, Option<Day>, _)| *from <= day && until.is_none_or(|until| day < until);
    values.iter().find(holds).map(|(.., value)| value)
}

/// How the value of a parameter is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// By the day: from, first day no longer (none: open end), value; in order of days, without overlap. A gap is an
    /// error when it is hit.
    Dated(Vec<(Day, Option<Day>, Constant)>),
    /// As the village's charter in force on the day sets it, else the default.
    Open {
        /// Where nothing is set.
        default: Option<Constant>,
        /// What was set, by charter version.
        settings: Vec<Setting>,
    },
}

/// An open parameter set by a charter version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// By which.
    pub charter: CharterId,
    /// To what.
    pub value: Constant,
    /// Its place in the source.
    pub span: Place,
}

/// One version of a charter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CharterVersion {
    /// Name and title.
    pub label: Label,
    /// Its layer.
    pub level: Level,
    /// The charter above.
    pub under: Option<CharterId>,
    /// The village it holds for.
    pub village: Option<String>,
    /// First day in force.
    pub from: Day,
    /// First day no longer in force.
    pub until: Option<Day>,
}

/// Something of several parts as written. Equal ones are one node, wherever they stand; a define is compiled for each
/// stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branches {
    /// What it became.
    pub node: NodeId,
    /// Its rows, arms or parts, as the node lists them; what is left over by tiers and choices stands last.
    pub arms: Vec<Place>,
}

/// A place in the source. Plans are compared without regard to places.
#[derive(Clone, Copy, Debug)]
pub struct Place(pub Span);

impl PartialEq for Place {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Place {}

impl Plan {
    /// The expression of that number.
    ///
    /// # Panics
    /// Where the number is of another plan.
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The fields some expression reads.
    #[must_use]
    pub fn fields_read(&self) -> BTreeSet<(RecordId, FieldId)> {
        let field = |node: &Node| match node.op {
            Op::Field(record, field) => Some((record, field)),
            _ => None,
        };
        self.nodes.iter().filter_map(field).collect()
    }

    /// The records some clause reads or is for.
    #[must_use]
    pub fn records_read(&self) -> BTreeSet<RecordId> {
        let of_node = self.nodes.iter().filter_map(|node| match node.op {
            Op::Field(record, _)
            | Op::Key(record)
            | Op::Aggregate { record, .. }
            | Op::Pick { record, .. } => Some(record),
            Op::Rank { .. } => node.scope,
            _ => None,
        });
        let targets = self.benefits.iter().map(|benefit| benefit.target);
        let duties = self.obligations.iter().map(|obligation| obligation.target);
        let events = self.obligations.iter().filter_map(|obligation| match obligation.must {
            Must::Times { record, .. } => Some(record),
            _ => None,
        });
        let measures =
            self.indicators.iter().flat_map(|indicator| [Some(indicator.numerator), indicator.denominator]);
        of_node
            .chain(targets)
            .chain(duties)
            .chain(events)
            .chain(measures.flatten().map(|measure| measure.record))
            .collect()
    }

    /// The charter version of that number.
    ///
    /// # Panics
    /// Where the number is of another plan.
    #[must_use]
    pub fn charter(&self, id: CharterId) -> &CharterVersion {
        &self.charters[id.0]
    }
}

impl CharterVersion {
    /// True where it is in force on that day.
    #[must_use]
    pub fn holds_on(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }

    /// `name@YYYY-MM-DD`, as results and receipts print it.
    #[must_use]
    pub fn version(&self) -> String {
        format!("{}@{}", self.label.name, self.from)
    }
}
