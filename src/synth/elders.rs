//! The old: parents who live with a couple, and households without a married woman of 15 to 49.
//! In: how many, and whose parents. Out: members.

use super::dice::Dice;
use super::person::{
    DIVORCED, FATHER, HEAD, Known, MARRIED, MOTHER, Member, NEVER, Sex, WIDOWED, days, years, ymd,
};
use super::plan::Deceased;
use crate::value::Day;

/// A woman born by this day is 50 on the judged day.
fn fifty() -> Day {
    ymd(1955, 12, 31)
}

/// Up to two parents of someone born on `child`, with one more who has died where `deceased` says so (then at most one of
/// them lives).
pub(super) fn parents(child: Day, living: u8, deceased: Option<Deceased>, dice: &mut Dice) -> Vec<Member> {
    let mother = dice.day(years(child, -38), years(child, -20).min(fifty()));
    let father = dice.day(years(mother, -7), years(mother, 2).min(years(child, -20)));
    let both = living >= 2;
    let marital = if both { MARRIED } else { WIDOWED };
    let father = Member::new(FATHER, Sex::Male, father, marital, dice);
    let mother = Member::new(MOTHER, Sex::Female, mother, marital, dice);
    if both {
        return vec![father, mother];
    }
    let (stays, gone) = if dice.percent(35) { (father, mother) } else { (mother, father) };
    let mut parents: Vec<Member> = (0..living).map(|_| stays).collect();
    if let Some(deceased) = deceased {
        let known = match deceased {
            Deceased::Known => Known::Day,
            Deceased::BirthBlank => Known::Nothing,
        };
        let death = Some(dice.day(ymd(2000, 1, 1), ymd(2005, 12, 20)));
        parents.push(Member { known, death, marital: MARRIED, ..gone });
    }
    parents
}

/// A household of that many people without a married woman of 15 to 49.
pub(super) fn household(size: u8, dice: &mut Dice) -> Vec<Member> {
    match size {
        0 | 1 => vec![single(dice)],
        2 if dice.percent(35) => with_children(1, dice),
        2 => couple(ymd(1925, 1, 1), dice).into(),
        _ => {
            let [head, spouse] = couple(ymd(1940, 1, 1), dice);
            let mother = if head.sex == Sex::Female { head.birth } else { spouse.birth };
            let mut members = vec![head, spouse];
            members.extend(grown_children(mother, size - 2, dice));
            members
        }
    }
}

fn single(dice: &mut Dice) -> Member {
    let (marital, first, last) = dice.weighted(
        &[
            ((WIDOWED, 1918, 1944), 45),
            ((NEVER, 1940, 1983), 35),
            ((DIVORCED, 1945, 1975), 17),
            ((90, 1930, 1955), 3),
        ],
        (WIDOWED, 1918, 1944),
    );
    let birth = dice.day(ymd(first, 1, 1), ymd(last, 12, 31));
    // Far more men than women stay unmarried, and more women outlive their husbands.
    let women = match marital {
        NEVER => 12,
        WIDOWED => 66,
        _ => 50,
    };
    let sex = if dice.percent(women) { Sex::Female } else { Sex::Male };
    Member::new(HEAD, sex, birth, marital, dice)
}

fn couple(wife_from: Day, dice: &mut Dice) -> [Member; 2] {
    let wife = dice.day(wife_from, fifty());
    let husband = dice.day(years(wife, -6), years(wife, 3));
    if dice.percent(92) {
        let husband = Member::new(HEAD, Sex::Male, husband, MARRIED, dice);
        [husband, Member::new(12, Sex::Female, wife, MARRIED, dice)]
    } else {
        let wife = Member::new(HEAD, Sex::Female, wife, MARRIED, dice);
        [wife, Member::new(11, Sex::Male, husband, MARRIED, dice)]
    }
}

fn with_children(count: u8, dice: &mut Dice) -> Vec<Member> {
    let birth = dice.day(ymd(1940, 1, 1), ymd(1960, 12, 31));
    let marital = if dice.percent(60) { WIDOWED } else { DIVORCED };
    let sex = Sex::draw(dice);
    let mut members = vec![Member::new(HEAD, sex, birth, marital, dice)];
    members.extend(grown_children(birth, count, dice));
    members
}

/// One or two unmarried grown children of a parent born from 1940 on, more than two years apart.
fn grown_children(parent: Day, count: u8, dice: &mut Dice) -> Vec<Member> {
    let first = years(parent, 20).max(ymd(1970, 1, 1));
    let last = years(parent, 38).min(ymd(1989, 12, 31));
    let elder = dice.day(first, days(first, 1_000));
    let younger = dice.day(days(elder, 800), last);
    let births = [elder, younger];
    let only = count == 1;
    let children = births.into_iter().take(usize::from(count));
    children.map(|birth| Member::child(Sex::draw(dice), birth, only, dice)).collect()
}
