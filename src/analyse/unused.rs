//! Names that a charter declares and nothing uses: funds, purposes, parameters, named steps. A vocabulary declares for
//! whoever comes, so nothing is said of its names.

use crate::ast::Level;
use crate::diagnostic::{Diagnostic, Severity, Term, codes};
use crate::ir::{Named, Uses};
use crate::resolve::{Declaration, Model, Owner, ParameterItem};
use crate::source::SourceId;

/// How much of the charters that see a file's names was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// The file was only looked up for another: what else stands under it is not known.
    LookedUp,
    /// The file was named, not its folder: there may be villages under it.
    Alone,
    /// Its folder was read, and with it every charter that finds the file by itself.
    Whole,
}

/// One finding a name. What only an unused step uses goes with it, and is not told.
#[must_use]
pub fn unused(model: &Model<'_>, uses: &Uses, sight: &dyn Fn(SourceId) -> Sight) -> Vec<Diagnostic> {
    let telling = Telling { model, uses, sight };
    let mut findings = telling.list(&model.defines, Named::Define, |_| Term::new("定义", "define"));
    findings.extend(telling.list(&model.funds, Named::Fund, |()| Term::new("资金", "fund")));
    findings.extend(telling.list(&model.purposes, Named::Purpose, |()| Term::new("用途", "purpose")));
    findings.extend(telling.list(&model.parameters, Named::Parameter, |item| match item {
        ParameterItem::Dated(_) => Term::new("参数", "parameter"),
        ParameterItem::Open(_) => Term::new("开放参数", "open parameter"),
    }));
    findings
}

struct Telling<'t> {
    model: &'t Model<'t>,
    uses: &'t Uses,
    sight: &'t dyn Fn(SourceId) -> Sight,
}

impl Telling<'_> {
    fn list<T>(
        &self,
        list: &[Declaration<T>],
        named: fn(usize) -> Named,
        what: fn(&T) -> Term,
    ) -> Vec<Diagnostic> {
        let used = |index: usize| self.uses.has(named(index));
        let idle = list.iter().enumerate().filter(|(index, declaration)| {
            let mut later = list.iter().enumerate().filter(|(_, other)| self.is_later(other, declaration));
            !used(*index) && !later.any(|(index, _)| used(index))
        });
        idle.filter_map(|(_, declaration)| self.told(declaration, what(&declaration.item))).collect()
    }

    /// The same name in a later version of the charter: a text that was replaced is not mended for what it foresaw.
    fn is_later<T>(&self, other: &Declaration<T>, one: &Declaration<T>) -> bool {
        let charter = |declaration: &Declaration<T>| match declaration.owner {
            Owner::Charter(charter) => self.model.charters.get(charter.0),
            Owner::Vocabulary => None,
        };
        charter(other).zip(charter(one)).is_some_and(|(later, own)| {
            later.label.name == own.label.name && later.from > own.from && other.label.name == one.label.name
        })
    }

    fn told<T>(&self, declaration: &Declaration<T>, what: Term) -> Option<Diagnostic> {
        let Owner::Charter(charter) = declaration.owner else { return None };
        let village = self.model.charters.get(charter.0)?.level == Level::Village;
        let finding = Diagnostic::at(codes::A009, declaration.span)
            .arg("what", what)
            .arg("name", Term::from(&declaration.label));
        match (self.sight)(declaration.span.source) {
            _ if village => Some(finding.help(Term::new(
                "删去它,或者用上它;名称可能写错了一处",
                "drop it or use it; a name may be misspelt somewhere",
            ))),
            Sight::LookedUp => None,
            Sight::Alone => Some(finding.weighing(Severity::Note).help(Term::new(
                "没有读到的村章程可能用到它:把整个文件夹交给 charter check",
                "a village charter that was not read may use it: give the whole folder to charter check",
            ))),
            Sight::Whole => Some(finding.help(Term::new(
                "读到的下级章程也没有用到它:删去它,或者用上它",
                "no charter below that was read uses it either: drop it or use it",
            ))),
        }
    }
}
