//! What is written into a column is what it says, however its cells are kept.

use super::*;
use crate::register::codebook::Codebook;
use crate::register::{ANY_CODE, Cells, Column};
use crate::schema::Datum;
use crate::value::{Day, DaySpan, Fen, Ratio};
use proptest::prelude::*;

/// A list of codes of which a byte tells some apart.
fn many_codes() -> FieldType {
    let code =
        |number: u32| Code { label: Label::with_alias(format!("c{number}"), ""), numbers: vec![number] };
    FieldType::Code((0..300).map(code).collect())
}

#[test]
fn codes_beyond_a_byte_are_told_apart() {
    let ty = many_codes();
    let (field, book) = (field("code", "代码", ty.clone(), Blank::Absent), Codebook::of(&ty));
    let mut column = Column::of(&ty);
    let mut unread = Vec::new();
    let texts = ["5", "253", "254", "255", "299", "c256", "", "300"];
    column.add_texts((&field, &book), texts.iter().map(|text| text.as_bytes()), |row| unread.push(row));
    let read: Vec<bool> = unread.iter().map(|row| column.write(*row, texts[*row], &field, &book)).collect();
    assert_eq!(read, [true, true, true, true, true, true, true, false]);
    let known = |code| Cell::Code(Fact::Known(code));
    let (absent, unknown) = (Cell::Code(Fact::Absent), Cell::Code(Fact::Unknown));
    let cells: Vec<Cell<'_>> = (0..column.len()).map(|row| column.cell(row)).collect();
    let expected = [known(5), known(253), known(254), known(255), known(299), known(256), absent, unknown];
    assert_eq!(cells, expected);
    // A kernel is told nothing of those that it cannot ask for.
    let Cells::Code { values, .. } = &**column.cells() else { panic!("no codes") };
    assert_eq!(values[..5], [5, 253, ANY_CODE, ANY_CODE, ANY_CODE]);
}

fn fact(ty: &FieldType) -> BoxedStrategy<Fact<Datum>> {
    let day = |number: i32| Day::from_number(number).unwrap();
    let known = match ty {
        FieldType::Text => "[a-c]{1,2}".prop_map(|text| Datum::Text(text.into())).boxed(),
        FieldType::Date => (0..4_i32, 0..2_i32)
            .prop_map(move |(first, more)| DaySpan { first: day(first), last: day(first + more) })
            .prop_map(Datum::Date)
            .boxed(),
        FieldType::Money => (0..3_i64).prop_map(|fen| Datum::Money(Fen(fen))).boxed(),
        FieldType::Number => (0..3_i64).prop_map(Datum::Number).boxed(),
        FieldType::Percent => {
            (0..3_i128).prop_map(|part| Datum::Percent(Ratio::new(part, 100).unwrap())).boxed()
        }
        FieldType::Flag => any::<bool>().prop_map(Datum::Flag).boxed(),
        FieldType::Code(_) => (0..300_u16).prop_map(Datum::Code).boxed(),
    };
    prop_oneof![3 => known.prop_map(Fact::Known), 1 => Just(Fact::Absent), 1 => Just(Fact::Unknown)].boxed()
}

fn types() -> [FieldType; 7] {
    use FieldType::{Date, Flag, Money, Number, Percent, Text};
    [Text, Date, Money, Number, Percent, Flag, many_codes()]
}

proptest! {
    #[test]
    fn a_column_says_what_was_written((ty, facts, later) in (0..7_usize).prop_flat_map(|which| {
        let ty = types()[which].clone();
        let facts = proptest::collection::vec(fact(&ty), 1..8);
        let later = proptest::collection::vec((0..8_usize, fact(&ty)), 0..8);
        (Just(ty), facts, later)
    })) {
        let mut facts = facts;
        let mut column = Column::of_facts(&ty, facts.iter().cloned());
        for (row, fact) in later {
            column.set(row, &fact);
            if let Some(place) = facts.get_mut(row) {
                *place = fact;
            }
        }
        let said = |column: &Column| (0..column.len()).map(|row| column.fact(row)).collect::<Vec<_>>();
        prop_assert_eq!(said(&column), facts.clone());
        prop_assert_eq!(&column, &Column::of_facts(&ty, facts.iter().cloned()));
        let rows: Vec<u32> = (0..u32::try_from(facts.len()).unwrap()).rev().collect();
        facts.reverse();
        column.gather(&rows);
        column.forget(0);
        facts[0] = Fact::Unknown;
        prop_assert_eq!(said(&column), facts);
    }
}
