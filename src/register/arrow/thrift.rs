//! The compact protocol of Thrift, as far as is needed to see that a structure is as large as it says.
//!
//! In: bytes from a file. Out: what stands in a structure, by the path of its fields; or a fault where a length goes
//! beyond the bytes there are, or structures lie too deep in each other. The parquet crate decodes the same bytes
//! afterwards, trusts the lengths in them, and takes a field for what it should be, whatever type it says.

/// Structures within structures; Parquet has some six.
const DEEPEST: usize = 24;

/// What a field says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Truth,
    Byte,
    Whole16,
    Whole32,
    Whole64,
    Float,
    Bytes,
    List,
    Map,
    Structure,
    Uuid,
}

impl Type {
    fn of(code: u8) -> Result<Self, Fault> {
        Ok(match code {
            1 | 2 => Self::Truth,
            3 => Self::Byte,
            4 => Self::Whole16,
            5 => Self::Whole32,
            6 => Self::Whole64,
            7 => Self::Float,
            8 => Self::Bytes,
            9 | 10 => Self::List,
            11 => Self::Map,
            12 => Self::Structure,
            13 => Self::Uuid,
            _ => return Err(Fault::Malformed),
        })
    }
}

/// Is told each field and element with its path, its type, and its number: a whole number or the length of a list;
/// else zero. False where it should not be so.
pub(super) type Seen<'a> = &'a mut dyn FnMut(&[i16], Type, i64) -> bool;

/// Why bytes are no structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// They end within it.
    Short,
    /// It is malformed.
    Malformed,
}

/// Goes through a structure at the start of some bytes; how many it takes. An element of a list is the field 0.
pub(super) fn walk(bytes: &[u8], seen: Seen<'_>) -> Result<usize, Fault> {
    let mut walk = Walk { bytes, at: 0, path: Vec::new(), seen };
    walk.structure()?;
    Ok(walk.at)
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    path: Vec<i16>,
    seen: Seen<'a>,
}

impl Walk<'_> {
    fn structure(&mut self) -> Result<(), Fault> {
        if self.path.len() >= DEEPEST {
            return Err(Fault::Malformed);
        }
        let mut last: i16 = 0;
        loop {
            let head = self.byte()?;
            let ty = head & 0x0f;
            if ty == 0 {
                return Ok(());
            }
            // Fields ascend, as every program writes them: a second value of a field could hide the first.
            let field = match i16::from(head >> 4) {
                0 => i16::try_from(zigzag(self.varint()?)).map_err(|_| Fault::Malformed)?,
                step => last.checked_add(step).ok_or(Fault::Malformed)?,
            };
            if field <= last {
                return Err(Fault::Malformed);
            }
            last = field;
            self.path.push(field);
            self.value(ty, false)?;
            self.path.pop();
        }
    }

    fn value(&mut self, code: u8, in_list: bool) -> Result<(), Fault> {
        let ty = Type::of(code)?;
        let mut number = 0;
        let mut elements: Option<(u64, [Option<u8>; 2])> = None;
        match ty {
            // A field has its truth in the type, an element a byte.
            Type::Truth if !in_list => {}
            Type::Truth | Type::Byte => self.skip(1)?,
            Type::Whole16 | Type::Whole32 | Type::Whole64 => number = zigzag(self.varint()?),
            Type::Float => self.skip(8)?,
            Type::Bytes => {
                let length = self.varint()?;
                self.skip(length)?;
            }
            Type::Uuid => self.skip(16)?,
            Type::List => {
                let head = self.byte()?;
                let size = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
                elements = Some((size, [Some(head & 0x0f), None]));
            }
            Type::Map => {
                let size = self.varint()?;
                if size > 0 {
                    let head = self.byte()?;
                    elements = Some((size, [Some(head >> 4), Some(head & 0x0f)]));
                }
            }
            Type::Structure => {}
        }
        if let Some((size, _)) = elements {
            // Each element takes a byte at least, so that a size beyond the bytes is false.
            let left = self.bytes.len().saturating_sub(self.at);
            number = i64::try_from(size).map_err(|_| Fault::Short)?;
            if usize::try_from(size).map_or(true, |size| size > left) {
                return Err(Fault::Short);
            }
        }
        if !(self.seen)(&self.path, ty, number) {
            return Err(Fault::Malformed);
        }
        match elements {
            Some((size, codes)) => self.elements(size, codes),
            None if ty == Type::Structure => self.structure(),
            None => Ok(()),
        }
    }

    fn elements(&mut self, size: u64, codes: [Option<u8>; 2]) -> Result<(), Fault> {
        // Lists of lists count as deep as structures: they have no field of their own.
        if self.path.len() >= DEEPEST {
            return Err(Fault::Malformed);
        }
        self.path.push(0);
        for _ in 0..size {
            for code in codes.into_iter().flatten() {
                self.value(code, true)?;
            }
        }
        self.path.pop();
        Ok(())
    }

    fn byte(&mut self) -> Result<u8, Fault> {
        let byte = self.bytes.get(self.at).ok_or(Fault::Short)?;
        self.at += 1;
        Ok(*byte)
    }

    fn varint(&mut self) -> Result<u64, Fault> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Fault::Malformed)
    }

    fn skip(&mut self, bytes: u64) -> Result<(), Fault> {
        let end = usize::try_from(bytes).ok().and_then(|bytes| self.at.checked_add(bytes));
        self.at = end.filter(|end| *end <= self.bytes.len()).ok_or(Fault::Short)?;
        Ok(())
    }
}

