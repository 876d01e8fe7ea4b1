//! Counts of children by household. Up to eight masks are counted in one pass: their bits are spread to the bytes of a
//! word, the words are added up along all rows, and the counts of a household are one difference (prefix sums over the
//! offsets of a compressed row format).

use crate::eval::columnar::word::Word;

/// So many masks in one pass: the bytes of a word.
const LANES: usize = 8;

/// Where each byte of a word gets its bit from.
static SPREAD: [u64; 256] = spread();

const fn spread() -> [u64; 256] {
    let mut table = [0_u64; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut lane = 0;
        while lane < LANES {
            table[byte] |= ((byte >> lane & 1) as u64) << (8 * lane);
            lane += 1;
        }
        byte += 1;
    }
    table
}

/// Room for the work of one pass, kept from batch to batch.
#[derive(Debug, Default)]
pub(in crate::eval::columnar) struct Scratch {
    packed: Vec<u8>,
    sums: Vec<u64>,
    counts: Vec<u64>,
}

/// One count: the rows counted, none for all of them, and the counts slot by slot, owner by owner.
pub(in crate::eval::columnar) struct Lane<'a, W> {
    pub mask: Option<&'a [W]>,
    pub into: &'a mut Vec<i64>,
}

/// Counts the rows of each owner on so many slots. `offsets` says where the rows of each owner begin, and where the last end.
pub(in crate::eval::columnar) fn count<W: Word>(
    lanes: &mut [Lane<'_, W>],
    offsets: &[u32],
    slots: usize,
    scratch: &mut Scratch,
) {
    let owners = offsets.len().saturating_sub(1);
    for lane in lanes.iter_mut() {
        lane.into.clear();
        lane.into.resize(owners * slots, 0);
    }
    let most = offsets.windows(2).map(|two| two[1] - two[0]).max().unwrap_or(0);
    let rows = offsets.last().copied().unwrap_or(0) as usize;
    for group in lanes.chunks_mut(LANES) {
        for slot in 0..slots {
            if most > u32::from(u8::MAX) {
                one_by_one(group, offsets, slot);
            } else {
                packed(group, offsets, (slot, rows), scratch);
            }
        }
    }
}

fn packed<W: Word>(
    group: &mut [Lane<'_, W>],
    offsets: &[u32],
    (slot, rows): (usize, usize),
    scratch: &mut Scratch,
) {
    let owners = offsets.len().saturating_sub(1);
    scratch.packed.clear();
    scratch.packed.resize(rows, 0);
    for (lane, one) in group.iter().enumerate() {
        let bit = 1_u8 << lane;
        match one.mask {
            Some(mask) => {
                for (byte, word) in scratch.packed.iter_mut().zip(mask) {
                    *byte |= u8::from(word.has(slot)).wrapping_neg() & bit;
                }
            }
            None => scratch.packed.iter_mut().for_each(|byte| *byte |= bit),
        }
    }
    let Scratch { packed, sums, counts } = scratch;
    sums.resize(rows + 1, 0);
    counts.resize(owners, 0);
    let (Some((_, sums_after)), Some((_, ends))) = (sums.split_first_mut(), offsets.split_first()) else {
        return;
    };
    let mut sum = 0_u64;
    for (to, byte) in sums_after.iter_mut().zip(&*packed) {
        sum = sum.wrapping_add(SPREAD[usize::from(*byte)]);
        *to = sum;
    }
    // No byte of a difference exceeds 255, so none borrows from the next.
    let mut before = 0;
    for (count, end) in counts.iter_mut().zip(ends) {
        let until = sums[*end as usize];
        *count = until.wrapping_sub(before);
        before = until;
    }
    for (lane, one) in group.iter_mut().enumerate() {
        for (into, counts) in one.into[slot * owners..].iter_mut().zip(&*counts) {
            *into = i64::from((counts >> (8 * lane)).to_le_bytes()[0]);
        }
    }
}

fn one_by_one<W: Word>(group: &mut [Lane<'_, W>], offsets: &[u32], slot: usize) {
    let owners = offsets.len().saturating_sub(1);
    for one in group.iter_mut() {
        for (owner, ends) in offsets.windows(2).enumerate() {
            let rows = ends[0] as usize..ends[1] as usize;
            let count = match one.mask {
                Some(mask) => mask[rows].iter().filter(|word| word.has(slot)).count(),
                None => rows.len(),
            };
            one.into[slot * owners + owner] = i64::try_from(count).unwrap_or(i64::MAX);
        }
    }
}
