//! What `check` says of good charters changed at random: the households it shows are evaluated and show it; where it
//! says that there is none, many random households find none.
//!
//! `CHARTER_MUTANTS`, `CHARTER_MUTANT_HOUSEHOLDS` and `CHARTER_MUTANT_SEED` ask for a longer run or another one.

use crate::good::{Base, Texts, bases};
use crate::homes::{Dice, Pool, register, rows_of};
use crate::mutate::{Lexicon, mutate};
use crate::witness::{pays, reproduced, source};
use charter::analyse::{judge, prove, strike};
use charter::ast::{File, Relation, Rhythm};
use charter::diagnostic::{Diagnostic, Lang, Severity};
use charter::eval::traced::{Probe, run};
use charter::eval::{Entitlement, Fault, Outcome};
use charter::ir::{Benefit, CharterId, ParameterKind, Plan, compile};
use charter::register::Register;
use charter::resolve::resolve;
use charter::schema::{Datum, FieldType};
use charter::source::{SourceId, Sources, Span};
use charter::syntax::parse;
use charter::value::{Day, Fact, Period, Truth};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

const MUTANTS: usize = 24;
const HOUSEHOLDS: usize = 60;
const SEED: usize = 2005;
/// Villages of the town that are checked together.
const VILLAGES: usize = 3;
/// Years of one run.
const YEARS: i16 = 3;

#[derive(Default, Debug)]
struct Tally {
    mutants: usize,
    changes: BTreeMap<&'static str, usize>,
    bases: BTreeSet<String>,
    witnesses: BTreeMap<&'static str, usize>,
    never: usize,
    always: usize,
    free: usize,
    undecided: usize,
    meet: usize,
    meet_found: usize,
    households: usize,
    failures: Vec<String>,
}

pub fn asked(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable).ok().and_then(|asked| asked.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn what_is_said_of_mutants_is_so() {
    let bases = bases();
    let (mutants, households, seed) = (
        asked("CHARTER_MUTANTS", MUTANTS),
        asked("CHARTER_MUTANT_HOUSEHOLDS", HOUSEHOLDS),
        asked("CHARTER_MUTANT_SEED", SEED),
    );
    let (next, tally) = (Mutex::new(0..mutants), Mutex::new(Tally::default()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let Some(number) = next.lock().unwrap().next() else { return };
                    try_one(&bases, seed * 1_000_000 + number, households, &tally);
                }
            });
        }
    });
    let mut tally = tally.into_inner().unwrap();
    let failures = std::mem::take(&mut tally.failures);
    eprintln!("{tally:#?}");
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n\n"));
    assert_eq!(tally.mutants, mutants);
}

// ---- one mutant -------------------------------------------------------------------------------------------------

struct Checked {
    plan: Plan,
    findings: Vec<Diagnostic>,
}

/// As the command does it; none where anything but the law is wrong.
fn check(texts: &Texts) -> Option<Checked> {
    let plan = compiled(texts)?;
    let findings = prove(&plan);
    Some(Checked { plan, findings })
}

/// The plan of some files, without what is refused; none where anything but the law is wrong.
pub fn compiled(texts: &Texts) -> Option<Plan> {
    let mut sources = Sources::default();
    let mut files: Vec<File> = Vec::new();
    let mut errors = Vec::new();
    for (name, text) in texts {
        let id: SourceId = sources.add(name.clone(), text.clone());
        let (file, found) = parse(id, text);
        files.push(file);
        errors.extend(found);
    }
    let files: Vec<&File> = files.iter().collect();
    let (model, found) = resolve(&files);
    errors.extend(found);
    let compiled = compile(&model);
    errors.extend(compiled.findings);
    let mut plan = compiled.plan;
    let judged = judge(&plan, &model, None);
    errors.extend(judged.findings);
    if errors.iter().any(|finding| finding.severity == Severity::Error && !finding.code.is_law()) {
        return None;
    }
    strike(&mut plan, &judged.refused);
    Some(plan)
}

fn lexicon(texts: &Texts) -> Lexicon {
    let plan = crate::engine::build_files(texts.clone()).compiled.plan;
    let fields = plan.schema.records.iter().flat_map(|record| &record.fields);
    let codes = fields.filter_map(|field| match &field.ty {
        FieldType::Code(codes) => Some(codes.iter().map(|code| code.label.en().to_owned()).collect()),
        _ => None,
    });
    Lexicon {
        codes: codes.collect(),
        purposes: plan.purposes.iter().map(|label| label.en().to_owned()).collect(),
    }
}

