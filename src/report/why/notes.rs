//! Why an outcome is not what the clause alone would give, in words: choices, decisions, limits.

use super::Why;
use crate::eval::Note;
use crate::eval::traced::Nearest;
use crate::ir::Most;
use crate::report::terminal::in_lang;
use crate::schema::{Datum, RecordId};
use crate::value::{Fact, Fen};
use std::io::{self, Write};

impl Why<'_> {
    pub(super) fn notes(&self, out: &mut dyn Write, notes: &[Note]) -> io::Result<()> {
        for note in notes {
            writeln!(out, "    {}", self.note(note))?;
        }
        Ok(())
    }

    /// What would change the outcome, were all else as it is.
    pub(super) fn nearest(&self, out: &mut dyn Write, nearest: &[Nearest]) -> io::Result<()> {
        for change in nearest {
            let line = match change {
                Nearest::From(day) => self.lang.pick(
                    format!("其余不变,自 {day} 起符合条件"),
                    format!("all else unchanged, its conditions hold from {day} on"),
                ),
                Nearest::Until(day) => self.lang.pick(
                    format!("其余不变,符合条件至 {day} 止"),
                    format!("all else unchanged, its conditions hold until {day}"),
                ),
                Nearest::If(fact, value) => {
                    let (title, value) = (self.fact_title(*fact), self.shown(*fact, value));
                    self.lang.pick(
                        format!("若 {title} 为 {value},则符合条件"),
                        format!("its conditions would hold if {title} were {value}"),
                    )
                }
            };
            writeln!(out, "    {line}")?;
        }
        Ok(())
    }

    fn note(&self, note: &Note) -> String {
        match note {
            Note::Choice(others) => {
                let others = self.clauses(others);
                self.lang.pick(
                    format!("不能与{others}重复享受:由本户选择一项,选择记入“决定”"),
                    format!("not together with {others}: the household chooses one, and the choice is recorded as a decision"),
                )
            }
            Note::Chosen(other) => {
                let other = self.clauses(std::slice::from_ref(other));
                self.lang.pick(format!("本户选择了{other}"), format!("the household chose {other}"))
            }
            Note::Withheld(record, row) => self.withheld(*record, *row),
            Note::Lower(other) => {
                let other = self.clauses(std::slice::from_ref(other));
                self.lang.pick(
                    format!("就高:本日历年{other}更高(相等时以先列的为准)"),
                    format!(
                        "highest of: {other} pays more in the calendar year (of equals, the first named)"
                    ),
                )
            }
            Note::Undecided(names) => {
                let names = self.clauses(names);
                self.lang.pick(
                    format!("就高:{names}中哪一项更高还不能确定"),
                    format!("highest of: which of {names} pays most in the calendar year is not known yet"),
                )
            }
            Note::Cut { benefit, limit, from } => self.cut(*benefit, *limit, *from),
        }
    }

    fn cut(&self, benefit: usize, which: usize, from: Option<Fen>) -> String {
        let stands_in = self.plan.benefits.get(benefit);
        let limit = stands_in.and_then(|benefit| benefit.limits.get(which));
        let Some(limit) = limit else { return String::new() };
        let text = self.condition_text(limit.span.0);
        let place = self.place(limit.span.0);
        match (limit.most, from) {
            (Most::Amount(_), Some(from)) => self.lang.pick(
                format!("原为 {from} 元,按限额减少:{text}({place})"),
                format!("cut from {from} yuan by: {text} ({place})"),
            ),
            (Most::Amount(_), None) => {
                self.lang.pick(format!("按限额减少:{text}({place})"), format!("cut by: {text} ({place})"))
            }
            (Most::Times(_), _) => self.lang.pick(
                format!("次数已到限额:{text}({place})"),
                format!("as often as the limit allows: {text} ({place})"),
            ),
        }
    }

    /// Who decided it, when and why: every field of the decision that is known.
    fn withheld(&self, record: RecordId, row: usize) -> String {
        let fields = &self.plan.schema.record(record).fields;
        let known = fields.iter().enumerate().filter_map(|(place, field)| {
            let value = match self.register.fact(record, crate::schema::FieldId(place), row) {
                Fact::Known(Datum::Text(text)) => text.to_string(),
                Fact::Known(Datum::Date(span)) => span.to_string(),
                _ => return None,
            };
            Some(self.lang.pick(
                format!("{}:{value}", in_lang(&field.label, self.lang)),
                format!("{}: {value}", in_lang(&field.label, self.lang)),
            ))
        });
        let said: Vec<String> = known.collect();
        let place = self.row_place(record, row);
        self.lang.pick(
            format!("经决定暂缓({};{place})", said.join(";")),
            format!("withheld by a decision ({}; {place})", said.join("; ")),
        )
    }

    fn clauses(&self, names: &[String]) -> String {
        let label = |name: &String| {
            let found = self.plan.benefits.iter().find(|benefit| benefit.label.name == *name);
            found.map_or_else(|| name.clone(), |benefit| in_lang(&benefit.label, self.lang).to_owned())
        };
        let quoted =
            |name: &String| self.lang.pick(format!("“{}”", label(name)), format!("'{}'", label(name)));
        names.iter().map(quoted).collect::<Vec<_>>().join(self.lang.pick("、", ", "))
    }

    /// Something given, with what it is worth where that is said.
    pub(super) fn in_kind(&self, status: &str, what: &str, worth: Fen, count: usize, fund: &str) -> String {
        let times = if count > 1 { format!(" × {count}") } else { String::new() };
        let worth = match worth {
            Fen::ZERO => String::new(),
            worth => self.lang.pick(format!(",折价 {worth} 元"), format!(", worth {worth} yuan")),
        };
        self.lang.pick(
            format!("{status}实物:{what}{times}{worth},支自{fund}"),
            format!("{status} in kind: {what}{times}{worth}, paid from {fund}"),
        )
    }
}
