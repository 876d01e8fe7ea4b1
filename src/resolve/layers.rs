//! Charters, their versions in time and their layers: province, county, town, village.

use super::{Header, Model, Owner, header, label, twice};
use crate::ast::{self, Adopted, HeaderPart, ItemKind, Level, Name};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::schema::Label;
use crate::source::Span;
use crate::value::Day;
use std::collections::BTreeMap;

/// One version of one charter, by its place in [`Model::charters`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CharterId(pub usize);

/// One version of a charter: the one file that holds it.
#[derive(Clone, Debug)]
pub struct Charter {
    /// Name and title; versions of one charter share the name.
    pub label: Label,
    /// Its layer.
    pub level: Level,
    /// The charter above; of several versions the last.
    pub under: Option<CharterId>,
    /// The village it holds for.
    pub village: Option<String>,
    /// First day in force.
    pub from: Day,
    /// First day no longer in force: the next version's first.
    pub until: Option<Day>,
    /// The vote.
    pub adopted: Option<Adopted>,
    /// The day it was filed with the township.
    pub filed: Option<Day>,
    /// Posted from, and for how many days.
    pub posted: Option<(Day, Option<i64>)>,
    /// Its header.
    pub span: Span,
}

/// A charter version and the versions above it, for the days on which these are the ones that hold. A clause is
/// compiled once for each stack of its charter, so that an amendment above never changes what an earlier day gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stack {
    /// The charter version, then those above it, nearest first.
    pub layers: Vec<CharterId>,
    /// First day.
    pub from: Day,
    /// First day no longer.
    pub until: Option<Day>,
}

impl Charter {
    /// True where it is in force on that day.
    #[must_use]
    pub fn holds_on(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

/// Reads the headers; gives the owner of each file, none where it has no header.
pub(super) fn build(
    model: &mut Model<'_>,
    files: &[&ast::File],
    findings: &mut Vec<Diagnostic>,
) -> Vec<Option<Owner>> {
    let mut owners = Vec::new();
    let mut parents: Vec<Option<&Name>> = Vec::new();
    let mut used: Vec<&Name> = Vec::new();
    for file in files {
        second_headers(file, findings);
        owners.push(match header(file) {
            None => {
                if file.lost.is_empty() {
                    findings.push(headless(file));
                }
                None
            }
            Some(Header::Vocabulary(declared)) => {
                model.vocabulary = Some(label(declared));
                Some(Owner::Vocabulary)
            }
            Some(Header::Charter { declared, uses, under }) => {
                used.extend(uses);
                let item = file.items.iter().find_map(|item| match &item.kind {
                    ItemKind::Charter(charter) => Some((item, charter)),
                    _ => None,
                });
                let Some((item, charter)) = item else { continue };
                let id = CharterId(model.charters.len());
                model.charters.push(read(charter, item, declared.name.span, findings));
                parents.push(under);
                Some(Owner::Charter(id))
            }
        });
    }
    if let Some(vocabulary) = model.vocabulary.clone() {
        model.references.extend(used.into_iter().map(|name| (name.span, vocabulary.clone())));
    }
    versions(model, findings);
    link(model, &parents, findings);
    villages(model, findings);
    let stacks = {
        let families = families(model);
        (0..model.charters.len()).flat_map(|index| stacks(model, &families, CharterId(index))).collect()
    };
    model.stacks = stacks;
    owners
}

/// The versions of each charter by its name, in the order of the files.
type Families<'m> = BTreeMap<&'m str, Vec<usize>>;

fn families<'m>(model: &'m Model<'_>) -> Families<'m> {
    let mut families: Families<'m> = BTreeMap::new();
    for (index, version) in model.charters.iter().enumerate() {
        families.entry(&version.label.name).or_default().push(index);
    }
    families
}

fn stacks(model: &Model<'_>, families: &Families<'_>, charter: CharterId) -> Vec<Stack> {
    let Some(version) = model.charters.get(charter.0) else { return Vec::new() };
    let whole = Stack { layers: Vec::new(), from: version.from, until: version.until };
    stacked((model, families), charter, &whole, model.charters.len())
}

/// The stacks of a charter version within the days of `within`; `depth` bounds the walk.
fn stacked(
    (model, families): (&Model<'_>, &Families<'_>),
    charter: CharterId,
    within: &Stack,
    depth: usize,
) -> Vec<Stack> {
    let above = model.charters.get(charter.0).and_then(|version| version.under);
    let family = above.and_then(|above| model.charters.get(above.0)).map(|above| &above.label.name);
    let alone = || vec![Stack { layers: vec![charter], ..within.clone() }];
    let (Some(family), Some(depth)) = (family, depth.checked_sub(1)) else { return alone() };
    let own = families.get(family.as_str()).into_iter().flatten();
    let mut versions: Vec<(usize, &Charter)> =
        own.filter_map(|index| Some((*index, model.charters.get(*index)?))).collect();
    versions.sort_by_key(|(_, version)| version.from);
    let mut stacks = Vec::new();
    for (place, (id, version)) in versions.iter().enumerate() {
        // Days before the first version above are read with it: its names are the only ones there are.
        let from = if place == 0 { within.from } else { within.from.max(version.from) };
        let until = match (within.until, version.until) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (one, other) => one.or(other),
        };
        if until.is_some_and(|until| until <= from) {
            continue;
        }
        let days = Stack { layers: Vec::new(), from, until };
        for mut stack in stacked((model, families), CharterId(*id), &days, depth) {
            stack.layers.insert(0, charter);
            stacks.push(stack);
        }
    }
    if stacks.is_empty() { alone() } else { stacks }
}

fn headless(file: &ast::File) -> Diagnostic {
    let start = file.items.first().map_or(Span { source: file.source, start: 0, end: 0 }, |item| item.span);
    Diagnostic::at(codes::C008, Span { end: start.start, ..start }).help(Term::new(
        "文件开头写“章程 名称 \"标题\"”或“词汇 名称”",
        "begin the file with 'charter NAME \"title\"' or 'vocabulary NAME'",
    ))
}

fn second_headers(file: &ast::File, findings: &mut Vec<Diagnostic>) {
    let mut headers = file.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Vocabulary(declared) => Some(declared),
        ItemKind::Charter(charter) => Some(&charter.declared),
        _ => None,
    });
    let Some(first) = headers.next() else { return };
    findings.extend(headers.map(|second| twice(&second.name.text, second.name.span, first.name.span)));
}

