//! Two benefits of one purpose that a household can have in one calendar year must say how they stand to each other.
//! Precedence is declared, never guessed.

use super::days;
use super::questions::{Asked, Questions};
use super::solve::{Answer, Literal, Question, Undecided, Witness};
use crate::ast::{ProratingPart, Relation, Rhythm};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::{Benefit, Plan};
use crate::schema::RecordId;
use crate::source::Span;
use crate::value::{Day, PeriodUnit};
use std::collections::{BTreeMap, BTreeSet};

/// Most pairs of judged days that are asked about first.
const MAX_MOMENTS: usize = 160;
/// Those of them that lie nearest to each other.
const NEAR_MOMENTS: usize = 80;
/// Most further pairs, of those on which both may pay.
const MAX_FURTHER: usize = 2_000;

/// One finding a pair.
pub(super) fn pairs(plan: &Plan, questions: &Questions<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut seen: BTreeSet<(Span, Span)> = BTreeSet::new();
    let purposes = purposes(plan);
    let purpose = |benefit: &Benefit| purposes.get(benefit.purpose?.0);
    for (place, first) in plan.benefits.iter().enumerate() {
        for second in plan.benefits.iter().skip(place + 1) {
            if purpose(first).is_none()
                || purpose(first) != purpose(second)
                || !stand_together(plan, first, second)
                || related(plan, first, second)
            {
                continue;
            }
            let (lower, upper) =
                if depth(plan, first) > depth(plan, second) { (first, second) } else { (second, first) };
            if seen.contains(&(lower.title.0, upper.title.0)) {
                continue;
            }
            if let Some(finding) = conflict(plan, questions, lower, upper) {
                seen.insert((lower.title.0, upper.title.0));
                findings.push(finding);
            }
        }
    }
    findings
}

fn conflict(plan: &Plan, questions: &Questions<'_>, lower: &Benefit, upper: &Benefit) -> Option<Diagnostic> {
    let (nearest, rest) = moments(plan, lower, upper);
    if nearest.is_empty() {
        return None;
    }
    let both = Both { plan, questions, lower, upper };
    let rows = rows(plan, lower.target, upper.target);
    let mut doubt = None;
    let among = |moments: &[Vec<Day>], doubt: &mut Option<Undecided>| {
        rows.iter().find_map(|place| match both.meet(*place, moments) {
            Ok(found) => found,
            Err(why) => {
                *doubt = doubt.or(Some(why));
                None
            }
        })
    };
    let mut found = among(&nearest, &mut doubt);
    // What takes too long on some days would on more of them.
    if found.is_none() && doubt != Some(Undecided::TooLong) {
        let further = both.possible(&nearest, rest);
        let cut = further.len() > MAX_FURTHER;
        found = among(further.get(..MAX_FURTHER).unwrap_or(&further), &mut doubt);
        doubt = doubt.or(cut.then_some(Undecided::TooLong));
    }
    if let (None, Some(why)) = (&found, doubt) {
        questions.doubt_beside(lower.title.0, (upper.title.0, Term::from(&upper.label)), why);
    }
    found
}

/// Two benefits of one purpose.
struct Both<'p> {
    plan: &'p Plan,
    questions: &'p Questions<'p>,
    lower: &'p Benefit,
    upper: &'p Benefit,
}

impl Both<'_> {
    /// A household that has both, on some pairs of days.
    fn meet(
        &self,
        (first, second): (usize, usize),
        moments: &[Vec<Day>],
    ) -> Result<Option<Diagnostic>, Undecided> {
        let Self { plan, lower, upper, .. } = *self;
        let asked =
            [Asked { benefit: lower, row: first, clock: 0 }, Asked { benefit: upper, row: second, clock: 1 }];
        let literals = asked.iter().flat_map(paid).collect();
        let events = asked.iter().filter_map(Asked::event).collect();
        let mut question =
            Question { literals, events, moments: moments.to_vec(), standing: None, all_days: false };
        while !question.moments.is_empty() {
            let witness = match self.questions.try_anywhere(&question, lower.charter) {
                Answer::Witness(witness) => witness,
                Answer::Undecided(why) => return Err(why),
                Answer::None => return Ok(None),
            };
            if shows(plan, &witness, lower, upper) {
                return Ok(told(plan, &witness, lower, upper));
            }
            // Another day may show it.
            let seen = question.moments.iter().position(|moment| *moment == witness.moment);
            question.moments.drain(..=seen.ok_or(Undecided::Settled)?);
        }
        if moments.is_empty() { Ok(None) } else { Err(Undecided::Settled) }
    }

    /// Of pairs of days that are left over, those that could show something else: where no day makes a difference to one
    /// of the two, one pair stands for all with the same day of the other; and on some days a clause pays nobody.
    fn possible(&self, asked: &[Vec<Day>], mut rest: Vec<Vec<Day>>) -> Vec<Vec<Day>> {
        let Self { plan, questions, lower, upper } = *self;
        let drifts = [lower, upper].map(|benefit| {
            is_settled(plan, benefit) || days::read(benefit).into_iter().any(|node| plan.depends_on_day(node))
        });
        let matters = |pair: &[Day]| -> Vec<Option<Day>> {
            pair.iter().zip(drifts).map(|(day, drifts)| drifts.then_some(*day)).collect()
        };
        let mut seen: BTreeSet<Vec<Option<Day>>> = asked.iter().map(|pair| matters(pair)).collect();
        rest.retain(|pair| seen.insert(matters(pair)));
        let mut pays: BTreeMap<(usize, Day), bool> = BTreeMap::new();
        let mut somebody = |clock: usize, benefit: &Benefit, day: Day| {
            *pays.entry((clock, day)).or_insert_with(|| {
                let asked = Asked { benefit, row: 0, clock: 0 };
                let answer = questions.seek_anywhere(&asked.on(paid(&asked), &[day]), benefit.charter);
                !matches!(answer, Answer::None)
            })
        };
        rest.retain(|pair| match pair.as_slice() {
            [one, other] => somebody(0, lower, *one) && somebody(1, upper, *other),
            _ => false,
        });
        rest
    }
}