fn zigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -((number & 1).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Numbers = Vec<(Vec<i16>, i64)>;

    fn seen(bytes: &[u8]) -> Result<(usize, Numbers), Fault> {
        let mut all = Vec::new();
        let used = walk(bytes, &mut |path, ty, number| {
            let told = !matches!(ty, Type::Whole32 | Type::Whole64 | Type::List);
            all.extend((!told).then(|| (path.to_vec(), number)));
            true
        })?;
        Ok((used, all))
    }

    #[test]
    fn whole_numbers_are_told_with_their_fields() {
        // 1: i32 = -2; 3: list of two structures of one i64 = 1 and 2; 4: true; 5: "ab"; and a byte behind it.
        let bytes = [0x15, 3, 0x29, 0x2c, 0x16, 2, 0, 0x16, 4, 0, 0x11, 0x18, 2, b'a', b'b', 0, 9];
        let (used, all) = seen(&bytes).unwrap();
        assert_eq!(used, bytes.len() - 1);
        assert_eq!(all, [(vec![1], -2), (vec![3], 2), (vec![3, 0, 1], 1), (vec![3, 0, 1], 2)]);
    }

    #[test]
    fn lengths_beyond_the_bytes_are_found() {
        // A text, a list and a map of 2^28 and more.
        for bytes in [
            &[0x18, 0xff, 0xff, 0xff, 0x7f, 0][..],
            &[0x19, 0xf5, 0xff, 0xff, 0xff, 0x7f],
            &[0x1b, 0xff, 0xff, 0xff, 0x7f, 0x55],
        ] {
            assert_eq!(seen(bytes), Err(Fault::Short));
        }
        // Structures in structures without end, the same field twice, no end of a number.
        assert_eq!(seen(&[0x1c; 100]), Err(Fault::Malformed));
        assert_eq!(seen(&[0x19; 100]), Err(Fault::Malformed));
        assert_eq!(seen(&[0x15, 2, 0x05, 2, 4, 0]), Err(Fault::Malformed));
        assert_eq!(seen(&[0x15; 3]), Err(Fault::Short));
        assert_eq!(walk(&[0x15, 2, 0], &mut |_, _, _| false), Err(Fault::Malformed));
        assert_eq!(seen(&[&[0x15][..], &[0xff; 12]].concat()), Err(Fault::Malformed));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            let _ = seen(&bytes);
        }
    }
}
