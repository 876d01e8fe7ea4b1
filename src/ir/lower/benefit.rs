//! Subsidies and rewards: every part once, every part there, every amount whole fen.

use super::{Lowering, Scope};
use crate::ast::{Amount, BenefitPart, Edge, Expr, ExprKind, Located, Name, Rhythm, Share, Text};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::plan::{
    Allowed, Benefit, Compare, Condition, ConditionKind, Days, FundId, FundShare, MonthEdge, NodeId, Op, Pay,
    Place, PurposeId,
};
use crate::resolve::{BenefitItem, CharterId, Declaration, Owner, Stack};
use crate::schema::{Label, RecordId};
use crate::source::Span;
use crate::syntax::Keyword;
use crate::types::Type;
use crate::value::Ratio;

/// The parts of a benefit, each at most once except `allow`.
#[derive(Default)]
struct Parts<'a> {
    target: Option<(&'a Name, Option<&'a Expr>, Span)>,
    when: Vec<&'a Expr>,
    unless: Vec<&'a Expr>,
    pay: Option<(&'a Amount, Option<&'a Located<Rhythm>>, Span)>,
    from: Option<(&'a Edge, Span)>,
    until: Option<(&'a Edge, Span)>,
    decider: Option<(&'a Text, Span)>,
    serves: Option<(&'a Name, Span)>,
    funds: Option<(&'a [Share], Span)>,
    basis: Option<&'a Text>,
    adds_to: Vec<&'a Name>,
    allowed: Vec<Allowed>,
}

impl<'m, 'a> Lowering<'m, 'a> {
    pub(super) fn benefits(&mut self) -> Vec<Benefit> {
        let model = self.model;
        let mut built: Vec<Benefit> = Vec::new();
        for declaration in &model.benefits {
            let Owner::Charter(charter) = declaration.owner else { continue };
            for stack in model.stacks_of(charter) {
                let Some(benefit) = self.benefit(declaration, charter, stack) else { continue };
                // An amendment above that changes nothing here leaves one clause, not two.
                match built
                    .last_mut()
                    .filter(|last| Benefit { days: benefit.days, ..(*last).clone() } == benefit)
                {
                    Some(last) if last.days.until == Some(benefit.days.from) => {
                        last.days.until = benefit.days.until;
                    }
                    _ => built.push(benefit),
                }
            }
        }
        built
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
        let adds_to = self.relations(&parts.adds_to, scope);
        let Some((amount, rhythm, pay_span)) = parts.pay else {
            missing(self, Keyword::Pay);
            return None;
        };
        let pay = self.pay(amount, parts.decider, pay_span, scope, faulty);
        let rhythm = self.rhythm(rhythm, target, target_span);
        if let (Some(pay), Some(rhythm)) = (&pay, rhythm) {
            self.pay_unit_check(pay, rhythm, pay_span);
        }
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
            pay: pay?,
            rhythm: rhythm?,
            funds,
            purpose,
            adds_to,
            basis: parts.basis.map(|text| text.text.clone()),
            allowed: parts.allowed,
        })
    }

    fn parts(&mut self, ast: &'a crate::ast::Benefit) -> Parts<'a> {
        let mut parts = Parts::default();
        let mut seen: Vec<(std::mem::Discriminant<BenefitPart>, Span)> = Vec::new();
        for Located { value, span } in &ast.parts {
            let kind = std::mem::discriminant(value);
            let first = seen.iter().find(|(taken, _)| *taken == kind).map(|(_, first)| *first);
            if let (Some(first), false) = (first, matches!(value, BenefitPart::Allow { .. })) {
                self.part_twice(keyword(value), *span, first);
                continue;
            }
            seen.push((kind, *span));
            match value {
                BenefitPart::For { record, filter } => parts.target = Some((record, filter.as_ref(), *span)),
                BenefitPart::When(expr) => parts.when.push(expr),
                BenefitPart::Unless(expr) => parts.unless.push(expr),
                BenefitPart::Pay { amount, rhythm } => parts.pay = Some((amount, rhythm.as_ref(), *span)),
                BenefitPart::From(edge) => parts.from = Some((edge, *span)),
                BenefitPart::Until(edge) => parts.until = Some((edge, *span)),
                BenefitPart::DecidedBy(text) => parts.decider = Some((text, *span)),
                BenefitPart::Serves(name) => parts.serves = Some((name, *span)),
                BenefitPart::PaidFrom(shares) => parts.funds = Some((shares, *span)),
                BenefitPart::Basis(text) => parts.basis = Some(text),
                BenefitPart::AddsTo(names) => parts.adds_to.extend(names),
                BenefitPart::Allow { code, reason } => {
                    let (code, reason) = (code.text.clone(), reason.text.clone());
                    parts.allowed.push(Allowed { code, reason, span: Place(*span) });
                }
            }
        }
        parts
    }

    pub(super) fn part_twice(&mut self, keyword: Keyword, span: Span, first: Span) {
        self.report(
            Diagnostic::at(codes::S007, span)
                .arg("part", keyword.words())
                .related(first, Term::new("先在这里", "first given here")),
        );
    }

    pub(super) fn missing(&mut self, keyword: Keyword, span: Span) {
        let words = keyword.words();
        let help = Term::new(format!("加一行“{} …”", words.zh), format!("add a line '{} …'", words.en));
        self.report(Diagnostic::at(codes::S008, span).arg("part", words).help(help));
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

    /// The benefits it is paid on top of, by the name of their declaration.
    fn relations(&mut self, names: &[&Name], scope: Scope<'m>) -> Vec<String> {
        let mut related = Vec::new();
        for name in names {
            match self.model.find(&self.model.benefits, scope.layers, &name.text) {
                Some((_, other)) => {
                    self.refer(name.span, &other.label);
                    related.push(other.label.name.clone());
                }
                None => self.unknown(
                    name,
                    Term::new("本章程或上级的补贴、奖励", "benefit of this charter or one above it"),
                ),
            }
        }
        related
    }

    fn pay(
        &mut self,
        amount: &Amount,
        decider: Option<(&Text, Span)>,
        span: Span,
        scope: Scope<'m>,
        faulty: bool,
    ) -> Option<Pay> {
        match amount {
            Amount::Fixed(expr) => {
                let node = self.money(expr, scope);
                if let Some((_, decider_span)) = decider {
                    let part = Term::new("决定者", "decided by");
                    self.report(Diagnostic::at(codes::S010, decider_span).arg("part", part).help(Term::new(
                        "金额已定,无须决定;若由人决定,写“介于 … 与 …”",
                        "the amount is fixed and leaves nothing to decide; for a range write 'between … and …'",
                    )));
                }
                Some(Pay::Fixed(node?, Place(span)))
            }
            Amount::Range(lo, hi) => {
                let (lo_node, hi_node) = (self.money(lo, scope), self.money(hi, scope));
                let Some((decider, _)) = decider else {
                    if !faulty {
                        self.missing(Keyword::DecidedBy, span);
                    }
                    return None;
                };
                let (lo_node, hi_node) = (lo_node?, hi_node?);
                self.ordered_range(lo_node, hi_node, span);
                Some(Pay::Range {
                    lo: lo_node,
                    hi: hi_node,
                    decider: decider.text.clone(),
                    span: Place(span),
                })
            }
        }
    }

    fn ordered_range(&mut self, lo: NodeId, hi: NodeId, span: Span) {
        use crate::ir::plan::Constant;
        let fen = |id| match self.builder.node(id).map(|node| &node.op) {
            Some(Op::Constant(Constant::Money(fen))) => Some(*fen),
            _ => None,
        };
        if let Some((lo, hi)) = fen(lo).zip(fen(hi)).filter(|(lo, hi)| lo > hi) {
            self.report(
                Diagnostic::at(codes::C011, span).arg("lo", Term::same(lo)).arg("hi", Term::same(hi)),
            );
        }
    }

    /// An amount that can be paid: whole fen, never absent, not plainly negative.
    fn money(&mut self, expr: &Expr, scope: Scope<'m>) -> Option<NodeId> {
        use crate::ir::plan::Constant;
        let node = self.expr(expr, scope, Some(Type::Money))?;
        match self.builder.ty(node) {
            Type::Money => {}
            Type::ExactMoney => {
                self.report(Diagnostic::at(codes::T004, expr.span).help(Term::new(
                    "写明舍入,算式先加括号:(100元 / 3) 四舍五入 到分",
                    "name it, with brackets around the sum: (100 yuan / 3) rounded half up to the fen",
                )));
                return None;
            }
            _ => {
                self.mismatch(expr.span, Term::new("金额(如 60元)", "money (60 yuan)"), node);
                return None;
            }
        }
        if self.builder.optional(node) {
            self.report(Diagnostic::at(codes::T005, expr.span));
            return None;
        }
        if let Some(Op::Constant(Constant::Money(fen))) = self.builder.node(node).map(|node| &node.op)
            && fen.0 < 0
        {
            self.report(Diagnostic::at(codes::C014, expr.span));
            return None;
        }
        Some(node)
    }

    fn rhythm(&mut self, rhythm: Option<&Located<Rhythm>>, target: RecordId, span: Span) -> Option<Rhythm> {
        let record = self.model.schema.record(target);
        match rhythm {
            Some(Located { value: Rhythm::EachEvent, .. }) | None if record.event.is_some() => {
                Some(Rhythm::EachEvent)
            }
            Some(Located { value: Rhythm::EachEvent, span }) => {
                self.needs_rhythm(&record.label.clone(), *span);
                None
            }
            Some(rhythm) => Some(rhythm.value),
            None => {
                self.needs_rhythm(&record.label.clone(), span);
                None
            }
        }
    }

    fn needs_rhythm(&mut self, record: &Label, span: Span) {
        let target = Term::new(format!("“{}”", record.zh()), record.en());
        self.report(Diagnostic::at(codes::C001, span).arg("target", target).help(Term::new(
            "在金额后写周期,如“60元 每年”;事件记录在词汇里用“事件”标出日期",
            "write the rhythm after the amount ('60 yuan each year'); a record of events marks its date with 'event'",
        )));
    }
}

impl Parts<'_> {
    /// The last part, where the clause ends.
    fn end(&self, pay: Span) -> Span {
        let spans = [
            self.funds.map(|(_, span)| span),
            self.serves.map(|(_, span)| span),
            self.basis.map(|text| text.span),
        ];
        spans.into_iter().flatten().fold(pay, |end, span| if span.end > end.end { span } else { end })
    }
}

/// The keyword a part begins with.
fn keyword(part: &BenefitPart) -> Keyword {
    match part {
        BenefitPart::For { .. } => Keyword::For,
        BenefitPart::When(_) => Keyword::When,
        BenefitPart::Unless(_) => Keyword::Unless,
        BenefitPart::Pay { .. } => Keyword::Pay,
        BenefitPart::From(_) => Keyword::From,
        BenefitPart::Until(_) => Keyword::Until,
        BenefitPart::DecidedBy(_) => Keyword::DecidedBy,
        BenefitPart::Serves(_) => Keyword::Serves,
        BenefitPart::PaidFrom(_) => Keyword::PaidFrom,
        BenefitPart::Basis(_) => Keyword::Basis,
        BenefitPart::AddsTo(_) => Keyword::AddsTo,
        BenefitPart::Allow { .. } => Keyword::Allow,
    }
}
