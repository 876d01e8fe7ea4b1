//! One invented person. In: a sex, a day of birth and a place in the household. Out: a [`Member`], the cells of a row.

use super::dice::Dice;
use crate::value::{Civil, Day, DaySpan};

/// One row of `person.csv`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    /// GB/T 4761.
    pub(super) relation: u8,
    pub(super) sex: Sex,
    /// The true day; the row shows as much of it as `known` says.
    pub(super) birth: Day,
    pub(super) known: Known,
    pub(super) death: Option<Day>,
    /// GB/T 2261.2, as the standard vocabulary lists it.
    pub(super) marital: u8,
    pub(super) stage: Stage,
    pub(super) registered: Act,
    pub(super) reward_confirmed: Option<Day>,
    pub(super) admission: Option<Admission>,
    pub(super) checkup: Option<Checkup>,
    pub(super) moved: Option<Move>,
}

/// GB/T 2261.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sex {
    Male = 1,
    Female = 2,
}

/// How much of a date was written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    Day,
    Month,
    Year,
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    None,
    Compulsory,
    Senior,
    Higher,
}

/// What the register says of something that was to be done: a birth registered, a move reported, an amount paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    On(Day),
    /// Not done by the judged day.
    Not,
    /// Nobody wrote it down.
    Unrecorded,
}

/// One row of `move.csv`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Move {
    pub(super) on: Day,
    pub(super) reported: Act,
    /// Where it was entered later than it was reported.
    pub(super) recorded: Option<Day>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Admission {
    pub(super) on: Day,
    /// Label of the standard vocabulary.
    pub(super) tier: &'static str,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Checkup {
    pub(super) on: Day,
    pub(super) consented: bool,
}

/// Marital status.
pub(super) const NEVER: u8 = 10;
pub(super) const MARRIED: u8 = 20;
pub(super) const WIDOWED: u8 = 30;
pub(super) const DIVORCED: u8 = 40;

/// Relations to the head of household; a husband is a man's relation, so sons- and daughters-in-law differ by sex too.
pub(super) const HEAD: u8 = 2;
pub(super) const FATHER: u8 = 51;
pub(super) const MOTHER: u8 = 52;
pub(super) const OTHER: u8 = 90;

/// The day of these numbers. Every call names a day that exists; a mistake would show as year 1 in the tests.
pub(super) fn ymd(year: i16, month: i8, day: i8) -> Day {
    Day::new(year, month, day).unwrap_or(Day::MIN)
}

/// The day all figures of the profile are true on.
pub(super) fn judged() -> Day {
    ymd(2005, 12, 31)
}

/// That many years later, or earlier where negative.
pub(super) fn years(day: Day, years: i64) -> Day {
    day.add_months(years * 12).unwrap_or(day)
}

/// That many days later.
pub(super) fn days(day: Day, days: i64) -> Day {
    day.add_days(days).unwrap_or(day)
}

impl Sex {
    /// One of the two, evenly.
    pub(super) fn draw(dice: &mut Dice) -> Self {
        if dice.percent(50) { Self::Male } else { Self::Female }
    }
}

impl Stage {
    /// The label of the standard vocabulary.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::None => "未就学",
            Self::Compulsory => "义务教育",
            Self::Senior => "高中",
            Self::Higher => "高等教育",
        }
    }

    /// By the age on the judged day; nine years of compulsory schooling begin at six.
    fn draw(birth: Day, dice: &mut Dice) -> Self {
        match birth.full_years_to(judged()) {
            7..=15 => Self::Compulsory,
            16..=18 if dice.percent(55) => Self::Senior,
            _ => Self::None,
        }
    }
}

impl Member {
    /// A living member about whom all is known, with the schooling of that age.
    pub(super) fn new(relation: u8, sex: Sex, birth: Day, marital: u8, dice: &mut Dice) -> Self {
        let stage = Stage::draw(birth, dice);
        let registered = Act::draw(birth, dice);
        let known = Known::Day;
        Self {
            relation,
            sex,
            birth,
            known,
            death: None,
            marital,
            stage,
            registered,
            reward_confirmed: None,
            admission: None,
            checkup: None,
            moved: None,
        }
    }

    /// A child of the head of household.
    pub(super) fn child(sex: Sex, birth: Day, only: bool, dice: &mut Dice) -> Self {
        let relation = match sex {
            Sex::Male => 20,
            Sex::Female => 30,
        };
        Self::new(relation + u8::from(only), sex, birth, NEVER, dice)
    }

    /// A son or daughter of the head of household.
    pub(super) fn is_child(&self) -> bool {
        matches!(self.relation, 20 | 21 | 30 | 31)
    }

    /// The birth as the register has it; none where nobody wrote it down.
    pub(super) fn recorded_birth(&self) -> Option<DaySpan> {
        let Civil { year, month, .. } = self.birth.civil();
        match self.known {
            Known::Day => Some(DaySpan::day(self.birth)),
            Known::Month => DaySpan::month(year, month),
            Known::Year => DaySpan::year(year),
            Known::Nothing => None,
        }
    }
}

impl Act {
    /// On that day, if it is not after the judged one.
    pub(super) fn by_judged(day: Day) -> Self {
        if day <= judged() { Self::On(day) } else { Self::Not }
    }

    /// Most births are registered within 60 days, some later, a few not yet.
    fn draw(birth: Day, dice: &mut Dice) -> Self {
        if birth < ymd(2003, 1, 1) {
            return Self::Unrecorded;
        }
        let after = match dice.below(100) {
            0..93 => dice.between(3, 55),
            93..97 => dice.between(61, 200),
            _ => return Self::Not,
        };
        Self::by_judged(days(birth, i64::from(after)))
    }
}
