//! A register read in parts gives the same tables as one held whole, on any number of threads.

use crate::disorder::{DISORDERS, Dice, Files, files};
#[cfg(feature = "parquet")]
use crate::disorder::{Disorder, shuffle_all};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// A small charter with a benefit of each rhythm, a duty and an indicator.
const CHARTER: &str = r#"
purpose help "帮扶"

article 1 subsidy children "子女补助"
    for    household
    when   any (persons where full years from birth to today < 14)
    pay    10 yuan * count (persons where full years from birth to today < 14) each month
    serves care
    paid from a 1/3, b 2/3

article 2 reward joined "入保奖"
    for    household
    when   since <= today
    pay    50 yuan once
    serves help
    paid from a

article 3 obligation seminars "参加讲座"
    for    household
    binds  household
    bound  when signed <= today
    must   at least 1 trainings each year
    remedy 30 days
    appeal 15 days to "村民代表会议"

article 4 reward study "升学奖"
    for    admission
    when   admitted_on <= today
    pay    300 yuan
    serves help
    paid from a

indicator people "人口" = count (persons where birth <= today)

indicator share "比重" =
    count (persons where relation is son and birth <= today) / count (persons where birth <= today)
"#;

fn write(folder: &Path, files: &Files, ending: &str) {
    let write = |name: &str, rows: &[String]| {
        let mut text = String::new();
        for row in rows {
            write!(text, "{row}{ending}").unwrap();
        }
        fs::write(folder.join(name), text).unwrap();
    };
    write("household.csv", &files.households);
    write("persons.csv", &files.persons);
    write("training.csv", &files.trainings);
    write("admission.csv", &files.admissions);
}

/// The tables of a run by file name, and what it said.
type Ran = (Vec<(String, String)>, String);

/// Are two runs alike? Where not, the first line in which they differ is shown.
fn assert_alike(one: &Ran, other: &Ran, what: &str) {
    let texts = |(tables, said): &Ran| {
        let named = tables.iter().map(|(name, text)| format!("{name}\n{text}"));
        named.chain([said.clone()]).collect::<Vec<_>>().join("\n")
    };
    let (one, other) = (texts(one), texts(other));
    let differs = one.lines().zip(other.lines()).find(|(one, other)| one != other);
    assert_eq!(differs, None, "{what}");
    assert_eq!(one.lines().count(), other.lines().count(), "{what}");
}

/// The tables of a run by file name, without what tells how it went, and what it said.
fn run(folder: &Path, arguments: &[&str]) -> Ran {
    let out = folder.join("out");
    let _ = fs::remove_dir_all(&out);
    let result = command(folder, arguments).output().unwrap();
    let said = String::from_utf8(result.stderr).unwrap();
    assert!(result.status.success(), "{said}");
    (tables(&out), said)
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_charter"));
    command.args(["eval", "--lang", "en", "--period", "2004-07..2005-06"]).arg(folder.join("charter"));
    command.arg("--data").arg(folder.join("data")).arg("--out").arg(folder.join("out")).args(arguments);
    command
}

/// The files of a folder by name.
fn tables(out: &Path) -> Vec<(String, String)> {
    let mut tables: Vec<(String, String)> = fs::read_dir(out)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), text(&entry.path())))
        .collect();
    tables.sort();
    tables
}

/// The text of a file; one that was left in the middle of its writing may end within a character.
fn text(path: &Path) -> String {
    let bytes = fs::read(path).unwrap();
    if path.extension().is_some_and(|ending| ending == "partial") {
        return String::from_utf8_lossy(&bytes).into_owned();
    }
    String::from_utf8(bytes).unwrap()
}

fn prepare(files: &Files, ending: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("data")).unwrap();
    fs::create_dir_all(folder.path().join("charter")).unwrap();
    let (charter, words) = (format!("{}{CHARTER}", crate::semantics::HEAD), crate::random::WORDS);
    fs::write(folder.path().join("charter/demo.charter"), charter).unwrap();
    let words = words.split_once('\n').unwrap().1;
    fs::write(folder.path().join("charter/words.charter"), words).unwrap();
    write(&folder.path().join("data"), files, ending);
    folder
}

/// So little memory that every register is read in parts, and so much that none is.
const PARTS: [&str; 2] = ["--memory", "1B"];
const WHOLE: [&str; 2] = ["--memory", "100GB"];

