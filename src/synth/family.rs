//! One invented household. In: its [`Slot`]. Out: a [`Household`], the cells of its rows in every file.
//!
//! Children come first: the mother's birth follows from theirs (she is 20 to 38 at each), and everyone else's from hers.

use super::dice::Dice;
use super::elders;
use super::person::{
    Act, Admission, Checkup, FATHER, HEAD, Known, MARRIED, MOTHER, Member, OTHER, Sex, Stage, days, judged,
    years, ymd,
};
use super::plan::{Honour, Role, Slot};
use super::quota::Share;
use crate::value::Day;

/// One row of `household.csv` and the rows that belong to it.
#[derive(Clone, Debug)]
pub(super) struct Household {
    /// Label of the standard vocabulary; none where nobody wrote it down.
    pub(super) hukou: Option<&'static str>,
    pub(super) agreement_signed: Option<Day>,
    pub(super) pension_insured: Option<Day>,
    pub(super) gave_up_birth: Option<Day>,
    pub(super) agreement_offered: Option<Day>,
    pub(super) helped_from: Option<Day>,
    pub(super) in_programme: Option<bool>,
    pub(super) difficulty_confirmed: Option<Day>,
    pub(super) members: Vec<Member>,
    pub(super) certificate: Option<Certificate>,
    pub(super) trainings: Vec<Training>,
    pub(super) payments: Vec<Payment>,
    pub(super) decisions: Vec<Decision>,
}

/// One row of `certificate.csv`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Certificate {
    pub(super) kind: CertificateKind,
    pub(super) issued: Day,
    pub(super) cancelled: Option<Day>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CertificateKind {
    OnlyChildHonour,
    Preferential,
}

/// One row of `training.csv`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Training {
    /// None where nobody wrote the day down.
    pub(super) on: Option<Day>,
    /// Where it was entered later than it took place.
    pub(super) recorded: Option<Day>,
}

/// One row of `payment.csv`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Payment {
    pub(super) clause: &'static str,
    pub(super) yuan: u32,
    pub(super) approved: Day,
    pub(super) paid: Act,
}

/// One row of `decision.csv`: an award for the admission of that member.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decision {
    pub(super) place: usize,
    pub(super) yuan: u32,
    pub(super) on: Day,
}

/// Invents the household of a slot.
pub(super) fn build(share: &Share, slot: Slot, dice: &mut Dice) -> Household {
    let mut members = match slot.role {
        Role::Other => elders::household(slot.size, dice),
        _ => couple_household(slot, dice),
    };
    if slot.checkup {
        let on = dice.day(ymd(2005, 3, 1), ymd(2005, 11, 30));
        let checkup = Some(Checkup { on, consented: dice.percent(90) });
        if let Some(member) = members.first_mut() {
            member.checkup = checkup;
        }
    }
    let certificate = certificate(slot.role, &members, dice);
    let last_birth = members.iter().map(|member| member.birth).max();
    let gave_up_birth = (slot.role == Role::GaveUp).then(|| {
        dice.day(
            last_birth.map_or(judged(), |birth| days(birth, 500)).max(ymd(2004, 6, 1)),
            ymd(2005, 11, 30),
        )
    });
    Household {
        hukou: (!slot.hukou_blank).then(|| hukou(share, slot.role, dice)),
        agreement_signed: slot
            .signed
            .then(|| dice.day(share.agreements_from.unwrap_or(judged()), ymd(2005, 10, 31))),
        pension_insured: insured(slot.role, certificate, dice),
        gave_up_birth,
        agreement_offered: None,
        helped_from: None,
        in_programme: None,
        difficulty_confirmed: None,
        members,
        certificate,
        trainings: Vec::new(),
        payments: Vec::new(),
        decisions: Vec::new(),
    }
}

