//! `charter fmt`: one layout for all charters, in either language.

use super::Exit;
use super::check::{Checked, check};
use super::console::{Console, LangArg, Stop};
use super::fix::write;
use super::load::{Loaded, load};
use crate::ast::Name;
use crate::diagnostic::{Place, Severity, Term};
use crate::ir::References;
use crate::syntax::{Script, Style, format};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Charter files, or folders that hold them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Change nothing; fail where something would change
    #[arg(long)]
    check: bool,
    /// Print the charter with its keywords and names translated; nothing is changed
    #[arg(long, value_enum, value_name = "LANG")]
    to: Option<LangArg>,
}

pub fn run(args: &Args, console: &Console) -> Result<Exit, Stop> {
    let mut loaded = load(&args.paths)?;
    let Checked { findings, references, .. } = check(&mut loaded, None);
    // A file with a fault of syntax is not laid out: what could not be read would be lost. Translating needs the
    // meaning of every name as well.
    let mut faulty = false;
    for finding in &findings {
        let syntax = finding.code.id.starts_with('S') || args.to.is_some();
        if syntax && finding.severity == Severity::Error && is_named(&loaded, &finding.place) {
            console.finding(finding, &loaded.sources);
            faulty = true;
        }
    }
    if faulty {
        return Ok(Exit::Findings);
    }
    let mut changed = 0;
    for index in 0..loaded.named {
        let Some(text) = formatted(&loaded, index, args.to, &references) else { continue };
        let source = loaded.sources.get(crate::source::SourceId(u32::try_from(index).unwrap_or(u32::MAX)));
        if args.to.is_some() {
            io::stdout().write_all(text.as_bytes())?;
        } else if source.text != text {
            changed += 1;
            if args.check {
                writeln!(io::stdout(), "{}", source.name)?;
            } else {
                write(Path::new(&source.name), &source.written(&text))?;
            }
        }
    }
    if args.to.is_none() {
        let count = loaded.named;
        console.say(&if args.check {
            Term::new(
                format!("{count} 个文件,{changed} 个写法不统一"),
                format!("{count} files, {changed} would change"),
            )
        } else {
            Term::new(
                format!("{count} 个文件,改写了 {changed} 个"),
                format!("{count} files, {changed} changed"),
            )
        });
    }
    Ok(if args.check && changed > 0 { Exit::Findings } else { Exit::Done })
}

fn is_named(loaded: &Loaded, place: &Place) -> bool {
    matches!(place, Place::Source(span) if (span.source.0 as usize) < loaded.named)
}

fn formatted(loaded: &Loaded, index: usize, to: Option<LangArg>, references: &References) -> Option<String> {
    let file = loaded.files.get(index)?;
    let text = &loaded.sources.get(file.source).text;
    let script = to.map(|lang| match lang {
        LangArg::Zh => Script::Chinese,
        LangArg::En => Script::Latin,
    });
    let rename = |name: &Name| -> Option<String> {
        let label = references.get(&name.span)?;
        let word = match script? {
            Script::Chinese | Script::Traditional => label.zh(),
            Script::Latin => label.en(),
        };
        (word != name.text).then(|| word.to_owned())
    };
    Some(format(file, text, &Style { script, rename: &rename }))
}
