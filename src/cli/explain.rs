//! `charter explain`: the page of a code.

use super::Exit;
use super::console::{Console, Stop};
use crate::diagnostic::{Diagnostic, Lang, Place, Term, codes};
use std::io::{self, Write};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// A code such as S001
    #[arg(value_name = "CODE")]
    code: String,
}

/// The heading between the Chinese and the English half of a page.
const ENGLISH: &str = "\n## English\n";
/// The heading of the Chinese half.
const CHINESE: &str = "\n## 中文\n";

pub fn run(args: &Args, console: &Console) -> Result<Exit, Stop> {
    let Some(code) = codes::find(&args.code) else {
        let all: Vec<&str> = codes::ALL.iter().map(|code| code.id).collect();
        let help =
            Term::new(format!("有这些代码:{}", all.join(" ")), format!("the codes are: {}", all.join(" ")));
        return Err(Diagnostic::new(codes::U009, Place::None).arg("code", &*args.code).help(help).into());
    };
    let (title, body) = code.page.split_once(CHINESE).unwrap_or((code.page, ""));
    let (chinese, english) = body.split_once(ENGLISH).unwrap_or((body, body));
    let half = match console.lang {
        Lang::Zh => chinese,
        Lang::En => english,
    };
    writeln!(io::stdout(), "{}\n\n{}", title.trim(), half.trim())?;
    Ok(Exit::Done)
}
