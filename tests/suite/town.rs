//! The bundled town in 2005: 14,800 households, the figures of its report, and the contract of the result tables.

use crate::engine::{build_files, charter, root};
use charter::diagnostic::Severity;
use charter::eval::Outcome;
use charter::eval::traced::run;
use charter::register::{DataFindings, Reading, read};
use charter::value::{Fen, Period};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

type Row = BTreeMap<String, String>;

/// The columns that scripts rely on.
const COLUMNS: [(&str, &str); 5] = [
    (
        "benefits",
        "village,household,person,clause,article,record_key,period,status,amount,amount_min,amount_max,fund,charter_version",
    ),
    (
        "undetermined",
        "village,household,person,kind,clause,article,record_key,period,missing,amount_min,amount_max",
    ),
    (
        "obligations",
        "village,household,person,clause,article,record_key,period,due,status,remedy_by,appeal_by",
    ),
    ("indicators", "scope,indicator,numerator,denominator,unknown,value"),
    ("summary", "village,clause,kind,status,fund,period,targets,entitlements,amount"),
];

/// Evaluates the town over a register into a folder.
fn evaluate(register: &Path, out: &Path) {
    let args = ["eval", "charters/town", "--period", "2005", "--lang", "en", "--data"];
    let paths = [register, out].map(|path| path.to_str().unwrap());
    let ran = charter(root(), &[&args[..], &[paths[0], "--out", paths[1]]].concat());
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert!(ran.err.starts_with("14800 households read = 14800 evaluated + 0 rejected\n"), "{}", ran.err);
}

fn rows(folder: &Path, table: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(folder.join(format!("{table}.csv"))).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn fen(row: &Row) -> i64 {
    match row.get("amount").map(String::as_str) {
        None | Some("") => 0,
        Some(amount) => Fen::from_yuan(amount).unwrap().0,
    }
}

/// A copy of a register with its rows turned round and its columns moved by one.
fn shuffled(register: &Path, copy: &Path) {
    for entry in fs::read_dir(register).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "csv") {
            continue;
        }
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(&path).unwrap();
        let mut rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        rows[1..].reverse();
        let half = rows.len() / 2;
        rows[1..].rotate_left(half);
        let mut writer = csv::Writer::from_path(copy.join(path.file_name().unwrap())).unwrap();
        for row in rows {
            let mut cells: Vec<&str> = row.iter().collect();
            cells.rotate_right(1);
            writer.write_record(cells).unwrap();
        }
        writer.flush().unwrap();
    }
}

#[test]
fn the_year_2005() {
    let folder = tempfile::tempdir().unwrap();
    let [first, again, other, copy] =
        ["first", "again", "other", "copy"].map(|name| folder.path().join(name));
    let register = root().join("charters/town/register");
    evaluate(&register, &first);
    the_tables_have_the_columns_of_the_contract(&first);
    the_figures_of_the_report(&first);
    the_summary_adds_up(&first);
    read_is_evaluated_and_rejected(&first);

    evaluate(&register, &again);
    fs::create_dir(&copy).unwrap();
    shuffled(&register, &copy);
    evaluate(&copy, &other);
    for (table, _) in COLUMNS {
        let bytes = |run: &Path| fs::read(run.join(format!("{table}.csv"))).unwrap();
        assert!(bytes(&first) == bytes(&again), "a second run writes another {table}");
        assert!(bytes(&first) == bytes(&other), "the order of rows and columns shows in {table}");
    }
}

fn the_tables_have_the_columns_of_the_contract(run: &Path) {
    for (table, columns) in COLUMNS {
        let bytes = fs::read(run.join(format!("{table}.csv"))).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text.lines().next(), Some(columns), "{table}");
        assert!(!text.contains('\r') && !text.starts_with('\u{feff}') && text.ends_with('\n'), "{table}");
    }
    let benefits = rows(run, "benefits");
    // What is for villages stands before what is for households.
    let of_villages = benefits.iter().take_while(|row| row["household"].is_empty()).count();
    let keys: Vec<[&str; 4]> = benefits[of_villages..]
        .iter()
        .map(|row| ["household", "clause", "person", "record_key"].map(|column| row[column].as_str()))
        .collect();
    assert!(keys.iter().all(|key| !key[0].is_empty()));
    assert!(keys.is_sorted(), "rows stand in the order of households, clauses, persons and records");
}

