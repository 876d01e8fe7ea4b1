//! Sets of rows, and the branches of tiers and tables, in terms. Every row there is room for is asked; one that does not
//! exist belongs to nothing.

use super::encode::{Encoder, Place, Untold};
use super::terms::{S, Script};
use super::values::{Kind, Truth, Value};
use charter::ir::{Aggregate, Compare, NodeId, Pattern, TableRow, TierArm};
use charter::schema::RecordId;
use charter::types::Type;
use charter::value::Day;

/// Whose rows, and the record in whose row they lie.
type Of = (RecordId, RecordId);

impl Encoder<'_> {
    /// That a row exists and lies in the one that is asked.
    fn is_of(&self, (record, owner): Of, row: usize, at: Place) -> S {
        let exists = self.home.exists(self.script, record, row);
        let lies = self.home.lies_in(self.script, self.plan, (record, row), (owner, at.row));
        self.script.all([exists, lies])
    }

    /// The rows of a set, each with when it belongs.
    fn members(&mut self, of: Of, filter: Option<NodeId>, at: Place) -> Result<Vec<(Place, S)>, Untold> {
        let mut members = Vec::new();
        for row in 0..self.home.rows(of.0) {
            let place = Place { row, ..at };
            let mut belongs = vec![self.is_of(of, row, at)];
            if let Some(filter) = filter {
                belongs.push(self.exact(filter, place)?);
            }
            let belongs = self.script.all(belongs);
            members.push((place, self.script.name(belongs, "Bool")));
        }
        Ok(members)
    }

    pub fn aggregate(
        &mut self,
        (kind, ty): (Aggregate, Type),
        of: Of,
        filter: Option<NodeId>,
        value: Option<NodeId>,
        at: Place,
    ) -> Result<Value, Untold> {
        if kind == Aggregate::Any {
            return self.any_of(of, filter, at);
        }
        let complete = self.plan.schema.record(of.0).complete;
        if !complete && kind != Aggregate::Count {
            return Err("rows: some may be missing of those that are added up or compared");
        }
        let members = self.members(of, filter, at)?;
        if kind == Aggregate::Count {
            let (one, none) = (self.script.int(1), self.script.int(0));
            let ones: Vec<S> =
                members.iter().map(|(_, belongs)| self.script.ite(*belongs, one, none)).collect();
            let count = self.script.sum(&ones);
            return Ok(Value::there(if complete { Kind::Int(count) } else { Kind::AtLeast(count) }));
        }
        let value = value.ok_or("rows: no value")?;
        let mut values = Vec::new();
        for (place, belongs) in members {
            let value = self.eval(value, place)?;
            if value.absent.is_some() {
                return Err("rows: a value that may be absent");
            }
            values.push((belongs, value.kind));
        }
        if kind == Aggregate::Sum {
            return self.sum_of(&values);
        }
        let Some((_, first)) = values.first().copied() else { return Ok(self.nothing(ty)) };
        // The one that belongs and before which none does.
        let orders = values.iter().map(|(belongs, kind)| Ok((*belongs, self.key(*kind)?)));
        let orders = orders.collect::<Result<Vec<_>, Untold>>()?;
        let firsts = self.firsts(&orders, kind == Aggregate::Max);
        let mut best = Value::there(first);
        for (is, (_, kind)) in firsts.iter().zip(&values).skip(1) {
            best = self.script.choose(*is, Value::there(*kind), best).ok_or("rows: values of two kinds")?;
        }
        Ok(Value { absent: Some(self.script.not(self.script.any(firsts))), ..best })
    }

    fn any_of(&mut self, of: Of, filter: Option<NodeId>, at: Place) -> Result<Value, Untold> {
        let (mut is, mut is_not, mut open) =
            (Vec::new(), Vec::new(), !self.plan.schema.record(of.0).complete);
        for row in 0..self.home.rows(of.0) {
            let here = self.is_of(of, row, at);
            let truth = match filter {
                Some(filter) => self.truth(filter, Place { row, ..at })?,
                None => Script::known(self.script.yes()),
            };
            open |= truth.is_not.is_some();
            is.push(self.script.all([here, truth.is]));
            is_not.push(self.script.any([self.script.not(here), self.script.is_not(truth)]));
        }
        let is = self.script.any(is);
        // Of rows that may be missing nothing is false.
        let closed = self.plan.schema.record(of.0).complete;
        let is_not = open.then(|| if closed { self.script.all(is_not) } else { self.script.no() });
        Ok(Value::there(Kind::Truth(Truth { is, is_not })))
    }

    fn sum_of(&self, values: &[(S, Kind)]) -> Result<Value, Untold> {
        let script = &*self.script;
        let whole = values.iter().all(|(_, kind)| matches!(kind, Kind::Int(_)));
        let mut terms = Vec::new();
        for (belongs, kind) in values {
            terms.push(match kind {
                Kind::Int(term) if whole => script.ite(*belongs, *term, script.int(0)),
                kind => script.ite(*belongs, self.real(*kind)?, script.app("to_real", &[script.int(0)])),
            });
        }
        let sum = script.sum(&terms);
        Ok(Value::there(if whole { Kind::Int(sum) } else { Kind::Real(sum) }))
    }

    /// A term that orders values.
    fn key(&self, kind: Kind) -> Result<S, Untold> {
        match kind {
            Kind::Int(term) | Kind::Real(term) => Ok(term),
            Kind::Date(date) => Ok(self.script.order(date)),
            Kind::Truth(_) | Kind::AtLeast(_) => Err("rows: conditions and open counts have no order"),
        }
    }

    /// Of some rows with their keys, when each is the first in order; of equal ones the row that stands before.
    fn firsts(&self, rows: &[(S, S)], last: bool) -> Vec<S> {
        let (strict, weak) = if last { (">", ">=") } else { ("<", "<=") };
        let first = |place: usize| {
            let (belongs, key) = rows[place];
            let others = rows.iter().enumerate().filter(|(other, _)| *other != place);
            let not_before = others.map(|(other, (there, its))| {
                let before = self.script.app(if other < place { weak } else { strict }, &[*its, key]);
                self.script.any([self.script.not(*there), self.script.not(before)])
            });
            self.script.all(not_before.chain([belongs]).collect::<Vec<_>>())
        };
        (0..rows.len()).map(first).collect()
    }

    pub fn pick(
        &mut self,
        last: bool,
        of: Of,
        (filter, key): (Option<NodeId>, NodeId),
        value: NodeId,
        at: Place,
    ) -> Result<Value, Untold> {
        if !self.plan.schema.record(of.0).complete {
            return Err("first or last: rows may be missing");
        }
        let members = self.members(of, filter, at)?;
        let orders = self.orders(&members, key)?;
        let firsts = self.firsts(&orders, last);
        let mut picked: Option<Value> = None;
        for ((place, _), is) in members.iter().zip(&firsts) {
            let own = self.eval(value, *place)?;
            picked = Some(match picked {
                None => own,
                Some(others) => {
                    self.script.choose(*is, own, others).ok_or("first or last: values of two kinds")?
                }
            });
        }
        let Some(picked) = picked else { return Ok(self.nothing(self.plan.node(value).ty)) };
        let none = self.script.not(self.script.any(firsts));
        Ok(Value { absent: Some(self.script.any([none, self.script.is_absent(&picked)])), ..picked })
    }

    /// What is absent, whatever it were.
    fn nothing(&self, ty: Type) -> Value {
        let script = &*self.script;
        let kind = match ty {
            Type::Truth => Kind::Truth(Script::known(script.no())),
            Type::Date => Kind::Date(script.day(Day::MIN)),
            Type::Rate | Type::ExactMoney => Kind::Real(script.app("to_real", &[script.int(0)])),
            Type::Number | Type::Money | Type::Duration | Type::Text | Type::Code(..) => {
                Kind::Int(script.int(0))
            }
        };
        Value { kind, absent: Some(script.yes()) }
    }

    fn orders(&mut self, members: &[(Place, S)], key: NodeId) -> Result<Vec<(S, S)>, Untold> {
        let mut orders = Vec::new();
        for (place, belongs) in members {
            let key = self.eval(key, *place)?;
            if key.absent.is_some() {
                return Err("order: a key that may be absent");
            }
            let key = self.key(key.kind)?;
            orders.push((*belongs, key));
        }
        Ok(orders)
    }

    pub fn rank(
        &mut self,
        (record, owner): Of,
        (filter, key): (Option<NodeId>, NodeId),
        at: Place,
    ) -> Result<Value, Untold> {
        if !self.plan.schema.record(record).complete {
            return Err("rank: rows may be missing");
        }
        let mut places = Vec::new();
        for row in 0..self.home.rows(record) {
            let place = Place { row, ..at };
            let filter = filter.map(|filter| self.exact(filter, place)).transpose()?;
            let exists = self.home.exists(self.script, record, row);
            let belongs =
                self.script.all(filter.into_iter().chain([exists, self.beside(record, owner, at.row, row)]));
            places.push((place, belongs));
        }
        let orders = self.orders(&places, key)?;
        let (own, own_key) = orders[at.row];
        let script = &*self.script;
        let before = orders.iter().map(|(belongs, key)| {
            let less = script.app("<", &[*key, own_key]);
            script.ite(script.all([*belongs, less]), script.int(1), script.int(0))
        });
        let count: Vec<S> = before.chain([script.int(1)]).collect();
        Ok(Value { kind: Kind::Int(script.sum(&count)), absent: Some(script.not(own)) })
    }

    /// That two rows of a record lie in the same row of one above.
    fn beside(&self, record: RecordId, owner: RecordId, one: usize, other: usize) -> S {
        let both = (0..self.home.rows(owner)).map(|place| {
            let lies = |row| self.home.lies_in(self.script, self.plan, (record, row), (owner, place));
            self.script.all([lies(one), lies(other)])
        });
        self.script.any(both.collect::<Vec<_>>())
    }

    /// That many or more, compared: it may be any greater number.
    pub fn at_least(&self, compare: Compare, least: S, than: S) -> Truth {
        let (script, never) = (&*self.script, self.script.no());
        let of = |op| script.app(op, &[least, than]);
        let (is, is_not) = match compare {
            Compare::Ge => (of(">="), never),
            Compare::Gt => (of(">"), never),
            Compare::Lt => (never, of(">=")),
            Compare::Le | Compare::Eq => (never, of(">")),
        };
        Truth { is, is_not: Some(is_not) }
    }

    // ---- branches -----------------------------------------------------------------------------------------------

    /// When each arm is hit.
    pub fn tiers_hit(&mut self, subject: NodeId, arms: &[TierArm], at: Place) -> Result<Vec<S>, Untold> {
        let subject = self.eval(subject, at)?;
        arms.iter().map(|arm| self.fits(&subject, &arm.pattern)).collect()
    }

    /// When each row is hit: the first that fits.
    pub fn rows_hit(&mut self, subjects: &[NodeId], rows: &[TableRow], at: Place) -> Result<Vec<S>, Untold> {
        let subjects =
            subjects.iter().map(|subject| self.eval(*subject, at)).collect::<Result<Vec<_>, _>>()?;
        let (mut hits, mut before): (Vec<S>, Vec<S>) = (Vec::new(), Vec::new());
        for row in rows {
            let mut fits = Vec::new();
            for (cell, subject) in row.cells.iter().zip(&subjects) {
                if let Some(pattern) = cell {
                    fits.push(self.fits(subject, pattern)?);
                }
            }
            let fits = self.script.all(fits);
            let fits = self.script.name(fits, "Bool");
            let others = before.iter().map(|other| self.script.not(*other));
            hits.push(self.script.all(others.chain([fits]).collect::<Vec<_>>()));
            before.push(fits);
        }
        Ok(hits)
    }

    fn fits(&self, subject: &Value, pattern: &Pattern) -> Result<S, Untold> {
        let script = &*self.script;
        let term = self.key(subject.kind)?;
        let fits = match (pattern, subject.kind) {
            (_, Kind::Real(_)) => return Err("tiers: of a fraction"),
            (Pattern::Code(code), _) => script.app("=", &[term, script.int(*code)]),
            (Pattern::Span(lo, hi), kind) => {
                let end = |end: i64| match kind {
                    Kind::Date(_) => {
                        let day = i32::try_from(end).ok().and_then(Day::from_number);
                        day.map(|day| script.order(script.day(day))).ok_or("tiers: no such day")
                    }
                    _ => Ok(script.int(end)),
                };
                let lo = lo.map(|lo| Ok::<S, Untold>(script.app("<=", &[end(lo)?, term]))).transpose()?;
                let hi = hi.map(|hi| Ok::<S, Untold>(script.app("<=", &[term, end(hi)?]))).transpose()?;
                script.all([lo, hi].into_iter().flatten())
            }
        };
        Ok(script.all([script.is_there(&[subject]), fits]))
    }

    /// The value of the branch that is hit; what is left over, or nothing, where none is.
    pub fn hit(
        &mut self,
        hits: &[S],
        values: &[NodeId],
        rest: Option<Value>,
        ty: Type,
        at: Place,
    ) -> Result<Value, Untold> {
        let mut hit = rest;
        for (is, value) in hits.iter().zip(values).rev() {
            let own = self.typed(*value, ty, at)?;
            hit = Some(match hit {
                None => Value {
                    absent: Some(self.script.any([self.script.not(*is), self.script.is_absent(&own)])),
                    ..own
                },
                Some(others) => {
                    self.script.choose(*is, own, others).ok_or("branches: values of two kinds")?
                }
            });
        }
        hit.ok_or("branches: none")
    }
}
