//! What happened to households and committees, counted again from the files.

use super::{Row, TOWN, made, rows};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The judged day; dates of rows compare as texts.
const JUDGED: &str = "2005-12-31";

#[test]
fn the_associations_figures_are_exact() {
    for seed in [2005, 7] {
        let (folder, _) = made(super::Request { seed, ..TOWN });
        helped(folder.path());
        paid(folder.path());
        boards(folder.path());
        stories(folder.path());
    }
}

/// 1,654 households helped, 1,263 of them in the programme; 50 in 37 villages from donations; 37 people.
fn helped(folder: &Path) {
    let households = rows(folder, "household");
    let helped: Vec<&Row> = households.iter().filter(|row| !row["帮扶开始日期"].is_empty()).collect();
    assert_eq!(helped.len(), 1_654);
    assert!(helped.iter().all(|row| row["帮扶开始日期"].as_str() <= JUDGED));
    assert_eq!(helped.iter().filter(|row| row["计划内"] == "是").count(), 1_263);
    assert!(households.iter().all(|row| row["计划内"].is_empty() == row["帮扶开始日期"].is_empty()));
    let donated: Vec<&&Row> = helped.iter().filter(|row| row["困难确认日期"].starts_with("2005")).collect();
    let villages: BTreeSet<&str> = donated.iter().map(|row| row["村"].as_str()).collect();
    assert_eq!((donated.len(), villages.len()), (50, 37));
    let offered = |row: &&Row| !row["协议送达日期"].is_empty();
    assert!(households.iter().filter(|row| !row["协议签订日期"].is_empty()).all(|row| {
        offered(&row) && row["协议送达日期"] <= row["协议签订日期"] && villages.contains(row["村"].as_str())
    }));
    assert!(households.iter().filter(offered).all(|row| villages.contains(row["村"].as_str())));

    let persons = rows(folder, "person");
    let confirmed: Vec<&Row> = persons.iter().filter(|row| !row["奖励扶助确认日期"].is_empty()).collect();
    assert_eq!(confirmed.len(), 37);
    assert!(confirmed.iter().all(|row| row["死亡日期"].is_empty() && super::age(row) >= 60));
}

fn paid(folder: &Path) {
    let payments = rows(folder, "payment");
    let of = |clause: &'static str| payments.iter().filter(move |row| row["条款"] == clause);
    let counts = ["pension_town", "donation_help", "reward_assistance", "scholarship"];
    assert_eq!(counts.map(|clause| of(clause).count()), [344, 50, 37, 2]);
    assert!(of("pension_town").all(|row| row["发放日期"].starts_with("2005")));
    let decisions = rows(folder, "decision");
    assert_eq!(decisions.len(), 2);
    for decision in &decisions {
        let yuan: f64 = decision["金额"].parse().unwrap();
        assert!((1_000.0..=5_000.0).contains(&yuan) && decision["种类"] == "核定");
    }
}

fn boards(folder: &Path) {
    let villages = rows(folder, "village");
    let with = |field: &str| villages.iter().filter(|row| !row[field].is_empty()).count();
    assert_eq!((with("章程通过日期"), with("开始签协议日期")), (39, 37));
    let officers = rows(folder, "officer");
    let chairs = officers.iter().filter(|row| row["职务"] == "村协会副会长");
    assert_eq!(chairs.clone().filter(|row| row["离任日期"].is_empty()).count(), 47);
    assert_eq!(chairs.filter(|row| row["离任日期"] == "2005-05-31").count(), 1);
    let short = rows(folder, "posting").into_iter().filter(|row| {
        row["撤下日期"].len() == 10
            && super::day(&row["撤下日期"]).number() - super::day(&row["张贴日期"]).number() == 12
    });
    assert_eq!(short.count(), 1);
    let holidays = rows(folder, "holiday");
    assert_eq!(holidays.len(), 70);
    let reports = rows(folder, "assembly_report");
    assert_eq!(reports.iter().filter(|row| row["报告日期"].starts_with("2005")).count(), 36);
    assert_eq!(reports.iter().filter(|row| row["报告日期"].is_empty()).count(), 1);
}

/// Each story is there: cells that say 无, cells that say nothing, rows recorded after the year.
fn stories(folder: &Path) {
    let reports = rows(folder, "move");
    let moved = |on: &str, reported: &str| {
        reports.iter().any(|row| row["迁居日期"] == on && row["报告日期"] == reported)
    };
    // Due on Sunday 2005-07-31.
    assert!(moved("2005-07-01", "2005-08-01"));
    for (on, reported) in
        [("2005-03-15", "无"), ("2005-11-10", "无"), ("2005-12-08", "无"), ("2005-06-06", "")]
    {
        assert!(moved(on, reported), "{on}");
    }
    let late = |stem: &str| rows(folder, stem).iter().filter(|row| row["登录日期"].as_str() > JUDGED).count();
    assert_eq!(late("move"), 1);
    assert!(late("training") >= 1);
    assert_eq!(rows(folder, "training").iter().filter(|row| row["参加日期"].is_empty()).count(), 1);
    let payments = rows(folder, "payment");
    let of = |cell: &str| payments.iter().filter(|row| row["发放日期"] == cell).count();
    assert_eq!((of("无"), of("")), (3, 1));
    let lag = |row: &Row| super::day(&row["发放日期"]).number() - super::day(&row["核准日期"]).number();
    let mut late: Vec<i32> = payments.iter().filter(|row| row["发放日期"].len() == 10).map(lag).collect();
    late.sort_unstable();
    assert_eq!(late.split_off(late.len() - 2), [38, 60]);

    let signed: BTreeMap<String, String> = rows(folder, "household")
        .into_iter()
        .map(|mut row| (row["户编号"].clone(), row.remove("协议签订日期").unwrap()))
        .collect();
    let bound = |row: &&Row| {
        let signed = &signed[&row["户编号"]];
        super::is_child(row)
            && !signed.is_empty()
            && row["出生日期"].len() == 10
            && row["出生日期"] >= *signed
    };
    let persons = rows(folder, "person");
    let children: Vec<&Row> = persons.iter().filter(bound).collect();
    assert_eq!(children.iter().filter(|row| row["登记日期"].is_empty()).count(), 1);
    assert_eq!(children.iter().filter(|row| !row["死亡日期"].is_empty()).count(), 1);
}

#[test]
fn due_days_move_to_working_days() {
    use super::super::calendar::working_day;
    let moves = [
        ("2005-07-31", "2005-08-01"),
        ("2005-12-30", "2005-12-30"),
        ("2005-12-31", "2006-01-04"),
        ("2005-05-02", "2005-05-09"),
        ("2006-02-03", "2006-02-06"),
    ];
    for (due, moved) in moves {
        assert_eq!(working_day(super::day(due)), super::day(moved), "{due}");
    }
}
