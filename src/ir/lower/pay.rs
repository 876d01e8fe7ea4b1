//! What a benefit pays, how often, and on which days it is judged.

use super::{Lowering, Scope};
use crate::ast::{Amount, Expr, JudgedOn, Located, Prorating, ProratingPart, Rhythm, Text};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::plan::{Constant, NodeId, Op, Pay, Place};
use crate::schema::{Label, RecordId};
use crate::source::Span;
use crate::syntax::Keyword;
use crate::types::Type;
use crate::value::Fen;

impl<'m> Lowering<'m, '_> {
    pub(super) fn pay(
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
                self.nothing_to_decide(decider);
                Some(Pay::Fixed(node?, Place(span)))
            }
            Amount::InKind(what, worth) => {
                let worth = match worth {
                    Some(worth) => self.money(worth, scope),
                    None => Some(self.builder.add(
                        Op::Constant(Constant::Money(Fen::ZERO)),
                        Type::Money,
                        false,
                        None,
                    )),
                };
                self.nothing_to_decide(decider);
                Some(Pay::InKind { what: what.text.clone(), worth: worth?, span: Place(span) })
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

    fn nothing_to_decide(&mut self, decider: Option<(&Text, Span)>) {
        let Some((_, span)) = decider else { return };
        let part = Term::new("决定者", "decided by");
        self.report(Diagnostic::at(codes::S010, span).arg("part", part).help(Term::new(
            "金额已定,无须决定;若由人决定,写“介于 … 与 …”",
            "the amount is fixed and leaves nothing to decide; for a range write 'between … and …'",
        )));
    }

    /// Pro-rating asks for a rhythm whose unit has such parts, and for an amount that can be divided: of months into
    /// whole fen by itself, else with its rounding named.
    pub(super) fn prorating(
        &mut self,
        prorating: Option<&Located<Prorating>>,
        pay: &Pay,
        rhythm: Rhythm,
    ) -> Option<Prorating> {
        let Located { value, span } = prorating?;
        let months = match (value.part, rhythm) {
            (ProratingPart::Month, Rhythm::EachQuarter) => Some(3),
            (ProratingPart::Month, Rhythm::EachYear) => Some(12),
            (ProratingPart::Day, Rhythm::EachMonth | Rhythm::EachQuarter | Rhythm::EachYear) => None,
            _ => {
                self.misplaced(prorating_keyword(value.part), *span, Term::new(
                    "按月折算的是每季、每年的待遇;按日折算的还有每月的",
                    "what is paid each quarter or each year is prorated by month; by day also what is paid each month",
                ));
                return None;
            }
        };
        let Pay::Fixed(amount, _) = pay else {
            self.misplaced(
                prorating_keyword(value.part),
                *span,
                Term::new(
                    "由人决定的金额和实物不能折算",
                    "an amount that somebody decides, or something in kind, cannot be prorated",
                ),
            );
            return None;
        };
        let divides = months.is_some_and(|months| match self.builder.node(*amount).map(|node| &node.op) {
            Some(Op::Constant(Constant::Money(fen))) => fen.0 % months == 0,
            _ => false,
        });
        if value.rounding.is_none() && !divides {
            self.report(Diagnostic::at(codes::T004, *span).help(Term::new(
                "折算后可能不是整分,写明舍入:按月折算 四舍五入 到分",
                "a part of it may not be whole fen, name its rounding: prorated by month rounded half up to the fen",
            )));
            return None;
        }
        Some(*value)
    }

    /// Reports a part that does not fit the rest of its clause.
    pub(super) fn misplaced(&mut self, keyword: Keyword, span: Span, help: Term) {
        self.report(Diagnostic::at(codes::S010, span).arg("part", keyword.words()).help(help));
    }

    /// The day of its unit that it is judged on, the last where nothing is said.
    pub(super) fn judged_on(
        &mut self,
        judged_on: Option<(JudgedOn, Span)>,
        rhythm: Rhythm,
        prorated: Option<&Located<Prorating>>,
    ) -> JudgedOn {
        let Some((day, span)) = judged_on else { return JudgedOn::Last };
        let fits = match day {
            JudgedOn::First | JudgedOn::Last => {
                matches!(rhythm, Rhythm::EachMonth | Rhythm::EachQuarter | Rhythm::EachYear)
            }
            JudgedOn::Day(_) => rhythm == Rhythm::EachMonth,
            JudgedOn::MonthDay(..) => rhythm == Rhythm::EachYear,
        };
        if !fits {
            self.misplaced(Keyword::JudgedOn, span, Term::new(
                "“判定日 15日”用于每月,“判定日 7月1日”用于每年,“第一日”“最后一日”用于每月、每季、每年",
                "'judged on day 15' goes with each month, 'judged on 07-01' with each year, the first and the last day with each month, quarter or year",
            ));
        } else if prorated.is_some() && day != JudgedOn::Last {
            self.misplaced(
                Keyword::JudgedOn,
                span,
                Term::new(
                    "折算要看整个周期,只能在最后一日判定",
                    "what is prorated looks at the whole unit and is judged on its last day",
                ),
            );
        }
        day
    }

    fn ordered_range(&mut self, lo: NodeId, hi: NodeId, span: Span) {
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
    pub(super) fn money(&mut self, expr: &Expr, scope: Scope<'m>) -> Option<NodeId> {
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

    pub(super) fn rhythm(
        &mut self,
        rhythm: Option<&Located<Rhythm>>,
        target: RecordId,
        span: Span,
    ) -> Option<Rhythm> {
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

fn prorating_keyword(part: ProratingPart) -> Keyword {
    match part {
        ProratingPart::Month => Keyword::ProratedByMonth,
        ProratingPart::Day => Keyword::ProratedByDay,
    }
}
