//! Records, their fields and codes.

use super::{Lower, type_name, values};
use crate::ast::{Code, Field, FieldMark, FieldType, Record};
use crate::syntax::grammar::Rule;
use crate::syntax::keyword::{Keyword, of_rule};
use pest::iterators::Pair;

impl Lower {
    pub(super) fn record(&mut self, parts: &mut dyn Iterator<Item = Pair<'_, Rule>>) -> Option<Record> {
        let declared = self.declared(parts.next()?)?;
        let plural = self.declared(parts.next()?)?;
        let (mut parent, mut key, mut complete, mut fields) = (None, None, false, Vec::new());
        for pair in parts {
            match pair.as_rule() {
                Rule::record_in => parent = Some(self.name(values(pair).next()?)?),
                Rule::record_key => key = Some(self.declared(values(pair).next()?)?),
                Rule::record_complete => complete = true,
                Rule::field => fields.extend(self.field(pair)),
                _ => {}
            }
        }
        Some(Record { declared, plural, parent, key: key?, complete, fields })
    }

    fn field(&mut self, pair: Pair<'_, Rule>) -> Option<Field> {
        let span = self.span(&pair);
        let mut inner = values(pair);
        let declared = self.declared(inner.next()?)?;
        let ty = inner.next()?;
        let ty = match ty.clone().into_inner().next()?.as_rule() {
            Rule::code_list => {
                let codes = ty.into_inner().next()?.into_inner();
                FieldType::Codes(codes.filter_map(|pair| self.code(pair)).collect())
            }
            _ => FieldType::Plain(type_name(ty)?),
        };
        let marks = inner
            .filter_map(|pair| {
                let mark = match pair.clone().into_inner().next()?.as_rule() {
                    Rule::optional => FieldMark::Optional,
                    rule => match of_rule(rule)? {
                        Keyword::BlankUnknown => FieldMark::BlankUnknown,
                        Keyword::Sensitive => FieldMark::Sensitive,
                        _ => FieldMark::Event,
                    },
                };
                Some(self.located(&pair, mark))
            })
            .collect();
        Some(Field { declared, ty, marks, span })
    }

    fn code(&mut self, pair: Pair<'_, Rule>) -> Option<Code> {
        let mut name = None;
        let mut alias = None;
        let mut numbers = Vec::new();
        for pair in pair.into_inner() {
            match pair.as_rule() {
                Rule::name => name = self.name(pair),
                Rule::string => alias = Some(self.text(&pair)),
                _ => {
                    let span = self.span(&pair);
                    let value = self.whole(pair.as_str(), span)?;
                    numbers.push(crate::ast::Located { value, span });
                }
            }
        }
        Some(Code { declared: crate::ast::Declared { name: name?, alias }, numbers })
    }
}
