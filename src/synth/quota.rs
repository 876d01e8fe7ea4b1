//! Who gets how many. In: the profile and a number of households. Out: the [`Share`] of each village, whole numbers that
//! add up to the town's figures (largest remainder), within what a village can hold.

use super::plan::Sizes;
use super::profile::{Figure, Kind, Profile, Village};
use crate::value::Day;
use std::io;

/// What one village holds: the figures of the profile, scaled and shared out.
#[derive(Clone, Debug, Default)]
pub(super) struct Share {
    pub(super) name: String,
    pub(super) kind: Option<Kind>,
    /// Twelve digits.
    pub(super) code: String,
    pub(super) households: u64,
    pub(super) living: u64,
    pub(super) married_women: u64,
    pub(super) preferential: u64,
    pub(super) uninsured: u64,
    pub(super) scholarships: u64,
    pub(super) honour_new: u64,
    pub(super) honour_earlier: u64,
    pub(super) honour_cancelled: u64,
    pub(super) admissions: u64,
    pub(super) gave_up_birth: u64,
    pub(super) checkups: u64,
    pub(super) deceased: u64,
    pub(super) signed: u64,
    pub(super) hukou_blank_certified: u64,
    pub(super) hukou_blank_plain: u64,
    pub(super) birth_year_certified: u64,
    pub(super) birth_month: u64,
    pub(super) birth_blank_deceased: u64,
    pub(super) charter_adopted: Option<Day>,
    pub(super) agreements_from: Option<Day>,
    pub(super) helped: u64,
    pub(super) helped_in_programme: u64,
    pub(super) donations: u64,
    pub(super) reward_confirmed: u64,
    pub(super) vice_chairs: u64,
    pub(super) council_members: u64,
    pub(super) gave_up_earlier: u64,
    pub(super) moves: u64,
}

/// Groups of a village have two digits, households of a group four.
const GROUPS: u64 = 99;
const GROUP_MAX: u64 = 9_999;
const GROUP_USUAL: u64 = 40;

impl Share {
    /// True for a village, false for a neighbourhood committee.
    pub(super) fn is_rural(&self) -> bool {
        self.kind == Some(Kind::Administrative)
    }

    /// Eighteen digits: area, group, household; `place` counts from 0.
    pub(super) fn household_number(&self, place: usize) -> String {
        let size = GROUP_USUAL.max(self.households.div_ceil(GROUPS));
        let place = u64::try_from(place).unwrap_or(u64::MAX);
        format!("{}{:02}{:04}", self.code, place / size + 1, place % size + 1)
    }

    /// Couples without a role of their own.
    fn plain_couples(&self) -> u64 {
        let roles = self.preferential
            + self.gave_up_birth
            + self.honour_new
            + self.honour_earlier
            + self.admissions
            + self.birth_month;
        self.married_women.saturating_sub(roles)
    }

    /// Earlier only-child certificates beyond the steady first and those with a story of their own.
    fn honour_rest(&self) -> u64 {
        let told = self.honour_cancelled + self.hukou_blank_certified + self.birth_year_certified;
        self.honour_earlier.saturating_sub(1 + told)
    }
}

/// Shares a request for that many households out to the villages of the profile.
pub(super) fn shares(profile: &Profile, households: u64) -> io::Result<Vec<Share>> {
    let weights: Vec<u64> = profile.villages.iter().map(|village| village.households).collect();
    let free = vec![households; weights.len()];
    let counts = apportion(households, &weights, &vec![0; weights.len()], &free);
    if counts.iter().any(|count| *count > GROUPS * GROUP_MAX) {
        let message =
            format!("{households} households are more than the household numbers of one town can count");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let mut shares = named(profile, &counts);
    let mut town = Town { profile, households, shares: &mut shares };
    let figures = &profile.figures;
    town.share(&figures.married_women, |v| v.households, |v| &mut v.married_women);
    town.share(&figures.preferential, Share::plain_couples, |v| &mut v.preferential);
    town.share(&figures.scholarships, |v| v.preferential, |v| &mut v.scholarships);
    town.share(&figures.uninsured, |v| v.preferential - v.scholarships, |v| &mut v.uninsured);
    town.share(&figures.gave_up_birth, Share::plain_couples, |v| &mut v.gave_up_birth);
    town.share(&figures.honour_new, Share::plain_couples, |v| &mut v.honour_new);
    town.share(&figures.honour_earlier, Share::plain_couples, |v| &mut v.honour_earlier);
    town.share(&figures.hukou_blank_certified, Share::honour_rest, |v| &mut v.hukou_blank_certified);
    town.share(&figures.birth_year_certified, Share::honour_rest, |v| &mut v.birth_year_certified);
    town.share(&figures.honour_cancelled, Share::honour_rest, |v| &mut v.honour_cancelled);
    town.share(&figures.admissions, Share::plain_couples, |v| &mut v.admissions);
    town.share(&figures.birth_month, Share::plain_couples, |v| &mut v.birth_month);
    town.share(&figures.deceased, Share::plain_couples, |v| &mut v.deceased);
    town.share(&figures.birth_blank_deceased, |v| v.deceased, |v| &mut v.birth_blank_deceased);
    town.share(&figures.hukou_blank_plain, |v| v.households - v.married_women, |v| &mut v.hukou_blank_plain);
    town.share(&figures.checkups, |v| v.married_women, |v| &mut v.checkups);
    town.share_living(&figures.living);
    town.share(&figures.helped, |v| v.households, |v| &mut v.helped);
    town.share(&figures.donations, |v| v.helped, |v| &mut v.donations);
    town.share(&figures.helped_in_programme, |v| v.helped, |v| &mut v.helped_in_programme);
    town.share(&figures.reward_confirmed, |v| v.households, |v| &mut v.reward_confirmed);
    town.share(&figures.vice_chairs, |v| v.households, |v| &mut v.vice_chairs);
    town.share(&figures.council_members, |v| v.households, |v| &mut v.council_members);
    town.share(&figures.gave_up_earlier, |v| v.households, |v| &mut v.gave_up_earlier);
    town.share(&figures.moves, |v| v.households, |v| &mut v.moves);
    Ok(shares)
}

/// Each village with its name, code, households and signatures, by code. Codes of villages run from 200, of committees
/// from 001.
fn named(profile: &Profile, counts: &[u64]) -> Vec<Share> {
    let (mut villages, mut committees) = (200, 1);
    let share = |(village, households): (&Village, &u64)| {
        let number = match village.kind {
            Kind::Administrative => &mut villages,
            Kind::Neighbourhood => &mut committees,
        };
        let code = format!("{}{:03}", profile.area, number);
        *number += 1;
        let signed = if village.agreements.is_some() {
            (households * profile.signed_percent).div_ceil(100)
        } else {
            0
        };
        let (name, kind) = (village.name.clone(), Some(village.kind));
        let (charter_adopted, agreements_from) = (village.charter, village.agreements);
        let households = *households;
        Share { name, kind, code, households, signed, charter_adopted, agreements_from, ..Share::default() }
    };
    let mut shares: Vec<Share> = profile.villages.iter().zip(counts).map(share).collect();
    shares.sort_by(|a, b| a.code.cmp(&b.code));
    shares
}

struct Town<'a> {
    profile: &'a Profile,
    households: u64,
    shares: &'a mut [Share],
}

