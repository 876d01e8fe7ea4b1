//! Names, layers and versions: what the files of one run declare, and who sees what.
//!
//! In: the trees of one vocabulary and the charters that use it. Out: a [`Model`] in which every declaration has a
//! place and an owner, and what was wrong. Expressions are left as they are; `ir` reads them with the model.

mod declare;
mod header;
mod layers;
mod relations;
mod schema;

pub use header::{Header, header};
pub use layers::{Charter, CharterId, Stack};

use crate::ast;
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::schema::{Label, RecordId, Schema};
use crate::source::Span;

/// Everything the files of a run declare.
#[derive(Debug, Default)]
pub struct Model<'a> {
    /// The shape of the register.
    pub schema: Schema,
    /// The vocabulary's name.
    pub vocabulary: Option<Label>,
    /// All versions of all charters, by [`CharterId`].
    pub charters: Vec<Charter>,
    /// Every charter version with the versions above it that hold at the same time.
    pub stacks: Vec<Stack>,
    /// Named steps, tables and scales among them.
    pub defines: Vec<Declaration<DefineItem<'a>>>,
    /// Who pays.
    pub funds: Vec<Declaration<()>>,
    /// What benefits are for.
    pub purposes: Vec<Declaration<()>>,
    /// Parameters, dated and open.
    pub parameters: Vec<Declaration<ParameterItem<'a>>>,
    /// Open parameters filled.
    pub settings: Vec<(CharterId, &'a ast::SetParameter)>,
    /// Subsidies and rewards.
    pub benefits: Vec<Declaration<BenefitItem<'a>>>,
    /// Duties.
    pub obligations: Vec<Declaration<ObligationItem<'a>>>,
    /// Figures about the whole register.
    pub indicators: Vec<Declaration<&'a ast::Indicator>>,
    /// Clauses that no village may have.
    pub refused: Vec<Declaration<&'a ast::Refused>>,
    /// Texts that are not computed.
    pub provisions: Vec<(CharterId, &'a ast::Provision)>,
    /// Headings.
    pub chapters: Vec<(CharterId, &'a ast::Chapter)>,
    /// What the names of headers and records mean: their places, and the names of what they refer to.
    pub references: Vec<(Span, Label)>,
    /// Words of items that could not be read: not reported again as unknown.
    pub lost: Vec<String>,
}

/// Something declared: its names, its place, and the file's owner.
#[derive(Clone, Debug)]
pub struct Declaration<T> {
    /// Name and alias.
    pub label: Label,
    /// Where it is declared.
    pub span: Span,
    /// Whose it is.
    pub owner: Owner,
    /// What it is.
    pub item: T,
}

/// Whose a declaration is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Everybody who uses the vocabulary sees it.
    Vocabulary,
    /// The charter and those that stand under it see it.
    Charter(CharterId),
}

/// What a named step is written as. A faulty table may have lost a row, so nothing is said to be left out.
#[derive(Clone, Copy, Debug)]
pub enum DefineItem<'a> {
    /// An expression.
    Define(&'a ast::Define),
    /// A table, and whether a part of it was already reported.
    Table(&'a ast::Table, bool),
    /// A scale, and whether a part of it was already reported.
    Scale(&'a ast::Scale, bool),
}

impl<'a> DefineItem<'a> {
    /// The record it belongs to.
    #[must_use]
    pub fn of(self) -> &'a ast::Name {
        match self {
            Self::Define(define) => &define.of,
            Self::Table(table, _) => &table.of,
            Self::Scale(scale, _) => &scale.of,
        }
    }
}

/// The two kinds of parameter.
#[derive(Clone, Copy, Debug)]
pub enum ParameterItem<'a> {
    /// With dated values.
    Dated(&'a ast::Parameter),
    /// For a lower layer to set.
    Open(&'a ast::OpenParameter),
}

/// A benefit, and whether a part of it was already reported.
#[derive(Clone, Copy, Debug)]
pub struct BenefitItem<'a> {
    /// As it was written.
    pub ast: &'a ast::Benefit,
    /// A part of it was reported and left out.
    pub faulty: bool,
}

/// A duty, and whether a part of it was already reported.
#[derive(Clone, Copy, Debug)]
pub struct ObligationItem<'a> {
    /// As it was written.
    pub ast: &'a ast::Obligation,
    /// A part of it was reported and left out.
    pub faulty: bool,
}

/// Reads the declarations of one run: the files of one vocabulary and of all charters that use it.
#[must_use]
pub fn resolve<'a>(files: &'a [&'a ast::File]) -> (Model<'a>, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let mut model = Model::default();
    model.lost.extend(files.iter().flat_map(|file| file.lost.iter().cloned()));
    schema::build(&mut model, files, &mut findings);
    let owners = layers::build(&mut model, files, &mut findings);
    for (file, owner) in files.iter().zip(owners) {
        if let Some(owner) = owner {
            declare::file(&mut model, file, owner, &mut findings);
        }
    }
    relations::check(&model, &mut findings);
    (model, findings)
}

impl Model<'_> {
    /// The charter and those above it, nearest first.
    pub fn layers(&self, charter: CharterId) -> impl Iterator<Item = CharterId> + '_ {
        // A cycle was reported; the bound keeps the walk finite all the same.
        std::iter::successors(Some(charter), |id| self.charters.get(id.0)?.under).take(self.charters.len())
    }

    /// The stacks of one charter version, in order of their days.
    pub fn stacks_of(&self, charter: CharterId) -> impl Iterator<Item = &Stack> + Clone {
        self.stacks.iter().filter(move |stack| stack.layers.first() == Some(&charter))
    }

    /// The layers of everything an owner's files may name: one stack for a vocabulary, which names no charter.
    #[must_use]
    pub fn layers_of(&self, owner: Owner) -> Vec<&[CharterId]> {
        match owner {
            Owner::Vocabulary => vec![&[]],
            Owner::Charter(charter) => self.stacks_of(charter).map(|stack| stack.layers.as_slice()).collect(),
        }
    }

    /// The declaration a name means, the nearest layer first, the vocabulary last.
    pub fn find<'m, T>(
        &self,
        list: &'m [Declaration<T>],
        layers: &[CharterId],
        name: &str,
    ) -> Option<(usize, &'m Declaration<T>)> {
        let owners = layers.iter().map(|layer| Owner::Charter(*layer)).chain([Owner::Vocabulary]);
        owners.into_iter().find_map(|owner| {
            list.iter()
                .enumerate()
                .find(|(_, declaration)| declaration.owner == owner && declaration.label.is(name))
        })
    }

    /// The define of that name for a record, the nearest layer first.
    #[must_use]
    pub fn find_define(&self, layers: &[CharterId], record: RecordId, name: &str) -> Option<usize> {
        let owners = layers.iter().map(|layer| Owner::Charter(*layer)).chain([Owner::Vocabulary]);
        owners.into_iter().find_map(|owner| {
            self.defines.iter().position(|define| {
                define.owner == owner
                    && define.label.is(name)
                    && self.schema.find(&define.item.of().text) == Some(record)
            })
        })
    }

    /// True where the word stood in an item that could not be read.
    #[must_use]
    pub fn is_lost(&self, word: &str) -> bool {
        self.lost.iter().any(|lost| lost == word)
    }
}

/// Name and alias of a declaration.
#[must_use]
pub fn label(declared: &ast::Declared) -> Label {
    Label { name: declared.name.text.clone(), alias: declared.alias.as_ref().map(|alias| alias.text.clone()) }
}

/// `N002`, with the place of the first declaration.
fn twice(name: &str, span: Span, first: Span) -> Diagnostic {
    Diagnostic::at(codes::N002, span)
        .arg("name", name)
        .related(first, Term::new("先在这里", "first declared here"))
}
