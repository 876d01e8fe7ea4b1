//! Families that differ in nothing but how many children they have: what a condition or an amount comes to in each of them
//! is asked of the evaluator itself, so that it is no matter how it is written.
//!
//! In: what a birth is called in a vocabulary. Out: couples without a child, with one, and so on, whose children are all of
//! one age; nothing else is known of them. Beside each stands the same family with a further adult, of whom it is not known
//! who it is: what is lost by that is no matter of births.

use super::law::{Status, lints};
use super::solve::Shape;
use super::status::is;
use super::text::names;
use super::wording::{Births, RULES};
use super::words::mentions;
use crate::eval::traced::Probe;
use crate::eval::{FactId, FactPart};
use crate::ir::{CharterId, Days, NodeId, ParameterId, Plan};
use crate::register::Register;
use crate::schema::{Blank, Datum, Field, FieldId, FieldType, Record, RecordId};
use crate::value::{Bounds, Day, DaySpan, Fact, Fen, Truth};

/// Ages of the children in full years, and of their parents beyond that.
const AGES: [i64; 5] = [0, 2, 8, 15, 20];
const PARENTS: i64 = 25;
/// Days since the last birthday of the youngest child.
const SINCE: i64 = 40;
/// So many children are imagined to be allowed by a register that marks some as too many.
const ALLOWED: usize = 1;
/// After how many days a birth is registered.
const REGISTERED: i64 = 20;

/// A family on a day.
pub(super) struct Family<'p> {
    plan: &'p Plan,
    layers: &'p [CharterId],
    day: Day,
    register: Register,
    facts: Vec<(FactId, Fact<Datum>)>,
    /// By record: the row of the head, and that of the youngest child.
    rows: Vec<[Option<usize>; 2]>,
}

/// Who a row is.
#[derive(Clone, Copy)]
enum Who {
    Head,
    Spouse,
    /// The first to be born is 0.
    Child(usize),
    Adult,
}

/// A family, and what it becomes by a birth and by a further adult.
pub(super) struct Step<'p> {
    /// Of all children, in full years.
    pub age: i64,
    pub before: Family<'p>,
    pub birth: Family<'p>,
    pub adult: Family<'p>,
}

/// What families are made of.
pub(super) struct Made<'p> {
    plan: &'p Plan,
    status: &'p Status,
    /// The charters that hold, the nearest first.
    layers: Vec<CharterId>,
    day: Day,
}

/// The children of a family: their sex, by the words for it and for the relation to the head, their age and how many; and
/// whether another adult lives with them.
#[derive(Clone, Copy)]
struct Children<'p> {
    sex: &'p [String],
    relation: &'p [String],
    age: i64,
    many: usize,
    adult: bool,
}

impl<'p> Made<'p> {
    /// For a clause of a charter that is in force on some days: judged at the end of the first year.
    pub(super) fn of(plan: &'p Plan, status: &'p Status, charter: CharterId, days: Days) -> Self {
        let above = std::iter::successors(Some(charter), |id| plan.charter(*id).under);
        let layers = above.take(plan.charters.len()).collect();
        Self { plan, status, layers, day: days.from.year_end().min(days.last()) }
    }