fn hukou(share: &Share, role: Role, dice: &mut Dice) -> &'static str {
    let certain =
        matches!(role, Role::Preferential { .. } | Role::Honour(Honour::Steady | Honour::YearKnown));
    let rural = if share.is_rural() { 96 } else { 12 };
    match dice.below(100) {
        _ if certain && share.is_rural() => "农业",
        drawn if drawn < rural => "农业",
        99 => "其他",
        _ => "非农业",
    }
}

fn insured(role: Role, certificate: Option<Certificate>, dice: &mut Dice) -> Option<Day> {
    match (role, certificate) {
        (Role::Preferential { insured, .. }, Some(certificate)) => {
            let first = days(certificate.issued, 5).max(ymd(2005, 1, 10));
            insured.then(|| dice.day(first, ymd(2005, 12, 20)))
        }
        (Role::Plain { .. } | Role::Admitted, _) if dice.percent(12) => {
            Some(dice.day(ymd(2004, 3, 1), ymd(2005, 12, 20)))
        }
        _ => None,
    }
}

fn certificate(role: Role, members: &[Member], dice: &mut Dice) -> Option<Certificate> {
    let last_birth = members.iter().map(|member| member.birth).max()?;
    let (kind, issued, cancelled) = match role {
        Role::Preferential { .. } => {
            let first = days(last_birth, 60).max(ymd(2003, 1, 1));
            (CertificateKind::Preferential, dice.day(first, ymd(2005, 6, 30)), None)
        }
        Role::Honour(Honour::New) => {
            (CertificateKind::OnlyChildHonour, dice.day(ymd(2005, 1, 4), ymd(2005, 9, 30)), None)
        }
        Role::Honour(honour) => {
            let issued = dice.day(days(last_birth, 30), days(last_birth, 1_000).min(ymd(2003, 12, 31)));
            let after = days(issued, 200).max(ymd(2003, 1, 1));
            let cancelled = (honour == Honour::Cancelled).then(|| dice.day(after, ymd(2005, 12, 31)));
            (CertificateKind::OnlyChildHonour, issued, cancelled)
        }
        _ => return None,
    };
    Some(Certificate { kind, issued, cancelled })
}

/// A couple whose wife is a married woman of 15 to 49, with children and parents.
fn couple_household(slot: Slot, dice: &mut Dice) -> Vec<Member> {
    let (count, old) = split(slot, dice);
    let births = births(slot.role, count, dice);
    let wife = mother(&births, dice);
    let husband = dice.day(years(wife, -6), years(wife, 2).min(ymd(1983, 12, 31)));
    let marital = dice.weighted(&[(21, 85), (MARRIED, 10), (22, 4), (23, 1)], MARRIED);
    let wife_heads = dice.percent(8);
    let (his, hers) = if wife_heads { (11, HEAD) } else { (HEAD, 12) };
    let husband = Member::new(his, Sex::Male, husband, marital, dice);
    let wife = Member::new(hers, Sex::Female, wife, marital, dice);
    let (head, spouse) = if wife_heads { (wife, husband) } else { (husband, wife) };
    let deceased = if let Role::Plain { deceased } = slot.role { deceased } else { None };
    let mut members = vec![head, spouse];
    for (place, birth) in births.iter().enumerate() {
        let sex = match slot.role {
            Role::Preferential { .. } | Role::GaveUp => Sex::Female,
            _ => Sex::draw(dice),
        };
        let mut child = Member::child(sex, *birth, count == 1, dice);
        if place == 0 {
            tell(slot.role, &mut child, dice);
        }
        members.push(child);
    }
    if old > 0 || deceased.is_some() {
        members.extend(elders::parents(head.birth, old, deceased, dice));
    }
    if slot.role == (Role::Plain { deceased: None }) && old > 0 && dice.percent(35) {
        headed_by_parent(&mut members);
    }
    members
}

