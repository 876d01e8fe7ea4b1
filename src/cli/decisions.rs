//! Recorded decisions that decide nothing, told before the results: a decision never disappears in silence.

use super::check::counted;
use super::console::Console;
use crate::diagnostic::{Diagnostic, Place, Term, codes};
use crate::eval::traced::{Idle, Run};
use crate::schema::RecordId;
use crate::source::Sources;

/// Most that are told one by one.
const MAX_SHOWN: usize = 20;

/// Those about some households, each with its place.
pub fn idle(run: &Run<'_>, about: impl Fn(usize) -> bool) -> Vec<Diagnostic> {
    let register = run.register();
    let finding = |(record, row, why): (RecordId, usize, Idle)| {
        let place = register.place(record, row).map_or(Place::None, Place::Cell);
        Diagnostic::new(codes::D020, place).arg("why", words(why))
    };
    run.idle_decisions(about).into_iter().map(finding).collect()
}

/// Tells the first of them, and how many there are.
pub fn say_idle(idle: &[Diagnostic], console: &Console) {
    for finding in idle.iter().take(MAX_SHOWN) {
        console.finding(finding, &Sources::default());
    }
    if idle.len() > MAX_SHOWN {
        let count = idle.len();
        console.say(&Term::new(
            format!("共有 {count} 条决定不起作用。"),
            format!("{} in all decide nothing.", counted(count, "decision", "decisions")),
        ));
    }
}

fn words(why: Idle) -> Term {
    match why {
        Idle::NotForThisClause => Term::new(
            "所写条款没有可由这种决定来定的事",
            "the clause it names leaves nothing to such a decision",
        ),
        Idle::NoSuchTarget => {
            Term::new("这一户里没有这个对象编号", "the household has no target of that key")
        }
        Idle::NotTheHousehold => Term::new(
            "选择由整户作出,对象编号要写户编号",
            "a choice is the household's: its target is the number of the household",
        ),
        Idle::NoAmount => Term::new("金额不详", "its amount is not known"),
        Idle::NoSuchPeriod => Term::new("所属时段读不出", "its period cannot be read"),
        Idle::TwoAmounts => Term::new("同一对象有两个不同的核定金额", "two awards for one target differ"),
        Idle::TwoChoices => {
            Term::new("同一天还选择了另一项", "another choice of the same day chooses another benefit")
        }
        Idle::OutOfRange(lo, hi) => Term::new(
            format!("金额不在 {lo} 至 {hi} 元之间"),
            format!("its amount is not between {lo} and {hi} yuan"),
        ),
        Idle::Incomplete => Term::new(
            "缺少决定机构、决定日期、理由、所涉义务或申诉期满日",
            "it lacks who decided, when, why, the duty, or the end of the time to appeal",
        ),
        Idle::NotUnmet => Term::new(
            "决定那天,这一户没有承担这一义务,或并没有逾期未履行",
            "on the day it was decided the household was not bound by the duty, or had not left it unmet",
        ),
        Idle::WrongDuty => Term::new("奖励并不取决于这一义务", "the reward does not depend on that duty"),
    }
}