fn the_figures_of_the_report(run: &Path) {
    let benefits = rows(run, "benefits");
    let pension: Vec<&Row> =
        benefits.iter().filter(|row| row["clause"] == "pension_town" && row["status"] == "granted").collect();
    assert_eq!(pension.iter().map(|row| fen(row)).sum::<i64>(), 6_880_000);
    let mut households: Vec<&String> = pension.iter().map(|row| &row["household"]).collect();
    households.dedup();
    assert_eq!(households.len(), 344);

    let of = |household: &str| -> BTreeMap<(String, String), i64> {
        let mut funds = BTreeMap::new();
        for row in benefits.iter().filter(|row| row["household"] == household) {
            *funds.entry((row["clause"].clone(), row["fund"].clone())).or_default() += fen(row);
        }
        funds
    };
    let expected = |rows: &[(&str, &str, i64)]| -> BTreeMap<(String, String), i64> {
        rows.iter().map(|(clause, fund, fen)| (((*clause).to_owned(), (*fund).to_owned()), *fen)).collect()
    };
    // Xinbian: twelve months of the town's 10 yuan, and the village's 60 yuan a year.
    assert_eq!(
        of("999901001203010019"),
        expected(&[
            ("health_fee", "town_treasury", 12_000),
            ("health_fee_village", "village_collective", 6_000)
        ])
    );
    // Qiantang: 200 yuan of the town, 200 of the village, and the school fees of one daughter.
    let qiantang = of("999901001206010003");
    let once = |clause: &str, fund: &str| qiantang[&(clause.to_owned(), fund.to_owned())];
    assert_eq!(once("pension_town", "town_treasury"), 20_000);
    assert_eq!(once("pension_village", "village_collective"), 20_000);
    assert_eq!(once("school_fee_waiver", "village_collective"), 24_000);
    // A certificate without insurance is no claim.
    assert_eq!(of("999901001200030014"), BTreeMap::new());
    let scholarships: Vec<[&str; 3]> = benefits
        .iter()
        .filter(|row| row["clause"] == "scholarship")
        .map(|row| [row["status"].as_str(), row["amount_min"].as_str(), row["amount_max"].as_str()])
        .collect();
    // Two are decided, of one nobody has decided yet.
    let decided = ["granted", "2000.00", "2000.00"];
    assert_eq!(scholarships, [decided, decided, ["awaiting_decision", "1000.00", "5000.00"]]);
    let total = |clause: &str| -> (usize, i64) {
        let granted = benefits.iter().filter(|row| row["clause"] == clause && row["status"] == "granted");
        granted.fold((0, 0), |(rows, sum), row| (rows + 1, sum + fen(row)))
    };
    assert_eq!(total("reward_assistance"), (37, 2_220_000));
    assert_eq!(total("donation_help"), (50, 750_000));
    // By hand: 13 council members and 47 vice-chairs all year, at 60 and 20 yuan a month.
    assert_eq!(total("council_stipend"), (13 * 12, 13 * 12 * 6_000));
    assert_eq!(total("vice_chair_stipend"), (47 * 12, 47 * 12 * 2_000));
    the_indicators_of_the_report(run);
    the_duties(run);
}

fn the_indicators_of_the_report(run: &Path) {
    let told: BTreeMap<String, [String; 4]> = rows(run, "indicators")
        .into_iter()
        .filter(|row| row["scope"] == "all")
        .map(|row| {
            let figures = ["numerator", "denominator", "unknown", "value"].map(|column| row[column].clone());
            (row["indicator"].clone(), figures)
        })
        .collect();
    let mut figures: Vec<[&str; 4]> = told
        .values()
        .map(|row| [&row[0], &row[1], &row[2], &row[3]].map(std::string::String::as_str))
        .collect();
    figures.sort_unstable();
    let mut expected = [
        ["39", "41", "0", "0.951220"],
        ["37", "41", "0", "0.902439"],
        ["10189", "12107", "0", "0.841579"],
        ["386", "", "0", "386"],
        ["344", "", "0", "344"],
        ["69", "", "0", "69"],
        ["1263", "1654", "0", "0.763603"],
        ["47600", "", "0", "47600"],
        ["9202", "", "0", "9202"],
        ["47", "", "0", "47"],
    ];
    expected.sort_unstable();
    assert_eq!(figures, expected);
}