#[test]
fn parts_are_the_whole() {
    for ending in ["\n", "\r\n"] {
        let folder = prepare(&files(), ending);
        for layout in ["long", "wide"] {
            let (whole, said) =
                run(folder.path(), &[&WHOLE[..], &["--layout", layout, "--jobs", "1"]].concat());
            assert!(said.contains("D001 × "), "{said}");
            for jobs in ["1", "2", "7"] {
                let asked = [&PARTS[..], &["--layout", layout, "--jobs", jobs, "--timings"]].concat();
                let (parts, told) = run(folder.path(), &asked);
                assert_eq!(parts, whole, "{layout}, {jobs} jobs");
                assert!(told.contains("read in parts"), "{told}");
            }
        }
    }
}

#[test]
fn files_in_disorder_give_the_same() {
    for (place, (disorder, in_parts)) in DISORDERS.iter().enumerate() {
        let mut files = files();
        disorder(&mut files);
        let folder = prepare(&files, "\n");
        let whole = run(folder.path(), &WHOLE);
        for jobs in ["1", "2"] {
            let mut parts = run(folder.path(), &[&PARTS[..], &["--jobs", jobs]].concat());
            assert_eq!(held_whole(&mut parts.1), !in_parts, "disorder {place}");
            assert_alike(&parts, &whole, &format!("disorder {place}"));
        }
        let (_, told) = run(folder.path(), &[&PARTS[..], &["--timings"]].concat());
        assert_eq!(told.contains("read in parts"), *in_parts, "disorder {place}: {told}");
    }
}

#[test]
fn a_file_of_another_encoding_is_read_in_parts() {
    let folder = prepare(&files(), "\n");
    let path = folder.path().join("data/household.csv");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, encoding_rs::GB18030.encode(&text).0).unwrap();
    assert_alike(&run(folder.path(), &PARTS), &run(folder.path(), &WHOLE), "GB18030");
    let (_, told) = run(folder.path(), &[&PARTS[..], &["--timings"]].concat());
    assert!(told.contains("read in parts"), "{told}");
}

/// Takes away the line that tells that a register is held whole; true where it was there.
fn held_whole(said: &mut String) -> bool {
    let lines = said.lines().count();
    *said = said
        .lines()
        .filter(|line| !line.contains("yet it is held whole"))
        .fold(String::new(), |all, line| all + line + "\n");
    said.lines().count() < lines
}

#[test]
fn where_temporary_files_cannot_be_written_it_is_told() {
    let mut files = files();
    files.households.swap(10, 4_000);
    let folder = prepare(&files, "\n");
    let (whole, _) = run(folder.path(), &WHOLE);
    let ran = command(folder.path(), &PARTS).env("TMPDIR", folder.path().join("none")).output().unwrap();
    let said = String::from_utf8(ran.stderr).unwrap();
    assert!(
        said.contains("yet it is held whole") && said.contains("temporary files cannot be written"),
        "{said}"
    );
    assert_eq!(tables(&folder.path().join("out")), whole);
}

#[test]
fn a_run_that_stops_leaves_no_folder() {
    let folder = prepare(&files(), "\n");
    for memory in [&PARTS, &WHOLE] {
        let ran = command(folder.path(), &memory[..]).arg("--strict").output().unwrap();
        assert_eq!(ran.status.code(), Some(2), "{memory:?}");
        assert!(!folder.path().join("out").exists(), "{memory:?}");
    }
}

/// The files of a folder again, as Parquet, as Arrow, and persons in four files.
#[cfg(feature = "parquet")]
fn typed(files: &Files) -> tempfile::TempDir {
    let folder = prepare(files, "\n");
    let at = |name: &str| folder.path().join(name);
    fs::rename(at("data"), at("csv")).unwrap();
    crate::parquet::convert(&at("csv"), &at("data"));
    folder
}

