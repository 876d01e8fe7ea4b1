//! What can be proved of a plan before anyone is paid by it. Only `check` asks: it takes longer than compiling.

use super::allow::answered_proofs;
use super::questions::{Doubt, Questions, Topic};
use super::solve::{Answered, Undecided};
use super::unrecorded::{self, Registers, beside};
use super::{
    arms, cliffs, duties, floor, gaps, in_force, limits, nothing, overlap, parts, satisfy, unbounded,
};
use crate::diagnostic::{Diagnostic, Place, Severity, Term, codes};
use crate::ir::{Allowed, Benefit, Plan};
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Most other clauses that are named of what was not decided.
const MAX_NAMED: usize = 3;

/// Every analysis of the plan by itself, and what was not decided.
#[must_use]
pub fn prove(plan: &Plan) -> Vec<Diagnostic> {
    prove_beside(plan, &Registers::new())
}

/// The same where registers lie beside the charters: what a clause reads is held against what they have room for.
#[must_use]
pub fn prove_beside(plan: &Plan, registers: &Registers) -> Vec<Diagnostic> {
    let questions = Questions::of(plan);
    let mut findings = searched(plan, &questions);
    findings.extend(limits::never_reached(plan));
    findings.extend(in_force::duties(plan));
    findings.extend(unrecorded::facts(plan, registers));
    let idle = idle(plan, &findings);
    findings = answered(plan, registers, findings);
    findings.extend(questions.undecided().into_iter().filter_map(|doubt| undecided(doubt, &idle)));
    findings
}

/// Clauses and duties that apply to nobody: nothing else is asked of them.
fn idle(plan: &Plan, findings: &[Diagnostic]) -> BTreeSet<Span> {
    let never = [codes::A001, codes::A003, codes::A008, codes::A015].map(|code| code.id);
    let found: Vec<&Diagnostic> = findings.iter().filter(|one| never.contains(&one.code.id)).collect();
    let benefits = plan.benefits.iter().map(|benefit| (benefit.title.0, whole(benefit)));
    let duties = plan.obligations.iter().map(|duty| (duty.span.0, duty.span.0));
    let within = |title: Span, text: Span| {
        found.iter().any(|finding| match (&finding.place, finding.related.first()) {
            // The exception that leaves nothing of it stands in another clause.
            (_, Some((Place::Source(own), _))) if finding.code.id == codes::A003.id => *own == title,
            (Place::Source(span), _) => text.contains(*span),
            _ => false,
        })
    };
    benefits.chain(duties).filter(|(title, text)| within(*title, *text)).map(|(title, _)| title).collect()
}

/// What is told of something that was not decided; none where it is about what applies to nobody.
fn undecided(((clause, topic), doubt): ((Span, Topic), Doubt), idle: &BTreeSet<Span>) -> Option<Diagnostic> {
    let pair = !doubt.others.is_empty();
    let others: Vec<&(Term, Undecided)> =
        doubt.others.iter().filter(|(other, _)| !idle.contains(other)).map(|(_, other)| other).collect();
    if idle.contains(&clause) || pair && others.is_empty() {
        return None;
    }
    let why = others.first().map_or(doubt.why, |(_, why)| *why);
    Some(Diagnostic::at(codes::A014, clause).arg("what", asked(topic, &others)).arg("why", words(why)))
}

/// Every question that the analyses ask of the plan, with what came of it: for another decision procedure to be asked
/// the same.
#[must_use]
pub fn answers(plan: &Plan) -> Vec<Answered> {
    let questions = Questions::of(plan);
    searched(plan, &questions);
    questions.answered()
}

/// What is found by looking for households.
fn searched(plan: &Plan, questions: &Questions<'_>) -> Vec<Diagnostic> {
    let mut findings = satisfy::clauses(plan, questions.about(Topic::Conditions));
    findings.extend(overlap::pairs(plan, questions.about(Topic::Overlap)));
    findings.extend(gaps::parameters(plan, questions.about(Topic::Holes)));
    findings.extend(floor::settings(plan, questions.about(Topic::Floor)));
    findings.extend(cliffs::clauses(plan, questions.about(Topic::Cliffs)));
    findings.extend(unbounded::amounts_of(plan, questions.about(Topic::Amounts)));
    findings.extend(arms::rows(plan, questions.about(Topic::Arms)));
    findings.extend(duties::clauses(plan, questions.about(Topic::Duties)));
    findings.extend(nothing::clauses(plan, questions.about(Topic::Amounts)));
    // Last, for what they take is taken from none of the others.
    findings.extend(parts::of_conditions(plan, questions.about(Topic::Conditions)));
    findings
}

/// A clause: the places of its text and of its title, its answers, and what was found in it.
type Answering<'p> = (Span, Span, &'p [Allowed], Vec<Diagnostic>);