/// A good charter changed at random, with those beside it; one that still compiles and has a benefit.
pub struct Mutant {
    pub base: String,
    /// The vocabulary first.
    pub texts: Texts,
    pub plan: Plan,
    findings: Vec<Diagnostic>,
    changes: Vec<&'static str>,
}

/// The one of those dice.
pub fn mutant(bases: &[Base], dice: &mut Dice) -> Mutant {
    loop {
        let base = &bases[dice.below(bases.len())];
        let mut texts = base.fixed.clone();
        for _ in 0..VILLAGES.min(base.villages.len()) {
            let village = base.villages[dice.below(base.villages.len())].clone();
            if !texts.contains(&village) {
                texts.push(village);
            }
        }
        let lexicon = lexicon(&texts);
        let mut changes = Vec::new();
        for _ in 0..=dice.below(3) {
            let file = 1 + dice.below(texts.len() - 1);
            if let Some((text, change)) = mutate(&texts[file].1, &lexicon, dice) {
                texts[file].1 = text;
                changes.push(change);
            }
        }
        if changes.is_empty() {
            continue;
        }
        let Some(Checked { plan, findings }) = check(&texts) else { continue };
        if plan.benefits.is_empty() {
            continue;
        }
        return Mutant { base: base.name.clone(), texts, plan, findings, changes };
    }
}

impl Mutant {
    /// Its charters as one case, without the vocabulary.
    pub fn text(&self) -> String {
        let charters = self.texts[1..].iter().map(|(name, text)| format!("// --- {name}\n{text}"));
        charters.collect::<Vec<_>>().concat()
    }
}

fn try_one(bases: &[Base], seed: usize, households: usize, tally: &Mutex<Tally>) {
    let mut dice = Dice::new(seed as u64);
    let mutant = mutant(bases, &mut dice);
    let mut one = Tally { mutants: 1, bases: BTreeSet::from([mutant.base.clone()]), ..Tally::default() };
    for change in &mutant.changes {
        *one.changes.entry(change).or_default() += 1;
    }
    let failures = try_findings(&mutant, households, &mut dice, &mut one);
    let mut tally = tally.lock().unwrap();
    tally.add(one);
    if !failures.is_empty() {
        let (base, text) = (&mutant.base, mutant.text());
        tally.failures.push(format!("mutant {seed} of {base}\n{}\n{text}", failures.join("\n")));
    }
}

impl Tally {
    fn add(&mut self, one: Self) {
        self.mutants += one.mutants;
        self.bases.extend(one.bases);
        for (change, times) in one.changes {
            *self.changes.entry(change).or_default() += times;
        }
        for (code, times) in one.witnesses {
            *self.witnesses.entry(code).or_default() += times;
        }
        self.never += one.never;
        self.always += one.always;
        self.free += one.free;
        self.undecided += one.undecided;
        self.meet += one.meet;
        self.meet_found += one.meet_found;
        self.households += one.households;
    }
}

// ---- what was found ---------------------------------------------------------------------------------------------

/// Two clauses by the places of their names, in order.
type Pair = (Span, Span);

fn pair(one: Span, other: Span) -> Pair {
    if one < other { (one, other) } else { (other, one) }
}

