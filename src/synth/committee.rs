//! What a village's committee did: its officers, postings and reports. In: the village's [`Share`] and the committees of
//! which there is something to tell. Out: rows.

use super::dice::Dice;
use super::person::{Act, days, ymd};
use super::profile::Boards;
use super::quota::Share;
use crate::value::Day;

/// The rows of one village.
pub(super) struct Committee {
    pub(super) officers: Vec<Officer>,
    pub(super) postings: Vec<Posting>,
    /// The day of each report; none where nobody wrote it down.
    pub(super) reports: Vec<Option<Day>>,
}

/// One row of `officer.csv`.
pub(super) struct Officer {
    /// Label of the standard vocabulary.
    pub(super) post: &'static str,
    pub(super) from: Day,
    pub(super) until: Option<Day>,
}

/// One row of `posting.csv`.
pub(super) struct Posting {
    pub(super) on: Day,
    /// `Not` while it is still up.
    pub(super) taken_down: Act,
}

/// Invents them.
pub(super) fn build(share: &Share, boards: &Boards, dice: &mut Dice) -> Committee {
    Committee {
        officers: officers(share, boards, dice),
        postings: postings(share, boards, dice),
        reports: reports(share, boards, dice),
    }
}

fn officers(share: &Share, boards: &Boards, dice: &mut Dice) -> Vec<Officer> {
    let mut officers = Vec::new();
    let posts = [("镇理事会成员", share.council_members), ("村协会副会长", share.vice_chairs)];
    for (post, count) in posts {
        for _ in 0..count {
            let from = dice.day(ymd(2003, 6, 1), ymd(2004, 9, 30));
            officers.push(Officer { post, from, until: None });
        }
    }
    if share.name == boards.new_vice_chair {
        let (post, from) = ("村协会副会长", ymd(2005, 6, 1));
        if let Some(last) = officers.last_mut().filter(|last| last.post == post) {
            last.until = Some(ymd(2005, 5, 31));
            officers.push(Officer { post, from, until: None });
        }
    }
    officers
}

/// The lists of July and December; the second is still up at the end of the year.
fn postings(share: &Share, boards: &Boards, dice: &mut Dice) -> Vec<Posting> {
    let on = dice.day(ymd(2005, 7, 4), ymd(2005, 7, 8));
    let taken_down = days(on, i64::from(dice.between(20, 30)));
    let taken_down = match &share.name {
        name if *name == boards.posted_12_days => Act::On(days(on, 12)),
        name if *name == boards.taken_down_unknown => Act::Unrecorded,
        _ => Act::On(taken_down),
    };
    let winter = dice.day(ymd(2005, 12, 19), ymd(2005, 12, 23));
    vec![Posting { on, taken_down }, Posting { on: winter, taken_down: Act::Not }]
}

/// A village with a charter reports at the end of each year, from the first full half-year on.
fn reports(share: &Share, boards: &Boards, dice: &mut Dice) -> Vec<Option<Day>> {
    let mut reports = Vec::new();
    let Some(adopted) = share.charter_adopted else { return reports };
    let mut report = |year| dice.day(ymd(year, 11, 20), ymd(year, 12, 24));
    let (earlier, now) = (report(2004), report(2005));
    if adopted <= ymd(2004, 6, 30) {
        reports.push(Some(earlier));
    }
    if share.name == boards.report_day_unknown {
        reports.push(None);
    } else if !boards.no_report.contains(&share.name) {
        reports.push(Some(now));
    }
    reports
}
