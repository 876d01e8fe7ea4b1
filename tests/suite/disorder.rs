//! A register made up of numbers that look like chance, and ways to put its files into disorder.

/// More households than one part holds.
const HOUSEHOLDS: u32 = 5_000;

/// Numbers that look like chance and are always the same.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, sides: u64) -> u64 {
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
pub struct Files {
    pub households: Vec<String>,
    pub persons: Vec<String>,
    pub trainings: Vec<String>,
    /// They lie in persons, two levels deep.
    pub admissions: Vec<String>,
}

pub fn files() -> Files {
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

/// Puts the rows behind the header in another order.
fn shuffle(rows: &mut [String], dice: &mut Dice) {
    for place in (2..rows.len()).rev() {
        let other = 1 + usize::try_from(dice.below(place as u64)).unwrap();
        rows.swap(place, other);
    }
}

/// The same of every file.
pub fn shuffle_all(files: &mut Files) {
    let mut dice = Dice(7);
    for rows in [&mut files.households, &mut files.persons, &mut files.trainings, &mut files.admissions] {
        shuffle(rows, &mut dice);
    }
}

/// Writes a cell of a row backwards.
fn turn(row: &mut String, column: usize) {
    let mut cells: Vec<String> = row.split(',').map(str::to_owned).collect();
    cells[column] = cells[column].chars().rev().collect();
    *row = cells.join(",");
}

/// A way to put files into disorder, and whether they can still be read in parts.
pub type Disorder = (fn(&mut Files), bool);

pub const DISORDERS: [Disorder; 20] = [
    (|files| files.households.swap(10, 4_000), true),
    (|files| files.persons.swap(10, 4_000), true),
    (shuffle_all, true),
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