    /// For each sex, age and number of children, up to so many.
    pub(super) fn steps(&self, most: usize) -> Vec<Step<'_>> {
        let Status { male, son, female, daughter, .. } = self.status;
        let mut steps = Vec::new();
        for (sex, relation) in [(male.as_slice(), son.as_slice()), (female, daughter)] {
            for age in AGES {
                for many in 0..most {
                    let family = |many, adult| self.family(Children { sex, relation, age, many, adult });
                    let all = (family(many, false), family(many + 1, false), family(many, true));
                    if let (Some(before), Some(birth), Some(adult)) = all {
                        steps.push(Step { age, before, birth, adult });
                    }
                }
            }
        }
        steps
    }

    fn family(&self, children: Children<'_>) -> Option<Family<'_>> {
        let schema = &self.plan.schema;
        let unit = schema.unit()?;
        let rows: Vec<Vec<Who>> = schema.iter().map(|(id, record)| self.rows(id, record, children)).collect();
        let in_unit = |(rows, (id, _))| if id == unit { Vec::new() } else { vec![0; Vec::len(rows)] };
        let shape = Shape {
            rows: rows.iter().map(Vec::len).collect(),
            parents: rows.iter().zip(schema.iter()).map(in_unit).collect(),
        };
        let mut facts = Vec::new();
        for ((record, declared), rows) in schema.iter().zip(&rows) {
            for (row, who) in rows.iter().enumerate() {
                for (place, field) in declared.fields.iter().enumerate() {
                    let part = FactPart::Field(FieldId(place));
                    let whole = record == unit || matches!(who, Who::Head | Who::Spouse);
                    let known = self.known(field, *who, whole, children);
                    facts.extend(known.map(|known| (FactId { record, part, row }, known)));
                }
            }
        }
        let head = |rows: &Vec<Who>| rows.iter().position(|who| matches!(who, Who::Head));
        let youngest = |rows: &Vec<Who>| rows.iter().rposition(|who| matches!(who, Who::Child(_)));
        Some(Family {
            plan: self.plan,
            layers: &self.layers,
            day: self.day,
            register: shape.register(schema),
            facts,
            rows: rows.iter().map(|rows| [head(rows), youngest(rows)]).collect(),
        })
    }

    /// The rows of a record: of those that have a date of birth, parents and children, or children alone.
    fn rows(&self, id: RecordId, record: &Record, children: Children<'_>) -> Vec<Who> {
        let unit = self.plan.schema.unit();
        if Some(id) == unit {
            return vec![Who::Head];
        }
        if record.parent != unit || !record.fields.iter().any(|field| is(&field.label, &RULES.births.date)) {
            return Vec::new();
        }
        let lies_here = |who: &Who| !is(&record.label, &RULES.births.records) || matches!(who, Who::Child(_));
        let adult = Some(Who::Adult).filter(|_| children.adult);
        let all = [Who::Head, Who::Spouse].into_iter().chain((0..children.many).map(Who::Child)).chain(adult);
        all.filter(lies_here).collect()
    }

    /// What a field of somebody holds; `whole` where it speaks of all the children.
    fn known(&self, field: &Field, who: Who, whole: bool, children: Children<'_>) -> Option<Fact<Datum>> {
        let Births { date, registered, died, counts, latest, beyond, within, .. } = &RULES.births;
        let Status { relation, head, spouse, male, female, .. } = self.status;
        let day = |day: Option<Day>| Some(Fact::Known(Datum::Date(DaySpan::day(day?))));
        let of = |words: &[String]| names(&field.label).iter().any(|name| mentions(name, words));
        match &field.ty {
            FieldType::Date if is(&field.label, date) => day(self.birth(who, children)),
            FieldType::Date if is(&field.label, registered) => {
                day(self.birth(who, children)?.add_days(REGISTERED))
            }
            FieldType::Date if is(&field.label, died) && field.blank != Blank::Unknown => Some(Fact::Absent),
            FieldType::Date if whole && of(latest) => match children.many.checked_sub(1) {
                Some(last) => day(self.birth(Who::Child(last), children)),
                None => Some(Fact::Absent).filter(|_| field.blank != Blank::Unknown),
            },
            // A year ago, so that some children were born since.
            FieldType::Date if is_signature(field) => day(self.day.add_months(-12)),
            FieldType::Flag if of(beyond) => Some(Fact::Known(Datum::Flag(children.many > ALLOWED))),
            FieldType::Flag if of(within) => Some(Fact::Known(Datum::Flag(children.many <= ALLOWED))),
            FieldType::Number if of(counts) => {
                let number = match who {
                    Who::Child(order) if !whole => order + 1,
                    _ => children.many,
                };
                Some(Fact::Known(Datum::Number(i64::try_from(number).ok()?)))
            }
            FieldType::Code(codes) => {
                let words = match (is(&field.label, relation), who) {
                    (true, Who::Head) => head,
                    (true, Who::Spouse) => spouse,
                    (true, Who::Child(_)) => children.relation,
                    (false, _)
                        if ![male, female]
                            .iter()
                            .all(|sex| codes.iter().any(|code| is(&code.label, sex))) =>
                    {
                        return None;
                    }
                    (false, Who::Head) => male,
                    (false, Who::Spouse) => female,
                    (false, Who::Child(_)) => children.sex,
                    (_, Who::Adult) => return None,
                };
                let code = codes.iter().position(|code| is(&code.label, words))?;
                Some(Fact::Known(Datum::Code(u16::try_from(code).ok()?)))
            }
            _ => None,
        }
    }

    /// When somebody was born: children one after the other within a few days, so that they are of one age.
    fn birth(&self, who: Who, children: Children<'_>) -> Option<Day> {
        let (age, before) = match who {
            Who::Head | Who::Spouse | Who::Adult => (children.age + PARENTS, 0),
            Who::Child(order) => (children.age, children.many.saturating_sub(order + 1)),
        };
        self.day.add_months(-12 * age)?.add_days(-SINCE - i64::try_from(before).ok()?)
    }
}

impl Family<'_> {
    /// A condition on the row of the head and on that of the youngest child; none where there is no such row, or it cannot
    /// be computed.
    pub(super) fn truths(&self, node: NodeId, record: RecordId) -> [Option<Truth>; 2] {
        self.places(record).map(|row| Some(self.probe().truth(node, row?, &self.facts).ok()?.value))
    }

    /// An amount on the same rows.
    pub(super) fn amounts(&self, node: NodeId, record: RecordId) -> [Option<Bounds<Fen>>; 2] {
        self.places(record).map(|row| Some(self.probe().money(node, row?, &self.facts).ok()?.value))
    }

    fn places(&self, record: RecordId) -> [Option<usize>; 2] {
        self.rows.get(record.0).copied().unwrap_or_default()
    }

    fn probe(&self) -> Probe<'_> {
        // What a parameter comes to on a day without a value is another question.
        let only_gap = Some(ParameterId(usize::MAX));
        let Family { plan, register, day, layers, .. } = self;
        Probe { plan, register, day: *day, layers, standing: None, only_gap }
    }
}

/// The day on which a household signed.
fn is_signature(field: &Field) -> bool {
    lints().iter().any(|lint| is(&field.label, &lint.signature))
}
