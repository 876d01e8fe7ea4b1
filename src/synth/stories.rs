//! Demonstrations. In: the households of one village after the other. Out: the same, with each story told once, of the
//! first household it fits: every standing a duty can have, a due day that moves, a row recorded late, an award that
//! awaits its decision.

use super::calendar::{is_weekend, working_day};
use super::deeds::of_working_age;
use super::dice::Dice;
use super::family::{CertificateKind, Household, Payment, Training};
use super::person::{Act, Admission, Known, Member, Move, NEVER, Sex, Stage, days, ymd};
use crate::value::Day;

/// Most stories told in one village, so that they spread over the town.
const PER_VILLAGE: usize = 2;
/// Days for registering a birth, and the days to make up for it.
const BIRTH: i64 = 60;
const REMEDY: i64 = 30;

/// The stories not told yet.
pub(super) struct Stories(Vec<Story>);

#[derive(Clone, Copy, Debug)]
enum Story {
    /// The birth of a child after the agreement, what became of its registration.
    Birth(Birth),
    /// The head of household moved that day; reported and recorded so.
    Moved(Move),
    /// These are the household's trainings of the year.
    Trained([Training; 2]),
    /// Difficulty confirmed by `by` at the latest (on it, where `exact`), approved and paid so many days later.
    Paid { by: Day, exact: bool, days: Option<i64>, blank: bool },
    /// A daughter of a certificate household admitted late in the year; nobody has decided yet.
    Awaited,
}

#[derive(Clone, Copy, Debug)]
enum Birth {
    Blank,
    Remedied,
    InRemedy,
    Pending,
    Unmet,
    DueOnSunday,
    DueOnHoliday,
    /// Lived for some days and was not registered.
    Died,
}

impl Stories {
    /// All of them.
    pub(super) fn new() -> Self {
        let births = [
            Birth::DueOnHoliday,
            Birth::DueOnSunday,
            Birth::Blank,
            Birth::InRemedy,
            Birth::Remedied,
            Birth::Pending,
            Birth::Unmet,
            Birth::Died,
        ];
        let moved = |month, day, reported, recorded| {
            Story::Moved(Move { on: ymd(2005, month, day), reported, recorded })
        };
        let attended = |day, recorded| Training { on: Some(day), recorded };
        let paid =
            |month, day, days| Story::Paid { by: ymd(2005, month, day), exact: false, days, blank: false };
        let unpaid_since =
            |month, day| Story::Paid { by: ymd(2005, month, day), exact: true, days: None, blank: false };
        let mut all: Vec<Story> = births.map(Story::Birth).into();
        all.extend([
            moved(4, 4, Act::On(ymd(2005, 4, 20)), None),
            moved(7, 1, Act::On(ymd(2005, 8, 1)), None),
            moved(3, 15, Act::Not, None),
            moved(11, 10, Act::Not, None),
            moved(12, 8, Act::Not, None),
            moved(6, 6, Act::Unrecorded, None),
            moved(12, 5, Act::On(ymd(2005, 12, 19)), Some(ymd(2006, 1, 12))),
            Story::Trained([
                attended(ymd(2005, 5, 22), None),
                attended(ymd(2005, 12, 15), Some(ymd(2006, 1, 12))),
            ]),
            Story::Trained([attended(ymd(2005, 6, 12), None), Training { on: None, recorded: None }]),
            paid(9, 10, Some(60)),
            paid(10, 10, Some(38)),
            paid(8, 20, None),
            Story::Paid { by: ymd(2005, 9, 30), exact: false, days: None, blank: true },
            unpaid_since(11, 14),
            unpaid_since(12, 8),
            Story::Awaited,
        ]);
        Self(all)
    }

    /// Tells what fits the households of one village.
    pub(super) fn tell(&mut self, households: &mut [Household], dice: &mut Dice) {
        let mut told = 0;
        for household in households.iter_mut() {
            if told == PER_VILLAGE {
                return;
            }
            let place = self.0.iter().position(|story| story.tell(household, dice));
            if let Some(place) = place {
                self.0.remove(place);
                told += 1;
            }
        }
    }
}

