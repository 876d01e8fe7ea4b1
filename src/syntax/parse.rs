//! The driver of the grammar and its recovery: every fault of a file in one pass, each at its place.
//!
//! A file is cut at its item keywords and each item read by itself. Where an item fails, the fault is reported, the
//! part that holds it is blanked out, places unchanged, and the item is read again: so an item with three faulty
//! parts gives three reports and keeps its sound parts.

use super::expected::{describe, found_at};
use super::grammar::{CharterParser, Rule};
use super::keyword::{Role, begins, entries, is_reserved};
use super::lines::{self, Comment};
use super::lower::{ClausePart, Lower};
use crate::ast::{Expr, File, Item};
use crate::diagnostic::{Diagnostic, Lang, Term, codes};
use crate::source::{SourceId, Span};
use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};
use std::ops::Range;
use unicode_ident::{is_xid_continue, is_xid_start};

/// Largest file, in bytes: a town's charter has some thousands.
const MAX_BYTES: usize = 1 << 20;
/// Deepest brackets.
const MAX_DEPTH: usize = 32;
/// Most faults reported in one item.
const MAX_FAULTS: usize = 25;

/// Reads a file. Whatever the text, it ends, and every item without a fault is in the tree.
#[must_use]
pub fn parse(source: SourceId, text: &str) -> (File, Vec<Diagnostic>) {
    let mut reader = Reader { source, text, findings: Vec::new(), items: Vec::new(), lost: Vec::new() };
    if text.len() > MAX_BYTES {
        let finding = Diagnostic::at(codes::S009, reader.span(0..0)).arg("limit", Term::same(MAX_BYTES));
        reader.findings.push(finding);
    } else {
        let comments = lines::comments(text);
        for range in lines::items(text) {
            reader.item(range, &comments);
        }
    }
    reader.findings.sort_by_key(|finding| finding.place.clone());
    (File { source, items: reader.items, lost: reader.lost }, reader.findings)
}

/// Reads the part of a clause at a span of a file that was read before.
pub(super) fn clause_part(span: Span, text: &str) -> Option<ClausePart> {
    let (start, end) = (span.start as usize, span.end as usize);
    let pair = CharterParser::parse(Rule::part_only, text.get(start..end)?).ok()?.next()?;
    Lower::new(span.source, start).clause_part(pair, span)
}

/// Reads the expression at a span of a file that was read before.
pub(super) fn expression(span: Span, text: &str) -> Option<Expr> {
    let (start, end) = (span.start as usize, span.end as usize);
    let pair = CharterParser::parse(Rule::expr_only, text.get(start..end)?).ok()?.next()?;
    Lower::new(span.source, start).expr(pair)
}

struct Reader<'a> {
    source: SourceId,
    text: &'a str,
    findings: Vec<Diagnostic>,
    items: Vec<Item>,
    lost: Vec<String>,
}

/// Where and why pest gave up.
struct Fault {
    /// Byte offset in the chunk.
    at: usize,
    /// What the grammar would have taken there; nothing where the text is nested deeper than the stack is.
    expected: Vec<Rule>,
}

