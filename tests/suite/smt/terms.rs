//! Terms of SMT-LIB, and the values of the language made of them.

use charter::value::Ratio;
use easy_smt::{Context, ContextBuilder, Response, SExpr};
use std::collections::HashMap;
use std::fmt::Write as _;

/// A term.
pub type S = SExpr;

/// Most milliseconds for one query.
const MILLISECONDS: u32 = 2_000;

/// The calendar: a month is the number of months since the year 0, a day is in its month.
const CALENDAR: [(&str, &[&str], &str, &str); 5] = [
    ("leap", &["y"], "Bool", "(and (= (mod y 4) 0) (or (not (= (mod y 100) 0)) (= (mod y 400) 0)))"),
    (
        "length",
        &["y", "m"],
        "Int",
        "(ite (= m 1) (ite (leap y) 29 28) (ite (or (= m 3) (= m 5) (= m 8) (= m 10)) 30 31))",
    ),
    ("length_of", &["month"], "Int", "(length (div month 12) (mod month 12))"),
    (
        "before",
        &["m"],
        "Int",
        "(ite (= m 0) 0 (ite (= m 1) 31 (ite (= m 2) 59 (ite (= m 3) 90 (ite (= m 4) 120 (ite (= m 5) 151 \
         (ite (= m 6) 181 (ite (= m 7) 212 (ite (= m 8) 243 (ite (= m 9) 273 (ite (= m 10) 304 334)))))))))))",
    ),
    (
        "number",
        &["y", "m", "d"],
        "Int",
        "(+ (* 365 y) (div (- y 1) 4) (- (div (- y 1) 100)) (div (- y 1) 400) (before m) \
         (ite (and (> m 1) (leap y)) 1 0) d)",
    ),
];

/// A solver that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prover {
    Z3,
    Cvc5,
}

/// What is sent to a solver, and its text.
pub struct Script {
    smt: Context,
    text: String,
    names: HashMap<SExpr, SExpr>,
    count: usize,
    /// Where the text of the calendar ends.
    calendar: usize,
}

impl Script {
    pub fn new(prover: Prover) -> Self {
        let mut builder = ContextBuilder::new();
        match prover {
            Prover::Z3 => builder.with_z3_defaults(),
            Prover::Cvc5 => builder.solver("cvc5").solver_args([
                "--quiet".to_owned(),
                "--lang=smt2".to_owned(),
                "--incremental".to_owned(),
                format!("--tlimit-per={MILLISECONDS}"),
            ]),
        };
        let smt = builder.build().unwrap();
        let mut script = Self { smt, text: String::new(), names: HashMap::new(), count: 0, calendar: 0 };
        if prover == Prover::Z3 {
            let limit = script.smt.numeral(MILLISECONDS);
            script.smt.set_option(":timeout", limit).unwrap();
        }
        for (name, arguments, sort, body) in CALENDAR {
            let (body, sort) = (script.read(body), script.smt.atom(sort));
            let int = script.smt.int_sort();
            let arguments: Vec<(&str, S)> = arguments.iter().map(|name| (*name, int)).collect();
            let shown: Vec<String> = arguments.iter().map(|(name, _)| format!("({name} Int)")).collect();
            script.line(&format!(
                "(define-fun {name} ({}) {} {})",
                shown.join(" "),
                script.show(sort),
                script.show(body)
            ));
            script.smt.define_fun(name, arguments, sort, body).unwrap();
        }
        script.calendar = script.text.len();
        script
    }

    /// Begins a question, of which nothing is left when it ends.
    pub fn begin(&mut self) {
        self.smt.push().unwrap();
        self.text = self.text[..self.calendar].to_owned();
        self.names.clear();
    }

    /// Ends a question.
    pub fn end(&mut self) {
        self.smt.pop().unwrap();
    }

