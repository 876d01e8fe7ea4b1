//! Model to plan: names become fields, defines become shared expressions, every operation is type-checked.

mod aggregate;
mod benefit;
mod choose;
mod duty;
mod expr;
mod fold;
mod limit;
mod name;
mod order;
mod parameter;
mod parts;
mod pattern;
mod pay;
mod refused;
mod relate;
mod scale;
mod table;
mod tiers;
mod unit;

use super::builder::Builder;
use super::plan::{Branches, CharterVersion, NodeId, Paragraph, ParameterId, Place, Plan, Provision};
use super::uses::{Named, Uses};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::resolve::{CharterId, DefineItem, Model, Owner};
use crate::schema::{Label, RecordId};
use crate::source::Span;
use crate::types::Type;
use std::collections::BTreeMap;

/// What each name of the sources means: its place, and the names of what it refers to.
pub type References = BTreeMap<Span, Label>;

/// A model compiled.
#[derive(Debug)]
pub struct Compiled {
    /// Every clause that could be read; to be evaluated only where there is no error.
    pub plan: Plan,
    /// What was wrong.
    pub findings: Vec<Diagnostic>,
    /// What each name means.
    pub references: References,
    /// Which names are used, and by what.
    pub uses: Uses,
}

/// Compiles a model.
#[must_use]
pub fn compile(model: &Model<'_>) -> Compiled {
    let mut lowering = Lowering {
        model,
        builder: Builder::default(),
        findings: Vec::new(),
        defines: BTreeMap::new(),
        active: Vec::new(),
        depth: 0,
        references: model.references.iter().cloned().collect(),
        branches: Vec::new(),
        parts: Vec::new(),
        uses: Uses::default(),
    };
    let parameters = lowering.parameters();
    lowering.all_defines();
    let benefits = lowering.benefits();
    let obligations = lowering.obligations();
    let indicators = lowering.indicators();
    let refused = lowering.refused();
    let labels = |list: &[crate::resolve::Declaration<()>]| -> Vec<Label> {
        list.iter().map(|d| d.label.clone()).collect()
    };
    let charters = model.charters.iter().map(|charter| CharterVersion {
        label: charter.label.clone(),
        level: charter.level,
        under: charter.under,
        village: charter.village.clone(),
        from: charter.from,
        until: charter.until,
    });
    let provisions = model.provisions.iter().map(|(charter, provision)| Provision {
        article: provision.article.value,
        charter: *charter,
        paragraphs: provision
            .paragraphs
            .iter()
            .map(|text| Paragraph { text: text.text.clone(), span: Place(text.span) })
            .collect(),
    });
    let plan = Plan {
        vocabulary: model.vocabulary.clone(),
        schema: model.schema.clone(),
        nodes: lowering.builder.nodes,
        parameters,
        funds: labels(&model.funds),
        purposes: labels(&model.purposes),
        charters: charters.collect(),
        benefits,
        obligations,
        indicators,
        refused,
        provisions: provisions.collect(),
        branches: lowering.branches,
        parts: lowering.parts,
    };
    Compiled { plan, findings: lowering.findings, references: lowering.references, uses: lowering.uses }
}

/// A define, read in the layers of the file it stands in.
type DefineKey = (usize, Vec<CharterId>);

struct Lowering<'m, 'a> {
    model: &'m Model<'a>,
    builder: Builder,
    findings: Vec<Diagnostic>,
    defines: BTreeMap<DefineKey, Progress>,
    /// Defines being compiled, outermost first: a define met again is a cycle.
    active: Vec<DefineKey>,
    /// How many expressions and defines the current one lies in.
    depth: usize,
    references: References,
    branches: Vec<Branches>,
    parts: Vec<Branches>,
    uses: Uses,
}

/// How far a define is.
#[derive(Clone, Copy)]
enum Progress {
    Active,
    Done(Meaning),
    Failed,
}

/// What a name or an expression stands for.
#[derive(Clone, Copy)]
enum Meaning {
    Value(NodeId),
    Set(Set),
}

/// Rows of `record` that lie in a row of `owner`.
#[derive(Clone, Copy)]
struct Set {
    owner: RecordId,
    record: RecordId,
    filter: Option<NodeId>,
}

/// Where a name is read: in whose file, and on the rows of which record.
#[derive(Clone, Copy)]
struct Scope<'m> {
    /// The charter and those above it that hold at the same time; none for a vocabulary.
    layers: &'m [CharterId],
    record: Option<RecordId>,
}

