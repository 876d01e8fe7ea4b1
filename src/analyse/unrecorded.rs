//! Facts that a clause or an indicator depends on and that no register beside its charter has room for: for every household they are
//! missing, and the clause is never decided.

use crate::diagnostic::{Diagnostic, Term, codes};
use crate::ir::{Benefit, ConditionKind, Indicator, Most, Must, NodeId, Obligation, Op, Pay, Plan, Window};
use crate::register::Outline;
use crate::schema::{FieldId, Label, RecordId};
use crate::source::{SourceId, Span};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The registers beside each file, or under what was checked with it; none for most.
pub type Registers = BTreeMap<SourceId, Vec<Rc<Outline>>>;

/// Something a clause reads: a field, or the rows of a record.
type Wanted = (RecordId, Option<FieldId>);

/// A clause: its names, its title, and the expressions it reads, each with its place.
struct Reader<'p> {
    label: &'p Label,
    title: Span,
    target: RecordId,
    reads: Vec<(NodeId, Span)>,
    /// Records whose rows are asked for without an expression.
    events: Vec<(RecordId, Span)>,
}

/// One finding a clause, with all that is not recorded.
pub(super) fn facts(plan: &Plan, registers: &Registers) -> Vec<Diagnostic> {
    let readers = plan.benefits.iter().map(of_benefit).chain(plan.obligations.iter().map(of_duty));
    let readers = readers.chain(plan.indicators.iter().map(of_indicator));
    // A clause is there once for each stack of its charter.
    let mut texts: BTreeMap<Span, (&Label, BTreeMap<Wanted, Span>)> = BTreeMap::new();
    for reader in readers.filter(|reader| beside(registers, reader.title).is_some()) {
        let (_, wanted) = texts.entry(reader.title).or_insert((reader.label, BTreeMap::new()));
        for (one, place) in wants(plan, &reader) {
            wanted.entry(one).or_insert(place);
        }
    }
    let found = texts
        .iter()
        .filter_map(|(title, (label, wanted))| missing(plan, beside(registers, *title)?, label, wanted));
    found.collect()
}

/// The registers beside the file of a place, where there are any.
pub(super) fn beside(registers: &Registers, place: Span) -> Option<&[Rc<Outline>]> {
    registers.get(&place.source).map(Vec::as_slice).filter(|found| !found.is_empty())
}

fn missing(
    plan: &Plan,
    outlines: &[Rc<Outline>],
    label: &Label,
    wanted: &BTreeMap<Wanted, Span>,
) -> Option<Diagnostic> {
    let has_record = |record: RecordId| outlines.iter().any(|one| one.has_record(record));
    let lacks = |(record, field): Wanted| match field {
        None => !has_record(record),
        // Where there is no file, that is all there is to say.
        Some(field) => has_record(record) && !outlines.iter().any(|one| one.has_field(record, field)),
    };
    let lacking: Vec<(Wanted, Span)> =
        wanted.iter().map(|(one, place)| (*one, *place)).filter(|(one, _)| lacks(*one)).collect();
    let place = lacking.iter().map(|(_, place)| *place).min()?;
    let facts: Vec<Term> = lacking.iter().map(|(one, _)| fact(plan, *one)).collect();
    let names: Vec<Term> = outlines.iter().map(|one| Term::same(&one.name)).collect();
    Some(
        Diagnostic::at(codes::A010, place)
            .arg("clause", Term::from(label))
            .arg("facts", list(&facts))
            .arg("registers", list(&names))
            .help(Term::new(
                "在登记册里加上它,或者改用登记了的事实;登记册还没有建好的,用“许可 A010”写明谁在哪一天决定的",
                "add it to the register, or ask for something that is recorded; where it is still to come, say who decided so and when with 'allow A010'",
            )),
    )
}

fn fact(plan: &Plan, (record, field): Wanted) -> Term {
    let owner = &plan.schema.record(record).label;
    match field {
        None => Term::new(format!("{}(没有这个文件)", owner.zh()), format!("{} (no such file)", owner.en())),
        Some(field) => {
            let label = &plan.schema.field(record, field).label;
            Term::new(format!("{}.{}", owner.zh(), label.zh()), format!("{}.{}", owner.en(), label.en()))
        }
    }
}

fn list(terms: &[Term]) -> Term {
    let join = |pick: fn(&Term) -> &str, comma| terms.iter().map(pick).collect::<Vec<_>>().join(comma);
    Term::new(join(|term| &term.zh, "、"), join(|term| &term.en, ", "))
}

fn of_benefit(benefit: &Benefit) -> Reader<'_> {
    let all = benefit.filter.iter().chain(&benefit.conditions);
    // What another clause asks for is that clause's own.
    let own = all.filter(|one| !matches!(one.kind, ConditionKind::Exception | ConditionKind::Replaced));
    let mut reads: Vec<(NodeId, Span)> = own.map(|condition| (condition.node, condition.span.0)).collect();
    match &benefit.pay {
        Pay::Fixed(amount, span) | Pay::InKind { worth: amount, span, .. } => reads.push((*amount, span.0)),
        Pay::Range { lo, hi, span, .. } => reads.extend([(*lo, span.0), (*hi, span.0)]),
    }
    for limit in &benefit.limits {
        if let Most::Amount(amount) = limit.most {
            reads.push((amount, limit.span.0));
        }
    }
    let (label, title, target) = (&benefit.label, benefit.title.0, benefit.target);
    Reader { label, title, target, reads, events: Vec::new() }
}

fn of_duty(duty: &Obligation) -> Reader<'_> {
    let conditions = duty.filter.iter().chain(&duty.bound).chain(&duty.excuse);
    let mut reads: Vec<(NodeId, Span)> =
        conditions.map(|condition| (condition.node, condition.span.0)).collect();
    let mut events = Vec::new();
    match &duty.must {
        Must::Within { act, after, span, .. } => reads.extend([(*act, span.0), (*after, span.0)]),
        Must::Times { record, filter, span, .. } => {
            events.push((*record, span.0));
            reads.extend(filter.map(|filter| (filter, span.0)));
        }
        Must::Throughout { window, condition, span } => {
            reads.push((*condition, span.0));
            if let Window::After { after, .. } = window {
                reads.push((*after, span.0));
            }
        }
    }
    Reader { label: &duty.label, title: duty.span.0, target: duty.target, reads, events }
}

fn of_indicator(indicator: &Indicator) -> Reader<'_> {
    let place = indicator.span.0;
    let measures = [Some(indicator.numerator), indicator.denominator].into_iter().flatten();
    let reads = measures.clone().flat_map(|measure| measure.filter.into_iter().chain(measure.value));
    Reader {
        label: &indicator.label,
        title: place,
        target: indicator.numerator.record,
        reads: reads.map(|node| (node, place)).collect(),
        events: measures.map(|measure| (measure.record, place)).collect(),
    }
}

/// Everything a clause reads, each with the first place that reads it.
fn wants(plan: &Plan, reader: &Reader<'_>) -> BTreeMap<Wanted, Span> {
    let mut wanted: BTreeMap<Wanted, Span> = BTreeMap::from([((reader.target, None), reader.title)]);
    for (record, place) in &reader.events {
        wanted.entry((*record, None)).or_insert(*place);
    }
    for (root, place) in &reader.reads {
        for id in plan.within([*root]) {
            let one = match &plan.node(id).op {
                Op::Field(record, field) => (*record, Some(*field)),
                Op::Aggregate { record, .. } | Op::Pick { record, .. } => (*record, None),
                _ => continue,
            };
            wanted.entry(one).or_insert(*place);
        }
    }
    wanted
}