    /// What was sent so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{line}");
    }

    fn show(&self, term: S) -> String {
        self.smt.display(term).to_string()
    }

    /// A term written out.
    fn read(&self, text: &str) -> S {
        let spaced = text.replace('(', " ( ").replace(')', " ) ");
        let mut open: Vec<Vec<S>> = vec![Vec::new()];
        for word in spaced.split_whitespace() {
            let done = match word {
                "(" => {
                    open.push(Vec::new());
                    continue;
                }
                ")" => {
                    let list = open.pop().unwrap();
                    self.smt.list(list)
                }
                word => self.smt.atom(word),
            };
            open.last_mut().unwrap().push(done);
        }
        open[0][0]
    }

    pub fn declare(&mut self, name: &str, sort: &str) -> S {
        self.line(&format!("(declare-const {name} {sort})"));
        let sort = self.smt.atom(sort);
        self.smt.declare_const(name, sort).unwrap()
    }

    /// A name that is not used yet.
    pub fn new_name(&mut self) -> String {
        self.count += 1;
        format!("t{}", self.count)
    }

    /// A name for a term, so that what is used often is written once.
    pub fn name(&mut self, term: S, sort: &str) -> S {
        if self.smt.get_atom(term).is_some() {
            return term;
        }
        if let Some(known) = self.names.get(&term) {
            return *known;
        }
        let name = self.new_name();
        self.line(&format!("(define-fun {name} () {sort} {})", self.show(term)));
        let sort = self.smt.atom(sort);
        let named = self.smt.define_const(name, sort, term).unwrap();
        self.names.insert(term, named);
        named
    }

    pub fn assert(&mut self, term: S) {
        self.line(&format!("(assert {})", self.show(term)));
        self.smt.assert(term).unwrap();
    }

    /// Is there a model of all that is asserted and of this as well?
    pub fn check(&mut self, also: S) -> Response {
        self.line(&format!("(push)\n(assert {})\n(check-sat)\n(pop)", self.show(also)));
        self.smt.push().unwrap();
        self.smt.assert(also).unwrap();
        let answer = self.smt.check().unwrap();
        self.smt.pop().unwrap();
        answer
    }

    /// A model of what was asserted, where there is one.
    pub fn model(&mut self, also: S) -> String {
        self.smt.assert(also).unwrap();
        match self.smt.check().unwrap() {
            Response::Sat => {
                let model = self.smt.get_model().unwrap();
                self.show(model)
            }
            Response::Unsat | Response::Unknown => String::new(),
        }
    }

    // ---- terms --------------------------------------------------------------------------------------------------

    pub fn app(&self, op: &str, terms: &[S]) -> S {
        let mut list = vec![self.smt.atom(op)];
        list.extend(terms);
        self.smt.list(list)
    }

    pub fn int(&self, value: impl Into<i128>) -> S {
        let value: i128 = value.into();
        let size = self.smt.atom(value.unsigned_abs().to_string());
        if value < 0 { self.app("-", &[size]) } else { size }
    }

    pub fn ratio(&self, value: Ratio) -> S {
        let num = self.app("to_real", &[self.int(value.num())]);
        self.app("/", &[num, self.app("to_real", &[self.int(value.den())])])
    }

    pub fn yes(&self) -> S {
        self.smt.true_()
    }

    pub fn no(&self) -> S {
        self.smt.false_()
    }

    fn is(&self, term: S, word: &str) -> bool {
        self.smt.get_atom(term) == Some(word)
    }

    pub fn not(&self, term: S) -> S {
        match self.smt.get_atom(term) {
            Some("true") => self.no(),
            Some("false") => self.yes(),
            _ => self.app("not", &[term]),
        }
    }

    pub fn all(&self, terms: impl IntoIterator<Item = S>) -> S {
        let terms: Vec<S> = terms.into_iter().filter(|term| !self.is(*term, "true")).collect();
        match terms.as_slice() {
            _ if terms.iter().any(|term| self.is(*term, "false")) => self.no(),
            [] => self.yes(),
            [one] => *one,
            more => self.app("and", more),
        }
    }

    pub fn any(&self, terms: impl IntoIterator<Item = S>) -> S {
        let terms: Vec<S> = terms.into_iter().filter(|term| !self.is(*term, "false")).collect();
        match terms.as_slice() {
            _ if terms.iter().any(|term| self.is(*term, "true")) => self.yes(),
            [] => self.no(),
            [one] => *one,
            more => self.app("or", more),
        }
    }

    pub fn ite(&self, test: S, yes: S, no: S) -> S {
        match self.smt.get_atom(test) {
            Some("true") => yes,
            Some("false") => no,
            _ if yes == no => yes,
            _ => self.app("ite", &[test, yes, no]),
        }
    }

    pub fn sum(&self, terms: &[S]) -> S {
        match terms {
            [] => self.int(0),
            [one] => *one,
            more => self.app("+", more),
        }
    }
}
