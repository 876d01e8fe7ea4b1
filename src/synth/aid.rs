//! Whom the association helps. In: the households of a village and its [`Share`]. Out: the same, with the days on which
//! help, difficulty, reward assistance and the offer of an agreement were recorded.

use super::dice::Dice;
use super::family::Household;
use super::person::{Known, Member, days, judged, years, ymd};
use super::quota::Share;
use crate::value::Day;

/// Marks as many households and people as the share says.
pub(super) fn mark(share: &Share, households: &mut [Household], dice: &mut Dice) {
    if let Some(from) = share.agreements_from {
        for household in households.iter_mut() {
            let brought = days(from, i64::from(dice.between(0, 30)));
            let signed = household.agreement_signed.unwrap_or(judged());
            household.agreement_offered = Some(brought.min(signed));
        }
    }
    help(share, households, dice);
    let confirmed = |household: &Household| household.hukou == Some("农业") && elder(household).is_some();
    for place in chosen(households, share.reward_confirmed, confirmed, dice) {
        let Some(member) = households.get_mut(place).and_then(elder_mut) else { continue };
        let sixty = years(member.birth, 60).max(ymd(2004, 5, 10));
        member.reward_confirmed = Some(dice.day(sixty, ymd(2005, 3, 31)));
    }
    for place in chosen(households, share.gave_up_earlier, one_child, dice) {
        let Some(household) = households.get_mut(place) else { continue };
        household.gave_up_birth = Some(dice.day(ymd(2003, 8, 1), ymd(2004, 11, 30)));
    }
}

fn help(share: &Share, households: &mut [Household], dice: &mut Dice) {
    for (rank, place) in (0..).zip(chosen(households, share.helped, |_| true, dice)) {
        let Some(household) = households.get_mut(place) else { continue };
        let from = dice.day(ymd(2004, 3, 1), ymd(2005, 12, 15));
        household.helped_from = Some(from);
        household.in_programme = Some(rank < share.helped_in_programme);
        if rank < share.donations {
            let first = from.max(ymd(2005, 2, 1));
            let confirmed = dice.day(first, ymd(2005, 11, 20));
            household.helped_from = Some(from.min(confirmed));
            household.difficulty_confirmed = Some(confirmed);
        }
    }
}

/// The places of so many households that fit, in a random order.
pub(super) fn chosen(
    households: &[Household],
    count: u64,
    fits: impl Fn(&Household) -> bool,
    dice: &mut Dice,
) -> Vec<usize> {
    let fitting = households.iter().enumerate().filter(|(_, household)| fits(household));
    let mut places: Vec<usize> = fitting.map(|(place, _)| place).collect();
    dice.shuffle(&mut places);
    places.truncate(usize::try_from(count).unwrap_or(usize::MAX));
    places
}

/// Born from 1933 to 1944: sixty by the end of 2004.
fn is_elder(member: &Member) -> bool {
    let born: std::ops::RangeInclusive<Day> = ymd(1933, 1, 1)..=ymd(1944, 12, 31);
    member.death.is_none() && member.known == Known::Day && born.contains(&member.birth)
}

fn elder(household: &Household) -> Option<&Member> {
    household.members.iter().find(|member| is_elder(member))
}

fn elder_mut(household: &mut Household) -> Option<&mut Member> {
    household.members.iter_mut().find(|member| is_elder(member))
}

/// A couple with one small child and neither a certificate nor a declaration.
fn one_child(household: &Household) -> bool {
    let mut children = household.members.iter().filter(|member| member.is_child());
    let small = |child: &Member| {
        child.death.is_none() && (ymd(1994, 1, 1)..=ymd(2001, 12, 31)).contains(&child.birth)
    };
    household.certificate.is_none()
        && household.gave_up_birth.is_none()
        && household.hukou.is_some()
        && children.next().is_some_and(small)
        && children.next().is_none()
}
