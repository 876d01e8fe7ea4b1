//! The summary as people read it in a terminal: by clause and fund, in their language.

use super::Summary;
use crate::diagnostic::Lang;
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
    for (key, row) in &summary.of_all_villages().rows {
        rows.push([
            clause(plan, &key.clause, lang),
            word(key.kind, lang).to_owned(),
            word(key.status, lang).to_owned(),
            fund(plan, &key.fund, lang),
            row.targets.to_string(),
            row.entitlements.to_string(),
            if key.status == "granted" { row.amount.to_string() } else { String::new() },
        ]);
    }
    writeln!(out, "{}", lang.pick(format!("时段 {period}"), format!("period {period}")))?;
    table(out, &rows, 4)?;
    let mut funds: Vec<[String; 2]> =
        vec![lang.pick(["资金", "合计(元)"], ["fund", "total (yuan)"]).map(str::to_owned)];
    let mut total = crate::value::Fen::ZERO;
    for (name, amount) in summary.by_fund() {
        total = total.checked_add(amount).unwrap_or(total);
        funds.push([fund(plan, &name, lang), amount.to_string()]);
    }
    funds.push([lang.pick("总计", "all funds").to_owned(), total.to_string()]);
    writeln!(out)?;
    table(out, &funds, 1)
}

/// Columns from `numbers` on are right-aligned; widths count what a terminal shows, two cells for a Chinese character.
fn table<const N: usize>(out: &mut dyn Write, rows: &[[String; N]], numbers: usize) -> io::Result<()> {
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
    let found = plan.benefits.iter().find(|benefit| benefit.label.name == name).map(|benefit| &benefit.label);
    found.map_or_else(|| name.to_owned(), |label| in_lang(label, lang).to_owned())
}

fn fund(plan: &Plan, name: &str, lang: Lang) -> String {
    let known = |part: &str| {
        plan.funds.iter().find(|fund| fund.name == part).map(|fund| in_lang(fund, lang).to_owned())
    };
    name.split('+').map(|part| known(part).unwrap_or_else(|| part.to_owned())).collect::<Vec<_>>().join(" + ")
}

/// A label's word in a language.
pub(super) fn in_lang(label: &Label, lang: Lang) -> &str {
    lang.pick(label.zh(), label.en())
}

/// A word of the contract in a reader's language.
pub(super) fn word(word: &str, lang: Lang) -> &str {
    let (zh, en) = match word {
        "subsidy" => ("补贴", "subsidy"),
        "reward" => ("奖励", "reward"),
        "granted" => ("发给", "granted"),
        "not_granted" => ("不发给", "not granted"),
        "awaiting_decision" => ("待决定", "awaiting decision"),
        "undetermined" => ("待查明", "undetermined"),
        other => return other,
    };
    lang.pick(zh, en)
}