impl<'m> Lowering<'m, '_> {
    fn report(&mut self, finding: Diagnostic) {
        self.findings.push(finding);
    }

    /// Notes what a name means.
    fn refer(&mut self, span: Span, label: &Label) {
        self.references.insert(span, label.clone());
    }

    /// Notes that a name is used where the lowering stands.
    fn uses(&mut self, named: Named) {
        self.uses.add(self.active.last().map(|(define, _)| *define), named);
    }

    fn describe(&self, ty: Type) -> Term {
        ty.describe(&self.model.schema)
    }

    /// Reports a value whose type is not the one wanted.
    fn mismatch(&mut self, span: Span, expected: Term, found: NodeId) {
        let found = self.describe(self.builder.ty(found));
        self.report(Diagnostic::at(codes::T001, span).arg("expected", expected).arg("found", found));
    }

    /// Every define, so that a mistake in one that nothing uses is found as well.
    fn all_defines(&mut self) {
        let model = self.model;
        for (index, declaration) in model.defines.iter().enumerate() {
            for layers in model.layers_of(declaration.owner) {
                self.define(index, layers);
            }
        }
    }

    /// What a define means where `layers` hold; it sees its own layer and those above it.
    fn define(&mut self, index: usize, layers: &'m [CharterId]) -> Option<Meaning> {
        let declaration = self.model.defines.get(index)?;
        let own = match declaration.owner {
            Owner::Vocabulary => layers.len(),
            Owner::Charter(charter) => layers.iter().position(|layer| *layer == charter)?,
        };
        let layers = layers.get(own..)?;
        let key: DefineKey = (index, layers.to_vec());
        match self.defines.get(&key) {
            Some(Progress::Done(meaning)) => return Some(*meaning),
            Some(Progress::Failed) => return None,
            Some(Progress::Active) => {
                self.cycle(&key);
                return None;
            }
            None => {}
        }
        let define = declaration.item;
        let Some(record) = self.model.schema.find(&define.of().text) else {
            self.unknown(define.of(), Term::new("记录", "record"));
            self.defines.insert(key, Progress::Failed);
            return None;
        };
        self.refer(define.of().span, &self.model.schema.record(record).label);
        if !self.shallow(self.depth / expr::STEPS_A_LEVEL, declaration.span) {
            return None;
        }
        self.defines.insert(key.clone(), Progress::Active);
        self.active.push(key.clone());
        self.depth += 1;
        let scope = Scope { layers, record: Some(record) };
        let meaning = match define {
            DefineItem::Define(define) => self.define_body(&define.body, define.filter.as_ref(), scope),
            DefineItem::Table(table, faulty) => self.table(table, faulty, scope).map(Meaning::Value),
            DefineItem::Scale(scale, faulty) => self.scale(scale, faulty, scope).map(Meaning::Value),
        };
        self.depth -= 1;
        self.active.pop();
        // A cycle found on the way has already marked it.
        let failed = matches!(self.defines.get(&key), Some(Progress::Failed));
        let meaning = meaning.filter(|_| !failed);
        self.defines.insert(key, meaning.map_or(Progress::Failed, Progress::Done));
        meaning
    }

    fn cycle(&mut self, key: &DefineKey) {
        let from = self.active.iter().position(|active| active == key).unwrap_or(0);
        let members: Vec<DefineKey> = self.active.get(from..).unwrap_or_default().to_vec();
        let names = |pick: fn(&Label) -> &str| {
            let around = members.iter().chain([key]).filter_map(|(index, _)| self.model.defines.get(*index));
            around.map(|declaration| pick(&declaration.label).to_owned()).collect::<Vec<_>>().join(" → ")
        };
        let cycle = Term::new(names(Label::zh), names(Label::en));
        let Some(span) = self.model.defines.get(key.0).map(|declaration| declaration.span) else { return };
        self.report(Diagnostic::at(codes::N006, span).arg("cycle", cycle));
        for member in members {
            self.defines.insert(member, Progress::Failed);
        }
    }

    /// `N001`, unless the word stood in an item that was already reported.
    fn unknown(&mut self, name: &crate::ast::Name, what: Term) {
        if !self.model.is_lost(&name.text) {
            self.report(Diagnostic::at(codes::N001, name.span).arg("name", &*name.text).arg("what", what));
        }
    }

    fn parameter_id(&self, scope: Scope<'_>, name: &str) -> Option<ParameterId> {
        self.model.find(&self.model.parameters, scope.layers, name).map(|(index, _)| ParameterId(index))
    }
}
