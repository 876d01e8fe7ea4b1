//! What a name means where it stands: innermost record first, then parameters.

use super::{Lowering, Meaning, Scope, Set};
use crate::ast::Name;
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::Named;
use crate::ir::plan::{NodeId, Op};
use crate::schema::{Blank, RecordId};
use crate::source::Span;
use crate::types::Type;

impl<'m> Lowering<'m, '_> {
    /// What a path means. `household.hukou` names the record; a bare name is looked for from the innermost record out.
    pub(super) fn path(&mut self, path: &[Name], scope: Scope<'m>) -> Option<Meaning> {
        match path {
            [name] => self.bare(name, scope),
            [record, name] => {
                let Some(owner) = self.enclosing(&record.text, scope) else {
                    self.unknown(record, Term::new("当前记录或其上级", "record this one is or lies in"));
                    return None;
                };
                self.refer(record.span, &self.model.schema.record(owner).label);
                let meaning = self.member(owner, name, scope);
                if meaning.is_none() && !self.failed_define(owner, &name.text, scope) {
                    let record = self.model.schema.record(owner).label.clone();
                    let what = Term::new(
                        format!("“{}”的字段或定义", record.zh()),
                        format!("field or define of {}", record.en()),
                    );
                    self.unknown(name, what);
                }
                meaning.map(|meaning| self.seen_from(meaning, owner, scope))
            }
            [_, _, third, ..] => {
                self.report(
                    Diagnostic::at(codes::S010, third.span)
                        .arg("part", Term::same(&third.text))
                        .help(Term::new("路径只有两段:记录.字段", "a path has two parts: record.field")),
                );
                None
            }
            [] => None,
        }
    }

    fn bare(&mut self, name: &Name, scope: Scope<'m>) -> Option<Meaning> {
        let chain: Vec<RecordId> =
            scope.record.map(|record| self.model.schema.chain(record).collect()).unwrap_or_default();
        for owner in &chain {
            if let Some(meaning) = self.member(*owner, name, scope) {
                return Some(self.seen_from(meaning, *owner, scope));
            }
            if self.failed_define(*owner, &name.text, scope) {
                return None;
            }
        }
        if let Some(id) = self.parameter_id(scope, &name.text) {
            if let Some(declaration) = self.model.parameters.get(id.0) {
                self.refer(name.span, &declaration.label);
            }
            self.uses(Named::Parameter(id.0));
            let (ty, each) = (self.parameter_type(id), self.parameter_each(id));
            return Some(Meaning::Value(self.builder.add_each(Op::Parameter(id), ty, false, None, each)));
        }
        let what = Term::new("字段、定义或参数", "field, define or parameter");
        self.unknown(name, what);
        None
    }

    /// Does a path mean anything where it stands? Nothing is compiled, so nothing is reported.
    pub(super) fn is_known(&self, path: &[Name], scope: Scope<'m>) -> bool {
        match path {
            [name] => {
                let chain = scope.record.map(|record| self.model.schema.chain(record));
                chain.into_iter().flatten().any(|owner| self.has_member(owner, &name.text, scope))
                    || self.parameter_id(scope, &name.text).is_some()
            }
            [record, name] => self
                .enclosing(&record.text, scope)
                .is_some_and(|owner| self.has_member(owner, &name.text, scope)),
            _ => false,
        }
    }

    fn has_member(&self, owner: RecordId, word: &str, scope: Scope<'m>) -> bool {
        let schema = &self.model.schema;
        let record = schema.record(owner);
        record.find(word).is_some()
            || record.key.is(word)
            || self.failed_define(owner, word, scope)
            || schema.iter().any(|(id, record)| record.plural.is(word) && self.lies_in(id, owner))
    }

    /// A field, the key, a define or a set of that very record.
    fn member(&mut self, owner: RecordId, name: &Name, scope: Scope<'m>) -> Option<Meaning> {
        let model = self.model;
        let record = model.schema.record(owner);
        let word = name.text.as_str();
        if let Some(id) = record.find(word) {
            let field = model.schema.field(owner, id);
            self.refer(name.span, &field.label);
            let ty = Type::of_field(owner, id, &field.ty);
            let optional = field.blank != Blank::Unknown;
            let op = Op::Field(owner, id);
            return Some(Meaning::Value(self.builder.add_each(op, ty, optional, Some(owner), field.each)));
        }
        if record.key.is(word) {
            self.refer(name.span, &record.key);
            return Some(Meaning::Value(self.builder.add(Op::Key(owner), Type::Text, false, Some(owner))));
        }
        if let Some(index) = model.find_define(scope.layers, owner, word) {
            if let Some(declaration) = model.defines.get(index) {
                self.refer(name.span, &declaration.label);
            }
            self.uses(Named::Define(index));
            return self.define(index, scope.layers);
        }
        let (id, record) =
            model.schema.iter().find(|(id, record)| record.plural.is(word) && self.lies_in(*id, owner))?;
        self.refer(name.span, &record.plural);
        Some(Meaning::Set(Set { owner, record: id, filter: None }))
    }

    /// True where the name is a define that could not be compiled: it was reported there.
    fn failed_define(&self, owner: RecordId, name: &str, scope: Scope<'m>) -> bool {
        self.model.find_define(scope.layers, owner, name).is_some()
    }

    /// Rows of `record` lie, near or far, in rows of `owner`.
    fn lies_in(&self, record: RecordId, owner: RecordId) -> bool {
        self.model.schema.chain(record).skip(1).any(|id| id == owner)
    }

    /// The record of that name among the current one and those it lies in.
    pub(super) fn enclosing(&self, name: &str, scope: Scope<'m>) -> Option<RecordId> {
        self.model.schema.chain(scope.record?).find(|id| self.model.schema.record(*id).label.is(name))
    }

    /// A value of an outer record, read from a row of the current one.
    fn seen_from(&mut self, meaning: Meaning, owner: RecordId, scope: Scope<'m>) -> Meaning {
        match meaning {
            Meaning::Value(node) => Meaning::Value(self.outer(node, owner, scope)),
            Meaning::Set(set) => Meaning::Set(set),
        }
    }

    pub(super) fn outer(&mut self, node: NodeId, owner: RecordId, scope: Scope<'m>) -> NodeId {
        let depends_on_row = self.builder.node(node).is_some_and(|node| node.scope.is_some());
        if scope.record == Some(owner) || !depends_on_row {
            return node;
        }
        let (ty, optional) = (self.builder.ty(node), self.builder.optional(node));
        self.builder.add(Op::Outer(owner, node), ty, optional, scope.record)
    }

    /// The value a path means; a set is reported.
    pub(super) fn value_path(&mut self, path: &[Name], span: Span, scope: Scope<'m>) -> Option<NodeId> {
        match self.path(path, scope)? {
            Meaning::Value(node) => Some(node),
            Meaning::Set(_) => {
                let name = path.last().map(|name| name.text.clone()).unwrap_or_default();
                self.report(
                    Diagnostic::at(codes::N007, span)
                        .arg("name", name)
                        .arg("found", Term::new("一组记录", "a set of rows"))
                        .arg("expected", Term::new("一个数值", "a value"))
                        .help(Term::new(
                            "用“任一”“人数”等来问它",
                            "ask about it with 'any', 'count' and the like",
                        )),
                );
                None
            }
        }
    }
}
