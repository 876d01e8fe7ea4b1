//! A household in terms: rows that exist or not, the rows they lie in, and their facts.

use super::terms::{S, Script};
use super::values::{Date, Kind, Value};
use charter::analyse::{MAX_ROWS, Question, Shape, Want};
use charter::eval::{FactId, FactPart};
use charter::ir::{NodeId, Op, Plan};
use charter::schema::{Blank, Datum, FieldId, FieldType, RecordId};
use charter::value::{DaySpan, Fact};
use std::collections::{BTreeSet, HashMap};

/// No number and no amount of a register is greater: nothing here overflows.
const MOST: i128 = 10_000_000_000_000;

/// The rows of one household.
pub struct Home {
    pub root: RecordId,
    /// By record, for how many rows there is room.
    rows: Vec<usize>,
    exists: HashMap<(RecordId, usize), S>,
    /// The row it lies in.
    parents: HashMap<(RecordId, usize), S>,
    facts: HashMap<(RecordId, usize, FieldId), Value>,
    texts: HashMap<String, i128>,
    /// No number of the register lies below this.
    least: i128,
}

/// The rows that something is asked or given of.
fn pinned(question: &Question) -> Vec<(RecordId, usize)> {
    let given = question.literals.iter().filter_map(|literal| literal.given);
    let given = given.map(|given| (given.fact.record, given.fact.row));
    let events = question.events.iter().map(|event| event.row);
    question.literals.iter().map(|literal| literal.row).chain(events).chain(given).collect()
}

/// The records whose rows some expressions ask about.
fn asked_about(plan: &Plan, question: &Question) -> BTreeSet<RecordId> {
    let mut waiting: Vec<NodeId> = question.literals.iter().map(|literal| literal.node).collect();
    let (mut seen, mut records) = (BTreeSet::new(), BTreeSet::new());
    while let Some(id) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        let node = plan.node(id);
        if let Op::Aggregate { record, .. } | Op::Pick { record, .. } = node.op {
            records.extend(plan.schema.chain(record));
        }
        if let Op::Rank { .. } = node.op {
            records.extend(node.scope.into_iter().flat_map(|record| plan.schema.chain(record)));
        }
        node.op.operands(&mut waiting);
    }
    records.extend(pinned(question).into_iter().flat_map(|(record, _)| plan.schema.chain(record)));
    records
}

impl Home {
    /// The root that all rows lie in; none where there are two.
    fn root(plan: &Plan, question: &Question) -> Option<RecordId> {
        let rows = pinned(question);
        let roots: BTreeSet<RecordId> =
            rows.iter().filter_map(|(record, _)| plan.schema.chain(*record).last()).collect();
        match roots.len() {
            0 => plan.schema.unit(),
            1 => roots.first().copied(),
            _ => None,
        }
    }

    /// Any household with no more rows than the search looks at, in whichever rows they lie.
    pub fn any(script: &mut Script, plan: &Plan, question: &Question) -> Option<Self> {
        let root = Self::root(plan, question)?;
        let schema = &plan.schema;
        let mut least = vec![0; schema.records.len()];
        for (record, row) in pinned(question) {
            for above in schema.chain(record) {
                let wanted = if above == record { row + 1 } else { 1 };
                least[above.0] = least[above.0].max(wanted);
            }
        }
        least[root.0] = 1;
        let fixed = least.iter().sum::<usize>() - 1;
        let more = MAX_ROWS.saturating_sub(fixed);
        let mut rows = least.clone();
        for record in asked_about(plan, question) {
            if record != root && schema.chain(record).last() == Some(root) {
                rows[record.0] += more;
            }
        }
        let mut home = Self::of(root, rows);
        // An amount that is less than it should be is looked for where no number is below zero.
        if question.literals.iter().any(|literal| matches!(literal.want, Want::Below(_))) {
            home.least = 0;
        }
        let mut further = Vec::new();
        for (record, declared) in schema.iter().filter(|(record, _)| *record != root) {
            let name = &declared.label.name;
            for row in 0..home.rows[record.0] {
                let exists = if row < least[record.0] {
                    script.yes()
                } else {
                    let exists = script.declare(&format!("|{name}.{row}|"), "Bool");
                    further.push(exists);
                    // Rows are put in one after another.
                    if row > least[record.0] {
                        let before = home.exists[&(record, row - 1)];
                        let order = script.app("=>", &[exists, before]);
                        script.assert(order);
                    }
                    exists
                };
                home.exists.insert((record, row), exists);
                let Some(parent) = declared.parent else { continue };
                let lies_in = script.declare(&format!("|{name}.{row} lies in|"), "Int");
                home.parents.insert((record, row), lies_in);
                let places = (0..home.rows[parent.0]).map(|place| {
                    let here = script.app("=", &[lies_in, script.int(place as i128)]);
                    script.all([here, home.exists(script, parent, place)])
                });
                let somewhere = script.any(places.collect::<Vec<_>>());
                let lies = script.any([script.not(exists), somewhere]);
                script.assert(lies);
            }
        }
        if !further.is_empty() {
            let ones: Vec<S> =
                further.iter().map(|exists| script.ite(*exists, script.int(1), script.int(0))).collect();
            let few = script.app("<=", &[script.sum(&ones), script.int(more as i128)]);
            script.assert(few);
        }
        Some(home)
    }

    /// A household of that shape.
    pub fn shaped(script: &Script, plan: &Plan, root: RecordId, shape: &Shape) -> Self {
        let mut home = Self::of(root, shape.rows.clone());
        for (record, _) in plan.schema.iter() {
            for (row, parent) in shape.parents[record.0].iter().enumerate() {
                home.parents.insert((record, row), script.int(*parent as i128));
            }
            for row in 0..shape.rows[record.0] {
                home.exists.insert((record, row), script.yes());
            }
        }
        home
    }

