//! Expressions whose operands stand on the same row: conditions, and numbers, fen, days and codes.

use super::{Batch, mask, numbers};
use crate::eval::columnar::column::{Column, Operand, Values};
use crate::eval::columnar::kernel::arith::{Done, Shape};
use crate::eval::columnar::kernel::choose::Test;
use crate::eval::columnar::kernel::{arith, choose, compare, dates};
use crate::eval::columnar::word::{Mask, Word};
use crate::ir::{MonthEdge, NodeId, Op, Pattern};
use crate::types::Type;

impl<W: Word> Batch<'_, '_, W> {
    /// Conditions.
    pub(super) fn truth(&self, op: &Op, shape: Shape<W>, column: &mut Column<W>) -> Done {
        let test = |id: NodeId| Test::of(self.operand(id));
        match op {
            Op::Not(inner) => {
                let Some(Test::Rows(inner)) = test(*inner) else { return Done::Rough };
                let into = mask(column);
                into.sure.clone_from(&inner.sure);
                into.may.clone_from(&inner.may);
                into.negate(shape.full);
            }
            Op::All(parts) | Op::Either(parts) => {
                let all = matches!(op, Op::All(_));
                let into = mask(column);
                let (first, rest) = match parts.split_first().map(|(first, rest)| (test(*first), rest)) {
                    Some((Some(Test::Rows(first)), rest)) => (Some(first), rest),
                    _ => (None, parts.as_slice()),
                };
                into.sure.clear();
                into.may = None;
                match first {
                    Some(first) => into.clone_from(first),
                    None => into.sure.resize(shape.rows, if all { shape.full } else { W::NONE }),
                }
                for part in rest {
                    match (test(*part), all) {
                        (Some(Test::Rows(other)), true) => into.and(other),
                        (Some(Test::Rows(other)), false) => into.or(other),
                        (Some(Test::Same(sure, may)), true) => into.and_all((sure, may)),
                        (Some(Test::Same(sure, may)), false) => into.or_all((sure, may)),
                        (None, _) => return Done::Rough,
                    }
                }
            }
            Op::Compare(compare, left, right) => {
                let (Some(left), Some(right)) =
                    (self.operand(*left).numbers(), self.operand(*right).numbers())
                else {
                    return Done::Rough;
                };
                if left.parts() != right.parts() {
                    return Done::Rough;
                }
                compare::compare(*compare, left, right, (shape.rows, shape.slots, shape.full), mask(column));
            }
            Op::IsAbsent(inner) => {
                let Operand::Rows(Column { values: Values::Numbers(inner), .. }) = self.operand(*inner)
                else {
                    return Done::Rough;
                };
                let into = mask(column);
                match &inner.there {
                    None => *into = Mask::of(shape.rows, W::NONE, W::NONE),
                    Some(there) => {
                        into.clone_from(there);
                        into.negate(shape.full);
                    }
                }
            }
            Op::Choose { cases, otherwise } => {
                let cases = cases.iter().map(|(when, value)| Some((test(*when)?, test(*value)?)));
                let (Some(cases), Some(otherwise)) = (cases.collect::<Option<Vec<_>>>(), test(*otherwise))
                else {
                    return Done::Rough;
                };
                choose::choose_truth(&cases, otherwise, shape, mask(column));
            }
            _ => return Done::Rough,
        }
        Done::All
    }

    /// Numbers, fen, days and codes.
    pub(super) fn numbers(&self, op: &Op, ty: Type, shape: Shape<W>, column: &mut Column<W>) -> Done {
        let source = |id: NodeId| self.operand(id).numbers();
        let test = |id: NodeId| Test::of(self.operand(id));
        let into = numbers(column);
        let plain = |id: NodeId| source(id).filter(|source| source.parts() == 1);
        let mut run = || {
            Some(match op {
                Op::Arith(op, left, right) => {
                    arith::arith((*op, ty), source(*left)?, source(*right)?, shape, into)
                }
                Op::Round(inner, mode, to) => arith::round(source(*inner)?, (*mode, *to), shape, into),
                Op::Shift { date, count, unit } => dates::shift(source(*date)?, (*count, *unit), shape, into),
                Op::Elapsed(unit, from, to) => {
                    dates::elapsed(*unit, source(*from)?, source(*to)?, shape, into)
                }
                Op::Month(edge, inner) => {
                    dates::month(source(*inner)?, *edge == MonthEdge::First, shape, into)
                }
                Op::Calendar(part, inner) => dates::calendar(source(*inner)?, *part, shape, into),
                Op::Choose { cases, otherwise } => {
                    let cases = cases.iter().map(|(when, value)| Some((test(*when)?, plain(*value)?)));
                    let cases = cases.collect::<Option<Vec<_>>>()?;
                    choose::choose(&cases, plain(*otherwise)?, shape, into);
                    Done::All
                }
                Op::Tiers { subject, arms, otherwise } => {
                    let arms = arms.iter().map(|arm| Some((arm.pattern.clone(), plain(arm.value)?)));
                    let arms: Vec<(Pattern, _)> = arms.collect::<Option<_>>()?;
                    let otherwise = match otherwise {
                        Some(otherwise) => Some(plain(*otherwise)?),
                        None => None,
                    };
                    choose::tiers(plain(*subject)?, &arms, otherwise, shape, into);
                    Done::All
                }
                Op::Table { subjects, rows } => {
                    let subjects =
                        subjects.iter().map(|subject| plain(*subject)).collect::<Option<Vec<_>>>()?;
                    let rows = rows.iter().map(|row| Some((row.cells.as_slice(), plain(row.value)?)));
                    choose::table(&subjects, &rows.collect::<Option<Vec<_>>>()?, shape, into);
                    Done::All
                }
                _ => return None,
            })
        };
        run().unwrap_or(Done::Rough)
    }
}
