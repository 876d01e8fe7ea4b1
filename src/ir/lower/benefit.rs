//! Subsidies and rewards: every part once, every part there, every amount whole fen.

use super::{Lowering, Scope};
use crate::ast::{Edge, Expr, ExprKind, Name, Share};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::Named;
use crate::ir::plan::{
    Benefit, Compare, Condition, ConditionKind, Days, FundId, FundShare, MonthEdge, Op, Place, PurposeId,
};
use crate::resolve::{BenefitItem, CharterId, Declaration, Owner, Stack};
use crate::schema::RecordId;
use crate::source::Span;
use crate::syntax::Keyword;
use crate::types::Type;
use crate::value::Ratio;

impl<'m, 'a> Lowering<'m, 'a> {
    pub(super) fn benefits(&mut self) -> Vec<Benefit> {
        let model = self.model;
        let mut built: Vec<(usize, Benefit)> = Vec::new();
        for charter in (0..model.charters.len()).map(CharterId) {
            for stack in model.stacks_of(charter) {
                let declared = model.benefits.iter().enumerate();
                let own = declared.filter(|(_, declaration)| declaration.owner == Owner::Charter(charter));
                let (places, mut clauses): (Vec<usize>, Vec<Benefit>) = own
                    .filter_map(|(place, declaration)| {
                        Some((place, self.benefit(declaration, charter, stack)?))
                    })
                    .unzip();
                self.relate(&mut clauses, &stack.layers);
                self.limits_fit(&clauses);
                built.extend(places.into_iter().zip(clauses));
            }
        }
        // In the order of declarations; the sort keeps the stacks of one in the order of their days.
        built.sort_by_key(|(place, _)| *place);
        let mut merged: Vec<Benefit> = Vec::new();
        for (_, benefit) in built {
            // An amendment above that changes nothing here leaves one clause, not two.
            match merged
                .last_mut()
                .filter(|last| Benefit { days: benefit.days, ..(*last).clone() } == benefit)
            {
                Some(last) if last.days.until == Some(benefit.days.from) => {
                    last.days.until = benefit.days.until;
                }
                _ => merged.push(benefit),
            }
        }
        merged
    }

    fn benefit(
        &mut self,
        declaration: &'m Declaration<BenefitItem<'a>>,
        charter: CharterId,
        stack: &'m Stack,
    ) -> Option<Benefit> {
        let BenefitItem { ast, faulty } = declaration.item;
        let parts = self.parts(ast);
        let missing = |this: &mut Self, keyword: Keyword| {
            if !faulty {
                this.missing(keyword, declaration.span);
            }
        };
        let Some((record_name, filter, target_span)) = parts.target else {
            missing(self, Keyword::For);
            return None;
        };
        let target = self.target(record_name)?;
        let scope = Scope { layers: &stack.layers, record: Some(target) };
        let filter =
            filter.map_or_else(Vec::new, |filter| self.conjuncts(filter, ConditionKind::Target, scope));
        let mut conditions: Vec<Condition> = Vec::new();
        for when in &parts.when {
            conditions.extend(self.conjuncts(when, ConditionKind::When, scope));
        }
        for unless in &parts.unless {
            if let Some(node) = self.condition(unless, scope) {
                let node = self.builder.not(node);
                conditions.push(Condition { kind: ConditionKind::Unless, node, span: Place(unless.span) });
            }
        }
        conditions
            .extend(parts.from.and_then(|(edge, span)| self.edge(edge, ConditionKind::From, span, scope)));
        conditions
            .extend(parts.until.and_then(|(edge, span)| self.edge(edge, ConditionKind::Until, span, scope)));
        let purpose = if let Some((name, _)) = parts.serves {
            self.purpose(name, scope)
        } else {
            missing(self, Keyword::Serves);
            None
        };
        if parts.funds.is_none() && !faulty {
            let name = Term::from(&declaration.label);
            self.report(Diagnostic::at(codes::C013, declaration.span).arg("name", name).help(Term::new(
                "加一行“支自 …”:集体的钱由谁出,要写清楚",
                "add 'paid from …': a charter says whose money it spends",
            )));
        }
        let funds = parts.funds.map_or_else(Vec::new, |(shares, span)| self.funds(shares, span, scope));
        let own = &declaration.label.name;
        let related = self.related(&parts.related, own, declaration.owner, scope);
        let limits = self.limits(&parts.limits, &declaration.label, declaration.owner, scope);
        let discretionary = self.discretionary(parts.discretionary, ast.kind, declaration.owner, scope);
        let Some((amount, rhythm, pay_span)) = parts.pay else {
            missing(self, Keyword::Pay);
            return None;
        };
        let pay = self.pay(amount, parts.decider, pay_span, scope, faulty);
        let rhythm = self.rhythm(rhythm, target, target_span);
        let (pay, rhythm) = (pay?, rhythm?);
        self.pay_unit_check(&pay, rhythm, pay_span);
        let prorating = self.prorating(parts.prorating, &pay, rhythm);
        let judged_on = self.judged_on(parts.judged_on, rhythm, parts.prorating);
        Some(Benefit {
            label: declaration.label.clone(),
            article: ast.article.value,
            kind: ast.kind,
            charter,
            days: Days { from: stack.from, until: stack.until },
            span: Place(ast.article.span.to(parts.end(pay_span))),
            title: Place(ast.declared.span()),
            target,
            filter,
            conditions,
            pay,
            rhythm,
            prorating,
            judged_on,
            funds,
            purpose,
            related,
            rivals: Vec::new(),
            limits,
            discretionary,
            basis: parts.basis.map(|text| text.text.clone()),
            allowed: parts.allowed,
        })
    }