    fn of(root: RecordId, rows: Vec<usize>) -> Self {
        let (exists, parents, facts) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { root, rows, exists, parents, facts, texts: HashMap::new(), least: -MOST }
    }

    pub fn rows(&self, record: RecordId) -> usize {
        self.rows[record.0]
    }

    pub fn exists(&self, script: &Script, record: RecordId, row: usize) -> S {
        self.exists.get(&(record, row)).copied().unwrap_or_else(|| script.yes())
    }

    /// That a row lies, at whatever depth, in a row of a record above.
    pub fn lies_in(
        &self,
        script: &Script,
        plan: &Plan,
        (record, row): (RecordId, usize),
        (owner, place): (RecordId, usize),
    ) -> S {
        if record == owner {
            return if row == place { script.yes() } else { script.no() };
        }
        let Some(parent) = plan.schema.record(record).parent else { return script.no() };
        let lies_in = self.parents[&(record, row)];
        if parent == owner {
            // There is but one root.
            return if owner == self.root {
                script.yes()
            } else {
                script.app("=", &[lies_in, script.int(place as i128)])
            };
        }
        let ways = (0..self.rows(parent)).map(|between| {
            let here = script.app("=", &[lies_in, script.int(between as i128)]);
            script.all([here, self.lies_in(script, plan, (parent, between), (owner, place))])
        });
        script.any(ways.collect::<Vec<_>>())
    }

    /// The number that stands for a text; whatever has no number is another text.
    pub fn text(&mut self, script: &Script, text: &str) -> S {
        let next = self.texts.len() as i128;
        let number = *self.texts.entry(text.to_owned()).or_insert(next);
        script.int(number)
    }

    /// A fact that is known, or absent where its field may be: what is not known is any of these.
    pub fn fact(
        &mut self,
        script: &mut Script,
        plan: &Plan,
        (record, row): (RecordId, usize),
        field: FieldId,
    ) -> Value {
        if let Some(known) = self.facts.get(&(record, row, field)) {
            return *known;
        }
        let declared = plan.schema.field(record, field);
        let name = format!("{}.{row}.{}", plan.schema.record(record).label.name, declared.label.name);
        let bottom = self.least;
        let within = |script: &mut Script, term: S, least: i128, most: i128| {
            let bounds = script.app("<=", &[script.int(least), term, script.int(most)]);
            script.assert(bounds);
        };
        let kind = match &declared.ty {
            FieldType::Flag => Kind::Truth(Script::known(script.declare(&format!("|{name}|"), "Bool"))),
            FieldType::Text => Kind::Int(script.declare(&format!("|{name}|"), "Int")),
            FieldType::Money | FieldType::Number => {
                let term = script.declare(&format!("|{name}|"), "Int");
                within(script, term, bottom, MOST);
                Kind::Int(term)
            }
            FieldType::Code(codes) => {
                let term = script.declare(&format!("|{name}|"), "Int");
                within(script, term, 0, codes.len() as i128 - 1);
                Kind::Int(term)
            }
            FieldType::Percent => {
                let term = script.declare(&format!("|{name}|"), "Real");
                let ends = [bottom, MOST].map(|end| script.app("to_real", &[script.int(end)]));
                let bounds = script.app("<=", &[ends[0], term, ends[1]]);
                script.assert(bounds);
                Kind::Real(term)
            }
            FieldType::Date => Kind::Date(script.any_day(&name)),
        };
        let absent =
            (declared.blank != Blank::Unknown).then(|| script.declare(&format!("|{name} absent|"), "Bool"));
        let value = Value { kind, absent };
        self.facts.insert((record, row, field), value);
        value
    }

    /// All dates that are read.
    pub fn dates(&self) -> Vec<Date> {
        let date = |value: &Value| match value.kind {
            Kind::Date(date) => Some(date),
            _ => None,
        };
        self.facts.values().filter_map(date).collect()
    }

    /// A value that is given.
    pub fn datum(&mut self, script: &Script, datum: &Datum) -> Value {
        Value::there(match datum {
            Datum::Text(text) => Kind::Int(self.text(script, text)),
            Datum::Date(DaySpan { first, .. }) => Kind::Date(script.day(*first)),
            Datum::Money(fen) => Kind::Int(script.int(fen.0)),
            Datum::Number(number) => Kind::Int(script.int(*number)),
            Datum::Percent(ratio) => Kind::Real(script.ratio(*ratio)),
            Datum::Flag(flag) => Kind::Truth(Script::known(if *flag { script.yes() } else { script.no() })),
            Datum::Code(code) => Kind::Int(script.int(*code)),
        })
    }

    /// That a fact is what a household has.
    pub fn pin(&mut self, script: &mut Script, plan: &Plan, fact: FactId, is: &Fact<Datum>) {
        let FactPart::Field(field) = fact.part else { return };
        let value = self.fact(script, plan, (fact.record, fact.row), field);
        let said = match is {
            Fact::Absent => script.is_absent(&value),
            Fact::Unknown => script.yes(),
            Fact::Known(datum) => {
                let datum = self.datum(script, datum);
                script.all([script.is_there(&[&value]), script.same(value.kind, datum.kind)])
            }
        };
        script.assert(said);
    }

    /// That a date is there, and is one of some days: the one of the moment.
    pub fn happened(
        &mut self,
        script: &mut Script,
        plan: &Plan,
        row: (RecordId, usize),
        (field, day): (FieldId, Date),
    ) {
        let value = self.fact(script, plan, row, field);
        let said = script.all([script.is_there(&[&value]), script.same(value.kind, Kind::Date(day))]);
        script.assert(said);
    }
}