/// Counted from the files by other means.
fn the_duties(run: &Path) {
    let mut told: BTreeMap<(String, String), u64> = BTreeMap::new();
    for row in rows(run, "obligations") {
        *told.entry((row["clause"].clone(), row["status"].clone())).or_default() += 1;
    }
    let expected: BTreeMap<(String, String), u64> = [
        ("address_change", "in_remedy", 1),
        ("address_change", "met", 73),
        ("address_change", "pending", 3),
        ("address_change", "undetermined", 1),
        ("address_change", "unmet", 8),
        ("birth_registration", "excused", 1),
        ("birth_registration", "in_remedy", 1),
        ("birth_registration", "met", 33),
        ("birth_registration", "pending", 8),
        ("birth_registration", "undetermined", 2),
        ("birth_registration", "unmet", 3),
        ("keep_posted", "met", 42),
        ("keep_posted", "pending", 44),
        ("keep_posted", "undetermined", 1),
        ("keep_posted", "unmet", 1),
        ("pay_in_time", "in_remedy", 1),
        ("pay_in_time", "met", 428),
        ("pay_in_time", "pending", 1),
        ("pay_in_time", "undetermined", 1),
        ("pay_in_time", "unmet", 2),
        ("training_sessions", "excused", 293),
        ("training_sessions", "met", 2458),
        ("training_sessions", "pending", 167),
        ("yearly_report", "met", 38),
        ("yearly_report", "pending", 3),
    ]
    .into_iter()
    .map(|(clause, status, rows)| ((clause.to_owned(), status.to_owned()), rows))
    .collect();
    assert_eq!(told, expected);
}

fn the_summary_adds_up(run: &Path) {
    type Key = [String; 4];
    // A duty has no fund and no amount.
    let cell = |row: &Row, column: &str| row.get(column).cloned().unwrap_or_default();
    let key = |row: &Row| -> Key { ["village", "clause", "status", "fund"].map(|column| cell(row, column)) };
    let mut counted: BTreeMap<Key, (u64, i64)> = BTreeMap::new();
    for row in rows(run, "benefits").iter().chain(&rows(run, "obligations")) {
        let sums = counted.entry(key(row)).or_default();
        sums.0 += 1;
        sums.1 += fen(row);
    }
    let summary = rows(run, "summary");
    let told: BTreeMap<Key, (u64, i64)> =
        summary.iter().map(|row| (key(row), (row["entitlements"].parse().unwrap(), fen(row)))).collect();
    assert_eq!(told.len(), summary.len(), "one row a village, clause, status and fund");
    let differ = |key: &&Key| told.get(*key) != counted.get(*key);
    let wrong: Vec<&Key> = told.keys().chain(counted.keys()).filter(differ).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(summary.iter().all(|row| row["period"] == "2005"));

    let receipt: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(run.join("receipt.json")).unwrap()).unwrap();
    let mut funds: BTreeMap<String, i64> = BTreeMap::new();
    for row in summary.iter().filter(|row| row["status"] == "granted") {
        *funds.entry(row["fund"].clone()).or_default() += fen(row);
    }
    let told: BTreeMap<String, i64> = receipt["granted_by_fund"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(fund, amount)| (fund.clone(), Fen::from_yuan(amount.as_str().unwrap()).unwrap().0))
        .collect();
    assert_eq!(told, funds);
}

fn read_is_evaluated_and_rejected(run: &Path) {
    let receipt: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(run.join("receipt.json")).unwrap()).unwrap();
    let records = receipt["records"].as_array().unwrap();
    let counts: Vec<(&str, u64)> = records
        .iter()
        .map(|record| {
            let count = |name: &str| record[name].as_u64().unwrap();
            assert_eq!(count("rows"), count("read") + count("duplicates"), "{record}");
            assert_eq!(count("read"), count("evaluated") + count("rejected"), "{record}");
            (record["record"].as_str().unwrap(), count("evaluated"))
        })
        .collect();
    let file = |record: &str| {
        let path = root().join(format!("charters/town/register/{record}.csv"));
        u64::try_from(fs::read_to_string(path).unwrap().lines().count() - 1).unwrap()
    };
    for (record, evaluated) in &counts {
        assert_eq!(*evaluated, file(record), "{record}");
    }
    let files = fs::read_dir(root().join("charters/town/register")).unwrap();
    let is_table = |path: &Path| path.extension().is_some_and(|ending| ending == "csv");
    assert_eq!(counts.len(), files.filter(|entry| is_table(&entry.as_ref().unwrap().path())).count());
    assert_eq!((receipt["faults"].as_u64(), &receipt["data_errors"]), (Some(0), &serde_json::json!({})));
}

