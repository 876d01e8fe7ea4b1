//! The summary as people read it in a terminal: by clause and fund, in their language.

use super::Summary;
use super::names::Status;
use super::results::{figure, value};
use crate::diagnostic::Lang;
use crate::eval::IndicatorRow;
use crate::ir::Plan;
use crate::schema::Label;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// Prints the summary by clause, status and fund, and the total of each fund.
pub fn print_summary(
    out: &mut dyn Write,
    summary: &Summary,
    plan: &Plan,
    period: &str,
    lang: Lang,
) -> io::Result<()> {
    let head = lang.pick(
        ["条款", "类别", "状态", "资金", "对象", "笔数", "金额(元)"],
        ["clause", "kind", "status", "fund", "targets", "entitlements", "amount (yuan)"],
    );
    let mut rows: Vec<[String; 7]> = vec![head.map(str::to_owned)];
    let all = summary.of_all_villages();
    for (key, row) in all.rows() {
        rows.push([
            clause(plan, key.clause, lang),
            word(key.kind, lang).to_owned(),
            word(key.status.word(), lang).to_owned(),
            fund(plan, key.fund, lang),
            row.targets.to_string(),
            row.entitlements.to_string(),
            if key.status == Status::Granted { row.amount.to_string() } else { String::new() },
        ]);
    }
    writeln!(out, "{}", lang.pick(format!("时段 {period}"), format!("period {period}")))?;
    table(out, &rows, 4)?;
    let mut funds: Vec<[String; 2]> =
        vec![lang.pick(["资金", "合计(元)"], ["fund", "total (yuan)"]).map(str::to_owned)];
    let mut total = crate::value::Fen::ZERO;
    for (name, amount) in summary.by_fund() {
        total = total.checked_add(amount).unwrap_or(total);
        funds.push([fund(plan, name, lang), amount.to_string()]);
    }
    funds.push([lang.pick("总计", "all funds").to_owned(), total.to_string()]);
    writeln!(out)?;
    table(out, &funds, 1)
}

/// Prints the indicators of the whole register.
pub fn print_indicators(
    out: &mut dyn Write,
    rows: &[IndicatorRow],
    plan: &Plan,
    lang: Lang,
) -> io::Result<()> {
    let head = lang.pick(
        ["指标", "分子", "分母", "不详", "值"],
        ["indicator", "numerator", "denominator", "unknown", "value"],
    );
    let mut lines: Vec<[String; 5]> = vec![head.map(str::to_owned)];
    for row in rows.iter().filter(|row| row.village.is_none()) {
        let name = plan.indicators.get(row.indicator).map_or("", |indicator| in_lang(&indicator.label, lang));
        lines.push([
            name.to_owned(),
            figure(row.numerator),
            row.denominator.map(figure).unwrap_or_default(),
            row.unknown.to_string(),
            value(row),
        ]);
    }
    if lines.len() > 1 {
        writeln!(out)?;
        table(out, &lines, 1)?;
    }
    Ok(())
}

/// Columns from `numbers` on are right-aligned; widths count what a terminal shows, two cells for a Chinese character.
pub fn table<const N: usize>(out: &mut dyn Write, rows: &[[String; N]], numbers: usize) -> io::Result<()> {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    for (index, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row
            .iter()
            .zip(widths)
            .enumerate()
            .map(|(column, (cell, width))| {
                let space = " ".repeat(width.saturating_sub(cell.width()));
                if column >= numbers { format!("{space}{cell}") } else { format!("{cell}{space}") }
            })
            .collect();
        writeln!(out, "{}", cells.join("  ").trim_end())?;
        if index == 0 {
            writeln!(out, "{}", "─".repeat(widths.iter().sum::<usize>() + 2 * (N - 1)))?;
        }
    }
    Ok(())
}

fn clause(plan: &Plan, name: &str, lang: Lang) -> String {
    let benefits = plan.benefits.iter().map(|benefit| &benefit.label);
    let found =
        benefits.chain(plan.obligations.iter().map(|duty| &duty.label)).find(|label| label.name == name);
    found.map_or_else(|| name.to_owned(), |label| in_lang(label, lang).to_owned())
}

fn fund(plan: &Plan, name: &str, lang: Lang) -> String {
    let known = |part: &str| {
        plan.funds.iter().find(|fund| fund.name == part).map(|fund| in_lang(fund, lang).to_owned())
    };
    name.split('+').map(|part| known(part).unwrap_or_else(|| part.to_owned())).collect::<Vec<_>>().join(" + ")
}

/// A label's word in a language.
#[must_use]
pub fn in_lang(label: &Label, lang: Lang) -> &str {
    lang.pick(label.zh(), label.en())
}

/// A word of the contract in a reader's language.
#[must_use]
pub fn word(word: &str, lang: Lang) -> &str {
    let (zh, en) = match word {
        "subsidy" => ("补贴", "subsidy"),
        "reward" => ("奖励", "reward"),
        "granted" => ("发给", "granted"),
        "not_granted" => ("不发给", "not granted"),
        "awaiting_decision" => ("待决定", "awaiting decision"),
        "undetermined" => ("待查明", "undetermined"),
        "obligation" => ("义务", "obligation"),
        "met" => ("已履行", "met"),
        "excused" => ("免除", "excused"),
        "pending" => ("未到期", "pending"),
        "in_remedy" => ("补正期内", "in remedy"),
        "unmet" => ("未履行", "unmet"),
        other => return other,
    };
    lang.pick(zh, en)
}