/// How many children and how many parents live with the couple.
fn split(slot: Slot, dice: &mut Dice) -> (u8, u8) {
    let extra = slot.size.saturating_sub(2);
    let old_most = if matches!(slot.role, Role::Plain { deceased: Some(_) }) { 1 } else { 2 };
    let children = match slot.role {
        Role::Honour(_) | Role::GaveUp | Role::MonthKnown => 1,
        Role::Admitted if extra == 1 || extra == 3 && dice.percent(60) => 1,
        Role::Preferential { .. } | Role::Admitted => 2,
        _ => {
            let old = dice.weighted(&[(0, 62), (1, 16), (2, 22)], 0_u8);
            extra.saturating_sub(old.min(old_most)).min(3)
        }
    };
    (children, extra.saturating_sub(children))
}

/// Births of the children, the eldest first: 18 to 47 months apart, the last by the judged day.
fn births(role: Role, count: u8, dice: &mut Dice) -> Vec<Day> {
    let year = |year: i16| ymd(year, 1, 1);
    let (first, last) = match role {
        Role::Preferential { scholarship: true, .. } | Role::Admitted => (ymd(1986, 9, 1), ymd(1987, 8, 31)),
        Role::Preferential { .. } => (year(1984), ymd(1999, 12, 31)),
        Role::Honour(Honour::New) => (year(2002), ymd(2004, 12, 1)),
        Role::Honour(Honour::Steady | Honour::HukouBlank) => (year(1993), ymd(2000, 12, 31)),
        Role::Honour(Honour::YearKnown) => (year(1991), ymd(1991, 12, 31)),
        Role::Honour(_) => (year(1988), ymd(2002, 12, 31)),
        Role::GaveUp => (year(1996), ymd(2002, 12, 31)),
        Role::MonthKnown => (year(2002), ymd(2004, 12, 31)),
        Role::Plain { .. } | Role::Other => {
            let later = i64::from(count.saturating_sub(1)) * 4;
            (year(1982), years(judged(), -later))
        }
    };
    let eldest = dice.day(first, last);
    let mut births = Vec::with_capacity(usize::from(count));
    let mut next = eldest;
    for _ in 0..count {
        births.push(next);
        next = days(next, i64::from(dice.between(550, 1_430)));
    }
    births
}

/// Birth of the wife: 20 to 30 at her first child, 49 or younger on the judged day.
fn mother(births: &[Day], dice: &mut Dice) -> Day {
    let oldest = ymd(1956, 1, 1);
    match births.first() {
        Some(first) => dice.day(years(*first, -30).max(oldest), years(*first, -20)),
        None if dice.percent(55) => dice.day(ymd(1979, 1, 1), ymd(1983, 12, 31)),
        None => dice.day(oldest, ymd(1961, 12, 31)),
    }
}

/// What the role says of the eldest child.
fn tell(role: Role, child: &mut Member, dice: &mut Dice) {
    let tiers = [("专科", 45), ("本科", 43), ("重点", 12)];
    let tier = match role {
        Role::Honour(Honour::YearKnown) => return child.known = Known::Year,
        Role::MonthKnown => return child.known = Known::Month,
        Role::Preferential { scholarship: true, .. } => "本科",
        Role::Admitted => dice.weighted(&tiers, "专科"),
        _ => return,
    };
    let on = dice.day(ymd(2005, 7, 20), ymd(2005, 8, 31));
    child.admission = Some(Admission { on, tier });
    child.stage = Stage::Higher;
}

/// Makes a parent of the head the head: the couple becomes child and child-in-law, the children grandchildren.
fn headed_by_parent(members: &mut [Member]) {
    let Some(anchor) = members.first().map(|head| head.sex) else { return };
    let both = members.iter().filter(|member| matches!(member.relation, FATHER | MOTHER)).count() > 1;
    for (place, member) in members.iter_mut().enumerate() {
        member.relation = match (place, member.relation, anchor) {
            (0, _, Sex::Male) => 20,
            (0, _, Sex::Female) => 30,
            (1, _, Sex::Male) => 38,
            (1, _, Sex::Female) => 28,
            (_, MOTHER, _) if both => 12,
            (_, FATHER | MOTHER, _) => HEAD,
            _ => OTHER,
        };
    }
}