fn read(charter: &ast::Charter, item: &ast::Item, span: Span, findings: &mut Vec<Diagnostic>) -> Charter {
    let (mut level, mut village, mut from, mut adopted, mut filed, mut posted) =
        (None, None, None, None, None, None);
    let mut seen: Vec<(std::mem::Discriminant<HeaderPart>, Span)> = Vec::new();
    for part in &charter.parts {
        let kind = std::mem::discriminant(&part.value);
        if let Some((_, first)) = seen.iter().find(|(taken, _)| *taken == kind) {
            findings.push(part_twice(&part.value, part.span, *first));
        }
        seen.push((kind, part.span));
        match &part.value {
            HeaderPart::Level(value) => level = Some(*value),
            HeaderPart::OfVillage(text) => village = Some(text.text.clone()),
            HeaderPart::InForce(day) => from = Some(day.value),
            HeaderPart::Adopted(value) => adopted = Some(value.clone()),
            HeaderPart::Filed(day) => filed = Some(day.value),
            HeaderPart::Posted { from, days } => posted = Some((from.value, *days)),
            HeaderPart::Uses(_) | HeaderPart::Under(_) => {}
        }
    }
    let level = level.unwrap_or(if village.is_some() { Level::Village } else { Level::Town });
    if level == Level::Village && village.is_none() && !item.faulty {
        findings.push(
            Diagnostic::at(codes::C009, span)
                .help(Term::new("在抬头写“适用村 \"…\"”", "add 'of village \"…\"' to the header")),
        );
    }
    if from.is_none() && !item.faulty {
        findings.push(
            Diagnostic::at(codes::S008, span).arg("part", Term::new("施行", "in force")).help(Term::new(
                "在抬头写“施行 自 2005-03-01”",
                "add 'in force from 2005-03-01' to the header",
            )),
        );
    }
    findings.extend(out_of_order(charter));
    let from = from.unwrap_or(Day::MIN);
    Charter {
        label: label(&charter.declared),
        level,
        under: None,
        village,
        from,
        until: None,
        adopted,
        filed,
        posted,
        span,
    }
}

/// What was filed or in force before it was adopted: it is the adopted text that is filed (VCL 27, since 2026 art. 31),
/// and there was none before.
fn out_of_order(charter: &ast::Charter) -> Option<Diagnostic> {
    let adopted = charter.parts.iter().find_map(|part| match &part.value {
        HeaderPart::Adopted(adopted) => Some(&adopted.on),
        _ => None,
    })?;
    let (before, zh, en) = charter.parts.iter().find_map(|part| match &part.value {
        HeaderPart::Filed(day) if day.value < adopted.value => Some((day, "备案", "filed")),
        HeaderPart::InForce(day) if day.value < adopted.value => Some((day, "施行", "in force")),
        _ => None,
    })?;
    let what = Term::new(
        format!("{} {zh},{} 才通过", before.value, adopted.value),
        format!("{en} {}, but adopted {}", before.value, adopted.value),
    );
    let finding =
        Diagnostic::at(codes::C022, before.span).arg("charter", Term::from(&label(&charter.declared)));
    Some(finding.arg("what", what).related(adopted.span, Term::new("通过在这里", "adopted here")))
}

