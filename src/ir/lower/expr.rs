//! Expressions.

use super::fold::{self, Folded};
use super::unit::duration;
use super::{Lowering, Meaning, Scope};
use crate::ast::{BinaryOp, CompareOp, Expr, ExprKind, Literal};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::plan::{Arith, Branches, Compare, Constant, NodeId, Op, Place};
use crate::schema::{FieldType, Label};
use crate::source::Span;
use crate::types::{self, Type};
use crate::value::{Fen, Ratio};

/// Most levels of expressions and definitions in one another.
const MAX_DEPTH: usize = 100;
/// Steps into expressions and definitions that one level of the plan takes at most, so that what counts is the plan
/// and not the order of the definitions.
pub(super) const STEPS_A_LEVEL: usize = 3;
/// Most operations of one expression, its definitions written out.
const MAX_OPERATIONS: u64 = 100_000;
/// Millionths of the whole, in which percentages are written.
const MILLIONTHS: i128 = 1_000_000;

impl<'m> Lowering<'m, '_> {
    /// The body of a define: a value, or a set with its condition.
    pub(super) fn define_body(
        &mut self,
        body: &Expr,
        filter: Option<&Expr>,
        scope: Scope<'m>,
    ) -> Option<Meaning> {
        if let ExprKind::Path(path) = &body.kind {
            let meaning = self.path(path, scope)?;
            return match (meaning, filter) {
                (Meaning::Set(set), _) => self.restrict(set, filter, scope).map(Meaning::Set),
                (Meaning::Value(_), None) => Some(meaning),
                (Meaning::Value(node), Some(_)) => {
                    self.mismatch(body.span, Term::new("一组记录", "a set of rows"), node);
                    None
                }
            };
        }
        if let Some(filter) = filter {
            self.report(Diagnostic::at(codes::S010, filter.span).arg("part", Term::new("其中", "where")));
            return None;
        }
        self.expr(body, scope, None).map(Meaning::Value)
    }

    /// A condition.
    pub(super) fn condition(&mut self, expr: &Expr, scope: Scope<'m>) -> Option<NodeId> {
        let node = self.expr(expr, scope, None)?;
        if self.builder.ty(node) != Type::Truth {
            self.mismatch(expr.span, Term::new("条件", "a condition"), node);
            return None;
        }
        Some(node)
    }

    /// An expression. `hint` is the type its surroundings want: the names of codes are read by it.
    ///
    /// What it is made of, through definitions too, must be small enough to be evaluated on any stack in good time.
    pub(super) fn expr(&mut self, expr: &Expr, scope: Scope<'m>, hint: Option<Type>) -> Option<NodeId> {
        if !self.shallow(self.depth / STEPS_A_LEVEL, expr.span) {
            return None;
        }
        self.depth += 1;
        let node = self.small_expr(expr, scope, hint);
        self.depth -= 1;
        node.filter(|node| self.small(*node, expr.span))
    }

    /// Reports what is too long or nested too deeply, written out with its definitions.
    pub(super) fn small(&mut self, node: NodeId, span: Span) -> bool {
        let size = self.builder.size(node);
        if size.operations > MAX_OPERATIONS {
            self.report(Diagnostic::at(codes::S011, span).arg("limit", Term::same(MAX_OPERATIONS)));
            return false;
        }
        self.shallow(size.depth, span)
    }

    /// Reports what is nested too deeply.
    pub(super) fn shallow(&mut self, depth: usize, span: Span) -> bool {
        let shallow = depth <= MAX_DEPTH;
        if !shallow {
            self.report(Diagnostic::at(codes::S002, span).arg("limit", Term::same(MAX_DEPTH)));
        }
        shallow
    }

    fn small_expr(&mut self, expr: &Expr, scope: Scope<'m>, hint: Option<Type>) -> Option<NodeId> {
        match &expr.kind {
            ExprKind::Literal(literal) => self.literal(literal, expr.span),
            ExprKind::Path(path) => {
                if let (Some(ty @ Type::Code(..)), [name]) = (hint, path.as_slice())
                    && let Some(node) = self.code(ty, name)
                {
                    return Some(node);
                }
                if let (Some(ty @ Type::Code(..)), [name]) = (hint, path.as_slice())
                    && !self.is_known(path, scope)
                {
                    self.no_such_code(ty, &name.text, expr.span);
                    return None;
                }
                self.value_path(path, expr.span, scope)
            }
            ExprKind::Today => Some(self.builder.add(Op::Today, Type::Date, false, None)),
            ExprKind::Not(inner) => {
                let node = self.condition(inner, scope)?;
                Some(self.builder.not(node))
            }
            ExprKind::And(parts) => {
                let nodes = self.conditions(parts, scope)?;
                let node = self.builder.all(nodes)?;
                Some(self.of_parts(node, parts))
            }
            ExprKind::Or(parts) => {
                let nodes = self.conditions(parts, scope)?;
                let copy = nodes.clone();
                let node = self.builder.over(Op::Either(nodes), Type::Truth, false, &copy);
                Some(self.of_parts(node, parts))
            }
            ExprKind::Compare(op, left, right) => self.comparison(*op, left, right, expr.span, scope),
            ExprKind::In { negated, value, options } => {
                let tests: Vec<Option<NodeId>> = options
                    .iter()
                    .map(|option| self.comparison(CompareOp::Eq, value, option, option.span, scope))
                    .collect();
                let tests = tests.into_iter().collect::<Option<Vec<_>>>()?;
                let node = if let [one] = tests.as_slice() {
                    *one
                } else {
                    let copy = tests.clone();
                    let node = self.builder.over(Op::Either(tests), Type::Truth, false, &copy);
                    self.of_parts(node, options)
                };
                Some(if *negated { self.builder.not(node) } else { node })
            }
            ExprKind::Between { negated, value, lo, hi } => {
                let low = self.comparison(CompareOp::Ge, value, lo, expr.span, scope);
                let high = self.comparison(CompareOp::Le, value, hi, expr.span, scope);
                let node = self.builder.all(vec![low?, high?])?;
                Some(if *negated { self.builder.not(node) } else { node })
            }
            ExprKind::IsAbsent { negated, value } => {
                let node = self.expr(value, scope, None)?;
                let test = self.builder.over(Op::IsAbsent(node), Type::Truth, false, &[node]);
                Some(if *negated { self.builder.not(test) } else { test })
            }
            ExprKind::Binary(op, left, right) => self.binary(*op, left, right, expr.span, scope),
            ExprKind::Negate(inner) => self.negate(inner, expr.span, scope),
            ExprKind::Elapsed { unit, from, to } => {
                let (from, to) = (self.typed(from, Type::Date, scope), self.typed(to, Type::Date, scope));
                let (from, to) = (from?, to?);
                let optional = self.builder.optional(from) || self.builder.optional(to);
                Some(self.builder.over(Op::Elapsed(*unit, from, to), Type::Number, optional, &[from, to]))
            }
            ExprKind::If { .. } => self.choose(expr, scope, hint),
            ExprKind::Calendar(part, date) => self.calendar(*part, date, scope),
            ExprKind::Pick { last, value, set, filter, key } => {
                self.pick(*last, value, (set, filter.as_deref(), key), scope)
            }
            ExprKind::Rank { set, filter, key } => self.rank((set, filter.as_deref(), key), scope),
            ExprKind::Aggregate { kind, value, set, filter } => {
                self.aggregate(*kind, value.as_deref(), set, filter.as_deref(), scope)
            }
            ExprKind::Tiers { subject, arms } => self.tiers(subject, arms, expr.span, scope),
            ExprKind::Round { value, mode, to } => {
                let node = self.expr(value, scope, None)?;
                if !matches!(self.builder.ty(node), Type::Money | Type::ExactMoney) {
                    self.mismatch(value.span, Term::new("金额", "money"), node);
                    return None;
                }
                let optional = self.builder.optional(node);
                Some(self.builder.over(Op::Round(node, *mode, *to), Type::Money, optional, &[node]))
            }
        }
    }

    /// Notes where the parts of a condition are written.
    fn of_parts(&mut self, node: NodeId, parts: &[Expr]) -> NodeId {
        let arms = parts.iter().map(|part| Place(part.span)).collect();
        self.parts.push(Branches { node, arms });
        node
    }

    /// All conditions, each reported where it is wrong.
    fn conditions(&mut self, parts: &[Expr], scope: Scope<'m>) -> Option<Vec<NodeId>> {
        let nodes: Vec<Option<NodeId>> = parts.iter().map(|part| self.condition(part, scope)).collect();
        nodes.into_iter().collect()
    }

    /// An expression of one type.
    pub(super) fn typed(&mut self, expr: &Expr, ty: Type, scope: Scope<'m>) -> Option<NodeId> {
        let node = self.expr(expr, scope, Some(ty))?;
        if self.builder.ty(node) != ty {
            let expected = self.describe(ty);
            self.mismatch(expr.span, expected, node);
            return None;
        }
        Some(node)
    }

    fn comparison(
        &mut self,
        op: CompareOp,
        left: &Expr,
        right: &Expr,
        span: Span,
        scope: Scope<'m>,
    ) -> Option<NodeId> {
        // A code may stand on either side: `hukou is rural`, `rural = hukou`.
        let (left_is_code, right_is_code) = (self.may_be_code(left, scope), self.may_be_code(right, scope));
        if left_is_code && right_is_code {
            // Neither is known, so it is the field that is misspelt: its codes are not to blame.
            self.expr(left, scope, None);
            return None;
        }
        let (left_node, right_node) = if left_is_code {
            let right = self.expr(right, scope, None)?;
            (self.expr(left, scope, Some(self.builder.ty(right)))?, right)
        } else {
            let left = self.expr(left, scope, None);
            let hint = left.map(|node| self.builder.ty(node));
            let right = self.expr(right, scope, hint);
            (left?, right?)
        };
        let (left_ty, right_ty) = (self.builder.ty(left_node), self.builder.ty(right_node));
        let order = !matches!(op, CompareOp::Is | CompareOp::IsNot | CompareOp::Eq | CompareOp::Ne);
        if !left_ty.comparable(right_ty) || order && !left_ty.ordered() {
            let finding = Diagnostic::at(codes::T002, span)
                .arg("left", self.describe(left_ty))
                .arg("right", self.describe(right_ty));
            self.report(match (left_ty, right_ty) {
                (Type::Number, Type::Duration) | (Type::Duration, Type::Number) => finding.help(Term::new(
                    "周岁、足月、足日是数目:写 14,不写 14年",
                    "full years, months and days are numbers: write 14, not 14 years",
                )),
                _ => finding,
            });
            return None;
        }
        self.one_period(left_node, right_node, span)?;
        let mut compare = |kind| {
            let op = Op::Compare(kind, left_node, right_node);
            self.builder.over(op, Type::Truth, false, &[left_node, right_node])
        };
        Some(match op {
            CompareOp::Is | CompareOp::Eq => compare(Compare::Eq),
            CompareOp::Lt => compare(Compare::Lt),
            CompareOp::Le => compare(Compare::Le),
            CompareOp::Gt => compare(Compare::Gt),
            CompareOp::Ge => compare(Compare::Ge),
            CompareOp::IsNot | CompareOp::Ne => {
                let equal = compare(Compare::Eq);
                self.builder.not(equal)
            }
        })
    }

    /// A single word that means nothing by itself: the name of a code, or a mistake.
    fn may_be_code(&self, expr: &Expr, scope: Scope<'m>) -> bool {
        matches!(&expr.kind, ExprKind::Path(path) if path.len() == 1 && !self.is_known(path, scope))
    }

    fn binary(
        &mut self,
        op: BinaryOp,
        left: &Expr,
        right: &Expr,
        span: Span,
        scope: Scope<'m>,
    ) -> Option<NodeId> {
        if op == BinaryOp::Mul
            && let Some(node) = self.over_time((left, right), span, scope)
        {
            return node;
        }
        if let Some((count, unit)) = duration(right) {
            let date = self.typed(left, Type::Date, scope)?;
            let count = match op {
                BinaryOp::Add => Some(count),
                BinaryOp::Sub => count.checked_neg(),
                BinaryOp::Mul | BinaryOp::Div | BinaryOp::Whole | BinaryOp::Rest => None,
            };
            if let Some(count) = count {
                let optional = self.builder.optional(date);
                return Some(self.builder.over(
                    Op::Shift { date, count, unit },
                    Type::Date,
                    optional,
                    &[date],
                ));
            }
        }
        let (left, right) = (self.expr(left, scope, None), self.expr(right, scope, None));
        let (left, right) = (left?, right?);
        let (left_ty, right_ty) = (self.builder.ty(left), self.builder.ty(right));
        let Some(ty) = types::arithmetic(op, left_ty, right_ty) else {
            let finding = Diagnostic::at(codes::T003, span)
                .arg("left", self.describe(left_ty))
                .arg("right", self.describe(right_ty))
                .arg("operation", operation(op));
            self.report(if (left_ty, right_ty) == (Type::Date, Type::Date) {
                finding.help(Term::new(
                    "写“周岁(足月、足日) 自 … 到 …”",
                    "write 'full years (months, days) from … to …'",
                ))
            } else {
                finding
            });
            return None;
        };
        self.operands_agree(op, left, right, span)?;
        let arith = fold::arith(op);
        match self.fold(arith, (left, right), ty, span) {
            Folded::Constant(node) => return Some(node),
            Folded::Faulty => return None,
            Folded::Computed => {}
        }
        let optional = self.builder.optional(left) || self.builder.optional(right);
        Some(self.builder.over(Op::Arith(arith, left, right), ty, optional, &[left, right]))
    }

    fn negate(&mut self, inner: &Expr, span: Span, scope: Scope<'m>) -> Option<NodeId> {
        let node = self.expr(inner, scope, None)?;
        let ty = self.builder.ty(node);
        if let Some(constant) = self.builder.node(node).and_then(|node| negated(&node.op)) {
            return Some(self.builder.add(Op::Constant(constant), ty, false, None));
        }
        let zero = match ty {
            Type::Number => Constant::Number(0),
            Type::Money | Type::ExactMoney => Constant::Money(Fen::ZERO),
            Type::Rate => Constant::Rate(Ratio::whole(0)),
            _ => {
                self.mismatch(span, Term::new("数目或金额", "a number or money"), node);
                return None;
            }
        };
        let zero_ty = if ty == Type::ExactMoney { Type::Money } else { ty };
        let zero = self.builder.add(Op::Constant(zero), zero_ty, false, None);
        let optional = self.builder.optional(node);
        Some(self.builder.over(Op::Arith(Arith::Sub, zero, node), ty, optional, &[node]))
    }

    fn literal(&mut self, literal: &Literal, span: Span) -> Option<NodeId> {
        let (constant, ty) = match literal {
            Literal::Number(value) => (Constant::Number(*value), Type::Number),
            Literal::Money { fen, .. } => (Constant::Money(Fen(*fen)), Type::Money),
            Literal::Percent(millionths) => {
                (Constant::Rate(Ratio::new(i128::from(*millionths), MILLIONTHS)?), Type::Rate)
            }
            Literal::Date(day) => (Constant::Date(*day), Type::Date),
            Literal::Text(text) => (Constant::Text(text.clone()), Type::Text),
            Literal::Duration(..) => {
                // A duration only moves a date; `binary` reads it there.
                let finding = Diagnostic::at(codes::T001, span)
                    .arg("expected", Term::new("数目、金额或日期", "a number, money or a date"))
                    .arg("found", self.describe(Type::Duration));
                self.report(finding.help(Term::new(
                    "时长只用来推移日期:出生日期 + 14年。年龄直接写数目:年龄 < 14",
                    "a duration only moves a date: birth + 14 years. An age is a number: age < 14",
                )));
                return None;
            }
        };
        Some(self.builder.add(Op::Constant(constant), ty, false, None))
    }

    /// The code of that name in a field's list.
    pub(super) fn code(&mut self, ty: Type, name: &crate::ast::Name) -> Option<NodeId> {
        let Type::Code(record, field) = ty else { return None };
        let FieldType::Code(list) = &self.model.schema.field(record, field).ty else { return None };
        let (place, code) = list.iter().enumerate().find(|(_, code)| code.label.is(&name.text))?;
        self.refer(name.span, &code.label);
        let constant = Op::Constant(Constant::Code(u16::try_from(place).ok()?));
        Some(self.builder.add(constant, ty, false, None))
    }

    pub(super) fn no_such_code(&mut self, ty: Type, name: &str, span: Span) {
        let Type::Code(record, field) = ty else { return };
        let field = self.model.schema.field(record, field);
        let FieldType::Code(list) = &field.ty else { return };
        let join = |pick: fn(&Label) -> &str, comma| {
            list.iter().map(|code| pick(&code.label)).collect::<Vec<_>>().join(comma)
        };
        let help = Term::new(
            format!("可用:{}", join(Label::zh, "、")),
            format!("one of: {}", join(Label::en, ", ")),
        );
        let label = Term::new(format!("“{}”", field.label.zh()), format!("'{}'", field.label.en()));
        self.report(Diagnostic::at(codes::T006, span).arg("field", label).arg("code", name).help(help));
    }
}

/// A number, a rate or an amount written out, with its sign turned.
fn negated(op: &Op) -> Option<Constant> {
    match op {
        Op::Constant(Constant::Number(number)) => number.checked_neg().map(Constant::Number),
        Op::Constant(Constant::Rate(rate)) => Ratio::whole(0).checked_sub(*rate).map(Constant::Rate),
        Op::Constant(Constant::Money(fen)) => Fen::ZERO.checked_sub(*fen).map(Constant::Money),
        _ => None,
    }
}

pub(super) fn operation(op: BinaryOp) -> Term {
    let (zh, en) = match op {
        BinaryOp::Add => ("相加", "add"),
        BinaryOp::Sub => ("相减", "subtract"),
        BinaryOp::Mul => ("相乘", "multiply"),
        BinaryOp::Div | BinaryOp::Whole | BinaryOp::Rest => ("相除", "divide"),
    };
    Term::new(zh, en)
}
