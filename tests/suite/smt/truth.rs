//! Conditions and comparisons in terms.

use super::encode::{Encoder, Place, Untold};
use super::terms::{S, Script};
use super::values::{Kind, Truth, Value};
use charter::ir::{Compare, NodeId};
use charter::types::Type;

impl Encoder<'_> {
    /// A condition: what is absent is not so.
    pub fn truth(&mut self, id: NodeId, at: Place) -> Result<Truth, Untold> {
        let value = self.eval(id, at)?;
        let Kind::Truth(truth) = value.kind else { return Err("condition: it is none") };
        let Some(absent) = value.absent else { return Ok(truth) };
        let is = self.script.all([self.script.not(absent), truth.is]);
        let is_not = truth.is_not.map(|is_not| self.script.any([absent, is_not]));
        Ok(Truth { is, is_not })
    }

    pub fn truths(&mut self, ids: &[NodeId], at: Place) -> Result<Vec<Truth>, Untold> {
        ids.iter().map(|id| self.truth(*id, at)).collect()
    }

    /// A condition that is always known.
    pub fn exact(&mut self, id: NodeId, at: Place) -> Result<S, Untold> {
        let truth = self.truth(id, at)?;
        if truth.is_not.is_some() {
            return Err("condition: rows may be missing, and a value depends on it");
        }
        Ok(truth.is)
    }

    pub fn compare(&self, compare: Compare, left: Kind, right: Kind) -> Result<Truth, Untold> {
        let script = &*self.script;
        let op = match compare {
            Compare::Eq => "=",
            Compare::Lt => "<",
            Compare::Le => "<=",
            Compare::Gt => ">",
            Compare::Ge => ">=",
        };
        let is = match (left, right) {
            (Kind::AtLeast(least), Kind::Int(than)) => return Ok(self.at_least(compare, least, than)),
            (Kind::Int(than), Kind::AtLeast(least)) => {
                let turned = match compare {
                    Compare::Eq => Compare::Eq,
                    Compare::Lt => Compare::Gt,
                    Compare::Le => Compare::Ge,
                    Compare::Gt => Compare::Lt,
                    Compare::Ge => Compare::Le,
                };
                return Ok(self.at_least(turned, least, than));
            }
            (Kind::Truth(a), Kind::Truth(b)) if a.is_not.is_none() && b.is_not.is_none() => {
                script.app("=", &[a.is, b.is])
            }
            (Kind::Date(_), Kind::Date(_)) if compare == Compare::Eq => script.same(left, right),
            (Kind::Date(a), Kind::Date(b)) => script.app(op, &[script.order(a), script.order(b)]),
            (Kind::Int(a), Kind::Int(b)) => script.app(op, &[a, b]),
            _ => script.app(op, &[self.real(left)?, self.real(right)?]),
        };
        Ok(Script::known(is))
    }

    pub fn real(&self, kind: Kind) -> Result<S, Untold> {
        match kind {
            Kind::Int(term) => Ok(self.script.app("to_real", &[term])),
            Kind::Real(term) => Ok(term),
            Kind::AtLeast(_) => Err("rows: some may be missing of those that are counted"),
            Kind::Truth(_) | Kind::Date(_) => {
                Err("compare: values of two kinds, or a condition that may not be known")
            }
        }
    }

    /// Whole money where the surroundings hold fractions of it.
    pub fn typed(&mut self, id: NodeId, ty: Type, at: Place) -> Result<Value, Untold> {
        let value = self.eval(id, at)?;
        match (value.kind, ty) {
            (Kind::Int(_), Type::ExactMoney | Type::Rate) => {
                Ok(Value { kind: Kind::Real(self.real(value.kind)?), ..value })
            }
            _ => Ok(value),
        }
    }
}