/// In every format a table has the same rows.
#[test]
fn objects_in_an_array_or_on_lines_are_the_rows_of_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    for layout in ["long", "wide"] {
        for format in ["csv", "json", "jsonl"] {
            let args = ["eval", "charters/town", "--data", "charters/town/register", "--period", "2005"];
            let more = ["--out", out, "--format", format, "--layout", layout];
            let ran = charter(root(), &[&args[..], &more[..]].concat());
            assert_eq!(ran.code, 0, "{}", ran.err);
        }
        for table in ["benefits", "obligations", "undetermined", "indicators", "summary"] {
            let text =
                |ending: &str| fs::read_to_string(folder.path().join(format!("{table}.{ending}"))).unwrap();
            let array: Vec<serde_json::Value> = serde_json::from_str(&text("json")).unwrap();
            let lines: Vec<serde_json::Value> =
                text("jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            assert_eq!(array, lines, "{table}, {layout}");
            assert_eq!(array.len(), rows(folder.path(), table).len(), "{table}, {layout}");
            assert!(array.len() > 10, "{table}, {layout}");
        }
    }
}

#[test]
fn twelve_months_and_four_quarters_are_the_year() {
    let mut texts =
        vec!["charters/standard.charter".to_owned(), "charters/town/framework.charter".to_owned()];
    let villages = fs::read_dir(root().join("charters/town/villages")).unwrap();
    texts.extend(
        villages
            .map(|entry| format!("charters/town/villages/{}", entry.unwrap().file_name().to_string_lossy()))
            .filter(|name| Path::new(name).extension().is_some_and(|ending| ending == "charter")),
    );
    texts.sort();
    let texts = texts.into_iter().map(|name| (name.clone(), fs::read_to_string(root().join(name)).unwrap()));
    let built = build_files(texts.collect());
    assert!(built.findings.iter().all(|finding| finding.code.severity < Severity::Warning));
    let plan = built.compiled.plan;
    let mut findings = DataFindings::new();
    let reading = Reading { schema: &plan.schema, needs: &|_, _| false, uses: &|_| true, known_on: None };
    let register = read(&root().join("charters/town/register"), &reading, &mut findings).unwrap();
    assert_eq!(findings.count(), 0);

    let judge = |periods: &[String]| {
        let mut found = Vec::new();
        let mut granted = 0;
        for period in periods {
            let period = Period::parse(period).unwrap();
            let run = run(&plan, &register, &period).unwrap();
            for unit in 0..run.rows(run.unit()) {
                for entitlement in run.judge(run.unit(), unit).entitlements {
                    if let Outcome::Granted(amount) = entitlement.outcome {
                        granted += amount.0;
                    }
                    let text = format!("{:?}", entitlement.outcome);
                    found.push((unit, entitlement.benefit, entitlement.target, entitlement.day, text));
                }
            }
        }
        found.sort();
        (granted, found)
    };
    let year = judge(&["2005".to_owned()]);
    let months: Vec<String> = (1..=12).map(|month| format!("2005-{month:02}")).collect();
    let quarters: Vec<String> = (1..=4).map(|quarter| format!("2005-Q{quarter}")).collect();
    assert!(year.0 > 0 && !year.1.is_empty());
    assert!(judge(&months) == year, "twelve months are not the year");
    assert!(judge(&quarters) == year, "four quarters are not the year");
}

/// A committee is asked about by its village, on the same footing as a household.
#[test]
fn a_committee_that_posted_for_twelve_days_is_told_why() {
    let args = ["why", "charters/town", "--data", "charters/town/register", "--period", "2005"];
    for (lang, said) in [
        ("en", ["2005  unmet", "must throughout 15 days after posted_on", "taken_down = 2005-07-17"]),
        ("zh", ["2005  未履行", "须 持续 15日 自 张贴日期 起", "撤下日期 = 2005-07-17"]),
    ] {
        for village in ["永忠村", "999901001201"] {
            let asked = ["--household", village, "--clause", "keep_posted", "--lang", lang];
            let ran = charter(root(), &[&args[..], &asked[..]].concat());
            assert_eq!(ran.code, 0, "{}", ran.err);
            for words in said {
                assert!(ran.out.contains(words), "{words}\n{}", ran.out);
            }
        }
    }
}
