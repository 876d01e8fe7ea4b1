//! Why a household gets what it gets: every clause that may concern it, told in the reader's language.

mod notes;
mod words;

use crate::ast::ArticleNumber;
use crate::diagnostic::Lang;
use crate::eval::traced::{Calculation, DutyExplanation, Explanation, Judged, Step};
use crate::eval::{DutyStatus, FactId, Note, Outcome};
use crate::ir::{Benefit, CharterId, ConditionKind, Must, Pay, Plan, References};
use crate::register::Register;
use crate::report::names::{Status, article, fact_name};
use crate::report::terminal::{in_lang, word};
use crate::schema::{Label, RecordId};
use crate::source::{Sources, Span};
use crate::value::{Period, Truth};
use std::io::{self, Write};

/// Tells explanations as text.
pub struct Why<'r> {
    /// The rules.
    pub plan: &'r Plan,
    /// The facts.
    pub register: &'r Register,
    /// The files of the rules.
    pub sources: &'r Sources,
    /// What each name of the rules means.
    pub references: &'r References,
    /// The period of the run.
    pub period: &'r Period,
    /// The reader's language.
    pub lang: Lang,
}

impl Why<'_> {
    /// One household, or one village: its village and every clause, or the one asked for.
    pub fn subject(
        &self,
        out: &mut dyn Write,
        (record, unit): (RecordId, usize),
        village: &str,
        told: &[Explanation],
        duties: &[DutyExplanation],
    ) -> io::Result<()> {
        let label = &self.plan.schema.record(record).label;
        let key = self.register.table(record).keys.text(unit);
        let place = self.row_place(record, unit);
        let village =
            if village.is_empty() { self.lang.pick("村不详", "village unknown") } else { village };
        let named = self.lang.pick(format!("{key}({village})"), format!("{key} ({village})"));
        writeln!(out, "{} {named}{}", in_lang(label, self.lang), self.bracketed(&place))?;
        writeln!(out, "{} {}", self.lang.pick("时段", "period"), self.period)?;
        if told.is_empty() && duties.is_empty() {
            writeln!(
                out,
                "\n{}",
                self.lang.pick("这一时段没有涉及它的条款。", "No clause concerns it in this period.")
            )?;
        }
        for explanation in told {
            self.clause(out, explanation)?;
        }
        for duty in duties {
            self.duty(out, duty)?;
        }
        Ok(())
    }

    fn duty(&self, out: &mut dyn Write, told: &DutyExplanation) -> io::Result<()> {
        let Some(duty) = self.plan.obligations.get(told.row.obligation) else { return Ok(()) };
        self.heading(out, duty.article, &duty.label, duty.charter, duty.span.0, duty.basis.as_deref())?;
        self.target(out, duty.target, told.row.target)?;
        let status = word(Status::of_duty(&told.row.status).word(), self.lang);
        writeln!(out, "  {}  {status}", told.row.period)?;
        self.steps(out, &told.conditions)?;
        let must = match &duty.must {
            Must::Within { span, .. } | Must::Times { span, .. } | Must::Throughout { span, .. } => span.0,
        };
        writeln!(out, "    {}", self.condition_text(must))?;
        for fact in &told.act {
            writeln!(out, "        {}", self.fact_line(fact))?;
        }
        let (_, _, appeal_to) = &duty.appeal;
        if let Some(((due, remedy), appeal)) = told.row.due.zip(told.row.remedy_by).zip(told.row.appeal_by) {
            let line = self.lang.pick(
                format!("到期 {due};可补正至 {remedy};可在 {appeal} 前向“{appeal_to}”申诉"),
                format!("due {due}; can still be done until {remedy}; objections until {appeal} to \"{appeal_to}\""),
            );
            writeln!(out, "    {line}")?;
        }
        match &told.row.status {
            DutyStatus::Undetermined { missing } => self.missing(out, missing),
            DutyStatus::Unmet => {
                let line = self.lang.pick(
                    "未履行只作提醒,不影响任何待遇;如何处理由人决定。",
                    "An unmet duty is a reminder and changes no benefit; what follows is for people to decide.",
                );
                writeln!(out, "    {line}")
            }
            _ => Ok(()),
        }
    }

    fn missing(&self, out: &mut dyn Write, missing: &[FactId]) -> io::Result<()> {
        let head = self.lang.pick("缺少的事实(查明这些就能确定):", "missing facts (these would settle it):");
        writeln!(out, "    {head}")?;
        for fact in missing {
            let name = fact_name(self.plan, self.register, *fact);
            writeln!(out, "        {}{}", self.fact_title(*fact), self.bracketed(&name))?;
        }
        Ok(())
    }

    fn steps(&self, out: &mut dyn Write, steps: &[Step]) -> io::Result<()> {
        for step in steps {
            let mark = match step.truth {
                Truth::False if step.condition.kind == ConditionKind::Excuse => "–",
                Truth::True => "✓",
                Truth::False => "✗",
                Truth::Unknown => "?",
            };
            let part = self.part(step.condition.kind);
            writeln!(out, "    {mark} {part}{}", self.step_text(&step.condition))?;
            for fact in &step.facts {
                writeln!(out, "        {}", self.fact_line(fact))?;
            }
        }
        Ok(())
    }

    fn heading(
        &self,
        out: &mut dyn Write,
        number: ArticleNumber,
        label: &Label,
        charter: CharterId,
        span: Span,
        basis: Option<&str>,
    ) -> io::Result<()> {
        let (number, zh, en) = (article(number), label.zh(), label.en());
        let title =
            self.lang.pick(format!("第 {number} 条 {zh}({en})"), format!("article {number} {en} ({zh})"));
        writeln!(out, "\n{title}")?;
        let charter = self.plan.charter(charter);
        writeln!(out, "  {}{}", in_lang(&charter.label, self.lang), self.bracketed(&charter.version()))?;
        writeln!(out, "  {}", self.place(span))?;
        if let Some(basis) = basis {
            writeln!(out, "  {}{basis}", self.lang.pick("依据:", "basis: "))?;
        }
        Ok(())
    }

    fn clause(&self, out: &mut dyn Write, told: &Explanation) -> io::Result<()> {
        let Some(benefit) = self.plan.benefits.get(told.benefit) else { return Ok(()) };
        self.heading(
            out,
            benefit.article,
            &benefit.label,
            benefit.charter,
            benefit.span.0,
            benefit.basis.as_deref(),
        )?;
        self.target(out, benefit.target, told.target)?;
        if told.judged.is_empty() {
            let none = self.lang.pick(
                "本时段没有判定日:条款未施行,或事件不在时段内。",
                "No judged day in this period: not in force, or no event in it.",
            );
            writeln!(out, "  {none}")?;
        }
        for judged in &told.judged {
            let Some(as_it_stood) = self.plan.benefits.get(judged.benefit) else { continue };
            if as_it_stood.charter != benefit.charter {
                let version = self.plan.charter(as_it_stood.charter).version();
                writeln!(out, "  {}{}", self.place(as_it_stood.span.0), self.bracketed(&version))?;
            }
            self.judged(out, as_it_stood, judged)?;
        }
        if let Some(day) = told.earlier {
            let earlier = self.lang.pick(
                format!("一次性待遇:{day} 已经符合,归入那一天所在的时段,本时段不重复。"),
                format!(
                    "Paid once: it was due on {day}, belongs to the run of that day and is not repeated here."
                ),
            );
            writeln!(out, "  {earlier}")?;
        }
        Ok(())
    }

    fn target(&self, out: &mut dyn Write, target: RecordId, row: usize) -> io::Result<()> {
        if Some(target) == self.plan.schema.unit() {
            return Ok(());
        }
        let record = self.plan.schema.record(target);
        let key = self.register.table(target).keys.text(row);
        let place = self.row_place(target, row);
        writeln!(
            out,
            "  {}{} {key}{}",
            self.lang.pick("对象:", "for "),
            in_lang(&record.label, self.lang),
            self.bracketed(&place)
        )
    }

    fn judged(&self, out: &mut dyn Write, benefit: &Benefit, judged: &Judged) -> io::Result<()> {
        let (first, last) = &judged.periods;
        let periods = if first == last { first.clone() } else { format!("{first}..{last}") };
        writeln!(out, "  {periods}  {}", self.verdict(benefit, judged))?;
        self.steps(out, &judged.conditions)?;
        self.notes(out, &judged.notes)?;
        // What is not granted for a failed condition has no amount to tell of.
        if matches!(judged.outcome, Outcome::NotGranted) && !judged.obstacles().is_empty() {
            return self.advice(out, judged);
        }
        if !judged.amount_facts.is_empty() {
            writeln!(out, "    {}", self.lang.pick("金额所据:", "the amount rests on:"))?;
        }
        for fact in &judged.amount_facts {
            writeln!(out, "        {}", self.fact_line(fact))?;
        }
        // A step with an operand that is not known tells nothing.
        let known =
            |calculation: &&Calculation| calculation.terms.iter().all(|(_, quantity)| quantity.is_some());
        for calculation in judged.amount.iter().filter(known) {
            writeln!(out, "    = {}", words::calculation_text(calculation))?;
        }
        self.advice(out, judged)
    }

    fn verdict(&self, benefit: &Benefit, judged: &Judged) -> String {
        let status = word(Status::of(&judged.outcome).word(), self.lang);
        let fund = || {
            let names = benefit.funds.iter().filter_map(|share| self.plan.funds.get(share.fund.0));
            names.map(|fund| in_lang(fund, self.lang)).collect::<Vec<_>>().join(" + ")
        };
        match &judged.outcome {
            Outcome::Granted(amount) => {
                if let Pay::InKind { what, .. } = &benefit.pay {
                    return self.in_kind(status, what, *amount, judged.count, &fund());
                }
                let times = if judged.count > 1 {
                    format!("{amount} × {} = {}", judged.count, judged.total().unwrap_or_default())
                } else {
                    amount.to_string()
                };
                self.lang.pick(
                    format!("{status} {times} 元,支自{}", fund()),
                    format!("{status} {times} yuan, paid from {}", fund()),
                )
            }
            Outcome::Awaiting { least, most } => {
                let decider = match &benefit.pay {
                    _ if judged.notes.iter().any(|note| matches!(note, Note::Choice(_))) => {
                        self.lang.pick("本户", "the household")
                    }
                    Pay::Range { decider, .. } => decider.as_str(),
                    Pay::Fixed(..) | Pay::InKind { .. } => {
                        self.lang.pick("先行的决定", "an earlier decision")
                    }
                };
                self.lang.pick(
                    format!("{status}:{least} 至 {most} 元之间,由{decider}决定,支自{}", fund()),
                    format!(
                        "{status}: between {least} and {most} yuan, decided by {decider}, paid from {}",
                        fund()
                    ),
                )
            }
            Outcome::Undetermined { least, most, .. } => {
                let most = match most {
                    Some(most) => self.lang.pick(format!("最多 {most} 元"), format!("at most {most} yuan")),
                    None => self.lang.pick("不封顶", "no upper bound").to_owned(),
                };
                self.lang.pick(
                    format!("{status}:最少 {least} 元,{most}"),
                    format!("{status}: at least {least} yuan, {most}"),
                )
            }
            Outcome::Faulted(fault) => format!("{status}: {}", self.fault(*fault)),
            Outcome::NotApplicable => self.lang.pick("不适用", "not applicable").to_owned(),
            Outcome::NotGranted if judged.obstacles().is_empty() && judged.notes.is_empty() => {
                self.lang.pick(format!("{status}:金额为零"), format!("{status}: the amount is zero"))
            }
            Outcome::NotGranted => status.to_owned(),
        }
    }

    /// The conditions that stand in the way, in one line; none where no condition does.
    #[must_use]
    pub fn not_met(&self, judged: &Judged) -> Option<String> {
        let obstacles = judged.obstacles();
        if obstacles.is_empty() {
            return None;
        }
        let texts: Vec<String> = obstacles.iter().map(|condition| self.obstacle(condition)).collect();
        let head = self.lang.pick("未满足的条件:", "not met: ");
        Some(format!("{head}{}", texts.join(self.lang.pick(";", "; "))))
    }

    /// What would change the outcome.
    fn advice(&self, out: &mut dyn Write, judged: &Judged) -> io::Result<()> {
        match &judged.outcome {
            Outcome::Undetermined { missing, .. } => self.missing(out, missing)?,
            Outcome::NotGranted => {
                self.not_met(judged).map_or(Ok(()), |line| writeln!(out, "    {line}"))?;
            }
            _ => {}
        }
        self.nearest(out, &judged.nearest)
    }
}
