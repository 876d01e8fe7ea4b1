//! Results for people: a line a file, and for each failing case a table of what was expected and what came out.

use super::outcome::{CaseOutcome, Difference, FileOutcome};
use crate::diagnostic::{Lang, Term};
use crate::report::print_table;

/// Tells results in the reader's language.
pub struct Human {
    /// The reader's language.
    pub lang: Lang,
}

impl Human {
    /// All files, and the total line.
    #[must_use]
    pub fn render(&self, files: &[FileOutcome]) -> String {
        let mut text = String::new();
        for file in files {
            text += &self.file(file);
        }
        let (passed, failed) = files
            .iter()
            .map(FileOutcome::counts)
            .fold((0, 0), |total, (passed, failed)| (total.0 + passed, total.1 + failed));
        text += &self.counts(passed, failed);
        let unusable = files.iter().filter(|file| !file.unusable.is_empty()).count();
        if unusable > 0 {
            let files = if unusable == 1 { "file" } else { "files" };
            text += &self
                .lang
                .pick(format!(";{unusable} 个文件没有运行"), format!("; {unusable} {files} not run"));
        }
        text.push('\n');
        text
    }

    fn counts(&self, passed: usize, failed: usize) -> String {
        self.lang.pick(format!("通过 {passed} / 失败 {failed}"), format!("{passed} passed / {failed} failed"))
    }

    fn file(&self, file: &FileOutcome) -> String {
        if !file.unusable.is_empty() {
            return self.lang.pick(format!("{} 没有运行\n", file.file), format!("{}: not run\n", file.file));
        }
        let (passed, failed) = file.counts();
        let counts = self.counts(passed, failed);
        let mut text =
            self.lang.pick(format!("{} {counts}\n", file.file), format!("{}: {counts}\n", file.file));
        for case in file.cases.iter().filter(|case| !case.passed()) {
            text += &self.case(&file.file, case);
        }
        text
    }

    fn case(&self, file: &str, case: &CaseOutcome) -> String {
        let mut lines = Vec::new();
        let head = self.lang.pick(["条款", "期望", "实得"], ["clause", "expected", "got"]);
        let mut rows: Vec<[String; 3]> = vec![head.map(str::to_owned)];
        for difference in &case.differences {
            rows.extend(self.rows(difference));
        }
        let mut table = Vec::new();
        // Writing to memory cannot fail.
        let _ = print_table(&mut table, &rows, head.len());
        let period = self.lang.pick(format!("〔{}〕", case.period), format!(" [{}]", case.period));
        lines.push(format!("  {file}:{} {}{period}", case.line, case.name));
        lines.extend(String::from_utf8_lossy(&table).lines().map(|line| format!("    {line}")));
        for difference in &case.differences {
            let about = difference.about.get(self.lang);
            let colon = self.lang.pick(":", ": ");
            lines
                .extend(difference.why.iter().map(|why| format!("    {about}{colon}{}", why.get(self.lang))));
        }
        lines.join("\n") + "\n"
    }

    fn rows(&self, difference: &Difference) -> Vec<[String; 3]> {
        let word = |terms: &[Term], at: usize| {
            terms.get(at).map_or_else(String::new, |term| term.get(self.lang).to_owned())
        };
        let about = |at: usize| if at == 0 { difference.about.get(self.lang) } else { "" };
        (0..difference.expected.len().max(difference.got.len()))
            .map(|at| [about(at).to_owned(), word(&difference.expected, at), word(&difference.got, at)])
            .collect()
    }
}