/// That it pays something.
fn paid(asked: &Asked<'_>) -> Vec<Literal> {
    asked.holds().into_iter().chain(asked.pays()).collect()
}

/// What is settled over many days is no part of a question: then the household is paid out to see.
fn shows(plan: &Plan, witness: &Witness, lower: &Benefit, upper: &Benefit) -> bool {
    if overlap(lower, upper) && ![lower, upper].into_iter().any(|benefit| is_settled(plan, benefit)) {
        return true;
    }
    let paid = witness.paid(plan, plan.charter(lower.charter).village.as_deref());
    let among = |benefit: &Benefit| {
        paid.iter().filter_map(|place| plan.benefits.get(*place)).any(|one| one.title.0 == benefit.title.0)
    };
    among(lower) && among(upper)
}

fn told(plan: &Plan, witness: &Witness, lower: &Benefit, upper: &Benefit) -> Option<Diagnostic> {
    let purpose = plan.purposes.get(lower.purpose?.0).map(Term::from).unwrap_or_default();
    let mut finding = Diagnostic::at(codes::A004, lower.title.0)
        .arg("one", Term::from(&lower.label))
        .arg("other", Term::from(&upper.label))
        .arg("purpose", purpose)
        .arg("whom", whom(plan, lower.target))
        .related(upper.title.0, Term::new("另一条在这里", "the other one is here"));
    finding.witness = Some(witness.told_over(plan, plan.charter(lower.charter).village.as_deref()));
    Some(finding)
}

/// Who has both: a household with all that lies in it, or one officer of a village.
fn whom(plan: &Plan, target: RecordId) -> Term {
    if plan.schema.chain(target).last() == plan.schema.unit() {
        return Term::new("一户", "one household");
    }
    let label = &plan.schema.record(target).label;
    Term::new(format!("同一{}", label.zh()), format!("one {}", label.en()))
}

/// The rows the two may be for. There is one household; of its members, and whatever else it has, there may be two, and
/// what lies in a row may lie in another than the one that is asked about.
fn rows(plan: &Plan, lower: RecordId, upper: RecordId) -> Vec<(usize, usize)> {
    // Rows of a village are no household: two officers are two people, and nobody has both.
    let unit = plan.schema.unit();
    if !plan.schema.chain(lower).any(|record| Some(record) == unit) {
        return if lower == upper { vec![(0, 0)] } else { Vec::new() };
    }
    let of_many = |record: RecordId| plan.schema.record(record).parent.is_some();
    let above = |one: RecordId, other: RecordId| one != other && plan.schema.chain(other).any(|id| id == one);
    let mut rows = vec![(0, 0)];
    if of_many(lower) && (lower == upper || above(upper, lower)) && of_many(upper) {
        rows.push((0, 1));
    } else if of_many(lower) && above(lower, upper) {
        rows.push((1, 0));
    }
    rows
}

