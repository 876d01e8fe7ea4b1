//! A register read in parts gives the same tables as one held whole, on any number of threads.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// More households than one part holds.
const HOUSEHOLDS: u32 = 5_000;

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

/// Numbers that look like chance and are always the same.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        let place = usize::try_from(self.below(all.len() as u64)).unwrap();
        &all[place]
    }

    fn date(&mut self, from: u64) -> String {
        match self.below(20) {
            0 => String::new(),
            1 => format!("{}-{:02}", from + self.below(15), 1 + self.below(12)),
            2 => "13 May".to_owned(),
            _ => format!("{}-{:02}-{:02}", from + self.below(15), 1 + self.below(12), 1 + self.below(28)),
        }
    }
}

/// Rows of each file, the header first.
struct Files {
    households: Vec<String>,
    persons: Vec<String>,
    trainings: Vec<String>,
    /// They lie in persons, two levels deep.
    admissions: Vec<String>,
}

fn files() -> Files {
    let mut dice = Dice(2005);
    let mut files = Files {
        households: vec!["household_no,village,hukou,members,since,income,signed".to_owned()],
        persons: vec!["household_no,person_no,relation,birth".to_owned()],
        trainings: vec!["household_no,training_no,held_on".to_owned()],
        admissions: vec!["admission_no,person_no,admitted_on".to_owned()],
    };
    let (mut person, mut training, mut admission) = (0, 0, 0);
    for number in 0..HOUSEHOLDS {
        let key = format!("H{:06}", number * 3);
        let hukou = *dice.one_of(&["rural", "rural", "urban", "", "elsewhere"]);
        let (since, signed) = (dice.date(1995), dice.date(2000));
        files.households.push(format!(
            "{key},村{},{hukou},{},{since},{},{signed}",
            dice.below(7),
            dice.below(6),
            dice.below(9_000)
        ));
        for _ in 0..dice.below(5) {
            person += 1;
            let relation = *dice.one_of(&["head", "son", "daughter"]);
            files.persons.push(format!("{key},P{person:05},{relation},{}", dice.date(1988)));
            for _ in 0..dice.below(6).saturating_sub(4) {
                admission += 1;
                files.admissions.push(format!("{admission},P{person:05},{}", dice.date(1995)));
            }
        }
        for _ in 0..dice.below(3) {
            training += 1;
            files.trainings.push(format!("{key},{training},{}", dice.date(2001)));
        }
    }
    files
}

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

/// Puts the rows behind the header in another order.
fn shuffle(rows: &mut [String], dice: &mut Dice) {
    for place in (2..rows.len()).rev() {
        let other = 1 + usize::try_from(dice.below(place as u64)).unwrap();
        rows.swap(place, other);
    }
}

/// Writes a cell of a row backwards.
fn turn(row: &mut String, column: usize) {
    let mut cells: Vec<String> = row.split(',').map(str::to_owned).collect();
    cells[column] = cells[column].chars().rev().collect();
    *row = cells.join(",");
}

/// A way to put files into disorder, and whether they can still be read in parts.
type Disorder = (fn(&mut Files), bool);

const DISORDERS: [Disorder; 20] = [
    (|files| files.households.swap(10, 4_000), true),
    (|files| files.persons.swap(10, 4_000), true),
    (
        |files| {
            let mut dice = Dice(7);
            shuffle(&mut files.households, &mut dice);
            shuffle(&mut files.persons, &mut dice);
            shuffle(&mut files.trainings, &mut dice);
            shuffle(&mut files.admissions, &mut dice);
        },
        true,
    ),
    (|files| files.admissions.swap(10, 900), true),
    // Persons in order as numbers alone, which says nothing of what lies in them.
    (
        |files| {
            for (rows, column) in [(&mut files.persons, 1), (&mut files.admissions, 1)] {
                for row in &mut rows[1..] {
                    let mut cells: Vec<String> = row.split(',').map(str::to_owned).collect();
                    cells[column] = cells[column].replace('P', "").trim_start_matches('0').into();
                    *row = cells.join(",");
                }
            }
        },
        true,
    ),
    // Keys of no order, in the order of households: of what others lie in, and of what none does.
    (
        |files| {
            files.persons[1..].iter_mut().for_each(|row| turn(row, 1));
            files.admissions[1..].iter_mut().for_each(|row| turn(row, 1));
        },
        true,
    ),
    (|files| files.trainings[1..].iter_mut().for_each(|row| turn(row, 1)), true),
    // The same, and one of them stands twice, far apart.
    (
        |files| {
            let first = files.trainings[1].split(',').nth(1).unwrap().to_owned();
            let last = files.trainings.len() - 1;
            let mut cells: Vec<String> = files.trainings[last].split(',').map(str::to_owned).collect();
            cells[1] = first;
            files.trainings[last] = cells.join(",");
        },
        false,
    ),
    // An admission whose person is missing, and one that stands twice.
    (|files| files.admissions[9] = "9,P99999,1999-01-01".into(), false),
    (
        |files| {
            let (_, rest) = files.admissions[900].split_once(',').unwrap();
            files.admissions[900] = format!("7,{rest}");
        },
        false,
    ),
    // A person whose household is missing.
    (|files| files.persons[9] = "H000001,9,son,1999-01-01".into(), false),
    // The same person twice, far apart.
    (
        |files| {
            let last = files.persons.len() - 1;
            let mut cells: Vec<&str> = files.persons[last].split(',').collect();
            cells[1] = "P00007";
            files.persons[last] = cells.join(",");
        },
        false,
    ),
    // A person with two dates of birth.
    (
        |files| {
            let (household, _) = files.persons[70].split_once(",P00070,").unwrap();
            files.persons.push(format!("{household},P00070,son,1999-09-09"));
        },
        false,
    ),
    // A header that ends with a carriage return alone.
    (
        |files| {
            let first = files.households.remove(1);
            files.households[0] = format!("{}\r{first}", files.households[0]);
        },
        true,
    ),
    // Numbers without leading zeros, in the order of numbers.
    (
        |files| {
            for rows in [&mut files.households, &mut files.persons, &mut files.trainings] {
                for row in &mut rows[1..] {
                    let (key, rest) = row.split_once(',').unwrap();
                    *row = format!("{},{rest}", key[1..].parse::<u32>().unwrap());
                }
            }
        },
        true,
    ),
    // No household at all.
    (|files| files.households.truncate(1), false),
    // A household twice, the same and not.
    (|files| files.households.insert(30, files.households[29].clone()), true),
    (|files| files.households.insert(30, files.households[29].replace("rural", "urban")), true),
    // A row without a key, and one with a comma too many.
    (|files| files.households[3_000] = ",村1,rural,1,,5,".into(), false),
    // A quoted cell over two lines.
    (|files| files.households[77] = "H000228,\"村\n1\",rural,1,,5,".into(), true),
];

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
        (
            |files| {
                let mut dice = Dice(7);
                shuffle(&mut files.households, &mut dice);
                shuffle(&mut files.persons, &mut dice);
                shuffle(&mut files.trainings, &mut dice);
                shuffle(&mut files.admissions, &mut dice);
            },
            true,
        ),
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