impl Reader<'_> {
    fn span(&self, range: Range<usize>) -> Span {
        let byte = |at| u32::try_from(at).unwrap_or(u32::MAX);
        Span { source: self.source, start: byte(range.start), end: byte(range.end) }
    }

    fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }

    fn item(&mut self, range: Range<usize>, comments: &[Comment]) {
        let chunk = self.slice(range.clone()).to_owned();
        if !lines::lines(&chunk)
            .next()
            .is_some_and(|line| begins(chunk.get(line).unwrap_or_default().trim_start(), Role::Item))
        {
            self.preamble(range, comments);
            return;
        }
        let mut work = blank_comments(&chunk, range.start, comments);
        let before = self.findings.len();
        if let Some(at) = lines::open_quote(&work) {
            let end = line_end(&work, at);
            self.findings.push(Diagnostic::at(codes::S003, self.span(range.start + at..range.start + end)));
            self.drop_segment(&mut work, at, range.start);
        }
        if let Some(at) = too_deep(&work) {
            // A full-width bracket has three bytes.
            let width = work.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
            let finding = Diagnostic::at(codes::S002, self.span(range.start + at..range.start + at + width));
            self.findings.push(finding.arg("limit", Term::same(MAX_DEPTH)));
            self.drop_segment(&mut work, at, range.start);
        }
        let mut faulty = self.findings.len() > before;
        for _ in 0..MAX_FAULTS {
            let fault = match CharterParser::parse(Rule::item_only, &work) {
                Ok(pairs) => {
                    let mut lower = Lower::new(self.source, range.start);
                    let item = lower.item(pairs, faulty);
                    self.findings.append(&mut lower.findings);
                    if let Some(mut item) = item {
                        item.doc = doc_lines(self.text, range.start, comments);
                        self.items.push(item);
                    }
                    return;
                }
                Err(error) => fault(&error),
            };
            faulty = true;
            self.report(&fault, &work, range.start);
            let segments = lines::segments(&work, is_record(&work));
            let Some(segment) = faulty_segment(&work, &segments, fault.at) else { break };
            if segment.start == 0 {
                self.lone_parts(&work, segments.get(1..).unwrap_or_default(), range.start);
                break;
            }
            let broken = broken_lines(&work, &segment, fault.at);
            work.replace_range(broken.clone(), &blank(work.get(broken).unwrap_or_default()));
        }
        self.lost.extend(words(&chunk).map(str::to_owned));
    }

    /// Text before the first item: only comments may stand there.
    fn preamble(&mut self, range: Range<usize>, comments: &[Comment]) {
        let text = blank_comments(self.slice(range.clone()), range.start, comments);
        let Some(start) = text.find(|c: char| !c.is_whitespace()) else { return };
        let end = line_end(&text, start);
        let list = |lang: Lang| {
            let script = super::Script::of(lang);
            let words = entries()
                .iter()
                .filter(|entry| entry.role == Role::Item)
                .map(|entry| entry.keyword.spelling(script));
            words.collect::<Vec<_>>().join(lang.pick("、", ", "))
        };
        let items = Term::new(format!("{}、第…条、第…章", list(Lang::Zh)), list(Lang::En));
        let finding = Diagnostic::at(codes::S006, self.span(range.start + start..range.start + end))
            .arg("items", items);
        self.findings.push(finding);
    }

    fn report(&mut self, fault: &Fault, work: &str, base: usize) {
        let (length, found) = found_at(work, fault.at);
        if fault.expected.is_empty() {
            let finding = Diagnostic::at(codes::S002, self.span(base + fault.at..base + fault.at + length));
            self.findings.push(finding.arg("limit", Term::same(MAX_DEPTH)));
            return;
        }
        let finding = Diagnostic::at(codes::S001, self.span(base + fault.at..base + fault.at + length))
            .arg("expected", describe(&fault.expected))
            .arg("found", found);
        let written = work.get(fault.at..fault.at + length).unwrap_or_default();
        let rest = work.get(fault.at..).unwrap_or_default();
        self.findings.push(match hint(written, rest, &fault.expected) {
            Some(help) => finding.help(help),
            None => finding,
        });
    }

    /// Blanks out the segment that holds a byte, so that what follows can still be read.
    fn drop_segment(&mut self, work: &mut String, at: usize, base: usize) {
        let segments = lines::segments(work, is_record(work));
        let Some(segment) = segments.iter().find(|segment| segment.contains(&at)).cloned() else { return };
        // Of a head only the rest of the line is lost, so that its keyword still says what the item was.
        let from = if segment.start == 0 { at } else { segment.start };
        let blanked = blank(work.get(from..segment.end).unwrap_or_default());
        work.replace_range(from..segment.end, &blanked);
        self.lost.extend(
            words(self.slice(base + segment.start..base + segment.end))
                .map(str::to_owned)
                .collect::<Vec<_>>(),
        );
    }

    /// The parts of an item whose head could not be read, each by itself, for their faults only.
    fn lone_parts(&mut self, work: &str, segments: &[Range<usize>], base: usize) {
        if is_record(work) {
            return;
        }
        for segment in segments {
            let text = work.get(segment.clone()).unwrap_or_default();
            if text.trim().is_empty() {
                continue;
            }
            if let Err(error) = CharterParser::parse(Rule::part_only, text) {
                self.report(&fault(&error), text, base + segment.start);
            }
        }
    }
}