fn try_findings(mutant: &Mutant, households: usize, dice: &mut Dice, tally: &mut Tally) -> Vec<String> {
    let Mutant { plan, findings, .. } = mutant;
    let mut failures = Vec::new();
    for finding in findings.iter().filter(|finding| finding.witness.is_some()) {
        *tally.witnesses.entry(finding.code.id).or_default() += 1;
        failures.extend(reproduced(plan, finding).err());
    }
    let of = |code: &'static str| findings.iter().filter(move |finding| finding.code.id == code);
    let undecided: BTreeSet<Span> = of("A014").filter_map(|finding| source(Some(&finding.place))).collect();
    let told: BTreeSet<Pair> = of("A004")
        .filter_map(|finding| {
            let other = finding.related.first().map(|(place, _)| place);
            Some(pair(source(Some(&finding.place))?, source(other)?))
        })
        .collect();
    let never: BTreeSet<Span> = plan
        .benefits
        .iter()
        .filter(|benefit| {
            let own = |span: Span| {
                let all = benefit.span.0;
                span == benefit.title.0
                    || span.source == all.source && all.start <= span.start && span.end <= all.end
            };
            let idle = of("A001").chain(of("A018"));
            let dead = idle.filter_map(|finding| source(Some(&finding.place))).any(own);
            let taken =
                of("A003").filter_map(|finding| source(finding.related.first().map(|(place, _)| place)));
            dead || taken.into_iter().any(|title| title == benefit.title.0)
        })
        .map(|benefit| benefit.title.0)
        .collect();
    let holes: BTreeSet<Span> = of("A006")
        .filter_map(|finding| source(Some(&finding.place)))
        .chain(undecided.iter().copied())
        .collect();
    let always: BTreeSet<Span> = of("A002").filter_map(|finding| source(Some(&finding.place))).collect();
    let free: BTreeSet<Pair> = plan
        .benefits
        .iter()
        .enumerate()
        .flat_map(|(place, one)| plan.benefits.iter().skip(place + 1).map(move |other| (one, other)))
        .filter(|(one, other)| must_not_meet(plan, one, other))
        .map(|(one, other)| pair(one.title.0, other.title.0))
        .filter(|pair| !told.contains(pair) && !undecided.contains(&pair.0) && !undecided.contains(&pair.1))
        .collect();
    tally.never += never.len();
    tally.always += always.len();
    tally.free += free.len();
    tally.undecided += undecided.len();
    tally.meet += told.len();
    tally.households += households;

    let pool = Pool::of(plan);
    let register = register(plan, &pool, households, dice);
    let mut met: BTreeSet<Pair> = BTreeSet::new();
    let unit = plan.schema.unit().unwrap();
    let share = households.div_ceil(pool.years.len());
    for (index, year) in pool.years.iter().enumerate() {
        let period = Period::parse(&format!("{year:04}..{:04}", year + YEARS - 1)).unwrap();
        let run = run(plan, &register, &period).unwrap();
        for home in (index * share)..((index + 1) * share).min(households) {
            let mut by_year: BTreeMap<i16, BTreeSet<usize>> = BTreeMap::new();
            for one in run.judge(unit, home).entitlements {
                failures.extend(lacking(plan, (&register, home), &one, &holes));
                if pays(&one.outcome) {
                    by_year.entry(one.day.civil().year).or_default().insert(one.benefit);
                }
            }
            for (year, paid) in by_year {
                let paid: Vec<&Benefit> = paid.iter().map(|place| &plan.benefits[*place]).collect();
                for (place, one) in paid.iter().enumerate() {
                    if never.contains(&one.title.0) {
                        failures.push(format!(
                            "{} is paid in {year}\n{}",
                            one.label.name,
                            told_of(plan, &register, home)
                        ));
                    }
                    for other in paid.iter().skip(place + 1) {
                        let both = pair(one.title.0, other.title.0);
                        met.insert(both);
                        if free.contains(&both) {
                            let names = (&one.label.name, &other.label.name);
                            failures.push(format!(
                                "{names:?} are paid in {year}\n{}",
                                told_of(plan, &register, home)
                            ));
                        }
                    }
                }
            }
        }
    }
    tally.meet_found += told.intersection(&met).count();
    for (span, home, day) in fails(plan, &register, &always, &pool, households, dice) {
        let text = findings.iter().find(|finding| source(Some(&finding.place)) == Some(span));
        let message = text.map(|finding| finding.message(Lang::En));
        failures.push(format!("{message:?} fails on {day}\n{}", told_of(plan, &register, home)));
    }
    failures.truncate(3);
    failures
}

/// What cannot be computed for want of the value of a parameter by the day, where no hole was told.
fn lacking(
    plan: &Plan,
    (register, home): (&Register, usize),
    one: &Entitlement,
    holes: &BTreeSet<Span>,
) -> Option<String> {
    let Outcome::Faulted(Fault::ParameterGap(id, _)) = one.outcome else { return None };
    let benefit = &plan.benefits[one.benefit];
    let home = told_of(plan, register, home);
    // While a fact is unknown, everything is computed that it could lead to.
    let unknown = home.contains(&format!("{:?}", Fact::<Datum>::Unknown));
    let is_dated = matches!(plan.parameters[id.0].kind, ParameterKind::Dated(_));
    (is_dated && !unknown && !holes.contains(&benefit.title.0))
        .then(|| format!("{} lacks a value on {}\n{home}", benefit.label.name, one.day))
}