impl Town<'_> {
    /// In proportion to the households, half up.
    fn scaled(&self, figure: u64) -> u64 {
        let reference = self.profile.reference;
        (figure * self.households * 2 + reference) / (reference * 2)
    }

    fn share(
        &mut self,
        figure: &Figure,
        room: impl Fn(&Share) -> u64,
        field: impl Fn(&mut Share) -> &mut u64,
    ) {
        let allowed = |share: &Share| {
            (figure.only.is_empty() || figure.only.contains(&share.name))
                && (!figure.rural || share.is_rural())
                && (!figure.agreements || share.agreements_from.is_some())
        };
        let least =
            |share: &Share| self.scaled(figure.at_least.get(&share.name).map_or(figure.each, |least| *least));
        let weights = self.column(|share| if allowed(share) { share.households } else { 0 });
        let caps = self.column(|share| if allowed(share) { room(share) } else { 0 });
        let floors = self.column(|share| if allowed(share) { least(share) } else { 0 });
        let counts = apportion(self.scaled(figure.town), &weights, &floors, &caps);
        for (share, count) in self.shares.iter_mut().zip(counts) {
            *field(share) = count;
        }
    }

    /// People are shared out last: what families there are bounds how many live in them.
    fn share_living(&mut self, figure: &Figure) {
        let weights = self.column(|share| share.households);
        let bounds = |pick: fn(Sizes) -> u64| {
            let families = |share: &Share| Sizes::of_village(share).map(|(count, sizes)| count * pick(sizes));
            self.column(|share| families(share).iter().sum())
        };
        let (floors, caps) = (bounds(|sizes| u64::from(sizes.least)), bounds(|sizes| u64::from(sizes.most)));
        let counts = apportion(self.scaled(figure.town), &weights, &floors, &caps);
        for (share, count) in self.shares.iter_mut().zip(counts) {
            share.living = count;
        }
    }

    fn column(&self, cell: impl Fn(&Share) -> u64) -> Vec<u64> {
        self.shares.iter().map(cell).collect()
    }
}

/// Whole shares of `total` in proportion to the weights (largest remainder, ties to the first), each within its floor and
/// cap. The shares add up to `total` wherever floors and caps allow; a floor above its cap gives way.
pub(super) fn apportion(total: u64, weights: &[u64], floors: &[u64], caps: &[u64]) -> Vec<u64> {
    let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum::<u128>().max(1);
    let exact = |weight: &u64| u128::from(total) * u128::from(*weight);
    let mut shares = Vec::with_capacity(weights.len());
    let mut order = Vec::with_capacity(weights.len());
    for ((place, weight), (floor, cap)) in weights.iter().enumerate().zip(floors.iter().zip(caps)) {
        let whole = u64::try_from(exact(weight) / sum).unwrap_or(u64::MAX);
        shares.push(whole.max(*floor).min(*cap));
        order.push((std::cmp::Reverse(exact(weight) % sum), place));
    }
    order.sort_unstable();
    let fits = |place: usize, share: u64| {
        let (floor, cap) = (floors.get(place).copied().unwrap_or(0), caps.get(place).copied().unwrap_or(0));
        (floor.min(cap)..=cap).contains(&share)
    };
    loop {
        let given: u64 = shares.iter().sum();
        if given == total {
            return shares;
        }
        let mut missing = given.abs_diff(total);
        let before = missing;
        // Upwards the largest remainder comes first, downwards the smallest.
        let step = |share: u64| if given < total { share.checked_add(1) } else { share.checked_sub(1) };
        let turn: Vec<usize> = order.iter().map(|(_, place)| *place).collect();
        let turn: Vec<usize> = if given < total { turn } else { turn.into_iter().rev().collect() };
        for place in turn {
            let Some(share) = shares.get_mut(place) else { continue };
            if let Some(next) = step(*share).filter(|next| missing > 0 && fits(place, *next)) {
                *share = next;
                missing -= 1;
            }
        }
        if missing == before {
            return shares;
        }
    }
}