/// Judged days of both in one calendar year: those that are asked about first, and the rest.
fn moments(plan: &Plan, lower: &Benefit, upper: &Benefit) -> (Vec<Vec<Day>>, Vec<Vec<Day>>) {
    let mut borders = days::shared(plan, lower, upper);
    borders.extend(days::borders(plan, lower).into_iter().chain(days::borders(plan, upper)));
    let all = |benefit: &Benefit| -> Vec<Day> {
        let mut days = days::beside(benefit, &borders);
        days.extend(days::of(plan, benefit));
        days
    };
    let (first, second) = (all(lower), all(upper));
    let amended = !overlap(lower, upper);
    // What is paid once for good is paid again whenever it is.
    let again = amended && [lower, upper].iter().all(|benefit| benefit.rhythm == Rhythm::Once);
    let in_one_year = |one: Day, other: Day| one.civil().year == other.civil().year;
    let pairs = first.iter().enumerate().flat_map(|(place, one)| {
        let in_year = second.iter().enumerate().filter(move |(_, other)| {
            (in_one_year(*one, **other) || again) && (!amended || is_twice((lower, *one), (upper, **other)))
        });
        in_year.map(move |(beside, other)| {
            let apart = (i64::from(one.number()) - i64::from(other.number())).abs();
            (apart, place.max(beside), [*one, *other])
        })
    });
    // Days near each other first: what begins and ends is seen by both. Then those on which something turns in either,
    // however far apart they are.
    let mut pairs: Vec<(i64, usize, [Day; 2])> = pairs.collect();
    pairs.sort();
    let near: Vec<[Day; 2]> = pairs.iter().map(|(.., days)| *days).collect();
    pairs.sort_by_key(|(apart, place, days)| (*place, *apart, *days));
    let mut moments: Vec<Vec<Day>> = Vec::new();
    let mut known: BTreeSet<[Day; 2]> = BTreeSet::new();
    let turning: Vec<[Day; 2]> = pairs.into_iter().map(|(.., days)| days).collect();
    for (days, most) in [(&near, NEAR_MOMENTS), (&turning, MAX_MOMENTS)] {
        for days in days {
            if moments.len() < most && known.insert(*days) {
                moments.push(days.to_vec());
            }
        }
    }
    let rest = near.iter().filter(|days| known.insert(**days)).map(|days| days.to_vec()).collect();
    (moments, rest)
}

/// For each purpose the first of its name: each version of a charter declares its purposes anew.
fn purposes(plan: &Plan) -> Vec<usize> {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    let named = plan.purposes.iter().enumerate();
    named.map(|(place, label)| *first.entry(&label.name).or_insert(place)).collect()
}

/// Are both in force on one day?
fn overlap(first: &Benefit, second: &Benefit) -> bool {
    first.days.from <= second.days.last() && second.days.from <= first.days.last()
}

/// Of clauses that follow each other by an amendment: is something paid twice, for the same time or once and once again?
/// What is paid month by month before it and month by month after it is not.
fn is_twice((first, one): (&Benefit, Day), (second, other): (&Benefit, Day)) -> bool {
    let paid_for = |benefit: &Benefit, day: Day| {
        let unit = match benefit.prorating.map(|prorating| prorating.part) {
            Some(ProratingPart::Day) => return Some((day, day)),
            Some(ProratingPart::Month) => Some(PeriodUnit::Month),
            None => benefit.rhythm.calendar_unit(),
        };
        unit.map(|unit| (unit.start(day), unit.end(day)))
    };
    match (paid_for(first, one), paid_for(second, other)) {
        (Some((from, to)), Some((start, end))) => from <= end && start <= to,
        _ => first.rhythm == Rhythm::Once && second.rhythm == Rhythm::Once,
    }
}

/// Could both apply to one household in one year: of one charter, or of one above the other?
fn stand_together(plan: &Plan, first: &Benefit, second: &Benefit) -> bool {
    let family = |benefit: &Benefit| &plan.charter(benefit.charter).label.name;
    let above = |low: &Benefit, high: &Benefit| {
        let chain = std::iter::successors(Some(low.charter), |id| plan.charter(*id).under);
        chain.take(plan.charters.len()).any(|id| plan.charter(id).label.name == *family(high))
    };
    let same_clause = family(first) == family(second) && first.label.name == second.label.name;
    // What is for a village and what is for a household never meet in one household.
    let root = |benefit: &Benefit| plan.schema.chain(benefit.target).last();
    root(first) == root(second) && !same_clause && (above(first, second) || above(second, first))
}

fn depth(plan: &Plan, benefit: &Benefit) -> usize {
    std::iter::successors(Some(benefit.charter), |id| plan.charter(*id).under)
        .take(plan.charters.len())
        .count()
}

/// Is some relation declared between them, in either, or in a third that chooses among them?
fn related(plan: &Plan, first: &Benefit, second: &Benefit) -> bool {
    let names =
        |one: &Benefit, other: &Benefit| one.related.iter().any(|related| related.clause == other.label.name);
    let chosen_among = |third: &Benefit| {
        let among = |name: &String| {
            third.label.name == *name
                || third
                    .related
                    .iter()
                    .any(|related| related.relation == Relation::HighestOf && related.clause == *name)
        };
        third.charter == first.charter
            && third.related.iter().any(|related| related.relation == Relation::HighestOf)
            && among(&first.label.name)
            && among(&second.label.name)
    };
    names(first, second) || names(second, first) || plan.benefits.iter().any(chosen_among)
}

/// Does more than its conditions say what it pays: what was paid before, a limit, or the choice of the highest?
pub(super) fn is_settled(plan: &Plan, benefit: &Benefit) -> bool {
    let name = &benefit.label.name;
    let highest = |one: &Benefit| {
        let mut lists = one.related.iter().filter(|related| related.relation == Relation::HighestOf);
        lists.any(|related| related.clause == *name || one.label.name == *name)
    };
    let limits = |one: &Benefit| one.limits.iter().any(|limit| limit.clauses.contains(name));
    benefit.rhythm == Rhythm::Once || plan.benefits.iter().any(|one| highest(one) || limits(one))
}
