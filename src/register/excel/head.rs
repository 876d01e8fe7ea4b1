//! What stands above the rows of a sheet and between them: titles, the names of the columns, totals and remarks.

use super::book::{Line, Lines};
use super::merges::last_row;
use super::value::Value;
use crate::register::broken::Broken;
use crate::register::cell::fold;
use crate::register::header::named;
use crate::schema::Record;
use calamine::Dimensions;
use std::collections::VecDeque;

/// Characters of the longest name of a column, and of the longest word that is looked for at the beginning of a text.
const LONGEST_NAME: usize = 256;
const LONGEST_WORD: usize = 32;
/// Rows among which the names of the columns are looked for.
const LOOKED_AT: usize = 20;

/// Words that begin a row of totals.
const TOTALS: [&str; 14] = [
    "合计",
    "总计",
    "小计",
    "共计",
    "合計",
    "總計",
    "小計",
    "共計",
    "总数",
    "累计",
    "总合计",
    "本页合计",
    "本页小计",
    "本村合计",
];
const TOTALS_EN: [&str; 4] = ["total", "subtotal", "sub-total", "grandtotal"];

/// Words that begin a remark below a table, with a colon or more behind them.
const REMARKS: [&str; 10] = ["注", "备注", "说明", "填表", "填报", "制表", "审核", "负责人", "经办", "单位"];

/// The top of a sheet.
pub(super) struct Head<'b> {
    /// The row of the names, as Excel numbers it.
    pub row: u64,
    /// By column.
    pub names: Vec<String>,
    /// Rows above it that show something.
    pub titles: usize,
    /// The rows that were read and lie below.
    pub below: VecDeque<Line<'b>>,
    /// The rows above and of the names.
    pub above: Vec<Line<'b>>,
}

/// Looks for the names of the columns of a record: the first of the first rows in which the key is found and most cells
/// are names; else the first with the key; else the first of all, of which is then said what it lacks. None where nothing
/// is shown.
pub(super) fn find<'b>(
    lines: &mut Lines<'b>,
    areas: &[Dimensions],
    (record, parent): (&Record, Option<&Record>),
) -> Result<Option<Head<'b>>, Broken> {
    let mut seen: Vec<Line<'b>> = Vec::new();
    let mut line = Line::default();
    let mut found = None;
    while seen.len() < LOOKED_AT && lines.next(&mut line)? {
        if line.is_blank() {
            continue;
        }
        let (key, known, all) = recognised(&line, record, parent);
        seen.push(std::mem::take(&mut line));
        if key && 2 * known >= all {
            found = Some(seen.len() - 1);
            break;
        }
    }
    let with_key = || seen.iter().position(|line| recognised(line, record, parent).0);
    let Some(place) = found.or_else(with_key).or((!seen.is_empty()).then_some(0)) else { return Ok(None) };
    let mut below: VecDeque<Line<'b>> = seen.split_off(place).into();
    let Some(first) = below.pop_front() else { return Ok(None) };
    let is_key = |text: &str| named(&record.key, &fold(&name(text)));
    let key = first.shown().find(|(_, value)| is_key(&value.shown())).map(|(column, _)| column);
    // Names may be of two rows, of which the one of the key is merged.
    let last = key.map_or(first.number, |column| last_row(areas, first.number, column));
    let last = last.min(first.number.saturating_add(LOOKED_AT as u64));
    let (row, titles) = (first.number, seen.len());
    let mut names = Vec::new();
    let mut above = seen;
    let mut line = Some(first);
    while let Some(one) = line {
        for (column, value) in one.shown() {
            let column = usize::try_from(column).unwrap_or(0);
            if names.len() <= column {
                names.resize(column + 1, String::new());
            }
            names.get_mut(column).into_iter().for_each(|own| *own = name(&value.shown()));
        }
        above.push(one);
        if below.is_empty() && !next_shown(lines, &mut below)? {
            break;
        }
        line = if below.front().is_some_and(|next| next.number <= last) { below.pop_front() } else { None };
    }
    Ok(Some(Head { row, names, titles, below, above }))
}

/// Reads one more row that shows something.
fn next_shown<'b>(lines: &mut Lines<'b>, below: &mut VecDeque<Line<'b>>) -> Result<bool, Broken> {
    let mut line = Line::default();
    while lines.next(&mut line)? {
        if !line.is_blank() {
            below.push_back(line);
            return Ok(true);
        }
    }
    Ok(false)
}

/// Is the key among the cells of a row; how many are names; how many there are.
fn recognised(line: &Line<'_>, record: &Record, parent: Option<&Record>) -> (bool, usize, usize) {
    let (mut key, mut known, mut all) = (false, 0, 0);
    for (_, value) in line.shown() {
        all += 1;
        let shown = name(&value.shown());
        let word = fold(&shown);
        let is_key = named(&record.key, &word);
        let is_name = is_key
            || parent.is_some_and(|parent| named(&parent.key, &word))
            || record.fields.iter().any(|field| named(&field.label, &word));
        key |= is_key;
        known += usize::from(is_name);
    }
    (key, known, all)
}

/// The name of a column without the ends of lines by which clerks make it narrow.
fn name(text: &str) -> String {
    text.chars().take(LONGEST_NAME).filter(|c| !matches!(c, '\r' | '\n')).collect()
}

/// What a row shows first, where it holds no row of the record: totals, a remark below the table, or the names of the columns
/// again. `key` is the column of the key.
pub(super) fn left_out(line: &Line<'_>, key: u32, record: &Record) -> Option<String> {
    let (_, first) = line.shown().next()?;
    let key = line.cell(key);
    // The names of the columns again, as on each page that was printed.
    if let Some(key) = key.filter(|key| !key.is_blank() && named(&record.key, &fold(&name(&key.shown())))) {
        return Some(name(&key.shown()));
    }
    let blank_key = key.is_none_or(Value::is_blank);
    let total = is_total(&first.shown()) && (blank_key || key.is_some_and(|key| is_total(&key.shown())));
    // Remarks, each perhaps with what it asks for in the cell behind it.
    let mut before = false;
    let mut remark = |value: &Value<'_>| {
        let is = is_remark(&value.shown());
        std::mem::replace(&mut before, is) || is
    };
    (total || line.shown().all(|(_, value)| remark(value))).then(|| name(&first.shown()))
}

/// The beginning of a text, which tells what it is.
fn begin(text: &str) -> &str {
    text.char_indices().nth(LONGEST_WORD).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

fn is_total(text: &str) -> bool {
    let text = fold(begin(text));
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let text = text.trim_end_matches(':');
    TOTALS.contains(&text) || TOTALS_EN.iter().any(|word| text.eq_ignore_ascii_case(word))
}

fn is_remark(text: &str) -> bool {
    let text = fold(begin(text));
    let Some((word, _)) = text.split_once(':') else { return false };
    REMARKS.iter().any(|remark| word.starts_with(remark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_and_remarks_are_known_by_their_words() {
        for text in ["合计", "合 计", "总\u{3000}计", "小计:", "共计:", "Total", "GRAND TOTAL", "subtotal:"]
        {
            assert!(is_total(text), "{text}");
        }
        for text in ["", "合计户", "3", "total cost", "合"] {
            assert!(!is_total(text), "{text}");
        }
        for text in ["注:本表一式两份", "填表人:张三", "审核人:", "单位负责人:"] {
            assert!(is_remark(text), "{text}");
        }
        for text in ["", "注", "H1", "张三:户主"] {
            assert!(!is_remark(text), "{text}");
        }
    }
}
