//! The households of one village before anyone has a birthday. In: the village's [`Share`]. Out: one [`Slot`] a
//! household, in the order of their numbers, whose sizes add up to the village's people.

use super::dice::Dice;
use super::quota::Share;

/// What one household has to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub(super) role: Role,
    /// Living members.
    pub(super) size: u8,
    pub(super) signed: bool,
    /// One of the couple had a check-up.
    pub(super) checkup: bool,
    /// The registration kind was not recorded.
    pub(super) hukou_blank: bool,
}

/// The story of a household. All but [`Role::Other`] have exactly one married woman of 15 to 49.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// No married woman of 15 to 49: the old, the single, the widowed.
    Other,
    /// A couple with any children; perhaps a parent of the head has died.
    Plain { deceased: Option<Deceased> },
    /// Two daughters and the preferential certificate.
    Preferential { insured: bool, scholarship: bool },
    /// One child and the only-child certificate.
    Honour(Honour),
    /// One daughter, and a further birth given up.
    GaveUp,
    /// A child admitted to higher education.
    Admitted,
    /// A small child whose birth is known to the month.
    MonthKnown,
}

/// What is recorded of a member who has died.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deceased {
    Known,
    BirthBlank,
}

/// The story of an only-child certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Honour {
    /// Issued in January to September 2005.
    New,
    /// Held all through 2005 for a child under 14, registered rural.
    Steady,
    /// Issued before 2005 for a child of any age.
    Earlier,
    /// As `Steady`, but the registration kind was not recorded.
    HukouBlank,
    /// Held all through 2005 for a child born in 1991, no more is known.
    YearKnown,
    /// Cancelled by the end of 2005.
    Cancelled,
}

/// How many living members a household of some kind may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) least: u8,
    pub(super) most: u8,
}

impl Sizes {
    pub(super) fn of(role: Role) -> Self {
        let (least, most) = match role {
            Role::Other => (1, 4),
            Role::Plain { .. } => (2, 6),
            Role::Preferential { .. } => (4, 6),
            Role::Honour(_) | Role::GaveUp | Role::MonthKnown => (3, 5),
            Role::Admitted => (3, 6),
        };
        Self { least, most }
    }

    /// How many households of each size range a village has.
    pub(super) fn of_village(share: &Share) -> [(u64, Self); 5] {
        let small = share.honour_new + share.honour_earlier + share.gave_up_birth + share.birth_month;
        let plain = share.married_women.saturating_sub(small + share.preferential + share.admissions);
        let preferential = Role::Preferential { insured: true, scholarship: false };
        [
            (share.households - share.married_women, Self::of(Role::Other)),
            (plain, Self::of(Role::Plain { deceased: None })),
            (share.preferential, Self::of(preferential)),
            (small, Self::of(Role::GaveUp)),
            (share.admissions, Self::of(Role::Admitted)),
        ]
    }
}

/// The households of a village, in a random order.
pub(super) fn slots(share: &Share, dice: &mut Dice) -> Vec<Slot> {
    let mut slots: Vec<Slot> = Vec::new();
    for role in roles(share) {
        let hukou_blank = role == Role::Honour(Honour::HukouBlank);
        slots.push(Slot { role, size: usual_size(role, dice), signed: false, checkup: false, hukou_blank });
    }
    mark(
        &mut slots,
        share.hukou_blank_plain,
        |slot| slot.role == Role::Other,
        |slot| slot.hukou_blank = true,
    );
    // Each mark falls on the first slots that fit, so the order is drawn anew before each.
    dice.shuffle(&mut slots);
    mark(&mut slots, share.checkups, |slot| slot.role != Role::Other, |slot| slot.checkup = true);
    dice.shuffle(&mut slots);
    mark(&mut slots, share.signed, |_| true, |slot| slot.signed = true);
    dice.shuffle(&mut slots);
    fit_sizes(&mut slots, share.living, dice);
    slots
}

fn mark(slots: &mut [Slot], count: u64, of: impl Fn(&Slot) -> bool, set: impl Fn(&mut Slot)) {
    let chosen = slots.iter_mut().filter(|slot| of(slot));
    chosen.zip(0..count).for_each(|(slot, _)| set(slot));
}

fn roles(share: &Share) -> Vec<Role> {
    let steady = share.honour_earlier.min(1);
    let told = share.hukou_blank_certified + share.birth_year_certified + share.honour_cancelled;
    let insured = share.preferential - share.scholarships - share.uninsured;
    let honour = [
        (Honour::New, share.honour_new),
        (Honour::Steady, steady),
        (Honour::HukouBlank, share.hukou_blank_certified),
        (Honour::YearKnown, share.birth_year_certified),
        (Honour::Cancelled, share.honour_cancelled),
        (Honour::Earlier, share.honour_earlier.saturating_sub(steady + told)),
    ];
    let mut counted = vec![
        (Role::Preferential { insured: true, scholarship: true }, share.scholarships),
        (Role::Preferential { insured: true, scholarship: false }, insured),
        (Role::Preferential { insured: false, scholarship: false }, share.uninsured),
        (Role::GaveUp, share.gave_up_birth),
        (Role::Admitted, share.admissions),
        (Role::MonthKnown, share.birth_month),
        (Role::Plain { deceased: Some(Deceased::BirthBlank) }, share.birth_blank_deceased),
        (Role::Plain { deceased: Some(Deceased::Known) }, share.deceased - share.birth_blank_deceased),
    ];
    counted.extend(honour.map(|(honour, count)| (Role::Honour(honour), count)));
    let with_role: u64 = counted.iter().map(|(_, count)| count).sum();
    counted.push((Role::Plain { deceased: None }, share.married_women - with_role));
    counted.push((Role::Other, share.households - share.married_women));
    let all = counted.into_iter().flat_map(|(role, count)| (0..count).map(move |_| role));
    all.collect()
}

/// Shares that come near the report's people a household; [`fit_sizes`] does the rest.
fn usual_size(role: Role, dice: &mut Dice) -> u8 {
    let sizes: &[(u8, u64)] = match role {
        Role::Other => &[(1, 25), (2, 45), (3, 22), (4, 8)],
        Role::Plain { .. } => &[(2, 9), (3, 30), (4, 34), (5, 18), (6, 9)],
        Role::Preferential { .. } => &[(4, 65), (5, 20), (6, 15)],
        Role::Honour(_) | Role::GaveUp | Role::MonthKnown => &[(3, 62), (4, 20), (5, 18)],
        Role::Admitted => &[(3, 35), (4, 45), (5, 12), (6, 8)],
    };
    dice.weighted(sizes, Sizes::of(role).least)
}

/// Adds and removes one member here and there until the village has its people.
fn fit_sizes(slots: &mut [Slot], living: u64, dice: &mut Dice) {
    let mut now: u64 = slots.iter().map(|slot| u64::from(slot.size)).sum();
    let least = slots.iter().map(|slot| u64::from(Sizes::of(slot.role).least)).sum();
    let most = slots.iter().map(|slot| u64::from(Sizes::of(slot.role).most)).sum();
    // Floors and caps of the shares are these sums, so this changes nothing that can be reached.
    let living = living.clamp(least, most);
    while now != living {
        let place = dice.place(slots.len());
        let Some(slot) = slots.get_mut(place) else { return };
        let sizes = Sizes::of(slot.role);
        if now < living && slot.size < sizes.most {
            slot.size += 1;
            now += 1;
        } else if now > living && slot.size > sizes.least {
            slot.size -= 1;
            now -= 1;
        }
    }
}