fn part_twice(part: &HeaderPart, span: Span, first: Span) -> Diagnostic {
    let (zh, en) = match part {
        HeaderPart::Level(_) => ("层级", "level"),
        HeaderPart::Uses(_) => ("采用", "uses"),
        HeaderPart::Under(_) => ("隶属", "under"),
        HeaderPart::OfVillage(_) => ("适用村", "of village"),
        HeaderPart::Adopted(_) => ("通过", "adopted"),
        HeaderPart::Filed(_) => ("备案", "filed"),
        HeaderPart::Posted { .. } => ("公示", "posted"),
        HeaderPart::InForce(_) => ("施行", "in force"),
    };
    let finding = Diagnostic::at(codes::S007, span).arg("part", Term::new(zh, en));
    finding.related(first, Term::new("先在这里", "first given here"))
}

/// Files with one charter name are its versions: each holds until the next begins.
fn versions(model: &mut Model<'_>, findings: &mut Vec<Diagnostic>) {
    let mut ends: Vec<Option<Day>> = Vec::new();
    let families = families(model);
    for (index, charter) in model.charters.iter().enumerate() {
        let own = families.get(charter.label.name.as_str()).into_iter().flatten();
        let siblings = own
            .filter(|other| **other != index)
            .filter_map(|other| Some((*other, model.charters.get(*other)?)));
        if let Some((_, same)) =
            siblings.clone().find(|(other, version)| *other < index && version.from == charter.from)
        {
            let day = Term::same(charter.from);
            findings.push(
                Diagnostic::at(codes::C005, charter.span)
                    .arg("name", Term::from(&charter.label))
                    .arg("day", day)
                    .related(same.span, Term::new("另一个版本", "the other version")),
            );
        }
        ends.push(siblings.map(|(_, version)| version.from).filter(|from| *from > charter.from).min());
    }
    for (charter, end) in model.charters.iter_mut().zip(ends) {
        charter.until = end;
    }
}

/// `under`, and no circles.
fn link(model: &mut Model<'_>, parents: &[Option<&Name>], findings: &mut Vec<Diagnostic>) {
    let labels: Vec<Label> = model.charters.iter().map(|charter| charter.label.clone()).collect();
    let mut by_word: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, label) in labels.iter().enumerate() {
        let alias = label.alias.as_ref().filter(|alias| **alias != label.name);
        for name in std::iter::once(&label.name).chain(alias) {
            by_word.entry(name).or_default().push(index);
        }
    }
    for (index, parent) in parents.iter().enumerate() {
        let Some(parent) = parent else { continue };
        let candidates = by_word.get(parent.text.as_str()).into_iter().flatten();
        let candidates = candidates.filter_map(|index| Some((*index, model.charters.get(*index)?)));
        let latest = candidates.max_by_key(|(_, charter)| charter.from).map(|(id, _)| CharterId(id));
        if latest.is_none() && !model.is_lost(&parent.text) {
            findings.push(Diagnostic::at(codes::N005, parent.span).arg("name", &*parent.text));
        }
        if let Some(label) = latest.and_then(|id| Some(model.charters.get(id.0)?.label.clone())) {
            model.references.push((parent.span, label));
        }
        if let Some(charter) = model.charters.get_mut(index) {
            charter.under = latest;
        }
    }
    for index in 0..model.charters.len() {
        let above = |id: &CharterId| model.charters.get(id.0)?.under;
        // In a circle a walk of as many steps as there are charters comes back to where it began.
        let walk: Vec<CharterId> =
            std::iter::successors(above(&CharterId(index)), above).take(model.charters.len()).collect();
        if !walk.contains(&CharterId(index)) {
            continue;
        }
        let names: Vec<&str> =
            walk.iter().filter_map(|id| Some(model.charters.get(id.0)?.label.name.as_str())).collect();
        if let Some(charter) = model.charters.get(index) {
            findings.push(Diagnostic::at(codes::C007, charter.span).arg("cycle", names.join(" → ")));
        }
        if let Some(charter) = model.charters.get_mut(index) {
            charter.under = None;
        }
    }
}

/// A village has one charter (in several versions at the most).
fn villages(model: &Model<'_>, findings: &mut Vec<Diagnostic>) {
    let mut of: BTreeMap<&str, Vec<&Charter>> = BTreeMap::new();
    for charter in &model.charters {
        let Some(village) = &charter.village else { continue };
        let before = of.entry(village).or_default();
        let earlier = before.iter().find(|other| other.label.name != charter.label.name);
        if let Some(other) = earlier {
            findings.push(
                Diagnostic::at(codes::C006, charter.span)
                    .arg("village", village.as_str())
                    .related(other.span, Term::new("另一部", "the other one")),
            );
        }
        before.push(charter);
    }
}
