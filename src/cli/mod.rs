//! The command line: one file a command. In: arguments. Out: results to stdout or files, everything else to stderr.
//!
//! Exit codes: 0 done, 1 findings, 2 bad usage or unreadable input.

mod batch;
mod beside;
mod check;
mod completions;
mod console;
mod decisions;
mod eval;
mod explain;
mod fix;
mod fmt;
mod help;
mod load;
mod man;
mod synth;
mod test;
mod timings;
mod why;

use clap::{FromArgMatches, Parser, Subcommand};
use console::Console;
use std::process::ExitCode;

/// Village autonomy charters as code: write, check, evaluate, explain.
#[derive(Debug, Parser)]
#[command(name = "charter", version, about, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Language of messages; otherwise by LC_ALL and LANG, otherwise Chinese
    #[arg(long, global = true, value_enum)]
    lang: Option<console::LangArg>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Find mistakes in charters
    Check(check::Args),
    /// Apply charters to a register for a period
    Eval(eval::Args),
    /// Explain what one household gets, clause by clause
    Why(why::Args),
    /// Run the cases of test files
    Test(test::Args),
    /// Lay out charters in one form, or translate their keywords and names
    Fmt(fmt::Args),
    /// Explain a code that a message shows
    Explain(explain::Args),
    /// Make a synthetic register
    Synth(synth::Args),
    /// Print the completions of a shell
    Completions(completions::Args),
    /// Print the manual page
    Man,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    /// All is well.
    Done,
    /// There are findings.
    Findings,
    /// Bad usage or unreadable input.
    Unusable,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Findings => 1,
            Exit::Unusable => 2,
        })
    }
}

/// Runs the command line.
#[must_use]
pub fn main() -> ExitCode {
    let lang = console::lang(std::env::args_os());
    let matches = help::command::<Cli>(lang).get_matches();
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    let console = Console::new(lang);
    let exit = match &cli.command {
        Command::Check(args) => check::run(args, &console),
        Command::Eval(args) => eval::run(args, &console),
        Command::Why(args) => why::run(args, &console),
        Command::Test(args) => test::run(args, &console),
        Command::Fmt(args) => fmt::run(args, &console),
        Command::Explain(args) => explain::run(args, &console),
        Command::Synth(args) => synth::run(args, &console),
        Command::Completions(args) => completions::run(args, &console),
        Command::Man => man::run(&console),
    };
    match exit {
        Ok(exit) => exit.into(),
        Err(console::Stop::Finding(finding)) => {
            console.finding(&finding, &crate::source::Sources::default());
            Exit::Unusable.into()
        }
        // The reader of a pipe has gone: nothing is left to say, and nobody to say it to.
        Err(console::Stop::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => {
            Exit::Done.into()
        }
        Err(console::Stop::Output(error)) => {
            console.say(&crate::diagnostic::Term::new(
                format!("输出失败:{error}"),
                format!("output failed: {error}"),
            ));
            Exit::Unusable.into()
        }
    }
}
