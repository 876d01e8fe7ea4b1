//! Cells of the register: days inside a range, codes, words, and everything else as numbers or truth.

use super::{Batch, mask, numbers, rough};
use crate::eval::columnar::column::Column;
use crate::eval::columnar::fold::Folded;
use crate::eval::columnar::kernel::arith::{Done, Shape};
use crate::eval::columnar::kernel::{load, range};
use crate::eval::columnar::lists::Listed;
use crate::eval::columnar::store::{Cells, Store};
use crate::eval::columnar::word::Word;
use crate::ir::NodeId;
use crate::schema::{Blank, FieldId, RecordId};
use crate::types::Type;

impl<W: Word> Batch<'_, '_, W> {
    pub(super) fn folded(&self, store: &Store, folded: &Folded, shape: Shape<W>, column: &mut Column<W>) {
        let table = store.table(folded.record);
        let Some(Cells::Date { first, last, holes, far }) = table.columns.get(folded.field.0) else {
            return rough(Type::Truth, shape, column);
        };
        let rows = self.rows(folded.record);
        let optional = self.program.plan.schema.field(folded.record, folded.field).blank != Blank::Unknown;
        let days = range::Days {
            first: &first[rows.clone()],
            last: last.as_ref().map(|last| &last[rows]),
            holes: *holes,
            as_of: self.program.as_of.filter(|_| optional).map(crate::value::Day::number),
        };
        range::within(days, &folded.within, shape.full, mask(column));
        for (slot, within) in folded.within.iter().enumerate() {
            column.fault |= W::bit(slot, within.fault || *far);
        }
    }

    pub(super) fn code(
        &self,
        store: &Store,
        (record, field): (RecordId, FieldId),
        code: u8,
        shape: Shape<W>,
        column: &mut Column<W>,
    ) {
        let Some(Cells::Code { values, holes }) = store.table(record).columns.get(field.0) else {
            return rough(Type::Truth, shape, column);
        };
        load::is_code(&values[self.rows(record)], code, holes.unknown, shape.full, mask(column));
    }

    pub(super) fn words(
        &self,
        store: &Store,
        (id, listed): (NodeId, &Listed),
        shape: Shape<W>,
        column: &mut Column<W>,
    ) {
        let Some(Cells::Text { values, holes, .. }) = store.table(listed.record).columns.get(listed.field.0)
        else {
            return rough(Type::Truth, shape, column);
        };
        let values = &values[self.rows(listed.record)];
        load::is_word(values, self.lists.get(id), holes.unknown, shape.full, mask(column));
    }

    pub(super) fn field(
        &self,
        store: &Store,
        (record, field): (RecordId, FieldId),
        ty: Type,
        shape: Shape<W>,
        column: &mut Column<W>,
    ) -> Done {
        let Some(cells) = store.table(record).columns.get(field.0) else { return Done::Rough };
        let rows = self.rows(record);
        if ty == Type::Truth {
            let Cells::Code { values, holes } = cells else { return Done::Rough };
            load::flags(&values[rows], holes.unknown, shape.full, mask(column));
            return Done::All;
        }
        let optional = self.program.plan.schema.field(record, field).blank != Blank::Unknown;
        let as_of = self.program.as_of.filter(|_| optional).map(crate::value::Day::number);
        if load::numbers(cells, rows, (optional, as_of), shape.full, numbers(column)) {
            Done::All
        } else {
            Done::Rough
        }
    }
}
