//! What a person sees: their language, colour at a terminal, and messages on stderr.

use crate::diagnostic::{Diagnostic, Human, Lang, Term};
use crate::source::Sources;
use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};

/// The languages of messages.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum LangArg {
    /// 中文
    Zh,
    /// English
    En,
}

/// Why a command stopped early.
#[derive(Debug)]
pub enum Stop {
    /// Unreadable input.
    Finding(Box<Diagnostic>),
    /// Output that could not be written.
    Output(io::Error),
}

impl From<Box<Diagnostic>> for Stop {
    fn from(finding: Box<Diagnostic>) -> Self {
        Self::Finding(finding)
    }
}

impl From<Diagnostic> for Stop {
    fn from(finding: Diagnostic) -> Self {
        Self::Finding(Box::new(finding))
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// `--lang`, else LC_ALL, else LANG, else Chinese. Read before anything else, so that help is in it too.
pub fn lang(args: impl IntoIterator<Item = OsString>) -> Lang {
    let mut args = args.into_iter().map(|arg| arg.to_string_lossy().into_owned());
    while let Some(arg) = args.next() {
        let value = match arg.strip_prefix("--lang") {
            Some("") => args.next(),
            Some(value) => value.strip_prefix('=').map(str::to_owned),
            None => continue,
        };
        match value.as_deref() {
            Some("en") => return Lang::En,
            Some("zh") => return Lang::Zh,
            _ => {}
        }
    }
    let locale =
        ["LC_ALL", "LANG"].into_iter().filter_map(|name| env::var(name).ok()).find(|value| !value.is_empty());
    Lang::from_locale(&locale.unwrap_or_default())
}

/// The reader's side of a command.
pub struct Console {
    /// The reader's language.
    pub lang: Lang,
}

impl Console {
    pub fn new(lang: Lang) -> Self {
        Self { lang }
    }

    /// True where stderr is a terminal that shows colour and a progress bar.
    pub fn is_terminal() -> bool {
        io::stderr().is_terminal()
    }

    fn colour(on_terminal: bool) -> bool {
        on_terminal && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
    }

    /// A finding on stderr.
    pub fn finding(&self, finding: &Diagnostic, sources: &Sources) {
        let text = self.render(finding, sources, Self::colour(io::stderr().is_terminal()));
        // Where stderr is closed there is nobody to tell.
        let _ = io::stderr().write_all(text.as_bytes());
    }

    /// A finding on stdout, for commands whose result it is.
    pub fn result(&self, finding: &Diagnostic, sources: &Sources) -> io::Result<()> {
        let text = self.render(finding, sources, Self::colour(io::stdout().is_terminal()));
        io::stdout().write_all(text.as_bytes())
    }

    /// A finding on stdout in one line.
    pub fn line(&self, finding: &Diagnostic, sources: &Sources) -> io::Result<()> {
        let text = Human { sources, lang: self.lang, colour: false }.line(finding);
        io::stdout().write_all(text.as_bytes())
    }

    fn render(&self, finding: &Diagnostic, sources: &Sources, colour: bool) -> String {
        Human { sources, lang: self.lang, colour }.render(finding)
    }

    /// A line on stderr.
    pub fn say(&self, text: &Term) {
        let _ = writeln!(io::stderr(), "{}", text.get(self.lang));
    }
}
