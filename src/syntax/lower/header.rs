//! The header of a charter.

use super::{Lower, values};
use crate::ast::{Adopted, Charter, HeaderPart, Level, Located};
use crate::syntax::grammar::Rule;
use crate::syntax::keyword::Keyword;
use pest::iterators::Pair;

impl Lower {
    pub(super) fn charter(&mut self, parts: &mut dyn Iterator<Item = Pair<'_, Rule>>) -> Option<Charter> {
        let declared = self.declared(parts.next()?)?;
        Some(Charter { declared, parts: parts.filter_map(|pair| self.header_part(pair)).collect() })
    }

    fn header_part(&mut self, pair: Pair<'_, Rule>) -> Option<Located<HeaderPart>> {
        let span = self.span(&pair);
        let rule = pair.as_rule();
        let mut inner = values(pair);
        let value = match rule {
            Rule::level => HeaderPart::Level(match Self::keyword_of(inner.next()?)? {
                Keyword::VillageLevel => Level::Village,
                Keyword::TownLevel => Level::Town,
                Keyword::CountyLevel => Level::County,
                Keyword::CityLevel => Level::City,
                _ => Level::Province,
            }),
            Rule::uses => HeaderPart::Uses(self.name(inner.next()?)?),
            Rule::under => HeaderPart::Under(self.name(inner.next()?)?),
            Rule::of_village => HeaderPart::OfVillage(self.text(&inner.next()?)),
            Rule::adopted => HeaderPart::Adopted(self.adopted(&mut inner)?),
            Rule::filed => HeaderPart::Filed(self.date(&inner.next()?)?),
            Rule::in_force => HeaderPart::InForce(self.date(&inner.next()?)?),
            Rule::posted => {
                let from = self.date(&inner.next()?)?;
                let days = match inner.next() {
                    Some(number) => Some(self.whole(number.as_str(), self.span(&number))?),
                    None => None,
                };
                HeaderPart::Posted { from, days }
            }
            _ => return None,
        };
        Some(Located { value, span })
    }

    fn adopted(&mut self, inner: &mut dyn Iterator<Item = Pair<'_, Rule>>) -> Option<Adopted> {
        let on = self.date(&inner.next()?)?;
        let mut adopted = Adopted { on, by: None, eligible: None, present: None, in_favour: None };
        for pair in inner {
            match pair.as_rule() {
                Rule::adopted_by => adopted.by = values(pair).next().map(|pair| self.text(&pair)),
                Rule::eligible => adopted.eligible = self.counted(pair),
                Rule::present => adopted.present = self.counted(pair),
                Rule::in_favour => adopted.in_favour = self.counted(pair),
                _ => {}
            }
        }
        Some(adopted)
    }
}