/// What to write instead, where the word at a fault tells what was meant.
fn hint(written: &str, rest: &str, expected: &[Rule]) -> Option<Term> {
    let wants = |rules: &[Rule]| expected.iter().any(|rule| rules.contains(rule));
    let starts = |words: &[&str]| words.iter().any(|word| rest.starts_with(word));
    if wants(&[Rule::kw_throughout]) && ["每月", "每季", "每年", "each"].contains(&written) {
        return Some(Term::new(
            "周期写在后面:须 至少 2次 各次讲座 每年",
            "the time stands last: must at least 2 trainings each year",
        ));
    }
    if wants(&[Rule::kw_per]) {
        return Some(Term::new(
            "限额这样写:限额 1500元 按 户 每年,或 限额 1次 按 人 终身",
            "a limit is written: limit 1500 yuan per household each year, or limit 1 times per person for life",
        ));
    }
    if wants(&[Rule::name, Rule::plain_name, Rule::declared, Rule::path]) && is_reserved(written) {
        return Some(Term::new(
            format!("“{written}”是关键词;要当名称用,写在反引号里:`{written}`"),
            format!("'{written}' is a keyword; to use it as a name, write it in backquotes: `{written}`"),
        ));
    }
    if starts(&["岁", "歲"]) {
        return Some(Term::new(
            "年龄是数目:写 年龄 < 14,不写单位",
            "an age is a number: write age < 14, without a unit",
        ));
    }
    if starts(&["之间", "之間"]) {
        return Some(Term::new("“介于 A 与 B”到此为止,不写“之间”", "'between A and B' ends with B"));
    }
    let compared =
        ["不晚于", "不早于", "晚于", "早于", "高于", "不低于", "不高于", "不大于", "不小于", "以上", "以下"];
    let trailing = rest.split_whitespace().nth(1).is_some_and(|word| ["以上", "以下"].contains(&word));
    if starts(&compared) || trailing {
        return Some(Term::new(
            "比较用 =、<、<=、>、>=:六十岁以上写 年龄 >= 60",
            "compare with =, <, <=, > or >=: age >= 60",
        ));
    }
    None
}

fn fault(error: &pest::error::Error<Rule>) -> Fault {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let expected = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives.clone(),
        ErrorVariant::CustomError { .. } => Vec::new(),
    };
    Fault { at, expected }
}

/// The segment to blame. A fault at the first word of a part is the part before's, when that one breaks off.
fn faulty_segment(work: &str, segments: &[Range<usize>], at: usize) -> Option<Range<usize>> {
    let index = segments.iter().rposition(|segment| segment.start <= at)?;
    let segment = segments.get(index)?.clone();
    let leading = work.get(segment.start..at).is_some_and(|before| before.trim().is_empty());
    if !leading || index == 0 {
        return Some(segment);
    }
    // Blank segments are parts that were already given up.
    let before = segments
        .get(..index)?
        .iter()
        .rev()
        .find(|range| !work.get((*range).clone()).unwrap_or_default().trim().is_empty())?;
    let broken_off = before.start > 0
        && !is_record(work)
        && CharterParser::parse(Rule::part_only, work.get(before.clone())?).is_err();
    Some(if broken_off { before.clone() } else { segment })
}

/// Of a faulty segment what is to be blanked out: from the line of the fault on, where what stands before it is sound.
fn broken_lines(work: &str, segment: &Range<usize>, at: usize) -> Range<usize> {
    let before = work.get(segment.start..at).unwrap_or_default();
    let line = before.rfind('\n').map_or(segment.start, |newline| segment.start + newline + 1);
    let sound =
        work.get(segment.start..line).is_some_and(|text| CharterParser::parse(Rule::part_only, text).is_ok());
    if sound { line..segment.end } else { segment.clone() }
}

fn is_record(work: &str) -> bool {
    ["record", "记录", "記錄"].iter().any(|word| work.trim_start().starts_with(word))
}

/// The same bytes with everything but line breaks made space.
fn blank(text: &str) -> String {
    text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect()
}

fn blank_comments(chunk: &str, base: usize, comments: &[Comment]) -> String {
    let mut text = chunk.to_owned();
    for comment in comments {
        let Some(start) = comment.range.start.checked_sub(base) else { continue };
        let range = start..comment.range.end - base;
        if let Some(old) = chunk.get(range.clone()) {
            text.replace_range(range, &blank(old));
        }
    }
    text
}

/// The contiguous `///` lines right above an item.
fn doc_lines(text: &str, start: usize, comments: &[Comment]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut below = start;
    for comment in comments.iter().rev().filter(|comment| comment.range.end <= start) {
        let gap = text.get(comment.range.end..below).unwrap_or_default();
        if !comment.doc || !comment.own_line || gap.matches('\n').count() > 1 || !gap.trim().is_empty() {
            break;
        }
        let line = text.get(comment.range.clone()).unwrap_or_default();
        lines.push(line.trim_start_matches('/').trim().to_owned());
        below = comment.range.start;
    }
    lines.reverse();
    lines
}

fn line_end(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.find('\n').map_or(rest.len(), |end| rest.get(..end).unwrap_or_default().trim_end().len())
}

/// The byte of the first bracket beyond the limit; brackets in strings do not count.
fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut closing = None;
    for (at, c) in text.char_indices() {
        match c {
            c if closing == Some(c) => closing = None,
            _ if closing.is_some() => {}
            c if lines::closing_quote(c).is_some() => closing = lines::closing_quote(c),
            '(' | '\u{FF08}' | '{' | '\u{FF5B}' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Some(at);
                }
            }
            ')' | '\u{FF09}' | '}' | '\u{FF5D}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// The words of a text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !is_xid_continue(c)).filter(|word| word.chars().next().is_some_and(is_xid_start))
}
