//! Results for build servers: JUnit XML, a suite a file.

use super::outcome::{CaseOutcome, FileOutcome};
use crate::diagnostic::{Lang, Term};
use std::fmt::Write;

/// All files; a file that was not run is one case with an error.
#[must_use]
pub fn junit(files: &[FileOutcome], lang: Lang) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a string cannot fail.
    let _ = write_suites(&mut text, files, lang);
    text
}

fn write_suites(out: &mut String, files: &[FileOutcome], lang: Lang) -> std::fmt::Result {
    let cases: usize = files.iter().map(tests).sum();
    let failures: usize = files.iter().map(|file| file.counts().1).sum();
    let errors: usize = files.iter().map(unusable).sum();
    writeln!(
        out,
        "<testsuites name=\"charter\" tests=\"{cases}\" failures=\"{failures}\" errors=\"{errors}\">"
    )?;
    for file in files {
        let name = escaped(&file.file);
        let (_, failed) = file.counts();
        let (cases, errors) = (tests(file), unusable(file));
        writeln!(
            out,
            "  <testsuite name=\"{name}\" tests=\"{cases}\" failures=\"{failed}\" errors=\"{errors}\">"
        )?;
        if errors > 0 {
            let reasons: Vec<String> =
                file.unusable.iter().map(|(line, reason)| located(&file.file, *line, reason, lang)).collect();
            let first = reasons.first().map_or("", String::as_str);
            writeln!(out, "    <testcase name=\"{name}\" classname=\"{name}\" file=\"{name}\">")?;
            writeln!(
                out,
                "      <error message=\"{}\">{}</error>",
                escaped(first),
                escaped(&reasons.join("\n"))
            )?;
            writeln!(out, "    </testcase>")?;
        }
        for case in &file.cases {
            write_case(out, &name, case, lang)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn write_case(out: &mut String, file: &str, case: &CaseOutcome, lang: Lang) -> std::fmt::Result {
    let (name, line) = (escaped(&case.name), case.line);
    let open = format!("    <testcase name=\"{name}\" classname=\"{file}\" file=\"{file}\" line=\"{line}\"");
    if case.passed() {
        return writeln!(out, "{open}/>");
    }
    let join = |terms: &[Term]| terms.iter().map(|term| term.get(lang)).collect::<Vec<_>>().join(" | ");
    let (expected, got) = (lang.pick("期望", "expected"), lang.pick("实得", "got"));
    let mut lines = Vec::new();
    for difference in &case.differences {
        let about = difference.about.get(lang);
        let (wanted, found) = (join(&difference.expected), join(&difference.got));
        lines.push(lang.pick(
            format!("{about}:{expected} {wanted};{got} {found}"),
            format!("{about}: {expected} {wanted}; {got} {found}"),
        ));
        lines.extend(difference.why.iter().map(|why| format!("  {}", why.get(lang))));
    }
    let first = lines.first().map_or("", String::as_str);
    writeln!(out, "{open}>")?;
    writeln!(out, "      <failure message=\"{}\">{}</failure>", escaped(first), escaped(&lines.join("\n")))?;
    writeln!(out, "    </testcase>")
}

fn tests(file: &FileOutcome) -> usize {
    file.cases.len() + unusable(file)
}

fn unusable(file: &FileOutcome) -> usize {
    usize::from(!file.unusable.is_empty())
}

fn located(file: &str, line: Option<u64>, reason: &Term, lang: Lang) -> String {
    let reason = reason.get(lang);
    line.map_or_else(|| format!("{file}: {reason}"), |line| format!("{file}:{line}: {reason}"))
}

/// Text as XML 1.0 holds it, in content and in attributes; characters that XML cannot hold become U+FFFD.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            '\r' => escaped.push_str("&#13;"),
            c if c.is_control() && u32::from(c) < 0x20 || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                escaped.push('\u{fffd}');
            }
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_out_of_an_attribute() {
        assert_eq!(escaped("a<b & \"c\"\n\u{1}期"), "a&lt;b &amp; &quot;c&quot;&#10;\u{fffd}期");
    }
}