impl Story {
    /// False where it does not fit, and then nothing is changed.
    fn tell(self, household: &mut Household, dice: &mut Dice) -> bool {
        match self {
            Self::Birth(Birth::Died) => died(household, dice),
            Self::Birth(birth) => birth.tell(household),
            Self::Moved(moved) => head_moved(household, moved),
            Self::Trained(trainings) => {
                let fits = signed_by(household, ymd(2004, 12, 31))
                    && household.trainings.len() == 2
                    && household.members.iter().any(of_working_age);
                if fits {
                    household.trainings = trainings.into();
                }
                fits
            }
            Self::Paid { by, exact, days, blank } => {
                let Some(confirmed) = household.difficulty_confirmed else { return false };
                let payment = household.payments.iter_mut().find(|payment| payment.clause == "donation_help");
                let Some(payment) = payment.filter(|_| exact || confirmed <= by) else { return false };
                if exact {
                    household.difficulty_confirmed = Some(by);
                    household.helped_from = household.helped_from.map(|from| from.min(by));
                }
                pay(payment, exact.then_some(by), days, blank);
                true
            }
            Self::Awaited => awaited(household, dice),
        }
    }
}

fn pay(payment: &mut Payment, confirmed: Option<Day>, after: Option<i64>, blank: bool) {
    if let Some(confirmed) = confirmed {
        payment.approved = days(confirmed, 4);
    }
    payment.paid = match after {
        _ if blank => Act::Unrecorded,
        Some(after) => Act::On(days(payment.approved, after)),
        None => Act::Not,
    };
}

impl Birth {
    fn tell(self, household: &mut Household) -> bool {
        let Some(signed) = household.agreement_signed else { return false };
        let bound =
            |member: &&mut Member| member.is_child() && member.known == Known::Day && signed <= member.birth;
        let Some(child) = household.members.iter_mut().find(bound) else { return false };
        let due = days(child.birth, BIRTH);
        let day = working_day(due);
        let moves = due != day && due < ymd(2005, 11, 1);
        let born = |first: (i8, i8), last: (i8, i8)| {
            (ymd(2005, first.0, first.1)..=ymd(2005, last.0, last.1)).contains(&child.birth)
        };
        let (fits, registered) = match self {
            Self::Blank => (born((2, 1), (8, 31)), Act::Unrecorded),
            Self::Remedied => (born((1, 1), (8, 31)), Act::On(days(child.birth, BIRTH + REMEDY / 2))),
            Self::InRemedy => {
                let open = working_day(days(day, REMEDY)) > ymd(2005, 12, 31);
                (open && day < ymd(2005, 12, 31), Act::Not)
            }
            Self::Pending => (born((11, 10), (12, 25)), Act::Not),
            Self::Unmet => (born((2, 1), (7, 31)), Act::Not),
            Self::DueOnSunday => (moves && is_weekend(due) && due.next() == day, Act::On(day)),
            Self::DueOnHoliday => (moves && !is_weekend(due), Act::On(day)),
            Self::Died => return false,
        };
        if fits {
            child.registered = registered;
        }
        fits
    }
}

/// One more child, born after the agreement, who lived for some days.
fn died(household: &mut Household, dice: &mut Dice) -> bool {
    let birth = ymd(2005, 4, 12);
    let last = household.members.iter().filter(|member| member.is_child()).map(|child| child.birth).max();
    let of_age = |member: &Member| {
        matches!(member.relation, 2 | 12)
            && member.sex == Sex::Female
            && (21..=22).contains(&member.marital)
            && (20..=36).contains(&member.birth.full_years_to(birth))
    };
    let fits = signed_by(household, ymd(2005, 3, 1))
        && household.certificate.is_none()
        && household.gave_up_birth.is_none()
        && last.is_some_and(|last| last < ymd(2003, 1, 1))
        && household.members.iter().any(of_age);
    if fits {
        let child = Member::new(20, Sex::Male, birth, NEVER, dice);
        let death = Some(ymd(2005, 5, 2));
        household.members.push(Member { death, registered: Act::Not, ..child });
    }
    fits
}

fn signed_by(household: &Household, day: Day) -> bool {
    household.agreement_signed.is_some_and(|signed| signed <= day)
}

fn head_moved(household: &mut Household, moved: Move) -> bool {
    let fits = signed_by(household, ymd(2005, 1, 31)) && household.members.iter().all(|m| m.moved.is_none());
    let head = household.members.first_mut().filter(|_| fits);
    head.map(|head| head.moved = Some(moved)).is_some()
}

fn awaited(household: &mut Household, dice: &mut Dice) -> bool {
    let two_daughters = household.certificate.is_some_and(|it| it.kind == CertificateKind::Preferential);
    if !two_daughters || household.members.iter().any(|member| member.admission.is_some()) {
        return false;
    }
    let grown = |member: &&mut Member| {
        member.is_child() && (ymd(1986, 1, 1)..=ymd(1988, 6, 30)).contains(&member.birth)
    };
    let Some(daughter) = household.members.iter_mut().find(grown) else { return false };
    daughter.admission =
        Some(Admission { on: dice.day(ymd(2005, 11, 21), ymd(2005, 12, 9)), tier: "专科" });
    daughter.stage = Stage::Higher;
    true
}
