//! `charter why`: one household, every clause, with reasons.

use super::Exit;
use super::console::{Console, Stop};
use super::decisions::{idle, say_idle};
use super::eval::{Inputs, Rules, rules};
use crate::diagnostic::{Diagnostic, Place, Term, codes};
use crate::eval::traced::{self, Run};
use crate::register::{DataFindings, Register};
use crate::report::Why;
use crate::schema::RecordId;
use std::io;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    inputs: Inputs,
    /// Key of the household; or key or name of a village, for what its committee and officers are due
    #[arg(long, value_name = "KEY")]
    household: String,
    /// Only this clause, by name or alias
    #[arg(long, value_name = "ID")]
    clause: Option<String>,
}

pub fn run(args: &Args, console: &Console) -> Result<Exit, Stop> {
    let Some(rules) = rules(&args.inputs, console)? else { return Ok(Exit::Findings) };
    let register = &rules.register(&args.inputs.data, &mut DataFindings::new())?;
    let Rules { loaded, plan, references, period, .. } = &rules;
    let Some(run) = traced::run(plan, register, period) else { return Ok(Exit::Unusable) };
    let Some((root, row)) = subject(&run, register, &args.household) else {
        return Err(Diagnostic::new(codes::U007, Place::None).arg("key", &*args.household).into());
    };
    if let Some(clause) = &args.clause
        && !plan.benefits.iter().any(|benefit| benefit.label.is(clause))
        && !plan.obligations.iter().any(|obligation| obligation.label.is(clause))
    {
        let unknown = Diagnostic::new(codes::U008, Place::None).arg("name", clause.as_str());
        return Err(match plan.refused.iter().find(|refused| refused.label.is(clause)) {
            Some(refused) => unknown.help(Term::new(
                format!("这一条违法,不评估;见 charter explain {}", refused.lint),
                format!("it is unlawful and left out: see charter explain {}", refused.lint),
            )),
            None => unknown,
        }
        .into());
    }
    say_idle(&idle(&run, |unit| root == run.unit() && unit == row), console);
    let clause = args.clause.as_deref();
    let (told, duties) = (run.explain(root, row, clause), run.explain_duties(root, row, clause));
    let why = Why { plan, register, sources: &loaded.sources, references, period, lang: console.lang };
    let village = run.village_name(root, row).known().unwrap_or_default();
    why.subject(&mut io::stdout().lock(), (root, row), &village, &told, &duties)?;
    Ok(Exit::Done)
}

/// The household of that key; else the village of that key or name, whose committee and officers are asked about.
fn subject(run: &Run<'_>, register: &Register, asked: &str) -> Option<(RecordId, usize)> {
    let by_key = |root: RecordId| {
        let keys = &register.table(root).keys;
        keys.iter().position(|key| key == asked).map(|row| (root, row))
    };
    let unit = run.unit();
    let others = || run.roots().into_iter().filter(move |root| *root != unit);
    let by_name = |root: RecordId| {
        (0..run.rows(root))
            .find(|row| run.village_name(root, *row).known().as_deref() == Some(asked))
            .map(|row| (root, row))
    };
    by_key(unit).or_else(|| others().find_map(by_key)).or_else(|| others().find_map(by_name))
}