/// The findings of each clause with its answers.
fn answered(plan: &Plan, registers: &Registers, findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let benefits =
        plan.benefits.iter().map(|benefit| (whole(benefit), benefit.title.0, benefit.allowed.as_slice()));
    let duties = plan.obligations.iter().map(|duty| (duty.span.0, duty.span.0, duty.allowed.as_slice()));
    let mut texts: BTreeMap<Span, Answering<'_>> = benefits
        .chain(duties)
        .map(|(text, title, allowed)| (title, (text, title, allowed, Vec::new())))
        .collect();
    let within = |(own, title, ..): &Answering<'_>, place: &Place| match place {
        Place::Source(at) => {
            own.source == at.source && own.start <= at.start && at.end <= own.end.max(title.end)
        }
        _ => false,
    };
    // An error is between two clauses, and told at one: an answer in the other answers it as little.
    let mut errors: BTreeMap<Span, Vec<&str>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.severity == Severity::Error) {
        let places = || [&finding.place].into_iter().chain(finding.related.iter().map(|(place, _)| place));
        let touched = texts.iter().filter(|(_, text)| places().any(|place| within(text, place)));
        for (title, _) in touched {
            errors.entry(*title).or_default().push(finding.code.id);
        }
    }
    let mut others = Vec::new();
    for finding in findings {
        // What stands in a define is the clause's that it is told of.
        let own = {
            let related = finding.related.iter().map(|(place, _)| place);
            let mut places = [&finding.place].into_iter().chain(related);
            let of = |place| texts.iter().find(|(_, text)| within(text, place)).map(|(title, _)| *title);
            places.find_map(of)
        };
        match own.and_then(|own| texts.get_mut(&own)) {
            Some((.., own)) => own.push(finding),
            None => others.push(finding),
        }
    }
    let settled = texts.into_values().flat_map(|(_, title, allowed, own)| {
        // Without a register nothing is asked of what is recorded, and an answer waits for one.
        let unasked = beside(registers, title).is_none().then_some(codes::A010);
        answered_proofs(allowed, own, errors.get(&title).map_or(&[], Vec::as_slice), unasked)
    });
    settled.chain(others).collect()
}

/// From its number to the last of what is found fault with: a limit may stand behind everything else.
fn whole(benefit: &Benefit) -> Span {
    benefit.limits.iter().fold(benefit.span.0, |whole, limit| whole.to(limit.span.0))
}

fn asked(topic: Topic, others: &[&(Term, Undecided)]) -> Term {
    match topic {
        Topic::Conditions => Term::new(
            "有没有谁能得到,各个条件起不起作用",
            "whether anybody can have it and each condition makes a difference",
        ),
        Topic::Overlap => {
            let named = |pick: fn(&Term) -> &str, marks: [&str; 2], comma: &str| {
                let names = others.iter().take(MAX_NAMED).map(|(label, _)| pick(label));
                names.map(|name| format!("{}{name}{}", marks[0], marks[1])).collect::<Vec<_>>().join(comma)
            };
            let rest = others.len() > MAX_NAMED;
            let zh = named(|term| &term.zh, ["“", "”"], "、") + if rest { "等" } else { "" };
            let en = named(|term| &term.en, ["'", "'"], " or ") + if rest { " or others" } else { "" };
            Term::new(
                format!("会不会与{zh}同时发给一户"),
                format!("whether one household can have {en} with it"),
            )
        }
        Topic::Holes => Term::new("有没有谁用到没有填的值", "whether anybody needs a value that is missing"),
        Topic::Floor => {
            Term::new("填的值会不会使谁吃亏", "whether a value that is set takes something from somebody")
        }
        Topic::Cliffs => {
            Term::new("会不会差一点就全没有了", "whether a little more of something loses all of it")
        }
        Topic::Amounts => Term::new(
            "金额会不会为负,有没有封顶",
            "whether the amount can be below zero and whether it has a bound",
        ),
        Topic::Arms => Term::new("是不是每一行、每一档都用得到", "whether each row and tier can be reached"),
        Topic::Duties => {
            Term::new("这项义务约束谁、做不做得到", "whether the duty binds anybody and can be met")
        }
    }
}

fn words(why: Undecided) -> Term {
    match why {
        Undecided::TooLong => Term::new("可能的情况太多", "there are too many possibilities"),
        Undecided::Arithmetic => {
            Term::new("对登记册里的数目或金额作了运算", "there is arithmetic on numbers of the register")
        }
        Undecided::Rows => Term::new("要数的行可能比试过的多", "more rows than were tried may be counted"),
        Undecided::Days => {
            Term::new("取决于由判定日推算的日子", "it depends on days computed from the judged day")
        }
        Undecided::Dates => Term::new(
            "取决于月份的长短,或一连串的日期",
            "it depends on how long months are, or on a long chain of dates",
        ),
        Undecided::TwoRoots => Term::new("同时涉及户和村", "it is about households and villages at once"),
        Undecided::Settled => Term::new(
            "条件能成立,发不发、发多少还要看以前发过没有、限额、就高的选择或者另一条",
            "the conditions can hold, but what was paid before, a limit, the choice of the highest or another clause decides",
        ),
        Undecided::Missing => Term::new(
            "登记可能不全的记录,缺的行会改变结果",
            "rows may be missing of a record that is not complete, and would change it",
        ),
        Undecided::Fault => Term::new(
            "有的户或有的日子算不出,例如除以零、参数没有值",
            "for some households or on some days it cannot be computed: a division by zero, say, or a parameter without a value",
        ),
    }
}
