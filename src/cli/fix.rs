//! `charter check --fix`: the mends that are mechanical.
//!
//! In: the findings of a check and the files they are in. Out: the files rewritten, each as a whole or not at all, and
//! a line for each mend.

use super::console::{Console, Stop};
use super::load::{Loaded, about};
use crate::diagnostic::{Diagnostic, Fix, Term, codes};
use crate::report::AtomicFile;
use crate::source::{SourceId, Span};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

/// Applies the fixes of the files that were named; how many were applied.
pub fn apply(loaded: &Loaded, findings: &[Diagnostic], console: &Console) -> Result<usize, Stop> {
    let mut by_file: BTreeMap<SourceId, Vec<(&Diagnostic, &Fix)>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.is_open()) {
        let Some(fix) = &finding.fix else { continue };
        // A vocabulary or framework that was only looked up is somebody else's.
        if (fix.span.source.0 as usize) < loaded.named {
            by_file.entry(fix.span.source).or_default().push((finding, fix));
        }
    }
    let mut applied = 0;
    for (source, fixes) in by_file {
        let source = loaded.sources.get(source);
        let (text, chosen) = rewritten(&source.text, fixes);
        if chosen.is_empty() {
            continue;
        }
        write(Path::new(&source.name), &source.written(&text))?;
        for (finding, fix) in &chosen {
            let position = loaded.sources.position(fix.span);
            let old = loaded.sources.text(fix.span);
            let (place, code) =
                (format!("{}:{}:{}", source.name, position.line, position.column), finding.code.id);
            console.say(&Term::new(
                format!("{place}: [{code}] “{old}”改为“{}”", fix.replacement),
                format!("{place}: [{code}] '{old}' is now '{}'", fix.replacement),
            ));
        }
        applied += chosen.len();
    }
    Ok(applied)
}

/// A text with its fixes; of fixes that overlap the first is taken, the others wait for the next time.
fn rewritten<'f>(
    text: &str,
    mut fixes: Vec<(&'f Diagnostic, &'f Fix)>,
) -> (String, Vec<(&'f Diagnostic, &'f Fix)>) {
    fixes.sort_by_key(|(_, fix)| (fix.span.start, fix.span.end));
    let mut new = String::with_capacity(text.len());
    let mut chosen: Vec<(&Diagnostic, &Fix)> = Vec::new();
    let mut done = 0;
    for (finding, fix) in fixes {
        let Span { start, end, .. } = fix.span;
        let (start, end) = (start as usize, end as usize);
        // Two insertions at one place are no better than an overlap: their order would be anybody's guess.
        let meets = chosen.last().is_some_and(|(_, last)| start < done || last.span == fix.span);
        let Some(kept) = text.get(done..start).filter(|_| !meets && text.get(start..end).is_some()) else {
            continue;
        };
        new.push_str(kept);
        new.push_str(&fix.replacement);
        done = end;
        chosen.push((finding, fix));
    }
    new.push_str(text.get(done..).unwrap_or_default());
    (new, chosen)
}

/// Writes a charter as a whole, or leaves the old one as it was.
pub fn write(path: &Path, text: &str) -> Result<(), Stop> {
    let unwritable =
        |error: io::Error| Stop::from(about(codes::U010, path).arg("reason", Term::same(error.to_string())));
    let mut file = AtomicFile::create(path).map_err(unwritable)?;
    file.write_all(text.as_bytes()).map_err(unwritable)?;
    file.commit().map_err(unwritable)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixed(text: &str, fixes: &[(u32, u32, &str)]) -> (String, usize) {
        let finding = |(start, end, new): &(u32, u32, &str)| {
            let span = Span { source: SourceId(0), start: *start, end: *end };
            Diagnostic::at(codes::N001, span).fix(span, *new)
        };
        let findings: Vec<Diagnostic> = fixes.iter().map(finding).collect();
        let list = findings.iter().filter_map(|finding| Some((finding, finding.fix.as_ref()?))).collect();
        let (text, chosen) = rewritten(text, list);
        (text, chosen.len())
    }

    #[test]
    fn fixes_that_do_not_meet_are_all_applied() {
        assert_eq!(fixed("abcdef", &[(4, 5, "E"), (0, 1, "AA"), (6, 6, "!")]), ("AAbcdEf!".into(), 3));
    }

    #[test]
    fn of_fixes_that_overlap_one_is_applied() {
        assert_eq!(fixed("abcdef", &[(1, 4, "x"), (3, 5, "y")]), ("axef".into(), 1));
        assert_eq!(fixed("ab", &[(1, 1, "x"), (1, 1, "y")]), ("axb".into(), 1));
    }

    #[test]
    fn a_place_outside_the_text_changes_nothing() {
        assert_eq!(fixed("街", &[(1, 2, "x"), (9, 12, "y")]), ("街".into(), 0));
    }
}