    /// The record a clause is for: a household or what lies in it, a village or what lies in it.
    pub(super) fn target(&mut self, name: &Name) -> Option<RecordId> {
        let Some(record) = self.model.schema.find(&name.text) else {
            self.unknown(name, Term::new("记录", "record"));
            return None;
        };
        self.references.insert(name.span, self.model.schema.record(record).label.clone());
        Some(record)
    }

    /// The conditions joined by `and`, each on its own so that `why` can name the one that fails.
    pub(super) fn conjuncts(&mut self, expr: &Expr, kind: ConditionKind, scope: Scope<'m>) -> Vec<Condition> {
        let parts: &[Expr] = match &expr.kind {
            ExprKind::And(parts) => parts,
            _ => std::slice::from_ref(expr),
        };
        let mut conditions = Vec::new();
        for part in parts {
            if let Some(node) = self.condition(part, scope) {
                conditions.push(Condition { kind, node, span: Place(part.span) });
            }
        }
        conditions
    }

    /// `from D`: the day is not before D. `until D`: it is not after D; where there is no D there is no end.
    fn edge(&mut self, edge: &Edge, kind: ConditionKind, span: Span, scope: Scope<'m>) -> Option<Condition> {
        let mut date = self.typed(&edge.date, Type::Date, scope)?;
        let optional = self.builder.optional(date);
        if edge.month {
            let end = if kind == ConditionKind::From { MonthEdge::First } else { MonthEdge::Last };
            date = self.builder.over(Op::Month(end, date), Type::Date, optional, &[date]);
        }
        let today = self.builder.add(Op::Today, Type::Date, false, None);
        let compare = |this: &mut Self, kind| {
            this.builder.over(Op::Compare(kind, today, date), Type::Truth, false, &[date])
        };
        let node = if kind == ConditionKind::From {
            compare(self, Compare::Ge)
        } else {
            let after = compare(self, Compare::Gt);
            self.builder.not(after)
        };
        Some(Condition { kind, node, span: Place(span) })
    }

    fn purpose(&mut self, name: &Name, scope: Scope<'m>) -> Option<PurposeId> {
        let Some((index, declaration)) = self.model.find(&self.model.purposes, scope.layers, &name.text)
        else {
            self.unknown(name, Term::new("用途", "purpose"));
            return None;
        };
        self.refer(name.span, &declaration.label);
        self.uses(Named::Purpose(index));
        Some(PurposeId(index))
    }

    pub(super) fn funds(&mut self, shares: &[Share], span: Span, scope: Scope<'m>) -> Vec<FundShare> {
        let mut funds = Vec::new();
        for share in shares {
            let Some((index, declaration)) =
                self.model.find(&self.model.funds, scope.layers, &share.fund.text)
            else {
                self.unknown(&share.fund, Term::new("资金", "fund"));
                continue;
            };
            self.refer(share.fund.span, &declaration.label);
            self.uses(Named::Fund(index));
            let (num, den) = share.part.unwrap_or((1, 1));
            if let Some(first) = shares.iter().find(|other| {
                other.fund.span < share.fund.span
                    && self
                        .model
                        .find(&self.model.funds, scope.layers, &other.fund.text)
                        .is_some_and(|(place, _)| place == index)
            }) {
                let twice = Diagnostic::at(codes::N002, share.fund.span).arg("name", &*share.fund.text);
                self.report(twice.related(first.fund.span, Term::new("先在这里", "first named here")));
                continue;
            }
            if let Some(part) = Ratio::new(num.into(), den.into()).filter(|part| *part > Ratio::whole(0)) {
                funds.push(FundShare { fund: FundId(index), part });
            }
        }
        let total = funds.iter().try_fold(Ratio::whole(0), |sum, share| sum.checked_add(share.part));
        if funds.len() == shares.len() && total != Some(Ratio::whole(1)) {
            self.report(Diagnostic::at(codes::C015, span));
        }
        funds
    }
}
