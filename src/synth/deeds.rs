//! What happened to a household: trainings, moves, decisions and payments. In: a household whose members, certificates and
//! help are settled. Out: the same, with rows of these four files.

use super::aid::chosen;
use super::dice::Dice;
use super::family::{CertificateKind, Decision, Household, Payment, Training};
use super::person::{Act, Member, Move, days, judged, ymd};
use super::quota::Share;
use crate::value::Day;

/// What the households of a village did and received.
pub(super) fn add(share: &Share, households: &mut [Household], dice: &mut Dice) {
    for household in households.iter_mut() {
        trainings(household, dice);
        decisions(household, dice);
        payments(household, dice);
    }
    for place in chosen(households, share.moves, |_| true, dice) {
        let Some(household) = households.get_mut(place) else { continue };
        let member = dice.place(household.members.len());
        if let Some(member) = household.members.get_mut(member).filter(|member| member.death.is_none()) {
            member.moved = Some(moved(member, dice));
        }
    }
}

/// Sessions of 2005. A household goes once the agreement is signed.
fn trainings(household: &mut Household, dice: &mut Dice) {
    let Some(signed) = household.agreement_signed else { return };
    let counts: &[(u32, u64)] = if signed > ymd(2004, 12, 31) {
        &[(0, 40), (1, 40), (2, 20)]
    } else if household.members.iter().any(of_working_age) {
        &[(0, 2), (1, 4), (2, 62), (3, 24), (4, 8)]
    } else {
        &[(0, 60), (1, 25), (2, 15)]
    };
    let count = dice.weighted(counts, 2);
    let mut attended: Vec<Day> =
        (0..count).map(|_| dice.day(ymd(2005, 1, 15).max(signed), ymd(2005, 12, 20))).collect();
    attended.sort_unstable();
    let row = |on: Day| {
        let late = dice.percent(1).then(|| days(on, i64::from(dice.between(3, 11))));
        Training { on: Some(on), recorded: late }
    };
    household.trainings = attended.into_iter().map(row).collect();
}

/// 16 to 59 on the judged day.
pub(super) fn of_working_age(member: &Member) -> bool {
    member.death.is_none() && (16..=59).contains(&member.birth.full_years_to(judged()))
}

/// The town's award for the daughter of a certificate household.
fn decisions(household: &mut Household, dice: &mut Dice) {
    if !preferential(household) {
        return;
    }
    for (place, member) in household.members.iter().enumerate() {
        let Some(admission) = member.admission.filter(|_| member.is_child()) else { continue };
        let on = days(admission.on, i64::from(dice.between(20, 35)));
        let yuan = dice.weighted(&[(2_000, 40), (3_000, 40), (4_000, 20)], 3_000);
        household.decisions.push(Decision { place, yuan, on });
        let paid = Act::On(days(on, i64::from(dice.between(5, 20))));
        household.payments.push(Payment { clause: "scholarship", yuan, approved: on, paid });
    }
}

fn preferential(household: &Household) -> bool {
    household.certificate.is_some_and(|certificate| certificate.kind == CertificateKind::Preferential)
}

/// What the town and the association paid in 2005.
fn payments(household: &mut Household, dice: &mut Dice) {
    if let Some(insured) = household.pension_insured.filter(|_| preferential(household)) {
        let approved = days(insured, i64::from(dice.between(1, 4)));
        let paid = days(approved, i64::from(dice.between(3, 20))).min(ymd(2005, 12, 30));
        household.payments.push(Payment { clause: "pension_town", yuan: 200, approved, paid: Act::On(paid) });
    }
    if let Some(confirmed) = household.difficulty_confirmed {
        let approved = days(confirmed, i64::from(dice.between(2, 8)));
        let paid = Act::On(days(approved, i64::from(dice.between(3, 25))));
        household.payments.push(Payment { clause: "donation_help", yuan: 150, approved, paid });
    }
    let confirmed = household.members.iter().filter(|member| member.reward_confirmed.is_some()).count();
    for _ in 0..confirmed {
        let approved = dice.day(ymd(2005, 10, 10), ymd(2005, 10, 28));
        let paid = Act::On(days(approved, i64::from(dice.between(5, 25))));
        household.payments.push(Payment { clause: "reward_assistance", yuan: 600, approved, paid });
    }
}

fn moved(member: &Member, dice: &mut Dice) -> Move {
    let on = dice.day(days(member.birth, 10).max(ymd(2004, 6, 1)), ymd(2005, 12, 20));
    let reported = match dice.below(100) {
        0..88 => Act::by_judged(days(on, i64::from(dice.between(1, 28)))),
        88..94 => Act::by_judged(days(on, i64::from(dice.between(35, 58)))),
        _ => Act::Not,
    };
    Move { on, reported, recorded: None }
}
