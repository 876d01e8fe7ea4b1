//! The records of the vocabulary.

use super::{Model, label, twice};
use crate::ast::{self, FieldMark, ItemKind, TypeName};
use crate::diagnostic::{Diagnostic, Term, codes};
use crate::schema::{Blank, Code, Field, FieldId, FieldType, Label, Record, RecordId, Schema};
use crate::source::Span;

/// Fills the schema from the records of the files, in order.
pub(super) fn build(model: &mut Model<'_>, files: &[&ast::File], findings: &mut Vec<Diagnostic>) {
    let mut places: Vec<(Label, Span)> = Vec::new();
    for item in files.iter().flat_map(|file| &file.items) {
        let ItemKind::Record(record) = &item.kind else { continue };
        let own = [label(&record.declared), label(&record.plural)];
        for (label, declared) in own.iter().zip([&record.declared, &record.plural]) {
            match places.iter().find(|(taken, _)| clash(taken, label)) {
                Some((taken, first)) => findings.push(twice(
                    shared(taken, label).unwrap_or(&label.name),
                    declared.name.span,
                    *first,
                )),
                None => places.push((label.clone(), declared.name.span)),
            }
        }
        let parent = record.parent.as_ref().and_then(|name| {
            let found = model.schema.find(&name.text);
            if let Some(parent) = found {
                model.references.push((name.span, model.schema.record(parent).label.clone()));
            }
            if found.is_none() && !model.is_lost(&name.text) {
                let what = Term::new("在它之前的记录", "record before this one");
                findings
                    .push(Diagnostic::at(codes::N001, name.span).arg("name", &*name.text).arg("what", what));
            }
            found
        });
        let built = self::record(record, parent, &model.schema, findings);
        model.schema.records.push(built);
    }
}

fn record(
    record: &ast::Record,
    parent: Option<RecordId>,
    schema: &Schema,
    findings: &mut Vec<Diagnostic>,
) -> Record {
    let [singular, plural] = [label(&record.declared), label(&record.plural)];
    let key = label(&record.key);
    let mut seen: Vec<(Label, Span)> = vec![(key.clone(), record.key.name.span)];
    if let Some(parent) = parent {
        seen.push((schema.record(parent).key.clone(), record.key.name.span));
    }
    let mut event = None;
    let mut fields = Vec::new();
    for field in &record.fields {
        let name = label(&field.declared);
        match seen.iter().find(|(taken, _)| clash(taken, &name)) {
            Some((taken, first)) => {
                let word = shared(taken, &name).unwrap_or(&name.name);
                findings.push(twice(word, field.declared.name.span, *first));
            }
            None => seen.push((name.clone(), field.declared.name.span)),
        }
        let has = |mark| field.marks.iter().find(|found| found.value == mark).map(|found| found.span);
        if let Some(span) = has(FieldMark::Event) {
            let is_date = matches!(field.ty, ast::FieldType::Plain(TypeName::Date));
            if is_date && has(FieldMark::Optional).is_none() && event.is_none() {
                event = Some(FieldId(fields.len()));
            } else {
                findings.push(
                    Diagnostic::at(codes::S010, span).arg("part", Term::new("事件", "event")).help(
                        Term::new(
                            "一个记录只有一个事件日期,类型为“日期”,不带“?”",
                            "a record has one event date, of type date, without '?'",
                        ),
                    ),
                );
            }
        }
        let optional = has(FieldMark::Optional).is_some();
        let blank = match has(FieldMark::BlankUnknown) {
            Some(span) if !optional => {
                findings.push(
                    Diagnostic::at(codes::S010, span)
                        .arg("part", Term::new("空白不详", "blank unknown"))
                        .help(Term::new("只有带“?”的字段才需要", "only a field marked '?' needs it")),
                );
                Blank::Unknown
            }
            Some(_) => Blank::UnknownUnlessSaid,
            None if optional => Blank::Absent,
            None => Blank::Unknown,
        };
        let ty = field_type(&field.ty, findings);
        let each = match field.ty {
            ast::FieldType::Plain(TypeName::MoneyEach(each)) => Some(each),
            _ => None,
        };
        fields.push(Field { label: name, ty, each, blank, sensitive: has(FieldMark::Sensitive).is_some() });
    }
    Record { label: singular, plural, parent, key, complete: record.complete, event, fields }
}

fn field_type(ty: &ast::FieldType, findings: &mut Vec<Diagnostic>) -> FieldType {
    match ty {
        ast::FieldType::Plain(TypeName::Text) => FieldType::Text,
        ast::FieldType::Plain(TypeName::Date) => FieldType::Date,
        ast::FieldType::Plain(TypeName::Money | TypeName::MoneyEach(_)) => FieldType::Money,
        ast::FieldType::Plain(TypeName::Number) => FieldType::Number,
        ast::FieldType::Plain(TypeName::Percent) => FieldType::Percent,
        ast::FieldType::Plain(TypeName::Flag) => FieldType::Flag,
        ast::FieldType::Codes(codes) => FieldType::Code(self::codes(codes, findings)),
    }
}

fn codes(list: &[ast::Code], findings: &mut Vec<Diagnostic>) -> Vec<Code> {
    let mut built: Vec<(Code, Span)> = Vec::new();
    let mut numbers_seen: Vec<(i64, Span)> = Vec::new();
    for code in list {
        let name = label(&code.declared);
        let span = code.declared.name.span;
        if let Some((taken, first)) = built.iter().find(|(taken, _)| clash(&taken.label, &name)) {
            findings.push(twice(shared(&taken.label, &name).unwrap_or(&name.name), span, *first));
        }
        for number in &code.numbers {
            match numbers_seen.iter().find(|(taken, _)| *taken == number.value) {
                Some((_, first)) => findings.push(twice(&number.value.to_string(), number.span, *first)),
                None => numbers_seen.push((number.value, number.span)),
            }
        }
        let numbers = code.numbers.iter().filter_map(|number| u32::try_from(number.value).ok()).collect();
        built.push((Code { label: name, numbers }, span));
    }
    built.into_iter().map(|(code, _)| code).collect()
}

/// Do two labels share a word?
pub(super) fn clash(a: &Label, b: &Label) -> bool {
    shared(a, b).is_some()
}

/// The word two labels share.
pub(super) fn shared<'b>(a: &Label, b: &'b Label) -> Option<&'b str> {
    std::iter::once(b.name.as_str()).chain(b.alias.as_deref()).find(|word| a.is(word))
}
