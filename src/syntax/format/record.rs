//! Records: fields in columns of name, alias and type.

use super::doc::{Doc, STEP};
use super::item::{Row, code_name};
use super::words::{Printer, Segment, Separator, bytes, declared, quoted_name, string, through};
use crate::ast::{Code, FieldMark, FieldType, Item, Record};
use crate::syntax::keyword::Keyword;
use unicode_width::UnicodeWidthStr;

impl Printer<'_> {
    pub(super) fn record(&mut self, item: &Item, it: &Record) -> Vec<Row> {
        let mut head =
            vec![self.word(Keyword::Record).to_owned(), declared(&it.declared), declared(&it.plural)];
        if let Some(parent) = &it.parent {
            head.extend([self.word(Keyword::In).to_owned(), self.reference(parent)]);
        }
        head.extend([self.word(Keyword::Key).to_owned(), declared(&it.key)]);
        if it.complete {
            head.push(self.word(Keyword::Complete).to_owned());
        }
        let last = it.key.alias.as_ref().map_or(it.key.name.span, |alias| alias.span);
        let range = item.span.start as usize..last.end as usize;
        let mut rows = vec![Row { indent: 0, range, doc: Doc::Text(head.join(" ")) }];

        let names: Vec<String> =
            it.fields.iter().map(|field| quoted_name(&field.declared.name.text)).collect();
        let alias = |alias: &crate::ast::Text| string(&alias.text);
        let aliases: Vec<String> = it
            .fields
            .iter()
            .map(|field| field.declared.alias.as_ref().map_or_else(String::new, alias))
            .collect();
        let name_width = widest(&names);
        let alias_width = widest(&aliases);
        for ((field, name), alias) in it.fields.iter().zip(&names).zip(&aliases) {
            let mut columns = padded(name, name_width);
            if alias_width > 0 {
                columns += &padded(alias, alias_width);
            }
            let mut ty = match &field.ty {
                FieldType::Plain(ty) => vec![Doc::text(self.type_name(*ty))],
                FieldType::Codes(codes) => vec![self.codes(codes)],
            };
            ty.extend(field.marks.iter().map(|mark| Doc::Text(self.mark(mark.value))));
            let ty = Doc::Concat(vec![Doc::text(": "), Doc::Concat(ty)]).grouped().aligned();
            let doc = Doc::Concat(vec![Doc::Text(columns), ty]);
            rows.push(Row { indent: STEP, range: bytes(field.span), doc });
        }
        rows
    }

    fn mark(&self, mark: FieldMark) -> String {
        match mark {
            FieldMark::Optional => "?".to_owned(),
            FieldMark::BlankUnknown => format!(" {}", self.word(Keyword::BlankUnknown)),
            FieldMark::Sensitive => format!(" {}", self.word(Keyword::Sensitive)),
            FieldMark::Event => format!(" {}", self.word(Keyword::Event)),
        }
    }

    fn codes(&mut self, codes: &[Code]) -> Doc {
        let segments = codes
            .iter()
            .enumerate()
            .map(|(index, code)| {
                let mut words = vec![code_name(&code.declared.name.text, index == 0)];
                let mut last = code.declared.name.span;
                if let Some(alias) = &code.declared.alias {
                    words.push(string(&alias.text));
                    last = alias.span;
                }
                if let Some(number) = code.numbers.last() {
                    let numbers = code.numbers.iter().map(|number| number.value.to_string());
                    words.extend(["=".to_owned(), numbers.collect::<Vec<_>>().join(" | ")]);
                    last = number.span;
                }
                Segment { range: through(code.declared.name.span, last), doc: Doc::Text(words.join(" ")) }
            })
            .collect();
        self.list(segments, Separator::BeforeWrapped("|"))
    }
}

fn widest(words: &[String]) -> usize {
    words.iter().map(|word| word.width()).max().unwrap_or(0)
}

/// A word with spaces up to its column's width, and one more.
fn padded(word: &str, width: usize) -> String {
    format!("{word}{}", " ".repeat(width + 1 - word.width().min(width)))
}