#[cfg(feature = "parquet")]
#[test]
fn parts_of_typed_files_are_the_whole() {
    let folder = typed(&files());
    let (whole, said) = run(folder.path(), &[&WHOLE[..], &["--jobs", "1"]].concat());
    assert!(said.contains("D001 × "), "{said}");
    for jobs in ["1", "2", "7"] {
        let (parts, told) = run(folder.path(), &[&PARTS[..], &["--jobs", jobs, "--timings"]].concat());
        assert_eq!(parts, whole, "{jobs} jobs");
        assert!(told.contains("read in parts"), "{told}");
    }
    let disorders: [Disorder; 7] = [
        (|files| files.households.swap(10, 4_000), true),
        (|files| files.persons.swap(10, 4_000), true),
        (|files| files.admissions.swap(10, 900), true),
        (shuffle_all, true),
        // A person whose household is missing, a household twice, and one without a key.
        (|files| files.persons[9] = "H000001,9,son,1999-01-01".into(), false),
        (|files| files.households.insert(30, files.households[29].clone()), true),
        (|files| files.households[3_000] = ",村1,rural,1,,5,".into(), false),
    ];
    for (place, (disorder, in_parts)) in disorders.iter().enumerate() {
        let mut files = files();
        disorder(&mut files);
        let folder = typed(&files);
        let whole = run(folder.path(), &WHOLE);
        let mut parts = run(folder.path(), &[&PARTS[..], &["--jobs", "2"]].concat());
        assert_eq!(held_whole(&mut parts.1), !in_parts, "disorder {place}");
        assert_alike(&parts, &whole, &format!("disorder {place}"));
        let (_, told) = run(folder.path(), &[&PARTS[..], &["--timings"]].concat());
        assert_eq!(told.contains("read in parts"), *in_parts, "disorder {place}: {told}");
    }
}

#[test]
fn a_record_in_many_files_is_read_in_parts() {
    let folder = prepare(&files(), "\n");
    let data = folder.path().join("data");
    let (whole, _) = run(folder.path(), &WHOLE);
    for (name, cuts) in [("household", [1_000, 1_001, 3_000]), ("persons", [1, 700, 9_000])] {
        let text = fs::read_to_string(data.join(format!("{name}.csv"))).unwrap();
        let (header, rows) = text.split_once('\n').unwrap();
        let rows: Vec<&str> = rows.lines().collect();
        fs::remove_file(data.join(format!("{name}.csv"))).unwrap();
        fs::create_dir(data.join(name)).unwrap();
        let ends = [0].into_iter().chain(cuts).chain([rows.len()]).collect::<Vec<usize>>();
        for (part, ends) in ends.windows(2).enumerate() {
            let body = rows[ends[0]..ends[1]].join("\n");
            fs::write(data.join(name).join(format!("part-{part}.csv")), format!("{header}\n{body}")).unwrap();
        }
    }
    let without_receipt = |mut tables: Vec<(String, String)>| {
        tables.retain(|(name, _)| name != "receipt.json");
        tables
    };
    let (parts, told) = run(folder.path(), &[&PARTS[..], &["--timings"]].concat());
    assert!(told.contains("read in parts"), "{told}");
    assert_eq!(without_receipt(parts.clone()), without_receipt(whole));
    assert_eq!(run(folder.path(), &WHOLE).0, parts);
}

/// Moments at which a run is killed; `CHARTER_KILLS` asks for more.
const KILLS: usize = 8;

#[test]
fn a_run_that_is_killed_leaves_no_part_under_a_name() {
    let kills = u32::try_from(crate::mutants::asked("CHARTER_KILLS", KILLS)).unwrap();
    let folder = prepare(&files(), "\n");
    let begun = Instant::now();
    let (whole, _) = run(folder.path(), &PARTS);
    let took = begun.elapsed();
    let mut dice = Dice(u64::from(kills));
    for _ in 0..kills {
        let out = folder.path().join("out");
        fs::remove_dir_all(&out).unwrap();
        let mut child = command(folder.path(), &PARTS).stderr(Stdio::null()).spawn().unwrap();
        // A little longer than a whole run, so that the names are being given at some of the moments.
        let moment = u32::try_from(dice.below(1_100)).unwrap();
        std::thread::sleep(took * moment / 1_000);
        child.kill().unwrap();
        child.wait().unwrap();
        let left = if out.exists() { tables(&out) } else { Vec::new() };
        for (name, text) in left.iter().filter(|(name, _)| !name.ends_with(".partial")) {
            assert!(whole.contains(&(name.clone(), text.clone())), "{name} is not whole");
        }
        // What was left does not disturb the next run.
        let result = command(folder.path(), &PARTS).output().unwrap();
        assert!(result.status.success());
        assert_eq!(tables(&out), whole);
    }
}
