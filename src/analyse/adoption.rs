//! How a village's charter came about: money spent without a decision of the assembly (L13), quorum, majority and
//! filing (L14), posting (L15).

use super::law::{Adoption, Lint, When, lints};
use super::words::mentions;
use super::{Clock, clause};
use crate::ast::{Adopted, Level};
use crate::diagnostic::{Diagnostic, Term};
use crate::ir::{Benefit, CharterId, Plan};
use crate::resolve::{Charter, Model};

/// Reads the header of every charter of a village.
pub(super) fn charters(plan: &Plan, model: &Model<'_>, clock: Clock) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (index, charter) in model.charters.iter().enumerate() {
        let id = CharterId(index);
        if charter.level != Level::Village {
            continue;
        }
        for lint in lints() {
            let Some(words) = &lint.adoption else { continue };
            findings.extend(if words.days > 0 {
                // Whether it had to be posted was settled when it came into force.
                let when = When { day: charter.from, asked: clock.on.is_some() };
                posted(lint, words, charter, when)
            } else if words.funds.is_empty() {
                adopted(lint, words, charter, clock.of(plan, id))
            } else {
                spent(lint, words, plan, (id, charter), clock.of(plan, id))
            });
        }
    }
    findings
}

/// L13: the village's own money, spent by a charter that no assembly adopted. What a clause answers for is its own.
fn spent(
    lint: &Lint,
    words: &Adoption,
    plan: &Plan,
    (id, charter): (CharterId, &Charter),
    when: When,
) -> Option<Diagnostic> {
    let of_charter = plan.benefits.iter().filter(|benefit| benefit.charter == id);
    let mut spending: Vec<&Benefit> = of_charter
        .filter(|benefit| !answers(lint, benefit) && undecided(words, plan, charter, benefit))
        .collect();
    spending.sort_by_key(|benefit| benefit.title.0);
    // A clause is there once for each stack of its charter.
    spending.dedup_by_key(|benefit| benefit.title.0);
    let (first, others) = spending.split_first()?;
    let subject = clause(first.article, Some(&first.label));
    let mut finding = lint.finding(first.title.0, subject, when)?;
    for other in others {
        finding = finding.related(other.title.0, Term::new("这里也是", "here as well"));
    }
    Some(finding)
}

/// L13 of a benefit that answers for it.
pub(super) fn answered(
    plan: &Plan,
    model: &Model<'_>,
    benefit: &Benefit,
    clock: Clock,
) -> Option<Diagnostic> {
    let charter = model.charters.get(benefit.charter.0).filter(|charter| charter.level == Level::Village)?;
    lints().iter().find_map(|lint| {
        let words = lint.adoption.as_ref().filter(|words| !words.funds.is_empty())?;
        let spends = answers(lint, benefit) && undecided(words, plan, charter, benefit);
        let subject = clause(benefit.article, Some(&benefit.label));
        let finding = lint.finding(benefit.title.0, subject, clock.of(plan, benefit.charter));
        finding.filter(|_| spends)
    })
}

fn answers(lint: &Lint, benefit: &Benefit) -> bool {
    benefit.allowed.iter().any(|allowed| allowed.code.eq_ignore_ascii_case(&lint.id))
}

/// True where a benefit is paid by the collective, and neither the charter nor the clause names the assembly.
fn undecided(words: &Adoption, plan: &Plan, charter: &Charter, benefit: &Benefit) -> bool {
    let funds = benefit.funds.iter().filter_map(|share| plan.funds.get(share.fund.0));
    let collective = funds.flat_map(super::text::names).any(|name| mentions(&name, &words.funds));
    let by = charter.adopted.as_ref().and_then(|adopted| adopted.by.as_ref()).map(|by| &by.text);
    collective && !by.into_iter().chain(&benefit.basis).any(|text| mentions(text, &words.assemblies))
}

/// L14: one finding, whatever is missing. A header that tells nothing of a vote is a draft: what it spends is L13.
fn adopted(lint: &Lint, words: &Adoption, charter: &Charter, when: When) -> Option<Diagnostic> {
    if charter.adopted.is_none() && charter.filed.is_none() {
        return None;
    }
    let mut lacking: Vec<&str> = match &charter.adopted {
        None => vec!["unadopted"],
        Some(adopted) => vote(words, adopted),
    };
    if charter.filed.is_none() {
        lacking.push("unfiled");
    }
    let mut finding = lint.finding_of(lacking.first()?, charter.span, Term::from(&charter.label), when)?;
    let says: Vec<Term> = lacking.iter().map(|variant| lint.says(variant)).collect();
    let join = |pick: fn(&Term) -> &str, comma| says.iter().map(pick).collect::<Vec<_>>().join(comma);
    finding.args.retain(|(name, _)| *name != "says");
    let says = Term::new(join(|term| &term.zh, ",并且"), join(|term| &term.en, ", and "));
    let on = charter.adopted.as_ref().map(|adopted| adopted.on.span);
    let finding = finding.arg("says", says);
    Some(match on {
        Some(span) => finding.related(span, Term::new("表决在这里", "the vote is here")),
        None => finding,
    })
}

/// What is wrong with a vote.
fn vote(words: &Adoption, adopted: &Adopted) -> Vec<&'static str> {
    let mut lacking = Vec::new();
    let by = adopted.by.as_ref().map(|by| by.text.as_str()).unwrap_or_default();
    let representatives = mentions(by, &words.representatives);
    if representatives {
        if !mentions(by, &words.empowered) {
            lacking.push("unempowered");
        }
    } else if !mentions(by, &words.assemblies) {
        lacking.push("no_assembly");
    }
    // Two thirds of the households or of the representatives; of adults more than half.
    let two_thirds = representatives || mentions(by, &words.households);
    let quorum = |present: i64, eligible: i64| {
        if two_thirds {
            i128::from(present) * 3 >= i128::from(eligible) * 2
        } else {
            i128::from(present) * 2 > i128::from(eligible)
        }
    };
    match (adopted.eligible, adopted.present, adopted.in_favour) {
        (Some(eligible), Some(present), Some(in_favour)) => {
            if in_favour > present || present > eligible {
                lacking.push("impossible");
            } else {
                if !quorum(present, eligible) {
                    lacking.push("quorum");
                }
                if i128::from(in_favour) * 2 <= i128::from(present) {
                    lacking.push("majority");
                }
            }
        }
        _ => lacking.push("uncounted"),
    }
    lacking
}

/// L15: posted for too short a time, or not at all.
fn posted(lint: &Lint, words: &Adoption, charter: &Charter, when: When) -> Option<Diagnostic> {
    let variant = match charter.posted {
        None => "unposted",
        Some((_, None)) => "no_days",
        Some((_, Some(days))) if days < words.days => "",
        Some(_) => return None,
    };
    lint.finding_of(variant, charter.span, Term::from(&charter.label), when)
}