/// Two clauses of one purpose, in force together, of which neither says how it stands to the other.
fn must_not_meet(plan: &Plan, one: &Benefit, other: &Benefit) -> bool {
    let clause =
        |benefit: &Benefit| (plan.charter(benefit.charter).label.name.clone(), benefit.label.name.clone());
    let names =
        |one: &Benefit, other: &Benefit| one.related.iter().any(|related| related.clause == other.label.name);
    let chosen = |third: &Benefit| {
        let among = |benefit: &Benefit| {
            third.label.name == benefit.label.name
                || third.related.iter().any(|related| {
                    related.relation == Relation::HighestOf && related.clause == benefit.label.name
                })
        };
        third.related.iter().any(|related| related.relation == Relation::HighestOf)
            && among(one)
            && among(other)
    };
    let root = |benefit: &Benefit| plan.schema.chain(benefit.target).last();
    one.purpose.is_some()
        && one.purpose == other.purpose
        && clause(one) != clause(other)
        && root(one) == root(other)
        && one.days.from <= other.days.last()
        && other.days.from <= one.days.last()
        && !names(one, other)
        && !names(other, one)
        && !plan.benefits.iter().any(chosen)
}

/// Conditions that are said to hold always, each with a household in which one fails.
fn fails(
    plan: &Plan,
    register: &Register,
    always: &BTreeSet<Span>,
    pool: &Pool,
    households: usize,
    dice: &mut Dice,
) -> Vec<(Span, usize, Day)> {
    let mut failing = Vec::new();
    let unit = plan.schema.unit().unwrap();
    for benefit in &plan.benefits {
        let stated: Vec<_> =
            benefit.conditions.iter().filter(|condition| always.contains(&condition.span.0)).collect();
        let root = plan.schema.chain(benefit.target).last();
        if stated.is_empty()
            || root != Some(unit)
            || benefit.rhythm == Rhythm::EachEvent
            || benefit.prorating.is_some()
        {
            continue;
        }
        let layers: Vec<CharterId> =
            std::iter::successors(Some(benefit.charter), |id| plan.charter(*id).under).collect();
        for home in 0..households {
            let year = pool.years[dice.below(pool.years.len())];
            let any = Day::new(year, 1, 1)
                .and_then(|day| day.add_days(i64::try_from(dice.below(1000)).unwrap()))
                .unwrap();
            let day = match benefit.rhythm.calendar_unit() {
                Some(unit) => benefit.judged_on.in_unit(unit.start(any), unit.end(any)),
                None => any,
            };
            if !benefit.days.contain(day) {
                continue;
            }
            let probe = Probe { plan, register, day, layers: &layers, standing: None, only_gap: None };
            for row in rows_of(plan, register, benefit.target, home) {
                let is = |node, want| probe.truth(node, row, &[]).is_ok_and(|found| found.value == want);
                if benefit.filter.iter().all(|filter| is(filter.node, Truth::True)) {
                    let failed = stated.iter().filter(|condition| is(condition.node, Truth::False));
                    failing.extend(failed.map(|condition| (condition.span.0, home, day)));
                }
            }
        }
    }
    failing
}

/// A household as the register has it.
fn told_of(plan: &Plan, register: &Register, home: usize) -> String {
    let mut lines = Vec::new();
    for (id, record) in plan.schema.iter() {
        if plan.schema.chain(id).last() != plan.schema.unit() {
            continue;
        }
        for row in rows_of(plan, register, id, home) {
            let parent = register.table(id).parents.get(row);
            let cells: Vec<String> = (0..record.fields.len())
                .map(|field| {
                    let name = &record.fields[field].label.name;
                    let fact = register.fact(id, charter::schema::FieldId(field), row);
                    format!("{name} {fact:?}")
                })
                .collect();
            lines.push(format!("{} {row} in {parent:?}: {}", record.label.name, cells.join(", ")));
        }
    }
    lines.join("\n")
}
